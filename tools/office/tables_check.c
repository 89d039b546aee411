/* Cells among each other: what names what, what stands twice, dates, sums. */
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

/* ---- keys ---------------------------------------------------------------------------------------------- */

#define BETWEEN "\x1f" /* in no cell */

/* Phrases, too, stand by two columns. */
static bool has_key_above(const struct jx_office__table *t)
{
	return t->up != NULL || t->shape == JX_OFFICE__PHRASES;
}

char *jx_office__key(const struct jx_office__grid *g, size_t row, const char *key)
{
	return has_key_above(g->table) ? jx_xasprintf("%s" BETWEEN "%s", jx_office__grid_cell(g, row, 0), key)
				       : jx_xstrdup(key);
}

void jx_office__keys_of(const struct jx_office__grid *g, size_t column, struct jx_office__keys *out)
{
	memset(out, 0, sizeof(*out));
	out->owned = jx_xcalloc(g->row_count + 1, sizeof(*out->owned));
	for (size_t row = 0; row < g->row_count; row++) {
		if (jx_office__grid_is_total(g, row))
			continue;
		out->owned[out->count] = jx_office__key(g, row, jx_office__grid_cell(g, row, column));
		jx_office__words_add(&out->words, out->owned[out->count++], row);
	}
	jx_office__words_sort(&out->words);
}

void jx_office__keys_done(struct jx_office__keys *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->owned[i]);
	free(k->owned);
	jx_office__words_done(&k->words);
	memset(k, 0, sizeof(*k));
}

/* ---- what is there ---------------------------------------------------------------------------------------- */

struct check {
	const struct jx_office__grids *t;
	struct jx_office__keys keys[JX_OFFICE__TABLE_COUNT];
	struct jx_office__keys indices; /* of indices.json */
	struct jx_office__words forms;
	struct jx_office__mistakes *m;
};

static void take_indices(struct check *c, const char *text)
{
	JX_AUTO_JSON doc = {0};

	if (text == NULL || jx_json_parse(text, strlen(text), &jx_json_pack_limits, &doc, NULL) != JX_OK)
		return;
	c->indices.owned = jx_xcalloc(doc.n, sizeof(*c->indices.owned));
	for (int t = jx_json_first(&doc, 0); t >= 0; t = jx_json_next(&doc, 0, t)) {
		char *id = jx_json_strdup(&doc, jx_json_get(&doc, t, "id"));

		if (id == NULL)
			continue;
		c->indices.owned[c->indices.count] = id;
		jx_office__words_add(&c->indices.words, id, c->indices.count++);
	}
	jx_office__words_sort(&c->indices.words);
}

static size_t number_of(const char *table)
{
	size_t i = 0;

	while (i < JX_OFFICE__TABLE_COUNT && strcmp(jx_office__tables[i].key, table) != 0)
		i++;
	return i;
}

/* Is there such a thing? where_out: file or table it would stand in. */
static bool is_known(const struct check *c, const struct jx_office__grid *g, size_t row, const char *refers,
		     const char *name, const char **where_out)
{
	const size_t table = number_of(refers);

	*where_out = refers;
	if (strcmp(refers, "indices") == 0)
		return jx_office__words_find(&c->indices.words, name) != NULL;
	if (strcmp(refers, "forms") == 0)
		return strcmp(name, "*") == 0 || jx_office__words_find(&c->forms, name) != NULL;
	if (table < JX_OFFICE__TABLE_COUNT && jx_office__tables[table].up != NULL) {
		JX_AUTO_FREE char *key = jx_office__key(g, row, name);

		return jx_office__words_find(&c->keys[table].words, key) != NULL;
	}
	return table < JX_OFFICE__TABLE_COUNT && jx_office__words_find(&c->keys[table].words, name) != NULL;
}

/* A key that a spreadsheet would make this number of: 01.01 for 1.01. */
static const char *find_number(const struct check *c, const char *refers, const char *name)
{
	const size_t table = number_of(refers);
	JX_AUTO_FREE char *form = jx_office__number_form(name);

	if (form == NULL || table == JX_OFFICE__TABLE_COUNT)
		return NULL;
	for (size_t i = 0; i < c->keys[table].words.count; i++) {
		const char *key = c->keys[table].words.list[i].text;
		const char *last = strstr(key, BETWEEN);
		const char *plain = last != NULL ? last + 1 : key;
		JX_AUTO_FREE char *other = jx_office__number_form(plain);

		if (other != NULL && strcmp(other, form) == 0)
			return plain;
	}
	return NULL;
}

static void check_reference(struct check *c, const struct jx_office__grid *g, size_t row, size_t column,
			    const char *name)
{
	const char *refers = g->table->columns[column].refers, *where, *number;

	if (is_known(c, g, row, refers, name, &where))
		return;
	/* a search through all of them; what nobody is told of need not be found */
	number = c->m->count < JX_OFFICE__MISTAKES_MAX ? find_number(c, refers, name) : NULL;
	if (number != NULL)
		jx_office__wrong_cell(
			c->m, g, row, column,
			_("\"%s\" is what a spreadsheet makes of %s: format the column as text, and type the code anew"),
			JX_OFFICE__CLIP(name), number);
	else
		jx_office__wrong_cell(c->m, g, row, column,
				      _("\"%s\" does not stand in %s: correct it, or add it there"),
				      JX_OFFICE__CLIP(name), where);
}

static void check_references(struct check *c, const struct jx_office__grid *g, size_t row)
{
	for (size_t i = 0; i < g->table->column_count; i++) {
		const struct jx_office__tcolumn *column = &g->table->columns[i];
		const char *text = jx_office__grid_cell(g, row, i);
		struct jx_bytes part;

		if (column->refers == NULL || text[0] == '\0')
			continue;
		if (column->kind != JX_OFFICE__WORDS) {
			check_reference(c, g, row, i, text);
			continue;
		}
		while (jx_office__split(&text, &part)) {
			JX_AUTO_FREE char *one = jx_xstrndup(part.data, part.len);

			check_reference(c, g, row, i, one);
		}
	}
}

/* ---- twice -------------------------------------------------------------------------------------------------- */

static void check_twice(struct check *c, const struct jx_office__grid *g, size_t table)
{
	const struct jx_office__words *w = &c->keys[table].words;

	for (size_t i = 1; i < w->count && g->table->shape != JX_OFFICE__PHRASES; i++) {
		const char *text = jx_office__grid_cell(g, w->list[i].row, g->table->key_column);

		if (text[0] == '\0' || strcmp(w->list[i].text, w->list[i - 1].text) != 0)
			continue;
		jx_office__wrong_cell(
			c->m, g, w->list[i].row, g->table->key_column,
			_("\"%s\" stands in row %lld already: change one of them, or remove the row"),
			JX_OFFICE__CLIP(text), (long long)g->row_numbers[w->list[i - 1].row]);
	}
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

static void check_days(struct check *c, const struct jx_office__grid *g, size_t row)
{
	const size_t from = jx_office__tcolumn_find(g->table, "valid_from"),
		     until = jx_office__tcolumn_find(g->table, "valid_until");
	char first[11], last[11];

	if (from < g->table->column_count && until < g->table->column_count &&
	    jx_office__day(jx_office__grid_cell(g, row, from), first) &&
	    jx_office__day(jx_office__grid_cell(g, row, until), last) && strcmp(last, first) < 0)
		jx_office__wrong_cell(c->m, g, row, until,
				      _("the last day %s is before the first day %s: correct one of them"),
				      last, first);
}

/* ---- time limits ------------------------------------------------------------------------------------------------ */

static void check_hours(struct check *c, const struct jx_office__grid *g, size_t row)
{
	const size_t hours = jx_office__tcolumn_find(g->table, "hours"),
		     days = jx_office__tcolumn_find(g->table, "days");

	if (hours < g->table->column_count && (jx_office__grid_cell(g, row, hours)[0] == '\0') ==
						      (jx_office__grid_cell(g, row, days)[0] == '\0'))
		jx_office__wrong_cell(c->m, g, row, hours, _("fill in either hours or days, and one only"));
}

static void check_table(struct check *c, size_t table)
{
	const struct jx_office__grid *g = &c->t->of[table];

	check_twice(c, g, table);
	for (size_t row = 0; row < g->row_count; row++) {
		if (jx_office__grid_is_total(g, row))
			continue;
		check_references(c, g, row);
		check_days(c, g, row);
		check_hours(c, g, row);
	}
}

void jx_office__tables_check(const struct jx_office__folder *f, struct jx_office__mistakes *m)
{
	struct check c = {.t = &f->tables, .m = m};

	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		jx_office__keys_of(&c.t->of[i], jx_office__tables[i].key_column, &c.keys[i]);
	for (size_t i = 0; i < f->form_count; i++)
		jx_office__words_add(&c.forms, f->form_names[i], i);
	jx_office__words_sort(&c.forms);
	take_indices(&c, f->parts[JX_OFFICE__INDICES]);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		check_table(&c, i);
	jx_office__quotas_check(&f->tables, m);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		jx_office__keys_done(&c.keys[i]);
	jx_office__keys_done(&c.indices);
	jx_office__words_done(&c.forms);
}
