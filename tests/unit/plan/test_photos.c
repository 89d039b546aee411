/* Photos: one request when all goes well; HEAD and PATCH where it broke; given up where nothing helps. */
#include "plan_tester.h"

static void photos_go_one_request_each(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CHOOSING);
	for (int i = 0; i < 300; i++) {
		assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
		assert_false(t.step.skips_photo);
		tell_photo(&t, 250000);
		assert_int_equal(t.step.what, JX_PLAN_DO_CREATE);
		tell(&t, JX_PLAN_PHOTO_DONE);
	}
	tell(&t, JX_PLAN_NO_PHOTO);
	assert_int_equal(t.step.rc, JX_OK);
}

static void a_broken_photo_goes_on_where_it_stopped(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	tell(&t, JX_PLAN_NO_CONNECTION);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
	tell(&t, JX_PLAN_WAITED);
	assert_int_equal(t.step.what, JX_PLAN_DO_ASK);
	tell_at(&t, 400);
	assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	assert_int_equal(t.step.photo_offset, 400);
	tell(&t, JX_PLAN_NO_CONNECTION);
	tell(&t, JX_PLAN_WAITED);
	tell_at(&t, 900);
	assert_int_equal(t.step.photo_offset, 900);
	tell(&t, JX_PLAN_PHOTO_DONE);
	assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
}

/* Cut in an earlier run: what would be thrown away is not sent. */
static void a_photo_that_may_be_begun_is_asked_about_first(void **state)
{
	const struct jx_plan_event ev = {
		.kind = JX_PLAN_PHOTO, .photo_bytes = 1000, .may_be_begun = true, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CHOOSING);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_ASK);
	tell_at(&t, 0);
	assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	bring_to(&t, JX_PLAN_CHOOSING);
	t.step = jx_plan_next(&t.plan, &ev);
	tell(&t, JX_PLAN_PHOTO_UNKNOWN);
	assert_int_equal(t.step.what, JX_PLAN_DO_CREATE);
}

/* A hundred cuts, each further than the one before: progress gives the attempts back. */
static void a_slow_line_that_moves_is_never_given_up(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	for (int i = 1; i < 100; i++) {
		tell(&t, JX_PLAN_NO_CONNECTION);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		tell(&t, JX_PLAN_WAITED);
		tell_at(&t, i * 10);
		assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	}
}

static void a_line_that_never_gets_further_is_given_up(void **state)
{
	struct tester t;
	int waits = 0;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	while (t.step.what != JX_PLAN_DO_FINISH) {
		if (t.step.what == JX_PLAN_DO_WAIT) {
			waits++;
			tell(&t, JX_PLAN_WAITED);
		} else if (t.step.what == JX_PLAN_DO_ASK) {
			tell_at(&t, 400);
		} else {
			tell(&t, JX_PLAN_NO_CONNECTION);
		}
	}
	assert_int_equal(t.step.rc, JX_ENET);
	assert_true(waits >= JX_PLAN_ATTEMPTS - 1 && waits <= 2 * JX_PLAN_ATTEMPTS);
}

/* Attempts are failures. The question between two of them was answered, and its answer is not why the run ends. */
static void a_question_that_was_answered_costs_no_attempt(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CHOOSING);
	tell_photo(&t, 1000);
	for (int i = 1; i < JX_PLAN_ATTEMPTS; i++) {
		tell(&t, JX_PLAN_SERVER_ERROR);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		tell(&t, JX_PLAN_WAITED);
		assert_int_equal(t.step.what, JX_PLAN_DO_ASK);
		tell_at(&t, 0);
		assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	}
	tell(&t, JX_PLAN_SERVER_ERROR);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
}

/* The server lost the part it had: it is sent again from there, not for ever. */
static void an_offset_that_went_back_is_followed_after_a_wait(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_SENDING);
	tell_at(&t, 50);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
	tell(&t, JX_PLAN_WAITED);
	assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	assert_int_equal(t.step.photo_offset, 50);
}

/* The server lost its power between the last byte and publishing: sending nothing from the end makes it finish. */
static void all_bytes_without_a_receipt_are_pushed_once(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_ASKING);
	tell_at(&t, 1000);
	assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
	assert_int_equal(t.step.photo_offset, 1000);
	tell_at(&t, 1000);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
}

static void offsets_that_cannot_be_are_a_failure(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_ASKING);
	tell_at(&t, 1001);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
	bring_to(&t, JX_PLAN_ASKING);
	tell_at(&t, -1);
	assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
}

static void a_wrong_hash_is_tried_once_more_and_then_left_out(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	tell(&t, JX_PLAN_PHOTO_HASH);
	assert_int_equal(t.step.what, JX_PLAN_DO_CREATE);
	tell(&t, JX_PLAN_PHOTO_HASH);
	assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
	assert_true(t.step.skips_photo);
	tell_photo(&t, 10);
	tell(&t, JX_PLAN_PHOTO_HASH);
	assert_int_equal(t.step.what, JX_PLAN_DO_CREATE); /* another photo has its own try */
}

static void a_lost_token_is_fetched_and_the_photo_goes_on(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_SENDING);
	tell(&t, JX_PLAN_CHALLENGE);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC);
	assert_true(t.step.wants_token);
	assert_int_equal(t.step.from_n, 0);
	assert_false(t.step.wants_feed);
	tell_ok(&t, 10, false, true);
	assert_int_equal(t.step.what, JX_PLAN_DO_ASK);
	tell_at(&t, 500);
	assert_int_equal(t.step.what, JX_PLAN_DO_SEND);
}

static void tokens_that_are_refused_at_once_end_the_run(void **state)
{
	struct tester t;
	int waits = 0;

	(void)state;
	bring_to(&t, JX_PLAN_CREATING);
	for (int i = 0; i < 200 && t.step.what != JX_PLAN_DO_FINISH; i++) {
		if (t.step.what == JX_PLAN_DO_SYNC)
			tell_ok(&t, 10, false, true);
		else if (t.step.what == JX_PLAN_DO_WAIT)
			tell(&t, JX_PLAN_WAITED), waits++;
		else
			tell(&t, JX_PLAN_CHALLENGE);
	}
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_EAUTH);
	assert_int_equal(waits, JX_PLAN_ATTEMPTS - 1);
}

static void photos_that_cannot_go_do_not_hold_up_the_others(void **state)
{
	static const enum jx_plan_event_kind events[] = {JX_PLAN_PHOTO_UNKNOWN, JX_PLAN_PHOTO_UNREADABLE,
							 JX_PLAN_TOO_LARGE, JX_PLAN_BAD_REQUEST};
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_CHOOSING);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		tell_photo(&t, 1000);
		tell(&t, events[i]);
		assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
		assert_true(t.step.skips_photo);
	}
	tell_photo(&t, 1000);
	tell(&t, JX_PLAN_PHOTO_DONE);
	assert_false(t.step.skips_photo);
}

static void on_a_metered_link_photos_wait(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	tester_start(&t, 10, 9);
	assert_false(t.step.wants_token);
	tell_ok(&t, 10, false, false);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(photos_go_one_request_each),
		cmocka_unit_test(a_broken_photo_goes_on_where_it_stopped),
		cmocka_unit_test(a_photo_that_may_be_begun_is_asked_about_first),
		cmocka_unit_test(a_slow_line_that_moves_is_never_given_up),
		cmocka_unit_test(a_line_that_never_gets_further_is_given_up),
		cmocka_unit_test(a_question_that_was_answered_costs_no_attempt),
		cmocka_unit_test(an_offset_that_went_back_is_followed_after_a_wait),
		cmocka_unit_test(all_bytes_without_a_receipt_are_pushed_once),
		cmocka_unit_test(offsets_that_cannot_be_are_a_failure),
		cmocka_unit_test(a_wrong_hash_is_tried_once_more_and_then_left_out),
		cmocka_unit_test(a_lost_token_is_fetched_and_the_photo_goes_on),
		cmocka_unit_test(tokens_that_are_refused_at_once_end_the_run),
		cmocka_unit_test(photos_that_cannot_go_do_not_hold_up_the_others),
		cmocka_unit_test(on_a_metered_link_photos_wait),
	};

	return cmocka_run_group_tests_name("plan.photos", tests, NULL, NULL);
}
