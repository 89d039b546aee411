/* POST /v1/sync: sign-in, batch up, feed down, in one request. */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define CONTENT_TYPE "application/x-ndjson"
/* Below this zstd's framing gains nothing, unless a dictionary helps. */
#define COMPRESS_FROM_BYTES 200
/* At level 3 a dictionary's tables are 384 kB to be cleared, which took ten times as long as the rest of a small answer. */
#define SMALL_BYTES 8192
#define LEVEL_SMALL 1
#define LEVEL       3
/* A challenge is good for 30 days, and clients keep a new one once a day. */
#define CHALLENGE_AGE_MS JX_INGEST__DAY_MS

/* A new challenge is 56 bytes that do not compress: only where the old one is no good or a day old. */
static bool wants_challenge(const struct jx_ingest__sync *s)
{
	int64_t age_ms = 0;

	return !jx_ingest__challenge_ok(s->in, s->who.id, s->sign_in.challenge, &age_ms) ||
	       age_ms > CHALLENGE_AGE_MS;
}

static jx_rc fill_answer(struct jx_ingest__sync *s, struct jx_sync_answer *an, jx_buf *items,
			 struct jx_error *err)
{
	uint8_t identity[JX_PUB_BYTES];
	jx_rc rc = s->in->ops->epoch(s->in->vault, an->epoch, err);

	/* before anything else: the receipt in the header is signed by a key that this writer does not know */
	jx_ingest_identity(s->in, identity);
	if (rc == JX_OK && memcmp(s->against, identity, sizeof(identity)) != 0)
		rc = jx_ingest__way(s->in, s->against, items, &an->items, err);
	if (rc != JX_OK)
		return rc;
	an->result = s->result;
	an->n = s->who.n;
	memcpy(an->head, s->who.head, sizeof(an->head));
	an->has_receipt = s->has_receipt;
	if (s->has_receipt)
		an->receipt = s->receipt;
	an->server_utc_ms = s->now_utc_ms;
	an->dictionary = s->dictionary < JX_WIRE_DICTIONARY_NEWEST ? JX_WIRE_DICTIONARY_NEWEST : 0;
	an->is_pending = s->who.state == JX_WRITER_PENDING;
	an->has_challenge = wants_challenge(s);
	if (an->has_challenge)
		jx_ingest__make_challenge(s->in, s->who.id, an->challenge);
	if (an->is_pending)
		return JX_OK;
	if (s->ask.wants_token)
		jx_ingest__make_token(s->in, s->who.id, an->token, sizeof(an->token));
	if (s->ask.wants_feed)
		rc = jx_ingest__feed(s->in, &s->who, an->epoch, s->ask.cursor, items, an, err);
	return rc;
}

static jx_rc send_body(struct jx_wire_response *rs, int dictionary, const jx_buf *plain, struct jx_error *err)
{
	const struct jx_bytes bytes = {plain->data, plain->len};
	jx_rc rc;

	jx_ingest__answer_begin(rs, 200, CONTENT_TYPE);
	if (plain->len < COMPRESS_FROM_BYTES && dictionary == JX_WIRE_DICTIONARY_NONE) {
		jx_buf_add(&rs->body, plain->data, plain->len);
		return jx_buf_check(&rs->body, "answer", err);
	}
	rc = jx_wire_compress_with(bytes, dictionary, plain->len <= SMALL_BYTES ? LEVEL_SMALL : LEVEL,
				   &rs->body, err);
	rs->is_zstd = rc == JX_OK;
	rs->dictionary = dictionary;
	return rc;
}

static void answer(struct jx_ingest__sync *s)
{
	struct jx_sync_answer *an = jx_xcalloc(1, sizeof(*an));
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF items;
	JX_AUTO_BUF plain;
	jx_rc rc;

	jx_ingest__items_init(&items);
	jx_buf_init(&plain, JX_WIRE_BATCH_BYTES_MAX);
	rc = fill_answer(s, an, &items, &err);
	if (rc == JX_OK)
		rc = jx_sync_answer_write(an, &plain, &err);
	free(an);
	if (rc == JX_OK && items.len > 0)
		jx_buf_add(&plain, items.data, items.len);
	if (rc == JX_OK)
		rc = jx_buf_check(&plain, "answer", &err);
	if (rc == JX_OK)
		rc = send_body(s->rs, s->dictionary, &plain, &err);
	if (rc != JX_OK)
		(void)jx_ingest__fault(s->in, s->rs, &err);
}

static bool read_request(struct jx_ingest__sync *s, struct jx_bytes body)
{
	struct jx_bytes *lines = jx_xcalloc(JX_WIRE_BATCH_ENTRIES_MAX, sizeof(*lines));
	struct jx_error err = {.code = JX_OK};
	size_t count = 0;
	jx_rc rc = jx_sync_request_read(body, &s->ask, lines, JX_WIRE_BATCH_ENTRIES_MAX, &count, &err);
	bool ok = rc == JX_OK || jx_ingest__refuse_body(s->in, s->rs, &err);

	if (ok)
		ok = jx_ingest__batch_read(s->in, &s->who, &s->ask, lines, count, &s->batch, s->rs);
	free(lines);
	return ok;
}

void jx_ingest_sync(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct jx_ingest__sync *s = jx_xcalloc(1, sizeof(*s));
	JX_AUTO_BUF expanded = {.data = NULL};
	struct jx_bytes body = {NULL, 0};

	s->in = ingest;
	s->rs = rs;
	s->now_utc_ms = jx_ingest__now(ingest);
	s->result = JX_SYNC_OK;
	s->dictionary = rq->is_zstd ? rq->dictionary : JX_WIRE_DICTIONARY_NONE;
	/* who first: nothing of a stranger's body is looked at, let alone expanded */
	if (jx_ingest__sign_in(ingest, rq, &s->sign_in, &s->who, s->against, rs) &&
	    jx_ingest__plain_body(ingest, rq, JX_WIRE_BATCH_BYTES_MAX, &expanded, &body, rs) &&
	    read_request(s, body)) {
		s->is_repeat = jx_ingest__seen_before(ingest, s->sign_in.sig);
		if (jx_ingest__take(s))
			answer(s);
	}
	jx_ingest__batch_done(&s->batch);
	free(s);
}
