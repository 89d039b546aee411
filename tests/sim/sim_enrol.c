/* A handheld becomes a writer, or another one: as `jx enrol` and `jx enrol --again` do it. */
#include "sim_world.h"

#include <stdio.h>
#include <string.h>

/* Enrolled is what the device's own disk says, not what was shown on the way. */
void sim_device_learn(struct sim_device *d)
{
	struct jx_identity id;

	if (d->store == NULL || jx_store_identity(d->store, &id, NULL) != JX_OK)
		return;
	/* an enrolment whose end the user did not see, for the power went */
	if (d->has_next_key && memcmp(id.public_key, d->next_key.pub, JX_PUB_BYTES) == 0) {
		d->key = d->next_key;
		d->has_next_key = false;
	}
	if (!d->is_enrolled || memcmp(d->identity.writer, id.writer, sizeof(id.writer)) != 0) {
		d->enrolled_life = d->world->server.life;
		d->may_fork = d->is_told = d->needs_enrol = false;
	}
	d->identity = id;
	d->is_enrolled = true;
}

/* The office's part: whoever holds the number is revoked first, if that is what it takes. */
static jx_rc get_code(struct sim_device *d, bool stays, struct jx_code_text *code, struct jx_error *err)
{
	struct sim_world *w = d->world;
	jx_ingest *in = w->server.ingest;
	jx_vault *v = w->server.vault;
	struct jx_writer wr;
	const bool is_trusted = !sim_luck(w, w->weather.pending);
	char short_code[16], who[37];
	jx_rc rc;

	if (stays) /* as the device says it */
		jx_strcpy(short_code, sizeof(short_code), d->identity.short_code);
	else
		(void)snprintf(short_code, sizeof(short_code), "H%02d", d->index + 1);
	/* locked out, and known to the server: it stays who it is */
	if (stays && v->ops->writer(v, d->identity.writer, &wr, NULL) == JX_OK) {
		jx_uuid_format(d->identity.writer, who);
		return jx_ingest_make_renewal_code(in, who, code, err);
	}
	rc = jx_ingest_make_code(in, short_code, JX_ROLE_FIELD, "330110", is_trusted, code, err);
	if (rc == JX_EEXISTS) {
		rc = jx_ingest_revoke(in, short_code, "answer lost", err);
		if (rc == JX_OK)
			rc = jx_ingest_make_code(in, short_code, JX_ROLE_FIELD, "330110", is_trusted, code,
						 err);
	}
	return rc;
}

static void fill_identity(const struct jx_enrol_answer *an, const struct sim_key *key, struct jx_identity *id)
{
	*id = (struct jx_identity){.pin_count = an->pin_count, .enrolled_utc_ms = an->server_utc_ms};
	memcpy(id->writer, an->writer, sizeof(id->writer));
	memcpy(id->public_key, key->pub, sizeof(id->public_key));
	memcpy(id->server_identity, an->identity, sizeof(id->server_identity));
	memcpy(id->tls_spki_sha256, an->pins, sizeof(id->tls_spki_sha256));
	jx_strcpy(id->short_code, sizeof(id->short_code), an->short_code);
	jx_strcpy(id->role, sizeof(id->role), an->role);
	jx_strcpy(id->area, sizeof(id->area), an->area);
	jx_strcpy(id->url, sizeof(id->url), "https://sim.invalid:8443");
}

/* The order of steps is that of src/cli/cmd_enrol.c. */
static jx_rc take_identity(struct sim_device *d, const struct jx_identity *id, const struct jx_identity *old,
			   bool has_old, struct jx_error *err)
{
	uint8_t old_head[JX_HASH_BYTES];
	int64_t old_n = 0, n;
	jx_rc rc = has_old ? jx_store_head(d->store, &old_n, old_head, err) : JX_OK;

	if (rc == JX_OK)
		rc = jx_store_set_identity(d->store, id, err);
	if (rc == JX_OK)
		sim_device_learn(d); /* the recorder signs with the new key from here on */
	if (rc == JX_OK && has_old && memcmp(old->writer, id->writer, sizeof(id->writer)) != 0)
		rc = jx_record_continues(&d->recorder, old->writer, old_n, old_head, &n, err);
	return rc;
}

void sim_device_enrol(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct sim_net net;
	struct jx_identity id, old;
	bool has_old, stays;
	struct sim_key *key;
	struct jx_client_enrol_config ec = {.code = &code,
					    .program = "sim",
					    .name = "",
					    .rand = &d->rand.rand,
					    .wait = sim_wait,
					    .wait_user = w,
					    .attempts_max = 4};
	jx_rc rc;

	sim_device_learn(d);
	if (d->is_enrolled && !d->is_told && !d->needs_enrol)
		return;
	has_old = jx_store_identity(d->store, &old, NULL) == JX_OK;
	if (d->is_enrolled && !has_old)
		return; /* the disk does not answer now */
	/* as src/cli/cmd_enrol.c: another writer after a fork or a revocation, else the same one finds its way back */
	stays = has_old && !d->has_next_key && !d->is_told && !sim_device_is_revoked(d);
	if (stays)
		ec.writer = old.writer;
	if (has_old && !stays && !d->has_next_key) {
		sim_key_make(&d->rand, &d->next_key);
		d->has_next_key = true;
	}
	key = has_old && !stays ? &d->next_key : &d->key;
	ec.public_key = key->pub;
	ec.secret_key = key->sec;
	rc = get_code(d, stays, &code, &err);
	sim_net_init(&net, w, d, NULL, 0);
	ec.transport = &net.transport;
	if (rc == JX_OK)
		rc = jx_client_enrol(&ec, &an, &err);
	sim_note(w, "enrol", d->index, rc);
	if (rc != JX_OK)
		return;
	fill_identity(&an, key, &id);
	rc = take_identity(d, &id, &old, has_old, &err);
	if (rc == JX_OK)
		w->counts.enrolments++;
	if (rc == JX_OK && has_old && memcmp(old.writer, id.writer, sizeof(id.writer)) == 0) {
		w->counts.renewals++;
		d->needs_enrol = false;
	} else if (rc == JX_OK && has_old) {
		w->counts.again++;
	}
}

bool sim_device_is_revoked(const struct sim_device *d)
{
	jx_vault *v = d->world->server.vault;
	struct jx_writer wr;

	return d->is_enrolled && v->ops->writer(v, d->identity.writer, &wr, NULL) == JX_OK &&
	       wr.state == JX_WRITER_REVOKED;
}
