/*
 * nmea_text.h - write NMEA 0183 as a receiver does: GGA, GSA, GSV, RMC of one epoch, consistent with each
 * other.
 */
#ifndef JX_TOOLS_NMEA_TEXT_H
#define JX_TOOLS_NMEA_TEXT_H

#include "jiexun/base.h"

#define NMEA_SATELLITES_MAX 12 /* what one GSA can list */

struct nmea_satellite {
	int prn;
	int elevation_deg;
	int azimuth_deg;
	int snr_db; /* 0: in view, not tracked */
	bool is_used;
};

struct nmea_epoch {
	int64_t utc_ms;
	int mode; /* 1 no fix, 2 = 2D, 3 = 3D */
	double lat_wgs84_deg, lon_wgs84_deg;
	double height_m;
	double speed_m_per_s, course_deg;
	double pdop, hdop, vdop;
	struct nmea_satellite satellites[NMEA_SATELLITES_MAX]; /* in view */
	int satellite_count;
};

/** "$" body "*" checksum CR LF. */
void nmea_add_sentence(jx_buf *out, const char *body_format, ...) __attribute__((format(printf, 2, 3)));
void nmea_add_epoch(jx_buf *out, const struct nmea_epoch *e);
/**
 * The same number of satellites for tests that do not care which: used of them used, all of them in view.
 */
void nmea_fill_satellites(struct nmea_epoch *e, int used, int visible);

#endif
