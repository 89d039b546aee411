/* Photos: what is taken, what is refused, and who may. */
#include "meddler.h"
#include "message.h"

#define SIZE INT64_C(70000)
/* As long as a real one, made by another key. */
#define GARBAGE                                  \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* A writer whose first entry lists a photo, and that has a token. */
static struct peer *with_photo(struct world *w, int64_t size, struct photo **photo_out)
{
	struct peer *p = peer_new(w, JX_ROLE_FIELD);

	*photo_out = peer_photo(p, size, true);
	send_entries(p, 1, 1);
	return p;
}

static void one_request_is_enough(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, SIZE, &photo);
	const struct send create = {.verb = JX_PHOTO_CREATE, .photo = photo},
			  ask = {.verb = JX_PHOTO_ASK, .photo = photo};
	struct photo_reply first, second;
	struct send again = create;

	expect_photo(p, ask, 200, "", 0);
	expect_stored(p, create, photo, 201);
	expect_stored(p, ask, photo, 200);
	/* the same receipt, as often as it is sent */
	jx_assert_ok(send_photo(p, &again, &first), &w->err);
	jx_assert_ok(send_photo(p, &again, &second), &w->err);
	assert_int_equal(first.rs.status, 201);
	assert_string_equal(first.rs.receipt, second.rs.receipt);
}

static void the_client_needs_one_request(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct meddler m;

	(void)peer_photo(p, SIZE, true);
	(void)peer_photo(p, 1, true);
	(void)peer_photo(p, 300000, true);
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.photos_sent, 3);
	assert_int_equal(p->result.photo_bytes_sent, SIZE + 1 + 300000);
	assert_int_equal(m.photo_requests[JX_PHOTO_CREATE], 3);
	assert_int_equal(m.photo_requests[JX_PHOTO_ASK] + m.photo_requests[JX_PHOTO_SEND], 0);
	assert_true(p->photos[0].is_stored && p->photos[1].is_stored && p->photos[2].is_stored);
}

static void what_no_entry_lists_is_not_taken(void **state)
{
	struct world *w = *state;
	struct photo *listed;
	AUTO_PEER p = with_photo(w, SIZE, &listed);
	AUTO_PEER other = peer_new(w, JX_ROLE_FIELD);
	const struct photo *photo = peer_photo(p, SIZE, false);

	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo}, 404, "not-listed", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo}, 404, "not-listed", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_ASK, .photo = photo}, 404, "", -1);
	/* stored for one writer is nothing to another */
	expect_stored(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = listed}, listed, 201);
	fetch_token(other);
	expect_photo(other, (struct send){.verb = JX_PHOTO_ASK, .photo = listed}, 404, "", -1);
	/* the client leaves it out and goes on */
	(void)peer_photo(p, SIZE, true);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.photos_left_out, 1);
	assert_int_equal(p->result.photos_sent, 1);
	assert_string_not_equal(p->result.note, "");
}

/* However large: the answer arrives, though nobody wants the body. */
static void a_large_photo_hears_why_it_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct photo *photo = peer_photo(p, 5000000, false);
	struct meddler m;

	(void)fake_writer_observe(&p->log, 0);
	send_entries(p, 1, 1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo}, 404, "not-listed", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo}, 404, "not-listed", -1);
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.photos_left_out, 1);
	assert_int_equal(p->result.waits, 0);
}

static void other_bytes_start_again_at_0(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, SIZE, &photo);
	const struct send create = {.verb = JX_PHOTO_CREATE, .photo = photo};

	photo->is_damaged = true;
	expect_photo(p, create, 422, "hash", -1);
	assert_int_equal(ask_offset(p, photo), 0);
	photo->is_damaged = false;
	expect_stored(p, create, photo, 201);
}

static void a_damaged_file_is_left_out(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct meddler m;

	peer_photo(p, SIZE, true)->is_damaged = true;
	(void)peer_photo(p, SIZE, true);
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(m.photo_requests[JX_PHOTO_CREATE], 3); /* it is tried once more */
	assert_int_equal(p->result.photos_left_out, 1);
	assert_int_equal(p->result.photos_sent, 1);
	/* mended: the next run brings it */
	p->photos[0].is_damaged = false;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_true(p->photos[0].is_stored);
}

static void another_size_is_refused(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, SIZE, &photo);

	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo, .size = SIZE + 1}, 400,
		     "bad-request", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo, .size = SIZE - 1}, 400,
		     "bad-request", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo, .size = SIZE + 1}, 413,
		     "too-large", -1);
	expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo, .offset = 10}, 409, "offset", 0);
	assert_int_equal(ask_offset(p, photo), 0);
}

/* ---- tokens ---- */

static void a_token_is_needed(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, SIZE, &photo);
	const char *const tokens[] = {"nonsense", GARBAGE, "="};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		expect_photo(p, (struct send){.verb = JX_PHOTO_CREATE, .photo = photo, .token = tokens[i]},
			     401, "token", -1);
		expect_photo(p, (struct send){.verb = JX_PHOTO_SEND, .photo = photo, .token = tokens[i]}, 401,
			     "token", -1);
		expect_photo(p, (struct send){.verb = JX_PHOTO_ASK, .photo = photo, .token = tokens[i]}, 401,
			     "", -1);
	}
	assert_int_equal(ask_offset(p, photo), 0);
}

/* The token that the server gave so long ago. */
static void token_of_then(struct peer *p, int64_t ago_ms, char out[160])
{
	struct world *w = p->w;
	const struct ask ask = {.wants_token = true};
	struct core *core = w->kind->core_begin(w, -ago_ms);
	struct jx_wire_request rq = {.method = "POST", .path = JX_PATH_SYNC};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_sign_in s = {.has_challenge = true};
	char header[JX_AUTH_MAX];
	struct jx_sync_answer *an = jx_xcalloc(1, sizeof(*an));
	struct jx_bytes item;
	size_t count = 0;
	JX_AUTO_BUF body;
	JX_AUTO_BUF plain;

	ask_body(p, &ask, &body);
	rq.body = (struct jx_bytes){body.data, body.len};
	memcpy(s.writer, p->log.id, JX_ID_BYTES);
	memcpy(s.challenge, p->challenge, JX_CHALLENGE_BYTES);
	jx_sign_in_sign(&s, w->identity, &rq, p->log.sec);
	jx_assert_ok(jx_sign_in_write(&s, header, &w->err), &w->err);
	rq.authorization = header;
	jx_buf_init(&rs.body, 65536);
	jx_buf_init(&plain, 65536);
	jx_ingest_sync(core->ingest, &rq, &rs);
	w->kind->core_end(w);
	assert_int_equal(rs.status, 200);
	if (rs.is_zstd)
		jx_assert_ok(jx_wire_expand((struct jx_bytes){rs.body.data, rs.body.len}, 0, &plain, &w->err),
			     &w->err);
	else
		jx_buf_add(&plain, rs.body.data, rs.body.len);
	jx_buf_done(&rs.body);
	jx_assert_ok(
		jx_sync_answer_read((struct jx_bytes){plain.data, plain.len}, an, &item, 1, &count, &w->err),
		&w->err);
	assert_string_not_equal(an->token, "");
	jx_strcpy(out, 160, an->token);
	jx_free_p(&an);
}

static void a_token_lives_fifteen_minutes(void **state)
{
	struct world *w = *state;
	struct photo *photo;
	AUTO_PEER p = with_photo(w, SIZE, &photo);
	struct send ask = {.verb = JX_PHOTO_ASK, .photo = photo};
	char token[160];

	token_of_then(p, JX_WIRE_TOKEN_MS + 1, token);
	ask.token = token;
	expect_photo(p, ask, 401, "", -1);
	token_of_then(p, JX_WIRE_TOKEN_MS - PATIENCE_MS, token);
	expect_photo(p, ask, 200, "", 0);
}

static void the_client_asks_for_another_token(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct meddler m;

	(void)peer_photo(p, SIZE, true);
	meddler_init(&m, w->transport);
	m.token = GARBAGE;
	m.tokens = 1;
	p->transport = &m.face;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.photos_sent, 1);
	assert_int_equal(p->result.waits, 0);
	/* a server that refuses its own tokens ends the run */
	(void)peer_photo(p, SIZE, true);
	m.tokens = 1000;
	jx_assert_rc(peer_sync(p), JX_EAUTH, &w->err);
	assert_int_equal(p->sent_n, 2);
}

const struct CMUnitTest photo_tests[] = {
	cmocka_unit_test(one_request_is_enough),
	cmocka_unit_test(the_client_needs_one_request),
	cmocka_unit_test(what_no_entry_lists_is_not_taken),
	cmocka_unit_test(a_large_photo_hears_why_it_is_refused),
	cmocka_unit_test(other_bytes_start_again_at_0),
	cmocka_unit_test(a_damaged_file_is_left_out),
	cmocka_unit_test(another_size_is_refused),
	cmocka_unit_test(a_token_is_needed),
	cmocka_unit_test(a_token_lives_fifteen_minutes),
	cmocka_unit_test(the_client_asks_for_another_token),
};
const size_t photo_tests_count = sizeof(photo_tests) / sizeof(photo_tests[0]);
