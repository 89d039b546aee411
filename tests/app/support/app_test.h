/*
 * app_test.h - tests over the app's real widgets, in this process: open a window on a throw-away device, find what a person sees, press
 * and type, look at it, and ask whether every page keeps the rules (names, sizes, nothing cut off).
 *
 * Run through support/xvfb (jx_app_test does). Nothing sleeps: app_test_settle() and app_test_wait() go on as soon as there is nothing
 * more to do, and fail after a deadline.
 */
#ifndef APP_TEST_H
#define APP_TEST_H

#include "app.h"
#include "demo.h"
#include "jx_test.h"

struct app_test {
	struct demo demo;
	AppWindow *window;
	const char *name; /* of the running test, for its pictures */
};

/** First thing in main(): toolkit, language, style. */
void app_test_begin(void);

/** A window of that size on the demonstration's records, settled. */
void app_test_open(struct app_test *t, int width, int height);
/** ... on a device that exists. */
void app_test_open_home(struct app_test *t, const char *profile, const char *home, int width, int height);
/** Close the window as a person does, with all that the desk still has to write. The device stays. */
void app_test_close_window(struct app_test *t);
/** ... and remove the device. */
void app_test_close(struct app_test *t);
/** Of another process, or of a job that the app knows nothing of: open the device by hand (closed by the caller). */
void app_test_handheld(const struct app_test *t, struct jx_handheld *h);

/* ---- going on ---------------------------------------------------------------------------------------- */

/** Until the desk has nothing to do, nothing is pending, and what changed is on the screen. */
void app_test_settle(struct app_test *t);
/** Until this is true. `what` is printed if it never is. */
void app_test_wait(struct app_test *t, bool (*is_true)(struct app_test *t, void *user), void *user,
		   const char *what);

/* ---- finding ----------------------------------------------------------------------------------------- */

/** What a screen reader calls it: its label property, else its own text. "" none. Free with g_free(). */
char *app_test_name_of(GtkWidget *widget);
/** The n-th (from 0) shown widget of that type and name inside another (NULL: the window). name NULL: any. NULL if there is none. */
GtkWidget *app_test_look(struct app_test *t, GtkWidget *inside, GType type, const char *name, int n);
/** The first; the test fails if there is none, and prints what there is. */
GtkWidget *app_test_find(struct app_test *t, GType type, const char *name);
/** Is a label with this text in it shown? */
bool app_test_sees(struct app_test *t, const char *text);
/** ... must be, at the latest after the deadline. */
void app_test_must_see(struct app_test *t, const char *text);
/** The page on top, as app_push() was given it (with its header), or the four. */
GtkWidget *app_test_shown(struct app_test *t);

/* ---- doing ------------------------------------------------------------------------------------------- */

/** What a finger does: button, row, switch. Must be shown and sensitive. Settles. */
void app_test_press(struct app_test *t, GtkWidget *widget);
/** Find and press a button (any kind) of that name. */
void app_test_press_named(struct app_test *t, const char *name);
/** Focus, type this in place of what is there, leave. Settles. */
void app_test_type(struct app_test *t, GtkWidget *editable, const char *text);
/** Real keys through the X server, as xdotool names them: "Tab", "alt+2", "Return". NULL at the end. Settles after each. */
void app_test_keys(struct app_test *t, ...) G_GNUC_NULL_TERMINATED;
/** How many presses, typings and keys there were so far: actions that a person takes. */
int app_test_actions(void);

/* ---- looking ----------------------------------------------------------------------------------------- */

/** JX_BUILD/screenshots/NAME.png */
void app_test_shoot(struct app_test *t, const char *name);
/** The picture's pixels, row by row, as 0xRRGGBB. Free with g_free(). */
uint32_t *app_test_pixels(struct app_test *t, int *width_out, int *height_out);
void app_test_set_look(struct app_test *t, enum prefs_theme theme, int text_pct);
void app_test_resize(struct app_test *t, int width, int height);

/**
 * All that is shown now: every control has a name, no two of a role have the same one, none is lower than 48 px (a strip: 24),
 * nothing sticks out of the window (what scrolls may, in its direction), no text is cut off or ellipsized (but labels of class "may-cut").
 * Findings are printed; the test fails if there is one.
 */
void app_test_check(struct app_test *t, const char *page);
/** ... only counted. */
int app_test_findings(struct app_test *t, const char *page);

/**
 * How well shown text stands out from what is behind it, by the pixels of the picture: findings for labels whose ratio by WCAG 2.1 is
 * below this. What cannot be pressed now is left out, as there.
 */
int app_test_contrast(struct app_test *t, const char *page, double least);

#endif
