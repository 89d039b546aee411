#include <string.h>

#include "base_private.h"

/* Second byte of a character: its range depends on the first (RFC 3629, table of section 4). */
static bool second_ok(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf; /* no overlong forms */
	case 0xed:
		return second >= 0x80 && second <= 0x9f; /* no surrogates */
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f; /* not above U+10FFFF */
	default:
		return second >= 0x80 && second <= 0xbf;
	}
}

size_t jx_base__utf8_len(const unsigned char *s, size_t avail)
{
	size_t n;

	if (avail == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (avail < n || !second_ok(s[0], s[1]))
		return 0;
	for (size_t i = 2; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return n;
}

bool jx_text_is_plain(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c >= 0x7f)
			return false;
	}
	return true;
}

bool jx_utf8_ok(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	while (len > 0) {
		size_t n = jx_base__utf8_len(p, len);

		if (n == 0 || *p == '\0')
			return false;
		p += n;
		len -= n;
	}
	return true;
}

size_t jx_utf8_cut(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t start = len;

	/* Back to the first byte of the last character, at most four bytes away. */
	while (start > 0 && len - start < 4) {
		start--;
		if ((p[start] & 0xc0) != 0x80)
			return jx_base__utf8_len(p + start, len - start) > 0 ? len : start;
	}
	return start == 0 ? 0 : len;
}

void jx_strcpy(char *dst, size_t cap, const char *src)
{
	size_t len = strlen(src);

	if (cap == 0)
		return;
	if (len >= cap)
		len = jx_utf8_cut(src, cap - 1);
	memmove(dst, src, len);
	dst[len] = '\0';
}

bool jx_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	const char *p = s;
	bool negative = *p == '-';
	uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t u = 0;
	int64_t v;

	if (negative)
		p++;
	if (*p < '0' || *p > '9' || (*p == '0' && (p[1] != '\0' || negative)))
		return false;
	for (; *p != '\0'; p++) {
		uint64_t digit = (uint64_t)(unsigned char)*p - '0';

		if (*p < '0' || *p > '9' || u > (limit - digit) / 10)
			return false;
		u = u * 10 + digit;
	}
	v = negative ? (int64_t)(0 - u) : (int64_t)u;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
