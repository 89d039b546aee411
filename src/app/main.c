/* jiexun: the touch app. */
#include "app.h"
#include "demo.h"
#include "fonts.h"

#include <stdlib.h>
#include <string.h>

struct start {
	char *home, *profile;
	gboolean is_demo, is_kiosk, wants_version;
	bool is_second; /* another process has the window */
	struct demo demo;
};

static void show_failure(GtkApplication *application, const struct jx_error *err)
{
	GtkWidget *window = adw_application_window_new(application);
	GtkWidget *page = adw_status_page_new();

	adw_status_page_set_icon_name(ADW_STATUS_PAGE(page), "dialog-warning-symbolic");
	adw_status_page_set_title(ADW_STATUS_PAGE(page), _("Jiexun cannot start"));
	adw_status_page_set_description(ADW_STATUS_PAGE(page), err->text);
	adw_application_window_set_content(ADW_APPLICATION_WINDOW(window), page);
	gtk_window_set_title(GTK_WINDOW(window), _("Jiexun"));
	gtk_window_present(GTK_WINDOW(window));
}

static bool set_up(struct jx_handheld *h, struct start *start, struct jx_error *err)
{
	if (!start->is_demo)
		return jx_handheld_set_up(h, start->profile, start->home, err) == JX_OK;
	return demo_make(&start->demo, err) == JX_OK &&
	       jx_handheld_set_up(h, start->demo.profile, start->demo.home, err) == JX_OK;
}

static void on_activate(GtkApplication *application, struct start *start)
{
	GtkWindow *there = gtk_application_get_active_window(application);
	struct jx_handheld *h;
	struct jx_error err = {0};
	AppWindow *window;

	if (there != NULL) {
		gtk_window_present(there);
		return;
	}
	app_load_style();
	/* nothing to make small or large on a handheld */
	g_object_set(gtk_settings_get_default(), "gtk-decoration-layout", start->is_kiosk ? ":" : ":close",
		     NULL);
	h = g_new0(struct jx_handheld, 1);
	if (!set_up(h, start, &err)) {
		g_free(h);
		show_failure(application, &err);
		return;
	}
	window = app_window_new(application, h);
	if (start->is_demo)
		app_set_demo(window);
	if (start->is_kiosk)
		gtk_window_fullscreen(GTK_WINDOW(window));
	gtk_window_present(GTK_WINDOW(window));
	prefs_apply(app_prefs(GTK_WIDGET(window)));
}

/*
 * One window for one data folder: started again, the one that is open comes to the front. The folder that a start without options finds
 * has the plain name, by which desktops know our icon; a demonstration, and a folder that cannot be found, are alone. Without a session
 * bus nobody hears of another, and both run: the store takes that.
 */
static void choose_name(GApplication *application, const struct start *start)
{
	const bool is_usual = start->home == NULL && start->profile == NULL && getenv("JX_HOME") == NULL &&
			      getenv("JX_PROFILE") == NULL;
	g_autofree struct jx_handheld *h = g_new0(struct jx_handheld, 1);
	g_autofree char *folder = NULL, *sum = NULL, *name = NULL;

	if (start->is_demo || jx_handheld_set_up(h, start->profile, start->home, NULL) != JX_OK) {
		g_application_set_flags(application, G_APPLICATION_NON_UNIQUE);
		return;
	}
	if (is_usual)
		return;
	folder = g_canonicalize_filename(h->dir, NULL);
	sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, folder, -1);
	name = g_strdup_printf("%s.d%.16s", APP_ID, sum);
	g_application_set_application_id(application, name);
}

static int on_options(GApplication *application, GVariantDict *options, struct start *start)
{
	(void)options;
	if (!start->wants_version) {
		choose_name(application, start);
		start->is_second = g_application_register(application, NULL, NULL) &&
				   g_application_get_is_remote(application);
		return -1;
	}
	g_print("jiexun %s\n", JX_VERSION);
	return 0;
}

static void add_options(GApplication *application, struct start *start)
{
	const GOptionEntry entries[] = {
		{"home", 0, 0, G_OPTION_ARG_FILENAME, &start->home,
		 _("data folder (else JX_HOME, the profile, ~/.local/share/jiexun)"), _("DIR")},
		{"profile", 0, 0, G_OPTION_ARG_FILENAME, &start->profile,
		 _("device profile (else JX_PROFILE, ~/.config/jiexun/profile.ini, /etc/jiexun/profile.ini)"),
		 _("FILE")},
		{"demo", 0, 0, G_OPTION_ARG_NONE, &start->is_demo,
		 _("a throw-away device with three days of sample records, for trying out"), NULL},
		{"kiosk", 0, 0, G_OPTION_ARG_NONE, &start->is_kiosk,
		 _("fill the screen, without a button to close the window"), NULL},
		{"version", 0, 0, G_OPTION_ARG_NONE, &start->wants_version, _("print the version"), NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};

	g_application_add_main_option_entries(application, entries);
}

int main(int argc, char **argv)
{
	struct start start = {0};
	struct jx_error err = {0};
	AdwApplication *application;
	int status;

	if (jx_os_start("jiexun", &err) != JX_OK) {
		g_printerr("jiexun: %s\n", err.text);
		return jx_rc_exit_status(err.code);
	}
	/* jx_os_start chose language and locale: GTK's own choice would undo it */
	gtk_disable_setlocale();
	g_set_prgname("jiexun");
	app_fonts_begin();
	application = adw_application_new(APP_ID, G_APPLICATION_DEFAULT_FLAGS);
	add_options(G_APPLICATION(application), &start);
	g_signal_connect(application, "handle-local-options", G_CALLBACK(on_options), &start);
	g_signal_connect(application, "activate", G_CALLBACK(on_activate), &start);
	app_end_when_told(GTK_APPLICATION(application));
	status = g_application_run(G_APPLICATION(application), argc, argv);
	/* a unit that starts us must not do so again and again while somebody has it open */
	if (start.is_kiosk && start.is_second && status == 0)
		status = jx_rc_exit_status(JX_EBUSY);
	g_object_unref(application);
	demo_remove(&start.demo);
	g_free(start.home);
	g_free(start.profile);
	return status;
}
