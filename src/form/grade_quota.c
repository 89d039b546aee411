/* Progress of sample sizes by population, and the effect of a campaign. */
#include "grades.h"

#define WHERE "form.grade"

__extension__ typedef __int128 wide;

static const struct jx_form__quota_line *line_on(const struct jx_form__grades *g, const char *day,
						 size_t wanted, size_t *count)
{
	size_t n = 0, i;

	for (i = 0; g != NULL && i < g->quota_line_count; i++) {
		const struct jx_form__quota *q = &g->quotas[g->quota_lines[i].quota];

		if (!jx_form__holds(q->valid_from, q->valid_until, day))
			continue;
		if (n == wanted)
			return &g->quota_lines[i];
		n++;
	}
	*count = n;
	return NULL;
}

size_t jx_tally_quota_count(const jx_tally *tally, const char *day)
{
	size_t count = 0;

	(void)line_on(tally->pack->grades, day, SIZE_MAX, &count);
	return count;
}

jx_rc jx_tally_quota(const jx_tally *tally, size_t i, const char *day, int64_t population,
		     struct jx_quota *out, struct jx_error *err)
{
	const struct jx_form__grades *g = tally->pack->grades;
	size_t count = 0, band = 0;
	const struct jx_form__quota_line *line = line_on(g, day, i, &count);
	const struct jx_form__quota *q;
	const struct jx_form__quota_cell *done;

	if (line == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "pack %s has %zu quotas on %s: ask for one of those", tally->pack->id, count,
			       day);
	if (population <= 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "population: %lld is no number of people: give that of the built-up area",
			       (long long)population);
	q = &g->quotas[line->quota];
	while (population > q->population_max[band])
		band++;
	done = &tally->quotas[line - g->quota_lines];
	*out = (struct jx_quota){
		.id = line->id,
		.topic = q->topic,
		.table = q->name,
		.name = line->name,
		.units = line->cells[band].units,
		.effort = line->cells[band].effort,
		.units_done = done->units,
		.effort_done = done->effort,
		.effort_unit = q->effort_unit,
		.confidence = line->confidence != NULL ? line->confidence : q->confidence,
	};
	return JX_OK;
}

static wide common_divisor(wide a, wide b)
{
	while (b != 0) {
		const wide rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

jx_rc jx_tally_effect(const jx_tally *before, const jx_tally *after, const struct jx_index *index,
		      struct jx_effect *out, struct jx_error *err)
{
	struct jx_fraction was, is;
	wide numerator, denominator, divisor;

	if (index->is_better_high)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s is a pass rate: compare its levels, an effect is of a density", index->id);
	jx_tally_sum(before, index, &was);
	jx_tally_sum(after, index, &is);
	if (was.denominator == 0 || is.denominator == 0)
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "%s was not assessed both before and after: survey it at both times",
			       index->id);
	/* (w/W - i/I) / (w/W) = (wI - iW) / (wI); each product is below 2^106 */
	denominator = (wide)was.numerator * is.denominator;
	numerator = denominator - (wide)is.numerator * was.denominator;
	if (denominator == 0) {
		*out = (struct jx_effect){0, 0};
		return JX_OK;
	}
	divisor = common_divisor(numerator, denominator);
	numerator /= divisor;
	denominator /= divisor;
	if (denominator > INT64_MAX || numerator < -(wide)INT64_MAX)
		return jx_fail(
			err, JX_ELIMIT, 0, WHERE,
			"%s: the counts are too large for an exact effect: compare smaller areas or shorter periods",
			index->id);
	*out = (struct jx_effect){(int64_t)numerator, (int64_t)denominator};
	return JX_OK;
}
