/*
 * Many requests at the same time, some of them twice. Requests are signed before the threads start, and answers are
 * looked at after they ended: cmocka's asserts belong to the test's own thread.
 */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>

#define DEVICES 6
#define TWICE   2
#define JOBS    (DEVICES * TWICE)
#define ENTRIES 60

struct job {
	jx_ingest *ingest;
	struct jx_wire_request rq;
	struct jx_wire_response rs;
	char header[JX_AUTH_MAX];
};

static void *ask(void *arg)
{
	struct job *j = arg;

	jx_ingest_sync(j->ingest, &j->rq, &j->rs);
	return NULL;
}

static void sign(struct bench *b, const struct device *d, const jx_buf *body, struct job *j)
{
	struct jx_sign_in s = {.has_challenge = true};

	j->rq = (struct jx_wire_request){.method = "POST", .path = JX_PATH_SYNC, .is_zstd = true};
	j->rq.body = (struct jx_bytes){body->data, body->len};
	memcpy(s.writer, d->log.id, sizeof(s.writer));
	memcpy(s.challenge, d->challenge, sizeof(s.challenge));
	jx_sign_in_sign(&s, b->identity, &j->rq, d->log.sec);
	jx_assert_ok(jx_sign_in_write(&s, j->header, &b->err), &b->err);
	j->rq.authorization = j->header;
	j->rs.retry_after_s = -1;
	jx_buf_init(&j->rs.body, (size_t)1 << 21);
}

static void read_answer(struct bench *b, struct job *j, struct jx_sync_answer *an)
{
	struct jx_bytes items[JX_IDENTITIES_MAX + 1];
	struct jx_bytes bytes = {j->rs.body.data, j->rs.body.len};
	size_t count = 0;
	JX_AUTO_BUF plain;

	assert_int_equal(j->rs.status, 200);
	jx_buf_init(&plain, (size_t)1 << 21);
	if (j->rs.is_zstd) {
		jx_assert_ok(jx_wire_expand(bytes, 0, &plain, &b->err), &b->err);
		bytes = (struct jx_bytes){plain.data, plain.len};
	}
	jx_assert_ok(jx_sync_answer_read(bytes, an, items, JX_IDENTITIES_MAX + 1, &count, &b->err), &b->err);
	jx_buf_done(&j->rs.body);
}

/* The bench's random source is not for several threads. */
static jx_ingest *for_threads(struct bench *b)
{
	const struct jx_ingest_config config = {
		.vault = b->vault,
		.clock = &b->clock.clock,
		.rand = jx_os_rand(),
		.identity_secret = b->identity_secret,
		.mac_key = b->mac_key,
		.packs = b->packs,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])b->pins,
		.pin_count = 2,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
	};
	jx_ingest *in = NULL;

	jx_assert_ok(jx_ingest_new(&config, &in, &b->err), &b->err);
	jx_assert_ok(jx_ingest_setup(in, &b->err), &b->err);
	return in;
}

static void rotate(struct bench *b, jx_ingest *in, uint8_t number, uint8_t pub_out[JX_PUB_BYTES])
{
	const uint8_t seed[32] = {100, number};
	uint8_t secret[JX_SEC_BYTES];
	struct jx_signed text;

	jx_key_from_seed(seed, pub_out, secret);
	jx_assert_ok(jx_ingest_introduce(in, pub_out, &text, &b->err), &b->err);
	jx_assert_ok(jx_ingest_rotate_identity(in, secret, &text, &b->err), &b->err);
}

/* The receipt is signed by one of the keys that were in force meanwhile, whose number this is. */
static int assert_signed(const struct jx_signed *text, uint8_t (*keys)[JX_PUB_BYTES], int count,
			 struct jx_receipt *out)
{
	struct jx_receipt r;
	int fits = 0, by = 0;

	for (int i = 0; i < count; i++)
		if (jx_receipt_open(text, keys[i], &r, NULL) == JX_OK) {
			fits++;
			by = i;
			*out = r;
		}
	assert_int_equal(fits, 1);
	assert_int_equal(out->n, ENTRIES);
	return by;
}

/* The same bytes twice get the same receipt, or, if another key came into force between, its words for the same log. */
static void assert_same(const struct jx_sync_answer an[TWICE], uint8_t (*keys)[JX_PUB_BYTES], int count)
{
	struct jx_receipt r[TWICE];
	int by[TWICE];

	for (int t = 0; t < TWICE; t++)
		by[t] = assert_signed(&an[t].receipt, keys, count, &r[t]);
	if (by[0] == by[1])
		assert_memory_equal(&an[0].receipt, &an[1].receipt, sizeof(an[0].receipt));
	assert_memory_equal(r[0].writer, r[1].writer, sizeof(r[0].writer));
	assert_memory_equal(r[0].epoch, r[1].epoch, sizeof(r[0].epoch));
	assert_memory_equal(r[0].head, r[1].head, sizeof(r[0].head));
}

static void send_all(struct bench *b, int rotations)
{
	uint8_t keys[JX_IDENTITIES_MAX][JX_PUB_BYTES];
	struct device d[DEVICES];
	jx_buf bodies[DEVICES];
	struct job jobs[JOBS];
	pthread_t threads[JOBS];
	struct jx_sync_answer an[TWICE];
	jx_ingest *in;

	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < DEVICES; i++) {
		const struct ask nothing = {.from_n = -1}, all = {0};
		char short_code[16];
		struct reply r;

		(void)snprintf(short_code, sizeof(short_code), "H%d", i);
		device_new(b, &d[i], (uint64_t)i + 1, short_code, JX_ROLE_FIELD);
		device_sync(b, &d[i], &nothing, &r);
		reply_done(&r);
		fake_writer_observe_many(&d[i].log, ENTRIES);
		device_body(&d[i], &all, &bodies[i]);
	}
	in = for_threads(b);
	for (int i = 0; i < JOBS; i++) {
		jobs[i].ingest = in;
		sign(b, &d[i / TWICE], &bodies[i / TWICE], &jobs[i]);
	}
	for (int i = 0; i < JOBS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, &jobs[i]), 0);
	memcpy(keys[0], b->identity, sizeof(keys[0]));
	for (int i = 1; i <= rotations; i++)
		rotate(b, in, (uint8_t)i, keys[i]);
	for (int i = 0; i < JOBS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	jx_ingest_free(in);
	for (int i = 0; i < DEVICES; i++) {
		for (int t = 0; t < TWICE; t++) {
			read_answer(b, &jobs[i * TWICE + t], &an[t]);
			assert_int_equal(an[t].result, JX_SYNC_OK);
			assert_int_equal(an[t].n, ENTRIES);
			assert_true(an[t].has_receipt);
		}
		assert_same(an, keys, rotations + 1);
		jx_buf_done(&bodies[i]);
		device_done(&d[i]);
	}
	assert_int_equal(bench_counts(b).observations, DEVICES * ENTRIES);
	assert_int_equal(bench_counts(b).gaps, 0);
	assert_int_equal(bench_counts(b).duplicates, 0);
	assert_int_equal(bench_counts(b).quarantined, 0);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
}

static void requests_at_the_same_time_store_everything_once(void **state)
{
	send_all(*state, 0);
}

static void rotations_meanwhile_disturb_nobody(void **state)
{
	send_all(*state, 6);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_at_the_same_time_store_everything_once),
		TEST(rotations_meanwhile_disturb_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
