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
	guint serial;                       /* of what is shown: older answers are dropped */
	int64_t newest_place, oldest_place; /* of the rows that are there, ROWS_MAX at most */
	guint at_once;                      /* the first that cannot wait, above the newest */
	bool is_start, is_end;              /* what is there reaches to the newest, to the oldest */
	guint asked;                        /* pages on their way */
	bool is_stale, is_index_asked;
	enum today_way going; /* the end that a key asked for: its row gets the focus once it is there */
	bool is_going;        /* it is being read */
	guint going_tick;     /* 0 none */
	int going_left;       /* frames, then it is let be */
	GQueue pictures;      /* lines in sight without theirs, the last that came in sight first */
	bool is_picture_asked;
};

G_DEFINE_TYPE(AppTodayPage, app_today_page, ADW_TYPE_BIN)

/*
 * Sixteen pages: many more than are in sight, so that what goes at the far side is not missed, and few enough that a year's entries take no
 * more memory than a day's. Eight go at once: after that the list takes a moment to find its place again.
 */
#define ROWS_MAX  (16 * TODAY_PAGE_ROWS)
#define ROWS_KEPT (8 * TODAY_PAGE_ROWS)

#define GOING_FRAMES 30 /* until a row that was asked for is made */

static void ask_page(AppTodayPage *page, enum today_way way);

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

static guint count(AppTodayPage *page)
{
	return g_list_model_get_n_items(G_LIST_MODEL(page->lines));
}

static int64_t place_at(AppTodayPage *page, guint at)
{
	g_autoptr(AppLine) line = g_list_model_get_item(G_LIST_MODEL(page->lines), at);

	return line->line.log_place;
}

/* What cannot wait stands at the start out of its order: it goes together, or stays. */
static void drop_newest(AppTodayPage *page)
{
	const guint n = count(page), over = n > ROWS_MAX ? n - ROWS_KEPT : 0;

	if (over == 0 || over < page->at_once)
		return;
	g_list_store_splice(page->lines, 0, over, NULL, 0);
	page->at_once = 0;
	page->is_start = false;
	page->newest_place = place_at(page, 0);
}

static void drop_oldest(AppTodayPage *page)
{
	const guint n = count(page);

	if (n <= ROWS_MAX || page->at_once >= ROWS_KEPT)
		return;
	g_list_store_splice(page->lines, ROWS_KEPT, n - ROWS_KEPT, NULL, 0);
	page->is_end = false;
	page->oldest_place = place_at(page, ROWS_KEPT - 1);
}

/* The row that was first says its day where it is the first of it: it is bound anew. */
static void add_newer(AppTodayPage *page, struct today_page_job *job)
{
	if (count(page) > 0)
		g_ptr_array_add(job->lines, g_list_model_get_item(G_LIST_MODEL(page->lines), 0));
	g_list_store_splice(page->lines, 0, MIN(count(page), 1), job->lines->pdata, job->lines->len);
	page->at_once = job->at_once;
	page->is_start = job->is_end;
	page->newest_place = MAX(page->newest_place, job->newest_place);
	drop_oldest(page);
}

static void add_older(AppTodayPage *page, const struct today_page_job *job)
{
	g_list_store_splice(page->lines, count(page), 0, job->lines->pdata, job->lines->len);
	page->is_end = job->is_end;
	page->oldest_place = job->oldest_place > 0 ? job->oldest_place : page->oldest_place;
	drop_newest(page);
}

static gboolean focus_end(GtkWidget *list, GdkFrameClock *clock, gpointer user)
{
	AppTodayPage *page = user;
	const bool is_last = page->going == TODAY_OLDEST;
	const guint n = count(page);
	GtkWidget *item = is_last ? gtk_widget_get_last_child(list) : gtk_widget_get_first_child(list);
	GtkWidget *row = item != NULL ? gtk_widget_get_first_child(item) : NULL;
	g_autoptr(AppLine)
		line = n > 0 ? g_list_model_get_item(G_LIST_MODEL(page->lines), is_last ? n - 1 : 0) : NULL;

	(void)clock;
	/* the frame that the list is shown in has made its rows */
	if (page->going_left-- > 0 &&
	    (row == NULL || !APP_IS_ENTRY_ROW(row) || app_entry_row_line(APP_ENTRY_ROW(row)) != line ||
	     gtk_widget_get_height(item) == 0))
		return G_SOURCE_CONTINUE;
	page->going_tick = 0;
	if (item != NULL)
		(void)gtk_widget_grab_focus(item);
	return G_SOURCE_REMOVE;
}

static void go_to_end(AppTodayPage *page)
{
	const guint at = page->going == TODAY_OLDEST && count(page) > 0 ? count(page) - 1 : 0;

	(void)gtk_widget_activate_action(GTK_WIDGET(page->list), "list.scroll-to-item", "u", at);
	page->going_left = GOING_FRAMES;
	if (page->going_tick == 0)
		page->going_tick = gtk_widget_add_tick_callback(GTK_WIDGET(page->list), focus_end, page,
								NULL);
}

static void begin_anew(AppTodayPage *page, const struct today_page_job *job)
{
	g_list_store_splice(page->lines, 0, count(page), job->lines->pdata, job->lines->len);
	page->at_once = job->at_once;
	page->is_start = job->way == TODAY_NEWEST || job->is_end;
	page->is_end = job->way == TODAY_OLDEST || job->is_end;
	page->newest_place = job->newest_place;
	page->oldest_place = job->oldest_place;
	if (page->is_going)
		go_to_end(page);
	page->is_going = false;
}

static void show_failure(AppTodayPage *page, const struct jx_error *err)
{
	page->is_start = page->is_end = true;
	adw_status_page_set_title(page->empty, _("The records cannot be read"));
	adw_status_page_set_description(page->empty, err->text);
	gtk_stack_set_visible_child_name(page->content, count(page) == 0 ? "empty" : "list");
}

static void on_page(struct desk_job *base, gpointer owner)
{
	AppTodayPage *page = owner;
	struct today_page_job *job = (struct today_page_job *)base;

	page->asked--;
	if (job->serial != page->serial)
		return;
	jx_strcpy(page->today, sizeof(page->today), job->today);
	if (base->rc != JX_OK) {
		show_failure(page, &base->err);
		return;
	}
	if (job->way == TODAY_OLDER)
		add_older(page, job);
	else if (job->way == TODAY_NEWER)
		add_newer(page, job);
	else
		begin_anew(page, job);
	show_whether_empty(page);
}

static void ask_page(AppTodayPage *page, enum today_way way)
{
	struct today_page_job *job = today_page_job_new();

	job->base.done = on_page;
	job->way = way;
	job->beyond = way == TODAY_OLDER ? page->oldest_place : way == TODAY_NEWER ? page->newest_place : 0;
	job->serial = page->serial;
	jx_strcpy(job->search, sizeof(job->search), search_text(page));
	/* a search is for what one does not remember the day of */
	jx_strcpy(job->day, sizeof(job->day), job->search[0] != '\0' ? "" : page->day);
	page->asked++;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

static void on_scrolled(AppTodayPage *page)
{
	GtkAdjustment *a = gtk_scrolled_window_get_vadjustment(page->scroller);
	const double value = gtk_adjustment_get_value(a), sight = gtk_adjustment_get_page_size(a);

	if (page->asked > 0 || page->oldest_place == 0)
		return;
	if (!page->is_end && value + 3 * sight > gtk_adjustment_get_upper(a))
		ask_page(page, TODAY_OLDER);
	else if (!page->is_start && value < 2 * sight)
		ask_page(page, TODAY_NEWER);
}

/* Where the end is not among the rows that are there, it is read from that side. */
static gboolean on_list_key(AppTodayPage *page, guint key)
{
	const bool is_end = key == GDK_KEY_End || key == GDK_KEY_KP_End;
	const bool is_home = key == GDK_KEY_Home || key == GDK_KEY_KP_Home;

	if ((!is_end || page->is_end) && (!is_home || page->is_start))
		return GDK_EVENT_PROPAGATE;
	page->is_going = true;
	page->going = is_end ? TODAY_OLDEST : TODAY_NEWEST;
	ask_page(page, page->going);
	return GDK_EVENT_STOP;
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
	page->is_going = false;
	ask_page(page, TODAY_NEWEST);
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
	gtk_widget_class_bind_template_callback(widget, on_activate);
	gtk_widget_class_bind_template_callback(widget, on_list_key);
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
