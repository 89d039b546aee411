/* recording.h - a log as records in memory. */
#ifndef POWERCUT_RECORDING_H
#define POWERCUT_RECORDING_H

#include "jiexun/base.h"
#include "record.h"

struct pc_record {
	enum pc_op op;
	uint64_t ino;
	int64_t offset;
	const char *path, *other; /* NUL-terminated, "" if none */
	const uint8_t *data;
	size_t len;
};

struct pc_recording {
	jx_buf bytes;
	char *strings; /* path and other of all records */
	struct pc_record *record;
	size_t count;
};

jx_rc pc_recording_read(const char *path, struct pc_recording *out, struct jx_error *err);
void pc_recording_done(struct pc_recording *r);

#endif
