/*
 * The oracle: what users were shown against what the disks hold. It trusts no return code of the code under test but the
 * ones a program would have shown to a person.
 */
#include "sim_world.h"

#include <stdlib.h>
#include <string.h>

struct found {
	uint8_t digest[JX_HASH_BYTES], writer[JX_ID_BYTES];
	int64_t n;
	enum jx_entry_state state;
	int times;
};

static jx_rc find_row(void *user, const struct jx_log_row *row)
{
	struct found *f = user;

	memcpy(f->digest, row->digest, sizeof(f->digest));
	memcpy(f->writer, row->writer, sizeof(f->writer));
	f->n = row->n;
	f->state = row->state;
	f->times++;
	return JX_OK;
}

/* ---- what the server has ---- */

struct wanted {
	const uint8_t *digest;
	int times;
};

static jx_rc match_digest(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			  const uint8_t head[JX_HASH_BYTES])
{
	struct wanted *q = user;

	(void)n;
	(void)head;
	q->times += memcmp(digest, q->digest, JX_HASH_BYTES) == 0 ? 1 : 0;
	return JX_OK;
}

enum sim_place sim_at_server(struct sim_world *w, const uint8_t writer[JX_ID_BYTES], int64_t n,
			     const uint8_t digest[JX_HASH_BYTES])
{
	jx_vault *v = w->server.vault;
	struct wanted q = {.digest = digest};
	struct jx_error err = {0};

	if (v->ops->digests(v, writer, n, n, match_digest, &q, &err) == JX_OK && q.times > 0)
		return SIM_IN_LOG;
	if (v->ops->fork_heads(v, writer, n, match_digest, &q, &err) == JX_OK && q.times > 0)
		return SIM_IN_QUARANTINE;
	return SIM_NOWHERE;
}

/* The file as it lies on the server's disk. */
bool sim_photo_at_server(struct sim_world *w, const uint8_t sha256[JX_HASH_BYTES])
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
static void check_sent(struct sim_world *w, int device, const struct sim_shown *s)
{
	const enum sim_place place = sim_at_server(w, s->writer, s->n, s->digest);

	/* a fork's receipt does not say where its branch begins: what is shown as forked may be in the log all the same */
	if (place == SIM_NOWHERE || (place != SIM_IN_LOG && s->state != JX_ENTRY_FORKED))
		sim_break(w, SIM_LOST, "device %d showed %lld as %s, but it is not there at the server",
			  device, (long long)s->n, jx_entry_state_name(s->state));
	for (size_t k = 0; k < s->photo_count && s->state == JX_ENTRY_COMPLETE; k++)
		if (!sim_photo_at_server(w, s->photos[k]))
			sim_break(
				w, SIM_LOST,
				"device %d showed %lld as complete, but photo %zu is not there at the server",
				device, (long long)s->n, k);
}

/* ---- what a device shows ---- */

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t k = 0; k < len; k++)
		if (p[k] != 0)
			return false;
	return true;
}

/*
 * Is what the device shows said by this life of the server? A device that has not met a restored server yet goes on
 * showing what the earlier life received; from the first receipt of the new one on it must not.
 */
static bool speaks_of_now(struct sim_device *d)
{
	jx_vault *v = d->world->server.vault;
	uint8_t epoch[JX_ID_BYTES];
	struct jx_signed text;
	struct jx_receipt r;
	bool is_open = false;

	if (jx_store_receipt(d->store, &text, NULL) != JX_OK || v->ops->epoch(v, epoch, NULL) != JX_OK)
		return false;
	/* by whichever key: the device has checked it */
	is_open = jx_receipt_open(&text, d->world->server.key.pub, &r, NULL) == JX_OK;
	for (size_t k = 0; k < d->world->server.former_count && !is_open; k++)
		is_open = jx_receipt_open(&text, d->world->server.former[k], &r, NULL) == JX_OK;
	return is_open && memcmp(r.epoch, epoch, sizeof(epoch)) == 0;
}

static void compare_state(struct sim_device *d, struct sim_shown *s, enum jx_entry_state now, bool speaks)
{
	struct sim_world *w = d->world;
	const bool is_same_life = s->life == w->server.life;
	const bool is_current = memcmp(s->writer, d->identity.writer, JX_ID_BYTES) == 0;

	/* sent and then quarantined, complete and then saved only: taken back, and nobody restored the server */
	if (is_same_life && s->state >= JX_ENTRY_SENT &&
	    (now < s->state || (now == JX_ENTRY_FORKED && s->state != JX_ENTRY_FORKED)))
		sim_break(w, SIM_WRONG, "device %d: %lld was shown as %s and is %s now", d->index,
			  (long long)s->n, jx_entry_state_name(s->state), jx_entry_state_name(now));
	if (now == JX_ENTRY_FORKED && is_current && !d->may_fork)
		sim_break(w, SIM_WRONG,
			  "device %d: %lld is shown as forked, but nobody copied or restored it", d->index,
			  (long long)s->n);
	if (now != s->state) {
		w->counts.sent_shown += s->state == JX_ENTRY_SAVED ? 1 : 0;
		w->counts.complete_shown += now == JX_ENTRY_COMPLETE ? 1 : 0;
		w->counts.forked_shown += now == JX_ENTRY_FORKED ? 1 : 0;
	}
	s->state = now;
	/* an earlier writer's entries are known by that writer's receipts, which nobody renews */
	if (now >= JX_ENTRY_SENT && (is_current ? speaks : is_same_life)) {
		s->life = w->server.life;
		check_sent(w, d->index, s);
	}
}

static void check_shown(struct sim_device *d, struct sim_shown *s, bool speaks)
{
	struct sim_world *w = d->world;
	struct found f = {.times = 0};
	struct jx_error err = {0};

	if (jx_store_by_id(d->store, s->id, find_row, &f, &err) != JX_OK || f.n != s->n) {
		sim_break(w, SIM_LOST, "device %d showed %lld as saved, and it is not there: %s", d->index,
			  (long long)s->n, err.text);
		return;
	}
	if (f.times != 1)
		sim_break(w, SIM_TWICE, "device %d holds %lld %d times", d->index, (long long)s->n, f.times);
	if (is_zero(s->digest, sizeof(s->digest)))
		memcpy(s->digest, f.digest,
		       sizeof(s->digest)); /* the disk died between "saved" and reading it back */
	if (memcmp(f.digest, s->digest, sizeof(f.digest)) != 0)
		sim_break(w, SIM_LOST, "device %d: bytes of %lld are not the saved ones", d->index,
			  (long long)s->n);
	for (size_t k = 0; k < s->photo_count; k++)
		if (jx_media_verify(d->media, s->photos[k], &err) != JX_OK)
			sim_break(w, SIM_LOST, "device %d showed %lld as saved, but photo %zu is gone: %s",
				  d->index, (long long)s->n, k, err.text);
	compare_state(d, s, f.state, speaks);
}

void sim_check_device(struct sim_device *d)
{
	bool speaks;

	sim_device_learn(d);
	/* nothing was written, synced or started since the last look */
	if (!d->is_stale || sim_is_broken(d->world))
		return;
	d->is_stale = false;
	speaks = speaks_of_now(d);
	for (size_t k = 0; k < d->shown_count && !sim_is_broken(d->world); k++)
		check_shown(d, &d->shown[k], speaks);
}

void sim_check_server(struct sim_world *w)
{
	struct jx_error err = {0};
	struct jx_vault_counts c;
	jx_vault *v = w->server.vault;

	if (v->ops->counts(v, &c, &err) != JX_OK)
		sim_break(w, SIM_WRONG, "server: %s", err.text);
	else if (c.duplicates != 0)
		sim_break(w, SIM_TWICE, "server: %lld entries are there twice", (long long)c.duplicates);
	else if (c.gaps != 0)
		sim_break(w, SIM_LOST, "server: %lld gaps", (long long)c.gaps);
	/* after the counts: what is there twice is said to be twice */
	if (!sim_is_broken(w) && v->ops->check(v, &err) != JX_OK)
		sim_break(w, SIM_WRONG, "server: %s", err.text);
}

/* ---- disks that go ---- */

void sim_promise_all(struct sim_device *d, const struct sim_backup *kept)
{
	struct sim_world *w = d->world;

	for (size_t k = kept->shown_count; k < d->shown_count; k++) {
		const struct sim_shown *s = &d->shown[k];

		if (s->state != JX_ENTRY_SENT && s->state != JX_ENTRY_COMPLETE)
			continue;
		if (w->promise_count == w->promise_cap) {
			w->promise_cap = w->promise_cap == 0 ? 64 : 2 * w->promise_cap;
			w->promise = jx_xreallocarray(w->promise, w->promise_cap, sizeof(*w->promise));
		}
		w->promise[w->promise_count++] = (struct sim_promise){.shown = *s, .device = d->index};
	}
}
