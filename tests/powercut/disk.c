/* The disk as it was recorded: what is certain, and what is not yet. */
#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* splitmix64 */
uint64_t pc_next(struct pc_rng *r)
{
	uint64_t z = (r->state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

uint64_t pc_below(struct pc_rng *r, uint64_t n)
{
	return (pc_next(r) >> 11) % n; /* n is small: the bias does not count */
}

uint64_t pc_mix(uint64_t a, uint64_t b)
{
	struct pc_rng r = {.state = a * 0x9E3779B97F4A7C15u + b};

	return pc_next(&r);
}

/* FNV-1a */
uint64_t pc_path_hash(const char *path)
{
	uint64_t h = 0xCBF29CE484222325u;

	for (; *path != '\0'; path++)
		h = (h ^ (uint64_t)(unsigned char)*path) * 0x100000001B3u;
	return h;
}

static jx_rc misfit(const struct pc_record *r, uint64_t no, const char *what, struct jx_error *err)
{
	return jx_fail(err, JX_ECORRUPT, 0, "powercut.disk",
		       "record %llu (%c %s): %s: the recorder missed something", (unsigned long long)no,
		       (char)r->op, r->path, what);
}

static int find_name(const struct pc_disk *d, const char *path)
{
	const uint64_t hash = pc_path_hash(path);

	for (size_t i = 0; i < d->name_count; i++)
		if (d->name[i].hash == hash && strcmp(d->name[i].path, path) == 0)
			return (int)i;
	return -1;
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return jx_xstrndup(path, slash == NULL ? 0 : (size_t)(slash - path));
}

/* -1: its folder is not known. */
static int make_name(struct pc_disk *d, const char *path)
{
	JX_AUTO_FREE char *folder = folder_of(path);
	const int found = find_name(d, path), dir = find_name(d, folder);
	struct pc_name *n;

	if (found >= 0)
		return found;
	if (dir < 0 && d->name_count > 0)
		return -1;
	if (d->name_count == d->name_cap) {
		d->name_cap = d->name_cap == 0 ? 64 : d->name_cap * 2;
		d->name = jx_xreallocarray(d->name, d->name_cap, sizeof(*d->name));
	}
	n = &d->name[d->name_count];
	*n = (struct pc_name){.path = jx_xstrdup(path), .dir = dir};
	n->hash = pc_path_hash(path);
	n->dir_hash = pc_path_hash(folder);
	return (int)d->name_count++;
}

static struct pc_inode *make_inode(struct pc_disk *d, uint64_t ino, bool is_dir)
{
	struct pc_inode *i = jx_xcalloc(1, sizeof(*i));

	if (d->inode_count == d->inode_cap) {
		d->inode_cap = d->inode_cap == 0 ? 64 : d->inode_cap * 2;
		d->inode = jx_xreallocarray(d->inode, d->inode_cap, sizeof(struct pc_inode *));
	}
	i->id = d->inode_count + 1;
	i->ino = ino;
	i->is_dir = is_dir;
	d->inode[d->inode_count++] = i;
	return i;
}

/* The newest file of that number: the kernel gives numbers again. */
static struct pc_inode *find_inode(const struct pc_disk *d, uint64_t ino)
{
	for (size_t i = d->inode_count; i > 0; i--)
		if (d->inode[i - 1]->ino == ino && !d->inode[i - 1]->is_dir)
			return d->inode[i - 1];
	return NULL;
}

static void set_name(struct pc_disk *d, int at, struct pc_inode *inode, uint64_t no)
{
	struct pc_name *n = &d->name[at];

	if (n->pending_count == n->pending_cap) {
		n->pending_cap = n->pending_cap == 0 ? 4 : n->pending_cap * 2;
		n->pending = jx_xreallocarray(n->pending, n->pending_cap, sizeof(*n->pending));
	}
	n->pending[n->pending_count].inode = inode;
	n->pending[n->pending_count++].no = no;
	n->now = inode;
}

static void make_certain(struct pc_name *n)
{
	n->certain = n->now;
	n->pending_count = 0;
}

static void add_change(struct pc_inode *i, const struct pc_change *c)
{
	if (i->pending_count == i->pending_cap) {
		i->pending_cap = i->pending_cap == 0 ? 16 : i->pending_cap * 2;
		i->pending = jx_xreallocarray(i->pending, i->pending_cap, sizeof(*i->pending));
	}
	i->pending[i->pending_count++] = *c;
	if (c->data != NULL)
		pc_pages_write(&i->now, c->offset, c->data, c->len);
	else
		pc_pages_resize(&i->now, c->offset);
}

static void sync_inode(struct pc_inode *i, uint64_t no)
{
	if (i->pending_count == 0)
		return;
	pc_pages_copy(&i->certain, &i->now);
	i->certain_no = no;
	i->pending_count = 0;
}

struct pc_disk *pc_disk_new(const char *root, const char *owner)
{
	struct pc_disk *d = jx_xcalloc(1, sizeof(*d));

	d->root = jx_xstrdup(root);
	d->owner = jx_xstrdup(owner);
	return d;
}

void pc_disk_free(struct pc_disk *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->name_count; i++) {
		free(d->name[i].path);
		free(d->name[i].pending);
	}
	for (size_t i = 0; i < d->inode_count; i++) {
		pc_pages_done(&d->inode[i]->certain);
		pc_pages_done(&d->inode[i]->now);
		free(d->inode[i]->pending);
		free(d->inode[i]);
	}
	free(d->name);
	free(d->inode);
	free(d->root);
	free(d->owner);
	free(d);
}

static bool is_below(const struct pc_disk *d, const char *path)
{
	const size_t len = strlen(d->root);

	return strncmp(path, d->root, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool pc_disk_has(const struct pc_disk *d, const struct pc_record *r)
{
	return r->path[0] != '\0' ? is_below(d, r->path) : find_inode(d, r->ino) != NULL;
}

/* The first name of a disk is the folder itself, or a folder above it that was made on the way. */
static jx_rc add_name(struct pc_disk *d, const struct pc_record *r, struct pc_inode *inode, uint64_t no,
		      struct jx_error *err)
{
	const int at = make_name(d, r->path);

	if (at < 0)
		return misfit(r, no, "its folder was never made", err);
	set_name(d, at, inode, no);
	if (r->op == PC_BASE || r->op == PC_BASE_DIR)
		make_certain(&d->name[at]);
	return JX_OK;
}

static jx_rc move_name(struct pc_disk *d, const struct pc_record *r, uint64_t no, struct jx_error *err)
{
	const int from = find_name(d, r->path), to = make_name(d, r->other);
	struct pc_inode *inode = from < 0 ? NULL : d->name[from].now;

	if (inode == NULL || to < 0)
		return misfit(r, no, "there is nothing to rename", err);
	if (r->op == PC_RENAME)
		set_name(d, from, NULL, no);
	set_name(d, to, inode, no);
	return JX_OK;
}

static jx_rc remove_name(struct pc_disk *d, const struct pc_record *r, uint64_t no, struct jx_error *err)
{
	const int at = find_name(d, r->path);

	if (at < 0 || d->name[at].now == NULL)
		return misfit(r, no, "there is nothing to remove", err);
	set_name(d, at, NULL, no);
	return JX_OK;
}

static jx_rc sync_names(struct pc_disk *d, const struct pc_record *r)
{
	const int dir = find_name(d, r->path);

	for (size_t i = 0; dir >= 0 && i < d->name_count; i++)
		if (d->name[i].dir == dir)
			make_certain(&d->name[i]);
	return JX_OK;
}

static jx_rc change_bytes(struct pc_disk *d, const struct pc_record *r, uint64_t no, struct jx_error *err)
{
	const struct pc_change c = {
		.no = no, .offset = r->offset, .data = r->op == PC_WRITE ? r->data : NULL, .len = r->len};
	struct pc_inode *i = find_inode(d, r->ino);

	if (i == NULL)
		return misfit(r, no, "no such file", err);
	if (r->op == PC_SYNC)
		sync_inode(i, no);
	else if (r->op == PC_TRUNCATE || r->len > 0)
		add_change(i, &c);
	return JX_OK;
}

jx_rc pc_disk_apply(struct pc_disk *d, const struct pc_record *r, uint64_t no, struct jx_error *err)
{
	struct pc_inode *i;

	d->changed_no = no;
	switch (r->op) {
	case PC_CREATE:
		return add_name(d, r, make_inode(d, r->ino, false), no, err);
	case PC_MKDIR:
	case PC_BASE_DIR:
		return add_name(d, r, make_inode(d, 0, true), no, err);
	case PC_BASE:
		i = make_inode(d, r->ino, false);
		pc_pages_write(&i->now, 0, r->data, r->len);
		pc_pages_copy(&i->certain, &i->now);
		i->certain_no = no;
		return add_name(d, r, i, no, err);
	case PC_WRITE:
	case PC_TRUNCATE:
	case PC_SYNC:
		return change_bytes(d, r, no, err);
	case PC_SYNC_DIR:
		return sync_names(d, r);
	case PC_RENAME:
	case PC_LINK:
		return move_name(d, r, no, err);
	case PC_UNLINK:
	case PC_RMDIR:
		return remove_name(d, r, no, err);
	case PC_UNKNOWN:
		return jx_fail(err, JX_ECORRUPT, 0, "powercut.disk",
			       "%s: %.*s: the recorder cannot express this", r->path, (int)r->len,
			       (const char *)r->data);
	case PC_ROOT:
	case PC_PROMISE:
	case PC_MARK:
		return JX_OK;
	}
	return misfit(r, no, "no such record", err);
}

bool pc_disk_is_open(const struct pc_disk *d)
{
	for (size_t i = 0; i < d->name_count; i++)
		if (d->name[i].pending_count > 0 ||
		    (d->name[i].now != NULL && d->name[i].now->pending_count > 0))
			return true;
	return false;
}
