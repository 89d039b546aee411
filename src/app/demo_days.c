/* Three days of an invented district, as the recorder writes them. */
#include "demo.h"

#include <glib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    INT64_C(86400000)
#define PERSON    "p-017"

struct sample {
	const char *code; /* of a disorder; or the id of a form */
	const char *
		said; /* quantity; "-" nothing found, "x" no access; of a form: its answers, "path=value" with ';' between */
	const char *street, *note;
	int day, photos;
};

static const struct sample samples[] = {
	{"01.01", "3", "天目路", "电线杆、卷帘门各有", 0, 2},
	{"05.02", "7", "天目路", NULL, 0, 1},
	{"06.02", "1", "广场路", "水果店货架出店约一米", 0, 2},
	{"07.01", "2", "文昌巷", "垃圾袋堆在墙角", 0, 1},
	{"03.01", "1", "文昌巷", NULL, 0, 1},
	{"rodent.signs-indoor",
	 "place_name=钱塘农贸市场;unit_class=01;rooms_checked=40;rooms_positive=1;signs_droppings=2",
	 "钱塘路", NULL, 0, 1},
	{"10.03", "-", "人民公园", NULL, 0, 0},
	{"02.02", "1", "钱塘路", "夜排档门口", 0, 1},
	{"08.03", "12", "客运站", NULL, 0, 0},
	{"09.04", "5", "钱塘路", NULL, 0, 0},
	{"01.02", "2", "临天路", "桥墩喷涂", 1, 1},
	{"06.01", "3", "临天路", NULL, 1, 2},
	{"fly.indoor",
	 "place_name=西苑饭店;unit_class=01;rooms_checked=12;rooms_positive=1;flies_total=2;food_places_checked=3;"
	 "food_places_positive=0",
	 "临天路", NULL, 1, 1},
	{"07.02", "1", "苕溪南路", "装修垃圾一车", 1, 1},
	{"04.02", "2", "苕溪南路", NULL, 1, 1},
	{"05.03", "1", "新民里小区", "轮胎已瘪,车身积灰", 1, 2},
	{"04.05", "x", "新民里小区", "院门上锁", 1, 0},
	{"rodent.signs-outdoor", "unit_class=14;path_m=1200;sign_places=1;signs_burrows=1", "苕溪南路", NULL,
	 1, 1},
	{"10.04", "6", "新民里小区", NULL, 1, 1},
	{"01.01", "5", "天目路", NULL, 2, 1},
	{"05.02", "4", "天目路", NULL, 2, 1},
	{"06.03", "2", "广场路", "已劝离", 2, 1},
	{"07.01", "1", "文昌巷", NULL, 2, 2},
	{"02.01", "-", "文昌巷", NULL, 2, 0},
	{"mosquito.path", "unit_class=14;path_m=1500;waters_seen=6;waters_positive=1", "人民公园", NULL, 2,
	 1},
	{"03.02", "3", "新民里小区", "晾在绿化带", 2, 1},
	{"06.02", "2", "广场路", NULL, 2, 1},
};

struct day {
	struct jx_handheld *h;
	struct demo_clock *clock;
	const uint8_t *server_key;
	uint8_t epoch[JX_ID_BYTES];
	unsigned picture;
	uint8_t first[JX_ID_BYTES], last[JX_ID_BYTES]; /* of the day's entries */
	size_t first_sample;
	char business_day[11];
};

/* ---- one entry --------------------------------------------------------------------------------------- */

static jx_rc fill_sheet(struct day *d, jx_capture *capture, const struct sample *s, struct jx_error *err)
{
	const jx_pack *pack = jx_packs_with_form(d->h->packs, s->code, d->business_day);
	g_auto(GStrv) answers = g_strsplit(s->said, ";", -1);
	JX_AUTO(jx_sheet) sheet = NULL;
	jx_rc rc = jx_sheet_new(pack, s->code, d->business_day, &sheet, err);

	for (char **a = answers; rc == JX_OK && *a != NULL; a++) {
		char *value = strchr(*a, '=');

		*value = '\0';
		rc = jx_sheet_set(sheet, *a, value + 1, err);
	}
	return rc == JX_OK ? jx_capture_set_sheet(capture, sheet, err) : rc;
}

static jx_rc fill_observation(struct day *d, jx_capture *capture, const struct sample *s,
			      const char *quantity, struct jx_error *err)
{
	const bool is_found = g_ascii_isdigit(quantity[0]);
	const struct jx_code *code = jx_pack_find(d->h->pack, s->code);
	const struct jx_observation obs = {.result = is_found             ? "found"
						     : quantity[0] == '-' ? "nothing-found"
									  : "no-access",
					   .code = s->code,
					   .quantity = is_found ? quantity : NULL,
					   .unit = is_found && code != NULL ? code->units[0] : NULL,
					   .note = s->note};

	return jx_capture_set_answers(capture, &obs, err);
}

static jx_rc add_pictures(struct day *d, jx_capture *capture, const struct sample *s, struct jx_error *err)
{
	static const char *const roles[] = {"close", "wide"};
	jx_rc rc = JX_OK;

	for (int i = 0; rc == JX_OK && i < s->photos && i < (int)G_N_ELEMENTS(roles); i++) {
		g_autofree char *jpeg = NULL;
		size_t len = 0;

		rc = demo_picture(++d->picture, &jpeg, &len, err);
		if (rc == JX_OK)
			rc = jx_capture_add_photo_bytes(capture, jpeg, len,
							strchr(s->code, '-') != NULL ? "wide" : roles[i],
							"imported", err);
	}
	return rc;
}

static void set_fix(const struct day *d, jx_capture *capture, size_t i)
{
	const struct jx_fix fix = {.source = JX_FIX_GNSS,
				   .lat_wgs84_e7 = 302301000 + (int32_t)(i * 7919 % 9000),
				   .lon_wgs84_e7 = 1197200000 + (int32_t)(i * 6271 % 11000),
				   .accuracy_mm = 4000 + (int64_t)(i * 977 % 5000),
				   .satellites_used = (int16_t)(9 + i % 6),
				   .mode = 3,
				   .age_ms = 400,
				   .gnss_utc_ms = d->clock->utc_ms - 400};

	jx_capture_set_fix(capture, &fix);
}

static jx_rc write_sample(struct day *d, size_t i, struct jx_error *err)
{
	const struct sample *s = &samples[i];
	JX_AUTO(jx_capture) capture = NULL;
	int64_t n;
	jx_rc rc;

	d->clock->utc_ms += 9 * MINUTE_MS;
	rc = jx_capture_begin(&d->h->recorder, &capture, err);
	if (rc != JX_OK)
		return rc;
	set_fix(d, capture, i);
	rc = jx_capture_set_place(capture, NULL, s->street, NULL, err);
	if (rc == JX_OK)
		rc = add_pictures(d, capture, s, err);
	if (rc == JX_OK)
		rc = g_ascii_isalpha(s->code[0]) ? fill_sheet(d, capture, s, err)
						 : fill_observation(d, capture, s, s->said, err);
	if (i == d->first_sample)
		memcpy(d->first, jx_capture_id(capture), JX_ID_BYTES);
	memcpy(d->last, jx_capture_id(capture), JX_ID_BYTES);
	return rc == JX_OK ? jx_capture_commit(capture, &n, err) : rc;
}

/* ---- what a server would have said ------------------------------------------------------------------- */

struct waiting {
	struct jx_photo_receipt receipt;
};

static jx_rc take_waiting(void *user, const struct jx_outbox_photo *photo)
{
	struct waiting *w = user;

	if (w->receipt.photo_count < JX_PHOTO_RECEIPT_MAX)
		memcpy(w->receipt.photos[w->receipt.photo_count++], photo->sha256, JX_HASH_BYTES);
	return JX_OK;
}

static jx_rc receive_photos(struct day *d, const uint8_t writer[JX_ID_BYTES], struct jx_error *err)
{
	struct waiting w = {.receipt = {.server_utc_ms = d->clock->utc_ms}};
	struct jx_signed text;
	jx_rc rc = jx_store_each_waiting_photo(d->h->store, JX_PHOTO_RECEIPT_MAX, take_waiting, &w, err);

	memcpy(w.receipt.epoch, d->epoch, JX_ID_BYTES);
	memcpy(w.receipt.writer, writer, JX_ID_BYTES);
	if (rc == JX_OK)
		rc = jx_photo_receipt_sign(&w.receipt, d->server_key, &text, err);
	return rc == JX_OK ? jx_store_add_photo_receipt(d->h->store, &text, &w.receipt, err) : rc;
}

/* Signed with a key that was made for this folder and is gone when it is filled: true receipts of a server that never was. */
static jx_rc receive(struct day *d, bool has_photos, struct jx_error *err)
{
	struct jx_receipt r = {.server_utc_ms = d->clock->utc_ms};
	struct jx_identity id;
	struct jx_signed text;
	jx_rc rc = jx_store_identity(d->h->store, &id, err);

	if (rc == JX_OK)
		rc = jx_store_head(d->h->store, &r.n, r.head, err);
	if (rc != JX_OK)
		return rc;
	memcpy(r.epoch, d->epoch, JX_ID_BYTES);
	memcpy(r.writer, id.writer, JX_ID_BYTES);
	rc = jx_receipt_sign(&r, d->server_key, &text, err);
	if (rc == JX_OK)
		rc = jx_store_add_receipt(d->h->store, &text, &r, err);
	return rc == JX_OK && has_photos ? receive_photos(d, id.writer, err) : rc;
}

/* ---- the days ---------------------------------------------------------------------------------------- */

static jx_rc correct_first(struct day *d, struct jx_error *err)
{
	struct sample better = samples[d->first_sample];
	JX_AUTO(jx_capture) capture = NULL;
	int64_t n;
	jx_rc rc = jx_capture_begin(&d->h->recorder, &capture, err);

	better.said = "6";
	if (rc == JX_OK)
		rc = jx_capture_set_correction(capture, d->first, "漏数一张", err);
	if (rc != JX_OK)
		return rc;
	set_fix(d, capture, d->first_sample);
	rc = jx_capture_set_place(capture, NULL, better.street, NULL, err);
	if (rc == JX_OK)
		rc = fill_observation(d, capture, &better, better.said, err);
	return rc == JX_OK ? jx_capture_commit(capture, &n, err) : rc;
}

static jx_rc fill_day(struct day *d, int day, struct jx_error *err)
{
	int64_t n, observations, photos;
	size_t i = 0;
	jx_rc rc;

	d->clock->utc_ms = d->clock->first_utc_ms + day * DAY_MS;
	if (!jx_day_of(d->clock->utc_ms, JX_UTC_OFFSET_MIN_DEFAULT, d->business_day))
		return jx_fail(err, JX_EINVAL, 0, "demo.day",
			       "the device's clock shows no date that exists: set it");
	rc = jx_record_shift_start(&d->h->recorder, &n, err);
	while (i < G_N_ELEMENTS(samples) && samples[i].day != day)
		i++;
	d->first_sample = i;
	for (; rc == JX_OK && i < G_N_ELEMENTS(samples) && samples[i].day == day; i++)
		rc = write_sample(d, i, err);
	d->clock->utc_ms += 5 * MINUTE_MS;
	if (rc != JX_OK || day == 2)
		return rc;
	rc = jx_record_shift_end(&d->h->recorder, &observations, &photos, &n, err);
	return rc == JX_OK ? receive(d, day == 0, err) : rc;
}

jx_rc demo_fill(struct jx_handheld *h, struct demo_clock *clock, const uint8_t server_key[JX_SEC_BYTES],
		struct jx_error *err)
{
	struct day d = {.h = h, .clock = clock, .server_key = server_key};
	int64_t n;
	jx_rc rc;

	jx_os_rand()->fill(jx_os_rand()->user, d.epoch, sizeof(d.epoch));
	rc = jx_record_person_in(&h->recorder, PERSON, "none", &n, err);
	for (int day = 0; rc == JX_OK && day <= 2; day++)
		rc = fill_day(&d, day, err);
	if (rc == JX_OK)
		rc = correct_first(&d, err);
	return rc == JX_OK ? jx_record_withdrawal(&h->recorder, d.last, "登记重复", &n, err) : rc;
}
