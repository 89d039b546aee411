/*
 * jiexun/base.h - what every room stands on: errors, scope cleanup, bounded buffers, ids, hashes,
 * signatures, strict JSON, business days, and the interfaces through which the world comes in.
 *
 * The room is two libraries. jx_base is pure: it asks no clock, draws no random bytes, opens no file.
 * jx_base_os holds the real clock, random source and files (functions jx_os_*); only programs and tests
 * link it, so that a whole city can run in one process on invented ones.
 *
 * Threads:   nothing here has hidden state; an object belongs to one thread at a time.
 * Ownership: `*_out` objects are the caller's. Destructors take NULL.
 * Errors:    jx_rc, JX_OK or negative; detail in a caller-owned struct jx_error (NULL allowed).
 *            Outputs are untouched on failure.
 * Units:     `_ms` milliseconds, `_utc_ms` since 1970-01-01 UTC without leap seconds, `_mono_ms` since boot,
 *            `_e7` degrees times 10^7, `_bytes` bytes.
 */
#ifndef JX_BASE_H
#define JX_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- results and errors ------------------------------------------------------------------------- */

/** Result codes. Numbers are fixed: programs map them to documented exit codes. */
typedef enum jx_rc {
	JX_OK = 0,
	JX_EINVAL = -1,     /**< input breaks a rule; text names the field and the cure */
	JX_ENOTFOUND = -2,  /**< no such thing */
	JX_EEXISTS = -3,    /**< it is there already */
	JX_EIO = -4,        /**< disk or device failed */
	JX_ENOSPC = -5,     /**< no room left (or quota) */
	JX_EROFS = -6,      /**< place cannot be written (read-only, permission) */
	JX_EBUSY = -7,      /**< another process holds it; try again */
	JX_ECORRUPT = -8,   /**< stored data damaged, or evidence does not verify */
	JX_EVERSION = -9,   /**< made by a newer program, or protocol no longer served */
	JX_EAUTH = -10,     /**< not allowed: signature, code, role, revoked */
	JX_ENET = -11,      /**< no connection, or the peer did not behave; try later */
	JX_ELIMIT = -12,    /**< larger than the ceiling */
	JX_ECONFLICT = -13, /**< fork, same id with other bytes, wrong offset */
	JX_ESTATE = -14,    /**< not now: e.g. not enrolled, no shift open */
	JX_ENOMEM = -15,    /**< memory whose size came from outside could not be had */
	JX_ETLS = -16,      /**< certificate or pinned key refused */
	JX_EINTR = -17      /**< stopped by request */
} jx_rc;

/** Detail of a failure. Fixed size, no allocation, owned by the caller; text is one translated UTF-8 line. */
struct jx_error {
	jx_rc code;
	int native;     /**< errno, SQLite or curl code, HTTP status; 0 if none */
	char where[32]; /**< "room.what", never translated */
	char text[352]; /**< cut at a character boundary if too long */
};

/**
 * Fill err and return code. The lowest place that knows calls this; upper places pass the result on.
 * @param err     may be NULL
 * @param native  errno or a library's code, 0 if none
 * @param where   "room.what"
 * @param msgid   printf format, the English message: it is the gettext msgid and is translated here
 */
jx_rc jx_fail(struct jx_error *err, jx_rc code, int native, const char *where, const char *msgid, ...)
	__attribute__((format(printf, 5, 6)));

/** Map an errno to a jx_rc (ENOSPC, EDQUOT -> JX_ENOSPC; EROFS, EACCES, EPERM -> JX_EROFS; ENOENT ...). */
jx_rc jx_rc_from_errno(int e);

/** Stable lower-case name of a code ("enospc"), for JSON and logs. */
const char *jx_rc_name(jx_rc rc);

/**
 * Process exit status of a code, as the man pages list them (sysexits.h numbers where one fits; each code its own).
 *
 *      0  ok
 *     64  the command line is wrong (EX_USAGE; set by the programs themselves)
 *     65  einval     input breaks a rule (EX_DATAERR)
 *     66  enotfound  no such thing (EX_NOINPUT)
 *     69  estate     not now: not enrolled, no shift open (EX_UNAVAILABLE)
 *     70  ecorrupt   stored data damaged, or evidence does not verify (EX_SOFTWARE)
 *     71  enomem     out of memory, or no random bytes to be had (EX_OSERR)
 *     72  erofs      place cannot be written (EX_OSFILE)
 *     73  eexists    it is there already (EX_CANTCREAT)
 *     74  eio        disk or device failed (EX_IOERR)
 *     75  enet       no connection, try later (EX_TEMPFAIL)
 *     76  etls       certificate or pinned key refused (EX_PROTOCOL)
 *     77  eauth      not allowed (EX_NOPERM)
 *     78  eversion   made by a newer program, or protocol no longer served (EX_CONFIG)
 *     79  enospc     no room left
 *     80  ebusy      another process holds it
 *     81  elimit     larger than the ceiling
 *     82  econflict  fork, same id with other bytes
 *    130  eintr      stopped by request (128 + SIGINT)
 */
int jx_rc_exit_status(jx_rc rc);

/* ---- messages ----------------------------------------------------------------------------------- */

#define JX_DOMAIN "jiexun"
/** Translate a message. */
const char *jx_tr(const char *msgid) __attribute__((format_arg(1)));
/** Translate with plural forms. */
const char *jx_ntr(const char *one, const char *many, unsigned long n)
	__attribute__((format_arg(1), format_arg(2)));
#define _(s)  jx_tr(s)
#define N_(s) s

/* ---- cleanup by scope --------------------------------------------------------------------------- */

#define JX_CLEANUP(fn) __attribute__((cleanup(fn)))
/** Define the scope destructor used by JX_AUTO(type): JX_DEFINE_AUTO(jx_store, jx_store_close). */
#define JX_DEFINE_AUTO(type, fn)                                          \
	static inline __attribute__((unused)) void type##_autop(type **p) \
	{                                                                 \
		if (*p != NULL)                                           \
			fn(*p);                                           \
	}                                                                 \
	struct jx_auto_needs_semicolon_
#define JX_AUTO(type) JX_CLEANUP(type##_autop) type *
#define JX_STEAL(p)                          \
	__extension__({                      \
		__typeof__(p) jx_tmp_ = (p); \
		(p) = NULL;                  \
		jx_tmp_;                     \
	})
void jx_free_p(void *p);  /**< cleanup helper: free(*(void **)p) */
void jx_close_p(int *fd); /**< cleanup helper: close(*fd) if >= 0 */
#define JX_AUTO_FREE JX_CLEANUP(jx_free_p)
#define JX_AUTO_FD   JX_CLEANUP(jx_close_p)

/** Small fixed-size memory: never NULL. Out of memory ends the process with status 71 and one line. */
void *jx_xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *jx_xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *jx_xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
/** Room for n things of size; a product that does not fit is out of memory. */
void *jx_xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *jx_xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *jx_xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
/** End the same way: what is to be said needs memory that is not there. */
__attribute__((noreturn)) void jx_end_without_memory(void);
char *jx_xasprintf(const char *fmt, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* ---- bounded buffer ----------------------------------------------------------------------------- */

/**
 * A growable byte buffer with a ceiling. Failure (ceiling or memory) is sticky: append as often as you like,
 * ask jx_buf_check() once. data is always NUL-terminated when not NULL.
 */
typedef struct jx_buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max;
	jx_rc rc; /**< JX_OK, JX_ELIMIT or JX_ENOMEM */
} jx_buf;

void jx_buf_init(jx_buf *b, size_t max_bytes);
void jx_buf_done(jx_buf *b);  /**< free; b may be used again after jx_buf_init */
void jx_buf_reset(jx_buf *b); /**< len = 0, rc = JX_OK, memory kept */
void jx_buf_add(jx_buf *b, const void *data, size_t len);
void jx_buf_adds(jx_buf *b, const char *s);
void jx_buf_addc(jx_buf *b, char c);
/** All that another buffer holds; if that one failed, so has b: half a list never passes for a whole one. */
void jx_buf_add_buf(jx_buf *b, const jx_buf *from);
void jx_buf_addf(jx_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void jx_buf_add_i64(jx_buf *b, int64_t v);
void jx_buf_add_hex(jx_buf *b, const void *bytes, size_t len); /**< lower case */
/** Append a JSON string with quotes. Only " \ and control characters are escaped (\b \f \n \r \t, else \u00xx). s must be valid UTF-8. */
void jx_buf_add_json(jx_buf *b, const char *s, size_t len);
jx_rc jx_buf_check(const jx_buf *b, const char *what, struct jx_error *err);
#define JX_AUTO_BUF JX_CLEANUP(jx_buf_done) jx_buf

/* ---- text --------------------------------------------------------------------------------------- */

/** True if s[0..len) is valid UTF-8 (no surrogates, no overlong forms) and has no NUL. */
bool jx_utf8_ok(const char *s, size_t len);
/** True if s[0..len) is printable ASCII alone, as most texts are: then there is nothing more to be asked of it. */
bool jx_text_is_plain(const char *s, size_t len);
/** Largest n <= len that does not cut a character of valid UTF-8. */
size_t jx_utf8_cut(const char *s, size_t len);
/** Copy at most cap-1 bytes, cut at a character, NUL-terminated. */
void jx_strcpy(char *dst, size_t cap, const char *src);
void jx_hex(const void *bytes, size_t len, char *out /* 2*len+1 */);
/** Exactly len bytes from exactly 2*len lower- or upper-case hex digits. */
bool jx_unhex(const char *hex, size_t hex_len, void *out, size_t len);
/** Parse a whole decimal integer (no spaces, no plus, no leading zeros but "0") within [min, max]. */
bool jx_parse_i64(const char *s, int64_t min, int64_t max, int64_t *out);
/** Compare in constant time. */
bool jx_mem_equal(const void *a, const void *b, size_t len);
/** Overwrite secrets; not optimised away. */
void jx_wipe(void *p, size_t len);
/** Base64 (RFC 4648, with padding). jx_unbase64 is strict; returns false on any stray byte or if it does not fit. */
void jx_buf_add_base64(jx_buf *b, const void *bytes, size_t len);
bool jx_unbase64(const char *s, size_t len, void *out, size_t cap, size_t *len_out);

/* ---- hashes and signatures (suite jx1 = SHA-256 + Ed25519) --------------------------------------- */

#define JX_HASH_BYTES 32
#define JX_SIG_BYTES  64
#define JX_PUB_BYTES  32
#define JX_SEC_BYTES  64 /* libsodium's seed || public key */
#define JX_TAG_BYTES  16
#define JX_ID_BYTES   16

/** Kinds of signature and tagged hash. Each has a fixed 16-byte tag, zero padded: "jx1.root", "jx1.head", ... */
enum jx_tag {
	JX_TAG_ROOT,          /**< "jx1.root" */
	JX_TAG_HEAD,          /**< "jx1.head" */
	JX_TAG_SIGN_IN,       /**< "jx1.sign-in" */
	JX_TAG_ENROL,         /**< "jx1.enrol" */
	JX_TAG_RECEIPT,       /**< "jx1.receipt" */
	JX_TAG_PHOTO_RECEIPT, /**< "jx1.photo-rcpt" */
	JX_TAG_KEYS,          /**< "jx1.keys" */
	JX_TAG_PACK           /**< "jx1.pack" */
};
/** The 16 bytes of a tag. */
const uint8_t *jx_tag_bytes(enum jx_tag tag);

struct jx_bytes {
	const void *data;
	size_t len;
};

/** Must be called once by each program or test before keys are used; returns JX_EIO if libsodium cannot start. */
jx_rc jx_crypto_init(struct jx_error *err);

void jx_sha256(const void *data, size_t len, uint8_t out[JX_HASH_BYTES]);
/** SHA-256 over the parts, one after the other. */
void jx_sha256_parts(const struct jx_bytes *parts, size_t n, uint8_t out[JX_HASH_BYTES]);
typedef struct jx_sha256_state jx_sha256_state; /**< JX_AUTO(jx_sha256_state) frees it */
jx_sha256_state *jx_sha256_new(void);
void jx_sha256_add(jx_sha256_state *s, const void *data, size_t len);
void jx_sha256_end(jx_sha256_state *s,
		   uint8_t out[JX_HASH_BYTES]); /**< result so far; may go on being added to */
void jx_sha256_free(jx_sha256_state *s);
JX_DEFINE_AUTO(jx_sha256_state, jx_sha256_free);
void jx_hmac_sha256(const void *key, size_t key_len, const struct jx_bytes *parts, size_t n,
		    uint8_t out[JX_HASH_BYTES]);

/** Key pair from a 32-byte seed (RFC 8032). */
void jx_key_from_seed(const uint8_t seed[32], uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES]);
/** Ed25519 over tag bytes followed by the parts. */
void jx_sign(const uint8_t sec[JX_SEC_BYTES], enum jx_tag tag, const struct jx_bytes *parts, size_t n,
	     uint8_t sig[JX_SIG_BYTES]);
bool jx_verify(const uint8_t pub[JX_PUB_BYTES], enum jx_tag tag, const struct jx_bytes *parts, size_t n,
	       const uint8_t sig[JX_SIG_BYTES]);

#define JX_PIN_SALT_BYTES 16
#define JX_PIN_HASH_BYTES 32
/**
 * Argon2id (RFC 9106) of a PIN: 3 passes over 16 MiB, about 30 ms on the machine this was written on; a few tenths of a second on a slow
 * handheld. Of a PIN it can only slow down who guesses: see jiexun/handheld.h, people.
 * @retval JX_ENOMEM  16 MiB were not to be had
 */
jx_rc jx_pin_hash(const char *pin, const uint8_t salt[JX_PIN_SALT_BYTES], uint8_t out[JX_PIN_HASH_BYTES],
		  struct jx_error *err);

/* ---- ids ---------------------------------------------------------------------------------------- */

struct jx_clock;
struct jx_rand;

/** UUIDv7 (RFC 9562) of this moment. */
void jx_uuid7(const struct jx_clock *clock, const struct jx_rand *rand, uint8_t id[JX_ID_BYTES]);
/** 36 characters, lower case, with hyphens. */
void jx_uuid_format(const uint8_t id[JX_ID_BYTES], char out[37]);
bool jx_uuid_parse(const char *s, size_t len, uint8_t id[JX_ID_BYTES]);

/** Crockford base32, upper case. out has room for (bits+4)/5+1. */
void jx_base32(const void *bytes, size_t len, char *out);
/** Reads upper and lower case, takes O for 0 and I, L for 1, skips '-' and spaces. len bytes exactly, spare bits zero. */
bool jx_unbase32(const char *s, void *out, size_t len);

/* ---- business days ------------------------------------------------------------------------------ */

#define JX_UTC_OFFSET_MIN_DEFAULT 480 /* Asia/Shanghai, UTC+8, no daylight saving since 1991 (IANA tz) */
/** "YYYY-MM-DD" of utc_ms at a fixed offset. Years 0001..9999, else false. */
bool jx_day_of(int64_t utc_ms, int utc_offset_min, char out[11]);
/** True if s is a real calendar date "YYYY-MM-DD". */
bool jx_day_ok(const char *s);
/** RFC 3339 with milliseconds and offset: 2026-09-01T17:42:03.120+08:00. Held within years 0001..9999. */
void jx_time_format(int64_t utc_ms, int utc_offset_min, char out[32]);

/* ---- strict JSON (RFC 8259) --------------------------------------------------------------------- */

/*
 * One reader for everything that comes from outside. It is a strict lexer that leaves a tape of tokens with
 * byte spans, because hashes and signatures are over the bytes as they came: a library that gives a tree
 * without spans cannot serve here (and Debian's cJSON accepts 14 of 188 must-reject documents at its strictest).
 */
/* JX_JSON_INT is a number without fraction and exponent that int64_t holds; all others are JX_JSON_FLOAT (see jx_json_raw). */
enum jx_json_type {
	JX_JSON_NULL,
	JX_JSON_BOOL,
	JX_JSON_INT,
	JX_JSON_FLOAT,
	JX_JSON_STRING,
	JX_JSON_ARRAY,
	JX_JSON_OBJECT
};

struct jx_json_tok {
	uint8_t type;    /**< enum jx_json_type */
	uint8_t escaped; /**< string with escapes: its text differs from its bytes */
	uint16_t depth;  /**< the outermost value has 1, what is inside it 2; a name has its value's */
	uint32_t start;  /**< first byte; for strings the byte after the quote */
	uint32_t end;    /**< one past the last byte; for strings the closing quote */
	uint32_t next;   /**< index of the token after this value and all inside it */
	uint32_t count;  /**< members of an object (name/value pairs) or elements of an array */
};

struct jx_json_limits {
	size_t max_bytes; /**< whole text */
	uint32_t max_tokens;
	uint16_t max_depth;  /**< arrays and objects inside one another; the outermost is 1 */
	uint32_t max_string; /**< bytes of one string */
	bool no_space;       /**< white space outside strings is an error (entry profile) */
	bool no_float; /**< numbers with fraction or exponent, integers beyond +-2^53 and -0 are errors */
};
extern const struct jx_json_limits jx_json_entry_limits; /**< entries: 64 KiB, depth 16, no space, no float */
extern const struct jx_json_limits
	jx_json_message_limits; /**< protocol header lines: 256 KiB, depth 16, no float */
extern const struct jx_json_limits jx_json_pack_limits; /**< packs and blobs: 16 MiB, depth 32 */

typedef struct jx_json {
	const char *text; /**< not owned; must outlive the document */
	size_t len;
	struct jx_json_tok *tok;
	uint32_t n, cap;
} jx_json;

/**
 * Check and read one JSON text. Refuses: bad grammar, trailing bytes, duplicate names (compared after unescaping),
 * invalid UTF-8, lone surrogates, NUL (also \u0000), byte-order mark, anything past a limit.
 * @retval JX_EINVAL  text says what and at which byte
 * @retval JX_ELIMIT  past a ceiling
 */
jx_rc jx_json_parse(const char *text, size_t len, const struct jx_json_limits *limits, jx_json *doc_out,
		    struct jx_error *err);
/** The same into a document that was read before, whose memory is used again, or that is all zero. A failure leaves it empty. */
jx_rc jx_json_parse_again(const char *text, size_t len, const struct jx_json_limits *limits, jx_json *doc,
			  struct jx_error *err);
/**
 * Would the bytes of this value alone pass these limits, too? For a value that was read inside a larger text: all that
 * jx_json_parse() refuses in any text has been refused then.
 */
bool jx_json_fits(const jx_json *doc, int tok, const struct jx_json_limits *limits);
void jx_json_done(jx_json *doc);
#define JX_AUTO_JSON JX_CLEANUP(jx_json_done) jx_json

/** Token of a member's value, or -1. obj must be an object token (root is 0). */
int jx_json_get(const jx_json *doc, int obj, const char *name);
/** Iterate: first child token (for objects: the name token; its value is name+1), or -1. */
int jx_json_first(const jx_json *doc, int parent);
/** Next sibling of a value token inside parent, or -1. For objects pass the value token; result is the next name token. */
int jx_json_next(const jx_json *doc, int parent, int tok);
enum jx_json_type jx_json_type_of(const jx_json *doc, int tok); /**< tok < 0: JX_JSON_NULL */
bool jx_json_i64(const jx_json *doc, int tok, int64_t *out);
bool jx_json_bool(const jx_json *doc, int tok, bool *out);
/** Unescaped text into out (NUL-terminated); false if not a string or it does not fit. */
bool jx_json_str(const jx_json *doc, int tok, char *out, size_t cap);
/** Unescaped text in new memory, or NULL if not a string. */
char *jx_json_strdup(const jx_json *doc, int tok);
bool jx_json_str_is(const jx_json *doc, int tok, const char *s);
/** Exact bytes of a value as they stand in the text (strings with their quotes). */
struct jx_bytes jx_json_raw(const jx_json *doc, int tok);

/* Field helpers: fail with JX_EINVAL "field \"name\" ..." when missing or of another type. */
jx_rc jx_json_need_i64(const jx_json *doc, int obj, const char *name, int64_t min, int64_t max, int64_t *out,
		       struct jx_error *err);
jx_rc jx_json_need_str(const jx_json *doc, int obj, const char *name, char *out, size_t cap,
		       struct jx_error *err);
jx_rc jx_json_need_hex(const jx_json *doc, int obj, const char *name, void *out, size_t len,
		       struct jx_error *err);
jx_rc jx_json_need_uuid(const jx_json *doc, int obj, const char *name, uint8_t id[JX_ID_BYTES],
			struct jx_error *err);

/* ---- the world, given at construction ------------------------------------------------------------ */

struct jx_clock {
	void *user;
	int64_t (*utc_ms)(void *user);
	int64_t (*mono_ms)(void *user); /**< goes on during suspend (CLOCK_BOOTTIME) */
	void (*boot_id)(void *user, uint8_t id[JX_ID_BYTES]);
};

struct jx_rand {
	void *user;
	void (*fill)(void *user, void *out, size_t len);
};

typedef struct jx_file jx_file; /* an open file of some struct jx_fs */

/** Everything above reaches files through this. Paths are UTF-8. Every function gets user first. */
struct jx_fs {
	void *user;
	/** Make the folder and its parents, mode 0700, each parent synced. Existing is fine. */
	jx_rc (*make_dir)(void *user, const char *path, struct jx_error *err);
	/** As make_dir, but nothing is synced: for what can be made again. Nothing that must last may be put below it. */
	jx_rc (*make_dir_unsynced)(void *user, const char *path, struct jx_error *err);
	/** New file for writing, mode 0600; JX_EEXISTS if there. */
	jx_rc (*create)(void *user, const char *path, jx_file **out, struct jx_error *err);
	/** Existing file for writing at offset (tus resume). */
	jx_rc (*open_write)(void *user, const char *path, jx_file **out, struct jx_error *err);
	jx_rc (*open_read)(void *user, const char *path, jx_file **out, struct jx_error *err);
	/** Write all of it at offset_bytes, or fail; short writes are continued inside. */
	jx_rc (*write_at)(void *user, jx_file *f, int64_t offset_bytes, const void *data, size_t len,
			  struct jx_error *err);
	/** Read up to len at offset; *got_out 0 at the end. */
	jx_rc (*read_at)(void *user, jx_file *f, int64_t offset_bytes, void *data, size_t len,
			 size_t *got_out, struct jx_error *err);
	jx_rc (*file_size)(void *user, jx_file *f, int64_t *size_bytes_out, struct jx_error *err);
	jx_rc (*sync_data)(void *user, jx_file *f,
			   struct jx_error *err); /**< fdatasync; a failure is final for this file */
	/**
	 * The disk may begin with these bytes, so that sync_data() has less to wait for. Only a hint, which promises nothing and tells
	 * no error, nor takes one away from sync_data(). NULL where there is none.
	 */
	void (*write_out)(void *user, jx_file *f, int64_t offset_bytes, size_t len);
	void (*close)(void *user, jx_file *f);
	jx_rc (*rename)(void *user, const char *from, const char *to,
			struct jx_error *err); /**< replaces; durable only after sync_dir */
	jx_rc (*sync_dir)(void *user, const char *dir, struct jx_error *err);
	jx_rc (*remove)(void *user, const char *path, struct jx_error *err); /**< JX_ENOTFOUND if absent */
	jx_rc (*stat)(void *user, const char *path, int64_t *size_bytes_out, int64_t *modified_utc_ms_out,
		      struct jx_error *err);
	/** Call fn with each plain name in dir (not . and ..), any order; stop when fn returns other than JX_OK. */
	jx_rc (*list)(void *user, const char *dir, jx_rc (*fn)(void *arg, const char *name), void *arg,
		      struct jx_error *err);
	jx_rc (*free_bytes)(void *user, const char *dir, int64_t *bytes_out, struct jx_error *err);
	/**
	 * Exclusive advisory lock on a file (made if absent, never removed), waiting up to wait_ms; JX_EBUSY if another
	 * holds it, in this process too. An existing folder is locked as "DIR/.". Freed by unlock or process end.
	 */
	jx_rc (*lock)(void *user, const char *path, int64_t wait_ms, void **lock_out, struct jx_error *err);
	void (*unlock)(void *user, void *lock);
};

/** Whole file into b (respecting b->max: JX_ELIMIT). */
jx_rc jx_fs_read_all(const struct jx_fs *fs, const char *path, jx_buf *b, struct jx_error *err);
/**
 * Durable replace: hidden temp ".NAME.tmp" beside path -> write -> sync -> rename -> sync folder. Mode 0600. The folder is
 * locked meanwhile (so do not hold a lock on the folder itself: JX_EBUSY); what a killed writer left is replaced.
 */
jx_rc jx_fs_write_all(const struct jx_fs *fs, const char *path, const void *data, size_t len,
		      struct jx_error *err);

/* ---- the real world (library jx_base_os; programs and tests only) -------------------------------- */

const struct jx_clock *jx_os_clock(void);
const struct jx_rand *jx_os_rand(void);
const struct jx_fs *jx_os_fs(void);
/**
 * Start of every program: ignore SIGPIPE and SIGXFSZ, no core dumps of keys, umask 0077, crypto, message catalogue. The
 * language is Chinese unless JX_LANG, LANGUAGE, LC_ALL, LC_MESSAGES or LANG asks for English ("en..."); catalogues are
 * found beside the program (../share/locale) or where it was installed.
 */
jx_rc jx_os_start(const char *program, struct jx_error *err);
/**
 * Path of a program of ours that this one starts: the one beside it, or, for a program in sbin, in bin beside that.
 * @retval JX_ESTATE  it is in neither
 */
jx_rc jx_os_beside(const char *program, char *path_out, size_t cap, struct jx_error *err);
/**
 * Terminal columns that UTF-8 text takes: a Chinese character takes two, which printf's widths do not know. Right only after
 * jx_os_start, which sees to the locale; bytes that are no character count one each.
 */
int jx_os_columns(const char *text);

#ifdef __cplusplus
}
#endif
#endif
