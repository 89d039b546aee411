/* Trusted time: what the wall clock says does not matter while the device runs. */
#include "jiexun/shelf.h"
#include "jx_test.h"

#define NOW  INT64_C(1788255723000)
#define DAY  INT64_C(86400000)
#define YEAR (365 * DAY)

static void the_monotonic_clock_carries_it_on(void **state)
{
	struct jx_fake_clock f;
	char moment[JX_SHELF_MOMENT_MAX];
	int64_t utc_ms = 0;

	(void)state;
	jx_fake_clock_init(&f, NOW - YEAR);
	jx_shelf_moment(&f.clock, NOW, moment);
	assert_true(jx_shelf_now(&f.clock, moment, &utc_ms));
	assert_int_equal(utc_ms, NOW);
	jx_fake_clock_advance(&f, DAY);
	f.utc_ms += 9 * YEAR; /* somebody sets the clock */
	assert_true(jx_shelf_now(&f.clock, moment, &utc_ms));
	assert_int_equal(utc_ms, NOW + DAY);
}

static void after_a_restart_the_wall_clock_counts_but_never_goes_back(void **state)
{
	struct jx_fake_clock f;
	char moment[JX_SHELF_MOMENT_MAX];
	int64_t utc_ms = 0;

	(void)state;
	jx_fake_clock_init(&f, NOW);
	jx_shelf_moment(&f.clock, NOW, moment);
	jx_fake_clock_advance(&f, DAY);
	jx_fake_clock_reboot(&f);
	assert_false(jx_shelf_now(&f.clock, moment, &utc_ms));
	assert_int_equal(utc_ms, NOW + DAY);
	f.utc_ms = NOW - YEAR;
	assert_false(jx_shelf_now(&f.clock, moment, &utc_ms));
	assert_int_equal(utc_ms, NOW);
}

static void nonsense_is_as_if_nothing_was_told(void **state)
{
	static const char *const moments[] = {NULL,
					      "",
					      "1788255723000",
					      "1788255723000 5",
					      "1788255723000 5 x",
					      "-1 5 00000000-0000-0000-0000-000000000000",
					      "99999999999999999999 5 00000000-0000-0000-0000-000000000000"};
	struct jx_fake_clock f;
	int64_t utc_ms;

	(void)state;
	jx_fake_clock_init(&f, NOW);
	for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
		utc_ms = 0;
		assert_false(jx_shelf_now(&f.clock, moments[i], &utc_ms));
		assert_int_equal(utc_ms, NOW);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_monotonic_clock_carries_it_on),
		cmocka_unit_test(after_a_restart_the_wall_clock_counts_but_never_goes_back),
		cmocka_unit_test(nonsense_is_as_if_nothing_was_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
