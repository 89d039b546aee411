/* Exact fractions: comparing never rounds, and text is made for people only. */
#include <stdio.h>

#include "jiexun/form.h"

/* products of two int64 */
__extension__ typedef __int128 wide;
/* of 2^127 */
#define WIDE_DIGITS 39

int jx_fraction_compare(const struct jx_fraction *a, const struct jx_fraction *b)
{
	const wide left = (wide)a->numerator * b->denominator;
	const wide right = (wide)b->numerator * a->denominator;

	return (left > right) - (left < right);
}

/* Digits of a number that is not negative; whole parts may be larger than any C type that printf knows. */
static void write_wide(wide number, char out[WIDE_DIGITS + 1])
{
	char digits[WIDE_DIGITS];
	size_t n = 0, i;

	do {
		digits[n++] = (char)('0' + (int)(number % 10));
		number /= 10;
	} while (number > 0);
	for (i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	out[n] = '\0';
}

void jx_fraction_text(const struct jx_fraction *f, int64_t scale, int decimals, char *out, size_t cap)
{
	char text[WIDE_DIGITS + 1];
	wide power = 1, rounded;
	int i;

	if (f->denominator <= 0 || f->numerator < 0) {
		jx_strcpy(out, cap, "-");
		return;
	}
	decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
	for (i = 0; i < decimals; i++)
		power *= 10;
	/* half up: add half a unit of the last place before cutting */
	rounded = ((wide)f->numerator * scale * power * 2 + f->denominator) / ((wide)f->denominator * 2);
	write_wide(rounded / power, text);
	if (decimals == 0)
		(void)snprintf(out, cap, "%s", text);
	else
		(void)snprintf(out, cap, "%s.%0*lld", text, decimals, (long long)(rounded % power));
}
