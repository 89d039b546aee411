/* A line that breaks, and a server that lies: nothing is lost, repeated or wrongly marked. */
#include "fake_device.h"

static int setup(void **state)
{
	struct fake_device *d = fake_device_new();

	/* first contact is over: a challenge is at hand */
	fake_device_save(d, 5);
	jx_assert_ok(fake_device_sync(d), &d->err);
	fake_device_save(d, 5);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	fake_device_free(*state);
	return 0;
}

static void a_lost_request_is_sent_again(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_LOSE_REQUEST, FAULT_LOSE_REQUEST, FAULT_LOSE_REQUEST);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 10);
	assert_int_equal(d->waits, 3);
	assert_true(d->waited_ms >= 300);
}

static void a_lost_answer_makes_nothing_twice(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_LOSE_ANSWER);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.n, 10);
	assert_int_equal(d->sent_n, 10);
	assert_int_equal(d->server.requests, 2);
}

/* The server has it all, the device was never told, and died. The next run finds out. */
static void an_answer_lost_for_good_is_found_by_the_next_run(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_LOSE_ANSWER, FAULT_LOSE_ANSWER, FAULT_LOSE_ANSWER, FAULT_LOSE_ANSWER,
	       FAULT_LOSE_ANSWER, FAULT_LOSE_ANSWER);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	assert_int_equal(d->server.n, 10);
	assert_int_equal(d->sent_n, 5);
	SCRIPT(&d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 10);
}

static void a_request_that_arrives_twice_counts_once(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_TWICE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->server.n, 10);
	assert_int_equal(d->sent_n, 10);
}

static void a_dead_line_ends_the_run_and_loses_nothing(void **state)
{
	struct fake_device *d = *state;
	enum fault dead[FAKE_SCRIPT_MAX];

	for (size_t i = 0; i < FAKE_SCRIPT_MAX; i++)
		dead[i] = FAULT_LOSE_REQUEST;
	fake_server_script(&d->server, dead, FAKE_SCRIPT_MAX);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	assert_int_equal(d->server.requests, JX_PLAN_ATTEMPTS);
	assert_int_equal(d->waits, JX_PLAN_ATTEMPTS - 1);
	assert_int_equal(d->sent_n, 5);
}

struct lie {
	enum fault fault;
	jx_rc rc;
	const char *says;
	bool passes; /* said once only, the next try is good */
};

/* Every lie alone: refused with its message, and nothing marked by it. */
static void lies_are_refused_and_mark_nothing(void **state)
{
	static const struct lie lies[] = {
		{FAULT_RECEIPT_SIGNED_BY_OTHER, JX_EAUTH, "not signed by the server", false},
		{FAULT_RECEIPT_FOR_OTHER_WRITER, JX_EAUTH, "another device", false},
		{FAULT_RECEIPT_HEAD_WRONG, JX_ECONFLICT, "not this device's", false},
		{FAULT_RECEIPT_TOO_FAR, JX_ECONFLICT, "restored or copied", false},
		{FAULT_RECEIPT_IS_FORK, JX_ECONFLICT, "keeps both", false},
		{FAULT_TLS, JX_ETLS, "another key", false},
		{FAULT_UNKNOWN_DICTIONARY, JX_EVERSION, "dictionary 3", false},
		{FAULT_NO_RECEIPT, JX_OK, NULL, true},
		{FAULT_BOMB, JX_OK, NULL, true},
		{FAULT_TRUNCATED, JX_OK, NULL, true},
		{FAULT_RUBBISH, JX_OK, NULL, true},
	};
	struct fake_device *d = *state;

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const bool is_fork = lies[i].fault == FAULT_RECEIPT_HEAD_WRONG;

		if (is_fork) /* a fork's log is offered once more */
			SCRIPT(&d->server, lies[i].fault, lies[i].fault);
		else
			SCRIPT(&d->server, lies[i].fault);
		if (lies[i].passes) {
			fake_device_save(d, 1);
			jx_assert_ok(fake_device_sync(d), &d->err);
			assert_int_equal(d->sent_n, d->n);
			assert_int_equal(d->server.requests, 2);
			continue;
		}
		jx_assert_rc(fake_device_sync(d), lies[i].rc, &d->err);
		jx_assert_says(&d->err, lies[i].says);
		assert_int_equal(d->sent_n, 5);
		assert_int_equal(d->server.requests, is_fork ? 2 : 1);
	}
}

static void the_same_lie_over_and_over_ends_the_run(void **state)
{
	static const struct lie lies[] = {
		{FAULT_NO_RECEIPT, JX_ENET, "without a receipt", false},
		{FAULT_BOMB, JX_ELIMIT, "compression bomb", false},
		{FAULT_TRUNCATED, JX_EINVAL, "cut", false},
		{FAULT_RUBBISH, JX_EINVAL, "result", false},
		{FAULT_CHALLENGE, JX_EAUTH, "sign-in", false},
	};
	struct fake_device *d = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
			again[k] = lies[i].fault;
		fake_server_script(&d->server, again, FAKE_SCRIPT_MAX);
		jx_assert_rc(fake_device_sync(d), lies[i].rc, &d->err);
		jx_assert_says(&d->err, lies[i].says);
		assert_int_equal(d->sent_n, 5);
		assert_true(d->server.requests <= 2 * JX_PLAN_ATTEMPTS);
	}
}

static void a_fork_receipt_is_kept_as_evidence_only(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_RECEIPT_IS_FORK);
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	assert_int_equal(d->fork_receipts, 1);
	assert_int_equal(d->sent_n, 5);
	assert_string_equal(fake_device_value(d, JX_CLIENT_REENROL), "fork");
}

/* The word alone stops the device; what an honest receipt beside it covers is sent all the same. */
static void the_word_fork_stops_the_run(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_RESULT_FORK);
	jx_assert_rc(fake_device_sync(d), JX_ECONFLICT, &d->err);
	jx_assert_says(&d->err, "keeps both");
	assert_true(d->result.must_enrol_again);
	assert_int_equal(d->sent_n, d->server.n);
}

static void a_bent_item_keeps_nothing_of_its_page(void **state)
{
	struct fake_device *d = *state;

	for (size_t i = 0; i < 3; i++)
		jx_strcpy(d->server.items[i], sizeof(d->server.items[i]),
			  "{\"kind\":\"grid\",\"key\":\"k\"}");
	d->server.item_count = 3;
	SCRIPT(&d->server, FAULT_BENT_ITEM);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->item_count, 3);
	assert_int_equal(d->waits, 1);
	assert_int_equal(d->sent_n, 10);
}

static void more_for_ever_is_not_followed(void **state)
{
	struct fake_device *d = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
		again[k] = FAULT_MORE_FOR_EVER;
	fake_server_script(&d->server, again, FAKE_SCRIPT_MAX);
	jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
	assert_int_equal(d->sent_n, 10);
	assert_true(d->server.requests <= JX_PLAN_ATTEMPTS + 2);
}

static void a_full_disk_of_our_own_stops_at_once(void **state)
{
	struct fake_device *d = *state;

	d->sink_fails = JX_ENOSPC;
	jx_assert_rc(fake_device_sync(d), JX_ENOSPC, &d->err);
	jx_assert_says(&d->err, "disk is full");
	assert_int_equal(d->sent_n, 5);
	d->sink_fails = JX_OK;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 10);
}

static void a_log_that_cannot_be_read_stops_at_once(void **state)
{
	struct fake_device *d = *state;

	d->outbox_fails = JX_ECORRUPT;
	jx_assert_rc(fake_device_sync(d), JX_ECORRUPT, &d->err);
	assert_int_equal(d->server.requests, 0);
	d->outbox_fails = JX_OK;
}

static void stopping_is_quick_and_harmless(void **state)
{
	struct fake_device *d = *state;

	d->stop_after = 1;
	jx_assert_rc(fake_device_sync(d), JX_EINTR, &d->err);
	assert_int_equal(d->server.requests, 0);
	d->stop_after = 0;
	SCRIPT(&d->server, FAULT_STOP);
	jx_assert_rc(fake_device_sync(d), JX_EINTR, &d->err);
	SCRIPT(&d->server, FAULT_LOSE_REQUEST);
	d->stops_waiting = true;
	jx_assert_rc(fake_device_sync(d), JX_EINTR, &d->err);
	d->stops_waiting = false;
	assert_int_equal(d->sent_n, 5);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 10);
}

/*
 * 700 runs over a line that does anything, with a server that is now and then restored: every entry arrives in the end, and the
 * sink's own asserts hold after each step.
 */
static void chaos_loses_nothing(void **state)
{
	static const enum fault faults[] = {
		FAULT_NONE,         FAULT_NONE,        FAULT_NONE,       FAULT_NONE,
		FAULT_LOSE_REQUEST, FAULT_LOSE_ANSWER, FAULT_TWICE,      FAULT_PORTAL_HTML,
		FAULT_TRUNCATED,    FAULT_RUBBISH,     FAULT_NO_RECEIPT, FAULT_CHALLENGE,
		FAULT_BENT_ITEM,    FAULT_STOP,        FAULT_BOMB,       FAULT_REFUSE};
	struct fake_device *d = *state;
	enum fault script[FAKE_SCRIPT_MAX];
	int good = 0;

	d->server.refuse_name = "busy";
	for (int run = 0; run < 700; run++) {
		for (size_t i = 0; i < FAKE_SCRIPT_MAX; i++)
			script[i] = faults[jx_fake_rand_below(&d->rand, sizeof(faults) / sizeof(faults[0]))];
		fake_server_script(&d->server, script, FAKE_SCRIPT_MAX);
		d->server.refuse_status = jx_fake_rand_below(&d->rand, 2) == 0 ? 503 : 500;
		if (d->n < FAKE_LOG_MAX - 700 && run % 7 == 0)
			fake_device_save(d, (int)jx_fake_rand_below(&d->rand, 12));
		if (run % 51 == 50)
			fake_server_restore(&d->server,
					    (int64_t)jx_fake_rand_below(&d->rand, (uint64_t)d->server.n + 1));
		good += fake_device_sync(d) == JX_OK;
	}
	assert_true(good > 100 && good < 600);
	SCRIPT(&d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, d->n);
	assert_int_equal(d->server.n, d->n);
	assert_memory_equal(d->server.heads[d->n], d->heads[d->n], JX_HASH_BYTES);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_lost_request_is_sent_again),
		T(a_lost_answer_makes_nothing_twice),
		T(an_answer_lost_for_good_is_found_by_the_next_run),
		T(a_request_that_arrives_twice_counts_once),
		T(a_dead_line_ends_the_run_and_loses_nothing),
		T(lies_are_refused_and_mark_nothing),
		T(the_same_lie_over_and_over_ends_the_run),
		T(a_fork_receipt_is_kept_as_evidence_only),
		T(the_word_fork_stops_the_run),
		T(a_bent_item_keeps_nothing_of_its_page),
		T(more_for_ever_is_not_followed),
		T(a_full_disk_of_our_own_stops_at_once),
		T(a_log_that_cannot_be_read_stops_at_once),
		T(stopping_is_quick_and_harmless),
		T(chaos_loses_nothing),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.faults", tests, NULL, NULL);
}
