/*
 * bench_fill: a handheld's store after years of work, for the list figures.
 *   bench_fill FOLDER COUNT     COUNT entries of the workload, 1,000 a business day, receipts for all but the last 200; prints seconds.
 *                               A folder that jx enrol made gets the same entries, signed with its key, and no receipts
 * The real way in (jx_capture_commit: checked, numbered, chained, signed, indexed), an entry a transaction. Only the syncs are left
 * out, which change no byte: this program has its own fdatasync and fsync, and SQLite finds them first.
 */
#include "workload.h"

#include "bench.h"

#include "jiexun/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define A_DAY           1000
#define RECEIPT_EACH    500
#define WAITING         200
#define CHECKPOINT_EACH 2000
#define FIRST_UTC_MS    INT64_C(1704070800000) /* 2024-01-01 09:00 in Shanghai */
#define DAY_MS          INT64_C(86400000)
#define OFFICERS        40

/* By another name in C, for the C library has declared its own. */
int no_sync(int fd) __asm__("fdatasync");
__attribute__((visibility("default"))) int no_sync(int fd)
{
	(void)fd;
	return 0;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	(void)fd;
	return 0;
}

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void add_receipt(jx_store *store, const struct jx_identity *id, const uint8_t *server_secret,
			int64_t server_utc_ms)
{
	struct jx_receipt r = {.server_utc_ms = server_utc_ms, .epoch = {1}};
	struct jx_signed text;
	struct jx_error err = {0};

	jx_key_id(id->server_identity, r.key_id);
	memcpy(r.writer, id->writer, sizeof(r.writer));
	check(jx_store_head(store, &r.n, r.head, &err), "head", &err);
	r.safe_until_n = r.n;
	check(jx_receipt_sign(&r, server_secret, &text, &err), "receipt", &err);
	check(jx_store_add_receipt(store, &text, &r, &err), "receipt", &err);
}

static void begin_day(struct jx_recorder *rec, struct workload *w, int64_t utc_ms)
{
	struct jx_error err = {0};
	char shift[64];
	int64_t n, observations, photos;

	if (jx_store_get(rec->store, JX_SET_SHIFT, shift, sizeof(shift), NULL) == JX_OK)
		check(jx_record_shift_end(rec, &observations, &photos, &n, &err), "shift end", &err);
	w->utc_ms = utc_ms;
	if (jx_store_get(rec->store, JX_SET_PERSON, shift, sizeof(shift), NULL) == JX_OK)
		check(jx_record_shift_start(rec, &n, &err), "shift start", &err);
}

static void make_identity(jx_store *store, const struct workload *w, uint8_t secret[JX_SEC_BYTES],
			  uint8_t server_secret[JX_SEC_BYTES], struct jx_identity *id)
{
	struct jx_error err = {0};

	jx_key_from_seed((const uint8_t *)"bench_fill: a key of no device..", id->public_key, secret);
	jx_key_from_seed((const uint8_t *)"bench_fill: a key of no server..", id->server_identity,
			 server_secret);
	jx_strcpy(id->area, sizeof(id->area), w->city->areas);
	check(jx_store_set_identity(store, id, &err), "identity", &err);
}

static void record(struct workload *w, struct jx_recorder *rec, const struct jx_identity *id,
		   const uint8_t *server_secret, int64_t count)
{
	const int64_t morning_utc_ms = w->utc_ms;
	struct jx_error err = {0};

	for (int64_t k = 0; k < count; k++) {
		if (k % A_DAY == 0)
			begin_day(rec, w, morning_utc_ms + k / A_DAY * DAY_MS);
		workload_record(w, rec, NULL, 0);
		if (server_secret != NULL && k % RECEIPT_EACH == RECEIPT_EACH - 1 && k < count - WAITING)
			add_receipt(rec->store, id, server_secret, w->utc_ms);
		if (k % CHECKPOINT_EACH == CHECKPOINT_EACH - 1)
			check(jx_store_checkpoint(rec->store, &err), "checkpoint", &err);
	}
}

int main(int argc, char **argv)
{
	struct workload w;
	struct jx_store_config sc = {.fs = jx_os_fs()};
	JX_AUTO(jx_store) store = NULL;
	struct jx_identity id = {
		.short_code = "B01", .role = "field", .url = "https://bench.invalid", .writer = {9}};
	uint8_t secret[JX_SEC_BYTES], server_secret[JX_SEC_BYTES];
	struct jx_recorder rec = {.secret_key = secret, .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	struct jx_error err = {0};
	int64_t count;
	bool is_enrolled;
	double began;

	check(jx_os_start("bench_fill", &err), "start", &err);
	if (argc != 3 || !jx_parse_i64(argv[2], 100, 10000000, &count)) {
		fputs("usage: bench_fill FOLDER COUNT\n", stderr);
		return 64;
	}
	workload_init(&w, &workload_measured, 1, 0);
	sc.dir = argv[1];
	sc.clock = &w.clock;
	check(jx_store_open(&sc, &store, &err), "store", &err);
	is_enrolled = jx_store_identity(store, &id, NULL) == JX_OK;
	if (is_enrolled)
		check(jx_device_load_key(&(struct jx_device_keys){.dir = argv[1]}, id.public_key, secret,
					 &err),
		      "key", &err);
	else
		make_identity(store, &w, secret, server_secret, &id);
	rec.store = store;
	rec.clock = &w.clock;
	rec.rand = &w.rand;
	rec.pack = w.disorders;
	began = bench_now();
	record(&w, &rec, &id, is_enrolled ? NULL : server_secret, count);
	check(jx_store_checkpoint(store, &err), "checkpoint", &err);
	printf("%.3f\n", bench_now() - began);
	workload_done(&w);
	return 0;
}
