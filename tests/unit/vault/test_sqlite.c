/* What is SQLite's own: versions, damage, full disks, the plan of the feed. Looks inside the room. */
#include "../../contract/vault/vault_world.h"
#include "vault_private.h"

#include <stdlib.h>

static int open_world(void **state)
{
	return world_open(state, &vault_sqlite);
}

static char *db_path(const struct world *w)
{
	return jx_test_path(w->folder, "vault.db");
}

/* On a closed vault, with a connection of the test's own. */
static void change(struct world *w, const char *sql)
{
	JX_AUTO_FREE char *path = db_path(w);
	sqlite3 *db = NULL;

	jx_vault_close(w->vault);
	w->vault = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static jx_rc try_open(struct world *w)
{
	jx_vault_close(w->vault);
	w->vault = NULL;
	return vault_sqlite.open(w->folder, &w->rand.rand, false, &w->vault, &w->err);
}

static struct fake_writer with_entries(struct world *w, size_t count)
{
	struct fake_writer f;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	fake_writer_observe_many(&f, count);
	jx_assert_ok(batch_take(w, &f, 1, (int64_t)count, false), &w->err);
	return f;
}

/* ---- versions ---- */

static void a_newer_database_is_refused_and_left_alone(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE char *path = db_path(w);
	size_t before_len = 0, after_len = 0;

	change(w, "PRAGMA user_version = 7");
	{
		JX_AUTO_FREE char *before = jx_test_read(path, &before_len);
		JX_AUTO_FREE char *after = NULL;

		jx_assert_rc(try_open(w), JX_EVERSION, &w->err);
		jx_assert_says(&w->err, "newer program");
		jx_assert_says(&w->err, "update");
		after = jx_test_read(path, &after_len);
		assert_int_equal(before_len, after_len);
		assert_memory_equal(before, after, before_len);
	}
}

static void another_programs_database_is_refused(void **state)
{
	struct world *w = *state;

	change(w, "PRAGMA application_id = 1234");
	jx_assert_rc(try_open(w), JX_ECORRUPT, &w->err);
	jx_assert_says(&w->err, "vault.db");
}

static void write_db(struct world *w, const char *bytes, size_t len)
{
	JX_AUTO_FREE char *path = db_path(w);

	jx_vault_close(w->vault);
	w->vault = NULL;
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, bytes, len, &w->err), &w->err);
}

static void what_is_no_database_is_refused_with_the_cure(void **state)
{
	struct world *w = *state;
	char noise[4096];

	memset(noise, 'x', sizeof(noise));
	write_db(w, noise, sizeof(noise));
	jx_assert_rc(try_open(w), JX_ECORRUPT, &w->err);
	jx_assert_says(&w->err, "damaged");
	jx_assert_says(&w->err, "backup");
}

static void an_empty_file_is_no_database_yet(void **state)
{
	struct world *w = *state;

	write_db(w, "", 0);
	jx_assert_rc(try_open(w), JX_ENOTFOUND, &w->err);
	jx_assert_says(&w->err, "set the server up");
}

static jx_rc open_with(struct world *w, const struct jx_migration *table, size_t count)
{
	const struct jx_vault_sqlite_config config = {
		.dir = w->folder, .fs = jx_os_fs(), .rand = &w->rand.rand};

	jx_vault_close(w->vault);
	w->vault = NULL;
	return jx_vault__open(&config, table, count, &w->vault, &w->err);
}

static void drop_db(struct world *w)
{
	static const char *const names[] = {"vault.db", "vault.db-wal", "vault.db-shm"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		JX_AUTO_FREE char *path = jx_test_path(w->folder, names[i]);

		(void)jx_os_fs()->remove(jx_os_fs()->user, path, NULL);
	}
}

/* What is released, and one step more. */
#define RELEASED 3
static void make_table(struct jx_migration table[RELEASED + 1], const char *sql)
{
	assert_int_equal(vault_migrations_count, RELEASED);
	memcpy(table, vault_migrations, RELEASED * sizeof(table[0]));
	table[RELEASED] = (struct jx_migration){RELEASED + 1, "more", sql};
}

static void a_vault_of_the_first_release_is_brought_up(void **state)
{
	struct world *w = *state;
	struct jx_writer server;
	struct fake_writer f;
	int64_t size = 0;

	jx_vault_close(w->vault);
	w->vault = NULL;
	drop_db(w);
	{
		const struct jx_vault_sqlite_config config = {
			.dir = w->folder, .fs = jx_os_fs(), .rand = &w->rand.rand, .create = true};

		jx_assert_ok(jx_vault__open(&config, vault_migrations, 1, &w->vault, &w->err), &w->err);
	}
	writer_row(&w->server, "S01", JX_ROLE_SERVER, &server);
	jx_assert_ok(w->ops->add_server_writer(w->vault, &server, &w->err), &w->err);
	f = with_entries(w, 3);
	jx_assert_ok(try_open(w), &w->err);
	assert_int_equal(world_writer(w, &f).n, 3);
	jx_assert_rc(w->ops->pack_size(w->vault, f.id, &size, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

static void an_upgrade_keeps_a_copy_of_what_was(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 3);
	struct jx_migration table[RELEASED + 1];
	JX_AUTO_FREE char *kept = jx_test_path(w->folder, "vault.db.before");
	sqlite3 *db = NULL;
	int64_t size = 0, at = 0;

	make_table(table, "CREATE TABLE more (a INTEGER) STRICT;");
	jx_assert_ok(open_with(w, table, RELEASED + 1), &w->err);
	assert_int_equal(world_writer(w, &f).n, 3);
	assert_int_equal(sqlite3_open_v2(kept, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db, "SELECT a FROM more", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT n FROM entry", NULL, NULL, NULL), SQLITE_OK);
	(void)sqlite3_close(db);
	/* once upgraded it stays so, and is too new for the older program */
	jx_assert_ok(jx_os_fs()->remove(jx_os_fs()->user, kept, &w->err), &w->err);
	jx_assert_ok(open_with(w, table, RELEASED + 1), &w->err);
	assert_int_equal(jx_os_fs()->stat(jx_os_fs()->user, kept, &size, &at, NULL), JX_ENOTFOUND);
	jx_assert_rc(open_with(w, table, RELEASED), JX_EVERSION, &w->err);
	fake_writer_done(&f);
}

static void a_migration_that_fails_changes_nothing(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 3);
	struct jx_migration table[RELEASED + 1];

	make_table(table,
		   "CREATE TABLE more (a INTEGER) STRICT; DELETE FROM entry; SELECT nothing FROM nowhere;");
	assert_int_not_equal(open_with(w, table, RELEASED + 1), JX_OK);
	jx_assert_ok(open_with(w, table, RELEASED), &w->err);
	assert_int_equal(world_writer(w, &f).n, 3);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

/* ---- damage is found ---- */

static void the_check_finds_what_was_changed(void **state)
{
	static const struct {
		const char *sql;
		const char *says;
	} rows[] = {
		{"UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '330185001', '330185002') AS BLOB) WHERE n = 2",
		 ""},
		{"UPDATE entry SET digest = zeroblob(32) WHERE n = 2", ""},
		{"UPDATE entry SET head = zeroblob(32) WHERE n = 2", "head"},
		{"UPDATE entry SET sig = zeroblob(64) WHERE sig IS NOT NULL", ""},
		{"DELETE FROM entry WHERE n = 2", "missing"},
		{"DELETE FROM entry WHERE n = 4", "end"},
		{"UPDATE writer SET n = 9 WHERE short_code = 'H07'", "end"},
		{"UPDATE writer SET head = zeroblob(32) WHERE short_code = 'H07'", "end"},
		{"UPDATE entry SET n = n + 1 WHERE n = 4", "missing"},
		{"UPDATE receipt SET n = 3 WHERE n = 4", "receipt"},
		{"UPDATE quarantine SET bytes = zeroblob(10)", "quarantine"},
		{"INSERT INTO pack (pos, id, version, valid_from, utc_ms, sha256, sig, text, bytes) VALUES "
		 "(1, 'rodents', 3, '2026-12-01', 0, zeroblob(32), zeroblob(64), '', x'00')",
		 "version 3 of pack rodents"},
		{"UPDATE meta SET pos = 2", "position"},
		{"PRAGMA foreign_keys = OFF; UPDATE photo_ref SET writer_no = 99", "writer"},
	};
	struct world *w = *state;
	struct fake_writer f, clone;
	JX_AUTO_FREE char *path = db_path(w);
	JX_AUTO_FREE char *good = NULL;
	size_t len = 0;

	fake_writer_init(&f, 2);
	world_add_writer(w, &f, "H07");
	(void)fake_writer_observe(&f, 1);
	fake_writer_observe_many(&f, 3);
	jx_assert_ok(batch_take(w, &f, 1, 4, false), &w->err);
	fake_writer_clone(&clone, &f, 2, 9);
	fake_writer_observe_many(&clone, 1);
	jx_assert_ok(batch_take(w, &clone, 3, 3, true), &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	jx_vault_close(w->vault);
	w->vault = NULL;
	good = jx_test_read(path, &len);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_db(w, good, len);
		change(w, rows[i].sql);
		jx_assert_ok(try_open(w), &w->err);
		if (w->ops->check(w->vault, &w->err) != JX_ECORRUPT)
			fail_msg("not found: %s", rows[i].sql);
		jx_assert_says(&w->err, rows[i].says);
	}
	fake_writer_done(&f);
	fake_writer_done(&clone);
}

static void the_check_finds_damaged_pages(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 300);
	JX_AUTO_FREE char *path = db_path(w);
	JX_AUTO_FREE char *bytes = NULL;
	size_t len = 0;
	jx_rc rc;

	jx_vault_close(w->vault);
	w->vault = NULL;
	bytes = jx_test_read(path, &len);
	assert_true(len > 40 * 4096);
	memset(bytes + len / 2, 0xa5, 4096);
	write_db(w, bytes, len);
	rc = try_open(w);
	if (rc == JX_OK)
		rc = w->ops->check(w->vault, &w->err);
	assert_int_equal(rc, JX_ECORRUPT);
	fake_writer_done(&f);
}

static void counts_come_from_the_rows_themselves(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 10);
	struct jx_vault_counts c;

	change(w, "DELETE FROM entry WHERE n IN (3, 4, 10) AND kind = 1;"
		  "UPDATE entry SET id = (SELECT id FROM entry WHERE n = 5) WHERE n IN (6, 7)");
	jx_assert_ok(try_open(w), &w->err);
	jx_assert_ok(w->ops->counts(w->vault, &c, &w->err), &w->err);
	assert_int_equal(c.observations, 7);
	assert_int_equal(c.gaps, 3);
	assert_int_equal(c.duplicates, 2);
	fake_writer_done(&f);
}

static void bytes_erased_by_law_leave_their_digest(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 3);

	change(w, "UPDATE entry SET bytes = NULL WHERE n = 2");
	jx_assert_ok(try_open(w), &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

/* ---- the disk is full ---- */

static void a_full_disk_stores_nothing_and_breaks_nothing(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 3);
	struct jx_vault__sqlite *v = jx_vault__of(w->vault);

	fake_writer_observe_many(&f, 400);
	assert_int_equal(sqlite3_exec(v->write.handle, "PRAGMA max_page_count = 60", NULL, NULL, NULL),
			 SQLITE_OK);
	jx_assert_rc(batch_take(w, &f, 4, 403, false), JX_ENOSPC, &w->err);
	jx_assert_says(&w->err, "free some space");
	assert_int_equal(world_writer(w, &f).n, 3);
	assert_int_equal(sqlite3_exec(v->write.handle, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL),
			 SQLITE_OK);
	jx_assert_ok(batch_take(w, &f, 4, 403, false), &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

/* ---- how it is opened ---- */

static jx_rc ask_text(sqlite3 *db, const char *sql, char *out, size_t cap)
{
	sqlite3_stmt *stmt = NULL;
	int native = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_step(stmt);
	jx_strcpy(out, cap, native == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "");
	(void)sqlite3_finalize(stmt);
	return native == SQLITE_ROW ? JX_OK : JX_EIO;
}

static void every_commit_is_synced_and_only_the_writer_writes(void **state)
{
	struct world *w = *state;
	struct jx_vault__sqlite *v = jx_vault__of(w->vault);
	char text[32];

	jx_assert_ok(ask_text(v->write.handle, "PRAGMA journal_mode", text, sizeof(text)), NULL);
	assert_string_equal(text, "wal");
	jx_assert_ok(ask_text(v->write.handle, "PRAGMA synchronous", text, sizeof(text)), NULL);
	assert_string_equal(text, "2");
	assert_int_equal(sqlite3_db_readonly(v->write.handle, "main"), 0);
	assert_int_equal(sqlite3_db_readonly(v->point.handle, "main"), 1);
	assert_int_equal(sqlite3_db_readonly(v->walk.handle, "main"), 1);
}

static void the_feed_needs_no_sort(void **state)
{
	struct world *w = *state;
	struct jx_vault__db *db = &jx_vault__of(w->vault)->walk;
	sqlite3_stmt *stmt = NULL;
	JX_AUTO_BUF sql;
	JX_VAULT__LOAN(feed, db, FEED_ALL);

	jx_buf_init(&sql, 8192);
	jx_buf_adds(&sql, "EXPLAIN QUERY PLAN ");
	jx_buf_adds(&sql, sqlite3_sql(feed.stmt));
	assert_int_equal(sqlite3_prepare_v2(db->handle, sql.data, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *line = (const char *)sqlite3_column_text(stmt, 3);

		if (strstr(line, "B-TREE") != NULL ||
		    (strstr(line, "SCAN") != NULL && strstr(line, "CONSTANT") == NULL))
			fail_msg("the feed is slow: %s", line);
	}
	(void)sqlite3_finalize(stmt);
}

static void every_statement_can_be_prepared(void **state)
{
	struct world *w = *state;

	for (int id = 0; id < JX_VAULT__SQL_COUNT; id++) {
		struct jx_vault__loan loan = jx_vault__lend(&jx_vault__of(w->vault)->write,
							    (enum jx_vault__sql)id);

		assert_int_equal(loan.rc, SQLITE_OK);
		assert_non_null(loan.stmt);
	}
}

static void a_checkpoint_empties_the_wal(void **state)
{
	struct world *w = *state;
	struct fake_writer f = with_entries(w, 100);
	JX_AUTO_FREE char *wal = jx_test_path(w->folder, "vault.db-wal");
	int64_t size = 0, at = 0;

	jx_assert_ok(jx_os_fs()->stat(jx_os_fs()->user, wal, &size, &at, &w->err), &w->err);
	assert_true(size > 100000);
	jx_assert_ok(w->ops->checkpoint(w->vault, &w->err), &w->err);
	jx_assert_ok(jx_os_fs()->stat(jx_os_fs()->user, wal, &size, &at, &w->err), &w->err);
	assert_int_equal(size, 0);
	/* and a clean close leaves one file */
	jx_assert_ok(batch_take(w, &f, 1, 1, true), &w->err);
	jx_vault_close(w->vault);
	w->vault = NULL;
	assert_int_equal(jx_os_fs()->stat(jx_os_fs()->user, wal, &size, &at, NULL), JX_ENOTFOUND);
	fake_writer_done(&f);
}

static void names_of_roles_and_states_go_both_ways(void **state)
{
	(void)state;
	for (int i = JX_ROLE_SERVER; i <= JX_ROLE_ADMIN; i++) {
		enum jx_role role = JX_ROLE_SERVER;

		assert_true(jx_role_parse(jx_role_name((enum jx_role)i), &role));
		assert_int_equal(role, i);
	}
	{
		enum jx_role role = JX_ROLE_UNIT;

		assert_false(jx_role_parse("boss", &role));
		assert_int_equal(role, JX_ROLE_UNIT);
	}
	assert_string_equal(jx_writer_state_name(JX_WRITER_PENDING), "pending");
	assert_string_equal(jx_writer_state_name(JX_WRITER_ACTIVE), "active");
	assert_string_equal(jx_writer_state_name(JX_WRITER_REVOKED), "revoked");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_newer_database_is_refused_and_left_alone),
		TEST(another_programs_database_is_refused),
		TEST(what_is_no_database_is_refused_with_the_cure),
		TEST(an_empty_file_is_no_database_yet),
		TEST(a_vault_of_the_first_release_is_brought_up),
		TEST(an_upgrade_keeps_a_copy_of_what_was),
		TEST(a_migration_that_fails_changes_nothing),
		TEST(the_check_finds_what_was_changed),
		TEST(the_check_finds_damaged_pages),
		TEST(counts_come_from_the_rows_themselves),
		TEST(bytes_erased_by_law_leave_their_digest),
		TEST(a_full_disk_stores_nothing_and_breaks_nothing),
		TEST(every_commit_is_synced_and_only_the_writer_writes),
		TEST(the_feed_needs_no_sort),
		TEST(every_statement_can_be_prepared),
		TEST(a_checkpoint_empties_the_wal),
		cmocka_unit_test(names_of_roles_and_states_go_both_ways),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
