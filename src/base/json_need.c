/* A field that must be there, or a message that names it. */
#include <inttypes.h>

#include "json_private.h"

static jx_rc fail_missing(const char *name, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, "json.field", "field \"%s\" is missing; add it", name);
}

jx_rc jx_json_need_i64(const jx_json *doc, int obj, const char *name, int64_t min, int64_t max, int64_t *out,
		       struct jx_error *err)
{
	int tok = jx_json_get(doc, obj, name);
	int64_t v;

	if (tok < 0)
		return fail_missing(name, err);
	if (!jx_json_i64(doc, tok, &v))
		return jx_fail(err, JX_EINVAL, 0, "json.field",
			       "field \"%s\" is not a whole number; write it without quotes and fraction",
			       name);
	if (v < min || v > max)
		return jx_fail(err, JX_EINVAL, 0, "json.field",
			       "field \"%s\" is %" PRId64 "; it must be from %" PRId64 " to %" PRId64, name,
			       v, min, max);
	*out = v;
	return JX_OK;
}

jx_rc jx_json_need_str(const jx_json *doc, int obj, const char *name, char *out, size_t cap,
		       struct jx_error *err)
{
	int tok = jx_json_get(doc, obj, name);

	if (tok < 0)
		return fail_missing(name, err);
	if (jx_json_type_of(doc, tok) != JX_JSON_STRING)
		return jx_fail(err, JX_EINVAL, 0, "json.field",
			       "field \"%s\" is not a text; write it in quotes", name);
	if (!jx_json_str(doc, tok, out, cap))
		return jx_fail(err, JX_EINVAL, 0, "json.field",
			       "field \"%s\" is longer than %zu bytes; shorten it", name,
			       cap > 0 ? cap - 1 : 0);
	return JX_OK;
}

jx_rc jx_json_need_hex(const jx_json *doc, int obj, const char *name, void *out, size_t len,
		       struct jx_error *err)
{
	int tok = jx_json_get(doc, obj, name);
	const struct jx_json_tok *t;

	if (tok < 0)
		return fail_missing(name, err);
	t = &doc->tok[tok];
	if (t->type != JX_JSON_STRING || !jx_unhex(doc->text + t->start, t->end - t->start, out, len))
		return jx_fail(err, JX_EINVAL, 0, "json.field",
			       "field \"%s\" is not %zu hex digits in quotes; copy it again", name, 2 * len);
	return JX_OK;
}

jx_rc jx_json_need_uuid(const jx_json *doc, int obj, const char *name, uint8_t id[JX_ID_BYTES],
			struct jx_error *err)
{
	int tok = jx_json_get(doc, obj, name);
	const struct jx_json_tok *t;

	if (tok < 0)
		return fail_missing(name, err);
	t = &doc->tok[tok];
	if (t->type != JX_JSON_STRING || !jx_uuid_parse(doc->text + t->start, t->end - t->start, id))
		return jx_fail(
			err, JX_EINVAL, 0, "json.field",
			"field \"%s\" is not an id like 01890a5d-ac96-774b-bcce-b302099a8057; copy it again",
			name);
	return JX_OK;
}
