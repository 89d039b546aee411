/*
 * bench_window [LABEL]: the floor of the app's start: a libadwaita window with a header and one button. A Chinese label has a font read
 * that others do not need. Says when its first frame is painted as jiexun does.
 */
#include <adwaita.h>
#include <stdio.h>
#include <time.h>

struct bare {
	const char *label;
	gboolean is_framed;
};

static void on_painted(GdkFrameClock *clock, struct bare *b)
{
	struct timespec t;
	FILE *f;

	(void)clock;
	if (b->is_framed)
		return;
	b->is_framed = TRUE;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	f = fopen(g_getenv("JX_APP_TRACE"), "ae");
	if (f == NULL)
		return;
	(void)fprintf(f, "frame %lld\n", (long long)t.tv_sec * 1000000000 + t.tv_nsec);
	(void)fclose(f);
}

static void on_activate(GtkApplication *application, struct bare *b)
{
	GtkWidget *window = adw_application_window_new(application);
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

	gtk_box_append(GTK_BOX(box), adw_header_bar_new());
	gtk_box_append(GTK_BOX(box), gtk_button_new_with_label(b->label));
	adw_application_window_set_content(ADW_APPLICATION_WINDOW(window), box);
	gtk_window_set_default_size(GTK_WINDOW(window), 360, 720);
	gtk_widget_realize(window);
	g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint", G_CALLBACK(on_painted), b);
	gtk_window_present(GTK_WINDOW(window));
}

int main(int argc, char **argv)
{
	struct bare b = {.label = argc > 1 ? argv[1] : "街巡"};
	AdwApplication *application = adw_application_new("cn.jiexun.Bare", G_APPLICATION_NON_UNIQUE);
	int status;

	g_signal_connect(application, "activate", G_CALLBACK(on_activate), &b);
	status = g_application_run(G_APPLICATION(application), 0, NULL);
	g_object_unref(application);
	return status;
}
