#include "jx_test.h"

#include <stdlib.h>

#include "gps_private.h"

#define NOW_MS INT64_C(1782864000000) /* 2026-07-01T00:00:00Z */

static const char good[] =
	"{\"class\":\"TPV\",\"device\":\"/dev/gps0\",\"mode\":3,\"time\":\"2026-07-01T00:00:00.250Z\","
	"\"lat\":30.230123400,\"lon\":119.720432100,\"altHAE\":20.1,\"eph\":17.100}";

struct world {
	struct jx_fake_clock clock;
	struct jx_gps__tracker t;
	struct jx_fix fix;
	enum jx_gps_state state;
};

static int begin(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	jx_fake_clock_init(&w->clock, NOW_MS);
	jx_gps__tracker_init(&w->t, &w->clock.clock, 5000);
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	free(w);
	return 0;
}

static void say_bytes(struct world *w, const char *bytes, size_t len, const char *device)
{
	/* In memory of exactly its size, so that reading past the end is seen. */
	JX_AUTO_FREE char *line = jx_xcalloc(1, len + 1);

	memcpy(line, bytes, len);
	jx_gps__take_line(&w->t, line, len, device, w->clock.mono_ms);
	jx_gps__give_fix(&w->t, &w->fix, &w->state);
}

static void say(struct world *w, const char *line)
{
	say_bytes(w, line, strlen(line), "");
}

static void a_full_report_is_read(void **state)
{
	struct world *w = *state;

	say(w, good);
	assert_int_equal(w->state, JX_GPS_OK);
	assert_int_equal(w->fix.lat_wgs84_e7, 302301234);
	assert_int_equal(w->fix.lon_wgs84_e7, 1197204321);
	assert_int_equal(w->fix.accuracy_mm, 17100);
	assert_int_equal(w->fix.mode, 3);
	assert_int_equal(w->fix.gnss_utc_ms, NOW_MS + 250);
	assert_int_equal(w->fix.satellites_used, -1);
	say(w,
	    "{\"class\":\"SKY\",\"device\":\"/dev/gps0\",\"satellites\":[{\"PRN\":1,\"el\":10,\"az\":10,\"ss\":30,\"used\":true},"
	    "{\"PRN\":2,\"el\":10,\"az\":10,\"ss\":30,\"used\":false}]}");
	assert_int_equal(w->fix.satellites_used, 1);
	assert_int_equal(w->t.satellites_visible, 2);
	/* DOPs only, no list: the satellites are still there. */
	say(w, "{\"class\":\"SKY\",\"device\":\"/dev/gps0\",\"hdop\":1.2}");
	assert_int_equal(w->fix.satellites_used, 1);
}

/* To the last digit that is kept, whatever the sign, the zeros and the digits that are too many. */
static void numbers_are_read_to_the_last_digit(void **state)
{
	static const struct {
		const char *lat, *lon;
		int32_t lat_e7, lon_e7;
	} cases[] = {
		{"-33.8567844", "151.2152967", -338567844, 1512152967},
		{"0.0000001", "-0.0000001", 1, -1},
		{"-0.000000049", "179.99999994", 0, 1799999999},
		{"30", "-120", 300000000, -1200000000},
		{"30.2301234000000000000000001", "119.720432100000000000000001", 302301234, 1197204321},
		{"90.000000000", "-180.000000000", 900000000, -1800000000},
	};
	static const char *const none[] = {
		"1e1",  "3.0E-1", "\"30.2\"", "null",
		"true", "[30.2]", "{}",       "1234567890123456789012345678901234567890"};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) + sizeof(none) / sizeof(none[0]); i++) {
		const bool is_none = i >= sizeof(cases) / sizeof(cases[0]);
		JX_AUTO_FREE char *line = jx_xasprintf(
			"{\"class\":\"TPV\",\"mode\":3,\"lat\":%s,\"lon\":%s,\"epx\":3.0,\"epy\":4.000}",
			is_none ? none[i - sizeof(cases) / sizeof(cases[0])] : cases[i].lat,
			is_none ? "119.7" : cases[i].lon);
		void *world;
		struct world *w;

		(void)begin(&world);
		w = world;
		say(w, line);
		assert_int_equal(w->fix.source, is_none ? JX_FIX_NONE : JX_FIX_GNSS);
		assert_int_equal(w->state, is_none ? JX_GPS_BAD_DATA : JX_GPS_OK);
		if (!is_none) {
			assert_int_equal(w->fix.lat_wgs84_e7, cases[i].lat_e7);
			assert_int_equal(w->fix.lon_wgs84_e7, cases[i].lon_e7);
			assert_int_equal(w->fix.accuracy_mm, 5000);
		}
		(void)end(&world);
	}
}

static void a_time_that_is_none_is_left_out(void **state)
{
	static const char *const times[] = {
		"2026-13-01T00:00:00.000Z",
		"2026-07-00T00:00:00.000Z",
		"2026-07-01T24:00:00.000Z",
		"2026-07-01T00:60:00.000Z",
		"2026-07-01T00:00:00.000",
		"2026-07-01 00:00:00.000Z",
		"2026-07-01T00:00:0x.000Z",
		"20260701T000000Z",
		"2026-07-01T00:00:00+08Z",
		"2026-07-01T00:00:00.000000000000000000Z",
		"Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		JX_AUTO_FREE char *line = jx_xasprintf(
			"{\"class\":\"TPV\",\"mode\":3,\"time\":\"%s\",\"lat\":30.2,\"lon\":119.7}",
			times[i]);
		void *world;
		struct world *w;

		(void)begin(&world);
		w = world;
		say(w, line);
		assert_int_equal(w->fix.source, JX_FIX_GNSS);
		assert_int_equal(w->fix.gnss_utc_ms, 0);
		assert_int_equal(w->t.doubts, JX_GPS_DOUBT_NO_TIME);
		(void)end(&world);
	}
}

static void what_gpsd_may_leave_out_or_get_wrong(void **state)
{
	static const struct {
		const char *line;
		enum jx_fix_source source;
		enum jx_gps_state state;
		int64_t utc_ms;
	} cases[] = {
		{"{\"class\":\"TPV\",\"mode\":0}", JX_FIX_NONE, JX_GPS_WAITING, 0},
		{"{\"class\":\"TPV\",\"mode\":1}", JX_FIX_NONE, JX_GPS_NO_FIX, 0},
		{"{\"class\":\"TPV\",\"mode\":1,\"lat\":30.2,\"lon\":119.7}", JX_FIX_NONE, JX_GPS_NO_FIX, 0},
		{"{\"class\":\"TPV\",\"mode\":3}", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":30.2}", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":nan,\"lon\":nan}", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":0.0,\"lon\":0.0}", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":300.2,\"lon\":119.7}", JX_FIX_NONE, JX_GPS_BAD_DATA,
		 0},
		{"{\"class\":\"TPV\",\"mode\":99,\"lat\":30.2,\"lon\":119.7}", JX_FIX_NONE, JX_GPS_WAITING,
		 0},
		{"{\"class\":\"TPV\",\"mode\":2,\"lat\":30.2,\"lon\":119.7}", JX_FIX_GNSS, JX_GPS_OK, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"time\":\"1970-01-01T00:00:07.000Z\",\"lat\":30.2,\"lon\":119.7}",
		 JX_FIX_GNSS, JX_GPS_OK, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"time\":\"2006-11-15T00:00:00.000Z\",\"lat\":30.2,\"lon\":119.7}",
		 JX_FIX_GNSS, JX_GPS_OK, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"time\":\"\",\"lat\":30.2,\"lon\":119.7}", JX_FIX_GNSS,
		 JX_GPS_OK, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"time\":\"2026-07-01T00:00:00.000Z\",\"lat\":30.2,\"lon\":119.7}",
		 JX_FIX_GNSS, JX_GPS_OK, NOW_MS},
		{"garbage", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":30.2,\"lon\":119.7", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"TPV\",\"mode\":3,\"lat\":30.2,\"lat\":31.2,\"lon\":119.7}", JX_FIX_NONE,
		 JX_GPS_BAD_DATA, 0},
		{"[1,2,3]", JX_FIX_NONE, JX_GPS_BAD_DATA, 0},
		{"{\"class\":\"NEWS\",\"what\":[1,2]}", JX_FIX_NONE, JX_GPS_WAITING, 0},
		{"{\"class\":\"DEVICES\",\"devices\":[]}", JX_FIX_NONE, JX_GPS_NO_DEVICE, 0},
		{"{\"class\":\"DEVICE\",\"path\":\"/dev/gps0\",\"activated\":0}", JX_FIX_NONE,
		 JX_GPS_NO_DEVICE, 0},
		{"{\"class\":\"DEVICES\",\"devices\":[{\"class\":\"DEVICE\",\"path\":\"/dev/gps0\"}]}",
		 JX_FIX_NONE, JX_GPS_WAITING, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		void *world;
		struct world *w;

		(void)begin(&world);
		w = world;
		say(w, cases[i].line);
		if (w->fix.source != cases[i].source || w->state != cases[i].state ||
		    w->fix.gnss_utc_ms != cases[i].utc_ms)
			fail_msg("%s: source %d state %s time %lld", cases[i].line, (int)w->fix.source,
				 jx_gps_state_name(w->state), (long long)w->fix.gnss_utc_ms);
		(void)end(&world);
	}
}

static void a_simulated_fix_is_doubted(void **state)
{
	struct world *w = *state;

	say(w,
	    "{\"class\":\"TPV\",\"status\":8,\"mode\":3,\"time\":\"2026-07-01T00:00:00.000Z\",\"lat\":30.2,\"lon\":119.7}");
	assert_int_equal(w->fix.source, JX_FIX_GNSS);
	assert_int_equal(w->t.doubts, JX_GPS_DOUBT_SIMULATED);
}

static void another_receiver_is_not_ours(void **state)
{
	struct world *w = *state;

	say_bytes(w, good, sizeof(good) - 1, "/dev/gps1");
	assert_int_equal(w->fix.source, JX_FIX_NONE);
	say_bytes(w, good, sizeof(good) - 1, "/dev/gps0");
	assert_int_equal(w->fix.source, JX_FIX_GNSS);
}

static void a_plugged_in_receiver_is_waited_for(void **state)
{
	struct world *w = *state;

	say(w, "{\"class\":\"DEVICES\",\"devices\":[]}");
	say(w, "{\"class\":\"DEVICE\",\"path\":\"/dev/gps0\",\"activated\":\"2026-07-01T00:00:00.000Z\"}");
	assert_int_equal(w->state, JX_GPS_WAITING);
	say(w, good);
	assert_int_equal(w->state, JX_GPS_OK);
}

/* Whatever comes out of a mutated line is a possible fix or none; the sanitizers watch the rest. */
static void mutated_lines_give_possible_fixes_or_none(void **state)
{
	struct world *w = *state;
	struct jx_fake_rand rand;
	int i;

	jx_fake_rand_init(&rand, 4711);
	for (i = 0; i < 20000; i++) {
		char line[sizeof(good)];
		size_t len = sizeof(good) - 1;
		uint64_t changes = 1 + jx_fake_rand_below(&rand, 4);

		memcpy(line, good, sizeof(good));
		while (changes-- > 0)
			line[jx_fake_rand_below(&rand, len)] = (char)jx_fake_rand_below(&rand, 256);
		if (jx_fake_rand_below(&rand, 4) == 0)
			len = (size_t)jx_fake_rand_below(&rand, len);
		say_bytes(w, line, len, "");
		if (w->fix.source == JX_FIX_NONE)
			continue;
		assert_in_range(w->fix.lat_wgs84_e7 + 900000000, 0, 1800000000);
		assert_in_range((int64_t)w->fix.lon_wgs84_e7 + 1800000000, 0, 3600000000);
		assert_true(w->fix.accuracy_mm >= -1 && w->fix.accuracy_mm <= 1000000000);
		assert_in_range(w->fix.mode, 2, 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_full_report_is_read, begin, end),
		cmocka_unit_test(numbers_are_read_to_the_last_digit),
		cmocka_unit_test(a_time_that_is_none_is_left_out),
		cmocka_unit_test(what_gpsd_may_leave_out_or_get_wrong),
		cmocka_unit_test_setup_teardown(a_simulated_fix_is_doubted, begin, end),
		cmocka_unit_test_setup_teardown(another_receiver_is_not_ours, begin, end),
		cmocka_unit_test_setup_teardown(a_plugged_in_receiver_is_waited_for, begin, end),
		cmocka_unit_test_setup_teardown(mutated_lines_give_possible_fixes_or_none, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
