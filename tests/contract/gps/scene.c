#include "scene.h"

#include <string.h>

#define SCENE_MAX_BYTES 65536

void script_begin(struct script *s)
{
	const struct jx_clock *clock = jx_os_clock();

	memset(s, 0, sizeof(*s));
	/* gpsd takes no time that is far from its own. */
	s->start_utc_ms = clock->utc_ms(clock->user) / 1000 * 1000;
	s->utc_ms = s->start_utc_ms;
	s->used = 8;
}

void script_end(struct script *s)
{
	while (s->count > 0)
		jx_buf_done(&s->scenes[--s->count].nmea);
}

static jx_buf *add_scene(struct script *s)
{
	struct scene *scene = &s->scenes[s->count++];

	jx_buf_init(&scene->nmea, SCENE_MAX_BYTES);
	scene->at_ms = s->count > 1 ? s->scenes[s->count - 2].at_ms : 0;
	return &scene->nmea;
}

static void add_epoch(struct script *s, jx_buf *b, double north_m, int mode)
{
	struct nmea_epoch e = {.utc_ms = s->utc_ms,
			       .mode = mode,
			       .lat_wgs84_deg = SCENE_LAT_DEG + north_m / 110850,
			       .lon_wgs84_deg = SCENE_LON_DEG,
			       .height_m = 12,
			       .speed_m_per_s = 1.2,
			       .course_deg = 1,
			       .hdop = 0.9,
			       .pdop = 1.5,
			       .vdop = 1.2};

	nmea_fill_satellites(&e, mode >= 2 ? s->used : 0, 10);
	nmea_add_epoch(b, &e);
	s->scenes[s->count - 1].at_ms = s->utc_ms - s->start_utc_ms;
	s->utc_ms += 1000;
}

void script_fix(struct script *s, double north_m)
{
	jx_buf *b = add_scene(s);

	if (!s->has_fix)
		add_epoch(s, b, north_m, 3);
	s->has_fix = true;
	add_epoch(s, b, north_m, 3);
}

void script_no_fix(struct script *s, int count)
{
	jx_buf *b = add_scene(s);

	while (count-- > 0)
		add_epoch(s, b, 0, 1);
}

void script_bytes(struct script *s, const char *bytes, size_t len)
{
	jx_buf_add(add_scene(s), bytes, len);
}

void script_silence(struct script *s, int64_t ms)
{
	s->utc_ms += ms;
}
