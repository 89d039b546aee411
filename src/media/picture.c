/* From an original's bytes to a copy's: decoded at the smallest eighth that is large enough, then averaged to size. */
#include <stdlib.h>
#include <string.h>

#include <jerror.h>

#include "picture_private.h"

#define WHERE "media.copy"

#define SMALL_SIDE   320
#define SCREEN_SIDE  1600
#define STAMP_HEIGHT 2134 /* 3:4 upright fills the width; what is taller stands in the middle */
#define PIXELS_MAX   (INT64_C(100) * 1000 * 1000)
#define MEMORY_MAX   (INT64_C(96) * 1024 * 1024)
#define SCANS_MAX    100

struct job {
	struct jpeg_decompress_struct cinfo;
	struct jx_picture__errors errors;
	struct jpeg_progress_mgr progress;
	struct jx_picture__source source;
	struct jx_picture__marks marks;
	struct jx_picture__scaler scaler;
	struct jx_picture_limits limits;
	const char *name;
	enum jx_copy_kind kind;
	uint8_t *row, *rgb;
	bool has_many_scans;
	jx_rc rc; /* why it was ended, where that was us */
	struct jx_error *err;
};

static void free_job(struct job **p)
{
	struct job *j = *p;

	jpeg_destroy_decompress(&j->cinfo);
	jx_picture__scaler_done(&j->scaler);
	jx_buf_done(&j->marks.profile);
	free(j->row);
	free(j->rgb);
	free(j);
}

__attribute__((noreturn)) static void give_up(struct job *j, jx_rc rc)
{
	j->rc = rc;
	longjmp(j->errors.back, 1);
}

/* Called at every row of blocks of every scan: thousands of scans over all pixels are how a small file takes an hour. */
static void on_progress(j_common_ptr cinfo)
{
	struct job *j = (struct job *)(void *)((char *)cinfo->progress - offsetof(struct job, progress));

	if (j->cinfo.input_scan_number > j->limits.scans_max)
		give_up(j,
			jx_fail(j->err, JX_ELIMIT, 0, WHERE,
				"photo %s has more than %d scans, which no camera writes: save it anew with another program",
				j->name, (int)j->limits.scans_max));
}

static void check_pixels(struct job *j)
{
	const int64_t pixels = (int64_t)j->cinfo.image_width * (int64_t)j->cinfo.image_height;

	if (pixels > j->limits.pixels_max)
		give_up(j,
			jx_fail(j->err, JX_ELIMIT, 0, WHERE,
				"photo %s has %u x %u pixels, %lld are allowed: no copy can be made, look at the original",
				j->name, j->cinfo.image_width, j->cinfo.image_height,
				(long long)j->limits.pixels_max));
}

static void choose_colours(struct job *j)
{
	switch ((int)j->cinfo.jpeg_color_space) {
	case JCS_GRAYSCALE:
	case JCS_RGB:
	case JCS_YCbCr:
		j->cinfo.out_color_space = JCS_RGB;
		return;
	case JCS_CMYK:
	case JCS_YCCK:
		j->cinfo.out_color_space = JCS_CMYK;
		return;
	default:
		give_up(j,
			jx_fail(j->err, JX_EINVAL, 0, WHERE,
				"photo %s has colours that cannot be shown: save it anew with another program",
				j->name));
	}
}

/* At least one pixel, at most what fits into the box; never larger than it was, but for a stamped copy. */
static void fit(uint32_t width, uint32_t height, uint32_t box_width, uint32_t box_height, bool may_grow,
		uint32_t *width_out, uint32_t *height_out)
{
	uint64_t w = box_width, h = ((uint64_t)height * box_width + width / 2) / width;

	if (h > box_height) {
		h = box_height;
		w = ((uint64_t)width * box_height + height / 2) / height;
	}
	if (!may_grow && (w > width || h > height)) {
		w = width;
		h = height;
	}
	*width_out = w == 0 ? 1 : (uint32_t)w;
	*height_out = h == 0 ? 1 : (uint32_t)h;
}

/* Size of the copy as the picture is stored, which may be lying on its side. */
static void choose_size(struct job *j, uint32_t *width_out, uint32_t *height_out)
{
	const bool is_turned = j->marks.orientation >= 5, is_stamped = j->kind == JX_COPY_STAMPED;
	const uint32_t side = j->kind == JX_COPY_SMALL ? SMALL_SIDE : SCREEN_SIDE;
	const uint32_t width = is_stamped ? JX_STAMP_WIDTH : side, height = is_stamped ? STAMP_HEIGHT : side;

	fit(j->cinfo.image_width, j->cinfo.image_height, is_turned ? height : width,
	    is_turned ? width : height, is_stamped, width_out, height_out);
}

/* The inverse transform gives any number of eighths at less than the cost of all of it. */
static void choose_eighths(struct job *j, uint32_t width, uint32_t height)
{
	j->cinfo.scale_denom = 8;
	for (j->cinfo.scale_num = 1; j->cinfo.scale_num < 8; j->cinfo.scale_num++) {
		jpeg_calc_output_dimensions(&j->cinfo);
		if (j->cinfo.output_width >= width && j->cinfo.output_height >= height)
			return;
	}
}

/*
 * Ink to light. Adobe's programs store CMYK turned round (255 is no ink) and say so by their marker; libjpeg gives both as stored.
 * Without a printer's profile this is the plain formula that viewers use.
 */
static const uint8_t *to_rgb(struct job *j)
{
	const bool is_inverted = j->cinfo.saw_Adobe_marker != FALSE;
	const uint8_t *in = j->row;
	uint8_t *out = j->rgb;

	if (j->cinfo.out_color_space == JCS_RGB)
		return j->row;
	for (uint32_t x = 0; x < j->cinfo.output_width; x++, in += 4)
		for (int c = 0; c < 3; c++) {
			const unsigned light = is_inverted ? in[c] : 255U - in[c];
			const unsigned rest = is_inverted ? in[3] : 255U - in[3];

			*out++ = (uint8_t)((light * rest + 127) / 255);
		}
	return j->rgb;
}

/*
 * Rows that the file has no bytes for: stripes, which nobody takes for a wall. The row of blocks in which it ended is shown as it came. A
 * picture of several scans has something everywhere, only coarse.
 */
static void stripe_missing(struct job *j, uint32_t y)
{
	const uint32_t blocks = (uint32_t)(j->cinfo.max_v_samp_factor * j->cinfo.min_DCT_scaled_size);
	const uint32_t wide = j->cinfo.output_width / 20 + 4;

	if (j->errors.fault != JX_COPY_FAULT_CUT || j->has_many_scans || y < j->errors.fault_row + blocks)
		return;
	for (uint32_t x = 0; x < j->cinfo.output_width; x++)
		memset(j->row + (size_t)x * (size_t)j->cinfo.output_components,
		       (x + y) / wide % 2 == 0 ? 0x00 : 0xff, (size_t)j->cinfo.output_components);
}

static void decode(struct job *j)
{
	uint32_t width, height;
	JSAMPROW row;

	jpeg_create_decompress(&j->cinfo);
	j->cinfo.client_data = &j->marks;
	j->cinfo.src = &j->source.base;
	j->cinfo.progress = &j->progress;
	j->cinfo.mem->max_memory_to_use = (long)j->limits.memory_max_bytes;
	jx_picture__watch_marks(&j->cinfo);
	(void)jpeg_read_header(&j->cinfo, TRUE);
	check_pixels(j);
	choose_colours(j);
	j->has_many_scans = jpeg_has_multiple_scans(&j->cinfo) != FALSE;
	choose_size(j, &width, &height);
	choose_eighths(j, width, height);
	(void)jpeg_start_decompress(&j->cinfo);
	jx_picture__scaler_init(&j->scaler, j->cinfo.output_width, j->cinfo.output_height, width, height);
	j->row = row = jx_xcalloc(j->cinfo.output_width, 4);
	j->rgb = jx_xcalloc(j->cinfo.output_width, 3);
	while (j->cinfo.output_scanline < j->cinfo.output_height) {
		const uint32_t y = j->cinfo.output_scanline;

		(void)jpeg_read_scanlines(&j->cinfo, &row, 1);
		stripe_missing(j, y);
		jx_picture__scaler_add(&j->scaler, to_rgb(j));
	}
	/* What stands behind the last row does not matter to a copy. */
	jpeg_abort_decompress(&j->cinfo);
}

/* Alone in its function: nothing here is changed between setjmp and longjmp but through pointers. */
static bool try_decode(struct job *j)
{
	if (setjmp(j->errors.back) != 0)
		return false;
	decode(j);
	return true;
}

static jx_rc explain(struct job *j)
{
	if (j->rc != JX_OK)
		return j->rc;
	if (j->source.rc != JX_OK)
		return j->source.rc;
	if (j->source.is_at_end)
		return jx_fail(j->err, JX_EINVAL, 0, WHERE,
			       "photo %s is cut off, its end is missing: fetch it again", j->name);
	if (j->errors.code == JERR_NO_SOI)
		return jx_fail(j->err, JX_EINVAL, 0, WHERE,
			       "photo %s is not a JPEG picture: take or choose another one", j->name);
	if (j->errors.code == JERR_NO_BACKING_STORE || j->errors.code == JERR_OUT_OF_MEMORY)
		return jx_fail(
			j->err, JX_ELIMIT, 0, WHERE,
			"photo %s is stored in a way that needs more than %lld MB of memory to show: look at the original",
			j->name, (long long)(j->limits.memory_max_bytes / 1000000));
	return jx_fail(j->err, JX_EINVAL, 0, WHERE,
		       "photo %s is damaged, or of a kind that no camera writes: look at the original",
		       j->name);
}

static jx_rc write_copy(struct job *j, const struct jx_picture_band *band, jx_buf *out)
{
	const size_t profile_max = j->kind == JX_COPY_SMALL ? JX_PICTURE__SMALL_PROFILE_MAX
							    : JX_PICTURE__PROFILE_MAX;
	const bool has_profile = j->cinfo.out_color_space == JCS_RGB &&
				 jx_picture__is_profile_good(&j->marks) &&
				 j->marks.profile.len <= profile_max;
	const struct jx_picture__page page = {
		.rgb = j->scaler.out,
		.width = j->scaler.to_width,
		.height = j->scaler.to_height,
		.orientation = j->marks.orientation,
		.page_width = j->kind == JX_COPY_STAMPED  ? JX_STAMP_WIDTH
			      : j->marks.orientation >= 5 ? j->scaler.to_height
							  : j->scaler.to_width,
		.band = band,
		.profile = has_profile ? &j->marks.profile : NULL,
		.quality = j->kind == JX_COPY_SMALL    ? 80
			   : j->kind == JX_COPY_SCREEN ? 85
						       : 90,
		.fault = j->errors.fault,
		.is_sharp = j->kind == JX_COPY_STAMPED,
	};
	JX_AUTO_BUF made;
	jx_rc rc;

	jx_buf_init(&made, out->max);
	rc = jx_picture__write(&page, &made, j->err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(out, made.data, made.len);
	return jx_buf_check(out, "copy", j->err);
}

jx_rc jx_picture_copy(const struct jx_picture_in *in, const char *name, enum jx_copy_kind kind,
		      const struct jx_picture_limits *limits, const struct jx_picture_band *band, jx_buf *out,
		      struct jx_error *err)
{
	JX_CLEANUP(free_job) struct job *j = jx_xcalloc(1, sizeof(*j));

	j->name = name;
	j->kind = kind;
	j->err = err;
	j->limits = limits != NULL ? *limits : (struct jx_picture_limits){0};
	j->limits.pixels_max = j->limits.pixels_max > 0 ? j->limits.pixels_max : PIXELS_MAX;
	j->limits.memory_max_bytes = j->limits.memory_max_bytes > 0 ? j->limits.memory_max_bytes : MEMORY_MAX;
	j->limits.scans_max = j->limits.scans_max > 0 ? j->limits.scans_max : SCANS_MAX;
	j->marks.orientation = 1;
	jx_buf_init(&j->marks.profile, JX_PICTURE__PROFILE_MAX);
	jx_picture__errors_init(&j->errors);
	jx_picture__source_init(&j->source, in, err);
	j->progress.progress_monitor = on_progress;
	j->cinfo.err = &j->errors.base;
	if ((kind == JX_COPY_STAMPED) != (band != NULL) || (band != NULL && band->height > JX_STAMP_BAND_MAX))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a stamped copy needs a stamp, and no other has one");
	if (!try_decode(j))
		return explain(j);
	return write_copy(j, band, out);
}
