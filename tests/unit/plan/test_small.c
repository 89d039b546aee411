/* Small copies: after the entries, before the photos, and never in their way. */
#include "plan_tester.h"

static void small_copies_go_between_entries_and_photos(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_small = true;
	tester_start(&t, 10, 0);
	assert_true(t.step.wants_token);
	tell_ok(&t, 5, false, true);
	assert_int_equal(t.step.what, JX_PLAN_DO_SYNC); /* entries first */
	tell_ok(&t, 10, false, false);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(t.step.what, JX_PLAN_DO_BUNDLE);
		tell(&t, JX_PLAN_SMALL_SENT);
	}
	tell(&t, JX_PLAN_NO_SMALL);
	assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
	tell_photo(&t, 1000);
	tell(&t, JX_PLAN_CHALLENGE); /* another token: what is done is not begun again */
	tell_ok(&t, 10, false, true);
	assert_int_equal(t.step.what, JX_PLAN_DO_ASK);
}

static void on_a_metered_link_only_small_copies_go(void **state)
{
	struct tester t;

	(void)state;
	tester_init(&t);
	t.config.wants_photos = false;
	t.config.wants_small = true;
	tester_start(&t, 10, 10);
	assert_true(t.step.wants_token);
	tell_ok(&t, 10, false, true);
	tell(&t, JX_PLAN_SMALL_SENT);
	tell(&t, JX_PLAN_NO_SMALL);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_OK);
}

static void a_broken_line_waits_and_sends_the_bundle_again(void **state)
{
	struct tester t;

	(void)state;
	bring_to(&t, JX_PLAN_BUNDLING);
	for (int i = 1; i < JX_PLAN_ATTEMPTS; i++) {
		tell(&t, JX_PLAN_NO_CONNECTION);
		assert_int_equal(t.step.what, JX_PLAN_DO_WAIT);
		tell(&t, JX_PLAN_WAITED);
		assert_int_equal(t.step.what, JX_PLAN_DO_BUNDLE);
	}
	tell(&t, JX_PLAN_NO_CONNECTION);
	assert_int_equal(t.step.what, JX_PLAN_DO_FINISH);
	assert_int_equal(t.step.rc, JX_ENET);
}

static void a_server_that_takes_bundles_for_ever_ends_with_the_photos(void **state)
{
	struct tester t;
	int64_t sent = 0;

	(void)state;
	bring_to(&t, JX_PLAN_BUNDLING);
	while (t.step.what == JX_PLAN_DO_BUNDLE && sent <= JX_PLAN_BUNDLES_MAX) {
		tell(&t, JX_PLAN_SMALL_SENT);
		sent++;
	}
	assert_int_equal(sent, JX_PLAN_BUNDLES_MAX);
	assert_int_equal(t.step.what, JX_PLAN_DO_CHOOSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_copies_go_between_entries_and_photos),
		cmocka_unit_test(on_a_metered_link_only_small_copies_go),
		cmocka_unit_test(a_broken_line_waits_and_sends_the_bundle_again),
		cmocka_unit_test(a_server_that_takes_bundles_for_ever_ends_with_the_photos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
