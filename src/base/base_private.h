/* What the files of this room share. */
#ifndef JX_BASE_PRIVATE_H
#define JX_BASE_PRIVATE_H

#include <endian.h>
#include <string.h>

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

/*
 * Eight bytes of a JSON string at once: which are a control character, a quote or a backslash, or, where no_utf8 asks for it, part of a
 * longer character? Each test leaves the highest bit of such a byte, and may leave it of a byte behind one: so the first is right, and
 * that there is none.
 */
static inline uint64_t jx_base__specials(const void *s, bool no_utf8)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t w, quote, backslash, found;

	memcpy(&w, s, sizeof(w));
	w = le64toh(w);
	quote = w ^ ones * '"';
	backslash = w ^ ones * '\\';
	found = ((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
	return (no_utf8 ? found | w : found) & ones * 0x80;
}

static inline bool jx_base__has_special(const void *s, bool no_utf8)
{
	return jx_base__specials(s, no_utf8) != 0;
}

#endif
