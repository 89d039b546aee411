/* What a reader gets out of a document: the tape, values, fields, exact bytes. */
#include <stdlib.h>

#include "jx_test.h"

static void must_parse(const char *text, const struct jx_json_limits *limits, jx_json *doc)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_json_parse(text, strlen(text), limits, doc, &err), &err);
}

static void the_tape_tells_type_depth_count_and_span(void **state)
{
	static const char text[] = "{\"a\":[1,{\"b\":null}],\"c\":\"x\\ny\",\"d\":-2.5,\"e\":{}}";
	static const struct {
		enum jx_json_type type;
		unsigned depth, next, count;
		const char *raw;
	} want[] = {
		{JX_JSON_OBJECT, 1, 13, 4, text},
		{JX_JSON_STRING, 2, 2, 0, "\"a\""},
		{JX_JSON_ARRAY, 2, 7, 2, "[1,{\"b\":null}]"},
		{JX_JSON_INT, 3, 4, 0, "1"},
		{JX_JSON_OBJECT, 3, 7, 1, "{\"b\":null}"},
		{JX_JSON_STRING, 4, 6, 0, "\"b\""},
		{JX_JSON_NULL, 4, 7, 0, "null"},
		{JX_JSON_STRING, 2, 8, 0, "\"c\""},
		{JX_JSON_STRING, 2, 9, 0, "\"x\\ny\""},
		{JX_JSON_STRING, 2, 10, 0, "\"d\""},
		{JX_JSON_FLOAT, 2, 11, 0, "-2.5"},
		{JX_JSON_STRING, 2, 12, 0, "\"e\""},
		{JX_JSON_OBJECT, 2, 13, 0, "{}"},
	};
	JX_AUTO_JSON doc = {0};

	(void)state;
	must_parse(text, &jx_json_pack_limits, &doc);
	assert_int_equal(doc.n, sizeof(want) / sizeof(want[0]));
	for (uint32_t i = 0; i < doc.n; i++) {
		struct jx_bytes raw = jx_json_raw(&doc, (int)i);

		assert_int_equal(doc.tok[i].type, want[i].type);
		assert_int_equal(doc.tok[i].depth, want[i].depth);
		assert_int_equal(doc.tok[i].next, want[i].next);
		assert_int_equal(doc.tok[i].count, want[i].count);
		assert_int_equal(doc.tok[i].escaped, i == 8);
		assert_int_equal(raw.len, strlen(want[i].raw));
		assert_memory_equal(raw.data, want[i].raw, raw.len);
	}
}

static void members_and_elements_are_walked_in_order(void **state)
{
	JX_AUTO_JSON doc = {0};
	char name[4] = "";
	int array, n = 0;
	int64_t sum = 0, v;

	(void)state;
	must_parse("{\"a\":[10,[1],20],\"b\":{\"z\":1},\"c\":3}", &jx_json_entry_limits, &doc);
	for (int t = jx_json_first(&doc, 0); t >= 0; t = jx_json_next(&doc, 0, t + 1)) {
		assert_true(jx_json_str(&doc, t, name, sizeof(name)));
		assert_int_equal(name[0], 'a' + n);
		n++;
	}
	assert_int_equal(n, 3);
	array = jx_json_get(&doc, 0, "a");
	n = 0;
	for (int t = jx_json_first(&doc, array); t >= 0; t = jx_json_next(&doc, array, t)) {
		if (jx_json_i64(&doc, t, &v))
			sum += v;
		n++;
	}
	assert_int_equal(n, 3);
	assert_int_equal(sum, 30);
	assert_int_equal(jx_json_first(&doc, jx_json_get(&doc, 0, "c")), -1);
	assert_int_equal(jx_json_get(&doc, 0, "z"), -1); /* not from a deeper object */
	assert_int_equal(jx_json_get(&doc, array, "a"), -1);
	assert_int_equal(jx_json_get(&doc, -1, "a"), -1);
	assert_int_equal(jx_json_first(&doc, -1), -1);
	assert_int_equal(jx_json_first(&doc, 1000), -1);
	assert_int_equal(jx_json_next(&doc, 0, -1), -1);
}

static void values_of_another_type_are_not_given(void **state)
{
	JX_AUTO_JSON doc = {0};
	int64_t v = 5;
	bool flag = true;
	char text[4] = "abc";

	(void)state;
	must_parse("[null,true,7,1.5,\"7\",[],{}]", &jx_json_pack_limits, &doc);
	for (int t = -1; t < 9; t++) {
		assert_int_equal(jx_json_i64(&doc, t, &v), t == 3);
		assert_int_equal(jx_json_bool(&doc, t, &flag), t == 2);
		assert_int_equal(jx_json_str(&doc, t, text, sizeof(text)), t == 5);
		assert_int_equal(jx_json_str_is(&doc, t, "7"), t == 5);
		if (t != 5)
			assert_null(jx_json_strdup(&doc, t));
	}
	assert_int_equal(v, 7);
	assert_string_equal(text, "7");
	assert_int_equal(jx_json_type_of(&doc, -1), JX_JSON_NULL);
	assert_int_equal(jx_json_type_of(&doc, 99), JX_JSON_NULL);
	assert_int_equal(jx_json_type_of(&doc, 6), JX_JSON_ARRAY);
	assert_null(jx_json_raw(&doc, -1).data);
}

static void integers_are_exact_to_the_last(void **state)
{
	static const struct {
		const char *text;
		int64_t v;
	} rows[] = {{"0", 0},
		    {"-1", -1},
		    {"9007199254740992", INT64_C(9007199254740992)},
		    {"-9007199254740992", INT64_C(-9007199254740992)},
		    {"9223372036854775807", INT64_MAX},
		    {"-9223372036854775808", INT64_MIN},
		    {"-0", 0}};
	static const char *const beyond[] = {"9223372036854775808",
					     "-9223372036854775809",
					     "18446744073709551615",
					     "92233720368547758070",
					     "1.0",
					     "1e0"};
	int64_t v = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_JSON doc = {0};

		must_parse(rows[i].text, &jx_json_pack_limits, &doc);
		assert_int_equal(jx_json_type_of(&doc, 0), JX_JSON_INT);
		assert_true(jx_json_i64(&doc, 0, &v));
		assert_true(v == rows[i].v);
	}
	v = 99;
	for (size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++) {
		JX_AUTO_JSON doc = {0};

		must_parse(beyond[i], &jx_json_pack_limits, &doc);
		assert_int_equal(jx_json_type_of(&doc, 0), JX_JSON_FLOAT);
		assert_false(jx_json_i64(&doc, 0, &v));
	}
	assert_int_equal(v, 99);
}

static void text_is_unescaped(void **state)
{
	static const char *const rows[][2] = {
		{"\"\"", ""},
		{"\"plain\"", "plain"},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
		{"\"\\u0041\\u00e9\\u8857\"", "A\xc3\xa9街"},
		{"\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"", "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
		{"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
		{"\"\\ud800\\udc00\\udbff\\udfff\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
		{"\"街\\n巡\"", "街\n巡"},
		{"\"\\\\u0041\"", "\\u0041"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_JSON doc = {0};
		JX_AUTO_FREE char *copy = NULL;
		size_t len = strlen(rows[i][1]);
		char out[64] = "untouched";

		must_parse(rows[i][0], &jx_json_entry_limits, &doc);
		assert_false(jx_json_str(&doc, 0, out, len));
		assert_false(jx_json_str(&doc, 0, out, 0));
		assert_string_equal(out, "untouched");
		assert_true(jx_json_str(&doc, 0, out, len + 1));
		assert_string_equal(out, rows[i][1]);
		copy = jx_json_strdup(&doc, 0);
		assert_string_equal(copy, rows[i][1]);
		assert_true(jx_json_str_is(&doc, 0, rows[i][1]));
		copy[0] = len > 0 ? (char)(copy[0] + 1) : copy[0];
		assert_int_equal(jx_json_str_is(&doc, 0, copy), len == 0);
		jx_strcpy(out, sizeof(out), rows[i][1]);
		out[len] = 'x';
		out[len + 1] = '\0';
		assert_false(jx_json_str_is(&doc, 0, out));
		out[len > 0 ? len - 1 : 0] = '\0';
		assert_int_equal(jx_json_str_is(&doc, 0, out), len == 0);
	}
}

static void names_are_found_however_they_are_written(void **state)
{
	JX_AUTO_JSON doc = {0};
	int64_t v;

	(void)state;
	must_parse("{\"\\u0061b\":1,\"\":2,\"街\":3,\"a\":4}", &jx_json_entry_limits, &doc);
	assert_true(jx_json_i64(&doc, jx_json_get(&doc, 0, "ab"), &v) && v == 1);
	assert_true(jx_json_i64(&doc, jx_json_get(&doc, 0, ""), &v) && v == 2);
	assert_true(jx_json_i64(&doc, jx_json_get(&doc, 0, "街"), &v) && v == 3);
	assert_true(jx_json_i64(&doc, jx_json_get(&doc, 0, "a"), &v) && v == 4);
	assert_int_equal(jx_json_get(&doc, 0, "b"), -1);
}

static void fields_are_named_when_they_are_wrong(void **state)
{
	JX_AUTO_JSON doc = {0};
	struct jx_error err = {0};
	int64_t v = 77;
	char text[4] = "old";
	uint8_t bytes[3] = {1, 2, 3}, id[JX_ID_BYTES] = {0};

	(void)state;
	must_parse("{\"n\":12,\"f\":1.5,\"s\":\"abcd\",\"h\":\"0aFf10\",\"g\":\"0aff1g\",\"b\":true,"
		   "\"id\":\"017f22e2-79b0-7cc3-98c4-dc0c0c07398f\"}",
		   &jx_json_pack_limits, &doc);

	jx_assert_rc(jx_json_need_i64(&doc, 0, "q", 0, 9, &v, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"q\" is missing");
	jx_assert_rc(jx_json_need_i64(&doc, 0, "f", 0, 9, &v, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"f\" is not a whole number");
	jx_assert_rc(jx_json_need_i64(&doc, 0, "n", 0, 11, &v, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"n\" is 12; it must be from 0 to 11");
	jx_assert_rc(jx_json_need_i64(&doc, 0, "n", 13, 20, &v, &err), JX_EINVAL, &err);
	assert_int_equal(v, 77);
	jx_assert_ok(jx_json_need_i64(&doc, 0, "n", 12, 12, &v, &err), &err);
	assert_int_equal(v, 12);

	jx_assert_rc(jx_json_need_str(&doc, 0, "q", text, sizeof(text), &err), JX_EINVAL, &err);
	jx_assert_rc(jx_json_need_str(&doc, 0, "n", text, sizeof(text), &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"n\" is not a text");
	jx_assert_rc(jx_json_need_str(&doc, 0, "s", text, sizeof(text), &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"s\" is longer than 3 bytes");
	assert_string_equal(text, "old");

	jx_assert_rc(jx_json_need_hex(&doc, 0, "g", bytes, 3, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"g\" is not 6 hex digits");
	jx_assert_rc(jx_json_need_hex(&doc, 0, "h", bytes, 2, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_json_need_hex(&doc, 0, "b", bytes, 3, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_json_need_hex(&doc, 0, "q", bytes, 3, &err), JX_EINVAL, &err);
	jx_assert_hex(bytes, 3, "010203");
	jx_assert_ok(jx_json_need_hex(&doc, 0, "h", bytes, 3, &err), &err);
	jx_assert_hex(bytes, 3, "0aff10");

	jx_assert_rc(jx_json_need_uuid(&doc, 0, "h", id, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "\"h\" is not an id");
	jx_assert_rc(jx_json_need_uuid(&doc, 0, "q", id, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_json_need_uuid(&doc, 0, "id", id, &err), &err);
	jx_assert_hex(id, JX_ID_BYTES, "017f22e279b07cc398c4dc0c0c07398f");
	jx_assert_rc(jx_json_need_i64(&doc, -1, "n", 0, 99, &v, &err), JX_EINVAL, &err);
}

static void a_refused_text_leaves_the_document_alone(void **state)
{
	jx_json doc = {.text = "mine", .len = 4};

	(void)state;
	assert_int_equal(jx_json_parse("[1,2,", 5, &jx_json_pack_limits, &doc, NULL), JX_EINVAL);
	assert_string_equal(doc.text, "mine");
	assert_null(doc.tok);
	jx_json_done(&doc);
	jx_json_done(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tape_tells_type_depth_count_and_span),
		cmocka_unit_test(members_and_elements_are_walked_in_order),
		cmocka_unit_test(values_of_another_type_are_not_given),
		cmocka_unit_test(integers_are_exact_to_the_last),
		cmocka_unit_test(text_is_unescaped),
		cmocka_unit_test(names_are_found_however_they_are_written),
		cmocka_unit_test(fields_are_named_when_they_are_wrong),
		cmocka_unit_test(a_refused_text_leaves_the_document_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
