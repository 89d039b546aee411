/* The packs that are built in: each loads, and all of them together make a set. */
#include <string.h>

#include "jiexun/form.h"
#include "jx_test.h"

static void each_loads_by_itself(void **state)
{
	const char *text, *newest;
	size_t len, newest_len, i, forms = 0, found = 0;

	(void)state;
	assert_true(jx_pack_builtin_count() >= 4);
	for (i = 0; i < jx_pack_builtin_count(); i++) {
		JX_AUTO(jx_pack) pack = NULL;
		struct jx_error err = {0};

		assert_true(jx_pack_builtin_at(i, &text, &len));
		jx_pack_builtin(&newest, &newest_len);
		found += text == newest && len == newest_len;
		if (jx_pack_load(text, len, &pack, &err) != JX_OK)
			fail_msg("built-in pack %zu: %s", i, err.text);
		assert_true(jx_pack_code_count(pack) + jx_pack_form_count(pack) > 0);
		forms += jx_pack_form_count(pack);
	}
	assert_true(forms > 20);
	assert_false(jx_pack_builtin_at(jx_pack_builtin_count(), &text, &len));
	assert_int_equal(found, 1);
}

static void together_they_are_a_set(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};

	(void)state;
	if (jx_packs_new(&packs, &err) != JX_OK)
		fail_msg("%s", err.text);
	assert_int_equal(jx_packs_count(packs), jx_pack_builtin_count());
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, "disorder", "2026-11-22")), "ten-disorders");
	assert_int_equal(jx_pack_version(jx_packs_active(packs, "ten-disorders", "2026-11-22")), 2);
	assert_non_null(jx_packs_version(packs, "ten-disorders", 1));
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, "rodent.signs-outdoor", "2026-11-22")),
			    "pest-density");
}

static void plague_is_reported_at_once(void **state)
{
	static const char answers[] =
		"{\"kinds\":[\"dead-sick-rodents\"],\"place_name\":\"x\",\"dead\":3,\"sick\":0,"
		"\"told_cdc\":\"yes\",\"untouched\":\"yes\"}";
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	struct jx_answers_brief brief;
	const jx_pack *pack;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	pack = jx_packs_with_form(packs, "plague.report", "2026-11-22");
	assert_non_null(pack);
	assert_true(jx_pack_form_find(pack, "plague.report")->is_at_once);
	assert_false(jx_pack_form_find(pack, "drug.round")->is_at_once);
	jx_assert_ok(
		jx_form_check_as(pack, "plague.report", answers, sizeof(answers) - 1, "2026-11-22", &err),
		&err);
	jx_assert_ok(jx_form_brief_as(pack, "plague.report", "2026-11-22", answers, sizeof(answers) - 1,
				      &brief, &err),
		     &err);
	assert_true(brief.is_at_once);
}

static void a_campaign_counts_five_of_ten(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	const struct jx_variant *five;
	const jx_pack *pack;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	pack = jx_packs_active(packs, "ten-disorders", "2026-11-22");
	assert_int_equal(jx_pack_variant_count(pack), 2);
	five = jx_pack_variant_find(pack, "五乱整治");
	assert_non_null(five);
	assert_ptr_equal(five, jx_pack_variant_find(pack, "five"));
	assert_ptr_equal(five, jx_pack_variant_find(pack, "五乱"));
	assert_ptr_equal(five, jx_pack_variant_at(pack, 0));
	assert_null(jx_pack_variant_find(pack, "spring"));
	assert_null(jx_pack_variant_at(pack, 2));
	assert_int_equal(five->code_count, 5);
	/* as the standard calls it; the others keep their names, and sub-types belong to theirs */
	assert_string_equal(jx_variant_name(pack, five, "06.02")->zh, "乱堆乱摆");
	assert_string_equal(jx_variant_name(pack, five, "01")->zh, "乱贴乱画");
	assert_null(jx_variant_name(pack, five, "09.01"));
	assert_null(jx_variant_name(pack, five, "99"));
	assert_int_equal(jx_pack_variant_count(jx_packs_version(packs, "ten-disorders", 1)), 0);
}

/* Mistakes in what only forms with fixed fields have, each refused with its place. */
static void mistakes_of_measures_and_variants_are_refused(void **state)
{
	static const struct {
		const char *from, *to, *place;
	} rows[] = {
		{"\"measures\": \"measure\"", "\"measures\": \"measur\"", "forms[0].measures"},
		{"\"party_kinds\": \"party-kind\"", "\"party_kinds\": \"kind\"", "forms[0].party_kinds"},
		{"\"limit_measures\": [\"notice\"]", "\"limit_measures\": [\"note\"]",
		 "forms[0].limit_measures"},
		{"\"limit_measures\": [\"notice\"]", "\"limit_measures\": 3", "forms[0].limit_measures"},
		{"\"id\": \"ten\"", "\"id\": \"five\"", "variants[1].id"},
		{"[\"04\", \"06\", \"05\"", "[\"04.01\", \"06\", \"05\"", "variants[0].codes"},
		{"[\"04\", \"06\", \"05\"", "[\"11\", \"06\", \"05\"", "variants[0].codes"},
		{"[\"04\", \"06\", \"05\", \"01\", \"07\"]", "[]", "variants[0].codes"},
		{"\"names\": {\"06\"", "\"names\": 6, \"x\": {\"06\"", "variants[0].names"},
		{"\"campaigns\": [\"五乱\"", "\"campaigns\": [5", "variants[0].campaigns"},
	};
	const char *text;
	size_t len, i;

	(void)state;
	jx_pack_builtin(&text, &len);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_FREE char *whole = jx_xasprintf("%.*s", (int)len, text);
		const char *at = strstr(whole, rows[i].from);
		JX_AUTO_FREE char *changed = NULL;
		JX_AUTO(jx_pack) pack = NULL;
		struct jx_error err = {0};

		assert_non_null(at);
		changed = jx_xasprintf("%.*s%s%s", (int)(at - whole), whole, rows[i].to,
				       at + strlen(rows[i].from));
		assert_int_equal(jx_pack_load(changed, strlen(changed), &pack, &err), JX_EINVAL);
		if (strstr(err.text, rows[i].place) == NULL)
			fail_msg("row %zu does not name %s: %s", i, rows[i].place, err.text);
	}
}

struct fill {
	const char *form, *answers; /* path=typed, separated by ';' */
	const char *problem;        /* rule of the first problem, or NULL */
	const char *computed;       /* value of the first computed field, or NULL */
};

static void rounds_are_filled_in(void **state)
{
	/* clang-format off */
	static const struct fill fills[] = {
		{"drug.round", "targets_at=rodent;drug=rodent-bait;"
			       "targets[1].kind=unit;targets[1].name=a;targets[1].done=yes;targets[1].dose_kg_e3=0.25;"
			       "targets[2].kind=unit;targets[2].name=b;targets[2].done=no;targets[2].why=locked;"
			       "targets[3].kind=household;targets[3].name=c;targets[3].done=yes", NULL, "50.00 %"},
		{"drug.round", "targets_at=rodent;drug=rodent-bait;"
			       "targets[1].kind=unit;targets[1].name=b;targets[1].done=no", "needed", NULL},
		{"drug.round", "targets_at=rodent;drug=rodent-bait;units_all=0;units_done=0;households_all=0;households_done=0;"
			       "rooms_all=0;rooms_done=0;outdoors_all=0;outdoors_done=0", "effort", NULL},
		{"drug.stock", "drug=rodent-bait;pack_unit=bag;before=10;bought=250;used=200;left=60;keeper=yes;locked=yes;register=yes",
			       NULL, "60"},
		{"drug.stock", "drug=rodent-bait;pack_unit=bag;before=10;bought=250;used=200;left=50;keeper=yes;locked=yes;register=yes",
			       "needed", "60"},
		{"drug.stock", "drug=rodent-bait;pack_unit=bag;before=10;bought=0;used=20;left=0;keeper=yes;locked=yes;register=yes;"
			       "why_differs=x", "used", NULL},
		{"drug.rhythm", "rhythm=monthly;drug=rodent-bait;due=12;done=9;record_kept=yes", NULL, "75.00 %"},
		{"drug.rhythm", "rhythm=monthly;drug=rodent-bait;due=12;done=13;record_kept=yes", "done-due", NULL},
		{"drug.stations", "sites[1].site_kind=estate;sites[1].stations=4;sites[1].numbered=yes", NULL, NULL},
		{"breeding.clearing", "sites[1].kind=drain;sites[1].found=4;sites[1].cleared=1", NULL, "25.00 %"},
		{"breeding.clearing", "sites[1].kind=drain;sites[1].found=4;sites[1].cleared=5", "row", NULL},
		{"frontage.letter", "shop=x;items=hygiene,greening,order;signed=yes", NULL, "100.00 %"},
		{"frontage.letter", "shop=x;items=hygiene,facade;signed=yes", "reading-facade", NULL},
		{"frontage.letter", "shop=x;reading=facade-hygiene-order;items=hygiene,facade;signed=yes", NULL, NULL},
		{"frontage.letter", "shop=x;reading=facade-hygiene-order;items=greening;signed=yes", "reading-greening", NULL},
		{"frontage.letter", "shop=x;items=facilities;signed=yes", "reading-facilities", NULL},
		{"frontage.letter", "shop=x;reading=four;items=hygiene,greening,order,facilities;signed=no;why_not=closed", NULL, "0.00 %"},
		{"frontage.check", "shop=x;kept=yes", NULL, "100.00 %"},
		{"frontage.check", "shop=x;kept=no", "needed", "0.00 %"},
		{"plague.report", "kinds=dead-sick-rodents;place_name=x;dead=0;sick=0;told_cdc=yes;untouched=yes", "some", NULL},
		{"plague.report", "kinds=suspected;place_name=x;told_cdc=yes;untouched=yes", "needed", NULL},
	};
	/* clang-format on */
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	size_t i;

	(void)state;
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	for (i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		const struct fill *f = &fills[i];
		const jx_pack *pack = jx_packs_with_form(packs, f->form, "2026-11-22");
		JX_AUTO(jx_sheet) sheet = NULL;
		JX_AUTO_FREE char *text = jx_xasprintf("%s", f->answers);
		char *rest = text, *part;
		struct jx_problem p = {.rule = NULL};
		struct jx_computed c;

		jx_assert_ok(jx_sheet_new(pack, f->form, "2026-11-22", &sheet, &err), &err);
		while ((part = strsep(&rest, ";")) != NULL) {
			char *typed = strchr(part, '=');

			assert_non_null(typed);
			*typed++ = '\0';
			if (jx_sheet_set(sheet, part, typed, &err) != JX_OK)
				fail_msg("%s: %s: %s", f->form, part, err.text);
		}
		(void)jx_sheet_problems(sheet, NULL, 0, &p, 1);
		if ((p.rule == NULL) != (f->problem == NULL) ||
		    (p.rule != NULL && strcmp(p.rule, f->problem) != 0))
			fail_msg("%s: %s: %s at %s", f->form, f->answers, p.rule != NULL ? p.rule : "nothing",
				 p.rule != NULL ? p.path : "-");
		if (f->computed != NULL) {
			assert_true(jx_sheet_computed(sheet, 0, &c));
			assert_string_equal(c.value, f->computed);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_loads_by_itself),
		cmocka_unit_test(together_they_are_a_set),
		cmocka_unit_test(plague_is_reported_at_once),
		cmocka_unit_test(a_campaign_counts_five_of_ten),
		cmocka_unit_test(mistakes_of_measures_and_variants_are_refused),
		cmocka_unit_test(rounds_are_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
