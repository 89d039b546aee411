/* The list of the page "today": a piece of the log that goes on in both directions, and its two ends. */
#include "page_today.h"

/*
 * Sixteen pages: many more than are in sight, so that what goes at the far side is not missed, and few enough that a year's entries take no
 * more memory than a day's. Eight go at once: after that the list takes a moment to find its place again.
 */
#define ROWS_MAX  (16 * TODAY_PAGE_ROWS)
#define ROWS_KEPT (8 * TODAY_PAGE_ROWS)

#define LARGE_PCT 150

#define GOING_FRAMES 30 /* until a row that was asked for is made */

static void show_whether_empty(AppTodayPage *page)
{
	const bool is_empty = g_list_model_get_n_items(G_LIST_MODEL(page->lines)) == 0;
	const bool is_search = today_page__search_text(page)[0] != '\0';

	adw_status_page_set_title(page->empty,
				  is_search ? _("No entry has these words") : _("Nothing recorded"));
	adw_status_page_set_description(page->empty,
					is_search ? _("Other words may find it; all days are searched.")
					: page->day[0] != '\0' ? _("What you record on this day stands here.")
							       : NULL);
	gtk_stack_set_visible_child_name(page->content, is_empty ? "empty" : "list");
	/* with large letters the list needs the room, and the day's own key leads there as well */
	gtk_widget_set_visible(page->earlier, page->is_end && page->day[0] != '\0' && !is_search &&
						      app_prefs(GTK_WIDGET(page))->text_pct < LARGE_PCT);
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

void today_page__ask(AppTodayPage *page, enum today_way way)
{
	struct today_page_job *job = today_page_job_new();

	job->base.done = on_page;
	job->way = way;
	job->beyond = way == TODAY_OLDER ? page->oldest_place : way == TODAY_NEWER ? page->newest_place : 0;
	job->serial = page->serial;
	jx_strcpy(job->search, sizeof(job->search), today_page__search_text(page));
	/* a search is for what one does not remember the day of */
	jx_strcpy(job->day, sizeof(job->day), job->search[0] != '\0' ? "" : page->day);
	page->asked++;
	desk_post(app_desk(GTK_WIDGET(page)), &job->base, page);
}

void today_page__on_scrolled(AppTodayPage *page)
{
	GtkAdjustment *a = gtk_scrolled_window_get_vadjustment(page->scroller);
	const double value = gtk_adjustment_get_value(a), sight = gtk_adjustment_get_page_size(a);

	if (page->asked > 0 || page->oldest_place == 0)
		return;
	if (!page->is_end && value + 3 * sight > gtk_adjustment_get_upper(a))
		today_page__ask(page, TODAY_OLDER);
	else if (!page->is_start && value < 2 * sight)
		today_page__ask(page, TODAY_NEWER);
}

/* Where the end is not among the rows that are there, it is read from that side. */
gboolean today_page__on_list_key(AppTodayPage *page, guint key)
{
	const bool is_end = key == GDK_KEY_End || key == GDK_KEY_KP_End;
	const bool is_home = key == GDK_KEY_Home || key == GDK_KEY_KP_Home;

	if ((!is_end || page->is_end) && (!is_home || page->is_start))
		return GDK_EVENT_PROPAGATE;
	page->is_going = true;
	page->going = is_end ? TODAY_OLDEST : TODAY_NEWEST;
	today_page__ask(page, page->going);
	return GDK_EVENT_STOP;
}
