/*
 * flow.h - children one after the other, as words of a text: each as wide as it is, a new line where there is no more room. A GtkFlowBox
 * would give all columns the width of its widest child, and so one chip a line in a language of long words.
 */
#ifndef APP_FLOW_H
#define APP_FLOW_H

#include <gtk/gtk.h>

#define APP_TYPE_FLOW (app_flow_get_type())
G_DECLARE_FINAL_TYPE(AppFlow, app_flow, APP, FLOW, GtkLayoutManager)

/** Lay out this widget's children so from now on. */
void app_flow_use(GtkWidget *widget);
/**
 * The same for a row of keys: what is left of a line is shared, so that they fill it: among those that
 * expand, or all; all equally wide where all fit so.
 */
void app_flow_fill(GtkWidget *widget);
/** The same in columns of one width: so many at most, fewer where a word would have to be broken. */
void app_flow_grid(GtkWidget *widget, int columns);

#endif
