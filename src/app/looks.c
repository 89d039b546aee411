/* How things are called and look, the same on every page: names, times, sizes, icons, the style sheet. */
#include "app.h"

void app_name(GtkWidget *widget, const char *name)
{
	gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void app_wrap_keys(GtkWidget *inside)
{
	GtkWidget *label = GTK_IS_BUTTON(inside) ? gtk_button_get_child(GTK_BUTTON(inside)) : NULL;

	if (GTK_IS_LABEL(label)) {
		gtk_label_set_wrap(GTK_LABEL(label), TRUE);
		gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD);
		/* where there is room a line stays one: else two characters would stand one above the other */
		gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
		if (gtk_label_get_xalign(GTK_LABEL(label)) > 0)
			gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
		return;
	}
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL; c = gtk_widget_get_next_sibling(c))
		app_wrap_keys(c);
}

void app_time_text(const struct jx_profile *profile, int64_t utc_ms, char out[8])
{
	const int64_t minute = (utc_ms / 60000 + profile->utc_offset_min) % 1440;

	(void)g_snprintf(out, 8, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

char *app_size_text(int64_t bytes)
{
	return g_format_size((guint64)bytes);
}

const char *app_code_icon(const char *code, char out[32])
{
	GtkIconTheme *theme = gtk_icon_theme_get_for_display(gdk_display_get_default());

	g_snprintf(out, 32, "jx-code-%.8s-symbolic", code);
	if (!gtk_icon_theme_has_icon(theme, out))
		jx_strcpy(out, 32, "jx-code-other-symbolic");
	return out;
}

void app_load_style(void)
{
	GtkCssProvider *css = gtk_css_provider_new();

	gtk_css_provider_load_from_resource(css, "/cn/jiexun/style.css");
	gtk_style_context_add_provider_for_display(gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
						   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
	g_object_unref(css);
	/*
	 * Where no graphics processor draws, a page that slides in is drawn ten times, and once it is there the next touch has waited: 20 ms
	 * of the main loop for a saved entry, where 10 do.
	 */
	if (g_strcmp0(g_getenv("GSK_RENDERER"), "cairo") == 0)
		g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
	gtk_icon_theme_add_resource_path(gtk_icon_theme_get_for_display(gdk_display_get_default()),
					 "/cn/jiexun/icons");
}
