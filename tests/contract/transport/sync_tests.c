/* Entries up, receipts down. */
#include "meddler.h"
#include "message.h"

static void nothing_is_one_request(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.wants_receipt = true};
	AUTO_REPLY r;

	send_ask(p, &ask, &r);
	assert_stands_at(p, &r, JX_SYNC_OK, 0);
	assert_false(r.an.has_receipt);
	assert_int_equal(r.item_count, 0);
	assert_memory_equal(r.an.epoch, p->enrolled.epoch, JX_ID_BYTES);
	jx_assert_ok(peer_sync(p), &w->err);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.requests, 1);
	assert_int_equal(p->result.entries_sent, 0);
	assert_int_equal(p->result.waits, 0);
}

/* The client: so many requests with entries beside the first, which learns the challenge. */
static void run_of(struct world *w, size_t count, int64_t batches)
{
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);

	fake_writer_observe_many(&p->log, count);
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, count);
	assert_int_equal(p->result.entries_sent, count);
	assert_int_equal(p->result.requests, 1 + batches);
	assert_int_equal(p->result.waits, 0);
	assert_true(p->result.has_receipt);
	assert_int_equal(p->result.receipt.n, count);
	/* and that was all */
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.entries_sent, 0);
	assert_int_equal(p->result.requests, 1);
}

static void one_entry(void **state)
{
	run_of(*state, 1, 1);
}

static void five_hundred_entries_are_one_batch(void **state)
{
	run_of(*state, 500, 1);
}

static void one_more_is_a_second_batch(void **state)
{
	run_of(*state, 501, 2);
}

static void twelve_hundred_entries_are_three(void **state)
{
	run_of(*state, 1200, 3);
}

static void batches_by_hand(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);

	fake_writer_observe_many(&p->log, 502);
	send_entries(p, 1, 1);
	send_entries(p, 2, 501);
	/* known ones before new ones */
	send_entries(p, 400, 502);
}

static void the_same_entries_get_the_same_receipt(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask again = {.from_n = 1, .to_n = 3}, part = {.from_n = 2, .to_n = 3},
			 lost = {.wants_receipt = true};
	const struct ask *const asks[] = {&again, &part, &lost, &again};
	struct jx_signed first;

	fake_writer_observe_many(&p->log, 3);
	send_entries(p, 1, 3);
	first = p->receipt;
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		AUTO_REPLY r;

		send_ask(p, asks[i], &r);
		assert_stands_at(p, &r, JX_SYNC_OK, 3);
		assert_true(r.an.has_receipt);
		assert_true(peer_same_signed(&r.an.receipt, &first));
	}
}

static void lost_answers_change_nothing(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct meddler m;
	struct jx_signed first;

	jx_assert_ok(peer_sync(p), &w->err); /* it has a challenge now */
	fake_writer_observe_many(&p->log, 2);
	meddler_init(&m, w->transport);
	p->transport = &m.face;
	m.lose_answers = 3;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->result.waits, 3);
	assert_int_equal(p->sent_n, 2);
	first = p->receipt;
	/* a device that lost its receipt gets the same one */
	p->has_receipt = false;
	p->sent_n = 0;
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, 2);
	assert_true(peer_same_signed(&p->receipt, &first));
}

static void a_gap_is_told(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	const struct ask ask = {.from_n = 3, .to_n = 4};
	AUTO_REPLY r;

	fake_writer_observe_many(&p->log, 4);
	send_entries(p, 1, 1);
	send_ask(p, &ask, &r);
	assert_stands_at(p, &r, JX_SYNC_GAP, 1);
	assert_false(r.an.has_receipt);
	send_entries(p, 2, 4);
}

/*
 * The server was restored from a backup: it holds one entry, but has signed for four. The client begins
 * behind what its receipt says, and is told where to begin instead.
 */
static void a_gap_is_filled(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	struct jx_receipt signed_before = {.n = 4, .server_utc_ms = FAKE_NOW_UTC_MS};

	fake_writer_observe_many(&p->log, 1);
	jx_assert_ok(peer_sync(p), &w->err);
	fake_writer_observe_many(&p->log, 5);
	memcpy(signed_before.writer, p->log.id, JX_ID_BYTES);
	memcpy(signed_before.epoch, p->enrolled.epoch, JX_ID_BYTES);
	fake_writer_head(&p->log, 4, signed_before.head);
	jx_assert_ok(jx_receipt_sign(&signed_before, w->identity_secret, &p->receipt, &w->err), &w->err);
	peer_set_value(p, JX_CLIENT_SERVER_N, "4");
	jx_assert_ok(peer_sync(p), &w->err);
	assert_int_equal(p->sent_n, 6);
	assert_int_equal(p->result.requests, 2);
	assert_int_equal(p->result.waits, 0);
	assert_false(p->result.must_enrol_again);
}

static void another_log_is_a_fork(void **state)
{
	struct world *w = *state;
	AUTO_PEER p = peer_new(w, JX_ROLE_FIELD);
	AUTO_PEER copy = peer_stranger(w);

	fake_writer_observe_many(&p->log, 2);
	send_entries(p, 1, 2);
	fake_writer_done(&copy->log);
	fake_writer_clone(&copy->log, &p->log, 1, 99);
	fake_writer_observe_many(&copy->log, 2);
	jx_assert_rc(peer_sync(copy), JX_ECONFLICT, &w->err);
	assert_true(copy->result.must_enrol_again);
	assert_int_equal(copy->sent_n, 0);
	assert_int_equal(copy->fork_receipts, 1);
	/* the one that was there first goes on */
	jx_assert_ok(peer_sync(p), &w->err);
}

const struct CMUnitTest sync_tests[] = {
	cmocka_unit_test(nothing_is_one_request),
	cmocka_unit_test(one_entry),
	cmocka_unit_test(five_hundred_entries_are_one_batch),
	cmocka_unit_test(one_more_is_a_second_batch),
	cmocka_unit_test(twelve_hundred_entries_are_three),
	cmocka_unit_test(batches_by_hand),
	cmocka_unit_test(the_same_entries_get_the_same_receipt),
	cmocka_unit_test(lost_answers_change_nothing),
	cmocka_unit_test(a_gap_is_told),
	cmocka_unit_test(a_gap_is_filled),
	cmocka_unit_test(another_log_is_a_fork),
};
const size_t sync_tests_count = sizeof(sync_tests) / sizeof(sync_tests[0]);
