/* The QR code's text, and whether an entry is the one it speaks of. */
#include <stdio.h>
#include <string.h>

#include "jiexun/media.h"

#define WHERE "media.stamp"

static const char code_name[] = "JX1";

/* 128 bits in base32 are 26 characters, 256 are 52. */
#define SHORT_CHARS 26
#define LONG_CHARS  52

void jx_stamp_code_write(const struct jx_stamp_code *code, char out[JX_STAMP_CODE_MAX])
{
	char id[SHORT_CHARS + 1], sha256[LONG_CHARS + 1], digest[SHORT_CHARS + 1];

	jx_base32(code->id, sizeof(code->id), id);
	jx_base32(code->sha256, sizeof(code->sha256), sha256);
	jx_base32(code->digest, sizeof(code->digest), digest);
	(void)snprintf(out, JX_STAMP_CODE_MAX, "%s:%s:%s:%s:%s", code_name, code->number, id, sha256, digest);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next part up to a colon or the end, without blanks around all of it; false: none, or it does not fit. */
static bool take_part(const char **at, const char *end, char *out, size_t cap)
{
	const char *colon = *at > end ? NULL : memchr(*at, ':', (size_t)(end - *at));
	const char *stop = colon != NULL ? colon : end;
	const size_t len = *at > end ? 0 : (size_t)(stop - *at);

	if (len == 0 || len >= cap)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at = stop + 1;
	return true;
}

static bool is_code_name(const char *s)
{
	return (s[0] == 'J' || s[0] == 'j') && (s[1] == 'X' || s[1] == 'x') &&
	       strcmp(s + 2, code_name + 2) == 0;
}

jx_rc jx_stamp_code_read(const char *text, struct jx_stamp_code *out, struct jx_error *err)
{
	char name[8], id[SHORT_CHARS + 1], sha256[LONG_CHARS + 1], digest[SHORT_CHARS + 1];
	struct jx_stamp_code code = {0};
	const char *end = text + strlen(text);

	while (is_blank(*text))
		text++;
	while (end > text && is_blank(end[-1]))
		end--;
	if (!take_part(&text, end, name, sizeof(name)) || !is_code_name(name) ||
	    !take_part(&text, end, code.number, sizeof(code.number)) ||
	    !take_part(&text, end, id, sizeof(id)) || !take_part(&text, end, sha256, sizeof(sha256)) ||
	    !take_part(&text, end, digest, sizeof(digest)) || text != end + 1 ||
	    !jx_unbase32(id, code.id, sizeof(code.id)) ||
	    !jx_unbase32(sha256, code.sha256, sizeof(code.sha256)) ||
	    !jx_unbase32(digest, code.digest, sizeof(code.digest)) ||
	    !jx_utf8_ok(code.number, strlen(code.number)))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"this is not the whole text of a stamp's QR code, which begins with JX1: scan it again");
	*out = code;
	return JX_OK;
}

static jx_rc differs(struct jx_error *err, const char *number, const char *what)
{
	return jx_fail(
		err, JX_ECORRUPT, 0, WHERE,
		"the stamp does not speak of entry %s as it is in the log: %s differs; do not trust this copy",
		number, what);
}

jx_rc jx_stamp_code_check(const struct jx_stamp_code *code, const char *number, const char *bytes, size_t len,
			  size_t *photo_out, struct jx_error *err)
{
	uint8_t digest[JX_HASH_BYTES];
	struct jx_entry e;
	jx_rc rc = jx_entry_decode(bytes, len, &e, err);

	if (rc != JX_OK)
		return rc;
	jx_sha256(bytes, len, digest);
	if (memcmp(e.id, code->id, sizeof(e.id)) != 0)
		return differs(err, number, _("the id"));
	if (memcmp(digest, code->digest, sizeof(code->digest)) != 0)
		return differs(err, number, _("the digest"));
	if (strcmp(number, code->number) != 0)
		return differs(err, number, _("the number"));
	for (size_t i = 0; i < e.photo_count; i++)
		if (memcmp(e.photos[i].sha256, code->sha256, sizeof(code->sha256)) == 0) {
			*photo_out = i;
			return JX_OK;
		}
	return differs(err, number, _("the photo"));
}
