/* One row of limits applied to a sum: the level of the point value, its interval, and what would decide it. */
#include <string.h>

#include "grades.h"
#include "interval.h"

#define WHERE "form.grade"

const char *jx_level_name(enum jx_level level)
{
	static const char *const names[] = {"", "A", "B", "C", "D"};

	return names[level];
}

bool jx_form__is_met(const struct jx_fraction *sum, const struct jx_form__limit *limit)
{
	const int order = jx_fraction_compare(sum, &limit->at);

	switch (limit->op) {
	case JX_FORM__OP_LE:
		return order <= 0;
	case JX_FORM__OP_LT:
		return order < 0;
	case JX_FORM__OP_GE:
		return order >= 0;
	case JX_FORM__OP_GT:
		break;
	}
	return order > 0;
}

static enum jx_level level_of_sum(const struct jx_form__limit_row *row, const struct jx_fraction *sum)
{
	size_t i;

	for (i = 0; i < JX_FORM__LEVELS; i++)
		if (jx_form__is_met(sum, &row->at[i]))
			return (enum jx_level)(i + 1);
	return JX_LEVEL_D;
}

/* An end of an interval is no fraction; a level by it informs, and decides nothing official. */
static enum jx_level level_of_end(const struct jx_form__limit_row *row, double value)
{
	size_t i;

	for (i = 0; i < JX_FORM__LEVELS; i++) {
		const double at = (double)row->at[i].at.numerator / (double)row->at[i].at.denominator;
		const enum jx_form__op op = row->at[i].op;

		if ((op == JX_FORM__OP_LE && value <= at) || (op == JX_FORM__OP_LT && value < at) ||
		    (op == JX_FORM__OP_GE && value >= at) || (op == JX_FORM__OP_GT && value > at))
			return (enum jx_level)(i + 1);
	}
	return JX_LEVEL_D;
}

bool jx_form__is_none_positive(const jx_tally *tally, uint32_t index)
{
	const struct jx_form__grades *g = tally->pack->grades;
	const char *of = g->indices[index].positives_of;
	struct jx_fraction rate;

	if (of == NULL || tally->sums[index].denominator != 0)
		return false;
	jx_tally_sum(tally, jx_pack_index_find(tally->pack, of), &rate);
	return rate.denominator > 0 && rate.numerator == 0;
}

enum jx_level jx_form__level(const jx_tally *tally, const struct jx_form__limit_row *row)
{
	const struct jx_fraction *sum = &tally->sums[row->index];

	if (sum->denominator > 0)
		return level_of_sum(row, sum);
	return jx_form__is_none_positive(tally, row->index) ? JX_LEVEL_A : JX_LEVEL_NONE;
}

/* Of the fraction, not scaled. */
static bool find_interval(const struct jx_index *index, const struct jx_fraction *sum,
			  struct jx_interval *out)
{
	if (index->interval == JX_INTERVAL_NONE || sum->denominator <= 0 || sum->numerator < 0 ||
	    (index->interval == JX_INTERVAL_PROPORTION && sum->numerator > sum->denominator))
		return false;
	if (index->interval == JX_INTERVAL_PROPORTION) {
		jx_interval_proportion(sum->numerator, sum->denominator, out);
		return true;
	}
	jx_interval_count(sum->numerator, out);
	out->low /= (double)sum->denominator;
	out->high /= (double)sum->denominator;
	return true;
}

bool jx_index_interval(const struct jx_index *index, const struct jx_fraction *sum, struct jx_interval *out)
{
	struct jx_interval i;

	if (!find_interval(index, sum, &i))
		return false;
	out->low = i.low * (double)index->scale;
	out->high = i.high * (double)index->scale;
	return true;
}

static void grade_interval(const struct jx_form__limit_row *row, struct jx_grade *g)
{
	struct jx_interval i;

	g->more = -1;
	g->has_interval = find_interval(g->index, &g->sum, &i);
	if (!g->has_interval)
		return;
	g->best = level_of_end(row, g->index->is_better_high ? i.high : i.low);
	g->worst = level_of_end(row, g->index->is_better_high ? i.low : i.high);
	g->is_decided = g->best == g->level && g->worst == g->level;
	g->interval.low = i.low * (double)g->index->scale;
	g->interval.high = i.high * (double)g->index->scale;
	g->more = g->is_decided ? 0 : jx_form__more_to_decide(g->index, row, &g->sum);
}

static const struct jx_form__limit_row *find_row(const struct jx_form__edition *e, uint32_t index)
{
	size_t i;

	for (i = 0; e != NULL && i < e->row_count; i++)
		if (e->rows[i].index == index)
			return &e->rows[i];
	return NULL;
}

jx_rc jx_tally_grade(const jx_tally *tally, const struct jx_index *index, const char *day,
		     struct jx_grade *out, struct jx_error *err)
{
	const struct jx_index *own = jx_pack_index_find(tally->pack, index->id);
	const struct jx_form__edition *e = own != NULL
						   ? jx_form__edition_on(tally->pack->grades, own->topic, day)
						   : NULL;
	const uint32_t number = own != NULL ? (uint32_t)(own - tally->pack->grades->indices) : JX_FORM__NONE;
	const struct jx_form__limit_row *row = find_row(e, number);
	struct jx_grade g = {.index = own};

	if (row == NULL)
		return jx_fail(
			err, JX_ENOTFOUND, 0, WHERE,
			"pack %s has no limits for %s on %s: show its value and interval without a level",
			tally->pack->id, index->id, day);
	g.sum = tally->sums[number];
	g.level = jx_form__level(tally, row);
	g.is_none_positive = jx_form__is_none_positive(tally, number);
	g.edition = e->name;
	g.edition_note = e->note;
	g.confidence = row->confidence != NULL ? row->confidence : e->confidence;
	grade_interval(row, &g);
	*out = g;
	return JX_OK;
}
