/*
 * bench_sync: handhelds as the product makes them, for the sync figures.
 *   bench_sync prepare URL CODES FOLDER   enrol BENCH_DEVICES devices with the codes in file CODES (one a line), record
 *                                         BENCH_ENTRIES entries and BENCH_PHOTOS photos on each, and write entries.ndjson and photos.txt
 *                                         beside them for the floor
 *   bench_sync record FOLDER N            N more entries on each device; entries.ndjson then has these alone, photos.txt nothing
 *   bench_sync run FOLDER [entries]       sync one device after another in this process; prints seconds, requests, bytes up and
 *                                         down. With "entries" the photos stay where they are
 */
#include "bench.h"
#include "workload.h"

#include "jiexun/capture.h"
#include "jiexun/cli.h"
#include "jiexun/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct device {
	int number;
	char dir[512];
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	jx_store *store;
	jx_media *media;
	struct jx_identity id;
};

static jx_rc no_wait(void *user, int64_t ms)
{
	(void)user;
	(void)ms;
	return JX_EINTR; /* a bench that has to wait measures something else */
}

/* Enrolling is not measured, and the server lets only so many in a minute. */
static jx_rc pause_ms(void *user, int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)user;
	return nanosleep(&t, NULL) == 0 ? JX_OK : JX_EINTR;
}

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

static void open_device(struct device *d, const char *folder, int k)
{
	struct jx_error err = {0};
	uint8_t seed[32];
	char photos[600];
	struct jx_store_config sc = {.dir = d->dir, .fs = jx_os_fs(), .clock = jx_os_clock()};
	struct jx_media_config mc = {.dir = photos, .fs = jx_os_fs(), .rand = jx_os_rand()};

	memset(d, 0, sizeof(*d));
	d->number = k;
	/* a bench key, made from the number: the device room's key file is not what is measured */
	memset(seed, k + 1, sizeof(seed));
	jx_key_from_seed(seed, d->public_key, d->secret_key);
	(void)snprintf(d->dir, sizeof(d->dir), "%s/dev-%02d", folder, k);
	(void)snprintf(photos, sizeof(photos), "%s/photos", d->dir);
	check(jx_store_open(&sc, &d->store, &err), d->dir, &err);
	check(jx_media_open(&mc, &d->media, &err), photos, &err);
	(void)jx_store_identity(d->store, &d->id, NULL);
}

static void close_device(struct device *d)
{
	jx_media_close(d->media);
	jx_store_close(d->store);
}

static void enrol(struct device *d, const char *url, const char *code_text)
{
	struct jx_error err = {0};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct jx_transport_curl_config tc = {.url = url, .clock = jx_os_clock()};
	JX_AUTO(jx_transport) transport = NULL;
	struct jx_client_enrol_config ec = {.code = &code,
					    .public_key = d->public_key,
					    .secret_key = d->secret_key,
					    .program = "bench",
					    .name = "",
					    .rand = jx_os_rand(),
					    .wait = pause_ms};
	char ignored[JX_CLIENT_VALUE_MAX] = "";

	check(jx_code_parse(code_text, &code, ignored, sizeof(ignored), &err), "code", &err);
	check(jx_transport_curl_new(&tc, &transport, &err), "transport", &err);
	ec.transport = transport;
	check(jx_client_enrol(&ec, &an, &err), "enrol", &err);
	memcpy(d->id.writer, an.writer, sizeof(d->id.writer));
	memcpy(d->id.public_key, d->public_key, sizeof(d->id.public_key));
	memcpy(d->id.server_identity, an.identity, sizeof(d->id.server_identity));
	memcpy(d->id.tls_spki_sha256, an.pins, sizeof(d->id.tls_spki_sha256));
	d->id.pin_count = an.pin_count;
	jx_strcpy(d->id.short_code, sizeof(d->id.short_code), an.short_code);
	jx_strcpy(d->id.role, sizeof(d->id.role), an.role);
	jx_strcpy(d->id.area, sizeof(d->id.area), an.area);
	jx_strcpy(d->id.url, sizeof(d->id.url), url);
	check(jx_store_set_identity(d->store, &d->id, &err), "identity", &err);
	if (jx_client_first_challenge(&an, ignored) != NULL)
		check(jx_store_set(d->store, JX_SET_CHALLENGE, ignored, &err), "challenge", &err);
}

/* A day of the workload's city that ends now: entries a minute or so apart, of which so many have a photo. */
static void record(struct device *d, int count, int photos)
{
	struct workload w;
	struct jx_recorder rec = {.store = d->store,
				  .media = d->media,
				  .clock = &w.clock,
				  .rand = jx_os_rand(),
				  .source_fs = jx_os_fs(),
				  .secret_key = d->secret_key,
				  .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	uint8_t *photo = jx_xmalloc(BENCH_PHOTO_BYTES);
	uint8_t head[JX_HASH_BYTES];
	struct jx_error err = {0};
	int64_t n;

	check(jx_store_head(d->store, &n, head, &err), "head", &err);
	workload_init(&w, &workload_measured, 1000 + (uint64_t)n, d->number);
	w.utc_ms = jx_os_clock()->utc_ms(NULL) - count * (int64_t)WORKLOAD_STEP_MAX_MS;
	w.has_no_corrections = true; /* what the server counts as observations is what was recorded */
	rec.pack = w.disorders;
	for (int k = 0; k < count; k++) {
		const bool has_photo = photos > 0 && k % (count / photos) == 0 &&
				       k / (count / photos) < photos;

		if (has_photo)
			bench_photo(photo, BENCH_PHOTO_BYTES);
		workload_record(&w, &rec, has_photo ? photo : NULL, BENCH_PHOTO_BYTES);
	}
	workload_done(&w);
	free(photo);
}

static jx_rc write_entry(void *user, const struct jx_log_row *row)
{
	return fwrite(row->bytes, 1, row->len, user) == row->len && fputc('\n', user) != EOF ? JX_OK : JX_EIO;
}

struct photo_list {
	FILE *file;
	const jx_media *media;
};

static jx_rc write_photos(void *user, const struct jx_log_row *row)
{
	struct photo_list *l = user;
	struct jx_entry *e = jx_xmalloc(sizeof(*e));
	struct jx_error err = {0};

	check(jx_entry_decode(row->bytes, row->len, e, &err), "entry", &err);
	for (size_t k = 0; k < e->photo_count; k++) {
		char path[700];

		jx_media_path(l->media, e->photos[k].sha256, path, sizeof(path));
		(void)fprintf(l->file, "%s\n", path);
	}
	free(e);
	return JX_OK;
}

static void write_for_floor(struct device *d, int64_t from_n)
{
	struct jx_log_query q = {.from_n = from_n};
	struct jx_error err = {0};
	char path[600];
	FILE *f;
	struct photo_list l = {.media = d->media};

	(void)snprintf(path, sizeof(path), "%s/entries.ndjson", d->dir);
	f = fopen(path, "wb");
	if (f == NULL)
		bench_die("cannot write", path);
	check(jx_store_each(d->store, &q, write_entry, f, &err), path, &err);
	(void)fclose(f);
	(void)snprintf(path, sizeof(path), "%s/photos.txt", d->dir);
	l.file = fopen(path, "wb");
	if (l.file == NULL)
		bench_die("cannot write", path);
	check(jx_store_each(d->store, &q, write_photos, &l, &err), path, &err);
	(void)fclose(l.file);
}

struct sums {
	bool is_entries_only;
	int64_t requests, up, down;
};

static void sync_device(struct device *d, struct sums *s)
{
	struct jx_error err = {0};
	struct jx_transport_curl_config tc = {.url = d->id.url,
					      .pins = (const uint8_t(*)[JX_HASH_BYTES])d->id.tls_spki_sha256,
					      .pin_count = d->id.pin_count,
					      .clock = jx_os_clock(),
					      .is_clock_trusted = true};
	JX_AUTO(jx_transport) transport = NULL;
	struct jx_cli_binding b;
	struct jx_client_result *r = jx_xcalloc(1, sizeof(*r));
	struct jx_client_config cc = {
		.program = "bench",
		.secret_key = d->secret_key,
		.identities = (const uint8_t(*)[JX_PUB_BYTES]) & d->id.server_identity,
		.identity_count = 1,
		.rand = jx_os_rand(),
		.wait = no_wait,
		.clock = jx_os_clock(), /* as jx sync: further lanes where the line gives more by them */
		.no_photos = s->is_entries_only,
		.no_small = s->is_entries_only};

	check(jx_transport_curl_new(&tc, &transport, &err), "transport", &err);
	jx_cli_bind(&b, d->store, d->media, jx_os_fs());
	cc.transport = transport;
	cc.outbox = &b.outbox;
	cc.sink = &b.sink;
	memcpy(cc.writer, d->id.writer, sizeof(cc.writer));
	check(jx_client_sync(&cc, r, &err), "sync", &err);
	check(jx_cli_unbind(&b, &err), "keep receipts", &err);
	s->requests += r->requests;
	s->up += r->up_bytes;
	s->down += r->down_bytes;
	free(r);
}

static void each(const char *folder, void (*fn)(struct device *d, void *user), void *user)
{
	for (int k = 0; k < BENCH_DEVICES; k++) {
		struct device d = {.dir = ""};

		open_device(&d, folder, k);
		fn(&d, user);
		close_device(&d);
	}
}

struct preparing {
	const char *url;
	FILE *codes;
	int count, photos;
};

static void prepare_one(struct device *d, void *user)
{
	struct preparing *p = user;
	char code[128];

	if (fgets(code, sizeof(code), p->codes) == NULL)
		bench_die("codes", "too few");
	code[strcspn(code, "\n")] = '\0';
	enrol(d, p->url, code);
	record(d, p->count, p->photos);
	write_for_floor(d, 1);
	{
		struct jx_error err = {0};

		/* as the timer's sync does on a device that has no network */
		check(jx_store_checkpoint(d->store, &err), "checkpoint", &err);
	}
}

static void record_one(struct device *d, void *user)
{
	struct preparing *p = user;
	struct jx_error err = {0};
	uint8_t head[JX_HASH_BYTES];
	int64_t n = 0;

	check(jx_store_head(d->store, &n, head, &err), "head", &err);
	record(d, p->count, p->photos);
	write_for_floor(d, n + 1);
	check(jx_store_checkpoint(d->store, &err), "checkpoint", &err);
}

static void run_one(struct device *d, void *user)
{
	sync_device(d, user);
}

int main(int argc, char **argv)
{
	struct jx_error err = {0};
	struct preparing p = {.count = BENCH_ENTRIES, .photos = BENCH_PHOTOS};
	struct sums s = {0};

	check(jx_os_start("bench_sync", &err), "start", &err);
	if (argc == 5 && strcmp(argv[1], "prepare") == 0) {
		p.url = argv[2];
		p.codes = fopen(argv[3], "r");
		if (p.codes == NULL)
			bench_die("cannot read", argv[3]);
		each(argv[4], prepare_one, &p);
		(void)fclose(p.codes);
	} else if (argc == 4 && strcmp(argv[1], "record") == 0) {
		int64_t n = 0;

		(void)jx_parse_i64(argv[3], 1, 100000, &n);
		p.count = (int)n;
		p.photos = 0;
		each(argv[2], record_one, &p);
	} else if ((argc == 3 || (argc == 4 && strcmp(argv[3], "entries") == 0)) &&
		   strcmp(argv[1], "run") == 0) {
		double began = bench_now();

		s.is_entries_only = argc == 4;
		each(argv[2], run_one, &s);
		printf("%.6f %lld %lld %lld\n", bench_now() - began, (long long)s.requests, (long long)s.up,
		       (long long)s.down);
	} else {
		fputs("usage: bench_sync prepare URL CODES FOLDER | record FOLDER N | run FOLDER [entries]\n",
		      stderr);
		return 64;
	}
	return 0;
}
