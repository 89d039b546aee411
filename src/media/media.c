/* The folder: dir/aa/<sha256 in hex>, dir/tmp/. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "media_private.h"

#define WHERE "media.folder"

void jx_media__close(struct jx_media__file *f)
{
	if (f->file != NULL)
		f->fs->close(f->fs->user, f->file);
	f->file = NULL;
}

jx_rc jx_media_open(const struct jx_media_config *config, jx_media **media_out, struct jx_error *err)
{
	jx_media *m;

	if (config->dir == NULL || config->dir[0] == '\0' || config->max_bytes < 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the photo folder has no path: set it in the profile");
	m = jx_xcalloc(1, sizeof(*m));
	m->fs = config->fs;
	m->rand = config->rand;
	m->dir = jx_xstrdup(config->dir);
	m->max_bytes = config->max_bytes > 0 ? config->max_bytes : JX_MEDIA_MAX_BYTES;
	*media_out = m;
	return JX_OK;
}

void jx_media_close(jx_media *media)
{
	if (media == NULL)
		return;
	free(media->dir);
	free(media);
}

int64_t jx_media_max_bytes(const jx_media *media)
{
	return media->max_bytes;
}

void jx_media_path(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap)
{
	char hex[2 * JX_HASH_BYTES + 1];

	jx_hex(sha256, JX_HASH_BYTES, hex);
	if ((size_t)snprintf(out, cap, "%s/%.2s/%s", media->dir, hex, hex) >= cap)
		out[0] = '\0'; /* half a path would name another file */
}

char *jx_media__path_of(const jx_media *media, const uint8_t sha256[JX_HASH_BYTES])
{
	const size_t cap = strlen(media->dir) + sizeof("/aa/") + 2 * (size_t)JX_HASH_BYTES;
	char *path = jx_xmalloc(cap);

	jx_media_path(media, sha256, path, cap);
	return path;
}

char *jx_media__tmp_path(const jx_media *media, const char *name)
{
	return jx_xasprintf("%s/tmp/%s", media->dir, name);
}

char *jx_media__random_name(const jx_media *media)
{
	uint8_t random[12];
	char hex[2 * sizeof(random) + 1];

	media->rand->fill(media->rand->user, random, sizeof(random));
	jx_hex(random, sizeof(random), hex);
	return jx_xasprintf(".%s.tmp", hex);
}

jx_rc jx_media__make_tmp(jx_media *media, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/tmp", media->dir);

	return media->fs->make_dir(media->fs->user, dir, err);
}

jx_rc jx_media_free_bytes(jx_media *media, int64_t *bytes_out, struct jx_error *err)
{
	jx_rc rc = media->fs->free_bytes(media->fs->user, media->dir, bytes_out, err);

	if (rc != JX_ENOTFOUND)
		return rc;
	/* Before the first photo the folder need not be there. */
	rc = jx_media__make_tmp(media, err);
	return rc == JX_OK ? media->fs->free_bytes(media->fs->user, media->dir, bytes_out, err) : rc;
}

/*
 * The folder must be on the disk before a name in it counts. It may be there already and still not be on the disk: made by a
 * process that was killed, or is just between making and syncing. So each object syncs the level above once for each.
 */
static jx_rc make_folder(jx_media *media, uint8_t first, const char *dir, struct jx_error *err)
{
	jx_rc rc;

	if (atomic_load_explicit(&media->is_folder_sure[first], memory_order_relaxed))
		return JX_OK;
	rc = media->fs->make_dir(media->fs->user, dir, err);
	if (rc == JX_OK)
		rc = media->fs->sync_dir(media->fs->user, media->dir, err);
	if (rc == JX_OK)
		atomic_store_explicit(&media->is_folder_sure[first], true, memory_order_relaxed);
	return rc;
}

jx_rc jx_media_prepare(jx_media *media, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (unsigned first = 0; first < 256 && rc == JX_OK; first++) {
		JX_AUTO_FREE char *dir = jx_xasprintf("%s/%02x", media->dir, first);

		rc = media->fs->make_dir(media->fs->user, dir, err);
	}
	if (rc == JX_OK)
		rc = media->fs->sync_dir(media->fs->user, media->dir, err);
	for (unsigned first = 0; first < 256 && rc == JX_OK; first++)
		atomic_store_explicit(&media->is_folder_sure[first], true, memory_order_relaxed);
	return rc;
}

jx_rc jx_media__move_in(jx_media *media, const char *tmp, const uint8_t sha256[JX_HASH_BYTES],
			struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/%02x", media->dir, (unsigned)sha256[0]);
	jx_rc rc = make_folder(media, sha256[0], dir, err);

	/* Over a file that is there already: ours was checked just now, that one may have gone bad since. */
	if (rc == JX_OK)
		rc = media->fs->rename(media->fs->user, tmp, path, err);
	if (rc == JX_OK && !jx_control_is(JX_CONTROL_NO_FOLDER_FSYNC))
		rc = media->fs->sync_dir(media->fs->user, dir, err);
	return rc;
}

jx_rc jx_media_stat(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
		    struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	int64_t size_bytes = 0, modified_utc_ms = 0;
	const jx_rc rc = media->fs->stat(media->fs->user, path, &size_bytes, &modified_utc_ms, err);

	if (rc == JX_OK)
		*size_bytes_out = size_bytes;
	return rc;
}

bool jx_media_is_sound(jx_media *media, const uint8_t sha256[JX_HASH_BYTES])
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	JX_MEDIA_FILE f = {.fs = media->fs};
	uint8_t begins[4];
	size_t got = 0;

	return media->fs->open_read(media->fs->user, path, &f.file, NULL) == JX_OK &&
	       media->fs->read_at(media->fs->user, f.file, 0, begins, sizeof(begins), &got, NULL) == JX_OK &&
	       jx_media_looks_like_sound(begins, got);
}

jx_rc jx_media__hash_file(const struct jx_fs *fs, jx_file *f, uint8_t out[JX_HASH_BYTES],
			  struct jx_error *err)
{
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();
	char chunk[JX_MEDIA_CHUNK_BYTES];
	int64_t offset = 0;
	size_t got = 0;

	do {
		const jx_rc rc = fs->read_at(fs->user, f, offset, chunk, sizeof(chunk), &got, err);

		if (rc != JX_OK)
			return rc;
		jx_sha256_add(hash, chunk, got);
		offset += (int64_t)got;
	} while (got > 0);
	jx_sha256_end(hash, out);
	return JX_OK;
}

jx_rc jx_media_verify(jx_media *media, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_media__path_of(media, sha256);
	JX_MEDIA_FILE f = {.fs = media->fs};
	uint8_t found[JX_HASH_BYTES];
	jx_rc rc = media->fs->open_read(media->fs->user, path, &f.file, err);

	if (rc == JX_OK)
		rc = jx_media__hash_file(media->fs, f.file, found, err);
	if (rc != JX_OK)
		return rc;
	if (memcmp(found, sha256, sizeof(found)) != 0 && !jx_control_is(JX_CONTROL_VERIFY_OFF))
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"the photo file %s has changed since it was taken: keep it, and take the original from the server",
			path);
	return JX_OK;
}
