/* packs.h - form packs that came down, and the time by which they hold. */
#ifndef CLI_PACKS_H
#define CLI_PACKS_H

#include "cli.h"

#include "jiexun/client.h"

/** Time as a server or a satellite told it, carried on by the monotonic clock (true), else the wall clock. */
bool cli_trusted_now(const struct cli *c, int64_t *utc_ms_out);
/** From a server's answer, which came over a pinned key. */
void cli_note_server_time(struct cli *c, int64_t utc_ms);
/** From a fix that was saved with an entry. */
void cli_note_fix_time(struct cli *c, const struct jx_fix *fix);

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
