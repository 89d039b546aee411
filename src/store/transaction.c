/*
 * The one helper that begins and ends transactions.
 *
 * SQLite 3.7.0 to 3.51.2, so Debian 12's 3.40.1 too, can corrupt a WAL database when two connections write or
 * checkpoint at the same moment (the WAL-reset bug). The app, jx and sync are processes of their own, so each
 * write, each checkpoint, and the opening and closing of each writing connection is under one advisory file lock
 * beside the database. Whoever removes the lock must first require a mended SQLite.
 */
#include "store_private.h"

#define WHERE "store.transaction"

jx_rc jx_store__lock(const jx_store *s, struct jx_store__lock *lock, struct jx_error *err)
{
	const jx_rc rc = s->fs->lock(s->fs->user, s->lock_path, s->lock_wait_ms, &lock->held, err);

	if (rc == JX_OK)
		lock->store = s;
	return rc;
}

void jx_store__unlock(struct jx_store__lock *lock)
{
	if (lock->held != NULL)
		lock->store->fs->unlock(lock->store->fs->user, lock->held);
	lock->held = NULL;
}

static int run(jx_store *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}

/* After many failures SQLite has rolled back by itself. */
static void roll_back(jx_store *s)
{
	if (sqlite3_get_autocommit(s->db) == 0)
		(void)run(s, "ROLLBACK");
}

/*
 * COMMIT failed: its frames may stand whole in the WAL file but not be known to be on the disk (a failed sync is told
 * once, and the kernel may mark the pages clean). This connection does not see them, but one that opens after a crash
 * would, and would call the entry saved. So the place is written over, while the lock is held, by a transaction that
 * only counts: it goes where the frames went, and their checksums do not fit any more. Where even that fails, this
 * connection writes no more.
 */
static void write_over_doubt(jx_store *s, int native)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_DOUBT_COUNT);

	/* On a full disk the last frame was not written, so nothing is in doubt; room may be made and saving go on. */
	s->is_failing = (native & 0xff) != SQLITE_FULL;
	if (run(s, "BEGIN IMMEDIATE") != SQLITE_OK)
		return;
	if (jx_store__run_one(&q, NULL) == JX_OK && run(s, "COMMIT") == SQLITE_OK)
		s->is_failing = false;
	else
		roll_back(s);
}

jx_rc jx_store__locked_transaction(jx_store *s, jx_store__work_fn work, void *arg, bool *was_in_doubt_out,
				   struct jx_error *err)
{
	jx_rc rc;
	int native;

	if (s->is_failing)
		return jx_fail(err, JX_EIO, 0, WHERE,
			       "the disk of %s failed while saving: start again, and check the disk",
			       s->path);
	native = run(s, "BEGIN IMMEDIATE");
	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	rc = work(s, arg, err);
	if (rc != JX_OK) {
		roll_back(s);
		return rc;
	}
	native = run(s, "COMMIT");
	if (native == SQLITE_OK) {
		jx_store__extend_wal(s);
		return JX_OK;
	}
	rc = jx_store__fail(s, native, WHERE, err);
	roll_back(s);
	write_over_doubt(s, native);
	if (was_in_doubt_out != NULL)
		*was_in_doubt_out = true;
	return rc;
}

jx_rc jx_store__attempt(jx_store *s, jx_store__work_fn work, void *arg, bool *is_lost_out,
			struct jx_error *err)
{
	jx_rc rc;

	if (run(s, "SAVEPOINT attempt") != SQLITE_OK)
		return JX_OK;
	rc = work(s, arg, err);
	if (rc == JX_OK && run(s, "RELEASE attempt") == SQLITE_OK)
		return JX_OK;
	if (sqlite3_get_autocommit(s->db) == 0 && run(s, "ROLLBACK TO attempt; RELEASE attempt") == SQLITE_OK)
		return JX_OK;
	*is_lost_out = true;
	return jx_store__fail(s, sqlite3_extended_errcode(s->db), WHERE, err);
}

jx_rc jx_store__transaction(jx_store *s, jx_store__work_fn work, void *arg, bool *was_in_doubt_out,
			    struct jx_error *err)
{
	JX_CLEANUP(jx_store__unlock) struct jx_store__lock lock = {0};
	jx_rc rc;

	if (s->is_read_only)
		return jx_fail(err, JX_EROFS, 0, WHERE, "%s was opened for reading only: open it for writing",
			       s->path);
	rc = jx_store__lock(s, &lock, err);
	if (rc != JX_OK)
		return rc;
	return jx_store__locked_transaction(s, work, arg, was_in_doubt_out, err);
}
