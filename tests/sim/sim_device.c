/* What people do with a handheld, and what it shows them. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "/data"

jx_rc sim_device_open(struct sim_device *d, struct jx_error *err)
{
	struct jx_store_config sc = {.dir = DATA,
				     .vfs = sim_disk_vfs(d->disk),
				     .fs = sim_disk_fs(d->disk),
				     .clock = &d->clock.clock};
	struct jx_media_config mc = {.dir = DATA "/photos",
				     .fs = sim_disk_fs(d->disk),
				     .rand = &d->rand.rand,
				     .max_bytes = 1 << 20};
	jx_rc rc = jx_store_open(&sc, &d->store, err);

	if (rc == JX_OK)
		rc = jx_media_open(&mc, &d->media, err);
	d->recorder = (struct jx_recorder){.store = d->store,
					   .media = d->media,
					   .clock = &d->clock.clock,
					   .rand = &d->rand.rand,
					   .source_fs = sim_disk_fs(d->disk),
					   .pack = d->world->pack,
					   .secret_key = d->secret_key,
					   .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	return rc;
}

void sim_device_close(struct sim_device *d)
{
	jx_media_close(d->media);
	jx_store_close(d->store);
	d->media = NULL;
	d->store = NULL;
}

void sim_device_restart(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	jx_rc rc = JX_EIO;

	sim_note(w, "device restart", d->index, 0);
	for (int tries = 0; tries < 50 && rc != JX_OK; tries++) {
		sim_disk_kill(d->disk);
		sim_device_close(d);
		sim_disk_power_cycle(d->disk);
		w->counts.power_cuts++;
		d->clock.boot_ms = w->now_ms;
		for (size_t k = 0; k < JX_ID_BYTES; k++)
			d->clock.boot_id[k] = (uint8_t)sim_next(&w->rng);
		rc = sim_device_open(d, &err);
	}
	if (rc != JX_OK)
		sim_break(w, "device %d does not start again: %s: %s", d->index, err.where, err.text);
}

/* Enrolled is what the device's own disk says, not what was shown on the way. */
static void learn_identity(struct sim_device *d)
{
	struct jx_identity id;

	if (jx_store_identity(d->store, &id, NULL) != JX_OK)
		return;
	d->identity = id;
	d->is_enrolled = true;
}

void sim_device_enrol(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct sim_net net;
	struct jx_identity id = {.role = "field"};
	struct jx_client_enrol_config ec = {.code = &code,
					    .public_key = d->public_key,
					    .secret_key = d->secret_key,
					    .program = "sim",
					    .name = "",
					    .rand = &d->rand.rand,
					    .wait = sim_wait,
					    .wait_user = w,
					    .attempts_max = 4};
	jx_rc rc;

	learn_identity(d);
	if (d->is_enrolled)
		return;
	(void)snprintf(id.short_code, sizeof(id.short_code), "H%02d", d->index + 1);
	rc = jx_ingest_make_code(w->server.ingest, id.short_code, JX_ROLE_FIELD, "330110", true, &code, &err);
	if (rc == JX_EEXISTS) {
		/* enrolled at the server, but the device lost the answer with its power: the office revokes and gives a new code */
		rc = jx_ingest_revoke(w->server.ingest, id.short_code, "answer lost", &err);
		if (rc == JX_OK)
			rc = jx_ingest_make_code(w->server.ingest, id.short_code, JX_ROLE_FIELD, "330110",
						 true, &code, &err);
	}
	sim_net_init(&net, w, d);
	ec.transport = &net.transport;
	if (rc == JX_OK)
		rc = jx_client_enrol(&ec, &an, &err);
	sim_note(w, "enrol", d->index, rc);
	if (rc != JX_OK)
		return;
	memcpy(id.writer, an.writer, sizeof(id.writer));
	memcpy(id.public_key, d->public_key, sizeof(id.public_key));
	memcpy(id.server_identity, an.identity, sizeof(id.server_identity));
	memcpy(id.tls_spki_sha256, an.pins, sizeof(id.tls_spki_sha256));
	id.pin_count = an.pin_count;
	jx_strcpy(id.area, sizeof(id.area), an.area);
	jx_strcpy(id.url, sizeof(id.url), "https://sim.invalid:8443");
	id.enrolled_utc_ms = an.server_utc_ms;
	if (jx_store_set_identity(d->store, &id, &err) == JX_OK)
		learn_identity(d);
}

static jx_rc read_back(void *user, const struct jx_log_row *row)
{
	struct sim_shown *s = user;

	s->n = row->n;
	s->kind = row->kind;
	memcpy(s->digest, row->digest, sizeof(s->digest));
	return JX_OK;
}

/* "Saved H01-12" stands on the screen now. */
static void show(struct sim_device *d, const uint8_t id[JX_ID_BYTES], int64_t n, struct sim_shown *s)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};

	w->counts.saves_shown++;
	memcpy(s->id, id, JX_ID_BYTES);
	if (jx_store_by_id(d->store, id, read_back, s, &err) != JX_OK) {
		if (!sim_disk_is_dead(d->disk) && err.code != JX_EIO && err.code != JX_ENOSPC)
			sim_break(w, "device %d showed %lld as saved, but cannot read it back: %s", d->index,
				  (long long)n, err.text);
		s->n = n;
		memset(s->digest, 0, sizeof(s->digest));
	}
	if (s->n != n)
		sim_break(w, "device %d showed number %lld for entry %lld", d->index, (long long)n,
			  (long long)s->n);
	if (d->shown_count < SIM_SHOWN_MAX)
		d->shown[d->shown_count++] = *s;
}

static jx_rc add_photos(struct sim_device *d, jx_capture *cap, struct sim_shown *s, struct jx_error *err)
{
	struct sim_world *w = d->world;
	size_t count = sim_chance(&w->rng, 400) ? 1 + (size_t)sim_below(&w->rng, SIM_PHOTOS_MAX) : 0;
	uint8_t picture[4096];

	for (size_t k = 0; k < count; k++) {
		size_t len = sim_photo_make(w, picture, sizeof(picture));
		jx_rc rc = jx_capture_add_photo_bytes(cap, picture, len, "close", "camera", err);

		if (rc != JX_OK)
			return rc;
		jx_sha256(picture, len, s->photos[s->photo_count++]);
		w->counts.photos++;
	}
	return JX_OK;
}

static jx_rc answer(struct sim_device *d, jx_capture *cap, struct jx_error *err)
{
	struct sim_world *w = d->world;
	const struct jx_code *code = jx_pack_code_at(w->pack,
						     (size_t)sim_below(&w->rng, jx_pack_code_count(w->pack)));
	struct jx_observation o = {.result = "found", .code = code->code};

	if (sim_chance(&w->rng, 150))
		o.result = "nothing-found";
	else if (code->unit_count > 0) {
		o.quantity = "3";
		o.unit = code->units[0];
	}
	o.note = sim_chance(&w->rng, 300) ? "墙面小广告,\"已通知\"" : NULL;
	return jx_capture_set_answers(cap, &o, err);
}

static jx_rc correct_something(struct sim_device *d, jx_capture *cap, struct jx_error *err)
{
	struct sim_world *w = d->world;
	const struct sim_shown *s;

	if (d->shown_count == 0 || !sim_chance(&w->rng, 100))
		return JX_OK;
	s = &d->shown[sim_below(&w->rng, d->shown_count)];
	return s->kind == JX_KIND_OBSERVATION ? jx_capture_set_correction(cap, s->id, "数量有误", err)
					      : JX_OK;
}

void sim_device_save(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	JX_AUTO(jx_capture) cap = NULL;
	struct sim_shown s = {0};
	struct jx_fix fix = {.source = JX_FIX_GNSS,
			     .lat_wgs84_e7 = 302300000,
			     .lon_wgs84_e7 = 1197200000,
			     .accuracy_mm = 9000,
			     .satellites_used = 9,
			     .mode = 3,
			     .age_ms = 300};
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	jx_rc rc = jx_capture_begin(&d->recorder, &cap, &err);

	w->counts.saves++;
	if (rc == JX_OK && d->has_pending)
		rc = jx_capture_set_id(
			cap, d->pending_id,
			&err); /* the draft kept its id: whether the first try got through is not known */
	if (rc == JX_OK)
		memcpy(id, jx_capture_id(cap), sizeof(id));
	if (rc == JX_OK && sim_chance(&w->rng, 800))
		jx_capture_set_fix(cap, &fix);
	if (rc == JX_OK)
		rc = answer(d, cap, &err);
	if (rc == JX_OK)
		rc = add_photos(d, cap, &s, &err);
	if (rc == JX_OK)
		(void)correct_something(d, cap, NULL);
	if (rc == JX_OK) {
		rc = jx_capture_commit(cap, &n, &err);
		sim_note(w, "commit", d->index, rc);
		if (rc == JX_OK && d->has_pending)
			s.photo_count = 0; /* it may be the first try's entry, with the first try's photos */
		d->has_pending = rc != JX_OK;
		memcpy(d->pending_id, id, sizeof(id));
	}
	if (rc == JX_OK)
		show(d, id, n, &s);
	else if (rc == JX_ESTATE)
		(void)jx_record_person_in(&d->recorder, "p-001", "none", &n, &err); /* as the message says */
	else if (rc != JX_EIO && rc != JX_ENOSPC && rc != JX_EROFS)
		sim_break(w, "device %d: a save is refused: %s: %s", d->index, err.where, err.text);
}

void sim_device_shift(struct sim_device *d)
{
	struct jx_error err = {0};
	char value[64];
	int64_t n, observations, photos;
	jx_rc rc;

	if (jx_store_get(d->store, JX_SET_PERSON, value, sizeof(value), &err) != JX_OK)
		rc = jx_record_person_in(&d->recorder, "p-001", "none", &n, &err);
	else if (jx_store_get(d->store, JX_SET_SHIFT, value, sizeof(value), &err) != JX_OK)
		rc = jx_record_shift_start(&d->recorder, &n, &err);
	else
		rc = jx_record_shift_end(&d->recorder, &observations, &photos, &n, &err);
	sim_note(d->world, "shift", d->index, rc);
	if (rc != JX_OK && rc != JX_EIO && rc != JX_ENOSPC && rc != JX_EROFS && rc != JX_ESTATE)
		sim_break(d->world, "device %d: shift: %s: %s", d->index, err.where, err.text);
}

jx_rc sim_device_sync(struct sim_device *d, struct jx_error *err)
{
	struct sim_world *w = d->world;
	struct jx_cli_binding binding;
	struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	struct sim_net net;
	struct jx_client_config cc = {.program = "sim",
				      .secret_key = d->secret_key,
				      .identities = (const uint8_t(*)[JX_PUB_BYTES]) &
						    d->identity.server_identity,
				      .identity_count = 1,
				      .rand = &d->rand.rand,
				      .wait = sim_wait,
				      .wait_user = w,
				      .attempts_max = 4};
	jx_rc rc;

	w->counts.syncs++;
	sim_net_init(&net, w, d);
	jx_cli_bind(&binding, d->store, d->media, sim_disk_fs(d->disk));
	cc.transport = &net.transport;
	cc.outbox = &binding.outbox;
	cc.sink = &binding.sink;
	memcpy(cc.writer, d->identity.writer, sizeof(cc.writer));
	rc = jx_client_sync(&cc, result, err);
	if (rc == JX_OK)
		rc = jx_cli_unbind(&binding, err);
	else
		(void)jx_cli_unbind(&binding, NULL);
	if (result->must_enrol_again)
		sim_break(w, "device %d is told to enrol again, though nobody cloned or restored it: %s",
			  d->index, err->text);
	if (rc == JX_OK || sim_chance(&w->rng, 300))
		(void)jx_store_checkpoint(d->store, NULL);
	sim_note(w, "sync", d->index, rc);
	free(result);
	return rc;
}

void sim_device_with_cut(struct sim_device *d, void (*what)(struct sim_device *d))
{
	struct sim_world *w = d->world;

	if (sim_luck(w, w->weather.cut_permille))
		sim_disk_cut_after(d->disk, (int64_t)sim_below(&w->rng, 40));
	what(d);
	if (sim_disk_is_dead(d->disk))
		sim_device_restart(d);
	else
		sim_disk_cut_after(d->disk, -1);
}
