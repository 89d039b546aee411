/* What people do with a handheld, and what it shows them. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA "/data"

void sim_device_init(struct sim_device *d, struct sim_world *w, int index, const sim_disk *copy_of)
{
	*d = (struct sim_device){.world = w, .index = index, .is_stale = true, .told_life = -1};
	d->disk = sim_world_disk(w, copy_of);
	sim_clock_init(&d->clock, w);
	sim_rand_init(&d->rand, sim_next(&w->rng));
	sim_key_make(&d->rand, &d->key);
}

void sim_device_free(struct sim_device *d)
{
	sim_disk_kill(d->disk);
	sim_device_close(d);
	sim_disk_free(d->disk);
	sim_backup_done(&d->backup);
}

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
					   .secret_key = d->key.sec,
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
	d->is_stale = true;
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
		sim_break(w, SIM_WRONG, "device %d does not start again: %s: %s", d->index, err.where,
			  err.text);
}

static jx_rc read_back(void *user, const struct jx_log_row *row)
{
	struct sim_shown *s = user;

	s->n = row->n;
	memcpy(s->writer, row->writer, JX_ID_BYTES);
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
	memcpy(s->writer, d->identity.writer, JX_ID_BYTES);
	d->is_stale = true;
	if (jx_store_by_id(d->store, id, read_back, s, &err) != JX_OK) {
		if (!sim_disk_is_dead(d->disk) && err.code != JX_EIO && err.code != JX_ENOSPC)
			sim_break(w, SIM_LOST, "device %d showed %lld as saved, but cannot read it back: %s",
				  d->index, (long long)n, err.text);
		s->n = n;
		memset(s->digest, 0, sizeof(s->digest));
	}
	if (s->n != n)
		sim_break(w, SIM_WRONG, "device %d showed number %lld for entry %lld", d->index, (long long)n,
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
		sim_break(w, SIM_WRONG, "device %d: a save is refused: %s: %s", d->index, err.where,
			  err.text);
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
		sim_break(d->world, SIM_WRONG, "device %d: shift: %s: %s", d->index, err.where, err.text);
}

void sim_device_with_cut(struct sim_device *d, void (*what)(struct sim_device *d))
{
	struct sim_world *w = d->world;

	if (sim_luck(w, w->weather.cut))
		sim_disk_cut_after(d->disk, (int64_t)sim_below(&w->rng, 40));
	what(d);
	if (sim_disk_is_dead(d->disk))
		sim_device_restart(d);
	else
		sim_disk_cut_after(d->disk, -1);
}
