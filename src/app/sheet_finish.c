/* The last screen: what is missing, what is left out, where, photos, and for a correction the reason. */
#include "sheet.h"

#include <string.h>

#include "flow.h"

#define PROBLEMS_SHOWN 20

static GtkWidget *add_text(GtkWidget *box, const char *text, const char *class)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	if (class != NULL)
		gtk_widget_add_css_class(label, class);
	gtk_box_append(GTK_BOX(box), label);
	return label;
}

/* ---- what is missing ----------------------------------------------------------------------------------- */

static void on_problem(GtkButton *button, struct sheet *s)
{
	g_autofree char *path = g_strdup(g_object_get_data(G_OBJECT(button), "path"));

	app_sheet_page_go_to(APP_SHEET_PAGE(s->page), path);
}

static void add_problems(struct sheet *s, GtkWidget *box)
{
	g_autofree struct jx_problem *p = g_new0(struct jx_problem, PROBLEMS_SHOWN);
	const char *roles[JX_PHOTOS_MAX];
	const size_t role_count = jx_fill_roles(&s->fill, roles);
	const size_t n = jx_sheet_problems(s->fill.sheet, roles, role_count, p, PROBLEMS_SHOWN);

	if (n == 0)
		return;
	add_text(box, _("Still to be put right"), "heading");
	for (size_t i = 0; i < n && i < PROBLEMS_SHOWN; i++) {
		const struct jx_field *f = jx_sheet_field(s->fill.sheet, p[i].path);
		const char *bracket = strchr(p[i].path, '[');
		g_autofree char *row = bracket != NULL ? g_strndup(bracket + 1, strcspn(bracket + 1, "]"))
						       : g_strdup("");
		g_autofree char *text = g_strdup_printf(_("%s%s%s: %s"), words_name(&f->name),
							row[0] != '\0' ? " " : "", row,
							jx_text_pick(&p[i].text));
		GtkWidget *button = gtk_button_new_with_label(text);
		GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));

		gtk_label_set_wrap(GTK_LABEL(label), TRUE);
		gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
		gtk_label_set_xalign(GTK_LABEL(label), 0);
		gtk_widget_add_css_class(button, "big");
		gtk_widget_add_css_class(button, "sheet-problem");
		g_object_set_data_full(G_OBJECT(button), "path", g_strdup(p[i].path), g_free);
		g_signal_connect(button, "clicked", G_CALLBACK(on_problem), s);
		gtk_box_append(GTK_BOX(box), button);
	}
}

struct hidden {
	struct sheet *sheet;
	GString *text;
};

static void add_hidden(void *user, const struct jx_field *f, const char *path, const char *value)
{
	struct hidden *h = user;
	g_autofree char *text = sheet_value_text(h->sheet, f, path);

	g_string_append_c(h->text, '\n');
	g_string_append_printf(h->text, _("%s%s: %s"), "", words_name(&f->name),
			       text[0] != '\0' ? text : value);
}

static void tell_hidden(struct sheet *s, GtkWidget *box)
{
	struct hidden h = {.sheet = s, .text = g_string_new(NULL)};

	if (jx_fill_each_hidden(&s->fill, add_hidden, &h) > 0) {
		add_text(box, _("Left out, for the other answers leave no room for it"), "heading");
		add_text(box, h.text->str + 1, NULL);
	}
	g_string_free(h.text, TRUE);
}

/* ---- where, why ---------------------------------------------------------------------------------------- */

static void on_option(GtkEditable *entry, struct sheet *s)
{
	sheet_put_option(s, g_object_get_data(G_OBJECT(entry), "option"), gtk_editable_get_text(entry));
	app_sheet_page_show_kept(APP_SHEET_PAGE(s->page));
}

static GtkWidget *add_option(struct sheet *s, GtkWidget *box, const char *option, const char *name, int chars)
{
	GtkWidget *entry = gtk_entry_new();
	const char *value = jx_fill_option(&s->fill, option);

	add_text(box, name, "heading");
	gtk_entry_set_max_length(GTK_ENTRY(entry), chars);
	gtk_editable_set_text(GTK_EDITABLE(entry), value != NULL ? value : "");
	app_name(entry, name);
	g_object_set_data_full(G_OBJECT(entry), "option", g_strdup(option), g_free);
	g_signal_connect(entry, "changed", G_CALLBACK(on_option), s);
	gtk_box_append(GTK_BOX(box), entry);
	return entry;
}

static void on_reason(GtkButton *button, GtkEditable *entry)
{
	gtk_editable_set_text(entry, gtk_button_get_label(button));
}

static void add_reason(struct sheet *s, GtkWidget *box)
{
	static const char *const reasons[] = {N_("counted wrongly"), N_("wrong place"), N_("typed wrongly")};
	const char *number = jx_fill_option(&s->fill, "corrects");
	g_autofree char *text = NULL;
	GtkWidget *entry, *chips;

	if (number == NULL)
		return;
	text = g_strdup_printf(_("Corrects %s: why?"), number);
	entry = add_option(s, box, "reason", text, 100);
	chips = gtk_flow_box_new();
	gtk_flow_box_set_selection_mode(GTK_FLOW_BOX(chips), GTK_SELECTION_NONE);
	app_flow_use(chips);
	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++) {
		GtkWidget *chip = gtk_button_new_with_label(_(reasons[i]));

		gtk_widget_add_css_class(chip, "chip");
		g_signal_connect(chip, "clicked", G_CALLBACK(on_reason), entry);
		gtk_flow_box_insert(GTK_FLOW_BOX(chips), chip, -1);
		gtk_widget_set_focusable(gtk_widget_get_parent(chip), FALSE);
	}
	gtk_box_append(GTK_BOX(box), chips);
}

static void add_place(struct sheet *s, GtkWidget *box)
{
	g_autofree char *text = NULL;
	struct place_now now;

	place_read(app_place(s->page), &now);
	if (now.fix.source == JX_FIX_NONE)
		text = g_strdup(now.reason[0] != '\0' ? now.reason
						      : _("No position yet: it is saved without one"));
	else if (now.fix.accuracy_mm >= 0)
		text = g_strdup_printf(_("Position known to %lld m, %lld s old"),
				       (long long)(now.fix.accuracy_mm + 999) / 1000,
				       (long long)now.fix.age_ms / 1000);
	else
		text = g_strdup_printf(_("Position known, %lld s old"), (long long)now.fix.age_ms / 1000);
	add_text(box, text, "dim-label");
}

/* ---- photos -------------------------------------------------------------------------------------------- */

static void on_photo(GtkButton *button, struct sheet *s)
{
	sheet_photo_take(s, g_object_get_data(G_OBJECT(button), "role"));
}

static void on_drop_photo(GtkButton *button, struct sheet *s)
{
	sheet_remove_photo(s, g_object_get_data(G_OBJECT(button), "photo"));
	app_sheet_page_renew(APP_SHEET_PAGE(s->page));
}

static void add_photo_row(struct sheet *s, GtkWidget *box, const char *value, int number)
{
	GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	GtkWidget *remove = gtk_button_new_from_icon_name("user-trash-symbolic");
	g_autofree char *text = g_strdup_printf(_("Photo %d: %s"), number,
						sheet_role_text(jx_fill_photo_role(value)));
	g_autofree char *name = g_strdup_printf(_("Remove photo %d"), number);
	GtkWidget *label = add_text(row, text, NULL);

	gtk_widget_set_hexpand(label, TRUE);
	gtk_widget_add_css_class(remove, "step");
	app_name(remove, name);
	g_object_set_data_full(G_OBJECT(remove), "photo", g_strdup(value), g_free);
	g_signal_connect(remove, "clicked", G_CALLBACK(on_drop_photo), s);
	gtk_box_append(GTK_BOX(row), remove);
	gtk_box_append(GTK_BOX(box), row);
}

static void add_photos(struct sheet *s, GtkWidget *box)
{
	const struct jx_form *form = jx_sheet_form(s->fill.sheet);
	GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	int number = 0;

	if (form->photo_role_count == 0) {
		g_object_ref_sink(bar);
		g_object_unref(bar);
		return;
	}
	add_text(box, _("Photos"), "heading");
	for (size_t i = 0; i < s->fill.option_count; i++)
		if (strcmp(s->fill.options[i].name, "photo") == 0)
			add_photo_row(s, box, s->fill.options[i].value, ++number);
	app_flow_fill(bar);
	for (size_t i = 0; i < form->photo_role_count; i++) {
		g_autofree char *text = g_strdup_printf(_("Take: %s"), sheet_role_text(form->photo_roles[i]));
		GtkWidget *button = gtk_button_new_with_label(text);

		gtk_widget_add_css_class(button, "big");
		g_object_set_data_full(G_OBJECT(button), "role", g_strdup(form->photo_roles[i]), g_free);
		g_signal_connect(button, "clicked", G_CALLBACK(on_photo), s);
		gtk_box_append(GTK_BOX(bar), button);
	}
	gtk_box_append(GTK_BOX(box), bar);
}

GtkWidget *sheet_finish_new(struct sheet *s, bool shows_missing)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);

	gtk_widget_add_css_class(box, "page");
	if (shows_missing)
		add_problems(s, box);
	tell_hidden(s, box);
	add_reason(s, box);
	add_place(s, box);
	(void)add_option(s, box, "street", _("Street or place"), 60);
	(void)add_option(s, box, "grid", _("Grid"), 31);
	add_photos(s, box);
	return box;
}
