/* One run of another program: input from a file, a few bytes on another descriptor, output and complaints collected. */
#ifndef JX_MEDIA_RUN_H
#define JX_MEDIA_RUN_H

#include "media_private.h"

#define JX_SPAWN__SAID_MAX 1024

struct jx_spawn__run {
	const char *program;
	char *const *argv;
	int input_fd;       /* becomes 0 */
	const jx_buf *more; /* readable on JX_MEDIA__STAMP_FD; NULL: nothing is there */
	int64_t time_max_ms;
	bool is_idle; /* it takes only what nobody else wants, so being late says nothing of it */
	/* what came of it */
	jx_buf *out;
	char said[JX_SPAWN__SAID_MAX]; /* on 2 */
	size_t said_len;
	bool is_late;
	int status; /* of waitpid */
};
/* JX_ESTATE: it cannot be started. All else is in the run. */
jx_rc jx_spawn__run(struct jx_spawn__run *r, struct jx_error *err);

#endif
