/* Enrolment against the fake server. */
#include <stdlib.h>

#include "fake_device.h"

struct world {
	struct fake_device *d;
	struct jx_client_enrol_config c;
	struct jx_enrol_answer answer;
	struct jx_error err;
};

static int setup(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	w->d = fake_device_new();
	jx_strcpy(w->d->server.code.id, sizeof(w->d->server.code.id), "K7Q2");
	memset(w->d->server.code.secret, 0x77, JX_CODE_SECRET_BYTES);
	w->c = (struct jx_client_enrol_config){.transport = &w->d->server.transport,
					       .code = &w->d->server.code,
					       .public_key = w->d->pub,
					       .secret_key = w->d->secret,
					       .program = "jx/test",
					       .name = "",
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

static void both_sides_prove_themselves(void **state)
{
	struct world *w = *state;

	jx_assert_ok(jx_client_enrol(&w->c, &w->answer, &w->err), &w->err);
	assert_memory_equal(w->answer.writer, w->d->writer, JX_ID_BYTES);
	assert_memory_equal(w->answer.identity, w->d->server.identity, JX_PUB_BYTES);
	assert_string_equal(w->answer.short_code, "H07");
	assert_int_equal(w->d->server.requests, 1);
}

static void the_first_challenge_is_as_a_sync_reads_it(void **state)
{
	struct world *w = *state;
	char text[JX_CLIENT_VALUE_MAX] = "as it was";
	uint8_t back[JX_CHALLENGE_BYTES];
	size_t len = 0;

	assert_null(jx_client_first_challenge(&w->answer, text));
	assert_string_equal(text, "as it was");
	w->answer.has_challenge = true;
	memset(w->answer.challenge, 0xf7, sizeof(w->answer.challenge));
	assert_ptr_equal(jx_client_first_challenge(&w->answer, text), text);
	assert_true(jx_unbase64(text, strlen(text), back, sizeof(back), &len));
	assert_int_equal(len, sizeof(back));
	assert_memory_equal(back, w->answer.challenge, sizeof(back));
}

static void a_lost_answer_is_harmless(void **state)
{
	struct world *w = *state;

	SCRIPT(&w->d->server, FAULT_LOSE_ANSWER, FAULT_LOSE_REQUEST);
	jx_assert_ok(jx_client_enrol(&w->c, &w->answer, &w->err), &w->err);
	assert_int_equal(w->d->waits, 2);
}

static void an_impostor_is_found_out(void **state)
{
	struct world *w = *state;

	w->d->server.lies_about_identity = true;
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_EAUTH, &w->err);
	jx_assert_says(&w->err, "in between");
	w->d->server.lies_about_identity = false;
	w->d->server.forgets_pin = true;
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_EAUTH, &w->err);
	jx_assert_says(&w->err, "certificate");
	assert_string_equal(w->answer.short_code, "");
}

static void a_wrong_code_is_said_so(void **state)
{
	static const char *const rows[][2] = {{"code-wrong", "wrong"},
					      {"code-burnt", "too often"},
					      {"code-used", "another device"},
					      {"code-expired", "expired"}};
	struct world *w = *state;
	struct jx_code_text other = w->d->server.code;

	other.secret[0] ^= 1;
	w->c.code = &other;
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_EAUTH, &w->err);
	jx_assert_says(&w->err, "code is wrong");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w->d->server.refuse_status = 403;
		w->d->server.refuse_name = rows[i][0];
		SCRIPT(&w->d->server, FAULT_REFUSE);
		jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_EAUTH, &w->err);
		jx_assert_says(&w->err, rows[i][1]);
	}
	assert_int_equal(w->d->waits, 0);
}

static void a_portal_is_told_apart(void **state)
{
	struct world *w = *state;

	SCRIPT(&w->d->server, FAULT_PORTAL_HTML);
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_ENET, &w->err);
	jx_assert_says(&w->err, "sign in first");
	SCRIPT(&w->d->server, FAULT_REDIRECT);
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_ENET, &w->err);
	jx_assert_says(&w->err, "redirect");
}

static void a_busy_server_is_waited_for_and_given_up(void **state)
{
	struct world *w = *state;
	enum fault again[FAKE_SCRIPT_MAX];

	for (size_t k = 0; k < FAKE_SCRIPT_MAX; k++)
		again[k] = FAULT_REFUSE;
	w->d->server.refuse_status = 503;
	w->d->server.refuse_name = "busy";
	w->d->server.refuse_retry_after_s = 2;
	fake_server_script(&w->d->server, again, FAKE_SCRIPT_MAX);
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_ENET, &w->err);
	assert_int_equal(w->d->waits, JX_PLAN_ATTEMPTS - 1);
	assert_true(w->d->waited_ms >= 2000 * (JX_PLAN_ATTEMPTS - 1));
	w->d->server.refuse_retry_after_s = 3600;
	fake_server_script(&w->d->server, again, FAKE_SCRIPT_MAX);
	w->d->waits = 0;
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_ENET, &w->err);
	assert_int_equal(w->d->waits, 0);
}

static void stopping_stops(void **state)
{
	struct world *w = *state;

	w->d->stops_waiting = true;
	SCRIPT(&w->d->server, FAULT_LOSE_REQUEST);
	jx_assert_rc(jx_client_enrol(&w->c, &w->answer, &w->err), JX_EINTR, &w->err);
	jx_assert_says(&w->err, "still good");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(both_sides_prove_themselves),
		T(the_first_challenge_is_as_a_sync_reads_it),
		T(a_lost_answer_is_harmless),
		T(an_impostor_is_found_out),
		T(a_wrong_code_is_said_so),
		T(a_portal_is_told_apart),
		T(a_busy_server_is_waited_for_and_given_up),
		T(stopping_stops),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("client.enrol", tests, NULL, NULL);
}
