/*
 * sync_now.h - DIR/sync.now: how far the sync that runs has come, for whoever shows it, whoever started it. One JSON line, put there
 * whole, gone when the sync ends; one whose process is gone says nothing. It is no record: nothing is synced for it, no failure counts.
 */
#ifndef CLI_SYNC_NOW_H
#define CLI_SYNC_NOW_H

#include "jiexun/client.h"

struct cli_sync_now {
	char *path, *temporary;
	int64_t written_mono_ms;
};

void cli_sync_now_begin(struct cli_sync_now *now, const char *dir);
/** At most twice a second: a photo moves in much smaller steps. */
void cli_sync_now_write(struct cli_sync_now *now, const struct jx_client_progress *p);
void cli_sync_now_end(struct cli_sync_now *now);

#endif
