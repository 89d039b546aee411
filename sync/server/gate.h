/* The header gate: what libmicrohttpd 0.9.75 lets through and RFC 9112 does not. Pure. */
#ifndef JX_SERVER_GATE_H
#define JX_SERVER_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero it, feed every header, then ask. The first offence is kept. */
struct jx_server__gate {
	int hosts, lengths, encodings;
	bool has_body;       /* Content-Length above 0, or chunked */
	int64_t length;      /* of Content-Length; -1 if none (set by jx_server__gate_end) */
	const char *offence; /* English, for the answer's detail; NULL if none */
};
void jx_server__gate_header(struct jx_server__gate *g, const char *name, size_t name_len, const char *value,
			    size_t value_len);
/* True: let it in. False: g->offence says why; answer 400 and close, for what follows cannot be trusted. */
bool jx_server__gate_end(struct jx_server__gate *g, const char *method, const char *target,
			 const char *version);

#endif
