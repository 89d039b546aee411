/* Error bodies and signed texts in headers. */
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static void an_error_reads_as_it_was_written(void **state)
{
	struct jx_wire_error e, back;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	for (int i = 0; i < 2; i++) {
		sample_error(&e);
		e.has_challenge = i == 0;
		if (!e.has_challenge)
			memset(e.challenge, 0, sizeof(e.challenge));
		jx_buf_reset(&b);
		jx_assert_ok(jx_wire_error_write(&e, &b, &err), &err);
		jx_assert_ok(jx_wire_error_read((struct jx_bytes){b.data, b.len}, &back, &err), &err);
		assert_memory_equal(&back, &e, sizeof(e));
	}
}

static void what_is_no_error_body_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "<html></html>",
					  "{}",
					  "{\"v\":1}",
					  "{\"v\":1,\"error\":7}",
					  "[1]",
					  "{\"v\":1,\"error\":\"a\",\"challenge\":\"!\"}",
					  "{\"v\":1,\"error\":\"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd\"}"};
	struct jx_error err = {0};
	struct jx_wire_error e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		jx_assert_rc(jx_wire_error_read((struct jx_bytes){bad[i], strlen(bad[i])}, &e, &err),
			     JX_EINVAL, &err);
}

static void a_signed_text_travels_in_a_header(void **state)
{
	struct jx_signed *s = jx_xcalloc(2, sizeof(*s));
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 16384);
	sample_receipt(&s[0]);
	jx_assert_ok(jx_signed_header_write(&s[0], &b, &err), &err);
	assert_null(strpbrk(b.data, "\r\n "));
	jx_assert_ok(jx_signed_header_read(b.data, &s[1], &err), &err);
	assert_memory_equal(&s[0], &s[1], sizeof(*s));
	memset(s[0].text, 'x', JX_SIGNED_TEXT_MAX);
	s[0].len = JX_SIGNED_TEXT_MAX;
	jx_buf_reset(&b);
	jx_assert_ok(jx_signed_header_write(&s[0], &b, &err), &err);
	jx_assert_ok(jx_signed_header_read(b.data, &s[1], &err), &err);
	assert_memory_equal(&s[0], &s[1], sizeof(*s));
	free(s);
}

static void a_header_that_is_none_is_refused(void **state)
{
	struct jx_signed *s = jx_xcalloc(1, sizeof(*s));
	uint8_t zeros[JX_SIG_BYTES] = {0};
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_assert_rc(jx_signed_header_read("", s, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_signed_header_read("no base64!", s, &err), JX_EINVAL, &err);
	jx_buf_init(&b, 16384);
	jx_buf_add_base64(&b, zeros, sizeof(zeros)); /* a signature over nothing */
	jx_assert_rc(jx_signed_header_read(b.data, s, &err), JX_EINVAL, &err);
	jx_buf_reset(&b);
	while (b.len < 6000)
		jx_buf_adds(&b, "AAAA");
	jx_assert_rc(jx_signed_header_read(b.data, s, &err), JX_EINVAL, &err);
	free(s);
}

static void results_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(jx_sync_result_name(JX_SYNC_OK), "ok");
	assert_string_equal(jx_sync_result_name(JX_SYNC_GAP), "gap");
	assert_string_equal(jx_sync_result_name(JX_SYNC_FORK), "fork");
	assert_string_equal(jx_sync_result_name(JX_SYNC_BEHIND), "behind");
	assert_string_equal(jx_sync_result_name((enum jx_sync_result)9), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_reads_as_it_was_written),
		cmocka_unit_test(what_is_no_error_body_is_refused),
		cmocka_unit_test(a_signed_text_travels_in_a_header),
		cmocka_unit_test(a_header_that_is_none_is_refused),
		cmocka_unit_test(results_have_their_names),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.misc", tests, NULL, NULL);
}
