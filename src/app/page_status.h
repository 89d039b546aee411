/* page_status.h - the page "status", between its files: page_status.c has what people choose, page_status_shown.c what is so. */
#ifndef PAGE_STATUS_H
#define PAGE_STATUS_H

#include "app.h"

#define APP_TYPE_STATUS_PAGE (app_status_page_get_type())
G_DECLARE_FINAL_TYPE(AppStatusPage, app_status_page, APP, STATUS_PAGE, AdwBin)

struct _AppStatusPage {
	AdwBin parent_instance;
	AdwActionRow *person, *waits, *receipt, *last_sync, *gps, *gps_more, *battery, *space, *may_go, *disk,
		*device, *profile, *card, *text_row, *repeat_row, *shutter_row, *version, *writer,
		*fingerprint, *licence;
	AdwPreferencesGroup *packs;
	AdwComboRow *theme;
	GtkWidget *running, *starting, *smaller, *larger;
	GtkLabel *running_text;
	GtkProgressBar *running_bar;
	GtkSwitch *sound, *vibration, *pinyin;
	GtkWidget *pinyin_row;
	GPtrArray *pack_rows;
	guint timer;
	bool is_filling; /* what is set on the widgets now was not chosen by a person */
};

/** A row's text; NULL: none. */
void status_page_say(AdwActionRow *row, const char *text);
G_GNUC_PRINTF(2, 3) void status_page_sayf(AdwActionRow *row, const char *format, ...);
/** The position, as it is now. */
void status_page_show_place(AppStatusPage *page);
/** What was read last of the device and the database. */
void status_page_show(AppStatusPage *page);

#endif
