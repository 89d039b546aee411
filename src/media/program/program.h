/* Inside jx-picture. */
#ifndef JX_PICTURE_PROGRAM_H
#define JX_PICTURE_PROGRAM_H

#include "media_private.h"

/* The band below a stamped copy, drawn before any picture is read. JX_STAMP_WIDTH wide, in new memory. */
jx_rc jx_picture__draw(const struct jx_stamp *stamp, uint8_t **rgb_out, uint32_t *height_out,
		       struct jx_error *err);

/* Black and white modules of a QR code, side x side bytes of 0 and 1 in new memory. */
jx_rc jx_picture__qr(const char *text, uint8_t **modules_out, uint32_t *side_out, struct jx_error *err);

/*
 * From here on: no file, socket, process or program can be opened; memory, processor time and descriptors are counted. Reading
 * what is open, writing, memory and the end are all that is left; any other call ends the process.
 */
jx_rc jx_picture__lock_in(int64_t memory_max_bytes, int64_t seconds, struct jx_error *err);

#endif
