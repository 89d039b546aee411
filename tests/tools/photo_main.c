/*
 * jx-photo: JPEG files with EXIF as a phone leaves them, each different, the same for the same seed.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "photo.h"

#define JPEG_MAX_BYTES ((size_t)256 * 1024 * 1024)

struct options {
	struct photo photo;
	const char *out;
	int64_t count; /* 0: one file */
};

static const char help[] =
	"Usage: jx-photo --out FILE [options]\n"
	"       jx-photo --out FOLDER --count N [options]\n"
	"Make JPEG photos with EXIF: seeded pictures, real files.\n"
	"\n"
	"  --out PATH           file, or with --count folder (made if absent) for photo-00001.jpg and so on\n"
	"  --count N            so many photos, 1 to 100000; from each to the next the seed grows\n"
	"                       by 1 and the time by 1 s\n"
	"  --seed N             picture (1)\n"
	"  --width N            pixels, 16 to 16384 (1600)\n"
	"  --height N           pixels (1200)\n"
	"  --quality N          JPEG quality, 1 to 100 (80)\n"
	"  --bytes N            at most so many bytes: finds the quality (with --count: by the\n"
	"                       first photo)\n"
	"  --utc-ms N           when taken, milliseconds since 1970 (now)\n"
	"  --utc-offset-min N   the camera's time zone in minutes (480)\n"
	"  --lat-e7 N --lon-e7 N   where taken, WGS-84 degrees times 10^7 (nowhere)\n"
	"  --orientation N      EXIF orientation, 1 to 8 (1)\n"
	"  --make TEXT --model TEXT   camera (Jiexun, Test Camera)\n"
	"  --no-exif            plain JFIF\n"
	"  --help               this text\n"
	"\n"
	"Exit status: 0 done, 64 wrong options, 74 output failed.\n";

enum {
	OPT_OUT = 1,
	OPT_MAKE,
	OPT_MODEL,
	OPT_NO_EXIF,
	OPT_HELP,
	OPT_NUMBER
};

struct number {
	const char *name;
	size_t offset;
	int64_t min, max;
};

#define PHOTO_NUMBER(name, field, min, max)                           \
	{                                                             \
		name, offsetof(struct options, photo.field), min, max \
	}
static const struct number numbers[] = {
	PHOTO_NUMBER("seed", seed, 0, INT64_MAX),
	PHOTO_NUMBER("width", width, 16, 16384),
	PHOTO_NUMBER("height", height, 16, 16384),
	PHOTO_NUMBER("quality", quality, 1, 100),
	PHOTO_NUMBER("bytes", bytes, 1000, 100000000),
	PHOTO_NUMBER("utc-ms", utc_ms, 0, INT64_C(4102444800000)),
	PHOTO_NUMBER("utc-offset-min", utc_offset_min, -720, 840),
	PHOTO_NUMBER("orientation", orientation, 1, 8),
	PHOTO_NUMBER("lat-e7", lat_wgs84_e7, -900000000, 900000000),
	PHOTO_NUMBER("lon-e7", lon_wgs84_e7, -1800000000, 1800000000),
	{"count", offsetof(struct options, count), 1, 100000},
};

static const struct option longs[] = {
	{"out", required_argument, NULL, OPT_OUT},
	{"make", required_argument, NULL, OPT_MAKE},
	{"model", required_argument, NULL, OPT_MODEL},
	{"no-exif", no_argument, NULL, OPT_NO_EXIF},
	{"help", no_argument, NULL, OPT_HELP},
	{"seed", required_argument, NULL, OPT_NUMBER},
	{"width", required_argument, NULL, OPT_NUMBER + 1},
	{"height", required_argument, NULL, OPT_NUMBER + 2},
	{"quality", required_argument, NULL, OPT_NUMBER + 3},
	{"bytes", required_argument, NULL, OPT_NUMBER + 4},
	{"utc-ms", required_argument, NULL, OPT_NUMBER + 5},
	{"utc-offset-min", required_argument, NULL, OPT_NUMBER + 6},
	{"orientation", required_argument, NULL, OPT_NUMBER + 7},
	{"lat-e7", required_argument, NULL, OPT_NUMBER + 8},
	{"lon-e7", required_argument, NULL, OPT_NUMBER + 9},
	{"count", required_argument, NULL, OPT_NUMBER + 10},
	{NULL, 0, NULL, 0},
};

static bool take_number(size_t i, struct options *o)
{
	const struct number *n = &numbers[i];
	int64_t value;

	if (!jx_parse_i64(optarg, n->min, n->max, &value)) {
		(void)fprintf(stderr, "jx-photo: --%s: use a whole number from %lld to %lld, not \"%s\"\n",
			      n->name, (long long)n->min, (long long)n->max, optarg);
		return false;
	}
	*(int64_t *)(void *)((char *)o + n->offset) = value;
	if (n->offset == offsetof(struct options, photo.lat_wgs84_e7) ||
	    n->offset == offsetof(struct options, photo.lon_wgs84_e7))
		o->photo.has_place = true;
	return true;
}

static bool take_option(int opt, struct options *o)
{
	if (opt >= OPT_NUMBER && (size_t)(opt - OPT_NUMBER) < sizeof(numbers) / sizeof(numbers[0]))
		return take_number((size_t)(opt - OPT_NUMBER), o);
	switch (opt) {
	case OPT_OUT:
		o->out = optarg;
		return true;
	case OPT_MAKE:
		o->photo.make = optarg;
		return true;
	case OPT_MODEL:
		o->photo.model = optarg;
		return true;
	case OPT_NO_EXIF:
		o->photo.no_exif = true;
		return true;
	default:
		return false;
	}
}

/* The highest quality that stays below, by halving: size grows with quality. */
static int find_quality(const struct photo *p, const uint8_t *rgb, const jx_buf *exif, jx_buf *jpeg)
{
	int low = 1, high = 100;

	while (low < high) {
		int middle = (low + high + 1) / 2;

		photo_encode(p, rgb, middle, exif, jpeg);
		if ((int64_t)jpeg->len <= p->bytes)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static bool write_photo(const char *path, struct photo *p, uint8_t *rgb)
{
	JX_AUTO_BUF exif;
	JX_AUTO_BUF jpeg;
	FILE *f;
	bool is_good;

	jx_buf_init(&exif, 65000);
	jx_buf_init(&jpeg, JPEG_MAX_BYTES);
	if (!p->no_exif)
		photo_make_exif(p, &exif);
	photo_paint(p, rgb);
	if (p->bytes > 0) {
		p->quality = find_quality(p, rgb, &exif, &jpeg);
		p->bytes = 0;
	}
	photo_encode(p, rgb, (int)p->quality, &exif, &jpeg);
	if (exif.rc != JX_OK || jpeg.rc != JX_OK)
		return false;
	f = fopen(path, "we");
	if (f == NULL)
		return false;
	is_good = fwrite(jpeg.data, 1, jpeg.len, f) == jpeg.len;
	return fclose(f) == 0 && is_good;
}

static int make_photos(struct options *o)
{
	JX_AUTO_FREE uint8_t *rgb = jx_xcalloc((size_t)o->photo.width * (size_t)o->photo.height, 3);
	int64_t i;

	if (o->count > 0)
		(void)mkdir(o->out, 0755); /* if it cannot be made the first photo says so */
	for (i = 0; i < (o->count > 0 ? o->count : 1); i++) {
		JX_AUTO_FREE char *path = o->count > 0 ? jx_xasprintf("%s/photo-%05lld.jpg", o->out,
								      (long long)i + 1)
						       : jx_xstrdup(o->out);

		if (!write_photo(path, &o->photo, rgb)) {
			(void)fprintf(stderr, "jx-photo: cannot write %s\n", path);
			return EX_IOERR;
		}
		o->photo.seed++;
		o->photo.utc_ms += 1000;
	}
	return EX_OK;
}

int main(int argc, char **argv)
{
	const struct jx_clock *clock = jx_os_clock();
	struct options o = {.photo = {.seed = 1,
				      .width = 1600,
				      .height = 1200,
				      .quality = 80,
				      .utc_offset_min = 480,
				      .orientation = 1,
				      .make = "Jiexun",
				      .model = "Test Camera"}};
	int opt;

	o.photo.utc_ms = clock->utc_ms(clock->user);
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == OPT_HELP)
			return fputs(help, stdout) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK;
		if (!take_option(opt, &o))
			return EX_USAGE;
	}
	if (o.out == NULL || optind < argc) {
		(void)fputs("jx-photo: name the file with --out, and nothing else; see --help\n", stderr);
		return EX_USAGE;
	}
	return make_photos(&o);
}
