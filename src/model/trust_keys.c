#include "signed.h"

#include <string.h>

#define WHERE "model.keys"

jx_rc jx_keys_sign(const struct jx_keys *k, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
		   struct jx_error *err)
{
	JX_AUTO_BUF b = {0};

	if (k->pin_count == 0 || k->pin_count > JX_PINS_MAX || k->from_utc_ms < 0 ||
	    k->earlier_count > JX_IDENTITIES_MAX - 1 || k->from_utc_ms > JX_MODEL__INT_MAX ||
	    k->pack_key_count > JX_IDENTITIES_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "keys must name 1 to %d TLS keys and a time from 0 to 2^53", JX_PINS_MAX);
	jx_model__signed_begin(&b, "keys", sec);
	jx_model__add_hex_member(&b, "identity", k->identity, JX_PUB_BYTES);
	if (k->has_next)
		jx_model__add_hex_member(&b, "next_identity", k->next_identity, JX_PUB_BYTES);
	if (k->earlier_count > 0)
		jx_model__add_hashes_member(&b, "earlier", k->earlier, k->earlier_count);
	jx_model__add_int_member(&b, "from_utc_ms", k->from_utc_ms);
	jx_model__add_hashes_member(&b, "tls_spki_sha256", k->tls_spki_sha256, k->pin_count);
	if (k->pack_key_count > 0)
		jx_model__add_hashes_member(&b, "pack_keys", k->pack_keys, k->pack_key_count);
	return jx_model__signed_end(&b, JX_TAG_KEYS, sec, out, err);
}

jx_rc jx_keys_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_keys *out,
		   struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_keys k;
	jx_rc rc = jx_model__signed_open(s, JX_TAG_KEYS, "keys", pub, &doc, err);

	memset(&k, 0, sizeof(k));
	if (rc != JX_OK)
		return rc;
	k.has_next = jx_json_get(&doc, 0, "next_identity") >= 0;
	rc = jx_json_need_hex(&doc, 0, "identity", k.identity, sizeof(k.identity), err);
	if (rc == JX_OK && k.has_next)
		rc = jx_json_need_hex(&doc, 0, "next_identity", k.next_identity, sizeof(k.next_identity),
				      err);
	if (rc == JX_OK && jx_json_get(&doc, 0, "earlier") >= 0)
		rc = jx_model__need_hashes(&doc, "earlier", 1, JX_IDENTITIES_MAX - 1, k.earlier,
					   &k.earlier_count, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(&doc, 0, "from_utc_ms", 0, JX_MODEL__INT_MAX, &k.from_utc_ms, err);
	if (rc == JX_OK)
		rc = jx_model__need_hashes(&doc, "tls_spki_sha256", 1, JX_PINS_MAX, k.tls_spki_sha256,
					   &k.pin_count, err);
	if (rc == JX_OK && jx_json_get(&doc, 0, "pack_keys") >= 0)
		rc = jx_model__need_hashes(&doc, "pack_keys", 1, JX_IDENTITIES_MAX, k.pack_keys,
					   &k.pack_key_count, err);
	if (rc == JX_OK)
		*out = k;
	return rc;
}
