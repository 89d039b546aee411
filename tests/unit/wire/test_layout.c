/* Dictionaries and how messages are laid out for them: any bytes come out as they went in, and nothing that comes in is believed. */
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static void round_trip(const void *data, size_t len, size_t *packed_len_out)
{
	struct jx_error err = {0};
	JX_AUTO_BUF packed, plain;

	jx_buf_init(&packed, len + 65536);
	jx_buf_init(&plain, len);
	jx_assert_ok(jx_wire_compress_with((struct jx_bytes){data, len}, JX_WIRE_DICTIONARY_NEWEST, 6,
					   &packed, &err),
		     &err);
	jx_assert_ok(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, JX_WIRE_DICTIONARY_NEWEST,
				    &plain, &err),
		     &err);
	assert_int_equal(plain.len, len);
	if (len > 0)
		assert_memory_equal(plain.data, data, len);
	if (packed_len_out != NULL)
		*packed_len_out = packed.len;
}

static void text_that_looks_like_what_is_laid_out_comes_back(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"00",
		"007",
		"-7",
		"1.5e10",
		"999999999999999",
		"1000000000000000",
		"99999999999",
		"100000000000",
		"12345678901234567890123456789012345678901234567890",
		"\"0123456789abcdef\"",
		"\"0123456789abcdef0\"",
		"\"0123456789ABCDEF\"",
		"\"0123456789abcde\"",
		"\"0123456789abcdef",
		"\"00000000-0000-0000-0000-000000000000\" \"00000000-0000-0000-0000-000000000000\"",
		"\"ffffffff-ffff-7fff-ffff-ffffffffffff\" 0 281474976710655 0",
		"\"01a05a45-13f9-758e-b6f5-a5096438bd6\"",
		"\"01a05a45-13f9-758e-b6f5-a5096438BD60\"",
		"\"01a05a45-13f9-758e-b6f5-a5096438bd60",
		"\"01a05a45-13f9-758e-b6f5-a5096438bd60/12\"",
		"\"",
		"\"\"",
		"\"\"1",
		"1788220871673 1788220879014 422 1788220870592 1788220871673",
		"\x01",
		"a\x02\"b\x0e",
		"\x17\x18\x19",
		"\t\n\r\x0b\x0c",
		"第7处,约1.5米",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		round_trip(texts[i], strlen(texts[i]), NULL);
	round_trip("\0001\0", 3, NULL);
}

/* Pieces of which messages are made, joined at random: borders fall everywhere. */
static void any_bytes_come_back(void **state)
{
	static const char *const pieces[] = {"\"",
					     "0123456789abcdef",
					     "01a05a45-13f9-758e-b6f5-a5096438bd60",
					     "1788220871673",
					     "12",
					     "0",
					     ":",
					     ",\"n\":",
					     "-",
					     "f",
					     "\xe5\xa4\x84",
					     "\x01",
					     "\x10",
					     "\n"};
	struct jx_fake_rand rand;
	char text[4096];

	(void)state;
	jx_fake_rand_init(&rand, 7);
	for (int round = 0; round < 3000; round++) {
		uint8_t draw[64];
		size_t len = 0;

		rand.rand.fill(&rand, draw, sizeof(draw));
		for (size_t k = 0; k < draw[0] % sizeof(draw); k++) {
			/* a mark ends the laying out, so most texts have none */
			const size_t which = draw[k] % (round % 4 == 0 ? 14u : 11u);

			memcpy(text + len, pieces[which], strlen(pieces[which]));
			len += strlen(pieces[which]);
			if (round % 3 == 0)
				text[len - 1] = (char)(text[len - 1] ^ (draw[k] & 1));
		}
		round_trip(text, len, NULL);
	}
	for (size_t i = 0; i < sizeof(text); i += 32)
		rand.rand.fill(&rand, text + i, 32);
	round_trip(text, sizeof(text), NULL);
}

static void ten_entries_take_less_than_with_zstd_alone(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF text, alone;
	size_t packed_len = 0;

	(void)state;
	jx_buf_init(&text, 65536);
	jx_buf_init(&alone, 65536);
	for (unsigned k = 0; k < 10; k++)
		jx_buf_addf(
			&text,
			"{\"v\":1,\"id\":\"01a05a45-%04x-758e-b6f5-a5096438%04x\",\"writer\":\"01a05a43-ffe8-7c53-9ced-"
			"30e4e4a3c0f4\",\"n\":%u,\"kind\":\"observation\",\"salt\":\"%08x%08x\",\"taken_utc_ms\":%u871673}\n",
			k * 4099 % 65536, k * 40009 % 65536, k + 7, k * 2654435761u, k * 1597334677u,
			1788220u + k);
	round_trip(text.data, text.len, &packed_len);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){text.data, text.len}, 19, &alone, &err), &err);
	assert_true(packed_len < alone.len * 8 / 10);
}

/* What the reader makes of bytes that nobody laid out so. */
static jx_rc take_up(const void *laid, size_t len, size_t max, struct jx_error *err)
{
	JX_AUTO_BUF packed, plain;
	jx_rc rc;

	jx_buf_init(&packed, len + 65536);
	jx_buf_init(&plain, max);
	/* a frame that uses no dictionary can be read with one at hand */
	jx_assert_ok(jx_wire_compress((struct jx_bytes){laid, len}, 1, &packed, err), err);
	rc = jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 1, &plain, err);
	assert_true(plain.len <= max);
	return rc;
}

static void what_was_not_laid_out_so_is_refused(void **state)
{
	static const struct {
		const char *what;
		size_t len;
		const char *laid;
	} rows[] = {
		{"nothing at all", 0, ""},
		{"another way to lie", 1, "\x02"},
		{"no lengths", 1, "\x01"},
		{"half a length", 2, "\x01\x80"},
		{"more numbers than there are bytes", 3, "\x01\x05\x00"},
		{"more bytes than there are", 3, "\x01\x00\x05"},
		{"lengths that wrap", 12, "\x01\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x02"},
		{"a number without one", 4, "\x01\x00\x00\x01"},
		{"half a number", 5, "\x01\x01\x00\x80\x01"},
		{"a number below nought", 5, "\x01\x01\x00\x01\x01"},
		{"a number that is a time", 10, "\x01\x06\x00\x80\xa0\xb7\x87\xe9\x05\x01"},
		{"a time of sixteen digits", 12, "\x01\x08\x00\x80\x80\xb4\xcc\xd4\xdf\xc6\x03\x02"},
		{"a number of ten bytes", 14, "\x01\x0a\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02"},
		{"digits without bytes", 4, "\x01\x00\x00\x05"},
		{"half a hash", 6, "\x01\x00\x02\xff\xff\x06"},
		{"a uuid without its time", 4, "\x01\x00\x00\x0e"},
		{"a uuid that nobody named", 4, "\x01\x00\x00\x10"},
		{"a number too many", 4, "\x01\x01\x00\x02"},
		{"a byte too many", 4, "\x01\x00\x01\xff"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_error err = {0};

		if (take_up(rows[i].laid, rows[i].len, 1000, &err) != JX_EINVAL)
			fail_msg("taken: %s", rows[i].what);
		jx_assert_says(&err, "send it again");
	}
}

/* One byte of text makes 36 or 128: the ceiling holds while they are written. */
static void many_marks_are_a_bomb_too(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF laid;

	(void)state;
	jx_buf_init(&laid, 1 << 20);
	jx_buf_add(&laid,
		   "\x01\x00\x10"
		   "0123456789abcdef"
		   "\x0f",
		   20);
	for (int k = 0; k < 60000; k++)
		jx_buf_addc(&laid, k % 2 == 0 ? 0x10 : 0x08);
	jx_assert_rc(take_up(laid.data, laid.len, 65536, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "compression bomb");
	jx_assert_ok(take_up(laid.data, laid.len, 4 << 20, &err), &err);
}

/* With a dictionary behind it a frame may not be longer than one without. */
static void the_ceiling_holds_with_a_dictionary(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF packed, plain;
	char *zeros = calloc(1, 1 << 20);

	(void)state;
	assert_non_null(zeros);
	jx_buf_init(&packed, 1 << 20);
	jx_buf_init(&plain, (1 << 20) - 1);
	jx_assert_ok(jx_wire_compress_with((struct jx_bytes){zeros, 1 << 20}, 1, 3, &packed, &err), &err);
	free(zeros);
	jx_assert_rc(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 1, &plain, &err), JX_ELIMIT,
		     &err);
	assert_true(plain.len <= plain.max);
}

static void cut_or_bent_messages_are_refused_or_other_bytes(void **state)
{
	struct jx_error err = {0};
	struct jx_signed text;
	JX_AUTO_BUF packed, plain;

	(void)state;
	sample_receipt(&text);
	jx_buf_init(&packed, 65536);
	jx_buf_init(&plain, 65536);
	jx_assert_ok(jx_wire_compress_with((struct jx_bytes){text.text, text.len}, 1, 6, &packed, &err),
		     &err);
	for (size_t len = 0; len < packed.len; len++) {
		jx_buf_reset(&plain);
		jx_assert_rc(jx_wire_expand((struct jx_bytes){packed.data, len}, 1, &plain, &err), JX_EINVAL,
			     &err);
	}
	for (size_t at = 0; at < packed.len * 8; at++) {
		packed.data[at / 8] = (char)(packed.data[at / 8] ^ 1 << at % 8);
		jx_buf_reset(&plain);
		(void)jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 1, &plain, &err);
		assert_true(plain.len <= plain.max);
		packed.data[at / 8] = (char)(packed.data[at / 8] ^ 1 << at % 8);
	}
}

static void a_number_beyond_the_newest_is_another_version(void **state)
{
	static const int numbers[] = {-1, JX_WIRE_DICTIONARY_NEWEST + 1, INT32_MAX};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct jx_error err = {0};
		JX_AUTO_BUF out;

		jx_buf_init(&out, 100);
		jx_assert_rc(jx_wire_compress_with((struct jx_bytes){"x", 1}, numbers[i], 6, &out, &err),
			     JX_EVERSION, &err);
		jx_assert_rc(jx_wire_expand((struct jx_bytes){"x", 1}, numbers[i], &out, &err), JX_EVERSION,
			     &err);
		assert_int_equal(out.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_looks_like_what_is_laid_out_comes_back),
		cmocka_unit_test(any_bytes_come_back),
		cmocka_unit_test(ten_entries_take_less_than_with_zstd_alone),
		cmocka_unit_test(what_was_not_laid_out_so_is_refused),
		cmocka_unit_test(many_marks_are_a_bomb_too),
		cmocka_unit_test(the_ceiling_holds_with_a_dictionary),
		cmocka_unit_test(cut_or_bent_messages_are_refused_or_other_bytes),
		cmocka_unit_test(a_number_beyond_the_newest_is_another_version),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.layout", tests, NULL, NULL);
}
