/* Rows of a group: room by room, with what each says. */
#include "sheet.h"

#include "flow.h"

struct rows {
	struct sheet *sheet;
	size_t section;
	GtkStringList *texts; /* one a row */
};

/* What removing a row takes away, for a while. */
struct removed {
	AppSheetPage *page; /* weak */
	struct jx_fill_values values;
};

static const char *section_id(const struct rows *r)
{
	return jx_sheet_form(r->sheet->fill.sheet)->sections[r->section].id;
}

static void add(GtkWidget *list, bool is_same)
{
	struct rows *r = g_object_get_data(G_OBJECT(list), "rows");
	struct jx_error err = {0};

	if (sheet_add_row(r->sheet, section_id(r), is_same, &err) != JX_OK) {
		app_toast_error(list, &err);
		return;
	}
	app_sheet_page_go(APP_SHEET_PAGE(r->sheet->page), r->section,
			  jx_sheet_rows(r->sheet->fill.sheet, section_id(r)));
}

static void on_add(GtkButton *button, GtkWidget *list)
{
	(void)button;
	add(list, false);
}

static void on_same(GtkButton *button, GtkWidget *list)
{
	(void)button;
	add(list, true);
}

static void free_removed(gpointer user)
{
	struct removed *gone = user;

	g_clear_weak_pointer(&gone->page);
	jx_fill_values_free(&gone->values);
	g_free(gone);
}

static void put_back(GtkWidget *window, gpointer user)
{
	struct removed *gone = user;
	struct jx_error err = {0};
	struct sheet *s = gone->page != NULL ? g_object_get_data(G_OBJECT(gone->page), "sheet") : NULL;

	if (s == NULL || s->is_over)
		return; /* the form was left: it says what it said then */
	if (sheet_put_back(s, &gone->values, &err) != JX_OK)
		app_toast_error(window, &err);
	app_sheet_page_renew(gone->page);
}

static void on_remove(GtkButton *button, GtkListItem *item)
{
	struct rows *r = g_object_get_data(G_OBJECT(item), "rows");
	struct removed *gone = g_new0(struct removed, 1);
	struct jx_error err = {0};

	(void)button;
	g_set_weak_pointer(&gone->page, APP_SHEET_PAGE(r->sheet->page));
	if (jx_fill_values_of(&r->sheet->fill, &gone->values, &err) != JX_OK ||
	    sheet_remove_row(r->sheet, section_id(r), gtk_list_item_get_position(item) + 1, &err) != JX_OK) {
		app_toast_error(r->sheet->page, &err);
		free_removed(gone);
		return;
	}
	app_toast(r->sheet->page, _("The row is removed"), _("Undo"), put_back, gone, free_removed);
	app_sheet_page_renew(APP_SHEET_PAGE(r->sheet->page));
}

static void set_up(GtkSignalListItemFactory *factory, GtkListItem *item, struct rows *r)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	GtkWidget *number = gtk_label_new(NULL), *text = gtk_label_new(NULL);
	GtkWidget *remove = gtk_button_new_from_icon_name("user-trash-symbolic");

	(void)factory;
	g_object_set_data(G_OBJECT(item), "rows", r);
	gtk_widget_add_css_class(number, "number");
	gtk_widget_set_hexpand(text, TRUE);
	gtk_label_set_xalign(GTK_LABEL(text), 0);
	gtk_label_set_wrap(GTK_LABEL(text), TRUE);
	gtk_label_set_lines(GTK_LABEL(text), 3);
	gtk_label_set_ellipsize(GTK_LABEL(text), PANGO_ELLIPSIZE_END);
	gtk_widget_add_css_class(remove, "step");
	gtk_widget_add_css_class(remove, "flat");
	gtk_widget_set_valign(remove, GTK_ALIGN_CENTER);
	gtk_widget_add_css_class(box, "sheet-row");
	g_signal_connect(remove, "clicked", G_CALLBACK(on_remove), item);
	gtk_box_append(GTK_BOX(box), number);
	gtk_box_append(GTK_BOX(box), text);
	gtk_box_append(GTK_BOX(box), remove);
	gtk_list_item_set_child(item, box);
}

static void bind(GtkSignalListItemFactory *factory, GtkListItem *item, struct rows *r)
{
	GtkWidget *number = gtk_widget_get_first_child(gtk_list_item_get_child(item));
	GtkWidget *text = gtk_widget_get_next_sibling(number);
	g_autofree char *digits = g_strdup_printf("%u", gtk_list_item_get_position(item) + 1);
	g_autofree char *name = g_strdup_printf(_("Remove row %u"), gtk_list_item_get_position(item) + 1);

	(void)factory;
	(void)r;
	gtk_label_set_text(GTK_LABEL(number), digits);
	gtk_label_set_text(GTK_LABEL(text),
			   gtk_string_object_get_string(GTK_STRING_OBJECT(gtk_list_item_get_item(item))));
	app_name(gtk_widget_get_last_child(gtk_list_item_get_child(item)), name);
}

static void on_row(GtkListView *view, guint position, struct rows *r)
{
	(void)view;
	app_sheet_page_go(APP_SHEET_PAGE(r->sheet->page), r->section, position + 1);
}

static GtkWidget *make_list(struct rows *r)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
	GtkSelectionModel *none;
	GtkWidget *view;

	for (size_t row = 1; row <= jx_sheet_rows(r->sheet->fill.sheet, section_id(r)); row++)
		gtk_string_list_take(r->texts, sheet_row_text(r->sheet, r->section, row));
	none = GTK_SELECTION_MODEL(gtk_no_selection_new(G_LIST_MODEL(r->texts)));
	g_signal_connect(factory, "setup", G_CALLBACK(set_up), r);
	g_signal_connect(factory, "bind", G_CALLBACK(bind), r);
	view = gtk_list_view_new(none, factory);
	gtk_list_view_set_single_click_activate(GTK_LIST_VIEW(view), TRUE);
	gtk_list_view_set_show_separators(GTK_LIST_VIEW(view), TRUE);
	app_name(view, words_name(&jx_sheet_form(r->sheet->fill.sheet)->sections[r->section].name));
	g_signal_connect(view, "activate", G_CALLBACK(on_row), r);
	return view;
}

static GtkWidget *add_button(GtkWidget *box, const char *text, GCallback pressed, GtkWidget *page)
{
	GtkWidget *button = gtk_button_new_with_label(text);

	gtk_widget_add_css_class(button, "big");
	gtk_widget_set_hexpand(button, TRUE);
	g_signal_connect(button, "clicked", pressed, page);
	gtk_box_append(GTK_BOX(box), button);
	return button;
}

/* Instead of an empty list: what is to be done. */
static GtkWidget *make_hint(void)
{
	GtkWidget *label = gtk_label_new(_("Nothing here yet: Add (+) begins the first"));

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_yalign(GTK_LABEL(label), 0);
	gtk_widget_add_css_class(label, "nothing");
	return label;
}

GtkWidget *sheet_rows_new(struct sheet *s, size_t section)
{
	struct rows *r = g_new0(struct rows, 1);
	GtkWidget *page = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
	GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	GtkWidget *scroll = gtk_scrolled_window_new();
	GtkWidget *same;
	size_t rows;

	r->sheet = s;
	r->section = section;
	r->texts = gtk_string_list_new(NULL);
	gtk_widget_add_css_class(page, "page");
	app_flow_fill(bar);
	(void)add_button(bar, _("Add (+)"), G_CALLBACK(on_add), page);
	same = add_button(bar, _("Same as last (=)"), G_CALLBACK(on_same), page);
	rows = jx_sheet_rows(s->fill.sheet, section_id(r));
	gtk_widget_set_sensitive(same, rows > 0);
	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_widget_set_vexpand(scroll, TRUE);
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroll), rows > 0 ? make_list(r) : make_hint());
	gtk_box_append(GTK_BOX(page), bar);
	gtk_box_append(GTK_BOX(page), scroll);
	g_object_set_data_full(G_OBJECT(page), "rows", r, g_free);
	return page;
}
