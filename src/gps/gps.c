/*
 * The face of the room: bounded waiting, and saying why.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gps_private.h"

/*
 * How often the deadline is looked at again: also the longest time a clock that is set by hand can
 * surprise us.
 */
#define SLICE_MS           250
#define STALE_AFTER_MS_MIN 100
/* Two unknowns on the ground need three: fewer cannot have given the position. */
#define SATELLITES_MIN 3

static const char *const state_names[] = {
	[JX_GPS_OK] = "ok",
	[JX_GPS_OFF] = "off",
	[JX_GPS_WAITING] = "waiting",
	[JX_GPS_NO_GPSD] = "no-gpsd",
	[JX_GPS_NO_DEVICE] = "no-device",
	[JX_GPS_NO_FIX] = "no-fix",
	[JX_GPS_STALE] = "stale",
	[JX_GPS_BAD_DATA] = "bad-data",
};

const char *jx_gps_state_name(enum jx_gps_state s)
{
	return (size_t)s < sizeof(state_names) / sizeof(state_names[0]) ? state_names[s] : "waiting";
}

jx_rc jx_gps__check_stale_after(int64_t *stale_after_ms, struct jx_error *err)
{
	if (*stale_after_ms == 0)
		*stale_after_ms = JX_GPS_STALE_AFTER_MS_DEFAULT;
	if (*stale_after_ms < STALE_AFTER_MS_MIN || *stale_after_ms > JX_GPS_KEEP_MS)
		return jx_fail(err, JX_EINVAL, 0, "gps.open", "gps stale_after_ms: must be from %d to %d",
			       STALE_AFTER_MS_MIN, JX_GPS_KEEP_MS);
	return JX_OK;
}

int64_t jx_gps__sleep(int64_t ms)
{
	if (ms <= 0)
		return 0;
	return poll(NULL, 0, (int)ms) == 0 ? ms : 0;
}

/*
 * Texts that do not depend on the source. NO_GPSD and NO_DEVICE name host or receiver: the source's
 * explain().
 */
static void explain_state(jx_gps *g, const struct jx_fix *fix)
{
	long long age_s = (long long)(fix->age_ms / 1000);

	g->reason[0] = '\0';
	switch (g->state) {
	case JX_GPS_OK:
		break;
	case JX_GPS_OFF:
		jx_strcpy(g->reason, sizeof(g->reason),
			  _("no receiver is set up in the profile: no position"));
		break;
	case JX_GPS_WAITING:
		jx_strcpy(g->reason, sizeof(g->reason), _("the receiver has not said anything yet"));
		break;
	case JX_GPS_NO_GPSD:
	case JX_GPS_NO_DEVICE:
		if (g->ops != NULL && g->ops->explain != NULL)
			g->ops->explain(g);
		break;
	case JX_GPS_NO_FIX:
		if (fix->source == JX_FIX_NONE)
			jx_strcpy(g->reason, sizeof(g->reason),
				  _("the receiver has no fix: stand under open sky and wait"));
		else
			(void)snprintf(g->reason, sizeof(g->reason),
				       _("the receiver has lost its fix: the position is %lld s old"), age_s);
		break;
	case JX_GPS_STALE:
		if (fix->source == JX_FIX_NONE)
			jx_strcpy(g->reason, sizeof(g->reason),
				  _("the receiver has been silent for too long: check its cable or power"));
		else
			(void)snprintf(g->reason, sizeof(g->reason),
				       _("the receiver is silent: the position is %lld s old"), age_s);
		break;
	case JX_GPS_BAD_DATA:
		jx_strcpy(g->reason, sizeof(g->reason),
			  _("the receiver sends no usable position: check device and speed in the profile"));
		break;
	}
}

static void wait_for_fix(jx_gps *g, int64_t wait_ms)
{
	const struct jx_clock *clock = g->tracker.clock;
	int64_t start_ms = clock->mono_ms(clock->user);
	int64_t left_ms = wait_ms;

	g->ops->take(g);
	/*
	 * Bounded twice, by the clock and by what was slept: a clock that stands still must not hold
	 * anybody.
	 */
	while (!jx_gps__is_enough(&g->tracker) && left_ms > 0) {
		int64_t by_clock_ms;

		left_ms -= g->ops->wait(g, left_ms < SLICE_MS ? left_ms : SLICE_MS);
		by_clock_ms = wait_ms - (clock->mono_ms(clock->user) - start_ms);
		if (by_clock_ms < left_ms)
			left_ms = by_clock_ms;
		g->ops->take(g);
	}
}

jx_rc jx_gps_read(jx_gps *g, int64_t wait_ms, struct jx_fix *fix_out, struct jx_error *err)
{
	if (wait_ms < 0 || wait_ms > JX_GPS_WAIT_MS_MAX)
		return jx_fail(err, JX_EINVAL, 0, "gps.read", "wait for a position: use 0 to %d milliseconds",
			       JX_GPS_WAIT_MS_MAX);
	if (g->ops == NULL) {
		*fix_out = g->fixed;
	} else {
		wait_for_fix(g, wait_ms);
		jx_gps__give_fix(&g->tracker, fix_out, &g->state);
		g->doubts = fix_out->source == JX_FIX_GNSS ? g->tracker.doubts : 0;
		if (fix_out->source == JX_FIX_GNSS && fix_out->satellites_used >= 0 &&
		    fix_out->satellites_used < SATELLITES_MIN)
			g->doubts |= JX_GPS_DOUBT_SATELLITES;
	}
	explain_state(g, fix_out);
	return JX_OK;
}

enum jx_gps_state jx_gps_state(const jx_gps *g)
{
	return g->state;
}

const char *jx_gps_reason(const jx_gps *g)
{
	return g->reason;
}

uint32_t jx_gps_doubts(const jx_gps *g)
{
	return g->doubts;
}

int jx_gps_satellites_visible(const jx_gps *g)
{
	return g->ops == NULL ? -1 : g->tracker.satellites_visible;
}

void jx_gps_close(jx_gps *g)
{
	if (g == NULL)
		return;
	if (g->ops != NULL)
		g->ops->close(g);
	free(g);
}
