/* Set-up at each start: the server's own writer, and the keys that devices should know. */
#include <stdio.h>
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.setup"

/* ---- the server's writers ---- */

static jx_rc see_server(void *user, const struct jx_writer *w)
{
	struct jx_ingest__servers *s = user;

	if (w->role != JX_ROLE_SERVER)
		return JX_OK;
	if (s->count++ == 0)
		s->first = *w;
	s->newest = *w;
	return JX_OK;
}

/* A walk over writers goes in the order of their enrolment. */
jx_rc jx_ingest__servers_read(jx_ingest *in, struct jx_ingest__servers *out, struct jx_error *err)
{
	memset(out, 0, sizeof(*out));
	return in->ops->each_writer(in->vault, see_server, out, err);
}

/* A new identity key makes a new writer: ids and keys belong together for ever. */
void jx_ingest__server_new(jx_ingest *in, const uint8_t identity[JX_PUB_BYTES], int64_t count,
			   struct jx_writer *out)
{
	*out = (struct jx_writer){.role = JX_ROLE_SERVER, .state = JX_WRITER_ACTIVE, .name = "jiexund"};
	jx_uuid7(in->config.clock, in->config.rand, out->id);
	memcpy(out->public_key, identity, sizeof(out->public_key));
	(void)snprintf(out->short_code, sizeof(out->short_code), "S%02d", (int)(count % 1000) + 1);
	out->enrolled_utc_ms = jx_ingest__now(in);
	jx_chain_root(out->id, out->public_key, out->head);
}

/* ---- keys ---- */

static bool are_same(const struct jx_keys *a, const struct jx_keys *b)
{
	return memcmp(a->identity, b->identity, sizeof(a->identity)) == 0 && !a->has_next &&
	       a->earlier_count == b->earlier_count && a->pack_key_count == b->pack_key_count &&
	       memcmp(a->pack_keys, b->pack_keys, a->pack_key_count * JX_PUB_BYTES) == 0 &&
	       a->pin_count == b->pin_count &&
	       memcmp(a->tls_spki_sha256, b->tls_spki_sha256, a->pin_count * JX_HASH_BYTES) == 0;
}

static jx_rc announce_keys(jx_ingest *in, struct jx_error *err)
{
	struct jx_ingest__servers servers;
	struct jx_ingest__line line;
	struct jx_keys now, told;
	struct jx_signed text;
	JX_INGEST__SIGNER(signer, in);
	jx_rc rc = jx_ingest__servers_read(in, &servers, err);

	if (rc == JX_OK)
		rc = jx_ingest__line_read(in, servers.first.public_key, &line, err);
	if (rc != JX_OK)
		return rc;
	rc = jx_ingest__own_words(in, &signer, &line, &now, err);
	if (rc != JX_OK)
		return rc;
	rc = in->ops->keys(in->vault, &text, err);
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	if (rc == JX_OK && jx_keys_open(&text, signer.identity, &told, NULL) == JX_OK &&
	    are_same(&told, &now))
		return JX_OK;
	rc = jx_keys_sign(&now, signer.secret, &text, err);
	return rc == JX_OK ? in->ops->add_keys(in->vault, &text, now.from_utc_ms, err) : rc;
}

/* ---- this vault and this key ---- */

static jx_rc refuse_key(const jx_ingest *in, const struct jx_ingest__line *line, struct jx_error *err)
{
	size_t i;

	for (i = 0; i + 1 < line->count; i++)
		if (memcmp(line->keys[i], in->signer.identity, JX_PUB_BYTES) == 0)
			return jx_fail(
				err, JX_ESTATE, 0, WHERE,
				"the identity key was replaced by a newer one, and devices know that: put back the newest identity.key");
	return jx_fail(
		err, JX_ESTATE, 0, WHERE,
		"the identity key is not the one of this vault: put back the identity.key that belongs to it");
}

/*
 * The power went between the two steps of a rotation, or the vault is older than the key because it was restored
 * from a backup: the texts that the configuration brings lead from the key the vault knows to ours. Keys in between
 * are only passed: what they signed is gone, or is with the devices.
 */
static jx_rc catch_up(jx_ingest *in, const struct jx_ingest__line *line, struct jx_error *err)
{
	JX_INGEST__SIGNER(signer, in);
	const size_t count = in->config.introduction_count;
	uint8_t at[JX_PUB_BYTES];
	size_t first = count, i;
	struct jx_keys k;

	memcpy(at, line->keys[line->count - 1], sizeof(at));
	for (i = 0; i < count; i++) {
		if (jx_keys_open(&in->introductions[i], at, &k, NULL) != JX_OK)
			continue;
		first = first < i ? first : i;
		memcpy(at, k.identity, sizeof(at));
		jx_ingest__accept(in, at);
	}
	if (memcmp(at, signer.identity, sizeof(at)) != 0)
		return refuse_key(in, line, err);
	return jx_ingest__go_over(in, &signer, in->introductions + first, count - first, err);
}

static jx_rc settle(jx_ingest *in, struct jx_error *err)
{
	struct jx_ingest__servers servers;
	struct jx_ingest__line line;
	struct jx_writer w;
	uint8_t identity[JX_PUB_BYTES];
	size_t i;
	jx_rc rc = jx_ingest__servers_read(in, &servers, err);

	jx_ingest_identity(in, identity);
	if (rc == JX_OK && servers.count == 0) {
		jx_ingest__accept(in, identity);
		jx_ingest__server_new(in, identity, 0, &w);
		return in->ops->add_server_writer(in->vault, &w, err);
	}
	if (rc == JX_OK)
		rc = jx_ingest__line_read(in, servers.first.public_key, &line, err);
	if (rc != JX_OK)
		return rc;
	for (i = 0; i < line.count; i++)
		jx_ingest__accept(in, line.keys[i]);
	return memcmp(line.keys[line.count - 1], identity, sizeof(identity)) == 0 ? JX_OK
										  : catch_up(in, &line, err);
}

jx_rc jx_ingest_setup(jx_ingest *ingest, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	jx_rc rc = settle(ingest, err);

	if (rc == JX_OK && !ingest->has_loaded_packs)
		rc = jx_ingest__packs_load(ingest, err);
	ingest->has_loaded_packs = ingest->has_loaded_packs || rc == JX_OK;
	return rc == JX_OK ? announce_keys(ingest, err) : rc;
}
