/*
 * child.h - jx beside this program, as a child in a session of its own: closing the app, or its end by force, never ends it. Its output
 * goes to a file of the data folder, so that it needs nobody who reads.
 */
#ifndef APP_CHILD_H
#define APP_CHILD_H

#include <gio/gio.h>

#include "jiexun/base.h"

/** Called once in the main loop. ok: it ended with 0. said: its last line of JSON, or the last line of what it complained; never NULL. */
typedef void (*child_ended)(bool ok, const char *said, gpointer user);

/**
 * Start `jx --json --home DIR ARGUMENTS...`.
 * @param dir        data folder
 * @param profile    file of the profile, "" as it is found
 * @param name       of the output file: DIR/NAME.out
 * @param arguments  ends with NULL
 * @retval JX_ESTATE  jx is not there, or cannot be started; text says so
 */
jx_rc child_start(const char *dir, const char *profile, const char *name, const char *const *arguments,
		  child_ended ended, gpointer user, GDestroyNotify free_user, struct jx_error *err);

/** The text of a field of such a line, or NULL. To be freed. */
char *child_said(const char *json, const char *field);

#endif
