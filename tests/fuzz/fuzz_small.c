/* Bundles of small copies and their answer: what passes holds its ceilings and is written again alike. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/wire.h"

static void bundle(struct jx_bytes body)
{
	static struct jx_small_part parts[JX_SMALL_PARTS_MAX], again[JX_SMALL_PARTS_MAX];
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};
	size_t count = 0, back = 0;
	const jx_rc rc = jx_small_bundle_read(body, parts, JX_SMALL_PARTS_MAX, &count, &err);

	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT || rc == JX_EVERSION);
	JX_FUZZ_CHECK(rc == JX_OK || (err.code == rc && err.text[0] != '\0'));
	if (rc != JX_OK)
		return;
	JX_FUZZ_CHECK(count >= 1 && count <= JX_SMALL_PARTS_MAX);
	jx_buf_init(&b, (size_t)2 * JX_SMALL_BUNDLE_BYTES_MAX);
	JX_FUZZ_CHECK(jx_small_bundle_write(parts, count, &b, &err) == JX_OK);
	JX_FUZZ_CHECK(jx_small_bundle_read((struct jx_bytes){b.data, b.len}, again, JX_SMALL_PARTS_MAX, &back,
					   &err) == JX_OK);
	JX_FUZZ_CHECK(back == count);
	for (size_t i = 0; i < count; i++)
		JX_FUZZ_CHECK(memcmp(parts[i].sha256, again[i].sha256, JX_HASH_BYTES) == 0 &&
			      parts[i].copy.len == again[i].copy.len &&
			      memcmp(parts[i].copy.data, again[i].copy.data, again[i].copy.len) == 0);
}

static void answer(struct jx_bytes body)
{
	enum jx_small_result results[4], again[4];
	JX_AUTO_BUF b = {0};

	if (jx_small_answer_read(body, results, 4, NULL) != JX_OK)
		return;
	jx_buf_init(&b, 4096);
	JX_FUZZ_CHECK(jx_small_answer_write(results, 4, &b, NULL) == JX_OK);
	JX_FUZZ_CHECK(jx_small_answer_read((struct jx_bytes){b.data, b.len}, again, 4, NULL) == JX_OK);
	JX_FUZZ_CHECK(memcmp(results, again, sizeof(results)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bundle((struct jx_bytes){data, size});
	answer((struct jx_bytes){data, size});
	return 0;
}
