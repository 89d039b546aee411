/* CSV as spreadsheets read it: RFC 4180, CR LF, UTF-8 with a byte-order mark, no cell that they would run. */
#include <string.h>

#include "columns.h"

/*
 * A cell that begins with one of these is a formula to a spreadsheet (=, +, -, @), or becomes one when it strips the first
 * character (tab, CR, LF). Text gets a ' before it. So does text that begins with ', so that whoever takes a first ' away
 * before one of these has exactly what was typed. Numbers are ours and are never touched.
 */
#define GUARDED "=+-@'\t\r\n"

static void add_quoted(jx_buf *b, const char *text, bool is_guarded)
{
	jx_buf_addc(b, '"');
	if (is_guarded)
		jx_buf_addc(b, '\'');
	for (const char *at = text; *at != '\0';) {
		const size_t run = strcspn(at, "\"");

		jx_buf_add(b, at, run);
		at += run;
		if (*at == '"') {
			jx_buf_adds(b, "\"\"");
			at++;
		}
	}
	jx_buf_addc(b, '"');
}

void jx_office__csv_text(jx_buf *b, const char *text)
{
	const bool is_guarded = text[0] != '\0' && strchr(GUARDED, text[0]) != NULL;

	if (text[strcspn(text, ",\"\r\n")] != '\0') {
		add_quoted(b, text, is_guarded);
		return;
	}
	if (is_guarded)
		jx_buf_addc(b, '\'');
	jx_buf_adds(b, text);
}

void jx_office__csv_kept(jx_buf *b, const char *text)
{
	if (text[strcspn(text, ",\"\r\n")] != '\0') {
		add_quoted(b, text, true);
		return;
	}
	jx_buf_addc(b, '\'');
	jx_buf_adds(b, text);
}

const char *jx_office__csv_unguarded(const char *cell)
{
	return cell[0] == '\'' ? cell + 1 : cell;
}

void jx_office__csv_heading(jx_buf *b, bool chinese)
{
	jx_buf_adds(b, "\xef\xbb\xbf");
	for (size_t i = 0; i < jx_office__column_count; i++) {
		const struct jx_office__column *c = &jx_office__columns[i];

		if (chinese && c->heading == NULL)
			continue;
		if (i > 0)
			jx_buf_addc(b, ',');
		jx_office__csv_text(b, chinese ? c->heading : c->name);
	}
	jx_buf_adds(b, "\r\n");
}

void jx_office__csv_row(jx_buf *b, const struct jx_office__cells *cells, bool chinese)
{
	if (cells->text.rc != JX_OK) {
		jx_buf_add_buf(b, &cells->text); /* a cell cut off is no cell */
		return;
	}
	for (size_t i = 0; i < jx_office__column_count; i++) {
		const struct jx_office__column *c = &jx_office__columns[i];
		const char *text = cells->text.data + cells->start[i];

		if (chinese && c->heading == NULL)
			continue;
		if (i > 0)
			jx_buf_addc(b, ',');
		if (c->is_number)
			jx_buf_add(b, text, cells->len[i]);
		else if (cells->len[i] > 0)
			jx_office__csv_text(b, text);
	}
	jx_buf_adds(b, "\r\n");
}
