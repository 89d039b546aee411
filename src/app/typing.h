/*
 * typing.h - what the desktop's input method (IBus, Fcitx) is about to write into the field that has the focus. Between the first letter
 * and the word chosen the keys are the input method's, also those that a page takes before its fields: Page Down turns over its list.
 */
#ifndef APP_TYPING_H
#define APP_TYPING_H

#include "app.h"

/** Follow the focus of this window, as long as it lives. */
void typing_serve(AppWindow *window);
/** Does it hold letters that are no text yet? */
bool typing_is_begun(AppWindow *window);
/** Have it give them up: it clears them, or commits them, as it likes. Nothing where it holds none. */
void typing_end(AppWindow *window);

#endif
