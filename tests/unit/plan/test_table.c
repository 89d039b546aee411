/* Every row of the table: from each state, with each event, to the state and step it must lead to. */
#include "plan_tester.h"

struct row {
	enum jx_plan_state from;
	enum jx_plan_event_kind event;
	enum jx_plan_state to;
	enum jx_plan_do what;
	jx_rc rc;
};

#define ENDS(from, event, rc)                                    \
	{                                                        \
		from, event, JX_PLAN_DONE, JX_PLAN_DO_FINISH, rc \
	}
#define WAITS(from, event)                                           \
	{                                                            \
		from, event, JX_PLAN_WAITING, JX_PLAN_DO_WAIT, JX_OK \
	}
#define SYNCS(from, event)                                           \
	{                                                            \
		from, event, JX_PLAN_SYNCING, JX_PLAN_DO_SYNC, JX_OK \
	}
#define CHOOSES(from, event)                                            \
	{                                                               \
		from, event, JX_PLAN_CHOOSING, JX_PLAN_DO_CHOOSE, JX_OK \
	}
#define CREATES(from, event)                                            \
	{                                                               \
		from, event, JX_PLAN_CREATING, JX_PLAN_DO_CREATE, JX_OK \
	}
#define ENDS_ANY(from)                                                                             \
	ENDS(from, JX_PLAN_FORBIDDEN, JX_EAUTH), ENDS(from, JX_PLAN_VERSION, JX_EVERSION),         \
		ENDS(from, JX_PLAN_NO_SPACE, JX_ENOSPC), ENDS(from, JX_PLAN_TLS_REFUSED, JX_ETLS), \
		ENDS(from, JX_PLAN_PORTAL, JX_ENET), ENDS(from, JX_PLAN_STOP, JX_EINTR),           \
		ENDS(from, JX_PLAN_LOCAL, JX_ESTATE), ENDS(from, JX_PLAN_BAD_RECEIPT, JX_EAUTH),   \
		WAITS(from, JX_PLAN_BUSY), WAITS(from, JX_PLAN_SERVER_ERROR),                      \
		WAITS(from, JX_PLAN_BAD_ANSWER), WAITS(from, JX_PLAN_NO_CONNECTION)
#define PHOTO_ANY(from)                                                                     \
	ENDS_ANY(from), SYNCS(from, JX_PLAN_CHALLENGE), CHOOSES(from, JX_PLAN_BAD_REQUEST), \
		CHOOSES(from, JX_PLAN_TOO_LARGE), CHOOSES(from, JX_PLAN_PHOTO_DONE),        \
		CHOOSES(from, JX_PLAN_PHOTO_UNREADABLE), CREATES(from, JX_PLAN_PHOTO_HASH)

static const struct row rows[] = {
	SYNCS(JX_PLAN_READY, JX_PLAN_START),
	ENDS(JX_PLAN_READY, JX_PLAN_STOP, JX_EINTR),
	ENDS(JX_PLAN_READY, JX_PLAN_LOCAL, JX_ESTATE),
	ENDS_ANY(JX_PLAN_SYNCING),
	SYNCS(JX_PLAN_SYNCING, JX_PLAN_FORK), /* its log is offered first */
	ENDS(JX_PLAN_SYNCING, JX_PLAN_BEHIND, JX_ECONFLICT),
	ENDS(JX_PLAN_SYNCING, JX_PLAN_BAD_REQUEST, JX_EINVAL),
	ENDS(JX_PLAN_SYNCING, JX_PLAN_TOO_LARGE, JX_ELIMIT),
	SYNCS(JX_PLAN_SYNCING, JX_PLAN_CHALLENGE),
	SYNCS(JX_PLAN_SYNCING, JX_PLAN_OK),
	SYNCS(JX_PLAN_SYNCING, JX_PLAN_GAP),
	CREATES(JX_PLAN_CHOOSING, JX_PLAN_PHOTO),
	ENDS(JX_PLAN_CHOOSING, JX_PLAN_NO_PHOTO, JX_OK),
	ENDS(JX_PLAN_CHOOSING, JX_PLAN_STOP, JX_EINTR),
	ENDS(JX_PLAN_CHOOSING, JX_PLAN_LOCAL, JX_ESTATE),
	PHOTO_ANY(JX_PLAN_CREATING),
	CHOOSES(JX_PLAN_CREATING, JX_PLAN_PHOTO_UNKNOWN),
	{JX_PLAN_CREATING, JX_PLAN_PHOTO_AT, JX_PLAN_SENDING, JX_PLAN_DO_SEND, JX_OK},
	PHOTO_ANY(JX_PLAN_ASKING),
	CREATES(JX_PLAN_ASKING, JX_PLAN_PHOTO_UNKNOWN),
	{JX_PLAN_ASKING, JX_PLAN_PHOTO_AT, JX_PLAN_SENDING, JX_PLAN_DO_SEND, JX_OK},
	PHOTO_ANY(JX_PLAN_SENDING),
	CREATES(JX_PLAN_SENDING, JX_PLAN_PHOTO_UNKNOWN),
	WAITS(JX_PLAN_SENDING, JX_PLAN_PHOTO_AT), /* offset 0 again, though 100 had been named: no progress */
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_FORBIDDEN, JX_EAUTH),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_VERSION, JX_EVERSION),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_NO_SPACE, JX_ENOSPC),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_TLS_REFUSED, JX_ETLS),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_PORTAL, JX_ENET),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_STOP, JX_EINTR),
	ENDS(JX_PLAN_BUNDLING, JX_PLAN_LOCAL, JX_ESTATE),
	SYNCS(JX_PLAN_BUNDLING, JX_PLAN_CHALLENGE),
	{JX_PLAN_BUNDLING, JX_PLAN_SMALL_SENT, JX_PLAN_BUNDLING, JX_PLAN_DO_BUNDLE, JX_OK},
	WAITS(JX_PLAN_BUNDLING, JX_PLAN_BUSY),
	WAITS(JX_PLAN_BUNDLING, JX_PLAN_NO_CONNECTION),
	/* whatever is wrong with small copies, photos go */
	CHOOSES(JX_PLAN_BUNDLING, JX_PLAN_NO_SMALL),
	CHOOSES(JX_PLAN_BUNDLING, JX_PLAN_BAD_REQUEST),
	CHOOSES(JX_PLAN_BUNDLING, JX_PLAN_TOO_LARGE),
	CHOOSES(JX_PLAN_BUNDLING, JX_PLAN_SERVER_ERROR),
	CHOOSES(JX_PLAN_BUNDLING, JX_PLAN_BAD_ANSWER),
	SYNCS(JX_PLAN_WAITING, JX_PLAN_WAITED),
	ENDS(JX_PLAN_WAITING, JX_PLAN_STOP, JX_EINTR),
	ENDS(JX_PLAN_WAITING, JX_PLAN_LOCAL, JX_ESTATE),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *find(enum jx_plan_state from, enum jx_plan_event_kind event)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].from == from && rows[i].event == event)
			return &rows[i];
	}
	return NULL;
}

/* All 9 x 30 cells: the ones above lead where they say, all others are a caller's fault and end the run as such. */
static void every_cell_is_as_written(void **state)
{
	(void)state;
	for (int s = 0; s < JX_PLAN_STATES; s++) {
		for (int e = 0; e < JX_PLAN_EVENTS; e++) {
			const struct row *row = find((enum jx_plan_state)s, (enum jx_plan_event_kind)e);
			struct tester t;

			bring_to(&t, (enum jx_plan_state)s);
			assert_int_equal(jx_plan_expects(t.plan.state, (enum jx_plan_event_kind)e),
					 row != NULL);
			tell(&t, (enum jx_plan_event_kind)e);
			if (row == NULL) {
				assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
				assert_int_equal(t.step.rc, JX_ESTATE);
				continue;
			}
			if (t.plan.state != row->to || t.step.what != row->what || t.step.rc != row->rc)
				fail_msg("%s + %s: to %s, step %d, rc %d", jx_plan_state_name(row->from),
					 jx_plan_event_name(row->event), jx_plan_state_name(t.plan.state),
					 (int)t.step.what, t.step.rc);
		}
	}
}

static void every_state_and_event_has_a_name(void **state)
{
	(void)state;
	for (int s = 0; s < JX_PLAN_STATES; s++)
		assert_string_not_equal(jx_plan_state_name((enum jx_plan_state)s), "unknown");
	for (int e = 0; e < JX_PLAN_EVENTS; e++) {
		assert_non_null(jx_plan_event_name((enum jx_plan_event_kind)e));
		assert_string_not_equal(jx_plan_event_name((enum jx_plan_event_kind)e), "unknown");
	}
	assert_string_equal(jx_plan_state_name((enum jx_plan_state)99), "unknown");
	assert_string_equal(jx_plan_event_name((enum jx_plan_event_kind)99), "unknown");
	assert_false(jx_plan_expects((enum jx_plan_state)99, JX_PLAN_OK));
	assert_false(jx_plan_expects(JX_PLAN_READY, (enum jx_plan_event_kind)99));
}

static void nothing_new_is_one_request(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 10, 10);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	assert_int_equal(t.step.from_n, 0);
	assert_true(t.step.wants_feed);
	assert_false(t.step.wants_token);
	tell_ok(&t, 10, false, false);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_OK);
}

static void entries_go_in_batches_and_the_feed_with_them(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 1200, 0);
	assert_int_equal(t.step.from_n, 1);
	assert_int_equal(t.step.entries_max, 500);
	assert_true(t.step.wants_feed);
	tell_ok(&t, 500, false, false);
	assert_int_equal(t.step.from_n, 501);
	assert_false(t.step.wants_feed); /* its end was reached */
	tell_ok(&t, 1000, false, false);
	assert_int_equal(t.step.from_n, 1001);
	tell_ok(&t, 1200, false, false);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
}

static void without_a_challenge_no_entries_are_carried_for_nothing(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.has_challenge = false;
	tester_start(&t, 10, 0);
	assert_int_equal(t.step.from_n, 0);
	tell(&t, JX_PLAN_CHALLENGE);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	assert_int_equal(t.step.from_n, 1);
}

static void a_second_challenge_costs_a_wait(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 10, 0);
	tell(&t, JX_PLAN_CHALLENGE);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	tell(&t, JX_PLAN_CHALLENGE);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
}

/* Receipts of the old epoch reach to 20; the server came back from a backup with 5. */
static void a_restored_server_gets_the_rest_again(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 25, 20);
	assert_int_equal(t.step.from_n, 21);
	tell_gap(&t, 5);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	assert_int_equal(t.step.from_n, 6);
	tell_ok(&t, 25, false, false);
	assert_int_equal(t.step.rc, JX_OK);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
}

static void a_server_that_goes_back_again_and_again_is_not_followed_for_ever(void **state)
{
	struct tester t;
	int waits = 0;

	(void)state;
	tester_init(&t);
	tester_start(&t, 25, 20);
	for (int i = 0; i < 100 && t.step.what != JX_PLAN_DO_FINISH; i++) {
		if (t.step.what == JX_PLAN_DO_WAIT) {
			waits++;
			tell(&t, JX_PLAN_WAITED);
		} else {
			tell_gap(&t, 5);
		}
	}
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_ENET);
	assert_int_equal(waits, JX_PLAN_ATTEMPTS - 1);
}

static void a_log_that_grows_meanwhile_is_sent_to_its_end(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_OK, .own_n = 12, .server_n = 10, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 10, 0);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.from_n, 11);
}

static void a_restored_device_asks_before_it_sends(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 5, 20);
	assert_int_equal(t.step.from_n, 0);
	tell(&t, JX_PLAN_BEHIND);
	assert_true(t.step.must_enrol_again);
	assert_int_equal(t.step.rc, JX_ECONFLICT);
}

/* It will be another writer from now on, and nobody sends this log after that: all of it goes up once. */
static void a_fork_is_offered_from_its_first_entry(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_FORK, .own_n = 700, .sent_count = 0, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 700, 690);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	assert_int_equal(t.step.from_n, 1);
	ev.sent_count = 500; /* all known there, or in quarantine by now */
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.from_n, 501);
	ev.sent_count = 200;
	ev.server_n = 700; /* its receipt says so */
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_true(t.step.must_enrol_again);
}

static void a_fork_that_lies_in_quarantine_is_not_offered(void **state)
{
	struct jx_plan_event ev = {
		.kind = JX_PLAN_FORK, .own_n = 20, .server_n = 20, .sent_count = 3, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 20, 17);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_true(t.step.must_enrol_again);
	/* nor does it go on for ever with a server that says fork to everything */
	tester_init(&t);
	tester_start(&t, 20, 17);
	ev.server_n = 0;
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.from_n, 1);
	ev.sent_count = 10;
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.from_n, 11);
	ev.sent_count = 0;
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	/* nor does a better word for the rest make it good */
	tester_init(&t);
	tester_start(&t, 20, 17);
	t.step = jx_plan_next(&t.plan, &ev);
	ev.kind = JX_PLAN_OK;
	ev.sent_count = ev.server_n = 20;
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_true(t.step.must_enrol_again);
}

static void too_large_halves_until_one_is_left(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_TOO_LARGE, .sent_count = 500, .retry_after_ms = -1};
	struct tester t;
	int tries = 0;

	(void)state;
	tester_init(&t);
	tester_start(&t, 500, 0);
	while (t.step.what == JX_PLAN_DO_SYNC) {
		ev.sent_count = t.step.entries_max;
		t.step = jx_plan_next(&t.plan, &ev);
		tries++;
	}
	assert_int_equal(tries, 9); /* 500, 250, 125, 62, 31, 15, 7, 3, 1 */
	assert_int_equal(t.step.rc, JX_ELIMIT);
}

static void halving_lasts_for_the_run(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_TOO_LARGE, .sent_count = 300, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 300, 0);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.entries_max, 150);
	tell_ok(&t, 150, false, false);
	assert_int_equal(t.step.entries_max, 150);
	assert_int_equal(t.step.from_n, 151);
}

static void a_pending_writer_sends_and_gets_nothing(void **state)
{
	struct jx_plan_event ev = {
		.kind = JX_PLAN_OK, .own_n = 10, .server_n = 10, .is_pending = true, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 10, 0);
	assert_true(t.step.wants_token);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_OK);
}

static void a_feed_without_end_ends(void **state)
{
	struct jx_plan_event ev = {
		.kind = JX_PLAN_OK, .own_n = 0, .has_more = true, .feed_moved = true, .retry_after_ms = -1};
	struct tester t;
	int pages = 0;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 0, 0);
	while (t.step.what == JX_PLAN_DO_SYNC) {
		t.step = jx_plan_next(&t.plan, &ev);
		pages++;
	}
	assert_int_equal(pages, JX_PLAN_FEED_PAGES_MAX);
	assert_int_equal(t.step.rc, JX_OK);
}

static void more_without_moving_is_a_failure(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 0, 0);
	tell_ok(&t, 0, true, true);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	tell_ok(&t, 0, true, true);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_is_as_written),
		cmocka_unit_test(every_state_and_event_has_a_name),
		cmocka_unit_test(nothing_new_is_one_request),
		cmocka_unit_test(entries_go_in_batches_and_the_feed_with_them),
		cmocka_unit_test(without_a_challenge_no_entries_are_carried_for_nothing),
		cmocka_unit_test(a_second_challenge_costs_a_wait),
		cmocka_unit_test(a_restored_server_gets_the_rest_again),
		cmocka_unit_test(a_server_that_goes_back_again_and_again_is_not_followed_for_ever),
		cmocka_unit_test(a_log_that_grows_meanwhile_is_sent_to_its_end),
		cmocka_unit_test(a_restored_device_asks_before_it_sends),
		cmocka_unit_test(a_fork_is_offered_from_its_first_entry),
		cmocka_unit_test(a_fork_that_lies_in_quarantine_is_not_offered),
		cmocka_unit_test(too_large_halves_until_one_is_left),
		cmocka_unit_test(halving_lasts_for_the_run),
		cmocka_unit_test(a_pending_writer_sends_and_gets_nothing),
		cmocka_unit_test(a_feed_without_end_ends),
		cmocka_unit_test(more_without_moving_is_a_failure),
	};

	return cmocka_run_group_tests_name("plan.table", tests, NULL, NULL);
}
