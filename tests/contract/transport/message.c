#include "message.h"

#include <stdlib.h>

/* ---- sync ---- */

void reply_done(struct reply *r)
{
	jx_buf_done(&r->plain);
	free(r->items);
	r->items = NULL;
}

void ask_body(const struct peer *p, const struct ask *ask, jx_buf *body)
{
	struct jx_sync_request rq = {.last_n = (int64_t)p->log.count,
				     .wants_feed = ask->wants_feed,
				     .wants_token = ask->wants_token,
				     .wants_receipt = ask->wants_receipt};
	const int64_t count = ask->from_n > 0 ? ask->to_n - ask->from_n + 1 : 0;
	struct jx_bytes *lines = jx_xcalloc((size_t)count + 1, sizeof(*lines));

	jx_strcpy(rq.program, sizeof(rq.program), "jx/test");
	jx_strcpy(rq.cursor, sizeof(rq.cursor), p->cursor);
	fake_writer_head(&p->log, rq.last_n, rq.last_head);
	if (count > 0) {
		rq.from_n = ask->from_n;
		rq.count = count;
		memcpy(rq.sig, p->log.log[ask->to_n - 1].sig, sizeof(rq.sig));
	}
	for (int64_t i = 0; i < count; i++) {
		const struct fake_entry *e = &p->log.log[ask->from_n - 1 + i];

		lines[i] = (struct jx_bytes){e->bytes, e->len};
	}
	jx_buf_init(body, 1 << 22);
	jx_assert_ok(jx_sync_request_write(&rq, lines, (size_t)count, body, &p->w->err), &p->w->err);
	free(lines);
}

static void read_reply(struct peer *p, const struct jx_wire_response *rs, struct reply *r)
{
	const struct jx_bytes packed = {rs->body.data != NULL ? rs->body.data : "", rs->body.len};
	struct jx_bytes bytes;

	r->status = rs->status;
	jx_strcpy(r->content_type, sizeof(r->content_type), rs->content_type);
	jx_buf_init(&r->plain, 1 << 22);
	if (rs->is_zstd)
		jx_assert_ok(jx_wire_expand(packed, rs->dictionary, &r->plain, &p->w->err), &p->w->err);
	else
		jx_buf_add(&r->plain, packed.data, packed.len);
	bytes = (struct jx_bytes){r->plain.data, r->plain.len};
	if (r->status != 200) {
		assert_string_equal(r->content_type, "application/json");
		jx_assert_ok(jx_wire_error_read(bytes, &r->error, &p->w->err), &p->w->err);
		return;
	}
	assert_string_equal(r->content_type, "application/x-ndjson");
	r->items = jx_xcalloc(JX_WIRE_ITEMS_MAX, sizeof(*r->items));
	jx_assert_ok(
		jx_sync_answer_read(bytes, &r->an, r->items, JX_WIRE_ITEMS_MAX, &r->item_count, &p->w->err),
		&p->w->err);
}

void send_body(struct peer *p, const struct jx_wire_request *rq, struct reply *r)
{
	const jx_transport *t = peer_transport(p);
	struct jx_wire_request signed_rq = *rq;
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_sign_in s = {.has_challenge = p->has_challenge, .has_receipt = p->has_receipt};
	char header[JX_AUTH_MAX];

	memset(r, 0, sizeof(*r));
	signed_rq.method = "POST";
	signed_rq.path = JX_PATH_SYNC;
	memcpy(s.writer, p->log.id, sizeof(s.writer));
	memcpy(s.challenge, p->challenge, sizeof(s.challenge));
	if (p->has_receipt)
		jx_signed_hash(&p->receipt, s.receipt_hash);
	jx_sign_in_sign(&s, p->w->identity, &signed_rq, p->log.sec);
	jx_assert_ok(jx_sign_in_write(&s, header, &p->w->err), &p->w->err);
	if (signed_rq.authorization == NULL)
		signed_rq.authorization = header;
	jx_buf_init(&rs.body, 1 << 22);
	jx_assert_ok(t->exchange(t->user, &signed_rq, &rs, &p->w->err), &p->w->err);
	read_reply(p, &rs, r);
	jx_buf_done(&rs.body);
}

static void keep(struct peer *p, const struct reply *r)
{
	if (r->an.has_challenge) {
		p->has_challenge = true;
		memcpy(p->challenge, r->an.challenge, sizeof(p->challenge));
	}
	if (r->an.has_receipt)
		peer_take_receipt(p, &r->an.receipt);
	if (r->an.token[0] != '\0')
		jx_strcpy(p->token, sizeof(p->token), r->an.token);
	if (r->an.cursor[0] != '\0')
		jx_strcpy(p->cursor, sizeof(p->cursor), r->an.cursor);
}

void send_ask(struct peer *p, const struct ask *ask, struct reply *r)
{
	JX_AUTO_BUF plain;
	JX_AUTO_BUF packed;
	struct jx_wire_request rq = {.is_zstd = true};

	ask_body(p, ask, &plain);
	jx_buf_init(&packed, 1 << 22);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){plain.data, plain.len}, 3, &packed, &p->w->err),
		     &p->w->err);
	rq.body = (struct jx_bytes){packed.data, packed.len};
	send_body(p, &rq, r);
	if (r->status == 401 && r->error.has_challenge) {
		p->has_challenge = true;
		memcpy(p->challenge, r->error.challenge, sizeof(p->challenge));
		reply_done(r);
		send_body(p, &rq, r);
	}
	if (r->status == 200)
		keep(p, r);
}

void send_entries(struct peer *p, int64_t from_n, int64_t to_n)
{
	const struct ask ask = {.from_n = from_n, .to_n = to_n, .wants_token = true};
	AUTO_REPLY r;

	send_ask(p, &ask, &r);
	assert_stands_at(p, &r, JX_SYNC_OK, to_n);
	assert_true(r.an.has_receipt);
	assert_int_equal(p->sent_n, to_n);
}

void fetch_token(struct peer *p)
{
	const struct ask ask = {.wants_token = true};
	AUTO_REPLY r;

	send_ask(p, &ask, &r);
	assert_int_equal(r.status, 200);
	assert_string_not_equal(r.an.token, "");
}

void assert_refused(const struct reply *r, int status, const char *name)
{
	assert_string_equal(r->status == 200 ? jx_sync_result_name(r->an.result) : r->error.error, name);
	assert_int_equal(r->status, status);
}

void assert_stands_at(const struct peer *p, const struct reply *r, enum jx_sync_result result, int64_t n)
{
	uint8_t head[JX_HASH_BYTES];

	if (r->status != 200)
		print_error("status %d: %s: %s\n", r->status, r->error.error, r->error.detail);
	assert_int_equal(r->status, 200);
	assert_string_equal(jx_sync_result_name(r->an.result), jx_sync_result_name(result));
	assert_int_equal(r->an.n, n);
	fake_writer_head(&p->log, n, head);
	assert_memory_equal(r->an.head, head, JX_HASH_BYTES);
}

/* ---- photos ---- */

static jx_rc read_photo(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			struct jx_error *err)
{
	struct send *s = user;
	const int64_t size = s->size > 0 ? s->size : s->photo->size;
	const int64_t until = s->fail_at > 0 && s->fail_at < size ? s->fail_at : size;
	size_t left = offset_bytes < until ? (size_t)(until - offset_bytes) : 0;

	if (s->read_bytes == 0)
		s->first_read = offset_bytes;
	if (left == 0 && until < size)
		return jx_fail(err, JX_EIO, 0, "test.photo", "the source failed");
	*got_out = len < left ? len : left;
	for (size_t i = 0; i < *got_out; i++) {
		const int64_t at = offset_bytes + (int64_t)i;

		((uint8_t *)data)[i] = at < s->photo->size ? s->photo->bytes[at] : 0;
	}
	if (s->photo->is_damaged && offset_bytes == 0 && *got_out > 0)
		((uint8_t *)data)[0] ^= 1;
	s->read_bytes += (int64_t)*got_out;
	return JX_OK;
}

jx_rc send_photo(struct peer *p, struct send *s, struct photo_reply *r)
{
	const jx_transport *t = peer_transport(p);
	const struct jx_client_source source = {.user = s, .read = read_photo};
	const struct jx_photo_request rq = {.verb = s->verb,
					    .sha256 = s->photo->sha256,
					    .type = "image/jpeg",
					    .token = s->token != NULL ? s->token : p->token,
					    .size_bytes = s->size > 0 ? s->size : s->photo->size,
					    .offset_bytes = s->offset,
					    .source = s->verb == JX_PHOTO_ASK ? NULL : &source};
	jx_rc rc;

	memset(r, 0, sizeof(*r));
	r->rs.offset_bytes = -1;
	r->rs.retry_after_s = -1;
	jx_buf_init(&r->rs.body, 65536);
	rc = t->photo(t->user, &rq, &r->rs, &p->w->err);
	if (rc == JX_OK && r->rs.body.len > 0) {
		const struct jx_bytes body = {r->rs.body.data, r->rs.body.len};
		struct jx_wire_error e;

		assert_string_equal(r->rs.content_type, "application/json");
		jx_assert_ok(jx_wire_error_read(body, &e, &p->w->err), &p->w->err);
		jx_strcpy(r->error, sizeof(r->error), e.error);
	}
	jx_buf_done(&r->rs.body);
	return rc;
}

void expect_photo(struct peer *p, struct send s, int status, const char *error, int64_t offset)
{
	struct photo_reply r;

	jx_assert_ok(send_photo(p, &s, &r), &p->w->err);
	assert_string_equal(r.error, error);
	assert_int_equal(r.rs.status, status);
	assert_int_equal(r.rs.offset_bytes, offset);
	assert_string_equal(r.rs.receipt, "");
}

void expect_stored(struct peer *p, struct send s, struct photo *photo, int status)
{
	struct photo_reply r;

	jx_assert_ok(send_photo(p, &s, &r), &p->w->err);
	assert_string_equal(r.error, "");
	assert_int_equal(r.rs.status, status);
	assert_int_equal(r.rs.offset_bytes, photo->size);
	peer_take_photo_receipt(p, r.rs.receipt, photo);
}

int64_t ask_offset(struct peer *p, const struct photo *photo)
{
	struct send s = {.verb = JX_PHOTO_ASK, .photo = photo};
	struct photo_reply r;

	jx_assert_ok(send_photo(p, &s, &r), &p->w->err);
	assert_int_equal(r.rs.status, 200);
	assert_in_range(r.rs.offset_bytes, 0, photo->size);
	return r.rs.receipt[0] != '\0' ? -1 : r.rs.offset_bytes;
}
