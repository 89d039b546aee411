/* The Authorization header: what is under the signature, and strict reading. */
#include <stdio.h>

#include "jx_test.h"
#include "wire_samples.h"

struct world {
	struct jx_sign_in s;
	struct jx_wire_request rq;
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], identity[JX_PUB_BYTES], identity_sec[JX_SEC_BYTES];
};

static void make(struct world *w)
{
	sample_sign_in(&w->s, &w->rq);
	sample_keys(1, w->pub, w->sec);
	sample_keys(9, w->identity, w->identity_sec);
}

static bool holds(const struct world *w)
{
	return jx_sign_in_ok(&w->s, w->identity, &w->rq, w->pub);
}

static void everything_a_replay_could_change_is_signed(void **state)
{
	struct world w;

	(void)state;
	make(&w);
	assert_true(holds(&w));
	w.rq.body.data = "bodx";
	assert_false(holds(&w));
	make(&w);
	w.rq.path = "/v1/sync?x";
	assert_false(holds(&w));
	make(&w);
	w.rq.method = "PUT";
	assert_false(holds(&w));
	make(&w);
	w.s.challenge[55] ^= 1;
	assert_false(holds(&w));
	make(&w);
	w.s.has_challenge = false;
	assert_false(holds(&w));
	make(&w);
	w.s.receipt_hash[0] ^= 1;
	assert_false(holds(&w));
	make(&w);
	w.s.has_receipt = false;
	assert_false(holds(&w));
	make(&w);
	w.identity[0] ^= 1;
	assert_false(holds(&w));
	make(&w);
	w.pub[0] ^= 1;
	assert_false(holds(&w));
}

/* Method and path are parted by line feeds: nothing can slide from one into the other. */
static void parts_do_not_slide(void **state)
{
	struct world w;

	(void)state;
	make(&w);
	w.rq.method = "POST\n/v1";
	w.rq.path = "/sync";
	assert_false(holds(&w));
}

static void it_reads_as_it_was_written(void **state)
{
	struct jx_error err = {0};
	char header[JX_AUTH_MAX];
	struct jx_sign_in back;
	struct world w;

	(void)state;
	for (int i = 0; i < 4; i++) {
		make(&w);
		w.s.has_challenge = i & 1;
		w.s.has_receipt = i & 2;
		if (!w.s.has_challenge)
			memset(w.s.challenge, 0, sizeof(w.s.challenge));
		if (!w.s.has_receipt)
			memset(w.s.receipt_hash, 0, sizeof(w.s.receipt_hash));
		jx_assert_ok(jx_sign_in_write(&w.s, header, &err), &err);
		jx_assert_ok(jx_sign_in_read(header, &back, &err), &err);
		assert_memory_equal(&back, &w.s, sizeof(back));
	}
}

static void unknown_parameters_are_passed_over(void **state)
{
	struct jx_error err = {0};
	char header[JX_AUTH_MAX], more[JX_AUTH_MAX + 16];
	struct jx_sign_in back;
	struct world w;

	(void)state;
	make(&w);
	jx_assert_ok(jx_sign_in_write(&w.s, header, &err), &err);
	(void)snprintf(more, sizeof(more), "%s,later=x", header);
	jx_assert_ok(jx_sign_in_read(more, &back, &err), &err);
	assert_memory_equal(&back, &w.s, sizeof(back));
}

static void malformed_headers_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"Bearer x",
		"Jiexun",
		"Jiexun ",
		"jiexun writer=x",
		"Jiexun writer",
		"Jiexun =x",
		"Jiexun ,",
		"Jiexun writer=40414243-4445-4647-4849-4a4b4c4d4e4f",
		"Jiexun writer=40414243-4445-4647-4849-4a4b4c4d4e4g,sig=00",
		"Jiexun sig=00,writer=40414243-4445-4647-4849-4a4b4c4d4e4f",
		"Jiexun challenge=====,writer=40414243-4445-4647-4849-4a4b4c4d4e4f"};
	struct jx_error err = {0};
	char header[JX_AUTH_MAX], twice[2 * JX_AUTH_MAX];
	struct jx_sign_in back;
	struct world w;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		jx_assert_rc(jx_sign_in_read(bad[i], &back, &err), JX_EINVAL, &err);
	make(&w);
	w.s.has_challenge = false;
	jx_assert_ok(jx_sign_in_write(&w.s, header, &err), &err);
	(void)snprintf(twice, sizeof(twice), "%s,receipt=%064d", header, 0);
	jx_assert_rc(jx_sign_in_read(twice, &back, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "receipt");
	(void)snprintf(twice, sizeof(twice), "%s,pad=%0500d", header, 0);
	jx_assert_rc(jx_sign_in_read(twice, &back, &err), JX_EINVAL, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_a_replay_could_change_is_signed),
		cmocka_unit_test(parts_do_not_slide),
		cmocka_unit_test(it_reads_as_it_was_written),
		cmocka_unit_test(unknown_parameters_are_passed_over),
		cmocka_unit_test(malformed_headers_are_refused),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.sign-in", tests, NULL, NULL);
}
