/*
 * jiexun/cli.h - what `jx` lends to others: a handheld's store and media as the outbox and sink of a sync, and the test of a
 * disk by a power cut. The program itself (src/cli) has no other face than its command line.
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

struct jx_cli_sending;

/** outbox and sink point into it: do not move it while they are used. */
struct jx_cli_binding {
	jx_store *store;
	jx_media *media;
	const struct jx_fs *fs; /**< the media's */
	/**
	 * Receipts and photo-receipts that wait for the next transaction: losing them costs a question to the server, nothing else.
	 * Until then what they cover counts as waiting.
	 */
	struct jx_kept_receipt *receipts;
	size_t receipt_count;
	struct jx_kept_photo_receipt *kept;
	size_t kept_count;
	/** Small values (challenge, epoch, what the server holds) that wait likewise: each is only a hint for the next sync. */
	struct {
		char name[24];
		char value[JX_CLIENT_VALUE_MAX];
		bool is_unset;
	} set[8];
	size_t set_count;
	/** How far photos have come: hints, that wait likewise. */
	struct jx_cli_sending *sending;
	size_t sending_count;
	/** Only these photos go. NULL: all. The caller's. */
	const struct jx_photo_ref *only;
	size_t only_count;
	struct jx_outbox outbox;
	struct jx_sink sink;
};
void jx_cli_bind(struct jx_cli_binding *b, jx_store *store, jx_media *media, const struct jx_fs *fs);
/** After a sync, however it ended: keep what still waits, free the binding's memory. */
jx_rc jx_cli_unbind(struct jx_cli_binding *b, struct jx_error *err);

/* ---- does the disk lie? ---------------------------------------------------------------------------- */

#define JX_PROBE_BLOCK_BYTES 4096
#define JX_PROBE_SLOTS       4096 /**< blocks of the ring, one file */
#define JX_PROBE_NAME_EVERY  32   /**< every so many blocks a file is put in place by rename */
#define JX_PROBE_RUN_BYTES   5
#define JX_PROBE_CODE_MAX    48 /**< "1234-ABCD2345-EFGH": number, run, check characters */

/** A run of synced writes that the power may cut at any moment. */
typedef struct jx_probe jx_probe;
/** Begin in this folder, which is made; files of an earlier run are removed. */
jx_rc jx_probe_begin(const struct jx_fs *fs, const struct jx_rand *rand, const char *dir, jx_probe **out,
		     struct jx_error *err);
/** Write and sync the next block. @param n_out  its number: from now on it must survive everything */
jx_rc jx_probe_step(jx_probe *probe, int64_t *n_out, struct jx_error *err);
/** What a person notes, of the last number. It says all: nothing of the disk needs to have survived. */
void jx_probe_code(const jx_probe *probe, char out[JX_PROBE_CODE_MAX]);
void jx_probe_close(jx_probe *probe);
JX_DEFINE_AUTO(jx_probe, jx_probe_close);

struct jx_probe_result {
	int64_t last_n;          /**< by the code */
	int64_t looked;          /**< blocks and names that should be there and were looked for */
	int64_t missing;         /**< blocks that are gone, old, or torn */
	int64_t first_missing_n; /**< 0 none */
	int64_t names_missing;   /**< files whose rename was synced, but is gone */
};
/**
 * After the power came back: is everything there that had a number?
 * @retval JX_EINVAL  no code of this test; nothing was looked at
 */
jx_rc jx_probe_check(const struct jx_fs *fs, const char *dir, const char *code, struct jx_probe_result *out,
		     struct jx_error *err);
/** Remove its files. */
jx_rc jx_probe_clear(const struct jx_fs *fs, const char *dir, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
