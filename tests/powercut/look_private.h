#ifndef POWERCUT_LOOK_PRIVATE_H
#define POWERCUT_LOOK_PRIVATE_H

#include "look.h"

/* The first one counts. */
void pc__damage(struct pc_seen *s, const char *what, const char *text);
struct pc_seen_writer *pc__add_writer(struct pc_seen *s);
struct pc_seen_entry *pc__add_entry(struct pc_seen *s);
void pc__add_photo(struct pc_seen *s, const uint8_t sha256[JX_HASH_BYTES]);
void pc__add_good_photo(struct pc_seen *s, const uint8_t sha256[JX_HASH_BYTES]);
bool pc__is_photo_good(const struct pc_host *h, const char *folder, const uint8_t sha256[JX_HASH_BYTES]);

#endif
