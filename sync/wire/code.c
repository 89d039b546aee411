/* One-time codes as typed, and fingerprints as read aloud. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "wire_private.h"

#define WHERE        "wire.code"
#define ID_CHARS     4
#define SECRET_CHARS 16
#define ALL_CHARS    (ID_CHARS + SECRET_CHARS + 1)
#define LINK_PREFIX  "jiexun:"
#define URL_PREFIX   "https://"

/* Crockford base32, as in base. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static char check_char(const char *chars20)
{
	uint8_t hash[JX_HASH_BYTES];

	jx_sha256(chars20, ID_CHARS + SECRET_CHARS, hash);
	return digits[hash[0] & 31];
}

void jx_code_format(const struct jx_code_text *code, char out[32])
{
	char all[ALL_CHARS + 1];
	size_t at = 0;

	memcpy(all, code->id, ID_CHARS);
	jx_base32(code->secret, JX_CODE_SECRET_BYTES, all + ID_CHARS);
	all[ALL_CHARS - 1] = check_char(all);
	for (size_t i = 0; i < ALL_CHARS; i++) {
		if (i > 0 && i % 4 == 0)
			out[at++] = '-';
		out[at++] = all[i];
	}
	out[at] = '\0';
	jx_wipe(all, sizeof(all));
}

/* The digit people meant, or NUL. */
static char normal_char(char c)
{
	const char up = (char)toupper((unsigned char)c);
	const char meant = up == 'O' ? '0' : up == 'I' || up == 'L' ? '1' : up;

	return meant != '\0' && strchr(digits, meant) != NULL ? meant : '\0';
}

static jx_rc read_chars(const char *text, char out[ALL_CHARS + 1], struct jx_error *err)
{
	size_t n = 0;

	for (; *text != '\0'; text++) {
		const char c = normal_char(*text);

		if (*text == '-' || isspace((unsigned char)*text))
			continue;
		if (c == '\0' || n == ALL_CHARS)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				c == '\0'
					? N_("the code has a character that codes never have; type it again")
					: N_("the code is longer than 21 characters; type it again"));
		out[n++] = c;
	}
	out[n] = '\0';
	if (n < ALL_CHARS)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the code has %zu of 21 characters; type the missing ones", n);
	return JX_OK;
}

/* "jiexun:https://host#code": where the URL is and where the code begins. */
static jx_rc split_link(const char *text, const char **url_out, size_t *url_len_out, const char **code_out,
			struct jx_error *err)
{
	const char *url = text + strlen(LINK_PREFIX);
	const char *hash = strrchr(url, '#');

	if (hash == NULL || strncmp(url, URL_PREFIX, strlen(URL_PREFIX)) != 0 ||
	    (size_t)(hash - url) == strlen(URL_PREFIX))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the link is not \"jiexun:https://...#code\"; scan or copy it again");
	*url_out = url;
	*url_len_out = (size_t)(hash - url);
	*code_out = hash + 1;
	return JX_OK;
}

jx_rc jx_code_parse(const char *text, struct jx_code_text *out, char *url_out, size_t url_cap,
		    struct jx_error *err)
{
	struct jx_code_text code = {0};
	char all[ALL_CHARS + 1] = {0};
	const char *url = NULL;
	size_t url_len = 0;
	jx_rc rc = JX_OK;

	while (isspace((unsigned char)*text))
		text++;
	if (strncasecmp(text, LINK_PREFIX, strlen(LINK_PREFIX)) == 0)
		rc = split_link(text, &url, &url_len, &text, err);
	if (rc == JX_OK)
		rc = read_chars(text, all, err);
	if (rc != JX_OK)
		return rc;
	if (check_char(all) != all[ALL_CHARS - 1])
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a character of the code is mistyped; compare it and type it again");
	if (url != NULL && url_out != NULL && url_len >= url_cap)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the address in the link is longer than %zu bytes; ask for a new code",
			       url_cap - 1);
	all[ALL_CHARS - 1] = '\0';
	if (!jx_unbase32(all + ID_CHARS, code.secret, JX_CODE_SECRET_BYTES))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "the code cannot be read; type it again");
	memcpy(code.id, all, ID_CHARS);
	if (url != NULL && url_out != NULL) {
		memcpy(url_out, url, url_len);
		url_out[url_len] = '\0';
	}
	*out = code;
	jx_wipe(all, sizeof(all));
	jx_wipe(&code, sizeof(code));
	return JX_OK;
}

void jx_fingerprint(const uint8_t pub[JX_PUB_BYTES], char out[20])
{
	uint8_t hash[JX_HASH_BYTES];
	char text[SECRET_CHARS + 1];
	size_t at = 0;

	jx_sha256(pub, JX_PUB_BYTES, hash);
	jx_base32(hash, 10, text);
	for (size_t i = 0; i < SECRET_CHARS; i++) {
		if (i > 0 && i % 4 == 0)
			out[at++] = '-';
		out[at++] = text[i];
	}
	out[at] = '\0';
}
