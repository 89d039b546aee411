/* jx-office checks: the checks of one form, a row each, with its fields as columns; or how many there are of each form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grades.h"

#define WHERE     "office.checks"
#define CELL_MAX  ((size_t)256 * 1024) /* a text of every row of a repeat group */
#define FORMS_MAX 256

struct list {
	const struct jx_form *form; /* columns: those of the newest version */
	jx_buf row, cell;
	int64_t count;
};

/* ---- cells ---- */

static void end_cell(struct list *l)
{
	jx_buf_addc(&l->row, ',');
}

static void add_text(struct list *l, const char *text)
{
	jx_office__csv_text(&l->row, text);
	end_cell(l);
}

static void add_degrees(struct list *l, const struct jx_entry *e, int32_t value_e7)
{
	if (e->has_place && e->fix.source != JX_FIX_NONE)
		jx_office__add_e7(&l->row, value_e7);
	end_cell(l);
}

static void add_number(struct list *l, int64_t value)
{
	jx_buf_add_i64(&l->row, value);
	end_cell(l);
}

/* The answers of all rows of a group, one after the other. */
static void add_field(struct list *l, const jx_sheet *sheet, const struct jx_section *section,
		      const struct jx_field *field)
{
	const size_t rows = section->is_repeat ? jx_sheet_rows(sheet, section->id) : 1;
	char path[JX_FIELD_PATH_MAX];
	char value[4 * JX_NOTE_CHARS_MAX + 1];

	jx_buf_reset(&l->cell);
	for (size_t i = 1; i <= rows; i++) {
		if (section->is_repeat)
			(void)snprintf(path, sizeof(path), "%s[%zu].%s", section->id, i, field->id);
		else
			jx_strcpy(path, sizeof(path), field->id);
		if (i > 1)
			jx_buf_adds(&l->cell, "; ");
		if (jx_sheet_get(sheet, path, value, sizeof(value), NULL) == JX_OK)
			jx_buf_adds(&l->cell, value);
	}
	if (l->cell.rc != JX_OK)
		jx_buf_add_buf(&l->row, &l->cell); /* a cell cut off is no cell */
	else
		jx_office__csv_text(&l->row, l->cell.data == NULL ? "" : l->cell.data);
	end_cell(l);
}

static void add_fields(struct list *l, const jx_sheet *sheet)
{
	for (size_t i = 0; i < l->form->field_count; i++) {
		const struct jx_field *f = &l->form->fields[i];
		const struct jx_section *section = &l->form->sections[f->section];

		if (section->is_repeat && (i == 0 || f[-1].section != f->section))
			add_number(l, (int64_t)jx_sheet_rows(sheet, section->id));
		if (f->type != JX_FIELD_PHOTO)
			add_field(l, sheet, section, f);
	}
}

/* ---- rows ---- */

static const char *const common[] = {"编号 number",        "业务日 day",     "时间 taken_local",
				     "人员 person",        "辖区 area",      "网格 grid",
				     "街路 street",        "纬度 lat_wgs84", "经度 lon_wgs84",
				     "照片数 photo_count", "复核标记 marks", "表单包版本 pack_version"};

static jx_rc print_row(struct list *l, struct jx_error *err)
{
	const jx_rc rc = jx_buf_check(&l->row, "row", err);

	if (rc != JX_OK)
		return rc;
	/* a row is as long as its head: the last comma goes */
	(void)fwrite(l->row.data, 1, l->row.len - 1, stdout);
	fputs("\r\n", stdout);
	jx_buf_reset(&l->row);
	return JX_OK;
}

static jx_rc print_head(struct list *l, struct jx_error *err)
{
	char name[512];

	fputs("\xef\xbb\xbf", stdout);
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		add_text(l, common[i]);
	for (size_t i = 0; i < l->form->field_count; i++) {
		const struct jx_field *f = &l->form->fields[i];
		const struct jx_section *section = &l->form->sections[f->section];

		if (section->is_repeat && (i == 0 || f[-1].section != f->section)) {
			(void)snprintf(name, sizeof(name), "%s %s", section->name.zh, section->id);
			add_text(l, name);
		}
		(void)snprintf(name, sizeof(name), "%s %s%s%s", f->name.zh,
			       section->is_repeat ? section->id : "", section->is_repeat ? "." : "", f->id);
		if (f->type != JX_FIELD_PHOTO)
			add_text(l, name);
	}
	add_text(l, "结果 summary");
	return print_row(l, err);
}

static jx_rc take_check(void *user, const struct jx_office__counted *c, struct jx_error *err)
{
	struct list *l = user;
	const struct jx_entry *e = c->e;
	char text[JX_OFFICE__NUMBER_MAX + 32];
	struct jx_answers_brief brief = {.summary = ""};
	JX_AUTO(jx_sheet) sheet = NULL;
	jx_rc rc;

	if (c->form == NULL)
		return JX_OK;
	rc = jx_sheet_read(c->pack, e->form, e->day, e->answers.data, e->answers.len, false, &sheet, err);
	if (rc == JX_OK)
		rc = jx_form_brief_as(c->pack, e->form, e->day, e->answers.data, e->answers.len, &brief, err);
	/* answers that cannot be read: the row is there, its fields are empty, its marks say why */
	if (rc == JX_EINVAL)
		rc = jx_sheet_new(c->pack, e->form, e->day, &sheet, err);
	if (rc != JX_OK)
		return rc;
	jx_office__number(c->place->writer, c->place->short_code, c->place->n, text);
	add_text(l, text);
	add_text(l, c->day);
	office_time(e->taken_utc_ms, NULL, text, sizeof(text));
	add_text(l, text);
	add_text(l, e->person);
	add_text(l, e->area);
	add_text(l, e->grid);
	add_text(l, e->street);
	add_degrees(l, e, e->fix.lat_wgs84_e7);
	add_degrees(l, e, e->fix.lon_wgs84_e7);
	add_number(l, (int64_t)e->photo_count);
	add_text(l, c->marks);
	add_number(l, e->pack_version);
	add_fields(l, sheet);
	add_text(l, brief.summary);
	l->count++;
	return print_row(l, err);
}

static const struct jx_form *find_form(const struct jx_office__desk *desk, const char *name)
{
	for (size_t i = jx_packs_count(desk->packs); i-- > 0;) {
		const struct jx_form *form = jx_pack_form_find(jx_packs_at(desk->packs, i), name);

		if (form != NULL && !form->is_observation)
			return form;
	}
	return NULL;
}

static jx_rc list_form(struct jx_office__desk *desk, const char *name, struct jx_office__filter *filter,
		       struct jx_error *err)
{
	struct list l = {.form = find_form(desk, name)};
	jx_rc rc;

	if (l.form == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "no pack has the form \"%s\": jx-office checks lists those that were used",
			       name);
	jx_strcpy(filter->form, sizeof(filter->form), l.form->id);
	jx_buf_init(&l.row, 4 * CELL_MAX);
	jx_buf_init(&l.cell, CELL_MAX);
	rc = print_head(&l, err);
	if (rc == JX_OK)
		rc = jx_office__each_check(desk, filter, take_check, &l, err);
	jx_buf_done(&l.row);
	jx_buf_done(&l.cell);
	return rc;
}

/* ---- how many ---- */

struct counts {
	struct {
		char form[48];
		const struct jx_form *known;
		int64_t checks;
	} row[FORMS_MAX];
	size_t count;
};

static jx_rc count_check(void *user, const struct jx_office__counted *c, struct jx_error *err)
{
	struct counts *t = user;
	size_t i = 0;

	while (i < t->count && strcmp(t->row[i].form, c->e->form) != 0)
		i++;
	if (i == FORMS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "there are checks of more than %d forms: name the form, or a shorter period",
			       FORMS_MAX);
	if (i == t->count) {
		jx_strcpy(t->row[i].form, sizeof(t->row[i].form), c->e->form);
		t->count++;
	}
	if (c->form != NULL)
		t->row[i].known = c->form;
	t->row[i].checks++;
	return JX_OK;
}

static bool is_at_once(const struct jx_form *form)
{
	return form != NULL && form->is_at_once;
}

static void print_form(const struct office *o, const struct counts *t, size_t i)
{
	const struct jx_form *form = t->row[i].known;
	struct jx_office__json j;

	if (o->json) {
		jx_office__json_begin(&j);
		jx_office__json_str(&j, "form", t->row[i].form);
		jx_office__json_int(&j, "checks", t->row[i].checks);
		jx_office__json_str(&j, "name_zh", form == NULL ? NULL : form->name.zh);
		jx_office__json_str(&j, "name_en", form == NULL ? NULL : form->name.en);
		if (is_at_once(form))
			jx_office__json_bool(&j, "at_once", true);
		office_print(&j);
		return;
	}
	office_cell(t->row[i].form, 32);
	printf("%6lld  %s%s\n", (long long)t->row[i].checks, is_at_once(form) ? _("! at once: ") : "",
	       form == NULL ? _("unknown here") : jx_text_pick(&form->name));
}

static jx_rc list_forms(struct office *o, struct jx_office__desk *desk,
			const struct jx_office__filter *filter, struct jx_error *err)
{
	JX_AUTO_FREE struct counts *t = jx_xcalloc(1, sizeof(*t));
	const jx_rc rc = jx_office__each_check(desk, filter, count_check, t, err);

	/* what cannot wait goes before all others */
	for (size_t i = 0; rc == JX_OK && i < t->count; i++)
		if (is_at_once(t->row[i].known))
			print_form(o, t, i);
	for (size_t i = 0; rc == JX_OK && i < t->count; i++)
		if (!is_at_once(t->row[i].known))
			print_form(o, t, i);
	if (rc == JX_OK && t->count == 0)
		office_say(o, "%s", _("no checks were recorded, or none was pulled yet"));
	return rc;
}

int office_checks(struct office *o, const struct office_args *a)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_office__desk desk;
	struct jx_office__filter filter;
	jx_rc rc = jx_office__desk_open(jx_os_fs(), jx_os_clock(), o->dir, 2000, &desk, &err);

	if (rc != JX_OK)
		return office_fail(o, &err);
	rc = grade_filter(&desk, a, &filter, &err);
	if (rc == JX_OK && a->pos_count > 0)
		rc = list_form(&desk, a->pos[0], &filter, &err);
	else if (rc == JX_OK)
		rc = list_forms(o, &desk, &filter, &err);
	jx_office__desk_close(&desk);
	return rc == JX_OK ? 0 : office_fail(o, &err);
}
