/*
 * NMEA 0183: form and checksum of a sentence, and its fields.
 *
 * Numbers are read by hand: strtod() obeys the locale, and in some of them 30.5 is 30.
 */
#include <math.h>
#include <string.h>

#include "nmea_fields.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool is_checksum_right(const char *line, size_t len)
{
	unsigned int sum = 0;
	size_t i;

	if (len < 9 || len > JX_GPS__SENTENCE_MAX || line[0] != '$' || line[len - 3] != '*' ||
	    hex_digit(line[len - 2]) < 0 || hex_digit(line[len - 1]) < 0)
		return false;
	for (i = 1; i < len - 3; i++) {
		if (line[i] < 0x20 || line[i] > 0x7e)
			return false;
		sum ^= (unsigned char)line[i];
	}
	return sum == (unsigned int)(hex_digit(line[len - 2]) * 16 + hex_digit(line[len - 1]));
}

bool jx_gps__split_sentence(const char *line, size_t len, struct jx_gps__sentence *s)
{
	size_t i;

	if (!is_checksum_right(line, len))
		return false;
	memcpy(s->text, line + 1, len - 4);
	s->text[len - 4] = '\0';
	s->field[0] = s->text;
	s->count = 1;
	for (i = 0; s->text[i] != '\0'; i++) {
		if (s->text[i] != ',')
			continue;
		if (s->count == JX_GPS__FIELDS_MAX)
			return false;
		s->text[i] = '\0';
		s->field[s->count++] = s->text + i + 1;
	}
	if (strlen(s->field[0]) != 5)
		return false;
	s->type = s->field[0] + 2;
	return true;
}

const char *jx_gps__field(const struct jx_gps__sentence *s, size_t i)
{
	return i < s->count ? s->field[i] : "";
}

bool jx_gps__read_decimal(const char *text, double *out)
{
	double whole = 0, unit = 1;
	bool is_fraction = false;
	size_t digits = 0;

	for (; *text != '\0'; text++) {
		if (*text == '.' && !is_fraction) {
			is_fraction = true;
			continue;
		}
		if (*text < '0' || *text > '9' || ++digits > 15)
			return false;
		whole = whole * 10 + (*text - '0');
		unit *= is_fraction ? 10 : 1;
	}
	if (digits == 0)
		return false;
	*out = whole / unit;
	return true;
}

bool jx_gps__read_digits(const char *text, size_t count, int *out)
{
	int value = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*out = value;
	return true;
}

bool jx_gps__read_count(const char *text, int *out)
{
	size_t len = strlen(text);

	return len >= 1 && len <= 3 && jx_gps__read_digits(text, len, out);
}

/* days_from_civil, H. Hinnant */
int64_t jx_gps__days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t jx_gps__read_tod(const char *text)
{
	int hour, minute;
	double second;

	if (strlen(text) < 6 || !jx_gps__read_digits(text, 2, &hour) ||
	    !jx_gps__read_digits(text + 2, 2, &minute) || !jx_gps__read_decimal(text + 4, &second) ||
	    hour > 23 || minute > 59 || second >= 61)
		return -1;
	return ((int64_t)hour * 60 + minute) * 60000 + (int64_t)(second * 1000.0 + 0.5);
}

double jx_gps__read_angle(const char *text, const char *half, const char *halves, size_t degree_digits)
{
	double minutes;
	int degrees;

	if (strlen(text) < degree_digits + 2 || !jx_gps__read_digits(text, degree_digits, &degrees) ||
	    !jx_gps__read_decimal(text + degree_digits, &minutes) || minutes >= 60 || strlen(half) != 1 ||
	    (half[0] != halves[0] && half[0] != halves[1]))
		return NAN;
	minutes = degrees + minutes / 60;
	return half[0] == halves[1] ? -minutes : minutes;
}
