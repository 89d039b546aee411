/* A handheld's `jx sync`, and a second one at the same time. */
#include "sim_world.h"

#include <stdlib.h>
#include <string.h>

static void take_verdict(struct sim_device *d, const uint8_t writer[JX_ID_BYTES], jx_rc rc,
			 const struct jx_client_result *r, const struct jx_error *err)
{
	struct sim_world *w = d->world;

	if (r->must_enrol_again && !d->may_fork)
		sim_break(w, SIM_WRONG,
			  "device %d is told to enrol again, though nobody copied or restored it: %s",
			  d->index, err->text);
	if (r->must_enrol_again && !d->is_told) {
		w->counts.alarms++;
		d->is_told = true;
	}
	if (r->must_enrol_again) {
		memcpy(d->told_writer, writer, JX_ID_BYTES);
		d->told_life = w->server.life;
	}
	/* what its user is told to do: ask the office for a code */
	if (rc == JX_ETLS || strcmp(r->server_error, "unknown-writer") == 0 ||
	    strcmp(r->server_error, "revoked") == 0 || strcmp(r->server_error, "bad-signature") == 0)
		d->needs_enrol = true;
	if (rc == JX_OK && d->was_away && w->now_ms >= d->away_until_ms) {
		w->counts.weeks++;
		d->was_away = false;
	}
}

jx_rc sim_device_sync(struct sim_device *d, struct jx_error *err)
{
	struct sim_world *w = d->world;
	struct jx_cli_binding binding;
	struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	struct jx_identity id;
	uint8_t server_keys[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES];
	struct sim_net net;
	struct jx_client_config cc = {.program = "sim",
				      .secret_key = d->key.sec,
				      .identities = (const uint8_t(*)[JX_PUB_BYTES])server_keys,
				      .rand = &d->rand.rand,
				      .wait = sim_wait,
				      .wait_user = w,
				      .attempts_max = 4};
	jx_rc rc = jx_store_identity(d->store, &id, err);

	if (rc == JX_OK)
		rc = jx_store_server_keys(d->store, server_keys, JX_CLIENT_IDENTITIES_MAX, &cc.identity_count,
					  err);

	w->counts.syncs++;
	d->is_stale = true;
	if (rc != JX_OK) {
		free(result);
		return rc;
	}
	sim_net_init(&net, w, d, (const uint8_t(*)[JX_HASH_BYTES])id.tls_spki_sha256, id.pin_count);
	jx_cli_bind(&binding, d->store, d->media, sim_disk_fs(d->disk));
	cc.transport = &net.transport;
	cc.outbox = &binding.outbox;
	cc.sink = &binding.sink;
	memcpy(cc.writer, id.writer, sizeof(cc.writer));
	d->sync_depth++;
	rc = jx_client_sync(&cc, result, err);
	d->sync_depth--;
	if (rc == JX_OK)
		rc = jx_cli_unbind(&binding, err);
	else
		(void)jx_cli_unbind(&binding, NULL);
	take_verdict(d, id.writer, rc, result, err);
	if (rc == JX_OK || sim_chance(&w->rng, 300))
		(void)jx_store_checkpoint(d->store, NULL);
	sim_note(w, "sync", d->index, rc);
	free(result);
	return rc;
}
