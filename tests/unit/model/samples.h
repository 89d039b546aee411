/* Entries for the tests of this folder: no field holds what could be mistaken for another's. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "jiexun/model.h"

/* An observation with all fields that observations may have. */
void sample_observation(struct jx_entry *e);
/* The least entry of a kind that encodes. */
void sample_of_kind(struct jx_entry *e, enum jx_kind kind);
/* Key pair number i. */
void sample_key(int i, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES]);
/* Id number i of a family. */
void sample_id(uint8_t family, uint64_t i, uint8_t id[JX_ID_BYTES]);

#endif
