/* Photos: which are listed, which are stored for whom, and their bytes through media. */
#include "vault_private.h"

static jx_rc bind_photo(struct jx_vault__loan *q, const uint8_t writer[JX_ID_BYTES],
			const uint8_t sha256[JX_HASH_BYTES], bool *has_row, const char *where,
			struct jx_error *err)
{
	jx_vault__bind_blob(q, ":id", writer, JX_ID_BYTES);
	jx_vault__bind_blob(q, ":sha256", sha256, JX_HASH_BYTES);
	return jx_vault__step(q, has_row, where, err);
}

jx_rc jx_vault__photo_listed(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			     struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, PHOTO_LISTED);
	bool has_row = false;
	jx_rc rc = bind_photo(&q, writer, sha256, &has_row, "vault.photo", err);

	if (rc == JX_OK && !has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, "vault.photo",
			       "no stored entry of this writer lists this photo: send the entry first");
	if (rc == JX_OK)
		*size_bytes_out = jx_vault__i64(&q, 0);
	return rc;
}

struct stored {
	const uint8_t *writer, *sha256;
	const struct jx_signed *receipt;
	int64_t utc_ms;
};

static jx_rc insert_photo(struct jx_vault__txn *txn, const void *arg, struct jx_error *err)
{
	const struct stored *p = arg;
	JX_VAULT__LOAN(q, txn->db, PHOTO_ADD);
	int64_t no = 0;
	int changed = 0;
	jx_rc rc = jx_vault__writer_no(txn->db, p->writer, &no, "vault.photo_stored", err);

	if (rc != JX_OK)
		return rc;
	jx_vault__bind_i64(&q, ":pos", txn->pos + 1);
	jx_vault__bind_i64(&q, ":no", no);
	jx_vault__bind_blob(&q, ":sha256", p->sha256, JX_HASH_BYTES);
	jx_vault__bind_i64(&q, ":utc_ms", p->utc_ms);
	jx_vault__bind_blob(&q, ":sig", p->receipt->sig, sizeof(p->receipt->sig));
	jx_vault__bind_text(&q, ":text", p->receipt->text, p->receipt->len);
	rc = jx_vault__run(&q, &changed, "vault.photo_stored", err);
	if (rc == JX_OK && changed == 1)
		txn->pos++;
	return rc;
}

jx_rc jx_vault__photo_stored(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t sha256[JX_HASH_BYTES], const struct jx_signed *receipt,
			     int64_t utc_ms, struct jx_error *err)
{
	const struct stored p = {.writer = writer, .sha256 = sha256, .receipt = receipt, .utc_ms = utc_ms};
	struct jx_vault__job job = {.fn = insert_photo, .arg = &p, .where = "vault.photo_stored"};

	return jx_vault__run_grouped(jx_vault__of(base), &job, err);
}

jx_rc jx_vault__photo_receipt(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], struct jx_signed *out,
			      struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, PHOTO_RECEIPT);
	bool has_row = false;
	int64_t size_bytes = 0;
	jx_rc rc = bind_photo(&q, writer, sha256, &has_row, "vault.photo_receipt", err);

	/* database and photos come from two backups: what is not there is asked for again */
	if (rc == JX_OK && has_row &&
	    jx_media_stat(jx_vault__of(base)->media, sha256, &size_bytes, NULL) == JX_ENOTFOUND)
		has_row = false;
	if (rc == JX_OK && !has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, "vault.photo_receipt",
			       "this photo is not stored for this writer yet: send it");
	if (rc == JX_OK)
		jx_vault__copy_signed(&q, 0, 1, out);
	return rc;
}

jx_rc jx_vault__photo_known(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, PHOTO_KNOWN);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	rc = jx_vault__step(&q, &has_row, "vault.photo_known", err);
	if (rc == JX_OK && !has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, "vault.photo_known", "this photo is not stored here");
	return rc;
}

/* ---- bytes: a jx_vault_part is media's part, kept apart by the writer's id ----------------------- */

struct owner {
	char text[2 * JX_ID_BYTES + 1];
};

static struct owner owner_of(const uint8_t writer[JX_ID_BYTES])
{
	struct owner o = {.text = ""};

	jx_hex(writer, JX_ID_BYTES, o.text);
	return o;
}

static jx_part *part_of(jx_vault_part *part)
{
	return (jx_part *)part;
}

jx_rc jx_vault__part_offset(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			    const uint8_t sha256[JX_HASH_BYTES], int64_t *offset_bytes_out,
			    struct jx_error *err)
{
	const struct owner owner = owner_of(writer);
	jx_rc rc = jx_part_stat(jx_vault__of(base)->media, owner.text, sha256, offset_bytes_out, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	*offset_bytes_out = 0;
	return JX_OK;
}

jx_rc jx_vault__part_open(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			  const uint8_t sha256[JX_HASH_BYTES], int64_t size_bytes, jx_vault_part **part_out,
			  struct jx_error *err)
{
	const struct owner owner = owner_of(writer);
	jx_part *part = NULL;
	jx_rc rc = jx_part_open(jx_vault__of(base)->media, owner.text, sha256, size_bytes, &part, err);

	if (rc == JX_OK)
		*part_out = (jx_vault_part *)part;
	return rc;
}

int64_t jx_vault__part_at(const jx_vault_part *part)
{
	return jx_part_offset((const jx_part *)part);
}

jx_rc jx_vault__part_write(jx_vault_part *part, const void *data, size_t len, struct jx_error *err)
{
	return jx_part_write(part_of(part), data, len, err);
}

jx_rc jx_vault__part_publish(jx_vault_part *part, struct jx_error *err)
{
	return jx_part_publish(part_of(part), err);
}

jx_rc jx_vault__part_drop(jx_vault_part *part, struct jx_error *err)
{
	return jx_part_drop(part_of(part), err);
}

void jx_vault__part_close(jx_vault_part *part)
{
	jx_part_close(part_of(part));
}

void jx_vault__photo_path(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap)
{
	jx_media_path(jx_vault__of(base)->media, sha256, out, cap);
}

jx_rc jx_vault__sweep(jx_vault *base, int64_t now_utc_ms, int64_t keep_ms, int64_t *removed_out,
		      struct jx_error *err)
{
	int64_t removed = 0, removed_sent = 0;
	jx_rc rc = jx_media_sweep(jx_vault__of(base)->media, now_utc_ms, keep_ms, &removed, err);

	if (rc == JX_OK)
		rc = jx_media_sweep(jx_vault__of(base)->sent, now_utc_ms, keep_ms, &removed_sent, err);
	if (rc == JX_OK)
		*removed_out = removed + removed_sent;
	return rc;
}
