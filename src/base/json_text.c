/* Strings of a checked document: unescaping, comparing, duplicate names. */
#include <stdlib.h>
#include <string.h>

#include "json_private.h"

/*
 * Up to this many names every pair is compared, by one number each. Up to as many as any entry has, a table on the stack tells whether
 * any two can be equal. Beyond that they are sorted, or 10,000 names would cost 50 million.
 */
#define PAIRS_UP_TO 12
#define TABLE_UP_TO 96
#define TABLE_SLOTS 256U

static unsigned hex4(const unsigned char *s)
{
	unsigned v = 0;

	for (size_t i = 0; i < 4; i++)
		v = v << 4 | (unsigned)jx_base__hex_value(s[i]);
	return v;
}

static size_t put_utf8(unsigned c, unsigned char out[4])
{
	if (c < 0x80) {
		out[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (unsigned char)(0xc0 | c >> 6);
		out[1] = (unsigned char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (unsigned char)(0xe0 | c >> 12);
		out[1] = (unsigned char)(0x80 | (c >> 6 & 63));
		out[2] = (unsigned char)(0x80 | (c & 63));
		return 3;
	}
	out[0] = (unsigned char)(0xf0 | c >> 18);
	out[1] = (unsigned char)(0x80 | (c >> 12 & 63));
	out[2] = (unsigned char)(0x80 | (c >> 6 & 63));
	out[3] = (unsigned char)(0x80 | (c & 63));
	return 4;
}

size_t jx_json__next_char(const unsigned char **s, unsigned char out[4])
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const unsigned char *p = *s;
	const char *letter;
	unsigned c;

	if (*p != '\\') {
		out[0] = *p;
		*s = p + 1;
		return 1;
	}
	if (p[1] == 'u') {
		c = hex4(p + 2);
		p += 6;
		if (c >= 0xd800 && c <= 0xdbff) { /* the scanner saw the other half */
			c = 0x10000 + ((c - 0xd800) << 10) + (hex4(p + 2) - 0xdc00);
			p += 6;
		}
		*s = p;
		return put_utf8(c, out);
	}
	letter = strchr(letters, p[1]);
	out[0] = letter != NULL ? (unsigned char)meant[letter - letters] : p[1];
	*s = p + 2;
	return 1;
}

/* The bytes of one string, one at a time, unescaped. */
struct reader {
	const unsigned char *s, *end;
	unsigned char got[4];
	size_t at, n;
};

static int next_byte(struct reader *r)
{
	if (r->at == r->n) {
		if (r->s == r->end)
			return -1;
		r->n = jx_json__next_char(&r->s, r->got);
		r->at = 0;
	}
	return r->got[r->at++];
}

static struct reader read_token(const jx_json *doc, uint32_t tok)
{
	const unsigned char *text = (const unsigned char *)doc->text;

	return (struct reader){.s = text + doc->tok[tok].start, .end = text + doc->tok[tok].end};
}

int jx_json__compare(const jx_json *doc, uint32_t a, uint32_t b)
{
	const struct jx_json_tok *ta = &doc->tok[a], *tb = &doc->tok[b];
	struct reader ra, rb;
	int ca, cb;

	if (ta->escaped == 0 && tb->escaped == 0) {
		size_t la = ta->end - ta->start, lb = tb->end - tb->start;
		int order = memcmp(doc->text + ta->start, doc->text + tb->start, la < lb ? la : lb);

		return order != 0 ? order : (la > lb) - (la < lb);
	}
	ra = read_token(doc, a);
	rb = read_token(doc, b);
	do {
		ca = next_byte(&ra);
		cb = next_byte(&rb);
	} while (ca == cb && ca >= 0);
	return ca - cb;
}

static int compare_indices(const void *a, const void *b, void *doc)
{
	return jx_json__compare(doc, *(const uint32_t *)a, *(const uint32_t *)b);
}

static jx_rc fail_duplicate(const jx_json *doc, uint32_t a, uint32_t b, struct jx_error *err)
{
	uint32_t later = a > b ? a : b;
	size_t len = doc->tok[later].end - doc->tok[later].start;
	int shown = (int)jx_utf8_cut(doc->text + doc->tok[later].start, len < 64 ? len : 64);

	return jx_fail(err, JX_EINVAL, 0, "json.parse",
		       "JSON has the name \"%.*s\" twice in one object, again at byte %zu; keep one", shown,
		       doc->text + doc->tok[later].start, (size_t)doc->tok[later].start - 1);
}

/* Equal for equal names without escapes: first bytes and length. */
static uint64_t key_of(const jx_json *doc, uint32_t name)
{
	const struct jx_json_tok *t = &doc->tok[name];
	const size_t len = t->end - t->start;
	uint64_t first = 0;

	memcpy(&first, doc->text + t->start, len < 7 ? len : 7);
	return first ^ (uint64_t)len << 56;
}

static jx_rc check_pairs(const jx_json *doc, const uint32_t *names, uint32_t n, struct jx_error *err)
{
	uint64_t keys[PAIRS_UP_TO];
	bool has_escapes = false;

	for (uint32_t i = 0; i < n; i++) {
		keys[i] = key_of(doc, names[i]);
		has_escapes = has_escapes || doc->tok[names[i]].escaped != 0;
	}
	for (uint32_t i = 1; i < n; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if ((keys[k] == keys[i] || has_escapes) &&
			    jx_json__compare(doc, names[k], names[i]) == 0)
				return fail_duplicate(doc, names[k], names[i], err);
		}
	}
	return JX_OK;
}

static jx_rc check_sorted(const jx_json *doc, uint32_t *names, uint32_t n, struct jx_error *err)
{
	jx_json copy = *doc; /* qsort_r hands on a void * that is not const */

	qsort_r(names, n, sizeof(*names), compare_indices, &copy);
	for (uint32_t i = 1; i < n; i++) {
		if (jx_json__compare(doc, names[i - 1], names[i]) == 0)
			return fail_duplicate(doc, names[i - 1], names[i], err);
	}
	return JX_OK;
}

static uint8_t slot_of(const char *s, size_t len)
{
	return (uint8_t)(len == 0 ? 0
				  : len * 131U + (unsigned char)s[0] * 31U + (unsigned char)s[len / 2] * 17U +
					    (unsigned char)s[len - 1] * 7U);
}

/* False: two are equal, or it needs a closer look. */
static bool all_differ(const jx_json *doc, const uint32_t *names, uint32_t n)
{
	uint8_t taken[TABLE_SLOTS] = {0}; /* by the name of this number, from 1 */
	uint32_t i;

	for (i = 0; i < n; i++) {
		const struct jx_json_tok *t = &doc->tok[names[i]];
		uint8_t at = slot_of(doc->text + t->start, t->end - t->start);

		if (t->escaped != 0)
			return false;
		for (; taken[at] != 0; at++)
			if (jx_json__compare(doc, names[taken[at] - 1], names[i]) == 0)
				return false;
		taken[at] = (uint8_t)(i + 1);
	}
	return true;
}

jx_rc jx_json__check_names(const jx_json *doc, uint32_t obj, struct jx_error *err)
{
	uint32_t few[TABLE_UP_TO];
	uint32_t n = doc->tok[obj].count;
	JX_AUTO_FREE uint32_t *many = NULL;
	uint32_t *names = few;
	uint32_t i = 0;

	if (n > TABLE_UP_TO) {
		many = reallocarray(NULL, n, sizeof(*many));
		if (many == NULL)
			return jx_fail(err, JX_ENOMEM, 0, "json.parse",
				       "no memory to read a JSON text of %zu bytes; close other programs",
				       doc->len);
		names = many;
	}
	for (uint32_t t = obj + 1; i < n && t < doc->n; t = doc->tok[t + 1].next)
		names[i++] = t;
	if (i <= PAIRS_UP_TO)
		return check_pairs(doc, names, i, err);
	return many == NULL && all_differ(doc, names, i) ? JX_OK : check_sorted(doc, names, i, err);
}
