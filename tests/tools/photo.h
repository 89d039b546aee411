/*
 * photo.h - inside jx-photo: a picture as a phone would leave it.
 */
#ifndef JX_TOOLS_PHOTO_H
#define JX_TOOLS_PHOTO_H

#include "jiexun/base.h"

struct photo {
	int64_t seed;
	int64_t width, height; /* pixels as stored */
	int64_t bytes;         /* about so many; 0: as quality gives */
	int64_t quality;       /* 1..100 */
	int64_t utc_ms;
	int64_t utc_offset_min;
	bool has_place;
	int64_t lat_wgs84_e7, lon_wgs84_e7;
	int64_t orientation; /* EXIF 1..8 */
	const char *make, *model;
	bool no_exif;
};

/** EXIF block with its "Exif\0\0" head, for one APP1 segment. */
void photo_make_exif(const struct photo *p, jx_buf *out);
/** Seeded picture: width x height x 3 bytes, row by row. */
void photo_paint(const struct photo *p, uint8_t *rgb);
/** JPEG with the EXIF block right after SOI. */
void photo_encode(const struct photo *p, const uint8_t *rgb, int quality, const jx_buf *exif, jx_buf *out);

#endif
