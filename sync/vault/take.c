/* Storing batches: entries, what they list, and their receipt, in one transaction. */
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

#define WHERE       "vault.take"
#define ID_CONFLICT "id-conflict"
#define MARKS_MAX   256

static jx_rc has_one(struct jx_vault__loan *q, bool *has_out, struct jx_error *err)
{
	return jx_vault__step(q, has_out, WHERE, err);
}

/* Asked inside the transaction: two writers may bring the same id at the same moment. */
static jx_rc is_id_known(struct jx_vault__txn *txn, const uint8_t id[JX_ID_BYTES], bool *known_out,
			 struct jx_error *err)
{
	JX_VAULT__LOAN(in_log, txn->db, ENTRY_ID);
	JX_VAULT__LOAN(in_forks, txn->db, FORK_ID);
	jx_rc rc;

	jx_vault__bind_blob(&in_log, ":id", id, JX_ID_BYTES);
	rc = has_one(&in_log, known_out, err);
	if (rc != JX_OK || *known_out)
		return rc;
	jx_vault__bind_blob(&in_forks, ":id", id, JX_ID_BYTES);
	return has_one(&in_forks, known_out, err);
}

/* The marks to store: what ingest saw, and whether the id is a second one. */
static jx_rc marks_of(struct jx_vault__txn *txn, const struct jx_vault_entry *e, char out[MARKS_MAX],
		      struct jx_error *err)
{
	const char *given = e->marks == NULL ? "" : e->marks;
	bool is_known = false;
	jx_rc rc = is_id_known(txn, e->id, &is_known, err);
	JX_AUTO_BUF all = {0};

	if (rc != JX_OK)
		return rc;
	jx_buf_init(&all, 4096);
	jx_buf_adds(&all, given);
	if (is_known)
		jx_buf_adds(&all, given[0] != '\0' ? "," ID_CONFLICT : ID_CONFLICT);
	jx_strcpy(out, MARKS_MAX, all.data == NULL ? "" : all.data);
	return JX_OK;
}

static jx_rc add_photo_refs(struct jx_vault__txn *txn, int64_t no, const struct jx_vault_entry *e,
			    bool is_fork, struct jx_error *err)
{
	jx_rc rc = JX_OK;
	size_t i;

	for (i = 0; i < e->photo_count && rc == JX_OK; i++) {
		JX_VAULT__LOAN(q, txn->db, PHOTO_REF_ADD);

		jx_vault__bind_i64(&q, ":no", no);
		jx_vault__bind_blob(&q, ":sha256", e->photos[i].sha256, JX_HASH_BYTES);
		jx_vault__bind_i64(&q, ":size_bytes", e->photos[i].size_bytes);
		jx_vault__bind_i64(&q, ":is_fork", is_fork ? 1 : 0);
		rc = jx_vault__run(&q, NULL, WHERE, err);
	}
	return rc;
}

struct place {
	int64_t no;          /* writer's row */
	int64_t receipt_pos; /* forks: where their receipt will stand */
	const struct jx_vault_batch *batch;
};

static jx_rc add_entry(struct jx_vault__txn *txn, const struct place *p, size_t i, struct jx_error *err)
{
	const struct jx_vault_batch *b = p->batch;
	const struct jx_vault_entry *e = &b->entries[i];
	const bool is_last = i + 1 == b->count;
	char marks[MARKS_MAX];
	JX_CLEANUP(jx_vault__give_back)
	struct jx_vault__loan q = jx_vault__lend(txn->db, b->is_fork ? JX_VAULT__SQL_FORK_ADD
								     : JX_VAULT__SQL_ENTRY_ADD);
	int changed = 0;
	jx_rc rc = marks_of(txn, e, marks, err);

	if (rc != JX_OK)
		return rc;
	jx_vault__bind_i64(&q, ":pos", txn->pos + 1);
	jx_vault__bind_i64(&q, ":no", p->no);
	jx_vault__bind_i64(&q, ":n", e->n);
	jx_vault__bind_blob(&q, ":id", e->id, sizeof(e->id));
	jx_vault__bind_i64(&q, ":kind", e->kind);
	jx_vault__bind_str(&q, ":day", e->day[0] == '\0' ? NULL : e->day);
	jx_vault__bind_str(&q, ":area", e->area[0] == '\0' ? NULL : e->area);
	jx_vault__bind_i64(&q, ":utc_ms", b->received_utc_ms);
	jx_vault__bind_blob(&q, ":digest", e->digest, sizeof(e->digest));
	jx_vault__bind_blob(&q, ":head", e->head, sizeof(e->head));
	jx_vault__bind_blob(&q, ":sig", is_last ? b->sig : NULL, is_last ? sizeof(b->sig) : 0);
	jx_vault__bind_str(&q, ":marks", marks[0] == '\0' ? NULL : marks);
	jx_vault__bind_blob(&q, ":bytes", e->bytes, e->len);
	if (b->is_fork)
		jx_vault__bind_i64(&q, ":receipt_pos", p->receipt_pos);
	rc = jx_vault__run(&q, &changed, WHERE, err);
	if (rc == JX_OK && changed == 1)
		txn->pos++;
	return rc == JX_OK ? add_photo_refs(txn, p->no, e, b->is_fork, err) : rc;
}

static jx_rc write_receipt(struct jx_vault__txn *txn, const struct place *p,
			   const uint8_t hash[JX_HASH_BYTES], struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, RECEIPT_ADD);
	const struct jx_vault_batch *b = p->batch;

	jx_vault__bind_i64(&q, ":pos", p->receipt_pos);
	jx_vault__bind_i64(&q, ":no", p->no);
	jx_vault__bind_i64(&q, ":n", b->expected_n + (int64_t)b->count);
	jx_vault__bind_i64(&q, ":is_fork", b->is_fork ? 1 : 0);
	jx_vault__bind_i64(&q, ":utc_ms", b->received_utc_ms);
	jx_vault__bind_blob(&q, ":hash", hash, JX_HASH_BYTES);
	jx_vault__bind_blob(&q, ":sig", b->receipt->sig, sizeof(b->receipt->sig));
	jx_vault__bind_text(&q, ":text", b->receipt->text, b->receipt->len);
	txn->pos = p->receipt_pos;
	return jx_vault__run(&q, NULL, WHERE, err);
}

static jx_rc add_receipt(struct jx_vault__txn *txn, const struct place *p, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_RECEIPT);
	uint8_t hash[JX_HASH_BYTES];
	jx_rc rc;

	if (p->batch->receipt == NULL)
		return JX_OK;
	jx_signed_hash(p->batch->receipt, hash);
	rc = write_receipt(txn, p, hash, err);
	if (rc != JX_OK)
		return rc;
	jx_vault__bind_i64(&q, ":no", p->no);
	jx_vault__bind_blob(&q, ":hash", hash, sizeof(hash));
	jx_vault__bind_i64(&q, ":utc_ms", p->batch->received_utc_ms);
	return jx_vault__run(&q, NULL, WHERE, err);
}

static jx_rc is_branch_known(struct jx_vault__txn *txn, const struct place *p, bool *known_out,
			     struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, FORK_KNOWN);
	const struct jx_vault_entry *last = &p->batch->entries[p->batch->count - 1];

	jx_vault__bind_i64(&q, ":no", p->no);
	jx_vault__bind_i64(&q, ":n", last->n);
	jx_vault__bind_blob(&q, ":head", last->head, sizeof(last->head));
	return has_one(&q, known_out, err);
}

static jx_rc note_fork(struct jx_vault__txn *txn, int64_t no, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_FORKED);

	jx_vault__bind_i64(&q, ":no", no);
	return jx_vault__run(&q, NULL, WHERE, err);
}

static jx_rc move_head(struct jx_vault__txn *txn, const struct place *p, struct jx_error *err)
{
	JX_VAULT__LOAN(q, txn->db, WRITER_HEAD);
	const struct jx_vault_entry *last = &p->batch->entries[p->batch->count - 1];

	jx_vault__bind_i64(&q, ":no", p->no);
	jx_vault__bind_i64(&q, ":n", last->n);
	jx_vault__bind_blob(&q, ":head", last->head, sizeof(last->head));
	return jx_vault__run(&q, NULL, WHERE, err);
}

/* May this batch follow what is stored? */
static jx_rc check_place(struct jx_vault__txn *txn, const struct jx_vault_batch *b, struct place *p,
			 struct jx_error *err)
{
	struct jx_writer w;
	bool is_known = false;
	size_t i;
	jx_rc rc = jx_vault__read_writer(txn->db, b->writer, &w, &p->no, err);

	if (rc != JX_OK)
		return rc;
	for (i = 0; i < b->count; i++)
		if (b->entries[i].n != b->expected_n + 1 + (int64_t)i)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "entries of a batch must follow each other");
	if (b->count == 0 && (b->is_fork || b->receipt == NULL || b->expected_n == 0))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a batch must hold an entry, or a receipt for what stands");
	if (w.state == JX_WRITER_REVOKED)
		return jx_fail(err, JX_EAUTH, 0, WHERE, "writer %s is revoked: ask the administrator",
			       w.short_code);
	if (b->is_fork) {
		rc = is_branch_known(txn, p, &is_known, err);
		return rc == JX_OK && is_known ? jx_fail(err, JX_EEXISTS, 0, WHERE, "this branch is known")
					       : rc;
	}
	if (jx_control_is(JX_CONTROL_NO_UNIQUE_ID))
		return JX_OK;
	if (w.n != b->expected_n || memcmp(w.head, b->expected_head, sizeof(w.head)) != 0)
		return jx_fail(err, JX_ECONFLICT, 0, WHERE, "writer %s has moved on meanwhile: read it again",
			       w.short_code);
	return JX_OK;
}

jx_rc jx_vault__add_batch(struct jx_vault__txn *txn, const struct jx_vault_batch *b, struct jx_error *err)
{
	struct place p = {.batch = b};
	size_t i;
	jx_rc rc = check_place(txn, b, &p, err);

	/* after the entries: whoever reads a receipt in the feed has what it speaks of */
	p.receipt_pos = txn->pos + (int64_t)b->count + 1;
	for (i = 0; i < b->count && rc == JX_OK; i++)
		rc = add_entry(txn, &p, i, err);
	if (rc == JX_OK && b->count > 0)
		rc = b->is_fork ? note_fork(txn, p.no, err) : move_head(txn, &p, err);
	return rc == JX_OK ? add_receipt(txn, &p, err) : rc;
}

static jx_rc take_batch(struct jx_vault__txn *txn, const void *arg, struct jx_error *err)
{
	return jx_vault__add_batch(txn, arg, err);
}

jx_rc jx_vault__take(jx_vault *base, const struct jx_vault_batch *b, struct jx_error *err)
{
	struct jx_vault__job job = {.fn = take_batch, .arg = b, .where = WHERE, .may_stay_open = true};

	return jx_vault__run_grouped(jx_vault__of(base), &job, err);
}
