/* A real JPEG of exactly so many bytes, each different: a tiny picture with comment segments of random bytes. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <jpeglib.h>

#define SEGMENT_MAX 65000 /* of the 65,533 a JPEG segment can hold */

static unsigned char *tiny(unsigned long *len)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr e;
	unsigned char *out = NULL;
	JSAMPLE line[16] = {0};
	JSAMPROW rows[1] = {line};

	memset(&c, 0, sizeof(c));
	*len = 0;
	c.err = jpeg_std_error(&e);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, len);
	c.image_width = c.image_height = 16;
	c.input_components = 1;
	c.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&c);
	jpeg_start_compress(&c, TRUE);
	for (int k = 0; k < 16; k++)
		(void)jpeg_write_scanlines(&c, rows, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return out;
}

void bench_photo(uint8_t *out, size_t size)
{
	unsigned long len;
	unsigned char *picture = tiny(&len);
	size_t at = 2, left;

	if (picture == NULL || size < len + 16)
		bench_die("photo", "too small");
	memcpy(out, picture, 2); /* SOI */
	left = size - len;
	while (left > 0) {
		size_t n = left - 4 < SEGMENT_MAX ? left - 4 : SEGMENT_MAX;

		if (left - 4 - n > 0 && left - 4 - n < 8)
			n -= 8; /* what is left must hold a segment's own head */
		out[at] = 0xFF;
		out[at + 1] = 0xFE; /* COM; its length counts itself */
		out[at + 2] = (uint8_t)((n + 2) >> 8);
		out[at + 3] = (uint8_t)(n + 2);
		for (size_t k = 0; k < n; k += 256)
			if (getrandom(out + at + 4 + k, n - k < 256 ? n - k : 256, 0) < 0)
				bench_die("photo", "no random bytes");
		at += 4 + n;
		left -= 4 + n;
	}
	memcpy(out + at, picture + 2, len - 2);
	free(picture);
}
