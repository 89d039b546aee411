/* goes_on.h - the day after the power cut: a save, then a sync until nothing waits. */
#ifndef POWERCUT_GOES_ON_H
#define POWERCUT_GOES_ON_H

#include "promise.h"

/* What has to be known of the people's keys: from the real folders. */
struct pc_keys {
	uint8_t device_secret[JX_SEC_BYTES];
	uint8_t server_secret[JX_SEC_BYTES], server_mac[32];
	bool has_device, has_server;
};
void pc_keys_read(const char *device_root, const char *server_root, struct pc_keys *out);

/**
 * On the image in h: save one entry on the device; with a server, sync in memory until all is complete there. What was not
 * possible, and what then is not as it must be, goes to the verdict. A device that is not enrolled does nothing.
 */
void pc_go_on(struct pc_host *h, const struct pc_found *device, const struct pc_found *server,
	      const struct pc_keys *keys, struct pc_verdict *v);

#endif
