/* Reading: lines, header objects, optional fields. */
#include <string.h>

#include "wire_private.h"

#define WHERE "wire.read"

const struct jx_json_limits jx_wire__item_limits = {.max_bytes = (size_t)2 * JX_ENTRY_BYTES_MAX,
						    .max_tokens = 16 * 1024,
						    .max_depth = 18,
						    .max_string = JX_ENTRY_BYTES_MAX,
						    .no_space = false,
						    .no_float = true};

jx_rc jx_wire__line(struct jx_bytes body, size_t *at, int number, struct jx_bytes *line_out,
		    struct jx_error *err)
{
	const char *start = (const char *)body.data + *at;
	const char *end = *at < body.len ? memchr(start, '\n', body.len - *at) : NULL;

	if (end == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "line %d has no end: the message was cut; send it again", number);
	line_out->data = start;
	line_out->len = (size_t)(end - start);
	*at += line_out->len + 1;
	return JX_OK;
}

jx_rc jx_wire__lines(struct jx_bytes body, size_t at, int64_t expected, size_t line_max,
		     struct jx_bytes *lines_out, struct jx_error *err)
{
	for (int64_t i = 0; i < expected; i++) {
		/* expected is at most a few thousand: callers check it against their ceiling first */
		const int number = (int)i + 2;
		jx_rc rc = jx_wire__line(body, &at, number, &lines_out[i], err);

		if (rc != JX_OK)
			return rc;
		if (lines_out[i].len == 0)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "line %d is empty; take it out", number);
		if (lines_out[i].len > line_max)
			return jx_fail(err, JX_ELIMIT, 0, WHERE, "line %d has %zu bytes, more than %zu",
				       number, lines_out[i].len, line_max);
	}
	if (at != body.len)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%zu bytes follow the %lld lines that the first line counts; count them again",
			       body.len - at, (long long)expected);
	return JX_OK;
}

jx_rc jx_wire__open(struct jx_bytes text, const char *what, jx_json *doc_out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	int64_t version = 0;
	jx_rc rc = jx_json_parse(text.data, text.len, &jx_json_message_limits, &doc, err);

	if (rc != JX_OK)
		return rc;
	if (jx_json_type_of(&doc, 0) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%s is no JSON object", what);
	rc = jx_json_need_i64(&doc, 0, "v", 1, JX_WIRE__INT_MAX, &version, err);
	if (rc != JX_OK)
		return rc;
	if (version > JX_WIRE_VERSION)
		return jx_fail(err, JX_EVERSION, 0, WHERE,
			       "%s is of protocol version %lld, this program speaks up to %d; update it",
			       what, (long long)version, JX_WIRE_VERSION);
	*doc_out = doc;
	memset(&doc, 0, sizeof(doc)); /* handed over */
	return JX_OK;
}

jx_rc jx_wire__maybe_bool(const jx_json *doc, const char *name, bool *out, struct jx_error *err)
{
	const int tok = jx_json_get(doc, 0, name);

	if (tok >= 0 && !jx_json_bool(doc, tok, out))
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"%s\" must be true or false", name);
	return JX_OK;
}

jx_rc jx_wire__maybe_str(const jx_json *doc, const char *name, char *out, size_t cap, bool *has_out,
			 struct jx_error *err)
{
	if (jx_json_get(doc, 0, name) < 0)
		return JX_OK;
	*has_out = true;
	return jx_json_need_str(doc, 0, name, out, cap, err);
}

jx_rc jx_wire__maybe_base64(const jx_json *doc, const char *name, void *out, size_t len, bool *has_out,
			    struct jx_error *err)
{
	const int tok = jx_json_get(doc, 0, name);
	char text[256];
	size_t got = 0;

	if (tok < 0)
		return JX_OK;
	if (!jx_json_str(doc, tok, text, sizeof(text)) || !jx_unbase64(text, strlen(text), out, len, &got) ||
	    got != len)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"%s\" is not %zu bytes in base64", name,
			       len);
	*has_out = true;
	return JX_OK;
}

jx_rc jx_wire__need_signed(const jx_json *doc, int obj, struct jx_signed *out, struct jx_error *err)
{
	char text[JX_SIGNED_TEXT_MAX + 1];
	jx_rc rc;

	if (jx_json_type_of(doc, obj) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "a signed text must be an object with \"text\" and \"sig\"");
	rc = jx_json_need_str(doc, obj, "text", text, sizeof(text), err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, obj, "sig", out->sig, JX_SIG_BYTES, err);
	if (rc != JX_OK)
		return rc;
	out->len = strlen(text);
	memset(out->text, 0, sizeof(out->text));
	memcpy(out->text, text, out->len);
	return JX_OK;
}
