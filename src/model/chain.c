#include "jiexun/model.h"

void jx_chain_root(const uint8_t writer[JX_ID_BYTES], const uint8_t pub[JX_PUB_BYTES],
		   uint8_t head_out[JX_HASH_BYTES])
{
	const struct jx_bytes parts[] = {
		{jx_tag_bytes(JX_TAG_ROOT), JX_TAG_BYTES},
		{writer, JX_ID_BYTES},
		{pub, JX_PUB_BYTES},
	};

	jx_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), head_out);
}

void jx_chain_next(const uint8_t writer[JX_ID_BYTES], int64_t n, const uint8_t prev[JX_HASH_BYTES],
		   const uint8_t digest[JX_HASH_BYTES], uint8_t head_out[JX_HASH_BYTES])
{
	uint8_t number[8];
	const struct jx_bytes parts[] = {
		{jx_tag_bytes(JX_TAG_HEAD), JX_TAG_BYTES},
		{writer, JX_ID_BYTES},
		{number, sizeof(number)},
		{prev, JX_HASH_BYTES},
		{digest, JX_HASH_BYTES},
	};
	uint8_t head[JX_HASH_BYTES]; /* prev and head_out may be the same memory */
	size_t i;

	for (i = 0; i < sizeof(number); i++)
		number[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
	jx_sha256_parts(parts, sizeof(parts) / sizeof(parts[0]), head);
	for (i = 0; i < sizeof(head); i++)
		head_out[i] = head[i];
}

void jx_chain_sign(const uint8_t sec[JX_SEC_BYTES], const uint8_t head[JX_HASH_BYTES],
		   uint8_t sig_out[JX_SIG_BYTES])
{
	const struct jx_bytes part = {head, JX_HASH_BYTES};

	jx_sign(sec, JX_TAG_HEAD, &part, 1, sig_out);
}

bool jx_chain_verify(const uint8_t pub[JX_PUB_BYTES], const uint8_t head[JX_HASH_BYTES],
		     const uint8_t sig[JX_SIG_BYTES])
{
	const struct jx_bytes part = {head, JX_HASH_BYTES};

	return jx_verify(pub, JX_TAG_HEAD, &part, 1, sig);
}
