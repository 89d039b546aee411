/* Tails of the beta distribution: the regularised incomplete beta function. */
#include <math.h>

#include "interval.h"

#define TWO_PI    6.283185307179586476925286766559
#define EPS       1e-16
#define TINY      1e-300
#define TERMS_MAX 200000 /* they grow like the square root of the parameters */

/* x^a (1-x)^b / B(a, b), by Loader's form of a binomial term (see interval_gamma.c). */
static double power_term(double a, double b, double x)
{
	const double n = a + b;
	const double ln = jx_form__stirling_error(n) - jx_form__stirling_error(a) -
			  jx_form__stirling_error(b) - jx_form__deviance(a, n * x) -
			  jx_form__deviance(b, n * (1 - x));

	return exp(ln) * sqrt(a * b / (TWO_PI * n));
}

/* One step of Lentz's method: the next partial numerator is `an`, all denominators are 1. */
static double lentz(double an, double *c, double *d)
{
	*d = 1 + an * *d;
	*d = 1 / (fabs(*d) < TINY ? TINY : *d);
	*c = 1 + an / *c;
	*c = fabs(*c) < TINY ? TINY : *c;
	return *c * *d;
}

/* The continued fraction DLMF 8.17.22: 1/(1 + d1/(1 + d2/(1 + ...))); converges fast for x < (a+1)/(a+b+2). */
static double fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;
	int m;

	d = 1 / (fabs(d) < TINY ? TINY : d);
	h = d;
	for (m = 1; m < TERMS_MAX; m++) {
		const double a2m = a + 2.0 * m;
		double step = lentz(m * (b - m) * x / ((a2m - 1) * a2m), &c, &d);

		h *= step;
		step = lentz(-(a + m) * (a + b + m) * x / (a2m * (a2m + 1)), &c, &d);
		h *= step;
		if (fabs(step - 1) <= 4 * EPS)
			break;
	}
	return h;
}

void jx_form__beta_tails(double a, double b, double x, struct jx_form__tails *out)
{
	const double n = a + b;
	double term;

	if (a > JX_FORM__HUGE && b > JX_FORM__HUGE) {
		jx_form__normal_tails(x, a / n, sqrt(a * b / (n + 1)) / n,
				      2 * (b - a) * sqrt(n + 1) / ((n + 2) * sqrt(a * b)), out);
		return;
	}
	term = power_term(a, b, x);
	out->density = term / (x * (1 - x));
	if (x < (a + 1) / (a + b + 2)) {
		out->below = term * fraction(a, b, x) / a;
		out->above = 1 - out->below;
	} else {
		/* DLMF 8.17.4 */
		out->above = term * fraction(b, a, 1 - x) / b;
		out->below = 1 - out->above;
	}
}
