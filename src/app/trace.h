/*
 * trace.h - when the app did what, for tools/bench: with JX_APP_TRACE=FILE a line "EVENT UTC_NS" each is added to that file.
 *   frame   the first frame is painted: it can be used
 *   ready   everything that the pages read at the start is there
 *   busy    at the end: the longest that the main loop was away from its events, in ns instead of a time
 */
#ifndef APP_TRACE_H
#define APP_TRACE_H

#include "app.h"

/** Without JX_APP_TRACE nothing at all. */
void app_trace_begin(AppWindow *window);

#endif
