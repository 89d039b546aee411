/* Hex, base64, base32: bytes as text and back. */
#include <string.h>

#include "base_private.h"

static const char base32_digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford: no I, L, O, U */
static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value + 1, so that what is not named is none: ids and hashes are a third of an entry's bytes, and each is read three times. */
static const uint8_t hex_values[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16};

int jx_base__hex_value(unsigned char c)
{
	return hex_values[c] - 1;
}

void jx_hex(const void *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * len] = '\0';
}

bool jx_unhex(const char *hex, size_t hex_len, void *out, size_t len)
{
	const unsigned char *from = (const unsigned char *)hex;
	unsigned char *to = out;

	if (hex_len / 2 != len || hex_len % 2 != 0)
		return false;
	for (size_t i = 0; i < hex_len; i++) {
		if (hex_values[from[i]] == 0)
			return false;
	}
	for (size_t i = 0; i < len; i++)
		to[i] = (unsigned char)((hex_values[from[2 * i]] - 1) << 4 |
					(hex_values[from[2 * i + 1]] - 1));
	return true;
}

void jx_buf_add_base64(jx_buf *b, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len > 0) {
		size_t n = len < 3 ? len : 3;
		unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) | (n > 2 ? p[2] : 0);
		char four[4] = {base64_digits[v >> 18], base64_digits[v >> 12 & 63],
				n > 1 ? base64_digits[v >> 6 & 63] : '=',
				n > 2 ? base64_digits[v & 63] : '='};

		jx_buf_add(b, four, sizeof(four));
		p += n;
		len -= n;
	}
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* All digits in the alphabet, and the bits that padding leaves over zero: one text for one value. */
static bool base64_ok(const char *s, size_t digits)
{
	for (size_t i = 0; i < digits; i++) {
		if (base64_value(s[i]) < 0)
			return false;
	}
	if (digits % 4 == 2)
		return (base64_value(s[digits - 1]) & 15) == 0;
	if (digits % 4 == 3)
		return (base64_value(s[digits - 1]) & 3) == 0;
	return digits % 4 == 0;
}

bool jx_unbase64(const char *s, size_t len, void *out, size_t cap, size_t *len_out)
{
	unsigned char *to = out;
	size_t pad = 0, digits, n;
	unsigned acc = 0;

	if (len % 4 != 0)
		return false;
	if (len > 0 && s[len - 1] == '=')
		pad = s[len - 2] == '=' ? 2 : 1;
	digits = len - pad;
	n = len / 4 * 3 - pad;
	if (n > cap || !base64_ok(s, digits))
		return false;
	for (size_t i = 0; i < digits; i++) {
		acc = acc << 6 | (unsigned)base64_value(s[i]);
		if (i % 4 == 1)
			*to++ = (unsigned char)(acc >> 4);
		else if (i % 4 == 2)
			*to++ = (unsigned char)(acc >> 2);
		else if (i % 4 == 3)
			*to++ = (unsigned char)acc;
	}
	*len_out = n;
	return true;
}

void jx_base32(const void *bytes, size_t len, char *out)
{
	const unsigned char *p = bytes;
	unsigned acc = 0, bits = 0;

	for (size_t i = 0; i < len; i++) {
		acc = (acc << 8 | p[i]) & 0xffff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			*out++ = base32_digits[acc >> bits & 31];
		}
	}
	if (bits > 0)
		*out++ = base32_digits[acc << (5 - bits) & 31];
	*out = '\0';
}

static int base32_value(char c)
{
	const char *at;

	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		c = '0';
	else if (c == 'I' || c == 'L')
		c = '1';
	at = c == '\0' ? NULL : strchr(base32_digits, c);
	return at == NULL ? -1 : (int)(at - base32_digits);
}

/* One pass; writes only when out is given, so that a refused text changes nothing. */
static bool read_base32(const char *s, unsigned char *out, size_t len)
{
	unsigned acc = 0, bits = 0;
	size_t n = 0;

	for (; *s != '\0'; s++) {
		int v;

		if (*s == '-' || *s == ' ')
			continue;
		v = base32_value(*s);
		if (v < 0 || n == len)
			return false;
		acc = (acc << 5 | (unsigned)v) & 0xfff;
		bits += 5;
		if (bits < 8)
			continue;
		bits -= 8;
		if (out != NULL)
			out[n] = (unsigned char)(acc >> bits);
		n++;
	}
	return n == len && (acc & ((1U << bits) - 1)) == 0;
}

bool jx_unbase32(const char *s, void *out, size_t len)
{
	if (!read_base32(s, NULL, len))
		return false;
	return read_base32(s, out, len);
}
