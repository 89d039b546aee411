/* Opening and closing the connection. The reason for the lock around both stands in transaction.c. */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "store_migrations.h"
#include "store_private.h"

#define WHERE "store.open"

/* Outside any transaction: inside one SQLite ignores some of them without a word. */
#define PRAGMAS                                                                                                         \
	"PRAGMA synchronous = FULL;" /* durable at COMMIT; NORMAL in WAL loses the last saves with the power */         \
	"PRAGMA foreign_keys = ON;"                                                                                     \
	"PRAGMA wal_autocheckpoint = 0;" /* never inside a save: see jx_store_close, and sync */                        \
	"PRAGMA journal_size_limit = 4194304;" /* a WAL grown large by days without sync shrinks when it begins anew */ \
	"PRAGMA temp_store = MEMORY;"                                                                                   \
	"PRAGMA mmap_size = 0;"

/*
 * Whoever opens alone reads the whole WAL again, 3 us a frame: days without a sync would make each start slower. So whoever closes a
 * WAL of about 250 saves empties it, when what was saved has been shown.
 */
#define CLOSE_FRAMES 1000

static int set_flag(sqlite3 *db, int flag, int value)
{
	return sqlite3_db_config(db, flag, value, NULL);
}

static jx_rc configure(jx_store *s, struct jx_error *err)
{
	/*
	 * NO_CKPT_ON_CLOSE: the last connection to close would checkpoint, so each `jx log` would pay for it, and a reader's
	 * close might do it without the lock.
	 */
	if (sqlite3_busy_timeout(s->db, JX_STORE_BUSY_WAIT_MS) != SQLITE_OK ||
	    set_flag(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1) != SQLITE_OK ||
	    set_flag(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1) != SQLITE_OK ||
	    set_flag(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0) != SQLITE_OK ||
	    set_flag(s->db, SQLITE_DBCONFIG_DQS_DML, 0) != SQLITE_OK ||
	    set_flag(s->db, SQLITE_DBCONFIG_DQS_DDL, 0) != SQLITE_OK)
		return jx_store__fail(s, sqlite3_extended_errcode(s->db), WHERE, err);
	return JX_OK;
}

/* SQLite answers with the mode that holds now; one that cannot do WAL (a VFS without shared memory) just keeps its own. */
static int save_mode(void *arg, int count, char **values, char **names)
{
	bool *is_wal = arg;

	(void)names;
	*is_wal = count == 1 && values[0] != NULL && strcmp(values[0], "wal") == 0;
	return 0;
}

static int save_page_size(void *arg, int count, char **values, char **names)
{
	int64_t bytes = 0;

	(void)names;
	if (count == 1 && values[0] != NULL && jx_parse_i64(values[0], 512, 65536, &bytes))
		*(int *)arg = (int)bytes;
	return 0;
}

static jx_rc set_pragmas(jx_store *s, struct jx_error *err)
{
	bool is_wal = false;
	int native = SQLITE_OK;

	native = sqlite3_exec(s->db, s->is_read_only ? "PRAGMA journal_mode" : "PRAGMA journal_mode = WAL",
			      save_mode, &is_wal, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_exec(s->db, PRAGMAS, NULL, NULL, NULL);
	if (native == SQLITE_OK && jx_control_is(JX_CONTROL_WAL_NORMAL))
		native = sqlite3_exec(s->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	jx_store__watch_wal(s);
	native = sqlite3_exec(s->db, "PRAGMA page_size", save_page_size, &s->page_bytes, NULL);
	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	if (!is_wal)
		return jx_fail(err, JX_EIO, 0, WHERE,
			       "%s cannot be kept in WAL mode here: put the data folder on a local disk",
			       s->path);
	return JX_OK;
}

static jx_rc connect(jx_store *s, const char *vfs, struct jx_error *err)
{
	const int mode = s->is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	const int native = sqlite3_open_v2(
		s->path, &s->db,
		mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, vfs);

	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	return configure(s, err);
}

static jx_rc open_for_reading(jx_store *s, const char *vfs, int *version_out, struct jx_error *err)
{
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc;

	if (s->fs->stat(s->fs->user, s->path, &size_bytes, &modified_utc_ms, NULL) == JX_ENOTFOUND)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "there is no log yet in %s: enrol this device with jx enrol", s->dir);
	rc = connect(s, vfs, err);
	if (rc == JX_OK)
		rc = jx_store__version(s, version_out, err);
	if (rc == JX_OK && *version_out > 0)
		rc = set_pragmas(s, err);
	return rc;
}

static jx_rc open_for_writing(jx_store *s, const char *vfs, const struct jx_migration *table, size_t count,
			      struct jx_error *err)
{
	JX_CLEANUP(jx_store__unlock) struct jx_store__lock lock = {0};
	int64_t size_bytes = 0, modified_utc_ms = 0;
	int version = 0;
	jx_rc rc = JX_OK;

	if (s->fs->stat(s->fs->user, s->path, &size_bytes, &modified_utc_ms, NULL) != JX_OK)
		rc = s->fs->make_dir(s->fs->user, s->dir, err);
	if (rc == JX_OK)
		rc = jx_store__lock(s, &lock, err);
	if (rc == JX_OK)
		rc = connect(s, vfs, err);
	/* Looked at before anything is set: a newer program's file is left as it is. */
	if (rc == JX_OK)
		rc = jx_store__version(s, &version, err);
	if (rc == JX_OK && version > jx_store__newest(table, count))
		return jx_store__too_new(s, version, err);
	if (rc == JX_OK)
		rc = set_pragmas(s, err);
	if (rc == JX_OK)
		rc = jx_store__migrate(s, version, table, count, err);
	return rc;
}

static jx_store *new_store(const struct jx_store_config *config)
{
	jx_store *s = jx_xcalloc(1, sizeof(*s));

	s->fs = config->fs;
	s->clock = config->clock;
	s->dir = jx_xstrdup(config->dir);
	s->path = jx_xasprintf("%s/jiexun.db", config->dir);
	s->lock_path = jx_xasprintf("%s/jiexun.lock", config->dir);
	s->lock_wait_ms = config->lock_wait_ms > 0 ? config->lock_wait_ms : JX_STORE_LOCK_WAIT_MS;
	s->is_read_only = config->read_only;
	return s;
}

/* A reader that comes first after an upgrade of the program, or after a power cut: open for writing once, which migrates. */
static jx_rc upgrade(const struct jx_store_config *config, const struct jx_migration *table, size_t count,
		     struct jx_error *err)
{
	struct jx_store_config writing = *config;
	JX_AUTO(jx_store) s = NULL;

	writing.read_only = false;
	return jx_store__open(&writing, table, count, &s, err);
}

/*
 * The power went while the database was made, before it was in WAL mode: a rollback journal lies beside it, and a reader
 * may not play it back.
 */
static bool is_journal_left(const struct jx_error *err)
{
	return err->native == SQLITE_READONLY_ROLLBACK || err->native == SQLITE_READONLY_RECOVERY;
}

static jx_rc open_reader(const struct jx_store_config *config, const struct jx_migration *table, size_t count,
			 jx_store **store_out, struct jx_error *err)
{
	JX_AUTO(jx_store) s = new_store(config);
	struct jx_error first = {0};
	int version = 0;
	jx_rc rc = open_for_reading(s, config->vfs, &version, &first);

	if (rc != JX_OK && err != NULL)
		*err = first;
	if (rc == JX_OK && version > jx_store__newest(table, count))
		return jx_store__too_new(s, version, err);
	/* Made by a process that ended before its first commit: as good as none. */
	if (rc == JX_OK && version == 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "there is no log yet in %s: enrol this device with jx enrol", s->dir);
	if (is_journal_left(&first) || (rc == JX_OK && version < jx_store__newest(table, count))) {
		jx_store_close(JX_STEAL(s));
		s = new_store(config);
		rc = upgrade(config, table, count, err);
		if (rc == JX_OK)
			rc = open_for_reading(s, config->vfs, &version, err);
	}
	if (rc == JX_OK)
		*store_out = JX_STEAL(s);
	return rc;
}

jx_rc jx_store__open(const struct jx_store_config *config, const struct jx_migration *table, size_t count,
		     jx_store **store_out, struct jx_error *err)
{
	JX_AUTO(jx_store) s = NULL;
	jx_rc rc;

	if (config->read_only)
		return open_reader(config, table, count, store_out, err);
	s = new_store(config);
	rc = open_for_writing(s, config->vfs, table, count, err);
	if (rc == JX_OK)
		*store_out = JX_STEAL(s);
	return rc;
}

jx_rc jx_store_open(const struct jx_store_config *config, jx_store **store_out, struct jx_error *err)
{
	return jx_store__open(config, store_migrations, store_migrations_count, store_out, err);
}

void jx_store_close(jx_store *store)
{
	JX_CLEANUP(jx_store__unlock) struct jx_store__lock lock = {0};
	size_t i;

	if (store == NULL)
		return;
	/* SQLite's closing checkpoints nothing, so one that cannot have the lock in time still closes rather than leak. */
	if (store->db != NULL && !store->is_read_only)
		(void)jx_store__lock(store, &lock, NULL);
	if (lock.held != NULL && store->wal_frames >= CLOSE_FRAMES && !store->is_failing)
		(void)jx_store__locked_checkpoint(store, NULL);
	for (i = 0; i < JX_SQL_COUNT; i++)
		(void)sqlite3_finalize(store->statements[i].stmt);
	(void)sqlite3_close_v2(store->db);
	jx_store__unlock(&lock); /* before the paths go */
	free(store->dir);
	free(store->path);
	free(store->lock_path);
	free(store);
}
