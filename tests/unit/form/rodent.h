/* The pack rodent.json, and changes of it. */
#ifndef RODENT_H
#define RODENT_H

#include "jiexun/form.h"
#include "jx_test.h"

#define RODENT_FORM "rodent-test.indoor"
#define RODENT_DAY  "2026-09-01"

/* Loaded; the caller frees. */
jx_pack *rodent_pack(void);
/* Its text with the first `from` replaced; the caller frees. */
char *rodent_with(const char *from, const char *to);
jx_pack *rodent_pack_with(const char *from, const char *to);

#endif
