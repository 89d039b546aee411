/* Packs of format 2: what they hold, and that each mistake is refused with its place. */
#include "rodent.h"

static void a_form_gives_what_it_holds(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	const struct jx_form *f = jx_pack_form_find(pack, "鼠迹法");

	(void)state;
	assert_int_equal(jx_pack_form_count(pack), 1);
	assert_ptr_equal(f, jx_pack_form_at(pack, 0));
	assert_null(jx_pack_form_at(pack, 1));
	assert_null(jx_pack_form(pack));
	assert_string_equal(f->id, RODENT_FORM);
	assert_string_equal(f->entry, "observation");
	assert_string_equal(f->topic, "rodent");
	assert_string_equal(f->standard, "GB/T 23798-2009");
	assert_string_equal(f->hint.en, "15 m2 are one room");
	assert_false(f->is_observation);
	assert_int_equal(f->photo_role_count, 2);
	assert_string_equal(f->photo_roles[1], "sign");
	assert_int_equal(f->section_count, 3);
	assert_string_equal(f->sections[0].id, "header");
	assert_true(f->sections[1].is_repeat);
	assert_int_equal(f->sections[1].rows_max, 300);
	assert_int_equal(f->field_count, 13);
}

static void fields_give_what_they_hold(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	const struct jx_field *f = jx_pack_form_find(pack, RODENT_FORM)->fields;

	(void)state;
	assert_string_equal(f[0].id, "unit_class");
	assert_int_equal(f[0].type, JX_FIELD_CHOICE);
	assert_string_equal(f[0].list, "unit-class");
	assert_string_equal(f[0].confidence, "V*(S1)");
	assert_true(f[0].is_needed && f[0].is_remembered && !f[0].is_counted);
	assert_int_equal(f[1].decimals, 1);
	assert_int_equal(f[1].min, -400);
	assert_string_equal(f[1].unit, "degC");
	assert_string_equal(f[2].fallback, "no");
	assert_int_equal(f[2].section, 1);
	assert_int_equal(f[4].max, 99);
	assert_true(f[5].is_counted);
	assert_string_equal(f[11].role, "sign");
}

static void lists_are_found_by_parent_and_day(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	const struct jx_code *out[4] = {NULL};

	(void)state;
	assert_int_equal(jx_pack_list(pack, "unit-class", NULL, "2026-06-30", out, 4), 3);
	assert_int_equal(jx_pack_list(pack, "unit-class", NULL, "2026-07-01", out, 1), 2);
	assert_string_equal(out[0]->code, "01");
	assert_true(out[0]->is_key);
	assert_int_equal(jx_pack_list(pack, "sign", NULL, RODENT_DAY, out, 4), 3);
	assert_int_equal(jx_pack_list(pack, "sign", "burrow", RODENT_DAY, out, 4), 1);
	assert_string_equal(out[0]->code, "burrow.open");
	assert_int_equal(jx_pack_list(pack, "none", NULL, RODENT_DAY, out, 4), 0);
	assert_string_equal(jx_pack_list_find(pack, "unit-class", "饭馆")->code, "01");
	assert_string_equal(jx_pack_list_find(pack, "unit-class", "office")->code, "03");
	assert_null(jx_pack_list_find(pack, "unit-class", "droppings"));
	assert_null(jx_pack_list_find(pack, "codes", "01"));
}

static void phrases_belong_to_their_field(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	const struct jx_text *texts;

	(void)state;
	assert_int_equal(jx_pack_phrases(pack, RODENT_FORM, "failed_where", &texts), 2);
	assert_string_equal(texts[1].zh, "地漏");
	assert_int_equal(jx_pack_phrases(pack, RODENT_FORM, "note", &texts), 0);
	assert_null(texts);
}

static void a_pack_may_be_only_codes_or_only_lists(void **state)
{
	static const char opening[] =
		"{\"format\":2,\"id\":\"p\",\"version\":1,\"valid_from\":\"2026-01-01\",\"languages\":[\"en\"],"
		"\"name\":{\"en\":\"p\"},\"source\":\"s\"%s}";
	static const char *const rests[] = {
		"",
		",\"units\":[{\"unit\":\"u\",\"name\":{\"en\":\"u\"}}],\"codes\":[{\"code\":\"1\",\"name\":{\"en\":\"one\"},\"units\":[\"u\"]}]",
		",\"lists\":[{\"id\":\"l\",\"name\":{\"en\":\"l\"},\"codes\":[{\"code\":\"1\",\"name\":{\"en\":\"one\"}}]}]",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rests) / sizeof(rests[0]); i++) {
		JX_AUTO_BUF b = {0};
		JX_AUTO(jx_pack) pack = NULL;
		struct jx_error err = {0};

		jx_buf_init(&b, 4096);
		jx_buf_add(&b, opening, strlen(opening) - 3);
		jx_buf_adds(&b, rests[i]);
		jx_buf_addc(&b, '}');
		jx_assert_ok(jx_pack_load(b.data, b.len, &pack, &err), &err);
		assert_null(jx_pack_form(pack));
		assert_int_equal(jx_form_check(pack, "{\"result\":\"found\"}", 18, RODENT_DAY, &err),
				 JX_EINVAL);
	}
}

#define HEADER  "\"list\": \"unit-class\""
#define CHECKED "\"counted\": \"rows(rooms)\""
#define MUST    "\"must\": \"rooms_positive <= rooms_checked\""

static const struct {
	const char *from, *to;
	const char *place; /* what the message names */
} mistakes[] = {
	{"\"lists\": [", "\"lists\": 5, \"x\": [", "lists must be a list"},
	{"{\"id\": \"sign\"", "{\"id\": \"unit-class\"", "lists[1].id"},
	{"{\"id\": \"sign\"", "{\"id\": \"codes\"", "lists[1].id"},
	{"\"code\": \"03\"", "\"code\": \"01\"", "lists[0].codes[1].code"},
	{"\"parent\": \"burrow\"", "\"parent\": \"hole\"", "lists[1].codes[2].parent"},
	{"\"key\": true", "\"key\": \"yes\"", "lists[0].codes[0].key"},
	{"\"2026-06-30\"", "\"2026-06-31\"", "lists[0].codes[2].valid_until"},
	{"{\"id\": \"header\"", "{\"id\": \"Header\"", "shared_sections[0].id"},
	{"{\"use\": \"header\"}", "{\"use\": \"heading\"}", "forms[0].sections[0].use"},
	{HEADER, "\"list\": \"unit-classes\"", "shared_sections[0].fields[0].list"},
	{HEADER ",", "", "shared_sections[0].fields[0].list"},
	{"\"id\": \"air_e1\"", "\"id\": \"air\"", "shared_sections[0].fields[1].id"},
	{"\"id\": \"air_e1\"", "\"id\": \"unit_class\"", "shared_sections[0].fields[1].id"},
	{"\"unit\": \"degC\", \"min\"", "\"unit\": \"K\", \"min\"", "shared_sections[0].fields[1].unit"},
	{"\"min\": -400", "\"min\": 501", "shared_sections[0].fields[1].min"},
	{"\"min\": -400", "\"min\": 1.5", "shared_sections[0].fields[1].min"},
	{"\"max\": 500", "\"max\": 9000000000000000", "shared_sections[0].fields[1].max"},
	{"\"scale\": 100", "\"scale\": 0", "indices[0].scale"},
	{"\"id\": \"rodent.proofing\"", "\"id\": \"rodent.indoor\"", "indices[1].id"},
	{"\"entry\": \"observation\", ", "", "forms[0].entry"},
	{"\"photo_roles\": [\"wide\", \"sign\"]", "\"photo_roles\": [\"wide\"]", "forms[0].photo_roles"},
	{"\"repeat\": {\"max\": 300}", "\"repeat\": {\"max\": 20000}", "forms[0].sections[1].repeat.max"},
	{"\"repeat\": {\"max\": 300}", "\"repeat\": true", "forms[0].sections[1].repeat"},
	{"{\"id\": \"rooms\"", "{\"id\": \"header\"", "forms[0].sections[1].id"},
	{"{\"id\": \"rooms\"", "{\"id\": \"contact\"", "forms[0]."},
	{"\"id\": \"state\"", "\"id\": \"State\"", "forms[0].sections[1].fields[0].id"},
	{"\"id\": \"state\"", "\"id\": \"count\"", "forms[0].sections[1].fields[0].id"},
	{"\"id\": \"state\"", "\"id\": \"state_of_a_room_with_a_long_name\"",
	 "forms[0].sections[1].fields[0].id"},
	{"\"id\": \"state\"", "\"id\": \"state_of_a_room_too_long\"", "rooms[300].state_of_a_room_too_long"},
	{"\"id\": \"places\"", "\"id\": \"state\"", "forms[0].sections[1].fields[2].id"},
	{"\"type\": \"yes-no\"", "\"type\": \"bool\"", "forms[0].sections[1].fields[0].type"},
	{"\"type\": \"yes-no\"", "\"type\": \"photo\", \"role\": \"sign\"",
	 "forms[0].sections[1].fields[0].type"},
	{"\"fallback\": \"no\"", "\"fallback\": \"maybe\"", "forms[0].sections[1].fields[0].fallback"},
	{"\"fallback\": \"0\"", "\"fallback\": \"-1\"", "forms[0].sections[2].fields[3].fallback"},
	{"\"shown\": \"state = 'yes'\"", "\"shown\": \"state = 'maybe'\"",
	 "forms[0].sections[1].fields[1].shown"},
	{"\"shown\": \"state = 'yes'\"", "\"shown\": \"sum(rooms.places) > 1\"",
	 "forms[0].sections[1].fields[1].shown"},
	{"\"max\": 99, \"shown\": \"state = 'yes'\"}", "\"shown\": \"places = 1\"}",
	 "forms[0].sections[1].fields[2].shown"},
	{"\"shown\": \"failed > 0\"", "\"shown\": \"set(failed_where)\"", "circle"},
	{"\"shown\": \"failed > 0\"", "\"shown\": 1", "forms[0].sections[2].fields[4].shown"},
	{"\"role\": \"sign\", ", "", "forms[0].sections[2].fields[6].role"},
	{"\"max\": 99", "\"max\": 99, \"counted\": \"rows(rooms)\"",
	 "forms[0].sections[1].fields[2].counted"},
	{CHECKED, "\"counted\": \"rows(room)\"", "forms[0].sections[2].fields[0].counted"},
	{CHECKED, "\"counted\": \"failed\"", "forms[0].sections[2].fields[0].counted"},
	{CHECKED, "\"counted\": \"sum(rooms.state)\"", "forms[0].sections[2].fields[0].counted"},
	{CHECKED, "\"counted\": \"rows(rooms) > 1\"", "forms[0].sections[2].fields[0].counted"},
	{"\"max\": 40", "\"max\": 1001", "forms[0].sections[2].fields[4].max"},
	{"\"id\": \"failed-in-checked\"", "\"id\": \"positive-in-checked\"", "forms[0].checks[1].id"},
	{MUST, "\"must\": \"rooms_positiv <= rooms_checked\"", "forms[0].checks[0].must, character 1"},
	{MUST, "\"must\": \"rooms_positive <= \"", "forms[0].checks[0].must ends too early"},
	{MUST, "\"must\": \"rooms_positive\"", "forms[0].checks[0].must"},
	{MUST, "\"must\": \"places < 2\"", "forms[0].checks[0].must"},
	{MUST, "\"must\": \"rooms < 2\"", "forms[0].checks[0].must"},
	{MUST, "\"must\": \"rooms_positive = 'x'\"", "forms[0].checks[0].must"},
	{MUST ", ", "", "forms[0].checks[0].must"},
	{"\"at\": \"rooms_positive\"", "\"at\": \"rooms_bad\"", "forms[0].checks[0].at"},
	{"\"at\": \"rooms_positive\"", "\"at\": \"places\"", "forms[0].checks[0].at"},
	{"\"each\": \"rooms\"", "\"each\": \"totals\"", "forms[0].checks[2].each"},
	{"has(signs, 'live')", "has(signs, 'dead')", "forms[0].checks[3].must"},
	{"unit_class = '03'", "unit_class = '04'", "forms[0].checks[3].must"},
	{"\"index\": \"rodent.indoor\"}", "\"index\": \"rodent.outdoor\"}", "forms[0].computed[0].index"},
	{"\"index\": \"rodent.indoor\"}", "\"topic\": \"x\"}", "forms[0].computed[0]"},
	{"\"unit\": \"room\"}]", "\"unit\": \"rooms\"}]", "forms[0].computed[1].unit"},
	{"\"when\": \"set(failed)\"", "\"when\": \"failed\"", "forms[0].counts[1].when"},
	{"\"numerator\": \"rooms_positive\"", "\"numerator\": \"set(failed)\"",
	 "forms[0].counts[0].numerator"},
	{"\"quota\": \"rodent-indoor\", ", "\"quota\": \"fly\", ", "forms[0].quota[0].quota"},
	{"\"class\": \"unit_class\"", "\"class\": \"failed\"", "forms[0].quota[0].class"},
	{"\"entry\": \"observation\"", "\"entry\": \"observation\", \"report\": \"later\"",
	 "forms[0].report"},
	{"{\"form\": \"rodent-test.indoor\"", "{\"form\": \"rodent\"", "phrases[0].form"},
	{"\"field\": \"failed_where\"", "\"field\": \"wher\"", "phrases[0].field"},
	{"\"title\": {", "\"titel\": {", "cards[0].title"},
	{"\"hours\": 24", "\"hours\": 24, \"days\": 1", "time_limits[0]"},
};

static bool names_cure(const char *text)
{
	static const char *const cures[] = {"there",          "rename",         "shorten",
					    "take a new one", "move the field", "is no answer of its field"};
	size_t i;

	for (i = 0; i < sizeof(cures) / sizeof(cures[0]); i++)
		if (strstr(text, cures[i]) != NULL)
			return true;
	return false;
}

static void each_mistake_is_refused_with_its_place(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		JX_AUTO_FREE char *text = rodent_with(mistakes[i].from, mistakes[i].to);
		struct jx_error err = {0};
		char mark;
		jx_pack *pack = (jx_pack *)(void *)&mark;
		const jx_rc rc = jx_pack_load(text, strlen(text), &pack, &err);

		if (rc != JX_EINVAL || strstr(err.text, mistakes[i].place) == NULL)
			fail_msg("row %zu: %s does not name %s: %s", i, jx_rc_name(rc), mistakes[i].place,
				 err.text);
		if (!names_cure(err.text))
			fail_msg("row %zu names no cure: %s", i, err.text);
		assert_ptr_equal(pack, &mark);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_gives_what_it_holds),
		cmocka_unit_test(fields_give_what_they_hold),
		cmocka_unit_test(lists_are_found_by_parent_and_day),
		cmocka_unit_test(phrases_belong_to_their_field),
		cmocka_unit_test(a_pack_may_be_only_codes_or_only_lists),
		cmocka_unit_test(each_mistake_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
