/*
 * The band: lines of text on the left, the QR code on the right. Sizes are of a picture 1600 wide, looked at 360 points wide on a
 * telephone and 148 mm wide on paper (A6): small letters are 9 points high there, a module of the QR code 0.7 mm.
 */
#include <stdlib.h>
#include <string.h>

#include <cairo.h>
#include <pango/pangocairo.h>

#include "program.h"

#define WHERE "media.stamp"

#define MARGIN    32
#define TITLE_PX  72
#define LINE_PX   43
#define LINE_GAP  4
#define MODULE_PX 8
#define QUIET     4 /* modules of white around a QR code (ISO/IEC 18004) */
#define NOTE_PX   30
#define FONT      "Noto Sans CJK SC, WenQuanYi Micro Hei, WenQuanYi Zen Hei, sans-serif"

struct canvas {
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoLayout *layout;
	PangoFontDescription *font;
	uint8_t *modules;
	uint32_t side;
};

static void free_canvas(struct canvas *c)
{
	if (c->font != NULL)
		pango_font_description_free(c->font);
	if (c->layout != NULL)
		g_object_unref(c->layout);
	if (c->cr != NULL)
		cairo_destroy(c->cr);
	if (c->surface != NULL)
		cairo_surface_destroy(c->surface);
	free(c->modules);
}

static int qr_px(const struct canvas *c)
{
	return (int)((c->side + 2 * QUIET) * MODULE_PX);
}

static jx_rc begin(struct canvas *c, struct jx_error *err)
{
	c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, JX_STAMP_WIDTH, JX_STAMP_BAND_MAX);
	c->cr = cairo_create(c->surface);
	if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS)
		return jx_fail(err, JX_ENOMEM, (int)cairo_status(c->cr), WHERE,
			       "there is no memory to draw a stamp: close what runs beside this");
	cairo_set_source_rgb(c->cr, 1, 1, 1);
	cairo_paint(c->cr);
	c->layout = pango_cairo_create_layout(c->cr);
	c->font = pango_font_description_from_string(FONT);
	/* Chinese forms of characters that Japanese writes otherwise */
	pango_context_set_language(pango_layout_get_context(c->layout), pango_language_from_string("zh-cn"));
	return JX_OK;
}

/* Draw text at y, broken where it does not fit, and return where the next may begin. */
static int put(struct canvas *c, const char *text, int px, bool is_bold, double grey, int y)
{
	const int width = JX_STAMP_WIDTH - 3 * MARGIN - qr_px(c);
	int height = 0;

	pango_font_description_set_absolute_size(c->font, (double)px * PANGO_SCALE);
	pango_font_description_set_weight(c->font, is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(c->layout, c->font);
	pango_layout_set_width(c->layout, width * PANGO_SCALE);
	pango_layout_set_wrap(c->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_height(c->layout, -2); /* two lines, then an ellipsis */
	pango_layout_set_ellipsize(c->layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_text(c->layout, text, -1);
	cairo_set_source_rgb(c->cr, grey, grey, grey);
	cairo_move_to(c->cr, MARGIN, y);
	pango_cairo_show_layout(c->cr, c->layout);
	pango_layout_get_pixel_size(c->layout, NULL, &height);
	return y + height + LINE_GAP;
}

static int put_texts(struct canvas *c, const struct jx_stamp *s)
{
	int y = put(c, s->title, TITLE_PX, true, 0, MARGIN - LINE_GAP);

	for (size_t i = 0; i < s->line_count; i++)
		y = put(c, s->lines[i], LINE_PX, false, 0.1, y);
	return put(
		c,
		_("Copy with a stamp, no evidence: the untouched original is. Checked with: jx verify --stamp"),
		NOTE_PX, false, 0.4, y);
}

static int put_qr(struct canvas *c)
{
	const int left = JX_STAMP_WIDTH - MARGIN - qr_px(c) + QUIET * MODULE_PX;
	const int top = MARGIN;

	cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
	cairo_set_source_rgb(c->cr, 0, 0, 0);
	for (uint32_t i = 0; i < c->side * c->side; i++)
		if (c->modules[i] != 0)
			cairo_rectangle(c->cr, left + (int)(i % c->side) * MODULE_PX,
					top + (int)(i / c->side) * MODULE_PX, MODULE_PX, MODULE_PX);
	cairo_fill(c->cr);
	return top + (int)c->side * MODULE_PX + QUIET * MODULE_PX;
}

/* Cairo's pixels are native words 0x00RRGGBB. */
static uint8_t *read_pixels(const struct canvas *c, uint32_t height)
{
	const unsigned char *data = cairo_image_surface_get_data(c->surface);
	const size_t stride = (size_t)cairo_image_surface_get_stride(c->surface);
	uint8_t *rgb = jx_xcalloc(height, (size_t)3 * JX_STAMP_WIDTH), *out = rgb;

	for (uint32_t y = 0; y < height; y++)
		for (size_t x = 0; x < JX_STAMP_WIDTH; x++) {
			uint32_t pixel;

			memcpy(&pixel, data + y * stride + 4 * x, sizeof(pixel));
			*out++ = (uint8_t)(pixel >> 16);
			*out++ = (uint8_t)(pixel >> 8);
			*out++ = (uint8_t)pixel;
		}
	return rgb;
}

jx_rc jx_picture__draw(const struct jx_stamp *stamp, uint8_t **rgb_out, uint32_t *height_out,
		       struct jx_error *err)
{
	JX_CLEANUP(free_canvas) struct canvas c = {0};
	int text_end, code_end, height;
	jx_rc rc = jx_picture__qr(stamp->code, &c.modules, &c.side, err);

	if (rc == JX_OK)
		rc = begin(&c, err);
	if (rc != JX_OK)
		return rc;
	text_end = put_texts(&c, stamp);
	code_end = put_qr(&c);
	height = (text_end > code_end ? text_end : code_end) + MARGIN - LINE_GAP;
	if (height > JX_STAMP_BAND_MAX)
		height = JX_STAMP_BAND_MAX;
	cairo_surface_flush(c.surface);
	*rgb_out = read_pixels(&c, (uint32_t)height);
	*height_out = (uint32_t)height;
	return JX_OK;
}
