/*
 * app.h - what the pages of the touch app share: the window they stand in, the desk, the place, and how to go to a page and back.
 *
 * Pages are widgets with a template (ui/NAME.ui). They keep no data of their own: what they show was read from the database by a job of
 * the desk, what is entered goes into it at once.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <adwaita.h>

#include "desk.h"
#include "place.h"
#include "prefs.h"
#include "words.h"

#define APP_ID "cn.jiexun.Jiexun"

#define APP_TYPE_WINDOW (app_window_get_type())
G_DECLARE_FINAL_TYPE(AppWindow, app_window, APP, WINDOW, AdwApplicationWindow)

/** Once, before the first window: our style sheet and icons. */
void app_load_style(void);

/** Takes the handheld over; set up, nothing opened. */
AppWindow *app_window_new(GtkApplication *application, struct jx_handheld *h);

/** From now on a logout, Ctrl+C or systemctl stop closes the window as a person does: with all that was entered on the disk. */
void app_end_when_told(GtkApplication *application);

/** Of the window that a widget stands in. */
AppWindow *app_window_of(GtkWidget *inside);
struct desk *app_desk(GtkWidget *inside);
struct place *app_place(GtkWidget *inside);
struct prefs *app_prefs(GtkWidget *inside);
/** The profile never changes while the app runs: any thread may read it. */
const struct jx_profile *app_profile(GtkWidget *inside);
/** Data folder. */
const char *app_dir(GtkWidget *inside);
/** This is a throw-away device: the title says so, and there is no server to sync with. */
void app_set_demo(AppWindow *window);
bool app_is_demo(GtkWidget *inside);

/* ---- going to a page and back ----------------------------------------------------------------------- */

/**
 * Show a page over what is there, with a header that has its title and a way back. The page is destroyed when it is left. A page that
 * has something to say before it is left connects to "unmap" or, better, has saved it already.
 */
void app_push(GtkWidget *inside, GtkWidget *page, const char *title);
/** The same without a header: a page that fills the screen (camera). */
void app_push_bare(GtkWidget *inside, GtkWidget *page);
/**
 * Put a page behind the one that was just pushed: going back leads to it. It is put there once that one is drawn, or when another way is
 * gone: until then it stands in no window.
 */
void app_push_behind(GtkWidget *inside, GtkWidget *page, const char *title);
/** A line under the title of a page that app_push() shows: whether what is on it is kept. "" none. */
void app_set_subtitle(GtkWidget *page, const char *text);
/** Leave the page that is shown on top. */
void app_pop(GtkWidget *inside);
/** Leave all pages that lie over the four. */
void app_pop_all(GtkWidget *inside);
/** "log", "check", "today", "status" */
void app_show_view(GtkWidget *inside, const char *name);

/* ---- telling ---------------------------------------------------------------------------------------- */

/** A toast: for five seconds. button NULL: none. pressed is called at most once, free_user always. */
void app_toast(GtkWidget *inside, const char *text, const char *button,
	       void (*pressed)(GtkWidget *window, gpointer user), gpointer user, GDestroyNotify free_user);
/** What failed, as a toast that stays until it is closed. The window's: whoever closes it once it holds no more keeps a weak pointer. */
AdwToast *app_toast_error(GtkWidget *inside, const struct jx_error *err);

/** Things that hold for a while, worst first: the first that holds is the banner of the window. */
enum app_trouble {
	APP_TROUBLE_REVOKED, /**< the device must enrol again */
	APP_TROUBLE_FULL,    /**< below the reserve: no new photos */
	APP_TROUBLE_DISK,    /**< the database cannot be written: busy, read-only, damaged */
	APP_TROUBLE_CLOCK,   /**< device clock far from trusted time */
	APP_TROUBLE_CAMERA,  /**< it failed when it was needed last */
	APP_TROUBLE_LOW,     /**< space is nearly gone */
	APP_TROUBLE_SERVER,  /**< no receipt for weeks */
	APP_TROUBLE_PACK,    /**< a draft's pack was replaced */
	APP_TROUBLE_GPS,     /**< no position, and why */
	APP_TROUBLE_PROFILE, /**< the profile has keys that nobody knows */
	APP_TROUBLE_COUNT
};
/**
 * Set or, with text NULL, take back a trouble.
 * @param brief    the same in a few words: a line above every page that lies over the four, which hides the banner; NULL: it does not
 *                 matter to who fills in a form, takes a picture or reads an entry
 * @param button   NULL: none; else what the button says, and pressed is what it does
 */
void app_set_trouble(GtkWidget *inside, enum app_trouble what, const char *text, const char *brief,
		     const char *button, void (*pressed)(GtkWidget *window));

/** Entries were saved, withdrawn, sent: pages that list them read again (signal "changed" of the window). */
void app_changed(GtkWidget *inside);

/**
 * In place of the four pages, until NULL takes it back: a device that is not enrolled has nothing else to show. Takes over a floating page.
 */
void app_set_instead(GtkWidget *inside, GtkWidget *page);

/* ---- pages of others -------------------------------------------------------------------------------- */

typedef void (*app_reason_given)(GtkWidget *inside, const char *reason, gpointer user);
/** A page that asks why: phrases (ends with NULL) to tap, or words to type. given is called when the button is pressed. */
GtkWidget *app_reason_page_new(const char *text, const char *const *phrases, const char *button,
			       app_reason_given given, gpointer user, GDestroyNotify free_user);
/** One entry in full. */
void app_show_entry(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);
/** Who works with this device: sign in and out, shift. */
void app_show_people(GtkWidget *inside);
/** The page by which a device becomes one of a server's. again: it is enrolled, and has to be anew. */
GtkWidget *app_enrol_page_new(bool again);
/** Does it ask the server, or show what that said? It goes when the person says so. */
bool app_enrol_page_has_begun(GtkWidget *page);
/** Have jx sync run beside us; one that runs already is left alone. The page "status" shows it. */
void app_sync_begin(GtkWidget *inside, bool is_metered);
/** Ask the sync that runs to stop; what it has sent stays sent. */
void app_sync_cancel(GtkWidget *inside);
/** The standards card: its pages; id NULL: the list of them. */
void app_show_card(GtkWidget *inside, const char *id);

/* ---- text ------------------------------------------------------------------------------------------- */

/** Name a control for screen readers and tests: every button without a plain label, every entry. */
void app_name(GtkWidget *widget, const char *name);
/** Let the text of every button in it have several lines: large letters and long words need them. */
void app_wrap_keys(GtkWidget *inside);
/** "09:41" on this device's business day. */
void app_time_text(const struct jx_profile *profile, int64_t utc_ms, char out[8]);

/** The icon of a disorder, by its code; one for all where it has none of its own. Returns out. */
const char *app_code_icon(const char *code, char out[32]);
/** "736 kB", "60.5 GB". Free with g_free(). */
char *app_size_text(int64_t bytes);

/* ---- observations of street disorder, from other pages (compose.c) ------------------------------------ */

/** Correct one: its page opens, filled in, with the pictures it has; asks why. A check of a form is refused: it has a page of its own. */
void app_compose_correct(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);
/** The same spot again, with the picture of before laid over the live one. */
void app_compose_after(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);

/* ---- the four pages --------------------------------------------------------------------------------- */

GtkWidget *app_log_page_new(void);
GtkWidget *app_check_page_new(void);
GtkWidget *app_today_page_new(void);
GtkWidget *app_status_page_new(void);

#endif
