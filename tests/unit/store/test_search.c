/* Searching: what is found is what a reader of all texts would find, by whichever way the store looks. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"

#define ENTRIES 400
#define QUERIES 1500

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

struct note {
	uint8_t id[JX_ID_BYTES];
	const char *text, *person, *day;
	const uint8_t *sec;
};

static jx_rc encode(void *user, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_buf *out,
		    struct jx_error *err)
{
	const struct note *note = user;
	JX_AUTO_BUF answers = {0};
	struct jx_entry e;

	memset(&e, 0, sizeof(e));
	memcpy(e.id, note->id, JX_ID_BYTES);
	memcpy(e.writer, writer, JX_ID_BYTES);
	e.n = n;
	e.kind = JX_KIND_OBSERVATION;
	jx_strcpy(e.kind_name, sizeof(e.kind_name), "observation");
	e.taken_utc_ms = e.saved_utc_ms = DEVICE_MORNING_UTC_MS;
	e.boot[0] = 1;
	jx_strcpy(e.day, sizeof(e.day), note->day);
	jx_strcpy(e.person, sizeof(e.person), note->person);
	jx_strcpy(e.person_verified, sizeof(e.person_verified), "none");
	jx_strcpy(e.form, sizeof(e.form), "f1");
	jx_strcpy(e.pack, sizeof(e.pack), "p");
	e.pack_version = 1;
	e.has_place = true;
	e.fix = (struct jx_fix){.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	jx_buf_init(&answers, 8192);
	jx_buf_adds(&answers, "{\"deep\":[{\"n\":1,\"note\":");
	jx_buf_add_json(&answers, note->text, strlen(note->text));
	jx_buf_adds(&answers, "}],\"x\":true}");
	e.answers = (struct jx_bytes){answers.data, answers.len};
	return jx_entry_encode(&e, out, err);
}

static void sign(void *user, const uint8_t head[JX_HASH_BYTES], uint8_t sig_out[JX_SIG_BYTES])
{
	const struct note *note = user;

	jx_chain_sign(note->sec, head, sig_out);
}

static int64_t save_on(struct device *d, const char *text, const char *person, const char *day)
{
	struct note note = {.text = text, .person = person, .day = day, .sec = d->sec};
	const struct jx_append a = {.id = note.id, .encode = encode, .sign = sign, .user = &note};
	struct jx_error err;
	int64_t n = 0;

	jx_uuid7(&d->clock.clock, &d->rand.rand, note.id);
	jx_assert_ok(jx_store_append(d->store, &a, &n, &err), &err);
	return n;
}

static int64_t save(struct device *d, const char *text)
{
	return save_on(d, text, "p-001", DEVICE_DAY);
}

struct seen {
	char text[8192]; /* "1 2 3 " */
};

static jx_rc see(void *user, const struct jx_log_row *row)
{
	struct seen *s = user;
	const size_t len = strlen(s->text);

	(void)snprintf(s->text + len, sizeof(s->text) - len, "%lld ", (long long)row->n);
	return JX_OK;
}

static void find(struct device *d, struct jx_log_query q, const char *word, struct seen *out)
{
	const struct jx_search_word words[] = {{.text = word}};
	struct jx_error err;

	q.words = words;
	q.word_count = 1;
	out->text[0] = '\0';
	jx_assert_ok(jx_store_each(d->store, &q, see, out, &err), &err);
}

static void assert_found(struct device *d, const char *word, const char *expected)
{
	struct seen s;

	find(d, (struct jx_log_query){.limit = 0}, word, &s);
	assert_string_equal(s.text, expected);
}

static int64_t behind(struct device *d)
{
	struct jx_error err;
	int64_t n = -1;

	jx_assert_ok(jx_store_search_behind(d->store, &n, &err), &err);
	return n;
}

static void index_all(struct device *d)
{
	struct jx_error err;
	int64_t left = 1;

	while (left > 0)
		jx_assert_ok(jx_store_search_index(d->store, &left, &err), &err);
}

/* ---- by example ----------------------------------------------------------------------------------- */

static void assert_examples(struct device *d)
{
	assert_found(d, "广", "1 2 ");
	assert_found(d, "小广告", "1 ");
	assert_found(d, "墙面小广告", "1 ");
	assert_found(d, "面小广", "1 ");
	assert_found(d, "告面", "");
	assert_found(d, "广小", "");
	assert_found(d, "鼠", "");
	/* punctuation ends a run and stands for nothing */
	assert_found(d, "面,小", "1 3 ");
	assert_found(d, "\"面\" OR *", "");
	assert_found(d, "(广)", "1 2 ");
	/* words from their beginning, in any width and case; person and form are searched too */
	assert_found(d, "shop", "3 ");
	assert_found(d, "SHO", "3 ");
	assert_found(d, "hop", "");
	assert_found(d, "ＡＢ", "3 ");
	assert_found(d, "01.02", "2 ");
	assert_found(d, "1.02", "");
	assert_found(d, "02", "2 ");
	assert_found(d, "p-001", "1 2 3 4 ");
	assert_found(d, "001", "1 2 3 4 ");
	assert_found(d, "f1", "1 2 3 4 5 ");
	assert_found(d, "王小", "5 ");
	/* beyond the basic plane, and newer than SQLite's tables; joiners do not count */
	assert_found(d, "😀", "4 ");
	assert_found(d, "😀👩", "4 ");
	assert_found(d, "👩👧", "4 ");
	assert_found(d, "𬭎", "4 ");
	assert_found(d, "𱍐𬭎", "4 ");
	assert_found(d, "é", "4 ");
}

static void what_is_written_is_found(void **state)
{
	struct device *d = *state;

	(void)save(d, "墙面小广告,面。小");
	(void)save(d, "广场 01.02 告、面");
	(void)save(d, "Shop AB-c 面\n小\"x\"");
	(void)save(d, "😀👩‍👧 𱍐𬭎 café");
	(void)save_on(d, "无", "王小明", DEVICE_DAY);
	assert_int_equal(behind(d), 5);
	assert_examples(d);
	index_all(d);
	assert_int_equal(behind(d), 0);
	assert_examples(d);
}

static void what_cannot_be_searched_for_is_said(void **state)
{
	static const char *const nothing[] = {"", " ", "\"", "*", "。", "-", "--", "\xff", "‍"};
	const struct jx_search_word many[JX_SEARCH_WORDS_MAX + 1] = {{.text = "a"}};
	struct device *d = *state;
	struct jx_log_query q = {.word_count = 1};
	struct seen s = {""};
	JX_AUTO_FREE char *long_word = jx_xcalloc(1, JX_SEARCH_TEXT_MAX + 2);
	struct jx_error err;
	size_t i;

	for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		const struct jx_search_word word = {.text = nothing[i]};

		q.words = &word;
		jx_assert_rc(jx_store_each(d->store, &q, see, &s, &err), JX_EINVAL, &err);
		jx_assert_says(&err, "give letters, digits or characters");
	}
	memset(long_word, 'a', JX_SEARCH_TEXT_MAX + 1);
	q.words = &(const struct jx_search_word){.text = long_word};
	jx_assert_rc(jx_store_each(d->store, &q, see, &s, &err), JX_ELIMIT, &err);
	q.words = many;
	q.word_count = JX_SEARCH_WORDS_MAX + 1;
	jx_assert_rc(jx_store_each(d->store, &q, see, &s, &err), JX_EINVAL, &err);
}

static void codes_stand_in_for_their_names(void **state)
{
	static const char *const codes[] = {"01.1", "OR", "a b", "x\""};
	const struct jx_search_word words[] = {{"乱贴", codes, 4}, {"p", NULL, 0}};
	const struct jx_log_query q = {.words = words, .word_count = 2};
	struct device *d = *state;
	struct jx_error err;
	int turn;

	(void)save(d, "01.1");
	(void)save(d, "01.10");
	(void)save(d, "乱贴");
	(void)save(d, "a b");
	for (turn = 0; turn < 2; turn++) {
		struct seen s = {""};

		jx_assert_ok(jx_store_each(d->store, &q, see, &s, &err), &err);
		assert_string_equal(s.text, "1 3 ");
		index_all(d);
	}
}

/* ---- the rest of a query -------------------------------------------------------------------------- */

static void a_search_pages_and_chooses_like_a_list(void **state)
{
	struct device *d = *state;
	struct seen s;
	int i;

	for (i = 1; i <= 70; i++)
		(void)save_on(d, i % 2 == 0 ? "甲乙" : "乙", "p", i <= 40 ? DEVICE_DAY : "2026-09-02");
	assert_in_range(behind(d), 1, 31); /* the first are in the index, the last are not */
	find(d, (struct jx_log_query){.newest_first = true, .limit = 5}, "甲", &s);
	assert_string_equal(s.text, "70 68 66 64 62 ");
	find(d, (struct jx_log_query){.newest_first = true, .limit = 4, .beyond = (INT64_C(1) << 40) + 66},
	     "甲", &s);
	assert_string_equal(s.text, "64 62 60 58 ");
	find(d, (struct jx_log_query){.limit = 3, .beyond = (INT64_C(1) << 40) + 60}, "甲", &s);
	assert_string_equal(s.text, "62 64 66 ");
	find(d, (struct jx_log_query){.day = "2026-09-02", .limit = 2}, "甲", &s);
	assert_string_equal(s.text, "42 44 ");
	find(d, (struct jx_log_query){.day = DEVICE_DAY, .newest_first = true, .limit = 2}, "甲", &s);
	assert_string_equal(s.text, "40 38 ");
	find(d, (struct jx_log_query){.day = "2026-09-03"}, "甲", &s);
	assert_string_equal(s.text, "");
	find(d, (struct jx_log_query){.from_n = 31, .until_n = 36}, "甲", &s);
	assert_string_equal(s.text, "32 34 36 ");
	find(d, (struct jx_log_query){.kind = JX_KIND_SHIFT_START}, "甲", &s);
	assert_string_equal(s.text, "");
	device_enrol(d, 2);
	(void)save(d, "甲");
	find(d, (struct jx_log_query){.limit = 0}, "甲", &s);
	assert_string_equal(s.text, "1 ");
	find(d, (struct jx_log_query){.all_writers = true, .newest_first = true, .limit = 3}, "甲", &s);
	assert_string_equal(s.text, "1 70 68 ");
}

/* ---- against a reader ----------------------------------------------------------------------------- */

/* Few, so that they meet; in each row what a text may have and what it comes to (NULL: it ends a run, "": it is not there). */
static const char *const parts[][2] = {
	{"小", "小"}, {"广", "广"}, {"告", "告"}, {"😀", "😀"},           {"a", "a"},  {"B", "b"},
	{"1", "1"},   {"Ａ", "a"},  {".", "."},   {"-", "-"},           {"．", "."}, {" ", NULL},
	{",", NULL},  {"。", NULL}, {"\"", NULL}, {"\xe2\x80\x8d", ""}, {"*", NULL}, {"é", "é"},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

struct made {
	char text[256];
	const char *at[48]; /* what it comes to, without what is not there */
	size_t count;
};

static void make(struct device *d, size_t most, struct made *m)
{
	size_t left = (size_t)jx_fake_rand_below(&d->rand, most) + 1;

	memset(m, 0, sizeof(*m));
	for (; left > 0; left--) {
		const char *const *part = parts[jx_fake_rand_below(&d->rand, PARTS)];
		const size_t len = strlen(m->text);

		(void)snprintf(m->text + len, sizeof(m->text) - len, "%s", part[0]);
		if (part[1] == NULL || part[1][0] != '\0')
			m->at[m->count++] = part[1];
	}
}

static bool is_letter(const char *c)
{
	return c != NULL && (uint8_t)c[0] < 0x80 && c[0] != '.' && c[0] != '-';
}

static bool is_joined(const struct made *m, size_t i)
{
	const char *c = m->at[i];

	return c != NULL && (c[0] == '.' || c[0] == '-') && i > 0 && i + 1 < m->count &&
	       is_letter(m->at[i - 1]) && is_letter(m->at[i + 1]);
}

static bool is_character(const char *c)
{
	return c != NULL && (uint8_t)c[0] >= 0x80;
}

/* [from, until) of the query as it stands, somewhere in the text. */
static bool has(const struct made *text, const struct made *query, size_t from, size_t until)
{
	size_t i, k;

	for (i = 0; i + (until - from) <= text->count; i++) {
		if (is_letter(query->at[from]) && i > 0 && is_letter(text->at[i - 1]))
			continue;
		for (k = from; k < until; k++)
			if (text->at[i + k - from] == NULL ||
			    strcmp(text->at[i + k - from], query->at[k]) != 0)
				break;
		if (k == until)
			return true;
	}
	return false;
}

/* -1: nothing to search for */
static int fits(const struct made *text, const struct made *query)
{
	size_t i, from = 0;
	int runs = 0;

	for (i = 0; i < query->count; i = from) {
		const bool is_word = is_letter(query->at[i]);

		from = i + 1;
		if (!is_word && !is_character(query->at[i]))
			continue;
		while (from < query->count && (is_word ? is_letter(query->at[from]) || is_joined(query, from)
						       : is_character(query->at[from])))
			from++;
		runs++;
		if (!has(text, query, i, from))
			return 0;
	}
	return runs > 0 ? 1 : -1;
}

static void the_index_and_a_reader_agree(void **state)
{
	struct device *d = *state;
	JX_AUTO_FREE struct made *texts = jx_xcalloc(ENTRIES, sizeof(*texts));
	int i, k, found = 0, asked = 0;

	for (i = 0; i < ENTRIES; i++) {
		make(d, 24, &texts[i]);
		(void)save_on(d, texts[i].text, "", DEVICE_DAY);
	}
	assert_in_range(behind(d), 1, 31);
	for (k = 0; k < QUERIES; k++) {
		struct seen expected = {""}, s;
		struct made query;

		make(d, 5, &query);
		if (fits(&texts[0], &query) < 0)
			continue;
		for (i = 0; i < ENTRIES; i++)
			if (fits(&texts[i], &query) == 1) {
				const struct jx_log_row row = {.n = i + 1};

				found++;
				(void)see(&expected, &row);
			}
		asked++;
		find(d, (struct jx_log_query){.limit = 0}, query.text, &s);
		if (strcmp(s.text, expected.text) != 0)
			print_error("query \"%s\"\n", query.text);
		assert_string_equal(s.text, expected.text);
	}
	assert_in_range(asked, QUERIES / 2, QUERIES);
	assert_in_range(found, asked, (uintmax_t)asked * ENTRIES);
}

/* ---- what may happen to the index ----------------------------------------------------------------- */

static void fill(struct device *d, int count)
{
	while (count-- > 0)
		(void)save(d, count % 2 == 0 ? "甲乙丙" : "丁");
}

static void an_index_that_is_not_right_is_reported_and_made_again(void **state)
{
	static const char *const damages[] = {
		"INSERT INTO entry_text (rowid, text) VALUES ((1 << 40) + 3, '甲')",
		"INSERT INTO entry_text (entry_text) VALUES ('delete-all')",
		"INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', (1 << 40) + 1, '丁')",
		"UPDATE search SET pos = pos + 1",
		"UPDATE search SET pos = pos - 1",
	};
	struct device *d = *state;
	struct jx_error err;
	size_t i;

	fill(d, 70);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		(void)device_sql(d, damages[i]);
		jx_assert_rc(jx_store_check(d->store, &err), JX_ECORRUPT, &err);
		jx_assert_says(&err, "--reindex");
		jx_assert_ok(jx_store_search_clear(d->store, &err), &err);
		assert_int_equal(behind(d), 70);
		index_all(d);
		jx_assert_ok(jx_store_check(d->store, &err), &err);
	}
}

static void a_save_does_not_fail_because_of_the_index(void **state)
{
	struct device *d = *state;
	struct jx_error err;

	fill(d, 40);
	device_close(d);
	/* its rows are no index any more */
	(void)device_sql(d, "UPDATE entry_text_data SET block = x'ffffffffffffffff'");
	device_open(d);
	fill(d, 60);
	jx_assert_rc(jx_store_check(d->store, &err), JX_ECORRUPT, &err);
	jx_assert_says(&err, "--reindex");
	jx_assert_ok(jx_store_search_clear(d->store, &err), &err);
	device_reopen(d);
	assert_int_equal(behind(d), 100);
	index_all(d);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
	assert_int_equal(device_row(d, 100).n, 100);
}

/* A log of the version before: nothing is indexed, all is found, and the index is made in steps. */
static void a_log_from_before_is_searched_at_once_and_indexed_in_steps(void **state)
{
	struct device *d = *state;
	struct jx_error err;
	struct seen before, after;
	int64_t left = 0;

	fill(d, 1200);
	device_close(d);
	(void)device_sql(
		d,
		"DROP TABLE entry_text; DROP TABLE search; DROP TABLE photo_sending; PRAGMA user_version = 3");
	device_open(d);
	assert_int_equal(behind(d), 1200);
	find(d, (struct jx_log_query){.newest_first = true, .limit = 7}, "甲乙丙", &before);
	jx_assert_ok(jx_store_search_index(d->store, &left, &err), &err);
	assert_in_range(left, 1, 1199);
	device_reopen(d); /* cut off: what was done stays done */
	assert_int_equal(behind(d), left);
	fill(d, 64); /* saves go on meanwhile, and the index is not torn */
	index_all(d);
	find(d, (struct jx_log_query){.newest_first = true, .limit = 7, .beyond = (INT64_C(1) << 40) + 1201},
	     "甲乙丙", &after);
	assert_string_equal(after.text, before.text);
	jx_assert_ok(jx_store_check(d->store, &err), &err);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_found),
		T(what_cannot_be_searched_for_is_said),
		T(codes_stand_in_for_their_names),
		T(a_search_pages_and_chooses_like_a_list),
		T(the_index_and_a_reader_agree),
		T(an_index_that_is_not_right_is_reported_and_made_again),
		T(a_save_does_not_fail_because_of_the_index),
		T(a_log_from_before_is_searched_at_once_and_indexed_in_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
