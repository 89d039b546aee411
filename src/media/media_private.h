/* What the files of the room share. */
#ifndef JX_MEDIA_PRIVATE_H
#define JX_MEDIA_PRIVATE_H

#include <stdatomic.h>

#include "jiexun/media.h"

#define JX_MEDIA_MAX_BYTES (INT64_C(32) * 1024 * 1024)
/* Small enough for the stack of any thread, large enough that calls do not count. */
#define JX_MEDIA_CHUNK_BYTES ((size_t)64 * 1024)

struct jx_media {
	const struct jx_fs *fs;
	const struct jx_rand *rand;
	char *dir;
	int64_t max_bytes;
	/* Folders aa that this object has seen made durable; a hint, so plain relaxed atomics do. */
	atomic_bool is_folder_sure[256];
};

/* An open file of some fs, closed at the end of its scope. */
struct jx_media__file {
	const struct jx_fs *fs;
	jx_file *file;
};
void jx_media__close(struct jx_media__file *f);
#define JX_MEDIA_FILE JX_CLEANUP(jx_media__close) struct jx_media__file

/* dir/tmp/<name> in new memory. */
char *jx_media__tmp_path(const jx_media *media, const char *name);
/* ".<random>.tmp" in new memory: a temporary's name. */
char *jx_media__random_name(const jx_media *media);
/* Of a published file, in new memory, whatever the length of dir. */
char *jx_media__path_of(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES]);
/* Of a kept copy, in new memory. */
char *jx_media__copy_path(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind);
/* Make dir/tmp if it is not there. */
jx_rc jx_media__make_tmp(jx_media *media, struct jx_error *err);
/* A written and synced file becomes the published one: rename, sync of the folder. */
jx_rc jx_media__move_in(jx_media *media, const char *tmp, const uint8_t sha256[JX_HASH_BYTES],
			struct jx_error *err);
/* Hash of a whole file, in constant memory. */
jx_rc jx_media__hash_file(const struct jx_fs *fs, jx_file *f, uint8_t out[JX_HASH_BYTES],
			  struct jx_error *err);

/* ---- JPEG (jpeg_scan.c, jpeg_header.c, exif.c) */

/* APP1 holds at most 65,533 bytes (its length counts itself). */
#define JX_MEDIA_EXIF_MAX ((size_t)65533)

enum jx_media__scan_at {
	JX_MEDIA__AT_START,
	JX_MEDIA__AT_MARKERS, /* between segments */
	JX_MEDIA__AT_CODE,    /* FF was seen, its second byte comes */
	JX_MEDIA__AT_LENGTH_HI,
	JX_MEDIA__AT_LENGTH_LO,
	JX_MEDIA__AT_SEGMENT,   /* inside one */
	JX_MEDIA__AT_DATA,      /* picture data, up to the next marker */
	JX_MEDIA__AT_DATA_CODE, /* FF was seen in it */
	JX_MEDIA__AT_END,       /* end marker was seen: what follows is padding or another picture */
	JX_MEDIA__AT_FAULT
};

/* Follows a JPEG's structure from the first byte to the end marker, fed in pieces. */
struct jx_media__scan {
	enum jx_media__scan_at at;
	uint8_t marker;
	uint32_t left;  /* bytes of the segment to come */
	bool has_frame; /* SOF: size and components */
	bool has_data;  /* SOS */
	char *exif;     /* first Exif block, from "Exif" on */
	size_t exif_len;
	bool is_exif_full; /* no more is taken */
};
void jx_media__scan_init(struct jx_media__scan *s);
void jx_media__scan_done(struct jx_media__scan *s);
void jx_media__scan_add(struct jx_media__scan *s, const uint8_t *data, size_t len);
/* Whole? name is for the message. */
jx_rc jx_media__scan_check(const struct jx_media__scan *s, const char *name, struct jx_error *err);

/* ---- Opus in Ogg (sound_scan.c) */

enum jx_media__sound_at {
	JX_MEDIA__SOUND_HEADER,   /* of a page */
	JX_MEDIA__SOUND_SEGMENTS, /* its lengths */
	JX_MEDIA__SOUND_BODY,
	JX_MEDIA__SOUND_END,     /* of the last page */
	JX_MEDIA__SOUND_OTHER,   /* no Ogg, no Opus, or more than one stream */
	JX_MEDIA__SOUND_DAMAGED, /* bytes are changed or missing */
};
/* The encoder's last packet is filled up: up to 120 ms, and some never say how much of it is meant. */
#define JX_MEDIA__SOUND_OVERHANG_MS 200

/* Follows the pages from the first byte to the last, fed in pieces. */
struct jx_media__sound {
	enum jx_media__sound_at at;
	uint32_t pages, serial, checksum;
	uint32_t left;       /* bytes of lengths, or of the body, to come */
	uint32_t body_bytes; /* what the lengths say so far */
	uint32_t skip;       /* samples before the beginning */
	size_t header_len, body_len;
	uint64_t position; /* samples up to the end of what was read */
	uint8_t header[27];
	uint8_t body[29]; /* the page's first bytes */
};
void jx_media__sound_init(struct jx_media__sound *s);
void jx_media__sound_add(struct jx_media__sound *s, const uint8_t *data, size_t len);
int64_t jx_media__sound_ms(const struct jx_media__sound *s);
/* Whole, and not too long? name is for the message. */
jx_rc jx_media__sound_check(const struct jx_media__sound *s, const char *name, struct jx_error *err);

/* Can a decoder read it? Reads the header (up to the picture data) from an open file. */
jx_rc jx_media__check_header(const struct jx_fs *fs, jx_file *f, const char *name, struct jx_error *err);

/* ---- stamps (stamp_text.c): between jx_media_os and jx-picture, which reads it from this descriptor */

#define JX_MEDIA__STAMP_FD  3
#define JX_MEDIA__STAMP_MAX ((size_t)32 * 1024)
jx_rc jx_media__stamp_write(const struct jx_stamp *s, jx_buf *out, struct jx_error *err);
jx_rc jx_media__stamp_read(const char *text, size_t len, struct jx_stamp *out, struct jx_error *err);

/* When it was taken, by its Exif block; 0 if it does not say. */
int64_t jx_media__exif_time(const char *exif, size_t len);

#endif
