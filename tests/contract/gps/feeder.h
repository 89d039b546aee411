/*
 * feeder.h - a loopback TCP server of one client that says what the test tells it to.
 */
#ifndef JX_CONTRACT_FEEDER_H
#define JX_CONTRACT_FEEDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feeder {
	int listen_fd;
	int client_fd;
	uint16_t port;
};

/** Listen on a port that is free (0) or given. */
bool feeder_open(struct feeder *f, uint16_t port);
/** Wait for a client, at most limit_ms; a new one takes the place of the old. */
bool feeder_accept(struct feeder *f, int limit_ms);
/** False if the client is gone. */
bool feeder_say(struct feeder *f, const char *bytes, size_t len);
/** Read what the client said, at most cap - 1 bytes, waiting at most limit_ms for the first. */
size_t feeder_hear(struct feeder *f, char *out, size_t cap, int limit_ms);
void feeder_hang_up(struct feeder *f);
void feeder_close(struct feeder *f);
/** A port that nobody listens on at this moment. */
uint16_t feeder_free_port(void);

#endif
