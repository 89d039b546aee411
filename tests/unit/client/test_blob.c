/* Downloads by hash. */
#include <stdlib.h>

#include "fake_device.h"

#define SIZE 50000

struct world {
	struct fake_device *d;
	struct jx_client_blob_config c;
	uint8_t data[SIZE], got[SIZE + 10], sha256[JX_HASH_BYTES];
	size_t got_len;
	jx_rc write_fails;
	struct jx_error err;
};

static jx_rc take(void *user, const void *data, size_t len, struct jx_error *err)
{
	struct world *w = user;

	if (w->write_fails != JX_OK)
		return jx_fail(err, w->write_fails, 0, "fake.write", "the disk is full");
	assert_true(w->got_len + len <= sizeof(w->got));
	memcpy(w->got + w->got_len, data, len);
	w->got_len += len;
	return JX_OK;
}

static int setup(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	w->d = fake_device_new();
	for (size_t i = 0; i < SIZE; i++)
		w->data[i] = (uint8_t)(i * 31 >> 3);
	jx_sha256(w->data, SIZE, w->sha256);
	w->d->server.blob = w->data;
	w->d->server.blob_len = SIZE;
	w->c = (struct jx_client_blob_config){.transport = &w->d->server.transport,
					      .token = "token1",
					      .rand = &w->d->rand.rand,
					      .wait = w->d->config.wait,
					      .wait_user = w->d};
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	fake_device_free(w->d);
	free(w);
	return 0;
}

static jx_rc get(struct world *w, int64_t size)
{
	w->got_len = 0;
	return jx_client_get_blob(&w->c, w->sha256, size, 0, NULL, take, w, &w->err);
}

static void a_blob_arrives_whole(void **state)
{
	struct world *w = *state;

	jx_assert_ok(get(w, SIZE), &w->err);
	assert_int_equal(w->got_len, SIZE);
	assert_memory_equal(w->got, w->data, SIZE);
	jx_assert_ok(get(w, -1), &w->err);
	assert_int_equal(w->got_len, SIZE);
}

static void it_goes_on_where_the_line_broke(void **state)
{
	struct world *w = *state;

	w->d->server.blob_cut = 1000;
	jx_assert_ok(get(w, SIZE), &w->err);
	assert_memory_equal(w->got, w->data, SIZE);
	assert_int_equal(w->d->server.requests, 50);
	assert_int_equal(w->d->waits, 49);
}

/* The first part came in an earlier run; the caller read it into the hash. */
static void it_goes_on_from_an_earlier_run(void **state)
{
	struct world *w = *state;
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();

	jx_sha256_add(hash, w->data, 30000);
	w->got_len = 0;
	jx_assert_ok(jx_client_get_blob(&w->c, w->sha256, SIZE, 30000, hash, take, w, &w->err), &w->err);
	assert_int_equal(w->got_len, SIZE - 30000);
	assert_memory_equal(w->got, w->data + 30000, SIZE - 30000);
}

static void all_there_already_asks_nobody(void **state)
{
	struct world *w = *state;
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();

	jx_sha256_add(hash, w->data, SIZE);
	jx_assert_ok(jx_client_get_blob(&w->c, w->sha256, SIZE, SIZE, hash, take, w, &w->err), &w->err);
	assert_int_equal(w->d->server.requests, 0);
}

static void other_bytes_are_found_out(void **state)
{
	struct world *w = *state;

	w->data[77] ^= 1;
	jx_assert_rc(get(w, SIZE), JX_ECORRUPT, &w->err);
	jx_assert_says(&w->err, "hash");
	w->data[77] ^= 1;
	jx_assert_rc(get(w, SIZE - 1), JX_ELIMIT, &w->err);
	jx_assert_says(&w->err, "larger");
}

static void refusals_have_their_codes(void **state)
{
	static const struct {
		int status;
		jx_rc rc;
		const char *name, *says;
	} rows[] = {
		{401, JX_EAUTH, "token", "sync again"},
		{403, JX_EAUTH, "role", "not allow"},
		{404, JX_ENOTFOUND, "not-found", "does not have"},
		{410, JX_ENOTFOUND, "gone", "erased"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w->d->server.refuse_status = rows[i].status;
		w->d->server.refuse_name = rows[i].name;
		SCRIPT(&w->d->server, FAULT_REFUSE);
		jx_assert_rc(get(w, SIZE), rows[i].rc, &w->err);
		jx_assert_says(&w->err, rows[i].says);
		assert_int_equal(w->got_len, 0);
	}
}

static void a_dead_line_is_given_up(void **state)
{
	struct world *w = *state;
	enum fault dead[FAKE_SCRIPT_MAX];

	for (size_t i = 0; i < FAKE_SCRIPT_MAX; i++)
		dead[i] = FAULT_LOSE_REQUEST;
	fake_server_script(&w->d->server, dead, FAKE_SCRIPT_MAX);
	jx_assert_rc(get(w, SIZE), JX_ENET, &w->err);
	assert_int_equal(w->d->server.requests, JX_PLAN_ATTEMPTS);
}

static void the_callers_own_failure_comes_back(void **state)
{
	struct world *w = *state;

	w->write_fails = JX_ENOSPC;
	jx_assert_rc(get(w, SIZE), JX_ENOSPC, &w->err);
	jx_assert_says(&w->err, "disk is full");
	assert_int_equal(w->d->server.requests, 1);
}

static void stopping_stops(void **state)
{
	struct world *w = *state;

	w->d->stops_waiting = true;
	w->d->server.blob_cut = 1000;
	jx_assert_rc(get(w, SIZE), JX_EINTR, &w->err);
	assert_int_equal(w->got_len, 1000);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_blob_arrives_whole),
		T(it_goes_on_where_the_line_broke),
		T(it_goes_on_from_an_earlier_run),
		T(all_there_already_asks_nobody),
		T(other_bytes_are_found_out),
		T(refusals_have_their_codes),
		T(a_dead_line_is_given_up),
		T(the_callers_own_failure_comes_back),
		T(stopping_stops),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.blob", tests, NULL, NULL);
}
