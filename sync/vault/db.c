/* Connections and their prepared statements. */
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

#define WHERE "vault.open"

/* Nobody else writes (vault.lock); readers and the writer do not block each other in WAL. */
#define BUSY_WAIT_MS 5000

/* Outside any transaction: inside one SQLite ignores some of them without a word. */
#define PRAGMAS                                                                                                  \
	"PRAGMA synchronous = FULL;" /* a receipt promises what is on the disk: NORMAL loses the last commits */ \
	"PRAGMA foreign_keys = ON;"                                                                              \
	"PRAGMA temp_store = MEMORY;"                                                                            \
	"PRAGMA mmap_size = 0;"                                                                                  \
	"PRAGMA cache_size = -4000;"
/*
 * Checkpoints happen inside the commit that makes the WAL this many pages long, on the read-write
 * connection: it is the only one that writes, so the WAL-reset bug of SQLite 3.40.1 (two connections that
 * write or checkpoint at the same moment) has no second party. Its close checkpoints for the same reason;
 * the readers' does not.
 */
#define WRITER_PRAGMAS "PRAGMA wal_autocheckpoint = 2000;"

static const char *const statement_text[] = {
#define TEXT(name, text) text,
	JX_VAULT__STATEMENTS(TEXT)
#undef TEXT
};

static int set_flag(sqlite3 *handle, int flag, int value)
{
	return sqlite3_db_config(handle, flag, value, NULL);
}

static jx_rc configure(struct jx_vault__db *db, bool is_writer, struct jx_error *err)
{
	if (sqlite3_busy_timeout(db->handle, BUSY_WAIT_MS) != SQLITE_OK ||
	    set_flag(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_writer ? 0 : 1) != SQLITE_OK ||
	    set_flag(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1) != SQLITE_OK ||
	    set_flag(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0) != SQLITE_OK ||
	    set_flag(db->handle, SQLITE_DBCONFIG_DQS_DML, 0) != SQLITE_OK ||
	    set_flag(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0) != SQLITE_OK)
		return jx_vault__fail(db, sqlite3_extended_errcode(db->handle), WHERE, err);
	return JX_OK;
}

/* SQLite answers with the mode that holds now; a VFS without shared memory just keeps its own. */
static int save_mode(void *arg, int count, char **values, char **names)
{
	bool *is_wal = arg;

	(void)names;
	*is_wal = count == 1 && values[0] != NULL && strcmp(values[0], "wal") == 0;
	return 0;
}

jx_rc jx_vault__db_pragmas(struct jx_vault__db *db, bool is_writer, struct jx_error *err)
{
	bool is_wal = false;
	int native = sqlite3_exec(db->handle, is_writer ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode",
				  save_mode, &is_wal, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_exec(db->handle, PRAGMAS, NULL, NULL, NULL);
	if (native == SQLITE_OK && jx_control_is(JX_CONTROL_WAL_NORMAL))
		native = sqlite3_exec(db->handle, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	if (native == SQLITE_OK && is_writer)
		native = sqlite3_exec(db->handle, WRITER_PRAGMAS, NULL, NULL, NULL);
	if (native != SQLITE_OK)
		return jx_vault__fail(db, native, WHERE, err);
	if (!is_wal)
		return jx_fail(err, JX_EIO, 0, WHERE,
			       "%s cannot be kept in WAL mode here: put the data folder on a local disk",
			       db->path);
	return JX_OK;
}

jx_rc jx_vault__db_open(struct jx_vault__db *db, const char *vfs, enum jx_vault__mode mode,
			struct jx_error *err)
{
	const int flags = mode == JX_VAULT__READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	const int create = mode == JX_VAULT__CREATE ? SQLITE_OPEN_CREATE : 0;
	const int native = sqlite3_open_v2(
		db->path, &db->handle,
		flags | create | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, vfs);

	if (native != SQLITE_OK)
		return jx_vault__fail(db, native, WHERE, err);
	return configure(db, mode != JX_VAULT__READ, err);
}

void jx_vault__db_close(struct jx_vault__db *db)
{
	size_t i;

	for (i = 0; i < JX_VAULT__SQL_COUNT; i++) {
		(void)sqlite3_finalize(db->stmt[i]);
		db->stmt[i] = NULL;
	}
	(void)sqlite3_close_v2(db->handle);
	db->handle = NULL;
}

struct jx_vault__db *jx_vault__hold(struct jx_vault__db *db)
{
	(void)pthread_mutex_lock(&db->mutex);
	return db;
}

void jx_vault__let_go(struct jx_vault__db **db)
{
	if (*db != NULL)
		(void)pthread_mutex_unlock(&(*db)->mutex);
}

struct jx_vault__loan jx_vault__lend(struct jx_vault__db *db, enum jx_vault__sql id)
{
	struct jx_vault__loan loan = {.db = db, .rc = SQLITE_OK};

	if (db->stmt[id] == NULL)
		loan.rc = sqlite3_prepare_v3(db->handle, statement_text[id], -1, SQLITE_PREPARE_PERSISTENT,
					     &db->stmt[id], NULL);
	loan.stmt = db->stmt[id];
	return loan;
}

void jx_vault__give_back(struct jx_vault__loan *loan)
{
	if (loan->stmt != NULL) {
		(void)sqlite3_reset(loan->stmt);
		(void)sqlite3_clear_bindings(loan->stmt);
	}
}
