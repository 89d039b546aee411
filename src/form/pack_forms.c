/* Forms of a pack. */
#include <stdlib.h>
#include <string.h>

#include "expr.h"

#define WHERE       JX_FORM__WHERE
#define ROLES_MAX   20
#define OBSERVATION "observation"

struct load_forms {
	struct jx_form__reader *r;
	struct jx_form__shared_list shared;
};

static void free_load(struct load_forms *load)
{
	jx_form__shared_done(&load->shared);
}

static jx_rc prepare_forms(void *arg, size_t count, struct jx_error *err)
{
	const struct load_forms *load = arg;
	struct jx_pack *pack = load->r->pack;
	const int list = jx_json_get(load->r->doc, 0, "forms");

	pack->forms = jx_xcalloc(count, sizeof(*pack->forms));
	pack->form_count = count;
	return jx_form__index_init(&pack->form_index, 3 * count + jx_form__count_inside(load->r->doc, list),
				   err);
}

static jx_rc read_roles(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			struct jx_form *form, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	int list, item;
	jx_rc rc = jx_form__read_list(r, tok, "photo_roles", false, ROLES_MAX, OF(place, "photo_roles"),
				      &list, err);

	if (rc != JX_OK || list < 0)
		return rc;
	form->photo_roles = pack->words + pack->word_count;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		rc = jx_form__read_string(r, item, JX_FORM__UNIT_BYTES, OF(place, "photo_roles"),
					  &pack->words[pack->word_count], err);
		if (rc == JX_OK) {
			pack->word_count++;
			form->photo_role_count++;
		}
	}
	return rc;
}

static jx_rc read_opening(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_form *form, struct jx_error *err)
{
	static const char *const names[] = {"topic", "standard", "confidence"};
	const char **const outs[] = {&form->topic, &form->standard, &form->confidence};
	size_t i;
	jx_rc rc = jx_form__read_text(r, tok, "name", r->pack->format > 1, JX_FORM__NAME_BYTES,
				      OF(place, "name"), &form->name, err);

	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "hint", false, 1000, OF(place, "hint"), &form->hint, err);
	for (i = 0; rc == JX_OK && i < sizeof(names) / sizeof(names[0]); i++)
		rc = jx_form__read_member(r, tok, names[i], false, 1000, OF(place, names[i]), outs[i], err);
	return rc == JX_OK ? read_roles(r, tok, place, form, err) : rc;
}

/* Photos that a form asks for are among its roles, where it lists them. */
static jx_rc check_roles(const struct jx_form__form *form, const struct jx_form__place *place,
			 struct jx_error *err)
{
	size_t i, k;

	for (i = 0; i < form->pub.field_count; i++) {
		const char *role = form->pub.fields[i].role;

		for (k = 0; role != NULL && k < form->pub.photo_role_count; k++)
			if (strcmp(form->pub.photo_roles[k], role) == 0)
				break;
		if (role != NULL && k == form->pub.photo_role_count)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"pack: %s does not have \"%s\", which the field %s needs: add it there",
				PLACE(OF(place, "photo_roles")), role, form->pub.fields[i].id);
	}
	return JX_OK;
}

static jx_rc load_body(struct load_forms *load, int tok, const struct jx_form__place *place,
		       struct jx_form__form *form, struct jx_error *err)
{
	jx_rc rc = jx_form__load_sections(load->r, tok, place, &load->shared, form, err);

	if (rc == JX_OK)
		rc = jx_form__link_fields(form, place, err);
	if (rc == JX_OK)
		rc = check_roles(form, place, err);
	return rc == JX_OK ? jx_form__load_rules(load->r, tok, place, form, err) : rc;
}

/* What cannot wait for the evening. One word is known; another would be a promise that nobody keeps. */
static jx_rc read_report(const struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			 struct jx_form *form, struct jx_error *err)
{
	const int report = jx_json_get(r->doc, tok, "report");

	form->is_at_once = report >= 0 && jx_json_str_is(r->doc, report, "at-once");
	if (report >= 0 && !form->is_at_once)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s must be \"at-once\": write that there, or leave it out",
			       PLACE(OF(place, "report")));
	return JX_OK;
}

static jx_rc load_form(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	struct load_forms *load = arg;
	struct jx_pack *pack = load->r->pack;
	struct jx_form__form *form = &pack->forms[i];
	bool is_observation;
	jx_rc rc = jx_form__read_id(load->r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"),
				    &form->pub.id, err);

	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "entry", pack->format > 1, JX_FORM__FORM_ID_BYTES,
					  OF(place, "entry"), &form->pub.entry, err);
	if (rc == JX_OK && jx_form__index_add(&pack->form_index, form->pub.id, (uint32_t)i) != JX_FORM__NONE)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s is \"%s\", which stands there twice: rename one",
			     PLACE(OF(place, "id")), form->pub.id);
	if (rc == JX_OK)
		rc = read_opening(load->r, tok, place, &form->pub, err);
	if (rc == JX_OK)
		rc = read_report(load->r, tok, place, &form->pub, err);
	if (rc != JX_OK)
		return rc;
	/* format 1 knows no fields: its forms of observations have the fixed ones, others are for programs that know them */
	is_observation = form->pub.entry != NULL && strcmp(form->pub.entry, OBSERVATION) == 0;
	form->pub.is_observation = is_observation &&
				   (pack->format == 1 || jx_json_get(load->r->doc, tok, "results") >= 0);
	if (form->pub.is_observation && pack->form == NULL) {
		pack->form = form->pub.id;
		rc = jx_form__load_measures(load->r, tok, place, err);
		if (rc != JX_OK)
			return rc;
	}
	if (form->pub.is_observation && pack->own.count == 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s has \"results\", but the pack has no \"codes\": add them there",
			       PLACE(place));
	return form->pub.is_observation || pack->format == 1 ? JX_OK : load_body(load, tok, place, form, err);
}

/* Names after ids: an id always means its own form. */
static jx_rc index_names(struct jx_form__reader *r, struct jx_error *err)
{
	struct jx_pack *pack = r->pack;
	const int list = jx_json_get(r->doc, 0, "forms");
	uint32_t i = 0;
	int item;
	jx_rc rc = JX_OK;

	if (list < 0)
		return JX_OK;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		const struct jx_text *name = &pack->forms[i].pub.name;

		if (name->zh != NULL) {
			(void)jx_form__index_add(&pack->form_index, name->zh, i);
			(void)jx_form__index_add(&pack->form_index, name->en, i);
		}
		rc = jx_form__read_aliases(r, item, AT("forms", i, "aliases"), &pack->form_index, i, err);
		i++;
	}
	return rc;
}

jx_rc jx_form__load_forms(struct jx_form__reader *r, struct jx_error *err)
{
	JX_CLEANUP(free_load) struct load_forms load = {r, {NULL, 0}};
	const struct jx_form__walk walk = {"forms", JX_FORM__FORMS_MAX, prepare_forms, load_form, &load};
	jx_rc rc = JX_OK;

	if (r->pack->format > 1)
		rc = jx_form__load_shared(r, &load.shared, err);
	if (rc == JX_OK)
		rc = jx_form__walk_list(r, 0, NULL, &walk, err);
	if (rc == JX_OK)
		rc = index_names(r, err);
	if (rc == JX_OK && r->pack->format == 1 && r->pack->form == NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: forms has none with \"entry\":\"observation\": add one there");
	return rc;
}

static void free_form(struct jx_form__form *form)
{
	size_t i;

	for (i = 0; i < form->pub.field_count; i++) {
		jx_form__expr_free(form->fields[i].shown);
		jx_form__expr_free(form->fields[i].counted);
	}
	for (i = 0; i < form->check_count; i++)
		jx_form__expr_free(form->checks[i].must);
	for (i = 0; i < form->computed_count; i++)
		jx_form__expr_free(form->computed[i].value);
	for (i = 0; i < form->count_count; i++) {
		jx_form__expr_free(form->counts[i].numerator);
		jx_form__expr_free(form->counts[i].denominator);
		jx_form__expr_free(form->counts[i].when);
	}
	for (i = 0; i < form->quota_count; i++) {
		jx_form__expr_free(form->quota[i].units);
		jx_form__expr_free(form->quota[i].effort);
		jx_form__expr_free(form->quota[i].when);
	}
	free(form->pub_sections);
	free(form->pub_fields);
	free(form->sections);
	free(form->fields);
	free(form->order);
	free(form->checks);
	free(form->computed);
	free(form->counts);
	free(form->quota);
}

void jx_form__free_forms(jx_pack *pack)
{
	size_t i;

	for (i = 0; i < pack->form_count; i++)
		free_form(&pack->forms[i]);
	free(pack->forms);
	jx_form__index_done(&pack->form_index);
}

size_t jx_pack_form_count(const jx_pack *pack)
{
	return pack->form_count;
}

const struct jx_form *jx_pack_form_at(const jx_pack *pack, size_t i)
{
	return i < pack->form_count ? &pack->forms[i].pub : NULL;
}

const struct jx_form *jx_pack_form_find(const jx_pack *pack, const char *id_or_name)
{
	const uint32_t i = jx_form__index_find(&pack->form_index, id_or_name);

	return i < pack->form_count ? &pack->forms[i].pub : NULL;
}
