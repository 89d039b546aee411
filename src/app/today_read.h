/* today_read.h - what the page "today" has the desk read: a page of the list, the statement of a day, pictures, the search index. */
#ifndef APP_TODAY_READ_H
#define APP_TODAY_READ_H

#include "desk.h"
#include "entry_row.h"

#define TODAY_PAGE_ROWS 60

/** Which rows: either end of the list, or those beside what is there. The newest are first. */
enum today_way {
	TODAY_NEWEST,
	TODAY_OLDER,
	TODAY_NEWER,
	TODAY_OLDEST
};

struct today_page_job {
	struct desk_job base;
	/* in */
	enum today_way way;
	char day[11];     /**< "" all days */
	char search[256]; /**< "" none */
	int64_t beyond;   /**< older, newer: log place of the row that is there */
	guint serial;     /**< of the list that asked */
	/* out */
	GPtrArray *lines;     /**< of AppLine, newest first; what cannot wait first where the list begins */
	guint at_once;        /**< so many of them cannot wait, and stand there */
	int64_t newest_place; /**< where the pages beside it go on; 0: there was no row */
	int64_t oldest_place;
	bool is_end;    /**< there are no more this way */
	char today[11]; /**< of this device */
};
struct today_page_job *today_page_job_new(void);

struct today_day_job {
	struct desk_job base;
	struct jx_view_day day;                   /**< in: day.day */
	int64_t photos_missing, entries_missing;  /**< not at the server yet */
	char first_missing[32], last_missing[32]; /**< their numbers; of one alone only the first */
	guint serial;
};
struct today_day_job *today_day_job_new(void);

struct today_picture_job {
	struct desk_job base;
	AppLine *line;
	GdkTexture *picture; /**< out; NULL: there is none, or none that can be shown */
};
struct today_picture_job *today_picture_job_new(AppLine *line);

/** Put some more entries into the search index. */
struct today_index_job {
	struct desk_job base;
	int64_t behind; /**< out: entries left */
};
struct today_index_job *today_index_job_new(void);

/** A copy of a photo as a texture; NULL where that fails. In the desk. */
GdkTexture *today_texture(struct jx_handheld *h, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			  struct jx_error *err);

#endif
