/* Set-up at each start: the server's own writer, and the keys that devices should know. */
#include <stdio.h>
#include <string.h>

#include "ingest_private.h"

struct counted {
	int servers;
};

static jx_rc count_servers(void *user, const struct jx_writer *w)
{
	struct counted *c = user;

	if (w->role == JX_ROLE_SERVER)
		c->servers++;
	return JX_OK;
}

/* A new identity key makes a new writer: ids and keys belong together for ever. */
static jx_rc add_server(jx_ingest *in, struct jx_error *err)
{
	struct counted c = {.servers = 0};
	struct jx_writer w = {.role = JX_ROLE_SERVER, .state = JX_WRITER_ACTIVE, .name = "jiexund"};
	jx_rc rc = in->ops->each_writer(in->vault, count_servers, &c, err);

	if (rc != JX_OK)
		return rc;
	jx_uuid7(in->config.clock, in->config.rand, w.id);
	memcpy(w.public_key, in->identity, sizeof(w.public_key));
	(void)snprintf(w.short_code, sizeof(w.short_code), "S%02d", c.servers + 1);
	w.enrolled_utc_ms = jx_ingest__now(in);
	jx_chain_root(w.id, w.public_key, w.head);
	return in->ops->add_server_writer(in->vault, &w, err);
}

static bool are_same(const struct jx_keys *a, const struct jx_keys *b)
{
	return memcmp(a->identity, b->identity, sizeof(a->identity)) == 0 && !a->has_next &&
	       a->pin_count == b->pin_count &&
	       memcmp(a->tls_spki_sha256, b->tls_spki_sha256, a->pin_count * JX_HASH_BYTES) == 0;
}

static jx_rc announce_keys(jx_ingest *in, struct jx_error *err)
{
	struct jx_keys now = {.from_utc_ms = jx_ingest__now(in)}, told;
	struct jx_signed text;
	jx_rc rc = in->ops->keys(in->vault, &text, err);

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	memcpy(now.identity, in->identity, sizeof(now.identity));
	now.pin_count = jx_ingest__pins(in, now.tls_spki_sha256);
	if (rc == JX_OK && jx_keys_open(&text, in->identity, &told, NULL) == JX_OK && are_same(&told, &now))
		return JX_OK;
	rc = jx_keys_sign(&now, in->config.identity_secret, &text, err);
	return rc == JX_OK ? in->ops->add_keys(in->vault, &text, now.from_utc_ms, err) : rc;
}

jx_rc jx_ingest_setup(jx_ingest *ingest, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	struct jx_writer server;
	jx_rc rc = jx_ingest__server_writer(ingest, &server, err);

	if (rc == JX_ESTATE)
		rc = add_server(ingest, err);
	return rc == JX_OK ? announce_keys(ingest, err) : rc;
}
