#include "plan_private.h"

int64_t jx_plan_backoff_ms(const struct jx_plan_config *config, int attempt, int64_t retry_after_ms)
{
	int64_t most = config->base_ms > 0 ? config->base_ms : JX_PLAN_BASE_MS;
	const int64_t cap = config->cap_ms > 0 ? config->cap_ms : JX_PLAN_CAP_MS;
	uint64_t drawn;
	int64_t wait;

	for (int i = 1; i < attempt && most < cap; i++)
		most *= 2;
	if (most > cap)
		most = cap;
	config->rand->fill(config->rand->user, &drawn, sizeof(drawn));
	wait = JX_PLAN_MIN_MS + (int64_t)(drawn % ((uint64_t)most + 1));
	/* the jitter on top of Retry-After keeps those it was told to from coming back together */
	return retry_after_ms > 0 ? retry_after_ms + wait : wait;
}
