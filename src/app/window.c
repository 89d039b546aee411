/* The window: what it consists of, and the four pages. */
#include "window.h"

#include "facts.h"
#include "flow.h"
#include "lens.h"
#include "trace.h"
#include "typing.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>

#include <glib-unix.h>

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

void app_changed(GtkWidget *inside)
{
	g_signal_emit(app_window_of(inside), changed_signal, 0);
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

static void app_window_dispose(GObject *object)
{
	AppWindow *w = APP_WINDOW(object);

	/* what was handed to the desk is written before the window is gone */
	desk_close(g_steal_pointer(&w->desk));
	place_close(g_steal_pointer(&w->place));
	app_window__forget_behind(w);
	gtk_widget_dispose_template(GTK_WIDGET(w), APP_TYPE_WINDOW);
	G_OBJECT_CLASS(app_window_parent_class)->dispose(object);
}

static void app_window_finalize(GObject *object)
{
	AppWindow *w = APP_WINDOW(object);

	app_window__free_troubles(w);
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
	app_window__bind_pages(widget);
	app_window__bind_banner(widget);
}

static void app_window_init(AppWindow *w)
{
	w->trouble_shown = -1;
	g_type_ensure(APP_TYPE_PINYIN_PAD);
	gtk_widget_init_template(GTK_WIDGET(w));
	app_flow_fill(gtk_widget_get_parent(GTK_WIDGET(w->banner_button)));
	app_sight__serve(w);
}

/*
 * Tasks and the map will stand between Check and Today, as rows of this table. Six keys have 55 px each where the window has 360: tried, in
 * Chinese their names are whole with text of 100 and of 200 %, in English of 100 %; of 200 % four of the six are cut ("Check" needs 70),
 * so that then the bar has to show the icons with the name of the page that is shown only.
 */
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
	typing_serve(w);
	app_pinyin_pad_serve(w->pad, w);
	app_trace_begin(w);
	lens_darken(&h->profile);
	add_views(w);
	on_view(w);
	g_signal_connect_swapped(w->views, "notify::visible-child", G_CALLBACK(on_view), w);
	g_signal_connect(app_facts_of(GTK_WIDGET(w)), "read", G_CALLBACK(on_first_facts), NULL);
	return w;
}
