/* Rules of small copies: pictures for the office's list, no evidence. Nothing about them may hold up a photo. */
#include "plan_private.h"

struct jx_plan_step jx_plan__bundle(struct jx_plan *p)
{
	p->state = JX_PLAN_BUNDLING;
	return (struct jx_plan_step){.what = JX_PLAN_DO_BUNDLE, .retry_after_ms = -1};
}

struct jx_plan_step jx_plan__on_small_sent(struct jx_plan *p, const struct jx_plan_event *ev)
{
	p->attempts = 0;
	p->tokens_lost = 0;
	p->bundles++;
	return p->bundles < JX_PLAN_BUNDLES_MAX ? jx_plan__bundle(p) : jx_plan__on_no_small(p, ev);
}

/* None left; or the server does not take them: an old one, a fault of its own. */
struct jx_plan_step jx_plan__on_no_small(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	p->wants_small = false;
	return jx_plan__go_on(p);
}

struct jx_plan_step jx_plan__on_bundle_failed(struct jx_plan *p, const struct jx_plan_event *ev)
{
	return jx_plan__failed(p, ev, JX_PLAN_DO_BUNDLE, JX_ENET);
}
