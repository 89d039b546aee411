/*
 * bench_wire: bytes and seconds of a sync request's body, by batch.
 *   bench_wire COUNT LEVEL FILE...     each FILE holds the entries of one device, one a line (bench_entries)
 * Prints: bytes of the bodies (header line and all), of `zstd -3` of the same entries as NDJSON, of them as they are; bodies; seconds to
 * make and to read all of them, and for zstd -3 to do both. Every body is read again and compared.
 */
#include "bench.h"

#include "jiexun/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LINES_MAX 4096

struct sums {
	size_t ours, floor, plain, bodies;
	double write_s, read_s, floor_s;
	int level;
};

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static size_t compress_floor(const char *text, size_t len)
{
	const size_t room = ZSTD_compressBound(len);
	char *packed = jx_xmalloc(room), *again = jx_xmalloc(len);
	const size_t made = ZSTD_compress(packed, room, text, len, 3);

	if (ZSTD_isError(made) || ZSTD_decompress(again, len, packed, made) != len)
		bench_die("zstd", "cannot compress");
	free(packed);
	free(again);
	return made;
}

static void add_body(struct sums *s, const struct jx_bytes *lines, size_t count, int64_t from_n)
{
	const char *text = lines[0].data, *last = lines[count - 1].data;
	const size_t len = (size_t)(last - text) + lines[count - 1].len + 1;
	struct jx_sync_request rq = {.program = "jx/0.1.0",
				     .last_n = from_n + (int64_t)count - 1,
				     .from_n = from_n,
				     .count = (int64_t)count,
				     .wants_feed = true,
				     .cursor = "1.pY3vS0qXb1mZl2cKx7Rt9A"};
	struct jx_error err = {0};
	JX_AUTO_BUF plain = {0};
	JX_AUTO_BUF packed = {0};
	JX_AUTO_BUF again = {0};
	double began = bench_now();

	jx_os_rand()->fill(NULL, rq.last_head, sizeof(rq.last_head));
	jx_os_rand()->fill(NULL, rq.sig, sizeof(rq.sig));
	jx_buf_init(&plain, JX_WIRE_BATCH_BYTES_MAX);
	jx_buf_init(&packed, 2 * JX_WIRE_BATCH_BYTES_MAX);
	jx_buf_init(&again, JX_WIRE_BATCH_BYTES_MAX);
	check(jx_sync_request_write(&rq, lines, count, &plain, &err), "write", &err);
	check(jx_wire_compress_with((struct jx_bytes){plain.data, plain.len}, JX_WIRE_DICTIONARY_NEWEST,
				    s->level, &packed, &err),
	      "compress", &err);
	s->write_s += bench_now() - began;
	began = bench_now();
	check(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, JX_WIRE_DICTIONARY_NEWEST, &again,
			     &err),
	      "expand", &err);
	s->read_s += bench_now() - began;
	if (again.len != plain.len || memcmp(again.data, plain.data, plain.len) != 0)
		bench_die("expand", "other bytes came out than went in");
	began = bench_now();
	s->floor += compress_floor(text, len);
	s->floor_s += bench_now() - began;
	s->ours += packed.len;
	s->plain += len;
	s->bodies++;
}

static void add_device(struct sums *s, const char *path, size_t batch)
{
	struct jx_bytes *lines = jx_xcalloc(LINES_MAX, sizeof(*lines));
	jx_buf text = {0};
	char piece[65536];
	FILE *f = fopen(path, "rb");
	size_t count = 0, n;

	jx_buf_init(&text, (size_t)64 << 20);
	while (f != NULL && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		jx_buf_add(&text, piece, n);
	if (f == NULL || ferror(f) != 0 || text.len == 0)
		bench_die("cannot read", path);
	(void)fclose(f);
	for (char *at = text.data, *end; count < LINES_MAX && (end = strchr(at, '\n')) != NULL; at = end + 1)
		lines[count++] = (struct jx_bytes){at, (size_t)(end - at)};
	/* signing in and the start of the shift are no entries of the street */
	for (size_t from = 2; from + batch <= count; from += batch)
		add_body(s, lines + from, batch, (int64_t)from + 1);
	jx_buf_done(&text);
	free(lines);
}

int main(int argc, char **argv)
{
	struct sums s = {0};
	int64_t batch, level;

	if (argc < 4 || !jx_parse_i64(argv[1], 1, JX_WIRE_BATCH_ENTRIES_MAX, &batch) ||
	    !jx_parse_i64(argv[2], 1, 19, &level)) {
		fputs("usage: bench_wire COUNT LEVEL FILE...\n", stderr);
		return 64;
	}
	s.level = (int)level;
	for (int k = 3; k < argc; k++)
		add_device(&s, argv[k], (size_t)batch);
	printf("%zu %zu %zu %zu %.6f %.6f %.6f\n", s.ours, s.floor, s.plain, s.bodies, s.write_s, s.read_s,
	       s.floor_s);
	return s.bodies > 0 ? 0 : 1;
}
