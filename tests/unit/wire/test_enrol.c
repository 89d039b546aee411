/* Enrolment: proofs, and both bodies. */
#include <stdio.h>

#include "jx_test.h"
#include "wire_samples.h"

static void a_proof_holds_for_its_secret_key_and_certificate_only(void **state)
{
	struct jx_enrol_request rq;
	struct jx_code_text code;

	(void)state;
	sample_code(&code);
	sample_enrol_request(&rq);
	assert_true(jx_enrol_proof_ok(&rq, code.secret));
	code.secret[9] ^= 1;
	assert_false(jx_enrol_proof_ok(&rq, code.secret));
	sample_code(&code);
	rq.tls_spki_sha256[0] ^= 1;
	assert_false(jx_enrol_proof_ok(&rq, code.secret));
	sample_enrol_request(&rq);
	rq.public_key[3] ^= 1;
	assert_false(jx_enrol_proof_ok(&rq, code.secret));
	sample_enrol_request(&rq);
	rq.sig[0] ^= 1;
	assert_false(jx_enrol_proof_ok(&rq, code.secret));
}

/* Somebody who knows the code but not the device's new key. */
static void the_key_itself_must_sign(void **state)
{
	uint8_t pub[JX_PUB_BYTES], other[JX_SEC_BYTES];
	struct jx_enrol_request rq;
	struct jx_code_text code;

	(void)state;
	sample_code(&code);
	sample_enrol_request(&rq);
	sample_keys(2, pub, other);
	jx_enrol_prove(&rq, &code, other);
	assert_false(jx_enrol_proof_ok(&rq, code.secret));
}

static void an_answer_holds_for_its_identity_writer_and_key_only(void **state)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_enrol_answer an;
	struct jx_code_text code;

	(void)state;
	sample_code(&code);
	sample_keys(1, pub, sec);
	sample_enrol_answer(&an);
	assert_true(jx_enrol_answer_ok(&an, code.secret, pub));
	an.identity[0] ^= 1;
	assert_false(jx_enrol_answer_ok(&an, code.secret, pub));
	sample_enrol_answer(&an);
	an.writer[0] ^= 1;
	assert_false(jx_enrol_answer_ok(&an, code.secret, pub));
	sample_enrol_answer(&an);
	pub[0] ^= 1;
	assert_false(jx_enrol_answer_ok(&an, code.secret, pub));
}

static void a_request_reads_as_it_was_written(void **state)
{
	struct jx_enrol_request rq, back;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	sample_enrol_request(&rq);
	jx_assert_ok(jx_enrol_request_write(&rq, &b, &err), &err);
	jx_assert_ok(jx_enrol_request_read((struct jx_bytes){b.data, b.len}, &back, &err), &err);
	assert_memory_equal(&back, &rq, sizeof(rq));
}

static void an_answer_reads_as_it_was_written(void **state)
{
	struct jx_enrol_answer an, back;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	for (size_t pins = 0; pins <= JX_PINS_MAX; pins++) {
		sample_enrol_answer(&an);
		for (size_t i = 0; i < JX_PINS_MAX; i++)
			memset(an.pins[i], i < pins ? (int)i + 1 : 0, JX_HASH_BYTES);
		an.pin_count = pins;
		an.is_active = pins % 2 == 0;
		an.has_challenge = pins % 2 == 1;
		memset(an.challenge, an.has_challenge ? 0xc7 : 0, sizeof(an.challenge));
		jx_buf_reset(&b);
		jx_assert_ok(jx_enrol_answer_write(&an, &b, &err), &err);
		jx_assert_ok(jx_enrol_answer_read((struct jx_bytes){b.data, b.len}, &back, &err), &err);
		assert_memory_equal(&back, &an, sizeof(an));
	}
}

/* Each field missing, and of another type: refused with its name; the output stays. */
static void each_field_is_needed(void **state)
{
	static const char *const fields[] = {"code", "public_key", "tls_spki_sha256",
					     "mac",  "sig",        "program"};
	struct jx_enrol_request rq, back;
	struct jx_error err = {0};
	JX_AUTO_BUF b;
	char quoted[32];

	(void)state;
	sample_enrol_request(&rq);
	memset(&back, 0x5a, sizeof(back));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char *at;

		jx_buf_init(&b, 4096);
		jx_assert_ok(jx_enrol_request_write(&rq, &b, &err), &err);
		(void)snprintf(quoted, sizeof(quoted), "\"%s\":", fields[i]);
		at = strstr(b.data, quoted);
		assert_non_null(at);
		at[1] = 'X';
		jx_assert_rc(jx_enrol_request_read((struct jx_bytes){b.data, b.len}, &back, &err), JX_EINVAL,
			     &err);
		jx_assert_says(&err, fields[i]);
		at[1] = fields[i][0];
		at[strlen(quoted)] = '1'; /* no text any more */
		assert_int_not_equal(jx_enrol_request_read((struct jx_bytes){b.data, b.len}, &back, &err),
				     JX_OK);
		jx_buf_done(&b);
	}
	assert_int_equal(((const uint8_t *)&back)[0], 0x5a);
}

static void a_name_with_a_control_character_is_not_sent(void **state)
{
	struct jx_enrol_request rq;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	sample_enrol_request(&rq);
	jx_strcpy(rq.name, sizeof(rq.name), "a\nb");
	jx_assert_rc(jx_enrol_request_write(&rq, &b, &err), JX_EINVAL, &err);
	jx_strcpy(rq.name, sizeof(rq.name), "\xff");
	jx_assert_rc(jx_enrol_request_write(&rq, &b, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "name");
}

static void a_later_version_is_told_apart(void **state)
{
	struct jx_enrol_request rq;
	struct jx_enrol_answer an;
	struct jx_error err = {0};
	static const char text[] = "{\"v\":2,\"x\":1}";

	(void)state;
	jx_assert_rc(jx_enrol_request_read((struct jx_bytes){text, sizeof(text) - 1}, &rq, &err), JX_EVERSION,
		     &err);
	jx_assert_rc(jx_enrol_answer_read((struct jx_bytes){text, sizeof(text) - 1}, &an, &err), JX_EVERSION,
		     &err);
	jx_assert_says(&err, "version 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_holds_for_its_secret_key_and_certificate_only),
		cmocka_unit_test(the_key_itself_must_sign),
		cmocka_unit_test(an_answer_holds_for_its_identity_writer_and_key_only),
		cmocka_unit_test(a_request_reads_as_it_was_written),
		cmocka_unit_test(an_answer_reads_as_it_was_written),
		cmocka_unit_test(each_field_is_needed),
		cmocka_unit_test(a_name_with_a_control_character_is_not_sent),
		cmocka_unit_test(a_later_version_is_told_apart),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.enrol", tests, NULL, NULL);
}
