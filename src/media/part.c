/*
 * Resumable receiving. The part's size is the offset, so nothing else has to survive a crash; what a crash left in it may be
 * garbage, so the hash of the whole decides before it is published. While it is open its file is locked: a second sender of
 * the same part must not write into what the first one has just had checked.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "media_private.h"

#define WHERE          "media.part"
#define OWNER_LEN_MAX  64
#define OPEN_TRIES_MAX 4

struct jx_part {
	jx_media *media;
	char *path;
	void *lock;
	struct jx_media__file f;
	uint8_t sha256[JX_HASH_BYTES];
	int64_t size_bytes;
	int64_t offset_bytes;
	jx_sha256_state *
		hash; /* of all bytes so far if this object has written them all; NULL: read them at the end */
	bool is_over; /* published, or refused */
};

static jx_rc path_of(const jx_media *media, const char *owner, const uint8_t sha256[JX_HASH_BYTES],
		     char **path_out, struct jx_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	char hex[2 * JX_HASH_BYTES + 1];
	JX_AUTO_FREE char *name = NULL;

	if (strnlen(owner, OWNER_LEN_MAX + 1) > OWNER_LEN_MAX || owner[strspn(owner, allowed)] != '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the sender's name is no plain name of letters and digits: rename it");
	jx_hex(sha256, JX_HASH_BYTES, hex);
	name = jx_xasprintf("%s-%s.part", owner, hex);
	*path_out = jx_media__tmp_path(media, name);
	return JX_OK;
}

/* Locking makes the file. It may be renamed away between the two steps by whoever held it: then it is a new part. */
static jx_rc lock_and_open(jx_part *p, struct jx_error *err)
{
	const struct jx_fs *fs = p->media->fs;
	jx_rc rc = JX_OK;
	int i;

	for (i = 0; i < OPEN_TRIES_MAX; i++) {
		rc = fs->lock(fs->user, p->path, 0, &p->lock, err);
		if (rc == JX_ENOTFOUND && i == 0) {
			rc = jx_media__make_tmp(p->media, err);
			if (rc != JX_OK)
				return rc;
			continue;
		}
		if (rc == JX_EBUSY)
			return jx_fail(
				err, JX_EBUSY, 0, WHERE,
				"this photo is being received by another connection: try again in a minute");
		if (rc != JX_OK)
			return rc;
		rc = fs->open_write(fs->user, p->path, &p->f.file, err);
		if (rc != JX_ENOTFOUND)
			return rc;
		fs->unlock(fs->user, p->lock);
		p->lock = NULL;
	}
	return rc;
}

/* Longer than the photo is to be: not a beginning of it. */
static jx_rc start_over(jx_part *p, struct jx_error *err)
{
	const struct jx_fs *fs = p->media->fs;
	jx_rc rc;

	jx_media__close(&p->f);
	rc = fs->remove(fs->user, p->path, err);
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	fs->unlock(fs->user, p->lock);
	p->lock = NULL;
	p->offset_bytes = 0;
	return lock_and_open(p, err);
}

static jx_rc open_part(jx_part *p, struct jx_error *err)
{
	const struct jx_fs *fs = p->media->fs;
	jx_rc rc = lock_and_open(p, err);

	if (rc == JX_OK)
		rc = fs->file_size(fs->user, p->f.file, &p->offset_bytes, err);
	if (rc == JX_OK && p->offset_bytes > p->size_bytes)
		rc = start_over(p, err);
	if (rc == JX_OK && p->offset_bytes == 0)
		p->hash = jx_sha256_new();
	return rc;
}

jx_rc jx_part_open(jx_media *media, const char *owner, const uint8_t sha256[JX_HASH_BYTES],
		   int64_t size_bytes, jx_part **part_out, struct jx_error *err)
{
	JX_AUTO(jx_part) p = NULL;
	JX_AUTO_FREE char *path = NULL;
	jx_rc rc = path_of(media, owner, sha256, &path, err);

	if (rc != JX_OK)
		return rc;
	if (size_bytes <= 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "the photo is empty: send its real size");
	if (size_bytes > media->max_bytes)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "the photo has %lld bytes, %lld are allowed: send a smaller one",
			       (long long)size_bytes, (long long)media->max_bytes);
	p = jx_xcalloc(1, sizeof(*p));
	p->media = media;
	p->f.fs = media->fs;
	p->path = JX_STEAL(path);
	p->size_bytes = size_bytes;
	memcpy(p->sha256, sha256, JX_HASH_BYTES);
	rc = open_part(p, err);
	if (rc == JX_OK)
		*part_out = JX_STEAL(p);
	return rc;
}

int64_t jx_part_offset(const jx_part *part)
{
	return part->offset_bytes;
}

static jx_rc check_going(const jx_part *part, struct jx_error *err)
{
	if (!part->is_over)
		return JX_OK;
	return jx_fail(err, JX_ESTATE, 0, WHERE, "this part is done with: open it again");
}

jx_rc jx_part_write(jx_part *part, const void *data, size_t len, struct jx_error *err)
{
	const struct jx_fs *fs = part->media->fs;
	jx_rc rc = check_going(part, err);

	if (rc != JX_OK)
		return rc;
	if (len > (uint64_t)(part->size_bytes - part->offset_bytes))
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "more bytes than the photo's %lld: send as many as were announced",
			       (long long)part->size_bytes);
	rc = fs->write_at(fs->user, part->f.file, part->offset_bytes, data, len, err);
	if (rc != JX_OK)
		return rc;
	part->offset_bytes += (int64_t)len;
	if (part->hash != NULL)
		jx_sha256_add(part->hash, data, len);
	return JX_OK;
}

/* Away with the bytes: they are wrong, or not known to be on the disk. */
static jx_rc give_up(jx_part *p, struct jx_error *err)
{
	const struct jx_fs *fs = p->media->fs;
	jx_rc rc;

	p->is_over = true;
	p->offset_bytes = 0;
	jx_media__close(&p->f);
	rc = fs->remove(fs->user, p->path, err);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

static jx_rc check_hash(jx_part *p, struct jx_error *err)
{
	const struct jx_fs *fs = p->media->fs;
	uint8_t found[JX_HASH_BYTES];
	jx_rc rc;

	if (p->hash != NULL) {
		jx_sha256_end(p->hash, found);
	} else {
		rc = jx_media__hash_file(fs, p->f.file, found, err);
		if (rc != JX_OK)
			return rc;
	}
	if (memcmp(found, p->sha256, sizeof(found)) == 0)
		return JX_OK;
	rc = give_up(p, err);
	if (rc != JX_OK)
		return rc;
	return jx_fail(err, JX_ECORRUPT, 0, WHERE,
		       "the bytes received are not the photo that was announced: send it again");
}

jx_rc jx_part_publish(jx_part *part, struct jx_error *err)
{
	const struct jx_fs *fs = part->media->fs;
	jx_rc rc = check_going(part, err);

	if (rc != JX_OK)
		return rc;
	if (part->offset_bytes != part->size_bytes)
		return jx_fail(err, JX_ESTATE, 0, WHERE, "%lld of %lld bytes are here: send the rest",
			       (long long)part->offset_bytes, (long long)part->size_bytes);
	rc = check_hash(part, err);
	if (rc != JX_OK)
		return rc;
	rc = jx_control_is(JX_CONTROL_NO_PHOTO_FSYNC) ? JX_OK : fs->sync_data(fs->user, part->f.file, err);
	if (rc != JX_OK) {
		/* A second sync of the same file may succeed without having written anything. */
		(void)give_up(part, NULL);
		return rc;
	}
	rc = jx_media__move_in(part->media, part->path, part->sha256, err);
	if (rc == JX_OK)
		part->is_over = true;
	return rc;
}

jx_rc jx_part_drop(jx_part *part, struct jx_error *err)
{
	const jx_rc rc = check_going(part, err);

	return rc == JX_OK ? give_up(part, err) : rc;
}

void jx_part_close(jx_part *part)
{
	if (part == NULL)
		return;
	jx_media__close(&part->f);
	if (part->lock != NULL)
		part->media->fs->unlock(part->media->fs->user, part->lock);
	jx_sha256_free(part->hash);
	free(part->path);
	free(part);
}

jx_rc jx_part_stat(jx_media *media, const char *owner, const uint8_t sha256[JX_HASH_BYTES],
		   int64_t *offset_out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = NULL;
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc = path_of(media, owner, sha256, &path, err);

	if (rc == JX_OK)
		rc = media->fs->stat(media->fs->user, path, &size_bytes, &modified_utc_ms, err);
	if (rc == JX_OK)
		*offset_out = size_bytes;
	return rc;
}
