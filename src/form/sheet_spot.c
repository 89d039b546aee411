/* Fields of a sheet by path, which of them are asked, and what counts in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sheet.h"

bool jx_form__spot_parse(const struct jx_form__form *form, const char *path, struct jx_form__spot *out)
{
	const char *bracket = strchr(path, '[');
	const char *end = bracket != NULL ? strstr(bracket, "].") : NULL;
	char number[8];
	int64_t row;
	uint32_t group;

	if (bracket == NULL) {
		out->row = 0;
		out->field = jx_form__find_field(form, JX_FORM__NONE, path, strlen(path));
		return out->field != JX_FORM__NONE;
	}
	group = jx_form__find_group(form, path, (size_t)(bracket - path));
	if (end == NULL || group == JX_FORM__NONE || (size_t)(end - bracket) > sizeof(number))
		return false;
	memcpy(number, bracket + 1, (size_t)(end - bracket) - 1);
	number[end - bracket - 1] = '\0';
	if (!jx_parse_i64(number, 1, JX_FORM__ROWS_MAX + 1, &row))
		return false;
	out->row = (size_t)row - 1;
	out->field = jx_form__find_field(form, group, end + 2, strlen(end + 2));
	return out->field != JX_FORM__NONE;
}

void jx_form__spot_format(const struct jx_form__form *form, struct jx_form__spot spot,
			  char out[JX_FIELD_PATH_MAX])
{
	const struct jx_field *f = &form->pub.fields[spot.field];

	if (jx_form__is_row_field(form, spot.field))
		(void)snprintf(out, JX_FIELD_PATH_MAX, "%.31s[%u].%.31s", form->pub.sections[f->section].id,
			       (unsigned)spot.row + 1, f->id);
	else
		(void)snprintf(out, JX_FIELD_PATH_MAX, "%.31s", f->id);
}

struct jx_form__cell *jx_form__sheet_cell(const jx_sheet *sheet, struct jx_form__spot spot)
{
	const size_t section = sheet->form->pub.fields[spot.field].section;
	const struct jx_form__section *s = &sheet->form->sections[section];

	if (!sheet->form->pub.sections[section].is_repeat)
		return &sheet->cells[spot.field];
	if (spot.row >= sheet->groups[section].count)
		return NULL;
	return &sheet->groups[section].cells[spot.row * s->count + spot.field - s->first];
}

const struct jx_form__answer *jx_form__sheet_answer(const jx_sheet *sheet, struct jx_form__spot spot)
{
	const struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);

	return cell != NULL && !cell->is_hidden && !cell->is_counted && cell->typed.is_set ? &cell->typed
											   : NULL;
}

static struct jx_form__value word(const char *s)
{
	return (struct jx_form__value){.state = JX_FORM__VALUE, .word = s, .word_len = strlen(s)};
}

struct jx_form__value jx_form__sheet_value(const jx_sheet *sheet, uint32_t field, size_t row)
{
	const struct jx_form__spot spot = {field, row};
	const struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);
	const struct jx_form__value nothing = {.state = JX_FORM__NOTHING};
	const struct jx_field *f = &sheet->form->pub.fields[field];

	if (cell == NULL || cell->is_hidden)
		return nothing;
	if (cell->is_counted)
		return cell->counted;
	if (!cell->typed.is_set)
		return nothing;
	if (f->type == JX_FIELD_CHOICE)
		return word(sheet->form->fields[field].codes->codes[cell->typed.number].pub.code);
	if (f->type == JX_FIELD_YES_NO)
		return word(jx_form__yes_no[cell->typed.number]);
	if (cell->typed.text != NULL)
		return word(cell->typed.text);
	return (struct jx_form__value){.state = JX_FORM__VALUE, .number = cell->typed.number};
}

static bool has_rows(const jx_sheet *sheet, uint64_t groups)
{
	size_t i;

	for (i = 0; i < sheet->form->pub.section_count; i++)
		if ((groups >> i & 1) != 0 && sheet->groups[i].count > 0)
			return true;
	return false;
}

static void settle_cell(jx_sheet *sheet, struct jx_form__spot spot)
{
	const struct jx_form__field *f = &sheet->form->fields[spot.field];
	struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);

	cell->is_hidden = !jx_form__expr_is_true(f->shown, sheet, spot.row);
	cell->is_counted = f->counted != NULL && has_rows(sheet, f->counted->groups);
	if (cell->is_counted)
		cell->counted = jx_form__expr_eval(f->counted, sheet, spot.row);
}

void jx_form__sheet_settle(jx_sheet *sheet)
{
	const struct jx_form__form *form = sheet->form;
	size_t i;

	for (i = 0; i < form->order_count; i++) {
		struct jx_form__spot spot = {form->order[i], 0};
		const size_t section = form->pub.fields[spot.field].section;

		if (!form->pub.sections[section].is_repeat)
			settle_cell(sheet, spot);
		else
			for (; spot.row < sheet->groups[section].count; spot.row++)
				settle_cell(sheet, spot);
	}
}

bool jx_sheet_is_shown(const jx_sheet *sheet, const char *path)
{
	struct jx_form__spot spot;
	const struct jx_form__cell *cell;

	if (!jx_form__spot_parse(sheet->form, path, &spot))
		return false;
	cell = jx_form__sheet_cell(sheet, spot);
	return cell != NULL && !cell->is_hidden;
}

const struct jx_field *jx_sheet_field(const jx_sheet *sheet, const char *path)
{
	struct jx_form__spot spot;

	return jx_form__spot_parse(sheet->form, path, &spot) ? &sheet->form->pub.fields[spot.field] : NULL;
}

/* The spot after this one in the order of the form, row by row. False after the last. */
static bool step(const jx_sheet *sheet, struct jx_form__spot *spot)
{
	const struct jx_form__form *form = sheet->form;
	const size_t section = form->pub.fields[spot->field].section;
	const struct jx_form__section *s = &form->sections[section];

	if (form->pub.sections[section].is_repeat && spot->field + 1 == s->first + s->count &&
	    spot->row + 1 < sheet->groups[section].count) {
		spot->field = (uint32_t)s->first;
		spot->row++;
		return true;
	}
	spot->field++;
	if (spot->field >= form->pub.field_count)
		return false;
	if (form->pub.fields[spot->field].section != section)
		spot->row = 0;
	return true;
}

static bool is_asked(const jx_sheet *sheet, struct jx_form__spot spot)
{
	const struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);

	return cell != NULL && !cell->is_hidden && !cell->is_counted;
}

bool jx_sheet_next(const jx_sheet *sheet, const char *path, char out[JX_FIELD_PATH_MAX])
{
	struct jx_form__spot spot = {0, 0};
	bool is_there = true;

	if (path != NULL && *path != '\0')
		is_there = jx_form__spot_parse(sheet->form, path, &spot) && step(sheet, &spot);
	while (is_there && !is_asked(sheet, spot))
		is_there = step(sheet, &spot);
	if (is_there)
		jx_form__spot_format(sheet->form, spot, out);
	return is_there;
}
