/*
 * Is the JPEG whole? Follows the structure (ITU-T T.81, annex B) to the end marker: the last two bytes alone prove nothing,
 * because cameras pad files and append a second picture, and a cut file may end in FF D9 by chance.
 */
#include <stdlib.h>
#include <string.h>

#include "media_private.h"

#define WHERE "media.jpeg"

enum {
	SOI = 0xd8,
	EOI = 0xd9,
	SOS = 0xda,
	DHT = 0xc4,
	JPG = 0xc8,
	DAC = 0xcc,
	APP1 = 0xe1,
	TEM = 0x01,
	RST0 = 0xd0,
	RST7 = 0xd7
};

static const char exif_name[] = "Exif";

void jx_media__scan_init(struct jx_media__scan *s)
{
	memset(s, 0, sizeof(*s));
	s->at = JX_MEDIA__AT_START;
}

void jx_media__scan_done(struct jx_media__scan *s)
{
	free(s->exif);
	s->exif = NULL;
}

static bool is_frame(uint8_t marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC;
}

/* The byte after FF, outside picture data. FF again is a fill byte. */
static enum jx_media__scan_at take_marker(struct jx_media__scan *s, uint8_t b)
{
	s->marker = b;
	if (b == 0xff)
		return JX_MEDIA__AT_CODE;
	if (b == EOI)
		return s->has_frame && s->has_data ? JX_MEDIA__AT_END : JX_MEDIA__AT_FAULT;
	if (b == SOI || b == 0x00)
		return JX_MEDIA__AT_FAULT; /* a picture begins inside a picture's headers: bytes are missing */
	if (b == TEM || (b >= RST0 && b <= RST7))
		return JX_MEDIA__AT_MARKERS;
	return JX_MEDIA__AT_LENGTH_HI;
}

static enum jx_media__scan_at end_segment(struct jx_media__scan *s)
{
	if (s->exif_len > 0 && s->marker == APP1)
		s->is_exif_full = true;
	if (is_frame(s->marker))
		s->has_frame = true;
	if (s->marker != SOS)
		return JX_MEDIA__AT_MARKERS;
	s->has_data = true;
	return JX_MEDIA__AT_DATA;
}

static enum jx_media__scan_at take_length(struct jx_media__scan *s, uint8_t b)
{
	s->left |= b;
	if (s->left < 2)
		return JX_MEDIA__AT_FAULT;
	s->left -= 2;
	return s->left == 0 ? end_segment(s) : JX_MEDIA__AT_SEGMENT;
}

/* After FF in picture data: a stuffed zero, a restart, a fill byte, or the next marker. */
static enum jx_media__scan_at take_data_code(struct jx_media__scan *s, uint8_t b)
{
	if (b == 0x00 || (b >= RST0 && b <= RST7))
		return JX_MEDIA__AT_DATA;
	return b == 0xff ? JX_MEDIA__AT_DATA_CODE : take_marker(s, b);
}

/* One byte, everywhere but inside segments and picture data, which are taken in runs. */
static enum jx_media__scan_at take_byte(struct jx_media__scan *s, uint8_t b)
{
	switch (s->at) {
	case JX_MEDIA__AT_START:
		if (s->left == 0 && b == 0xff) {
			s->left = 1;
			return JX_MEDIA__AT_START;
		}
		if (s->left != 1 || b != SOI)
			return JX_MEDIA__AT_FAULT;
		s->left = 0;
		return JX_MEDIA__AT_MARKERS;
	case JX_MEDIA__AT_MARKERS:
		/* Stray bytes between segments are skipped as decoders do: an original is not refused for a sloppy camera. */
		return b == 0xff ? JX_MEDIA__AT_CODE : JX_MEDIA__AT_MARKERS;
	case JX_MEDIA__AT_CODE:
		return take_marker(s, b);
	case JX_MEDIA__AT_LENGTH_HI:
		s->left = (uint32_t)b << 8;
		return JX_MEDIA__AT_LENGTH_LO;
	case JX_MEDIA__AT_LENGTH_LO:
		return take_length(s, b);
	case JX_MEDIA__AT_DATA_CODE:
		return take_data_code(s, b);
	case JX_MEDIA__AT_SEGMENT:
	case JX_MEDIA__AT_DATA:
	case JX_MEDIA__AT_END:
	case JX_MEDIA__AT_FAULT:
	default:
		return s->at;
	}
}

/* Keep the first APP1 that begins with "Exif": others (XMP) have the same marker. */
static void keep_exif(struct jx_media__scan *s, const uint8_t *data, size_t len)
{
	size_t i;

	if (s->marker != APP1 || s->is_exif_full)
		return;
	if (s->exif == NULL)
		s->exif = jx_xmalloc(JX_MEDIA_EXIF_MAX);
	for (i = 0; i < len; i++) {
		if (s->exif_len < sizeof(exif_name) - 1 && (char)data[i] != exif_name[s->exif_len]) {
			s->exif_len = 0;
			s->marker = 0; /* another kind of APP1: skip the rest of it */
			return;
		}
		if (s->exif_len < JX_MEDIA_EXIF_MAX)
			s->exif[s->exif_len++] = (char)data[i];
	}
}

static size_t take_segment(struct jx_media__scan *s, const uint8_t *data, size_t len)
{
	const size_t take = len < s->left ? len : s->left;

	keep_exif(s, data, take);
	s->left -= (uint32_t)take;
	if (s->left == 0)
		s->at = end_segment(s);
	return take;
}

static size_t take_data(struct jx_media__scan *s, const uint8_t *data, size_t len)
{
	const uint8_t *mark = memchr(data, 0xff, len);

	if (mark == NULL)
		return len;
	s->at = JX_MEDIA__AT_DATA_CODE;
	return (size_t)(mark - data) + 1;
}

void jx_media__scan_add(struct jx_media__scan *s, const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len && s->at != JX_MEDIA__AT_END && s->at != JX_MEDIA__AT_FAULT) {
		if (s->at == JX_MEDIA__AT_SEGMENT) {
			i += take_segment(s, data + i, len - i);
		} else if (s->at == JX_MEDIA__AT_DATA) {
			i += take_data(s, data + i, len - i);
		} else {
			s->at = take_byte(s, data[i]);
			i++;
		}
	}
}

jx_rc jx_media__scan_check(const struct jx_media__scan *s, const char *name, struct jx_error *err)
{
	switch ((int)s->at) {
	case JX_MEDIA__AT_END:
		return JX_OK;
	case JX_MEDIA__AT_START:
	case JX_MEDIA__AT_FAULT:
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "photo %s is not a JPEG picture: take or choose another one", name);
	default:
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "photo %s is cut off, its end is missing: copy it again or take it again",
			       name);
	}
}
