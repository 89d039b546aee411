/* Cells, mistakes, and words to look up. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

/* ---- grids -------------------------------------------------------------------------------------------- */

void jx_office__grid_init(struct jx_office__grid *g, const struct jx_office__table *t, const char *source)
{
	memset(g, 0, sizeof(*g));
	g->table = t;
	g->source = source != NULL ? jx_xstrdup(source) : NULL;
}

void jx_office__grid_done(struct jx_office__grid *g)
{
	for (size_t i = 0; i < g->row_count * g->table->column_count; i++)
		free(g->cells[i]);
	free(g->cells);
	free(g->row_numbers);
	free(g->source);
	memset(g, 0, sizeof(*g));
}

size_t jx_office__grid_add(struct jx_office__grid *g, int64_t row_number)
{
	const size_t columns = g->table->column_count;

	if (g->row_count == g->row_cap) {
		g->row_cap = g->row_cap == 0 ? 64 : 2 * g->row_cap;
		g->cells = jx_xreallocarray(g->cells, g->row_cap, columns * sizeof(*g->cells));
		g->row_numbers = jx_xreallocarray(g->row_numbers, g->row_cap, sizeof(*g->row_numbers));
	}
	memset(&g->cells[g->row_count * columns], 0, columns * sizeof(*g->cells));
	g->row_numbers[g->row_count] = row_number;
	return g->row_count++;
}

void jx_office__grid_set(struct jx_office__grid *g, size_t row, size_t column, const char *text, size_t len)
{
	char **cell = &g->cells[row * g->table->column_count + column];

	free(*cell);
	*cell = len > 0 ? jx_xstrndup(text, len) : NULL;
}

const char *jx_office__grid_cell(const struct jx_office__grid *g, size_t row, size_t column)
{
	const char *text = g->cells[row * g->table->column_count + column];

	return text != NULL ? text : "";
}

bool jx_office__grid_is_total(const struct jx_office__grid *g, size_t row)
{
	const char *class_code;

	if (strcmp(g->table->key, "quota_rows") != 0)
		return false;
	class_code = jx_office__grid_cell(g, row, 1);
	/* 合计 is no word, so no class is called so */
	return strcmp(class_code, JX_OFFICE__TOTAL) == 0 || strcmp(class_code, "合计") == 0;
}

void jx_office__grids_init(struct jx_office__grids *t)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		jx_office__grid_init(&t->of[i], &jx_office__tables[i], NULL);
}

void jx_office__grids_done(struct jx_office__grids *t)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (t->of[i].table != NULL)
			jx_office__grid_done(&t->of[i]);
}

const struct jx_office__grid *jx_office__grids_find(const struct jx_office__grids *t, const char *key)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (strcmp(jx_office__tables[i].key, key) == 0)
			return &t->of[i];
	return NULL;
}

/* ---- mistakes ------------------------------------------------------------------------------------------ */

void jx_office__mistakes_done(struct jx_office__mistakes *m)
{
	for (size_t i = 0; i < m->count && i < JX_OFFICE__MISTAKES_MAX; i++) {
		free(m->list[i].file);
		free(m->list[i].text);
	}
	m->count = 0;
}

static size_t whole_characters(const char *text, size_t len)
{
	while (len > 0 && !jx_utf8_ok(text, len))
		len--;
	return len;
}

struct jx_office__clip jx_office__clip(const char *text, size_t len)
{
	struct jx_office__clip c = {""};
	const size_t n = whole_characters(text, len < sizeof(c.text) - 4 ? len : sizeof(c.text) - 4);

	for (size_t i = 0; i < n; i++)
		c.text[i] = (char)((unsigned char)text[i] < 0x20 ? ' ' : text[i]);
	if (n < len)
		memcpy(c.text + n, "...", 4);
	return c;
}

static void add_mistake(struct jx_office__mistakes *m, const char *file, int64_t row,
			const struct jx_office__tcolumn *column, const char *fmt, va_list ap)
{
	struct jx_office__mistake *x;
	char what[512];

	if (m->count >= JX_OFFICE__MISTAKES_MAX) {
		m->count++;
		return;
	}
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	what[whole_characters(what, strlen(what))] = '\0';
	x = &m->list[m->count++];
	x->file = jx_xstrdup(file);
	x->row = row;
	x->column = column != NULL ? column->key : NULL;
	if (column != NULL)
		x->text = jx_xasprintf(_("%s row %lld, column \"%s %s\": %s"), file, (long long)row,
				       column->zh, column->key, what);
	else if (row > 0)
		x->text = jx_xasprintf(_("%s row %lld: %s"), file, (long long)row, what);
	else
		x->text = jx_xasprintf(_("%s: %s"), file, what);
}

void jx_office__wrong_cell(struct jx_office__mistakes *m, const struct jx_office__grid *g, size_t row,
			   size_t column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_mistake(m, g->source != NULL ? g->source : g->table->key, g->row_numbers[row],
		    &g->table->columns[column], fmt, ap);
	va_end(ap);
}

void jx_office__wrong_file(struct jx_office__mistakes *m, const char *file, int64_t row, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_mistake(m, file, row, NULL, fmt, ap);
	va_end(ap);
}

/* ---- words ------------------------------------------------------------------------------------------------ */

void jx_office__words_add(struct jx_office__words *w, const char *text, size_t row)
{
	if (w->count == w->cap) {
		w->cap = w->cap == 0 ? 64 : 2 * w->cap;
		w->list = jx_xreallocarray(w->list, w->cap, sizeof(*w->list));
	}
	w->list[w->count].text = text;
	w->list[w->count++].row = row;
}

static int compare_words(const void *a, const void *b)
{
	const struct jx_office__word *x = a, *y = b;
	const int by_text = strcmp(x->text, y->text);

	if (by_text != 0)
		return by_text;
	return x->row < y->row ? -1 : x->row > y->row;
}

void jx_office__words_sort(struct jx_office__words *w)
{
	if (w->count > 1)
		qsort(w->list, w->count, sizeof(*w->list), compare_words);
}

const struct jx_office__word *jx_office__words_find(const struct jx_office__words *w, const char *text)
{
	size_t low = 0, high = w->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (strcmp(w->list[middle].text, text) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->count && strcmp(w->list[low].text, text) == 0 ? &w->list[low] : NULL;
}

void jx_office__words_done(struct jx_office__words *w)
{
	free(w->list);
	memset(w, 0, sizeof(*w));
}
