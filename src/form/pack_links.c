/* Conditions, counted fields and defaults of a form's fields, once all of its fields are there. */
#include <string.h>

#include "sheet.h"

#define WHERE JX_FORM__WHERE

/* Where a field stands in the pack: in the form, or in the section that forms share. */
struct field_place {
	struct jx_form__place shared, section, field, member;
};
static const struct jx_form__place *place_of(const struct jx_form__form *form, uint32_t number,
					     const struct jx_form__place *place, const char *member,
					     struct field_place *room)
{
	const struct jx_form__field *f = &form->fields[number];
	const size_t section = form->pub.fields[number].section;
	const bool is_shared = f->shared >= 0;

	room->shared = (struct jx_form__place){NULL, "shared_sections", is_shared ? (size_t)f->shared : 0,
					       NULL};
	room->section = (struct jx_form__place){place, "sections", section, NULL};
	room->field = (struct jx_form__place){
		is_shared ? &room->shared : &room->section, "fields",
		is_shared ? f->shared_field : number - form->sections[section].first, member};
	return &room->field;
}

static jx_rc compile_field(struct jx_form__form *form, uint32_t i, const struct jx_form__place *place,
			   struct jx_error *err)
{
	struct jx_form__field *f = &form->fields[i];
	const bool is_row = jx_form__is_row_field(form, i);
	const struct jx_form__scope scope = {form,
					     is_row ? (uint32_t)form->pub.fields[i].section : JX_FORM__NONE};
	struct field_place room;
	jx_rc rc = JX_OK;

	if (f->shown_source != NULL)
		rc = jx_form__expr_compile(f->shown_source, JX_FORM__TRUTH, &scope,
					   place_of(form, i, place, "shown", &room), &f->shown, err);
	if (rc == JX_OK && f->counted_source != NULL)
		rc = jx_form__expr_compile(f->counted_source, JX_FORM__NUMBER, &scope,
					   place_of(form, i, place, "counted", &room), &f->counted, err);
	if (rc == JX_OK && f->counted != NULL && f->counted->groups == 0)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s counts no group: use rows(), sum() or count() there",
			     PLACE(place_of(form, i, place, "counted", &room)));
	return rc;
}

static jx_rc check_fallback(const struct jx_form__form *form, uint32_t i, const struct jx_form__place *place,
			    struct jx_error *err)
{
	const struct jx_field *pub = &form->pub.fields[i];
	struct jx_form__answer a = {0};
	struct jx_error why = {0};
	struct field_place room;

	if (pub->fallback == NULL)
		return JX_OK;
	if (jx_form__answer_parse(form, i, pub->fallback, NULL, pub->id, &a, &why) != JX_OK)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "pack: %s is no answer of its field: %.200s",
			       PLACE(place_of(form, i, place, "fallback", &room)), why.text);
	jx_form__answer_clear(&a);
	return JX_OK;
}

/* ---- order ---------------------------------------------------------------------------------------- */

enum mark {
	UNSEEN,
	OPEN,
	DONE
};
struct visit {
	struct jx_form__form *form;
	const struct jx_form__place *place;
	uint8_t marks[JX_FORM__FIELDS_MAX];
	struct jx_error *err;
};

static jx_rc visit_field(struct visit *v, uint32_t i);

static bool names_field(enum jx_form__opcode op)
{
	return op == JX_FORM__OP_FIELD || op == JX_FORM__OP_SET || op == JX_FORM__OP_SUM ||
	       op == JX_FORM__OP_HAS;
}

static jx_rc visit_expr(struct visit *v, const struct jx_form__expr *e)
{
	uint16_t i;
	jx_rc rc = JX_OK;

	for (i = 1; rc == JX_OK && e != NULL && i < e->count; i++)
		if (names_field(e->nodes[i].op))
			rc = visit_field(v, e->nodes[i].field);
	return rc;
}

/* Depth is that of a chain of fields, at most JX_FORM__FIELDS_MAX. */
static jx_rc visit_field(struct visit *v, uint32_t i)
{
	struct jx_form__field *f = &v->form->fields[i];
	struct field_place room;
	jx_rc rc;

	if (v->marks[i] == OPEN)
		return jx_fail(
			v->err, JX_EINVAL, 0, WHERE,
			"pack: %s goes round in a circle: a field cannot depend on itself, correct it there",
			PLACE(place_of(v->form, i, v->place, f->shown != NULL ? "shown" : "counted", &room)));
	if (v->marks[i] == DONE)
		return JX_OK;
	v->marks[i] = OPEN;
	rc = visit_expr(v, f->shown);
	if (rc == JX_OK)
		rc = visit_expr(v, f->counted);
	v->marks[i] = DONE;
	if (rc == JX_OK && (f->shown != NULL || f->counted != NULL))
		v->form->order[v->form->order_count++] = i;
	return rc;
}

jx_rc jx_form__link_fields(struct jx_form__form *form, const struct jx_form__place *place,
			   struct jx_error *err)
{
	struct visit v = {.form = form, .place = place, .err = err};
	uint32_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < form->pub.field_count; i++) {
		rc = compile_field(form, i, place, err);
		if (rc == JX_OK)
			rc = check_fallback(form, i, place, err);
	}
	form->order = jx_xcalloc(form->pub.field_count, sizeof(*form->order));
	for (i = 0; rc == JX_OK && i < form->pub.field_count; i++)
		rc = visit_field(&v, i);
	return rc;
}
