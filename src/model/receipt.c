#include "signed.h"

#include <string.h>

#define WHERE "model.receipt"

jx_rc jx_receipt_sign(const struct jx_receipt *r, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
		      struct jx_error *err)
{
	JX_AUTO_BUF b = {0};

	if (r->n < 0 || r->n > JX_MODEL__INT_MAX || r->safe_until_n < 0 ||
	    r->safe_until_n > JX_MODEL__INT_MAX || r->server_utc_ms < 0 ||
	    r->server_utc_ms > JX_MODEL__INT_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "receipt holds a number out of range: n, safe_until_n and server_utc_ms "
			       "go from 0 to 2^53");
	jx_model__signed_begin(&b, "receipt", sec);
	jx_model__add_uuid_member(&b, "epoch", r->epoch);
	jx_model__add_uuid_member(&b, "writer", r->writer);
	jx_model__add_int_member(&b, "n", r->n);
	jx_model__add_hex_member(&b, "head", r->head, JX_HASH_BYTES);
	jx_model__add_int_member(&b, "server_utc_ms", r->server_utc_ms);
	jx_model__add_int_member(&b, "safe_until_n", r->safe_until_n);
	if (r->is_fork)
		jx_buf_adds(&b, ",\"fork\":true");
	return jx_model__signed_end(&b, JX_TAG_RECEIPT, sec, out, err);
}

static jx_rc read_receipt(const jx_json *doc, struct jx_receipt *r, struct jx_error *err)
{
	const int fork_tok = jx_json_get(doc, 0, "fork");
	jx_rc rc = jx_json_need_hex(doc, 0, "key", r->key_id, sizeof(r->key_id), err);

	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "epoch", r->epoch, err);
	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "writer", r->writer, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "n", 0, JX_MODEL__INT_MAX, &r->n, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "head", r->head, sizeof(r->head), err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "server_utc_ms", 0, JX_MODEL__INT_MAX, &r->server_utc_ms, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "safe_until_n", 0, JX_MODEL__INT_MAX, &r->safe_until_n, err);
	if (rc == JX_OK && fork_tok >= 0 && !jx_json_bool(doc, fork_tok, &r->is_fork))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "field \"%s\" must be true or false: ask the server for it again", "fork");
	return rc;
}

jx_rc jx_receipt_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_receipt *out,
		      struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_receipt r = {0};
	jx_rc rc = jx_model__signed_open(s, JX_TAG_RECEIPT, "receipt", pub, &doc, err);

	if (rc == JX_OK)
		rc = read_receipt(&doc, &r, err);
	if (rc == JX_OK)
		*out = r;
	return rc;
}

jx_rc jx_photo_receipt_sign(const struct jx_photo_receipt *r, const uint8_t sec[JX_SEC_BYTES],
			    struct jx_signed *out, struct jx_error *err)
{
	JX_AUTO_BUF b = {0};

	if (r->photo_count == 0 || r->photo_count > JX_PHOTO_RECEIPT_MAX || r->server_utc_ms < 0 ||
	    r->server_utc_ms > JX_MODEL__INT_MAX)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "photo-receipt must name 1 to %d photos and a time from 0 to 2^53",
			       JX_PHOTO_RECEIPT_MAX);
	jx_model__signed_begin(&b, "photo-receipt", sec);
	jx_model__add_uuid_member(&b, "epoch", r->epoch);
	jx_model__add_uuid_member(&b, "writer", r->writer);
	jx_model__add_int_member(&b, "server_utc_ms", r->server_utc_ms);
	jx_model__add_hashes_member(&b, "photos", r->photos, r->photo_count);
	return jx_model__signed_end(&b, JX_TAG_PHOTO_RECEIPT, sec, out, err);
}

jx_rc jx_photo_receipt_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES],
			    struct jx_photo_receipt *out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_photo_receipt r;
	jx_rc rc = jx_model__signed_open(s, JX_TAG_PHOTO_RECEIPT, "photo-receipt", pub, &doc, err);

	memset(&r, 0, sizeof(r));
	if (rc == JX_OK)
		rc = jx_json_need_hex(&doc, 0, "key", r.key_id, sizeof(r.key_id), err);
	if (rc == JX_OK)
		rc = jx_json_need_uuid(&doc, 0, "epoch", r.epoch, err);
	if (rc == JX_OK)
		rc = jx_json_need_uuid(&doc, 0, "writer", r.writer, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(&doc, 0, "server_utc_ms", 0, JX_MODEL__INT_MAX, &r.server_utc_ms, err);
	if (rc == JX_OK)
		rc = jx_model__need_hashes(&doc, "photos", 1, JX_PHOTO_RECEIPT_MAX, r.photos, &r.photo_count,
					   err);
	if (rc == JX_OK)
		*out = r;
	return rc;
}
