/*
 * identity.key: the seed of the key that signs, in hex on the first line; then, one a line and oldest first, how each
 * identity key of this server introduced the next: signature in hex, a blank, the text. All in one file, because a key
 * without its introduction is one that no device believes: replaced as one, either both are there or neither.
 */
#include "site.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (2 * JX_SIG_BYTES + 1 + JX_SIGNED_TEXT_MAX + 1)
#define FILE_MAX       (128 + (size_t)JX_INGEST_INTRODUCTIONS_MAX * LINE_MAX_BYTES)

void site_identity_free(struct site_identity **id)
{
	jx_wipe(*id, sizeof(**id));
	free(*id);
}

static bool read_introduction(const char *line, size_t len, struct jx_signed *out)
{
	const size_t sig = 2 * (size_t)JX_SIG_BYTES;

	if (len < sig + 2 || len - sig - 1 > sizeof(out->text) || line[sig] != ' ' ||
	    !jx_unhex(line, sig, out->sig, JX_SIG_BYTES))
		return false;
	out->len = len - sig - 1;
	memcpy(out->text, line + sig + 1, out->len);
	return true;
}

static bool read_lines(const jx_buf *text, struct site_identity *id)
{
	const char *at = text->data, *end = text->data + text->len;
	bool is_first = true;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const size_t len = (size_t)((lf == NULL ? end : lf) - at);

		if (is_first && !jx_unhex(at, len, id->seed, sizeof(id->seed)))
			return false;
		if (!is_first && (id->introduction_count == JX_INGEST_INTRODUCTIONS_MAX ||
				  !read_introduction(at, len, &id->introductions[id->introduction_count++])))
			return false;
		is_first = false;
		at += len + (lf == NULL ? 0 : 1);
	}
	return !is_first;
}

jx_rc site_identity_read(const char *dir, struct site_identity *out, struct jx_error *err)
{
	SITE_SECRET_BUF text;
	jx_rc rc;

	jx_buf_init(&text, FILE_MAX);
	rc = site_read_file(dir, SITE_IDENTITY, true, &text, err);
	if (rc != JX_OK)
		return rc;
	memset(out, 0, sizeof(*out));
	if (!read_lines(&text, out))
		return jx_fail(
			err, JX_ECORRUPT, 0, "server.site",
			"%s/%s is not an identity key with its introductions; restore it from a backup", dir,
			SITE_IDENTITY);
	return JX_OK;
}

jx_rc site_identity_write(const char *dir, const struct site_identity *id, struct jx_error *err)
{
	SITE_SECRET_BUF text;
	char path[4096];
	jx_rc rc;

	jx_buf_init(&text, FILE_MAX);
	jx_buf_add_hex(&text, id->seed, sizeof(id->seed));
	jx_buf_addc(&text, '\n');
	for (size_t i = 0; i < id->introduction_count; i++) {
		jx_buf_add_hex(&text, id->introductions[i].sig, JX_SIG_BYTES);
		jx_buf_addc(&text, ' ');
		jx_buf_add(&text, id->introductions[i].text, id->introductions[i].len);
		jx_buf_addc(&text, '\n');
	}
	rc = jx_buf_check(&text, SITE_IDENTITY, err);
	site_path(dir, SITE_IDENTITY, path, sizeof(path));
	return rc == JX_OK ? jx_fs_write_all(jx_os_fs(), path, text.data, text.len, err) : rc;
}

/* ---- rotation ---- */

/* A new key, and its introduction behind those before. */
static jx_rc make_next(site *d, struct site_identity *id, struct jx_error *err)
{
	uint8_t pub[JX_PUB_BYTES], secret[JX_SEC_BYTES];

	if (id->introduction_count == JX_INGEST_INTRODUCTIONS_MAX)
		return jx_fail(
			err, JX_ELIMIT, 0, "server.rotate",
			"this server has had %d identity keys, and no device knows more: set up a new server",
			JX_INGEST_INTRODUCTIONS_MAX + 1);
	jx_os_rand()->fill(jx_os_rand()->user, id->seed, sizeof(id->seed));
	jx_key_from_seed(id->seed, pub, secret);
	jx_wipe(secret, sizeof(secret));
	return jx_ingest_introduce(d->ingest, pub, &id->introductions[id->introduction_count++], err);
}

jx_rc site_rotate_identity(site *d, struct jx_error *err)
{
	JX_CLEANUP(site_identity_free) struct site_identity *id = jx_xcalloc(1, sizeof(*id));
	uint8_t pub[JX_PUB_BYTES], secret[JX_SEC_BYTES], now[JX_PUB_BYTES];
	jx_rc rc = site_identity_read(d->dir, id, err);

	if (rc != JX_OK)
		return rc;
	jx_ingest_identity(d->ingest, now);
	jx_key_from_seed(id->seed, pub, secret);
	/* another one in the file: kept by a rotation that the core could not follow */
	if (memcmp(pub, now, sizeof(pub)) == 0) {
		rc = make_next(d, id, err);
		if (rc == JX_OK)
			rc = site_identity_write(d->dir, id, err);
		jx_key_from_seed(id->seed, pub, secret);
	}
	if (rc == JX_OK && id->introduction_count == 0)
		rc = jx_fail(
			err, JX_ESTATE, 0, "server.rotate",
			"%s/%s was replaced while the server runs; put the right one back, or start again",
			d->dir, SITE_IDENTITY);
	if (rc == JX_OK)
		rc = jx_ingest_rotate_identity(d->ingest, secret,
					       &id->introductions[id->introduction_count - 1], err);
	jx_wipe(secret, sizeof(secret));
	return rc;
}
