/*
 * What was taken from signed texts must be what they say: "sent", "complete" and what may be pruned follow from these rows,
 * not from the texts. Whether the texts are signed is jx_view_verify()'s business.
 */
#include <string.h>

#include "store_private.h"

#define WHERE "store.check"

/* Columns text, sig, hash of the row: the hash is how the server asks for this receipt. */
static bool is_hash_good(const jx_store__loan *q)
{
	const void *text = sqlite3_column_blob(q->stmt, 1);
	const int len = sqlite3_column_bytes(q->stmt, 1);
	uint8_t sig[JX_SIG_BYTES], stored[JX_HASH_BYTES], hash[JX_HASH_BYTES];
	const struct jx_bytes parts[] = {{sig, sizeof(sig)}, {text, (size_t)len}};

	if (!jx_store__col_blob(q, 2, sig, sizeof(sig)) || !jx_store__col_blob(q, 3, stored, sizeof(stored)))
		return false;
	jx_sha256_parts(parts, 2, hash);
	return memcmp(hash, stored, sizeof(hash)) == 0;
}

static jx_rc check_rows(jx_store *s, enum jx_store__sql sql, const char *what, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, sql);

	for (;;) {
		bool has_row = false;
		const jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		if (jx_store__col_i64(&q, 4) == 0 || !is_hash_good(&q))
			return jx_store__corrupt(s, WHERE, what, err);
	}
}

jx_rc jx_store__check_receipts(jx_store *s, struct jx_error *err)
{
	bool has_row = false;
	jx_rc rc = check_rows(s, JX_SQL_RECEIPT_CHECK, _("a receipt's row does not say what its text says"),
			      err);

	if (rc == JX_OK)
		rc = check_rows(s, JX_SQL_PHOTO_RECEIPT_CHECK,
				_("a photo-receipt's row does not say what its text says"), err);
	if (rc == JX_OK) {
		JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_DONE_CHECK);

		rc = jx_store__step(&q, &has_row, err);
		if (rc == JX_OK && jx_store__col_i64(&q, 0) > 0)
			return jx_store__corrupt(
				s, WHERE, _("a photo counts as received that no photo-receipt names"), err);
	}
	return rc;
}
