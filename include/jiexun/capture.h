/*
 * jiexun/capture.h - the only maker of entries: fix + photos + answers -> one durable transaction.
 *
 * A capture is begun at first touch (that makes its id and its time), filled in and committed. Before commit nothing but
 * published photo files exists; after it everything does. Commit may be called again after any failure: the id makes it idempotent.
 *
 * Every entry carries the person signed in, the open shift, the area and the business day: the shift's day while one is open (also
 * after midnight), else the calendar's. These are read in the transaction that saves, so two processes cannot both start a shift.
 *
 * Threads:   a jx_recorder and its captures belong to one thread.
 * Ownership: inputs are copied. The recorder's configuration must outlive it.
 * Errors:    JX_EINVAL names the field and the cure; JX_ESTATE not enrolled, nobody signed in where one must be,
 *            shift already open ...; disk errors: nothing was saved.
 * Units:     `_bytes` bytes.
 */
#ifndef JX_CAPTURE_H
#define JX_CAPTURE_H

#include "jiexun/base.h"
#include "jiexun/form.h"
#include "jiexun/media.h"
#include "jiexun/model.h"
#include "jiexun/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Everything a maker of entries needs; plain struct, filled by main. */
struct jx_recorder {
	jx_store *store;
	jx_media *media;
	const struct jx_clock *clock;
	const struct jx_rand *rand;
	const struct jx_fs *source_fs; /**< where imported photos are read from */
	const jx_pack *pack;           /**< active pack of observations of street disorder */
	const uint8_t *secret_key;     /**< JX_SEC_BYTES */
	int utc_offset_min;            /**< of the business day */
	int64_t reserve_bytes;         /**< refuse new photos when less would stay free; 0 = no check */
};

typedef struct jx_capture jx_capture;

/** Take time and id now. Writes nothing. */
jx_rc jx_capture_begin(struct jx_recorder *rec, jx_capture **capture_out, struct jx_error *err);
void jx_capture_drop(jx_capture *capture);
JX_DEFINE_AUTO(jx_capture, jx_capture_drop);
const uint8_t *jx_capture_id(const jx_capture *capture);
/** Use an id made earlier (a draft, a retry by a caller): must be a UUID. */
jx_rc jx_capture_set_id(jx_capture *capture, const uint8_t id[JX_ID_BYTES], struct jx_error *err);
/** NULL or source none is legal: a fix never blocks a save. */
void jx_capture_set_fix(jx_capture *capture, const struct jx_fix *fix);
jx_rc jx_capture_set_place(jx_capture *capture, const char *grid, const char *street, const char *ref_version,
			   struct jx_error *err);
jx_rc jx_capture_set_why(jx_capture *capture, const char *source, const char *campaign, const char *officer2,
			 struct jx_error *err);
/**
 * Publishes the file durably; the entry will list it. role NULL = "close".
 * @retval JX_EINVAL  empty, cut off, no JPEG, unknown role   @retval JX_EEXISTS  the same file is in this entry
 * @retval JX_ELIMIT  too large, or JX_PHOTOS_MAX are there   @retval JX_ENOSPC   the reserve is reached
 */
jx_rc jx_capture_add_photo(jx_capture *capture, const char *path, const char *role, struct jx_error *err);
jx_rc jx_capture_add_photo_bytes(jx_capture *capture, const void *data, size_t len, const char *role,
				 const char *how, struct jx_error *err);
/**
 * A sound note: imported, or as it was recorded. It counts as one of the entry's photos; a form's roles are not asked.
 * @retval JX_EINVAL  empty, cut off, damaged, not Opus in Ogg   @retval others  as jx_capture_add_photo()
 */
jx_rc jx_capture_add_sound(jx_capture *capture, const char *path, struct jx_error *err);
/** @param taken_utc_ms  when it began; 0 unknown */
jx_rc jx_capture_add_sound_bytes(jx_capture *capture, const void *data, size_t len, int64_t taken_utc_ms,
				 struct jx_error *err);
/**
 * The pictures of after in this entry show the spot of that picture of before. Call it after they were added.
 * @retval JX_EINVAL  there is no picture with the role after, or it is that picture itself
 */
jx_rc jx_capture_set_before(jx_capture *capture, const uint8_t before_sha256[JX_HASH_BYTES],
			    struct jx_error *err);
jx_rc jx_capture_set_answers(jx_capture *capture, const struct jx_observation *obs, struct jx_error *err);
/**
 * Answers of a form that was filled in as a sheet, in place of an observation of street disorder. The entry names the pack of the
 * sheet, which must outlive the capture. After the photos: a form may ask for some, and says which roles they may have.
 * @retval JX_EINVAL  the sheet's first problem, err->where is its path; or a photo's role is none of the form
 */
jx_rc jx_capture_set_sheet(jx_capture *capture, const jx_sheet *sheet, struct jx_error *err);
/** Id and time of the draft's first touch become those of the entry; the draft ends when that is saved. */
jx_rc jx_capture_set_draft(jx_capture *capture, const struct jx_draft *draft, struct jx_error *err);
/**
 * Makes this a correction of an earlier observation of this device (any identity it had): content replaces it as a whole. If it was
 * corrected before, the newest correction is named, so that the versions are one line.
 * @retval JX_ENOTFOUND  no such entry  @retval JX_EINVAL  no observation, or no reason  @retval JX_ESTATE  it was withdrawn
 */
jx_rc jx_capture_set_correction(jx_capture *capture, const uint8_t of_id[JX_ID_BYTES], const char *reason,
				struct jx_error *err);
/** Durable when it returns JX_OK. */
jx_rc jx_capture_commit(jx_capture *capture, int64_t *n_out, struct jx_error *err);

/** Take an observation or correction back, with a reason; the newest version is named. Errors as jx_capture_set_correction(). */
jx_rc jx_record_withdrawal(struct jx_recorder *rec, const uint8_t of_id[JX_ID_BYTES], const char *reason,
			   int64_t *n_out, struct jx_error *err);
/**
 * Sign a person in, in place of whoever was.
 * @param verified "none" or "pin"
 * @retval JX_ESTATE  somebody else's shift is open
 */
jx_rc jx_record_person_in(struct jx_recorder *rec, const char *person, const char *verified, int64_t *n_out,
			  struct jx_error *err);
/** @retval JX_ESTATE nobody signed in, or a shift is open */
jx_rc jx_record_person_out(struct jx_recorder *rec, int64_t *n_out, struct jx_error *err);
/** @retval JX_ESTATE nobody signed in, or a shift is open */
jx_rc jx_record_shift_start(struct jx_recorder *rec, int64_t *n_out, struct jx_error *err);
/** Ends the shift with a day-close entry that states the totals of the shift's day. @retval JX_ESTATE no shift open, or nobody signed in */
jx_rc jx_record_shift_end(struct jx_recorder *rec, int64_t *observations_out, int64_t *photos_out,
			  int64_t *n_out, struct jx_error *err);
/** First entry of a re-enrolled device. @retval JX_ESTATE the new log has entries already */
jx_rc jx_record_continues(struct jx_recorder *rec, const uint8_t old_writer[JX_ID_BYTES], int64_t old_n,
			  const uint8_t old_head[JX_HASH_BYTES], int64_t *n_out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
