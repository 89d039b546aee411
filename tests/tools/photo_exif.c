#include <libexif/exif-data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "photo.h"

/* libexif frees entry data with free(), so what is handed over comes from malloc. */
static void add_entry(ExifData *data, ExifIfd ifd, int tag, ExifFormat format, unsigned long components,
		      const void *bytes, size_t len)
{
	ExifEntry *e = exif_entry_new();

	/* GPS tags are not in enum ExifTag: they share numbers with other tags. */
	e->tag = (ExifTag)tag;
	e->format = format;
	e->components = components;
	e->size = (unsigned int)len;
	e->data = jx_xcalloc(1, len);
	memcpy(e->data, bytes, len);
	exif_content_add_entry(data->ifd[ifd], e);
	exif_entry_unref(e);
}

static void add_text(ExifData *data, ExifIfd ifd, int tag, const char *text)
{
	add_entry(data, ifd, tag, EXIF_FORMAT_ASCII, strlen(text) + 1, text, strlen(text) + 1);
}

static void add_short(ExifData *data, ExifIfd ifd, int tag, int64_t value)
{
	uint8_t bytes[2];

	exif_set_short(bytes, EXIF_BYTE_ORDER_INTEL, (ExifShort)value);
	add_entry(data, ifd, tag, EXIF_FORMAT_SHORT, 1, bytes, sizeof(bytes));
}

static void add_rationals(ExifData *data, int tag, const uint32_t pairs[][2], size_t count)
{
	uint8_t bytes[3 * 8];
	size_t i;

	for (i = 0; i < count; i++)
		exif_set_rational(bytes + i * 8, EXIF_BYTE_ORDER_INTEL,
				  (ExifRational){.numerator = pairs[i][0], .denominator = pairs[i][1]});
	add_entry(data, EXIF_IFD_GPS, tag, EXIF_FORMAT_RATIONAL, count, bytes, count * 8);
}

/* Degrees, minutes, and seconds in 1/100000: 1e-7 degrees are 36/100000 of a second exactly. */
static void add_angle(ExifData *data, int tag, int64_t e7)
{
	uint64_t a = (uint64_t)(e7 < 0 ? -e7 : e7);
	uint64_t rest = a % 10000000 * 60;
	uint32_t pairs[3][2] = {{(uint32_t)(a / 10000000), 1},
				{(uint32_t)(rest / 10000000), 1},
				{(uint32_t)(rest % 10000000 * 60 / 100), 100000}};

	add_rationals(data, tag, (const uint32_t(*)[2])pairs, 3);
}

static void add_gps(ExifData *data, const struct photo *p)
{
	static const uint8_t version[4] = {2, 3, 0, 0};
	time_t s = (time_t)(p->utc_ms / 1000);
	struct tm tm;
	char date[16];

	(void)gmtime_r(&s, &tm);
	uint32_t tod[3][2] = {{(uint32_t)tm.tm_hour, 1},
			      {(uint32_t)tm.tm_min, 1},
			      {(uint32_t)tm.tm_sec * 1000 + (uint32_t)(p->utc_ms % 1000), 1000}};
	(void)strftime(date, sizeof(date), "%Y:%m:%d", &tm);
	add_entry(data, EXIF_IFD_GPS, EXIF_TAG_GPS_VERSION_ID, EXIF_FORMAT_BYTE, 4, version, sizeof(version));
	add_text(data, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE_REF, p->lat_wgs84_e7 < 0 ? "S" : "N");
	add_angle(data, EXIF_TAG_GPS_LATITUDE, p->lat_wgs84_e7);
	add_text(data, EXIF_IFD_GPS, EXIF_TAG_GPS_LONGITUDE_REF, p->lon_wgs84_e7 < 0 ? "W" : "E");
	add_angle(data, EXIF_TAG_GPS_LONGITUDE, p->lon_wgs84_e7);
	add_text(data, EXIF_IFD_GPS, EXIF_TAG_GPS_MAP_DATUM, "WGS-84");
	add_rationals(data, EXIF_TAG_GPS_TIME_STAMP, (const uint32_t(*)[2])tod, 3);
	add_text(data, EXIF_IFD_GPS, EXIF_TAG_GPS_DATE_STAMP, date);
}

static void add_times(ExifData *data, const struct photo *p)
{
	time_t s = (time_t)(p->utc_ms / 1000 + p->utc_offset_min * 60);
	long offset = labs((long)p->utc_offset_min);
	char text[24], zone[16];
	struct tm tm;

	(void)gmtime_r(&s, &tm);
	(void)strftime(text, sizeof(text), "%Y:%m:%d %H:%M:%S", &tm);
	(void)snprintf(zone, sizeof(zone), "%c%02ld:%02ld", p->utc_offset_min < 0 ? '-' : '+',
		       offset / 60 % 24, offset % 60);
	add_text(data, EXIF_IFD_0, EXIF_TAG_DATE_TIME, text);
	add_text(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, text);
	add_text(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED, text);
	add_text(data, EXIF_IFD_EXIF, 0x9011 /* OffsetTimeOriginal, EXIF 2.31 */, zone);
	(void)snprintf(text, sizeof(text), "%03d", (int)(p->utc_ms % 1000));
	add_text(data, EXIF_IFD_EXIF, EXIF_TAG_SUB_SEC_TIME_ORIGINAL, text);
}

void photo_make_exif(const struct photo *p, jx_buf *out)
{
	ExifData *data = exif_data_new();
	unsigned char *bytes = NULL;
	unsigned int len = 0;

	exif_data_set_byte_order(data, EXIF_BYTE_ORDER_INTEL);
	exif_data_set_option(data, EXIF_DATA_OPTION_DONT_CHANGE_MAKER_NOTE);
	add_text(data, EXIF_IFD_0, EXIF_TAG_MAKE, p->make);
	add_text(data, EXIF_IFD_0, EXIF_TAG_MODEL, p->model);
	add_short(data, EXIF_IFD_0, EXIF_TAG_ORIENTATION, p->orientation);
	add_times(data, p);
	add_short(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, p->width);
	add_short(data, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, p->height);
	if (p->has_place)
		add_gps(data, p);
	exif_data_save_data(data, &bytes, &len);
	jx_buf_add(out, bytes, len);
	free(bytes);
	exif_data_unref(data);
}
