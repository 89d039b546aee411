/*
 * Who is connected, in which phase, and since when: the ceilings per address and the time limits that
 * libmicrohttpd does not have (its time-out counts idle time only, so one byte a second holds a connection
 * for ever).
 *
 * Every call takes the time, so a test moves it. A connection is cut by shutdown() on its socket: the
 * library's thread then sees the end and closes. The registry forgets the socket (jx_server__conns_remove)
 * before the library closes it, both under one lock, so a number that the kernel has given to somebody else
 * is never cut.
 */
#ifndef JX_SERVER_CONNS_H
#define JX_SERVER_CONNS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "jiexun/server.h"

#define JX_SERVER__ADDR_BYTES 16
/* IPv4 as mapped into IPv6; IPv6 by its /64, which is what one customer gets. */
void jx_server__addr_key(const struct sockaddr *addr, uint8_t key_out[JX_SERVER__ADDR_BYTES]);

/* Of a connection just accepted: little may lie unread in it where the line is short (window.c). */
void jx_server__bound_window(int fd);

enum jx_server__phase {
	JX_SERVER__HEADERS, /* accepted, or a request line has come: headers must follow soon */
	JX_SERVER__BODY,    /* the client sends */
	JX_SERVER__WORK,    /* we work: no limit, it is not the client's fault */
	JX_SERVER__SEND,    /* we send the answer */
	JX_SERVER__IDLE     /* between two requests */
};

typedef struct jx_server__conn jx_server__conn;
typedef struct jx_server__conns jx_server__conns;

/* How the registry reaches sockets; replaced in tests. */
struct jx_server__socket_ops {
	void (*cut)(int fd, bool forget); /* forget: what is queued for the peer too */
	int64_t (*acked_bytes)(
		int fd); /* sent and confirmed by the peer since the connection began; -1 unknown */
};
extern const struct jx_server__socket_ops jx_server__socket_ops_os;

jx_server__conns *jx_server__conns_new(const struct jx_server_limits *limits,
				       const struct jx_server__socket_ops *ops);
void jx_server__conns_free(jx_server__conns *c);

/* May one more come from this address? */
bool jx_server__conns_may_accept(jx_server__conns *c, const uint8_t key[JX_SERVER__ADDR_BYTES]);
/* tls: counted for as long as the connection lives. */
jx_server__conn *jx_server__conns_add(jx_server__conns *c, int fd, const uint8_t key[JX_SERVER__ADDR_BYTES],
				      jx_server_tls *tls, int64_t now_mono_ms);
void jx_server__conns_remove(jx_server__conns *c, jx_server__conn *conn);

void jx_server__conns_phase(jx_server__conns *c, jx_server__conn *conn, enum jx_server__phase phase,
			    int64_t now_mono_ms);
void jx_server__conns_got(jx_server__conns *c, jx_server__conn *conn, size_t bytes); /* bytes of the body */
/*
 * It has proved who it is: no longer counts against its address (a carrier's NAT hides thousands behind one).
 */
void jx_server__conns_signed_in(jx_server__conns *c, jx_server__conn *conn);

/* Cut what is over its limit; returns how many. */
size_t jx_server__conns_sweep(jx_server__conns *c, int64_t now_mono_ms);
/* Stop: cut those between requests now, the others after their answer. */
void jx_server__conns_drain(jx_server__conns *c);
/* Wait until nobody is left, at most wait_ms of real time; returns how many are. */
size_t jx_server__conns_wait(jx_server__conns *c, int64_t wait_ms);

const uint8_t *jx_server__conn_addr(const jx_server__conn *conn);
jx_server_tls *jx_server__conn_tls(const jx_server__conn *conn);

#endif
