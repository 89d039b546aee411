/* A long list: its rows are used again, it keeps as many lines as it needs, and its end is as near as its begin. */
#include "app_test.h"
#include "entry_row.h"

#include <string.h>

/* More than GTK keeps rows for (200, and what is in sight) and more than the page keeps lines for, so that one for each would show. */
#define ENTRIES 1100
/* Rows are made for 200 entries around what is in sight, and let go after new ones are there. */
#define ROWS_MAX 256
/* Sixteen pages of 60. */
#define LINES_MAX 960
/* A list that does not go on ends the test. */
#define STEPS_MAX 200

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

/* What the list must show, read from the store: what cannot wait, then the others, the newest first. */
struct wanted {
	GPtrArray *numbers;
	guint at_once;
};

static jx_rc want(void *user, const struct jx_view_row *row)
{
	struct wanted *w = user;
	const bool is_at_once = entry_is_at_once(row);

	g_ptr_array_insert(w->numbers, is_at_once ? (int)w->at_once : -1, g_strdup(row->number));
	w->at_once += is_at_once;
	return JX_OK;
}

static struct wanted read_wanted(const struct app_test *t)
{
	struct wanted w = {.numbers = g_ptr_array_new_with_free_func(g_free)};
	struct jx_view_query q = {.newest_first = true, .all_writers = true};
	struct jx_handheld h;
	struct jx_error err;
	char day[11];

	app_test_handheld(t, &h);
	jx_handheld_today(&h, day);
	q.day = day;
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	q.packs = h.packs;
	jx_assert_ok(jx_view_list(h.store, h.pack, &q, want, &w, &err), &err);
	jx_handheld_close(&h);
	return w;
}

static GListModel *lines_of(GtkListView *list)
{
	return G_LIST_MODEL(gtk_list_view_get_model(list));
}

static bool is_number(GListModel *lines, guint at, const char *number)
{
	g_autoptr(AppLine) line = g_list_model_get_item(lines, at);

	return strcmp(line->line.number, number) == 0;
}

/* The lines that are there are a piece of the list, without gap or repetition. Where it begins. */
static guint must_be_a_piece(GtkListView *list, const struct wanted *w)
{
	GListModel *lines = lines_of(list);
	const guint n = g_list_model_get_n_items(lines);
	guint from = 0;

	assert_in_range(n, 1, LINES_MAX);
	assert_in_range(count_rows(GTK_WIDGET(list)), 1, ROWS_MAX);
	while (from < w->numbers->len && !is_number(lines, 0, w->numbers->pdata[from]))
		from++;
	assert_true(from + n <= w->numbers->len);
	for (guint i = 0; i < n; i++)
		assert_true(is_number(lines, i, w->numbers->pdata[from + i]));
	return from;
}

static void must_have_focus(const struct app_test *t, const char *number)
{
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(t->window));
	GtkWidget *row = focus != NULL ? gtk_widget_get_first_child(focus) : NULL;

	assert_non_null(row);
	assert_true(APP_IS_ENTRY_ROW(row));
	assert_string_equal(app_entry_row_line(APP_ENTRY_ROW(row))->line.number, number);
}

/* One step of the scroll bar towards an end, until the list begins or ends there. How many it took. */
static int scroll_to(struct app_test *t, GtkListView *list, const struct wanted *w, bool is_down)
{
	GtkAdjustment *a = gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(list));

	for (int steps = 0; steps < STEPS_MAX; steps++) {
		const guint from = must_be_a_piece(list, w);
		const guint n = g_list_model_get_n_items(lines_of(list));

		if (is_down ? from + n == w->numbers->len : from == 0)
			return steps;
		gtk_adjustment_set_value(a, is_down ? gtk_adjustment_get_upper(a) : 0);
		app_test_settle(t);
	}
	fail_msg("the list never ends");
	return 0;
}

static GtkListView *open_list(struct app_test *t)
{
	GtkListView *list;

	app_show_view(GTK_WIDGET(t->window), "today");
	app_test_settle(t);
	list = GTK_LIST_VIEW(app_test_find(t, GTK_TYPE_LIST_VIEW, NULL));
	(void)gtk_widget_child_focus(GTK_WIDGET(list), GTK_DIR_TAB_FORWARD);
	return list;
}

/* Each end is one key away, the pages between are not read, and there the keys go on from its row. */
static void must_have_ends(struct app_test *t, GtkListView *list, const struct wanted *w)
{
	guint from;

	app_test_keys(t, "End", NULL);
	from = must_be_a_piece(list, w);
	assert_in_range(from, w->numbers->len - 180, w->numbers->len - 1);
	assert_int_equal(from + g_list_model_get_n_items(lines_of(list)), w->numbers->len);
	must_have_focus(t, w->numbers->pdata[w->numbers->len - 1]);
	app_test_keys(t, "Up", NULL);
	must_have_focus(t, w->numbers->pdata[w->numbers->len - 2]);
	app_test_keys(t, "Home", NULL);
	assert_int_equal(must_be_a_piece(list, w), 0);
	must_have_focus(t, w->numbers->pdata[0]);
	app_test_keys(t, "Down", NULL);
	must_have_focus(t, w->numbers->pdata[1]);
}

/* All the way down and up again: every line once, in its order, and never more than a few pages of them. */
static void test_long(void **state)
{
	struct app_test t = {.name = "long"};
	struct wanted w;
	GtkListView *list;

	(void)state;
	app_test_open(&t, 360, 720);
	record(&t, ENTRIES);
	w = read_wanted(&t);
	list = open_list(&t);
	must_have_ends(&t, list, &w);
	assert_in_range(scroll_to(&t, list, &w, true), 3, STEPS_MAX);
	assert_true(must_be_a_piece(list, &w) > 0);
	assert_in_range(scroll_to(&t, list, &w, false), 3, STEPS_MAX);
	app_test_close(&t);
	g_ptr_array_unref(w.numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_long)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
