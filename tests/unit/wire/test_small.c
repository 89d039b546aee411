/* Small copies in bundles, and their answer. */
#include <stdio.h>
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static struct jx_bytes bytes_of(const char *text)
{
	return (struct jx_bytes){text, strlen(text)};
}

static void a_bundle_reads_as_it_was_written(void **state)
{
	struct jx_small_part parts[SAMPLE_SMALL], back[JX_SMALL_PARTS_MAX];
	struct jx_error err = {0};
	size_t count = 0;
	JX_AUTO_BUF b;

	(void)state;
	sample_small(parts);
	jx_buf_init(&b, JX_SMALL_BUNDLE_BYTES_MAX);
	jx_assert_ok(jx_small_bundle_write(parts, SAMPLE_SMALL, &b, &err), &err);
	jx_assert_ok(jx_small_bundle_read((struct jx_bytes){b.data, b.len}, back, JX_SMALL_PARTS_MAX, &count,
					  &err),
		     &err);
	assert_int_equal(count, SAMPLE_SMALL);
	for (size_t i = 0; i < count; i++) {
		assert_memory_equal(back[i].sha256, parts[i].sha256, JX_HASH_BYTES);
		assert_int_equal(back[i].copy.len, parts[i].copy.len);
		assert_memory_equal(back[i].copy.data, parts[i].copy.data, parts[i].copy.len);
	}
	/* whatever of it is missing, it is refused */
	for (size_t len = 0; len < b.len; len++)
		assert_int_not_equal(jx_small_bundle_read((struct jx_bytes){b.data, len}, back,
							  JX_SMALL_PARTS_MAX, &count, &err),
				     JX_OK);
}

#define H1 "\"sha256\":\"1111111111111111111111111111111111111111111111111111111111111111\""
#define H2 "\"sha256\":\"2222222222222222222222222222222222222222222222222222222222222222\""

static void a_bad_bundle_is_refused_by_part(void **state)
{
	static const struct {
		const char *text;
		jx_rc rc;
		const char *says;
	} rows[] = {
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3}]}\nabc", JX_OK, ""},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3}],\"more\":[1]}\nabc", JX_OK, ""},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3},{" H2 ",\"bytes\":4}]}\nabcdef", JX_EINVAL,
		 "part 2: 3 of 4"},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3},{" H1 ",\"bytes\":3}]}\nabcdef", JX_EINVAL,
		 "part 2 is of the same photo as part 1"},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3}]}\nabcd", JX_EINVAL, "1 bytes follow"},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":0}]}\n", JX_EINVAL, "part 1: a small copy has"},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":65537}]}\nabc", JX_ELIMIT,
		 "part 1: a small copy has"},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":-1}]}\nabc", JX_EINVAL, "bytes"},
		{"{\"v\":1,\"parts\":[{" H1 "}]}\nabc", JX_EINVAL, "bytes"},
		{"{\"v\":1,\"parts\":[{\"sha256\":\"11\",\"bytes\":3}]}\nabc", JX_EINVAL, "sha256"},
		{"{\"v\":1,\"parts\":[7]}\nabc", JX_EINVAL, "part 1 is no object"},
		{"{\"v\":1,\"parts\":[]}\n", JX_EINVAL, "1 to 256"},
		{"{\"v\":1,\"parts\":{}}\n", JX_EINVAL, "\"parts\""},
		{"{\"v\":1}\n", JX_EINVAL, "\"parts\""},
		{"{\"v\":2,\"parts\":[]}\n", JX_EVERSION, ""},
		{"{\"v\":1,\"parts\":[{" H1 ",\"bytes\":3}]}", JX_EINVAL, "no end"},
		{"", JX_EINVAL, ""},
	};
	struct jx_small_part parts[JX_SMALL_PARTS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_error err = {0};
		size_t count = 77;

		assert_int_equal(
			jx_small_bundle_read(bytes_of(rows[i].text), parts, JX_SMALL_PARTS_MAX, &count, &err),
			rows[i].rc);
		if (rows[i].rc == JX_OK)
			continue;
		assert_int_equal(count, 77);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("row %zu says: %s", i, err.text);
	}
}

static void ceilings_hold_on_both_sides(void **state)
{
	struct jx_small_part *parts = jx_xcalloc(JX_SMALL_PARTS_MAX + 1, sizeof(*parts));
	JX_AUTO_FREE char *copy = jx_xcalloc(1, JX_SMALL_PART_BYTES_MAX + 1);
	struct jx_error err = {0};
	size_t count = 0;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, (size_t)4 << 20);
	for (size_t i = 0; i <= JX_SMALL_PARTS_MAX; i++) {
		parts[i].sha256[0] = (uint8_t)i;
		parts[i].sha256[1] = (uint8_t)(i >> 8);
		parts[i].copy = (struct jx_bytes){copy, 3000};
	}
	jx_assert_ok(jx_small_bundle_write(parts, JX_SMALL_PARTS_MAX, &b, &err), &err);
	jx_assert_ok(jx_small_bundle_read((struct jx_bytes){b.data, b.len}, parts, JX_SMALL_PARTS_MAX, &count,
					  &err),
		     &err);
	assert_int_equal(count, JX_SMALL_PARTS_MAX);
	jx_assert_rc(jx_small_bundle_read((struct jx_bytes){b.data, b.len}, parts, 255, &count, &err),
		     JX_ELIMIT, &err);
	jx_buf_reset(&b);
	jx_assert_rc(jx_small_bundle_write(parts, JX_SMALL_PARTS_MAX + 1, &b, &err), JX_ELIMIT, &err);
	jx_assert_rc(jx_small_bundle_write(parts, 0, &b, &err), JX_EINVAL, &err);
	parts[0].copy.len = JX_SMALL_PART_BYTES_MAX + 1;
	jx_assert_rc(jx_small_bundle_write(parts, 1, &b, &err), JX_ELIMIT, &err);
	for (size_t i = 0; i < 16; i++)
		parts[i].copy = (struct jx_bytes){copy, JX_SMALL_PART_BYTES_MAX};
	jx_buf_reset(&b);
	jx_assert_rc(jx_small_bundle_write(parts, 16, &b, &err), JX_ELIMIT, &err);
	jx_buf_reset(&b);
	jx_assert_ok(jx_small_bundle_write(parts, 15, &b, &err), &err);
	free(parts);
}

static void an_answer_names_what_was_refused(void **state)
{
	const enum jx_small_result sent[] = {JX_SMALL_TAKEN, JX_SMALL_NOT_LISTED, JX_SMALL_NOT_JPEG,
					     JX_SMALL_QUOTA, JX_SMALL_NO_SPACE};
	enum jx_small_result back[5];
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 4096);
	jx_assert_ok(jx_small_answer_write(sent, 5, &b, &err), &err);
	jx_assert_ok(jx_small_answer_read((struct jx_bytes){b.data, b.len}, back, 5, &err), &err);
	assert_memory_equal(back, sent, sizeof(sent));
	/* of another number of parts: it is not the answer to this bundle */
	jx_assert_rc(jx_small_answer_read((struct jx_bytes){b.data, b.len}, back, 4, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_small_answer_read(
			     bytes_of("{\"v\":1,\"parts\":2,\"refused\":[{\"part\":2,\"error\":\"moon\"}]}"),
			     back, 2, &err),
		     &err);
	assert_int_equal(back[0], JX_SMALL_TAKEN);
	assert_int_equal(back[1], JX_SMALL_OTHER);
}

static void what_is_no_answer_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"<html></html>",
		"{\"v\":1}",
		"{\"v\":1,\"parts\":2}",
		"{\"v\":1,\"parts\":2,\"refused\":{}}",
		"{\"v\":1,\"parts\":2,\"refused\":[3]}",
		"{\"v\":1,\"parts\":2,\"refused\":[{\"part\":3,\"error\":\"quota\"}]}",
		"{\"v\":1,\"parts\":2,\"refused\":[{\"part\":0,\"error\":\"quota\"}]}",
		"{\"v\":1,\"parts\":2,\"refused\":[{\"part\":1}]}",
	};
	enum jx_small_result back[2];
	struct jx_error err = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		jx_assert_rc(jx_small_answer_read(bytes_of(bad[i]), back, 2, &err), JX_EINVAL, &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_reads_as_it_was_written),
		cmocka_unit_test(a_bad_bundle_is_refused_by_part),
		cmocka_unit_test(ceilings_hold_on_both_sides),
		cmocka_unit_test(an_answer_names_what_was_refused),
		cmocka_unit_test(what_is_no_answer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
