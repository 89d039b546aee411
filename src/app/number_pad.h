/* number_pad.h - digits to press with gloves, for an entry that has the keyboard. It never takes the keyboard itself. */
#ifndef APP_NUMBER_PAD_H
#define APP_NUMBER_PAD_H

#include <gtk/gtk.h>

#define APP_TYPE_NUMBER_PAD (app_number_pad_get_type())
G_DECLARE_FINAL_TYPE(AppNumberPad, app_number_pad, APP, NUMBER_PAD, GtkBox)

/** Write into this entry; NULL: into none. Its signal "activate" is what the key "next" gives. */
void app_number_pad_set_entry(AppNumberPad *pad, GtkWidget *entry);

#endif
