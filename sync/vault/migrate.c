/* Schema versions: one numbered SQL file each, applied whole or not at all. */
#include "vault_private.h"

#define WHERE "vault.migrate"

/* "JXVT", as 0001_init.sql sets it */
#define APPLICATION_ID INT64_C(0x4a585654)

/*
 * A pragma takes no parameter, and SQL is never built by printf: as many as there will be steps for a long
 * time.
 */
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

/* These run before there is a schema, so they are not among the kept statements. */
static jx_rc ask_number(struct jx_vault__db *db, const char *sql, int64_t *out, struct jx_error *err)
{
	JX_CLEANUP(finalize_p) sqlite3_stmt *stmt = NULL;
	int native = sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_step(stmt);
	if (native != SQLITE_ROW)
		return jx_vault__fail(db, native, WHERE, err);
	*out = sqlite3_column_int64(stmt, 0);
	return JX_OK;
}

static jx_rc version_of(struct jx_vault__db *db, int64_t newest, int64_t *version_out, struct jx_error *err)
{
	int64_t application = 0, version = 0, objects = 0;
	jx_rc rc = ask_number(db, "PRAGMA user_version", &version, err);

	if (rc == JX_OK)
		rc = ask_number(db, "PRAGMA application_id", &application, err);
	if (rc == JX_OK)
		rc = ask_number(db, "SELECT count(*) FROM sqlite_schema", &objects, err);
	if (rc != JX_OK)
		return rc;
	if (version < 0 || (version == 0) != (objects == 0) || (version > 0 && application != APPLICATION_ID))
		return jx_vault__damaged(db, WHERE, _("it is not a server database of this program"), err);
	if (version > newest)
		return jx_fail(
			err, JX_EVERSION, (int)version, WHERE,
			"%s was made by a newer program (its version is %lld): update this program; nothing was changed",
			db->path, (long long)version);
	*version_out = version;
	return JX_OK;
}

/* VACUUM INTO of this SQLite does not promise that what it wrote is on the disk. */
static jx_rc sync_file(const struct jx_vault__sqlite *v, const char *path, struct jx_error *err)
{
	jx_file *f = NULL;
	jx_rc rc = v->fs->open_write(v->fs->user, path, &f, err);

	if (rc != JX_OK)
		return rc;
	rc = v->fs->sync_data(v->fs->user, f, err);
	v->fs->close(v->fs->user, f);
	return rc;
}

/*
 * The state before an upgrade stays beside the database as vault.db.before, one generation. By VACUUM INTO,
 * because a WAL database is more than one file; into a name of its own first, so that a copy cut short is
 * never taken for one.
 */
static jx_rc keep_copy(struct jx_vault__sqlite *v, struct jx_error *err)
{
	JX_AUTO_FREE char *temp = jx_xasprintf("%s.copy", v->path);
	JX_AUTO_FREE char *kept = jx_xasprintf("%s.before", v->path);
	JX_CLEANUP(finalize_p) sqlite3_stmt *stmt = NULL;
	jx_rc rc = v->fs->remove(v->fs->user, temp, err);
	int native;

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	native = sqlite3_prepare_v2(v->write.handle, "VACUUM INTO :path", -1, &stmt, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_bind_text(stmt, 1, temp, -1, SQLITE_STATIC);
	if (native == SQLITE_OK)
		native = sqlite3_step(stmt);
	if (native != SQLITE_DONE)
		return jx_vault__fail(&v->write, native, WHERE, err);
	rc = sync_file(v, temp, err);
	if (rc == JX_OK)
		rc = v->fs->rename(v->fs->user, temp, kept, err);
	return rc == JX_OK ? v->fs->sync_dir(v->fs->user, v->dir, err) : rc;
}

jx_rc jx_vault__version(struct jx_vault__sqlite *v, const struct jx_migration *table, size_t count,
			int64_t *version_out, struct jx_error *err)
{
	return version_of(&v->write, count == 0 ? 0 : table[count - 1].version, version_out, err);
}

jx_rc jx_vault__migrate(struct jx_vault__sqlite *v, int64_t version, const struct jx_migration *table,
			size_t count, struct jx_error *err)
{
	jx_rc rc = JX_OK;
	size_t i;

	if (version > 0 && count > 0 && version < table[count - 1].version)
		rc = keep_copy(v, err);
	for (i = 0; i < count && rc == JX_OK; i++) {
		const int to = table[i].version;

		if (to <= version)
			continue;
		if (to < 1 || (size_t)to >= sizeof(set_version) / sizeof(set_version[0]))
			return jx_fail(
				err, JX_EVERSION, to, WHERE,
				"version %d of %s has no number in this program: install a whole release", to,
				v->path);
		rc = jx_vault__txn_schema(v, &table[i], set_version[to], err);
	}
	return rc;
}
