/*
 * What an administrator may ask of a server: one JSON line in, one JSON line out. The same functions run
 * inside `jiexund serve` (asked over the control socket) and in a command that opened the vault itself
 * because no server runs: there is one read-write connection ever.
 */
#ifndef JX_SERVER_ADMIN_H
#define JX_SERVER_ADMIN_H

#include "site.h"

#define ADMIN_REQUEST_MAX ((size_t)24 * 1024 * 1024) /* a pack of 16 MiB, in base64 */
#define ADMIN_ANSWER_MAX  ((size_t)64 * 1024 * 1024)

/* Always leaves one line with LF in answer: {"ok":true,...} or {"ok":false,"error":"einval","text":"..."}. */
void admin_run(site *d, const char *request, size_t len, jx_buf *answer);
/* admin_stray.c: the part of an answer behind {"ok":true. JX_ECORRUPT names what is gone. */
jx_rc admin_check_files(site *d, jx_buf *out, struct jx_error *err);
jx_rc admin_sweep(site *d, bool is_dry, jx_buf *out, struct jx_error *err);
void admin_fail(const struct jx_error *err, jx_buf *answer);

#endif
