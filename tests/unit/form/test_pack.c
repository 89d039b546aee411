#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packs.h"

static jx_pack *load(const char *text)
{
	struct jx_error err = {0};
	jx_pack *pack = NULL;

	if (jx_pack_load(text, strlen(text), &pack, &err) != JX_OK)
		fail_msg("pack: %s", err.text);
	return pack;
}

static void the_small_pack_gives_what_it_holds(void **state)
{
	JX_AUTO(jx_pack) pack = load(small_pack);
	const struct jx_code *c;

	(void)state;
	assert_string_equal(jx_pack_id(pack), "market");
	assert_int_equal(jx_pack_version(pack), 7);
	assert_string_equal(jx_pack_form(pack), "finding");
	assert_string_equal(jx_pack_valid_from(pack), "2026-03-01");
	assert_string_equal(jx_pack_name(pack)->zh, "市场");
	assert_int_equal(jx_pack_code_count(pack), 4);
	assert_string_equal(jx_pack_code_at(pack, 0)->code, "B.1");
	assert_null(jx_pack_code_at(pack, 4));
	c = jx_pack_find(pack, "B");
	assert_null(c->parent);
	assert_string_equal(c->event_code, "01-04");
	assert_string_equal(c->event_confidence, "RU");
	assert_string_equal(c->hint.en, "look twice");
	assert_string_equal(c->valid_from, "2026-04-01");
	assert_null(c->valid_until);
	assert_int_equal(c->unit_count, 2);
	assert_string_equal(c->units[0], "place");
}

static void children_take_over_what_they_do_not_say(void **state)
{
	JX_AUTO(jx_pack) pack = load(small_pack);
	const struct jx_code *own = jx_pack_find(pack, "B.1");
	const struct jx_code *taken = jx_pack_find(pack, "B.2");

	(void)state;
	assert_int_equal(own->unit_count, 1);
	assert_string_equal(own->units[0], "stall");
	assert_int_equal(taken->unit_count, 2);
	assert_string_equal(taken->units[1], "stall");
	assert_string_equal(taken->legal_hook, "R1");
	assert_string_equal(taken->confidence, "SEED");
	assert_null(taken->event_code);
	assert_null(taken->hint.zh);
}

static void names_find_codes_unless_two_have_them(void **state)
{
	JX_AUTO(jx_pack) pack = load(small_pack);

	(void)state;
	assert_string_equal(jx_pack_find(pack, "B.2")->code, "B.2");
	assert_string_equal(jx_pack_find(pack, "下水堵")->code, "B.2");
	assert_string_equal(jx_pack_find(pack, "blocked drain")->code, "B.2");
	assert_null(jx_pack_find(pack, "堵"));
	assert_null(jx_pack_find(pack, "blocked"));
	assert_null(jx_pack_find(pack, ""));
	assert_string_equal(jx_pack_unit(pack, "档")->unit, "stall");
	assert_string_equal(jx_pack_unit(pack, "摊")->unit, "stall");
	assert_string_equal(jx_pack_unit(pack, "stall")->name.en, "摊");
	assert_null(jx_pack_unit(pack, "kg"));
}

static void codes_open_and_close_with_their_parents(void **state)
{
	JX_AUTO(jx_pack) pack = load(small_pack);
	const struct jx_code *parent = jx_pack_find(pack, "B");
	const struct jx_code *child = jx_pack_find(pack, "B.2");

	(void)state;
	assert_false(jx_pack_is_open(pack, parent, "2026-03-31"));
	assert_true(jx_pack_is_open(pack, parent, "2026-04-01"));
	assert_true(jx_pack_is_open(pack, parent, "2031-01-01"));
	assert_false(jx_pack_is_open(pack, child, "2026-03-31"));
	assert_true(jx_pack_is_open(pack, child, "2026-06-30"));
	assert_false(jx_pack_is_open(pack, child, "2026-07-01"));
	assert_true(jx_pack_is_open(pack, jx_pack_find(pack, "C"), "2000-01-01"));
}

static void contradictory_packs_are_refused_with_the_place(void **state)
{
	static const struct {
		const char *from, *to;
		jx_rc rc;
		const char *names;
	} rows[] = {
		{"\"format\": 1", "\"format\": 3", JX_EVERSION, "format 3"},
		{"\"format\": 1", "\"format\": 0", JX_EINVAL, "format"},
		{"\"format\": 1, ", "", JX_EINVAL, "format"},
		{"\"id\": \"market\"", "\"id\": \"mar ket\"", JX_EINVAL, "id"},
		{"\"version\": 7", "\"version\": 0", JX_EINVAL, "version"},
		{"\"version\": 7", "\"version\": \"7\"", JX_EINVAL, "version"},
		{"\"valid_from\": \"2026-03-01\"", "\"valid_from\": \"2026-02-29\"", JX_EINVAL, "valid_from"},
		{"\"valid_from\": \"2026-03-01\", ", "", JX_EINVAL, "valid_from"},
		{"[\"zh\", \"en\"]", "[]", JX_EINVAL, "languages"},
		{"[\"zh\", \"en\"]", "[1]", JX_EINVAL, "languages"},
		{"\"source\": \"the office\", ", "", JX_EINVAL, "source"},
		{"{\"zh\": \"市场\", \"en\": \"markets\"}", "\"markets\"", JX_EINVAL, "name"},
		{"{\"zh\": \"市场\", \"en\": \"markets\"}", "{}", JX_EINVAL, "name"},
		{"\"units\": [\n", "\"unite\": [\n", JX_EINVAL, "units"},
		{"{\"unit\": \"stall\"", "{\"unit\": \"place\"", JX_EINVAL, "units[1].unit"},
		{"{\"unit\": \"stall\"", "{\"unit\": \"a-unit-with-far-too-long-a-name\"", JX_EINVAL,
		 "units[1].unit"},
		{"{\"zh\": \"摊\"}, \"al", "{}, \"al", JX_EINVAL, "units[1].name"},
		{"[\"档\"]", "[5]", JX_EINVAL, "units[1].aliases"},
		{"\"code\": \"B.2\"", "\"code\": \"B.1\"", JX_EINVAL, "codes[2].code"},
		{"\"code\": \"B.2\"", "\"code\": \"B 2\"", JX_EINVAL, "codes[2].code"},
		{"\"code\": \"B.2\", ", "", JX_EINVAL, "codes[2].code"},
		{"\"parent\": \"B\", \"name\": {\"zh\": \"下", "\"parent\": \"D\", \"name\": {\"zh\": \"下",
		 JX_EINVAL, "codes[2].parent"},
		{"{\"code\": \"B\", ", "{\"code\": \"B\", \"parent\": \"B.1\", ", JX_EINVAL, "circle"},
		{"{\"code\": \"C\", ", "{\"code\": \"C\", \"parent\": \"C\", ", JX_EINVAL, "codes[3].parent"},
		{"\"units\": [\"stall\"]}", "\"units\": [\"stalls\"]}", JX_EINVAL, "codes[0].units"},
		{"\"units\": [\"stall\"]}", "\"units\": [\"摊\"]}", JX_EINVAL, "codes[0].units"},
		{"\"units\": [\"stall\"]}", "\"units\": [\"stall\", \"stall\"]}", JX_EINVAL,
		 "codes[0].units"},
		{"\"units\": [\"stall\"]}", "\"units\": []}", JX_EINVAL, "codes[0].units"},
		{"\"units\": [\"stall\"], \"aliases\"", "\"aliases\"", JX_EINVAL, "codes[3].units"},
		{"\"valid_until\": \"2026-06-30\"", "\"valid_until\": \"30.6.2026\"", JX_EINVAL,
		 "codes[2].valid_until"},
		{"\"valid_until\": \"2026-06-30\"",
		 "\"valid_until\": \"2026-06-30\", \"valid_from\": \"2026-07-01\"", JX_EINVAL,
		 "codes[2].valid_until"},
		{"[\"01-04\"]", "[\"0104\"]", JX_EINVAL, "codes[1].event_codes"},
		{"\"legal\": \"R1\"", "\"legal\": \"R\\u0001\"", JX_EINVAL, "codes[1].legal"},
		{"\"legal\": \"R1\"", "\"legal\": 1", JX_EINVAL, "codes[1].legal"},
		{"{\"zh\": \"看清楚\", \"en\": \"look twice\"}", "\"look\"", JX_EINVAL, "codes[1].hint"},
		{"{\"code\": \"C\"", "7, {\"code\": \"C\"", JX_EINVAL, "codes[3]"},
		{"\"observation\"", "\"inspection\"", JX_EINVAL, "forms"},
		{"\"id\": \"finding\"", "\"id\": \"\"", JX_EINVAL, "forms[1].id"},
		{"}\n", "", JX_EINVAL, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_FREE char *text = small_pack_with(rows[i].from, rows[i].to);
		struct jx_error err = {0};
		char mark;
		jx_pack *pack = (jx_pack *)(void *)&mark;
		const jx_rc rc = jx_pack_load(text, strlen(text), &pack, &err);

		if (rc != rows[i].rc || strstr(err.text, rows[i].names) == NULL)
			fail_msg("row %zu: %s does not name %s: %s", i, jx_rc_name(rc), rows[i].names,
				 err.text);
		assert_ptr_equal(pack, &mark);
	}
}

/* ---- the built-in pack -------------------------------------------------------------------------- */

static void the_builtin_pack_holds_all_ten_disorders(void **state)
{
	static const char *const names[] = {"乱贴乱画", "乱泼乱倒", "乱拉乱挂", "乱搭乱建", "乱停乱放",
					    "乱摆乱占", "乱扔乱倒", "乱吐乱扔", "乱穿乱行", "乱养乱种"};
	static const size_t children[] = {6, 3, 5, 5, 5, 8, 7, 5, 6, 5};
	JX_AUTO(jx_pack) pack = builtin_pack();
	size_t found[10] = {0};
	size_t i;

	(void)state;
	assert_string_equal(jx_pack_id(pack), "ten-disorders");
	assert_int_equal(jx_pack_version(pack), 2);
	assert_string_equal(jx_pack_form(pack), "disorder");
	for (i = 0; i < jx_pack_code_count(pack); i++) {
		const struct jx_code *c = jx_pack_code_at(pack, i);
		const size_t number = (size_t)(c->code[0] - '0') * 10 + (size_t)(c->code[1] - '0') - 1;

		assert_true(number < 10);
		if (c->parent == NULL)
			assert_string_equal(c->name.zh, names[number]);
		else
			found[number]++;
		assert_non_null(c->confidence);
		assert_non_null(c->legal_hook);
		assert_string_not_equal(c->name.en, c->name.zh);
		assert_true(c->unit_count > 0);
		if (c->event_code_count > 0)
			assert_non_null(c->event_confidence);
		/* every name leads back to its code: nothing in the pack is ambiguous */
		assert_ptr_equal(jx_pack_find(pack, c->code), c);
		assert_ptr_equal(jx_pack_find(pack, c->name.zh), c);
		assert_ptr_equal(jx_pack_find(pack, c->name.en), c);
	}
	assert_memory_equal(found, children, sizeof(found));
}

static void the_builtin_pack_carries_codes_units_and_law(void **state)
{
	JX_AUTO(jx_pack) pack = builtin_pack();
	const struct jx_code *c = jx_pack_find(pack, "牛皮癣");

	(void)state;
	assert_string_equal(c->code, "01.01");
	assert_string_equal(c->event_code, "02-01");
	assert_string_equal(c->legal_hook, "R17, R34(2), R11, R36(1)");
	assert_string_equal(jx_pack_find(pack, "倚门设摊")->event_code, "05-04");
	assert_string_equal(jx_pack_find(pack, "僵尸车")->event_code, "01-07");
	assert_null(jx_pack_find(pack, "03.01")->event_code);
	assert_int_equal(jx_pack_find(pack, "07")->event_code_count, 8);
	assert_string_equal(jx_pack_find(pack, "01.02")->units[0], "m2");
	assert_string_equal(jx_pack_unit(pack, "平方米")->unit, "m2");
	assert_string_equal(jx_pack_unit(pack, "块")->unit, "piece");
	assert_string_equal(jx_pack_unit(pack, "人次")->unit, "person");
}

static void texts_are_picked_by_the_messages_language(void **state)
{
	const struct jx_text t = {"乱贴乱画", "posting"};
	const struct jx_text none = {NULL, NULL};

	(void)state;
	assert_string_equal(jx_text_pick(&t), "posting"); /* no catalogue is loaded here: English */
	assert_string_equal(jx_text_pick(&none), "");
}

/* Twenty thousand codes in the deepest shape: that it works; what it costs is for the bench. */
static void a_large_pack_loads_and_finds(void **state)
{
	JX_AUTO_BUF b = {0};
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};
	int i;

	(void)state;
	jx_buf_init(&b, 16 * 1024 * 1024);
	jx_buf_adds(
		&b,
		"{\"format\":1,\"id\":\"big\",\"version\":1,\"valid_from\":\"2026-01-01\",\"languages\":[\"zh\"],"
		"\"name\":{\"zh\":\"大\"},\"source\":\"made\",\"units\":[{\"unit\":\"u\",\"name\":{\"zh\":\"个\"}}],"
		"\"forms\":[{\"id\":\"f\",\"entry\":\"observation\"}],\"codes\":[");
	for (i = 0; i < 20000; i++) {
		jx_buf_addf(&b, "%s{\"code\":\"%05d\",\"name\":{\"zh\":\"名%d\",\"en\":\"name %d\"}",
			    i == 0 ? "" : ",", i, i, i);
		if (i < 5)
			jx_buf_adds(&b, ",\"units\":[\"u\"]}");
		else
			jx_buf_addf(&b, ",\"parent\":\"%05d\"}", i / 10);
	}
	jx_buf_adds(&b, "]}");
	assert_int_equal(jx_buf_check(&b, "pack", NULL), JX_OK);
	if (jx_pack_load(b.data, b.len, &pack, &err) != JX_OK)
		fail_msg("%s", err.text);
	assert_int_equal(jx_pack_code_count(pack), 20000);
	assert_string_equal(jx_pack_find(pack, "name 19999")->code, "19999");
	assert_string_equal(jx_pack_find(pack, "19999")->parent, "01999");
	assert_string_equal(jx_pack_find(pack, "19999")->units[0], "u");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_small_pack_gives_what_it_holds),
		cmocka_unit_test(children_take_over_what_they_do_not_say),
		cmocka_unit_test(names_find_codes_unless_two_have_them),
		cmocka_unit_test(codes_open_and_close_with_their_parents),
		cmocka_unit_test(contradictory_packs_are_refused_with_the_place),
		cmocka_unit_test(the_builtin_pack_holds_all_ten_disorders),
		cmocka_unit_test(the_builtin_pack_carries_codes_units_and_law),
		cmocka_unit_test(texts_are_picked_by_the_messages_language),
		cmocka_unit_test(a_large_pack_loads_and_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
