/* The image as the code's files. Syncing changes nothing: nobody cuts the power a second time here (start-ups are recorded). */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct jx_file {
	struct pc_file *file;
};

static jx_rc refuse(struct jx_error *err, int e, const char *path)
{
	return jx_fail(err, jx_rc_from_errno(e), e, "powercut.image", "%s: %s", path, strerror(e));
}

static jx_rc fs_make_dir(void *user, const char *path, struct jx_error *err)
{
	struct pc_host *h = user;
	const char *slash = strrchr(path, '/');
	struct pc_entry *e = pc_image_find(&h->image, path);

	if (e != NULL)
		return e->is_dir ? JX_OK : refuse(err, ENOTDIR, path);
	if (slash != NULL && slash != path) {
		JX_AUTO_FREE char *above = jx_xstrndup(path, (size_t)(slash - path));
		const jx_rc rc = fs_make_dir(user, above, err);

		if (rc != JX_OK)
			return rc;
	}
	(void)pc_image_add(&h->image, path, true);
	return JX_OK;
}

static jx_rc open_file(struct pc_host *h, const char *path, bool is_new, jx_file **out, struct jx_error *err)
{
	struct pc_entry *e = pc_image_find(&h->image, path);
	jx_file *f;

	if (is_new && e != NULL)
		return refuse(err, EEXIST, path);
	if (is_new)
		e = pc_image_add(&h->image, path, false);
	if (e == NULL)
		return refuse(err, ENOENT, path);
	if (e->file == NULL)
		return refuse(err, EISDIR, path);
	f = jx_xmalloc(sizeof(*f));
	f->file = e->file;
	f->file->refs++;
	*out = f;
	return JX_OK;
}

static jx_rc fs_create(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	return open_file(user, path, true, out, err);
}

static jx_rc fs_open(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	return open_file(user, path, false, out, err);
}

static jx_rc fs_write_at(void *user, jx_file *f, int64_t offset, const void *data, size_t len,
			 struct jx_error *err)
{
	(void)user;
	(void)err;
	pc_pages_write(&f->file->pages, offset, data, len);
	f->file->key = 0;
	return JX_OK;
}

static jx_rc fs_read_at(void *user, jx_file *f, int64_t offset, void *data, size_t len, size_t *got_out,
			struct jx_error *err)
{
	(void)user;
	(void)err;
	*got_out = pc_pages_read(&f->file->pages, offset, data, len);
	return JX_OK;
}

static jx_rc fs_file_size(void *user, jx_file *f, int64_t *out, struct jx_error *err)
{
	(void)user;
	(void)err;
	*out = f->file->pages.size_bytes;
	return JX_OK;
}

static jx_rc fs_sync_data(void *user, jx_file *f, struct jx_error *err)
{
	(void)user;
	(void)f;
	(void)err;
	return JX_OK;
}

static void fs_close(void *user, jx_file *f)
{
	(void)user;
	if (f == NULL)
		return;
	pc_file_unref(f->file);
	free(f);
}

static void take_away(struct pc_entry *e)
{
	pc_file_unref(e->file);
	e->file = NULL;
	e->is_dir = false;
}

static jx_rc fs_rename(void *user, const char *from, const char *to, struct jx_error *err)
{
	struct pc_host *h = user;
	struct pc_entry *source = pc_image_find(&h->image, from), *target = pc_image_find(&h->image, to);
	struct pc_file *file;

	if (source == NULL || source->file == NULL)
		return refuse(err, ENOENT, from);
	file = source->file;
	file->refs++;
	take_away(source);
	if (target == NULL)
		target = pc_image_add(&h->image, to, false);
	if (target == NULL) {
		pc_file_unref(file);
		return refuse(err, ENOENT, to);
	}
	pc_file_unref(target->file);
	target->file = file;
	return JX_OK;
}

static jx_rc fs_sync_dir(void *user, const char *dir, struct jx_error *err)
{
	const struct pc_host *h = user;

	return pc_image_find(&h->image, dir) != NULL ? JX_OK : refuse(err, ENOENT, dir);
}

static jx_rc fs_remove(void *user, const char *path, struct jx_error *err)
{
	struct pc_host *h = user;
	struct pc_entry *e = pc_image_find(&h->image, path);

	if (e == NULL || e->file == NULL)
		return refuse(err, ENOENT, path);
	take_away(e);
	return JX_OK;
}

static jx_rc fs_stat(void *user, const char *path, int64_t *size_out, int64_t *modified_out,
		     struct jx_error *err)
{
	struct pc_host *h = user;
	const struct pc_entry *e = pc_image_find(&h->image, path);

	if (e == NULL)
		return refuse(err, ENOENT, path);
	if (size_out != NULL)
		*size_out = e->file == NULL ? 0 : e->file->pages.size_bytes;
	if (modified_out != NULL)
		*modified_out = 0;
	return JX_OK;
}

static jx_rc fs_list(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		     struct jx_error *err)
{
	struct pc_host *h = user;
	const uint64_t hash = pc_path_hash(dir);
	jx_rc rc = JX_OK;

	if (pc_image_find(&h->image, dir) == NULL)
		return refuse(err, ENOENT, dir);
	for (size_t i = 0; i < h->image.count && rc == JX_OK; i++) {
		const struct pc_entry *e = &h->image.entry[i];

		if (e->dir_hash == hash && (e->file != NULL || e->is_dir))
			rc = fn(arg, strrchr(e->path, '/') + 1);
	}
	return rc;
}

static jx_rc fs_free_bytes(void *user, const char *dir, int64_t *out, struct jx_error *err)
{
	(void)user;
	(void)dir;
	(void)err;
	*out = (int64_t)1 << 40;
	return JX_OK;
}

/* One process, one thread: nobody else holds it. The file is made, as the real one is. */
static jx_rc fs_lock(void *user, const char *path, int64_t wait_ms, void **out, struct jx_error *err)
{
	struct pc_host *h = user;

	(void)wait_ms;
	if (pc_image_find(&h->image, path) == NULL && pc_image_add(&h->image, path, false) == NULL)
		return refuse(err, ENOENT, path);
	*out = jx_xmalloc(1);
	return JX_OK;
}

static void fs_unlock(void *user, void *lock)
{
	(void)user;
	free(lock);
}

void pc__host_fs_init(struct pc_host *h)
{
	h->fs = (struct jx_fs){
		.user = h,
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

/* ---- time and chance, the same at every point */

static int64_t fixed_utc_ms(void *user)
{
	const struct pc_host *h = user;

	return h->utc_ms;
}

static int64_t fixed_mono_ms(void *user)
{
	(void)user;
	return 1000;
}

static void fixed_boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	(void)user;
	memset(id, 0xB0, JX_ID_BYTES);
}

static void fill(void *user, void *out, size_t len)
{
	struct pc_host *h = user;
	uint8_t *to = out;

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)pc_next(&h->rng);
}

void pc_host_init(struct pc_host *h)
{
	*h = (struct pc_host){.rng = {.state = 1}};
	/* of the first image, for all: later than anything recorded */
	h->utc_ms = jx_os_clock()->utc_ms(jx_os_clock()->user);
	h->clock = (struct jx_clock){
		.user = h, .utc_ms = fixed_utc_ms, .mono_ms = fixed_mono_ms, .boot_id = fixed_boot_id};
	h->rand = (struct jx_rand){.user = h, .fill = fill};
	pc__host_fs_init(h);
	pc__host_vfs_init(h);
}

void pc_host_done(struct pc_host *h)
{
	pc_image_done(&h->image);
	free(h->image.entry);
	pc__host_vfs_done(h);
}
