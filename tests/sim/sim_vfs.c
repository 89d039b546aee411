/*
 * The disk as an SQLite VFS, WAL included. Like SQLite's own unix VFS it syncs the folder at the first sync of a new
 * journal or WAL: a model that forgets this reports losses that no real disk has.
 * Shared memory is memory: it goes with the power.
 */
#include "sim_disk_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct vfile {
	sqlite3_file base;
	struct sim_disk *disk;
	struct sim_inode *inode;
	char *path;
	struct sim_shm_node *shm;
	uint16_t shm_shared, shm_exclusive;
	bool is_new_journal;
	int lock;
};

static struct vfile *of(sqlite3_file *f)
{
	return (struct vfile *)(void *)f;
}

static int io_error(int e, int code)
{
	return e == ENOSPC ? SQLITE_FULL : code;
}

static int v_close(sqlite3_file *f)
{
	struct vfile *v = of(f);

	sim__unref(v->inode);
	free(v->path);
	v->path = NULL;
	v->inode = NULL;
	return SQLITE_OK;
}

static int v_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 offset)
{
	struct vfile *v = of(f);
	size_t have = (size_t)offset < v->inode->now_len ? v->inode->now_len - (size_t)offset : 0;
	size_t take = have < (size_t)n ? have : (size_t)n;

	if (v->disk->is_dead)
		return SQLITE_IOERR_READ;
	if (take > 0)
		memcpy(buf, v->inode->now + offset, take);
	if (take == (size_t)n)
		return SQLITE_OK;
	memset((char *)buf + take, 0, (size_t)n - take);
	return SQLITE_IOERR_SHORT_READ;
}

static int v_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 offset)
{
	struct vfile *v = of(f);
	int e = sim__operation(v->disk, 'W', v->path, offset, true);

	if (e != 0)
		return io_error(e, SQLITE_IOERR_WRITE);
	sim__write(v->inode, offset, buf, (size_t)n);
	return SQLITE_OK;
}

static int v_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	struct vfile *v = of(f);
	int e = sim__operation(v->disk, 'T', v->path, size, true);

	if (e != 0)
		return io_error(e, SQLITE_IOERR_TRUNCATE);
	sim__truncate(v->inode, size);
	return SQLITE_OK;
}

/* os_unix.c, UNIXFILE_DIRSYNC: the folder is synced with the first sync of a new journal or WAL, and with nothing else. */
static void sync_folder(struct vfile *v)
{
	const char *slash = strrchr(v->path, '/');
	JX_AUTO_FREE char *dir = slash != NULL ? jx_xstrndup(v->path, (size_t)(slash - v->path)) : NULL;

	if (v->is_new_journal && dir != NULL)
		sim__sync_dir(v->disk, dir);
	v->is_new_journal = false;
}

static int v_sync(sqlite3_file *f, int flags)
{
	struct vfile *v = of(f);
	int e = sim__operation(v->disk, 'S', v->path, 0, true);

	(void)flags;
	if (e != 0)
		return io_error(e, SQLITE_IOERR_FSYNC);
	sim__sync(v->disk, v->inode);
	sync_folder(v);
	return SQLITE_OK;
}

static int v_size(sqlite3_file *f, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)of(f)->inode->now_len;
	return SQLITE_OK;
}

/* All connections of a history run in one thread and use WAL: the file lock is shared by all, exclusive by none at once. */
static int v_lock(sqlite3_file *f, int level)
{
	of(f)->lock = level;
	return SQLITE_OK;
}

static int v_unlock(sqlite3_file *f, int level)
{
	of(f)->lock = level;
	return SQLITE_OK;
}

static int v_reserved(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int v_control(sqlite3_file *f, int op, void *arg)
{
	(void)f;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int v_sector(sqlite3_file *f)
{
	(void)f;
	return 512;
}

static int v_characteristics(sqlite3_file *f)
{
	(void)f;
	return 0; /* no promises: neither atomic sectors nor safe appends */
}

static struct sim_shm_node *shm_of(struct vfile *v)
{
	struct sim_disk *d = v->disk;
	struct sim_shm_node *s;

	for (size_t k = 0; k < d->shm_count; k++)
		if (strcmp(d->shm[k]->path, v->path) == 0)
			return d->shm[k];
	s = jx_xcalloc(1, sizeof(*s));
	s->path = jx_xstrdup(v->path);
	d->shm = jx_xreallocarray(d->shm, d->shm_count + 1, sizeof(struct sim_shm_node *));
	d->shm[d->shm_count++] = s;
	return s;
}

static int v_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
	struct vfile *v = of(f);

	if (v->disk->is_dead)
		return SQLITE_IOERR_SHMMAP;
	if (v->shm == NULL) {
		v->shm = shm_of(v);
		v->shm->refs++;
	}
	*out = NULL;
	if (region >= 64)
		return SQLITE_IOERR_SHMMAP;
	while (v->shm->region_count <= region) {
		if (!extend)
			return SQLITE_OK;
		v->shm->regions[v->shm->region_count++] = jx_xcalloc(1, (size_t)size);
	}
	*out = v->shm->regions[region];
	return SQLITE_OK;
}

static int v_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	struct vfile *v = of(f);
	struct sim_shm_node *s = v->shm;
	bool is_shared = (flags & SQLITE_SHM_SHARED) != 0;

	if (v->disk->is_dead)
		return SQLITE_IOERR_SHMLOCK;
	if (s == NULL)
		return SQLITE_OK;
	for (int k = offset; k < offset + n && (flags & SQLITE_SHM_LOCK) != 0; k++) {
		uint16_t bit = (uint16_t)(1u << k);
		int others = s->shared[k] - ((v->shm_shared & bit) != 0 ? 1 : 0);
		bool is_taken = s->exclusive[k] && (v->shm_exclusive & bit) == 0;

		if (is_taken || (!is_shared && others > 0))
			return SQLITE_BUSY;
	}
	for (int k = offset; k < offset + n; k++) {
		uint16_t bit = (uint16_t)(1u << k);

		if ((flags & SQLITE_SHM_LOCK) != 0 && is_shared && (v->shm_shared & bit) == 0) {
			s->shared[k]++;
			v->shm_shared = (uint16_t)(v->shm_shared | bit);
		} else if ((flags & SQLITE_SHM_LOCK) != 0 && !is_shared) {
			s->exclusive[k] = true;
			v->shm_exclusive = (uint16_t)(v->shm_exclusive | bit);
		} else if ((flags & SQLITE_SHM_UNLOCK) != 0 && is_shared && (v->shm_shared & bit) != 0) {
			s->shared[k]--;
			v->shm_shared = (uint16_t)(v->shm_shared & ~bit);
		} else if ((flags & SQLITE_SHM_UNLOCK) != 0 && !is_shared && (v->shm_exclusive & bit) != 0) {
			s->exclusive[k] = false;
			v->shm_exclusive = (uint16_t)(v->shm_exclusive & ~bit);
		}
	}
	return SQLITE_OK;
}

static void v_shm_barrier(sqlite3_file *f)
{
	(void)f;
	__sync_synchronize();
}

/* The last one out takes the index with it, as unix-shm does when it is asked to delete: the next connection recovers from the WAL. */
static int v_shm_unmap(sqlite3_file *f, int delete)
{
	struct vfile *v = of(f);
	struct sim_shm_node *s = v->shm;
	struct sim_disk *d = v->disk;

	(void)delete;
	if (s == NULL)
		return SQLITE_OK;
	v->shm = NULL;
	for (int k = 0; k < 8; k++) {
		uint16_t bit = (uint16_t)(1u << k);

		if ((v->shm_shared & bit) != 0)
			s->shared[k]--;
		if ((v->shm_exclusive & bit) != 0)
			s->exclusive[k] = false;
	}
	v->shm_shared = v->shm_exclusive = 0;
	if (--s->refs > 0)
		return SQLITE_OK;
	for (size_t k = 0; k < d->shm_count; k++) {
		if (d->shm[k] != s)
			continue;
		d->shm[k] = d->shm[--d->shm_count];
		for (int r = 0; r < s->region_count; r++)
			free(s->regions[r]);
		free(s->path);
		free(s);
		break;
	}
	return SQLITE_OK;
}

static const sqlite3_io_methods METHODS = {
	.iVersion = 2,
	.xClose = v_close,
	.xRead = v_read,
	.xWrite = v_write,
	.xTruncate = v_truncate,
	.xSync = v_sync,
	.xFileSize = v_size,
	.xLock = v_lock,
	.xUnlock = v_unlock,
	.xCheckReservedLock = v_reserved,
	.xFileControl = v_control,
	.xSectorSize = v_sector,
	.xDeviceCharacteristics = v_characteristics,
	.xShmMap = v_shm_map,
	.xShmLock = v_shm_lock,
	.xShmBarrier = v_shm_barrier,
	.xShmUnmap = v_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *flags_out)
{
	struct sim_disk *d = vfs->pAppData;
	struct vfile *v = of(f);
	struct sim_name *n = path != NULL ? sim__find(d, path) : NULL;

	bool is_new = n == NULL || n->now == NULL;

	memset(v, 0, sizeof(*v));
	if (d->is_dead || path == NULL)
		return SQLITE_CANTOPEN; /* temporary files are kept in memory by the code under test */
	if (is_new && (flags & SQLITE_OPEN_CREATE) == 0)
		return SQLITE_CANTOPEN;
	if (is_new && sim__operation(d, 'C', path, 0, true) != 0)
		return SQLITE_CANTOPEN;
	v->inode = is_new ? sim__create(d, path) : n->now;
	sim__ref(v->inode);
	v->disk = d;
	v->path = jx_xstrdup(path);
	v->is_new_journal = is_new && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL |
						SQLITE_OPEN_WAL)) != 0;
	v->base.pMethods = &METHODS;
	if (flags_out != NULL)
		*flags_out = flags;
	return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	struct sim_disk *d = vfs->pAppData;
	struct sim_name *n = sim__find(d, path);
	int e = sim__operation(d, 'D', path, sync_dir, true);

	if (e != 0)
		return io_error(e, SQLITE_IOERR_DELETE);
	if (n == NULL || n->now == NULL)
		return SQLITE_IOERR_DELETE_NOENT;
	sim__remove(d, n);
	if (sync_dir && !d->lies) {
		sim__unref(n->durable);
		n->durable = NULL;
	}
	return SQLITE_OK;
}

static int v_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	struct sim_disk *d = vfs->pAppData;
	struct sim_name *n = sim__find(d, path);

	(void)flags;
	*out = n != NULL && n->now != NULL;
	return d->is_dead ? SQLITE_IOERR_ACCESS : SQLITE_OK;
}

static int v_full_path(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
	(void)vfs;
	jx_strcpy(out, (size_t)n, path);
	return SQLITE_OK;
}

static int v_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	struct sim_disk *d = vfs->pAppData;

	for (int k = 0; k < n; k++)
		out[k] = (char)sim_next(&d->rng);
	return n;
}

static int v_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us;
}

static int v_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = 2461000.5;
	return SQLITE_OK;
}

static int v_last_error(sqlite3_vfs *vfs, int n, char *out)
{
	(void)vfs;
	(void)n;
	(void)out;
	return 0;
}

void sim__vfs_init(struct sim_disk *d)
{
	d->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct vfile),
		.mxPathname = 512,
		.zName = d->name,
		.pAppData = d,
		.xOpen = v_open,
		.xDelete = v_delete,
		.xAccess = v_access,
		.xFullPathname = v_full_path,
		.xRandomness = v_randomness,
		.xSleep = v_sleep,
		.xCurrentTime = v_time,
		.xGetLastError = v_last_error,
	};
	(void)sqlite3_vfs_register(&d->vfs, 0);
}
