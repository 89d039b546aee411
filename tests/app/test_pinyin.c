/* Typing Chinese: the engine with the packs' words first, and the pad at the foot of the window. */
#include "app_test.h"
#include "pinyin.h"
#include "pinyin_pad.h"

static void open_with_words(struct pinyin **p_out, const char *const *words)
{
	struct pinyin *p = pinyin_open("");

	if (p == NULL)
		skip(); /* no libgooglepinyin here: then there is no pad */
	for (; *words != NULL; words++)
		pinyin_add_word(p, *words);
	while (pinyin_prepare(p))
		;
	*p_out = p;
}

static void test_words_first(void **state)
{
	static const char *const words[] = {"乱停乱放", "乱贴乱画",   "暴露垃圾",
					    "占道经营", "已当场清理", NULL};
	static const char *const typed[][2] = {
		{"luantingluanfang", "乱停乱放"},   {"ltlf", "乱停乱放"},    {"luantieluanhua", "乱贴乱画"},
		{"baolulaji", "暴露垃圾"},          {"zhandao", "占道经营"}, {"zhdjy", "占道经营"},
		{"yidangchangqingli", "已当场清理"}};
	struct pinyin *p = NULL;

	(void)state;
	open_with_words(&p, words);
	for (size_t i = 0; i < G_N_ELEMENTS(typed); i++) {
		g_autofree char *text = NULL;

		pinyin_set_letters(p, typed[i][0]);
		assert_true(pinyin_count(p) > 0);
		assert_string_equal(pinyin_candidate(p, 0), typed[i][1]);
		text = pinyin_choose(p, 0);
		assert_string_equal(text, typed[i][1]);
		assert_string_equal(pinyin_letters(p), "");
	}
	pinyin_close(p);
}

/* What no pack knows comes from the engine, word by word if need be. */
static void test_engine(void **state)
{
	static const char *const none[] = {NULL};
	struct pinyin *p = NULL;
	g_autofree char *text = NULL;
	size_t i = 0;

	(void)state;
	open_with_words(&p, none);
	pinyin_set_letters(p, "renminlu");
	assert_string_equal(pinyin_candidate(p, 0), "人民路");
	while (i < pinyin_count(p) && strcmp(pinyin_candidate(p, i), "人民") != 0)
		i++;
	assert_true(i < pinyin_count(p));
	assert_null(pinyin_choose(p, i));
	for (i = 0; i < pinyin_count(p) && strcmp(pinyin_candidate(p, i), "露") != 0; i++)
		;
	text = pinyin_choose(p, i);
	assert_string_equal(text, "人民露");
	/* letters that nothing begins with are no reason to fall over */
	pinyin_set_letters(p, "vvvv");
	pinyin_set_letters(p, "");
	assert_int_equal(pinyin_count(p), 0);
	pinyin_close(p);
}

static void type_letters(struct app_test *t, const char *letters)
{
	for (const char *c = letters; *c != '\0'; c++) {
		const char key[2] = {*c, '\0'};

		app_test_press(t, app_test_look(t, app_test_find(t, APP_TYPE_PINYIN_PAD, NULL),
						GTK_TYPE_BUTTON, key, 0));
	}
}

static void test_pad(void **state)
{
	struct app_test t = {.name = "pad"};
	GtkWidget *entry = gtk_entry_new();
	const char *typed;

	(void)state;
	if (!app_pinyin_pad_can())
		skip();
	app_test_open(&t, 360, 720);
	app_prefs(GTK_WIDGET(t.window))->has_pinyin = true;
	gtk_widget_set_valign(entry, GTK_ALIGN_START);
	app_name(entry, "备注");
	app_push(GTK_WIDGET(t.window), entry, "写");
	(void)gtk_widget_grab_focus(entry);
	app_test_settle(&t);
	assert_true(gtk_widget_get_mapped(app_test_find(&t, APP_TYPE_PINYIN_PAD, NULL)));
	type_letters(&t, "luantingluanfang");
	app_test_check(&t, "pinyin pad");
	app_test_shoot(&t, "pinyin");
	app_test_press_named(&t, "乱停乱放");
	typed = gtk_editable_get_text(GTK_EDITABLE(entry));
	assert_string_equal(typed, "乱停乱放");
	app_test_press_named(&t, "123");
	type_letters(&t, "35");
	app_test_press_named(&t, "Delete");
	app_test_press_named(&t, "abc");
	app_test_press_named(&t, "中/英");
	type_letters(&t, "ok");
	typed = gtk_editable_get_text(GTK_EDITABLE(entry));
	assert_string_equal(typed, "乱停乱放3ok");
	/* the keys take no focus: a keypad's Tab never goes through forty of them */
	assert_true(gtk_widget_is_ancestor(gtk_window_get_focus(GTK_WINDOW(t.window)), entry));
	app_test_press_named(&t, "Hide the keys");
	assert_null(app_test_look(&t, NULL, APP_TYPE_PINYIN_PAD, NULL, 0));
	app_test_close(&t);
}

/* Input methods of the desktop stay what the environment says. */
static void test_input_methods(void **state)
{
	struct app_test t = {.name = "im"};
	g_autofree char *module = NULL;

	(void)state;
	app_test_open(&t, 360, 720);
	g_object_get(gtk_settings_get_default(), "gtk-im-module", &module, NULL);
	assert_true(module == NULL || module[0] == '\0');
	assert_string_equal(g_getenv("GTK_IM_MODULE"), "none-such");
	app_test_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_words_first), cmocka_unit_test(test_engine),
					   cmocka_unit_test(test_pad), cmocka_unit_test(test_input_methods)};

	g_setenv("GTK_IM_MODULE", "none-such", TRUE);
	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
