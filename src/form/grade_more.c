/*
 * How much further effort would decide a level, if the rate stays as it is.
 *
 * The rate is carried on exactly: at effort n + N there are k (n + N) / n events, a real number, for which the two
 * distributions are defined as well. Their intervals only get narrower with n at a fixed rate, so the least N is found by doubling
 * and halving. An interval around a rate that is a limit has that limit inside for ever.
 */
#include "grades.h"
#include "interval.h"

/* The limits next to the rate on both sides: between them the level is the same. False: the rate is a limit. */
static bool find_bounds(const struct jx_form__limit_row *row, const struct jx_fraction *sum, double *low,
			double *high)
{
	size_t i;

	*low = *high = -1;
	for (i = 0; i < JX_FORM__LEVELS; i++) {
		const struct jx_fraction *at = &row->at[i].at;
		const double value = (double)at->numerator / (double)at->denominator;
		const int order = jx_fraction_compare(at, sum);

		if (order == 0)
			return false;
		if (order < 0 && value > *low)
			*low = value;
		if (order > 0 && (*high < 0 || value < *high))
			*high = value;
	}
	return true;
}

int64_t jx_form__more_to_decide(const struct jx_index *index, const struct jx_form__limit_row *row,
				const struct jx_fraction *sum)
{
	const double k = (double)sum->numerator, n = (double)sum->denominator;
	int64_t few = 0, many = 1;
	double low, high;

	if (!find_bounds(row, sum, &low, &high))
		return -1;
	while (!jx_form__interval_within(index->interval, k + k / n * (double)many, n + (double)many, low,
					 high)) {
		if (many >= JX_MORE_MAX)
			return -1;
		few = many;
		many = many > JX_MORE_MAX / 2 ? JX_MORE_MAX : many * 2;
	}
	while (many - few > 1) {
		const int64_t some = few + (many - few) / 2;

		if (jx_form__interval_within(index->interval, k + k / n * (double)some, n + (double)some, low,
					     high))
			many = some;
		else
			few = some;
	}
	return many;
}
