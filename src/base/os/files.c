/*
 * Real files. A failed sync is final (on Linux the error is told once and the pages may be marked clean), so nothing
 * here tries one again: the caller writes anew under another name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jiexun/control.h"
#include "os_private.h"

#define FILE_MODE 0600

struct jx_file {
	int fd;
	char path[]; /* for messages */
};

struct words {
	int key;
	const char *text;
};

static const char *find_words(const struct words *table, size_t n, int key)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].key == key)
			return _(table[i].text);
	}
	return NULL;
}

/* The common ones in our own catalogue: a small system has no translation of the C library's. */
static const char *words_of(int e, char *scratch, size_t cap)
{
	static const struct words known[] = {
		{ENOENT, N_("it does not exist")},
		{ENOTDIR, N_("a part of the path is not a folder")},
		{EEXIST, N_("it is there already")},
		{EACCES, N_("permission denied")},
		{EPERM, N_("permission denied")},
		{EROFS, N_("the disk is read-only")},
		{ENOSPC, N_("no room left on the disk")},
		{EDQUOT, N_("the disk quota is used up")},
		{EFBIG, N_("larger than a file may be here")},
		{EIO, N_("the disk reports an error")},
		{ELOOP, N_("it is a symbolic link")},
		{EISDIR, N_("it is a folder")},
	};
	const char *text = find_words(known, sizeof(known) / sizeof(known[0]), e);

	/* The GNU form: thread-safe, may or may not use the scratch. */
	return text != NULL ? text : strerror_r(e, scratch, cap);
}

/* What to do about it, in the words that end a message. */
static const char *cure_of(jx_rc rc)
{
	static const struct words cures[] = {
		{JX_ENOSPC, N_("free some space")},
		{JX_EROFS, N_("check the permissions and how the disk is mounted")},
		{JX_ENOTFOUND, N_("check the path")},
		{JX_EEXISTS, N_("choose another name or remove it")},
		{JX_EBUSY, N_("try again when the other program is done")},
		{JX_EINVAL, N_("check the path")},
		{JX_ELIMIT, N_("close other programs")},
		{JX_ENOMEM, N_("close other programs")},
		{JX_EINTR, N_("try again")},
	};
	const char *text = find_words(cures, sizeof(cures) / sizeof(cures[0]), (int)rc);

	return text != NULL ? text : _("check the disk");
}

jx_rc jx_base__fail_errno(struct jx_error *err, int e, const char *where, const char *what, const char *path)
{
	jx_rc rc = jx_rc_from_errno(e);
	char scratch[128];

	return jx_fail(err, rc, e, where, "cannot %s %s: %s; %s", what, path,
		       words_of(e, scratch, sizeof(scratch)), cure_of(rc));
}

static int open_retry(const char *path, int flags, mode_t mode)
{
	int fd;

	do {
		fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

static jx_rc wrap(int fd, const char *path, jx_file **out)
{
	size_t len = strlen(path) + 1;
	jx_file *f = jx_xmalloc(sizeof(*f) + len);

	f->fd = fd;
	memcpy(f->path, path, len);
	*out = f;
	return JX_OK;
}

static jx_rc os_create(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	/* O_EXCL does not follow a link either. */
	int fd = open_retry(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);

	(void)user;
	if (fd < 0)
		return jx_base__fail_errno(err, errno, "fs.create", _("create"), path);
	return wrap(fd, path, out);
}

/* O_NONBLOCK: a pipe of that name would otherwise hold us for ever; regular files do not know it. */
static jx_rc open_regular(const char *path, int flags, jx_file **out, struct jx_error *err)
{
	JX_AUTO_FD int fd = open_retry(path, flags | O_NONBLOCK, 0);
	struct stat st;
	int given;

	if (fd < 0 || fstat(fd, &st) != 0)
		return jx_base__fail_errno(err, errno, "fs.open", _("open"), path);
	if (!S_ISREG(st.st_mode))
		return jx_fail(err, JX_EINVAL, 0, "fs.open", "%s is not an ordinary file; name a file", path);
	given = fd;
	fd = -1;
	return wrap(given, path, out);
}

static jx_rc os_open_write(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	(void)user;
	return open_regular(path, O_RDWR | O_NOFOLLOW, out, err);
}

static jx_rc os_open_read(void *user, const char *path, jx_file **out, struct jx_error *err)
{
	(void)user;
	return open_regular(path, O_RDONLY, out, err);
}

/*
 * A full disk first shows as a short count with a stale errno; going on with the rest brings the real error.
 */
static jx_rc os_write_at(void *user, jx_file *f, int64_t offset_bytes, const void *data, size_t len,
			 struct jx_error *err)
{
	const char *from = data;

	(void)user;
	while (len > 0) {
		ssize_t n = pwrite(f->fd, from, len, offset_bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return jx_base__fail_errno(err, n < 0 ? errno : EIO, "fs.write", _("write"), f->path);
		if (jx_control_is(JX_CONTROL_UNCHECKED_SHORT_WRITE))
			return JX_OK;
		from += n;
		len -= (size_t)n;
		offset_bytes += n;
	}
	return JX_OK;
}

static jx_rc os_read_at(void *user, jx_file *f, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			struct jx_error *err)
{
	char *to = data;
	size_t got = 0;

	(void)user;
	while (got < len) {
		ssize_t n = pread(f->fd, to + got, len - got, offset_bytes + (int64_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return jx_base__fail_errno(err, errno, "fs.read", _("read"), f->path);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*got_out = got;
	return JX_OK;
}

static jx_rc os_file_size(void *user, jx_file *f, int64_t *size_bytes_out, struct jx_error *err)
{
	struct stat st;

	(void)user;
	if (fstat(f->fd, &st) != 0)
		return jx_base__fail_errno(err, errno, "fs.size", _("read"), f->path);
	*size_bytes_out = st.st_size;
	return JX_OK;
}

static jx_rc os_sync_data(void *user, jx_file *f, struct jx_error *err)
{
	int rc;

	(void)user;
	do {
		rc = fdatasync(f->fd);
	} while (rc != 0 && errno == EINTR); /* not started, nothing lost */
	if (rc != 0)
		return jx_base__fail_errno(err, errno, "fs.sync", _("sync"), f->path);
	return JX_OK;
}

/* Without waiting, this neither reports an error of writing nor marks it as told: fdatasync() does. */
static void os_write_out(void *user, jx_file *f, int64_t offset_bytes, size_t len)
{
	(void)user;
	(void)sync_file_range(f->fd, offset_bytes, (off64_t)len, SYNC_FILE_RANGE_WRITE);
}

static void os_close(void *user, jx_file *f)
{
	(void)user;
	if (f == NULL)
		return;
	(void)close(
		f->fd); /* what matters was synced; Linux frees the number even if this reports an error */
	free(f);
}

static jx_rc os_rename(void *user, const char *from, const char *to, struct jx_error *err)
{
	(void)user;
	if (rename(from, to) != 0)
		return jx_base__fail_errno(err, errno, "fs.rename", _("rename a file to"), to);
	return JX_OK;
}

static jx_rc os_remove(void *user, const char *path, struct jx_error *err)
{
	(void)user;
	if (unlink(path) != 0)
		return jx_base__fail_errno(err, errno, "fs.remove", _("remove"), path);
	return JX_OK;
}

static jx_rc os_stat(void *user, const char *path, int64_t *size_bytes_out, int64_t *modified_utc_ms_out,
		     struct jx_error *err)
{
	struct stat st;

	(void)user;
	if (stat(path, &st) != 0)
		return jx_base__fail_errno(err, errno, "fs.stat", _("look at"), path);
	if (size_bytes_out != NULL)
		*size_bytes_out = st.st_size;
	if (modified_utc_ms_out != NULL)
		*modified_utc_ms_out = (int64_t)st.st_mtim.tv_sec * 1000 +
				       (int64_t)st.st_mtim.tv_nsec / 1000000;
	return JX_OK;
}

const struct jx_fs *jx_os_fs(void)
{
	static const struct jx_fs fs = {
		.make_dir = jx_base__os_make_dir,
		.make_dir_unsynced = jx_base__os_make_dir_unsynced,
		.create = os_create,
		.open_write = os_open_write,
		.open_read = os_open_read,
		.write_at = os_write_at,
		.read_at = os_read_at,
		.file_size = os_file_size,
		.sync_data = os_sync_data,
		.write_out = os_write_out,
		.close = os_close,
		.rename = os_rename,
		.sync_dir = jx_base__os_sync_dir,
		.remove = os_remove,
		.stat = os_stat,
		.list = jx_base__os_list,
		.free_bytes = jx_base__os_free_bytes,
		.lock = jx_base__os_lock,
		.unlock = jx_base__os_unlock,
	};

	return &fs;
}
