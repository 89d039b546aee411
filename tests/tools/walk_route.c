#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "walk.h"

#define FILE_MAX_BYTES (1024 * 1024)
#define EARTH_M        6371008.8 /* mean radius, IUGG */
#define RAD            (M_PI / 180.0)

static const char *const sky_names[] = {
	[WALK_OPEN] = "open",
	[WALK_TREE] = "tree",
	[WALK_STREET] = "street",
	[WALK_TUNNEL] = "tunnel",
};

static bool parse_sky(const char *name, enum walk_sky *out)
{
	size_t i;

	for (i = 0; i < sizeof(sky_names) / sizeof(sky_names[0]); i++) {
		if (strcmp(name, sky_names[i]) == 0) {
			*out = (enum walk_sky)i;
			return true;
		}
	}
	return false;
}

/* The program never calls setlocale(), so strtod() reads a point. */
static bool parse_point(char *line, struct walk_point *p)
{
	char *end;

	p->lat_wgs84_deg = strtod(line, &end);
	if (end == line || *end != ',')
		return false;
	line = end + 1;
	p->lon_wgs84_deg = strtod(line, &end);
	if (end == line || *end != ',' || !(fabs(p->lat_wgs84_deg) < 89) || !(fabs(p->lon_wgs84_deg) <= 180))
		return false;
	return parse_sky(end + 1, &p->sky);
}

static void offset_m(const struct walk_point *a, const struct walk_point *b, double *north_m, double *east_m)
{
	*north_m = (b->lat_wgs84_deg - a->lat_wgs84_deg) * RAD * EARTH_M;
	*east_m = (b->lon_wgs84_deg - a->lon_wgs84_deg) * RAD * EARTH_M * cos(a->lat_wgs84_deg * RAD);
}

static void add_point(struct walk_route *r, struct walk_point p)
{
	double north_m, east_m;

	if (r->count > 0) {
		offset_m(&r->points[r->count - 1], &p, &north_m, &east_m);
		r->length_m += hypot(north_m, east_m);
	}
	p.along_m = r->length_m;
	r->points[r->count++] = p;
}

/* No route has more points than its file has line ends. */
static void make_room(const char *text, struct walk_route *r)
{
	size_t lines = 1;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	r->points = jx_xcalloc(lines, sizeof(*r->points));
}

static bool read_lines(const char *path, char *text, struct walk_route *r)
{
	int number = 0;
	char *line, *next;

	make_room(text, r);
	for (line = text; *line != '\0'; line = next) {
		size_t len = strcspn(line, "\n");
		struct walk_point p;

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		number++;
		if (len == 0 || line[0] == '#' || strncmp(line, "lat_", 4) == 0)
			continue;
		if (!parse_point(line, &p)) {
			(void)fprintf(
				stderr,
				"jx-walk: %s, line %d: want latitude,longitude,open|tree|street|tunnel\n",
				path, number);
			return false;
		}
		add_point(r, p);
	}
	if (r->count >= 2 && r->length_m > 1)
		return true;
	(void)fprintf(stderr, "jx-walk: %s: a route needs two points at least 1 m apart\n", path);
	return false;
}

bool walk_read_route(const char *path, struct walk_route *route_out)
{
	JX_AUTO_BUF text;
	struct walk_route r = {0};
	struct jx_error err;

	jx_buf_init(&text, FILE_MAX_BYTES);
	if (jx_fs_read_all(jx_os_fs(), path, &text, &err) != JX_OK) {
		(void)fprintf(stderr, "jx-walk: %s\n", err.text);
		return false;
	}
	jx_buf_adds(&text, "");
	if (text.data == NULL || !read_lines(path, text.data, &r)) {
		walk_free_route(&r);
		return false;
	}
	*route_out = r;
	return true;
}

void walk_free_route(struct walk_route *route)
{
	free(route->points);
	*route = (struct walk_route){0};
}

void walk_find_place(const struct walk_route *route, double way_m, struct walk_point *place_out,
		     double *course_deg_out)
{
	double there_and_back_m = fmod(way_m, 2 * route->length_m);
	bool is_back = there_and_back_m > route->length_m;
	double along_m = is_back ? 2 * route->length_m - there_and_back_m : there_and_back_m;
	const struct walk_point *a, *b;
	double north_m, east_m, share;
	size_t i = 0;

	while (i + 2 < route->count && route->points[i + 1].along_m <= along_m)
		i++;
	a = &route->points[i];
	b = &route->points[i + 1];
	share = b->along_m > a->along_m ? (along_m - a->along_m) / (b->along_m - a->along_m) : 0;
	*place_out = *a;
	place_out->lat_wgs84_deg += share * (b->lat_wgs84_deg - a->lat_wgs84_deg);
	place_out->lon_wgs84_deg += share * (b->lon_wgs84_deg - a->lon_wgs84_deg);
	place_out->along_m = along_m;
	offset_m(a, b, &north_m, &east_m);
	*course_deg_out = fmod(atan2(east_m, north_m) / RAD + (is_back ? 540 : 360), 360);
}
