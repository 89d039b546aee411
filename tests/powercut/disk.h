/*
 * disk.h - a recorded folder as a disk that can lose its power after any change.
 *
 * The rules are POSIX's and no more: bytes and length of a file are certain up to its last sync, a name up to the last
 * sync of its folder. Everything later may be there, may be missing, or may be there in part; a sector being written may be
 * garbage. Bytes that no unsynced write covers are left alone (SQLite's "power-safe overwrite", which flash and disks of this
 * century keep). Each name is looked at by itself, so a rename may leave the old name, the new one, both or neither.
 */
#ifndef POWERCUT_DISK_H
#define POWERCUT_DISK_H

#include "pages.h"
#include "recording.h"

/* What happens to the changes that are not certain. */
enum pc_way {
	PC_DROPPED, /* none is there */
	PC_KEPT,    /* all are there */
	PC_SUBSET,  /* each by itself */
	PC_SECTORS, /* each sector old, new or garbage */
	PC_CUT,     /* in the order they were made up to one that is torn, the rest missing */
	PC_MIXED,   /* each file and name in a way of its own */
	PC_WAYS
};

struct pc_rng {
	uint64_t state;
};
uint64_t pc_next(struct pc_rng *r);
uint64_t pc_below(struct pc_rng *r, uint64_t n);
/* Order matters. */
uint64_t pc_mix(uint64_t a, uint64_t b);

struct pc_change {
	uint64_t no;         /* of the record */
	int64_t offset;      /* truncation: the length */
	const uint8_t *data; /* NULL: truncation. Lives in the recording */
	size_t len;
};

struct pc_inode {
	uint64_t id, ino;
	bool is_dir;
	struct pc_pages certain, now;
	uint64_t certain_no; /* record that made it certain */
	struct pc_change *pending;
	size_t pending_count, pending_cap;
};

struct pc_name {
	char *path;
	uint64_t hash, dir_hash; /* of path, and of the folder's */
	int dir;                 /* index of the folder's name; -1: the disk's own */
	struct pc_inode *certain, *now;
	struct {
		struct pc_inode *inode; /* NULL: removed */
		uint64_t no;
	} * pending;
	size_t pending_count, pending_cap;
};

struct pc_disk {
	char *root;  /* path of the folder */
	char *owner; /* "server", "device:H07" */
	uint64_t seed;
	struct pc_name *name; /* [0] is the folder itself; a folder stands before what is in it */
	size_t name_count, name_cap;
	struct pc_inode **inode;
	size_t inode_count, inode_cap;
	uint64_t changed_no; /* newest record that changed this disk */
	size_t operations;
};

struct pc_disk *pc_disk_new(const char *root, const char *owner);
void pc_disk_free(struct pc_disk *d);
bool pc_disk_has(const struct pc_disk *d, const struct pc_record *r);
/* no: number of the record. @retval JX_ECORRUPT it does not fit what went before: something was not recorded */
jx_rc pc_disk_apply(struct pc_disk *d, const struct pc_record *r, uint64_t no, struct jx_error *err);
/* Is anything uncertain? */
bool pc_disk_is_open(const struct pc_disk *d);
uint64_t pc_path_hash(const char *path);

/* ---- what is found after the power came back */

struct pc_file {
	struct pc_pages pages;
	uint64_t key; /* the same for the same bytes; 0 once it was written to */
	int refs;     /* names and open handles */
};

struct pc_entry {
	char *path; /* of the disk's name, or own */
	uint64_t hash, dir_hash;
	struct pc_file *file; /* NULL and not is_dir: nothing */
	bool is_dir, is_own;
};

struct pc_image {
	struct pc_entry *entry;
	size_t count, cap;
	uint64_t key; /* the same for the same disk: names and bytes */
};

void pc_image_build(struct pc_image *image, const struct pc_disk *d, enum pc_way way, uint64_t seed);
void pc_image_done(struct pc_image *image);
struct pc_entry *pc_image_find(const struct pc_image *image, const char *path);
/* NULL: the folder is not there. */
struct pc_entry *pc_image_add(struct pc_image *image, const char *path, bool is_dir);
void pc_file_unref(struct pc_file *f);

#endif
