/* Tails of the beta and gamma distributions with real parameters; the exact intervals are their quantiles. */
#ifndef JX_FORM_INTERVAL_H
#define JX_FORM_INTERVAL_H

#include "jiexun/form.h"

/* Two-sided 95 %, equal tails. */
#define JX_FORM__TAIL 0.025

/* Both tails: the small one is never made by subtraction from 1. */
struct jx_form__tails {
	double below, above;
	double density;
};
/* Beta(a, b) at 0 < x < 1; a, b > 0. */
void jx_form__beta_tails(double a, double b, double x, struct jx_form__tails *out);
/* Gamma(a) with unit scale at x > 0; a > 0. */
void jx_form__gamma_tails(double a, double x, struct jx_form__tails *out);

/*
 * Where the series would need too many terms: both tails by the normal distribution with one correction for skewness
 * (Cornish, Fisher 1937). From JX_FORM__HUGE on the ends are right to 12 digits, the error shrinks with the parameters.
 */
#define JX_FORM__HUGE 1e8
void jx_form__normal_tails(double x, double mean, double deviation, double skewness,
			   struct jx_form__tails *out);

/* ln(n!) less Stirling's formula, for real n > 0. */
double jx_form__stirling_error(double n);
/* x ln(x/m) + m - x without cancellation where x is close to m. */
double jx_form__deviance(double x, double m);

/*
 * Does the whole interval of k events (real: a rate carried on to another effort) lie within [low, high]? The ends are of
 * the fraction k / n. low < 0: no lower bound; high < 0: no upper one.
 */
bool jx_form__interval_within(enum jx_interval_kind kind, double k, double n, double low, double high);

#endif
