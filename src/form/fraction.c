/*
 * Exact fractions: comparing never rounds, and text is made for people only. Products of two 64-bit numbers are kept in two
 * words of our own: compilers for 32-bit processors have no wider type.
 */
#include <stdio.h>
#include <string.h>

#include "jiexun/form.h"

#define WIDE_DIGITS 39 /* of 2^128 */

struct wide {
	uint64_t high, low;
};

static struct wide multiply(uint64_t a, uint64_t b)
{
	const uint64_t a1 = a >> 32, a0 = a & UINT32_MAX, b1 = b >> 32, b0 = b & UINT32_MAX;
	const uint64_t low = a0 * b0;
	/* at most 3 x (2^32 - 1) + (2^32 - 1)^2: no carry is lost */
	const uint64_t middle = a1 * b0 + (low >> 32);
	const uint64_t other = a0 * b1 + (middle & UINT32_MAX);

	return (struct wide){a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (low & UINT32_MAX)};
}

/* Bit by bit. by < 2^63, so that the rest can be doubled. */
static uint64_t divide(struct wide *number, uint64_t by)
{
	struct wide quotient = {0, 0};
	uint64_t rest = 0;
	int i;

	for (i = 127; i >= 0; i--) {
		rest = rest << 1 | ((i > 63 ? number->high >> (i - 64) : number->low >> i) & 1);
		if (rest < by)
			continue;
		rest -= by;
		if (i > 63)
			quotient.high |= UINT64_C(1) << (i - 64);
		else
			quotient.low |= UINT64_C(1) << i;
	}
	*number = quotient;
	return rest;
}

int jx_fraction_compare(const struct jx_fraction *a, const struct jx_fraction *b)
{
	const struct wide left = multiply((uint64_t)a->numerator, (uint64_t)b->denominator);
	const struct wide right = multiply((uint64_t)b->numerator, (uint64_t)a->denominator);

	if (left.high != right.high)
		return left.high > right.high ? 1 : -1;
	return (left.low > right.low) - (left.low < right.low);
}

/* At least `least` digits. */
static void write_digits(struct wide number, size_t least, char out[WIDE_DIGITS + 1])
{
	char digits[WIDE_DIGITS];
	size_t n = 0, i;

	do
		digits[n++] = (char)('0' + (int)divide(&number, 10));
	while (number.high > 0 || number.low > 0 || n < least);
	for (i = 0; i < n; i++)
		out[i] = digits[n - 1 - i];
	out[n] = '\0';
}

void jx_fraction_text(const struct jx_fraction *f, int64_t scale, int decimals, char *out, size_t cap)
{
	char text[WIDE_DIGITS + 1];
	struct wide value;
	uint64_t factor = (uint64_t)scale, rest;
	size_t len;
	int i;

	if (f->denominator <= 0 || f->numerator < 0) {
		jx_strcpy(out, cap, "-");
		return;
	}
	decimals = decimals < 0 ? 0 : decimals > 6 ? 6 : decimals;
	for (i = 0; i < decimals; i++)
		factor *= 10;
	value = multiply((uint64_t)f->numerator, factor);
	rest = divide(&value, (uint64_t)f->denominator);
	/* half up */
	if (rest >= (uint64_t)f->denominator - rest && ++value.low == 0)
		value.high++;
	write_digits(value, (size_t)decimals + 1, text);
	len = strlen(text) - (size_t)decimals;
	(void)snprintf(out, cap, "%.*s%s%s", (int)len, text, decimals > 0 ? "." : "", text + len);
}
