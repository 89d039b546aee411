/* The pad: twelve keys, and one that goes on. */
#include "number_pad.h"

#include <string.h>

struct _AppNumberPad {
	GtkBox parent_instance;
	GtkGrid *keys;
	GtkWidget *entry; /* weak */
};

G_DEFINE_TYPE(AppNumberPad, app_number_pad, GTK_TYPE_BOX)

void app_number_pad_set_entry(AppNumberPad *pad, GtkWidget *entry)
{
	g_set_weak_pointer(&pad->entry, entry);
}

static void erase(GtkEditable *entry)
{
	int from, until;

	if (!gtk_editable_get_selection_bounds(entry, &from, &until)) {
		until = gtk_editable_get_position(entry);
		from = until - 1;
	}
	if (until > 0)
		gtk_editable_delete_text(entry, from, until);
}

static void type_in(GtkEditable *entry, const char *digit)
{
	int at, from, until;

	if (gtk_editable_get_selection_bounds(entry, &from, &until))
		gtk_editable_delete_text(entry, from, until);
	at = gtk_editable_get_position(entry);
	gtk_editable_insert_text(entry, digit, -1, &at);
	gtk_editable_set_position(entry, at);
}

static void on_key(GtkButton *button, AppNumberPad *pad)
{
	const char *key = gtk_widget_get_name(GTK_WIDGET(button));

	if (pad->entry == NULL)
		return;
	if (strcmp(key, "next") == 0)
		g_signal_emit_by_name(pad->entry, "activate");
	else if (strcmp(key, "erase") == 0)
		erase(GTK_EDITABLE(pad->entry));
	else
		type_in(GTK_EDITABLE(pad->entry), key);
}

static void app_number_pad_dispose(GObject *object)
{
	g_clear_weak_pointer(&APP_NUMBER_PAD(object)->entry);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_NUMBER_PAD);
	G_OBJECT_CLASS(app_number_pad_parent_class)->dispose(object);
}

static void app_number_pad_class_init(AppNumberPadClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_number_pad_dispose;
	gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/cn/jiexun/ui/number_pad.ui");
	gtk_widget_class_bind_template_child(GTK_WIDGET_CLASS(class), AppNumberPad, keys);
	gtk_widget_class_bind_template_callback(GTK_WIDGET_CLASS(class), on_key);
}

static void app_number_pad_init(AppNumberPad *pad)
{
	gtk_widget_init_template(GTK_WIDGET(pad));
}
