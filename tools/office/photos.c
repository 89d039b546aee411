/* Fetching photos: each by its hash, each once, whatever breaks in between. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

struct fetch {
	const struct jx_fs *fs;
	char *dir, *part, *path, *sound_path;
	jx_file *file;
	int64_t at;
	jx_sha256_state *hash;
};

static void free_fetch(struct fetch *f)
{
	if (f->file != NULL)
		f->fs->close(f->fs->user, f->file);
	jx_sha256_free(f->hash);
	free(f->dir);
	free(f->part);
	free(f->path);
	free(f->sound_path);
}

/* What an earlier try left counts, if it is not more than there should be. */
static jx_rc open_part(struct fetch *f, int64_t size_bytes, struct jx_error *err)
{
	JX_AUTO_FREE char *chunk = jx_xmalloc(65536);
	size_t got = 1;
	int64_t have = 0;
	jx_rc rc = f->fs->open_write(f->fs->user, f->part, &f->file, NULL);

	if (rc == JX_OK)
		rc = f->fs->file_size(f->fs->user, f->file, &have, err);
	if (rc != JX_OK || have > size_bytes) {
		if (f->file != NULL)
			f->fs->close(f->fs->user, f->file);
		f->file = NULL;
		(void)f->fs->remove(f->fs->user, f->part, NULL);
		return f->fs->create(f->fs->user, f->part, &f->file, err);
	}
	while (rc == JX_OK && got > 0) {
		rc = f->fs->read_at(f->fs->user, f->file, f->at, chunk, 65536, &got, err);
		if (rc == JX_OK)
			jx_sha256_add(f->hash, chunk, got);
		f->at += rc == JX_OK ? (int64_t)got : 0;
	}
	return rc;
}

static jx_rc take_bytes(void *user, const void *data, size_t len, struct jx_error *err)
{
	struct fetch *f = user;
	const jx_rc rc = f->fs->write_at(f->fs->user, f->file, f->at, data, len, err);

	if (rc == JX_OK)
		f->at += (int64_t)len;
	return rc;
}

static bool is_there(const struct fetch *f, const char *path, int64_t size_bytes)
{
	int64_t size = 0, modified_utc_ms = 0;

	return f->fs->stat(f->fs->user, path, &size, &modified_utc_ms, NULL) == JX_OK && size == size_bytes;
}

/* By its bytes, not by what anybody says of it: a player goes by the ending. Ogg begins with these. */
static bool is_sound(const struct fetch *f)
{
	char begins[4];
	size_t got = 0;

	return f->fs->read_at(f->fs->user, f->file, 0, begins, sizeof(begins), &got, NULL) == JX_OK &&
	       got == sizeof(begins) && memcmp(begins, "OggS", sizeof(begins)) == 0;
}

/* No evidence, so it is written plainly: one that is torn goes with the original's coming, or is fetched again. */
static jx_rc fetch_small(struct jx_office__desk *desk, const struct jx_client_blob_config *blob,
			 const struct jx_office__wanted *w, const char *dir, const char *path,
			 struct jx_error *err)
{
	JX_AUTO_BUF copy;
	jx_rc rc;

	jx_buf_init(&copy, JX_OFFICE__SMALL_MAX);
	rc = jx_client_get_small(blob, w->sha256, &copy, err);
	if (rc == JX_OK)
		rc = desk->fs->make_dir(desk->fs->user, dir, err);
	return rc == JX_OK ? jx_fs_write_all(desk->fs, path, copy.data, copy.len, err) : rc;
}

bool jx_office__has_small(const struct jx_office__desk *desk, const char *path)
{
	int64_t size_bytes = 0, modified_utc_ms = 0;

	return desk->fs->stat(desk->fs->user, path, &size_bytes, &modified_utc_ms, NULL) == JX_OK &&
	       size_bytes > 0;
}

jx_rc jx_office__small_fetch(struct jx_office__desk *desk, const struct jx_client_blob_config *blob,
			     const struct jx_office__wanted *w, bool *is_new_out, struct jx_error *err)
{
	JX_AUTO_FREE char *day_dir = jx_office__day_dir(desk->dir, w->day);
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/small", day_dir);
	JX_AUTO_FREE char *path = jx_office__small_path(desk, w->day, w->sha256);
	jx_rc rc;

	if (jx_office__has_small(desk, path))
		return JX_OK;
	rc = fetch_small(desk, blob, w, dir, path, err);
	if (rc == JX_OK)
		*is_new_out = true;
	return rc;
}

char *jx_office__small_path(const struct jx_office__desk *desk, const char *day,
			    const uint8_t sha256[JX_HASH_BYTES])
{
	JX_AUTO_FREE char *day_dir = jx_office__day_dir(desk->dir, day);
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(sha256, JX_HASH_BYTES, hex);
	return jx_xasprintf("%s/small/%s.jpg", day_dir, hex);
}

jx_rc jx_office__photo_fetch(struct jx_office__desk *desk, const struct jx_client_blob_config *blob,
			     const struct jx_office__wanted *w, struct jx_error *err)
{
	JX_CLEANUP(free_fetch) struct fetch f = {.fs = desk->fs, .hash = jx_sha256_new()};
	JX_AUTO_FREE char *day_dir = jx_office__day_dir(desk->dir, w->day);
	JX_AUTO_FREE char *small = NULL;
	char hex[2 * JX_HASH_BYTES + 1];
	jx_rc rc;

	jx_hex(w->sha256, JX_HASH_BYTES, hex);
	f.dir = jx_xasprintf("%s/photos", day_dir);
	f.part = jx_xasprintf("%s/.%s.part", f.dir, hex);
	f.path = jx_xasprintf("%s/%s.jpg", f.dir, hex);
	f.sound_path = jx_xasprintf("%s/%s.ogg", f.dir, hex);
	small = jx_office__small_path(desk, w->day, w->sha256);
	if (is_there(&f, f.path, w->size_bytes) || is_there(&f, f.sound_path, w->size_bytes)) {
		(void)desk->fs->remove(desk->fs->user, small, NULL);
		return JX_OK;
	}
	rc = desk->fs->make_dir(desk->fs->user, f.dir, err);
	if (rc == JX_OK)
		rc = open_part(&f, w->size_bytes, err);
	if (rc == JX_OK)
		rc = jx_client_get_blob(blob, w->sha256, w->size_bytes, f.at, f.hash, take_bytes, &f, err);
	if (rc == JX_ECORRUPT)
		(void)desk->fs->remove(desk->fs->user, f.part, NULL);
	if (rc == JX_OK)
		rc = desk->fs->sync_data(desk->fs->user, f.file, err);
	if (rc == JX_OK)
		rc = desk->fs->rename(desk->fs->user, f.part, is_sound(&f) ? f.sound_path : f.path, err);
	if (rc == JX_OK)
		rc = desk->fs->sync_dir(desk->fs->user, f.dir, err);
	/* of no use beside its original */
	if (rc == JX_OK)
		(void)desk->fs->remove(desk->fs->user, small, NULL);
	return rc;
}
