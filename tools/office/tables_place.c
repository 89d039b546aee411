/* From a place of the pack, as its loader names it, to the row or the file where a person finds it. */
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz_"

/* "codes[12].units": the first of its kind in a message of any language. Behind it: what follows the bracket. */
struct step {
	char name[32];
	size_t index;
	const char *rest;
};

static bool read_step(const char *at, struct step *out)
{
	const size_t len = strspn(at, NAME_CHARS);
	int64_t index = 0;
	const char *p = at + len + 1;

	if (len == 0 || len >= sizeof(out->name) || at[len] != '[' || *p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9' && index < INT32_MAX; p++)
		index = index * 10 + (*p - '0');
	if (*p != ']')
		return false;
	memcpy(out->name, at, len);
	out->name[len] = '\0';
	out->index = (size_t)index;
	out->rest = p + 1;
	return true;
}

static bool find_step(const char *message, struct step *out)
{
	for (const char *at = message; *at != '\0'; at++) {
		if (read_step(at, out))
			return true;
		at += strspn(at, NAME_CHARS);
		if (*at == '\0')
			return false;
	}
	return false;
}

/* The index-th row of the element above; row_count: none. */
static size_t row_of(const struct jx_office__grid *g, const char *up, size_t index)
{
	size_t row = 0;

	for (; row < g->row_count; row++) {
		if (jx_office__grid_is_total(g, row) ||
		    (up != NULL && strcmp(jx_office__grid_cell(g, row, 0), up) != 0))
			continue;
		if (index-- == 0)
			break;
	}
	return row;
}

/* The column that a member behind a dot has; column_count: none. */
static size_t column_of(const struct jx_office__table *t, const char *rest)
{
	const size_t len = rest[0] == '.' ? strspn(rest + 1, NAME_CHARS) : 0;
	size_t c = 0;

	while (c < t->column_count &&
	       (t->columns[c].member == NULL || len == 0 || strlen(t->columns[c].member) != len ||
		strncmp(t->columns[c].member, rest + 1, len) != 0))
		c++;
	return c;
}

static bool wrong_table(const struct jx_office__folder *f, const struct jx_office__grid *g, const char *up,
			const struct step *step, const char *message, struct jx_office__mistakes *m)
{
	const size_t row = row_of(g, up, step->index), column = column_of(g->table, step->rest);
	struct step inner;

	if (row >= g->row_count)
		return false;
	if (step->rest[0] == '.' && read_step(step->rest + 1, &inner))
		for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++) {
			const struct jx_office__grid *in = &f->tables.of[i];

			if (in->table->up != NULL && strcmp(in->table->up, g->table->key) == 0 &&
			    strcmp(in->table->member, inner.name) == 0 &&
			    wrong_table(f, in, jx_office__grid_cell(g, row, g->table->key_column), &inner,
					message, m))
				return true;
		}
	if (column < g->table->column_count)
		jx_office__wrong_cell(m, g, row, column, "%s", message);
	else
		jx_office__wrong_file(m, g->source != NULL ? g->source : g->table->key, g->row_numbers[row],
				      "%s", message);
	return true;
}

void jx_office__wrong_place(const struct jx_office__folder *f, const char *message,
			    struct jx_office__mistakes *m)
{
	struct step step = {.index = 0};
	JX_AUTO_FREE char *file = NULL;

	if (find_step(message, &step)) {
		for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
			/* phrases have rows for their texts, not for themselves */
			if (jx_office__tables[i].up == NULL &&
			    strcmp(jx_office__tables[i].member, step.name) == 0 &&
			    jx_office__tables[i].shape == JX_OFFICE__ELEMENTS &&
			    wrong_table(f, &f->tables.of[i], NULL, &step, message, m))
				return;
		for (size_t i = 0; i < JX_OFFICE__PART_COUNT && file == NULL; i++)
			if (strcmp(jx_office__parts[i], step.name) == 0)
				file = jx_xasprintf("%s.json", step.name);
		if (strcmp(step.name, "forms") == 0 && step.index < f->form_count)
			file = jx_xasprintf("forms/%s.json", f->form_names[step.index]);
		if (strcmp(step.name, "phrases") == 0)
			file = jx_xstrdup(jx_office__grids_find(&f->tables, "phrases")->source);
	}
	jx_office__wrong_file(m, file != NULL ? file : "pack.json", 0, "%s", message);
}
