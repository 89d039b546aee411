/* What a form with fixed fields chooses from beside its codes, and which disorders a campaign counts. */
#include <string.h>

#include "pack_private.h"

#define WHERE JX_FORM__WHERE

/* ---- measures and kinds of party -------------------------------------------------------------------- */

static jx_rc read_list_name(struct jx_form__reader *r, int tok, const char *member,
			    const struct jx_form__place *place, const struct jx_form__codes **out,
			    struct jx_error *err)
{
	const char *id = NULL;
	const jx_rc rc = jx_form__read_member(r, tok, member, false, JX_FORM__FORM_ID_BYTES,
					      OF(place, member), &id, err);

	if (rc != JX_OK || id == NULL)
		return rc;
	*out = jx_form__codes_of(r->pack, id);
	if (*out == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names the list \"%s\", which \"lists\" does not have: add it there",
			       PLACE(OF(place, member)), id);
	return JX_OK;
}

static jx_rc read_limits(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			 struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	int list, item;
	jx_rc rc = jx_form__read_list(r, tok, "limit_measures", false, JX_FORM__MEASURES_MAX,
				      OF(place, "limit_measures"), &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		const char *code = NULL;
		uint32_t i;

		rc = jx_form__read_string(r, item, JX_FORM__LIST_CODE_BYTES, OF(place, "limit_measures"),
					  &code, err);
		if (rc != JX_OK)
			return rc;
		i = pack->measures != NULL ? jx_form__index_find(&pack->measures->code_index, code)
					   : JX_FORM__NONE;
		if (i >= JX_FORM__MEASURES_MAX)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s names \"%s\", which is no code of the list of measures: add it there",
				PLACE(OF(place, "limit_measures")), code);
		pack->measures_with_limit |= UINT64_C(1) << i;
	}
	return rc;
}

jx_rc jx_form__load_measures(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	jx_rc rc = JX_OK;

	if (pack->format < 2)
		return JX_OK;
	rc = read_list_name(r, tok, "measures", place, &pack->measures, err);
	if (rc == JX_OK && pack->measures != NULL && pack->measures->count > JX_FORM__MEASURES_MAX)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s names a list of more than %d codes: shorten that list",
			     PLACE(OF(place, "measures")), JX_FORM__MEASURES_MAX);
	if (rc == JX_OK)
		rc = read_list_name(r, tok, "party_kinds", place, &pack->party_kinds, err);
	return rc == JX_OK ? read_limits(r, tok, place, err) : rc;
}

const char *jx_pack_observation_list(const jx_pack *pack, const char *field)
{
	const struct jx_form__codes *codes = NULL;

	if (strcmp(field, "measures") == 0)
		codes = pack->measures;
	else if (strcmp(field, "party_kind") == 0)
		codes = pack->party_kinds;
	return codes != NULL ? codes->id : NULL;
}

/* ---- variants --------------------------------------------------------------------------------------- */

/* Words of a list member, one behind the other in pack->words. */
static jx_rc read_words(struct jx_form__reader *r, int tok, const char *member, size_t max,
			const struct jx_form__place *place, const char *const **out, size_t *count_out,
			struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	int list, item;
	jx_rc rc = jx_form__read_list(r, tok, member, false, 200, OF(place, member), &list, err);

	*out = pack->words + pack->word_count;
	*count_out = 0;
	for (item = rc == JX_OK && list >= 0 ? jx_json_first(r->doc, list) : -1; rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		rc = jx_form__read_string(r, item, max, OF(place, member), &pack->words[pack->word_count],
					  err);
		if (rc == JX_OK) {
			pack->word_count++;
			(*count_out)++;
		}
	}
	return rc;
}

/* Names of the variant's codes: its own, else that of the code. */
static jx_rc read_names(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			const struct jx_variant *v, struct jx_text *names, struct jx_error *err)
{
	const int own = jx_json_get(r->doc, tok, "names");
	size_t i;
	jx_rc rc = own >= 0 ? jx_form__need_object(r, own, OF(place, "names"), err) : JX_OK;

	for (i = 0; rc == JX_OK && i < v->code_count; i++) {
		const struct jx_code *code = jx_pack_find(r->pack, v->codes[i]);

		if (code == NULL || strcmp(code->code, v->codes[i]) != 0 || code->parent != NULL)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s names \"%s\", which is no disorder of \"codes\": correct it there",
				PLACE(OF(place, "codes")), v->codes[i]);
		names[i] = code->name;
		if (own >= 0)
			rc = jx_form__read_text(r, own, code->code, false, JX_FORM__NAME_BYTES,
						OF(place, "names"), &names[i], err);
	}
	return rc;
}

static jx_rc prepare_variants(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;
	const int list = jx_json_get(r->doc, 0, "variants");

	(void)err;
	r->pack->variants = jx_xcalloc(count, sizeof(*r->pack->variants));
	r->pack->variant_names = jx_xcalloc(jx_form__count_inside(r->doc, list) + 1,
					    sizeof(*r->pack->variant_names));
	return JX_OK;
}

static jx_rc load_variant(void *arg, int tok, size_t i, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_pack *pack = r->pack;
	struct jx_variant *v = &pack->variants[i];
	size_t used = 0, k;
	struct jx_text *names;
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"), &v->id, err);

	for (k = 0; k < i; k++)
		used += pack->variants[k].code_count;
	names = pack->variant_names + used;
	v->names = names;
	if (rc == JX_OK && jx_pack_variant_find(pack, v->id) != NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is \"%s\", which stands there twice: rename one",
			     PLACE(OF(place, "id")), v->id);
	pack->variant_count = i + 1;
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&v->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &v->confidence, err);
	if (rc == JX_OK)
		rc = read_words(r, tok, "codes", JX_FORM__CODE_BYTES, place, &v->codes, &v->code_count, err);
	if (rc == JX_OK && v->code_count == 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s names no disorder: write their codes there",
			     PLACE(OF(place, "codes")));
	if (rc == JX_OK)
		rc = read_words(r, tok, "campaigns", 63, place, &v->campaigns, &v->campaign_count, err);
	return rc == JX_OK ? read_names(r, tok, place, v, names, err) : rc;
}

jx_rc jx_form__load_variants(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk walk = {"variants", JX_FORM__VARIANTS_MAX, prepare_variants, load_variant,
					   r};

	return r->pack->format > 1 ? jx_form__walk_list(r, 0, NULL, &walk, err) : JX_OK;
}

size_t jx_pack_variant_count(const jx_pack *pack)
{
	return pack->variant_count;
}

const struct jx_variant *jx_pack_variant_at(const jx_pack *pack, size_t i)
{
	return i < pack->variant_count ? &pack->variants[i] : NULL;
}

static bool is_called(const struct jx_variant *v, const char *s)
{
	size_t i;

	for (i = 0; i < v->campaign_count; i++)
		if (strcmp(v->campaigns[i], s) == 0)
			return true;
	return strcmp(v->id, s) == 0 || strcmp(v->name.zh, s) == 0 || strcmp(v->name.en, s) == 0;
}

const struct jx_variant *jx_pack_variant_find(const jx_pack *pack, const char *id_name_or_campaign)
{
	size_t i;

	for (i = 0; i < pack->variant_count; i++)
		if (is_called(&pack->variants[i], id_name_or_campaign))
			return &pack->variants[i];
	return NULL;
}

const struct jx_text *jx_variant_name(const jx_pack *pack, const struct jx_variant *variant, const char *code)
{
	const struct jx_code *c = jx_pack_find(pack, code);
	size_t i;

	while (c != NULL && c->parent != NULL)
		c = jx_pack_find(pack, c->parent);
	for (i = 0; c != NULL && i < variant->code_count; i++)
		if (strcmp(variant->codes[i], c->code) == 0)
			return &variant->names[i];
	return NULL;
}
