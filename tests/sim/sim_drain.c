/* The end of a history: calm weather, everybody syncs, and then everything is where it was promised to be, once. */
#include "sim_world.h"

#include "jiexun/view.h"

#include <stdlib.h>
#include <string.h>

/* ---- everybody comes home ---- */

static void enrol_in_calm(struct sim_device *d)
{
	struct sim_world *w = d->world;

	for (int tries = 0; tries < 8; tries++) {
		sim_device_learn(d);
		if (d->is_enrolled && !d->is_told && !d->needs_enrol)
			break;
		sim_device_enrol(d);
	}
	if (!d->is_enrolled || d->is_told || d->needs_enrol)
		sim_break(w, SIM_WRONG, "device %d cannot enrol in calm weather", d->index);
	sim_confirm(w);
}

static bool is_done(struct sim_device *d, struct jx_store_counts *c)
{
	return jx_store_count(d->store, c, NULL) == JX_OK && c->waiting == 0 && c->photos_waiting == 0;
}

/* Told to enrol again on the way: that is done, and the rest goes on. */
static void sync_in_calm(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_store_counts c = {.waiting = 1};
	struct jx_error err = {0};
	jx_rc rc = JX_EIO;

	for (int tries = 0; tries < 10 && !sim_is_broken(w) && (rc != JX_OK || !is_done(d, &c)); tries++) {
		enrol_in_calm(d);
		err = (struct jx_error){0};
		rc = sim_device_sync(d, &err);
	}
	if (rc != JX_OK || c.waiting > 0)
		sim_break(w, SIM_LOST,
			  "device %d: %lld entries and %lld photos still wait in calm weather: %s", d->index,
			  (long long)c.waiting, (long long)c.photos_waiting, err.text);
}

static void drain_device(struct sim_device *d)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	struct jx_view_verify v;

	enrol_in_calm(d);
	if (d->has_pending && !sim_is_broken(w))
		sim_device_save(d); /* saved once or twice in doubt: it must come out as one */
	sync_in_calm(d);
	d->is_stale = true;
	sim_check_device(d);
	if (!sim_is_broken(w) && (jx_view_verify(d->store, &v, &err) != JX_OK || v.damage_count != 0))
		sim_break(w, SIM_WRONG, "device %d: verify: %s %s", d->index, err.text, v.first.text);
}

/* ---- every entry of every living disk ---- */

struct row {
	uint8_t writer[JX_ID_BYTES], digest[JX_HASH_BYTES];
	int64_t n;
};

struct tally {
	struct sim_device *d;
	struct row *row; /* different entries of all devices, that are at the server */
	size_t count, cap;
};

static void tally_add(struct tally *t, const struct jx_log_row *r)
{
	for (size_t k = 0; k < t->count; k++)
		if (t->row[k].n == r->n && memcmp(t->row[k].digest, r->digest, JX_HASH_BYTES) == 0)
			return;
	if (t->count == t->cap) {
		t->cap = t->cap == 0 ? 128 : 2 * t->cap;
		t->row = jx_xreallocarray(t->row, t->cap, sizeof(*t->row));
	}
	t->row[t->count].n = r->n;
	memcpy(t->row[t->count].writer, r->writer, JX_ID_BYTES);
	memcpy(t->row[t->count++].digest, r->digest, JX_HASH_BYTES);
}

/* Revoked by the office: what it had not sent stays on the device, until an administrator imports it. */
static bool is_excused(struct sim_world *w, const uint8_t writer[JX_ID_BYTES])
{
	jx_vault *v = w->server.vault;
	struct jx_writer wr;

	return v->ops->writer(v, writer, &wr, NULL) == JX_OK && wr.state == JX_WRITER_REVOKED;
}

static jx_rc check_row(void *user, const struct jx_log_row *r)
{
	struct tally *t = user;
	struct sim_world *w = t->d->world;
	const bool is_current = memcmp(r->writer, t->d->identity.writer, JX_ID_BYTES) == 0;
	const enum sim_place place = sim_at_server(w, r->writer, r->n, r->digest);

	if (place != SIM_NOWHERE)
		tally_add(t, r);
	else if (!is_current && is_excused(w, r->writer))
		w->counts.left_behind++;
	else if (!is_current && w->server.life > 0)
		w->counts.not_offered++;
	else
		sim_break(w, SIM_LOST,
			  "device %d holds entry %lld (%s), and the server does not have it at the end",
			  t->d->index, (long long)r->n, jx_entry_state_name(r->state));
	if (is_current && r->state != JX_ENTRY_COMPLETE)
		sim_break(w, SIM_LOST, "device %d: %lld is %s at the end, not complete", t->d->index,
			  (long long)r->n, jx_entry_state_name(r->state));
	if (!is_current && r->n == 1 && r->kind == JX_KIND_UNKNOWN)
		sim_break(w, SIM_WRONG, "device %d: first entry of unknown kind", t->d->index);
	if (is_current && place != SIM_NOWHERE && w->office.is_enrolled &&
	    sim_office_find(&w->office, r->writer, r->n, r->digest) == NULL)
		sim_break(w, SIM_LOST, "entry %lld of device %d is not at the office at the end",
			  (long long)r->n, t->d->index);
	return sim_is_broken(w) ? JX_EINTR : JX_OK;
}

struct names {
	int count;
	bool is_continued; /* by a first entry, of the newest writer */
};

static jx_rc count_identity(void *user, const struct jx_identity *id)
{
	struct names *n = user;

	(void)id;
	n->count++;
	return JX_OK;
}

static jx_rc see_first(void *user, const struct jx_log_row *row)
{
	struct names *n = user;

	n->is_continued = row->kind == JX_KIND_CONTINUES;
	return JX_OK;
}

/* A device that was somebody before says so in its first entry, or has recorded nothing yet. */
static void check_continues(struct sim_device *d)
{
	const struct jx_log_query q = {.from_n = 1, .until_n = 1};
	struct names n = {.is_continued = true};
	struct jx_error err = {0};

	if (jx_store_each_identity(d->store, count_identity, &n, &err) == JX_OK && n.count > 1 &&
	    jx_store_each(d->store, &q, see_first, &n, &err) == JX_OK && !n.is_continued)
		sim_break(d->world, SIM_WRONG,
			  "device %d enrolled again, and its log does not say whose log it continues",
			  d->index);
}

static jx_rc count_server(void *user, const struct jx_writer *wr)
{
	int64_t *entries = user;

	if (wr->role == JX_ROLE_SERVER)
		*entries += wr->n;
	return JX_OK;
}

static void check_everything(struct sim_world *w)
{
	const struct jx_log_query all = {.all_writers = true};
	struct tally t = {.count = 0};
	struct jx_vault_counts c = {0};
	struct jx_error err = {0};
	jx_vault *v = w->server.vault;
	int64_t server = 0, devices;

	for (int k = 0; k < w->device_count && !sim_is_broken(w); k++) {
		t.d = &w->device[k];
		if (jx_store_each(t.d->store, &all, check_row, &t, &err) != JX_OK && !sim_is_broken(w))
			sim_break(w, SIM_WRONG, "device %d: %s", k, err.text);
		check_continues(t.d);
	}
	free(t.row);
	for (size_t k = 0; k < w->promise_count && !sim_is_broken(w); k++)
		if (w->promise[k].shown.life == w->server.life &&
		    sim_at_server(w, w->promise[k].shown.writer, w->promise[k].shown.n,
				  w->promise[k].shown.digest) == SIM_NOWHERE)
			sim_break(
				w, SIM_LOST,
				"device %d, whose disk is gone, had shown %lld as sent; the server does not hold it",
				w->promise[k].device, (long long)w->promise[k].shown.n);
	if (sim_is_broken(w))
		return;
	(void)v->ops->each_writer(v, count_server, &server, NULL);
	(void)v->ops->counts(v, &c, NULL);
	devices = c.entries + c.quarantined - server;
	/* of disks that are gone, nobody can say what else was on them */
	if (devices > (int64_t)t.count && w->disks_gone == 0)
		sim_break(w, SIM_TWICE, "server holds %lld entries of devices, they have %zu",
			  (long long)devices, t.count);
	if (devices < (int64_t)t.count)
		sim_break(w, SIM_LOST, "server holds %lld entries of devices, they have %zu",
			  (long long)devices, t.count);
	if ((int64_t)w->office.entry_count != c.entries + c.quarantined || w->office.repeats != 0)
		sim_break(w, w->office.repeats != 0 ? SIM_TWICE : SIM_LOST,
			  "office has %zu entries (%lld came twice), the server %lld", w->office.entry_count,
			  (long long)w->office.repeats, (long long)(c.entries + c.quarantined));
}

/* ---- alarms ---- */

struct marks {
	const uint8_t *writer;
	bool is_found;
};

static jx_rc find_mark(void *user, const struct jx_vault_review *r)
{
	struct marks *m = user;

	if (memcmp(r->writer, m->writer, JX_ID_BYTES) == 0)
		m->is_found = true;
	return JX_OK;
}

/* Whoever was told to enrol again is on the office's list of what to look at. */
static void check_alarms(struct sim_world *w)
{
	jx_vault *v = w->server.vault;

	for (int k = 0; k < w->device_count && !sim_is_broken(w); k++) {
		struct marks m = {.writer = w->device[k].told_writer};

		if (w->device[k].told_life != w->server.life)
			continue;
		(void)v->ops->each_review(v, find_mark, &m, NULL);
		if (!m.is_found)
			sim_break(w, SIM_WRONG,
				  "device %d was told to enrol again, and the office hears nothing of it", k);
	}
}

static void pull_in_calm(struct sim_world *w)
{
	struct jx_error err = {0};
	jx_rc rc = JX_EIO;

	for (int tries = 0; tries < 10 && rc != JX_OK; tries++) {
		if (!w->office.is_enrolled)
			sim_office_enrol(w);
		if (w->office.is_enrolled)
			rc = sim_office_pull(w, &err);
	}
	if (rc != JX_OK)
		sim_break(w, SIM_WRONG, "office cannot pull in calm weather: %s", err.text);
}

void sim_drain(struct sim_world *w)
{
	sim_server_restart(&w->server);
	for (int k = 0; k < w->device_count && !sim_is_broken(w); k++) {
		if (w->device[k].away_until_ms > w->now_ms)
			w->now_ms = w->device[k].away_until_ms;
		sim_device_restart(&w->device[k]);
	}
	for (int k = 0; k < w->device_count && !sim_is_broken(w); k++)
		drain_device(&w->device[k]);
	if (!sim_is_broken(w))
		pull_in_calm(w);
	if (!sim_is_broken(w))
		sim_office_state(w);
	if (!sim_is_broken(w))
		sim_check_server(w);
	if (!sim_is_broken(w))
		check_everything(w);
	if (!sim_is_broken(w))
		check_alarms(w);
}
