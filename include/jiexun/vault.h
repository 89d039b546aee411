/*
 * jiexun/vault.h - server storage as domain operations. Nothing above it knows SQL; one contract suite
 * (tests/contract/vault) runs over every implementation. Now: SQLite.
 *
 * Every operation is one transaction, durable when it returns JX_OK (SQLite: WAL, synchronous=FULL). The SQLite vault keeps
 * exactly one read-write connection (Debian 12's SQLite 3.40.1 has the WAL-reset bug: two connections that write or checkpoint
 * at the same moment can corrupt the file) and one read-only connection for feeds; an advisory lock beside the
 * database keeps a second process out.
 *
 * Threads:   all operations may be called from any thread; the vault serialises what must be.
 * Ownership: callbacks get rows that live for the call.
 * Errors:    JX_ECONFLICT state changed since it was read: read again; JX_ENOSPC, JX_EIO, JX_ECORRUPT, JX_EVERSION, JX_EBUSY.
 */
#ifndef JX_VAULT_H
#define JX_VAULT_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

enum jx_role { JX_ROLE_SERVER = 0, JX_ROLE_FIELD = 1, JX_ROLE_LEADER = 2, JX_ROLE_DISPATCHER = 3, JX_ROLE_UNIT = 4, JX_ROLE_AUDITOR = 5, JX_ROLE_ADMIN = 6 };
const char *jx_role_name(enum jx_role r); /* "server", "field", "leader", "dispatcher", "unit", "auditor", "admin" */
bool jx_role_parse(const char *s, enum jx_role *out);

enum jx_writer_state { JX_WRITER_PENDING = 0, JX_WRITER_ACTIVE = 1, JX_WRITER_REVOKED = 2 };
const char *jx_writer_state_name(enum jx_writer_state s);

struct jx_writer {
	uint8_t id[JX_ID_BYTES];
	uint8_t public_key[JX_PUB_BYTES];
	char short_code[16];
	enum jx_role role;
	char area[24];
	enum jx_writer_state state;
	char name[64];
	int64_t enrolled_utc_ms;
	int64_t n;                        /**< stored up to here ... */
	uint8_t head[JX_HASH_BYTES];      /**< ... with this head (root head at n = 0) */
	int64_t last_seen_utc_ms;         /**< of its last receipt */
	bool is_forked;                   /**< a fork of it lies in quarantine */
	uint8_t receipt_hash[2][JX_HASH_BYTES]; /**< newest and the one before; zero if none */
};

/** A one-time enrolment code. */
struct jx_vault_code {
	char id[5];
	uint8_t secret[10];
	char short_code[16];
	enum jx_role role;
	char area[24];
	bool is_trusted;                  /**< the code alone confirms: no fingerprint comparison */
	int64_t expires_utc_ms;
	int64_t tries;                    /**< wrong tries so far */
	bool is_used;
	uint8_t used_public_key[JX_PUB_BYTES];
	uint8_t writer[JX_ID_BYTES];      /**< enrolled with it */
};

/** One entry, checked by ingest, to be stored. */
struct jx_vault_entry {
	const char *bytes;
	size_t len;
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	const struct jx_entry *entry;     /**< decoded; NULL when it could not be understood (newer version): kept all the same */
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	const char *marks;                /**< review marks, comma separated, or NULL */
};

struct jx_vault_batch {
	uint8_t writer[JX_ID_BYTES];
	int64_t expected_n;               /**< writer's n and head when ingest read it */
	uint8_t expected_head[JX_HASH_BYTES];
	const struct jx_vault_entry *entries; /**< numbers expected_n+1 ... without gaps */
	size_t count;
	uint8_t sig[JX_SIG_BYTES];        /**< of the last head */
	int64_t received_utc_ms;
	const struct jx_signed *receipt;  /**< stored in the same transaction */
	bool is_fork;                     /**< store in quarantine: entries start at expected_n+1 of the forked branch; the writer's n and head stay */
};

typedef struct jx_vault jx_vault;
typedef jx_rc (*jx_vault_item_fn)(void *user, int64_t pos, const char *line, size_t len); /**< a feed item as a wire line, without LF */
typedef jx_rc (*jx_vault_writer_fn)(void *user, const struct jx_writer *w);
typedef jx_rc (*jx_vault_digest_fn)(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES], const uint8_t head[JX_HASH_BYTES]);

struct jx_vault_counts {
	int64_t entries, observations, photos_listed, photos_stored; /**< photos: distinct (writer, hash) */
	int64_t gaps;                     /**< numbers missing below each writer's n, counted from the rows themselves */
	int64_t duplicates;               /**< entry ids that stand more than once */
	int64_t quarantined, marked, writers;
};

/** Scope of a feed: what a reader may see. */
struct jx_vault_scope {
	bool all;                         /**< office: everything */
	char area[24];                    /**< field: reference data of this area */
	uint8_t writer[JX_ID_BYTES];      /**< the reader */
};

struct jx_vault_ops {
	void (*close)(jx_vault *v);
	/** Epoch of this store: random at creation, new after a restore. */
	jx_rc (*epoch)(jx_vault *v, uint8_t epoch_out[JX_ID_BYTES], struct jx_error *err);
	jx_rc (*new_epoch)(jx_vault *v, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err);
	/* writers */
	jx_rc (*writer)(jx_vault *v, const uint8_t id[JX_ID_BYTES], struct jx_writer *out, struct jx_error *err); /**< JX_ENOTFOUND */
	jx_rc (*writer_by_short)(jx_vault *v, const char *short_code, struct jx_writer *out, struct jx_error *err); /**< newest of that code */
	jx_rc (*each_writer)(jx_vault *v, jx_vault_writer_fn fn, void *user, struct jx_error *err);
	/** The server's own writer, made at set-up. */
	jx_rc (*add_server_writer)(jx_vault *v, const struct jx_writer *w, struct jx_error *err);
	/* enrolment codes */
	jx_rc (*add_code)(jx_vault *v, const struct jx_vault_code *c, struct jx_error *err); /**< JX_EEXISTS id taken */
	jx_rc (*code)(jx_vault *v, const char *id, struct jx_vault_code *out, struct jx_error *err);
	jx_rc (*code_failed)(jx_vault *v, const char *id, struct jx_error *err); /**< one more wrong try */
	/** Use the code, add the writer, and append the server's entry about it: one transaction. JX_ECONFLICT: code used meanwhile, or the server's chain moved. */
	jx_rc (*enrol)(jx_vault *v, const char *code_id, const struct jx_writer *w, const struct jx_vault_batch *server_entry, struct jx_error *err);
	/** Change a writer's state together with the server's entry about it. */
	jx_rc (*set_state)(jx_vault *v, const uint8_t id[JX_ID_BYTES], enum jx_writer_state state, const struct jx_vault_batch *server_entry, struct jx_error *err);
	/* entries */
	/** @retval JX_ECONFLICT the writer's n or head is not what ingest expected @retval JX_EAUTH revoked meanwhile */
	jx_rc (*take)(jx_vault *v, const struct jx_vault_batch *b, struct jx_error *err);
	/** Digests and heads of stored numbers from..to, ascending. */
	jx_rc (*digests)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], int64_t from_n, int64_t to_n, jx_vault_digest_fn fn, void *user, struct jx_error *err);
	/** Is this id stored already under another (writer, n)? For the id-conflict mark. */
	jx_rc (*id_known)(jx_vault *v, const uint8_t id[JX_ID_BYTES], bool *known_out, struct jx_error *err);
	jx_rc (*receipt)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], struct jx_signed *out, struct jx_error *err); /**< newest; JX_ENOTFOUND */
	/** A mark on a writer for the review list: "clone-alarm", "behind", ... */
	jx_rc (*mark_writer)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const char *mark, int64_t utc_ms, struct jx_error *err);
	/* photos */
	/** Is this hash listed in a stored entry of this writer? size as listed. JX_ENOTFOUND if not. */
	jx_rc (*photo_listed)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out, struct jx_error *err);
	/** The file is published on disk: keep its receipt. Known already: the kept receipt stays. */
	jx_rc (*photo_stored)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES], const struct jx_signed *receipt, int64_t utc_ms, struct jx_error *err);
	jx_rc (*photo_receipt)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES], struct jx_signed *out, struct jx_error *err); /**< JX_ENOTFOUND: not stored for this writer */
	/** Stored by any writer (office download). */
	jx_rc (*photo_known)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);
	/* feed */
	/** Items with position > after_pos in the scope, in commit order, until fn stops it. */
	jx_rc (*feed)(jx_vault *v, const struct jx_vault_scope *scope, int64_t after_pos, int64_t limit, jx_vault_item_fn fn, void *user, struct jx_error *err);
	jx_rc (*add_keys)(jx_vault *v, const struct jx_signed *keys, int64_t utc_ms, struct jx_error *err);
	/* care */
	jx_rc (*counts)(jx_vault *v, struct jx_vault_counts *out, struct jx_error *err);
	jx_rc (*each_review)(jx_vault *v, jx_vault_item_fn fn, void *user, struct jx_error *err); /**< review list as JSON lines */
	jx_rc (*check)(jx_vault *v, struct jx_error *err);  /**< integrity and own invariants */
	jx_rc (*checkpoint)(jx_vault *v, struct jx_error *err);
};

struct jx_vault {
	const struct jx_vault_ops *ops;
	/* implementation follows */
};
static inline void jx_vault_close(jx_vault *v)
{
	if (v != NULL)
		v->ops->close(v);
}
JX_DEFINE_AUTO(jx_vault, jx_vault_close);

struct jx_vault_sqlite_config {
	const char *dir;          /**< database dir/vault.db, lock dir/vault.lock */
	const char *vfs;          /**< NULL = default */
	const struct jx_fs *fs;
	const struct jx_rand *rand; /**< for the first epoch */
	bool create;              /**< make it if absent; else JX_ENOTFOUND */
};
/** @retval JX_EBUSY another jiexund has it open */
jx_rc jx_vault_sqlite_open(const struct jx_vault_sqlite_config *config, jx_vault **vault_out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
