/* Verdicts: the award, one unit's rooms with flies, risk scales; quotas and effects. */
#include "pests.h"

static jx_tally *good_city(const jx_pack *pack)
{
	jx_tally *t = jx_tally_new(pack);

	pest_add(t, "rodent.proofing", 96, 100);
	pest_add(t, "rodent.indoor-sign-rate", 4, 100);
	pest_add(t, "rodent.outdoor-path-index", 4, 1000);
	pest_add(t, "mosquito.small-water-path-index", 2, 4000);
	pest_add(t, "mosquito.dipper-index", 0, 90);
	pest_add(t, "mosquito.landing-index", 1, 3);
	pest_add(t, "fly.room-rate", 0, 300);
	pest_add(t, "fly.proofing", 96, 100);
	pest_add(t, "fly.outdoor-breeding", 1, 100);
	pest_add(t, "fly.ready-food", 0, 20);
	pest_add(t, "fly.indoor-breeding", 0, 20);
	pest_add(t, "cockroach.infestation-rate", 0, 600);
	pest_add(t, "cockroach.ootheca-rate", 0, 600);
	pest_add(t, "cockroach.trace-rate", 0, 600);
	pest_add(t, "rodent.proofing-key", 95, 100);
	pest_add(t, "fly.proofing-key", 95, 100);
	return t;
}

static void the_award_wants_c_and_95_percent(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = good_city(pack);
	struct jx_verdict v = pest_verdict(tally, "award");

	(void)state;
	assert_int_equal(v.is_met, 1);
	assert_string_equal(v.outcome.en, "met");
	assert_null(v.reason.zh);
	assert_null(v.reason.en);
	assert_string_equal(v.confidence, "V(S7,S9)");
	/* 95 + 0 of 101 key places: 94.06 %, enough for C but not for the award */
	pest_add(tally, "fly.proofing-key", 0, 1);
	v = pest_verdict(tally, "award");
	assert_int_equal(v.is_met, 0);
	assert_string_equal(v.outcome.en, "not met");
	assert_non_null(strstr(v.reason.en, "94.06 (95 of 101)"));
	assert_non_null(strstr(v.reason.en, ">= 95"));
	/* a pest below C comes before it */
	pest_add(tally, "rodent.indoor-sign-rate", 10, 10);
	v = pest_verdict(tally, "award");
	assert_non_null(strstr(v.reason.en, "level D"));
	assert_int_equal(v.is_met, 0);
}

/* 95 % on the limit, one place of nine thousand million million beside it, for rodents and for flies. */
static void the_award_s_limit_is_exact(void **state)
{
	static const char *const rates[] = {"rodent.proofing-key", "fly.proofing-key"};
	const int64_t all = INT64_C(9000000000000000), on = all / 100 * 95;
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;
	int step;

	(void)state;
	for (i = 0; i < 2; i++)
		for (step = -1; step <= 1; step++) {
			JX_AUTO(jx_tally) tally = good_city(pack);
			JX_AUTO(jx_tally) rest = jx_tally_new(pack);
			struct jx_error err = {0};
			struct jx_verdict v;

			/* with the 95 of 100 that are in it */
			pest_add(rest, rates[i], on - 95 + step, all - 100);
			jx_assert_ok(jx_tally_merge(tally, rest, &err), &err);
			v = pest_verdict(tally, "award");
			assert_int_equal(v.is_met, step >= 0 ? 1 : 0);
		}
}

static void what_fails_comes_before_what_is_unknown(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_verdict v = pest_verdict(tally, "award");

	(void)state;
	assert_int_equal(v.is_met, -1);
	assert_string_equal(v.outcome.en, "not assessed");
	assert_non_null(strstr(v.reason.en, "not assessed"));
	/* the last condition of six fails: nothing that is still unknown can mend that */
	pest_add(tally, "fly.proofing-key", 94, 100);
	v = pest_verdict(tally, "award");
	assert_int_equal(v.is_met, 0);
	assert_non_null(strstr(v.reason.en, "94.00"));
}

static int unit_verdict(const jx_pack *pack, int64_t positive, int64_t rooms, int64_t flies, int64_t breeding)
{
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	pest_add(tally, "fly.room-rate", positive, rooms);
	pest_add(tally, "fly.per-positive-room", flies, positive);
	if (breeding >= 0)
		pest_add(tally, "fly.outdoor-breeding", breeding, 5);
	return pest_verdict(tally, "fly-unit").is_met;
}

static void one_unit_may_have_so_many_rooms_with_flies(void **state)
{
	static const struct {
		int64_t positive, rooms;
		int is_met;
	} rows[] = {
		{0, 1, 1},  {0, 10, 1},  {1, 10, 0},  {1, 11, 1},   {2, 11, 0},    {1, 30, 1},
		{2, 30, 0}, {3, 31, 1},  {4, 31, 0},  {3, 60, 1},   {4, 60, 0},    {6, 61, 1},
		{7, 61, 0}, {6, 100, 1}, {7, 100, 0}, {0, 101, -1}, {50, 101, -1}, {0, 0, -1},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(unit_verdict(pack, rows[i].positive, rows[i].rooms, 2 * rows[i].positive, 0),
				 rows[i].is_met);
	/* 3 flies a room are allowed, 10 in 3 rooms are not; no breeding site outdoors, and somebody must have looked */
	assert_int_equal(unit_verdict(pack, 3, 60, 9, 0), 1);
	assert_int_equal(unit_verdict(pack, 3, 60, 10, 0), 0);
	assert_int_equal(unit_verdict(pack, 3, 60, 9, 1), 0);
	assert_int_equal(unit_verdict(pack, 3, 60, 9, -1), -1);
	assert_int_equal(unit_verdict(pack, 0, 60, 0, 0), 1);
}

static void check_scale(const char *verdict, const char *index)
{
	static const struct {
		int64_t containers, houses;
		const char *step;
		int is_met;
	} rows[] = {
		{0, 100, "meets control need", 1}, {5, 100, "meets control need", 1},
		{999, 10000, "low risk", 0},       {1999, 10000, "medium risk", 0},
		{51, 1000, "low risk", 0},         {10, 100, "low risk", 0},
		{1001, 10000, "medium risk", 0},   {20, 100, "medium risk", 0},
		{201, 1000, "high risk", 0},       {90, 100, "high risk", 0},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO(jx_tally) tally = jx_tally_new(pack);
		struct jx_verdict v = pest_verdict(tally, verdict);

		assert_int_equal(v.is_met, -1);
		assert_string_equal(v.outcome.en, "not assessed");
		pest_add(tally, index, rows[i].containers, rows[i].houses);
		v = pest_verdict(tally, verdict);
		assert_string_equal(v.outcome.en, rows[i].step);
		assert_int_equal(v.is_met, rows[i].is_met);
		assert_string_equal(v.edition, "Guangdong practice");
	}
}

static void a_scale_names_its_step(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	check_scale("breteau-risk", "mosquito.breteau");
	check_scale("ovitrap-risk", "mosquito.ovitrap-index");
	/* more containers than households is no contradiction */
	pest_add(tally, "mosquito.breteau", 300, 100);
	assert_string_equal(pest_verdict(tally, "breteau-risk").outcome.en, "high risk");
}

static void verdicts_are_asked_by_number(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_verdict v = {.id = "as it was"};

	(void)state;
	jx_assert_rc(jx_tally_verdict(tally, jx_tally_verdict_count(tally, PEST_DAY), PEST_DAY, &v, &err),
		     JX_ENOTFOUND, &err);
	assert_string_equal(v.id, "as it was");
}

/* ---- quotas ---------------------------------------------------------------------------------------------- */

/* Sum of all rows of a quota. */
static struct jx_quota quota_total(const jx_tally *tally, const char *id, int64_t population)
{
	struct jx_error err = {0};
	struct jx_quota sum = {0}, q;
	size_t i;

	for (i = 0; i < jx_tally_quota_count(tally, PEST_DAY); i++) {
		jx_assert_ok(jx_tally_quota(tally, i, PEST_DAY, population, &q, &err), &err);
		if (strncmp(q.id, id, strlen(id)) != 0 ||
		    (q.id[strlen(id)] != '.' && q.id[strlen(id)] != '\0'))
			continue;
		sum.units += q.units;
		sum.effort += q.effort;
		sum.units_done += q.units_done;
		sum.effort_done += q.effort_done;
	}
	return sum;
}

static void quotas_add_up_to_the_published_totals(void **state)
{
	/* the upper edge of each band; the last band has none */
	static const int64_t populations[] = {100000, 500000, 1000000, 2000000, 2000001};
	static const struct {
		const char *id;
		int64_t units[5], effort[5];
	} rows[] = {
		{"rodent-indoor", {34, 64, 119, 174, 234}, {340, 635, 1190, 1750, 2340}},
		{"rodent-outdoor", {10, 15, 20, 25, 30}, {1000, 1500, 2000, 2500, 3000}},
		{"fly-indoor", {30, 57, 108, 161, 216}, {300, 565, 1080, 1620, 2160}},
		{"fly-containers", {25, 50, 100, 150, 200}, {25, 50, 100, 150, 200}},
		{"fly-stations", {2, 5, 10, 15, 20}, {2, 5, 10, 15, 20}},
		{"fly-toilets", {2, 5, 10, 15, 20}, {2, 5, 10, 15, 20}},
		{"fly-scattered", {10, 15, 20, 30, 40}, {1000, 1500, 2000, 3000, 4000}},
		{"cockroach", {60, 110, 165, 210, 310}, {600, 1100, 1650, 2100, 3100}},
		{"mosquito-path", {18, 33, 52, 80, 110}, {4000, 8000, 12000, 16000, 20000}},
		{"mosquito-large-water", {3, 5, 10, 15, 20}, {3, 5, 10, 15, 20}},
		{"mosquito-landing", {3, 5, 8, 10, 15}, {3, 5, 8, 10, 15}},
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (k = 0; k < 5; k++) {
			const struct jx_quota q = quota_total(tally, rows[i].id, populations[k]);

			print_message("%s up to %lld\n", rows[i].id, (long long)populations[k]);
			assert_int_equal(q.units, rows[i].units[k]);
			assert_int_equal(q.effort, rows[i].effort[k]);
			assert_int_equal(q.units_done + q.effort_done, 0);
		}
		/* one person more is in the next band */
		assert_int_equal(quota_total(tally, rows[i].id, 100001).effort, rows[i].effort[1]);
		assert_int_equal(quota_total(tally, rows[i].id, 1).effort, rows[i].effort[0]);
	}
}

static void quotas_refuse_what_is_no_city(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_quota q = {.id = "as it was"};

	(void)state;
	jx_assert_rc(jx_tally_quota(tally, 0, PEST_DAY, 0, &q, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_tally_quota(tally, 0, PEST_DAY, -5, &q, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_tally_quota(tally, 1000, PEST_DAY, 100000, &q, &err), JX_ENOTFOUND, &err);
	assert_string_equal(q.id, "as it was");
}

/* ---- effect ---------------------------------------------------------------------------------------------- */

static void an_effect_is_exact(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) before = jx_tally_new(pack);
	JX_AUTO(jx_tally) after = jx_tally_new(pack);
	const struct jx_index *x = jx_pack_index_find(pack, "rodent.trap-density");
	struct jx_error err = {0};
	struct jx_effect e;

	(void)state;
	jx_assert_rc(jx_tally_effect(before, after, x, &e, &err), JX_ESTATE, &err);
	/* 12 of 400 are 3 %; 1 of 300 is 0.333 %: (3 - 1/3) / 3 = 8/9 */
	pest_add(before, x->id, 12, 400);
	jx_assert_rc(jx_tally_effect(before, after, x, &e, &err), JX_ESTATE, &err);
	pest_add(after, x->id, 1, 300);
	jx_assert_ok(jx_tally_effect(before, after, x, &e, &err), &err);
	assert_int_equal(e.numerator, 8);
	assert_int_equal(e.denominator, 9);
	/* the other way it became worse: (1/3 - 3) / (1/3) = -8 */
	jx_assert_ok(jx_tally_effect(after, before, x, &e, &err), &err);
	assert_int_equal(e.numerator, -8);
	assert_int_equal(e.denominator, 1);
	/* the same: none; from nothing: no effect can be said; pass rates have none */
	jx_assert_ok(jx_tally_effect(before, before, x, &e, &err), &err);
	assert_int_equal(e.numerator, 0);
	assert_int_equal(e.denominator, 1);
	jx_tally_clear(before);
	pest_add(before, x->id, 0, 400);
	jx_assert_ok(jx_tally_effect(before, after, x, &e, &err), &err);
	assert_int_equal(e.denominator, 0);
	jx_assert_rc(jx_tally_effect(before, after, jx_pack_index_find(pack, "rodent.proofing"), &e, &err),
		     JX_EINVAL, &err);
	/* nothing left: all of it */
	jx_tally_clear(before);
	pest_add(before, x->id, 7, 400);
	jx_tally_clear(after);
	pest_add(after, x->id, 0, 300);
	jx_assert_ok(jx_tally_effect(before, after, x, &e, &err), &err);
	assert_int_equal(e.numerator, 1);
	assert_int_equal(e.denominator, 1);
	/* two primes near 2^53 cannot be shortened */
	jx_tally_clear(before);
	jx_tally_clear(after);
	pest_add(before, x->id, 9007199254740881, 9007199254740992);
	pest_add(after, x->id, 1, 9007199254740847);
	jx_assert_rc(jx_tally_effect(before, after, x, &e, &err), JX_ELIMIT, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_award_wants_c_and_95_percent),
		cmocka_unit_test(the_award_s_limit_is_exact),
		cmocka_unit_test(what_fails_comes_before_what_is_unknown),
		cmocka_unit_test(one_unit_may_have_so_many_rooms_with_flies),
		cmocka_unit_test(a_scale_names_its_step),
		cmocka_unit_test(verdicts_are_asked_by_number),
		cmocka_unit_test(quotas_add_up_to_the_published_totals),
		cmocka_unit_test(quotas_refuse_what_is_no_city),
		cmocka_unit_test(an_effect_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
