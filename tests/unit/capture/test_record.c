/* Persons, shifts, days. */
#include <stdlib.h>

#include "handheld.h"

#define HOUR_MS (INT64_C(3600) * 1000)

static int setup(void **state)
{
	struct handheld *h = jx_xcalloc(1, sizeof(*h));

	handheld_init(h);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	handheld_done(*state);
	free(*state);
	return 0;
}

static void nobody_signed_in_records_nothing(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_capture) c = handheld_capture(h, "01");
	int64_t n = 0, observations = 0, photos = 0;
	struct jx_error err;

	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "sign-in");
	jx_assert_rc(jx_record_shift_start(&h->rec, &n, &err), JX_ESTATE, &err);
	jx_assert_rc(jx_record_person_out(&h->rec, &n, &err), JX_ESTATE, &err);
	jx_assert_rc(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), JX_ESTATE, &err);
	jx_assert_ok(jx_record_person_in(&h->rec, "p1", "none", &n, &err), &err);
	/* the same capture goes through now */
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(n, 2);
	assert_string_equal(handheld_entry(h, 2).person, "p1");
	assert_string_equal(handheld_entry(h, 2).person_verified, "none");
	assert_false(handheld_entry(h, 2).has_shift);
}

static void a_device_that_is_not_enrolled_records_nothing(void **state)
{
	struct handheld *h = *state;
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_store_set(h->d.store, JX_SET_REENROL, "revoked", &err), &err);
	jx_assert_rc(jx_record_person_in(&h->rec, "p1", "none", &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "jx enrol");
}

static void persons_come_and_go(void **state)
{
	struct handheld *h = *state;
	char out[64];
	struct jx_error err;
	int64_t n = 0;

	jx_assert_rc(jx_record_person_in(&h->rec, "", "none", &n, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_record_person_in(&h->rec, "p1", "retina", &n, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_record_person_in(&h->rec, "p1", "pin", &n, &err), &err);
	assert_int_equal(handheld_entry(h, n).kind, JX_KIND_PERSON_IN);
	/* in place of the first */
	jx_assert_ok(jx_record_person_in(&h->rec, "p2", "none", &n, &err), &err);
	jx_assert_ok(jx_store_get(h->d.store, JX_SET_PERSON, out, sizeof(out), &err), &err);
	assert_string_equal(out, "p2");
	jx_assert_ok(jx_record_shift_start(&h->rec, &n, &err), &err);
	/* not while somebody's shift is open */
	jx_assert_rc(jx_record_person_in(&h->rec, "p3", "none", &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "p2");
	jx_assert_ok(jx_record_person_in(&h->rec, "p2", "pin", &n, &err), &err);
	jx_assert_rc(jx_record_person_out(&h->rec, &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "shift end");
	jx_assert_rc(jx_record_shift_start(&h->rec, &n, &err), JX_ESTATE, &err);
}

static void a_shift_that_ends_states_the_totals(void **state)
{
	struct handheld *h = *state;
	uint8_t id[JX_ID_BYTES];
	int64_t n = 0, observations = 0, photos = 0;
	struct jx_entry e;
	struct jx_error err;
	char out[64];

	handheld_begin_day(h);
	(void)handheld_log(h, "01", id);
	(void)handheld_log(h, NULL, NULL);
	(void)handheld_log(h, "02", NULL);
	jx_assert_ok(jx_record_withdrawal(&h->rec, id, "wrong street", &n, &err), &err);
	jx_assert_ok(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), &err);
	assert_int_equal(observations, 3);
	assert_int_equal(photos, 0);
	e = handheld_entry(h, n);
	assert_int_equal(e.kind, JX_KIND_DAY_CLOSE);
	assert_true(e.has_totals);
	assert_int_equal(e.observations_total, 3);
	assert_true(e.has_shift);
	assert_string_equal(e.day, DEVICE_DAY);
	jx_assert_rc(jx_store_get(h->d.store, JX_SET_SHIFT, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_store_get(h->d.store, JX_SET_SHIFT_DAY, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	/* a second shift of the same day counts the whole day again */
	jx_assert_ok(jx_record_shift_start(&h->rec, &n, &err), &err);
	(void)handheld_log(h, "03", NULL);
	jx_assert_ok(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), &err);
	assert_int_equal(observations, 4);
	jx_assert_ok(jx_record_person_out(&h->rec, &n, &err), &err);
	jx_assert_rc(jx_store_get(h->d.store, JX_SET_PERSON, out, sizeof(out), &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_store_check(h->d.store, &err), &err);
}

/* A night shift from 23:00 to 03:30 is one day's work. */
static void a_shift_over_midnight_counts_for_the_day_it_began(void **state)
{
	struct handheld *h = *state;
	int64_t n = 0, observations = 0, photos = 0;
	struct jx_error err;

	jx_fake_clock_advance(&h->d.clock, 14 * HOUR_MS); /* 23:00 */
	handheld_begin_day(h);
	(void)handheld_log(h, "01", NULL);
	jx_fake_clock_advance(&h->d.clock, 4 * HOUR_MS); /* 03:00 */
	n = handheld_log(h, "02", NULL);
	assert_string_equal(handheld_entry(h, n).day, DEVICE_DAY);
	jx_assert_ok(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), &err);
	assert_int_equal(observations, 2);
	assert_string_equal(handheld_entry(h, n).day, DEVICE_DAY);
	/* after the shift the calendar holds */
	n = handheld_log(h, "03", NULL);
	assert_string_equal(handheld_entry(h, n).day, "2026-09-02");
}

/* Begun before the shift ended, saved after: it counts for its own day, and says which shift it belongs to no more. */
static void a_draft_left_over_counts_for_its_own_time(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_capture) c = NULL;
	int64_t n = 0, observations = 0, photos = 0;
	struct jx_error err;

	jx_fake_clock_advance(&h->d.clock, 14 * HOUR_MS);
	handheld_begin_day(h);
	jx_fake_clock_advance(&h->d.clock, 2 * HOUR_MS);
	c = handheld_capture(h, "01");
	jx_assert_ok(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_string_equal(handheld_entry(h, n).day, "2026-09-02");
	assert_false(handheld_entry(h, n).has_shift);
}

static void a_clock_wrong_by_years_hinders_nothing(void **state)
{
	struct handheld *h = *state;
	struct jx_error err;
	int64_t n = 0;

	h->d.clock.utc_ms = -5000; /* before 1970: the battery was empty */
	jx_assert_ok(jx_record_person_in(&h->rec, "p1", "none", &n, &err), &err);
	n = handheld_log(h, "01", NULL);
	assert_int_equal(handheld_entry(h, n).taken_utc_ms, 0);
	assert_string_equal(handheld_entry(h, n).day, "1970-01-01");
	h->d.clock.utc_ms = INT64_C(4102444800000); /* 2100 */
	n = handheld_log(h, "01", NULL);
	assert_string_equal(handheld_entry(h, n).day, "2100-01-01");
	jx_assert_ok(jx_store_check(h->d.store, &err), &err);
}

static void a_new_enrolment_names_the_log_before_it_first(void **state)
{
	struct handheld *h = *state;
	uint8_t head[JX_HASH_BYTES];
	struct jx_identity old = h->d.id;
	struct jx_error err;
	struct jx_entry e;
	int64_t old_n = 0, n = 0;

	handheld_begin_day(h);
	(void)handheld_log(h, "01", NULL);
	jx_assert_ok(jx_store_head(h->d.store, &old_n, head, &err), &err);
	jx_assert_rc(jx_record_continues(&h->rec, old.writer, old_n, head, &n, &err), JX_ESTATE, &err);
	device_enrol(&h->d, 2);
	jx_assert_ok(jx_record_continues(&h->rec, old.writer, old_n, head, &n, &err), &err);
	assert_int_equal(n, 1);
	e = handheld_entry(h, 1);
	assert_true(e.has_continues);
	assert_memory_equal(e.old_writer, old.writer, JX_ID_BYTES);
	assert_int_equal(e.old_n, 3);
	assert_memory_equal(e.old_head, head, JX_HASH_BYTES);
	/* people and shift are the same */
	n = handheld_log(h, "02", NULL);
	assert_string_equal(handheld_entry(h, n).person, "p1");
	assert_true(handheld_entry(h, n).has_shift);
}

/* The power went between the identity and its first entry: whatever is saved next says it first. */
static void a_log_whose_first_entry_is_missing_gets_it_with_the_next_save(void **state)
{
	struct handheld *h = *state;
	uint8_t head[JX_HASH_BYTES];
	struct jx_identity old = h->d.id;
	struct jx_error err;
	struct jx_entry e;
	int64_t old_n = 0, n = 0;

	handheld_begin_day(h);
	(void)handheld_log(h, "01", NULL);
	jx_assert_ok(jx_store_head(h->d.store, &old_n, head, &err), &err);
	device_enrol(&h->d, 2);
	device_enrol(&h->d, 3); /* and once more, before anything was recorded */
	n = handheld_log(h, "02", NULL);
	assert_int_equal(n, 2);
	e = handheld_entry(h, 1);
	assert_true(e.has_continues);
	assert_memory_equal(e.old_writer, old.writer, JX_ID_BYTES);
	assert_int_equal(e.old_n, old_n);
	assert_memory_equal(e.old_head, head, JX_HASH_BYTES);
	n = handheld_log(h, "02", NULL);
	assert_int_equal(n, 3);
	jx_assert_ok(jx_store_check(h->d.store, &err), &err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(nobody_signed_in_records_nothing),
		T(a_device_that_is_not_enrolled_records_nothing),
		T(persons_come_and_go),
		T(a_shift_that_ends_states_the_totals),
		T(a_shift_over_midnight_counts_for_the_day_it_began),
		T(a_draft_left_over_counts_for_its_own_time),
		T(a_clock_wrong_by_years_hinders_nothing),
		T(a_new_enrolment_names_the_log_before_it_first),
		T(a_log_whose_first_entry_is_missing_gets_it_with_the_next_save),
	};

	return cmocka_run_group_tests_name("capture.record", tests, NULL, NULL);
}
