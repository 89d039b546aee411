/* Tables from a pack. What has no column goes to the column "more". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

static void set(struct jx_office__grid *g, size_t row, size_t column, const char *text)
{
	if (text != NULL)
		jx_office__grid_set(g, row, column, text, strlen(text));
}

static void set_raw(struct jx_office__grid *g, size_t row, size_t column, const jx_json *doc, int tok)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, jx_json_pack_limits.max_bytes);
	jx_office__one_line(doc, tok, &b);
	if (b.len > 0)
		jx_office__grid_set(g, row, column, b.data, b.len);
}

static void set_scalar(struct jx_office__grid *g, size_t row, size_t column, const jx_json *doc, int tok)
{
	JX_AUTO_FREE char *text = jx_json_strdup(doc, tok);
	bool is_yes;

	if (text != NULL)
		set(g, row, column, text);
	else if (jx_json_bool(doc, tok, &is_yes) && g->table->columns[column].kind == JX_OFFICE__YES)
		set(g, row, column, is_yes ? "是" : "否");
	else if (tok >= 0)
		set_raw(g, row, column, doc, tok);
}

/* "a; b", with ∞ for null: the open class of population. */
static void set_list(struct jx_office__grid *g, size_t row, size_t column, const jx_json *doc, int tok)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, jx_json_pack_limits.max_bytes);
	for (int t = jx_json_first(doc, tok); t >= 0; t = jx_json_next(doc, tok, t)) {
		JX_AUTO_FREE char *text = jx_json_strdup(doc, t);
		const struct jx_bytes raw = jx_json_raw(doc, t);

		if (b.len > 0)
			jx_buf_adds(&b, "; ");
		if (text != NULL)
			jx_buf_adds(&b, text);
		else if (jx_json_type_of(doc, t) == JX_JSON_NULL)
			jx_buf_adds(&b, JX_OFFICE__OPEN_BOUND);
		else
			jx_buf_add(&b, raw.data, raw.len);
	}
	if (b.len > 0)
		jx_office__grid_set(g, row, column, b.data, b.len);
}

/* Columns of one member, one after the other. */
static void set_row_of(struct jx_office__grid *g, size_t row, size_t column, const jx_json *doc, int tok)
{
	const char *member = g->table->columns[column].member;

	for (int t = jx_json_first(doc, tok); t >= 0; t = jx_json_next(doc, tok, t)) {
		const bool is_pair = g->table->columns[column].kind == JX_OFFICE__PAIRS;
		const int first = is_pair ? jx_json_first(doc, t) : t;

		for (int x = first; x >= 0; x = is_pair ? jx_json_next(doc, t, x) : -1, column++) {
			/* more than there are columns: the comparison afterwards finds it */
			if (column >= g->table->column_count || g->table->columns[column].member == NULL ||
			    strcmp(g->table->columns[column].member, member) != 0)
				return;
			set_scalar(g, row, column, doc, x);
		}
	}
}

/* Several classes of a row stand in the column of one. */
static bool set_classes(struct jx_office__grid *g, size_t row, const jx_json *doc, const char *member,
			int tok)
{
	const size_t column = jx_office__tcolumn_find(g->table, "class");

	if (strcmp(member, "classes") != 0 || column == g->table->column_count ||
	    jx_json_type_of(doc, tok) != JX_JSON_ARRAY || doc->tok[tok].count < 2)
		return false;
	set_list(g, row, column, doc, tok);
	return true;
}

/* Columns of the member; false: it has none. */
static bool set_member(struct jx_office__grid *g, size_t row, const jx_json *doc, const char *member, int tok)
{
	bool is_found = false;

	for (size_t c = 0; c < g->table->column_count; c++) {
		const struct jx_office__tcolumn *column = &g->table->columns[c];

		if (column->member == NULL || strcmp(column->member, member) != 0)
			continue;
		if (column->part != NULL)
			set_scalar(g, row, c, doc, jx_json_get(doc, tok, column->part));
		else if (column->kind == JX_OFFICE__WORDS || column->kind == JX_OFFICE__TEXTS ||
			 column->kind == JX_OFFICE__BOUNDS)
			set_list(g, row, c, doc, tok);
		else if (column->kind == JX_OFFICE__PAIRS || column->kind == JX_OFFICE__DECIMAL) {
			if (!is_found)
				set_row_of(g, row, c, doc, tok);
		} else {
			set_scalar(g, row, c, doc, tok);
		}
		is_found = true;
	}
	return is_found;
}

static struct jx_office__grid *find_inner(struct jx_office__grids *t, const char *table, const char *member)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (t->of[i].table->up != NULL && strcmp(t->of[i].table->up, table) == 0 &&
		    strcmp(t->of[i].table->member, member) == 0)
			return &t->of[i];
	return NULL;
}

static void take_list(struct jx_office__grids *t, struct jx_office__grid *g, const jx_json *doc, int list,
		      const char *up);

static void take_element(struct jx_office__grids *t, struct jx_office__grid *g, const jx_json *doc, int obj,
			 const char *up)
{
	const size_t row = jx_office__grid_add(g, (int64_t)g->row_count + 2);
	JX_AUTO_FREE char *key = NULL;
	JX_AUTO_BUF more;

	jx_buf_init(&more, jx_json_pack_limits.max_bytes);
	if (up != NULL)
		set(g, row, 0, up);
	for (int n = jx_json_first(doc, obj); n >= 0; n = jx_json_next(doc, obj, n + 1)) {
		JX_AUTO_FREE char *member = jx_json_strdup(doc, n);
		struct jx_office__grid *inner = find_inner(t, g->table->key, member);

		if (inner != NULL || set_member(g, row, doc, member, n + 1) ||
		    set_classes(g, row, doc, member, n + 1))
			continue;
		jx_buf_adds(&more, more.len > 0 ? ", " : "{");
		jx_buf_add_json(&more, member, strlen(member));
		jx_buf_adds(&more, ": ");
		jx_office__one_line(doc, n + 1, &more);
	}
	if (more.len > 0) {
		jx_buf_addc(&more, '}');
		jx_office__grid_set(g, row, jx_office__tcolumn_find(g->table, "more"), more.data, more.len);
	}
	key = jx_xstrdup(jx_office__grid_cell(g, row, g->table->key_column));
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (t->of[i].table->up != NULL && strcmp(t->of[i].table->up, g->table->key) == 0)
			take_list(t, &t->of[i], doc, jx_json_get(doc, obj, t->of[i].table->member), key);
}

static void take_names(struct jx_office__grid *g, const jx_json *doc, int obj, const char *up)
{
	for (int n = jx_json_first(doc, obj); n >= 0; n = jx_json_next(doc, obj, n + 1)) {
		const size_t row = jx_office__grid_add(g, (int64_t)g->row_count + 2);

		set(g, row, 0, up);
		set_scalar(g, row, 1, doc, n);
		(void)set_member(g, row, doc, "name", n + 1);
	}
}

static void take_phrases(struct jx_office__grid *g, const jx_json *doc, int obj)
{
	const int texts = jx_json_get(doc, obj, "texts");

	for (int t = jx_json_first(doc, texts); t >= 0; t = jx_json_next(doc, texts, t)) {
		const size_t row = jx_office__grid_add(g, (int64_t)g->row_count + 2);

		(void)set_member(g, row, doc, "form", jx_json_get(doc, obj, "form"));
		(void)set_member(g, row, doc, "field", jx_json_get(doc, obj, "field"));
		(void)set_member(g, row, doc, "text", t);
	}
}

static void take_list(struct jx_office__grids *t, struct jx_office__grid *g, const jx_json *doc, int list,
		      const char *up)
{
	const size_t from = g->row_count;

	if (g->table->shape == JX_OFFICE__NAMES) {
		take_names(g, doc, list, up);
		return;
	}
	for (int obj = jx_json_first(doc, list); obj >= 0; obj = jx_json_next(doc, list, obj))
		if (g->table->shape == JX_OFFICE__PHRASES)
			take_phrases(g, doc, obj);
		else
			take_element(t, g, doc, obj, up);
	if (strcmp(g->table->key, "quota_rows") == 0)
		jx_office__quotas_total(g, from);
}

void jx_office__tables_take(const jx_json *pack, struct jx_office__grids *out)
{
	jx_office__grids_init(out);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (out->of[i].table->up == NULL)
			take_list(out, &out->of[i], pack, jx_json_get(pack, 0, out->of[i].table->member),
				  NULL);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++) {
		struct jx_office__grid *g = &out->of[i];

		g->source = jx_xasprintf("%s.csv", g->table->key);
		for (size_t c = 0; c < g->table->column_count; c++) {
			g->has_column[c] = !g->table->columns[c].is_extra;
			for (size_t row = 0; row < g->row_count && !g->has_column[c]; row++)
				g->has_column[c] = jx_office__grid_cell(g, row, c)[0] != '\0';
		}
	}
}
