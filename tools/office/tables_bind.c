/* From a sheet's rows to the table's columns: headings in any order, cells as they were meant. */
#include <string.h>

#include "office_private.h"
#include "tables.h"

/* White space that people and spreadsheets leave at the ends: also the no-break and the ideographic one, and a stray mark. */
static size_t space_at(const char *text, size_t len)
{
	static const char *const spaces[] = {" ",        "\t",           "\r",          "\n",
					     "\xc2\xa0", "\xe3\x80\x80", "\xef\xbb\xbf"};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		const size_t n = strlen(spaces[i]);

		if (len >= n && memcmp(text, spaces[i], n) == 0)
			return n;
	}
	return 0;
}

static size_t space_before(const char *text, size_t len)
{
	for (size_t n = 1; n <= 3 && n <= len; n++)
		if (space_at(text + len - n, n) == n)
			return n;
	return 0;
}

/* Without white space at the ends. */
static struct jx_bytes trim(const char *text, size_t len)
{
	size_t n;

	while ((n = space_at(text, len)) > 0) {
		text += n;
		len -= n;
	}
	while ((n = space_before(text, len)) > 0)
		len -= n;
	return (struct jx_bytes){text, len};
}

/* Lines end with LF, whatever the spreadsheet made of them. */
static void set_lines(struct jx_office__grid *g, size_t row, size_t column, const char *text)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, strlen(text) + 1);
	for (const char *at = text; *at != '\0'; at++)
		if (*at != '\r')
			jx_buf_addc(&b, *at);
		else if (at[1] != '\n')
			jx_buf_addc(&b, '\n');
	if (b.len > 0)
		jx_office__grid_set(g, row, column, b.data, b.len);
}

static void set_cell(struct jx_office__grid *g, size_t row, size_t column, const char *cell)
{
	const char *text = jx_office__csv_unguarded(cell);
	const struct jx_bytes inner = trim(text, strlen(text));

	if (inner.len > 0 && g->table->columns[column].kind == JX_OFFICE__LINES)
		set_lines(g, row, column, text);
	else
		jx_office__grid_set(g, row, column, inner.data, inner.len);
}

static void bind_heading(struct jx_office__grid *g, int64_t row_number, const char *cell, size_t i,
			 struct jx_office__heading *out, struct jx_office__mistakes *m)
{
	const struct jx_bytes name = trim(cell, strlen(cell));
	JX_AUTO_FREE char *text = jx_xstrndup(name.data, name.len);
	const size_t column = jx_office__tcolumn_find(g->table, text);

	out->column[i] = -1;
	if (name.len == 0)
		return;
	if (column == g->table->column_count) {
		jx_office__wrong_file(
			m, g->source, row_number,
			_("no column of this table is called \"%s\": correct the heading, or remove the column"),
			text);
	} else if (g->has_column[column]) {
		jx_office__wrong_file(m, g->source, row_number, _("there are two columns \"%s\": remove one"),
				      text);
	} else {
		g->has_column[column] = true;
		out->column[i] = (int)column;
	}
}

bool jx_office__sheet_head(struct jx_office__grid *g, int64_t row_number, const char *const *cells,
			   size_t count, struct jx_office__heading *out, struct jx_office__mistakes *m)
{
	const size_t cap = sizeof(out->column) / sizeof(out->column[0]);
	bool is_fine = true;

	memset(g->has_column, 0, sizeof(g->has_column));
	out->count = count < cap ? count : cap;
	for (size_t i = 0; i < out->count; i++)
		bind_heading(g, row_number, cells[i], i, out, m);
	for (size_t c = 0; c < g->table->column_count; c++) {
		const struct jx_office__tcolumn *column = &g->table->columns[c];

		if (g->has_column[c] || column->is_extra)
			continue;
		jx_office__wrong_file(
			m, g->source, row_number,
			_("the column \"%s %s\" is missing: add it, its cells may be empty where nothing is to be said"),
			column->zh, column->key);
		is_fine = false;
	}
	return is_fine;
}

void jx_office__sheet_row(struct jx_office__grid *g, const struct jx_office__heading *heading,
			  int64_t row_number, const char *const *cells, size_t count,
			  struct jx_office__mistakes *m)
{
	size_t row = 0;
	bool has_row = false, is_outside = false;

	for (size_t i = 0; i < count; i++) {
		if (trim(cells[i], strlen(cells[i])).len == 0)
			continue;
		if (i >= heading->count || heading->column[i] < 0) {
			is_outside = true;
			continue;
		}
		if (!has_row)
			row = jx_office__grid_add(g, row_number);
		has_row = true;
		set_cell(g, row, (size_t)heading->column[i], cells[i]);
	}
	/* a column whose heading is wrong was told of already */
	if (is_outside && count > heading->count)
		jx_office__wrong_file(
			m, g->source, row_number,
			_("there are more cells than headings: a comma in a text needs quotation marks \" around the text"));
}
