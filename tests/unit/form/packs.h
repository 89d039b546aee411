/* Packs for the tests of this folder. */
#ifndef PACKS_H
#define PACKS_H

#include "jiexun/form.h"

/* The pack the program brings along; the caller frees. */
jx_pack *builtin_pack(void);
/* A small pack with everything a pack may have. */
extern const char small_pack[];
/* small_pack with one place changed; the caller frees. */
char *small_pack_with(const char *from, const char *to);

#endif
