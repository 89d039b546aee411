#include "rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/base.h"

/*
 * 512 addresses at a time. Who comes with more pushes out the one least seen, so a flood from many addresses
 * weakens this limit; codes are still burnt after five wrong tries each, whoever makes them.
 */
#define SLOTS     512
#define MINUTE_MS 60000

struct slot {
	uint8_t key[JX_SERVER__ADDR_BYTES];
	int64_t level_ms; /* credit: one try costs MINUTE_MS / per_minute */
	int64_t seen_mono_ms;
	bool is_used;
};

struct jx_server__rate {
	pthread_mutex_t lock;
	int64_t cost_ms;
	struct slot slots[SLOTS];
};

jx_server__rate *jx_server__rate_new(int64_t per_minute)
{
	jx_server__rate *r = jx_xcalloc(1, sizeof(*r));

	(void)pthread_mutex_init(&r->lock, NULL);
	r->cost_ms = per_minute <= 0 ? 0 : MINUTE_MS / per_minute;
	return r;
}

void jx_server__rate_free(jx_server__rate *r)
{
	if (r == NULL)
		return;
	(void)pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct slot *find_slot(jx_server__rate *r, const uint8_t key[JX_SERVER__ADDR_BYTES],
			      int64_t now_mono_ms)
{
	struct slot *oldest = &r->slots[0];

	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &r->slots[i];

		if (s->is_used && memcmp(s->key, key, JX_SERVER__ADDR_BYTES) == 0)
			return s;
		if (oldest->is_used && (!s->is_used || s->seen_mono_ms < oldest->seen_mono_ms))
			oldest = s;
	}
	memcpy(oldest->key, key, JX_SERVER__ADDR_BYTES);
	oldest->is_used = true;
	oldest->level_ms = MINUTE_MS;
	oldest->seen_mono_ms = now_mono_ms;
	return oldest;
}

int64_t jx_server__rate_take(jx_server__rate *r, const uint8_t key[JX_SERVER__ADDR_BYTES],
			     int64_t now_mono_ms)
{
	struct slot *s;
	int64_t wait_s = 0;

	if (r->cost_ms == 0)
		return 0;
	(void)pthread_mutex_lock(&r->lock);
	s = find_slot(r, key, now_mono_ms);
	s->level_ms += now_mono_ms - s->seen_mono_ms;
	s->level_ms = s->level_ms > MINUTE_MS ? MINUTE_MS : s->level_ms;
	s->seen_mono_ms = now_mono_ms;
	if (s->level_ms >= r->cost_ms)
		s->level_ms -= r->cost_ms;
	else
		wait_s = (r->cost_ms - s->level_ms + 999) / 1000;
	(void)pthread_mutex_unlock(&r->lock);
	return wait_s;
}
