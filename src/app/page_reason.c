/* Why: a few words to tap, or to type. */
#include "app.h"
#include "flow.h"

struct reason {
	app_reason_given given;
	gpointer user;
	GDestroyNotify free_user;
	GtkEntry *entry;
	GtkWidget *save;
};

static void free_reason(gpointer data)
{
	struct reason *r = data;

	if (r->free_user != NULL)
		r->free_user(r->user);
	g_free(r);
}

static void on_typed(struct reason *r)
{
	g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(GTK_EDITABLE(r->entry))));

	gtk_widget_set_sensitive(r->save, text[0] != '\0');
}

static void on_phrase(GtkButton *button, struct reason *r)
{
	gtk_editable_set_text(GTK_EDITABLE(r->entry), gtk_button_get_label(button));
	(void)gtk_widget_grab_focus(r->save);
}

static void on_save(struct reason *r)
{
	if (gtk_widget_get_sensitive(r->save))
		r->given(r->save, gtk_editable_get_text(GTK_EDITABLE(r->entry)), r->user);
}

static GtkWidget *phrases_new(const char *const *phrases, struct reason *r)
{
	GtkWidget *box = gtk_flow_box_new();

	gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(box), GTK_SELECTION_NONE);
	app_flow_use(box);
	for (; *phrases != NULL; phrases++) {
		GtkWidget *button = gtk_button_new_with_label(*phrases);
		GtkWidget *child = gtk_flow_box_child_new();

		gtk_widget_add_css_class(button, "chip");
		g_signal_connect(button, "clicked", G_CALLBACK(on_phrase), r);
		gtk_flow_box_child_set_child(GTK_FLOW_BOX_CHILD(child), button);
		gtk_widget_set_focusable(child, FALSE);
		gtk_flow_box_insert(GTK_FLOW_BOX(box), child, -1);
	}
	return box;
}

GtkWidget *app_reason_page_new(const char *text, const char *const *phrases, const char *button,
			       app_reason_given given, gpointer user, GDestroyNotify free_user)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 12);
	GtkWidget *label = gtk_label_new(text);
	struct reason *r = g_new0(struct reason, 1);

	*r = (struct reason){given, user, free_user, GTK_ENTRY(gtk_entry_new()),
			     gtk_button_new_with_label(button)};
	g_object_set_data_full(G_OBJECT(box), "reason", r, free_reason);
	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_widget_set_margin_start(box, 12);
	gtk_widget_set_margin_end(box, 12);
	gtk_widget_set_margin_top(box, 12);
	gtk_entry_set_placeholder_text(r->entry, _("Reason"));
	gtk_entry_set_max_length(r->entry, 160);
	app_name(GTK_WIDGET(r->entry), _("Reason"));
	gtk_widget_add_css_class(r->save, "big");
	gtk_widget_add_css_class(r->save, "suggested-action");
	gtk_widget_set_sensitive(r->save, FALSE);
	gtk_box_append(GTK_BOX(box), label);
	gtk_box_append(GTK_BOX(box), phrases_new(phrases, r));
	gtk_box_append(GTK_BOX(box), GTK_WIDGET(r->entry));
	gtk_box_append(GTK_BOX(box), r->save);
	g_signal_connect_swapped(r->entry, "changed", G_CALLBACK(on_typed), r);
	g_signal_connect_swapped(r->entry, "activate", G_CALLBACK(on_save), r);
	g_signal_connect_swapped(r->save, "clicked", G_CALLBACK(on_save), r);
	return box;
}
