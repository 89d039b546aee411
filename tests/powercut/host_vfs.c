/* The image as SQLite's files, WAL included. All connections live in one thread; locks on the WAL's index are kept all the same. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

struct vfile {
	sqlite3_file base;
	struct pc_host *host;
	struct pc_file *file;
	char *path;
	struct pc_shm *shm;
	uint16_t shm_shared, shm_exclusive;
};

static struct vfile *of(sqlite3_file *f)
{
	return (struct vfile *)(void *)f;
}

static int v_close(sqlite3_file *f)
{
	struct vfile *v = of(f);

	pc_file_unref(v->file);
	free(v->path);
	v->host->open_count--;
	return SQLITE_OK;
}

static int v_read(sqlite3_file *f, void *buf, int n, sqlite3_int64 offset)
{
	const size_t got = pc_pages_read(&of(f)->file->pages, offset, buf, (size_t)n);

	if (got == (size_t)n)
		return SQLITE_OK;
	memset((char *)buf + got, 0, (size_t)n - got);
	return SQLITE_IOERR_SHORT_READ;
}

static int v_write(sqlite3_file *f, const void *buf, int n, sqlite3_int64 offset)
{
	pc_pages_write(&of(f)->file->pages, offset, buf, (size_t)n);
	of(f)->file->key = 0;
	return SQLITE_OK;
}

static int v_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	pc_pages_resize(&of(f)->file->pages, size);
	of(f)->file->key = 0;
	return SQLITE_OK;
}

static int v_sync(sqlite3_file *f, int flags)
{
	(void)f;
	(void)flags;
	return SQLITE_OK;
}

static int v_size(sqlite3_file *f, sqlite3_int64 *out)
{
	*out = of(f)->file->pages.size_bytes;
	return SQLITE_OK;
}

static int v_lock(sqlite3_file *f, int level)
{
	(void)f;
	(void)level;
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
	return 4096; /* as the unix VFS says */
}

static int v_characteristics(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static struct pc_shm *shm_of(struct vfile *v)
{
	struct pc_host *h = v->host;
	struct pc_shm *empty = NULL;

	for (int i = 0; i < PC_HOST_SHM_MAX; i++) {
		if (h->shm[i].path != NULL && strcmp(h->shm[i].path, v->path) == 0)
			return &h->shm[i];
		if (h->shm[i].path == NULL && empty == NULL)
			empty = &h->shm[i];
	}
	if (empty != NULL)
		empty->path = jx_xstrdup(v->path);
	return empty;
}

static int v_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
	struct vfile *v = of(f);

	if (v->shm == NULL) {
		v->shm = shm_of(v);
		if (v->shm == NULL)
			return SQLITE_IOERR_SHMMAP;
		v->shm->refs++;
	}
	*out = NULL;
	if (region >= PC_HOST_REGION_MAX)
		return SQLITE_IOERR_SHMMAP;
	while (v->shm->region_count <= region) {
		if (!extend)
			return SQLITE_OK;
		v->shm->region[v->shm->region_count++] = jx_xcalloc(1, (size_t)size);
	}
	*out = v->shm->region[region];
	return SQLITE_OK;
}

static bool is_taken(const struct vfile *v, int k, bool is_shared)
{
	const uint16_t bit = (uint16_t)(1u << k);
	const int others = v->shm->shared[k] - ((v->shm_shared & bit) != 0 ? 1 : 0);

	return (v->shm->exclusive[k] && (v->shm_exclusive & bit) == 0) || (!is_shared && others > 0);
}

static void take_or_give(struct vfile *v, int k, bool is_shared, bool is_taking)
{
	const uint16_t bit = (uint16_t)(1u << k);
	uint16_t *mine = is_shared ? &v->shm_shared : &v->shm_exclusive;

	if (((*mine & bit) != 0) == is_taking)
		return;
	if (is_shared)
		v->shm->shared[k] += is_taking ? 1 : -1;
	else
		v->shm->exclusive[k] = is_taking;
	*mine = (uint16_t)(is_taking ? *mine | bit : *mine & ~bit);
}

static int v_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	struct vfile *v = of(f);
	const bool is_shared = (flags & SQLITE_SHM_SHARED) != 0, is_taking = (flags & SQLITE_SHM_LOCK) != 0;

	if (v->shm == NULL)
		return SQLITE_OK;
	for (int k = offset; k < offset + n && is_taking; k++)
		if (is_taken(v, k, is_shared))
			return SQLITE_BUSY;
	for (int k = offset; k < offset + n; k++)
		take_or_give(v, k, is_shared, is_taking);
	return SQLITE_OK;
}

static void v_shm_barrier(sqlite3_file *f)
{
	(void)f;
}

/* With the last connection the index goes: as a new boot finds it. */
static void forget_shm(struct pc_shm *s)
{
	for (int i = 0; i < s->region_count; i++)
		free(s->region[i]);
	free(s->path);
	*s = (struct pc_shm){.path = NULL};
}

static int v_shm_unmap(sqlite3_file *f, int delete)
{
	struct vfile *v = of(f);

	(void)delete;
	if (v->shm == NULL)
		return SQLITE_OK;
	for (int k = 0; k < 8; k++) {
		take_or_give(v, k, true, false);
		take_or_give(v, k, false, false);
	}
	if (--v->shm->refs == 0)
		forget_shm(v->shm);
	v->shm = NULL;
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
	.xUnlock = v_lock,
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
	struct pc_host *h = vfs->pAppData;
	struct vfile *v = of(f);
	struct pc_entry *e = path == NULL ? NULL : pc_image_find(&h->image, path);

	*v = (struct vfile){.host = h};
	if (path != NULL && e == NULL && (flags & SQLITE_OPEN_CREATE) != 0)
		e = pc_image_add(&h->image, path, false);
	if (e == NULL || e->file == NULL)
		return SQLITE_CANTOPEN; /* temporary files are kept in memory by the code under test */
	v->file = e->file;
	v->file->refs++;
	v->path = jx_xstrdup(path);
	v->base.pMethods = &METHODS;
	h->open_count++;
	if (flags_out != NULL)
		*flags_out = flags;
	return SQLITE_OK;
}

static int v_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	struct pc_host *h = vfs->pAppData;

	(void)sync_dir;
	return h->fs.remove(h, path, NULL) == JX_OK ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

static int v_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	const struct pc_host *h = vfs->pAppData;
	const struct pc_entry *e = pc_image_find(&h->image, path);

	/* SQLITE_ACCESS_EXISTS: the unix VFS takes an empty file for none, so that an empty journal is not hot */
	*out = e != NULL && (flags != SQLITE_ACCESS_EXISTS || e->is_dir || e->file->pages.size_bytes > 0);
	return SQLITE_OK;
}

static int v_full_path(sqlite3_vfs *vfs, const char *path, int n, char *out)
{
	(void)vfs;
	jx_strcpy(out, (size_t)n, path);
	return SQLITE_OK;
}

static int v_randomness(sqlite3_vfs *vfs, int n, char *out)
{
	const struct pc_host *h = vfs->pAppData;

	h->rand.fill(h->rand.user, out, (size_t)n);
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

void pc__host_vfs_init(struct pc_host *h)
{
	h->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct vfile),
		.mxPathname = 512,
		.zName = PC_HOST_VFS,
		.pAppData = h,
		.xOpen = v_open,
		.xDelete = v_delete,
		.xAccess = v_access,
		.xFullPathname = v_full_path,
		.xRandomness = v_randomness,
		.xSleep = v_sleep,
		.xCurrentTime = v_time,
		.xGetLastError = v_last_error,
	};
	(void)sqlite3_vfs_register(&h->vfs, 0);
}

void pc__host_vfs_done(struct pc_host *h)
{
	(void)sqlite3_vfs_unregister(&h->vfs);
	for (int i = 0; i < PC_HOST_SHM_MAX; i++)
		if (h->shm[i].path != NULL)
			forget_shm(&h->shm[i]);
}
