/*
 * Every screen in sizes, themes and text sizes: pictures into JX_BUILD/screenshots, and the rules of app_test_check() asked of each. The
 * test run takes the sizes at their tightest; `tests/app/matrix` takes all (JX_MATRIX=all).
 */
#include "app_test.h"

#include <stdlib.h>

struct look {
	int width, height;
	enum prefs_theme theme;
	int text_pct;
	bool is_short; /* of the test run */
};

static const struct look looks[] = {
	{360, 720, PREFS_THEME_LIGHT, 100, true},     {360, 720, PREFS_THEME_DARK, 100, false},
	{360, 720, PREFS_THEME_OUTDOOR, 100, false},  {360, 720, PREFS_THEME_LIGHT, 200, true},
	{360, 720, PREFS_THEME_DARK, 200, false},     {360, 720, PREFS_THEME_OUTDOOR, 200, false},
	{480, 800, PREFS_THEME_LIGHT, 100, false},    {480, 800, PREFS_THEME_DARK, 100, false},
	{480, 800, PREFS_THEME_OUTDOOR, 100, true},   {800, 480, PREFS_THEME_LIGHT, 100, false},
	{800, 480, PREFS_THEME_DARK, 100, true},      {800, 480, PREFS_THEME_OUTDOOR, 100, false},
	{1280, 800, PREFS_THEME_LIGHT, 100, false},   {1280, 800, PREFS_THEME_DARK, 100, false},
	{1280, 800, PREFS_THEME_OUTDOOR, 100, false},
};

static void go_log(struct app_test *t)
{
	app_show_view(GTK_WIDGET(t->window), "log");
}

static void go_check(struct app_test *t)
{
	app_show_view(GTK_WIDGET(t->window), "check");
}

static void go_today(struct app_test *t)
{
	app_show_view(GTK_WIDGET(t->window), "today");
}

static void go_status(struct app_test *t)
{
	app_show_view(GTK_WIDGET(t->window), "status");
}

/* A trouble above the page, with what to do. */
static void go_trouble(struct app_test *t)
{
	app_set_trouble(GTK_WIDGET(t->window), APP_TROUBLE_LOW, _("space is nearly gone"), _("Status"), NULL);
}

static const struct screen {
	const char *name;
	void (*go)(struct app_test *t);
} screens[] = {{"log", go_log},
	       {"check", go_check},
	       {"today", go_today},
	       {"status", go_status},
	       {"trouble", go_trouble}};

static const char *const theme_names[] = {"system", "light", "dark", "outdoor"};

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

static int look_at(struct app_test *t, const struct look *l)
{
	const char *lang = g_getenv("JX_LANG");
	int findings = 0;

	app_test_set_look(t, l->theme, l->text_pct);
	app_test_resize(t, l->width, l->height);
	for (size_t i = 0; i < G_N_ELEMENTS(screens); i++) {
		g_autofree char *name = g_strdup_printf("%s-%dx%d-%s-%d-%s", screens[i].name, l->width,
							l->height, theme_names[l->theme], l->text_pct, lang);

		app_pop_all(GTK_WIDGET(t->window));
		app_test_settle(t);
		screens[i].go(t);
		findings += app_test_findings(t, name);
		/* WCAG 2.1: 4.5 for text anywhere (AA), 7 for what is to be read in the sun (AAA) */
		findings += app_test_contrast(t, name, l->theme == PREFS_THEME_OUTDOOR ? 7.0 : 4.5);
		app_test_shoot(t, name);
		/* as large as asked, whatever is in it */
		if (gtk_widget_get_width(GTK_WIDGET(t->window)) != l->width ||
		    gtk_widget_get_height(GTK_WIDGET(t->window)) != l->height) {
			print_message("%s: the window is %dx%d\n", name,
				      gtk_widget_get_width(GTK_WIDGET(t->window)),
				      gtk_widget_get_height(GTK_WIDGET(t->window)));
			(void)print_widest(GTK_WIDGET(t->window), l->width);
			findings++;
		}
	}
	app_set_trouble(GTK_WIDGET(t->window), APP_TROUBLE_LOW, NULL, NULL, NULL);
	return findings;
}

static void test_matrix(void **state)
{
	const bool is_all = g_strcmp0(g_getenv("JX_MATRIX"), "all") == 0;
	int findings = 0;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		struct app_test t = {.name = "matrix"};

		if (!is_all && !looks[i].is_short)
			continue;
		/* a window only grows: each look gets its own */
		app_test_open(&t, looks[i].width, looks[i].height);
		findings += look_at(&t, &looks[i]);
		app_test_set_look(&t, PREFS_THEME_LIGHT, 100);
		app_test_close(&t);
	}
	if (findings > 0)
		fail_msg("%d findings", findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix)};

	app_test_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
