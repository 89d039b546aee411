/* POST /v1/enrol: a one-time code becomes a writer. */
#include <string.h>

#include "ingest_private.h"

#define BODY_MAX ((size_t)16 * 1024)

static bool refuse_code(struct jx_wire_response *rs, const char *name, const char *detail)
{
	return jx_ingest__refuse(rs, 403, name, detail);
}

static bool refuse_wrong(struct jx_wire_response *rs)
{
	return refuse_code(rs, "code-wrong",
			   "the enrolment code is not right; check it, or ask for a new one");
}

static void answer(jx_ingest *in, const struct jx_writer *w, const struct jx_vault_code *code,
		   struct jx_wire_response *rs)
{
	struct jx_enrol_answer an = {.is_active = w->state == JX_WRITER_ACTIVE, .has_challenge = true};
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = in->ops->epoch(in->vault, an.epoch, &err);

	memcpy(an.writer, w->id, sizeof(an.writer));
	jx_strcpy(an.short_code, sizeof(an.short_code), w->short_code);
	jx_strcpy(an.role, sizeof(an.role), jx_role_name(w->role));
	jx_strcpy(an.area, sizeof(an.area), w->area);
	jx_ingest_identity(in, an.identity);
	an.pin_count = jx_ingest__pins(in, an.pins);
	an.server_utc_ms = jx_ingest__now(in);
	jx_enrol_answer_prove(&an, code->secret, w->public_key);
	jx_ingest__make_challenge(in, w->id, an.challenge);
	jx_ingest__answer_begin(rs, 200, "application/json");
	if (rc == JX_OK)
		rc = jx_enrol_answer_write(&an, &rs->body, &err);
	if (rc != JX_OK)
		(void)jx_ingest__fault(in, rs, &err);
}

/*
 * A lost answer is asked for again with the same key: the same writer, also when the code's time is over.
 */
static bool answer_again(jx_ingest *in, const struct jx_enrol_request *rq, const struct jx_vault_code *code,
			 struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_writer w;

	if (!jx_mem_equal(code->used_public_key, rq->public_key, JX_PUB_BYTES))
		return refuse_code(rs, "code-used", "the enrolment code was used already; ask for a new one");
	if (in->ops->writer(in->vault, code->writer, &w, &err) != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	if (w.state == JX_WRITER_REVOKED)
		return jx_ingest__refuse(rs, 403, "revoked", "this writer was revoked; ask for a new code");
	answer(in, &w, code, rs);
	return true;
}

static bool is_our_tls_key(jx_ingest *in, const uint8_t spki[JX_HASH_BYTES])
{
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	const size_t count = jx_ingest__pins(in, pins);
	bool is_ours = false;
	size_t i;

	for (i = 0; i < count; i++)
		is_ours |= jx_mem_equal(pins[i], spki, JX_HASH_BYTES);
	return is_ours;
}

static void fill_writer(jx_ingest *in, const struct jx_enrol_request *rq, const struct jx_vault_code *code,
			struct jx_writer *w)
{
	memset(w, 0, sizeof(*w));
	jx_uuid7(in->config.clock, in->config.rand, w->id);
	memcpy(w->public_key, rq->public_key, sizeof(w->public_key));
	jx_strcpy(w->short_code, sizeof(w->short_code), code->short_code);
	w->role = code->role;
	jx_strcpy(w->area, sizeof(w->area), code->area);
	w->state = code->is_trusted ? JX_WRITER_ACTIVE : JX_WRITER_PENDING;
	jx_strcpy(w->name, sizeof(w->name), rq->name);
	w->enrolled_utc_ms = jx_ingest__now(in);
	jx_chain_root(w->id, w->public_key, w->head);
}

static jx_rc store(jx_ingest *in, const struct jx_vault_code *code, const struct jx_writer *w,
		   struct jx_error *err)
{
	JX_CLEANUP(jx_ingest__facts_done) struct jx_ingest__facts facts;
	jx_rc rc = jx_ingest__facts_begin(in, &facts, err);

	if (rc == JX_OK)
		rc = jx_ingest__facts_add(in, &facts, JX_KIND_WRITER_ENROLLED, w, NULL, err);
	/* whoever handed out a trusted code stood before the device: no fingerprints are compared */
	if (rc == JX_OK && code->is_trusted && w->state == JX_WRITER_ACTIVE)
		rc = jx_ingest__facts_add(in, &facts, JX_KIND_WRITER_CONFIRMED, w, "trusted code", err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_end(in, &facts, err);
	return rc == JX_OK ? in->ops->enrol(in->vault, code->id, w, &facts.batch, err) : rc;
}

/*
 * The writer to be: a new one; or the one that the device says it is, by the same key. That one may be here, its device
 * locked out by keys that changed while it was away. Or it is not here: this server was restored from before its enrolment,
 * and the log that the device holds is to be stored under its own name. Ids are never given to another key. That somebody
 * once looked like a copy of it (must_enrol) is no reason against: an old request sent again looks so, too, and a device that
 * is one hears it at its next sync.
 */
static jx_rc choose_writer(jx_ingest *in, const struct jx_enrol_request *rq, const struct jx_vault_code *code,
			   struct jx_writer *w, struct jx_error *err)
{
	bool is_unknown;
	jx_rc rc = JX_ENOTFOUND;

	if (rq->has_writer)
		rc = in->ops->writer(in->vault, rq->writer, w, err);
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	if (rc == JX_OK && memcmp(w->public_key, rq->public_key, sizeof(w->public_key)) == 0 &&
	    w->state == JX_WRITER_REVOKED)
		return jx_fail(err, JX_EAUTH, 0, "ingest.enrol", "this writer was revoked");
	if (rc == JX_OK && memcmp(w->public_key, rq->public_key, sizeof(w->public_key)) == 0 &&
	    strcmp(w->short_code, code->short_code) == 0)
		return JX_OK;
	is_unknown = rc == JX_ENOTFOUND;
	rc = jx_ingest__short_code_free(in, code->short_code, rq->public_key, err);
	if (rc != JX_OK)
		return rc;
	fill_writer(in, rq, code, w);
	if (is_unknown && rq->has_writer) {
		memcpy(w->id, rq->writer, sizeof(w->id));
		jx_chain_root(w->id, w->public_key, w->head);
	}
	return JX_OK;
}

static bool enrol_new(jx_ingest *in, const struct jx_enrol_request *rq, const struct jx_vault_code *code,
		      struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_writer w;
	jx_rc rc = choose_writer(in, rq, code, &w, &err);

	if (rc == JX_EEXISTS)
		return refuse_code(
			rs, "code-used",
			"another device was enrolled under this short code meanwhile; ask for a new code");
	if (rc == JX_EAUTH)
		return jx_ingest__refuse(rs, 403, "revoked",
					 "this writer was revoked; sync once to hear it, then enrol again");
	if (rc == JX_OK)
		rc = store(in, code, &w, &err);
	if (rc != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	answer(in, &w, code, rs);
	return true;
}

/*
 * Each wrong secret is counted before it is answered; whoever holds the right one is not asked to wait for
 * that.
 */
static bool refuse_try(jx_ingest *in, const struct jx_vault_code *code, struct jx_wire_response *rs)
{
	struct jx_error err = {.code = JX_OK};

	if (in->ops->code_failed(in->vault, code->id, &err) != JX_OK)
		return jx_ingest__fault(in, rs, &err);
	return refuse_wrong(rs);
}

static bool enrol(jx_ingest *in, const struct jx_enrol_request *rq, struct jx_wire_response *rs)
{
	JX_INGEST__HOLD(&in->deciding);
	struct jx_error err = {.code = JX_OK};
	struct jx_vault_code code = {.tries = 0};
	const jx_rc rc = in->ops->code(in->vault, rq->code_id, &code, &err);
	/* the same work for a code that is not there: its id must not show in the time taken */
	const bool is_proven = jx_enrol_proof_ok(rq, code.secret);

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return jx_ingest__fault(in, rs, &err);
	if (rc == JX_ENOTFOUND)
		return refuse_wrong(rs);
	if (code.is_used && is_proven)
		return answer_again(in, rq, &code, rs);
	if (code.tries >= JX_WIRE_CODE_TRIES)
		return refuse_code(rs, "code-burnt",
				   "the enrolment code was tried wrongly too often; ask for a new one");
	if (jx_ingest__now(in) > code.expires_utc_ms)
		return refuse_code(rs, "code-expired",
				   "the enrolment code is older than 15 minutes; ask for a new one");
	if (!is_proven)
		return refuse_try(in, &code, rs);
	if (!is_our_tls_key(in, rq->tls_spki_sha256))
		return refuse_code(rs, "tls-key",
				   "the device saw another server's certificate; somebody is in between");
	return enrol_new(in, rq, &code, rs);
}

void jx_ingest_enrol(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct jx_enrol_request ask;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF expanded = {.data = NULL};
	struct jx_bytes body = {NULL, 0};

	if (!jx_ingest__plain_body(ingest, rq, BODY_MAX, &expanded, &body, rs))
		return;
	if (jx_enrol_request_read(body, &ask, &err) != JX_OK) {
		(void)jx_ingest__refuse_body(ingest, rs, &err);
		return;
	}
	(void)enrol(ingest, &ask, rs);
}
