/* Which photos go in a sync: all, none yet, or those of one entry. */
#ifndef CLI_SYNC_WHAT_H
#define CLI_SYNC_WHAT_H

#include "cli.h"
#include "jiexun/client.h"

struct cli_sync_what {
	bool no_photos;
	bool no_small; /* nor their small copies */
	const char *
		waits_for; /* why photos wait, in English for programs; NULL: they do not, or a person said so */
	jx_view_entry *entry; /* only its photos; NULL: all */
};
/* @retval JX_EINVAL  --metered is neither yes nor no, the entry has no photos @retval JX_ENOTFOUND  no such entry */
jx_rc cli_sync_what(struct cli *c, const struct cli_args *a, struct cli_sync_what *out, struct jx_error *err);
void cli_sync_what_free(struct cli_sync_what *what);

/* fast_open.c: what is remembered of it between runs; how is of this run's newest connection. */
bool cli_fast_open_is_off(jx_store *store, const struct jx_clock *clock);
void cli_fast_open_keep(jx_store *store, const struct jx_clock *clock, enum jx_fast_open how);

#endif
