#include "fault_vfs.h"

#include <stdlib.h>
#include <string.h>

struct file {
	sqlite3_file base;
	struct fault_vfs *f;
	bool is_wal;
	sqlite3_file below[]; /* of the size that the VFS below wants */
};

static struct file *of(sqlite3_file *file)
{
	return (struct file *)(void *)file;
}

static sqlite3_file *below(sqlite3_file *file)
{
	return of(file)->below;
}

static int f_close(sqlite3_file *file)
{
	return below(file)->pMethods->xClose(below(file));
}

static int f_read(sqlite3_file *file, void *buf, int n, sqlite3_int64 at)
{
	return below(file)->pMethods->xRead(below(file), buf, n, at);
}

static int f_write(sqlite3_file *file, const void *buf, int n, sqlite3_int64 at)
{
	of(file)->f->writes++;
	if (of(file)->f->is_full)
		return SQLITE_FULL;
	return below(file)->pMethods->xWrite(below(file), buf, n, at);
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return below(file)->pMethods->xTruncate(below(file), size);
}

static int f_sync(sqlite3_file *file, int flags)
{
	struct fault_vfs *f = of(file)->f;

	if (!of(file)->is_wal) {
		f->db_syncs++;
		return below(file)->pMethods->xSync(below(file), flags);
	}
	f->wal_syncs++;
	if (f->fail_wal_sync_at > 0) {
		f->fail_wal_sync_at--;
		if (f->fail_wal_sync_at == 0) {
			f->fail_wal_sync_at = f->fail_from ? 1 : 0;
			return SQLITE_IOERR_FSYNC;
		}
	}
	return below(file)->pMethods->xSync(below(file), flags);
}

static int f_size(sqlite3_file *file, sqlite3_int64 *out)
{
	return below(file)->pMethods->xFileSize(below(file), out);
}

static int f_lock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xLock(below(file), level);
}

static int f_unlock(sqlite3_file *file, int level)
{
	return below(file)->pMethods->xUnlock(below(file), level);
}

static int f_reserved(sqlite3_file *file, int *out)
{
	return below(file)->pMethods->xCheckReservedLock(below(file), out);
}

static int f_control(sqlite3_file *file, int op, void *arg)
{
	return below(file)->pMethods->xFileControl(below(file), op, arg);
}

static int f_sector(sqlite3_file *file)
{
	return below(file)->pMethods->xSectorSize(below(file));
}

static int f_traits(sqlite3_file *file)
{
	return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

static int f_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return below(file)->pMethods->xShmMap(below(file), page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *file, int at, int n, int flags)
{
	return below(file)->pMethods->xShmLock(below(file), at, n, flags);
}

static void f_shm_barrier(sqlite3_file *file)
{
	below(file)->pMethods->xShmBarrier(below(file));
}

static int f_shm_unmap(sqlite3_file *file, int remove)
{
	return below(file)->pMethods->xShmUnmap(below(file), remove);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_reserved,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_traits,
	.xShmMap = f_shm_map,
	.xShmLock = f_shm_lock,
	.xShmBarrier = f_shm_barrier,
	.xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct fault_vfs *f = vfs->pAppData;
	struct file *mine = of(file);
	int rc;

	mine->base.pMethods = NULL;
	mine->f = f;
	mine->is_wal = (flags & SQLITE_OPEN_WAL) != 0;
	if (f->is_read_only && (flags & SQLITE_OPEN_READWRITE) != 0)
		return SQLITE_CANTOPEN;
	rc = f->below->xOpen(f->below, name, mine->below, flags, out_flags);
	if (mine->below->pMethods != NULL)
		mine->base.pMethods = &methods;
	return rc;
}

void fault_vfs_init(struct fault_vfs *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	f->below = sqlite3_vfs_find(NULL);
	f->vfs =
		*f->below; /* paths, time and sleep as below: they do not use the VFS they are called with but for its fields */
	memcpy(f->name, name, strnlen(name, sizeof(f->name) - 1));
	f->vfs.zName = f->name;
	f->vfs.pNext = NULL;
	f->vfs.szOsFile = (int)sizeof(struct file) + f->below->szOsFile;
	f->vfs.pAppData = f;
	f->vfs.xOpen = v_open;
	(void)sqlite3_vfs_register(&f->vfs, 0);
}

void fault_vfs_done(struct fault_vfs *f)
{
	(void)sqlite3_vfs_unregister(&f->vfs);
}
