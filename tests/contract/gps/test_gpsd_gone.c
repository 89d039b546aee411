/*
 * gpsd that is not there, dies, comes back, is silent or talks nonsense: a read always ends in time with
 * an answer.
 */
#include <stdlib.h>

#include "../../tools/nmea_text.h"
#include "feeder.h"
#include "gpsd_process.h"
#include "jiexun/gps.h"
#include "jx_test.h"

#define LIMIT_MS 30000
/* Short, so that what lies behind a fresh fix is soon seen. */
#define STALE_AFTER_MS 500
/* Generous: what is tested is "not for ever", and the machine may be busy. */
#define SLACK_MS 10000

/* In a fixture, so that a failed test leaves no gpsd behind. */
struct stage {
	struct gpsd_process gpsd;
	struct feeder feeder;
	jx_gps *gps;
};

static int begin(void **state)
{
	struct stage *s = jx_xcalloc(1, sizeof(*s));

	s->feeder.listen_fd = -1;
	s->feeder.client_fd = -1;
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct stage *s = *state;

	jx_gps_close(s->gps);
	gpsd_process_kill(&s->gpsd);
	feeder_close(&s->feeder);
	free(s);
	return 0;
}

static int64_t mono_ms(void)
{
	return jx_os_clock()->mono_ms(jx_os_clock()->user);
}

static int64_t utc_ms(void)
{
	return jx_os_clock()->utc_ms(jx_os_clock()->user);
}

static jx_gps *open_gps(uint16_t port)
{
	struct jx_error err;
	jx_gps *g = NULL;

	jx_assert_ok(jx_gps_open_gpsd("localhost", port, NULL, jx_os_clock(), STALE_AFTER_MS, &g, &err),
		     &err);
	return g;
}

static struct jx_fix read_for(jx_gps *g, int64_t wait_ms)
{
	int64_t start_ms = mono_ms();
	struct jx_error err;
	struct jx_fix fix;

	jx_assert_ok(jx_gps_read(g, wait_ms, &fix, &err), &err);
	assert_true(mono_ms() - start_ms < wait_ms + SLACK_MS);
	return fix;
}

static void wait_for_state(jx_gps *g, enum jx_gps_state want)
{
	int64_t end_ms = mono_ms() + LIMIT_MS;

	do {
		(void)read_for(g, 50);
		if (mono_ms() > end_ms)
			fail_msg("state stays %s, want %s", jx_gps_state_name(jx_gps_state(g)),
				 jx_gps_state_name(want));
	} while (jx_gps_state(g) != want);
}

static void feed_until_fix(jx_gps *g, struct feeder *f, double lat_deg)
{
	int64_t end_ms = mono_ms() + LIMIT_MS;
	struct jx_fix fix = {0};

	while (fix.source != JX_FIX_GNSS || llabs(fix.lat_wgs84_e7 - (int64_t)(lat_deg * 1e7 + 0.5)) > 2) {
		struct nmea_epoch e = {.utc_ms = utc_ms() / 100 * 100,
				       .mode = 3,
				       .lat_wgs84_deg = lat_deg,
				       .lon_wgs84_deg = 119.72,
				       .hdop = 1,
				       .pdop = 1,
				       .vdop = 1};
		JX_AUTO_BUF text;

		jx_buf_init(&text, 4096);
		nmea_fill_satellites(&e, 7, 9);
		nmea_add_epoch(&text, &e);
		assert_true(feeder_say(f, text.data, text.len));
		fix = read_for(g, 50);
		if (mono_ms() > end_ms)
			fail_msg("no fix: %s", jx_gps_reason(g));
	}
}

static void begin_gpsd(struct stage *s, uint16_t port)
{
	assert_true(feeder_open(&s->feeder, 0));
	gpsd_process_start(&s->gpsd, port, s->feeder.port);
	assert_true(feeder_accept(&s->feeder, LIMIT_MS));
	s->gps = open_gps(port);
}

static void an_absent_gpsd_is_named_and_holds_nobody(void **state)
{
	struct stage *s = *state;
	struct jx_fix fix;

	s->gps = open_gps(feeder_free_port());
	fix = read_for(s->gps, 0);
	assert_int_equal(fix.source, JX_FIX_NONE);
	assert_int_equal(jx_gps_state(s->gps), JX_GPS_NO_GPSD);
	assert_non_null(strstr(jx_gps_reason(s->gps), "gpsd"));
	fix = read_for(s->gps, 500);
	assert_int_equal(fix.source, JX_FIX_NONE);
	assert_int_equal(fix.satellites_used, -1);
}

static void a_restarted_gpsd_is_found_again(void **state)
{
	struct stage *s = *state;
	uint16_t port = feeder_free_port();
	struct jx_fix fix;

	begin_gpsd(s, port);
	feed_until_fix(s->gps, &s->feeder, 30.23);
	gpsd_process_kill(&s->gpsd);
	/* The last fix stays, with its age; once it is stale the state says what is wrong. */
	fix = read_for(s->gps, 0);
	assert_int_equal(fix.source, JX_FIX_GNSS);
	gpsd_process_start(&s->gpsd, port, s->feeder.port);
	assert_true(feeder_accept(&s->feeder, LIMIT_MS));
	feed_until_fix(s->gps, &s->feeder, 30.24);
}

static void a_dead_receiver_behind_gpsd_is_told(void **state)
{
	struct stage *s = *state;
	uint16_t port = feeder_free_port();

	begin_gpsd(s, port);
	feed_until_fix(s->gps, &s->feeder, 30.23);
	feeder_close(&s->feeder);
	wait_for_state(s->gps, JX_GPS_NO_DEVICE);
	assert_true(jx_gps_reason(s->gps)[0] != '\0');
}

/* ---- a gpsd that the test plays itself ----------------------------------------------------------- */

static void begin_stub(struct stage *s)
{
	char request[256];

	assert_true(feeder_open(&s->feeder, 0));
	s->gps = open_gps(s->feeder.port);
	(void)read_for(s->gps, 0);
	assert_true(feeder_accept(&s->feeder, LIMIT_MS));
	assert_true(feeder_hear(&s->feeder, request, sizeof(request), LIMIT_MS) > 0);
	assert_non_null(strstr(request, "?WATCH={\"enable\":true,\"json\":true}"));
}

static void say_text(struct feeder *f, const char *text)
{
	assert_true(feeder_say(f, text, strlen(text)));
}

static void a_silent_gpsd_holds_nobody(void **state)
{
	struct stage *s = *state;
	struct jx_fix fix;

	begin_stub(s);
	fix = read_for(s->gps, 300);
	assert_int_equal(fix.source, JX_FIX_NONE);
	assert_int_equal(jx_gps_state(s->gps), JX_GPS_WAITING);
}

static void a_line_may_come_in_pieces(void **state)
{
	static const char *const pieces[] = {"{\"class\":\"TPV\",\"mo", "de\":3,\"lat\":30.2,\"lon\":119.7}",
					     "\r", "\n"};
	struct stage *s = *state;
	int64_t end_ms = mono_ms() + LIMIT_MS;
	struct jx_fix fix;
	size_t i;

	begin_stub(s);
	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		assert_int_equal(read_for(s->gps, 20).source, JX_FIX_NONE);
		say_text(&s->feeder, pieces[i]);
	}
	do {
		fix = read_for(s->gps, 50);
	} while (fix.source == JX_FIX_NONE && mono_ms() < end_ms);
	assert_int_equal(fix.lat_wgs84_e7, 302000000);
	assert_int_equal(fix.gnss_utc_ms, 0);
	assert_int_equal(jx_gps_doubts(s->gps), JX_GPS_DOUBT_NO_TIME);
}

static void an_endless_line_is_dropped_and_the_next_one_read(void **state)
{
	struct stage *s = *state;
	JX_AUTO_FREE char *flood = jx_xcalloc(1, 200000);
	int64_t end_ms = mono_ms() + LIMIT_MS;
	struct jx_fix fix;

	begin_stub(s);
	memset(flood, 'x', 200000);
	flood[199999] = '\n';
	assert_true(feeder_say(&s->feeder, flood, 200000));
	wait_for_state(s->gps, JX_GPS_BAD_DATA);
	say_text(&s->feeder, "{\"class\":\"TPV\",\"mode\":3,\"lat\":30.2,\"lon\":119.7}\n");
	do {
		fix = read_for(s->gps, 50);
	} while (fix.source == JX_FIX_NONE && mono_ms() < end_ms);
	assert_int_equal(fix.source, JX_FIX_GNSS);
}

static void a_gpsd_that_hangs_up_is_called_again(void **state)
{
	struct stage *s = *state;
	int i;

	begin_stub(s);
	for (i = 0; i < 5; i++) {
		int64_t end_ms = mono_ms() + LIMIT_MS;

		feeder_hang_up(&s->feeder);
		do {
			(void)read_for(s->gps, 20);
		} while (!feeder_accept(&s->feeder, 0) && mono_ms() < end_ms);
		assert_true(s->feeder.client_fd >= 0);
		say_text(&s->feeder, "{\"class\":\"VERSION\",\"release\":\"3.22\"}\n");
		wait_for_state(s->gps, JX_GPS_WAITING);
	}
	feeder_close(&s->feeder);
	wait_for_state(s->gps, JX_GPS_NO_GPSD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_absent_gpsd_is_named_and_holds_nobody, begin, end),
		cmocka_unit_test_setup_teardown(a_restarted_gpsd_is_found_again, begin, end),
		cmocka_unit_test_setup_teardown(a_dead_receiver_behind_gpsd_is_told, begin, end),
		cmocka_unit_test_setup_teardown(a_silent_gpsd_holds_nobody, begin, end),
		cmocka_unit_test_setup_teardown(a_line_may_come_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(an_endless_line_is_dropped_and_the_next_one_read, begin, end),
		cmocka_unit_test_setup_teardown(a_gpsd_that_hangs_up_is_called_again, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
