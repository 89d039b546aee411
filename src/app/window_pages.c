/* Going to a page and back: the stack of pages that lie over the four, and the keys that lead there. */
#include "window.h"

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
	const bool is_main = shown == NULL || shown == w->main;
	/* where the window is wide, the four stand at its head, and what logs the next at its foot */
	const char *over = is_main && gtk_widget_get_visible(GTK_WIDGET(w->switcher_bar)) ? ""
			   : is_main                                                      ? "over-keys"
			   : gtk_widget_has_css_class(shown, "has-header")                ? "over-page"
											  : "over-camera";
	const char *classes[] = {over, NULL};

	gtk_widget_set_css_classes(GTK_WIDGET(w->toasts), classes);
}

static void on_shown(AppWindow *w)
{
	/* the template is not whole yet */
	if (w->stack == NULL)
		return;
	lift_toasts(w);
	/* not from inside the leaflet's own notification */
	g_idle_add(drop_left_later, g_object_ref(w));
}

/* Around a page that lies over the four, which hides the banner: what is wrong and matters there is one line above it. */
static GtkWidget *frame_new(const AppWindow *w)
{
	GtkWidget *frame = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
	GtkWidget *strip = gtk_revealer_new();
	GtkWidget *line = gtk_button_new_with_label("");

	/* put_in() lets it have several lines, as all keys of the page */
	gtk_label_set_xalign(GTK_LABEL(gtk_button_get_child(GTK_BUTTON(line))), 0);
	gtk_widget_set_focus_on_click(line, FALSE);
	gtk_widget_add_css_class(line, "trouble");
	gtk_widget_add_css_class(line, "strip");
	app_window__tell_whole(line);
	gtk_revealer_set_child(GTK_REVEALER(strip), line);
	gtk_box_append(GTK_BOX(frame), strip);
	g_object_set_data(G_OBJECT(frame), "strip", strip);
	app_window__show_strip(w, frame);
	return frame;
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

static GtkWidget *header_new(GtkWidget *frame, const char *title)
{
	GtkWidget *header = adw_header_bar_new();
	GtkWidget *back = gtk_button_new_from_icon_name("go-previous-symbolic");
	GtkWidget *titles = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
	GtkWidget *subtitle = gtk_label_new(NULL);

	app_name(back, _("Back"));
	gtk_widget_add_css_class(back, "back");
	g_signal_connect(back, "clicked", G_CALLBACK(on_back), NULL);
	adw_header_bar_pack_start(ADW_HEADER_BAR(header), back);
	gtk_widget_set_valign(titles, GTK_ALIGN_CENTER);
	gtk_box_append(GTK_BOX(titles), title_new(title));
	gtk_widget_set_visible(subtitle, FALSE);
	gtk_widget_add_css_class(subtitle, "caption");
	gtk_box_append(GTK_BOX(titles), subtitle);
	adw_header_bar_set_title_widget(ADW_HEADER_BAR(header), titles);
	g_object_set_data(G_OBJECT(frame), "subtitle", subtitle);
	return header;
}

void app_set_subtitle(GtkWidget *page, const char *text)
{
	GtkWidget *frame = gtk_widget_get_parent(page);
	GtkLabel *label = frame != NULL ? g_object_get_data(G_OBJECT(frame), "subtitle") : NULL;

	if (label == NULL)
		return;
	gtk_label_set_text(label, text);
	gtk_widget_set_visible(GTK_WIDGET(label), text[0] != '\0');
}

static GtkWidget *put_in(GtkWidget *frame, GtkWidget *page)
{
	gtk_widget_set_vexpand(page, TRUE);
	gtk_box_append(GTK_BOX(frame), page);
	app_wrap_keys(frame);
	return frame;
}

static GtkWidget *with_header(const AppWindow *w, GtkWidget *page, const char *title)
{
	GtkWidget *frame = frame_new(w);

	gtk_widget_add_css_class(frame, "has-header");
	gtk_box_prepend(GTK_BOX(frame), header_new(frame, title));
	return put_in(frame, page);
}

/* ---- behind the page shown ------------------------------------------------------------------------------- */

/* A clock whose window is gone has dropped its handlers itself. */
static void stop_watching(AppWindow *w)
{
	if (w->behind_clock != NULL && g_signal_handler_is_connected(w->behind_clock, w->behind_painted))
		g_signal_handler_disconnect(w->behind_clock, w->behind_painted);
	w->behind_painted = 0;
	g_clear_object(&w->behind_clock);
}

static void stop_waiting(AppWindow *w)
{
	stop_watching(w);
	g_clear_handle_id(&w->behind_idle, g_source_remove);
}

void app_window__forget_behind(AppWindow *w)
{
	stop_waiting(w);
	g_clear_object(&w->behind);
	g_clear_pointer(&w->behind_title, g_free);
}

/* Before any way is gone: it leads by this page. */
static void seat_behind(AppWindow *w)
{
	GtkWidget *before = adw_leaflet_get_adjacent_child(w->stack, ADW_NAVIGATION_DIRECTION_BACK);

	stop_waiting(w);
	if (w->behind != NULL)
		adw_leaflet_insert_child_after(w->stack, with_header(w, w->behind, w->behind_title), before);
	app_window__forget_behind(w);
}

static gboolean seat_when_idle(gpointer user)
{
	AppWindow *w = user;

	w->behind_idle = 0;
	seat_behind(w);
	return G_SOURCE_REMOVE;
}

/* To make and measure a page takes as long as a frame: what slides would stand still meanwhile. */
static void on_painted(GdkFrameClock *clock, AppWindow *w)
{
	(void)clock;
	if (adw_leaflet_get_child_transition_running(w->stack))
		return;
	stop_watching(w);
	w->behind_idle = g_idle_add(seat_when_idle, w);
}

void app_push_behind(GtkWidget *inside, GtkWidget *page, const char *title)
{
	AppWindow *w = app_window_of(inside);

	seat_behind(w);
	w->behind = g_object_ref_sink(page);
	w->behind_title = g_strdup(title);
	w->behind_clock = g_object_ref(gtk_widget_get_frame_clock(GTK_WIDGET(w)));
	w->behind_painted = g_signal_connect(w->behind_clock, "after-paint", G_CALLBACK(on_painted), w);
	gtk_widget_queue_draw(GTK_WIDGET(w));
}

/* ---- over what is there ---------------------------------------------------------------------------------- */

static void push(AppWindow *w, GtkWidget *frame, GtkWidget *page)
{
	seat_behind(w);
	drop_left_pages(w);
	adw_leaflet_append(w->stack, frame);
	adw_leaflet_set_visible_child(w->stack, frame);
	(void)gtk_widget_child_focus(page, GTK_DIR_TAB_FORWARD);
}

void app_push_bare(GtkWidget *inside, GtkWidget *page)
{
	AppWindow *w = app_window_of(inside);

	push(w, put_in(frame_new(w), page), page);
}

void app_push(GtkWidget *inside, GtkWidget *page, const char *title)
{
	AppWindow *w = app_window_of(inside);

	push(w, with_header(w, page, title), page);
}

/* ---- back ------------------------------------------------------------------------------------------------ */

void app_pop(GtkWidget *inside)
{
	AppWindow *w = app_window_of(inside);
	GtkWidget *before;

	seat_behind(w);
	before = adw_leaflet_get_adjacent_child(w->stack, ADW_NAVIGATION_DIRECTION_BACK);
	if (before != NULL)
		adw_leaflet_set_visible_child(w->stack, before);
}

void app_pop_all(GtkWidget *inside)
{
	AppWindow *w = app_window_of(inside);

	seat_behind(w);
	adw_leaflet_set_visible_child(w->stack, w->main);
}

void app_show_view(GtkWidget *inside, const char *name)
{
	AppWindow *w = app_window_of(inside);

	seat_behind(w);
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

/* ---- keys ------------------------------------------------------------------------------------------------ */

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
	AppWindow *w = APP_WINDOW(widget);
	GtkWidget *view;

	(void)user;
	app_show_view(widget, g_variant_get_string(args, NULL));
	/* else Enter would press the bar that led to the page before */
	view = adw_view_stack_get_visible_child(w->views);
	if (gtk_widget_get_focus_child(view) == NULL)
		(void)gtk_widget_child_focus(view, GTK_DIR_TAB_FORWARD);
	return TRUE;
}

static gboolean on_help_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)args;
	(void)user;
	app_show_card(widget, NULL);
	return TRUE;
}

void app_window__bind_pages(GtkWidgetClass *widget)
{
	gtk_widget_class_bind_template_callback(widget, on_shown);
	gtk_widget_class_add_binding(widget, GDK_KEY_Escape, 0, on_escape, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_Back, 0, on_escape, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_F1, 0, on_help_key, NULL);
	gtk_widget_class_add_binding(widget, GDK_KEY_1, GDK_ALT_MASK, on_view_key, "s", "log");
	gtk_widget_class_add_binding(widget, GDK_KEY_2, GDK_ALT_MASK, on_view_key, "s", "check");
	gtk_widget_class_add_binding(widget, GDK_KEY_3, GDK_ALT_MASK, on_view_key, "s", "today");
	gtk_widget_class_add_binding(widget, GDK_KEY_4, GDK_ALT_MASK, on_view_key, "s", "status");
}
