/* What keeps the app small: no icon has an SVG read, Chinese has one font, pages are made when they are gone to. */
#include "app_test.h"

#include <fontconfig/fontconfig.h>

static const char *const views[] = {"log", "check", "today", "status"};

/* Every drawing of src/app/icons, at the sizes they are shown in, on both kinds of screens. */
static void test_icons_are_masks(void **state)
{
	static const int sizes[] = {16, 32, 128};
	g_autofree char *folder = g_build_filename(g_getenv("JX_SOURCE"), "src", "app", "icons", NULL);
	GDir *dir = g_dir_open(folder, 0, NULL);
	GtkIconTheme *theme = gtk_icon_theme_get_for_display(gdk_display_get_default());
	const char *file;
	int icons = 0;

	(void)state;
	assert_non_null(dir);
	while ((file = g_dir_read_name(dir)) != NULL) {
		g_autofree char *name = g_strndup(file, strcspn(file, "."));

		icons++;
		for (size_t i = 0; i < 2 * G_N_ELEMENTS(sizes); i++) {
			const int size = sizes[i / 2], scale = 1 + (int)i % 2;
			g_autoptr(GtkIconPaintable) icon = gtk_icon_theme_lookup_icon(
				theme, name, NULL, size, scale, GTK_TEXT_DIR_NONE, 0);
			g_autoptr(GFile) from = gtk_icon_paintable_get_file(icon);
			g_autofree char *uri = from != NULL ? g_file_get_uri(from) : NULL;
			g_autofree char *wanted = g_strdup_printf(
				"resource:///cn/jiexun/icons/%dx%d/actions/%s.symbolic.png", size * scale,
				size * scale, name);

			assert_non_null(uri);
			assert_string_equal(uri, wanted);
			assert_true(gtk_icon_paintable_is_symbolic(icon));
		}
	}
	g_dir_close(dir);
	assert_true(icons >= 15);
}

static bool is_mapped(const char *what)
{
	g_autofree char *maps = NULL;

	assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
	assert_non_null(strstr(maps, "libgtk-4.so")); /* this is the list of what is mapped */
	return strstr(maps, what) != NULL;
}

static void test_no_svg_is_read(void **state)
{
	struct app_test t = {.name = "svg"};

	(void)state;
	app_test_open(&t, 360, 720);
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		app_show_view(GTK_WIDGET(t.window), views[i]);
		app_test_shoot(&t, "light");
	}
	assert_false(is_mapped("librsvg"));
	app_test_close(&t);
}

/* Free with FcPatternDestroy(). */
static FcPattern *chinese(int weight)
{
	FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, "sans", FC_LANG, FcTypeString,
					   "zh-cn", FC_WEIGHT, FcTypeInteger, weight, (char *)NULL);
	FcPattern *found;
	FcResult result;

	assert_true(FcConfigSubstitute(NULL, wanted, FcMatchPattern));
	FcDefaultSubstitute(wanted);
	found = FcFontMatch(NULL, wanted, &result);
	assert_non_null(found);
	FcPatternDestroy(wanted);
	return found;
}

/* Bold letters come from the file that is in memory already, and are made bold. */
static void test_chinese_has_one_font(void **state)
{
	FcPattern *regular = chinese(FC_WEIGHT_REGULAR), *bold = chinese(FC_WEIGHT_BOLD);
	FcChar8 *of_regular = NULL, *of_bold = NULL;
	FcBool is_made_bold = FcFalse;

	(void)state;
	assert_int_equal(FcPatternGetString(regular, FC_FILE, 0, &of_regular), FcResultMatch);
	assert_int_equal(FcPatternGetString(bold, FC_FILE, 0, &of_bold), FcResultMatch);
	assert_string_equal(of_bold, of_regular);
	assert_int_equal(FcPatternGetBool(bold, FC_EMBOLDEN, 0, &is_made_bold), FcResultMatch);
	assert_true(is_made_bold);
	FcPatternDestroy(regular);
	FcPatternDestroy(bold);
}

static int made(struct app_test *t)
{
	AdwViewStack *stack = ADW_VIEW_STACK(app_test_look(t, NULL, ADW_TYPE_VIEW_STACK, NULL, 0));
	int n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(views); i++)
		n += adw_bin_get_child(ADW_BIN(adw_view_stack_get_child_by_name(stack, views[i]))) != NULL;
	return n;
}

static void test_pages_are_made_when_gone_to(void **state)
{
	struct app_test t = {.name = "pages"};

	(void)state;
	app_test_open(&t, 360, 720);
	assert_int_equal(made(&t), 1);
	for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
		app_show_view(GTK_WIDGET(t.window), views[i]);
		app_test_settle(&t);
		assert_int_equal(made(&t), i + 1);
	}
	/* once */
	app_show_view(GTK_WIDGET(t.window), "log");
	assert_int_equal(made(&t), 4);
	app_test_close(&t);
}

/* app_test_begin() has switched them off already: back on, and asked again as at a start. */
static void test_nothing_slides_without_graphics(void **state)
{
	GtkSettings *settings = gtk_settings_get_default();
	gboolean slides = TRUE;

	(void)state;
	assert_string_equal(g_getenv("GSK_RENDERER"), "cairo");
	g_object_set(settings, "gtk-enable-animations", TRUE, NULL);
	app_load_style();
	g_object_get(settings, "gtk-enable-animations", &slides, NULL);
	assert_false(slides);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_icons_are_masks),
					   cmocka_unit_test(test_no_svg_is_read),
					   cmocka_unit_test(test_chinese_has_one_font),
					   cmocka_unit_test(test_pages_are_made_when_gone_to),
					   cmocka_unit_test(test_nothing_slides_without_graphics)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
