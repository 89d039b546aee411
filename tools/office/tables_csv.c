/* CSV as spreadsheets write it: any encoding they have, any of three separators, cells over several lines. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "office_private.h"
#include "tables.h"

#define CELLS_MAX 1024 /* of a row: a spreadsheet has 16384, no table of ours 60 */

/* ---- encoding ----------------------------------------------------------------------------------------- */

static jx_rc convert(const char *from, const char *data, size_t len, jx_buf *out, struct jx_error *err)
{
	iconv_t cd = iconv_open("UTF-8", from);
	/* two bytes at least for what becomes three or four of UTF-8 at most; a byte below 0x80 stays one */
	const size_t cap = 2 * len + 8;
	JX_AUTO_FREE char *text = malloc(cap), *copy = malloc(len + 1);
	char *in = copy, *to = text;
	size_t left = len, room = cap, done;

	if (cd == (iconv_t)-1 || text == NULL || copy == NULL) {
		if (cd != (iconv_t)-1)
			(void)iconv_close(cd);
		return jx_fail(err, JX_ENOMEM, errno, JX_OFFICE__TABLES,
			       "a table in the encoding %s cannot be read here: save it as CSV UTF-8", from);
	}
	memcpy(copy, data, len);
	done = iconv(cd, &in, &left, &to, &room);
	(void)iconv_close(cd);
	if (done == (size_t)-1)
		return jx_fail(err, JX_EINVAL, 0, JX_OFFICE__TABLES,
			       "is neither UTF-8 nor GB 18030: save it as CSV UTF-8");
	jx_buf_add(out, text, cap - room);
	return jx_buf_check(out, "table", err);
}

jx_rc jx_office__csv_decode(const char *data, size_t len, jx_buf *out, struct jx_error *err)
{
	const bool is_utf16 = len >= 2 &&
			      (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0);
	const size_t mark = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	const size_t from = out->len;
	jx_rc rc = JX_OK;

	if (is_utf16)
		rc = convert("UTF-16", data, len, out, err);
	else if (jx_utf8_ok(data + mark, len - mark))
		jx_buf_add(out, data + mark, len - mark);
	else
		rc = convert("GB18030", data, len, out, err);
	if (rc == JX_OK)
		rc = jx_buf_check(out, "table", err);
	if (rc == JX_OK && out->len > from && !jx_utf8_ok(out->data + from, out->len - from))
		rc = jx_fail(err, JX_EINVAL, 0, JX_OFFICE__TABLES,
			     "is neither UTF-8 nor GB 18030: save it as CSV UTF-8");
	return rc;
}

/* ---- reading ------------------------------------------------------------------------------------------ */

struct reader {
	const char *at;
	char separator;
	bool is_open; /* a quote was not closed */
	jx_buf cell;
	char *cells[CELLS_MAX];
	size_t count;
};

static void drop_cells(struct reader *r)
{
	while (r->count > 0)
		free(r->cells[--r->count]);
}

/* strcspn() of a text of megabytes: a sanitizer, told to be strict, would look at all of it for each cell. */
static size_t run_to(const char *at, const char *ends)
{
	size_t run = 0;

	while (at[run] != '\0' && strchr(ends, at[run]) == NULL)
		run++;
	return run;
}

/* Behind an opening quote, up to behind the closing one. */
static void read_quoted(struct reader *r)
{
	for (;;) {
		const size_t run = run_to(r->at, "\"");

		jx_buf_add(&r->cell, r->at, run);
		r->at += run;
		if (*r->at == '\0') {
			r->is_open = true;
			return;
		}
		r->at++;
		if (*r->at != '"')
			return;
		jx_buf_addc(&r->cell, '"');
		r->at++;
	}
}

static void read_cell(struct reader *r)
{
	const char ends[] = {r->separator, '\r', '\n', '\0'};
	size_t run;

	jx_buf_reset(&r->cell);
	if (*r->at == '"') {
		r->at++;
		read_quoted(r);
	}
	/* what stands behind a closing quote belongs to it, as spreadsheets have it */
	run = run_to(r->at, ends);
	jx_buf_add(&r->cell, r->at, run);
	r->at += run;
	if (r->count < CELLS_MAX)
		r->cells[r->count++] = jx_xstrndup(r->cell.data != NULL ? r->cell.data : "", r->cell.len);
}

/* A row of cells. False: the end. */
static bool read_row(struct reader *r)
{
	drop_cells(r);
	if (*r->at == '\0')
		return false;
	read_cell(r);
	while (*r->at == r->separator) {
		r->at++;
		read_cell(r);
	}
	if (*r->at == '\r')
		r->at++;
	if (*r->at == '\n')
		r->at++;
	return true;
}

/* What separates the headings; no heading of ours has one in it. */
static char find_separator(const char *text)
{
	static const char separators[] = {',', '\t', ';'};
	const size_t line = strcspn(text, "\r\n");

	for (size_t i = 0; i < sizeof(separators); i++)
		if (memchr(text, separators[i], line) != NULL)
			return separators[i];
	return ',';
}

void jx_office__csv_read(struct jx_office__grid *g, const char *text, struct jx_office__mistakes *m)
{
	JX_AUTO_FREE struct reader *r = jx_xcalloc(1, sizeof(*r));
	struct jx_office__heading heading;
	int64_t row = 1;

	r->at = text;
	r->separator = find_separator(text);
	jx_buf_init(&r->cell, strlen(text) + 1);
	if (!read_row(r))
		jx_office__wrong_file(
			m, g->source, 0,
			_("there are no headings: make the file anew with jx-office pack tables"));
	else if (jx_office__sheet_head(g, row, (const char *const *)r->cells, r->count, &heading, m))
		while (!r->is_open && read_row(r))
			jx_office__sheet_row(g, &heading, ++row, (const char *const *)r->cells, r->count, m);
	if (r->is_open)
		jx_office__wrong_file(m, g->source, row,
				      _("a quotation mark \" is opened and never closed: close it"));
	drop_cells(r);
	jx_buf_done(&r->cell);
}

/* ---- writing ------------------------------------------------------------------------------------------ */

static bool begins_with_month(const char *text)
{
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
					     "jul", "aug", "sep", "oct", "nov", "dec"};

	/* "March 2026" and the like; a sentence is none */
	for (size_t i = 0; strlen(text) <= 14 && i < sizeof(months) / sizeof(months[0]); i++)
		if (strncasecmp(text, months[i], 3) == 0)
			return true;
	return false;
}

/*
 * Would a spreadsheet make something else of this text: a number of 01.01, a date of 05-11, a truth of "true"? With a ' before
 * it does not, however often the file is opened and saved.
 */
static bool is_in_danger(const char *text)
{
	const size_t digits = strcspn(text, "0123456789");

	if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
		return true;
	return text[digits] != '\0' &&
	       (text[strspn(text, "0123456789.,:/-+%eE ()")] == '\0' || begins_with_month(text) ||
		(digits == 0 && strstr(text, "月") != NULL));
}

/* "1.0" and "007" come back from a spreadsheet as 1 and 7: the same number, but not what was written. */
static bool is_kept_as_number(const char *text)
{
	const size_t len = strlen(text);

	return !(strchr(text, '.') != NULL && text[len - 1] == '0') &&
	       !(text[0] == '0' && text[1] >= '0' && text[1] <= '9');
}

static void write_cell(const struct jx_office__tcolumn *c, const char *text, jx_buf *out)
{
	const bool is_number = c->kind == JX_OFFICE__NUMBER || c->kind == JX_OFFICE__DECIMAL ||
			       c->kind == JX_OFFICE__PAIRS || c->kind == JX_OFFICE__DAY;

	if ((!is_number || !is_kept_as_number(text)) && is_in_danger(text))
		jx_office__csv_kept(out, text);
	else
		jx_office__csv_text(out, text);
}

void jx_office__csv_write(const struct jx_office__grid *g, jx_buf *out)
{
	const struct jx_office__table *t = g->table;

	jx_buf_adds(out, "\xef\xbb\xbf");
	for (size_t row = 0; row <= g->row_count; row++) {
		bool is_first = true;

		for (size_t c = 0; c < t->column_count; c++) {
			if (!g->has_column[c])
				continue;
			if (!is_first)
				jx_buf_addc(out, ',');
			is_first = false;
			if (row == 0)
				jx_buf_addf(out, "%s %s", t->columns[c].zh, t->columns[c].key);
			else
				write_cell(&t->columns[c], jx_office__grid_cell(g, row - 1, c), out);
		}
		jx_buf_adds(out, "\r\n");
	}
}
