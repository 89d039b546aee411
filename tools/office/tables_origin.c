/* Codes against the pack that the tables came from: none goes, none changes its meaning, none was made a number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define DIGITS "0123456789"

/* Without zeros that a number has not. NULL: no number. */
static char *strip_zeros(const char *code)
{
	const size_t whole = strspn(code, DIGITS), zeros = strspn(code, "0");
	const size_t decimals = code[whole] == '.' ? strspn(code + whole + 1, DIGITS) : 0;
	size_t end = whole + (decimals > 0 ? 1 + decimals : 0);
	const char *from = code + (zeros >= whole && whole > 0 ? whole - 1 : zeros);

	if (whole == 0 || code[end] != '\0')
		return NULL;
	while (decimals > 0 && code[end - 1] == '0')
		end--;
	if (code[end - 1] == '.')
		end--;
	return jx_xstrndup(from, (size_t)(code + end - from));
}

/* No code has so many decimals: 8.029999999999999 is how some programs save the number 8.03. */
#define DECIMALS_MAX 9

char *jx_office__number_form(const char *text)
{
	char rounded[400];
	const char *point = strchr(text, '.');
	const char *code = text;

	if (point != NULL && strspn(point + 1, DIGITS) > DECIMALS_MAX) {
		(void)snprintf(rounded, sizeof(rounded), "%.*f", DECIMALS_MAX, strtod(text, NULL));
		code = rounded;
	}
	return strip_zeros(code);
}

/* Keys of a table as numbers, each with its row. */
static void numbers_of(const struct jx_office__grid *g, struct jx_office__keys *out)
{
	const size_t column = g->table->key_column;

	memset(out, 0, sizeof(*out));
	out->owned = jx_xcalloc(g->row_count + 1, sizeof(*out->owned));
	for (size_t row = 0; row < g->row_count; row++) {
		JX_AUTO_FREE char *form = jx_office__number_form(jx_office__grid_cell(g, row, column));

		if (form == NULL)
			continue;
		out->owned[out->count] = jx_office__key(g, row, form);
		jx_office__words_add(&out->words, out->owned[out->count++], row);
	}
	jx_office__words_sort(&out->words);
}

struct origin {
	const struct jx_office__grid *now, *before;
	struct jx_office__keys now_keys, before_keys, now_numbers, before_numbers;
	const char *name; /* of the pack before */
	struct jx_office__mistakes *m;
};

/* A code that came as a number: the one before it, which is not here. NULL: it did not. */
static const char *made_a_number(const struct origin *o, size_t row)
{
	const size_t column = o->now->table->key_column;
	const char *code = jx_office__grid_cell(o->now, row, column);
	JX_AUTO_FREE char *key = jx_office__key(o->now, row, code);
	JX_AUTO_FREE char *form = jx_office__number_form(code);
	JX_AUTO_FREE char *form_key = form != NULL ? jx_office__key(o->now, row, form) : NULL;
	const struct jx_office__word *w;

	if (form == NULL || jx_office__words_find(&o->before_keys.words, key) != NULL)
		return NULL;
	w = jx_office__words_find(&o->before_numbers.words, form_key);
	if (w == NULL)
		return NULL;
	free(key);
	key = jx_office__key(o->before, w->row, jx_office__grid_cell(o->before, w->row, column));
	return jx_office__words_find(&o->now_keys.words, key) == NULL
		       ? jx_office__grid_cell(o->before, w->row, column)
		       : NULL;
}

static bool is_listed(const char *list, const char *name)
{
	struct jx_bytes part;

	while (jx_office__split(&list, &part))
		if (part.len == strlen(name) && memcmp(part.data, name, part.len) == 0)
			return true;
	return false;
}

/* A name that people knew it by is still one of it. */
static bool is_same(const struct origin *o, size_t before, size_t now)
{
	const struct jx_office__table *t = o->now->table;
	const size_t zh = jx_office__tcolumn_find(t, "name_zh"), en = jx_office__tcolumn_find(t, "name_en");
	const char *aliases = jx_office__grid_cell(o->now, now, jx_office__tcolumn_find(t, "aliases"));

	for (size_t i = 0; i < 2; i++) {
		const char *name = jx_office__grid_cell(o->before, before, i == 0 ? zh : en);

		if (name[0] != '\0' &&
		    (strcmp(name, jx_office__grid_cell(o->now, now, zh)) == 0 ||
		     strcmp(name, jx_office__grid_cell(o->now, now, en)) == 0 || is_listed(aliases, name)))
			return true;
	}
	return false;
}

static const char *name_of(const struct jx_office__grid *g, size_t row)
{
	const char *zh = jx_office__grid_cell(g, row, jx_office__tcolumn_find(g->table, "name_zh"));

	return zh[0] != '\0' ? zh
			     : jx_office__grid_cell(g, row, jx_office__tcolumn_find(g->table, "name_en"));
}

static void check_now(const struct origin *o)
{
	const size_t column = o->now->table->key_column;

	for (size_t row = 0; row < o->now->row_count; row++) {
		const char *was = made_a_number(o, row);

		if (was != NULL)
			jx_office__wrong_cell(
				o->m, o->now, row, column,
				_("\"%s\" is what a spreadsheet makes of %s: format the column as text, and type the code anew"),
				jx_office__grid_cell(o->now, row, column), was);
	}
}

static void check_before(const struct origin *o)
{
	const size_t column = o->now->table->key_column,
		     zh = jx_office__tcolumn_find(o->now->table, "name_zh");

	for (size_t row = 0; row < o->before->row_count; row++) {
		const char *code = jx_office__grid_cell(o->before, row, column);
		JX_AUTO_FREE char *key = jx_office__key(o->before, row, code);
		JX_AUTO_FREE char *form = jx_office__number_form(code);
		JX_AUTO_FREE char *form_key = form != NULL ? jx_office__key(o->before, row, form) : NULL;
		const struct jx_office__word *w = jx_office__words_find(&o->now_keys.words, key);

		if (w == NULL &&
		    (form == NULL || jx_office__words_find(&o->now_numbers.words, form_key) == NULL))
			jx_office__wrong_file(
				o->m, o->now->source != NULL ? o->now->source : o->now->table->key, 0,
				_("the code %s %s of %s is gone: put its row back and close it by the last day, valid_until"),
				code, name_of(o->before, row), o->name);
		else if (w != NULL && !is_same(o, row, w->row))
			jx_office__wrong_cell(
				o->m, o->now, w->row, zh,
				_("the code %s was %s in %s, and codes are never used again: take a new code, or keep the old name as an alias"),
				code, name_of(o->before, row), o->name);
	}
}

static void check_codes(const struct jx_office__grid *now, const struct jx_office__grid *before,
			const char *origin_name, struct jx_office__mistakes *m)
{
	struct origin o = {.now = now, .before = before, .name = origin_name, .m = m};

	jx_office__keys_of(now, now->table->key_column, &o.now_keys);
	jx_office__keys_of(before, now->table->key_column, &o.before_keys);
	numbers_of(now, &o.now_numbers);
	numbers_of(before, &o.before_numbers);
	check_now(&o);
	check_before(&o);
	jx_office__keys_done(&o.now_keys);
	jx_office__keys_done(&o.before_keys);
	jx_office__keys_done(&o.now_numbers);
	jx_office__keys_done(&o.before_numbers);
}

void jx_office__tables_check_origin(const struct jx_office__grids *t, const struct jx_office__grids *origin,
				    const char *origin_name, struct jx_office__mistakes *m)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++) {
		const struct jx_office__grid *now = &t->of[i], *before = &origin->of[i];

		if (before->row_count > 0 && now->source == NULL)
			jx_office__wrong_file(
				m, now->table->key, 0,
				_("the table is missing, %s has %zu rows of it: put the file or the sheet back"),
				origin_name, before->row_count);
		else if (strcmp(now->table->key, "codes") == 0 || strcmp(now->table->key, "list_codes") == 0)
			check_codes(now, before, origin_name, m);
	}
}
