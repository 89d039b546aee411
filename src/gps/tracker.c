/*
 * What an epoch is, when it is old, and what about it is hard to believe.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gps_private.h"

/*
 * A receiver's time outside these years is a receiver without almanac (1970, 1980), or one whose GPS week
 * has rolled over (1024 weeks: 2026 becomes 2006). The product did not exist before the first.
 */
#define UTC_2020_MS INT64_C(1577836800000)
#define UTC_2100_MS INT64_C(4102444800000)
/* A 1 Hz receiver that sends RMC at all has sent one by then. */
#define TIME_HOPE_MS 1500
/* Speed and distance that nobody reaches on foot or by bicycle: 150 km/h, and 1 km within 10 s. */
#define JUMP_M_PER_S   (150.0 / 3.6)
#define JUMP_M         1000.0
#define JUMP_WITHIN_MS 10000
/* At 10 Hz the receiver's own noise can look like a racing car: shorter ways are no jump. */
#define JUMP_NOISE_M      100.0
#define CLOCK_DIFF_MS     5000
#define ACCURACY_M_MAX    1e6
#define METRES_PER_E7_DEG 0.0111319490793 /* WGS-84 equator: 2 pi 6378137 m / 360 / 10^7 */

void jx_gps__tracker_init(struct jx_gps__tracker *t, const struct jx_clock *clock, int64_t stale_after_ms)
{
	memset(t, 0, sizeof(*t));
	t->clock = clock;
	t->stale_after_ms = stale_after_ms;
	t->cause = JX_GPS_WAITING;
	t->satellites_used = -1;
	t->satellites_visible = -1;
}

static bool is_possible(double lat_deg, double lon_deg)
{
	if (!isfinite(lat_deg) || !isfinite(lon_deg) || fabs(lat_deg) > 90.0 || fabs(lon_deg) > 180.0)
		return false;
	/* Exactly 0/0 is what empty memory looks like; no receiver measures it to the last digit. */
	return fpclassify(lat_deg) != FP_ZERO || fpclassify(lon_deg) != FP_ZERO;
}

static int64_t believable_utc_ms(int64_t utc_ms)
{
	return utc_ms >= UTC_2020_MS && utc_ms < UTC_2100_MS ? utc_ms : 0;
}

/*
 * When was the epoch, by the monotonic clock? A reader who comes back after a minute finds a minute of
 * lines in the socket's buffer, all arriving now. The least delay seen between the receiver's time and
 * arrival tells how late this line is. The least delay is let rise by 1 ms a second, far more than any
 * quartz drifts, so that drift over days does not make fixes look old.
 */
static int64_t epoch_mono_ms(struct jx_gps__tracker *t, int64_t utc_ms, int64_t arrival_mono_ms)
{
	int64_t offset = arrival_mono_ms - utc_ms;
	int64_t late;

	if (utc_ms == 0)
		return arrival_mono_ms;
	if (t->has_offset)
		t->offset_ms += (arrival_mono_ms - t->offset_mono_ms) / 1000;
	late = offset - t->offset_ms;
	/* Later than we would keep a fix: the receiver's clock was set, not the line delayed. */
	if (!t->has_offset || late < 0 || late > JX_GPS_KEEP_MS) {
		t->has_offset = true;
		t->offset_ms = offset;
		late = 0;
	}
	t->offset_mono_ms = arrival_mono_ms;
	return arrival_mono_ms - late;
}

/* Good to 1 % up to 100 km, which is all a jump needs; the short way across the date line. */
static double distance_m(const struct jx_fix *a, const struct jx_fix *b)
{
	double mean_deg = ((double)a->lat_wgs84_e7 + (double)b->lat_wgs84_e7) / 2e7;
	double east_e7 = fabs((double)a->lon_wgs84_e7 - (double)b->lon_wgs84_e7);
	double north_m = ((double)a->lat_wgs84_e7 - (double)b->lat_wgs84_e7) * METRES_PER_E7_DEG;
	double east_m = fmin(east_e7, 3.6e9 - east_e7) * METRES_PER_E7_DEG * cos(mean_deg * (M_PI / 180.0));

	return hypot(north_m, east_m);
}

static bool is_jump(const struct jx_gps__tracker *t, const struct jx_fix *next, int64_t next_mono_ms)
{
	double way_m;
	int64_t ms;

	if (!t->has_fix)
		return false;
	way_m = distance_m(&t->fix, next);
	ms = next_mono_ms - t->epoch_mono_ms;
	if (t->fix.gnss_utc_ms != 0 && next->gnss_utc_ms != 0)
		ms = llabs(next->gnss_utc_ms - t->fix.gnss_utc_ms);
	if (way_m > JUMP_M && ms <= JUMP_WITHIN_MS)
		return true;
	return way_m > JUMP_NOISE_M && way_m * 1000.0 > JUMP_M_PER_S * (double)ms;
}

static uint32_t find_doubts(const struct jx_gps__tracker *t, const struct jx_fix *next, int64_t next_mono_ms)
{
	uint32_t doubts = is_jump(t, next, next_mono_ms) ? JX_GPS_DOUBT_JUMP : 0;

	if (next->gnss_utc_ms == 0) {
		doubts |= JX_GPS_DOUBT_NO_TIME;
	} else {
		int64_t since_ms = t->clock->mono_ms(t->clock->user) - next_mono_ms;
		int64_t device_ms = t->clock->utc_ms(t->clock->user) - since_ms;

		if (llabs(device_ms - next->gnss_utc_ms) > CLOCK_DIFF_MS)
			doubts |= JX_GPS_DOUBT_CLOCK;
	}
	return doubts;
}

/* The same epoch again (gpsd says it about three times): only what became known is taken over. */
static void refine_fix(struct jx_fix *fix, const struct jx_fix *again)
{
	fix->lat_wgs84_e7 = again->lat_wgs84_e7;
	fix->lon_wgs84_e7 = again->lon_wgs84_e7;
	fix->mode = again->mode;
	if (again->accuracy_mm >= 0)
		fix->accuracy_mm = again->accuracy_mm;
}

static void take_position(struct jx_gps__tracker *t, const struct jx_fix *next, bool is_simulated,
			  int64_t arrival_mono_ms)
{
	bool is_same_place = t->fix.lat_wgs84_e7 == next->lat_wgs84_e7 &&
			     t->fix.lon_wgs84_e7 == next->lon_wgs84_e7;
	bool is_same_time = t->fix.gnss_utc_ms == next->gnss_utc_ms;
	int64_t mono_ms;

	/* A frozen receiver repeats its time; one that has none repeats its place. Both grow old here. */
	if (t->has_fix && (next->gnss_utc_ms != 0 ? is_same_time : is_same_place)) {
		refine_fix(&t->fix, next);
		return;
	}
	mono_ms = epoch_mono_ms(t, next->gnss_utc_ms, arrival_mono_ms);
	t->doubts = find_doubts(t, next, mono_ms) | (is_simulated ? JX_GPS_DOUBT_SIMULATED : 0);
	if (next->gnss_utc_ms != 0) {
		t->is_untimed = false;
	} else if (!t->is_untimed) {
		t->is_untimed = true;
		t->untimed_mono_ms = arrival_mono_ms;
	}
	t->fix = *next;
	t->epoch_mono_ms = mono_ms;
	t->has_fix = true;
}

void jx_gps__take_report(struct jx_gps__tracker *t, const struct jx_gps__report *r, int64_t arrival_mono_ms)
{
	struct jx_fix next = {.source = JX_FIX_GNSS, .accuracy_mm = -1, .mode = r->mode};

	if (r->mode == 0)
		return;
	if (r->mode == 1) {
		t->cause = JX_GPS_NO_FIX;
		return;
	}
	if (!is_possible(r->lat_deg, r->lon_deg)) {
		t->cause = JX_GPS_BAD_DATA;
		return;
	}
	next.lat_wgs84_e7 = (int32_t)lround(r->lat_deg * 1e7);
	next.lon_wgs84_e7 = (int32_t)lround(r->lon_deg * 1e7);
	if (isfinite(r->accuracy_m) && r->accuracy_m >= 0 && r->accuracy_m <= ACCURACY_M_MAX)
		next.accuracy_mm = llround(r->accuracy_m * 1000.0);
	next.satellites_used = (int16_t)t->satellites_used;
	next.gnss_utc_ms = believable_utc_ms(r->utc_ms);
	t->cause = JX_GPS_OK;
	take_position(t, &next, r->is_simulated, arrival_mono_ms);
}

void jx_gps__take_satellites(struct jx_gps__tracker *t, int used, int visible)
{
	if (used >= 0)
		t->satellites_used = used > INT16_MAX ? INT16_MAX : used;
	if (visible >= 0)
		t->satellites_visible = visible;
	/*
	 * The list of satellites comes after the position it belongs to. An empty one belongs to the tunnel
	 * ahead.
	 */
	if (t->has_fix && t->cause == JX_GPS_OK && (t->satellites_used > 0 || t->fix.satellites_used < 0))
		t->fix.satellites_used = (int16_t)t->satellites_used;
}

static int64_t age_ms(const struct jx_gps__tracker *t)
{
	int64_t age = t->clock->mono_ms(t->clock->user) - t->epoch_mono_ms;

	return age < 0 ? 0 : age;
}

bool jx_gps__is_enough(const struct jx_gps__tracker *t)
{
	if (!t->has_fix || age_ms(t) > t->stale_after_ms)
		return false;
	return t->fix.gnss_utc_ms != 0 ||
	       t->clock->mono_ms(t->clock->user) - t->untimed_mono_ms >= TIME_HOPE_MS;
}

void jx_gps__give_fix(const struct jx_gps__tracker *t, struct jx_fix *fix_out, enum jx_gps_state *state_out)
{
	int64_t age = t->has_fix ? age_ms(t) : 0;

	if (!t->has_fix || age > JX_GPS_KEEP_MS) {
		*fix_out = (struct jx_fix){.source = JX_FIX_NONE,
					   .accuracy_mm = -1,
					   .satellites_used = (int16_t)t->satellites_used,
					   .mode = t->cause == JX_GPS_NO_FIX ? 1 : 0};
		*state_out = t->cause == JX_GPS_OK ? JX_GPS_STALE : t->cause;
		return;
	}
	*fix_out = t->fix;
	fix_out->age_ms = age;
	fix_out->is_stale = age > t->stale_after_ms;
	*state_out = JX_GPS_OK;
	if (fix_out->is_stale)
		*state_out = t->cause == JX_GPS_OK ? JX_GPS_STALE : t->cause;
}
