/*
 * copies.h - small copies of what was just saved, made while nobody needs the desk.
 *
 * A sync sends them behind the entries and makes those that are missing, and while it decodes pictures the radio stays up, which
 * takes more of the battery than the decoding. Here the processor is awake anyway: somebody has just pressed "Save". Not in `jx log`: a
 * script may save a thousand entries, and a child of its own for each would cost more than it spares.
 */
#ifndef APP_COPIES_H
#define APP_COPIES_H

#include "app.h"

/**
 * A second after the desk's last job, one picture at a time; dropped when the window closes. What fails is left to the sync, which tells.
 * Each copy is whole when its name is there, and carries the hash of itself: one that was cut off is made again, and never sent.
 */
void app_copies_of(GtkWidget *inside, const uint8_t id[JX_ID_BYTES]);

#endif
