/* The server's key, and enrolment with a one-time code. */
#include "meddler.h"
#include "message.h"

/* ---- by hand ---- */

static int enrol_once(struct peer *p, const struct jx_code_text *code, struct jx_enrol_answer *an,
		      struct jx_wire_error *error)
{
	const jx_transport *t = peer_transport(p);
	struct jx_enrol_request ask = {.program = "jx/test", .name = "手持机"};
	struct jx_wire_request rq = {.method = "POST", .path = JX_PATH_ENROL};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_bytes bytes;
	JX_AUTO_BUF body;

	memcpy(ask.code_id, code->id, sizeof(ask.code_id));
	memcpy(ask.public_key, p->log.pub, JX_PUB_BYTES);
	jx_assert_ok(t->peer_key(t->user, ask.tls_spki_sha256, &p->w->err), &p->w->err);
	jx_enrol_prove(&ask, code, p->log.sec);
	jx_buf_init(&body, 65536);
	jx_buf_init(&rs.body, 65536);
	jx_assert_ok(jx_enrol_request_write(&ask, &body, &p->w->err), &p->w->err);
	rq.body = (struct jx_bytes){body.data, body.len};
	jx_assert_ok(t->exchange(t->user, &rq, &rs, &p->w->err), &p->w->err);
	assert_string_equal(rs.content_type, "application/json");
	bytes = (struct jx_bytes){rs.body.data, rs.body.len};
	if (rs.status == 200)
		jx_assert_ok(jx_enrol_answer_read(bytes, an, &p->w->err), &p->w->err);
	else
		jx_assert_ok(jx_wire_error_read(bytes, error, &p->w->err), &p->w->err);
	jx_buf_done(&rs.body);
	return rs.status;
}

static void expect_refused(struct peer *p, const struct jx_code_text *code, const char *name)
{
	struct jx_wire_error error = {.detail = ""};
	struct jx_enrol_answer an;

	assert_int_equal(enrol_once(p, code, &an, &error), 403);
	assert_string_equal(error.error, name);
	assert_string_not_equal(error.detail, "");
}

/* ---- the key ---- */

static void the_key_seen_is_the_certificates(void **state)
{
	struct world *w = *state;
	uint8_t seen[JX_HASH_BYTES];

	jx_assert_ok(w->transport->peer_key(w->transport->user, seen, &w->err), &w->err);
	assert_memory_equal(seen, w->tls_key, JX_HASH_BYTES);
	/* asked again: known already */
	memset(seen, 0, sizeof(seen));
	jx_assert_ok(w->transport->peer_key(w->transport->user, seen, &w->err), &w->err);
	assert_memory_equal(seen, w->tls_key, JX_HASH_BYTES);
}

static void the_pinned_key_is_let_through(void **state)
{
	struct world *w = *state;
	uint8_t pins[2][JX_HASH_BYTES] = {{1}}, seen[JX_HASH_BYTES];
	jx_transport *t;

	memcpy(pins[1], w->tls_key, JX_HASH_BYTES);
	t = w->kind->connect(w, (const uint8_t(*)[JX_HASH_BYTES])pins, 2);
	jx_assert_ok(t->peer_key(t->user, seen, &w->err), &w->err);
	assert_memory_equal(seen, w->tls_key, JX_HASH_BYTES);
	w->kind->disconnect(t);
}

static void another_key_is_refused(void **state)
{
	struct world *w = *state;
	const uint8_t pins[1][JX_HASH_BYTES] = {{1, 2, 3}};
	jx_transport *t = w->kind->connect(w, pins, 1);
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const uint8_t untouched[JX_HASH_BYTES] = {9};
	uint8_t seen[JX_HASH_BYTES] = {9};

	jx_assert_rc(t->peer_key(t->user, seen, &w->err), JX_ETLS, &w->err);
	assert_memory_equal(seen, untouched, sizeof(seen));
	(void)fake_writer_observe(&p->log, 0);
	p->transport = t;
	jx_assert_rc(peer_sync(p), JX_ETLS, &w->err);
	assert_int_equal(p->result.requests, 1); /* not tried again in this run */
	assert_int_equal(p->sent_n, 0);
	w->kind->disconnect(t);
}

/* ---- enrolment ---- */

static void a_good_code_makes_a_writer(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	const uint8_t none[JX_ID_BYTES] = {0};
	struct jx_code_text code;

	w->kind->make_code(w, p->short_code, JX_ROLE_FIELD, true, &code);
	jx_assert_ok(peer_enrol(p, &code, 1), &w->err);
	assert_true(p->enrolled.is_active);
	assert_string_equal(p->enrolled.short_code, p->short_code);
	assert_string_equal(p->enrolled.role, "field");
	assert_string_equal(p->enrolled.area, "330185001");
	assert_memory_equal(p->enrolled.identity, w->identity, JX_PUB_BYTES);
	assert_memory_equal(p->enrolled.pins[0], w->tls_key, JX_HASH_BYTES);
	assert_int_equal(p->enrolled.pin_count, 2); /* the next key, too */
	assert_memory_not_equal(p->enrolled.writer, none, JX_ID_BYTES);
	assert_memory_not_equal(p->enrolled.epoch, none, JX_ID_BYTES);
}

static void without_trust_the_writer_waits(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	struct jx_code_text code;

	w->kind->make_code(w, p->short_code, JX_ROLE_FIELD, false, &code);
	jx_assert_ok(peer_enrol(p, &code, 1), &w->err);
	assert_false(p->enrolled.is_active);
	(void)fake_writer_observe(&p->log, 0);
	jx_assert_ok(peer_sync_token(p), &w->err);
	assert_true(p->result.is_pending);
	assert_int_equal(p->sent_n, 1); /* stored all the same */
	assert_int_equal(p->result.items, 0);
	assert_string_equal(p->result.token, "");
}

static void a_wrong_code_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	struct jx_code_text code, wrong;

	w->kind->make_code(w, p->short_code, JX_ROLE_FIELD, true, &code);
	wrong = code;
	wrong.secret[3] ^= 1;
	expect_refused(p, &wrong, "code-wrong");
	jx_assert_rc(peer_enrol(p, &wrong, 6), JX_EAUTH, &w->err);
	assert_int_equal(w->err.native, 403);
	jx_assert_ok(peer_enrol(p, &code, 1), &w->err); /* two wrong tries do not burn it */
}

static void an_unknown_code_is_a_wrong_one(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	const struct jx_code_text code = {.id = "0000", .secret = {1}};

	expect_refused(p, &code, "code-wrong");
}

static void five_wrong_tries_burn_a_code(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	struct jx_code_text code, wrong;

	w->kind->make_code(w, p->short_code, JX_ROLE_FIELD, true, &code);
	wrong = code;
	wrong.secret[0] ^= 1;
	for (int i = 0; i < JX_WIRE_CODE_TRIES; i++)
		expect_refused(p, &wrong, "code-wrong");
	expect_refused(p, &code, "code-burnt");
	jx_assert_rc(peer_enrol(p, &code, 1), JX_EAUTH, &w->err);
}

static void a_used_code_is_refused_to_another_key(void **state)
{
	struct world *w = *state;
	AUTO_PEER first = peer_stranger(w);
	AUTO_PEER second = peer_stranger(w);
	struct jx_code_text code;

	w->kind->make_code(w, first->short_code, JX_ROLE_FIELD, true, &code);
	jx_assert_ok(peer_enrol(first, &code, 1), &w->err);
	expect_refused(second, &code, "code-used");
	jx_assert_rc(peer_enrol(second, &code, 6), JX_EAUTH, &w->err);
}

static void a_lost_answer_is_given_again(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_stranger(w);
	struct jx_enrol_answer again;
	struct jx_wire_error error;
	struct jx_code_text code;
	struct meddler m;

	w->kind->make_code(w, p->short_code, JX_ROLE_FIELD, true, &code);
	meddler_init(&m, w->transport);
	m.lose_answers = 1;
	p->transport = &m.face;
	jx_assert_ok(peer_enrol(p, &code, 2), &w->err);
	assert_int_equal(m.exchanges, 2);
	/* and as often as it is asked for */
	p->transport = NULL;
	assert_int_equal(enrol_once(p, &code, &again, &error), 200);
	assert_true(jx_enrol_answer_ok(&again, code.secret, p->log.pub));
	assert_memory_equal(again.writer, p->enrolled.writer, JX_ID_BYTES);
	/* it is the writer it says */
	(void)fake_writer_observe(&p->log, 0);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, 1);
}

const struct CMUnitTest enrol_tests[] = {
	cmocka_unit_test(the_key_seen_is_the_certificates),
	cmocka_unit_test(the_pinned_key_is_let_through),
	cmocka_unit_test(another_key_is_refused),
	cmocka_unit_test(a_good_code_makes_a_writer),
	cmocka_unit_test(without_trust_the_writer_waits),
	cmocka_unit_test(a_wrong_code_is_refused),
	cmocka_unit_test(an_unknown_code_is_a_wrong_one),
	cmocka_unit_test(five_wrong_tries_burn_a_code),
	cmocka_unit_test(a_used_code_is_refused_to_another_key),
	cmocka_unit_test(a_lost_answer_is_given_again),
};
const size_t enrol_tests_count = sizeof(enrol_tests) / sizeof(enrol_tests[0]);
