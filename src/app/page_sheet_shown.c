/* What stands around a form's fields: what was counted from them, whether they are kept, which edition, what is wrong. */
#include "page_sheet.h"

#include <string.h>

#define PROBLEMS_MAX 200
/* Lines of what is counted that are seen at once, the others by scrolling; in pixels what is above and below them. */
#define LINES_BY_PAD 2
#define LINES_MAX    4
#define LINES_AROUND 4
#define BY_PAD_PX    76 /* above a pad, if more than that many fit in there */

/* ---- what is shown always ------------------------------------------------------------------------------ */

void sheet_page_fit_results(AppSheetPage *page)
{
	PangoLayout *layout = gtk_label_get_layout(page->computed);
	const int lines = pango_layout_get_line_count(layout);
	const bool has_pad = gtk_widget_get_visible(GTK_WIDGET(page->pad));
	const bool is_beside = gtk_orientable_get_orientation(GTK_ORIENTABLE(page->split)) ==
			       GTK_ORIENTATION_HORIZONTAL;
	int height, line, most = LINES_MAX;

	pango_layout_get_pixel_size(layout, NULL, &height);
	line = MAX((height + lines - 1) / lines, 1);
	if (has_pad)
		most = is_beside ? LINES_BY_PAD : MAX(BY_PAD_PX / line, LINES_BY_PAD);
	/* what scrolls asks its child how high it is on one endless line: here it is as wide as it will be */
	gtk_widget_measure(GTK_WIDGET(page->computed), GTK_ORIENTATION_VERTICAL,
			   gtk_widget_get_width(GTK_WIDGET(page)) > 0 ? gtk_widget_get_width(GTK_WIDGET(page))
								      : -1,
			   NULL, &height, NULL, NULL);
	height = MIN(height, most * line + LINES_AROUND);
	gtk_scrolled_window_set_max_content_height(page->results, -1);
	gtk_scrolled_window_set_min_content_height(page->results, height);
	gtk_scrolled_window_set_max_content_height(page->results, height);
}

/* It stands indented in a dialogue, at the edge here; no line is longer than before. */
static const char *without_indent(char *text)
{
	char *out = text;

	for (const char *at = text + strspn(text, " "); *at != '\0'; at++) {
		*out++ = *at;
		if (*at == '\n')
			at += strspn(at + 1, " ");
	}
	*out = '\0';
	return g_strchomp(text);
}

void sheet_page_show_computed(AppSheetPage *page)
{
	JX_AUTO_BUF text = {0};

	jx_buf_init(&text, 1 << 20);
	jx_fill_computed_text(page->sheet->fill.sheet, page->sheet->fill.draft.day, &text);
	gtk_widget_set_visible(GTK_WIDGET(page->results), text.data != NULL);
	if (text.data == NULL)
		return;
	gtk_label_set_text(page->computed, without_indent(text.data));
	sheet_page_fit_results(page);
}

/* What the form does not take stands on the screen only. */
static bool has_refused(const AppSheetPage *page)
{
	for (guint i = 0; i < page->fields->len; i++)
		if (app_sheet_field_is_refused(g_ptr_array_index(page->fields, i)))
			return true;
	return false;
}

void app_sheet_page_show_kept(AppSheetPage *page)
{
	const struct sheet *s = page->sheet;
	const char *why = s->refused != NULL  ? s->refused
			  : has_refused(page) ? _("an answer that the form does not take")
					      : NULL;
	char time[8];

	if (why != NULL) {
		g_autofree char *text = g_strdup_printf(_("Not kept: %s"), why);

		gtk_label_set_text(page->kept, text);
		gtk_widget_set_tooltip_text(GTK_WIDGET(page->kept), text);
		gtk_widget_add_css_class(GTK_WIDGET(page->kept), "sheet-problem");
		return;
	}
	gtk_widget_remove_css_class(GTK_WIDGET(page->kept), "sheet-problem");
	gtk_widget_set_tooltip_text(GTK_WIDGET(page->kept), NULL);
	if (!sheet_is_kept(s)) {
		gtk_label_set_text(page->kept, _("keeping …"));
	} else if (s->kept_real_ms > 0) {
		g_autofree char *text = NULL;

		app_time_text(app_profile(GTK_WIDGET(page)), s->kept_real_ms, time);
		text = g_strdup_printf(_("draft kept %s"), time);
		gtk_label_set_text(page->kept, text);
	} else {
		gtk_label_set_text(page->kept, s->fill.is_stored ? _("draft kept") : "");
	}
}

void sheet_page_show_notice(AppSheetPage *page)
{
	const struct sheet *s = page->sheet;
	g_autofree char *text = NULL;

	gtk_widget_set_visible(GTK_WIDGET(page->notice), FALSE);
	if (s->active_version == s->fill.draft.pack_version)
		return;
	text = g_strdup_printf(
		_("Begun with version %lld of the form; version %lld holds now. It is finished with the old one"),
		(long long)s->fill.draft.pack_version, (long long)s->active_version);
	gtk_label_set_text(page->notice, text);
	gtk_widget_set_visible(GTK_WIDGET(page->notice), TRUE);
}

void app_sheet_page_set_active(AppSheetPage *page, int64_t version)
{
	page->sheet->active_version = version;
	sheet_page_show_notice(page);
}

/* ---- problems ------------------------------------------------------------------------------------------ */

static const char *problem_of(const struct jx_problem *p, size_t count, const char *path, bool with_missing)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(p[i].path, path) == 0 &&
		    (with_missing || (strcmp(p[i].rule, "needed") != 0 && strcmp(p[i].rule, "photo") != 0)))
			return jx_text_pick(&p[i].text);
	return NULL;
}

/* A counted field stands in another section than its rows; a problem of it is seen on the screen it stands on. */
void sheet_page_show_problems(AppSheetPage *page)
{
	g_autofree struct jx_problem *p = g_new0(struct jx_problem, PROBLEMS_MAX);
	const char *roles[JX_PHOTOS_MAX];
	const size_t role_count = jx_fill_roles(&page->sheet->fill, roles);
	size_t n = jx_sheet_problems(page->sheet->fill.sheet, roles, role_count, p, PROBLEMS_MAX);

	n = MIN(n, PROBLEMS_MAX);
	for (guint i = 0; i < page->fields->len; i++) {
		AppSheetField *f = g_ptr_array_index(page->fields, i);

		if (!app_sheet_field_is_refused(f))
			app_sheet_field_set_problem(
				f, problem_of(p, n, app_sheet_field_path(f), page->shows_missing));
	}
}

void app_sheet_page_answered(AppSheetPage *page, const char *path)
{
	jx_strcpy(page->at, sizeof(page->at), path != NULL ? path : "");
	for (guint i = 0; i < page->fields->len; i++)
		app_sheet_field_refresh(g_ptr_array_index(page->fields, i));
	sheet_page_show_problems(page);
	sheet_page_show_computed(page);
	app_sheet_page_show_kept(page);
}
