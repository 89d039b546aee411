/* Reading the log: which rows, in which order, of whom. */
#include <stdio.h>
#include <stdlib.h>

#include "device.h"

static int setup(void **state)
{
	struct device *d = jx_xcalloc(1, sizeof(*d));

	device_init(d);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	device_done(*state);
	free(*state);
	return 0;
}

struct seen {
	char text[512]; /* "1 2 3 " */
	int64_t stop_at;
	struct device *d;
};

static jx_rc see(void *user, const struct jx_log_row *row)
{
	struct seen *s = user;
	const size_t len = strlen(s->text);

	(void)snprintf(s->text + len, sizeof(s->text) - len, "%lld ", (long long)row->n);
	return row->n == s->stop_at ? JX_EINTR : JX_OK;
}

static void assert_rows(struct device *d, const struct jx_log_query *q, const char *expected)
{
	struct seen s = {.stop_at = -1};
	struct jx_error err;

	jx_assert_ok(jx_store_each(d->store, q, see, &s, &err), &err);
	assert_string_equal(s.text, expected);
}

/* 1 2 observations of the day, 3 shift start, 4 observation of the next day, 5 correction of 2, next day */
static void fill(struct device *d)
{
	struct plain first, p;

	device_enrol(d, 1);
	device_save_many(d, 1);
	first = device_plain(d);
	(void)device_save(d, &first);
	p = device_plain(d);
	p.kind = JX_KIND_SHIFT_START;
	(void)device_save(d, &p);
	p = device_plain(d);
	p.day = "2026-09-02";
	p.photo_count = 2;
	device_photo(p.photos[0], 1);
	device_photo(p.photos[1], 2);
	(void)device_save(d, &p);
	p = device_plain(d);
	p.kind = JX_KIND_CORRECTION;
	p.day = "2026-09-02";
	p.ref_id = first.id;
	p.photo_count = 1;
	device_photo(p.photos[0], 3);
	(void)device_save(d, &p);
}

static void queries_choose_and_order_rows(void **state)
{
	struct device *d = *state;

	fill(d);
	assert_rows(d, &(struct jx_log_query){.limit = 0}, "1 2 3 4 5 ");
	assert_rows(d, &(struct jx_log_query){.newest_first = true}, "5 4 3 2 1 ");
	assert_rows(d, &(struct jx_log_query){.newest_first = true, .limit = 2}, "5 4 ");
	assert_rows(d, &(struct jx_log_query){.from_n = 2, .until_n = 4}, "2 3 4 ");
	assert_rows(d, &(struct jx_log_query){.from_n = 4}, "4 5 ");
	assert_rows(d, &(struct jx_log_query){.from_n = 6}, "");
	assert_rows(d, &(struct jx_log_query){.from_n = 4, .until_n = 2}, "");
	assert_rows(d, &(struct jx_log_query){.day = DEVICE_DAY}, "1 2 3 ");
	assert_rows(d, &(struct jx_log_query){.day = "2026-09-02", .newest_first = true}, "5 4 ");
	assert_rows(d, &(struct jx_log_query){.day = "2026-09-02", .newest_first = true, .limit = 1}, "5 ");
	assert_rows(d, &(struct jx_log_query){.day = "2026-09-03"}, "");
	assert_rows(d, &(struct jx_log_query){.kind = JX_KIND_OBSERVATION}, "1 2 4 ");
	assert_rows(d, &(struct jx_log_query){.kind = JX_KIND_SHIFT_START, .day = DEVICE_DAY}, "3 ");
}

static void another_enrolment_starts_at_one_and_keeps_what_was(void **state)
{
	struct device *d = *state;

	fill(d);
	device_enrol(d, 2);
	assert_rows(d, &(struct jx_log_query){.limit = 0}, "");
	device_save_many(d, 2);
	assert_rows(d, &(struct jx_log_query){.limit = 0}, "1 2 ");
	assert_rows(d, &(struct jx_log_query){.all_writers = true}, "1 2 3 4 5 1 2 ");
	assert_rows(d, &(struct jx_log_query){.all_writers = true, .newest_first = true, .limit = 3},
		    "2 1 5 ");
	assert_rows(d, &(struct jx_log_query){.all_writers = true, .from_n = 2, .until_n = 2}, "2 2 ");
	assert_rows(d, &(struct jx_log_query){.all_writers = true, .day = DEVICE_DAY}, "1 2 3 1 2 ");
	assert_rows(d, &(struct jx_log_query){.day = DEVICE_DAY}, "1 2 ");
}

static void an_empty_log_has_no_rows(void **state)
{
	struct device *d = *state;

	device_open(d);
	assert_rows(d, &(struct jx_log_query){.all_writers = true}, "");
	device_enrol(d, 1);
	assert_rows(d, &(struct jx_log_query){.day = DEVICE_DAY}, "");
}

static void a_walk_stops_when_told_and_hands_the_code_on(void **state)
{
	struct device *d = *state;
	const struct jx_log_query q = {.limit = 0};
	struct seen s = {.stop_at = 2};
	struct jx_error err;

	fill(d);
	assert_int_equal(jx_store_each(d->store, &q, see, &s, &err), JX_EINTR);
	assert_string_equal(s.text, "1 2 ");
	/* and the statement is free again */
	assert_rows(d, &q, "1 2 3 4 5 ");
}

static jx_rc see_inside(void *user, const struct jx_log_row *row)
{
	struct seen *s = user;
	struct seen inner = {.stop_at = -1};
	const struct jx_log_query q = {.until_n = row->n};
	struct jx_error err;
	int64_t n = 0;
	uint8_t head[JX_HASH_BYTES];

	jx_assert_ok(jx_store_each(s->d->store, &q, see, &inner, &err), &err);
	assert_int_equal(strlen(inner.text), 2 * row->n);
	jx_assert_ok(jx_store_head(s->d->store, &n, head, &err), &err);
	assert_int_equal(n, 5);
	return see(user, row);
}

static void a_walk_may_read_inside_a_walk(void **state)
{
	struct device *d = *state;
	const struct jx_log_query q = {.limit = 0};
	struct seen s = {.stop_at = -1, .d = d};
	struct jx_error err;

	fill(d);
	jx_assert_ok(jx_store_each(d->store, &q, see_inside, &s, &err), &err);
	assert_string_equal(s.text, "1 2 3 4 5 ");
}

static jx_rc copy_row(void *user, const struct jx_log_row *row)
{
	struct jx_log_row *out = user;

	*out = *row;
	out->bytes = NULL;
	return JX_OK;
}

static void ids_find_entries(void **state)
{
	struct device *d = *state;
	const uint8_t unknown[JX_ID_BYTES] = {9};
	uint8_t first[JX_ID_BYTES], last[JX_ID_BYTES];
	struct seen s = {.stop_at = -1};
	struct jx_log_row row, replacing;
	struct jx_error err;

	fill(d);
	row = device_row(d, 2);
	assert_true(row.is_replaced);
	assert_false(device_row(d, 1).is_replaced);
	jx_assert_ok(jx_store_by_id(d->store, row.id, copy_row, &replacing, &err), &err);
	assert_int_equal(replacing.n, 2);
	jx_assert_ok(jx_store_replacing(d->store, row.id, copy_row, &replacing, &err), &err);
	assert_int_equal(replacing.n, 5);
	assert_int_equal(replacing.kind, JX_KIND_CORRECTION);
	jx_assert_rc(jx_store_replacing(d->store, replacing.id, copy_row, &replacing, &err), JX_ENOTFOUND,
		     &err);
	jx_assert_rc(jx_store_by_id(d->store, unknown, copy_row, &replacing, &err), JX_ENOTFOUND, &err);
	memset(first, 0, sizeof(first));
	memset(last, 0xff, sizeof(last));
	jx_assert_ok(jx_store_each_id(d->store, first, last, see, &s, &err), &err);
	assert_int_equal(strlen(s.text), 10);
	s.text[0] = '\0';
	jx_assert_ok(jx_store_each_id(d->store, row.id, row.id, see, &s, &err), &err);
	assert_string_equal(s.text, "2 ");
	/* of an earlier identity too */
	device_enrol(d, 2);
	jx_assert_ok(jx_store_by_id(d->store, row.id, copy_row, &replacing, &err), &err);
	assert_int_equal(replacing.writer[0], 1);
}

static void totals_of_a_day_count_observations_and_photo_references(void **state)
{
	struct device *d = *state;
	int64_t observations = 0, photos = 0;
	struct jx_store_counts c;
	struct jx_error err;

	fill(d);
	jx_assert_ok(jx_store_day_totals(d->store, DEVICE_DAY, &observations, &photos, &err), &err);
	assert_int_equal(observations, 2);
	assert_int_equal(photos, 0);
	jx_assert_ok(jx_store_day_totals(d->store, "2026-09-02", &observations, &photos, &err), &err);
	assert_int_equal(observations, 1);
	assert_int_equal(photos, 3);
	jx_assert_ok(jx_store_count(d->store, &c, &err), &err);
	assert_int_equal(c.entries, 5);
	assert_int_equal(c.observations, 3);
	assert_int_equal(c.waiting, 5);
	assert_int_equal(c.photos, 3);
	assert_int_equal(c.photos_waiting, 3);
	assert_int_equal(c.photos_waiting_bytes, 3006);
	assert_int_equal(c.receipt_n, 0);
	device_enrol(d, 2);
	jx_assert_ok(jx_store_day_totals(d->store, DEVICE_DAY, &observations, &photos, &err), &err);
	assert_int_equal(observations, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(queries_choose_and_order_rows),
		T(another_enrolment_starts_at_one_and_keeps_what_was),
		T(an_empty_log_has_no_rows),
		T(a_walk_stops_when_told_and_hands_the_code_on),
		T(a_walk_may_read_inside_a_walk),
		T(ids_find_entries),
		T(totals_of_a_day_count_observations_and_photo_references),
	};

	return cmocka_run_group_tests_name("store.log", tests, NULL, NULL);
}
