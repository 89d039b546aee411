/* Sheets: making one, answering, rows. */
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#define WHERE JX_FORM__SHEET

const struct jx_form__form *jx_form__form_of(const jx_pack *pack, const char *form_id)
{
	const uint32_t i = jx_form__index_find(&pack->form_index, form_id);

	return i < pack->form_count && strcmp(pack->forms[i].pub.id, form_id) == 0 ? &pack->forms[i] : NULL;
}

jx_rc jx_form__sheet_make(const jx_pack *pack, const char *form_id, const char *day, jx_sheet **sheet_out,
			  struct jx_error *err)
{
	const struct jx_form__form *form = jx_form__form_of(pack, form_id);
	JX_AUTO(jx_sheet) sheet = NULL;

	if (form == NULL || form->pub.field_count == 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "form \"%.47s\" has no sheet in pack %s: see which forms there are", form_id,
			       pack->id);
	if (day == NULL || !jx_day_ok(day))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "day is no date: write year-month-day such as 2026-09-01");
	sheet = jx_xcalloc(1, sizeof(*sheet));
	sheet->pack = pack;
	sheet->form = form;
	jx_strcpy(sheet->day, sizeof(sheet->day), day);
	sheet->cells = jx_xcalloc(form->pub.field_count, sizeof(*sheet->cells));
	sheet->groups = jx_xcalloc(form->pub.section_count, sizeof(*sheet->groups));
	*sheet_out = JX_STEAL(sheet);
	return JX_OK;
}

void jx_form__sheet_default(jx_sheet *sheet, uint32_t section, size_t row)
{
	const struct jx_form__section *s = &sheet->form->sections[section];
	uint32_t i;

	for (i = (uint32_t)s->first; i < s->first + s->count; i++) {
		const char *fallback = sheet->form->pub.fields[i].fallback;
		const struct jx_form__spot spot = {i, row};
		struct jx_form__cell *cell = jx_form__sheet_cell(sheet, spot);

		/* a default whose code is closed by now is no answer */
		if (fallback != NULL)
			(void)jx_form__answer_parse(sheet->form, i, fallback, sheet->day, "", &cell->typed,
						    NULL);
	}
}

jx_rc jx_sheet_new(const jx_pack *pack, const char *form_id, const char *day, jx_sheet **sheet_out,
		   struct jx_error *err)
{
	JX_AUTO(jx_sheet) sheet = NULL;
	uint32_t i;
	const jx_rc rc = jx_form__sheet_make(pack, form_id, day, &sheet, err);

	if (rc != JX_OK)
		return rc;
	for (i = 0; i < sheet->form->pub.section_count; i++)
		if (!sheet->form->pub.sections[i].is_repeat)
			jx_form__sheet_default(sheet, i, 0);
	jx_form__sheet_settle(sheet);
	*sheet_out = JX_STEAL(sheet);
	return JX_OK;
}

void jx_sheet_free(jx_sheet *sheet)
{
	size_t i, k;

	if (sheet == NULL)
		return;
	for (i = 0; i < sheet->form->pub.field_count; i++)
		jx_form__answer_clear(&sheet->cells[i].typed);
	for (i = 0; i < sheet->form->pub.section_count; i++) {
		for (k = 0; k < sheet->groups[i].count * sheet->form->sections[i].count; k++)
			jx_form__answer_clear(&sheet->groups[i].cells[k].typed);
		free(sheet->groups[i].cells);
	}
	free(sheet->cells);
	free(sheet->groups);
	free(sheet);
}

const struct jx_form *jx_sheet_form(const jx_sheet *sheet)
{
	return &sheet->form->pub;
}

const jx_pack *jx_sheet_pack(const jx_sheet *sheet)
{
	return sheet->pack;
}

/* ---- rows ----------------------------------------------------------------------------------------- */

jx_rc jx_form__sheet_grow(jx_sheet *sheet, uint32_t section, const char *path, struct jx_error *err)
{
	const struct jx_section *s = &sheet->form->pub.sections[section];
	const size_t width = sheet->form->sections[section].count;
	struct jx_form__rows *rows = &sheet->groups[section];

	if (rows->count >= (size_t)s->rows_max)
		return jx_fail(err, JX_ELIMIT, 0, path, "%s can have %lld rows at most: begin another sheet",
			       jx_text_pick(&s->name), (long long)s->rows_max);
	if (rows->count == rows->cap) {
		rows->cap = rows->cap == 0 ? 8 : 2 * rows->cap;
		rows->cells = jx_xreallocarray(rows->cells, rows->cap, width * sizeof(*rows->cells));
	}
	memset(rows->cells + rows->count * width, 0, width * sizeof(*rows->cells));
	rows->count++;
	return JX_OK;
}

static jx_rc find_group(const jx_sheet *sheet, const char *section, uint32_t *out, struct jx_error *err)
{
	*out = jx_form__find_group(sheet->form, section, strlen(section));
	if (*out != JX_FORM__NONE)
		return JX_OK;
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "\"%.40s\" is no group of the form %s: see which it has",
		       section, sheet->form->pub.id);
}

size_t jx_sheet_rows(const jx_sheet *sheet, const char *section)
{
	const uint32_t group = jx_form__find_group(sheet->form, section, strlen(section));

	return group != JX_FORM__NONE ? sheet->groups[group].count : 0;
}

jx_rc jx_sheet_add_row(jx_sheet *sheet, const char *section, bool is_same_as_last, struct jx_error *err)
{
	uint32_t group;
	jx_rc rc = find_group(sheet, section, &group, err);
	size_t width, row, i;

	if (rc == JX_OK)
		rc = jx_form__sheet_grow(sheet, group, section, err);
	if (rc != JX_OK)
		return rc;
	width = sheet->form->sections[group].count;
	row = sheet->groups[group].count - 1;
	if (is_same_as_last && row > 0) {
		struct jx_form__cell *from = sheet->groups[group].cells + (row - 1) * width;

		for (i = 0; i < width; i++)
			jx_form__answer_copy(&from[i].typed, &from[width + i].typed);
	} else {
		jx_form__sheet_default(sheet, group, row);
	}
	jx_form__sheet_settle(sheet);
	return JX_OK;
}

jx_rc jx_sheet_remove_row(jx_sheet *sheet, const char *section, size_t row, struct jx_error *err)
{
	struct jx_form__rows *rows;
	struct jx_form__cell *cells;
	uint32_t group;
	size_t width, i;
	const jx_rc rc = find_group(sheet, section, &group, err);

	if (rc != JX_OK)
		return rc;
	rows = &sheet->groups[group];
	width = sheet->form->sections[group].count;
	if (row == 0 || row > rows->count)
		return jx_fail(err, JX_ENOTFOUND, 0, section, "%s has no row %zu: rows count from 1 to %zu",
			       jx_text_pick(&sheet->form->pub.sections[group].name), row, rows->count);
	cells = rows->cells + (row - 1) * width;
	for (i = 0; i < width; i++)
		jx_form__answer_clear(&cells[i].typed);
	memmove(cells, cells + width, (rows->count - row) * width * sizeof(*cells));
	rows->count--;
	jx_form__sheet_settle(sheet);
	return JX_OK;
}

/* ---- answers -------------------------------------------------------------------------------------- */

static jx_rc fail_path(const jx_sheet *sheet, const char *path, struct jx_error *err)
{
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "\"%.80s\" is no field of the form %s: see which it has",
		       path, sheet->form->pub.id);
}

/* The spot, with a row begun for it if it is the one after the last. */
static jx_rc find_spot(jx_sheet *sheet, const char *path, struct jx_form__spot *out, struct jx_error *err)
{
	uint32_t section;
	jx_rc rc;

	if (!jx_form__spot_parse(sheet->form, path, out))
		return fail_path(sheet, path, err);
	section = (uint32_t)sheet->form->pub.fields[out->field].section;
	if (!jx_form__is_row_field(sheet->form, out->field) || out->row < sheet->groups[section].count)
		return JX_OK;
	if (out->row > sheet->groups[section].count)
		return fail_path(sheet, path, err);
	rc = jx_form__sheet_grow(sheet, section, path, err);
	if (rc == JX_OK)
		jx_form__sheet_default(sheet, section, out->row);
	return rc;
}

jx_rc jx_sheet_set(jx_sheet *sheet, const char *path, const char *typed, struct jx_error *err)
{
	JX_CLEANUP(jx_form__answer_clear) struct jx_form__answer a = {0};
	struct jx_form__spot spot;
	struct jx_form__cell *cell;
	jx_rc rc = JX_OK;

	if (!jx_form__spot_parse(sheet->form, path, &spot))
		return fail_path(sheet, path, err);
	if (*typed != '\0')
		rc = jx_form__answer_parse(sheet->form, spot.field, typed, sheet->day, path, &a, err);
	/* nothing is begun for an answer that is refused */
	if (rc == JX_OK)
		rc = find_spot(sheet, path, &spot, err);
	if (rc != JX_OK)
		return rc;
	cell = jx_form__sheet_cell(sheet, spot);
	if (cell->is_counted)
		return jx_fail(err, JX_EINVAL, 0, path,
			       "%s is counted from the rows: change those, or remove them",
			       jx_text_pick(&sheet->form->pub.fields[spot.field].name));
	jx_form__answer_clear(&cell->typed);
	cell->typed = a;
	memset(&a, 0, sizeof(a));
	jx_form__sheet_settle(sheet);
	return JX_OK;
}

jx_rc jx_sheet_get(const jx_sheet *sheet, const char *path, char *out, size_t cap, struct jx_error *err)
{
	struct jx_form__spot spot;
	const struct jx_form__cell *cell = NULL;
	JX_AUTO_BUF b = {0};
	jx_rc rc;

	if (jx_form__spot_parse(sheet->form, path, &spot))
		cell = jx_form__sheet_cell(sheet, spot);
	if (cell == NULL)
		return fail_path(sheet, path, err);
	jx_buf_init(&b, JX_FORM__ANSWERS_BYTES);
	if (cell->is_counted) {
		const struct jx_form__answer a = {.is_set = cell->counted.state == JX_FORM__VALUE,
						  .number = cell->counted.number};

		jx_form__answer_format(sheet->form, spot.field, &a, &b);
	} else {
		jx_form__answer_format(sheet->form, spot.field, &cell->typed, &b);
	}
	rc = jx_buf_check(&b, "answers", err);
	if (rc != JX_OK)
		return rc;
	if (b.len >= cap)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "no room for the answer %s: give more", path);
	jx_strcpy(out, cap, b.data != NULL ? b.data : "");
	return JX_OK;
}
