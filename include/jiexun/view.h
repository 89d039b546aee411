/*
 * jiexun/view.h - the read side of a handheld: the list of a day, one entry in full, the sum of a day, verification.
 *
 * Everything is read from the store at the moment of asking; a view keeps nothing. Names of disorders and units come from the
 * form pack in the language of the messages; without a pack, or for a code the pack does not know, the code itself stands there.
 *
 * Threads:   as the store that is passed in.
 * Ownership: rows handed to callbacks live for the call; a jx_view_entry is the caller's.
 * Errors:    JX_ENOTFOUND no such entry; JX_EINVAL an ambiguous name; store errors as they come.
 * Units:     see names; places WGS-84.
 */
#ifndef JX_VIEW_H
#define JX_VIEW_H

#include "jiexun/base.h"
#include "jiexun/form.h"
#include "jiexun/model.h"
#include "jiexun/store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JX_NUMBER_MAX 40 /**< "H07-123" with its NUL */

/** One line of a list. Empty strings where the entry says nothing. */
struct jx_view_row {
	char number[JX_NUMBER_MAX]; /**< short code and n: "H07-12" */
	uint8_t id[JX_ID_BYTES];
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind;
	char kind_name[32]; /**< as in the bytes */
	int64_t taken_utc_ms;
	char day[11];
	char person[64];
	char result[16]; /**< "found", "nothing-found", "no-access" */
	char code[16];
	char name[128];      /**< the code's name, else the code */
	char group_code[16]; /**< disorder's code: the part before the dot */
	char group[128];     /**< disorder's name, else its code */
	char quantity[32];   /**< decimal text */
	char unit[24];
	char unit_name[64];
	char note[4 * JX_NOTE_CHARS_MAX + 1];
	bool is_self_handled;
	bool is_check;    /**< its form was filled in as a sheet: name is the form's */
	bool is_at_once;  /**< its form says that it cannot wait: shown before all others */
	char variant[64]; /**< of the disorders, that its campaign counts by; "" none: all count */
	char counted_as
		[128]; /**< the disorder as that variant calls it, else as the pack does; "" if it is not counted */
	char form[48];     /**< as the entry names it */
	char summary[400]; /**< of a check: its computed values */
	char place[160];   /**< street and grid, else coordinates in degrees, else "" */
	struct jx_fix fix;
	int64_t photo_count, photos_receipted; /**< sound notes among them */
	int64_t sound_ms;                      /**< of all its sound notes; 0: none */
	enum jx_entry_state state;
	bool is_corrected;             /**< a later correction takes its place */
	bool is_withdrawn;             /**< it, or the last correction of it, was withdrawn */
	char of_number[JX_NUMBER_MAX]; /**< corrections and withdrawals: the entry they name */
	char reason[512];              /**< corrections and withdrawals */
	int64_t log_place;             /**< in the whole log: jx_view_query.beyond goes on from here */
};
typedef jx_rc (*jx_view_row_fn)(void *user, const struct jx_view_row *row);

struct jx_view_query {
	const char *day; /**< NULL = all days */
	bool all_kinds; /**< also sign-ins, shifts, day-closes ...; else observations, corrections and withdrawals */
	bool current_only; /**< leave out what was corrected or withdrawn, and withdrawals */
	/**
	 * Only entries of forms that cannot wait (jx_form.is_at_once), by the search index: as quick among a hundred thousand. Not with
	 * search.
	 */
	bool at_once_only;
	bool newest_first;
	int64_t limit;    /**< 0 = all */
	bool all_writers; /**< also entries of earlier identities of this device */
	int64_t beyond; /**< the next page: only rows after that of this place, before it if newest_first; 0 any */
	/**
	 * Only entries that have all of these words, by the rules of struct jx_search_word; a word may stand in the name of the entry's code,
	 * of its disorder or of its form instead. White space separates words. What an entry was corrected to is an entry of its own: with
	 * current_only only what holds now is found. NULL: all.
	 */
	const char *search;
	const jx_packs
		*packs; /**< names and summaries by the pack that each entry names; NULL: by `pack` alone */
};
/** Walk the rows; stops when fn returns other than JX_OK and returns that. @param pack may be NULL */
jx_rc jx_view_list(jx_store *store, const jx_pack *pack, const struct jx_view_query *q, jx_view_row_fn fn,
		   void *user, struct jx_error *err);

/** One entry in full. `entry.answers` points into bytes. */
typedef struct jx_view_entry {
	struct jx_view_row row;
	struct jx_entry entry;
	char *bytes; /**< exact bytes, NUL-terminated */
	size_t len;
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	uint8_t sig[JX_SIG_BYTES];
	char replaced_by[JX_NUMBER_MAX]; /**< newest correction or withdrawal of it, "" if none */
} jx_view_entry;
/**
 * @param name  number ("H07-12", any case; "12" means this device's 12), id, or the first 6 or more hex digits of an id
 * @retval JX_ENOTFOUND  no entry of that name
 * @retval JX_EINVAL     not a name, or several ids begin so
 */
jx_rc jx_view_show(jx_store *store, const jx_pack *pack, const char *name, jx_view_entry **entry_out,
		   struct jx_error *err);
/** The same with names and summaries by the pack that the entry names. */
jx_rc jx_view_show_by(jx_store *store, const jx_packs *packs, const char *name, jx_view_entry **entry_out,
		      struct jx_error *err);
void jx_view_entry_free(jx_view_entry *entry);
JX_DEFINE_AUTO(jx_view_entry, jx_view_entry_free);
/** Only its id (for `jx correct`, `jx withdraw`). Errors as jx_view_show(). */
jx_rc jx_view_find(jx_store *store, const char *name, uint8_t id_out[JX_ID_BYTES], struct jx_error *err);
/** The number of an entry of this store, "H07-12". @retval JX_ENOTFOUND */
jx_rc jx_view_number(jx_store *store, const uint8_t id[JX_ID_BYTES], char out[JX_NUMBER_MAX],
		     struct jx_error *err);

#define JX_VIEW_GROUPS_MAX 64 /**< disorders of one day that are counted apart; the ten have room */
struct jx_view_group {
	char code[16];
	char name[128];
	int64_t found, self_handled, nothing_found, no_access;
};
/** What a day holds now, of all identities of this device: newest version of each observation, withdrawn ones counted apart. */
struct jx_view_day {
	char day[11];
	int64_t observations; /**< observation entries recorded, as the day-close counts them */
	int64_t found, self_handled, nothing_found, no_access;
	int64_t checks;    /**< of forms that are filled in as sheets */
	int64_t corrected; /**< of the observations that stand */
	int64_t withdrawn;
	int64_t photos;                        /**< photo references, as the day-close counts them */
	int64_t saved, sent, complete, forked; /**< entries of all kinds by state */
	bool is_closed; /**< a day-close is there, and no observation or correction of the day after it */
	struct jx_view_group
		groups[JX_VIEW_GROUPS_MAX]; /**< by code; what was looked for without a code has code "" */
	size_t group_count;
};
jx_rc jx_view_day(jx_store *store, const jx_pack *pack, const char *day, struct jx_view_day *out,
		  struct jx_error *err);

/** Which checks are summed up. NULL: any. */
struct jx_view_tally_query {
	const char *since, *until; /**< business days, both included */
	const char *area;          /**< this one, or one within it: "330185" takes "330185-jinbei" too */
	const char *grid;
	const char *unit_class; /**< answer of the field unit_class */
};
struct jx_view_tally {
	int64_t checks;   /**< counted */
	int64_t left_out; /**< not counted: their pack is not here, or a rule of their form is not kept */
	char first_left_out[JX_NUMBER_MAX];
	struct jx_error why; /**< of the first that was left out */
};
/**
 * Add the newest version of every check of this device's log to a tally, by the pack version that each names; withdrawn ones count for
 * nothing, a correction in the place and on the day of what it corrects. Any order of entries gives the same sums. Checks of other
 * pack ids than the tally's are passed over.
 * @param pack  the tally's
 */
jx_rc jx_view_tally(jx_store *store, const jx_packs *packs, const jx_pack *pack,
		    const struct jx_view_tally_query *q, jx_tally *tally, struct jx_view_tally *out,
		    struct jx_error *err);

/**
 * Every photo that an entry lists, oldest entry first, for checks against the files (jx_media_verify). Entries whose bytes were damaged
 * are left out: jx_view_verify() finds them. is_let_go: its file may be gone, see jx_store_let_go().
 */
typedef jx_rc (*jx_view_photo_fn)(void *user, const char *number, const struct jx_photo_ref *photo,
				  bool is_let_go);
jx_rc jx_view_each_photo(jx_store *store, jx_view_photo_fn fn, void *user, struct jx_error *err);

/** Result of a verification. */
struct jx_view_verify {
	int64_t writers, entries, receipts, photo_receipts, photos; /**< what was looked at */
	int64_t last_n;                                             /**< of the current writer */
	int64_t receipt_n; /**< the newest entry of the current writer that a good receipt covers, 0 none */
	int64_t damage_count; /**< 0: all is well */
	char first_number
		[JX_NUMBER_MAX]; /**< entry the first damage was found at, "" if none in particular */
	struct jx_error first;   /**< what it is; code JX_OK if all is well */
};
/**
 * Check the database, then every chain of this device from its first entry: bytes, digests, heads, signatures, numbers; every receipt and
 * photo-receipt: signature by a pinned identity key, and head equal to the chain's at its n (which shows a cut-off tail). Photo files are
 * not looked at: see jx_view_each_photo().
 * @param out  also says what is damaged: JX_OK means that the check could be run, not that all is well
 */
jx_rc jx_view_verify(jx_store *store, struct jx_view_verify *out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
