/* people_file.h - DIR/people.json, read whole and replaced whole. */
#ifndef HANDHELD_PEOPLE_FILE_H
#define HANDHELD_PEOPLE_FILE_H

#include "private.h"

#define PEOPLE_MAX 200

struct known_person {
	char id[64], name[64];
	bool has_pin;
	uint8_t salt[JX_PIN_SALT_BYTES], hash[JX_PIN_HASH_BYTES];
	int64_t failures;                 /* in a row */
	char failed[JX_SHELF_MOMENT_MAX]; /* when the last was, by jx_shelf_moment(); "" never */
};
struct people {
	struct known_person list[PEOPLE_MAX]; /* the last who signed in first */
	size_t count;
};

/* No file: nobody. */
jx_rc people_read(const struct jx_handheld__world *w, struct people *out, struct jx_error *err);
jx_rc people_write(const struct jx_handheld__world *w, const struct people *people, struct jx_error *err);
struct known_person *people_find(struct people *people, const char *id);

#endif
