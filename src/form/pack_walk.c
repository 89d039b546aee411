/* Members of a pack that are numbers, truths, units and lists of objects. */
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

jx_rc jx_form__need_object(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			   struct jx_error *err)
{
	if (jx_json_type_of(r->doc, tok) == JX_JSON_OBJECT)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be an object: correct it there",
		       PLACE(place));
}

jx_rc jx_form__read_i64(const struct jx_form__reader *r, int obj, const char *name, bool is_needed,
			int64_t min, int64_t max, const struct jx_form__place *place, int64_t *out,
			struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);
	int64_t value;

	if (tok < 0 && !is_needed)
		return JX_OK;
	if (!jx_json_i64(r->doc, tok, &value) || value < min || value > max)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be a whole number from %lld to %lld: correct it there",
			       PLACE(place), (long long)min, (long long)max);
	*out = value;
	return JX_OK;
}

jx_rc jx_form__read_bool(const struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, bool *out, struct jx_error *err)
{
	const int tok = jx_json_get(r->doc, obj, name);

	if (tok < 0 || jx_json_bool(r->doc, tok, out))
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be true or false: correct it there",
		       PLACE(place));
}

jx_rc jx_form__read_unit(struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	const struct jx_pack *pack = r->pack;
	const char *id = NULL;
	uint32_t i;
	const jx_rc rc = jx_form__read_member(r, obj, name, false, JX_FORM__UNIT_BYTES, place, &id, err);

	if (rc != JX_OK || id == NULL)
		return rc;
	i = pack->unit_count > 0 ? jx_form__index_find(&pack->unit_index, id) : JX_FORM__NONE;
	if (i >= pack->unit_count || strcmp(pack->units[i].unit, id) != 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names the unit \"%s\", which \"units\" does not have: add it there",
			       PLACE(place), id);
	*out = pack->units[i].unit;
	return JX_OK;
}

jx_rc jx_form__walk_list(struct jx_form__reader *r, int obj, const struct jx_form__place *up,
			 const struct jx_form__walk *walk, struct jx_error *err)
{
	const int list = jx_json_get(r->doc, obj, walk->name);
	size_t i = 0, count;
	int item;
	jx_rc rc = JX_OK;

	if (list < 0)
		return JX_OK;
	if (jx_json_type_of(r->doc, list) != JX_JSON_ARRAY)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s must be a list: correct it there",
			       PLACE(OF(up, walk->name)));
	count = r->doc->tok[list].count;
	if (count > walk->max)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "pack: %s has more than %zu elements: make two packs of it",
			       PLACE(OF(up, walk->name)), walk->max);
	if (count > 0 && walk->prepare != NULL)
		rc = walk->prepare(walk->arg, count, err);
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		const struct jx_form__place place = {up, walk->name, i, NULL};

		rc = jx_form__need_object(r, item, &place, err);
		if (rc == JX_OK)
			rc = walk->load(walk->arg, item, i, &place, err);
		i++;
	}
	return rc;
}
