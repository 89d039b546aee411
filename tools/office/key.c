/* The office's own key: one line of text, the suite and the seed, in a file that nobody else can read. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "office_private.h"

#define WHERE      "office.key"
#define TEXT_HEAD  "jx1 ed25519-seed "
#define SEED_BYTES ((size_t)32)
#define TEXT_BYTES (sizeof(TEXT_HEAD) - 1 + 2 * SEED_BYTES + 1)

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

/* The file interface knows no modes and owners: a key that others can read is refused whatever it says. */
static jx_rc check_file(const char *path, struct jx_error *err)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		const int e = errno;

		return jx_fail(err, jx_rc_from_errno(e), e, WHERE,
			       "%s: there is no key here; enrol this office with jx-office enrol", path);
	}
	if (!S_ISREG(st.st_mode))
		return jx_fail(err, JX_EAUTH, 0, WHERE, "%s: is no plain file, move it away", path);
	if (st.st_uid != geteuid() && geteuid() != 0)
		return jx_fail(err, JX_EAUTH, 0, WHERE,
			       "%s: belongs to another user, run this as that user or change the owner",
			       path);
	if ((st.st_mode & 077) != 0)
		return jx_fail(err, JX_EAUTH, 0, WHERE,
			       "%s: others may read the key (mode %03o); run: chmod 600 %s", path,
			       (unsigned int)st.st_mode & 0777U, path);
	return JX_OK;
}

jx_rc jx_office__key_load(const struct jx_fs *fs, const char *dir, uint8_t pub_out[JX_PUB_BYTES],
			  uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__KEY);
	JX_CLEANUP(wipe_secret) struct secret s;
	JX_CLEANUP(wipe_buf) jx_buf text;
	const size_t head = sizeof(TEXT_HEAD) - 1;
	jx_rc rc = check_file(path, err);

	jx_buf_init(&text, 4096);
	if (rc == JX_OK)
		rc = jx_fs_read_all(fs, path, &text, err);
	if (rc != JX_OK)
		return rc;
	if (text.len != TEXT_BYTES || memcmp(text.data, TEXT_HEAD, head) != 0 ||
	    text.data[text.len - 1] != '\n' ||
	    !jx_unhex(text.data + head, 2 * SEED_BYTES, s.seed, SEED_BYTES))
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"%s is damaged: put the file back from a copy, or move the folder away and enrol anew",
			path);
	jx_key_from_seed(s.seed, pub_out, sec_out);
	return JX_OK;
}

jx_rc jx_office__key_make(const struct jx_fs *fs, const struct jx_rand *rand, const char *dir,
			  uint8_t pub_out[JX_PUB_BYTES], uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__KEY);
	JX_CLEANUP(wipe_secret) struct secret s;
	jx_rc rc = jx_office__key_load(fs, dir, pub_out, sec_out, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	rand->fill(rand->user, s.seed, SEED_BYTES);
	memcpy(s.text, TEXT_HEAD, sizeof(TEXT_HEAD) - 1);
	jx_hex(s.seed, SEED_BYTES, s.text + sizeof(TEXT_HEAD) - 1);
	s.text[TEXT_BYTES - 1] = '\n';
	rc = jx_fs_write_all(fs, path, s.text, TEXT_BYTES, err);
	if (rc == JX_OK)
		jx_key_from_seed(s.seed, pub_out, sec_out);
	return rc;
}
