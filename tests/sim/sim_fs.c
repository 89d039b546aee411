/* The disk as the code's struct jx_fs. */
#include "sim_disk_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct jx_file {
	struct sim_inode *inode;
	char *path;
};

static jx_rc refuse(struct jx_error *err, int e, const char *path)
{
	return jx_fail(err, jx_rc_from_errno(e), e, "sim.disk", "%s: %s", path, strerror(e));
}

static jx_rc fs_make_dir(void *user, const char *path, struct jx_error *err)
{
	int e = sim__operation(user, 'm', path, 0, true);

	return e != 0 ? refuse(err, e, path) : JX_OK; /* folders exist by being named */
}

static jx_file *open_inode(struct sim_inode *i, const char *path)
{
	jx_file *f = jx_xmalloc(sizeof(*f));

	f->inode = i;
	f->path = jx_xstrdup(path);
	sim__ref(i);
	return f;
}

static jx_rc fs_create(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	struct sim_disk *d = user;
	struct sim_name *n = sim__find(d, path);
	int e = sim__operation(d, 'c', path, 0, true);

	if (e == 0 && n != NULL && n->now != NULL)
		e = EEXIST;
	if (e != 0)
		return refuse(err, e, path);
	*out = open_inode(sim__create(d, path), path);
	return JX_OK;
}

static jx_rc open_existing(struct sim_disk *d, const char *path, jx_file **out, struct jx_error *err)
{
	struct sim_name *n = sim__find(d, path);

	if (d->is_dead)
		return refuse(err, EIO, path);
	if (n == NULL || n->now == NULL)
		return refuse(err, ENOENT, path);
	*out = open_inode(n->now, path);
	return JX_OK;
}

static jx_rc fs_open(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	return open_existing(user, path, out, err);
}

static jx_rc fs_write_at(void *user, jx_file *f, int64_t offset, const void *data, size_t len,
			 struct jx_error *err)
{
	struct sim_disk *d = user;
	int e = sim__operation(d, 'w', f->path, offset, true);

	if (e != 0) {
		/* a full disk takes a part first; the code must not believe the rest is there */
		if (!d->is_dead && len > 1)
			sim__write(f->inode, offset, data, (size_t)sim_below(&d->rng, len));
		return refuse(err, e, f->path);
	}
	sim__write(f->inode, offset, data, len);
	return JX_OK;
}

static jx_rc fs_read_at(void *user, jx_file *f, int64_t offset, void *data, size_t len, size_t *got_out,
			struct jx_error *err)
{
	struct sim_disk *d = user;
	size_t have = (size_t)offset < f->inode->now_len ? f->inode->now_len - (size_t)offset : 0;
	size_t n = have < len ? have : len;

	if (d->is_dead)
		return refuse(err, EIO, f->path);
	if (n > 0)
		memcpy(data, f->inode->now + offset, n);
	*got_out = n;
	return JX_OK;
}

static jx_rc fs_file_size(void *user, jx_file *f, int64_t *out, struct jx_error *err)
{
	struct sim_disk *d = user;

	if (d->is_dead)
		return refuse(err, EIO, f->path);
	*out = (int64_t)f->inode->now_len;
	return JX_OK;
}

static jx_rc fs_sync_data(void *user, jx_file *f, struct jx_error *err)
{
	int e = sim__operation(user, 's', f->path, 0, true);

	if (e != 0)
		return refuse(err, e, f->path);
	sim__sync(user, f->inode);
	return JX_OK;
}

static void fs_close(void *user, jx_file *f)
{
	(void)user;
	if (f == NULL)
		return;
	sim__unref(f->inode);
	free(f->path);
	free(f);
}

static jx_rc fs_rename(void *user, const char *from, const char *to, struct jx_error *err)
{
	struct sim_disk *d = user;
	struct sim_name *n = sim__find(d, from);
	int e = sim__operation(d, 'r', to, 0, true);

	if (e == 0 && (n == NULL || n->now == NULL))
		e = ENOENT;
	if (e != 0)
		return refuse(err, e, from);
	sim__rename(d, from, to);
	return JX_OK;
}

static jx_rc fs_sync_dir(void *user, const char *dir, struct jx_error *err)
{
	int e = sim__operation(user, 'd', dir, 0, true);

	if (e != 0)
		return refuse(err, e, dir);
	sim__sync_dir(user, dir);
	return JX_OK;
}

static jx_rc fs_remove(void *user, const char *path, struct jx_error *err)
{
	struct sim_disk *d = user;
	struct sim_name *n = sim__find(d, path);
	int e = sim__operation(d, 'u', path, 0, true);

	if (e == 0 && (n == NULL || n->now == NULL))
		e = ENOENT;
	if (e != 0)
		return refuse(err, e, path);
	sim__remove(d, n);
	return JX_OK;
}

static jx_rc fs_stat(void *user, const char *path, int64_t *size_out, int64_t *modified_out,
		     struct jx_error *err)
{
	struct sim_disk *d = user;
	struct sim_name *n = sim__find(d, path);

	if (d->is_dead)
		return refuse(err, EIO, path);
	if (n == NULL || n->now == NULL)
		return refuse(err, ENOENT, path);
	if (size_out != NULL)
		*size_out = (int64_t)n->now->now_len;
	if (modified_out != NULL)
		*modified_out = n->now->modified_utc_ms;
	return JX_OK;
}

static jx_rc fs_list(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		     struct jx_error *err)
{
	struct sim_disk *d = user;
	size_t n = strlen(dir);

	if (d->is_dead)
		return refuse(err, EIO, dir);
	for (size_t k = 0; k < d->name_count; k++) {
		const char *p = d->names[k].path;
		char name[256];
		jx_rc rc;

		if (d->names[k].now == NULL || strncmp(p, dir, n) != 0 || p[n] != '/')
			continue;
		jx_strcpy(name, sizeof(name), p + n + 1);
		if (strchr(name, '/') != NULL)
			*strchr(name, '/') =
				'\0'; /* a folder shows once for each file in it: callers must bear repeats */
		rc = fn(arg, name);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

static jx_rc fs_free_bytes(void *user, const char *dir, int64_t *out, struct jx_error *err)
{
	struct sim_disk *d = user;

	if (d->is_dead)
		return refuse(err, EIO, dir);
	*out = INT64_C(1) << 40;
	return JX_OK;
}

static jx_rc fs_lock(void *user, const char *path, int64_t wait_ms, void **lock_out, struct jx_error *err)
{
	struct sim_disk *d = user;
	char *mine;

	(void)wait_ms; /* one thread: who waits would wait for ever */
	if (d->is_dead)
		return refuse(err, EIO, path);
	for (size_t k = 0; k < d->lock_count; k++)
		if (strcmp(d->locks[k], path) == 0)
			return jx_fail(err, JX_EBUSY, 0, "sim.lock", "%s is locked", path);
	/* a lock on a plain path makes the file, as the real one does; DIR/. is a folder */
	if (strlen(path) < 2 || strcmp(path + strlen(path) - 2, "/.") != 0) {
		struct sim_name *n = sim__find(d, path);
		int e = n == NULL || n->now == NULL ? sim__operation(d, 'l', path, 0, true) : 0;

		if (e != 0)
			return refuse(err, e, path);
		if (n == NULL || n->now == NULL)
			(void)sim__create(d, path);
	}
	mine = jx_xstrdup(path);
	d->locks = jx_xreallocarray(d->locks, d->lock_count + 1, sizeof(*d->locks));
	d->locks[d->lock_count++] = mine;
	*lock_out = mine;
	return JX_OK;
}

static void fs_unlock(void *user, void *lock)
{
	struct sim_disk *d = user;

	for (size_t k = 0; k < d->lock_count; k++) {
		if (d->locks[k] != lock)
			continue;
		free(d->locks[k]);
		d->locks[k] = d->locks[--d->lock_count];
		return;
	}
}

void sim__fs_init(struct sim_disk *d)
{
	d->fs = (struct jx_fs){
		.user = d,
		.make_dir = fs_make_dir,
		.make_dir_unsynced = fs_make_dir,
		.create = fs_create,
		.open_write = fs_open,
		.open_read = fs_open,
		.write_at = fs_write_at,
		.read_at = fs_read_at,
		.file_size = fs_file_size,
		.sync_data = fs_sync_data,
		.close = fs_close,
		.rename = fs_rename,
		.sync_dir = fs_sync_dir,
		.remove = fs_remove,
		.stat = fs_stat,
		.list = fs_list,
		.free_bytes = fs_free_bytes,
		.lock = fs_lock,
		.unlock = fs_unlock,
	};
}
