/* One field of a form: its name, how to count, the control for its type, and what is wrong with the answer. */
#include "sheet.h"

#include <string.h>

struct _AppSheetField {
	GtkBox parent_instance;
	GtkLabel *name, *hint, *problem;
	GtkBox *place;
	struct sheet *sheet;
	const struct jx_field *field;
	char *path;
	struct sheet_control control;
	bool is_refused;
};

G_DEFINE_TYPE(AppSheetField, app_sheet_field, GTK_TYPE_BOX)

const char *app_sheet_field_path(AppSheetField *f)
{
	return f->path;
}

struct sheet *app_sheet_field_sheet(AppSheetField *f)
{
	return f->sheet;
}

const struct jx_field *app_sheet_field_of(AppSheetField *f)
{
	return f->field;
}

bool app_sheet_field_is_refused(AppSheetField *f)
{
	return f->is_refused;
}

void app_sheet_field_set_problem(AppSheetField *f, const char *text)
{
	gtk_label_set_text(f->problem, text != NULL ? text : "");
	gtk_widget_set_visible(GTK_WIDGET(f->problem), text != NULL);
}

void app_sheet_field_refresh(AppSheetField *f)
{
	const bool is_here = gtk_widget_get_focus_child(GTK_WIDGET(f->place)) != NULL;
	char value[JX_DRAFT_VALUE_MAX] = "";

	gtk_widget_set_visible(GTK_WIDGET(f), jx_sheet_is_shown(f->sheet->fill.sheet, f->path));
	/* what is being typed is left as it is typed, and so is what was refused */
	if (f->is_refused || (is_here && f->field->type != JX_FIELD_CHOICE &&
			      f->field->type != JX_FIELD_CHOICES && f->field->type != JX_FIELD_YES_NO))
		return;
	(void)jx_sheet_get(f->sheet->fill.sheet, f->path, value, sizeof(value), NULL);
	f->control.show(f, f->control.widget, value);
}

void app_sheet_field_answer(AppSheetField *f, const char *typed)
{
	struct jx_error err = {0};
	AppSheetPage *page = APP_SHEET_PAGE(f->sheet->page);

	f->is_refused = sheet_answer(f->sheet, f->path, typed, &err) != JX_OK;
	app_sheet_page_answered(page, f->path);
	if (f->is_refused)
		app_sheet_field_set_problem(f, err.text);
}

static void make_control(AppSheetField *f)
{
	switch (f->field->type) {
	case JX_FIELD_CHOICE:
	case JX_FIELD_CHOICES:
	case JX_FIELD_YES_NO:
		sheet_choice_make(f, &f->control);
		break;
	case JX_FIELD_INTEGER:
	case JX_FIELD_DECIMAL:
		sheet_number_make(f, &f->control);
		break;
	case JX_FIELD_PHOTO:
		sheet_photo_make(f, &f->control);
		break;
	case JX_FIELD_TEXT:
	case JX_FIELD_PARTY:
	default:
		sheet_text_make(f, &f->control);
		break;
	}
	gtk_box_append(f->place, f->control.widget);
}

static void show_name(AppSheetField *f)
{
	const jx_pack *pack = jx_sheet_pack(f->sheet->fill.sheet);
	const struct jx_unit *unit = f->field->unit != NULL ? jx_pack_unit(pack, f->field->unit) : NULL;
	g_autoptr(GString) text = g_string_new(words_name(&f->field->name));

	if (unit != NULL)
		g_string_append_printf(text, " (%s)", jx_text_pick(&unit->name));
	if (f->field->is_needed)
		g_string_append(text, " *");
	gtk_label_set_text(f->name, text->str);
	gtk_label_set_text(f->hint, words_name(&f->field->hint));
	gtk_widget_set_visible(GTK_WIDGET(f->hint), f->field->hint.zh != NULL);
}

GtkWidget *app_sheet_field_new(struct sheet *s, const struct jx_field *field, const char *path)
{
	AppSheetField *f = g_object_new(APP_TYPE_SHEET_FIELD, NULL);

	f->sheet = s;
	f->field = field;
	f->path = g_strdup(path);
	show_name(f);
	make_control(f);
	return GTK_WIDGET(f);
}

static void app_sheet_field_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_SHEET_FIELD);
	G_OBJECT_CLASS(app_sheet_field_parent_class)->dispose(object);
}

static void app_sheet_field_finalize(GObject *object)
{
	g_free(APP_SHEET_FIELD(object)->path);
	G_OBJECT_CLASS(app_sheet_field_parent_class)->finalize(object);
}

static void app_sheet_field_class_init(AppSheetFieldClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_sheet_field_dispose;
	G_OBJECT_CLASS(class)->finalize = app_sheet_field_finalize;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/sheet_field.ui");
	gtk_widget_class_bind_template_child(widget, AppSheetField, name);
	gtk_widget_class_bind_template_child(widget, AppSheetField, hint);
	gtk_widget_class_bind_template_child(widget, AppSheetField, problem);
	gtk_widget_class_bind_template_child(widget, AppSheetField, place);
}

static void app_sheet_field_init(AppSheetField *f)
{
	gtk_widget_init_template(GTK_WIDGET(f));
}
