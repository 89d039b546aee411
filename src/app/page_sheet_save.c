/* A form becomes an entry, and what people are told of it. */
#include "page_sheet.h"

#include <string.h>

#include "confirm.h"
#include "copies.h"

size_t sheet_page_problem_count(AppSheetPage *page, struct jx_problem *first)
{
	const char *roles[JX_PHOTOS_MAX];
	const size_t role_count = jx_fill_roles(&page->sheet->fill, roles);

	return jx_sheet_problems(page->sheet->fill.sheet, roles, role_count, first, 1);
}

void sheet_page_save(AppSheetPage *page)
{
	const char *reason = jx_fill_option(&page->sheet->fill, "reason");
	struct jx_problem first;

	if (page->is_saving)
		return;
	if (sheet_page_problem_count(page, &first) > 0) {
		page->shows_missing = true;
		app_toast(GTK_WIDGET(page), _("Not saved yet: something is still to be put right"), NULL,
			  NULL, NULL, NULL);
		app_sheet_page_go_to(page, first.path);
		return;
	}
	if (jx_fill_option(&page->sheet->fill, "corrects") != NULL && (reason == NULL || reason[0] == '\0')) {
		app_toast(GTK_WIDGET(page), _("Say why it is corrected"), NULL, NULL, NULL, NULL);
		return;
	}
	page->is_saving = true;
	sheet_page_name_keys(page);
	sheet_save(page->sheet);
}

void app_sheet_page_saved(AppSheetPage *page, const char *number, bool is_at_once, const struct jx_error *err)
{
	g_autofree char *text = NULL;

	page->is_saving = false;
	sheet_page_name_keys(page);
	if (err != NULL) {
		confirm_refused(GTK_WIDGET(page));
		app_toast_error(GTK_WIDGET(page), err);
		if (jx_sheet_field(page->sheet->fill.sheet, err->where) != NULL)
			app_sheet_page_go_to(page, err->where);
		return;
	}
	page->sheet->is_over = true;
	confirm_saved(GTK_WIDGET(page));
	text = is_at_once ? g_strdup_printf(_("Saved %s. This cannot wait: send it now, or call the office"),
					    number)
			  : g_strdup_printf(_("Saved %s"), number);
	app_toast(GTK_WIDGET(page), text, NULL, NULL, NULL, NULL);
	app_changed(GTK_WIDGET(page));
	app_copies_of(GTK_WIDGET(page), page->sheet->fill.draft.id);
	app_pop(GTK_WIDGET(page));
}
