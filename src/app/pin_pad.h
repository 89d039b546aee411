/* pin_pad.h - a page with large keys for a PIN. */
#ifndef APP_PIN_PAD_H
#define APP_PIN_PAD_H

#include <gtk/gtk.h>

#define APP_TYPE_PIN_PAD (app_pin_pad_get_type())
G_DECLARE_FINAL_TYPE(AppPinPad, app_pin_pad, APP, PIN_PAD, GtkBox)

/** Signal "entered": digits were entered and confirmed; ask app_pin_pad_pin() for them. */
GtkWidget *app_pin_pad_new(const char *question);
const char *app_pin_pad_pin(AppPinPad *pad);
/** Ask another question, with nothing entered. */
void app_pin_pad_ask(AppPinPad *pad, const char *question);
/** Say what was wrong, with nothing entered; wait_ms: keys come back after it, and the wait is shown. */
void app_pin_pad_refuse(AppPinPad *pad, const char *text, int64_t wait_ms);

#endif
