/* What receipts, photo-receipts and keys have in common: text, signature, version, kind and signer. */
#ifndef JX_MODEL_SIGNED_H
#define JX_MODEL_SIGNED_H

#include "fields.h"

/* Start a text: {"v":1,"kind":"...","key":"..." - the caller adds the rest and the brace. */
void jx_model__signed_begin(jx_buf *b, const char *kind, const uint8_t sec[JX_SEC_BYTES]);
void jx_model__add_hex_member(jx_buf *b, const char *name, const void *bytes, size_t len);
void jx_model__add_uuid_member(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES]);
void jx_model__add_int_member(jx_buf *b, const char *name, int64_t value);
/* Array of hashes as a member. */
void jx_model__add_hashes_member(jx_buf *b, const char *name, const uint8_t (*hashes)[JX_HASH_BYTES],
				 size_t count);
/* Close the object, sign it, fill out. */
jx_rc jx_model__signed_end(jx_buf *b, enum jx_tag tag, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
			   struct jx_error *err);

/* Check signature, then form, then v, kind and key. doc_out points into s. */
jx_rc jx_model__signed_open(const struct jx_signed *s, enum jx_tag tag, const char *kind,
			    const uint8_t pub[JX_PUB_BYTES], jx_json *doc_out, struct jx_error *err);
/* Array of hashes, from min to max of them. */
jx_rc jx_model__need_hashes(const jx_json *doc, const char *name, size_t min, size_t max,
			    uint8_t (*hashes)[JX_HASH_BYTES], size_t *count_out, struct jx_error *err);

#endif
