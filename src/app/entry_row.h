/* entry_row.h - one line of a list of entries: what it is, when, where, and what became of it. */
#ifndef APP_ENTRY_ROW_H
#define APP_ENTRY_ROW_H

#include <gtk/gtk.h>

#include "jiexun/view.h"

/** What a list needs of an entry, and its small picture once that is known. */
struct entry_line {
	uint8_t id[JX_ID_BYTES];
	int64_t log_place, taken_utc_ms;
	char day[11], number[JX_NUMBER_MAX];
	char *what, *more; /**< name; quantity, place, reason */
	char *state;       /**< for people */
	const char *sign;  /**< name of an icon, in place of a picture; NULL: that of the disorder */
	char disorder[16];
	const char *state_class;  /**< "saved", "waiting", "sent", "complete", "refused", "gone" */
	bool is_at_once, is_gone; /**< is_gone: corrected or withdrawn */
	bool has_photo, is_picture_asked;
	bool is_first_of_day; /**< of those that are shown together */
};

#define APP_TYPE_LINE (app_line_get_type())
G_DECLARE_FINAL_TYPE(AppLine, app_line, APP, LINE, GObject)
struct _AppLine {
	GObject parent_instance;
	struct entry_line line;
	GdkTexture *picture;
};
/** Of a row as the view gives it. @param tried_utc_ms  when a sync was last tried; 0 never */
AppLine *app_line_new(const struct jx_view_row *row, int64_t tried_utc_ms);
/** It stands, and cannot wait. */
bool entry_is_at_once(const struct jx_view_row *row);
void app_line_set_picture(AppLine *line, GdkTexture *picture);

/** What it is, in one line. */
void entry_what(const struct jx_view_row *row, char *out, size_t cap);
/** What became of an entry, for people; returns the name of its colour. */
const char *entry_state(const struct jx_view_row *row, int64_t tried_utc_ms, char *out, size_t cap);

#define APP_TYPE_ENTRY_ROW (app_entry_row_get_type())
G_DECLARE_FINAL_TYPE(AppEntryRow, app_entry_row, APP, ENTRY_ROW, GtkBox)
GtkWidget *app_entry_row_new(void);
/** @param time  "09:41" */
void app_entry_row_show(AppEntryRow *row, AppLine *line, const char *time);
/** What it shows; NULL: nothing. */
AppLine *app_entry_row_line(AppEntryRow *row);
/** Stop showing it: the row is used again for another. */
void app_entry_row_leave(AppEntryRow *row);

#endif
