/*
 * fault_vfs.h - an SQLite VFS over the default one that fails when told: the sync of a commit, a full disk, a disk that cannot
 * be written. What it refuses has not happened below, except for a failed sync, whose bytes are in the kernel's memory: as on
 * a real disk.
 */
#ifndef FAULT_VFS_H
#define FAULT_VFS_H

#include <stdbool.h>

#include <sqlite3.h>

struct fault_vfs {
	sqlite3_vfs vfs;
	sqlite3_vfs *below;
	char name[32];
	/* told by the test */
	int fail_wal_sync_at; /* the n-th sync of a WAL from now fails; 0 none */
	bool fail_from;       /* and all after it */
	bool is_full;         /* writes find no room */
	bool is_read_only;    /* nothing can be opened for writing */
	/* counted */
	int wal_syncs, db_syncs, writes;
};

/** Register under a name that is free. */
void fault_vfs_init(struct fault_vfs *f, const char *name);
/** All databases on it must be closed. */
void fault_vfs_done(struct fault_vfs *f);

#endif
