/*
 * Golden messages open for ever and say what they said. Today's code also writes each of them bit by bit; when a later version
 * writes otherwise, that half of the test goes to the new folder and the reading half stays.
 */
#include <stdio.h>
#include <stdlib.h>

#include "golden_wire.h"
#include "jx_test.h"
#include "wire_samples.h"

static char *load(const char *file, size_t *len_out)
{
	const char *source = getenv("JX_SOURCE");
	JX_AUTO_FREE char *path = jx_xasprintf("%s/tests/golden/wire/v1/%s", source != NULL ? source : ".",
					       file);
	char *text = jx_test_read(path, len_out);

	if (text == NULL)
		fail_msg("%s cannot be read", path);
	return text;
}

static struct jx_bytes load_bytes(const char *file, char **text_out)
{
	size_t len = 0;

	*text_out = load(file, &len);
	return (struct jx_bytes){*text_out, len};
}

static void todays_code_writes_them_bit_by_bit(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_ROWS; i++) {
		size_t len = 0;
		JX_AUTO_FREE char *text = load(golden_rows[i].file, &len);
		JX_AUTO_BUF b;

		jx_buf_init(&b, 65536);
		golden_rows[i].write(&b);
		assert_int_equal(b.rc, JX_OK);
		assert_int_equal(b.len, len);
		assert_memory_equal(b.data, text, len);
	}
}

/* What each dictionary made of them. It must read them for ever: as long as a program that writes so is out there. */
static void packed_messages_open(void **state)
{
	(void)state;
	for (int dictionary = 1; dictionary <= JX_WIRE_DICTIONARY_NEWEST; dictionary++) {
		for (size_t i = 0; i < GOLDEN_PACKED_ROWS; i++) {
			JX_AUTO_FREE char *name = jx_xasprintf("../dictionary-%d/%s.zst", dictionary,
							       golden_rows[i].file);
			JX_AUTO_FREE char *packed = NULL;
			const struct jx_bytes bytes = load_bytes(name, &packed);
			size_t len = 0;
			JX_AUTO_FREE char *text = load(golden_rows[i].file, &len);
			struct jx_error err = {0};
			JX_AUTO_BUF plain;

			jx_buf_init(&plain, 65536);
			jx_assert_ok(jx_wire_expand(bytes, dictionary, &plain, &err), &err);
			assert_int_equal(plain.len, len);
			assert_memory_equal(plain.data, text, len);
		}
	}
}

/* A dictionary that was shipped is data like any format: one changed byte, and nobody reads what the others send. */
static void dictionaries_are_never_changed(void **state)
{
	static const char *const hashes[JX_WIRE_DICTIONARY_NEWEST] = {
		"4528fad71901b51e8ce9ea6e08dec7e746cdf216775ac31aa636096dec32ad70",
	};

	(void)state;
	for (int k = 0; k < JX_WIRE_DICTIONARY_NEWEST; k++) {
		JX_AUTO_FREE char *name = jx_xasprintf("../../../../sync/wire/dictionary/%d.zdict", k + 1);
		size_t len = 0;
		JX_AUTO_FREE char *bytes = load(name, &len);
		uint8_t hash[JX_HASH_BYTES];
		char hex[2 * JX_HASH_BYTES + 1];

		jx_sha256(bytes, len, hash);
		jx_hex(hash, sizeof(hash), hex);
		assert_string_equal(hex, hashes[k]);
	}
}

static void enrolment_opens(void **state)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_enrol_request rq;
	struct jx_enrol_answer an;
	struct jx_code_text code;
	struct jx_error err = {0};
	JX_AUTO_FREE char *a = NULL, *b = NULL, *c = NULL;
	const struct jx_bytes request = load_bytes("enrol-request.json", &a);
	const struct jx_bytes answer = load_bytes("enrol-answer.json", &b);
	char url[64];
	size_t len;

	(void)state;
	c = load("code.txt", &len);
	jx_assert_ok(jx_code_parse(c, &code, url, sizeof(url), &err), &err);
	assert_string_equal(url, "https://sync.example:8443");
	assert_string_equal(code.id, "K7Q2");
	jx_assert_ok(jx_enrol_request_read(request, &rq, &err), &err);
	assert_true(jx_enrol_proof_ok(&rq, code.secret));
	jx_assert_ok(jx_enrol_answer_read(answer, &an, &err), &err);
	sample_keys(1, pub, sec);
	assert_true(jx_enrol_answer_ok(&an, code.secret, pub));
	assert_int_equal(an.pin_count, 2);
	assert_string_equal(an.short_code, "H07");
}

static void sign_in_opens(void **state)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], identity[JX_PUB_BYTES];
	const struct jx_wire_request rq = {.method = "POST", .path = "/v1/sync", .body = {"body", 4}};
	struct jx_error err = {0};
	struct jx_sign_in s;
	size_t len = 0;
	JX_AUTO_FREE char *text = load("authorization.txt", &len);

	(void)state;
	text[len - 1] = '\0';
	jx_assert_ok(jx_sign_in_read(text, &s, &err), &err);
	sample_keys(9, identity, sec);
	sample_keys(1, pub, sec);
	assert_true(jx_sign_in_ok(&s, identity, &rq, pub));
}

static void sync_opens(void **state)
{
	struct jx_bytes lines[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request rq;
	struct jx_sync_answer an;
	struct jx_receipt r;
	struct jx_error err = {0};
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	JX_AUTO_FREE char *a = NULL, *b = NULL, *c = NULL;
	size_t count = 0;

	(void)state;
	jx_assert_ok(
		jx_sync_request_read(load_bytes("sync-request.ndjson", &a), &rq, lines, 500, &count, &err),
		&err);
	assert_int_equal(count, 2);
	assert_int_equal(rq.from_n, 11);
	jx_assert_ok(jx_sync_request_read(load_bytes("sync-request-nothing-new.ndjson", &b), &rq, lines, 500,
					  &count, &err),
		     &err);
	assert_int_equal(count, 0);
	assert_true(rq.wants_feed);
	jx_assert_ok(jx_sync_answer_read(load_bytes("sync-answer.ndjson", &c), &an, lines, 500, &count, &err),
		     &err);
	assert_int_equal(count, SAMPLE_ITEMS);
	assert_int_equal(an.result, JX_SYNC_GAP);
	sample_keys(9, pub, sec);
	jx_assert_ok(jx_receipt_open(&an.receipt, pub, &r, &err), &err);
	assert_int_equal(r.n, 12);
	for (size_t i = 0; i < count; i++)
		jx_assert_ok(jx_item_read(lines[i], item, &err), &err);
	assert_string_equal(item->kind, "drop");
	free(item);
}

static void errors_and_headers_open(void **state)
{
	struct jx_wire_error e;
	struct jx_error err = {0};
	struct jx_signed s;
	JX_AUTO_FREE char *a = NULL, *b = NULL;
	size_t len = 0;

	(void)state;
	jx_assert_ok(jx_wire_error_read(load_bytes("error.json", &a), &e, &err), &err);
	assert_string_equal(e.error, "challenge");
	assert_true(e.has_challenge);
	b = load("signed-header.txt", &len);
	b[len - 1] = '\0';
	jx_assert_ok(jx_signed_header_read(b, &s, &err), &err);
}

static void small_copies_open(void **state)
{
	struct jx_small_part parts[JX_SMALL_PARTS_MAX];
	enum jx_small_result results[4];
	struct jx_error err = {0};
	JX_AUTO_FREE char *a = NULL, *b = NULL;
	size_t count = 0;

	(void)state;
	jx_assert_ok(jx_small_bundle_read(load_bytes("small-bundle.bin", &a), parts, JX_SMALL_PARTS_MAX,
					  &count, &err),
		     &err);
	assert_int_equal(count, 2);
	assert_int_equal(parts[1].sha256[0], 0x22);
	assert_int_equal(parts[1].copy.len, 13);
	assert_memory_equal((const char *)parts[1].copy.data + 6, "other", 5);
	jx_assert_ok(jx_small_answer_read(load_bytes("small-answer.json", &b), results, 4, &err), &err);
	assert_int_equal(results[0], JX_SMALL_TAKEN);
	assert_int_equal(results[1], JX_SMALL_NOT_LISTED);
	assert_int_equal(results[3], JX_SMALL_QUOTA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(todays_code_writes_them_bit_by_bit),
		cmocka_unit_test(packed_messages_open),
		cmocka_unit_test(dictionaries_are_never_changed),
		cmocka_unit_test(enrolment_opens),
		cmocka_unit_test(sign_in_opens),
		cmocka_unit_test(sync_opens),
		cmocka_unit_test(errors_and_headers_open),
		cmocka_unit_test(small_copies_open),
	};
	struct jx_error err = {0};

	if (jx_crypto_init(&err) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.golden", tests, NULL, NULL);
}
