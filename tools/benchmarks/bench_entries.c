/*
 * bench_entries: a day's entries of a handheld, one a line, made by the code that records in earnest.
 *   bench_entries CITY SEED DEVICE COUNT FOLDER      CITY is "measured" or "training"; FOLDER is made for the log
 * The same arguments give the same bytes.
 */
#include "workload.h"

#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static jx_rc print(void *user, const struct jx_log_row *row)
{
	(void)user;
	return fwrite(row->bytes, 1, row->len, stdout) == row->len && putchar('\n') != EOF ? JX_OK : JX_EIO;
}

int main(int argc, char **argv)
{
	struct jx_error err = {0};
	struct workload w;
	uint8_t seed[32] = {0}, secret[JX_SEC_BYTES];
	struct jx_identity id = {
		.short_code = "H01", .role = "field", .area = "", .url = "https://bench.invalid"};
	struct jx_store_config sc = {.fs = jx_os_fs()};
	struct jx_log_query all = {.from_n = 0};
	struct jx_recorder rec = {.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT, .secret_key = secret};
	JX_AUTO(jx_store) store = NULL;
	int64_t city_seed, device, count;

	if (argc != 6 || !jx_parse_i64(argv[2], 0, INT32_MAX, &city_seed) ||
	    !jx_parse_i64(argv[3], 0, 999, &device) || !jx_parse_i64(argv[4], 1, 1000000, &count)) {
		fputs("usage: bench_entries measured|training SEED DEVICE COUNT FOLDER\n", stderr);
		return 64;
	}
	check(jx_os_start("bench_entries", &err), "start", &err);
	workload_init(&w, strcmp(argv[1], "training") == 0 ? &workload_training : &workload_measured,
		      (uint64_t)city_seed, (int)device);
	sc.dir = argv[5];
	sc.clock = &w.clock;
	check(jx_store_open(&sc, &store, &err), "store", &err);
	w.rand.fill(&w, seed, sizeof(seed));
	jx_key_from_seed(seed, id.public_key, secret);
	jx_uuid7(&w.clock, &w.rand, id.writer);
	jx_strcpy(id.area, sizeof(id.area), w.city->areas);
	check(jx_store_set_identity(store, &id, &err), "identity", &err);
	rec.store = store;
	rec.clock = &w.clock;
	rec.rand = &w.rand;
	rec.pack = w.disorders;
	for (int64_t k = 0; k < count; k++)
		workload_record(&w, &rec, NULL, 0);
	check(jx_store_each(store, &all, print, NULL, &err), "print", &err);
	workload_done(&w);
	return fflush(stdout) == 0 ? 0 : 1;
}
