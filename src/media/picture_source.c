/* libjpeg's ways in and out of trouble: bytes from a reader, errors by a jump, the markers a copy needs. */
#include <stdlib.h>
#include <string.h>

#include <jerror.h>

#include "picture_private.h"

static void on_error(j_common_ptr cinfo)
{
	struct jx_picture__errors *e = (struct jx_picture__errors *)(void *)cinfo->err;

	e->code = cinfo->err->msg_code;
	longjmp(e->back, 1);
}

/* A library prints nothing; a picture with a few wrong bits is shown as far as it goes. */
static void on_message(j_common_ptr cinfo)
{
	(void)cinfo;
}

/*
 * What libjpeg goes on after. A marker inside the picture's data: bytes are missing, and the rest of it is grey. Codes that are none, restarts
 * out of order: bytes are changed. Stray bytes before a marker harm nothing, some cameras write them.
 */
static void on_warning(j_common_ptr cinfo, int level)
{
	struct jx_picture__errors *e = (struct jx_picture__errors *)(void *)cinfo->err;
	const int code = cinfo->err->msg_code;

	if (level >= 0)
		return;
	cinfo->err->num_warnings++;
	if (code == JWRN_HIT_MARKER && e->fault != JX_COPY_FAULT_CUT) {
		e->fault = JX_COPY_FAULT_CUT;
		e->fault_row = ((j_decompress_ptr)cinfo)->output_scanline;
	} else if ((code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC) &&
		   e->fault == JX_COPY_FAULT_NONE) {
		e->fault = JX_COPY_FAULT_DAMAGED;
	}
}

void jx_picture__errors_init(struct jx_picture__errors *e)
{
	(void)jpeg_std_error(&e->base);
	e->base.error_exit = on_error;
	e->base.emit_message = on_warning;
	e->fault = JX_COPY_FAULT_NONE;
	e->fault_row = 0;
	e->base.output_message = on_message;
}

static void begin_source(j_decompress_ptr cinfo)
{
	(void)cinfo;
}

/* The end before the end marker is an error: libjpeg would go on with grey. */
static boolean fill(j_decompress_ptr cinfo)
{
	struct jx_picture__source *s = (struct jx_picture__source *)(void *)cinfo->src;
	size_t got = 0;

	s->rc = s->in->read(s->in->user, s->chunk, sizeof(s->chunk), &got, s->err);
	s->is_at_end = s->rc == JX_OK && got == 0;
	if (s->rc != JX_OK || got == 0)
		on_error((j_common_ptr)cinfo);
	s->base.next_input_byte = s->chunk;
	s->base.bytes_in_buffer = got;
	return TRUE;
}

static void skip(j_decompress_ptr cinfo, long count)
{
	struct jpeg_source_mgr *s = cinfo->src;
	size_t left = count > 0 ? (size_t)count : 0;

	while (left > s->bytes_in_buffer) {
		left -= s->bytes_in_buffer;
		(void)fill(cinfo);
	}
	s->next_input_byte += left;
	s->bytes_in_buffer -= left;
}

void jx_picture__source_init(struct jx_picture__source *s, const struct jx_picture_in *in,
			     struct jx_error *err)
{
	s->in = in;
	s->err = err;
	s->base.init_source = begin_source;
	s->base.fill_input_buffer = fill;
	s->base.skip_input_data = skip;
	s->base.resync_to_restart = jpeg_resync_to_restart;
	s->base.term_source = begin_source;
}

/* ---- markers --------------------------------------------------------------------------------------- */

#define EXIF_HEAD "Exif\0" /* and its own NUL: six bytes */
#define PROFILE_HEAD \
	"ICC_PROFILE" /* and its NUL: twelve; then which chunk, and of how many (ICC.1, annex B.4) */
#define HEAD_MAX 14

static uint8_t take_byte(j_decompress_ptr cinfo)
{
	struct jpeg_source_mgr *s = cinfo->src;

	if (s->bytes_in_buffer == 0)
		(void)fill(cinfo);
	s->bytes_in_buffer--;
	return *s->next_input_byte++;
}

static size_t take_bytes(j_decompress_ptr cinfo, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = take_byte(cinfo);
	return len;
}

static size_t take_length(j_decompress_ptr cinfo)
{
	const size_t high = take_byte(cinfo);
	const size_t len = high << 8 | take_byte(cinfo);

	return len < 2 ? 0 : len - 2;
}

/* The first Exif block counts, others (XMP) have the same marker. The block is static in size: at most one APP1. */
static boolean on_app1(j_decompress_ptr cinfo)
{
	struct jx_picture__marks *m = cinfo->client_data;
	size_t left = take_length(cinfo);
	uint8_t block[JX_MEDIA_EXIF_MAX];
	size_t got = take_bytes(cinfo, block, left < sizeof(EXIF_HEAD) ? left : sizeof(EXIF_HEAD));

	left -= got;
	if (!m->has_exif && got == sizeof(EXIF_HEAD) && memcmp(block, EXIF_HEAD, sizeof(EXIF_HEAD)) == 0) {
		got += take_bytes(cinfo, block + got, left);
		left = 0;
		m->has_exif = true;
		m->orientation = jx_picture__orientation(block, got);
	}
	skip(cinfo, (long)left);
	return TRUE;
}

static bool is_profile_chunk(struct jx_picture__marks *m, const uint8_t *head, size_t got)
{
	if (got < HEAD_MAX || memcmp(head, PROFILE_HEAD, sizeof(PROFILE_HEAD)) != 0)
		return false;
	if (head[12] != m->profile_next + 1 || (m->profile_next > 0 && head[13] != m->profile_count))
		m->is_profile_bad = true;
	m->profile_next++;
	m->profile_count = head[13];
	return !m->is_profile_bad;
}

static boolean on_app2(j_decompress_ptr cinfo)
{
	struct jx_picture__marks *m = cinfo->client_data;
	size_t left = take_length(cinfo);
	uint8_t chunk[256] = {0};
	const size_t got = take_bytes(cinfo, chunk, left < HEAD_MAX ? left : HEAD_MAX);

	left -= got;
	if (is_profile_chunk(m, chunk, got))
		for (; left > 0 && m->profile.rc == JX_OK;
		     left -= left < sizeof(chunk) ? left : sizeof(chunk))
			jx_buf_add(&m->profile, chunk,
				   take_bytes(cinfo, chunk, left < sizeof(chunk) ? left : sizeof(chunk)));
	skip(cinfo, (long)left);
	return TRUE;
}

void jx_picture__watch_marks(j_decompress_ptr cinfo)
{
	jpeg_set_marker_processor(cinfo, JPEG_APP0 + 1, on_app1);
	jpeg_set_marker_processor(cinfo, JPEG_APP0 + 2, on_app2);
}

/* Byte 16 of a profile's header names the colours it is for (ICC.1, 7.2.6); a CMYK profile over RGB would spoil them. */
bool jx_picture__is_profile_good(const struct jx_picture__marks *m)
{
	return m->profile.rc == JX_OK && !m->is_profile_bad && m->profile_next > 0 &&
	       m->profile_next == m->profile_count && m->profile.len >= 128 &&
	       memcmp(m->profile.data + 16, "RGB ", 4) == 0 && memcmp(m->profile.data + 36, "acsp", 4) == 0;
}

/* ---- orientation ------------------------------------------------------------------------------------ */

struct tiff {
	const uint8_t *data;
	size_t len;
	bool is_big_endian;
};

static uint32_t get(const struct tiff *t, size_t at, size_t count)
{
	uint32_t v = 0;

	if (at > t->len || count > t->len - at)
		return 0;
	for (size_t i = 0; i < count; i++)
		v = v << 8 | t->data[t->is_big_endian ? at + i : at + count - 1 - i];
	return v;
}

/* Reads the first directory only, each look checked against the block's end: offsets may say anything (TIFF 6.0, section 2). */
int jx_picture__orientation(const uint8_t *exif, size_t len)
{
	struct tiff t = {.data = exif + 6, .len = len > 6 ? len - 6 : 0};
	uint32_t at, count, value;

	if (t.len < 8 || (memcmp(t.data, "MM", 2) != 0 && memcmp(t.data, "II", 2) != 0))
		return 1;
	t.is_big_endian = t.data[0] == 'M';
	if (get(&t, 2, 2) != 42)
		return 1;
	at = get(&t, 4, 4);
	count = get(&t, at, 2);
	for (uint32_t i = 0; i < count && (uint64_t)at + 2 + 12 * (uint64_t)(i + 1) <= t.len; i++) {
		const size_t entry = (size_t)at + 2 + 12 * (size_t)i;

		if (get(&t, entry, 2) != 0x0112)
			continue;
		value = get(&t, entry + 8, 2);
		return get(&t, entry + 2, 2) == 3 && value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}
