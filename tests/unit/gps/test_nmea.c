#include "jx_test.h"

#include <math.h>

#include "../../tools/nmea_text.h"
#include "gps_private.h"
#include "nmea_fields.h"

#define NOW_MS INT64_C(1782864000250) /* 2026-07-01T00:00:00.250Z */

static enum jx_gps__heard take(struct jx_gps__nmea *n, const char *line, struct jx_gps__report *r,
			       int *visible)
{
	return jx_gps__nmea_take(n, line, strlen(line), r, visible);
}

/* Body with a right checksum through the reader. */
static enum jx_gps__heard take_body(struct jx_gps__nmea *n, const char *body, struct jx_gps__report *r)
{
	JX_AUTO_BUF b;
	int visible;

	jx_buf_init(&b, 1024);
	nmea_add_sentence(&b, "%s", body);
	return jx_gps__nmea_take(n, b.data, b.len - 2, r, &visible);
}

static void an_epoch_is_read_as_it_was_written(void **state)
{
	struct nmea_epoch e = {.utc_ms = NOW_MS,
			       .mode = 3,
			       .lat_wgs84_deg = 30.23012345,
			       .lon_wgs84_deg = 119.72043215,
			       .hdop = 0.9,
			       .pdop = 1.5,
			       .vdop = 1.2};
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;
	JX_AUTO_BUF b;
	const char *line;
	int visible, seen = -1, positions = 0;

	(void)state;
	jx_buf_init(&b, 8192);
	nmea_fill_satellites(&e, 7, 10);
	nmea_add_epoch(&b, &e);
	jx_gps__nmea_init(&n);
	for (line = b.data; *line != '\0'; line = strchr(line, '\n') + 1) {
		enum jx_gps__heard h = jx_gps__nmea_take(&n, line, strcspn(line, "\r"), &r, &visible);

		assert_int_not_equal(h, JX_GPS__HEARD_JUNK);
		positions += h == JX_GPS__HEARD_POSITION;
		seen = visible >= 0 ? visible : seen;
	}
	assert_int_equal(positions, 2);
	assert_int_equal(seen, 10);
	assert_int_equal(n.used, 7);
	assert_int_equal(r.mode, 3);
	assert_int_equal(r.utc_ms, NOW_MS);
	jx_assert_near(r.lat_deg, 30.23012345, 1e-8);
	jx_assert_near(r.lon_deg, 119.72043215, 1e-8);
	jx_assert_near(r.accuracy_m, 0.9 * 19, 1e-9);
}

static void a_known_sentence_is_read(void **state)
{
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;
	int visible;

	(void)state;
	jx_gps__nmea_init(&n);
	/* The example that every text on NMEA gives. */
	assert_int_equal(
		take(&n, "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", &r, &visible),
		JX_GPS__HEARD_POSITION);
	jx_assert_near(r.lat_deg, 48.1173, 1e-7);
	jx_assert_near(r.lon_deg, 11.5166666667, 1e-7);
	assert_int_equal(r.mode, 3);
	assert_int_equal(r.utc_ms, 0);
	assert_int_equal(take(&n, "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A", &r,
			      &visible),
			 JX_GPS__HEARD_POSITION);
	assert_int_equal(r.utc_ms, INT64_C(764426119000)); /* 1994-03-23T12:35:19Z */
}

static void what_is_no_sentence_is_junk(void **state)
{
	static const char *const cases[] = {
		"$",
		"$GPGGA",
		"$GPGGA*",
		"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48",
		"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*4",
		"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*4G",
		"GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
		"!GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
		"\xb5\x62\x01\x07\x5c\x00\x01\x02\x03\x04",
		"                                   ",
	};
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;
	int visible;
	size_t i;

	(void)state;
	jx_gps__nmea_init(&n);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (take(&n, cases[i], &r, &visible) != JX_GPS__HEARD_JUNK)
			fail_msg("taken: %s", cases[i]);
	}
}

static void fields_that_are_no_numbers_make_no_position(void **state)
{
	static const char *const bodies[] = {
		"GPGGA,123519,4860.000,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,", /* 60 minutes */
		"GPGGA,123519,4807.038,X,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,4807.038,,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,48o7.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,-4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,nan,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,4807.0.8,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPGGA,123519,4,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,",
		"GPRMC,123519,A,,,,,022.4,084.4,230394,003.1,W",
	};
	struct jx_gps__nmea n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct jx_gps__report r = {0};

		jx_gps__nmea_init(&n);
		assert_int_equal(take_body(&n, bodies[i], &r), JX_GPS__HEARD_POSITION);
		if (!isnan(r.lat_deg) && !isnan(r.lon_deg))
			fail_msg("a position: %s", bodies[i]);
	}
}

static void a_sentence_cut_short_is_no_position(void **state)
{
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;

	(void)state;
	jx_gps__nmea_init(&n);
	assert_int_equal(take_body(&n, "GPGGA,123519,4807.038,N", &r), JX_GPS__HEARD_JUNK);
	assert_int_equal(take_body(&n, "GPGSA,A,3,01", &r), JX_GPS__HEARD_JUNK);
	assert_int_equal(take_body(&n, "GPGSV,1,1", &r), JX_GPS__HEARD_JUNK);
	assert_int_equal(take_body(&n, "GPRMC,123519", &r), JX_GPS__HEARD_POSITION);
	assert_int_equal(r.mode, 1);
}

static void mode_follows_what_the_receiver_says(void **state)
{
	static const struct {
		const char *before, *body;
		uint8_t mode;
		bool is_simulated;
	} cases[] = {
		{NULL, "GPGGA,123519,4807.038,N,01131.000,E,0,00,,,M,,M,,", 1, false},
		{NULL, "GPGGA,123519,4807.038,N,01131.000,E,2,08,0.9,5,M,4,M,,", 3, false},
		{NULL, "GPGGA,123519,4807.038,N,01131.000,E,6,08,0.9,5,M,4,M,,", 3, true},
		{NULL, "GPGGA,123519,4807.038,N,01131.000,E,8,08,0.9,5,M,4,M,,", 3, true},
		{NULL, "GNRMC,123519,A,4807.038,N,01131.000,E,1,2,230326,,,A", 2, false},
		{NULL, "GNRMC,123519,A,4807.038,N,01131.000,E,1,2,230326,,,S", 2, true},
		{NULL, "GNRMC,123519,V,4807.038,N,01131.000,E,1,2,230326,,,N", 1, false},
		{"GPGSA,A,2,01,02,03,,,,,,,,,,2,1,1",
		 "BDGGA,123519,4807.038,N,01131.000,E,1,03,0.9,5,M,4,M,,", 2, false},
		{"GNGSA,A,3,01,02,03,04,,,,,,,,,2,1,1", "GNRMC,123519,A,4807.038,N,01131.000,E,1,2,230326,,",
		 3, false},
	};
	struct jx_gps__nmea n;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jx_gps__report r = {0};

		jx_gps__nmea_init(&n);
		if (cases[i].before != NULL)
			assert_int_equal(take_body(&n, cases[i].before, &r), JX_GPS__HEARD_SATELLITES);
		assert_int_equal(take_body(&n, cases[i].body, &r), JX_GPS__HEARD_POSITION);
		assert_int_equal(r.mode, cases[i].mode);
		assert_int_equal(r.is_simulated, cases[i].is_simulated);
	}
}

static void midnight_waits_for_the_new_date(void **state)
{
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;

	(void)state;
	jx_gps__nmea_init(&n);
	(void)take_body(&n, "GPRMC,235959.00,A,3013.8,N,11943.2,E,1,2,280228,,,A", &r);
	assert_int_equal(r.utc_ms, INT64_C(1835395199000)); /* 2028-02-28T23:59:59Z */
	(void)take_body(&n, "GPGGA,000000.00,3013.8,N,11943.2,E,1,08,0.9,5,M,4,M,,", &r);
	assert_int_equal(r.utc_ms, 0);
	(void)take_body(&n, "GPRMC,000000.00,A,3013.8,N,11943.2,E,1,2,290228,,,A", &r);
	assert_int_equal(r.utc_ms, INT64_C(1835395200000));
}

static void a_leap_second_is_the_next_one(void **state)
{
	(void)state;
	assert_int_equal(jx_gps__read_tod("235960"), 86400000);
	assert_int_equal(jx_gps__read_tod("235961"), -1);
	assert_int_equal(jx_gps__read_tod("240000"), -1);
	assert_int_equal(jx_gps__read_tod("006000"), -1);
	assert_int_equal(jx_gps__read_tod("12345"), -1);
	assert_int_equal(jx_gps__read_tod("000000.999"), 999);
}

static void satellites_of_several_systems_are_added(void **state)
{
	struct jx_gps__report r = {0};
	struct jx_gps__nmea n;

	(void)state;
	jx_gps__nmea_init(&n);
	(void)take_body(&n, "GNRMC,123519,A,4807.038,N,01131.000,E,1,2,230326,,,A", &r);
	(void)take_body(&n, "GNGSA,A,3,01,02,03,04,,,,,,,,,2,1,1", &r);
	(void)take_body(&n, "GNGSA,A,3,65,66,67,,,,,,,,,,2,1,1", &r);
	assert_int_equal(n.used, 7);
	(void)take_body(&n, "GNGGA,123519,4807.038,N,01131.000,E,1,11,0.9,5,M,4,M,,", &r);
	assert_int_equal(n.used, 11);
	(void)take_body(&n, "GNRMC,123520,A,4807.038,N,01131.000,E,1,2,230326,,,A", &r);
	assert_int_equal(n.used, -1);
}

/* Every single changed byte must be caught by form or checksum; never a crash, never another position. */
static void a_changed_byte_never_moves_a_position(void **state)
{
	static const char good[] = "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47";
	char line[sizeof(good)];
	struct jx_gps__report r;
	struct jx_gps__nmea n;
	size_t at;
	int byte, visible, taken = 0;

	(void)state;
	for (at = 0; at < sizeof(good) - 1; at++) {
		for (byte = 0; byte < 256; byte++) {
			memcpy(line, good, sizeof(good));
			line[at] = (char)byte;
			if (memcmp(line, good, sizeof(good)) == 0)
				continue;
			jx_gps__nmea_init(&n);
			taken += jx_gps__nmea_take(&n, line, sizeof(good) - 1, &r, &visible) !=
				 JX_GPS__HEARD_JUNK;
		}
	}
	assert_int_equal(taken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_epoch_is_read_as_it_was_written),
		cmocka_unit_test(a_known_sentence_is_read),
		cmocka_unit_test(what_is_no_sentence_is_junk),
		cmocka_unit_test(fields_that_are_no_numbers_make_no_position),
		cmocka_unit_test(a_sentence_cut_short_is_no_position),
		cmocka_unit_test(mode_follows_what_the_receiver_says),
		cmocka_unit_test(midnight_waits_for_the_new_date),
		cmocka_unit_test(a_leap_second_is_the_next_one),
		cmocka_unit_test(satellites_of_several_systems_are_added),
		cmocka_unit_test(a_changed_byte_never_moves_a_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
