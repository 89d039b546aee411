#include "app_test.h"
#include "fonts.h"

#include <gdk/x11/gdkx.h>
#include <libintl.h>
#include <stdlib.h>

/* Under a checking build on a machine that does other things as well. */
#define DEADLINE_US (60 * G_USEC_PER_SEC)

static int actions; /* a test program has one person */

#if defined(__SANITIZE_ADDRESS__)
/*
 * GLib's first table of names is allocated before main() and left behind when it has to grow: on purpose, readers hold no lock. So that
 * it is not reported as lost, it is held here; what is allocated later is nobody's but ours.
 */
#define NAMES_BYTES 16384
static const volatile void *first_names[4];

void __sanitizer_malloc_hook(const volatile void *ptr, size_t size) __attribute__((visibility("default")));
void __sanitizer_malloc_hook(const volatile void *ptr, size_t size)
{
	static unsigned count;

	if (size == NAMES_BYTES && count < G_N_ELEMENTS(first_names))
		first_names[count++] = ptr;
}
#endif

int app_test_actions(void)
{
	return actions;
}

/* Without the border that a window draws where no window manager does: its size is the page's. */
static void take_border_off(void)
{
	GtkCssProvider *css = gtk_css_provider_new();

	gtk_css_provider_load_from_data(
		css,
		"window.csd, window.solid-csd { margin: 0; padding: 0; border: none; box-shadow: none; border-radius: 0; }",
		-1);
	gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
						   GTK_STYLE_PROVIDER_PRIORITY_USER);
	g_object_unref(css);
}

void app_test_begin(void)
{
	AdwApplication *application;
	struct jx_error err;

	jx_assert_ok(jx_os_start("jiexun", &err), &err);
	/* a test lies in another folder than the programs, and would find no catalogue beside it */
	if (g_getenv("JX_BUILD") != NULL) {
		g_autofree char *catalogues = g_build_filename(g_getenv("JX_BUILD"), "share", "locale", NULL);

		assert_non_null(bindtextdomain(JX_DOMAIN, catalogues));
	}
	gtk_disable_setlocale();
	app_fonts_begin();
	application = adw_application_new(APP_ID, G_APPLICATION_NON_UNIQUE);
	assert_true(g_application_register(G_APPLICATION(application), NULL, NULL));
	g_application_set_default(G_APPLICATION(application));
	app_load_style();
	take_border_off();
	g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, "gtk-decoration-layout", ":",
		     NULL);
}

/* ---- opening and closing ----------------------------------------------------------------------------- */

void app_test_open_home(struct app_test *t, const char *profile, const char *home, int width, int height)
{
	struct jx_handheld *h = g_new0(struct jx_handheld, 1);
	struct jx_error err;

	jx_assert_ok(jx_handheld_set_up(h, profile, home, &err), &err);
	t->window = app_window_new(GTK_APPLICATION(g_application_get_default()), h);
	gtk_window_set_default_size(GTK_WINDOW(t->window), width, height);
	gtk_window_present(GTK_WINDOW(t->window));
	prefs_apply(app_prefs(GTK_WIDGET(t->window)));
	app_test_settle(t);
}

void app_test_open(struct app_test *t, int width, int height)
{
	struct jx_error err;

	jx_assert_ok(demo_make(&t->demo, &err), &err);
	app_test_open_home(t, t->demo.profile, t->demo.home, width, height);
}

void app_test_close_window(struct app_test *t)
{
	gtk_window_destroy(GTK_WINDOW(g_steal_pointer(&t->window)));
	while (g_main_context_iteration(NULL, FALSE))
		;
}

void app_test_close(struct app_test *t)
{
	if (t->window != NULL)
		app_test_close_window(t);
	demo_remove(&t->demo);
}

void app_test_handheld(const struct app_test *t, struct jx_handheld *h)
{
	struct jx_error err;

	memset(h, 0, sizeof(*h));
	jx_assert_ok(jx_handheld_set_up(h, t->demo.profile, t->demo.home, &err), &err);
}

/* ---- going on ---------------------------------------------------------------------------------------- */

static gboolean wake(gpointer user)
{
	*(bool *)user = true;
	return G_SOURCE_REMOVE;
}

/* Let the threads work for a moment without spinning. */
static void give_way(void)
{
	bool is_over = false;

	g_timeout_add(5, wake, &is_over);
	while (!is_over)
		(void)g_main_context_iteration(NULL, TRUE);
}

static void give_up_after(gint64 until, const char *what)
{
	if (g_get_monotonic_time() > until)
		fail_msg("waited in vain: %s", what);
}

void app_test_settle(struct app_test *t)
{
	const gint64 until = g_get_monotonic_time() + DEADLINE_US;
	int quiet = 0;

	/* a job's answer may post another job, and a new size comes with a frame: quiet means three times in a row */
	while (quiet < 3) {
		while (g_main_context_iteration(NULL, FALSE))
			give_up_after(until, "the main loop is never idle");
		quiet = desk_pending(app_desk(GTK_WIDGET(t->window))) == 0 ? quiet + 1 : 0;
		give_way();
		give_up_after(until, "the desk is never done");
	}
	gtk_test_widget_wait_for_draw(GTK_WIDGET(t->window));
}

void app_test_wait(struct app_test *t, bool (*is_true)(struct app_test *t, void *user), void *user,
		   const char *what)
{
	const gint64 until = g_get_monotonic_time() + DEADLINE_US;

	while (!is_true(t, user)) {
		give_way();
		give_up_after(until, what);
	}
}

/* ---- doing ------------------------------------------------------------------------------------------- */

void app_test_press(struct app_test *t, GtkWidget *widget)
{
	assert_non_null(widget);
	assert_true(gtk_widget_get_mapped(widget));
	if (!gtk_widget_is_sensitive(widget)) {
		g_autofree char *name = app_test_name_of(widget);

		fail_msg("\"%s\" cannot be pressed now", name);
	}
	actions++;
	if (GTK_IS_BUTTON(widget))
		g_signal_emit_by_name(widget, "clicked");
	else if (GTK_IS_SWITCH(widget))
		gtk_switch_set_active(GTK_SWITCH(widget), !gtk_switch_get_active(GTK_SWITCH(widget)));
	else if (GTK_IS_CHECK_BUTTON(widget))
		gtk_check_button_set_active(GTK_CHECK_BUTTON(widget),
					    !gtk_check_button_get_active(GTK_CHECK_BUTTON(widget)));
	else
		assert_true(gtk_widget_activate(widget));
	app_test_settle(t);
}

void app_test_press_named(struct app_test *t, const char *name)
{
	GtkWidget *button = app_test_look(t, NULL, GTK_TYPE_BUTTON, name, 0);

	if (button == NULL)
		button = app_test_look(t, NULL, GTK_TYPE_LIST_BOX_ROW, name, 0);
	if (button == NULL)
		button = app_test_find(t, GTK_TYPE_WIDGET, name);
	app_test_press(t, button);
}

void app_test_type(struct app_test *t, GtkWidget *editable, const char *text)
{
	assert_true(gtk_widget_is_sensitive(editable));
	actions++;
	(void)gtk_widget_grab_focus(editable);
	if (GTK_IS_TEXT_VIEW(editable))
		gtk_text_buffer_set_text(gtk_text_view_get_buffer(GTK_TEXT_VIEW(editable)), text, -1);
	else
		gtk_editable_set_text(GTK_EDITABLE(editable), text);
	app_test_settle(t);
}

static void run_xdotool(const char *const *argv)
{
	g_autoptr(GSubprocess) child = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, NULL);

	assert_non_null(child);
	assert_true(g_subprocess_wait_check(child, NULL, NULL));
}

void app_test_keys(struct app_test *t, ...)
{
	GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(t->window));
	g_autofree char *xid = g_strdup_printf("%lu", (unsigned long)gdk_x11_surface_get_xid(surface));
	const char *key;
	va_list keys;

	run_xdotool((const char *const[]){"xdotool", "windowfocus", xid, NULL});
	app_test_settle(t);
	va_start(keys, t);
	while ((key = va_arg(keys, const char *)) != NULL) {
		actions++;
		run_xdotool((const char *const[]){"xdotool", "key", key, NULL});
		app_test_settle(t);
	}
	va_end(keys);
}

/* ---- looking ----------------------------------------------------------------------------------------- */

/* What has a surface of its own lies over the window's. */
static void add_popovers(GtkSnapshot *snapshot, GtkWidget *inside)
{
	if (!gtk_widget_get_mapped(inside))
		return;
	if (GTK_IS_POPOVER(inside)) {
		GdkPopup *popup = GDK_POPUP(gtk_native_get_surface(GTK_NATIVE(inside)));
		g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(inside);

		gtk_snapshot_save(snapshot);
		gtk_snapshot_translate(snapshot,
				       &GRAPHENE_POINT_INIT((float)gdk_popup_get_position_x(popup),
							    (float)gdk_popup_get_position_y(popup)));
		gdk_paintable_snapshot(paintable, snapshot, gdk_paintable_get_intrinsic_width(paintable),
				       gdk_paintable_get_intrinsic_height(paintable));
		gtk_snapshot_restore(snapshot);
	}
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL; c = gtk_widget_get_next_sibling(c))
		add_popovers(snapshot, c);
}

static GdkTexture *take_picture(struct app_test *t)
{
	GtkWidget *window = GTK_WIDGET(t->window);
	const int width = gtk_widget_get_width(window), height = gtk_widget_get_height(window);
	g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(window);
	GtkSnapshot *snapshot = gtk_snapshot_new();
	GskRenderNode *node;
	GdkTexture *texture;

	gdk_paintable_snapshot(paintable, snapshot, width, height);
	add_popovers(snapshot, window);
	node = gtk_snapshot_free_to_node(snapshot);
	assert_non_null(node);
	texture = gsk_renderer_render_texture(gtk_native_get_renderer(GTK_NATIVE(window)), node,
					      &GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height));
	gsk_render_node_unref(node);
	return texture;
}

void app_test_shoot(struct app_test *t, const char *name)
{
	const char *build = g_getenv("JX_BUILD");
	g_autofree char *folder = g_build_filename(build != NULL ? build : ".", "screenshots", NULL);
	g_autofree char *file = g_strconcat(name, ".png", NULL);
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_autoptr(GdkTexture) texture = NULL;

	app_test_settle(t);
	texture = take_picture(t);
	assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
	assert_true(gdk_texture_save_to_png(texture, path));
}

uint32_t *app_test_pixels(struct app_test *t, int *width_out, int *height_out)
{
	g_autoptr(GdkTexture) texture = take_picture(t);
	const gsize width = (gsize)gdk_texture_get_width(texture),
		    height = (gsize)gdk_texture_get_height(texture);
	uint32_t *pixels = g_new0(uint32_t, width * height);

	gdk_texture_download(texture, (guchar *)pixels, width * sizeof(*pixels));
	for (gsize i = 0; i < width * height; i++)
		pixels[i] &= 0xffffff;
	*width_out = (int)width;
	*height_out = (int)height;
	return pixels;
}

void app_test_set_look(struct app_test *t, enum prefs_theme theme, int text_pct)
{
	struct prefs *prefs = app_prefs(GTK_WIDGET(t->window));

	prefs->theme = theme;
	prefs->text_pct = text_pct;
	prefs_apply(prefs);
	app_test_settle(t);
}

void app_test_resize(struct app_test *t, int width, int height)
{
	gtk_window_set_default_size(GTK_WINDOW(t->window), width, height);
	app_test_settle(t);
}
