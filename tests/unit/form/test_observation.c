#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packs.h"

#define DAY "2026-09-01"

static jx_pack *pack;

static int load_pack(void **state)
{
	(void)state;
	pack = builtin_pack();
	return 0;
}

static int free_pack(void **state)
{
	(void)state;
	jx_pack_free(pack);
	return 0;
}

/* Write, check what was written, and compare it. */
static void expect_answers(const struct jx_observation *in, const char *answers)
{
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	jx_buf_init(&b, 65536);
	if (jx_form_observation(pack, in, DAY, &b, &err) != JX_OK)
		fail_msg("observation: %s", err.text);
	assert_string_equal(b.data, answers);
	if (jx_form_check(pack, b.data, b.len, DAY, &err) != JX_OK)
		fail_msg("check: %s", err.text);
}

static void expect_refused(const struct jx_observation *in, const char *names, const char *cure)
{
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};

	jx_buf_init(&b, 65536);
	jx_buf_adds(&b, "before");
	assert_int_equal(jx_form_observation(pack, in, DAY, &b, &err), JX_EINVAL);
	assert_string_equal(b.data, "before");
	if (strstr(err.text, names) == NULL || strstr(err.text, cure) == NULL)
		fail_msg("error names neither %s nor %s: %s", names, cure, err.text);
}

static void expect_bad_answers(const char *answers, const char *day, const char *names)
{
	struct jx_error err = {0};

	assert_int_equal(jx_form_check(pack, answers, strlen(answers), day, &err), JX_EINVAL);
	if (strstr(err.text, names) == NULL)
		fail_msg("%s: error does not name %s: %s", answers, names, err.text);
}

static void expect_good_answers(const char *answers)
{
	struct jx_error err = {0};

	if (jx_form_check(pack, answers, strlen(answers), DAY, &err) != JX_OK)
		fail_msg("%s: %s", answers, err.text);
}

static void answers_are_written_as_described(void **state)
{
	(void)state;
	expect_answers(
		&(struct jx_observation){.result = "found", .code = "01.02", .quantity = "2.5", .unit = "m2"},
		"{\"result\":\"found\",\"code\":\"01.02\",\"quantity\":25,\"quantity_exp10\":-1,\"unit\":\"m2\"}");
	expect_answers(
		&(struct jx_observation){.result = "found",
					 .code = "小广告",
					 .quantity = "12.000",
					 .unit = "张",
					 .note = "楼道\n\"三\"楼",
					 .is_self_handled = true,
					 .party = "福兴超市",
					 .unit_responsible = "锦北街道"},
		"{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":12,\"unit\":\"sheet\",\"self_handled\":true,"
		"\"party\":\"福兴超市\",\"unit_responsible\":\"锦北街道\",\"note\":\"楼道\\n\\\"三\\\"楼\"}");
	expect_answers(&(struct jx_observation){.result = "nothing-found"}, "{\"result\":\"nothing-found\"}");
	expect_answers(
		&(struct jx_observation){.result = "no-access", .code = "04", .note = "", .party = "门锁着"},
		"{\"result\":\"no-access\",\"code\":\"04\",\"party\":\"门锁着\"}");
}

static void a_finding_without_quantity_is_one_of_the_first_unit(void **state)
{
	(void)state;
	expect_answers(&(struct jx_observation){.result = "found", .code = "05.03"},
		       "{\"result\":\"found\",\"code\":\"05.03\",\"quantity\":1,\"unit\":\"vehicle\"}");
	expect_answers(&(struct jx_observation){.result = "found", .code = "07.01", .unit = "吨"},
		       "{\"result\":\"found\",\"code\":\"07.01\",\"quantity\":1,\"unit\":\"t\"}");
}

static void quantities_are_exact_and_bounded(void **state)
{
	static const struct {
		const char *typed, *written;
	} good[] = {
		{"1", "\"quantity\":1,"},
		{"0.001", "\"quantity\":1,\"quantity_exp10\":-3,"},
		{"007.50", "\"quantity\":75,\"quantity_exp10\":-1,"},
		{"1000000000", "\"quantity\":1000000000,"},
		{"999999999.999", "\"quantity\":999999999999,\"quantity_exp10\":-3,"},
		{"1000000000.000", "\"quantity\":1000000000,"},
	};
	static const char *const bad[] = {"",
					  "0",
					  "0.000",
					  "-1",
					  "+1",
					  "1e3",
					  " 3",
					  "3 ",
					  "3.",
					  ".5",
					  "1,5",
					  "1.5.2",
					  "0x10",
					  "３",
					  "two",
					  "1.2345",
					  "1000000000.001",
					  "1000000001",
					  "99999999999999999999999999999999999999",
					  "nan",
					  "inf"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct jx_observation in = {
			.result = "found", .code = "07", .quantity = good[i].typed, .unit = "t"};
		JX_AUTO_BUF b = {0};

		jx_buf_init(&b, 65536);
		assert_int_equal(jx_form_observation(pack, &in, DAY, &b, NULL), JX_OK);
		if (strstr(b.data, good[i].written) == NULL)
			fail_msg("%s gives %s", good[i].typed, b.data);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_refused(
			&(struct jx_observation){
				.result = "found", .code = "07", .quantity = bad[i], .unit = "t"},
			"quantity", "");
}

static void what_is_typed_wrong_is_refused_by_name_with_a_cure(void **state)
{
	char long_note[1002] = "", long_party[62] = "";

	(void)state;
	memset(long_note, 'a', sizeof(long_note) - 1);
	memset(long_party, 'a', sizeof(long_party) - 1);
	expect_refused(&(struct jx_observation){.code = "01"}, "result", "nothing-found");
	expect_refused(&(struct jx_observation){.result = "maybe"}, "result", "no-access");
	expect_refused(&(struct jx_observation){.result = "found"}, "code", "jx codes");
	expect_refused(&(struct jx_observation){.result = "found", .code = ""}, "code", "jx codes");
	expect_refused(&(struct jx_observation){.result = "found", .code = "11"}, "code \"11\"", "jx codes");
	expect_refused(&(struct jx_observation){.result = "found", .code = "01.2"}, "code \"01.2\"",
		       "01.02 graffiti");
	expect_refused(&(struct jx_observation){.result = "found", .code = "grafiti"}, "code",
		       "01.02 graffiti");
	expect_refused(&(struct jx_observation){.result = "found", .code = "烧烤"}, "code", "06.04");
	expect_refused(&(struct jx_observation){.result = "found", .code = "\xff\xff"}, "code", "UTF-8");
	expect_refused(&(struct jx_observation){.result = "found", .code = "01.01", .quantity = "3"},
		       "unit is missing", "sheet, place");
	expect_refused(
		&(struct jx_observation){.result = "found", .code = "01.01", .quantity = "3", .unit = "t"},
		"unit \"t\"", "sheet, place");
	expect_refused(
		&(struct jx_observation){.result = "found", .code = "01.02", .quantity = "3", .unit = "斤"},
		"unit", "m2 (square metre), place");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .quantity = "3"}, "quantity",
		       "leave it out");
	expect_refused(&(struct jx_observation){.result = "no-access", .unit = "m2"}, "unit", "leave it out");
	expect_refused(&(struct jx_observation){.result = "no-access", .is_self_handled = true},
		       "self_handled", "leave it");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .note = long_note}, "note",
		       "1000");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .note = "a\rb"}, "note",
		       "control");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .note = "a\x7f"}, "note",
		       "control");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .note = "\xc3("}, "note", "UTF-8");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .party = long_party}, "party",
		       "60");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .party = "a\nb"}, "party",
		       "control");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .unit_responsible = "\t"},
		       "unit_responsible", "");
}

static void notes_reach_a_thousand_characters_in_any_script(void **state)
{
	struct jx_answers_brief brief;
	JX_AUTO_BUF note = {0};
	JX_AUTO_BUF b = {0};
	int i;

	(void)state;
	jx_buf_init(&note, 4096);
	for (i = 0; i < JX_NOTE_CHARS_MAX; i++)
		jx_buf_adds(&note, i % 2 == 0 ? "\xf0\xa0\xae\xb7" : "字");
	jx_buf_init(&b, 65536);
	assert_int_equal(
		jx_form_observation(pack, &(struct jx_observation){.result = "no-access", .note = note.data},
				    DAY, &b, NULL),
		JX_OK);
	assert_int_equal(jx_form_check(pack, b.data, b.len, DAY, NULL), JX_OK);
	assert_int_equal(jx_form_brief(pack, b.data, b.len, &brief, NULL), JX_OK);
	assert_string_equal(brief.note, note.data);
}

static void what_others_wrote_is_checked_by_the_same_rules(void **state)
{
	(void)state;
	expect_bad_answers("{\"result\":\"found\",\"code\":\"小广告\",\"quantity\":1,\"unit\":\"sheet\"}",
			   DAY, "code");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"张\"}", DAY,
			   "unit");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1}", DAY, "unit");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"01.01\",\"unit\":\"sheet\"}", DAY, "quantity");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":0,\"unit\":\"sheet\"}", DAY,
			   "quantity");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":\"1\",\"unit\":\"sheet\"}",
			   DAY, "quantity");
	expect_bad_answers(
		"{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"quantity_exp10\":-4,\"unit\":\"sheet\"}",
		DAY, "quantity_exp10");
	expect_bad_answers(
		"{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"quantity_exp10\":2,\"unit\":\"sheet\"}",
		DAY, "quantity_exp10");
	expect_bad_answers("{\"result\":\"nothing-found\",\"quantity_exp10\":-1}", DAY, "quantity_exp10");
	expect_bad_answers(
		"{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1000000001,\"unit\":\"sheet\"}", DAY,
		"quantity");
	expect_bad_answers("{\"result\":\"found\",\"code\":5,\"quantity\":1,\"unit\":\"sheet\"}", DAY,
			   "code");
	expect_bad_answers("{\"result\":\"nothing-found\",\"self_handled\":1}", DAY, "self_handled");
	expect_bad_answers("{\"result\":\"nothing-found\",\"note\":\"\\u0000\"}", DAY, "");
	expect_bad_answers("{\"code\":\"01\"}", DAY, "result");
	expect_bad_answers("[]", DAY, "object");
	expect_bad_answers("{", DAY, "");
	expect_bad_answers("{\"result\":\"nothing-found\"}", "2026-09-31", "day");
	expect_bad_answers("{\"result\":\"nothing-found\"}", NULL, "day");
	/* what a later pack adds is no error */
	expect_good_answers("{\"result\":\"nothing-found\",\"warned\":{\"by\":\"x\"}}");
	/* 2.50 in another writer's spelling is the same quantity */
	expect_good_answers(
		"{\"result\":\"found\",\"code\":\"01\",\"quantity\":250,\"quantity_exp10\":-2,\"unit\":\"place\"}");
}

static void closed_codes_are_refused_by_date(void **state)
{
	static const char answers[] =
		"{\"result\":\"found\",\"code\":\"B.2\",\"quantity\":1,\"unit\":\"place\"}";
	JX_AUTO(jx_pack) small = NULL;
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(jx_pack_load(small_pack, strlen(small_pack), &small, NULL), JX_OK);
	assert_int_equal(jx_form_check(small, answers, sizeof(answers) - 1, "2026-06-30", &err), JX_OK);
	assert_int_equal(jx_form_check(small, answers, sizeof(answers) - 1, "2026-07-01", &err), JX_EINVAL);
	assert_non_null(strstr(err.text, "code B.2 blocked drain"));
	assert_non_null(strstr(err.text, "2026-07-01"));
	assert_int_equal(jx_form_check(small, answers, sizeof(answers) - 1, "2026-03-31", &err), JX_EINVAL);
}

static void a_brief_gives_back_what_was_said(void **state)
{
	const struct jx_observation in = {.result = "found",
					  .code = "07.02",
					  .quantity = "0.75",
					  .unit = "吨",
					  .note = "建筑垃圾 \"一堆\"",
					  .party = "某工地",
					  .unit_responsible = "城管中队",
					  .is_self_handled = true};
	struct jx_answers_brief brief;
	JX_AUTO_BUF b = {0};

	(void)state;
	jx_buf_init(&b, 65536);
	assert_int_equal(jx_form_observation(pack, &in, DAY, &b, NULL), JX_OK);
	assert_int_equal(jx_form_brief(pack, b.data, b.len, &brief, NULL), JX_OK);
	assert_string_equal(brief.result, "found");
	assert_string_equal(brief.code, "07.02");
	assert_string_equal(brief.name_zh, "积存渣土");
	assert_string_equal(brief.name_en, "rubble and building waste");
	assert_string_equal(brief.group_zh, "乱扔乱倒");
	assert_string_equal(brief.group_en, "dumping of solid waste");
	assert_string_equal(brief.quantity, "0.75");
	assert_string_equal(brief.unit, "t");
	assert_string_equal(brief.note, in.note);
	assert_string_equal(brief.party, in.party);
	assert_string_equal(brief.unit_responsible, in.unit_responsible);
	assert_true(brief.is_self_handled);
}

static void a_brief_shows_what_it_can_of_anything(void **state)
{
	static const char odd[] =
		"{\"result\":\"found-and-then-some-more-text\",\"code\":\"99.99\",\"quantity\":-25,"
		"\"quantity_exp10\":-2,\"unit\":7,\"extra\":[]}";
	struct jx_answers_brief brief, before;
	struct jx_error err = {0};

	(void)state;
	assert_int_equal(jx_form_brief(pack, odd, sizeof(odd) - 1, &brief, NULL), JX_OK);
	assert_string_equal(brief.result, "found-and-then-");
	assert_string_equal(brief.code, "99.99");
	assert_string_equal(brief.name_zh, "");
	assert_string_equal(brief.quantity, "-0.25");
	assert_string_equal(brief.unit, "");
	assert_int_equal(jx_form_brief(NULL, "{\"code\":\"01\"}", 13, &brief, NULL), JX_OK);
	assert_string_equal(brief.code, "01");
	assert_string_equal(brief.group_zh, "");
	before = brief;
	assert_int_equal(jx_form_brief(pack, "[1]", 3, &brief, &err), JX_EINVAL);
	assert_memory_equal(&brief, &before, sizeof(brief));
}

static void measures_are_kept_with_their_limit(void **state)
{
	struct jx_answers_brief brief;
	struct jx_error err = {0};
	const char *answers =
		"{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
		"\"measures\":[\"persuaded\",\"notice\"],\"limit_days\":3,\"party_kind\":\"shop\","
		"\"party\":\"福兴超市\"}";

	(void)state;
	expect_answers(&(struct jx_observation){.result = "found",
						.code = "06.02",
						.measures = " 限期通知 ,persuaded,notice",
						.limit_days = 3,
						.party_kind = "门店",
						.party = "福兴超市"},
		       answers);
	expect_answers(
		&(struct jx_observation){
			.result = "found", .code = "05.01", .measures = "evidence", .party_kind = "vehicle"},
		"{\"result\":\"found\",\"code\":\"05.01\",\"quantity\":1,\"unit\":\"vehicle\","
		"\"measures\":[\"evidence\"],\"party_kind\":\"vehicle\"}");
	expect_answers(&(struct jx_observation){.result = "no-access", .party_kind = "shop"},
		       "{\"result\":\"no-access\",\"party_kind\":\"shop\"}");
	assert_int_equal(jx_form_brief(pack, answers, strlen(answers), &brief, &err), JX_OK);
	assert_string_equal(brief.measures, "persuaded,notice");
	assert_int_equal(brief.limit_days, 3);
	assert_string_equal(brief.party_kind, "shop");
	assert_string_equal(jx_pack_observation_list(pack, "measures"), "measure");
	assert_string_equal(jx_pack_observation_list(pack, "party_kind"), "party-kind");
	assert_null(jx_pack_observation_list(pack, "code"));
}

static void measures_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	expect_refused(&(struct jx_observation){.result = "found", .code = "06.02", .measures = "fined"},
		       "measures \"fined\"", "notice");
	expect_refused(&(struct jx_observation){.result = "found", .code = "06.02", .measures = "notice"},
		       "limit_days", "how many days");
	expect_refused(&(struct jx_observation){.result = "found", .code = "06.02", .limit_days = 3},
		       "limit_days", "leave it out");
	expect_refused(
		&(struct jx_observation){
			.result = "found", .code = "06.02", .measures = "notice", .limit_days = 366},
		"limit_days", "365");
	expect_refused(
		&(struct jx_observation){
			.result = "found", .code = "06.02", .measures = "notice", .limit_days = -1},
		"limit_days", "365");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .measures = "warned"}, "measures",
		       "leave it out");
	expect_refused(&(struct jx_observation){.result = "nothing-found", .limit_days = 2}, "limit_days",
		       "leave it out");
	expect_refused(&(struct jx_observation){.result = "found", .code = "06.02", .party_kind = "dog"},
		       "party_kind \"dog\"", "vehicle");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"measures\":[\"警告\"]}",
			   DAY, "measures");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"measures\":[]}",
			   DAY, "measures");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"measures\":[\"warned\",\"warned\"]}",
			   DAY, "twice");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"measures\":[7]}",
			   DAY, "measures");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"measures\":[\"notice\"],\"limit_days\":\"3\"}",
			   DAY, "limit_days");
	expect_bad_answers("{\"result\":\"found\",\"code\":\"06.02\",\"quantity\":1,\"unit\":\"place\","
			   "\"party_kind\":\"门店\"}",
			   DAY, "party_kind");
}

/* Version 1 knows no measures: what is written with it has none, what it reads it passes over. */
static void an_older_pack_has_none(void **state)
{
	static const char answers[] =
		"{\"result\":\"nothing-found\",\"measures\":[\"x\"],\"limit_days\":0,\"party_kind\":7}";
	JX_AUTO(jx_pack) first = NULL;
	JX_AUTO_BUF b = {0};
	struct jx_error err = {0};
	const char *text;
	size_t len;

	(void)state;
	assert_true(jx_pack_builtin_at(0, &text, &len));
	assert_int_equal(jx_pack_load(text, len, &first, &err), JX_OK);
	assert_int_equal(jx_pack_version(first), 1);
	assert_int_equal(jx_form_check(first, answers, sizeof(answers) - 1, DAY, &err), JX_OK);
	jx_buf_init(&b, 65536);
	assert_int_equal(jx_form_observation(first,
					     &(struct jx_observation){
						     .result = "found", .code = "01", .measures = "warned"},
					     DAY, &b, &err),
			 JX_EINVAL);
	assert_non_null(strstr(err.text, "newer pack"));
	assert_int_equal(jx_form_observation(first,
					     &(struct jx_observation){
						     .result = "found", .code = "01", .party_kind = "shop"},
					     DAY, &b, &err),
			 JX_EINVAL);
	assert_int_equal(b.len, 0);
	assert_null(jx_pack_observation_list(first, "measures"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_written_as_described),
		cmocka_unit_test(a_finding_without_quantity_is_one_of_the_first_unit),
		cmocka_unit_test(quantities_are_exact_and_bounded),
		cmocka_unit_test(what_is_typed_wrong_is_refused_by_name_with_a_cure),
		cmocka_unit_test(notes_reach_a_thousand_characters_in_any_script),
		cmocka_unit_test(what_others_wrote_is_checked_by_the_same_rules),
		cmocka_unit_test(closed_codes_are_refused_by_date),
		cmocka_unit_test(a_brief_gives_back_what_was_said),
		cmocka_unit_test(a_brief_shows_what_it_can_of_anything),
		cmocka_unit_test(measures_are_kept_with_their_limit),
		cmocka_unit_test(measures_that_do_not_fit_are_refused),
		cmocka_unit_test(an_older_pack_has_none),
	};

	return cmocka_run_group_tests(tests, load_pack, free_pack);
}
