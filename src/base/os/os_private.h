/* What the files of the real world share. */
#ifndef JX_BASE_OS_PRIVATE_H
#define JX_BASE_OS_PRIVATE_H

#include "jiexun/base.h"

/**
 * Language of messages: "zh_CN" or "en".
 * @param get   looks up one variable of the environment; NULL or "" if it is not set
 */
const char *jx_base__choose_language(const char *(*get)(void *user, const char *name), void *user);

/**
 * Folder of message catalogues for a program at exe ("/usr/bin/jx" -> "/usr/share/locale").
 * @returns false if exe is not in a bin or sbin folder, or it does not fit
 */
bool jx_base__catalogue_beside(const char *exe, char *out, size_t cap);

/* The functions of struct jx_fs that files.c does not hold. */
jx_rc jx_base__os_make_dir(void *user, const char *path, struct jx_error *err);
jx_rc jx_base__os_make_dir_unsynced(void *user, const char *path, struct jx_error *err);
jx_rc jx_base__os_sync_dir(void *user, const char *dir, struct jx_error *err);
jx_rc jx_base__os_list(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		       struct jx_error *err);
jx_rc jx_base__os_free_bytes(void *user, const char *dir, int64_t *bytes_out, struct jx_error *err);
jx_rc jx_base__os_lock(void *user, const char *path, int64_t wait_ms, void **lock_out, struct jx_error *err);
void jx_base__os_unlock(void *user, void *lock);

/** jx_fail with the system's words for errno e: "cannot WHAT PATH: No space left on device; CURE". */
jx_rc jx_base__fail_errno(struct jx_error *err, int e, const char *where, const char *what, const char *path);

#endif
