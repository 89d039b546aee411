/* What a person sees: lists, one entry, the day. */
#include <stdio.h>
#include <stdlib.h>

#include "handheld.h"
#include "jiexun/view.h"

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

struct seen {
	char numbers[256];
	struct jx_view_row last;
	int stop_after;
};

static jx_rc see(void *user, const struct jx_view_row *row)
{
	struct seen *s = user;
	const size_t len = strlen(s->numbers);

	(void)snprintf(s->numbers + len, sizeof(s->numbers) - len, "%s%s%s ", row->number,
		       row->is_corrected ? "c" : "", row->is_withdrawn ? "w" : "");
	s->last = *row;
	return s->stop_after > 0 && --s->stop_after == 0 ? JX_ENET : JX_OK;
}

static void assert_list(struct handheld *h, const struct jx_view_query *q, const char *expected)
{
	struct seen s = {.stop_after = 0};
	struct jx_error err;

	jx_assert_ok(jx_view_list(h->d.store, h->pack, q, see, &s, &err), &err);
	assert_string_equal(s.numbers, expected);
}

static struct jx_view_row row_of(struct handheld *h, const char *name)
{
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_error err;

	jx_assert_ok(jx_view_show(h->d.store, h->pack, name, &e, &err), &err);
	return e->row;
}

static int64_t correct(struct handheld *h, const uint8_t of_id[JX_ID_BYTES], const char *code)
{
	JX_AUTO(jx_capture) c = handheld_capture(h, code);
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_capture_set_correction(c, of_id, "wrong", &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	return n;
}

/* 1 person-in, 2 shift, 3 found 01, 4 nothing found, 5 found 02.. */
static void fill(struct handheld *h, uint8_t ids[3][JX_ID_BYTES])
{
	(void)handheld_log(h, "01", ids[0]);
	(void)handheld_log(h, NULL, ids[1]);
	(void)handheld_log(h, "02", ids[2]);
}

static void a_list_shows_findings_and_on_request_all(void **state)
{
	struct handheld *h = *state;
	uint8_t ids[3][JX_ID_BYTES];

	fill(h, ids);
	assert_list(h, &(struct jx_view_query){.day = DEVICE_DAY}, "H07-3 H07-4 H07-5 ");
	assert_list(h, &(struct jx_view_query){.all_kinds = true}, "H07-1 H07-2 H07-3 H07-4 H07-5 ");
	assert_list(h, &(struct jx_view_query){.newest_first = true, .limit = 2}, "H07-5 H07-4 ");
	assert_list(h, &(struct jx_view_query){.day = "2026-09-02"}, "");
}

static void corrected_and_withdrawn_are_marked(void **state)
{
	struct handheld *h = *state;
	uint8_t ids[3][JX_ID_BYTES];
	struct jx_error err;
	int64_t n = 0;

	fill(h, ids);
	(void)correct(h, ids[0], "03");                                                   /* 6 */
	(void)correct(h, ids[0], "04");                                                   /* 7, of 6 */
	(void)correct(h, ids[2], "05");                                                   /* 8 */
	jx_assert_ok(jx_record_withdrawal(&h->rec, ids[2], "not there", &n, &err), &err); /* 9, of 8 */
	assert_list(h, &(struct jx_view_query){.day = DEVICE_DAY},
		    "H07-3c H07-4 H07-5cw H07-6c H07-7 H07-8w H07-9 ");
	assert_list(h, &(struct jx_view_query){.current_only = true}, "H07-4 H07-7 ");
	assert_list(h, &(struct jx_view_query){.current_only = true, .all_kinds = true},
		    "H07-1 H07-2 H07-4 H07-7 ");
	assert_string_equal(row_of(h, "H07-7").of_number, "H07-6");
	assert_string_equal(row_of(h, "H07-9").of_number, "H07-8");
	assert_string_equal(row_of(h, "H07-9").reason, "not there");
}

static void a_row_says_what_was_found_where(void **state)
{
	struct handheld *h = *state;
	const struct jx_observation obs = {.result = "found",
					   .code = "01",
					   .quantity = "3",
					   .unit = "sheet",
					   .note = "墙上",
					   .is_self_handled = true};
	const struct jx_fix fix = {.source = JX_FIX_MANUAL,
				   .lat_wgs84_e7 = -5,
				   .lon_wgs84_e7 = 1197200000,
				   .accuracy_mm = -1,
				   .satellites_used = -1};
	JX_AUTO(jx_capture) c = NULL;
	struct jx_view_row row;
	struct jx_error err;
	int64_t n = 0;

	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &obs, &err), &err);
	jx_capture_set_fix(c, &fix);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	row = row_of(h, "H07-3");
	assert_string_equal(row.number, "H07-3");
	assert_int_equal(row.n, 3);
	assert_int_equal(row.taken_utc_ms, DEVICE_MORNING_UTC_MS);
	assert_string_equal(row.person, "p1");
	assert_string_equal(row.result, "found");
	assert_string_equal(row.code, "01");
	assert_string_equal(row.group_code, "01");
	assert_string_not_equal(row.name, "01");
	assert_string_not_equal(row.group, "01");
	assert_string_equal(row.quantity, "3");
	assert_string_equal(row.unit, "sheet");
	assert_string_not_equal(row.unit_name, "");
	assert_string_equal(row.note, "墙上");
	assert_true(row.is_self_handled);
	assert_string_equal(row.place, "-0.0000005, 119.7200000");
	assert_int_equal(row.state, JX_ENTRY_SAVED);
	/* without a pack the codes stand there */
	{
		JX_AUTO(jx_view_entry) e = NULL;

		jx_assert_ok(jx_view_show(h->d.store, NULL, "H07-3", &e, &err), &err);
		assert_string_equal(e->row.name, "01");
		assert_string_equal(e->row.unit_name, "sheet");
	}
}

static void names_find_entries(void **state)
{
	struct handheld *h = *state;
	uint8_t ids[3][JX_ID_BYTES], found[JX_ID_BYTES];
	char uuid[37], prefix[37], number[JX_NUMBER_MAX];
	struct jx_error err;

	fill(h, ids);
	jx_assert_ok(jx_view_find(h->d.store, "H07-4", found, &err), &err);
	assert_memory_equal(found, ids[1], JX_ID_BYTES);
	jx_assert_ok(jx_view_find(h->d.store, "h07-4", found, &err), &err);
	jx_assert_ok(jx_view_find(h->d.store, "4", found, &err), &err);
	assert_memory_equal(found, ids[1], JX_ID_BYTES);
	jx_uuid_format(ids[2], uuid);
	jx_assert_ok(jx_view_find(h->d.store, uuid, found, &err), &err);
	assert_memory_equal(found, ids[2], JX_ID_BYTES);
	/* the three were made in the same millisecond: their first digits are the same */
	memcpy(prefix, uuid, 9);
	prefix[8] = '\0';
	jx_assert_rc(jx_view_find(h->d.store, prefix, found, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "more digits");
	memcpy(prefix, uuid, 36);
	prefix[30] = '\0';
	jx_assert_ok(jx_view_find(h->d.store, prefix, found, &err), &err);
	assert_memory_equal(found, ids[2], JX_ID_BYTES);
	jx_assert_rc(jx_view_find(h->d.store, "H07-99", found, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, "H07-99");
	jx_assert_rc(jx_view_find(h->d.store, "H09-4", found, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_view_find(h->d.store, "H07-0", found, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_view_find(h->d.store, "nothing", found, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_view_find(h->d.store, "", found, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_view_find(h->d.store, "999999999999999999999", found, &err), JX_ENOTFOUND, &err);
	jx_assert_rc(jx_view_find(h->d.store, "ffffffff-ffff-ffff-ffff-ffffffffffff-ff", found, &err),
		     JX_ENOTFOUND, &err);
	jx_assert_ok(jx_view_number(h->d.store, ids[0], number, &err), &err);
	assert_string_equal(number, "H07-3");
	/* numbers of an earlier identity, by its own short code */
	device_enrol(&h->d, 2);
	(void)handheld_log(h, "01", NULL);
	jx_assert_ok(jx_view_find(h->d.store, "H07-4", found, &err), &err);
	assert_memory_equal(found, ids[1], JX_ID_BYTES);
	jx_assert_ok(jx_view_find(h->d.store, "H08-2", found, &err), &err);
	jx_assert_rc(jx_view_find(h->d.store, "4", found, &err), JX_ENOTFOUND, &err);
	assert_list(h, &(struct jx_view_query){.all_writers = true}, "H07-3 H07-4 H07-5 H08-2 ");
	assert_list(h, &(struct jx_view_query){.day = DEVICE_DAY}, "H08-2 ");
}

static void one_entry_in_full_has_its_bytes_and_its_fate(void **state)
{
	struct handheld *h = *state;
	JX_AUTO(jx_view_entry) e = NULL;
	uint8_t ids[3][JX_ID_BYTES], digest[JX_HASH_BYTES];
	struct jx_error err;

	fill(h, ids);
	(void)correct(h, ids[0], "03");
	jx_assert_ok(jx_view_show(h->d.store, h->pack, "H07-3", &e, &err), &err);
	assert_string_equal(e->replaced_by, "H07-6");
	jx_sha256(e->bytes, e->len, digest);
	assert_memory_equal(digest, e->digest, sizeof(digest));
	assert_true(jx_chain_verify(h->d.pub, e->head, e->sig));
	assert_memory_equal(e->entry.id, ids[0], JX_ID_BYTES);
	/* answers point into the bytes */
	assert_true((const char *)e->entry.answers.data > e->bytes);
	assert_true((const char *)e->entry.answers.data < e->bytes + e->len);
	assert_string_equal(row_of(h, "H07-4").result, "nothing-found");
}

static void a_list_stops_when_told(void **state)
{
	struct handheld *h = *state;
	const struct jx_view_query q = {.limit = 0};
	struct seen s = {.stop_after = 2};
	uint8_t ids[3][JX_ID_BYTES];
	struct jx_error err;

	fill(h, ids);
	assert_int_equal(jx_view_list(h->d.store, h->pack, &q, see, &s, &err), JX_ENET);
	assert_string_equal(s.numbers, "H07-3 H07-4 ");
}

static void the_day_is_summed_by_its_newest_versions(void **state)
{
	struct handheld *h = *state;
	const struct jx_observation no_access = {.result = "no-access", .code = "02"};
	JX_AUTO(jx_capture) c = NULL;
	uint8_t ids[3][JX_ID_BYTES], id[JX_ID_BYTES];
	int64_t n = 0, observations = 0, photos = 0;
	struct jx_view_day day;
	struct jx_error err;

	fill(h, ids);
	(void)correct(h, ids[0], "02");
	(void)handheld_log(h, "02", id);
	jx_assert_ok(jx_record_withdrawal(&h->rec, id, "twice", &n, &err), &err);
	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &no_access, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	jx_assert_ok(jx_view_day(h->d.store, h->pack, DEVICE_DAY, &day, &err), &err);
	assert_false(day.is_closed);
	assert_int_equal(day.observations, 5);
	assert_int_equal(day.found, 2);
	assert_int_equal(day.nothing_found, 1);
	assert_int_equal(day.no_access, 1);
	assert_int_equal(day.corrected, 1);
	assert_int_equal(day.withdrawn, 1);
	assert_int_equal(day.saved, n);
	assert_int_equal(day.group_count, 2);
	assert_string_equal(day.groups[0].code, "");
	assert_int_equal(day.groups[0].nothing_found, 1);
	assert_string_equal(day.groups[1].code, "02");
	assert_int_equal(day.groups[1].found, 2);
	assert_int_equal(day.groups[1].no_access, 1);
	jx_assert_ok(jx_record_shift_end(&h->rec, &observations, &photos, &n, &err), &err);
	assert_int_equal(observations, day.observations);
	jx_assert_ok(jx_record_person_out(&h->rec, &n, &err), &err);
	jx_assert_ok(device_receipt(&h->d, n - 1, &err), &err);
	jx_assert_ok(jx_view_day(h->d.store, h->pack, DEVICE_DAY, &day, &err), &err);
	assert_true(day.is_closed);
	assert_int_equal(day.complete, n - 1);
	assert_int_equal(day.saved, 1);
	jx_assert_rc(jx_view_day(h->d.store, h->pack, "yesterday", &day, &err), JX_EINVAL, &err);
	jx_assert_ok(jx_view_day(h->d.store, h->pack, "2026-09-09", &day, &err), &err);
	assert_int_equal(day.observations, 0);
}

static jx_rc see_photo(void *user, const char *number, const struct jx_photo_ref *photo, bool is_let_go)
{
	char *text = user;
	const size_t len = strlen(text);

	(void)snprintf(text + len, 64 - len, "%s:%02x ", number, (unsigned)photo->sha256[0]);
	assert_false(is_let_go);
	return JX_OK;
}

static void photos_come_with_the_number_of_their_entry(void **state)
{
	struct handheld *h = *state;
	struct plain p = device_plain(&h->d);
	char text[64] = "";
	struct jx_error err;

	p.photo_count = 2;
	device_photo(p.photos[0], 1);
	device_photo(p.photos[1], 2);
	(void)device_save(&h->d, &p);
	jx_assert_ok(jx_view_each_photo(h->d.store, see_photo, text, &err), &err);
	assert_string_equal(text, "H07-3:01 H07-3:02 ");
}

static void assert_found(struct handheld *h, const char *text, const char *expected)
{
	const struct jx_view_query q = {.search = text};

	assert_list(h, &q, expected);
}

/* What an entry is called is found as what it says is; what it was corrected to, under its new name. */
static void a_search_knows_names_of_codes_and_versions(void **state)
{
	struct handheld *h = *state;
	const struct jx_code *first = jx_pack_find(h->pack, "01"), *second = jx_pack_find(h->pack, "02");
	uint8_t ids[3][JX_ID_BYTES];
	JX_AUTO_FREE char *both = NULL;
	struct jx_view_query q = {.search = "wrong", .newest_first = true, .limit = 1};
	struct seen s = {.stop_after = 0};
	struct jx_error err;

	fill(h, ids);
	assert_found(h, first->name.zh, "H07-3 ");
	assert_found(h, second->name.zh, "H07-5 ");
	assert_int_equal(correct(h, ids[0], "02"), 6);
	assert_found(h, first->name.zh, "H07-3c ");
	assert_found(h, second->name.zh, "H07-5 H07-6 ");
	assert_found(h, "WRONG", "H07-6 ");
	assert_found(h, "p1\xe3\x80\x80 wrong", "H07-6 ");
	both = jx_xasprintf("%s wrong", second->name.zh);
	assert_found(h, both, "H07-6 ");
	assert_found(h, "nothing-to-be-found", "");
	assert_list(h, &q, "H07-6 ");
	/* page by page */
	q = (struct jx_view_query){.search = "p1", .newest_first = true, .limit = 2};
	jx_assert_ok(jx_view_list(h->d.store, h->pack, &q, see, &s, &err), &err);
	assert_string_equal(s.numbers, "H07-6 H07-5 ");
	q.beyond = s.last.log_place;
	assert_list(h, &q, "H07-4 H07-3c ");
	q.search = " \t ";
	jx_assert_rc(jx_view_list(h->d.store, h->pack, &q, see, &s, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "nothing to search for");
}

static void report_plague(struct handheld *h, jx_packs *packs)
{
	static const char *const answers[][2] = {{"kinds", "suspected"},
						 {"persons", "1"},
						 {"place_name", "x"},
						 {"told_cdc", "yes"},
						 {"untouched", "yes"}};
	JX_AUTO(jx_sheet) sheet = NULL;
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t n;

	jx_assert_ok(jx_sheet_new(jx_packs_with_form(packs, "plague.report", DEVICE_DAY), "plague.report",
				  DEVICE_DAY, &sheet, &err),
		     &err);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		jx_assert_ok(jx_sheet_set(sheet, answers[i][0], answers[i][1], &err), &err);
	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_sheet(c, sheet, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
}

/* However long ago of the day it was, and whatever others write about it. */
static void what_cannot_wait_is_found_among_many(void **state)
{
	struct jx_view_query q = {.day = DEVICE_DAY, .newest_first = true, .at_once_only = true};
	const struct jx_observation talk = {.result = "nothing-found", .note = "see plague.report"};
	struct handheld *h = *state;
	JX_AUTO(jx_packs) packs = NULL;
	JX_AUTO(jx_capture) c = NULL;
	struct jx_error err;
	int64_t behind = 0, n;

	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	q.packs = packs;
	assert_list(h, &q, "");
	report_plague(h, packs); /* 3 */
	for (int i = 0; i < 450; i++)
		(void)handheld_log(h, NULL, NULL);
	assert_list(h, &q, "H07-3 ");
	jx_assert_ok(jx_capture_begin(&h->rec, &c, &err), &err);
	jx_assert_ok(jx_capture_set_answers(c, &talk, &err), &err);
	jx_assert_ok(jx_capture_commit(c, &n, &err), &err);
	do
		jx_assert_ok(jx_store_search_index(h->d.store, &behind, &err), &err);
	while (behind > 0);
	report_plague(h, packs);
	assert_list(h, &q, "H07-455 H07-3 ");
	q.day = "2026-09-02";
	assert_list(h, &q, "");
	/* by a pack that has no such form there is nothing that cannot wait */
	q = (struct jx_view_query){.at_once_only = true};
	assert_list(h, &q, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		T(a_list_shows_findings_and_on_request_all),
		T(corrected_and_withdrawn_are_marked),
		T(a_row_says_what_was_found_where),
		T(names_find_entries),
		T(one_entry_in_full_has_its_bytes_and_its_fate),
		T(a_list_stops_when_told),
		T(what_cannot_wait_is_found_among_many),
		T(a_search_knows_names_of_codes_and_versions),
		T(the_day_is_summed_by_its_newest_versions),
		T(photos_come_with_the_number_of_their_entry),
	};

	return cmocka_run_group_tests_name("view.list", tests, NULL, NULL);
}
