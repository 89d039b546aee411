/* Finding what a person, or a screen reader, would find. */
#include "app_test.h"

/* No control is called so: asked whether it is, GTK answers with what it is called instead. */
#define NO_NAME "\x01"

static char *label_property(GtkWidget *widget)
{
	GtkAccessible *a = GTK_ACCESSIBLE(widget);

	if (!gtk_test_accessible_has_property(a, GTK_ACCESSIBLE_PROPERTY_LABEL))
		return NULL;
	return gtk_test_accessible_check_property(a, GTK_ACCESSIBLE_PROPERTY_LABEL, NO_NAME);
}

/* The first text in it that is to be seen. */
static const char *inner_text(GtkWidget *widget)
{
	if (GTK_IS_LABEL(widget) && gtk_widget_get_visible(widget) &&
	    gtk_label_get_text(GTK_LABEL(widget))[0] != '\0')
		return gtk_label_get_text(GTK_LABEL(widget));
	if (GTK_IS_EDITABLE(widget))
		return NULL; /* what was typed is no name */
	for (GtkWidget *c = gtk_widget_get_first_child(widget); c != NULL;
	     c = gtk_widget_get_next_sibling(c)) {
		const char *text = gtk_widget_get_visible(c) ? inner_text(c) : NULL;

		if (text != NULL)
			return text;
	}
	return NULL;
}

char *app_test_name_of(GtkWidget *widget)
{
	char *name = label_property(widget);

	if (name != NULL && name[0] != '\0')
		return name;
	g_free(name);
	if (ADW_IS_PREFERENCES_ROW(widget))
		return g_strdup(adw_preferences_row_get_title(ADW_PREFERENCES_ROW(widget)));
	return g_strdup(inner_text(widget) != NULL ? inner_text(widget) : "");
}

static GtkWidget *look(GtkWidget *inside, GType type, const char *name, int *skip)
{
	if (!gtk_widget_get_mapped(inside))
		return NULL;
	if (g_type_is_a(G_OBJECT_TYPE(inside), type)) {
		g_autofree char *has = name != NULL ? app_test_name_of(inside) : NULL;

		if ((name == NULL || strcmp(has, name) == 0) && (*skip)-- == 0)
			return inside;
	}
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL;
	     c = gtk_widget_get_next_sibling(c)) {
		GtkWidget *found = look(c, type, name, skip);

		if (found != NULL)
			return found;
	}
	return NULL;
}

GtkWidget *app_test_look(struct app_test *t, GtkWidget *inside, GType type, const char *name, int n)
{
	return look(inside != NULL ? inside : GTK_WIDGET(t->window), type, name, &n);
}

static void print_shown(GtkWidget *inside, int depth)
{
	g_autofree char *name = NULL;

	if (!gtk_widget_get_mapped(inside))
		return;
	name = app_test_name_of(inside);
	if (name[0] != '\0' && (GTK_IS_LABEL(inside) || GTK_IS_BUTTON(inside) || GTK_IS_EDITABLE(inside) ||
				GTK_IS_LIST_BOX_ROW(inside) || GTK_IS_SWITCH(inside)))
		print_message("%*s%s \"%s\"\n", depth, "", G_OBJECT_TYPE_NAME(inside), name);
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL; c = gtk_widget_get_next_sibling(c))
		print_shown(c, depth + 1);
}

GtkWidget *app_test_find(struct app_test *t, GType type, const char *name)
{
	GtkWidget *found = app_test_look(t, NULL, type, name, 0);

	if (found == NULL) {
		print_shown(GTK_WIDGET(t->window), 0);
		fail_msg("no %s called \"%s\" is shown", g_type_name(type), name != NULL ? name : "(any)");
	}
	return found;
}

static bool sees(GtkWidget *inside, const char *text)
{
	if (!gtk_widget_get_mapped(inside))
		return false;
	if (GTK_IS_LABEL(inside) && strstr(gtk_label_get_text(GTK_LABEL(inside)), text) != NULL)
		return true;
	if (GTK_IS_EDITABLE(inside) && strstr(gtk_editable_get_text(GTK_EDITABLE(inside)), text) != NULL)
		return true;
	for (GtkWidget *c = gtk_widget_get_first_child(inside); c != NULL; c = gtk_widget_get_next_sibling(c))
		if (sees(c, text))
			return true;
	return false;
}

bool app_test_sees(struct app_test *t, const char *text)
{
	return sees(GTK_WIDGET(t->window), text);
}

static bool is_seen(struct app_test *t, void *user)
{
	return app_test_sees(t, user);
}

void app_test_must_see(struct app_test *t, const char *text)
{
	g_autofree char *copy = g_strdup(text);

	app_test_wait(t, is_seen, copy, text);
}

GtkWidget *app_test_shown(struct app_test *t)
{
	GtkWidget *stack = app_test_find(t, ADW_TYPE_LEAFLET, NULL);

	return adw_leaflet_get_visible_child(ADW_LEAFLET(stack));
}
