#include "bench.h"

#include <stdlib.h>

#define PACK "ten-disorders"

static void on_fault(void *user, const struct jx_error *err)
{
	struct bench *b = user;

	b->fault = *err;
	b->faults++;
}

static void start(struct bench *b, bool create, bool set_up)
{
	const struct jx_vault_sqlite_config vault = {
		.dir = b->folder, .fs = jx_os_fs(), .rand = &b->rand.rand, .create = create};
	struct jx_ingest_config config = {
		.clock = &b->clock.clock,
		.rand = &b->rand.rand,
		.identity_secret = b->identity_secret,
		.introductions = b->introductions,
		.introduction_count = b->introduction_count,
		.mac_key = b->mac_key,
		.packs = b->packs,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])b->pins,
		.pin_count = 2,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
		.on_fault = on_fault,
		.fault_user = b,
	};

	jx_assert_ok(jx_vault_sqlite_open(&vault, &b->vault, &b->err), &b->err);
	b->ops = b->vault->ops;
	b->between = *b->ops;
	config.vault = b->vault;
	jx_assert_ok(jx_ingest_new(&config, &b->ingest, &b->err), &b->err);
	if (set_up)
		jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
}

static void stop(struct bench *b)
{
	jx_ingest_free(b->ingest);
	/* its own operations close it */
	if (b->vault != NULL)
		b->vault->ops = b->ops;
	jx_vault_close(b->vault);
	b->ingest = NULL;
	b->vault = NULL;
}

int bench_open(void **state)
{
	struct bench *b = jx_xcalloc(1, sizeof(*b));
	uint8_t seed[32] = {42};

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	b->folder = jx_test_folder();
	jx_fake_clock_init(&b->clock, FAKE_NOW_UTC_MS);
	jx_fake_rand_init(&b->rand, 11);
	jx_key_from_seed(seed, b->identity, b->identity_secret);
	memset(b->mac_key, 7, sizeof(b->mac_key));
	memset(b->pins, 0xaa, sizeof(b->pins));
	b->pins[1][0] = 0xbb;
	jx_assert_ok(jx_packs_new(&b->packs, &b->err), &b->err);
	start(b, true, true);
	*state = b;
	return 0;
}

int bench_close(void **state)
{
	struct bench *b = *state;

	stop(b);
	jx_packs_free(b->packs);
	jx_test_folder_remove(b->folder);
	free(b);
	return 0;
}

void bench_restart(struct bench *b)
{
	stop(b);
	start(b, false, true);
}

void bench_stop(struct bench *b)
{
	stop(b);
}

void bench_start(struct bench *b)
{
	start(b, false, false);
}

void bench_interpose(struct bench *b)
{
	struct jx_ingest_config config = {
		.vault = b->vault,
		.clock = &b->clock.clock,
		.rand = &b->rand.rand,
		.identity_secret = b->identity_secret,
		.introductions = b->introductions,
		.introduction_count = b->introduction_count,
		.mac_key = b->mac_key,
		.packs = b->packs,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])b->pins,
		.pin_count = 2,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
		.on_fault = on_fault,
		.fault_user = b,
	};

	b->vault->ops = &b->between;
	jx_ingest_free(b->ingest);
	jx_assert_ok(jx_ingest_new(&config, &b->ingest, &b->err), &b->err);
}

struct jx_vault_counts bench_counts(struct bench *b)
{
	struct jx_vault_counts c;

	jx_assert_ok(b->ops->counts(b->vault, &c, &b->err), &b->err);
	return c;
}

static jx_rc list_review(void *user, const struct jx_vault_review *r)
{
	jx_buf *text = user;

	jx_buf_addf(text, "%s%s-%lld%s %s", text->len > 0 ? "; " : "", r->short_code, (long long)r->n,
		    r->is_fork ? " fork" : "", r->marks);
	return JX_OK;
}

char *bench_review(struct bench *b)
{
	jx_buf text;

	jx_buf_init(&text, 1 << 16);
	jx_buf_adds(&text, "");
	jx_assert_ok(b->ops->each_review(b->vault, list_review, &text, &b->err), &b->err);
	return text.data != NULL ? text.data : jx_xstrdup("");
}

/* ---- enrolment ---------------------------------------------------------------------------------- */

struct jx_code_text bench_code(struct bench *b, const char *short_code, enum jx_role role, bool is_trusted)
{
	struct jx_code_text code;

	jx_assert_ok(
		jx_ingest_make_code(b->ingest, short_code, role, "330185001", is_trusted, &code, &b->err),
		&b->err);
	return code;
}

void device_init(struct device *d, uint64_t seed)
{
	memset(d, 0, sizeof(*d));
	fake_writer_init(&d->log, seed);
}

void device_done(struct device *d)
{
	fake_writer_done(&d->log);
}

void device_enrol_request(const struct bench *b, const struct device *d, const struct jx_code_text *code,
			  struct jx_enrol_request *rq)
{
	memset(rq, 0, sizeof(*rq));
	memcpy(rq->code_id, code->id, sizeof(rq->code_id));
	memcpy(rq->public_key, d->log.pub, sizeof(rq->public_key));
	memcpy(rq->tls_spki_sha256, b->pins[0], sizeof(rq->tls_spki_sha256));
	jx_strcpy(rq->program, sizeof(rq->program), "jx/test");
	jx_strcpy(rq->name, sizeof(rq->name), "手持机");
	jx_enrol_prove(rq, code, d->log.sec);
}

int device_send_enrol(struct bench *b, const struct jx_enrol_request *rq, struct jx_enrol_answer *an,
		      struct jx_wire_error *error)
{
	struct jx_wire_request in = {.method = "POST", .path = JX_PATH_ENROL};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_bytes bytes;
	jx_buf body;
	int status;

	jx_buf_init(&body, 1 << 16);
	jx_buf_init(&rs.body, 1 << 20);
	jx_assert_ok(jx_enrol_request_write(rq, &body, &b->err), &b->err);
	in.body = (struct jx_bytes){body.data, body.len};
	jx_ingest_enrol(b->ingest, &in, &rs);
	bytes = (struct jx_bytes){rs.body.data, rs.body.len};
	assert_string_equal(rs.content_type, "application/json");
	if (rs.status == 200)
		jx_assert_ok(jx_enrol_answer_read(bytes, an, &b->err), &b->err);
	else
		jx_assert_ok(jx_wire_error_read(bytes, error, &b->err), &b->err);
	status = rs.status;
	jx_buf_done(&body);
	jx_buf_done(&rs.body);
	return status;
}

int device_enrol(struct bench *b, struct device *d, const struct jx_code_text *code,
		 struct jx_enrol_answer *an, struct jx_wire_error *error)
{
	struct jx_enrol_request rq;
	int status;

	device_enrol_request(b, d, code, &rq);
	status = device_send_enrol(b, &rq, an, error);
	if (status != 200)
		return status;
	assert_true(jx_enrol_answer_ok(an, code->secret, d->log.pub));
	assert_memory_equal(an->identity, b->identity, sizeof(an->identity));
	memcpy(d->log.id, an->writer, sizeof(d->log.id));
	return status;
}

void device_new(struct bench *b, struct device *d, uint64_t seed, const char *short_code, enum jx_role role)
{
	const struct jx_code_text code = bench_code(b, short_code, role, true);
	struct jx_enrol_answer an = {.is_active = false};
	struct jx_wire_error error;

	device_init(d, seed);
	assert_int_equal(device_enrol(b, d, &code, &an, &error), 200);
	assert_true(an.is_active);
}

/* ---- sync --------------------------------------------------------------------------------------- */

void device_body(const struct device *d, const struct ask *ask, jx_buf *body)
{
	const int64_t from_n = ask->from_n == 0 ? 1 : ask->from_n;
	const int64_t to_n = ask->to_n == 0 ? (int64_t)d->log.count : ask->to_n;
	struct jx_sync_request rq = {.last_n = ask->last_n == 0 ? (int64_t)d->log.count : ask->last_n};
	struct jx_bytes *lines = jx_xcalloc(JX_WIRE_BATCH_ENTRIES_MAX + 1, sizeof(*lines));
	struct jx_error err = {0};
	jx_buf plain;

	jx_strcpy(rq.program, sizeof(rq.program), "jx/test");
	fake_writer_head(&d->log, rq.last_n, rq.last_head);
	if (from_n > 0 && to_n >= from_n) {
		rq.from_n = from_n;
		rq.count = to_n - from_n + 1;
		memcpy(rq.sig, d->log.log[to_n - 1].sig, sizeof(rq.sig));
		for (int64_t n = from_n; n <= to_n; n++)
			lines[n - from_n] = (struct jx_bytes){d->log.log[n - 1].bytes, d->log.log[n - 1].len};
	}
	rq.wants_feed = ask->wants_feed;
	jx_strcpy(rq.cursor, sizeof(rq.cursor), d->cursor);
	rq.wants_token = ask->wants_token;
	rq.wants_receipt = ask->wants_receipt;
	jx_buf_init(&plain, 1 << 21);
	jx_assert_ok(jx_sync_request_write(&rq, lines, (size_t)rq.count, &plain, &err), &err);
	free(lines);
	if (ask->is_plain) {
		*body = plain;
		return;
	}
	jx_buf_init(body, 1 << 21);
	jx_assert_ok(jx_wire_compress_with((struct jx_bytes){plain.data, plain.len}, ask->dictionary, 3, body,
					   &err),
		     &err);
	jx_buf_done(&plain);
}

static void read_reply(struct jx_wire_response *rs, struct reply *r)
{
	const struct jx_bytes packed = {rs->body.data, rs->body.len};
	struct jx_error err = {0};
	struct jx_bytes bytes;

	r->status = rs->status;
	r->is_zstd = rs->is_zstd;
	r->dictionary = rs->dictionary;
	r->retry_after_s = rs->retry_after_s;
	r->wire_bytes = rs->body.len;
	jx_buf_init(&r->plain, 1 << 21);
	if (rs->is_zstd)
		jx_assert_ok(jx_wire_expand(packed, rs->dictionary, &r->plain, &err), &err);
	else
		jx_buf_add(&r->plain, rs->body.data, rs->body.len);
	bytes = (struct jx_bytes){r->plain.data, r->plain.len};
	if (r->status != 200) {
		assert_string_equal(rs->content_type, "application/json");
		jx_assert_ok(jx_wire_error_read(bytes, &r->error, &err), &err);
		return;
	}
	assert_string_equal(rs->content_type, "application/x-ndjson");
	assert_true(r->plain.len <= JX_WIRE_BATCH_BYTES_MAX);
	r->items = jx_xcalloc(JX_WIRE_ITEMS_MAX, sizeof(*r->items));
	jx_assert_ok(jx_sync_answer_read(bytes, &r->an, r->items, JX_WIRE_ITEMS_MAX, &r->item_count, &err),
		     &err);
}

void reply_done(struct reply *r)
{
	jx_buf_done(&r->plain);
	free(r->items);
	memset(r, 0, sizeof(*r));
}

void device_send_once(struct bench *b, const struct device *d, const struct ask *ask, const jx_buf *body,
		      struct reply *r)
{
	struct jx_wire_request rq = {.method = "POST",
				     .path = JX_PATH_SYNC,
				     .is_zstd = !ask->is_plain,
				     .dictionary = ask->dictionary};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_sign_in s = {.has_challenge = d->has_challenge, .has_receipt = d->has_receipt};
	static const uint8_t none[JX_PUB_BYTES];
	char header[JX_AUTH_MAX];

	memset(r, 0, sizeof(*r));
	rq.body = (struct jx_bytes){body->data, body->len};
	memcpy(s.writer, d->log.id, sizeof(s.writer));
	memcpy(s.challenge, d->challenge, sizeof(s.challenge));
	if (d->has_receipt)
		jx_signed_hash(&d->receipt, s.receipt_hash);
	jx_sign_in_sign(&s, memcmp(d->identity, none, sizeof(none)) == 0 ? b->identity : d->identity, &rq,
			d->log.sec);
	jx_assert_ok(jx_sign_in_write(&s, header, &b->err), &b->err);
	rq.authorization = header;
	jx_buf_init(&rs.body, 1 << 21);
	jx_ingest_sync(b->ingest, &rq, &rs);
	read_reply(&rs, r);
	jx_buf_done(&rs.body);
}

static void keep(struct device *d, const struct reply *r)
{
	if (r->an.has_challenge) {
		d->has_challenge = true;
		memcpy(d->challenge, r->an.challenge, sizeof(d->challenge));
	}
	if (r->an.has_receipt) {
		d->has_receipt = true;
		d->receipt = r->an.receipt;
	}
	if (r->an.token[0] != '\0')
		jx_strcpy(d->token, sizeof(d->token), r->an.token);
	if (r->an.cursor[0] != '\0')
		jx_strcpy(d->cursor, sizeof(d->cursor), r->an.cursor);
}

void device_send(struct bench *b, struct device *d, const struct ask *ask, const jx_buf *body,
		 struct reply *r)
{
	const struct device before = *d;

	device_send_once(b, d, ask, body, r);
	if (r->status == 401 && r->error.has_challenge) {
		d->has_challenge = true;
		memcpy(d->challenge, r->error.challenge, sizeof(d->challenge));
		reply_done(r);
		device_send_once(b, d, ask, body, r);
	}
	if (ask->keeps_old)
		*d = before;
	else if (r->status == 200)
		keep(d, r);
}

void device_sync(struct bench *b, struct device *d, const struct ask *ask, struct reply *r)
{
	jx_buf body;

	device_body(d, ask, &body);
	device_send(b, d, ask, &body, r);
	jx_buf_done(&body);
}

void device_sync_ok(struct bench *b, struct device *d)
{
	const struct ask ask = {.wants_receipt = true};
	struct reply r;

	device_sync(b, d, &ask, &r);
	assert_result(b, d, &r, JX_SYNC_OK, (int64_t)d->log.count);
	if (d->log.count > 0) {
		assert_true(r.an.has_receipt);
		assert_receipt(b, d, &r.an.receipt, r.an.n, d->log.log[d->log.count - 1].head, false);
	}
	reply_done(&r);
}

/* ---- asserts ------------------------------------------------------------------------------------ */

void assert_refused(const struct reply *r, int status, const char *name)
{
	assert_string_equal(r->status == 200 ? jx_sync_result_name(r->an.result) : r->error.error, name);
	assert_int_equal(r->status, status);
}

void assert_result(const struct bench *b, const struct device *d, const struct reply *r,
		   enum jx_sync_result result, int64_t n)
{
	uint8_t epoch[JX_ID_BYTES];
	struct jx_error err = {0};

	(void)d;
	if (r->status != 200)
		print_error("status %d: %s: %s\n", r->status, r->error.error, r->error.detail);
	assert_int_equal(r->status, 200);
	assert_string_equal(jx_sync_result_name(r->an.result), jx_sync_result_name(result));
	assert_int_equal(r->an.n, n);
	assert_int_equal(r->an.server_utc_ms, b->clock.utc_ms);
	jx_assert_ok(b->ops->epoch(b->vault, epoch, &err), &err);
	assert_memory_equal(r->an.epoch, epoch, sizeof(epoch));
}

void assert_receipt(const struct bench *b, const struct device *d, const struct jx_signed *text, int64_t n,
		    const uint8_t *head, bool is_fork)
{
	struct jx_receipt r;
	struct jx_error err = {0};

	jx_assert_ok(jx_receipt_open(text, b->identity, &r, &err), &err);
	assert_memory_equal(r.writer, d->log.id, sizeof(r.writer));
	assert_int_equal(r.n, n);
	assert_memory_equal(r.head, head, sizeof(r.head));
	assert_int_equal(r.is_fork, is_fork);
	assert_int_equal(r.safe_until_n, 0);
}
