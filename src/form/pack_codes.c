/* Units and codes of a pack. */
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

static jx_rc load_unit(struct jx_form__reader *r, int tok, uint32_t i, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	struct jx_unit *unit = &pack->units[i];
	jx_rc rc;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be an object: correct it there",
			       PLACE(AT("units", i, NULL)));
	rc = jx_form__read_id(r, tok, "unit", JX_FORM__UNIT_BYTES, AT("units", i, "unit"), &unit->unit, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, AT("units", i, "name"),
					&unit->name, err);
	if (rc != JX_OK)
		return rc;
	if (jx_form__index_add(&pack->unit_index, unit->unit, i) != JX_FORM__NONE)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s is \"%s\", which stands there twice: rename one",
			       PLACE(AT("units", i, "unit")), unit->unit);
	return jx_form__read_aliases(r, tok, AT("units", i, "aliases"), &pack->unit_index, i, err);
}

jx_rc jx_form__load_units(struct jx_form__reader *r, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	uint32_t i = 0;
	int list, item;
	jx_rc rc = jx_form__read_list(r, 0, "units", true, JX_FORM__UNITS_MAX, AT(NULL, 0, "units"), &list,
				      err);

	if (rc != JX_OK)
		return rc;
	pack->unit_count = r->doc->tok[list].count;
	pack->units = jx_xcalloc(pack->unit_count, sizeof(*pack->units));
	rc = jx_form__index_init(&pack->unit_index,
				 3 * pack->unit_count + jx_form__count_inside(r->doc, list), err);
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item))
		rc = load_unit(r, item, i++, err);
	/* names after ids: an id always means its own unit */
	for (i = 0; rc == JX_OK && i < pack->unit_count; i++) {
		const struct jx_text *name = &pack->units[i].name;

		if (jx_form__index_find(&pack->unit_index, name->zh) == JX_FORM__NONE)
			(void)jx_form__index_add(&pack->unit_index, name->zh, i);
		if (jx_form__index_find(&pack->unit_index, name->en) == JX_FORM__NONE)
			(void)jx_form__index_add(&pack->unit_index, name->en, i);
	}
	return rc;
}

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
	const char **first = pack->lists + pack->list_count;
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
		pack->lists[pack->list_count++] = pack->units[unit].unit;
		code->unit_count++;
	}
	code->units = first;
	return JX_OK;
}

static jx_rc load_event_codes(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			      struct jx_code *code, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const char **first = pack->lists + pack->list_count;
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
		pack->lists[pack->list_count++] = event;
		code->event_code_count++;
	}
	code->event_codes = first;
	code->event_code = code->event_code_count == 1 ? first[0] : NULL;
	return JX_OK;
}

static jx_rc load_code_dates(struct jx_form__reader *r, int tok, uint32_t i, struct jx_code *code,
			     struct jx_error *err)
{
	jx_rc rc = jx_form__read_day(r, tok, "valid_from", AT("codes", i, "valid_from"), &code->valid_from,
				     err);

	if (rc == JX_OK)
		rc = jx_form__read_day(r, tok, "valid_until", AT("codes", i, "valid_until"),
				       &code->valid_until, err);
	if (rc == JX_OK && code->valid_from != NULL && code->valid_until != NULL &&
	    strcmp(code->valid_from, code->valid_until) > 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is before valid_from: correct one of the two there",
			     PLACE(AT("codes", i, "valid_until")));
	return rc;
}

static jx_rc load_code_texts(struct jx_form__reader *r, int tok, uint32_t i, struct jx_code *code,
			     struct jx_error *err)
{
	static const char *const names[] = {"event_confidence", "legal", "confidence"};
	const char **const outs[] = {&code->event_confidence, &code->legal_hook, &code->confidence};
	jx_rc rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, AT("codes", i, "name"),
				      &code->name, err);
	size_t k;

	if (rc != JX_OK)
		return rc;
	rc = jx_form__read_text(r, tok, "hint", false, 1000, AT("codes", i, "hint"), &code->hint, err);
	for (k = 0; rc == JX_OK && k < sizeof(names) / sizeof(names[0]); k++) {
		rc = jx_form__read_member(r, tok, names[k], false, 1000, AT("codes", i, names[k]), outs[k],
					  err);
	}
	return rc;
}

static jx_rc load_code(struct jx_form__reader *r, int tok, uint32_t i, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	struct jx_code *code = &pack->codes[i].pub;
	uint32_t before;
	jx_rc rc;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be an object: correct it there",
			       PLACE(AT("codes", i, NULL)));
	rc = jx_form__read_id(r, tok, "code", JX_FORM__CODE_BYTES, AT("codes", i, "code"), &code->code, err);
	if (rc != JX_OK)
		return rc;
	before = jx_form__index_add(&pack->code_index, code->code, i);
	if (before != JX_FORM__NONE)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", which codes[%u] has already: codes are never reused, take a new one",
			PLACE(AT("codes", i, "code")), code->code, (unsigned)before);
	rc = load_code_texts(r, tok, i, code, err);
	if (rc == JX_OK)
		rc = load_code_dates(r, tok, i, code, err);
	if (rc == JX_OK)
		rc = load_code_units(r, tok, AT("codes", i, "units"), code, err);
	if (rc == JX_OK)
		rc = load_event_codes(r, tok, AT("codes", i, "event_codes"), code, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "parent", false, JX_FORM__CODE_BYTES,
					  AT("codes", i, "parent"), &code->parent, err);
	return rc;
}

/* Parents may stand after their children, so they are looked up when all codes are there. */
static jx_rc find_parents(struct jx_pack *pack, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < pack->code_count; i++) {
		struct jx_form__code *c = &pack->codes[i];

		c->parent = JX_FORM__NONE;
		if (c->pub.parent == NULL)
			continue;
		c->parent = jx_form__index_find(&pack->code_index, c->pub.parent);
		if (c->parent >= pack->code_count)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s is \"%s\", which is no code of this pack: add it or correct it there",
				PLACE(AT("codes", i, "parent")), c->pub.parent);
	}
	return JX_OK;
}

/* Take over from the parents what a code does not say itself. */
static jx_rc inherit(struct jx_pack *pack, struct jx_error *err)
{
	size_t i, depth;

	for (i = 0; i < pack->code_count; i++) {
		struct jx_form__code *c = &pack->codes[i];
		uint32_t up = c->parent;

		for (depth = 0; up != JX_FORM__NONE && depth < JX_FORM__DEPTH_MAX; depth++) {
			const struct jx_code *p = &pack->codes[up].pub;

			if (c->pub.unit_count == 0) {
				c->pub.units = p->units;
				c->pub.unit_count = p->unit_count;
			}
			if (c->pub.legal_hook == NULL)
				c->pub.legal_hook = p->legal_hook;
			if (c->pub.confidence == NULL)
				c->pub.confidence = p->confidence;
			up = pack->codes[up].parent;
		}
		if (up != JX_FORM__NONE)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s goes round in a circle, or up more than %d levels: correct it there",
				PLACE(AT("codes", i, "parent")), JX_FORM__DEPTH_MAX);
		if (c->pub.unit_count == 0)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "pack: %s is missing, and no parent has units: add them there",
				       PLACE(AT("codes", i, "units")));
	}
	return JX_OK;
}

/* A code always means itself, whatever others are called; among names, two owners make it ambiguous. */
static void index_names(struct jx_pack *pack)
{
	size_t i;

	for (i = 0; i < pack->code_count; i++) {
		const struct jx_code *c = &pack->codes[i].pub;

		(void)jx_form__index_add(&pack->name_index, c->name.zh, (uint32_t)i);
		(void)jx_form__index_add(&pack->name_index, c->name.en, (uint32_t)i);
	}
}

jx_rc jx_form__load_codes(struct jx_form__reader *r, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	uint32_t i = 0;
	int list, item;
	jx_rc rc = jx_form__read_list(r, 0, "codes", true, JX_FORM__CODES_MAX, AT(NULL, 0, "codes"), &list,
				      err);

	if (rc != JX_OK)
		return rc;
	pack->code_count = r->doc->tok[list].count;
	pack->list_cap = jx_form__count_inside(r->doc, list);
	pack->codes = jx_xcalloc(pack->code_count, sizeof(*pack->codes));
	pack->lists = jx_xcalloc(pack->list_cap + 1, sizeof(*pack->lists));
	rc = jx_form__index_init(&pack->code_index, pack->code_count, err);
	if (rc == JX_OK)
		rc = jx_form__index_init(&pack->name_index, 2 * pack->code_count + pack->list_cap, err);
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		rc = load_code(r, item, i, err);
		if (rc == JX_OK)
			rc = jx_form__read_aliases(r, item, AT("codes", i, "aliases"), &pack->name_index, i,
						   err);
		i++;
	}
	if (rc == JX_OK)
		rc = find_parents(pack, err);
	if (rc == JX_OK)
		rc = inherit(pack, err);
	if (rc == JX_OK)
		index_names(pack);
	return rc;
}
