/* Can libjpeg read the header? Its default error handler ends the process, so it is given one that jumps back. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include "media_private.h"

#define WHERE "media.jpeg"

/* More than any camera, and what width x height of pixels may come to in memory of those who decode it later. */
#define SIDE_MAX   30000
#define PIXELS_MAX (INT64_C(200) * 1000 * 1000)

struct reader {
	struct jpeg_source_mgr base; /* first: libjpeg hands this back */
	const struct jx_fs *fs;
	jx_file *file;
	int64_t offset_bytes;
	jx_rc rc;
	struct jx_error *err;
	uint8_t chunk[4096];
};

struct errors {
	struct jpeg_error_mgr base;
	jmp_buf back;
};

static void on_error(j_common_ptr cinfo)
{
	struct errors *e = (struct errors *)(void *)cinfo->err;

	longjmp(e->back, 1);
}

/* A library prints nothing; warnings about a picture do not matter here. */
static void on_message(j_common_ptr cinfo)
{
	(void)cinfo;
}

static void begin_source(j_decompress_ptr cinfo)
{
	(void)cinfo;
}

static boolean fill(j_decompress_ptr cinfo)
{
	struct reader *r = (struct reader *)(void *)cinfo->src;
	size_t got = 0;

	r->rc = r->fs->read_at(r->fs->user, r->file, r->offset_bytes, r->chunk, sizeof(r->chunk), &got,
			       r->err);
	if (r->rc != JX_OK || got == 0)
		on_error((j_common_ptr)cinfo);
	r->offset_bytes += (int64_t)got;
	r->base.next_input_byte = r->chunk;
	r->base.bytes_in_buffer = got;
	return TRUE;
}

static void skip(j_decompress_ptr cinfo, long count)
{
	struct reader *r = (struct reader *)(void *)cinfo->src;
	const size_t n = count > 0 ? (size_t)count : 0;

	if (n <= r->base.bytes_in_buffer) {
		r->base.next_input_byte += n;
		r->base.bytes_in_buffer -= n;
		return;
	}
	r->offset_bytes += (int64_t)(n - r->base.bytes_in_buffer);
	r->base.bytes_in_buffer = 0;
}

static bool are_sides_good(const struct jpeg_decompress_struct *cinfo)
{
	return cinfo->image_width > 0 && cinfo->image_height > 0 && cinfo->image_width <= SIDE_MAX &&
	       cinfo->image_height <= SIDE_MAX &&
	       (int64_t)cinfo->image_width * (int64_t)cinfo->image_height <= PIXELS_MAX;
}

/* Alone in its function: nothing here is changed between setjmp and longjmp but through pointers. */
static bool read_header(struct reader *r)
{
	struct jpeg_decompress_struct cinfo;
	struct errors errors;
	volatile bool is_good = false;

	memset(&cinfo, 0, sizeof(cinfo));
	cinfo.err = jpeg_std_error(&errors.base);
	errors.base.error_exit = on_error;
	errors.base.output_message = on_message;
	if (setjmp(errors.back) == 0) {
		jpeg_create_decompress(&cinfo);
		cinfo.src = &r->base;
		is_good = jpeg_read_header(&cinfo, TRUE) == JPEG_HEADER_OK && are_sides_good(&cinfo);
	}
	jpeg_destroy_decompress(&cinfo);
	return is_good;
}

jx_rc jx_media__check_header(const struct jx_fs *fs, jx_file *f, const char *name, struct jx_error *err)
{
	struct reader r = {.fs = fs, .file = f, .err = err};

	r.base.init_source = begin_source;
	r.base.fill_input_buffer = fill;
	r.base.skip_input_data = skip;
	r.base.resync_to_restart = jpeg_resync_to_restart;
	r.base.term_source = begin_source;
	if (read_header(&r))
		return JX_OK;
	if (r.rc != JX_OK)
		return r.rc;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "photo %s is a damaged JPEG, its header cannot be read: take it again", name);
}
