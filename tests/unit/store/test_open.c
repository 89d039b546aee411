/* Opening: a new log, an older one, a newer one, a damaged one, none. */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "device.h"
#include "fault_vfs.h"
#include "store_migrations.h"
#include "store_private.h"

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));

	device_init(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

static void write_file(struct device *d, const void *data, size_t len)
{
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	FILE *f;

	(void)mkdir(d->dir, 0700);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void a_new_log_is_empty_and_durable_in_wal(void **state)
{
	struct device *d = *state;
	struct jx_store_counts c;
	struct jx_identity id;
	struct jx_error err;

	device_open(d);
	jx_assert_rc(jx_store_identity(d->store, &id, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, "jx enrol");
	jx_assert_ok(jx_store_count(d->store, &c, &err), &err);
	assert_int_equal(c.entries, 0);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	device_close(d);
	assert_int_equal(device_sql(d, "PRAGMA application_id"), 0x4a584431);
	assert_int_equal(device_sql(d, "PRAGMA user_version"),
			 jx_store__newest(store_migrations, store_migrations_count));
	assert_int_equal(device_sql(d, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
			 1);
	/* every table is STRICT */
	assert_int_equal(
		device_sql(d,
			   "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
			   "AND strict = 0 AND name NOT LIKE 'sqlite%'"),
		0);
}

static void what_was_saved_is_there_after_opening_again(void **state)
{
	struct device *d = *state;
	uint8_t before[JX_HASH_BYTES], after[JX_HASH_BYTES];
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	device_save_many(d, 5);
	jx_assert_ok(jx_store_head(d->store, &n, before, &err), &err);
	device_reopen(d);
	jx_assert_ok(jx_store_head(d->store, &n, after, &err), &err);
	assert_int_equal(n, 5);
	assert_memory_equal(before, after, sizeof(before));
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void a_reader_finds_no_log_where_there_is_none(void **state)
{
	struct device *d = *state;
	jx_store *s = NULL;
	struct jx_error err;

	d->config.read_only = true;
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ENOTFOUND, &err);
	assert_null(s);
	/* asking made nothing */
	assert_int_equal(access(d->dir, F_OK), -1);
	/* a process that ended before its first commit left an empty file */
	write_file(d, "", 0);
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ENOTFOUND, &err);
	assert_null(s);
}

static void a_reader_reads_and_does_not_write(void **state)
{
	struct device *d = *state;
	struct device reader;
	struct jx_error err;
	struct plain p = device_plain(d);
	int64_t n = 0;

	device_enrol(d, 1);
	device_save_many(d, 2);
	reader = *d;
	reader.config.read_only = true;
	reader.store = NULL;
	device_open(&reader);
	assert_int_equal(device_row(&reader, 2).n, 2);
	jx_assert_rc(device_append(&reader, &p, &n, &err), JX_EROFS, &err);
	jx_assert_rc(jx_store_checkpoint(reader.store, &err), JX_EROFS, &err);
	/* sees what is saved later, and stays open when the writer goes */
	device_save_many(d, 1);
	device_close(d);
	assert_int_equal(device_row(&reader, 3).n, 3);
	device_close(&reader);
}

static void a_newer_log_is_refused_and_left_as_it_is(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE char *path = NULL;
	JX_AUTO_FREE char *before = NULL;
	JX_AUTO_FREE char *after = NULL;
	size_t before_len = 0, after_len = 0;
	jx_store *s = NULL;
	struct jx_error err;

	device_enrol(d, 1);
	device_save_many(d, 1);
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	device_close(d);
	(void)device_sql(d, "PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
	path = jx_test_path(d->dir, "jiexun.db");
	before = jx_test_read(path, &before_len);
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_EVERSION, &err);
	jx_assert_says(&err, "jiexun.db");
	jx_assert_says(&err, "update this program");
	d->config.read_only = true;
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_EVERSION, &err);
	after = jx_test_read(path, &after_len);
	assert_int_equal(before_len, after_len);
	assert_memory_equal(before, after, after_len);
	assert_null(s);
}

static void what_is_no_log_is_refused_and_left_as_it_is(void **state)
{
	struct device *d = *state;
	static const char text[] = "not a database, but somebody's letter, long enough to have a header: "
				   "0123456789012345678901234567890123456789012345678901234567890123456789";
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	JX_AUTO_FREE char *after = NULL;
	jx_store *s = NULL;
	struct jx_error err;
	size_t len = 0;

	write_file(d, text, sizeof(text));
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, "administrator");
	d->config.read_only = true;
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ECORRUPT, &err);
	after = jx_test_read(path, &len);
	assert_int_equal(len, sizeof(text));
	assert_memory_equal(after, text, len);
	assert_null(s);
}

static void another_programs_database_is_refused(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	jx_store *s = NULL;
	struct jx_error err;
	sqlite3 *db = NULL;

	(void)mkdir(d->dir, 0700);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE recipe (name TEXT)", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ECORRUPT, &err);
	assert_int_equal(device_sql(d, "PRAGMA user_version = 1; SELECT count(*) FROM recipe"), 0);
	jx_assert_rc(jx_store_open(&d->config, &s, &err), JX_ECORRUPT, &err);
	assert_null(s);
}

/* Pages overwritten one after the other: opening or checking says so, nothing crashes, nothing is mended. */
static void damaged_pages_are_told(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	JX_AUTO_FREE char *good = NULL;
	size_t len = 0, at, found = 0, pages = 0;
	struct jx_error err;

	device_enrol(d, 1);
	device_save_many(d, 60);
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	device_close(d);
	(void)device_sql(d, "PRAGMA wal_checkpoint(TRUNCATE)");
	good = jx_test_read(path, &len);
	for (at = 0; at + 4096 <= len; at += 4096, pages++) {
		JX_AUTO_FREE char *bad = jx_xmalloc(len);
		jx_rc rc;

		memcpy(bad, good, len);
		memset(bad + at, 0x5a, 4096);
		write_file(d, bad, len);
		rc = jx_store_open(&d->config, &d->store, &err);
		if (rc == JX_OK)
			rc = jx_store_check(d->store, &err);
		assert_true(rc == JX_OK || rc == JX_ECORRUPT);
		found += rc == JX_ECORRUPT ? 1 : 0;
		device_close(d);
	}
	/* free pages may be anything */
	assert_true(pages > 20);
	assert_true(found >= pages - 2);
}

static void a_truncated_file_is_told(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	JX_AUTO_FREE char *good = NULL;
	struct jx_error err;
	size_t len = 0;
	jx_rc rc;

	device_enrol(d, 1);
	device_save_many(d, 60);
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	device_close(d);
	(void)device_sql(d, "PRAGMA wal_checkpoint(TRUNCATE)");
	good = jx_test_read(path, &len);
	write_file(d, good, len / 2);
	rc = jx_store_open(&d->config, &d->store, &err);
	if (rc == JX_OK)
		rc = jx_store_check(d->store, &err);
	assert_int_equal(rc, JX_ECORRUPT);
}

/* Steps of releases to come, behind those of this one. */
#define RELEASED ((int)store_migrations_count)
#define STEPS    4
#define TABLE    (16 + STEPS)

static void make_table(struct jx_migration table[TABLE])
{
	static const char *const steps[STEPS] = {
		"CREATE TABLE more (a TEXT) STRICT; INSERT INTO more VALUES ('x');",
		"INSERT INTO more VALUES ('y');",
		"INSERT INTO more VALUES ('z');",
		"INSERT INTO absent VALUES (1);",
	};

	assert_true(RELEASED <= TABLE - STEPS);
	memcpy(table, store_migrations, store_migrations_count * sizeof(table[0]));
	for (int i = 0; i < STEPS; i++)
		table[RELEASED + i] = (struct jx_migration){RELEASED + i + 1, "step", steps[i]};
}

static void an_older_log_is_copied_and_brought_up(void **state)
{
	struct device *d = *state;
	struct jx_migration table[TABLE];
	JX_AUTO_FREE char *kept = NULL;
	struct jx_error err;
	sqlite3 *db = NULL;

	make_table(table);
	device_enrol(d, 1);
	device_save_many(d, 3);
	device_close(d);
	jx_assert_ok(jx_store__open(&d->config, table, store_migrations_count + 2, &d->store, &err), &err);
	device_save_many(d, 1);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	device_close(d);
	assert_int_equal(device_sql(d, "PRAGMA user_version"), RELEASED + 2);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM more"), 2);
	kept = jx_test_path(d->dir, "jiexun.db.before");
	assert_int_equal(sqlite3_open_v2(kept, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "SELECT n FROM entry WHERE n = 3", NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db, "SELECT * FROM more", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void a_step_that_fails_leaves_the_version_before_it(void **state)
{
	struct device *d = *state;
	struct jx_migration table[TABLE];
	struct jx_error err;

	make_table(table);
	device_enrol(d, 1);
	device_close(d);
	assert_int_not_equal(jx_store__open(&d->config, table, store_migrations_count + 4, &d->store, &err),
			     JX_OK);
	assert_null(d->store);
	assert_int_equal(device_sql(d, "PRAGMA user_version"), RELEASED + 3);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM more"), 3);
	jx_assert_ok(jx_store__open(&d->config, table, store_migrations_count + 3, &d->store, &err), &err);
}

static void a_reader_that_comes_first_after_an_upgrade_migrates(void **state)
{
	struct device *d = *state;
	struct jx_migration table[TABLE];
	struct jx_error err;

	make_table(table);
	device_enrol(d, 1);
	device_save_many(d, 2);
	device_close(d);
	d->config.read_only = true;
	jx_assert_ok(jx_store__open(&d->config, table, store_migrations_count + 1, &d->store, &err), &err);
	assert_int_equal(device_row(d, 2).n, 2);
	device_close(d);
	assert_int_equal(device_sql(d, "PRAGMA user_version"), RELEASED + 1);
}

/* Version 1 as its release left it: entries, and no drafts. */
static void a_log_of_the_first_release_takes_drafts(void **state)
{
	struct device *d = *state;
	const struct jx_draft draft = {
		.id = {7}, .form = "f", .pack = "p", .pack_version = 1, .day = DEVICE_DAY};
	struct jx_error err;

	device_enrol(d, 1);
	device_save_many(d, 3);
	device_close(d);
	(void)device_sql(d, "DROP TABLE entry_text");
	(void)device_sql(d, "DROP TABLE search");
	(void)device_sql(d, "DROP TABLE draft_value");
	(void)device_sql(d, "DROP TABLE draft");
	(void)device_sql(d, "DROP TABLE photo_gone; DROP TABLE photo_sending");
	(void)device_sql(d, "PRAGMA user_version = 1");
	device_open(d);
	assert_int_equal(device_row(d, 3).n, 3);
	jx_assert_ok(jx_store_begin_draft(d->store, &draft, NULL, 0, &err), &err);
	device_save_many(d, 1);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	device_close(d);
	assert_int_equal(device_sql(d, "PRAGMA user_version"), RELEASED);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM draft"), 1);
}

static void a_lock_held_too_long_is_told(void **state)
{
	struct device *d = *state;
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.lock");
	struct plain p;
	struct jx_error err;
	void *lock = NULL;
	int64_t n = 0;

	d->config.lock_wait_ms = 1;
	device_enrol(d, 1);
	p = device_plain(d);
	jx_assert_ok(fs->lock(fs->user, path, 0, &lock, &err), &err);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EBUSY, &err);
	assert_int_equal(p.encoded, 0);
	device_close(d); /* closes without it rather than leak */
	jx_assert_rc(jx_store_open(&d->config, &d->store, &err), JX_EBUSY, &err);
	fs->unlock(fs->user, lock);
	device_open(d);
	assert_int_equal(device_save(d, &p), 1);
}

/* Root may write anywhere, so a child goes as nobody. */
static void a_folder_that_cannot_be_written_is_told(void **state)
{
	struct device *d = *state;
	int status = 0;
	pid_t child;

	device_enrol(d, 1);
	device_close(d);
	assert_int_equal(chmod(d->folder, 0755), 0);
	assert_int_equal(chmod(d->dir, 0555), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		jx_store *s = NULL;
		struct jx_error err = {0};

		if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0))
			_exit(100);
		_exit(jx_store_open(&d->config, &s, &err) == JX_EROFS && s == NULL && err.text[0] != '\0'
			      ? 0
			      : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(chmod(d->dir, 0700), 0);
}

static void a_disk_that_cannot_be_written_is_told(void **state)
{
	struct device *d = *state;
	struct fault_vfs f;
	struct jx_error err;

	fault_vfs_init(&f, "read-only");
	d->config.vfs = f.name;
	f.is_read_only = true;
	assert_int_not_equal(jx_store_open(&d->config, &d->store, &err), JX_OK);
	assert_null(d->store);
	f.is_read_only = false;
	device_enrol(d, 1);
	device_close(d);
	fault_vfs_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_new_log_is_empty_and_durable_in_wal),
		T(what_was_saved_is_there_after_opening_again),
		T(a_reader_finds_no_log_where_there_is_none),
		T(a_reader_reads_and_does_not_write),
		T(a_newer_log_is_refused_and_left_as_it_is),
		T(what_is_no_log_is_refused_and_left_as_it_is),
		T(another_programs_database_is_refused),
		T(damaged_pages_are_told),
		T(a_truncated_file_is_told),
		T(an_older_log_is_copied_and_brought_up),
		T(a_step_that_fails_leaves_the_version_before_it),
		T(a_reader_that_comes_first_after_an_upgrade_migrates),
		T(a_log_of_the_first_release_takes_drafts),
		T(a_lock_held_too_long_is_told),
		T(a_folder_that_cannot_be_written_is_told),
		T(a_disk_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests_name("store.open", tests, NULL, NULL);
}
