/* Reading back what was stored of a chain: digests, heads, receipts. */
#include "vault_private.h"

static jx_rc walk_digests(struct jx_vault__loan *q, const char *where, jx_vault_digest_fn fn, void *user,
			  struct jx_error *err)
{
	uint8_t digest[JX_HASH_BYTES], head[JX_HASH_BYTES];
	bool has_row = false;
	jx_rc rc = jx_vault__step(q, &has_row, where, err);

	while (rc == JX_OK && has_row) {
		jx_vault__copy(q, 1, digest, sizeof(digest));
		jx_vault__copy(q, 2, head, sizeof(head));
		rc = fn(user, jx_vault__i64(q, 0), digest, head);
		if (rc == JX_OK)
			rc = jx_vault__step(q, &has_row, where, err);
	}
	return rc;
}

jx_rc jx_vault__digests(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t from_n, int64_t to_n,
			jx_vault_digest_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, DIGESTS);

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	jx_vault__bind_i64(&q, ":from", from_n);
	jx_vault__bind_i64(&q, ":to", to_n);
	return walk_digests(&q, "vault.digests", fn, user, err);
}

jx_rc jx_vault__fork_heads(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t n,
			   jx_vault_digest_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, FORK_HEADS);

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	jx_vault__bind_i64(&q, ":n", n);
	return walk_digests(&q, "vault.fork_heads", fn, user, err);
}

static jx_rc read_signed(struct jx_vault__loan *q, struct jx_signed *out, struct jx_error *err)
{
	bool has_row = false;
	jx_rc rc = jx_vault__step(q, &has_row, "vault.receipt", err);

	if (rc == JX_OK && !has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, "vault.receipt", "there is no receipt yet");
	if (rc == JX_OK)
		jx_vault__copy_signed(q, 0, 1, out);
	return rc;
}

jx_rc jx_vault__receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES], struct jx_signed *out,
			struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, RECEIPT);

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	return read_signed(&q, out, err);
}

jx_rc jx_vault__fork_receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t n,
			     const uint8_t head[JX_HASH_BYTES], struct jx_signed *out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, FORK_RECEIPT);

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	jx_vault__bind_i64(&q, ":n", n);
	jx_vault__bind_blob(&q, ":head", head, JX_HASH_BYTES);
	return read_signed(&q, out, err);
}

jx_rc jx_vault__receipt_known(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t hash[JX_HASH_BYTES], bool *known_out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, RECEIPT_KNOWN);

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	jx_vault__bind_blob(&q, ":hash", hash, JX_HASH_BYTES);
	return jx_vault__step(&q, known_out, "vault.receipt", err);
}

jx_rc jx_vault__keys(jx_vault *base, struct jx_signed *out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, KEYS);

	return read_signed(&q, out, err);
}
