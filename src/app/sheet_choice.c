/* A choice: a few big buttons, or one that leads to a list of its own. Yes, no, unknown is one of few. */
#include "sheet.h"

#include "flow.h"

#include <string.h>

#define BUTTONS_MAX 8 /* more than that is a list to search in */
#define CODES_MAX   500

struct choice {
	AppSheetField *field;
	GtkWidget *grid;    /* buttons; or NULL */
	GtkWidget *button;  /* to the list; or NULL */
	GPtrArray *options; /* toggle buttons */
	bool is_showing;
};

static void free_choice(gpointer user)
{
	struct choice *c = user;

	g_ptr_array_unref(c->options);
	g_free(c);
}

size_t sheet_codes(struct sheet *s, const struct jx_field *f, const struct jx_code **out, size_t cap)
{
	const jx_pack *pack = jx_sheet_pack(s->fill.sheet);
	const char *day = s->fill.draft.day;
	const struct jx_code *top[CODES_MAX];
	size_t tops, n = 0;

	if (f->list == NULL)
		return 0;
	tops = jx_pack_list(pack, f->list, NULL, day, top, CODES_MAX);
	for (size_t i = 0; i < tops && i < CODES_MAX && n < cap; i++) {
		out[n++] = top[i];
		n += jx_pack_list(pack, f->list, top[i]->code, day, out + n, cap - n);
		n = MIN(n, cap);
	}
	return n;
}

/* "burrow,live" */
static bool is_among(const char *codes, const char *code)
{
	g_auto(GStrv) list = g_strsplit(codes, ",", -1);

	return g_strv_contains((const char *const *)list, code);
}

static void on_toggled(GtkToggleButton *toggled, struct choice *c)
{
	const bool is_several = app_sheet_field_of(c->field)->type == JX_FIELD_CHOICES;
	g_autoptr(GString) codes = g_string_new(NULL);

	if (c->is_showing)
		return;
	c->is_showing = true;
	for (guint i = 0; i < c->options->len; i++) {
		GtkToggleButton *other = g_ptr_array_index(c->options, i);

		if (!is_several && other != toggled)
			gtk_toggle_button_set_active(other, FALSE);
		if (gtk_toggle_button_get_active(other))
			g_string_append_printf(codes, "%s%s", codes->len > 0 ? "," : "",
					       (const char *)g_object_get_data(G_OBJECT(other), "code"));
	}
	c->is_showing = false;
	app_sheet_field_answer(c->field, codes->str);
}

static void on_list(GtkButton *button, struct choice *c)
{
	(void)button;
	sheet_list_show(c->field);
}

static void show(AppSheetField *f, GtkWidget *widget, const char *value)
{
	struct choice *c = g_object_get_data(G_OBJECT(widget), "choice");

	c->is_showing = true;
	for (guint i = 0; i < c->options->len; i++) {
		GtkToggleButton *b = g_ptr_array_index(c->options, i);

		gtk_toggle_button_set_active(b, is_among(value, g_object_get_data(G_OBJECT(b), "code")));
	}
	c->is_showing = false;
	if (c->button != NULL) {
		g_autofree char *text = sheet_value_text(app_sheet_field_sheet(f), app_sheet_field_of(f),
							 app_sheet_field_path(f));
		GtkWidget *label = gtk_button_get_child(GTK_BUTTON(c->button));

		gtk_label_set_text(GTK_LABEL(label), text[0] != '\0' ? text : _("Choose …"));
	}
}

static void add_button(struct choice *c, const char *code, const char *text)
{
	GtkWidget *button = gtk_toggle_button_new_with_label(text);
	GtkWidget *label = gtk_button_get_child(GTK_BUTTON(button));
	g_autofree char *name = g_strdup_printf("%s: %s", words_name(&app_sheet_field_of(c->field)->name),
						text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD);
	gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
	gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
	gtk_widget_add_css_class(button, "choice");
	app_name(button, name);
	g_object_set_data_full(G_OBJECT(button), "code", g_strdup(code), g_free);
	g_ptr_array_add(c->options, button);
	gtk_box_append(GTK_BOX(c->grid), button);
	g_signal_connect(button, "toggled", G_CALLBACK(on_toggled), c);
}

static void add_buttons(struct choice *c, const struct jx_code *const *codes, size_t count)
{
	size_t longest = 0;

	for (size_t i = 0; i < count; i++)
		longest = MAX(longest, (size_t)g_utf8_strlen(words_name(&codes[i]->name), -1));
	for (size_t i = 0; i < count; i++)
		add_button(c, codes[i]->code, words_name(&codes[i]->name));
	app_flow_grid(c->grid, longest <= 5 ? 3 : 2);
}

static void add_yes_no(struct choice *c)
{
	static const struct {
		const char *code, *text;
	} answers[] = {{"yes", N_("yes")}, {"no", N_("no")}, {"unknown", N_("unknown")}};

	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++)
		add_button(c, answers[i].code, _(answers[i].text));
	app_flow_grid(c->grid, 3);
}

static void add_list_button(struct choice *c)
{
	c->button = gtk_button_new_with_label(_("Choose …"));
	app_wrap_keys(c->button);
	gtk_widget_add_css_class(c->button, "big");
	app_name(c->button, words_name(&app_sheet_field_of(c->field)->name));
	g_signal_connect(c->button, "clicked", G_CALLBACK(on_list), c);
}

void sheet_choice_make(AppSheetField *f, struct sheet_control *out)
{
	struct choice *c = g_new0(struct choice, 1);
	const struct jx_field *field = app_sheet_field_of(f);
	const struct jx_code *codes[CODES_MAX];
	const size_t count = sheet_codes(app_sheet_field_sheet(f), field, codes, CODES_MAX);
	GtkWidget *widget;

	c->field = f;
	c->options = g_ptr_array_new();
	if (field->type != JX_FIELD_YES_NO && count > BUTTONS_MAX) {
		add_list_button(c);
		widget = c->button;
	} else {
		widget = c->grid = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
		if (field->type == JX_FIELD_YES_NO)
			add_yes_no(c);
		else
			add_buttons(c, codes, count);
	}
	g_object_set_data_full(G_OBJECT(widget), "choice", c, free_choice);
	*out = (struct sheet_control){.widget = widget, .show = show};
}
