#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

#define DAY       "2026-09-01"
#define NEXT_DAY  "2026-09-02"
#define FACTS_MAX 400

/* Facts as a list, so that a test can leave one out, shuffle them or give them twice. */
struct fact {
	enum {
		WRITER,
		ENTRY,
		RECEIPT,
		PHOTO
	} type;
	uint8_t writer[JX_ID_BYTES];
	char short_code[8];
	struct jx_entry entry;
	struct jx_receipt receipt;
	uint8_t sha256[JX_HASH_BYTES];
};
struct facts {
	struct fact *list;
	size_t count;
};

static struct fact *add(struct facts *f, int type, uint64_t writer)
{
	struct fact *one;

	assert_true(f->count < FACTS_MAX);
	one = &f->list[f->count++];
	memset(one, 0, sizeof(*one));
	one->type = type;
	sample_id(2, writer, one->writer);
	return one;
}

static void add_writer(struct facts *f, uint64_t writer, const char *short_code)
{
	jx_strcpy(add(f, WRITER, writer)->short_code, sizeof(f->list->short_code), short_code);
}

static struct jx_entry *add_entry(struct facts *f, uint64_t writer, int64_t n, enum jx_kind kind,
				  const char *day)
{
	struct fact *one = add(f, ENTRY, writer);
	struct jx_entry *e = &one->entry;

	sample_id(1, 1000 * writer + (uint64_t)n, e->id);
	memcpy(e->writer, one->writer, JX_ID_BYTES);
	e->n = n;
	e->kind = kind;
	jx_strcpy(e->day, sizeof(e->day), day);
	return e;
}

/* Photo hashes are made of writer, n and number. */
static void photo_hash(uint64_t writer, int64_t n, size_t i, uint8_t sha256[JX_HASH_BYTES])
{
	memset(sha256, 0, JX_HASH_BYTES);
	sha256[0] = (uint8_t)writer;
	sha256[1] = (uint8_t)n;
	sha256[2] = (uint8_t)(n >> 8);
	sha256[3] = (uint8_t)i;
}

static void add_finding(struct facts *f, uint64_t writer, int64_t n, enum jx_kind kind, const char *day,
			size_t photos)
{
	struct jx_entry *e = add_entry(f, writer, n, kind, day);

	e->photo_count = photos;
	while (photos-- > 0)
		photo_hash(writer, n, photos, e->photos[photos].sha256);
}

static void add_close(struct facts *f, uint64_t writer, int64_t n, const char *day, int64_t observations,
		      int64_t photos)
{
	struct jx_entry *e = add_entry(f, writer, n, JX_KIND_DAY_CLOSE, day);

	e->has_totals = true;
	e->observations_total = observations;
	e->photos_total = photos;
}

static void add_receipt(struct facts *f, uint64_t writer, int64_t n, int64_t server_utc_ms, bool is_fork)
{
	struct fact *one = add(f, RECEIPT, writer);

	memcpy(one->receipt.writer, one->writer, JX_ID_BYTES);
	one->receipt.n = n;
	one->receipt.server_utc_ms = server_utc_ms;
	one->receipt.is_fork = is_fork;
}

static void add_photo(struct facts *f, uint64_t writer, int64_t n, size_t i)
{
	photo_hash(writer, n, i, add(f, PHOTO, writer)->sha256);
}

/*
 * One good day of writer 1: shift-start, two observations with three photos, a correction with one, a withdrawal,
 * the close, and on the next day one more observation.
 */
static void good_day(struct facts *f)
{
	add_writer(f, 1, "H07");
	(void)add_entry(f, 1, 1, JX_KIND_PERSON_IN, DAY);
	(void)add_entry(f, 1, 2, JX_KIND_SHIFT_START, DAY);
	add_finding(f, 1, 3, JX_KIND_OBSERVATION, DAY, 2);
	add_finding(f, 1, 4, JX_KIND_OBSERVATION, DAY, 1);
	add_finding(f, 1, 5, JX_KIND_CORRECTION, DAY, 1);
	(void)add_entry(f, 1, 6, JX_KIND_WITHDRAWAL, DAY);
	add_close(f, 1, 7, DAY, 2, 4);
	add_finding(f, 1, 8, JX_KIND_OBSERVATION, NEXT_DAY, 0);
	add_photo(f, 1, 3, 0);
	add_photo(f, 1, 3, 1);
	add_photo(f, 1, 4, 0);
	add_photo(f, 1, 5, 0);
	add_receipt(f, 1, 4, 5000, false);
	add_receipt(f, 1, 8, 9000, false);
}

static void tell_one(jx_statement *s, const struct fact *one)
{
	switch (one->type) {
	case WRITER:
		jx_statement_writer(s, one->writer, one->short_code);
		break;
	case ENTRY:
		jx_statement_entry(s, &one->entry);
		break;
	case RECEIPT:
		jx_statement_receipt(s, &one->receipt);
		break;
	case PHOTO:
	default:
		jx_statement_photo(s, one->writer, one->sha256);
		break;
	}
}

static void tell(jx_statement *s, const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		tell_one(s, &f->list[i]);
}

static void drop_fact(struct facts *f, size_t i)
{
	memmove(f->list + i, f->list + i + 1, (f->count - i - 1) * sizeof(*f->list));
	f->count--;
}

static size_t find_entry(const struct facts *f, int64_t n)
{
	size_t i;

	for (i = 0; i < f->count; i++)
		if (f->list[i].type == ENTRY && f->list[i].entry.n == n)
			return i;
	fail_msg("no entry %d", (int)n);
	return 0;
}

static int make_facts(void **state)
{
	struct facts *f = jx_xcalloc(1, sizeof(*f));

	f->list = jx_xcalloc(FACTS_MAX, sizeof(*f->list));
	*state = f;
	return 0;
}

static int free_facts(void **state)
{
	struct facts *f = *state;

	free(f->list);
	free(f);
	return 0;
}

/* The row of DAY when these facts are told. */
static struct jx_day_row row_of(const struct facts *f)
{
	JX_AUTO(jx_statement) s = jx_statement_new();
	const struct jx_day_row *rows;
	size_t count;

	tell(s, f);
	rows = jx_statement_rows(s, DAY, &count);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].day, DAY);
	return rows[0];
}

static void a_good_day_is_complete(void **state)
{
	struct facts *f = *state;
	struct jx_day_row row;

	good_day(f);
	row = row_of(f);
	assert_int_equal(row.state, JX_DAY_COMPLETE);
	assert_string_equal(row.short_code, "H07");
	assert_true(row.is_closed);
	assert_int_equal(row.observations_recorded, 2);
	assert_int_equal(row.observations_stored, 2);
	assert_int_equal(row.photos_recorded, 4);
	assert_int_equal(row.photos_listed, 4);
	assert_int_equal(row.photos_stored, 4);
	assert_int_equal(row.gaps, 0);
	assert_int_equal(row.last_n, 8);
	assert_int_equal(row.last_heard_utc_ms, 9000);
	assert_int_equal(row.missing_first_n, 0);
	assert_string_equal(jx_day_state_name(row.state), "complete");
}

/* No entry, photo or receipt of a complete day can be taken away without the day losing that word. */
static void a_complete_day_needs_every_fact(void **state)
{
	struct facts *f = *state;
	size_t i, count;

	good_day(f);
	count = f->count;
	for (i = 0; i < count; i++) {
		const struct fact gone = f->list[i];
		const bool is_needed = (gone.type == ENTRY && gone.entry.n <= 7) || gone.type == PHOTO ||
				       (gone.type == RECEIPT && gone.receipt.n == 8);
		struct jx_day_row row;

		drop_fact(f, i);
		row = row_of(f);
		if (is_needed != (row.state != JX_DAY_COMPLETE))
			fail_msg("without fact %zu the day is %s", i, jx_day_state_name(row.state));
		if (gone.type == ENTRY && gone.entry.n < 7) {
			assert_int_equal(row.state, JX_DAY_MISSING);
			assert_int_equal(row.gaps, 1);
			assert_int_equal(row.missing_first_n, gone.entry.n);
		}
		if (gone.type == PHOTO) {
			assert_int_equal(row.state, JX_DAY_MISSING);
			assert_int_equal(row.photos_stored, 3);
		}
		memmove(f->list + i + 1, f->list + i, (f->count - i) * sizeof(*f->list));
		f->list[i] = gone;
		f->count++;
	}
}

static void a_day_without_close_is_open(void **state)
{
	struct facts *f = *state;
	struct jx_day_row row;

	add_finding(f, 1, 1, JX_KIND_OBSERVATION, DAY, 1);
	row = row_of(f);
	assert_int_equal(row.state, JX_DAY_OPEN);
	assert_false(row.is_closed);
	assert_int_equal(row.observations_recorded, -1);
	assert_int_equal(row.photos_recorded, -1);
	assert_int_equal(row.observations_stored, 1);
	assert_int_equal(row.photos_listed, 1);
	assert_int_equal(row.photos_stored, 0);
	assert_int_equal(row.last_heard_utc_ms, 0);
}

static void a_later_finding_opens_the_day_and_a_later_close_ends_it(void **state)
{
	struct facts *f = *state;
	struct jx_day_row row;

	good_day(f);
	add_finding(f, 1, 9, JX_KIND_CORRECTION, DAY, 0);
	add_receipt(f, 1, 9, 9500, false);
	assert_int_equal(row_of(f).state, JX_DAY_OPEN);
	add_close(f, 1, 10, DAY, 2, 4);
	row = row_of(f);
	assert_int_equal(row.state, JX_DAY_OPEN); /* no receipt covers the second close yet */
	assert_int_equal(row.last_n, 10);
	add_receipt(f, 1, 10, 9900, false);
	assert_int_equal(row_of(f).state, JX_DAY_COMPLETE);
}

static void a_forks_receipt_completes_nothing(void **state)
{
	struct facts *f = *state;
	struct jx_day_row row;
	size_t i;

	good_day(f);
	for (i = 0; i < f->count; i++)
		if (f->list[i].type == RECEIPT)
			f->list[i].receipt.is_fork = true;
	row = row_of(f);
	assert_int_equal(row.state, JX_DAY_OPEN);
	assert_int_equal(row.last_heard_utc_ms, 9000);
}

static void another_writers_photo_receipt_does_not_count(void **state)
{
	struct facts *f = *state;
	size_t i;

	good_day(f);
	for (i = 0; i < f->count; i++)
		if (f->list[i].type == PHOTO)
			sample_id(2, 2, f->list[i].writer);
	assert_int_equal(row_of(f).photos_stored, 0);
	assert_int_equal(row_of(f).state, JX_DAY_MISSING);
}

static void counts_that_do_not_agree_are_never_complete(void **state)
{
	struct facts *f = *state;
	struct jx_entry *close;

	good_day(f);
	close = &f->list[find_entry(f, 7)].entry;
	close->observations_total = 3;
	assert_int_equal(row_of(f).state, JX_DAY_MISSING);
	close->observations_total = 1;
	assert_int_equal(row_of(f).state, JX_DAY_OPEN);
	close->observations_total = 2;
	close->photos_total = 5;
	assert_int_equal(row_of(f).state, JX_DAY_MISSING);
	close->photos_total = 3;
	assert_int_equal(row_of(f).state, JX_DAY_OPEN);
}

static void gaps_after_the_close_belong_to_later_days(void **state)
{
	struct facts *f = *state;
	struct jx_day_row row;

	good_day(f);
	add_finding(f, 1, 11, JX_KIND_OBSERVATION, NEXT_DAY, 0);
	row = row_of(f);
	assert_int_equal(row.state, JX_DAY_COMPLETE);
	assert_int_equal(row.gaps, 2);
	assert_int_equal(row.missing_first_n, 9);
	assert_int_equal(row.last_n, 11);
}

static void days_without_shift_or_finding_make_no_row(void **state)
{
	struct facts *f = *state;
	JX_AUTO(jx_statement) s = jx_statement_new();
	const struct jx_day_row *rows;
	size_t count = 7;

	rows = jx_statement_rows(s, NULL, &count);
	assert_int_equal(count, 0);
	assert_null(rows);
	add_writer(f, 3, "S1");
	(void)add_entry(f, 3, 1, JX_KIND_WRITER_ENROLLED, DAY);
	(void)add_entry(f, 3, 2, JX_KIND_WITHDRAWAL, DAY);
	(void)add_entry(f, 4, 1, JX_KIND_PERSON_IN, DAY);
	add_receipt(f, 5, 4, 4, false);
	tell(s, f);
	(void)jx_statement_rows(s, NULL, &count);
	assert_int_equal(count, 0);
	f->count = 0;
	(void)add_entry(f, 4, 2, JX_KIND_SHIFT_START, DAY);
	tell(s, f);
	rows = jx_statement_rows(s, NULL, &count);
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].observations_stored, 0);
	assert_int_equal(rows[0].state, JX_DAY_OPEN);
}

static void rows_come_by_day_then_short_code_then_writer(void **state)
{
	static const struct {
		const char *day, *short_code;
		uint64_t writer;
	} wanted[] = {
		{DAY, "", 9}, {DAY, "H01", 2}, {DAY, "H02", 1}, {DAY, "H02", 3}, {NEXT_DAY, "H01", 2},
	};
	struct facts *f = *state;
	JX_AUTO(jx_statement) s = jx_statement_new();
	const struct jx_day_row *rows;
	size_t count, i;

	add_writer(f, 3, "H02");
	add_writer(f, 2, "H01");
	add_writer(f, 1, "H02");
	add_finding(f, 3, 1, JX_KIND_OBSERVATION, DAY, 0);
	add_finding(f, 2, 1, JX_KIND_OBSERVATION, NEXT_DAY, 0);
	add_finding(f, 2, 2, JX_KIND_OBSERVATION, DAY, 0);
	add_finding(f, 9, 1, JX_KIND_OBSERVATION, DAY, 0);
	add_finding(f, 1, 1, JX_KIND_OBSERVATION, DAY, 0);
	tell(s, f);
	rows = jx_statement_rows(s, NULL, &count);
	assert_int_equal(count, sizeof(wanted) / sizeof(wanted[0]));
	for (i = 0; i < count; i++) {
		uint8_t writer[JX_ID_BYTES];

		sample_id(2, wanted[i].writer, writer);
		assert_string_equal(rows[i].day, wanted[i].day);
		assert_string_equal(rows[i].short_code, wanted[i].short_code);
		assert_memory_equal(rows[i].writer, writer, JX_ID_BYTES);
	}
	rows = jx_statement_rows(s, NEXT_DAY, &count);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].day, NEXT_DAY);
	(void)jx_statement_rows(s, "2026-08-31", &count);
	assert_int_equal(count, 0);
}

/* Facts of three writers, some twice, one number with two different entries. */
static void mixed_facts(struct facts *f)
{
	uint64_t writer;
	int64_t n;

	for (writer = 1; writer <= 3; writer++) {
		add_writer(f, writer, writer == 1 ? "H01" : "H02");
		for (n = 1; n <= 20; n++) {
			add_finding(f, writer, n, n % 5 == 0 ? JX_KIND_CORRECTION : JX_KIND_OBSERVATION,
				    n <= 10 ? DAY : NEXT_DAY, (size_t)(n % 3));
			if (n % 3 > 0 && !(writer == 2 && n == 4))
				add_photo(f, writer, n, 0);
			if (n % 3 > 1)
				add_photo(f, writer, n, 1);
		}
		add_close(f, writer, 21, DAY, 8, 10);
		add_close(f, writer, 22, NEXT_DAY, 8, 10);
		add_receipt(f, writer, 10, 100, false);
		add_receipt(f, writer, 22, 200, writer == 3);
	}
	add_writer(f, 1, "H00"); /* somebody's mistake */
	sample_id(1, 5, add_entry(f, 2, 7, JX_KIND_WITHDRAWAL, NEXT_DAY)->id);
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void order_and_repeats_change_no_row(void **state)
{
	struct facts *f = *state;
	JX_AUTO_FREE struct jx_day_row *wanted = NULL;
	JX_AUTO(jx_statement) first = jx_statement_new();
	uint64_t seed = 20260901;
	size_t count, i, round;

	mixed_facts(f);
	tell(first, f);
	wanted = jx_xcalloc(6, sizeof(*wanted));
	memcpy(wanted, jx_statement_rows(first, NULL, &count), 6 * sizeof(*wanted));
	assert_int_equal(count, 6);
	for (round = 0; round < 50; round++) {
		JX_AUTO(jx_statement) s = jx_statement_new();
		const struct jx_day_row *rows;

		for (i = f->count; i > 1; i--) {
			const size_t k = (size_t)(next_random(&seed) % i);
			const struct fact swap = f->list[i - 1];

			f->list[i - 1] = f->list[k];
			f->list[k] = swap;
		}
		for (i = 0; i < f->count; i++) {
			uint64_t times = 1 + next_random(&seed) % 3;

			while (times-- > 0)
				tell_one(s, &f->list[i]);
			if (next_random(&seed) % 16 == 0) /* asking in between must not matter */
				(void)jx_statement_rows(s, NULL, &count);
		}
		rows = jx_statement_rows(s, NULL, &count);
		assert_int_equal(count, 6);
		assert_memory_equal(rows, wanted, 6 * sizeof(*rows));
	}
}

/* A county's week: what is quadratic anywhere would not end within the test's time limit. */
static void a_hundred_thousand_entries_are_no_matter(void **state)
{
	JX_AUTO(jx_statement) s = jx_statement_new();
	const struct jx_day_row *rows;
	struct facts *f = *state;
	size_t count, i;
	uint64_t writer;
	int64_t n;

	for (n = 500; n >= 1; n--) {
		for (writer = 1; writer <= 200; writer++) {
			f->count = 0;
			add_finding(f, writer, n, JX_KIND_OBSERVATION, n <= 250 ? DAY : NEXT_DAY, 1);
			add_photo(f, writer, n, 0);
			tell(s, f);
		}
	}
	rows = jx_statement_rows(s, NULL, &count);
	assert_int_equal(count, 400);
	for (i = 0; i < count; i++) {
		assert_int_equal(rows[i].observations_stored, 250);
		assert_int_equal(rows[i].photos_stored, 250);
		assert_int_equal(rows[i].gaps, 0);
	}
}

/* Of a log with a gap only one day's entries are given, with what is known of the chain: the row is the same. */
static void a_day_alone_speaks_of_the_whole_chain(void **state)
{
	struct facts *f = *state;
	JX_AUTO(jx_statement) all = jx_statement_new();
	JX_AUTO(jx_statement) some = jx_statement_new();
	struct jx_chain_extent extent = {.last_n = 6, .gaps = 1, .first_missing_n = 2};
	uint8_t writer[JX_ID_BYTES];
	const struct jx_day_row *want, *got;
	size_t count = 0;

	sample_id(2, 1, writer);
	for (int64_t n = 1; n <= 6; n++)
		if (n != 2)
			add_finding(f, 1, n, JX_KIND_OBSERVATION, n <= 3 ? DAY : NEXT_DAY, 0);
	tell(all, f);
	want = jx_statement_rows(all, NEXT_DAY, &count);
	assert_int_equal(count, 1);
	assert_int_equal(want->gaps, 1);
	f->count = 0;
	for (int64_t n = 4; n <= 6; n++)
		add_finding(f, 1, n, JX_KIND_OBSERVATION, NEXT_DAY, 0);
	tell(some, f);
	got = jx_statement_rows(some, NULL, &count);
	assert_int_equal(count, 1);
	assert_int_equal(got->gaps, 3); /* as far as it can know */
	jx_statement_chain(some, writer, &extent);
	got = jx_statement_rows(some, NULL, &count);
	assert_int_equal(count, 1);
	assert_memory_equal(got, want, sizeof(*got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, make_facts, free_facts)
		T(a_good_day_is_complete),
		T(a_complete_day_needs_every_fact),
		T(a_day_without_close_is_open),
		T(a_later_finding_opens_the_day_and_a_later_close_ends_it),
		T(a_forks_receipt_completes_nothing),
		T(another_writers_photo_receipt_does_not_count),
		T(counts_that_do_not_agree_are_never_complete),
		T(gaps_after_the_close_belong_to_later_days),
		T(days_without_shift_or_finding_make_no_row),
		T(rows_come_by_day_then_short_code_then_writer),
		T(order_and_repeats_change_no_row),
		T(a_day_alone_speaks_of_the_whole_chain),
		T(a_hundred_thousand_entries_are_no_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
