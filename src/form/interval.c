/*
 * Exact intervals: Clopper-Pearson for proportions, Garwood for counts. Their ends are quantiles of the beta and gamma
 * distributions, found by Newton's method kept inside a bracket.
 */
#include <math.h>

#include "interval.h"

#define STEPS_MAX 200
#define CLOSE     1e-15 /* relative */

struct target {
	enum jx_interval_kind kind;
	double a, b;   /* b: of beta only */
	bool is_upper; /* the quantile with JX_FORM__TAIL above it, not below */
};

static void tails(const struct target *t, double x, struct jx_form__tails *out)
{
	if (t->kind == JX_INTERVAL_PROPORTION)
		jx_form__beta_tails(t->a, t->b, x, out);
	else
		jx_form__gamma_tails(t->a, x, out);
}

/* The one x in (low, high) with the tail asked for. */
static double solve(const struct target *t, double low, double high, double guess)
{
	double x = guess > low && guess < high ? guess : (low + high) / 2;
	int i;

	for (i = 0; i < STEPS_MAX && high - low > CLOSE * high; i++) {
		struct jx_form__tails f;
		double excess, next;

		tails(t, x, &f);
		/* how much probability lies below x beyond what should */
		excess = t->is_upper ? JX_FORM__TAIL - f.above : f.below - JX_FORM__TAIL;
		if (excess > 0)
			high = x;
		else
			low = x;
		next = f.density > 0 ? x - excess / f.density : low;
		if (fabs(next - x) <= CLOSE * x)
			return x;
		x = next > low && next < high ? next : (low + high) / 2;
	}
	return x;
}

void jx_interval_proportion(int64_t k, int64_t n, struct jx_interval *out)
{
	const double positive = (double)k, size = (double)n, p = positive / size;
	const double spread = 2 * sqrt(p * (1 - p) / size) + 2 / size;
	const struct target low = {JX_INTERVAL_PROPORTION, positive, size - positive + 1, false};
	const struct target high = {JX_INTERVAL_PROPORTION, positive + 1, size - positive, true};

	/* none or all: the tail is a power, and one end is the end of the scale */
	if (k == 0)
		out->low = 0;
	else if (k == n)
		out->low = exp(log(JX_FORM__TAIL) / size);
	else
		out->low = solve(&low, 0, p, p - spread);
	if (k == n)
		out->high = 1;
	else if (k == 0)
		out->high = -expm1(log(JX_FORM__TAIL) / size);
	else
		out->high = solve(&high, p, 1, p + spread);
}

void jx_interval_count(int64_t k, struct jx_interval *out)
{
	const double events = (double)k;
	const double spread = 2 * sqrt(events);
	const struct target low = {JX_INTERVAL_COUNT, events, 0, false};
	const struct target high = {JX_INTERVAL_COUNT, events + 1, 0, true};

	out->low = k == 0 ? 0 : solve(&low, 0, events, events - spread);
	/* the limit lies below k + 2 sqrt(k) + 4 for every k */
	out->high = k == 0 ? -log(JX_FORM__TAIL)
			   : solve(&high, events, events + 2 * spread + 10, events + spread + 2);
}

static bool is_above(enum jx_interval_kind kind, double k, double n, double low)
{
	struct jx_form__tails f;

	if (low < 0 || (low <= 0 && k > 0))
		return true;
	if (k <= 0)
		return false;
	if (kind == JX_INTERVAL_PROPORTION && low >= 1)
		return false;
	if (kind == JX_INTERVAL_PROPORTION)
		jx_form__beta_tails(k, n - k + 1, low, &f);
	else
		jx_form__gamma_tails(k, low * n, &f);
	return f.below <= JX_FORM__TAIL;
}

static bool is_below(enum jx_interval_kind kind, double k, double n, double high)
{
	struct jx_form__tails f;

	if (high < 0 || (kind == JX_INTERVAL_PROPORTION && high >= 1))
		return true;
	if (high <= 0 || (kind == JX_INTERVAL_PROPORTION && k >= n))
		return false;
	if (kind == JX_INTERVAL_PROPORTION)
		jx_form__beta_tails(k + 1, n - k, high, &f);
	else
		jx_form__gamma_tails(k + 1, high * n, &f);
	return f.above <= JX_FORM__TAIL;
}

bool jx_form__interval_within(enum jx_interval_kind kind, double k, double n, double low, double high)
{
	return is_above(kind, k, n, low) && is_below(kind, k, n, high);
}
