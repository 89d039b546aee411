/* Copies: upright, of the right size and colours, kept and made again; and what bad pictures do not do. */
#include <stdlib.h>
#include <unistd.h>

#include "draw.h"
#include "jiexun/media.h"
#include "jx_test.h"

struct memory {
	const uint8_t *data;
	size_t len, at, piece; /* piece: most bytes of one read, 0 any */
};

static jx_rc read_memory(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	struct memory *m = user;
	size_t take = m->len - m->at < len ? m->len - m->at : len;

	(void)err;
	if (m->piece > 0 && take > m->piece)
		take = m->piece;
	memcpy(data, m->data + m->at, take);
	m->at += take;
	*got_out = take;
	return JX_OK;
}

static jx_rc copy_of(const uint8_t *data, size_t len, enum jx_copy_kind kind,
		     const struct jx_picture_limits *limits, jx_buf *out, struct jx_error *err)
{
	struct memory m = {.data = data, .len = len};
	const struct jx_picture_in in = {.user = &m, .read = read_memory};

	jx_buf_init(out, JX_COPY_BYTES_MAX);
	return jx_picture_copy(&in, "IMG_1.JPG", kind, limits, NULL, out, err);
}

static struct drawn good_copy(const struct draw *d, enum jx_copy_kind kind)
{
	size_t len = 0;
	uint8_t *data = draw(d, &len);
	JX_AUTO_BUF out;
	struct jx_error err;
	struct drawn p;

	jx_assert_ok(copy_of(data, len, kind, NULL, &out, &err), &err);
	p = drawn_read(out.data, out.len);
	free(data);
	return p;
}

static void assert_quarters(const struct drawn *p, const char *quarters)
{
	assert_int_equal(drawn_at(p, 20, 20), quarters[0]);
	assert_int_equal(drawn_at(p, 80, 20), quarters[1]);
	assert_int_equal(drawn_at(p, 20, 80), quarters[2]);
	assert_int_equal(drawn_at(p, 80, 80), quarters[3]);
}

/*
 * What is stored for each orientation where red is top left, green top right, blue bottom left, white bottom right to a person: read off
 * Exif's own words ("the 0th row is the visual right-hand side, the 0th column is the visual top"), not from the program's formula.
 */
static const struct {
	unsigned orientation;
	const char *stored;
} orientations[] = {{1, "RGBW"}, {2, "GRWB"}, {3, "WBGR"}, {4, "BWRG"},
		    {5, "RBGW"}, {6, "GWRB"}, {7, "WGBR"}, {8, "BRWG"}};

static void test_upright(void **state)
{
	static const enum jx_copy_kind kinds[] = {JX_COPY_SMALL, JX_COPY_SCREEN};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		uint8_t exif[32];
		const struct draw d = {.width = 400,
				       .height = 300,
				       .quarters = orientations[i].stored,
				       .is_progressive = i % 2 == 1,
				       .exif = exif,
				       .exif_len = sizeof(exif)};

		draw_exif(orientations[i].orientation, exif);
		for (size_t k = 0; k < 2; k++) {
			struct drawn p = good_copy(&d, kinds[k]);
			const unsigned longest = kinds[k] == JX_COPY_SMALL ? 320 : 400;

			assert_quarters(&p, "RGBW");
			assert_int_equal(orientations[i].orientation >= 5 ? p.height : p.width, longest);
			assert_int_equal(orientations[i].orientation >= 5 ? p.width : p.height,
					 longest * 3 / 4);
			assert_int_equal(p.exif_orientation, 1);
			free(p.rgb);
		}
	}
}

static void test_orientation_that_is_none(void **state)
{
	static const unsigned wrong[] = {0, 9, 255, 65535};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t exif[32];
		const struct draw d = {.width = 400, .height = 300, .exif = exif, .exif_len = sizeof(exif)};
		struct drawn p;

		draw_exif(wrong[i], exif);
		p = good_copy(&d, JX_COPY_SMALL);
		assert_quarters(&p, "RGBW");
		assert_int_equal(p.width, 320);
		free(p.rgb);
	}
}

/* Offsets and counts that point anywhere, types that are none, blocks cut off at every length. */
static void test_wild_exif(void **state)
{
	static const struct {
		size_t at;
		uint8_t bytes[4];
		const char *wanted; /* "BRWG": the 6 that is still there counts */
	} wild[] = {
		{10, {0xff, 0xff, 0xff, 0xff}, "RGBW"}, {10, {0, 0, 0, 31}, "RGBW"},
		{10, {0x7f, 0xff, 0xff, 0xf8}, "RGBW"}, {14, {0xff, 0xff, 0x01, 0x12}, "BRWG"},
		{14, {0, 0, 0x01, 0x12}, "RGBW"},       {18, {0, 4, 0, 0}, "RGBW"},
		{18, {0xff, 0xff, 0xff, 0xff}, "RGBW"}, {6, {'X', 'X', 0, 0x2a}, "RGBW"},
		{6, {'I', 'I', 0x2a, 0}, "RGBW"},       {6, {'M', 'M', 0, 0x2b}, "RGBW"},
	};
	uint8_t exif[32];
	struct draw d = {.width = 64, .height = 48, .exif = exif, .exif_len = sizeof(exif)};

	(void)state;
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		struct drawn p;

		draw_exif(6, exif);
		memcpy(exif + wild[i].at, wild[i].bytes, 4);
		p = good_copy(&d, JX_COPY_SMALL);
		assert_quarters(&p, wild[i].wanted);
		free(p.rgb);
	}
	draw_exif(6, exif);
	for (d.exif_len = 0; d.exif_len <= sizeof(exif); d.exif_len++) {
		struct drawn p = good_copy(&d, JX_COPY_SMALL);

		/* the entry's twelve bytes end at 28 */
		assert_quarters(&p, d.exif_len < 28 ? "RGBW" : "BRWG");
		free(p.rgb);
	}
}

static void test_sizes(void **state)
{
	static const struct {
		unsigned width, height, small_width, small_height, screen_width, screen_height;
	} sizes[] = {
		{4000, 3000, 320, 240, 1600, 1200},
		{3000, 4000, 240, 320, 1200, 1600},
		{1, 1, 1, 1, 1, 1},
		{7, 5000, 1, 320, 2, 1600},
		{320, 240, 320, 240, 320, 240},
		{321, 241, 320, 240, 321, 241},
		{1601, 3, 320, 1, 1600, 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct draw d = {.width = sizes[i].width, .height = sizes[i].height};
		struct drawn p = good_copy(&d, JX_COPY_SMALL);

		assert_int_equal(p.width, sizes[i].small_width);
		assert_int_equal(p.height, sizes[i].small_height);
		free(p.rgb);
		p = good_copy(&d, JX_COPY_SCREEN);
		assert_int_equal(p.width, sizes[i].screen_width);
		assert_int_equal(p.height, sizes[i].screen_height);
		free(p.rgb);
	}
}

static void test_colours(void **state)
{
	(void)state;
	for (int colours = DRAW_YCC; colours <= DRAW_YCCK; colours++)
		for (int progressive = 0; progressive < 2; progressive++) {
			const struct draw d = {.width = 400,
					       .height = 300,
					       .colours = (enum draw_colours)colours,
					       .is_progressive = progressive == 1};
			struct drawn p = good_copy(&d, JX_COPY_SMALL);

			if (colours != DRAW_GREY) {
				assert_quarters(&p, "RGBW");
			} else {
				const uint8_t *at = p.rgb +
						    3 * ((size_t)p.width * (p.height / 5) + p.width / 5);

				assert_in_range(at[0], 72, 80); /* red is 30 % */
				assert_int_equal(at[0], at[1]);
				assert_int_equal(at[1], at[2]);
				assert_int_equal(drawn_at(&p, 80, 80), 'W');
			}
			free(p.rgb);
		}
}

/* Grey of every height averages to grey: no pixel is lost or counted twice, whatever the sizes. */
static void test_scaling_is_even(void **state)
{
	(void)state;
	for (unsigned width = 301; width < 2000; width += 97) {
		const struct draw d = {
			.width = width, .height = width * 2 / 3 + 1, .is_one_colour = true, .quarters = "W"};
		struct drawn p = good_copy(&d, JX_COPY_SMALL);

		for (size_t i = 0; i < (size_t)3 * p.width * p.height; i++)
			assert_in_range(p.rgb[i], 253, 255);
		free(p.rgb);
	}
}

static uint8_t *profile(const char *colours, size_t len)
{
	uint8_t *p = calloc(1, len);

	assert_non_null(p);
	memcpy(p + 16, colours, 4);
	memcpy(p + 36, "acsp", 4);
	return p;
}

static void test_profile(void **state)
{
	uint8_t *rgb = profile("RGB ", 3000), *cmyk = profile("CMYK", 3000), *large = profile("RGB ", 200000);
	struct draw d = {.width = 400, .height = 300, .icc = rgb, .icc_len = 3000};
	struct drawn p = good_copy(&d, JX_COPY_SMALL);

	(void)state;
	assert_int_equal(p.icc_len, 3000);
	free(p.rgb);
	d.icc = cmyk;
	d.colours = DRAW_YCCK;
	p = good_copy(&d, JX_COPY_SCREEN);
	assert_int_equal(p.icc_len, 0);
	free(p.rgb);
	/* of several segments: whole on a screen, too heavy for a list */
	d = (struct draw){.width = 400, .height = 300, .icc = large, .icc_len = 200000};
	p = good_copy(&d, JX_COPY_SCREEN);
	assert_int_equal(p.icc_len, 200000);
	free(p.rgb);
	p = good_copy(&d, JX_COPY_SMALL);
	assert_int_equal(p.icc_len, 0);
	free(p.rgb);
	free(rgb);
	free(cmyk);
	free(large);
}

static void test_read_in_pieces(void **state)
{
	uint8_t exif[32];
	const struct draw d = {
		.width = 400, .height = 300, .quarters = "GWRB", .exif = exif, .exif_len = sizeof(exif)};
	size_t len = 0;
	uint8_t *data;
	JX_AUTO_BUF whole;
	struct jx_error err;

	(void)state;
	draw_exif(6, exif);
	data = draw(&d, &len);
	jx_assert_ok(copy_of(data, len, JX_COPY_SMALL, NULL, &whole, &err), &err);
	for (size_t piece = 1; piece < 6; piece++) {
		struct memory m = {.data = data, .len = len, .piece = piece};
		const struct jx_picture_in in = {.user = &m, .read = read_memory};
		JX_AUTO_BUF out;

		jx_buf_init(&out, JX_COPY_BYTES_MAX);
		jx_assert_ok(jx_picture_copy(&in, "x", JX_COPY_SMALL, NULL, NULL, &out, &err), &err);
		assert_int_equal(out.len, whole.len);
		assert_memory_equal(out.data, whole.data, whole.len);
	}
	free(data);
}

static void refuse(const uint8_t *data, size_t len, const struct jx_picture_limits *limits, jx_rc want,
		   const char *says)
{
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF out;

	jx_assert_rc(copy_of(data, len, JX_COPY_SMALL, limits, &out, &err), want, &err);
	jx_assert_says(&err, says);
	jx_assert_says(&err, "IMG_1.JPG");
	assert_int_equal(out.len, 0);
}

static void test_bad_pictures(void **state)
{
	static const uint8_t png[] = "\x89PNG\r\n\x1a\n and more bytes";
	static const uint8_t zip[] = "PK\x03\x04 a zip file that is called a photo";
	static const uint8_t zeros[4096];
	const struct draw d = {.width = 400, .height = 300};
	size_t len = 0;
	uint8_t *data = draw(&d, &len);

	(void)state;
	refuse(data, 0, NULL, JX_EINVAL, "cut off");
	refuse(png, sizeof(png), NULL, JX_EINVAL, "not a JPEG");
	refuse(zip, sizeof(zip), NULL, JX_EINVAL, "not a JPEG");
	refuse(zeros, sizeof(zeros), NULL, JX_EINVAL, "not a JPEG");
	/* cut off anywhere before the last row's bits: never a copy that looks whole */
	for (size_t cut = 2; cut < len - 8; cut += cut < 700 ? 1 : 37)
		refuse(data, cut, NULL, JX_EINVAL, "cut off");
	free(data);
}

/* Whole as a file, with an end marker, but bytes of the picture are missing: no wall of grey that looks like one. */
static void test_cut_inside(void **state)
{
	const struct draw d = {.width = 1600, .height = 1200, .quarters = "RGBW"};
	size_t len = 0, striped = 0;
	uint8_t *data = draw(&d, &len);
	JX_AUTO_BUF good, cut;
	struct jx_error err;
	struct drawn p;

	(void)state;
	jx_assert_ok(copy_of(data, len, JX_COPY_SMALL, NULL, &good, &err), &err);
	assert_int_equal(jx_copy_fault_of(good.data, good.len), JX_COPY_FAULT_NONE);
	len = len / 2 + 20; /* few bytes are headers, and nothing in this picture needs stuffing there */
	data[len - 2] = 0xff;
	data[len - 1] = 0xd9;
	jx_assert_ok(copy_of(data, len, JX_COPY_SMALL, NULL, &cut, &err), &err);
	assert_int_equal(jx_copy_fault_of(cut.data, cut.len), JX_COPY_FAULT_CUT);
	assert_string_equal(jx_copy_fault_name(JX_COPY_FAULT_CUT), "cut");
	for (size_t i = 0; i < 60; i++) /* a copy that is itself cut off, or none */
		assert_int_equal(jx_copy_fault_of(cut.data, i), JX_COPY_FAULT_NONE);
	p = drawn_read(cut.data, cut.len);
	assert_int_equal(drawn_at(&p, 20, 20), 'R');
	for (unsigned x = 1; x < 99; x++) {
		const char c = drawn_at(&p, x, 95);

		assert_true(c == 'K' || c == 'W' || c == '?');
		striped += c == 'K' ? 1 : 0;
	}
	assert_in_range(striped, 20, 80);
	free(p.rgb);
	free(data);
}

/* Bytes that are changed in the middle. */
static void test_damaged_inside(void **state)
{
	const struct draw d = {.width = 1600, .height = 1200};
	struct jx_error err;
	size_t len = 0, faults = 0;
	uint8_t *data = draw(&d, &len);

	(void)state;
	for (size_t at = len / 2; at < len / 2 + 40; at++) {
		const uint8_t was = data[at];
		JX_AUTO_BUF copy;

		data[at] = 0xfe;
		if (copy_of(data, len, JX_COPY_SMALL, NULL, &copy, &err) == JX_OK)
			faults += jx_copy_fault_of(copy.data, copy.len) != JX_COPY_FAULT_NONE ? 1 : 0;
		data[at] = was;
	}
	assert_true(faults > 0);
	free(data);
}

/* A picture that is a web page or an archive too: the copy is a picture and nothing of the rest is in it. */
static void test_polyglot(void **state)
{
	static const char tail[] = "PK\x03\x04<script>alert(1)</script>PK\x05\x06";
	const struct draw d = {.width = 400,
			       .height = 300,
			       .exif = "http://ns.adobe.com/xap/1.0/<html><script>alert(2)</script>",
			       .exif_len = 58};
	size_t len = 0;
	uint8_t *data = draw(&d, &len);
	uint8_t *both = malloc(len + sizeof(tail));
	JX_AUTO_BUF out;
	struct jx_error err;

	(void)state;
	assert_non_null(both);
	memcpy(both, data, len);
	memcpy(both + len, tail, sizeof(tail));
	jx_assert_ok(copy_of(both, len + sizeof(tail), JX_COPY_SMALL, NULL, &out, &err), &err);
	assert_null(memmem(out.data, out.len, "script", 6));
	assert_null(memmem(out.data, out.len, "PK\x03\x04", 4));
	free(both);
	free(data);
}

/* Width and height of the first frame header. */
static void set_size(uint8_t *data, size_t len, unsigned width, unsigned height)
{
	for (size_t i = 2; i + 9 < len; i += (size_t)2 + (size_t)(data[i + 2] << 8 | data[i + 3]))
		if (data[i + 1] >= 0xc0 && data[i + 1] <= 0xc2) {
			data[i + 5] = (uint8_t)(height >> 8);
			data[i + 6] = (uint8_t)height;
			data[i + 7] = (uint8_t)(width >> 8);
			data[i + 8] = (uint8_t)width;
			return;
		}
	fail_msg("no frame");
}

static void test_bombs(void **state)
{
	struct draw d = {.width = 64, .height = 64};
	const struct jx_picture_limits few = {.pixels_max = 64 * 64 - 1};
	const struct jx_picture_limits little = {.memory_max_bytes = 4 << 20};
	struct jx_error err;
	JX_AUTO_BUF grey;
	size_t len = 0;
	uint8_t *data = draw(&d, &len);

	(void)state;
	refuse(data, len, &few, JX_ELIMIT, "64 x 64 pixels");
	/* a few hundred bytes that say they are four thousand million pixels */
	set_size(data, len, 65500, 65500);
	refuse(data, len, NULL, JX_ELIMIT, "65500 x 65500 pixels");
	/* one just under the ceiling, with data for 64 blocks: stripes, and no dearer than an honest picture of that size */
	set_size(data, len, 9990, 9990);
	jx_assert_ok(copy_of(data, len, JX_COPY_SMALL, NULL, &grey, &err), &err);
	assert_in_range(grey.len, 500, 60000);
	set_size(data, len, 0, 64);
	refuse(data, len, NULL, JX_EINVAL, "damaged");
	free(data);
	/* coefficients that do not fit into the memory allowed */
	d = (struct draw){.width = 2000, .height = 2000, .is_progressive = true, .is_one_colour = true};
	data = draw(&d, &len);
	refuse(data, len, &little, JX_ELIMIT, "memory");
	free(data);
	d = (struct draw){.width = 64, .height = 64, .scans = 101};
	data = draw(&d, &len);
	refuse(data, len, NULL, JX_ELIMIT, "100 scans");
	free(data);
	d.scans = 100;
	free(good_copy(&d, JX_COPY_SMALL).rgb);
}

static jx_rc read_nothing(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	(void)user;
	(void)data;
	(void)len;
	(void)got_out;
	return jx_fail(err, JX_EIO, 5, "test", "the card is broken");
}

static void test_reader_fails(void **state)
{
	const struct jx_picture_in in = {.read = read_nothing};
	struct jx_error err;
	JX_AUTO_BUF out;

	(void)state;
	jx_buf_init(&out, JX_COPY_BYTES_MAX);
	jx_assert_rc(jx_picture_copy(&in, "x", JX_COPY_SMALL, NULL, NULL, &out, &err), JX_EIO, &err);
	jx_assert_rc(jx_picture_copy(&in, "x", JX_COPY_STAMPED, NULL, NULL, &out, &err), JX_EINVAL, &err);
}

static void test_ceiling_of_the_copy(void **state)
{
	const struct draw d = {.width = 400, .height = 300};
	size_t len = 0;
	uint8_t *data = draw(&d, &len);
	struct memory m = {.data = data, .len = len};
	const struct jx_picture_in in = {.user = &m, .read = read_memory};
	struct jx_error err;
	JX_AUTO_BUF out;

	(void)state;
	jx_buf_init(&out, 500);
	jx_assert_rc(jx_picture_copy(&in, "x", JX_COPY_SMALL, NULL, NULL, &out, &err), JX_ELIMIT, &err);
	free(data);
}

/* A stamp goes below, the picture above it fills the width upright, a tall one stands in the middle. */
static void test_band(void **state)
{
	static const struct {
		unsigned width, height, orientation;
		unsigned picture_height, edge;
	} cases[] = {{400, 300, 1, 1200, 'R'}, {400, 300, 6, 2133, 'R'}, {100, 1000, 1, 2134, 'W'}};
	uint8_t *black = calloc(JX_STAMP_WIDTH, 3 * 50);

	(void)state;
	assert_non_null(black);
	for (size_t i = 0; i < 3; i++) {
		const struct jx_picture_band band = {.rgb = black, .height = 50};
		uint8_t exif[32];
		const struct draw d = {.width = cases[i].width,
				       .height = cases[i].height,
				       .is_one_colour = true,
				       .quarters = "R",
				       .exif = exif,
				       .exif_len = sizeof(exif)};
		struct memory m = {0};
		const struct jx_picture_in in = {.user = &m, .read = read_memory};
		struct jx_error err;
		struct drawn p;
		JX_AUTO_BUF out;
		uint8_t *data;

		draw_exif(cases[i].orientation, exif);
		data = draw(&d, &m.len);
		m.data = data;
		jx_buf_init(&out, JX_COPY_BYTES_MAX);
		jx_assert_ok(jx_picture_copy(&in, "x", JX_COPY_STAMPED, NULL, &band, &out, &err), &err);
		p = drawn_read(out.data, out.len);
		assert_int_equal(p.width, JX_STAMP_WIDTH);
		assert_int_equal(p.height, cases[i].picture_height + 50);
		assert_int_equal(drawn_at(&p, 50, 50), 'R');
		assert_int_equal(drawn_at(&p, 1, 50), cases[i].edge);
		assert_int_equal(drawn_at(&p, 50, 99), 'K');
		free(p.rgb);
		free(data);
	}
	free(black);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upright),
		cmocka_unit_test(test_orientation_that_is_none),
		cmocka_unit_test(test_wild_exif),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_scaling_is_even),
		cmocka_unit_test(test_profile),
		cmocka_unit_test(test_read_in_pieces),
		cmocka_unit_test(test_bad_pictures),
		cmocka_unit_test(test_cut_inside),
		cmocka_unit_test(test_damaged_inside),
		cmocka_unit_test(test_polyglot),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_reader_fails),
		cmocka_unit_test(test_ceiling_of_the_copy),
		cmocka_unit_test(test_band),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
