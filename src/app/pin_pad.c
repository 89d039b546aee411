/* A page with large keys for a PIN. What is entered is shown as dots; a wrong one costs time, and nothing else. */
#include "pin_pad.h"

#include <string.h>

#include "app.h"

struct _AppPinPad {
	GtkBox parent_instance;
	GtkLabel *question, *dots, *problem;
	GtkWidget *keys;
	char pin[JX_PIN_DIGITS_MAX + 1];
	char *refused;
	gint64 until_us; /* keys come back then */
	guint timer;
};

G_DEFINE_TYPE(AppPinPad, app_pin_pad, GTK_TYPE_BOX)

static guint entered_signal;

static void show_dots(AppPinPad *pad)
{
	g_autoptr(GString) dots = g_string_new(NULL);

	for (size_t i = 0; i < strlen(pad->pin); i++)
		g_string_append(dots, "● ");
	gtk_label_set_text(pad->dots, dots->len > 0 ? dots->str : "○ ○ ○ ○");
}

static void clear(AppPinPad *pad)
{
	jx_wipe(pad->pin, sizeof(pad->pin));
	show_dots(pad);
}

static void add_digit(AppPinPad *pad, char digit)
{
	const size_t len = strlen(pad->pin);

	if (len >= JX_PIN_DIGITS_MAX || !gtk_widget_get_sensitive(pad->keys))
		return;
	pad->pin[len] = digit;
	gtk_label_set_text(pad->problem, "");
	show_dots(pad);
}

static void take_back(AppPinPad *pad)
{
	const size_t len = strlen(pad->pin);

	if (len > 0)
		pad->pin[len - 1] = '\0';
	show_dots(pad);
}

static void enter(AppPinPad *pad)
{
	if (gtk_widget_get_sensitive(pad->keys) && strlen(pad->pin) >= JX_PIN_DIGITS_MIN)
		g_signal_emit(pad, entered_signal, 0);
	else if (gtk_widget_get_sensitive(pad->keys))
		gtk_label_set_text(pad->problem, _("A PIN has 4 to 12 digits"));
}

static void on_key(AppPinPad *pad, GtkButton *button)
{
	const char *key = g_object_get_data(G_OBJECT(button), "key");

	if (key[0] >= '0' && key[0] <= '9')
		add_digit(pad, key[0]);
	else if (key[0] == '<')
		take_back(pad);
	else
		enter(pad);
}

static gboolean on_typed(AppPinPad *pad, guint key)
{
	const gunichar c = gdk_keyval_to_unicode(key);

	if (c >= '0' && c <= '9')
		add_digit(pad, (char)c);
	else if (key == GDK_KEY_BackSpace)
		take_back(pad);
	else if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter)
		enter(pad);
	else
		return GDK_EVENT_PROPAGATE;
	return GDK_EVENT_STOP;
}

static void add_keys(AppPinPad *pad)
{
	static const char *const keys[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "<", "0", "="};

	for (int i = 0; i < (int)G_N_ELEMENTS(keys); i++) {
		GtkWidget *button = gtk_button_new_with_label(keys[i]);

		if (keys[i][0] == '<') {
			gtk_button_set_icon_name(GTK_BUTTON(button), "edit-clear-symbolic");
			app_name(button, _("Delete a digit"));
		} else if (keys[i][0] == '=') {
			gtk_button_set_label(GTK_BUTTON(button), _("OK"));
			gtk_widget_add_css_class(button, "suggested-action");
		}
		gtk_widget_add_css_class(button, "pin-key");
		g_object_set_data(G_OBJECT(button), "key", (gpointer)(intptr_t)keys[i]);
		g_signal_connect_swapped(button, "clicked", G_CALLBACK(on_key), pad);
		gtk_grid_attach(GTK_GRID(pad->keys), button, i % 3, i / 3, 1, 1);
	}
}

static void say_wait(AppPinPad *pad)
{
	const gint64 left_us = pad->until_us - g_get_monotonic_time();
	g_autofree char *text = left_us > 0 ? g_strdup_printf(_("%s (%lld s)"), pad->refused,
							      (long long)((left_us + 999999) / 1000000))
					    : g_strdup(pad->refused);

	gtk_label_set_text(pad->problem, text);
	gtk_widget_set_sensitive(pad->keys, left_us <= 0);
}

static gboolean on_second(gpointer user)
{
	AppPinPad *pad = user;

	say_wait(pad);
	if (pad->until_us > g_get_monotonic_time())
		return G_SOURCE_CONTINUE;
	pad->timer = 0;
	return G_SOURCE_REMOVE;
}

void app_pin_pad_refuse(AppPinPad *pad, const char *text, int64_t wait_ms)
{
	clear(pad);
	g_free(pad->refused);
	pad->refused = g_strdup(text);
	pad->until_us = g_get_monotonic_time() + wait_ms * 1000;
	say_wait(pad);
	if (wait_ms > 0 && pad->timer == 0)
		pad->timer = g_timeout_add(250, on_second, pad);
}

void app_pin_pad_ask(AppPinPad *pad, const char *question)
{
	clear(pad);
	gtk_label_set_text(pad->question, question);
	gtk_label_set_text(pad->problem, "");
}

const char *app_pin_pad_pin(AppPinPad *pad)
{
	return pad->pin;
}

static void app_pin_pad_dispose(GObject *object)
{
	AppPinPad *pad = APP_PIN_PAD(object);

	if (pad->timer != 0)
		g_source_remove(pad->timer);
	pad->timer = 0;
	jx_wipe(pad->pin, sizeof(pad->pin));
	g_clear_pointer(&pad->refused, g_free);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_PIN_PAD);
	G_OBJECT_CLASS(app_pin_pad_parent_class)->dispose(object);
}

static void app_pin_pad_class_init(AppPinPadClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_pin_pad_dispose;
	entered_signal = g_signal_new("entered", APP_TYPE_PIN_PAD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
				      G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/pin_pad.ui");
	gtk_widget_class_bind_template_child(widget, AppPinPad, question);
	gtk_widget_class_bind_template_child(widget, AppPinPad, dots);
	gtk_widget_class_bind_template_child(widget, AppPinPad, problem);
	gtk_widget_class_bind_template_child(widget, AppPinPad, keys);
}

static void app_pin_pad_init(AppPinPad *pad)
{
	GtkEventController *typed = gtk_event_controller_key_new();

	gtk_widget_init_template(GTK_WIDGET(pad));
	/* before the key that has the focus takes Enter for itself */
	gtk_event_controller_set_propagation_phase(typed, GTK_PHASE_CAPTURE);
	g_signal_connect_swapped(typed, "key-pressed", G_CALLBACK(on_typed), pad);
	gtk_widget_add_controller(GTK_WIDGET(pad), typed);
	add_keys(pad);
	show_dots(pad);
}

GtkWidget *app_pin_pad_new(const char *question)
{
	AppPinPad *pad = g_object_new(APP_TYPE_PIN_PAD, NULL);

	gtk_label_set_text(pad->question, question);
	return GTK_WIDGET(pad);
}
