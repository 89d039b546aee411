/*
 * jiexun/ingest.h - the server's core: authenticate, check the chain, deduplicate, decide, receipt. Knows
 * neither HTTP nor SQL: the same calls serve jiexund's sockets and the simulation's memory.
 *
 * It stores first and interprets later: a well-formed, correctly chained entry is never refused because of
 * what it says; it is stored and marked for review.
 *
 * Threads:   a jx_ingest may be used by any number of threads.
 * Ownership: configuration must outlive it.
 * Errors:    functions that answer a peer always fill the response (4xx/5xx with a struct jx_wire_error
 *            body); they fail only by that.
 * Units:     `_bytes` bytes.
 */
#ifndef JX_INGEST_H
#define JX_INGEST_H

#include "jiexun/base.h"
#include "jiexun/form.h"
#include "jiexun/model.h"
#include "jiexun/vault.h"
#include "jiexun/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_ingest jx_ingest;

/**
 * Told of each fault that a peer hears of only as "internal", "busy" or "no-space", so that a program can
 * log it. Any thread.
 */
typedef void (*jx_ingest_fault_fn)(void *user, const struct jx_error *err);

#define JX_INGEST_INTRODUCTIONS_MAX (JX_IDENTITIES_MAX - 1)

struct jx_ingest_config {
	jx_vault *vault; /**< entries, receipts and photos */
	const struct jx_clock *clock;
	const struct jx_rand *rand;
	const uint8_t
		*identity_secret; /**< JX_SEC_BYTES: signs receipts and the server's own entries; copied */
	/**
	 * Texts by which each identity key introduced the next, oldest first, up to the key above, as
	 * jx_ingest_introduce() made them. The vault has them too; but one that is restored from an old backup,
	 * or that a rotation did not reach before the power went, is brought up by these. Copied.
	 */
	const struct jx_signed *introductions;
	size_t introduction_count; /**< at most JX_INGEST_INTRODUCTIONS_MAX */
	const uint8_t *mac_key;    /**< 32 bytes: challenges and tokens */
	/**
	 * Packs for review marks, besides those that are published: read only, from any thread. NULL: pack alone, and if that is
	 * NULL, too, no marks until one is published.
	 */
	const jx_packs *packs;
	const jx_pack *pack;
	const uint8_t (*pins)[JX_HASH_BYTES]; /**< TLS key hashes devices may see: current and next */
	size_t pin_count;
	int64_t photo_quota_bytes;  /**< of one writer's photos; 0: no limit */
	int64_t disk_reserve_bytes; /**< photos leave this much of the disk to entries; 0: none */
	int utc_offset_min;
	jx_ingest_fault_fn on_fault; /**< NULL = nobody listens */
	void *fault_user;
};
jx_rc jx_ingest_new(const struct jx_ingest_config *config, jx_ingest **ingest_out, struct jx_error *err);
void jx_ingest_free(jx_ingest *ingest);
JX_DEFINE_AUTO(jx_ingest, jx_ingest_free);
/**
 * Certificate reload: the new set of TLS key hashes, swapped under a lock. jx_ingest_setup() then tells the
 * devices.
 */
void jx_ingest_set_pins(jx_ingest *ingest, const uint8_t (*pins)[JX_HASH_BYTES], size_t count);

/** POST /v1/enrol */
void jx_ingest_enrol(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs);
/** POST /v1/sync */
void jx_ingest_sync(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs);

/**
 * POST /v1/small, with a bearer token: small copies of photos that accepted entries of this writer list. Kept as they came, not looked
 * into, and no evidence. A part that cannot be taken is refused by its number, the others are taken.
 */
void jx_ingest_small(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs);

/* ---- photos (tus) and downloads: the HTTP face calls these in order ------------------------------- */

/**
 * Who a bearer token speaks for: an active writer, for its row is read again each time, so revocation is
 * immediate. Tokens are given to active writers only, never to pending ones. False: rs holds 401/403.
 */
bool jx_ingest_token(jx_ingest *ingest, const char *authorization, struct jx_writer *who_out,
		     struct jx_wire_response *rs);

typedef struct jx_upload jx_upload;
/** What is known of an upload. */
struct jx_upload_state {
	int64_t size_bytes; /**< as listed in the entry */
	int64_t offset_bytes;
	bool is_stored; /**< published; receipt is set */
	struct jx_signed receipt;
};
/**
 * @retval JX_ENOTFOUND not listed in an accepted entry of this writer (answer 404, whether or not others
 *          have it)
 */
jx_rc jx_ingest_photo_state(jx_ingest *ingest, const struct jx_writer *who,
			    const uint8_t sha256[JX_HASH_BYTES], struct jx_upload_state *out,
			    struct jx_error *err);
/**
 * Open for appending at offset.
 * @retval JX_ECONFLICT offset is not the current one, or
 * @retval JX_EBUSY another request is writing it
 * @retval JX_ENOSPC its writer's quota (native JX_INGEST_QUOTA) or the disk has no room for all of it: nothing is written
 */
#define JX_INGEST_QUOTA 1
jx_rc jx_ingest_photo_open(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes, jx_upload **upload_out,
			   struct jx_error *err);
jx_rc jx_upload_write(jx_upload *upload, const void *data, size_t len,
		      struct jx_error *err); /**< JX_ELIMIT past the listed size */
/**
 * The request's body ended (or broke: then only keep what came). When all bytes are here: check hash,
 * publish durably, then store and return the photo-receipt (state_out->is_stored).
 * @retval JX_ECORRUPT hash differs: bytes dropped, start again at 0
 */
jx_rc jx_upload_end(jx_upload *upload, struct jx_upload_state *state_out, struct jx_error *err);
/**
 * The sender gives it up: what came of an unfinished photo goes. Its entry lists it still, so it may be sent again, from 0.
 * @retval JX_ENOTFOUND  not listed for this writer
 * @retval JX_EEXISTS    it is published: evidence is not taken back
 * @retval JX_EBUSY      another request is writing it
 */
jx_rc jx_ingest_photo_drop(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);
void jx_upload_close(jx_upload *upload); /**< keeps the bytes; NULL ok */
JX_DEFINE_AUTO(jx_upload, jx_upload_close);

/* ---- what the administrator and the office decide -------------------------------------------------- */

/**
 * Make a one-time code, good for 15 minutes; jx_code_format() gives the typed form. A short code belongs to
 * one writer at a time: it is refused while a writer holds it, unless that one is revoked or its device was
 * found restored or cloned and has to enrol again.
 * @retval JX_EEXISTS the short code is held: revoke its writer first, or take another
 */
jx_rc jx_ingest_make_code(jx_ingest *ingest, const char *short_code, enum jx_role role, const char *area,
			  bool is_trusted, struct jx_code_text *out, struct jx_error *err);
/**
 * A code for the device that holds this short code already and was locked out (keys changed while it was away): it stays the
 * writer it is. Nobody else can use it: its key must be the holder's.
 * @retval JX_ENOTFOUND nobody has this short code  @retval JX_ESTATE  its writer is revoked
 */
jx_rc jx_ingest_make_renewal_code(jx_ingest *ingest, const char *short_code, struct jx_code_text *out,
				  struct jx_error *err);
/**
 * Confirm a pending writer after comparing fingerprints. Appends the server's entry; an active one stays as
 * it is.
 * @param who short code, or the writer's id where several have had that code
 * @param fingerprint as the device shows it; case, hyphens and spaces do not matter
 * @retval JX_EAUTH no pending or active writer of that code has this fingerprint
 */
jx_rc jx_ingest_confirm(jx_ingest *ingest, const char *who, const char *fingerprint, struct jx_error *err);
/**
 * Revoke the newest writer of a short code that is not revoked, or the one with this id. Appends the
 * server's entry.
 */
jx_rc jx_ingest_revoke(jx_ingest *ingest, const char *who, const char *reason, struct jx_error *err);
/**
 * Give a writer another area. Appends the server's entry; the writer's next answer starts from a snapshot and
 * tells it. What it has recorded keeps the area it was saved with. In that area already: nothing happens.
 * @param who  short code (its newest writer that is not revoked), or the writer's id
 * @retval JX_ENOTFOUND no such writer
 * @retval JX_ESTATE    revoked
 */
jx_rc jx_ingest_move(jx_ingest *ingest, const char *who, const char *area, struct jx_error *err);
/**
 * Set-up: the server's own writer, and a `keys` item when identity key or TLS keys are not those of the
 * newest one. Brings the vault up to the identity key of the configuration where introductions lead there.
 * Idempotent; to be called before anything is served.
 * @retval JX_ESTATE  the identity key is not this vault's: an earlier one that was replaced, or another server's
 */
jx_rc jx_ingest_setup(jx_ingest *ingest, struct jx_error *err);
/**
 * First step of a rotation: the identity key in force introduces the next one. Changes nothing. The caller keeps
 * the text together with the next secret key, durably and as one, before it goes on.
 */
jx_rc jx_ingest_introduce(jx_ingest *ingest, const uint8_t next_public_key[JX_PUB_BYTES],
			  struct jx_signed *introduction_out, struct jx_error *err);
/**
 * Second step: from here on the next key signs. One transaction of the vault: the `keys` item, and a new writer
 * of the server's whose first entry continues the one before. Devices that sign in against an earlier key are let
 * in and told the way to this one. Interrupted, it is finished by jx_ingest_setup() with the new configuration;
 * done already, it changes nothing. On failure the key before goes on signing.
 * @param next_secret_key JX_SEC_BYTES; copied
 * @param introduction    of its public key, by the key in force
 * @retval JX_EAUTH   the key in force did not sign this introduction, or it is not of this key
 * @retval JX_ELIMIT  this server has had JX_INGEST_INTRODUCTIONS_MAX + 1 identity keys already
 */
jx_rc jx_ingest_rotate_identity(jx_ingest *ingest, const uint8_t next_secret_key[JX_SEC_BYTES],
				const struct jx_signed *introduction, struct jx_error *err);
/**
 * Publish a form pack: it is read, held against all that are known, signed by the pack key, and kept with its feed item in one
 * transaction. Requests that are under way go on with the packs they began with. The same file again, from the same day, is fine.
 * @param from_day  business day from which it holds; NULL: the one its file names
 * @param is_new_out  false: it was published before
 * @retval JX_EINVAL    names the place in the file, or the day is before the file's own
 * @retval JX_EEXISTS, JX_EVERSION, JX_ECONFLICT  as jx_packs_add(): other contents, older, or contradicts what is there
 */
jx_rc jx_ingest_add_pack(jx_ingest *ingest, struct jx_bytes bytes, const char *from_day,
			 struct jx_pack_seal *seal_out, bool *is_new_out, struct jx_error *err);

/** The public identity key in force. */
void jx_ingest_identity(jx_ingest *ingest, uint8_t public_key_out[JX_PUB_BYTES]);

/** A line of JSON without its line feed. */
typedef jx_rc (*jx_ingest_line_fn)(void *user, const char *line, size_t len);
/** Every pack that is known, by id and version. */
jx_rc jx_ingest_packs(jx_ingest *ingest, jx_ingest_line_fn fn, void *user, struct jx_error *err);
/** What people should look at: marked and quarantined entries, marks on writers. */
jx_rc jx_ingest_review(jx_ingest *ingest, jx_ingest_line_fn fn, void *user, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
