/* Sync now: the child, and what is said of it. */
#include "app.h"
#include "child.h"
#include "facts.h"

#include <signal.h>

static void on_ended(bool ok, const char *said, gpointer user)
{
	GWeakRef *ref = user;
	g_autoptr(GtkWidget) window = g_weak_ref_get(ref);
	g_autofree char *text = child_said(said, "text"), *note = child_said(said, "note");

	if (window == NULL || app_desk(window) == NULL)
		return;
	if (!ok) {
		struct jx_error err = {.code = JX_EIO};

		jx_strcpy(err.text, sizeof(err.text), text != NULL ? text : said);
		app_toast_error(window, &err);
	} else {
		app_toast(window, note != NULL ? note : _("Synced: what waits stands on the page \"Status\""),
			  NULL, NULL, NULL, NULL);
	}
	app_changed(window);
}

static void free_ref(gpointer user)
{
	g_weak_ref_clear(user);
	g_free(user);
}

void app_sync_begin(GtkWidget *inside, bool is_metered)
{
	GtkWidget *window = GTK_WIDGET(app_window_of(inside));
	const char *const arguments[] = {"sync", "--metered", is_metered ? "yes" : "no", NULL};
	const struct facts *f = app_facts_now(app_facts_of(window));
	struct jx_error err = {0};
	GWeakRef *ref;

	if (app_is_demo(window)) {
		app_toast(window, _("This is a demo: it has no server to sync with"), NULL, NULL, NULL, NULL);
		return;
	}
	/* one runs already: it is on the page */
	if (f != NULL && f->run.pid != 0)
		return;
	ref = g_new0(GWeakRef, 1);
	g_weak_ref_init(ref, window);
	if (child_start(app_dir(window), app_profile(window)->file, "sync", arguments, on_ended, ref,
			free_ref, &err) != JX_OK) {
		free_ref(ref);
		app_toast_error(window, &err);
		return;
	}
	app_facts_read(app_facts_of(window), false);
}

void app_sync_cancel(GtkWidget *inside)
{
	const struct facts *f = app_facts_now(app_facts_of(inside));

	if (f != NULL && f->run.pid > 0)
		(void)kill((pid_t)f->run.pid, SIGTERM);
}
