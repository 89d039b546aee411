/*
 * Inside the vault room: connections, statements, transactions. Lock order: write, point, walk; most
 * operations take one.
 */
#ifndef JX_VAULT_PRIVATE_H
#define JX_VAULT_PRIVATE_H

#include <pthread.h>
#include <sqlite3.h>

#include "jiexun/media.h"
#include "jiexun/vault.h"
#include "statements.h"
#include "vault_migrations.h"

/* One connection and its prepared statements; used by one thread at a time, under its mutex. */
struct jx_vault__db {
	pthread_mutex_t mutex;
	sqlite3 *handle;
	const char *path; /* for messages */
	sqlite3_stmt *stmt[JX_VAULT__SQL_COUNT];
};

struct jx_vault__job;
/* Who waits for the next commit, in order (group.c). */
struct jx_vault__group {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct jx_vault__job *first, **last;
	bool is_led; /* a thread is committing */
};

/* The SQLite implementation of struct jx_vault. */
struct jx_vault__sqlite {
	struct jx_vault base;
	struct jx_vault__db write; /* the only one that writes and checkpoints */
	struct jx_vault__db
		point; /* read-only: one row at a time, so that a sync never waits behind a walk or a commit */
	struct jx_vault__db walk; /* read-only: feed, counts, review, check */
	struct jx_vault__group group;
	/* of meta, once it has been read; under point's mutex. Every receipt names it. */
	bool has_epoch;
	uint8_t epoch[JX_ID_BYTES];
	const struct jx_fs *fs;
	void *lock;
	char *dir;
	char *path;
	char *vfs; /* NULL = default */
	char *photo_dir;
	struct jx_media_config media_config; /* outlives media */
	jx_media *media;
	/* small copies that devices sent, in a folder of their own: the server's take their place */
	char *sent_dir;
	struct jx_media_config sent_config;
	jx_media *sent;
};
static inline struct jx_vault__sqlite *jx_vault__of(jx_vault *v)
{
	return (struct jx_vault__sqlite *)v;
}

extern const struct jx_vault_ops jx_vault__sqlite_ops;

/* ---- connections -------------------------------------------------------------------------------- */

enum jx_vault__mode {
	JX_VAULT__READ,
	JX_VAULT__WRITE,
	JX_VAULT__CREATE
};
/* db->path says which */
jx_rc jx_vault__db_open(struct jx_vault__db *db, const char *vfs, enum jx_vault__mode mode,
			struct jx_error *err);
jx_rc jx_vault__db_pragmas(struct jx_vault__db *db, bool is_writer, struct jx_error *err);
void jx_vault__db_close(struct jx_vault__db *db);
/* Say what SQLite said; maps its code once. */
jx_rc jx_vault__fail(struct jx_vault__db *db, int native, const char *where, struct jx_error *err);
jx_rc jx_vault__damaged(const struct jx_vault__db *db, const char *where, const char *what,
			struct jx_error *err);

/* The tests bring a table of migrations of their own. */
jx_rc jx_vault__open(const struct jx_vault_sqlite_config *config, const struct jx_migration *table,
		     size_t count, jx_vault **vault_out, struct jx_error *err);
/* Schema version of the file; refuses what is newer than the table or no vault. */
jx_rc jx_vault__version(struct jx_vault__sqlite *v, const struct jx_migration *table, size_t count,
			int64_t *version_out, struct jx_error *err);
jx_rc jx_vault__migrate(struct jx_vault__sqlite *v, int64_t version, const struct jx_migration *table,
			size_t count, struct jx_error *err);
/* The one row of meta, unless it is there. */
jx_rc jx_vault__add_meta(struct jx_vault__sqlite *v, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err);
jx_rc jx_vault__meta(struct jx_vault__db *db, uint8_t *epoch_out, int64_t *pos_out, const char *where,
		     struct jx_error *err);

/* Holds a connection until the end of the scope. Declare it before the loans of its statements. */
struct jx_vault__db *jx_vault__hold(struct jx_vault__db *db);
void jx_vault__let_go(struct jx_vault__db **db);
#define JX_VAULT__HOLD(name, db) JX_CLEANUP(jx_vault__let_go) struct jx_vault__db *name = jx_vault__hold(db)

/* ---- statements --------------------------------------------------------------------------------- */

/* A statement lent until the end of the scope. Binding failures stick; jx_vault__step() reports them. */
struct jx_vault__loan {
	struct jx_vault__db *db;
	sqlite3_stmt *stmt;
	int rc;
};
struct jx_vault__loan jx_vault__lend(struct jx_vault__db *db, enum jx_vault__sql id);
void jx_vault__give_back(struct jx_vault__loan *loan);
#define JX_VAULT__LOAN(name, db, id) \
	JX_CLEANUP(jx_vault__give_back) struct jx_vault__loan name = jx_vault__lend((db), JX_VAULT__SQL_##id)

void jx_vault__bind_i64(struct jx_vault__loan *loan, const char *name, int64_t value);
/* Not copied: must live until the loan ends. NULL binds NULL. */
void jx_vault__bind_blob(struct jx_vault__loan *loan, const char *name, const void *data, size_t len);
void jx_vault__bind_text(struct jx_vault__loan *loan, const char *name, const char *text, size_t len);
void jx_vault__bind_str(struct jx_vault__loan *loan, const char *name, const char *text);
/* row_out: is there a row? */
jx_rc jx_vault__step(struct jx_vault__loan *loan, bool *row_out, const char *where, struct jx_error *err);
/* A statement without rows; changed_out (NULL allowed): how many rows it changed. */
jx_rc jx_vault__run(struct jx_vault__loan *loan, int *changed_out, const char *where, struct jx_error *err);

bool jx_vault__is_null(const struct jx_vault__loan *loan, int column);
int64_t jx_vault__i64(const struct jx_vault__loan *loan, int column);
/* Zero where the column is NULL or of another length. */
void jx_vault__copy(const struct jx_vault__loan *loan, int column, void *out, size_t len);
void jx_vault__copy_str(const struct jx_vault__loan *loan, int column, char *out, size_t cap);
/* NULL where the column is NULL; lives until the next step. */
const uint8_t *jx_vault__blob(const struct jx_vault__loan *loan, int column);
const char *jx_vault__str(const struct jx_vault__loan *loan, int column);
struct jx_bytes jx_vault__bytes(const struct jx_vault__loan *loan, int column);

/* ---- transactions ------------------------------------------------------------------------------- */

/* A write transaction; the scope's end rolls back what was not committed. */
struct jx_vault__txn {
	struct jx_vault__db *db;
	bool is_open;
	int64_t pos; /* last feed position given out */
	int64_t pos_begun;
};
#define JX_VAULT__TXN(name) JX_CLEANUP(jx_vault__txn_end) struct jx_vault__txn name = {.db = NULL}
jx_rc jx_vault__txn_begin(struct jx_vault__sqlite *v, struct jx_vault__txn *txn, const char *where,
			  struct jx_error *err);
/*
 * After a failure it is not known whether the commit is on the disk. Whoever sent the batch sends it again
 * and finds it taken, or not.
 */
jx_rc jx_vault__txn_commit(struct jx_vault__txn *txn, const char *where, struct jx_error *err);
void jx_vault__txn_end(struct jx_vault__txn *txn);
/* Only in the build with controls: a transaction stays open; the next one commits it, or the next request, or nobody. */
jx_rc jx_vault__control_leave_open(struct jx_vault__txn *txn, struct jx_error *err);
void jx_vault__control_commit(struct jx_vault__db *db);
void jx_vault__control_commit_late(struct jx_vault__sqlite *v);
/* On a reader: all statements until the end see one moment. */
jx_rc jx_vault__snapshot_begin(struct jx_vault__db *db, const char *where, struct jx_error *err);
void jx_vault__snapshot_end(struct jx_vault__db *db);
/*
 * A part of a transaction that can be taken back alone: mark, then keep or undo. False: there is nothing left to go on with, the
 * whole transaction is gone.
 */
jx_rc jx_vault__txn_mark(struct jx_vault__txn *txn, const char *where, struct jx_error *err);
jx_rc jx_vault__txn_keep(struct jx_vault__txn *txn, const char *where, struct jx_error *err);
bool jx_vault__txn_undo(struct jx_vault__txn *txn);
/* A schema step: the same, before there is a table of positions. */
jx_rc jx_vault__txn_schema(struct jx_vault__sqlite *v, const struct jx_migration *step,
			   const char *set_version, struct jx_error *err);

/* ---- group commit (group.c) ---------------------------------------------------------------------- */

/* Work for a write transaction that it may share with others. Runs in any thread, once or, after a failure, again. */
typedef jx_rc (*jx_vault__job_fn)(struct jx_vault__txn *txn, const void *arg, struct jx_error *err);
struct jx_vault__job {
	jx_vault__job_fn fn;
	const void *arg;
	const char *where;
	bool may_stay_open; /* receipts of entries: what a control leaves uncommitted */
	/* group.c's own */
	jx_rc rc;
	struct jx_error err;
	bool is_done;
	struct jx_vault__job *next;
};
void jx_vault__group_init(struct jx_vault__group *g);
void jx_vault__group_done(struct jx_vault__group *g);
/* Durable when it returns JX_OK; together with whoever else is here at this moment. */
jx_rc jx_vault__run_grouped(struct jx_vault__sqlite *v, struct jx_vault__job *job, struct jx_error *err);

/* ---- shared by the operations ------------------------------------------------------------------- */

/* Row number of a writer. JX_ENOTFOUND */
jx_rc jx_vault__writer_no(struct jx_vault__db *db, const uint8_t id[JX_ID_BYTES], int64_t *no_out,
			  const char *where, struct jx_error *err);
/* Reads the writer that the id names, inside a transaction or out of it. */
jx_rc jx_vault__read_writer(struct jx_vault__db *db, const uint8_t id[JX_ID_BYTES], struct jx_writer *out,
			    int64_t *no_out, struct jx_error *err);
jx_rc jx_vault__walk_writers(struct jx_vault__db *db, jx_vault_writer_fn fn, void *user,
			     struct jx_error *err);
/* JX_EEXISTS */
jx_rc jx_vault__insert_writer(struct jx_vault__txn *txn, const struct jx_writer *w, struct jx_error *err);
/* Store a batch of the log inside a transaction. */
jx_rc jx_vault__add_batch(struct jx_vault__txn *txn, const struct jx_vault_batch *b, struct jx_error *err);
/* Copy a signed text out of columns text, sig. */
void jx_vault__copy_signed(const struct jx_vault__loan *loan, int text_column, int sig_column,
			   struct jx_signed *out);

/* The operations, one file for each group. */
jx_rc jx_vault__epoch(jx_vault *base, uint8_t epoch_out[JX_ID_BYTES], struct jx_error *err);
jx_rc jx_vault__new_epoch(jx_vault *base, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err);
jx_rc jx_vault__writer(jx_vault *base, const uint8_t id[JX_ID_BYTES], struct jx_writer *out,
		       struct jx_error *err);
jx_rc jx_vault__writer_by_short(jx_vault *base, const char *short_code, struct jx_writer *out,
				struct jx_error *err);
jx_rc jx_vault__each_writer(jx_vault *base, jx_vault_writer_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__each_writer_of_short(jx_vault *base, const char *short_code, jx_vault_writer_fn fn,
				     void *user, struct jx_error *err);
jx_rc jx_vault__add_server_writer(jx_vault *base, const struct jx_writer *w, struct jx_error *err);
jx_rc jx_vault__set_state(jx_vault *base, const uint8_t id[JX_ID_BYTES], enum jx_writer_state state,
			  const struct jx_vault_batch *server_entry, struct jx_error *err);
jx_rc jx_vault__mark_writer(jx_vault *base, const uint8_t writer[JX_ID_BYTES], const char *mark,
			    bool must_enrol, int64_t utc_ms, struct jx_error *err);
jx_rc jx_vault__add_code(jx_vault *base, const struct jx_vault_code *c, struct jx_error *err);
jx_rc jx_vault__code(jx_vault *base, const char *id, struct jx_vault_code *out, struct jx_error *err);
jx_rc jx_vault__code_failed(jx_vault *base, const char *id, struct jx_error *err);
jx_rc jx_vault__enrol(jx_vault *base, const char *code_id, const struct jx_writer *w,
		      const struct jx_vault_batch *server_entry, struct jx_error *err);
jx_rc jx_vault__set_area(jx_vault *base, const uint8_t id[JX_ID_BYTES], const char *area,
			 const struct jx_vault_batch *server_entry, struct jx_error *err);
jx_rc jx_vault__rotate(jx_vault *base, const struct jx_vault_rotation *r, struct jx_error *err);
jx_rc jx_vault__take(jx_vault *base, const struct jx_vault_batch *b, struct jx_error *err);
jx_rc jx_vault__digests(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t from_n, int64_t to_n,
			jx_vault_digest_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__fork_heads(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t n,
			   jx_vault_digest_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES], struct jx_signed *out,
			struct jx_error *err);
jx_rc jx_vault__fork_receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t n,
			     const uint8_t head[JX_HASH_BYTES], struct jx_signed *out, struct jx_error *err);
jx_rc jx_vault__receipt_known(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t hash[JX_HASH_BYTES], bool *known_out, struct jx_error *err);
jx_rc jx_vault__photo_listed(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			     struct jx_error *err);
jx_rc jx_vault__photo_stored(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t sha256[JX_HASH_BYTES], const struct jx_signed *receipt,
			     int64_t utc_ms, struct jx_error *err);
jx_rc jx_vault__photo_receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], struct jx_signed *out,
			      struct jx_error *err);
jx_rc jx_vault__photo_known(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);
jx_rc jx_vault__part_offset(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			    const uint8_t sha256[JX_HASH_BYTES], int64_t *offset_bytes_out,
			    struct jx_error *err);
jx_rc jx_vault__part_open(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			  const uint8_t sha256[JX_HASH_BYTES], int64_t size_bytes, jx_vault_part **part_out,
			  struct jx_error *err);
int64_t jx_vault__part_at(const jx_vault_part *part);
jx_rc jx_vault__part_write(jx_vault_part *part, const void *data, size_t len, struct jx_error *err);
jx_rc jx_vault__part_publish(jx_vault_part *part, struct jx_error *err);
jx_rc jx_vault__part_drop(jx_vault_part *part, struct jx_error *err);
void jx_vault__part_close(jx_vault_part *part);
void jx_vault__photo_path(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap);
jx_rc jx_vault__photo_bytes(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t *bytes_out,
			    struct jx_error *err);
jx_rc jx_vault__free_bytes(jx_vault *base, int64_t *bytes_out, struct jx_error *err);
jx_rc jx_vault__each_photo(jx_vault *base, int64_t after_pos, int64_t limit, jx_vault_stored_fn fn,
			   void *user, struct jx_error *err);
jx_rc jx_vault__copy_of(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out,
			struct jx_error *err);
bool jx_vault__has_own_copy(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES]);
jx_rc jx_vault__keep_copy(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], bool is_own, const void *data,
			  size_t len, struct jx_error *err);
jx_rc jx_vault__note_small(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			   const struct jx_vault_photo *copies, size_t count, struct jx_error *err);
jx_rc jx_vault__each_stray(jx_vault *base, jx_vault_stray_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__drop_strays(jx_vault *base, const struct jx_vault_drop *how, jx_vault_stray_fn fn, void *user,
			    struct jx_error *err);
jx_rc jx_vault__sweep(jx_vault *base, int64_t now_utc_ms, int64_t keep_ms, int64_t *removed_out,
		      struct jx_error *err);
jx_rc jx_vault__feed(jx_vault *base, const struct jx_vault_scope *scope, int64_t after_pos, int64_t limit,
		     jx_vault_item_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__insert_keys(struct jx_vault__txn *txn, const struct jx_signed *keys, int64_t utc_ms,
			    struct jx_error *err);
jx_rc jx_vault__add_keys(jx_vault *base, const struct jx_signed *keys, int64_t utc_ms, struct jx_error *err);
jx_rc jx_vault__keys(jx_vault *base, struct jx_signed *out, struct jx_error *err);
jx_rc jx_vault__add_pack(jx_vault *base, const struct jx_vault_pack *p, struct jx_error *err);
jx_rc jx_vault__each_pack(jx_vault *base, jx_vault_pack_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__pack_size(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			  struct jx_error *err);
jx_rc jx_vault__pack_read(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes,
			  void *data, size_t len, size_t *got_out, struct jx_error *err);
jx_rc jx_vault__counts(jx_vault *base, struct jx_vault_counts *out, struct jx_error *err);
jx_rc jx_vault__each_review(jx_vault *base, jx_vault_review_fn fn, void *user, struct jx_error *err);
jx_rc jx_vault__check(jx_vault *base, struct jx_error *err);
jx_rc jx_vault__checkpoint(jx_vault *base, struct jx_error *err);

#endif
