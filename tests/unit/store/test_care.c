/* Checkpoint, and the check that finds what was changed. */
#include <stdlib.h>

#include "device.h"

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));
	struct plain p;
	struct plain first;

	device_init(d);
	device_enrol(d, 1);
	first = device_plain(d);
	first.photo_count = 2;
	device_photo(first.photos[0], 1);
	device_photo(first.photos[1], 2);
	(void)device_save(d, &first);
	device_save_many(d, 5);
	p = device_plain(d);
	p.kind = JX_KIND_CORRECTION;
	p.ref_id = first.id;
	(void)device_save(d, &p);
	device_enrol(d, 2);
	device_save_many(d, 3);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

/* Two entries change places. */
#define SWAP                                                                   \
	"UPDATE entry SET pos = 1 << 45 WHERE n = 2 AND writer_no = 2; "       \
	"UPDATE entry SET pos = (2 << 40) + 2 WHERE n = 3 AND writer_no = 2; " \
	"UPDATE entry SET pos = (2 << 40) + 3 WHERE pos = 1 << 45"

/* What somebody with the file and a database tool might do, on purpose or not. */
static const char *const changes[] = {
	"UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'nothing-found', 'nothing-Found') AS BLOB) WHERE n = 2",
	"UPDATE entry SET bytes = CAST(CAST(bytes AS TEXT) || ' ' AS BLOB) WHERE n = 3",
	"UPDATE entry SET digest = zeroblob(32) WHERE n = 2",
	"UPDATE entry SET head = zeroblob(32) WHERE n = 6",
	"UPDATE entry SET kind = 7 WHERE n = 2",
	"UPDATE entry SET day = '2026-09-05' WHERE n = 2",
	"UPDATE entry SET photo_count = 0 WHERE photo_count > 0",
	"UPDATE entry SET ref_id = NULL WHERE ref_id IS NOT NULL",
	"UPDATE entry SET id = zeroblob(16) WHERE n = 2 AND writer_no = 1",
	"PRAGMA foreign_keys = OFF; DELETE FROM entry WHERE n = 3",
	"PRAGMA foreign_keys = OFF; DELETE FROM entry WHERE n = 1",
	"DELETE FROM photo WHERE place = 1",
	"UPDATE photo SET sha256 = zeroblob(32) WHERE place = 1",
	"UPDATE photo SET size_bytes = 5 WHERE place = 0",
	"INSERT INTO photo VALUES ((SELECT max(pos) FROM entry), 0, zeroblob(32), 5, 'image/jpeg')",
	SWAP,
	"UPDATE identity SET public_key = zeroblob(32) WHERE no = 1",
	"PRAGMA foreign_keys = OFF; DELETE FROM identity WHERE no = 1",
};

static void each_change_is_found(void **state)
{
	struct device *d = *state;
	struct jx_error err;
	size_t i;

	(void)d;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		void *fresh = NULL;
		struct device *x;

		assert_int_equal(setup(&fresh), 0);
		x = fresh;
		jx_assert_ok(jx_store_check(x->store, &err), &err);
		(void)device_sql(x, changes[i]);
		if (jx_store_check(x->store, &err) != JX_ECORRUPT)
			fail_msg("not found: %s", changes[i]);
		jx_assert_says(&err, "administrator");
		assert_int_equal(teardown(&fresh), 0);
	}
}

static void a_checkpoint_moves_everything_and_saving_goes_on(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE char *path = jx_test_path(d->dir, "jiexun.db");
	struct device reader = *d;
	struct jx_error err;
	char value[32];
	size_t before = 0, after = 0;

	free(jx_test_read(path, &before));
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	free(jx_test_read(path, &after));
	assert_true(after > before);
	jx_assert_ok(jx_store_get(d->store, JX_SET_CHECKPOINT_UTC_MS, value, sizeof(value), &err), &err);
	assert_string_equal(value, "1788224400000");
	device_save_many(d, 3);
	/* a reader that stands in the old log hinders nobody */
	reader.config.read_only = true;
	reader.store = NULL;
	device_open(&reader);
	assert_int_equal(device_row(&reader, 6).n, 6);
	device_save_many(d, 3);
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
	device_save_many(d, 1);
	assert_int_equal(device_row(&reader, 10).n, 10);
	jx_assert_ok(jx_store_check(reader.store, &err), &err);
	device_close(&reader);
}

/* Whoever opens alone reads the whole WAL: it must not grow with the days without a sync. */
static void closing_after_many_saves_empties_the_log_of_writes(void **state)
{
	struct device *d = *state;
	char text[32];
	struct jx_error err;
	int i;

	device_reopen(d);
	assert_int_equal(jx_store_get(d->store, JX_SET_CHECKPOINT_UTC_MS, text, sizeof(text), NULL),
			 JX_ENOTFOUND);
	for (i = 0; i < 40; i++) {
		device_save_many(d, 10);
		device_reopen(d);
	}
	jx_assert_ok(jx_store_get(d->store, JX_SET_CHECKPOINT_UTC_MS, text, sizeof(text), &err), &err);
	device_close(d);
	device_open(d);
	assert_int_equal(device_row(d, 403).n, 403);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

/* A sync with little to say pays for no checkpoint; one after a day's work does. */
static void tidying_waits_until_it_is_worth_it(void **state)
{
	struct device *d = *state;
	char text[32];
	struct jx_error err;

	device_reopen(d);
	jx_assert_ok(jx_store_tidy(d->store, &err), &err);
	device_save_many(d, 5);
	jx_assert_ok(jx_store_tidy(d->store, &err), &err);
	assert_int_equal(jx_store_get(d->store, JX_SET_CHECKPOINT_UTC_MS, text, sizeof(text), NULL),
			 JX_ENOTFOUND);
	device_save_many(d, 120);
	jx_assert_ok(jx_store_tidy(d->store, &err), &err);
	jx_assert_ok(jx_store_get(d->store, JX_SET_CHECKPOINT_UTC_MS, text, sizeof(text), &err), &err);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(each_change_is_found),
		T(a_checkpoint_moves_everything_and_saving_goes_on),
		T(tidying_waits_until_it_is_worth_it),
		T(closing_after_many_saves_empties_the_log_of_writes),
	};

	return cmocka_run_group_tests_name("store.care", tests, NULL, NULL);
}
