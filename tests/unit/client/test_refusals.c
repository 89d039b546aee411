/* Everything a server, or somebody else, may answer instead of 200: the right code, the right message, nothing marked. */
#include "fake_device.h"

static int setup(void **state)
{
	struct fake_device *d = fake_device_new();

	fake_device_save(d, 5);
	jx_assert_ok(fake_device_sync(d), &d->err);
	fake_device_save(d, 8);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	fake_device_free(*state);
	return 0;
}

struct refusal {
	int status;
	const char *name;
	int64_t retry_after_s;
	jx_rc rc;
	int requests; /* until the run gives up */
	const char *says;
};

static void each_status_has_its_meaning(void **state)
{
	static const struct refusal rows[] = {
		{400, "bad-request", -1, JX_EINVAL, 1, "does not understand"},
		{401, "bad-signature", -1, JX_EAUTH, 1, "signature"},
		{403, "revoked", -1, JX_EAUTH, 1, "revoked"},
		{403, "unknown-writer", -1, JX_EAUTH, 1, "enrol the device again"},
		{403, "other-writer", -1, JX_EAUTH, 1, "not allow"},
		{403, "role", -1, JX_EAUTH, 1, "not allow"},
		{404, "not-found", -1, JX_EINVAL, 1, "address"},
		{405, "method", -1, JX_EINVAL, 1, "refuses"},
		{410, "gone", -1, JX_ENOTFOUND, 1, "erased"},
		{412, "tus-version", -1, JX_EVERSION, 1, "update"},
		{415, "media-type", -1, JX_EINVAL, 2, "refuses"}, /* and without a dictionary */
		{422, "bad-chain", -1, JX_ECORRUPT, 1, "jx verify"},
		{426, "version", -1, JX_EVERSION, 1, "version"},
		{429, "too-many", 7, JX_ENET, JX_PLAN_ATTEMPTS, "pause"},
		{429, "too-many", 3600, JX_ENET, 1, "pause"},
		{500, "internal", -1, JX_ENET, JX_PLAN_ATTEMPTS, "fault"},
		{502, "", -1, JX_ENET, JX_PLAN_ATTEMPTS, "fault"},
		{503, "busy", -1, JX_ENET, JX_PLAN_ATTEMPTS, "busy"},
		{503, "busy", 120, JX_ENET, JX_PLAN_ATTEMPTS, "busy"},
		{507, "no-space", -1, JX_ENOSPC, 1, "no room"},
		{507, "quota", -1, JX_ENOSPC, 1, "used up their share"},
	};
	struct fake_device *d = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
		again[k] = FAULT_REFUSE;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		d->server.refuse_status = rows[i].status;
		d->server.refuse_name = rows[i].name;
		d->server.refuse_retry_after_s = rows[i].retry_after_s;
		fake_server_script(&d->server, again, FAKE_SCRIPT_MAX);
		jx_assert_rc(fake_device_sync(d), rows[i].rc, &d->err);
		jx_assert_says(&d->err, rows[i].says);
		/* the server's English words stand only where ours say too little */
		if (rows[i].status == 400 || strcmp(rows[i].says, "refuses") == 0 ||
		    strcmp(rows[i].says, "fault") == 0)
			jx_assert_says(&d->err, rows[i].name[0] != '\0' ? "said the test" : "server");
		else
			assert_null(strstr(d->err.text, "said the test"));
		assert_int_equal(d->err.native, rows[i].status);
		assert_string_equal(d->result.server_error, rows[i].name);
		assert_int_equal(d->server.requests, rows[i].requests);
		assert_int_equal(d->sent_n, 5);
		if (rows[i].retry_after_s > 0 && rows[i].requests > 1)
			assert_true(d->waited_ms >= rows[i].retry_after_s * 1000 * (rows[i].requests - 1));
		if (rows[i].retry_after_s > 300)
			assert_int_equal(d->result.retry_after_ms, rows[i].retry_after_s * 1000);
	}
	SCRIPT(&d->server, FAULT_NONE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 13);
}

static void a_pause_that_passes_is_waited_for(void **state)
{
	struct fake_device *d = *state;

	d->server.refuse_status = 503;
	d->server.refuse_name = "busy";
	d->server.refuse_retry_after_s = 30;
	SCRIPT(&d->server, FAULT_REFUSE, FAULT_REFUSE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 13);
	assert_true(d->waited_ms >= 60000);
	assert_string_equal(d->result.server_error, "");
}

static void somebody_else_is_told_apart(void **state)
{
	static const struct {
		enum fault fault;
		const char *says;
	} rows[] = {
		{FAULT_PORTAL_HTML, "sign in first"},
		{FAULT_REDIRECT, "redirect"},
		{FAULT_PLAIN_404, "another server"},
		{FAULT_511, "sign in first"},
	};
	struct fake_device *d = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		SCRIPT(&d->server, rows[i].fault);
		jx_assert_rc(fake_device_sync(d), JX_ENET, &d->err);
		jx_assert_says(&d->err, rows[i].says);
		assert_int_equal(d->server.requests, 1);
		assert_int_equal(d->sent_n, 5);
	}
}

static void a_batch_that_is_too_large_is_halved(void **state)
{
	struct fake_device *d = *state;

	d->server.most_entries = 3;
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->sent_n, 13);
	assert_int_equal(d->server.requests, 2 + 4); /* 8, 4 refused; then 2, 2, 2, 2 */
}

static void a_single_entry_that_is_too_large_is_reported(void **state)
{
	struct fake_device *d = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
		again[k] = FAULT_REFUSE;
	d->server.refuse_status = 413;
	d->server.refuse_name = "too-large";
	fake_server_script(&d->server, again, FAKE_SCRIPT_MAX);
	jx_assert_rc(fake_device_sync(d), JX_ELIMIT, &d->err);
	jx_assert_says(&d->err, "raise the limit");
	assert_int_equal(d->sent_n, 5);
}

/* The sign-in is good, the challenge is not: once it is answered silently, then it is a fault. */
static void one_challenge_is_silent(void **state)
{
	struct fake_device *d = *state;

	SCRIPT(&d->server, FAULT_CHALLENGE);
	jx_assert_ok(fake_device_sync(d), &d->err);
	assert_int_equal(d->waits, 0);
	assert_int_equal(d->server.requests, 2);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_status_has_its_meaning),
		T(a_pause_that_passes_is_waited_for),
		T(somebody_else_is_told_apart),
		T(a_batch_that_is_too_large_is_halved),
		T(a_single_entry_that_is_too_large_is_reported),
		T(one_challenge_is_silent),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.refusals", tests, NULL, NULL);
}
