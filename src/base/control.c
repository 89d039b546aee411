/* The switch of the build with controls; no other build has this file. */
#include "jiexun/control.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/base.h"

static const char *const names[JX_CONTROL_COUNT] = {
	[JX_CONTROL_NONE] = "none",
	[JX_CONTROL_WAL_NORMAL] = "wal-normal",
	[JX_CONTROL_NO_PHOTO_FSYNC] = "no-photo-fsync",
	[JX_CONTROL_NO_FOLDER_FSYNC] = "no-folder-fsync",
	[JX_CONTROL_NO_UNIQUE_ID] = "no-unique-id",
	[JX_CONTROL_RECEIPT_BEFORE_COMMIT] = "receipt-before-commit",
	[JX_CONTROL_SENT_BEFORE_RECEIPT] = "sent-before-receipt",
	[JX_CONTROL_UNCHECKED_SHORT_WRITE] = "unchecked-short-write",
	[JX_CONTROL_VERIFY_OFF] = "verify-off",
	[JX_CONTROL_LOCK_OFF] = "lock-off",
};

#define UNREAD (-1)

/* The one mutable global of the project, and only of this build: a defect belongs to the whole process. */
static atomic_int now_on = UNREAD;

static int find(const char *name)
{
	for (int i = 0; i < JX_CONTROL_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return UNREAD;
}

static int read_environment(void)
{
	const char *name = getenv("JX_CONTROL");
	const int found = find(name == NULL || name[0] == '\0' ? "none" : name);

	if (found == UNREAD) {
		fprintf(stderr, "JX_CONTROL=%s: there is no such control\n", name);
		abort();
	}
	atomic_store(&now_on, found);
	return found;
}

bool jx_control_is(enum jx_control control)
{
	const int on = atomic_load_explicit(&now_on, memory_order_relaxed);

	return (on == UNREAD ? read_environment() : on) == (int)control;
}

bool jx_control_set(const char *name)
{
	const int found = find(name);

	if (found != UNREAD)
		atomic_store(&now_on, found);
	return found != UNREAD;
}

const char *jx_control_name(size_t control)
{
	return control < JX_CONTROL_COUNT ? names[control] : NULL;
}

char *jx_control_edit(enum jx_control control, const char *text, const char *from, const char *to)
{
	char *copy, *at;

	if (!jx_control_is(control))
		return NULL;
	copy = jx_xstrdup(text);
	at = strstr(copy, from);
	if (at != NULL && strlen(from) == strlen(to))
		memcpy(at, to, strlen(to));
	return copy;
}
