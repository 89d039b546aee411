/* What is refused before it is looked at, and what is kept and marked all the same. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static struct device signed_in(struct bench *b)
{
	const struct ask nothing = {.from_n = -1};
	struct device d;
	struct reply r;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	device_sync(b, &d, &nothing, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 0);
	reply_done(&r);
	if (!d.has_challenge) {
		device_sync(b, &d, &nothing, &r);
		reply_done(&r);
	}
	assert_true(d.has_challenge);
	return d;
}

/* ---- sign-in ---- */

static void send_header(struct bench *b, const char *header, struct reply *r)
{
	const struct jx_wire_request rq = {
		.method = "POST", .path = JX_PATH_SYNC, .authorization = header, .body = {"", 0}};
	struct jx_wire_response rs = {.retry_after_s = -1};

	memset(r, 0, sizeof(*r));
	jx_buf_init(&rs.body, 1 << 16);
	jx_ingest_sync(b->ingest, &rq, &rs);
	r->status = rs.status;
	jx_assert_ok(jx_wire_error_read((struct jx_bytes){rs.body.data, rs.body.len}, &r->error, &b->err),
		     &b->err);
	jx_buf_done(&rs.body);
}

static void no_or_a_broken_sign_in_is_401(void **state)
{
	static const char *const headers[] = {NULL,         "",        "Basic abc",
					      "Bearer abc", "Jiexun ", "Jiexun writer=x,sig=y"};
	struct bench *b = *state;
	struct reply r;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		send_header(b, headers[i], &r);
		assert_refused(&r, 401, "bad-signature");
		assert_false(r.error.has_challenge);
	}
}

static void a_foreign_old_or_changed_challenge_is_answered_with_a_new_one(void **state)
{
	struct bench *b = *state;
	const struct ask nothing = {.from_n = -1};
	struct device d = signed_in(b), other;
	struct reply r;
	jx_buf body;

	device_new(b, &other, 3, "H08", JX_ROLE_FIELD);
	other.has_challenge = true;
	memcpy(other.challenge, d.challenge, sizeof(d.challenge));
	device_body(&other, &nothing, &body);
	device_send_once(b, &other, &nothing, &body, &r);
	assert_refused(&r, 401, "challenge");
	reply_done(&r);
	jx_buf_done(&body);
	device_body(&d, &nothing, &body);
	for (size_t i = 0; i < JX_CHALLENGE_BYTES; i += 5) {
		d.challenge[i] ^= 1;
		device_send_once(b, &d, &nothing, &body, &r);
		assert_refused(&r, 401, "challenge");
		d.challenge[i] ^= 1;
		reply_done(&r);
	}
	jx_fake_clock_advance(&b->clock, INT64_C(86400000) * JX_WIRE_CHALLENGE_DAYS);
	device_send_once(b, &d, &nothing, &body, &r);
	assert_int_equal(r.status, 200);
	reply_done(&r);
	jx_fake_clock_advance(&b->clock, 1);
	device_send_once(b, &d, &nothing, &body, &r);
	assert_refused(&r, 401, "challenge");
	memcpy(d.challenge, r.error.challenge, sizeof(d.challenge));
	reply_done(&r);
	device_send_once(b, &d, &nothing, &body, &r);
	assert_int_equal(r.status, 200);
	reply_done(&r);
	jx_buf_done(&body);
}

static void a_changed_body_or_another_key_is_a_bad_signature(void **state)
{
	struct bench *b = *state;
	const struct ask nothing = {.from_n = -1, .is_plain = true};
	struct device d = signed_in(b), thief = d;
	struct fake_writer key;
	struct reply r;
	jx_buf body;

	fake_writer_init(&key, 77);
	memcpy(thief.log.sec, key.sec, sizeof(key.sec));
	device_body(&thief, &nothing, &body);
	device_send_once(b, &thief, &nothing, &body, &r);
	assert_refused(&r, 401, "bad-signature");
	reply_done(&r);
	jx_buf_done(&body);
}

static void an_unknown_writer_is_told_to_enrol(void **state)
{
	struct bench *b = *state;
	const struct ask nothing = {.from_n = -1};
	struct device d;
	struct reply r;

	device_init(&d, 5);
	device_sync(b, &d, &nothing, &r);
	assert_refused(&r, 403, "unknown-writer");
	reply_done(&r);
}

static void the_servers_own_writer_cannot_sign_in(void **state)
{
	struct bench *b = *state;
	const struct ask nothing = {.from_n = -1};
	struct jx_writer row;
	struct device d;
	struct reply r;

	jx_assert_ok(b->ops->writer_by_short(b->vault, "S01", &row, &b->err), &b->err);
	device_init(&d, 5);
	memcpy(d.log.id, row.id, sizeof(row.id));
	memcpy(d.log.sec, b->identity_secret, sizeof(d.log.sec));
	memcpy(d.log.pub, b->identity, sizeof(d.log.pub));
	device_sync(b, &d, &nothing, &r);
	assert_refused(&r, 401, "bad-signature");
	reply_done(&r);
}

/* ---- bodies ---- */

static void send_text(struct bench *b, struct device *d, const char *text, size_t len, bool is_zstd,
		      struct reply *r)
{
	const struct ask ask = {.is_plain = !is_zstd};
	jx_buf body;

	jx_buf_init(&body, (size_t)1 << 24);
	jx_buf_add(&body, text, len);
	device_send(b, d, &ask, &body, r);
	jx_buf_done(&body);
}

static void bodies_that_break_the_protocol_change_nothing(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *name;
	} rows[] = {
		{"", 400, "bad-request"},
		{"\n", 400, "bad-request"},
		{"{}\n", 400, "bad-request"},
		{"[1]\n", 400, "bad-request"},
		{"{\"v\":1}\n", 400, "bad-request"},
		{"{\"v\":2,\"program\":\"x\",\"last_n\":0,\"last_head\":"
		 "\"0000000000000000000000000000000000000000000000000000000000000000\"}\n",
		 426, "version"},
		{"{\"v\":1,\"program\":\"x\",\"last_n\":1,\"last_head\":"
		 "\"0000000000000000000000000000000000000000000000000000000000000000\",\"from_n\":1,\"count\":1,\"sig\":\"00\"}\n",
		 400, "bad-request"},
		{"{\"v\":1,\"program\":\"x\",\"last_n\":0,\"last_n\":0,\"last_head\":"
		 "\"0000000000000000000000000000000000000000000000000000000000000000\"}\n",
		 400, "bad-request"},
	};
	struct bench *b = *state;
	struct device d = signed_in(b);
	struct reply r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		send_text(b, &d, rows[i].body, strlen(rows[i].body), false, &r);
		assert_refused(&r, rows[i].status, rows[i].name);
		reply_done(&r);
	}
	send_text(b, &d, "no zstd frame", 13, true, &r);
	assert_refused(&r, 400, "bad-request");
	reply_done(&r);
	assert_int_equal(b->faults, 0);
}

static void a_body_past_the_ceiling_is_too_large(void **state)
{
	struct bench *b = *state;
	struct device d = signed_in(b);
	JX_AUTO_FREE char *zeros = jx_xcalloc(1, (size_t)8 << 20);
	JX_AUTO_BUF bomb;
	struct reply r;

	send_text(b, &d, zeros, JX_WIRE_BATCH_BYTES_MAX + 1, false, &r);
	assert_refused(&r, 413, "too-large");
	reply_done(&r);
	/* 8 MiB in a few hundred bytes */
	jx_buf_init(&bomb, 1 << 20);
	jx_assert_ok(jx_wire_compress((struct jx_bytes){zeros, (size_t)8 << 20}, 3, &bomb, &b->err), &b->err);
	assert_true(bomb.len < 2000);
	send_text(b, &d, bomb.data, bomb.len, true, &r);
	assert_refused(&r, 413, "too-large");
	reply_done(&r);
}

static void an_unknown_dictionary_is_415(void **state)
{
	struct bench *b = *state;
	struct device d = signed_in(b);
	struct jx_wire_request rq = {
		.method = "POST", .path = JX_PATH_SYNC, .is_zstd = true, .dictionary = 3, .body = {"x", 1}};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_sign_in s = {.has_challenge = true};
	char header[JX_AUTH_MAX];

	memcpy(s.writer, d.log.id, sizeof(s.writer));
	memcpy(s.challenge, d.challenge, sizeof(s.challenge));
	jx_sign_in_sign(&s, b->identity, &rq, d.log.sec);
	jx_assert_ok(jx_sign_in_write(&s, header, &b->err), &b->err);
	rq.authorization = header;
	jx_buf_init(&rs.body, 1 << 16);
	jx_ingest_sync(b->ingest, &rq, &rs);
	assert_int_equal(rs.status, 415);
	assert_false(rs.is_zstd);
	assert_int_equal(rs.dictionary, JX_WIRE_DICTIONARY_NEWEST);
	jx_buf_done(&rs.body);
}

static void five_hundred_entries_fit_and_one_more_does_not(void **state)
{
	struct bench *b = *state;
	struct device d = signed_in(b);
	const struct ask full = {.to_n = 500};
	struct reply r;
	JX_AUTO_BUF text;

	fake_writer_observe_many(&d.log, 501);
	jx_buf_init(&text, (size_t)1 << 21);
	/* the client's own writer refuses 501, so the header is written by hand */
	jx_buf_addf(&text, "{\"v\":1,\"program\":\"x\",\"last_n\":501,\"last_head\":\"");
	jx_buf_add_hex(&text, d.log.log[500].head, JX_HASH_BYTES);
	jx_buf_adds(&text, "\",\"from_n\":1,\"count\":501,\"sig\":\"");
	jx_buf_add_hex(&text, d.log.log[500].sig, JX_SIG_BYTES);
	jx_buf_adds(&text, "\"}\n");
	for (size_t i = 0; i < 501; i++) {
		jx_buf_add(&text, d.log.log[i].bytes, d.log.log[i].len);
		jx_buf_addc(&text, '\n');
	}
	send_text(b, &d, text.data, text.len, false, &r);
	assert_refused(&r, 413, "too-large");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	device_sync(b, &d, &full, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 500);
	reply_done(&r);
	device_done(&d);
}

static void an_entry_that_is_no_entry_names_its_number(void **state)
{
	static const char *const broken[] = {"{}",
					     "[]",
					     "{\"v\":1}",
					     "{\"v\":1,\"v\":1}",
					     "{\"n\":1,\"v\":1}",
					     "nothing",
					     "{\"v\":1,\"id\":\"x\"}"};
	struct bench *b = *state;
	struct device d = signed_in(b);
	const struct ask ask = {0};
	const uint8_t id[JX_ID_BYTES] = {1};
	struct fake_writer good = d.log;
	struct reply r;

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		fake_writer_clone(&d.log, &good, 0, i);
		fake_writer_observe_many(&d.log, 1);
		(void)fake_writer_append_raw(&d.log, broken[i], id);
		device_sync(b, &d, &ask, &r);
		assert_refused(&r, 400, "bad-request");
		assert_non_null(strstr(r.error.detail, "entry 2"));
		reply_done(&r);
		fake_writer_done(&d.log);
	}
	assert_int_equal(bench_counts(b).observations, 0);
}

/* ---- kept and marked ---- */

static void append_with(struct device *d, void (*change)(struct jx_entry *e))
{
	struct jx_entry e;

	fake_observation(&d->log, &e,
			 "{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"place\"}");
	change(&e);
	(void)fake_writer_append(&d->log, &e);
}

static void no_change(struct jx_entry *e)
{
	(void)e;
}

static void set_ahead(struct jx_entry *e)
{
	e->taken_utc_ms += INT64_C(86400000) + 1;
}

static void set_1970(struct jx_entry *e)
{
	e->taken_utc_ms = 5;
}

static void set_other_pack(struct jx_entry *e)
{
	jx_strcpy(e->pack, sizeof(e->pack), "markets");
}

static void set_newer_pack(struct jx_entry *e)
{
	e->pack_version = 999;
}

static void set_unknown_code(struct jx_entry *e)
{
	static const char text[] =
		"{\"result\":\"found\",\"code\":\"99.99\",\"quantity\":1,\"unit\":\"place\"}";

	e->answers = (struct jx_bytes){text, sizeof(text) - 1};
}

static void set_answers(struct jx_entry *e, const char *form, const char *text)
{
	jx_strcpy(e->pack, sizeof(e->pack), "pest-density");
	jx_strcpy(e->form, sizeof(e->form), form);
	e->pack_version = 1;
	e->answers = (struct jx_bytes){text, strlen(text)};
}

static void set_rooms(struct jx_entry *e)
{
	set_answers(e, "rodent.signs-indoor",
		    "{\"unit_class\":\"01\",\"rooms_checked\":10,\"rooms_positive\":0}");
}

static void set_more_positive_than_checked(struct jx_entry *e)
{
	set_answers(
		e, "rodent.signs-indoor",
		"{\"unit_class\":\"01\",\"rooms_checked\":10,\"rooms_positive\":11,\"signs_droppings\":11}");
}

static void set_sheet_nobody_knows(struct jx_entry *e)
{
	set_answers(e, "rodent.by-smell", "{\"rooms_checked\":10}");
}

static void set_observation_of_other_pack(struct jx_entry *e)
{
	set_answers(e, "disorder", "{\"result\":\"no-access\"}");
}

static void set_unknown_kind(struct jx_entry *e)
{
	e->kind = JX_KIND_UNKNOWN;
	jx_strcpy(e->kind_name, sizeof(e->kind_name), "river-walk");
}

static void what_surprises_is_kept_and_marked(void **state)
{
	static const struct {
		void (*change)(struct jx_entry *e);
		const char *marks;
	} rows[] = {
		{no_change, ""},
		{set_ahead, "clock-ahead"},
		{set_1970, "clock-behind"},
		{set_other_pack, "unknown-form"},
		{set_newer_pack, "unknown-form"},
		{set_unknown_code, "answers: "},
		{set_rooms, ""},
		{set_more_positive_than_checked,
		 "answers: rooms with signs: rooms with signs cannot be more"},
		{set_sheet_nobody_knows, "unknown-form"},
		{set_observation_of_other_pack, "unknown-form"},
		{set_unknown_kind, "unknown-kind"},
	};
	struct bench *b = *state;
	struct device d = signed_in(b);
	JX_AUTO_BUF want;
	char *review;

	jx_buf_init(&want, 4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		append_with(&d, rows[i].change);
	device_sync_ok(b, &d);
	assert_int_equal(bench_counts(b).entries,
			 sizeof(rows) / sizeof(rows[0]) + 2); /* and two of the server's */
	review = bench_review(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char part[96];

		(void)snprintf(part, sizeof(part), "H07-%zu %s", i + 1, rows[i].marks);
		if (rows[i].marks[0] != '\0')
			assert_non_null(strstr(review, part));
		else
			assert_null(strstr(review, part));
	}
	free(review);
	device_done(&d);
}

static void an_entry_of_a_newer_version_is_kept(void **state)
{
	struct bench *b = *state;
	struct device d = signed_in(b);
	const uint8_t id[JX_ID_BYTES] = {0x01, 0x99, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 9};
	char writer[37], uuid[37], text[512];
	char *review;

	jx_uuid_format(d.log.id, writer);
	jx_uuid_format(id, uuid);
	(void)snprintf(
		text, sizeof(text),
		"{\"v\":2,\"id\":\"%s\",\"writer\":\"%s\",\"n\":1,\"kind\":\"observation\",\"taken_utc_ms\":%lld,"
		"\"smell\":{\"strength\":3}}",
		uuid, writer, (long long)FAKE_NOW_UTC_MS);
	(void)fake_writer_append_raw(&d.log, text, id);
	/* of our version, but with a field that we would refuse */
	(void)snprintf(
		text, sizeof(text),
		"{\"v\":1,\"id\":\"%s\",\"writer\":\"%s\",\"n\":2,\"kind\":\"observation\",\"taken_utc_ms\":%lld,"
		"\"day\":\"yesterday\"}",
		uuid, writer, (long long)FAKE_NOW_UTC_MS);
	(void)fake_writer_append_raw(&d.log, text, id);
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	review = bench_review(b);
	assert_string_equal(review, "H07-1 newer-version; H07-2 not-understood,id-conflict");
	free(review);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	device_done(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_or_a_broken_sign_in_is_401),
		TEST(a_foreign_old_or_changed_challenge_is_answered_with_a_new_one),
		TEST(a_changed_body_or_another_key_is_a_bad_signature),
		TEST(an_unknown_writer_is_told_to_enrol),
		TEST(the_servers_own_writer_cannot_sign_in),
		TEST(bodies_that_break_the_protocol_change_nothing),
		TEST(a_body_past_the_ceiling_is_too_large),
		TEST(an_unknown_dictionary_is_415),
		TEST(five_hundred_entries_fit_and_one_more_does_not),
		TEST(an_entry_that_is_no_entry_names_its_number),
		TEST(what_surprises_is_kept_and_marked),
		TEST(an_entry_of_a_newer_version_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
