/*
 * A recorded NMEA file, played in the pace of its own time stamps by the monotonic clock.
 */
#include <stdlib.h>
#include <string.h>

#include "gps_private.h"

#define FILE_MAX_BYTES (64 * 1024 * 1024)
#define DAY_MS         INT64_C(86400000)

struct replay_source {
	jx_buf text;
	size_t at;             /* first byte that was not yet played */
	int64_t start_mono_ms; /* when the first epoch is played */
	int64_t due_ms;        /* of the line at `at`, after start */
	int64_t tod_ms;        /* of the last timed line, -1 none */
	struct jx_gps__nmea nmea;
};

static size_t line_len_at(const struct replay_source *r)
{
	const char *begin = r->text.data + r->at;
	const char *end = memchr(begin, '\n', r->text.len - r->at);

	return end == NULL ? r->text.len - r->at : (size_t)(end - begin);
}

/*
 * Time of the recording between two time stamps; a step back is a receiver's correction and takes no time.
 */
static int64_t step_ms(int64_t from_tod_ms, int64_t to_tod_ms)
{
	int64_t step = (to_tod_ms - from_tod_ms + DAY_MS) % DAY_MS;

	return step > DAY_MS / 2 ? 0 : step;
}

static void play_line(jx_gps *g, const char *line, size_t len, int64_t mono_ms)
{
	struct replay_source *r = g->source;
	struct jx_gps__report report = {0};
	int visible;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return;
	switch (jx_gps__nmea_take(&r->nmea, line, len, &report, &visible)) {
	case JX_GPS__HEARD_JUNK:
		g->tracker.cause = JX_GPS_BAD_DATA;
		break;
	case JX_GPS__HEARD_OTHER:
		break;
	case JX_GPS__HEARD_POSITION:
		jx_gps__take_report(&g->tracker, &report, mono_ms);
		jx_gps__take_satellites(&g->tracker, r->nmea.used, -1);
		break;
	case JX_GPS__HEARD_SATELLITES:
		jx_gps__take_satellites(&g->tracker, r->nmea.used, visible);
		break;
	}
}

static void take_replay(jx_gps *g)
{
	struct replay_source *r = g->source;
	int64_t played_ms = g->tracker.clock->mono_ms(g->tracker.clock->user) - r->start_mono_ms;

	while (r->at < r->text.len) {
		const char *line = r->text.data + r->at;
		size_t len = line_len_at(r);
		int64_t tod_ms = jx_gps__nmea_tod(line, len > 0 && line[len - 1] == '\r' ? len - 1 : len);

		if (tod_ms >= 0) {
			r->due_ms += r->tod_ms < 0 ? 0 : step_ms(r->tod_ms, tod_ms);
			r->tod_ms = tod_ms;
		}
		if (r->due_ms > played_ms)
			return;
		r->at += len < r->text.len - r->at ? len + 1 : len;
		play_line(g, line, len, r->start_mono_ms + r->due_ms);
	}
}

static int64_t wait_replay(jx_gps *g, int64_t wait_ms)
{
	struct replay_source *r = g->source;
	int64_t due_ms = r->start_mono_ms + r->due_ms - g->tracker.clock->mono_ms(g->tracker.clock->user);

	if (r->at >= r->text.len || due_ms > wait_ms)
		due_ms = wait_ms;
	return jx_gps__sleep(due_ms < 1 ? 1 : due_ms);
}

static void close_replay(jx_gps *g)
{
	struct replay_source *r = g->source;

	jx_buf_done(&r->text);
	free(r);
}

static const struct jx_gps__ops replay_ops = {
	.take = take_replay,
	.wait = wait_replay,
	.close = close_replay,
};

jx_rc jx_gps_open_replay(const char *path, const struct jx_fs *fs, const struct jx_clock *clock,
			 int64_t stale_after_ms, jx_gps **gps_out, struct jx_error *err)
{
	JX_AUTO(jx_gps) g = NULL;
	struct replay_source *r;
	jx_rc rc;

	rc = jx_gps__check_stale_after(&stale_after_ms, err);
	if (rc != JX_OK)
		return rc;
	g = jx_xcalloc(1, sizeof(*g));
	r = jx_xcalloc(1, sizeof(*r));
	g->ops = &replay_ops;
	g->source = r;
	g->state = JX_GPS_WAITING;
	jx_gps__tracker_init(&g->tracker, clock, stale_after_ms);
	jx_gps__nmea_init(&r->nmea);
	jx_buf_init(&r->text, FILE_MAX_BYTES);
	r->start_mono_ms = clock->mono_ms(clock->user);
	r->tod_ms = -1;
	rc = jx_fs_read_all(fs, path, &r->text, err);
	if (rc != JX_OK)
		return rc;
	*gps_out = JX_STEAL(g);
	return JX_OK;
}
