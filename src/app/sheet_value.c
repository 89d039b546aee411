/* Answers as people read them. */
#include "sheet.h"

#include <string.h>

char *sheet_path(struct sheet *s, const struct jx_field *f, size_t row)
{
	const struct jx_section *section = &jx_sheet_form(s->fill.sheet)->sections[f->section];

	return section->is_repeat ? g_strdup_printf("%s[%zu].%s", section->id, row, f->id) : g_strdup(f->id);
}

static void add_codes(struct sheet *s, const struct jx_field *f, const char *value, GString *out)
{
	g_auto(GStrv) codes = g_strsplit(value, ",", -1);

	for (size_t i = 0; codes[i] != NULL; i++) {
		const struct jx_code *code = jx_pack_list_find(jx_sheet_pack(s->fill.sheet), f->list,
							       codes[i]);

		g_string_append_printf(out, "%s%s", out->len > 0 ? " · " : "",
				       code != NULL ? jx_text_pick(&code->name) : codes[i]);
	}
}

char *sheet_value_text(struct sheet *s, const struct jx_field *f, const char *path)
{
	const struct jx_unit *unit = f->unit != NULL ? jx_pack_unit(jx_sheet_pack(s->fill.sheet), f->unit)
						     : NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	char value[JX_DRAFT_VALUE_MAX] = "";

	(void)jx_sheet_get(s->fill.sheet, path, value, sizeof(value), NULL);
	if (value[0] == '\0')
		return g_strdup("");
	if (f->list != NULL)
		add_codes(s, f, value, out);
	else if (f->type == JX_FIELD_YES_NO)
		g_string_append(out, _(value));
	else
		return words_count(value, unit != NULL ? jx_text_pick(&unit->name) : "");
	return g_strdup(out->str);
}

char *sheet_row_text(struct sheet *s, size_t section, size_t row)
{
	const struct jx_form *form = jx_sheet_form(s->fill.sheet);
	g_autoptr(GString) out = g_string_new(NULL);

	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];
		g_autofree char *path = NULL, *value = NULL;

		if (f->section != section)
			continue;
		path = sheet_path(s, f, row);
		if (!jx_sheet_is_shown(s->fill.sheet, path))
			continue;
		value = sheet_value_text(s, f, path);
		if (value[0] != '\0')
			g_string_append_printf(out, _("%s%s: %s"), out->len > 0 ? _(", ") : "",
					       jx_text_pick(&f->name), value);
	}
	return g_strdup(out->len > 0 ? out->str : _("nothing answered"));
}
