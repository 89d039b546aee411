/* The page "today": what this device recorded, day by day, and what became of it. */
#include "app.h"
#include "facts.h"
#include "today_read.h"

#include <string.h>

#define APP_TYPE_TODAY_PAGE (app_today_page_get_type())
G_DECLARE_FINAL_TYPE(AppTodayPage, app_today_page, APP, TODAY_PAGE, AdwBin)

struct _AppTodayPage {
	AdwBin parent_instance;
	GtkWidget *day_popover, *before, *after, *statement, *earlier;
	GtkMenuButton *day_button;
	GtkLabel *day_text;
	GtkToggleButton *search_button;
	GtkSearchEntry *search;
	GtkCalendar *calendar;
	GtkLabel *progress, *sums, *missing;
	GtkStack *content;
	GtkScrolledWindow *scroller;
	GtkListView *list;
	AdwStatusPage *empty;
	GListStore *lines;
	char day[11]; /* "" all days */
	char today[11];
	guint serial; /* of what is shown: older answers are dropped */
	int64_t last_place;
	bool is_end, is_asked, is_stale, is_index_asked;
	GQueue pictures; /* lines in sight without theirs, the last that came in sight first */
	bool is_picture_asked;
};

G_DEFINE_TYPE(AppTodayPage, app_today_page, ADW_TYPE_BIN)

static void ask_page(AppTodayPage *page, int64_t beyond);

static const char *search_text(AppTodayPage *page)
{
	return gtk_toggle_button_get_active(page->search_button)
		       ? gtk_editable_get_text(GTK_EDITABLE(page->search))
		       : "";
}

/* ---- pictures, one at a time, for rows in sight ------------------------------------------------------ */

static void ask_picture(AppTodayPage *page);

static void on_picture(struct desk_job *base, gpointer owner)
{
	AppTodayPage *page = owner;
	struct today_picture_job *job = (struct today_picture_job *)base;

	page->is_picture_asked = false;
	app_line_set_picture(job->line, job->picture);
	ask_picture(page);
}

static void ask_picture(AppTodayPage *page)
{
	struct today_picture_job *job;
	AppLine *line;

	if (page->is_picture_asked || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	line = g_queue_pop_head(&page->pictures);
	if (line == NULL)
		return;
	job = today_picture_job_new(line);
	g_object_unref(line);
	job->base.done = on_picture;
	page->is_picture_asked = true;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

/* ---- rows ---------------------------------------------------------------------------------------------- */

static void on_setup(AppTodayPage *page, GtkListItem *item)
{
	(void)page;
	gtk_list_item_set_child(item, app_entry_row_new());
}

static void on_bind(AppTodayPage *page, GtkListItem *item)
{
	AppLine *line = gtk_list_item_get_item(item);
	AppLine *above = NULL;
	const guint at = gtk_list_item_get_position(item);
	char time[8];

	if (at > 0)
		above = g_list_model_get_item(G_LIST_MODEL(page->lines), at - 1);
	/* what was searched for is of all days, whichever day was shown before */
	line->line.is_first_of_day = (page->day[0] == '\0' || search_text(page)[0] != '\0') &&
				     (above == NULL || strcmp(above->line.day, line->line.day) != 0);
	g_clear_object(&above);
	app_time_text(app_profile(GTK_WIDGET(page)), line->line.taken_utc_ms, time);
	app_entry_row_show(APP_ENTRY_ROW(gtk_list_item_get_child(item)), line, time);
	if (!line->line.has_photo || line->picture != NULL)
		return;
	g_queue_push_head(&page->pictures, g_object_ref(line));
	ask_picture(page);
}

static void on_unbind(AppTodayPage *page, GtkListItem *item)
{
	AppLine *line = gtk_list_item_get_item(item);

	app_entry_row_leave(APP_ENTRY_ROW(gtk_list_item_get_child(item)));
	if (g_queue_remove(&page->pictures, line))
		g_object_unref(line);
	/* a long list keeps pictures of what is in sight only */
	g_clear_object(&line->picture);
}

static void on_activate(AppTodayPage *page, guint at)
{
	g_autoptr(AppLine) line = g_list_model_get_item(G_LIST_MODEL(page->lines), at);

	if (line != NULL)
		app_show_entry(GTK_WIDGET(page), line->line.id);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

static void show_whether_empty(AppTodayPage *page)
{
	const bool is_empty = g_list_model_get_n_items(G_LIST_MODEL(page->lines)) == 0;
	const bool is_search = search_text(page)[0] != '\0';

	adw_status_page_set_title(page->empty,
				  is_search ? _("No entry has these words") : _("Nothing recorded"));
	adw_status_page_set_description(page->empty,
					is_search ? _("Other words may find it; all days are searched.")
					: page->day[0] != '\0' ? _("What you record on this day stands here.")
							       : NULL);
	gtk_stack_set_visible_child_name(page->content, is_empty ? "empty" : "list");
	gtk_widget_set_visible(page->earlier, page->is_end && page->day[0] != '\0' && !is_search);
}

static void on_page(struct desk_job *base, gpointer owner)
{
	AppTodayPage *page = owner;
	struct today_page_job *job = (struct today_page_job *)base;
	const guint there = g_list_model_get_n_items(G_LIST_MODEL(page->lines));

	if (job->serial != page->serial)
		return;
	page->is_asked = false;
	jx_strcpy(page->today, sizeof(page->today), job->today);
	if (base->rc != JX_OK) {
		page->is_end = true;
		adw_status_page_set_title(page->empty, _("The records cannot be read"));
		adw_status_page_set_description(page->empty, base->err.text);
		gtk_stack_set_visible_child_name(page->content, there == 0 ? "empty" : "list");
		return;
	}
	g_list_store_splice(page->lines, job->beyond == 0 ? 0 : there, job->beyond == 0 ? there : 0,
			    job->lines->pdata, job->lines->len);
	page->last_place = job->last_place;
	page->is_end = job->is_end;
	show_whether_empty(page);
}

static void ask_page(AppTodayPage *page, int64_t beyond)
{
	struct today_page_job *job = today_page_job_new();

	job->base.done = on_page;
	job->beyond = beyond;
	job->serial = page->serial;
	jx_strcpy(job->search, sizeof(job->search), search_text(page));
	/* a search is for what one does not remember the day of */
	jx_strcpy(job->day, sizeof(job->day), job->search[0] != '\0' ? "" : page->day);
	page->is_asked = true;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

static void on_scrolled(AppTodayPage *page)
{
	GtkAdjustment *a = gtk_scrolled_window_get_vadjustment(page->scroller);

	if (!page->is_asked && !page->is_end && page->last_place > 0 &&
	    gtk_adjustment_get_value(a) + 3 * gtk_adjustment_get_page_size(a) > gtk_adjustment_get_upper(a))
		ask_page(page, page->last_place);
}

/* ---- the statement of the day -------------------------------------------------------------------------- */

static void on_statement(struct desk_job *base, gpointer owner)
{
	AppTodayPage *page = owner;
	struct today_day_job *job = (struct today_day_job *)base;
	const struct jx_view_day *d = &job->day;
	const int64_t all = d->saved + d->sent + d->complete + d->forked, sent = d->sent + d->complete;
	const int64_t photos = d->photos - job->photos_missing;
	g_autofree char *sums = NULL, *missing = NULL;

	if (job->serial != page->serial)
		return;
	gtk_widget_set_visible(page->statement, base->rc == JX_OK && all > 0);
	if (base->rc != JX_OK)
		return;
	sums = g_strdup_printf(_("Recorded %lld, sent %lld, complete %lld; photos %lld of %lld%s"),
			       (long long)all, (long long)sent, (long long)d->complete, (long long)photos,
			       (long long)d->photos, d->is_closed ? _("; day closed") : "");
	gtk_label_set_text(page->sums, sums);
	if (job->entries_missing > 0)
		missing = g_strdup_printf(_("Not at the server yet: %lld entries (%s%s%s), %lld photos"),
					  (long long)job->entries_missing, job->first_missing,
					  job->entries_missing > 1 ? " … " : "", job->last_missing,
					  (long long)job->photos_missing);
	else if (job->photos_missing > 0)
		missing = g_strdup_printf(_("Not at the server yet: %lld photos"),
					  (long long)job->photos_missing);
	gtk_label_set_text(page->missing, missing != NULL ? missing : _("The server has all of this day."));
}

static void ask_statement(AppTodayPage *page)
{
	struct today_day_job *job;

	gtk_widget_set_visible(page->statement, FALSE);
	if (page->day[0] == '\0' || search_text(page)[0] != '\0')
		return;
	job = today_day_job_new();
	job->base.done = on_statement;
	job->serial = page->serial;
	jx_strcpy(job->day.day, sizeof(job->day.day), page->day);
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

/* ---- the search index ------------------------------------------------------------------------------------ */

static void ask_index(AppTodayPage *page);

static void on_index(struct desk_job *base, gpointer owner)
{
	AppTodayPage *page = owner;
	const struct today_index_job *job = (const struct today_index_job *)base;
	g_autofree char *text = NULL;

	page->is_index_asked = false;
	text = g_strdup_printf(_("preparing the search: %lld entries left"), (long long)job->behind);
	gtk_label_set_text(page->progress, text);
	gtk_widget_set_visible(GTK_WIDGET(page->progress), base->rc == JX_OK && job->behind > 0);
	if (base->rc == JX_OK && job->behind > 0)
		ask_index(page);
}

/* In steps: what is asked in between is answered in between. */
static void ask_index(AppTodayPage *page)
{
	struct today_index_job *job;

	if (page->is_index_asked || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	job = today_index_job_new();
	job->base.done = on_index;
	page->is_index_asked = true;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

/* ---- which day ------------------------------------------------------------------------------------------- */

static void reload(AppTodayPage *page)
{
	page->is_stale = !gtk_widget_get_mapped(GTK_WIDGET(page));
	if (page->is_stale || app_window_of(GTK_WIDGET(page)) == NULL)
		return;
	page->serial++;
	page->last_place = 0;
	page->is_end = false;
	ask_page(page, 0);
	ask_statement(page);
}

static void show_day(AppTodayPage *page, const char *day)
{
	const bool is_today = strcmp(day, page->today) == 0;
	g_autofree char *text = day[0] == '\0' ? g_strdup(_("All days"))
				: is_today     ? g_strdup_printf(_("Today, %s"), day)
					       : g_strdup(day);
	/* a line each: the key has the room of a date, and no more */
	g_autofree char *shown = is_today ? g_strdup_printf(_("Today\n%s"), day) : g_strdup(text);

	jx_strcpy(page->day, sizeof(page->day), day);
	gtk_label_set_text(page->day_text, shown);
	app_name(GTK_WIDGET(page->day_button), text);
	gtk_widget_set_sensitive(page->before, day[0] != '\0');
	gtk_widget_set_sensitive(page->after, day[0] != '\0' && !is_today);
	reload(page);
}

static void step_day(AppTodayPage *page, int days)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autofree char *iso = g_strdup_printf("%sT12:00:00Z", page->day);
	g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(iso, utc);
	g_autoptr(GDateTime) to = at != NULL ? g_date_time_add_days(at, days) : NULL;
	g_autofree char *day = to != NULL ? g_date_time_format(to, "%Y-%m-%d") : NULL;

	if (day != NULL)
		show_day(page, day);
}

static void on_before(AppTodayPage *page)
{
	step_day(page, -1);
}

static void on_after(AppTodayPage *page)
{
	step_day(page, 1);
}

static void on_today(AppTodayPage *page)
{
	gtk_popover_popdown(GTK_POPOVER(page->day_popover));
	show_day(page, page->today);
}

static void on_all_days(AppTodayPage *page)
{
	gtk_popover_popdown(GTK_POPOVER(page->day_popover));
	show_day(page, "");
}

static void on_calendar(AppTodayPage *page)
{
	g_autoptr(GDateTime) date = gtk_calendar_get_date(page->calendar);
	g_autofree char *day = g_date_time_format(date, "%Y-%m-%d");

	gtk_popover_popdown(GTK_POPOVER(page->day_popover));
	show_day(page, day);
}

static void on_search(AppTodayPage *page)
{
	ask_index(page);
	reload(page);
}

static void on_stop_search(AppTodayPage *page)
{
	gtk_toggle_button_set_active(page->search_button, FALSE);
}

static void on_search_toggled(AppTodayPage *page)
{
	if (gtk_toggle_button_get_active(page->search_button)) {
		(void)gtk_widget_grab_focus(GTK_WIDGET(page->search));
		ask_index(page);
	} else {
		gtk_editable_set_text(GTK_EDITABLE(page->search), "");
	}
	reload(page);
}

/* ---- the page itself --------------------------------------------------------------------------------------- */

/* By the business day of this device; a page that was left open over midnight goes on to the new day. */
static void on_map(AppTodayPage *page)
{
	const struct jx_profile *profile = app_profile(GTK_WIDGET(page));
	const bool was_today = strcmp(page->day, page->today) == 0;

	if (!jx_day_of(jx_os_clock()->utc_ms(NULL), (int)profile->utc_offset_min, page->today))
		return;
	if (was_today)
		show_day(page, page->today);
	else if (page->is_stale)
		reload(page);
}

static void on_root(AppTodayPage *page)
{
	AppWindow *window = app_window_of(GTK_WIDGET(page));

	if (window == NULL)
		return;
	g_signal_connect_object(window, "changed", G_CALLBACK(reload), page, G_CONNECT_SWAPPED);
}

static void app_today_page_dispose(GObject *object)
{
	AppTodayPage *page = APP_TODAY_PAGE(object);

	g_queue_clear_full(&page->pictures, g_object_unref);
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_TODAY_PAGE);
	g_clear_object(&page->lines);
	G_OBJECT_CLASS(app_today_page_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *widget)
{
	gtk_widget_class_bind_template_child(widget, AppTodayPage, day_popover);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, before);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, after);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, statement);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, earlier);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, day_button);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, day_text);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, search_button);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, search);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, calendar);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, progress);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, sums);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, missing);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, content);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, scroller);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, list);
	gtk_widget_class_bind_template_child(widget, AppTodayPage, empty);
}

static void app_today_page_class_init(AppTodayPageClass *class)
{
	GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

	G_OBJECT_CLASS(class)->dispose = app_today_page_dispose;
	gtk_widget_class_set_template_from_resource(widget, "/cn/jiexun/ui/page_today.ui");
	bind_children(widget);
	gtk_widget_class_bind_template_callback(widget, on_before);
	gtk_widget_class_bind_template_callback(widget, on_after);
	gtk_widget_class_bind_template_callback(widget, on_today);
	gtk_widget_class_bind_template_callback(widget, on_all_days);
	gtk_widget_class_bind_template_callback(widget, on_calendar);
	gtk_widget_class_bind_template_callback(widget, on_search);
	gtk_widget_class_bind_template_callback(widget, on_stop_search);
	gtk_widget_class_bind_template_callback(widget, on_search_toggled);
	gtk_widget_class_bind_template_callback(widget, on_activate);
}

static void app_today_page_init(AppTodayPage *page)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
	GtkNoSelection *selection;

	g_queue_init(&page->pictures);
	page->lines = g_list_store_new(APP_TYPE_LINE);
	gtk_widget_init_template(GTK_WIDGET(page));
	g_signal_connect_swapped(factory, "setup", G_CALLBACK(on_setup), page);
	g_signal_connect_swapped(factory, "bind", G_CALLBACK(on_bind), page);
	g_signal_connect_swapped(factory, "unbind", G_CALLBACK(on_unbind), page);
	gtk_list_view_set_factory(page->list, factory);
	g_object_unref(factory);
	selection = gtk_no_selection_new(G_LIST_MODEL(g_object_ref(page->lines)));
	gtk_list_view_set_model(page->list, GTK_SELECTION_MODEL(selection));
	g_object_unref(selection);
	g_signal_connect_swapped(gtk_scrolled_window_get_vadjustment(page->scroller), "value-changed",
				 G_CALLBACK(on_scrolled), page);
	g_signal_connect_swapped(gtk_scrolled_window_get_vadjustment(page->scroller), "changed",
				 G_CALLBACK(on_scrolled), page);
	g_signal_connect(page, "map", G_CALLBACK(on_map), NULL);
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
}

GtkWidget *app_today_page_new(void)
{
	return g_object_new(APP_TYPE_TODAY_PAGE, NULL);
}
