/* Schema versions: one numbered SQL file each, applied whole or not at all. */
#include <string.h>

#include "jiexun/control.h"
#include "store_migrations.h"
#include "store_private.h"

#define WHERE "store.migrate"

/* "JXD1", as 0001_init.sql sets it */
#define APPLICATION_ID INT64_C(1247298609)

/* A pragma takes no parameter, and SQL is never built by printf: as many as there will be steps for a long time. */
static const char *const set_version[] = {
	NULL,
	"PRAGMA user_version = 1",
	"PRAGMA user_version = 2",
	"PRAGMA user_version = 3",
	"PRAGMA user_version = 4",
	"PRAGMA user_version = 5",
	"PRAGMA user_version = 6",
	"PRAGMA user_version = 7",
	"PRAGMA user_version = 8",
	"PRAGMA user_version = 9",
};

static void finalize_p(sqlite3_stmt **stmt)
{
	(void)sqlite3_finalize(*stmt);
}

static jx_rc ask_number(jx_store *s, const char *sql, int64_t *out, struct jx_error *err)
{
	JX_CLEANUP(finalize_p) sqlite3_stmt *stmt = NULL;
	int native = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_step(stmt);
	if (native != SQLITE_ROW)
		return jx_store__fail(s, native, WHERE, err);
	*out = sqlite3_column_int64(stmt, 0);
	return JX_OK;
}

int jx_store__newest(const struct jx_migration *table, size_t count)
{
	return count == 0 ? 0 : table[count - 1].version;
}

jx_rc jx_store__too_new(const jx_store *s, int version, struct jx_error *err)
{
	return jx_fail(
		err, JX_EVERSION, version, WHERE,
		"%s was made by a newer program (its version is %d): update this program; nothing was changed",
		s->path, version);
}

jx_rc jx_store__version(jx_store *s, int *version_out, struct jx_error *err)
{
	int64_t application = 0, version = 0, objects = 0;
	jx_rc rc = ask_number(s, "PRAGMA user_version", &version, err);

	if (rc == JX_OK)
		rc = ask_number(s, "PRAGMA application_id", &application, err);
	if (rc == JX_OK)
		rc = ask_number(s, "SELECT count(*) FROM sqlite_schema", &objects, err);
	if (rc != JX_OK)
		return rc;
	if (version < 0 || version > INT32_MAX || (version == 0) != (objects == 0) ||
	    (version > 0 && application != APPLICATION_ID))
		return jx_store__corrupt(s, WHERE, _("it is not a log of this program"), err);
	*version_out = (int)version;
	return JX_OK;
}

static jx_rc apply(jx_store *s, void *arg, struct jx_error *err)
{
	const struct jx_migration *m = arg;
	JX_AUTO_FREE char *loose = jx_control_edit(JX_CONTROL_NO_UNIQUE_ID, m->sql,
						   "UNIQUE CHECK (length(id) = 16)",
						   "       CHECK (length(id) = 16)");
	int native;

	if (m->version < 1 || (size_t)m->version >= sizeof(set_version) / sizeof(set_version[0]))
		return jx_fail(err, JX_EVERSION, m->version, WHERE,
			       "version %d of %s has no number in this program: install a whole release",
			       m->version, s->path);
	native = sqlite3_exec(s->db, loose != NULL ? loose : m->sql, NULL, NULL, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_exec(s->db, set_version[m->version], NULL, NULL, NULL);
	return native == SQLITE_OK ? JX_OK : jx_store__fail(s, native, WHERE, err);
}

/* VACUUM INTO of this SQLite does not promise that what it wrote is on the disk. */
static jx_rc sync_file(const jx_store *s, const char *path, struct jx_error *err)
{
	jx_file *f = NULL;
	jx_rc rc = s->fs->open_write(s->fs->user, path, &f, err);

	if (rc != JX_OK)
		return rc;
	rc = s->fs->sync_data(s->fs->user, f, err);
	s->fs->close(s->fs->user, f);
	return rc;
}

/*
 * The state before an upgrade stays beside the database as jiexun.db.before, one generation. By VACUUM INTO, because a
 * WAL database is more than one file; into a name of its own first, so that a copy cut short is never taken for one.
 */
static jx_rc keep_copy(jx_store *s, struct jx_error *err)
{
	JX_AUTO_FREE char *temp = jx_xasprintf("%s.copy", s->path);
	JX_AUTO_FREE char *kept = jx_xasprintf("%s.before", s->path);
	JX_CLEANUP(finalize_p) sqlite3_stmt *stmt = NULL;
	jx_rc rc = s->fs->remove(s->fs->user, temp, NULL);
	int native;

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return s->fs->remove(s->fs->user, temp, err);
	native = sqlite3_prepare_v2(s->db, "VACUUM INTO :path", -1, &stmt, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_bind_text(stmt, 1, temp, -1, SQLITE_STATIC);
	if (native == SQLITE_OK)
		native = sqlite3_step(stmt);
	if (native != SQLITE_DONE)
		return jx_store__fail(s, native, WHERE, err);
	rc = sync_file(s, temp, err);
	if (rc == JX_OK)
		rc = s->fs->rename(s->fs->user, temp, kept, err);
	return rc == JX_OK ? s->fs->sync_dir(s->fs->user, s->dir, err) : rc;
}

jx_rc jx_store__migrate(jx_store *s, int version, const struct jx_migration *table, size_t count,
			struct jx_error *err)
{
	jx_rc rc = JX_OK;
	size_t i;

	if (version > 0 && version < jx_store__newest(table, count))
		rc = keep_copy(s, err);
	for (i = 0; i < count && rc == JX_OK; i++) {
		struct jx_migration m = table[i];

		if (m.version > version)
			rc = jx_store__locked_transaction(s, apply, &m, NULL, err);
	}
	return rc;
}
