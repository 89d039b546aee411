/* Drafts: each field is kept as it is entered, and saving the entry ends its draft. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"
#include "fault_vfs.h"

struct bench {
	struct device d;
	struct fault_vfs vfs;
};

static int setup(void **state)
{
	struct bench *b = jx_xcalloc(1, sizeof(*b));

	device_init(&b->d);
	fault_vfs_init(&b->vfs, "draft");
	b->d.config.vfs = b->vfs.name;
	device_enrol(&b->d, 1);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	device_done(&b->d);
	fault_vfs_done(&b->vfs);
	free(b);
	return 0;
}

static struct jx_draft make(struct device *d)
{
	struct jx_draft draft = {.form = "rodent.signs-indoor",
				 .pack = "pest-density",
				 .pack_version = 3,
				 .day = DEVICE_DAY,
				 .taken_utc_ms = DEVICE_MORNING_UTC_MS + d->clock.utc_ms % 1000};

	jx_uuid7(&d->clock.clock, &d->rand.rand, draft.id);
	return draft;
}

static jx_rc put(struct device *d, const struct jx_draft *draft, const char *path, const char *value,
		 struct jx_error *err)
{
	const struct jx_draft_value v = {path, value};

	return jx_store_set_draft(d->store, draft->id, &v, 1, err);
}

static jx_rc join(void *user, const struct jx_draft_value *v)
{
	jx_buf_addf(user, "%s=%s;", v->path, v->value);
	return JX_OK;
}

static void assert_values(struct device *d, const struct jx_draft *draft, const char *want)
{
	JX_AUTO_BUF b;
	struct jx_error err;

	jx_buf_init(&b, 65536);
	jx_assert_ok(jx_store_each_draft_value(d->store, draft->id, join, &b, &err), &err);
	assert_string_equal(b.data != NULL ? b.data : "", want);
}

static jx_rc count(void *user, const struct jx_draft *draft)
{
	int *n = user;

	(*n)++;
	assert_true(draft->drafts >= *n);
	return JX_OK;
}

static int drafts(struct device *d)
{
	struct jx_error err;
	int n = 0;

	jx_assert_ok(jx_store_each_draft(d->store, count, &n, &err), &err);
	return n;
}

static void values_keep_the_order_of_their_first_answer(void **state)
{
	struct bench *b = *state;
	const struct jx_draft_value first[] = {{"weather", "sunny"}, {"rooms[1].flies", "2"}};
	struct jx_draft draft = make(&b->d), back;
	struct jx_error err;

	jx_assert_ok(jx_store_begin_draft(b->d.store, &draft, first, 2, &err), &err);
	jx_assert_ok(put(&b->d, &draft, "rooms[2].flies", "", &err), &err);
	jx_assert_ok(put(&b->d, &draft, "weather", "雨", &err), &err);
	device_reopen(&b->d);
	assert_values(&b->d, &draft, "weather=雨;rooms[1].flies=2;rooms[2].flies=;");
	jx_assert_ok(put(&b->d, &draft, "rooms[1].flies", NULL, &err), &err);
	jx_assert_ok(put(&b->d, &draft, "never", NULL, &err), &err);
	jx_assert_ok(put(&b->d, &draft, "rooms[1].flies", "5", &err), &err);
	assert_values(&b->d, &draft, "weather=雨;rooms[2].flies=;rooms[1].flies=5;");
	jx_assert_ok(jx_store_draft(b->d.store, draft.id, &back, &err), &err);
	assert_string_equal(back.form, draft.form);
	assert_string_equal(back.pack, draft.pack);
	assert_string_equal(back.day, draft.day);
	assert_int_equal(back.pack_version, 3);
	assert_int_equal(back.taken_utc_ms, draft.taken_utc_ms);
	assert_int_equal(back.value_count, 3);
	assert_int_equal(back.drafts, 1);
	jx_assert_ok(jx_store_check(b->d.store, &err), &err);
}

static void a_set_is_one_sync_and_lost_only_where_it_failed(void **state)
{
	struct bench *b = *state;
	const struct jx_draft_value two[] = {{"a", "9"}, {"c", "9"}};
	struct jx_draft draft = make(&b->d);
	struct jx_error err;

	jx_assert_ok(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), &err);
	b->vfs.wal_syncs = 0;
	jx_assert_ok(put(&b->d, &draft, "a", "1", &err), &err);
	assert_int_equal(b->vfs.wal_syncs, 1);
	b->vfs.fail_wal_sync_at = 1;
	assert_int_not_equal(jx_store_set_draft(b->d.store, draft.id, two, 2, &err), JX_OK);
	b->vfs.fail_wal_sync_at = 0;
	assert_values(&b->d, &draft, "a=1;");
	device_reopen(&b->d);
	assert_values(&b->d, &draft, "a=1;");
	jx_assert_ok(put(&b->d, &draft, "b", "2", &err), &err);
	/* a full disk keeps what is there, and says so */
	b->vfs.is_full = true;
	assert_int_not_equal(put(&b->d, &draft, "d", "4", &err), JX_OK);
	b->vfs.is_full = false;
	device_reopen(&b->d);
	assert_values(&b->d, &draft, "a=1;b=2;");
}

static void saving_the_entry_ends_the_draft_in_the_same_transaction(void **state)
{
	struct bench *b = *state;
	struct jx_draft draft = make(&b->d), other = make(&b->d);
	struct plain p = device_plain(&b->d);
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), &err);
	jx_assert_ok(jx_store_begin_draft(b->d.store, &other, NULL, 0, &err), &err);
	jx_assert_ok(put(&b->d, &draft, "a", "1", &err), &err);
	jx_assert_ok(put(&b->d, &other, "a", "2", &err), &err);
	memcpy(p.id, draft.id, JX_ID_BYTES);
	p.fail_with = JX_EINVAL;
	assert_int_not_equal(device_append(&b->d, &p, &n, &err), JX_OK);
	assert_values(&b->d, &draft, "a=1;");
	p.fail_with = JX_OK;
	b->vfs.fail_wal_sync_at = 1;
	assert_int_not_equal(device_append(&b->d, &p, &n, &err), JX_OK);
	b->vfs.fail_wal_sync_at = 0;
	assert_values(&b->d, &draft, "a=1;");
	b->vfs.wal_syncs = 0;
	jx_assert_ok(device_append(&b->d, &p, &n, &err), &err);
	assert_int_equal(b->vfs.wal_syncs, 1);
	jx_assert_rc(jx_store_draft(b->d.store, draft.id, &draft, &err), JX_ENOTFOUND, &err);
	assert_values(&b->d, &draft, "");
	assert_values(&b->d, &other, "a=2;");
	assert_int_equal(drafts(&b->d), 1);
	/* the id is an entry's now */
	jx_assert_rc(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), JX_EEXISTS, &err);
	jx_assert_rc(jx_store_begin_draft(b->d.store, &other, NULL, 0, &err), JX_EEXISTS, &err);
	jx_assert_ok(jx_store_check(b->d.store, &err), &err);
}

static void a_draft_beside_its_entry_is_told(void **state)
{
	struct bench *b = *state;
	struct jx_error err;

	device_save_many(&b->d, 1);
	(void)device_sql(&b->d, "INSERT INTO draft SELECT id, 'f', 'p', 1, day, 1 FROM entry");
	jx_assert_rc(jx_store_check(b->d.store, &err), JX_ECORRUPT, &err);
}

static void bad_values_change_nothing(void **state)
{
	struct bench *b = *state;
	struct jx_draft draft = make(&b->d), unknown = make(&b->d);
	JX_AUTO_FREE char *longest = jx_xcalloc(1, JX_DRAFT_VALUE_MAX + 1);
	const struct jx_draft_value bad[] = {{"a", "1"}, {"b", longest}};
	struct jx_error err;

	jx_assert_rc(jx_store_begin_draft(b->d.store, &draft, &(struct jx_draft_value){"", "1"}, 1, &err),
		     JX_EINVAL, &err);
	assert_int_equal(drafts(&b->d), 0);
	jx_assert_ok(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), &err);
	memset(longest, 'x', JX_DRAFT_VALUE_MAX);
	jx_assert_rc(jx_store_set_draft(b->d.store, draft.id, bad, 2, &err), JX_EINVAL, &err);
	jx_assert_rc(put(&b->d, &draft, "a", "\xff", &err), JX_EINVAL, &err);
	assert_values(&b->d, &draft, "");
	longest[JX_DRAFT_VALUE_MAX - 1] = '\0';
	jx_assert_ok(jx_store_set_draft(b->d.store, draft.id, bad, 2, &err), &err);
	jx_assert_rc(put(&b->d, &unknown, "a", "1", &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_store_drop_draft(b->d.store, unknown.id, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_store_drop_draft(b->d.store, draft.id, &err), &err);
	assert_int_equal(drafts(&b->d), 0);
	assert_int_equal(device_sql(&b->d, "SELECT count(*) FROM draft_value"), 0);
}

static void there_is_a_most_of_drafts(void **state)
{
	struct bench *b = *state;
	struct jx_draft draft;
	struct jx_error err;

	for (int i = 0; i < JX_DRAFTS_MAX; i++) {
		draft = make(&b->d);
		jx_assert_ok(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), &err);
	}
	assert_int_equal(drafts(&b->d), JX_DRAFTS_MAX);
	draft = make(&b->d);
	jx_assert_rc(jx_store_begin_draft(b->d.store, &draft, NULL, 0, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "--drop");
	/* entries do not mind */
	device_save_many(&b->d, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(values_keep_the_order_of_their_first_answer),
		T(a_set_is_one_sync_and_lost_only_where_it_failed),
		T(saving_the_entry_ends_the_draft_in_the_same_transaction),
		T(a_draft_beside_its_entry_is_told),
		T(bad_values_change_nothing),
		T(there_is_a_most_of_drafts),
	};

	return cmocka_run_group_tests_name("store.draft", tests, NULL, NULL);
}
