/* Inside the room: how the library gets a certificate out of the public object. */
#ifndef JX_SERVER_TLS_H
#define JX_SERVER_TLS_H

#include <gnutls/abstract.h>

#include "jiexun/server.h"

/* Pointers live as long as tls. */
void jx_server__tls_give(jx_server_tls *tls, gnutls_pcert_st **chain_out, unsigned *count_out,
			 gnutls_privkey_t *key_out);

#endif
