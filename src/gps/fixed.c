/*
 * Sources that hear nothing: no receiver, and a position set by hand.
 */
#include "gps_private.h"

#define LAT_E7_MAX 900000000
#define LON_E7_MAX 1800000000
/* As for receivers: an estimate of more than 1000 km is none. */
#define ACCURACY_MM_MAX INT64_C(1000000000)

jx_gps *jx_gps_open_none(void)
{
	jx_gps *g = jx_xcalloc(1, sizeof(*g));

	g->fixed = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	g->state = JX_GPS_OFF;
	return g;
}

jx_rc jx_gps_open_manual(int32_t lat_wgs84_e7, int32_t lon_wgs84_e7, int64_t accuracy_mm, jx_gps **gps_out,
			 struct jx_error *err)
{
	jx_gps *g;

	if (lat_wgs84_e7 < -LAT_E7_MAX || lat_wgs84_e7 > LAT_E7_MAX)
		return jx_fail(err, JX_EINVAL, 0, "gps.manual", "latitude: must be from -90 to 90 degrees");
	if (lon_wgs84_e7 < -LON_E7_MAX || lon_wgs84_e7 > LON_E7_MAX)
		return jx_fail(err, JX_EINVAL, 0, "gps.manual",
			       "longitude: must be from -180 to 180 degrees");
	if (accuracy_mm < -1 || accuracy_mm > ACCURACY_MM_MAX)
		return jx_fail(err, JX_EINVAL, 0, "gps.manual",
			       "accuracy: must be from 0 to 1000000 metres, or left out");
	g = jx_xcalloc(1, sizeof(*g));
	g->fixed = (struct jx_fix){.source = JX_FIX_MANUAL,
				   .lat_wgs84_e7 = lat_wgs84_e7,
				   .lon_wgs84_e7 = lon_wgs84_e7,
				   .accuracy_mm = accuracy_mm,
				   .satellites_used = -1};
	g->state = JX_GPS_OK;
	*gps_out = g;
	return JX_OK;
}
