/* Answers that are not 200, and the way in for bodies. */
#include <string.h>

#include "ingest_private.h"

/* A disk that is busy for a moment; clients wait at least this long. */
#define RETRY_AFTER_S 5

void jx_ingest__answer_begin(struct jx_wire_response *rs, int status, const char *content_type)
{
	rs->status = status;
	rs->is_zstd = false;
	rs->dictionary = JX_WIRE_DICTIONARY_NONE;
	rs->retry_after_s = -1;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), content_type);
	jx_buf_reset(&rs->body);
}

static bool write_error(struct jx_wire_response *rs, int status, const struct jx_wire_error *e)
{
	jx_ingest__answer_begin(rs, status, "application/json");
	/* a body that the caller's ceiling refuses is left out: the status says enough */
	if (jx_wire_error_write(e, &rs->body, NULL) != JX_OK)
		jx_buf_reset(&rs->body);
	return false;
}

bool jx_ingest__refuse(struct jx_wire_response *rs, int status, const char *name, const char *detail)
{
	struct jx_wire_error e = {.has_challenge = false};

	jx_strcpy(e.error, sizeof(e.error), name);
	jx_strcpy(e.detail, sizeof(e.detail), detail);
	return write_error(rs, status, &e);
}

bool jx_ingest__refuse_challenge(jx_ingest *in, const uint8_t writer[JX_ID_BYTES],
				 struct jx_wire_response *rs)
{
	struct jx_wire_error e = {.has_challenge = true};

	jx_strcpy(e.error, sizeof(e.error), "challenge");
	jx_strcpy(e.detail, sizeof(e.detail), "sign again with this challenge");
	jx_ingest__make_challenge(in, writer, e.challenge);
	return write_error(rs, 401, &e);
}

bool jx_ingest__fault(jx_ingest *in, struct jx_wire_response *rs, const struct jx_error *err)
{
	if (in->config.on_fault != NULL)
		in->config.on_fault(in->config.fault_user, err);
	if (err->code == JX_ENOSPC)
		return jx_ingest__refuse(rs, 507, "no-space",
					 "the server has no room left; its administrator must make some");
	if (err->code != JX_EBUSY && err->code != JX_ECONFLICT && err->code != JX_ENOMEM)
		return jx_ingest__refuse(rs, 500, "internal",
					 "fault of the server; its administrator finds it in the log");
	(void)jx_ingest__refuse(rs, 503, "busy", "the server is busy; try again");
	rs->retry_after_s = RETRY_AFTER_S;
	return false;
}

bool jx_ingest__refuse_body(jx_ingest *in, struct jx_wire_response *rs, const struct jx_error *err)
{
	if (err->code == JX_ENOMEM)
		return jx_ingest__fault(in, rs, err);
	if (err->code == JX_ELIMIT)
		return jx_ingest__refuse(rs, 413, "too-large", err->text);
	if (err->code == JX_EVERSION)
		return jx_ingest__refuse(rs, 426, "version", err->text);
	return jx_ingest__refuse(rs, 400, "bad-request", err->text);
}

bool jx_ingest__plain_body(jx_ingest *in, const struct jx_wire_request *rq, size_t max_bytes, jx_buf *b,
			   struct jx_bytes *out, struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};

	if (!rq->is_zstd) {
		*out = rq->body;
		return rq->body.len <= max_bytes ||
		       jx_ingest__refuse(rs, 413, "too-large", "the body is too large");
	}
	jx_buf_init(b, max_bytes);
	if (jx_wire_ready_expand(in->ready, rq->body, rq->dictionary, b, &err) != JX_OK) {
		if (err.code != JX_EVERSION)
			return jx_ingest__refuse_body(in, rs, &err);
		(void)jx_ingest__refuse(rs, 415, "bad-request", err.text);
		rs->dictionary = JX_WIRE_DICTIONARY_NEWEST; /* what may be used instead */
		return false;
	}
	out->data = b->data == NULL ? "" : b->data;
	out->len = b->len;
	return true;
}
