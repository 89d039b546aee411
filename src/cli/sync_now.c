/* How far the sync that runs has come, in a file. */
#include "sync_now.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MS 500

static void put(const struct cli_sync_now *now, const struct jx_client_progress *p)
{
	JX_AUTO_FREE char *line = jx_xasprintf(
		"{\"pid\":%ld,\"entries_sent\":%lld,\"entries_total\":%lld,\"photos_sent\":%lld,\"photos_total\":%lld,"
		"\"bytes_sent\":%lld,\"bytes_total\":%lld,\"waiting_ms\":%lld}\n",
		(long)getpid(), (long long)p->entries_sent, (long long)p->entries_total,
		(long long)p->photos_sent, (long long)p->photos_total, (long long)p->photo_bytes_sent,
		(long long)p->photo_bytes_total, (long long)p->waiting_ms);
	const size_t len = strlen(line);
	/* not through jx_fs: that syncs, and this is worth no turn of the disk */
	JX_AUTO_FD int fd = open(now->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd >= 0 && write(fd, line, len) == (ssize_t)len)
		(void)rename(now->temporary, now->path);
}

void cli_sync_now_begin(struct cli_sync_now *now, const char *dir)
{
	const struct jx_client_progress nothing = {.entries_sent = 0};

	*now = (struct cli_sync_now){.path = jx_xasprintf("%s/sync.now", dir),
				     .temporary = jx_xasprintf("%s/sync.now.new", dir)};
	put(now, &nothing);
}

void cli_sync_now_write(struct cli_sync_now *now, const struct jx_client_progress *p)
{
	const int64_t mono_ms = jx_os_clock()->mono_ms(NULL);

	/* a wait is said at once, and so is that it is over */
	if (p->waiting_ms == 0 && now->written_mono_ms > 0 && mono_ms - now->written_mono_ms < STEP_MS)
		return;
	now->written_mono_ms = p->waiting_ms > 0 ? 0 : mono_ms;
	put(now, p);
}

void cli_sync_now_end(struct cli_sync_now *now)
{
	(void)unlink(now->path);
	free(now->path);
	free(now->temporary);
}
