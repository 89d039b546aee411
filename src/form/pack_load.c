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

/* In this order: each names what was read before it. */
static jx_rc load_all(struct jx_form__reader *r, struct jx_error *err)
{
	static jx_rc (*const steps[])(struct jx_form__reader * r, struct jx_error * err) = {
		load_opening,         jx_form__load_units, jx_form__load_codes, jx_form__load_lists,
		jx_form__load_grades, jx_form__load_forms, jx_form__load_texts, jx_form__load_variants,
	};
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
		rc = steps[i](r, err);
	return rc;
}

static jx_rc fail_memory(struct jx_error *err)
{
	return jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for the names of a pack: close other programs");
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
		return fail_memory(err);
	r.pack = pack;
	(void)jx_json_i64(&doc, jx_json_get(&doc, 0, "format"), &pack->format);
	/* no list of words is longer than all lists of all objects together, and those are elements of arrays */
	pack->words = calloc(doc.n + 1, sizeof(*pack->words));
	if (pack->words == NULL)
		return fail_memory(err);
	rc = load_all(&r, err);
	if (rc != JX_OK)
		return rc;
	jx_sha256(text, len, pack->sha256);
	*pack_out = JX_STEAL(pack);
	return JX_OK;
}

void jx_pack_free(jx_pack *pack)
{
	size_t i;

	if (pack == NULL || atomic_fetch_sub(&pack->uses, 1) > 0)
		return;
	jx_form__free_forms(pack);
	jx_form__free_grades(pack);
	jx_form__codes_done(&pack->own);
	for (i = 0; i < pack->list_count; i++)
		jx_form__codes_done(&pack->lists[i]);
	jx_form__index_done(&pack->unit_index);
	free(pack->lists);
	free(pack->units);
	free(pack->words);
	free(pack->phrases);
	free(pack->variants);
	free(pack->variant_names);
	free(pack->phrase_texts);
	free(pack->cards);
	free(pack->time_limits);
	free(pack->text);
	free(pack);
}
