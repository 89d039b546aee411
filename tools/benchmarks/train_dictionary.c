/*
 * bench_train: train a dictionary of the sync protocol.
 *   bench_train OUT BYTES FILE...      each FILE holds the entries of one device, one a line (bench_entries)
 * The samples are messages as they cross the wire: requests with nothing new, requests with a few entries, answers with receipt,
 * challenge and feed. Ids, hashes and signatures are drawn from one seed, so the same files give the same dictionary (with the same zstd).
 */
#include "bench.h"

#include "jiexun/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZDICT_STATIC_LINKING_ONLY
#include <zdict.h>

#define LINES_MAX     4096
#define SAMPLES_MAX   65536
#define SAMPLES_BYTES ((size_t)256 << 20)
#define DICTIONARY_ID 32769 /* from 32768 on they are private; no frame names it */

struct samples {
	jx_buf bytes;
	size_t sizes[SAMPLES_MAX];
	unsigned count;
	uint64_t state;
};

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

/* splitmix64 */
static uint64_t draw(struct samples *s)
{
	uint64_t z = s->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void fill(struct samples *s, void *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)out)[i] = (uint8_t)draw(s);
}

static void add_sample(struct samples *s, const jx_buf *message)
{
	struct jx_error err = {0};
	JX_AUTO_BUF laid = {0};

	jx_wire_lay_out((struct jx_bytes){message->data, message->len}, &laid);
	check(jx_buf_check(&laid, "sample", &err), "sample", &err);
	if (s->count == SAMPLES_MAX)
		bench_die("samples", "too many");
	jx_buf_add(&s->bytes, laid.data, laid.len);
	s->sizes[s->count++] = laid.len;
}

static void add_request(struct samples *s, const struct jx_bytes *lines, size_t count, int64_t from_n)
{
	struct jx_error err = {0};
	JX_AUTO_BUF body = {0};
	struct jx_sync_request rq = {.program = "jx/0.1.0",
				     .last_n = from_n + (int64_t)count - 1,
				     .from_n = count > 0 ? from_n : 0,
				     .count = (int64_t)count,
				     .wants_feed = true,
				     .wants_token = draw(s) % 3 == 0};

	fill(s, rq.last_head, sizeof(rq.last_head));
	fill(s, rq.sig, sizeof(rq.sig));
	jx_strcpy(rq.cursor, sizeof(rq.cursor), "1.");
	for (int k = 0; k < 22; k++)
		rq.cursor[2 + k] =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[draw(s) % 64];
	jx_buf_init(&body, JX_WIRE_BATCH_BYTES_MAX);
	check(jx_sync_request_write(&rq, lines, count, &body, &err), "request", &err);
	add_sample(s, &body);
}

static void sign_receipt(struct samples *s, int64_t n, struct jx_sync_answer *an)
{
	struct jx_receipt r = {.n = n, .server_utc_ms = an->server_utc_ms, .safe_until_n = n / 2};
	uint8_t seed[32], public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	struct jx_error err = {0};

	fill(s, seed, sizeof(seed));
	jx_key_from_seed(seed, public_key, secret_key);
	fill(s, r.writer, sizeof(r.writer));
	memcpy(r.epoch, an->epoch, sizeof(r.epoch));
	memcpy(r.head, an->head, sizeof(r.head));
	check(jx_receipt_sign(&r, secret_key, &an->receipt, &err), "receipt", &err);
	an->has_receipt = true;
}

static void add_answer(struct samples *s, const struct jx_bytes *lines, size_t count, int64_t n)
{
	struct jx_error err = {0};
	struct jx_sync_answer *an = jx_xcalloc(1, sizeof(*an));
	JX_AUTO_BUF body = {0};

	an->n = n;
	an->server_utc_ms = INT64_C(1788220800000) + (int64_t)(draw(s) % 86400000);
	fill(s, an->epoch, sizeof(an->epoch));
	fill(s, an->head, sizeof(an->head));
	an->has_challenge = draw(s) % 2 == 0;
	fill(s, an->challenge, sizeof(an->challenge));
	if (draw(s) % 4 > 0)
		sign_receipt(s, n, an);
	jx_strcpy(an->cursor, sizeof(an->cursor), "1.AAAAAAAAAAAAAAAAAAAAAA");
	an->items = (int64_t)count;
	jx_buf_init(&body, JX_WIRE_BATCH_BYTES_MAX);
	check(jx_sync_answer_write(an, &body, &err), "answer", &err);
	for (size_t k = 0; k < count; k++) {
		struct jx_item item = {.kind = "entry",
				       .entry = lines[k],
				       .received_utc_ms = an->server_utc_ms - (int64_t)(draw(s) % 9000000),
				       .has_sig = draw(s) % 5 == 0};
		uint8_t id[JX_ID_BYTES];
		char text[37];

		fill(s, id, sizeof(id));
		jx_uuid_format(id, text);
		(void)snprintf(item.key, sizeof(item.key), "%s/%lld", text, (long long)n + (long long)k);
		fill(s, item.sig, sizeof(item.sig));
		check(jx_item_write(&item, &body, &err), "item", &err);
	}
	add_sample(s, &body);
	free(an);
}

static void add_device(struct samples *s, const char *path)
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
	for (size_t from = 0; from < count; from += n) {
		n = 1 + draw(s) % 12;
		if (n > count - from)
			n = count - from;
		add_request(s, lines + from, n, (int64_t)from + 1);
		if (draw(s) % 3 == 0)
			add_request(s, NULL, 0, (int64_t)(from + n));
		add_answer(s, lines + from, draw(s) % 3 == 0 ? n : 0, (int64_t)(from + n));
	}
	jx_buf_done(&text);
	free(lines);
}

static void train(struct samples *s, const char *path, size_t size)
{
	void *dictionary = jx_xmalloc(size);
	ZDICT_fastCover_params_t params = {.d = 8, .steps = 40, .nbThreads = 1, .splitPoint = 0.75};
	size_t made;
	FILE *f;

	params.zParams.compressionLevel = 9;
	params.zParams.dictID = DICTIONARY_ID;
	made = ZDICT_optimizeTrainFromBuffer_fastCover(dictionary, size, s->bytes.data, s->sizes, s->count,
						       &params);
	if (ZDICT_isError(made))
		bench_die("training", ZDICT_getErrorName(made));
	f = fopen(path, "wbx"); /* one that is there is never changed */
	if (f == NULL || fwrite(dictionary, 1, made, f) != made || fclose(f) != 0)
		bench_die("cannot write, or is there already", path);
	printf("%zu bytes from %u messages of %zu bytes\n", made, s->count, s->bytes.len);
	free(dictionary);
}

int main(int argc, char **argv)
{
	struct samples *s = jx_xcalloc(1, sizeof(*s));
	int64_t size;

	if (argc < 4 || !jx_parse_i64(argv[2], 1024, 1048576, &size)) {
		fputs("usage: bench_train OUT BYTES FILE...\n", stderr);
		return 64;
	}
	s->state = 1;
	jx_buf_init(&s->bytes, SAMPLES_BYTES);
	for (int k = 3; k < argc; k++)
		add_device(s, argv[k]);
	train(s, argv[1], (size_t)size);
	jx_buf_done(&s->bytes);
	free(s);
	return 0;
}
