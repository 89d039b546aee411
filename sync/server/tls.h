/* Inside the room: how the library gets a certificate out of the public object. */
#ifndef JX_SERVER_TLS_H
#define JX_SERVER_TLS_H

#include <gnutls/abstract.h>

#include "jiexun/server.h"

/* Pointers live as long as tls. */
void jx_server__tls_give(jx_server_tls *tls, gnutls_pcert_st **chain_out, unsigned *count_out,
			 gnutls_privkey_t *key_out);

/* GnuTLS's code as an error; what: already translated. */
jx_rc jx_server__tls_fail(int code, const char *what, struct jx_error *err);
/* For functions that only read; their type has no const. */
gnutls_datum_t jx_server__tls_datum(struct jx_bytes b);

#endif
