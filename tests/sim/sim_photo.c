/* Small real JPEG files that differ: one tiny picture, with a comment segment of random bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "sim_world.h"

#define COMMENT_MAX 2400

/* 8 x 8 grey pixels as JPEG, in new memory. */
static uint8_t *tiny_jpeg(size_t *len_out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr e;
	unsigned char *out = NULL;
	unsigned long len = 0;
	JSAMPLE line[8] = {10, 40, 70, 100, 130, 160, 190, 220};
	JSAMPROW rows[1] = {line};

	memset(&c, 0, sizeof(c));
	c.err = jpeg_std_error(&e);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, &len);
	c.image_width = c.image_height = 8;
	c.input_components = 1;
	c.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&c);
	jpeg_start_compress(&c, TRUE);
	for (int k = 0; k < 8; k++)
		(void)jpeg_write_scanlines(&c, rows, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	*len_out = len;
	return out;
}

void sim_photo_init(struct sim_world *w)
{
	w->jpeg = tiny_jpeg(&w->jpeg_len);
}

size_t sim_photo_make(struct sim_world *w, uint8_t *out, size_t cap)
{
	size_t comment = 16 + (size_t)sim_below(&w->rng, COMMENT_MAX - 16), len = w->jpeg_len + 4 + comment;

	if (len > cap)
		return 0;
	memcpy(out, w->jpeg, 2); /* SOI */
	out[2] = 0xFF;
	out[3] = 0xFE; /* COM; its length counts itself */
	out[4] = (uint8_t)((comment + 2) >> 8);
	out[5] = (uint8_t)(comment + 2);
	for (size_t k = 0; k < comment; k++)
		out[6 + k] = (uint8_t)sim_next(&w->rng);
	memcpy(out + 6 + comment, w->jpeg + 2, w->jpeg_len - 2);
	return len;
}
