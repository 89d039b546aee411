/* Shared inside the room: rules are the cells of the table in plan.c. */
#ifndef JX_PLAN_PRIVATE_H
#define JX_PLAN_PRIVATE_H

#include "jiexun/plan.h"

typedef struct jx_plan_step (*jx_plan__rule)(struct jx_plan *p, const struct jx_plan_event *ev);

/* ---- steps ---- */
struct jx_plan_step jx_plan__sync(struct jx_plan *p);
struct jx_plan_step jx_plan__choose(struct jx_plan *p, bool skips_photo);
struct jx_plan_step jx_plan__create(struct jx_plan *p);
struct jx_plan_step jx_plan__ask(struct jx_plan *p);
struct jx_plan_step jx_plan__send(struct jx_plan *p, int64_t offset);
struct jx_plan_step jx_plan__bundle(struct jx_plan *p);
/* Entries and feed are done: what of photos comes next, or the end. */
struct jx_plan_step jx_plan__go_on(struct jx_plan *p);
struct jx_plan_step jx_plan__finish(struct jx_plan *p, jx_rc rc);
/* One attempt is used up: wait and then do `resume`, or finish with ev->rc (JX_OK: fallback). */
struct jx_plan_step jx_plan__failed(struct jx_plan *p, const struct jx_plan_event *ev, enum jx_plan_do resume,
				    jx_rc fallback);

/* ---- rules for any state ---- */
struct jx_plan_step jx_plan__on_stop(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_local(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_forbidden(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_bad_request(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_version(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_no_space(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_tls(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_portal(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_waited(struct jx_plan *p, const struct jx_plan_event *ev);

/* ---- rules of a sync request ---- */
struct jx_plan_step jx_plan__on_start(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_answer(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_conflict(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_bad_receipt(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_challenge(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_batch_too_large(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_sync_failed(struct jx_plan *p, const struct jx_plan_event *ev);

/* ---- rules of small copies ---- */
struct jx_plan_step jx_plan__on_small_sent(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_no_small(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_bundle_failed(struct jx_plan *p, const struct jx_plan_event *ev);

/* ---- rules of a photo ---- */
struct jx_plan_step jx_plan__on_photo(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_no_photo(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_done(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_at(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_hash(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_not_begun(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_skip(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_photo_failed(struct jx_plan *p, const struct jx_plan_event *ev);
struct jx_plan_step jx_plan__on_token_lost(struct jx_plan *p, const struct jx_plan_event *ev);

#endif
