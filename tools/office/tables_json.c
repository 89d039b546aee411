/* Canonical JSON, and whether two texts say the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

/* A value that has no more bytes than this stands in one line. Part of the canonical form: never change it. */
#define LINE_BYTES 120

static void put_string(const jx_json *doc, int tok, jx_buf *out)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);
	JX_AUTO_FREE char *text = NULL;

	if (doc->tok[tok].escaped == 0) {
		jx_buf_add(out, raw.data, raw.len);
		return;
	}
	text = jx_json_strdup(doc, tok);
	if (text != NULL)
		jx_buf_add_json(out, text, strlen(text));
}

static bool is_container(const jx_json *doc, int tok)
{
	const enum jx_json_type type = jx_json_type_of(doc, tok);

	return (type == JX_JSON_OBJECT || type == JX_JSON_ARRAY) && doc->tok[tok].count > 0;
}

static void put_scalar(const jx_json *doc, int tok, jx_buf *out)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);

	switch (jx_json_type_of(doc, tok)) {
	case JX_JSON_STRING:
		put_string(doc, tok, out);
		break;
	case JX_JSON_OBJECT:
		jx_buf_adds(out, "{}");
		break;
	case JX_JSON_ARRAY:
		jx_buf_adds(out, "[]");
		break;
	case JX_JSON_NULL:
	case JX_JSON_BOOL:
	case JX_JSON_INT:
	case JX_JSON_FLOAT:
		jx_buf_add(out, raw.data, raw.len);
		break;
	}
}

/* In one line, as far as out goes. */
static void put_line(const jx_json *doc, int tok, jx_buf *out)
{
	const bool is_object = jx_json_type_of(doc, tok) == JX_JSON_OBJECT;
	bool is_first = true;

	if (!is_container(doc, tok)) {
		put_scalar(doc, tok, out);
		return;
	}
	jx_buf_addc(out, is_object ? '{' : '[');
	for (int t = jx_json_first(doc, tok); t >= 0 && out->rc == JX_OK;
	     t = jx_json_next(doc, tok, is_object ? t + 1 : t)) {
		if (!is_first)
			jx_buf_adds(out, ", ");
		is_first = false;
		if (is_object) {
			put_string(doc, t, out);
			jx_buf_adds(out, ": ");
		}
		put_line(doc, is_object ? t + 1 : t, out);
	}
	jx_buf_addc(out, is_object ? '}' : ']');
}

static void break_line(jx_buf *out, int depth)
{
	jx_buf_addc(out, '\n');
	while (depth-- > 0)
		jx_buf_addc(out, '\t');
}

static void put_value(const jx_json *doc, int tok, int depth, jx_buf *line, jx_buf *out)
{
	const bool is_object = jx_json_type_of(doc, tok) == JX_JSON_OBJECT;
	bool is_first = true;

	if (!is_container(doc, tok)) {
		put_scalar(doc, tok, out);
		return;
	}
	jx_buf_reset(line);
	put_line(doc, tok, line);
	if (line->rc == JX_OK) {
		jx_buf_add_buf(out, line);
		return;
	}
	jx_buf_addc(out, is_object ? '{' : '[');
	for (int t = jx_json_first(doc, tok); t >= 0; t = jx_json_next(doc, tok, is_object ? t + 1 : t)) {
		if (!is_first)
			jx_buf_addc(out, ',');
		is_first = false;
		break_line(out, depth + 1);
		if (is_object) {
			put_string(doc, t, out);
			jx_buf_adds(out, ": ");
		}
		put_value(doc, is_object ? t + 1 : t, depth + 1, line, out);
	}
	break_line(out, depth);
	jx_buf_addc(out, is_object ? '}' : ']');
}

void jx_office__pretty(const jx_json *doc, int tok, jx_buf *out)
{
	JX_AUTO_BUF line;

	jx_buf_init(&line, LINE_BYTES);
	put_value(doc, tok, 0, &line, out);
}

void jx_office__one_line(const jx_json *doc, int tok, jx_buf *out)
{
	put_line(doc, tok, out);
}

/* ---- the same? -------------------------------------------------------------------------------------------- */

static bool is_empty_list(const jx_json *doc, int tok)
{
	return tok < 0 || (jx_json_type_of(doc, tok) == JX_JSON_ARRAY && doc->tok[tok].count == 0);
}

static bool same_scalar(const jx_json *a, int at, const jx_json *b, int bt)
{
	const struct jx_bytes x = jx_json_raw(a, at), y = jx_json_raw(b, bt);
	JX_AUTO_FREE char *text = NULL;

	if (jx_json_type_of(a, at) == JX_JSON_STRING) {
		text = jx_json_strdup(a, at);
		return text != NULL && jx_json_str_is(b, bt, text);
	}
	return x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
}

/* Path of what differs, from its end to its beginning. */
static bool differ(char *place, size_t cap, const char *step, size_t index)
{
	JX_AUTO_FREE char *below = jx_xstrdup(place);
	const char *dot = below[0] != '\0' && below[0] != '[' ? "." : "";

	if (step != NULL)
		(void)snprintf(place, cap, "%s%s%.200s", step, dot, below);
	else
		(void)snprintf(place, cap, "[%zu]%s%.200s", index, dot, below);
	return false;
}

/* Every member of a is in b; with is_deep, with the same value. */
static bool same_members(const jx_json *a, int at, const jx_json *b, int bt, bool is_deep, char *place,
			 size_t cap)
{
	for (int n = jx_json_first(a, at); n >= 0; n = jx_json_next(a, at, n + 1)) {
		JX_AUTO_FREE char *name = jx_json_strdup(a, n);
		const int other = jx_json_get(b, bt, name);

		if (is_empty_list(a, n + 1) && is_empty_list(b, other))
			continue;
		if (other < 0 || (is_deep && !jx_office__same(a, n + 1, b, other, place, cap)))
			return differ(place, cap, name, 0);
	}
	return true;
}

bool jx_office__same(const jx_json *a, int at, const jx_json *b, int bt, char *place_out, size_t cap)
{
	const enum jx_json_type type = jx_json_type_of(a, at);
	size_t i = 0;

	place_out[0] = '\0';
	if (jx_json_type_of(b, bt) != type)
		return false;
	if (type == JX_JSON_OBJECT)
		return same_members(a, at, b, bt, true, place_out, cap) &&
		       same_members(b, bt, a, at, false, place_out, cap);
	if (type != JX_JSON_ARRAY)
		return same_scalar(a, at, b, bt);
	for (int x = jx_json_first(a, at), y = jx_json_first(b, bt); x >= 0 || y >= 0;
	     x = jx_json_next(a, at, x), y = jx_json_next(b, bt, y), i++)
		if (x < 0 || y < 0 || !jx_office__same(a, x, b, y, place_out, cap))
			return differ(place_out, cap, NULL, i);
	return true;
}
