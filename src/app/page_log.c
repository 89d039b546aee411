/* The page "log": one tap begins an observation. */
#include <string.h>

#include "app.h"
#include "compose.h"
#include "flow.h"
#include "keys.h"
#include "log_jobs.h"

#define PORTRAIT  2
#define LANDSCAPE 5
#define TICK_MS   1000

#define APP_TYPE_LOG_PAGE (app_log_page_get_type())
G_DECLARE_FINAL_TYPE(AppLogPage, app_log_page, APP, LOG_PAGE, AdwBin)

struct _AppLogPage {
	AdwBin parent_instance;
	GtkLabel *position, *person_text;
	GtkWidget *now, *person, *unfinished, *quick, *tiles, *repeat;
	int columns; /* of tiles, at most */
	struct log_news news;
	char quick_shown[LOG_QUICK_MAX][16]; /* codes that have buttons now */
	guint tick;                          /* while it is shown */
	bool was_read;
	gulong changed, layout;
	GdkSurface *surface;
	GtkEventController *keys; /* the page's */
	char *keys_are;           /* what they were made by */
};

G_DEFINE_TYPE(AppLogPage, app_log_page, ADW_TYPE_BIN)

/* ---- one tap ------------------------------------------------------------------------------------------- */

static void begin(AppLogPage *page, const char *code, const char *result)
{
	if (page->news.by != NULL)
		compose_begin(GTK_WIDGET(page), page->news.by, code, result);
}

static void on_tile(GtkWidget *button, AppLogPage *page)
{
	begin(page, g_object_get_data(G_OBJECT(button), "code"), "found");
}

static void on_nothing(AppLogPage *page)
{
	begin(page, NULL, "nothing-found");
}

static void on_no_access(AppLogPage *page)
{
	begin(page, NULL, "no-access");
}

static void on_camera(AppLogPage *page)
{
	begin(page, NULL, "found");
}

static void on_repeat(AppLogPage *page)
{
	if (page->news.last[0] != '\0')
		begin(page, page->news.last, "found");
}

static void on_person(AppLogPage *page)
{
	app_show_view(GTK_WIDGET(page), "status");
}

static void on_unfinished(AppLogPage *page)
{
	compose_resume(GTK_WIDGET(page), page->news.draft);
}

/* ---- tiles --------------------------------------------------------------------------------------------- */

static GtkWidget *make_button(AppLogPage *page, const struct jx_code *code, const char *icon,
			      const char *class)
{
	GtkWidget *button = gtk_button_new();
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 8);
	GtkWidget *label = gtk_label_new(words_name(&code->name));

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD);
	gtk_label_set_natural_wrap_mode(GTK_LABEL(label), GTK_NATURAL_WRAP_NONE);
	gtk_label_set_xalign(GTK_LABEL(label), icon != NULL ? 0 : 0.5F);
	gtk_widget_set_hexpand(label, TRUE);
	if (icon != NULL)
		gtk_box_append(GTK_BOX(box), gtk_image_new_from_icon_name(icon));
	gtk_box_append(GTK_BOX(box), label);
	gtk_button_set_child(GTK_BUTTON(button), box);
	gtk_widget_add_css_class(button, class);
	app_name(button, words_name(&code->name));
	g_object_set_data_full(G_OBJECT(button), "code", g_strdup(code->code), g_free);
	g_signal_connect(button, "clicked", G_CALLBACK(on_tile), page);
	return button;
}

static void show_tiles(AppLogPage *page)
{
	const struct composing *by = page->news.by;

	GtkWidget *child;

	while ((child = gtk_widget_get_first_child(page->tiles)) != NULL)
		gtk_box_remove(GTK_BOX(page->tiles), child);
	for (size_t i = 0; i < jx_pack_code_count(by->pack); i++) {
		const struct jx_code *code = jx_pack_code_at(by->pack, i);
		char icon[32];

		if (code->parent == NULL && jx_pack_is_open(by->pack, code, by->day))
			gtk_box_append(GTK_BOX(page->tiles),
				       make_button(page, code, app_code_icon(code->code, icon), "disorder"));
	}
}

/* Made anew only where they are others: saving goes on at once, and making buttons takes longer than a frame. */
static void show_quick(AppLogPage *page, bool is_other)
{
	GtkWidget *child;

	if (!is_other && memcmp(page->quick_shown, page->news.quick, sizeof(page->quick_shown)) == 0)
		return;
	memcpy(page->quick_shown, page->news.quick, sizeof(page->quick_shown));
	while ((child = gtk_widget_get_first_child(page->quick)) != NULL)
		gtk_box_remove(GTK_BOX(page->quick), child);
	for (size_t i = 0; i < page->news.quick_count; i++) {
		const struct jx_code *code = jx_pack_find(page->news.by->pack, page->news.quick[i]);

		if (code != NULL)
			gtk_box_append(GTK_BOX(page->quick), make_button(page, code, NULL, "quick"));
	}
	gtk_widget_set_visible(page->quick, page->news.quick_count > 0);
}

/* ---- what was read ------------------------------------------------------------------------------------- */

static void show_repeat(AppLogPage *page)
{
	const struct jx_code *code = page->news.last[0] != '\0'
					     ? jx_pack_find(page->news.by->pack, page->news.last)
					     : NULL;
	g_autofree char *text = NULL;

	gtk_widget_set_sensitive(page->repeat, code != NULL);
	if (code == NULL)
		return;
	text = g_strdup_printf(_("The last one again: %s"), words_name(&code->name));
	app_name(page->repeat, text);
	gtk_widget_set_tooltip_text(page->repeat, text);
}

static void show_person(AppLogPage *page)
{
	const struct log_news *n = &page->news;
	const char *name = n->person_name[0] != '\0' ? n->person_name : n->person;
	g_autofree char *text = NULL;

	if (n->person[0] == '\0')
		text = g_strdup(_("Sign in"));
	else
		text = g_strdup_printf(n->has_shift ? _("%s, shift open") : _("%s, no shift"), name);
	gtk_label_set_text(page->person_text, text);
	app_name(page->person, text);
	g_object_set_data_full(G_OBJECT(app_window_of(GTK_WIDGET(page))), "person", g_strdup(name), g_free);
}

static void show_unfinished(AppLogPage *page)
{
	const int64_t n = page->news.drafts;
	g_autofree char *text = g_strdup_printf(
		jx_ntr("%lld not finished: go on", "%lld not finished: go on", (unsigned long)n),
		(long long)n);

	gtk_widget_set_visible(page->unfinished, n > 0);
	gtk_button_set_label(GTK_BUTTON(page->unfinished), text);
}

/* The tiles of another pack; else they stay, and the focus with them. */
static void on_news(struct desk_job *job, gpointer owner)
{
	struct log_job *j = (struct log_job *)job;
	AppLogPage *page = owner;
	const bool is_other = page->news.by == NULL || j->news.by == NULL ||
			      page->news.by->pack != j->news.by->pack ||
			      strcmp(page->news.by->day, j->news.by->day) != 0;

	if (app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	if (job->rc != JX_OK) {
		app_toast_error(GTK_WIDGET(page), &job->err);
		return;
	}
	composing_free(page->news.by);
	page->news = j->news;
	j->news.by = NULL;
	if (is_other)
		show_tiles(page);
	show_quick(page, is_other);
	show_repeat(page);
	show_person(page);
	show_unfinished(page);
	compose_page_expect(GTK_WIDGET(page));
}

static void read_news(AppLogPage *page)
{
	struct log_job *j;

	/* the window closes, and its last jobs come back */
	if (app_window_of(GTK_WIDGET(page)) == NULL || app_desk(GTK_WIDGET(page)) == NULL)
		return;
	j = log_job_new(!page->was_read);
	page->was_read = true;
	j->job.done = on_news;
	desk_post(app_desk(GTK_WIDGET(page)), &j->job, page);
}

static gboolean show_position(gpointer user)
{
	AppLogPage *page = user;
	struct place_now now;
	g_autofree char *text = NULL;

	place_read(app_place(GTK_WIDGET(page)), &now);
	if (now.fix.source == JX_FIX_NONE)
		text = words_raise(g_strdup(now.reason[0] != '\0' ? now.reason : _("no position")));
	else if (now.fix.is_stale || now.is_stuck)
		text = g_strdup_printf(_("Position is %lld s old"), (long long)(now.fix.age_ms / 1000));
	else if (now.fix.accuracy_mm >= 0)
		text = g_strdup_printf(_("Position ±%lld m, %lld s ago"),
				       (long long)((now.fix.accuracy_mm + 999) / 1000),
				       (long long)(now.fix.age_ms / 1000));
	else
		text = g_strdup_printf(_("Position, %lld s ago"), (long long)(now.fix.age_ms / 1000));
	if (strcmp(gtk_label_get_text(page->position), text) != 0)
		gtk_label_set_text(page->position, text);
	return G_SOURCE_CONTINUE;
}

/* ---- keys ---------------------------------------------------------------------------------------------- */

static gboolean on_repeat_key(GtkWidget *widget, GVariant *args, gpointer user)
{
	(void)args;
	(void)user;
	/* something lies over it: the key belongs to that */
	if (!gtk_widget_get_mapped(widget))
		return FALSE;
	on_repeat(APP_LOG_PAGE(widget));
	return TRUE;
}

/* As they are now: they may have been chosen a moment ago. */
static void set_repeat_keys(AppLogPage *page)
{
	const char *names = app_prefs(GTK_WIDGET(page))->repeat_keys;
	GtkEventController *keys;
	guint key;

	if (g_strcmp0(page->keys_are, names) == 0)
		return;
	if (page->keys != NULL)
		gtk_widget_remove_controller(GTK_WIDGET(page), page->keys);
	g_free(page->keys_are);
	page->keys_are = g_strdup(names);
	page->keys = keys = gtk_shortcut_controller_new();
	gtk_shortcut_controller_set_scope(GTK_SHORTCUT_CONTROLLER(keys), GTK_SHORTCUT_SCOPE_GLOBAL);
	for (size_t i = 0; keys_at(names, i, &key); i++)
		if (key != 0)
			gtk_shortcut_controller_add_shortcut(
				GTK_SHORTCUT_CONTROLLER(keys),
				gtk_shortcut_new(gtk_keyval_trigger_new(key, 0),
						 gtk_callback_action_new(on_repeat_key, NULL, NULL)));
	gtk_widget_add_controller(GTK_WIDGET(page), keys);
}

/* ---- the page itself ----------------------------------------------------------------------------------- */

static void on_layout(AppLogPage *page, int width, int height)
{
	const int columns = width > height ? LANDSCAPE : PORTRAIT;

	if (columns == page->columns)
		return;
	page->columns = columns;
	app_flow_grid(page->tiles, columns);
}

static void app_log_page_map(GtkWidget *widget)
{
	AppLogPage *page = APP_LOG_PAGE(widget);

	GTK_WIDGET_CLASS(app_log_page_parent_class)->map(widget);
	if (page->changed == 0) {
		page->changed = g_signal_connect_object(app_window_of(widget), "changed",
							G_CALLBACK(read_news), page, G_CONNECT_SWAPPED);
		read_news(page);
	}
	set_repeat_keys(page);
	(void)show_position(page);
	page->tick = g_timeout_add(TICK_MS, show_position, page);
}

static void app_log_page_unmap(GtkWidget *widget)
{
	AppLogPage *page = APP_LOG_PAGE(widget);

	g_clear_handle_id(&page->tick, g_source_remove);
	GTK_WIDGET_CLASS(app_log_page_parent_class)->unmap(widget);
}

static void app_log_page_realize(GtkWidget *widget)
{
	AppLogPage *page = APP_LOG_PAGE(widget);

	GTK_WIDGET_CLASS(app_log_page_parent_class)->realize(widget);
	page->surface = g_object_ref(gtk_native_get_surface(gtk_widget_get_native(widget)));
	page->layout = g_signal_connect_swapped(page->surface, "layout", G_CALLBACK(on_layout), page);
}

static void app_log_page_unrealize(GtkWidget *widget)
{
	AppLogPage *page = APP_LOG_PAGE(widget);

	g_clear_signal_handler(&page->layout, page->surface);
	g_clear_object(&page->surface);
	GTK_WIDGET_CLASS(app_log_page_parent_class)->unrealize(widget);
}

static void app_log_page_dispose(GObject *object)
{
	AppLogPage *page = APP_LOG_PAGE(object);

	g_clear_handle_id(&page->tick, g_source_remove);
	g_clear_pointer(&page->keys_are, g_free);
	g_clear_pointer(&page->news.by, composing_free);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_LOG_PAGE);
	G_OBJECT_CLASS(app_log_page_parent_class)->dispose(object);
}

static void app_log_page_class_init(AppLogPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_log_page_dispose;
	widget->map = app_log_page_map;
	widget->unmap = app_log_page_unmap;
	widget->realize = app_log_page_realize;
	widget->unrealize = app_log_page_unrealize;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_log.ui");
	gtk_widget_class_bind_template_child(widget, AppLogPage, position);
	gtk_widget_class_bind_template_child(widget, AppLogPage, now);
	gtk_widget_class_bind_template_child(widget, AppLogPage, person);
	gtk_widget_class_bind_template_child(widget, AppLogPage, person_text);
	gtk_widget_class_bind_template_child(widget, AppLogPage, unfinished);
	gtk_widget_class_bind_template_child(widget, AppLogPage, quick);
	gtk_widget_class_bind_template_child(widget, AppLogPage, tiles);
	gtk_widget_class_bind_template_child(widget, AppLogPage, repeat);
	gtk_widget_class_bind_template_callback(widget, on_person);
	gtk_widget_class_bind_template_callback(widget, on_unfinished);
	gtk_widget_class_bind_template_callback(widget, on_nothing);
	gtk_widget_class_bind_template_callback(widget, on_no_access);
	gtk_widget_class_bind_template_callback(widget, on_camera);
	gtk_widget_class_bind_template_callback(widget, on_repeat);
}

static void app_log_page_init(AppLogPage *page)
{
	page->columns = PORTRAIT;
	gtk_widget_init_template(GTK_WIDGET(page));
	app_flow_fill(page->now);
	app_flow_fill(page->quick);
	app_flow_grid(page->tiles, PORTRAIT);
}

GtkWidget *app_log_page_new(void)
{
	return g_object_new(APP_TYPE_LOG_PAGE, NULL);
}
