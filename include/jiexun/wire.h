/*
 * jiexun/wire.h - the messages of sync, both directions, both ends; limits and versions. Pure: bytes in, structs out and
 * back. sync/PROTOCOL.md is the same in prose, for other teams.
 *
 * Threads:   no hidden state.
 * Ownership: structs that hold struct jx_bytes point into the message they were read from.
 * Errors:    JX_EINVAL/JX_ELIMIT/JX_EVERSION with the line and field.
 * Units:     see names.
 */
#ifndef JX_WIRE_H
#define JX_WIRE_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define JX_WIRE_VERSION           1
#define JX_WIRE_BATCH_ENTRIES_MAX 500
#define JX_WIRE_BATCH_BYTES_MAX   1048576 /* of a sync body, uncompressed, both ways */
#define JX_WIRE_CHALLENGE_DAYS    30
#define JX_WIRE_TOKEN_MS          (15 * 60 * 1000)
#define JX_WIRE_CODE_MS           (15 * 60 * 1000)
#define JX_WIRE_CODE_TRIES        5
#define JX_WIRE_DICTIONARY_NONE   0
#define JX_WIRE_DICTIONARY_NEWEST 1 /* all from 1 on are known */

#define JX_PATH_HEALTH "/healthz"
#define JX_PATH_ENROL  "/v1/enrol"
#define JX_PATH_SYNC   "/v1/sync"
#define JX_PATH_PHOTOS "/v1/photos" /* tus 1.0; an upload is /v1/photos/<sha256> */
#define JX_PATH_SMALL \
	"/v1/small" /* small copies, in bundles; one comes back from /v1/photos/<sha256>/small (office) */
#define JX_PATH_BLOBS "/v1/blobs" /* GET /v1/blobs/<sha256>, with Range (office) */

/** One request and its answer as the transport carries them; the same structs serve HTTPS and the in-memory loop. */
struct jx_wire_request {
	const char *method;        /**< "POST" */
	const char *path;          /**< with query, as signed */
	const char *authorization; /**< header value or NULL */
	bool is_zstd;              /**< Content-Encoding: zstd */
	int dictionary;            /**< Jiexun-Dictionary: 0 none */
	struct jx_bytes body;      /**< as on the wire (compressed) */
};
struct jx_wire_response {
	int status;
	bool is_zstd;
	int dictionary;
	int64_t retry_after_s; /**< -1 none */
	char content_type[64];
	jx_buf body; /**< as on the wire; caller inits with a ceiling and frees */
};

/* ---- sizes: zstd with a ceiling ------------------------------------------------------------------ */
jx_rc jx_wire_compress(struct jx_bytes plain, int level, jx_buf *out, struct jx_error *err);
/** With a dictionary, and laid out as it asks for; JX_WIRE_DICTIONARY_NONE: as jx_wire_compress(). Unknown dictionary: JX_EVERSION. */
jx_rc jx_wire_compress_with(struct jx_bytes plain, int dictionary, int level, jx_buf *out,
			    struct jx_error *err);
/** What the newest dictionary sees of a message: for the tool that trains one. Initialises out; ask jx_buf_check(). */
void jx_wire_lay_out(struct jx_bytes plain, jx_buf *out);
/** Streams into out; never past out->max (JX_ELIMIT: "compression bomb"). Unknown dictionary: JX_EVERSION. */
jx_rc jx_wire_expand(struct jx_bytes packed, int dictionary, jx_buf *out, struct jx_error *err);

/**
 * All dictionaries, read once for many messages: for a server. It never changes; any number of threads may use it at a time.
 */
typedef struct jx_wire_ready jx_wire_ready;
jx_rc jx_wire_ready_new(jx_wire_ready **ready_out, struct jx_error *err);
void jx_wire_ready_free(jx_wire_ready *ready); /* NULL: nothing */
JX_DEFINE_AUTO(jx_wire_ready, jx_wire_ready_free);
/** As jx_wire_expand(). */
jx_rc jx_wire_ready_expand(const jx_wire_ready *ready, struct jx_bytes packed, int dictionary, jx_buf *out,
			   struct jx_error *err);

/* ---- enrolment ---------------------------------------------------------------------------------- */

/*
 * One-time code as typed: 4 characters code id, 16 characters secret (80 bits), 1 check character, Crockford base32, in groups:
 * "K7Q2-ABCD-EFGH-JKMN-PQRS-5". The check is the 5 low bits of the first byte of SHA-256 over the 20 characters (upper case, normalised).
 * Whole link for a QR code: "jiexun:<https url>#<code>".
 */
#define JX_CODE_SECRET_BYTES 10
#define JX_CHALLENGE_BYTES   56 /* time u64 be, 16 random bytes, HMAC(server key, writer, time, random) */
struct jx_code_text {
	char id[5];
	uint8_t secret[JX_CODE_SECRET_BYTES];
};
void jx_code_format(const struct jx_code_text *code, char out[32]);
/** Accepts the code alone or the whole link (then url_out gets the URL; else untouched). @retval JX_EINVAL a mistyped character (check) */
jx_rc jx_code_parse(const char *text, struct jx_code_text *out, char *url_out, size_t url_cap,
		    struct jx_error *err);

/** Fingerprint people compare: first 10 bytes of SHA-256(public key), base32 in groups of 4: "ABCD-EFGH-JKMN-PQRS". */
void jx_fingerprint(const uint8_t pub[JX_PUB_BYTES], char out[20]);

struct jx_enrol_request {
	char code_id[5];
	uint8_t public_key[JX_PUB_BYTES];
	uint8_t tls_spki_sha256[JX_HASH_BYTES]; /**< of the server certificate's key the device saw */
	uint8_t mac[JX_HASH_BYTES]; /**< HMAC-SHA256(secret, tag enrol, public key, tls key hash) */
	uint8_t sig[JX_SIG_BYTES];  /**< Ed25519(tag enrol, mac) by the new key */
	char program[48];
	char name[64]; /**< what the device calls itself; may be empty */
	/**
	 * The writer that this device is already, by this very key: it was locked out, or the server was restored from before
	 * it enrolled. Its log goes on. Servers before this field make it a new writer.
	 */
	bool has_writer;
	uint8_t writer[JX_ID_BYTES];
};
struct jx_enrol_answer {
	uint8_t writer[JX_ID_BYTES];
	char short_code[16], role[16], area[24];
	bool is_active;                 /**< false: waits until the office confirmed the fingerprint */
	uint8_t identity[JX_PUB_BYTES]; /**< server's Ed25519 key */
	uint8_t epoch[JX_ID_BYTES];
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	int64_t server_utc_ms;
	uint8_t mac[JX_HASH_BYTES]; /**< HMAC-SHA256(secret, tag enrol, identity, writer, public key) */
	/** For the first sign-in, which otherwise asks for one first. Servers before this field give none. */
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
};
/** Fill mac and sig. */
void jx_enrol_prove(struct jx_enrol_request *rq, const struct jx_code_text *code,
		    const uint8_t sec[JX_SEC_BYTES]);
bool jx_enrol_proof_ok(const struct jx_enrol_request *rq, const uint8_t secret[JX_CODE_SECRET_BYTES]);
void jx_enrol_answer_prove(struct jx_enrol_answer *an, const uint8_t secret[JX_CODE_SECRET_BYTES],
			   const uint8_t pub[JX_PUB_BYTES]);
bool jx_enrol_answer_ok(const struct jx_enrol_answer *an, const uint8_t secret[JX_CODE_SECRET_BYTES],
			const uint8_t pub[JX_PUB_BYTES]);
jx_rc jx_enrol_request_write(const struct jx_enrol_request *rq, jx_buf *out, struct jx_error *err);
jx_rc jx_enrol_request_read(struct jx_bytes body, struct jx_enrol_request *out, struct jx_error *err);
jx_rc jx_enrol_answer_write(const struct jx_enrol_answer *an, jx_buf *out, struct jx_error *err);
jx_rc jx_enrol_answer_read(struct jx_bytes body, struct jx_enrol_answer *out, struct jx_error *err);

/* ---- sign-in ------------------------------------------------------------------------------------ */

#define JX_AUTH_MAX 640
struct jx_sign_in {
	uint8_t writer[JX_ID_BYTES];
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	bool has_receipt;
	uint8_t receipt_hash[JX_HASH_BYTES]; /**< jx_signed_hash() of the newest receipt this writer has */
	uint8_t sig
		[JX_SIG_BYTES]; /**< Ed25519(tag sign-in, identity, SHA-256(challenge), method LF path LF, SHA-256(body), receipt hash or zeros) */
};
/** Authorization: Jiexun writer=<uuid>,challenge=<base64>,receipt=<hex>,sig=<hex> */
jx_rc jx_sign_in_write(const struct jx_sign_in *s, char out[JX_AUTH_MAX], struct jx_error *err);
jx_rc jx_sign_in_read(const char *header, struct jx_sign_in *out, struct jx_error *err);
void jx_sign_in_sign(struct jx_sign_in *s, const uint8_t identity[JX_PUB_BYTES],
		     const struct jx_wire_request *rq, const uint8_t sec[JX_SEC_BYTES]);
bool jx_sign_in_ok(const struct jx_sign_in *s, const uint8_t identity[JX_PUB_BYTES],
		   const struct jx_wire_request *rq, const uint8_t pub[JX_PUB_BYTES]);

/* ---- sync --------------------------------------------------------------------------------------- */

/** First line of a request body; the entries follow verbatim, one a line. */
struct jx_sync_request {
	char program[48];
	int64_t last_n; /**< where this writer's log ends */
	uint8_t last_head[JX_HASH_BYTES];
	int64_t from_n; /**< number of the first entry in this batch; 0 = none */
	int64_t count;
	uint8_t sig
		[JX_SIG_BYTES]; /**< stored signature of the head after the last entry of the batch (count > 0) */
	bool wants_feed;
	char cursor[192];   /**< opaque; "" = from the start */
	bool wants_token;   /**< photos wait to be sent */
	bool wants_receipt; /**< resend the newest receipt (device has none or lost it) */
};
/** entries: each `bytes` verbatim. */
jx_rc jx_sync_request_write(const struct jx_sync_request *rq, const struct jx_bytes *entries, size_t count,
			    jx_buf *out, struct jx_error *err);
/** entries_out points into body; at most JX_WIRE_BATCH_ENTRIES_MAX. Lines are checked to be non-empty, not parsed. */
jx_rc jx_sync_request_read(struct jx_bytes body, struct jx_sync_request *out, struct jx_bytes *entries_out,
			   size_t cap, size_t *count_out, struct jx_error *err);

/** What became of a batch. Names are on the wire. */
enum jx_sync_result {
	JX_SYNC_OK = 0,   /**< "ok": stored (or known), server holds up to n */
	JX_SYNC_GAP = 1,  /**< "gap": first entry is past n+1; send from n+1 */
	JX_SYNC_FORK = 2, /**< "fork": other bytes were there first; kept in quarantine; enrol again */
	JX_SYNC_BEHIND =
		3 /**< "behind": the server holds more of this writer than its log has: restored or cloned; enrol again */
};
const char *jx_sync_result_name(enum jx_sync_result r);

/** First line of an answer; feed items follow, one a line. */
struct jx_sync_answer {
	enum jx_sync_result result;
	uint8_t epoch[JX_ID_BYTES];
	int64_t n;                   /**< server holds this writer up to n ... */
	uint8_t head[JX_HASH_BYTES]; /**< ... with this head */
	bool has_receipt;
	struct jx_signed receipt;
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
	char token[160]; /**< "" none; for the photo routes: Authorization: Bearer <token> */
	int64_t server_utc_ms;
	bool is_pending;  /**< the office has not confirmed this writer yet: nothing comes down */
	char cursor[192]; /**< new cursor; "" if no feed was asked */
	bool is_snapshot; /**< unknown epoch or changed scope: forget what you had, this starts afresh */
	bool has_more;    /**< ask again at once */
	int64_t items;
	int64_t dictionary; /**< newest that the server knows, where the request came with an older one; 0 not said */
};
jx_rc jx_sync_answer_write(
	const struct jx_sync_answer *an, jx_buf *out,
	struct jx_error *err); /**< first line only, with LF; items are appended by the caller */
/** items_out points into body: raw lines. */
jx_rc jx_sync_answer_read(struct jx_bytes body, struct jx_sync_answer *out, struct jx_bytes *items_out,
			  size_t cap, size_t *count_out, struct jx_error *err);
#define JX_WIRE_ITEMS_MAX 2000 /* of one answer */

/* ---- small copies -------------------------------------------------------------------------------- */

/*
 * Body of POST /v1/small: {"v":1,"parts":[{"sha256":hex of the original,"bytes":N},...]}, a line feed, then the copies, one after the other.
 * Not compressed: they are JPEGs. They are no evidence; the server makes its own once it has the original.
 */
#define JX_SMALL_PARTS_MAX        256
#define JX_SMALL_PART_BYTES_MAX   65536   /* a camera's picture makes 10 to 25 kB */
#define JX_SMALL_BUNDLE_BYTES_MAX 1000000 /* header line and all */
struct jx_small_part {
	uint8_t sha256[JX_HASH_BYTES]; /**< of the original */
	struct jx_bytes copy;          /**< JPEG, longest side 320 */
};
/** @param out  initialised and empty */
jx_rc jx_small_bundle_write(const struct jx_small_part *parts, size_t count, jx_buf *out,
			    struct jx_error *err);
/** parts_out points into body. No photo comes twice. */
jx_rc jx_small_bundle_read(struct jx_bytes body, struct jx_small_part *parts_out, size_t cap,
			   size_t *count_out, struct jx_error *err);

/** What became of a part. Names are on the wire: {"v":1,"parts":N,"refused":[{"part":1..N,"error":"not-listed"},...]} */
enum jx_small_result {
	JX_SMALL_TAKEN = 0,      /**< kept, or not needed any more: the server has one */
	JX_SMALL_NOT_LISTED = 1, /**< "not-listed": in no accepted entry of this writer */
	JX_SMALL_NOT_JPEG = 2,   /**< "not-jpeg": no whole JPEG, or larger than a small copy is */
	JX_SMALL_QUOTA = 3,      /**< "quota": this writer's photos have used up their share */
	JX_SMALL_NO_SPACE = 4,   /**< "no-space": the server's disk is nearly full */
	JX_SMALL_OTHER = 5       /**< a reason this program does not know */
};
const char *jx_small_result_name(enum jx_small_result r);
jx_rc jx_small_answer_write(const enum jx_small_result *results, size_t count, jx_buf *out,
			    struct jx_error *err);
/** @param count  parts that were sent: the answer must be of as many */
jx_rc jx_small_answer_read(struct jx_bytes body, enum jx_small_result *results_out, size_t count,
			   struct jx_error *err);

/* ---- feed items --------------------------------------------------------------------------------- */

/*
 * One line each: {"kind":"entry","key":"<writer>/<n>","received_utc_ms":..,"sig":"..","marks":["..."],"is_fork":true,"entry":{...}}
 * where the bytes of `entry` are the entry verbatim. Signed texts: {"kind":"receipt","key":"..","text":"...","sig":"hex"},
 * kinds receipt, photo-receipt, keys, pack. {"kind":"writer","key":"<uuid>","short":"H07","role":"field","area":"330110"} is what the server knows
 * of the reader itself. {"kind":"drop","key":"<kind>:<key>"} takes an item out of the scope. Unknown kinds are kept and skipped.
 */
struct jx_item {
	char kind[24];
	char key[112];
	/* entry */
	struct jx_bytes entry; /**< verbatim bytes, NULL data if erased or another kind */
	int entry_tok;         /**< the same in the document of jx_item_read_in(); 0 none */
	bool has_digest;       /**< erased bytes: digest stands for them */
	uint8_t digest[JX_HASH_BYTES];
	int64_t received_utc_ms;
	bool has_sig; /**< signature of the head after this entry, where a batch ended */
	uint8_t sig[JX_SIG_BYTES];
	bool is_fork;    /**< from quarantine */
	char marks[160]; /**< review marks, comma separated */
	/* writer */
	char short_code[16], role[16], area[24];
	/* receipt, photo-receipt, keys, pack */
	bool has_signed;
	struct jx_signed text;
	struct jx_bytes raw; /**< whole line (reading only) */
};
jx_rc jx_item_write(const struct jx_item *item, jx_buf *out, struct jx_error *err); /**< with LF */
jx_rc jx_item_read(struct jx_bytes line, struct jx_item *out, struct jx_error *err);
/** The same, and the document stays for whoever reads on in it: until the next item is read into it. All zero at first. */
jx_rc jx_item_read_in(struct jx_bytes line, jx_json *doc, struct jx_item *out, struct jx_error *err);

/* ---- errors on the wire -------------------------------------------------------------------------- */

/** Body of every answer that is not 2xx: {"v":1,"error":"name","detail":"english text","challenge":"..."} */
struct jx_wire_error {
	char error[32]; /**< name from the table in PROTOCOL.md: "challenge", "revoked", "bad-chain", ... */
	char detail[256];
	bool has_challenge;
	uint8_t challenge[JX_CHALLENGE_BYTES];
};
jx_rc jx_wire_error_write(const struct jx_wire_error *e, jx_buf *out, struct jx_error *err);
jx_rc jx_wire_error_read(struct jx_bytes body, struct jx_wire_error *out, struct jx_error *err);

/* ---- photo receipts in a header ------------------------------------------------------------------- */

/** Jiexun-Photo-Receipt: base64(sig || text) */
jx_rc jx_signed_header_write(const struct jx_signed *s, jx_buf *out, struct jx_error *err);
jx_rc jx_signed_header_read(const char *value, struct jx_signed *out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
