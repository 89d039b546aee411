/* private.h - between the files of this room. */
#ifndef COMPOSE_PRIVATE_H
#define COMPOSE_PRIVATE_H

#include "jiexun/compose.h"

/** What of a composition is text: one row a member. */
struct compose_text {
	const char *path; /**< in the draft */
	size_t at, cap;
};
extern const struct compose_text jx_compose__texts[];
extern const size_t jx_compose__text_count;

/** One word of a line, cut to fit. */
void jx_compose__copy(char *out, size_t cap, const char *from, size_t len);
/** Full path of a file of DIR/drafts; free() it. */
char *jx_compose__path(const struct jx_handheld *h, const char *file);
/** Take pictures in that lie there under this id and that c does not list. */
jx_rc jx_compose__adopt(struct jx_handheld *h, struct jx_compose *c, struct jx_error *err);
/** Remove every picture of this id. What cannot be removed is swept later. */
void jx_compose__remove_photos(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES]);

#endif
