/* The page of a form: one screen a section, one a row of a group, and the last one where it is saved. */
#include "page_sheet.h"

#include <string.h>

#include "flow.h"

G_DEFINE_TYPE(AppSheetPage, app_sheet_page, ADW_TYPE_BIN)

const struct jx_form *sheet_page_form(const AppSheetPage *page)
{
	return jx_sheet_form(page->sheet->fill.sheet);
}

static bool is_group(const AppSheetPage *page)
{
	return page->section < sheet_page_form(page)->section_count &&
	       sheet_page_form(page)->sections[page->section].is_repeat;
}

static size_t rows_of(const AppSheetPage *page, size_t section)
{
	return jx_sheet_rows(page->sheet->fill.sheet, sheet_page_form(page)->sections[section].id);
}

/* ---- screens ------------------------------------------------------------------------------------------- */

static char *title_of(const AppSheetPage *page, size_t section, size_t row)
{
	const struct jx_form *form = sheet_page_form(page);

	if (section == form->section_count)
		return g_strdup_printf("%zu/%zu  %s", section + 1, form->section_count + 1, _("Finish"));
	if (row > 0)
		return g_strdup_printf("%s  %zu/%zu", words_name(&form->sections[section].name), row,
				       rows_of(page, section));
	if (form->sections[section].is_repeat)
		return g_strdup_printf("%zu/%zu  %s (%zu)", section + 1, form->section_count + 1,
				       words_name(&form->sections[section].name), rows_of(page, section));
	return g_strdup_printf("%zu/%zu  %s", section + 1, form->section_count + 1,
			       words_name(&form->sections[section].name));
}

static GtkWidget *in_scroll(GtkWidget *child)
{
	GtkWidget *scroll = gtk_scrolled_window_new();

	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroll), child);
	return scroll;
}

static void on_row_button(AppSheetPage *page, bool is_same)
{
	const char *id = sheet_page_form(page)->sections[page->section].id;
	struct jx_error err = {0};

	if (sheet_add_row(page->sheet, id, is_same, &err) != JX_OK)
		app_toast_error(GTK_WIDGET(page), &err);
	else
		app_sheet_page_go(page, page->section, rows_of(page, page->section));
}

static void on_add(AppSheetPage *page)
{
	on_row_button(page, false);
}

static void on_same(AppSheetPage *page)
{
	on_row_button(page, true);
}

static void on_all(AppSheetPage *page)
{
	app_sheet_page_go(page, page->section, 0);
}

/* Above the fields of a row: another row, the same again, all rows. */
static GtkWidget *make_row_bar(AppSheetPage *page)
{
	static const struct {
		const char *text;
		void (*pressed)(AppSheetPage *page);
	} keys[] = {{N_("Add (+)"), on_add}, {N_("Same (=)"), on_same}, {N_("All rows"), on_all}};
	GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

	app_flow_fill(bar);
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		GtkWidget *button = gtk_button_new_with_label(_(keys[i].text));

		gtk_widget_add_css_class(button, "big");
		g_signal_connect_swapped(button, "clicked", G_CALLBACK(keys[i].pressed), page);
		gtk_box_append(GTK_BOX(bar), button);
	}
	return bar;
}

static GtkWidget *make_fields(AppSheetPage *page)
{
	const struct jx_form *form = sheet_page_form(page);
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 14);

	gtk_widget_add_css_class(box, "page");
	if (page->section == 0 && form->hint.zh != NULL) {
		GtkWidget *hint = gtk_label_new(words_name(&form->hint));

		gtk_label_set_wrap(GTK_LABEL(hint), TRUE);
		gtk_label_set_xalign(GTK_LABEL(hint), 0);
		gtk_widget_add_css_class(hint, "dim-label");
		gtk_box_append(GTK_BOX(box), hint);
	}
	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];
		g_autofree char *path = sheet_path(page->sheet, f, page->row);
		GtkWidget *field;

		if (f->section != page->section)
			continue;
		field = app_sheet_field_new(page->sheet, f, path);
		g_ptr_array_add(page->fields, field);
		gtk_box_append(GTK_BOX(box), field);
	}
	/* last, where the thumb is: after a room comes the next */
	if (page->row > 0)
		gtk_box_append(GTK_BOX(box), make_row_bar(page));
	return box;
}

void sheet_page_name_keys(AppSheetPage *page)
{
	const bool is_last = page->section == sheet_page_form(page)->section_count;
	g_autofree char *title = title_of(page, page->section, page->row);

	gtk_label_set_text(page->title, title);
	app_name(GTK_WIDGET(page->menu), title);
	gtk_button_set_label(page->next, is_last ? _("Save") : _("Next"));
	gtk_widget_set_sensitive(GTK_WIDGET(page->next), !page->is_saving);
	gtk_widget_set_sensitive(GTK_WIDGET(page->back), page->section > 0 || page->row > 0);
}

void app_sheet_page_go(AppSheetPage *page, size_t section, size_t row)
{
	GtkWidget *child;

	sheet_flush(page->sheet);
	app_sheet_page_set_number(page, NULL);
	page->section = section;
	page->row = row;
	g_ptr_array_set_size(page->fields, 0);
	if (section == sheet_page_form(page)->section_count)
		child = in_scroll(sheet_finish_new(page->sheet, page->shows_missing));
	else if (is_group(page) && row == 0)
		child = sheet_rows_new(page->sheet, section);
	else
		child = in_scroll(make_fields(page));
	app_wrap_keys(child);
	adw_bin_set_child(page->screen, child);
	sheet_page_name_keys(page);
	app_sheet_page_answered(page, NULL);
	(void)gtk_widget_child_focus(GTK_WIDGET(page->screen), GTK_DIR_TAB_FORWARD);
}

void app_sheet_page_renew(AppSheetPage *page)
{
	size_t row = page->row;

	if (row > 0 && row > rows_of(page, page->section))
		row = 0;
	app_sheet_page_go(page, page->section, row);
}

void app_sheet_page_go_to(AppSheetPage *page, const char *path)
{
	const struct jx_field *f = jx_sheet_field(page->sheet->fill.sheet, path);
	const char *bracket = strchr(path, '[');
	const size_t row = bracket != NULL ? (size_t)g_ascii_strtoull(bracket + 1, NULL, 10) : 0;

	if (f == NULL)
		return;
	app_sheet_page_go(page, f->section, row);
	for (guint i = 0; i < page->fields->len; i++)
		if (strcmp(app_sheet_field_path(g_ptr_array_index(page->fields, i)), path) == 0)
			(void)gtk_widget_child_focus(g_ptr_array_index(page->fields, i), GTK_DIR_TAB_FORWARD);
	jx_strcpy(page->at, sizeof(page->at), path);
}

void app_sheet_page_go_on(AppSheetPage *page, GtkWidget *field)
{
	guint at;

	sheet_flush(page->sheet);
	if (!g_ptr_array_find(page->fields, field, &at))
		return;
	for (at++; at < page->fields->len; at++) {
		GtkWidget *next = g_ptr_array_index(page->fields, at);

		if (gtk_widget_get_visible(next) && gtk_widget_child_focus(next, GTK_DIR_TAB_FORWARD))
			return;
	}
	(void)gtk_widget_grab_focus(GTK_WIDGET(page->next));
}

/* ---- going on and back --------------------------------------------------------------------------------- */

static void on_next(AppSheetPage *page)
{
	if (page->section == sheet_page_form(page)->section_count)
		sheet_page_save(page);
	else if (page->row > 0 && page->row < rows_of(page, page->section))
		app_sheet_page_go(page, page->section, page->row + 1);
	else if (page->row > 0)
		app_sheet_page_go(page, page->section, 0);
	else
		app_sheet_page_go(page, page->section + 1, 0);
}

static void on_back(AppSheetPage *page)
{
	if (page->row > 0)
		app_sheet_page_go(page, page->section, page->row - 1);
	else if (page->section > 0)
		app_sheet_page_go(page, page->section - 1, 0);
}

static void on_card(AppSheetPage *page)
{
	sheet_card_show(page->sheet);
}

/* ---- the list of sections ------------------------------------------------------------------------------ */

static void on_section(GtkButton *button, AppSheetPage *page)
{
	const size_t section = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(button), "section"));

	gtk_popover_popdown(page->popover);
	app_sheet_page_go(page, section, 0);
}

static void on_discard(AppSheetPage *page)
{
	struct sheet *s = page->sheet;

	gtk_popover_popdown(page->popover);
	sheet_flush(s);
	s->is_over = true;
	sheet_discard(GTK_WIDGET(page), s->fill.draft.id);
	app_pop(GTK_WIDGET(page));
}

static void add_to_menu(AppSheetPage *page, GtkWidget *button)
{
	GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));

	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_widget_add_css_class(button, "big");
	gtk_box_append(page->sections, button);
}

static void fill_menu(AppSheetPage *page)
{
	GtkWidget *child, *discard;

	while ((child = gtk_widget_get_first_child(GTK_WIDGET(page->sections))) != NULL)
		gtk_box_remove(page->sections, child);
	for (size_t i = 0; i <= sheet_page_form(page)->section_count; i++) {
		g_autofree char *title = title_of(page, i, 0);
		GtkWidget *button = gtk_button_new_with_label(title);

		gtk_widget_add_css_class(button, "flat");
		g_object_set_data(G_OBJECT(button), "section", GSIZE_TO_POINTER(i));
		g_signal_connect(button, "clicked", G_CALLBACK(on_section), page);
		add_to_menu(page, button);
	}
	discard = gtk_button_new_with_label(_("Discard this draft"));
	gtk_widget_add_css_class(discard, "destructive-action");
	g_signal_connect_swapped(discard, "clicked", G_CALLBACK(on_discard), page);
	add_to_menu(page, discard);
}

bool sheet_page_do(AppSheetPage *page, const char *key)
{
	if (strcmp(key, "next") == 0)
		on_next(page);
	else if (strcmp(key, "back") == 0)
		on_back(page);
	else if (is_group(page) && strcmp(key, "escape") == 0 && page->row > 0)
		on_all(page);
	else if (is_group(page) && strcmp(key, "add") == 0)
		on_add(page);
	else if (is_group(page) && strcmp(key, "same") == 0)
		on_same(page);
	else
		return false;
	return true;
}

/* ---- the widget ---------------------------------------------------------------------------------------- */

static void on_unmap(GtkWidget *widget)
{
	AppSheetPage *page = APP_SHEET_PAGE(widget);

	/* left for now: what was typed last is on its way to the disk */
	if (app_window_of(widget) != NULL) {
		sheet_flush(page->sheet);
		app_changed(widget);
	}
	GTK_WIDGET_CLASS(app_sheet_page_parent_class)->unmap(widget);
}

static void app_sheet_page_dispose(GObject *object)
{
	AppSheetPage *page = APP_SHEET_PAGE(object);

	if (page->screen != NULL)
		adw_bin_set_child(page->screen, NULL);
	g_clear_handle_id(&page->hide_pad, g_source_remove);
	g_clear_handle_id(&page->settle, g_source_remove);
	page->is_left = true;
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_SHEET_PAGE);
	G_OBJECT_CLASS(app_sheet_page_parent_class)->dispose(object);
}

static void app_sheet_page_finalize(GObject *object)
{
	AppSheetPage *page = APP_SHEET_PAGE(object);

	sheet_free(page->sheet);
	g_ptr_array_unref(page->fields);
	G_OBJECT_CLASS(app_sheet_page_parent_class)->finalize(object);
}

static void app_sheet_page_class_init(AppSheetPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_sheet_page_dispose;
	G_OBJECT_CLASS(class)->finalize = app_sheet_page_finalize;
	widget->unmap = on_unmap;
	g_type_ensure(APP_TYPE_NUMBER_PAD);
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_sheet.ui");
	gtk_widget_class_bind_template_child(widget, AppSheetPage, menu);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, popover);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, sections);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, split);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, foot);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, keys);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, title);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, notice);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, computed);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, kept);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, screen);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, pad);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, card);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, back);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, next);
	gtk_widget_class_bind_template_child(widget, AppSheetPage, results);
	gtk_widget_class_bind_template_callback(widget, on_card);
	gtk_widget_class_bind_template_callback(widget, on_back);
	gtk_widget_class_bind_template_callback(widget, on_next);
	sheet_page_bind_keys(widget);
}

static void app_sheet_page_init(AppSheetPage *page)
{
	page->fields = g_ptr_array_new();
	gtk_widget_init_template(GTK_WIDGET(page));
	/* large letters: the name of the section and the key beside it below one another, not one over the other */
	app_flow_fill(gtk_widget_get_parent(GTK_WIDGET(page->card)));
	app_flow_fill(page->foot);
	app_flow_fill(page->keys);
	sheet_page_take_keys(page);
	g_signal_connect_swapped(page->popover, "show", G_CALLBACK(fill_menu), page);
}

static void start(AppSheetPage *page)
{
	struct sheet *s = page->sheet;
	char at[JX_FIELD_PATH_MAX] = "", value[JX_DRAFT_VALUE_MAX], last[JX_FIELD_PATH_MAX] = "";

	sheet_page_show_notice(page);
	/* where it goes on: at the last that was answered */
	while (s->fill.is_stored && jx_sheet_next(s->fill.sheet, at, at))
		if (jx_sheet_get(s->fill.sheet, at, value, sizeof(value), NULL) == JX_OK && value[0] != '\0')
			memcpy(last, at, sizeof(last));
	if (last[0] != '\0')
		app_sheet_page_go_to(page, last);
	else
		app_sheet_page_go(page, 0, 0);
}

static void focus_on(AppSheetPage *page, const char *path)
{
	for (guint i = 0; i < page->fields->len; i++) {
		GtkWidget *f = g_ptr_array_index(page->fields, i);

		if (strcmp(app_sheet_field_path(APP_SHEET_FIELD(f)), path) == 0 &&
		    gtk_widget_get_focus_child(f) == NULL) {
			(void)gtk_widget_child_focus(f, GTK_DIR_TAB_FORWARD);
			return;
		}
	}
}

/* After whoever showed the page has looked for something to focus. */
static gboolean settle_focus(gpointer user)
{
	AppSheetPage *page = user;

	page->settle = 0;
	if (page->at[0] != '\0')
		focus_on(page, page->at);
	else if (gtk_widget_get_focus_child(GTK_WIDGET(page->screen)) == NULL)
		(void)gtk_widget_child_focus(GTK_WIDGET(page->screen), GTK_DIR_TAB_FORWARD);
	return G_SOURCE_REMOVE;
}

static void on_map(AppSheetPage *page)
{
	if (adw_bin_get_child(page->screen) == NULL) {
		start(page);
		if (page->fields->len > 0 && page->at[0] == '\0')
			jx_strcpy(page->at, sizeof(page->at),
				  app_sheet_field_path(g_ptr_array_index(page->fields, 0)));
	}
	g_clear_handle_id(&page->settle, g_source_remove);
	page->settle = g_idle_add(settle_focus, page);
}

GtkWidget *app_sheet_page_new(struct sheet *s)
{
	AppSheetPage *page = g_object_new(APP_TYPE_SHEET_PAGE, NULL);

	page->sheet = s;
	s->page = GTK_WIDGET(page);
	g_object_set_data(G_OBJECT(page), "sheet", s);
	g_signal_connect(page, "map", G_CALLBACK(on_map), NULL);
	return GTK_WIDGET(page);
}
