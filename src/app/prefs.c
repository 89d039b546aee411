/* Theme, text size, sound: read, kept, shown. */
#include "prefs.h"

#include <adwaita.h>

#include "keys.h"

/* From here on letters are thick enough for the sun: bold ones would not find room. */
#define LARGE_PCT 150

static const char *const themes[] = {"system", "light", "dark", "outdoor"};

static void read_keys(GKeyFile *file, const char *name, char **keys)
{
	char *there = g_key_file_get_string(file, "keys", name, NULL);

	if (there == NULL)
		return;
	g_free(*keys);
	*keys = there;
}

struct prefs *prefs_load(const char *dir)
{
	struct prefs *p = g_new0(struct prefs, 1);
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autofree char *theme = NULL;
	int pct;

	p->path = g_build_filename(dir, "app.ini", NULL);
	p->text_pct = 100;
	p->has_sound = true;
	p->has_vibration = true;
	p->repeat_keys = g_strdup(KEYS_REPEAT);
	p->shutter_keys = g_strdup(KEYS_SHUTTER);
	if (!g_key_file_load_from_file(file, p->path, G_KEY_FILE_NONE, NULL))
		return p;
	theme = g_key_file_get_string(file, "screen", "theme", NULL);
	for (size_t i = 0; theme != NULL && i < G_N_ELEMENTS(themes); i++)
		if (strcmp(theme, themes[i]) == 0)
			p->theme = (enum prefs_theme)i;
	pct = g_key_file_get_integer(file, "screen", "text_pct", NULL);
	if (pct >= 100 && pct <= 200)
		p->text_pct = pct;
	p->has_sound = g_key_file_get_integer(file, "confirm", "silent", NULL) == 0;
	p->has_pinyin = g_key_file_get_integer(file, "keys", "pinyin", NULL) != 0;
	p->has_vibration = g_key_file_get_integer(file, "confirm", "still", NULL) == 0;
	read_keys(file, "repeat", &p->repeat_keys);
	read_keys(file, "shutter", &p->shutter_keys);
	return p;
}

void prefs_save(const struct prefs *p)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	g_key_file_set_string(file, "screen", "theme", themes[p->theme]);
	g_key_file_set_integer(file, "screen", "text_pct", p->text_pct);
	g_key_file_set_integer(file, "confirm", "silent", !p->has_sound);
	g_key_file_set_integer(file, "confirm", "still", !p->has_vibration);
	g_key_file_set_string(file, "keys", "repeat", p->repeat_keys);
	g_key_file_set_string(file, "keys", "shutter", p->shutter_keys);
	g_key_file_set_integer(file, "keys", "pinyin", p->has_pinyin);
	(void)g_key_file_save_to_file(file, p->path, NULL);
}

void prefs_free(struct prefs *p)
{
	if (p == NULL)
		return;
	g_free(p->path);
	g_free(p->repeat_keys);
	g_free(p->shutter_keys);
	g_free(p);
}

void prefs_apply(const struct prefs *p)
{
	static const AdwColorScheme schemes[] = {ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT,
						 ADW_COLOR_SCHEME_FORCE_DARK, ADW_COLOR_SCHEME_FORCE_LIGHT};
	GtkSettings *settings = gtk_settings_get_default();
	GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(g_application_get_default()));

	adw_style_manager_set_color_scheme(adw_style_manager_get_default(), schemes[p->theme]);
	/* 96 dots an inch, in 1024ths, is a text of 100 % */
	g_object_set(settings, "gtk-xft-dpi", 96 * 1024 * p->text_pct / 100, NULL);
	if (window == NULL)
		return;
	if (p->theme == PREFS_THEME_OUTDOOR)
		gtk_widget_add_css_class(GTK_WIDGET(window), "outdoor");
	else
		gtk_widget_remove_css_class(GTK_WIDGET(window), "outdoor");
	if (p->text_pct >= LARGE_PCT)
		gtk_widget_add_css_class(GTK_WIDGET(window), "large");
	else
		gtk_widget_remove_css_class(GTK_WIDGET(window), "large");
}
