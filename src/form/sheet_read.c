/* A sheet from an answers object, strictly as a server checks it, or taking what a draft has. */
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

#define WHERE JX_FORM__SHEET

struct reader {
	const jx_json *doc;
	jx_sheet *sheet;
	bool is_strict;
	uint32_t next; /* field after the last one: answers stand in the order of the form */
	struct jx_error *err;
};

static jx_rc fail_type(const struct jx_field *field, const char *path, const char *wanted,
		       struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, path, "%s must be %s: write it so", jx_text_pick(&field->name),
		       wanted);
}

/* Number of the code that the token is, exactly: answers hold codes, names change with language and edition. */
static jx_rc read_code(const struct reader *r, uint32_t field, int tok, const char *path, uint32_t *out)
{
	const struct jx_form__codes *codes = r->sheet->form->fields[field].codes;
	char code[JX_FORM__LIST_CODE_BYTES + 1];
	uint32_t i = JX_FORM__NONE;

	if (jx_json_str(r->doc, tok, code, sizeof(code)))
		i = jx_form__index_find(&codes->code_index, code);
	if (i >= codes->count)
		return fail_type(&r->sheet->form->pub.fields[field], path, _("a code of its list"), r->err);
	*out = i;
	return jx_form__code_check(r->sheet->form, field, i, r->sheet->day, path, r->err);
}

static jx_rc read_choices(const struct reader *r, uint32_t field, int tok, const char *path,
			  struct jx_form__answer *a)
{
	const struct jx_field *f = &r->sheet->form->pub.fields[field];
	uint32_t code = 0;
	size_t n = 0;
	int item;
	jx_rc rc = JX_OK;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_ARRAY || r->doc->tok[tok].count == 0)
		return fail_type(f, path, _("a list of codes"), r->err);
	for (item = jx_json_first(r->doc, tok); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, tok, item)) {
		rc = read_code(r, field, item, path, &code);
		if (rc == JX_OK && (!jx_form__choices_add(a, code) || a->choice_count != ++n))
			rc = fail_type(f, path, _("a list of codes, each once"), r->err);
	}
	return rc;
}

static jx_rc read_text(const struct reader *r, uint32_t field, int tok, const char *path,
		       struct jx_form__answer *a)
{
	const struct jx_field *f = &r->sheet->form->pub.fields[field];

	a->text = jx_json_strdup(r->doc, tok);
	if (a->text == NULL)
		return fail_type(f, path, _("text"), r->err);
	return jx_form__text_check(f, a->text, path, r->err);
}

static jx_rc read_yes_no(const struct reader *r, uint32_t field, int tok, const char *path,
			 struct jx_form__answer *a)
{
	for (a->number = 0; a->number < 3; a->number++)
		if (jx_json_str_is(r->doc, tok, jx_form__yes_no[a->number]))
			return JX_OK;
	return fail_type(&r->sheet->form->pub.fields[field], path, "\"yes\", \"no\", \"unknown\"", r->err);
}

static jx_rc read_answer(const struct reader *r, uint32_t field, int tok, const char *path,
			 struct jx_form__answer *a)
{
	const struct jx_field *f = &r->sheet->form->pub.fields[field];
	uint32_t code = 0;
	jx_rc rc = JX_EINVAL;

	a->is_set = true;
	switch (f->type) {
	case JX_FIELD_CHOICE:
		rc = read_code(r, field, tok, path, &code);
		a->number = code;
		break;
	case JX_FIELD_CHOICES:
		rc = read_choices(r, field, tok, path, a);
		break;
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
		if (!jx_json_i64(r->doc, tok, &a->number))
			return fail_type(f, path, _("a whole number"), r->err);
		rc = jx_form__number_check(f, a->number, path, r->err);
		break;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
		rc = read_text(r, field, tok, path, a);
		break;
	case JX_FIELD_YES_NO:
		rc = read_yes_no(r, field, tok, path, a);
		break;
	case JX_FIELD_PHOTO:
		rc = fail_type(f, path, _("left out, it is a photo"), r->err);
		break;
	}
	return rc;
}

static void clear(struct jx_form__answer *a)
{
	jx_form__answer_clear(a);
}

/* A draft leaves open what does not fit. */
static jx_rc take_member(struct reader *r, struct jx_form__spot spot, int tok)
{
	JX_CLEANUP(clear) struct jx_form__answer a = {0};
	char path[JX_FIELD_PATH_MAX];
	jx_rc rc;

	jx_form__spot_format(r->sheet->form, spot, path);
	rc = read_answer(r, spot.field, tok, path, &a);
	if (rc != JX_OK)
		return r->is_strict ? rc : JX_OK;
	jx_form__sheet_cell(r->sheet, spot)->typed = a;
	memset(&a, 0, sizeof(a));
	return JX_OK;
}

static jx_rc pass_over(const struct reader *r, int name)
{
	char text[40] = "?";

	if (!r->is_strict)
		return JX_OK;
	(void)jx_json_str(r->doc, name, text, sizeof(text));
	return jx_fail(
		r->err, JX_EINVAL, 0, WHERE,
		"answers have \"%s\", which the form %s does not: leave it out, or name the right form", text,
		r->sheet->form->pub.id);
}

/* The field of that name token in fields [first, first + count), looking first behind the last one found. */
static uint32_t find_name(struct reader *r, int name, uint32_t first, uint32_t count, bool is_row)
{
	const struct jx_form__form *form = r->sheet->form;
	uint32_t i;

	for (i = 0; i < count; i++) {
		const uint32_t at = first + (r->next - first + i) % count;

		if ((is_row || !jx_form__is_row_field(form, at)) &&
		    jx_json_str_is(r->doc, name, form->pub.fields[at].id)) {
			r->next = at + 1;
			return at;
		}
	}
	return JX_FORM__NONE;
}

static jx_rc read_row(struct reader *r, uint32_t section, int tok, size_t row)
{
	const struct jx_form__section *s = &r->sheet->form->sections[section];
	int name;
	jx_rc rc = JX_OK;

	r->next = (uint32_t)s->first;
	for (name = jx_json_first(r->doc, tok); rc == JX_OK && name >= 0;
	     name = jx_json_next(r->doc, tok, name + 1)) {
		const uint32_t field = find_name(r, name, (uint32_t)s->first, (uint32_t)s->count, true);

		rc = field == JX_FORM__NONE ? pass_over(r, name)
					    : take_member(r, (struct jx_form__spot){field, row}, name + 1);
	}
	r->next = 0;
	return rc;
}

static jx_rc read_group(struct reader *r, uint32_t section, int tok)
{
	const struct jx_section *s = &r->sheet->form->pub.sections[section];
	int item;
	jx_rc rc = JX_OK;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_ARRAY || r->doc->tok[tok].count == 0)
		return !r->is_strict
			       ? JX_OK
			       : jx_fail(r->err, JX_EINVAL, 0, s->id,
					 "%s must be a list of rows: write it so", jx_text_pick(&s->name));
	for (item = jx_json_first(r->doc, tok); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, tok, item)) {
		rc = jx_form__sheet_grow(r->sheet, section, s->id, r->err);
		if (rc != JX_OK)
			return r->is_strict ? rc : JX_OK;
		if (jx_json_type_of(r->doc, item) == JX_JSON_OBJECT)
			rc = read_row(r, section, item, r->sheet->groups[section].count - 1);
		else if (r->is_strict)
			rc = jx_fail(r->err, JX_EINVAL, 0, s->id, "%s must be a list of rows: write it so",
				     jx_text_pick(&s->name));
	}
	return rc;
}

static uint32_t find_group_name(const struct reader *r, int name)
{
	const struct jx_form *form = &r->sheet->form->pub;
	size_t i;

	for (i = 0; i < form->section_count; i++)
		if (form->sections[i].is_repeat && jx_json_str_is(r->doc, name, form->sections[i].id))
			return (uint32_t)i;
	return JX_FORM__NONE;
}

static jx_rc read_members(struct reader *r)
{
	const uint32_t count = (uint32_t)r->sheet->form->pub.field_count;
	int name;
	jx_rc rc = JX_OK;

	for (name = jx_json_first(r->doc, 0); rc == JX_OK && name >= 0;
	     name = jx_json_next(r->doc, 0, name + 1)) {
		const uint32_t group = find_group_name(r, name);
		const uint32_t field = group == JX_FORM__NONE ? find_name(r, name, 0, count, false)
							      : JX_FORM__NONE;

		if (group != JX_FORM__NONE)
			rc = read_group(r, group, name + 1);
		else if (field != JX_FORM__NONE)
			rc = take_member(r, (struct jx_form__spot){field, 0}, name + 1);
		else
			rc = pass_over(r, name);
	}
	return rc;
}

/* ---- what a condition or the rows contradict ------------------------------------------------------- */

static jx_rc check_counted(const struct jx_field *field, const struct jx_form__cell *cell, const char *path,
			   struct jx_error *err)
{
	char typed[32], counted[32];

	if (cell->counted.state != JX_FORM__VALUE || cell->counted.number == cell->typed.number)
		return JX_OK;
	jx_form__number_format(cell->typed.number, field->decimals, typed, sizeof(typed));
	jx_form__number_format(cell->counted.number, field->decimals, counted, sizeof(counted));
	return jx_fail(err, JX_EINVAL, 0, path, "%s is %s, but its rows give %s: correct one of them",
		       jx_text_pick(&field->name), typed, counted);
}

static jx_rc check_cell(const jx_sheet *sheet, struct jx_form__spot spot, struct jx_error *err)
{
	const struct jx_field *field = &sheet->form->pub.fields[spot.field];
	const struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);
	char path[JX_FIELD_PATH_MAX];

	if (!cell->typed.is_set)
		return JX_OK;
	jx_form__spot_format(sheet->form, spot, path);
	if (cell->is_hidden)
		return jx_fail(err, JX_EINVAL, 0, path,
			       "%s is not asked where the other answers are as they are: leave it out",
			       jx_text_pick(&field->name));
	return cell->is_counted ? check_counted(field, cell, path, err) : JX_OK;
}

static jx_rc check_order(const jx_sheet *sheet, struct jx_error *err)
{
	const struct jx_form__form *form = sheet->form;
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < form->order_count; i++) {
		struct jx_form__spot spot = {form->order[i], 0};
		const size_t section = form->pub.fields[spot.field].section;
		const size_t rows = form->pub.sections[section].is_repeat ? sheet->groups[section].count : 1;

		for (; rc == JX_OK && spot.row < rows; spot.row++)
			rc = check_cell(sheet, spot, err);
	}
	return rc;
}

jx_rc jx_sheet_read(const jx_pack *pack, const char *form_id, const char *day, const char *answers,
		    size_t len, bool is_strict, jx_sheet **sheet_out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	JX_AUTO(jx_sheet) sheet = NULL;
	struct reader r = {.doc = &doc, .is_strict = is_strict, .err = err};
	jx_rc rc = jx_json_parse(answers, len, &jx_json_entry_limits, &doc, err);

	if (rc == JX_OK && jx_json_type_of(&doc, 0) != JX_JSON_OBJECT)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "answers must be a JSON object: write them so");
	if (rc == JX_OK)
		rc = jx_form__sheet_make(pack, form_id, day, &sheet, err);
	if (rc != JX_OK)
		return rc;
	r.sheet = sheet;
	rc = read_members(&r);
	if (rc != JX_OK)
		return rc;
	jx_form__sheet_settle(sheet);
	if (is_strict)
		rc = check_order(sheet, err);
	if (rc == JX_OK)
		*sheet_out = JX_STEAL(sheet);
	return rc;
}
