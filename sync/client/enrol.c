/* Enrolment: the one-time code proves both sides to each other; nothing is pinned yet. */
#include <string.h>

#include "client_private.h"

#define WHERE "client.enrol"

struct
try {
	const struct jx_client_enrol_config *c;
	struct jx_enrol_answer answer;
	uint8_t spki[JX_HASH_BYTES];
	int64_t retry_after_ms;
	bool may_retry;
	struct jx_error *err;
};

static jx_rc write_request(struct try *t, jx_buf *body)
{
	struct jx_enrol_request rq = {0};

	memcpy(rq.code_id, t->c->code->id, sizeof(rq.code_id));
	memcpy(rq.public_key, t->c->public_key, JX_PUB_BYTES);
	memcpy(rq.tls_spki_sha256, t->spki, JX_HASH_BYTES);
	jx_strcpy(rq.program, sizeof(rq.program), t->c->program);
	jx_strcpy(rq.name, sizeof(rq.name), t->c->name != NULL ? t->c->name : "");
	rq.has_writer = t->c->writer != NULL;
	if (rq.has_writer)
		memcpy(rq.writer, t->c->writer, JX_ID_BYTES);
	jx_enrol_prove(&rq, t->c->code, t->c->secret_key);
	return jx_enrol_request_write(&rq, body, t->err);
}

static jx_rc check_answer(struct try *t, const struct jx_enrol_answer *an)
{
	bool is_pinned = false;

	for (size_t i = 0; i < an->pin_count; i++)
		is_pinned = is_pinned || memcmp(an->pins[i], t->spki, JX_HASH_BYTES) == 0;
	if (!jx_enrol_answer_ok(an, t->c->code->secret, t->c->public_key))
		return jx_fail(
			t->err, JX_EAUTH, 0, WHERE,
			"the answer was not made by the server that made the code: somebody may be in between; "
			"use another network and tell the administrator");
	if (!is_pinned)
		return jx_fail(
			t->err, JX_EAUTH, 0, WHERE,
			"the server does not name the certificate it shows: somebody may be in between; use another "
			"network and tell the administrator");
	return JX_OK;
}

static jx_rc take_answer(struct try *t, const struct jx_wire_response *rs)
{
	const struct jx_bytes body = {rs->body.data != NULL ? rs->body.data : "", rs->body.len};
	struct jx_client__refusal r;
	jx_rc rc;

	if (rs->status != 200) {
		struct jx_error refusal = {0};

		jx_client__refused(JX_CLIENT__ENROL, rs->status, rs->content_type, &rs->body,
				   rs->retry_after_s, &r, &refusal);
		t->may_retry = r.kind == JX_PLAN_BUSY || r.kind == JX_PLAN_SERVER_ERROR;
		t->retry_after_ms = r.retry_after_ms;
		return jx_fail(t->err, refusal.code, refusal.native, WHERE, "%s", refusal.text);
	}
	if (!jx_client__is_type(rs->content_type, "application/json"))
		return jx_client__fail_portal(rs->status, rs->content_type, t->err);
	rc = jx_enrol_answer_read(body, &t->answer, t->err);
	return rc == JX_OK ? check_answer(t, &t->answer) : rc;
}

static jx_rc try_once(struct try *t)
{
	const struct jx_transport *tr = t->c->transport;
	struct jx_wire_request rq = {.method = "POST", .path = JX_PATH_ENROL};
	struct jx_wire_response rs = {.retry_after_s = -1};
	JX_AUTO_BUF body = {0};
	jx_rc rc;

	jx_buf_init(&body, JX_CLIENT__ERROR_BYTES_MAX);
	t->retry_after_ms = -1;
	t->may_retry = false;
	/* the MAC covers the key of the certificate, so it must be known before the request is written */
	rc = tr->peer_key(tr->user, t->spki, t->err);
	if (rc == JX_OK)
		rc = write_request(t, &body);
	else
		t->may_retry = rc == JX_ENET;
	if (rc != JX_OK)
		return rc;
	rq.body = (struct jx_bytes){body.data, body.len};
	jx_buf_init(&rs.body, JX_CLIENT__ERROR_BYTES_MAX);
	rc = tr->exchange(tr->user, &rq, &rs, t->err);
	if (rc == JX_OK)
		rc = take_answer(t, &rs);
	else
		t->may_retry = rc == JX_ENET;
	jx_buf_done(&rs.body);
	return rc;
}

jx_rc jx_client_enrol(const struct jx_client_enrol_config *config, struct jx_enrol_answer *answer_out,
		      struct jx_error *err)
{
	const struct jx_plan_config waits = {.rand = config->rand};
	const int attempts = config->attempts_max > 0 ? config->attempts_max : JX_PLAN_ATTEMPTS;
	struct try t = {.c = config, .err = err};
	jx_rc rc = JX_OK;

	for (int i = 1; i <= attempts; i++) {
		rc = try_once(&t);
		if (rc == JX_OK || !t.may_retry || i == attempts || t.retry_after_ms > JX_PLAN_CAP_MS)
			break;
		rc = config->wait(config->wait_user, jx_plan_backoff_ms(&waits, i, t.retry_after_ms));
		if (rc != JX_OK)
			return jx_fail(err, rc, 0, WHERE, "stopped; the code is still good, enrol again");
	}
	if (rc == JX_OK)
		*answer_out = t.answer;
	return rc;
}

const char *jx_client_first_challenge(const struct jx_enrol_answer *answer, char out[JX_CLIENT_VALUE_MAX])
{
	JX_AUTO_BUF text = {0};

	if (!answer->has_challenge)
		return NULL;
	jx_buf_init(&text, JX_CLIENT_VALUE_MAX);
	jx_buf_add_base64(&text, answer->challenge, JX_CHALLENGE_BYTES);
	jx_strcpy(out, JX_CLIENT_VALUE_MAX, text.data);
	return out;
}
