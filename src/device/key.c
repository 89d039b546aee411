/*
 * The device key: an Ed25519 seed, made once, kept where nobody else can read it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device_private.h"

#define FILE_NAME "device.key"
#define CRED_NAME "device.key.cred"
#define LOCK_NAME ".device.key.lock"
/* One line of text: the suite, then the seed. A reader of a later suite can tell the old one. */
#define TEXT_HEAD  "jx1 ed25519-seed "
#define SEED_BYTES 32
#define TEXT_BYTES (sizeof(TEXT_HEAD) - 1 + 2 * (size_t)SEED_BYTES + 1)
/* Making a key takes milliseconds, with systemd-creds and a TPM some seconds. */
#define LOCK_WAIT_MS 40000

struct secret {
	uint8_t seed[SEED_BYTES];
	char text[TEXT_BYTES + 1];
};

static void wipe_secret(struct secret *s)
{
	jx_wipe(s, sizeof(*s));
}

static void wipe_buf(jx_buf *b)
{
	if (b->data != NULL)
		jx_wipe(b->data, b->cap);
	jx_buf_done(b);
}

struct held_lock {
	const struct jx_fs *fs;
	void *lock;
};

static void release_lock(struct held_lock *l)
{
	if (l->lock != NULL)
		l->fs->unlock(l->fs->user, l->lock);
}

static void format_secret(struct secret *s)
{
	memcpy(s->text, TEXT_HEAD, sizeof(TEXT_HEAD) - 1);
	jx_hex(s->seed, SEED_BYTES, s->text + sizeof(TEXT_HEAD) - 1);
	s->text[TEXT_BYTES - 1] = '\n';
	s->text[TEXT_BYTES] = '\0';
}

static jx_rc parse_secret(const char *path, const char *text, size_t len, struct secret *s,
			  struct jx_error *err)
{
	size_t head = sizeof(TEXT_HEAD) - 1;

	if (len != TEXT_BYTES || memcmp(text, TEXT_HEAD, head) != 0 || text[len - 1] != '\n' ||
	    !jx_unhex(text + head, 2 * (size_t)SEED_BYTES, s->seed, SEED_BYTES))
		return jx_fail(err, JX_ECORRUPT, 0, "device.key",
			       "%s is damaged: put the file back from a copy, or enrol this device anew",
			       path);
	return JX_OK;
}

/* ---- making ------------------------------------------------------------------------------------- */

static jx_rc refuse_existing(const struct jx_fs *fs, const char *dir, const char *name, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, name);
	int64_t size_bytes, modified_utc_ms;
	jx_rc rc = fs->stat(fs->user, path, &size_bytes, &modified_utc_ms, err);

	if (rc == JX_OK)
		return jx_fail(err, JX_EEXISTS, 0, "device.key", "%s is there already and is never replaced",
			       path);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

/*
 * A key that may not have reached the disk must not be found, enrolled with and then lost by a power cut.
 */
static jx_rc write_key(const struct jx_fs *fs, const char *path, const void *data, size_t len,
		       struct jx_error *err)
{
	jx_rc rc = jx_fs_write_all(fs, path, data, len, err);

	if (rc != JX_OK)
		(void)fs->remove(fs->user, path, NULL);
	return rc;
}

static jx_rc store_secret(const struct jx_device_keys *keys, const struct jx_fs *fs, const struct secret *s,
			  struct jx_error *err)
{
	bool is_cred = keys->store == JX_DEVICE_KEY_SYSTEMD_CREDS;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", keys->dir, is_cred ? CRED_NAME : FILE_NAME);
	JX_AUTO_BUF cred;
	jx_rc rc;

	jx_buf_init(&cred, JX_DEVICE__CRED_MAX);
	if (!is_cred)
		return write_key(fs, path, s->text, TEXT_BYTES, err);
	rc = jx_device__encrypt(keys->program, s->text, TEXT_BYTES, &cred, err);
	if (rc != JX_OK)
		return rc;
	return write_key(fs, path, cred.data, cred.len, err);
}

jx_rc jx_device_create_key(const struct jx_device_keys *keys, const struct jx_fs *fs,
			   const struct jx_rand *rand, uint8_t pub_out[JX_PUB_BYTES],
			   uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err)
{
	JX_CLEANUP(release_lock) struct held_lock lock = {.fs = fs};
	JX_CLEANUP(wipe_secret) struct secret s = {0};
	JX_AUTO_FREE char *lock_path = jx_xasprintf("%s/%s", keys->dir, LOCK_NAME);
	jx_rc rc = fs->make_dir(fs->user, keys->dir, err);

	/* Two enrolments at once: the second must find the first one's key, not replace it. */
	if (rc == JX_OK)
		rc = fs->lock(fs->user, lock_path, LOCK_WAIT_MS, &lock.lock, err);
	if (rc == JX_OK)
		rc = refuse_existing(fs, keys->dir, FILE_NAME, err);
	if (rc == JX_OK)
		rc = refuse_existing(fs, keys->dir, CRED_NAME, err);
	if (rc != JX_OK)
		return rc;
	rand->fill(rand->user, s.seed, SEED_BYTES);
	format_secret(&s);
	rc = store_secret(keys, fs, &s, err);
	if (rc != JX_OK)
		return rc;
	jx_key_from_seed(s.seed, pub_out, sec_out);
	return JX_OK;
}

/* ---- loading ------------------------------------------------------------------------------------ */

static jx_rc check_file(int fd, const char *path, bool is_secret, struct jx_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return jx_fail(err, jx_rc_from_errno(errno), errno, "device.key", "%s: cannot be examined",
			       path);
	if (!S_ISREG(st.st_mode))
		return jx_fail(err, JX_EAUTH, 0, "device.key", "%s: is no plain file, move it away", path);
	if (st.st_uid != geteuid() && geteuid() != 0)
		return jx_fail(err, JX_EAUTH, 0, "device.key",
			       "%s: belongs to another user, run this as that user or change the owner",
			       path);
	if (is_secret && (st.st_mode & 077) != 0)
		return jx_fail(err, JX_EAUTH, 0, "device.key",
			       "%s: others may read the key (mode %03o); run: chmod 600 %s", path,
			       (unsigned int)st.st_mode & 0777U, path);
	return JX_OK;
}

static jx_rc read_file(int fd, const char *path, jx_buf *out, struct jx_error *err)
{
	char chunk[1024];
	ssize_t got;

	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got > 0)
			jx_buf_add(out, chunk, (size_t)got);
	} while (got != 0 && (got > 0 || errno == EINTR) && out->rc == JX_OK);
	jx_wipe(chunk, sizeof(chunk));
	if (got < 0)
		return jx_fail(err, JX_EIO, errno, "device.key", "%s: cannot be read, check the disk", path);
	if (out->rc != JX_OK)
		return jx_fail(err, JX_ECORRUPT, 0, "device.key",
			       "%s is damaged: put the file back from a copy, or enrol this device anew",
			       path);
	return JX_OK;
}

/* JX_ENOTFOUND, without a text, if there is no such file. */
static jx_rc open_and_read(const char *path, bool is_secret, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	jx_rc rc;

	if (fd < 0 && errno == ENOENT)
		return JX_ENOTFOUND;
	if (fd < 0 && errno == ELOOP)
		return jx_fail(err, JX_EAUTH, ELOOP, "device.key", "%s: is no plain file, move it away",
			       path);
	if (fd < 0)
		return jx_fail(err, jx_rc_from_errno(errno), errno, "device.key",
			       "%s: cannot be opened; run this as the user that owns it", path);
	rc = check_file(fd, path, is_secret, err);
	return rc == JX_OK ? read_file(fd, path, out, err) : rc;
}

static jx_rc load_cred(const struct jx_device_keys *keys, const char *path, jx_buf *text,
		       struct jx_error *err)
{
	JX_AUTO_BUF cred;
	jx_rc rc;

	jx_buf_init(&cred, JX_DEVICE__CRED_MAX);
	rc = open_and_read(path, false, &cred, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, JX_ENOTFOUND, 0, "device.key",
			       "%s: there is no device key yet, enrol this device first (jx enrol)",
			       keys->dir);
	if (rc != JX_OK)
		return rc;
	return jx_device__decrypt(keys->program, cred.data, cred.len, text, err);
}

jx_rc jx_device_load_key(const struct jx_device_keys *keys, uint8_t pub_out[JX_PUB_BYTES],
			 uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err)
{
	JX_CLEANUP(wipe_secret) struct secret s = {0};
	JX_CLEANUP(wipe_buf) jx_buf text;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", keys->dir, FILE_NAME);
	JX_AUTO_FREE char *cred_path = jx_xasprintf("%s/%s", keys->dir, CRED_NAME);
	const char *found = path;
	jx_rc rc;

	/* More than a key has, so that a file with something behind it is not taken for a whole one. */
	jx_buf_init(&text, 1024);
	rc = open_and_read(path, true, &text, err);
	if (rc == JX_ENOTFOUND) {
		found = cred_path;
		rc = load_cred(keys, cred_path, &text, err);
	}
	if (rc == JX_OK)
		rc = parse_secret(found, text.data == NULL ? "" : text.data, text.len, &s, err);
	if (rc != JX_OK)
		return rc;
	jx_key_from_seed(s.seed, pub_out, sec_out);
	return JX_OK;
}
