/* Sample sizes: as many pairs as there are classes of population, and the sums that an official table prints. */
#include <stdio.h>
#include <string.h>

#include "tables_private.h"

static size_t first_pair(const struct jx_office__table *t)
{
	size_t c = 0;

	while (t->columns[c].kind != JX_OFFICE__PAIRS)
		c++;
	return c;
}

static size_t pairs_in(const struct jx_office__grid *g, size_t row)
{
	const size_t first = first_pair(g->table);
	size_t n = 0;

	for (size_t i = 0; i < 2 * (size_t)JX_OFFICE__PAIRS_MAX; i++)
		if (jx_office__grid_cell(g, row, first + i)[0] != '\0')
			n = i / 2 + 1;
	return n;
}

/* Classes of population: rising numbers and then ∞. 0: they are not so, which is told at their cell. */
static size_t count_bounds(const char *text)
{
	struct jx_bytes part;
	int64_t before = 0, value;
	bool is_open = false;
	size_t n = 0;

	while (jx_office__split(&text, &part)) {
		JX_AUTO_FREE char *one = jx_xstrndup(part.data, part.len);

		if (is_open)
			return 0;
		is_open = strcmp(one, JX_OFFICE__OPEN_BOUND) == 0;
		if (!is_open && (!jx_office__whole(one, &value) || value <= before))
			return 0;
		before = is_open ? before : value;
		n++;
	}
	return is_open ? n : 0;
}

/* Classes of population of a quota; 0: not known. */
static size_t bounds_of(const struct jx_office__grid *quotas, const char *id)
{
	const size_t column = jx_office__tcolumn_find(quotas->table, "population_max");

	for (size_t row = 0; row < quotas->row_count; row++) {
		if (strcmp(jx_office__grid_cell(quotas, row, 0), id) == 0)
			return count_bounds(jx_office__grid_cell(quotas, row, column));
	}
	return 0;
}

static bool sum_column(const struct jx_office__grid *g, const char *quota, size_t column, int64_t *out)
{
	int64_t value;

	*out = 0;
	for (size_t row = 0; row < g->row_count; row++) {
		const char *text = jx_office__grid_cell(g, row, column);

		if (strcmp(jx_office__grid_cell(g, row, 0), quota) != 0 || jx_office__grid_is_total(g, row) ||
		    text[0] == '\0')
			continue;
		if (!jx_office__whole(text, &value))
			return false; /* told at its own cell */
		*out += value;
	}
	return true;
}

static void check_total(const struct jx_office__grid *g, size_t row, struct jx_office__mistakes *m)
{
	const size_t first = first_pair(g->table);

	for (size_t c = first; c < first + 2 * (size_t)JX_OFFICE__PAIRS_MAX; c++) {
		const char *text = jx_office__grid_cell(g, row, c);
		int64_t sum, value;

		if (text[0] == '\0' || !sum_column(g, jx_office__grid_cell(g, row, 0), c, &sum))
			continue;
		if (!jx_office__whole(text, &value) || value != sum)
			jx_office__wrong_cell(
				m, g, row, c,
				_("the total is \"%s\", but the rows make %lld: correct one of them"),
				JX_OFFICE__CLIP(text), (long long)sum);
	}
}

void jx_office__quotas_check(const struct jx_office__grids *t, struct jx_office__mistakes *m)
{
	const struct jx_office__grid *g = jx_office__grids_find(t, "quota_rows"),
				     *quotas = jx_office__grids_find(t, "quotas");

	for (size_t row = 0; row < g->row_count; row++) {
		const size_t want = bounds_of(quotas, jx_office__grid_cell(g, row, 0)),
			     have = pairs_in(g, row);

		if (want > 0 && have != want)
			jx_office__wrong_cell(
				m, g, row, first_pair(g->table) + 2 * (have > 0 ? have - 1 : 0),
				_("there are %zu classes of population in this row, and %zu in the table quotas: correct one of them"),
				have, want);
		if (jx_office__grid_is_total(g, row))
			check_total(g, row, m);
	}
}

/* Rows of a quota that has several get their sum behind them. */
void jx_office__quotas_total(struct jx_office__grid *g, size_t from)
{
	const size_t first = first_pair(g->table), end = g->row_count;
	char number[32];
	size_t row;
	int64_t sum;

	if (end - from < 2)
		return;
	row = jx_office__grid_add(g, (int64_t)g->row_count + 2);
	jx_office__grid_set(g, row, 0, jx_office__grid_cell(g, from, 0),
			    strlen(jx_office__grid_cell(g, from, 0)));
	jx_office__grid_set(g, row, 1, JX_OFFICE__TOTAL, strlen(JX_OFFICE__TOTAL));
	for (size_t c = first; c < first + 2 * (size_t)JX_OFFICE__PAIRS_MAX; c++) {
		if (jx_office__grid_cell(g, from, c)[0] == '\0' ||
		    !sum_column(g, jx_office__grid_cell(g, from, 0), c, &sum))
			continue;
		(void)snprintf(number, sizeof(number), "%lld", (long long)sum);
		jx_office__grid_set(g, row, c, number, strlen(number));
	}
}
