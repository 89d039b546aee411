/* confirm.h - a save that is heard and felt, so that nobody has to look at the screen. Never waits, never fails aloud. */
#ifndef APP_CONFIRM_H
#define APP_CONFIRM_H

#include <gtk/gtk.h>

/** A short rising sound and one shake: it is on the disk. As the person's settings say. */
void confirm_saved(GtkWidget *inside);
/** A low sound and a longer shake: it is not. */
void confirm_refused(GtkWidget *inside);

#endif
