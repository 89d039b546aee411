/* Chips. */
#include "chips.h"

#include <string.h>

#include "flow.h"

struct chip {
	chips_fn tapped;
	gpointer owner;
	GtkFlowBox *box;
	char *id;
	bool is_shown; /* set by the program, not by a finger */
};

static void free_chip(gpointer data, GClosure *closure)
{
	struct chip *chip = data;

	(void)closure;
	g_free(chip->id);
	g_free(chip);
}

static void on_toggled(GtkToggleButton *button, struct chip *chip)
{
	if (!chip->is_shown)
		chip->tapped(chip->owner, chip->box, chip->id, gtk_toggle_button_get_active(button));
}

void chips_add(GtkFlowBox *box, const char *id, const char *text, chips_fn tapped, gpointer owner)
{
	GtkWidget *button = gtk_toggle_button_new_with_label(text);
	GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));
	struct chip *chip = g_new0(struct chip, 1);
	GtkWidget *child;

	*chip = (struct chip){.tapped = tapped, .owner = owner, .box = box, .id = g_strdup(id)};
	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
	gtk_widget_add_css_class(button, "chip");
	g_object_set_data(G_OBJECT(button), "chip", chip);
	(void)g_signal_connect_data(button, "toggled", G_CALLBACK(on_toggled), chip, free_chip, 0);
	app_flow_use(GTK_WIDGET(box));
	gtk_flow_box_insert(box, button, -1);
	/* the button has the focus, not the place it stands in */
	child = gtk_widget_get_parent(button);
	gtk_widget_set_focusable(child, FALSE);
}

static bool is_in_list(const char *list, const char *id)
{
	const size_t len = strlen(id);

	for (const char *at = list; *at != '\0';
	     at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',' ? 1 : 0))
		if (strcspn(at, ",") == len && strncmp(at, id, len) == 0)
			return true;
	return false;
}

void chips_show(GtkFlowBox *box, const char *ids)
{
	GtkFlowBoxChild *child;

	for (int i = 0; (child = gtk_flow_box_get_child_at_index(box, i)) != NULL; i++) {
		GtkWidget *button = gtk_flow_box_child_get_child(child);
		struct chip *chip = g_object_get_data(G_OBJECT(button), "chip");

		chip->is_shown = true;
		gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(button), is_in_list(ids, chip->id));
		chip->is_shown = false;
	}
}

void chips_clear(GtkFlowBox *box)
{
	GtkFlowBoxChild *child;

	while ((child = gtk_flow_box_get_child_at_index(box, 0)) != NULL)
		gtk_flow_box_remove(box, GTK_WIDGET(child));
}

void chips_change(char *list, size_t cap, const char *id, bool is_in)
{
	g_auto(GStrv) words = g_strsplit(list, ",", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (size_t i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0' && strcmp(words[i], id) != 0)
			g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "", words[i]);
	if (is_in)
		g_string_append_printf(out, "%s%s", out->len > 0 ? "," : "", id);
	if (out->len < cap)
		memcpy(list, out->str, out->len + 1);
}
