/* The frame: a window on the demonstration, its four places, going to a page and back, themes, text of 200 %. */
#include "app_test.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_keys)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
