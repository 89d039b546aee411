/* The golden messages of version 1: name of the file and how today's code writes it. */
#ifndef GOLDEN_WIRE_H
#define GOLDEN_WIRE_H

#include "jiexun/base.h"

struct golden_row {
	const char *file;
	void (*write)(jx_buf *out);
};
#define GOLDEN_ROWS        11
#define GOLDEN_PACKED_ROWS 9 /* of these, the first so many cross the wire packed, too */
extern const struct golden_row golden_rows[GOLDEN_ROWS];

#endif
