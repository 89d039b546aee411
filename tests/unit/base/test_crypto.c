/* SHA-256, HMAC and Ed25519 against the published vectors. */
#include <stdlib.h>

#include <sodium.h>

#include "jx_test.h"

/* FIPS 180-4 examples: "", "abc", the 56-byte message, a million times "a". */
static void sha256_gives_the_fips_180_values(void **state)
{
	static const char *const rows[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	uint8_t hash[JX_HASH_BYTES];
	JX_AUTO(jx_sha256_state) s = jx_sha256_new();
	char many[1000];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jx_sha256(rows[i][0], strlen(rows[i][0]), hash);
		jx_assert_hex(hash, sizeof(hash), rows[i][1]);
	}
	memset(many, 'a', sizeof(many));
	for (int i = 0; i < 1000; i++)
		jx_sha256_add(s, many, sizeof(many));
	jx_sha256_end(s, hash);
	jx_assert_hex(hash, sizeof(hash), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void parts_and_streams_equal_the_whole(void **state)
{
	static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t whole[JX_HASH_BYTES], got[JX_HASH_BYTES];

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct jx_bytes parts[3] = {{text, cut}, {NULL, 0}, {text + cut, sizeof(text) - 1 - cut}};
		JX_AUTO(jx_sha256_state) s = jx_sha256_new();

		jx_sha256(text, sizeof(text) - 1, whole);
		jx_sha256_parts(parts, 3, got);
		assert_memory_equal(got, whole, JX_HASH_BYTES);

		jx_sha256_add(s, text, cut);
		jx_sha256_end(s, got); /* asking does not end it */
		jx_sha256(text, cut, whole);
		assert_memory_equal(got, whole, JX_HASH_BYTES);
		jx_sha256_add(s, text + cut, sizeof(text) - 1 - cut);
		jx_sha256_end(s, got);
		jx_sha256(text, sizeof(text) - 1, whole);
		assert_memory_equal(got, whole, JX_HASH_BYTES);
	}
}

struct hmac_row {
	const char *key, *data, *mac;
	size_t key_len, data_len;
	uint8_t key_fill, data_fill; /* instead of text: this byte, repeated */
};

/* RFC 4231, test cases 1-4, 6 and 7 (5 is about a truncated result). */
static const struct hmac_row hmac_rows[] = {
	{.key_fill = 0x0b,
	 .key_len = 20,
	 .data = "Hi There",
	 .mac = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	{.key = "Jefe",
	 .data = "what do ya want for nothing?",
	 .mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	{.key_fill = 0xaa,
	 .key_len = 20,
	 .data_fill = 0xdd,
	 .data_len = 50,
	 .mac = "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
	{.key = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
	 .data_fill = 0xcd,
	 .data_len = 50,
	 .mac = "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
	{.key_fill = 0xaa,
	 .key_len = 131,
	 .data = "Test Using Larger Than Block-Size Key - Hash Key First",
	 .mac = "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	{.key_fill = 0xaa,
	 .key_len = 131,
	 .data = "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
		 "hashed before being used by the HMAC algorithm.",
	 .mac = "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

static void hmac_gives_the_rfc_4231_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hmac_rows) / sizeof(hmac_rows[0]); i++) {
		const struct hmac_row *row = &hmac_rows[i];
		uint8_t key[131], data[200], mac[JX_HASH_BYTES];
		size_t key_len = row->key != NULL ? strlen(row->key) : row->key_len;
		size_t data_len = row->data != NULL ? strlen(row->data) : row->data_len;
		struct jx_bytes parts[2];

		memset(key, row->key_fill, sizeof(key));
		memset(data, row->data_fill, sizeof(data));
		if (row->key != NULL)
			memcpy(key, row->key, key_len);
		if (row->data != NULL)
			memcpy(data, row->data, data_len);
		parts[0] = (struct jx_bytes){data, data_len / 3};
		parts[1] = (struct jx_bytes){data + data_len / 3, data_len - data_len / 3};
		jx_hmac_sha256(key, key_len, parts, 2, mac);
		jx_assert_hex(mac, sizeof(mac), row->mac);
	}
}

static void hmac_takes_an_empty_key_and_no_parts(void **state)
{
	uint8_t mac[JX_HASH_BYTES];

	(void)state;
	jx_hmac_sha256(NULL, 0, NULL, 0, mac);
	jx_assert_hex(mac, sizeof(mac), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

struct ed_row {
	const char *seed, *pub, *message, *sig;
};

/* RFC 8032, section 7.1, TEST 1-3. */
static const struct ed_row ed_rows[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	 "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

/* Our signatures always carry a tag, so the bare algorithm is checked through the key that jx_key_from_seed made. */
static void keys_and_algorithm_are_rfc_8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ed_rows) / sizeof(ed_rows[0]); i++) {
		uint8_t seed[32], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], sig[JX_SIG_BYTES], message[2];
		size_t len = strlen(ed_rows[i].message) / 2;

		assert_true(jx_unhex(ed_rows[i].seed, 64, seed, sizeof(seed)));
		assert_true(jx_unhex(ed_rows[i].message, 2 * len, message, len));
		jx_key_from_seed(seed, pub, sec);
		jx_assert_hex(pub, sizeof(pub), ed_rows[i].pub);
		assert_int_equal(crypto_sign_detached(sig, NULL, message, len, sec), 0);
		jx_assert_hex(sig, sizeof(sig), ed_rows[i].sig);
	}
}

/* jx_sign is Ed25519 over tag || parts and nothing else: any other language can do the same. */
static void a_signature_is_over_tag_and_parts(void **state)
{
	const size_t sizes[] = {0, 1, 104, 495, 496, 497, 5000};
	uint8_t seed[32] = {9}, pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], sig[JX_SIG_BYTES], plain[JX_SIG_BYTES];
	uint8_t message[JX_TAG_BYTES + 5000];

	(void)state;
	jx_key_from_seed(seed, pub, sec);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct jx_bytes parts[3] = {{message + JX_TAG_BYTES, sizes[i] / 2},
					    {NULL, 0},
					    {message + JX_TAG_BYTES + sizes[i] / 2, sizes[i] - sizes[i] / 2}};

		memset(message, 'm', sizeof(message));
		memcpy(message, "jx1.receipt\0\0\0\0\0", JX_TAG_BYTES);
		jx_sign(sec, JX_TAG_RECEIPT, parts, 3, sig);
		assert_int_equal(crypto_sign_detached(plain, NULL, message, JX_TAG_BYTES + sizes[i], sec), 0);
		assert_memory_equal(sig, plain, sizeof(sig));
		assert_true(jx_verify(pub, JX_TAG_RECEIPT, parts, 3, sig));
	}
}

static void a_signature_of_another_kind_does_not_count(void **state)
{
	uint8_t seed[32] = {3}, pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], sig[JX_SIG_BYTES];
	struct jx_bytes part = {"head", 4};

	(void)state;
	jx_key_from_seed(seed, pub, sec);
	for (int a = JX_TAG_ROOT; a <= JX_TAG_PACK; a++) {
		jx_sign(sec, (enum jx_tag)a, &part, 1, sig);
		for (int b = JX_TAG_ROOT; b <= JX_TAG_PACK; b++)
			assert_int_equal(jx_verify(pub, (enum jx_tag)b, &part, 1, sig), a == b);
	}
}

static void any_flipped_bit_breaks_a_signature(void **state)
{
	uint8_t seed[32] = {4}, pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], sig[JX_SIG_BYTES];
	uint8_t message[8] = "message";
	struct jx_bytes part = {message, sizeof(message)};

	(void)state;
	jx_key_from_seed(seed, pub, sec);
	jx_sign(sec, JX_TAG_HEAD, &part, 1, sig);
	assert_true(jx_verify(pub, JX_TAG_HEAD, &part, 1, sig));
	for (size_t bit = 0; bit < 8 * sizeof(sig); bit++) {
		sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(jx_verify(pub, JX_TAG_HEAD, &part, 1, sig));
		sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(message); bit++) {
		message[bit / 8] ^= (uint8_t)(1U << bit % 8);
		assert_false(jx_verify(pub, JX_TAG_HEAD, &part, 1, sig));
		message[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	assert_true(jx_verify(pub, JX_TAG_HEAD, &part, 1, sig));
}

static void tags_are_the_published_sixteen_bytes(void **state)
{
	static const char *const names[] = {"jx1.root",    "jx1.head",       "jx1.sign-in", "jx1.enrol",
					    "jx1.receipt", "jx1.photo-rcpt", "jx1.keys",    "jx1.pack"};

	(void)state;
	for (int i = JX_TAG_ROOT; i <= JX_TAG_PACK; i++) {
		char want[JX_TAG_BYTES] = {0};

		memcpy(want, names[i], strlen(names[i]));
		assert_memory_equal(jx_tag_bytes((enum jx_tag)i), want, JX_TAG_BYTES);
	}
}

static void comparing_and_wiping_do_what_they_say(void **state)
{
	char a[] = "secret", b[] = "secret", zero[sizeof(a)] = {0};

	(void)state;
	assert_true(jx_mem_equal(a, b, sizeof(a)));
	b[5] = 'T';
	assert_false(jx_mem_equal(a, b, sizeof(a)));
	assert_true(jx_mem_equal(a, b, 5));
	assert_true(jx_mem_equal(NULL, NULL, 0));
	jx_wipe(a, sizeof(a));
	assert_memory_equal(a, zero, sizeof(a));
	jx_wipe(NULL, 0);
}

static int start(void **state)
{
	(void)state;
	return jx_crypto_init(NULL) == JX_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_the_fips_180_values),
		cmocka_unit_test(parts_and_streams_equal_the_whole),
		cmocka_unit_test(hmac_gives_the_rfc_4231_values),
		cmocka_unit_test(hmac_takes_an_empty_key_and_no_parts),
		cmocka_unit_test(keys_and_algorithm_are_rfc_8032),
		cmocka_unit_test(a_signature_is_over_tag_and_parts),
		cmocka_unit_test(a_signature_of_another_kind_does_not_count),
		cmocka_unit_test(any_flipped_bit_breaks_a_signature),
		cmocka_unit_test(tags_are_the_published_sixteen_bytes),
		cmocka_unit_test(comparing_and_wiping_do_what_they_say),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
