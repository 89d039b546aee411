/* One entry after the other, through the code that records in earnest. */
#include "workload.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

#define STEP_MIN_MS  20000
#define STEP_SPAN_MS 90000

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void set_where(struct workload *w, jx_capture *cap)
{
	struct jx_error err = {0};
	struct jx_fix fix = {.source = JX_FIX_GNSS,
			     .lat_wgs84_e7 = w->city->lat_wgs84_e7 + (int32_t)workload_below(w, 1600000),
			     .lon_wgs84_e7 = w->city->lon_wgs84_e7 + (int32_t)workload_below(w, 2200000),
			     .accuracy_mm = 1500 + workload_below(w, 9000),
			     .satellites_used = (int16_t)(5 + workload_below(w, 15)),
			     .mode = 3,
			     .age_ms = 100 + workload_below(w, 1000)};
	char grid[16];

	/* the device's clock is off by a little, and hears of a fix a little late */
	fix.gnss_utc_ms = w->utc_ms - fix.age_ms + 37 - workload_below(w, 9);
	jx_capture_set_fix(cap, &fix);
	(void)snprintf(grid, sizeof(grid), "G%04u", workload_below(w, 60));
	check(jx_capture_set_place(cap, grid, workload_pick(w, w->city->streets), "2026-08", &err), "place",
	      &err);
	check(jx_capture_set_why(cap, "patrol", w->campaign, NULL, &err), "why", &err);
}

static void set_disorder(struct workload *w, jx_capture *cap)
{
	const bool is_found = workload_below(w, 12) > 0;
	const size_t count = jx_pack_code_count(w->disorders);
	const struct jx_code *code;
	JX_AUTO_BUF note;
	JX_AUTO_BUF party;
	struct jx_error err = {0};
	char quantity[16];
	struct jx_observation o = {.result = is_found ? "found" : "nothing-found"};

	do
		code = jx_pack_code_at(w->disorders, workload_below(w, (uint32_t)count));
	while (code->parent == NULL);
	o.code = code->code;
	jx_buf_init(&note, 4096);
	jx_buf_init(&party, 4096);
	workload_note(w, &note);
	(void)snprintf(quantity, sizeof(quantity), "%u",
		       1 + workload_below(w, workload_below(w, 3) == 0 ? 60 : 6));
	if (is_found) {
		o.quantity = quantity;
		o.unit = code->units[workload_below(w, (uint32_t)code->unit_count)];
		o.note = note.data;
		o.is_self_handled = workload_below(w, 4) == 0;
	}
	if (is_found && workload_below(w, 2) == 0) {
		workload_fill(w, "{p}{h}", &party);
		o.party = party.data;
	}
	if (is_found && workload_below(w, 3) == 0) {
		o.measures = workload_below(w, 2) == 0 ? "persuaded" : "notice,evidence";
		o.limit_days = o.measures[0] == 'n' ? 1 + workload_below(w, 7) : 0;
	}
	check(jx_capture_set_answers(cap, &o, &err), "answers", &err);
}

static void set(jx_sheet *sheet, const char *path, uint32_t value)
{
	struct jx_error err = {0};
	char typed[16];

	(void)snprintf(typed, sizeof(typed), "%u", value);
	check(jx_sheet_set(sheet, path, typed, &err), path, &err);
}

static void fill_flies(struct workload *w, jx_sheet *sheet)
{
	const uint32_t rooms = 2 + workload_below(w, 6);

	for (uint32_t k = 1; k <= rooms; k++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "rooms[%u].flies", k);
		set(sheet, path, workload_below(w, 5) == 0 ? 1 + workload_below(w, 4) : 0);
	}
	set(sheet, "places_checked", 4 + workload_below(w, 9));
	set(sheet, "places_failed", 0);
	set(sheet, "food_places_checked", 1 + workload_below(w, 4));
	set(sheet, "food_places_positive", workload_below(w, 2));
	set(sheet, "breeding_checked", 2 + workload_below(w, 5));
	set(sheet, "breeding_positive", workload_below(w, 2));
}

static void fill_cockroaches(struct workload *w, jx_sheet *sheet)
{
	const uint32_t rooms = 2 + workload_below(w, 6);
	struct jx_error err = {0};

	for (uint32_t k = 1; k <= rooms; k++) {
		const bool has_any = workload_below(w, 4) == 0;
		char path[32];

		(void)snprintf(path, sizeof(path), "rooms[%u].small", k);
		set(sheet, path, has_any ? 1 + workload_below(w, 9) : 0);
		(void)snprintf(path, sizeof(path), "rooms[%u].large", k);
		set(sheet, path, has_any ? workload_below(w, 3) : 0);
		(void)snprintf(path, sizeof(path), "rooms[%u].oothecae", k);
		set(sheet, path, has_any ? workload_below(w, 2) : 0);
		(void)snprintf(path, sizeof(path), "rooms[%u].has_traces", k);
		check(jx_sheet_set(sheet, path, has_any ? "yes" : "no", &err), path, &err);
	}
}

/* A check for pests. The sheet is freed by the caller after the commit. */
static jx_sheet *set_check(struct workload *w, jx_capture *cap)
{
	static const char *const classes[] = {"01", "02", "03", "04", "05", NULL};
	const char *form = workload_below(w, 2) == 0 ? "fly.indoor" : "cockroach.visual";
	const jx_pack *pack = jx_packs_with_form(w->packs, form, WORKLOAD_DAY);
	jx_sheet *sheet = NULL;
	struct jx_error err = {0};

	if (pack == NULL)
		bench_die("no pack has", form);
	check(jx_sheet_new(pack, form, WORKLOAD_DAY, &sheet, &err), "sheet", &err);
	check(jx_sheet_set(sheet, "unit_class", workload_pick(w, classes), &err), "unit_class", &err);
	if (form[0] == 'f')
		fill_flies(w, sheet);
	else
		fill_cockroaches(w, sheet);
	check(jx_capture_set_sheet(cap, sheet, &err), "sheet", &err);
	return sheet;
}

static void pass(struct workload *w, int64_t ms)
{
	w->utc_ms += ms;
	w->mono_ms += ms;
}

static void sign_in_once(struct workload *w, struct jx_recorder *rec)
{
	struct jx_error err = {0};
	char person[64], id[24];
	int64_t n;

	if (jx_store_get(rec->store, JX_SET_PERSON, person, sizeof(person), NULL) == JX_OK)
		return;
	(void)snprintf(id, sizeof(id), "p-%03u", 1 + workload_below(w, 400));
	check(jx_record_person_in(rec, id, "pin", &n, &err), "sign in", &err);
	check(jx_record_shift_start(rec, &n, &err), "shift", &err);
}

void workload_record(struct workload *w, struct jx_recorder *rec, const void *photo, size_t photo_len)
{
	JX_AUTO(jx_capture) cap = NULL;
	JX_AUTO(jx_sheet) sheet = NULL;
	struct jx_error err = {0};
	int64_t n;

	sign_in_once(w, rec);
	pass(w, STEP_MIN_MS + workload_below(w, STEP_SPAN_MS));
	check(jx_capture_begin(rec, &cap, &err), "begin", &err);
	set_where(w, cap);
	if (photo != NULL)
		check(jx_capture_add_photo_bytes(cap, photo, photo_len, "close", "camera", &err), "photo",
		      &err);
	/* the time that filling in takes */
	pass(w, 3000 + workload_below(w, 40000));
	if (workload_below(w, 40) == 0 && w->has_disorder) {
		check(jx_capture_set_correction(cap, w->disorder, "数错了，以此为准", &err), "correction",
		      &err);
		w->has_disorder = false;
		set_disorder(w, cap);
	} else if (workload_below(w, 8) == 0 && photo == NULL) {
		sheet = set_check(w, cap);
	} else {
		set_disorder(w, cap);
		w->has_disorder = !w->has_no_corrections;
		memcpy(w->disorder, jx_capture_id(cap), JX_ID_BYTES);
	}
	check(jx_capture_commit(cap, &n, &err), "commit", &err);
}
