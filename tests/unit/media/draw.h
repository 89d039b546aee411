/* draw.h - pictures of every kind that a camera, a program or an enemy writes, for the tests of copies. */
#ifndef DRAW_H
#define DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum draw_colours {
	DRAW_YCC, /* as cameras do */
	DRAW_RGB,
	DRAW_GREY,
	DRAW_CMYK,
	DRAW_YCCK
};

struct draw {
	unsigned width, height;
	enum draw_colours colours;
	bool is_progressive;
	bool is_one_colour;   /* else four quarters: "RGBW" */
	const char *quarters; /* as stored: top left, top right, bottom left, bottom right; of R G B W */
	unsigned scans;       /* so many scans of the same data, a bomb where it is large; 0: as usual */
	const void *exif;     /* APP1 as it stands, with "Exif\0\0" */
	size_t exif_len;
	const void *icc;
	size_t icc_len;
};
/** A JPEG in new memory. */
uint8_t *draw(const struct draw *d, size_t *len_out);
/** The same into a file, a row at a time: for sizes that do not belong into memory. */
void draw_file(const struct draw *d, FILE *to);
/** "Exif\0\0" and one directory with this orientation, as any number; len 32. */
void draw_exif(unsigned orientation, uint8_t out[32]);

/** A picture read by libjpeg alone, pixels as stored. */
struct drawn {
	unsigned width, height;
	uint8_t *rgb;
	int exif_orientation; /* -1: no Exif */
	size_t icc_len;
	bool has_adobe;
};
struct drawn drawn_read(const void *data, size_t len);
/** 'R', 'G', 'B', 'W', 'K' (black) or '?' at a place given in hundredths of width and height. */
char drawn_at(const struct drawn *p, unsigned x, unsigned y);

#endif
