/* A working day without a finger on the glass: a disorder logged, corrected and looked up by keys alone. */
#include "app_test.h"

#include "jiexun/view.h"

/* Of a page: more controls than any has. */
#define TABS_MAX 80

struct newest {
	int64_t entries;
	int kind;
	char code[16], number[JX_NUMBER_MAX], of_number[JX_NUMBER_MAX], reason[64];
	int64_t photos;
};

static jx_rc note(void *user, const struct jx_view_row *row)
{
	struct newest *n = user;

	if (n->entries++ > 0)
		return JX_OK;
	n->kind = (int)row->kind;
	n->photos = row->photo_count;
	jx_strcpy(n->code, sizeof(n->code), row->code);
	jx_strcpy(n->number, sizeof(n->number), row->number);
	jx_strcpy(n->of_number, sizeof(n->of_number), row->of_number);
	jx_strcpy(n->reason, sizeof(n->reason), row->reason);
	return JX_OK;
}

static struct newest read_newest(const struct app_test *t)
{
	const struct jx_view_query q = {.newest_first = true};
	struct newest n = {.entries = 0};
	struct jx_handheld h;
	struct jx_error err;

	app_test_handheld(t, &h);
	jx_assert_ok(jx_handheld_open_recorder(&h, &err), &err);
	jx_assert_ok(jx_view_list(h.store, h.pack, &q, note, &n, &err), &err);
	jx_handheld_close(&h);
	return n;
}

/* What has the focus, as a screen reader calls it. */
static char *focused(struct app_test *t)
{
	GtkWidget *w = gtk_window_get_focus(GTK_WINDOW(t->window));

	return w != NULL ? app_test_name_of(w) : g_strdup("");
}

/* Tab on until it has the focus. */
static void tab_to(struct app_test *t, const char *name)
{
	g_autoptr(GString) passed = g_string_new(NULL);

	for (int i = 0; i < TABS_MAX; i++) {
		g_autofree char *now = focused(t);

		if (strcmp(now, name) == 0)
			return;
		g_string_append_printf(passed, " [%s]", now);
		app_test_keys(t, "Tab", NULL);
	}
	print_error("%s: no Tab leads to \"%s\":%s\n", t->name, name, passed->str);
	fail();
}

static bool is_ready(struct app_test *t, void *user)
{
	GtkWidget *w = app_test_look(t, NULL, GTK_TYPE_BUTTON, user, 0);

	return w != NULL && gtk_widget_is_sensitive(w);
}

static void wait_for_button(struct app_test *t, const char *name)
{
	app_test_wait(t, is_ready, (void *)(uintptr_t)name, name);
}

static void log_by_keys(struct app_test *t, const char *name)
{
	app_test_keys(t, "alt+1", NULL);
	tab_to(t, name);
	app_test_keys(t, "Return", NULL);
	wait_for_button(t, _("Shutter"));
	app_test_keys(t, "Return", NULL);
	wait_for_button(t, _("Save"));
	tab_to(t, _("Save"));
	app_test_keys(t, "Return", NULL);
}

static void test_log_and_correct(void **state)
{
	struct app_test t = {.name = "keys-only"};
	struct newest before, logged, corrected;

	(void)state;
	app_test_open(&t, 360, 720);
	before = read_newest(&t);
	log_by_keys(&t, "乱停乱放");
	logged = read_newest(&t);
	assert_int_equal(logged.entries, before.entries + 1);
	assert_int_equal(logged.kind, JX_KIND_OBSERVATION);
	assert_string_equal(logged.code, "05");
	assert_int_equal(logged.photos, 1);

	app_test_keys(&t, "alt+3", NULL);
	app_test_must_see(&t, "乱停乱放");
	tab_to(&t, _("Search"));
	/* behind the tools above it stands the list, and its first row is what was saved last */
	app_test_keys(&t, "Tab", "Return", NULL);
	wait_for_button(&t, "更正");
	app_test_must_see(&t, logged.number);
	tab_to(&t, "更正");
	app_test_keys(&t, "Return", NULL);
	wait_for_button(&t, "保存更正");
	tab_to(&t, "数量有误");
	app_test_keys(&t, "Return", NULL);
	tab_to(&t, "保存更正");
	app_test_keys(&t, "Return", NULL);
	corrected = read_newest(&t);
	assert_int_equal(corrected.kind, JX_KIND_CORRECTION);
	assert_string_equal(corrected.of_number, logged.number);
	assert_string_equal(corrected.reason, "数量有误");
	app_test_close(&t);
}

/* Each place by its number, and the way back from what lies over it. */
static void test_places(void **state)
{
	static const char *const views[] = {"alt+2", "alt+3", "alt+4", "alt+1"};
	struct app_test t = {.name = "keys-places"};
	GtkWidget *main_page;

	(void)state;
	app_test_open(&t, 800, 480);
	main_page = app_test_shown(&t);
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		g_autofree char *name = NULL;

		app_test_keys(&t, views[i], "Tab", NULL);
		name = focused(&t);
		assert_string_not_equal(name, ""); /* there is something to work with, and it has a name */
	}
	app_test_keys(&t, "F1", NULL);
	assert_ptr_not_equal(app_test_shown(&t), main_page);
	app_test_keys(&t, "Escape", NULL);
	assert_ptr_equal(app_test_shown(&t), main_page);
	app_test_keys(&t, "F1", "XF86Back", NULL);
	assert_ptr_equal(app_test_shown(&t), main_page);
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_log_and_correct),
					   cmocka_unit_test(test_places)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
