/* points.h - one recording, cut after every change in many ways. */
#ifndef POWERCUT_POINTS_H
#define POWERCUT_POINTS_H

#include "promise.h"

#define PC_DISKS_MAX 8

struct pc_options {
	const char *log, *name;
	int64_t points; /* over all changes */
	uint64_t seed;
	int64_t only_k, only_i; /* >= 0: this one point */
	const char *extract;    /* write the disks of that point below this folder */
	bool is_lying;          /* the disk says "synced" and does nothing: must be noticed */
	bool is_lifeless;       /* the keys in the real folders are not those of all points: nobody goes on */
	bool is_trial;          /* an upgrade was recorded */
	bool is_live;           /* the recorded folders are there: compare with them at the end */
};

struct pc_counts {
	int64_t operations, points, per_operation_min, images, promises, lost, duplicated, failed;
	int64_t absent, present; /* images where an entry nobody was told of was missing, was there */
	int64_t gone_on;         /* images on which a save and a sync followed */
	int64_t entries, photos; /* on the disks at the end */
};

/** Text of the first failures goes to standard error. @retval JX_ECORRUPT the recording is worth nothing */
jx_rc pc_run(const struct pc_options *o, struct pc_counts *out, struct jx_error *err);

#endif
