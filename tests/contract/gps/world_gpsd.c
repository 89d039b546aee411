/*
 * The script through a real gpsd. The clock is the real one plus what scenes and the test let pass.
 */
#include <stdlib.h>

#include "feeder.h"
#include "gpsd_process.h"
#include "jx_test.h"
#include "scene.h"

#define START_LIMIT_MS 30000

struct world {
	struct jx_clock clock;
	int64_t passed_ms; /* on top of the real clock */
	const struct script *script;
	struct feeder feeder;
	struct gpsd_process gpsd;
	jx_gps *gps;
};

static int64_t real_ms(int64_t (*read)(void *))
{
	return read(jx_os_clock()->user);
}

static int64_t utc_ms(void *user)
{
	const struct world *w = user;

	return real_ms(jx_os_clock()->utc_ms) + w->passed_ms;
}

static int64_t mono_ms(void *user)
{
	const struct world *w = user;

	return real_ms(jx_os_clock()->mono_ms) + w->passed_ms;
}

/* Reports go to those who watch: say "no fix" until one of them has come all the way through. */
static void wait_until_heard(struct world *w)
{
	int64_t end_ms = real_ms(jx_os_clock()->mono_ms) + START_LIMIT_MS;
	struct nmea_epoch e = {.utc_ms = w->script->start_utc_ms - 60000, .mode = 1};
	struct jx_error err;
	struct jx_fix fix;

	while (jx_gps_state(w->gps) != JX_GPS_NO_FIX) {
		JX_AUTO_BUF text;

		if (real_ms(jx_os_clock()->mono_ms) > end_ms)
			fail_msg("gpsd does not report: %s", jx_gps_reason(w->gps));
		jx_buf_init(&text, 4096);
		nmea_add_epoch(&text, &e);
		assert_true(feeder_say(&w->feeder, text.data, text.len));
		e.utc_ms += 1000;
		jx_assert_ok(jx_gps_read(w->gps, 100, &fix, &err), &err);
	}
}

static void *open_world(const struct script *s)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));
	struct jx_error err;

	w->script = s;
	w->clock = (struct jx_clock){
		.user = w, .utc_ms = utc_ms, .mono_ms = mono_ms, .boot_id = jx_os_clock()->boot_id};
	assert_true(feeder_open(&w->feeder, 0));
	gpsd_process_start(&w->gpsd, feeder_free_port(), w->feeder.port);
	assert_true(feeder_accept(&w->feeder, START_LIMIT_MS));
	jx_assert_ok(
		jx_gps_open_gpsd("127.0.0.1", w->gpsd.port, NULL, &w->clock, STALE_AFTER_MS, &w->gps, &err),
		&err);
	wait_until_heard(w);
	return w;
}

static void play(void *world, size_t scene)
{
	struct world *w = world;
	const struct scene *s = &w->script->scenes[scene];
	int64_t ahead_ms = s->at_ms - (utc_ms(w) - w->script->start_utc_ms);

	if (ahead_ms > 0)
		w->passed_ms += ahead_ms;
	assert_true(feeder_say(&w->feeder, s->nmea.data, s->nmea.len));
}

static void pass(void *world, int64_t ms)
{
	struct world *w = world;

	w->passed_ms += ms;
}

static jx_gps *gps(void *world)
{
	struct world *w = world;

	return w->gps;
}

static void close_world(void *world)
{
	struct world *w = world;

	jx_gps_close(w->gps);
	gpsd_process_kill(&w->gpsd);
	feeder_close(&w->feeder);
	free(w);
}

const struct world_ops world_gpsd = {
	.name = "gpsd",
	.open = open_world,
	.play = play,
	.pass = pass,
	.gps = gps,
	.wait_ms = 100,
	.close = close_world,
};
