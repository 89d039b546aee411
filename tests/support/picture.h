/* picture.h - small real JPEG files for tests, each seed another one. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A whole JPEG in new memory.
 * @param exif_time    "2026:09:01 17:42:03" as DateTimeOriginal, or NULL for no Exif block
 * @param exif_offset  "+08:00" as OffsetTimeOriginal, or NULL
 */
uint8_t *picture_make(unsigned seed, bool is_progressive, const char *exif_time, const char *exif_offset,
		      size_t *len_out);

#endif
