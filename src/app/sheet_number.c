/* A number: an entry between two big steppers. Digits come from the pad of the page, from keys, or by steps. */
#include "sheet.h"

#include <string.h>

struct number {
	AppSheetField *field; /* that it stands in */
	GtkWidget *entry;
	bool is_showing; /* the program writes into the entry */
};

static void free_number(gpointer user)
{
	g_free(user);
}

static void on_changed(GtkEditable *entry, struct number *n)
{
	if (!n->is_showing)
		app_sheet_field_answer(n->field, gtk_editable_get_text(entry));
}

/* "12.5" in tenths; what cannot be read counts as nothing. */
static bool read_kept(const struct jx_field *f, const char *text, int64_t *out)
{
	g_autofree char *digits = g_strdup(text);
	char *dot = strchr(digits, '.');
	int decimals = 0;

	if (dot != NULL) {
		decimals = (int)strlen(dot + 1);
		memmove(dot, dot + 1, strlen(dot + 1) + 1);
	}
	if (decimals > f->decimals || !jx_parse_i64(digits, -JX_MORE_MAX, JX_MORE_MAX, out))
		return false;
	for (; decimals < f->decimals; decimals++)
		*out *= 10;
	return true;
}

static char *write_kept(const struct jx_field *f, int64_t kept)
{
	int64_t scale = 1;

	for (int i = 0; i < f->decimals; i++)
		scale *= 10;
	if (scale == 1)
		return g_strdup_printf("%lld", (long long)kept);
	return g_strdup_printf("%s%lld.%0*lld", kept < 0 ? "-" : "", (long long)(ABS(kept) / scale),
			       f->decimals, (long long)(ABS(kept) % scale));
}

static void step(struct number *n, int64_t by)
{
	const struct jx_field *f = app_sheet_field_of(n->field);
	int64_t kept;
	g_autofree char *text = NULL;

	if (!read_kept(f, gtk_editable_get_text(GTK_EDITABLE(n->entry)), &kept))
		kept = by > 0 ? MAX(f->min, 1) - by : MAX(f->min, 0) - by;
	text = write_kept(f, CLAMP(kept + by, f->min, f->max));
	gtk_editable_set_text(GTK_EDITABLE(n->entry), text);
	gtk_editable_set_position(GTK_EDITABLE(n->entry), -1);
}

static void on_less(GtkButton *button, struct number *n)
{
	(void)button;
	step(n, -1);
}

static void on_more(GtkButton *button, struct number *n)
{
	(void)button;
	step(n, 1);
}

/* Digits only; a plus steps, and so does a minus where no number is below nothing. */
static void on_insert(GtkEditable *text, const char *typed, int length, int *position, struct number *n)
{
	const struct jx_field *f = app_sheet_field_of(n->field);
	const size_t len = length < 0 ? strlen(typed) : (size_t)length;
	bool is_fine = true;

	(void)position;
	if (n->is_showing)
		return;
	for (size_t i = 0; i < len; i++)
		is_fine = is_fine && (g_ascii_isdigit(typed[i]) || (typed[i] == '.' && f->decimals > 0) ||
				      (typed[i] == '-' && f->min < 0));
	if (is_fine)
		return;
	g_signal_stop_emission_by_name(text, "insert-text");
	if (len == 1 && typed[0] == '+')
		step(n, 1);
	else if (len == 1 && typed[0] == '-')
		step(n, -1);
}

static void on_enter(GtkEventControllerFocus *focus, struct number *n)
{
	(void)focus;
	app_sheet_page_set_number(APP_SHEET_PAGE(app_sheet_field_sheet(n->field)->page), n->entry);
}

static void on_leave(GtkEventControllerFocus *focus, struct number *n)
{
	(void)focus;
	app_sheet_page_set_number(APP_SHEET_PAGE(app_sheet_field_sheet(n->field)->page), NULL);
}

static void on_activate(GtkEntry *entry, struct number *n)
{
	(void)entry;
	app_sheet_page_go_on(APP_SHEET_PAGE(app_sheet_field_sheet(n->field)->page), GTK_WIDGET(n->field));
}

static void show(AppSheetField *f, GtkWidget *widget, const char *value)
{
	struct number *n = g_object_get_data(G_OBJECT(widget), "number");

	(void)f;
	if (strcmp(gtk_editable_get_text(GTK_EDITABLE(n->entry)), value) == 0)
		return;
	n->is_showing = true;
	gtk_editable_set_text(GTK_EDITABLE(n->entry), value);
	n->is_showing = false;
}

static GtkWidget *make_step(const char *label, const char *name, struct number *n, GCallback pressed)
{
	GtkWidget *button = gtk_button_new_with_label(label);

	gtk_widget_add_css_class(button, "step");
	/* keys step in the entry itself: fewer stops for a keypad */
	gtk_widget_set_focusable(button, FALSE);
	gtk_widget_set_focus_on_click(button, FALSE);
	app_name(button, name);
	g_signal_connect(button, "clicked", pressed, n);
	return button;
}

static void watch(struct number *n)
{
	GtkEventController *focus = gtk_event_controller_focus_new();

	g_signal_connect(focus, "enter", G_CALLBACK(on_enter), n);
	g_signal_connect(focus, "leave", G_CALLBACK(on_leave), n);
	gtk_widget_add_controller(n->entry, focus);
	g_signal_connect(n->entry, "changed", G_CALLBACK(on_changed), n);
	g_signal_connect(n->entry, "activate", G_CALLBACK(on_activate), n);
	g_signal_connect(gtk_editable_get_delegate(GTK_EDITABLE(n->entry)), "insert-text",
			 G_CALLBACK(on_insert), n);
}

void sheet_number_make(AppSheetField *f, struct sheet_control *out)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	const char *name = words_name(&app_sheet_field_of(f)->name);
	g_autofree char *less = g_strdup_printf(_("%s: one less"), name);
	g_autofree char *more = g_strdup_printf(_("%s: one more"), name);
	struct number *n = g_new0(struct number, 1);

	n->field = f;
	n->entry = gtk_entry_new();
	g_object_set_data_full(G_OBJECT(box), "number", n, free_number);
	gtk_entry_set_input_purpose(GTK_ENTRY(n->entry), GTK_INPUT_PURPOSE_NUMBER);
	gtk_entry_set_max_length(GTK_ENTRY(n->entry), 12);
	gtk_entry_set_alignment(GTK_ENTRY(n->entry), 0.5F);
	gtk_editable_set_width_chars(GTK_EDITABLE(n->entry), 6);
	gtk_widget_set_hexpand(n->entry, TRUE);
	gtk_widget_add_css_class(n->entry, "number");
	app_name(n->entry, name);
	watch(n);
	gtk_box_append(GTK_BOX(box), make_step("−", less, n, G_CALLBACK(on_less)));
	gtk_box_append(GTK_BOX(box), n->entry);
	gtk_box_append(GTK_BOX(box), make_step("+", more, n, G_CALLBACK(on_more)));
	*out = (struct sheet_control){.widget = box, .show = show};
}
