/* Answers of any form: checked as a server checks them, and shown in lists. */
#include <string.h>

#include "answers.h"
#include "sheet.h"

jx_rc jx_form_check_as(const jx_pack *pack, const char *form_id, const char *answers, size_t len,
		       const char *day, struct jx_error *err)
{
	const struct jx_form__photos unknown = {false, NULL, 0};
	const struct jx_form__form *form = jx_form__form_of(pack, form_id);
	JX_AUTO(jx_sheet) sheet = NULL;
	jx_rc rc;

	if (form != NULL && form->pub.is_observation)
		return jx_form_check(pack, answers, len, day, err);
	rc = jx_sheet_read(pack, form_id, day, answers, len, true, &sheet, err);
	return rc == JX_OK ? jx_form__check_sheet(sheet, &unknown, err) : rc;
}

/* Cut where it does not fit. */
static void take_text(const jx_sheet *sheet, uint32_t field, char *out, size_t cap)
{
	const struct jx_form__spot spot = {field, 0};
	const struct jx_form__answer *a = jx_form__sheet_answer(sheet, spot);

	if (a != NULL && a->text != NULL)
		jx_strcpy(out, cap, a->text);
}

/* The field that is called "note", and the first party. */
static void take_texts(const jx_sheet *sheet, struct jx_answers_brief *b)
{
	const struct jx_form *form = &sheet->form->pub;
	uint32_t i;

	for (i = 0; i < form->field_count; i++) {
		if (jx_form__is_row_field(sheet->form, i))
			continue;
		if (strcmp(form->fields[i].id, "note") == 0)
			take_text(sheet, i, b->note, sizeof(b->note));
		else if (form->fields[i].type == JX_FIELD_PARTY && b->party[0] == '\0')
			take_text(sheet, i, b->party, sizeof(b->party));
	}
}

static void summarize(const jx_sheet *sheet, struct jx_answers_brief *b)
{
	JX_AUTO_BUF text = {0};
	struct jx_computed c;
	size_t i;

	jx_buf_init(&text, JX_FORM__ANSWERS_BYTES);
	for (i = 0; jx_sheet_computed(sheet, i, &c); i++)
		jx_buf_addf(&text, "%s%s %s", i == 0 ? "" : "; ", jx_text_pick(&c.name), c.value);
	if (text.rc == JX_OK && text.data != NULL)
		jx_strcpy(b->summary, sizeof(b->summary), text.data);
}

jx_rc jx_form_brief_as(const jx_pack *pack, const char *form_id, const char *day, const char *answers,
		       size_t len, struct jx_answers_brief *out, struct jx_error *err)
{
	const struct jx_form__form *form = pack != NULL ? jx_form__form_of(pack, form_id) : NULL;
	JX_AUTO(jx_sheet) sheet = NULL;
	struct jx_answers_brief b;
	jx_rc rc;

	if (form == NULL || form->pub.field_count == 0)
		return jx_form_brief(pack, answers, len, out, err);
	rc = jx_sheet_read(pack, form_id, day, answers, len, false, &sheet, err);
	if (rc != JX_OK)
		return rc;
	memset(&b, 0, sizeof(b));
	jx_strcpy(b.name_zh, sizeof(b.name_zh), form->pub.name.zh);
	jx_strcpy(b.name_en, sizeof(b.name_en), form->pub.name.en);
	jx_strcpy(b.group_zh, sizeof(b.group_zh), form->pub.name.zh);
	jx_strcpy(b.group_en, sizeof(b.group_en), form->pub.name.en);
	b.is_at_once = form->pub.is_at_once;
	take_texts(sheet, &b);
	summarize(sheet, &b);
	*out = b;
	return JX_OK;
}
