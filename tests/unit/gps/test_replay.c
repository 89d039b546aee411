#include "jx_test.h"

#include <stdlib.h>

#include "../../tools/nmea_text.h"
#include "jiexun/gps.h"

#define NOW_MS INT64_C(1782864000000)

struct world {
	struct jx_fake_clock clock;
	char *folder;
	char *path;
	jx_gps *gps;
	struct jx_fix fix;
};

static int begin(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	jx_fake_clock_init(&w->clock, NOW_MS);
	w->folder = jx_test_folder();
	w->path = jx_test_path(w->folder, "walk.nmea");
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	jx_gps_close(w->gps);
	free(w->path);
	jx_test_folder_remove(w->folder);
	free(w);
	return 0;
}

static void open_text(struct world *w, const char *text, size_t len)
{
	struct jx_error err;

	jx_assert_ok(jx_fs_write_all(jx_os_fs(), w->path, text, len, &err), &err);
	jx_assert_ok(jx_gps_open_replay(w->path, jx_os_fs(), &w->clock.clock, 5000, &w->gps, &err), &err);
}

static void read_now(struct world *w)
{
	struct jx_error err;

	jx_assert_ok(jx_gps_read(w->gps, 0, &w->fix, &err), &err);
}

static void add_epoch(jx_buf *b, int64_t utc_ms, double lat_deg, int mode)
{
	struct nmea_epoch e = {.utc_ms = utc_ms,
			       .mode = mode,
			       .lat_wgs84_deg = lat_deg,
			       .lon_wgs84_deg = 119.72,
			       .hdop = 1,
			       .pdop = 1,
			       .vdop = 1};

	nmea_fill_satellites(&e, mode >= 2 ? 8 : 0, 9);
	nmea_add_epoch(b, &e);
}

static void epochs_come_in_the_pace_of_the_recording(void **state)
{
	struct world *w = *state;
	JX_AUTO_BUF b;
	int i;

	jx_buf_init(&b, 65536);
	for (i = 0; i < 10; i++)
		add_epoch(&b, NOW_MS - 3600000 + i * 1000, 30.23 + i * 1e-5, 3);
	open_text(w, b.data, b.len);
	for (i = 0; i < 10; i++) {
		read_now(w);
		assert_int_equal(w->fix.lat_wgs84_e7, 302300000 + i * 100);
		assert_int_equal(w->fix.gnss_utc_ms, NOW_MS - 3600000 + i * 1000);
		assert_int_equal(w->fix.age_ms, 0);
		assert_int_equal(w->fix.satellites_used, 8);
		assert_int_equal(jx_gps_satellites_visible(w->gps), 9);
		jx_fake_clock_advance(&w->clock, 1000);
	}
	/* The recording is over: the last position grows old. */
	jx_fake_clock_advance(&w->clock, 9000);
	read_now(w);
	assert_int_equal(w->fix.age_ms, 10000);
	assert_true(w->fix.is_stale);
	assert_int_equal(jx_gps_state(w->gps), JX_GPS_STALE);
	assert_true(jx_gps_reason(w->gps)[0] != '\0');
}

static void epochs_missed_between_two_reads_are_dated_right(void **state)
{
	struct world *w = *state;
	JX_AUTO_BUF b;
	int i;

	jx_buf_init(&b, 65536);
	for (i = 0; i < 10; i++)
		add_epoch(&b, NOW_MS + i * 1000, 30.23 + i * 1e-5, 3);
	open_text(w, b.data, b.len);
	jx_fake_clock_advance(&w->clock, 12300);
	read_now(w);
	assert_int_equal(w->fix.lat_wgs84_e7, 302300900);
	assert_int_equal(w->fix.age_ms, 3300);
}

static void midnight_in_a_recording_takes_one_second(void **state)
{
	struct world *w = *state;
	JX_AUTO_BUF b;

	jx_buf_init(&b, 65536);
	add_epoch(&b, NOW_MS - 1000, 30.23, 3);
	add_epoch(&b, NOW_MS, 30.24, 3);
	open_text(w, b.data, b.len);
	read_now(w);
	assert_int_equal(w->fix.lat_wgs84_e7, 302300000);
	jx_fake_clock_advance(&w->clock, 1000);
	read_now(w);
	assert_int_equal(w->fix.lat_wgs84_e7, 302400000);
	assert_int_equal(w->fix.gnss_utc_ms, NOW_MS);
}

static void a_clock_that_stands_does_not_hold_the_reader(void **state)
{
	struct world *w = *state;
	JX_AUTO_BUF b;
	struct jx_error err;

	jx_buf_init(&b, 65536);
	add_epoch(&b, NOW_MS, 30.23, 1);
	add_epoch(&b, NOW_MS + 60000, 30.23, 3);
	open_text(w, b.data, b.len);
	jx_assert_ok(jx_gps_read(w->gps, 300, &w->fix, &err), &err);
	assert_int_equal(w->fix.source, JX_FIX_NONE);
	assert_int_equal(jx_gps_state(w->gps), JX_GPS_NO_FIX);
}

static void an_empty_recording_says_nothing(void **state)
{
	struct world *w = *state;

	open_text(w, "", 0);
	read_now(w);
	assert_int_equal(w->fix.source, JX_FIX_NONE);
	assert_int_equal(jx_gps_state(w->gps), JX_GPS_WAITING);
}

static void garbage_between_sentences_changes_nothing(void **state)
{
	struct world *w = *state;
	JX_AUTO_BUF b;

	jx_buf_init(&b, 65536);
	jx_buf_add(&b, "\0\0\n\xff\xfe garbage $GP\n\n\r\n$$$*00\n", 29);
	add_epoch(&b, NOW_MS, 30.23, 3);
	jx_buf_adds(&b, "$GPGGA,000000.00,9999");
	open_text(w, b.data, b.len);
	read_now(w);
	assert_int_equal(w->fix.source, JX_FIX_GNSS);
	assert_int_equal(w->fix.lat_wgs84_e7, 302300000);
	assert_int_equal(jx_gps_state(w->gps), JX_GPS_OK);
}

static void an_absent_recording_is_named(void **state)
{
	struct world *w = *state;
	struct jx_error err;

	jx_assert_rc(jx_gps_open_replay(w->path, jx_os_fs(), &w->clock.clock, 0, &w->gps, &err), JX_ENOTFOUND,
		     &err);
	jx_assert_says(&err, "walk.nmea");
	assert_null(w->gps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(epochs_come_in_the_pace_of_the_recording, begin, end),
		cmocka_unit_test_setup_teardown(epochs_missed_between_two_reads_are_dated_right, begin, end),
		cmocka_unit_test_setup_teardown(midnight_in_a_recording_takes_one_second, begin, end),
		cmocka_unit_test_setup_teardown(a_clock_that_stands_does_not_hold_the_reader, begin, end),
		cmocka_unit_test_setup_teardown(an_empty_recording_says_nothing, begin, end),
		cmocka_unit_test_setup_teardown(garbage_between_sentences_changes_nothing, begin, end),
		cmocka_unit_test_setup_teardown(an_absent_recording_is_named, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
