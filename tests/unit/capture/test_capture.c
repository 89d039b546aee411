/* Making observations and corrections. */
#include <stdio.h>
#include <stdlib.h>

#include "handheld.h"
#include "picture.h"

static int setup(void **state)
{
	struct handheld *h = jx_xcalloc(1, sizeof(*h));

	handheld_init(h);
	handheld_begin_day(h);
	*state = h;
	return 0;
}

static int teardown(void **state)
{
	handheld_done(*state);
	free(*state);
	return 0;
}

static int64_t entries(struct handheld *h)
{
	struct jx_store_counts c;
	struct jx_error err;

	jx_assert_ok(jx_store_count(h->d.store, &c, &err), &err);
	return c.entries;
}

static void an_observation_holds_all_that_was_said(void **state)
{
	struct handheld *h = *state;
	const struct jx_observation obs = {
		.result = "found", .code = "01", .quantity = "3", .unit = "sheet", .note = "墙上"};
	const struct jx_fix fix = {.source = JX_FIX_GNSS,
				   .lat_wgs84_e7 = 302300000,
				   .lon_wgs84_e7 = 1197200000,
				   .accuracy_mm = 4200,
				   .satellites_used = 9,
				   .mode = 3,
				   .age_ms = 800,
				   .gnss_utc_ms = DEVICE_MORNING_UTC_MS + 500};
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0;

	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_capture_set_fix(c, &fix);
	jx_assert_ok(jx_capture_set_place(c, "330185-012", "人民路", "2026-08", &err), &err);
	jx_assert_ok(jx_capture_set_why(c, "patrol", "spring", "p2", &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &obs, &err), &err);
	jx_fake_clock_advance(&h->d.clock, 30000);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(n, 3);
	e = handheld_entry(h, n);
	assert_int_equal(e.kind, JX_KIND_OBSERVATION);
	assert_memory_equal(e.id, jx_capture_id(c), JX_ID_BYTES);
	assert_int_equal(e.taken_utc_ms, DEVICE_MORNING_UTC_MS);
	assert_int_equal(e.saved_utc_ms, DEVICE_MORNING_UTC_MS + 30000);
	assert_int_equal(e.mono_ms, 90000);
	assert_int_equal(e.boot[0], 1);
	assert_int_equal(e.gnss_utc_ms, DEVICE_MORNING_UTC_MS + 1300);
	assert_string_equal(e.day, DEVICE_DAY);
	assert_string_equal(e.area, "330185");
	assert_string_equal(e.person, "p1");
	assert_string_equal(e.person_verified, "pin");
	assert_true(e.has_shift);
	assert_memory_equal(e.shift, handheld_entry(h, 2).id, JX_ID_BYTES);
	assert_string_equal(e.officer2, "p2");
	assert_string_equal(e.source, "patrol");
	assert_string_equal(e.campaign, "spring");
	assert_int_equal(e.fix.source, JX_FIX_GNSS);
	assert_int_equal(e.fix.lat_wgs84_e7, 302300000);
	assert_int_equal(e.fix.accuracy_mm, 4200);
	assert_int_equal(e.fix.age_ms, 800);
	assert_string_equal(e.grid, "330185-012");
	assert_string_equal(e.street, "人民路");
	assert_string_equal(e.ref_version, "2026-08");
	assert_string_equal(e.pack, "ten-disorders");
	assert_int_equal(e.pack_version, jx_pack_version(h->pack));
	jx_assert_ok(jx_store_check(h->d.store, &err), &err);
}

static void no_fix_never_blocks_a_save(void **state)
{
	struct handheld *h = *state;
	const struct jx_fix none = {.source = JX_FIX_NONE, .satellites_used = 2};
	JX_AUTO(jx_capture) c = handheld_capture(h, NULL);
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0;

	e = handheld_entry(h, handheld_log(h, NULL, NULL));
	assert_int_equal(e.fix.source, JX_FIX_NONE);
	assert_int_equal(e.fix.satellites_used, -1);
	jx_capture_set_fix(c, &none);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(handheld_entry(h, n).fix.satellites_used, 2);
}

static void impossible_coordinates_are_refused_by_name(void **state)
{
	struct handheld *h = *state;
	const struct jx_fix bad = {.source = JX_FIX_MANUAL, .lat_wgs84_e7 = 900000001};
	const struct jx_fix good = {.source = JX_FIX_MANUAL, .lat_wgs84_e7 = 900000000};
	JX_AUTO(jx_capture) c = handheld_capture(h, NULL);
	struct jx_error err;
	int64_t n = 0;

	jx_capture_set_fix(c, &bad);
	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "lat_wgs84_e7");
	assert_int_equal(entries(h), 2);
	jx_capture_set_fix(c, &good);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(n, 3);
}

static void bad_answers_are_refused_and_change_nothing(void **state)
{
	struct handheld *h = *state;
	const struct jx_observation unknown = {.result = "found", .code = "99"};
	const struct jx_observation no_unit = {
		.result = "found", .code = "01", .quantity = "3", .unit = "parsec"};
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "answers");
	jx_assert_rc(jx_capture_set_answers(c, &unknown, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_capture_set_answers(c, &no_unit, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_capture_set_place(c, "\xff", NULL, NULL, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "grid");
	jx_assert_rc(jx_capture_set_why(c, "a-source-with-a-very-long-name", NULL, NULL, &err), JX_EINVAL,
		     &err);
	jx_assert_says(&err, "source");
	assert_int_equal(entries(h), 2);
}

static void committing_again_saves_once(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_capture) c = handheld_capture(h, "02");
	JX_AUTO(jx_capture) retry = handheld_capture(h, "02");
	const uint8_t no_uuid[JX_ID_BYTES] = {1};
	struct jx_error err;
	int64_t n = 0, again = 0;

	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &again, &err), &err);
	assert_int_equal(again, n);
	/* another program with the id of the first */
	jx_assert_rc(jx_capture_set_id(retry, no_uuid, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_capture_set_id(retry, jx_capture_id(c), &err), &err);
	again = 0;
	jx_assert_ok(jx_capture_commit(retry, &again, &err), &err);
	assert_int_equal(again, n);
	assert_int_equal(entries(h), 3);
}

static void dropping_saves_nothing(void **state)
{
	struct handheld *h = *state;

	jx_capture_drop(handheld_capture(h, "02"));
	jx_capture_drop(NULL);
	assert_int_equal(entries(h), 2);
}

/* ---- photos */

static char *write_photo(struct handheld *h, const char *name, unsigned seed)
{
	char *path = jx_test_path(h->d.folder, name);
	size_t len = 0;
	JX_AUTO_FREE uint8_t *data = picture_make(seed, false, "2026:09:01 08:59:00", "+08:00", &len);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void photos_are_published_and_listed(void **state)
{
	struct handheld *h = *state;
	JX_AUTO_FREE char *a = write_photo(h, "a.jpg", 1);
	JX_AUTO_FREE char *b = write_photo(h, "b.jpg", 2);
	JX_AUTO(jx_capture) c = handheld_capture(h, "03");
	size_t len = 0;
	JX_AUTO_FREE uint8_t *camera = picture_make(3, false, NULL, NULL, &len);
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0;
	size_t i;

	jx_assert_ok(jx_capture_add_photo(c, a, "wide", &err), &err);
	jx_assert_ok(jx_capture_add_photo(c, b, NULL, &err), &err);
	jx_assert_ok(jx_capture_add_photo_bytes(c, camera, len, "before", "camera", &err), &err);
	jx_assert_rc(jx_capture_add_photo(c, a, "close", &err), JX_EEXISTS, &err);
	jx_assert_says(&err, "photo 1");
	jx_assert_rc(jx_capture_add_photo(c, a, "selfie", &err), JX_EINVAL, &err);
	jx_assert_says(&err, "selfie");
	jx_assert_rc(jx_capture_add_photo_bytes(c, camera, len, "before", "painted", &err), JX_EINVAL, &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	e = handheld_entry(h, n);
	assert_int_equal(e.photo_count, 3);
	assert_string_equal(e.photos[0].role, "wide");
	assert_string_equal(e.photos[0].how, "imported");
	assert_int_equal(e.photos[0].taken_utc_ms, DEVICE_MORNING_UTC_MS - 60000);
	assert_string_equal(e.photos[1].role, "close");
	assert_string_equal(e.photos[2].how, "camera");
	for (i = 0; i < e.photo_count; i++)
		jx_assert_ok(jx_media_verify(h->media, e.photos[i].sha256, &err), &err);
}

static void a_picture_of_after_names_the_one_of_before(void **state)
{
	struct handheld *h = *state;
	JX_AUTO_FREE char *a = write_photo(h, "a.jpg", 1);
	JX_AUTO_FREE char *b = write_photo(h, "b.jpg", 2);
	JX_AUTO(jx_capture) first = handheld_capture(h, "03");
	JX_AUTO(jx_capture) second = handheld_capture(h, "03");
	uint8_t before[JX_HASH_BYTES];
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0;

	jx_assert_ok(jx_capture_add_photo(first, a, "close", &err), &err);
	jx_assert_ok(jx_capture_commit(first, &n, &err), &err);
	e = handheld_entry(h, n);
	assert_false(jx_photo_has_before(&e.photos[0]));
	memcpy(before, e.photos[0].sha256, sizeof(before));
	jx_assert_rc(jx_capture_set_before(second, before, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_capture_add_photo(second, a, "after", &err), &err);
	jx_assert_rc(jx_capture_set_before(second, before, &err), JX_EINVAL, &err);
	jx_capture_drop(JX_STEAL(second));
	second = handheld_capture(h, "03");
	jx_assert_ok(jx_capture_add_photo(second, a, "wide", &err), &err);
	jx_assert_ok(jx_capture_add_photo(second, b, "after", &err), &err);
	jx_assert_ok(jx_capture_set_before(second, before, &err), &err);
	jx_assert_ok(jx_capture_commit(second, &n, &err), &err);
	e = handheld_entry(h, n);
	assert_false(jx_photo_has_before(&e.photos[0]));
	assert_true(jx_photo_has_before(&e.photos[1]));
	assert_memory_equal(e.photos[1].before_sha256, before, sizeof(before));
}

/* Another process let an older file of the same picture go between the import and the save. */
static void a_photo_that_went_meanwhile_is_asked_for_again(void **state)
{
	struct handheld *h = *state;
	JX_AUTO_FREE char *a = write_photo(h, "a.jpg", 1);
	JX_AUTO(jx_capture) c = handheld_capture(h, "03");
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_photo_ref ref = {.size_bytes = 0};
	struct jx_error err;
	struct jx_entry e;
	int64_t n = 0;

	jx_assert_ok(jx_capture_add_photo(c, a, NULL, &err), &err);
	jx_assert_ok(jx_media_import(h->media, jx_os_fs(), a, &ref, &err), &err);
	memcpy(sha256, ref.sha256, sizeof(sha256));
	jx_assert_ok(jx_media_remove(h->media, sha256, &err), &err);
	jx_assert_rc(jx_capture_commit(c, &n, &err), JX_ESTATE, &err);
	jx_assert_says(&err, "add it again");
	jx_assert_ok(jx_media_import(h->media, jx_os_fs(), a, &ref, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	e = handheld_entry(h, n);
	assert_int_equal(e.photo_count, 1);
}

static void bad_photos_are_refused_and_the_rest_is_saved(void **state)
{
	struct handheld *h = *state;
	JX_AUTO_FREE char *text = jx_test_path(h->d.folder, "letter.jpg");
	JX_AUTO_FREE char *absent = jx_test_path(h->d.folder, "absent.jpg");
	JX_AUTO(jx_capture) c = handheld_capture(h, "03");
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_fs_write_all(jx_os_fs(), text, "no picture", 10, &err), &err);
	jx_assert_rc(jx_capture_add_photo(c, text, NULL, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "letter.jpg");
	jx_assert_rc(jx_capture_add_photo(c, absent, NULL, &err), JX_ENOTFOUND, &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(handheld_entry(h, n).photo_count, 0);
}

static void an_entry_takes_twenty_photos_and_no_more(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_capture) c = handheld_capture(h, "03");
	struct jx_error err;
	unsigned i;
	int64_t n = 0;

	for (i = 0; i <= JX_PHOTOS_MAX; i++) {
		size_t len = 0;
		JX_AUTO_FREE uint8_t *data = picture_make(i + 1, false, NULL, NULL, &len);
		const jx_rc rc = jx_capture_add_photo_bytes(c, data, len, NULL, "camera", &err);

		assert_int_equal(rc, i < JX_PHOTOS_MAX ? JX_OK : JX_ELIMIT);
	}
	jx_assert_says(&err, "20");
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	assert_int_equal(handheld_entry(h, n).photo_count, JX_PHOTOS_MAX);
}

static void the_reserve_stops_photos_but_not_records(void **state)
{
	struct handheld *h = *state;
	JX_AUTO_FREE char *a = write_photo(h, "a.jpg", 1);
	JX_AUTO(jx_capture) c = handheld_capture(h, "03");
	struct jx_error err;
	int64_t n = 0;

	h->rec.reserve_bytes = INT64_MAX / 2; /* no disk has that */
	jx_assert_rc(jx_capture_add_photo(c, a, NULL, &err), JX_ENOSPC, &err);
	jx_assert_says(&err, "free some space");
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	h->rec.reserve_bytes = 1;
	jx_assert_ok(jx_capture_add_photo(c, a, NULL, &err), &err);
}

/* ---- corrections */

static int64_t correct(struct handheld *h, const uint8_t of_id[JX_ID_BYTES], const char *reason,
		       uint8_t id_out[JX_ID_BYTES], jx_rc expected, struct jx_error *err)
{
	JX_AUTO(jx_capture) c = handheld_capture(h, "04");
	int64_t n = 0;

	jx_assert_rc(jx_capture_set_correction(c, of_id, reason, err), expected, err);
	if (expected != JX_OK)
		return 0;
	jx_assert_ok(jx_capture_commit(c, &n, err), err);
	memcpy(id_out, jx_capture_id(c), JX_ID_BYTES);
	return n;
}

static void corrections_make_one_line_of_versions(void **state)
{
	struct handheld *h = *state;
	uint8_t first[JX_ID_BYTES], second[JX_ID_BYTES], third[JX_ID_BYTES];
	struct jx_error err;
	struct jx_entry e;
	int64_t n, of_n = handheld_log(h, "01", first);

	n = correct(h, first, "wrong code", second, JX_OK, &err);
	e = handheld_entry(h, n);
	assert_int_equal(e.kind, JX_KIND_CORRECTION);
	assert_string_equal(e.reason, "wrong code");
	assert_memory_equal(e.ref.id, first, JX_ID_BYTES);
	assert_memory_equal(e.ref.digest, device_row(&h->d, of_n).digest, JX_HASH_BYTES);
	/* the person names the first again: the newest is corrected */
	of_n = n;
	n = correct(h, first, "again", third, JX_OK, &err);
	e = handheld_entry(h, n);
	assert_memory_equal(e.ref.id, second, JX_ID_BYTES);
	assert_memory_equal(e.ref.digest, device_row(&h->d, of_n).digest, JX_HASH_BYTES);
	assert_true(device_row(&h->d, of_n).is_replaced);
	assert_false(device_row(&h->d, n).is_replaced);
}

static void what_cannot_be_corrected_is_refused(void **state)
{
	struct handheld *h = *state;
	const uint8_t unknown[JX_ID_BYTES] = {9};
	uint8_t id[JX_ID_BYTES], second[JX_ID_BYTES];
	struct jx_entry shift = handheld_entry(h, 2);
	struct jx_error err;
	int64_t n = 0;

	(void)handheld_log(h, "01", id);
	(void)correct(h, unknown, "why", second, JX_ENOTFOUND, &err);
	(void)correct(h, shift.id, "why", second, JX_EINVAL, &err);
	(void)correct(h, id, "", second, JX_EINVAL, &err);
	jx_assert_says(&err, "reason");
	(void)correct(h, id, "typo", second, JX_OK, &err);
	jx_assert_rc(jx_record_withdrawal(&h->rec, id, NULL, &n, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_record_withdrawal(&h->rec, id, "not there", &n, &err), &err);
	assert_memory_equal(handheld_entry(h, n).ref.id, second, JX_ID_BYTES);
	(void)correct(h, id, "why", second, JX_ESTATE, &err);
	jx_assert_rc(jx_record_withdrawal(&h->rec, id, "twice", &n, &err), JX_ESTATE, &err);
	jx_assert_rc(jx_record_withdrawal(&h->rec, handheld_entry(h, n).id, "the withdrawal", &n, &err),
		     JX_EINVAL, &err);
}

/* Between naming and saving another program corrected the same entry: ours follows. */
static void a_correction_follows_one_that_was_faster(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_capture) slow = handheld_capture(h, "05");
	uint8_t first[JX_ID_BYTES], second[JX_ID_BYTES];
	struct jx_error err;
	int64_t n = 0;

	(void)handheld_log(h, "01", first);
	jx_assert_ok(jx_capture_set_correction(slow, first, "slow", &err), &err);
	(void)correct(h, first, "fast", second, JX_OK, &err);
	jx_assert_ok(jx_capture_commit(slow, &n, &err), &err);
	assert_memory_equal(handheld_entry(h, n).ref.id, second, JX_ID_BYTES);
}

static void an_entry_of_an_earlier_identity_can_be_corrected(void **state)
{
	struct handheld *h = *state;
	uint8_t first[JX_ID_BYTES], second[JX_ID_BYTES];
	struct jx_error err;
	int64_t n;

	(void)handheld_log(h, "01", first);
	device_enrol(&h->d, 2);
	n = correct(h, first, "later", second, JX_OK, &err);
	assert_int_equal(n, 2); /* after the entry that names the log before it */
	assert_memory_equal(handheld_entry(h, n).ref.id, first, JX_ID_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(an_observation_holds_all_that_was_said),
		T(no_fix_never_blocks_a_save),
		T(impossible_coordinates_are_refused_by_name),
		T(bad_answers_are_refused_and_change_nothing),
		T(committing_again_saves_once),
		T(dropping_saves_nothing),
		T(photos_are_published_and_listed),
		T(a_picture_of_after_names_the_one_of_before),
		T(a_photo_that_went_meanwhile_is_asked_for_again),
		T(bad_photos_are_refused_and_the_rest_is_saved),
		T(an_entry_takes_twenty_photos_and_no_more),
		T(the_reserve_stops_photos_but_not_records),
		T(corrections_make_one_line_of_versions),
		T(what_cannot_be_corrected_is_refused),
		T(a_correction_follows_one_that_was_faster),
		T(an_entry_of_an_earlier_identity_can_be_corrected),
	};

	return cmocka_run_group_tests_name("capture.capture", tests, NULL, NULL);
}
