/* Rows of tables as the lists of a pack, in the order of columns. */
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define WRONG(e, ...) jx_office__wrong_cell((e)->m, (e)->g, (e)->row, (e)->column, __VA_ARGS__)

static const char *cell(const struct jx_office__emit *e, size_t column)
{
	return jx_office__grid_cell(e->g, e->row, column);
}

static void put_name(struct jx_office__emit *e, bool *has_member, const char *name)
{
	if (*has_member)
		jx_buf_addc(e->out, ',');
	*has_member = true;
	jx_buf_add_json(e->out, name, strlen(name));
	jx_buf_addc(e->out, ':');
}

/* {"zh":...,"en":...}: of the pack's languages both, if one is there. */
static void put_both(struct jx_office__emit *e, size_t first, size_t end)
{
	bool has_part = false;

	jx_buf_addc(e->out, '{');
	for (e->column = first; e->column < end; e->column++) {
		const struct jx_office__tcolumn *c = &e->g->table->columns[e->column];
		const char *text = cell(e, e->column);

		if (text[0] != '\0') {
			put_name(e, &has_part, c->part);
			jx_office__put_cell(e, text);
		} else if (strcmp(c->part, "zh") == 0 ? e->lang.zh : e->lang.en) {
			WRONG(e, _("the text in this language is missing: fill it in"));
		}
	}
	jx_buf_addc(e->out, '}');
}

/* [[10,100],[20,200]] up to the last one that is filled in. */
static void put_pairs(struct jx_office__emit *e, size_t first, size_t end)
{
	size_t count = 0;
	int64_t value;

	for (size_t c = first; c < end; c++)
		if (cell(e, c)[0] != '\0')
			count = (c - first) / 2 + 1;
	jx_buf_addc(e->out, '[');
	for (size_t i = 0; i < 2 * count; i++) {
		e->column = first + i;
		jx_buf_adds(e->out, i % 2 != 0 ? "," : i > 0 ? ",[" : "[");
		if (cell(e, e->column)[0] == '\0')
			WRONG(e, _("is empty: fill it in, 0 where the table has none"));
		else
			(void)jx_office__put_whole(e, cell(e, e->column), 0, &value);
		if (i % 2 != 0)
			jx_buf_addc(e->out, ']');
	}
	jx_buf_addc(e->out, ']');
}

/* Members that have no column, as they are; they must not be those of one. */
static void put_more(struct jx_office__emit *e, bool *has_member, const char *text)
{
	JX_AUTO_JSON doc = {0};
	struct jx_error err = {.code = JX_OK};

	if (jx_json_parse(text, strlen(text), &jx_json_pack_limits, &doc, &err) != JX_OK ||
	    jx_json_type_of(&doc, 0) != JX_JSON_OBJECT) {
		WRONG(e, _("must be a JSON object such as {\"a\": 1}: %s"), err.text);
		return;
	}
	for (int t = jx_json_first(&doc, 0); t >= 0; t = jx_json_next(&doc, 0, t + 1)) {
		JX_AUTO_FREE char *name = jx_json_strdup(&doc, t);
		const struct jx_bytes raw = jx_json_raw(&doc, t + 1);

		for (size_t i = 0; i < e->g->table->column_count; i++) {
			const char *member = e->g->table->columns[i].member;

			if (member != NULL && strcmp(member, name) == 0)
				WRONG(e, _("\"%s\" has a column of its own: write it there"), name);
		}
		put_name(e, has_member, name);
		jx_buf_add(e->out, raw.data, raw.len);
	}
}

/* Columns first to end are one member. */
static void put_member(struct jx_office__emit *e, size_t first, size_t end, bool *has_member)
{
	const struct jx_office__tcolumn *c = &e->g->table->columns[first];
	bool is_there = false;

	for (size_t i = first; i < end; i++)
		is_there = is_there || cell(e, i)[0] != '\0';
	e->column = first;
	if (!is_there && c->is_needed && c->part == NULL) {
		for (; e->column < end; e->column++)
			WRONG(e, _("is empty: fill it in"));
		return;
	}
	if ((!is_there && !c->is_needed) || (c->member == NULL && c->kind != JX_OFFICE__MORE))
		return;
	if (c->kind == JX_OFFICE__MORE) {
		put_more(e, has_member, cell(e, first));
		return;
	}
	put_name(e, has_member, jx_office__member_of(c, cell(e, first)));
	if (c->part != NULL) {
		put_both(e, first, end);
	} else if (c->kind == JX_OFFICE__PAIRS) {
		put_pairs(e, first, end);
	} else if (end - first > 1) {
		for (jx_buf_addc(e->out, '['); e->column < end; e->column++) {
			if (e->column > first)
				jx_buf_addc(e->out, ',');
			if (cell(e, e->column)[0] != '\0')
				jx_office__put_cell(e, cell(e, e->column));
			else
				WRONG(e, _("is empty: fill it in"));
		}
		jx_buf_addc(e->out, ']');
	} else {
		jx_office__put_cell(e, cell(e, first));
	}
}

static size_t end_of_member(const struct jx_office__table *t, size_t first)
{
	size_t end = first + 1;

	while (end < t->column_count && t->columns[first].member != NULL && t->columns[end].member != NULL &&
	       strcmp(t->columns[end].member, t->columns[first].member) == 0)
		end++;
	return end;
}

static void put_members(struct jx_office__emit *e, size_t from, bool *has_member)
{
	const struct jx_office__table *t = e->g->table;

	for (size_t c = from, end; c < t->column_count; c = end) {
		end = end_of_member(t, c);
		put_member(e, c, end, has_member);
	}
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

/* Rows of the table in the table, by the key of the element above. */
struct inner {
	const struct jx_office__grid *g;
	struct jx_office__words by_key;
};

static size_t find_inner(const struct jx_office__grids *t, const char *key, struct inner out[4])
{
	size_t n = 0;

	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++) {
		const struct jx_office__grid *g = &t->of[i];

		if (g->table->up == NULL || strcmp(g->table->up, key) != 0)
			continue;
		memset(&out[n], 0, sizeof(out[n]));
		out[n].g = g;
		for (size_t row = 0; row < g->row_count; row++)
			if (!jx_office__grid_is_total(g, row))
				jx_office__words_add(&out[n].by_key, jx_office__grid_cell(g, row, 0), row);
		jx_office__words_sort(&out[n].by_key);
		n++;
	}
	return n;
}

static void put_inner(struct jx_office__emit *up, const struct inner *in, const char *key, bool *has_member)
{
	const struct jx_office__word *w = jx_office__words_find(&in->by_key, key),
				     *end = in->by_key.list + in->by_key.count;
	const bool is_names = in->g->table->shape == JX_OFFICE__NAMES;
	struct jx_office__emit e = {.g = in->g, .lang = up->lang, .out = up->out, .m = up->m};

	if (w == NULL)
		return;
	put_name(up, has_member, in->g->table->member);
	jx_buf_addc(e.out, is_names ? '{' : '[');
	for (bool is_first = true; w < end && strcmp(w->text, key) == 0; w++, is_first = false) {
		bool has_inner = false;

		e.row = w->row;
		if (!is_first)
			jx_buf_addc(e.out, ',');
		if (is_names) {
			put_name(&e, &has_inner, cell(&e, 1));
			put_both(&e, 2, 4);
			continue;
		}
		jx_buf_addc(e.out, '{');
		put_members(&e, 1, &has_inner);
		jx_buf_addc(e.out, '}');
	}
	jx_buf_addc(e.out, is_names ? '}' : ']');
}

/* Rows whose element above is not there: of no use, but their cells have mistakes too. */
static void check_orphans(const struct jx_office__emit *up, const struct inner *in,
			  const struct jx_office__words *keys)
{
	struct jx_office__emit e = {.g = in->g, .lang = up->lang, .m = up->m};
	JX_AUTO_BUF nowhere;

	jx_buf_init(&nowhere, jx_json_pack_limits.max_bytes);
	e.out = &nowhere;
	for (e.row = 0; e.row < e.g->row_count; e.row++) {
		bool has_member = false;

		if (jx_office__grid_is_total(e.g, e.row) || jx_office__words_find(keys, cell(&e, 0)) != NULL)
			continue;
		jx_buf_reset(&nowhere);
		put_members(&e, 1, &has_member);
	}
}

static void emit_elements(struct jx_office__emit *e, const struct jx_office__grids *t)
{
	struct inner inner[4];
	struct jx_office__words keys = {.count = 0};
	const size_t count = find_inner(t, e->g->table->key, inner), key = e->g->table->key_column;

	for (e->row = 0; e->row < e->g->row_count; e->row++)
		jx_office__words_add(&keys, cell(e, key), e->row);
	jx_office__words_sort(&keys);
	for (e->row = 0; e->row < e->g->row_count; e->row++) {
		bool has_member = false;

		jx_buf_adds(e->out, e->row > 0 ? ",{" : "{");
		put_members(e, 0, &has_member);
		for (size_t i = 0; i < count; i++)
			/* a key that stands twice is told elsewhere; what belongs to it is looked at once */
			if (jx_office__words_find(&keys, cell(e, key))->row == e->row)
				put_inner(e, &inner[i], cell(e, key), &has_member);
		jx_buf_addc(e->out, '}');
	}
	for (size_t i = 0; i < count; i++) {
		check_orphans(e, &inner[i], &keys);
		jx_office__words_done(&inner[i].by_key);
	}
	jx_office__words_done(&keys);
}

/* One element for each form and field, where its first row stands; its texts are the rows in their order. */
static void emit_phrases(struct jx_office__emit *e)
{
	struct jx_office__keys keys = {.count = 0};
	size_t count = 0;

	jx_office__keys_of(e->g, 1, &keys);
	for (size_t row = 0; row < e->g->row_count; row++) {
		JX_AUTO_FREE char *key = jx_office__key(e->g, row, jx_office__grid_cell(e->g, row, 1));
		const struct jx_office__word *w = jx_office__words_find(&keys.words, key),
					     *end = keys.words.list + keys.words.count;
		bool has_member = false;

		if (w == NULL || w->row != row)
			continue;
		e->row = row;
		jx_buf_adds(e->out, count++ > 0 ? ",{" : "{");
		put_member(e, 0, 1, &has_member);
		put_member(e, 1, 2, &has_member);
		put_name(e, &has_member, "texts");
		jx_buf_addc(e->out, '[');
		for (bool is_first = true; w < end && strcmp(w->text, key) == 0; w++, is_first = false) {
			if (!is_first)
				jx_buf_addc(e->out, ',');
			e->row = w->row;
			put_both(e, 2, 4);
		}
		jx_buf_adds(e->out, "]}");
	}
	jx_office__keys_done(&keys);
}

void jx_office__emit_table(const struct jx_office__grids *t, size_t table, struct jx_office__languages lang,
			   jx_buf *out, struct jx_office__mistakes *m)
{
	struct jx_office__emit e = {.g = &t->of[table], .lang = lang, .out = out, .m = m};

	if (e.g->row_count == 0)
		return;
	jx_buf_addf(out, ",\"%s\":[", e.g->table->member);
	if (e.g->table->shape == JX_OFFICE__PHRASES)
		emit_phrases(&e);
	else
		emit_elements(&e, t);
	jx_buf_addc(out, ']');
}
