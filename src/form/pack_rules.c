/* Rules of a form: checks, computed values, what it counts for indices and quotas. */
#include <string.h>

#include "expr.h"

#define WHERE JX_FORM__WHERE

struct load_rules {
	struct jx_form__reader *r;
	struct jx_form__form *form;
};

/* The expression in member `name`; absent: *out stays, unless needed. */
static jx_rc load_expr(const struct load_rules *load, int tok, const char *name, bool is_needed,
		       enum jx_form__type type, uint32_t group, const struct jx_form__place *place,
		       struct jx_form__expr **out, struct jx_error *err)
{
	const struct jx_form__scope scope = {load->form, group};
	const char *source = NULL;
	const jx_rc rc = jx_form__read_member(load->r, tok, name, is_needed, JX_FORM__EXPR_BYTES,
					      OF(place, name), &source, err);

	if (rc != JX_OK || source == NULL)
		return rc;
	return jx_form__expr_compile(source, type, &scope, OF(place, name), out, err);
}

/* A field named in a member; group as in jx_form__find_field(). */
static jx_rc read_field(const struct load_rules *load, int tok, const char *name, uint32_t group,
			const struct jx_form__place *place, uint32_t *out, struct jx_error *err)
{
	const char *id = NULL;
	jx_rc rc = jx_form__read_member(load->r, tok, name, true, JX_FORM__NAME_BYTES, OF(place, name), &id,
					err);
	uint32_t field = JX_FORM__NONE;

	if (rc != JX_OK)
		return rc;
	if (group != JX_FORM__NONE)
		field = jx_form__find_field(load->form, group, id, strlen(id));
	if (field == JX_FORM__NONE)
		field = jx_form__find_field(load->form, JX_FORM__NONE, id, strlen(id));
	if (field == JX_FORM__NONE)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s names \"%s\", which is no field of this form there: correct it there",
			PLACE(OF(place, name)), id);
	*out = field;
	return JX_OK;
}

/* ---- checks --------------------------------------------------------------------------------------- */

static jx_rc prepare_checks(void *arg, size_t count, struct jx_error *err)
{
	const struct load_rules *load = arg;

	(void)err;
	load->form->checks = jx_xcalloc(count, sizeof(*load->form->checks));
	load->form->check_count = count;
	return JX_OK;
}

static jx_rc read_each(const struct load_rules *load, int tok, const struct jx_form__place *place,
		       uint32_t *out, struct jx_error *err)
{
	const char *id = NULL;
	const jx_rc rc = jx_form__read_member(load->r, tok, "each", false, JX_FORM__NAME_BYTES,
					      OF(place, "each"), &id, err);

	*out = JX_FORM__NONE;
	if (rc != JX_OK || id == NULL)
		return rc;
	*out = jx_form__find_group(load->form, id, strlen(id));
	if (*out == JX_FORM__NONE)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names \"%s\", which is no group of this form: correct it there",
			       PLACE(OF(place, "each")), id);
	return JX_OK;
}

static jx_rc load_check(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	const struct load_rules *load = arg;
	struct jx_form__check *c = &load->form->checks[i];
	size_t k;
	jx_rc rc = jx_form__read_id(load->r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"), &c->id, err);

	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(load->form->checks[k].id, c->id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which this form has already: rename one of them",
				     PLACE(OF(place, "id")), c->id);
	if (rc == JX_OK)
		rc = read_each(load, tok, place, &c->each, err);
	if (rc == JX_OK)
		rc = load_expr(load, tok, "must", true, JX_FORM__TRUTH, c->each, place, &c->must, err);
	if (rc == JX_OK)
		rc = read_field(load, tok, "at", c->each, place, &c->at, err);
	if (rc == JX_OK)
		rc = jx_form__read_text(load->r, tok, "say", true, 300, OF(place, "say"), &c->say, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(load->r, tok, "confidence", false, 1000, OF(place, "confidence"),
					  &c->confidence, err);
	return rc;
}

/* ---- computed ------------------------------------------------------------------------------------- */

static jx_rc prepare_computed(void *arg, size_t count, struct jx_error *err)
{
	const struct load_rules *load = arg;

	(void)err;
	load->form->computed = jx_xcalloc(count, sizeof(*load->form->computed));
	load->form->computed_count = count;
	return JX_OK;
}

static jx_rc read_index(const struct load_rules *load, int tok, bool is_needed,
			const struct jx_form__place *place, const char **out, struct jx_error *err)
{
	const jx_rc rc = jx_form__read_member(load->r, tok, "index", is_needed, JX_FORM__NAME_BYTES,
					      OF(place, "index"), out, err);

	if (rc == JX_OK && *out != NULL && !jx_form__has_index(load->r->pack, *out))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s names the index \"%s\", which \"indices\" does not have: add it there",
			PLACE(OF(place, "index")), *out);
	return rc;
}

static jx_rc load_computed(void *arg, int tok, size_t i, const struct jx_form__place *place,
			   struct jx_error *err)
{
	const struct load_rules *load = arg;
	struct jx_form__computed *c = &load->form->computed[i];
	jx_rc rc = jx_form__read_text(load->r, tok, "name", true, JX_FORM__NAME_BYTES, OF(place, "name"),
				      &c->name, err);

	if (rc == JX_OK)
		rc = read_index(load, tok, false, place, &c->index, err);
	if (rc == JX_OK)
		rc = load_expr(load, tok, "value", false, JX_FORM__NUMBER, JX_FORM__NONE, place, &c->value,
			       err);
	if (rc == JX_OK && (c->index == NULL) == (c->value == NULL))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s needs either \"index\" or \"value\": correct it there", PLACE(place));
	return rc == JX_OK ? jx_form__read_unit(load->r, tok, "unit", OF(place, "unit"), &c->unit, err) : rc;
}

/* ---- counts and quota ----------------------------------------------------------------------------- */

static jx_rc prepare_counts(void *arg, size_t count, struct jx_error *err)
{
	const struct load_rules *load = arg;

	(void)err;
	load->form->counts = jx_xcalloc(count, sizeof(*load->form->counts));
	load->form->count_count = count;
	return JX_OK;
}

static jx_rc load_count(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	const struct load_rules *load = arg;
	struct jx_form__count *c = &load->form->counts[i];
	jx_rc rc = read_index(load, tok, true, place, &c->index, err);

	if (rc == JX_OK)
		rc = load_expr(load, tok, "numerator", true, JX_FORM__NUMBER, JX_FORM__NONE, place,
			       &c->numerator, err);
	if (rc == JX_OK)
		rc = load_expr(load, tok, "denominator", true, JX_FORM__NUMBER, JX_FORM__NONE, place,
			       &c->denominator, err);
	return rc == JX_OK ? load_expr(load, tok, "when", false, JX_FORM__TRUTH, JX_FORM__NONE, place,
				       &c->when, err)
			   : rc;
}

static jx_rc prepare_quota(void *arg, size_t count, struct jx_error *err)
{
	const struct load_rules *load = arg;

	(void)err;
	load->form->quota = jx_xcalloc(count, sizeof(*load->form->quota));
	load->form->quota_count = count;
	return JX_OK;
}

static jx_rc load_quota(void *arg, int tok, size_t i, const struct jx_form__place *place,
			struct jx_error *err)
{
	const struct load_rules *load = arg;
	struct jx_form__quota_row *q = &load->form->quota[i];
	jx_rc rc = jx_form__read_member(load->r, tok, "quota", true, JX_FORM__NAME_BYTES, OF(place, "quota"),
					&q->quota, err);

	if (rc == JX_OK && !jx_form__has_quota(load->r->pack, q->quota))
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s names the quota \"%s\", which \"quotas\" does not have: add it there",
			     PLACE(OF(place, "quota")), q->quota);
	q->class_field = JX_FORM__NONE;
	if (rc == JX_OK && jx_json_get(load->r->doc, tok, "class") >= 0)
		rc = read_field(load, tok, "class", JX_FORM__NONE, place, &q->class_field, err);
	if (rc == JX_OK && q->class_field != JX_FORM__NONE &&
	    load->form->pub.fields[q->class_field].type != JX_FIELD_CHOICE)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s must name a field of type choice: correct it there",
			     PLACE(OF(place, "class")));
	if (rc == JX_OK)
		rc = load_expr(load, tok, "units", true, JX_FORM__NUMBER, JX_FORM__NONE, place, &q->units,
			       err);
	if (rc == JX_OK)
		rc = load_expr(load, tok, "effort", true, JX_FORM__NUMBER, JX_FORM__NONE, place, &q->effort,
			       err);
	return rc == JX_OK ? load_expr(load, tok, "when", false, JX_FORM__TRUTH, JX_FORM__NONE, place,
				       &q->when, err)
			   : rc;
}

jx_rc jx_form__load_rules(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			  struct jx_form__form *form, struct jx_error *err)
{
	struct load_rules load = {r, form};
	const struct jx_form__walk walks[] = {
		{"checks", JX_FORM__RULES_MAX, prepare_checks, load_check, &load},
		{"computed", JX_FORM__RULES_MAX, prepare_computed, load_computed, &load},
		{"counts", JX_FORM__RULES_MAX, prepare_counts, load_count, &load},
		{"quota", JX_FORM__RULES_MAX, prepare_quota, load_quota, &load},
	};
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < sizeof(walks) / sizeof(walks[0]); i++)
		rc = jx_form__walk_list(r, tok, place, &walks[i], err);
	return rc;
}
