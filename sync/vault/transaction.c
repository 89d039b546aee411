/* The one place where transactions begin and end. */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

static jx_rc control(struct jx_vault__db *db, enum jx_vault__sql id, const char *where, struct jx_error *err)
{
	JX_CLEANUP(jx_vault__give_back) struct jx_vault__loan loan = jx_vault__lend(db, id);

	return jx_vault__run(&loan, NULL, where, err);
}

jx_rc jx_vault__meta(struct jx_vault__db *db, uint8_t *epoch_out, int64_t *pos_out, const char *where,
		     struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, META);
	bool has_row = false;
	jx_rc rc = jx_vault__step(&q, &has_row, where, err);

	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_vault__damaged(db, where, _("its epoch is missing"), err);
	if (epoch_out != NULL)
		jx_vault__copy(&q, 0, epoch_out, JX_ID_BYTES);
	if (pos_out != NULL)
		*pos_out = jx_vault__i64(&q, 1);
	return JX_OK;
}

static jx_rc begin(struct jx_vault__sqlite *v, struct jx_vault__txn *txn, const char *where,
		   struct jx_error *err)
{
	jx_rc rc;

	txn->db = jx_vault__hold(&v->write);
	if (jx_control_is(JX_CONTROL_RECEIPT_BEFORE_COMMIT))
		jx_vault__control_commit(txn->db);
	rc = control(txn->db, JX_VAULT__SQL_BEGIN, where, err);
	txn->is_open = rc == JX_OK;
	return rc;
}

jx_rc jx_vault__txn_begin(struct jx_vault__sqlite *v, struct jx_vault__txn *txn, const char *where,
			  struct jx_error *err)
{
	jx_rc rc = begin(v, txn, where, err);

	if (rc == JX_OK)
		rc = jx_vault__meta(txn->db, NULL, &txn->pos_begun, where, err);
	txn->pos = txn->pos_begun;
	return rc;
}

static jx_rc save_pos(struct jx_vault__txn *txn, const char *where, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, SET_POS);

	jx_vault__bind_i64(&q, ":pos", txn->pos);
	return jx_vault__run(&q, NULL, where, err);
}

jx_rc jx_vault__txn_commit(struct jx_vault__txn *txn, const char *where, struct jx_error *err)
{
	jx_rc rc = txn->pos == txn->pos_begun ? JX_OK : save_pos(txn, where, err);

	if (rc == JX_OK)
		rc = control(txn->db, JX_VAULT__SQL_COMMIT, where, err);
	if (rc == JX_OK)
		txn->is_open = false;
	return rc;
}

void jx_vault__txn_end(struct jx_vault__txn *txn)
{
	if (txn->db == NULL)
		return;
	/* Some errors end the transaction by themselves; a ROLLBACK would then be one more. */
	if (txn->is_open && sqlite3_get_autocommit(txn->db->handle) == 0)
		(void)control(txn->db, JX_VAULT__SQL_ROLLBACK, "vault.rollback", NULL);
	jx_vault__let_go(&txn->db);
	txn->db = NULL;
}

jx_rc jx_vault__txn_mark(struct jx_vault__txn *txn, const char *where, struct jx_error *err)
{
	return control(txn->db, JX_VAULT__SQL_MARK, where, err);
}

jx_rc jx_vault__txn_keep(struct jx_vault__txn *txn, const char *where, struct jx_error *err)
{
	return control(txn->db, JX_VAULT__SQL_KEEP, where, err);
}

bool jx_vault__txn_undo(struct jx_vault__txn *txn)
{
	return sqlite3_get_autocommit(txn->db->handle) == 0 &&
	       control(txn->db, JX_VAULT__SQL_UNDO, "vault.rollback", NULL) == JX_OK &&
	       control(txn->db, JX_VAULT__SQL_KEEP, "vault.rollback", NULL) == JX_OK;
}

jx_rc jx_vault__snapshot_begin(struct jx_vault__db *db, const char *where, struct jx_error *err)
{
	return control(db, JX_VAULT__SQL_BEGIN_READ, where, err);
}

void jx_vault__snapshot_end(struct jx_vault__db *db)
{
	if (db->handle != NULL && sqlite3_get_autocommit(db->handle) == 0)
		(void)control(db, JX_VAULT__SQL_ROLLBACK, "vault.rollback", NULL);
}

jx_rc jx_vault__txn_schema(struct jx_vault__sqlite *v, const struct jx_migration *step,
			   const char *set_version, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	JX_AUTO_FREE char *loose = jx_control_edit(JX_CONTROL_NO_UNIQUE_ID, step->sql,
						   "UNIQUE (writer_no, n)\n", "CHECK (writer_no > 0)\n");
	jx_rc rc = begin(v, &txn, "vault.migrate", err);
	int native;

	if (rc != JX_OK)
		return rc;
	native = sqlite3_exec(v->write.handle, loose != NULL ? loose : step->sql, NULL, NULL, NULL);
	if (native == SQLITE_OK)
		native = sqlite3_exec(v->write.handle, set_version, NULL, NULL, NULL);
	if (native != SQLITE_OK)
		return jx_vault__fail(&v->write, native, "vault.migrate", err);
	return jx_vault__txn_commit(&txn, "vault.migrate", err);
}
