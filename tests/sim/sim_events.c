/* What befalls a city besides work: copies, old backups, rotations, moves, revocations, weeks away, wrong clocks. */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- clocks ---- */

static void jump_clock(struct sim_world *w, struct sim_device *d)
{
	static const int64_t JUMPS_MS[] = {
		60000, -60000, 3600000, -3600000, 86400000, INT64_C(31536000000), INT64_C(-31536000000)};

	d->clock.offset_ms = sim_chance(&w->rng, 300)
				     ? 0
				     : JUMPS_MS[sim_below(&w->rng, sizeof(JUMPS_MS) / sizeof(JUMPS_MS[0]))];
	w->counts.clock_jumps++;
	sim_note(w, "clock", d->index, d->clock.offset_ms);
}

/* Three to eight weeks: longer than a photo's part is kept, and about as long as a challenge is good. */
static void go_away(struct sim_world *w, struct sim_device *d)
{
	d->away_until_ms = w->now_ms + (21 + (int64_t)sim_below(&w->rng, 36)) * SIM_DAY_MS;
	d->was_away = true;
	sim_note(w, "away", d->index, 0);
}

/* ---- copies and backups of handhelds ---- */

void sim_backup_done(struct sim_backup *b)
{
	sim_disk_free(b->disk);
	free(b->shown);
	*b = (struct sim_backup){.disk = NULL};
}

/* A copy of the disk as it is for certain, with the key file and what was shown by then. */
static void back_up(struct sim_world *w, struct sim_device *d)
{
	sim_backup_done(&d->backup);
	d->backup.disk = sim_world_disk(w, d->disk);
	d->backup.key = d->key;
	d->backup.shown = jx_xcalloc(d->shown_count + 1, sizeof(*d->shown));
	memcpy(d->backup.shown, d->shown, d->shown_count * sizeof(*d->shown));
	d->backup.shown_count = d->shown_count;
	sim_note(w, "device backup", d->index, (int64_t)d->shown_count);
}

/* Like a device whose disk was changed for an old copy. */
static void restore_device(struct sim_world *w, struct sim_device *d)
{
	struct sim_backup *b = &d->backup;
	sim_disk *old = d->disk;

	sim_note(w, "device restore", d->index, (int64_t)b->shown_count);
	sim_promise_all(d, b);
	w->counts.device_restores++;
	w->disks_gone++;
	sim_disk_kill(old);
	sim_device_close(d);
	sim_disk_free(old);
	d->disk = b->disk;
	b->disk = NULL;
	d->key = b->key;
	memcpy(d->shown, b->shown, b->shown_count * sizeof(*d->shown));
	d->shown_count = b->shown_count;
	d->has_next_key = d->has_pending = d->is_told = d->needs_enrol = false;
	d->is_enrolled = false;
	sim_backup_done(b);
	sim_device_restart(d);
	sim_device_learn(d);
	d->may_fork = true;
}

/* cp -a of a handheld: both go on. */
static void clone_device(struct sim_world *w, struct sim_device *d)
{
	struct sim_device *c = &w->device[w->device_count];

	sim_note(w, "clone", d->index, w->device_count);
	sim_device_init(c, w, w->device_count++, d->disk);
	c->key = d->key;
	memcpy(c->shown, d->shown, sizeof(c->shown));
	c->shown_count = d->shown_count;
	w->counts.clones++;
	sim_device_restart(c);
	sim_device_learn(c);
	c->enrolled_life = d->enrolled_life;
	c->may_fork = d->may_fork = true;
}

static bool can_be_copied(const struct sim_device *d)
{
	return d->is_enrolled && !d->is_told && !d->needs_enrol && !d->has_next_key;
}

static void copy_events(struct sim_world *w, struct sim_device *d)
{
	if (!can_be_copied(d))
		return;
	if (w->device_count < SIM_DEVICES_MAX && sim_luck(w, w->weather.clone))
		clone_device(w, d);
	if (sim_luck(w, w->weather.device_restore)) {
		if (d->backup.disk == NULL)
			back_up(w, d);
		else
			restore_device(w, d);
	}
}

/* ---- the server ---- */

static void back_up_server(struct sim_world *w)
{
	sim_disk_free(w->server.backup);
	w->server.backup = sim_world_disk(w, w->server.disk);
	sim_note(w, "server backup", 0, 0);
}

/* As `jiexund new-epoch` after an old copy of its folder was put back. The keys lie elsewhere and are the newest. */
void sim_server_restore(struct sim_world *w)
{
	struct sim_server *s = &w->server;
	sim_disk *old = s->disk;
	uint8_t epoch[JX_ID_BYTES];
	struct jx_error err = {0};
	jx_rc rc = JX_EIO;

	if (s->backup == NULL)
		return;
	sim_note(w, "server restore", s->life, 0);
	w->counts.server_restores++;
	s->life++;
	sim_disk_kill(old);
	sim_server_close(s);
	sim_disk_free(old);
	s->disk = s->backup;
	s->backup = NULL;
	sim_server_restart(s);
	jx_uuid7(&s->clock.clock, &s->rand.rand, epoch);
	for (int tries = 0; tries < 50 && rc != JX_OK && s->vault != NULL; tries++)
		rc = s->vault->ops->new_epoch(s->vault, epoch, &err);
	if (rc != JX_OK)
		sim_break(w, SIM_WRONG, "no new epoch: %s", err.text);
	if (sim_chance(&w->rng, 300)) {
		sim_rand_bytes(&s->rand, s->mac_key,
			       sizeof(s->mac_key)); /* the old one was not in the backup */
		sim_server_restart(s);
	}
}

/* First the next key is announced beside the one in use, later it is shown, and another is announced. */
static void rotate_tls(struct sim_world *w)
{
	struct sim_server *s = &w->server;
	struct jx_error err = {0};

	if (s->pin_count == 1) {
		sim_rand_bytes(&s->rand, s->pin[1], JX_HASH_BYTES);
		s->pin_count = 2;
	} else {
		memcpy(s->pin[0], s->pin[1], JX_HASH_BYTES);
		s->pin_count = 1;
		w->counts.tls_rotations++;
	}
	sim_note(w, "tls", (int64_t)s->pin_count, 0);
	jx_ingest_set_pins(s->ingest, (const uint8_t(*)[JX_HASH_BYTES])s->pin, s->pin_count);
	if (jx_ingest_setup(s->ingest, &err) != JX_OK)
		sim_server_restart(s);
}

/* The key file is written, as one with the introduction, between the two steps; the power may go at any of them. */
static void rotate_identity(struct sim_world *w)
{
	struct sim_server *s = &w->server;
	struct sim_key next;
	struct jx_signed text;
	struct jx_error err = {0};
	jx_rc rc;

	if (s->introduction_count == SIM_IDENTITIES_MAX)
		return;
	sim_key_make(&s->rand, &next);
	if (jx_ingest_introduce(s->ingest, next.pub, &text, &err) != JX_OK)
		return;
	s->introductions[s->introduction_count++] = text;
	memcpy(s->former[s->former_count++], s->key.pub, JX_PUB_BYTES);
	s->key = next;
	w->counts.identity_rotations++;
	if (sim_luck(w, w->weather.server_cut))
		sim_disk_cut_after(s->disk, (int64_t)sim_below(&w->rng, 12));
	rc = jx_ingest_rotate_identity(s->ingest, next.sec, &text, &err);
	sim_note(w, "identity", rc, (int64_t)s->introduction_count);
	if (sim_disk_is_dead(s->disk) || rc != JX_OK)
		sim_server_restart(s);
	sim_disk_cut_after(s->disk, -1);
}

static void move_device(struct sim_world *w, struct sim_device *d)
{
	static const char *const areas[] = {"330110", "330106", "330108"};
	struct jx_error err = {0};
	char who[37];
	jx_rc rc;

	if (!d->is_enrolled)
		return;
	jx_uuid_format(d->identity.writer, who);
	rc = jx_ingest_move(w->server.ingest, who, areas[sim_below(&w->rng, 3)], &err);
	sim_note(w, "move", d->index, rc);
	w->counts.moves += rc == JX_OK ? 1 : 0;
}

static void revoke(struct sim_world *w, struct sim_device *d)
{
	struct jx_error err = {0};
	char who[37];
	jx_rc rc;

	if (!d->is_enrolled)
		return;
	jx_uuid_format(d->identity.writer, who);
	rc = jx_ingest_revoke(w->server.ingest, who, "lost", &err);
	sim_note(w, "revoke", d->index, rc);
	w->counts.revocations += rc == JX_OK ? 1 : 0;
}

/* The office compares fingerprints with whoever waits. */
void sim_confirm(struct sim_world *w)
{
	for (int k = 0; k < w->device_count; k++) {
		struct sim_device *d = &w->device[k];
		struct jx_writer wr;
		jx_vault *v = w->server.vault;
		char who[37], fingerprint[20];

		if (!d->is_enrolled || v->ops->writer(v, d->identity.writer, &wr, NULL) != JX_OK ||
		    wr.state != JX_WRITER_PENDING)
			continue;
		jx_uuid_format(wr.id, who);
		jx_fingerprint(wr.public_key, fingerprint);
		if (jx_ingest_confirm(w->server.ingest, who, fingerprint, NULL) == JX_OK)
			w->counts.confirmed++;
	}
}

static void server_events(struct sim_world *w, struct sim_device *d)
{
	if (sim_luck(w, w->weather.server_cut / 4))
		sim_server_restart(&w->server);
	if (sim_luck(w, w->weather.server_restore)) {
		if (w->server.backup == NULL)
			back_up_server(w);
		else
			sim_server_restore(w);
	}
	if (sim_luck(w, w->weather.rotate_tls))
		rotate_tls(w);
	if (sim_luck(w, w->weather.rotate_identity))
		rotate_identity(w);
	if (sim_luck(w, w->weather.move))
		move_device(w, d);
	if (sim_luck(w, w->weather.revoke))
		revoke(w, d);
	if (w->weather.pending > 0 && sim_luck(w, 100))
		sim_confirm(w);
}

void sim_events(struct sim_world *w, struct sim_device *d)
{
	if (sim_luck(w, w->weather.clock))
		jump_clock(w, d);
	if (d->is_enrolled && sim_luck(w, w->weather.weeks))
		go_away(w, d);
	server_events(w, d);
	if (!sim_is_broken(w))
		copy_events(w, d);
}
