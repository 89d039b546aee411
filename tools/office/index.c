/*
 * The index's file. WAL with synchronous=NORMAL: no sync at a commit, and after a power cut the file is whole but may lack
 * the newest commits, which are then read from the journal again. Exactly one connection, under pull.lock: Debian 12's
 * SQLite 3.40.1 has the WAL-reset bug, which needs two.
 */
#include <stdlib.h>
#include <string.h>

#include "index_private.h"
#include "office_migrations.h"

#define WHERE "office.index"

#define PRAGMAS                                                                                          \
	"PRAGMA locking_mode = EXCLUSIVE;"                                                               \
	"PRAGMA journal_mode = WAL;"                                                                     \
	"PRAGMA synchronous = NORMAL;"                                                                   \
	"PRAGMA wal_autocheckpoint = 16384;" /* pages, 64 MB: an evening's pull ends before the first */ \
	"PRAGMA temp_store = MEMORY;"                                                                    \
	"PRAGMA cache_size = -12288;" /* 12 MB whatever the number of entries */

/* ---- transactions --------------------------------------------------------------------------------- */

jx_rc jx_office__index_begin(jx_office__index *x, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, BEGIN);
	const jx_rc rc = jx_office__run(&u, err);

	x->is_begun = rc == JX_OK;
	jx_office__extents_forget(x);
	x->last_changed[0] = '\0';
	x->last_writer_no = 0;
	return rc;
}

jx_rc jx_office__index_commit(jx_office__index *x, int64_t life, int64_t bytes, struct jx_error *err)
{
	JX_OFFICE__USE(cover, x, COVER);
	JX_OFFICE__USE(commit, x, COMMIT);
	jx_rc rc;

	jx_office__bind_i64(&cover, 1, life);
	jx_office__bind_i64(&cover, 2, bytes);
	rc = jx_office__run(&cover, err);
	if (rc == JX_OK)
		rc = jx_office__run(&commit, err);
	if (rc == JX_OK)
		x->is_begun = false;
	else
		jx_office__index_drop(x);
	return rc;
}

void jx_office__index_drop(jx_office__index *x)
{
	if (x->is_begun) {
		JX_OFFICE__USE(u, x, ROLLBACK);

		(void)jx_office__run(&u, NULL); /* SQLite has rolled back by itself where this fails */
	}
	x->is_begun = false;
	x->last_writer_no = 0;
	jx_office__extents_forget(x);
}

/* ---- opening -------------------------------------------------------------------------------------- */

static int read_version(void *arg, int count, char **values, char **names)
{
	int64_t version = -1;

	(void)names;
	if (count == 1 && values[0] != NULL && jx_parse_i64(values[0], 0, INT32_MAX, &version))
		*(int64_t *)arg = version;
	return 0;
}

/* A pragma takes no parameter, and SQL is never built by printf. */
static const char *const set_version[] = {NULL, "PRAGMA user_version = 1", "PRAGMA user_version = 2",
					  "PRAGMA user_version = 3"};

static jx_rc make_tables(jx_office__index *x, struct jx_error *err)
{
	jx_rc rc = jx_office__index_begin(x, err);
	int native = SQLITE_OK;

	if (rc != JX_OK)
		return rc;
	for (size_t i = 0; i < office_migrations_count && native == SQLITE_OK; i++)
		native = sqlite3_exec(x->db, office_migrations[i].sql, NULL, NULL, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_exec(x->db, set_version[office_migrations_count], NULL, NULL, NULL);
	if (native != SQLITE_OK) {
		rc = jx_office__index_fail(x, native, err);
		jx_office__index_drop(x);
		return rc;
	}
	return jx_office__index_commit(x, 0, 0, err);
}

static void disconnect(jx_office__index *x)
{
	jx_office__index_drop(x);
	for (size_t i = 0; i < JX_OFFICE__SQL_COUNT; i++) {
		(void)sqlite3_finalize(x->statements[i]);
		x->statements[i] = NULL;
	}
	(void)sqlite3_close_v2(x->db);
	x->db = NULL;
	jx_office__extents_forget(x);
}

/* JX_ECORRUPT also for a file of another version: it is derived, there is nothing to migrate. */
static jx_rc connect(jx_office__index *x, struct jx_error *err)
{
	int64_t version = -1;
	int native = sqlite3_open_v2(x->path, &x->db,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
					     SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE,
				     NULL);

	if (native == SQLITE_OK)
		native = sqlite3_exec(x->db, PRAGMAS, NULL, NULL, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_exec(x->db, "PRAGMA user_version", read_version, &version, NULL);
	if (native != SQLITE_OK)
		return jx_office__index_fail(x, native, err);
	if (version == 0)
		return make_tables(x, err);
	if (version != (int64_t)office_migrations_count)
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "%s is of another version: remove it, it is made again from the journal",
			       x->path);
	return JX_OK;
}

static void remove_files(const jx_office__index *x)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		JX_AUTO_FREE char *path = jx_xasprintf("%s%s", x->path, suffixes[i]);

		(void)x->fs->remove(x->fs->user, path, NULL);
	}
}

jx_rc jx_office__index_open(const struct jx_fs *fs, const char *dir, jx_office__index **out,
			    struct jx_error *err)
{
	JX_AUTO(jx_office__index) x = jx_xcalloc(1, sizeof(*x));
	jx_rc rc;

	x->fs = fs;
	x->path = jx_xasprintf("%s/%s", dir, JX_OFFICE__INDEX);
	rc = connect(x, err);
	if (rc == JX_ECORRUPT) {
		disconnect(x);
		remove_files(x);
		rc = connect(x, err);
	}
	if (rc == JX_OK)
		*out = JX_STEAL(x);
	return rc;
}

void jx_office__index_close(jx_office__index *x)
{
	if (x == NULL)
		return;
	disconnect(x);
	free(x->path);
	free(x);
}

/* ---- covering ------------------------------------------------------------------------------------- */

jx_rc jx_office__index_clear(jx_office__index *x, struct jx_error *err)
{
	static const enum jx_office__sql steps[] = {
		JX_OFFICE__SQL_CLEAR_DAYS,    JX_OFFICE__SQL_CLEAR_WRITER,
		JX_OFFICE__SQL_CLEAR_ENTRY,   JX_OFFICE__SQL_CLEAR_REVISION,
		JX_OFFICE__SQL_CLEAR_PHOTO,   JX_OFFICE__SQL_CLEAR_PHOTO_RECEIPT,
		JX_OFFICE__SQL_CLEAR_RECEIPT, JX_OFFICE__SQL_CLEAR_OTHER,
		JX_OFFICE__SQL_CLEAR_WANTED,
	};
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && rc == JX_OK; i++) {
		JX_CLEANUP(jx_office__use_end) struct jx_office__use u = jx_office__sql(x, steps[i]);

		rc = jx_office__run(&u, err);
	}
	x->last_writer_no = 0;
	x->last_changed[0] = '\0';
	return rc;
}

jx_rc jx_office__index_covered(jx_office__index *x, int64_t life, int64_t *bytes_out, struct jx_error *err)
{
	int64_t own_life = 0, bytes = 0;
	bool has_row = false;
	jx_rc rc;

	{
		JX_OFFICE__USE(u, x, COVERED);

		rc = jx_office__step(&u, &has_row, err);
		if (rc == JX_OK && has_row) {
			own_life = jx_office__i64(&u, 0);
			bytes = jx_office__i64(&u, 1);
		}
	}
	if (rc == JX_OK && own_life != life) {
		bytes = 0;
		rc = jx_office__index_begin(x, err);
		if (rc == JX_OK)
			rc = jx_office__index_clear(x, err);
		if (rc == JX_OK)
			rc = jx_office__index_commit(x, life, 0, err);
		else
			jx_office__index_drop(x);
	}
	if (rc == JX_OK)
		*bytes_out = bytes;
	return rc;
}

/* One commit for so many bytes of the journal: memory of a transaction stays small, a stop loses little. */
#define CATCH_UP_BYTES ((int64_t)32 << 20)

struct catch_up {
	jx_office__index *x;
	const struct jx_office__trust *trust;
	int64_t life, committed;
	struct jx_item item;
	jx_json doc;
};

static jx_rc take_line(void *user, int64_t pos, int64_t number, const char *line, size_t len,
		       struct jx_error *err)
{
	struct catch_up *c = user;
	const struct jx_bytes bytes = {line, len};
	jx_rc rc = JX_OK;

	(void)number;
	if (pos - c->committed > CATCH_UP_BYTES) {
		rc = jx_office__index_commit(c->x, c->life, pos, err);
		if (rc == JX_OK)
			rc = jx_office__index_begin(c->x, err);
		c->committed = pos;
	}
	/* a damaged line is verify's to report; files are made from what can be read */
	if (rc == JX_OK && jx_item_read_in(bytes, &c->doc, &c->item, NULL) == JX_OK)
		rc = jx_office__index_add(c->x, &c->item, &c->doc, pos, len, c->trust, err);
	return rc;
}

jx_rc jx_office__index_catch_up(jx_office__index *x, const struct jx_office__journal *j,
				const struct jx_office__trust *trust, struct jx_error *err)
{
	struct catch_up *c;
	int64_t from = 0;
	jx_rc rc = jx_office__index_covered(x, j->state.life, &from, err);

	if (rc != JX_OK || from == j->state.journal_bytes)
		return rc;
	/* It covers more than there is: of another journal with the same number. */
	if (from > j->state.journal_bytes)
		return jx_fail(err, JX_ECORRUPT, 0, WHERE,
			       "%s does not belong to this journal: remove it, it is made again", x->path);
	c = jx_xcalloc(1, sizeof(*c));
	c->x = x;
	c->trust = trust;
	c->life = j->state.life;
	c->committed = from;
	rc = jx_office__index_begin(x, err);
	if (rc == JX_OK)
		rc = jx_office__each_line(j->fs, j->file, j->path, from, j->state.journal_bytes, take_line, c,
					  err);
	if (rc == JX_OK)
		rc = jx_office__index_commit(x, j->state.life, j->state.journal_bytes, err);
	else
		jx_office__index_drop(x);
	jx_json_done(&c->doc);
	free(c);
	return rc;
}
