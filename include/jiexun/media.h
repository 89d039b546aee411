/*
 * jiexun/media.h - photo and sound files by content hash: the byte-exact original is the evidence; copies are for looking at.
 *
 * A file is published by: hidden temporary file -> write -> fdatasync -> rename to aa/<sha256> -> fsync of the folder.
 * Only then may an entry name it. Used by the handheld (capture) and by the server (vault, resumable uploads).
 * Copies (small, screen, stamped) are made from it at any time, are upright, keep their colours and prove nothing: they may be
 * lost, and are made again.
 *
 * The room is two libraries and a program. jx_media is pure as base is; jx_media_os starts the program jx-picture, which decodes
 * what strangers sent in a process that can do nothing else.
 *
 * Threads:   a jx_media holds no state but its configuration and a hint; different threads may use it at the same time. Two
 *            publishers of the same bytes end with the same file; a part belongs to one thread, and one jx_part at a time.
 * Ownership: configuration must outlive it.
 * Errors:    JX_EINVAL empty, truncated, or not a JPEG (of a sound: not Opus in Ogg); the text names the file and the cure.
 *            JX_ELIMIT larger or longer than allowed; disk errors as in base.
 * Units:     `_bytes` bytes, `_ms` milliseconds, `_utc_ms` since 1970-01-01 UTC.
 */
#ifndef JX_MEDIA_H
#define JX_MEDIA_H

#include "jiexun/base.h"
#include "jiexun/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_media jx_media;

struct jx_media_config {
	const char *dir; /**< folder of the files: dir/aa/<hash>, dir/tmp/ */
	const struct jx_fs *fs;
	const struct jx_rand *rand;
	int64_t max_bytes; /**< ceiling of one file; 0 = 32 MiB */
};
jx_rc jx_media_open(const struct jx_media_config *config, jx_media **media_out, struct jx_error *err);
/**
 * Make all 256 folders now and sync the level above once, so that a server's first photos do not each pay for a folder. Not needed:
 * what fails here is done when a photo needs it.
 */
jx_rc jx_media_prepare(jx_media *media, struct jx_error *err);
void jx_media_close(jx_media *media);
JX_DEFINE_AUTO(jx_media, jx_media_close);

/**
 * Import a file (never changed, copied byte for byte) and publish it durably. The copy is hashed while it is written. A file that
 * changes while being read is refused. Checks: not empty, within the ceiling, whole JPEG (structure followed from the first byte to
 * the end marker, what follows it does not matter; header readable by a decoder). A file of the same content that is there already
 * is replaced by the new copy: same bytes, and one that went bad meanwhile is mended.
 * @param path  source file, read through source_fs
 * @param out   hash, size, type and the file's own time (Exif's DateTimeOriginal with its offset; without one, UTC+8; 0 unknown) are
 *              filled; role and how are the caller's and stay as they are
 */
jx_rc jx_media_import(jx_media *media, const struct jx_fs *source_fs, const char *path,
		      struct jx_photo_ref *out, struct jx_error *err);
/** Would it be imported? The same checks, nothing written: so that of several photos none is copied where one is refused. */
jx_rc jx_media_check(jx_media *media, const struct jx_fs *source_fs, const char *path, struct jx_error *err);
/** Same for bytes in memory (camera). check_jpeg false skips the JPEG checks (simulation, other types: "application/binary"). */
jx_rc jx_media_publish(jx_media *media, const void *data, size_t len, bool check_jpeg,
		       struct jx_photo_ref *out, struct jx_error *err);

/* ---- sound notes: Opus in Ogg */

#define JX_SOUND_MS_MAX    120000
#define JX_SOUND_BYTES_MAX (INT64_C(4) * 1024 * 1024) /**< two minutes of the highest quality */
/**
 * As jx_media_import(), of a sound note. Checks: one Ogg stream of Opus, every page whole and in order up to the one that says it is the
 * last, nothing behind it, no longer than JX_SOUND_MS_MAX.
 * @param out  hash, size, type and duration_ms are filled, taken_utc_ms is 0
 */
jx_rc jx_media_import_sound(jx_media *media, const struct jx_fs *source_fs, const char *path,
			    struct jx_photo_ref *out, struct jx_error *err);
/** As jx_media_check(), of a sound note. */
jx_rc jx_media_check_sound(jx_media *media, const struct jx_fs *source_fs, const char *path,
			   struct jx_error *err);
/** Same for bytes in memory (microphone). */
jx_rc jx_media_publish_sound(jx_media *media, const void *data, size_t len, struct jx_photo_ref *out,
			     struct jx_error *err);
/** Does a file that begins so hold Ogg, and no picture? Four bytes are enough; fewer are none. */
bool jx_media_looks_like_sound(const void *data, size_t len);
/** Is a published file a sound, of which no copy can be made? False also where it is not there. */
bool jx_media_is_sound(jx_media *media, const uint8_t sha256[JX_HASH_BYTES]);

/** Ceiling of one file. */
int64_t jx_media_max_bytes(const jx_media *media);
/** Free space where the photos are, without root's reserve. */
jx_rc jx_media_free_bytes(jx_media *media, int64_t *bytes_out, struct jx_error *err);
/** Path of a published file (whether or not it is there), relative to nothing: usable with the media's fs. */
void jx_media_path(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap);
/** Is it there, and how large? JX_ENOTFOUND if not. */
jx_rc jx_media_stat(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
		    struct jx_error *err);
/** Read the file and compare its hash. @retval JX_ECORRUPT bytes changed @retval JX_ENOTFOUND gone */
jx_rc jx_media_verify(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);

/* ---- copies to look at --------------------------------------------------------------------------- */

/** Numbers are fixed; names reach folders and command lines. */
enum jx_copy_kind {
	JX_COPY_SMALL = 1,  /**< "small": longest side 320, for lists */
	JX_COPY_SCREEN = 2, /**< "screen": longest side 1600 */
	JX_COPY_STAMPED = 3 /**< "stamped": 1600 wide, a band below says what the entry says; never kept */
};
const char *jx_copy_kind_name(enum jx_copy_kind kind);
/** False: no such name. */
bool jx_copy_kind_parse(const char *name, enum jx_copy_kind *out);

/** What a copy says of its original, in a comment of its own: the original passed all checks of its structure, which are all there are
 * when it is saved; only decoding shows that bytes inside it are missing or changed. */
enum jx_copy_fault {
	JX_COPY_FAULT_NONE,
	JX_COPY_FAULT_CUT,    /**< its picture data ends too early; the copy has stripes where nothing came */
	JX_COPY_FAULT_DAMAGED /**< some of it makes no sense: the copy shows what a decoder makes of it */
};
enum jx_copy_fault jx_copy_fault_of(const void *copy, size_t len);
/** "cut", "damaged", "" */
const char *jx_copy_fault_name(enum jx_copy_fault fault);

/** What one picture may cost. 0: as told. */
struct jx_picture_limits {
	int64_t pixels_max;       /**< width x height; 100 million */
	int64_t memory_max_bytes; /**< of a progressive picture, whose coefficients are all kept; 96 MiB */
	int32_t scans_max; /**< a camera's progressive picture has about ten; 100. A bomb has thousands, each over all pixels */
};

/** Where a picture's bytes come from, in order. *got_out 0 at the end. */
struct jx_picture_in {
	void *user;
	jx_rc (*read)(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err);
};
/** Pixels drawn elsewhere that go below a stamped copy: rows of red, green, blue, 8 bits each. */
struct jx_picture_band {
	const uint8_t *rgb; /**< 3 * JX_STAMP_WIDTH * height bytes */
	uint32_t height;
};
#define JX_STAMP_WIDTH      1600 /**< pixels of a stamped copy: 148 mm (A6) at 275 dots an inch */
#define JX_STAMP_BAND_MAX   1600 /**< rows */
#define JX_COPY_BYTES_MAX   (8 * 1024 * 1024)
#define JX_PICTURE_NAME_MAX 80

/**
 * Read a JPEG once, from its first byte to its last scan, and write a copy: scaled while it is decoded, row by row; turned upright
 * by Exif's orientation (anything but 1..8 is 1); colours converted to RGB where they are not, an RGB profile carried through; Exif
 * of the copy says orientation 1 and nothing else.
 * @param name   for messages
 * @param band   JX_COPY_STAMPED only, else NULL
 * @param out    an initialised buffer; its ceiling holds. Untouched on failure
 * @retval JX_EINVAL  no JPEG, damaged, or of a kind no camera writes
 * @retval JX_ELIMIT  more pixels, memory or scans than allowed
 */
jx_rc jx_picture_copy(const struct jx_picture_in *in, const char *name, enum jx_copy_kind kind,
		      const struct jx_picture_limits *limits, const struct jx_picture_band *band, jx_buf *out,
		      struct jx_error *err);

/**
 * Small or screen copy of a published photo: the one kept in dir/derived/<kind>/aa/<hash>.jpg if it is whole, else made here and
 * kept. Keeping costs no sync and its failure is no failure: a copy torn by a power cut is noticed and made again. Decodes in this
 * process: for the handheld, whose photos are its own.
 * @param limits  NULL: as told
 */
jx_rc jx_media_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
		    const struct jx_picture_limits *limits, jx_buf *out, struct jx_error *err);
/** The kept copy only. @retval JX_ENOTFOUND  none, or not whole */
jx_rc jx_media_kept_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 jx_buf *out, struct jx_error *err);
/** Keep a copy made elsewhere (jx_media_copy_in_child). */
jx_rc jx_media_keep_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 const void *data, size_t len, struct jx_error *err);

/** Have the copy on stable storage, made if it is not there. Errors as jx_media_copy(). */
jx_rc jx_media_settle_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			   struct jx_error *err);
/** Is a copy kept? Only looked for, not at: jx_media_kept_copy() says whether it is whole. */
bool jx_media_has_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind);
/** Take a kept copy away; one that is not there is fine. */
jx_rc jx_media_drop_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 struct jx_error *err);
/** A file of the folder: a published original, or a kept copy. */
struct jx_media_file {
	uint8_t sha256[JX_HASH_BYTES]; /**< of the original */
	bool is_copy;
	enum jx_copy_kind kind; /**< of a copy */
	int64_t size_bytes, modified_utc_ms;
};
typedef jx_rc (*jx_media_file_fn)(void *user, const struct jx_media_file *file);
/** Originals, then copies; what others add or remove meanwhile may be seen or not. fn may remove the file it is given. */
jx_rc jx_media_each_file(jx_media *media, jx_media_file_fn fn, void *user, struct jx_error *err);
/** Take a published file away; copies stay. One that is not there is fine. Only after jx_store_let_go(). */
jx_rc jx_media_remove(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err);

/* ---- what a stamped copy says --------------------------------------------------------------------- */

#define JX_STAMP_LINES_MAX 8
#define JX_STAMP_CODE_MAX  192
/** Lines for people, in their language, and the text of the QR code. */
struct jx_stamp {
	char title[96]; /**< time and number, in large letters */
	char lines[JX_STAMP_LINES_MAX][400];
	size_t line_count;
	char code[JX_STAMP_CODE_MAX];
};
/** What it is made from. */
struct jx_stamp_source {
	const struct jx_entry *entry;
	size_t photo;            /**< which of the entry's */
	const char *number;      /**< "H07-123" */
	const char *case_number; /**< NULL: none */
	const char *revised_by;  /**< number of the entry that corrects or withdraws it; NULL: none */
	const uint8_t *digest;   /**< SHA-256 of the entry's bytes */
	int utc_offset_min;
};
void jx_stamp_make(const struct jx_stamp_source *source, struct jx_stamp *out);

/** What the QR code says: enough to find the entry in a log, and to see that it is that entry with that photo. */
struct jx_stamp_code {
	char number[48];
	uint8_t id[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
	uint8_t digest[16]; /**< first half of the entry's digest */
};
/** "JX1:H07-123:ID:SHA256:DIGEST", the last three in base32: characters a QR code holds in least space. */
void jx_stamp_code_write(const struct jx_stamp_code *code, char out[JX_STAMP_CODE_MAX]);
/** Any case; spaces around do not matter. @retval JX_EINVAL  not the text of such a code */
jx_rc jx_stamp_code_read(const char *text, struct jx_stamp_code *out, struct jx_error *err);
/**
 * Is it this entry, with this photo?
 * @param photo_out  which of the entry's photos
 * @retval JX_ECORRUPT  text says what differs
 */
jx_rc jx_stamp_code_check(const struct jx_stamp_code *code, const char *number, const char *bytes, size_t len,
			  size_t *photo_out, struct jx_error *err);

/* ---- Exif of our own camera ------------------------------------------------------------------------- */

/** What a camera that writes no Exif knew all the same. */
struct jx_media_tags {
	int64_t taken_utc_ms;
	int utc_offset_min;
	const struct jx_fix *fix; /**< NULL or without a position: none is written */
	const char *make, *model; /**< ASCII; NULL: none */
};
/**
 * The same picture with time and its offset, position (with the receiver's time, datum and error) and device in its Exif: each
 * only where the file does not say it itself. Picture data is not touched. For bytes that no one has hashed yet: never for a published
 * file. Nothing missing: out is data, byte for byte.
 * @retval JX_EINVAL  no whole JPEG  @retval JX_ELIMIT  its Exif has no room
 */
jx_rc jx_media_tag(const void *data, size_t len, const struct jx_media_tags *tags, jx_buf *out,
		   struct jx_error *err);

/* ---- decoding in a process of its own (library jx_media_os) ------------------------------------------ */

struct jx_picture_child {
	const char *program; /**< jx-picture; NULL: the one beside this program, or in ../bin */
	int64_t time_max_ms; /**< 0: 20 s; then it is killed */
	/**
	 * Runs only where nobody else wants the processor. It then has three times as long on the wall's clock, and being late by that is
	 * JX_EBUSY: it says nothing about the picture. time_max_ms of processor time still does.
	 */
	bool is_idle;
	struct jx_picture_limits limits;
};
/**
 * Copy of a file, decoded by jx-picture: without network, database or any other file, by rlimits and a seccomp filter that ends
 * it at any other call. The only way to a stamped copy, whose letters it draws too.
 * Threads: any.
 * @param child  NULL: as told
 * @param stamp  JX_COPY_STAMPED only, else NULL
 * @param out    an initialised buffer, as jx_picture_copy()
 * @retval JX_EINVAL    as jx_picture_copy(); also: the picture ended the decoder
 * @retval JX_ELIMIT    as jx_picture_copy(); also: time or memory were used up
 * @retval JX_ENOTFOUND no such file
 * @retval JX_ESTATE    jx-picture is missing or is no program of ours
 */
jx_rc jx_media_copy_in_child(const struct jx_picture_child *child, const char *path, enum jx_copy_kind kind,
			     const struct jx_stamp *stamp, jx_buf *out, struct jx_error *err);

/**
 * As jx_media_copy(), decoded by jx-picture: for a server's list of photos that others sent. media must be on the real disk. Two at
 * the same time make it twice; how many run at once is the caller's to limit.
 * @retval JX_ENOTFOUND  the photo is not published  @retval others  as jx_media_copy_in_child()
 */
jx_rc jx_media_copy_by_child(jx_media *media, const struct jx_picture_child *child,
			     const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind, jx_buf *out,
			     struct jx_error *err);

/* ---- resumable receiving (server; office downloads) ---------------------------------------------- */

/** A partial file dir/tmp/<owner>-<hash>.part: survives restarts, its size is the offset. */
typedef struct jx_part jx_part;
/**
 * Open or make. The part is locked until it is closed, published or refused.
 * @param owner  plain name (letters, digits, - and _) that keeps different senders apart ("" for none)
 * @retval JX_EBUSY   another jx_part has it open
 * @retval JX_ELIMIT  size_bytes is beyond the ceiling
 */
jx_rc jx_part_open(jx_media *media, const char *owner, const uint8_t sha256[JX_HASH_BYTES],
		   int64_t size_bytes, jx_part **part_out, struct jx_error *err);
int64_t jx_part_offset(const jx_part *part);
/** Append; not synced yet. @retval JX_ELIMIT beyond size_bytes: nothing is written */
jx_rc jx_part_write(jx_part *part, const void *data, size_t len, struct jx_error *err);
/**
 * When offset == size: check the hash, sync, rename into place, sync the folder. A wrong hash removes the part (start again at 0).
 * @retval JX_ECORRUPT hash differs  @retval JX_ESTATE not all bytes yet
 */
jx_rc jx_part_publish(jx_part *part, struct jx_error *err);
/** Away with the bytes; close it then. */
jx_rc jx_part_drop(jx_part *part, struct jx_error *err);
void jx_part_close(jx_part *part); /**< keeps the bytes */
JX_DEFINE_AUTO(jx_part, jx_part_close);
/** Offset of a part without opening it for writing; JX_ENOTFOUND if none. */
jx_rc jx_part_stat(jx_media *media, const char *owner, const uint8_t sha256[JX_HASH_BYTES],
		   int64_t *offset_out, struct jx_error *err);

/** After a crash: remove temporaries older than ten minutes and parts older than keep_ms; never published files. */
jx_rc jx_media_sweep(jx_media *media, int64_t now_utc_ms, int64_t keep_ms, int64_t *removed_out,
		     struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
