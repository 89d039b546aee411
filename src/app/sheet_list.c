/* A long list of codes, on a page of its own, with a search. */
#include "sheet.h"

#include <string.h>

#define CODES_MAX 500

struct list {
	AppSheetField *field; /* a reference */
	GtkSearchEntry *search;
	GtkListBox *rows;
	GtkCheckButton *first; /* one of whose group is on, where only one may stand */
	GtkWidget *chosen;     /* the first row that is; or NULL */
	bool is_several;
};

static void free_list(gpointer user)
{
	struct list *l = user;

	g_object_unref(l->field);
	g_free(l);
}

static const char *code_of(GtkListBoxRow *row)
{
	return g_object_get_data(G_OBJECT(row), "code");
}

/* Where several may stand, the row's own check mark says which do. */
static void on_row(GtkListBox *box, GtkListBoxRow *row, struct list *l)
{
	GtkCheckButton *check = g_object_get_data(G_OBJECT(row), "check");
	g_autoptr(GString) codes = g_string_new(NULL);
	GtkListBoxRow *each;

	if (!l->is_several) {
		app_sheet_field_answer(l->field, code_of(row));
		app_sheet_field_refresh(l->field);
		app_pop(GTK_WIDGET(box));
		return;
	}
	gtk_check_button_set_active(check, !gtk_check_button_get_active(check));
	for (int i = 0; (each = gtk_list_box_get_row_at_index(box, i)) != NULL; i++)
		if (gtk_check_button_get_active(g_object_get_data(G_OBJECT(each), "check")))
			g_string_append_printf(codes, "%s%s", codes->len > 0 ? "," : "", code_of(each));
	app_sheet_field_answer(l->field, codes->str);
	app_sheet_field_refresh(l->field);
}

static gboolean is_found(GtkListBoxRow *row, gpointer user)
{
	const struct list *l = user;
	const char *text = gtk_editable_get_text(GTK_EDITABLE(l->search));
	g_autofree char *wanted = g_utf8_casefold(text, -1);

	return strstr(g_object_get_data(G_OBJECT(row), "words"), wanted) != NULL;
}

static void on_search(GtkSearchEntry *search, struct list *l)
{
	(void)search;
	gtk_list_box_invalidate_filter(l->rows);
}

static void on_clear(GtkButton *button, struct list *l)
{
	app_sheet_field_answer(l->field, "");
	app_sheet_field_refresh(l->field);
	app_pop(GTK_WIDGET(button));
}

static bool is_chosen(struct list *l, const char *code)
{
	char value[JX_DRAFT_VALUE_MAX] = "";
	g_auto(GStrv) list = NULL;

	(void)jx_sheet_get(app_sheet_field_sheet(l->field)->fill.sheet, app_sheet_field_path(l->field), value,
			   sizeof(value), NULL);
	list = g_strsplit(value, ",", -1);
	return g_strv_contains((const char *const *)list, code);
}

static void add_row(struct list *l, const struct jx_code *code)
{
	GtkWidget *row = gtk_list_box_row_new();
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	const char *name = words_name(&code->name);
	GtkWidget *label = gtk_label_new(name), *small = gtk_label_new(code->code);
	g_autofree char *all = g_strdup_printf("%s %s %s %s", code->code, name,
					       code->name.zh != NULL ? code->name.zh : "",
					       code->name.en != NULL ? code->name.en : "");
	GtkWidget *check = gtk_check_button_new();

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_widget_set_hexpand(label, TRUE);
	gtk_widget_set_margin_start(label, code->parent != NULL ? 24 : 0);
	gtk_widget_add_css_class(small, "dim-label");
	if (!l->is_several && l->first != NULL)
		gtk_check_button_set_group(GTK_CHECK_BUTTON(check), l->first);
	else
		l->first = GTK_CHECK_BUTTON(check);
	if (is_chosen(l, code->code)) {
		gtk_check_button_set_active(GTK_CHECK_BUTTON(check), TRUE);
		l->chosen = l->chosen != NULL ? l->chosen : row;
	}
	/* the row is what is pressed */
	gtk_widget_set_can_target(check, FALSE);
	gtk_widget_set_focusable(check, FALSE);
	app_name(check, name);
	gtk_box_append(GTK_BOX(box), check);
	gtk_box_append(GTK_BOX(box), label);
	gtk_box_append(GTK_BOX(box), small);
	gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
	gtk_widget_add_css_class(row, "sheet-row");
	app_name(row, name);
	g_object_set_data_full(G_OBJECT(row), "code", g_strdup(code->code), g_free);
	g_object_set_data_full(G_OBJECT(row), "words", g_utf8_casefold(all, -1), g_free);
	g_object_set_data(G_OBJECT(row), "check", check);
	gtk_list_box_append(l->rows, row);
}

/* Enter takes the first that was found: what is searched for by its code is chosen by typing that. */
static void on_enter(GtkSearchEntry *search, struct list *l)
{
	GtkListBoxRow *row;

	(void)search;
	gtk_list_box_invalidate_filter(l->rows); /* the search itself waits for the last letter */
	for (int i = 0; (row = gtk_list_box_get_row_at_index(l->rows, i)) != NULL; i++)
		if (is_found(row, l)) {
			on_row(l->rows, row, l);
			return;
		}
}

/* The way back is the same wherever the focus is; what was searched for goes first. */
static void on_stop(GtkSearchEntry *search)
{
	if (gtk_editable_get_text(GTK_EDITABLE(search))[0] != '\0')
		gtk_editable_set_text(GTK_EDITABLE(search), "");
	else
		app_pop(GTK_WIDGET(search));
}

/* The next letter goes behind the first, which is there already. */
static void on_typed(GtkSearchEntry *search)
{
	(void)gtk_widget_grab_focus(GTK_WIDGET(search));
	gtk_editable_set_position(GTK_EDITABLE(search), -1);
}

/* Typed anywhere on the page it is a search. */
static void take_typed(struct list *l, GtkWidget *page)
{
	gtk_search_entry_set_key_capture_widget(l->search, page);
	g_signal_connect(l->search, "search-started", G_CALLBACK(on_typed), NULL);
	g_signal_connect(l->search, "activate", G_CALLBACK(on_enter), l);
	g_signal_connect(l->search, "stop-search", G_CALLBACK(on_stop), NULL);
}

static GtkWidget *make_page(struct list *l)
{
	GtkWidget *page = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
	GtkWidget *scroll = gtk_scrolled_window_new();
	GtkWidget *clear = gtk_button_new_with_label(_("Leave open")), *nothing;

	gtk_widget_add_css_class(page, "page");
	l->search = GTK_SEARCH_ENTRY(gtk_search_entry_new());
	g_object_set(l->search, "placeholder-text", _("Search the list"), NULL);
	app_name(GTK_WIDGET(l->search), _("Search the list"));
	l->rows = GTK_LIST_BOX(gtk_list_box_new());
	gtk_list_box_set_selection_mode(l->rows, GTK_SELECTION_NONE);
	gtk_list_box_set_filter_func(l->rows, is_found, l, NULL);
	nothing = gtk_label_new(_("Nothing in the list has these words"));
	gtk_label_set_wrap(GTK_LABEL(nothing), TRUE);
	gtk_label_set_xalign(GTK_LABEL(nothing), 0);
	gtk_widget_add_css_class(nothing, "nothing");
	gtk_list_box_set_placeholder(l->rows, nothing);
	gtk_widget_set_vexpand(scroll, TRUE);
	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroll), GTK_WIDGET(l->rows));
	gtk_widget_add_css_class(clear, "big");
	take_typed(l, page);
	g_signal_connect(l->search, "search-changed", G_CALLBACK(on_search), l);
	g_signal_connect(l->rows, "row-activated", G_CALLBACK(on_row), l);
	g_signal_connect(clear, "clicked", G_CALLBACK(on_clear), l);
	gtk_box_append(GTK_BOX(page), GTK_WIDGET(l->search));
	gtk_box_append(GTK_BOX(page), scroll);
	gtk_box_append(GTK_BOX(page), clear);
	g_object_set_data_full(G_OBJECT(page), "list", l, free_list);
	return page;
}

/* What holds now is seen at once, however far down it stands: with the first frame in which the rows have their places. */
static gboolean show_chosen(GtkWidget *page, GdkFrameClock *clock, gpointer row)
{
	(void)page;
	(void)clock;
	if (gtk_widget_get_height(row) == 0)
		return G_SOURCE_CONTINUE;
	(void)gtk_widget_grab_focus(row);
	return G_SOURCE_REMOVE;
}

void sheet_list_show(AppSheetField *f)
{
	struct list *l = g_new0(struct list, 1);
	const struct jx_field *field = app_sheet_field_of(f);
	const struct jx_code *codes[CODES_MAX];
	const size_t count = sheet_codes(app_sheet_field_sheet(f), field, codes, CODES_MAX);
	GtkWidget *page;

	l->field = g_object_ref(f);
	l->is_several = field->type == JX_FIELD_CHOICES;
	page = make_page(l);
	for (size_t i = 0; i < count; i++)
		add_row(l, codes[i]);
	app_push(GTK_WIDGET(f), page, words_name(&field->name));
	if (l->chosen != NULL)
		(void)gtk_widget_add_tick_callback(page, show_chosen, l->chosen, NULL);
}
