/* Buffers and their ceilings. */
#include <stdlib.h>

#include "jx_test.h"

static void a_ceiling_is_exact_and_sticky(void **state)
{
	JX_AUTO_BUF b;
	struct jx_error err = {0};

	(void)state;
	jx_buf_init(&b, 5);
	jx_buf_adds(&b, "12345");
	jx_assert_ok(jx_buf_check(&b, "note", &err), &err);
	assert_string_equal(b.data, "12345");
	jx_buf_addc(&b, '6');
	jx_assert_rc(jx_buf_check(&b, "note", &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "note");
	jx_assert_says(&err, "5 bytes");
	jx_buf_add(&b, "", 0);
	jx_buf_addf(&b, "%d", 1);
	jx_buf_add_i64(&b, 1);
	jx_buf_add_hex(&b, "a", 1);
	jx_buf_add_json(&b, "a", 1);
	jx_buf_add_base64(&b, "a", 1);
	assert_int_equal(b.len, 5);
	assert_string_equal(b.data, "12345");
	assert_int_equal(b.rc, JX_ELIMIT);
	jx_buf_reset(&b);
	jx_assert_ok(jx_buf_check(&b, "note", &err), &err);
	assert_string_equal(b.data, "");
	jx_buf_adds(&b, "abc");
	assert_string_equal(b.data, "abc");
}

static void nothing_is_half_added(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 10);
	jx_buf_adds(&b, "1234567");
	jx_buf_addf(&b, "%s", "abcd");
	assert_string_equal(b.data, "1234567");
	assert_int_equal(b.rc, JX_ELIMIT);
}

static void half_a_list_never_passes_for_a_whole_one(void **state)
{
	jx_buf list, whole;

	(void)state;
	jx_buf_init(&list, 4);
	jx_buf_init(&whole, 100);
	jx_buf_adds(&list, "[1]");
	jx_buf_adds(&whole, "a");
	jx_buf_add_buf(&whole, &list);
	assert_string_equal(whole.data, "a[1]");
	jx_buf_adds(&list, ",2]");
	jx_buf_add_buf(&whole, &list);
	assert_int_equal(whole.rc, JX_ELIMIT);
	jx_buf_reset(&list);
	jx_buf_add_buf(&whole, &list);
	assert_int_equal(whole.rc, JX_ELIMIT);
	jx_buf_done(&list);
	jx_buf_done(&whole);
}

static void an_empty_buffer_and_a_zero_ceiling_work(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 0);
	assert_null(b.data);
	jx_buf_add(&b, NULL, 0);
	assert_int_equal(b.rc, JX_OK);
	assert_string_equal(b.data, "");
	jx_buf_addc(&b, 'x');
	assert_int_equal(b.rc, JX_ELIMIT);
}

static void it_grows_through_every_size(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 100000);
	for (size_t i = 0; i < 100000; i++) {
		jx_buf_addc(&b, (char)('a' + (char)(i % 26)));
		assert_true(b.cap > b.len);
	}
	assert_int_equal(b.rc, JX_OK);
	assert_int_equal(b.len, 100000);
	assert_int_equal(strlen(b.data), 100000);
	assert_int_equal(b.data[99999], 'a' + 99999 % 26);
	jx_buf_addc(&b, 'x');
	assert_int_equal(b.rc, JX_ELIMIT);
}

static void impossible_sizes_do_not_wrap(void **state)
{
	JX_AUTO_BUF b;
	volatile size_t huge = SIZE_MAX - 3;

	(void)state;
	jx_buf_init(&b, 1000);
	jx_buf_adds(&b, "abcdef");
	jx_buf_add(&b, "x", huge);
	assert_int_equal(b.rc, JX_ELIMIT);
	jx_buf_reset(&b);
	jx_buf_add_hex(&b, "x", SIZE_MAX / 2 + huge % 2 + 1);
	assert_int_equal(b.rc, JX_ELIMIT);
}

static void numbers_are_written_whole(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 200);
	jx_buf_add_i64(&b, 0);
	jx_buf_addc(&b, ' ');
	jx_buf_add_i64(&b, -1);
	jx_buf_addc(&b, ' ');
	jx_buf_add_i64(&b, INT64_MAX);
	jx_buf_addc(&b, ' ');
	jx_buf_add_i64(&b, INT64_MIN);
	jx_buf_addc(&b, ' ');
	jx_buf_add_i64(&b, 1000);
	assert_string_equal(b.data, "0 -1 9223372036854775807 -9223372036854775808 1000");
}

static void hex_and_format_go_behind_each_other(void **state)
{
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 64);
	jx_buf_addf(&b, "%s-%03d:", "n", 7);
	jx_buf_add_hex(&b, "\x00\xff\x1e", 3);
	jx_buf_add_hex(&b, "", 0);
	assert_string_equal(b.data, "n-007:00ff1e");
}

static void json_strings_escape_what_they_must_and_no_more(void **state)
{
	JX_AUTO_BUF b;
	const char text[] = "a\"b\\c/d\b\f\n\r\t\x01\x1f\x7f街";

	(void)state;
	jx_buf_init(&b, 200);
	jx_buf_add_json(&b, text, sizeof(text) - 1);
	jx_buf_add_json(&b, "", 0);
	assert_string_equal(b.data, "\"a\\\"b\\\\c/d\\b\\f\\n\\r\\t\\u0001\\u001f\x7f街\"\"\"");
}

static void every_text_written_is_read_back(void **state)
{
	struct jx_fake_rand rand;

	(void)state;
	jx_fake_rand_init(&rand, 11);
	for (int round = 0; round < 2000; round++) {
		JX_AUTO_BUF b;
		JX_AUTO_JSON doc = {0};
		struct jx_error err = {0};
		char text[64], back[64];
		size_t len = (size_t)jx_fake_rand_below(&rand, sizeof(text));

		for (size_t i = 0; i < len; i++)
			text[i] = (char)(1 + (char)jx_fake_rand_below(&rand, 127));
		jx_buf_init(&b, 1000);
		jx_buf_add_json(&b, text, len);
		jx_assert_ok(jx_json_parse(b.data, b.len, &jx_json_entry_limits, &doc, &err), &err);
		assert_true(jx_json_str(&doc, 0, back, sizeof(back)));
		assert_int_equal(strlen(back), len);
		assert_memory_equal(back, text, len);
	}
}

static void scope_helpers_free_and_steal(void **state)
{
	JX_AUTO_FREE char *a = jx_xstrdup("kept");
	char *stolen;

	(void)state;
	{
		JX_AUTO_FREE char *b = jx_xasprintf("%s %d", "number", 5);
		JX_AUTO_FD int none = -1;

		(void)none;
		assert_string_equal(b, "number 5");
		stolen = JX_STEAL(b);
		assert_null(b);
	}
	assert_string_equal(stolen, "number 5");
	free(stolen);
	stolen = jx_xstrndup(a, 2);
	assert_string_equal(stolen, "ke");
	stolen = jx_xrealloc(stolen, 100);
	assert_string_equal(stolen, "ke");
	free(stolen);
	stolen = jx_xstrndup("ab", 50);
	assert_string_equal(stolen, "ab");
	free(stolen);
	stolen = jx_xcalloc(3, 4);
	assert_memory_equal(stolen, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	free(stolen);
	free(jx_xmalloc(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ceiling_is_exact_and_sticky),
		cmocka_unit_test(nothing_is_half_added),
		cmocka_unit_test(half_a_list_never_passes_for_a_whole_one),
		cmocka_unit_test(an_empty_buffer_and_a_zero_ceiling_work),
		cmocka_unit_test(it_grows_through_every_size),
		cmocka_unit_test(impossible_sizes_do_not_wrap),
		cmocka_unit_test(numbers_are_written_whole),
		cmocka_unit_test(hex_and_format_go_behind_each_other),
		cmocka_unit_test(json_strings_escape_what_they_must_and_no_more),
		cmocka_unit_test(every_text_written_is_read_back),
		cmocka_unit_test(scope_helpers_free_and_steal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
