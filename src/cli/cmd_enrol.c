/* jx enrol: from a one-time code to an identity. */
#include "cli.h"

#include "jiexun/client.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static jx_rc pause_ms(void *user, int64_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)user;
	return nanosleep(&t, NULL) == 0 ? JX_OK : JX_EINTR;
}

/* The old key stays beside the new one: what it signed goes on being readable, and a person can prove it was here. */
static jx_rc set_key_aside(const struct cli *c, const struct jx_identity *old, struct jx_error *err)
{
	static const char *const key_files[] = {"device.key", "device.key.cred"};
	const struct jx_fs *fs = jx_os_fs();
	char writer[37];

	jx_uuid_format(old->writer, writer);
	for (size_t i = 0; i < sizeof(key_files) / sizeof(key_files[0]); i++) {
		JX_AUTO_FREE char *from = jx_xasprintf("%s/%s", c->h.dir, key_files[i]);
		JX_AUTO_FREE char *to = jx_xasprintf("%s/%s.%s", c->h.dir, key_files[i], writer);
		jx_rc rc;

		if (fs->stat(fs->user, from, NULL, NULL, NULL) != JX_OK)
			continue;
		rc = fs->rename(fs->user, from, to, err);
		if (rc == JX_OK)
			rc = fs->sync_dir(fs->user, c->h.dir, err);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

/* A key made by an earlier try whose answer was lost is used again: the server gives the same answer to the same key. */
static jx_rc own_key(struct cli *c, struct jx_error *err)
{
	struct jx_device_keys keys;
	jx_rc rc;

	jx_handheld_keys(&c->h, &keys);
	rc = jx_device_load_key(&keys, c->h.public_key, c->h.secret_key, err);
	if (rc == JX_ENOTFOUND)
		rc = jx_device_create_key(&keys, jx_os_fs(), jx_os_rand(), c->h.public_key, c->h.secret_key,
					  err);
	c->h.has_key = rc == JX_OK;
	return rc;
}

static jx_rc ask_server(struct cli *c, const char *url, const struct jx_code_text *code, const char *name,
			const uint8_t *writer, struct jx_enrol_answer *answer, struct jx_error *err)
{
	struct jx_transport_curl_config tc = {.url = url, .clock = jx_os_clock()};
	JX_AUTO(jx_transport) transport = NULL;
	struct jx_client_enrol_config ec = {
		.code = code,
		.public_key = c->h.public_key,
		.secret_key = c->h.secret_key,
		.program = "jx/" JX_VERSION,
		.name = name != NULL ? name : c->h.profile.name,
		.writer = writer,
		.rand = jx_os_rand(),
		.wait = pause_ms,
		.attempts_max = 3,
	};
	jx_rc rc = jx_transport_curl_new(&tc, &transport, err);

	ec.transport = transport;
	return rc == JX_OK ? jx_client_enrol(&ec, answer, err) : rc;
}

static void make_identity(const struct cli *c, const char *url, const struct jx_enrol_answer *an,
			  struct jx_identity *id)
{
	*id = (struct jx_identity){.pin_count = an->pin_count, .enrolled_utc_ms = an->server_utc_ms};
	memcpy(id->writer, an->writer, sizeof(id->writer));
	memcpy(id->public_key, c->h.public_key, sizeof(id->public_key));
	memcpy(id->server_identity, an->identity, sizeof(id->server_identity));
	memcpy(id->tls_spki_sha256, an->pins, sizeof(id->tls_spki_sha256));
	jx_strcpy(id->short_code, sizeof(id->short_code), an->short_code);
	jx_strcpy(id->role, sizeof(id->role), an->role);
	jx_strcpy(id->area, sizeof(id->area), an->area);
	jx_strcpy(id->url, sizeof(id->url), url);
}

/* What stands in the way of enrolling, or JX_OK. has_old is set when an earlier writer's log is to be continued. */
static jx_rc check_before(struct cli *c, bool again, struct jx_identity *old, bool *has_old,
			  struct jx_error *err)
{
	struct jx_error ignored;
	jx_rc rc = jx_store_identity(c->h.store, old, &ignored);

	*has_old = rc == JX_OK;
	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc != JX_OK) {
		*err = ignored;
		return rc;
	}
	if (!again)
		return jx_fail(
			err, JX_EEXISTS, 0, "jx.enrol",
			"this device is enrolled as %s already; if the server said that it must enrol again, add --again",
			old->short_code);
	return JX_OK;
}

/*
 * Was the enrolment anew done already, up to its last line on the screen? Then the same code with the same key gets the same answer, and
 * another key would be refused, and leave the device with one that nobody knows. Not where the server asked for it: that key may
 * be in two devices.
 */
static jx_rc is_repeated(struct cli *c, bool *out, struct jx_error *err)
{
	char reason[256];
	bool is_first = true;
	int64_t n = 0;
	jx_rc rc = jx_store_get(c->h.store, JX_SET_REENROL, reason, sizeof(reason), err);

	*out = false;
	if (rc != JX_ENOTFOUND)
		return rc;
	rc = jx_handheld_enrolment_age(&c->h, &is_first, &n, err);
	*out = !is_first && n <= 1;
	return rc;
}

/*
 * A copied, restored or revoked device must be another writer, with another key. One that is only locked out, or that a server
 * restored from an old backup does not know, goes on as the one it is: what it has recorded and not sent is in that one's log.
 */
static bool must_be_another(struct cli *c)
{
	char reason[64], result[4096];

	return jx_store_get(c->h.store, JX_SET_REENROL, reason, sizeof(reason), NULL) == JX_OK ||
	       (jx_store_get(c->h.store, JX_SET_SYNC_RESULT, result, sizeof(result), NULL) == JX_OK &&
		strstr(result, "\"server_error\":\"revoked\"") != NULL);
}

/* Only the key of the old writer is set aside; a newer one belongs to an earlier try of this very step. */
static jx_rc make_room_for_key(struct cli *c, const struct jx_identity *old, bool *stays_out,
			       struct jx_error *err)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_device_keys keys;
	bool keeps = false;
	jx_rc rc = is_repeated(c, &keeps, err);

	if (rc != JX_OK || keeps)
		return rc;
	jx_handheld_keys(&c->h, &keys);
	if (jx_device_load_key(&keys, pub, sec, NULL) == JX_OK &&
	    memcmp(pub, old->public_key, sizeof(pub)) == 0) {
		*stays_out = !must_be_another(c);
		rc = *stays_out ? JX_OK : set_key_aside(c, old, err);
	}
	jx_wipe(sec, sizeof(sec));
	return rc;
}

static jx_rc take_identity(struct cli *c, const struct jx_identity *id, bool has_old,
			   const struct jx_enrol_answer *an, struct jx_error *err)
{
	char text[JX_CLIENT_VALUE_MAX];
	const char *challenge = jx_client_first_challenge(an, text);
	jx_rc rc = jx_store_set_identity(c->h.store, id, err);

	if (rc == JX_OK && challenge != NULL)
		(void)jx_store_set(c->h.store, JX_SET_CHALLENGE, challenge, NULL);
	/* opening it makes the new log name the old one */
	return rc == JX_OK && has_old ? jx_handheld_open_recorder(&c->h, err) : rc;
}

static int show_identity(struct cli *c, const struct jx_identity *id, const struct jx_enrol_answer *an)
{
	char fingerprint[20], writer[37];

	jx_fingerprint(c->h.public_key, fingerprint);
	jx_uuid_format(id->writer, writer);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_str(&j, "short", id->short_code);
		cli_json_str(&j, "writer", writer);
		cli_json_str(&j, "role", id->role);
		cli_json_str(&j, "area", id->area);
		cli_json_str(&j, "fingerprint", fingerprint);
		cli_json_str(&j, "state", an->is_active ? "active" : "pending");
		cli_json_end(&j);
		return 0;
	}
	cli_say(c, _("enrolled as %s at %s"), id->short_code, id->url);
	if (!an->is_active)
		cli_say(c,
			_("Read this fingerprint to the office, which confirms it: %s\nWork may begin at once; what is recorded is kept until then."),
			fingerprint);
	return 0;
}

int cli_enrol(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct jx_identity id, old;
	char url[256] = "";
	bool has_old = false, stays = false;
	jx_rc rc = jx_code_parse(a->pos[a->pos_count - 1], &code, url, sizeof(url), &err);

	if (a->pos_count == 2)
		jx_strcpy(url, sizeof(url), a->pos[0]);
	if (rc == JX_OK && url[0] == '\0')
		rc = jx_fail(
			&err, JX_EINVAL, 0, "jx.enrol",
			"field \"url\" is missing: give the server's address before the code, such as https://host:8443");
	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, false, &err);
	if (rc == JX_OK)
		rc = check_before(c, cli_flag(a, "again"), &old, &has_old, &err);
	if (rc == JX_OK && has_old)
		rc = make_room_for_key(c, &old, &stays, &err);
	if (rc == JX_OK)
		rc = own_key(c, &err);
	if (rc == JX_OK)
		rc = ask_server(c, url, &code, cli_value(a, "name"), stays ? old.writer : NULL, &an, &err);
	if (rc == JX_OK) {
		make_identity(c, url, &an, &id);
		rc = take_identity(c, &id, has_old, &an, &err);
	}
	jx_wipe(&code, sizeof(code));
	return rc == JX_OK ? show_identity(c, &id, &an) : cli_fail(c, &err);
}
