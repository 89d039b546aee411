#include "plan_tester.h"

void tester_init(struct tester *t)
{
	memset(t, 0, sizeof(*t));
	jx_fake_rand_init(&t->rand, 1);
	t->config = (struct jx_plan_config){
		.rand = &t->rand.rand, .wants_feed = true, .wants_photos = true, .has_challenge = true};
}

void tester_start(struct tester *t, int64_t own_n, int64_t server_n)
{
	const struct jx_plan_event ev = {.kind = JX_PLAN_START, .own_n = own_n, .server_n = server_n};

	jx_plan_init(&t->plan, &t->config, true);
	t->step = jx_plan_next(&t->plan, &ev);
}

void tell(struct tester *t, enum jx_plan_event_kind kind)
{
	const struct jx_plan_event ev = {
		.kind = kind, .own_n = t->plan.own_n, .server_n = t->plan.server_n, .retry_after_ms = -1};

	t->step = jx_plan_next(&t->plan, &ev);
}

void tell_ok(struct tester *t, int64_t server_n, bool has_more, bool has_token)
{
	const struct jx_plan_event ev = {.kind = JX_PLAN_OK,
					 .own_n = t->plan.own_n,
					 .server_n = server_n,
					 .has_more = has_more,
					 .has_token = has_token,
					 .retry_after_ms = -1};

	t->step = jx_plan_next(&t->plan, &ev);
}

void tell_gap(struct tester *t, int64_t server_n)
{
	const struct jx_plan_event ev = {
		.kind = JX_PLAN_GAP, .own_n = t->plan.own_n, .server_n = server_n, .retry_after_ms = -1};

	t->step = jx_plan_next(&t->plan, &ev);
}

void tell_photo(struct tester *t, int64_t bytes)
{
	const struct jx_plan_event ev = {.kind = JX_PLAN_PHOTO, .photo_bytes = bytes, .retry_after_ms = -1};

	t->step = jx_plan_next(&t->plan, &ev);
}

void tell_at(struct tester *t, int64_t offset)
{
	const struct jx_plan_event ev = {
		.kind = JX_PLAN_PHOTO_AT, .photo_offset = offset, .retry_after_ms = -1};

	t->step = jx_plan_next(&t->plan, &ev);
}

void bring_to(struct tester *t, enum jx_plan_state state)
{
	tester_init(t);
	jx_plan_init(&t->plan, &t->config, true);
	if (state == JX_PLAN_READY)
		return;
	t->config.wants_small = state == JX_PLAN_BUNDLING;
	tester_start(t, 10, 9);
	if (state == JX_PLAN_WAITING)
		tell(t, JX_PLAN_NO_CONNECTION);
	if (state == JX_PLAN_DONE)
		tell(t, JX_PLAN_STOP);
	if (state == JX_PLAN_SYNCING || state == JX_PLAN_WAITING || state == JX_PLAN_DONE)
		return;
	tell_ok(t, 10, false, true);
	if (state == JX_PLAN_CHOOSING || state == JX_PLAN_BUNDLING)
		return;
	tell_photo(t, 1000);
	if (state == JX_PLAN_SENDING)
		tell_at(t, 100);
	if (state == JX_PLAN_ASKING) {
		tell(t, JX_PLAN_NO_CONNECTION);
		tell(t, JX_PLAN_WAITED);
	}
	assert_int_equal(t->plan.state, state);
}
