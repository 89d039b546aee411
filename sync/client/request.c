/* One POST /v1/sync: collect, write, sign, send. */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"
#include "jiexun/control.h"

/*
 * Ten entries: 187 bytes each at level 3, 173 at 6, 170 at 19, which takes twelve times as long. Five hundred: 101 at 3, 95 at 6, which
 * takes half as long again.
 */
#define LEVEL_SMALL    6
#define LEVEL_LARGE    3
#define SMALL_BYTES    65536
#define UNKNOWN_FORMAT 415

static void free_batch(struct jx_batch **b)
{
	if (*b != NULL)
		jx_client__batch_done(*b);
	free(*b);
}

static jx_rc collect(struct jx_client__run *run, const struct jx_plan_step *step, struct jx_batch *batch)
{
	const struct jx_outbox *o = run->c->outbox;
	const int64_t left = run->own_n - step->from_n + 1;
	jx_rc rc;

	/* entries saved since the head was read wait for the next request: last_n must cover the batch */
	jx_client__batch_init(batch, step->entries_max < left ? step->entries_max : left);
	rc = o->batch(o->user, step->from_n, batch, &run->err);
	if (rc == JX_OK)
		rc = jx_buf_check(&batch->bytes, "batch", &run->err);
	if (rc == JX_OK && batch->count == 0)
		rc = jx_fail(&run->err, JX_ECORRUPT, 0, "client.request",
			     "entry %lld cannot be read from this device's log; run \"jx verify\"",
			     (long long)step->from_n);
	return rc;
}

/* What a request asks, beside what it carries. */
static void ask(const struct jx_client__run *run, const char *cursor, struct jx_sync_request *rq)
{
	rq->last_n = run->own_n;
	rq->wants_receipt = run->receipt_n < run->kept.server_n;
	jx_strcpy(rq->program, sizeof(rq->program), run->c->program);
	jx_strcpy(rq->cursor, sizeof(rq->cursor), cursor);
	memcpy(rq->last_head, run->own_head, JX_HASH_BYTES);
}

static jx_rc write_body(struct jx_client__run *run, const struct jx_plan_step *step, jx_buf *body)
{
	JX_CLEANUP(free_batch) struct jx_batch *batch = jx_xcalloc(1, sizeof(*batch));
	struct jx_bytes entries[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request rq = {.wants_feed = step->wants_feed, .wants_token = step->wants_token};
	jx_rc rc = step->from_n > 0 ? collect(run, step, batch) : JX_OK;

	if (rc != JX_OK)
		return rc;
	ask(run, run->kept.cursor, &rq);
	rq.count = (int64_t)batch->count;
	rq.from_n = batch->count > 0 ? step->from_n : 0;
	memcpy(rq.sig, batch->sig, JX_SIG_BYTES);
	for (size_t i = 0; i < batch->count; i++)
		entries[i] = (struct jx_bytes){batch->bytes.data + batch->start[i], batch->len[i]};
	run->asked_n = rq.last_n;
	run->sent_from = rq.from_n;
	run->sent_count = rq.count;
	run->asked_feed = rq.wants_feed;
	return jx_sync_request_write(&rq, entries, batch->count, body, &run->err);
}

jx_rc jx_client__write_question(const struct jx_client__run *run, const char *cursor, jx_buf *out,
				struct jx_error *err)
{
	struct jx_sync_request rq = {.wants_feed = true};

	ask(run, cursor, &rq);
	return jx_sync_request_write(&rq, NULL, 0, out, err);
}

static jx_rc sign(const struct jx_client__run *run, struct jx_client__letter *l, struct jx_error *err)
{
	struct jx_sign_in s = {.has_challenge = run->has_challenge, .has_receipt = run->has_receipt};

	memcpy(s.writer, run->c->writer, JX_ID_BYTES);
	memcpy(s.challenge, run->challenge, JX_CHALLENGE_BYTES);
	memcpy(s.receipt_hash, run->receipt_hash, JX_HASH_BYTES);
	jx_sign_in_sign(&s, run->identities[0], &l->rq, run->c->secret_key);
	l->rq.authorization = l->header;
	return jx_sign_in_write(&s, l->header, err);
}

void jx_client__letter_done(struct jx_client__letter *l)
{
	jx_buf_done(&l->packed);
}

jx_rc jx_client__letter_write(const struct jx_client__run *run, const jx_buf *plain,
			      struct jx_client__letter *l, struct jx_error *err)
{
	const int level = plain->len <= SMALL_BYTES ? LEVEL_SMALL : LEVEL_LARGE;
	jx_rc rc;

	l->rq = (struct jx_wire_request){
		.method = "POST", .path = JX_PATH_SYNC, .body = {plain->data, plain->len}};
	jx_buf_init(&l->packed, JX_CLIENT__ANSWER_BYTES_MAX);
	rc = jx_wire_compress_with(l->rq.body, run->kept.dictionary, level, &l->packed, err);
	if (rc == JX_OK && l->packed.len < plain->len) {
		l->rq.body = (struct jx_bytes){l->packed.data, l->packed.len};
		l->rq.is_zstd = true;
		l->rq.dictionary = run->kept.dictionary;
	}
	if (rc == JX_OK)
		rc = sign(run, l, err);
	return rc == JX_ELIMIT ? JX_ESTATE : rc;
}

/* *used_out: the dictionary it went out with. */
static jx_rc send_once(struct jx_client__run *run, const jx_buf *plain, struct jx_wire_response *rs,
		       int *used_out)
{
	const struct jx_transport *t = run->c->transport;
	JX_CLEANUP(jx_client__letter_done) struct jx_client__letter l = {.header = ""};
	jx_rc rc;

	if (jx_client__take_ahead(run, plain, rs, used_out, &rc))
		return rc;
	rc = jx_client__letter_write(run, plain, &l, &run->err);
	if (rc != JX_OK)
		return rc;
	*used_out = l.rq.dictionary;
	run->res->requests++;
	if (jx_control_is(JX_CONTROL_SENT_BEFORE_RECEIPT) && run->sent_count > 0)
		(void)jx_client__keep_server_n(run, run->sent_from + run->sent_count - 1);
	jx_client__let_go(run);
	rc = t->exchange(t->user, &l.rq, rs, &run->err);
	jx_client__take_back(run);
	return rc;
}

/* A server that is older than this program has no such dictionary, and says which it has: the same once more with that, or with none. */
static jx_rc exchange(struct jx_client__run *run, const jx_buf *plain, struct jx_wire_response *rs)
{
	for (;;) {
		int used = JX_WIRE_DICTIONARY_NONE;
		const jx_rc rc = send_once(run, plain, rs, &used);

		if (rc != JX_OK || rs->status != UNKNOWN_FORMAT || used == JX_WIRE_DICTIONARY_NONE)
			return rc;
		jx_client__keep_dictionary(run,
					   rs->dictionary > JX_WIRE_DICTIONARY_NONE && rs->dictionary < used
						   ? rs->dictionary
						   : JX_WIRE_DICTIONARY_NONE);
		jx_buf_reset(&rs->body);
		rs->retry_after_s = -1;
	}
}

struct jx_plan_event jx_client__do_sync(struct jx_client__run *run, const struct jx_plan_step *step)
{
	JX_AUTO_BUF body = {0};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_plan_event ev = {.retry_after_ms = -1};
	jx_rc rc = jx_client__read_head(run);

	jx_buf_init(&body, JX_WIRE_BATCH_BYTES_MAX);
	jx_buf_init(&rs.body, JX_CLIENT__ANSWER_BYTES_MAX);
	if (rc == JX_OK)
		rc = write_body(run, step, &body);
	if (rc != JX_OK) {
		jx_buf_done(&rs.body);
		return jx_client__local(rc);
	}
	rc = exchange(run, &body, &rs);
	if (rc == JX_OK) {
		ev = jx_client__take_answer(run, &rs);
	} else {
		ev.kind = jx_client__no_answer(rc);
		ev.rc = rc;
	}
	ev.sent_count = run->sent_count;
	jx_buf_done(&rs.body);
	return ev;
}
