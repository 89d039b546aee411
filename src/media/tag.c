/* Exif into a camera's bytes: libexif writes the block, the segment is put in right behind the first marker (Exif 2.32, 4.5.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "media_private.h"

#define WHERE "media.tag"

static void unref_data(ExifData **d)
{
	if (*d != NULL)
		exif_data_unref(*d);
}

/* ---- one entry -------------------------------------------------------------------------------------- */

static bool has(ExifData *d, ExifIfd ifd, int tag)
{
	return exif_content_get_entry(d->ifd[ifd], (ExifTag)tag) != NULL;
}

/* Memory of an entry must come from libexif's own allocator, which frees it. */
static ExifEntry *add(ExifData *d, ExifIfd ifd, int tag, ExifFormat format, size_t count)
{
	ExifMem *mem = exif_mem_new_default();
	ExifEntry *e = mem == NULL ? NULL : exif_entry_new_mem(mem);
	const size_t size = count * exif_format_get_size(format);

	if (e == NULL)
		jx_end_without_memory();
	e->data = exif_mem_alloc(mem, (ExifLong)size);
	if (e->data == NULL)
		jx_end_without_memory();
	e->tag = (ExifTag)tag;
	e->format = format;
	e->components = count;
	e->size = (unsigned)size;
	exif_content_add_entry(d->ifd[ifd], e);
	exif_entry_unref(e); /* the directory holds it now */
	exif_mem_unref(mem);
	return e;
}

static void add_text(ExifData *d, ExifIfd ifd, int tag, const char *text)
{
	const size_t len = strlen(text) + 1;

	if (!has(d, ifd, tag))
		memcpy(add(d, ifd, tag, EXIF_FORMAT_ASCII, len)->data, text, len);
}

struct fraction {
	ExifLong top, bottom;
};

static void add_fractions(ExifData *d, ExifIfd ifd, int tag, const struct fraction *f, size_t count)
{
	ExifEntry *e = add(d, ifd, tag, EXIF_FORMAT_RATIONAL, count);

	for (size_t i = 0; i < count; i++)
		exif_set_rational(e->data + 8 * i, exif_data_get_byte_order(d),
				  (ExifRational){f[i].top, f[i].bottom});
}

/* ---- what is known ---------------------------------------------------------------------------------- */

/* "2026:09:01 17:42:03", "120", "+08:00" */
static void add_time(ExifData *d, const struct jx_media_tags *t)
{
	char full[32], time[20], part[4], offset[7];

	if (t->taken_utc_ms <= 0 || has(d, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL))
		return;
	jx_time_format(t->taken_utc_ms, t->utc_offset_min, full); /* 2026-09-01T17:42:03.120+08:00 */
	(void)snprintf(time, sizeof(time), "%.4s:%.2s:%.2s %.8s", full, full + 5, full + 8, full + 11);
	(void)snprintf(part, sizeof(part), "%.3s", full + 20);
	(void)snprintf(offset, sizeof(offset), "%.6s", full + 23);
	add_text(d, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, time);
	add_text(d, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED, time);
	add_text(d, EXIF_IFD_EXIF, EXIF_TAG_SUB_SEC_TIME_ORIGINAL, part);
	add_text(d, EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_ORIGINAL, offset);
	add_text(d, EXIF_IFD_EXIF, EXIF_TAG_OFFSET_TIME_DIGITIZED, offset);
}

/* Degrees, minutes, and seconds in hundred-thousandths: 1e-7 degrees are 36 of them, so nothing is rounded. */
static void add_angle(ExifData *d, int tag, int ref_tag, const char *ref, int32_t e7)
{
	const uint64_t abs = (uint64_t)(e7 < 0 ? -(int64_t)e7 : e7);
	const uint64_t seconds_e5 = abs * 36;
	const struct fraction f[] = {{(ExifLong)(seconds_e5 / 360000000), 1},
				     {(ExifLong)(seconds_e5 / 6000000 % 60), 1},
				     {(ExifLong)(seconds_e5 % 6000000), 100000}};

	add_text(d, EXIF_IFD_GPS, ref_tag, ref);
	add_fractions(d, EXIF_IFD_GPS, tag, f, 3);
}

static void add_gps_time(ExifData *d, int64_t utc_ms)
{
	const uint64_t day_s = (uint64_t)(utc_ms / 1000) % 86400;
	const struct fraction f[] = {{(ExifLong)(day_s / 3600), 1},
				     {(ExifLong)(day_s / 60 % 60), 1},
				     {(ExifLong)(day_s % 60 * 1000 + (uint64_t)(utc_ms % 1000)), 1000}};
	char full[32], day[11];

	jx_time_format(utc_ms, 0, full);
	(void)snprintf(day, sizeof(day), "%.4s:%.2s:%.2s", full, full + 5, full + 8);
	add_text(d, EXIF_IFD_GPS, EXIF_TAG_GPS_DATE_STAMP, day);
	add_fractions(d, EXIF_IFD_GPS, EXIF_TAG_GPS_TIME_STAMP, f, 3);
}

static void add_place(ExifData *d, const struct jx_fix *fix)
{
	static const uint8_t version[] = {2, 3, 0, 0};

	if (fix == NULL || fix->source == JX_FIX_NONE || has(d, EXIF_IFD_GPS, EXIF_TAG_GPS_LATITUDE))
		return;
	/* whatever half a position is there, none of it belongs to ours */
	while (d->ifd[EXIF_IFD_GPS]->count > 0)
		exif_content_remove_entry(d->ifd[EXIF_IFD_GPS], d->ifd[EXIF_IFD_GPS]->entries[0]);
	memcpy(add(d, EXIF_IFD_GPS, EXIF_TAG_GPS_VERSION_ID, EXIF_FORMAT_BYTE, 4)->data, version, 4);
	add_angle(d, EXIF_TAG_GPS_LATITUDE, EXIF_TAG_GPS_LATITUDE_REF, fix->lat_wgs84_e7 < 0 ? "S" : "N",
		  fix->lat_wgs84_e7);
	add_angle(d, EXIF_TAG_GPS_LONGITUDE, EXIF_TAG_GPS_LONGITUDE_REF, fix->lon_wgs84_e7 < 0 ? "W" : "E",
		  fix->lon_wgs84_e7);
	add_text(d, EXIF_IFD_GPS, EXIF_TAG_GPS_MAP_DATUM, "WGS-84");
	if (fix->source == JX_FIX_MANUAL)
		return;
	if (fix->gnss_utc_ms > 0)
		add_gps_time(d, fix->gnss_utc_ms);
	if (fix->mode >= 2)
		add_text(d, EXIF_IFD_GPS, EXIF_TAG_GPS_MEASURE_MODE, fix->mode == 2 ? "2" : "3");
	if (fix->accuracy_mm >= 0 && fix->accuracy_mm <= UINT32_MAX)
		add_fractions(d, EXIF_IFD_GPS,
			      0x001f, /* GPSHPositioningError, Exif 2.31: libexif has no name for it */
			      &(struct fraction){(ExifLong)fix->accuracy_mm, 1000}, 1);
}

/* ---- the segment -------------------------------------------------------------------------------------- */

/* FF, marker, length of what follows the marker: of the segment at `at`; 0 where the picture begins or nothing fits. */
static size_t segment_bytes(const uint8_t *data, size_t len, size_t at)
{
	size_t counted;

	if (len - at < 4 || data[at] != 0xff || data[at + 1] < 0xc0 || data[at + 1] == 0xda)
		return 0;
	counted = (size_t)data[at + 2] << 8 | data[at + 3];
	return counted < 2 || counted > len - at - 2 ? 0 : counted + 2;
}

static bool is_kind(const uint8_t *segment, size_t bytes, uint8_t marker, const char *name, size_t name_len)
{
	return segment[1] == marker && bytes >= 4 + name_len && memcmp(segment + 4, name, name_len) == 0;
}

/* All but the old Exif, and JFIF's head, which wants the same first place and says less. */
static void copy_rest(const uint8_t *data, size_t len, jx_buf *out)
{
	size_t at = 2, bytes;

	for (; (bytes = segment_bytes(data, len, at)) > 0; at += bytes)
		if (!is_kind(data + at, bytes, 0xe1, "Exif\0", 6) &&
		    !is_kind(data + at, bytes, 0xe0, "JFIF", 5))
			jx_buf_add(out, data + at, bytes);
	jx_buf_add(out, data + at, len - at);
}

static ExifData *load(const char *exif, size_t len)
{
	ExifData *d = exif_data_new();

	if (d == NULL)
		jx_end_without_memory();
	exif_data_unset_option(d, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
	exif_data_set_byte_order(d, EXIF_BYTE_ORDER_MOTOROLA);
	if (len > 0)
		exif_data_load_data(d, (const unsigned char *)exif, (unsigned)len);
	return d;
}

static size_t count_entries(const ExifData *d)
{
	size_t count = 0;

	for (size_t i = 0; i < EXIF_IFD_COUNT; i++)
		count += d->ifd[i]->count;
	return count;
}

static void add_all(ExifData *d, const struct jx_media_tags *t)
{
	add_time(d, t);
	add_place(d, t->fix);
	if (t->make != NULL)
		add_text(d, EXIF_IFD_0, EXIF_TAG_MAKE, t->make);
	if (t->model != NULL)
		add_text(d, EXIF_IFD_0, EXIF_TAG_MODEL, t->model);
}

static jx_rc write_all(ExifData *d, const uint8_t *data, size_t len, jx_buf *out, struct jx_error *err)
{
	unsigned char *block = NULL;
	unsigned block_len = 0;
	uint8_t head[6] = {0xff, 0xd8, 0xff, 0xe1};
	bool is_good;

	exif_data_save_data(d, &block, &block_len);
	is_good = block != NULL && block_len > 6 && block_len <= JX_MEDIA_EXIF_MAX;
	if (is_good) {
		head[4] = (uint8_t)((block_len + 2) >> 8);
		head[5] = (uint8_t)(block_len + 2);
		jx_buf_add(out, head, sizeof(head));
		jx_buf_add(out, block, block_len);
		copy_rest(data, len, out);
	}
	free(block);
	if (!is_good)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "the photo's Exif has no room for time and position: keep it as it is");
	return jx_buf_check(out, "photo", err);
}

jx_rc jx_media_tag(const void *data, size_t len, const struct jx_media_tags *tags, jx_buf *out,
		   struct jx_error *err)
{
	JX_CLEANUP(jx_media__scan_done) struct jx_media__scan scan;
	JX_CLEANUP(unref_data) ExifData *d = NULL;
	size_t before;
	jx_rc rc;

	jx_media__scan_init(&scan);
	jx_media__scan_add(&scan, data, len);
	rc = jx_media__scan_check(&scan, _("from the camera"), err);
	if (rc != JX_OK)
		return rc;
	d = load(scan.exif, scan.exif_len);
	before = count_entries(d);
	add_all(d, tags);
	if (count_entries(d) != before)
		return write_all(d, data, len, out, err);
	jx_buf_add(out, data, len);
	return jx_buf_check(out, "photo", err);
}
