/* Syncs that are not taken: signature, challenge, revocation, size, encoding. */
#include "message.h"

#define DAY_MS INT64_C(86400000)

static void an_invented_challenge_gets_a_new_one(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct jx_wire_request rq = {.body = {"{}\n", 3}};
	JX_AUTO_BUF text;
	AUTO_REPLY r;

	p->has_challenge = true;
	memset(p->challenge, 5, sizeof(p->challenge));
	send_body(p, &rq, &r);
	assert_refused(&r, 401, "challenge");
	assert_true(r.error.has_challenge);
	/* the client signs again at once */
	jx_buf_init(&text, 256);
	jx_buf_add_base64(&text, p->challenge, sizeof(p->challenge));
	peer_set_value(p, JX_CLIENT_CHALLENGE, text.data);
	(void)fake_writer_observe(&p->log, 0);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, 1);
	assert_int_equal(p->result.requests, 2);
	assert_int_equal(p->result.waits, 0);
}

/* Signs in through the core, as it was then. */
static void keep_challenge_of(struct peer *p, jx_ingest *ingest)
{
	struct jx_wire_request rq = {.method = "POST", .path = JX_PATH_SYNC, .body = {"{}\n", 3}};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_sign_in s = {.has_challenge = false};
	char header[JX_AUTH_MAX];
	struct jx_wire_error e = {.has_challenge = false};

	memcpy(s.writer, p->log.id, JX_ID_BYTES);
	jx_sign_in_sign(&s, p->w->identity, &rq, p->log.sec);
	jx_assert_ok(jx_sign_in_write(&s, header, &p->w->err), &p->w->err);
	rq.authorization = header;
	jx_buf_init(&rs.body, 65536);
	jx_ingest_sync(ingest, &rq, &rs);
	jx_assert_ok(jx_wire_error_read((struct jx_bytes){rs.body.data, rs.body.len}, &e, &p->w->err),
		     &p->w->err);
	jx_buf_done(&rs.body);
	assert_true(e.has_challenge);
	p->has_challenge = true;
	memcpy(p->challenge, e.challenge, sizeof(p->challenge));
}

static void a_challenge_lives_thirty_days(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct jx_wire_request rq = {.body = {"{}\n", 3}};
	AUTO_REPLY old;
	AUTO_REPLY young;
	struct core *core = w->kind->core_begin(w, -31 * DAY_MS);

	keep_challenge_of(p, core->ingest);
	w->kind->core_end(w);
	send_body(p, &rq, &old);
	assert_refused(&old, 401, "challenge");
	core = w->kind->core_begin(w, -29 * DAY_MS);
	keep_challenge_of(p, core->ingest);
	w->kind->core_end(w);
	send_body(p, &rq, &young);
	assert_refused(&young, 400, "bad-request"); /* signed in; what it sent is no sync */
}

static void anothers_signature_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.wants_receipt = true};
	AUTO_REPLY r;
	AUTO_REPLY garbage;
	const struct jx_wire_request rq = {.body = {"{}\n", 3}, .authorization = "Bearer nonsense"};

	p->log.sec[0] ^= 1;
	send_ask(p, &ask, &r);
	assert_refused(&r, 401, "bad-signature");
	send_body(p, &rq, &garbage);
	assert_refused(&garbage, 401, "bad-signature");
	jx_assert_rc(peer_sync(p), JX_EAUTH, &w->err);
	assert_string_equal(p->result.server_error, "bad-signature");
}

static void a_stranger_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	const struct ask ask = {.wants_receipt = true};
	AUTO_REPLY r;

	send_ask(p, &ask, &r);
	assert_refused(&r, 403, "unknown-writer");
	jx_assert_rc(peer_sync(p), JX_EAUTH, &w->err);
	assert_string_equal(p->result.server_error, "unknown-writer");
}

static void a_revoked_writer_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.from_n = 2, .to_n = 2};
	struct photo *photo = peer_photo(p, 3000, true);
	AUTO_REPLY r;

	send_entries(p, 1, 1);
	(void)fake_writer_observe(&p->log, 0);
	w->kind->revoke(w, p->short_code);
	send_ask(p, &ask, &r);
	assert_refused(&r, 403, "revoked");
	/* its token has not run out */
	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo}, 403, "revoked", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_ASK, .photo = photo}, 403, "", -1);
	jx_assert_rc(peer_sync(p), JX_EAUTH, &w->err);
	assert_string_equal(p->result.server_error, "revoked");
	assert_int_equal(p->sent_n, 1);
}

static void entries_of_another_writer_are_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	AUTO_PEER other = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.from_n = 1, .to_n = 1};
	struct jx_wire_request rq = {.is_zstd = false};
	JX_AUTO_BUF body;
	AUTO_REPLY r;

	(void)fake_writer_observe(&other->log, 0);
	ask_body(other, &ask, &body);
	fetch_token(p); /* and with it a challenge */
	rq.body = (struct jx_bytes){body.data, body.len};
	send_body(p, &rq, &r);
	assert_refused(&r, 403, "other-writer");
}

/* ---- size ---- */

static void send_plain(struct peer *p, size_t len, struct reply *r)
{
	JX_AUTO_BUF body;
	struct jx_wire_request rq = {.is_zstd = false};

	jx_buf_init(&body, len + 1);
	for (size_t i = 0; i < len; i++)
		jx_buf_addc(&body, 'x');
	rq.body = (struct jx_bytes){body.data, body.len};
	send_body(p, &rq, r);
}

static void a_large_body_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const size_t sizes[] = {JX_WIRE_BATCH_BYTES_MAX + 1, JX_WIRE_BATCH_BYTES_MAX + 4097,
				JX_WIRE_BATCH_BYTES_MAX + 300000};

	fetch_token(p);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		AUTO_REPLY r;

		send_plain(p, sizes[i], &r);
		assert_refused(&r, 413, "too-large");
	}
	(void)fake_writer_observe(&p->log, 0);
	send_entries(p, 1, 1); /* and it goes on */
}

static void a_body_that_grows_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	JX_AUTO_BUF plain;
	JX_AUTO_BUF packed;
	struct jx_wire_request rq = {.is_zstd = true};
	AUTO_REPLY r;

	fetch_token(p);
	jx_buf_init(&plain, 8 << 20);
	jx_buf_init(&packed, 1 << 20);
	for (size_t i = 0; i < 2 * JX_WIRE_BATCH_BYTES_MAX; i++)
		jx_buf_addc(&plain, ' ');
	jx_assert_ok(jx_wire_compress((struct jx_bytes){plain.data, plain.len}, 3, &packed, &w->err),
		     &w->err);
	rq.body = (struct jx_bytes){packed.data, packed.len};
	send_body(p, &rq, &r);
	assert_refused(&r, 413, "too-large");
}

static void five_hundred_and_one_entries_are_too_many(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask one = {.from_n = 1, .to_n = 1}, all = {.from_n = 1, .to_n = 500};
	struct jx_wire_request rq = {.is_zstd = false};
	JX_AUTO_BUF body;
	AUTO_REPLY r;
	AUTO_REPLY still;

	fake_writer_observe_many(&p->log, 501);
	fetch_token(p);
	ask_body(p, &all, &body);
	/* our own writer of bodies would not do it */
	memcpy(memmem(body.data, body.len, "\"count\":500", 11), "\"count\":501", 11);
	jx_buf_add(&body, p->log.log[500].bytes, p->log.log[500].len);
	jx_buf_addc(&body, '\n');
	rq.body = (struct jx_bytes){body.data, body.len};
	send_body(p, &rq, &r);
	assert_refused(&r, 413, "too-large");
	send_ask(p, &one, &still);
	assert_stands_at(p, &still, JX_SYNC_OK, 1); /* nothing of it was taken */
}

/* ---- encoding ---- */

static void an_unknown_dictionary_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.wants_receipt = true};
	JX_AUTO_BUF plain;
	JX_AUTO_BUF packed;
	struct jx_wire_request rq = {.is_zstd = true, .dictionary = 7};
	AUTO_REPLY r;
	AUTO_REPLY garbage;

	fetch_token(p);
	ask_body(p, &ask, &plain);
	jx_buf_init(&packed, 1 << 20);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){plain.data, plain.len}, 3, &packed, &w->err),
		     &w->err);
	rq.body = (struct jx_bytes){packed.data, packed.len};
	send_body(p, &rq, &r);
	assert_refused(&r, 415, "bad-request");
	/* said to be zstd, and is not */
	rq.dictionary = JX_WIRE_DICTIONARY_NONE;
	rq.body = (struct jx_bytes){plain.data, plain.len};
	send_body(p, &rq, &garbage);
	assert_refused(&garbage, 400, "bad-request");
}

static void a_plain_body_is_taken(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.from_n = 1, .to_n = 1};
	struct jx_wire_request rq = {.is_zstd = false};
	JX_AUTO_BUF body;
	AUTO_REPLY r;

	(void)fake_writer_observe(&p->log, 0);
	fetch_token(p);
	ask_body(p, &ask, &body);
	rq.body = (struct jx_bytes){body.data, body.len};
	send_body(p, &rq, &r);
	assert_stands_at(p, &r, JX_SYNC_OK, 1);
	assert_true(r.an.has_receipt);
}

const struct CMUnitTest refusal_tests[] = {
	cmocka_unit_test(an_invented_challenge_gets_a_new_one),
	cmocka_unit_test(a_challenge_lives_thirty_days),
	cmocka_unit_test(anothers_signature_is_refused),
	cmocka_unit_test(a_stranger_is_refused),
	cmocka_unit_test(a_revoked_writer_is_refused),
	cmocka_unit_test(entries_of_another_writer_are_refused),
	cmocka_unit_test(a_large_body_is_refused),
	cmocka_unit_test(a_body_that_grows_is_refused),
	cmocka_unit_test(five_hundred_and_one_entries_are_too_many),
	cmocka_unit_test(an_unknown_dictionary_is_refused),
	cmocka_unit_test(a_plain_body_is_taken),
};
const size_t refusal_tests_count = sizeof(refusal_tests) / sizeof(refusal_tests[0]);
