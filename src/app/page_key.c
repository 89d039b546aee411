/* A key of the housing is learned by being pressed: no two models have the same ones, and no table knows them all. */
#include "keys.h"

#include <string.h>

#include "app.h"

/* ---- names -------------------------------------------------------------------------------------------- */

static guint key_of(const char *name)
{
	const guint key = gdk_keyval_from_name(name);

	if (key != GDK_KEY_VoidSymbol && key != 0)
		return key;
	/* X calls them so, GTK not always */
	return g_str_has_prefix(name, "XF86") ? key_of(name + 4) : 0;
}

bool keys_at(const char *names, size_t i, guint *key_out)
{
	g_auto(GStrv) list = g_strsplit(names, " ", -1);

	if (i >= g_strv_length(list))
		return false;
	*key_out = list[i][0] != '\0' ? key_of(list[i]) : 0;
	return true;
}

bool keys_have(const char *names, guint key)
{
	guint one;

	for (size_t i = 0; keys_at(names, i, &one); i++)
		if (one != 0 && one == key)
			return true;
	return false;
}

/* What is printed on such a key, or what people call it; of others the name that the keyboard map gives it. */
static const char *key_words(const char *name)
{
	static const struct {
		const char *name, *words;
	} keys[] = {
		{"AudioRaiseVolume", N_("Volume up")},
		{"AudioLowerVolume", N_("Volume down")},
		{"AudioMute", N_("Mute")},
		{"WebCam", N_("Camera key")},
		{"Camera", N_("Camera key")},
		{"Refresh", N_("Refresh")},
	};
	const char *plain = g_str_has_prefix(name, "XF86") ? name + 4 : name;

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(plain, keys[i].name) == 0)
			return _(keys[i].words);
	return plain;
}

char *keys_text(const char *names)
{
	g_auto(GStrv) list = g_strsplit(names, " ", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (char **name = list; *name != NULL; name++)
		if (**name != '\0')
			g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", key_words(*name));
	return g_strdup(out->len > 0 ? out->str : _("none"));
}

/* ---- what may be chosen --------------------------------------------------------------------------------- */

static bool is_one_of(guint key, const guint *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == key)
			return true;
	return false;
}

/* By these a person without a finger on the glass goes about: they pass on to the page. */
static bool goes_about(guint key)
{
	static const guint keys[] = {
		GDK_KEY_Escape,  GDK_KEY_Back,     GDK_KEY_Tab,       GDK_KEY_ISO_Left_Tab, GDK_KEY_KP_Tab,
		GDK_KEY_Return,  GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space,        GDK_KEY_KP_Space,
		GDK_KEY_Up,      GDK_KEY_Down,     GDK_KEY_Left,      GDK_KEY_Right,        GDK_KEY_KP_Up,
		GDK_KEY_KP_Down, GDK_KEY_KP_Left,  GDK_KEY_KP_Right,  GDK_KEY_Page_Up,      GDK_KEY_Page_Down,
		GDK_KEY_Home,    GDK_KEY_End};

	return is_one_of(key, keys, G_N_ELEMENTS(keys));
}

static bool is_modifier(guint key)
{
	return (key >= GDK_KEY_Shift_L && key <= GDK_KEY_Hyper_R) || key == GDK_KEY_Num_Lock ||
	       key == GDK_KEY_ISO_Level3_Shift || key == GDK_KEY_Mode_switch;
}

const char *keys_refusal(guint key)
{
	static const guint edits[] = {GDK_KEY_BackSpace, GDK_KEY_Delete, GDK_KEY_KP_Delete, GDK_KEY_Insert,
				      GDK_KEY_Clear};
	static const guint apps[] = {GDK_KEY_F1, GDK_KEY_F10, GDK_KEY_Menu};
	static const guint systems[] = {GDK_KEY_PowerOff,  GDK_KEY_PowerDown, GDK_KEY_Sleep, GDK_KEY_Suspend,
					GDK_KEY_Hibernate, GDK_KEY_WakeUp,    GDK_KEY_Print, GDK_KEY_Sys_Req};

	if (key == 0 || key == GDK_KEY_VoidSymbol || gdk_keyval_name(key) == NULL)
		return _("This key has no name: choose another, or have the device's keyboard map name it");
	if (goes_about(key))
		return _("By this key one goes about in the app: choose another");
	if (is_modifier(key))
		return _("This key only works together with others: choose another");
	if (is_one_of(key, edits, G_N_ELEMENTS(edits)) || gdk_keyval_to_unicode(key) != 0)
		return _("This key is needed for typing: choose another");
	if (is_one_of(key, apps, G_N_ELEMENTS(apps)))
		return _("This key opens the standards card or a menu: choose another");
	if (is_one_of(key, systems, G_N_ELEMENTS(systems)))
		return _("This key is the system's: choose another");
	return NULL;
}

/* ---- the page ------------------------------------------------------------------------------------------- */

struct learning {
	char **names; /* of the prefs, which live as long as the window */
	const char *as_delivered;
	GtkWidget *page;
	GtkLabel *now, *refusal;
	GtkEventController *keys; /* while it is shown */
};

static void show_now(struct learning *l)
{
	g_autofree char *names = keys_text(*l->names);
	g_autofree char *text = g_strdup_printf(_("So far: %s"), names);

	gtk_label_set_text(l->now, text);
}

static void take(struct learning *l, const char *names)
{
	g_autofree char *shown = keys_text(names);
	g_autofree char *text = g_strdup_printf(_("From now on: %s"), shown);
	GtkWidget *window = GTK_WIDGET(app_window_of(l->page));

	g_free(*l->names);
	*l->names = g_strdup(names);
	prefs_save(app_prefs(window));
	app_pop(l->page);
	app_toast(window, text, NULL, NULL, NULL, NULL);
}

static gboolean on_key(GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
		       struct learning *l)
{
	const char *refusal = keys_refusal(key);

	(void)controller;
	(void)code;
	(void)state;
	if (refusal == NULL) {
		take(l, gdk_keyval_name(key));
		return TRUE;
	}
	gtk_label_set_text(l->refusal, refusal);
	gtk_widget_set_visible(GTK_WIDGET(l->refusal), TRUE);
	return !goes_about(key) && !is_modifier(key);
}

static void on_as_delivered(struct learning *l)
{
	take(l, l->as_delivered);
}

/* The window's, before any control has the key: wherever the focus is, on the way back too. */
static void on_map(struct learning *l)
{
	l->keys = gtk_event_controller_key_new();
	gtk_event_controller_set_propagation_phase(l->keys, GTK_PHASE_CAPTURE);
	g_signal_connect(l->keys, "key-pressed", G_CALLBACK(on_key), l);
	gtk_widget_add_controller(GTK_WIDGET(app_window_of(l->page)), l->keys);
}

static void on_unmap(struct learning *l)
{
	gtk_widget_remove_controller(GTK_WIDGET(app_window_of(l->page)), l->keys);
}

static GtkLabel *add_label(GtkWidget *box, const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_widget_add_css_class(label, class);
	gtk_box_append(GTK_BOX(box), label);
	return GTK_LABEL(label);
}

GtkWidget *app_key_page_new(char **names, const char *as_delivered, const char *what)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 18);
	GtkWidget *button = gtk_button_new_with_label(_("As delivered"));
	struct learning *l = g_new0(struct learning, 1);

	*l = (struct learning){.names = names, .as_delivered = as_delivered, .page = box};
	gtk_widget_add_css_class(box, "page");
	(void)add_label(box, what, "heading");
	(void)add_label(box, _("Press the key now"), "title-2");
	l->now = add_label(box, "", "dim-label");
	l->refusal = add_label(box, "", "error");
	gtk_widget_set_visible(GTK_WIDGET(l->refusal), FALSE);
	gtk_widget_add_css_class(button, "big");
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(on_as_delivered), l);
	gtk_box_append(GTK_BOX(box), button);
	g_signal_connect_swapped(box, "map", G_CALLBACK(on_map), l);
	g_signal_connect_swapped(box, "unmap", G_CALLBACK(on_unmap), l);
	g_object_set_data_full(G_OBJECT(box), "learning", l, g_free);
	show_now(l);
	return box;
}
