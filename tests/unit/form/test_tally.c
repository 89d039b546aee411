/* Sums: any order, any split, and what may not be added. */
#include "pests.h"

#define INDOOR "rodent.signs-indoor"

static const struct {
	const char *index;
	int64_t numerator, denominator;
} parts[] = {
	{"rodent.indoor-sign-rate", 1, 30},  {"rodent.indoor-sign-rate", 0, 12},
	{"rodent.proofing", 28, 30},         {"fly.room-rate", 2, 17},
	{"fly.per-positive-room", 5, 2},     {"mosquito.landing-index", 4, 3},
	{"rodent.indoor-sign-rate", 7, 100}, {"rodent.outdoor-path-index", 3, 1200},
	{"cockroach.trace-rate", 0, 40},     {"rodent.outdoor-path-index", 0, 800},
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void assert_same(const jx_tally *a, const jx_tally *b, const jx_pack *pack)
{
	size_t i;

	for (i = 0; i < jx_pack_index_count(pack); i++) {
		struct jx_fraction x, y;

		jx_tally_sum(a, jx_pack_index_at(pack, i), &x);
		jx_tally_sum(b, jx_pack_index_at(pack, i), &y);
		assert_int_equal(x.numerator, y.numerator);
		assert_int_equal(x.denominator, y.denominator);
	}
}

static void any_order_and_any_split_is_the_same(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) all = jx_tally_new(pack);
	struct jx_error err = {0};
	uint64_t seed = 7;
	size_t i, round;

	(void)state;
	for (i = 0; i < PARTS; i++)
		pest_add(all, parts[i].index, parts[i].numerator, parts[i].denominator);
	for (round = 0; round < 50; round++) {
		JX_AUTO(jx_tally) one = jx_tally_new(pack);
		JX_AUTO(jx_tally) two = jx_tally_new(pack);
		size_t order[PARTS];

		for (i = 0; i < PARTS; i++) {
			const size_t k = pest_random(&seed) % (i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		for (i = 0; i < PARTS; i++)
			pest_add(pest_random(&seed) % 2 == 0 ? one : two, parts[order[i]].index,
				 parts[order[i]].numerator, parts[order[i]].denominator);
		jx_assert_ok(jx_tally_merge(one, two, &err), &err);
		assert_same(one, all, pack);
	}
	jx_tally_clear(all);
	jx_tally_clear(all);
	{
		JX_AUTO(jx_tally) empty = jx_tally_new(pack);

		assert_same(all, empty, pack);
	}
}

static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *index;
		int64_t numerator, denominator;
		jx_rc rc;
		const char *says;
	} cases[] = {
		{"rodent.attic", 1, 2, JX_ENOTFOUND, "rodent.attic"},
		{"rodent.indoor-sign-rate", 3, 2, JX_EINVAL, "3 of 2"},
		{"rodent.indoor-sign-rate", 1, 0, JX_EINVAL, "nothing checked"},
		{"mosquito.landing-index", 1, 0, JX_EINVAL, "nothing checked"},
		{"rodent.indoor-sign-rate", -1, 2, JX_EINVAL, "rodent.indoor-sign-rate"},
		{"rodent.indoor-sign-rate", 0, -1, JX_EINVAL, "rodent.indoor-sign-rate"},
		{"rodent.indoor-sign-rate", 0, INT64_MAX, JX_EINVAL, "rodent.indoor-sign-rate"},
		{"mosquito.landing-index", INT64_MIN, 1, JX_EINVAL, "mosquito.landing-index"},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) empty = jx_tally_new(pack);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jx_error err = {0};

		jx_assert_rc(
			jx_tally_add(tally, cases[i].index, cases[i].numerator, cases[i].denominator, &err),
			cases[i].rc, &err);
		jx_assert_says(&err, cases[i].says);
	}
	assert_same(tally, empty, pack);
}

static void sums_stay_exact(void **state)
{
	const int64_t top = INT64_C(1) << 53;
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) other = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_fraction sum;

	(void)state;
	pest_add(tally, "rodent.indoor-sign-rate", 0, top);
	jx_assert_rc(jx_tally_add(tally, "rodent.indoor-sign-rate", 0, 1, &err), JX_ELIMIT, &err);
	pest_add(other, "rodent.indoor-sign-rate", 0, 1);
	pest_add(other, "rodent.proofing", 1, 1);
	jx_assert_rc(jx_tally_merge(tally, other, &err), JX_ELIMIT, &err);
	/* nothing of it was added */
	jx_tally_sum(tally, jx_pack_index_find(pack, "rodent.proofing"), &sum);
	assert_int_equal(sum.denominator, 0);
	jx_tally_sum(tally, jx_pack_index_find(pack, "rodent.indoor-sign-rate"), &sum);
	assert_int_equal(sum.denominator, top);
}

static void tallies_of_two_packs_are_not_joined(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_pack) again = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) other = jx_tally_new(again);
	struct jx_error err = {0};

	(void)state;
	jx_assert_rc(jx_tally_merge(tally, other, &err), JX_ECONFLICT, &err);
}

/* ---- from sheets and entries ---------------------------------------------------------------------------- */

static jx_sheet *indoor(const jx_pack *pack, const char *checked, const char *positive)
{
	struct jx_error err = {0};
	jx_sheet *sheet = NULL;

	jx_assert_ok(jx_sheet_new(pack, INDOOR, PEST_DAY, &sheet, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "unit_class", "01", &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_checked", checked, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_positive", positive, &err), &err);
	return sheet;
}

static struct jx_quota eateries(const jx_tally *tally)
{
	struct jx_error err = {0};
	struct jx_quota q;
	size_t i;

	for (i = 0; i < jx_tally_quota_count(tally, PEST_DAY); i++) {
		jx_assert_ok(jx_tally_quota(tally, i, PEST_DAY, 100000, &q, &err), &err);
		if (strcmp(q.id, "rodent-indoor.01") == 0)
			return q;
	}
	fail();
	return q;
}

static void a_sheet_counts_for_index_and_quota(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_sheet) sheet = indoor(pack, "30", "1");
	struct jx_error err = {0};
	struct jx_fraction sum;
	struct jx_quota q;

	(void)state;
	jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
	jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
	jx_tally_sum(tally, jx_pack_index_find(pack, "rodent.indoor-sign-rate"), &sum);
	assert_int_equal(sum.numerator, 2);
	assert_int_equal(sum.denominator, 60);
	q = eateries(tally);
	assert_int_equal(q.units, 10);
	assert_int_equal(q.effort, 100);
	assert_int_equal(q.units_done, 2);
	assert_int_equal(q.effort_done, 60);
	assert_string_equal(q.topic, "rodent");
	assert_non_null(q.table.zh);
	assert_non_null(q.name.zh);
	/* a class that the quota has no row for counts for the index alone */
	jx_assert_ok(jx_sheet_set(sheet, "unit_class", "18", &err), &err);
	jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
	jx_tally_sum(tally, jx_pack_index_find(pack, "rodent.indoor-sign-rate"), &sum);
	assert_int_equal(sum.denominator, 90);
	assert_int_equal(eateries(tally).units_done, 2);
}

/* "Offices and enterprises" is one row of the table, and three of the classes that a unit can have. */
static void classes_of_one_row_count_together(void **state)
{
	static const char *const classes[] = {"03", "11", "12", "13"};
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_quota q;
	size_t i, found = 0;

	(void)state;
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		JX_AUTO(jx_sheet) sheet = indoor(pack, "10", "0");

		jx_assert_ok(jx_sheet_set(sheet, "unit_class", classes[i], &err), &err);
		jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
	}
	for (i = 0; i < jx_tally_quota_count(tally, PEST_DAY); i++) {
		jx_assert_ok(jx_tally_quota(tally, i, PEST_DAY, 100000, &q, &err), &err);
		if (q.units_done == 0)
			continue;
		found++;
		assert_string_equal(q.id, "rodent-indoor.03");
		assert_int_equal(q.units_done, 3); /* the fourth is a road: no row of this table */
		assert_int_equal(q.effort_done, 30);
		assert_int_equal(q.units, 5);
	}
	assert_int_equal(found, 1);
}

static void a_wrong_sheet_counts_for_nothing(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) empty = jx_tally_new(pack);
	JX_AUTO(jx_sheet) sheet = indoor(pack, "30", "31");
	JX_AUTO(jx_sheet) right = indoor(pack, "30", "0");
	JX_AUTO_BUF draft = {0};
	struct jx_error err = {0};

	(void)state;
	jx_assert_rc(jx_tally_add_sheet(tally, sheet, &err), JX_EINVAL, &err);
	assert_same(tally, empty, pack);
	assert_int_equal(eateries(tally).units_done, 0);
	/* a stored entry that breaks a rule of its form is refused by that rule, at its field */
	jx_buf_init(&draft, 65536);
	jx_assert_ok(jx_sheet_write_draft(sheet, &draft, &err), &err);
	jx_assert_rc(jx_tally_add_answers(tally, pack, INDOOR, PEST_DAY, draft.data, draft.len, &err),
		     JX_EINVAL, &err);
	assert_string_equal(err.where, "rooms_positive");
	jx_assert_rc(jx_tally_add_answers(tally, pack, "rodent.attic", PEST_DAY, draft.data, draft.len, &err),
		     JX_ENOTFOUND, &err);
	jx_assert_rc(jx_tally_add_answers(tally, pack, INDOOR, PEST_DAY, "[1]", 3, &err), JX_EINVAL, &err);
	assert_same(tally, empty, pack);
	/* the right one counts */
	jx_buf_reset(&draft);
	jx_assert_ok(jx_sheet_write_draft(right, &draft, &err), &err);
	jx_assert_ok(jx_tally_add_answers(tally, pack, INDOOR, PEST_DAY, draft.data, draft.len, &err), &err);
	assert_int_equal(eateries(tally).effort_done, 30);
}

/* ---- the same checks on device, server and office ---------------------------------------------------------- */

#define CHECKS 120

struct answers {
	const char *form;
	jx_buf text;
};

static void set(jx_sheet *sheet, const char *path, int64_t value)
{
	struct jx_error err = {0};
	JX_AUTO_FREE char *typed = jx_xasprintf("%lld", (long long)value);

	jx_assert_ok(jx_sheet_set(sheet, path, typed, &err), &err);
}

static void make_check(const jx_pack *pack, uint64_t *seed, struct answers *out)
{
	const int64_t checked = 1 + (int64_t)(pest_random(seed) % 40);
	const int64_t positive = (int64_t)(pest_random(seed) % (uint64_t)(checked + 1)) / 8;
	JX_AUTO(jx_sheet) sheet = NULL;
	struct jx_error err = {0};

	out->form = pest_random(seed) % 2 == 0 ? "rodent.proofing" : "fly.indoor";
	jx_assert_ok(jx_sheet_new(pack, out->form, PEST_DAY, &sheet, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "unit_class", pest_random(seed) % 2 == 0 ? "01" : "05", &err), &err);
	set(sheet, "rooms_checked", checked);
	if (strcmp(out->form, "rodent.proofing") == 0) {
		set(sheet, "rooms_failed", positive);
		if (positive > 0)
			set(sheet, "failed_outlet", positive);
	} else {
		set(sheet, "rooms_positive", positive);
		set(sheet, "flies_total", positive * 2);
	}
	jx_buf_init(&out->text, 65536);
	jx_assert_ok(jx_sheet_write_draft(sheet, &out->text, &err), &err);
}

static void add_check(jx_tally *tally, const jx_pack *pack, const struct answers *a)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_tally_add_answers(tally, pack, a->form, PEST_DAY, a->text.data, a->text.len, &err),
		     &err);
}

static void assert_same_grades(const jx_tally *a, const jx_tally *b, const jx_pack *pack)
{
	size_t i;

	assert_same(a, b, pack);
	for (i = 0; i < jx_pack_index_count(pack); i++) {
		struct jx_grade x, y;

		if (jx_tally_grade(a, jx_pack_index_at(pack, i), PEST_DAY, &x, NULL) != JX_OK)
			continue;
		y = pest_grade(b, x.index->id);
		assert_int_equal(x.level, y.level);
		assert_int_equal(x.more, y.more);
		assert_int_equal(x.is_decided, y.is_decided);
		assert_true(!x.has_interval || memcmp(&x.interval, &y.interval, sizeof(x.interval)) == 0);
	}
	for (i = 0; i < jx_tally_quota_count(a, PEST_DAY); i++) {
		struct jx_error err = {0};
		struct jx_quota x, y;

		jx_assert_ok(jx_tally_quota(a, i, PEST_DAY, 500000, &x, &err), &err);
		jx_assert_ok(jx_tally_quota(b, i, PEST_DAY, 500000, &y, &err), &err);
		assert_int_equal(x.units_done, y.units_done);
		assert_int_equal(x.effort_done, y.effort_done);
	}
}

static void entries_in_any_order_give_the_same_grades(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) device = jx_tally_new(pack);
	struct answers checks[CHECKS];
	uint64_t seed = 27770;
	size_t i, round;

	(void)state;
	for (i = 0; i < CHECKS; i++) {
		make_check(pack, &seed, &checks[i]);
		add_check(device, pack, &checks[i]);
	}
	assert_int_not_equal(pest_grade(device, "rodent.proofing").level, JX_LEVEL_NONE);
	assert_int_not_equal(pest_grade(device, "fly.per-positive-room").level, JX_LEVEL_NONE);
	for (round = 0; round < 4; round++) {
		JX_AUTO(jx_tally) server = jx_tally_new(pack);
		JX_AUTO(jx_tally) office = jx_tally_new(pack);
		struct jx_error err = {0};

		for (i = CHECKS - 1; i > 0; i--) {
			const size_t k = pest_random(&seed) % (i + 1);
			const struct answers other = checks[k];

			checks[k] = checks[i];
			checks[i] = other;
		}
		for (i = 0; i < CHECKS; i++)
			add_check(i < CHECKS / 3 ? server : office, pack, &checks[i]);
		jx_assert_ok(jx_tally_merge(office, server, &err), &err);
		assert_same_grades(device, office, pack);
	}
	for (i = 0; i < CHECKS; i++)
		jx_buf_done(&checks[i].text);
}

/* Its first contribution is fine, a later one is not: the first is taken back. */
static void a_sheet_counts_whole_or_not_at_all(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) empty = jx_tally_new(pack);
	JX_AUTO(jx_sheet) sheet = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_sheet_new(pack, "fly.indoor", PEST_DAY, &sheet, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_checked", "10", &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_positive", "0", &err), &err);
	jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
	assert_int_equal(pest_grade(tally, "fly.room-rate").sum.denominator, 10);
	jx_tally_clear(tally);
	jx_assert_ok(jx_sheet_set(sheet, "flies_total", "5", &err), &err);
	jx_assert_rc(jx_tally_add_sheet(tally, sheet, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "fly.per-positive-room");
	assert_same(tally, empty, pack);
}

/* Limits may be replaced by a later version of the pack; what is counted must be the same thing. */
static void other_versions_are_counted_by_the_tallys_limits(void **state)
{
	JX_AUTO_FREE char *stricter_text = pest_with("\"at\": [\"1\", \"3\", \"5\"]",
						     "\"at\": [\"0.1\", \"0.2\", \"0.3\"]");
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_pack) stricter = NULL;
	JX_AUTO(jx_sheet) sheet = indoor(pack, "30", "0");
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_pack_load(stricter_text, strlen(stricter_text), &stricter, &err), &err);
	{
		JX_AUTO(jx_tally) old = jx_tally_new(pack);
		JX_AUTO(jx_tally) new = jx_tally_new(stricter);

		jx_assert_ok(jx_tally_add_sheet(old, sheet, &err), &err);
		jx_assert_ok(jx_tally_add_sheet(new, sheet, &err), &err);
		pest_add(old, "rodent.indoor-sign-rate", 1, 470);
		pest_add(new, "rodent.indoor-sign-rate", 1, 470);
		/* 1 of 500 is 0.2 % */
		assert_int_equal(pest_grade(old, "rodent.indoor-sign-rate").level, JX_LEVEL_A);
		assert_int_equal(pest_grade(new, "rodent.indoor-sign-rate").level, JX_LEVEL_B);
	}
}

static void an_index_of_another_scale_is_not_mixed(void **state)
{
	JX_AUTO_FREE char *first = pest_with(
		"\"id\": \"rodent.indoor-sign-rate\",\n\t\t\t\"topic\": \"rodent\",",
		"\"id\": \"rodent.indoor-sign-rate\", \"topic\": \"rodent\", \"x\": 1,");
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_pack) changed = NULL;
	JX_AUTO(jx_sheet) sheet = indoor(pack, "30", "0");
	struct jx_error err = {0};
	char *scale = strstr(strstr(first, "\"x\": 1,"), "\"scale\": 100,");

	(void)state;
	assert_non_null(scale);
	/* the same length: 100 becomes 900 */
	scale[strlen("\"scale\": ")] = '9';
	jx_assert_ok(jx_pack_load(first, strlen(first), &changed, &err), &err);
	{
		JX_AUTO(jx_tally) tally = jx_tally_new(changed);
		struct jx_fraction sum;

		jx_assert_rc(jx_tally_add_sheet(tally, sheet, &err), JX_ECONFLICT, &err);
		jx_assert_says(&err, "rodent.indoor-sign-rate");
		jx_tally_sum(tally, jx_pack_index_find(changed, "rodent.indoor-sign-rate"), &sum);
		assert_int_equal(sum.denominator, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_and_any_split_is_the_same),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(sums_stay_exact),
		cmocka_unit_test(tallies_of_two_packs_are_not_joined),
		cmocka_unit_test(a_sheet_counts_for_index_and_quota),
		cmocka_unit_test(classes_of_one_row_count_together),
		cmocka_unit_test(a_wrong_sheet_counts_for_nothing),
		cmocka_unit_test(entries_in_any_order_give_the_same_grades),
		cmocka_unit_test(a_sheet_counts_whole_or_not_at_all),
		cmocka_unit_test(other_versions_are_counted_by_the_tallys_limits),
		cmocka_unit_test(an_index_of_another_scale_is_not_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
