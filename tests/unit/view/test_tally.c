/* What checks come to: newest versions only, in any order. */
#include <stdio.h>
#include <stdlib.h>

#include "handheld.h"
#include "jiexun/view.h"

#define FORM   "rodent.signs-indoor"
#define CHECKS 24

struct bench {
	struct handheld h;
	jx_packs *packs;
	const jx_pack *pack;
};

static int setup(void **state)
{
	struct bench *b = jx_xcalloc(1, sizeof(*b));
	struct jx_error err;

	handheld_init(&b->h);
	handheld_begin_day(&b->h);
	jx_assert_ok(jx_packs_new(&b->packs, &err), &err);
	b->pack = jx_packs_with_form(b->packs, FORM, DEVICE_DAY);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	jx_packs_free(b->packs);
	handheld_done(&b->h);
	free(b);
	return 0;
}

static void set(jx_sheet *sheet, const char *path, int value)
{
	char text[16];
	struct jx_error err;

	(void)snprintf(text, sizeof(text), "%02d", value);
	jx_assert_ok(jx_sheet_set(sheet, path, text, &err), &err);
}

/* A check of `checked` rooms, a third of them positive; a correction of of_id if that is given. */
static void save(struct bench *b, int unit_class, int checked, const char *grid, const uint8_t *of_id,
		 uint8_t id_out[JX_ID_BYTES])
{
	JX_AUTO(jx_sheet) sheet = NULL;
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_sheet_new(b->pack, FORM, DEVICE_DAY, &sheet, &err), &err);
	set(sheet, "unit_class", unit_class);
	set(sheet, "rooms_checked", checked);
	set(sheet, "rooms_positive", checked / 3);
	if (checked / 3 > 0)
		set(sheet, "signs_droppings", checked);
	jx_assert_ok(jx_capture_begin(&b->h.rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_place(c, grid, NULL, NULL, &err), &err);
	if (of_id != NULL)
		jx_assert_ok(jx_capture_set_correction(c, of_id, "miscounted", &err), &err);
	jx_assert_ok(jx_capture_set_sheet(c, sheet, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	if (id_out != NULL)
		memcpy(id_out, jx_capture_id(c), JX_ID_BYTES);
}

static struct jx_view_tally tally(struct bench *b, const struct jx_view_tally_query *q, int64_t *positive_out,
				  int64_t *checked_out)
{
	JX_AUTO(jx_tally) t = jx_tally_new(b->pack);
	const struct jx_index *index = jx_pack_index_find(b->pack, "rodent.indoor-sign-rate");
	struct jx_view_tally out;
	struct jx_fraction sum;
	struct jx_error err;

	jx_assert_ok(jx_view_tally(b->h.d.store, b->packs, b->pack, q, t, &out, &err), &err);
	assert_non_null(index);
	jx_tally_sum(t, index, &sum);
	*positive_out = sum.numerator;
	*checked_out = sum.denominator;
	return out;
}

static void corrected_and_withdrawn_checks_count_as_they_stand(void **state)
{
	struct bench *b = *state;
	const struct jx_view_tally_query all = {.since = NULL};
	uint8_t first[JX_ID_BYTES], second[JX_ID_BYTES], again[JX_ID_BYTES];
	struct jx_view_tally t;
	struct jx_error err;
	int64_t positive = 0, checked = 0, n = 0;

	save(b, 1, 30, "g1", NULL, first);
	save(b, 1, 60, "g1", NULL, second);
	(void)handheld_log(&b->h, "01", NULL); /* no check: passed over */
	t = tally(b, &all, &positive, &checked);
	assert_int_equal(t.checks, 2);
	assert_int_equal(positive, 30);
	assert_int_equal(checked, 90);
	/* a correction of a correction: the last counts */
	save(b, 1, 33, "g1", first, again);
	save(b, 1, 36, "g1", first, NULL);
	t = tally(b, &all, &positive, &checked);
	assert_int_equal(t.checks, 2);
	assert_int_equal(checked, 96);
	assert_int_equal(positive, 32);
	jx_assert_ok(jx_record_withdrawal(&b->h.rec, second, "wrong house", &n, &err), &err);
	t = tally(b, &all, &positive, &checked);
	assert_int_equal(t.checks, 1);
	assert_int_equal(checked, 36);
	assert_int_equal(t.left_out, 0);
}

static void area_grid_class_and_days_choose(void **state)
{
	struct bench *b = *state;
	static const struct {
		struct jx_view_tally_query q;
		int64_t checked;
	} cases[] = {
		{{.grid = "g1"}, 30},
		{{.grid = "g"}, 0},
		{{.unit_class = "02"}, 60},
		{{.area = "330185"}, 90},
		{{.area = "33018"}, 0},
		{{.since = DEVICE_DAY, .until = DEVICE_DAY}, 90},
		{{.since = "2026-09-02"}, 0},
		{{.until = "2026-08-31"}, 0},
		{{.grid = "g2", .unit_class = "01"}, 0},
	};
	int64_t positive = 0, checked = 0;

	save(b, 1, 30, "g1", NULL, NULL);
	save(b, 2, 60, "g2", NULL, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)tally(b, &cases[i].q, &positive, &checked);
		assert_int_equal(checked, cases[i].checked);
	}
}

/* The same checks saved in another order give the same sums and grades, also where they were corrected on the way. */
static void any_order_gives_the_same(void **state)
{
	struct bench *b = *state;
	const struct jx_view_tally_query all = {.since = NULL};
	struct bench *other = NULL;
	int order[CHECKS];
	int64_t positive[2] = {0}, checked[2] = {0};
	struct jx_view_tally t[2];
	uint8_t id[JX_ID_BYTES];

	assert_int_equal(setup((void **)&other), 0);
	for (int i = 0; i < CHECKS; i++)
		order[i] = i;
	for (int i = CHECKS - 1; i > 0; i--) {
		const int k = (i * 7 + 3) % (i + 1), held = order[i];

		order[i] = order[k];
		order[k] = held;
	}
	for (int i = 0; i < CHECKS; i++) {
		save(b, 1 + i % 3, 10 + i, "g1", NULL, NULL);
		save(other, 1 + order[i] % 3, 11 + order[i], "g1", NULL, id);
		save(other, 1 + order[i] % 3, 10 + order[i], "g1", id, NULL);
	}
	t[0] = tally(b, &all, &positive[0], &checked[0]);
	t[1] = tally(other, &all, &positive[1], &checked[1]);
	assert_int_equal(t[0].checks, CHECKS);
	assert_int_equal(t[1].checks, CHECKS);
	assert_int_equal(positive[0], positive[1]);
	assert_int_equal(checked[0], checked[1]);
	assert_int_equal(checked[0], CHECKS * 10 + CHECKS * (CHECKS - 1) / 2);
	(void)teardown((void **)&other);
}

static jx_rc see(void *user, const struct jx_view_row *row)
{
	memcpy(user, row, sizeof(*row));
	return JX_OK;
}

static void lists_show_the_form_and_what_it_comes_to(void **state)
{
	struct bench *b = *state;
	const struct jx_view_query q = {.packs = b->packs};
	struct jx_view_day day;
	struct jx_view_row row;
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_error err;

	save(b, 1, 30, "g1", NULL, NULL);
	jx_assert_ok(jx_view_list(b->h.d.store, b->h.pack, &q, see, &row, &err), &err);
	assert_true(row.is_check);
	assert_string_equal(row.form, FORM);
	assert_string_equal(row.name, "rodent signs indoors");
	assert_string_equal(row.summary, "sign rate 33.33 %");
	jx_assert_ok(jx_view_show_by(b->h.d.store, b->packs, row.number, &e, &err), &err);
	assert_string_equal(e->row.summary, row.summary);
	/* a pack that is not here leaves the form's id, and nothing wrong */
	jx_assert_ok(
		jx_view_list(b->h.d.store, b->h.pack, &(struct jx_view_query){.limit = 0}, see, &row, &err),
		&err);
	assert_string_equal(row.name, FORM);
	jx_assert_ok(jx_view_day(b->h.d.store, b->h.pack, DEVICE_DAY, &day, &err), &err);
	assert_int_equal(day.checks, 1);
	assert_int_equal(day.observations, 1);
	assert_int_equal(day.group_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(corrected_and_withdrawn_checks_count_as_they_stand),
		T(area_grid_class_and_days_choose),
		T(any_order_gives_the_same),
		T(lists_show_the_form_and_what_it_comes_to),
	};

	return cmocka_run_group_tests_name("view.tally", tests, NULL, NULL);
}
