/* A working day without a finger on the glass: a disorder logged, corrected and looked up by keys alone. */
#include "app_test.h"
#include "keys.h"

#include "jiexun/view.h"

#include <stdlib.h>

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

		app_test_keys(&t, views[i], NULL);
		assert_non_null(gtk_widget_get_ancestor(gtk_window_get_focus(GTK_WINDOW(t.window)),
							ADW_TYPE_VIEW_STACK));
		app_test_keys(&t, "Tab", NULL);
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

static void press_row(struct app_test *t, const char *name)
{
	app_test_keys(t, "alt+4", NULL);
	app_test_press(t, app_test_find(t, ADW_TYPE_ACTION_ROW, name));
}

static void must_refuse(struct app_test *t, const char *key, const char *because)
{
	app_test_keys(t, key, NULL);
	app_test_must_see(t, because);
	app_test_must_see(t, _("Press the key now"));
}

/* ---- Enter -------------------------------------------------------------------------------------------- */

static void press_enter(struct app_test *t, const char *const *argv)
{
	g_autoptr(GSubprocess) xdotool = g_subprocess_newv(argv, G_SUBPROCESS_FLAGS_NONE, NULL);

	assert_non_null(xdotool);
	assert_true(g_subprocess_wait_check(xdotool, NULL, NULL));
	app_test_settle(t);
}

static void count_press(int *presses)
{
	(*presses)++;
}

/* However quickly: none is swallowed while a button shows itself pressed (one that is pressed by name, by a reader, takes 250 ms). */
static void test_enter_twice(void **state)
{
	static const char *const twice[] = {"xdotool", "key", "--delay", "1", "Return", "KP_Enter", NULL};
	static const char *const held[] = {"xdotool", "keydown", "Return", "keydown", "Return",
					   "keydown", "Return",  "keyup",  "Return",  NULL};
	struct app_test t = {.name = "enter-twice"};
	GtkWidget *before;
	int presses = 0;

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_keys(&t, "alt+3", NULL);
	tab_to(&t, _("The day before"));
	before = gtk_window_get_focus(GTK_WINDOW(t.window));
	g_signal_connect_swapped(before, "clicked", G_CALLBACK(count_press), &presses);
	press_enter(&t, twice);
	assert_int_equal(presses, 2);
	/* what is held is one press, however long */
	press_enter(&t, held);
	assert_int_equal(presses, 3);
	assert_ptr_equal(gtk_window_get_focus(GTK_WINDOW(t.window)), before);
	app_test_close(&t);
}

/* Keys of the housing: pressed once to be known, kept over a start, and none that people need for something else. */
static void test_learned_keys(void **state)
{
	struct app_test t = {.name = "learned-keys"};

	(void)state;
	app_test_open(&t, 360, 720);
	press_row(&t, _("The last one again"));
	app_test_check(&t, "key");
	must_refuse(&t, "a", _("This key is needed for typing: choose another"));
	must_refuse(&t, "5", _("This key is needed for typing: choose another"));
	must_refuse(&t, "Tab", _("By this key one goes about in the app: choose another"));
	must_refuse(&t, "F1", _("This key opens the standards card or a menu: choose another"));
	app_test_shoot(&t, "key-refused");
	assert_string_equal(app_prefs(GTK_WIDGET(t.window))->repeat_keys, KEYS_REPEAT);
	app_test_keys(&t, "F9", NULL);
	assert_string_equal(app_prefs(GTK_WIDGET(t.window))->repeat_keys, "F9");
	app_test_must_see(&t, "F9");
	press_row(&t, _("Shutter"));
	app_test_keys(&t, "F8", NULL);
	assert_string_equal(app_prefs(GTK_WIDGET(t.window))->shutter_keys, "F8");
	app_test_close_window(&t);

	app_test_open_home(&t, t.demo.profile, t.demo.home, 360, 720);
	assert_string_equal(app_prefs(GTK_WIDGET(t.window))->repeat_keys, "F9");
	app_test_keys(&t, "F5", NULL);
	assert_null(app_test_look(&t, NULL, GTK_TYPE_TOGGLE_BUTTON, _("Wide"), 0));
	app_test_keys(&t, "F9", NULL);
	wait_for_button(&t, _("Shutter"));
	app_test_keys(&t, "XF86AudioRaiseVolume", NULL);
	assert_non_null(app_test_look(&t, NULL, GTK_TYPE_TOGGLE_BUTTON, _("Wide"), 0));
	app_test_keys(&t, "F8", NULL);
	wait_for_button(&t, _("Save"));
	app_test_keys(&t, "Escape", NULL);

	/* and back, at once */
	press_row(&t, _("The last one again"));
	app_test_press_named(&t, _("As delivered"));
	assert_string_equal(app_prefs(GTK_WIDGET(t.window))->repeat_keys, KEYS_REPEAT);
	app_test_keys(&t, "alt+1", "F5", NULL);
	wait_for_button(&t, _("Shutter"));
	app_test_close(&t);
}

static void test_volume_keys(void **state)
{
	struct app_test t = {.name = "volume-keys"};

	(void)state;
	app_test_open(&t, 360, 720);
	app_test_keys(&t, "F5", NULL);
	wait_for_button(&t, _("Shutter"));
	app_test_keys(&t, "XF86AudioLowerVolume", NULL);
	wait_for_button(&t, _("Save"));
	app_test_close(&t);
}

static void test_refusals(void **state)
{
	static const guint refused[] = {GDK_KEY_Escape, GDK_KEY_Back,      GDK_KEY_Tab,        GDK_KEY_Return,
					GDK_KEY_space,  GDK_KEY_KP_Enter,  GDK_KEY_0,          GDK_KEY_KP_7,
					GDK_KEY_z,      GDK_KEY_Shift_L,   GDK_KEY_Up,         GDK_KEY_F1,
					GDK_KEY_Delete, GDK_KEY_BackSpace, GDK_KEY_VoidSymbol, 0};
	static const guint taken[] = {GDK_KEY_F2,     GDK_KEY_F12,     GDK_KEY_AudioRaiseVolume,
				      GDK_KEY_WebCam, GDK_KEY_Launch1, GDK_KEY_Search};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
		if (keys_refusal(refused[i]) == NULL)
			fail_msg("%s may be chosen", gdk_keyval_name(refused[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(taken); i++)
		if (keys_refusal(taken[i]) != NULL)
			fail_msg("%s: %s", gdk_keyval_name(taken[i]), keys_refusal(taken[i]));
	for (size_t i = 0; i < 3; i++) {
		guint key = 0;

		assert_true(keys_at(KEYS_SHUTTER, i, &key));
		assert_int_not_equal(key, 0);
		assert_true(keys_have(KEYS_SHUTTER, key));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_log_and_correct), cmocka_unit_test(test_places),
		cmocka_unit_test(test_enter_twice),     cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_volume_keys),     cmocka_unit_test(test_learned_keys)};

	app_test_begin();
	if (getenv("JX_TEST_FILTER") != NULL)
		cmocka_set_test_filter(getenv("JX_TEST_FILTER"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
