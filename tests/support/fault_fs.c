#include "jx_test.h"

#define LOG_BYTES (256 * 1024)

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Write the call down; false if it is to fail. */
static bool goes(struct jx_fault_fs *f, const char *what, const char *name)
{
	f->calls++;
	jx_buf_addf(&f->log, "%s%s%s%s", f->log.len > 0 ? "; " : "", what, name[0] != '\0' ? " " : "", name);
	return f->fail_at == 0 || f->calls < f->fail_at || (f->calls > f->fail_at && !f->fail_from);
}

static jx_rc refuse(const struct jx_fault_fs *f, const char *what, struct jx_error *err)
{
	return jx_fail(err, jx_rc_from_errno(f->fail_errno), f->fail_errno, "test.fault", "%s failed: %s",
		       what, strerror(f->fail_errno));
}

static jx_rc make_dir(void *user, const char *path, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "make_dir", last_name(path)))
		return refuse(f, path, err);
	return f->below->make_dir(f->below->user, path, err);
}

static jx_rc make_dir_unsynced(void *user, const char *path, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "make_dir_unsynced", last_name(path)))
		return refuse(f, path, err);
	return f->below->make_dir_unsynced(f->below->user, path, err);
}

static jx_rc create(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "create", last_name(path)))
		return refuse(f, path, err);
	return f->below->create(f->below->user, path, out, err);
}

static jx_rc open_write(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "open_write", last_name(path)))
		return refuse(f, path, err);
	return f->below->open_write(f->below->user, path, out, err);
}

static jx_rc open_read(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "open_read", last_name(path)))
		return refuse(f, path, err);
	return f->below->open_read(f->below->user, path, out, err);
}

static jx_rc write_at(void *user, jx_file *file, int64_t offset_bytes, const void *data, size_t len,
		      struct jx_error *err)
{
	struct jx_fault_fs *f = user;
	JX_AUTO_FREE char *size = jx_xasprintf("%zu", len);

	if (goes(f, "write", size))
		return f->below->write_at(f->below->user, file, offset_bytes, data, len, err);
	if (f->short_write)
		(void)f->below->write_at(f->below->user, file, offset_bytes, data, len / 2, NULL);
	return refuse(f, "write", err);
}

static jx_rc read_at(void *user, jx_file *file, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
		     struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	return f->below->read_at(f->below->user, file, offset_bytes, data, len, got_out, err);
}

static jx_rc file_size(void *user, jx_file *file, int64_t *size_bytes_out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	return f->below->file_size(f->below->user, file, size_bytes_out, err);
}

static jx_rc sync_data(void *user, jx_file *file, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "sync", ""))
		return refuse(f, "sync", err);
	return f->below->sync_data(f->below->user, file, err);
}

static void close_file(void *user, jx_file *file)
{
	struct jx_fault_fs *f = user;

	f->below->close(f->below->user, file);
}

static jx_rc rename_file(void *user, const char *from, const char *to, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "rename", last_name(to)))
		return refuse(f, to, err);
	return f->below->rename(f->below->user, from, to, err);
}

static jx_rc sync_dir(void *user, const char *dir, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "sync_dir", ""))
		return refuse(f, dir, err);
	return f->below->sync_dir(f->below->user, dir, err);
}

static jx_rc remove_file(void *user, const char *path, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "remove", last_name(path)))
		return refuse(f, path, err);
	return f->below->remove(f->below->user, path, err);
}

static jx_rc stat_file(void *user, const char *path, int64_t *size_bytes_out, int64_t *modified_utc_ms_out,
		       struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	return f->below->stat(f->below->user, path, size_bytes_out, modified_utc_ms_out, err);
}

static jx_rc list(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		  struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	return f->below->list(f->below->user, dir, fn, arg, err);
}

static jx_rc free_bytes(void *user, const char *dir, int64_t *bytes_out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	return f->below->free_bytes(f->below->user, dir, bytes_out, err);
}

static jx_rc lock(void *user, const char *path, int64_t wait_ms, void **lock_out, struct jx_error *err)
{
	struct jx_fault_fs *f = user;

	if (!goes(f, "lock", last_name(path)))
		return refuse(f, path, err);
	return f->below->lock(f->below->user, path, wait_ms, lock_out, err);
}

static void unlock(void *user, void *held)
{
	struct jx_fault_fs *f = user;

	jx_buf_adds(&f->log, "; unlock");
	f->below->unlock(f->below->user, held);
}

void jx_fault_fs_init(struct jx_fault_fs *f, const struct jx_fs *below)
{
	*f = (struct jx_fault_fs){.below = below};
	f->fs = (struct jx_fs){.user = f,
			       .make_dir = make_dir,
			       .make_dir_unsynced = make_dir_unsynced,
			       .create = create,
			       .open_write = open_write,
			       .open_read = open_read,
			       .write_at = write_at,
			       .read_at = read_at,
			       .file_size = file_size,
			       .sync_data = sync_data,
			       .close = close_file,
			       .rename = rename_file,
			       .sync_dir = sync_dir,
			       .remove = remove_file,
			       .stat = stat_file,
			       .list = list,
			       .free_bytes = free_bytes,
			       .lock = lock,
			       .unlock = unlock};
	jx_buf_init(&f->log, LOG_BYTES);
}

void jx_fault_fs_done(struct jx_fault_fs *f)
{
	jx_buf_done(&f->log);
}

void jx_fault_fs_plan(struct jx_fault_fs *f, int n, int fail_errno)
{
	jx_buf_reset(&f->log);
	f->calls = 0;
	f->fail_at = n;
	f->fail_errno = fail_errno;
}
