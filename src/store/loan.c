/* Prepared statements, kept for the connection's life and lent for one use. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.sql"

static const char *const texts[JX_SQL_COUNT] = {
#define TEXT(id, text) [JX_SQL_##id] = (text),
	STATEMENTS(TEXT)
#undef TEXT
};

static int prepare(jx_store *s, enum jx_store__sql id, sqlite3_stmt **stmt_out)
{
	return sqlite3_prepare_v3(s->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT, stmt_out, NULL);
}

jx_store__loan jx_store__lend(jx_store *s, enum jx_store__sql id)
{
	jx_store__loan q = {.store = s, .id = id};

	/* A callback that reads inside a walk may want the statement that the walk stands on. */
	if (s->statements[id].is_lent) {
		q.is_own = true;
		q.native = prepare(s, id, &q.stmt);
		return q;
	}
	if (s->statements[id].stmt == NULL)
		q.native = prepare(s, id, &s->statements[id].stmt);
	q.stmt = s->statements[id].stmt;
	s->statements[id].is_lent = q.stmt != NULL;
	return q;
}

void jx_store__return(jx_store__loan *q)
{
	if (q->stmt == NULL)
		return;
	if (q->is_own) {
		(void)sqlite3_finalize(q->stmt);
	} else {
		(void)sqlite3_reset(q->stmt); /* repeats what step already reported */
		(void)sqlite3_clear_bindings(q->stmt);
		q->store->statements[q->id].is_lent = false;
	}
	q->stmt = NULL;
}

/* Parameter's place; a name that the text does not have is our own slip and fails at step. */
static int place_of(jx_store__loan *q, const char *name)
{
	int place;

	if (q->native != SQLITE_OK)
		return 0;
	place = sqlite3_bind_parameter_index(q->stmt, name);
	if (place == 0)
		q->native = SQLITE_RANGE;
	return place;
}

void jx_store__bind_i64(jx_store__loan *q, const char *name, int64_t value)
{
	const int place = place_of(q, name);

	if (place != 0)
		q->native = sqlite3_bind_int64(q->stmt, place, value);
}

void jx_store__bind_text(jx_store__loan *q, const char *name, const char *text)
{
	const int place = place_of(q, name);

	if (place != 0)
		q->native = sqlite3_bind_text(q->stmt, place, text, -1, SQLITE_STATIC);
}

void jx_store__bind_blob(jx_store__loan *q, const char *name, const void *data, size_t len)
{
	const int place = place_of(q, name);

	if (place == 0)
		return;
	if (data != NULL && len == 0)
		q->native = sqlite3_bind_zeroblob(q->stmt, place, 0);
	else
		q->native = sqlite3_bind_blob64(q->stmt, place, data, len, SQLITE_STATIC);
}

jx_rc jx_store__step(jx_store__loan *q, bool *has_row_out, struct jx_error *err)
{
	if (q->native == SQLITE_OK) {
		const int native = sqlite3_step(q->stmt);

		if (native == SQLITE_ROW || native == SQLITE_DONE) {
			*has_row_out = native == SQLITE_ROW;
			return JX_OK;
		}
		q->native = native;
	}
	return jx_store__fail(q->store, q->native, WHERE, err);
}

jx_rc jx_store__run(jx_store__loan *q, struct jx_error *err)
{
	bool has_row = false;

	return jx_store__step(q, &has_row, err);
}

jx_rc jx_store__run_one(jx_store__loan *q, struct jx_error *err)
{
	const jx_rc rc = jx_store__run(q, err);

	if (rc == JX_OK && sqlite3_changes(q->store->db) != 1)
		return jx_store__corrupt(q->store, WHERE, _("a row was not taken"), err);
	return rc;
}

int64_t jx_store__col_i64(const jx_store__loan *q, int col)
{
	return sqlite3_column_int64(q->stmt, col);
}

bool jx_store__col_blob(const jx_store__loan *q, int col, void *out, size_t len)
{
	const void *data = sqlite3_column_blob(q->stmt, col);

	if (data == NULL || (size_t)sqlite3_column_bytes(q->stmt, col) != len)
		return false;
	memcpy(out, data, len);
	return true;
}

bool jx_store__col_text(const jx_store__loan *q, int col, char *out, size_t cap)
{
	const unsigned char *text = sqlite3_column_text(q->stmt, col);
	const size_t len = (size_t)sqlite3_column_bytes(q->stmt, col);

	if (text == NULL || len >= cap || strlen((const char *)text) != len)
		return false;
	memcpy(out, text, len + 1);
	return true;
}
