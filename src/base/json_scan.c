/* Strings, numbers and words of RFC 8259, byte by byte. */
#include <string.h>

#include "json_private.h"

jx_rc jx_json__fail_here(const struct jx_json_scan *p, const char *wanted)
{
	unsigned char c;

	if (p->pos >= p->len)
		return jx_fail(
			p->err, JX_EINVAL, 0, "json.parse",
			"the JSON text ends too early, at byte %zu, where %s should be; send the whole text",
			p->pos, wanted);
	c = p->s[p->pos];
	if (c > 0x20 && c < 0x7f)
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON has '%c' at byte %zu where %s should be; correct the text", (char)c,
			       p->pos, wanted);
	return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
		       "JSON has byte 0x%02x at byte %zu where %s should be; correct the text", (unsigned)c,
		       p->pos, wanted);
}

/* ---- strings ------------------------------------------------------------------------------------ */

/* Four hex digits at i, or -1. */
static long hex4(const struct jx_json_scan *p, size_t i)
{
	long v = 0;

	if (p->len - i < 4)
		return -1;
	for (size_t k = i; k < i + 4; k++) {
		int digit = jx_base__hex_value(p->s[k]);

		if (digit < 0)
			return -1;
		v = v << 4 | digit;
	}
	return v;
}

/* At the u of a \u escape. */
static jx_rc scan_unicode_escape(struct jx_json_scan *p)
{
	size_t at = p->pos - 1;
	long low, v = hex4(p, p->pos + 1);

	if (v < 0)
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON has \\u without four hex digits at byte %zu; write \\uXXXX", at);
	if (v == 0)
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON has a NUL character (\\u0000) at byte %zu; remove it", at);
	p->pos += 5;
	if (v < 0xd800 || v > 0xdfff)
		return JX_OK;
	low = -1;
	if (v < 0xdc00 && p->len - p->pos >= 6 && p->s[p->pos] == '\\' && p->s[p->pos + 1] == 'u')
		low = hex4(p, p->pos + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return jx_fail(
			p->err, JX_EINVAL, 0, "json.parse",
			"JSON has half a surrogate pair at byte %zu; write both halves or the character itself",
			at);
	p->pos += 6;
	return JX_OK;
}

/* At a backslash. */
static jx_rc scan_escape(struct jx_json_scan *p)
{
	size_t at = p->pos++;

	if (p->pos >= p->len)
		return jx_json__fail_here(p, _("an escape"));
	if (p->s[p->pos] == 'u')
		return scan_unicode_escape(p);
	if (p->s[p->pos] == '\0' || strchr("\"\\/bfnrt", p->s[p->pos]) == NULL)
		return jx_fail(
			p->err, JX_EINVAL, 0, "json.parse",
			"JSON has an unknown escape at byte %zu; after \\ only \" \\ / b f n r t u may stand",
			at);
	p->pos++;
	return JX_OK;
}

/* At a byte that ends a run of plain ASCII: escape, control character or part of a longer character. */
static jx_rc scan_special(struct jx_json_scan *p, struct jx_json_tok *tok)
{
	unsigned char c = p->s[p->pos];
	size_t n;

	if (c == '\\') {
		tok->escaped = 1;
		return scan_escape(p);
	}
	if (c < 0x20)
		return jx_fail(
			p->err, JX_EINVAL, 0, "json.parse",
			"JSON has control character 0x%02x in a string at byte %zu; write it as an escape",
			(unsigned)c, p->pos);
	n = jx_base__utf8_len(p->s + p->pos, p->len - p->pos);
	if (n == 0)
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON is not valid UTF-8 at byte %zu; save it as UTF-8", p->pos);
	p->pos += n;
	return JX_OK;
}

/* Most of a text is plain: where that ends. */
static size_t skip_plain(const unsigned char *s, size_t at, size_t len)
{
	for (; len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
		const uint64_t found = jx_base__specials(s + at, true);

		if (found != 0)
			return at + (size_t)__builtin_ctzll(found) / 8;
	}
	while (at < len && s[at] >= 0x20 && s[at] < 0x80 && s[at] != '"' && s[at] != '\\')
		at++;
	return at;
}

jx_rc jx_json__scan_string(struct jx_json_scan *p, struct jx_json_tok *tok)
{
	size_t start = ++p->pos;
	jx_rc rc;

	tok->escaped = 0;
	for (;;) {
		p->pos = skip_plain(p->s, p->pos, p->len);
		if (p->pos >= p->len)
			return jx_json__fail_here(p, _("the end of a string"));
		if (p->s[p->pos] == '"')
			break;
		rc = scan_special(p, tok);
		if (rc != JX_OK)
			return rc;
	}
	if (p->pos - start > p->limits->max_string)
		return jx_fail(p->err, JX_ELIMIT, 0, "json.parse",
			       "JSON has a string of more than %u bytes at byte %zu; shorten it",
			       (unsigned)p->limits->max_string, start - 1);
	tok->type = JX_JSON_STRING;
	tok->start = (uint32_t)start;
	tok->end = (uint32_t)p->pos++;
	return JX_OK;
}

/* ---- numbers ------------------------------------------------------------------------------------ */

static bool skip_digits(struct jx_json_scan *p)
{
	size_t from = p->pos;

	while (p->pos < p->len && p->s[p->pos] >= '0' && p->s[p->pos] <= '9')
		p->pos++;
	return p->pos > from;
}

static bool at_one_of(const struct jx_json_scan *p, char a, char b)
{
	return p->pos < p->len && (p->s[p->pos] == (unsigned char)a || p->s[p->pos] == (unsigned char)b);
}

/* 10^15 is less than 2^53, and most numbers are shorter. */
#define SURE_DIGITS 15

/* Does the integer s[0..len), sign included, lie within -limit - spare .. limit? */
static bool int_within(const unsigned char *s, size_t len, uint64_t limit, uint64_t spare)
{
	bool negative = s[0] == '-';
	uint64_t top = negative ? limit + spare : limit;
	uint64_t u = 0;

	if (len <= SURE_DIGITS && limit >= JX_JSON_SAFE_INT)
		return true;

	for (size_t i = negative ? 1 : 0; i < len; i++) {
		uint64_t digit = (uint64_t)s[i] - '0';

		if (u > (top - digit) / 10)
			return false;
		u = u * 10 + digit;
	}
	return true;
}

/* Entry profile: only what every language reads as the same integer, in one spelling. */
static jx_rc check_exact(const struct jx_json_scan *p, size_t start, bool whole)
{
	const unsigned char *s = p->s + start;
	size_t len = p->pos - start;

	if (!whole)
		return jx_fail(
			p->err, JX_EINVAL, 0, "json.parse",
			"JSON has a number with fraction or exponent at byte %zu; write a whole number",
			start);
	if (!int_within(s, len, JX_JSON_SAFE_INT, 0))
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON has an integer beyond 2^53 at byte %zu; keep within 9007199254740992",
			       start);
	if (len == 2 && s[0] == '-' && s[1] == '0')
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse", "JSON has -0 at byte %zu; write 0", start);
	return JX_OK;
}

/* Fraction and exponent, if any; whole_out tells that there was neither. */
static jx_rc scan_rest(struct jx_json_scan *p, bool *whole_out)
{
	bool has_dot = at_one_of(p, '.', '.');
	bool has_exponent;

	if (has_dot) {
		p->pos++;
		if (!skip_digits(p))
			return jx_json__fail_here(p, _("a digit"));
	}
	has_exponent = at_one_of(p, 'e', 'E');
	if (has_exponent) {
		p->pos++;
		if (at_one_of(p, '+', '-'))
			p->pos++;
		if (!skip_digits(p))
			return jx_json__fail_here(p, _("a digit"));
	}
	*whole_out = !has_dot && !has_exponent;
	return JX_OK;
}

jx_rc jx_json__scan_number(struct jx_json_scan *p, struct jx_json_tok *tok)
{
	size_t start = p->pos, digits;
	bool whole = true;
	jx_rc rc;

	if (p->s[p->pos] == '-')
		p->pos++;
	digits = p->pos;
	if (!skip_digits(p))
		return jx_json__fail_here(p, _("a digit"));
	if (p->s[digits] == '0' && p->pos - digits > 1)
		return jx_fail(p->err, JX_EINVAL, 0, "json.parse",
			       "JSON has a number with a leading zero at byte %zu; remove the zero", start);
	rc = scan_rest(p, &whole);
	if (rc == JX_OK && p->limits->no_float)
		rc = check_exact(p, start, whole);
	if (rc != JX_OK)
		return rc;
	/* An integer that int64_t cannot hold is legal JSON, but nobody can ask for it as an integer. */
	whole = whole && int_within(p->s + start, p->pos - start, INT64_MAX, 1);
	tok->type = whole ? JX_JSON_INT : JX_JSON_FLOAT;
	tok->escaped = 0;
	tok->start = (uint32_t)start;
	tok->end = (uint32_t)p->pos;
	return JX_OK;
}

/* ---- words -------------------------------------------------------------------------------------- */

jx_rc jx_json__scan_word(struct jx_json_scan *p, struct jx_json_tok *tok)
{
	static const struct {
		const char *text;
		uint8_t len;
		uint8_t type;
	} words[] = {{"true", 4, JX_JSON_BOOL}, {"false", 5, JX_JSON_BOOL}, {"null", 4, JX_JSON_NULL}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (p->len - p->pos < words[i].len || memcmp(p->s + p->pos, words[i].text, words[i].len) != 0)
			continue;
		tok->type = words[i].type;
		tok->escaped = 0;
		tok->start = (uint32_t)p->pos;
		p->pos += words[i].len;
		tok->end = (uint32_t)p->pos;
		return JX_OK;
	}
	return jx_json__fail_here(p, _("a value"));
}
