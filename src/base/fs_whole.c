/* Whole files, on any struct jx_fs. */
#include <stdlib.h>
#include <string.h>

#include "base_private.h"

/* Long enough for another writer of the same folder to finish a file of a few megabytes on a slow card. */
#define FOLDER_WAIT_MS 10000

struct open_file {
	const struct jx_fs *fs;
	jx_file *file;
};

static void close_open_file(struct open_file *f)
{
	if (f->file != NULL)
		f->fs->close(f->fs->user, f->file);
}

struct held_lock {
	const struct jx_fs *fs;
	void *lock;
};

static void release_held_lock(struct held_lock *l)
{
	if (l->lock != NULL)
		l->fs->unlock(l->fs->user, l->lock);
}

jx_rc jx_fs_read_all(const struct jx_fs *fs, const char *path, jx_buf *b, struct jx_error *err)
{
	JX_CLEANUP(close_open_file) struct open_file f = {.fs = fs};
	char chunk[16 * 1024];
	int64_t offset = 0;
	size_t got = 0;
	jx_rc rc = fs->open_read(fs->user, path, &f.file, err);

	if (rc != JX_OK)
		return rc;
	do {
		rc = fs->read_at(fs->user, f.file, offset, chunk, sizeof(chunk), &got, err);
		if (rc != JX_OK)
			return rc;
		jx_buf_add(b, chunk, got);
		offset += (int64_t)got;
	} while (got > 0 && b->rc == JX_OK);
	return jx_buf_check(b, path, err);
}

/* "dir", "dir/." and "dir/.name.tmp" of "dir/name". */
struct paths {
	char *dir;
	char *lock;
	char *temp;
};

static void free_paths(struct paths *p)
{
	free(p->dir);
	free(p->lock);
	free(p->temp);
}

static struct paths split_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	size_t dir_len = slash == NULL ? 0 : (size_t)(slash - path);
	struct paths p;

	p.dir = slash == NULL ? jx_xstrdup(".") : dir_len == 0 ? jx_xstrdup("/") : jx_xstrndup(path, dir_len);
	p.lock = jx_xasprintf("%s/.", p.dir);
	p.temp = jx_xasprintf("%.*s.%s.tmp", (int)(name - path), path, name);
	return p;
}

static jx_rc write_temp(const struct jx_fs *fs, const char *temp, const void *data, size_t len,
			struct jx_error *err)
{
	JX_CLEANUP(close_open_file) struct open_file f = {.fs = fs};
	jx_rc rc = fs->create(fs->user, temp, &f.file, err);

	/* We hold the folder: what is there was left by a process that ended in the middle. */
	if (rc == JX_EEXISTS) {
		rc = fs->remove(fs->user, temp, err);
		if (rc == JX_OK)
			rc = fs->create(fs->user, temp, &f.file, err);
	}
	if (rc == JX_OK)
		rc = fs->write_at(fs->user, f.file, 0, data, len, err);
	if (rc == JX_OK)
		rc = fs->sync_data(fs->user, f.file, err);
	return rc;
}

jx_rc jx_fs_write_all(const struct jx_fs *fs, const char *path, const void *data, size_t len,
		      struct jx_error *err)
{
	JX_CLEANUP(free_paths) struct paths p = split_path(path);
	JX_CLEANUP(release_held_lock) struct held_lock held = {.fs = fs};
	jx_rc rc = fs->lock(fs->user, p.lock, FOLDER_WAIT_MS, &held.lock, err);

	/*
	 * The folder is locked because two writers of one path share the temporary name, and one of them could
	 * rename the other's half. A file system without locks (some network ones) is written without.
	 */
	if (rc == JX_EBUSY)
		return rc;
	rc = write_temp(fs, p.temp, data, len, err);
	if (rc == JX_OK)
		rc = fs->rename(fs->user, p.temp, path, err);
	if (rc != JX_OK) {
		(void)fs->remove(fs->user, p.temp, NULL);
		return rc;
	}
	return fs->sync_dir(fs->user, p.dir, err);
}
