/* The one way into the log: one transaction, one sync. */
#include <string.h>

#include "jiexun/control.h"
#include "store_private.h"

#define WHERE "store.append"

struct job {
	const struct jx_append *a;
	int64_t n;
	bool is_known;       /* was in the log already: nothing is written */
	bool is_search_lost; /* the search index cost us the transaction: without it, then */
};

/* *n_out 0 if it is not there. */
static jx_rc find(jx_store *s, const uint8_t id[JX_ID_BYTES], int64_t *n_out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_ENTRY_POS);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":id", id, JX_ID_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK)
		*n_out = has_row ? jx_store__col_i64(&q, 0) & JX_STORE_N_MAX : 0;
	return rc;
}

jx_rc jx_store__last(jx_store *s, int64_t writer_no, const struct jx_identity *id, int64_t *n_out,
		     uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_ENTRY_LAST);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":first", jx_store__pos(writer_no, 1));
	jx_store__bind_i64(&q, ":last", jx_store__pos(writer_no, JX_STORE_N_MAX));
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (!has_row) {
		jx_chain_root(id->writer, id->public_key, head_out);
		*n_out = 0;
		return JX_OK;
	}
	if (!jx_store__col_blob(&q, 1, head_out, JX_HASH_BYTES))
		return jx_store__corrupt(s, WHERE, _("the last entry has no chain head"), err);
	*n_out = jx_store__col_i64(&q, 0) & JX_STORE_N_MAX;
	return JX_OK;
}

jx_rc jx_store_head(jx_store *store, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct jx_identity id;
	uint8_t head[JX_HASH_BYTES];
	int64_t no = 0, n = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc == JX_OK)
		rc = jx_store__last(store, no, &id, &n, head, err);
	if (rc != JX_OK)
		return rc;
	*n_out = n;
	memcpy(head_out, head, sizeof(head));
	return JX_OK;
}

static jx_rc check_may_write(jx_store *s, int64_t *no_out, struct jx_identity *id_out, struct jx_error *err)
{
	char reason[256];
	jx_rc rc = jx_store__current(s, no_out, id_out, err);

	if (rc == JX_ENOTFOUND) {
		if (err != NULL)
			err->code = JX_ESTATE;
		return JX_ESTATE;
	}
	if (rc != JX_OK)
		return rc;
	rc = jx_store_get(s, JX_SET_REENROL, reason, sizeof(reason), err);
	if (rc == JX_OK)
		return jx_fail(
			err, JX_ESTATE, 0, WHERE,
			"this device must enrol again (%s): ask the office for a code and run jx enrol",
			reason);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

/* What the maker of the entry wrote must be the entry that was asked for. */
static jx_rc check_entry(const struct jx_append *a, const struct jx_entry *e, const struct jx_identity *id,
			 int64_t n, struct jx_error *err)
{
	if (memcmp(e->id, a->id, JX_ID_BYTES) == 0 && memcmp(e->writer, id->writer, JX_ID_BYTES) == 0 &&
	    e->n == n)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "the entry names another id, writer or number than it is saved under: make it again");
}

static jx_rc add_photos(jx_store *s, int64_t pos, const struct jx_entry *e, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < e->photo_count; i++) {
		JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_ADD);
		jx_rc rc;

		jx_store__bind_i64(&q, ":pos", pos);
		jx_store__bind_i64(&q, ":place", (int64_t)i);
		jx_store__bind_blob(&q, ":sha256", e->photos[i].sha256, JX_HASH_BYTES);
		jx_store__bind_i64(&q, ":size_bytes", e->photos[i].size_bytes);
		jx_store__bind_text(&q, ":type", e->photos[i].type);
		rc = jx_store__run_one(&q, err);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

struct link {
	int64_t pos;
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	uint8_t sig[JX_SIG_BYTES];
};

static jx_rc add_entry(jx_store *s, const struct link *l, const struct jx_entry *e, const jx_buf *bytes,
		       struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_ENTRY_ADD);

	jx_store__bind_i64(&q, ":pos", l->pos);
	jx_store__bind_blob(&q, ":id", e->id, JX_ID_BYTES);
	jx_store__bind_i64(&q, ":kind", (int64_t)e->kind);
	jx_store__bind_text(&q, ":day", e->day);
	jx_store__bind_i64(&q, ":photo_count", (int64_t)e->photo_count);
	if (e->has_ref)
		jx_store__bind_blob(&q, ":ref_id", e->ref.id, JX_ID_BYTES);
	jx_store__bind_blob(&q, ":digest", l->digest, sizeof(l->digest));
	jx_store__bind_blob(&q, ":head", l->head, sizeof(l->head));
	jx_store__bind_blob(&q, ":sig", l->sig, sizeof(l->sig));
	jx_store__bind_blob(&q, ":bytes", bytes->data, bytes->len);
	return jx_store__run_one(&q, err);
}

static jx_rc put_settings(jx_store *s, const struct jx_append *a, struct jx_error *err)
{
	jx_rc rc = JX_OK;
	size_t i;

	for (i = 0; i < a->set_count && rc == JX_OK; i++)
		rc = jx_store__put_setting(s, a->set[i].name, a->set[i].value, err);
	return rc;
}

/* Number, bytes, chain link and signature of a new entry. */
static jx_rc make(jx_store *s, struct job *job, struct link *l, struct jx_entry *e, jx_buf *bytes,
		  struct jx_error *err)
{
	const struct jx_append *a = job->a;
	struct jx_identity id;
	uint8_t prev[JX_HASH_BYTES];
	int64_t no = 0, n = 0;
	jx_rc rc = check_may_write(s, &no, &id, err);

	if (rc == JX_OK)
		rc = jx_store__last(s, no, &id, &n, prev, err);
	if (rc != JX_OK)
		return rc;
	n++;
	rc = a->encode(a->user, id.writer, n, bytes, err);
	if (rc == JX_OK)
		rc = jx_buf_check(bytes, _("the entry"), err);
	if (rc == JX_OK)
		rc = jx_entry_decode(bytes->data, bytes->len, e, err);
	if (rc == JX_OK)
		rc = check_entry(a, e, &id, n, err);
	if (rc != JX_OK)
		return rc;
	jx_sha256(bytes->data, bytes->len, l->digest);
	jx_chain_next(id.writer, n, prev, l->digest, l->head);
	a->sign(a->user, l->head, l->sig);
	l->pos = jx_store__pos(no, n);
	job->n = n;
	return JX_OK;
}

static jx_rc append(jx_store *s, void *arg, struct jx_error *err)
{
	struct job *job = arg;
	JX_AUTO_BUF bytes = {0};
	struct jx_entry e;
	struct link l = {0};
	jx_rc rc = find(s, job->a->id, &job->n, err);

	jx_buf_init(&bytes, JX_ENTRY_BYTES_MAX);
	job->is_known = rc == JX_OK && job->n != 0 && !jx_control_is(JX_CONTROL_NO_UNIQUE_ID);
	if (rc != JX_OK || job->is_known)
		return rc;
	rc = make(s, job, &l, &e, &bytes, err);
	if (rc == JX_OK)
		rc = add_entry(s, &l, &e, &bytes, err);
	if (rc == JX_OK)
		rc = add_photos(s, l.pos, &e, err);
	if (rc == JX_OK)
		rc = jx_store__drop_draft(s, job->a->id, err);
	if (rc == JX_OK)
		rc = put_settings(s, job->a, err);
	if (rc == JX_OK && !job->is_search_lost)
		rc = jx_store__search_follow(s, job->n, &job->is_search_lost, err);
	return rc;
}

/*
 * An entry that is in the log may come from a process that was killed between writing the WAL and syncing it: then it
 * is only in the kernel's memory. So before it is called saved again, the WAL is synced.
 */
static jx_rc sync_log(jx_store *s, struct jx_error *err)
{
	const int native = jx_store__sync_wal(s);

	return native == SQLITE_OK ? JX_OK : jx_store__fail(s, native, WHERE, err);
}

jx_rc jx_store_append(jx_store *store, const struct jx_append *a, int64_t *n_out, struct jx_error *err)
{
	struct job job = {.a = a};
	bool was_in_doubt = false;
	int64_t n = 0;
	jx_rc rc = jx_store__transaction(store, append, &job, &was_in_doubt, err);

	if (rc != JX_OK && job.is_search_lost && !was_in_doubt)
		rc = jx_store__transaction(store, append, &job, &was_in_doubt, err);
	if (rc == JX_OK && job.is_known)
		rc = sync_log(store, err);
	/*
	 * A COMMIT that failed may have stored it all the same. What this connection sees was synced (WAL frames become visible
	 * after their sync), so what is found is saved; what is not found is not, and saving again with the same id is right.
	 */
	if (rc != JX_OK && was_in_doubt && !job.is_known && find(store, a->id, &n, NULL) == JX_OK && n != 0) {
		job.n = n;
		rc = JX_OK;
	}
	if (rc == JX_OK)
		*n_out = job.n;
	return rc;
}
