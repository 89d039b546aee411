/*
 * Statements, one day at a time: memory grows with a day, not with the journal, and a day costs what was recorded on it. What a row
 * says of the whole chain is counted once for each writer and remembered until the index changes.
 */
#include <stdlib.h>
#include <string.h>

#include "index_private.h"

/* ---- how far chains go ----------------------------------------------------------------------------- */

void jx_office__extents_forget(struct jx_office__index *x)
{
	free(x->extents);
	x->extents = NULL;
	x->extent_count = 0;
}

static jx_rc find_missing(struct jx_office__index *x, int64_t no, struct jx_chain_extent *c,
			  struct jx_error *err)
{
	JX_OFFICE__USE(u, x, CHAIN_NUMBERS);
	int64_t expected = 0;
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_i64(&u, 1, no);
	do {
		expected++;
		rc = jx_office__step(&u, &has_row, err);
	} while (rc == JX_OK && has_row && jx_office__i64(&u, 0) == expected);
	if (rc == JX_OK && has_row)
		c->first_missing_n = expected;
	return rc;
}

static jx_rc count_chain(struct jx_office__index *x, int64_t no, struct jx_chain_extent *out,
			 struct jx_error *err)
{
	struct jx_chain_extent c = {.last_n = 0};
	bool has_row = false;
	jx_rc rc;

	{
		JX_OFFICE__USE(u, x, CHAIN_EXTENT);

		jx_office__bind_i64(&u, 1, no);
		rc = jx_office__step(&u, &has_row, err);
		if (rc != JX_OK)
			return rc;
		c.last_n = jx_office__i64(&u, 1);
		c.gaps = c.last_n - jx_office__i64(&u, 0);
	}
	if (c.gaps > 0)
		rc = find_missing(x, no, &c, err);
	if (rc == JX_OK)
		*out = c;
	return rc;
}

static jx_rc extent_of(struct jx_office__index *x, int64_t no, struct jx_chain_extent *out,
		       struct jx_error *err)
{
	const size_t at = (size_t)no;
	jx_rc rc;

	if (at >= x->extent_count) {
		const size_t count = 2 * at + 16;

		x->extents = jx_xreallocarray(x->extents, count, sizeof(*x->extents));
		memset(x->extents + x->extent_count, 0, (count - x->extent_count) * sizeof(*x->extents));
		x->extent_count = count;
	}
	rc = x->extents[at].last_n > 0 ? JX_OK : count_chain(x, no, &x->extents[at], err);
	if (rc == JX_OK)
		*out = x->extents[at];
	return rc;
}

/* ---- a day ------------------------------------------------------------------------------------------- */

static jx_rc take_receipt(struct jx_office__index *x, int64_t no, jx_statement *s,
			  const uint8_t writer[JX_ID_BYTES], struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_RECEIPT);
	struct jx_receipt r = {.n = 0};
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_i64(&u, 1, no);
	rc = jx_office__step(&u, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc;
	memcpy(r.writer, writer, sizeof(r.writer));
	r.n = jx_office__i64(&u, 0);
	r.is_fork = r.n < 0;
	r.server_utc_ms = jx_office__i64(&u, 1);
	jx_statement_receipt(s, &r);
	return JX_OK;
}

/* Of field writers and leaders, and of whoever nobody introduced. */
static jx_rc take_writers(struct jx_office__index *x, const char *day, jx_statement *s, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_WRITERS);
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_text(&u, 1, day);
	rc = jx_office__step(&u, &has_row, err);
	while (rc == JX_OK && has_row) {
		const int64_t no = jx_office__i64(&u, 0);
		struct jx_chain_extent extent;
		uint8_t writer[JX_ID_BYTES] = {0};
		char short_code[16];

		(void)jx_office__blob(&u, 1, writer, sizeof(writer));
		jx_office__text(&u, 2, short_code, sizeof(short_code));
		jx_statement_writer(s, writer, short_code);
		rc = take_receipt(x, no, s, writer, err);
		if (rc == JX_OK)
			rc = extent_of(x, no, &extent, err);
		if (rc == JX_OK) {
			jx_statement_chain(s, writer, &extent);
			rc = jx_office__step(&u, &has_row, err);
		}
	}
	return rc;
}

/* The entry's photos, and to the statement those that a receipt covers. */
static jx_rc take_photos(struct jx_office__index *x, int64_t no, jx_statement *s, struct jx_entry *e,
			 struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_PHOTOS);
	bool has_row = false;
	jx_rc rc;

	e->photo_count = 0;
	jx_office__bind_i64(&u, 1, no);
	jx_office__bind_i64(&u, 2, e->n);
	rc = jx_office__step(&u, &has_row, err);
	while (rc == JX_OK && has_row && e->photo_count < JX_PHOTOS_MAX) {
		uint8_t *sha256 = e->photos[e->photo_count].sha256;

		if (jx_office__blob(&u, 0, sha256, JX_HASH_BYTES)) {
			if (jx_office__i64(&u, 1) != 0)
				jx_statement_photo(s, e->writer, sha256);
			e->photo_count++;
		}
		rc = jx_office__step(&u, &has_row, err);
	}
	return rc;
}

static jx_rc take_entries(struct jx_office__index *x, const char *day, jx_statement *s, struct jx_entry *e,
			  struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_ENTRIES);
	bool has_row = false;
	jx_rc rc;

	jx_strcpy(e->day, sizeof(e->day), day);
	jx_office__bind_text(&u, 1, day);
	rc = jx_office__step(&u, &has_row, err);
	while (rc == JX_OK && has_row) {
		(void)jx_office__blob(&u, 1, e->writer, sizeof(e->writer));
		e->n = jx_office__i64(&u, 2);
		e->kind = (enum jx_kind)jx_office__i64(&u, 3);
		if (!jx_office__blob(&u, 4, e->id, sizeof(e->id)))
			memset(e->id, 0, sizeof(e->id));
		e->observations_total = jx_office__i64(&u, 5);
		e->photos_total = jx_office__i64(&u, 6);
		rc = take_photos(x, jx_office__i64(&u, 0), s, e, err);
		jx_statement_entry(s, e);
		if (rc == JX_OK)
			rc = jx_office__step(&u, &has_row, err);
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

static jx_rc state_day(struct jx_office__index *x, const char *day, struct jx_entry *e,
		       struct jx_office__rows *rows, struct jx_error *err)
{
	JX_AUTO(jx_statement) s = jx_statement_new();
	const struct jx_day_row *row;
	size_t count = 0;
	jx_rc rc = take_writers(x, day, s, err);

	if (rc == JX_OK)
		rc = take_entries(x, day, s, e, err);
	if (rc != JX_OK)
		return rc;
	row = jx_statement_rows(s, day, &count);
	keep_rows(rows, row, count);
	return JX_OK;
}

static jx_rc next_day(struct jx_office__index *x, char day[11], bool *has_row, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, STATED_DAY_AFTER);
	jx_rc rc;

	jx_office__bind_text(&u, 1, day);
	rc = jx_office__step(&u, has_row, err);
	if (rc == JX_OK && *has_row)
		jx_office__text(&u, 0, day, 11);
	return rc;
}

jx_rc jx_office__index_rows(jx_office__index *x, const char *day, struct jx_office__rows *out,
			    struct jx_error *err)
{
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	JX_CLEANUP(jx_office__rows_done) struct jx_office__rows rows = {.count = 0};
	char of[11] = ""; /* first what has no day that anybody could read */
	bool has_row = true;
	jx_rc rc = JX_OK;

	e->has_totals = true;
	if (day != NULL)
		rc = state_day(x, day, e, &rows, err);
	while (rc == JX_OK && day == NULL && has_row) {
		rc = state_day(x, of, e, &rows, err);
		if (rc == JX_OK)
			rc = next_day(x, of, &has_row, err);
	}
	if (rc != JX_OK)
		return rc;
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
