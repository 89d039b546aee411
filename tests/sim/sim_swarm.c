/* Swarm of configurations: each history has some kinds of trouble and lacks others, so that none hides another. */
#include "sim_world.h"

/* Absent in `absent` of 1000 histories, else up to max. */
static unsigned draw(struct sim_rng *r, unsigned absent, unsigned max_permille)
{
	return sim_chance(r, absent) ? 0 : 1 + (unsigned)sim_below(r, max_permille);
}

void sim_draw_weather(uint64_t seed, struct sim_weather *out)
{
	struct sim_rng r = {.state = seed ^ 0x5EEDF00Du};

	*out = (struct sim_weather){
		.devices = 1 + (unsigned)sim_below(&r, 5),
		.steps = 12 + (unsigned)sim_below(&r, 37),
		.from_nothing = sim_chance(&r, 200),
		.cut = draw(&r, 300, 300),
		.server_cut = draw(&r, 300, 150),
		.fault = draw(&r, 300, 8),
		.drop = draw(&r, 300, 250),
		.eat = draw(&r, 300, 250),
		.twice = draw(&r, 300, 150),
		.replay = draw(&r, 300, 100),
		.garble = draw(&r, 300, 60),
		.portal = draw(&r, 300, 60),
		.clock = draw(&r, 300, 60),
		.clock_in_sync = draw(&r, 500, 60),
		.meanwhile = draw(&r, 400, 200),
		.second = draw(&r, 500, 100),
		.weeks = draw(&r, 700, 40),
		.clone = draw(&r, 700, 60),
		.device_restore = draw(&r, 700, 60),
		.server_restore = draw(&r, 600, 60),
		.revoke = draw(&r, 800, 30),
		.rotate_tls = draw(&r, 700, 60),
		.rotate_identity = draw(&r, 700, 40),
		.move = draw(&r, 700, 40),
		.pending = draw(&r, 600, 500),
		.snapshot = draw(&r, 500, 200),
	};
}
