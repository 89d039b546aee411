/*
 * jiexun/gps.h - where the device is: one face for a receiver behind gpsd, a recorded NMEA file, a
 * position that a person set by hand, and none at all.
 *
 * What comes out is a struct jx_fix (jiexun/model.h) as it was measured: never snapped, smoothed or
 * extrapolated. A missing receiver, a dead gpsd or a tunnel is an ordinary answer (source JX_FIX_NONE, or
 * a fix that says how old it is), because no position must ever keep an observation from being saved.
 * Values that cannot be a measurement (not a number, out of range, exactly 0/0) are left out; values that
 * are merely hard to believe (a jump, a clock that is wrong) are kept and named by jx_gps_doubts().
 *
 * Threads:   an object belongs to one thread at a time.
 * Ownership: strings are copied; the clock and the file interface must outlive the object. Texts that are
 *            returned are valid until the next call with the same object.
 * Errors:    constructors check their arguments. jx_gps_read() fails only for arguments out of range.
 * Units:     degrees times 10^7 in WGS-84, millimetres, milliseconds; ages by the monotonic clock given at
 *            construction.
 */
#ifndef JX_GPS_H
#define JX_GPS_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JX_GPS_PORT_DEFAULT           2947   /**< gpsd's registered port */
#define JX_GPS_STALE_AFTER_MS_DEFAULT 5000   /**< five epochs of a 1 Hz receiver; at walking pace about 6 m */
#define JX_GPS_KEEP_MS                600000 /**< an older fix says nothing about here: JX_FIX_NONE */
#define JX_GPS_WAIT_MS_MAX            600000

typedef struct jx_gps jx_gps;

/** Why the answer is what it is. */
enum jx_gps_state {
	JX_GPS_OK,        /**< fresh fix */
	JX_GPS_OFF,       /**< source none: the profile says there is no receiver */
	JX_GPS_WAITING,   /**< connected, nothing said yet */
	JX_GPS_NO_GPSD,   /**< gpsd is not there, or went away */
	JX_GPS_NO_DEVICE, /**< gpsd runs, but has no receiver */
	JX_GPS_NO_FIX,    /**< receiver talks, but has no position */
	JX_GPS_STALE,     /**< receiver fell silent: last epoch is older than the limit */
	JX_GPS_BAD_DATA   /**< what came was no position: garbage, not a number, out of range */
};
/**
 * "ok", "off", "waiting", "no-gpsd", "no-device", "no-fix", "stale", "bad-data": for JSON, never
 * translated.
 */
const char *jx_gps_state_name(enum jx_gps_state s);

/*
 * Doubts about a fix that is reported all the same. They hold for the fix given last. An honest walk
 * raises none of them; spoofed or broken receivers often do.
 */
#define JX_GPS_DOUBT_JUMP       1U  /**< since the epoch before: above 150 km/h, or 1 km in 10 s */
#define JX_GPS_DOUBT_CLOCK      2U  /**< receiver's time differs from the device clock by more than 5 s */
#define JX_GPS_DOUBT_NO_TIME    4U  /**< no receiver time, or one before 2020 (week rollover, 1970) */
#define JX_GPS_DOUBT_SATELLITES 8U  /**< a fix with less than three satellites */
#define JX_GPS_DOUBT_SIMULATED  16U /**< receiver itself says simulated, estimated or set by hand */

/**
 * Receiver behind gpsd (protocol 3 on TCP). Does not connect yet: jx_gps_read() does,
 * and connects again with back-off whenever gpsd goes away.
 * @param host            "localhost" or a numeric IPv4 or IPv6 address; NULL: localhost. Names are refused:
 *                        looking one up can block for seconds
 * @param port            0: JX_GPS_PORT_DEFAULT
 * @param device          only this receiver of gpsd ("/dev/gps0"), or NULL for any
 * @param stale_after_ms  older fixes are marked stale; 0: JX_GPS_STALE_AFTER_MS_DEFAULT
 * @retval JX_EINVAL      host, device or stale_after_ms
 */
jx_rc jx_gps_open_gpsd(const char *host, uint16_t port, const char *device, const struct jx_clock *clock,
		       int64_t stale_after_ms, jx_gps **gps_out, struct jx_error *err);

/**
 * Recorded NMEA 0183 (GGA, RMC, GSA, GSV of any talker; each line with its checksum) played from its
 * beginning, in the pace of the recording by the monotonic clock. After the last line the receiver is
 * silent. Accuracy is 19 m x HDOP, the figure gpsd gives for the same lines.
 * @param path  read as a whole, at most 64 MiB
 */
jx_rc jx_gps_open_replay(const char *path, const struct jx_fs *fs, const struct jx_clock *clock,
			 int64_t stale_after_ms, jx_gps **gps_out, struct jx_error *err);

/** No receiver: every answer is JX_FIX_NONE at once. */
jx_gps *jx_gps_open_none(void);

/**
 * A position that a person set: every answer is it, source JX_FIX_MANUAL, age 0.
 * @param accuracy_mm  how well the person could tell, or -1
 * @retval JX_EINVAL   latitude, longitude or accuracy out of range
 */
jx_rc jx_gps_open_manual(int32_t lat_wgs84_e7, int32_t lon_wgs84_e7, int64_t accuracy_mm, jx_gps **gps_out,
			 struct jx_error *err);

void jx_gps_close(jx_gps *g);
JX_DEFINE_AUTO(jx_gps, jx_gps_close);

/**
 * Take what the source has said and wait until there is a fresh fix with a time, at most wait_ms (0: do
 * not wait). Always gives an honest fix: JX_FIX_NONE where there is none, is_stale and age_ms where it is
 * old.
 * @param wait_ms    0..JX_GPS_WAIT_MS_MAX
 * @retval JX_OK     also without a position; jx_gps_state() and jx_gps_reason() say why
 * @retval JX_EINVAL wait_ms
 */
jx_rc jx_gps_read(jx_gps *g, int64_t wait_ms, struct jx_fix *fix_out, struct jx_error *err);

/** State at the last jx_gps_read() (before: JX_GPS_WAITING, or what the source always is). */
enum jx_gps_state jx_gps_state(const jx_gps *g);
/** One translated line for people: why there is no fresh fix and what helps; "" if there is one. */
const char *jx_gps_reason(const jx_gps *g);
/** JX_GPS_DOUBT_* of the fix given last; 0 if none. */
uint32_t jx_gps_doubts(const jx_gps *g);
/** Satellites in view by the last report; -1 unknown. */
int jx_gps_satellites_visible(const jx_gps *g);

#ifdef __cplusplus
}
#endif
#endif
