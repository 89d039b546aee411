/* window.h - between the files that make up the window: window.c, window_pages.c, window_tell.c, sight.c. */
#ifndef APP_WINDOW_H
#define APP_WINDOW_H

#include "app.h"
#include "pinyin_pad.h"

struct trouble {
	char *text, *brief, *button;
	void (*pressed)(GtkWidget *window);
};

struct _AppWindow {
	AdwApplicationWindow parent_instance;
	AdwToastOverlay *toasts;
	AdwLeaflet *stack;
	GtkWidget *main;
	GtkStack *content;
	AdwViewStack *views;
	AdwViewSwitcherTitle *switcher_title;
	AdwViewSwitcherBar *switcher_bar;
	GtkRevealer *banner;
	GtkLabel *banner_text;
	GtkButton *banner_button;
	AppPinyinPad *pad;
	struct trouble troubles[APP_TROUBLE_COUNT];
	int trouble_shown;     /* -1 none */
	struct jx_handheld *h; /* the desk's; only profile and dir are read here, which never change */
	struct desk *desk;
	struct place *place;
	struct prefs *prefs;
	bool is_demo;
	GtkWidget *behind; /* still to be put behind what is shown; NULL none */
	char *behind_title;
	GdkFrameClock *behind_clock; /* the window's own, which it has lost by the time it is closed */
	gulong behind_painted;       /* waits for the clock's next frame */
	guint behind_idle;
};

/** window_pages.c: what was to be put behind the page shown goes with the window. */
void app_window__forget_behind(AppWindow *w);
/** Its template's callbacks, and Escape, the keys of the four pages and of help. */
void app_window__bind_pages(GtkWidgetClass *widget);
/** window_tell.c: the same of the banner. */
void app_window__bind_banner(GtkWidgetClass *widget);
void app_window__free_troubles(AppWindow *w);
/** window_tell.c: what matters on a page that lies over the four, on the line above it (data "strip" of its frame, with a button). */
void app_window__show_strip(const AppWindow *w, GtkWidget *frame);
/** window_tell.c: this button shows all that is behind its few words. */
void app_window__tell_whole(GtkWidget *button);

/** sight.c: what has the focus stays in sight when keys rise at the foot of the window, or the banner comes. */
void app_sight__serve(AppWindow *w);

#endif
