/* keys.h - keys of the housing that a person chooses: what they are called, which may be chosen, the page that learns one. */
#ifndef APP_KEYS_H
#define APP_KEYS_H

#include <gtk/gtk.h>
#include <stdbool.h>

#define KEYS_REPEAT  "F5 XF86Refresh XF86Launch1"
#define KEYS_SHUTTER "XF86AudioRaiseVolume XF86AudioLowerVolume XF86WebCam"

/** Is it one of these names, with spaces between? */
bool keys_have(const char *names, guint key);
/** For a shortcut: the i-th of these names; 0: no key of that name. false: there are not so many. */
bool keys_at(const char *names, size_t i, guint *key_out);
/** "F5, Launch1" as people read it. Free with g_free(). */
char *keys_text(const char *names);
/** Why this key cannot be chosen, in words; NULL: it can. */
const char *keys_refusal(guint key);

/** A page that waits for a key; *names (of the prefs) becomes its name. */
GtkWidget *app_key_page_new(char **names, const char *as_delivered, const char *what);

#endif
