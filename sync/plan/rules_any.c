/* Rules that do not depend on what was being done, waiting, and the end. */
#include "plan_private.h"

struct jx_plan_step jx_plan__finish(struct jx_plan *p, jx_rc rc)
{
	p->state = JX_PLAN_DONE;
	return (struct jx_plan_step){.what = JX_PLAN_DO_FINISH, .rc = rc, .retry_after_ms = -1};
}

struct jx_plan_step jx_plan__failed(struct jx_plan *p, const struct jx_plan_event *ev, enum jx_plan_do resume,
				    jx_rc fallback)
{
	const bool is_timed = ev->kind == JX_PLAN_BUSY || ev->kind == JX_PLAN_SERVER_ERROR;
	const int64_t retry_after_ms = is_timed ? ev->retry_after_ms : -1;
	struct jx_plan_step step;

	/* the line works, if not for this request */
	if (ev->others_moved)
		p->attempts = 0;
	p->attempts++;
	if (p->attempts >= p->config.attempts_max || retry_after_ms > p->config.cap_ms) {
		step = jx_plan__finish(p, ev->rc != JX_OK ? ev->rc : fallback);
		step.retry_after_ms = retry_after_ms;
		return step;
	}
	p->state = JX_PLAN_WAITING;
	p->resume = resume;
	return (struct jx_plan_step){.what = JX_PLAN_DO_WAIT,
				     .wait_ms = jx_plan_backoff_ms(&p->config, p->attempts, retry_after_ms),
				     .retry_after_ms = -1};
}

struct jx_plan_step jx_plan__on_waited(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	if (p->resume == JX_PLAN_DO_ASK)
		return jx_plan__ask(p);
	if (p->resume == JX_PLAN_DO_SEND)
		return jx_plan__send(p, p->photo_offset);
	if (p->resume == JX_PLAN_DO_BUNDLE)
		return jx_plan__bundle(p);
	return jx_plan__sync(p);
}

struct jx_plan_step jx_plan__on_stop(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_EINTR);
}

struct jx_plan_step jx_plan__on_local(struct jx_plan *p, const struct jx_plan_event *ev)
{
	return jx_plan__finish(p, ev->rc != JX_OK ? ev->rc : JX_ESTATE);
}

struct jx_plan_step jx_plan__on_forbidden(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_EAUTH);
}

struct jx_plan_step jx_plan__on_bad_request(struct jx_plan *p, const struct jx_plan_event *ev)
{
	return jx_plan__finish(p, ev->rc != JX_OK ? ev->rc : JX_EINVAL);
}

struct jx_plan_step jx_plan__on_version(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_EVERSION);
}

struct jx_plan_step jx_plan__on_no_space(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_ENOSPC);
}

struct jx_plan_step jx_plan__on_tls(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_ETLS);
}

/* Somebody has to sign in to that network first: no use in trying again now. */
struct jx_plan_step jx_plan__on_portal(struct jx_plan *p, const struct jx_plan_event *ev)
{
	(void)ev;
	return jx_plan__finish(p, JX_ENET);
}
