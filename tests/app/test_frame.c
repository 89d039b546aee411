/* The frame: a window on the demonstration, its four places, going to a page and back, themes, text of 200 %. */
#include "app_test.h"

#include <string.h>

/* To go all around a page: more controls than any has. */
#define TABS_MAX 80

static void test_places(void **state)
{
	static const char *const views[] = {"log", "check", "today", "status"};
	struct app_test t = {.name = "places"};

	(void)state;
	app_test_open(&t, 360, 720);
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		g_autofree char *picture = g_strdup_printf("frame-%s", views[i]);

		app_show_view(GTK_WIDGET(t.window), views[i]);
		app_test_shoot(&t, picture);
	}
	app_test_close(&t);
}

/* Alt and a digit, Escape: no pointer. */
static void test_keys(void **state)
{
	struct app_test t = {.name = "keys"};
	GtkWidget *pushed = gtk_label_new("一页");
	GtkWidget *main_page;

	(void)state;
	app_test_open(&t, 360, 720);
	main_page = app_test_shown(&t);
	app_test_keys(&t, "alt+3", NULL);
	assert_ptr_equal(app_test_shown(&t), main_page);
	app_push(GTK_WIDGET(t.window), pushed, "标题");
	app_test_settle(&t);
	assert_ptr_not_equal(app_test_shown(&t), main_page);
	assert_true(app_test_sees(&t, "一页"));
	app_test_keys(&t, "Escape", NULL);
	assert_ptr_equal(app_test_shown(&t), main_page);
	assert_false(app_test_sees(&t, "一页"));
	app_test_close(&t);
}

static bool is_toast(struct app_test *t, void *user)
{
	(void)user;
	return app_test_look(t, NULL, g_type_from_name("AdwToastWidget"), NULL, 0) != NULL;
}

static void assert_free(struct app_test *t, GtkWidget *button)
{
	GtkWidget *toast = app_test_look(t, NULL, g_type_from_name("AdwToastWidget"), NULL, 0);
	graphene_rect_t of_toast, of_button;

	assert_non_null(button);
	assert_non_null(toast);
	assert_true(gtk_widget_compute_bounds(toast, GTK_WIDGET(t->window), &of_toast));
	assert_true(gtk_widget_compute_bounds(button, GTK_WIDGET(t->window), &of_button));
	assert_false(graphene_rect_intersection(&of_toast, &of_button, NULL));
}

static bool is_ready(struct app_test *t, void *user)
{
	GtkWidget *w = app_test_look(t, NULL, GTK_TYPE_BUTTON, user, 0);

	return w != NULL && gtk_widget_is_sensitive(w);
}

/* "Saved" is still said when the next entry is shot and saved: a toast leaves the buttons free that are pressed then. */
static void test_toast_is_not_in_the_way(void **state)
{
	struct app_test t = {.name = "toast"};

	(void)state;
	app_test_open(&t, 360, 720);
	app_toast(GTK_WIDGET(t.window), "已保存：H07-1", "撤销", NULL, NULL, NULL);
	app_test_wait(&t, is_toast, NULL, "a toast");
	app_test_press_named(&t, "乱停乱放");
	app_test_wait(&t, is_ready, (void *)(uintptr_t)_("Shutter"), "the shutter");
	assert_free(&t, app_test_look(&t, NULL, GTK_TYPE_BUTTON, _("Shutter"), 0));
	app_test_press_named(&t, _("Shutter"));
	app_test_wait(&t, is_ready, (void *)(uintptr_t)_("Save"), "the page of the entry");
	assert_free(&t, app_test_look(&t, NULL, GTK_TYPE_BUTTON, _("Save"), 0));
	app_test_close(&t);
}

/* The longest there are: which field, and what to do, in every size of letters, with the button that closes it. */
static void test_whole_error(void **state)
{
	static const int sizes[][3] = {{360, 720, 100}, {360, 720, 200}, {800, 480, 200}, {800, 480, 100}};
	struct app_test t = {.name = "whole-error"};
	struct jx_error err = {.code = JX_EINVAL};

	(void)state;
	jx_strcpy(
		err.text, sizeof(err.text),
		"灯 /sys/class/leds/white:flash/brightness 无法开关：Permission denied；请改正配置文件 [camera] 中的 torch，"
		"并确认本用户可以写入该目录；仍然不行时请关闭灯光拍照，并把本机交给办公室处理 THE-END");
	app_test_open(&t, 360, 720);
	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autofree char *name = g_strdup_printf("whole-error-%dx%d-%d", sizes[i][0], sizes[i][1],
							sizes[i][2]);
		AdwToast *toast;
		GtkWidget *label;
		graphene_rect_t at;
		int height;

		app_test_resize(&t, sizes[i][0], sizes[i][1]);
		app_test_set_look(&t, PREFS_THEME_LIGHT, sizes[i][2]);
		toast = g_object_ref(app_toast_error(GTK_WIDGET(t.window), &err));
		app_test_shoot(&t, name);
		label = app_test_find(&t, GTK_TYPE_LABEL, err.text);
		assert_int_equal(gtk_label_get_ellipsize(GTK_LABEL(label)), PANGO_ELLIPSIZE_NONE);
		assert_false(pango_layout_is_ellipsized(gtk_label_get_layout(GTK_LABEL(label))));
		gtk_widget_measure(label, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width(label), NULL,
				   &height, NULL, NULL);
		assert_true(gtk_widget_get_height(label) >= height);
		assert_true(gtk_widget_compute_bounds(label, GTK_WIDGET(t.window), &at));
		assert_true(at.origin.x >= 0 && at.origin.y >= 0 &&
			    at.origin.x + at.size.width <= (float)sizes[i][0] &&
			    at.origin.y + at.size.height <= (float)sizes[i][1]);
		app_test_check(&t, name);
		adw_toast_dismiss(toast);
		g_object_unref(toast);
		app_test_settle(&t);
	}
	app_test_close(&t);
}

/* What went well is said whole, too, and at once: a failure that nobody has closed does not stand before it. */
static void test_whole_toast(void **state)
{
	static const char text[] = "这是演示：没有可同步的服务器；保存的内容只在本机，退出时一并删除 THE-END";
	struct app_test t = {.name = "whole-toast"};
	struct jx_error err = {.code = JX_EIO};
	GtkWidget *label;

	(void)state;
	jx_strcpy(err.text, sizeof(err.text), "127.0.0.1 takes no connection");
	app_test_open(&t, 360, 720);
	(void)app_toast_error(GTK_WIDGET(t.window), &err);
	app_test_settle(&t);
	app_toast(GTK_WIDGET(t.window), text, NULL, NULL, NULL, NULL);
	app_test_settle(&t);
	label = app_test_find(&t, GTK_TYPE_LABEL, text);
	assert_false(pango_layout_is_ellipsized(gtk_label_get_layout(GTK_LABEL(label))));
	app_test_shoot(&t, "whole-toast");
	app_test_close(&t);
}

/* ---- the whole of a trouble, by keys ---------------------------------------------------------------------- */

/* The camera's: nothing else that goes on meanwhile takes it back. */
static void set_trouble(struct app_test *t, const char *text, const char *brief)
{
	app_set_trouble(GTK_WIDGET(t->window), APP_TROUBLE_CAMERA, text, brief, NULL, NULL);
	app_test_settle(t);
}

/* Does what has the focus say so of itself, as something that can be pressed? */
static bool is_button_focused(struct app_test *t, const char *name)
{
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(t->window));
	g_autofree char *has = focus != NULL ? app_test_name_of(focus) : g_strdup("");

	return strcmp(has, name) == 0 &&
	       gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(focus)) == GTK_ACCESSIBLE_ROLE_BUTTON;
}

/* By that key on and on: true if it has the focus. */
static bool go_to(struct app_test *t, const char *key, const char *name)
{
	for (int i = 0; i < TABS_MAX && !is_button_focused(t, name); i++)
		app_test_keys(t, key, NULL);
	return is_button_focused(t, name);
}

static bool is_told(struct app_test *t, void *user)
{
	GtkWidget *toast = app_test_look(t, NULL, g_type_from_name("AdwToastWidget"), NULL, 0);

	return toast != NULL && app_test_look(t, toast, GTK_TYPE_LABEL, user, 0) != NULL;
}

static void test_banner_by_keys(void **state)
{
	static char text[] =
		"本机的相机没有应答：请重启本机；仍然不行时，记录照常保存，请交给办公室处理 THE-END";
	struct app_test t = {.name = "banner-by-keys"};

	(void)state;
	app_test_open(&t, 360, 720);
	set_trouble(&t, text, "没有相机");
	app_test_check(&t, "banner-by-keys");
	assert_false(is_told(&t, text));
	assert_true(go_to(&t, "Tab", text));
	app_test_shoot(&t, "banner-focused");
	app_test_keys(&t, "space", NULL);
	app_test_wait(&t, is_told, text, "the whole text");
	app_test_close(&t);
}

static void test_strip_by_keys(void **state)
{
	static char text[] =
		"本机的相机没有应答：请重启本机；仍然不行时，记录照常保存，请交给办公室处理 THE-END";
	struct app_test t = {.name = "strip-by-keys"};

	(void)state;
	app_test_open(&t, 360, 720);
	set_trouble(&t, text, "没有相机");
	/* where a page begins is not moved by it, with a header or without */
	app_push_bare(GTK_WIDGET(t.window), gtk_button_new_with_label("一个按键"));
	app_test_settle(&t);
	assert_true(is_button_focused(&t, "一个按键"));
	app_pop(GTK_WIDGET(t.window));
	app_push(GTK_WIDGET(t.window), gtk_button_new_with_label("另一个按键"), "标题");
	app_test_settle(&t);
	assert_true(is_button_focused(&t, "另一个按键"));
	app_test_check(&t, "strip-by-keys");
	assert_false(app_test_sees(&t, text));
	assert_true(go_to(&t, "shift+Tab", "没有相机"));
	app_test_shoot(&t, "strip-focused");
	app_test_keys(&t, "Return", NULL);
	app_test_wait(&t, is_told, text, "the whole text");
	/* it goes with what it names, and the keys work on */
	set_trouble(&t, NULL, NULL);
	assert_false(app_test_sees(&t, "没有相机"));
	assert_true(go_to(&t, "Tab", "另一个按键"));
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),       cmocka_unit_test(test_keys),
		cmocka_unit_test(test_whole_toast),  cmocka_unit_test(test_toast_is_not_in_the_way),
		cmocka_unit_test(test_whole_error),  cmocka_unit_test(test_banner_by_keys),
		cmocka_unit_test(test_strip_by_keys)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
