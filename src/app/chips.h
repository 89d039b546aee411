/* chips.h - choices that are tapped: toggle buttons that wrap, one or several of them on. */
#ifndef APP_CHIPS_H
#define APP_CHIPS_H

#include <gtk/gtk.h>
#include <stdbool.h>

/** What was tapped; is_on: as it is now. Not called by chips_show(). */
typedef void (*chips_fn)(gpointer owner, GtkFlowBox *box, const char *id, bool is_on);

/** A chip more. owner must outlive the box. */
void chips_add(GtkFlowBox *box, const char *id, const char *text, chips_fn tapped, gpointer owner);
/** Let those be on whose ids are in the list, with commas between them. */
void chips_show(GtkFlowBox *box, const char *ids);
/** Take all away. */
void chips_clear(GtkFlowBox *box);
/** Put an id into a list with commas, or take it out. */
void chips_change(char *list, size_t cap, const char *id, bool is_in);

#endif
