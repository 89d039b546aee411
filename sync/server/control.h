/*
 * The control socket DIR/control.sock: how commands reach a server that runs. One request line, one answer
 * line, one connection each, by turns. Only the folder's owner and root are answered.
 */
#ifndef JX_SERVER_CONTROL_H
#define JX_SERVER_CONTROL_H

#include "admin.h"

typedef struct control control;
/* Starts the thread that answers; between requests it moves the vault's WAL into the database. */
jx_rc control_start(site *d, jx_server_log_fn log, void *log_user, control **control_out,
		    struct jx_error *err);
void control_stop(control *c);

/* Ask a running server. JX_ENOTFOUND: none runs here. */
jx_rc control_ask(const char *dir, const char *request, size_t len, jx_buf *answer, struct jx_error *err);

#endif
