/* What the three faces of the disk (fs, VFS, power) share. */
#ifndef SIM_DISK_INTERNAL_H
#define SIM_DISK_INTERNAL_H

#include "sim_disk.h"

#include <sqlite3.h>

/** A write or truncation that no sync has covered yet. */
struct sim_pending {
	int64_t offset;
	size_t len; /**< 0 and bytes NULL: truncation to offset */
	uint8_t *bytes;
};

struct sim_inode {
	uint8_t *now, *durable;
	size_t now_len, now_cap, durable_len, durable_cap;
	struct sim_pending *pending;
	size_t pending_count, pending_cap;
	int refs; /**< names (now and durable) and open handles */
	int64_t modified_utc_ms;
};

/** A name in a folder, now and for certain. */
struct sim_name {
	char *path;
	struct sim_inode *now, *durable;
};

struct sim_shm_node {
	char *path;
	uint8_t *regions[64];
	int region_count;
	int shared[8];
	bool exclusive[8];
	int refs;
};

struct sim_disk {
	char name[32];
	struct sim_rng rng;
	struct sim_name *names;
	size_t name_count, name_cap;
	struct sim_shm_node **shm;
	size_t shm_count;
	char **locks;
	size_t lock_count;
	int64_t cut_after;
	bool is_dead, lies;
	unsigned fault_permille;
	uint64_t trace;
	struct sim_disk_counts counts;
	struct jx_fs fs;
	sqlite3_vfs vfs;
};

/** Every operation that would reach a real disk passes here. 0, or the errno it fails with. */
int sim__operation(struct sim_disk *d, char what, const char *path, int64_t detail, bool may_fault);
struct sim_name *sim__find(struct sim_disk *d, const char *path);
struct sim_inode *sim__create(struct sim_disk *d, const char *path);
void sim__ref(struct sim_inode *i);
void sim__unref(struct sim_inode *i);
void sim__write(struct sim_inode *i, int64_t offset, const void *data, size_t len);
void sim__truncate(struct sim_inode *i, int64_t len);
void sim__sync(struct sim_disk *d, struct sim_inode *i);
void sim__sync_dir(struct sim_disk *d, const char *dir);
void sim__remove(struct sim_disk *d, struct sim_name *n);
void sim__rename(struct sim_disk *d, const char *from, const char *to);

void sim__fs_init(struct sim_disk *d);
void sim__vfs_init(struct sim_disk *d);

#endif
