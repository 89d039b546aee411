/*
 * jiexun/vault.h - server storage as domain operations: writers, codes, entries, receipts, photos, feed.
 * Nothing above it knows SQL or where photo files lie; one contract suite (tests/contract/vault) runs over
 * every implementation. Now: SQLite, with photos as files through media.
 *
 * Every operation is one transaction, durable when it returns JX_OK (SQLite: WAL, synchronous=FULL). The
 * SQLite vault keeps exactly one read-write connection (Debian 12's SQLite 3.40.1 has the WAL-reset bug:
 * two connections that write or checkpoint at the same moment can corrupt the file) that also does every
 * checkpoint, and read-only connections beside it; an advisory lock beside the database keeps a second
 * process out.
 *
 * Threads:   all operations may be called from any thread; the vault serialises what must be. A
 *            jx_vault_part belongs to one thread at a time.
 * Ownership: callbacks get rows that live for the call; a callback must not call the vault.
 * Errors:    JX_ECONFLICT state changed since it was read: read again; JX_ENOSPC, JX_EIO, JX_ECORRUPT,
 *            JX_EVERSION, JX_EBUSY. A walk stops when its callback returns other than JX_OK, and returns
 *            that.
 * Units:     `_bytes` bytes, `_ms` milliseconds, `_utc_ms` since 1970-01-01 UTC.
 */
#ifndef JX_VAULT_H
#define JX_VAULT_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Numbers reach disk; append only. */
enum jx_role {
	JX_ROLE_SERVER = 0,
	JX_ROLE_FIELD = 1,
	JX_ROLE_LEADER = 2,
	JX_ROLE_DISPATCHER = 3,
	JX_ROLE_UNIT = 4,
	JX_ROLE_AUDITOR = 5,
	JX_ROLE_ADMIN = 6
};
/** "server", "field", "leader", "dispatcher", "unit", "auditor", "admin" */
const char *jx_role_name(enum jx_role r);
bool jx_role_parse(const char *s, enum jx_role *out);

/** Numbers reach disk; append only. */
enum jx_writer_state {
	JX_WRITER_PENDING = 0,
	JX_WRITER_ACTIVE = 1,
	JX_WRITER_REVOKED = 2
};
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
	int64_t n;                   /**< stored up to here ... */
	uint8_t head[JX_HASH_BYTES]; /**< ... with this head (root head at n = 0) */
	int64_t last_seen_utc_ms;    /**< of its last receipt */
	bool is_forked;              /**< a fork of it lies in quarantine */
	bool must_enrol; /**< its device was restored or cloned: it enrols again, under the same short code */
	uint8_t receipt_hash[2][JX_HASH_BYTES]; /**< newest and the one before; zero if none */
};

/** A one-time enrolment code. */
struct jx_vault_code {
	char id[5];
	uint8_t secret[10];
	char short_code[16];
	enum jx_role role;
	char area[24];
	bool is_trusted; /**< the code alone confirms: no fingerprint comparison */
	int64_t expires_utc_ms;
	int64_t tries; /**< wrong tries so far */
	bool is_used;
	uint8_t used_public_key[JX_PUB_BYTES];
	uint8_t writer[JX_ID_BYTES]; /**< enrolled with it */
};

/** A photo as an entry lists it. */
struct jx_vault_photo {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
};

/**
 * One entry, checked by ingest, to be stored. What it could not understand is kept all the same: only
 * bytes, id and n must be there.
 */
struct jx_vault_entry {
	const char *bytes;
	size_t len;
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind; /**< JX_KIND_UNKNOWN when the name is new */
	char day[11];      /**< "" if not understood */
	char area[24];
	const struct jx_vault_photo *photos;
	size_t photo_count;
	const char *marks; /**< review marks, comma separated, or NULL */
};

struct jx_vault_batch {
	uint8_t writer[JX_ID_BYTES];
	int64_t expected_n; /**< writer's n and head when ingest read it */
	uint8_t expected_head[JX_HASH_BYTES];
	const struct jx_vault_entry *entries; /**< numbers expected_n+1 ... without gaps */
	size_t count;
	uint8_t sig[JX_SIG_BYTES]; /**< of the last head */
	int64_t received_utc_ms;
	const struct jx_signed *receipt; /**< stored in the same transaction; NULL = none */
	bool is_fork; /**< into quarantine: entries follow expected_n of their branch; the writer's n stays */
};

/** The server takes another identity key. */
struct jx_vault_rotation {
	const struct jx_signed
		*keys; /**< `keys` items, in order: what introduces the key, and what it says itself */
	size_t key_count;
	int64_t utc_ms;
	const struct jx_writer *before;     /**< the server's writer so far, as it was read */
	const struct jx_writer *next;       /**< its writer of the new key ... */
	const struct jx_vault_batch *first; /**< ... whose first entry continues the one before */
};

/** Kinds of feed items. */
enum jx_vault_item_kind {
	JX_VAULT_ENTRY,
	JX_VAULT_RECEIPT,
	JX_VAULT_PHOTO_RECEIPT,
	JX_VAULT_KEYS,
	JX_VAULT_PACK
};

/** One item of the feed; pointers live for the call. */
struct jx_vault_item {
	int64_t pos; /**< commit position, strictly increasing */
	enum jx_vault_item_kind kind;
	uint8_t writer[JX_ID_BYTES]; /**< zero for keys and packs */
	int64_t n;                   /**< entry, receipt; version of a pack */
	bool is_fork;                /**< entry in quarantine, or the receipt of one */
	int64_t utc_ms;              /**< when the server took it */
	/* entry */
	struct jx_bytes entry; /**< verbatim; NULL data if erased by law */
	const uint8_t *digest, *head;
	const uint8_t *sig; /**< of the head after it, where a batch ended; else NULL */
	const char *marks;  /**< NULL if none */
	/* photo-receipt */
	const uint8_t *sha256;
	const char *pack; /**< its id */
	/* receipt, photo-receipt, keys, pack */
	struct jx_bytes text;
	const uint8_t *text_sig;
};

/** One line of the review list. */
struct jx_vault_review {
	uint8_t writer[JX_ID_BYTES];
	const char *short_code;
	int64_t n;               /**< entry's number; 0: the mark is the writer's own */
	uint8_t id[JX_ID_BYTES]; /**< entry's id; zero for a writer's mark */
	bool is_fork;            /**< the entry lies in quarantine */
	const char *marks;       /**< comma separated; "" for a quarantined entry without any */
	int64_t utc_ms;          /**< entry: taken in; writer's mark: last time */
	int64_t times;           /**< writer's mark: how often; else 1 */
};

/** A form pack as it was published. */
struct jx_vault_pack {
	char id[64];
	int64_t version;
	char valid_from[11];
	int64_t utc_ms; /**< when it was published */
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_signed seal;
	struct jx_bytes bytes; /**< the file */
};

/** A photo that is stored, and from whom. */
struct jx_vault_stored {
	int64_t pos;
	uint8_t writer[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
	bool is_unreadable; /**< its writer has the mark JX_VAULT_UNREADABLE with this hash */
};
/** Mark of a writer, with the photo's hash behind it: no small copy could be made of what it sent. */
#define JX_VAULT_UNREADABLE "unreadable-photo: "

enum jx_vault_stray_kind {
	JX_VAULT_UNLISTED,  /**< a photo that no entry lists: the database is older than the folder */
	JX_VAULT_LONE_COPY, /**< a copy whose photo no entry lists */
	JX_VAULT_MISSING,   /**< a receipt was given, and the file is gone */
	JX_VAULT_DAMAGED,   /**< the file has another size than an entry lists, and another hash */
};
struct jx_vault_stray {
	enum jx_vault_stray_kind kind;
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes, modified_utc_ms; /**< of the file; 0 if it is gone */
};
/** What drop_strays() removes. */
struct jx_vault_drop {
	int64_t now_utc_ms, keep_ms;
	/**
	 * Photos, too, not only copies. A vault whose epoch is younger than keep_ms was restored lately, and entries that list
	 * them may still come again: then none goes.
	 */
	bool with_originals;
	bool is_dry; /**< tell only */
};

typedef struct jx_vault jx_vault;
typedef jx_rc (*jx_vault_stored_fn)(void *user, const struct jx_vault_stored *photo);
typedef jx_rc (*jx_vault_stray_fn)(void *user, const struct jx_vault_stray *stray);
typedef struct jx_vault_part jx_vault_part; /**< a photo that is being received */
typedef jx_rc (*jx_vault_item_fn)(void *user, const struct jx_vault_item *item);
typedef jx_rc (*jx_vault_pack_fn)(void *user, const struct jx_vault_pack *pack);
typedef jx_rc (*jx_vault_review_fn)(void *user, const struct jx_vault_review *review);
typedef jx_rc (*jx_vault_writer_fn)(void *user, const struct jx_writer *w);
typedef jx_rc (*jx_vault_digest_fn)(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
				    const uint8_t head[JX_HASH_BYTES]);

struct jx_vault_counts {
	int64_t entries, observations, photos_listed, photos_stored; /**< photos: distinct (writer, hash) */
	int64_t gaps;       /**< numbers missing below each writer's n, counted from the rows themselves */
	int64_t duplicates; /**< entries beyond the first of each id */
	int64_t quarantined, marked, writers;
};

/** Scope of a feed: what a reader may see. */
struct jx_vault_scope {
	bool all;                    /**< office: everything */
	char area[24];               /**< field: reference data of this area */
	uint8_t writer[JX_ID_BYTES]; /**< the reader */
};

struct jx_vault_ops {
	void (*close)(jx_vault *v);
	/** Epoch of this store: random at creation, new after a restore. */
	jx_rc (*epoch)(jx_vault *v, uint8_t epoch_out[JX_ID_BYTES], struct jx_error *err);
	jx_rc (*new_epoch)(jx_vault *v, const uint8_t epoch[JX_ID_BYTES], struct jx_error *err);
	/* writers */
	jx_rc (*writer)(jx_vault *v, const uint8_t id[JX_ID_BYTES], struct jx_writer *out,
			struct jx_error *err); /**< JX_ENOTFOUND */
	jx_rc (*writer_by_short)(jx_vault *v, const char *short_code, struct jx_writer *out,
				 struct jx_error *err); /**< newest of that code */
	jx_rc (*each_writer)(jx_vault *v, jx_vault_writer_fn fn, void *user, struct jx_error *err);
	/** Those that have or had this code, oldest first: a code may go on to the next device. */
	jx_rc (*each_writer_of_short)(jx_vault *v, const char *short_code, jx_vault_writer_fn fn, void *user,
				      struct jx_error *err);
	/** The server's own writer, made at set-up. @retval JX_EEXISTS */
	jx_rc (*add_server_writer)(jx_vault *v, const struct jx_writer *w, struct jx_error *err);
	/* enrolment codes */
	jx_rc (*add_code)(jx_vault *v, const struct jx_vault_code *c,
			  struct jx_error *err); /**< JX_EEXISTS id taken */
	jx_rc (*code)(jx_vault *v, const char *id, struct jx_vault_code *out, struct jx_error *err);
	jx_rc (*code_failed)(jx_vault *v, const char *id, struct jx_error *err); /**< one more wrong try */
	/**
	 * Use the code, add the writer (unless this very one, by id and key, is there already), and append the server's entries about it: one transaction.
	 * @retval JX_ECONFLICT  code used meanwhile, or the server's chain moved
	 */
	jx_rc (*enrol)(jx_vault *v, const char *code_id, const struct jx_writer *w,
		       const struct jx_vault_batch *server_entry, struct jx_error *err);
	/** Change a writer's state together with the server's entry about it. */
	jx_rc (*set_state)(jx_vault *v, const uint8_t id[JX_ID_BYTES], enum jx_writer_state state,
			   const struct jx_vault_batch *server_entry, struct jx_error *err);
	/** Change a writer's area together with the server's entry about it. */
	jx_rc (*set_area)(jx_vault *v, const uint8_t id[JX_ID_BYTES], const char *area,
			  const struct jx_vault_batch *server_entry, struct jx_error *err);
	/**
	 * Keep the keys, add the server's new writer and its first batch: one transaction, and in this order in the
	 * feed, so that whoever reads on knows each key before what it signed.
	 * @retval JX_ECONFLICT  the writer before has moved on
	 * @retval JX_EEXISTS    the new writer's id is taken
	 */
	jx_rc (*rotate)(jx_vault *v, const struct jx_vault_rotation *r, struct jx_error *err);
	/* entries */
	/**
	 * Store a batch and its receipt, or a receipt alone (count 0: for all that stands). An entry whose id stands already, in any log or in quarantine, is
	 * stored all the same, with the mark id-conflict added.
	 * @retval JX_ECONFLICT  the writer's n or head is not what ingest expected
	 * @retval JX_EEXISTS    is_fork, and this very branch lies in quarantine already: ask fork_receipt
	 * @retval JX_EAUTH      revoked meanwhile
	 */
	jx_rc (*take)(jx_vault *v, const struct jx_vault_batch *b, struct jx_error *err);
	/** Digests and heads of stored numbers from..to, ascending. */
	jx_rc (*digests)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], int64_t from_n, int64_t to_n,
			 jx_vault_digest_fn fn, void *user, struct jx_error *err);
	/** Heads of quarantined entries with this number. */
	jx_rc (*fork_heads)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], int64_t n, jx_vault_digest_fn fn,
			    void *user, struct jx_error *err);
	/** Newest receipt of the log (not of forks). @retval JX_ENOTFOUND */
	jx_rc (*receipt)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], struct jx_signed *out,
			 struct jx_error *err);
	/**
	 * The receipt that was given for the quarantined branch that ends with this head.
	 * @retval JX_ENOTFOUND
	 */
	jx_rc (*fork_receipt)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], int64_t n,
			      const uint8_t head[JX_HASH_BYTES], struct jx_signed *out, struct jx_error *err);
	/**
	 * Was a receipt with this jx_signed_hash() ever issued to the writer? A restored server does not
	 * know what it signed after the backup.
	 */
	jx_rc (*receipt_known)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			       const uint8_t hash[JX_HASH_BYTES], bool *known_out, struct jx_error *err);
	/**
	 * A mark on a writer for the review list: "clone-alarm", "behind", ... must_enrol: also note that
	 * its device has to enrol again.
	 */
	jx_rc (*mark_writer)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], const char *mark,
			     bool must_enrol, int64_t utc_ms, struct jx_error *err);
	/* photos: what entries list, and receipts */
	/**
	 * Is this hash listed in an entry of this writer that was taken (quarantine counts: its evidence is
	 * wanted too)? size as listed.
	 * @retval JX_ENOTFOUND
	 */
	jx_rc (*photo_listed)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			      struct jx_error *err);
	/** The file is published: keep its receipt. Known already: the kept receipt stays. */
	jx_rc (*photo_stored)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], const struct jx_signed *receipt,
			      int64_t utc_ms, struct jx_error *err);
	jx_rc (*photo_receipt)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			       const uint8_t sha256[JX_HASH_BYTES], struct jx_signed *out,
			       struct jx_error *err); /**< JX_ENOTFOUND: not stored for this writer */
	/** Stored by any writer (office download). @retval JX_ENOTFOUND */
	jx_rc (*photo_known)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);
	/* photos: bytes. Partial ones survive restarts and are kept apart by writer. */
	/** How much of it is here; 0 if nothing. */
	jx_rc (*part_offset)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			     const uint8_t sha256[JX_HASH_BYTES], int64_t *offset_bytes_out,
			     struct jx_error *err);
	/**
	 * Open for appending at its offset. One open part per (writer, hash): the caller sees to that.
	 * @retval JX_ELIMIT larger than the ceiling
	 */
	jx_rc (*part_open)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			   const uint8_t sha256[JX_HASH_BYTES], int64_t size_bytes, jx_vault_part **part_out,
			   struct jx_error *err);
	int64_t (*part_at)(const jx_vault_part *part); /**< offset of an open part */
	jx_rc (*part_write)(jx_vault_part *part, const void *data, size_t len, struct jx_error *err);
	/**
	 * All bytes are here: check the hash, make the file durable under its hash.
	 * @retval JX_ECORRUPT hash differs, bytes dropped
	 */
	jx_rc (*part_publish)(jx_vault_part *part, struct jx_error *err);
	jx_rc (*part_drop)(jx_vault_part *part, struct jx_error *err); /**< the bytes go; close it then */
	void (*part_close)(jx_vault_part *part);                       /**< keeps the bytes; NULL ok */
	/** Path of a stored photo, for sending it (photo_known first). */
	void (*photo_path)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap);
	/** Sum of the sizes of what is stored for this writer, small copies that it sent ahead of their originals among it. */
	jx_rc (*photo_bytes)(jx_vault *v, const uint8_t writer[JX_ID_BYTES], int64_t *bytes_out,
			     struct jx_error *err);
	/** Free bytes of the disk that photos lie on. */
	jx_rc (*free_bytes)(jx_vault *v, int64_t *bytes_out, struct jx_error *err);
	/** Stored photos after this position of the feed, in that order, until fn stops it: at most limit. */
	jx_rc (*each_photo)(jx_vault *v, int64_t after_pos, int64_t limit, jx_vault_stored_fn fn, void *user,
			    struct jx_error *err);
	/* small copies, for lists of photos: no evidence, and may be made again at any time */
	/** The server's own; while there is none, what a device sent. @retval JX_ENOTFOUND neither */
	jx_rc (*copy)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err);
	/** Has the server made its own? */
	bool (*has_own_copy)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES]);
	/**
	 * Keep one. The server's own (is_own) takes the place of what a device sent; what a device sends while the server has
	 * its own is thrown away.
	 * @retval JX_EINVAL no JPEG
	 */
	jx_rc (*keep_copy)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], bool is_own, const void *data,
			   size_t len, struct jx_error *err);
	/** These copies came from this writer (size_bytes: of the copy): they count in photo_bytes() until their originals do. */
	jx_rc (*note_small)(jx_vault *v, const uint8_t writer[JX_ID_BYTES],
			    const struct jx_vault_photo *copies, size_t count, struct jx_error *err);
	/** Files that rows do not explain, and rows without their file. Reads folders, no photo. */
	jx_rc (*each_stray)(jx_vault *v, jx_vault_stray_fn fn, void *user, struct jx_error *err);
	/**
	 * Remove strays that have lain for keep_ms and that nothing can need: no entry in any log or quarantine lists them, looked at
	 * while no entry can be taken. fn is told of each (NULL: nobody is).
	 */
	jx_rc (*drop_strays)(jx_vault *v, const struct jx_vault_drop *how, jx_vault_stray_fn fn, void *user,
			     struct jx_error *err);
	/** After a crash: remove temporary files; partial photos only once untouched for keep_ms. */
	jx_rc (*sweep)(jx_vault *v, int64_t now_utc_ms, int64_t keep_ms, int64_t *removed_out,
		       struct jx_error *err);
	/* feed */
	/** Items with position > after_pos in the scope, in commit order, until fn stops it. */
	jx_rc (*feed)(jx_vault *v, const struct jx_vault_scope *scope, int64_t after_pos, int64_t limit,
		      jx_vault_item_fn fn, void *user, struct jx_error *err);
	jx_rc (*add_keys)(jx_vault *v, const struct jx_signed *keys, int64_t utc_ms, struct jx_error *err);
	jx_rc (*keys)(jx_vault *v, struct jx_signed *out, struct jx_error *err); /**< newest; JX_ENOTFOUND */
	/* form packs: for all readers */
	/** Publish, with its feed item. @retval JX_EEXISTS  this version is published */
	jx_rc (*add_pack)(jx_vault *v, const struct jx_vault_pack *p, struct jx_error *err);
	/** In the order in which they were published. */
	jx_rc (*each_pack)(jx_vault *v, jx_vault_pack_fn fn, void *user, struct jx_error *err);
	/** Of the file with this hash. @retval JX_ENOTFOUND  none is published */
	jx_rc (*pack_size)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			   struct jx_error *err);
	/** A piece of it, from offset on; *got_out 0 at the end. */
	jx_rc (*pack_read)(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes, void *data,
			   size_t len, size_t *got_out, struct jx_error *err);
	/* care */
	jx_rc (*counts)(jx_vault *v, struct jx_vault_counts *out, struct jx_error *err);
	jx_rc (*each_review)(jx_vault *v, jx_vault_review_fn fn, void *user, struct jx_error *err);
	/**
	 * Integrity, every chain from its root, every signature, counts. Reads everything.
	 * @retval JX_ECORRUPT text says what
	 */
	jx_rc (*check)(jx_vault *v, struct jx_error *err);
	jx_rc (*checkpoint)(jx_vault *v, struct jx_error *err); /**< move the WAL into the database */
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
	const char *dir;            /**< database dir/vault.db, lock dir/vault.lock */
	const char *photo_dir;      /**< NULL = dir/photos */
	int64_t photo_max_bytes;    /**< ceiling of one photo; 0 = media's own */
	const char *vfs;            /**< NULL = default */
	const struct jx_fs *fs;     /**< must outlive the vault, as rand must */
	const struct jx_rand *rand; /**< for the first epoch */
	bool create;                /**< make it if absent; else JX_ENOTFOUND */
	bool prepare_photos;        /**< make all photo folders at once (a server that stays up) */
};
/**
 * Open, creating and migrating where needed (a copy by VACUUM INTO is kept before an upgrade).
 * @retval JX_EBUSY     another jiexund has it open
 * @retval JX_EVERSION  made by a newer program: nothing is touched
 * @retval JX_ECORRUPT  damaged, or no vault
 */
jx_rc jx_vault_sqlite_open(const struct jx_vault_sqlite_config *config, jx_vault **vault_out,
			   struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
