/* UTF-8, numbers, hex, base64, base32, ids as text. */
#include <stdlib.h>

#include "jx_test.h"

struct utf8_row {
	const char *text;
	size_t len;
	bool ok;
};

#define ROW(s, ok)                   \
	{                            \
		s, sizeof(s) - 1, ok \
	}
static const struct utf8_row utf8_rows[] = {
	ROW("", true),
	ROW("plain", true),
	ROW("\x7f", true),
	ROW("\xc2\x80", true),
	ROW("\xdf\xbf", true),
	ROW("\xe0\xa0\x80", true),
	ROW("\xed\x9f\xbf", true),
	ROW("\xee\x80\x80", true),
	ROW("\xef\xbf\xbf", true), /* a non-character is a character */
	ROW("\xf0\x90\x80\x80", true),
	ROW("\xf4\x8f\xbf\xbf", true),
	ROW("街巡", true),
	ROW("a\0b", false),
	ROW("\0", false),
	ROW("\x80", false),
	ROW("\xbf", false),
	ROW("\xc0\x80", false),
	ROW("\xc1\xbf", false),
	ROW("\xc2", false),
	ROW("\xc2\x41", false),
	ROW("\xc2\xc2\x80", false),
	ROW("\xe0\x9f\xbf", false),
	ROW("\xe0\x80\x80", false),
	ROW("\xe8\xa1", false),
	ROW("\xe8\xa1\x41", false),
	ROW("\xed\xa0\x80", false),
	ROW("\xed\xbf\xbf", false),
	ROW("\xf0\x8f\xbf\xbf", false),
	ROW("\xf0\x9f\x98", false),
	ROW("\xf4\x90\x80\x80", false),
	ROW("\xf5\x80\x80\x80", false),
	ROW("\xf8\x88\x80\x80\x80", false),
	ROW("\xfe", false),
	ROW("\xff", false),
};

static void utf8_is_judged_by_rfc_3629(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(utf8_rows) / sizeof(utf8_rows[0]); i++) {
		/* In memory of its own size, so that a look beyond the end is seen. */
		char *copy = malloc(utf8_rows[i].len + 1);

		assert_non_null(copy);
		copy = realloc(copy, utf8_rows[i].len > 0 ? utf8_rows[i].len : 1);
		assert_non_null(copy);
		memcpy(copy, utf8_rows[i].text, utf8_rows[i].len);
		if (jx_utf8_ok(copy, utf8_rows[i].len) != utf8_rows[i].ok)
			fail_msg("row %zu", i);
		free(copy);
	}
}

static void every_code_point_but_surrogates_is_valid(void **state)
{
	(void)state;
	for (uint32_t c = 0x800; c <= 0xffff; c++) {
		char s[3] = {(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63))};
		bool surrogate = c >= 0xd800 && c <= 0xdfff;

		if (jx_utf8_ok(s, 3) == surrogate)
			fail_msg("U+%04X", (unsigned)c);
	}
}

static void a_cut_never_splits_a_character(void **state)
{
	const char *s = "a街\xf0\x9f\x98\x80z"; /* 1 + 3 + 4 + 1 bytes */
	const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9};

	(void)state;
	for (size_t len = 0; len <= 9; len++)
		assert_int_equal(jx_utf8_cut(s, len), want[len]);
}

static void a_copy_fits_and_ends_at_a_character(void **state)
{
	char small[6];

	(void)state;
	jx_strcpy(small, sizeof(small), "街巡");
	assert_string_equal(small, "街");
	jx_strcpy(small, sizeof(small), "12345");
	assert_string_equal(small, "12345");
	jx_strcpy(small, sizeof(small), "123456");
	assert_string_equal(small, "12345");
	jx_strcpy(small, 1, "x");
	assert_string_equal(small, "");
	small[0] = 'k';
	jx_strcpy(small, 0, "x");
	assert_int_equal(small[0], 'k');
}

static void whole_numbers_have_one_spelling(void **state)
{
	static const char *const bad[] = {"",
					  "-",
					  "+1",
					  " 1",
					  "1 ",
					  "01",
					  "-0",
					  "-01",
					  "00",
					  "1.0",
					  "1e2",
					  "0x1",
					  "--1",
					  "1-",
					  "１",
					  "9223372036854775808",
					  "-9223372036854775809",
					  "99999999999999999999"};
	int64_t v = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_parse_i64(bad[i], INT64_MIN, INT64_MAX, &v))
			fail_msg("\"%s\" accepted", bad[i]);
	}
	assert_int_equal(v, 42);
	assert_true(jx_parse_i64("0", 0, 0, &v));
	assert_int_equal(v, 0);
	assert_true(jx_parse_i64("9223372036854775807", INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_true(jx_parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MIN);
	assert_true(jx_parse_i64("10", 1, 10, &v));
	assert_false(jx_parse_i64("11", 1, 10, &v));
	assert_false(jx_parse_i64("0", 1, 10, &v));
	assert_int_equal(v, 10);
}

static void hex_goes_both_ways(void **state)
{
	uint8_t bytes[256], back[256];
	char hex[513];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	jx_hex(bytes, sizeof(bytes), hex);
	assert_memory_equal(hex + 2 * 0xab, "abacad", 6);
	assert_true(jx_unhex(hex, 512, back, 256));
	assert_memory_equal(bytes, back, 256);
	assert_true(jx_unhex("AbCdEf", 6, back, 3));
	assert_memory_equal(back, "\xab\xcd\xef", 3);
	assert_true(jx_unhex("", 0, back, 0));
}

static void bad_hex_changes_nothing(void **state)
{
	static const char *const bad[] = {"",    "0",    "012", "0g", "g0", "0x01", " 01",
					  "01 ", "0102", "/0",  ":0", "@0", "G0",   "`0"};
	uint8_t one = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_unhex(bad[i], strlen(bad[i]), &one, 1))
			fail_msg("\"%s\" accepted", bad[i]);
	}
	assert_int_equal(one, 7);
}

static void base64_matches_rfc_4648(void **state)
{
	static const char *const pairs[][2] = {{"", ""},
					       {"f", "Zg=="},
					       {"fo", "Zm8="},
					       {"foo", "Zm9v"},
					       {"foob", "Zm9vYg=="},
					       {"fooba", "Zm9vYmE="},
					       {"foobar", "Zm9vYmFy"}};
	char out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, 64);
		jx_buf_add_base64(&b, pairs[i][0], strlen(pairs[i][0]));
		jx_buf_addc(&b, '|');
		jx_buf_adds(&b, "");
		assert_memory_equal(b.data, pairs[i][1], strlen(pairs[i][1]));
		assert_int_equal(b.len, strlen(pairs[i][1]) + 1);
		assert_true(jx_unbase64(pairs[i][1], strlen(pairs[i][1]), out, sizeof(out), &len));
		assert_int_equal(len, strlen(pairs[i][0]));
		assert_memory_equal(out, pairs[i][0], len);
	}
	assert_true(jx_unbase64("+/+/", 4, out, 3, &len));
	assert_memory_equal(out, "\xfb\xff\xbf", 3);
}

static void bad_base64_is_refused(void **state)
{
	static const char *const bad[] = {
		"Z",    "Zg",   "Zg=",      "Zg===",  "=",     "====",
		"===",  "Zh==", "Zm9=",     "Zm9v\n", "Zm 9v", "Zm9-",
		"Zm9_", "Z=9v", "Zg==Zg==", "Zm9vYg", "Z===",  "Zm9vYmFyZm9vYmFyZm9v",
		"A=A="};
	char out[12] = "untouched";
	size_t len = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_unbase64(bad[i], strlen(bad[i]), out, sizeof(out), &len))
			fail_msg("\"%s\" accepted", bad[i]);
	}
	assert_string_equal(out, "untouched");
	assert_int_equal(len, 99);
}

static void base32_goes_both_ways_and_forgives_typing(void **state)
{
	const uint8_t secret[10] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf};
	uint8_t back[10];
	char text[17];

	(void)state;
	jx_base32(secret, sizeof(secret), text);
	assert_string_equal(text, "0123456789ABCDEF"); /* five-bit groups 0, 1, 2 ... 15 */
	assert_true(jx_unbase32("o i23-4567 89ab-CDef", back, sizeof(back)));
	assert_memory_equal(back, secret, sizeof(secret));
	assert_true(jx_unbase32("0L23456789ABCDEF", back, sizeof(back)));
	assert_memory_equal(back, secret, sizeof(secret));
	jx_base32("\xff", 1, text);
	assert_string_equal(text, "ZW");
	assert_true(jx_unbase32("zw", back, 1));
	assert_int_equal(back[0], 0xff);
}

static void base32_round_trips_every_length(void **state)
{
	struct jx_fake_rand rand;

	(void)state;
	jx_fake_rand_init(&rand, 5);
	for (size_t len = 0; len <= 40; len++) {
		uint8_t bytes[40], back[40];
		char text[65];

		rand.rand.fill(rand.rand.user, bytes, len);
		jx_base32(bytes, len, text);
		assert_int_equal(strlen(text), (8 * len + 4) / 5);
		assert_true(jx_unbase32(text, back, len));
		assert_memory_equal(bytes, back, len);
	}
}

static void bad_base32_changes_nothing(void **state)
{
	static const char *const bad[] = {"",   "Z",   "ZZ",        "ZWU", "ZWW", "ZU",
					  "Z!", "ZW0", "Z\xc3\xbc", "-",   "ZX",  "Z\x01"};
	uint8_t one = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_unbase32(bad[i], &one, 1))
			fail_msg("\"%s\" accepted", bad[i]);
	}
	assert_int_equal(one, 7);
}

static void ids_carry_time_version_and_variant(void **state)
{
	struct jx_fake_clock clock;
	struct jx_fake_rand rand;
	uint8_t id[JX_ID_BYTES], later[JX_ID_BYTES];
	char text[37];

	(void)state;
	jx_fake_clock_init(&clock, INT64_C(0x017f22e279b0)); /* the example of RFC 9562, A.6 */
	jx_fake_rand_init(&rand, 1);
	for (int i = 0; i < 1000; i++) {
		jx_uuid7(&clock.clock, &rand.rand, id);
		assert_memory_equal(id, "\x01\x7f\x22\xe2\x79\xb0", 6);
		assert_int_equal(id[6] >> 4, 7);
		assert_int_equal(id[8] >> 6, 2);
		jx_fake_clock_advance(&clock, 1);
		jx_uuid7(&clock.clock, &rand.rand, later);
		assert_true(memcmp(id, later, JX_ID_BYTES) < 0);
		jx_fake_clock_advance(&clock, -1);
	}
	jx_uuid_format(id, text);
	assert_memory_equal(text, "017f22e2-79b0-7", 15);
	clock.utc_ms = -5;
	jx_uuid7(&clock.clock, &rand.rand, id);
	assert_memory_equal(id, "\0\0\0\0\0\0", 6);
}

static void random_bits_of_ids_all_move(void **state)
{
	struct jx_fake_clock clock;
	struct jx_fake_rand rand;
	uint8_t id[JX_ID_BYTES], any[JX_ID_BYTES] = {0}, all[JX_ID_BYTES];

	(void)state;
	memset(all, 0xff, sizeof(all));
	jx_fake_clock_init(&clock, 0);
	jx_fake_rand_init(&rand, 2);
	for (int i = 0; i < 200; i++) {
		jx_uuid7(&clock.clock, &rand.rand, id);
		for (size_t k = 0; k < JX_ID_BYTES; k++) {
			any[k] |= id[k];
			all[k] &= id[k];
		}
	}
	jx_assert_hex(any, JX_ID_BYTES, "0000000000007fffbfffffffffffffff");
	jx_assert_hex(all, JX_ID_BYTES, "00000000000070008000000000000000");
}

static void id_text_is_strict(void **state)
{
	static const char good[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
	static const char *const bad[] = {"",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
					  "017f22e279b07cc398c4dc0c0c07398f",
					  "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
					  "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
					  "017f22e27-9b0-7cc3-98c4-dc0c0c07398f",
					  "017f22e2-79b0-7cc3-98c4-dc0c-c07398f",
					  "017f22e2 79b0 7cc3 98c4 dc0c0c07398f"};
	uint8_t id[JX_ID_BYTES], same[JX_ID_BYTES];
	char text[37];

	(void)state;
	assert_true(jx_uuid_parse(good, 36, id));
	jx_uuid_format(id, text);
	assert_string_equal(text, good);
	assert_true(jx_uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 36, same));
	assert_memory_equal(id, same, JX_ID_BYTES);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (jx_uuid_parse(bad[i], strlen(bad[i]), same))
			fail_msg("\"%s\" accepted", bad[i]);
	}
	assert_memory_equal(id, same, JX_ID_BYTES);
}

/* Every byte at every place of a text that is plain otherwise. */
static void plain_text_is_printable_ascii_alone(void **state)
{
	char s[20];

	(void)state;
	assert_true(jx_text_is_plain("", 0));
	for (size_t at = 0; at < sizeof(s); at++) {
		for (int c = 0; c < 256; c++) {
			memset(s, 'a', sizeof(s));
			s[at] = (char)c;
			assert_int_equal(jx_text_is_plain(s, sizeof(s)), c >= 0x20 && c < 0x7f);
			assert_true(jx_text_is_plain(s, at));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_printable_ascii_alone),
		cmocka_unit_test(utf8_is_judged_by_rfc_3629),
		cmocka_unit_test(every_code_point_but_surrogates_is_valid),
		cmocka_unit_test(a_cut_never_splits_a_character),
		cmocka_unit_test(a_copy_fits_and_ends_at_a_character),
		cmocka_unit_test(whole_numbers_have_one_spelling),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(bad_hex_changes_nothing),
		cmocka_unit_test(base64_matches_rfc_4648),
		cmocka_unit_test(bad_base64_is_refused),
		cmocka_unit_test(base32_goes_both_ways_and_forgives_typing),
		cmocka_unit_test(base32_round_trips_every_length),
		cmocka_unit_test(bad_base32_changes_nothing),
		cmocka_unit_test(ids_carry_time_version_and_variant),
		cmocka_unit_test(random_bits_of_ids_all_move),
		cmocka_unit_test(id_text_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
