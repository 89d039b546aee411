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

/* What a record counts for: worked out here by hand from the definition of the index, never by the program. */
struct count {
	const char *form, *answers, *index;
	int64_t numerator, denominator;
	const char *value; /* two decimals, as people read it */
};

static const struct count counts[] = {
	/* clang-format off */
	{"rodent.signs-indoor", "rooms_checked=30 rooms_positive=1 signs_live=1", "rodent.indoor-sign-rate", 1, 30, "3.33"}, /* 1 / 30 x 100 */
	{"rodent.signs-outdoor", "path_m=1270 sign_places=2 signs_burrows=2", "rodent.outdoor-path-index", 2, 1270, "1.57"}, /* 2 / 1.27 km */
	/* passed, not failed: 40 - 2 of 40 */
	{"rodent.proofing", "rooms_checked=40 rooms_failed=2 failed_hole=2", "rodent.proofing", 38, 40, "95.00"},
	{"rodent.proofing", "rooms_checked=40 rooms_failed=2 failed_hole=2", "rodent.proofing-key", 38, 40, "95.00"},
	{"rodent.proofing", "unit_class=03 rooms_checked=40 rooms_failed=0", "rodent.proofing-key", 0, 0, "-"},
	{"rodent.proofing", "unit_class=03 key_unit=yes rooms_checked=40 rooms_failed=0", "rodent.proofing-key", 40, 40, "100.00"},
	{"rodent.proofing", "key_unit=no rooms_checked=40 rooms_failed=0", "rodent.proofing-key", 0, 0, "-"},
	{"rodent.bait-stations", "path_m=200 stations_seen=8 stations_empty=2 stations_spoiled=1", "rodent.bait-station-fault-rate", 3, 8, "37.50"},
	{"rodent.trap-night", "traps_set=100 traps_valid=98 nights=1 rodents_caught=3", "rodent.trap-density", 3, 98, "3.06"},
	/* one board may hold several: no proportion */
	{"rodent.glue-board", "boards_set=10 boards_valid=9 rodents_caught=12", "rodent.glue-density", 12, 9, "133.33"},
	{"rodent.powder", "patches_laid=10 patches_valid=9 patches_positive=3", "rodent.powder-rate", 3, 9, "33.33"},
	{"rodent.bait-take", "baits_set=30 baits_taken=2", "rodent.bait-take-rate", 2, 30, "6.67"},
	{"mosquito.path", "path_m=4000 waters_seen=9 waters_positive=2", "mosquito.small-water-path-index", 2, 4000, "0.50"},
	{"mosquito.dipper", "dips_total=120 dips_positive=3 larvae_total=10", "mosquito.dipper-index", 3, 120, "2.50"},
	{"mosquito.dipper", "dips_total=120 dips_positive=3 larvae_total=10", "mosquito.larvae-per-positive-dip", 10, 3, "3.33"},
	{"mosquito.landing", "person_times=4 landings=3", "mosquito.landing-index", 3, 4, "0.75"},
	{"mosquito.light-trap", "lamps=2 nights=2 females=9", "mosquito.light-trap-density", 9, 4, "2.25"},
	{"mosquito.light-trap", "lamps=2 nights=1 hours=12 females=9", "mosquito.light-trap-hourly", 9, 24, "0.38"},
	{"mosquito.light-trap", "lamps=2 nights=1 females=9", "mosquito.light-trap-hourly", 0, 0, "-"},
	{"mosquito.double-net", "nets=2 minutes=30 females=9", "mosquito.net-index", 9, 60, "9.00"}, /* 9 / 2 nets / 30 min x 60 */
	{"mosquito.breteau", "households=50 households_positive=1 containers_seen=40 containers_positive=2", "mosquito.breteau", 2, 50, "4.00"},
	{"mosquito.breteau", "households=50 households_positive=1 containers_seen=40 containers_positive=2", "mosquito.container-index", 2, 40, "5.00"},
	{"mosquito.breteau", "households=50 households_positive=1 containers_seen=40 containers_positive=2", "mosquito.house-index", 1, 50, "2.00"},
	{"mosquito.standard-room", "standard_rooms=9 containers_seen=40 containers_positive=4", "mosquito.standard-room-index", 4, 9, "0.44"},
	{"mosquito.ovitrap", "traps_set=950 traps_valid=939 traps_positive=43", "mosquito.ovitrap-index", 43, 939, "4.58"}, /* published as 4.6 */
	{"fly.indoor", "rooms_checked=60 rooms_positive=2 flies_total=5", "fly.room-rate", 2, 60, "3.33"},
	{"fly.indoor", "rooms_checked=60 rooms_positive=2 flies_total=5", "fly.per-positive-room", 5, 2, "2.50"},
	{"fly.indoor", "rooms_checked=1 rooms_positive=0 flies_total=0 places_checked=50 places_failed=1 failed_window=1", "fly.proofing", 49, 50, "98.00"},
	{"fly.indoor", "rooms_checked=1 rooms_positive=0 flies_total=0 places_checked=50 places_failed=1 failed_window=1", "fly.proofing-key", 49, 50, "98.00"},
	{"fly.indoor", "unit_class=12 rooms_checked=1 rooms_positive=0 flies_total=0 places_checked=50 places_failed=0", "fly.proofing-key", 0, 0, "-"},
	{"fly.indoor", "rooms_checked=1 rooms_positive=0 flies_total=0 food_places_checked=8 food_places_positive=1", "fly.ready-food", 1, 8, "12.50"},
	{"fly.indoor", "rooms_checked=1 rooms_positive=0 flies_total=0 breeding_checked=4 breeding_positive=1", "fly.indoor-breeding", 1, 4, "25.00"},
	/* all four kinds of site in one sum: 1 + 0 + 1 + 1 of 25 + 2 + 2 + 71 */
	{"fly.outdoor", "containers_checked=25 containers_positive=1 toilets_checked=2 toilets_positive=0 stations_checked=2 stations_positive=1 "
			"scattered_checked=71 scattered_positive=1", "fly.outdoor-breeding", 3, 100, "3.00"},
	{"fly.cage", "cages=2 flies_caught=7", "fly.cage-density", 7, 2, "3.50"},
	{"fly.sticky", "strips=2 days=2 flies_caught=7", "fly.strip-density", 7, 4, "1.75"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.infestation-rate", 2, 50, "4.00"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.small-per-room", 7, 2, "3.50"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.large-per-room", 1, 2, "0.50"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.ootheca-rate", 1, 50, "2.00"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.oothecae-per-room", 3, 1, "3.00"},
	{"cockroach.visual", "rooms_checked=50 rooms_infested=2 small_total=7 large_total=1 rooms_oothecae=1 oothecae_total=3 rooms_traces=4",
	 "cockroach.trace-rate", 4, 50, "8.00"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5",
	 "cockroach.catch-rate", 2, 19, "10.53"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5",
	 "cockroach.sticky-infestation", 1, 10, "10.00"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5",
	 "cockroach.sticky-density", 5, 19, "0.26"},
	{"cockroach.sticky", "papers_set=20 papers_valid=19 rooms_checked=10 papers_positive=2 rooms_positive=1 roaches_caught=5",
	 "cockroach.density-index", 5, 2, "2.50"},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=2 roaches_flushed=5", "cockroach.flush-infestation", 2, 9, "22.22"},
	{"cockroach.flushing", "rooms_checked=9 rooms_positive=2 roaches_flushed=5", "cockroach.flushed-per-room", 5, 2, "2.50"},
	/* clang-format on */
};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static const jx_pack *pest_pack(const jx_packs *packs)
{
	const jx_pack *pack = jx_packs_active(packs, "pest-density", DAY);

	assert_non_null(pack);
	return pack;
}

static void answer(jx_sheet *sheet, const char *form, const char *answers)
{
	JX_AUTO_FREE char *text = jx_xasprintf("unit_class=01 %s", answers);
	char *rest = text, *part;

	while ((part = strsep(&rest, " ")) != NULL) {
		struct jx_error err = {0};
		char *typed = strchr(part, '=');

		assert_non_null(typed);
		*typed++ = '\0';
		if (jx_sheet_set(sheet, part, typed, &err) != JX_OK)
			fail_msg("%s: %s: %s", form, answers, err.text);
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
		answer(sheet, r->form, r->answers);
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

static void records_count_as_worked_out_by_hand(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	const jx_pack *pack;
	size_t i;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	pack = pest_pack(packs);
	for (i = 0; i < COUNTS; i++) {
		const struct count *c = &counts[i];
		const struct jx_index *index = jx_pack_index_find(pack, c->index);
		JX_AUTO(jx_tally) tally = jx_tally_new(pack);
		JX_AUTO(jx_sheet) sheet = NULL;
		struct jx_fraction sum;
		char value[32];

		jx_assert_ok(jx_sheet_new(pack, c->form, DAY, &sheet, &err), &err);
		answer(sheet, c->form, c->answers);
		jx_assert_ok(jx_tally_add_sheet(tally, sheet, &err), &err);
		jx_tally_sum(tally, index, &sum);
		jx_fraction_text(&sum, index->scale, 2, value, sizeof(value));
		if (sum.numerator != c->numerator || sum.denominator != c->denominator ||
		    strcmp(value, c->value) != 0)
			fail_msg("%s: %s: %lld of %lld, %s", c->index, c->answers, (long long)sum.numerator,
				 (long long)sum.denominator, value);
	}
}

static void every_index_is_worked_out(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	size_t i, k;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	for (i = 0; i < jx_pack_index_count(pest_pack(packs)); i++) {
		const char *id = jx_pack_index_at(pest_pack(packs), i)->id;
		size_t worked = 0;

		for (k = 0; k < COUNTS; k++)
			worked += strcmp(counts[k].index, id) == 0 && counts[k].denominator > 0;
		if (worked == 0)
			fail_msg("%s: no record counts for it", id);
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
		cmocka_unit_test(records_count_as_worked_out_by_hand),
		cmocka_unit_test(every_index_is_worked_out),
		cmocka_unit_test(kinds_without_positives_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
