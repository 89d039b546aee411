/* Pages made in advance. */
#include "spare.h"

/* So long after it is asked for, or later: while nothing is being read. What is touched then is drawn already. */
#define QUIET_MS 100

struct spare {
	GtkWidget *window; /* that it is kept by */
	GType type;
	GtkWidget *page; /* NULL: none yet, or taken */
	guint timer;
};

static void free_spare(gpointer data)
{
	struct spare *s = data;

	g_clear_handle_id(&s->timer, g_source_remove);
	g_clear_object(&s->page);
	g_free(s);
}

static struct spare *spare_of(GtkWidget *inside, GType type)
{
	GtkWidget *window = GTK_WIDGET(app_window_of(inside));
	g_autofree char *key = g_strdup_printf("spare-%s", g_type_name(type));
	struct spare *s = g_object_get_data(G_OBJECT(window), key);

	if (s == NULL) {
		s = g_new0(struct spare, 1);
		s->window = window;
		s->type = type;
		g_object_set_data_full(G_OBJECT(window), key, s, free_spare);
	}
	return s;
}

gpointer spare_take(GtkWidget *inside, GType type)
{
	struct spare *s = spare_of(inside, type);

	g_clear_handle_id(&s->timer, g_source_remove);
	if (s->page == NULL)
		return g_object_new(type, NULL);
	g_object_force_floating(G_OBJECT(s->page));
	return g_steal_pointer(&s->page);
}

/* The letters, icons and styles of a page that was measured once are known; of the second page that costs a quarter. */
static void warm(const struct spare *s)
{
	const int width = MAX(gtk_widget_get_width(s->window), 1);
	int least;

	gtk_widget_measure(s->page, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	gtk_widget_measure(s->page, GTK_ORIENTATION_VERTICAL, MAX(width, least), NULL, NULL, NULL, NULL);
}

/* In two steps: each is shorter than a frame. */
static gboolean make(gpointer user)
{
	struct spare *s = user;
	struct desk *desk = app_desk(s->window);

	if (desk != NULL && desk_pending(desk) > 0)
		return G_SOURCE_CONTINUE;
	if (desk != NULL && s->page == NULL) {
		s->page = g_object_ref_sink(g_object_new(s->type, NULL));
		return G_SOURCE_CONTINUE;
	}
	if (desk != NULL)
		warm(s);
	s->timer = 0;
	return G_SOURCE_REMOVE;
}

void spare_make(GtkWidget *inside, GType type)
{
	struct spare *s = spare_of(inside, type);

	if (s->page == NULL && s->timer == 0)
		s->timer = g_timeout_add_full(G_PRIORITY_LOW, QUIET_MS, make, s, NULL);
}
