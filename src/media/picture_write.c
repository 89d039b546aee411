/* The copy's JPEG: pixels turned upright as they are read, a minimal Exif, the profile, the band below. */
#include <stdlib.h>
#include <string.h>

#include "picture_private.h"

#define WHERE "media.copy"

/* Bytes out. */
struct sink {
	struct jpeg_destination_mgr base; /* first: libjpeg hands this back */
	jx_buf *out;
	uint8_t chunk[JX_PICTURE__CHUNK_BYTES];
};

struct writer {
	struct jpeg_compress_struct cinfo;
	struct jx_picture__errors errors;
	struct sink sink;
	const struct jx_picture__page *page;
	uint8_t *row;
};

/* What a copy says of an original that is not whole. Of one length, after its marker and that. */
static const char cut_comment[] = "jiexun: picture cut off";
static const char damaged_comment[] = "jiexun: picture damaged";
_Static_assert(sizeof(cut_comment) == sizeof(damaged_comment), "one length for both");

/* "Exif", big-endian TIFF, one directory of one entry: orientation (0112), SHORT, 1, upright. */
static const uint8_t upright_exif[] = {'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 0x2a, 0, 0, 0, 8, 0, 1,
				       0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, 1,    0, 0, 0, 0, 0, 0};

static void begin_sink(j_compress_ptr cinfo)
{
	struct sink *s = (struct sink *)(void *)cinfo->dest;

	s->base.next_output_byte = s->chunk;
	s->base.free_in_buffer = sizeof(s->chunk);
}

static boolean flush(j_compress_ptr cinfo)
{
	struct sink *s = (struct sink *)(void *)cinfo->dest;

	jx_buf_add(s->out, s->chunk, sizeof(s->chunk));
	if (s->out->rc != JX_OK)
		cinfo->err->error_exit((j_common_ptr)cinfo);
	begin_sink(cinfo);
	return TRUE;
}

static void end_sink(j_compress_ptr cinfo)
{
	struct sink *s = (struct sink *)(void *)cinfo->dest;

	jx_buf_add(s->out, s->chunk, sizeof(s->chunk) - s->base.free_in_buffer);
}

static bool is_turned(const struct jx_picture__page *p)
{
	return p->orientation >= 5;
}

static uint32_t upright_width(const struct jx_picture__page *p)
{
	return is_turned(p) ? p->height : p->width;
}

static uint32_t upright_height(const struct jx_picture__page *p)
{
	return is_turned(p) ? p->width : p->height;
}

/*
 * Where the upright pixel (x, y) is stored. Orientation says what the first stored row and column are when looked at
 * (Exif 2.32, 4.6.4 A): 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top, 6 right top, 7 right bottom, 8 left bottom.
 */
static const uint8_t *pixel_at(const struct jx_picture__page *p, uint32_t x, uint32_t y)
{
	const uint32_t w = p->width - 1, h = p->height - 1;
	uint32_t sx, sy;

	switch (p->orientation) {
	case 2:
		sx = w - x, sy = y;
		break;
	case 3:
		sx = w - x, sy = h - y;
		break;
	case 4:
		sx = x, sy = h - y;
		break;
	case 5:
		sx = y, sy = x;
		break;
	case 6:
		sx = y, sy = h - x;
		break;
	case 7:
		sx = w - y, sy = h - x;
		break;
	case 8:
		sx = w - y, sy = x;
		break;
	default:
		sx = x, sy = y;
		break;
	}
	return p->rgb + 3 * ((size_t)sy * p->width + sx);
}

static void make_row(struct writer *w, uint32_t y)
{
	const struct jx_picture__page *p = w->page;
	const uint32_t width = upright_width(p);
	uint8_t *out = w->row + 3 * (size_t)((p->page_width - width) / 2);

	for (uint32_t x = 0; x < width; x++, out += 3)
		memcpy(out, pixel_at(p, x, y), 3);
}

static void begin(struct writer *w, uint32_t height)
{
	jpeg_create_compress(&w->cinfo);
	w->cinfo.dest = &w->sink.base;
	w->cinfo.image_width = w->page->page_width;
	w->cinfo.image_height = height;
	w->cinfo.input_components = 3;
	w->cinfo.in_color_space = JCS_RGB;
	jpeg_set_defaults(&w->cinfo);
	jpeg_set_quality(&w->cinfo, w->page->quality, TRUE);
	if (w->page->is_sharp)
		w->cinfo.comp_info[0].h_samp_factor = w->cinfo.comp_info[0].v_samp_factor = 1;
	w->cinfo.write_JFIF_header = FALSE; /* Exif stands in its place */
	jpeg_start_compress(&w->cinfo, TRUE);
	jpeg_write_marker(&w->cinfo, JPEG_APP0 + 1, upright_exif, sizeof(upright_exif));
	if (w->page->fault != JX_COPY_FAULT_NONE)
		jpeg_write_marker(
			&w->cinfo, JPEG_COM,
			(const JOCTET *)(w->page->fault == JX_COPY_FAULT_CUT ? cut_comment : damaged_comment),
			sizeof(cut_comment) - 1);
	if (w->page->profile != NULL)
		jpeg_write_icc_profile(&w->cinfo, (const JOCTET *)w->page->profile->data,
				       (unsigned)w->page->profile->len);
}

static void write_rows(struct writer *w)
{
	const struct jx_picture__page *p = w->page;
	const uint32_t height = upright_height(p);
	JSAMPROW row = w->row;

	begin(w, height + (p->band != NULL ? p->band->height : 0));
	for (uint32_t y = 0; y < height; y++) {
		make_row(w, y);
		(void)jpeg_write_scanlines(&w->cinfo, &row, 1);
	}
	for (uint32_t y = 0; p->band != NULL && y < p->band->height; y++) {
		memcpy(w->row, p->band->rgb + (size_t)3 * p->page_width * y, (size_t)3 * p->page_width);
		(void)jpeg_write_scanlines(&w->cinfo, &row, 1);
	}
	jpeg_finish_compress(&w->cinfo);
}

/* Alone in its function: nothing here is changed between setjmp and longjmp but through pointers. */
static bool write_all(struct writer *w)
{
	if (setjmp(w->errors.back) != 0)
		return false;
	write_rows(w);
	return true;
}

jx_rc jx_picture__write(const struct jx_picture__page *page, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_FREE struct writer *w = jx_xcalloc(1, sizeof(*w));
	JX_AUTO_FREE uint8_t *row = jx_xcalloc(page->page_width, 3);
	bool is_whole;

	memset(row, 0xff, (size_t)3 * page->page_width);
	w->page = page;
	w->row = row;
	w->sink.out = out;
	w->sink.base.init_destination = begin_sink;
	w->sink.base.empty_output_buffer = flush;
	w->sink.base.term_destination = end_sink;
	jx_picture__errors_init(&w->errors);
	w->cinfo.err = &w->errors.base;
	is_whole = write_all(w);
	jpeg_destroy_compress(&w->cinfo);
	if (out->rc == JX_OK && !is_whole)
		return jx_fail(err, JX_ENOMEM, 0, WHERE,
			       "there is no memory for the copy of a photo: close what runs beside this");
	return jx_buf_check(out, "copy", err);
}

/* A copy is our own: the comment stands right behind the minimal Exif. */
enum jx_copy_fault jx_copy_fault_of(const void *copy, size_t len)
{
	const size_t at = 2 + 4 + sizeof(upright_exif);
	const uint8_t *p = (const uint8_t *)copy + at;

	if (len < at + 4 + sizeof(cut_comment) - 1 || p[0] != 0xff || p[1] != JPEG_COM)
		return JX_COPY_FAULT_NONE;
	if (memcmp(p + 4, cut_comment, sizeof(cut_comment) - 1) == 0)
		return JX_COPY_FAULT_CUT;
	return memcmp(p + 4, damaged_comment, sizeof(damaged_comment) - 1) == 0 ? JX_COPY_FAULT_DAMAGED
										: JX_COPY_FAULT_NONE;
}

const char *jx_copy_fault_name(enum jx_copy_fault fault)
{
	return fault == JX_COPY_FAULT_CUT ? "cut" : fault == JX_COPY_FAULT_DAMAGED ? "damaged" : "";
}
