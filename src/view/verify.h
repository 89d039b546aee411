/* What the two halves of the verification share: the receipts, and the chains that must fit them. */
#ifndef JX_VIEW_VERIFY_H
#define JX_VIEW_VERIFY_H

#include "view_private.h"

/* A receipt whose signature is good. */
struct jx_view__promise {
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	struct jx_receipt receipt;
};
/* A photo that a good photo-receipt names. */
struct jx_view__done {
	uint8_t writer[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
};

struct jx_view__verification {
	struct jx_view__reader reader;
	struct jx_view_verify out;
	struct jx_identity current;
	bool has_current;
	struct jx_chain_walk walk;
	bool is_walking;
	jx_buf promises; /* struct jx_view__promise, sorted by writer and n once all are read */
	jx_buf photos;   /* struct jx_view__done, sorted */
	int64_t sent_n;  /* of the chain being walked, by good receipts */
	struct jx_error *err;
};

/* Count the damage; the first is kept. number "" if it is at no entry in particular. */
void jx_view__note(struct jx_view__verification *job, const char *number, const struct jx_error *what);
/* Open every receipt and photo-receipt, into promises and photos. What does not verify is noted. */
jx_rc jx_view__read_receipts(struct jx_view__verification *job, struct jx_error *err);
/* Orders of the two lists, for qsort and bsearch. */
int jx_view__compare_promises(const void *a, const void *b);
int jx_view__compare_done(const void *a, const void *b);

#endif
