/* One-time enrolment codes. */
#include <string.h>

#include "vault_private.h"

static jx_rc no_code(const char *where, struct jx_error *err)
{
	return jx_fail(err, JX_ENOTFOUND, 0, where, "there is no such enrolment code: make a new one");
}

static jx_rc insert_code(struct jx_vault__txn *txn, const struct jx_vault_code *c, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, CODE_ADD);
	int changed = 0;
	jx_rc rc;

	jx_vault__bind_str(&q, ":id", c->id);
	jx_vault__bind_blob(&q, ":secret", c->secret, sizeof(c->secret));
	jx_vault__bind_str(&q, ":short_code", c->short_code);
	jx_vault__bind_i64(&q, ":role", c->role);
	jx_vault__bind_str(&q, ":area", c->area);
	jx_vault__bind_i64(&q, ":is_trusted", c->is_trusted ? 1 : 0);
	jx_vault__bind_i64(&q, ":expires_utc_ms", c->expires_utc_ms);
	rc = jx_vault__run(&q, &changed, "vault.add_code", err);
	if (rc == JX_OK && changed != 1)
		rc = jx_fail(err, JX_EEXISTS, 0, "vault.add_code",
			     "an enrolment code with this id is there: draw another");
	return rc;
}

jx_rc jx_vault__add_code(jx_vault *base, const struct jx_vault_code *c, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.add_code", err);

	if (rc == JX_OK)
		rc = insert_code(&txn, c, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.add_code", err) : rc;
}

static jx_rc read_code(struct jx_vault__db *db, const char *id, struct jx_vault_code *out,
		       struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CODE);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_str(&q, ":id", id);
	rc = jx_vault__step(&q, &has_row, "vault.code", err);
	if (rc == JX_OK && !has_row)
		rc = no_code("vault.code", err);
	if (rc != JX_OK)
		return rc;
	memset(out, 0, sizeof(*out));
	jx_vault__copy_str(&q, 0, out->id, sizeof(out->id));
	jx_vault__copy(&q, 1, out->secret, sizeof(out->secret));
	jx_vault__copy_str(&q, 2, out->short_code, sizeof(out->short_code));
	out->role = (enum jx_role)jx_vault__i64(&q, 3);
	jx_vault__copy_str(&q, 4, out->area, sizeof(out->area));
	out->is_trusted = jx_vault__i64(&q, 5) != 0;
	out->expires_utc_ms = jx_vault__i64(&q, 6);
	out->tries = jx_vault__i64(&q, 7);
	out->is_used = !jx_vault__is_null(&q, 8);
	jx_vault__copy(&q, 8, out->used_public_key, sizeof(out->used_public_key));
	jx_vault__copy(&q, 9, out->writer, sizeof(out->writer));
	return JX_OK;
}

jx_rc jx_vault__code(jx_vault *base, const char *id, struct jx_vault_code *out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->point);

	return read_code(db, id, out, err);
}

static jx_rc count_failure(struct jx_vault__txn *txn, const char *id, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, CODE_FAILED);
	int changed = 0;
	jx_rc rc;

	jx_vault__bind_str(&q, ":id", id);
	rc = jx_vault__run(&q, &changed, "vault.code_failed", err);
	return rc == JX_OK && changed != 1 ? no_code("vault.code_failed", err) : rc;
}

jx_rc jx_vault__code_failed(jx_vault *base, const char *id, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.code_failed", err);

	if (rc == JX_OK)
		rc = count_failure(&txn, id, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.code_failed", err) : rc;
}

static jx_rc use_code(struct jx_vault__txn *txn, const char *id, const struct jx_writer *w,
		      struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, CODE_USE);
	int64_t no = 0;
	int changed = 0;
	jx_rc rc = jx_vault__writer_no(txn->db, w->id, &no, "vault.enrol", err);

	if (rc != JX_OK)
		return rc;
	jx_vault__bind_str(&q, ":id", id);
	jx_vault__bind_blob(&q, ":public_key", w->public_key, sizeof(w->public_key));
	jx_vault__bind_i64(&q, ":no", no);
	rc = jx_vault__run(&q, &changed, "vault.enrol", err);
	if (rc == JX_OK && changed != 1)
		rc = jx_fail(err, JX_ECONFLICT, 0, "vault.enrol",
			     "this enrolment code was used meanwhile: make a new one");
	return rc;
}

/* A device that has found its way back is the writer it was: same id, same key. */
static jx_rc find_writer(struct jx_vault__txn *txn, const struct jx_writer *w, bool *known_out,
			 struct jx_error *err)
{
	struct jx_writer there;
	int64_t no = 0;
	const jx_rc rc = jx_vault__read_writer(txn->db, w->id, &there, &no, err);

	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc == JX_OK && (there.state == JX_WRITER_REVOKED ||
			    memcmp(there.public_key, w->public_key, sizeof(there.public_key)) != 0))
		return jx_fail(err, JX_ECONFLICT, 0, "vault.enrol",
			       "writer %s has another key, or was revoked meanwhile: make a new code",
			       there.short_code);
	*known_out = rc == JX_OK;
	return rc;
}

jx_rc jx_vault__enrol(jx_vault *base, const char *code_id, const struct jx_writer *w,
		      const struct jx_vault_batch *server_entry, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	struct jx_vault_code code;
	bool is_known = false;
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.enrol", err);

	if (rc == JX_OK)
		rc = read_code(txn.db, code_id, &code, err);
	if (rc == JX_OK)
		rc = find_writer(&txn, w, &is_known, err);
	if (rc == JX_OK && !is_known)
		rc = jx_vault__insert_writer(&txn, w, err);
	if (rc == JX_OK)
		rc = use_code(&txn, code_id, w, err);
	if (rc == JX_OK)
		rc = jx_vault__add_batch(&txn, server_entry, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.enrol", err) : rc;
}
