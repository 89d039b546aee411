/* A long list: its rows are used again, however far one goes down. */
#include "app_test.h"
#include "entry_row.h"

/* More than GTK keeps rows for (200, and what is in sight), so that a row for each would show. */
#define ENTRIES 700
/* Rows are made for 200 entries around what is in sight, and let go after new ones are there. */
#define ROWS_MAX 256
/* Of 60 entries; a list that does not go on ends the test. */
#define ENDS_MAX 60

static void record(const struct app_test *t, int count)
{
	const struct jx_observation obs = {.result = "nothing-found", .code = "05.02"};
	struct jx_handheld h;
	struct jx_error err;
	int64_t n;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	for (int i = 0; i < count; i++) {
		JX_AUTO(jx_capture) capture = NULL;

		jx_assert_ok(jx_capture_begin(&h.recorder, &capture, &err), &err);
		jx_assert_ok(jx_capture_set_answers(capture, &obs, &err), &err);
		jx_assert_ok(jx_capture_commit(capture, &n, &err), &err);
	}
	jx_handheld_close(&h);
}

static int count_rows(GtkWidget *inside)
{
	int n = APP_IS_ENTRY_ROW(inside) ? 1 : 0;

	for (GtkWidget *w = gtk_widget_get_first_child(inside); w != NULL; w = gtk_widget_get_next_sibling(w))
		n += count_rows(w);
	return n;
}

static void test_rows_are_used_again(void **state)
{
	struct app_test t = {.name = "long"};
	GtkListView *list;
	guint there = 0;
	int most = 0;

	(void)state;
	app_test_open(&t, 360, 720);
	record(&t, ENTRIES);
	app_show_view(GTK_WIDGET(t.window), "today");
	app_test_settle(&t);
	list = GTK_LIST_VIEW(app_test_find(&t, GTK_TYPE_LIST_VIEW, NULL));
	(void)gtk_widget_child_focus(GTK_WIDGET(list), GTK_DIR_TAB_FORWARD);
	for (int i = 0; i < ENDS_MAX && there < ENTRIES; i++) {
		app_test_keys(&t, "End", NULL);
		there = g_list_model_get_n_items(G_LIST_MODEL(gtk_list_view_get_model(list)));
		most = MAX(most, count_rows(GTK_WIDGET(list)));
	}
	assert_true(there >= ENTRIES);
	assert_true(most > 0);
	assert_in_range(most, 1, ROWS_MAX);
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows_are_used_again)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
