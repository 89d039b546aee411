/*
 * jiexun/model.h - entries and their exact bytes, the chain, signed statements of the server, and the fold that
 * turns them into "recorded N, stored N, complete". Pure: same result on handheld, server and office.
 *
 * An entry is one compact UTF-8 JSON object, written once and kept verbatim everywhere; its fields are described in
 * src/model/ENTRIES.md. jx_entry_encode() writes our own; jx_entry_decode() reads anybody's, keeps what it does not
 * know out of the way and never changes the bytes.
 *
 * Threads:   no hidden state.
 * Ownership: struct jx_entry holds its own copies, but `answers` points into the bytes it was decoded from.
 * Errors:    JX_EINVAL with the field's name; outputs untouched on failure.
 * Units:     see names; accuracy and age of a fix are millimetres and milliseconds because entries hold no fractions.
 */
#ifndef JX_MODEL_H
#define JX_MODEL_H

#include "jiexun/base.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JX_ENTRY_VERSION   1
#define JX_ENTRY_BYTES_MAX 65536
#define JX_PHOTOS_MAX      20 /**< photos of one entry, sound notes among them */

/** Kinds of entry. Numbers reach disk; append only. Names reach entries. Unknown names are JX_KIND_UNKNOWN and kept. */
enum jx_kind {
	JX_KIND_UNKNOWN = 0,
	JX_KIND_OBSERVATION = 1, /**< "observation": a disorder found, "nothing found" or "no access" */
	JX_KIND_CORRECTION = 2,  /**< "correction": whole new content for `ref`, with `reason` */
	JX_KIND_WITHDRAWAL = 3,  /**< "withdrawal": takes `ref` back, with `reason` */
	JX_KIND_PERSON_IN = 4,   /**< "person-in" */
	JX_KIND_PERSON_OUT = 5,  /**< "person-out" */
	JX_KIND_SHIFT_START = 6, /**< "shift-start" */
	JX_KIND_DAY_CLOSE = 7,   /**< "day-close": what this writer recorded for `day` up to here */
	JX_KIND_CONTINUES = 8,   /**< "continues": first entry of a re-enrolled device, names the old chain */
	JX_KIND_WRITER_ENROLLED = 32,  /**< "writer-enrolled": server fact */
	JX_KIND_WRITER_CONFIRMED = 33, /**< "writer-confirmed": the office compared the fingerprint */
	JX_KIND_WRITER_REVOKED = 34,   /**< "writer-revoked" */
	JX_KIND_WRITER_MOVED = 35      /**< "writer-moved": it works in another area from here on */
};
const char *jx_kind_name(enum jx_kind kind);
/**
 * What people read for a name of the formats: state, result, kind, role, source. In JSON and in files stands the name itself.
 * @returns the translated text, valid for ever; the name itself where it is not one of ours (a later version's)
 */
const char *jx_word(const char *name);
enum jx_kind jx_kind_parse(const char *name);

/** Where a position came from. Numbers reach disk. */
enum jx_fix_source {
	JX_FIX_NONE = 0,
	JX_FIX_GNSS = 1,
	JX_FIX_MANUAL = 2
};
const char *jx_fix_source_name(enum jx_fix_source s); /* "none", "gnss", "manual" */

/** A position as it was measured: never snapped, never smoothed. */
struct jx_fix {
	enum jx_fix_source source; /**< JX_FIX_NONE: nothing below means anything but satellites */
	int32_t lat_wgs84_e7;
	int32_t lon_wgs84_e7;
	int64_t accuracy_mm;     /**< receiver's own horizontal estimate; -1 if it gave none */
	int16_t satellites_used; /**< -1 unknown */
	uint8_t mode;            /**< 0 unknown, 1 no fix, 2 = 2D, 3 = 3D */
	bool is_stale;           /**< older than the source's limit when asked: age says how old */
	int64_t age_ms;      /**< from the receiver's epoch to the moment of asking, by the monotonic clock */
	int64_t gnss_utc_ms; /**< receiver's time of the fix; 0 unknown */
};

/** One photo, or sound note, as the entry lists it. */
struct jx_photo_ref {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
	char type[24];        /**< media type: "image/jpeg", "audio/ogg" */
	char role[12];        /**< wide, close, before, after, plate, object; of a sound: note */
	char how[12];         /**< camera, microphone or imported */
	int64_t taken_utc_ms; /**< file's own time if known, else 0; of a recording its beginning */
	int64_t duration_ms;  /**< of a sound; 0: a picture */
	uint8_t before_sha256
		[JX_HASH_BYTES]; /**< role after: the picture of the same spot before; zero: none named */
};

/** Does it name a picture of before? */
bool jx_photo_has_before(const struct jx_photo_ref *photo);
/** Is it a sound, of which there is nothing to see? By its type; the file may be another. */
bool jx_photo_is_sound(const struct jx_photo_ref *photo);

/** Names another entry: id and digest of its bytes. */
struct jx_entry_ref {
	uint8_t id[JX_ID_BYTES];
	uint8_t digest[JX_HASH_BYTES];
};

/** All that entries of version 1 hold. Empty strings, zero counts and has_* false are left out of the bytes. */
struct jx_entry {
	/* every entry */
	int64_t version; /**< `v`: set by decoding; jx_entry_encode() writes JX_ENTRY_VERSION whatever it says */
	uint8_t id[JX_ID_BYTES]; /**< UUIDv7 made at first touch */
	uint8_t writer[JX_ID_BYTES];
	int64_t n; /**< from 1, no gaps */
	enum jx_kind kind;
	char kind_name[32]; /**< as in the bytes, also for unknown kinds */
	uint8_t salt[8];
	int64_t taken_utc_ms; /**< device clock at first touch */
	int64_t saved_utc_ms; /**< device clock at saving */
	int64_t mono_ms;      /**< since boot, at saving */
	uint8_t boot[JX_ID_BYTES];
	int64_t gnss_utc_ms; /**< 0 unknown */
	char day[11];        /**< business day it counts for, "YYYY-MM-DD" */
	char area[24];       /**< area at the time of saving */
	/* who and why */
	char person[64];
	char person_verified[8]; /**< "none" or "pin" */
	bool has_shift;
	uint8_t shift[JX_ID_BYTES];
	char officer2[64];
	char source[24]; /**< patrol, covert, hotline, look-back, ... */
	char campaign[64];
	/* place (observation, correction) */
	bool has_place;
	struct jx_fix fix;
	char grid[32];
	char street[96];
	char ref_version[32]; /**< version of the reference data grid and street come from */
	/* what */
	char form[48];
	char pack[64];
	int64_t pack_version;
	struct jx_bytes answers; /**< raw JSON object; NULL data if none */
	struct jx_photo_ref photos[JX_PHOTOS_MAX];
	size_t photo_count;
	/* correction, withdrawal */
	bool has_ref;
	struct jx_entry_ref ref;
	char reason[512];
	/* day-close */
	bool has_totals;
	int64_t observations_total; /**< observation entries of `day` in this writer's log before this entry */
	int64_t photos_total; /**< photo references of entries of `day` before this entry (observations and corrections) */
	/* continues */
	bool has_continues;
	uint8_t old_writer[JX_ID_BYTES];
	int64_t old_n;
	uint8_t old_head[JX_HASH_BYTES];
	/* server facts: the writer they speak of */
	bool has_subject;
	uint8_t subject[JX_ID_BYTES];
	uint8_t subject_public_key[JX_PUB_BYTES]; /**< writer-enrolled only; zero otherwise */
	char subject_short[16];
	char subject_role[16];
	char subject_area[24];
};

/** Write the exact bytes. Checks every field as jx_entry_decode() does, so what it writes always decodes. */
jx_rc jx_entry_encode(const struct jx_entry *e, jx_buf *out, struct jx_error *err);

/**
 * Read an entry. Strict on form (strict JSON, entry profile, `v` first, the fields every entry has, types and ranges of the fields it
 * knows), blind to fields it does not know.
 * @retval JX_EVERSION  `v` is higher than JX_ENTRY_VERSION: the five fields id, writer, n, kind and taken_utc_ms are set all the same
 */
jx_rc jx_entry_decode(const char *bytes, size_t len, struct jx_entry *out, struct jx_error *err);

/**
 * The same of a value in a document that was read with limits of its own: an entry in a feed item is not read twice. What it points
 * to lies in the document's text.
 */
jx_rc jx_entry_decode_at(const jx_json *doc, int tok, struct jx_entry *out, struct jx_error *err);

/**
 * Read only what storing and chaining need, of an entry of any version and any content: strict JSON, `v` first, id, writer,
 * n, kind and taken_utc_ms must be there; salt, saved_utc_ms, mono_ms, boot, day and area are set where they are well formed.
 * For whoever stores first and interprets later: an entry that passes here but fails jx_entry_decode() is kept and marked.
 */
jx_rc jx_entry_decode_storing(const char *bytes, size_t len, struct jx_entry *out, struct jx_error *err);

/* ---- chain -------------------------------------------------------------------------------------- */

/** head(0) = SHA-256(tag root, writer, public key) */
void jx_chain_root(const uint8_t writer[JX_ID_BYTES], const uint8_t pub[JX_PUB_BYTES],
		   uint8_t head_out[JX_HASH_BYTES]);
/** head(n) = SHA-256(tag head, writer, n as u64 big-endian, head(n-1), digest(n)) */
void jx_chain_next(const uint8_t writer[JX_ID_BYTES], int64_t n, const uint8_t prev[JX_HASH_BYTES],
		   const uint8_t digest[JX_HASH_BYTES], uint8_t head_out[JX_HASH_BYTES]);
/** Ed25519(tag head, head) */
void jx_chain_sign(const uint8_t sec[JX_SEC_BYTES], const uint8_t head[JX_HASH_BYTES],
		   uint8_t sig_out[JX_SIG_BYTES]);
bool jx_chain_verify(const uint8_t pub[JX_PUB_BYTES], const uint8_t head[JX_HASH_BYTES],
		     const uint8_t sig[JX_SIG_BYTES]);

/* ---- what the server signs ---------------------------------------------------------------------- */

/*
 * A signed text is one compact JSON object kept verbatim, with Ed25519(tag, text) by the server's identity key.
 * `key` in it is the first 8 bytes of SHA-256(public key), in hex.
 */
#define JX_SIGNED_TEXT_MAX 4096
struct jx_signed {
	char text[JX_SIGNED_TEXT_MAX];
	size_t len;
	uint8_t sig[JX_SIG_BYTES];
};

struct jx_receipt {
	uint8_t key_id[8];
	uint8_t epoch[JX_ID_BYTES];
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	uint8_t head[JX_HASH_BYTES];
	int64_t server_utc_ms;
	int64_t safe_until_n; /**< entries covered by a verified backup; 0 none */
	bool is_fork;         /**< kept in quarantine: another chain of this writer was there first */
};
/** First 8 bytes of SHA-256(pub). */
void jx_key_id(const uint8_t pub[JX_PUB_BYTES], uint8_t id_out[8]);
/** Write and sign. The key id is taken from sec, whatever r says. */
jx_rc jx_receipt_sign(const struct jx_receipt *r, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
		      struct jx_error *err);
/** @retval JX_EAUTH signature does not fit pub  @retval JX_EINVAL text is no receipt */
jx_rc jx_receipt_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_receipt *out,
		      struct jx_error *err);

#define JX_PHOTO_RECEIPT_MAX 32
struct jx_photo_receipt {
	uint8_t key_id[8];
	uint8_t epoch[JX_ID_BYTES];
	uint8_t writer[JX_ID_BYTES];
	int64_t server_utc_ms;
	uint8_t photos[JX_PHOTO_RECEIPT_MAX][JX_HASH_BYTES];
	size_t photo_count;
};
/** Write and sign 1 to JX_PHOTO_RECEIPT_MAX hashes. The key id is taken from sec. */
jx_rc jx_photo_receipt_sign(const struct jx_photo_receipt *r, const uint8_t sec[JX_SEC_BYTES],
			    struct jx_signed *out, struct jx_error *err);
/** @retval JX_EAUTH signature does not fit pub  @retval JX_EINVAL text is no photo-receipt */
jx_rc jx_photo_receipt_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES],
			    struct jx_photo_receipt *out, struct jx_error *err);

#define JX_PINS_MAX       4
#define JX_IDENTITIES_MAX 16 /**< identity keys of a server's whole life; rotation is a matter of years */
/** Introduces the next identity key and TLS keys; signed by the current identity key. */
struct jx_keys {
	uint8_t identity[JX_PUB_BYTES]; /**< the key that signs from from_utc_ms on */
	bool has_next;
	uint8_t next_identity[JX_PUB_BYTES];
	/** Keys that were in force before this one: for verifying what they signed, and for nothing else. */
	uint8_t earlier[JX_IDENTITIES_MAX - 1][JX_PUB_BYTES];
	size_t earlier_count;
	int64_t from_utc_ms;
	uint8_t tls_spki_sha256[JX_PINS_MAX][JX_HASH_BYTES]; /**< current and next TLS keys */
	size_t pin_count;
	/**
	 * Keys that sign form packs: [0] the one in force, then those of before, for what they signed. Only in what the key in force
	 * says of itself; none from a server that knows no packs.
	 */
	uint8_t pack_keys[JX_IDENTITIES_MAX][JX_PUB_BYTES];
	size_t pack_key_count;
};
/** Write and sign with the identity key of now; k may introduce another. */
jx_rc jx_keys_sign(const struct jx_keys *k, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
		   struct jx_error *err);
/** pub is the identity key trusted now. @retval JX_EAUTH signature does not fit pub  @retval JX_EINVAL text is no keys item */
jx_rc jx_keys_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_keys *out,
		   struct jx_error *err);

#define JX_PACK_BYTES_MAX INT64_C(16777216) /**< of a pack's file */
/** What a server signs of a form pack when it publishes it. The file itself travels beside, by its hash. */
struct jx_pack_seal {
	uint8_t key_id[8]; /**< of the pack key */
	char pack[64];     /**< id; letters, digits, '.', '-', '_' */
	int64_t version;
	char valid_from[11]; /**< business day from which it holds; not before the file's own */
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
};
/**
 * The pack key that belongs to an identity key: made from it, so that it is rotated and backed up with it. Who has the pack key
 * does not have the identity key. Wipe secret_out.
 */
void jx_pack_key(const uint8_t identity_secret[JX_SEC_BYTES], uint8_t public_out[JX_PUB_BYTES],
		 uint8_t secret_out[JX_SEC_BYTES]);
/** Write and sign with a pack key. The key id is taken from sec. @retval JX_EINVAL  a member out of its range */
jx_rc jx_pack_seal_sign(const struct jx_pack_seal *s, const uint8_t sec[JX_SEC_BYTES], struct jx_signed *out,
			struct jx_error *err);
/** @retval JX_EAUTH signature does not fit pub  @retval JX_EINVAL text is no pack's */
jx_rc jx_pack_seal_open(const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES], struct jx_pack_seal *out,
			struct jx_error *err);

/** SHA-256 over sig and text: how requests name "my newest receipt". */
void jx_signed_hash(const struct jx_signed *s, uint8_t out[JX_HASH_BYTES]);

/* ---- checking a chain, entry by entry ------------------------------------------------------------ */

/** Walks one writer's chain from n = 1. Plain struct; no memory of its own. */
struct jx_chain_walk {
	uint8_t writer[JX_ID_BYTES];
	uint8_t pub[JX_PUB_BYTES];
	int64_t n;                   /**< last good entry */
	uint8_t head[JX_HASH_BYTES]; /**< head(n) */
};
void jx_chain_walk_init(struct jx_chain_walk *w, const uint8_t writer[JX_ID_BYTES],
			const uint8_t pub[JX_PUB_BYTES]);
/**
 * Take the next entry: its bytes must pass jx_entry_decode_storing(), name this writer and n+1; if sig is not NULL it must
 * fit the new head.
 * @param bytes       NULL when the bytes were erased by law: then digest stands for them
 * @param digest      NULL: computed from bytes; else must equal it
 * @retval JX_ECORRUPT  names writer, n and what does not fit; the walk stays where it was
 */
jx_rc jx_chain_walk_add(struct jx_chain_walk *w, const char *bytes, size_t len, const uint8_t *digest,
			const uint8_t *sig, struct jx_error *err);
/** The receipt's head must be this chain's head at its n. Call when w->n == r->n. */
jx_rc jx_chain_walk_receipt(const struct jx_chain_walk *w, const struct jx_receipt *r, struct jx_error *err);

/* ---- statement per writer and business day -------------------------------------------------------- */

enum jx_day_state {
	JX_DAY_OPEN = 0,     /**< no day-close yet, or entries after the last one */
	JX_DAY_COMPLETE = 1, /**< closed, all entries and photos it states are stored and receipted */
	JX_DAY_MISSING = 2   /**< closed, but something it states is not here */
};
const char *jx_day_state_name(enum jx_day_state s); /* "open", "complete", "missing" */

struct jx_day_row {
	uint8_t writer[JX_ID_BYTES];
	char short_code[16];
	char day[11];
	enum jx_day_state state;
	bool is_closed;
	int64_t observations_recorded; /**< by the last day-close of the day; -1 if none */
	int64_t observations_stored;
	int64_t photos_recorded;   /**< by the last day-close of the day; -1 if none */
	int64_t photos_listed;     /**< references in stored entries of the day */
	int64_t photos_stored;     /**< of these, covered by a photo-receipt */
	int64_t gaps;              /**< numbers missing in the writer's chain up to its last stored n */
	int64_t last_n;            /**< writer's last stored n */
	int64_t last_heard_utc_ms; /**< server time of the writer's newest receipt; 0 never */
	int64_t missing_first_n;   /**< first missing number, 0 if none */
};

typedef struct jx_statement jx_statement;
jx_statement *jx_statement_new(void);
void jx_statement_free(jx_statement *s);
JX_DEFINE_AUTO(jx_statement, jx_statement_free);
/** Facts in any order, repeats allowed. Server writers (role "server") and offices without entries of a day make no rows. */
void jx_statement_writer(jx_statement *s, const uint8_t writer[JX_ID_BYTES], const char *short_code);
void jx_statement_entry(jx_statement *s, const struct jx_entry *e);
void jx_statement_receipt(jx_statement *s, const struct jx_receipt *r);
void jx_statement_photo(jx_statement *s, const uint8_t writer[JX_ID_BYTES],
			const uint8_t sha256[JX_HASH_BYTES]);
/** How far a writer's chain is stored. */
struct jx_chain_extent {
	int64_t last_n;
	int64_t gaps;            /**< numbers missing below last_n */
	int64_t first_missing_n; /**< 0 none */
};
/** For whoever gives only a day's entries: rows speak of the whole chain all the same. Without it the entries given are the chain. */
void jx_statement_chain(jx_statement *s, const uint8_t writer[JX_ID_BYTES],
			const struct jx_chain_extent *extent);
/** Rows sorted by day, then short code, then writer; owned by s until the next call or free. day may be NULL for all. */
const struct jx_day_row *jx_statement_rows(jx_statement *s, const char *day, size_t *count_out);

#ifdef __cplusplus
}
#endif
#endif
