#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define SIDE 48

static size_t put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
	return 2;
}

static size_t put32(uint8_t *at, unsigned v)
{
	(void)put16(at, v >> 16);
	(void)put16(at + 2, v & 0xffff);
	return 4;
}

/* Directory entry of a text that stands at an offset (or, up to 4 bytes, in the entry itself). */
static size_t put_entry(uint8_t *at, unsigned tag, unsigned type, unsigned count, unsigned value)
{
	(void)put16(at, tag);
	(void)put16(at + 2, type);
	(void)put32(at + 4, count);
	(void)put32(at + 8, value);
	return 12;
}

/* "Exif", a TIFF header, IFD0 with the pointer to the Exif IFD, and that with one or two texts (TIFF 6.0, Exif 2.31). */
static size_t put_exif(uint8_t *out, const char *time, const char *offset)
{
	static const uint8_t begin[] = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 0x2a};
	const unsigned entries = offset == NULL ? 1 : 2;
	const unsigned exif_at = 8 + 2 + 12 + 4;
	const unsigned texts_at = exif_at + 2 + 12 * entries + 4;
	uint8_t *tiff = out + 6, *p;

	memcpy(out, begin, sizeof(begin));
	(void)put32(tiff + 4, 8);
	p = tiff + 8;
	p += put16(p, 1);
	p += put_entry(p, 0x8769, 4, 1, exif_at);
	p += put32(p, 0);
	p += put16(p, entries);
	p += put_entry(p, 0x9003, 2, 20, texts_at);
	if (offset != NULL)
		p += put_entry(p, 0x9011, 2, 7, texts_at + 20);
	p += put32(p, 0);
	memset(p, 0, 27);
	memcpy(p, time, strnlen(time, 19));
	if (offset != NULL)
		memcpy(p + 20, offset, strnlen(offset, 6));
	return 6 + texts_at + (offset == NULL ? 20 : 27);
}

uint8_t *picture_make(unsigned seed, bool is_progressive, const char *exif_time, const char *exif_offset,
		      size_t *len_out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *data = NULL;
	unsigned long len = 0;
	JSAMPLE row[3 * SIDE];
	JSAMPROW rows[1] = {row};
	uint8_t exif[128];

	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &data, &len);
	c.image_width = SIDE;
	c.image_height = SIDE;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	if (is_progressive)
		jpeg_simple_progression(&c);
	c.restart_interval = seed % 3; /* some with restart markers in the data */
	jpeg_start_compress(&c, TRUE);
	if (exif_time != NULL)
		jpeg_write_marker(&c, JPEG_APP0 + 1, exif, (unsigned)put_exif(exif, exif_time, exif_offset));
	while (c.next_scanline < SIDE) {
		unsigned x;

		for (x = 0; x < 3 * SIDE; x++)
			row[x] = (JSAMPLE)(seed * 31 + x * 7 + c.next_scanline * 13);
		(void)jpeg_write_scanlines(&c, rows, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	*len_out = len;
	return data;
}
