/* One index at a time: the level of the point value on, beside and between limits, its interval, and what would decide it. */
#include "interval.h"
#include "pests.h"

/*
 * Denominators so large that a neighbour of a limit is the same double as the limit: a comparison in floating point could not
 * tell them apart. Divisible by every scale, and every limit times it is whole.
 */
#define WIDE INT64_C(9000000000000000)

/* Limit in thousandths; the levels one step to the better side of it, on it, and one step to the worse. */
struct row {
	const char *index;
	int64_t at;
	char better, on, worse;
};

/* GB/T 27770..27773-2011 as the pack has them, written out by hand. */
static const struct row rows[] = {
	{"rodent.proofing", 97000, 'A', 'A', 'B'},
	{"rodent.proofing", 95000, 'B', 'B', 'C'},
	{"rodent.proofing", 93000, 'C', 'C', 'D'},
	{"rodent.indoor-sign-rate", 1000, 'A', 'A', 'B'},
	{"rodent.indoor-sign-rate", 3000, 'B', 'B', 'C'},
	{"rodent.indoor-sign-rate", 5000, 'C', 'C', 'D'},
	{"rodent.outdoor-path-index", 1000, 'A', 'A', 'B'},
	{"rodent.outdoor-path-index", 3000, 'B', 'B', 'C'},
	{"rodent.outdoor-path-index", 5000, 'C', 'C', 'D'},
	{"mosquito.small-water-path-index", 100, 'A', 'A', 'B'},
	{"mosquito.small-water-path-index", 500, 'B', 'B', 'C'},
	{"mosquito.small-water-path-index", 800, 'C', 'C', 'D'},
	{"mosquito.dipper-index", 1000, 'A', 'A', 'B'},
	{"mosquito.dipper-index", 3000, 'B', 'B', 'C'},
	{"mosquito.dipper-index", 5000, 'C', 'C', 'D'},
	/* strict: the limit itself is no longer met */
	{"mosquito.larvae-per-positive-dip", 3000, 'A', 'B', 'B'},
	{"mosquito.larvae-per-positive-dip", 5000, 'B', 'C', 'C'},
	{"mosquito.larvae-per-positive-dip", 8000, 'C', 'D', 'D'},
	{"mosquito.landing-index", 500, 'A', 'A', 'B'},
	{"mosquito.landing-index", 1000, 'B', 'B', 'C'},
	{"mosquito.landing-index", 1500, 'C', 'C', 'D'},
	{"fly.room-rate", 3000, 'A', 'A', 'B'},
	{"fly.room-rate", 6000, 'B', 'B', 'C'},
	{"fly.room-rate", 9000, 'C', 'C', 'D'},
	/* one limit for all levels */
	{"fly.per-positive-room", 3000, 'A', 'A', 'D'},
	{"fly.proofing", 98000, 'A', 'A', 'B'},
	{"fly.proofing", 95000, 'B', 'B', 'C'},
	{"fly.proofing", 90000, 'C', 'C', 'D'},
	{"fly.outdoor-breeding", 1000, 'A', 'A', 'B'},
	{"fly.outdoor-breeding", 3000, 'B', 'B', 'C'},
	{"fly.outdoor-breeding", 5000, 'C', 'C', 'D'},
	{"cockroach.infestation-rate", 1000, 'A', 'A', 'B'},
	{"cockroach.infestation-rate", 3000, 'B', 'B', 'C'},
	{"cockroach.infestation-rate", 5000, 'C', 'C', 'D'},
	{"cockroach.small-per-room", 5000, 'A', 'A', 'B'},
	{"cockroach.small-per-room", 10000, 'B', 'B', 'D'},
	{"cockroach.large-per-room", 2000, 'A', 'A', 'B'},
	{"cockroach.large-per-room", 5000, 'B', 'B', 'D'},
	{"cockroach.ootheca-rate", 1000, 'A', 'A', 'B'},
	{"cockroach.ootheca-rate", 2000, 'B', 'B', 'C'},
	{"cockroach.ootheca-rate", 3000, 'C', 'C', 'D'},
	{"cockroach.oothecae-per-room", 2000, 'A', 'A', 'B'},
	{"cockroach.oothecae-per-room", 4000, 'B', 'B', 'C'},
	{"cockroach.oothecae-per-room", 8000, 'C', 'C', 'D'},
	{"cockroach.trace-rate", 3000, 'A', 'A', 'B'},
	{"cockroach.trace-rate", 5000, 'B', 'B', 'C'},
	{"cockroach.trace-rate", 7000, 'C', 'C', 'D'},
};

static char level_of(const jx_pack *pack, const char *index, int64_t numerator, int64_t denominator)
{
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	pest_add(tally, index, numerator, denominator);
	return jx_level_name(pest_grade(tally, index).level)[0];
}

static void levels_change_exactly_at_their_limits(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct jx_index *x = jx_pack_index_find(pack, rows[i].index);
		const int64_t worse = x->is_better_high ? -1 : 1;
		/* sums are kept below 2^53: where limits are above 1 the smaller base is the larger numerator */
		const int64_t wide = x->scale == 1 ? WIDE / 10000 : WIDE;
		const int64_t narrow = x->scale * 1000;
		const int64_t at = wide / narrow * rows[i].at;

		print_message("%s at %lld / 1000\n", rows[i].index, (long long)rows[i].at);
		assert_int_equal(level_of(pack, rows[i].index, at, wide), rows[i].on);
		assert_int_equal(level_of(pack, rows[i].index, at - worse, wide), rows[i].better);
		assert_int_equal(level_of(pack, rows[i].index, at + worse, wide), rows[i].worse);
		/* and with numbers as people have them */
		assert_int_equal(level_of(pack, rows[i].index, rows[i].at, narrow), rows[i].on);
		assert_int_equal(level_of(pack, rows[i].index, rows[i].at - worse, narrow), rows[i].better);
		assert_int_equal(level_of(pack, rows[i].index, rows[i].at + worse, narrow), rows[i].worse);
	}
}

/* Every row of every edition of that day stands in the table above or is a precondition. */
static void the_table_leaves_no_index_out(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	size_t graded = 0, i, k;

	(void)state;
	for (i = 0; i < jx_pack_index_count(pack); i++) {
		const struct jx_index *x = jx_pack_index_at(pack, i);
		struct jx_error err = {0};
		struct jx_grade g;

		if (jx_tally_grade(tally, x, PEST_DAY, &g, &err) == JX_ENOTFOUND)
			continue;
		graded++;
		for (k = 0; k < sizeof(rows) / sizeof(rows[0]) && strcmp(rows[k].index, x->id) != 0; k++)
			;
		if (k == sizeof(rows) / sizeof(rows[0]))
			assert_true(strcmp(x->id, "fly.ready-food") == 0 ||
				    strcmp(x->id, "fly.indoor-breeding") == 0);
	}
	assert_int_equal(graded, 19);
}

static void nothing_sampled_is_no_level(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_grade g = pest_grade(tally, rows[i].index);

		assert_int_equal(g.level, JX_LEVEL_NONE);
		assert_false(g.has_interval || g.is_decided || g.is_none_positive);
		assert_int_equal(g.more, -1);
		/* a sheet that looked at nothing changes nothing */
		pest_add(tally, rows[i].index, 0, 0);
		g = pest_grade(tally, rows[i].index);
		assert_int_equal(g.level, JX_LEVEL_NONE);
	}
	assert_string_equal(jx_level_name(JX_LEVEL_NONE), "");
}

static void a_mean_of_no_positives_is_met(void **state)
{
	static const char *const pairs[][2] = {
		{"mosquito.dipper-index", "mosquito.larvae-per-positive-dip"},
		{"fly.room-rate", "fly.per-positive-room"},
		{"cockroach.infestation-rate", "cockroach.small-per-room"},
		{"cockroach.infestation-rate", "cockroach.large-per-room"},
		{"cockroach.ootheca-rate", "cockroach.oothecae-per-room"},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		JX_AUTO(jx_tally) tally = jx_tally_new(pack);
		struct jx_grade g;

		/* 0 of 30 rooms: nothing there to count a mean of */
		pest_add(tally, pairs[i][0], 0, 30);
		g = pest_grade(tally, pairs[i][1]);
		assert_true(g.is_none_positive);
		assert_int_equal(g.level, JX_LEVEL_A);
		assert_false(g.has_interval || g.is_decided);
		assert_int_equal(g.more, -1);
		/* 1 of 31, and nobody counted what was in it: not assessed */
		pest_add(tally, pairs[i][0], 1, 1);
		g = pest_grade(tally, pairs[i][1]);
		assert_false(g.is_none_positive);
		assert_int_equal(g.level, JX_LEVEL_NONE);
		/* 9 in it is worse than every limit but 10 small cockroaches */
		pest_add(tally, pairs[i][1], 9, 1);
		g = pest_grade(tally, pairs[i][1]);
		assert_int_equal(g.level, strcmp(pairs[i][1], "cockroach.small-per-room") == 0 ? JX_LEVEL_B
											       : JX_LEVEL_D);
	}
}

static void grades_name_edition_and_confidence(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_grade g = pest_grade(tally, "fly.room-rate");
	struct jx_error err = {0};

	(void)state;
	assert_string_equal(g.edition, "GB/T 27772-2011");
	assert_string_equal(g.edition_note.en,
			    "limits of 2011, superseded since 2025-11-01; load the 2025 limits");
	assert_non_null(g.confidence);
	assert_string_equal(pest_grade(tally, "rodent.proofing").edition, "GB/T 27770-2011");
	/* before the first edition, and an index that has no limits at all */
	assert_int_equal(jx_tally_grade(tally, g.index, "2012-03-31", &g, &err), JX_ENOTFOUND);
	jx_assert_rc(
		jx_tally_grade(tally, jx_pack_index_find(pack, "rodent.trap-density"), PEST_DAY, &g, &err),
		JX_ENOTFOUND, &err);
	jx_assert_says(&err, "rodent.trap-density");
}

/* ---- decided, or how much more --------------------------------------------------------------------------- */

static struct jx_grade grade(const jx_pack *pack, const char *index, int64_t numerator, int64_t denominator)
{
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	pest_add(tally, index, numerator, denominator);
	return pest_grade(tally, index);
}

static void none_found_is_decided_by_logarithms(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	struct jx_grade g = grade(pack, "rodent.indoor-sign-rate", 0, 100);

	(void)state;
	/* 0 of n: the upper end is 1 - 0.025^(1/n), at most 1 % from n = ln 0.025 / ln 0.99 = 367.04 on */
	assert_int_equal(g.level, JX_LEVEL_A);
	assert_int_equal(g.best, JX_LEVEL_A);
	/* at 100: 1 - 0.025^0.01 = 3.62 %, that is C */
	assert_int_equal(g.worst, JX_LEVEL_C);
	jx_assert_near(g.interval.low, 0, 0);
	jx_assert_near(g.interval.high, 3.6217, 0.0001);
	assert_false(g.is_decided);
	assert_int_equal(g.more, 268);
	g = grade(pack, "rodent.indoor-sign-rate", 0, 367);
	assert_int_equal(g.more, 1);
	g = grade(pack, "rodent.indoor-sign-rate", 0, 368);
	assert_true(g.is_decided);
	assert_int_equal(g.more, 0);
	/* no sign on L metres: 3.68888 / L per metre, at most 1 per km from 3688.88 m on */
	g = grade(pack, "rodent.outdoor-path-index", 0, 1000);
	assert_int_equal(g.more, 2689);
	g = grade(pack, "rodent.outdoor-path-index", 0, 3689);
	assert_true(g.is_decided);
	/* all of n pass: 0.025^(1/n) is at least 97 % from n = ln 0.025 / ln 0.97 = 121.1 on */
	g = grade(pack, "rodent.proofing", 100, 100);
	assert_int_equal(g.level, JX_LEVEL_A);
	/* 0.025^(1/100) = 96.38 %: B */
	assert_int_equal(g.worst, JX_LEVEL_B);
	assert_int_equal(g.more, 22);
	assert_true(grade(pack, "rodent.proofing", 122, 122).is_decided);
}

static void a_rate_that_is_a_limit_is_never_decided(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int64_t narrow = jx_pack_index_find(pack, rows[i].index)->scale * 1000;
		const struct jx_grade g = grade(pack, rows[i].index, rows[i].at, narrow);

		assert_false(g.is_decided);
		assert_int_equal(g.more, -1);
	}
	/* none found where none is allowed: an interval always reaches above 0 */
	assert_int_equal(grade(pack, "fly.ready-food", 0, 100000).level, JX_LEVEL_A);
	assert_int_equal(grade(pack, "fly.ready-food", 0, 100000).more, -1);
	/* but one found is decided: it is not none */
	assert_true(grade(pack, "fly.ready-food", 1, 100000).is_decided);
}

static void means_have_no_interval(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	const struct jx_grade g = grade(pack, "fly.per-positive-room", 7, 3);

	(void)state;
	assert_int_equal(g.level, JX_LEVEL_A);
	assert_false(g.has_interval || g.is_decided);
	assert_int_equal(g.more, -1);
}

/* The same rate, m times as much, with whole counts: `more` lies between the last m that does not decide and the next. */
static void check_more(const jx_pack *pack, const char *index, int64_t k, int64_t n)
{
	const struct jx_grade g = grade(pack, index, k, n);
	const int64_t m = (n + g.more + n - 1) / n;

	if (g.more < 0)
		return;
	assert_true(grade(pack, index, k * m, n * m).is_decided);
	if (m == 1)
		assert_int_equal(g.more, 0);
	else
		assert_false(grade(pack, index, k * (m - 1), n * (m - 1)).is_decided);
}

static void more_is_the_least_that_decides(void **state)
{
	static const struct {
		const char *index;
		int64_t k, n;
	} cases[] = {
		{"rodent.indoor-sign-rate", 1, 30},
		{"rodent.indoor-sign-rate", 2, 30},
		{"rodent.indoor-sign-rate", 1, 40},
		{"rodent.indoor-sign-rate", 7, 100},
		{"rodent.indoor-sign-rate", 13, 20},
		{"rodent.proofing", 48, 50},
		{"rodent.proofing", 19, 20},
		{"fly.proofing", 46, 50},
		{"rodent.outdoor-path-index", 1, 500},
		{"rodent.outdoor-path-index", 4, 1000},
		{"mosquito.landing-index", 2, 3},
		{"mosquito.landing-index", 9, 3},
		{"mosquito.small-water-path-index", 1, 4000},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	uint64_t seed = 4;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_more(pack, cases[i].index, cases[i].k, cases[i].n);
	for (i = 0; i < 300; i++) {
		const int64_t n = 5 + (int64_t)(pest_random(&seed) % 60);

		check_more(pack, "cockroach.trace-rate", (int64_t)(pest_random(&seed) % (uint64_t)n), n);
	}
}

/* Room by room: no smaller number decides, and no larger one undoes it. */
static void more_has_no_gaps(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	const struct jx_grade g = grade(pack, "rodent.indoor-sign-rate", 7, 100);
	int64_t i;

	(void)state;
	/* 7 % is D; the interval must lie above 5 % */
	assert_int_equal(g.level, JX_LEVEL_D);
	assert_true(g.more > 100 && g.more < 1000);
	for (i = 1; i < 3 * g.more; i++) {
		const double n = 100 + (double)i;

		assert_int_equal(jx_form__interval_within(JX_INTERVAL_PROPORTION, n * 7 / 100, n, 0.05, -1),
				 i >= g.more);
	}
}

static void very_close_rates_end_the_search(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();

	(void)state;
	/* 0.99999 %: some 10^9 rooms and more would be needed */
	assert_int_equal(grade(pack, "rodent.indoor-sign-rate", 99999, 10000000).more, -1);
	/* close, but within reach: 0.99 % against 1 %, about (1.96 / 0.0001)^2 x 0.0099 = 3.8 million */
	const struct jx_grade g = grade(pack, "rodent.indoor-sign-rate", 99, 10000);

	assert_true(g.more > 3500000 && g.more < 4200000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_change_exactly_at_their_limits),
		cmocka_unit_test(the_table_leaves_no_index_out),
		cmocka_unit_test(nothing_sampled_is_no_level),
		cmocka_unit_test(a_mean_of_no_positives_is_met),
		cmocka_unit_test(grades_name_edition_and_confidence),
		cmocka_unit_test(none_found_is_decided_by_logarithms),
		cmocka_unit_test(a_rate_that_is_a_limit_is_never_decided),
		cmocka_unit_test(means_have_no_interval),
		cmocka_unit_test(more_is_the_least_that_decides),
		cmocka_unit_test(more_has_no_gaps),
		cmocka_unit_test(very_close_rates_end_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
