/*
 * promise.h - what people were told, as words of a record, and whether what is found keeps it.
 *
 *   saved DEVICE N ID DIGEST PHOTO...   the program said "saved"; ID a UUID, the others hex
 *   state DEVICE N STATE DIGEST         a list showed the entry as "sent" or "complete"
 *   enrolled DEVICE                     the program said "enrolled"
 *   server                              the server said that it is set up
 *   file PATH SHA256                    what the program said rests on this file: it must be there whole
 */
#ifndef POWERCUT_PROMISE_H
#define POWERCUT_PROMISE_H

#include "look.h"

#define PC_PHOTOS_MAX JX_PHOTOS_MAX

enum pc_promise_kind {
	PC_SAVED,
	PC_STATE,
	PC_ENROLLED,
	PC_SERVER,
	PC_FILE
};

struct pc_promise {
	enum pc_promise_kind kind;
	char who[256]; /* device's name, or path */
	int64_t n;
	int32_t state;
	uint8_t id[JX_ID_BYTES], digest[JX_HASH_BYTES]; /* digest: SHA-256 of a file, too */
	uint8_t photo[PC_PHOTOS_MAX][JX_HASH_BYTES];
	size_t photo_count;
};

/** @retval JX_EINVAL  not in the words above */
jx_rc pc_promise_read(const char *text, size_t len, struct pc_promise *out, struct jx_error *err);

/* What was wrong at one point. */
struct pc_verdict {
	int lost, duplicated, failed;
	char first[400];
};
void pc_verdict_add(struct pc_verdict *v, int *count, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A disk at this point. */
struct pc_found {
	const struct pc_disk *disk;
	const char *device; /* name; NULL: a server */
	const struct pc_seen *seen;
	struct pc_image image;
};

void pc_promise_check(const struct pc_promise *p, const struct pc_found *found, size_t count,
		      struct pc_verdict *v);
/* What a device shows as sent is at the server, and what the server holds the device holds: with power cut at both. */
void pc_check_both(const struct pc_found *device, const struct pc_found *server, struct pc_verdict *v);

#endif
