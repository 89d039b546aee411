/* space.h - what originals take up, which of them may go, and letting them go: of jx space and jx sync. */
#ifndef CLI_SPACE_H
#define CLI_SPACE_H

#include "cli.h"

struct cli_space {
	int64_t free_bytes;
	enum jx_device_space_level level;
	/* by enum jx_keep; JX_KEEP_GONE: their file is not here */
	int64_t count[JX_KEEP_COUNT], bytes[JX_KEEP_COUNT];
};
struct cli_freed {
	int64_t count, bytes;
	int64_t left; /* may go, but could not: no small copy can be made of them, or the disk refuses */
};

/** Needs store and media. */
jx_rc cli_look_at_space(struct cli *c, struct cli_space *out, struct jx_error *err);
/** Let the oldest go until so many bytes are free more; their small copies stay. */
jx_rc cli_free_space(struct cli *c, int64_t bytes_wanted, struct cli_freed *out, struct jx_error *err);
/** After a sync: below warn_mb, where the profile says so. Says what it did. */
void cli_free_after_sync(struct cli *c);

#endif
