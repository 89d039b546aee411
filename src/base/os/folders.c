/* Real folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "os_private.h"

#define DIR_MODE 0700

jx_rc jx_base__os_sync_dir(void *user, const char *dir, struct jx_error *err)
{
	JX_AUTO_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	(void)user;
	if (fd < 0)
		return jx_base__fail_errno(err, errno, "fs.sync_dir", _("open"), dir);
	do {
		rc = fsync(fd);
	} while (rc != 0 && errno == EINTR);
	/* EINVAL: a file system that has nothing to sync for folders says so this way (some FUSE ones). */
	if (rc != 0 && errno != EINVAL)
		return jx_base__fail_errno(err, errno, "fs.sync_dir", _("sync"), dir);
	return JX_OK;
}

/* Folder that holds path[0..len), written into out of len + 2 bytes. */
static void put_parent(const char *path, size_t len, char *out)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len == 0) {
		memcpy(out, ".", 2);
		return;
	}
	memcpy(out, path, len);
	out[len] = '\0';
}

static jx_rc sync_parent(const char *path, size_t len, struct jx_error *err)
{
	JX_AUTO_FREE char *parent = jx_xmalloc(len + 2);

	put_parent(path, len, parent);
	return jx_base__os_sync_dir(NULL, parent, err);
}

static jx_rc make_one(char *path, size_t len, bool *is_new_out, struct jx_error *err)
{
	const char keep = path[len];
	jx_rc rc = JX_OK;
	int failed;

	path[len] = '\0';
	failed = mkdir(path, DIR_MODE) != 0 ? errno : 0;
	if (failed != 0 && failed != EEXIST)
		rc = jx_base__fail_errno(err, failed, "fs.make_dir", _("create the folder"), path);
	path[len] = keep;
	*is_new_out = failed == 0;
	return rc;
}

/*
 * Make one level. When something is made, the level above may itself be the unsynced work of a process that was killed
 * between mkdir and sync, so its entry is synced too; after a power cut the whole path is there.
 */
static jx_rc make_level(char *path, size_t len, size_t above_len, bool *made, struct jx_error *err)
{
	bool is_new = false;
	jx_rc rc = make_one(path, len, &is_new, err);

	if (rc != JX_OK || !is_new)
		return rc;
	if (!*made && above_len > 0)
		rc = sync_parent(path, above_len, err);
	*made = true;
	return rc == JX_OK ? sync_parent(path, len, err) : rc;
}

static jx_rc make_all(const char *path, bool is_synced, struct jx_error *err)
{
	JX_AUTO_FREE char *copy = jx_xstrdup(path);
	size_t above_len = 0;
	bool made = false;
	struct stat st;
	jx_rc rc;

	for (size_t i = 1; copy[0] != '\0'; i++) {
		if (copy[i] != '/' && copy[i] != '\0')
			continue;
		if (copy[i - 1] != '/') {
			rc = is_synced ? make_level(copy, i, above_len, &made, err)
				       : make_one(copy, i, &made, err);
			if (rc != JX_OK)
				return rc;
			above_len = i;
		}
		if (copy[i] == '\0')
			break;
	}
	if (stat(path, &st) != 0)
		return jx_base__fail_errno(err, errno, "fs.make_dir", _("create the folder"), path);
	if (!S_ISDIR(st.st_mode))
		return jx_fail(err, JX_EEXISTS, ENOTDIR, "fs.make_dir",
			       "%s is a file, not a folder; remove it or choose another path", path);
	return JX_OK;
}

jx_rc jx_base__os_make_dir(void *user, const char *path, struct jx_error *err)
{
	(void)user;
	return make_all(path, true, err);
}

jx_rc jx_base__os_make_dir_unsynced(void *user, const char *path, struct jx_error *err)
{
	(void)user;
	return make_all(path, false, err);
}

static void close_dir(DIR **d)
{
	if (*d != NULL)
		(void)closedir(*d);
}

jx_rc jx_base__os_list(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		       struct jx_error *err)
{
	JX_CLEANUP(close_dir) DIR *d = opendir(dir);
	jx_rc rc = JX_OK;

	(void)user;
	if (d == NULL)
		return jx_base__fail_errno(err, errno, "fs.list", _("read the folder"), dir);
	while (rc == JX_OK) {
		struct dirent *entry;

		errno = 0;
		entry = readdir(d);
		if (entry == NULL && errno != 0)
			return jx_base__fail_errno(err, errno, "fs.list", _("read the folder"), dir);
		if (entry == NULL)
			break;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = fn(arg, entry->d_name);
	}
	return rc;
}

jx_rc jx_base__os_free_bytes(void *user, const char *dir, int64_t *bytes_out, struct jx_error *err)
{
	struct statvfs fs;
	uint64_t blocks, size;

	(void)user;
	if (statvfs(dir, &fs) != 0)
		return jx_base__fail_errno(err, errno, "fs.free", _("look at"), dir);
	blocks = fs.f_bavail; /* what is left for us, without root's reserve */
	size = fs.f_frsize > 0 ? fs.f_frsize : 1;
	*bytes_out = blocks > (uint64_t)INT64_MAX / size ? INT64_MAX : (int64_t)(blocks * size);
	return JX_OK;
}
