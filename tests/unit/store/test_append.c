/* Saving: what "saved" means, and that it is said only then. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "fault_vfs.h"

struct fixture {
	struct device d;
	struct fault_vfs vfs;
};

static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));

	device_init(&x->d);
	fault_vfs_init(&x->vfs, "fault");
	x->d.config.vfs = x->vfs.name;
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	device_done(&x->d);
	fault_vfs_done(&x->vfs);
	free(x);
	return 0;
}

static int64_t entries(struct device *d)
{
	struct jx_store_counts c;
	struct jx_error err;

	jx_assert_ok(jx_store_count(d->store, &c, &err), &err);
	return c.entries;
}

static void numbers_begin_at_one_and_the_chain_holds(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	uint8_t head[JX_HASH_BYTES], root[JX_HASH_BYTES], expected[JX_HASH_BYTES];
	struct jx_log_row first, second;
	struct jx_error err;
	int64_t n = -1;

	device_enrol(d, 1);
	jx_assert_ok(jx_store_head(d->store, &n, head, &err), &err);
	jx_chain_root(d->id.writer, d->id.public_key, root);
	assert_int_equal(n, 0);
	assert_memory_equal(head, root, sizeof(root));
	device_save_many(d, 2);
	first = device_row(d, 1);
	second = device_row(d, 2);
	jx_chain_next(d->id.writer, 1, root, first.digest, expected);
	assert_memory_equal(first.head, expected, sizeof(expected));
	jx_chain_next(d->id.writer, 2, first.head, second.digest, expected);
	assert_memory_equal(second.head, expected, sizeof(expected));
	assert_true(jx_chain_verify(d->pub, second.head, second.sig));
	assert_false(jx_chain_verify(d->pub, first.head, second.sig));
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void the_same_id_again_changes_nothing(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	struct plain p, again;
	uint8_t before[JX_HASH_BYTES], after[JX_HASH_BYTES];
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	device_save_many(d, 1);
	p = device_plain(d);
	assert_int_equal(device_save(d, &p), 2);
	device_save_many(d, 1);
	jx_assert_ok(jx_store_head(d->store, &n, before, &err), &err);
	again = p;
	again.kind = JX_KIND_SHIFT_START; /* other content */
	again.encoded = 0;
	assert_int_equal(device_save(d, &again), 2);
	assert_int_equal(again.encoded, 0);
	jx_assert_ok(jx_store_head(d->store, &n, after, &err), &err);
	assert_memory_equal(before, after, sizeof(before));
	assert_int_equal(entries(d), 3);
	/* also under a new identity: it is the same entry */
	device_enrol(d, 2);
	assert_int_equal(device_save(d, &again), 2);
	assert_int_equal(entries(d), 0);
}

static void what_the_maker_refuses_is_not_saved(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	struct plain p;
	struct jx_error err;
	int64_t n = 77;

	device_enrol(d, 1);
	p = device_plain(d);
	p.fail_with = JX_EINVAL;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EINVAL, &err);
	assert_int_equal(n, 77);
	p.fail_with = JX_OK;
	p.day = "2026-13-01";
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EINVAL, &err);
	assert_int_equal(entries(d), 0);
	p.day = DEVICE_DAY;
	assert_int_equal(device_save(d, &p), 1);
}

static jx_rc encode_other(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
			  struct jx_error *err)
{
	const uint8_t *id = user;
	struct jx_entry e = {.n = n, .kind = JX_KIND_SHIFT_START, .taken_utc_ms = 1, .boot = {1}};

	memcpy(e.id, id, JX_ID_BYTES);
	memcpy(e.writer, writer, JX_ID_BYTES);
	jx_strcpy(e.kind_name, sizeof(e.kind_name), "shift-start");
	jx_strcpy(e.day, sizeof(e.day), DEVICE_DAY);
	return jx_entry_encode(&e, out, err);
}

static void sign_nothing(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES])
{
	(void)user;
	(void)head;
	memset(sig_out, 0, JX_SIG_BYTES);
}

static void bytes_must_be_the_entry_that_is_saved(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	struct plain asked, given;
	struct jx_append a;
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	asked = device_plain(d);
	given = device_plain(d);
	a = (struct jx_append){
		.id = asked.id, .encode = encode_other, .sign = sign_nothing, .user = given.id};
	jx_assert_rc(jx_store_append(d->store, &a, &n, &err), JX_EINVAL, &err);
	assert_int_equal(entries(d), 0);
}

static void values_are_set_with_the_entry_or_not_at_all(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	struct plain p;
	struct jx_append a;
	struct jx_error err;
	char value[64];
	int64_t n = 0;

	device_enrol(d, 1);
	p = device_plain(d);
	a = (struct jx_append){
		.id = p.id, .encode = encode_other, .sign = sign_nothing, .user = p.id, .set_count = 2};
	a.set[0].name = JX_SET_SHIFT;
	a.set[0].value = "s1";
	a.set[1].name = "no_such_name";
	a.set[1].value = "x";
	jx_assert_rc(jx_store_append(d->store, &a, &n, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_store_get(d->store, JX_SET_SHIFT, value, sizeof(value), &err), JX_ENOTFOUND, &err);
	assert_int_equal(entries(d), 0);
	a.set[1].name = JX_SET_SHIFT_DAY;
	jx_assert_ok(jx_store_append(d->store, &a, &n, &err), &err);
	jx_assert_ok(jx_store_get(d->store, JX_SET_SHIFT, value, sizeof(value), &err), &err);
	assert_string_equal(value, "s1");
}

static void who_is_not_enrolled_saves_nothing(void **state)
{
	struct device *d = &((struct fixture *)*state)->d;
	struct plain p = device_plain(d);
	struct jx_error err;
	int64_t n = 0;

	device_open(d);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "jx enrol");
	device_enrol(d, 1);
	jx_assert_ok(jx_store_set(d->store, JX_SET_REENROL, "revoked", &err), &err);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "revoked");
	device_enrol(d, 2);
	assert_int_equal(device_save(d, &p), 1);
}

static void one_save_is_one_sync(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct jx_error err;
	int i;

	device_enrol(d, 1);
	device_save_many(d, 1);
	/* past the first megabyte of the log, so that room is made in between */
	for (i = 0; i < 150; i++) {
		x->vfs.wal_syncs = 0;
		x->vfs.db_syncs = 0;
		device_save_many(d, 1);
		assert_int_equal(x->vfs.wal_syncs, 1);
		assert_int_equal(x->vfs.db_syncs, 0);
	}
	/* a program that does one save: and also when the log began anew after a checkpoint */
	for (i = 0; i < 3; i++) {
		if (i == 1)
			jx_assert_ok(jx_store_checkpoint(d->store, &err), &err);
		device_close(d);
		x->vfs.wal_syncs = 0;
		x->vfs.db_syncs = 0;
		device_open(d);
		device_save_many(d, 1);
		assert_int_equal(x->vfs.wal_syncs, 1); /* and one of the folder, below this VFS */
		assert_int_equal(x->vfs.db_syncs, 0);
	}
	/* asking and failing cost nothing */
	x->vfs.wal_syncs = 0;
	assert_int_equal(entries(d), 154);
	assert_int_equal(x->vfs.wal_syncs, 0);
}

static void copy_file(const char *from_dir, const char *to_dir, const char *name)
{
	JX_AUTO_FREE char *from = jx_test_path(from_dir, name);
	JX_AUTO_FREE char *to = jx_test_path(to_dir, name);
	JX_AUTO_FREE char *data = NULL;
	size_t len = 0;
	FILE *f;

	data = jx_test_read(from, &len);
	assert_non_null(data);
	f = fopen(to, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* Entries that a fresh process would find after this one was killed now. */
static int64_t entries_after_a_kill(struct device *d)
{
	char *folder = jx_test_folder();
	struct jx_store_config config = d->config;
	struct jx_store_counts c;
	struct jx_error err;
	jx_store *s = NULL;

	copy_file(d->dir, folder, "jiexun.db");
	copy_file(d->dir, folder, "jiexun.db-wal");
	config.dir = folder;
	config.vfs = NULL;
	jx_assert_ok(jx_store_open(&config, &s, &err), &err);
	jx_assert_ok(jx_store_check(s, &err), &err);
	jx_assert_ok(jx_store_count(s, &c, &err), &err);
	jx_store_close(s);
	jx_test_folder_remove(folder);
	return c.entries;
}

static void a_failed_sync_is_told_and_leaves_no_entry_behind(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct plain p;
	struct jx_error err;
	char value[16];
	int64_t n = 55;

	device_enrol(d, 1);
	device_save_many(d, 3);
	p = device_plain(d);
	x->vfs.fail_wal_sync_at = 1;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EIO, &err);
	assert_int_equal(n, 55);
	assert_int_equal(entries(d), 3);
	/* its frames were whole in the file: a process that recovers the log must not take it for saved */
	assert_int_equal(entries_after_a_kill(d), 3);
	jx_assert_ok(jx_store_get(d->store, JX_SET_COMMIT_FAILURES, value, sizeof(value), &err), &err);
	assert_string_equal(value, "1");
	/* the same id again */
	assert_int_equal(device_save(d, &p), 4);
	assert_int_equal(entries_after_a_kill(d), 4);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void a_disk_that_goes_on_failing_takes_nothing_more(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct plain p;
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	device_save_many(d, 3);
	p = device_plain(d);
	x->vfs.fail_wal_sync_at = 1;
	x->vfs.fail_from = true;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EIO, &err);
	assert_int_equal(entries_after_a_kill(d), 3);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EIO, &err);
	/* mended (another card), started again */
	x->vfs.fail_wal_sync_at = 0;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EIO, &err);
	jx_assert_says(&err, "start again");
	device_reopen(d);
	assert_int_equal(device_save(d, &p), 4);
}

static void a_full_disk_is_told_and_saving_goes_on_when_there_is_room(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct plain p;
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	device_save_many(d, 3);
	p = device_plain(d);
	x->vfs.is_full = true;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_ENOSPC, &err);
	jx_assert_says(&err, "free some space");
	assert_int_equal(entries(d), 3);
	jx_assert_rc(device_append(d, &p, &n, &err), JX_ENOSPC, &err);
	x->vfs.is_full = false;
	assert_int_equal(device_save(d, &p), 4);
	assert_int_equal(entries_after_a_kill(d), 4);
}

static void an_entry_that_is_there_is_synced_before_it_is_called_saved(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct plain p;
	struct jx_error err;
	int64_t n = 0;

	device_enrol(d, 1);
	p = device_plain(d);
	assert_int_equal(device_save(d, &p), 1);
	device_reopen(d);
	x->vfs.wal_syncs = 0;
	assert_int_equal(device_save(d, &p), 1);
	assert_int_equal(x->vfs.wal_syncs, 1);
	x->vfs.fail_wal_sync_at = 1;
	jx_assert_rc(device_append(d, &p, &n, &err), JX_EIO, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(numbers_begin_at_one_and_the_chain_holds),
		T(the_same_id_again_changes_nothing),
		T(what_the_maker_refuses_is_not_saved),
		T(bytes_must_be_the_entry_that_is_saved),
		T(values_are_set_with_the_entry_or_not_at_all),
		T(who_is_not_enrolled_saves_nothing),
		T(one_save_is_one_sync),
		T(a_failed_sync_is_told_and_leaves_no_entry_behind),
		T(a_disk_that_goes_on_failing_takes_nothing_more),
		T(a_full_disk_is_told_and_saving_goes_on_when_there_is_room),
		T(an_entry_that_is_there_is_synced_before_it_is_called_saved),
	};

	return cmocka_run_group_tests_name("store.append", tests, NULL, NULL);
}
