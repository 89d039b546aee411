#include "jx_test.h"

#include <math.h>

#include "gps_private.h"

#define NOW_MS INT64_C(1782864000000) /* 2026-07-01T00:00:00Z */

struct world {
	struct jx_fake_clock clock;
	struct jx_gps__tracker t;
	struct jx_fix fix;
	enum jx_gps_state state;
};

static void begin(struct world *w)
{
	jx_fake_clock_init(&w->clock, NOW_MS);
	jx_fake_clock_advance(&w->clock, 1000);
	jx_gps__tracker_init(&w->t, &w->clock.clock, 5000);
}

static void say(struct world *w, double lat_deg, double lon_deg, int64_t utc_ms)
{
	struct jx_gps__report r = {
		.mode = 3, .lat_deg = lat_deg, .lon_deg = lon_deg, .accuracy_m = 17.1, .utc_ms = utc_ms};

	jx_gps__take_report(&w->t, &r, w->clock.mono_ms);
}

static void say_mode(struct world *w, uint8_t mode)
{
	struct jx_gps__report r = {.mode = mode, .lat_deg = NAN, .lon_deg = NAN, .accuracy_m = NAN};

	jx_gps__take_report(&w->t, &r, w->clock.mono_ms);
}

static void look(struct world *w)
{
	jx_gps__give_fix(&w->t, &w->fix, &w->state);
}

static void a_position_is_given_to_the_last_digit(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	jx_gps__take_satellites(&w.t, 9, 12);
	say(&w, 30.2301234, -119.7204321, w.clock.utc_ms);
	look(&w);
	assert_int_equal(w.state, JX_GPS_OK);
	assert_int_equal(w.fix.source, JX_FIX_GNSS);
	assert_int_equal(w.fix.lat_wgs84_e7, 302301234);
	assert_int_equal(w.fix.lon_wgs84_e7, -1197204321);
	assert_int_equal(w.fix.accuracy_mm, 17100);
	assert_int_equal(w.fix.satellites_used, 9);
	assert_int_equal(w.fix.mode, 3);
	assert_int_equal(w.fix.gnss_utc_ms, w.clock.utc_ms);
	assert_int_equal(w.t.doubts, 0);
	assert_true(jx_gps__is_enough(&w.t));
}

static void impossible_positions_are_left_out(void **state)
{
	static const double cases[][2] = {
		{NAN, 119.7},   {30.2, NAN}, {INFINITY, 119.7}, {30.2, -INFINITY},
		{90.0001, 0.1}, {-91, 0.1},  {30, 180.1},       {1e300, 1},
		{0, 0},         {-0.0, 0.0},
	};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w);
		say(&w, cases[i][0], cases[i][1], w.clock.utc_ms);
		look(&w);
		assert_int_equal(w.fix.source, JX_FIX_NONE);
		assert_int_equal(w.state, JX_GPS_BAD_DATA);
		assert_false(jx_gps__is_enough(&w.t));
	}
}

static void edges_of_the_world_are_possible(void **state)
{
	static const double cases[][2] = {{90, 180}, {-90, -180}, {0, 1e-7}, {1e-7, 0}};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w);
		say(&w, cases[i][0], cases[i][1], w.clock.utc_ms);
		look(&w);
		assert_int_equal(w.fix.source, JX_FIX_GNSS);
	}
}

static void accuracy_that_is_no_number_is_unknown(void **state)
{
	static const double cases[] = {NAN, INFINITY, -1, 1e7};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jx_gps__report r = {.mode = 3, .lat_deg = 30, .lon_deg = 119, .accuracy_m = cases[i]};

		begin(&w);
		jx_gps__take_report(&w.t, &r, w.clock.mono_ms);
		look(&w);
		assert_int_equal(w.fix.source, JX_FIX_GNSS);
		assert_int_equal(w.fix.accuracy_mm, -1);
	}
}

static void times_before_2020_are_no_times(void **state)
{
	/* 1970, GPS epoch 1980, 2026 less 1024 weeks, the last second of 2019, after 2100 */
	static const int64_t cases[] = {1,
					INT64_C(315964800000),
					NOW_MS - INT64_C(1024) * 7 * 86400000,
					INT64_C(1577836799000),
					INT64_C(4102444800000),
					0};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w);
		say(&w, 30.23, 119.72, cases[i]);
		look(&w);
		assert_int_equal(w.fix.source, JX_FIX_GNSS);
		assert_int_equal(w.fix.gnss_utc_ms, 0);
		assert_true((w.t.doubts & JX_GPS_DOUBT_NO_TIME) != 0);
	}
}

static void waiting_goes_on_for_a_time_and_then_does_without(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	say(&w, 30.23, 119.72, 0);
	assert_false(jx_gps__is_enough(&w.t));
	jx_fake_clock_advance(&w.clock, 1000);
	say(&w, 30.23001, 119.72, 0);
	assert_false(jx_gps__is_enough(&w.t));
	jx_fake_clock_advance(&w.clock, 1000);
	say(&w, 30.23002, 119.72, 0);
	assert_true(jx_gps__is_enough(&w.t));
	say(&w, 30.23002, 119.72, w.clock.utc_ms);
	assert_true(jx_gps__is_enough(&w.t));
	assert_int_equal(w.t.fix.gnss_utc_ms, w.clock.utc_ms);
}

static void silence_makes_a_fix_stale_and_then_useless(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	say(&w, 30.23, 119.72, w.clock.utc_ms);
	jx_fake_clock_advance(&w.clock, 5000);
	look(&w);
	assert_false(w.fix.is_stale);
	assert_int_equal(w.fix.age_ms, 5000);
	jx_fake_clock_advance(&w.clock, 1);
	look(&w);
	assert_true(w.fix.is_stale);
	assert_int_equal(w.state, JX_GPS_STALE);
	assert_false(jx_gps__is_enough(&w.t));
	jx_fake_clock_advance(&w.clock, JX_GPS_KEEP_MS - 5001);
	look(&w);
	assert_int_equal(w.fix.source, JX_FIX_GNSS);
	assert_int_equal(w.fix.age_ms, JX_GPS_KEEP_MS);
	jx_fake_clock_advance(&w.clock, 1);
	look(&w);
	assert_int_equal(w.fix.source, JX_FIX_NONE);
	assert_int_equal(w.state, JX_GPS_STALE);
}

static void a_frozen_time_grows_old_however_often_it_is_said(void **state)
{
	struct world w;
	int64_t frozen_ms;
	int i;

	(void)state;
	begin(&w);
	frozen_ms = w.clock.utc_ms;
	for (i = 0; i < 20; i++) {
		say(&w, 30.23, 119.72, frozen_ms);
		jx_fake_clock_advance(&w.clock, 1000);
	}
	look(&w);
	assert_int_equal(w.fix.age_ms, 20000);
	assert_true(w.fix.is_stale);
}

static void a_frozen_place_without_time_grows_old(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	for (i = 0; i < 20; i++) {
		say(&w, 30.23, 119.72, 0);
		jx_fake_clock_advance(&w.clock, 1000);
	}
	look(&w);
	assert_true(w.fix.is_stale);
}

static void reports_of_one_epoch_complete_each_other(void **state)
{
	struct jx_gps__report bare = {.mode = 2, .lat_deg = 30.23, .lon_deg = 119.72, .accuracy_m = NAN};
	struct world w;

	(void)state;
	begin(&w);
	bare.utc_ms = w.clock.utc_ms;
	jx_gps__take_report(&w.t, &bare, w.clock.mono_ms);
	jx_fake_clock_advance(&w.clock, 200);
	say(&w, 30.23, 119.72, bare.utc_ms);
	look(&w);
	assert_int_equal(w.fix.accuracy_mm, 17100);
	assert_int_equal(w.fix.mode, 3);
	assert_int_equal(w.fix.age_ms, 200);
	jx_gps__take_report(&w.t, &bare, w.clock.mono_ms);
	look(&w);
	assert_int_equal(w.fix.accuracy_mm, 17100);
}

static void losing_the_fix_keeps_the_old_one_with_its_age(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	jx_gps__take_satellites(&w.t, 8, 10);
	say(&w, 30.23, 119.72, w.clock.utc_ms);
	jx_fake_clock_advance(&w.clock, 8000);
	jx_gps__take_satellites(&w.t, 0, 0);
	say_mode(&w, 1);
	look(&w);
	assert_int_equal(w.fix.source, JX_FIX_GNSS);
	assert_int_equal(w.fix.satellites_used, 8);
	assert_int_equal(w.fix.age_ms, 8000);
	assert_int_equal(w.state, JX_GPS_NO_FIX);
}

static void without_any_fix_satellites_are_told_all_the_same(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	look(&w);
	assert_int_equal(w.state, JX_GPS_WAITING);
	assert_int_equal(w.fix.satellites_used, -1);
	say_mode(&w, 1);
	jx_gps__take_satellites(&w.t, 2, 7);
	look(&w);
	assert_int_equal(w.fix.source, JX_FIX_NONE);
	assert_int_equal(w.fix.mode, 1);
	assert_int_equal(w.fix.satellites_used, 2);
	assert_int_equal(w.state, JX_GPS_NO_FIX);
}

static void lines_that_waited_in_a_buffer_are_as_old_as_they_are(void **state)
{
	struct world w;
	int64_t start_utc_ms;
	int i;

	(void)state;
	begin(&w);
	start_utc_ms = w.clock.utc_ms;
	for (i = 0; i < 5; i++) {
		say(&w, 30.23 + i * 1e-5, 119.72, start_utc_ms + i * 1000);
		jx_fake_clock_advance(&w.clock, 1000);
	}
	/* Nobody reads for two minutes; gpsd had stopped after one; now its lines come all at once. */
	jx_fake_clock_advance(&w.clock, 120000);
	for (i = 5; i < 65; i++)
		say(&w, 30.23 + i * 1e-5, 119.72, start_utc_ms + i * 1000);
	look(&w);
	assert_true(w.fix.is_stale);
	assert_in_range(w.fix.age_ms, 60000, 61500);
}

static void a_slow_quartz_does_not_make_fixes_old(void **state)
{
	struct world w;
	int i;

	(void)state;
	begin(&w);
	/* Device clock 100 ppm fast for a day: 8.6 s in all. */
	for (i = 0; i < 86400; i++) {
		say(&w, 30.23 + (i % 10) * 1e-6, 119.72, NOW_MS + (int64_t)i * 1000);
		jx_fake_clock_advance(&w.clock, i % 10 == 0 ? 1001 : 1000);
	}
	look(&w);
	assert_in_range(w.fix.age_ms, 1000, 1100);
}

static void a_receiver_clock_that_is_set_starts_anew(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	say(&w, 30.23, 119.72, w.clock.utc_ms);
	jx_fake_clock_advance(&w.clock, 1000);
	say(&w, 30.23, 119.72, w.clock.utc_ms - INT64_C(3600000));
	look(&w);
	assert_int_equal(w.fix.age_ms, 0);
	assert_true((w.t.doubts & JX_GPS_DOUBT_CLOCK) != 0);
}

static void jumps_are_given_and_doubted(void **state)
{
	static const struct {
		double north_m;
		int64_t ms;
		bool is_jump;
	} cases[] = {
		{1.2, 1000, false}, {8, 100, false},       {90, 100, false},      {101, 2000, true},
		{1001, 9000, true}, {1001, 10000, true},   {1001, 25000, false},  {400, 10000, false},
		{430, 10000, true}, {100000, 60000, true}, {5000, 600000, false},
	};
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(&w);
		say(&w, 30.23, 119.72, w.clock.utc_ms);
		jx_fake_clock_advance(&w.clock, cases[i].ms);
		say(&w, 30.23 + cases[i].north_m / 111319.49, 119.72, w.clock.utc_ms);
		look(&w);
		jx_assert_near(w.fix.lat_wgs84_e7 / 1e7, 30.23 + cases[i].north_m / 111319.49, 1e-6);
		if (((w.t.doubts & JX_GPS_DOUBT_JUMP) != 0) != cases[i].is_jump)
			fail_msg("%.0f m in %lld ms", cases[i].north_m, (long long)cases[i].ms);
	}
}

static void the_date_line_is_no_jump(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	say(&w, 10, 179.99999, w.clock.utc_ms);
	jx_fake_clock_advance(&w.clock, 1000);
	say(&w, 10, -179.99999, w.clock.utc_ms);
	assert_int_equal(w.t.doubts, 0);
}

static void a_wrong_receiver_clock_is_doubted(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	say(&w, 30.23, 119.72, w.clock.utc_ms - 5000);
	assert_int_equal(w.t.doubts & JX_GPS_DOUBT_CLOCK, 0);
	begin(&w);
	say(&w, 30.23, 119.72, w.clock.utc_ms - 5001);
	assert_int_not_equal(w.t.doubts & JX_GPS_DOUBT_CLOCK, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_position_is_given_to_the_last_digit),
		cmocka_unit_test(impossible_positions_are_left_out),
		cmocka_unit_test(edges_of_the_world_are_possible),
		cmocka_unit_test(accuracy_that_is_no_number_is_unknown),
		cmocka_unit_test(times_before_2020_are_no_times),
		cmocka_unit_test(waiting_goes_on_for_a_time_and_then_does_without),
		cmocka_unit_test(silence_makes_a_fix_stale_and_then_useless),
		cmocka_unit_test(a_frozen_time_grows_old_however_often_it_is_said),
		cmocka_unit_test(a_frozen_place_without_time_grows_old),
		cmocka_unit_test(reports_of_one_epoch_complete_each_other),
		cmocka_unit_test(losing_the_fix_keeps_the_old_one_with_its_age),
		cmocka_unit_test(without_any_fix_satellites_are_told_all_the_same),
		cmocka_unit_test(lines_that_waited_in_a_buffer_are_as_old_as_they_are),
		cmocka_unit_test(a_slow_quartz_does_not_make_fixes_old),
		cmocka_unit_test(a_receiver_clock_that_is_set_starts_anew),
		cmocka_unit_test(jumps_are_given_and_doubted),
		cmocka_unit_test(the_date_line_is_no_jump),
		cmocka_unit_test(a_wrong_receiver_clock_is_doubted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
