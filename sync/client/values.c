/* Small values that survive between runs. Written only when they change: "nothing new" writes nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client_private.h"

/* A challenge is good for 30 days; keeping a new one once a day is enough. */
#define CHALLENGE_KEEP_MS INT64_C(86400000)

jx_rc jx_client__read_head(struct jx_client__run *run)
{
	const struct jx_outbox *o = run->c->outbox;

	return o->head(o->user, &run->own_n, run->own_head, &run->err);
}

/* Unset or unreadable (a file bent by hand) is the same: the value is only a hint and comes back with the next answer. */
static bool get(struct jx_client__run *run, const char *name, char out[JX_CLIENT_VALUE_MAX], jx_rc *rc)
{
	const struct jx_outbox *o = run->c->outbox;
	jx_rc got;

	if (*rc != JX_OK)
		return false;
	got = o->get(o->user, name, out, JX_CLIENT_VALUE_MAX, &run->err);
	if (got != JX_OK && got != JX_ENOTFOUND)
		*rc = got;
	return got == JX_OK;
}

jx_rc jx_client__load_values(struct jx_client__run *run)
{
	struct jx_client__values *v = &run->kept;
	char text[JX_CLIENT_VALUE_MAX];
	int64_t dictionary;
	size_t len = 0;
	jx_rc rc = JX_OK;

	/* it costs an exchange once where the server is older, and nothing where it is not */
	v->dictionary = JX_WIRE_DICTIONARY_NEWEST;
	if (get(run, JX_CLIENT_CHALLENGE, text, &rc))
		v->has_challenge = jx_unbase64(text, strlen(text), v->challenge, JX_CHALLENGE_BYTES, &len) &&
				   len == JX_CHALLENGE_BYTES;
	if (get(run, JX_CLIENT_CURSOR, text, &rc) && strlen(text) < sizeof(v->cursor))
		jx_strcpy(v->cursor, sizeof(v->cursor), text);
	if (get(run, JX_CLIENT_EPOCH, text, &rc))
		v->has_epoch = jx_uuid_parse(text, strlen(text), v->epoch);
	if (get(run, JX_CLIENT_SERVER_N, text, &rc) && !jx_parse_i64(text, 0, INT64_MAX, &v->server_n))
		v->server_n = 0;
	if (get(run, JX_CLIENT_SERVER_HEAD, text, &rc) &&
	    !jx_unhex(text, strlen(text), v->server_head, JX_HASH_BYTES))
		memset(v->server_head, 0, JX_HASH_BYTES);
	if (get(run, JX_CLIENT_DICTIONARY, text, &rc) &&
	    jx_parse_i64(text, 0, JX_WIRE_DICTIONARY_NEWEST, &dictionary))
		v->dictionary = (int)dictionary;
	run->has_challenge = v->has_challenge;
	memcpy(run->challenge, v->challenge, JX_CHALLENGE_BYTES);
	return rc;
}

static int64_t challenge_ms(const uint8_t challenge[JX_CHALLENGE_BYTES])
{
	uint64_t ms = 0;

	for (size_t i = 0; i < 8; i++)
		ms = ms << 8 | challenge[i];
	return ms <= (uint64_t)INT64_MAX / 2 ? (int64_t)ms : INT64_MAX / 2;
}

static jx_rc set(struct jx_client__run *run, const char *name, const char *value)
{
	const struct jx_sink *s = run->c->sink;

	return s->set(s->user, name, value, &run->err);
}

static jx_rc keep_challenge(struct jx_client__run *run)
{
	struct jx_client__values *v = &run->kept;
	JX_AUTO_BUF text = {0};
	jx_rc rc;

	if (!run->has_challenge ||
	    (v->has_challenge &&
	     challenge_ms(run->challenge) < challenge_ms(v->challenge) + CHALLENGE_KEEP_MS &&
	     challenge_ms(run->challenge) >= challenge_ms(v->challenge)))
		return JX_OK;
	jx_buf_init(&text, JX_CLIENT_VALUE_MAX);
	jx_buf_add_base64(&text, run->challenge, JX_CHALLENGE_BYTES);
	rc = jx_buf_check(&text, "challenge", &run->err);
	if (rc == JX_OK)
		rc = set(run, JX_CLIENT_CHALLENGE, text.data);
	if (rc != JX_OK)
		return rc;
	v->has_challenge = true;
	memcpy(v->challenge, run->challenge, JX_CHALLENGE_BYTES);
	return JX_OK;
}

jx_rc jx_client__keep_server_n(struct jx_client__run *run, int64_t n)
{
	char text[24];
	jx_rc rc = JX_OK;

	(void)snprintf(text, sizeof(text), "%" PRId64, n);
	if (n != run->kept.server_n)
		rc = set(run, JX_CLIENT_SERVER_N, text);
	if (rc == JX_OK)
		run->kept.server_n = n;
	return rc;
}

void jx_client__keep_dictionary(struct jx_client__run *run, int dictionary)
{
	char text[16];

	if (dictionary == run->kept.dictionary)
		return;
	(void)snprintf(text, sizeof(text), "%d", dictionary);
	run->kept.dictionary = dictionary;
	(void)set(run, JX_CLIENT_DICTIONARY, text);
}

static jx_rc keep_server(struct jx_client__run *run, const struct jx_sync_answer *an)
{
	struct jx_client__values *v = &run->kept;
	char text[2 * JX_HASH_BYTES + 1];
	jx_rc rc = JX_OK;

	if (!v->has_epoch || memcmp(v->epoch, an->epoch, JX_ID_BYTES) != 0) {
		jx_uuid_format(an->epoch, text);
		rc = set(run, JX_CLIENT_EPOCH, text);
	}
	if (rc == JX_OK)
		rc = jx_client__keep_server_n(run, an->n);
	if (rc == JX_OK && memcmp(v->server_head, an->head, JX_HASH_BYTES) != 0) {
		jx_hex(an->head, JX_HASH_BYTES, text);
		rc = set(run, JX_CLIENT_SERVER_HEAD, text);
	}
	if (rc != JX_OK)
		return rc;
	v->has_epoch = true;
	memcpy(v->epoch, an->epoch, JX_ID_BYTES);
	memcpy(v->server_head, an->head, JX_HASH_BYTES);
	return JX_OK;
}

jx_rc jx_client__keep_values(struct jx_client__run *run, const struct jx_sync_answer *an)
{
	jx_rc rc = keep_server(run, an);

	if (an->dictionary > run->kept.dictionary)
		jx_client__keep_dictionary(run, an->dictionary < JX_WIRE_DICTIONARY_NEWEST
							? (int)an->dictionary
							: JX_WIRE_DICTIONARY_NEWEST);
	return rc == JX_OK ? keep_challenge(run) : rc;
}
