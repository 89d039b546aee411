/*
 * jiexun/shelf.h - the form packs a device or an office has: those built in and those that came down the feed; and the time by which
 * they come into force.
 *
 * A pack that came is one file, DIR/packs/<id>.<version>.<day>.<hash>.json, put there whole and durably like a photo: a folder and not
 * a table, because a file is looked at, copied and built from as it is, and a store that is damaged takes no pack along. What was
 * accepted once is kept for ever, for entries and drafts name it. What was refused stands in DIR/packs/refused.json.
 *
 * Threads:   a shelf belongs to one thread; one process at a time takes packs into a folder (the caller's sync has its lock).
 * Ownership: fs must outlive the shelf. Packs live as long as the shelf.
 * Errors:    jx_shelf_take() fails for what stops it (network, disk). A pack that is refused is no failure: it is a problem, the ones
 *            before stay in force, and whoever shows the state of things shows it.
 * Units:     see names.
 */
#ifndef JX_SHELF_H
#define JX_SHELF_H

#include "jiexun/base.h"
#include "jiexun/form.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_shelf jx_shelf;

/** A pack that is not in use, and why. */
struct jx_shelf_problem {
	char key[112];  /**< "ten-disorders/1002", as the feed names it; of a damaged file its name */
	char error[24]; /**< jx_rc_name() */
	char text[352];
};

/** Those built in and those kept in dir, which need not exist. A file that cannot be read any more is a problem, no failure. */
jx_rc jx_shelf_open(const struct jx_fs *fs, const char *dir, jx_shelf **shelf_out, struct jx_error *err);
/** Has anything been kept in dir: a pack, or why one was refused? Without reading it, which takes long. */
bool jx_shelf_is_kept(const struct jx_fs *fs, const char *dir);
void jx_shelf_close(jx_shelf *shelf);
JX_DEFINE_AUTO(jx_shelf, jx_shelf_close);
/** Until the next jx_shelf_take(). */
const jx_packs *jx_shelf_packs(const jx_shelf *shelf);
/** Did it come from the server? */
bool jx_shelf_is_received(const jx_shelf *shelf, const jx_pack *pack);
size_t jx_shelf_problem_count(const jx_shelf *shelf);
const struct jx_shelf_problem *jx_shelf_problem_at(const jx_shelf *shelf, size_t i);

/** A feed item `pack`. */
struct jx_shelf_item {
	char key[112];
	struct jx_signed text;
};
/** All that the server offers, in any order, and the keys by which it is believed. */
struct jx_shelf_offer {
	const struct jx_shelf_item *items;
	size_t count;
	const uint8_t (*keys)[JX_PUB_BYTES]; /**< pack keys of the server */
	size_t key_count;
	/**
	 * Bytes of the file, whose hash is looked at here. JX_ENOTFOUND, JX_ECORRUPT: a problem of this pack, tried again next time; other
	 * failures end the run.
	 */
	jx_rc (*fetch)(void *user, const struct jx_pack_seal *seal, jx_buf *out, struct jx_error *err);
	void *user;
};
/** Is there anything in it that has to be fetched? */
bool jx_shelf_wants(const jx_shelf *shelf, const struct jx_shelf_offer *offer);
/**
 * Fetch, check and keep what is new, older versions first. A pack is in the set when its file is on the disk, not before.
 * @param taken_out  how many are new
 */
jx_rc jx_shelf_take(jx_shelf *shelf, const struct jx_shelf_offer *offer, int64_t *taken_out,
		    struct jx_error *err);

/* ---- the time that can be trusted ------------------------------------------------------------------- */

#define JX_SHELF_MOMENT_MAX 96
/** A moment that a server or a satellite receiver told, beside this device's monotonic clock: a line to keep. */
void jx_shelf_moment(const struct jx_clock *clock, int64_t utc_ms, char out[JX_SHELF_MOMENT_MAX]);
/**
 * The time now: carried on from that moment by the monotonic clock, whatever the wall clock says. After a restart, the wall clock, but
 * never before that moment. @param moment  NULL: nothing was told yet
 * @return true if it was carried on
 */
bool jx_shelf_now(const struct jx_clock *clock, const char *moment, int64_t *utc_ms_out);

#ifdef __cplusplus
}
#endif
#endif
