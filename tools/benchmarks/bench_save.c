/*
 * bench_save: one save on an open connection against append + fdatasync of the same bytes, entry by entry in turns.
 *   bench_save FOLDER COUNT     prints: median save s, median floor s, median of (save - floor of the same turn) s
 * The store gets an identity made here: nothing is sent.
 */
#include "bench.h"

#include "jiexun/capture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

struct bytes {
	char data[JX_ENTRY_BYTES_MAX];
	size_t len;
};

static jx_rc copy_bytes(void *user, const struct jx_log_row *row)
{
	struct bytes *b = user;

	b->len = row->len;
	memcpy(b->data, row->bytes, row->len);
	return JX_OK;
}

static double save_one(struct jx_recorder *rec, int k, struct bytes *bytes)
{
	struct jx_error err = {0};
	JX_AUTO(jx_capture) cap = NULL;
	struct jx_observation o = {.result = "found",
				   .code = "01.01",
				   .quantity = "3",
				   .note = "墙面小广告,已告知当事人,限期三日"};
	struct jx_fix fix = {.source = JX_FIX_GNSS,
			     .lat_wgs84_e7 = 302300000 + k,
			     .lon_wgs84_e7 = 1197200000 + k,
			     .accuracy_mm = 9000,
			     .satellites_used = 9,
			     .mode = 3,
			     .age_ms = 300};
	const struct jx_code *code = jx_pack_find(rec->pack, o.code);
	double began;
	int64_t n;

	o.unit = code != NULL && code->unit_count > 0 ? code->units[0] : "sheet";
	check(jx_capture_begin(rec, &cap, &err), "begin", &err);
	jx_capture_set_fix(cap, &fix);
	check(jx_capture_set_answers(cap, &o, &err), "answers", &err);
	began = bench_now();
	check(jx_capture_commit(cap, &n, &err), "commit", &err);
	began = bench_now() - began;
	check(jx_store_by_id(rec->store, jx_capture_id(cap), copy_bytes, bytes, &err), "read back", &err);
	return began;
}

static double append_one(int fd, const struct bytes *b)
{
	double began = bench_now();

	if (write(fd, b->data, b->len) != (ssize_t)b->len || fdatasync(fd) != 0)
		bench_die("floor", "append failed");
	return bench_now() - began;
}

int main(int argc, char **argv)
{
	struct jx_error err = {0};
	struct jx_store_config sc = {.fs = jx_os_fs(), .clock = jx_os_clock()};
	JX_AUTO(jx_store) store = NULL;
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_identity id = {
		.short_code = "B01", .role = "field", .area = "330110", .url = "https://bench.invalid"};
	uint8_t secret[JX_SEC_BYTES];
	struct jx_recorder rec = {.clock = jx_os_clock(),
				  .rand = jx_os_rand(),
				  .secret_key = secret,
				  .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	JX_AUTO_FREE struct bytes *bytes = jx_xmalloc(sizeof(*bytes));
	JX_AUTO_FREE double *ours = NULL, *floor_s = NULL, *more = NULL;
	int64_t count;
	const char *text;
	size_t len;
	int fd;
	char path[600];

	check(jx_os_start("bench_save", &err), "start", &err);
	if (argc != 3 || !jx_parse_i64(argv[2], 10, 1000000, &count)) {
		fputs("usage: bench_save FOLDER COUNT\n", stderr);
		return 64;
	}
	sc.dir = argv[1];
	check(jx_store_open(&sc, &store, &err), "store", &err);
	jx_key_from_seed((const uint8_t *)"bench_save: a key of no device...", id.public_key, secret);
	jx_os_rand()->fill(NULL, id.writer, sizeof(id.writer));
	check(jx_store_set_identity(store, &id, &err), "identity", &err);
	jx_pack_builtin(&text, &len);
	check(jx_pack_load(text, len, &pack, &err), "pack", &err);
	rec.store = store;
	rec.pack = pack;
	(void)snprintf(path, sizeof(path), "%s/floor.log", argv[1]);
	fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		bench_die("cannot write", path);
	ours = jx_xcalloc((size_t)count, sizeof(*ours));
	floor_s = jx_xcalloc((size_t)count, sizeof(*floor_s));
	more = jx_xcalloc((size_t)count, sizeof(*more));
	{
		int64_t n;

		check(jx_record_person_in(&rec, "p-001", "none", &n, &err), "sign in", &err);
	}
	for (int64_t k = 0; k < count; k++) {
		ours[k] = save_one(&rec, (int)k, bytes);
		floor_s[k] = append_one(fd, bytes);
		more[k] = ours[k] - floor_s[k];
	}
	(void)close(fd);
	printf("%.9f %.9f %.9f\n", bench_median(ours, (size_t)count), bench_median(floor_s, (size_t)count),
	       bench_median(more, (size_t)count));
	return 0;
}
