/*
 * The oracle: what users were shown against what the disks hold. It trusts no return code of the code under test but the
 * ones a program would have shown to a person.
 */
#include "sim_world.h"

#include "jiexun/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct found {
	uint8_t digest[JX_HASH_BYTES];
	int64_t n;
	enum jx_entry_state state;
	int times;
};

static jx_rc find_row(void *user, const struct jx_log_row *row)
{
	struct found *f = user;

	memcpy(f->digest, row->digest, sizeof(f->digest));
	f->n = row->n;
	f->state = row->state;
	f->times++;
	return JX_OK;
}

static jx_rc find_digest(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			 const uint8_t head[JX_HASH_BYTES])
{
	struct found *f = user;

	(void)head;
	memcpy(f->digest, digest, sizeof(f->digest));
	f->n = n;
	f->times++;
	return JX_OK;
}

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (p[k] != 0)
			return false;
	return true;
}

/* The file as it lies on the server's disk. */
static bool is_photo_there(struct sim_world *w, const uint8_t sha256[JX_HASH_BYTES])
{
	const struct jx_fs *fs = sim_disk_fs(w->server.disk);
	uint8_t hash[JX_HASH_BYTES];
	char path[512];
	JX_AUTO_BUF b;

	jx_buf_init(&b, 1 << 20);
	w->server.vault->ops->photo_path(w->server.vault, sha256, path, sizeof(path));
	if (jx_fs_read_all(fs, path, &b, NULL) != JX_OK)
		return false;
	jx_sha256(b.data, b.len, hash);
	return memcmp(hash, sha256, sizeof(hash)) == 0;
}

/* Shown as sent: the server must hold exactly these bytes, whatever happened to its power since. */
static void check_sent(struct sim_device *d, const struct sim_shown *s)
{
	struct sim_world *w = d->world;
	jx_vault *v = w->server.vault;
	struct found f = {.times = 0};
	struct jx_error err = {0};

	if (v->ops->digests(v, d->identity.writer, s->n, s->n, find_digest, &f, &err) != JX_OK ||
	    f.times != 1 || memcmp(f.digest, s->digest, sizeof(f.digest)) != 0)
		sim_break(w, "device %d showed %lld as sent, but the server holds it %d times (%s)", d->index,
			  (long long)s->n, f.times, err.text);
	for (size_t k = 0; k < s->photo_count && s->shown_state == JX_ENTRY_COMPLETE; k++)
		if (!is_photo_there(w, s->photos[k]))
			sim_break(w, "device %d showed %lld as complete, but photo %zu is not at the server",
				  d->index, (long long)s->n, k);
}

static void check_shown(struct sim_device *d, struct sim_shown *s)
{
	struct sim_world *w = d->world;
	struct found f = {.times = 0};
	struct jx_error err = {0};

	if (jx_store_by_id(d->store, s->id, find_row, &f, &err) != JX_OK || f.n != s->n) {
		sim_break(w, "device %d showed %lld as saved, and it is not there: %s", d->index,
			  (long long)s->n, err.text);
		return;
	}
	if (is_zero(s->digest, sizeof(s->digest)))
		memcpy(s->digest, f.digest,
		       sizeof(s->digest)); /* the disk died between "saved" and reading it back */
	if (memcmp(f.digest, s->digest, sizeof(f.digest)) != 0)
		sim_break(w, "device %d: bytes of %lld are not the saved ones", d->index, (long long)s->n);
	for (size_t k = 0; k < s->photo_count; k++)
		if (jx_media_verify(d->media, s->photos[k], &err) != JX_OK)
			sim_break(w, "device %d showed %lld as saved, but photo %zu is gone: %s", d->index,
				  (long long)s->n, k, err.text);
	if (f.state < s->shown_state)
		sim_break(w, "device %d: %lld was shown as %s and is %s now", d->index, (long long)s->n,
			  jx_entry_state_name(s->shown_state), jx_entry_state_name(f.state));
	if (f.state > s->shown_state && f.state >= JX_ENTRY_SENT)
		w->counts.sent_shown++;
	if (f.state > s->shown_state && f.state == JX_ENTRY_COMPLETE)
		w->counts.complete_shown++;
	s->shown_state = f.state;
	if (f.state >= JX_ENTRY_SENT)
		check_sent(d, s);
}

void sim_check_device(struct sim_device *d)
{
	for (size_t k = 0; k < d->shown_count && !sim_is_broken(d->world); k++)
		check_shown(d, &d->shown[k]);
}

void sim_check_server(struct sim_world *w)
{
	struct jx_error err = {0};
	struct jx_vault_counts c;
	jx_vault *v = w->server.vault;

	if (v->ops->check(v, &err) != JX_OK)
		sim_break(w, "server: %s", err.text);
	if (v->ops->counts(v, &c, &err) != JX_OK)
		sim_break(w, "server: %s", err.text);
	else if (c.duplicates != 0 || c.gaps != 0 || c.quarantined != 0)
		sim_break(w, "server: %lld duplicates, %lld gaps, %lld in quarantine",
			  (long long)c.duplicates, (long long)c.gaps, (long long)c.quarantined);
}

static void drain_device(struct sim_device *d, int64_t *entries)
{
	struct sim_world *w = d->world;
	struct jx_error err = {0};
	struct jx_store_counts c = {.waiting = 1};
	struct jx_view_verify v;
	uint8_t head[JX_HASH_BYTES];
	int64_t n = 0;

	for (int tries = 0; tries < 8 && !d->is_enrolled; tries++)
		sim_device_enrol(d);
	if (!d->is_enrolled) {
		sim_break(w, "device %d cannot enrol in calm weather", d->index);
		return;
	}
	if (d->has_pending)
		sim_device_save(d); /* saved once or twice in doubt: it must come out as one */
	for (int tries = 0; tries < 8 && (c.waiting > 0 || c.photos_waiting > 0); tries++) {
		if (sim_device_sync(d, &err) == JX_OK)
			err.text[0] = '\0';
		(void)jx_store_count(d->store, &c, NULL);
	}
	if (c.waiting > 0 || c.photos_waiting > 0)
		sim_break(w, "device %d: %lld entries and %lld photos still wait in calm weather: %s",
			  d->index, (long long)c.waiting, (long long)c.photos_waiting, err.text);
	sim_check_device(d);
	for (size_t k = 0; k < d->shown_count; k++)
		if (d->shown[k].shown_state != JX_ENTRY_COMPLETE)
			sim_break(w, "device %d: %lld is not complete at the end", d->index,
				  (long long)d->shown[k].n);
	if (jx_view_verify(d->store, &v, &err) != JX_OK || v.damage_count != 0)
		sim_break(w, "device %d: verify: %s %s", d->index, err.text, v.first.text);
	(void)jx_store_head(d->store, &n, head, NULL);
	*entries += n;
}

static jx_rc add_server_entries(void *user, const struct jx_writer *wr)
{
	int64_t *entries = user;

	if (wr->role == JX_ROLE_SERVER)
		*entries += wr->n;
	return JX_OK;
}

void sim_drain(struct sim_world *w)
{
	jx_vault *v;
	struct jx_vault_counts c = {0};
	struct jx_error err = {0};
	int64_t entries = 0;
	jx_rc rc = JX_EIO;

	sim_server_restart(&w->server);
	for (int k = 0; k < SIM_DEVICES && !sim_is_broken(w); k++)
		sim_device_restart(&w->device[k]);
	for (int k = 0; k < SIM_DEVICES && !sim_is_broken(w); k++)
		drain_device(&w->device[k], &entries);
	for (int tries = 0; tries < 8 && !w->office.is_enrolled; tries++)
		sim_office_enrol(w);
	for (int tries = 0; tries < 8 && rc != JX_OK && !sim_is_broken(w); tries++)
		rc = sim_office_pull(w, &err);
	if (sim_is_broken(w))
		return;
	if (rc != JX_OK)
		sim_break(w, "office cannot pull in calm weather: %s", err.text);
	sim_check_server(w);
	v = w->server.vault;
	(void)v->ops->each_writer(v, add_server_entries, &entries, NULL);
	(void)v->ops->counts(v, &c, NULL);
	if (c.entries != entries)
		sim_break(w, "server holds %lld entries, the logs have %lld", (long long)c.entries,
			  (long long)entries);
	if ((int64_t)w->office.entry_count != c.entries || w->office.repeats != 0)
		sim_break(w, "office has %zu entries (%lld came twice), the server %lld",
			  w->office.entry_count, (long long)w->office.repeats, (long long)c.entries);
	if (c.photos_listed != c.photos_stored)
		sim_break(w, "server has %lld of %lld photos", (long long)c.photos_stored,
			  (long long)c.photos_listed);
}
