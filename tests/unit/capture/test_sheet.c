/* Checks: forms that were filled in as sheets become observations. */
#include <stdio.h>
#include <stdlib.h>

#include "handheld.h"
#include "picture.h"

#define FORM "rodent.signs-indoor"

struct bench {
	struct handheld h;
	jx_packs *packs;
	jx_sheet *sheet;
};

static int setup(void **state)
{
	struct bench *b = jx_xcalloc(1, sizeof(*b));
	struct jx_error err;

	handheld_init(&b->h);
	handheld_begin_day(&b->h);
	jx_assert_ok(jx_packs_new(&b->packs, &err), &err);
	jx_assert_ok(jx_sheet_new(jx_packs_with_form(b->packs, FORM, DEVICE_DAY), FORM, DEVICE_DAY, &b->sheet,
				  &err),
		     &err);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	jx_sheet_free(b->sheet);
	jx_packs_free(b->packs);
	handheld_done(&b->h);
	free(b);
	return 0;
}

static void fill(struct bench *b, const char *positive)
{
	static const char *const typed[][2] = {{"unit_class", "01"}, {"rooms_checked", "10"}};
	struct jx_error err;

	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		jx_assert_ok(jx_sheet_set(b->sheet, typed[i][0], typed[i][1], &err), &err);
	jx_assert_ok(jx_sheet_set(b->sheet, "rooms_positive", positive, &err), &err);
}

static jx_rc keep_answers(void *user, const struct jx_log_row *row)
{
	struct jx_entry e;
	struct jx_error err;

	jx_assert_ok(jx_entry_decode(row->bytes, row->len, &e, &err), &err);
	jx_buf_add(user, e.answers.data, e.answers.len);
	return JX_OK;
}

static void a_sheet_becomes_an_observation_of_its_form(void **state)
{
	struct bench *b = *state;
	struct jx_draft draft = {.form = FORM,
				 .pack = "pest-density",
				 .pack_version = 1,
				 .day = DEVICE_DAY,
				 .taken_utc_ms = DEVICE_MORNING_UTC_MS - 3600000};
	JX_AUTO(jx_capture) c = NULL;
	JX_AUTO_BUF answers;
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0, observations = 0, photos = 0;

	jx_uuid7(&b->h.d.clock.clock, &b->h.d.rand.rand, draft.id);
	jx_assert_ok(jx_store_begin_draft(b->h.d.store, &draft, NULL, 0, &err), &err);
	fill(b, "0");
	jx_assert_ok(jx_capture_begin(&b->h.rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_draft(c, &draft, &err), &err);
	jx_assert_ok(jx_capture_set_sheet(c, b->sheet, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	e = handheld_entry(&b->h, n);
	assert_int_equal(e.kind, JX_KIND_OBSERVATION);
	assert_string_equal(e.form, FORM);
	assert_string_equal(e.pack, "pest-density");
	assert_int_equal(e.pack_version, jx_pack_version(jx_sheet_pack(b->sheet)));
	assert_memory_equal(e.id, draft.id, JX_ID_BYTES);
	assert_int_equal(e.taken_utc_ms, draft.taken_utc_ms);
	assert_string_equal(e.day, DEVICE_DAY);
	jx_buf_init(&answers, 65536);
	jx_assert_ok(jx_store_by_id(b->h.d.store, draft.id, keep_answers, &answers, &err), &err);
	assert_string_equal(answers.data,
			    "{\"unit_class\":\"01\",\"rooms_checked\":10,\"rooms_positive\":0}");
	jx_assert_rc(jx_store_draft(b->h.d.store, draft.id, &draft, &err), JX_ENOTFOUND, &err);
	/* it counts as any observation does */
	jx_assert_ok(jx_store_day_totals(b->h.d.store, DEVICE_DAY, &observations, &photos, &err), &err);
	assert_int_equal(observations, 1);
	/* and is corrected, and taken back, as any is */
	jx_assert_ok(jx_record_withdrawal(&b->h.rec, e.id, "wrong house", &n, &err), &err);
}

static void the_rules_own_message_names_the_field_and_nothing_is_saved(void **state)
{
	struct bench *b = *state;
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t n = 0;

	fill(b, "11");
	jx_assert_ok(jx_capture_begin(&b->h.rec, &c, &err), &err);
	jx_assert_rc(jx_capture_set_sheet(c, b->sheet, &err), JX_EINVAL, &err);
	assert_string_equal(err.where, "rooms_positive");
	jx_assert_says(&err, "cannot be more than rooms checked");
	/* nothing of an earlier form is left to be saved in its place */
	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_EINVAL, &err);
	assert_int_equal(n, 0);
}

static void photos_have_the_roles_of_the_form(void **state)
{
	struct bench *b = *state;
	JX_AUTO(jx_capture) good = NULL;
	JX_AUTO(jx_capture) bad = NULL;
	struct jx_error err;
	JX_AUTO_FREE uint8_t *photo = NULL;
	size_t len = 0;
	int64_t n = 0;

	fill(b, "0");
	photo = picture_make(1, false, NULL, NULL, &len);
	jx_assert_ok(jx_capture_begin(&b->h.rec, &bad, &err), &err);
	jx_assert_ok(jx_capture_add_photo_bytes(bad, photo, len, "plate", "camera", &err), &err);
	jx_assert_rc(jx_capture_set_sheet(bad, b->sheet, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "wide, close");
	jx_assert_ok(jx_capture_begin(&b->h.rec, &good, &err), &err);
	jx_assert_ok(jx_capture_add_photo_bytes(good, photo, len, "wide", "camera", &err), &err);
	jx_assert_ok(jx_capture_set_sheet(good, b->sheet, &err), &err);
	jx_assert_ok(jx_capture_commit(good, &n, &err), &err);
	assert_int_equal(handheld_entry(&b->h, n).photo_count, 1);
}

static void the_last_kind_of_answers_counts(void **state)
{
	struct bench *b = *state;
	const struct jx_observation obs = {.result = "nothing-found"};
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t n = 0;

	fill(b, "0");
	jx_assert_ok(jx_capture_begin(&b->h.rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_sheet(c, b->sheet, &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &obs, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_string_equal(handheld_entry(&b->h, n).pack, "ten-disorders");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_sheet_becomes_an_observation_of_its_form),
		T(the_rules_own_message_names_the_field_and_nothing_is_saved),
		T(photos_have_the_roles_of_the_form),
		T(the_last_kind_of_answers_counts),
	};

	return cmocka_run_group_tests_name("capture.sheet", tests, NULL, NULL);
}
