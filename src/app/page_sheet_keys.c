/* The number pad beside or below a form, and the device's keys. */
#include "page_sheet.h"

#include <string.h>

#include "typing.h"

#define CLOSE_WIDTH 600 /* from here on the pad stands beside the fields, if that is wider than high */

/* ---- the pad ------------------------------------------------------------------------------------------- */

static gboolean hide_pad(gpointer user)
{
	AppSheetPage *page = user;

	page->hide_pad = 0;
	gtk_widget_set_visible(GTK_WIDGET(page->pad), FALSE);
	sheet_page_fit_results(page);
	return G_SOURCE_REMOVE;
}

/* From one number to the next it stays: else all would jump. */
void app_sheet_page_set_number(AppSheetPage *page, GtkWidget *entry)
{
	if (page->is_left)
		return;
	g_clear_handle_id(&page->hide_pad, g_source_remove);
	app_number_pad_set_entry(page->pad, entry);
	if (entry == NULL) {
		page->hide_pad = g_idle_add(hide_pad, page);
		return;
	}
	gtk_orientable_set_orientation(GTK_ORIENTABLE(page->split),
				       gtk_widget_get_width(GTK_WIDGET(page)) > CLOSE_WIDTH
					       ? GTK_ORIENTATION_HORIZONTAL
					       : GTK_ORIENTATION_VERTICAL);
	gtk_widget_set_visible(GTK_WIDGET(page->pad), TRUE);
	sheet_page_fit_results(page);
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

static gboolean on_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)user;
	return sheet_page_do(APP_SHEET_PAGE(widget), g_variant_get_string(args, NULL)) ? TRUE : FALSE;
}

void sheet_page_bind_keys(GtkWidgetClass *widget)
{
	static const struct {
		guint key;
		const char *does;
	} keys[] = {{GDK_KEY_Escape, "escape"},
		    {GDK_KEY_plus, "add"},
		    {GDK_KEY_KP_Add, "add"},
		    {GDK_KEY_equal, "same"},
		    {GDK_KEY_KP_Equal, "same"}};

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		gtk_widget_class_add_binding(widget, keys[i].key, 0, on_key, "s", keys[i].does);
		gtk_widget_class_add_binding(widget, keys[i].key, GDK_SHIFT_MASK, on_key, "s", keys[i].does);
	}
}

/* Not while an input method turns over its words by the same keys. */
static gboolean on_page_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	return typing_is_begun(app_window_of(widget)) ? FALSE : on_key(widget, args, user);
}

static void add_key(GtkEventController *keys, guint key, const char *does)
{
	GtkShortcut *shortcut = gtk_shortcut_new(gtk_keyval_trigger_new(key, 0),
						 gtk_callback_action_new(on_page_key, NULL, NULL));

	gtk_shortcut_set_arguments(shortcut, g_variant_new_string(does));
	gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(keys), shortcut);
}

/* Before what scrolls takes them. */
void sheet_page_take_keys(AppSheetPage *page)
{
	GtkEventController *keys = gtk_shortcut_controller_new();

	gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
	add_key(keys, GDK_KEY_Page_Down, "next");
	add_key(keys, GDK_KEY_KP_Page_Down, "next");
	add_key(keys, GDK_KEY_Page_Up, "back");
	add_key(keys, GDK_KEY_KP_Page_Up, "back");
	gtk_widget_add_controller(GTK_WIDGET(page), keys);
}
