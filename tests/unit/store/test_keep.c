/* What a sync brought goes to the disk together, or not at all. */
#include <stdlib.h>

#include "device.h"
#include "fault_vfs.h"

struct fixture {
	struct device d;
	struct fault_vfs vfs;
	struct jx_kept_receipt receipts[2];
	struct jx_kept_photo_receipt photo;
	struct jx_setting settings[2];
	struct jx_store_results all;
};

/* Three entries, the second with a photo; receipts up to 1 and 2, the photo's, and two values: not kept yet. */
static int setup(void **state)
{
	struct fixture *x = jx_xcalloc(1, sizeof(*x));
	struct device *d = &x->d;
	struct jx_photo_receipt *r = &x->photo.receipt;
	struct plain p;
	struct jx_error err;

	device_init(d);
	fault_vfs_init(&x->vfs, "fault");
	d->config.vfs = x->vfs.name;
	device_enrol(d, 1);
	device_save_many(d, 1);
	p = device_plain(d);
	p.photo_count = 1;
	device_photo(p.photos[0], 1);
	assert_int_equal(device_save(d, &p), 2);
	device_save_many(d, 1);
	device_sign_receipt(d, 1, false, &x->receipts[0].text, &x->receipts[0].receipt);
	device_sign_receipt(d, 2, false, &x->receipts[1].text, &x->receipts[1].receipt);
	*r = (struct jx_photo_receipt){.photo_count = 1, .server_utc_ms = d->clock.utc_ms};
	jx_key_id(d->server_pub, r->key_id);
	memcpy(r->epoch, d->epoch, JX_ID_BYTES);
	memcpy(r->writer, d->id.writer, JX_ID_BYTES);
	memcpy(r->photos[0], p.photos[0], JX_HASH_BYTES);
	jx_assert_ok(jx_photo_receipt_sign(r, d->server_sec, &x->photo.text, &err), &err);
	x->settings[0] = (struct jx_setting){.name = JX_SET_SERVER_N, .value = "2"};
	x->settings[1] = (struct jx_setting){.name = JX_SET_EPOCH, .value = "e"};
	x->all = (struct jx_store_results){.receipts = x->receipts,
					   .receipt_count = 2,
					   .photo_receipts = &x->photo,
					   .photo_receipt_count = 1,
					   .settings = x->settings,
					   .setting_count = 2};
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

static void assert_nothing_kept(struct fixture *x)
{
	struct device *d = &x->d;
	char value[16];
	struct jx_error err;

	assert_int_equal(device_row(d, 1).state, JX_ENTRY_SAVED);
	assert_int_equal(device_row(d, 2).state, JX_ENTRY_SAVED);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 0);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM photo_receipt"), 0);
	jx_assert_rc(jx_store_get(d->store, JX_SET_SERVER_N, value, sizeof(value), &err), JX_ENOTFOUND, &err);
}

static void assert_all_kept(struct fixture *x)
{
	struct device *d = &x->d;
	char value[16];
	struct jx_error err;

	assert_int_equal(device_row(d, 1).state, JX_ENTRY_COMPLETE);
	assert_int_equal(device_row(d, 2).state, JX_ENTRY_COMPLETE);
	assert_int_equal(device_row(d, 3).state, JX_ENTRY_SAVED);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 2);
	jx_assert_ok(jx_store_get(d->store, JX_SET_SERVER_N, value, sizeof(value), &err), &err);
	assert_string_equal(value, "2");
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

static void it_is_one_sync_of_the_disk(void **state)
{
	struct fixture *x = *state;
	struct jx_error err;

	x->vfs.wal_syncs = x->vfs.db_syncs = 0;
	jx_assert_ok(jx_store_keep(x->d.store, &x->all, &err), &err);
	assert_int_equal(x->vfs.wal_syncs, 1);
	assert_int_equal(x->vfs.db_syncs, 0);
	assert_all_kept(x);
	device_reopen(&x->d);
	assert_all_kept(x);
	/* nothing costs nothing */
	x->vfs.wal_syncs = 0;
	jx_assert_ok(jx_store_keep(x->d.store, &(struct jx_store_results){.receipts = NULL}, &err), &err);
	assert_int_equal(x->vfs.wal_syncs, 0);
}

static void a_disk_that_fails_keeps_nothing_of_it(void **state)
{
	struct fixture *x = *state;
	struct jx_error err;

	x->vfs.fail_wal_sync_at = 1;
	jx_assert_rc(jx_store_keep(x->d.store, &x->all, &err), JX_EIO, &err);
	assert_nothing_kept(x);
	device_reopen(&x->d);
	assert_nothing_kept(x);
	jx_assert_ok(jx_store_keep(x->d.store, &x->all, &err), &err);
	assert_all_kept(x);
}

static void what_is_refused_takes_the_rest_with_it(void **state)
{
	struct fixture *x = *state;
	struct jx_receipt *r = &x->receipts[1].receipt;
	struct jx_error err;

	/* a name nobody knows: before anything is begun */
	x->settings[1].name = "typo";
	jx_assert_rc(jx_store_keep(x->d.store, &x->all, &err), JX_EINVAL, &err);
	assert_nothing_kept(x);
	x->settings[1].name = JX_SET_EPOCH;
	x->photo.receipt.photo_count = JX_PHOTO_RECEIPT_MAX + 1;
	jx_assert_rc(jx_store_keep(x->d.store, &x->all, &err), JX_EINVAL, &err);
	assert_nothing_kept(x);
	x->photo.receipt.photo_count = 1;
	/* a stranger's, after one that is good */
	r->writer[0] ^= 1;
	jx_assert_rc(jx_store_keep(x->d.store, &x->all, &err), JX_ENOTFOUND, &err);
	assert_nothing_kept(x);
	r->writer[0] ^= 1;
	jx_assert_ok(jx_store_keep(x->d.store, &x->all, &err), &err);
	assert_all_kept(x);
}

static void one_for_another_log_is_told_and_all_is_kept(void **state)
{
	struct fixture *x = *state;
	struct device *d = &x->d;
	struct jx_kept_receipt *second = &x->receipts[1];
	char value[16];
	struct jx_error err;

	second->receipt.head[0] ^= 1;
	jx_assert_ok(jx_receipt_sign(&second->receipt, d->server_sec, &second->text, &err), &err);
	jx_assert_rc(jx_store_keep(d->store, &x->all, &err), JX_ECONFLICT, &err);
	jx_assert_says(&err, "up to entry 2");
	assert_int_equal(device_row(d, 1).state, JX_ENTRY_COMPLETE);
	assert_int_equal(device_row(d, 2).state, JX_ENTRY_SAVED);
	assert_int_equal(device_sql(d, "SELECT count(*) FROM receipt"), 2);
	jx_assert_ok(jx_store_get(d->store, JX_SET_SERVER_N, value, sizeof(value), &err), &err);
	jx_assert_ok(jx_store_get(d->store, JX_SET_REENROL, value, sizeof(value), &err), &err);
	assert_string_equal(value, "fork");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(it_is_one_sync_of_the_disk),
		T(a_disk_that_fails_keeps_nothing_of_it),
		T(what_is_refused_takes_the_rest_with_it),
		T(one_for_another_log_is_told_and_all_is_kept),
	};

	return cmocka_run_group_tests_name("store.keep", tests, NULL, NULL);
}
