/* Which entry a correction or withdrawal names. */
#include <string.h>

#include "capture_private.h"

#define WHERE "capture.target"

struct found {
	struct jx_entry_ref ref;
	enum jx_kind kind;
};

static jx_rc take(void *user, const struct jx_log_row *row)
{
	struct found *f = user;

	memcpy(f->ref.id, row->id, JX_ID_BYTES);
	memcpy(f->ref.digest, row->digest, JX_HASH_BYTES);
	f->kind = row->kind;
	return JX_OK;
}

jx_rc jx_capture__target(jx_store *store, const uint8_t of_id[JX_ID_BYTES], struct jx_entry_ref *out,
			 struct jx_error *err)
{
	struct found f;
	jx_rc rc = jx_store_by_id(store, of_id, take, &f, err);

	if (rc != JX_OK)
		return rc;
	if (f.kind != JX_KIND_OBSERVATION && f.kind != JX_KIND_CORRECTION)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"only observations and their corrections can be corrected or withdrawn: name one of them");
	/* Each step leads to a later entry, so this ends. */
	while (rc == JX_OK && f.kind != JX_KIND_WITHDRAWAL) {
		struct jx_entry_ref last = f.ref;

		rc = jx_store_replacing(store, last.id, take, &f, err);
	}
	if (rc == JX_OK)
		return jx_fail(err, JX_ESTATE, 0, WHERE, "this entry was withdrawn: make a new observation");
	if (rc != JX_ENOTFOUND)
		return rc;
	*out = f.ref;
	return JX_OK;
}
