/* Fractions: compared exactly, rounded only as text. */
#include "jiexun/form.h"
#include "jx_test.h"

static int compare(int64_t a, int64_t b, int64_t c, int64_t d)
{
	const struct jx_fraction x = {a, b}, y = {c, d};

	return jx_fraction_compare(&x, &y);
}

static void comparing_is_exact(void **state)
{
	const int64_t big = INT64_MAX;

	(void)state;
	assert_int_equal(compare(1, 3, 33, 100), 1);
	assert_int_equal(compare(1, 3, 2, 6), 0);
	assert_int_equal(compare(0, 5, 0, 9), 0);
	assert_int_equal(compare(1, 10, 1, 9), -1);
	/* neighbours that are one and the same double */
	assert_int_equal(compare(big - 1, big, big - 2, big - 1), 1);
	assert_int_equal(compare(big - 2, big - 1, big - 1, big), -1);
	assert_int_equal(compare(big, 1, big - 1, 1), 1);
	assert_int_equal(compare(big, big, 1, 1), 0);
	/* equal products of more than 64 bits, and neighbours of those that carry from word to word */
	assert_int_equal(compare(INT64_C(6442450941), 2147483647, INT64_C(12884901882), INT64_C(4294967294)),
			 0);
	assert_int_equal(compare(INT64_C(4294967295) << 31, INT64_C(4294967297) << 30, 2, 1), -1);
	assert_int_equal(compare(INT64_C(4294967297) << 30, INT64_C(4294967295) << 30, 1, 1), 1);
}

static void text_is_rounded_half_up(void **state)
{
	static const struct {
		struct jx_fraction f;
		int64_t scale;
		int decimals;
		const char *text;
	} rows[] = {
		{{1, 30}, 100, 2, "3.33"},
		{{2, 3}, 100, 2, "66.67"},
		{{1, 8}, 1, 2, "0.13"},
		{{1, 200}, 1, 2, "0.01"},
		{{999, 1000}, 1, 2, "1.00"},
		{{0, 7}, 100, 2, "0.00"},
		{{0, 0}, 100, 2, "-"},
		{{3, 0}, 100, 2, "-"},
		{{5, 2}, 1, 0, "3"},
		{{7, 2000}, 1000, 3, "3.500"},
		{{1, 1}, 1, -4, "1"},
		{{1, 1000}, 1, 6, "0.001000"},
		{{9223372036854775807, 9223372036854775807}, 1000000, 0, "1000000"},
		{{1, 9223372036854775807}, 1, 6, "0.000000"},
		{{4611686018427387904, 9223372036854775807}, 1, 0, "1"},
		{{4611686018427387903, 9223372036854775807}, 1, 0, "0"},
		{{1, 3}, 1, 99, "0.333333"},
		/* 2^53 x 10^6: more than 64 bits hold */
		{{9007199254740992, 1}, 1000000, 6, "9007199254740992000000.000000"},
	};
	char text[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jx_fraction_text(&rows[i].f, rows[i].scale, rows[i].decimals, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparing_is_exact),
		cmocka_unit_test(text_is_rounded_half_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
