/* Form packs: published once, read for ever. */
#include <string.h>

#include "vault_private.h"

static jx_rc insert_pack(struct jx_vault__txn *txn, const struct jx_vault_pack *p, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, PACK_ADD);
	int changed = 0;
	jx_rc rc;

	jx_vault__bind_i64(&q, ":pos", txn->pos + 1);
	jx_vault__bind_str(&q, ":id", p->id);
	jx_vault__bind_i64(&q, ":version", p->version);
	jx_vault__bind_str(&q, ":valid_from", p->valid_from);
	jx_vault__bind_i64(&q, ":utc_ms", p->utc_ms);
	jx_vault__bind_blob(&q, ":sha256", p->sha256, sizeof(p->sha256));
	jx_vault__bind_blob(&q, ":sig", p->seal.sig, sizeof(p->seal.sig));
	jx_vault__bind_text(&q, ":text", p->seal.text, p->seal.len);
	jx_vault__bind_blob(&q, ":bytes", p->bytes.data, p->bytes.len);
	rc = jx_vault__run(&q, &changed, "vault.add_pack", err);
	if (rc == JX_OK && changed != 1)
		return jx_fail(err, JX_EEXISTS, 0, "vault.add_pack",
			       "version %lld of pack %s is published: a version is never changed, raise it",
			       (long long)p->version, p->id);
	if (rc == JX_OK)
		txn->pos++;
	return rc;
}

jx_rc jx_vault__add_pack(jx_vault *base, const struct jx_vault_pack *p, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.add_pack", err);

	if (rc == JX_OK)
		rc = insert_pack(&txn, p, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.add_pack", err) : rc;
}

jx_rc jx_vault__each_pack(jx_vault *base, jx_vault_pack_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);
	JX_VAULT__LOAN(q, db, PACKS);
	struct jx_vault_pack p;
	bool has_row = false;
	jx_rc rc = jx_vault__step(&q, &has_row, "vault.packs", err);

	while (rc == JX_OK && has_row) {
		memset(&p, 0, sizeof(p));
		jx_vault__copy_str(&q, 0, p.id, sizeof(p.id));
		p.version = jx_vault__i64(&q, 1);
		jx_vault__copy_str(&q, 2, p.valid_from, sizeof(p.valid_from));
		p.utc_ms = jx_vault__i64(&q, 3);
		jx_vault__copy(&q, 4, p.sha256, sizeof(p.sha256));
		jx_vault__copy_signed(&q, 5, 6, &p.seal);
		p.bytes = jx_vault__bytes(&q, 7);
		rc = fn(user, &p);
		if (rc == JX_OK)
			rc = jx_vault__step(&q, &has_row, "vault.packs", err);
	}
	return rc;
}

static jx_rc find_pack(struct jx_vault__db *db, const uint8_t sha256[JX_HASH_BYTES], int64_t *pos_out,
		       int64_t *size_bytes_out, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, PACK_FIND);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	rc = jx_vault__step(&q, &has_row, "vault.pack", err);
	if (rc == JX_OK && !has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, "vault.pack",
			       "no pack with this hash is published: sync again");
	if (rc == JX_OK) {
		*pos_out = jx_vault__i64(&q, 0);
		*size_bytes_out = jx_vault__i64(&q, 1);
	}
	return rc;
}

jx_rc jx_vault__pack_size(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			  struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	int64_t pos = 0;

	return find_pack(db, sha256, &pos, size_bytes_out, err);
}

/* Piece by piece: a thousand handhelds fetch a pack at the same time, and each piece is all that it takes of memory. */
jx_rc jx_vault__pack_read(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes,
			  void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	sqlite3_blob *blob = NULL;
	int64_t pos = 0, size_bytes = 0;
	size_t got;
	int native;
	jx_rc rc = find_pack(db, sha256, &pos, &size_bytes, err);

	if (rc != JX_OK)
		return rc;
	if (offset_bytes < 0 || offset_bytes > size_bytes)
		offset_bytes = size_bytes;
	got = size_bytes - offset_bytes < (int64_t)len ? (size_t)(size_bytes - offset_bytes) : len;
	native = sqlite3_blob_open(db->handle, "main", "pack", "bytes", pos, 0, &blob);
	if (native == SQLITE_OK && got > 0)
		native = sqlite3_blob_read(blob, data, (int)got, (int)offset_bytes);
	if (native != SQLITE_OK)
		rc = jx_vault__fail(db, native, "vault.pack", err);
	(void)sqlite3_blob_close(blob);
	if (rc == JX_OK)
		*got_out = got;
	return rc;
}
