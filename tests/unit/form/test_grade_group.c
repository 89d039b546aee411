/* Groups and topics, and whole examples written out with their arithmetic. */
#include "pests.h"

static enum jx_level group_level(const jx_tally *tally, const jx_pack *pack, const char *id)
{
	size_t i;

	for (i = 0; i < jx_pack_group_count(pack, PEST_DAY); i++) {
		const struct jx_group *group = jx_pack_group_at(pack, PEST_DAY, i);

		if (strcmp(group->id, id) == 0)
			return jx_tally_group(tally, group, PEST_DAY);
	}
	fail_msg("the pack has no group %s", id);
	return JX_LEVEL_NONE;
}

static void groups_are_those_of_the_standards(void **state)
{
	static const char *const ids[] = {
		"rodent.proofing",      "rodent.indoor",    "rodent.outdoor",      "mosquito.small-water",
		"mosquito.large-water", "mosquito.adults",  "fly.indoor",          "fly.proofing",
		"fly.outdoor",          "fly.ready-food",   "fly.indoor-breeding", "cockroach.infestation",
		"cockroach.oothecae",   "cockroach.traces",
	};
	JX_AUTO(jx_pack) pack = pest_pack();
	size_t i;

	(void)state;
	assert_int_equal(jx_pack_group_count(pack, PEST_DAY), sizeof(ids) / sizeof(ids[0]));
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct jx_group *group = jx_pack_group_at(pack, PEST_DAY, i);

		assert_string_equal(group->id, ids[i]);
		assert_int_equal(group->is_precondition, i == 9 || i == 10);
	}
	assert_null(jx_pack_group_at(pack, PEST_DAY, i));
	assert_int_equal(jx_pack_group_count(pack, "2012-03-31"), 0);
	assert_null(jx_pack_group_at(pack, "2012-03-31", 0));
}

/* A city of 80,000: rooms and metres of the quota of its band. */
static void rodents_of_a_small_city(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	assert_int_equal(jx_tally_topic(tally, "rodent", PEST_DAY), JX_LEVEL_NONE);
	/* 14 of 340 rooms failed: 326 / 340 = 95.88 %, at least 95: B */
	pest_add(tally, "rodent.proofing", 326, 340);
	assert_int_equal(group_level(tally, pack, "rodent.proofing"), JX_LEVEL_B);
	/* 3 of 340: 0.88 %, at most 1: A */
	pest_add(tally, "rodent.indoor-sign-rate", 3, 340);
	assert_int_equal(group_level(tally, pack, "rodent.indoor"), JX_LEVEL_A);
	/* two of three groups: no level of the pest yet */
	assert_int_equal(jx_tally_topic(tally, "rodent", PEST_DAY), JX_LEVEL_NONE);
	/* 2 places on 1000 m: 2 per km, at most 3: B */
	pest_add(tally, "rodent.outdoor-path-index", 2, 1000);
	assert_int_equal(group_level(tally, pack, "rodent.outdoor"), JX_LEVEL_B);
	/* B, A, B: the worst is B */
	assert_int_equal(jx_tally_topic(tally, "rodent", PEST_DAY), JX_LEVEL_B);
	/* 2 more places on 300 m: 4 / 1300 m = 3.08 per km: C, and so the pest */
	pest_add(tally, "rodent.outdoor-path-index", 2, 300);
	assert_int_equal(jx_tally_topic(tally, "rodent", PEST_DAY), JX_LEVEL_C);
	/* 24 more failed of 24: 326 / 364 = 89.56 %: below C */
	pest_add(tally, "rodent.proofing", 0, 24);
	assert_int_equal(jx_tally_topic(tally, "rodent", PEST_DAY), JX_LEVEL_D);
}

/* Both rows of a group must be met at the level. */
static void mosquitoes_by_rate_and_mean(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	/* 1 positive on 4000 m: 0.25 per km: B; 3 landings in 3 person-times: 1.0: B */
	pest_add(tally, "mosquito.small-water-path-index", 1, 4000);
	pest_add(tally, "mosquito.landing-index", 3, 3);
	/* 0 of 90 dips: the mean has nothing to count, the group is A, the pest B */
	pest_add(tally, "mosquito.dipper-index", 0, 90);
	pest_add(tally, "mosquito.larvae-per-positive-dip", 0, 0);
	assert_int_equal(group_level(tally, pack, "mosquito.large-water"), JX_LEVEL_A);
	assert_int_equal(jx_tally_topic(tally, "mosquito", PEST_DAY), JX_LEVEL_B);
	/* 1 of 100: 1.00 %: A; 3 larvae in it are not fewer than 3: B */
	pest_add(tally, "mosquito.dipper-index", 1, 10);
	assert_int_equal(group_level(tally, pack, "mosquito.large-water"), JX_LEVEL_NONE);
	pest_add(tally, "mosquito.larvae-per-positive-dip", 3, 1);
	assert_int_equal(group_level(tally, pack, "mosquito.large-water"), JX_LEVEL_B);
	/* 2 of 101 with 3 + 13 = 16: 1.98 %: B, but 8 a dip are not fewer than 8: D */
	pest_add(tally, "mosquito.dipper-index", 1, 1);
	pest_add(tally, "mosquito.larvae-per-positive-dip", 13, 1);
	assert_int_equal(group_level(tally, pack, "mosquito.large-water"), JX_LEVEL_D);
	assert_int_equal(jx_tally_topic(tally, "mosquito", PEST_DAY), JX_LEVEL_D);
}

static void add_good_flies(jx_tally *tally)
{
	/* 9 / 300 = 3 %, 27 / 9 = 3, 294 / 300 = 98 %, 1 / 100 = 1 %: each on its limit of A */
	pest_add(tally, "fly.room-rate", 9, 300);
	pest_add(tally, "fly.per-positive-room", 27, 9);
	pest_add(tally, "fly.proofing", 294, 300);
	pest_add(tally, "fly.outdoor-breeding", 1, 100);
}

static void flies_have_preconditions(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	add_good_flies(tally);
	/* nobody looked at ready-to-eat food and for breeding indoors */
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_NONE);
	pest_add(tally, "fly.ready-food", 0, 40);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_NONE);
	pest_add(tally, "fly.indoor-breeding", 0, 50);
	assert_int_equal(group_level(tally, pack, "fly.ready-food"), JX_LEVEL_A);
	assert_int_equal(group_level(tally, pack, "fly.indoor-breeding"), JX_LEVEL_A);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_A);
	/* 27 + 3 = 30 flies in 9 + 1 = 10 rooms: 3, still on the limit */
	pest_add(tally, "fly.per-positive-room", 3, 1);
	assert_int_equal(group_level(tally, pack, "fly.indoor"), JX_LEVEL_A);
	/* 34 in 11: 3.09, over the one limit of all levels */
	pest_add(tally, "fly.per-positive-room", 4, 1);
	assert_int_equal(group_level(tally, pack, "fly.indoor"), JX_LEVEL_D);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_D);
}

static void one_fly_at_ready_food_is_below_every_level(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	/* alone it decides: the pest is below C whatever else is found */
	pest_add(tally, "fly.ready-food", 1, 40);
	assert_int_equal(group_level(tally, pack, "fly.ready-food"), JX_LEVEL_D);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_D);
	add_good_flies(tally);
	pest_add(tally, "fly.indoor-breeding", 0, 50);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_D);
	/* and so does one breeding site indoors */
	jx_tally_clear(tally);
	add_good_flies(tally);
	pest_add(tally, "fly.ready-food", 0, 40);
	pest_add(tally, "fly.indoor-breeding", 1, 50);
	assert_int_equal(group_level(tally, pack, "fly.indoor-breeding"), JX_LEVEL_D);
	assert_int_equal(jx_tally_topic(tally, "fly", PEST_DAY), JX_LEVEL_D);
}

static void cockroaches_by_six_rows(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);

	(void)state;
	/* 12 / 600 = 2 %: B; small 60 / 12 = 5: A; large 60 / 12 = 5: B */
	pest_add(tally, "cockroach.infestation-rate", 12, 600);
	pest_add(tally, "cockroach.small-per-room", 60, 12);
	pest_add(tally, "cockroach.large-per-room", 60, 12);
	assert_int_equal(group_level(tally, pack, "cockroach.infestation"), JX_LEVEL_B);
	/* 6 / 600 = 1 %: A; 18 / 6 = 3: B */
	pest_add(tally, "cockroach.ootheca-rate", 6, 600);
	pest_add(tally, "cockroach.oothecae-per-room", 18, 6);
	assert_int_equal(group_level(tally, pack, "cockroach.oothecae"), JX_LEVEL_B);
	/* 31 / 600 = 5.17 %: C */
	pest_add(tally, "cockroach.trace-rate", 31, 600);
	assert_int_equal(group_level(tally, pack, "cockroach.traces"), JX_LEVEL_C);
	assert_int_equal(jx_tally_topic(tally, "cockroach", PEST_DAY), JX_LEVEL_C);
	/* large species 60 + 12 = 72 in 12 + 1 = 13 rooms: 5.54, over 5 */
	pest_add(tally, "cockroach.large-per-room", 12, 1);
	assert_int_equal(jx_tally_topic(tally, "cockroach", PEST_DAY), JX_LEVEL_D);
}

static void unknown_topics_and_groups_have_no_level(void **state)
{
	JX_AUTO(jx_pack) pack = pest_pack();
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	const struct jx_group other = {.id = "rodent.attic", .topic = "rodent"};

	(void)state;
	assert_int_equal(jx_tally_topic(tally, "tick", PEST_DAY), JX_LEVEL_NONE);
	assert_int_equal(jx_tally_topic(tally, "rodent", "2001-01-01"), JX_LEVEL_NONE);
	assert_int_equal(jx_tally_group(tally, &other, PEST_DAY), JX_LEVEL_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_those_of_the_standards),
		cmocka_unit_test(rodents_of_a_small_city),
		cmocka_unit_test(mosquitoes_by_rate_and_mean),
		cmocka_unit_test(flies_have_preconditions),
		cmocka_unit_test(one_fly_at_ready_food_is_below_every_level),
		cmocka_unit_test(cockroaches_by_six_rows),
		cmocka_unit_test(unknown_topics_and_groups_have_no_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
