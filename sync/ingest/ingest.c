/* The object itself. */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

int64_t jx_ingest__now(const jx_ingest *in)
{
	return in->config.clock->utc_ms(in->config.clock->user);
}

void jx_ingest__random(const jx_ingest *in, void *out, size_t len)
{
	in->config.rand->fill(in->config.rand->user, out, len);
}

pthread_mutex_t *jx_ingest__hold(pthread_mutex_t *m)
{
	(void)pthread_mutex_lock(m);
	return m;
}

void jx_ingest__let_go(pthread_mutex_t **m)
{
	(void)pthread_mutex_unlock(*m);
}

size_t jx_ingest__pins(jx_ingest *in, uint8_t out[JX_PINS_MAX][JX_HASH_BYTES])
{
	JX_INGEST__HOLD(&in->pins_mutex);

	memcpy(out, in->pins, sizeof(in->pins));
	return in->pin_count;
}

void jx_ingest_set_pins(jx_ingest *ingest, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	JX_INGEST__HOLD(&ingest->pins_mutex);

	ingest->pin_count = count < JX_PINS_MAX ? count : JX_PINS_MAX;
	memset(ingest->pins, 0, sizeof(ingest->pins));
	if (ingest->pin_count > 0)
		memcpy(ingest->pins, pins, ingest->pin_count * JX_HASH_BYTES);
}

void jx_ingest__signer_set(struct jx_ingest__signer *s, const uint8_t secret[JX_SEC_BYTES])
{
	memcpy(s->secret, secret, sizeof(s->secret));
	/* libsodium keeps the public key in the second half of the secret one */
	memcpy(s->identity, secret + JX_SEC_BYTES - JX_PUB_BYTES, JX_PUB_BYTES);
	jx_key_id(s->identity, s->key_id);
	jx_pack_key(s->secret, s->pack_public, s->pack_secret);
}

void jx_ingest__signer_get(jx_ingest *in, struct jx_ingest__signer *out)
{
	JX_INGEST__HOLD(&in->identity_mutex);

	*out = in->signer;
}

void jx_ingest__signer_wipe(struct jx_ingest__signer *s)
{
	jx_wipe(s, sizeof(*s));
}

void jx_ingest_identity(jx_ingest *ingest, uint8_t public_key_out[JX_PUB_BYTES])
{
	JX_INGEST__HOLD(&ingest->identity_mutex);

	memcpy(public_key_out, ingest->signer.identity, JX_PUB_BYTES);
}

static void keep_introductions(jx_ingest *in)
{
	const size_t count = in->config.introduction_count;

	if (count == 0)
		return;
	in->introductions = jx_xcalloc(count, sizeof(*in->introductions));
	memcpy(in->introductions, in->config.introductions, count * sizeof(*in->introductions));
}

jx_rc jx_ingest_new(const struct jx_ingest_config *config, jx_ingest **ingest_out, struct jx_error *err)
{
	JX_AUTO(jx_wire_ready) ready = NULL;
	jx_ingest *in;
	jx_rc rc;

	if (config->pin_count == 0 || config->pin_count > JX_PINS_MAX)
		return jx_fail(err, JX_EINVAL, 0, "ingest.new",
			       "a server has 1 to %d TLS keys that devices may see, not %zu: name them",
			       JX_PINS_MAX, config->pin_count);
	if (config->introduction_count > JX_INGEST_INTRODUCTIONS_MAX)
		return jx_fail(
			err, JX_ELIMIT, 0, "ingest.new",
			"a server has at most %d introductions of identity keys, not %zu: set up a new one",
			JX_INGEST_INTRODUCTIONS_MAX, config->introduction_count);
	rc = jx_wire_ready_new(&ready, err);
	if (rc != JX_OK)
		return rc;
	in = jx_xcalloc(1, sizeof(*in));
	in->ready = JX_STEAL(ready);
	in->config = *config;
	in->vault = config->vault;
	in->ops = config->vault->ops;
	(void)pthread_mutex_init(&in->identity_mutex, NULL);
	jx_ingest__signer_set(&in->signer, config->identity_secret);
	keep_introductions(in);
	/* whoever keeps the configuration keeps no secret of ours */
	in->config.identity_secret = NULL;
	in->config.introductions = in->introductions;
	(void)pthread_mutex_init(&in->deciding, NULL);
	(void)pthread_mutex_init(&in->pins_mutex, NULL);
	(void)pthread_mutex_init(&in->uploads_mutex, NULL);
	(void)pthread_mutex_init(&in->seen_mutex, NULL);
	(void)pthread_mutex_init(&in->packs_mutex, NULL);
	jx_ingest__packs_begin(in);
	in->seen = jx_xcalloc(JX_INGEST__SEEN, sizeof(*in->seen));
	jx_ingest_set_pins(in, config->pins, config->pin_count);
	*ingest_out = in;
	return JX_OK;
}

void jx_ingest_free(jx_ingest *ingest)
{
	if (ingest == NULL)
		return;
	jx_ingest__signer_wipe(&ingest->signer);
	jx_ingest__packs_let_go(&ingest->packs);
	jx_wire_ready_free(ingest->ready);
	(void)pthread_mutex_destroy(&ingest->packs_mutex);
	free(ingest->introductions);
	(void)pthread_mutex_destroy(&ingest->identity_mutex);
	(void)pthread_mutex_destroy(&ingest->deciding);
	(void)pthread_mutex_destroy(&ingest->pins_mutex);
	(void)pthread_mutex_destroy(&ingest->uploads_mutex);
	(void)pthread_mutex_destroy(&ingest->seen_mutex);
	free(ingest->seen);
	free(ingest);
}
