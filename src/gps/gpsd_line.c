/*
 * Lines of gpsd, and the only file of the project that knows libgps.
 *
 * libgps is used for what it does well, to read TPV, SKY and DEVICES into fields (gps_unpack). Its socket
 * functions are not: gps_open() looks names up and connects without a limit of time.
 */
#include <gps.h>
#include <math.h>
#include <stdlib.h>

#include "gps_private.h"

/* gps_data_t changes its shape with this number: a field that moved would be read as another one. */
#if GPSD_API_MAJOR_VERSION != 11
#error "written for libgps with API 11 (gpsd 3.22): check gps_data_t and STATUS_*, then allow the new number"
#endif
/* On 32-bit systems _TIME_BITS=64 makes our timespec longer than the one libgps was built with. */
_Static_assert(sizeof(long) == 8,
	       "libgps of a 32-bit Debian 12 has another struct timespec than this program");

/* gpsd's own ceiling of a report is 10240 bytes (GPS_JSON_RESPONSE_MAX); 140 satellites fit. */
static const struct jx_json_limits line_limits = {
	.max_bytes = 16384,
	.max_tokens = 8192,
	.max_depth = 6,
	.max_string = 1024,
};

struct gps_data_t *jx_gps__new_data(void)
{
	return jx_xcalloc(1, sizeof(struct gps_data_t));
}

static int64_t report_utc_ms(const struct gps_data_t *d)
{
	if ((d->set & TIME_SET) == 0 || d->fix.time.tv_sec <= 0 ||
	    d->fix.time.tv_sec > INT32_MAX * INT64_C(4))
		return 0;
	return (int64_t)d->fix.time.tv_sec * 1000 + d->fix.time.tv_nsec / 1000000;
}

static void take_tpv(struct jx_gps__tracker *t, const struct gps_data_t *d, int64_t now_mono_ms)
{
	struct jx_gps__report r = {
		.mode = d->fix.mode >= 0 && d->fix.mode <= 3 ? (uint8_t)d->fix.mode : 0,
		.lat_deg = d->fix.latitude,
		.lon_deg = d->fix.longitude,
		.accuracy_m = d->fix.eph,
		.utc_ms = report_utc_ms(d),
		.is_simulated = d->fix.status == STATUS_SIM || d->fix.status == STATUS_DR ||
				d->fix.status == STATUS_TIME,
	};

	if (!isfinite(r.accuracy_m) && isfinite(d->fix.epx) && isfinite(d->fix.epy))
		r.accuracy_m = hypot(d->fix.epx, d->fix.epy);
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

/* A SKY without a list carries only DOPs; libgps then shows no satellites, which would be a lie. */
static void take_sky(struct jx_gps__tracker *t, const struct gps_data_t *d, const jx_json *doc)
{
	if (jx_json_get(doc, 0, "satellites") >= 0)
		jx_gps__take_satellites(t, d->satellites_used, d->satellites_visible);
}

static bool is_of_device(const jx_json *doc, int tok, const char *device)
{
	return device[0] == '\0' || tok < 0 || jx_json_str_is(doc, tok, device);
}

void jx_gps__take_line(struct jx_gps__tracker *t, struct gps_data_t *data, char *line, size_t len,
		       const char *device, int64_t now_mono_ms)
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
	if (!jx_json_str_is(&doc, class_tok, "TPV") && !jx_json_str_is(&doc, class_tok, "SKY"))
		return;
	if (!is_of_device(&doc, jx_json_get(&doc, 0, "device"), device))
		return;
	data->set = 0;
	if (gps_unpack(line, data) < 0)
		t->cause = JX_GPS_BAD_DATA;
	else if (jx_json_str_is(&doc, class_tok, "SKY"))
		take_sky(t, data, &doc);
	else
		take_tpv(t, data, now_mono_ms);
}
