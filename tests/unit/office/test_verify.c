/* Every way to bend a pulled folder that touches an entry must be seen. */
#include <stdio.h>
#include <stdlib.h>

#include "../model/samples.h"
#include "jx_test.h"
#include "town.h"

struct world {
	struct town t;
	char *dir;
};

static int set_up(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->dir = jx_test_folder();
	town_usual(&w->t);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	town_done(&w->t);
	jx_test_folder_remove(w->dir);
	free(w);
	return 0;
}

static void check(const struct world *w, struct jx_office__verdict *v)
{
	struct jx_error err = {.code = JX_OK};

	jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, NULL, v, &err), &err);
}

/* Written, checked, damage wanted. */
static void assert_damaged(const struct world *w, const char *part)
{
	struct jx_office__verdict v;

	town_write(&w->t, w->dir);
	check(w, &v);
	if (v.damage == 0)
		fail_msg("no damage seen, wanted: %s", part);
	if (strstr(v.first_text, part) == NULL)
		fail_msg("said \"%s\", wanted: %s", v.first_text, part);
}

static bool is_entry(const struct world *w, size_t i)
{
	return strstr(w->t.line[i], "\"kind\":\"entry\"") != NULL;
}

static void take_out(struct world *w, size_t i)
{
	free(w->t.line[i]);
	w->t.count--;
	memmove(&w->t.line[i], &w->t.line[i + 1], (w->t.count - i) * sizeof(char *));
	memmove(&w->t.len[i], &w->t.len[i + 1], (w->t.count - i) * sizeof(size_t));
}

static void put_in(struct world *w, size_t i, const char *line, size_t len)
{
	town_line(&w->t, line, len);
	for (size_t k = w->t.count - 1; k > i; k--) {
		char *l = w->t.line[k];
		const size_t n = w->t.len[k];

		w->t.line[k] = w->t.line[k - 1];
		w->t.len[k] = w->t.len[k - 1];
		w->t.line[k - 1] = l;
		w->t.len[k - 1] = n;
	}
}

static void a_whole_folder_is_good(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;

	town_write(&w->t, w->dir);
	check(w, &v);
	assert_string_equal(v.first_text, "");
	assert_int_equal(v.damage, 0);
	assert_int_equal(v.lines, w->t.count);
	assert_int_equal(v.entries, 9);
	assert_int_equal(v.writers, 3);
	assert_int_equal(v.receipts, 7);
	assert_int_equal(v.photo_receipts, 2);
	assert_int_equal(v.photos_absent, 2);
	assert_int_equal(v.unsigned_entries, 0);
}

/* Every byte of one entry of the server and of one of a handheld, inside and outside of strings; each bit in its turn. */
static void every_changed_byte_of_an_entry_is_seen(void **state)
{
	static const int wanted[] = {1, 4};
	struct world *w = *state;
	struct jx_office__verdict v;
	int entries = 0, changed = 0;

	town_write(&w->t, w->dir);
	for (size_t i = 0; i < w->t.count; i++) {
		char *from = strstr(w->t.line[i], "\"entry\":{");

		if (!is_entry(w, i) || (++entries != wanted[0] && entries != wanted[1]))
			continue;
		assert_non_null(from);
		for (char *at = from + strlen("\"entry\":"); *(at + 1) != '\0'; at++, changed++) {
			const char was = *at;

			*at = (char)((unsigned char)was ^ (1u << (changed % 8)));
			town_write_journal(&w->t, w->dir);
			check(w, &v);
			if (v.damage == 0)
				fail_msg("line %zu: %s", i + 1, from);
			*at = was;
		}
	}
	assert_true(changed > 1000);
}

static void a_removed_entry_is_seen(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->t.count; i++) {
		JX_AUTO_FREE char *line = jx_xstrdup(w->t.line[i]);

		if (!is_entry(w, i))
			continue;
		take_out(w, i);
		assert_damaged(w, "");
		put_in(w, i, line, strlen(line));
	}
}

static void a_doubled_entry_is_seen(void **state)
{
	struct world *w = *state;
	const size_t count = w->t.count;

	for (size_t i = 0; i < count; i++) {
		JX_AUTO_FREE char *line = jx_xstrdup(w->t.line[i]);

		if (!is_entry(w, i))
			continue;
		for (size_t at = i + 1; at <= count; at += 5) {
			put_in(w, at, line, strlen(line));
			assert_damaged(w, "twice");
			take_out(w, at);
		}
	}
}

static void swapped_entries_are_seen(void **state)
{
	struct world *w = *state;
	size_t first = 0;

	/* two of one writer in one batch: H07's first ones */
	while (strstr(w->t.line[first], "\"observation\"") == NULL)
		first++;
	for (int i = 0; i < 2; i++) {
		char *line = w->t.line[first];
		const size_t len = w->t.len[first];

		w->t.line[first] = w->t.line[first + 1];
		w->t.len[first] = w->t.len[first + 1];
		w->t.line[first + 1] = line;
		w->t.len[first + 1] = len;
		if (i == 0)
			assert_damaged(w, "out of order");
	}
	{
		struct jx_office__verdict v;

		town_write(&w->t, w->dir);
		check(w, &v);
		assert_int_equal(v.damage, 0);
	}
}

static void an_entry_that_its_writer_did_not_sign_is_seen(void **state)
{
	struct world *w = *state;

	/* right in all but the key: somebody who has not the device's */
	sample_key(88, w->t.writer[1].pub, w->t.writer[1].sec);
	(void)town_add_kind(&w->t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, true);
	assert_damaged(w, "signature");
}

static void a_writer_that_nobody_introduced_is_seen(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;

	sample_id(2, 123, w->t.writer[3].id);
	sample_key(77, w->t.writer[3].pub, w->t.writer[3].sec);
	jx_chain_root(w->t.writer[3].id, w->t.writer[3].pub, w->t.writer[3].head);
	(void)town_add_kind(&w->t, 3, JX_KIND_OBSERVATION, TOWN_DAY, true);
	assert_damaged(w, "introduced no such writer");
	check(w, &v);
	assert_int_equal(v.first_n, 1);
}

/* A handheld that plays the server: what it states counts for nothing. */
static void a_writer_cannot_introduce_another(void **state)
{
	struct world *w = *state;
	struct jx_entry e;

	sample_id(2, 123, w->t.writer[3].id);
	sample_key(77, w->t.writer[3].pub, w->t.writer[3].sec);
	jx_chain_root(w->t.writer[3].id, w->t.writer[3].pub, w->t.writer[3].head);
	sample_of_kind(&e, JX_KIND_WRITER_ENROLLED);
	memcpy(e.subject, w->t.writer[3].id, JX_ID_BYTES);
	memcpy(e.subject_public_key, w->t.writer[3].pub, JX_PUB_BYTES);
	town_add(&w->t, 1, &e, true);
	(void)town_add_kind(&w->t, 3, JX_KIND_OBSERVATION, TOWN_DAY, true);
	assert_damaged(w, "introduced no such writer");
}

static void cut_off_entries_are_seen_by_their_receipt(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;
	size_t last = w->t.count - 2;

	assert_true(is_entry(w, last));
	take_out(w, last);
	assert_damaged(w, "cut off");
	check(w, &v);
	assert_int_equal(v.first_n, 2);
	assert_int_equal(v.first_line, w->t.count);
}

static void a_shortened_journal_is_seen(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;

	town_write(&w->t, w->dir);
	w->t.count -= 2;
	town_write_journal(&w->t, w->dir);
	check(w, &v);
	assert_int_equal(v.damage, 1);
	assert_non_null(strstr(v.first_text, "it was cut or replaced"));
	free(w->t.line[w->t.count]);
	free(w->t.line[w->t.count + 1]);
}

static void what_stands_behind_the_end_does_not_count(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;

	town_write(&w->t, w->dir);
	town_line(&w->t, "{\"kind\":\"x\"", 11);
	town_write_journal(&w->t, w->dir);
	check(w, &v);
	assert_int_equal(v.damage, 0);
	assert_int_equal(v.tail_bytes, 12);
}

static void a_bent_receipt_is_seen(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;
	size_t i = 0;

	while (strstr(w->t.line[i], "\"kind\":\"photo-receipt\"") == NULL)
		i++;
	for (; i > 0 && strstr(w->t.line[i], "\"kind\":\"receipt\"") == NULL; i--)
		;
	town_write(&w->t, w->dir);
	for (char *at = strstr(w->t.line[i], "\"text\":\"") + 8; *(at + 1) != '\0'; at++) {
		const char was = *at;

		*at = (char)((unsigned char)was ^ 1u);
		town_write_journal(&w->t, w->dir);
		check(w, &v);
		if (v.damage == 0)
			fail_msg("%s", w->t.line[i]);
		*at = was;
	}
}

static void a_receipt_for_another_chain_is_seen(void **state)
{
	struct world *w = *state;
	uint8_t head[JX_HASH_BYTES];

	memset(head, 1, sizeof(head));
	town_receipt(&w->t, &w->t.writer[0], 1, head, false);
	assert_damaged(w, "another chain");
}

static void quarantine_is_checked_apart(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;
	struct jx_entry e;
	char *quantity;

	sample_of_kind(&e, JX_KIND_OBSERVATION);
	jx_strcpy(e.street, sizeof(e.street), "elsewhere");
	town_fork(&w->t, 0, &e, 1);
	town_write(&w->t, w->dir);
	check(w, &v);
	assert_int_equal(v.damage, 0);
	assert_int_equal(v.quarantined, 1);
	assert_int_equal(v.entries, 9);
	quantity = strstr(w->t.line[w->t.count - 2], "elsewhere");
	assert_non_null(quantity);
	quantity[0] = 'E';
	assert_damaged(w, "quarantined branch");
}

static void an_erased_entry_leaves_its_digest(void **state)
{
	struct world *w = *state;
	struct jx_item item;
	struct jx_error err = {.code = JX_OK};
	struct jx_office__verdict v;
	size_t i = 0;
	JX_AUTO_BUF b;

	jx_buf_init(&b, JX_OFFICE__LINE_MAX);
	while (strstr(w->t.line[i], "\"observation\"") == NULL)
		i++;
	jx_assert_ok(jx_item_read((struct jx_bytes){w->t.line[i], w->t.len[i]}, &item, &err), &err);
	jx_sha256(item.entry.data, item.entry.len, item.digest);
	item.has_digest = true;
	item.entry = (struct jx_bytes){NULL, 0};
	jx_assert_ok(jx_item_write(&item, &b, &err), &err);
	/* first as an item that came later, then alone */
	put_in(w, w->t.count, b.data, b.len - 1);
	town_write(&w->t, w->dir);
	check(w, &v);
	assert_string_equal(v.first_text, "");
	assert_int_equal(v.erased, 1);
	take_out(w, i);
	take_out(w, w->t.count - 1);
	put_in(w, i, b.data, b.len - 1);
	town_write(&w->t, w->dir);
	check(w, &v);
	assert_string_equal(v.first_text, "");
	assert_int_equal(v.erased, 1);
}

static void entries_without_signature_are_said(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;

	(void)town_add_kind(&w->t, 1, JX_KIND_OBSERVATION, TOWN_NEXT, false);
	town_write(&w->t, w->dir);
	check(w, &v);
	assert_int_equal(v.damage, 0);
	assert_int_equal(v.unsigned_entries, 1);
}

static void keys_are_introduced_by_the_one_in_force(void **state)
{
	struct world *w = *state;
	struct jx_item item = {.kind = "keys", .key = "second", .has_signed = true};
	struct jx_keys keys = {.from_utc_ms = TOWN_NOW, .pin_count = 1};
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	JX_AUTO_BUF b;

	jx_buf_init(&b, JX_OFFICE__LINE_MAX);
	sample_key(51, pub, sec);
	memcpy(keys.identity, pub, JX_PUB_BYTES);
	jx_assert_ok(jx_keys_sign(&keys, w->t.sec, &item.text, &err), &err);
	jx_assert_ok(jx_item_write(&item, &b, &err), &err);
	town_line(&w->t, b.data, b.len - 1);
	/* the next receipt and the next server writer are of the new key */
	memcpy(w->t.pub, pub, sizeof(pub));
	memcpy(w->t.sec, sec, sizeof(sec));
	town_receipt(&w->t, &w->t.writer[1], w->t.writer[1].n, w->t.writer[1].head, false);
	{
		struct jx_office__trust trust = {.count = 1};

		/* the folder's own key is still the old one */
		sample_key(50, trust.keys[0], sec);
		town_write(&w->t, w->dir);
		jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, &trust, &v, &err), &err);
		assert_string_equal(v.first_text, "");
		assert_int_equal(v.keys, 2);
	}
}

/* signer says that identity is in force, and which were before; first: as the journal's first line, else its last */
static void say_keys(struct world *w, const uint8_t signer[JX_SEC_BYTES],
		     const uint8_t identity[JX_PUB_BYTES], const uint8_t *earlier, bool first)
{
	struct jx_item item = {.kind = "keys", .has_signed = true};
	struct jx_keys keys = {.from_utc_ms = TOWN_NOW, .pin_count = 1, .earlier_count = earlier != NULL};
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF b;

	(void)snprintf(item.key, sizeof(item.key), "k%zu", w->t.count);
	memcpy(keys.identity, identity, JX_PUB_BYTES);
	if (earlier != NULL)
		memcpy(keys.earlier[0], earlier, JX_PUB_BYTES);
	jx_buf_init(&b, JX_OFFICE__LINE_MAX);
	jx_assert_ok(jx_keys_sign(&keys, signer, &item.text, &err), &err);
	jx_assert_ok(jx_item_write(&item, &b, &err), &err);
	if (first)
		put_in(w, 0, b.data, b.len - 1);
	else
		town_line(&w->t, b.data, b.len - 1);
}

/* Of an office that enrolled after the rotation: the newest keys come first, then what the old key signed. */
static void a_journal_that_begins_late_is_checked_from_either_end(void **state)
{
	struct world *w = *state;
	uint8_t old_pub[JX_PUB_BYTES], old_sec[JX_SEC_BYTES], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	uint8_t other_pub[JX_PUB_BYTES], other_sec[JX_SEC_BYTES];
	const uint8_t *const ends[] = {old_pub, pub};
	struct jx_office__trust trust = {.count = 1};
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};

	sample_key(50, old_pub, old_sec);
	sample_key(51, pub, sec);
	sample_key(52, other_pub, other_sec);
	say_keys(w, sec, pub, old_pub, true);
	say_keys(w, old_sec, pub, NULL, false);
	say_keys(w, sec, pub, old_pub, false);
	memcpy(w->t.sec, sec, sizeof(sec));
	town_receipt(&w->t, &w->t.writer[1], w->t.writer[1].n, w->t.writer[1].head, false);
	town_write(&w->t, w->dir);
	for (size_t i = 0; i < 2; i++) {
		memcpy(trust.keys[0], ends[i], JX_PUB_BYTES);
		trust.count = 1;
		jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, &trust, &v, &err), &err);
		assert_string_equal(v.first_text, "");
		assert_int_equal(v.keys, 4);
	}
	/* one that stays nobody's is damage, and is shown in its place */
	say_keys(w, other_sec, other_pub, NULL, true);
	town_write(&w->t, w->dir);
	jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, &trust, &v, &err), &err);
	assert_int_equal(v.damage, 1);
	assert_int_equal(v.first_line, 1);
	assert_int_equal(v.keys, 4);
}

/* A key that has been replaced, and may have been stolen, vouches for nobody. */
static void an_earlier_key_brings_no_other(void **state)
{
	struct world *w = *state;
	uint8_t old_pub[JX_PUB_BYTES], old_sec[JX_SEC_BYTES], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	uint8_t thief_pub[JX_PUB_BYTES], thief_sec[JX_SEC_BYTES];
	struct jx_office__trust trust = {.count = 2};
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};

	sample_key(50, old_pub, old_sec);
	sample_key(51, pub, sec);
	sample_key(52, thief_pub, thief_sec);
	say_keys(w, old_sec, pub, NULL, false);
	say_keys(w, old_sec, thief_pub, NULL, false);
	say_keys(w, old_sec, old_pub, thief_pub, false);
	memcpy(w->t.sec, thief_sec, sizeof(thief_sec));
	town_receipt(&w->t, &w->t.writer[1], w->t.writer[1].n, w->t.writer[1].head, false);
	town_write(&w->t, w->dir);
	memcpy(trust.keys[0], pub, JX_PUB_BYTES);
	memcpy(trust.keys[1], old_pub, JX_PUB_BYTES);
	jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, &trust, &v, &err), &err);
	assert_int_equal(v.damage, 1);
	assert_non_null(strstr(v.first_text, "receipt"));
}

static void another_server_s_folder_is_not_believed(void **state)
{
	struct world *w = *state;
	struct jx_office__trust trust = {.count = 1};
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};
	uint8_t sec[JX_SEC_BYTES];

	sample_key(99, trust.keys[0], sec);
	town_write(&w->t, w->dir);
	jx_assert_ok(jx_office__verify(jx_os_fs(), w->dir, &trust, &v, &err), &err);
	assert_true(v.damage > 0);
	assert_non_null(strstr(v.first_text, "--identity"));
}

static void photo_files_have_their_hashes(void **state)
{
	static const char bytes[] = "a photo";
	struct world *w = *state;
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *day = jx_office__day_dir(w->dir, TOWN_DAY);
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/photos", day);
	uint8_t sha256[JX_HASH_BYTES];
	char hex[65];
	JX_AUTO_FREE char *path = NULL;

	jx_sha256(bytes, sizeof(bytes), sha256);
	jx_hex(sha256, sizeof(sha256), hex);
	path = jx_xasprintf("%s/%s.jpg", dir, hex);
	town_photo_receipt(&w->t, 0, sha256);
	town_write(&w->t, w->dir);
	jx_assert_ok(fs->make_dir(fs->user, dir, &err), &err);
	jx_assert_ok(jx_fs_write_all(fs, path, bytes, sizeof(bytes), &err), &err);
	check(w, &v);
	assert_int_equal(v.damage, 0);
	assert_int_equal(v.photos_good, 1);
	assert_int_equal(v.photos_absent, 2);
	jx_assert_ok(jx_fs_write_all(fs, path, "b photo", sizeof(bytes), &err), &err);
	check(w, &v);
	assert_int_equal(v.photos_bad, 1);
	assert_int_equal(v.damage, 1);
	assert_non_null(strstr(v.first_text, hex));
}

static void a_missing_state_is_damage(void **state)
{
	struct world *w = *state;
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = jx_test_path(w->dir, JX_OFFICE__STATE);

	town_write(&w->t, w->dir);
	jx_assert_ok(jx_os_fs()->remove(jx_os_fs()->user, path, &err), &err);
	check(w, &v);
	assert_int_equal(v.damage, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_folder_is_good),
		TEST(every_changed_byte_of_an_entry_is_seen),
		TEST(a_removed_entry_is_seen),
		TEST(a_doubled_entry_is_seen),
		TEST(swapped_entries_are_seen),
		TEST(an_entry_that_its_writer_did_not_sign_is_seen),
		TEST(a_writer_that_nobody_introduced_is_seen),
		TEST(a_writer_cannot_introduce_another),
		TEST(cut_off_entries_are_seen_by_their_receipt),
		TEST(a_shortened_journal_is_seen),
		TEST(what_stands_behind_the_end_does_not_count),
		TEST(a_bent_receipt_is_seen),
		TEST(a_receipt_for_another_chain_is_seen),
		TEST(quarantine_is_checked_apart),
		TEST(an_erased_entry_leaves_its_digest),
		TEST(entries_without_signature_are_said),
		TEST(keys_are_introduced_by_the_one_in_force),
		TEST(a_journal_that_begins_late_is_checked_from_either_end),
		TEST(an_earlier_key_brings_no_other),
		TEST(another_server_s_folder_is_not_believed),
		TEST(photo_files_have_their_hashes),
		TEST(a_missing_state_is_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
