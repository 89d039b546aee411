/* What a control of tests/controls needs here; no other build has this file. */
#include "vault_private.h"

jx_rc jx_vault__control_leave_open(struct jx_vault__txn *txn, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, SET_POS);
	jx_rc rc;

	jx_vault__bind_i64(&q, ":pos", txn->pos);
	rc = jx_vault__run(&q, NULL, "vault.control", err);
	txn->is_open = rc != JX_OK;
	return rc;
}

/* That it fails is nobody's business any more: the receipt is out. */
void jx_vault__control_commit(struct jx_vault__db *db)
{
	if (db->handle == NULL || sqlite3_get_autocommit(db->handle) != 0)
		return;
	if (sqlite3_exec(db->handle, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		(void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

void jx_vault__control_commit_late(struct jx_vault__sqlite *v)
{
	JX_VAULT__HOLD(db, &v->write);

	jx_vault__control_commit(db);
}
