/* Binding, stepping and reading lent statements. */
#include <string.h>

#include "vault_private.h"

/*
 * A parameter that the statement does not have is our bug: it fails as SQLITE_RANGE, which every test would
 * show.
 */
static int parameter(struct jx_vault__loan *loan, const char *name)
{
	return sqlite3_bind_parameter_index(loan->stmt, name);
}

static void keep(struct jx_vault__loan *loan, int rc)
{
	if (loan->rc == SQLITE_OK)
		loan->rc = rc;
}

void jx_vault__bind_i64(struct jx_vault__loan *loan, const char *name, int64_t value)
{
	if (loan->stmt != NULL)
		keep(loan, sqlite3_bind_int64(loan->stmt, parameter(loan, name), value));
}

void jx_vault__bind_blob(struct jx_vault__loan *loan, const char *name, const void *data, size_t len)
{
	if (loan->stmt != NULL)
		keep(loan, sqlite3_bind_blob64(loan->stmt, parameter(loan, name), data, len, SQLITE_STATIC));
}

void jx_vault__bind_text(struct jx_vault__loan *loan, const char *name, const char *text, size_t len)
{
	if (loan->stmt != NULL)
		keep(loan, sqlite3_bind_text64(loan->stmt, parameter(loan, name), text, len, SQLITE_STATIC,
					       SQLITE_UTF8));
}

void jx_vault__bind_str(struct jx_vault__loan *loan, const char *name, const char *text)
{
	jx_vault__bind_text(loan, name, text, text == NULL ? 0 : strlen(text));
}

jx_rc jx_vault__step(struct jx_vault__loan *loan, bool *row_out, const char *where, struct jx_error *err)
{
	int native = loan->rc;

	if (native == SQLITE_OK)
		native = sqlite3_step(loan->stmt);
	if (native != SQLITE_ROW && native != SQLITE_DONE)
		return jx_vault__fail(loan->db, native, where, err);
	*row_out = native == SQLITE_ROW;
	return JX_OK;
}

jx_rc jx_vault__run(struct jx_vault__loan *loan, int *changed_out, const char *where, struct jx_error *err)
{
	bool has_row = false;
	jx_rc rc = jx_vault__step(loan, &has_row, where, err);

	if (rc == JX_OK && changed_out != NULL)
		*changed_out = sqlite3_changes(loan->db->handle);
	return rc;
}

bool jx_vault__is_null(const struct jx_vault__loan *loan, int column)
{
	return sqlite3_column_type(loan->stmt, column) == SQLITE_NULL;
}

int64_t jx_vault__i64(const struct jx_vault__loan *loan, int column)
{
	return sqlite3_column_int64(loan->stmt, column);
}

const uint8_t *jx_vault__blob(const struct jx_vault__loan *loan, int column)
{
	return sqlite3_column_blob(loan->stmt, column);
}

const char *jx_vault__str(const struct jx_vault__loan *loan, int column)
{
	return (const char *)sqlite3_column_text(loan->stmt, column);
}

struct jx_bytes jx_vault__bytes(const struct jx_vault__loan *loan, int column)
{
	struct jx_bytes b = {.data = sqlite3_column_blob(loan->stmt, column), .len = 0};

	b.len = (size_t)sqlite3_column_bytes(loan->stmt, column);
	return b;
}

void jx_vault__copy(const struct jx_vault__loan *loan, int column, void *out, size_t len)
{
	const struct jx_bytes b = jx_vault__bytes(loan, column);

	memset(out, 0, len);
	if (b.data != NULL && b.len == len)
		memcpy(out, b.data, len);
}

void jx_vault__copy_str(const struct jx_vault__loan *loan, int column, char *out, size_t cap)
{
	const char *s = jx_vault__str(loan, column);

	jx_strcpy(out, cap, s == NULL ? "" : s);
}

void jx_vault__copy_signed(const struct jx_vault__loan *loan, int text_column, int sig_column,
			   struct jx_signed *out)
{
	const struct jx_bytes text = jx_vault__bytes(loan, text_column);

	memset(out, 0, sizeof(*out));
	jx_vault__copy(loan, sig_column, out->sig, sizeof(out->sig));
	out->len = text.len <= sizeof(out->text) ? text.len : 0;
	if (out->len > 0)
		memcpy(out->text, text.data, out->len);
}
