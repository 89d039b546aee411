/*
 * The script as a file, on an invented clock. A scene is played by moving the clock to the script's time
 * after it.
 */
#include <stdlib.h>

#include "jx_test.h"
#include "scene.h"

struct world {
	struct jx_fake_clock clock;
	const struct script *script;
	char *folder;
	jx_gps *gps;
};

static void *open_world(const struct script *s)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));
	JX_AUTO_BUF text;
	JX_AUTO_FREE char *path = NULL;
	struct jx_error err;
	size_t i;

	jx_fake_clock_init(&w->clock, s->start_utc_ms);
	w->script = s;
	w->folder = jx_test_folder();
	path = jx_test_path(w->folder, "script.nmea");
	jx_buf_init(&text, 1024 * 1024);
	for (i = 0; i < s->count; i++)
		jx_buf_add(&text, s->scenes[i].nmea.data, s->scenes[i].nmea.len);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, text.data, text.len, &err), &err);
	jx_assert_ok(jx_gps_open_replay(path, jx_os_fs(), &w->clock.clock, STALE_AFTER_MS, &w->gps, &err),
		     &err);
	return w;
}

static void play(void *world, size_t scene)
{
	struct world *w = world;
	int64_t passed_ms = w->clock.utc_ms - w->script->start_utc_ms;

	if (w->script->scenes[scene].at_ms > passed_ms)
		jx_fake_clock_advance(&w->clock, w->script->scenes[scene].at_ms - passed_ms);
}

static void pass(void *world, int64_t ms)
{
	struct world *w = world;

	jx_fake_clock_advance(&w->clock, ms);
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
	jx_test_folder_remove(w->folder);
	free(w);
}

const struct world_ops world_replay = {
	.name = "replay",
	.open = open_world,
	.play = play,
	.pass = pass,
	.gps = gps,
	.wait_ms = 0,
	.close = close_world,
};
