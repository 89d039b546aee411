/*
 * place.h - where this device is, as the receiver said last. A thread of its own reads it: a receiver or a gpsd that hangs is seen by
 * its age, nothing waits for it.
 */
#ifndef APP_PLACE_H
#define APP_PLACE_H

#include "jiexun/gps.h"
#include "jiexun/handheld.h"

struct place;

/** What was heard last. */
struct place_now {
	struct jx_fix fix; /**< with its age as of now */
	enum jx_gps_state state;
	int satellites_visible; /**< -1 unknown */
	uint32_t doubts;        /**< JX_GPS_DOUBT_* */
	bool is_stuck;          /**< the source has not come back for ten seconds */
	char reason[256]; /**< translated: why there is no fresh fix and what helps; "" if there is one */
};

struct place *place_open(const struct jx_profile *profile);
/** Never blocks. Any thread. */
void place_read(struct place *place, struct place_now *out);
/** Waits two seconds at most; a source that is stuck longer is left to its thread. */
void place_close(struct place *place);

#endif
