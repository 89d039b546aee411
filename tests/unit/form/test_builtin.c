/* The packs that are built in: each loads, and all of them together make a set. */
#include <string.h>

#include "jiexun/form.h"
#include "jx_test.h"

static void each_loads_by_itself(void **state)
{
	const char *text, *first;
	size_t len, first_len, i, forms = 0;

	(void)state;
	assert_true(jx_pack_builtin_count() >= 3);
	for (i = 0; i < jx_pack_builtin_count(); i++) {
		JX_AUTO(jx_pack) pack = NULL;
		struct jx_error err = {0};

		assert_true(jx_pack_builtin_at(i, &text, &len));
		if (jx_pack_load(text, len, &pack, &err) != JX_OK)
			fail_msg("built-in pack %zu: %s", i, err.text);
		assert_true(jx_pack_code_count(pack) + jx_pack_form_count(pack) > 0);
		forms += jx_pack_form_count(pack);
	}
	assert_true(forms > 20);
	assert_false(jx_pack_builtin_at(jx_pack_builtin_count(), &text, &len));
	jx_pack_builtin(&first, &first_len);
	assert_true(jx_pack_builtin_at(0, &text, &len));
	assert_ptr_equal(text, first);
	assert_int_equal(len, first_len);
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
		cmocka_unit_test(rounds_are_filled_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
