/*
 * sheet.h - a form being filled in on the screen: the sheet in memory, and every answer of it on the disk at once.
 *
 * The sheet lives in the main loop, where each touch needs it; what it holds is written by jobs of the desk, in their order. A write that
 * the disk refused is shown and tried again as a whole, so that the draft ends up as the screen is. What is saved as an entry is read
 * from the draft.
 */
#ifndef APP_SHEET_H
#define APP_SHEET_H

#include "app.h"

/** Why a page does not go on at once: the answer and where it stands are shown by their field. */
struct sheet {
	GtkWidget *page; /* that shows it; owns this */
	jx_packs *packs; /* a copy of the shelf's: the draft's pack stays */
	struct jx_fill fill;
	int64_t active_version; /* of the draft's pack today; another one than the draft's: it was replaced */
	GHashTable *dirty;      /* paths not handed to the desk yet */
	bool is_whole_due;      /* what is on the disk is not known: all is written again */
	bool is_over;           /* saved or discarded: nothing is written any more */
	guint timer;
	int writing;         /* jobs under way */
	char *refused;       /* what the disk said last; NULL: all is kept */
	gint64 kept_real_ms; /* when all was kept last; 0 never */
};

/* ---- opening (sheet_open.c) ---- */
/** A new one of that form: "rodent.signs-indoor". Opens its page when it is there. */
void sheet_begin(GtkWidget *inside, const char *form);
void sheet_resume(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);
/** Correct a check: its answers, and a reason is asked. */
void app_check_correct(GtkWidget *inside, const uint8_t id[16]);
/** Discard a draft; a toast takes it back. */
void sheet_discard(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);

/** The page is told when another edition of its form holds (sheet_pack.c). It stands in a window. */
void sheet_watch_pack(GtkWidget *page);

/* ---- keeping (sheet_keep.c) ---- */
/** Answer a field. What is refused changes nothing. */
jx_rc sheet_answer(struct sheet *s, const char *path, const char *typed, struct jx_error *err);
/** A row more; it is the last one. */
jx_rc sheet_add_row(struct sheet *s, const char *section, bool is_same, struct jx_error *err);
jx_rc sheet_remove_row(struct sheet *s, const char *section, size_t row, struct jx_error *err);
/** Put back what jx_fill_values_of() gave. */
jx_rc sheet_put_back(struct sheet *s, const struct jx_fill_values *values, struct jx_error *err);
/** An option of the entry to come: grid, street, reason ... */
void sheet_put_option(struct sheet *s, const char *name, const char *value);
/** A photo that is on the disk already. */
void sheet_add_photo(struct sheet *s, const char *path, const char *role);
void sheet_remove_photo(struct sheet *s, const char *value);
/** All that was answered is on the disk. */
bool sheet_is_kept(const struct sheet *s);
/** Hand what is due to the desk now, behind what is being written. */
void sheet_flush(struct sheet *s);
void sheet_free(struct sheet *s);

/* ---- saving (sheet_save.c) ---- */
/** Save the draft as an entry; the page is told by app_sheet_page_saved(). */
void sheet_save(struct sheet *s);

/* ---- the page (page_sheet.c) ---- */
#define APP_TYPE_SHEET_PAGE (app_sheet_page_get_type())
G_DECLARE_FINAL_TYPE(AppSheetPage, app_sheet_page, APP, SHEET_PAGE, AdwBin)
/** Takes the sheet over. */
GtkWidget *app_sheet_page_new(struct sheet *s);
/** An answer came from a field: NULL, or what is wrong with it, to be shown there. */
void app_sheet_page_answered(AppSheetPage *page, const char *path);
/** What is kept, or not, has changed. */
void app_sheet_page_show_kept(AppSheetPage *page);
/** Which version of the form's pack holds today: another one than the draft's is told. */
void app_sheet_page_set_active(AppSheetPage *page, int64_t version);
/** All on the screen is made anew: rows moved, photos came. */
void app_sheet_page_renew(AppSheetPage *page);
void app_sheet_page_go(AppSheetPage *page, size_t section, size_t row);
/** To the field of a path, with the keyboard. */
void app_sheet_page_go_to(AppSheetPage *page, const char *path);
/** The keyboard goes on to what is asked after this field. */
void app_sheet_page_go_on(AppSheetPage *page, GtkWidget *field);
/** A number is being entered: the pad is for this entry; NULL: none is. */
void app_sheet_page_set_number(AppSheetPage *page, GtkWidget *entry);
/** Saving ended: what is left of it is shown. err NULL: saved under that number. */
void app_sheet_page_saved(AppSheetPage *page, const char *number, bool is_at_once,
			  const struct jx_error *err);

/* ---- a field (sheet_field.c) ---- */
#define APP_TYPE_SHEET_FIELD (app_sheet_field_get_type())
G_DECLARE_FINAL_TYPE(AppSheetField, app_sheet_field, APP, SHEET_FIELD, GtkBox)
GtkWidget *app_sheet_field_new(struct sheet *s, const struct jx_field *field, const char *path);
const char *app_sheet_field_path(AppSheetField *f);
/** Show the sheet's answer, unless the person is at it, and whether it is asked for. */
void app_sheet_field_refresh(AppSheetField *f);
/** What is wrong with the answer; NULL: nothing. */
void app_sheet_field_set_problem(AppSheetField *f, const char *text);
/** Was an answer typed that the form does not take? It stands on the screen and not in the sheet. */
bool app_sheet_field_is_refused(AppSheetField *f);
void app_sheet_field_answer(AppSheetField *f, const char *typed);
struct sheet *app_sheet_field_sheet(AppSheetField *f);
const struct jx_field *app_sheet_field_of(AppSheetField *f);

/** A control for one answer. show: what stands in the sheet, without answering. */
struct sheet_control {
	GtkWidget *widget;
	void (*show)(AppSheetField *f, GtkWidget *widget, const char *value);
};
void sheet_number_make(AppSheetField *f, struct sheet_control *out);
void sheet_choice_make(AppSheetField *f, struct sheet_control *out);
void sheet_text_make(AppSheetField *f, struct sheet_control *out);
void sheet_photo_make(AppSheetField *f, struct sheet_control *out);

/* ---- screens of their own ---- */
/** Rows of a group, to look at, add and remove (sheet_rows.c). */
GtkWidget *sheet_rows_new(struct sheet *s, size_t section);
/** "yes, 4 places" */
char *sheet_row_text(struct sheet *s, size_t section, size_t row);
/** What is missing, what is left out, place, photos, reason (sheet_finish.c). */
GtkWidget *sheet_finish_new(struct sheet *s, bool shows_missing);
/** Choose one or several of a long list; a page of its own (sheet_list.c). */
void sheet_list_show(AppSheetField *f);
/** Codes of a field's list that are open, parents before their children. */
size_t sheet_codes(struct sheet *s, const struct jx_field *field, const struct jx_code **out, size_t cap);
/** What a role is called: "close". */
const char *sheet_role_text(const char *role);
/** Ask for a picture of that role (sheet_photo.c). */
void sheet_photo_take(struct sheet *s, const char *role);

/** In the desk: the pictures of a draft that is over. */
void sheet_photo_remove_all(const struct jx_handheld *h, const char *draft);
/** In the desk: the pictures of all drafts that are no more. Not while a discarded one may be taken back. */
void sheet_photo_sweep(struct jx_handheld *h);

/** The page of the standards card for a form. */
void sheet_card_show(struct sheet *s);

/** Path of a field, of a row where its section is a group. Free it. */
char *sheet_path(struct sheet *s, const struct jx_field *field, size_t row);
/** The answer as people read it: names of codes, unit. Free it. */
char *sheet_value_text(struct sheet *s, const struct jx_field *field, const char *path);

#endif
