/*
 * gps_private.h - inside the gps room: one tracker, several sources.
 *
 * A source turns what it hears into struct jx_gps__report; the tracker alone decides what an epoch, a
 * stale fix and a doubt are. So gpsd and a replayed file cannot differ in what they believe.
 */
#ifndef JX_GPS_PRIVATE_H
#define JX_GPS_PRIVATE_H

#include "jiexun/gps.h"

/** One statement of a receiver about where it is. */
struct jx_gps__report {
	uint8_t mode;   /**< 0 nothing said, 1 no fix, 2 = 2D, 3 = 3D */
	double lat_deg; /**< NAN if absent; also the next two */
	double lon_deg;
	double accuracy_m; /**< receiver's horizontal estimate */
	int64_t utc_ms;    /**< 0 if absent */
	bool is_simulated; /**< simulated, estimated or set by hand, by its own word */
};

struct jx_gps__tracker {
	const struct jx_clock *clock;
	int64_t stale_after_ms;
	enum jx_gps_state cause; /**< what the source said last; JX_GPS_OK after a position */
	bool has_fix;
	struct jx_fix fix;     /**< the last good one; is_stale and age_ms are made when it is given */
	int64_t epoch_mono_ms; /**< when its epoch was */
	bool is_untimed;       /**< no epoch with a time since untimed_mono_ms */
	int64_t untimed_mono_ms;
	bool has_offset;
	int64_t offset_ms;      /**< least (monotonic arrival - receiver's time) seen */
	int64_t offset_mono_ms; /**< when offset_ms was last looked at */
	int satellites_used;    /**< -1 unknown */
	int satellites_visible;
	uint32_t doubts; /**< of fix */
};

void jx_gps__tracker_init(struct jx_gps__tracker *t, const struct jx_clock *clock, int64_t stale_after_ms);
/** @param arrival_mono_ms  when it was said (or should have been: replay) */
void jx_gps__take_report(struct jx_gps__tracker *t, const struct jx_gps__report *r, int64_t arrival_mono_ms);
void jx_gps__take_satellites(struct jx_gps__tracker *t, int used, int visible);
/** Fresh, and its time known or not to be hoped for: no need to wait longer. */
bool jx_gps__is_enough(const struct jx_gps__tracker *t);
/** The answer at this moment. */
void jx_gps__give_fix(const struct jx_gps__tracker *t, struct jx_fix *fix_out, enum jx_gps_state *state_out);

/**
 * Check a constructor's limit and put the default in for 0. Below 100 ms no receiver's fix would ever be
 * fresh.
 * @retval JX_EINVAL  out of range
 */
jx_rc jx_gps__check_stale_after(int64_t *stale_after_ms, struct jx_error *err);

/** What a kind of source can do. */
struct jx_gps__ops {
	/** Take all that has been said by now; never blocks. */
	void (*take)(jx_gps *g);
	/**
	 * Wait until there may be more to take, at most wait_ms; gives the milliseconds it slept in vain
	 * (0: woken).
	 */
	int64_t (*wait)(jx_gps *g, int64_t wait_ms);
	void (*close)(jx_gps *g);
	/** Translated text for NO_GPSD and NO_DEVICE into g->reason. */
	void (*explain)(jx_gps *g);
};

struct jx_gps {
	const struct jx_gps__ops *ops; /**< NULL: none and manual, which have nothing to hear */
	struct jx_gps__tracker tracker;
	void *source;        /**< owned by ops */
	struct jx_fix fixed; /**< none, manual */
	enum jx_gps_state state;
	uint32_t doubts;
	char reason[256];
};

/** Milliseconds of a bounded sleep without anything to wait on. */
int64_t jx_gps__sleep(int64_t ms);

/* ---- lines of gpsd ------------------------------------------------------------------------------- */

/**
 * One JSON line of gpsd into the tracker, through the strict JSON check.
 * @param device  only this receiver, or ""
 */
void jx_gps__take_line(struct jx_gps__tracker *t, const char *line, size_t len, const char *device,
		       int64_t now_mono_ms);

/* ---- NMEA 0183 ---------------------------------------------------------------------------------- */

struct jx_gps__nmea {
	int year, month, day; /**< of the last RMC; year 0 unknown */
	int64_t tod_ms;       /**< time of day of the last GGA or RMC, -1 unknown */
	uint8_t gsa_mode;     /**< 0 unknown */
	double hdop;          /**< of this epoch, NAN unknown */
	int used;             /**< satellites by GGA, else PRNs counted in this epoch's GSA; -1 unknown */
	bool used_by_gga;
};

enum jx_gps__heard {
	JX_GPS__HEARD_JUNK,      /**< no sentence: form or checksum */
	JX_GPS__HEARD_OTHER,     /**< a sentence of no interest */
	JX_GPS__HEARD_POSITION,  /**< report_out is set */
	JX_GPS__HEARD_SATELLITES /**< used (by GSA) or visible (by GSV) is set */
};

void jx_gps__nmea_init(struct jx_gps__nmea *n);
/** Take one line without its line end. report_out and visible_out as the result says. */
enum jx_gps__heard jx_gps__nmea_take(struct jx_gps__nmea *n, const char *line, size_t len,
				     struct jx_gps__report *report_out, int *visible_out);
/** Time of day of a good GGA or RMC line, or -1. Changes nothing. */
int64_t jx_gps__nmea_tod(const char *line, size_t len);

#endif
