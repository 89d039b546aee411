#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "photo.h"
#include "seeded.h"

#define SHAPES 24

struct shape {
	int32_t x, y, half_width, half_height;
	uint8_t rgb[3];
	bool is_round;
};

static void draw_shape(const struct photo *p, const struct shape *s, uint8_t *rgb)
{
	int32_t x, y;

	for (y = s->y - s->half_height; y <= s->y + s->half_height; y++) {
		for (x = s->x - s->half_width; x <= s->x + s->half_width; x++) {
			int64_t dx = (int64_t)(x - s->x) * s->half_height;
			int64_t dy = (int64_t)(y - s->y) * s->half_width;
			int64_t edge = (int64_t)s->half_width * s->half_height;

			if (x < 0 || y < 0 || x >= p->width || y >= p->height ||
			    (s->is_round && dx * dx + dy * dy > edge * edge))
				continue;
			memcpy(rgb + ((size_t)y * (size_t)p->width + (size_t)x) * 3, s->rgb, 3);
		}
	}
}

/* Sky above, ground below, both with a slope from left to right so that no two seeds look alike. */
static void draw_ground(const struct photo *p, struct seeded *r, uint8_t *rgb)
{
	int32_t horizon = (int32_t)(p->height / 4 + seeded_below(r, (uint32_t)p->height / 2));
	int32_t tint[2][3];
	int32_t i, x, y, c;

	for (i = 0; i < 6; i++)
		tint[i / 3][i % 3] = 60 + (int32_t)seeded_below(r, 140);
	for (y = 0; y < p->height; y++) {
		for (x = 0; x < p->width; x++) {
			for (c = 0; c < 3; c++)
				*rgb++ = (uint8_t)(tint[y > horizon][c] + (int32_t)(x * 40 / p->width));
		}
	}
}

/* Noise of a small sensor: it is what gives a photo its bytes. */
static void add_noise(const struct photo *p, struct seeded *r, uint8_t *rgb)
{
	size_t count = (size_t)p->width * (size_t)p->height * 3;
	uint64_t bits = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int value;

		if (i % 12 == 0)
			bits = seeded_u64(r);
		value = rgb[i] + (int)(bits & 31) - 16;
		bits >>= 5;
		rgb[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
	}
}

void photo_paint(const struct photo *p, uint8_t *rgb)
{
	struct seeded r = {(uint64_t)p->seed};
	int i, c;

	draw_ground(p, &r, rgb);
	for (i = 0; i < SHAPES; i++) {
		struct shape s = {.x = (int32_t)seeded_below(&r, (uint32_t)p->width),
				  .y = (int32_t)seeded_below(&r, (uint32_t)p->height),
				  .half_width = 1 + (int32_t)seeded_below(&r, (uint32_t)p->width / 8 + 1),
				  .half_height = 1 + (int32_t)seeded_below(&r, (uint32_t)p->height / 8 + 1),
				  .is_round = seeded_below(&r, 2) == 1};

		for (c = 0; c < 3; c++)
			s.rgb[c] = (uint8_t)seeded_below(&r, 256);
		draw_shape(p, &s, rgb);
	}
	add_noise(p, &r, rgb);
}

/* The library's default error exit is right here: it prints and ends the program. */
void photo_encode(const struct photo *p, const uint8_t *rgb, int quality, const jx_buf *exif, jx_buf *out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	JX_AUTO_FREE uint8_t *row = jx_xcalloc((size_t)p->width, 3);
	unsigned char *bytes = NULL;
	unsigned long len = 0;

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &bytes, &len);
	c.image_width = (JDIMENSION)p->width;
	c.image_height = (JDIMENSION)p->height;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, quality, TRUE);
	/* EXIF and JFIF both want to be first; cameras leave JFIF out. */
	c.write_JFIF_header = exif->len == 0;
	jpeg_start_compress(&c, TRUE);
	if (exif->len > 0)
		jpeg_write_marker(&c, JPEG_APP0 + 1, (const JOCTET *)exif->data, (unsigned int)exif->len);
	while (c.next_scanline < c.image_height) {
		JSAMPROW rows[1] = {row};

		memcpy(row, rgb + (size_t)c.next_scanline * (size_t)p->width * 3, (size_t)p->width * 3);
		(void)jpeg_write_scanlines(&c, rows, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	jx_buf_reset(out);
	jx_buf_add(out, bytes, len);
	free(bytes);
}
