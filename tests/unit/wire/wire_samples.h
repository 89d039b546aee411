/* Messages with every field set, from fixed seeds. */
#ifndef WIRE_SAMPLES_H
#define WIRE_SAMPLES_H

#include "jiexun/wire.h"

/* Key pair whose seed is 32 times this byte. */
void sample_keys(uint8_t seed, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES]);
void sample_code(struct jx_code_text *out);
/* Proved by the code of sample_code() and key 1. */
void sample_enrol_request(struct jx_enrol_request *out);
/* Proved for key 1; identity is key 9. */
void sample_enrol_answer(struct jx_enrol_answer *out);
/* Batch of the two sample entries. */
#define SAMPLE_ENTRIES 2
void sample_request(struct jx_sync_request *out, struct jx_bytes entries[SAMPLE_ENTRIES]);
void sample_receipt(struct jx_signed *out);
void sample_answer(struct jx_sync_answer *out);
/* Items of every kind; count of them. */
#define SAMPLE_ITEMS 6
void sample_items(struct jx_item items[SAMPLE_ITEMS]);
/* Copies of two photos: bytes that begin and end as a JPEG does. */
#define SAMPLE_SMALL 2
void sample_small(struct jx_small_part parts[SAMPLE_SMALL]);
void sample_error(struct jx_wire_error *out);
/* Signed over POST /v1/sync with body "body", challenge and receipt set. */
void sample_sign_in(struct jx_sign_in *out, struct jx_wire_request *rq);

#endif
