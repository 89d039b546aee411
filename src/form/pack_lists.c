/* Named code lists of a pack, and finding codes in them. */
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

static jx_rc prepare_lists(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->lists = jx_xcalloc(count, sizeof(*r->pack->lists));
	return JX_OK;
}

static jx_rc load_list(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_pack *pack = r->pack;
	struct jx_form__codes *codes = &pack->lists[i];
	int list;
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"), &codes->id, err);

	if (rc == JX_OK &&
	    (jx_form__codes_of(pack, codes->id) != NULL || strcmp(codes->id, JX_FORM__OWN_LIST) == 0))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is \"%s\", which stands there twice: rename one",
			     PLACE(OF(place, "id")), codes->id);
	pack->list_count = i + 1;
	codes->code_bytes = JX_FORM__LIST_CODE_BYTES;
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&codes->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_list(r, tok, "codes", true, JX_FORM__CODES_MAX, OF(place, "codes"), &list,
					err);
	return rc == JX_OK ? jx_form__load_code_table(r, list, place, codes, err) : rc;
}

jx_rc jx_form__load_lists(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk walk = {"lists", JX_FORM__LISTS_MAX, prepare_lists, load_list, r};

	return r->pack->format > 1 ? jx_form__walk_list(r, 0, NULL, &walk, err) : JX_OK;
}

const struct jx_form__codes *jx_form__codes_of(const jx_pack *pack, const char *list)
{
	size_t i;

	for (i = 0; i < pack->list_count; i++)
		if (strcmp(pack->lists[i].id, list) == 0)
			return &pack->lists[i];
	return strcmp(list, JX_FORM__OWN_LIST) == 0 && pack->own.count > 0 ? &pack->own : NULL;
}

uint32_t jx_form__codes_find(const struct jx_form__codes *codes, const char *code_or_name)
{
	uint32_t i = jx_form__index_find(&codes->code_index, code_or_name);

	if (i == JX_FORM__NONE)
		i = jx_form__index_find(&codes->name_index, code_or_name);
	return i < codes->count ? i : JX_FORM__NONE;
}

bool jx_form__code_is_open(const struct jx_form__codes *codes, uint32_t i, const char *day)
{
	while (i < codes->count) {
		const struct jx_code *c = &codes->codes[i].pub;

		if ((c->valid_from != NULL && strcmp(day, c->valid_from) < 0) ||
		    (c->valid_until != NULL && strcmp(day, c->valid_until) > 0))
			return false;
		i = codes->codes[i].parent;
	}
	return true;
}

size_t jx_pack_list(const jx_pack *pack, const char *list, const char *parent, const char *day,
		    const struct jx_code **out, size_t cap)
{
	const struct jx_form__codes *codes = jx_form__codes_of(pack, list);
	size_t n = 0;
	uint32_t i;

	for (i = 0; codes != NULL && i < codes->count; i++) {
		const struct jx_code *c = &codes->codes[i].pub;

		if ((parent == NULL) != (c->parent == NULL) ||
		    (parent != NULL && strcmp(parent, c->parent) != 0) ||
		    !jx_form__code_is_open(codes, i, day))
			continue;
		if (n < cap)
			out[n] = c;
		n++;
	}
	return n;
}

const struct jx_code *jx_pack_list_find(const jx_pack *pack, const char *list, const char *code_or_name)
{
	const struct jx_form__codes *codes = jx_form__codes_of(pack, list);
	const uint32_t i = codes != NULL ? jx_form__codes_find(codes, code_or_name) : JX_FORM__NONE;

	return i != JX_FORM__NONE ? &codes->codes[i].pub : NULL;
}
