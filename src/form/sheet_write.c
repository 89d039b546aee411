/* A sheet as an answers object: compact JSON in the order of the form. */
#include <string.h>

#include "sheet.h"

struct writer {
	const jx_sheet *sheet;
	bool is_draft; /* what was typed, also where it does not count now */
	jx_buf b;
};

static void write_name(jx_buf *b, const char *name)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		jx_buf_addc(b, ',');
	jx_buf_addf(b, "\"%s\":", name);
}

static void write_choices(jx_buf *b, const struct jx_form__codes *codes, const struct jx_form__answer *a)
{
	size_t i;

	jx_buf_addc(b, '[');
	for (i = 0; i < a->choice_count; i++)
		jx_buf_addf(b, "%s\"%s\"", i == 0 ? "" : ",", codes->codes[a->choices[i]].pub.code);
	jx_buf_addc(b, ']');
}

static void write_answer(struct writer *w, uint32_t field, const struct jx_form__answer *a)
{
	const struct jx_form__codes *codes = w->sheet->form->fields[field].codes;

	write_name(&w->b, w->sheet->form->pub.fields[field].id);
	switch (w->sheet->form->pub.fields[field].type) {
	case JX_FIELD_CHOICE:
		jx_buf_addf(&w->b, "\"%s\"", codes->codes[a->number].pub.code);
		break;
	case JX_FIELD_CHOICES:
		write_choices(&w->b, codes, a);
		break;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
		if (a->text != NULL) /* an answer that is set has one */
			jx_buf_add_json(&w->b, a->text, strlen(a->text));
		break;
	case JX_FIELD_YES_NO:
		jx_buf_addf(&w->b, "\"%s\"", jx_form__yes_no[a->number]);
		break;
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
	case JX_FIELD_PHOTO: /* never set */
		jx_buf_add_i64(&w->b, a->number);
		break;
	}
}

static void write_cell(struct writer *w, struct jx_form__spot spot)
{
	const struct jx_form__cell *cell = jx_form__sheet_cell(w->sheet, spot);
	const struct jx_form__answer counted = {.is_set = true, .number = cell->counted.number};

	if (w->is_draft) {
		if (cell->typed.is_set)
			write_answer(w, spot.field, &cell->typed);
	} else if (cell->is_hidden) {
		return;
	} else if (cell->is_counted) {
		if (cell->counted.state == JX_FORM__VALUE)
			write_answer(w, spot.field, &counted);
	} else if (cell->typed.is_set) {
		write_answer(w, spot.field, &cell->typed);
	}
}

static void write_row(struct writer *w, const struct jx_form__section *s, size_t row)
{
	uint32_t i;

	for (i = (uint32_t)s->first; i < s->first + s->count; i++)
		write_cell(w, (struct jx_form__spot){i, row});
}

static void write_group(struct writer *w, size_t section)
{
	const size_t rows = w->sheet->groups[section].count;
	size_t row;

	if (rows == 0)
		return;
	write_name(&w->b, w->sheet->form->pub.sections[section].id);
	for (row = 0; row < rows; row++) {
		jx_buf_adds(&w->b, row == 0 ? "[{" : ",{");
		write_row(w, &w->sheet->form->sections[section], row);
		jx_buf_addc(&w->b, '}');
	}
	jx_buf_addc(&w->b, ']');
}

static void free_writer(struct writer *w)
{
	jx_buf_done(&w->b);
}

static jx_rc write_sheet(const jx_sheet *sheet, bool is_draft, jx_buf *answers_out, struct jx_error *err)
{
	JX_CLEANUP(free_writer) struct writer w = {.sheet = sheet, .is_draft = is_draft};
	JX_AUTO_JSON doc = {0};
	size_t i;
	jx_rc rc;

	jx_buf_init(&w.b, JX_FORM__ANSWERS_BYTES);
	jx_buf_addc(&w.b, '{');
	for (i = 0; i < sheet->form->pub.section_count; i++) {
		if (sheet->form->pub.sections[i].is_repeat)
			write_group(&w, i);
		else
			write_row(&w, &sheet->form->sections[i], 0);
	}
	jx_buf_addc(&w.b, '}');
	rc = jx_buf_check(&w.b, "answers", err);
	/* an entry also has a ceiling of values: nothing is written that nobody reads */
	if (rc == JX_OK)
		rc = jx_json_parse(w.b.data, w.b.len, &jx_json_entry_limits, &doc, err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(answers_out, w.b.data, w.b.len);
	return jx_buf_check(answers_out, "answers", err);
}

jx_rc jx_sheet_write(const jx_sheet *sheet, const char *const *photo_roles, size_t role_count,
		     jx_buf *answers_out, struct jx_error *err)
{
	const struct jx_form__photos photos = {true, photo_roles, role_count};
	const jx_rc rc = jx_form__check_sheet(sheet, &photos, err);

	return rc == JX_OK ? write_sheet(sheet, false, answers_out, err) : rc;
}

jx_rc jx_sheet_write_draft(const jx_sheet *sheet, jx_buf *answers_out, struct jx_error *err)
{
	return write_sheet(sheet, true, answers_out, err);
}
