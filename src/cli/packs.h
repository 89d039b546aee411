/* packs.h - form packs that came down. */
#ifndef CLI_PACKS_H
#define CLI_PACKS_H

#include "cli.h"

#include "jiexun/client.h"

struct cli_packs_taken {
	int64_t taken, refused;
};
/**
 * After a sync: fetch, check and keep the packs that the feed named. result counts its requests, too. A failure leaves all as it was,
 * for the next sync; what is refused is no failure, jx status tells it.
 */
jx_rc cli_take_packs(struct cli *c, const struct jx_client_config *sync, struct jx_client_result *result,
		     struct cli_packs_taken *out, struct jx_error *err);

/* status_packs.c: for jx status; packs and store are open */
void cli_packs_json(const struct cli *c, struct cli_json *j);
void cli_packs_text(const struct cli *c);

#endif
