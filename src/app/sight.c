/* Keys rise at the foot of the window, a banner comes, the device is turned: what is being filled in stays in sight. */
#include "window.h"

/* A field's name stands above it, what is wrong with it below. */
#define MARGIN_PX 32

struct sight {
	AppWindow *window; /* owner */
	GtkAdjustment *height;
	gulong handler, focus;
	guint later;
};

/* The row of a list, or the field, not only the text in it. */
static GtkWidget *whole_of(GtkWidget *focus)
{
	GtkWidget *row = gtk_widget_get_ancestor(focus, GTK_TYPE_LIST_BOX_ROW);
	GtkWidget *entry = gtk_widget_get_ancestor(focus, GTK_TYPE_ENTRY);

	return row != NULL ? row : entry != NULL ? entry : focus;
}

static GtkWidget *view_of(GtkWidget *focus)
{
	return focus != NULL ? gtk_widget_get_ancestor(focus, GTK_TYPE_VIEWPORT) : NULL;
}

static gboolean show_focus(gpointer user)
{
	struct sight *s = user;
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(s->window));
	GtkWidget *view = view_of(focus);
	graphene_rect_t b;

	s->later = 0;
	if (view == NULL || s->height == NULL ||
	    !gtk_widget_compute_bounds(whole_of(focus), gtk_viewport_get_child(GTK_VIEWPORT(view)), &b))
		return G_SOURCE_REMOVE;
	gtk_adjustment_clamp_page(s->height, (double)b.origin.y - MARGIN_PX,
				  (double)(b.origin.y + b.size.height) + MARGIN_PX);
	return G_SOURCE_REMOVE;
}

/* In the middle of a layout: once that is done. */
static void on_height(struct sight *s)
{
	if (s->later == 0)
		s->later = g_idle_add(show_focus, s);
}

static void let_go(struct sight *s)
{
	if (s->height != NULL)
		g_signal_handler_disconnect(s->height, s->handler);
	g_clear_object(&s->height);
}

static void on_focus(struct sight *s)
{
	GtkWidget *view = view_of(gtk_window_get_focus(GTK_WINDOW(s->window)));

	let_go(s);
	if (view == NULL)
		return;
	s->height = g_object_ref(gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(view)));
	s->handler = g_signal_connect_swapped(s->height, "notify::page-size", G_CALLBACK(on_height), s);
}

static void free_sight(gpointer user)
{
	struct sight *s = user;

	let_go(s);
	g_clear_signal_handler(&s->focus, s->window);
	g_clear_handle_id(&s->later, g_source_remove);
	g_free(s);
}

static void on_destroy(GtkWidget *window)
{
	g_object_set_data(G_OBJECT(window), "sight", NULL);
}

void app_sight__serve(AppWindow *w)
{
	struct sight *s = g_new0(struct sight, 1);

	s->window = w;
	g_object_set_data_full(G_OBJECT(w), "sight", s, free_sight);
	s->focus = g_signal_connect_swapped(w, "notify::focus-widget", G_CALLBACK(on_focus), s);
	g_signal_connect(w, "destroy", G_CALLBACK(on_destroy), NULL);
}
