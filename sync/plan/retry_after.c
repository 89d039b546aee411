/* Retry-After as a number of seconds or as an IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". */
#include <stddef.h>
#include <string.h>

#include "plan_private.h"

#define FIXDATE_CHARS 29
#define SECONDS_MAX   INT64_C(31536000) /* a year: more is a fault, and the caller gives up anyway */

static bool read_digits(const char *s, size_t n, int *out)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*out = v;
	return true;
}

static int month_of(const char *s)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++) {
		if (memcmp(names + (size_t)i * 3, s, 3) == 0)
			return i + 1;
	}
	return 0;
}

/* Days since 1970-01-01 of a Gregorian date (years from March, 400-year cycles). */
static int64_t days_of(int year, int month, int day)
{
	const int64_t y = month <= 2 ? year - 1 : year;
	const int64_t era = y / 400;
	const int64_t of_era = y - era * 400;
	const int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool read_fixdate(const char *s, int64_t *out)
{
	int day, year, hour, minute, second;
	int month;

	if (s == NULL || strlen(s) != FIXDATE_CHARS || memcmp(s + 3, ", ", 2) != 0 || s[7] != ' ' ||
	    s[11] != ' ' || s[16] != ' ' || s[19] != ':' || s[22] != ':' || strcmp(s + 25, " GMT") != 0)
		return false;
	month = month_of(s + 8);
	if (month == 0 || !read_digits(s + 5, 2, &day) || !read_digits(s + 12, 4, &year) ||
	    !read_digits(s + 17, 2, &hour) || !read_digits(s + 20, 2, &minute) ||
	    !read_digits(s + 23, 2, &second))
		return false;
	if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
		return false;
	*out = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	return true;
}

int64_t jx_plan_retry_after_s(const char *value, const char *date)
{
	int64_t seconds, then, now;

	if (value == NULL)
		return -1;
	if (jx_parse_i64(value, 0, SECONDS_MAX, &seconds))
		return seconds;
	if (!read_fixdate(value, &then) || !read_fixdate(date, &now))
		return -1;
	if (then <= now)
		return 0;
	return then - now <= SECONDS_MAX ? then - now : -1;
}
