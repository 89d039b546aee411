/* host.h - an image as what the product opens: a struct jx_fs and an SQLite VFS. One image at a time. */
#ifndef POWERCUT_HOST_H
#define POWERCUT_HOST_H

#include <sqlite3.h>

#include "disk.h"

#define PC_HOST_SHM_MAX    8
#define PC_HOST_REGION_MAX 64

struct pc_shm {
	char *path;
	uint8_t *region[PC_HOST_REGION_MAX];
	int region_count, refs;
	int shared[8];
	bool exclusive[8];
};

struct pc_host {
	struct pc_image image;
	struct jx_fs fs;
	sqlite3_vfs vfs;
	struct jx_clock clock;
	struct jx_rand rand;
	struct pc_rng rng;
	int64_t utc_ms;
	struct pc_shm shm[PC_HOST_SHM_MAX];
	int open_count; /* SQLite's files: 0 between two images */
	bool is_trial;  /* databases are upgraded by the trial step, see upgrade.h */
};

#define PC_HOST_VFS "powercut"

void pc_host_init(struct pc_host *h);
void pc_host_done(struct pc_host *h);

/* host_fs.c, host_vfs.c */
void pc__host_fs_init(struct pc_host *h);
void pc__host_vfs_init(struct pc_host *h);
void pc__host_vfs_done(struct pc_host *h);

#endif
