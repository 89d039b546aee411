/* Sync now: the child, and what is said of it. */
#include "app.h"
#include "child.h"
#include "facts.h"

#include <signal.h>

static void free_ref(gpointer user)
{
	g_weak_ref_clear(user);
	g_free(user);
}

/* ---- the last failure, until the next try ------------------------------------------------------------- */

static GWeakRef *failure_of(GtkWidget *window)
{
	GWeakRef *ref = g_object_get_data(G_OBJECT(window), "sync-failure");

	if (ref == NULL) {
		ref = g_new0(GWeakRef, 1);
		g_weak_ref_init(ref, NULL);
		g_object_set_data_full(G_OBJECT(window), "sync-failure", ref, free_ref);
	}
	return ref;
}

static void forget_failure(GtkWidget *window)
{
	g_autoptr(AdwToast) toast = g_weak_ref_get(failure_of(window));

	if (toast != NULL)
		adw_toast_dismiss(toast);
}

static void tell_failure(GtkWidget *window, const struct jx_error *err)
{
	forget_failure(window);
	g_weak_ref_set(failure_of(window), app_toast_error(window, err));
}

/* ---- the child ---------------------------------------------------------------------------------------- */

static void on_ended(bool ok, const char *said, gpointer user)
{
	GWeakRef *ref = user;
	g_autoptr(GtkWidget) window = g_weak_ref_get(ref);
	g_autofree char *text = child_said(said, "text"), *note = child_said(said, "note");
	g_autofree char *error = child_said(said, "error");

	if (window == NULL || app_desk(window) == NULL)
		return;
	g_object_set_data(G_OBJECT(window), "sync-child", NULL);
	if (text == NULL)
		text = g_strdup(said[0] != '\0' ? said
						: _("the sync was broken off; what was not sent waits here"));
	if (!ok && g_strcmp0(error, "eintr") == 0) {
		/* somebody wanted it so */
		app_toast(window, text, NULL, NULL, NULL, NULL);
	} else if (!ok) {
		struct jx_error err = {.code = JX_EIO};

		jx_strcpy(err.text, sizeof(err.text), text);
		tell_failure(window, &err);
	} else {
		app_toast(window, note != NULL ? note : _("Synced: what waits stands on the page \"Status\""),
			  NULL, NULL, NULL, NULL);
	}
	app_changed(window);
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
	/* one runs already: it is on the page, or a second tap came before it could be */
	if ((f != NULL && f->run.pid != 0) || g_object_get_data(G_OBJECT(window), "sync-child") != NULL)
		return;
	forget_failure(window);
	ref = g_new0(GWeakRef, 1);
	g_weak_ref_init(ref, window);
	if (child_start(app_dir(window), app_profile(window)->file, "sync", arguments, on_ended, ref,
			free_ref, &err) != JX_OK) {
		free_ref(ref);
		tell_failure(window, &err);
		return;
	}
	g_object_set_data(G_OBJECT(window), "sync-child", window);
	app_facts_read(app_facts_of(window), false);
}

void app_sync_cancel(GtkWidget *inside)
{
	const struct facts *f = app_facts_now(app_facts_of(inside));

	if (f != NULL && f->run.pid > 0)
		(void)kill((pid_t)f->run.pid, SIGTERM);
}
