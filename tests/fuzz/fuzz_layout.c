/* Messages laid out for a dictionary: any bytes come out as they went in; bytes that nobody laid out are refused or hold the ceiling. */
#include <string.h>

#include "fuzz.h"
#include "jiexun/wire.h"

static void there_and_back(struct jx_bytes plain)
{
	JX_AUTO_BUF packed = {0};
	JX_AUTO_BUF again = {0};

	jx_buf_init(&packed, plain.len + 65536);
	jx_buf_init(&again, plain.len);
	JX_FUZZ_CHECK(jx_wire_compress_with(plain, JX_WIRE_DICTIONARY_NEWEST, 1, &packed, NULL) == JX_OK);
	JX_FUZZ_CHECK(jx_wire_expand((struct jx_bytes){packed.data, packed.len}, JX_WIRE_DICTIONARY_NEWEST,
				     &again, NULL) == JX_OK);
	JX_FUZZ_CHECK(again.len == plain.len &&
		      (plain.len == 0 || memcmp(again.data, plain.data, plain.len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct jx_bytes input = {data, size};
	JX_AUTO_BUF packed = {0};
	JX_AUTO_BUF plain = {0};
	jx_rc rc;

	there_and_back(input);
	jx_buf_init(&plain, 65536);
	/* as a whole body */
	(void)jx_wire_expand(input, JX_WIRE_DICTIONARY_NEWEST, &plain, NULL);
	JX_FUZZ_CHECK(plain.len <= plain.max);
	/* and as what a frame holds: one without a dictionary can be read with one at hand */
	jx_buf_init(&packed, size + 65536);
	JX_FUZZ_CHECK(jx_wire_compress(input, 1, &packed, NULL) == JX_OK);
	jx_buf_reset(&plain);
	rc = jx_wire_expand((struct jx_bytes){packed.data, packed.len}, JX_WIRE_DICTIONARY_NEWEST, &plain,
			    NULL);
	JX_FUZZ_CHECK(rc == JX_OK || rc == JX_EINVAL || rc == JX_ELIMIT);
	JX_FUZZ_CHECK(plain.len <= plain.max);
	if (rc == JX_OK)
		there_and_back((struct jx_bytes){plain.data != NULL ? plain.data : "", plain.len});
	return 0;
}
