#include "jiexun/model.h"

#include <string.h>

#define WHERE "model.chain"

void jx_chain_walk_init(struct jx_chain_walk *w, const uint8_t writer[JX_ID_BYTES],
			const uint8_t pub[JX_PUB_BYTES])
{
	memset(w, 0, sizeof(*w));
	memcpy(w->writer, writer, JX_ID_BYTES);
	memcpy(w->pub, pub, JX_PUB_BYTES);
	jx_chain_root(writer, pub, w->head);
}

static jx_rc fail_at(const struct jx_chain_walk *w, int64_t n, const char *what, struct jx_error *err)
{
	char writer[37];

	jx_uuid_format(w->writer, writer);
	return jx_fail(err, JX_ECORRUPT, 0, WHERE, "writer %s, entry %lld: %s: fetch this writer's log again",
		       writer, (long long)n, what);
}

/* The bytes must be an entry of this writer with this number; the rest of it is not the chain's business. */
static jx_rc check_bytes(const struct jx_chain_walk *w, int64_t n, const char *bytes, size_t len,
			 struct jx_error *err)
{
	struct jx_entry e;

	if (jx_entry_decode_storing(bytes, len, &e, NULL) != JX_OK)
		return fail_at(w, n, _("bytes are no entry"), err);
	if (memcmp(e.writer, w->writer, JX_ID_BYTES) != 0)
		return fail_at(w, n, _("entry is another writer's"), err);
	if (e.n != n)
		return fail_at(w, n, _("entry has another number"), err);
	return JX_OK;
}

jx_rc jx_chain_walk_add(struct jx_chain_walk *w, const char *bytes, size_t len, const uint8_t *digest,
			const uint8_t *sig, struct jx_error *err)
{
	const int64_t n = w->n + 1;
	uint8_t found[JX_HASH_BYTES], head[JX_HASH_BYTES];
	jx_rc rc;

	if (bytes == NULL && digest == NULL)
		return fail_at(w, n, _("neither bytes nor digest are there"), err);
	if (bytes != NULL) {
		rc = check_bytes(w, n, bytes, len, err);
		if (rc != JX_OK)
			return rc;
		jx_sha256(bytes, len, found);
		if (digest != NULL && memcmp(found, digest, sizeof(found)) != 0)
			return fail_at(w, n, _("bytes do not fit their digest"), err);
		digest = found;
	}
	jx_chain_next(w->writer, n, w->head, digest, head);
	if (sig != NULL && !jx_chain_verify(w->pub, head, sig))
		return fail_at(w, n, _("signature does not fit the chain up to here"), err);
	w->n = n;
	memcpy(w->head, head, sizeof(head));
	return JX_OK;
}

jx_rc jx_chain_walk_receipt(const struct jx_chain_walk *w, const struct jx_receipt *r, struct jx_error *err)
{
	if (memcmp(r->writer, w->writer, JX_ID_BYTES) != 0)
		return fail_at(w, r->n, _("receipt is another writer's"), err);
	if (r->n != w->n)
		return fail_at(w, r->n, _("receipt is for another number than the chain has reached"), err);
	if (memcmp(r->head, w->head, JX_HASH_BYTES) != 0)
		return fail_at(w, r->n, _("receipt was given for another chain"), err);
	return JX_OK;
}
