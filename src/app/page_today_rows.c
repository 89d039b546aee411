/* The rows of the page "today", and their pictures. */
#include "page_today.h"

#include <string.h>

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

void today_page__on_setup(AppTodayPage *page, GtkListItem *item)
{
	(void)page;
	gtk_list_item_set_child(item, app_entry_row_new());
}

void today_page__on_bind(AppTodayPage *page, GtkListItem *item)
{
	AppLine *line = gtk_list_item_get_item(item);
	AppLine *above = NULL;
	const guint at = gtk_list_item_get_position(item);
	char time[8];

	if (at > 0)
		above = g_list_model_get_item(G_LIST_MODEL(page->lines), at - 1);
	/* what was searched for is of all days, whichever day was shown before */
	line->line.is_first_of_day = (page->day[0] == '\0' || today_page__search_text(page)[0] != '\0') &&
				     (above == NULL || strcmp(above->line.day, line->line.day) != 0);
	g_clear_object(&above);
	app_time_text(app_profile(GTK_WIDGET(page)), line->line.taken_utc_ms, time);
	app_entry_row_show(APP_ENTRY_ROW(gtk_list_item_get_child(item)), line, time);
	if (!line->line.has_photo || line->picture != NULL)
		return;
	g_queue_push_head(&page->pictures, g_object_ref(line));
	ask_picture(page);
}

void today_page__on_unbind(AppTodayPage *page, GtkListItem *item)
{
	AppLine *line = gtk_list_item_get_item(item);

	app_entry_row_leave(APP_ENTRY_ROW(gtk_list_item_get_child(item)));
	if (g_queue_remove(&page->pictures, line))
		g_object_unref(line);
	/* a long list keeps pictures of what is in sight only */
	g_clear_object(&line->picture);
}

void today_page__on_activate(AppTodayPage *page, guint at)
{
	g_autoptr(AppLine) line = g_list_model_get_item(G_LIST_MODEL(page->lines), at);

	if (line != NULL)
		app_show_entry(GTK_WIDGET(page), line->line.id);
}
