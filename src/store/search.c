/*
 * The search index follows the log: not at every save, which would write a third more to the flash, but every few, in the transaction
 * of the save that makes them full. Where the index stands is in the table search; what comes after it is read by the search itself.
 */
#include <string.h>

#include "search_text.h"
#include "store_private.h"

#define WHERE "store.search"

/* At 0.1 ms an entry a save in 32 takes 3 ms more; 32 entries are read in well under one. */
#define FOLLOW_ENTRIES 32
/* A transaction of a store that is behind: half a second on a slow device, and then others may write. */
#define STEP_ENTRIES 500

jx_rc jx_store__search_pos(jx_store__loan *q, int64_t *pos_out, struct jx_error *err)
{
	bool has_row = false;
	const jx_rc rc = jx_store__step(q, &has_row, err);

	if (rc == JX_OK && !has_row)
		return jx_store__corrupt(q->store, WHERE, _("the search index has no position"), err);
	if (rc == JX_OK)
		*pos_out = jx_store__col_i64(q, 0);
	return rc;
}

static jx_rc read_pos(jx_store *s, int64_t *pos_out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_POS);

	return jx_store__search_pos(&q, pos_out, err);
}

static jx_rc write_pos(jx_store *s, int64_t pos, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_SET);

	jx_store__bind_i64(&q, ":pos", pos);
	return jx_store__run_one(&q, err);
}

static jx_rc count_behind(jx_store *s, int64_t *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_BEHIND);
	bool has_row = false;
	const jx_rc rc = jx_store__step(&q, &has_row, err);

	if (rc == JX_OK)
		*out = jx_store__col_i64(&q, 0);
	return rc;
}

struct texts {
	jx_buf flat, tokens;
};

static void done_texts(struct texts *t)
{
	jx_buf_done(&t->flat);
	jx_buf_done(&t->tokens);
}

static jx_rc add(jx_store *s, struct texts *t, int64_t pos, const char *bytes, size_t len,
		 struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_ADD);

	jx_buf_reset(&t->flat);
	jx_buf_reset(&t->tokens);
	jx_store__entry_text(bytes, len, &t->flat);
	jx_store__tokens(t->flat.data, t->flat.len, &t->tokens);
	if (t->tokens.len == 0)
		return JX_OK;
	jx_store__bind_i64(&q, ":pos", pos);
	jx_store__bind_text(&q, ":text", t->tokens.data);
	return jx_store__run(&q, err);
}

/* The next entries, inside a transaction. */
static jx_rc add_next(jx_store *s, int64_t limit, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_NEXT);
	JX_CLEANUP(done_texts) struct texts t = {.flat = {0}};
	int64_t pos = 0;
	bool has_row = false;
	jx_rc rc = read_pos(s, &pos, err);

	jx_buf_init(&t.flat, JX_STORE__FLAT_MAX);
	jx_buf_init(&t.tokens, JX_STORE__TOKENS_MAX);
	jx_store__bind_i64(&q, ":after", pos);
	jx_store__bind_i64(&q, ":limit", limit);
	if (rc == JX_OK)
		rc = jx_store__step(&q, &has_row, err);
	while (rc == JX_OK && has_row) {
		const char *bytes = sqlite3_column_blob(q.stmt, 1);

		pos = jx_store__col_i64(&q, 0);
		if (bytes != NULL)
			rc = add(s, &t, pos, bytes, (size_t)sqlite3_column_bytes(q.stmt, 1), err);
		if (rc == JX_OK)
			rc = jx_store__step(&q, &has_row, err);
	}
	return rc == JX_OK ? write_pos(s, pos, err) : rc;
}

static jx_rc follow(jx_store *s, void *arg, struct jx_error *err)
{
	(void)arg;
	return add_next(s, 2 * FOLLOW_ENTRIES, err);
}

/*
 * In a savepoint: what fails in here is taken back, and the entry is saved all the same. Releasing it makes the index write what it
 * holds in memory, so that no COMMIT fails because of the index.
 */
jx_rc jx_store__search_follow(jx_store *s, int64_t n, bool *is_lost_out, struct jx_error *err)
{
	if (n % FOLLOW_ENTRIES != 0)
		return JX_OK;
	return jx_store__attempt(s, follow, NULL, is_lost_out, err);
}

jx_rc jx_store_search_behind(jx_store *store, int64_t *entries_out, struct jx_error *err)
{
	return count_behind(store, entries_out, err);
}

static jx_rc step(jx_store *s, void *arg, struct jx_error *err)
{
	const jx_rc rc = add_next(s, STEP_ENTRIES, err);

	return rc == JX_OK ? count_behind(s, arg, err) : rc;
}

jx_rc jx_store_search_index(jx_store *store, int64_t *behind_out, struct jx_error *err)
{
	int64_t behind = 0;
	const jx_rc rc = jx_store__transaction(store, step, &behind, NULL, err);

	if (rc == JX_OK)
		*behind_out = behind;
	return rc;
}

/*
 * Where the index is so damaged that it cannot even empty itself: its tables as a new index has them, for SQLite's own command to
 * work on.
 */
static int renew(jx_store *s)
{
	int native = sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_exec(
			s->db,
			"CREATE VIRTUAL TABLE temp.fresh USING fts5 (text, content = '', columnsize = 0);"
			"DELETE FROM main.entry_text_data; DELETE FROM main.entry_text_idx;"
			"INSERT INTO main.entry_text_data SELECT * FROM temp.fresh_data;"
			"REPLACE INTO main.entry_text_config SELECT * FROM temp.fresh_config;"
			"DROP TABLE temp.fresh",
			NULL, NULL, NULL);
	if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK)
		native = native == SQLITE_OK ? SQLITE_ERROR : native;
	return native;
}

static jx_rc clear_damaged(jx_store *s, void *arg, struct jx_error *err)
{
	const int native = renew(s);

	(void)arg;
	return native == SQLITE_OK ? write_pos(s, 0, err) : jx_store__fail(s, native, WHERE, err);
}

static jx_rc clear(jx_store *s, void *arg, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_CLEAR);
	const jx_rc rc = jx_store__run(&q, err);

	(void)arg;
	return rc == JX_OK ? write_pos(s, 0, err) : rc;
}

jx_rc jx_store_search_clear(jx_store *store, struct jx_error *err)
{
	const jx_rc rc = jx_store__transaction(store, clear, NULL, NULL, err);

	return rc == JX_ECORRUPT ? jx_store__transaction(store, clear_damaged, NULL, NULL, err) : rc;
}
