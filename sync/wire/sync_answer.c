/* Body of a 200 answer to POST /v1/sync: one header line, then feed items, one a line. */
#include <string.h>

#include "wire_private.h"

#define WHAT  _("the sync answer")
#define WHERE "wire.answer"

static const char *const result_names[] = {
	[JX_SYNC_OK] = "ok", [JX_SYNC_GAP] = "gap", [JX_SYNC_FORK] = "fork", [JX_SYNC_BEHIND] = "behind"};
#define RESULTS (sizeof(result_names) / sizeof(result_names[0]))

const char *jx_sync_result_name(enum jx_sync_result r)
{
	return (size_t)r < RESULTS ? result_names[r] : "unknown";
}

jx_rc jx_sync_answer_write(const struct jx_sync_answer *an, jx_buf *out, struct jx_error *err)
{
	jx_wire__begin(out);
	jx_wire__add_str(out, "result", jx_sync_result_name(an->result));
	jx_wire__add_uuid(out, "epoch", an->epoch);
	jx_wire__add_i64(out, "n", an->n);
	jx_wire__add_hex(out, "head", an->head, JX_HASH_BYTES);
	if (an->has_receipt) {
		jx_buf_adds(out, ",\"receipt\":{");
		jx_wire__add_signed(out, &an->receipt);
		jx_buf_addc(out, '}');
	}
	if (an->has_challenge)
		jx_wire__add_base64(out, "challenge", an->challenge, JX_CHALLENGE_BYTES);
	if (an->token[0] != '\0')
		jx_wire__add_str(out, "token", an->token);
	jx_wire__add_i64(out, "server_utc_ms", an->server_utc_ms);
	jx_wire__add_true(out, "pending", an->is_pending);
	if (an->cursor[0] != '\0')
		jx_wire__add_str(out, "cursor", an->cursor);
	jx_wire__add_true(out, "snapshot", an->is_snapshot);
	jx_wire__add_true(out, "more", an->has_more);
	if (an->items > 0)
		jx_wire__add_i64(out, "items", an->items);
	if (an->dictionary > 0)
		jx_wire__add_i64(out, "dictionary", an->dictionary);
	jx_buf_adds(out, "}\n");
	return jx_buf_check(out, WHAT, err);
}

static jx_rc read_result(const jx_json *doc, struct jx_sync_answer *an, struct jx_error *err)
{
	char name[24];
	jx_rc rc = jx_json_need_str(doc, 0, "result", name, sizeof(name), err);

	if (rc != JX_OK)
		return rc;
	for (size_t i = 0; i < RESULTS; i++) {
		if (strcmp(name, result_names[i]) == 0) {
			an->result = (enum jx_sync_result)i;
			return JX_OK;
		}
	}
	return jx_fail(err, JX_EVERSION, 0, WHERE, "result \"%s\" is not known to this program; update it",
		       name);
}

static jx_rc read_feed_fields(const jx_json *doc, struct jx_sync_answer *an, struct jx_error *err)
{
	bool has = false;
	jx_rc rc = jx_wire__maybe_str(doc, "cursor", an->cursor, sizeof(an->cursor), &has, err);

	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "snapshot", &an->is_snapshot, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "more", &an->has_more, err);
	if (rc == JX_OK && jx_json_get(doc, 0, "items") >= 0)
		rc = jx_json_need_i64(doc, 0, "items", 0, JX_WIRE_ITEMS_MAX, &an->items, err);
	if (rc == JX_OK && jx_json_get(doc, 0, "dictionary") >= 0)
		rc = jx_json_need_i64(doc, 0, "dictionary", 0, INT32_MAX, &an->dictionary, err);
	return rc;
}

static jx_rc read_sign_in_fields(const jx_json *doc, struct jx_sync_answer *an, struct jx_error *err)
{
	const int receipt = jx_json_get(doc, 0, "receipt");
	bool has = false;
	jx_rc rc = JX_OK;

	if (receipt >= 0) {
		an->has_receipt = true;
		rc = jx_wire__need_signed(doc, receipt, &an->receipt, err);
	}
	if (rc == JX_OK)
		rc = jx_wire__maybe_base64(doc, "challenge", an->challenge, JX_CHALLENGE_BYTES,
					   &an->has_challenge, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_str(doc, "token", an->token, sizeof(an->token), &has, err);
	return rc;
}

static jx_rc read_header(const jx_json *doc, struct jx_sync_answer *an, struct jx_error *err)
{
	jx_rc rc = read_result(doc, an, err);

	if (rc == JX_OK)
		rc = jx_json_need_uuid(doc, 0, "epoch", an->epoch, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "n", 0, JX_WIRE__INT_MAX, &an->n, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "head", an->head, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = read_sign_in_fields(doc, an, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "server_utc_ms", 0, JX_WIRE__INT_MAX, &an->server_utc_ms, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "pending", &an->is_pending, err);
	if (rc == JX_OK)
		rc = read_feed_fields(doc, an, err);
	return rc;
}

jx_rc jx_sync_answer_read(struct jx_bytes body, struct jx_sync_answer *out, struct jx_bytes *items_out,
			  size_t cap, size_t *count_out, struct jx_error *err)
{
	struct jx_sync_answer an = {0};
	struct jx_bytes line = {0};
	JX_AUTO_JSON doc = {0};
	size_t at = 0;
	jx_rc rc;

	if (body.len > JX_WIRE_BATCH_BYTES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "the answer has %zu bytes, more than %d", body.len,
			       JX_WIRE_BATCH_BYTES_MAX);
	rc = jx_wire__line(body, &at, 1, &line, err);
	if (rc == JX_OK)
		rc = jx_wire__open(line, WHAT, &doc, err);
	if (rc == JX_OK)
		rc = read_header(&doc, &an, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, WHAT, 1, err);
	if ((size_t)an.items > cap)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "the answer has %lld items, more than %zu",
			       (long long)an.items, cap);
	rc = jx_wire__lines(body, at, an.items, jx_wire__item_limits.max_bytes, items_out, err);
	if (rc != JX_OK)
		return rc;
	*out = an;
	*count_out = (size_t)an.items;
	return JX_OK;
}
