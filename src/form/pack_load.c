#include <stdlib.h>
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

/* A pack of a newer format is refused before anything else of it is looked at: all else may have changed. */
static jx_rc check_format(const jx_json *doc, struct jx_error *err)
{
	int64_t format;
	jx_rc rc;

	if (jx_json_type_of(doc, 0) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack must be a JSON object: see PACKS.md for its form");
	rc = jx_json_need_i64(doc, 0, "format", 1, INT32_MAX, &format, err);
	if (rc == JX_OK && format > JX_FORM__FORMAT)
		rc = jx_fail(err, JX_EVERSION, 0, WHERE,
			     "pack is of format %lld, this program reads up to %d: update the program",
			     (long long)format, JX_FORM__FORMAT);
	return rc;
}

static jx_rc check_languages(const jx_json *doc, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "languages");
	int item = jx_json_type_of(doc, list) == JX_JSON_ARRAY ? jx_json_first(doc, list) : -1;

	if (item < 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be a list with at least one element: correct it there",
			       "languages");
	for (; item >= 0; item = jx_json_next(doc, list, item))
		if (jx_json_type_of(doc, item) != JX_JSON_STRING)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be text: correct it there",
				       "languages");
	return JX_OK;
}

static jx_rc load_opening(struct jx_form__reader *r, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const char *source = NULL;
	jx_rc rc = jx_form__read_id(r, 0, "id", JX_FORM__PACK_ID_BYTES, AT(NULL, 0, "id"), &pack->id, err);

	if (rc == JX_OK)
		rc = jx_json_need_i64(r->doc, 0, "version", 1, INT32_MAX, &pack->version, err);
	if (rc == JX_OK)
		rc = jx_form__read_day(r, 0, "valid_from", AT(NULL, 0, "valid_from"), &pack->valid_from, err);
	if (rc == JX_OK && pack->valid_from == NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is missing: add it there", "valid_from");
	if (rc == JX_OK)
		rc = check_languages(r->doc, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, 0, "name", true, JX_FORM__NAME_BYTES, AT(NULL, 0, "name"),
					&pack->name, err);
	/* where the values come from must be said, though only people read it */
	if (rc == JX_OK)
		rc = jx_form__read_member(r, 0, "source", true, 4000, AT(NULL, 0, "source"), &source, err);
	return rc;
}

static jx_rc load_form(struct jx_form__reader *r, int tok, size_t i, struct jx_error *err)
{
	const char *id;
	jx_rc rc;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be an object: correct it there",
			       PLACE(AT("forms", i, NULL)));
	rc = jx_form__read_id(r, tok, "id", JX_FORM__FORM_ID_BYTES, AT("forms", i, "id"), &id, err);
	/* forms that make other entries belong to programs that know those */
	if (rc == JX_OK && r->pack->form == NULL &&
	    jx_json_str_is(r->doc, jx_json_get(r->doc, tok, "entry"), "observation"))
		r->pack->form = id;
	return rc;
}

static jx_rc load_forms(struct jx_form__reader *r, struct jx_error *err)
{
	size_t i = 0;
	int list, item;
	jx_rc rc = jx_form__read_list(r, 0, "forms", true, 1000, AT(NULL, 0, "forms"), &list, err);

	if (rc != JX_OK)
		return rc;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item))
		rc = load_form(r, item, i++, err);
	if (rc == JX_OK && r->pack->form == NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: forms has none with \"entry\":\"observation\": add one there");
	return rc;
}

jx_rc jx_pack_load(const char *text, size_t len, jx_pack **pack_out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_form__reader r = {.doc = &doc};
	jx_rc rc = jx_json_parse(text, len, &jx_json_pack_limits, &doc, err);

	if (rc == JX_OK)
		rc = check_format(&doc, err);
	if (rc != JX_OK)
		return rc;
	pack = jx_xcalloc(1, sizeof(*pack));
	/* A string with its NUL is shorter than with its quotes, and each is read once: len bytes hold all. */
	pack->text_cap = len + 1;
	pack->text = calloc(pack->text_cap, 1);
	if (pack->text == NULL)
		return jx_fail(err, JX_ENOMEM, 0, WHERE,
			       "no memory for the names of a pack: close other programs");
	r.pack = pack;
	rc = load_opening(&r, err);
	if (rc == JX_OK)
		rc = jx_form__load_units(&r, err);
	if (rc == JX_OK)
		rc = jx_form__load_codes(&r, err);
	if (rc == JX_OK)
		rc = load_forms(&r, err);
	if (rc == JX_OK)
		*pack_out = JX_STEAL(pack);
	return rc;
}

void jx_pack_free(jx_pack *pack)
{
	if (pack == NULL)
		return;
	jx_form__index_done(&pack->code_index);
	jx_form__index_done(&pack->name_index);
	jx_form__index_done(&pack->unit_index);
	free(pack->units);
	free(pack->codes);
	free(pack->lists);
	free(pack->text);
	free(pack);
}
