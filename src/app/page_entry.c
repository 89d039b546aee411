/* Everything of one entry, its photos, its history; correct, withdraw, put right. */
#include "app.h"
#include "entry_read.h"
#include "flow.h"
#include "sheet.h"

#include <string.h>

#define APP_TYPE_ENTRY_PAGE (app_entry_page_get_type())
G_DECLARE_FINAL_TYPE(AppEntryPage, app_entry_page, APP, ENTRY_PAGE, AdwBin)

struct _AppEntryPage {
	AdwBin parent_instance;
	GtkLabel *title, *state;
	GtkBox *photos;
	GtkListBox *pairs, *versions;
	GtkWidget *history, *actions, *after_child;
	uint8_t id[JX_ID_BYTES];
	bool is_check;
};

G_DEFINE_TYPE(AppEntryPage, app_entry_page, ADW_TYPE_BIN)

/* ---- showing ------------------------------------------------------------------------------------------- */

static void clear_list(GtkListBox *list)
{
	GtkListBoxRow *row;

	while ((row = gtk_list_box_get_row_at_index(list, 0)) != NULL)
		gtk_list_box_remove(list, GTK_WIDGET(row));
}

static GtkWidget *pair_row(const char *title, const char *subtitle)
{
	GtkWidget *row = adw_action_row_new();

	adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
	adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), title);
	adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
	adw_action_row_set_title_lines(ADW_ACTION_ROW(row), 0);
	adw_action_row_set_subtitle_lines(ADW_ACTION_ROW(row), 0);
	return row;
}

static void on_photo(struct desk_job *base, gpointer owner)
{
	struct entry_photo_job *job = (struct entry_photo_job *)base;

	(void)owner;
	if (job->texture == NULL) {
		gtk_picture_set_alternative_text(job->picture, base->err.text);
		return;
	}
	gtk_picture_set_paintable(job->picture, GDK_PAINTABLE(job->texture));
}

static void show_photo(AppEntryPage *page, const struct entry_photo *photo)
{
	GtkWidget *picture = gtk_picture_new();
	GtkWidget *label = gtk_label_new(photo->text);
	struct entry_photo_job *job = entry_photo_job_new(photo->sha256, GTK_PICTURE(picture));

	gtk_widget_set_size_request(picture, -1, 220);
	gtk_picture_set_alternative_text(GTK_PICTURE(picture), photo->text);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_widget_add_css_class(label, "dim-label");
	gtk_box_append(page->photos, picture);
	gtk_box_append(page->photos, label);
	job->base.done = on_photo;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, picture);
}

static void show_photos(AppEntryPage *page, const struct entry_job *job)
{
	GtkWidget *child;

	while ((child = gtk_widget_get_first_child(GTK_WIDGET(page->photos))) != NULL)
		gtk_box_remove(page->photos, child);
	for (guint i = 0; i < job->photos->len; i++)
		show_photo(page, &g_array_index(job->photos, struct entry_photo, i));
}

static void show_versions(AppEntryPage *page, const struct entry_job *job)
{
	clear_list(page->versions);
	for (guint i = 0; i < job->versions->len; i++) {
		const struct entry_version *v = &g_array_index(job->versions, struct entry_version, i);
		GtkWidget *row = pair_row(v->text, v->reason);

		gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), !v->is_this);
		g_object_set_data_full(G_OBJECT(row), "id", g_memdup2(v->id, JX_ID_BYTES), g_free);
		gtk_list_box_append(page->versions, row);
	}
	gtk_widget_set_visible(page->history, job->versions->len > 1);
}

static void on_read(struct desk_job *base, gpointer owner)
{
	AppEntryPage *page = owner;
	const struct entry_job *job = (const struct entry_job *)base;
	const char *classes[] = {"state", job->state_class, NULL};
	g_autofree char *title = g_strdup_printf("%s  %s", job->number, job->title);

	if (base->rc != JX_OK) {
		gtk_label_set_text(page->title, base->err.text);
		return;
	}
	gtk_label_set_text(page->title, title);
	gtk_label_set_text(page->state, job->state);
	gtk_widget_set_css_classes(GTK_WIDGET(page->state), classes);
	clear_list(page->pairs);
	for (guint i = 0; i < job->pairs->len; i++) {
		const struct entry_pair *pair = &g_array_index(job->pairs, struct entry_pair, i);

		gtk_list_box_append(page->pairs, pair_row(pair->name, pair->value));
	}
	show_photos(page, job);
	show_versions(page, job);
	page->is_check = job->is_check;
	gtk_widget_set_visible(page->actions, job->can_change);
	gtk_widget_set_visible(page->after_child, job->is_found && !job->is_check && job->photos->len > 0);
}

static void reload(AppEntryPage *page)
{
	struct entry_job *job;

	if (app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	job = entry_job_new(page->id);
	job->base.done = on_read;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

/* ---- what can be done with it ----------------------------------------------------------------------------- */

static void on_version(AppEntryPage *page, GtkListBoxRow *row)
{
	const uint8_t *id = g_object_get_data(G_OBJECT(row), "id");

	if (id != NULL)
		app_show_entry(GTK_WIDGET(page), id);
}

static void on_correct(AppEntryPage *page)
{
	if (page->is_check)
		app_check_correct(GTK_WIDGET(page), page->id);
	else
		app_compose_correct(GTK_WIDGET(page), page->id);
}

static void on_after(AppEntryPage *page)
{
	app_compose_after(GTK_WIDGET(page), page->id);
}

static void on_withdrawn(struct desk_job *base, gpointer owner)
{
	const struct entry_withdraw_job *job = (const struct entry_withdraw_job *)base;
	GtkWidget *window = owner;

	if (app_desk(window) == NULL)
		return;
	if (job->base.rc != JX_OK) {
		app_toast_error(window, &job->base.err);
		return;
	}
	app_pop(window);
	app_toast(window, _("Withdrawn; the entry stays in the log with the reason"), NULL, NULL, NULL, NULL);
	app_changed(window);
}

static void on_reason(GtkWidget *inside, const char *reason, gpointer user)
{
	struct entry_withdraw_job *job = entry_withdraw_job_new(user, reason);

	job->base.done = on_withdrawn;
	desk_post(app_desk(inside), &job->base, app_window_of(inside));
}

static void on_withdraw(AppEntryPage *page)
{
	const char *const phrases[] = {_("recorded twice"), _("wrong place"), _("not a disorder after all"),
				       _("pressed by mistake"), NULL};
	GtkWidget *reason = app_reason_page_new(
		_("The entry is not deleted: a withdrawal with your reason is added to the log."), phrases,
		_("Withdraw"), on_reason, g_memdup2(page->id, JX_ID_BYTES), g_free);

	app_push(GTK_WIDGET(page), reason, _("Withdraw"));
}

/* ---- the page itself ---------------------------------------------------------------------------------------- */

static void on_root(AppEntryPage *page)
{
	AppWindow *window = app_window_of(GTK_WIDGET(page));

	if (window == NULL)
		return;
	g_signal_connect_object(window, "changed", G_CALLBACK(reload), page, G_CONNECT_SWAPPED);
	reload(page);
}

static void app_entry_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_ENTRY_PAGE);
	G_OBJECT_CLASS(app_entry_page_parent_class)->dispose(object);
}

static void app_entry_page_class_init(AppEntryPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_entry_page_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_entry.ui");
	gtk_widget_class_bind_template_child(widget, AppEntryPage, title);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, state);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, photos);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, pairs);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, versions);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, history);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, actions);
	gtk_widget_class_bind_template_child(widget, AppEntryPage, after_child);
	gtk_widget_class_bind_template_callback(widget, on_version);
	gtk_widget_class_bind_template_callback(widget, on_correct);
	gtk_widget_class_bind_template_callback(widget, on_after);
	gtk_widget_class_bind_template_callback(widget, on_withdraw);
}

static void app_entry_page_init(AppEntryPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
	app_flow_fill(page->actions);
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
}

void app_show_entry(GtkWidget *inside, const uint8_t id[JX_ID_BYTES])
{
	AppEntryPage *page = g_object_new(APP_TYPE_ENTRY_PAGE, NULL);

	memcpy(page->id, id, JX_ID_BYTES);
	app_push(inside, GTK_WIDGET(page), _("Entry"));
}
