/* A history: so many steps, each somebody doing something, and then calm weather. */
#include "sim_world.h"

#include <string.h>

static void weather_on(struct sim_world *w, bool on)
{
	w->is_calm = !on;
	for (int k = 0; k < w->device_count; k++)
		sim_disk_set_faults(w->device[k].disk, on ? w->weather.fault : 0);
	sim_disk_set_faults(w->server.disk, on ? w->weather.fault : 0);
}

static void sync_device(struct sim_device *d)
{
	struct jx_error err = {0};

	(void)sim_device_sync(d, &err);
}

static void office_step(struct sim_world *w)
{
	struct jx_error err = {0};

	if (!w->office.is_enrolled)
		sim_office_enrol(w);
	else if (sim_office_pull(w, &err) == JX_OK)
		sim_office_state(w);
}

/* Somebody is away for weeks: then days pass between what the others do. */
static void pass_time(struct sim_world *w)
{
	bool is_away = false;

	for (int k = 0; k < w->device_count; k++)
		is_away = is_away || w->device[k].away_until_ms > w->now_ms;
	w->now_ms += (int64_t)sim_below(&w->rng, is_away ? (uint64_t)(2 * SIM_DAY_MS) : 120000);
}

static void step(struct sim_world *w)
{
	struct sim_device *d = &w->device[sim_below(&w->rng, (uint64_t)w->device_count)];
	const bool is_away = d->away_until_ms > w->now_ms;
	uint64_t what = sim_below(&w->rng, 100);

	pass_time(w);
	if (sim_luck(w, w->weather.replay))
		sim_net_replay(w);
	sim_events(w, d);
	if (!d->is_enrolled || ((d->is_told || d->needs_enrol) && what < 50 && !is_away)) {
		sim_device_with_cut(d, sim_device_enrol);
	} else if (what < 55) {
		sim_device_with_cut(d, sim_device_save);
	} else if (what < 63) {
		sim_device_with_cut(d, sim_device_shift);
	} else if (what < 90 && !is_away) {
		sim_device_with_cut(d, sync_device);
	} else if (what < 94) {
		sim_device_restart(d);
	} else {
		office_step(w);
	}
	sim_check_device(d);
}

bool sim_run(struct sim_world *w)
{
	weather_on(w, true);
	for (int k = 0; k < w->device_count && !sim_is_broken(w); k++)
		sim_device_restart(&w->device[k]); /* first start on a disk that may fail already */
	for (unsigned k = 0; k < w->weather.steps && !sim_is_broken(w); k++) {
		step(w);
		if (sim_chance(&w->rng, 20) && !sim_is_broken(w))
			sim_check_server(w);
	}
	weather_on(w, false);
	if (!sim_is_broken(w))
		sim_drain(w);
	for (int k = 0; k < w->device_count; k++)
		sim_note(w, "disk", k, (int64_t)sim_disk_trace(w->device[k].disk));
	sim_note(w, "disk", w->device_count, (int64_t)sim_disk_trace(w->server.disk));
	return !sim_is_broken(w);
}
