#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

#define LENGTH 5

/* One writer's log, as a device makes it. */
struct chain {
	uint8_t writer[JX_ID_BYTES], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	jx_buf bytes[LENGTH + 1];
	uint8_t digest[LENGTH + 1][JX_HASH_BYTES], head[LENGTH + 1][JX_HASH_BYTES],
		sig[LENGTH + 1][JX_SIG_BYTES];
};

static void make_chain(struct chain *c, uint64_t id, int key)
{
	int64_t n;

	memset(c, 0, sizeof(*c));
	sample_id(2, id, c->writer);
	sample_key(key, c->pub, c->sec);
	jx_chain_root(c->writer, c->pub, c->head[0]);
	for (n = 1; n <= LENGTH; n++) {
		struct jx_entry e;

		sample_observation(&e);
		memcpy(e.writer, c->writer, JX_ID_BYTES);
		sample_id(1, 100 * id + (uint64_t)n, e.id);
		e.n = n;
		jx_buf_init(&c->bytes[n], JX_ENTRY_BYTES_MAX);
		assert_int_equal(jx_entry_encode(&e, &c->bytes[n], NULL), JX_OK);
		jx_sha256(c->bytes[n].data, c->bytes[n].len, c->digest[n]);
		jx_chain_next(c->writer, n, c->head[n - 1], c->digest[n], c->head[n]);
		jx_chain_sign(c->sec, c->head[n], c->sig[n]);
	}
}

static void free_chain(struct chain *c)
{
	size_t n;

	for (n = 1; n <= LENGTH; n++)
		jx_buf_done(&c->bytes[n]);
}

static struct chain a, b;

static int make_chains(void **state)
{
	(void)state;
	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	make_chain(&a, 1, 0);
	make_chain(&b, 2, 1);
	return 0;
}

static int free_chains(void **state)
{
	(void)state;
	free_chain(&a);
	free_chain(&b);
	return 0;
}

/* Walk a's chain up to n. */
static struct jx_chain_walk walk_to(int64_t n)
{
	struct jx_chain_walk w;
	int64_t i;

	jx_chain_walk_init(&w, a.writer, a.pub);
	for (i = 1; i <= n; i++)
		assert_int_equal(
			jx_chain_walk_add(&w, a.bytes[i].data, a.bytes[i].len, a.digest[i], a.sig[i], NULL),
			JX_OK);
	return w;
}

static void expect_corrupt(const struct jx_chain_walk *before, const char *bytes, size_t len,
			   const uint8_t *digest, const uint8_t *sig, const char *says)
{
	struct jx_chain_walk w = *before;
	struct jx_error err = {0};
	char writer[37];

	jx_uuid_format(before->writer, writer);
	assert_int_equal(jx_chain_walk_add(&w, bytes, len, digest, sig, &err), JX_ECORRUPT);
	if (strstr(err.text, says) == NULL || strstr(err.text, writer) == NULL)
		fail_msg("error does not say %s: %s", says, err.text);
	assert_memory_equal(&w, before, sizeof(w));
}

static void a_good_chain_walks_to_its_end(void **state)
{
	const struct jx_chain_walk w = walk_to(LENGTH);

	(void)state;
	assert_int_equal(w.n, LENGTH);
	assert_memory_equal(w.head, a.head[LENGTH], JX_HASH_BYTES);
}

static void one_stored_signature_vouches_for_all_before_it(void **state)
{
	struct jx_chain_walk w;
	int64_t n;

	(void)state;
	jx_chain_walk_init(&w, a.writer, a.pub);
	for (n = 1; n <= LENGTH; n++)
		assert_int_equal(jx_chain_walk_add(&w, a.bytes[n].data, a.bytes[n].len, NULL,
						   n == LENGTH ? a.sig[n] : NULL, NULL),
				 JX_OK);
}

static void erased_bytes_leave_a_chain_that_verifies(void **state)
{
	struct jx_chain_walk w = walk_to(2);

	(void)state;
	assert_int_equal(jx_chain_walk_add(&w, NULL, 0, a.digest[3], a.sig[3], NULL), JX_OK);
	assert_int_equal(jx_chain_walk_add(&w, a.bytes[4].data, a.bytes[4].len, NULL, a.sig[4], NULL), JX_OK);
	assert_int_equal(w.n, 4);
}

static void every_changed_byte_is_caught(void **state)
{
	const struct jx_chain_walk w = walk_to(2);
	JX_AUTO_FREE char *copy = jx_xstrndup(a.bytes[3].data, a.bytes[3].len);
	size_t i;

	(void)state;
	for (i = 0; i < a.bytes[3].len; i++) {
		copy[i] = (char)(copy[i] ^ 1);
		expect_corrupt(&w, copy, a.bytes[3].len, NULL, a.sig[3], "entry 3");
		expect_corrupt(&w, copy, a.bytes[3].len, a.digest[3], NULL, "entry 3");
		copy[i] = (char)(copy[i] ^ 1);
	}
	expect_corrupt(&w, copy, a.bytes[3].len - 1, a.digest[3], NULL, "no entry");
}

static void removed_swapped_and_foreign_entries_are_caught(void **state)
{
	const struct jx_chain_walk w = walk_to(2);
	uint8_t bad[JX_SIG_BYTES];

	(void)state;
	expect_corrupt(&w, a.bytes[4].data, a.bytes[4].len, NULL, a.sig[4], "another number");
	expect_corrupt(&w, a.bytes[2].data, a.bytes[2].len, NULL, a.sig[2], "another number");
	expect_corrupt(&w, b.bytes[3].data, b.bytes[3].len, NULL, b.sig[3], "another writer");
	expect_corrupt(&w, a.bytes[3].data, a.bytes[3].len, a.digest[4], NULL, "digest");
	expect_corrupt(&w, a.bytes[3].data, a.bytes[3].len, NULL, a.sig[4], "signature");
	expect_corrupt(&w, a.bytes[3].data, a.bytes[3].len, NULL, b.sig[3], "signature");
	expect_corrupt(&w, NULL, 0, a.digest[4], a.sig[3], "signature");
	expect_corrupt(&w, NULL, 0, NULL, NULL, "neither");
	memcpy(bad, a.sig[3], sizeof(bad));
	bad[63] ^= 0x10;
	expect_corrupt(&w, a.bytes[3].data, a.bytes[3].len, NULL, bad, "signature");
}

static void heads_depend_on_writer_key_number_and_order(void **state)
{
	uint8_t one[JX_HASH_BYTES], two[JX_HASH_BYTES];

	(void)state;
	jx_chain_root(a.writer, a.pub, one);
	jx_chain_root(b.writer, a.pub, two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
	jx_chain_root(a.writer, b.pub, two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
	jx_chain_next(a.writer, 1, a.head[0], a.digest[1], one);
	jx_chain_next(a.writer, 2, a.head[0], a.digest[1], two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
	jx_chain_next(a.writer, 1, a.digest[1], a.head[0], two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
	/* in place */
	memcpy(two, a.head[0], JX_HASH_BYTES);
	jx_chain_next(a.writer, 1, two, a.digest[1], two);
	assert_memory_equal(one, two, JX_HASH_BYTES);
	assert_true(jx_chain_verify(a.pub, a.head[1], a.sig[1]));
	assert_false(jx_chain_verify(b.pub, a.head[1], a.sig[1]));
}

static void receipts_must_fit_the_chain(void **state)
{
	const struct jx_chain_walk w = walk_to(3);
	struct jx_receipt r = {.n = 3};
	struct jx_error err = {0};

	(void)state;
	memcpy(r.writer, a.writer, JX_ID_BYTES);
	memcpy(r.head, a.head[3], JX_HASH_BYTES);
	assert_int_equal(jx_chain_walk_receipt(&w, &r, &err), JX_OK);
	r.n = 2;
	assert_int_equal(jx_chain_walk_receipt(&w, &r, &err), JX_ECORRUPT);
	r.n = 3;
	r.head[0] ^= 1;
	assert_int_equal(jx_chain_walk_receipt(&w, &r, &err), JX_ECORRUPT);
	r.head[0] ^= 1;
	r.writer[0] ^= 1;
	assert_int_equal(jx_chain_walk_receipt(&w, &r, &err), JX_ECORRUPT);
}

static void entries_of_newer_versions_are_links_too(void **state)
{
	static const char newer[] =
		"{\"v\":7,\"id\":\"01000000-0001-7000-8000-000000000009\",\"writer\":"
		"\"01000000-0002-7000-8000-000000000001\",\"n\":3,\"kind\":\"x\",\"taken_utc_ms\":1}";
	struct jx_chain_walk w = walk_to(2);

	(void)state;
	assert_int_equal(jx_chain_walk_add(&w, newer, sizeof(newer) - 1, NULL, NULL, NULL), JX_OK);
	assert_int_equal(w.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_chain_walks_to_its_end),
		cmocka_unit_test(one_stored_signature_vouches_for_all_before_it),
		cmocka_unit_test(erased_bytes_leave_a_chain_that_verifies),
		cmocka_unit_test(every_changed_byte_is_caught),
		cmocka_unit_test(removed_swapped_and_foreign_entries_are_caught),
		cmocka_unit_test(heads_depend_on_writer_key_number_and_order),
		cmocka_unit_test(receipts_must_fit_the_chain),
		cmocka_unit_test(entries_of_newer_versions_are_links_too),
	};

	return cmocka_run_group_tests(tests, make_chains, free_chains);
}
