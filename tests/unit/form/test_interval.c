/* The exact intervals against published values, against their own definition, and by property. */
#include <math.h>

#include "jiexun/form.h"
#include "jx_test.h"

static uint64_t seed = 20260901;

/* xorshift: the same in every run */
static uint64_t next_random(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static double next_unit(void)
{
	return (double)(next_random() >> 11) / 9007199254740992.0;
}

static void proportions_are_the_published_ones(void **state)
{
	static const struct {
		int64_t k, n;
		double low, high;
	} rows[] = {
		/* R. G. Newcombe: Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
		 * (1998) 857-872, Table I, method 5 (Clopper-Pearson) */
		{81, 263, 0.2527, 0.3676},
		{15, 148, 0.0578, 0.1617},
		{0, 20, 0.0000, 0.1684},
		{1, 29, 0.0009, 0.1776},
		/* binom.test(9, 24) of R, which has this method: 0.1879929 0.5940636 */
		{9, 24, 0.1880, 0.5941},
		/* tables of exact binomial limits: none of ten, half of ten, all of ten, 3 of 100 */
		{0, 10, 0.0000, 0.3085},
		{5, 10, 0.1871, 0.8129},
		{10, 10, 0.6915, 1.0000},
		{3, 100, 0.0062, 0.0852},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_interval x;

		jx_interval_proportion(rows[i].k, rows[i].n, &x);
		jx_assert_near(x.low, rows[i].low, 0.00005);
		jx_assert_near(x.high, rows[i].high, 0.00005);
	}
}

static void counts_are_the_published_ones(void **state)
{
	static const struct {
		int64_t k;
		double effort, low, high;
	} rows[] = {
		/* poisson.test(137, 24.19893) of R's documentation: 4.753125 6.692709 */
		{137, 24.19893, 4.7531, 6.6927},
		/* Snedecor, Cochran: Statistical Methods (1967), p. 224: 296 seeds in 98 samples; exact limits as the
		 * documentation of NAG routine G07ABF prints them */
		{296, 98, 2.6861, 3.3848},
		/* F. Garwood (1936) and E. S. Pearson, H. O. Hartley: Biometrika Tables for Statisticians I, Table 40;
		 * their 3 and 4 digits carried on to 4 decimals by half the chi-square quantiles with 2k and 2k + 2 degrees */
		{0, 1, 0, 3.6889},
		{1, 1, 0.0253, 5.5716},
		{2, 1, 0.2422, 7.2247},
		{3, 1, 0.6187, 8.7673},
		{10, 1, 4.7954, 18.3904},
		{20, 1, 12.2165, 30.8884},
		{30, 1, 20.2409, 42.8269},
		{50, 1, 37.1110, 65.9188},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct jx_interval x;

		jx_interval_count(rows[i].k, &x);
		jx_assert_near(x.low / rows[i].effort, rows[i].low, 0.00005);
		jx_assert_near(x.high / rows[i].effort, rows[i].high, 0.00005);
	}
}

/* ---- by definition: at each end the tail beyond what was seen is 2.5 % ---------------------------------- */

/* P(X <= k) of a binomial distribution, each term by logarithms: another way than the one under test. */
static double binomial_below(int64_t k, int64_t n, double p)
{
	double sum = 0;
	int64_t i;
	int sign;

	for (i = 0; i <= k; i++)
		sum += exp(lgamma_r((double)n + 1, &sign) - lgamma_r((double)i + 1, &sign) -
			   lgamma_r((double)(n - i) + 1, &sign) + (double)i * log(p) +
			   (double)(n - i) * log1p(-p));
	return sum;
}

static double poisson_below(int64_t k, double mean)
{
	double sum = 0;
	int64_t i;
	int sign;

	for (i = 0; i <= k; i++)
		sum += exp((double)i * log(mean) - mean - lgamma_r((double)i + 1, &sign));
	return sum;
}

static void tails_of_proportions_are_as_defined(void **state)
{
	static const int64_t sizes[] = {1, 2, 7, 30, 100, 340, 1000};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const int64_t n = sizes[i], step = n > 50 ? n / 25 : 1;
		int64_t k;

		for (k = 0; k <= n; k += step) {
			struct jx_interval x;

			jx_interval_proportion(k, n, &x);
			if (k > 0)
				jx_assert_near(1 - binomial_below(k - 1, n, x.low), 0.025, 1e-9);
			if (k < n)
				jx_assert_near(binomial_below(k, n, x.high), 0.025, 1e-9);
		}
	}
}

static void tails_of_counts_are_as_defined(void **state)
{
	int64_t k;

	(void)state;
	for (k = 0; k <= 700; k += k < 40 ? 1 : 33) {
		struct jx_interval x;

		jx_interval_count(k, &x);
		if (k > 0)
			jx_assert_near(1 - poisson_below(k - 1, x.low), 0.025, 1e-9);
		jx_assert_near(poisson_below(k, x.high), 0.025, 1e-9);
	}
}

static void large_samples_keep_their_digits(void **state)
{
	/* tails at these ends were integrated with 30 digits and are 0.025 within 1e-12 */
	static const struct {
		int64_t k, n;
		double low, high;
	} rows[] = {
		{3000, 10000000, 0.000289361387165, 0.000310929653476},
		{5000000, 10000000, 0.499690052521371, 0.500309947478629},
		{50000, 1000000, 0.049573639547326, 0.050428969368464},
	};
	struct jx_interval x, y;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jx_interval_proportion(rows[i].k, rows[i].n, &x);
		jx_assert_near(x.low, rows[i].low, 1e-12);
		jx_assert_near(x.high, rows[i].high, 1e-12);
	}
	/* one of ten million is as rare as a Poisson count: 0.0253178 and 5.5716434 over the size */
	jx_interval_proportion(1, 10000000, &x);
	jx_interval_count(1, &y);
	jx_assert_near(x.low * 1e7, y.low, 1e-7);
	jx_assert_near(x.high * 1e7, y.high, 1e-5);
	/* gamma quantiles of a large count k: k - z sqrt(k) + (z^2 - 1) / 3, and the same of k + 1 upwards */
	jx_interval_count(1000000000, &x);
	jx_assert_near(x.low, 1e9 - 1.959963985 * sqrt(1e9) + (1.959963985 * 1.959963985 - 1) / 3, 0.001);
	jx_assert_near(x.high, 1e9 + 1 + 1.959963985 * sqrt(1e9 + 1) + (1.959963985 * 1.959963985 - 1) / 3,
		       0.001);
	/* beyond 10^8 another formula holds: it joins the series without a step; one event moves the ends by one */
	jx_interval_count(100000000, &x);
	jx_interval_count(100000001, &y);
	jx_assert_near(y.low - x.low, 1, 0.001);
	jx_assert_near(y.high - x.high, 1, 0.001);
	jx_interval_proportion(100000000, 1000000000, &x);
	jx_interval_proportion(100000001, 1000000000, &y);
	jx_assert_near(y.low - x.low, 1e-9, 1e-12);
	jx_assert_near(y.high - x.high, 1e-9, 1e-12);
}

/* ---- properties ------------------------------------------------------------------------------------------ */

static void proportions_are_monotone(void **state)
{
	int64_t n, k;

	(void)state;
	for (n = 1; n <= 60; n++) {
		struct jx_interval last = {-1, -1}, x, wider;

		for (k = 0; k <= n; k++, last = x) {
			jx_interval_proportion(k, n, &x);
			assert_true(x.low >= 0 && x.low <= (double)k / (double)n);
			assert_true(x.high <= 1 && x.high >= (double)k / (double)n);
			/* more positives: both ends rise */
			assert_true(x.low > last.low || (k == 0 && x.low >= 0));
			assert_true(x.high > last.high);
			/* one more room without signs: both ends sink */
			jx_interval_proportion(k, n + 1, &wider);
			assert_true(wider.high < x.high || k == n);
			assert_true(wider.low < x.low || k == 0);
			/* the other side is the mirror */
			jx_interval_proportion(n - k, n, &wider);
			jx_assert_near(wider.low, 1 - x.high, 1e-12);
			jx_assert_near(wider.high, 1 - x.low, 1e-12);
		}
	}
}

static void counts_are_monotone(void **state)
{
	struct jx_interval last = {-1, 0}, x;
	int64_t k;

	(void)state;
	for (k = 0; k < 3000; k++, last = x) {
		jx_interval_count(k, &x);
		assert_true(x.low > last.low && x.high > last.high);
		assert_true(x.low <= (double)k && x.high > (double)k);
	}
}

static int64_t draw_binomial(int64_t n, double p)
{
	int64_t k = 0, i;

	for (i = 0; i < n; i++)
		k += next_unit() < p;
	return k;
}

static void drawn_proportions_are_covered(void **state)
{
	static const double rates[] = {0.003, 0.01, 0.03, 0.05, 0.3, 0.97};
	static const int64_t sizes[] = {10, 60, 340};
	const int draws = 2000;
	size_t r, s;

	(void)state;
	for (r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		for (s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
			double exact = 0, last = 0;
			int inside = 0, i;
			int64_t k;

			for (i = 0; i < draws; i++) {
				struct jx_interval x;

				jx_interval_proportion(draw_binomial(sizes[s], rates[r]), sizes[s], &x);
				inside += x.low <= rates[r] && rates[r] <= x.high;
			}
			/* at least 95 %; four standard deviations of 2000 draws are 2 % */
			assert_true(inside >= draws * 93 / 100);
			/* and without chance: the probabilities of all counts whose interval holds the rate */
			for (k = 0; k <= sizes[s]; k++) {
				const double below = binomial_below(k, sizes[s], rates[r]);
				struct jx_interval x;

				jx_interval_proportion(k, sizes[s], &x);
				if (x.low <= rates[r] && rates[r] <= x.high)
					exact += below - last;
				last = below;
			}
			assert_true(exact >= 0.95 - 1e-9);
			jx_assert_near((double)inside / draws, exact, 0.02);
		}
	}
}

static void counts_are_covered(void **state)
{
	static const double means[] = {0.02, 0.5, 1, 3.3, 10, 44.4};
	size_t m;

	(void)state;
	for (m = 0; m < sizeof(means) / sizeof(means[0]); m++) {
		double exact = 0, last = 0;
		int64_t k;

		for (k = 0; k <= 300; k++) {
			const double below = poisson_below(k, means[m]);
			struct jx_interval x;

			jx_interval_count(k, &x);
			if (x.low <= means[m] && means[m] <= x.high)
				exact += below - last;
			last = below;
		}
		assert_true(exact >= 0.95 - 1e-9);
	}
}

static void an_index_says_which_interval_it_has(void **state)
{
	struct jx_index rate = {.id = "rate", .scale = 100, .interval = JX_INTERVAL_PROPORTION};
	struct jx_index path = {.id = "path", .scale = 1000, .interval = JX_INTERVAL_COUNT};
	const struct jx_index mean = {.id = "mean", .scale = 1, .interval = JX_INTERVAL_NONE};
	const struct jx_fraction three = {3, 100}, nothing = {0, 0}, beyond = {101, 100}, walked = {3, 1500};
	struct jx_interval x = {-1, -1};

	(void)state;
	assert_false(jx_index_interval(&mean, &three, &x));
	assert_false(jx_index_interval(&rate, &nothing, &x));
	assert_false(jx_index_interval(&path, &nothing, &x));
	assert_false(jx_index_interval(&rate, &beyond, &x));
	jx_assert_near(x.low, -1, 0);
	assert_true(jx_index_interval(&rate, &three, &x));
	jx_assert_near(x.low, 0.62300, 0.000005);
	jx_assert_near(x.high, 8.51761, 0.000005);
	/* 3 in 1.5 km: 0.6187 / 1.5 and 8.7673 / 1.5 per km */
	assert_true(jx_index_interval(&path, &walked, &x));
	jx_assert_near(x.low, 0.61867 / 1.5, 0.00001);
	jx_assert_near(x.high, 8.76727 / 1.5, 0.00001);
	/* a count may be larger than its effort */
	assert_true(jx_index_interval(&path, &beyond, &x));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(proportions_are_the_published_ones),
		cmocka_unit_test(counts_are_the_published_ones),
		cmocka_unit_test(tails_of_proportions_are_as_defined),
		cmocka_unit_test(tails_of_counts_are_as_defined),
		cmocka_unit_test(large_samples_keep_their_digits),
		cmocka_unit_test(proportions_are_monotone),
		cmocka_unit_test(counts_are_monotone),
		cmocka_unit_test(drawn_proportions_are_covered),
		cmocka_unit_test(counts_are_covered),
		cmocka_unit_test(an_index_says_which_interval_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
