/* facts_read.h - the desk's side of facts.h: reads, no widgets. */
#ifndef APP_FACTS_READ_H
#define APP_FACTS_READ_H

#include "facts.h"

/** Whatever fails leaves its part empty; what fails for all is out->err. */
void facts_read(struct jx_handheld *h, bool is_full, struct facts *out);
/** Carry over what only a full reading knows. */
void facts_keep_full(struct facts *to, const struct facts *from);
/** What is under way, by DIR/sync.now and the process it names. */
void facts_read_run(const char *dir, struct facts_run *out);

#endif
