/* private.h - between the files of this room. */
#ifndef HANDHELD_PRIVATE_H
#define HANDHELD_PRIVATE_H

#include "jiexun/handheld.h"

/* The first entry of a log that goes on, where an enrolment was cut off before it. Needs the recorder. */
jx_rc jx_handheld__continue_log(struct jx_handheld *h, struct jx_error *err);

/* people.c on any clock */
struct jx_handheld__world {
	const struct jx_fs *fs;
	const struct jx_clock *clock;
	const struct jx_rand *rand;
	const char *dir;
};
jx_rc jx_handheld__each_person(const struct jx_handheld__world *w,
			       jx_rc (*fn)(void *user, const struct jx_person *person), void *user,
			       struct jx_error *err);
/* Is the PIN right, or none needed? A wrong one is on the disk before it is said to be wrong. */
jx_rc jx_handheld__check_pin(const struct jx_handheld__world *w, const char *id, const char *pin,
			     struct jx_error *err);
jx_rc jx_handheld__set_pin(const struct jx_handheld__world *w, const char *id, const char *old_pin,
			   const char *pin, struct jx_error *err);
/* To the top of the list. */
jx_rc jx_handheld__remember(const struct jx_handheld__world *w, const char *id, const char *name,
			    struct jx_error *err);

/** What begins so in a draft is no field but an option of the entry. */
#define JX_FILL__OPTION '@'
void jx_fill__keep_option(struct jx_fill *fill, const char *name, const char *value);

#endif
