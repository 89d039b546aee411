/* Rules of a photo: one request when all goes well, HEAD and PATCH where it broke. */
#include "plan_private.h"

static struct jx_plan_step photo_step(struct jx_plan *p, enum jx_plan_state state, enum jx_plan_do what)
{
	p->state = state;
	return (struct jx_plan_step){.what = what, .retry_after_ms = -1};
}

struct jx_plan_step jx_plan__choose(struct jx_plan *p, bool skips_photo)
{
	struct jx_plan_step step = photo_step(p, JX_PLAN_CHOOSING, JX_PLAN_DO_CHOOSE);

	p->has_photo = false;
	step.skips_photo = skips_photo;
	return step;
}

struct jx_plan_step jx_plan__create(struct jx_plan *p)
{
	return photo_step(p, JX_PLAN_CREATING, JX_PLAN_DO_CREATE);
}

struct jx_plan_step jx_plan__ask(struct jx_plan *p)
{
	return photo_step(p, JX_PLAN_ASKING, JX_PLAN_DO_ASK);
}

struct jx_plan_step jx_plan__send(struct jx_plan *p, int64_t offset)
{
	struct jx_plan_step step = photo_step(p, JX_PLAN_SENDING, JX_PLAN_DO_SEND);

	step.photo_offset = offset;
	return step;
}

struct jx_plan_step jx_plan__on_photo(struct jx_plan *p, const struct jx_plan_event *ev)
{
	p->has_photo = true;
	p->photo_bytes = ev->photo_bytes;
	p->photo_offset = 0;
	p->photo_best = -1;
	p->photo_hash_tries = 0;
	/* a creation's bytes are thrown away where a part is there already; asking costs one small request */
	return ev->may_be_begun ? jx_plan__ask(p) : jx_plan__create(p);
}

struct jx_plan_step jx_plan__on_no_photo(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_OK);
}

struct jx_plan_step jx_plan__on_photo_done(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	p->attempts = 0;
	p->tokens_lost = 0;
	return jx_plan__choose(p, false);
}

struct jx_plan_step jx_plan__on_photo_at(struct jx_plan *p, const struct jx_plan_event *ev)
{
	/*
	 * All bytes there and no receipt: the server lost its power between the last byte and the publishing. Sending
	 * nothing from the end makes it finish.
	 */
	if (ev->photo_offset < 0 || ev->photo_offset > p->photo_bytes)
		return jx_plan__failed(p, ev, JX_PLAN_DO_ASK, JX_ENET);
	p->photo_offset = ev->photo_offset;
	/* a question that was answered is no failure: the bytes that were cut off before it were one already */
	if (ev->photo_offset <= p->photo_best)
		return p->state == JX_PLAN_ASKING ? jx_plan__send(p, ev->photo_offset)
						  : jx_plan__failed(p, ev, JX_PLAN_DO_SEND, JX_ENET);
	/* "0 bytes" is where every photo begins: no progress that gives attempts back */
	if (ev->photo_offset > 0) {
		p->attempts = 0;
		p->tokens_lost = 0;
	}
	p->photo_best = ev->photo_offset;
	return jx_plan__send(p, ev->photo_offset);
}

/* Bytes may have been bent on the way: once more from the start; a second time it is our file. */
struct jx_plan_step jx_plan__on_photo_hash(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	p->photo_hash_tries++;
	if (p->photo_hash_tries > 1)
		return jx_plan__choose(p, true);
	p->photo_best = -1;
	return jx_plan__create(p);
}

/* 404 to a question: the server knows nothing of it yet. 404 to a creation is the other rule: it is not listed. */
struct jx_plan_step jx_plan__on_photo_not_begun(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__create(p);
}

struct jx_plan_step jx_plan__on_photo_skip(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__choose(p, true);
}

struct jx_plan_step jx_plan__on_photo_failed(struct jx_plan *p, const struct jx_plan_event *ev)
{
	return jx_plan__failed(p, ev, JX_PLAN_DO_ASK, JX_ENET);
}

struct jx_plan_step jx_plan__on_token_lost(struct jx_plan *p, const struct jx_plan_event *ev)
{
	p->has_token = false;
	p->tokens_lost++;
	if (p->tokens_lost <= 1)
		return jx_plan__sync(p);
	return jx_plan__failed(p, ev, JX_PLAN_DO_SYNC, JX_EAUTH);
}
