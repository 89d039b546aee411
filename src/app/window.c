/* The window: four pages, what lies over them, toasts and the banner. */
#include "window.h"
#include "app.h"
#include "facts.h"
#include "flow.h"
#include "lens.h"
#include "pinyin_pad.h"
#include "trace.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>

#include <glib-unix.h>

#define TOAST_CHARS 44
/* Margins of a toast and its button, in pixels. */
#define TOAST_BESIDE 130

struct trouble {
	char *text, *button;
	void (*pressed)(GtkWidget *window);
};

struct _AppWindow {
	AdwApplicationWindow parent_instance;
	AdwToastOverlay *toasts;
	AdwLeaflet *stack;
	GtkWidget *main;
	GtkStack *content;
	AdwViewStack *views;
	AdwViewSwitcherTitle *switcher_title;
	AdwViewSwitcherBar *switcher_bar;
	GtkRevealer *banner;
	GtkLabel *banner_text;
	GtkButton *banner_button;
	AppPinyinPad *pad;
	struct trouble troubles[APP_TROUBLE_COUNT];
	int trouble_shown;     /* -1 none */
	struct jx_handheld *h; /* the desk's; only profile and dir are read here, which never change */
	struct desk *desk;
	struct place *place;
	struct prefs *prefs;
	bool is_demo;
};

G_DEFINE_TYPE(AppWindow, app_window, ADW_TYPE_APPLICATION_WINDOW)

static guint changed_signal;

/* ---- of the window a widget stands in ---------------------------------------------------------------- */

AppWindow *app_window_of(GtkWidget *inside)
{
	GtkRoot *root = APP_IS_WINDOW(inside) ? GTK_ROOT(inside) : gtk_widget_get_root(inside);

	return root != NULL && APP_IS_WINDOW(root) ? APP_WINDOW(root) : NULL;
}

struct desk *app_desk(GtkWidget *inside)
{
	return app_window_of(inside)->desk;
}

struct place *app_place(GtkWidget *inside)
{
	return app_window_of(inside)->place;
}

struct prefs *app_prefs(GtkWidget *inside)
{
	return app_window_of(inside)->prefs;
}

const struct jx_profile *app_profile(GtkWidget *inside)
{
	return &app_window_of(inside)->h->profile;
}

const char *app_dir(GtkWidget *inside)
{
	return app_window_of(inside)->h->dir;
}

void app_set_demo(AppWindow *w)
{
	w->is_demo = true;
	adw_view_switcher_title_set_title(w->switcher_title, _("Jiexun demo"));
	gtk_window_set_title(GTK_WINDOW(w), _("Jiexun demo"));
}

bool app_is_demo(GtkWidget *inside)
{
	return app_window_of(inside)->is_demo;
}

/* ---- going to a page and back ------------------------------------------------------------------------ */

/* All that lie after the one shown, once the way back is over. */
static void drop_left_pages(AppWindow *w)
{
	GtkWidget *shown = adw_leaflet_get_visible_child(w->stack);
	GtkWidget *next;

	/* neighbours as the leaflet has them: it has children of its own besides, for shadows */
	if (shown == NULL || adw_leaflet_get_child_transition_running(w->stack))
		return;
	while ((next = adw_leaflet_get_adjacent_child(w->stack, ADW_NAVIGATION_DIRECTION_FORWARD)) != NULL)
		adw_leaflet_remove(w->stack, next);
}

static gboolean drop_left_later(gpointer user)
{
	AppWindow *w = user;

	drop_left_pages(w);
	g_object_unref(w);
	return G_SOURCE_REMOVE;
}

/* A toast stays for five seconds and the next entry begins at once: it must not lie on the button that is pressed next. */
static void lift_toasts(AppWindow *w)
{
	GtkWidget *shown = adw_leaflet_get_visible_child(w->stack);
	const char *over = shown == NULL || shown == w->main               ? ""
			   : gtk_widget_has_css_class(shown, "has-header") ? "over-page"
									   : "over-camera";
	const char *classes[] = {over, NULL};

	gtk_widget_set_css_classes(GTK_WIDGET(w->toasts), classes);
}

static void on_shown(AppWindow *w)
{
	lift_toasts(w);
	/* not from inside the leaflet's own notification */
	g_idle_add(drop_left_later, g_object_ref(w));
}

void app_push_bare(GtkWidget *inside, GtkWidget *page)
{
	AppWindow *w = app_window_of(inside);

	drop_left_pages(w);
	app_wrap_keys(page);
	adw_leaflet_append(w->stack, page);
	adw_leaflet_set_visible_child(w->stack, page);
	(void)gtk_widget_child_focus(page, GTK_DIR_TAB_FORWARD);
}

static void on_back(GtkButton *button)
{
	app_pop(GTK_WIDGET(button));
}

/* On as many lines as it needs: a form's name tells which of thirty it is. */
static GtkWidget *title_new(const char *title)
{
	GtkWidget *label = gtk_label_new(title);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
	gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
	gtk_widget_add_css_class(label, "title");
	return label;
}

void app_push(GtkWidget *inside, GtkWidget *page, const char *title)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
	GtkWidget *header = adw_header_bar_new();
	GtkWidget *back = gtk_button_new_from_icon_name("go-previous-symbolic");

	app_name(back, _("Back"));
	gtk_widget_add_css_class(back, "back");
	g_signal_connect(back, "clicked", G_CALLBACK(on_back), NULL);
	adw_header_bar_pack_start(ADW_HEADER_BAR(header), back);
	adw_header_bar_set_title_widget(ADW_HEADER_BAR(header), title_new(title));
	gtk_widget_add_css_class(box, "has-header");
	gtk_box_append(GTK_BOX(box), header);
	gtk_widget_set_vexpand(page, TRUE);
	gtk_box_append(GTK_BOX(box), page);
	app_push_bare(inside, box);
	(void)gtk_widget_child_focus(page, GTK_DIR_TAB_FORWARD);
}

void app_pop(GtkWidget *inside)
{
	AppWindow *w = app_window_of(inside);
	GtkWidget *before = adw_leaflet_get_adjacent_child(w->stack, ADW_NAVIGATION_DIRECTION_BACK);

	if (before != NULL)
		adw_leaflet_set_visible_child(w->stack, before);
}

void app_pop_all(GtkWidget *inside)
{
	AppWindow *w = app_window_of(inside);

	adw_leaflet_set_visible_child(w->stack, w->main);
}

void app_show_view(GtkWidget *inside, const char *name)
{
	AppWindow *w = app_window_of(inside);

	adw_view_stack_set_visible_child_name(w->views, name);
	adw_leaflet_set_visible_child(w->stack, w->main);
}

void app_set_instead(GtkWidget *inside, GtkWidget *page)
{
	AppWindow *w = app_window_of(inside);
	GtkWidget *there = gtk_stack_get_child_by_name(w->content, "instead");

	/* nothing leads to the four while they are not there */
	adw_view_switcher_bar_set_reveal(w->switcher_bar, page == NULL);
	adw_view_switcher_title_set_view_switcher_enabled(w->switcher_title, page == NULL);
	gtk_stack_set_visible_child_name(w->content, "views");
	if (there != NULL)
		gtk_stack_remove(w->content, there);
	if (page == NULL)
		return;
	app_wrap_keys(page);
	(void)gtk_stack_add_named(w->content, page, "instead");
	gtk_stack_set_visible_child(w->content, page);
}

/* ---- telling ----------------------------------------------------------------------------------------- */

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
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
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

static void show_worst(AppWindow *w)
{
	const struct trouble *t = NULL;
	int i;

	for (i = 0; i < APP_TROUBLE_COUNT && t == NULL; i++)
		if (w->troubles[i].text != NULL)
			t = &w->troubles[i];
	w->trouble_shown = t != NULL ? i - 1 : -1;
	if (t != NULL) {
		gtk_label_set_text(w->banner_text, t->text);
		gtk_widget_set_visible(GTK_WIDGET(w->banner_button), t->button != NULL);
		if (t->button != NULL)
			gtk_button_set_label(w->banner_button, t->button);
	}
	gtk_revealer_set_reveal_child(w->banner, t != NULL);
}

void app_set_trouble(GtkWidget *inside, enum app_trouble what, const char *text, const char *button,
		     void (*pressed)(GtkWidget *window))
{
	AppWindow *w = app_window_of(inside);
	struct trouble *t = &w->troubles[what];

	if (g_strcmp0(t->text, text) == 0 && g_strcmp0(t->button, button) == 0)
		return;
	g_free(t->text);
	g_free(t->button);
	*t = (struct trouble){g_strdup(text), g_strdup(button), pressed};
	show_worst(w);
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

void app_changed(GtkWidget *inside)
{
	g_signal_emit(app_window_of(inside), changed_signal, 0);
}

/* ---- text -------------------------------------------------------------------------------------------- */

void app_name(GtkWidget *widget, const char *name)
{
	gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void app_wrap_keys(GtkWidget *inside)
{
	GtkWidget *label = GTK_IS_BUTTON(inside) ? gtk_button_get_child(GTK_BUTTON(inside)) : NULL;

	if (GTK_IS_LABEL(label)) {
		gtk_label_set_wrap(GTK_LABEL(label), TRUE);
		gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD);
		/* where there is room a line stays one: else two characters would stand one above the other */
		gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
		gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
		return;
	}
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL; c = gtk_widget_get_next_sibling(c))
		app_wrap_keys(c);
}

void app_time_text(const struct jx_profile *profile, int64_t utc_ms, char out[8])
{
	const int64_t minute = (utc_ms / 60000 + profile->utc_offset_min) % 1440;

	(void)g_snprintf(out, 8, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

char *app_size_text(int64_t bytes)
{
	return g_format_size((guint64)bytes);
}

const char *app_code_icon(const char *code, char out[32])
{
	GtkIconTheme *theme = gtk_icon_theme_get_for_display(gdk_display_get_default());

	g_snprintf(out, 32, "jx-code-%.8s-symbolic", code);
	if (!gtk_icon_theme_has_icon(theme, out))
		jx_strcpy(out, 32, "jx-code-other-symbolic");
	return out;
}

void app_load_style(void)
{
	GtkCssProvider *css = gtk_css_provider_new();

	gtk_css_provider_load_from_resource(css, "/cn/jiexun/style.css");
	gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
						   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
	g_object_unref(css);
	/*
	 * Where no graphics processor draws, a page that slides in is drawn ten times, and once it is there the next touch has waited: 20 ms
	 * of the main loop for a saved entry, where 10 do.
	 */
	if (g_strcmp0(g_getenv("GSK_RENDERER"), "cairo") == 0)
		g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
	gtk_icon_theme_add_resource_path(gtk_icon_theme_get_for_display(gdk_display_get_default()),
					 "/cn/jiexun/icons");
}

/* ---- the end ---------------------------------------------------------------------------------------------- */

static gboolean on_end(gpointer user)
{
	GtkWindow *window = gtk_application_get_active_window(user);

	if (window != NULL)
		gtk_window_destroy(window);
	else
		g_application_quit(user);
	return G_SOURCE_CONTINUE;
}

void app_end_when_told(GtkApplication *application)
{
	g_unix_signal_add(SIGTERM, on_end, application);
	g_unix_signal_add(SIGINT, on_end, application);
	g_unix_signal_add(SIGHUP, on_end, application);
}

/* ---- the window itself ------------------------------------------------------------------------------- */

static gboolean on_escape(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)args;
	(void)user;
	app_pop(widget);
	return TRUE;
}

/* Keys 1 to 4 with Alt: a keypad has no tab bar to tap. */
static gboolean on_view_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)user;
	app_show_view(widget, g_variant_get_string(args, NULL));
	return TRUE;
}

static gboolean on_help_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)args;
	(void)user;
	app_show_card(widget, NULL);
	return TRUE;
}

static void app_window_dispose(GObject *object)
{
	AppWindow *w = APP_WINDOW(object);

	/* what was handed to the desk is written before the window is gone */
	desk_close(g_steal_pointer(&w->desk));
	place_close(g_steal_pointer(&w->place));
	gtk_widget_dispose_template(GTK_WIDGET(w), APP_TYPE_WINDOW);
	G_OBJECT_CLASS(app_window_parent_class)->dispose(object);
}

static void app_window_finalize(GObject *object)
{
	AppWindow *w = APP_WINDOW(object);

	for (int i = 0; i < APP_TROUBLE_COUNT; i++) {
		g_free(w->troubles[i].text);
		g_free(w->troubles[i].button);
	}
	prefs_free(w->prefs);
	g_free(w->h);
	G_OBJECT_CLASS(app_window_parent_class)->finalize(object);
}

static void app_window_class_init(AppWindowClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_window_dispose;
	G_OBJECT_CLASS(class)->finalize = app_window_finalize;
	changed_signal = g_signal_new("changed", APP_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
				      G_TYPE_NONE, 0);
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/window.ui");
	gtk_widget_class_bind_template_child(widget, AppWindow, toasts);
	gtk_widget_class_bind_template_child(widget, AppWindow, stack);
	gtk_widget_class_bind_template_child(widget, AppWindow, main);
	gtk_widget_class_bind_template_child(widget, AppWindow, content);
	gtk_widget_class_bind_template_child(widget, AppWindow, views);
	gtk_widget_class_bind_template_child(widget, AppWindow, switcher_title);
	gtk_widget_class_bind_template_child(widget, AppWindow, switcher_bar);
	gtk_widget_class_bind_template_child(widget, AppWindow, banner);
	gtk_widget_class_bind_template_child(widget, AppWindow, banner_text);
	gtk_widget_class_bind_template_child(widget, AppWindow, banner_button);
	gtk_widget_class_bind_template_child(widget, AppWindow, pad);
	gtk_widget_class_bind_template_callback(widget, on_banner);
	gtk_widget_class_bind_template_callback(widget, on_banner_text);
	gtk_widget_class_bind_template_callback(widget, on_shown);
	gtk_widget_class_add_binding(widget, GDK_KEY_Escape, 0, on_escape, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_Back, 0, on_escape, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_F1, 0, on_help_key, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_1, GDK_ALT_MASK, on_view_key, "s", "log");
	gtk_widget_class_add_binding(widget, GDK_KEY_2, GDK_ALT_MASK, on_view_key, "s", "check");
	gtk_widget_class_add_binding(widget, GDK_KEY_3, GDK_ALT_MASK, on_view_key, "s", "today");
	gtk_widget_class_add_binding(widget, GDK_KEY_4, GDK_ALT_MASK, on_view_key, "s", "status");
}

static void app_window_init(AppWindow *w)
{
	w->trouble_shown = -1;
	g_type_ensure(APP_TYPE_PINYIN_PAD);
	gtk_widget_init_template(GTK_WIDGET(w));
	app_flow_fill(gtk_widget_get_parent(GTK_WIDGET(w->banner_text)));
	app_sight__serve(w);
}

/* Tasks and the map will stand between them. */
static const struct view {
	const char *name, *title, *icon;
	GtkWidget *(*page_new)(void);
} views[] = {{"log", N_("Log"), "jx-log-symbolic", app_log_page_new},
	     {"check", N_("Check"), "jx-check-symbolic", app_check_page_new},
	     {"today", N_("Today"), "jx-today-symbolic", app_today_page_new},
	     {"status", N_("Status"), "jx-status-symbolic", app_status_page_new}};

static void add_views(AppWindow *w)
{
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		AdwViewStackPage *p = adw_view_stack_add_titled(w->views, adw_bin_new(), views[i].name,
								_(views[i].title));

		adw_view_stack_page_set_icon_name(p, views[i].icon);
	}
}

/* A page is made when it is first gone to: at the start one of them is needed, and three would be made, measured and kept. */
static void on_view(AppWindow *w)
{
	AdwBin *place = ADW_BIN(adw_view_stack_get_visible_child(w->views));
	const char *name = adw_view_stack_get_visible_child_name(w->views);

	for (size_t i = 0; i < G_N_ELEMENTS(views); i++)
		if (strcmp(views[i].name, name) == 0 && adw_bin_get_child(place) == NULL) {
			adw_bin_set_child(place, views[i].page_new());
			app_wrap_keys(GTK_WIDGET(place));
		}
}

static gboolean give_back(gpointer user)
{
	(void)user;
	(void)malloc_trim(0);
	return G_SOURCE_REMOVE;
}

/* What the start took for a moment, the packs' JSON above all, is 3 MB that the C library keeps unless it is asked. */
static void on_first_facts(AppFacts *facts, gpointer user)
{
	(void)g_signal_handlers_disconnect_by_func(facts, (gpointer)(uintptr_t)on_first_facts, user);
	(void)g_idle_add_full(G_PRIORITY_LOW, give_back, NULL, NULL);
}

AppWindow *app_window_new(GtkApplication *application, struct jx_handheld *h)
{
	AppWindow *w = g_object_new(APP_TYPE_WINDOW, "application", application, NULL);

	w->h = h;
	w->prefs = prefs_load(h->dir);
	w->place = place_open(&h->profile);
	w->desk = desk_open(h);
	app_pinyin_pad_serve(w->pad, w);
	app_trace_begin(w);
	lens_darken(&h->profile);
	add_views(w);
	on_view(w);
	g_signal_connect_swapped(w->views, "notify::visible-child", G_CALLBACK(on_view), w);
	g_signal_connect(app_facts_of(GTK_WIDGET(w)), "read", G_CALLBACK(on_first_facts), NULL);
	return w;
}
