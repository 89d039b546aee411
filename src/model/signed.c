#include "signed.h"

#include <string.h>

#define WHERE          "model.signed"
#define SIGNED_VERSION 1

void jx_key_id(const uint8_t pub[JX_PUB_BYTES], uint8_t id_out[8])
{
	uint8_t hash[JX_HASH_BYTES];

	jx_sha256(pub, JX_PUB_BYTES, hash);
	memcpy(id_out, hash, 8);
}

void jx_signed_hash(const struct jx_signed *s, uint8_t out[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {{s->sig, JX_SIG_BYTES}, {s->text, s->len}};

	jx_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), out);
}

void jx_model__signed_begin(jx_buf *b, const char *kind, const uint8_t sec[JX_SEC_BYTES])
{
	uint8_t key_id[8];

	/* libsodium keeps the public key in the second half of the secret one */
	jx_key_id(sec + JX_SEC_BYTES - JX_PUB_BYTES, key_id);
	jx_buf_init(b, JX_SIGNED_TEXT_MAX);
	jx_buf_addf(b, "{\"v\":%d,\"kind\":\"%s\"", SIGNED_VERSION, kind);
	jx_model__add_hex_member(b, "key", key_id, sizeof(key_id));
}

void jx_model__add_hex_member(jx_buf *b, const char *name, const void *bytes, size_t len)
{
	jx_buf_addf(b, ",\"%s\":\"", name);
	jx_buf_add_hex(b, bytes, len);
	jx_buf_addc(b, '"');
}

void jx_model__add_uuid_member(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES])
{
	char text[37];

	jx_uuid_format(id, text);
	jx_buf_addf(b, ",\"%s\":\"%s\"", name, text);
}

void jx_model__add_int_member(jx_buf *b, const char *name, int64_t value)
{
	jx_buf_addf(b, ",\"%s\":", name);
	jx_buf_add_i64(b, value);
}

void jx_model__add_hashes_member(jx_buf *b, const char *name, const uint8_t (*hashes)[JX_HASH_BYTES],
				 size_t count)
{
	size_t i;

	jx_buf_addf(b, ",\"%s\":[", name);
	for (i = 0; i < count; i++) {
		jx_buf_adds(b, i == 0 ? "\"" : ",\"");
		jx_buf_add_hex(b, hashes[i], JX_HASH_BYTES);
		jx_buf_addc(b, '"');
	}
	jx_buf_addc(b, ']');
}

jx_rc jx_model__signed_end(jx_buf *b, enum jx_tag tag, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
			   struct jx_error *err)
{
	struct jx_bytes part;
	jx_rc rc;

	jx_buf_addc(b, '}');
	rc = jx_buf_check(b, _("the signed text"), err);
	if (rc != JX_OK)
		return rc;
	part.data = b->data;
	part.len = b->len;
	memset(out, 0, sizeof(*out)); /* nothing of what was there before goes out with the struct */
	memcpy(out->text, b->data, b->len);
	out->len = b->len;
	jx_sign(sec, tag, &part, 1, out->sig);
	return JX_OK;
}

static jx_rc check_opening(const jx_json *doc, const char *kind, const uint8_t pub[JX_PUB_BYTES],
			   struct jx_error *err)
{
	uint8_t key_id[8], named[8];
	int64_t version;
	jx_rc rc;

	if (jx_json_type_of(doc, 0) != JX_JSON_OBJECT ||
	    !jx_json_str_is(doc, jx_json_get(doc, 0, "kind"), kind))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "signed text is no %s: ask the server for it again",
			       kind);
	rc = jx_json_need_i64(doc, 0, "v", 1, JX_MODEL__INT_MAX, &version, err);
	if (rc == JX_OK && version > SIGNED_VERSION)
		rc = jx_fail(err, JX_EVERSION, 0, WHERE,
			     "%s is of version %lld, this program reads up to %d: update it", kind,
			     (long long)version, SIGNED_VERSION);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "key", named, sizeof(named), err);
	if (rc != JX_OK)
		return rc;
	jx_key_id(pub, key_id);
	if (memcmp(key_id, named, sizeof(named)) != 0)
		return jx_fail(err, JX_EAUTH, 0, WHERE,
			       "%s names another key than the one that signed it: refuse it", kind);
	return JX_OK;
}

jx_rc jx_model__signed_open(const struct jx_signed *s, enum jx_tag tag, const char *kind,
			    const uint8_t pub[JX_PUB_BYTES], jx_json *doc_out, struct jx_error *err)
{
	const struct jx_bytes part = {s->text, s->len};
	JX_AUTO_JSON doc = {0};
	jx_rc rc;

	if (s->len > sizeof(s->text))
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "signed text is longer than %d bytes: ask the server for it again",
			       JX_SIGNED_TEXT_MAX);
	if (!jx_verify(pub, tag, &part, 1, s->sig))
		return jx_fail(
			err, JX_EAUTH, 0, WHERE,
			"signature of the %s does not fit the server's key: enrol again if the key changed",
			kind);
	rc = jx_json_parse(s->text, s->len, &jx_json_entry_limits, &doc, err);
	if (rc == JX_OK)
		rc = check_opening(&doc, kind, pub, err);
	if (rc != JX_OK)
		return rc;
	*doc_out = doc;
	memset(&doc, 0, sizeof(doc)); /* handed over */
	return JX_OK;
}

jx_rc jx_model__need_hashes(const jx_json *doc, const char *name, size_t min, size_t max,
			    uint8_t (*hashes)[JX_HASH_BYTES], size_t *count_out, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, name);
	size_t count = 0;
	int item = jx_json_type_of(doc, list) == JX_JSON_ARRAY ? jx_json_first(doc, list) : -1;

	for (; item >= 0; item = jx_json_next(doc, list, item)) {
		const struct jx_bytes raw = jx_json_raw(doc, item);

		if (count == max || jx_json_type_of(doc, item) != JX_JSON_STRING || raw.len < 2 ||
		    !jx_unhex((const char *)raw.data + 1, raw.len - 2, hashes[count], JX_HASH_BYTES)) {
			count = max + 1;
			break;
		}
		count++;
	}
	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY || count < min || count > max)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"field \"%s\" must be a list of %zu to %zu SHA-256 values: ask the server for it again",
			name, min, max);
	*count_out = count;
	return JX_OK;
}
