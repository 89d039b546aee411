/* window.h - between the files that make up the window: window.c, sight.c. */
#ifndef APP_WINDOW_H
#define APP_WINDOW_H

#include "app.h"

/** sight.c: what has the focus stays in sight when keys rise at the foot of the window, or the banner comes. */
void app_sight__serve(AppWindow *w);

#endif
