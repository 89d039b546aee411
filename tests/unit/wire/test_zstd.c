/* Compression: round trips, ceilings, bombs, cut and bent frames. */
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static void round_trip(const void *data, size_t len, int level)
{
	struct jx_error err = {0};
	JX_AUTO_BUF packed, plain;

	jx_buf_init(&packed, len + 65536);
	jx_buf_init(&plain, len);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){data, len}, level, &packed, &err), &err);
	jx_assert_ok(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 0, &plain, &err), &err);
	assert_int_equal(plain.len, len);
	if (len > 0)
		assert_memory_equal(plain.data, data, len);
}

static void what_goes_in_comes_out(void **state)
{
	static const size_t sizes[] = {0, 1, 255, 16383, 16384, 16385, 32768, 1048576};
	char *data = jx_xmalloc(1048576);

	(void)state;
	for (size_t i = 0; i < 1048576; i++)
		data[i] = (char)(i * i >> 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		round_trip(data, sizes[i], 1);
		round_trip(data, sizes[i], 19);
	}
	memset(data, 0, 1048576); /* 1 MiB in 60 bytes: nothing left to read while output goes on */
	round_trip(data, 1048576, 3);
	free(data);
}

static void a_bomb_stops_at_the_ceiling(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF packed, plain;
	const size_t len = (size_t)64 << 20;
	char *data = calloc(1, len);

	(void)state;
	assert_non_null(data);
	jx_buf_init(&packed, 1 << 20);
	jx_buf_init(&plain, JX_WIRE_BATCH_BYTES_MAX);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){data, len}, 1, &packed, &err), &err);
	free(data);
	assert_true(packed.len < 65536);
	/* its window alone is over what we give; and with a small window the ceiling holds */
	assert_int_not_equal(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 0, &plain, &err),
			     JX_OK);
	assert_true(plain.len <= plain.max);
}

/* 100 frames of 64 KiB, each with a small window. */
static void many_small_frames_are_a_bomb_too(void **state)
{
	static char zeros[65536];
	struct jx_error err = {0};
	JX_AUTO_BUF frame, all, plain;

	(void)state;
	jx_buf_init(&frame, 65536);
	jx_buf_init(&all, 1 << 20);
	jx_buf_init(&plain, JX_WIRE_BATCH_BYTES_MAX);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){zeros, sizeof(zeros)}, 3, &frame, &err), &err);
	for (int i = 0; i < 16; i++)
		jx_buf_add(&all, frame.data, frame.len);
	jx_assert_ok(jx_wire_expand((struct jx_bytes){all.data, all.len}, 0, &plain, &err), &err);
	assert_int_equal(plain.len, 1048576);
	jx_buf_reset(&plain);
	jx_buf_add(&all, frame.data, frame.len);
	jx_assert_rc(jx_wire_expand((struct jx_bytes){all.data, all.len}, 0, &plain, &err), JX_ELIMIT, &err);
	jx_assert_says(&err, "compression bomb");
}

static void cut_or_bent_frames_are_refused(void **state)
{
	struct jx_error err = {0};
	struct jx_signed text;
	JX_AUTO_BUF packed, plain;

	(void)state;
	sample_receipt(&text);
	jx_buf_init(&packed, 65536);
	jx_buf_init(&plain, 65536);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){text.text, text.len}, 3, &packed, &err), &err);
	for (size_t len = 0; len < packed.len; len++) {
		jx_buf_reset(&plain);
		jx_assert_rc(jx_wire_expand((struct jx_bytes){packed.data, len}, 0, &plain, &err), JX_EINVAL,
			     &err);
	}
	packed.data[0] ^= 1;
	jx_assert_rc(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, 0, &plain, &err), JX_EINVAL,
		     &err);
}

static void an_unknown_dictionary_is_another_version(void **state)
{
	struct jx_error err = {0};
	JX_AUTO_BUF plain;

	(void)state;
	jx_buf_init(&plain, 100);
	jx_assert_rc(jx_wire_expand((struct jx_bytes){"x", 1}, 7, &plain, &err), JX_EVERSION, &err);
	jx_assert_says(&err, "dictionary 7");
}

/* A message of so many bytes that looks like entries. */
static void fill(jx_buf *b, size_t len)
{
	jx_buf_init(b, len + 200);
	for (int64_t i = 0; b->len < len; i++)
		jx_buf_addf(b,
			    "{\"n\":%lld,\"id\":\"01a20121-6562-7154-b9d0-f754866%05lld\",\"utc_ms\":%lld}\n",
			    (long long)i, (long long)(i % 100000), 1795315295586LL + 60000 * (long long)i);
	b->len = len;
}

/* Ready or read for one message, with a dictionary or without, of any size. */
static void ready_dictionaries_read_the_same(void **state)
{
	static const size_t sizes[] = {0, 1, 10, 199, 4000, 20000, 70000, 300000};
	JX_AUTO(jx_wire_ready) ready = NULL;
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_wire_ready_new(&ready, &err), &err);
	for (size_t k = 0; k < 2 * sizeof(sizes) / sizeof(sizes[0]); k++) {
		const int dictionary = k % 2 == 0 ? JX_WIRE_DICTIONARY_NONE : JX_WIRE_DICTIONARY_NEWEST;
		JX_AUTO_BUF plain = {0};
		JX_AUTO_BUF packed = {0};
		JX_AUTO_BUF out = {0};

		fill(&plain, sizes[k / 2]);
		jx_buf_init(&packed, 1000000);
		jx_buf_init(&out, plain.len);
		jx_assert_ok(jx_wire_compress_with(
				     (struct jx_bytes){plain.data != NULL ? plain.data : "", plain.len},
				     dictionary, 1 + (int)(k % 3), &packed, &err),
			     &err);
		jx_assert_ok(jx_wire_ready_expand(ready, (struct jx_bytes){packed.data, packed.len},
						  dictionary, &out, &err),
			     &err);
		assert_int_equal(out.len, plain.len);
		if (out.len > 0)
			assert_memory_equal(out.data, plain.data, plain.len);
	}
}

static void ready_dictionaries_refuse_what_others_do(void **state)
{
	JX_AUTO(jx_wire_ready) ready = NULL;
	struct jx_error err = {0};
	JX_AUTO_BUF plain = {0};
	JX_AUTO_BUF packed = {0};
	JX_AUTO_BUF out = {0};

	(void)state;
	jx_assert_ok(jx_wire_ready_new(&ready, &err), &err);
	fill(&plain, 100000);
	jx_buf_init(&packed, 1000000);
	jx_assert_ok(jx_wire_compress_with((struct jx_bytes){plain.data, plain.len},
					   JX_WIRE_DICTIONARY_NEWEST, 3, &packed, &err),
		     &err);
	jx_buf_init(&out, plain.len - 1);
	jx_assert_rc(jx_wire_ready_expand(ready, (struct jx_bytes){packed.data, packed.len},
					  JX_WIRE_DICTIONARY_NEWEST, &out, &err),
		     JX_ELIMIT, &err);
	jx_buf_done(&out);
	jx_buf_init(&out, plain.len);
	jx_assert_rc(jx_wire_ready_expand(ready, (struct jx_bytes){packed.data, packed.len - 1},
					  JX_WIRE_DICTIONARY_NEWEST, &out, &err),
		     JX_EINVAL, &err);
	jx_buf_reset(&out);
	jx_assert_rc(jx_wire_ready_expand(ready, (struct jx_bytes){packed.data, packed.len},
					  JX_WIRE_DICTIONARY_NEWEST + 1, &out, &err),
		     JX_EVERSION, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(a_bomb_stops_at_the_ceiling),
		cmocka_unit_test(many_small_frames_are_a_bomb_too),
		cmocka_unit_test(cut_or_bent_frames_are_refused),
		cmocka_unit_test(an_unknown_dictionary_is_another_version),
		cmocka_unit_test(ready_dictionaries_read_the_same),
		cmocka_unit_test(ready_dictionaries_refuse_what_others_do),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.zstd", tests, NULL, NULL);
}
