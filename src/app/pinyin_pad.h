/*
 * pinyin_pad.h - keys at the foot of the window for the text field that has the focus: pinyin, Latin letters, digits. Input methods of
 * the desktop (IBus, Fcitx) go on working in every field; the pad types as they do.
 */
#ifndef APP_PINYIN_PAD_H
#define APP_PINYIN_PAD_H

#include "app.h"

#define APP_TYPE_PINYIN_PAD (app_pinyin_pad_get_type())
G_DECLARE_FINAL_TYPE(AppPinyinPad, app_pinyin_pad, APP, PINYIN_PAD, AdwBin)

/** Is there a library and a dictionary? What Status asks before it offers the pad. */
bool app_pinyin_pad_can(void);
/** Follow the focus of this window; shown for text fields while prefs say so. */
void app_pinyin_pad_serve(AppPinyinPad *pad, AppWindow *window);

#endif
