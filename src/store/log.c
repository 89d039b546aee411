/* Reading the log. */
#include <string.h>

#include "search_text.h"
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
	int64_t left;                              /* give so many more rows; below 0 all */
	const struct jx_store__question *question; /* only rows that fit, by their text; NULL all */
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
	row->log_place = pos;
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

static bool is_asked_for(const struct walk *w, const jx_store__loan *q)
{
	const char *bytes = sqlite3_column_blob(q->stmt, 3);
	JX_AUTO_BUF flat = {0};

	if (w->question == NULL)
		return true;
	jx_buf_init(&flat, JX_STORE__FLAT_MAX);
	if (bytes != NULL)
		jx_store__entry_text(bytes, (size_t)sqlite3_column_bytes(q->stmt, 3), &flat);
	return jx_store__matches(w->question, &flat);
}

/* All rows of a bound statement. *count_out: how many fn was given. */
static jx_rc walk_rows(struct walk *w, jx_store__loan *q, int64_t *count_out, struct jx_error *err)
{
	int64_t count = 0;
	jx_rc rc = JX_OK;

	while (w->left != 0) {
		struct jx_log_row row;
		bool has_row = false;

		rc = jx_store__step(q, &has_row, err);
		if (rc == JX_OK && !has_row)
			break;
		if (rc == JX_OK && !is_asked_for(w, q))
			continue;
		if (rc == JX_OK)
			rc = read_row(w, q, &row, err);
		if (rc != JX_OK)
			return rc;
		count++;
		w->left -= w->left > 0 ? 1 : 0;
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

/* What a query comes to: positions and numbers. */
struct span {
	int64_t first, last; /* positions; first > last: nothing */
	int64_t from_n, until_n;
};

static void bind(jx_store__loan *q, const struct jx_log_query *query, const struct span *s)
{
	jx_store__bind_i64(q, ":first", s->first);
	jx_store__bind_i64(q, ":last", s->last);
	jx_store__bind_i64(q, ":from_n", s->from_n);
	jx_store__bind_i64(q, ":until_n", s->until_n);
	jx_store__bind_i64(q, ":kind", (int64_t)query->kind);
	if (query->day != NULL)
		jx_store__bind_text(q, ":day", query->day);
}

/* Through the entries themselves. */
static jx_rc walk_log(struct walk *w, const struct jx_log_query *query, const struct span *s,
		      struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(w->store, statement_of(query));
	int64_t count = 0;

	if (s->first > s->last)
		return JX_OK;
	bind(&q, query, s);
	return walk_rows(w, &q, &count, err);
}

/* Through the search index. */
static jx_rc walk_found(struct walk *w, const struct jx_log_query *query, const struct span *s,
			const struct jx_store__question *question, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(w->store, query->newest_first ? JX_SQL_FOUND_DOWN : JX_SQL_FOUND_UP);
	int64_t count = 0;

	if (s->first > s->last)
		return JX_OK;
	bind(&q, query, s);
	jx_store__bind_text(&q, ":match", question->match.data);
	return walk_rows(w, &q, &count, err);
}

/* A day's entries lie together, so the index need not be read for all other days. */
static jx_rc narrow_to_day(jx_store *s, const char *day, struct span *span, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_DAY_SPAN);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_text(&q, ":day", day);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (span->first < jx_store__col_i64(&q, 0))
		span->first = jx_store__col_i64(&q, 0);
	if (span->last > jx_store__col_i64(&q, 1))
		span->last = jx_store__col_i64(&q, 1); /* 0, and so nothing, where the day has none */
	return JX_OK;
}

/* What the index has, and what it has not yet, in the order that is asked for. */
static jx_rc search(struct walk *w, const struct jx_log_query *query, const struct span *s,
		    struct jx_error *err)
{
	JX_LOAN snapshot = jx_store__lend(w->store, JX_SQL_SEARCH_POS); /* stands until all was read */
	JX_CLEANUP(jx_store__question_done) struct jx_store__question question = {.count = 0};
	struct span indexed = *s, rest = *s;
	int64_t pos = 0;
	jx_rc rc = jx_store__ask(query->words, query->word_count, &question, err);

	if (rc == JX_OK)
		rc = jx_store__search_pos(&snapshot, &pos, err);
	if (rc == JX_OK && query->day != NULL)
		rc = narrow_to_day(w->store, query->day, &indexed, err);
	if (rc != JX_OK)
		return rc;
	indexed.last = indexed.last < pos ? indexed.last : pos;
	rest.first = rest.first > pos ? rest.first : pos + 1;
	if (!query->newest_first)
		rc = walk_found(w, query, &indexed, &question, err);
	w->question = &question;
	if (rc == JX_OK)
		rc = walk_log(w, query, &rest, err);
	w->question = NULL;
	if (rc == JX_OK && query->newest_first)
		rc = walk_found(w, query, &indexed, &question, err);
	return rc;
}

static struct span span_of(const struct jx_log_query *query, int64_t first_no, int64_t last_no)
{
	const bool is_open = query->until_n <= 0 || query->until_n > JX_STORE_N_MAX;
	struct span s = {.from_n = query->from_n > 1 ? query->from_n : 1,
			 .until_n = is_open ? JX_STORE_N_MAX : query->until_n};

	s.first = jx_store__pos(first_no, first_no == last_no ? s.from_n : 1);
	s.last = jx_store__pos(last_no, first_no == last_no ? s.until_n : JX_STORE_N_MAX);
	if (query->beyond > 0 && query->newest_first && query->beyond <= s.last)
		s.last = query->beyond - 1;
	if (query->beyond > 0 && !query->newest_first && query->beyond >= s.first)
		s.first = query->beyond + 1;
	return s;
}

/* A number of any writer: one after the other, because in one walk all numbers in between would be looked at. */
static jx_rc walk_writers(struct walk *w, const struct jx_log_query *query, int64_t last_no,
			  struct jx_error *err)
{
	int64_t i;
	jx_rc rc = JX_OK;

	for (i = 1; i <= last_no && rc == JX_OK; i++) {
		const int64_t no = query->newest_first ? last_no + 1 - i : i;
		const struct span s = span_of(query, no, no);

		rc = walk_log(w, query, &s, err);
	}
	return rc;
}

jx_rc jx_store_each(jx_store *store, const struct jx_log_query *query, jx_log_row_fn fn, void *user,
		    struct jx_error *err)
{
	struct walk w = {
		.store = store, .fn = fn, .user = user, .left = query->limit > 0 ? query->limit : -1};
	struct jx_identity id;
	struct span s;
	int64_t no = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc == JX_ENOTFOUND)
		return JX_OK; /* not enrolled: an empty log */
	if (rc != JX_OK)
		return rc;
	s = span_of(query, query->all_writers ? 1 : no, no);
	if (s.from_n > s.until_n)
		return JX_OK;
	if (query->word_count > 0)
		return search(&w, query, &s, err);
	if (query->all_writers && (query->from_n > 1 || query->until_n > 0))
		return walk_writers(&w, query, no, err);
	return walk_log(&w, query, &s, err);
}

/* The row that a statement with one id names. */
static jx_rc one_row(jx_store *s, enum jx_store__sql sql, const uint8_t id[JX_ID_BYTES], jx_log_row_fn fn,
		     void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, sql);
	struct walk w = {.store = s, .fn = fn, .user = user, .left = -1};
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
	struct walk w = {.store = store, .fn = fn, .user = user, .left = -1};
	int64_t count = 0;

	jx_store__bind_blob(&q, ":first", first, JX_ID_BYTES);
	jx_store__bind_blob(&q, ":last", last, JX_ID_BYTES);
	return walk_rows(&w, &q, &count, err);
}
