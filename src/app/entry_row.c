/* One line of a list of entries. */
#include "entry_row.h"

#include <string.h>

#include "app.h"

#define PICTURE_PX 56
/* A size in which the theme has its icons ready: for any other one it reads an SVG, and that loads 8 MB. */
#define SIGN_PX 48

struct _AppEntryRow {
	GtkBox parent_instance;
	GtkLabel *heading, *what, *more, *time, *state;
	GtkImage *picture;
	AppLine *line;
	gulong handler;
};

G_DEFINE_TYPE(AppLine, app_line, G_TYPE_OBJECT)
G_DEFINE_TYPE(AppEntryRow, app_entry_row, GTK_TYPE_BOX)

static guint picture_signal;

/* ---- what a line says -------------------------------------------------------------------------------- */

void entry_what(const struct jx_view_row *r, char *out, size_t cap)
{
	if (r->kind == JX_KIND_WITHDRAWAL)
		(void)g_snprintf(out, cap, _("Withdrawn: %s"), r->of_number);
	else if (r->is_check || strcmp(r->result, "found") == 0)
		jx_strcpy(out, cap, r->name);
	else
		(void)g_snprintf(out, cap, r->name[0] != '\0' ? _("%s: %s") : "%s", jx_word(r->result),
				 r->name);
}

static void add(char *out, size_t cap, const char *text)
{
	const size_t used = strlen(out);

	if (text[0] == '\0')
		return;
	jx_strcpy(out + used, cap - used, used > 0 ? "; " : "");
	jx_strcpy(out + strlen(out), cap - strlen(out), text);
}

static void say_more(const struct jx_view_row *r, char *out, size_t cap)
{
	g_autofree char *quantity = words_count(r->quantity, r->unit_name);

	out[0] = '\0';
	add(out, cap, r->quantity[0] != '\0' ? quantity : "");
	add(out, cap, r->summary);
	add(out, cap, r->reason);
	add(out, cap, r->place);
}

const char *entry_state(const struct jx_view_row *r, int64_t tried_utc_ms, char *out, size_t cap)
{
	switch (r->state) {
	case JX_ENTRY_FORKED:
		jx_strcpy(out, cap, _("refused: kept apart at the server, enrol again"));
		return "refused";
	case JX_ENTRY_COMPLETE:
		jx_strcpy(out, cap, _("complete"));
		return "complete";
	case JX_ENTRY_SENT:
		(void)g_snprintf(out, cap, _("sent, photos %lld of %lld"), (long long)r->photos_receipted,
				 (long long)r->photo_count);
		return "sent";
	case JX_ENTRY_SAVED:
	default:
		break;
	}
	/* a sync was tried since, and this one has no receipt */
	if (tried_utc_ms > r->taken_utc_ms) {
		jx_strcpy(out, cap, _("waiting to be sent"));
		return "waiting";
	}
	jx_strcpy(out, cap, _("saved"));
	return "saved";
}

bool entry_is_at_once(const struct jx_view_row *r)
{
	return r->is_at_once && !r->is_corrected && !r->is_withdrawn && r->kind != JX_KIND_WITHDRAWAL;
}

/* ---- the object of a list model ------------------------------------------------------------------------ */

static void app_line_finalize(GObject *object)
{
	AppLine *line = APP_LINE(object);

	g_clear_object(&line->picture);
	g_free(line->line.what);
	g_free(line->line.more);
	g_free(line->line.state);
	G_OBJECT_CLASS(app_line_parent_class)->finalize(object);
}

static void app_line_class_init(AppLineClass *class)
{
	G_OBJECT_CLASS(class)->finalize = app_line_finalize;
	picture_signal = g_signal_new("picture", APP_TYPE_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
				      G_TYPE_NONE, 0);
}

static void app_line_init(AppLine *line)
{
	(void)line;
}

/* What stands in place of a picture, until it is there or because there is none. */
static const char *sign_of(const struct jx_view_row *r)
{
	if (entry_is_at_once(r))
		return "dialog-warning-symbolic";
	if (r->kind == JX_KIND_WITHDRAWAL)
		return "edit-undo-symbolic";
	if (r->photo_count > 0)
		return "image-x-generic-symbolic";
	return r->is_check ? "jx-check-symbolic" : NULL;
}

AppLine *app_line_new(const struct jx_view_row *r, int64_t tried_utc_ms)
{
	AppLine *line = g_object_new(APP_TYPE_LINE, NULL);
	struct entry_line *l = &line->line;
	char what[300], more[600], state[160];

	entry_what(r, what, sizeof(what));
	say_more(r, more, sizeof(more));
	*l = (struct entry_line){.log_place = r->log_place,
				 .taken_utc_ms = r->taken_utc_ms,
				 .state_class = entry_state(r, tried_utc_ms, state, sizeof(state)),
				 .is_gone = r->is_corrected || r->is_withdrawn,
				 .is_at_once = entry_is_at_once(r),
				 .has_photo = r->photo_count > 0};
	if (l->is_gone)
		jx_strcpy(state, sizeof(state), r->is_withdrawn ? _("withdrawn") : _("corrected"));
	memcpy(l->id, r->id, sizeof(l->id));
	l->sign = sign_of(r);
	jx_strcpy(l->disorder, sizeof(l->disorder), r->group_code);
	jx_strcpy(l->day, sizeof(l->day), r->day);
	jx_strcpy(l->number, sizeof(l->number), r->number);
	l->what = g_strdup(words_raise(what));
	l->more = g_strdup(words_raise(more));
	l->state = g_strdup(words_raise(state));
	return line;
}

void app_line_set_picture(AppLine *line, GdkTexture *picture)
{
	g_set_object(&line->picture, picture);
	g_signal_emit(line, picture_signal, 0);
}

/* ---- the row -------------------------------------------------------------------------------------------- */

static void show_picture(AppEntryRow *row)
{
	const AppLine *line = row->line;
	const bool is_sign = line->picture == NULL;
	char icon[32];

	gtk_image_set_pixel_size(row->picture, is_sign ? SIGN_PX : PICTURE_PX);
	if (is_sign) {
		gtk_widget_add_css_class(GTK_WIDGET(row->picture), "sign");
		gtk_image_set_from_icon_name(
			row->picture,
			line->line.sign != NULL ? line->line.sign : app_code_icon(line->line.disorder, icon));
	} else {
		gtk_widget_remove_css_class(GTK_WIDGET(row->picture), "sign");
		gtk_image_set_from_paintable(row->picture, GDK_PAINTABLE(line->picture));
	}
}

AppLine *app_entry_row_line(AppEntryRow *row)
{
	return row->line;
}

void app_entry_row_leave(AppEntryRow *row)
{
	if (row->line == NULL)
		return;
	g_signal_handler_disconnect(row->line, row->handler);
	g_clear_object(&row->line);
}

static void show_classes(AppEntryRow *row)
{
	const struct entry_line *l = &row->line->line;
	const char *classes[] = {"state", l->is_gone ? "gone" : l->state_class, NULL};

	gtk_widget_set_css_classes(GTK_WIDGET(row->state), classes);
	if (l->is_at_once)
		gtk_widget_add_css_class(GTK_WIDGET(row), "at-once");
	else
		gtk_widget_remove_css_class(GTK_WIDGET(row), "at-once");
}

void app_entry_row_show(AppEntryRow *row, AppLine *line, const char *time)
{
	const struct entry_line *l = &line->line;
	g_autofree char *what = l->is_at_once ? g_strdup_printf(_("At once: %s"), l->what)
					      : g_strdup(l->what);
	g_autofree char *name = g_strdup_printf("%s, %s, %s, %s, %s", l->number, time, what, l->more,
						l->state);

	app_entry_row_leave(row);
	row->line = g_object_ref(line);
	row->handler = g_signal_connect_swapped(line, "picture", G_CALLBACK(show_picture), row);
	gtk_label_set_text(row->heading, l->day);
	gtk_widget_set_visible(GTK_WIDGET(row->heading), l->is_first_of_day);
	gtk_label_set_text(row->what, what);
	gtk_label_set_text(row->more, l->more);
	gtk_widget_set_visible(GTK_WIDGET(row->more), l->more[0] != '\0');
	gtk_label_set_text(row->time, time);
	gtk_label_set_text(row->state, l->state);
	gtk_accessible_update_property(GTK_ACCESSIBLE(row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
	show_classes(row);
	show_picture(row);
}

static void app_entry_row_dispose(GObject *object)
{
	app_entry_row_leave(APP_ENTRY_ROW(object));
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_ENTRY_ROW);
	G_OBJECT_CLASS(app_entry_row_parent_class)->dispose(object);
}

static void app_entry_row_class_init(AppEntryRowClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_entry_row_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/entry_row.ui");
	gtk_widget_class_bind_template_child(widget, AppEntryRow, heading);
	gtk_widget_class_bind_template_child(widget, AppEntryRow, what);
	gtk_widget_class_bind_template_child(widget, AppEntryRow, more);
	gtk_widget_class_bind_template_child(widget, AppEntryRow, time);
	gtk_widget_class_bind_template_child(widget, AppEntryRow, state);
	gtk_widget_class_bind_template_child(widget, AppEntryRow, picture);
}

static void app_entry_row_init(AppEntryRow *row)
{
	gtk_widget_init_template(GTK_WIDGET(row));
}

GtkWidget *app_entry_row_new(void)
{
	return g_object_new(APP_TYPE_ENTRY_ROW, NULL);
}
