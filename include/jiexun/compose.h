/*
 * jiexun/compose.h - an observation of street disorder while a person puts it together: kept on the disk from the first touch, with its
 * pictures, until it is saved as an entry or let go.
 *
 * A composition is a plain struct and a draft of the store that says the same; its pictures are files of DIR/drafts, named after it.
 * Whoever shows it changes the struct and has it kept. Its id becomes the entry's, so saving twice is saving once.
 *
 * Threads:   as the handheld that is passed in; a struct jx_compose may be copied and handed to another thread.
 * Ownership: plain structs of the caller.
 * Errors:    as store, media and capture say; a call that fails leaves what is on the disk as it was.
 * Units:     see names.
 */
#ifndef JX_COMPOSE_H
#define JX_COMPOSE_H

#include "jiexun/base.h"
#include "jiexun/camera.h"
#include "jiexun/device.h"
#include "jiexun/form.h"
#include "jiexun/handheld.h"
#include "jiexun/model.h"
#include "jiexun/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A picture that is not an entry's yet. */
struct jx_compose_photo {
	char file[96];                 /**< in DIR/drafts; "" if it is of the entry that is corrected */
	char role[12];                 /**< wide, close, before, after, plate, object */
	char how[12];                  /**< camera, imported */
	uint8_t sha256[JX_HASH_BYTES]; /**< of the entry that is corrected: the published original */
};

struct jx_compose {
	struct jx_draft draft; /**< id, first touch, pack: jx_compose_keep() fills in the pack */
	struct jx_fix fix;
	/* as typed; "" nothing */
	char result[16];   /**< found, nothing-found, no-access */
	char code[16];     /**< disorder or sub-type; "" not chosen yet */
	char quantity[32]; /**< "" is 1 of the code's first unit */
	char unit[24];
	char note[4 * JX_NOTE_CHARS_MAX + 1];
	char party_kind[32];
	char party[4 * JX_PARTY_CHARS_MAX + 1];
	char unit_responsible[4 * JX_PARTY_CHARS_MAX + 1];
	char measures[256]; /**< codes with commas between them */
	char limit_days[8];
	char street[96];
	char grid[32];
	char source[24];      /**< patrol, look-back ... */
	char self_handled[8]; /**< "yes" or "" */
	char of[37];          /**< a correction: id of the entry */
	char reason[512];     /**< a correction's */
	char before[65];      /**< hex: the picture that those of after belong to */
	struct jx_compose_photo photos[JX_PHOTOS_MAX];
	size_t photo_count;
};

/** A new one with its id and time; nothing is written. */
void jx_compose_new(const struct jx_profile *profile, struct jx_compose *out);
/**
 * Have the disk say what c says, in one transaction: begins the draft, or changes it. On the first call c learns its pack and day.
 * @retval JX_EEXISTS  it is an entry already
 */
jx_rc jx_compose_keep(struct jx_handheld *h, struct jx_compose *c, struct jx_error *err);
/**
 * Put a picture on the disk, durably, and into c, and keep c. Checked as a photo of an entry is.
 * @retval JX_ENOSPC the reserve is reached  @retval JX_ELIMIT too many  @retval JX_EINVAL no whole JPEG
 */
jx_rc jx_compose_add_photo(struct jx_handheld *h, struct jx_compose *c, const void *data, size_t len,
			   const char *role, const char *how, struct jx_error *err);
/** Take one out, with its file, and keep c. */
jx_rc jx_compose_drop_photo(struct jx_handheld *h, struct jx_compose *c, size_t i, struct jx_error *err);
jx_rc jx_compose_read_photo(struct jx_handheld *h, const struct jx_compose *c, size_t i, jx_buf *out,
			    struct jx_error *err);
/** What was kept. Pictures whose listing a power cut took are taken in again. @retval JX_ENOTFOUND */
jx_rc jx_compose_load(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES], struct jx_compose *out,
		      struct jx_error *err);
/** How many wait to be gone on with, without those set aside; the newest one's id, if there is one. */
jx_rc jx_compose_count(struct jx_handheld *h, int64_t *count_out, uint8_t newest_out[JX_ID_BYTES],
		       struct jx_error *err);
/** The same as an entry of the log (or a correction); the draft and its files end with it. */
jx_rc jx_compose_save(struct jx_handheld *h, const struct jx_compose *c, int64_t *n_out,
		      struct jx_error *err);
/** Let it go, or take that back: for a while it is only set aside. @retval JX_ENOTFOUND */
jx_rc jx_compose_set_aside(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES], bool aside,
			   struct jx_error *err);
/** Remove what was set aside more than a minute ago, and pictures that no draft knows. */
jx_rc jx_compose_sweep(struct jx_handheld *h, struct jx_error *err);

/** A correction of an observation, filled with what it says now. @retval JX_EINVAL it is a check */
jx_rc jx_compose_correct(struct jx_handheld *h, const uint8_t of_id[JX_ID_BYTES], struct jx_compose *out,
			 struct jx_error *err);
/** One that shows the spot of an earlier entry again: its code, street and grid; pictures will have the role after. */
jx_rc jx_compose_after(struct jx_handheld *h, const uint8_t before_id[JX_ID_BYTES], struct jx_compose *out,
		       struct jx_error *err);
/**
 * The picture of before among an entry's: of the role given; else the one of the role before, else the only close one, else the only
 * one. NULL where a person has to decide.
 */
const struct jx_photo_ref *jx_compose_before(const struct jx_entry *entry, const char *role);

/* ---- pictures of this device's camera ---------------------------------------------------------------- */

/** The profile's camera, without preview. */
void jx_compose_camera(const struct jx_profile *profile, struct jx_camera_config *out);
/** The picture as it came, with time, place and device in its Exif where the camera did not write them. */
jx_rc jx_compose_tag(const struct jx_profile *profile, const void *data, size_t len, int64_t taken_utc_ms,
		     const struct jx_fix *fix, jx_buf *out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
