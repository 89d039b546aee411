/*
 * bench_app: what a finger waits for. The app's own widgets on a screen, pressed and scrolled by events that come through the X server.
 *   bench_app touch COUNT    COUNT disorders logged with a picture of the test camera, and as many answers of a check, on a throw-away
 *                            device; a line a figure, in ms: "save HOLD CPU", the same of "answer", "choose", "shoot" (the longest that
 *                            the main loop was away from the press until all was written and drawn), "press MS" and "release MS" (from
 *                            the event to the end of the next frame drawn)
 *   bench_app scroll HOME    the list of all days of a device, 150 times Page Down: "frame MS" a frame, "hold MS" the longest absence,
 *                            "rows N" the most row widgets there were, "lines N" the most entries that the list held; then the keys End and
 *                            Home: "end MS", "home MS" from the key, xdotool's start included, to the row of that end drawn with the focus
 * Run by app.sh below a screen of its own; the steps are those of the tests, whose support it uses.
 */
#include "app_test.h"
#include "bench.h"
#include "entry_row.h"
#include "fonts.h"

#include "jiexun/view.h"

#include <gdk/x11/gdkx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Between two frames something that slides has moved. */
#define STILL_MS 60

struct bench {
	struct app_test t;
	gint64 tick_us, hold_us; /* longest absence of the main loop since it was set to 0 */
	gint64 cpu_us,
		cpu_most_us; /* the same in processor time of the thread: what a busy machine does not change */
	gint64 frame_us;     /* begin of the frame at hand */
	guint32 event_ms;    /* of the X server's clock */
	const char *waiting;            /* what happened last, and no frame was drawn since */
	bool says_frames, says_touches; /* else they are drawn but not printed */
	int rows_most;
	guint lines_most;
};

static gint64 mono_us(void)
{
	return g_get_monotonic_time();
}

static gint64 thread_cpu_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (gint64)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* As in the app's own trace: asked for every millisecond before all else, how much later it comes is what something else took. */
static gboolean tick(gpointer user)
{
	struct bench *b = user;
	const gint64 now_us = mono_us(), cpu_us = thread_cpu_us();

	if (b->tick_us > 0)
		b->hold_us = MAX(b->hold_us, now_us - b->tick_us - 1000);
	b->cpu_most_us = MAX(b->cpu_most_us, cpu_us - b->cpu_us);
	b->cpu_us = cpu_us;
	b->tick_us = now_us;
	return G_SOURCE_CONTINUE;
}

static gboolean on_event(GtkEventController *controller, GdkEvent *event, struct bench *b)
{
	const GdkEventType type = gdk_event_get_event_type(event);

	(void)controller;
	if (type == GDK_BUTTON_PRESS || type == GDK_BUTTON_RELEASE) {
		b->waiting = type == GDK_BUTTON_PRESS ? "press" : "release";
		b->event_ms = gdk_event_get_time(event);
	}
	return GDK_EVENT_PROPAGATE;
}

static void on_frame(GdkFrameClock *clock, struct bench *b)
{
	(void)clock;
	b->frame_us = mono_us();
}

/* The X server counts milliseconds of the same clock, in 32 bits. */
static void on_painted(GdkFrameClock *clock, struct bench *b)
{
	const gint64 now_us = mono_us();
	const double late_ms = (double)(guint32)((guint32)(now_us / 1000) - b->event_ms) +
			       (double)(now_us % 1000) / 1000;

	(void)clock;
	if (b->says_frames)
		printf("frame %.3f\n", (double)(now_us - b->frame_us) / 1000);
	if (b->waiting == NULL)
		return;
	if (late_ms > 60000)
		bench_die("touch", "the X server's clock is another one");
	if (b->says_touches)
		printf("%s %.3f\n", b->waiting, late_ms);
	b->waiting = NULL;
}

static void watch(struct bench *b)
{
	GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(b->t.window));
	GtkEventController *events = gtk_event_controller_legacy_new();

	gtk_event_controller_set_propagation_phase(events, GTK_PHASE_CAPTURE);
	g_signal_connect(events, "event", G_CALLBACK(on_event), b);
	gtk_widget_add_controller(GTK_WIDGET(b->t.window), events);
	g_signal_connect(clock, "before-paint", G_CALLBACK(on_frame), b);
	g_signal_connect(clock, "after-paint", G_CALLBACK(on_painted), b);
	(void)g_timeout_add_full(G_PRIORITY_HIGH, 1, tick, b, NULL);
}

/* ---- a finger ---------------------------------------------------------------------------------------- */

static void on_over(GObject *child, GAsyncResult *result, gpointer user)
{
	if (!g_subprocess_wait_check_finish(G_SUBPROCESS(child), result, NULL))
		bench_die("xdotool", "failed");
	*(bool *)user = true;
}

/* The main loop goes on while the events come. */
static void send(const char *const *argv)
{
	g_autoptr(GSubprocess) child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, NULL);
	bool is_over = false;

	if (child == NULL)
		bench_die("xdotool", "is not there");
	g_subprocess_wait_check_async(child, NULL, on_over, &is_over);
	while (!is_over)
		(void)g_main_context_iteration(NULL, TRUE);
}

static gboolean wake(gpointer user)
{
	*(bool *)user = true;
	return G_SOURCE_REMOVE;
}

static void let_pass(guint ms)
{
	bool is_over = false;

	(void)g_timeout_add(ms, wake, &is_over);
	while (!is_over)
		(void)g_main_context_iteration(NULL, TRUE);
}

/* Where it is once what slides has arrived. */
static graphene_rect_t place_of(struct bench *b, GtkWidget *widget)
{
	graphene_rect_t at, before;

	do {
		if (!gtk_widget_compute_bounds(widget, GTK_WIDGET(b->t.window), &before))
			bench_die("touch", "it is not in the window");
		let_pass(STILL_MS);
		if (!gtk_widget_compute_bounds(widget, GTK_WIDGET(b->t.window), &at))
			bench_die("touch", "it is not in the window any more");
	} while (!graphene_rect_equal(&at, &before));
	return at;
}

/* Press where it is, for as long as people do; then until it is written and drawn. */
static void touch(struct bench *b, GtkWidget *widget, const char *figure)
{
	graphene_rect_t at;
	char x[16], y[16];

	(void)gtk_widget_grab_focus(widget); /* scrolled into sight */
	app_test_settle(&b->t);
	at = place_of(b, widget);
	(void)g_snprintf(x, sizeof(x), "%d", (int)(at.origin.x + at.size.width / 2));
	(void)g_snprintf(y, sizeof(y), "%d", (int)(at.origin.y + at.size.height / 2));
	send((const char *const[]){"xdotool", "mousemove", x, y, NULL});
	app_test_settle(&b->t);
	b->hold_us = b->cpu_most_us = 0;
	b->says_touches = true;
	send((const char *const[]){"xdotool", "mousedown", "1", "sleep", "0.08", "mouseup", "1", NULL});
	app_test_settle(&b->t);
	b->says_touches = false;
	printf("%s %.3f %.3f\n", figure, (double)b->hold_us / 1000, (double)b->cpu_most_us / 1000);
}

static bool is_ready(struct app_test *t, void *user)
{
	GtkWidget *w = app_test_look(t, NULL, GTK_TYPE_BUTTON, user, 0);

	return w != NULL && gtk_widget_is_sensitive(w);
}

static void touch_button(struct bench *b, const char *name, const char *figure)
{
	app_test_wait(&b->t, is_ready, (void *)(uintptr_t)name, name);
	touch(b, app_test_look(&b->t, NULL, GTK_TYPE_BUTTON, name, 0), figure);
}

/* ---- saving -------------------------------------------------------------------------------------------- */

static jx_rc count_one(void *user, const struct jx_view_row *row)
{
	int64_t *photos = user;

	*photos += row->photo_count;
	return JX_OK;
}

static int64_t count_photos(const struct bench *b)
{
	const struct jx_view_query q = {.newest_first = true};
	struct jx_handheld h;
	struct jx_error err = {0};
	int64_t photos = 0;

	app_test_handheld(&b->t, &h);
	if (jx_handheld_open_recorder(&h, &err) != JX_OK ||
	    jx_view_list(h.store, h.pack, &q, count_one, &photos, &err) != JX_OK)
		bench_die("count", err.text);
	jx_handheld_close(&h);
	return photos;
}

static void log_one(struct bench *b)
{
	app_show_view(GTK_WIDGET(b->t.window), "log");
	app_test_settle(&b->t);
	touch_button(b, "乱停乱放", "choose");
	touch_button(b, _("Shutter"), "shoot");
	touch_button(b, _("Save"), "save");
	app_test_settle(&b->t);
}

static void answer(struct bench *b, int64_t count)
{
	app_show_view(GTK_WIDGET(b->t.window), "check");
	app_test_settle(&b->t);
	app_test_press(&b->t, app_test_find(&b->t, GTK_TYPE_LIST_BOX_ROW, "外环境鼠迹检查"));
	app_test_press_named(&b->t, _("Next"));
	for (int64_t i = 0; i < count; i++)
		touch_button(b, "鼠迹处数：加一", "answer");
}

static void run_touch(struct bench *b, int64_t count)
{
	int64_t before;

	app_test_open(&b->t, 360, 720);
	watch(b);
	before = count_photos(b);
	for (int64_t i = 0; i < count; i++)
		log_one(b);
	if (count_photos(b) != before + count)
		bench_die("save", "an entry or its picture is not there");
	answer(b, count);
	app_test_close(&b->t);
}

/* ---- scrolling ------------------------------------------------------------------------------------------- */

static int count_rows(GtkWidget *inside)
{
	int n = APP_IS_ENTRY_ROW(inside) ? 1 : 0;

	for (GtkWidget *w = gtk_widget_get_first_child(inside); w != NULL; w = gtk_widget_get_next_sibling(w))
		n += count_rows(w);
	return n;
}

static GListModel *list_of(struct bench *b)
{
	return G_LIST_MODEL(gtk_list_view_get_model(
		GTK_LIST_VIEW(app_test_look(&b->t, NULL, GTK_TYPE_LIST_VIEW, NULL, 0))));
}

/* Real keys, so often, one each 30 ms as a key that is held down. */
static void keys(const char *key, const char *times)
{
	send((const char *const[]){"xdotool", "key", "--repeat", times, "--delay", "30", key, NULL});
}

static void open_all_days(struct bench *b, const char *home)
{
	g_autofree char *xid = NULL;

	app_test_open_home(&b->t, NULL, home, 360, 720);
	watch(b);
	xid = g_strdup_printf("%lu", (unsigned long)gdk_x11_surface_get_xid(
					     gtk_native_get_surface(GTK_NATIVE(b->t.window))));
	send((const char *const[]){"xdotool", "windowfocus", xid, NULL});
	app_show_view(GTK_WIDGET(b->t.window), "today");
	app_test_settle(&b->t);
	gtk_menu_button_popup(GTK_MENU_BUTTON(app_test_look(&b->t, NULL, GTK_TYPE_MENU_BUTTON, NULL, 0)));
	app_test_settle(&b->t);
	app_test_press_named(&b->t, _("All days"));
	(void)gtk_widget_child_focus(app_test_look(&b->t, NULL, GTK_TYPE_LIST_VIEW, NULL, 0),
				     GTK_DIR_TAB_FORWARD);
	app_test_settle(&b->t);
}

struct end {
	struct bench *b;
	bool is_last;
	int64_t before; /* place of the entry that was there */
};

static int64_t place_of_end(struct bench *b, bool is_last)
{
	GListModel *list = list_of(b);
	const guint n = g_list_model_get_n_items(list);
	g_autoptr(AppLine) line = g_list_model_get_item(list, is_last && n > 0 ? n - 1 : 0);

	return line != NULL ? line->line.log_place : 0;
}

/* Has the row at that end of the list the focus, and is it further than what was read before? */
static bool is_at_end(struct app_test *t, void *user)
{
	const struct end *end = user;
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(t->window));
	GtkWidget *row = focus != NULL ? gtk_widget_get_first_child(focus) : NULL;
	AppLine *line = row != NULL && APP_IS_ENTRY_ROW(row) ? app_entry_row_line(APP_ENTRY_ROW(row)) : NULL;
	const int64_t place = line != NULL ? line->line.log_place : end->before;

	return place == place_of_end(end->b, end->is_last) &&
	       (end->is_last ? place < end->before : place > end->before);
}

static void go_to_end(struct bench *b, const char *key, const char *figure)
{
	struct end end = {.b = b, .is_last = strcmp(key, "End") == 0};
	gint64 began_us;

	end.before = place_of_end(b, end.is_last);
	began_us = mono_us();
	keys(key, "1");
	app_test_wait(&b->t, is_at_end, &end, key);
	gtk_test_widget_wait_for_draw(GTK_WIDGET(b->t.window));
	printf("%s %.3f\n", figure, (double)(mono_us() - began_us) / 1000);
}

static void run_scroll(struct bench *b, const char *home)
{
	open_all_days(b, home);
	b->hold_us = 0;
	for (int i = 0; i < 15; i++) {
		b->says_frames = true;
		keys("Page_Down", "10");
		b->says_frames = false;
		b->rows_most = MAX(b->rows_most, count_rows(GTK_WIDGET(b->t.window)));
		b->lines_most = MAX(b->lines_most, g_list_model_get_n_items(list_of(b)));
	}
	app_test_settle(&b->t);
	printf("hold %.3f\nrows %d\nlines %u\n", (double)b->hold_us / 1000, b->rows_most, b->lines_most);
	go_to_end(b, "End", "end");
	go_to_end(b, "Home", "home");
	app_test_close_window(&b->t);
}

int main(int argc, char **argv)
{
	struct bench b = {.t = {.name = "bench"}};
	int64_t count;

	app_test_begin();
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && strcmp(argv[1], "touch") == 0 && jx_parse_i64(argv[2], 1, 1000, &count))
		run_touch(&b, count);
	else if (argc == 3 && strcmp(argv[1], "scroll") == 0)
		run_scroll(&b, argv[2]);
	else {
		fputs("usage: bench_app touch COUNT | scroll HOME\n", stderr);
		return 64;
	}
	return 0;
}
