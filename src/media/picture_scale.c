/* Area average in whole numbers: exact, the same on every machine, and a row at a time. */
#include <stdlib.h>
#include <string.h>

#include "picture_private.h"

void jx_picture__scaler_init(struct jx_picture__scaler *s, uint32_t from_width, uint32_t from_height,
			     uint32_t to_width, uint32_t to_height)
{
	*s = (struct jx_picture__scaler){.from_width = from_width,
					 .from_height = from_height,
					 .to_width = to_width,
					 .to_height = to_height};
	s->sums = jx_xcalloc(to_width, 3 * sizeof(*s->sums));
	s->line = jx_xcalloc(to_width, 3);
	s->out = jx_xcalloc(to_width, (size_t)3 * to_height);
}

void jx_picture__scaler_done(struct jx_picture__scaler *s)
{
	free(s->sums);
	free(s->line);
	free(s->out);
	*s = (struct jx_picture__scaler){0};
}

/* Sums stay below 255 x 65,500 (a JPEG's longest side), so 32 bits hold them. */
static void scale_line(struct jx_picture__scaler *s, const uint8_t *rgb)
{
	const uint32_t whole = s->from_width > 0 ? s->from_width : 1;
	uint8_t *out = s->line;
	uint32_t left = s->to_width; /* parts of this source pixel that are still to be given away */

	for (uint32_t x = 0; x < s->to_width; x++) {
		uint32_t sum[3] = {whole / 2, whole / 2, whole / 2};
		uint32_t need = whole;

		while (need > 0) {
			const uint32_t take = need < left ? need : left;

			for (int c = 0; c < 3; c++)
				sum[c] += take * rgb[c];
			need -= take;
			left -= take;
			if (left == 0) {
				rgb += 3;
				left = s->to_width;
			}
		}
		for (int c = 0; c < 3; c++)
			*out++ = (uint8_t)(sum[c] / whole);
	}
}

static void end_row(struct jx_picture__scaler *s)
{
	const size_t width = (size_t)3 * s->to_width;
	uint8_t *out = s->out + width * s->row;

	for (size_t i = 0; i < width; i++)
		out[i] = (uint8_t)((s->sums[i] + s->from_height / 2) / s->from_height);
	memset(s->sums, 0, width * sizeof(*s->sums));
	s->filled = 0;
	s->row++;
}

void jx_picture__scaler_add(struct jx_picture__scaler *s, const uint8_t *rgb)
{
	const uint8_t *line = rgb;
	uint32_t left = s->to_height;

	if (s->from_width != s->to_width) {
		scale_line(s, rgb);
		line = s->line;
	}
	while (left > 0 && s->row < s->to_height) {
		const uint32_t need = s->from_height - s->filled;
		const uint32_t take = need < left ? need : left;

		for (size_t i = 0; i < (size_t)3 * s->to_width; i++)
			s->sums[i] += take * line[i];
		s->filled += take;
		left -= take;
		if (s->filled == s->from_height)
			end_row(s);
	}
}
