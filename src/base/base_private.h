/* What the files of this room share. */
#ifndef JX_BASE_PRIVATE_H
#define JX_BASE_PRIVATE_H

#include "jiexun/base.h"

/**
 * Length in bytes of the UTF-8 character at s, looking at no more than avail bytes.
 * @returns 1..4, or 0 if it is not one: overlong, surrogate, above U+10FFFF, cut off (RFC 3629)
 */
size_t jx_base__utf8_len(const unsigned char *s, size_t avail);

/** Value of a hex digit of either case, or -1. */
int jx_base__hex_value(unsigned char c);

/** Where going on would be worse: write this line to standard error and leave with status 71. No core, no cleanup. */
_Noreturn void jx_base__end(const char *line);
#define JX_BASE__NO_RANDOM "jiexun: the system gives no random bytes\n"

#endif
