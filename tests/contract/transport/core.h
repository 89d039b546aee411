/*
 * core.h - a server's vault and core in this process: the whole server of the in-memory transport; and what a
 * test does to jiexund's data folder while it is stopped, with its keys and on another clock.
 */
#ifndef CORE_H
#define CORE_H

#include "jiexun/ingest.h"
#include "jx_test.h"

struct core {
	struct jx_fake_clock clock;
	const struct jx_rand *rand;
	uint8_t identity_secret[JX_SEC_BYTES];
	uint8_t mac_key[32];
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	jx_vault *vault;
	jx_ingest *ingest;
};
/* Set clock, rand, keys and pins before. */
void core_open(struct core *c, const char *dir, bool create);
void core_close(struct core *c);

#endif
