/*
 * Every screen in sizes, themes and text sizes: pictures into JX_BUILD/screenshots, and the rules of app_test_check() asked of each. The
 * test run takes the most of them at their tightest; `tests/app/matrix` takes all (JX_MATRIX=all), or those whose names begin with
 * JX_MATRIX_ONLY; JX_MATRIX=looks lists the looks.
 */
#include <stdlib.h>
#include <string.h>

#include "screens.h"

/* Of a page's end that is seen again at the head of its next picture: what is cut there is whole here. */
#define OVERLAP_PX  72
#define PARTS_MAX   12
#define PARTS_SHORT 2

struct look {
	int width, height;
	enum prefs_theme theme;
	int text_pct;
	bool is_short;  /* of the test run */
	bool has_forms; /* every form that there is as well */
};

static const struct look looks[] = {
	{360, 720, PREFS_THEME_LIGHT, 100, false, true},
	{360, 720, PREFS_THEME_DARK, 100, false, false},
	{360, 720, PREFS_THEME_OUTDOOR, 100, false, false},
	{360, 720, PREFS_THEME_LIGHT, 200, true, true},
	{360, 720, PREFS_THEME_DARK, 200, false, false},
	{360, 720, PREFS_THEME_OUTDOOR, 200, false, false},
	{480, 800, PREFS_THEME_LIGHT, 100, false, false},
	{480, 800, PREFS_THEME_DARK, 100, false, false},
	{480, 800, PREFS_THEME_OUTDOOR, 100, true, false},
	{800, 480, PREFS_THEME_LIGHT, 100, false, false},
	{800, 480, PREFS_THEME_DARK, 100, true, false},
	{800, 480, PREFS_THEME_OUTDOOR, 100, false, false},
	{1280, 800, PREFS_THEME_LIGHT, 100, false, false},
	{1280, 800, PREFS_THEME_DARK, 100, false, false},
	{1280, 800, PREFS_THEME_OUTDOOR, 100, false, false},
};

static const char *const theme_names[] = {"system", "light", "dark", "outdoor"};

static bool is_all(void)
{
	return g_strcmp0(g_getenv("JX_MATRIX"), "all") == 0;
}

/* Only screens that begin so, several with spaces between: for whoever works on one. */
static bool is_wanted(const char *screen)
{
	const char *only = g_getenv("JX_MATRIX_ONLY");
	g_auto(GStrv) begins = g_strsplit(only != NULL ? only : "", " ", -1);

	for (size_t i = 0; begins[i] != NULL; i++)
		if (g_str_has_prefix(screen, begins[i]))
			return true;
	return begins[0] == NULL;
}

static char *look_name(const struct look *l)
{
	return g_strdup_printf("%dx%d-%s-%d", l->width, l->height, theme_names[l->theme], l->text_pct);
}

static bool is_look_wanted(const struct look *l)
{
	const char *only = g_getenv("JX_MATRIX_LOOK");
	g_autofree char *name = look_name(l);

	return only == NULL || only[0] == '\0' || g_str_has_prefix(name, only);
}

/* Who needs more than there is: what has no child that needs as much. */
static bool print_widest(GtkWidget *widget, int width)
{
	int least;
	bool is_inside = false;

	gtk_widget_measure(widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
	if (!gtk_widget_get_mapped(widget) || least <= width)
		return false;
	for (GtkWidget *c = gtk_widget_get_first_child(widget); c != NULL; c = gtk_widget_get_next_sibling(c))
		is_inside = print_widest(c, width) || is_inside;
	if (!is_inside) {
		g_autofree char *name = app_test_name_of(widget);

		print_message("  %s \"%s\" needs %d px\n", G_OBJECT_TYPE_NAME(widget), name, least);
	}
	return true;
}

/* The page that is shown, if it does not fit: what is to be scrolled to see all of it. */
static GtkAdjustment *scrolled(struct app_test *t)
{
	GtkAdjustment *most = NULL;
	GtkWidget *w;

	for (int i = 0; (w = app_test_look(t, NULL, GTK_TYPE_SCROLLED_WINDOW, NULL, i)) != NULL; i++) {
		GtkAdjustment *a = gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(w));

		if (gtk_adjustment_get_upper(a) > gtk_adjustment_get_page_size(a) &&
		    (most == NULL || gtk_adjustment_get_upper(a) > gtk_adjustment_get_upper(most)))
			most = a;
	}
	return most;
}

/* Screenful by screenful: false at the end. */
static bool scroll_on(struct app_test *t)
{
	GtkAdjustment *a = scrolled(t);
	double before;

	if (a == NULL)
		return false;
	before = gtk_adjustment_get_value(a);
	gtk_adjustment_set_value(a, before + MAX(gtk_adjustment_get_page_size(a) - OVERLAP_PX, OVERLAP_PX));
	return gtk_adjustment_get_value(a) > before;
}

static int look_at_size(struct app_test *t, const struct look *l, const char *name)
{
	const int width = gtk_widget_get_width(GTK_WIDGET(t->window)),
		  height = gtk_widget_get_height(GTK_WIDGET(t->window));

	if (width == l->width && height == l->height)
		return 0;
	print_message("%s: the window is %dx%d\n", name, width, height);
	(void)print_widest(GTK_WIDGET(t->window), l->width);
	return 1;
}

/* Everything that can be seen of what is shown now. */
static int look_at(struct app_test *t, const struct look *l, const char *screen)
{
	g_autofree char *look = look_name(l);
	g_autofree char *name = g_strdup_printf("%s-%s-%s", screen, look, g_getenv("JX_LANG"));
	const int parts = is_all() ? PARTS_MAX : PARTS_SHORT;
	int findings = 0;

	for (int part = 1; part == 1 || (part <= parts && scroll_on(t)); part++) {
		g_autofree char *picture = part == 1 ? g_strdup(name) : g_strdup_printf("%s-%d", name, part);

		findings += app_test_findings(t, picture);
		/* WCAG 2.1: 4.5 for text anywhere (AA), 7 for what is to be read in the sun (AAA) */
		findings += app_test_contrast(t, picture, l->theme == PREFS_THEME_OUTDOOR ? 7.0 : 4.5);
		app_test_shoot(t, picture);
	}
	/* as large as asked, whatever is in it */
	return findings + look_at_size(t, l, name);
}

static void open_anew(struct app_test *t, const struct look *l)
{
	app_test_close_window(t);
	app_test_open_home(t, t->demo.profile, t->demo.home, l->width, l->height);
	app_test_set_look(t, l->theme, l->text_pct);
}

static int look_at_device(const struct look *l, enum screens_device device)
{
	struct app_test t = {.name = "matrix"};
	int findings = 0;

	/* a window only grows: each look gets its own */
	screens_open(&t, device, l->width, l->height);
	app_test_set_look(&t, l->theme, l->text_pct);
	app_test_resize(&t, l->width, l->height);
	for (size_t i = 0; i < screen_count; i++) {
		if (screens[i].device != device || (!is_all() && !screens[i].is_short) ||
		    !is_wanted(screens[i].name))
			continue;
		screens[i].go(&t);
		findings += look_at(&t, l, screens[i].name);
		screens_leave(&t);
		/* what made it grow is one finding, not one for each that follows */
		if (gtk_widget_get_width(GTK_WIDGET(t.window)) != l->width ||
		    gtk_widget_get_height(GTK_WIDGET(t.window)) != l->height)
			open_anew(&t, l);
	}
	app_test_set_look(&t, PREFS_THEME_LIGHT, 100);
	app_test_close(&t);
	return findings;
}

/* Every section of every form that the packs have. */
static int look_at_forms(const struct look *l)
{
	struct app_test t = {.name = "forms"};
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err;
	int findings = 0;

	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	screens_open(&t, SCREENS_DEMO, l->width, l->height);
	app_test_set_look(&t, l->theme, l->text_pct);
	for (size_t i = 0; i < jx_packs_count(packs); i++)
		for (size_t k = 0; k < jx_pack_form_count(jx_packs_at(packs, i)); k++) {
			const struct jx_form *form = jx_pack_form_at(jx_packs_at(packs, i), k);

			for (size_t s = 0; !form->is_observation && screens_form(&t, form, s); s++) {
				g_autofree char *name = g_strdup_printf("form-%s-%zu", form->id, s + 1);

				findings += look_at(&t, l, name);
				app_pop_all(GTK_WIDGET(t.window));
			}
		}
	app_test_set_look(&t, PREFS_THEME_LIGHT, 100);
	app_test_close(&t);
	return findings;
}

static void test_matrix(void **state)
{
	int findings = 0;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		if ((!is_all() && !looks[i].is_short) || !is_look_wanted(&looks[i]))
			continue;
		for (enum screens_device device = SCREENS_DEMO; device < SCREENS_DEVICES; device++)
			findings += look_at_device(&looks[i], device);
		if (is_all() && looks[i].has_forms && is_wanted("form"))
			findings += look_at_forms(&looks[i]);
	}
	if (findings > 0)
		fail_msg("%d findings", findings);
}

/* For the command, which gives each a process. */
static int list_looks(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autofree char *name = look_name(&looks[i]);

		if (is_look_wanted(&looks[i]))
			g_print("%s\n", name);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix)};

	if (g_strcmp0(g_getenv("JX_MATRIX"), "looks") == 0)
		return list_looks();
	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
