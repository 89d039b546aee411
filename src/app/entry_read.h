/* entry_read.h - everything of one entry, as people read it. */
#ifndef APP_ENTRY_READ_H
#define APP_ENTRY_READ_H

#include "desk.h"
#include "entry_row.h"

struct entry_pair {
	char *name, *value;
};
/** One version of it: what was recorded first, each correction, a withdrawal. */
struct entry_version {
	uint8_t id[JX_ID_BYTES];
	char *text, *reason;
	bool is_this;
};
struct entry_photo {
	uint8_t sha256[JX_HASH_BYTES];
	char *text; /**< role, size, where its original is */
};

struct entry_job {
	struct desk_job base;
	/* in */
	uint8_t id[JX_ID_BYTES];
	/* out */
	char number[JX_NUMBER_MAX];
	char *title, *state;
	const char *state_class;
	GArray *pairs;    /**< of struct entry_pair */
	GArray *photos;   /**< of struct entry_photo */
	GArray *versions; /**< of struct entry_version, oldest first; one: it was never changed */
	bool is_check, is_found;
	bool can_change; /**< the newest version, and not withdrawn */
};
struct entry_job *entry_job_new(const uint8_t id[JX_ID_BYTES]);

/** A photo as large as the screen. */
struct entry_photo_job {
	struct desk_job base;
	uint8_t sha256[JX_HASH_BYTES];
	GtkPicture *picture;
	GdkTexture *texture; /**< out */
};
struct entry_photo_job *entry_photo_job_new(const uint8_t sha256[JX_HASH_BYTES], GtkPicture *picture);

struct entry_withdraw_job {
	struct desk_job base;
	uint8_t id[JX_ID_BYTES];
	char *reason;
	int64_t n;
};
struct entry_withdraw_job *entry_withdraw_job_new(const uint8_t id[JX_ID_BYTES], const char *reason);

#endif
