/* The packs that are built in: each loads, and all of them together make a set. */
#include "jiexun/form.h"
#include "jx_test.h"

static void each_loads_by_itself(void **state)
{
	const char *text, *first;
	size_t len, first_len, i, forms = 0;

	(void)state;
	assert_true(jx_pack_builtin_count() >= 2);
	for (i = 0; i < jx_pack_builtin_count(); i++) {
		JX_AUTO(jx_pack) pack = NULL;
		struct jx_error err = {0};

		assert_true(jx_pack_builtin_at(i, &text, &len));
		if (jx_pack_load(text, len, &pack, &err) != JX_OK)
			fail_msg("built-in pack %zu: %s", i, err.text);
		assert_true(jx_pack_code_count(pack) + jx_pack_form_count(pack) > 0);
		forms += jx_pack_form_count(pack);
	}
	assert_true(forms > 20);
	assert_false(jx_pack_builtin_at(jx_pack_builtin_count(), &text, &len));
	jx_pack_builtin(&first, &first_len);
	assert_true(jx_pack_builtin_at(0, &text, &len));
	assert_ptr_equal(text, first);
	assert_int_equal(len, first_len);
}

static void together_they_are_a_set(void **state)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};

	(void)state;
	if (jx_packs_new(&packs, &err) != JX_OK)
		fail_msg("%s", err.text);
	assert_int_equal(jx_packs_count(packs), jx_pack_builtin_count());
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, "disorder", "2026-11-22")), "ten-disorders");
	assert_string_equal(jx_pack_id(jx_packs_with_form(packs, "rodent.signs-outdoor", "2026-11-22")),
			    "pest-density");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_loads_by_itself),
		cmocka_unit_test(together_they_are_a_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
