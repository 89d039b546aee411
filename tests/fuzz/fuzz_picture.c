/* Whatever the bytes are: a copy is a whole JPEG of the right size or there is none; tagging changes no whole picture into none. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/media.h"

struct memory {
	const uint8_t *data;
	size_t len, at;
};

static jx_rc read_memory(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	struct memory *m = user;
	const size_t take = m->len - m->at < len ? m->len - m->at : len;

	(void)err;
	memcpy(data, m->data + m->at, take);
	m->at += take;
	*got_out = take;
	return JX_OK;
}

/* Small ceilings, so that a round takes a moment. */
static const struct jx_picture_limits limits = {
	.pixels_max = 1000000, .memory_max_bytes = 8 << 20, .scans_max = 12};

static jx_rc copy(const uint8_t *data, size_t len, enum jx_copy_kind kind, const struct jx_picture_band *band,
		  jx_buf *out)
{
	struct memory m = {.data = data, .len = len};
	const struct jx_picture_in in = {.user = &m, .read = read_memory};
	struct jx_error err = {.code = JX_OK};
	jx_rc rc;

	jx_buf_init(out, JX_COPY_BYTES_MAX);
	rc = jx_picture_copy(&in, "fuzz", kind, &limits, band, out, &err);
	JX_FUZZ_CHECK(rc == JX_OK || (rc == err.code && err.text[0] != '\0' && out->len == 0));
	if (rc != JX_OK)
		return rc;
	JX_FUZZ_CHECK(out->len > 100 && memcmp(out->data, "\xff\xd8\xff\xe1", 4) == 0);
	JX_FUZZ_CHECK(memcmp(out->data + out->len - 2, "\xff\xd9", 2) == 0);
	return rc;
}

static void check_tag(const uint8_t *data, size_t len)
{
	const struct jx_fix fix = {
		.source = JX_FIX_GNSS, .lat_wgs84_e7 = 1, .lon_wgs84_e7 = 2, .accuracy_mm = 3};
	const struct jx_media_tags tags = {
		.taken_utc_ms = 1795340523120, .utc_offset_min = 480, .fix = &fix, .make = "a", .model = "b"};
	JX_AUTO_BUF tagged, again;

	jx_buf_init(&tagged, 4 << 20);
	jx_buf_init(&again, 4 << 20);
	if (jx_media_tag(data, len, &tags, &tagged, NULL) != JX_OK)
		return;
	/* still whole, and the second time there is nothing to add */
	if (jx_media_tag(tagged.data, tagged.len, &tags, &again, NULL) == JX_OK)
		JX_FUZZ_CHECK(again.len <= tagged.len + 512);
	else
		JX_FUZZ_CHECK(again.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t white[3 * JX_STAMP_WIDTH];
	const struct jx_picture_band band = {.rgb = white, .height = 1};
	JX_AUTO_BUF small, again, stamped;

	jx_buf_init(&again, 0);
	jx_buf_init(&stamped, 0);
	if (copy(data, size, JX_COPY_SMALL, NULL, &small) == JX_OK) {
		/* a copy of a copy is a copy: nothing in it offends */
		JX_FUZZ_CHECK(copy((const uint8_t *)small.data, small.len, JX_COPY_SMALL, NULL, &again) ==
			      JX_OK);
		if (size % 16 == 0)
			JX_FUZZ_CHECK(copy(data, size, JX_COPY_STAMPED, &band, &stamped) == JX_OK);
	}
	check_tag(data, size);
	return 0;
}
