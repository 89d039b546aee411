#include "nmea_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define KNOTS_PER_M_PER_S 1.943844492 /* 3600 / 1852 */

void nmea_add_sentence(jx_buf *out, const char *body_format, ...)
{
	char body[160];
	unsigned int sum = 0;
	va_list args;
	size_t i;

	va_start(args, body_format);
	(void)vsnprintf(body, sizeof(body), body_format, args);
	va_end(args);
	for (i = 0; body[i] != '\0'; i++)
		sum ^= (unsigned char)body[i];
	jx_buf_addf(out, "$%s*%02X\r\n", body, sum);
}

/*
 * [d]ddmm.mmmmmm and half. Rounded first, so that 59.9999999 minutes never become 60.
 */
static void format_angle(double deg, bool is_longitude, char out[24])
{
	unsigned int micro = (unsigned int)(llround(fabs(deg) * 60e6) % 60000000);
	unsigned int whole = (unsigned int)(llround(fabs(deg) * 60e6) / 60000000) % 1000;
	const char *halves = is_longitude ? "EW" : "NS";

	(void)snprintf(out, 24, is_longitude ? "%03u%02u.%06u,%c" : "%02u%02u.%06u,%c", whole,
		       micro / 1000000, micro % 1000000, halves[deg < 0]);
}

static void format_time(int64_t utc_ms, char tod[16], char date[8])
{
	time_t s = (time_t)(utc_ms / 1000);
	struct tm tm;

	(void)gmtime_r(&s, &tm);
	(void)strftime(tod, 8, "%H%M%S", &tm);
	(void)snprintf(tod + 6, 6, ".%02u", (unsigned int)(utc_ms % 1000) / 10 % 100);
	(void)snprintf(date, 8, "%02u%02u%02u", (unsigned int)tm.tm_mday % 100,
		       (unsigned int)(tm.tm_mon + 1) % 100, (unsigned int)tm.tm_year % 100);
}

static void add_gsa(jx_buf *out, const struct nmea_epoch *e)
{
	char prns[NMEA_SATELLITES_MAX * 3 + 1] = "";
	size_t at = 0;
	int fields = 0, i;

	for (i = 0; i < e->satellite_count; i++) {
		if (e->mode >= 2 && e->satellites[i].is_used) {
			at += (size_t)snprintf(prns + at, sizeof(prns) - at, "%02d,",
					       e->satellites[i].prn % 100);
			fields++;
		}
	}
	for (; fields < NMEA_SATELLITES_MAX; fields++)
		prns[at++] = ',';
	prns[at] = '\0';
	if (e->mode >= 2)
		nmea_add_sentence(out, "GPGSA,A,%d,%s%.1f,%.1f,%.1f", e->mode, prns, e->pdop, e->hdop,
				  e->vdop);
	else
		nmea_add_sentence(out, "GPGSA,A,1,%s,,", prns);
}

static void add_gsv(jx_buf *out, const struct nmea_epoch *e)
{
	int lines = e->satellite_count == 0 ? 1 : (e->satellite_count + 3) / 4;
	int line, i;

	for (line = 0; line < lines; line++) {
		char list[4 * 24] = "";
		size_t at = 0;

		for (i = line * 4; i < e->satellite_count && i < line * 4 + 4; i++) {
			const struct nmea_satellite *s = &e->satellites[i];

			at += (size_t)snprintf(list + at, sizeof(list) - at, ",%02d,%02d,%03d,", s->prn % 100,
					       s->elevation_deg % 100, s->azimuth_deg % 1000);
			if (s->snr_db > 0)
				at += (size_t)snprintf(list + at, sizeof(list) - at, "%02d", s->snr_db % 100);
		}
		nmea_add_sentence(out, "GPGSV,%d,%d,%02d%s", lines, line + 1, e->satellite_count, list);
	}
}

void nmea_add_epoch(jx_buf *out, const struct nmea_epoch *e)
{
	char tod[16], date[8], lat[24], lon[24];
	int used = 0, i;

	for (i = 0; i < e->satellite_count; i++)
		used += e->satellites[i].is_used;
	format_time(e->utc_ms, tod, date);
	format_angle(e->lat_wgs84_deg, false, lat);
	format_angle(e->lon_wgs84_deg, true, lon);
	if (e->mode >= 2)
		nmea_add_sentence(out, "GPGGA,%s,%s,%s,1,%02d,%.1f,%.1f,M,10.0,M,,", tod, lat, lon, used,
				  e->hdop, e->height_m);
	else
		nmea_add_sentence(out, "GPGGA,%s,,,,,0,00,99.9,,M,,M,,", tod);
	add_gsa(out, e);
	add_gsv(out, e);
	if (e->mode >= 2)
		nmea_add_sentence(out, "GPRMC,%s,A,%s,%s,%.2f,%.2f,%s,,,A", tod, lat, lon,
				  e->speed_m_per_s * KNOTS_PER_M_PER_S, e->course_deg, date);
	else
		nmea_add_sentence(out, "GPRMC,%s,V,,,,,,,%s,,,N", tod, date);
}

void nmea_fill_satellites(struct nmea_epoch *e, int used, int visible)
{
	int i;

	e->satellite_count = visible > NMEA_SATELLITES_MAX ? NMEA_SATELLITES_MAX : visible;
	for (i = 0; i < e->satellite_count; i++)
		e->satellites[i] = (struct nmea_satellite){.prn = 1 + i * 2,
							   .elevation_deg = 20 + i * 5,
							   .azimuth_deg = (i * 67) % 360,
							   .snr_db = 30 + i,
							   .is_used = i < used};
}
