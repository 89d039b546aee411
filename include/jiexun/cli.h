/*
 * jiexun/cli.h - what `jx` lends to others: a handheld's store and media as the outbox and sink of a sync. The program
 * itself (src/cli) has no other face than its command line.
 *
 * Threads:   as the store that is bound.
 * Ownership: store, media and fs must outlive the binding.
 * Errors:    the store's, unchanged.
 * Units:     see names.
 */
#ifndef JX_CLI_FACE_H
#define JX_CLI_FACE_H

#include "jiexun/client.h"
#include "jiexun/media.h"
#include "jiexun/store.h"

#ifdef __cplusplus
extern "C" {
#endif

/** outbox and sink point into it: do not move it while they are used. */
struct jx_cli_binding {
	jx_store *store;
	jx_media *media;
	const struct jx_fs *fs; /**< the media's */
	/** Photo-receipts that wait for the next transaction: losing them costs a question to the server, nothing else. */
	struct jx_kept_photo_receipt *kept;
	size_t kept_count;
	/** Small values (challenge, epoch, what the server holds) that wait likewise: each is only a hint for the next sync. */
	struct {
		char name[24];
		char value[JX_CLIENT_VALUE_MAX];
		bool is_unset;
	} set[8];
	size_t set_count;
	struct jx_outbox outbox;
	struct jx_sink sink;
};
void jx_cli_bind(struct jx_cli_binding *b, jx_store *store, jx_media *media, const struct jx_fs *fs);
/** After a sync, however it ended: keep the photo-receipts that still wait, free the binding's memory. */
jx_rc jx_cli_unbind(struct jx_cli_binding *b, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
