/*
 * Is the sound note whole? Follows the pages of an Ogg file (RFC 3533) with one Opus stream (RFC 7845) from the first byte to the page that
 * says it is the last: order, checksum of each, what the first two packets are, and by the last position how long it is.
 */
#include <string.h>

#include "media_private.h"

#define WHERE "media.sound"

#define HEADER_BYTES     27
#define FLAG_FIRST       0x02
#define FLAG_LAST        0x04
#define SAMPLES_PER_MS   48 /* of Opus positions, whatever was recorded */
#define NO_PACKET_ENDS   UINT64_MAX
#define CHECKSUM_AT      22
#define LEAST_HEAD_BYTES 19

void jx_media__sound_init(struct jx_media__sound *s)
{
	memset(s, 0, sizeof(*s));
}

static uint64_t little(const uint8_t *p, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = bytes; i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

/* Four bits at a time: sixteen numbers, and fast enough for some megabytes. */
static uint32_t add_to_checksum(uint32_t crc, const uint8_t *data, size_t len)
{
	static const uint32_t table[16] = {
		0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9, 0x130476dc, 0x17c56b6b,
		0x1a864db2, 0x1e475005, 0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61,
		0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd,
	};

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)data[i] << 24;
		crc = crc << 4 ^ table[crc >> 28];
		crc = crc << 4 ^ table[crc >> 28];
	}
	return crc;
}

static void fail(struct jx_media__sound *s, enum jx_media__sound_at why)
{
	s->at = why;
}

/* What the first two packets must be; of a page's first bytes. */
static bool are_heads_right(const struct jx_media__sound *s)
{
	if (s->pages == 0)
		return s->body_len >= LEAST_HEAD_BYTES && memcmp(s->body, "OpusHead", 8) == 0 &&
		       s->body[8] < 16 && s->body[9] > 0;
	return s->pages != 1 || (s->body_len >= 8 && memcmp(s->body, "OpusTags", 8) == 0);
}

static void end_page(struct jx_media__sound *s)
{
	const uint64_t position = little(s->header + 6, 8);

	if (s->checksum != (uint32_t)little(s->header + CHECKSUM_AT, 4)) {
		fail(s, JX_MEDIA__SOUND_DAMAGED);
		return;
	}
	if (!are_heads_right(s)) {
		fail(s, JX_MEDIA__SOUND_OTHER);
		return;
	}
	if (s->pages == 0)
		s->skip = (uint32_t)little(s->body + 10, 2);
	if (position != NO_PACKET_ENDS) {
		if (position < s->position || position > INT64_MAX) {
			fail(s, JX_MEDIA__SOUND_DAMAGED);
			return;
		}
		s->position = position;
	}
	s->pages++;
	s->header_len = 0;
	s->body_len = 0;
	s->at = (s->header[5] & FLAG_LAST) != 0 ? JX_MEDIA__SOUND_END : JX_MEDIA__SOUND_HEADER;
}

/* The 27 bytes are there. */
static void take_header(struct jx_media__sound *s)
{
	const uint8_t *h = s->header;
	const uint8_t flags = h[5];
	static const uint8_t none[4];

	if (memcmp(h, "OggS", 4) != 0 || h[4] != 0) {
		fail(s, s->pages == 0 ? JX_MEDIA__SOUND_OTHER : JX_MEDIA__SOUND_DAMAGED);
		return;
	}
	if (s->pages == 0)
		s->serial = (uint32_t)little(h + 14, 4);
	if ((s->pages == 0) != ((flags & FLAG_FIRST) != 0) || (uint32_t)little(h + 14, 4) != s->serial) {
		fail(s, JX_MEDIA__SOUND_OTHER); /* another stream, in between or behind */
		return;
	}
	if ((uint32_t)little(h + 18, 4) != s->pages) {
		fail(s, JX_MEDIA__SOUND_DAMAGED); /* a page is missing */
		return;
	}
	s->checksum = add_to_checksum(0, h, CHECKSUM_AT);
	s->checksum = add_to_checksum(s->checksum, none, sizeof(none));
	s->checksum = add_to_checksum(s->checksum, h + CHECKSUM_AT + 4, HEADER_BYTES - CHECKSUM_AT - 4);
	s->left = h[26];
	s->body_bytes = 0;
	s->at = JX_MEDIA__SOUND_SEGMENTS;
	if (s->left == 0) /* a page without packets: some end a stream with one */
		end_page(s);
}

static size_t take_some_header(struct jx_media__sound *s, const uint8_t *data, size_t len)
{
	const size_t take = len < HEADER_BYTES - s->header_len ? len : HEADER_BYTES - s->header_len;

	memcpy(s->header + s->header_len, data, take);
	s->header_len += take;
	if (s->header_len == HEADER_BYTES)
		take_header(s);
	return take;
}

static size_t take_segments(struct jx_media__sound *s, const uint8_t *data, size_t len)
{
	const size_t take = len < s->left ? len : s->left;

	for (size_t i = 0; i < take; i++)
		s->body_bytes += data[i];
	s->checksum = add_to_checksum(s->checksum, data, take);
	s->left -= (uint32_t)take;
	if (s->left > 0)
		return take;
	s->left = s->body_bytes;
	s->at = JX_MEDIA__SOUND_BODY;
	if (s->left == 0)
		end_page(s);
	return take;
}

static size_t take_body(struct jx_media__sound *s, const uint8_t *data, size_t len)
{
	const size_t take = len < s->left ? len : s->left;
	const size_t room = sizeof(s->body) - s->body_len, keep = take < room ? take : room;

	memcpy(s->body + s->body_len, data, keep);
	s->body_len += keep;
	s->checksum = add_to_checksum(s->checksum, data, take);
	s->left -= (uint32_t)take;
	if (s->left == 0)
		end_page(s);
	return take;
}

void jx_media__sound_add(struct jx_media__sound *s, const uint8_t *data, size_t len)
{
	size_t i = 0;

	while (i < len) {
		switch (s->at) {
		case JX_MEDIA__SOUND_HEADER:
			i += take_some_header(s, data + i, len - i);
			break;
		case JX_MEDIA__SOUND_SEGMENTS:
			i += take_segments(s, data + i, len - i);
			break;
		case JX_MEDIA__SOUND_BODY:
			i += take_body(s, data + i, len - i);
			break;
		case JX_MEDIA__SOUND_END: /* something follows the last page: a second stream, or another file */
			fail(s, JX_MEDIA__SOUND_OTHER);
			break;
		case JX_MEDIA__SOUND_OTHER:
		case JX_MEDIA__SOUND_DAMAGED:
			return;
		}
	}
}

int64_t jx_media__sound_ms(const struct jx_media__sound *s)
{
	return s->position > s->skip ? (int64_t)((s->position - s->skip) / SAMPLES_PER_MS) : 0;
}

jx_rc jx_media__sound_check(const struct jx_media__sound *s, const char *name, struct jx_error *err)
{
	const int64_t ms = jx_media__sound_ms(s);

	if (s->at == JX_MEDIA__SOUND_OTHER || (s->at == JX_MEDIA__SOUND_HEADER && s->pages == 0))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"sound %s is not Opus in one Ogg stream: record it with jx log --record, or convert it (opusenc)",
			name);
	if (s->at == JX_MEDIA__SOUND_DAMAGED)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "sound %s is damaged: copy it again or record it again", name);
	if (s->at != JX_MEDIA__SOUND_END)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "sound %s is cut off, its end is missing: copy it again or record it again",
			       name);
	if (ms == 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "sound %s holds no sound: record it again", name);
	if (ms > JX_SOUND_MS_MAX + JX_MEDIA__SOUND_OVERHANG_MS)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "sound %s is %lld s long, %d are allowed: record a shorter note, or several",
			       name, (long long)(ms / 1000), JX_SOUND_MS_MAX / 1000);
	return JX_OK;
}

bool jx_media_looks_like_sound(const void *data, size_t len)
{
	return len >= 4 && memcmp(data, "OggS", 4) == 0;
}
