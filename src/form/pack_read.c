#include <stdio.h>
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

/* Deeper than this nothing stands in a pack: forms, sections, fields, a member. */
#define PLACES_MAX 8

struct jx_form__place_text jx_form__place_text(const struct jx_form__place *place)
{
	const struct jx_form__place *up[PLACES_MAX] = {NULL};
	struct jx_form__place_text t = {""};
	JX_AUTO_BUF b = {0};
	size_t n = 0;

	for (; place != NULL && n < PLACES_MAX; place = place->up)
		up[n++] = place;
	jx_buf_init(&b, sizeof(t.text));
	while (n-- > 0) {
		const struct jx_form__place *p = up[n];

		if (p->list != NULL)
			jx_buf_addf(&b, "%s%s[%zu]", b.len > 0 ? "." : "", p->list, p->index);
		if (p->member != NULL)
			jx_buf_addf(&b, "%s%s", b.len > 0 ? "." : "", p->member);
	}
	jx_strcpy(t.text, sizeof(t.text), b.data != NULL ? b.data : "");
	return t;
}

/* The string behind those that are there, not yet kept; its length without the NUL. */
static jx_rc take_string(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			 size_t *len_out, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	char *at = pack->text + pack->text_len;
	size_t len;

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
	*len_out = len;
	return JX_OK;
}

static jx_rc keep_string(struct jx_form__reader *r, int tok, size_t max, bool has_lines,
			 const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const char *at = pack->text + pack->text_len;
	size_t len = 0, i;
	const jx_rc rc = take_string(r, tok, max, place, &len, err);

	if (rc != JX_OK)
		return rc;
	for (i = 0; i < len; i++)
		if (((unsigned char)at[i] < 0x20 && !(has_lines && (at[i] == '\n' || at[i] == '\t'))) ||
		    at[i] == 0x7f)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s holds a control character: remove it there", PLACE(place));
	pack->text_len += len + 1;
	*out = at;
	return JX_OK;
}

jx_rc jx_form__read_string(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			   const char **out, struct jx_error *err)
{
	return keep_string(r, tok, max, false, place, out, err);
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
	const int tok = jx_json_get(r->doc, obj, name);

	if (tok < 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is missing: add it there", PLACE(place));
	return jx_form__read_word(r, tok, max, place, out, err);
}

jx_rc jx_form__read_word(struct jx_form__reader *r, int tok, size_t max, const struct jx_form__place *place,
			 const char **out, struct jx_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	const char *id = NULL;
	const jx_rc rc = jx_form__read_string(r, tok, max, place, &id, err);

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

static jx_rc read_language(struct jx_form__reader *r, int obj, const char *language, bool has_lines,
			   size_t max, const struct jx_form__place *place, const char **out,
			   struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, language);

	return tok < 0 ? JX_OK : keep_string(r, tok, max, has_lines, place, out, err);
}

static jx_rc read_both(struct jx_form__reader *r, int obj, const char *name, bool is_needed, bool has_lines,
		       size_t max, const struct jx_form__place *place, struct jx_text *out,
		       struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);
	struct jx_text t = {NULL, NULL};
	jx_rc rc = JX_OK;

	if (tok < 0 && !is_needed)
		return JX_OK;
	if (jx_json_type_of(r->doc, tok) == JX_JSON_OBJECT) {
		rc = read_language(r, tok, "zh", has_lines, max, place, &t.zh, err);
		if (rc == JX_OK)
			rc = read_language(r, tok, "en", has_lines, max, place, &t.en, err);
	}
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

jx_rc jx_form__read_text(struct jx_form__reader *r, int obj, const char *name, bool is_needed, size_t max,
			 const struct jx_form__place *place, struct jx_text *out, struct jx_error *err)
{
	return read_both(r, obj, name, is_needed, false, max, place, out, err);
}

jx_rc jx_form__read_long_text(struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			      size_t max, const struct jx_form__place *place, struct jx_text *out,
			      struct jx_error *err)
{
	return read_both(r, obj, name, is_needed, true, max, place, out, err);
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
