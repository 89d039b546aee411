/*
 * spare.h - pages made in advance, in a quiet moment: to make a large one takes a third of a frame, which a finger would wait for.
 */
#ifndef APP_SPARE_H
#define APP_SPARE_H

#include "app.h"

/** The one that was made in advance, else one made now: new, and floating, as from g_object_new(). */
gpointer spare_take(GtkWidget *inside, GType type);
/** Have one of it soon, if there is none. Its properties are those it has without any. */
void spare_make(GtkWidget *inside, GType type);

#endif
