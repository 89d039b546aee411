/* What a sheet contributes to indices and quotas. */
#include "pack_private.h"
#include "rodent.h"

static jx_sheet *totals(const jx_pack *pack, const char *checked, const char *positive, const char *failed)
{
	struct jx_error err = {0};
	jx_sheet *sheet = NULL;

	jx_assert_ok(jx_sheet_new(pack, RODENT_FORM, RODENT_DAY, &sheet, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "unit_class", "01", &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_checked", checked, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "rooms_positive", positive, &err), &err);
	jx_assert_ok(jx_sheet_set(sheet, "failed", failed, &err), &err);
	return sheet;
}

static void a_whole_sheet_counts_for_all(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) sheet = totals(pack, "30", "1", "2");
	struct jx_form__counted c[4];

	(void)state;
	assert_int_equal(jx_form__sheet_counts(sheet, c, 4), 3);
	assert_string_equal(c[0].index, "rodent.indoor");
	assert_int_equal(c[0].numerator, 1);
	assert_int_equal(c[0].denominator, 30);
	assert_string_equal(c[1].index, "rodent.proofing");
	assert_int_equal(c[1].numerator, 28);
	assert_null(c[2].index);
	assert_string_equal(c[2].quota, "rodent-indoor");
	assert_string_equal(c[2].class_code, "01");
	assert_int_equal(c[2].units, 1);
	assert_int_equal(c[2].effort, 30);
	/* how many there are is said whatever the room */
	assert_int_equal(jx_form__sheet_counts(sheet, c, 0), 3);
}

static void nothing_and_less_than_nothing_do_not_count(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_sheet) open = totals(pack, "", "1", "");
	JX_AUTO(jx_sheet) negative = totals(pack, "1", "1", "2");
	struct jx_form__counted c[4];

	(void)state;
	assert_int_equal(jx_form__sheet_counts(open, c, 4), 0);
	assert_int_equal(jx_form__sheet_counts(negative, c, 4), 2);
	assert_string_equal(c[0].index, "rodent.indoor");
	assert_string_equal(c[1].quota, "rodent-indoor");
}

static void without_its_class_a_quota_does_not_count(void **state)
{
	JX_AUTO(jx_pack) pack = rodent_pack();
	JX_AUTO(jx_pack) bare = rodent_pack_with("\"class\": \"unit_class\", ", "");
	JX_AUTO(jx_sheet) sheet = totals(pack, "30", "1", "2");
	JX_AUTO(jx_sheet) no_class = totals(bare, "30", "1", "2");
	struct jx_form__counted c[4];
	struct jx_error err = {0};

	(void)state;
	jx_assert_ok(jx_sheet_set(sheet, "unit_class", "", &err), &err);
	assert_int_equal(jx_form__sheet_counts(sheet, c, 4), 2);
	jx_assert_ok(jx_sheet_set(no_class, "unit_class", "", &err), &err);
	assert_int_equal(jx_form__sheet_counts(no_class, c, 4), 3);
	assert_null(c[2].class_code);
	assert_int_equal(c[2].effort, 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_sheet_counts_for_all),
		cmocka_unit_test(nothing_and_less_than_nothing_do_not_count),
		cmocka_unit_test(without_its_class_a_quota_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
