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

/** A program that runs for weeks without being started again meets so many new editions of packs, and then the next start's. */
#define JX_HANDHELD_SHELVES_MAX 16

struct jx_handheld {
	struct jx_device_env env;
	struct jx_profile profile;
	char dir[JX_DEVICE_PATH_MAX]; /**< data folder */
	/* opened on demand */
	jx_store *store;
	bool is_read_only; /**< as the store was opened */
	jx_media *media;
	jx_shelf *shelf;
	jx_shelf *before[JX_HANDHELD_SHELVES_MAX]; /**< whose packs may still be in use */
	size_t before_count;
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

/**
 * Open for writing does for reading too; what was opened for reading is opened anew when somebody wants to write.
 * @retval JX_ESTATE read_only, and nothing is recorded yet: the device was never enrolled
 */
jx_rc jx_handheld_open_store(struct jx_handheld *h, bool read_only, struct jx_error *err);
jx_rc jx_handheld_open_media(struct jx_handheld *h, struct jx_error *err);
/** @retval JX_ESTATE no key yet */
jx_rc jx_handheld_open_key(struct jx_handheld *h, struct jx_error *err);
/** All packs, and the active one of street disorder. */
jx_rc jx_handheld_open_packs(struct jx_handheld *h, struct jx_error *err);
/**
 * Store, media and key, for a sync: packs, which take longer to read than a sync with nothing new, only where an entry has to be made
 * first, because a log goes on under a new writer. @retval JX_ECORRUPT  the key is not the enrolled one
 */
jx_rc jx_handheld_open_log(struct jx_handheld *h, struct jx_error *err);
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
/**
 * After another process (jx sync) took packs: read the shelf again, and ask for the day anew. Packs handed out before live until
 * jx_handheld_close().
 */
jx_rc jx_handheld_reopen_packs(struct jx_handheld *h, struct jx_error *err);
/** Another process may have enrolled this device anew: what is known of its key is read again when it is needed. */
void jx_handheld_forget_key(struct jx_handheld *h);
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

/* ---- a form being filled in ------------------------------------------------------------------------ */

/** Of the entry to come, kept with the draft under "@name": photo ("PATH:ROLE", several), grid, street, corrects, reason ... */
struct jx_fill_option {
	char *name, *value;
};
/** A sheet and its draft. All zero before jx_fill_begin() or jx_fill_resume(); jx_fill_done() frees what it holds. */
struct jx_fill {
	struct jx_draft draft; /**< id, form, pack, day, first touch */
	jx_sheet *sheet;
	bool is_stored; /**< the draft is on the disk: each answer is written there */
	bool is_new;    /**< nothing was answered yet */
	struct jx_fill_option *options;
	size_t option_count;
};
#define JX_FILL_OPTIONS_MAX 64
void jx_fill_done(struct jx_fill *fill);
/**
 * A form by id, name or alias, of the pack that holds on that day.
 * @retval JX_ENOTFOUND  no such form, or it has fixed fields
 */
jx_rc jx_fill_find_form(const struct jx_handheld *h, const char *method, const char *day,
			const jx_pack **pack_out, const struct jx_form **form_out, struct jx_error *err);
/** A new one with the form's defaults; nothing is written. Packs are open, the store may be. id NULL: one is made. */
jx_rc jx_fill_begin(const struct jx_handheld *h, const char *method, const char *id, struct jx_fill *fill,
		    struct jx_error *err);
typedef void (*jx_fill_refused_fn)(void *user, const struct jx_error *err);
/**
 * Go on with a draft, by the pack it began with. refused (may be NULL) hears of answers that this program takes no more: what was
 * stored once was right then, and is asked again.
 * @retval JX_ENOTFOUND  that pack is not here
 */
jx_rc jx_fill_resume(const struct jx_handheld *h, const struct jx_draft *draft, struct jx_fill *fill,
		     jx_fill_refused_fn refused, void *user, struct jx_error *err);
/** Answers of the day's last check that the form wants remembered (weather, place, group). */
jx_rc jx_fill_remember(const struct jx_handheld *h, struct jx_fill *fill, struct jx_error *err);
/** What entry `id` says, for a correction of it: an answer that the form takes no more is left open. Its pack has to be here. */
jx_rc jx_fill_take_entry(const struct jx_handheld *h, const struct jx_entry *entry, struct jx_fill *fill,
			 struct jx_error *err);

/** Every answer, and the options: what the draft is to hold. "" too, where a default or a row would come back without it. */
struct jx_fill_values {
	struct jx_draft_value *list;
	size_t count;
};
void jx_fill_values_free(struct jx_fill_values *values);
void jx_fill_values_add(struct jx_fill_values *values, const char *path, const char *value);
jx_rc jx_fill_values_of(const struct jx_fill *fill, struct jx_fill_values *values, struct jx_error *err);
/**
 * Make the draft hold just these, in one transaction, and begin it where there is none.
 * @retval JX_EEXISTS  it was saved as an entry meanwhile
 */
jx_rc jx_fill_write(jx_store *store, const struct jx_draft *draft, const struct jx_fill_values *values,
		    struct jx_error *err);

/** Put the draft on the disk with all that it has, in one transaction. */
jx_rc jx_fill_store(jx_store *store, struct jx_fill *fill, struct jx_error *err);
/** One answer as typed: durable when it returns, where the draft is stored. */
jx_rc jx_fill_set(jx_store *store, struct jx_fill *fill, const char *path, const char *typed,
		  struct jx_error *err);
/** A further option. @retval JX_ELIMIT */
jx_rc jx_fill_add_option(jx_store *store, struct jx_fill *fill, const char *name, const char *value,
			 struct jx_error *err);
/** Last value of an option, or NULL. */
const char *jx_fill_option(const struct jx_fill *fill, const char *name);
/** In memory only: the one value of an option, NULL or "" none. What is in the draft is replaced by jx_fill_write(). */
void jx_fill_put_option(struct jx_fill *fill, const char *name, const char *value);
/** A row more, on the disk with its answers. */
jx_rc jx_fill_add_row(jx_store *store, struct jx_fill *fill, const char *section, bool is_same_as_last,
		      struct jx_error *err);
jx_rc jx_fill_remove_row(jx_store *store, struct jx_fill *fill, const char *section, size_t row,
			 struct jx_error *err);
/** Another sheet in place of the one there: what is on the disk is replaced as a whole. Takes it over. */
jx_rc jx_fill_replace(jx_store *store, struct jx_fill *fill, jx_sheet *sheet, struct jx_error *err);
/** Role of a photo option "PATH:ROLE"; "close" where it has none. */
const char *jx_fill_photo_role(const char *value);
/** Roles of the photos that the options name. How many. */
size_t jx_fill_roles(const struct jx_fill *fill, const char *roles[JX_PHOTOS_MAX]);
/**
 * Is there room for a picture that is not an entry's yet? Originals stop at the reserve, as they do for an entry: what is taken now must
 * find room twice, in its draft and as the entry's. The media are open. @retval JX_ENOSPC
 */
jx_rc jx_handheld_photo_room(struct jx_handheld *h, size_t len, struct jx_error *err);
/**
 * Put a picture beside a draft, durably: its path is for an option "photo", and jx_fill_add_photo() still knows how it came to be.
 * @param number    of its name: another for each, such as the time
 * @param how       camera, imported
 * @param path_out  freed by the caller
 * @retval JX_ENOSPC  the reserve is reached  @retval others  what an entry would refuse, as jx_capture_add_photo()
 */
jx_rc jx_fill_keep_photo(struct jx_handheld *h, const uint8_t draft_id[JX_ID_BYTES], int64_t number,
			 const char *how, const void *data, size_t len, char **path_out,
			 struct jx_error *err);
/** A file into an entry: imported, unless jx_fill_keep_photo() had it from the camera. Errors as jx_capture_add_photo(). */
jx_rc jx_fill_add_photo(struct jx_handheld *h, jx_capture *capture, const char *path, const char *role,
			struct jx_error *err);
/** Answers that the others made pointless: typed, but not asked for any more. They are told, and not recorded. How many. */
typedef void (*jx_fill_hidden_fn)(void *user, const struct jx_field *field, const char *path,
				  const char *value);
size_t jx_fill_each_hidden(const struct jx_fill *fill, jx_fill_hidden_fn fn, void *user);

/* ---- grades in words ------------------------------------------------------------------------------- */

/** "3.33 %, level B, 95 % interval 0.62 to 8.52; not decided: 57 more rooms would decide it if the rate stays" */
void jx_fill_grade_text(const struct jx_grade *grade, jx_buf *out);
/** One object. */
void jx_fill_grade_json(const struct jx_grade *grade, jx_buf *out);
/** The grade of a computed value of a sheet; false where it has none, or the numbers contradict one another. */
bool jx_fill_grade(const jx_sheet *sheet, const struct jx_computed *computed, const char *day,
		   struct jx_grade *out);
/** One line for each computed value, with its grade. */
void jx_fill_computed_text(const jx_sheet *sheet, const char *day, jx_buf *out);
void jx_fill_computed_json(const jx_sheet *sheet, const char *day, jx_buf *out);

#ifdef __cplusplus
}
#endif
#endif
