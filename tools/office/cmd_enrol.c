/* jx-office enrol: from a one-time code to an account. */
#include "program.h"

#include <string.h>
#include <time.h>

static jx_rc pause_ms(void *user, int64_t ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)user;
	return nanosleep(&t, NULL) == 0 ? JX_OK : JX_EINTR;
}

static void wipe_key(uint8_t (*sec)[JX_SEC_BYTES])
{
	jx_wipe(*sec, sizeof(*sec));
}

static jx_rc ask_server(const char *url, const struct jx_code_text *code, const char *name,
			const uint8_t *pub, const uint8_t *sec, struct jx_enrol_answer *answer,
			struct jx_error *err)
{
	const struct jx_transport_curl_config tc = {.url = url, .clock = jx_os_clock()};
	JX_AUTO(jx_transport) transport = NULL;
	struct jx_client_enrol_config ec = {
		.code = code,
		.public_key = pub,
		.secret_key = sec,
		.program = "jx-office/" JX_VERSION,
		.name = name != NULL ? name : "",
		.rand = jx_os_rand(),
		.wait = pause_ms,
		.attempts_max = 3,
	};
	const jx_rc rc = jx_transport_curl_new(&tc, &transport, err);

	ec.transport = transport;
	return rc == JX_OK ? jx_client_enrol(&ec, answer, err) : rc;
}

/* An account is for one server and for ever: another one needs another folder. */
static jx_rc refuse_second(const struct office *o, struct jx_error *err)
{
	struct jx_office__account a;
	struct jx_error why = {.code = JX_OK};
	const jx_rc rc = jx_office__account_load(jx_os_fs(), o->dir, &a, &why);

	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc == JX_OK)
		return jx_fail(
			err, JX_EEXISTS, 0, "office.enrol",
			"%s is enrolled as %s already: use another folder (--home) for another account",
			o->dir, a.short_code);
	*err = why;
	return rc;
}

/* What cannot be kept costs the first pull a request. */
static void keep_challenge(const struct office *o, const struct jx_enrol_answer *an)
{
	const struct jx_fs *fs = jx_os_fs();
	struct jx_office__state s;
	char text[JX_CLIENT_VALUE_MAX];
	const char *challenge = jx_client_first_challenge(an, text);

	if (challenge != NULL && jx_office__state_load(fs, o->dir, &s, NULL) == JX_OK &&
	    jx_office__state_set(&s, JX_CLIENT_CHALLENGE, challenge))
		(void)jx_office__state_save(fs, o->dir, &s, NULL);
}

static jx_rc enrol(const struct office *o, const char *url, const struct jx_code_text *code, const char *name,
		   struct jx_office__account *account, struct jx_enrol_answer *an, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_CLEANUP(wipe_key) uint8_t sec[JX_SEC_BYTES] = {0};
	uint8_t pub[JX_PUB_BYTES];
	jx_rc rc = fs->make_dir(fs->user, o->dir, err);

	if (rc == JX_OK)
		rc = refuse_second(o, err);
	if (rc == JX_OK)
		rc = jx_office__key_make(fs, jx_os_rand(), o->dir, pub, sec, err);
	if (rc == JX_OK)
		rc = ask_server(url, code, name, pub, sec, an, err);
	if (rc != JX_OK)
		return rc;
	jx_office__account_from(an, pub, url, account);
	rc = jx_office__account_save(fs, o->dir, account, err);
	if (rc == JX_OK)
		keep_challenge(o, an);
	return rc;
}

static void show(const struct office *o, const struct jx_office__account *a, bool is_active)
{
	char fingerprint[20];
	struct jx_office__json j;

	jx_fingerprint(a->public_key, fingerprint);
	if (o->json) {
		jx_office__json_begin(&j);
		jx_office__json_bool(&j, "ok", true);
		jx_office__json_str(&j, "short", a->short_code);
		jx_office__json_uuid(&j, "writer", a->writer);
		jx_office__json_str(&j, "role", a->role);
		jx_office__json_str(&j, "area", a->area);
		jx_office__json_str(&j, "fingerprint", fingerprint);
		jx_office__json_str(&j, "state", is_active ? "active" : "pending");
		office_print(&j);
		return;
	}
	office_say(o, _("enrolled as %s at %s"), a->short_code, a->url);
	if (!is_active)
		office_say(
			o,
			_("Read this fingerprint to the server's administrator: %s\n"
			  "It is confirmed there with: jiexund confirm %s %s\nUntil then nothing can be pulled."),
			fingerprint, a->short_code, fingerprint);
}

int office_enrol(struct office *o, const struct office_args *a)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct jx_office__account account;
	char url[256] = "";
	jx_rc rc = jx_code_parse(a->pos[a->pos_count - 1], &code, url, sizeof(url), &err);

	if (a->pos_count == 2)
		jx_strcpy(url, sizeof(url), a->pos[0]);
	if (rc == JX_OK && url[0] == '\0')
		rc = jx_fail(
			&err, JX_EINVAL, 0, "office.enrol",
			"field \"url\" is missing: give the server's address before the code, such as https://host:8443");
	if (rc == JX_OK)
		rc = enrol(o, url, &code, office_value(a, "name"), &account, &an, &err);
	jx_wipe(&code, sizeof(code));
	if (rc != JX_OK)
		return office_fail(o, &err);
	show(o, &account, an.is_active);
	return 0;
}
