/* What the files of the room share: the connection, lent statements, the transaction helper. */
#ifndef JX_STORE_PRIVATE_H
#define JX_STORE_PRIVATE_H

#include <sqlite3.h>

#include "jiexun/store.h"
#include "sql.h"

struct jx_migration;

#define JX_STORE_LOCK_WAIT_MS 10000
/*
 * For the short moments in which SQLite's own locks meet: a reader while another connection recovers the WAL. Writers
 * never wait here, they wait for the advisory lock.
 */
#define JX_STORE_BUSY_WAIT_MS 2000

/* pos = writer_no * 2^40 + n, see 0001_init.sql */
#define JX_STORE_POS_SHIFT 40
#define JX_STORE_N_MAX     ((INT64_C(1) << JX_STORE_POS_SHIFT) - 1)

struct jx_store {
	sqlite3 *db;
	const struct jx_fs *fs;
	const struct jx_clock *clock;
	char *dir;
	char *path;
	char *lock_path;
	int64_t lock_wait_ms;
	int wal_frames; /* in the WAL after this connection's last commit */
	int page_bytes;
	bool is_read_only;
	bool is_failing; /* a commit could not be made certain: nothing more is written through this connection */
	struct {
		sqlite3_stmt *stmt;
		bool is_lent;
	} statements[JX_SQL_COUNT];
};

/* ---- errors (fail.c) */

/* Map the connection's last failure once, with the file's name and the cure. */
jx_rc jx_store__fail(const jx_store *s, int native, const char *where, struct jx_error *err);
/* The search index is not what it should be; it can be made again. */
jx_rc jx_store__search_damaged(const jx_store *s, const char *where, struct jx_error *err);
/* What is stored cannot be: text names it, the cure is added. */
jx_rc jx_store__corrupt(const jx_store *s, const char *where, const char *what, struct jx_error *err);

/* ---- lent statements (loan.c) */

/* One use of a statement; reset and unbound at the end of its scope. The first failure sticks and step reports it. */
typedef struct jx_store__loan {
	jx_store *store;
	sqlite3_stmt *stmt;
	enum jx_store__sql id;
	bool is_own; /* the cached one was in use further up: this one is finalised */
	int native;
} jx_store__loan;

jx_store__loan jx_store__lend(jx_store *s, enum jx_store__sql id);
void jx_store__return(jx_store__loan *q);
#define JX_LOAN JX_CLEANUP(jx_store__return) jx_store__loan

void jx_store__bind_i64(jx_store__loan *q, const char *name, int64_t value);
void jx_store__bind_text(jx_store__loan *q, const char *name, const char *text); /* NULL binds NULL */
void jx_store__bind_blob(jx_store__loan *q, const char *name, const void *data, size_t len);
/* Bound data must live until the loan ends. */
jx_rc jx_store__step(jx_store__loan *q, bool *has_row_out, struct jx_error *err);
/* For statements without rows. */
jx_rc jx_store__run(jx_store__loan *q, struct jx_error *err);
/* ... that must change exactly one row: a statement that did nothing is a failure, never a silent success. */
jx_rc jx_store__run_one(jx_store__loan *q, struct jx_error *err);
int64_t jx_store__col_i64(const jx_store__loan *q, int col);
/* False: NULL, another length, or another type than the schema says: a damaged file. */
bool jx_store__col_blob(const jx_store__loan *q, int col, void *out, size_t len);
bool jx_store__col_text(const jx_store__loan *q, int col, char *out, size_t cap);

/* ---- lock and transaction (transaction.c) */

struct jx_store__lock {
	const jx_store *store;
	void *held;
};
jx_rc jx_store__lock(const jx_store *s, struct jx_store__lock *lock, struct jx_error *err);
void jx_store__unlock(struct jx_store__lock *lock);

typedef jx_rc (*jx_store__work_fn)(jx_store *s, void *arg, struct jx_error *err);
/*
 * The only place that begins and ends transactions: file lock, BEGIN IMMEDIATE, work, COMMIT or ROLLBACK, unlock.
 * was_in_doubt_out (may be NULL) is set when COMMIT itself failed: what was done may be visible all the same.
 */
jx_rc jx_store__transaction(jx_store *s, jx_store__work_fn work, void *arg, bool *was_in_doubt_out,
			    struct jx_error *err);
/*
 * Inside a transaction: work that may fail without failing what is around it, whose changes are then taken back. Fails itself only when
 * SQLite ended the whole transaction with it: *is_lost_out.
 */
jx_rc jx_store__attempt(jx_store *s, jx_store__work_fn work, void *arg, bool *is_lost_out,
			struct jx_error *err);
/* Same without taking the lock: the caller holds it (migrating, checkpoint). */
jx_rc jx_store__locked_transaction(jx_store *s, jx_store__work_fn work, void *arg, bool *was_in_doubt_out,
				   struct jx_error *err);

/* A checkpoint; the caller holds the lock (care.c). */
jx_rc jx_store__locked_checkpoint(jx_store *s, struct jx_error *err);

/* ---- the WAL file (wal.c) */

void jx_store__watch_wal(jx_store *s);
/* Under the lock, after a commit. */
void jx_store__extend_wal(jx_store *s);
/* Put on the disk what any process wrote. Result of SQLite. */
int jx_store__sync_wal(jx_store *s);

/* ---- opening (open.c, migrate.c) */

/* Version of the newest migration of a table. */
int jx_store__newest(const struct jx_migration *table, size_t count);
/* The database's version; 0 = new. JX_ECORRUPT if it is another program's file. */
jx_rc jx_store__version(jx_store *s, int *version_out, struct jx_error *err);
/* JX_EVERSION with the cure. */
jx_rc jx_store__too_new(const jx_store *s, int version, struct jx_error *err);
/* Bring it from version to the table's newest. The caller holds the lock. */
jx_rc jx_store__migrate(jx_store *s, int version, const struct jx_migration *table, size_t count,
			struct jx_error *err);
/* jx_store_open() with another table of migrations (tests of upgrades). */
jx_rc jx_store__open(const struct jx_store_config *config, const struct jx_migration *table, size_t count,
		     jx_store **store_out, struct jx_error *err);

/* ---- search index (search.c) */

/* Of a lent SEARCH_POS: entries up to this position are in the index. */
jx_rc jx_store__search_pos(jx_store__loan *q, int64_t *pos_out, struct jx_error *err);
/*
 * Inside the transaction that saves entry n: every so many entries put the newest into the index. A save does not fail because of
 * the index. *is_lost_out: SQLite has rolled the whole transaction back.
 */
jx_rc jx_store__search_follow(jx_store *s, int64_t n, bool *is_lost_out, struct jx_error *err);
/* The index has the tokens of the entries up to its position, and no others. */
jx_rc jx_store__check_search(jx_store *s, struct jx_error *err);

/* ---- shared reads */

/* Row of the current identity: its number and public key. JX_ENOTFOUND if not enrolled. */
jx_rc jx_store__current(jx_store *s, int64_t *no_out, struct jx_identity *out, struct jx_error *err);
/* A writer of this log, by its row's number: one that is not there means a damaged file. */
jx_rc jx_store__identity_of(jx_store *s, int64_t no, struct jx_identity *out, struct jx_error *err);
/* Number of a writer's row. JX_ENOTFOUND if this device never was that writer. */
jx_rc jx_store__writer_no(jx_store *s, const uint8_t writer[JX_ID_BYTES], int64_t *no_out,
			  struct jx_error *err);
/* Of the current writer. */
jx_rc jx_store__put_sending(jx_store *s, const struct jx_photo_sending *list, size_t count,
			    struct jx_error *err);
jx_rc jx_store__put_setting(jx_store *s, const char *name, const char *value, struct jx_error *err);
jx_rc jx_store__check_setting(const char *name, struct jx_error *err);
/* Inside a transaction; one that is not there is fine. */
jx_rc jx_store__drop_draft(jx_store *s, const uint8_t id[JX_ID_BYTES], struct jx_error *err);
/* Last n and head of a writer's log; 0 and the root head when it is empty. */
jx_rc jx_store__last(jx_store *s, int64_t writer_no, const struct jx_identity *id, int64_t *n_out,
		     uint8_t head_out[JX_HASH_BYTES], struct jx_error *err);

static inline int64_t jx_store__pos(int64_t writer_no, int64_t n)
{
	return (writer_no << JX_STORE_POS_SHIFT) | n;
}

/* What the server's word amounts to for one writer, from its receipts (receipt.c). */
struct jx_store__coverage {
	int64_t writer_no;
	uint8_t epoch[JX_ID_BYTES]; /* of the newest receipt: others do not count; zero if there is none */
	int64_t sent_n;             /* a good receipt covers entries up to here */
	int64_t fork_n;             /* a receipt of a fork covers entries up to here */
	int64_t safe_until_n;
	int64_t server_utc_ms;
};
/* Rows taken from receipts and photo-receipts must say what these say: "sent", "complete" and pruning follow from them. */
jx_rc jx_store__check_receipts(jx_store *s, struct jx_error *err);
jx_rc jx_store__coverage(jx_store *s, int64_t writer_no, struct jx_store__coverage *out,
			 struct jx_error *err);

#endif
