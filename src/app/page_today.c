/* The page "today": what this device recorded, day by day, and what became of it. */
#include "page_today.h"
#include "facts.h"

#include <string.h>

G_DEFINE_TYPE(AppTodayPage, app_today_page, ADW_TYPE_BIN)

const char *today_page__search_text(AppTodayPage *page)
{
	return gtk_toggle_button_get_active(page->search_button)
		       ? gtk_editable_get_text(GTK_EDITABLE(page->search))
		       : "";
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
	if (page->day[0] == '\0' || today_page__search_text(page)[0] != '\0')
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
	page->is_going = false;
	today_page__ask(page, TODAY_NEWEST);
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

	if (page->going_tick != 0)
		gtk_widget_remove_tick_callback(GTK_WIDGET(page->list), page->going_tick);
	page->going_tick = 0;
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
	gtk_widget_class_bind_template_callback_full(widget, "on_activate",
						     G_CALLBACK(today_page__on_activate));
	gtk_widget_class_bind_template_callback_full(widget, "on_list_key",
						     G_CALLBACK(today_page__on_list_key));
}

static void app_today_page_init(AppTodayPage *page)
{
	GtkListItemFactory *factory = gtk_signal_list_item_factory_new();
	GtkNoSelection *selection;

	g_queue_init(&page->pictures);
	page->lines = g_list_store_new(APP_TYPE_LINE);
	gtk_widget_init_template(GTK_WIDGET(page));
	g_signal_connect_swapped(factory, "setup", G_CALLBACK(today_page__on_setup), page);
	g_signal_connect_swapped(factory, "bind", G_CALLBACK(today_page__on_bind), page);
	g_signal_connect_swapped(factory, "unbind", G_CALLBACK(today_page__on_unbind), page);
	gtk_list_view_set_factory(page->list, factory);
	g_object_unref(factory);
	selection = gtk_no_selection_new(G_LIST_MODEL(g_object_ref(page->lines)));
	gtk_list_view_set_model(page->list, GTK_SELECTION_MODEL(selection));
	g_object_unref(selection);
	g_signal_connect_swapped(gtk_scrolled_window_get_vadjustment(page->scroller), "value-changed",
				 G_CALLBACK(today_page__on_scrolled), page);
	g_signal_connect_swapped(gtk_scrolled_window_get_vadjustment(page->scroller), "changed",
				 G_CALLBACK(today_page__on_scrolled), page);
	g_signal_connect(page, "map", G_CALLBACK(on_map), NULL);
	g_signal_connect(page, "notify::root", G_CALLBACK(on_root), NULL);
}

GtkWidget *app_today_page_new(void)
{
	return g_object_new(APP_TYPE_TODAY_PAGE, NULL);
}
