/*
 * office_private.h - the office's rooms inside: account and key, the journal (the truth), its index (rebuildable), the
 * files made from them, and the check that needs neither server nor secret.
 *
 * What lies in the home folder:
 *   office.key       own Ed25519 seed, mode 0600
 *   identity.json    who we are, the server's identity keys (newest first) and TLS pins
 *   journal.ndjson   every feed item that came, its line verbatim, in order: the truth
 *   state.json       feed cursor and how many bytes of the journal belong to it
 *   index.db         derived from the journal: where entries stand, what replaces what, which days changed
 *   days/YYYY-MM-DD  files for people, derived from the journal; photos by hash
 *   pull.lock        held while the journal or the index is written
 *
 * Threads:   one.
 * Ownership: objects borrow fs, clock and account; they must outlive them.
 * Errors:    jx_rc with text; what is derived never stops what is true from being kept.
 * Units:     see names; `pos` is a byte of the journal.
 */
#ifndef JX_OFFICE_PRIVATE_H
#define JX_OFFICE_PRIVATE_H

#include "jiexun/base.h"
#include "jiexun/client.h"
#include "jiexun/form.h"
#include "jiexun/media.h"
#include "jiexun/model.h"
#include "jiexun/shelf.h"
#include "jiexun/wire.h"

#define JX_OFFICE__KEY      "office.key"
#define JX_OFFICE__IDENTITY "identity.json"
#define JX_OFFICE__JOURNAL  "journal.ndjson"
#define JX_OFFICE__NEXT     "journal.ndjson.new" /* a snapshot, until the old journal is set aside */
#define JX_OFFICE__STATE    "state.json"
#define JX_OFFICE__INDEX    "index.db"
#define JX_OFFICE__LOCK     "pull.lock"
#define JX_OFFICE__DAYS     "days"

/* An item's line has at most 128 KiB (sync/PROTOCOL.md, section 8). */
#define JX_OFFICE__LINE_MAX   ((size_t)131072)
#define JX_OFFICE__NUMBER_MAX 48
#define JX_OFFICE__TRUST_MAX  JX_IDENTITIES_MAX

/* ---- JSON we write -------------------------------------------------------------------------------- */

struct jx_office__json {
	jx_buf b;
	bool has_member;
};
void jx_office__json_begin(struct jx_office__json *j);
void jx_office__json_str(struct jx_office__json *j, const char *name,
			 const char *value); /* "" and NULL: left out */
void jx_office__json_int(struct jx_office__json *j, const char *name, int64_t value);
void jx_office__json_bool(struct jx_office__json *j, const char *name, bool value);
void jx_office__json_hex(struct jx_office__json *j, const char *name, const void *bytes, size_t len);
void jx_office__json_uuid(struct jx_office__json *j, const char *name, const uint8_t id[JX_ID_BYTES]);
/* JSON made elsewhere. */
void jx_office__json_buf(struct jx_office__json *j, const char *name, const jx_buf *json);
/* Close the object; j->b holds it. */
void jx_office__json_end(struct jx_office__json *j);

/* ---- account -------------------------------------------------------------------------------------- */

struct jx_office__account {
	uint8_t writer[JX_ID_BYTES];
	uint8_t public_key[JX_PUB_BYTES];
	char short_code[16], role[16], area[24];
	char url[256];
	uint8_t identities[JX_OFFICE__TRUST_MAX][JX_PUB_BYTES]; /* [0] in force, then earlier ones */
	size_t identity_count;
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	uint8_t epoch[JX_ID_BYTES];
	int64_t enrolled_utc_ms;
};
/* JX_ENOTFOUND: no account here yet. */
jx_rc jx_office__account_load(const struct jx_fs *fs, const char *dir, struct jx_office__account *out,
			      struct jx_error *err);
jx_rc jx_office__account_save(const struct jx_fs *fs, const char *dir, const struct jx_office__account *a,
			      struct jx_error *err);
void jx_office__account_from(const struct jx_enrol_answer *an, const uint8_t pub[JX_PUB_BYTES],
			     const char *url, struct jx_office__account *out);
/* A verified `keys` item: its identity and pins hold from now on, the earlier identity stays for old receipts. */
void jx_office__account_rotate(struct jx_office__account *a, const struct jx_keys *keys);

/* JX_ENOTFOUND none; JX_EAUTH others may read it (with the cure). */
jx_rc jx_office__key_load(const struct jx_fs *fs, const char *dir, uint8_t pub_out[JX_PUB_BYTES],
			  uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err);
/* The key of an earlier try is used again: the server gives the same answer to the same key. */
jx_rc jx_office__key_make(const struct jx_fs *fs, const struct jx_rand *rand, const char *dir,
			  uint8_t pub_out[JX_PUB_BYTES], uint8_t sec_out[JX_SEC_BYTES], struct jx_error *err);

/* ---- state and journal ------------------------------------------------------------------------------ */

#define JX_OFFICE__VALUES_MAX 8
struct jx_office__state {
	char cursor[192];
	int64_t journal_bytes;  /* of the journal belong to the cursor */
	int64_t items, entries; /* in it */
	int64_t life;           /* number of this journal: a snapshot begins the next */
	int64_t last_pull_utc_ms;
	char aside[96]; /* a snapshot is being put in place; the old journal gets this name. "" none */
	struct {
		char name[24];
		char value[JX_CLIENT_VALUE_MAX];
	} values[JX_OFFICE__VALUES_MAX];
	size_t value_count;
};
/* No file is a state of nothing. */
jx_rc jx_office__state_load(const struct jx_fs *fs, const char *dir, struct jx_office__state *out,
			    struct jx_error *err);
jx_rc jx_office__state_save(const struct jx_fs *fs, const char *dir, const struct jx_office__state *s,
			    struct jx_error *err);
const char *jx_office__state_get(const struct jx_office__state *s, const char *name); /* NULL unset */
bool jx_office__state_set(struct jx_office__state *s, const char *name, const char *value);

struct jx_office__journal {
	const struct jx_fs *fs;
	char *dir, *path;
	jx_file *file; /* NULL while there is none */
	struct jx_office__state state;
};
/*
 * Open and mend: what an interrupted pull wrote past its state is cut off (those items come again), a snapshot half put in
 * place is finished. JX_ECORRUPT: the journal is shorter than its state says.
 */
jx_rc jx_office__journal_open(const struct jx_fs *fs, const char *dir, struct jx_office__journal *out,
			      struct jx_error *err);
/* As it is, for those that only read; size_bytes_out: of the file, whatever the state says. */
jx_rc jx_office__journal_peek(const struct jx_fs *fs, const char *dir, struct jx_office__journal *out,
			      int64_t *size_bytes_out, struct jx_error *err);
/* JX_ECORRUPT: a file of so many bytes is shorter than the state says. */
jx_rc jx_office__journal_check_length(const struct jx_office__journal *j, int64_t size_bytes,
				      struct jx_error *err);
void jx_office__journal_close(struct jx_office__journal *j);
/* Append whole lines, then the state with new cursor and length: durable in this order. */
jx_rc jx_office__journal_append(struct jx_office__journal *j, const jx_buf *lines, int64_t items,
				int64_t entries, const char *cursor, struct jx_error *err);
/* The lines begin a new journal; the old one is kept as journal-DAY-EPOCH.ndjson. */
jx_rc jx_office__journal_replace(struct jx_office__journal *j, const jx_buf *lines, int64_t items,
				 int64_t entries, const char *cursor, const char *aside,
				 struct jx_error *err);
/* Exactly len bytes at pos; b is reset first. */
jx_rc jx_office__journal_read(const struct jx_office__journal *j, int64_t pos, size_t len, jx_buf *b,
			      struct jx_error *err);

/* One line without its line feed. Other than JX_OK ends the walk. */
typedef jx_rc (*jx_office__line_fn)(void *user, int64_t pos, int64_t number, const char *line, size_t len,
				    struct jx_error *err);
/*
 * Lines from byte `from` to byte `until` of an open file; number counts from 1 at `from`.
 * JX_ECORRUPT: a line is too long, or the last one does not end.
 */
jx_rc jx_office__each_line(const struct jx_fs *fs, jx_file *file, const char *path, int64_t from,
			   int64_t until, jx_office__line_fn fn, void *user, struct jx_error *err);

/* ---- keys -------------------------------------------------------------------------------------------- */

/* The newest holder of trust is [0]. */
struct jx_office__trust {
	uint8_t keys[JX_OFFICE__TRUST_MAX][JX_PUB_BYTES];
	size_t count;
};
jx_rc jx_office__open_receipt(const struct jx_office__trust *t, const struct jx_signed *s,
			      struct jx_receipt *out, struct jx_error *err);
jx_rc jx_office__open_photo_receipt(const struct jx_office__trust *t, const struct jx_signed *s,
				    struct jx_photo_receipt *out, struct jx_error *err);
void jx_office__trust_of(const struct jx_office__account *a, struct jx_office__trust *out);
/* New holder of trust; the others stay for what they signed. False: too many. */
bool jx_office__trust_add(struct jx_office__trust *t, const uint8_t key[JX_PUB_BYTES]);
/* A key that the one in force names as one before it: good for what it signed, and introduces nobody. */
void jx_office__trust_add_earlier(struct jx_office__trust *t, const uint8_t key[JX_PUB_BYTES]);

/* "<uuid>/<n>" or "<uuid>/<n>/<branch>". */
bool jx_office__entry_key(const char *key, uint8_t writer_out[JX_ID_BYTES], int64_t *n_out);

/* "H07-123", or the last group of the writer's id where nobody introduced it. */
void jx_office__number(const uint8_t writer[JX_ID_BYTES], const char *short_code, int64_t n,
		       char out[JX_OFFICE__NUMBER_MAX]);

/* ---- index ------------------------------------------------------------------------------------------- */

typedef struct jx_office__index jx_office__index;
/* Open, make or, where it is damaged or of another program's making, make anew (empty: catch up). */
jx_rc jx_office__index_open(const struct jx_fs *fs, const char *dir, jx_office__index **out,
			    struct jx_error *err);
void jx_office__index_close(jx_office__index *x);
JX_DEFINE_AUTO(jx_office__index, jx_office__index_close);
/* How far it covers the journal of that life. Another life: it is emptied, all its days count as changed. */
jx_rc jx_office__index_covered(jx_office__index *x, int64_t life, int64_t *bytes_out, struct jx_error *err);
/* Read what it does not cover yet from the journal. */
jx_rc jx_office__index_catch_up(jx_office__index *x, const struct jx_office__journal *j,
				const struct jx_office__trust *trust, struct jx_error *err);

jx_rc jx_office__index_begin(jx_office__index *x, struct jx_error *err);
jx_rc jx_office__index_commit(jx_office__index *x, int64_t life, int64_t bytes, struct jx_error *err);
void jx_office__index_drop(jx_office__index *x); /* roll back what was begun; nothing begun: nothing */
/* Inside begin and commit: forget all but the days. */
jx_rc jx_office__index_clear(jx_office__index *x, struct jx_error *err);
/* Where the newest item with this kind and key stands. JX_ENOTFOUND none. */
jx_rc jx_office__index_find(jx_office__index *x, const struct jx_item *item, int64_t *pos_out,
			    size_t *len_out, struct jx_error *err);
/* The item of this kind (no entries) whose key comes after this one; key "": the first. JX_ENOTFOUND no more. */
jx_rc jx_office__index_next_other(jx_office__index *x, const char *kind, char *key, size_t cap,
				  int64_t *pos_out, size_t *len_out, struct jx_error *err);
/* doc: what the item was read from. */
jx_rc jx_office__index_add(jx_office__index *x, const struct jx_item *item, const jx_json *doc, int64_t pos,
			   size_t len, const struct jx_office__trust *trust, struct jx_error *err);
/* The item's entry, read in the document that the item was read from: as far as it can be read. JX_ENOMEM is no damage. */
jx_rc jx_office__read_entry(const struct jx_item *item, const jx_json *doc, struct jx_entry *out,
			    struct jx_error *err);

/* An entry of a day: observation, correction or withdrawal. */
struct jx_office__place {
	uint8_t writer[JX_ID_BYTES];
	char short_code[16];
	int64_t n;
	enum jx_kind kind;
	int64_t taken_utc_ms;
	int64_t pos;
	size_t len;
	bool is_fork;
};
typedef jx_rc (*jx_office__place_fn)(void *user, const struct jx_office__place *p, struct jx_error *err);
/* By time taken. */
jx_rc jx_office__index_each_of_day(jx_office__index *x, const char *day, jx_office__place_fn fn, void *user,
				   struct jx_error *err);
/* Observations of a writer's own chain, first to last day, and corrections of any day, by their own day and time taken. */
jx_rc jx_office__index_each_of_period(jx_office__index *x, const char *since, const char *until,
				      jx_office__place_fn fn, void *user, struct jx_error *err);
/* JX_ENOTFOUND: no entry with this id is here. */
jx_rc jx_office__index_place_of(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				struct jx_office__place *out, struct jx_error *err);
/* Observations, corrections and withdrawals of this number: of several writers where one short code was given out again. */
jx_rc jx_office__index_each_of_number(jx_office__index *x, const char *short_code, int64_t n,
				      jx_office__place_fn fn, void *user, struct jx_error *err);
/* The newest entry that corrects or withdraws this id. JX_ENOTFOUND: none does. */
jx_rc jx_office__index_revised_by(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				  uint8_t writer_out[JX_ID_BYTES], int64_t *n_out, struct jx_error *err);
/* Number of the entry with this id; "" if it is not here. */
jx_rc jx_office__index_number_of(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				 char out[JX_OFFICE__NUMBER_MAX], struct jx_error *err);
/* Number of the newest entry that corrects or withdraws this id; "" none. */
jx_rc jx_office__index_replaced_by(jx_office__index *x, const uint8_t id[JX_ID_BYTES],
				   char out[JX_OFFICE__NUMBER_MAX], struct jx_error *err);
/* Days whose files are to be made again, oldest first; cleared one by one. */
typedef jx_rc (*jx_office__day_fn)(void *user, const char *day, struct jx_error *err);
jx_rc jx_office__index_each_changed_day(jx_office__index *x, jx_office__day_fn fn, void *user,
					struct jx_error *err);
jx_rc jx_office__index_day_done(jx_office__index *x, const char *day, struct jx_error *err);
/* Photos that a receipt says are stored and that were not fetched yet. */
struct jx_office__wanted {
	char day[11];
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
};
/* Next after *w in the order of day and hash (zero *w: the first). JX_ENOTFOUND no more. */
jx_rc jx_office__index_next_wanted(jx_office__index *x, struct jx_office__wanted *w, struct jx_error *err);
/* Initialises out: struct jx_office__wanted of each photo that an entry lists and no receipt covers, newest day first. */
jx_rc jx_office__index_missing(jx_office__index *x, jx_buf *out, struct jx_error *err);
jx_rc jx_office__index_fetched(jx_office__index *x, const struct jx_office__wanted *w, struct jx_error *err);
jx_rc jx_office__index_counts(jx_office__index *x, int64_t *observations_out, int64_t *wanted_out,
			      struct jx_error *err);
/* Rows of a statement: of field writers and leaders, and of whoever nobody introduced. */
struct jx_office__rows {
	struct jx_day_row *row;
	size_t count, cap;
};
/* Sorted as jx_statement_rows does; day NULL: all. jx_office__rows_done() frees them. */
jx_rc jx_office__index_rows(jx_office__index *x, const char *day, struct jx_office__rows *out,
			    struct jx_error *err);
void jx_office__rows_done(struct jx_office__rows *rows);

/* ---- an open office ---------------------------------------------------------------------------------- */

struct jx_office__desk {
	const struct jx_fs *fs;
	const struct jx_clock *clock;
	char *dir;
	void *lock;
	struct jx_office__account account;
	struct jx_office__trust trust;
	struct jx_office__journal journal;
	jx_office__index *index;
	jx_shelf *shelf;
	const jx_packs *packs; /* the shelf's */
	/* an answer that is being kept */
	jx_buf lines;
	int64_t lines_items, lines_entries;
	bool is_replacing;
	bool index_failed; /* in this answer: it is made anew before it is used */
	char epoch[37];    /* of the server, when the desk was opened; "" unknown */
	/* what this run brought */
	int64_t new_items, new_entries, repeats;
};
/*
 * Lock, mend, bring the index up to date. Binding points into *desk: it must not be moved.
 * JX_EBUSY: a pull was under way for all of wait_ms.
 */
jx_rc jx_office__desk_open(const struct jx_fs *fs, const struct jx_clock *clock, const char *dir,
			   int64_t wait_ms, struct jx_office__desk *desk, struct jx_error *err);
void jx_office__desk_close(struct jx_office__desk *desk);
/* Make sure that the index can be used: after a failure it is made anew from the journal. */
jx_rc jx_office__desk_index(struct jx_office__desk *desk, struct jx_error *err);

/* ---- form packs that came down ------------------------------------------------------------------------ */

/*
 * Fetch, check and keep those that the journal names and this office lacks; what is refused stands in the shelf. The index has to be
 * up to date. fetch: as in struct jx_shelf_offer.
 */
jx_rc jx_office__take_packs(struct jx_office__desk *desk,
			    jx_rc (*fetch)(void *user, const struct jx_pack_seal *seal, jx_buf *out,
					   struct jx_error *err),
			    void *user, int64_t *taken_out, struct jx_error *err);

/* ---- feed: keeping an answer --------------------------------------------------------------------------- */

/* begin, add each item, end; or drop. Until end returns JX_OK nothing of it is there. */
void jx_office__feed_begin(struct jx_office__desk *desk, bool is_snapshot);
jx_rc jx_office__feed_add(struct jx_office__desk *desk, const struct jx_item *item, const jx_json *doc,
			  struct jx_error *err);
jx_rc jx_office__feed_end(struct jx_office__desk *desk, const char *cursor, struct jx_error *err);
void jx_office__feed_drop(struct jx_office__desk *desk);
/* The same as outbox and sink of a sync; they point at desk. */
void jx_office__bind(struct jx_office__desk *desk, struct jx_outbox *outbox, struct jx_sink *sink);

/* ---- files for people ------------------------------------------------------------------------------------ */

/* A file being made beside its place: ".NAME.tmp", synced and renamed at the end. */
struct jx_office__out {
	const struct jx_fs *fs;
	char *path, *temp;
	jx_file *file;
	int64_t at;
	jx_buf b;
};
jx_rc jx_office__out_open(const struct jx_fs *fs, const char *dir, const char *name,
			  struct jx_office__out *out, struct jx_error *err);
jx_rc jx_office__out_flush(struct jx_office__out *out, bool all, struct jx_error *err);
jx_rc jx_office__out_publish(struct jx_office__out *out, struct jx_error *err);
void jx_office__out_close(struct jx_office__out *out); /* not published: nothing is left */

/* One CSV cell of text: quoted where RFC 4180 asks for it; what a spreadsheet would take for a formula gets a ' before it. */
void jx_office__csv_text(jx_buf *b, const char *text);
/* The same, always with a ' before it: text that a spreadsheet would make a number or a date of. */
void jx_office__csv_kept(jx_buf *b, const char *text);
/* What was meant by a cell: without the ' that one of these two put before it, or a person did. */
const char *jx_office__csv_unguarded(const char *cell);

/* All that the files say of one entry. */
struct jx_office__row {
	char number[JX_OFFICE__NUMBER_MAX];
	const char *marks;
	int64_t received_utc_ms;
	struct jx_entry e;          /* decoded as far as it could be */
	const jx_pack *pack;        /* that its answers are read by; NULL: not known here */
	struct jx_answers_brief a;  /* all empty if it has no answers */
	const struct jx_unit *unit; /* NULL unknown */
	bool is_at_once;            /* its form says that it cannot wait */
	char of_number[JX_OFFICE__NUMBER_MAX], replaced_by[JX_OFFICE__NUMBER_MAX];
	bool has_id;
	uint8_t digest[JX_HASH_BYTES];
};
/* The version of a pack that an entry names, or the next newer one; NULL: neither is known here. */
const jx_pack *jx_office__pack_of(const struct jx_office__desk *desk, const struct jx_entry *e);
/* The plain text of a row's cells, made once for all files. */
#define JX_OFFICE__CELLS_MAX 64
struct jx_office__cells {
	jx_buf text; /* one after the other, each with its NUL */
	size_t start[JX_OFFICE__CELLS_MAX], len[JX_OFFICE__CELLS_MAX];
};
void jx_office__cells_init(struct jx_office__cells *c);
void jx_office__cells_done(struct jx_office__cells *c);
/* As machines read them. */
void jx_office__cells_fill(struct jx_office__cells *c, const struct jx_office__row *row);
/* From these to those that Chinese readers get: only words of ours differ. */
void jx_office__cells_translate(struct jx_office__cells *c, const struct jx_office__row *row);
/* Headings and values for machines, or for Chinese readers. Rows end with CR LF. */
void jx_office__csv_heading(jx_buf *b, bool chinese);
void jx_office__csv_row(jx_buf *b, const struct jx_office__cells *cells, bool chinese);
/* A GeoJSON feature without line feed, of cells for machines; WGS-84, which is what RFC 7946 takes for granted. */
void jx_office__geojson_feature(jx_buf *b, const struct jx_entry *e, const struct jx_office__cells *cells);
/* A whole number of such parts of one as there are decimals, exactly. */
void jx_office__add_decimal(jx_buf *b, int64_t value, int decimals);
/* Degrees with seven digits. */
void jx_office__add_e7(jx_buf *b, int32_t value_e7);

/* Make a day's files anew. *rows_out: observations in them. */
jx_rc jx_office__export_day(struct jx_office__desk *desk, const char *day, int64_t *rows_out,
			    struct jx_error *err);
char *jx_office__day_dir(const char *dir, const char *day);

/* ---- checks that count ------------------------------------------------------------------------------------- */

/* Which checks; "" any. */
struct jx_office__filter {
	char since[11], until[11]; /* business days of first versions, both included */
	char area[24];             /* a code or the beginning of one */
	char grid[32];
	char unit_class[32]; /* as its list has it */
	char form[48];
};
/* A check as it stands: after corrections, and not withdrawn. */
struct jx_office__counted {
	const struct jx_office__place *place;
	const struct jx_entry *e;
	const char *day;            /* its business day: that of its first version */
	const jx_pack *pack;        /* NULL: not known here */
	const struct jx_form *form; /* NULL: not known here */
	const char *marks;
};
typedef jx_rc (*jx_office__counted_fn)(void *user, const struct jx_office__counted *c, struct jx_error *err);
/*
 * Entries of forms that are filled in as sheets, and of forms that nobody here knows; by day and time taken. Of versions of one
 * check only that which holds: nothing corrected, withdrawn, erased or quarantined.
 */
jx_rc jx_office__each_check(struct jx_office__desk *desk, const struct jx_office__filter *filter,
			    jx_office__counted_fn fn, void *user, struct jx_error *err);

/* ---- photos ------------------------------------------------------------------------------------------------ */

/*
 * Fetch one photo into its day: through HASH.part, which a broken download leaves for the next, synced, renamed.
 * There already: JX_OK at once.
 */
jx_rc jx_office__photo_fetch(struct jx_office__desk *desk, const struct jx_client_blob_config *blob,
			     const struct jx_office__wanted *w, struct jx_error *err);

/*
 * While its original is not there: the small copy, for looking at, as days/DAY/small/HASH.jpg. It goes when the original comes. Its bytes
 * are a stranger's: decoded by jx-picture only. There already: JX_OK at once.
 */
#define JX_OFFICE__SMALL_MAX ((size_t)1 << 20)
jx_rc jx_office__small_fetch(struct jx_office__desk *desk, const struct jx_client_blob_config *blob,
			     const struct jx_office__wanted *w, bool *is_new_out, struct jx_error *err);
/* In new memory, whether or not it is there. */
char *jx_office__small_path(const struct jx_office__desk *desk, const char *day,
			    const uint8_t sha256[JX_HASH_BYTES]);
bool jx_office__has_small(const struct jx_office__desk *desk, const char *path);

/* An entry with its photos, as the pull brought it. */
struct jx_office__photo_entry {
	struct jx_entry e;
	char number[JX_OFFICE__NUMBER_MAX], replaced_by[JX_OFFICE__NUMBER_MAX];
	uint8_t digest[JX_HASH_BYTES];
};
/*
 * By number ("H07-123", any case) or id. JX_ENOTFOUND: none of that name was pulled, or it was erased by law. JX_EINVAL: no name, or
 * several writers had that number.
 */
jx_rc jx_office__photo_entry(struct jx_office__desk *desk, const char *name,
			     struct jx_office__photo_entry *out, struct jx_error *err);
/* days/DAY/photos/HASH.jpg, or .ogg of a sound note, in new memory; JX_OK only if its bytes have that hash. JX_ENOTFOUND: not fetched. */
jx_rc jx_office__photo_path(struct jx_office__desk *desk, const char *day,
			    const uint8_t sha256[JX_HASH_BYTES], char **path_out, struct jx_error *err);
/* SHA-256 of a file. */
jx_rc jx_office__hash_file(const struct jx_fs *fs, const char *path, uint8_t out[JX_HASH_BYTES],
			   struct jx_error *err);

/* ---- verify -------------------------------------------------------------------------------------------------- */

struct jx_office__verdict {
	int64_t lines, entries, erased, writers, receipts, photo_receipts, keys, others;
	int64_t quarantined, quarantined_unproven;
	int64_t photos_good, photos_bad, photos_absent;
	int64_t tail_bytes;       /* of an interrupted pull, behind the journal's end */
	int64_t unsigned_entries; /* at the ends of chains, not yet covered by signature or receipt */
	int64_t damage;
	/* an entry with the stamp's id was seen */
	bool has_stamped;
	struct jx_error stamp_error; /* and is not what the stamp says; JX_OK: it is */
	char stamp_role[12];
	/* the first damage */
	char first_writer[37];
	int64_t first_n, first_line;
	char first_text[352];
};
/*
 * Check a pulled folder by public keys alone. JX_OK: it could be read; damage is counted in *out.
 * @param trust  NULL: the keys pinned in identity.json
 */
jx_rc jx_office__verify(const struct jx_fs *fs, const char *dir, const struct jx_office__trust *trust,
			struct jx_office__verdict *out, struct jx_error *err);
/* The same, looking out for the entry that a stamped copy speaks of. */
jx_rc jx_office__verify_stamp(const struct jx_fs *fs, const char *dir, const struct jx_office__trust *trust,
			      const struct jx_stamp_code *stamp, struct jx_office__verdict *out,
			      struct jx_error *err);

#endif
