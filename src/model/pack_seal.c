#include "signed.h"

#include <string.h>

#define WHERE "model.pack"

void jx_pack_key(const uint8_t identity_secret[JX_SEC_BYTES], uint8_t public_out[JX_PUB_BYTES],
		 uint8_t secret_out[JX_SEC_BYTES])
{
	const struct jx_bytes tag = {jx_tag_bytes(JX_TAG_PACK), JX_TAG_BYTES};
	uint8_t seed[JX_HASH_BYTES];

	/* libsodium keeps the seed in the first half of the secret key */
	jx_hmac_sha256(identity_secret, JX_SEC_BYTES - JX_PUB_BYTES, &tag, 1, seed);
	jx_key_from_seed(seed, public_out, secret_out);
	jx_wipe(seed, sizeof(seed));
}

/* It is part of a feed item's key and of a file's name: no separators, nothing that leads out of a folder. */
static bool is_pack_id(const char *id)
{
	const char *p;

	if (id[0] == '\0' || id[0] == '.')
		return false;
	for (p = id; *p != '\0'; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') && !(*p >= '0' && *p <= '9') &&
		    strchr(".-_", *p) == NULL)
			return false;
	return true;
}

static jx_rc check(const struct jx_pack_seal *s, struct jx_error *err)
{
	if (!is_pack_id(s->pack) || s->version < 1 || s->version > JX_MODEL__INT_MAX ||
	    !jx_day_ok(s->valid_from) || s->size_bytes < 1 || s->size_bytes > JX_PACK_BYTES_MAX)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"the signed text of a pack must name its id, a version from 1, a day, and a size of at most %lld bytes: ask the server for it again",
			(long long)JX_PACK_BYTES_MAX);
	return JX_OK;
}

jx_rc jx_pack_seal_sign(const struct jx_pack_seal *s, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
			struct jx_error *err)
{
	JX_AUTO_BUF b = {0};
	const jx_rc rc = check(s, err);

	if (rc != JX_OK)
		return rc;
	jx_model__signed_begin(&b, "pack", sec);
	jx_buf_addf(&b, ",\"pack\":\"%s\"", s->pack);
	jx_model__add_int_member(&b, "version", s->version);
	jx_buf_addf(&b, ",\"valid_from\":\"%s\"", s->valid_from);
	jx_model__add_hex_member(&b, "sha256", s->sha256, sizeof(s->sha256));
	jx_model__add_int_member(&b, "size_bytes", s->size_bytes);
	return jx_model__signed_end(&b, JX_TAG_PACK, sec, out, err);
}

jx_rc jx_pack_seal_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_pack_seal *out,
			struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_pack_seal p = {.version = 0};
	jx_rc rc = jx_model__signed_open(s, JX_TAG_PACK, "pack", pub, &doc, err);

	if (rc == JX_OK)
		rc = jx_json_need_hex(&doc, 0, "key", p.key_id, sizeof(p.key_id), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(&doc, 0, "pack", p.pack, sizeof(p.pack), err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(&doc, 0, "version", 1, JX_MODEL__INT_MAX, &p.version, err);
	if (rc == JX_OK)
		rc = jx_json_need_str(&doc, 0, "valid_from", p.valid_from, sizeof(p.valid_from), err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(&doc, 0, "sha256", p.sha256, sizeof(p.sha256), err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(&doc, 0, "size_bytes", 1, JX_PACK_BYTES_MAX, &p.size_bytes, err);
	if (rc == JX_OK)
		rc = check(&p, err);
	if (rc == JX_OK)
		*out = p;
	return rc;
}
