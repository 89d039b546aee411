/*
 * The feed: everything stored, by commit position. Only committed rows can be seen, and one writer commits
 * at a time, so no lower position can appear later.
 */
#include <string.h>

#include "vault_private.h"

#define WHERE "vault.feed"

static void read_item(const struct jx_vault__loan *q, struct jx_vault_item *out)
{
	memset(out, 0, sizeof(*out));
	out->pos = jx_vault__i64(q, 0);
	out->kind = (enum jx_vault_item_kind)jx_vault__i64(q, 1);
	jx_vault__copy(q, 2, out->writer, sizeof(out->writer));
	out->n = jx_vault__i64(q, 3);
	out->is_fork = jx_vault__i64(q, 4) != 0;
	out->utc_ms = jx_vault__i64(q, 5);
	out->entry = jx_vault__bytes(q, 6);
	out->digest = jx_vault__blob(q, 7);
	out->head = jx_vault__blob(q, 8);
	out->sig = jx_vault__blob(q, 9);
	if (out->kind == JX_VAULT_PACK)
		out->pack = jx_vault__str(q, 10);
	else
		out->marks = jx_vault__str(q, 10);
	out->sha256 = jx_vault__blob(q, 11);
	out->text = jx_vault__bytes(q, 12);
	out->text_sig = jx_vault__blob(q, 13);
}

jx_rc jx_vault__feed(jx_vault *base, const struct jx_vault_scope *scope, int64_t after_pos, int64_t limit,
		     jx_vault_item_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);
	JX_CLEANUP(jx_vault__give_back)
	struct jx_vault__loan q = jx_vault__lend(db, scope->all ? JX_VAULT__SQL_FEED_ALL
								: JX_VAULT__SQL_FEED_FIELD);
	struct jx_vault_item item;
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_i64(&q, ":after", after_pos);
	jx_vault__bind_i64(&q, ":limit", limit);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	while (rc == JX_OK && has_row) {
		read_item(&q, &item);
		rc = fn(user, &item);
		if (rc == JX_OK)
			rc = jx_vault__step(&q, &has_row, WHERE, err);
	}
	return rc;
}

jx_rc jx_vault__insert_keys(struct jx_vault__txn *txn, const struct jx_signed *keys, int64_t utc_ms,
			    struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, KEYS_ADD);

	jx_vault__bind_i64(&q, ":pos", ++txn->pos);
	jx_vault__bind_i64(&q, ":utc_ms", utc_ms);
	jx_vault__bind_blob(&q, ":sig", keys->sig, sizeof(keys->sig));
	jx_vault__bind_text(&q, ":text", keys->text, keys->len);
	return jx_vault__run(&q, NULL, "vault.add_keys", err);
}

jx_rc jx_vault__add_keys(jx_vault *base, const struct jx_signed *keys, int64_t utc_ms, struct jx_error *err)
{
	JX_VAULT__TXN(txn);
	jx_rc rc = jx_vault__txn_begin(jx_vault__of(base), &txn, "vault.add_keys", err);

	if (rc == JX_OK)
		rc = jx_vault__insert_keys(&txn, keys, utc_ms, err);
	return rc == JX_OK ? jx_vault__txn_commit(&txn, "vault.add_keys", err) : rc;
}
