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

/* ---- people ---------------------------------------------------------------------------------------- */

/*
 * Who works with this device: DIR/people.json, everybody who signed in here once. A PIN says who held the device, so that several can
 * share it; it is no credential at the server and protects no data (design, promise 7). It is Argon2id, a wrong one costs a growing
 * delay by the clock that nobody sets, nothing is ever wiped. It is known to this device alone.
 */
#define JX_PIN_DIGITS_MIN 4
#define JX_PIN_DIGITS_MAX 12
struct jx_person {
	char id[64];   /**< as entries name the person */
	char name[64]; /**< as people do; may be empty */
	bool has_pin;
	int64_t wait_ms; /**< until the next try is taken; 0 now */
};
/** The last who signed in first. Stops when fn returns other than JX_OK and returns that. */
jx_rc jx_handheld_each_person(struct jx_handheld *h, jx_rc (*fn)(void *user, const struct jx_person *person),
			      void *user, struct jx_error *err);
/**
 * Sign a person in, in place of whoever was, and remember the person. Opens the recorder. Takes a few tenths of a second with a PIN.
 * @param name  NULL: as it is remembered
 * @param pin   NULL: none
 * @retval JX_EAUTH   wrong, or missing where the person has one  @retval JX_EBUSY  too early after wrong ones; text says how long
 * @retval JX_EINVAL  a PIN for somebody who has none  @retval JX_ESTATE  somebody else's shift is open
 */
jx_rc jx_handheld_sign_in(struct jx_handheld *h, const char *id, const char *name, const char *pin,
			  int64_t *n_out, struct jx_error *err);
/**
 * Give a person a PIN, another one, or (pin NULL) none any more.
 * @param old_pin     NULL where there is none yet
 * @retval JX_EINVAL  not 4 to 12 digits  @retval JX_EAUTH, JX_EBUSY  as jx_handheld_sign_in()
 */
jx_rc jx_handheld_set_pin(struct jx_handheld *h, const char *id, const char *old_pin, const char *pin,
			  struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
