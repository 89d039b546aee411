/* Tables of a pack: what a cell means, what a CSV file holds, and the canonical form, which never changes. */
#include <stdio.h>
#include <stdlib.h>

#include "jx_test.h"
#include "office_private.h"
#include "tables_private.h"

static void days_as_people_write_them(void **state)
{
	static const struct {
		const char *text, *day; /* NULL: no day */
	} cases[] = {
		{"2026-09-01", "2026-09-01"},
		{"2026/9/1", "2026-09-01"},
		{"2026/09/01", "2026-09-01"},
		{"2026.9.1", "2026-09-01"},
		{"2026年9月1日", "2026-09-01"},
		{"2026-09-01T08:00:00", "2026-09-01"},
		{"2028-02-29", "2028-02-29"},
		{"2026/9/1 0:00", "2026-09-01"},
		{"2026-02-29", NULL},
		{"9/1/2026", NULL},
		{"45658", NULL},
		{"2026-9", NULL},
		{"2026-13-01", NULL},
		{"26-09-01", NULL},
		{"2026/09-01", NULL},
		{"", NULL},
		{"2026-09-011", NULL},
		{"2026年9月1", NULL},
	};
	char day[11];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(jx_office__day(cases[i].text, day), cases[i].day != NULL);
		if (cases[i].day != NULL)
			assert_string_equal(day, cases[i].day);
	}
}

static void whole_numbers_as_spreadsheets_write_them(void **state)
{
	static const struct {
		const char *text;
		int64_t value; /* -1: none */
	} cases[] = {
		{"0", 0},
		{"100", 100},
		{"100.0", 100},
		{"1,000", 1000},
		{"1,000,000", 1000000},
		{"20.5", -1},
		{"", -1},
		{"-1", -1},
		{"1e3", -1},
		{"12 ", -1},
		{",100", -1},
		{"1,00", -1},
		{"99999999999999999999999", -1},
	};
	int64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(jx_office__whole(cases[i].text, &value), cases[i].value >= 0);
		if (cases[i].value >= 0)
			assert_int_equal(value, cases[i].value);
	}
}

static void codes_as_numbers(void **state)
{
	static const struct {
		const char *code, *form;
	} cases[] = {
		{"01.01", "1.01"},
		{"01", "1"},
		{"10", "10"},
		{"00", "0"},
		{"01.10", "1.1"},
		{"01.00", "1"},
		{"8.029999999999999", "8.03"},
		{"a1", NULL},
		{"01.01.01", NULL},
		{"", NULL},
		{"1.", NULL},
		{"02-01", NULL},
		{"0.5", "0.5"},
		{"100.0", "100"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		JX_AUTO_FREE char *form = jx_office__number_form(cases[i].code);

		assert_int_equal(form != NULL, cases[i].form != NULL);
		if (form != NULL)
			assert_string_equal(form, cases[i].form);
	}
}

static void several_values_in_a_cell(void **state)
{
	const char *at = " a ;b；； c d ; ";
	static const char *const want[] = {"a", "b", "c d"};
	struct jx_bytes part;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(jx_office__split(&at, &part));
		assert_int_equal(part.len, strlen(want[i]));
		assert_memory_equal(part.data, want[i], part.len);
	}
	assert_false(jx_office__split(&at, &part));
}

/* Units read from this text; how many mistakes there are. */
static size_t read_units(const char *text, struct jx_office__grid *g)
{
	struct jx_office__mistakes m = {.count = 0};
	size_t count;

	jx_office__grid_init(g, &jx_office__tables[0], "units.csv");
	jx_office__csv_read(g, text, &m);
	count = m.count;
	jx_office__mistakes_done(&m);
	return count;
}

static void csv_of_any_program(void **state)
{
	static const char *const same[] = {
		"unit,name_zh,name_en,aliases\r\nm2,平方米,\"square \"\"metre\"\"\",\"a, b\"\r\n",
		"unit,name_zh,name_en,aliases\nm2,平方米,\"square \"\"metre\"\"\",\"a, b\"",
		"unit;name_zh;name_en;aliases\rm2;平方米;\"square \"\"metre\"\"\";a, b\r",
		"单位 unit\t名称（中文）\t名称（英文） name_en\t别名\t\n'm2\t 平方米　\tsquare \"metre\"\ta, b\t\t\n\t\t\t\n",
		"aliases,name_en,unit,name_zh,more,\n\n,,,\n\"'a, b\",\"square \"\"metre\"\"\",m2,\"\n平方米\n\"\n",
	};
	static const char *const want[] = {"m2", "平方米", "square \"metre\"", "a, b", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct jx_office__grid g;

		assert_int_equal(read_units(same[i], &g), 0);
		assert_int_equal(g.row_count, 1);
		for (size_t c = 0; c < 5; c++)
			assert_string_equal(jx_office__grid_cell(&g, 0, c), want[c]);
		jx_office__grid_done(&g);
	}
}

static void rows_count_as_in_the_spreadsheet(void **state)
{
	struct jx_office__grid g;

	(void)state;
	assert_int_equal(
		read_units("unit,name_zh,name_en,aliases\r\n\r\na,\"two\r\nlines\",,\r\n,,,\r\nb,,,\r\n", &g),
		0);
	assert_int_equal(g.row_count, 2);
	assert_int_equal(g.row_numbers[0], 3);
	assert_int_equal(g.row_numbers[1], 5);
	jx_office__grid_done(&g);
}

static void csv_that_is_wrong(void **state)
{
	static const char *const wrong[] = {
		"",
		"unit,name_zh,name_en\r\n",
		"unit,name_zh,name_en,aliases,colour\r\n",
		"unit,unit,name_zh,name_en,aliases\r\n",
		"unit,name_zh,name_en,aliases\r\na,b,c,d,e\r\n",
		"unit,name_zh,name_en,aliases\r\na,b,\"c,d\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct jx_office__grid g;

		assert_int_equal(read_units(wrong[i], &g), 1);
		jx_office__grid_done(&g);
	}
}

static void encodings(void **state)
{
	static const struct {
		const char *data;
		size_t len;
		const char *text; /* NULL: refused */
	} cases[] = {
		{"\xef\xbb\xbf\xe5\xa4\x84", 6, "处"},
		{"\xe5\xa4\x84", 3, "处"},
		{"\xb4\xa6", 2, "处"},
		{"\xff\xfe\x04\x59", 4, "处"},
		{"\xfe\xff\x59\x04", 4, "处"},
		{"\x81\x39\xee\x39", 4, "㐀"},
		{"", 0, ""},
		{"a\0b", 3, NULL},
		{"\xff\xff\x80", 3, NULL},
		{"\xff\xfe\x00\xd8", 4, NULL},
		{"\xb4", 1, NULL},
	};
	JX_AUTO_BUF b;
	struct jx_error err;

	(void)state;
	jx_buf_init(&b, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jx_rc rc;

		jx_buf_reset(&b);
		rc = jx_office__csv_decode(cases[i].data, cases[i].len, &b, &err);
		assert_int_equal(rc, cases[i].text != NULL ? JX_OK : JX_EINVAL);
		if (cases[i].text != NULL)
			assert_string_equal(b.data != NULL ? b.data : "", cases[i].text);
	}
}

static void what_a_spreadsheet_would_change_is_guarded(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{"01", "'01"},
		{"01.01", "'01.01"},
		{"1", "'1"},
		{"02-01", "'02-01"},
		{"2026-09-01", "'2026-09-01"},
		{"1E5", "'1E5"},
		{"true", "'true"},
		{"Mar-1", "'Mar-1"},
		{"3月5日", "'3月5日"},
		{"=1", "'=1"},
		{"'x", "''x"},
		{"1,000", "\"'1,000\""},
		{"50%", "'50%"},
		{"m2", "m2"},
		{"SEED(D)", "SEED(D)"},
		{"每月5次", "每月5次"},
		{"place; t", "place; t"},
		{"rodent", "rodent"},
		{"1号", "1号"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		JX_AUTO_BUF b;
		JX_AUTO_FREE char *want = jx_xasprintf("\xef\xbb\xbf"
						       "别名 aliases\r\n%s\r\n",
						       cases[i].cell);
		struct jx_office__grid g;

		jx_buf_init(&b, 1000);
		jx_office__grid_init(&g, &jx_office__tables[0], "units.csv");
		g.has_column[3] = true;
		jx_office__grid_set(&g, jx_office__grid_add(&g, 2), 3, cases[i].text, strlen(cases[i].text));
		jx_office__csv_write(&g, &b);
		assert_string_equal(b.data, want);
		jx_office__grid_done(&g);
	}
}

/* Limits are numbers to a spreadsheet, but for those that it would write otherwise. */
static void limits_come_back_as_written(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {{"5", "5"},   {"0.8", "0.8"}, {"1.0", "'1.0"}, {"0.50", "'0.50"},
		     {"10", "10"}, {"0", "0"},     {"05", "'05"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct jx_office__table *t = &jx_office__tables[jx_office__table_find("limits")];
		const size_t column = jx_office__tcolumn_find(t, "at_A");
		JX_AUTO_FREE char *want = jx_xasprintf("\xef\xbb\xbf"
						       "A级限值 at_A\r\n%s\r\n",
						       cases[i].cell);
		JX_AUTO_BUF b;
		struct jx_office__grid g;

		jx_buf_init(&b, 1000);
		jx_office__grid_init(&g, t, "limits.csv");
		g.has_column[column] = true;
		jx_office__grid_set(&g, jx_office__grid_add(&g, 2), column, cases[i].text,
				    strlen(cases[i].text));
		jx_office__csv_write(&g, &b);
		assert_string_equal(b.data, want);
		jx_office__grid_done(&g);
	}
}

static void check_pretty(const char *text, const char *want)
{
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF b;

	jx_buf_init(&b, 10000);
	assert_int_equal(jx_json_parse(text, strlen(text), &jx_json_pack_limits, &doc, NULL), JX_OK);
	jx_office__pretty(&doc, 0, &b);
	assert_string_equal(b.data, want);
}

/* 120 bytes are one line, 121 are not. */
static void canonical_form(void **state)
{
	char text[200], want[200];

	(void)state;
	check_pretty("{\"b\":1,\"a\":[1,2.50,{\"x\":null}], \"e\":{ },\"l\":[ ]}",
		     "{\"b\": 1, \"a\": [1, 2.50, {\"x\": null}], \"e\": {}, \"l\": []}");
	check_pretty("\"\\u5904\\/\\n\"", "\"处/\\n\"");
	memset(text, 'x', sizeof(text));
	text[0] = '[';
	text[1] = '"';
	jx_strcpy(text + 118, 3, "\"]");
	check_pretty(text, text);
	text[118] = 'x';
	jx_strcpy(text + 119, 3, "\"]");
	(void)snprintf(want, sizeof(want), "[\n\t%.*s\n]", 119, text + 1);
	check_pretty(text, want);
}

static bool is_same(const char *a, const char *b, char *place, size_t cap)
{
	JX_AUTO_JSON x = {0}, y = {0};

	assert_int_equal(jx_json_parse(a, strlen(a), &jx_json_pack_limits, &x, NULL), JX_OK);
	assert_int_equal(jx_json_parse(b, strlen(b), &jx_json_pack_limits, &y, NULL), JX_OK);
	return jx_office__same(&x, 0, &y, 0, place, cap);
}

static void what_differs_is_named(void **state)
{
	char place[320];

	(void)state;
	assert_true(is_same("{\"a\":1,\"b\":[{\"c\":\"\\u5904\"}],\"d\":[]}",
			    "{\"b\":[{\"c\":\"处\"}],\"a\":1}", place, sizeof(place)));
	assert_false(
		is_same("{\"a\":[1,{\"b\":[true]}]}", "{\"a\":[1,{\"b\":[false]}]}", place, sizeof(place)));
	assert_string_equal(place, "a[1].b[0]");
	assert_false(is_same("{\"a\":1}", "{\"a\":1,\"b\":2}", place, sizeof(place)));
	assert_string_equal(place, "b");
	assert_false(is_same("{\"a\":[1]}", "{\"a\":[1,2]}", place, sizeof(place)));
	assert_string_equal(place, "a[1]");
	assert_false(is_same("{\"a\":[1]}", "{}", place, sizeof(place)));
	assert_false(is_same("{\"a\":1}", "{\"a\":1.0}", place, sizeof(place)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_as_people_write_them),
		cmocka_unit_test(whole_numbers_as_spreadsheets_write_them),
		cmocka_unit_test(codes_as_numbers),
		cmocka_unit_test(several_values_in_a_cell),
		cmocka_unit_test(csv_of_any_program),
		cmocka_unit_test(rows_count_as_in_the_spreadsheet),
		cmocka_unit_test(csv_that_is_wrong),
		cmocka_unit_test(encodings),
		cmocka_unit_test(what_a_spreadsheet_would_change_is_guarded),
		cmocka_unit_test(limits_come_back_as_written),
		cmocka_unit_test(canonical_form),
		cmocka_unit_test(what_differs_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
