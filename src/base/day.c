#include <stdio.h>
#include <string.h>

#include "base_private.h"

#define DAY_MS INT64_C(86400000)
/* Local milliseconds of 0001-01-01T00:00:00.000 and of the last millisecond of 9999-12-31. */
#define FIRST_LOCAL_MS (INT64_C(-719162) * DAY_MS)
#define LAST_LOCAL_MS  (INT64_C(2932897) * DAY_MS - 1)
#define OFFSET_MIN_MAX 1439 /* RFC 3339: hours 00..23, minutes 00..59 */

struct date {
	unsigned year, month, day;
};

static bool is_leap(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned days_in_month(unsigned year, unsigned month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/*
 * Date of a day number counted from 1970-01-01, years 1..9999. Days are counted from 0000-03-01, so that the leap day
 * is the last of its year: 146097 days are 400 years, and five months from March take 153 days.
 */
static struct date date_of(int64_t day_number)
{
	unsigned days = (unsigned)(day_number + 719468);
	unsigned era = days / 146097, in_era = days % 146097;
	unsigned year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	unsigned in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned from_march = (5 * in_year + 2) / 153;
	struct date d;

	d.day = in_year - (153 * from_march + 2) / 5 + 1;
	d.month = from_march < 10 ? from_march + 3 : from_march - 9;
	d.year = year_of_era + era * 400 + (d.month <= 2 ? 1 : 0);
	return d;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

/* False if the local time is outside years 1..9999. */
static bool to_local(int64_t utc_ms, int utc_offset_min, int64_t *local_ms_out)
{
	int64_t offset_ms = (int64_t)utc_offset_min * 60000;

	if (utc_ms < FIRST_LOCAL_MS - offset_ms || utc_ms > LAST_LOCAL_MS - offset_ms)
		return false;
	*local_ms_out = utc_ms + offset_ms;
	return true;
}

static void put_digits(char *to, unsigned value, int width)
{
	for (int i = width - 1; i >= 0; i--) {
		to[i] = (char)('0' + (char)(value % 10));
		value /= 10;
	}
}

static void put_date(char out[11], int64_t local_ms)
{
	struct date d = date_of(floor_div(local_ms, DAY_MS));

	memcpy(out, "0000-00-00", 11);
	put_digits(out, d.year, 4);
	put_digits(out + 5, d.month, 2);
	put_digits(out + 8, d.day, 2);
}

bool jx_day_of(int64_t utc_ms, int utc_offset_min, char out[11])
{
	int64_t local_ms;

	if (utc_offset_min < -OFFSET_MIN_MAX || utc_offset_min > OFFSET_MIN_MAX ||
	    !to_local(utc_ms, utc_offset_min, &local_ms))
		return false;
	put_date(out, local_ms);
	return true;
}

bool jx_day_ok(const char *s)
{
	unsigned part[3] = {0, 0, 0};
	size_t at = 0;

	for (size_t i = 0; i < 10; i++) {
		if (i == 4 || i == 7) {
			if (s[i] != '-')
				return false;
			at++;
			continue;
		}
		if (s[i] < '0' || s[i] > '9')
			return false;
		part[at] = part[at] * 10 + (unsigned)(s[i] - '0');
	}
	return s[10] == '\0' && part[0] >= 1 && part[1] >= 1 && part[1] <= 12 && part[2] >= 1 &&
	       part[2] <= days_in_month(part[0], part[1]);
}

void jx_time_format(int64_t utc_ms, int utc_offset_min, char out[32])
{
	int offset = utc_offset_min < -OFFSET_MIN_MAX || utc_offset_min > OFFSET_MIN_MAX ? 0 : utc_offset_min;
	unsigned shift = (unsigned)(offset < 0 ? -offset : offset);
	int64_t local_ms;
	unsigned ms;

	if (!to_local(utc_ms, offset, &local_ms))
		local_ms = utc_ms < 0 ? FIRST_LOCAL_MS : LAST_LOCAL_MS;
	ms = (unsigned)(local_ms - floor_div(local_ms, DAY_MS) * DAY_MS);

	memcpy(out, "0000-00-00T00:00:00.000+00:00", 30);
	put_date(out, local_ms);
	out[10] = 'T';
	put_digits(out + 11, ms / 3600000, 2);
	put_digits(out + 14, ms / 60000 % 60, 2);
	put_digits(out + 17, ms / 1000 % 60, 2);
	put_digits(out + 20, ms % 1000, 3);
	out[23] = offset < 0 ? '-' : '+';
	put_digits(out + 24, shift / 60, 2);
	put_digits(out + 27, shift % 60, 2);
}
