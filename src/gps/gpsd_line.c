/*
 * Lines of gpsd: what TPV, SKY, DEVICES and DEVICE of its protocol 3 say (gpsd_json(5)).
 *
 * Read here and not by libgps, which brings D-Bus, libsystemd and a C++ runtime into every program that links it: 11 libraries, and a
 * third of what the dynamic linker does at each start of `jx`, for eight fields of a line that the strict JSON reader has read already.
 * Nor does the shape of libgps' struct change with its version here. tests/contract/gps holds this against the system's own gpsd.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gps_private.h"
#include "nmea_fields.h"

/* Digits that a double holds for certain; gpsd prints 12 of a longitude. */
#define DIGITS_MAX 15
/* 10^22 is the last power of ten that a double holds exactly; no figure of a receiver needs it. */
#define EXPONENT_MAX 22
#define DAY_MS       86400000

/* TPV's "status"; the others are ways of measuring. */
enum {
	STATUS_DEAD_RECKONING = 5,
	STATUS_TIME_ONLY = 7,
	STATUS_SIMULATED = 8
};

/* gpsd's own ceiling of a report is 10240 bytes (GPS_JSON_RESPONSE_MAX); 140 satellites fit. */
static const struct jx_json_limits line_limits = {
	.max_bytes = 16384,
	.max_tokens = 8192,
	.max_depth = 6,
	.max_string = 1024,
};

/* By hand, as strtod() obeys the locale. The JSON reader has seen to the form. NAN: no number, or none that can be a measurement. */
static double number_of(const jx_json *doc, const char *name)
{
	const int tok = jx_json_get(doc, 0, name);
	const enum jx_json_type type = jx_json_type_of(doc, tok);
	struct jx_bytes raw;
	double value = 0;
	int digits = 0, scale = 0;
	bool is_minus = false, is_fraction = false;

	if (type != JX_JSON_INT && type != JX_JSON_FLOAT)
		return NAN;
	raw = jx_json_raw(doc, tok);
	for (size_t i = 0; i < raw.len; i++) {
		const char c = ((const char *)raw.data)[i];

		if (c == '-' && i == 0) {
			is_minus = true;
		} else if (c == '.') {
			is_fraction = true;
		} else if (c < '0' || c > '9') {
			return NAN; /* an exponent: gpsd writes none */
		} else if (digits < DIGITS_MAX) {
			value = value * 10 + (c - '0');
			digits += digits > 0 || c != '0';
			scale -= is_fraction;
		} else {
			scale += !is_fraction;
		}
	}
	if (scale < -EXPONENT_MAX || scale > EXPONENT_MAX)
		return NAN;
	value = scale < 0 ? value / pow(10, -scale) : value * pow(10, scale);
	return is_minus ? -value : value;
}

/* "2026-07-01T00:00:00.250Z"; 0 if it is no such time. */
static int64_t utc_ms_of(const jx_json *doc, const char *name)
{
	char text[40], tod[40];
	int year, month, day;
	int64_t tod_ms;
	size_t len;

	if (!jx_json_str(doc, jx_json_get(doc, 0, name), text, sizeof(text)))
		return 0;
	len = strlen(text);
	if (len < 20 || len > 30 || text[len - 1] != 'Z' || text[4] != '-' || text[7] != '-' ||
	    text[10] != 'T' || text[13] != ':' || text[16] != ':' || !jx_gps__read_digits(text, 4, &year) ||
	    !jx_gps__read_digits(text + 5, 2, &month) || !jx_gps__read_digits(text + 8, 2, &day) ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	text[len - 1] = '\0';
	/* as a sentence has it: hhmmss.sss */
	(void)snprintf(tod, sizeof(tod), "%.2s%.2s%s", text + 11, text + 14, text + 17);
	tod_ms = jx_gps__read_tod(tod);
	return tod_ms < 0 ? 0 : jx_gps__days_of(year, month, day) * DAY_MS + tod_ms;
}

static int64_t count_of(const jx_json *doc, const char *name)
{
	int64_t value;

	return jx_json_i64(doc, jx_json_get(doc, 0, name), &value) ? value : 0;
}

static void take_tpv(struct jx_gps__tracker *t, const jx_json *doc, int64_t now_mono_ms)
{
	const int64_t mode = count_of(doc, "mode"), status = count_of(doc, "status");
	struct jx_gps__report r = {
		.mode = mode >= 0 && mode <= 3 ? (uint8_t)mode : 0,
		.lat_deg = number_of(doc, "lat"),
		.lon_deg = number_of(doc, "lon"),
		.accuracy_m = number_of(doc, "eph"),
		.utc_ms = utc_ms_of(doc, "time"),
		.is_simulated = status == STATUS_SIMULATED || status == STATUS_DEAD_RECKONING ||
				status == STATUS_TIME_ONLY,
	};

	if (!isfinite(r.accuracy_m)) /* and so without both of them */
		r.accuracy_m = hypot(number_of(doc, "epx"), number_of(doc, "epy"));
	jx_gps__take_report(t, &r, now_mono_ms);
}

static void take_devices(struct jx_gps__tracker *t, const jx_json *doc)
{
	int list = jx_json_get(doc, 0, "devices");

	if (list < 0 || jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return;
	if (jx_json_first(doc, list) < 0)
		t->cause = JX_GPS_NO_DEVICE;
	else if (t->cause == JX_GPS_NO_DEVICE || t->cause == JX_GPS_NO_GPSD)
		t->cause = JX_GPS_WAITING;
}

/* "activated" is a time, or 0 for a receiver that was unplugged or whose source ended. */
static void take_device(struct jx_gps__tracker *t, const jx_json *doc)
{
	int64_t activated;

	if (jx_json_i64(doc, jx_json_get(doc, 0, "activated"), &activated) && activated == 0)
		t->cause = JX_GPS_NO_DEVICE;
	else if (t->cause == JX_GPS_NO_DEVICE || t->cause == JX_GPS_NO_GPSD)
		t->cause = JX_GPS_WAITING;
}

/* A SKY without a list carries only DOPs: that is not "no satellites". */
static void take_sky(struct jx_gps__tracker *t, const jx_json *doc)
{
	const int list = jx_json_get(doc, 0, "satellites");
	int used = 0, visible = 0;

	if (list < 0 || jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return;
	for (int s = jx_json_first(doc, list); s >= 0; s = jx_json_next(doc, list, s)) {
		bool is_used = false;

		if (jx_json_type_of(doc, s) != JX_JSON_OBJECT)
			continue;
		visible++;
		used += jx_json_bool(doc, jx_json_get(doc, s, "used"), &is_used) && is_used;
	}
	jx_gps__take_satellites(t, used, visible);
}

static bool is_of_device(const jx_json *doc, int tok, const char *device)
{
	return device[0] == '\0' || tok < 0 || jx_json_str_is(doc, tok, device);
}

void jx_gps__take_line(struct jx_gps__tracker *t, const char *line, size_t len, const char *device,
		       int64_t now_mono_ms)
{
	JX_AUTO_JSON doc = {0};
	int class_tok;

	if (jx_json_parse(line, len, &line_limits, &doc, NULL) != JX_OK ||
	    jx_json_type_of(&doc, 0) != JX_JSON_OBJECT) {
		t->cause = JX_GPS_BAD_DATA;
		return;
	}
	class_tok = jx_json_get(&doc, 0, "class");
	if (jx_json_str_is(&doc, class_tok, "DEVICES")) {
		take_devices(t, &doc);
		return;
	}
	if (jx_json_str_is(&doc, class_tok, "DEVICE")) {
		if (is_of_device(&doc, jx_json_get(&doc, 0, "path"), device))
			take_device(t, &doc);
		return;
	}
	if (!is_of_device(&doc, jx_json_get(&doc, 0, "device"), device))
		return;
	if (jx_json_str_is(&doc, class_tok, "SKY"))
		take_sky(t, &doc);
	else if (jx_json_str_is(&doc, class_tok, "TPV"))
		take_tpv(t, &doc, now_mono_ms);
}
