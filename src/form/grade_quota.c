/* Progress of sample sizes by population, and the effect of a campaign. */
#include "grades.h"

#define WHERE "form.grade"

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

/* Take out of both what divides both. */
static void shorten(int64_t *a, int64_t *b)
{
	int64_t x = *a, y = *b;

	while (y != 0) {
		const int64_t rest = x % y;

		x = y;
		y = rest;
	}
	if (x == 0)
		return; /* both are 0 */
	*a /= x;
	*b /= x;
}

jx_rc jx_tally_effect(const jx_tally *before, const jx_tally *after, const struct jx_index *index,
		      struct jx_effect *out, struct jx_error *err)
{
	struct jx_fraction was, is;
	int64_t product, denominator;

	if (index->is_better_high)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s is a pass rate: compare its levels, an effect is of a density", index->id);
	jx_tally_sum(before, index, &was);
	jx_tally_sum(after, index, &is);
	if (was.denominator == 0 || is.denominator == 0)
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "%s was not assessed both before and after: survey it at both times",
			       index->id);
	if (was.numerator == 0) {
		*out = (struct jx_effect){0, 0};
		return JX_OK;
	}
	/*
	 * (w/W - i/I) / (w/W) = (wI - iW) / (wI). With all common divisors taken out, iW and wI have none, and so the difference and
	 * wI have none.
	 */
	shorten(&was.numerator, &is.numerator);
	shorten(&was.denominator, &is.denominator);
	shorten(&is.numerator, &is.denominator);
	shorten(&was.numerator, &was.denominator);
	/* both are not negative, so their difference cannot pass 2^63 */
	if (__builtin_mul_overflow(was.numerator, is.denominator, &denominator) ||
	    __builtin_mul_overflow(is.numerator, was.denominator, &product))
		return jx_fail(
			err, JX_ELIMIT, 0, WHERE,
			"%s: the counts are too large for an exact effect: compare smaller areas or shorter periods",
			index->id);
	*out = (struct jx_effect){denominator - product, denominator};
	return JX_OK;
}
