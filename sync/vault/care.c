/* Counts, review list, checkpoint. */
#include <string.h>

#include "vault_private.h"

static jx_rc count_rows(struct jx_vault__db *db, enum jx_vault__sql id, int64_t *const out[], int columns,
			struct jx_error *err)
{
	JX_CLEANUP(jx_vault__give_back) struct jx_vault__loan q = jx_vault__lend(db, id);
	bool has_row = false;
	int i;
	jx_rc rc = jx_vault__step(&q, &has_row, "vault.counts", err);

	for (i = 0; i < columns && rc == JX_OK && has_row; i++)
		*out[i] = jx_vault__i64(&q, i);
	return rc;
}

jx_rc jx_vault__counts(jx_vault *base, struct jx_vault_counts *out, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);
	struct jx_vault_counts c = {0};
	const struct {
		enum jx_vault__sql id;
		int columns;
		int64_t *out[3];
	} rows[] = {
		{JX_VAULT__SQL_COUNT_ENTRIES, 2, {&c.entries, &c.observations}},
		{JX_VAULT__SQL_COUNT_IDS, 1, {&c.duplicates}},
		{JX_VAULT__SQL_COUNT_GAPS, 1, {&c.gaps}},
		{JX_VAULT__SQL_COUNT_PHOTOS, 2, {&c.photos_listed, &c.photos_stored}},
		{JX_VAULT__SQL_COUNT_OTHER, 3, {&c.quarantined, &c.marked, &c.writers}},
	};
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == JX_OK; i++)
		rc = count_rows(db, rows[i].id, rows[i].out, rows[i].columns, err);
	if (rc == JX_OK)
		*out = c;
	return rc;
}

jx_rc jx_vault__each_review(jx_vault *base, jx_vault_review_fn fn, void *user, struct jx_error *err)
{
	JX_VAULT__HOLD(db, &jx_vault__of(base)->walk);
	JX_VAULT__LOAN(q, db, REVIEW);
	struct jx_vault_review r;
	bool has_row = false;
	jx_rc rc = jx_vault__step(&q, &has_row, "vault.review", err);

	while (rc == JX_OK && has_row) {
		memset(&r, 0, sizeof(r));
		jx_vault__copy(&q, 0, r.writer, sizeof(r.writer));
		r.short_code = jx_vault__str(&q, 1);
		r.n = jx_vault__i64(&q, 2);
		jx_vault__copy(&q, 3, r.id, sizeof(r.id));
		r.is_fork = jx_vault__i64(&q, 4) != 0;
		r.marks = jx_vault__str(&q, 5);
		r.utc_ms = jx_vault__i64(&q, 6);
		r.times = jx_vault__i64(&q, 7);
		rc = fn(user, &r);
		if (rc == JX_OK)
			rc = jx_vault__step(&q, &has_row, "vault.review", err);
	}
	return rc;
}

/* With the readers at rest nothing of the WAL is in use, and it can be cut to nothing. */
jx_rc jx_vault__checkpoint(jx_vault *base, struct jx_error *err)
{
	struct jx_vault__sqlite *v = jx_vault__of(base);
	JX_VAULT__HOLD(db, &v->write);
	JX_VAULT__HOLD(point, &v->point);
	JX_VAULT__HOLD(walk, &v->walk);
	int native;

	(void)point;
	(void)walk;
	native = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return native == SQLITE_OK ? JX_OK : jx_vault__fail(db, native, "vault.checkpoint", err);
}
