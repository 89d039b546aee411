/* Epoch and writers. */
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

static void read_row(const struct jx_vault__loan *q, struct jx_writer *out, int64_t *no_out)
{
	memset(out, 0, sizeof(*out));
	jx_vault__copy(q, 0, out->id, sizeof(out->id));
	jx_vault__copy(q, 1, out->public_key, sizeof(out->public_key));
	jx_vault__copy_str(q, 2, out->short_code, sizeof(out->short_code));
	out->role = (enum jx_role)jx_vault__i64(q, 3);
	jx_vault__copy_str(q, 4, out->area, sizeof(out->area));
	out->state = (enum jx_writer_state)jx_vault__i64(q, 5);
	jx_vault__copy_str(q, 6, out->name, sizeof(out->name));
	out->enrolled_utc_ms = jx_vault__i64(q, 7);
	out->n = jx_vault__i64(q, 8);
	jx_vault__copy(q, 9, out->head, sizeof(out->head));
	out->last_seen_utc_ms = jx_vault__i64(q, 10);
	out->is_forked = jx_vault__i64(q, 11) != 0;
	out->must_enrol = jx_vault__i64(q, 12) != 0;
	jx_vault__copy(q, 13, out->receipt_hash[0], JX_HASH_BYTES);
	jx_vault__copy(q, 14, out->receipt_hash[1], JX_HASH_BYTES);
	if (no_out != NULL)
		*no_out = jx_vault__i64(q, 15);
}

static jx_rc no_writer(const char *where, struct jx_error *err)
{
	return jx_fail(err, JX_ENOTFOUND, 0, where, "there is no such writer: enrol it first");
}

jx_rc jx_vault__add_meta(struct jx_vault__sqlite *v, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err)
{
	JX_VAULT__HOLD(db, &v->write);
	JX_VAULT__LOAN(q, db, META_ADD);

	jx_vault__bind_blob(&q, ":epoch", epoch, JX_ID_BYTES);
	return jx_vault__run(&q, NULL, "vault.open", err);
}

jx_rc jx_vault__epoch(jx_vault *base, uint8_t epoch_out[JX_ID_BYTES], struct jx_error *err)
{
	struct jx_vault__sqlite *v = jx_vault__of(base);
	JX_VAULT__HOLD(db, &v->point);
	jx_rc rc = JX_OK;

	if (!v->has_epoch)
		rc = jx_vault__meta(db, v->epoch, NULL, "vault.epoch", err);
	v->has_epoch = rc == JX_OK;
	if (rc == JX_OK)
		memcpy(epoch_out, v->epoch, JX_ID_BYTES);
	return rc;
}

/* Committed or not, it is read anew. */
static void forget_epoch(struct jx_vault__sqlite *v)
{
	JX_CLEANUP(jx_vault__let_go) struct jx_vault__db *db = jx_vault__hold(&v->point);

	(void)db;
	v->has_epoch = false;
}

static jx_rc write_epoch(struct jx_vault__txn *txn, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, SET_EPOCH);

	jx_vault__bind_blob(&q, ":epoch", epoch, JX_ID_BYTES);
	return jx_vault__run(&q, NULL, "vault.new_epoch", err);
}

jx_rc jx_vault__new_epoch(jx_vault *base, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.new_epoch", err);

	if (rc == JX_OK)
		rc = write_epoch(&txn, epoch, err);
	if (rc == JX_OK)
		rc = jx_vault__txn_commit(&txn, "vault.new_epoch", err);
	forget_epoch(jx_vault__of(base));
	return rc;
}

jx_rc jx_vault__read_writer(struct jx_vault__db *db, const uint8_t id[JX_ID_BYTES], struct jx_writer *out,
			    int64_t *no_out, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, WRITER);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":id", id, JX_ID_BYTES);
	rc = jx_vault__step(&q, &has_row, "vault.writer", err);
	if (rc == JX_OK && !has_row)
		rc = no_writer("vault.writer", err);
	if (rc == JX_OK)
		read_row(&q, out, no_out);
	return rc;
}

jx_rc jx_vault__writer_no(struct jx_vault__db *db, const uint8_t id[JX_ID_BYTES], int64_t *no_out,
			  const char *where, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, WRITER_NO);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":id", id, JX_ID_BYTES);
	rc = jx_vault__step(&q, &has_row, where, err);
	if (rc == JX_OK && !has_row)
		rc = no_writer(where, err);
	if (rc == JX_OK)
		*no_out = jx_vault__i64(&q, 0);
	return rc;
}

jx_rc jx_vault__writer(jx_vault *base, const uint8_t id[JX_ID_BYTES], struct jx_writer *out,
		       struct jx_error *err)
{
	struct jx_vault__sqlite *v = jx_vault__of(base);

	/* each request asks for its writer first */
	if (jx_control_is(JX_CONTROL_RECEIPT_BEFORE_COMMIT))
		jx_vault__control_commit_late(v);
	JX_VAULT__HOLD(db, &v->point);
	return jx_vault__read_writer(db, id, out, NULL, err);
}

jx_rc jx_vault__writer_by_short(jx_vault *base, const char *short_code, struct jx_writer *out,
				struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);
	JX_VAULT__LOAN(q, db, WRITER_BY_SHORT);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_str(&q, ":short_code", short_code);
	rc = jx_vault__step(&q, &has_row, "vault.writer", err);
	if (rc == JX_OK && !has_row)
		rc = jx_fail(err, JX_ENOTFOUND, 0, "vault.writer",
			     "no writer has the short code %s: check the spelling", short_code);
	if (rc == JX_OK)
		read_row(&q, out, NULL);
	return rc;
}

static jx_rc walk(struct jx_vault__loan *q, jx_vault_writer_fn fn, void *user, struct jx_error *err)
{
	struct jx_writer w;
	bool has_row = false;
	jx_rc rc = jx_vault__step(q, &has_row, "vault.writers", err);

	while (rc == JX_OK && has_row) {
		read_row(q, &w, NULL);
		rc = fn(user, &w);
		if (rc == JX_OK)
			rc = jx_vault__step(q, &has_row, "vault.writers", err);
	}
	return rc;
}

jx_rc jx_vault__walk_writers(struct jx_vault__db *db, jx_vault_writer_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, WRITERS);

	return walk(&q, fn, user, err);
}

jx_rc jx_vault__each_writer_of_short(jx_vault *base, const char *short_code, jx_vault_writer_fn fn,
				     void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);
	JX_VAULT__LOAN(q, db, WRITERS_OF_SHORT);

	jx_vault__bind_str(&q, ":short_code", short_code);
	return walk(&q, fn, user, err);
}

jx_rc jx_vault__each_writer(jx_vault *base, jx_vault_writer_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);

	return jx_vault__walk_writers(db, fn, user, err);
}

jx_rc jx_vault__insert_writer(struct jx_vault__txn *txn, const struct jx_writer *w, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_ADD);
	struct jx_writer there;
	jx_rc rc = jx_vault__read_writer(txn->db, w->id, &there, NULL, NULL);

	if (rc == JX_OK)
		return jx_fail(err, JX_EEXISTS, 0, "vault.add_writer",
			       "writer ids are never reused: make a new one");
	jx_vault__bind_blob(&q, ":id", w->id, sizeof(w->id));
	jx_vault__bind_blob(&q, ":public_key", w->public_key, sizeof(w->public_key));
	jx_vault__bind_str(&q, ":short_code", w->short_code);
	jx_vault__bind_i64(&q, ":role", w->role);
	jx_vault__bind_str(&q, ":area", w->area);
	jx_vault__bind_i64(&q, ":state", w->state);
	jx_vault__bind_str(&q, ":name", w->name);
	jx_vault__bind_i64(&q, ":enrolled_utc_ms", w->enrolled_utc_ms);
	jx_vault__bind_blob(&q, ":head", w->head, sizeof(w->head));
	return jx_vault__run(&q, NULL, "vault.add_writer", err);
}

jx_rc jx_vault__add_server_writer(jx_vault *base, const struct jx_writer *w, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.add_writer", err);

	if (rc == JX_OK)
		rc = jx_vault__insert_writer(&txn, w, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.add_writer", err) : rc;
}

static jx_rc write_state(struct jx_vault__txn *txn, const uint8_t id[JX_ID_BYTES], enum jx_writer_state state,
			 struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_STATE);
	int changed = 0;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":id", id, JX_ID_BYTES);
	jx_vault__bind_i64(&q, ":state", state);
	rc = jx_vault__run(&q, &changed, "vault.set_state", err);
	return rc == JX_OK && changed != 1 ? no_writer("vault.set_state", err) : rc;
}

jx_rc jx_vault__set_state(jx_vault *base, const uint8_t id[JX_ID_BYTES], enum jx_writer_state state,
			  const struct jx_vault_batch *server_entry, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.set_state", err);

	if (rc == JX_OK)
		rc = write_state(&txn, id, state, err);
	if (rc == JX_OK)
		rc = jx_vault__add_batch(&txn, server_entry, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.set_state", err) : rc;
}

static jx_rc write_area(struct jx_vault__txn *txn, const uint8_t id[JX_ID_BYTES], const char *area,
			struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_AREA);
	int changed = 0;
	jx_rc rc;

	jx_vault__bind_blob(&q, ":id", id, JX_ID_BYTES);
	jx_vault__bind_str(&q, ":area", area);
	rc = jx_vault__run(&q, &changed, "vault.set_area", err);
	return rc == JX_OK && changed != 1 ? no_writer("vault.set_area", err) : rc;
}

jx_rc jx_vault__set_area(jx_vault *base, const uint8_t id[JX_ID_BYTES], const char *area,
			 const struct jx_vault_batch *server_entry, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.set_area", err);

	if (rc == JX_OK)
		rc = write_area(&txn, id, area, err);
	if (rc == JX_OK)
		rc = jx_vault__add_batch(&txn, server_entry, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.set_area", err) : rc;
}

/* What the new writer's first entry says of the one before must be so. */
static jx_rc check_before(struct jx_vault__txn *txn, const struct jx_writer *before, struct jx_error *err)
{
	struct jx_writer now;
	jx_rc rc = jx_vault__read_writer(txn->db, before->id, &now, NULL, err);

	if (rc == JX_OK && (now.n != before->n || memcmp(now.head, before->head, sizeof(now.head)) != 0))
		return jx_fail(err, JX_ECONFLICT, 0, "vault.rotate",
			       "writer %s has moved on meanwhile: read it again", before->short_code);
	return rc;
}

jx_rc jx_vault__rotate(jx_vault *base, const struct jx_vault_rotation *r, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.rotate", err);
	size_t i;

	if (rc == JX_OK)
		rc = check_before(&txn, r->before, err);
	for (i = 0; i < r->key_count && rc == JX_OK; i++)
		rc = jx_vault__insert_keys(&txn, &r->keys[i], r->utc_ms, err);
	if (rc == JX_OK)
		rc = jx_vault__insert_writer(&txn, r->next, err);
	if (rc == JX_OK)
		rc = jx_vault__add_batch(&txn, r->first, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.rotate", err) : rc;
}

static jx_rc write_must_enrol(struct jx_vault__txn *txn, int64_t no, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_MUST_ENROL);

	jx_vault__bind_i64(&q, ":no", no);
	return jx_vault__run(&q, NULL, "vault.mark_writer", err);
}

static jx_rc write_mark(struct jx_vault__txn *txn, int64_t no, const char *mark, int64_t utc_ms,
			struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_MARK);

	jx_vault__bind_i64(&q, ":no", no);
	jx_vault__bind_str(&q, ":mark", mark);
	jx_vault__bind_i64(&q, ":utc_ms", utc_ms);
	return jx_vault__run(&q, NULL, "vault.mark_writer", err);
}

jx_rc jx_vault__mark_writer(jx_vault *base, const uint8_t writer[JX_ID_BYTES], const char *mark,
			    bool must_enrol, int64_t utc_ms, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	int64_t no = 0;
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.mark_writer", err);

	if (rc == JX_OK)
		rc = jx_vault__writer_no(txn.db, writer, &no, "vault.mark_writer", err);
	if (rc == JX_OK)
		rc = write_mark(&txn, no, mark, utc_ms, err);
	if (rc == JX_OK && must_enrol)
		rc = write_must_enrol(&txn, no, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.mark_writer", err) : rc;
}
