/* What the window tells: toasts, and the banner of the worst that holds for a while. */
#include "window.h"

#include <string.h>

#define TOAST_CHARS 44
/* Margins of a toast and its button, in pixels. */
#define TOAST_BESIDE 130

struct pressed {
	AppWindow *window; /* weak: the toast lives in it */
	void (*call)(GtkWidget *window, gpointer user);
	gpointer user;
	GDestroyNotify free_user;
};

static void free_pressed(gpointer data, GClosure *closure)
{
	struct pressed *p = data;

	(void)closure;
	if (p->free_user != NULL)
		p->free_user(p->user);
	g_free(p);
}

static void on_pressed(AdwToast *toast, struct pressed *p)
{
	void (*call)(GtkWidget *, gpointer) = p->call;

	p->call = NULL;
	if (call != NULL)
		call(GTK_WIDGET(p->window), p->user);
	adw_toast_dismiss(toast);
}

static void finish_toast(GtkWidget *inside)
{
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL;
	     c = gtk_widget_get_next_sibling(c)) {
		if (GTK_IS_BUTTON(c) && gtk_button_get_label(GTK_BUTTON(c)) == NULL)
			app_name(c, _("Close"));
		finish_toast(c);
	}
}

/* As wide as fits beside the button that closes, which is drawn without a name. */
static void on_toast_shown(GtkWidget *label)
{
	AppWindow *w = app_window_of(label);
	PangoContext *context = gtk_widget_get_pango_context(label);
	PangoFontMetrics *metrics = pango_context_get_metrics(context, NULL, NULL);
	const int unit = MAX(pango_font_metrics_get_approximate_char_width(metrics) / PANGO_SCALE, 1) + 1;

	pango_font_metrics_unref(metrics);
	gtk_label_set_max_width_chars(
		GTK_LABEL(label),
		CLAMP((gtk_widget_get_width(GTK_WIDGET(w)) - TOAST_BESIDE) / unit, 6, TOAST_CHARS));
	for (GtkWidget *up = label; up != NULL && up != GTK_WIDGET(w->toasts); up = gtk_widget_get_parent(up))
		if (strcmp(gtk_widget_get_css_name(up), "toast") == 0)
			finish_toast(up);
}

/* A toast's own title is one line, cut off: here stands all of it, of a failure also which field it is and what to do. */
static GtkWidget *whole_text(const char *text)
{
	g_autofree char *raised = words_raise(g_strdup(text));
	GtkWidget *label = gtk_label_new(raised);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	/* one line where there is room for it */
	gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_max_width_chars(GTK_LABEL(label), 6);
	g_signal_connect(label, "map", G_CALLBACK(on_toast_shown), NULL);
	return label;
}

void app_toast(GtkWidget *inside, const char *text, const char *button,
	       void (*pressed)(GtkWidget *window, gpointer user), gpointer user, GDestroyNotify free_user)
{
	AppWindow *w = app_window_of(inside);
	g_autofree char *plain = g_markup_escape_text(text, -1); /* a toast's title is markup */
	AdwToast *toast = adw_toast_new(plain);
	struct pressed *p = g_new0(struct pressed, 1);

	adw_toast_set_custom_title(toast, whole_text(text));
	*p = (struct pressed){.window = w, .call = pressed, .user = user, .free_user = free_user};
	adw_toast_set_timeout(toast, 5);
	/* at once, before a failure that nobody has closed yet or what was saved a second ago: those come back after it */
	adw_toast_set_priority(toast, ADW_TOAST_PRIORITY_HIGH);
	if (button != NULL)
		adw_toast_set_button_label(toast, button);
	(void)g_signal_connect_data(toast, "button-clicked", G_CALLBACK(on_pressed), p, free_pressed, 0);
	adw_toast_overlay_add_toast(w->toasts, toast);
}

AdwToast *app_toast_error(GtkWidget *inside, const struct jx_error *err)
{
	AppWindow *w = app_window_of(inside);
	g_autofree char *plain = g_markup_escape_text(err->text, -1);
	AdwToast *toast = adw_toast_new(plain);

	adw_toast_set_custom_title(toast, whole_text(err->text));
	adw_toast_set_timeout(toast, 0);
	adw_toast_set_priority(toast, ADW_TOAST_PRIORITY_HIGH);
	adw_toast_overlay_add_toast(w->toasts, toast);
	return toast;
}

/* The worst; with_brief: of those that matter on a page that lies over the four. */
static const struct trouble *worst(const AppWindow *w, bool with_brief)
{
	for (int i = 0; i < APP_TROUBLE_COUNT; i++)
		if (w->troubles[i].text != NULL && (!with_brief || w->troubles[i].brief != NULL))
			return &w->troubles[i];
	return NULL;
}

void app_window__show_strip(const AppWindow *w, GtkWidget *frame)
{
	GtkRevealer *strip = g_object_get_data(G_OBJECT(frame), "strip");
	const struct trouble *t = worst(w, true);

	if (strip == NULL)
		return;
	if (t != NULL)
		gtk_button_set_label(GTK_BUTTON(gtk_revealer_get_child(strip)), t->brief);
	gtk_revealer_set_reveal_child(strip, t != NULL);
}

static void show_worst(AppWindow *w)
{
	const struct trouble *t = worst(w, false);
	g_autoptr(GtkSelectionModel) pages = adw_leaflet_get_pages(w->stack);

	w->trouble_shown = t != NULL ? (int)(t - w->troubles) : -1;
	if (t != NULL) {
		gtk_label_set_text(w->banner_text, t->text);
		app_name(gtk_widget_get_parent(GTK_WIDGET(w->banner_text)), t->text);
		gtk_widget_set_visible(GTK_WIDGET(w->banner_button), t->button != NULL);
		if (t->button != NULL)
			gtk_button_set_label(w->banner_button, t->button);
	}
	gtk_revealer_set_reveal_child(w->banner, t != NULL);
	for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(pages)); i++) {
		g_autoptr(AdwLeafletPage) page = g_list_model_get_item(G_LIST_MODEL(pages), i);

		app_window__show_strip(w, adw_leaflet_page_get_child(page));
	}
}

void app_set_trouble(GtkWidget *inside, enum app_trouble what, const char *text, const char *brief,
		     const char *button, void (*pressed)(GtkWidget *window))
{
	AppWindow *w = app_window_of(inside);
	struct trouble *t = &w->troubles[what];

	if (g_strcmp0(t->text, text) == 0 && g_strcmp0(t->brief, brief) == 0 &&
	    g_strcmp0(t->button, button) == 0)
		return;
	g_free(t->text);
	g_free(t->brief);
	g_free(t->button);
	*t = (struct trouble){g_strdup(text), g_strdup(brief), g_strdup(button), pressed};
	show_worst(w);
}

/* The line is short: what to do stands in the whole text. */
static void on_strip(GtkWidget *button)
{
	const struct trouble *t = worst(app_window_of(button), true);

	if (t != NULL)
		app_toast(button, t->text, NULL, NULL, NULL, NULL);
}

void app_window__tell_whole(GtkWidget *button)
{
	g_signal_connect(button, "clicked", G_CALLBACK(on_strip), NULL);
}

static void on_banner(AppWindow *w)
{
	if (w->trouble_shown >= 0 && w->troubles[w->trouble_shown].pressed != NULL)
		w->troubles[w->trouble_shown].pressed(GTK_WIDGET(w));
}

/* Of a long one with large letters only the head is shown there. */
static void on_banner_text(AppWindow *w)
{
	if (w->trouble_shown >= 0)
		app_toast(GTK_WIDGET(w), w->troubles[w->trouble_shown].text, NULL, NULL, NULL, NULL);
}

void app_window__free_troubles(AppWindow *w)
{
	for (int i = 0; i < APP_TROUBLE_COUNT; i++) {
		g_free(w->troubles[i].text);
		g_free(w->troubles[i].brief);
		g_free(w->troubles[i].button);
	}
}

void app_window__bind_banner(GtkWidgetClass *widget)
{
	gtk_widget_class_bind_template_callback(widget, on_banner);
	gtk_widget_class_bind_template_callback(widget, on_banner_text);
}
