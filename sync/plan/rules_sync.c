/* Rules of a sync request: what to ask, and what its answer means. */
#include "plan_private.h"

static bool needs_token(const struct jx_plan *p)
{
	return (p->config.wants_token || p->wants_photos || p->wants_small) && !p->has_token &&
	       !p->is_pending;
}

struct jx_plan_step jx_plan__sync(struct jx_plan *p)
{
	/* without a challenge the request will be refused: do not carry entries for nothing */
	const bool has_entries = p->is_signed_in && p->server_n < p->own_n;

	p->state = JX_PLAN_SYNCING;
	return (struct jx_plan_step){.what = JX_PLAN_DO_SYNC,
				     .from_n = has_entries ? p->server_n + 1 : 0,
				     .entries_max = has_entries ? p->entries_max : 0,
				     .wants_feed = p->wants_feed,
				     .wants_token = needs_token(p),
				     .retry_after_ms = -1};
}

struct jx_plan_step jx_plan__on_start(struct jx_plan *p, const struct jx_plan_event *ev)
{
	p->own_n = ev->own_n;
	/* a restored device may remember more than its log has; the server will say "behind" */
	p->server_n = ev->server_n < ev->own_n ? ev->server_n : ev->own_n;
	return jx_plan__sync(p);
}

/* True if the answer moved something that can move only so often. */
static bool take_answer(struct jx_plan *p, const struct jx_plan_event *ev)
{
	/* the first good answer of a run corrects what was remembered, also downwards (restored server) */
	bool moved = !p->has_synced || ev->server_n > p->server_n;

	p->has_synced = true;
	p->is_signed_in = true;
	p->own_n = ev->own_n > ev->server_n ? ev->own_n : ev->server_n;
	p->server_n = ev->server_n;
	p->is_pending = ev->is_pending;
	if (p->wants_feed && ev->feed_moved) {
		p->feed_pages++;
		moved = true;
	}
	if (!ev->has_more || ev->is_pending || p->feed_pages >= JX_PLAN_FEED_PAGES_MAX)
		p->wants_feed = false;
	return moved;
}

/* Everything but photos is done. */
struct jx_plan_step jx_plan__go_on(struct jx_plan *p)
{
	if (p->wants_small && p->has_token && !p->has_photo)
		return jx_plan__bundle(p);
	if (p->wants_photos && p->has_token)
		return p->has_photo ? jx_plan__ask(p) : jx_plan__choose(p, false);
	return jx_plan__finish(p, JX_OK);
}

/*
 * The device has to enrol again, and nobody sends this log after that. So what the server may not have of it goes up first: all,
 * from the first entry, for only the server can tell where the two logs part.
 */
static bool offer(struct jx_plan *p, const struct jx_plan_event *ev)
{
	const bool is_kept = ev->kind == JX_PLAN_FORK && ev->server_n >= ev->own_n;

	if (is_kept || (!p->is_offering && ev->kind != JX_PLAN_FORK))
		return false;
	if (!p->is_offering) {
		p->is_offering = p->is_signed_in = true;
		p->wants_feed = false;
		p->server_n = 0;
		p->own_n = ev->own_n;
		return true;
	}
	/* bounded: each step carries entries, and the log ends */
	if (ev->own_n > p->own_n)
		p->own_n = ev->own_n;
	if (ev->sent_count <= 0 || ev->sent_count >= p->own_n - p->server_n)
		return false;
	p->server_n += ev->sent_count;
	return true;
}

struct jx_plan_step jx_plan__on_conflict(struct jx_plan *p, const struct jx_plan_event *ev)
{
	struct jx_plan_step step;

	if (offer(p, ev))
		return jx_plan__sync(p);
	step = jx_plan__finish(p, JX_ECONFLICT);
	step.must_enrol_again = true;
	return step;
}

struct jx_plan_step jx_plan__on_answer(struct jx_plan *p, const struct jx_plan_event *ev)
{
	bool moved, got_token;

	/* what was found to be a fork stays one, whatever the rest of it is called */
	if (p->is_offering)
		return jx_plan__on_conflict(p, ev);
	moved = take_answer(p, ev);
	got_token = ev->has_token && !p->has_token;

	p->has_token = p->has_token || ev->has_token;
	if (moved) {
		p->attempts = 0;
		p->challenges = 0;
	}
	if (p->server_n >= p->own_n && !p->wants_feed && !needs_token(p))
		return jx_plan__go_on(p);
	/* a token alone gives no attempts back: a server that hands out tokens and refuses them must not keep us */
	if (moved || got_token)
		return jx_plan__sync(p);
	return jx_plan__failed(p, ev, JX_PLAN_DO_SYNC, JX_ENET);
}

struct jx_plan_step jx_plan__on_bad_receipt(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_EAUTH);
}

struct jx_plan_step jx_plan__on_challenge(struct jx_plan *p, const struct jx_plan_event *ev)
{
	p->is_signed_in = true;
	p->challenges++;
	if (p->challenges <= 1)
		return jx_plan__sync(p);
	return jx_plan__failed(p, ev, JX_PLAN_DO_SYNC, JX_EAUTH);
}

struct jx_plan_step jx_plan__on_batch_too_large(struct jx_plan *p, const struct jx_plan_event *ev)
{
	if (ev->sent_count < 2)
		return jx_plan__finish(p, JX_ELIMIT);
	p->entries_max = ev->sent_count / 2 < p->entries_max ? ev->sent_count / 2 : p->entries_max;
	return jx_plan__sync(p);
}

struct jx_plan_step jx_plan__on_sync_failed(struct jx_plan *p, const struct jx_plan_event *ev)
{
	return jx_plan__failed(p, ev, JX_PLAN_DO_SYNC, JX_ENET);
}
