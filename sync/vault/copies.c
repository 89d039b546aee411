/* Room, and the small copies of photos: the server's own beside the originals, what devices sent in a folder of its own. */
#include "vault_private.h"

#define WHERE "vault.copies"

static jx_rc add_sum(struct jx_vault__db *db, enum jx_vault__sql which, const uint8_t writer[JX_ID_BYTES],
		     int64_t *sum, struct jx_error *err)
{
	JX_CLEANUP(jx_vault__give_back) struct jx_vault__loan q = jx_vault__lend(db, which);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":id", writer, JX_ID_BYTES);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	if (rc == JX_OK && has_row)
		*sum += jx_vault__i64(&q, 0);
	return rc;
}

jx_rc jx_vault__photo_bytes(jx_vault *base, const uint8_t writer[JX_ID_BYTES], int64_t *bytes_out,
			    struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	int64_t sum = 0;
	jx_rc rc = add_sum(db, JX_VAULT__SQL_PHOTO_BYTES, writer, &sum, err);

	if (rc == JX_OK)
		rc = add_sum(db, JX_VAULT__SQL_SMALL_BYTES, writer, &sum, err);
	if (rc == JX_OK)
		*bytes_out = sum;
	return rc;
}

struct noted {
	const uint8_t *writer;
	const struct jx_vault_photo *copies;
	size_t count;
};

static jx_rc insert_small(struct jx_vault__txn *txn, const void *arg, struct jx_error *err)
{
	const struct noted *n = arg;
	int64_t no = 0;
	jx_rc rc = jx_vault__writer_no(txn->db, n->writer, &no, WHERE, err);

	for (size_t i = 0; i < n->count && rc == JX_OK; i++) {
		JX_VAULT__LOAN(q, txn->db, SMALL_ADD);

		jx_vault__bind_i64(&q, ":no", no);
		jx_vault__bind_blob(&q, ":sha256", n->copies[i].sha256, JX_HASH_BYTES);
		jx_vault__bind_i64(&q, ":size_bytes", n->copies[i].size_bytes);
		rc = jx_vault__run(&q, NULL, WHERE, err);
	}
	return rc;
}

jx_rc jx_vault__note_small(jx_vault *base, const uint8_t writer[JX_ID_BYTES],
			   const struct jx_vault_photo *copies, size_t count, struct jx_error *err)
{
	const struct noted n = {.writer = writer, .copies = copies, .count = count};
	struct jx_vault__job job = {.fn = insert_small, .arg = &n, .where = WHERE};

	return count == 0 ? JX_OK : jx_vault__run_grouped(jx_vault__of(base), &job, err);
}

jx_rc jx_vault__free_bytes(jx_vault *base, int64_t *bytes_out, struct jx_error *err)
{
	return jx_media_free_bytes(jx_vault__of(base)->media, bytes_out, err);
}

jx_rc jx_vault__each_photo(jx_vault *base, int64_t after_pos, int64_t limit, jx_vault_stored_fn fn,
			   void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, PHOTOS_AFTER);
	struct jx_vault_stored photo;
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_i64(&q, ":after", after_pos);
	jx_vault__bind_i64(&q, ":limit", limit);
	jx_vault__bind_str(&q, ":unreadable", JX_VAULT_UNREADABLE);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	while (rc == JX_OK && has_row) {
		photo.pos = jx_vault__i64(&q, 0);
		jx_vault__copy(&q, 1, photo.writer, sizeof(photo.writer));
		jx_vault__copy(&q, 2, photo.sha256, sizeof(photo.sha256));
		photo.is_unreadable = jx_vault__i64(&q, 3) != 0;
		rc = fn(user, &photo);
		if (rc == JX_OK)
			rc = jx_vault__step(&q, &has_row, WHERE, err);
	}
	return rc;
}

jx_rc jx_vault__copy_of(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out,
			struct jx_error *err)
{
	const struct jx_vault__sqlite *v = jx_vault__of(base);

	if (jx_media_kept_copy(v->media, sha256, JX_COPY_SMALL, out, NULL) == JX_OK)
		return JX_OK;
	/* torn by a power cut: away with it, so that the next look makes it again */
	if (jx_media_has_copy(v->media, sha256, JX_COPY_SMALL))
		(void)jx_media_drop_copy(v->media, sha256, JX_COPY_SMALL, NULL);
	if (jx_media_kept_copy(v->sent, sha256, JX_COPY_SMALL, out, NULL) == JX_OK)
		return JX_OK;
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "there is no small copy of this photo yet");
}

bool jx_vault__has_own_copy(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES])
{
	return jx_media_has_copy(jx_vault__of(base)->media, sha256, JX_COPY_SMALL);
}

jx_rc jx_vault__keep_copy(jx_vault *base, const uint8_t sha256[JX_HASH_BYTES], bool is_own, const void *data,
			  size_t len, struct jx_error *err)
{
	const struct jx_vault__sqlite *v = jx_vault__of(base);
	jx_rc rc;

	if (!is_own)
		return jx_vault__has_own_copy(base, sha256)
			       ? JX_OK
			       : jx_media_keep_copy(v->sent, sha256, JX_COPY_SMALL, data, len, err);
	rc = jx_media_keep_copy(v->media, sha256, JX_COPY_SMALL, data, len, err);
	return rc == JX_OK ? jx_media_drop_copy(v->sent, sha256, JX_COPY_SMALL, err) : rc;
}
