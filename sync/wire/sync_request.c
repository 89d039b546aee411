/* Body of POST /v1/sync: one header line, then the entries verbatim, one a line. */
#include <string.h>

#include "wire_private.h"

#define WHAT  _("the sync request")
#define WHERE "wire.request"

static jx_rc check_entry(const struct jx_bytes *e, int64_t n, struct jx_error *err)
{
	if (e->len == 0 || e->len > JX_ENTRY_BYTES_MAX || memchr(e->data, '\n', e->len) != NULL)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"entry %lld is empty, longer than %d bytes or has a line feed; it cannot be sent",
			(long long)n, JX_ENTRY_BYTES_MAX);
	return JX_OK;
}

static void write_header(const struct jx_sync_request *rq, jx_buf *out)
{
	jx_wire__begin(out);
	jx_wire__add_str(out, "program", rq->program);
	jx_wire__add_i64(out, "last_n", rq->last_n);
	jx_wire__add_hex(out, "last_head", rq->last_head, JX_HASH_BYTES);
	if (rq->count > 0) {
		jx_wire__add_i64(out, "from_n", rq->from_n);
		jx_wire__add_i64(out, "count", rq->count);
		jx_wire__add_hex(out, "sig", rq->sig, JX_SIG_BYTES);
	}
	if (rq->wants_feed)
		jx_wire__add_str(out, "cursor", rq->cursor);
	jx_wire__add_true(out, "token", rq->wants_token);
	jx_wire__add_true(out, "receipt", rq->wants_receipt);
	jx_buf_adds(out, "}\n");
}

jx_rc jx_sync_request_write(const struct jx_sync_request *rq, const struct jx_bytes *entries, size_t count,
			    jx_buf *out, struct jx_error *err)
{
	jx_rc rc = jx_wire__check_text("program", rq->program, err);

	if (rc == JX_OK)
		rc = jx_wire__check_text("cursor", rq->cursor, err);
	if (rc != JX_OK)
		return rc;
	if (count > JX_WIRE_BATCH_ENTRIES_MAX || (int64_t)count != rq->count)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a batch has at most %d entries, as many as \"count\" says",
			       JX_WIRE_BATCH_ENTRIES_MAX);
	for (size_t i = 0; i < count && rc == JX_OK; i++)
		rc = check_entry(&entries[i], rq->from_n + (int64_t)i, err);
	if (rc != JX_OK)
		return rc;
	write_header(rq, out);
	for (size_t i = 0; i < count; i++) {
		jx_buf_add(out, entries[i].data, entries[i].len);
		jx_buf_addc(out, '\n');
	}
	return jx_buf_check(out, WHAT, err);
}

static jx_rc read_batch_fields(const jx_json *doc, struct jx_sync_request *rq, struct jx_error *err)
{
	jx_rc rc;

	if (jx_json_get(doc, 0, "count") < 0)
		return JX_OK;
	rc = jx_json_need_i64(doc, 0, "count", 0, JX_WIRE__INT_MAX, &rq->count, err);
	if (rc != JX_OK || rq->count == 0)
		return rc;
	if (rq->count > JX_WIRE_BATCH_ENTRIES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "field \"count\" is %lld; a batch has at most %d entries",
			       (long long)rq->count, JX_WIRE_BATCH_ENTRIES_MAX);
	rc = jx_json_need_i64(doc, 0, "from_n", 1, JX_WIRE__INT_MAX - rq->count, &rq->from_n, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "sig", rq->sig, JX_SIG_BYTES, err);
	if (rc == JX_OK && rq->from_n + rq->count - 1 > rq->last_n)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "field \"last_n\" lies before the last entry of the batch");
	return rc;
}

static jx_rc read_header(const jx_json *doc, struct jx_sync_request *rq, struct jx_error *err)
{
	jx_rc rc = jx_json_need_str(doc, 0, "program", rq->program, sizeof(rq->program), err);

	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, 0, "last_n", 0, JX_WIRE__INT_MAX, &rq->last_n, err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, 0, "last_head", rq->last_head, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = read_batch_fields(doc, rq, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_str(doc, "cursor", rq->cursor, sizeof(rq->cursor), &rq->wants_feed, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "token", &rq->wants_token, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "receipt", &rq->wants_receipt, err);
	return rc;
}

jx_rc jx_sync_request_read(struct jx_bytes body, struct jx_sync_request *out, struct jx_bytes *entries_out,
			   size_t cap, size_t *count_out, struct jx_error *err)
{
	struct jx_sync_request rq = {0};
	struct jx_bytes line = {0};
	JX_AUTO_JSON doc = {0};
	size_t at = 0;
	jx_rc rc;

	if (body.len > JX_WIRE_BATCH_BYTES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "the request has %zu bytes, more than %d; send fewer entries", body.len,
			       JX_WIRE_BATCH_BYTES_MAX);
	rc = jx_wire__line(body, &at, 1, &line, err);
	if (rc == JX_OK)
		rc = jx_wire__open(line, WHAT, &doc, err);
	if (rc == JX_OK)
		rc = read_header(&doc, &rq, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, WHAT, 1, err);
	if ((size_t)rq.count > cap)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "the batch has %lld entries, more than %zu",
			       (long long)rq.count, cap);
	rc = jx_wire__lines(body, at, rq.count, JX_ENTRY_BYTES_MAX, entries_out, err);
	if (rc != JX_OK)
		return rc;
	*out = rq;
	*count_out = (size_t)rq.count;
	return JX_OK;
}
