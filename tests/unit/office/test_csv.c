/* Cells, rows and features: what a spreadsheet and a map make of them. */
#include <stdlib.h>

#include "../model/samples.h"
#include "columns.h"
#include "jx_test.h"

static void text_cells_are_quoted_and_guarded(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
		{"", ""},
		{"plain", "plain"},
		{"two words", "two words"},
		{"钱王街 12 号", "钱王街 12 号"},
		{"a,b", "\"a,b\""},
		{"say \"no\"", "\"say \"\"no\"\"\""},
		{"\"", "\"\"\"\""},
		{"two\nlines", "\"two\nlines\""},
		{"two\r\nlines", "\"two\r\nlines\""},
		{"=1+1", "'=1+1"},
		{"+8657112345", "'+8657112345"},
		{"-3", "'-3"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"\tx", "'\tx"},
		{"\rx", "\"'\rx\""},
		{"\nx", "\"'\nx\""},
		{"=1,2", "\"'=1,2\""},
		{"=\"x\"", "\"'=\"\"x\"\"\""},
		{"'quoted'", "''quoted'"},
		{"'=1", "''=1"},
		{"a=1", "a=1"},
		{" =1", " =1"},
		{"2026-09-01", "2026-09-01"},
	};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jx_buf_reset(&b);
		jx_buf_adds(&b, "");
		jx_office__csv_text(&b, cases[i].text);
		assert_string_equal(b.data == NULL ? "" : b.data, cases[i].cell);
	}
}

static void degrees_are_exact(void **state)
{
	static const struct {
		int32_t e7;
		const char *text;
	} cases[] = {
		{0, "0.0000000"},
		{1, "0.0000001"},
		{-1, "-0.0000001"},
		{-5000000, "-0.5000000"},
		{302345678, "30.2345678"},
		{1800000000, "180.0000000"},
		{-1800000000, "-180.0000000"},
	};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 64);
	jx_office__add_decimal(&b, INT64_MIN, 3);
	jx_buf_addc(&b, ' ');
	jx_office__add_decimal(&b, -5, 1);
	jx_buf_addc(&b, ' ');
	jx_office__add_decimal(&b, 0, 0);
	assert_string_equal(b.data, "-9223372036854775.808 -0.5 0");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		jx_buf_reset(&b);
		jx_office__add_e7(&b, cases[i].e7);
		assert_string_equal(b.data, cases[i].text);
	}
}

static void fill(struct jx_office__row *row)
{
	memset(row, 0, sizeof(*row));
	sample_observation(&row->e);
	jx_strcpy(row->number, sizeof(row->number), "H07-1");
	row->marks = "clock,far";
	row->received_utc_ms = INT64_C(1788255750000);
	row->has_id = true;
	jx_strcpy(row->a.result, sizeof(row->a.result), "found");
	jx_strcpy(row->a.code, sizeof(row->a.code), "01.01");
	jx_strcpy(row->a.quantity, sizeof(row->a.quantity), "2.5");
	jx_strcpy(row->a.note, sizeof(row->a.note), "=HYPERLINK(\"x\")");
	row->a.is_self_handled = true;
	row->e.fix.lat_wgs84_e7 = -335000000;
	row->e.fix.lon_wgs84_e7 = -701234500;
}

static void write_row(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	struct jx_office__cells cells;

	jx_office__cells_init(&cells);
	jx_office__cells_fill(&cells, row);
	if (chinese)
		jx_office__cells_translate(&cells, row);
	jx_office__csv_row(b, &cells, chinese);
	jx_office__cells_done(&cells);
}

static void write_feature(jx_buf *b, const struct jx_office__row *row)
{
	struct jx_office__cells cells;

	jx_office__cells_init(&cells);
	jx_office__cells_fill(&cells, row);
	jx_office__geojson_feature(b, &row->e, &cells);
	jx_office__cells_done(&cells);
}

/* Column i of a row without quoted line ends; "" if it is empty. */
static void cell_of(const char *row, const char *name, char *out, size_t cap)
{
	size_t at = 0, n = 0;
	bool is_quoted = false;

	while (at < jx_office__column_count && strcmp(jx_office__columns[at].name, name) != 0)
		at++;
	assert_true(at < jx_office__column_count);
	for (; at > 0; row++) {
		is_quoted ^= *row == '"';
		at -= *row == ',' && !is_quoted ? 1 : 0;
	}
	for (is_quoted = false; *row != '\r' && (*row != ',' || is_quoted); row++) {
		is_quoted ^= *row == '"';
		assert_true(n + 1 < cap);
		out[n++] = *row;
	}
	out[n] = '\0';
}

static void a_row_has_what_the_entry_says(void **state)
{
	static const struct {
		const char *name, *cell;
	} cases[] = {
		{"number", "H07-1"},
		{"kind", "observation"},
		{"marks", "\"clock,far\""},
		{"day", "2026-09-01"},
		{"taken_local", "2026-09-01 17:42:03"},
		{"taken_utc_ms", "1788255723120"},
		{"person", "王芳"},
		{"result", "found"},
		{"quantity", "2.5"},
		{"note", "\"'=HYPERLINK(\"\"x\"\")\""},
		{"self_handled", "yes"},
		{"lat_wgs84", "-33.5000000"},
		{"lon_wgs84", "-70.1234500"},
		{"accuracy_m", "4.200"},
		{"fix_source", "gnss"},
		{"fix_age_s", "0.950"},
		{"fix_stale", "yes"},
		{"photo_count", "2"},
		{"n", "1"},
		{"replaced_by", ""},
	};
	struct jx_office__row row;
	char cell[256];
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	fill(&row);
	write_row(&b, &row, false);
	assert_string_equal(b.data + b.len - 2, "\r\n");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		cell_of(b.data, cases[i].name, cell, sizeof(cell));
		assert_string_equal(cell, cases[i].cell);
	}
}

static void headings_begin_with_a_byte_order_mark(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	jx_office__csv_heading(&b, false);
	assert_int_equal(strncmp(b.data, "\xef\xbb\xbfnumber,kind,", 15), 0);
	jx_buf_reset(&b);
	jx_office__csv_heading(&b, true);
	assert_int_equal(strncmp(b.data, "\xef\xbb\xbf编号,类型,", 17), 0);
}

static void chinese_rows_have_as_many_cells_as_headings(void **state)
{
	struct jx_office__row row;
	size_t cells[2] = {0, 0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	fill(&row);
	row.marks = "";
	row.a.note[0] = '\0';
	for (int i = 0; i < 2; i++) {
		jx_buf_reset(&b);
		if (i == 0)
			jx_office__csv_heading(&b, true);
		else
			write_row(&b, &row, true);
		for (size_t k = 0; k < b.len; k++)
			cells[i] += b.data[k] == ',' ? 1 : 0;
	}
	assert_int_equal(cells[0], cells[1]);
	assert_non_null(strstr(b.data, "登记"));
	assert_non_null(strstr(b.data, "发现"));
}

/* Cells are made once: those that differ for Chinese readers have to say so. */
static void only_words_of_ours_are_made_again(void **state)
{
	struct jx_office__row row;
	size_t translated = 0;
	JX_AUTO_BUF plain;
	JX_AUTO_BUF chinese;

	(void)state;
	jx_buf_init(&plain, 65536);
	jx_buf_init(&chinese, 65536);
	fill(&row);
	row.is_at_once = true;
	for (size_t i = 0; i < jx_office__column_count; i++) {
		const struct jx_office__column *c = &jx_office__columns[i];

		if (c->put == NULL)
			continue;
		jx_buf_reset(&plain);
		jx_buf_reset(&chinese);
		c->put(&plain, &row, false);
		c->put(&chinese, &row, true);
		if (plain.len == chinese.len && memcmp(plain.data, chinese.data, plain.len) == 0)
			continue;
		if (!c->has_words)
			fail_msg("%s differs for Chinese readers", c->name);
		translated++;
	}
	assert_int_equal(translated, 6); /* kind, result, self_handled, fix_source, fix_stale, at_once */
}

/* One cell too long spoils the row, and whoever publishes the file sees it. */
static void a_cell_cut_off_is_no_cell(void **state)
{
	struct jx_office__row row;
	struct jx_office__cells cells;
	JX_AUTO_FREE char *marks = jx_xcalloc(1, 9 * JX_OFFICE__LINE_MAX);
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 1 << 24);
	fill(&row);
	memset(marks, 'm', 9 * JX_OFFICE__LINE_MAX - 1);
	row.marks = marks;
	jx_office__cells_init(&cells);
	jx_office__cells_fill(&cells, &row);
	jx_office__csv_row(&b, &cells, false);
	assert_int_equal(b.rc, JX_ELIMIT);
	jx_buf_reset(&b);
	jx_office__geojson_feature(&b, &row.e, &cells);
	assert_int_equal(b.rc, JX_ELIMIT);
	jx_office__cells_done(&cells);
}

static void a_feature_has_a_point_or_null(void **state)
{
	struct jx_office__row row;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_JSON doc = {0};
	JX_AUTO_JSON empty = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	fill(&row);
	write_feature(&b, &row);
	jx_assert_ok(jx_json_parse(b.data, b.len, &jx_json_pack_limits, &doc, &err), &err);
	assert_non_null(strstr(b.data, "\"coordinates\":[-70.1234500,-33.5000000]"));
	assert_true(jx_json_str_is(&doc, jx_json_get(&doc, jx_json_get(&doc, 0, "properties"), "note"),
				   "=HYPERLINK(\"x\")"));
	row.e.has_place = false;
	jx_buf_reset(&b);
	write_feature(&b, &row);
	jx_assert_ok(jx_json_parse(b.data, b.len, &jx_json_pack_limits, &empty, &err), &err);
	assert_int_equal(jx_json_type_of(&empty, jx_json_get(&empty, 0, "geometry")), JX_JSON_NULL);
	assert_int_equal(jx_json_type_of(&empty, jx_json_get(&empty, jx_json_get(&empty, 0, "properties"),
							     "lat_wgs84")),
			 JX_JSON_NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_cells_are_quoted_and_guarded),
		cmocka_unit_test(degrees_are_exact),
		cmocka_unit_test(a_row_has_what_the_entry_says),
		cmocka_unit_test(headings_begin_with_a_byte_order_mark),
		cmocka_unit_test(chinese_rows_have_as_many_cells_as_headings),
		cmocka_unit_test(only_words_of_ours_are_made_again),
		cmocka_unit_test(a_cell_cut_off_is_no_cell),
		cmocka_unit_test(a_feature_has_a_point_or_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
