/* jx verify: finds what was changed, removed, inserted, swapped or cut off, and says where. */
#include <stdio.h>
#include <stdlib.h>

#include "handheld.h"
#include "jiexun/view.h"

/* H07: 1 with two photos, 2..5; receipts at 3 and 5, photo-receipt for one. H08: 1..3, receipt at 2. */
static void make(struct handheld *h)
{
	struct plain p;
	uint8_t photo[JX_HASH_BYTES];
	struct jx_error err;

	handheld_init(h);
	p = device_plain(&h->d);
	p.photo_count = 2;
	device_photo(p.photos[0], 1);
	device_photo(p.photos[1], 2);
	(void)device_save(&h->d, &p);
	device_save_many(&h->d, 4);
	jx_assert_ok(device_receipt(&h->d, 3, &err), &err);
	device_photo(photo, 1);
	jx_assert_ok(device_photo_receipt(&h->d, photo, 1, &err), &err);
	jx_assert_ok(device_receipt(&h->d, 5, &err), &err);
	device_enrol(&h->d, 2);
	device_save_many(&h->d, 3);
	jx_assert_ok(device_receipt(&h->d, 2, &err), &err);
}

static struct jx_view_verify verify(struct handheld *h)
{
	struct jx_view_verify v;
	struct jx_error err;

	jx_assert_ok(jx_view_verify(h->d.store, &v, &err), &err);
	return v;
}

static void what_is_whole_is_said_to_be_whole(void **state)
{
	struct handheld h;
	struct jx_view_verify v;

	(void)state;
	make(&h);
	v = verify(&h);
	assert_int_equal(v.damage_count, 0);
	assert_int_equal(v.first.code, JX_OK);
	assert_int_equal(v.writers, 2);
	assert_int_equal(v.entries, 8);
	assert_int_equal(v.receipts, 3);
	assert_int_equal(v.photo_receipts, 1);
	assert_int_equal(v.photos, 2);
	assert_int_equal(v.last_n, 3);
	assert_int_equal(v.receipt_n, 2);
	handheld_done(&h);
}

static void an_empty_device_is_whole(void **state)
{
	struct device d;
	struct jx_view_verify v;
	struct jx_error err;

	(void)state;
	device_init(&d);
	device_open(&d);
	jx_assert_ok(jx_view_verify(d.store, &v, &err), &err);
	assert_int_equal(v.damage_count, 0);
	assert_int_equal(v.entries, 0);
	device_done(&d);
}

#define LOOSE "PRAGMA foreign_keys = OFF; "

static const struct {
	const char *sql;
	const char *number; /* where the first damage is; NULL: anywhere */
} changes[] = {
	/* a changed byte: in the entry, its digest, head, signature, id */
	{"UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'nothing', 'Nothing') AS BLOB) WHERE n = 2",
	 "H07-2"},
	{"UPDATE entry SET digest = zeroblob(32) WHERE n = 4", "H07-4"},
	{"UPDATE entry SET head = zeroblob(32) WHERE n = 4", "H07-4"},
	{"UPDATE entry SET sig = zeroblob(64) WHERE n = 5", "H07-5"},
	{"UPDATE entry SET id = zeroblob(16) WHERE n = 4", NULL},
	/* bytes and digest changed together: the head does not fit */
	{"UPDATE entry SET bytes = (SELECT bytes FROM entry WHERE pos = (1 << 40) + 3), "
	 "digest = (SELECT digest FROM entry WHERE pos = (1 << 40) + 3) WHERE pos = (1 << 40) + 4",
	 "H07-4"},
	/* removed: in the middle, the first, the last of the receipted ones (cut off) */
	{LOOSE "DELETE FROM entry WHERE n = 4", "H07-4"},
	{LOOSE "DELETE FROM photo; DELETE FROM entry WHERE pos = (1 << 40) + 1", "H07-1"},
	{"DELETE FROM entry WHERE pos = (1 << 40) + 5", "H07-5"},
	{LOOSE "DELETE FROM photo; DELETE FROM entry WHERE pos < 2 << 40", "H07-3"},
	{"DELETE FROM entry WHERE pos IN ((2 << 40) + 2, (2 << 40) + 3)", "H08-2"},
	/* inserted: one entry twice */
	{"INSERT INTO entry SELECT (2 << 40) + 4, zeroblob(16), kind, day, photo_count, ref_id, digest, head, sig, bytes "
	 "FROM entry WHERE pos = (2 << 40) + 3",
	 "H08-4"},
	/* swapped */
	{"UPDATE entry SET pos = 1 << 50 WHERE pos = (2 << 40) + 1; UPDATE entry SET pos = (2 << 40) + 1 WHERE pos = "
	 "(2 << 40) + 2; UPDATE entry SET pos = (2 << 40) + 2 WHERE pos = 1 << 50",
	 "H08-1"},
	/* moved to another writer */
	{LOOSE "UPDATE entry SET pos = (2 << 40) + 4 WHERE pos = (1 << 40) + 5", NULL},
	/* another key for the writer */
	{"UPDATE identity SET public_key = zeroblob(32) WHERE no = 1", "H07-1"},
	/* receipts: text, signature, an unknown key */
	{"UPDATE receipt SET text = CAST(replace(CAST(text AS TEXT), '\"n\":3', '\"n\":4') AS BLOB) WHERE n = 3",
	 ""},
	{"UPDATE receipt SET sig = zeroblob(64) WHERE n = 5", NULL},
	{"UPDATE photo_receipt SET sig = zeroblob(64)", ""},
	{"DELETE FROM server_key", ""},
	/* states that nothing signed says */
	{"UPDATE receipt SET n = 3 WHERE n = 2", "H08-3"},
	{"INSERT INTO photo_done SELECT writer_no, (SELECT sha256 FROM photo WHERE place = 1), epoch, receipt_no FROM photo_done",
	 "H07-1"},
	{LOOSE
	 "DELETE FROM receipt WHERE writer_no = 2; INSERT INTO receipt SELECT 9, 2, epoch, 3, 0, 0, 0, zeroblob(32), sig, text "
	 "FROM receipt WHERE no = 1",
	 "H08-1"},
	/* rows derived from receipts: what counts as sent, received and safe to prune is read from them */
	{"UPDATE receipt SET safe_until_n = 3 WHERE n = 3", ""},
	{"UPDATE receipt SET n = 2 WHERE n = 3", ""},
	{"UPDATE receipt SET standing = 1 WHERE n = 2", ""},
	{"UPDATE receipt SET server_utc_ms = server_utc_ms + 1 WHERE n = 3", ""},
	{"UPDATE receipt SET epoch = zeroblob(16) WHERE n = 3", ""},
	{"UPDATE receipt SET hash = zeroblob(32) WHERE n = 3", ""},
	{"UPDATE photo_receipt SET hash = zeroblob(32)", ""},
	{"UPDATE photo_done SET epoch = zeroblob(16)", ""},
	{"UPDATE photo_done SET sha256 = zeroblob(32)", ""},
	/* rows derived from bytes */
	{"UPDATE entry SET day = '2026-09-09' WHERE n = 2", NULL},
	{"UPDATE photo SET sha256 = zeroblob(32) WHERE place = 1", NULL},
};

static void each_change_is_found_where_it_is(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct handheld h;
		struct jx_view_verify v;

		make(&h);
		(void)device_sql(&h.d, changes[i].sql);
		v = verify(&h);
		if (v.damage_count == 0)
			fail_msg("not found: %s", changes[i].sql);
		if (changes[i].number != NULL && strcmp(v.first_number, changes[i].number) != 0)
			fail_msg("%s: said to be at \"%s\" (%s)", changes[i].sql, v.first_number,
				 v.first.text);
		assert_int_not_equal(v.first.code, JX_OK);
		assert_int_not_equal(v.first.text[0], '\0');
		handheld_done(&h);
	}
}

/* Every byte of one entry, one after the other. */
static void any_changed_byte_is_found(void **state)
{
	struct handheld h;
	char sql[200];
	int64_t len, i;

	(void)state;
	make(&h);
	len = device_sql(&h.d, "SELECT length(bytes) FROM entry WHERE pos = (2 << 40) + 2");
	assert_true(len > 200);
	(void)device_sql(
		&h.d,
		"CREATE TABLE kept (bytes BLOB); INSERT INTO kept SELECT bytes FROM entry WHERE pos = (2 << 40) + 2");
	for (i = 1; i <= len; i++) {
		struct jx_view_verify v;

		(void)snprintf(
			sql, sizeof(sql),
			"UPDATE entry SET bytes = CAST(substr(bytes, 1, %lld) || x'7e' || substr(bytes, %lld) AS BLOB) "
			"WHERE pos = (2 << 40) + 2",
			(long long)i - 1, (long long)i + 1);
		(void)device_sql(&h.d, sql);
		v = verify(&h);
		assert_true(v.damage_count > 0);
		assert_string_equal(v.first_number, "H08-2");
		(void)device_sql(
			&h.d, "UPDATE entry SET bytes = (SELECT bytes FROM kept) WHERE pos = (2 << 40) + 2");
	}
	assert_int_equal(verify(&h).damage_count, 0);
	handheld_done(&h);
}

static jx_rc count_photo(void *user, const char *number, const struct jx_photo_ref *photo, bool is_let_go)
{
	int *count = user;

	(void)number;
	(void)photo;
	(void)is_let_go;
	(*count)++;
	return JX_OK;
}

/* Whoever asks for the photos after the verification must hear of the others, and not of a field of a damaged entry. */
static void photos_are_told_past_a_damaged_entry(void **state)
{
	static const char *const damages[] = {"'observation', 'observatioN'", "'{\"v\":1,', '{\"v\":9,'"};
	char sql[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct handheld h;
		struct jx_error err;
		int count = 0;

		make(&h);
		(void)snprintf(
			sql, sizeof(sql),
			"UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), %s) AS BLOB) WHERE pos = "
			"(1 << 40) + 1",
			damages[i]);
		(void)device_sql(&h.d, sql);
		jx_assert_ok(jx_view_each_photo(h.d.store, count_photo, &count, &err), &err);
		assert_int_equal(count, 0);
		assert_string_equal(verify(&h).first_number, "H07-1");
		handheld_done(&h);
	}
}

static void a_cut_tail_without_receipt_cannot_be_seen_here_but_is_counted(void **state)
{
	struct handheld h;
	struct jx_view_verify v;

	(void)state;
	make(&h);
	(void)device_sql(&h.d, "DELETE FROM entry WHERE pos = (2 << 40) + 3");
	v = verify(&h);
	assert_int_equal(v.damage_count, 0);
	assert_int_equal(v.last_n, 2);
	assert_int_equal(v.receipt_n, 2);
	handheld_done(&h);
}

static void receipts_of_an_earlier_key_of_the_server_stay_good(void **state)
{
	struct handheld h;
	struct jx_keys keys = {.pin_count = 1};
	struct jx_signed text;
	uint8_t seed[32] = {77};
	struct jx_error err;

	(void)state;
	make(&h);
	jx_key_from_seed(seed, keys.identity, h.d.server_sec);
	jx_assert_ok(jx_keys_sign(&keys, h.d.server_sec, &text, &err), &err);
	jx_assert_ok(jx_store_set_keys(h.d.store, &text, &keys, &err), &err);
	memcpy(h.d.server_pub, keys.identity, JX_PUB_BYTES);
	jx_assert_ok(device_receipt(&h.d, 3, &err), &err);
	assert_int_equal(verify(&h).damage_count, 0);
	assert_int_equal(verify(&h).receipts, 4);
	handheld_done(&h);
}

static void a_receipt_for_another_chain_is_shown(void **state)
{
	struct handheld h;
	struct jx_signed text;
	struct jx_receipt r;
	struct jx_view_verify v;
	struct jx_error err;

	(void)state;
	make(&h);
	device_sign_receipt(&h.d, 3, false, &text, &r);
	r.head[0] ^= 1;
	jx_assert_ok(jx_receipt_sign(&r, h.d.server_sec, &text, &err), &err);
	jx_assert_rc(jx_store_add_receipt(h.d.store, &text, &r, &err), JX_ECONFLICT, &err);
	v = verify(&h);
	assert_int_equal(v.damage_count, 1);
	assert_string_equal(v.first_number, "H08-3");
	handheld_done(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_whole_is_said_to_be_whole),
		cmocka_unit_test(an_empty_device_is_whole),
		cmocka_unit_test(each_change_is_found_where_it_is),
		cmocka_unit_test(any_changed_byte_is_found),
		cmocka_unit_test(photos_are_told_past_a_damaged_entry),
		cmocka_unit_test(a_cut_tail_without_receipt_cannot_be_seen_here_but_is_counted),
		cmocka_unit_test(receipts_of_an_earlier_key_of_the_server_stay_good),
		cmocka_unit_test(a_receipt_for_another_chain_is_shown),
	};

	return cmocka_run_group_tests_name("view.verify", tests, NULL, NULL);
}
