/*
 * Photos at a time: the run's own lane, and further ones where the line gives more by them. A further lane does what goes well; the first
 * thing that does not ends it, and its photo goes back to the run's own lane, which waits, tries again and gives up for all.
 */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

static void give_back(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;

	jx_client__photo_close(lane);
	if (lane->has_turn)
		jx_client__note_turn(lane);
	if (lane->has_turn)
		run->returned[run->returned_count++] = lane->turn;
	lane->has_turn = false;
}

static void *run_lane(void *arg)
{
	struct jx_client__lane *lane = arg;
	struct jx_client__run *run = lane->run;
	const struct jx_plan_config pc = {.rand = run->c->rand, .wants_photos = true};
	struct jx_plan_step step;
	struct jx_plan_event ev;

	jx_client__take_back(run);
	step = jx_plan_init_lane(&lane->plan, &pc);
	while (!run->is_ending && step.what != JX_PLAN_DO_FINISH && step.what != JX_PLAN_DO_SYNC) {
		ev = step.what == JX_PLAN_DO_CHOOSE ? jx_client__do_choose(lane, &step)
						    : jx_client__do_photo(lane, &step);
		step = jx_plan_next(&lane->plan, &ev);
		jx_client__report(run);
	}
	give_back(lane);
	lane->is_over = true;
	run->lanes_on--;
	run->window_is_bent = true;
	(void)pthread_cond_broadcast(&run->lane_ended);
	jx_client__let_go(run);
	return NULL;
}

static void add_traffic(struct jx_client__run *run, const struct jx_transport *t)
{
	int64_t up = 0, down = 0;

	if (t->traffic == NULL)
		return;
	t->traffic(t->user, &up, &down);
	run->res->up_bytes += up;
	run->res->down_bytes += down;
}

/* Its thread is past its last use of anything but the lock. */
static void clear(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;

	(void)pthread_join(lane->thread, NULL);
	lane->is_started = false;
	add_traffic(run, lane->own);
	run->c->transport->drop(lane->own);
	lane->own = NULL;
	jx_wipe(lane->token, sizeof(lane->token));
}

/* False: there is no room for one, and the sync goes on without. */
static bool start_lane(struct jx_client__run *run)
{
	const struct jx_transport *t = run->c->transport;
	struct jx_client__lane *lane = run->lane + 1;

	while (lane < run->lane + JX_PLAN_LANES_MAX && lane->is_started && !lane->is_over)
		lane++;
	if (lane == run->lane + JX_PLAN_LANES_MAX)
		return false;
	if (lane->is_started)
		clear(lane);
	memset(lane, 0, sizeof(*lane));
	lane->run = run;
	lane->err = &lane->own_err;
	if (t->another(t->user, &lane->own, &lane->own_err) != JX_OK)
		return false;
	lane->t = lane->own;
	lane->is_started = jx_client__start_thread(&lane->thread, run_lane, lane);
	if (!lane->is_started) {
		t->drop(lane->own);
		return false;
	}
	run->lanes_on++;
	if (run->lanes_on + 1 > run->res->lanes)
		run->res->lanes = run->lanes_on + 1;
	return true;
}

/* Each lane may come back with a photo, and all of these have a place. */
static bool may_start(const struct jx_client__run *run)
{
	return !run->is_ending && run->lanes_on + 1 < run->lanes.lanes && run->queue_at < run->queue_count &&
	       run->returned_count + (size_t)run->lanes_on + 1 < JX_PLAN_LANES_MAX;
}

void jx_client__count_rate(struct jx_client__run *run, int64_t bytes)
{
	const struct jx_clock *clock = run->c->clock;
	const struct jx_transport *t = run->c->transport;
	int64_t now, passed;

	if (clock == NULL || t->another == NULL)
		return;
	now = clock->mono_ms(clock->user);
	run->window_bytes += bytes;
	if (run->window_mono_ms == 0)
		run->window_mono_ms = now;
	passed = now - run->window_mono_ms;
	if (passed < JX_PLAN_LANES_WINDOW_MS)
		return;
	/* what so many lanes bring is seen where they were at work from its start to its end */
	if (!run->window_is_bent)
		(void)jx_plan_lanes_next(&run->lanes, run->window_bytes, passed);
	run->window_mono_ms = now;
	run->window_bytes = 0;
	run->window_is_bent = false;
	while (may_start(run) && start_lane(run))
		;
}

void jx_client__count_quick(struct jx_client__run *run, int64_t bytes, int64_t ms)
{
	const int before = run->lanes.lanes;

	if (run->c->clock == NULL || run->c->transport->another == NULL ||
	    jx_plan_lanes_quick(&run->lanes, bytes, ms, run->queue_count - run->queue_at) == before)
		return;
	run->window_is_bent = true;
	while (may_start(run) && start_lane(run))
		;
}

bool jx_client__is_one_too_many(const struct jx_client__run *run)
{
	return run->lanes_on + 1 > run->lanes.lanes;
}

bool jx_client__wait_for_lanes(struct jx_client__run *run)
{
	if (run->lanes_on == 0)
		return false;
	(void)pthread_cond_wait(&run->lane_ended, &run->lock);
	return true;
}

void jx_client__end_lanes(struct jx_client__run *run)
{
	run->is_ending = true;
	while (run->lanes_on > 0)
		(void)pthread_cond_wait(&run->lane_ended, &run->lock);
	jx_client__let_go(run);
	for (size_t i = 1; i < JX_PLAN_LANES_MAX; i++) {
		if (run->lane[i].is_started)
			clear(&run->lane[i]);
	}
	jx_client__take_back(run);
}
