/* Exact fractions: comparing never rounds, and text is made for people only. */
#include <stdio.h>

#include "jiexun/form.h"

/* products of two int64 */
__extension__ typedef __int128 wide;

int jx_fraction_compare(const struct jx_fraction *a, const struct jx_fraction *b)
{
	const wide left = (wide)a->numerator * b->denominator;
	const wide right = (wide)b->numerator * a->denominator;

	return (left > right) - (left < right);
}

void jx_fraction_text(const struct jx_fraction *f, int64_t scale, int decimals, char *out, size_t cap)
{
	wide power = 1, rounded;
	int i;

	if (f->denominator <= 0) {
		jx_strcpy(out, cap, "-");
		return;
	}
	decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
	for (i = 0; i < decimals; i++)
		power *= 10;
	/* half up: add half a unit of the last place before cutting */
	rounded = ((wide)f->numerator * scale * power * 2 + f->denominator) / ((wide)f->denominator * 2);
	if (decimals == 0)
		(void)snprintf(out, cap, "%lld", (long long)rounded);
	else
		(void)snprintf(out, cap, "%lld.%0*lld", (long long)(rounded / power), decimals,
			       (long long)(rounded % power));
}
