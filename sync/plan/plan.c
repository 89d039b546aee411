/*
 * The table, and the only way through it.
 *
 *            START            nothing left, photos wait              NO_PHOTO
 *   READY ----------> SYNCING --------------------------> CHOOSING ------------> DONE
 *                      |  ^  ^                             |  ^
 *  entries, feed or    |  |  |                       PHOTO |  | PHOTO_DONE, or given up
 *  token left; 401     +--+  |                             v  |
 *  once: sign again          |  token lost               CREATING <--+
 *                            +------------------------+    | PHOTO_AT |
 *                                                     |    v          | 404
 *                                                     +-- SENDING ----+
 *                                                     |    ^ PHOTO_AT |
 *                                                     +-- ASKING -----+
 *
 *   Between SYNCING and CHOOSING: BUNDLING, once for each bundle of small copies, while any wait. What goes wrong there but the line
 *   itself leaves them out: they are for looking at, and photos do not wait for them.
 *   PHOTO leads to ASKING where an earlier run may have begun it; so does a token regained with a photo in hand.
 *   Any request that fails: WAITING, then SYNCING, or ASKING with a photo in hand, or SENDING where its offset is known,
 *   or BUNDLING.
 *   Any state: DONE when stopped, when attempts are used up, or when waiting is no cure.
 *
 * Every arrow but those into WAITING is either progress that the server confirmed or bounded by a counter.
 */
#include <assert.h>
#include <stddef.h>

#include "plan_private.h"

/* Events that can follow any request, and end the run or give the turn to the caller. */
#define ANY_REQUEST                                                                           \
	[JX_PLAN_FORBIDDEN] = jx_plan__on_forbidden, [JX_PLAN_VERSION] = jx_plan__on_version, \
	[JX_PLAN_NO_SPACE] = jx_plan__on_no_space, [JX_PLAN_TLS_REFUSED] = jx_plan__on_tls,   \
	[JX_PLAN_PORTAL] = jx_plan__on_portal, [JX_PLAN_STOP] = jx_plan__on_stop,             \
	[JX_PLAN_LOCAL] = jx_plan__on_local

#define ANY_PHOTO_REQUEST                                                                                 \
	ANY_REQUEST,                                                                                      \
		[JX_PLAN_CHALLENGE] = jx_plan__on_token_lost,                                             \
		[JX_PLAN_BAD_REQUEST] = jx_plan__on_photo_skip,                                           \
		[JX_PLAN_TOO_LARGE] = jx_plan__on_photo_skip, [JX_PLAN_BUSY] = jx_plan__on_photo_failed,  \
		[JX_PLAN_SERVER_ERROR] = jx_plan__on_photo_failed,                                        \
		[JX_PLAN_BAD_ANSWER] = jx_plan__on_photo_failed,                                          \
		[JX_PLAN_NO_CONNECTION] = jx_plan__on_photo_failed,                                       \
		[JX_PLAN_BAD_RECEIPT] = jx_plan__on_bad_receipt,                                          \
		[JX_PLAN_PHOTO_DONE] = jx_plan__on_photo_done, [JX_PLAN_PHOTO_AT] = jx_plan__on_photo_at, \
		[JX_PLAN_PHOTO_HASH] = jx_plan__on_photo_hash,                                            \
		[JX_PLAN_PHOTO_UNREADABLE] = jx_plan__on_photo_skip

static const jx_plan__rule table[JX_PLAN_STATES][JX_PLAN_EVENTS] = {
	[JX_PLAN_READY] = {[JX_PLAN_START] = jx_plan__on_start,
			   [JX_PLAN_STOP] = jx_plan__on_stop,
			   [JX_PLAN_LOCAL] = jx_plan__on_local},
	[JX_PLAN_SYNCING] =
		{ANY_REQUEST, [JX_PLAN_OK] = jx_plan__on_answer, [JX_PLAN_GAP] = jx_plan__on_answer,
		 [JX_PLAN_FORK] = jx_plan__on_conflict, [JX_PLAN_BEHIND] = jx_plan__on_conflict,
		 [JX_PLAN_BAD_RECEIPT] = jx_plan__on_bad_receipt, [JX_PLAN_CHALLENGE] = jx_plan__on_challenge,
		 [JX_PLAN_BAD_REQUEST] = jx_plan__on_bad_request,
		 [JX_PLAN_TOO_LARGE] = jx_plan__on_batch_too_large, [JX_PLAN_BUSY] = jx_plan__on_sync_failed,
		 [JX_PLAN_SERVER_ERROR] = jx_plan__on_sync_failed,
		 [JX_PLAN_BAD_ANSWER] = jx_plan__on_sync_failed,
		 [JX_PLAN_NO_CONNECTION] = jx_plan__on_sync_failed},
	[JX_PLAN_CHOOSING] = {[JX_PLAN_PHOTO] = jx_plan__on_photo,
			      [JX_PLAN_NO_PHOTO] = jx_plan__on_no_photo,
			      [JX_PLAN_STOP] = jx_plan__on_stop,
			      [JX_PLAN_LOCAL] = jx_plan__on_local},
	[JX_PLAN_CREATING] = {ANY_PHOTO_REQUEST, [JX_PLAN_PHOTO_UNKNOWN] = jx_plan__on_photo_skip},
	[JX_PLAN_ASKING] = {ANY_PHOTO_REQUEST, [JX_PLAN_PHOTO_UNKNOWN] = jx_plan__on_photo_not_begun},
	[JX_PLAN_SENDING] = {ANY_PHOTO_REQUEST, [JX_PLAN_PHOTO_UNKNOWN] = jx_plan__on_photo_not_begun},
	[JX_PLAN_BUNDLING] =
		{ANY_REQUEST, [JX_PLAN_CHALLENGE] = jx_plan__on_token_lost,
		 [JX_PLAN_SMALL_SENT] = jx_plan__on_small_sent, [JX_PLAN_NO_SMALL] = jx_plan__on_no_small,
		 [JX_PLAN_BAD_REQUEST] = jx_plan__on_no_small, [JX_PLAN_TOO_LARGE] = jx_plan__on_no_small,
		 [JX_PLAN_SERVER_ERROR] = jx_plan__on_no_small, [JX_PLAN_BAD_ANSWER] = jx_plan__on_no_small,
		 [JX_PLAN_BUSY] = jx_plan__on_bundle_failed,
		 [JX_PLAN_NO_CONNECTION] = jx_plan__on_bundle_failed},
	[JX_PLAN_WAITING] = {[JX_PLAN_WAITED] = jx_plan__on_waited,
			     [JX_PLAN_STOP] = jx_plan__on_stop,
			     [JX_PLAN_LOCAL] = jx_plan__on_local},
};

void jx_plan_init(struct jx_plan *plan, const struct jx_plan_config *config, bool photos_wait)
{
	*plan = (struct jx_plan){.config = *config, .state = JX_PLAN_READY, .photo_best = -1};
	if (plan->config.attempts_max <= 0)
		plan->config.attempts_max = JX_PLAN_ATTEMPTS;
	if (plan->config.base_ms <= 0)
		plan->config.base_ms = JX_PLAN_BASE_MS;
	if (plan->config.cap_ms <= 0)
		plan->config.cap_ms = JX_PLAN_CAP_MS;
	if (plan->config.entries_max <= 0 || plan->config.entries_max > JX_WIRE_BATCH_ENTRIES_MAX)
		plan->config.entries_max = JX_WIRE_BATCH_ENTRIES_MAX;
	plan->entries_max = plan->config.entries_max;
	plan->wants_feed = config->wants_feed;
	plan->wants_photos = config->wants_photos && photos_wait;
	plan->wants_small = config->wants_small && photos_wait;
	plan->is_signed_in = config->has_challenge;
}

struct jx_plan_step jx_plan_init_lane(struct jx_plan *plan, const struct jx_plan_config *config)
{
	jx_plan_init(plan, config, true);
	plan->config.attempts_max = 1;
	plan->wants_feed = plan->wants_small = false;
	plan->wants_photos = plan->has_token = plan->is_signed_in = plan->has_synced = true;
	return jx_plan__choose(plan, false);
}

/* What holds between any two steps, whatever came back. */
static void check(const struct jx_plan *p, const struct jx_plan_step *s)
{
	assert(p->attempts <= p->config.attempts_max);
	assert(p->entries_max >= 1 && p->entries_max <= p->config.entries_max);
	assert(p->server_n >= 0 && p->server_n <= p->own_n);
	assert(s->what != JX_PLAN_DO_SYNC || s->from_n == 0 ||
	       (s->from_n == p->server_n + 1 && s->from_n <= p->own_n));
	assert(s->what != JX_PLAN_DO_SEND || (s->photo_offset >= 0 && s->photo_offset <= p->photo_bytes));
	assert(s->what != JX_PLAN_DO_WAIT || s->wait_ms >= JX_PLAN_MIN_MS);
	assert((s->what == JX_PLAN_DO_FINISH) == (p->state == JX_PLAN_DONE));
	(void)p;
	(void)s;
}

bool jx_plan_expects(enum jx_plan_state state, enum jx_plan_event_kind kind)
{
	return (unsigned)state < JX_PLAN_STATES && (unsigned)kind < JX_PLAN_EVENTS &&
	       table[state][kind] != NULL;
}

struct jx_plan_step jx_plan_next(struct jx_plan *plan, const struct jx_plan_event *event)
{
	const jx_plan__rule rule = jx_plan_expects(plan->state, event->kind) ? table[plan->state][event->kind]
									     : NULL;
	struct jx_plan_step step = rule != NULL ? rule(plan, event) : jx_plan__finish(plan, JX_ESTATE);

	check(plan, &step);
	return step;
}
