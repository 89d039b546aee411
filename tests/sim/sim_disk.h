/*
 * sim_disk.h - a disk in memory that loses its power.
 *
 * Files and folders follow POSIX and no more: the bytes of a file are certain only up to its last successful sync, a
 * name only up to the last sync of its folder. When the power goes, everything else is kept, dropped, torn or
 * replaced by garbage, as the history's generator decides. The same disk serves the code's struct jx_fs and, through an SQLite VFS
 * of its own, its databases.
 *
 * The cut is set in advance ("after k more operations"): from then on the disk is dead, every call fails and changes
 * nothing, until sim_disk_power_cycle(). So the code under test is cut in the middle of whatever it does.
 */
#ifndef SIM_DISK_H
#define SIM_DISK_H

#include "jiexun/base.h"

#include "sim_rng.h"

typedef struct sim_disk sim_disk;

struct sim_disk_counts {
	int64_t operations, syncs, dir_syncs, power_cuts, writes_lost, names_lost, faults;
};

/** @param name unique in the process; it is the VFS's name too */
sim_disk *sim_disk_new(const char *name, uint64_t seed);
/** Unregisters the VFS: all databases on it must be closed. */
void sim_disk_free(sim_disk *d);
const struct jx_fs *sim_disk_fs(sim_disk *d);
const char *sim_disk_vfs(const sim_disk *d);

/** Power goes after this many more operations that reach the disk; negative = stays on. */
void sim_disk_cut_after(sim_disk *d, int64_t operations);
bool sim_disk_is_dead(const sim_disk *d);
/** Power is gone now: close what is open on the disk, then sim_disk_power_cycle(). */
void sim_disk_kill(sim_disk *d);
/** What a person would find after the power came back. Everything on the disk must be closed. */
void sim_disk_power_cycle(sim_disk *d);
/** Chance that a write or sync fails with ENOSPC or EIO (the power stays on). */
void sim_disk_set_faults(sim_disk *d, unsigned permille);
/** A disk that says "synced" and does nothing: no software can mend that; the oracle must see it (negative control). */
void sim_disk_set_lies(sim_disk *d, bool lies);
/** Fold of all operations so far: the same seed gives the same value. */
uint64_t sim_disk_trace(const sim_disk *d);
void sim_disk_count(const sim_disk *d, struct sim_disk_counts *out);
/** Exact copy of the durable state, as a backup or a clone of the device would be. The new disk has its own name. */
sim_disk *sim_disk_clone(const sim_disk *d, const char *name, uint64_t seed);

#endif
