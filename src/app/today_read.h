/* today_read.h - what the page "today" has the desk read: a page of the list, the statement of a day, pictures, the search index. */
#ifndef APP_TODAY_READ_H
#define APP_TODAY_READ_H

#include "desk.h"
#include "entry_row.h"

#define TODAY_PAGE_ROWS 60

struct today_page_job {
	struct desk_job base;
	/* in */
	char day[11];     /**< "" all days */
	char search[256]; /**< "" none */
	int64_t beyond;   /**< log place of the last row that is there; 0: from the newest */
	guint serial;     /**< of the list that asked */
	/* out */
	GPtrArray *lines;   /**< of AppLine, newest first; what cannot wait first where the list begins */
	int64_t last_place; /**< where the next page goes on */
	bool is_end;
	char today[11]; /**< of this device */
};
struct today_page_job *today_page_job_new(void);

struct today_day_job {
	struct desk_job base;
	struct jx_view_day day;                  /**< in: day.day */
	int64_t photos_missing, entries_missing; /**< not at the server yet */
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
