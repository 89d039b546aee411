#include <stdio.h>
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

struct jx_form__place_text jx_form__place_text(const struct jx_form__place *place)
{
	struct jx_form__place_text t;

	if (place->list == NULL)
		(void)snprintf(t.text, sizeof(t.text), "%.24s", place->member);
	else
		(void)snprintf(t.text, sizeof(t.text), "%.24s[%zu]%s%.24s", place->list, place->index,
			       place->member != NULL ? "." : "", place->member != NULL ? place->member : "");
	return t;
}

jx_rc jx_form__read_string(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			   const char **out, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	char *at = pack->text + pack->text_len;
	size_t len, i;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_STRING)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be text: correct it there",
			       PLACE(place));
	/* the pack's strings together are shorter than its text: there is always room, see jx_pack_load() */
	if (!jx_json_str(r->doc, tok, at, pack->text_cap - pack->text_len))
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "pack: %s is too long: shorten it there",
			       PLACE(place));
	len = strlen(at);
	if (len == 0 || len > max)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must have 1 to %zu bytes: correct it there", PLACE(place), max);
	for (i = 0; i < len; i++)
		if ((unsigned char)at[i] < 0x20 || at[i] == 0x7f)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s holds a control character: remove it there", PLACE(place));
	pack->text_len += len + 1;
	*out = at;
	return JX_OK;
}

jx_rc jx_form__read_member(struct jx_form__reader *r, int obj, const char *name, bool is_needed, size_t max,
			   const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);

	if (tok >= 0)
		return jx_form__read_string(r, tok, max, place, out, err);
	if (is_needed)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is missing: add it there", PLACE(place));
	return JX_OK;
}

jx_rc jx_form__read_id(struct jx_form__reader *r, int obj, const char *name, size_t max,
		       const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	const char *id = NULL;
	const jx_rc rc = jx_form__read_member(r, obj, name, true, max, place, &id, err);

	if (rc != JX_OK)
		return rc;
	if (id[strspn(id, allowed)] != '\0')
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", but only letters, digits and . - _ are allowed: correct it there",
			PLACE(place), id);
	*out = id;
	return JX_OK;
}

jx_rc jx_form__read_text(struct jx_form__reader *r, int obj, const char *name, bool is_needed, size_t max,
			 const struct jx_form__place *place, struct jx_text *out, struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);
	struct jx_text t = {NULL, NULL};
	jx_rc rc;

	if (tok < 0 && !is_needed)
		return JX_OK;
	if (jx_json_type_of(r->doc, tok) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be an object with \"zh\" or \"en\": correct it there",
			       PLACE(place));
	rc = jx_form__read_member(r, tok, "zh", false, max, place, &t.zh, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "en", false, max, place, &t.en, err);
	if (rc != JX_OK)
		return rc;
	if (t.zh == NULL && t.en == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be an object with \"zh\" or \"en\": correct it there",
			       PLACE(place));
	out->zh = t.zh != NULL ? t.zh : t.en;
	out->en = t.en != NULL ? t.en : t.zh;
	return JX_OK;
}

jx_rc jx_form__read_day(struct jx_form__reader *r, int obj, const char *name,
			const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	const char *day = NULL;
	const jx_rc rc = jx_form__read_member(r, obj, name, false, 10, place, &day, err);

	if (rc != JX_OK)
		return rc;
	if (day != NULL && !jx_day_ok(day))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", which is no date: write year-month-day such as 2026-09-01 there",
			PLACE(place), day);
	*out = day;
	return JX_OK;
}

jx_rc jx_form__read_list(const struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			 size_t max, const struct jx_form__place *place, int *tok_out, struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);

	if (tok < 0 && !is_needed) {
		*tok_out = -1;
		return JX_OK;
	}
	if (jx_json_type_of(r->doc, tok) != JX_JSON_ARRAY || r->doc->tok[tok].count == 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be a list with at least one element: correct it there",
			       PLACE(place));
	if (r->doc->tok[tok].count > max)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "pack: %s has more than %zu elements: make two packs of it", PLACE(place),
			       max);
	*tok_out = tok;
	return JX_OK;
}

jx_rc jx_form__read_aliases(struct jx_form__reader *r, int obj, const struct jx_form__place *place,
			    struct jx_form__index *index, uint32_t value, struct jx_error *err)
{
	int list, item;
	jx_rc rc = jx_form__read_list(r, obj, "aliases", false, 100, place, &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	for (item = jx_json_first(r->doc, list); item >= 0; item = jx_json_next(r->doc, list, item)) {
		const char *alias;

		rc = jx_form__read_string(r, item, JX_FORM__NAME_BYTES, place, &alias, err);
		if (rc != JX_OK)
			return rc;
		(void)jx_form__index_add(index, alias, value);
	}
	return JX_OK;
}

size_t jx_form__count_inside(const jx_json *doc, int tok)
{
	size_t count = 0;
	int item, name;

	for (item = jx_json_first(doc, tok); item >= 0; item = jx_json_next(doc, tok, item)) {
		if (jx_json_type_of(doc, item) != JX_JSON_OBJECT)
			continue;
		for (name = jx_json_first(doc, item); name >= 0; name = jx_json_next(doc, item, name + 1))
			if (jx_json_type_of(doc, name + 1) == JX_JSON_ARRAY)
				count += doc->tok[name + 1].count;
	}
	return count;
}
