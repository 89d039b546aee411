/*
 * Poisson terms that do not lose digits, and the tails of the gamma distribution.
 *
 * C. Loader: Fast and Accurate Computation of Binomial Probabilities (2000): the terms are written by the error of
 * Stirling's formula and the deviance, so that nothing of the size of ln(n!) is subtracted: at n = 10^7 that alone would cost
 * eight digits.
 */
#include <math.h>

#include "interval.h"

#define LN_SQRT_2PI 0.918938533204672741780329736406
#define TWO_PI      6.283185307179586476925286766559
#define EPS         1e-16
#define TINY        1e-300
/* terms grow like the square root of the parameters: 10^8 needs some 10^4 */
#define TERMS_MAX 200000

double jx_form__stirling_error(double n)
{
	const double nn = n * n;
	int sign;

	/* below, the series has too few digits and the difference has enough */
	if (n <= 15)
		return lgamma_r(n + 1, &sign) - (n + 0.5) * log(n) + n - LN_SQRT_2PI;
	/* DLMF 5.11.1: Bernoulli numbers */
	return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / nn) / nn) / nn) / nn) / n;
}

double jx_form__deviance(double x, double m)
{
	double v, s, term;
	int j;

	if (x <= 0)
		return m;
	if (fabs(x - m) >= 0.1 * (x + m))
		return x * log(x / m) + m - x;
	v = (x - m) / (x + m);
	s = (x - m) * v;
	term = 2 * x * v;
	v *= v;
	for (j = 1; j < 1000; j++) {
		term *= v;
		s += term / (2 * j + 1);
		if (fabs(term) <= EPS * fabs(s))
			break;
	}
	return s;
}

/* x^a e^-x / Gamma(a + 1) */
static double poisson_term(double a, double x)
{
	return exp(-jx_form__stirling_error(a) - jx_form__deviance(a, x)) / sqrt(TWO_PI * a);
}

/* Lower tail over the term: 1 + x/(a+1) + x^2/((a+1)(a+2)) + ... (DLMF 8.7.1) */
static double series(double a, double x)
{
	double sum = 1, term = 1;
	int i;

	for (i = 1; i < TERMS_MAX && term > sum * EPS; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return sum;
}

/* Gamma(a, x) e^x x^-a: the continued fraction DLMF 8.9.2 in its even part, by Lentz's method. */
static double fraction(double a, double x)
{
	double b = x + 1 - a, c = 1 / TINY, d = 1 / (fabs(b) < TINY ? TINY : b), h = d;
	int i;

	for (i = 1; i < TERMS_MAX; i++) {
		const double an = -(double)i * (i - a);
		double step;

		b += 2;
		d = an * d + b;
		d = 1 / (fabs(d) < TINY ? TINY : d);
		c = b + an / c;
		c = fabs(c) < TINY ? TINY : c;
		step = c * d;
		h *= step;
		if (fabs(step - 1) <= 4 * EPS)
			break;
	}
	return h;
}

void jx_form__normal_tails(double x, double mean, double deviation, double skewness,
			   struct jx_form__tails *out)
{
	const double z = (x - mean) / deviation;
	const double w = z - skewness * (z * z - 1) / 6;

	out->below = erfc(-w / sqrt(2)) / 2;
	out->above = erfc(w / sqrt(2)) / 2;
	out->density = exp(-w * w / 2) / sqrt(TWO_PI) / deviation;
}

void jx_form__gamma_tails(double a, double x, struct jx_form__tails *out)
{
	double term;

	if (a > JX_FORM__HUGE) {
		jx_form__normal_tails(x, a, sqrt(a), 2 / sqrt(a), out);
		return;
	}
	term = poisson_term(a, x);
	out->density = term * a / x;
	if (x < a + 1) {
		out->below = term * series(a, x);
		out->above = 1 - out->below;
	} else {
		out->above = term * a * fraction(a, x);
		out->below = 1 - out->above;
	}
}
