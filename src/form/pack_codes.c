/* Code tables of a pack: its own, and its lists. */
#include <stdlib.h>
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

static bool is_event_code(const char *s)
{
	static const char digits[] = "0123456789";

	return strlen(s) == 5 && strspn(s, digits) == 2 && s[2] == '-' && strspn(s + 3, digits) == 2;
}

/* Unit ids of a code, each known to the pack and named once. */
static jx_rc load_code_units(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     struct jx_code *code, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const char **first = pack->words + pack->word_count;
	int list, item;
	size_t k;
	jx_rc rc = jx_form__read_list(r, tok, "units", false, 100, place, &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	for (item = jx_json_first(r->doc, list); item >= 0; item = jx_json_next(r->doc, list, item)) {
		const char *id;
		uint32_t unit;

		rc = jx_form__read_string(r, item, JX_FORM__UNIT_BYTES, place, &id, err);
		if (rc != JX_OK)
			return rc;
		unit = jx_form__index_find(&pack->unit_index, id);
		if (unit >= pack->unit_count || strcmp(pack->units[unit].unit, id) != 0)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s names the unit \"%s\", which \"units\" does not have: add it there",
				PLACE(place), id);
		for (k = 0; k < code->unit_count; k++)
			if (first[k] == pack->units[unit].unit)
				return jx_fail(err, JX_EINVAL, 0, WHERE,
					       "pack: %s names the unit \"%s\" twice: remove one",
					       PLACE(place), id);
		pack->words[pack->word_count++] = pack->units[unit].unit;
		code->unit_count++;
	}
	code->units = first;
	return JX_OK;
}

static jx_rc load_event_codes(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			      struct jx_code *code, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const char **first = pack->words + pack->word_count;
	int list, item;
	jx_rc rc = jx_form__read_list(r, tok, "event_codes", false, 100, place, &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	for (item = jx_json_first(r->doc, list); item >= 0; item = jx_json_next(r->doc, list, item)) {
		const char *event;

		rc = jx_form__read_string(r, item, 5, place, &event, err);
		if (rc != JX_OK)
			return rc;
		if (!is_event_code(event))
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s holds \"%s\": write class and subclass such as 02-01 there",
				       PLACE(place), event);
		pack->words[pack->word_count++] = event;
		code->event_code_count++;
	}
	code->event_codes = first;
	code->event_code = code->event_code_count == 1 ? first[0] : NULL;
	return JX_OK;
}

static jx_rc load_code_dates(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     struct jx_code *code, struct jx_error *err)
{
	jx_rc rc = jx_form__read_day(r, tok, "valid_from", OF(place, "valid_from"), &code->valid_from, err);

	if (rc == JX_OK)
		rc = jx_form__read_day(r, tok, "valid_until", OF(place, "valid_until"), &code->valid_until,
				       err);
	if (rc == JX_OK && code->valid_from != NULL && code->valid_until != NULL &&
	    strcmp(code->valid_from, code->valid_until) > 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is before valid_from: correct one of the two there",
			     PLACE(OF(place, "valid_until")));
	return rc;
}

static jx_rc load_code_texts(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     struct jx_code *code, struct jx_error *err)
{
	static const char *const names[] = {"event_confidence", "legal", "confidence"};
	const char **const outs[] = {&code->event_confidence, &code->legal_hook, &code->confidence};
	jx_rc rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
				      &code->name, err);
	size_t k;

	if (rc != JX_OK)
		return rc;
	rc = jx_form__read_text(r, tok, "hint", false, 1000, OF(place, "hint"), &code->hint, err);
	for (k = 0; rc == JX_OK && k < sizeof(names) / sizeof(names[0]); k++) {
		rc = jx_form__read_member(r, tok, names[k], false, 1000, OF(place, names[k]), outs[k], err);
	}
	return rc;
}

static jx_rc load_code(struct jx_form__reader *r, int tok, uint32_t i, const struct jx_form__place *place,
		       struct jx_form__codes *codes, struct jx_error *err)
{
	struct jx_code *code = &codes->codes[i].pub;
	uint32_t before;
	jx_rc rc = jx_form__need_object(r, tok, place, err);

	if (rc == JX_OK)
		rc = jx_form__read_id(r, tok, "code", codes->code_bytes, OF(place, "code"), &code->code, err);
	if (rc != JX_OK)
		return rc;
	before = jx_form__index_add(&codes->code_index, code->code, i);
	if (before != JX_FORM__NONE)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", which codes[%u] has already: codes are never reused, take a new one",
			PLACE(OF(place, "code")), code->code, (unsigned)before);
	rc = load_code_texts(r, tok, place, code, err);
	if (rc == JX_OK)
		rc = load_code_dates(r, tok, place, code, err);
	if (rc == JX_OK)
		rc = jx_form__read_bool(r, tok, "key", OF(place, "key"), &code->is_key, err);
	if (rc == JX_OK)
		rc = load_code_units(r, tok, OF(place, "units"), code, err);
	if (rc == JX_OK)
		rc = load_event_codes(r, tok, OF(place, "event_codes"), code, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "parent", false, codes->code_bytes, OF(place, "parent"),
					  &code->parent, err);
	return rc == JX_OK ? jx_form__read_aliases(r, tok, OF(place, "aliases"), &codes->name_index, i, err)
			   : rc;
}

/* Parents may stand after their children, so they are looked up when all codes are there. */
static jx_rc find_parents(struct jx_form__codes *codes, const struct jx_form__place *up, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < codes->count; i++) {
		struct jx_form__code *c = &codes->codes[i];

		c->parent = JX_FORM__NONE;
		if (c->pub.parent == NULL)
			continue;
		c->parent = jx_form__index_find(&codes->code_index, c->pub.parent);
		if (c->parent >= codes->count)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s is \"%s\", which is no code of this pack: add it or correct it there",
				PLACE(IN(up, "codes", i, "parent")), c->pub.parent);
	}
	return JX_OK;
}

/* Take over from the parents what a code does not say itself. */
static jx_rc inherit(struct jx_form__codes *codes, const struct jx_form__place *up, struct jx_error *err)
{
	size_t i, depth;

	for (i = 0; i < codes->count; i++) {
		struct jx_form__code *c = &codes->codes[i];
		uint32_t above = c->parent;

		for (depth = 0; above != JX_FORM__NONE && depth < JX_FORM__DEPTH_MAX; depth++) {
			const struct jx_code *p = &codes->codes[above].pub;

			if (c->pub.unit_count == 0) {
				c->pub.units = p->units;
				c->pub.unit_count = p->unit_count;
			}
			if (c->pub.legal_hook == NULL)
				c->pub.legal_hook = p->legal_hook;
			if (c->pub.confidence == NULL)
				c->pub.confidence = p->confidence;
			above = codes->codes[above].parent;
		}
		if (above != JX_FORM__NONE)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s goes round in a circle, or up more than %d levels: correct it there",
				PLACE(IN(up, "codes", i, "parent")), JX_FORM__DEPTH_MAX);
		if (c->pub.unit_count == 0 && codes->needs_units)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s is missing, and no parent has units: add them there",
				       PLACE(IN(up, "codes", i, "units")));
	}
	return JX_OK;
}

/* A code always means itself, whatever others are called; among names, two owners make it ambiguous. */
static void index_names(struct jx_form__codes *codes)
{
	size_t i;

	for (i = 0; i < codes->count; i++) {
		const struct jx_code *c = &codes->codes[i].pub;

		(void)jx_form__index_add(&codes->name_index, c->name.zh, (uint32_t)i);
		(void)jx_form__index_add(&codes->name_index, c->name.en, (uint32_t)i);
	}
}

jx_rc jx_form__load_code_table(struct jx_form__reader *r, int list, const struct jx_form__place *up,
			       struct jx_form__codes *codes, struct jx_error *err)
{
	uint32_t i = 0;
	int item;
	jx_rc rc;

	codes->count = r->doc->tok[list].count;
	codes->codes = jx_xcalloc(codes->count, sizeof(*codes->codes));
	rc = jx_form__index_init(&codes->code_index, codes->count, err);
	if (rc == JX_OK)
		rc = jx_form__index_init(&codes->name_index,
					 2 * codes->count + jx_form__count_inside(r->doc, list), err);
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		const struct jx_form__place place = {up, "codes", i, NULL};

		rc = load_code(r, item, i, &place, codes, err);
		i++;
	}
	if (rc == JX_OK)
		rc = find_parents(codes, up, err);
	if (rc == JX_OK)
		rc = inherit(codes, up, err);
	if (rc == JX_OK)
		index_names(codes);
	return rc;
}

jx_rc jx_form__load_codes(struct jx_form__reader *r, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	int list;
	jx_rc rc = jx_form__read_list(r, 0, "codes", pack->format == 1, JX_FORM__CODES_MAX,
				      AT(NULL, 0, "codes"), &list, err);

	pack->own.id = JX_FORM__OWN_LIST;
	pack->own.needs_units = true;
	pack->own.code_bytes = JX_FORM__CODE_BYTES;
	if (rc != JX_OK || list < 0)
		return rc;
	return jx_form__load_code_table(r, list, NULL, &pack->own, err);
}

void jx_form__codes_done(struct jx_form__codes *codes)
{
	jx_form__index_done(&codes->code_index);
	jx_form__index_done(&codes->name_index);
	free(codes->codes);
}
