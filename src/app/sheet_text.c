/* Words: one line, or several for a note; phrases to tap stand before the typing. */
#include "sheet.h"

#include "flow.h"

#include <string.h>

#define LINE_CHARS_MAX 120 /* longer texts get a field of several lines */
#define PHRASES_SHOWN  9

struct words {
	AppSheetField *field;
	GtkWidget *entry; /* or: */
	GtkTextView *view;
	bool is_showing;
};

static char *text_of(struct words *w)
{
	GtkTextBuffer *buffer;
	GtkTextIter from, until;

	if (w->entry != NULL)
		return g_strdup(gtk_editable_get_text(GTK_EDITABLE(w->entry)));
	buffer = gtk_text_view_get_buffer(w->view);
	gtk_text_buffer_get_bounds(buffer, &from, &until);
	return gtk_text_buffer_get_text(buffer, &from, &until, FALSE);
}

static void set_text(struct words *w, const char *text)
{
	if (w->entry != NULL)
		gtk_editable_set_text(GTK_EDITABLE(w->entry), text);
	else
		gtk_text_buffer_set_text(gtk_text_view_get_buffer(w->view), text, -1);
}

static void on_changed(struct words *w)
{
	g_autofree char *text = text_of(w);

	if (!w->is_showing)
		app_sheet_field_answer(w->field, text);
}

static void on_leave(struct words *w)
{
	sheet_flush(app_sheet_field_sheet(w->field));
}

static void on_activate(struct words *w)
{
	app_sheet_page_go_on(APP_SHEET_PAGE(app_sheet_field_sheet(w->field)->page), GTK_WIDGET(w->field));
}

static void on_phrase(GtkButton *button, struct words *w)
{
	g_autofree char *text = text_of(w);
	g_autofree char *longer = NULL;
	const char *phrase = gtk_button_get_label(button);

	if (strstr(text, phrase) != NULL)
		return;
	longer = text[0] != '\0' ? g_strdup_printf("%s%s%s", text, _(", "), phrase) : g_strdup(phrase);
	set_text(w, longer);
}

static void show(AppSheetField *f, GtkWidget *widget, const char *value)
{
	struct words *w = g_object_get_data(G_OBJECT(widget), "words");
	g_autofree char *text = text_of(w);

	(void)f;
	if (strcmp(text, value) == 0)
		return;
	w->is_showing = true;
	set_text(w, value);
	w->is_showing = false;
}

static void add_phrases(AppSheetField *f, struct words *w, GtkWidget *box)
{
	struct sheet *s = app_sheet_field_sheet(f);
	const struct jx_text *texts = NULL;
	const size_t n = jx_pack_phrases(jx_sheet_pack(s->fill.sheet), s->fill.draft.form,
					 app_sheet_field_of(f)->id, &texts);
	GtkWidget *chips;

	if (n == 0)
		return;
	chips = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
	app_flow_use(chips);
	for (size_t i = 0; i < n && i < PHRASES_SHOWN; i++) {
		GtkWidget *chip = gtk_button_new_with_label(jx_text_pick(&texts[i]));

		gtk_widget_add_css_class(chip, "chip");
		g_signal_connect(chip, "clicked", G_CALLBACK(on_phrase), w);
		gtk_box_append(GTK_BOX(chips), chip);
	}
	gtk_box_append(GTK_BOX(box), chips);
}

static GtkWidget *make_view(struct words *w)
{
	GtkWidget *frame = gtk_frame_new(NULL);

	w->view = GTK_TEXT_VIEW(gtk_text_view_new());
	gtk_text_view_set_wrap_mode(w->view, GTK_WRAP_WORD_CHAR);
	/* Tab goes on to the next control */
	gtk_text_view_set_accepts_tab(w->view, FALSE);
	gtk_text_view_set_left_margin(w->view, 8);
	gtk_text_view_set_right_margin(w->view, 8);
	gtk_text_view_set_top_margin(w->view, 8);
	gtk_text_view_set_bottom_margin(w->view, 8);
	gtk_widget_set_size_request(GTK_WIDGET(w->view), -1, 96);
	g_signal_connect_swapped(gtk_text_view_get_buffer(w->view), "changed", G_CALLBACK(on_changed), w);
	gtk_frame_set_child(GTK_FRAME(frame), GTK_WIDGET(w->view));
	return frame;
}

static GtkWidget *make_entry(struct words *w, const struct jx_field *f)
{
	w->entry = gtk_entry_new();
	gtk_entry_set_max_length(GTK_ENTRY(w->entry), (int)f->max);
	gtk_editable_set_width_chars(GTK_EDITABLE(w->entry), 8);
	g_signal_connect_swapped(w->entry, "changed", G_CALLBACK(on_changed), w);
	g_signal_connect_swapped(w->entry, "activate", G_CALLBACK(on_activate), w);
	return w->entry;
}

void sheet_text_make(AppSheetField *f, struct sheet_control *out)
{
	const struct jx_field *field = app_sheet_field_of(f);
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	GtkEventController *focus = gtk_event_controller_focus_new();
	struct words *w = g_new0(struct words, 1);
	GtkWidget *control;

	w->field = f;
	g_object_set_data_full(G_OBJECT(box), "words", w, g_free);
	add_phrases(f, w, box);
	control = field->type == JX_FIELD_PARTY || field->max <= LINE_CHARS_MAX ? make_entry(w, field)
										: make_view(w);
	gtk_box_append(GTK_BOX(box), control);
	app_name(w->entry != NULL ? w->entry : GTK_WIDGET(w->view), words_name(&field->name));
	g_signal_connect_swapped(focus, "leave", G_CALLBACK(on_leave), w);
	gtk_widget_add_controller(box, focus);
	*out = (struct sheet_control){.widget = box, .show = show};
}
