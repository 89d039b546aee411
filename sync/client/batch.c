#include <string.h>

#include "client_private.h"

void jx_client__batch_init(struct jx_batch *b, int64_t count_max)
{
	memset(b, 0, sizeof(*b));
	jx_buf_init(&b->bytes, JX_WIRE_BATCH_BYTES_MAX - JX_CLIENT__HEADER_BYTES);
	b->count_max = count_max < JX_WIRE_BATCH_ENTRIES_MAX ? (size_t)count_max : JX_WIRE_BATCH_ENTRIES_MAX;
}

void jx_client__batch_done(struct jx_batch *b)
{
	jx_buf_done(&b->bytes);
}

bool jx_batch_add(jx_batch *batch, const char *bytes, size_t len, const uint8_t sig[JX_SIG_BYTES])
{
	/* each entry takes a line feed in the body */
	const size_t taken = batch->bytes.len + batch->count;

	if (batch->is_full || batch->count == batch->count_max || len >= batch->bytes.max - taken) {
		batch->is_full = true;
		return false;
	}
	batch->start[batch->count] = batch->bytes.len;
	batch->len[batch->count] = len;
	jx_buf_add(&batch->bytes, bytes, len);
	memcpy(batch->sig, sig, JX_SIG_BYTES);
	batch->count++;
	return true;
}
