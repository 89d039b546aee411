/* Photos: listed, resumed, checked, receipted. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

#define PHOTO_LEN 5000

struct photo {
	uint8_t bytes[PHOTO_LEN];
	uint8_t sha256[JX_HASH_BYTES];
};

static void photo_init(struct photo *p, uint64_t seed)
{
	struct jx_fake_rand rand;

	jx_fake_rand_init(&rand, seed);
	rand.rand.fill(&rand, p->bytes, sizeof(p->bytes));
	jx_sha256(p->bytes, sizeof(p->bytes), p->sha256);
}

static void list_photo(struct device *d, const struct photo *p)
{
	struct jx_entry e;

	fake_observation(&d->log, &e,
			 "{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"place\"}");
	e.photo_count = 1;
	memcpy(e.photos[0].sha256, p->sha256, JX_HASH_BYTES);
	e.photos[0].size_bytes = PHOTO_LEN;
	jx_strcpy(e.photos[0].type, sizeof(e.photos[0].type), "image/jpeg");
	jx_strcpy(e.photos[0].role, sizeof(e.photos[0].role), "wide");
	jx_strcpy(e.photos[0].how, sizeof(e.photos[0].how), "camera");
	(void)fake_writer_append(&d->log, &e);
}

static struct device with_photo(struct bench *b, uint64_t seed, const char *short_code, const struct photo *p)
{
	const struct ask ask = {.wants_token = true};
	struct device d;
	struct reply r;

	device_new(b, &d, seed, short_code, JX_ROLE_FIELD);
	list_photo(&d, p);
	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 1);
	reply_done(&r);
	return d;
}

/* By its token, as the HTTP face asks. */
static struct jx_writer who_is(struct bench *b, const struct device *d)
{
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_writer who;
	char bearer[200];

	(void)snprintf(bearer, sizeof(bearer), "Bearer %s", d->token);
	jx_buf_init(&rs.body, 4096);
	assert_true(jx_ingest_token(b->ingest, bearer, &who, &rs));
	jx_buf_done(&rs.body);
	return who;
}

static jx_upload *open_upload(struct bench *b, const struct device *d, const struct photo *p, int64_t offset)
{
	const struct jx_writer who = who_is(b, d);
	jx_upload *u = NULL;

	jx_assert_ok(jx_ingest_photo_open(b->ingest, &who, p->sha256, offset, &u, &b->err), &b->err);
	return u;
}

static struct jx_upload_state send_photo(struct bench *b, const struct device *d, const struct photo *p)
{
	jx_upload *u = open_upload(b, d, p, 0);
	struct jx_upload_state state;

	jx_assert_ok(jx_upload_write(u, p->bytes, sizeof(p->bytes), &b->err), &b->err);
	jx_assert_ok(jx_upload_end(u, &state, &b->err), &b->err);
	jx_upload_close(u);
	return state;
}

static void assert_photo_receipt(struct bench *b, const struct device *d, const struct photo *p,
				 const struct jx_signed *text)
{
	struct jx_photo_receipt r;

	jx_assert_ok(jx_photo_receipt_open(text, b->identity, &r, &b->err), &b->err);
	assert_memory_equal(r.writer, d->log.id, sizeof(r.writer));
	assert_int_equal(r.photo_count, 1);
	assert_memory_equal(r.photos[0], p->sha256, JX_HASH_BYTES);
}

static void a_whole_photo_is_stored_and_receipted(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_upload_state st;
	char path[512];
	JX_AUTO_FREE char *read = NULL;
	size_t len = 0;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	st = send_photo(b, &d, &p);
	assert_true(st.is_stored);
	assert_int_equal(st.offset_bytes, PHOTO_LEN);
	assert_photo_receipt(b, &d, &p, &st.receipt);
	b->ops->photo_path(b->vault, p.sha256, path, sizeof(path));
	read = jx_test_read(path, &len);
	assert_int_equal(len, PHOTO_LEN);
	assert_memory_equal(read, p.bytes, len);
	assert_int_equal(bench_counts(b).photos_listed, 1);
	assert_int_equal(bench_counts(b).photos_stored, 1);
	device_done(&d);
}

static void a_photo_that_no_entry_lists_is_not_found(void **state)
{
	struct bench *b = *state;
	struct photo p, other;
	struct device d, e;
	struct jx_writer who;
	struct jx_upload_state st;
	jx_upload *u = NULL;

	photo_init(&p, 1);
	photo_init(&other, 2);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	jx_assert_rc(jx_ingest_photo_state(b->ingest, &who, other.sha256, &st, &b->err), JX_ENOTFOUND,
		     &b->err);
	jx_assert_rc(jx_ingest_photo_open(b->ingest, &who, other.sha256, 0, &u, &b->err), JX_ENOTFOUND,
		     &b->err);
	/* also when another writer has sent it */
	e = with_photo(b, 3, "H08", &other);
	(void)send_photo(b, &e, &other);
	jx_assert_rc(jx_ingest_photo_state(b->ingest, &who, other.sha256, &st, &b->err), JX_ENOTFOUND,
		     &b->err);
	device_done(&d);
	device_done(&e);
}

static void an_upload_goes_on_after_break_and_restart(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_writer who;
	struct jx_upload_state st;
	jx_upload *u;
	int64_t at = 0;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	while (at < PHOTO_LEN) {
		const size_t part = at + 1300 < PHOTO_LEN ? 1300 : (size_t)(PHOTO_LEN - at);

		u = open_upload(b, &d, &p, at);
		jx_assert_ok(jx_upload_write(u, p.bytes + at, part, &b->err), &b->err);
		jx_assert_ok(jx_upload_end(u, &st, &b->err), &b->err);
		jx_upload_close(u);
		at += (int64_t)part;
		assert_int_equal(st.offset_bytes, at);
		assert_int_equal(st.is_stored, at == PHOTO_LEN);
		bench_restart(b);
		jx_assert_ok(jx_ingest_photo_state(b->ingest, &who, p.sha256, &st, &b->err), &b->err);
		assert_int_equal(st.offset_bytes, at);
		assert_int_equal(st.size_bytes, PHOTO_LEN);
		assert_int_equal(st.is_stored, at == PHOTO_LEN);
	}
	assert_photo_receipt(b, &d, &p, &st.receipt);
	device_done(&d);
}

static void a_request_that_broke_keeps_what_came(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_writer who;
	struct jx_upload_state st;
	jx_upload *u;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	u = open_upload(b, &d, &p, 0);
	jx_assert_ok(jx_upload_write(u, p.bytes, 700, &b->err), &b->err);
	jx_upload_close(u); /* no end: the connection is gone */
	jx_assert_ok(jx_ingest_photo_state(b->ingest, &who, p.sha256, &st, &b->err), &b->err);
	assert_int_equal(st.offset_bytes, 700);
	device_done(&d);
}

static void a_wrong_offset_is_a_conflict(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_writer who;
	jx_upload *u;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	u = open_upload(b, &d, &p, 0);
	jx_assert_ok(jx_upload_write(u, p.bytes, 700, &b->err), &b->err);
	jx_upload_close(u);
	u = NULL;
	jx_assert_rc(jx_ingest_photo_open(b->ingest, &who, p.sha256, 0, &u, &b->err), JX_ECONFLICT, &b->err);
	jx_assert_rc(jx_ingest_photo_open(b->ingest, &who, p.sha256, 701, &u, &b->err), JX_ECONFLICT,
		     &b->err);
	jx_upload_close(open_upload(b, &d, &p, 700));
	device_done(&d);
}

static void one_request_at_a_time_writes_a_photo(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d, other;
	struct jx_writer who;
	jx_upload *first, *second = NULL, *theirs;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	other = with_photo(b, 3, "H08", &p);
	who = who_is(b, &d);
	first = open_upload(b, &d, &p, 0);
	jx_assert_rc(jx_ingest_photo_open(b->ingest, &who, p.sha256, 0, &second, &b->err), JX_EBUSY, &b->err);
	/* another writer's copy of it is another upload */
	theirs = open_upload(b, &other, &p, 0);
	jx_upload_close(theirs);
	jx_upload_close(first);
	jx_upload_close(open_upload(b, &d, &p, 0));
	device_done(&d);
	device_done(&other);
}

static void more_bytes_than_listed_are_refused(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	jx_upload *u;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	u = open_upload(b, &d, &p, 0);
	jx_assert_ok(jx_upload_write(u, p.bytes, PHOTO_LEN - 1, &b->err), &b->err);
	jx_assert_rc(jx_upload_write(u, p.bytes, 2, &b->err), JX_ELIMIT, &b->err);
	jx_upload_close(u);
	jx_upload_close(open_upload(b, &d, &p, PHOTO_LEN - 1));
	device_done(&d);
}

static void other_bytes_than_the_hash_says_are_dropped(void **state)
{
	struct bench *b = *state;
	struct photo p, wrong;
	struct device d;
	struct jx_writer who;
	struct jx_upload_state st;
	jx_upload *u;

	photo_init(&p, 1);
	photo_init(&wrong, 2);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	u = open_upload(b, &d, &p, 0);
	jx_assert_ok(jx_upload_write(u, wrong.bytes, PHOTO_LEN, &b->err), &b->err);
	jx_assert_rc(jx_upload_end(u, &st, &b->err), JX_ECORRUPT, &b->err);
	jx_upload_close(u);
	jx_assert_ok(jx_ingest_photo_state(b->ingest, &who, p.sha256, &st, &b->err), &b->err);
	assert_int_equal(st.offset_bytes, 0);
	assert_false(st.is_stored);
	assert_int_equal(bench_counts(b).photos_stored, 0);
	assert_true(send_photo(b, &d, &p).is_stored);
	device_done(&d);
}

static void a_stored_photo_gives_the_same_receipt_again(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_writer who;
	struct jx_upload_state first, again;
	jx_upload *u;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	who = who_is(b, &d);
	first = send_photo(b, &d, &p);
	jx_fake_clock_advance(&b->clock, 1000);
	bench_restart(b);
	jx_assert_ok(jx_ingest_photo_state(b->ingest, &who, p.sha256, &again, &b->err), &b->err);
	assert_memory_equal(&again, &first, sizeof(first));
	u = open_upload(b, &d, &p, PHOTO_LEN);
	jx_assert_rc(jx_upload_write(u, "x", 1, &b->err), JX_ELIMIT, &b->err);
	jx_assert_ok(jx_upload_end(u, &again, &b->err), &b->err);
	jx_upload_close(u);
	assert_memory_equal(&again, &first, sizeof(first));
	jx_assert_rc(jx_ingest_photo_open(b->ingest, &who, p.sha256, 0, &u, &b->err), JX_ECONFLICT, &b->err);
	device_done(&d);
}

static void two_writers_of_one_photo_each_send_it(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d, other;
	struct jx_writer who;
	struct jx_upload_state st;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	other = with_photo(b, 3, "H08", &p);
	who = who_is(b, &other);
	(void)send_photo(b, &d, &p);
	jx_assert_ok(jx_ingest_photo_state(b->ingest, &who, p.sha256, &st, &b->err), &b->err);
	assert_false(st.is_stored);
	assert_int_equal(st.offset_bytes, 0);
	st = send_photo(b, &other, &p);
	assert_true(st.is_stored);
	assert_photo_receipt(b, &other, &p, &st.receipt);
	assert_int_equal(bench_counts(b).photos_listed, 2);
	assert_int_equal(bench_counts(b).photos_stored, 2);
	device_done(&d);
	device_done(&other);
}

static jx_rc lost_commit(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES],
			 const struct jx_signed *receipt, int64_t utc_ms, struct jx_error *err)
{
	(void)v, (void)writer, (void)sha256, (void)receipt, (void)utc_ms;
	return jx_fail(err, JX_EIO, 5, "test", "the power went");
}

static void a_photo_published_but_not_committed_is_sent_again(void **state)
{
	struct bench *b = *state;
	struct photo p;
	struct device d;
	struct jx_upload_state st;
	jx_upload *u;

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	b->between.photo_stored = lost_commit;
	bench_interpose(b);
	u = open_upload(b, &d, &p, 0);
	jx_assert_ok(jx_upload_write(u, p.bytes, PHOTO_LEN, &b->err), &b->err);
	jx_assert_rc(jx_upload_end(u, &st, &b->err), JX_EIO, &b->err);
	jx_upload_close(u);
	bench_restart(b);
	assert_int_equal(bench_counts(b).photos_stored, 0);
	assert_true(send_photo(b, &d, &p).is_stored);
	device_done(&d);
}

static void tokens_end_and_cannot_be_made_up(void **state)
{
	struct bench *b = *state;
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct photo p;
	struct device d;
	struct jx_writer who;
	char bearer[200];

	photo_init(&p, 1);
	d = with_photo(b, 2, "H07", &p);
	jx_buf_init(&rs.body, 4096);
	(void)snprintf(bearer, sizeof(bearer), "Bearer %s", d.token);
	jx_fake_clock_advance(&b->clock, JX_WIRE_TOKEN_MS);
	assert_true(jx_ingest_token(b->ingest, bearer, &who, &rs));
	jx_fake_clock_advance(&b->clock, 1);
	assert_false(jx_ingest_token(b->ingest, bearer, &who, &rs));
	assert_int_equal(rs.status, 401);
	jx_fake_clock_advance(&b->clock, -2);
	assert_true(jx_ingest_token(b->ingest, bearer, &who, &rs));
	/* each character counts, but for the padding's neighbour */
	for (size_t i = 7; i < 7 + 70; i += 3) {
		const char kept = bearer[i];

		bearer[i] = kept == 'A' ? 'B' : 'A';
		assert_false(jx_ingest_token(b->ingest, bearer, &who, &rs));
		bearer[i] = kept;
	}
	assert_false(jx_ingest_token(b->ingest, NULL, &who, &rs));
	assert_false(jx_ingest_token(b->ingest, d.token, &who, &rs));
	assert_false(jx_ingest_token(b->ingest, "Bearer ", &who, &rs));
	jx_buf_done(&rs.body);
	device_done(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_photo_is_stored_and_receipted),
		TEST(a_photo_that_no_entry_lists_is_not_found),
		TEST(an_upload_goes_on_after_break_and_restart),
		TEST(a_request_that_broke_keeps_what_came),
		TEST(a_wrong_offset_is_a_conflict),
		TEST(one_request_at_a_time_writes_a_photo),
		TEST(more_bytes_than_listed_are_refused),
		TEST(other_bytes_than_the_hash_says_are_dropped),
		TEST(a_stored_photo_gives_the_same_receipt_again),
		TEST(two_writers_of_one_photo_each_send_it),
		TEST(a_photo_published_but_not_committed_is_sent_again),
		TEST(tokens_end_and_cannot_be_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
