/* Sections and fields of a form, their names, and the order in which conditions hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"

#define WHERE JX_FORM__WHERE

static bool is_called(const char *id, const char *s, size_t len)
{
	return strlen(id) == len && memcmp(id, s, len) == 0;
}

uint32_t jx_form__find_field(const struct jx_form__form *form, uint32_t section, const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < form->pub.field_count; i++) {
		const struct jx_field *f = &form->pub.fields[i];
		const bool is_row = form->pub.sections[f->section].is_repeat;

		if ((section == JX_FORM__NONE ? !is_row : f->section == section) && is_called(f->id, id, len))
			return (uint32_t)i;
	}
	return JX_FORM__NONE;
}

uint32_t jx_form__find_group(const struct jx_form__form *form, const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < form->pub.section_count; i++)
		if (form->pub.sections[i].is_repeat && is_called(form->pub.sections[i].id, id, len))
			return (uint32_t)i;
	return JX_FORM__NONE;
}

/* ---- reading -------------------------------------------------------------------------------------- */

struct load_sections {
	struct jx_form__reader *r;
	const struct jx_form__shared_list *shared;
	struct jx_form__form *form;
	size_t section;
};

static jx_rc fail_twice(const struct jx_form__place *place, const char *id, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "pack: %s is \"%s\", which this form has already: rename one of them", PLACE(place),
		       id);
}

/* The longest path of a field is what an error can say of it. */
static jx_rc check_path(const struct jx_section *section, const struct jx_field *f,
			const struct jx_form__place *place, struct jx_error *err)
{
	char path[JX_FIELD_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%.31s[%d].%.31s", section->id, (int)section->rows_max, f->id);
	if (!section->is_repeat || strlen(path) <= JX_FORM__PATH_BYTES)
		return JX_OK;
	return jx_fail(
		err, JX_EINVAL, 0, WHERE,
		"pack: %s makes the path %s, which has more than %d characters: shorten one of its names",
		PLACE(place), path, JX_FORM__PATH_BYTES);
}

static jx_rc add_field(struct load_sections *load, const struct jx_field *pub,
		       const struct jx_form__field *field, const struct jx_form__place *place,
		       struct jx_error *err)
{
	struct jx_form__form *form = load->form;
	const struct jx_section *section = &form->pub_sections[load->section];
	const uint32_t scope = section->is_repeat ? (uint32_t)load->section : JX_FORM__NONE;
	const size_t i = form->pub.field_count;

	if (i >= JX_FORM__FIELDS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "pack: %s is more than the %d fields a form may have: make two forms of it",
			       PLACE(place), JX_FORM__FIELDS_MAX);
	if (jx_form__find_field(form, scope, pub->id, strlen(pub->id)) != JX_FORM__NONE)
		return fail_twice(OF(place, "id"), pub->id, err);
	if (section->is_repeat && pub->is_counted)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s cannot stand inside a group: move the field out of it",
			       PLACE(OF(place, "counted")));
	if (section->is_repeat && pub->type == JX_FIELD_PHOTO)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s cannot be a photo inside a group: move the field out of it",
			       PLACE(OF(place, "type")));
	form->pub_fields[i] = *pub;
	form->pub_fields[i].section = load->section;
	form->fields[i] = *field;
	form->pub.field_count++;
	form->sections[load->section].count++;
	return check_path(section, pub, OF(place, "id"), err);
}

static jx_rc load_own_field(void *arg, int tok, size_t i, const struct jx_form__place *place,
			    struct jx_error *err)
{
	struct load_sections *load = arg;
	struct jx_field pub = {0};
	struct jx_form__field field = {0};
	const jx_rc rc = jx_form__load_field(load->r, tok, place, &pub, &field, err);

	(void)i;
	return rc == JX_OK ? add_field(load, &pub, &field, place, err) : rc;
}

static jx_rc use_shared(struct load_sections *load, int tok, const struct jx_form__place *place,
			struct jx_error *err)
{
	struct jx_section *section = &load->form->pub_sections[load->section];
	size_t i, k;
	jx_rc rc = JX_OK;

	for (i = 0; i < load->shared->count; i++)
		if (jx_json_str_is(load->r->doc, tok, load->shared->rows[i].id))
			break;
	if (i == load->shared->count)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names no section of \"shared_sections\": add it there",
			       PLACE(OF(place, "use")));
	section->id = load->shared->rows[i].id;
	section->name = load->shared->rows[i].name;
	for (k = 0; rc == JX_OK && k < load->shared->rows[i].field_count; k++)
		rc = add_field(load, &load->shared->rows[i].pub_fields[k], &load->shared->rows[i].fields[k],
			       place, err);
	return rc;
}

static jx_rc load_own_section(struct load_sections *load, int tok, const struct jx_form__place *place,
			      struct jx_error *err)
{
	const struct jx_form__walk fields = {"fields", JX_FORM__FIELDS_MAX, NULL, load_own_field, load};
	struct jx_section *section = &load->form->pub_sections[load->section];
	const int repeat = jx_json_get(load->r->doc, tok, "repeat");
	jx_rc rc = jx_form__read_name(load->r, tok, "id", OF(place, "id"), &section->id, err);

	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
					&section->name, err);
	if (rc == JX_OK && repeat >= 0) {
		section->is_repeat = true;
		section->rows_max = JX_FORM__ROWS_MAX;
		rc = jx_form__need_object(load->r, repeat, OF(place, "repeat"), err);
		if (rc == JX_OK)
			rc = jx_form__read_i64(load->r, repeat, "max", false, 1, JX_FORM__ROWS_MAX,
					       OF(OF(place, "repeat"), "max"), &section->rows_max, err);
	}
	return rc == JX_OK ? jx_form__walk_list(load->r, tok, place, &fields, err) : rc;
}

static jx_rc load_section(void *arg, int tok, size_t i, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct load_sections *load = arg;
	struct jx_form__form *form = load->form;
	const int use = jx_json_get(load->r->doc, tok, "use");
	size_t k;
	jx_rc rc;

	load->section = i;
	form->sections[i].first = form->pub.field_count;
	rc = use >= 0 ? use_shared(load, use, place, err) : load_own_section(load, tok, place, err);
	form->pub.section_count = i + 1;
	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(form->pub_sections[k].id, form->pub_sections[i].id) == 0)
			rc = fail_twice(OF(place, use >= 0 ? "use" : "id"), form->pub_sections[i].id, err);
	if (rc == JX_OK && form->sections[i].count == 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is missing: add it there",
			     PLACE(OF(place, "fields")));
	return rc;
}

/* Answers hold groups and fields side by side. */
static jx_rc check_groups(const struct jx_form__form *form, const struct jx_form__place *place,
			  struct jx_error *err)
{
	size_t i;

	for (i = 0; i < form->pub.section_count; i++) {
		const struct jx_section *s = &form->pub.sections[i];

		if (s->is_repeat &&
		    jx_form__find_field(form, JX_FORM__NONE, s->id, strlen(s->id)) != JX_FORM__NONE)
			return fail_twice(IN(place, "sections", i, "id"), s->id, err);
	}
	return JX_OK;
}

/* Room for the most there may be was made; most forms have a tenth of it, and packs stay in memory. */
static void give_back(struct jx_form__form *form)
{
	const size_t sections = form->pub.section_count, fields = form->pub.field_count;

	form->pub_sections = jx_xreallocarray(form->pub_sections, sections, sizeof(*form->pub_sections));
	form->sections = jx_xreallocarray(form->sections, sections, sizeof(*form->sections));
	form->pub_fields = jx_xreallocarray(form->pub_fields, fields, sizeof(*form->pub_fields));
	form->fields = jx_xreallocarray(form->fields, fields, sizeof(*form->fields));
	form->pub.sections = form->pub_sections;
	form->pub.fields = form->pub_fields;
}

jx_rc jx_form__load_sections(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			     const struct jx_form__shared_list *shared, struct jx_form__form *form,
			     struct jx_error *err)
{
	struct load_sections load = {r, shared, form, 0};
	const struct jx_form__walk walk = {"sections", JX_FORM__SECTIONS_MAX, NULL, load_section, &load};
	jx_rc rc;

	form->pub_sections = jx_xcalloc(JX_FORM__SECTIONS_MAX, sizeof(*form->pub_sections));
	form->sections = jx_xcalloc(JX_FORM__SECTIONS_MAX, sizeof(*form->sections));
	form->pub_fields = jx_xcalloc(JX_FORM__FIELDS_MAX, sizeof(*form->pub_fields));
	form->fields = jx_xcalloc(JX_FORM__FIELDS_MAX, sizeof(*form->fields));
	form->pub.sections = form->pub_sections;
	form->pub.fields = form->pub_fields;
	rc = jx_form__walk_list(r, tok, place, &walk, err);
	if (rc == JX_OK && form->pub.field_count == 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is missing: add it there",
			     PLACE(OF(place, "sections")));
	if (rc == JX_OK)
		rc = check_groups(form, place, err);
	if (rc == JX_OK)
		give_back(form);
	return rc;
}
