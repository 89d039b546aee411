/*
 * jiexun/store.h - the writer's own SQLite: log, chain, drafts, outbox, receipts, inbox.
 *
 * "Saved" means on stable storage: jx_store_append() returns JX_OK only after the commit of entry, chain link, photo
 * references and outbox is synced (WAL, synchronous=FULL).
 *
 * Several processes use one store (jx, the app, jx sync). Debian 12's SQLite 3.40.1 has the WAL-reset bug (3.7.0 to
 * 3.51.2: two connections that write or checkpoint at the same moment can corrupt the file), so every write
 * transaction, every checkpoint and the opening and closing of a writing connection happen under one advisory lock
 * beside the database; SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE is set, automatic checkpoints are off: sync calls
 * jx_store_tidy(), and closing after many saves does the same; readers open read-only.
 *
 * Threads:   a jx_store belongs to one thread. Any number of stores, in any processes, may have the same folder open.
 * Ownership: the configuration's fs, clock and strings must outlive the store. Rows handed to callbacks live for the call.
 * Errors:    JX_EBUSY lock held too long; JX_ENOSPC, JX_EROFS, JX_EIO, JX_ECORRUPT from the disk; JX_EVERSION made by a
 *            newer program (nothing is touched). After a failed commit in doubt the same id may be appended again.
 * Units:     see names.
 */
#ifndef JX_STORE_H
#define JX_STORE_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_store jx_store;

struct jx_store_config {
	const char *dir;        /**< data folder; the database is dir/jiexun.db, the lock dir/jiexun.lock */
	const char *vfs;        /**< SQLite VFS name; NULL = default */
	const struct jx_fs *fs; /**< for the folder and the lock */
	const struct jx_clock *clock;
	bool read_only;       /**< JX_ENOTFOUND if there is no database yet */
	int64_t lock_wait_ms; /**< 0 = 10 s */
};

/** Open, creating and migrating where needed (a copy by VACUUM INTO is kept before an upgrade). */
jx_rc jx_store_open(const struct jx_store_config *config, jx_store **store_out, struct jx_error *err);
void jx_store_close(jx_store *store);
JX_DEFINE_AUTO(jx_store, jx_store_close);

/* ---- who we are --------------------------------------------------------------------------------- */

struct jx_identity {
	uint8_t writer[JX_ID_BYTES];
	uint8_t public_key[JX_PUB_BYTES];
	char short_code[16]; /**< "H07": entries are called H07-123 */
	char role[16];
	char area[24];
	char url[256];                         /**< server, "https://host:port" */
	uint8_t server_identity[JX_PUB_BYTES]; /**< pinned Ed25519 key of the server */
	uint8_t tls_spki_sha256[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	int64_t enrolled_utc_ms;
};
/** @retval JX_ENOTFOUND not enrolled yet */
jx_rc jx_store_identity(jx_store *store, struct jx_identity *out, struct jx_error *err);
typedef jx_rc (*jx_identity_fn)(void *user, const struct jx_identity *id);
/** Every identity this device has had, oldest first; the last one is the current one. */
jx_rc jx_store_each_identity(jx_store *store, jx_identity_fn fn, void *user, struct jx_error *err);
/**
 * Take on an identity: at the first enrolment, or later with a new writer id. Entries of an earlier writer stay as they are and
 * go on being readable and verifiable; numbering starts again at 1 for the new writer. What the server said to the earlier writer
 * (challenge, cursor, epoch, reenrol ...) is unset. The same writer again renews address, area, role and keys.
 * @retval JX_ECONFLICT  another public key for the same writer, or a writer this device was before
 */
jx_rc jx_store_set_identity(jx_store *store, const struct jx_identity *id, struct jx_error *err);
/** Replace pins and identity key after a verified `keys` item; the old public key is kept for verification. */
jx_rc jx_store_set_keys(jx_store *store, const struct jx_signed *text, const struct jx_keys *keys,
			struct jx_error *err);
/**
 * The server's identity keys for a sync: the one in force first, then all others ever pinned here, at most cap.
 * @retval JX_ENOTFOUND not enrolled yet
 */
jx_rc jx_store_server_keys(jx_store *store, uint8_t (*keys_out)[JX_PUB_BYTES], size_t cap, size_t *count_out,
			   struct jx_error *err);
/**
 * The server gave this writer another area or role (feed item `writer`): entries saved from now on have it.
 * @retval JX_ECONFLICT  not the current writer: an item for an earlier one
 */
jx_rc jx_store_set_area(jx_store *store, const uint8_t writer[JX_ID_BYTES], const char *role,
			const char *area, struct jx_error *err);
/**
 * The server's public key that a signed text names by `key`: any that was ever pinned here, and the announced next one.
 * @retval JX_ENOTFOUND  never pinned
 */
jx_rc jx_store_server_key(jx_store *store, const uint8_t key_id[8], uint8_t public_key_out[JX_PUB_BYTES],
			  struct jx_error *err);

/* ---- small values ------------------------------------------------------------------------------- */

/** Named values that survive: current person, shift, challenge, feed cursor, epoch, last error ... JX_ENOTFOUND if unset. */
jx_rc jx_store_get(jx_store *store, const char *name, char *out, size_t cap, struct jx_error *err);
/** NULL removes. Names are a fixed set, these: JX_EINVAL for any other. */
jx_rc jx_store_set(jx_store *store, const char *name, const char *value, struct jx_error *err);
/** A named value; NULL removes it. */
struct jx_setting {
	const char *name, *value;
};
/** Several in one transaction, all or none. */
jx_rc jx_store_set_all(jx_store *store, const struct jx_setting *list, size_t count, struct jx_error *err);
#define JX_SET_PERSON          "person" /* id of the person signed in */
#define JX_SET_PERSON_VERIFIED "person_verified"
#define JX_SET_SHIFT           "shift"     /* uuid of the open shift */
#define JX_SET_SHIFT_DAY       "shift_day" /* its business day */
#define JX_SET_CHALLENGE       "challenge" /* sign-in challenge from the last answer */
#define JX_SET_CURSOR          "feed_cursor"
#define JX_SET_EPOCH           "epoch"    /* server epoch of the last answer */
#define JX_SET_SERVER_N        "server_n" /* what the server said it holds */
#define JX_SET_SERVER_HEAD     "server_head"
#define JX_SET_PHOTOS_BEGUN    "photos_begun" /* photos the server may have a part of */
#define JX_SET_FAST_OPEN       "fast_open" /* 1: the last one was lost; else until when it is off, UTC in ms */
#define JX_SET_SMALL_SENT      "small_sent"  /* small copies went up to this entry */
#define JX_SET_DICTIONARY      "dictionary"  /* newest compression dictionary that the server knows */
#define JX_SET_SYNC_RESULT     "sync_result" /* last result, JSON */
#define JX_SET_SYNC_UTC_MS     "sync_utc_ms"
#define JX_SET_SERVER_UTC_MS   "server_utc_ms" /* server time of the newest receipt: trusted time */
#define JX_SET_REENROL \
	"reenrol" /* reason why this device must enrol again ("fork", "revoked"), unset if none */
#define JX_SET_COMMIT_FAILURES   "commit_failures" /* how often the disk failed at a commit; the store counts */
#define JX_SET_TRUSTED_TIME      "trusted_time"    /* a moment as jx_shelf_moment() writes it */
#define JX_SET_CHECKPOINT_UTC_MS "checkpoint_utc_ms" /* last checkpoint; the store writes it */

/* ---- the log ------------------------------------------------------------------------------------ */

/** Makes an entry's bytes once its number is known, inside the transaction. */
struct jx_append {
	const uint8_t *id; /**< 16 bytes, made at first touch: saving again with it changes nothing */
	/** Write the exact bytes of entry n into out (an empty buffer with the entry ceiling). May read this store (jx_store_day_totals). */
	jx_rc (*encode)(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
			struct jx_error *err);
	/** Sign the new head. */
	void (*sign)(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES]);
	void *user;
	/* values of the fixed set to change in the same transaction (sign in, shift start ...); value NULL removes */
	struct {
		const char *name, *value;
	} set[4];
	size_t set_count;
};
/**
 * Append one entry: one transaction, one fdatasync on an open connection.
 * @param n_out  its number; if the id is in the log already, the number it has there
 * @retval JX_ESTATE  not enrolled, or the device must enrol again (text says which)
 */
jx_rc jx_store_append(jx_store *store, const struct jx_append *a, int64_t *n_out, struct jx_error *err);

/** What became of an entry, from the database only. Numbers reach disk; append only. */
enum jx_entry_state {
	JX_ENTRY_SAVED = 0,    /**< on this device only */
	JX_ENTRY_SENT = 1,     /**< a receipt covers it; photos not all yet */
	JX_ENTRY_COMPLETE = 2, /**< receipt and photo-receipts cover it */
	JX_ENTRY_FORKED = 3    /**< the server keeps it in quarantine */
};
const char *jx_entry_state_name(enum jx_entry_state s); /* "saved", "sent", "complete", "forked" */

struct jx_log_row {
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	uint8_t id[JX_ID_BYTES];
	enum jx_kind kind;
	const char *bytes;
	size_t len;
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	uint8_t sig[JX_SIG_BYTES];
	enum jx_entry_state state;
	int64_t photo_count, photos_receipted;
	bool is_replaced; /**< a later correction or withdrawal names it */
	int64_t log_place; /**< in the whole log: later entries have a higher one. For paging: jx_log_query.beyond */
};
typedef jx_rc (*jx_log_row_fn)(void *user, const struct jx_log_row *row);

#define JX_SEARCH_WORDS_MAX 16
#define JX_SEARCH_TEXT_MAX  1024 /**< bytes of a word */
/**
 * One thing to search for; an entry must have all that are asked for. Searched are person, second officer, street, grid, campaign, form,
 * reason and all texts of the answers. ASCII letters and digits (small, capital, full-width alike) are found from the beginning of a
 * word on, also behind a . - or _ inside one ("01.02", "p-001"); all other characters anywhere, one or more of them; punctuation
 * stands for nothing.
 */
struct jx_search_word {
	const char *text;         /**< UTF-8 */
	const char *const *codes; /**< or any of these words as a whole: small letters, digits, . - _ */
	size_t code_count;
};

struct jx_log_query {
	int64_t from_n;    /**< >= this; 0 any */
	int64_t until_n;   /**< <= this; 0 any */
	const char *day;   /**< business day or NULL */
	enum jx_kind kind; /**< JX_KIND_UNKNOWN = any */
	bool newest_first;
	int64_t limit;    /**< 0 = all */
	bool all_writers; /**< also entries of earlier identities of this device */
	int64_t beyond; /**< only entries after the one of this place, or before it if newest_first; 0 any */
	const struct jx_search_word *words;
	size_t word_count; /**< 0: no search */
};
/**
 * Walk rows; stops when fn returns other than JX_OK and returns that. fn may read the store, not write to it. Not enrolled: no rows.
 * @retval JX_EINVAL  a word has nothing in it that can be searched for
 */
jx_rc jx_store_each(jx_store *store, const struct jx_log_query *q, jx_log_row_fn fn, void *user,
		    struct jx_error *err);
/** @retval JX_ENOTFOUND */
jx_rc jx_store_by_id(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn, void *user,
		     struct jx_error *err);
/** The newest correction or withdrawal that names this entry. @retval JX_ENOTFOUND none does */
jx_rc jx_store_replacing(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn, void *user,
			 struct jx_error *err);
/** Walk entries of any writer whose id is in first..last, by id. */
jx_rc jx_store_each_id(jx_store *store, const uint8_t first[JX_ID_BYTES], const uint8_t last[JX_ID_BYTES],
		       jx_log_row_fn fn, void *user, struct jx_error *err);
/**
 * How many entries are not in the search index yet. The last few never are: a search reads them. More are left by a program that knew
 * of no index, and by a failing disk: a search finds them all the same, but slowly.
 */
jx_rc jx_store_search_behind(jx_store *store, int64_t *entries_out, struct jx_error *err);
/** Put the next entries into the search index, in one transaction. @param behind_out how many are left, 0: call no more */
jx_rc jx_store_search_index(jx_store *store, int64_t *behind_out, struct jx_error *err);
/** Empty the search index: jx_store_search_index() fills it again. */
jx_rc jx_store_search_clear(jx_store *store, struct jx_error *err);
/** Last number and head of the current writer; n = 0 and the root head when the log is empty. */
jx_rc jx_store_head(jx_store *store, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err);
/** Totals of a business day for the day-close entry: observations; photo references of observations and corrections. */
jx_rc jx_store_day_totals(jx_store *store, const char *day, int64_t *observations_out, int64_t *photos_out,
			  struct jx_error *err);

/** Counts for status, all from the database, of the current writer; all 0 when not enrolled. */
struct jx_store_counts {
	int64_t entries, observations, waiting; /**< waiting: no receipt yet (current writer) */
	int64_t photos;                         /**< references in entries */
	int64_t photos_waiting,
		photos_waiting_bytes; /**< different files that no photo-receipt covers, of all entries */
	int64_t receipt_n, receipt_server_utc_ms, safe_until_n;
};
jx_rc jx_store_count(jx_store *store, struct jx_store_counts *out, struct jx_error *err);
/** Only how many entries wait: what a list shows above it, at once however long the log is. */
jx_rc jx_store_waiting(jx_store *store, int64_t *entries_out, struct jx_error *err);

/* ---- drafts --------------------------------------------------------------------------------------- */

/** A check that is being filled in: an entry to come. Appending an entry of this id removes it in the same transaction. */
struct jx_draft {
	uint8_t id[JX_ID_BYTES];
	char form[64];
	char pack[64]; /**< the pack it began with, for as long as it lives */
	int64_t pack_version;
	char day[11];         /**< business day on which it was begun */
	int64_t taken_utc_ms; /**< first touch */
	int64_t value_count;  /**< read only */
	int64_t drafts;       /**< read only: how many there are in all */
};
struct jx_draft_value {
	const char *path;  /**< field, as forms name it; what begins with "@" is the caller's own */
	const char *value; /**< as typed; "" where an answer was taken back; NULL: as if never touched */
};
#define JX_DRAFTS_MAX      200
#define JX_DRAFT_PATH_MAX  128
#define JX_DRAFT_VALUE_MAX 8192 /**< bytes */
/**
 * Begin one, with its first values, in one transaction.
 * @retval JX_EEXISTS  a draft or an entry has this id  @retval JX_ELIMIT  JX_DRAFTS_MAX are there
 */
jx_rc jx_store_begin_draft(jx_store *store, const struct jx_draft *draft, const struct jx_draft_value *values,
			   size_t count, struct jx_error *err);
/** Durable when it returns: all of them in one transaction, or none. @retval JX_ENOTFOUND  no such draft */
jx_rc jx_store_set_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], const struct jx_draft_value *values,
			 size_t count, struct jx_error *err);
/** @retval JX_ENOTFOUND */
jx_rc jx_store_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], struct jx_draft *out,
		     struct jx_error *err);
typedef jx_rc (*jx_draft_fn)(void *user, const struct jx_draft *draft);
/** Newest first. fn may read the store, not write to it. */
jx_rc jx_store_each_draft(jx_store *store, jx_draft_fn fn, void *user, struct jx_error *err);
typedef jx_rc (*jx_draft_value_fn)(void *user, const struct jx_draft_value *value);
/** In the order in which the fields were first answered. fn may read the store, not write to it. */
jx_rc jx_store_each_draft_value(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_draft_value_fn fn,
				void *user, struct jx_error *err);
/** @retval JX_ENOTFOUND */
jx_rc jx_store_drop_draft(jx_store *store, const uint8_t id[JX_ID_BYTES], struct jx_error *err);

/* ---- outbox and what the server said (used by sync) ---------------------------------------------- */

/**
 * Keep a verified receipt (newest last). Entries up to its n are "sent" from now on. The same receipt again changes nothing. A
 * receipt of another epoch than the newest one's (a server restored from backup) puts all earlier receipts and photo-receipts out of
 * force: they stay as evidence, and what they covered is waiting again where the new one does not cover it. A receipt that says it is
 * a fork's is kept with JX_OK, and the store notes that the device must enrol again.
 * @retval JX_ECONFLICT  its head is not this log's head at n: a fork; it is kept as evidence, and the same is noted
 * @retval JX_ENOTFOUND  for a writer this device never was
 */
jx_rc jx_store_add_receipt(jx_store *store, const struct jx_signed *text, const struct jx_receipt *r,
			   struct jx_error *err);
/** Newest receipt's text. JX_ENOTFOUND if none. */
jx_rc jx_store_receipt(jx_store *store, struct jx_signed *out, struct jx_error *err);
/** A photo-receipt with what it says. */
struct jx_kept_photo_receipt {
	struct jx_signed text;
	struct jx_photo_receipt receipt;
};
/** A receipt with what it says. */
struct jx_kept_receipt {
	struct jx_signed text;
	struct jx_receipt receipt;
};
/** What is noted of a photo of the current writer that is on its way. */
struct jx_photo_sending {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t sent_bytes;  /**< of the original; -1: as it was */
	const char *refused; /**< why the try ended; "" it goes on, NULL: as it was */
	bool has_small;      /**< its small copy need not be sent any more; false: as it was */
};
/** What a sync brought, in the order in which it came. */
struct jx_store_results {
	const struct jx_kept_receipt *receipts;
	size_t receipt_count;
	const struct jx_kept_photo_receipt *photo_receipts;
	size_t photo_receipt_count;
	const struct jx_setting *settings;
	size_t setting_count;
	const struct jx_photo_sending *sending; /**< of before the photo-receipts, which make an end of it */
	size_t sending_count;
};
/**
 * Keep all of it in one transaction, or nothing: one sync of the disk instead of one each.
 * @retval JX_ECONFLICT  as jx_store_add_receipt(): all of it is kept
 */
jx_rc jx_store_keep(jx_store *store, const struct jx_store_results *results, struct jx_error *err);
jx_rc jx_store_add_photo_receipt(jx_store *store, const struct jx_signed *text,
				 const struct jx_photo_receipt *r, struct jx_error *err);
typedef jx_rc (*jx_signed_fn)(void *user, const struct jx_signed *text, bool is_photo);
/** All kept receipts and photo-receipts of all identities, oldest first (verify). fn may read the store, not write to it. */
jx_rc jx_store_each_receipt(jx_store *store, jx_signed_fn fn, void *user, struct jx_error *err);

struct jx_outbox_photo {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
	char type[24];
	int64_t n; /**< newest entry that lists it */
};
typedef jx_rc (*jx_outbox_photo_fn)(void *user, const struct jx_outbox_photo *p);
/** Photos of receipted entries that no photo-receipt covers, each hash once, newest entry first. fn may write to the store. */
jx_rc jx_store_each_waiting_photo(jx_store *store, int64_t limit, jx_outbox_photo_fn fn, void *user,
				  struct jx_error *err);
/** Of these, the pictures whose small copy has not been sent. */
jx_rc jx_store_each_waiting_small(jx_store *store, int64_t limit, jx_outbox_photo_fn fn, void *user,
				  struct jx_error *err);

/** Several in one transaction, all or none. With the photo-receipt all of it is forgotten. */
jx_rc jx_store_note_sending(jx_store *store, const struct jx_photo_sending *list, size_t count,
			    struct jx_error *err);
/** How a photo stands. */
struct jx_photo_standing {
	int64_t sent_bytes; /**< as far as is known; less than its size: it goes on from there */
	char refused[32];   /**< name of the protocol's table or the client's ("unreadable"); "" none */
	bool is_stored;     /**< a photo-receipt of the server's present epoch covers it */
	bool has_small;     /**< the server has had its small copy, or none can be made */
};
/** @param writer  that listed it, now or before @retval JX_ENOTFOUND  this device never was that writer */
jx_rc jx_store_photo_standing(jx_store *store, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], struct jx_photo_standing *out,
			      struct jx_error *err);

/** Keep feed items and the new cursor in one transaction. Items are kept verbatim; unknown kinds too. */
struct jx_inbox_item {
	const char *kind; /**< "person", "keys", "pack", ... */
	const char *key;  /**< what it replaces: (kind, key) is unique */
	const char *text; /**< raw item; NULL = dropped from this scope */
	size_t len;
};
jx_rc jx_store_add_inbox(jx_store *store, const struct jx_inbox_item *items, size_t count, const char *cursor,
			 struct jx_error *err);
typedef jx_rc (*jx_inbox_fn)(void *user, const struct jx_inbox_item *item);
/** Walk the items of a kind, by key. fn may read the store, not write to it. */
jx_rc jx_store_each_inbox(jx_store *store, const char *kind, jx_inbox_fn fn, void *user,
			  struct jx_error *err);

/* ---- space ---------------------------------------------------------------------------------------- */

/** Why an original stays on this device. Numbers do not reach disk. */
enum jx_keep {
	JX_KEEP_NOT = 0,          /**< it may go */
	JX_KEEP_NO_RECEIPT,       /**< of an entry that lists it; or the server keeps that in quarantine */
	JX_KEEP_NO_PHOTO_RECEIPT, /**< of the server's present epoch */
	JX_KEEP_NO_BACKUP, /**< the newest receipts do not say that a verified backup has its entries */
	JX_KEEP_YOUNG,     /**< the last of these signatures is not old enough yet */
	JX_KEEP_GONE       /**< it was let go before */
};
#define JX_KEEP_COUNT 6
/** "may-go", "no-receipt", "no-photo-receipt", "no-backup", "young", "gone": for JSON, never translated. */
const char *jx_keep_name(enum jx_keep why);
struct jx_keep_rules {
	int64_t age_ms;    /**< since the last signature, by the server's clock on both sides */
	bool needs_backup; /**< false only where an administrator said that the server makes none */
};
struct jx_kept_photo {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
	int64_t references; /**< entries that list it, of all identities of this device */
	int64_t signed_utc_ms; /**< server time of the last signature it needs; far in the future if one is missing */
	enum jx_keep why;
};
typedef jx_rc (*jx_kept_photo_fn)(void *user, const struct jx_kept_photo *photo);
/** Every original that entries list, each file once, oldest first. fn may write to the store. */
jx_rc jx_store_each_kept_photo(jx_store *store, const struct jx_keep_rules *rules, jx_kept_photo_fn fn,
			       void *user, struct jx_error *err);
/**
 * Note, durably and in one transaction, that the oldest originals that may go are let go, until they make up bytes_wanted; then hand
 * each to fn, which removes the file, while nothing can be appended. Cut off in between, jx_store_take_leftovers() finds them. An entry
 * saved later that lists the same picture is not covered by the note, its file has to stay: whoever appends asks in
 * jx_append.encode whether the file is there.
 */
jx_rc jx_store_let_go(jx_store *store, const struct jx_keep_rules *rules, int64_t bytes_wanted,
		      jx_kept_photo_fn fn, void *user, struct jx_error *err);
/** Hand over again all that was let go: fn removes files that are still there. */
jx_rc jx_store_take_leftovers(jx_store *store, jx_kept_photo_fn fn, void *user, struct jx_error *err);
/** Was this entry's original let go? Then that its file is not here is as it should be. */
jx_rc jx_store_is_let_go(jx_store *store, const uint8_t entry_id[JX_ID_BYTES],
			 const uint8_t sha256[JX_HASH_BYTES], bool *out, struct jx_error *err);

/* ---- care --------------------------------------------------------------------------------------- */

/** Move the WAL into the database (sync only, under the lock). */
jx_rc jx_store_checkpoint(jx_store *store, struct jx_error *err);
/** The same once the WAL has grown so long that whoever opens next would notice; else nothing. For the end of each sync. */
jx_rc jx_store_tidy(jx_store *store, struct jx_error *err);
/**
 * SQLite's integrity check and the room's own invariants: digests, chains, numbers without gaps, columns and photo rows as the bytes
 * say, rows of receipts as their texts say. Signatures and receipts need keys: jx_view_verify(). @retval JX_ECORRUPT text says what
 */
jx_rc jx_store_check(jx_store *store, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
