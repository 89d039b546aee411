/*
 * jiexun/handheld.h - one device put together: profile, key, store, media, form packs, position source and the recorder over them,
 * each opened once and only when it is needed. `jx` and the touch app stand on it, so that both open, refuse and carry on alike.
 *
 * Threads:   a jx_handheld and all that it opened belong to one thread.
 * Ownership: a plain struct of the caller, all zero before jx_handheld_set_up(); jx_handheld_close() closes what was opened.
 * Errors:    as the rooms say; JX_ESTATE where this device has to be enrolled first, with the cure.
 * Units:     see names.
 */
#ifndef JX_HANDHELD_H
#define JX_HANDHELD_H

#include "jiexun/base.h"
#include "jiexun/capture.h"
#include "jiexun/device.h"
#include "jiexun/form.h"
#include "jiexun/gps.h"
#include "jiexun/media.h"
#include "jiexun/shelf.h"
#include "jiexun/store.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jx_handheld {
	struct jx_device_env env;
	struct jx_profile profile;
	char dir[JX_DEVICE_PATH_MAX]; /**< data folder */
	/* opened on demand */
	jx_store *store;
	jx_media *media;
	jx_shelf *shelf;
	const jx_packs *packs; /**< the shelf's */
	const jx_pack *pack;   /**< of street disorder, active by trusted time */
	char pack_day[11];     /**< the day it was asked for; "" not yet */
	jx_gps *gps;
	bool has_key;
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	struct jx_recorder recorder;
};

/**
 * Read environment and profile, find the data folder; opens nothing.
 * @param profile  a file, or NULL: where profiles are looked for
 * @param home     data folder, or NULL: as environment and profile say
 */
jx_rc jx_handheld_set_up(struct jx_handheld *h, const char *profile, const char *home, struct jx_error *err);
/** Close what is open and wipe the key. The struct may be set up again. */
void jx_handheld_close(struct jx_handheld *h);

/** @retval JX_ESTATE read_only, and nothing is recorded yet: the device was never enrolled */
jx_rc jx_handheld_open_store(struct jx_handheld *h, bool read_only, struct jx_error *err);
jx_rc jx_handheld_open_media(struct jx_handheld *h, struct jx_error *err);
/** @retval JX_ESTATE no key yet */
jx_rc jx_handheld_open_key(struct jx_handheld *h, struct jx_error *err);
/** All packs, and the active one of street disorder. */
jx_rc jx_handheld_open_packs(struct jx_handheld *h, struct jx_error *err);
/** Store, media, packs and key, and h->recorder over them. @retval JX_ECORRUPT  the key is not the enrolled one */
jx_rc jx_handheld_open_recorder(struct jx_handheld *h, struct jx_error *err);
/** The profile's position source. */
jx_rc jx_handheld_open_gps(struct jx_handheld *h, struct jx_error *err);
void jx_handheld_keys(const struct jx_handheld *h, struct jx_device_keys *out);

/** Is there no writer before this one, and how far is its log? */
jx_rc jx_handheld_enrolment_age(struct jx_handheld *h, bool *is_first_out, int64_t *n_out,
				struct jx_error *err);

/* ---- days and packs -------------------------------------------------------------------------------- */

/** The calendar's day here. */
void jx_handheld_today(const struct jx_handheld *h, char out[11]);
/** The day by which packs hold: by trusted time, where a server or a satellite told it, else by this device's clock. */
void jx_handheld_pack_day(const struct jx_handheld *h, char out[11]);
/**
 * One pack of each id, as it holds on that day: NULL for an i that is another version of the one before it. Where none holds yet (a clock
 * that was never set) the first there is.
 */
const jx_pack *jx_handheld_pack_on(const struct jx_handheld *h, size_t i, const char *day);
/** After the shelf took packs: which are there, which is active. */
void jx_handheld_renew_packs(struct jx_handheld *h);
/** Time as a server or a satellite told it, carried on by the monotonic clock (true), else the wall clock. */
bool jx_handheld_trusted_now(const struct jx_handheld *h, int64_t *utc_ms_out);
/** From a server's answer, which came over a pinned key. */
void jx_handheld_note_server_time(struct jx_handheld *h, int64_t utc_ms);
/** From a fix that was saved with an entry. */
void jx_handheld_note_fix_time(struct jx_handheld *h, const struct jx_fix *fix);

#ifdef __cplusplus
}
#endif
#endif
