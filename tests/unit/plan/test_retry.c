/* Waits, Retry-After, and giving up. */
#include "plan_tester.h"

static void waits_grow_with_full_jitter_under_a_cap(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	for (int attempt = 1; attempt <= 30; attempt++) {
		const int64_t most = attempt < 10 ? (int64_t)JX_PLAN_BASE_MS << (attempt - 1)
						  : JX_PLAN_CAP_MS;
		int64_t low = INT64_MAX, high = 0;

		for (int i = 0; i < 2000; i++) {
			const int64_t ms = jx_plan_backoff_ms(&t.config, attempt, -1);

			low = ms < low ? ms : low;
			high = ms > high ? ms : high;
		}
		assert_true(low >= JX_PLAN_MIN_MS);
		assert_true(high <= JX_PLAN_MIN_MS + (most < JX_PLAN_CAP_MS ? most : JX_PLAN_CAP_MS));
		/* full jitter: the draw fills the range */
		assert_true(low < JX_PLAN_MIN_MS + most / 20 + 5 && high > most - most / 20 - 5);
	}
}

static void retry_after_is_a_lower_bound(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_BUSY, .retry_after_ms = 120000};
	struct tester t;

	(void)state;
	tester_init(&t);
	for (int i = 0; i < 100; i++) {
		tester_start(&t, 1, 0);
		t.step = jx_plan_next(&t.plan, &ev);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		assert_true(t.step.wait_ms >= 120000 + JX_PLAN_MIN_MS);
		assert_true(t.step.wait_ms <= 120000 + JX_PLAN_MIN_MS + JX_PLAN_BASE_MS);
	}
}

static void a_retry_after_past_the_cap_ends_the_run_and_is_reported(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_BUSY, .retry_after_ms = JX_PLAN_CAP_MS + 1};
	struct tester t;

	(void)state;
	tester_init(&t);
	tester_start(&t, 1, 0);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_ENET);
	assert_int_equal(t.step.retry_after_ms, JX_PLAN_CAP_MS + 1);
}

static void attempts_have_an_end_and_progress_gives_them_back(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.attempts_max = 3;
	tester_start(&t, 100, 0);
	tell(&t, JX_PLAN_NO_CONNECTION);
	tell(&t, JX_PLAN_WAITED);
	tell(&t, JX_PLAN_SERVER_ERROR);
	tell(&t, JX_PLAN_WAITED);
	tell_ok(&t, 50, false, true);
	assert_int_equal(t.plan.attempts, 0);
	for (int i = 0; i < 2; i++) {
		tell(&t, JX_PLAN_BUSY);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		tell(&t, JX_PLAN_WAITED);
	}
	tell(&t, JX_PLAN_NO_CONNECTION);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_ENET);
}

static void the_reason_of_the_last_failure_is_the_runs(void **state)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_BAD_ANSWER, .rc = JX_ELIMIT, .retry_after_ms = -1};
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.attempts_max = 1;
	tester_start(&t, 1, 0);
	t.step = jx_plan_next(&t.plan, &ev);
	assert_int_equal(t.step.rc, JX_ELIMIT);
}

#define NOW "Sun, 06 Nov 1994 08:49:37 GMT"
static void retry_after_is_seconds_or_a_date(void **state)
{
	static const struct {
		const char *value, *date;
		int64_t seconds;
	} rows[] = {
		{NULL, NULL, -1},
		{"0", NULL, 0},
		{"120", NULL, 120},
		{"120", "rubbish", 120},
		{"-1", NULL, -1},
		{"1.5", NULL, -1},
		{"", NULL, -1},
		{"99999999999999999999", NULL, -1},
		{"Sun, 06 Nov 1994 08:51:37 GMT", NOW, 120},
		{"Sun, 06 Nov 1994 08:49:37 GMT", NOW, 0},
		{"Sun, 06 Nov 1994 08:00:00 GMT", NOW, 0}, /* past: now */
		{"Mon, 07 Nov 1994 08:49:37 GMT", NOW, 86400},
		{"Sun, 06 Nov 1994 08:51:37 GMT", NULL, -1}, /* against whose clock? */
		{"Sun, 06 Nov 1994 08:51:37 CET", NOW, -1},
		{"Sun, 06 Foo 1994 08:51:37 GMT", NOW, -1},
		{"Sun, 00 Nov 1994 08:51:37 GMT", NOW, -1},
		{"Sun, 06 Nov 1994 24:51:37 GMT", NOW, -1},
		{"Sun, 06 Nov 1994 08:60:37 GMT", NOW, -1},
		{"Sun, 0x Nov 1994 08:51:37 GMT", NOW, -1},
		{"Sunday, 06-Nov-94 08:51:37 GMT", NOW, -1},
		{"Thu, 29 Feb 2024 00:00:10 GMT", "Wed, 28 Feb 2024 23:59:50 GMT", 20},
		{"Fri, 01 Mar 2024 00:00:00 GMT", "Thu, 29 Feb 2024 00:00:00 GMT", 86400},
		{"Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 31 Dec 1999 23:59:59 GMT", 1},
		{"Thu, 01 Jan 2099 00:00:00 GMT", NOW, -1}, /* more than a year: a fault */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(jx_plan_retry_after_s(rows[i].value, rows[i].date), rows[i].seconds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_grow_with_full_jitter_under_a_cap),
		cmocka_unit_test(retry_after_is_a_lower_bound),
		cmocka_unit_test(a_retry_after_past_the_cap_ends_the_run_and_is_reported),
		cmocka_unit_test(attempts_have_an_end_and_progress_gives_them_back),
		cmocka_unit_test(the_reason_of_the_last_failure_is_the_runs),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
	};

	return cmocka_run_group_tests_name("plan.retry", tests, NULL, NULL);
}
