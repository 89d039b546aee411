/* office.h - a pulled folder whose lines are changed in place. */
#ifndef EVIDENCE_OFFICE_H
#define EVIDENCE_OFFICE_H

#include "../unit/office/town.h"
#include "evidence.h"

struct office_folder {
	struct evidence *e;
	const char *part;
	struct town t;
	char *dir;
	struct jx_office__trust trust; /* the public key alone: nothing of the folder's own word is used */
};

/** A town with one field writer and count entries, a photo and its receipt in every second one. */
void office_init(struct office_folder *f, struct evidence *e, const char *part, int64_t count);
void office_done(struct office_folder *f);
/** Verify; what: the change that must be found. line 0: anywhere, else the message must name this line (from 1). */
void office_look(struct office_folder *f, const char *what, size_t line);
/** It must be good. */
void office_look_untouched(struct office_folder *f, int64_t entries);
bool office_is(const struct office_folder *f, size_t i, const char *kind);

#endif
