/*
 * nmea_fields.h - one NMEA 0183 sentence and its fields.
 */
#ifndef JX_GPS_NMEA_FIELDS_H
#define JX_GPS_NMEA_FIELDS_H

#include "jiexun/base.h"

/* The standard says 82 bytes with line end; receivers with many satellites write longer ones. */
#define JX_GPS__SENTENCE_MAX 128
#define JX_GPS__FIELDS_MAX   40

struct jx_gps__sentence {
	char text[JX_GPS__SENTENCE_MAX];
	const char *field[JX_GPS__FIELDS_MAX]; /**< [0] is the address: talker and type */
	size_t count;
	const char *type; /**< three letters */
};

/** Check form and checksum ("$...*hh", without line end) and cut at the commas. */
bool jx_gps__split_sentence(const char *line, size_t len, struct jx_gps__sentence *s);
/** Field i, "" if there are not so many. */
const char *jx_gps__field(const struct jx_gps__sentence *s, size_t i);

/** Digits with at most one point, at most 15 digits in all; the nearest double. */
bool jx_gps__read_decimal(const char *text, double *out);
/** Exactly count digits. */
bool jx_gps__read_digits(const char *text, size_t count, int *out);
/** One to three digits and nothing else. */
bool jx_gps__read_count(const char *text, int *out);
/** Days since 1970-01-01 of a Gregorian date from year 0 on. */
int64_t jx_gps__days_of(int year, int month, int day);
/** hhmmss[.sss] in milliseconds; a leap second counts as the next one. -1 if absent or impossible. */
int64_t jx_gps__read_tod(const char *text);
/** [d]ddmm.mmmm and its half in degrees; NAN if absent or impossible. halves: "NS" or "EW". */
double jx_gps__read_angle(const char *text, const char *half, const char *halves, size_t degree_digits);

#endif
