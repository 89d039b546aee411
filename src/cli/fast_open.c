/*
 * TCP Fast Open between runs: off for a day where two connections in a row lost it. One is chance (a line that loses 2 % each way loses
 * one SYN in 25); two in a row are so on such a line four times in 25,000 and on a network that drops such SYNs always, where each
 * costs a second. A day later, or in another network by then, it is tried again.
 */
#include "cli.h"
#include "sync_what.h"

#include <stdio.h>

#define OFF_MS (INT64_C(24) * 3600 * 1000)

static int64_t kept(jx_store *store)
{
	char text[32];
	int64_t value = 0;

	if (jx_store_get(store, JX_SET_FAST_OPEN, text, sizeof(text), NULL) != JX_OK ||
	    !jx_parse_i64(text, 0, INT64_MAX, &value))
		return 0;
	return value;
}

bool cli_fast_open_is_off(jx_store *store, const struct jx_clock *clock)
{
	const int64_t now_utc_ms = clock->utc_ms(clock->user), until_utc_ms = kept(store);

	/* further away than it can have been set: the clock was wrong then, or is now */
	return now_utc_ms < until_utc_ms && until_utc_ms - now_utc_ms <= OFF_MS;
}

void cli_fast_open_keep(jx_store *store, const struct jx_clock *clock, enum jx_fast_open how)
{
	const int64_t before = kept(store);
	char text[32];

	if (how == JX_FAST_OPEN_TAKEN && before != 0)
		(void)jx_store_set(store, JX_SET_FAST_OPEN, NULL, NULL);
	if (how != JX_FAST_OPEN_LOST)
		return;
	(void)snprintf(text, sizeof(text), "%lld",
		       before == 1 ? (long long)(clock->utc_ms(clock->user) + OFF_MS) : 1LL);
	(void)jx_store_set(store, JX_SET_FAST_OPEN, text, NULL);
}
