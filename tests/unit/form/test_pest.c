/*
 * The pest pack's validity rules: for each form a record that is in order, and each mistake of the kind that a
 * published program refuses, with the rule that has to say so.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/form.h"
#include "jx_test.h"

#define DAY "2026-09-01"

struct record {
	const char *form;
	const char *answers; /* path=typed, separated by blanks */
	const char *rule;    /* of the first problem; NULL: none */
};

static const struct record records[] = {
	/* clang-format off */
	{"rodent.signs-indoor", "rooms_checked=10 rooms_positive=0", NULL},
	{"rodent.signs-indoor", "rooms_checked=10 rooms_positive=2 signs_droppings=1 signs_live=1", NULL},
	{"rodent.signs-indoor", "rooms_checked=10 rooms_positive=11 signs_droppings=11", "positive-checked"},
	{"rodent.signs-indoor", "rooms_checked=10 rooms_positive=2 signs_droppings=1", "signs-positive"},
	{"rodent.signs-indoor", "rooms_positive=0", "needed"},
	{"rodent.signs-indoor", "unit_class=17 rooms_checked=10 rooms_positive=0", "class17"},
	{"rodent.signs-outdoor", "path_m=100 sign_places=0", NULL},
	{"rodent.signs-outdoor", "path_m=100 sign_places=2 signs_thrown_soil=2", NULL},
	{"rodent.signs-outdoor", "path_m=100 sign_places=2 signs_burrows=1", "signs-sum"},
	{"rodent.signs-outdoor", "sign_places=2 signs_burrows=2", "needed"},
	{"rodent.proofing", "rooms_checked=5 rooms_failed=2 failed_outlet=1 failed_hole=1", NULL},
	{"rodent.proofing", "rooms_checked=5 rooms_failed=6 failed_outlet=6", "failed-checked"},
	{"rodent.proofing", "rooms_checked=5 rooms_failed=2 failed_outlet=1", "failed-places"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_empty=2 stations_spoiled=2", NULL},
	{"rodent.bait-stations", "path_m=200 stations_seen=0", NULL},
	{"rodent.bait-stations", "stations_seen=4", "path"},
	{"rodent.bait-stations", "path_m=0 stations_seen=4", "path"},
	{"rodent.bait-stations", "stations_seen=0", "effort"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_empty=5", "sub-empty"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_empty=3 stations_spoiled=2", "sub-good"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_misplaced=5", "sub-misplaced"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_unmarked=5", "sub-unmarked"},
	{"rodent.bait-stations", "path_m=200 stations_seen=4 stations_wrong_form=5", "sub-form"},
	{"rodent.trap-night", "traps_set=100 traps_valid=98 nights=1 rodents_caught=3", NULL},
	{"rodent.trap-night", "traps_set=100 traps_valid=101 nights=1 rodents_caught=3", "valid-set"},
	{"rodent.trap-night", "traps_set=100 traps_valid=2 nights=1 rodents_caught=3", "caught-valid"},
	{"rodent.glue-board", "boards_set=10 boards_valid=9 rodents_caught=12", NULL},
	{"rodent.glue-board", "boards_set=10 boards_valid=11 rodents_caught=0", "valid-set"},
	{"rodent.glue-board", "boards_set=10 boards_valid=0 rodents_caught=1", "caught-valid"},
	{"rodent.powder", "patches_laid=10 patches_valid=9 patches_positive=9", NULL},
	{"rodent.powder", "patches_laid=10 patches_valid=11 patches_positive=9", "valid-laid"},
	{"rodent.powder", "patches_laid=10 patches_valid=9 patches_positive=10", "positive-valid"},
	{"rodent.bait-take", "baits_set=10 baits_taken=10", NULL},
	{"rodent.bait-take", "baits_set=10 baits_taken=11", "taken-set"},
	{"mosquito.path", "unit_class=17 path_m=100 waters_seen=2 waters_positive=1", NULL},
	{"mosquito.path", "path_m=100 waters_seen=2 waters_positive=3", "positive-seen"},
	{"mosquito.path", "path_m=100 waters[1].water_type=tyre waters[1].seen=2 waters[1].positive=3", "row-positive"},
	{"mosquito.path", "waters_seen=2 waters_positive=1", "needed"},
	{"mosquito.path", "path_m=100 waters_seen=0 waters_positive=0 lamps_seen=1 lamps_misplaced=2", "lamps"},
	{"mosquito.dipper", "unit_class=17 dips_total=30 dips_positive=2 larvae_total=5", NULL},
	{"mosquito.dipper", "dips_total=30 dips_positive=31 larvae_total=50", "positive-dips"},
	{"mosquito.dipper", "dips_total=30 dips_positive=2 larvae_total=1", "larvae-positive"},
	{"mosquito.dipper", "dips_total=30 dips_positive=0 larvae_total=1", "larvae-none"},
	{"mosquito.dipper", "waters[1].water_type=lake waters[1].dips=9 waters[1].positive=2 waters[1].larvae=9", NULL},
	{"mosquito.dipper", "waters[1].water_type=lake waters[1].dips=9 waters[1].positive=10 waters[1].larvae=10", "row-positive"},
	{"mosquito.dipper", "waters[1].water_type=lake waters[1].dips=9 waters[1].positive=2 waters[1].larvae=1 "
			    "waters[2].water_type=pond waters[2].dips=9 waters[2].positive=2 waters[2].larvae=9", "row-larvae"},
	{"mosquito.landing", "person_times=2 landings=3", NULL},
	{"mosquito.landing", "landings=3", "needed"},
	{"mosquito.landing", "person_times=2 minutes=20 landings=3", "thirty"},
	{"mosquito.light-trap", "lamps=2 nights=1 females=9", NULL},
	{"mosquito.double-net", "nets=2 minutes=30 females=9", NULL},
	{"mosquito.breteau", "households=50 households_positive=1 containers_seen=40 containers_positive=2", NULL},
	{"mosquito.breteau", "households=50 households_positive=51 containers_seen=60 containers_positive=52", "houses-positive"},
	{"mosquito.breteau", "households=50 households_positive=3 containers_seen=40 containers_positive=2", "houses-containers"},
	{"mosquito.breteau", "households=50 households_positive=0 containers_seen=40 containers_positive=2", "containers-houses"},
	{"mosquito.breteau", "households=50 households_positive=1 containers_seen=1 containers_positive=2", "positive-seen"},
	{"mosquito.standard-room", "standard_rooms=9 containers_seen=4 containers_positive=4", NULL},
	{"mosquito.standard-room", "standard_rooms=9 containers_seen=4 containers_positive=5", "positive-seen"},
	{"mosquito.ovitrap", "traps_set=50 traps_valid=48 traps_positive=2", NULL},
	{"mosquito.ovitrap", "traps_set=50 traps_valid=51 traps_positive=2", "valid-set"},
	{"mosquito.ovitrap", "traps_set=50 traps_valid=48 traps_positive=49", "positive-valid"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=1 flies_total=2", NULL},
	{"fly.indoor", "rooms_checked=9 rooms_positive=10 flies_total=20", "positive-checked"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=3 flies_total=2", "flies-rooms"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=2", "flies-none"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 places_checked=3", "needed"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 places_checked=3 places_failed=4 failed_window=4", "failed-checked"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 places_checked=3 places_failed=2 failed_window=1", "failed-places"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 food_places_checked=1 food_places_positive=2", "food"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 breeding_checked=1 breeding_positive=2", "breeding"},
	{"fly.indoor", "rooms_checked=9 rooms_positive=0 flies_total=0 lamps_seen=1 lamps_misplaced=2", "lamps"},
	{"fly.outdoor", "containers_checked=20 containers_positive=1", NULL},
	{"fly.outdoor", "containers_checked=20", "needed"},
	{"fly.outdoor", "containers_checked=20 containers_positive=21", "containers"},
	{"fly.outdoor", "toilets_checked=2 toilets_positive=3", "toilets"},
	{"fly.outdoor", "stations_checked=2 stations_positive=3", "stations"},
	{"fly.outdoor", "scattered_checked=2 scattered_positive=3", "scattered"},
	{"fly.outdoor", "containers_checked=0 containers_positive=0", "effort"},
	{"fly.cage", "cages=2 flies_caught=7", NULL},
	{"fly.sticky", "strips=2 days=1 flies_caught=7", NULL},
	{"fly.sticky", "unit_class=17 strips=2 days=1 flies_caught=7", "class17"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=1 small_total=1 large_total=0 rooms_oothecae=1 oothecae_total=2 rooms_traces=0", NULL},
	{"cockroach.visual", "rooms[1].small=2 rooms[2].large=1 rooms[3].oothecae=1 rooms[4].has_traces=yes", NULL},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=10 small_total=10 large_total=0 rooms_oothecae=0 oothecae_total=0 rooms_traces=0", "infested-checked"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=2 small_total=1 large_total=0 rooms_oothecae=0 oothecae_total=0 rooms_traces=0", "roaches-infested"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=1 large_total=0 rooms_oothecae=0 oothecae_total=0 rooms_traces=0", "roaches-none"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=0 large_total=0 rooms_oothecae=10 oothecae_total=10 rooms_traces=0", "ootheca-checked"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=0 large_total=0 rooms_oothecae=2 oothecae_total=1 rooms_traces=0", "oothecae-rooms"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=0 large_total=0 rooms_oothecae=0 oothecae_total=1 rooms_traces=0", "oothecae-none"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=0 large_total=0 rooms_oothecae=0 oothecae_total=0 rooms_traces=10", "traces-checked"},
	{"cockroach.visual", "rooms_checked=9 rooms_infested=0 small_total=0 large_total=0 rooms_oothecae=0 oothecae_total=0 rooms_traces=2 traces_dead=1", "traces-sum"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5", NULL},
	{"cockroach.sticky", "papers_set=20 papers_valid=21 rooms_checked=10 papers_positive=0 rooms_positive=0 roaches_caught=0", "valid-set"},
	{"cockroach.sticky", "papers_set=20 papers_valid=1 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5", "positive-valid"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=1 papers_positive=2 rooms_positive=2 roaches_caught=5", "rooms"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=9 papers_positive=2 rooms_positive=1 roaches_caught=1", "caught-papers"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=9 papers_positive=0 rooms_positive=0 roaches_caught=1", "caught-none"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=9 papers_positive=1 rooms_positive=2 roaches_caught=1", "rooms-papers"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=9 papers_positive=1 rooms_positive=0 roaches_caught=1", "rooms-none"},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=1 roaches_flushed=4", NULL},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=10 roaches_flushed=40", "positive-checked"},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=2 roaches_flushed=1", "flushed"},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=0 roaches_flushed=1", "flushed-none"},
	/* clang-format on */
};
#define RECORDS (sizeof(records) / sizeof(records[0]))

static const jx_pack *pest_pack(const jx_packs *packs)
{
	const jx_pack *pack = jx_packs_active(packs, "pest-density", DAY);

	assert_non_null(pack);
	return pack;
}

static void answer(jx_sheet *sheet, const struct record *r)
{
	JX_AUTO_FREE char *text = jx_xasprintf("unit_class=01 %s", r->answers);
	char *rest = text, *part;

	while ((part = strsep(&rest, " ")) != NULL) {
		struct jx_error err = {0};
		char *typed = strchr(part, '=');

		assert_non_null(typed);
		*typed++ = '\0';
		if (jx_sheet_set(sheet, part, typed, &err) != JX_OK)
			fail_msg("%s: %s: %s", r->form, r->answers, err.text);
	}
}

static void records_are_taken_and_mistakes_refused(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	size_t i;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	for (i = 0; i < RECORDS; i++) {
		const struct record *r = &records[i];
		JX_AUTO(jx_sheet) sheet = NULL;
		struct jx_problem p = {.rule = NULL};

		jx_assert_ok(jx_sheet_new(pest_pack(packs), r->form, DAY, &sheet, &err), &err);
		answer(sheet, r);
		(void)jx_sheet_problems(sheet, NULL, 0, &p, 1);
		if ((p.rule == NULL) != (r->rule == NULL) ||
		    (r->rule != NULL && strcmp(p.rule, r->rule) != 0))
			fail_msg("%s: %s: %s at %s instead of %s", r->form, r->answers,
				 p.rule != NULL ? p.rule : "nothing", p.rule != NULL ? p.path : "-",
				 r->rule != NULL ? r->rule : "nothing");
		if (r->rule != NULL) {
			assert_true(p.text.zh[0] != '\0' && p.text.en[0] != '\0');
		}
	}
}

/* Every form has a record that is in order. */
static void every_form_is_tried(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	size_t i, k;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	for (i = 0; i < jx_pack_form_count(pest_pack(packs)); i++) {
		const char *id = jx_pack_form_at(pest_pack(packs), i)->id;
		size_t good = 0;

		for (k = 0; k < RECORDS; k++)
			good += strcmp(records[k].form, id) == 0 && records[k].rule == NULL;
		if (good == 0)
			fail_msg("%s: no record is tried", id);
	}
}

/* Kinds of signs although nothing is positive: the answers object is refused at the kind. */
static void kinds_without_positives_are_refused(void **state)
{
	static const char answers[] =
		"{\"unit_class\":\"01\",\"rooms_checked\":10,\"rooms_positive\":0,\"signs_droppings\":3}";
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	assert_int_equal(jx_form_check_as(pest_pack(packs), "rodent.signs-indoor", answers,
					  sizeof(answers) - 1, DAY, &err),
			 JX_EINVAL);
	assert_string_equal(err.where, "signs_droppings");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_taken_and_mistakes_refused),
		cmocka_unit_test(every_form_is_tried),
		cmocka_unit_test(kinds_without_positives_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
