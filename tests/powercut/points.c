/*
 * Walks the recording; after each change builds images and looks at them.
 *
 * Many images come out the same (nothing was uncertain, or what was chosen was chosen before). What is found on an image depends on its
 * bytes alone, so each different one is opened once; the promises made so far are held against it at every point.
 */
#include "points.h"

#include "goes_on.h"
#include "live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_MAX   10 /* failures told in words */
#define LIVE_EVERY 32 /* images on which life goes on: that costs as much as ten looks */

struct known {
	uint64_t key;
	size_t seen; /* index + 1; 0: empty */
};

struct run {
	const struct pc_options *o;
	struct pc_recording recording;
	struct pc_host host;
	struct pc_found found[PC_DISKS_MAX];
	struct pc_disk *disk[PC_DISKS_MAX];
	size_t disk_count;
	struct known *known;
	size_t known_count, known_cap;
	struct pc_seen **seen; /* different ones */
	size_t seen_count, seen_cap;
	struct pc_promise *promise;
	size_t promise_count;
	struct pc_keys keys[PC_DISKS_MAX]; /* of each device and its server */
	int64_t told;
	struct pc_counts counts;
};

static struct known *slot_of(const struct run *r, uint64_t key)
{
	size_t at = (size_t)pc_mix(key, 1) & (r->known_cap - 1);

	while (r->known[at].seen != 0 && r->known[at].key != key)
		at = (at + 1) & (r->known_cap - 1);
	return &r->known[at];
}

static void make_room(struct run *r)
{
	struct known *old = r->known;
	const size_t cap = r->known_cap;

	if (r->known_count * 2 < cap)
		return;
	r->known_cap = cap == 0 ? 4096 : cap * 2;
	r->known = jx_xcalloc(r->known_cap, sizeof(*r->known));
	for (size_t i = 0; i < cap; i++)
		if (old[i].seen != 0)
			*slot_of(r, old[i].key) = old[i];
	free(old);
}

/* Newest first: an image mostly shows what the one before showed. */
static size_t keep_seen(struct run *r, struct pc_seen *s)
{
	struct pc_seen *kept;

	for (size_t i = r->seen_count; i > 0 && i + 64 > r->seen_count; i--) {
		if (pc_seen_equal(r->seen[i - 1], s)) {
			pc_seen_done(s);
			return i;
		}
	}
	if (r->seen_count == r->seen_cap) {
		r->seen_cap = r->seen_cap == 0 ? 64 : r->seen_cap * 2;
		r->seen = jx_xreallocarray(r->seen, r->seen_cap, sizeof(struct pc_seen *));
	}
	kept = jx_xmalloc(sizeof(*kept));
	*kept = *s;
	r->seen[r->seen_count++] = kept;
	return r->seen_count;
}

/* What is on f's image. Opening changes the image, so it is opened as a copy of names and shared pages. */
static void look(struct run *r, struct pc_found *f)
{
	struct known *k;
	struct pc_seen s;

	make_room(r);
	k = slot_of(r, f->image.key);
	if (k->seen == 0) {
		r->host.image = f->image;
		r->host.rng.state = f->image.key;
		f->image = (struct pc_image){.count = 0};
		if (f->device != NULL)
			pc_look_device(&r->host, f->disk->root, &s);
		else
			pc_look_server(&r->host, f->disk->root, &s);
		if (r->host.open_count != 0)
			(void)snprintf(s.damage, sizeof(s.damage), "%d files were left open",
				       r->host.open_count);
		*k = (struct known){.key = r->host.image.key, .seen = keep_seen(r, &s)};
		r->known_count++;
		r->counts.images++;
		f->image = r->host.image;
	}
	f->seen = r->seen[k->seen - 1];
	pc_image_done(&f->image);
}

/* The first two ways once; a disk that did not change just now in few ways, which are known soon. */
static enum pc_way way_of(int64_t i)
{
	return i < 2 ? (enum pc_way)i : (enum pc_way)(2 + (i - 2) % (PC_WAYS - 2));
}

static void build(struct run *r, struct pc_found *f, bool is_changed, uint64_t no, int64_t i)
{
	const uint64_t seed = is_changed ? pc_mix(pc_mix(r->o->seed, no), (uint64_t)i)
					 : pc_mix(pc_mix(r->o->seed, f->disk->changed_no), (uint64_t)(i % 6));

	pc_image_build(&f->image, f->disk, way_of(is_changed ? i : i % 6), seed);
}

static void check(struct run *r, struct pc_verdict *v)
{
	for (size_t d = 0; d < r->disk_count; d++)
		if (r->found[d].seen->damage[0] != '\0')
			pc_verdict_add(v, &v->failed, "%s: %s", r->found[d].disk->owner,
				       r->found[d].seen->damage);
	for (size_t p = 0; p < r->promise_count; p++)
		if (r->promise[p].kind != PC_FILE)
			pc_promise_check(&r->promise[p], r->found, r->disk_count, v);
	for (size_t d = 0; d < r->disk_count; d++)
		for (size_t s = 0; s < r->disk_count && r->found[d].device != NULL; s++)
			if (r->found[s].device == NULL)
				pc_check_both(&r->found[d], &r->found[s], v);
}

static void note(struct run *r, uint64_t no, int64_t i, const struct pc_verdict *v)
{
	const struct pc_record *at = &r->recording.record[no];

	r->counts.lost += v->lost > 0;
	r->counts.duplicated += v->duplicated > 0;
	r->counts.failed += v->failed > 0;
	if (v->first[0] == '\0' || r->told++ >= TOLD_MAX)
		return;
	fprintf(stderr, "%s: power cut after change %llu (%c %s), image %lld: %s\n", r->o->name,
		(unsigned long long)no, (char)at->op, at->path, (long long)i, v->first);
}

static void one_point(struct run *r, uint64_t no, int64_t i, const struct pc_disk *changed)
{
	struct pc_verdict v = {.lost = 0};

	for (size_t d = 0; d < r->disk_count; d++)
		build(r, &r->found[d], r->found[d].disk == changed, no, i);
	for (size_t p = 0; p < r->promise_count; p++)
		if (r->promise[p].kind == PC_FILE)
			pc_promise_check(&r->promise[p], r->found, r->disk_count, &v);
	for (size_t d = 0; d < r->disk_count; d++)
		look(r, &r->found[d]);
	check(r, &v);
	note(r, no, i, &v);
	r->counts.points++;
}

static struct pc_found *find_server(struct run *r)
{
	for (size_t d = 0; d < r->disk_count; d++)
		if (r->found[d].device == NULL)
			return &r->found[d];
	return NULL;
}

/* The device that changed, or one after the other. */
static struct pc_found *choose_device(struct run *r, const struct pc_disk *changed, uint64_t no)
{
	struct pc_found *last = NULL;
	size_t skip = (size_t)(no % r->disk_count);

	for (size_t k = 0; k < 2 * r->disk_count; k++) {
		struct pc_found *f = &r->found[k % r->disk_count];

		if (f->device == NULL)
			continue;
		if (f->disk == changed)
			return f;
		last = f;
		if (skip-- == 0)
			break;
	}
	return last;
}

static void append(struct pc_image *to, struct pc_image *from)
{
	to->cap = to->count + from->count + 64;
	to->entry = jx_xreallocarray(to->entry, to->cap, sizeof(*to->entry));
	for (size_t i = 0; i < from->count; i++)
		to->entry[to->count++] = from->entry[i];
	from->count = 0;
}

/* The same disks again, and life goes on with them. */
static void go_on(struct run *r, uint64_t no, int64_t i, const struct pc_disk *changed)
{
	struct pc_found *device = choose_device(r, changed, no), *server = find_server(r);
	struct pc_verdict v = {.lost = 0};
	const struct pc_keys *keys;

	if (r->o->is_lifeless || device == NULL || device->seen->damage[0] != '\0' ||
	    (server != NULL && (server->seen->damage[0] != '\0' || !server->seen->is_there)))
		return;
	keys = &r->keys[device - r->found];
	if (!keys->has_device || (server != NULL && !keys->has_server))
		return;
	build(r, device, device->disk == changed, no, i);
	if (server != NULL) {
		build(r, server, server->disk == changed, no, i);
		append(&device->image, &server->image);
	}
	r->host.image = device->image;
	r->host.rng.state = pc_mix(r->o->seed, no);
	device->image = (struct pc_image){.count = 0};
	pc_go_on(&r->host, device, server, keys, &v);
	device->image = r->host.image;
	pc_image_done(&device->image);
	r->counts.gone_on++;
	note(r, no, i, &v);
}

/* All points after one change. Image 0 has nothing that is uncertain, image 1 everything. */
static void all_points(struct run *r, uint64_t no, const struct pc_found *changed, int64_t count)
{
	int32_t least = 0, most = 0;
	const uint64_t live = pc_mix(r->o->seed, no);

	for (int64_t i = 0; i < count; i++) {
		int32_t entries;

		one_point(r, no, i, changed->disk);
		if (((uint64_t)i + live) % LIVE_EVERY == 0)
			go_on(r, no, i, changed->disk);
		entries = changed->seen->entry_count;
		if (i == 0)
			least = entries;
		else if (i == 1)
			most = entries;
		if (i >= 1 && most > least) {
			r->counts.present += entries == most;
			r->counts.absent += entries < most;
		}
	}
	if (count < r->counts.per_operation_min || r->counts.per_operation_min == 0)
		r->counts.per_operation_min = count;
}

static bool is_change(const struct pc_record *at)
{
	return at->op != PC_ROOT && at->op != PC_BASE && at->op != PC_BASE_DIR && at->op != PC_PROMISE &&
	       at->op != PC_MARK;
}

static jx_rc add_disk(struct run *r, const struct pc_record *at, struct jx_error *err)
{
	struct pc_disk *d;

	if (r->disk_count == PC_DISKS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, "powercut", "more than %d disks", PC_DISKS_MAX);
	d = pc_disk_new(at->path, at->other);
	d->seed = pc_path_hash(at->path);
	r->disk[r->disk_count] = d;
	r->found[r->disk_count] = (struct pc_found){.disk = d};
	if (strncmp(d->owner, "device:", 7) == 0)
		r->found[r->disk_count].device = d->owner + 7;
	r->disk_count++;
	return JX_OK;
}

/* disk_count: none. */
static size_t disk_of(const struct run *r, const struct pc_record *at)
{
	size_t d = 0;

	while (d < r->disk_count && !pc_disk_has(r->disk[d], at))
		d++;
	return d;
}

/* changed_out: NULL where no disk was changed. */
static jx_rc take(struct run *r, uint64_t no, const struct pc_found **changed_out, struct jx_error *err)
{
	const struct pc_record *at = &r->recording.record[no];
	size_t d;

	*changed_out = NULL;
	if (at->op == PC_ROOT)
		return add_disk(r, at, err);
	if (at->op == PC_PROMISE) {
		r->counts.promises++;
		return pc_promise_read((const char *)at->data, at->len, &r->promise[r->promise_count++], err);
	}
	if (at->op == PC_MARK)
		return JX_OK;
	d = disk_of(r, at);
	if (d == r->disk_count)
		return jx_fail(err, JX_ECORRUPT, 0, "powercut", "record %llu (%c %s) belongs to no disk",
			       (unsigned long long)no, (char)at->op, at->path);
	if (r->o->is_lying && (at->op == PC_SYNC || at->op == PC_SYNC_DIR))
		return JX_OK;
	if (is_change(at)) {
		*changed_out = &r->found[d];
		r->disk[d]->operations++;
	}
	return pc_disk_apply(r->disk[d], at, no, err);
}

static int64_t share(const struct run *r, int64_t done)
{
	const int64_t base = r->o->points / r->counts.operations, rest = r->o->points % r->counts.operations;

	return base + (done < rest ? 1 : 0);
}

/* ---- one point as folders, for a start-up to be recorded, or to look at */

static jx_rc extract(struct run *r, uint64_t no, int64_t i, const struct pc_disk *changed,
		     struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t d = 0; d < r->disk_count && rc == JX_OK; d++) {
		build(r, &r->found[d], r->found[d].disk == changed, no, i);
		rc = pc_write_out(r->o->extract, &r->found[d], err);
		pc_image_done(&r->found[d].image);
	}
	return rc;
}

/* Disks stand first in a recording; keys never change in one. */
static void read_keys(struct run *r)
{
	const struct pc_found *server = find_server(r);

	for (size_t d = 0; d < r->disk_count; d++)
		if (r->found[d].device != NULL)
			pc_keys_read(r->found[d].disk->root, server == NULL ? NULL : server->disk->root,
				     &r->keys[d]);
}

static jx_rc walk(struct run *r, struct jx_error *err)
{
	int64_t done = 0;
	jx_rc rc = JX_OK;

	for (uint64_t no = 0; no < r->recording.count && rc == JX_OK; no++) {
		const struct pc_found *changed;

		rc = take(r, no, &changed, err);
		if (rc != JX_OK || changed == NULL)
			continue;
		if (done == 0)
			read_keys(r);
		if (r->o->only_k < 0)
			all_points(r, no, changed, share(r, done));
		else if (r->o->only_k == (int64_t)no && r->o->extract != NULL)
			return extract(r, no, r->o->only_i, changed->disk, err);
		else if (r->o->only_k == (int64_t)no) {
			one_point(r, no, r->o->only_i, changed->disk);
			go_on(r, no, r->o->only_i, changed->disk);
		}
		done++;
	}
	for (size_t d = 0; d < r->disk_count && rc == JX_OK && r->o->is_live; d++)
		rc = pc_compare(r->disk[d], err);
	return rc;
}

static void count_end(struct run *r)
{
	for (size_t d = 0; d < r->disk_count; d++) {
		if (r->found[d].seen == NULL)
			continue;
		r->counts.entries += r->found[d].seen->entry_count;
		r->counts.photos += r->found[d].seen->photo_count;
	}
}

static void done_run(struct run *r)
{
	for (size_t d = 0; d < r->disk_count; d++) {
		pc_disk_free(r->disk[d]);
		free(r->found[d].image.entry);
	}
	for (size_t i = 0; i < r->seen_count; i++) {
		pc_seen_done(r->seen[i]);
		free(r->seen[i]);
	}
	free(r->seen);
	free(r->known);
	free(r->promise);
	r->host.image = (struct pc_image){.count = 0};
	pc_host_done(&r->host);
	pc_recording_done(&r->recording);
	free(r);
}

jx_rc pc_run(const struct pc_options *o, struct pc_counts *out, struct jx_error *err)
{
	struct run *r = jx_xcalloc(1, sizeof(*r));
	jx_rc rc = pc_recording_read(o->log, &r->recording, err);

	r->o = o;
	pc_host_init(&r->host);
	r->host.is_trial = o->is_trial;
	r->promise = jx_xcalloc(r->recording.count + 1, sizeof(*r->promise));
	for (size_t i = 0; i < r->recording.count; i++)
		r->counts.operations += is_change(&r->recording.record[i]);
	if (rc == JX_OK && r->counts.operations == 0)
		rc = jx_fail(err, JX_ECORRUPT, 0, "powercut",
			     "%s records no change: was the recorder loaded?", o->log);
	if (rc == JX_OK)
		rc = walk(r, err);
	count_end(r);
	*out = r->counts;
	done_run(r);
	return rc;
}
