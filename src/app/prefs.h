/*
 * prefs.h - what a person chose for this device's screen: theme, text size, sound. DIR/app.ini; nothing of it is a record.
 */
#ifndef APP_PREFS_H
#define APP_PREFS_H

#include <glib.h>
#include <stdbool.h>

enum prefs_theme {
	PREFS_THEME_SYSTEM,
	PREFS_THEME_LIGHT,
	PREFS_THEME_DARK,
	PREFS_THEME_OUTDOOR /**< black on white, thick borders: for the sun */
};

struct prefs {
	char *path;
	enum prefs_theme theme;
	int text_pct; /**< 100..200 */
	bool has_sound, has_vibration;
	char *repeat_keys; /**< names of keys that repeat the last find, with spaces between: "F5 XF86Launch1" */
	char *shutter_keys; /**< names of keys that take a picture while the camera is open */
	bool has_pinyin;    /**< the app's own keys for text fields */
};

/** Defaults where there is no file, or one that cannot be read. */
struct prefs *prefs_load(const char *dir);
/** Durable; a disk that refuses changes nothing but what the next start shows. */
void prefs_save(const struct prefs *prefs);
void prefs_free(struct prefs *prefs);
/** Put theme and text size on the screen. */
void prefs_apply(const struct prefs *prefs);

#endif
