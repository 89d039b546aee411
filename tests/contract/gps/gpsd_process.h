/*
 * gpsd_process.h - a real gpsd of our own, reading from a loopback port.
 */
#ifndef JX_CONTRACT_GPSD_PROCESS_H
#define JX_CONTRACT_GPSD_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct gpsd_process {
	pid_t pid;
	uint16_t port;
};

/**
 * Start gpsd on this port with the receiver tcp://127.0.0.1:feed_port. Fails the test if gpsd is not
 * installed.
 */
void gpsd_process_start(struct gpsd_process *p, uint16_t port, uint16_t feed_port);
/** End it at once, as a crash does. */
void gpsd_process_kill(struct gpsd_process *p);

#endif
