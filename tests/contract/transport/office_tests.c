/* Down: the feed in pages, and blobs. */
#include "meddler.h"
#include "message.h"

#include <stdlib.h>

/* ---- feed ---- */

/* More than a page holds: 1 MiB of entries, and some. */
static struct peer *with_long_log(struct world *w)
{
	struct peer *p = peer_new(w, JX_ROLE_FIELD);

	peer_observe_long(p, 1200, 700);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, 1200);
	return p;
}

static void see_page(struct peer *office, const struct reply *r)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));

	assert_int_equal(r->an.items, r->item_count);
	assert_true(r->plain.len <= JX_WIRE_BATCH_BYTES_MAX);
	for (size_t i = 0; i < r->item_count; i++) {
		jx_assert_ok(jx_item_read(r->items[i], item, &office->w->err), &office->w->err);
		peer_see_item(office, item);
	}
	free(item);
	office->pages++;
}

static void the_feed_comes_in_pages(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_long_log(w);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct ask ask = {.wants_feed = true};
	char cursor[192];
	bool has_more = true;
	AUTO_REPLY end;

	office->watched = &device->log;
	while (has_more) {
		AUTO_REPLY r;

		jx_strcpy(cursor, sizeof(cursor), office->cursor);
		send_ask(office, &ask, &r);
		assert_int_equal(r.status, 200);
		see_page(office, &r);
		assert_string_not_equal(office->cursor, cursor);
		has_more = r.an.has_more;
	}
	assert_true(office->pages >= 2);
	assert_int_equal(office->seen_n, 1200);
	/* from the end there is nothing, and the cursor stays */
	jx_strcpy(cursor, sizeof(cursor), office->cursor);
	send_ask(office, &ask, &end);
	assert_int_equal(end.item_count, 0);
	assert_false(end.an.has_more);
	assert_string_equal(office->cursor, cursor);
}

static void a_page_comes_again_for_the_same_cursor(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_long_log(w);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct ask ask = {.wants_feed = true};
	AUTO_REPLY first;
	AUTO_REPLY again;

	assert_int_equal(device->sent_n, 1200);
	send_ask(office, &ask, &first);
	office->cursor[0] = '\0'; /* the answer was lost */
	send_ask(office, &ask, &again);
	assert_int_equal(first.item_count, again.item_count);
	assert_string_equal(first.an.cursor, again.an.cursor);
	for (size_t i = 0; i < first.item_count; i++) {
		assert_int_equal(first.items[i].len, again.items[i].len);
		assert_memory_equal(first.items[i].data, again.items[i].data, first.items[i].len);
	}
}

static void the_client_pulls_from_start_to_end(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_long_log(w);
	AUTO_PEER office = peer_new(w, JX_ROLE_ADMIN);
	struct meddler m;

	office->watched = &device->log;
	jx_assert_ok(peer_sync(office), &w->err);
	assert_int_equal(office->seen_n, 1200);
	assert_true(office->pages >= 2);
	assert_int_equal(office->result.items, office->items);
	/* what is new, once, though answers are lost */
	fake_writer_observe_many(&device->log, 3);
	jx_assert_ok(peer_sync(device), &w->err);
	meddler_init(&m, w->transport);
	m.lose_answers = 2;
	office->transport = &m.face;
	jx_assert_ok(peer_sync(office), &w->err);
	assert_int_equal(office->seen_n, 1203);
	assert_int_equal(office->result.items, 4); /* and their receipt */
	jx_assert_ok(peer_sync(office), &w->err);
	assert_int_equal(office->result.items, 0);
	assert_int_equal(office->result.requests, 1);
}

static void a_cursor_of_elsewhere_starts_afresh(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = peer_new(w, JX_ROLE_FIELD);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct ask ask = {.wants_feed = true};
	AUTO_REPLY r;

	fake_writer_observe_many(&device->log, 2);
	jx_assert_ok(peer_sync(device), &w->err);
	jx_strcpy(office->cursor, sizeof(office->cursor), "AAAA");
	send_ask(office, &ask, &r);
	assert_int_equal(r.status, 200);
	assert_true(r.an.is_snapshot);
	assert_true(r.item_count > 0);
	office->watched = &device->log;
	peer_set_value(office, JX_CLIENT_CURSOR, "AAAA");
	jx_assert_ok(peer_sync(office), &w->err);
	assert_int_equal(office->snapshots, 1);
	assert_int_equal(office->seen_n, 2);
}

/* ---- blobs ---- */

struct blob {
	jx_buf bytes;
	int pieces;
	bool is_refused; /* the reader's disk is full */
};

static jx_rc take_piece(void *user, const void *data, size_t len, struct jx_error *err)
{
	struct blob *b = user;

	b->pieces++;
	if (b->is_refused)
		return jx_fail(err, JX_ENOSPC, 0, "test.blob", "no room");
	jx_buf_add(&b->bytes, data, len);
	return JX_OK;
}

/* Status; what came is in b, an error's name in error. */
static int get(struct peer *office, const uint8_t *sha256, const char *token, int64_t from_bytes,
	       struct blob *b, char error[32])
{
	const jx_transport *t = peer_transport(office);
	const struct jx_blob_request rq = {.sha256 = sha256,
					   .token = token,
					   .from_bytes = from_bytes,
					   .write = take_piece,
					   .write_user = b};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_wire_error e = {.detail = ""};

	jx_buf_reset(&b->bytes);
	jx_buf_init(&rs.body, 65536);
	jx_assert_ok(t->blob(t->user, &rq, &rs, &office->w->err), &office->w->err);
	if (rs.status != 200 && rs.status != 206)
		jx_assert_ok(
			jx_wire_error_read((struct jx_bytes){rs.body.data, rs.body.len}, &e, &office->w->err),
			&office->w->err);
	else
		assert_int_equal(rs.body.len, 0);
	jx_strcpy(error, 32, e.error);
	jx_buf_done(&rs.body);
	return rs.status;
}

static void expect_part(struct peer *office, const struct photo *photo, int64_t from_bytes, int status)
{
	struct blob b = {.pieces = 0};
	char error[32];

	jx_buf_init(&b.bytes, 1 << 22);
	assert_int_equal(get(office, photo->sha256, office->token, from_bytes, &b, error), status);
	assert_int_equal(b.bytes.len, photo->size - from_bytes);
	assert_memory_equal(b.bytes.data, photo->bytes + from_bytes, b.bytes.len);
	jx_buf_done(&b.bytes);
}

static void expect_none(struct peer *who, const uint8_t *sha256, const char *token, int64_t from_bytes,
			int status, const char *name)
{
	struct blob b = {.pieces = 0};
	char error[32];

	jx_buf_init(&b.bytes, 1 << 22);
	assert_int_equal(get(who, sha256, token, from_bytes, &b, error), status);
	assert_string_equal(error, name);
	assert_int_equal(b.pieces, 0);
	jx_buf_done(&b.bytes);
}

/* A device whose photo is stored. */
static struct peer *with_stored(struct world *w, int64_t size)
{
	struct peer *device = peer_new(w, JX_ROLE_FIELD);

	(void)peer_photo(device, size, true);
	jx_assert_ok(peer_sync(device), &w->err);
	assert_true(device->photos[0].is_stored);
	return device;
}

static void a_blob_comes_from_any_byte(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_stored(w, 200000);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct photo *photo = &device->photos[0];

	fetch_token(office);
	expect_part(office, photo, 0, 200);
	expect_part(office, photo, 1, 206);
	expect_part(office, photo, 123456, 206);
	expect_part(office, photo, 199999, 206);
	expect_none(office, photo->sha256, office->token, 200000, 416, "bad-request");
}

static void a_blob_that_is_not_there(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = peer_new(w, JX_ROLE_FIELD);
	AUTO_PEER office = peer_new(w, JX_ROLE_AUDITOR);
	const struct photo *photo = peer_photo(device, 2000, true);
	const uint8_t unknown[JX_HASH_BYTES] = {1, 2, 3};

	fetch_token(office);
	expect_none(office, unknown, office->token, 0, 404, "not-found");
	/* listed, but not stored yet */
	send_entries(device, 1, 1);
	expect_none(office, photo->sha256, office->token, 0, 404, "not-found");
}

static void a_blob_is_for_the_office(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_stored(w, 2000);
	AUTO_PEER office = peer_new(w, JX_ROLE_LEADER);
	const struct photo *photo = &device->photos[0];

	fetch_token(device);
	fetch_token(office);
	expect_none(device, photo->sha256, device->token, 0, 403, "role");
	expect_none(office, photo->sha256, "nonsense", 0, 401, "token");
	expect_part(office, photo, 0, 200);
	w->kind->revoke(w, office->short_code);
	expect_none(office, photo->sha256, office->token, 0, 403, "revoked");
}

/* ---- by the client ---- */

static jx_rc get_blob(struct peer *office, const uint8_t *sha256, int64_t size, int64_t from_bytes,
		      jx_sha256_state *hash, struct blob *b)
{
	const struct jx_client_blob_config c = {.transport = peer_transport(office),
						.token = office->result.token,
						.rand = &office->w->rand.rand,
						.wait = world_no_wait,
						.attempts_max = 3};

	jx_buf_reset(&b->bytes);
	return jx_client_get_blob(&c, sha256, size, from_bytes, hash, take_piece, b, &office->w->err);
}

static jx_rc get_small(struct peer *office, const struct photo *photo, jx_buf *out)
{
	const struct jx_client_blob_config c = {.transport = peer_transport(office),
						.token = office->result.token,
						.rand = &office->w->rand.rand,
						.wait = world_no_wait,
						.attempts_max = 3};

	jx_buf_reset(out);
	return jx_client_get_small(&c, photo->sha256, out, &office->w->err);
}

static void a_small_copy_comes_ahead_of_its_photo(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = peer_new(w, JX_ROLE_FIELD);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct photo *first = peer_photo(device, 5000, true), *second = peer_photo(device, 6000, true);
	JX_AUTO_BUF copy;

	jx_buf_init(&copy, 65536);
	device->sends_small = device->only_small = true;
	jx_assert_ok(peer_sync(device), &w->err);
	assert_int_equal(device->result.small_sent, 2);
	assert_int_equal(device->small_done, 2);
	assert_false(first->is_stored || second->is_stored);
	jx_assert_ok(peer_sync_token(office), &w->err);
	jx_assert_ok(get_small(office, second, &copy), &w->err);
	assert_true(copy.len > 16);
	assert_memory_equal(copy.data, "\xff\xd8", 2);
	assert_memory_equal(copy.data + copy.len - 8, second->sha256, 8);
	/* who may see no photos may see no copies, and what nobody sent is not there */
	jx_assert_ok(peer_sync_token(device), &w->err);
	jx_assert_rc(get_small(device, second, &copy), JX_EAUTH, &w->err);
	jx_assert_rc(get_small(office, peer_photo(device, 7000, false), &copy), JX_ENOTFOUND, &w->err);
	device->only_small = false;
	jx_assert_ok(peer_sync(device), &w->err);
	assert_int_equal(device->result.small_sent, 0);
	assert_true(first->is_stored && second->is_stored);
}

static void the_client_gets_a_blob(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_stored(w, 200000);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct photo *photo = &device->photos[0];
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();
	struct blob b = {.pieces = 0};

	jx_buf_init(&b.bytes, 1 << 22);
	jx_assert_ok(peer_sync_token(office), &w->err);
	jx_assert_ok(get_blob(office, photo->sha256, photo->size, 0, NULL, &b), &w->err);
	assert_int_equal(b.bytes.len, photo->size);
	assert_memory_equal(b.bytes.data, photo->bytes, b.bytes.len);
	/* its size unknown */
	jx_assert_ok(get_blob(office, photo->sha256, -1, 0, NULL, &b), &w->err);
	assert_int_equal(b.bytes.len, photo->size);
	/* with the first part here already */
	jx_sha256_add(hash, photo->bytes, 50000);
	jx_assert_ok(get_blob(office, photo->sha256, photo->size, 50000, hash, &b), &w->err);
	assert_int_equal(b.bytes.len, photo->size - 50000);
	/* the reader's own fault comes back as it is */
	b.is_refused = true;
	jx_assert_rc(get_blob(office, photo->sha256, photo->size, 0, NULL, &b), JX_ENOSPC, &w->err);
	jx_buf_done(&b.bytes);
}

static void the_client_is_refused_a_blob(void **state)
{
	struct world *w = *state;
	AUTO_PEER device = with_stored(w, 2000);
	AUTO_PEER office = peer_new(w, JX_ROLE_DISPATCHER);
	const struct photo *photo = &device->photos[0];
	const uint8_t unknown[JX_HASH_BYTES] = {4, 5, 6};
	struct blob b = {.pieces = 0};

	jx_buf_init(&b.bytes, 1 << 22);
	jx_assert_ok(peer_sync_token(office), &w->err);
	jx_assert_rc(get_blob(office, unknown, 2000, 0, NULL, &b), JX_ENOTFOUND, &w->err);
	jx_assert_rc(get_blob(office, photo->sha256, 1999, 0, NULL, &b), JX_ELIMIT, &w->err);
	jx_strcpy(office->result.token, sizeof(office->result.token), "nonsense");
	jx_assert_rc(get_blob(office, photo->sha256, 2000, 0, NULL, &b), JX_EAUTH, &w->err);
	assert_int_equal(w->err.native, 401);
	jx_buf_done(&b.bytes);
}

const struct CMUnitTest office_tests[] = {
	cmocka_unit_test(the_feed_comes_in_pages),
	cmocka_unit_test(a_page_comes_again_for_the_same_cursor),
	cmocka_unit_test(the_client_pulls_from_start_to_end),
	cmocka_unit_test(a_cursor_of_elsewhere_starts_afresh),
	cmocka_unit_test(a_blob_comes_from_any_byte),
	cmocka_unit_test(a_blob_that_is_not_there),
	cmocka_unit_test(a_blob_is_for_the_office),
	cmocka_unit_test(a_small_copy_comes_ahead_of_its_photo),
	cmocka_unit_test(the_client_gets_a_blob),
	cmocka_unit_test(the_client_is_refused_a_blob),
};
const size_t office_tests_count = sizeof(office_tests) / sizeof(office_tests[0]);
