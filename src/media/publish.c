/*
 * Publishing: temporary file -> write and hash -> check -> sync -> rename -> sync of the folder. What fails on the way
 * leaves a temporary at most, and tries to leave not even that.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "media_private.h"

#define WHERE "media.publish"

/* What they must be. */
enum kind {
	ANY,
	PICTURE,
	SOUND
};

/* Where the bytes come from. */
struct source {
	const char *name; /* for messages */
	enum kind kind;
	const struct jx_fs *fs;
	jx_file *file; /* or */
	const uint8_t *data;
	int64_t size_bytes;
};

/* What is known of the bytes written so far. */
struct copy {
	jx_media *media;
	char *tmp;
	struct jx_media__file f;
	jx_sha256_state *hash;
	struct jx_media__scan scan;
	struct jx_media__sound sound;
	int64_t size_bytes;
	bool is_published;
};

static void done_copy(struct copy *c)
{
	jx_media__close(&c->f);
	if (!c->is_published && c->tmp != NULL)
		(void)c->media->fs->remove(c->media->fs->user, c->tmp, NULL);
	jx_sha256_free(c->hash);
	jx_media__scan_done(&c->scan);
	free(c->tmp);
}

static jx_rc create_tmp(struct copy *c, struct jx_error *err)
{
	const struct jx_fs *fs = c->media->fs;
	JX_AUTO_FREE char *name = jx_media__random_name(c->media);
	JX_AUTO_FREE char *path = jx_media__tmp_path(c->media, name);
	jx_rc rc = fs->create(fs->user, path, &c->f.file, err);

	if (rc == JX_ENOTFOUND) {
		rc = jx_media__make_tmp(c->media, err);
		if (rc == JX_OK)
			rc = fs->create(fs->user, path, &c->f.file, err);
	}
	if (rc == JX_OK)
		c->tmp = JX_STEAL(path);
	return rc;
}

static jx_rc check_sound_size(const jx_media *media, const char *name, int64_t size_bytes,
			      struct jx_error *err)
{
	const int64_t most = media->max_bytes < JX_SOUND_BYTES_MAX ? media->max_bytes : JX_SOUND_BYTES_MAX;

	if (size_bytes <= 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "sound %s is empty: record it again", name);
	if (size_bytes > most)
		return jx_fail(
			err, JX_ELIMIT, 0, WHERE,
			"sound %s has %lld bytes, %lld are allowed: record it with a lower quality, or a shorter one",
			name, (long long)size_bytes, (long long)most);
	return JX_OK;
}

static jx_rc check_size(const jx_media *media, const struct source *s, struct jx_error *err)
{
	const char *name = s->name;
	const int64_t size_bytes = s->size_bytes;

	if (s->kind == SOUND)
		return check_sound_size(media, name, size_bytes, err);
	if (size_bytes <= 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "photo %s is empty: take it again", name);
	if (size_bytes > media->max_bytes)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "photo %s has %lld bytes, %lld are allowed: take it with a lower resolution",
			       name, (long long)size_bytes, (long long)media->max_bytes);
	return JX_OK;
}

/* The next piece, in memory or read into chunk. *got_out 0 at the end. */
static jx_rc next_piece(const struct source *s, int64_t offset, char *chunk, const uint8_t **data_out,
			size_t *got_out, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	if (s->file != NULL) {
		rc = s->fs->read_at(s->fs->user, s->file, offset, chunk, JX_MEDIA_CHUNK_BYTES, got_out, err);
		*data_out = (const uint8_t *)chunk;
		return rc;
	}
	*data_out = s->data + offset;
	*got_out = s->size_bytes - offset > (int64_t)JX_MEDIA_CHUNK_BYTES ? JX_MEDIA_CHUNK_BYTES
									  : (size_t)(s->size_bytes - offset);
	return rc;
}

static jx_rc fail_changed(const struct source *s, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE, "photo %s changed while it was read: import it again",
		       s->name);
}

static jx_rc copy_all(struct copy *c, const struct source *s, struct jx_error *err)
{
	const struct jx_fs *fs = c->media->fs;
	char chunk[JX_MEDIA_CHUNK_BYTES];

	for (;;) {
		const uint8_t *data = NULL;
		size_t got = 0;
		jx_rc rc = next_piece(s, c->size_bytes, chunk, &data, &got, err);

		if (rc != JX_OK || got == 0)
			return rc;
		/* Growing while it is read: no ceiling is passed on the way. */
		if (c->size_bytes + (int64_t)got > s->size_bytes)
			return fail_changed(s, err);
		rc = fs->write_at(fs->user, c->f.file, c->size_bytes, data, got, err);
		if (rc != JX_OK)
			return rc;
		jx_sha256_add(c->hash, data, got);
		if (s->kind == SOUND)
			jx_media__sound_add(&c->sound, data, got);
		else
			jx_media__scan_add(&c->scan, data, got);
		c->size_bytes += (int64_t)got;
	}
}

static jx_rc check_copy(struct copy *c, const struct source *s, struct jx_error *err)
{
	jx_rc rc;

	if (c->size_bytes != s->size_bytes)
		return fail_changed(s, err);
	if (s->kind == ANY)
		return JX_OK;
	if (s->kind == SOUND)
		return jx_media__sound_check(&c->sound, s->name, err);
	rc = jx_media__scan_check(&c->scan, s->name, err);
	return rc == JX_OK ? jx_media__check_header(c->media->fs, c->f.file, s->name, err) : rc;
}

/* Copy and check; nothing is published yet. */
static jx_rc begin_copy(struct copy *c, const struct source *s, struct jx_error *err)
{
	jx_rc rc = create_tmp(c, err);

	if (rc == JX_OK)
		rc = copy_all(c, s, err);
	return rc == JX_OK ? check_copy(c, s, err) : rc;
}

static void describe(const struct copy *c, enum kind kind, struct jx_photo_ref *out)
{
	const char *type = kind == SOUND                                       ? "audio/ogg"
			   : kind == PICTURE || c->scan.at == JX_MEDIA__AT_END ? "image/jpeg"
									       : "application/binary";

	out->size_bytes = c->size_bytes;
	out->taken_utc_ms = jx_media__exif_time(c->scan.exif, c->scan.exif_len);
	out->duration_ms = kind == SOUND ? jx_media__sound_ms(&c->sound) : 0;
	jx_strcpy(out->type, sizeof(out->type), type);
}

static jx_rc end_copy(struct copy *c, enum kind kind, struct jx_photo_ref *out, struct jx_error *err)
{
	const struct jx_fs *fs = c->media->fs;
	uint8_t sha256[JX_HASH_BYTES];
	jx_rc rc = jx_control_is(JX_CONTROL_NO_PHOTO_FSYNC) ? JX_OK : fs->sync_data(fs->user, c->f.file, err);

	if (rc != JX_OK)
		return rc;
	jx_media__close(&c->f);
	jx_sha256_end(c->hash, sha256);
	rc = jx_media__move_in(c->media, c->tmp, sha256, err);
	if (rc != JX_OK)
		return rc;
	c->is_published = true;
	memcpy(out->sha256, sha256, sizeof(sha256));
	describe(c, kind, out);
	return JX_OK;
}

static void begin(struct copy *c, jx_media *media)
{
	c->media = media;
	c->f.fs = media->fs;
	c->hash = jx_sha256_new();
	jx_media__scan_init(&c->scan);
	jx_media__sound_init(&c->sound);
}

static jx_rc publish(jx_media *media, const void *data, size_t len, enum kind kind, struct jx_photo_ref *out,
		     struct jx_error *err)
{
	const struct source s = {.name = kind == SOUND ? _("from the microphone") : _("from the camera"),
				 .kind = kind,
				 .data = data,
				 .size_bytes = len > INT64_MAX ? INT64_MAX : (int64_t)len};
	JX_CLEANUP(done_copy) struct copy c = {0};
	jx_rc rc = check_size(media, &s, err);

	if (rc != JX_OK)
		return rc;
	begin(&c, media);
	rc = begin_copy(&c, &s, err);
	return rc == JX_OK ? end_copy(&c, kind, out, err) : rc;
}

jx_rc jx_media_publish(jx_media *media, const void *data, size_t len, bool check_jpeg,
		       struct jx_photo_ref *out, struct jx_error *err)
{
	return publish(media, data, len, check_jpeg ? PICTURE : ANY, out, err);
}

jx_rc jx_media_publish_sound(jx_media *media, const void *data, size_t len, struct jx_photo_ref *out,
			     struct jx_error *err)
{
	return publish(media, data, len, SOUND, out, err);
}

/* The source must be the same before and after: size, time of change, and as many bytes as it says. */
static jx_rc check_unchanged(const struct source *s, const char *path, int64_t modified_utc_ms,
			     struct jx_error *err)
{
	int64_t size_bytes = 0, now_modified_utc_ms = 0;
	const jx_rc rc = s->fs->stat(s->fs->user, path, &size_bytes, &now_modified_utc_ms, err);

	if (rc == JX_OK && (size_bytes != s->size_bytes || now_modified_utc_ms != modified_utc_ms))
		return fail_changed(s, err);
	return rc;
}

static jx_rc scan_all(const struct source *s, struct jx_media__scan *scan, struct jx_media__sound *sound,
		      struct jx_error *err)
{
	char chunk[JX_MEDIA_CHUNK_BYTES];
	int64_t at = 0;

	for (;;) {
		const uint8_t *data = NULL;
		size_t got = 0;
		jx_rc rc = next_piece(s, at, chunk, &data, &got, err);

		if (rc != JX_OK || got == 0)
			return rc;
		if (s->kind == SOUND)
			jx_media__sound_add(sound, data, got);
		else
			jx_media__scan_add(scan, data, got);
		at += (int64_t)got;
		if (at > s->size_bytes)
			return JX_OK; /* growing: the import will say so */
	}
}

static jx_rc check_file(jx_media *media, const struct jx_fs *source_fs, const char *path, enum kind kind,
			struct jx_error *err)
{
	JX_MEDIA_FILE from = {.fs = source_fs};
	JX_CLEANUP(jx_media__scan_done) struct jx_media__scan scan;
	struct jx_media__sound sound;
	struct source s = {.name = path, .kind = kind, .fs = source_fs};
	int64_t modified_utc_ms = 0;
	jx_rc rc = source_fs->stat(source_fs->user, path, &s.size_bytes, &modified_utc_ms, err);

	jx_media__scan_init(&scan);
	jx_media__sound_init(&sound);
	if (rc == JX_OK)
		rc = source_fs->open_read(source_fs->user, path, &from.file, err);
	if (rc == JX_OK)
		rc = check_size(media, &s, err);
	if (rc != JX_OK)
		return rc;
	s.file = from.file;
	rc = scan_all(&s, &scan, &sound, err);
	if (rc == JX_OK && kind == SOUND)
		return jx_media__sound_check(&sound, path, err);
	if (rc == JX_OK)
		rc = jx_media__scan_check(&scan, path, err);
	return rc == JX_OK ? jx_media__check_header(source_fs, from.file, path, err) : rc;
}

jx_rc jx_media_check(jx_media *media, const struct jx_fs *source_fs, const char *path, struct jx_error *err)
{
	return check_file(media, source_fs, path, PICTURE, err);
}

jx_rc jx_media_check_sound(jx_media *media, const struct jx_fs *source_fs, const char *path,
			   struct jx_error *err)
{
	return check_file(media, source_fs, path, SOUND, err);
}

static jx_rc import(jx_media *media, const struct jx_fs *source_fs, const char *path, enum kind kind,
		    struct jx_photo_ref *out, struct jx_error *err)
{
	JX_MEDIA_FILE from = {.fs = source_fs};
	JX_CLEANUP(done_copy) struct copy c = {0};
	struct source s = {.name = path, .kind = kind, .fs = source_fs};
	int64_t modified_utc_ms = 0;
	jx_rc rc = source_fs->stat(source_fs->user, path, &s.size_bytes, &modified_utc_ms, err);

	if (rc == JX_OK)
		rc = source_fs->open_read(source_fs->user, path, &from.file, err);
	if (rc == JX_OK)
		rc = check_size(media, &s, err);
	if (rc != JX_OK)
		return rc;
	s.file = from.file;
	begin(&c, media);
	rc = begin_copy(&c, &s, err);
	if (rc == JX_OK)
		rc = check_unchanged(&s, path, modified_utc_ms, err);
	return rc == JX_OK ? end_copy(&c, kind, out, err) : rc;
}

jx_rc jx_media_import(jx_media *media, const struct jx_fs *source_fs, const char *path,
		      struct jx_photo_ref *out, struct jx_error *err)
{
	return import(media, source_fs, path, PICTURE, out, err);
}

jx_rc jx_media_import_sound(jx_media *media, const struct jx_fs *source_fs, const char *path,
			    struct jx_photo_ref *out, struct jx_error *err)
{
	return import(media, source_fs, path, SOUND, out, err);
}
