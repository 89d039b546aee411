#include "jx_test.h"

#include "jiexun/gps.h"

static void no_receiver_answers_at_once_with_none(void **state)
{
	JX_AUTO(jx_gps) g = jx_gps_open_none();
	struct jx_error err;
	struct jx_fix fix;

	(void)state;
	jx_assert_ok(jx_gps_read(g, 60000, &fix, &err), &err);
	assert_int_equal(fix.source, JX_FIX_NONE);
	assert_int_equal(fix.satellites_used, -1);
	assert_int_equal(jx_gps_state(g), JX_GPS_OFF);
	assert_string_equal(jx_gps_state_name(jx_gps_state(g)), "off");
	assert_true(jx_gps_reason(g)[0] != '\0');
	assert_int_equal(jx_gps_satellites_visible(g), -1);
}

static void manual_position_is_given_as_set(void **state)
{
	JX_AUTO(jx_gps) g = NULL;
	struct jx_error err;
	struct jx_fix fix;

	(void)state;
	jx_assert_ok(jx_gps_open_manual(302301234, -1197204321, 25000, &g, &err), &err);
	jx_assert_ok(jx_gps_read(g, 60000, &fix, &err), &err);
	assert_int_equal(fix.source, JX_FIX_MANUAL);
	assert_int_equal(fix.lat_wgs84_e7, 302301234);
	assert_int_equal(fix.lon_wgs84_e7, -1197204321);
	assert_int_equal(fix.accuracy_mm, 25000);
	assert_int_equal(fix.age_ms, 0);
	assert_false(fix.is_stale);
	assert_int_equal(fix.gnss_utc_ms, 0);
	assert_string_equal(jx_gps_reason(g), "");
	assert_int_equal(jx_gps_doubts(g), 0);
}

static void manual_position_out_of_range_is_refused(void **state)
{
	static const struct {
		int32_t lat, lon;
		int64_t accuracy;
		const char *says;
	} cases[] = {
		{900000001, 0, -1, "latitude"},    {-900000001, 0, -1, "latitude"},
		{INT32_MIN, 0, -1, "latitude"},    {0, 1800000001, -1, "longitude"},
		{0, -1800000001, -1, "longitude"}, {0, 0, -2, "accuracy"},
		{0, 0, 1000000001, "accuracy"},
	};
	struct jx_error err;
	jx_gps *g = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jx_assert_rc(jx_gps_open_manual(cases[i].lat, cases[i].lon, cases[i].accuracy, &g, &err),
			     JX_EINVAL, &err);
		jx_assert_says(&err, cases[i].says);
		assert_null(g);
	}
	jx_assert_ok(jx_gps_open_manual(900000000, -1800000000, -1, &g, &err), &err);
	jx_gps_close(g);
}

static void waiting_out_of_range_is_refused(void **state)
{
	JX_AUTO(jx_gps) g = jx_gps_open_none();
	struct jx_fix fix = {.age_ms = 77};
	struct jx_error err;

	(void)state;
	jx_assert_rc(jx_gps_read(g, -1, &fix, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_gps_read(g, JX_GPS_WAIT_MS_MAX + 1, &fix, &err), JX_EINVAL, &err);
	assert_int_equal(fix.age_ms, 77);
}

static void gpsd_arguments_are_checked(void **state)
{
	static const struct {
		const char *host, *device;
		int64_t stale_ms;
		const char *says;
	} cases[] = {
		{"gps.example.org", NULL, 0, "numeric"},
		{"", NULL, 0, "numeric"},
		{"127.0.0.1 ", NULL, 0, "numeric"},
		{"1111111111111111111111111111111111111111111111111111111111111111", NULL, 0, "longer"},
		{NULL, "/dev/\xff", 0, "device"},
		{NULL, NULL, 1, "stale_after_ms"},
		{NULL, NULL, JX_GPS_KEEP_MS + 1, "stale_after_ms"},
	};
	struct jx_fake_clock clock;
	struct jx_error err;
	jx_gps *g = NULL;
	size_t i;

	(void)state;
	jx_fake_clock_init(&clock, 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jx_assert_rc(jx_gps_open_gpsd(cases[i].host, 1, cases[i].device, &clock.clock,
					      cases[i].stale_ms, &g, &err),
			     JX_EINVAL, &err);
		jx_assert_says(&err, cases[i].says);
		assert_null(g);
	}
	jx_assert_ok(jx_gps_open_gpsd("::1", 0, "/dev/gps0", &clock.clock, 0, &g, &err), &err);
	jx_gps_close(g);
	jx_gps_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_receiver_answers_at_once_with_none),
		cmocka_unit_test(manual_position_is_given_as_set),
		cmocka_unit_test(manual_position_out_of_range_is_refused),
		cmocka_unit_test(waiting_out_of_range_is_refused),
		cmocka_unit_test(gpsd_arguments_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
