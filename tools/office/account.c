/* Who this office is, and whom it believes: identity.json. */
#include <string.h>

#include "office_private.h"

#define WHERE     "office.account"
#define BYTES_MAX ((size_t)65536)

static jx_rc read_hashes(const jx_json *doc, const char *name, void *out, size_t max, size_t *count_out,
			 struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, name);
	uint8_t *to = out;
	size_t count = 0;
	char hex[2 * JX_HASH_BYTES + 1];

	for (int tok = jx_json_first(doc, list); list >= 0 && tok >= 0; tok = jx_json_next(doc, list, tok)) {
		if (count == max || !jx_json_str(doc, tok, hex, sizeof(hex)) ||
		    !jx_unhex(hex, strlen(hex), to + count * JX_HASH_BYTES, JX_HASH_BYTES))
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "field \"%s\" must be a list of at most %zu keys in hex", name, max);
		count++;
	}
	*count_out = count;
	return JX_OK;
}

static jx_rc read_account(const jx_json *doc, struct jx_office__account *a, struct jx_error *err)
{
	int64_t v = 0;
	jx_rc rc = jx_json_need_i64(doc, 0, "v", 1, INT64_MAX, &v, err);

	if (rc == JX_OK && v > 1)
		return jx_fail(err, JX_EVERSION, 0, WHERE,
			       "it was written by a newer program: update this one");
	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "writer", a->writer, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "public_key", a->public_key, JX_PUB_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "short", a->short_code, sizeof(a->short_code), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "role", a->role, sizeof(a->role), err);
	if (rc == JX_OK && jx_json_get(doc, 0, "area") >= 0)
		rc = jx_json_need_str(doc, 0, "area", a->area, sizeof(a->area), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "url", a->url, sizeof(a->url), err);
	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "epoch", a->epoch, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "enrolled_utc_ms", 0, INT64_MAX, &a->enrolled_utc_ms, err);
	if (rc == JX_OK)
		rc = read_hashes(doc, "identities", a->identities, JX_OFFICE__TRUST_MAX, &a->identity_count,
				 err);
	if (rc == JX_OK)
		rc = read_hashes(doc, "pins", a->pins, JX_PINS_MAX, &a->pin_count, err);
	if (rc == JX_OK && (a->identity_count == 0 || a->pin_count == 0))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "fields \"identities\" and \"pins\" must not be empty");
	return rc;
}

jx_rc jx_office__account_load(const struct jx_fs *fs, const char *dir, struct jx_office__account *out,
			      struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__IDENTITY);
	struct jx_office__account a = {.identity_count = 0};
	struct jx_error why = {.code = JX_OK};
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF text;
	jx_rc rc;

	jx_buf_init(&text, BYTES_MAX);
	rc = jx_fs_read_all(fs, path, &text, err);
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, rc, 0, WHERE,
			       "there is no account in %s: enrol this office with jx-office enrol", dir);
	if (rc != JX_OK)
		return rc;
	rc = jx_json_parse(text.data, text.len, &jx_json_message_limits, &doc, &why);
	if (rc == JX_OK)
		rc = read_account(&doc, &a, &why);
	if (rc == JX_EVERSION)
		return jx_fail(err, rc, 0, WHERE, "%s: %s", path, why.text);
	if (rc != JX_OK)
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "%s is damaged (%s): put the file back from a copy", path, why.text);
	*out = a;
	return JX_OK;
}

static void add_hashes(struct jx_office__json *j, const char *name, const uint8_t (*hashes)[JX_HASH_BYTES],
		       size_t count)
{
	JX_AUTO_BUF list;

	jx_buf_init(&list, 4096);
	jx_buf_addc(&list, '[');
	for (size_t i = 0; i < count; i++) {
		jx_buf_adds(&list, i > 0 ? ",\"" : "\"");
		jx_buf_add_hex(&list, hashes[i], JX_HASH_BYTES);
		jx_buf_addc(&list, '"');
	}
	jx_buf_addc(&list, ']');
	jx_office__json_buf(j, name, &list);
}

jx_rc jx_office__account_save(const struct jx_fs *fs, const char *dir, const struct jx_office__account *a,
			      struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__IDENTITY);
	struct jx_office__json j;
	jx_rc rc;

	jx_office__json_begin(&j);
	jx_office__json_int(&j, "v", 1);
	jx_office__json_uuid(&j, "writer", a->writer);
	jx_office__json_hex(&j, "public_key", a->public_key, JX_PUB_BYTES);
	jx_office__json_str(&j, "short", a->short_code);
	jx_office__json_str(&j, "role", a->role);
	jx_office__json_str(&j, "area", a->area);
	jx_office__json_str(&j, "url", a->url);
	jx_office__json_uuid(&j, "epoch", a->epoch);
	jx_office__json_int(&j, "enrolled_utc_ms", a->enrolled_utc_ms);
	add_hashes(&j, "identities", (const uint8_t(*)[JX_HASH_BYTES])a->identities, a->identity_count);
	add_hashes(&j, "pins", (const uint8_t(*)[JX_HASH_BYTES])a->pins, a->pin_count);
	jx_office__json_end(&j);
	jx_buf_addc(&j.b, '\n');
	rc = jx_buf_check(&j.b, JX_OFFICE__IDENTITY, err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(fs, path, j.b.data, j.b.len, err);
	jx_buf_done(&j.b);
	return rc;
}

void jx_office__account_from(const struct jx_enrol_answer *an, const uint8_t pub[JX_PUB_BYTES],
			     const char *url, struct jx_office__account *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->writer, an->writer, sizeof(out->writer));
	memcpy(out->public_key, pub, sizeof(out->public_key));
	jx_strcpy(out->short_code, sizeof(out->short_code), an->short_code);
	jx_strcpy(out->role, sizeof(out->role), an->role);
	jx_strcpy(out->area, sizeof(out->area), an->area);
	jx_strcpy(out->url, sizeof(out->url), url);
	memcpy(out->identities[0], an->identity, JX_PUB_BYTES);
	out->identity_count = 1;
	memcpy(out->pins, an->pins, sizeof(out->pins));
	out->pin_count = an->pin_count;
	memcpy(out->epoch, an->epoch, sizeof(out->epoch));
	out->enrolled_utc_ms = an->server_utc_ms;
}

void jx_office__account_rotate(struct jx_office__account *a, const struct jx_keys *keys)
{
	struct jx_office__trust t = {.count = a->identity_count};

	memcpy(t.keys, a->identities, sizeof(t.keys));
	(void)jx_office__trust_add(&t, keys->identity);
	for (size_t i = 0; i < keys->earlier_count; i++)
		jx_office__trust_add_earlier(&t, keys->earlier[i]);
	memcpy(a->identities, t.keys, sizeof(a->identities));
	a->identity_count = t.count;
	if (keys->pin_count > 0) {
		memcpy(a->pins, keys->tls_spki_sha256, sizeof(a->pins));
		a->pin_count = keys->pin_count;
	}
}
