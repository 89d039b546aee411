/* Business days around the borders of days, years, leap days and offsets. */
#include <stdlib.h>
#include <time.h>

#include "jx_test.h"

struct day_row {
	int64_t utc_ms;
	int offset_min;
	const char *day; /* NULL: refused */
};

#define FIRST_UTC_MS INT64_C(-62135596800000) /* 0001-01-01T00:00:00Z */
#define LAST_UTC_MS  INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static const struct day_row day_rows[] = {
	{0, 0, "1970-01-01"},
	{-1, 0, "1969-12-31"},
	{INT64_C(57599999), 480, "1970-01-01"}, /* 15:59:59.999Z is 23:59:59.999 in China */
	{INT64_C(57600000), 480, "1970-01-02"},
	{INT64_C(1767196799999), 480, "2025-12-31"},
	{INT64_C(1767196800000), 480, "2026-01-01"},
	{INT64_C(1709135999999), 480, "2024-02-28"},
	{INT64_C(1709136000000), 480, "2024-02-29"},
	{INT64_C(1709222399999), 480, "2024-02-29"},
	{INT64_C(1709222400000), 480, "2024-03-01"},
	{INT64_C(1740758400000), 480, "2025-03-01"},
	{INT64_C(951782399999), 0, "2000-02-28"},
	{INT64_C(951782400000), 0, "2000-02-29"}, /* 2000 is a leap year, 1900 and 2100 are not */
	{INT64_C(4107542400000), 0, "2100-03-01"},
	{INT64_C(4107542399999), 0, "2100-02-28"},
	{INT64_C(-2203891200000), 0, "1900-03-01"},
	{INT64_C(-2203891200001), 0, "1900-02-28"},
	{0, -1, "1969-12-31"},
	{0, 1439, "1970-01-01"},
	{0, -1439, "1969-12-31"},
	{0, 1440, NULL},
	{0, -1440, NULL},
	{FIRST_UTC_MS, 0, "0001-01-01"},
	{FIRST_UTC_MS - 1, 0, NULL},
	{FIRST_UTC_MS - 1, 480, "0001-01-01"},
	{FIRST_UTC_MS, -1, NULL},
	{LAST_UTC_MS, 0, "9999-12-31"},
	{LAST_UTC_MS + 1, 0, NULL},
	{LAST_UTC_MS, 480, NULL},
	{LAST_UTC_MS + 1, -480, "9999-12-31"},
	{INT64_MAX, 480, NULL},
	{INT64_MIN, -480, NULL},
};

static void days_turn_at_local_midnight(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(day_rows) / sizeof(day_rows[0]); i++) {
		char out[11] = "untouched!";
		bool ok = jx_day_of(day_rows[i].utc_ms, day_rows[i].offset_min, out);

		if (ok != (day_rows[i].day != NULL) ||
		    strcmp(out, ok && day_rows[i].day != NULL ? day_rows[i].day : "untouched!") != 0)
			fail_msg("row %zu gave %d \"%s\"", i, ok, out);
	}
}

/* The C library knows the calendar too; it may not be used in base, but here it can be asked. */
static void every_day_of_four_centuries_agrees_with_the_c_library(void **state)
{
	(void)state;
	for (int64_t day = -80000; day < 80000; day++) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		char want[16], got[11];

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(strftime(want, sizeof(want), "%Y-%m-%d", &tm), 10);
		assert_true(jx_day_of(day * 86400000, 0, got));
		if (strcmp(want, got) != 0)
			fail_msg("%s is not %s", got, want);
		if (!jx_day_ok(got))
			fail_msg("%s refused", got);
	}
}

static void only_real_dates_are_dates(void **state)
{
	static const char *const good[] = {"0001-01-01", "2024-02-29", "2000-02-29",
					   "2026-12-31", "9999-12-31", "2026-09-30"};
	static const char *const bad[] = {
		"",           "2026-09-31",  "2025-02-29",  "1900-02-29",  "2100-02-29", "2026-13-01",
		"2026-00-01", "2026-01-00",  "0000-01-01",  "2026-1-01",   "2026-01-1",  "2026/01/01",
		"20260101",   "2026-01-011", "2026-01-01 ", " 2026-01-01", "2026-01-32", "２026-01-01",
		"2026-01-0x", "-001-01-01",  "2026-01"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!jx_day_ok(good[i]))
			fail_msg("%s refused", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_day_ok(bad[i]))
			fail_msg("%s accepted", bad[i]);
	}
}

static void times_carry_milliseconds_and_offset(void **state)
{
	char out[32];

	(void)state;
	jx_time_format(INT64_C(1788255723120), 480, out);
	assert_string_equal(out, "2026-09-01T17:42:03.120+08:00");
	jx_time_format(-1, 0, out);
	assert_string_equal(out, "1969-12-31T23:59:59.999+00:00");
	jx_time_format(0, -210, out);
	assert_string_equal(out, "1969-12-31T20:30:00.000-03:30");
	jx_time_format(INT64_MAX, 480, out);
	assert_string_equal(out, "9999-12-31T23:59:59.999+08:00");
	jx_time_format(INT64_MIN, 480, out);
	assert_string_equal(out, "0001-01-01T00:00:00.000+08:00");
	jx_time_format(0, 100000, out);
	assert_string_equal(out, "1970-01-01T00:00:00.000+00:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_turn_at_local_midnight),
		cmocka_unit_test(every_day_of_four_centuries_agrees_with_the_c_library),
		cmocka_unit_test(only_real_dates_are_dates),
		cmocka_unit_test(times_carry_milliseconds_and_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
