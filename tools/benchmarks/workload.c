#include "workload.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

#define DAY          "2026-09-01"
#define MORNING_MS   INT64_C(1788220800000) /* 08:00 in Shanghai */
#define STEP_MIN_MS  20000
#define STEP_SPAN_MS 90000
#define PEOPLE       40

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

/* ---- the world ---- */

/* splitmix64 */
static uint64_t draw(struct workload *w)
{
	uint64_t z = w->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t workload_below(struct workload *w, uint32_t n)
{
	return (uint32_t)(draw(w) % n);
}

static int64_t utc_ms(void *user)
{
	const struct workload *w = user;

	return w->utc_ms;
}

static int64_t mono_ms(void *user)
{
	const struct workload *w = user;

	return w->mono_ms;
}

static void boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	const struct workload *w = user;

	memcpy(id, w->boot, JX_ID_BYTES);
}

static void fill(void *user, void *out, size_t len)
{
	uint8_t *to = out;

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)draw(user);
}

void workload_init(struct workload *w, const struct workload_city *city, uint64_t seed, int device)
{
	struct jx_error err = {0};

	memset(w, 0, sizeof(*w));
	w->city = city;
	w->state = seed * 1000003 + (uint64_t)device;
	w->utc_ms = MORNING_MS + device * 1000;
	w->mono_ms = 60000 + workload_below(w, 9000000);
	fill(w, w->boot, sizeof(w->boot));
	w->boot[6] = (uint8_t)(0x40 | (w->boot[6] & 15));
	w->boot[8] = (uint8_t)(0x80 | (w->boot[8] & 63));
	w->clock = (struct jx_clock){.user = w, .utc_ms = utc_ms, .mono_ms = mono_ms, .boot_id = boot_id};
	w->rand = (struct jx_rand){.user = w, .fill = fill};
	check(jx_packs_new(&w->packs, &err), "packs", &err);
	w->disorders = jx_packs_active(w->packs, "ten-disorders", DAY);
	if (w->disorders == NULL)
		bench_die("packs", "no disorders");
	(void)snprintf(w->campaign, sizeof(w->campaign), "%s-2026-%u", city->name, 1 + workload_below(w, 9));
}

void workload_done(struct workload *w)
{
	jx_packs_free(w->packs);
}

/* ---- words ---- */

static const char *pick(struct workload *w, const char *const *list)
{
	uint32_t n = 0;

	while (list[n] != NULL)
		n++;
	return list[workload_below(w, n)];
}

/* One of the people of this city: the same few come again. */
static void add_person(struct workload *w, jx_buf *out)
{
	struct workload one = {.city = w->city, .state = 77 + workload_below(w, PEOPLE)};

	jx_buf_adds(out, pick(&one, w->city->surnames));
	jx_buf_adds(out, pick(&one, w->city->given));
	if (workload_below(&one, 3) > 0)
		jx_buf_adds(out, pick(&one, w->city->given));
}

static void add_filled(struct workload *w, const char *sentence, jx_buf *out)
{
	static const char *const small[] = {"1", "2", "3", "4", "5", "6", "7", "1.5", "2.5", NULL};

	for (const char *at = sentence; *at != '\0'; at++) {
		if (*at != '{') {
			jx_buf_addc(out, *at);
			continue;
		}
		switch (at[1]) {
		case 'n':
			jx_buf_addf(out, "%u", 2 + workload_below(w, 178));
			break;
		case 'm':
			jx_buf_adds(out, pick(w, small));
			break;
		case 'o':
			jx_buf_adds(out, pick(w, w->city->things));
			break;
		case 's':
			jx_buf_adds(out, pick(w, w->city->streets));
			break;
		case 'h':
			jx_buf_adds(out, pick(w, w->city->shops));
			break;
		default:
			add_person(w, out);
		}
		at += 2;
	}
}

/* The k-th most frequent character is drawn about as often as 1 / (k + 8), as in running text. */
static void add_unforeseen(struct workload *w, jx_buf *out)
{
	const uint32_t count = (uint32_t)strlen(w->city->common) / 3;

	for (uint32_t n = 8 + workload_below(w, 19); n > 0; n--) {
		uint32_t at;

		do
			at = workload_below(w, count);
		while (workload_below(w, at + 8) >= 8);
		jx_buf_add(out, w->city->common + 3 * (size_t)at, 3);
	}
}

void workload_note(struct workload *w, jx_buf *out)
{
	for (uint32_t n = 1 + workload_below(w, 2); n > 0; n--) {
		add_filled(w, pick(w, w->city->sentences), out);
		jx_buf_adds(out, "；");
	}
	add_filled(w, pick(w, w->city->follow), out);
	if (workload_below(w, 10) < 7) {
		jx_buf_adds(out, "；");
		add_unforeseen(w, out);
	}
	jx_buf_adds(out, "。");
}

/* ---- entries ---- */

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

	fix.gnss_utc_ms = w->utc_ms - fix.age_ms - fix.age_ms % 7;
	jx_capture_set_fix(cap, &fix);
	(void)snprintf(grid, sizeof(grid), "G%04u", workload_below(w, 60));
	check(jx_capture_set_place(cap, grid, pick(w, w->city->streets), "2026-08", &err), "place", &err);
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
		add_filled(w, "{p}{h}", &party);
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

/* Flies indoors: rooms, some of them with any. The sheet is freed by the caller after the commit. */
static jx_sheet *set_check(struct workload *w, jx_capture *cap)
{
	static const char *const classes[] = {"01", "02", "03", "04", "05", NULL};
	const jx_pack *pack = jx_packs_with_form(w->packs, "fly.indoor", DAY);
	jx_sheet *sheet = NULL;
	struct jx_error err = {0};
	const uint32_t rooms = 2 + workload_below(w, 6);

	if (pack == NULL)
		bench_die("packs", "no pack has fly.indoor");
	check(jx_sheet_new(pack, "fly.indoor", DAY, &sheet, &err), "sheet", &err);
	check(jx_sheet_set(sheet, "unit_class", pick(w, classes), &err), "unit_class", &err);
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
	check(jx_capture_set_sheet(cap, sheet, &err), "sheet", &err);
	return sheet;
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
	w->utc_ms += STEP_MIN_MS + workload_below(w, STEP_SPAN_MS);
	check(jx_capture_begin(rec, &cap, &err), "begin", &err);
	set_where(w, cap);
	if (photo != NULL)
		check(jx_capture_add_photo_bytes(cap, photo, photo_len, "close", "camera", &err), "photo",
		      &err);
	/* the time that filling in takes */
	n = 3000 + workload_below(w, 40000);
	w->utc_ms += n;
	w->mono_ms += STEP_SPAN_MS + n;
	if (workload_below(w, 8) == 0 && photo == NULL)
		sheet = set_check(w, cap);
	else
		set_disorder(w, cap);
	check(jx_capture_commit(cap, &n, &err), "commit", &err);
	w->k++;
}
