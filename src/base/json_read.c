/* Questions to a document that has been read. */
#include <stdlib.h>
#include <string.h>

#include "json_private.h"

static const struct jx_json_tok *token(const jx_json *doc, int tok, enum jx_json_type type)
{
	if (tok < 0 || (uint32_t)tok >= doc->n || doc->tok[tok].type != (uint8_t)type)
		return NULL;
	return &doc->tok[tok];
}

int jx_json_first(const jx_json *doc, int parent)
{
	if (token(doc, parent, JX_JSON_OBJECT) == NULL && token(doc, parent, JX_JSON_ARRAY) == NULL)
		return -1;
	return doc->tok[parent].count > 0 ? parent + 1 : -1;
}

int jx_json_next(const jx_json *doc, int parent, int tok)
{
	uint32_t next;

	if (parent < 0 || tok < 0 || (uint32_t)tok >= doc->n || (uint32_t)parent >= doc->n)
		return -1;
	next = doc->tok[tok].next;
	return next < doc->tok[parent].next ? (int)next : -1;
}

int jx_json_get(const jx_json *doc, int obj, const char *name)
{
	const struct jx_json_tok *o = token(doc, obj, JX_JSON_OBJECT);
	const size_t len = strlen(name);
	uint32_t at = (uint32_t)obj + 1;

	if (o == NULL)
		return -1;
	/* a name is followed by its value, whose `next` is the name after it */
	for (uint32_t left = o->count; left > 0; left--, at = doc->tok[at + 1].next) {
		const struct jx_json_tok *t = &doc->tok[at];

		if (t->escaped != 0
			    ? jx_json_str_is(doc, (int)at, name)
			    : t->end - t->start == len && memcmp(doc->text + t->start, name, len) == 0)
			return (int)at + 1;
	}
	return -1;
}

enum jx_json_type jx_json_type_of(const jx_json *doc, int tok)
{
	return tok < 0 || (uint32_t)tok >= doc->n ? JX_JSON_NULL : (enum jx_json_type)doc->tok[tok].type;
}

bool jx_json_i64(const jx_json *doc, int tok, int64_t *out)
{
	const struct jx_json_tok *t = token(doc, tok, JX_JSON_INT);
	const char *s;
	uint64_t u = 0;
	bool negative;

	if (t == NULL)
		return false;
	s = doc->text + t->start;
	negative = *s == '-';
	for (size_t i = negative ? 1 : 0; i < t->end - t->start; i++) /* the scanner saw that it fits */
		u = u * 10 + ((uint64_t)(unsigned char)s[i] - '0');
	*out = (int64_t)(negative ? 0 - u : u);
	return true;
}

bool jx_json_bool(const jx_json *doc, int tok, bool *out)
{
	const struct jx_json_tok *t = token(doc, tok, JX_JSON_BOOL);

	if (t == NULL)
		return false;
	*out = doc->text[t->start] == 't';
	return true;
}

/* Unescape into out; out has room, since escapes are never shorter than what they stand for. */
static size_t unescape(const jx_json *doc, const struct jx_json_tok *t, char *out)
{
	const unsigned char *s = (const unsigned char *)doc->text + t->start;
	const unsigned char *end = (const unsigned char *)doc->text + t->end;
	size_t at = 0;

	while (s < end) {
		unsigned char c[4];
		size_t n = jx_json__next_char(&s, c);

		memcpy(out + at, c, n);
		at += n;
	}
	return at;
}

static size_t unescaped_len(const jx_json *doc, const struct jx_json_tok *t)
{
	const unsigned char *s = (const unsigned char *)doc->text + t->start;
	const unsigned char *end = (const unsigned char *)doc->text + t->end;
	unsigned char c[4];
	size_t len = 0;

	if (t->escaped == 0)
		return t->end - t->start;
	while (s < end)
		len += jx_json__next_char(&s, c);
	return len;
}

static void put_text(const jx_json *doc, const struct jx_json_tok *t, char *out)
{
	size_t len = t->end - t->start;

	if (t->escaped != 0)
		len = unescape(doc, t, out);
	else
		memcpy(out, doc->text + t->start, len);
	out[len] = '\0';
}

bool jx_json_str(const jx_json *doc, int tok, char *out, size_t cap)
{
	const struct jx_json_tok *t = token(doc, tok, JX_JSON_STRING);

	if (t == NULL || unescaped_len(doc, t) >= cap)
		return false;
	put_text(doc, t, out);
	return true;
}

char *jx_json_strdup(const jx_json *doc, int tok)
{
	const struct jx_json_tok *t = token(doc, tok, JX_JSON_STRING);
	char *text;

	if (t == NULL)
		return NULL;
	text = jx_xmalloc(unescaped_len(doc, t) + 1); /* no longer than max_string */
	put_text(doc, t, text);
	return text;
}

bool jx_json_str_is(const jx_json *doc, int tok, const char *s)
{
	const struct jx_json_tok *t = token(doc, tok, JX_JSON_STRING);
	const unsigned char *p, *end;
	size_t left = strlen(s);

	if (t == NULL)
		return false;
	if (t->escaped == 0)
		return left == t->end - t->start && memcmp(s, doc->text + t->start, left) == 0;
	p = (const unsigned char *)doc->text + t->start;
	end = (const unsigned char *)doc->text + t->end;
	while (p < end) {
		unsigned char c[4];
		size_t n = jx_json__next_char(&p, c);

		if (n > left || memcmp(s, c, n) != 0)
			return false;
		s += n;
		left -= n;
	}
	return left == 0;
}

struct jx_bytes jx_json_raw(const jx_json *doc, int tok)
{
	const struct jx_json_tok *t;
	size_t quote;

	if (tok < 0 || (uint32_t)tok >= doc->n)
		return (struct jx_bytes){NULL, 0};
	t = &doc->tok[tok];
	quote = t->type == JX_JSON_STRING ? 1 : 0;
	return (struct jx_bytes){doc->text + t->start - quote, t->end - t->start + 2 * quote};
}

/* Bytes that a token takes where there is no white space: its own, quotes and brackets, and the colons and commas inside. */
static size_t compact_bytes(const struct jx_json_tok *t)
{
	const size_t commas = t->count > 1 ? t->count - 1 : 0;

	switch ((enum jx_json_type)t->type) {
	case JX_JSON_OBJECT:
		return 2 + t->count + commas;
	case JX_JSON_ARRAY:
		return 2 + commas;
	case JX_JSON_STRING:
		return t->end - t->start + 2;
	case JX_JSON_NULL:
	case JX_JSON_BOOL:
	case JX_JSON_INT:
	case JX_JSON_FLOAT:
	default:
		return t->end - t->start;
	}
}

static bool is_exact(const jx_json *doc, uint32_t tok)
{
	const struct jx_json_tok *t = &doc->tok[tok];
	int64_t v = 0;

	if (t->type != JX_JSON_INT)
		return t->type != JX_JSON_FLOAT;
	return jx_json_i64(doc, (int)tok, &v) && v >= -JX_JSON_SAFE_INT && v <= JX_JSON_SAFE_INT &&
	       !(v == 0 && t->end - t->start > 1);
}

bool jx_json_fits(const jx_json *doc, int tok, const struct jx_json_limits *limits)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);
	const struct jx_json_tok *top;
	size_t compact = 0;

	if (raw.data == NULL || raw.len > limits->max_bytes)
		return false;
	top = &doc->tok[tok];
	if (top->next - (uint32_t)tok > limits->max_tokens)
		return false;
	for (uint32_t i = (uint32_t)tok; i < top->next; i++) {
		const struct jx_json_tok *t = &doc->tok[i];
		const bool is_container = t->type == JX_JSON_OBJECT || t->type == JX_JSON_ARRAY;

		if ((is_container && t->depth - top->depth >= limits->max_depth) ||
		    (t->type == JX_JSON_STRING && t->end - t->start > limits->max_string) ||
		    (limits->no_float && !is_exact(doc, i)))
			return false;
		compact += compact_bytes(t);
	}
	return !limits->no_space || compact == raw.len;
}
