/* look.h - what the product itself, started on a disk after a power cut, finds there. */
#ifndef POWERCUT_LOOK_H
#define POWERCUT_LOOK_H

#include "host.h"

#include "jiexun/model.h"

struct pc_seen_entry {
	uint8_t id[JX_ID_BYTES], digest[JX_HASH_BYTES];
	int32_t state;       /* enum jx_entry_state; a server's entries have none */
	int32_t photo_first; /* index into seen photos */
	int32_t photo_count;
	int32_t bad_photo_count; /* missing, or with other bytes: a device's */
};

struct pc_seen_writer {
	uint8_t id[JX_ID_BYTES], public_key[JX_PUB_BYTES];
	int32_t entry_first; /* number 1; a log has no gaps, or it is damaged */
	int32_t entry_count;
};

/* All that a disk says. Plain bytes, so that two are the same where memcmp says so. */
struct pc_seen {
	char damage[256]; /* "" if all is well */
	int32_t is_there, writer_count, entry_count, photo_count, good_photo_count;
	struct pc_seen_writer
		*writer; /* a device's identities, oldest first; a server's field devices and itself */
	struct pc_seen_entry *entry;
	uint8_t (*photo)[JX_HASH_BYTES];      /* as entries list them */
	uint8_t (*good_photo)[JX_HASH_BYTES]; /* server: receipted and whole */
};

void pc_seen_done(struct pc_seen *s);
bool pc_seen_equal(const struct pc_seen *a, const struct pc_seen *b);

/* The image is in h. Both leave the image as a started program does. */
void pc_look_device(struct pc_host *h, const char *root, struct pc_seen *out);
void pc_look_server(struct pc_host *h, const char *root, struct pc_seen *out);
/* Is the file there, whole? */
bool pc_look_file(const struct pc_image *image, const char *path, const uint8_t sha256[JX_HASH_BYTES]);

/* Folder of the product's data below a disk's root: the folder above it is on the disk too, so that its name can be lost. */
#define PC_DATA_FOLDER "data"

#endif
