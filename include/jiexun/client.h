/*
 * jiexun/client.h - one whole sync: outbox -> plan -> transport -> receipts -> sink. Also enrolment and downloads.
 *
 * The room knows no database and no folder: a struct jx_outbox says what there is to send, a struct jx_sink keeps what the
 * server said. cli binds them to store and media, office to its journal. Nothing is "sent" but by a receipt
 * that was verified here (pinned identity, this writer, head equal to this log's head) before the sink sees it.
 *
 * The transport is an interface too: HTTPS by libcurl (jx_transport_curl_new) or memory (tests, simulation).
 *
 * Threads:   one call, one thread; a transport belongs to one thread at a time, with asks_ahead now and then to one of the
 *            run's own. A sync whose transport can make others sends photos from up to JX_PLAN_LANES_MAX threads of its own:
 *            outbox, sink, progress and should_stop of the sync are called from them, but never from two at a time;
 *            should_stop of a transport is called from any at any time. Signals are left to the caller's thread.
 * Ownership: everything in a configuration must outlive the call. Callbacks get memory that lives for the call.
 * Errors:    JX_ENET try later; JX_ETLS certificate or key refused; JX_EAUTH refused (struct jx_client_result.server_error
 *            says why); JX_ECONFLICT fork or restored device: enrol again; JX_EVERSION; JX_ELIMIT; JX_ENOSPC (server full, or the
 *            sink's disk); JX_EINTR stopped; else what outbox or sink returned. Text is one line with the cure.
 * Units:     see names.
 */
#ifndef JX_CLIENT_H
#define JX_CLIENT_H

#include "jiexun/base.h"
#include "jiexun/model.h"
#include "jiexun/plan.h"
#include "jiexun/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- transport ---------------------------------------------------------------------------------- */

/** Bytes of a photo, pulled by the transport; *got_out 0 at the end. */
struct jx_client_source {
	void *user;
	jx_rc (*read)(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
		      struct jx_error *err);
	/** So many more have left for the line, where the transport can tell it from what it has read. NULL: not asked. */
	void (*sent)(void *user, int64_t bytes);
};

enum jx_photo_verb {
	JX_PHOTO_CREATE, /**< POST /v1/photos: creation with upload, the whole photo as body */
	JX_PHOTO_ASK,    /**< HEAD /v1/photos/<sha256> */
	JX_PHOTO_SEND    /**< PATCH /v1/photos/<sha256> from offset_bytes to the end */
};
struct jx_photo_request {
	enum jx_photo_verb verb;
	const uint8_t *sha256;
	const char *type;                      /**< media type, as the entry lists it */
	const char *token;                     /**< Authorization: Bearer <token> */
	int64_t size_bytes;                    /**< Upload-Length */
	int64_t offset_bytes;                  /**< Upload-Offset of PATCH */
	const struct jx_client_source *source; /**< NULL for ASK */
};
#define JX_CLIENT_RECEIPT_HEADER_MAX 5600 /* base64 of signature and JX_SIGNED_TEXT_MAX bytes */
struct jx_photo_response {
	int status;
	int64_t offset_bytes;  /**< Upload-Offset; -1 none */
	int64_t retry_after_s; /**< -1 none */
	char content_type[64];
	char receipt[JX_CLIENT_RECEIPT_HEADER_MAX]; /**< Jiexun-Photo-Receipt; "" none */
	jx_buf body;                                /**< error body; caller inits with a ceiling and frees */
};

struct jx_blob_request {
	const uint8_t *sha256;
	const char *token;
	int64_t from_bytes; /**< > 0: Range: bytes=<from>- */
	bool is_small;      /**< of this photo the small copy: GET /v1/photos/<sha256>/small, from 0 */
	/**
	 * Called for each piece of a 200 or 206 body, always beginning at from_bytes (the transport leaves out what a server that
	 * knows no Range sends before it); other than JX_OK ends the exchange with that code.
	 */
	jx_rc (*write)(void *user, const void *data, size_t len, struct jx_error *err);
	void *write_user;
};

/**
 * How requests travel. Every function returns JX_OK when an HTTP answer came, whatever its status; JX_ENET no answer
 * (err names the cause: name, connection, time-out, cut), JX_ETLS refused by us, JX_ELIMIT answer past the ceiling, JX_EINTR.
 */
typedef struct jx_transport {
	void *user;
	/** Key of the server's certificate (SHA-256 of its SPKI), connecting if need be; later connections must show the same. */
	jx_rc (*peer_key)(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err);
	jx_rc (*exchange)(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			  struct jx_error *err);
	jx_rc (*photo)(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		       struct jx_error *err);
	/** rs->body gets error bodies only. */
	jx_rc (*blob)(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
		      struct jx_error *err);
	/** New TLS keys from a verified `keys` item, for connections made from now on. NULL: not needed. */
	void (*set_pins)(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count);
	/** Bytes so far, as far as the transport knows them (HTTPS: headers and bodies before TLS). NULL: not counted. */
	void (*traffic)(void *user, int64_t *up_bytes_out, int64_t *down_bytes_out);
	/**
	 * Another of the same kind to the same server with the same pinned keys, for another thread. Not called while set_pins or
	 * another of this transport is; other calls may be under way. NULL: there is only this one.
	 */
	jx_rc (*another)(void *user, struct jx_transport **other_out, struct jx_error *err);
	/** End one that another() made. */
	void (*drop)(struct jx_transport *other);
} jx_transport;

/** HTTPS by libcurl: one handle, one connection kept alive. */
struct jx_transport_curl_config {
	const char *url;                      /**< "https://host:port" and nothing more */
	const uint8_t (*pins)[JX_HASH_BYTES]; /**< SHA-256 of the SPKI of allowed certificates */
	size_t pin_count; /**< 0 = enrolment: any key, recorded by peer_key, and pinned from then on */
	const struct jx_clock *clock; /**< for the certificate's dates */
	/**
	 * The clock is known to be right within a day (carried on from the newest receipt or GNSS): an expired certificate is
	 * refused. False: dates are not checked, for a wrong date alone must not block a pinned key.
	 */
	bool is_clock_trusted;
	/** Asked about once a second; true ends the exchange with JX_EINTR. NULL: never. */
	bool (*should_stop)(void *user);
	void *stop_user;
	bool no_fast_open;  /**< connect the plain way: see jx_transport_curl_fast_open() */
	int64_t connect_ms; /**< 0 = 15 s */
	int64_t stall_ms;   /**< give up when under 50 bytes a second for so long; 0 = 60 s */
};
/** @retval JX_EINVAL the URL is not https:// or has a path, user or query */
jx_rc jx_transport_curl_new(const struct jx_transport_curl_config *config,
			    struct jx_transport **transport_out, struct jx_error *err);

/** How the newest connection began. */
enum jx_fast_open {
	JX_FAST_OPEN_NOT_TRIED, /**< the kernel has no cookie of this server, or will not */
	JX_FAST_OPEN_TAKEN,     /**< the handshake began in the SYN: one time there and back less */
	JX_FAST_OPEN_LOST /**< it was sent there and did not arrive: a box on the way drops such a SYN, or it was lost by chance */
};
/**
 * Where it is lost for good, each connection costs a second more, and the kernel does not learn it: who keeps something between runs
 * keeps this, and sets no_fast_open for a while.
 */
enum jx_fast_open jx_transport_curl_fast_open(const struct jx_transport *transport);
void jx_transport_curl_free(struct jx_transport *transport);
JX_DEFINE_AUTO(jx_transport, jx_transport_curl_free);

/* ---- outbox: what this writer has ---------------------------------------------------------------- */

/** Entries collected for one request. */
typedef struct jx_batch jx_batch;
/**
 * Add the next entry, in order, with the stored signature of the head after it. Call until it returns false or there are no more.
 * @return false when the batch is full and this entry was NOT taken
 */
bool jx_batch_add(jx_batch *batch, const char *bytes, size_t len, const uint8_t sig[JX_SIG_BYTES]);

/** A photo that waits, as its entry lists it. */
struct jx_client_photo {
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
	char type[24];
};
/** Other than JX_OK ends the walk with that code. */
typedef jx_rc (*jx_client_photo_fn)(void *user, const struct jx_client_photo *photo);

/* Names of small values that survive between runs; the same names as in store.h. */
#define JX_CLIENT_CHALLENGE   "challenge"   /* base64 */
#define JX_CLIENT_CURSOR      "feed_cursor" /* only read: the sink keeps it with the items */
#define JX_CLIENT_EPOCH       "epoch"       /* uuid of the server store's life */
#define JX_CLIENT_SERVER_N    "server_n"    /* decimal: what the server said it holds */
#define JX_CLIENT_SERVER_HEAD "server_head" /* hex */
#define JX_CLIENT_REENROL     "reenrol"     /* "fork" or "behind": this device must enrol again */
#define JX_CLIENT_DICTIONARY  "dictionary"  /* decimal: newest the server knows; unset: ours */
#define JX_CLIENT_VALUE_MAX   256
/*
 * Which photos the server may have a part of. "?": any of those that wait, for a run is under way or was cut off; it must be on the disk
 * before the first byte of a photo goes out. Else the first 12 hex digits of each, "-" none.
 */
#define JX_CLIENT_PHOTOS_BEGUN "photos_begun"

struct jx_outbox {
	void *user;
	/** Last number and head of this writer's log; 0 and the root head when empty. */
	jx_rc (*head)(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err);
	/** Head at n, 0 <= n <= last. */
	jx_rc (*head_at)(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err);
	/** Give entries from_n, from_n + 1, ... to jx_batch_add(). */
	jx_rc (*batch)(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err);
	/** Newest receipt of this writer. JX_ENOTFOUND none. */
	jx_rc (*receipt)(void *user, struct jx_signed *out, struct jx_error *err);
	/** Small value. JX_ENOTFOUND unset. */
	jx_rc (*get)(void *user, const char *name, char *out, size_t cap, struct jx_error *err);
	/**
	 * Photos no photo-receipt covers: how many in all (entries with and without receipt) and their bytes.
	 * NULL (also the photo functions below): this writer has no photos.
	 */
	jx_rc (*photo_count)(void *user, int64_t *count_out, int64_t *bytes_out, struct jx_error *err);
	/** Those of receipted entries, each hash once, newest entry first, at most limit. */
	jx_rc (*photos)(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user,
			struct jx_error *err);
	/** Open a photo's file. @retval JX_ENOTFOUND gone @retval JX_ECORRUPT not the listed size: the photo is left out and reported */
	jx_rc (*photo_open)(void *user, const uint8_t sha256[JX_HASH_BYTES], void **file_out,
			    struct jx_error *err);
	jx_rc (*photo_read)(void *user, void *file, int64_t offset_bytes, void *data, size_t len,
			    size_t *got_out, struct jx_error *err);
	void (*photo_close)(void *user, void *file);
	/**
	 * Of photos(), the pictures whose small copy the server has not had (sink->sending), newest entry first, at most limit. NULL:
	 * no small copies are sent.
	 */
	jx_rc (*smalls)(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user,
			struct jx_error *err);
	/**
	 * Small copy of a photo, made if need be. Whatever it fails with, this photo's is left out.
	 * @retval JX_EINVAL, JX_ELIMIT  none can be made, today or later
	 */
	jx_rc (*small)(void *user, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err);
};

/* ---- sink: what the server said ------------------------------------------------------------------ */

/** Items of one answer, in order. */
typedef struct jx_feed jx_feed;
/** Next item; it points into the answer. @retval JX_ENOTFOUND no more @retval JX_EINVAL malformed: pass it on, keep nothing */
jx_rc jx_feed_next(jx_feed *feed, struct jx_item *item_out, struct jx_error *err);
/** What the newest item was read from, for item->entry_tok; until the next is asked for. */
const jx_json *jx_feed_doc(const jx_feed *feed);

/** How far a photo has come. */
struct jx_client_sending {
	const uint8_t *sha256;
	int64_t sent_bytes; /**< as far as is known; -1: nothing new */
	const char *
		refused; /**< why it was given up: name of the protocol's table, or "unreadable"; "" it goes on, NULL: nothing new */
	bool has_small; /**< its small copy need not be sent any more; false: nothing new */
};

struct jx_sink {
	void *user;
	/**
	 * Keep a verified receipt of this writer whose head is this log's head at its n: entries up to n are sent - or, when
	 * r->is_fork, are kept in quarantine: then they are NOT sent. Same receipt again is fine. The newest server_utc_ms is
	 * trusted time (it must not go back). JX_ECONFLICT: not this log's head (the run ends as a fork).
	 */
	jx_rc (*receipt)(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			 struct jx_error *err);
	/** Keep a verified photo-receipt. */
	jx_rc (*photo_receipt)(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			       struct jx_error *err);
	/**
	 * Keep all items and the cursor in one transaction, or nothing. NULL: no feed is asked for.
	 * is_snapshot: forget what was here before, this starts afresh.
	 */
	jx_rc (*feed)(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err);
	/**
	 * A `keys` item signed by the current identity: replace pins and identity. Called before receipt() and feed() of the
	 * same answer; also for items that came without a feed.
	 */
	jx_rc (*keys)(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		      struct jx_error *err);
	/** Keep a small value. */
	jx_rc (*set)(void *user, const char *name, const char *value, struct jx_error *err);
	/**
	 * Keep how far a photo has come: for people, and so that no small copy goes twice. A hint, which may wait and may be lost. With its
	 * photo-receipt it may be forgotten. NULL: nobody asks.
	 */
	jx_rc (*sending)(void *user, const struct jx_client_sending *what, struct jx_error *err);
};

/* ---- sync --------------------------------------------------------------------------------------- */

struct jx_client_progress {
	int64_t entries_sent, entries_total;
	int64_t photos_sent, photos_total;
	int64_t photo_bytes_sent, photo_bytes_total; /**< of all photos of this run; moves within a photo */
	int64_t items;
	int64_t waiting_ms; /**< > 0: backing off for so long */
};

#define JX_CLIENT_IDENTITIES_MAX JX_IDENTITIES_MAX
struct jx_client_config {
	const struct jx_transport *transport;
	const struct jx_outbox *outbox;
	const struct jx_sink *sink;
	const char *program; /**< "jx/0.1.0" */
	uint8_t writer[JX_ID_BYTES];
	const uint8_t *secret_key; /**< JX_SEC_BYTES */
	/** Pinned identity keys of the server: [0] the current one, then earlier ones that old receipts may be signed by. */
	const uint8_t (*identities)[JX_PUB_BYTES];
	size_t identity_count;
	const struct jx_rand *rand;
	/** Pause; JX_EINTR if stopped meanwhile. Simulations move their clock. */
	jx_rc (*wait)(void *user, int64_t ms);
	void *wait_user;
	bool (*should_stop)(void *user); /**< NULL: never */
	void *stop_user;
	void (*progress)(void *user, const struct jx_client_progress *p); /**< NULL: none */
	void *progress_user;
	/** For how many photos go at a time. NULL: one. */
	const struct jx_clock *clock;
	int lanes_max;    /**< photos at a time, at most; 0 = JX_PLAN_LANES_MAX */
	bool no_photos;   /**< metered link: photos wait, their small copies do not */
	bool no_small;    /**< these neither */
	bool wants_token; /**< for jx_client_get_blob() */
	/**
	 * Ask for the next page of the feed while this one is kept, from a thread of the run's own: for who pulls much and has the memory of
	 * an answer more. The transport is then called from that thread too, though never from two at a time.
	 */
	bool asks_ahead;
	int attempts_max; /**< 0 = JX_PLAN_ATTEMPTS */
};

struct jx_client_result {
	jx_rc rc;             /**< as returned */
	int64_t entries_sent; /**< covered by receipts of this run */
	int64_t photos_sent, photos_left_out;
	int64_t small_sent; /**< small copies that the server took */
	int64_t photo_bytes_sent;
	int64_t items; /**< feed items kept */
	int64_t requests, waits;
	int lanes; /**< most photos that went at a time */
	int64_t up_bytes, down_bytes;
	int64_t server_utc_ms; /**< the server's time in the newest answer that was believed; 0 none */
	bool is_pending;       /**< the office has not confirmed this writer yet */
	bool must_enrol_again; /**< fork or behind; the sink's "reenrol" value is set */
	bool has_receipt;
	struct jx_receipt receipt; /**< newest of this run */
	char token[160];           /**< if wants_token; good for 15 minutes */
	int64_t retry_after_ms;    /**< -1 none: the server asked to come back then */
	char server_error[32];     /**< name from the protocol's table, "" none */
	char note[352];            /**< translated line about something left out (a photo), "" none */
};

/**
 * Do a whole sync. Safe to stop, to repeat and to run beside the program that saves: nothing is marked but by receipts.
 * @param result_out  filled in any case, also on failure
 */
jx_rc jx_client_sync(const struct jx_client_config *config, struct jx_client_result *result_out,
		     struct jx_error *err);

/* ---- enrolment ---------------------------------------------------------------------------------- */

struct jx_client_enrol_config {
	const struct jx_transport *transport; /**< without pins */
	const struct jx_code_text *code;
	const uint8_t *
		public_key; /**< JX_PUB_BYTES, made and kept by the caller before: the same key gets the same answer again */
	const uint8_t *secret_key; /**< JX_SEC_BYTES */
	const char *program;
	const char *name; /**< what the device calls itself; "" none */
	/**
	 * JX_ID_BYTES: the writer this device is already, by this key: its log is to go on (locked out, or unknown to a server that
	 * was restored from an old backup). The answer names the same writer if that can be. NULL: a new one.
	 */
	const uint8_t *writer;
	const struct jx_rand *rand;
	jx_rc (*wait)(void *user, int64_t ms);
	void *wait_user;
	int attempts_max;
};
/**
 * Enrol: learn the server's TLS key, prove the code, check the server's proof.
 * The answer's pins hold the key that was seen; identity and pins are what later calls are given.
 * @retval JX_EAUTH  code wrong, used, burnt or expired; or the answer was not made by who made the code (somebody in between)
 */
jx_rc jx_client_enrol(const struct jx_client_enrol_config *config, struct jx_enrol_answer *answer_out,
		      struct jx_error *err);

/**
 * The value of JX_CLIENT_CHALLENGE after enrolling, NULL for none: kept beside the identity it saves the first sync a request. A hint: whoever
 * cannot keep it is enrolled all the same.
 */
const char *jx_client_first_challenge(const struct jx_enrol_answer *answer, char out[JX_CLIENT_VALUE_MAX]);

/* ---- downloads ---------------------------------------------------------------------------------- */

struct jx_client_blob_config {
	const struct jx_transport *transport;
	const char *token; /**< from a sync with wants_token */
	const struct jx_rand *rand;
	jx_rc (*wait)(void *user, int64_t ms);
	void *wait_user;
	int attempts_max;
};
/**
 * Get a blob by its hash, going on where a connection broke, and check the hash at the end.
 * @param size_bytes  as listed; more bytes are refused. -1 unknown (then at most 64 MiB)
 * @param from_bytes  bytes the caller has already; they must have been given to `hash`
 * @param hash        state over the bytes before from_bytes (NULL with from_bytes 0)
 * @param write       called in order; JX_OK to go on
 * @retval JX_EAUTH     token expired: sync again
 * @retval JX_ENOTFOUND not there, or not for this account
 * @retval JX_ECORRUPT  bytes do not have this hash: drop what was written
 */
jx_rc jx_client_get_blob(const struct jx_client_blob_config *config, const uint8_t sha256[JX_HASH_BYTES],
			 int64_t size_bytes, int64_t from_bytes, jx_sha256_state *hash,
			 jx_rc (*write)(void *user, const void *data, size_t len, struct jx_error *err),
			 void *user, struct jx_error *err);

/**
 * Get the small copy of a photo: the server's own, or what a device sent ahead of the original. No hash says whose it is: it is for
 * looking at, and its bytes are a stranger's.
 * @param out  initialised; its ceiling holds
 * @retval JX_EAUTH     token expired: sync again
 * @retval JX_ENOTFOUND there is none (yet), or the server is from before small copies
 */
jx_rc jx_client_get_small(const struct jx_client_blob_config *config, const uint8_t sha256[JX_HASH_BYTES],
			  jx_buf *out, struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
