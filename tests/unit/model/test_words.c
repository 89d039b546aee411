#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "jiexun/model.h"

/* No catalogue is bound here, so the words are the English ones. */
static void a_word_is_said_for_each_name(void **state)
{
	static const char *const pairs[][2] = {
		{"forked", "quarantined"},  {"pending", "unconfirmed"},  {"nothing-found", "nothing found"},
		{"person-in", "signed in"}, {"day-close", "day closed"}, {"wide", "wide view"},
		{"field", "field work"},    {"admin", "administrator"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(jx_word(pairs[i][0]), pairs[i][1]);
}

/* A kind without a word would be shown as "person-in" in the middle of a Chinese line. */
static void no_kind_of_two_words_is_forgotten(void **state)
{
	int seen = 0;

	(void)state;
	for (int kind = 1; kind < 256; kind++) {
		const char *name = jx_kind_name((enum jx_kind)kind);

		if (strchr(name, '-') == NULL)
			continue;
		seen++;
		assert_string_not_equal(jx_word(name), name);
	}
	assert_true(seen >= 7);
}

static void a_name_of_a_later_version_is_given_back(void **state)
{
	const char *name = "drone-flight";

	(void)state;
	assert_ptr_equal(jx_word(name), name);
	assert_string_equal(jx_word(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_said_for_each_name),
		cmocka_unit_test(no_kind_of_two_words_is_forgotten),
		cmocka_unit_test(a_name_of_a_later_version_is_given_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
