/* page_today.h - between the files of the page "today". */
#ifndef APP_PAGE_TODAY_H
#define APP_PAGE_TODAY_H

#include "app.h"
#include "today_read.h"

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

/* page_today.c */
/* What is searched for; "" nothing. */
const char *today_page__search_text(AppTodayPage *page);

/* page_today_rows.c: the factory's, and a tap on a row. */
void today_page__on_setup(AppTodayPage *page, GtkListItem *item);
void today_page__on_bind(AppTodayPage *page, GtkListItem *item);
void today_page__on_unbind(AppTodayPage *page, GtkListItem *item);
void today_page__on_activate(AppTodayPage *page, guint at);

/* page_today_list.c: which entries the list has. */
void today_page__ask(AppTodayPage *page, enum today_way way);
void today_page__on_scrolled(AppTodayPage *page);
gboolean today_page__on_list_key(AppTodayPage *page, guint key);

#endif
