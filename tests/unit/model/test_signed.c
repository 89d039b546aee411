#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "samples.h"

static uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], other_pub[JX_PUB_BYTES], other_sec[JX_SEC_BYTES];

static int make_keys(void **state)
{
	(void)state;
	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	sample_key(0, pub, sec);
	sample_key(1, other_pub, other_sec);
	return 0;
}

static struct jx_receipt sample_receipt(void)
{
	struct jx_receipt r = {.n = 41, .server_utc_ms = INT64_C(1788270000123), .safe_until_n = 30};

	sample_id(5, 1, r.epoch);
	sample_id(2, 1, r.writer);
	memset(r.head, 0x77, sizeof(r.head));
	return r;
}

/* Sign any text as a receipt, so that what a server of the future may say can be tried. */
static struct jx_signed sign_text(enum jx_tag tag, const char *text)
{
	struct jx_signed s;
	struct jx_bytes part = {s.text, strlen(text)};

	memset(&s, 0, sizeof(s));
	s.len = strlen(text);
	assert_true(s.len <= sizeof(s.text));
	memcpy(s.text, text, s.len);
	jx_sign(sec, tag, &part, 1, s.sig);
	return s;
}

static void a_receipt_comes_back_whole(void **state)
{
	const struct jx_receipt r = sample_receipt();
	struct jx_receipt back;
	struct jx_signed s;
	uint8_t key_id[8];

	(void)state;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	s.text[s.len] = '\0';
	assert_non_null(strstr(s.text, "\"n\":41,"));
	assert_null(strstr(s.text, "fork"));
	assert_int_equal(jx_receipt_open(&s, pub, &back, NULL), JX_OK);
	jx_key_id(pub, key_id);
	assert_memory_equal(back.key_id, key_id, sizeof(key_id));
	assert_memory_equal(back.epoch, r.epoch, JX_ID_BYTES);
	assert_memory_equal(back.writer, r.writer, JX_ID_BYTES);
	assert_memory_equal(back.head, r.head, JX_HASH_BYTES);
	assert_int_equal(back.n, 41);
	assert_int_equal(back.server_utc_ms, r.server_utc_ms);
	assert_int_equal(back.safe_until_n, 30);
	assert_false(back.is_fork);
}

static void a_fork_receipt_says_so(void **state)
{
	struct jx_receipt r = sample_receipt();
	struct jx_receipt back;
	struct jx_signed s;

	(void)state;
	r.is_fork = true;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	assert_int_equal(jx_receipt_open(&s, pub, &back, NULL), JX_OK);
	assert_true(back.is_fork);
}

static void every_changed_byte_of_text_or_signature_is_refused(void **state)
{
	const struct jx_receipt r = sample_receipt();
	struct jx_receipt back, before;
	struct jx_signed s;
	struct jx_error err = {0};
	size_t i;

	(void)state;
	memset(&back, 0x5a, sizeof(back));
	before = back;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	for (i = 0; i < s.len; i++) {
		s.text[i] = (char)(s.text[i] ^ 1);
		assert_int_equal(jx_receipt_open(&s, pub, &back, &err), JX_EAUTH);
		s.text[i] = (char)(s.text[i] ^ 1);
	}
	for (i = 0; i < sizeof(s.sig); i++) {
		s.sig[i] ^= 1;
		assert_int_equal(jx_receipt_open(&s, pub, &back, &err), JX_EAUTH);
		s.sig[i] ^= 1;
	}
	assert_int_equal(jx_receipt_open(&s, other_pub, &back, &err), JX_EAUTH);
	s.len = sizeof(s.text) + 1;
	assert_int_equal(jx_receipt_open(&s, pub, &back, &err), JX_ELIMIT);
	assert_memory_equal(&back, &before, sizeof(back));
}

static void one_kind_never_passes_for_another(void **state)
{
	const struct jx_receipt r = sample_receipt();
	struct jx_photo_receipt p;
	struct jx_keys k;
	struct jx_signed s;

	(void)state;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	assert_int_equal(jx_photo_receipt_open(&s, pub, &p, NULL), JX_EAUTH);
	assert_int_equal(jx_keys_open(&s, pub, &k, NULL), JX_EAUTH);
	s.text[s.len] = '\0';
	s = sign_text(JX_TAG_PHOTO_RECEIPT, s.text);
	assert_int_equal(jx_photo_receipt_open(&s, pub, &p, NULL), JX_EINVAL);
}

static void well_signed_nonsense_is_named(void **state)
{
	static const struct {
		const char *from, *to;
		jx_rc rc;
		const char *names;
	} rows[] = {
		{"\"v\":1", "\"v\":2", JX_EVERSION, "version 2"},
		{"\"v\":1", "\"v\":\"1\"", JX_EINVAL, "v"},
		{"\"kind\":\"receipt\"", "\"kind\":\"deceipt\"", JX_EINVAL, "receipt"},
		{"\"n\":41", "\"n\":-1", JX_EINVAL, "n"},
		{"\"n\":41,", "", JX_EINVAL, "n"},
		{"\"head\":\"77", "\"head\":\"7", JX_EINVAL, "head"},
		{"\"epoch\":\"0", "\"epoch\":\"x", JX_EINVAL, "epoch"},
		{"\"safe_until_n\":30", "\"safe_until_n\":30.5", JX_EINVAL, ""},
		{"\"safe_until_n\":30", "\"safe_until_n\":30,\"fork\":1", JX_EINVAL, "fork"},
		{"\"safe_until_n\":30", "\"safe_until_n\":30,\"fork\":false,\"later\":[1]", JX_OK, ""},
		{"\"v\":1,", "\"v\":1, ", JX_EINVAL, ""},
	};
	const struct jx_receipt r = sample_receipt();
	struct jx_signed s;
	size_t i;

	(void)state;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	s.text[s.len] = '\0';
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(s.text, rows[i].from);
		struct jx_receipt back;
		struct jx_error err = {0};
		struct jx_signed changed;
		JX_AUTO_FREE char *text = NULL;

		assert_non_null(at);
		text = jx_xasprintf("%.*s%s%s", (int)(at - s.text), s.text, rows[i].to,
				    at + strlen(rows[i].from));
		changed = sign_text(JX_TAG_RECEIPT, text);
		if (jx_receipt_open(&changed, pub, &back, &err) != rows[i].rc ||
		    strstr(err.text, rows[i].names) == NULL)
			fail_msg("row %zu: %s", i, err.text);
	}
}

static void a_signer_cannot_lend_another_keys_name(void **state)
{
	const struct jx_receipt r = sample_receipt();
	struct jx_receipt back;
	struct jx_signed s;
	char key[17], other[17];
	uint8_t id[8];

	(void)state;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	s.text[s.len] = '\0';
	jx_key_id(pub, id);
	jx_hex(id, sizeof(id), key);
	jx_key_id(other_pub, id);
	jx_hex(id, sizeof(id), other);
	memcpy(strstr(s.text, key), other, 16);
	s = sign_text(JX_TAG_RECEIPT, s.text);
	assert_int_equal(jx_receipt_open(&s, pub, &back, NULL), JX_EAUTH);
}

static void photo_receipts_hold_one_to_thirty_two(void **state)
{
	struct jx_photo_receipt r = {.server_utc_ms = 5};
	struct jx_photo_receipt back;
	struct jx_signed s;
	struct jx_error err = {0};
	size_t i;

	(void)state;
	assert_int_equal(jx_photo_receipt_sign(&r, sec, &s, &err), JX_EINVAL);
	for (i = 0; i < JX_PHOTO_RECEIPT_MAX; i++)
		memset(r.photos[i], (int)i + 1, JX_HASH_BYTES);
	r.photo_count = JX_PHOTO_RECEIPT_MAX + 1;
	assert_int_equal(jx_photo_receipt_sign(&r, sec, &s, &err), JX_EINVAL);
	for (r.photo_count = 1; r.photo_count <= JX_PHOTO_RECEIPT_MAX; r.photo_count++) {
		assert_int_equal(jx_photo_receipt_sign(&r, sec, &s, &err), JX_OK);
		assert_int_equal(jx_photo_receipt_open(&s, pub, &back, &err), JX_OK);
		assert_int_equal(back.photo_count, r.photo_count);
		assert_memory_equal(back.photos, r.photos, r.photo_count * JX_HASH_BYTES);
		assert_int_equal(back.server_utc_ms, 5);
	}
}

static void lists_of_hashes_are_checked(void **state)
{
	static const char *const lists[] = {"[]", "7", "[\"00\"]", "[7]", "{}", "[null]"};
	uint8_t id[8];
	char key[17];
	size_t i;

	(void)state;
	jx_key_id(pub, id);
	jx_hex(id, sizeof(id), key);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct jx_photo_receipt back;
		struct jx_error err = {0};
		JX_AUTO_FREE char *text = jx_xasprintf(
			"{\"v\":1,\"kind\":\"photo-receipt\",\"key\":\"%s\",\"epoch\":\"01000000-0005-7000-8000-000000000001\","
			"\"writer\":\"01000000-0002-7000-8000-000000000001\",\"server_utc_ms\":5,\"photos\":%s}",
			key, lists[i]);
		const struct jx_signed s = sign_text(JX_TAG_PHOTO_RECEIPT, text);

		assert_int_equal(jx_photo_receipt_open(&s, pub, &back, &err), JX_EINVAL);
		assert_non_null(strstr(err.text, "photos"));
	}
}

static void keys_name_those_before(void **state)
{
	struct jx_keys k = {.from_utc_ms = 9, .pin_count = 1, .earlier_count = JX_IDENTITIES_MAX - 1};
	struct jx_keys back;
	struct jx_signed s;

	(void)state;
	memcpy(k.identity, pub, sizeof(k.identity));
	for (size_t i = 0; i < k.earlier_count; i++)
		memset(k.earlier[i], (int)i + 1, JX_PUB_BYTES);
	/* with all there may be, it fits */
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_OK);
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_OK);
	assert_memory_equal(&back, &k, sizeof(k));
	k.earlier_count++;
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_EINVAL);
	s = sign_text(JX_TAG_KEYS, "{\"v\":1,\"kind\":\"keys\",\"earlier\":[]}");
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_EINVAL);
}

static void keys_introduce_the_next(void **state)
{
	struct jx_keys k = {.has_next = true, .from_utc_ms = 9, .pin_count = 2};
	struct jx_keys back;
	struct jx_signed s;

	(void)state;
	memcpy(k.identity, pub, JX_PUB_BYTES);
	memcpy(k.next_identity, other_pub, JX_PUB_BYTES);
	memset(k.tls_spki_sha256[0], 1, JX_HASH_BYTES);
	memset(k.tls_spki_sha256[1], 2, JX_HASH_BYTES);
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_OK);
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_OK);
	assert_memory_equal(&back, &k, sizeof(k));
	k.has_next = false;
	memset(k.next_identity, 0, JX_PUB_BYTES);
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_OK);
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_OK);
	assert_false(back.has_next);
	k.pin_count = 0;
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_EINVAL);
	k.pin_count = JX_PINS_MAX + 1;
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_EINVAL);
}

static void the_name_of_a_receipt_covers_signature_and_text(void **state)
{
	const struct jx_receipt r = sample_receipt();
	struct jx_signed s;
	uint8_t one[JX_HASH_BYTES], two[JX_HASH_BYTES];

	(void)state;
	assert_int_equal(jx_receipt_sign(&r, sec, &s, NULL), JX_OK);
	jx_signed_hash(&s, one);
	s.sig[5] ^= 1;
	jx_signed_hash(&s, two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
	s.sig[5] ^= 1;
	s.text[9] = (char)(s.text[9] ^ 1);
	jx_signed_hash(&s, two);
	assert_memory_not_equal(one, two, JX_HASH_BYTES);
}

static struct jx_pack_seal sample_seal(void)
{
	struct jx_pack_seal p = {
		.pack = "ten-disorders", .version = 1001, .valid_from = "2026-12-01", .size_bytes = 120000};

	memset(p.sha256, 0x3c, sizeof(p.sha256));
	return p;
}

static void a_pack_is_signed_by_a_key_of_its_own(void **state)
{
	const struct jx_pack_seal p = sample_seal();
	uint8_t pack_pub[JX_PUB_BYTES], pack_sec[JX_SEC_BYTES], again[JX_PUB_BYTES], again_sec[JX_SEC_BYTES];
	struct jx_pack_seal back;
	struct jx_signed s;

	(void)state;
	jx_pack_key(sec, pack_pub, pack_sec);
	jx_pack_key(sec, again, again_sec);
	assert_memory_equal(pack_pub, again, sizeof(again));
	assert_memory_not_equal(pack_pub, pub, sizeof(pub));
	jx_pack_key(other_sec, again, again_sec);
	assert_memory_not_equal(pack_pub, again, sizeof(again));
	assert_int_equal(jx_pack_seal_sign(&p, pack_sec, &s, NULL), JX_OK);
	s.text[s.len] = '\0';
	assert_non_null(strstr(
		s.text,
		"\"pack\":\"ten-disorders\",\"version\":1001,\"valid_from\":\"2026-12-01\",\"sha256\":\"3c3c"));
	assert_int_equal(jx_pack_seal_open(&s, pub, &back, NULL), JX_EAUTH);
	assert_int_equal(jx_pack_seal_open(&s, pack_pub, &back, NULL), JX_OK);
	assert_string_equal(back.pack, p.pack);
	assert_int_equal(back.version, p.version);
	assert_string_equal(back.valid_from, p.valid_from);
	assert_memory_equal(back.sha256, p.sha256, sizeof(p.sha256));
	assert_int_equal(back.size_bytes, p.size_bytes);
}

static void a_pack_out_of_bounds_is_neither_signed_nor_read(void **state)
{
	static const char *const ids[] = {"", ".x", "../x", "a/b", "a b", "\xe5\x8d\x81"};
	struct jx_pack_seal p, back;
	struct jx_signed s;

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		p = sample_seal();
		jx_strcpy(p.pack, sizeof(p.pack), ids[i]);
		assert_int_equal(jx_pack_seal_sign(&p, sec, &s, NULL), JX_EINVAL);
	}
	p = sample_seal();
	p.version = 0;
	assert_int_equal(jx_pack_seal_sign(&p, sec, &s, NULL), JX_EINVAL);
	p = sample_seal();
	jx_strcpy(p.valid_from, sizeof(p.valid_from), "2026-13-01");
	assert_int_equal(jx_pack_seal_sign(&p, sec, &s, NULL), JX_EINVAL);
	p = sample_seal();
	p.size_bytes = JX_PACK_BYTES_MAX + 1;
	assert_int_equal(jx_pack_seal_sign(&p, sec, &s, NULL), JX_EINVAL);
	/* a text that a later server signed well */
	s = sign_text(JX_TAG_PACK,
		      "{\"v\":1,\"kind\":\"pack\",\"key\":\"0000000000000000\",\"pack\":\"../x\"}");
	assert_int_not_equal(jx_pack_seal_open(&s, pub, &back, NULL), JX_OK);
}

static void keys_name_the_pack_keys(void **state)
{
	struct jx_keys k = {.from_utc_ms = 1, .pin_count = 1, .pack_key_count = JX_IDENTITIES_MAX}, back;
	struct jx_signed s;

	(void)state;
	memcpy(k.identity, pub, sizeof(pub));
	k.earlier_count = JX_IDENTITIES_MAX - 1;
	k.pin_count = JX_PINS_MAX;
	memset(k.pack_keys, 0x11, sizeof(k.pack_keys));
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_OK); /* the longest there is has room */
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_OK);
	assert_int_equal(back.pack_key_count, JX_IDENTITIES_MAX);
	assert_memory_equal(back.pack_keys, k.pack_keys, sizeof(k.pack_keys));
	k.pack_key_count++;
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_EINVAL);
	k.pack_key_count = 0;
	assert_int_equal(jx_keys_sign(&k, sec, &s, NULL), JX_OK);
	s.text[s.len] = '\0';
	assert_null(strstr(s.text, "pack_keys"));
	assert_int_equal(jx_keys_open(&s, pub, &back, NULL), JX_OK);
	assert_int_equal(back.pack_key_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receipt_comes_back_whole),
		cmocka_unit_test(a_fork_receipt_says_so),
		cmocka_unit_test(every_changed_byte_of_text_or_signature_is_refused),
		cmocka_unit_test(one_kind_never_passes_for_another),
		cmocka_unit_test(well_signed_nonsense_is_named),
		cmocka_unit_test(a_signer_cannot_lend_another_keys_name),
		cmocka_unit_test(photo_receipts_hold_one_to_thirty_two),
		cmocka_unit_test(lists_of_hashes_are_checked),
		cmocka_unit_test(keys_name_those_before),
		cmocka_unit_test(keys_introduce_the_next),
		cmocka_unit_test(a_pack_is_signed_by_a_key_of_its_own),
		cmocka_unit_test(a_pack_out_of_bounds_is_neither_signed_nor_read),
		cmocka_unit_test(keys_name_the_pack_keys),
		cmocka_unit_test(the_name_of_a_receipt_covers_signature_and_text),
	};

	return cmocka_run_group_tests(tests, make_keys, NULL);
}
