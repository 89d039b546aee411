#include <math.h>

#include "walk.h"

#define RAD            (M_PI / 180.0)
#define METRES_PER_DEG 111195.0 /* mean sphere; the error it makes in an offset of metres is millimetres */
/*
 * Error of a simple receiver: about this much per unit of HDOP, and it wanders within about half a minute.
 */
#define ERROR_M       1.6
#define ERROR_LASTS_S 30.0
/* Reflections from house fronts, on top. */
#define STREET_ERROR 2.0

static double wander(double old, double keep, double deviation, struct seeded *s)
{
	return keep * old + sqrt(1 - keep * keep) * deviation * seeded_normal(s);
}

void walk_step(struct walker *w, double at_s, double step_s, int64_t utc_ms, struct nmea_epoch *epoch_out)
{
	double speed = WALK_SPEED_M_PER_S * w->pace;
	struct nmea_epoch e = {.utc_ms = utc_ms};
	struct walk_point place;
	double keep, deviation;

	walk_find_place(w->route, w->start_m + speed * at_s, &place, &e.course_deg);
	if (place.sky == WALK_TUNNEL && w->no_tunnel)
		place.sky = WALK_OPEN;
	walk_look_up(place.sky, at_s, &w->seeded, &e);
	keep = exp(-step_s / ERROR_LASTS_S);
	deviation = ERROR_M * (e.mode >= 2 ? e.hdop : 3) * (place.sky == WALK_STREET ? STREET_ERROR : 1);
	w->north_m = wander(w->north_m, keep, deviation, &w->seeded);
	w->east_m = wander(w->east_m, keep, deviation, &w->seeded);
	e.lat_wgs84_deg = place.lat_wgs84_deg + w->north_m / METRES_PER_DEG;
	e.lon_wgs84_deg = place.lon_wgs84_deg + w->east_m / (METRES_PER_DEG * cos(place.lat_wgs84_deg * RAD));
	e.height_m = 12 + 2 * e.vdop * seeded_normal(&w->seeded) * 0.2;
	e.speed_m_per_s = fabs(speed + 0.08 * seeded_normal(&w->seeded));
	e.course_deg = fmod(e.course_deg + 4 * seeded_normal(&w->seeded) + 360, 360);
	*epoch_out = e;
}
