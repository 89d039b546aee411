/* Form packs that are published while requests go on: who hears of them, by which key, and what is refused. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

#define NEW_CODE \
	"{\"code\":\"01.77\",\"parent\":\"01\",\"name\":{\"zh\":\"新乱象\",\"en\":\"new disorder\"}},"

static const struct ask pull = {.from_n = -1, .wants_feed = true};

static char *replace(char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *changed;

	assert_non_null(at);
	changed = jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	free(text);
	return changed;
}

/* The built-in pack of street disorder as another version, with one more code. */
static char *pack_text(int version, const char *more)
{
	JX_AUTO_FREE char *number = jx_xasprintf("\"version\": %d,", version);
	JX_AUTO_FREE char *codes = jx_xasprintf("\"codes\": [%s", more);
	const char *builtin;
	char *text;
	size_t len;

	jx_pack_builtin(&builtin, &len);
	text = replace(jx_xstrndup(builtin, len), "\"version\": 2,", number);
	return replace(text, "\"codes\": [", codes);
}

static jx_rc add(struct bench *b, const char *text, const char *from, struct jx_pack_seal *seal, bool *is_new)
{
	return jx_ingest_add_pack(b->ingest, (struct jx_bytes){text, strlen(text)}, from, seal, is_new,
				  &b->err);
}

static void publish(struct bench *b, int version, const char *from)
{
	JX_AUTO_FREE char *text = pack_text(version, NEW_CODE);
	struct jx_pack_seal seal;
	bool is_new = false;

	jx_assert_ok(add(b, text, from, &seal, &is_new), &b->err);
	assert_true(is_new);
	assert_int_equal(seal.version, version);
}

/* What a device hears: the newest words of the key in force, and the packs by their key ("1001:0;" for the newest pack key). */
static char *heard(struct bench *b, struct device *d)
{
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	struct jx_keys k = {.pack_key_count = 0}, said;
	struct jx_pack_seal seal;
	struct reply r;
	jx_buf out;

	jx_buf_init(&out, 4096);
	jx_buf_adds(&out, "");
	d->cursor[0] = '\0';
	device_sync(b, d, &pull, &r);
	assert_int_equal(r.status, 200);
	for (size_t i = 0; i < r.item_count; i++) {
		jx_assert_ok(jx_item_read(r.items[i], item, &b->err), &b->err);
		if (strcmp(item->kind, "keys") == 0 &&
		    jx_keys_open(&item->text, b->identity, &said, NULL) == JX_OK)
			k = said;
	}
	for (size_t i = 0; i < r.item_count; i++) {
		size_t by = 0;

		jx_assert_ok(jx_item_read(r.items[i], item, &b->err), &b->err);
		if (strcmp(item->kind, "pack") != 0)
			continue;
		while (by < k.pack_key_count &&
		       jx_pack_seal_open(&item->text, k.pack_keys[by], &seal, NULL) != JX_OK)
			by++;
		assert_true(by < k.pack_key_count);
		assert_int_equal(strncmp(item->key, "ten-disorders/", 14), 0);
		jx_buf_addf(&out, "%s:%zu from %s;", item->key + 14, by, seal.valid_from);
	}
	reply_done(&r);
	free(item);
	return out.data != NULL ? out.data : jx_xstrdup("");
}

static void assert_heard(struct bench *b, struct device *d, const char *want)
{
	char *text = heard(b, d);

	assert_string_equal(text, want);
	free(text);
}

static void rotate(struct bench *b, uint8_t number)
{
	const uint8_t seed[32] = {100, number};
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_signed text;

	jx_key_from_seed(seed, pub, sec);
	jx_assert_ok(jx_ingest_introduce(b->ingest, pub, &text, &b->err), &b->err);
	jx_assert_ok(jx_ingest_rotate_identity(b->ingest, sec, &text, &b->err), &b->err);
	b->introductions[b->introduction_count++] = text;
	memcpy(b->identity, pub, sizeof(pub));
	memcpy(b->identity_secret, sec, sizeof(sec));
}

static void everybody_hears_of_it_and_knows_the_key(void **state)
{
	struct bench *b = *state;
	struct device field, office;

	device_new(b, &field, 5, "H07", JX_ROLE_FIELD);
	device_new(b, &office, 6, "B01", JX_ROLE_ADMIN);
	assert_heard(b, &field, "");
	publish(b, 1001, NULL);
	publish(b, 1002, "2026-12-01");
	assert_heard(b, &field, "1001:0 from 2025-01-01;1002:0 from 2026-12-01;");
	assert_heard(b, &office, "1001:0 from 2025-01-01;1002:0 from 2026-12-01;");
	/* what was signed before a rotation stays good, by the key that the newest one names */
	rotate(b, 1);
	publish(b, 1003, "2027-01-01");
	rotate(b, 2);
	bench_restart(b);
	device_done(&field);
	device_new(b, &field, 7, "H08", JX_ROLE_FIELD);
	assert_heard(b, &field, "1001:2 from 2025-01-01;1002:2 from 2026-12-01;1003:1 from 2027-01-01;");
	device_done(&field);
	device_done(&office);
}

static void append(struct device *d, int64_t version)
{
	struct jx_entry *e = jx_xcalloc(1, sizeof(*e));

	fake_observation(&d->log, e,
			 "{\"result\":\"found\",\"code\":\"01.77\",\"quantity\":1,\"unit\":\"place\"}");
	jx_strcpy(e->pack, sizeof(e->pack), "ten-disorders");
	e->pack_version = version;
	(void)fake_writer_append(&d->log, e);
	free(e);
}

static void entries_are_held_against_it_at_once(void **state)
{
	struct bench *b = *state;
	struct device d;
	char *review;

	device_new(b, &d, 5, "H07", JX_ROLE_FIELD);
	append(&d, 1001);
	device_sync_ok(b, &d);
	publish(b, 1001, NULL);
	append(&d, 1001);
	append(&d, 2); /* version 2 has no such code, whatever came later */
	device_sync_ok(b, &d);
	bench_restart(b);
	append(&d, 1001);
	device_sync_ok(b, &d);
	review = bench_review(b);
	assert_non_null(strstr(review, "H07-1 unknown-form"));
	assert_null(strstr(review, "H07-2"));
	assert_non_null(strstr(review, "H07-3 answers: "));
	assert_null(strstr(review, "H07-4"));
	free(review);
	device_done(&d);
}

static void what_contradicts_is_refused_whole(void **state)
{
	static const struct {
		int version;
		const char *more, *from, *to, *day;
		jx_rc rc;
		const char *says;
	} rows[] = {
		{1001, "", "\"en\"", "\"en\"", NULL, JX_EEXISTS, "version 1001"},
		{1000, NEW_CODE, "\"en\"", "\"en\"", NULL, JX_EVERSION, "older than 1001"},
		{2, NEW_CODE, "\"en\"", "\"en\"", NULL, JX_EEXISTS, "version 2"},
		{1002, "", "\"en\"", "\"en\"", NULL, JX_ECONFLICT, "01.77"},
		{1002, NEW_CODE, "\"en\": \"new disorder\"", "\"en\": 5", NULL, JX_EINVAL, "codes"},
		{1002, NEW_CODE, "\"format\": 2", "\"format\": 99", NULL, JX_EVERSION, "format"},
		{1002, NEW_CODE, "\"en\"", "\"en\"", "2024-12-31", JX_EINVAL, "2025-01-01"},
		{1002, NEW_CODE, "\"en\"", "\"en\"", "tomorrow", JX_EINVAL, "tomorrow"},
	};
	struct bench *b = *state;
	struct jx_pack_seal seal;
	struct device d;
	bool is_new = true;

	device_new(b, &d, 5, "H07", JX_ROLE_FIELD);
	publish(b, 1001, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = pack_text(rows[i].version, rows[i].more);

		if (rows[i].rc == JX_EINVAL && rows[i].day == NULL)
			text = replace(text, "\"en\":\"new disorder\"", "\"en\":5");
		else
			text = replace(text, rows[i].from, rows[i].to);
		jx_assert_rc(add(b, text, rows[i].day, &seal, &is_new), rows[i].rc, &b->err);
		jx_assert_says(&b->err, rows[i].says);
		free(text);
	}
	jx_assert_rc(add(b, "{", NULL, &seal, &is_new), JX_EINVAL, &b->err);
	assert_heard(b, &d, "1001:0 from 2025-01-01;");
	device_done(&d);
}

static void the_same_again_changes_nothing(void **state)
{
	struct bench *b = *state;
	JX_AUTO_FREE char *text = pack_text(1001, NEW_CODE);
	struct jx_pack_seal seal;
	struct device d;
	bool is_new = true;

	device_new(b, &d, 5, "H07", JX_ROLE_FIELD);
	publish(b, 1001, "2026-12-01");
	jx_assert_ok(add(b, text, "2026-12-01", &seal, &is_new), &b->err);
	assert_false(is_new);
	jx_assert_rc(add(b, text, NULL, &seal, &is_new), JX_EEXISTS, &b->err);
	bench_restart(b);
	jx_assert_ok(add(b, text, "2026-12-01", &seal, &is_new), &b->err);
	assert_false(is_new);
	assert_heard(b, &d, "1001:0 from 2026-12-01;");
	device_done(&d);
}

static void what_is_built_in_can_be_published_for_older_programs(void **state)
{
	struct bench *b = *state;
	JX_AUTO_FREE char *text = NULL;
	struct jx_pack_seal seal;
	const char *builtin;
	struct device d;
	bool is_new = false;
	size_t len;

	jx_pack_builtin(&builtin, &len);
	text = jx_xstrndup(builtin, len);
	device_new(b, &d, 5, "H07", JX_ROLE_FIELD);
	jx_assert_rc(add(b, text, "2026-12-01", &seal, &is_new), JX_EEXISTS, &b->err);
	jx_assert_ok(add(b, text, NULL, &seal, &is_new), &b->err);
	assert_true(is_new);
	assert_heard(b, &d, "2:0 from 2025-01-01;");
	device_done(&d);
}

static jx_rc add_line(void *user, const char *line, size_t len)
{
	jx_buf *out = user;

	jx_buf_add(out, line, len);
	jx_buf_addc(out, '\n');
	return JX_OK;
}

static void the_list_says_what_holds(void **state)
{
	struct bench *b = *state;
	JX_AUTO_BUF list;

	jx_buf_init(&list, 65536);
	publish(b, 1001, "2026-09-01"); /* today */
	publish(b, 1002, "2026-09-02");
	jx_assert_ok(jx_ingest_packs(b->ingest, add_line, &list, &b->err), &b->err);
	assert_non_null(strstr(
		list.data,
		"{\"pack\":\"ten-disorders\",\"version\":2,\"valid_from\":\"2025-01-01\",\"state\":\"past\""));
	assert_non_null(
		strstr(list.data, "\"version\":1001,\"valid_from\":\"2026-09-01\",\"state\":\"active\""));
	assert_non_null(
		strstr(list.data, "\"version\":1002,\"valid_from\":\"2026-09-02\",\"state\":\"coming\""));
	assert_non_null(strstr(list.data, "\"published_utc_ms\":1788255723000"));
	assert_non_null(strstr(list.data, "{\"pack\":\"pest-density\",\"version\":1,"));
}

static jx_rc refuse(jx_vault *v, const struct jx_vault_pack *p, struct jx_error *err)
{
	(void)v;
	(void)p;
	return jx_fail(err, JX_ENOSPC, 0, "between", "full");
}

static void a_full_disk_publishes_nothing(void **state)
{
	struct bench *b = *state;
	JX_AUTO_FREE char *text = pack_text(1001, NEW_CODE);
	struct jx_pack_seal seal;
	struct device d;
	bool is_new = false;
	char *review;

	device_new(b, &d, 5, "H07", JX_ROLE_FIELD);
	b->between.add_pack = refuse;
	bench_interpose(b);
	jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
	jx_assert_rc(add(b, text, NULL, &seal, &is_new), JX_ENOSPC, &b->err);
	append(&d, 1001);
	device_sync_ok(b, &d);
	review = bench_review(b);
	assert_non_null(strstr(review, "H07-1 unknown-form"));
	free(review);
	assert_heard(b, &d, "");
	device_done(&d);
}

/* ---- while others read: cmocka's asserts must not run outside the test's thread ---- */

#define READERS  3
#define VERSIONS 12

struct reader {
	jx_ingest *ingest;
	bool must_stop;
	jx_rc rc;
	int64_t seen;
};

static jx_rc see(void *user, const char *line, size_t len)
{
	struct reader *r = user;

	r->seen += memmem(line, len, "ten-disorders", 13) != NULL;
	return JX_OK;
}

static void *read_packs(void *arg)
{
	struct reader *r = arg;

	while (r->rc == JX_OK && !__atomic_load_n(&r->must_stop, __ATOMIC_ACQUIRE))
		r->rc = jx_ingest_packs(r->ingest, see, r, NULL);
	return NULL;
}

static void whoever_reads_keeps_the_set_it_began_with(void **state)
{
	struct bench *b = *state;
	struct reader readers[READERS];
	pthread_t threads[READERS];

	for (int i = 0; i < READERS; i++) {
		readers[i] = (struct reader){.ingest = b->ingest};
		assert_int_equal(pthread_create(&threads[i], NULL, read_packs, &readers[i]), 0);
	}
	for (int i = 0; i < VERSIONS; i++)
		publish(b, 1001 + i, NULL);
	for (int i = 0; i < READERS; i++) {
		__atomic_store_n(&readers[i].must_stop, true, __ATOMIC_RELEASE);
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(readers[i].rc, JX_OK);
		assert_true(readers[i].seen > 0);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)
	const struct CMUnitTest tests[] = {
		TEST(everybody_hears_of_it_and_knows_the_key),
		TEST(entries_are_held_against_it_at_once),
		TEST(what_contradicts_is_refused_whole),
		TEST(the_same_again_changes_nothing),
		TEST(what_is_built_in_can_be_published_for_older_programs),
		TEST(the_list_says_what_holds),
		TEST(a_full_disk_publishes_nothing),
		TEST(whoever_reads_keeps_the_set_it_began_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
