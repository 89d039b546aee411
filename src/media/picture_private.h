/* What the files around libjpeg share: one picture on its way from reader to writer. */
#ifndef JX_MEDIA_PICTURE_PRIVATE_H
#define JX_MEDIA_PICTURE_PRIVATE_H

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "media_private.h"

/* A profile of a camera has 0.5 to 4 KiB; with tables for printers a megabyte. What is longer is left out of the copy. */
#define JX_PICTURE__PROFILE_MAX       ((size_t)1024 * 1024)
#define JX_PICTURE__SMALL_PROFILE_MAX ((size_t)8 * 1024)
#define JX_PICTURE__CHUNK_BYTES       ((size_t)16 * 1024)

/* libjpeg's default error handler ends the process, so it gets one that jumps back to where the work began. */
struct jx_picture__errors {
	struct jpeg_error_mgr base; /* first: libjpeg hands this back */
	jmp_buf back;
	int code; /* message code, JERR_... */
	enum jx_copy_fault fault;
	uint32_t fault_row; /* output row at which the picture's data ended too early */
};
void jx_picture__errors_init(struct jx_picture__errors *e);

/* Bytes in; base first for the same reason. */
struct jx_picture__source {
	struct jpeg_source_mgr base;
	const struct jx_picture_in *in;
	bool is_at_end;
	jx_rc rc; /* of in->read */
	struct jx_error *err;
	uint8_t chunk[JX_PICTURE__CHUNK_BYTES];
};
void jx_picture__source_init(struct jx_picture__source *s, const struct jx_picture_in *in,
			     struct jx_error *err);

/* What the markers before the picture say. */
struct jx_picture__marks {
	int orientation; /* 1..8 */
	bool has_exif;
	jx_buf profile;
	int profile_next, profile_count; /* chunks come in order, 1.. */
	bool is_profile_bad;
};
/* Have libjpeg call us for APP1 and APP2; client_data must be the marks. */
void jx_picture__watch_marks(j_decompress_ptr cinfo);
/* The profile may go into a copy of three colours: whole, and for RGB. */
bool jx_picture__is_profile_good(const struct jx_picture__marks *m);
/* Orientation of an Exif block ("Exif\0\0" and a TIFF), 1 if it does not say or makes no sense. */
int jx_picture__orientation(const uint8_t *exif, size_t len);

/* Area average: each source pixel has `to` parts, each pixel made has `from`. One algorithm for smaller and larger. */
struct jx_picture__scaler {
	uint32_t from_width, from_height, to_width, to_height;
	uint32_t *sums; /* 3 * to_width, of the row in the making */
	uint8_t *line;  /* 3 * to_width: a source row, made as wide as it shall be */
	uint32_t filled;
	uint32_t row; /* rows made */
	uint8_t *out; /* 3 * to_width * to_height */
};
void jx_picture__scaler_init(struct jx_picture__scaler *s, uint32_t from_width, uint32_t from_height,
			     uint32_t to_width, uint32_t to_height);
void jx_picture__scaler_done(struct jx_picture__scaler *s);
void jx_picture__scaler_add(struct jx_picture__scaler *s, const uint8_t *rgb);

/* What is to be written: the scaled pixels as they were stored, turned while they are read. */
struct jx_picture__page {
	const uint8_t *rgb;
	uint32_t width, height; /* as stored */
	int orientation;
	uint32_t page_width; /* as written: wider than the upright picture, it stands in the middle */
	const struct jx_picture_band *band;
	const jx_buf *profile; /* NULL none */
	enum jx_copy_fault fault;
	int quality;
	bool is_sharp; /* colours at full resolution: letters and QR code */
};
/* JX_ENOMEM, JX_ELIMIT: as out says. */
jx_rc jx_picture__write(const struct jx_picture__page *page, jx_buf *out, struct jx_error *err);

#endif
