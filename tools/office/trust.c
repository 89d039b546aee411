/* Which keys of the server are believed, and opening what it signed. */
#include <string.h>

#include "office_private.h"

#define WHERE "office.trust"

void jx_office__trust_of(const struct jx_office__account *a, struct jx_office__trust *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->keys, a->identities, sizeof(out->keys));
	out->count = a->identity_count;
}

bool jx_office__trust_add(struct jx_office__trust *t, const uint8_t key[JX_PUB_BYTES])
{
	size_t at = 0;

	while (at < t->count && memcmp(t->keys[at], key, JX_PUB_BYTES) != 0)
		at++;
	if (at == JX_OFFICE__TRUST_MAX)
		return false;
	memmove(t->keys[1], t->keys[0], at * JX_PUB_BYTES);
	memcpy(t->keys[0], key, JX_PUB_BYTES);
	if (at == t->count)
		t->count++;
	return true;
}

void jx_office__trust_add_earlier(struct jx_office__trust *t, const uint8_t key[JX_PUB_BYTES])
{
	for (size_t i = 0; i < t->count; i++)
		if (memcmp(t->keys[i], key, JX_PUB_BYTES) == 0)
			return;
	if (t->count < JX_OFFICE__TRUST_MAX)
		memcpy(t->keys[t->count++], key, JX_PUB_BYTES);
}

jx_rc jx_office__open_receipt(const struct jx_office__trust *t, const struct jx_signed *s,
			      struct jx_receipt *out, struct jx_error *err)
{
	jx_rc rc = jx_fail(err, JX_EAUTH, 0, WHERE, "no identity key of a server is known");

	for (size_t i = 0; i < t->count && rc == JX_EAUTH; i++)
		rc = jx_receipt_open(s, t->keys[i], out, err);
	return rc;
}

jx_rc jx_office__open_photo_receipt(const struct jx_office__trust *t, const struct jx_signed *s,
				    struct jx_photo_receipt *out, struct jx_error *err)
{
	jx_rc rc = jx_fail(err, JX_EAUTH, 0, WHERE, "no identity key of a server is known");

	for (size_t i = 0; i < t->count && rc == JX_EAUTH; i++)
		rc = jx_photo_receipt_open(s, t->keys[i], out, err);
	return rc;
}

bool jx_office__entry_key(const char *key, uint8_t writer_out[JX_ID_BYTES], int64_t *n_out)
{
	char number[24];
	size_t len;

	if (strlen(key) < 38 || key[36] != '/' || !jx_uuid_parse(key, 36, writer_out))
		return false;
	len = strcspn(key + 37, "/");
	if (len == 0 || len >= sizeof(number))
		return false;
	memcpy(number, key + 37, len);
	number[len] = '\0';
	return jx_parse_i64(number, 1, INT64_MAX, n_out);
}
