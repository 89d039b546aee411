/*
 * How often an address may try something: one bucket per address in a table of fixed size. Every call takes
 * the time.
 */
#ifndef JX_SERVER_RATE_H
#define JX_SERVER_RATE_H

#include <stdint.h>

#include "conns.h"

typedef struct jx_server__rate jx_server__rate;
/* per_minute 0: everything may pass. A full bucket holds one minute's worth. */
jx_server__rate *jx_server__rate_new(int64_t per_minute);
void jx_server__rate_free(jx_server__rate *r);
/* 0: may pass (and is counted); else seconds to wait. */
int64_t jx_server__rate_take(jx_server__rate *r, const uint8_t key[JX_SERVER__ADDR_BYTES],
			     int64_t now_mono_ms);

#endif
