/* Which rules a sheet does not keep, in the order of the form. */
#include <string.h>

#include "sheet.h"

struct found {
	const jx_sheet *sheet;
	struct jx_problem *out;
	size_t cap, count;
};

static void add(struct found *f, struct jx_form__spot spot, const char *rule, const struct jx_text *text)
{
	if (f->count < f->cap) {
		struct jx_problem *p = &f->out[f->count];

		jx_form__spot_format(f->sheet->form, spot, p->path);
		p->rule = rule;
		p->text = *text;
	}
	f->count++;
}

/* A field's own rule: its text is in the messages' language already. */
static void add_own(struct found *f, struct jx_form__spot spot, const char *rule, const char *translated)
{
	const struct jx_text text = {translated, translated};

	add(f, spot, rule, &text);
}

static bool has_role(const struct jx_form__photos *photos, const char *role)
{
	size_t i;

	for (i = 0; i < photos->count; i++)
		if (strcmp(photos->roles[i], role) == 0)
			return true;
	return !photos->are_known;
}

static void look_at_cell(struct found *f, struct jx_form__spot spot, const struct jx_form__photos *photos)
{
	const struct jx_field *field = &f->sheet->form->pub.fields[spot.field];
	const struct jx_form__cell *cell = jx_form__sheet_cell(f->sheet, spot);

	if (cell->is_hidden)
		return;
	if (field->type == JX_FIELD_PHOTO) {
		if (field->is_needed && !has_role(photos, field->role))
			add_own(f, spot, "photo", _("this photo is missing: take it"));
	} else if (cell->is_counted && cell->counted.state == JX_FORM__OVERFLOW) {
		add_own(f, spot, "overflow", _("the rows give a number that is too large: check them"));
	} else if (cell->is_counted && cell->counted.state == JX_FORM__VALUE &&
		   (cell->counted.number < field->min || cell->counted.number > field->max)) {
		add_own(f, spot, "range", _("the rows give a number out of range: check them"));
	} else if (field->is_needed &&
		   (cell->is_counted ? cell->counted.state == JX_FORM__NOTHING : !cell->typed.is_set)) {
		add_own(f, spot, "needed", _("is not answered: answer it"));
	}
}

static void look_at_section(struct found *f, uint32_t section, const struct jx_form__photos *photos)
{
	const struct jx_form__form *form = f->sheet->form;
	const struct jx_form__section *s = &form->sections[section];
	const size_t rows = form->pub.sections[section].is_repeat ? f->sheet->groups[section].count : 1;
	struct jx_form__spot spot;

	for (spot.row = 0; spot.row < rows; spot.row++)
		for (spot.field = (uint32_t)s->first; spot.field < s->first + s->count; spot.field++)
			look_at_cell(f, spot, photos);
}

static void look_at_check(struct found *f, const struct jx_form__check *check)
{
	const size_t rows = check->each != JX_FORM__NONE ? f->sheet->groups[check->each].count : 1;
	size_t row;

	for (row = 0; row < rows; row++) {
		const struct jx_form__value v = jx_form__expr_eval(check->must, f->sheet, row);
		const struct jx_form__spot spot = {check->at, row};

		if (v.state == JX_FORM__OVERFLOW)
			add_own(f, spot, "overflow",
				_("these numbers are too large to be checked: correct them"));
		else if (v.state == JX_FORM__VALUE && v.number == 0)
			add(f, spot, check->id, &check->say);
	}
}

/* What is to be counted must be a number: a contribution that silently is none would make a grade better. */
static void look_at_count(struct found *f, const struct jx_form__expr *expr)
{
	const struct jx_form__spot spot = {0, 0};

	if (expr != NULL && jx_form__expr_eval(expr, f->sheet, 0).state == JX_FORM__OVERFLOW)
		add_own(f, spot, "overflow", _("these numbers are too large to be counted: correct them"));
}

size_t jx_form__problems(const jx_sheet *sheet, const struct jx_form__photos *photos, struct jx_problem *out,
			 size_t cap)
{
	const struct jx_form__form *form = sheet->form;
	struct found f = {sheet, out, cap, 0};
	size_t i;

	for (i = 0; i < form->pub.section_count; i++)
		look_at_section(&f, (uint32_t)i, photos);
	for (i = 0; i < form->check_count; i++)
		look_at_check(&f, &form->checks[i]);
	for (i = 0; i < form->count_count; i++) {
		look_at_count(&f, form->counts[i].numerator);
		look_at_count(&f, form->counts[i].denominator);
	}
	for (i = 0; i < form->quota_count; i++) {
		look_at_count(&f, form->quota[i].units);
		look_at_count(&f, form->quota[i].effort);
	}
	return f.count;
}

size_t jx_sheet_problems(const jx_sheet *sheet, const char *const *photo_roles, size_t role_count,
			 struct jx_problem *out, size_t cap)
{
	const struct jx_form__photos photos = {true, photo_roles, role_count};

	return jx_form__problems(sheet, &photos, out, cap);
}

jx_rc jx_form__check_sheet(const jx_sheet *sheet, const struct jx_form__photos *photos, struct jx_error *err)
{
	struct jx_problem p = {.path = ""};

	if (jx_form__problems(sheet, photos, &p, 1) == 0)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, p.path, "%s: %s",
		       jx_text_pick(&jx_sheet_field(sheet, p.path)->name), jx_text_pick(&p.text));
}
