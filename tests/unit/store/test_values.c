/* Identity and keys, small values, what came down the feed. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));

	device_init(d);
	device_enrol(d, 1);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

static void identities_come_back_as_they_were_given(void **state)
{
	struct device *d = *state;
	struct jx_identity id;
	struct jx_error err;

	device_reopen(d);
	jx_assert_ok(jx_store_identity(d->store, &id, &err), &err);
	assert_memory_equal(id.writer, d->id.writer, JX_ID_BYTES);
	assert_memory_equal(id.public_key, d->id.public_key, JX_PUB_BYTES);
	assert_memory_equal(id.server_identity, d->id.server_identity, JX_PUB_BYTES);
	assert_string_equal(id.short_code, "H07");
	assert_string_equal(id.role, "field");
	assert_string_equal(id.area, "330185");
	assert_string_equal(id.url, "https://city.example:8443");
	assert_int_equal(id.pin_count, 1);
	assert_memory_equal(id.tls_spki_sha256, d->id.tls_spki_sha256, sizeof(id.tls_spki_sha256));
	assert_int_equal(id.enrolled_utc_ms, DEVICE_MORNING_UTC_MS);
}

static void the_same_writer_again_renews_but_keeps_its_key(void **state)
{
	struct device *d = *state;
	struct jx_identity id = d->id, back;
	struct jx_error err;

	device_save_many(d, 2);
	jx_strcpy(id.url, sizeof(id.url), "https://new.example");
	jx_assert_ok(jx_store_set_identity(d->store, &id, &err), &err);
	jx_assert_ok(jx_store_identity(d->store, &back, &err), &err);
	assert_string_equal(back.url, "https://new.example");
	device_save_many(d, 1);
	assert_int_equal(device_row(d, 3).n, 3);
	id.public_key[0] ^= 1;
	jx_assert_rc(jx_store_set_identity(d->store, &id, &err), JX_ECONFLICT, &err);
	/* an id that was used before is not used again */
	device_enrol(d, 2);
	id = back;
	jx_assert_rc(jx_store_set_identity(d->store, &id, &err), JX_ECONFLICT, &err);
	jx_assert_ok(jx_store_identity(d->store, &back, &err), &err);
	assert_int_equal(back.writer[0], 2);
}

static void bad_identities_are_refused(void **state)
{
	struct device *d = *state;
	struct jx_identity id = d->id;
	struct jx_error err;

	memset(id.writer, 0, sizeof(id.writer));
	jx_assert_rc(jx_store_set_identity(d->store, &id, &err), JX_EINVAL, &err);
	id = d->id;
	id.pin_count = JX_PINS_MAX + 1;
	jx_assert_rc(jx_store_set_identity(d->store, &id, &err), JX_EINVAL, &err);
	id = d->id;
	memset(id.area, 'a', sizeof(id.area));
	jx_assert_rc(jx_store_set_identity(d->store, &id, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "area");
}

static jx_rc count_identity(void *user, const struct jx_identity *id)
{
	int *order = user;

	*order = *order * 10 + id->writer[0];
	return JX_OK;
}

static void identities_come_oldest_first(void **state)
{
	struct device *d = *state;
	struct jx_error err;
	int order = 0;

	device_enrol(d, 2);
	device_enrol(d, 3);
	jx_assert_ok(jx_store_each_identity(d->store, count_identity, &order, &err), &err);
	assert_int_equal(order, 123);
}

static void new_keys_take_over_and_old_ones_stay_known(void **state)
{
	struct device *d = *state;
	struct jx_keys keys = {.has_next = true, .pin_count = 2};
	struct jx_signed text = {.text = "{}", .len = 2};
	struct jx_identity id;
	uint8_t key_id[8], pub[JX_PUB_BYTES], seed[32] = {9}, sec[JX_SEC_BYTES];
	struct jx_error err;

	jx_key_from_seed(seed, keys.identity, sec);
	seed[0] = 10;
	jx_key_from_seed(seed, keys.next_identity, sec);
	keys.tls_spki_sha256[1][3] = 4;
	jx_assert_ok(jx_store_set_keys(d->store, &text, &keys, &err), &err);
	jx_assert_ok(jx_store_identity(d->store, &id, &err), &err);
	assert_memory_equal(id.server_identity, keys.identity, JX_PUB_BYTES);
	assert_int_equal(id.pin_count, 2);
	assert_int_equal(id.tls_spki_sha256[1][3], 4);
	jx_key_id(d->server_pub, key_id);
	jx_assert_ok(jx_store_server_key(d->store, key_id, pub, &err), &err);
	assert_memory_equal(pub, d->server_pub, JX_PUB_BYTES);
	jx_key_id(keys.next_identity, key_id);
	jx_assert_ok(jx_store_server_key(d->store, key_id, pub, &err), &err);
	assert_memory_equal(pub, keys.next_identity, JX_PUB_BYTES);
	key_id[0] ^= 1;
	jx_assert_rc(jx_store_server_key(d->store, key_id, pub, &err), JX_ENOTFOUND, &err);
	{
		uint8_t all[4][JX_PUB_BYTES] = {{0}};
		size_t count = 0;

		/* the one in force first; then the enrolment's and the announced one */
		jx_assert_ok(jx_store_server_keys(d->store, all, 4, &count, &err), &err);
		assert_int_equal(count, 3);
		assert_memory_equal(all[0], keys.identity, JX_PUB_BYTES);
		assert_memory_not_equal(all[1], all[2], JX_PUB_BYTES);
		for (size_t i = 1; i < 3; i++)
			assert_true(memcmp(all[i], d->server_pub, JX_PUB_BYTES) == 0 ||
				    memcmp(all[i], keys.next_identity, JX_PUB_BYTES) == 0);
		jx_assert_ok(jx_store_server_keys(d->store, all, 1, &count, &err), &err);
		assert_int_equal(count, 1);
	}
	keys.pin_count = 0;
	jx_assert_rc(jx_store_set_keys(d->store, &text, &keys, &err), JX_EINVAL, &err);
}

static void the_server_gives_another_area(void **state)
{
	struct device *d = *state;
	struct jx_identity before, after;
	struct jx_error err;

	jx_assert_ok(jx_store_identity(d->store, &before, &err), &err);
	jx_assert_ok(jx_store_set_area(d->store, before.writer, "leader", "330110", &err), &err);
	jx_assert_ok(jx_store_identity(d->store, &after, &err), &err);
	assert_string_equal(after.area, "330110");
	assert_string_equal(after.role, "leader");
	/* nothing else */
	jx_strcpy(after.area, sizeof(after.area), before.area);
	jx_strcpy(after.role, sizeof(after.role), before.role);
	assert_memory_equal(&after, &before, sizeof(before));
	jx_assert_ok(jx_store_set_area(d->store, before.writer, "field", "", &err), &err);
	/* for the writer that this device was before it enrolled again, it comes too late */
	device_enrol(d, 2);
	jx_assert_rc(jx_store_set_area(d->store, before.writer, "field", "330185", &err), JX_ECONFLICT, &err);
	jx_assert_rc(jx_store_set_area(d->store, before.writer, "field", "\xff", &err), JX_EINVAL, &err);
}

static void values_are_set_read_and_removed(void **state)
{
	struct device *d = *state;
	char out[32];
	struct jx_error err;

	jx_assert_rc(jx_store_get(d->store, JX_SET_PERSON, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_store_set(d->store, JX_SET_PERSON, "张三", &err), &err);
	jx_assert_ok(jx_store_set(d->store, JX_SET_PERSON, "李四", &err), &err);
	device_reopen(d);
	jx_assert_ok(jx_store_get(d->store, JX_SET_PERSON, out, sizeof(out), &err), &err);
	assert_string_equal(out, "李四");
	jx_assert_rc(jx_store_get(d->store, JX_SET_PERSON, out, 4, &err), JX_ELIMIT, &err);
	assert_string_equal(out, "李四");
	jx_assert_ok(jx_store_set(d->store, JX_SET_PERSON, NULL, &err), &err);
	jx_assert_ok(jx_store_set(d->store, JX_SET_PERSON, NULL, &err), &err);
	jx_assert_rc(jx_store_get(d->store, JX_SET_PERSON, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_store_set(d->store, "persona", "x", &err), JX_EINVAL, &err);
	jx_assert_rc(jx_store_get(d->store, "persona", out, sizeof(out), &err), JX_EINVAL, &err);
	jx_assert_rc(jx_store_set(d->store, JX_SET_PERSON, "\xff", &err), JX_EINVAL, &err);
}

static jx_rc take_item(void *user, const struct jx_inbox_item *item)
{
	jx_buf *b = user;

	jx_buf_adds(b, item->key);
	jx_buf_addc(b, '=');
	jx_buf_add(b, item->text, item->len);
	jx_buf_addc(b, ' ');
	return JX_OK;
}

static void assert_inbox(struct device *d, const char *kind, const char *expected)
{
	struct jx_error err;
	jx_buf b;

	jx_buf_init(&b, 256);
	jx_buf_adds(&b, "");
	jx_assert_ok(jx_store_each_inbox(d->store, kind, take_item, &b, &err), &err);
	assert_int_equal(b.len, strlen(expected));
	assert_memory_equal(b.len == 0 ? "" : b.data, expected, b.len);
	jx_buf_done(&b);
}

static void the_feed_replaces_drops_and_moves_its_cursor_at_once(void **state)
{
	struct device *d = *state;
	const struct jx_inbox_item first[] = {
		{"person", "b", "B", 1}, {"person", "a", "A", 1}, {"odd", "a", "", 0}};
	const struct jx_inbox_item second[] = {
		{"person", "a", "A2", 2}, {"person", "b", NULL, 0}, {"person", "never-came", NULL, 0}};
	const struct jx_inbox_item broken[] = {{"person", "c", "C", 1}, {NULL, "d", "D", 1}};
	char cursor[16];
	struct jx_error err;

	jx_assert_ok(jx_store_add_inbox(d->store, first, 3, "c1", &err), &err);
	assert_inbox(d, "person", "a=A b=B ");
	assert_inbox(d, "odd", "a= ");
	assert_inbox(d, "none", "");
	jx_assert_ok(jx_store_add_inbox(d->store, second, 3, "c2", &err), &err);
	assert_inbox(d, "person", "a=A2 ");
	/* all or nothing */
	assert_int_not_equal(jx_store_add_inbox(d->store, broken, 2, "c3", &err), JX_OK);
	assert_inbox(d, "person", "a=A2 ");
	jx_assert_ok(jx_store_get(d->store, JX_SET_CURSOR, cursor, sizeof(cursor), &err), &err);
	assert_string_equal(cursor, "c2");
	jx_assert_ok(jx_store_add_inbox(d->store, NULL, 0, "c4", &err), &err);
	jx_assert_ok(jx_store_get(d->store, JX_SET_CURSOR, cursor, sizeof(cursor), &err), &err);
	assert_string_equal(cursor, "c4");
}

static void another_enrolment_forgets_what_the_server_said_to_the_first(void **state)
{
	struct device *d = *state;
	char out[32];
	struct jx_error err;

	jx_assert_ok(jx_store_set(d->store, JX_SET_CHALLENGE, "c", &err), &err);
	jx_assert_ok(jx_store_set(d->store, JX_SET_CURSOR, "c", &err), &err);
	jx_assert_ok(jx_store_set(d->store, JX_SET_PERSON, "p1", &err), &err);
	device_enrol(d, 2);
	jx_assert_rc(jx_store_get(d->store, JX_SET_CHALLENGE, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_store_get(d->store, JX_SET_CURSOR, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_store_get(d->store, JX_SET_PERSON, out, sizeof(out), &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(identities_come_back_as_they_were_given),
		T(the_same_writer_again_renews_but_keeps_its_key),
		T(bad_identities_are_refused),
		T(identities_come_oldest_first),
		T(new_keys_take_over_and_old_ones_stay_known),
		T(the_server_gives_another_area),
		T(values_are_set_read_and_removed),
		T(the_feed_replaces_drops_and_moves_its_cursor_at_once),
		T(another_enrolment_forgets_what_the_server_said_to_the_first),
	};

	return cmocka_run_group_tests_name("store.values", tests, NULL, NULL);
}
