/*
 * bench_photo_save: one save with a photo against writing and syncing a file of the same bytes and its folder, in turns.
 *   bench_photo_save FOLDER COUNT BYTES     prints: median save s, median floor s, median of the ratio of a turn
 * The floor: write, fdatasync, rename, fsync of the folder, and the entry's append + fdatasync as bench_save has it.
 */
#include "workload.h"

#include "bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY_BYTES 1100 /* of the workload's mean */

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void write_synced(int fd, const void *data, size_t len)
{
	if (write(fd, data, len) != (ssize_t)len || fdatasync(fd) != 0)
		bench_die("floor", "cannot write");
}

static double write_bare(const char *folder, int k, const void *photo, size_t len, int log)
{
	static const char entry[ENTRY_BYTES];
	char temp[700], path[700];
	double began;
	int fd, dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)snprintf(temp, sizeof(temp), "%s/part", folder);
	(void)snprintf(path, sizeof(path), "%s/%d.jpg", folder, k);
	began = bench_now();
	fd = open(temp, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (dir < 0 || fd < 0)
		bench_die("floor", "cannot open");
	write_synced(fd, photo, len);
	if (close(fd) != 0 || rename(temp, path) != 0 || fsync(dir) != 0)
		bench_die("floor", "cannot publish");
	write_synced(log, entry, sizeof(entry));
	began = bench_now() - began;
	(void)close(dir);
	return began;
}

static double save(struct jx_recorder *rec, const void *photo, size_t len)
{
	JX_AUTO(jx_capture) cap = NULL;
	struct jx_error err = {0};
	struct jx_observation o = {.result = "found", .code = "01.01", .quantity = "3"};
	const struct jx_code *code = jx_pack_find(rec->pack, o.code);
	double began;
	int64_t n;

	if (code != NULL && code->unit_count > 0)
		o.unit = code->units[0];
	check(jx_capture_begin(rec, &cap, &err), "begin", &err);
	check(jx_capture_set_answers(cap, &o, &err), "answers", &err);
	began = bench_now();
	check(jx_capture_add_photo_bytes(cap, photo, len, "close", "camera", &err), "photo", &err);
	check(jx_capture_commit(cap, &n, &err), "commit", &err);
	return bench_now() - began;
}

int main(int argc, char **argv)
{
	struct workload w;
	struct jx_error err = {0};
	struct jx_identity id = {
		.short_code = "B01", .role = "field", .area = "330110", .url = "https://b.invalid"};
	struct jx_store_config sc = {.fs = jx_os_fs(), .clock = jx_os_clock()};
	char photos[600], bare[600];
	struct jx_media_config mc = {.dir = photos, .fs = jx_os_fs(), .rand = jx_os_rand()};
	JX_AUTO(jx_store) store = NULL;
	JX_AUTO(jx_media) media = NULL;
	uint8_t secret[JX_SEC_BYTES];
	struct jx_recorder rec = {.clock = jx_os_clock(),
				  .rand = jx_os_rand(),
				  .secret_key = secret,
				  .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	JX_AUTO_FREE uint8_t *photo = NULL;
	JX_AUTO_FREE double *ours = NULL, *floors = NULL, *ratios = NULL;
	int64_t count, bytes, n;
	int log;

	check(jx_os_start("bench_photo_save", &err), "start", &err);
	if (argc != 4 || !jx_parse_i64(argv[2], 3, 10000, &count) ||
	    !jx_parse_i64(argv[3], 1000, 10000000, &bytes)) {
		fputs("usage: bench_photo_save FOLDER COUNT BYTES\n", stderr);
		return 64;
	}
	workload_init(&w, &workload_measured, 1, 0);
	sc.dir = argv[1];
	(void)snprintf(photos, sizeof(photos), "%s/photos", argv[1]);
	(void)snprintf(bare, sizeof(bare), "%s/floor", argv[1]);
	check(jx_store_open(&sc, &store, &err), "store", &err);
	check(jx_media_open(&mc, &media, &err), "media", &err);
	check(jx_media_prepare(media, &err), "folders", &err);
	jx_key_from_seed((const uint8_t *)"bench_photo: a key of no device.", id.public_key, secret);
	jx_os_rand()->fill(NULL, id.writer, sizeof(id.writer));
	check(jx_store_set_identity(store, &id, &err), "identity", &err);
	rec.store = store;
	rec.media = media;
	rec.pack = w.disorders;
	check(jx_record_person_in(&rec, "p-001", "none", &n, &err), "sign in", &err);
	log = mkdir(bare, 0700) == 0 ? open(argv[1], O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600) : -1;
	if (log < 0)
		bench_die("cannot write", bare);
	photo = jx_xmalloc((size_t)bytes);
	ours = jx_xcalloc((size_t)count, sizeof(*ours));
	floors = jx_xcalloc((size_t)count, sizeof(*floors));
	ratios = jx_xcalloc((size_t)count, sizeof(*ratios));
	for (int64_t k = 0; k < count; k++) {
		bench_photo(photo, (size_t)bytes);
		floors[k] = write_bare(bare, (int)k, photo, (size_t)bytes, log);
		ours[k] = save(&rec, photo, (size_t)bytes);
		ratios[k] = ours[k] / floors[k];
	}
	(void)close(log);
	printf("%.9f %.9f %.9f\n", bench_median(ours, (size_t)count), bench_median(floors, (size_t)count),
	       bench_median(ratios, (size_t)count));
	workload_done(&w);
	return 0;
}
