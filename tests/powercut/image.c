/* After the power came back: one of the disks that the rules allow. */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

#define SECTOR_BYTES 512 /* smallest unit a disk writes as a whole */

struct making {
	struct pc_image *image;
	const struct pc_disk *disk;
	struct pc_file **of; /* file made for each inode so far */
	struct pc_rng rng;
	enum pc_way way;
	uint64_t cut_no; /* PC_CUT: the record during which the power went */
};

static void put(struct pc_file *f, const struct pc_change *c)
{
	if (c->data != NULL)
		pc_pages_write(&f->pages, c->offset, c->data, c->len);
	else
		pc_pages_resize(&f->pages, c->offset);
	f->key = pc_mix(f->key, c->no);
}

/* Old, new or garbage, sector by sector. Lengths do not tear. */
static void put_torn(struct making *m, struct pc_file *f, const struct pc_change *c)
{
	uint8_t garbage[SECTOR_BYTES];
	size_t at = 0;

	if (c->data == NULL) {
		if (pc_below(&m->rng, 2) == 0)
			put(f, c);
		return;
	}
	f->key = pc_mix(pc_mix(f->key, c->no), m->rng.state);
	while (at < c->len) {
		const size_t to_end = SECTOR_BYTES - (size_t)((c->offset + (int64_t)at) % SECTOR_BYTES);
		const size_t n = c->len - at < to_end ? c->len - at : to_end;
		const uint64_t fate = pc_below(&m->rng, 10);
		const uint8_t *from = c->data + at;

		if (fate == 9) {
			for (size_t k = 0; k < n; k += sizeof(uint64_t)) {
				const uint64_t r = pc_next(&m->rng);

				memcpy(garbage + k, &r, n - k < sizeof(r) ? n - k : sizeof(r));
			}
			from = garbage;
		}
		if (fate >= 4)
			pc_pages_write(&f->pages, c->offset + (int64_t)at, from, n);
		at += n;
	}
}

static void put_pending(struct making *m, struct pc_file *f, const struct pc_inode *i, enum pc_way way,
			uint64_t cut_no)
{
	for (size_t k = 0; k < i->pending_count; k++) {
		const struct pc_change *c = &i->pending[k];

		switch (way) {
		case PC_KEPT:
			put(f, c);
			break;
		case PC_SUBSET:
			if (pc_below(&m->rng, 2) == 0)
				put(f, c);
			break;
		case PC_SECTORS:
			put_torn(m, f, c);
			break;
		case PC_CUT:
			if (c->no < cut_no)
				put(f, c);
			else if (c->no == cut_no)
				put_torn(m, f, c);
			break;
		case PC_DROPPED:
		case PC_MIXED:
		case PC_WAYS:
			break;
		}
	}
}

static struct pc_file *make_file(struct making *m, const struct pc_inode *i)
{
	struct pc_file *f = m->of[i->id - 1];
	enum pc_way way = m->way;
	uint64_t cut_no = m->cut_no;

	if (f != NULL)
		return f;
	f = jx_xcalloc(1, sizeof(*f));
	m->of[i->id - 1] = f;
	f->key = pc_mix(i->id, i->certain_no);
	if (way == PC_MIXED && i->pending_count > 0) {
		way = (enum pc_way)pc_below(&m->rng, PC_MIXED);
		cut_no = i->pending[pc_below(&m->rng, i->pending_count)].no;
	}
	if (way == PC_KEPT) {
		pc_pages_copy(&f->pages, &i->now);
		for (size_t k = 0; k < i->pending_count; k++)
			f->key = pc_mix(f->key, i->pending[k].no);
		return f;
	}
	pc_pages_copy(&f->pages, &i->certain);
	put_pending(m, f, i, way, cut_no);
	return f;
}

/* What the name stands for after the cut: any step of its history since its folder was synced. */
static const struct pc_inode *choose(struct making *m, const struct pc_name *n)
{
	size_t step = 0;

	if (n->pending_count == 0 || m->way == PC_KEPT)
		return n->now;
	if (m->way == PC_DROPPED)
		return n->certain;
	if (m->way == PC_CUT)
		while (step < n->pending_count && n->pending[step].no <= m->cut_no)
			step++;
	else if (m->way == PC_SECTORS && pc_below(&m->rng, 4) > 0)
		step = n->pending_count; /* torn bytes without a name are not looked at */
	else
		step = (size_t)pc_below(&m->rng, n->pending_count + 1);
	return step == 0 ? n->certain : n->pending[step - 1].inode;
}

static uint64_t choose_cut(const struct pc_disk *d, struct pc_rng *rng)
{
	uint64_t first = d->changed_no;

	for (size_t i = 0; i < d->name_count; i++) {
		const struct pc_name *n = &d->name[i];

		if (n->pending_count > 0 && n->pending[0].no < first)
			first = n->pending[0].no;
		if (n->now != NULL && n->now->pending_count > 0 && n->now->pending[0].no < first)
			first = n->now->pending[0].no;
	}
	return first + pc_below(rng, d->changed_no - first + 1);
}

static struct pc_entry *next_entry(struct pc_image *image)
{
	if (image->count == image->cap) {
		image->cap = image->cap == 0 ? 64 : image->cap * 2;
		image->entry = jx_xreallocarray(image->entry, image->cap, sizeof(*image->entry));
	}
	return &image->entry[image->count++];
}

void pc_image_build(struct pc_image *image, const struct pc_disk *d, enum pc_way way, uint64_t seed)
{
	struct making m = {.image = image, .disk = d, .rng = {.state = seed}, .way = way};

	m.of = jx_xcalloc(d->inode_count + 1, sizeof(struct pc_file *));
	m.cut_no = way == PC_CUT ? choose_cut(d, &m.rng) : 0;
	image->count = 0;
	image->key = d->seed;
	for (size_t i = 0; i < d->name_count; i++) {
		const struct pc_name *n = &d->name[i];
		const struct pc_inode *inode = choose(&m, n);
		const struct pc_entry *dir;
		struct pc_entry *e = next_entry(image);

		*e = (struct pc_entry){.path = n->path, .hash = n->hash, .dir_hash = n->dir_hash};
		dir = n->dir < 0 ? NULL : &image->entry[n->dir];
		if (inode == NULL || (dir != NULL && !dir->is_dir))
			continue;
		e->is_dir = inode->is_dir;
		if (!inode->is_dir) {
			e->file = make_file(&m, inode);
			e->file->refs++;
		}
		image->key = pc_mix(pc_mix(image->key, i), e->file == NULL ? 1 : e->file->key);
	}
	free(m.of);
}

void pc_file_unref(struct pc_file *f)
{
	if (f == NULL || --f->refs > 0)
		return;
	pc_pages_done(&f->pages);
	free(f);
}

void pc_image_done(struct pc_image *image)
{
	for (size_t i = 0; i < image->count; i++) {
		pc_file_unref(image->entry[i].file);
		if (image->entry[i].is_own)
			free(image->entry[i].path);
	}
	image->count = 0;
}

struct pc_entry *pc_image_find(const struct pc_image *image, const char *path)
{
	const uint64_t hash = pc_path_hash(path);

	for (size_t i = 0; i < image->count; i++) {
		struct pc_entry *e = &image->entry[i];

		if (e->hash == hash && (e->file != NULL || e->is_dir) && strcmp(e->path, path) == 0)
			return e;
	}
	return NULL;
}

struct pc_entry *pc_image_add(struct pc_image *image, const char *path, bool is_dir)
{
	const char *slash = strrchr(path, '/');
	JX_AUTO_FREE char *folder = jx_xstrndup(path, slash == NULL ? 0 : (size_t)(slash - path));
	const struct pc_entry *dir = pc_image_find(image, folder);
	struct pc_entry *e;

	if (!is_dir && (dir == NULL || !dir->is_dir))
		return NULL;
	e = next_entry(image);
	*e = (struct pc_entry){.path = jx_xstrdup(path), .is_own = true, .is_dir = is_dir};
	e->hash = pc_path_hash(path);
	e->dir_hash = pc_path_hash(folder);
	if (!is_dir) {
		e->file = jx_xcalloc(1, sizeof(*e->file));
		e->file->refs = 1;
	}
	return e;
}
