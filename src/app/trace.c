#include "trace.h"

#include <stdio.h>
#include <time.h>

/* How often it is asked whether the desk is done. */
#define READY_MS 2

struct trace {
	char *file;
	AppWindow *window;
	gint64 tick_ns, busy_ns;
	guint asking, ticking;
	bool is_framed;
};

static gint64 now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void write_line(const struct trace *t, const char *event, gint64 ns)
{
	FILE *f = fopen(t->file, "ae");

	if (f == NULL)
		return;
	(void)fprintf(f, "%s %" G_GINT64_FORMAT "\n", event, ns);
	(void)fclose(f);
}

static gboolean ask_ready(gpointer user)
{
	struct trace *t = user;

	if (desk_pending(app_desk(GTK_WIDGET(t->window))) > 0)
		return G_SOURCE_CONTINUE;
	write_line(t, "ready", now_ns(CLOCK_REALTIME));
	t->asking = 0;
	return G_SOURCE_REMOVE;
}

/* Asked for every millisecond, before all else: how much later it comes is what something else took. */
static gboolean tick(gpointer user)
{
	struct trace *t = user;
	const gint64 now = now_ns(CLOCK_MONOTONIC);

	if (t->tick_ns > 0)
		t->busy_ns = MAX(t->busy_ns, now - t->tick_ns - 1000000);
	t->tick_ns = now;
	return G_SOURCE_CONTINUE;
}

static void on_painted(GdkFrameClock *clock, struct trace *t)
{
	(void)clock;
	if (t->is_framed)
		return;
	t->is_framed = true;
	write_line(t, "frame", now_ns(CLOCK_REALTIME));
	t->asking = g_timeout_add(READY_MS, ask_ready, t);
	t->ticking = g_timeout_add_full(G_PRIORITY_HIGH, 1, tick, t, NULL);
}

static void on_realized(GtkWidget *window, struct trace *t)
{
	g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint", G_CALLBACK(on_painted), t);
}

static void on_gone(gpointer user, GObject *window)
{
	struct trace *t = user;

	(void)window;
	write_line(t, "busy", t->busy_ns);
	g_free(t->file);
	g_free(t);
}

static void on_destroyed(GtkWidget *window, struct trace *t)
{
	(void)window;
	g_clear_handle_id(&t->asking, g_source_remove);
	g_clear_handle_id(&t->ticking, g_source_remove);
}

void app_trace_begin(AppWindow *window)
{
	const char *file = g_getenv("JX_APP_TRACE");
	struct trace *t;

	if (file == NULL || file[0] == '\0')
		return;
	t = g_new0(struct trace, 1);
	t->file = g_strdup(file);
	t->window = window;
	g_signal_connect(window, "realize", G_CALLBACK(on_realized), t);
	g_signal_connect(window, "destroy", G_CALLBACK(on_destroyed), t);
	g_object_weak_ref(G_OBJECT(window), on_gone, t);
}
