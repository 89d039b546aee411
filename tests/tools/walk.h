/*
 * walk.h - inside jx-walk: a route, the sky above it, and a person with a receiver walking there.
 */
#ifndef JX_TOOLS_WALK_H
#define JX_TOOLS_WALK_H

#include "nmea_text.h"
#include "seeded.h"

#define WALK_SPEED_M_PER_S 1.2 /* a person who looks around */

enum walk_sky {
	WALK_OPEN,
	WALK_TREE,
	WALK_STREET,
	WALK_TUNNEL
};

struct walk_point {
	double lat_wgs84_deg, lon_wgs84_deg;
	enum walk_sky sky; /* from here to the next point */
	double along_m;    /* way from the first point */
};

struct walk_route {
	struct walk_point *points;
	size_t count;
	double length_m;
};

/** Read "lat,lon,sky" lines; '#' comments and the heading are skipped. Prints what is wrong; false then. */
bool walk_read_route(const char *path, struct walk_route *route_out);
void walk_free_route(struct walk_route *route);
/** Where one is after way_m, going there and back for ever. */
void walk_find_place(const struct walk_route *route, double way_m, struct walk_point *place_out,
		     double *course_deg_out);

struct walker {
	const struct walk_route *route;
	struct seeded seeded;
	double pace; /* times walking speed */
	double start_m;
	bool no_tunnel;
	double north_m, east_m; /* error that changes slowly */
};

/** The epoch at_s seconds after the start, step_s seconds after the last one. */
void walk_step(struct walker *w, double at_s, double step_s, int64_t utc_ms, struct nmea_epoch *epoch_out);
/** Satellites, DOPs and mode under this sky. */
void walk_look_up(enum walk_sky sky, double at_s, struct seeded *seeded, struct nmea_epoch *e);

/** Serve epochs on 127.0.0.1 in real time until ended by a signal. Prints "port N" first. Exit status. */
int walk_serve(struct walker *w, uint16_t port, int hz);

#endif
