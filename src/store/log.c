/* Reading the log. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.log"

const char *jx_entry_state_name(enum jx_entry_state s)
{
	switch (s) {
	case JX_ENTRY_SAVED:
		return "saved";
	case JX_ENTRY_SENT:
		return "sent";
	case JX_ENTRY_COMPLETE:
		return "complete";
	case JX_ENTRY_FORKED:
		return "forked";
	default:
		return "unknown";
	}
}

/* What the rows of one walk share; looked up again when the walk comes to another writer. */
struct walk {
	jx_store *store;
	jx_log_row_fn fn;
	void *user;
	struct jx_store__coverage coverage;
	uint8_t writer[JX_ID_BYTES];
};

/* In the walk's own snapshot: the row's statement is standing, so another process's receipt is seen in all rows or none. */
static jx_rc enter_writer(struct walk *w, int64_t writer_no, struct jx_error *err)
{
	struct jx_identity id;
	const jx_rc rc = jx_store__identity_of(w->store, writer_no, &id, err);

	if (rc != JX_OK)
		return rc;
	memcpy(w->writer, id.writer, JX_ID_BYTES);
	return jx_store__coverage(w->store, writer_no, &w->coverage, err);
}

static jx_rc count_receipted(struct walk *w, int64_t pos, int64_t *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(w->store, JX_SQL_PHOTO_SHARED);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":pos", pos);
	jx_store__bind_i64(&q, ":writer_no", w->coverage.writer_no);
	jx_store__bind_blob(&q, ":epoch", w->coverage.epoch, JX_ID_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK)
		*out = jx_store__col_i64(&q, 0);
	return rc;
}

static enum jx_entry_state state_of(const struct jx_store__coverage *c, const struct jx_log_row *row)
{
	if (row->n <= c->sent_n)
		return row->photos_receipted == row->photo_count ? JX_ENTRY_COMPLETE : JX_ENTRY_SENT;
	return row->n <= c->fork_n ? JX_ENTRY_FORKED : JX_ENTRY_SAVED;
}

/* Columns of ROW. */
static jx_rc read_row(struct walk *w, const jx_store__loan *q, struct jx_log_row *row, struct jx_error *err)
{
	const int64_t pos = jx_store__col_i64(q, 0);
	const int64_t writer_no = jx_store__col_i64(q, 8);
	jx_rc rc = JX_OK;

	if (writer_no != w->coverage.writer_no)
		rc = enter_writer(w, writer_no, err);
	if (rc != JX_OK)
		return rc;
	memset(row, 0, sizeof(*row));
	memcpy(row->writer, w->writer, JX_ID_BYTES);
	row->n = pos & JX_STORE_N_MAX;
	row->kind = (enum jx_kind)jx_store__col_i64(q, 2);
	row->bytes = sqlite3_column_blob(q->stmt, 3);
	row->len = (size_t)sqlite3_column_bytes(q->stmt, 3);
	row->photo_count = jx_store__col_i64(q, 7);
	row->is_replaced = jx_store__col_i64(q, 9) != 0;
	if (row->bytes == NULL || !jx_store__col_blob(q, 1, row->id, JX_ID_BYTES) ||
	    !jx_store__col_blob(q, 4, row->digest, JX_HASH_BYTES) ||
	    !jx_store__col_blob(q, 5, row->head, JX_HASH_BYTES) ||
	    !jx_store__col_blob(q, 6, row->sig, JX_SIG_BYTES))
		return jx_store__corrupt(w->store, WHERE, _("an entry cannot be read"), err);
	if (row->photo_count > 0)
		rc = count_receipted(w, pos, &row->photos_receipted, err);
	row->state = state_of(&w->coverage, row);
	return rc;
}

/* All rows of a bound statement. *count_out: how many fn was given. */
static jx_rc walk_rows(struct walk *w, jx_store__loan *q, int64_t *count_out, struct jx_error *err)
{
	int64_t count = 0;
	jx_rc rc;

	for (;;) {
		struct jx_log_row row;
		bool has_row = false;

		rc = jx_store__step(q, &has_row, err);
		if (rc == JX_OK && !has_row)
			break;
		if (rc == JX_OK)
			rc = read_row(w, q, &row, err);
		if (rc != JX_OK)
			return rc;
		count++;
		rc = w->fn(w->user, &row);
		if (rc != JX_OK)
			return rc;
	}
	*count_out = count;
	return JX_OK;
}

static enum jx_store__sql statement_of(const struct jx_log_query *q)
{
	if (q->day == NULL)
		return q->newest_first ? JX_SQL_ROW_DOWN : JX_SQL_ROW_UP;
	return q->newest_first ? JX_SQL_ROW_DAY_DOWN : JX_SQL_ROW_DAY_UP;
}

jx_rc jx_store_each(jx_store *store, const struct jx_log_query *query, jx_log_row_fn fn, void *user,
		    struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, statement_of(query));
	struct walk w = {.store = store, .fn = fn, .user = user};
	const int64_t from_n = query->from_n > 1 ? query->from_n : 1;
	const int64_t until_n = query->until_n > 0 && query->until_n < JX_STORE_N_MAX ? query->until_n
										      : JX_STORE_N_MAX;
	struct jx_identity id;
	int64_t no = 0, count = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc == JX_ENOTFOUND)
		return JX_OK; /* not enrolled: an empty log */
	if (rc != JX_OK)
		return rc;
	if (from_n > until_n)
		return JX_OK;
	jx_store__bind_i64(&q, ":first",
			   jx_store__pos(query->all_writers ? 1 : no, query->all_writers ? 1 : from_n));
	jx_store__bind_i64(&q, ":last", jx_store__pos(no, query->all_writers ? JX_STORE_N_MAX : until_n));
	jx_store__bind_i64(&q, ":from_n", from_n);
	jx_store__bind_i64(&q, ":until_n", until_n);
	jx_store__bind_i64(&q, ":kind", (int64_t)query->kind);
	jx_store__bind_i64(&q, ":limit", query->limit > 0 ? query->limit : -1);
	if (query->day != NULL)
		jx_store__bind_text(&q, ":day", query->day);
	return walk_rows(&w, &q, &count, err);
}

/* The row that a statement with one id names. */
static jx_rc one_row(jx_store *s, enum jx_store__sql sql, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn,
		     void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, sql);
	struct walk w = {.store = s, .fn = fn, .user = user};
	char text[37];
	int64_t count = 0;
	jx_rc rc;

	jx_store__bind_blob(&q, ":id", id, JX_ID_BYTES);
	rc = walk_rows(&w, &q, &count, err);
	if (rc != JX_OK || count > 0)
		return rc;
	jx_uuid_format(id, text);
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "no entry %s on this device: jx list shows what there is",
		       text);
}

jx_rc jx_store_by_id(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn, void *user,
		     struct jx_error *err)
{
	return one_row(store, JX_SQL_ROW_ID, id, fn, user, err);
}

jx_rc jx_store_replacing(jx_store *store, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn, void *user,
			 struct jx_error *err)
{
	return one_row(store, JX_SQL_ROW_REPLACING, id, fn, user, err);
}

jx_rc jx_store_each_id(jx_store *store, const uint8_t first[JX_ID_BYTES], const uint8_t last[JX_ID_BYTES],
		       jx_log_row_fn fn, void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_ROW_ID_RANGE);
	struct walk w = {.store = store, .fn = fn, .user = user};
	int64_t count = 0;

	jx_store__bind_blob(&q, ":first", first, JX_ID_BYTES);
	jx_store__bind_blob(&q, ":last", last, JX_ID_BYTES);
	return walk_rows(&w, &q, &count, err);
}
