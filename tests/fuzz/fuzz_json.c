/*
 * The strict JSON reader. Besides not crashing: what is accepted has a consistent tape, its strings are valid UTF-8,
 * every name is found again, written anew it gives the same tape, and the stricter profile accepts no more.
 */
#include <string.h>

#include "fuzz.h"
#include "jiexun/base.h"

static const struct jx_json_tok *at(const jx_json *doc, int tok)
{
	return &doc->tok[tok];
}

static void check_string(const jx_json *doc, int tok)
{
	JX_AUTO_FREE char *text = jx_json_strdup(doc, tok);
	size_t bytes = at(doc, tok)->end - at(doc, tok)->start;

	JX_FUZZ_CHECK(text != NULL);
	JX_FUZZ_CHECK(strlen(text) <= bytes);
	JX_FUZZ_CHECK(jx_utf8_ok(text, strlen(text)));
	JX_FUZZ_CHECK(at(doc, tok)->escaped != 0 || strlen(text) == bytes);
	JX_FUZZ_CHECK(jx_json_str_is(doc, tok, text));
}

/* Children lie inside their parent, in order, and are as many as it says. */
static void check_children(const jx_json *doc, int parent)
{
	bool in_object = at(doc, parent)->type == JX_JSON_OBJECT;
	uint32_t n = 0, last_end = at(doc, parent)->start;
	int t = jx_json_first(doc, parent);

	while (t >= 0) {
		int value = in_object ? t + 1 : t;

		JX_FUZZ_CHECK(at(doc, t)->start > last_end && at(doc, value)->end < at(doc, parent)->end);
		JX_FUZZ_CHECK(at(doc, t)->depth == at(doc, parent)->depth + 1);
		JX_FUZZ_CHECK(at(doc, value)->depth == at(doc, parent)->depth + 1);
		if (in_object) {
			JX_AUTO_FREE char *name = jx_json_strdup(doc, t);

			JX_FUZZ_CHECK(name != NULL && jx_json_get(doc, parent, name) == value);
		}
		last_end = at(doc, value)->end;
		n++;
		t = jx_json_next(doc, parent, value);
	}
	JX_FUZZ_CHECK(n == at(doc, parent)->count);
}

static void check_token(const jx_json *doc, int tok)
{
	struct jx_bytes raw = jx_json_raw(doc, tok);
	int64_t v;

	JX_FUZZ_CHECK(at(doc, tok)->start <= at(doc, tok)->end && at(doc, tok)->end <= doc->len);
	JX_FUZZ_CHECK(at(doc, tok)->next > (uint32_t)tok && at(doc, tok)->next <= doc->n);
	JX_FUZZ_CHECK(raw.len > 0);
	switch (jx_json_type_of(doc, tok)) {
	case JX_JSON_STRING:
		check_string(doc, tok);
		break;
	case JX_JSON_ARRAY:
	case JX_JSON_OBJECT:
		check_children(doc, tok);
		break;
	case JX_JSON_INT:
		JX_FUZZ_CHECK(jx_json_i64(doc, tok, &v));
		break;
	case JX_JSON_NULL:
	case JX_JSON_BOOL:
	case JX_JSON_FLOAT:
		JX_FUZZ_CHECK(!jx_json_i64(doc, tok, &v));
		break;
	}
}

/* Without white space, strings escaped our way. */
static void write_value(const jx_json *doc, int tok, jx_buf *out)
{
	enum jx_json_type type = jx_json_type_of(doc, tok);
	bool in_object = type == JX_JSON_OBJECT, first = true;

	if (type == JX_JSON_STRING) {
		JX_AUTO_FREE char *text = jx_json_strdup(doc, tok);

		jx_buf_add_json(out, text, strlen(text));
		return;
	}
	if (!in_object && type != JX_JSON_ARRAY) {
		jx_buf_add(out, jx_json_raw(doc, tok).data, jx_json_raw(doc, tok).len);
		return;
	}
	jx_buf_addc(out, in_object ? '{' : '[');
	for (int t = jx_json_first(doc, tok); t >= 0; t = jx_json_next(doc, tok, in_object ? t + 1 : t)) {
		if (!first)
			jx_buf_addc(out, ',');
		first = false;
		write_value(doc, t, out);
		if (!in_object)
			continue;
		jx_buf_addc(out, ':');
		write_value(doc, t + 1, out);
	}
	jx_buf_addc(out, in_object ? '}' : ']');
}

static void check_written_anew(const jx_json *doc)
{
	struct jx_json_limits limits = jx_json_pack_limits;
	JX_AUTO_JSON again = {0};
	JX_AUTO_BUF out;

	limits.no_space = true;
	limits.max_string *= 6; /* a control character may become six bytes */
	jx_buf_init(&out, 6 * doc->len + 16);
	write_value(doc, 0, &out);
	JX_FUZZ_CHECK(out.rc == JX_OK);
	JX_FUZZ_CHECK(jx_json_parse(out.data, out.len, &limits, &again, NULL) == JX_OK);
	JX_FUZZ_CHECK(again.n == doc->n);
	for (uint32_t i = 0; i < doc->n; i++) {
		JX_FUZZ_CHECK(
			again.tok[i].type == doc->tok[i].type && again.tok[i].next == doc->tok[i].next &&
			again.tok[i].count == doc->tok[i].count && again.tok[i].depth == doc->tok[i].depth);
	}
}

/* Whether a value fits stricter limits is told from the tape as reading it alone tells it. */
static void check_fits(const jx_json *doc, int tok)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);
	JX_AUTO_JSON alone = {0};

	JX_FUZZ_CHECK(jx_json_fits(doc, tok, &jx_json_entry_limits) ==
		      (jx_json_parse(raw.data, raw.len, &jx_json_entry_limits, &alone, NULL) == JX_OK));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct jx_json_limits *const profiles[] = {&jx_json_pack_limits, &jx_json_message_limits,
								&jx_json_entry_limits};
	bool accepted_before = true;

	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
		JX_AUTO_JSON doc = {0};
		struct jx_error err = {0};
		jx_rc rc = jx_json_parse((const char *)data, size, profiles[i], &doc, &err);

		JX_FUZZ_CHECK(rc == JX_OK || ((rc == JX_EINVAL || rc == JX_ELIMIT) && err.code == rc &&
					      err.text[0] != '\0'));
		JX_FUZZ_CHECK(rc != JX_OK || accepted_before);
		JX_FUZZ_CHECK(jx_utf8_ok(err.text, strlen(err.text)));
		accepted_before = rc == JX_OK;
		for (uint32_t t = 0; rc == JX_OK && t < doc.n; t++)
			check_token(&doc, (int)t);
		if (rc == JX_OK)
			check_written_anew(&doc);
		for (uint32_t t = 0; i == 0 && rc == JX_OK && t < doc.n && t < 64; t++)
			check_fits(&doc, (int)t);
	}
	return 0;
}
