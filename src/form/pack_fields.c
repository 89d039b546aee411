/* Fields of forms, and the sections that forms share. */
#include <stdlib.h>
#include <string.h>

#include "forms.h"

#define WHERE JX_FORM__WHERE

jx_rc jx_form__read_name(struct jx_form__reader *r, int obj, const char *name,
			 const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	const char *id = NULL;
	const jx_rc rc = jx_form__read_member(r, obj, name, true, JX_FORM__PATH_BYTES, place, &id, err);

	if (rc != JX_OK)
		return rc;
	if (id[strspn(id, allowed)] != '\0' || id[0] < 'a' || jx_form__is_reserved(id, strlen(id)))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s is \"%s\", but names of fields and groups have small letters, digits and _, begin with a letter and are no word of expressions: rename it there",
			PLACE(place), id);
	*out = id;
	return JX_OK;
}

static const struct {
	const char *name;
	enum jx_field_type type;
	int64_t min, max; /* unless the pack says otherwise; what it says must lie within limit_* */
	int64_t limit_min, limit_max;
} types[] = {
	{"choice", JX_FIELD_CHOICE, 0, 0, 0, 0},
	{"choices", JX_FIELD_CHOICES, 0, 0, 0, 0},
	{"integer", JX_FIELD_INTEGER, 0, 1000000, -JX_FORM__NUMBER_MAX, JX_FORM__NUMBER_MAX},
	{"decimal", JX_FIELD_DECIMAL, 0, 1000000, -JX_FORM__NUMBER_MAX, JX_FORM__NUMBER_MAX},
	{"text", JX_FIELD_TEXT, 1, JX_NOTE_CHARS_MAX, 1, JX_NOTE_CHARS_MAX},
	{"party", JX_FIELD_PARTY, 1, JX_PARTY_CHARS_MAX, 1, JX_PARTY_CHARS_MAX},
	{"yes-no", JX_FIELD_YES_NO, 0, 0, 0, 0},
	{"photo", JX_FIELD_PHOTO, 0, 0, 0, 0},
};

/* "_e1" at the end of a decimal's id says how many decimals are kept. */
static jx_rc read_decimals(const struct jx_form__place *place, struct jx_field *pub, struct jx_error *err)
{
	const size_t len = strlen(pub->id);

	if (pub->type != JX_FIELD_DECIMAL)
		return JX_OK;
	if (len > 3 && pub->id[len - 3] == '_' && pub->id[len - 2] == 'e' && pub->id[len - 1] >= '1' &&
	    pub->id[len - 1] <= '3') {
		pub->decimals = pub->id[len - 1] - '0';
		return JX_OK;
	}
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s is \"%s\", but the id of a decimal ends in _e1, _e2 or _e3: rename it there",
		       PLACE(OF(place, "id")), pub->id);
}

static jx_rc read_type(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
		       struct jx_field *pub, struct jx_error *err)
{
	const int type = jx_json_get(r->doc, tok, "type");
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!jx_json_str_is(r->doc, type, types[i].name))
			continue;
		pub->type = types[i].type;
		pub->min = types[i].min;
		pub->max = types[i].max;
		rc = jx_form__read_i64(r, tok, "min", false, types[i].limit_min, types[i].limit_max,
				       OF(place, "min"), &pub->min, err);
		if (rc == JX_OK)
			rc = jx_form__read_i64(r, tok, "max", false, types[i].limit_min, types[i].limit_max,
					       OF(place, "max"), &pub->max, err);
		if (rc == JX_OK && pub->min > pub->max)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is more than max: correct one of the two there",
				     PLACE(OF(place, "min")));
		return rc == JX_OK ? read_decimals(place, pub, err) : rc;
	}
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"pack: %s must be choice, choices, integer, decimal, text, party, yes-no or photo: correct it there",
		PLACE(OF(place, "type")));
}

static jx_rc read_list_name(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			    struct jx_field *pub, struct jx_form__field *field, struct jx_error *err)
{
	const bool is_choice = pub->type == JX_FIELD_CHOICE || pub->type == JX_FIELD_CHOICES;
	jx_rc rc = jx_form__read_member(r, tok, "list", is_choice, JX_FORM__NAME_BYTES, OF(place, "list"),
					&pub->list, err);

	if (rc != JX_OK || !is_choice)
		return rc;
	field->codes = jx_form__codes_of(r->pack, pub->list);
	if (field->codes == NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names the list \"%s\", which \"lists\" does not have: add it there",
			       PLACE(OF(place, "list")), pub->list);
	return JX_OK;
}

static jx_rc read_rest(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
		       struct jx_field *pub, struct jx_form__field *field, struct jx_error *err)
{
	jx_rc rc = jx_form__read_bool(r, tok, "needed", OF(place, "needed"), &pub->is_needed, err);

	if (rc == JX_OK)
		rc = jx_form__read_bool(r, tok, "remembered", OF(place, "remembered"), &pub->is_remembered,
					err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "shown", false, JX_FORM__EXPR_BYTES, OF(place, "shown"),
					  &field->shown_source, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "counted", false, JX_FORM__EXPR_BYTES, OF(place, "counted"),
					  &field->counted_source, err);
	pub->is_counted = field->counted_source != NULL;
	if (rc == JX_OK && pub->is_counted && pub->type != JX_FIELD_INTEGER && pub->type != JX_FIELD_DECIMAL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s goes only with an integer or decimal: remove it there",
			     PLACE(OF(place, "counted")));
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &pub->confidence, err);
	return rc;
}

jx_rc jx_form__load_field(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_field *pub, struct jx_form__field *field, struct jx_error *err)
{
	jx_rc rc = jx_form__read_name(r, tok, "id", OF(place, "id"), &pub->id, err);

	field->shared = -1;
	if (rc == JX_OK)
		rc = read_type(r, tok, place, pub, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&pub->name, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "hint", false, 1000, OF(place, "hint"), &pub->hint, err);
	if (rc == JX_OK)
		rc = jx_form__read_unit(r, tok, "unit", OF(place, "unit"), &pub->unit, err);
	if (rc == JX_OK)
		rc = read_list_name(r, tok, place, pub, field, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "role", pub->type == JX_FIELD_PHOTO, JX_FORM__NAME_BYTES,
					  OF(place, "role"), &pub->role, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "fallback", false, JX_FORM__NAME_BYTES,
					  OF(place, "fallback"), &pub->fallback, err);
	return rc == JX_OK ? read_rest(r, tok, place, pub, field, err) : rc;
}

/* ---- shared sections ------------------------------------------------------------------------------ */

struct load_shared {
	struct jx_form__reader *r;
	struct jx_form__shared_list *list;
	struct jx_form__shared *one;
};

static jx_rc prepare_fields(void *arg, size_t count, struct jx_error *err)
{
	const struct load_shared *load = arg;

	(void)err;
	load->one->pub_fields = jx_xcalloc(count, sizeof(*load->one->pub_fields));
	load->one->fields = jx_xcalloc(count, sizeof(*load->one->fields));
	load->one->field_count = count;
	return JX_OK;
}

static jx_rc load_shared_field(void *arg, int tok, size_t i, const struct jx_form__place *place,
			       struct jx_error *err)
{
	const struct load_shared *load = arg;
	const jx_rc rc = jx_form__load_field(load->r, tok, place, &load->one->pub_fields[i],
					     &load->one->fields[i], err);

	load->one->fields[i].shared = (int)(load->one - load->list->rows);
	load->one->fields[i].shared_field = i;
	return rc;
}

static jx_rc prepare_sections(void *arg, size_t count, struct jx_error *err)
{
	const struct load_shared *load = arg;

	(void)err;
	load->list->rows = jx_xcalloc(count, sizeof(*load->list->rows));
	load->list->count = count;
	return JX_OK;
}

static jx_rc load_shared_section(void *arg, int tok, size_t i, const struct jx_form__place *place,
				 struct jx_error *err)
{
	struct load_shared *load = arg;
	const struct jx_form__walk fields = {"fields", JX_FORM__FIELDS_MAX, prepare_fields, load_shared_field,
					     load};
	size_t k;
	jx_rc rc;

	load->one = &load->list->rows[i];
	rc = jx_form__read_name(load->r, tok, "id", OF(place, "id"), &load->one->id, err);
	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(load->list->rows[k].id, load->one->id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: rename one",
				     PLACE(OF(place, "id")), load->one->id);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&load->one->name, err);
	return rc == JX_OK ? jx_form__walk_list(load->r, tok, place, &fields, err) : rc;
}

jx_rc jx_form__load_shared(struct jx_form__reader *r, struct jx_form__shared_list *list, struct jx_error *err)
{
	struct load_shared load = {r, list, NULL};
	const struct jx_form__walk walk = {"shared_sections", JX_FORM__SHARED_MAX, prepare_sections,
					   load_shared_section, &load};

	return jx_form__walk_list(r, 0, NULL, &walk, err);
}

void jx_form__shared_done(struct jx_form__shared_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free(list->rows[i].pub_fields);
		free(list->rows[i].fields);
	}
	free(list->rows);
	memset(list, 0, sizeof(*list));
}
