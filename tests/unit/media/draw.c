#include "draw.h"

#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "jx_test.h"

static void colour_of(char name, uint8_t rgb[3])
{
	rgb[0] = name == 'R' || name == 'W' ? 255 : 0;
	rgb[1] = name == 'G' || name == 'W' ? 255 : 0;
	rgb[2] = name == 'B' || name == 'W' ? 255 : 0;
}

/* Ink as Adobe stores it: turned round. */
static void put_pixel(const struct draw *d, char name, JSAMPLE *out, unsigned components)
{
	uint8_t rgb[3];

	colour_of(name, rgb);
	if (components == 1)
		out[0] = (JSAMPLE)((rgb[0] * 30 + rgb[1] * 59 + rgb[2] * 11) / 100);
	else
		memcpy(out, rgb, 3);
	if (components == 4)
		out[3] = 255; /* no black ink */
	(void)d;
}

static void put_row(const struct draw *d, unsigned y, JSAMPLE *row, unsigned components)
{
	const char *quarters = d->quarters != NULL ? d->quarters : "RGBW";
	unsigned x;

	for (x = 0; x < d->width; x++)
		put_pixel(d,
			  d->is_one_colour
				  ? quarters[0]
				  : quarters[(y >= d->height / 2 ? 2 : 0) + (x >= d->width / 2 ? 1 : 0)],
			  row + (size_t)x * components, components);
}

static unsigned components_of(const struct draw *d)
{
	return d->colours == DRAW_GREY ? 1 : d->colours == DRAW_CMYK || d->colours == DRAW_YCCK ? 4 : 3;
}

static void choose_colours(const struct draw *d, struct jpeg_compress_struct *c)
{
	static const J_COLOR_SPACE in[] = {JCS_RGB, JCS_RGB, JCS_GRAYSCALE, JCS_CMYK, JCS_CMYK};
	static const J_COLOR_SPACE as[] = {JCS_YCbCr, JCS_RGB, JCS_GRAYSCALE, JCS_CMYK, JCS_YCCK};

	c->input_components = (int)components_of(d);
	c->in_color_space = in[d->colours];
	jpeg_set_defaults(c);
	jpeg_set_colorspace(c, as[d->colours]);
	jpeg_set_quality(c, 92, TRUE);
}

/* DC of all components, then one coefficient of the first component in each further scan, over and over. */
static jpeg_scan_info *many_scans(unsigned scans, int components)
{
	jpeg_scan_info *s = calloc(scans, sizeof(*s));
	unsigned i;

	assert_non_null(s);
	s[0] = (jpeg_scan_info){.comps_in_scan = components, .component_index = {0, 1, 2, 3}};
	for (i = 1; i < scans; i++) {
		const int ac = (int)((i - 1) % 63) + 1, component = (int)((i - 1) / 63) % components;

		s[i] = (jpeg_scan_info){
			.comps_in_scan = 1, .component_index = {component}, .Ss = ac, .Se = ac};
	}
	return s;
}

static void compress(const struct draw *d, struct jpeg_compress_struct *c)
{
	const unsigned components = components_of(d);
	jpeg_scan_info *scans = NULL;
	JSAMPLE *row = calloc(d->width, components);
	unsigned y;

	assert_non_null(row);
	c->image_width = d->width;
	c->image_height = d->height;
	choose_colours(d, c);
	if (d->is_progressive)
		jpeg_simple_progression(c);
	if (d->scans > 0) {
		scans = many_scans(d->scans, (int)components);
		c->scan_info = scans;
		c->num_scans = (int)d->scans;
	}
	jpeg_start_compress(c, TRUE);
	if (d->exif != NULL)
		jpeg_write_marker(c, JPEG_APP0 + 1, d->exif, (unsigned)d->exif_len);
	if (d->icc != NULL)
		jpeg_write_icc_profile(c, d->icc, (unsigned)d->icc_len);
	for (y = 0; y < d->height; y++) {
		put_row(d, y, row, components);
		(void)jpeg_write_scanlines(c, (JSAMPROW[]){row}, 1);
	}
	jpeg_finish_compress(c);
	free(row);
	free(scans);
}

uint8_t *draw(const struct draw *d, size_t *len_out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;
	unsigned char *data = NULL;
	unsigned long len = 0;

	memset(&c, 0, sizeof(c));
	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &data, &len);
	compress(d, &c);
	jpeg_destroy_compress(&c);
	*len_out = len;
	return data;
}

void draw_file(const struct draw *d, FILE *to)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr errors;

	memset(&c, 0, sizeof(c));
	c.err = jpeg_std_error(&errors);
	jpeg_create_compress(&c);
	jpeg_stdio_dest(&c, to);
	compress(d, &c);
	jpeg_destroy_compress(&c);
}

void draw_exif(unsigned orientation, uint8_t out[32])
{
	static const uint8_t block[] = {'E',  'x',  'i', 'f', 0, 0, 'M', 'M', 0, 0x2a, 0, 0, 0, 8, 0, 1,
					0x01, 0x12, 0,   3,   0, 0, 0,   1,   0, 0,    0, 0, 0, 0, 0, 0};

	memcpy(out, block, sizeof(block));
	out[24] = (uint8_t)(orientation >> 8);
	out[25] = (uint8_t)orientation;
}

struct drawn drawn_read(const void *data, size_t len)
{
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr errors;
	struct drawn p = {.exif_orientation = -1};
	const struct jpeg_marker_struct *m;
	JOCTET *icc = NULL;
	unsigned icc_len = 0;

	memset(&c, 0, sizeof(c));
	c.err = jpeg_std_error(&errors);
	jpeg_create_decompress(&c);
	jpeg_save_markers(&c, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(&c, JPEG_APP0 + 2, 0xffff);
	jpeg_mem_src(&c, data, len);
	assert_int_equal(jpeg_read_header(&c, TRUE), JPEG_HEADER_OK);
	for (m = c.marker_list; m != NULL; m = m->next)
		if (m->marker == JPEG_APP0 + 1 && m->data_length >= 26 && memcmp(m->data, "Exif", 5) == 0)
			p.exif_orientation = m->data[24] << 8 | m->data[25];
	if (jpeg_read_icc_profile(&c, &icc, &icc_len))
		p.icc_len = icc_len;
	free(icc);
	c.out_color_space = JCS_RGB;
	(void)jpeg_start_decompress(&c);
	p.width = c.output_width;
	p.height = c.output_height;
	p.has_adobe = c.saw_Adobe_marker != FALSE;
	p.rgb = calloc(p.height, (size_t)3 * p.width);
	assert_non_null(p.rgb);
	while (c.output_scanline < c.output_height)
		(void)jpeg_read_scanlines(&c, (JSAMPROW[]){p.rgb + (size_t)3 * p.width * c.output_scanline},
					  1);
	jpeg_finish_decompress(&c);
	jpeg_destroy_decompress(&c);
	return p;
}

char drawn_at(const struct drawn *p, unsigned x, unsigned y)
{
	const uint8_t *at = p->rgb + 3 * ((size_t)(p->height * y / 100) * p->width + p->width * x / 100);
	static const char names[] = "RGBWK";
	size_t i;

	for (i = 0; i < sizeof(names) - 1; i++) {
		uint8_t rgb[3];
		int far = 0, c;

		colour_of(names[i], rgb);
		for (c = 0; c < 3; c++)
			far += abs(at[c] - rgb[c]);
		if (far < 60)
			return names[i];
	}
	return '?';
}
