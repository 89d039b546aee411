/* Loading indices, limits, verdicts and quotas; dates; the card. */
#include "jiexun/form.h"
#include "jx_test.h"

#include "grades_json.h"

static char *changed(const char *from, const char *to)
{
	const char *text = (const char *)grades_json;
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("grades.json does not hold %s", from);
	return jx_xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static jx_pack *load(const char *text)
{
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	jx_assert_ok(jx_pack_load(text, strlen(text), &pack, &err), &err);
	return pack;
}

static void each_mistake_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *from, *to, *place, *says;
	} cases[] = {
		{"\"id\": \"mean\"", "\"id\": \"rate\"", "indices[1].id", "twice"},
		{"\"positives_of\": \"rate\"", "\"positives_of\": \"rats\"", "indices[1].positives_of",
		 "rats"},
		{"\"positives_of\": \"rate\"", "\"positives_of\": \"pass\"", "indices[1].positives_of",
		 "mean"},
		{"\"interval\": \"count\"", "\"interval\": \"count\", \"positives_of\": \"rate\"",
		 "indices[3].positives_of", "mean"},
		{"\"scale\": 1000", "\"scale\": 0", "indices[3].scale", "whole number"},
		{"\"edition\": \"old\", ", "", "limits[0].edition", "missing"},
		{"\"valid_from\": \"2021-01-01\"", "\"valid_from\": \"2026-01-01\"", "limits[1].valid_until",
		 "2026-01-01"},
		{"\"valid_from\": \"2026-03-01\"", "\"valid_from\": \"2020-01-01\"", "limits[2]",
		 "limits[0]"},
		{"{\"index\": \"mean\", \"op\"", "{\"index\": \"main\", \"op\"", "limits[0].rows[1].index",
		 "main"},
		{"{\"index\": \"mean\", \"op\"", "{\"index\": \"rate\", \"op\"", "limits[0].rows[1].index",
		 "twice"},
		{"\"op\": \">=\"", "\"op\": \"<=\"", "limits[0].rows[2].op", "better high"},
		{"\"op\": \">=\"", "\"op\": \"=\"", "limits[0].rows[2].op", "must be"},
		{"\"op\": \">=\", ", "", "limits[0].rows[2].op", "must be"},
		{"[\"1\", \"2.5\", \"5\"]", "[\"1\", \"2.5\"]", "limits[0].rows[0].at", "three"},
		{"[\"1\", \"2.5\", \"5\"]", "[1, 2, 5]", "limits[0].rows[0].at[0]", "text"},
		{"[\"1\", \"2.5\", \"5\"]", "[\"1\", \"5\", \"2.5\"]", "limits[0].rows[0].at[2]", "stricter"},
		{"\"93.5\"", "\"96\"", "limits[0].rows[2].at[2]", "stricter"},
		{"\"2.5\"", "\"2.\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"2.5\"", "\".5\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"2.5\"", "\"-2\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"2.5\"", "\"2e0\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"2.5\"", "\"1234567890\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"2.5\"", "\"2.1234567\"", "limits[0].rows[0].at[1]", "decimal"},
		{"\"rows\": [{\"index\": \"path\", \"op\": \"<=\", \"at\": [\"0.5\", \"1\", \"1.000001\"]}]",
		 "\"rows\": []", "limits[1].rows", "at least one"},
		{"\"pass\", \"topic\": \"ant\", \"name\": {\"zh\": \"设施\"",
		 "\"indoor\", \"topic\": \"ant\", \"name\": {\"zh\": \"设施\"", "limits[0].groups[1].id",
		 "twice"},
		{"\"rows\": [\"rate\", \"mean\"]", "\"rows\": [\"rate\", \"path\"]",
		 "limits[0].groups[0].rows[1]", "path"},
		{"\"rows\": [\"rate\", \"mean\"]", "\"rows\": []", "limits[0].groups[0].rows",
		 "at least one"},
		{"{\"id\": \"indoor\", \"topic\": \"ant\"", "{\"id\": \"indoor\", \"topic\": \"tick\"",
		 "limits[0].groups[0].rows[0]", "topic"},
		{"\"precondition\": true", "\"precondition\": 1", "limits[0].groups[1].precondition", "true"},
		{"{\"id\": \"unit\", \"name\"", "{\"id\": \"prize\", \"name\"", "verdicts[1].id", "twice"},
		{"{\"topic\": \"ant\", \"level\": \"B\"}", "{\"topic\": \"tick\", \"level\": \"B\"}",
		 "verdicts[0].all[0].topic", "tick"},
		{"{\"topic\": \"ant\", \"level\": \"B\"}", "{\"topic\": \"ant\", \"level\": \"D\"}",
		 "verdicts[0].all[0].level", "must be"},
		{"{\"topic\": \"ant\", \"level\": \"B\"}", "{\"topic\": \"ant\", \"index\": \"rate\"}",
		 "verdicts[0].all[0]", "either"},
		{"{\"topic\": \"ant\", \"level\": \"B\"}", "{}", "verdicts[0].all[0]", "either"},
		{"\"op\": \">\", \"limit\": \"95\"", "\"op\": \">\", \"limit\": \"x\"",
		 "verdicts[0].all[1].limit", "decimal"},
		{"\"op\": \">\", \"limit\": \"95\"", "\"op\": \">\"", "verdicts[0].all[1].limit", "text"},
		{"\"from\": 11", "\"from\": 12", "verdicts[1].bands.rows[1].from", "11"},
		{"\"to\": 20", "\"to\": 10", "verdicts[1].bands.rows[1].to", "whole number"},
		{"\"positive_max\": 1}", "\"positive_max\": 21}", "verdicts[1].bands.rows[1].positive_max",
		 "whole number"},
		{"\"bands\": {\"index\": \"rate\"", "\"bands\": {\"index\": \"path\"",
		 "verdicts[1].bands.index", "path"},
		{"\"op\": \"<\", \"limit\": \"9\"", "\"op\": \"<\", \"limit\": \"1\"",
		 "verdicts[2].scale.steps[1].limit", "before"},
		{"\"op\": \"<\", \"limit\": \"9\", ", "", "verdicts[2].scale.steps[1]", "last"},
		{"{\"name\": {\"zh\": \"高\"", "{\"op\": \"<\", \"limit\": \"99\", \"name\": {\"zh\": \"高\"",
		 "verdicts[2].scale.steps[2]", "last"},
		{"\"scale\": {\"index\"",
		 "\"all\": [{\"topic\": \"ant\", \"level\": \"B\"}], \"scale\": {\"index\"", "verdicts[2]",
		 "either"},
		{"\"bands\":", "\"bends\":", "verdicts[1]", "either"},
		{"\"bands\": {", "\"bands\": [], \"x\": {", "verdicts[1].bands", "object"},
		{"{\"id\": \"paths\"", "{\"id\": \"rooms\"", "quotas[1].id", "twice"},
		{"[1000, 5000, null]", "[5000, 1000, null]", "quotas[0].population_max[1]", "rise"},
		{"[1000, 5000, null]", "[1000, 5000, 9000]", "quotas[0].population_max[2]", "null"},
		{"[1000, 5000, null]", "[1000, null, null]", "quotas[0].population_max[1]", "rise"},
		{"\"population_max\": [null], ", "", "quotas[1].population_max", "list"},
		{"[[1, 10], [2, 20], [3, 30]]", "[[1, 10], [2, 20]]", "quotas[0].rows[0].cells", "3"},
		{"[[1, 10], [2, 20], [3, 30]]", "[[1, 10], [2], [3, 30]]", "quotas[0].rows[0].cells[1]",
		 "[10, 100]"},
		{"[[1, 10], [2, 20], [3, 30]]", "[[1, 10], [2, -20], [3, 30]]", "quotas[0].rows[0].cells[1]",
		 "[10, 100]"},
		{"[[1, 10], [2, 20], [3, 30]]", "[[1, 10], 7, [3, 30]]", "quotas[0].rows[0].cells[1]",
		 "[10, 100]"},
		{"\"class\": \"02\"", "\"class\": \"01\"", "quotas[0].rows[1].class", "of its own"},
		{"\"class\": \"02\", ", "", "quotas[0].rows[1].class", "of its own"},
		{"\"class\": \"02\"", "\"classes\": [\"03\", \"01\"]", "quotas[0].rows[1].class",
		 "of its own"},
		{"\"class\": \"02\"", "\"classes\": [\"03\", \"03\"]", "quotas[0].rows[1].classes[1]",
		 "twice"},
		{"\"class\": \"02\"", "\"classes\": []", "quotas[0].rows[1].classes", "at least one"},
		{"\"class\": \"02\"", "\"classes\": \"03\"", "quotas[0].rows[1].classes", "list"},
		{"\"class\": \"02\"", "\"classes\": [\"03\", 4]", "quotas[0].rows[1].classes[1]", "text"},
		{"\"class\": \"02\"", "\"classes\": [\"a b\"]", "quotas[0].rows[1].classes[0]", "letters"},
		{"\"class\": \"02\"", "\"class\": \"02\", \"classes\": [\"03\"]", "quotas[0].rows[1]",
		 "keep one"},
		{"\"valid_until\": \"2026-06-30\",\n   \"rows\"",
		 "\"valid_until\": \"2026-06-31\",\n   \"rows\"", "quotas[0].valid_until", "date"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		JX_AUTO_FREE char *text = changed(cases[i].from, cases[i].to);
		JX_AUTO_FREE char *place = jx_xasprintf("pack: %s", cases[i].place);
		struct jx_error err = {0};
		jx_pack *pack = NULL;

		if (jx_pack_load(text, strlen(text), &pack, &err) == JX_OK)
			fail_msg("%s is taken", cases[i].to);
		assert_null(pack);
		jx_assert_says(&err, place);
		jx_assert_says(&err, cases[i].says);
	}
}

static void ceilings_hold(void **state)
{
	JX_AUTO_BUF rows = {0};
	JX_AUTO_FREE char *text = NULL;
	struct jx_error err = {0};
	jx_pack *pack = NULL;
	int i;

	(void)state;
	jx_buf_init(&rows, 1000000);
	jx_buf_adds(&rows, "\"rows\": [");
	for (i = 0; i < 501; i++)
		jx_buf_addf(&rows, "{\"index\": \"rate\"}, ");
	jx_buf_adds(&rows, "{");
	text = changed("\"rows\": [\n    {", rows.data);
	jx_assert_rc(jx_pack_load(text, strlen(text), &pack, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "limits[0].rows");
}

/* ---- dates ------------------------------------------------------------------------------------------------- */

static enum jx_level rate_on(const jx_tally *tally, const jx_pack *pack, const char *day, const char *edition)
{
	struct jx_error err = {0};
	struct jx_grade g;

	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "rate"), day, &g, &err), &err);
	assert_string_equal(g.edition, edition);
	return g.level;
}

static void limits_are_those_of_the_day(void **state)
{
	JX_AUTO(jx_pack) pack = load((const char *)grades_json);
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_grade g;

	(void)state;
	jx_assert_ok(jx_tally_add(tally, "rate", 25, 1000, &err), &err);
	jx_assert_ok(jx_tally_add(tally, "path", 1, 1000, &err), &err);
	/* 2.5 %: on the limit of B until the new edition, whose limits are 1, 2, 3 */
	assert_int_equal(rate_on(tally, pack, "2020-01-01", "old"), JX_LEVEL_B);
	assert_int_equal(rate_on(tally, pack, "2026-02-28", "old"), JX_LEVEL_B);
	assert_int_equal(rate_on(tally, pack, "2026-03-01", "new"), JX_LEVEL_C);
	jx_assert_rc(jx_tally_grade(tally, jx_pack_index_find(pack, "rate"), "2019-12-31", &g, &err),
		     JX_ENOTFOUND, &err);
	/* the new edition rules the whole topic: what it no longer names has no limit */
	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "pass"), "2026-02-28", &g, &err), &err);
	jx_assert_rc(jx_tally_grade(tally, jx_pack_index_find(pack, "pass"), "2026-03-01", &g, &err),
		     JX_ENOTFOUND, &err);
	assert_int_equal(jx_pack_group_count(pack, "2026-02-28"), 2);
	assert_int_equal(jx_pack_group_count(pack, "2026-03-01"), 1);
	assert_int_equal(jx_tally_topic(tally, "ant", "2026-02-28"), JX_LEVEL_NONE);
	assert_int_equal(jx_tally_topic(tally, "ant", "2026-03-01"), JX_LEVEL_C);
	/* an edition that ended */
	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "path"), "2025-12-31", &g, &err), &err);
	assert_int_equal(g.level, JX_LEVEL_B);
	jx_assert_rc(jx_tally_grade(tally, jx_pack_index_find(pack, "path"), "2026-01-01", &g, &err),
		     JX_ENOTFOUND, &err);
	jx_assert_says(&err, "path");
}

static void confidence_is_of_the_row_or_its_edition(void **state)
{
	JX_AUTO(jx_pack) pack = load((const char *)grades_json);
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_grade g;

	(void)state;
	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "mean"), "2026-01-01", &g, &err), &err);
	assert_string_equal(g.confidence, "RU");
	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "rate"), "2026-01-01", &g, &err), &err);
	assert_string_equal(g.confidence, "own");
	assert_null(g.edition_note.en);
	jx_assert_ok(jx_tally_grade(tally, jx_pack_index_find(pack, "rate"), "2026-03-01", &g, &err), &err);
	assert_null(g.confidence);
	assert_string_equal(g.edition_note.en, "the new one");
}

static void verdicts_and_quotas_hold_on_their_days(void **state)
{
	JX_AUTO(jx_pack) pack = load((const char *)grades_json);
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_verdict v;
	struct jx_quota q;

	(void)state;
	assert_int_equal(jx_tally_verdict_count(tally, "2026-01-31"), 2);
	assert_int_equal(jx_tally_verdict_count(tally, "2026-06-30"), 3);
	assert_int_equal(jx_tally_verdict_count(tally, "2026-07-01"), 2);
	jx_assert_ok(jx_tally_verdict(tally, 0, "2026-01-31", &v, &err), &err);
	assert_string_equal(v.id, "unit");
	jx_assert_ok(jx_tally_verdict(tally, 1, "2026-07-01", &v, &err), &err);
	assert_string_equal(v.id, "unit");
	assert_int_equal(jx_tally_quota_count(tally, "2026-06-30"), 3);
	assert_int_equal(jx_tally_quota_count(tally, "2026-07-01"), 1);
	jx_assert_ok(jx_tally_quota(tally, 0, "2026-06-30", 1001, &q, &err), &err);
	assert_string_equal(q.id, "rooms.01");
	assert_int_equal(q.effort, 20);
	assert_string_equal(q.confidence, "RU");
	jx_assert_ok(jx_tally_quota(tally, 0, "2026-07-01", INT64_MAX, &q, &err), &err);
	assert_string_equal(q.id, "paths");
	assert_int_equal(q.effort, 700);
	assert_null(q.topic);
}

/* Strict and inclusive conditions of a verdict, and its reasons with the title of the card for a topic. */
static void conditions_are_exact(void **state)
{
	JX_AUTO(jx_pack) pack = load((const char *)grades_json);
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_verdict v;

	(void)state;
	jx_assert_ok(jx_tally_verdict(tally, 0, "2026-02-01", &v, &err), &err);
	assert_int_equal(v.is_met, -1);
	assert_non_null(strstr(v.reason.en, "ants"));
	jx_assert_ok(jx_tally_add(tally, "rate", 0, 1000, &err), &err);
	jx_assert_ok(jx_tally_add(tally, "pass", 95, 100, &err), &err);
	jx_assert_ok(jx_tally_verdict(tally, 0, "2026-02-01", &v, &err), &err);
	assert_int_equal(v.is_met, 0);
	assert_non_null(strstr(v.reason.en, "pass rate: 95.00 (95 of 100)"));
	jx_assert_ok(jx_tally_add(tally, "pass", 96, 100, &err), &err);
	jx_assert_ok(jx_tally_verdict(tally, 0, "2026-02-01", &v, &err), &err);
	assert_int_equal(v.is_met, 1);
	/* 21 rooms are more than the table has, but too many positive rooms of 20 are too many */
	jx_assert_ok(jx_tally_verdict(tally, 1, "2026-02-01", &v, &err), &err);
	assert_int_equal(v.is_met, -1);
	assert_non_null(strstr(v.reason.en, "20"));
}

/* ---- the card ------------------------------------------------------------------------------------------------ */

static void card(const jx_pack *pack, const char *id, const char *day, jx_buf *out)
{
	struct jx_error err = {0};

	jx_buf_reset(out);
	jx_assert_ok(jx_pack_card(pack, id, day, out, &err), &err);
}

static void assert_holds(const jx_buf *text, const char *part)
{
	if (strstr(text->data, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text->data);
}

static void a_card_has_the_limits_of_the_day(void **state)
{
	JX_AUTO(jx_pack) pack = load((const char *)grades_json);
	JX_AUTO_BUF page = {0};
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&page, 1000000);
	assert_int_equal(jx_pack_card_count(pack), 1);
	assert_string_equal(jx_pack_card_at(pack, 0)->id, "ant");
	assert_null(jx_pack_card_at(pack, 1));
	card(pack, "ant", "2026-01-01", &page);
	assert_holds(&page, "ants\nLook at the foot of walls.\n");
	assert_holds(&page, "Limits by old\n");
	assert_holds(&page, "- ant rate: A <= 1, B <= 2.5, C <= 5 %\n  rooms with ants / rooms\n");
	assert_holds(&page, "- ants per room: A < 3, B < 3, C < 8 \n"
			    "  [not verified: recalled with doubt, check it before it is used]\n");
	assert_holds(&page, "- proofing (precondition): pass rate\n");
	assert_holds(&page, "\nunit\n- 1-10: <= 0\n- 11-20: <= 1\n");
	assert_null(strstr(page.data, "risk"));
	card(pack, "ant", "2026-03-01", &page);
	assert_holds(&page, "Limits by new\nthe new one\n");
	assert_null(strstr(page.data, "pass rate"));
	/* a topic without a card of its own */
	card(pack, "tick", "2025-01-01", &page);
	assert_holds(&page, "Limits by ticks\n");
	assert_holds(&page, "- <= 1: low\n- < 9: middle\n- high\n");
	card(pack, "tick", "2026-01-01", &page);
	assert_holds(&page, "no limits for it on 2026-01-01");
	/* a form: what is asked, what is valid, its own limits only, and the card of its topic */
	card(pack, "ant.indoor", "2026-01-01", &page);
	assert_holds(&page, "ants indoors (GB/T 0)\nby day\n");
	assert_holds(&page, "- rooms checked (rooms): 15 m2 are one room\n");
	assert_holds(&page, "- not more than were checked\n");
	assert_holds(&page, "- ant rate: A <= 1");
	assert_null(strstr(page.data, "ants per room"));
	assert_holds(&page, "\nants\nLook at the foot of walls.\n");
	jx_assert_rc(jx_pack_card(pack, "bees", "2026-01-01", &page, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, "bees");
}

static void a_pack_without_grades_has_none(void **state)
{
	static const char text[] =
		"{\"format\": 2, \"id\": \"bare\", \"version\": 1, \"valid_from\": \"2026-01-01\", \"name\": {\"en\": \"bare\"},"
		" \"source\": \"none\", \"languages\": [\"zh\", \"en\"]}";
	JX_AUTO(jx_pack) pack = load(text);
	JX_AUTO(jx_tally) tally = jx_tally_new(pack);
	JX_AUTO(jx_tally) other = jx_tally_new(pack);
	struct jx_error err = {0};
	struct jx_verdict v;
	struct jx_quota q;
	JX_AUTO_BUF page = {0};

	(void)state;
	jx_buf_init(&page, 1000);
	assert_int_equal(jx_pack_index_count(pack), 0);
	assert_int_equal(jx_pack_group_count(pack, "2026-01-01"), 0);
	assert_int_equal(jx_tally_topic(tally, "ant", "2026-01-01"), JX_LEVEL_NONE);
	jx_tally_clear(tally);
	jx_assert_ok(jx_tally_merge(tally, other, &err), &err);
	jx_assert_rc(jx_tally_add(tally, "rate", 0, 1, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_tally_verdict(tally, 0, "2026-01-01", &v, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_tally_quota(tally, 0, "2026-01-01", 1, &q, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_pack_card(pack, "ant", "2026-01-01", &page, &err), JX_ENOTFOUND, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mistake_is_refused_with_its_place),
		cmocka_unit_test(ceilings_hold),
		cmocka_unit_test(limits_are_those_of_the_day),
		cmocka_unit_test(confidence_is_of_the_row_or_its_edition),
		cmocka_unit_test(verdicts_and_quotas_hold_on_their_days),
		cmocka_unit_test(conditions_are_exact),
		cmocka_unit_test(a_card_has_the_limits_of_the_day),
		cmocka_unit_test(a_pack_without_grades_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
