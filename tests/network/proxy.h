/*
 * proxy.h - a TCP proxy that misbehaves as it is told: one fault a connection, each of them what a mobile network does.
 *
 * Threads: none. Ownership: a port and its connections live until the program ends. Units are in the names.
 */
#ifndef JX_TESTS_PROXY_H
#define JX_TESTS_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault {
	FAULT_PASS,     /* nothing */
	FAULT_RST_UP,   /* reset when so many bytes went up */
	FAULT_RST_DOWN, /* reset when so many bytes came down */
	FAULT_FIN_UP,   /* closed in good order when so many bytes went up */
	FAULT_EAT,      /* the request goes in, its answer goes nowhere, and the line is cut */
	FAULT_TRICKLE,  /* 64 bytes at a time, both ways */
	FAULT_FLIP,     /* one bit turned over */
	FAULT_HOLE,     /* everything goes in, nothing comes out, and the line is cut */
	FAULTS
};

struct plan {
	enum fault fault;
	bool flips_down;     /* FLIP: in an answer instead of a request */
	int64_t after_bytes; /* where it strikes */
	int64_t quiet_ms;    /* HOLE: how long until the line is cut */
};

struct port {
	int fd;
	uint16_t number;
	bool is_seeded;
	uint64_t seed;          /* is_seeded: the k-th connection's plan is a function of seed and k */
	struct plan plan;       /* otherwise: of every connection */
	bool is_once, is_spent; /* is_once: it strikes one connection, and is spent */
	int64_t connections, up_bytes, down_bytes;
	int64_t drawn[FAULTS],
		struck[FAULTS]; /* struck: the fault came to pass before the connection ended */
};

/* ---- plan.c ---- */
const char *fault_name(enum fault fault);
/* False if no fault has that name. */
bool fault_of(const char *name, enum fault *out);
struct plan seeded_plan(uint64_t seed, int64_t k);

/* ---- connection.c ---- */
struct connection;
/* Takes the client's socket; NULL, and the client is reset, if nobody listens at target. */
struct connection *connection_new(int poll_fd, struct port *port, const struct plan *plan, int client,
				  uint16_t target, int64_t now_ms);
/* Something happened to one of its sockets. */
void connection_wake(struct connection *c, bool is_broken);
/* Carry what can be carried, if it was woken or its time is up. False: it has ended, and is freed. */
bool connection_run(struct connection *c, int64_t now_ms);
/* Its time is up. */
void connection_cut(struct connection *c);
int64_t connection_deadline_ms(const struct connection *c);
void connection_free(struct connection *c);

#endif
