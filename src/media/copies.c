/*
 * Copies that are kept: dir/derived/<kind>/aa/<hash>.jpg. Written without a sync, so after a power cut a name may stand for
 * zeros: each file carries the hash of its own bytes in a comment right behind the first marker, which viewers pass over.
 */
#include <stdlib.h>
#include <string.h>

#include "media_private.h"

#define WHERE "media.copy"

/* FF FE, length, name and version, hash. A new way of making copies gets a new version, and old ones are made again. */
static const char seal_name[] = "jiexun copy 1";
#define SEAL_BYTES (4 + sizeof(seal_name) + JX_HASH_BYTES)

static const struct {
	enum jx_copy_kind kind;
	const char *name;
} kinds[] = {{JX_COPY_SMALL, "small"}, {JX_COPY_SCREEN, "screen"}, {JX_COPY_STAMPED, "stamped"}};

const char *jx_copy_kind_name(enum jx_copy_kind kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "";
}

bool jx_copy_kind_parse(const char *name, enum jx_copy_kind *out)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*out = kinds[i].kind;
			return true;
		}
	return false;
}

static char *folder_of(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind)
{
	return jx_xasprintf("%s/derived/%s/%02x", media->dir, jx_copy_kind_name(kind), (unsigned)sha256[0]);
}

char *jx_media__copy_path(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind)
{
	JX_AUTO_FREE char *dir = folder_of(media, sha256, kind);
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(sha256, JX_HASH_BYTES, hex);
	return jx_xasprintf("%s/%s.jpg", dir, hex);
}

static void make_seal(const void *rest, size_t len, uint8_t out[SEAL_BYTES])
{
	const size_t counted = SEAL_BYTES - 2;

	out[0] = 0xff;
	out[1] = 0xfe;
	out[2] = (uint8_t)(counted >> 8);
	out[3] = (uint8_t)counted;
	memcpy(out + 4, seal_name, sizeof(seal_name));
	jx_sha256(rest, len, out + 4 + sizeof(seal_name));
}

static bool is_whole(const jx_buf *b)
{
	uint8_t seal[SEAL_BYTES];

	if (b->len < 2 + SEAL_BYTES + 2 || memcmp(b->data, "\xff\xd8", 2) != 0)
		return false;
	make_seal(b->data + 2 + SEAL_BYTES, b->len - 2 - SEAL_BYTES, seal);
	return memcmp(b->data + 2, seal, SEAL_BYTES) == 0;
}

jx_rc jx_media_kept_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 jx_buf *out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__copy_path(media, sha256, kind);
	JX_AUTO_BUF b;
	jx_rc rc;

	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	rc = jx_fs_read_all(media->fs, path, &b, err);
	if (rc != JX_OK)
		return rc;
	if (!is_whole(&b))
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "the kept copy %s is damaged: it is made again",
			       path);
	jx_buf_add(out, b.data, b.len);
	return jx_buf_check(out, "copy", err);
}

/* Two that make the same copy at the same time each have a temporary of their own; the last rename wins. */
static jx_rc write_tmp(jx_media *media, const char *path, const void *head, size_t head_len, const void *rest,
		       size_t len, struct jx_error *err)
{
	JX_MEDIA_FILE f = {.fs = media->fs};
	jx_rc rc = media->fs->create(media->fs->user, path, &f.file, err);

	if (rc == JX_ENOTFOUND) {
		rc = jx_media__make_tmp(media, err);
		if (rc == JX_OK)
			rc = media->fs->create(media->fs->user, path, &f.file, err);
	}
	if (rc == JX_OK)
		rc = media->fs->write_at(media->fs->user, f.file, 0, head, head_len, err);
	if (rc == JX_OK)
		rc = media->fs->write_at(media->fs->user, f.file, (int64_t)head_len, rest, len, err);
	return rc;
}

/* The folder is as little sure to outlast a power cut as what is put there, and is made with its first copy. */
static jx_rc move_in(jx_media *media, const char *tmp, const char *dir, const char *path,
		     struct jx_error *err)
{
	const struct jx_fs *fs = media->fs;
	jx_rc rc = fs->rename(fs->user, tmp, path, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	rc = fs->make_dir_unsynced(fs->user, dir, err);
	return rc == JX_OK ? fs->rename(fs->user, tmp, path, err) : rc;
}

jx_rc jx_media_keep_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
			 const void *data, size_t len, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = folder_of(media, sha256, kind);
	JX_AUTO_FREE char *path = jx_media__copy_path(media, sha256, kind);
	JX_AUTO_FREE char *name = jx_media__random_name(media);
	JX_AUTO_FREE char *tmp = jx_media__tmp_path(media, name);
	uint8_t head[2 + SEAL_BYTES] = {0xff, 0xd8};
	jx_rc rc;

	if (len < 4 || len > JX_COPY_BYTES_MAX - SEAL_BYTES || memcmp(data, "\xff\xd8", 2) != 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "this is no copy of a photo: nothing is kept");
	make_seal((const uint8_t *)data + 2, len - 2, head + 2);
	rc = write_tmp(media, tmp, head, sizeof(head), (const uint8_t *)data + 2, len - 2, err);
	if (rc == JX_OK)
		rc = move_in(media, tmp, dir, path, err);
	if (rc != JX_OK)
		(void)media->fs->remove(media->fs->user, tmp, NULL);
	return rc;
}

struct reader {
	const struct jx_fs *fs;
	jx_file *file;
	int64_t at;
};

static jx_rc read_file(void *user, void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	struct reader *r = user;
	const jx_rc rc = r->fs->read_at(r->fs->user, r->file, r->at, data, len, got_out, err);

	if (rc == JX_OK)
		r->at += (int64_t)*got_out;
	return rc;
}

static jx_rc make(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
		  const struct jx_picture_limits *limits, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	JX_MEDIA_FILE f = {.fs = media->fs};
	struct reader reader = {.fs = media->fs};
	const struct jx_picture_in in = {.user = &reader, .read = read_file};
	char name[13];
	jx_rc rc = media->fs->open_read(media->fs->user, path, &f.file, err);

	if (rc != JX_OK)
		return rc;
	jx_hex(sha256, 6, name);
	reader.file = f.file;
	return jx_picture_copy(&in, name, kind, limits, NULL, out, err);
}

jx_rc jx_media_copy(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], enum jx_copy_kind kind,
		    const struct jx_picture_limits *limits, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_BUF made;
	jx_rc rc;

	jx_buf_init(&made, JX_COPY_BYTES_MAX - SEAL_BYTES);
	if (kind != JX_COPY_SMALL && kind != JX_COPY_SCREEN)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "only small and screen copies are kept");
	if (jx_media_kept_copy(media, sha256, kind, out, NULL) == JX_OK)
		return JX_OK;
	rc = make(media, sha256, kind, limits, &made, err);
	if (rc != JX_OK)
		return rc;
	/* A full disk keeps nobody from looking. */
	(void)jx_media_keep_copy(media, sha256, kind, made.data, made.len, NULL);
	jx_buf_add(out, made.data, made.len);
	return jx_buf_check(out, "copy", err);
}
