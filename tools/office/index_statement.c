/* Statements, one writer at a time: memory grows with one writer's log, not with the journal. */
#include <stdlib.h>
#include <string.h>

#include "index_private.h"

static jx_rc take_entries(struct jx_office__index *x, int64_t no, jx_statement *s, struct jx_entry *e,
			  struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_ENTRIES);
	JX_OFFICE__USE(photos, x, STATED_PHOTOS);
	bool has_row = false, has_photo = false;
	jx_rc rc;

	jx_office__bind_i64(&u, 1, no);
	jx_office__bind_i64(&photos, 1, no);
	rc = jx_office__step(&u, &has_row, err);
	if (rc == JX_OK)
		rc = jx_office__step(&photos, &has_photo, err);
	while (rc == JX_OK && has_row) {
		e->n = jx_office__i64(&u, 0);
		e->kind = (enum jx_kind)jx_office__i64(&u, 1);
		jx_office__text(&u, 2, e->day, sizeof(e->day));
		if (!jx_office__blob(&u, 3, e->id, sizeof(e->id)))
			memset(e->id, 0, sizeof(e->id));
		e->observations_total = jx_office__i64(&u, 4);
		e->photos_total = jx_office__i64(&u, 5);
		/* photos come in the order of the entries: both walks go side by side */
		for (e->photo_count = 0; rc == JX_OK && has_photo && jx_office__i64(&photos, 0) <= e->n;) {
			if (jx_office__i64(&photos, 0) == e->n && e->photo_count < JX_PHOTOS_MAX)
				(void)jx_office__blob(&photos, 1, e->photos[e->photo_count++].sha256,
						      JX_HASH_BYTES);
			rc = jx_office__step(&photos, &has_photo, err);
		}
		jx_statement_entry(s, e);
		if (rc == JX_OK)
			rc = jx_office__step(&u, &has_row, err);
	}
	return rc;
}

static jx_rc take_receipts(struct jx_office__index *x, int64_t no, jx_statement *s,
			   const uint8_t writer[JX_ID_BYTES], struct jx_error *err)
{
	JX_OFFICE__USE(receipt, x, STATED_RECEIPT);
	JX_OFFICE__USE(photos, x, STATED_PHOTO_RECEIPTS);
	struct jx_receipt r = {.n = 0};
	uint8_t sha256[JX_HASH_BYTES];
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_i64(&receipt, 1, no);
	rc = jx_office__step(&receipt, &has_row, err);
	if (rc == JX_OK && has_row) {
		memcpy(r.writer, writer, sizeof(r.writer));
		r.n = jx_office__i64(&receipt, 0);
		r.is_fork = r.n < 0;
		r.server_utc_ms = jx_office__i64(&receipt, 1);
		jx_statement_receipt(s, &r);
	}
	jx_office__bind_i64(&photos, 1, no);
	if (rc == JX_OK)
		rc = jx_office__step(&photos, &has_row, err);
	while (rc == JX_OK && has_row) {
		if (jx_office__blob(&photos, 0, sha256, sizeof(sha256)))
			jx_statement_photo(s, writer, sha256);
		rc = jx_office__step(&photos, &has_row, err);
	}
	return rc;
}

static void keep_rows(struct jx_office__rows *rows, const struct jx_day_row *row, size_t count)
{
	if (rows->count + count > rows->cap) {
		rows->cap = 2 * (rows->count + count);
		rows->row = jx_xreallocarray(rows->row, rows->cap, sizeof(*rows->row));
	}
	if (count > 0)
		memcpy(rows->row + rows->count, row, count * sizeof(*row));
	rows->count += count;
}

static jx_rc state_writer(struct jx_office__index *x, int64_t no, const char *day, struct jx_entry *e,
			  struct jx_office__rows *rows, struct jx_error *err)
{
	JX_AUTO(jx_statement) s = jx_statement_new();
	JX_OFFICE__USE(u, x, STATED);
	char short_code[16] = "";
	const struct jx_day_row *row;
	bool has_row = false;
	size_t count = 0;
	jx_rc rc;

	memset(e, 0, sizeof(*e));
	e->has_totals = true;
	jx_office__bind_i64(&u, 1, no);
	rc = jx_office__step(&u, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc;
	(void)jx_office__blob(&u, 0, e->writer, sizeof(e->writer));
	jx_office__text(&u, 1, short_code, sizeof(short_code));
	jx_statement_writer(s, e->writer, short_code);
	rc = take_entries(x, no, s, e, err);
	if (rc == JX_OK)
		rc = take_receipts(x, no, s, e->writer, err);
	if (rc != JX_OK)
		return rc;
	row = jx_statement_rows(s, day, &count);
	keep_rows(rows, row, count);
	return JX_OK;
}

/* As jx_statement_rows sorts them. */
static int compare_rows(const void *pa, const void *pb)
{
	const struct jx_day_row *a = pa, *b = pb;
	int c = strcmp(a->day, b->day);

	if (c == 0)
		c = strcmp(a->short_code, b->short_code);
	return c != 0 ? c : memcmp(a->writer, b->writer, JX_ID_BYTES);
}

static jx_rc next_writer(struct jx_office__index *x, const char *day, int64_t *no, bool *has_row,
			 struct jx_error *err)
{
	JX_CLEANUP(jx_office__use_end)
	struct jx_office__use u = jx_office__sql(x, day == NULL ? JX_OFFICE__SQL_STATED_WRITERS
								: JX_OFFICE__SQL_STATED_WRITERS_OF_DAY);
	jx_rc rc;

	jx_office__bind_i64(&u, 1, *no);
	if (day != NULL)
		jx_office__bind_text(&u, 2, day);
	rc = jx_office__step(&u, has_row, err);
	if (rc == JX_OK && *has_row)
		*no = jx_office__i64(&u, 0);
	return rc;
}

jx_rc jx_office__index_rows(jx_office__index *x, const char *day, struct jx_office__rows *out,
			    struct jx_error *err)
{
	JX_AUTO_FREE struct jx_entry *e = jx_xmalloc(sizeof(*e));
	JX_CLEANUP(jx_office__rows_done) struct jx_office__rows rows = {.count = 0};
	int64_t no = 0;
	bool has_row = true;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && has_row) {
		rc = next_writer(x, day, &no, &has_row, err);
		if (rc == JX_OK && has_row)
			rc = state_writer(x, no, day, e, &rows, err);
	}
	if (rc != JX_OK)
		return rc;
	if (rows.count > 0)
		qsort(rows.row, rows.count, sizeof(*rows.row), compare_rows);
	out->row = JX_STEAL(rows.row);
	out->count = rows.count;
	out->cap = rows.cap;
	return JX_OK;
}

void jx_office__rows_done(struct jx_office__rows *rows)
{
	free(rows->row);
	rows->row = NULL;
	rows->count = rows->cap = 0;
}
