/* Units of a pack. */
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
	jx_rc rc = jx_form__read_list(r, 0, "units", pack->format == 1, JX_FORM__UNITS_MAX,
				      AT(NULL, 0, "units"), &list, err);

	if (rc != JX_OK || list < 0)
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
