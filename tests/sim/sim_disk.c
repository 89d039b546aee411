/* The disk itself: inodes, names, what is certain and what is not, and the moment the power goes. */
#include "sim_disk_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR_BYTES 512 /* smallest unit a disk writes as a whole */

static void grow(uint8_t **data, size_t *cap, size_t len)
{
	size_t want = *cap == 0 ? 4096 : *cap;

	if (len <= *cap)
		return;
	while (want < len)
		want *= 2;
	*data = jx_xrealloc(*data, want);
	*cap = want;
}

static void put(uint8_t **data, size_t *cap, size_t *len, int64_t offset, const uint8_t *bytes, size_t n)
{
	size_t end = (size_t)offset + n;

	grow(data, cap, end);
	if ((size_t)offset > *len)
		memset(*data + *len, 0, (size_t)offset - *len);
	if (n > 0)
		memcpy(*data + offset, bytes, n);
	if (end > *len)
		*len = end;
}

int sim__operation(struct sim_disk *d, char what, const char *path, int64_t detail, bool may_fault)
{
	if (d->is_dead)
		return EIO;
	d->counts.operations++;
	d->trace = (d->trace ^ (uint64_t)(unsigned char)what) * 0x100000001B3u;
	for (const char *p = path; *p != '\0'; p++)
		d->trace = (d->trace ^ (uint64_t)(unsigned char)*p) * 0x100000001B3u;
	d->trace = (d->trace ^ (uint64_t)detail) * 0x100000001B3u;
	if (d->cut_after >= 0 && d->cut_after-- == 0) {
		d->is_dead = true;
		return EIO;
	}
	if (may_fault && d->fault_permille > 0 && sim_chance(&d->rng, d->fault_permille)) {
		d->counts.faults++;
		return sim_chance(&d->rng, 500) ? ENOSPC : EIO;
	}
	return 0;
}

struct sim_name *sim__find(struct sim_disk *d, const char *path)
{
	for (size_t i = 0; i < d->name_count; i++)
		if (strcmp(d->names[i].path, path) == 0)
			return &d->names[i];
	return NULL;
}

static struct sim_name *make_name(struct sim_disk *d, const char *path)
{
	struct sim_name *n = sim__find(d, path);

	if (n != NULL)
		return n;
	if (d->name_count == d->name_cap) {
		d->name_cap = d->name_cap == 0 ? 16 : d->name_cap * 2;
		d->names = jx_xreallocarray(d->names, d->name_cap, sizeof(*d->names));
	}
	d->names[d->name_count] = (struct sim_name){.path = jx_xstrdup(path)};
	return &d->names[d->name_count++];
}

void sim__ref(struct sim_inode *i)
{
	if (i != NULL)
		i->refs++;
}

static void drop_pending(struct sim_inode *i)
{
	for (size_t k = 0; k < i->pending_count; k++)
		free(i->pending[k].bytes);
	i->pending_count = 0;
}

void sim__unref(struct sim_inode *i)
{
	if (i == NULL || --i->refs > 0)
		return;
	drop_pending(i);
	free(i->pending);
	free(i->now);
	free(i->durable);
	free(i);
}

static void set_now(struct sim_name *n, struct sim_inode *i)
{
	sim__ref(i);
	sim__unref(n->now);
	n->now = i;
}

static void set_durable(struct sim_name *n, struct sim_inode *i)
{
	sim__ref(i);
	sim__unref(n->durable);
	n->durable = i;
}

struct sim_inode *sim__create(struct sim_disk *d, const char *path)
{
	struct sim_inode *i = jx_xcalloc(1, sizeof(*i));

	set_now(make_name(d, path), i);
	return i;
}

static void remember(struct sim_inode *i, int64_t offset, const void *data, size_t len)
{
	struct sim_pending *p;

	if (i->pending_count == i->pending_cap) {
		i->pending_cap = i->pending_cap == 0 ? 16 : i->pending_cap * 2;
		i->pending = jx_xreallocarray(i->pending, i->pending_cap, sizeof(*i->pending));
	}
	p = &i->pending[i->pending_count++];
	*p = (struct sim_pending){.offset = offset, .len = len};
	if (len > 0) {
		p->bytes = jx_xmalloc(len);
		memcpy(p->bytes, data, len);
	}
}

void sim__write(struct sim_inode *i, int64_t offset, const void *data, size_t len)
{
	if (len == 0)
		return;
	put(&i->now, &i->now_cap, &i->now_len, offset, data, len);
	remember(i, offset, data, len);
}

void sim__truncate(struct sim_inode *i, int64_t len)
{
	if ((size_t)len < i->now_len)
		i->now_len = (size_t)len;
	else
		put(&i->now, &i->now_cap, &i->now_len, len, NULL, 0);
	remember(i, len, NULL, 0);
}

static void apply(struct sim_inode *i, const struct sim_pending *p)
{
	if (p->bytes != NULL)
		put(&i->durable, &i->durable_cap, &i->durable_len, p->offset, p->bytes, p->len);
	else if ((size_t)p->offset < i->durable_len)
		i->durable_len = (size_t)p->offset;
	else
		put(&i->durable, &i->durable_cap, &i->durable_len, p->offset, NULL, 0);
}

void sim__sync(struct sim_disk *d, struct sim_inode *i)
{
	d->counts.syncs++;
	if (d->lies)
		return;
	for (size_t k = 0; k < i->pending_count; k++)
		apply(i, &i->pending[k]);
	drop_pending(i);
}

static bool is_in(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;
}

void sim__sync_dir(struct sim_disk *d, const char *dir)
{
	d->counts.dir_syncs++;
	if (d->lies)
		return;
	for (size_t k = 0; k < d->name_count; k++)
		if (is_in(d->names[k].path, dir))
			set_durable(&d->names[k], d->names[k].now);
}

void sim__remove(struct sim_disk *d, struct sim_name *n)
{
	(void)d;
	set_now(n, NULL);
}

void sim__rename(struct sim_disk *d, const char *from, const char *to)
{
	struct sim_name *source = sim__find(d, from);
	struct sim_inode *i = source != NULL ? source->now : NULL;

	if (i == NULL)
		return;
	sim__ref(i);
	set_now(source, NULL);
	set_now(make_name(d, to), i); /* may move the table of names */
	sim__unref(i);
}

/* One unsynced write reaches the platter sector by sector: each old, new or garbage. */
static void apply_torn(struct sim_disk *d, struct sim_inode *i, const struct sim_pending *p)
{
	for (size_t at = 0; at < p->len; at += SECTOR_BYTES) {
		size_t n = p->len - at < SECTOR_BYTES ? p->len - at : SECTOR_BYTES;
		uint8_t garbage[SECTOR_BYTES];
		uint64_t fate = sim_below(&d->rng, 10);

		if (fate < 4)
			continue;
		if (fate < 9) {
			put(&i->durable, &i->durable_cap, &i->durable_len, p->offset + (int64_t)at,
			    p->bytes + at, n);
			continue;
		}
		for (size_t k = 0; k < n; k++)
			garbage[k] = (uint8_t)sim_next(&d->rng);
		put(&i->durable, &i->durable_cap, &i->durable_len, p->offset + (int64_t)at, garbage, n);
	}
}

static void lose_power_inode(struct sim_disk *d, struct sim_inode *i)
{
	uint64_t way = sim_below(&d->rng, 5);
	size_t keep = (size_t)sim_below(&d->rng, i->pending_count + 1);

	if (i->pending_count == 0)
		return; /* nothing waits: now is durable */
	for (size_t k = 0; k < i->pending_count; k++) {
		const struct sim_pending *p = &i->pending[k];
		bool is_kept = way == 1 || (way == 2 && sim_chance(&d->rng, 500)) || (way == 4 && k < keep);

		if (is_kept)
			apply(i, p);
		else if (way == 3 && p->bytes != NULL)
			apply_torn(d, i, p);
		else if (way == 4 && k == keep && p->bytes != NULL)
			apply_torn(d, i, p);
		else
			d->counts.writes_lost++;
	}
	drop_pending(i);
	i->now_len = 0;
	put(&i->now, &i->now_cap, &i->now_len, 0, i->durable, i->durable_len);
}

static void free_shm(struct sim_shm_node *s)
{
	for (int k = 0; k < s->region_count; k++)
		free(s->regions[k]);
	free(s->path);
	free(s);
}

static void forget_memory(struct sim_disk *d)
{
	for (size_t k = 0; k < d->shm_count; k++)
		free_shm(d->shm[k]);
	free(d->shm);
	d->shm = NULL;
	d->shm_count = 0;
	for (size_t k = 0; k < d->lock_count; k++)
		free(d->locks[k]);
	free(d->locks);
	d->locks = NULL;
	d->lock_count = 0;
}

void sim_disk_power_cycle(sim_disk *d)
{
	d->counts.power_cuts++;
	for (size_t k = 0; k < d->name_count; k++) {
		struct sim_name *n = &d->names[k];

		if (n->now != n->durable && sim_chance(&d->rng, 500)) {
			set_durable(n, n->now);
		} else if (n->now != n->durable) {
			d->counts.names_lost++;
			set_now(n, n->durable);
		}
	}
	for (size_t k = 0; k < d->name_count; k++)
		if (d->names[k].now != NULL)
			lose_power_inode(d, d->names[k].now);
	forget_memory(d);
	d->is_dead = false;
	d->cut_after = -1;
}

sim_disk *sim_disk_new(const char *name, uint64_t seed)
{
	sim_disk *d = jx_xcalloc(1, sizeof(*d));

	jx_strcpy(d->name, sizeof(d->name), name);
	d->rng.state = seed;
	d->cut_after = -1;
	d->trace = 0xCBF29CE484222325u;
	sim__fs_init(d);
	sim__vfs_init(d);
	return d;
}

void sim_disk_free(sim_disk *d)
{
	if (d == NULL)
		return;
	(void)sqlite3_vfs_unregister(&d->vfs);
	forget_memory(d);
	for (size_t k = 0; k < d->name_count; k++) {
		set_now(&d->names[k], NULL);
		set_durable(&d->names[k], NULL);
		free(d->names[k].path);
	}
	free(d->names);
	free(d);
}

sim_disk *sim_disk_clone(const sim_disk *d, const char *name, uint64_t seed)
{
	sim_disk *c = sim_disk_new(name, seed);

	for (size_t k = 0; k < d->name_count; k++) {
		const struct sim_inode *from = d->names[k].durable;
		struct sim_inode *to;

		if (from == NULL)
			continue;
		to = sim__create(c, d->names[k].path);
		put(&to->now, &to->now_cap, &to->now_len, 0, from->durable, from->durable_len);
		put(&to->durable, &to->durable_cap, &to->durable_len, 0, from->durable, from->durable_len);
		set_durable(sim__find(c, d->names[k].path), to);
	}
	return c;
}

void sim_disk_cut_after(sim_disk *d, int64_t operations)
{
	d->cut_after = operations;
}

void sim_disk_kill(sim_disk *d)
{
	d->is_dead = true;
}

bool sim_disk_is_dead(const sim_disk *d)
{
	return d->is_dead;
}

void sim_disk_set_faults(sim_disk *d, unsigned permille)
{
	d->fault_permille = permille;
}

void sim_disk_set_lies(sim_disk *d, bool lies)
{
	d->lies = lies;
}

uint64_t sim_disk_trace(const sim_disk *d)
{
	return d->trace;
}

void sim_disk_count(const sim_disk *d, struct sim_disk_counts *out)
{
	*out = d->counts;
}

const char *sim_disk_vfs(const sim_disk *d)
{
	return d->name;
}

const struct jx_fs *sim_disk_fs(sim_disk *d)
{
	return &d->fs;
}
