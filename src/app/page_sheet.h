/* page_sheet.h - the page of a form, between its files: page_sheet.c has the screens, the others what stands around them. */
#ifndef PAGE_SHEET_H
#define PAGE_SHEET_H

#include "sheet.h"

#include "number_pad.h"

struct _AppSheetPage {
	AdwBin parent_instance;
	GtkMenuButton *menu;
	GtkPopover *popover;
	GtkBox *sections, *split;
	GtkWidget *foot, *keys;
	GtkLabel *title, *notice, *computed, *kept;
	AdwBin *screen;
	AppNumberPad *pad;
	GtkButton *card, *back, *next;
	GtkScrolledWindow *results;
	struct sheet *sheet;
	GPtrArray *fields;   /* AppSheetField of the screen */
	size_t section, row; /* section_count: the last screen; row 0: no row of a group */
	bool shows_missing;  /* saving was tried: what is not answered is a problem now */
	bool is_saving;
	bool is_left; /* disposed of */
	guint hide_pad, settle;
	char at[JX_FIELD_PATH_MAX]; /* answered last on this screen */
};

const struct jx_form *sheet_page_form(const AppSheetPage *page);

/* ---- page_sheet_shown.c: what is counted, kept, out of date or wrong ---- */
void sheet_page_show_computed(AppSheetPage *page);
/** As many whole lines of what is counted as there is room for: the pad has come or gone. */
void sheet_page_fit_results(AppSheetPage *page);
void sheet_page_show_notice(AppSheetPage *page);
void sheet_page_show_problems(AppSheetPage *page);

/* ---- page_sheet_save.c ---- */
/** How many problems are left, and the first of them. */
size_t sheet_page_problem_count(AppSheetPage *page, struct jx_problem *first);
void sheet_page_save(AppSheetPage *page);

/* ---- page_sheet_keys.c: the number pad and the keys of the device ---- */
void sheet_page_bind_keys(GtkWidgetClass *widget);
/** Those that what scrolls would take. */
void sheet_page_take_keys(AppSheetPage *page);

/* ---- page_sheet.c ---- */
/** What "next" is called on this screen, and whether "back" leads anywhere. */
void sheet_page_name_keys(AppSheetPage *page);
/** "next", "back", "escape", "add", "same". False: not here. */
bool sheet_page_do(AppSheetPage *page, const char *key);

#endif
