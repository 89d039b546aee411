/* One use of a prepared statement, and SQLite's results as ours. */
#include <string.h>

#include "index_private.h"

#define WHERE "office.index"

static const char *const texts[JX_OFFICE__SQL_COUNT] = {
#define TEXT(id, text) [JX_OFFICE__SQL_##id] = (text),
	JX_OFFICE__STATEMENTS(TEXT)
#undef TEXT
};

jx_rc jx_office__index_fail(const struct jx_office__index *x, int native, struct jx_error *err)
{
	const char *what = x->db == NULL ? sqlite3_errstr(native) : sqlite3_errmsg(x->db);

	switch (native & 0xff) {
	case SQLITE_FULL:
		return jx_fail(err, JX_ENOSPC, native, WHERE,
			       "no room left on the disk of %s: free some space and try again", x->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return jx_fail(err, JX_EROFS, native, WHERE,
			       "%s cannot be written: check the permissions and how the disk is mounted",
			       x->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return jx_fail(err, JX_EBUSY, native, WHERE,
			       "another program holds %s: try again when it is done", x->path);
	case SQLITE_IOERR:
		return jx_fail(err, JX_EIO, native, WHERE,
			       "%s cannot be read or written (%s): check the disk", x->path, what);
	default:
		return jx_fail(err, JX_ECORRUPT, native, WHERE,
			       "%s is damaged (%s): remove it, it is made again from the journal", x->path,
			       what);
	}
}

struct jx_office__use jx_office__sql(struct jx_office__index *x, enum jx_office__sql id)
{
	struct jx_office__use u = {.x = x, .native = SQLITE_OK};

	if (x->statements[id] == NULL)
		u.native = sqlite3_prepare_v3(x->db, texts[id], -1, SQLITE_PREPARE_PERSISTENT,
					      &x->statements[id], NULL);
	u.stmt = x->statements[id];
	return u;
}

void jx_office__use_end(struct jx_office__use *u)
{
	(void)sqlite3_reset(u->stmt); /* repeats what step already reported */
	(void)sqlite3_clear_bindings(u->stmt);
}

void jx_office__again(struct jx_office__use *u)
{
	(void)sqlite3_reset(u->stmt);
}

void jx_office__bind_i64(struct jx_office__use *u, int place, int64_t value)
{
	if (u->native == SQLITE_OK)
		u->native = sqlite3_bind_int64(u->stmt, place, value);
}

void jx_office__bind_text(struct jx_office__use *u, int place, const char *text)
{
	if (u->native == SQLITE_OK)
		u->native = sqlite3_bind_text(u->stmt, place, text, -1, SQLITE_STATIC);
}

void jx_office__bind_blob(struct jx_office__use *u, int place, const void *data, size_t len)
{
	if (u->native == SQLITE_OK)
		u->native = data == NULL ? sqlite3_bind_null(u->stmt, place)
					 : sqlite3_bind_blob64(u->stmt, place, data, len, SQLITE_STATIC);
}

jx_rc jx_office__step(struct jx_office__use *u, bool *has_row_out, struct jx_error *err)
{
	if (u->native == SQLITE_OK) {
		const int native = sqlite3_step(u->stmt);

		if (native == SQLITE_ROW || native == SQLITE_DONE) {
			*has_row_out = native == SQLITE_ROW;
			return JX_OK;
		}
		u->native = native;
	}
	return jx_office__index_fail(u->x, u->native, err);
}

jx_rc jx_office__run(struct jx_office__use *u, struct jx_error *err)
{
	bool has_row = false;

	return jx_office__step(u, &has_row, err);
}

int64_t jx_office__i64(const struct jx_office__use *u, int col)
{
	return sqlite3_column_int64(u->stmt, col);
}

void jx_office__text(const struct jx_office__use *u, int col, char *out, size_t cap)
{
	const unsigned char *text = sqlite3_column_text(u->stmt, col);

	jx_strcpy(out, cap, text == NULL ? "" : (const char *)text);
}

bool jx_office__blob(const struct jx_office__use *u, int col, void *out, size_t len)
{
	const void *data = sqlite3_column_blob(u->stmt, col);

	if (data == NULL || (size_t)sqlite3_column_bytes(u->stmt, col) != len)
		return false;
	memcpy(out, data, len);
	return true;
}
