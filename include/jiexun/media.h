/*
 * jiexun/media.h - photo files by content hash: the byte-exact original is the evidence.
 *
 * A file is published by: hidden temporary file -> write -> fdatasync -> rename to aa/<sha256> -> fsync of the folder.
 * Only then may an entry name it. Used by the handheld (capture) and by the server (vault, resumable uploads).
 *
 * Threads:   a jx_media holds no state but its configuration and a hint; different threads may use it at the same time. Two
 *            publishers of the same bytes end with the same file; a part belongs to one thread, and one jx_part at a time.
 * Ownership: configuration must outlive it.
 * Errors:    JX_EINVAL empty, truncated or not a JPEG (text names the file and the cure); JX_ELIMIT larger than the
 *            ceiling; disk errors as in base.
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
