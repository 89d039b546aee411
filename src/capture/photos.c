/* Photos of a capture: published durably at once, listed by the entry later. */
#include <string.h>

#include "capture_private.h"

#define WHERE "capture.photo"

static jx_rc check_role(const char *role, struct jx_error *err)
{
	static const char *const roles[] = {"wide", "close", "before", "after", "plate", "object"};
	size_t i;

	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i], role) == 0)
			return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "photo role \"%s\" is not known: use wide, close, before, after, plate or object",
		       role);
}

static jx_rc check_how(const char *how, struct jx_error *err)
{
	if (strcmp(how, "camera") == 0 || strcmp(how, "imported") == 0)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE, "photo source \"%s\" is not known: use camera or imported",
		       how);
}

/* Asked again when it is saved; but no photo is copied for an entry that nobody could save. */
static jx_rc check_person(const jx_capture *c, struct jx_error *err)
{
	char person[sizeof(c->entry.person)];
	jx_rc rc = jx_store_get(c->job.rec->store, JX_SET_PERSON, person, sizeof(person), err);

	if (rc == JX_ENOTFOUND || (rc == JX_OK && person[0] == '\0'))
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "nobody is signed in: sign in with jx person sign-in");
	return rc;
}

/* Originals stop at the reserve: records without photos go on. */
static jx_rc check_room(const jx_capture *c, int64_t size_bytes, struct jx_error *err)
{
	const struct jx_recorder *rec = c->job.rec;
	int64_t free_bytes = 0;
	jx_rc rc;

	if (c->entry.photo_count >= JX_PHOTOS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "an entry lists at most %d photos: make a second entry for the rest",
			       JX_PHOTOS_MAX);
	if (rec->reserve_bytes <= 0)
		return JX_OK;
	rc = jx_media_free_bytes(rec->media, &free_bytes, err);
	if (rc != JX_OK)
		return rc;
	if (free_bytes - size_bytes < rec->reserve_bytes)
		return jx_fail(
			err, JX_ENOSPC, 0, WHERE,
			"only %lld MB are free, %lld MB are kept for records: no new photos; sync and free some space",
			(long long)(free_bytes / 1000000), (long long)(rec->reserve_bytes / 1000000));
	return JX_OK;
}

static jx_rc add_ref(jx_capture *c, struct jx_photo_ref *ref, const char *name, const char *role,
		     const char *how, struct jx_error *err)
{
	struct jx_entry *e = &c->entry;
	size_t i;

	for (i = 0; i < e->photo_count; i++)
		if (memcmp(e->photos[i].sha256, ref->sha256, JX_HASH_BYTES) == 0)
			return jx_fail(
				err, JX_EEXISTS, 0, WHERE,
				"photo %s is the same file as photo %zu of this entry: choose another one",
				name, i + 1);
	jx_strcpy(ref->role, sizeof(ref->role), role);
	jx_strcpy(ref->how, sizeof(ref->how), how);
	e->photos[e->photo_count++] = *ref;
	return JX_OK;
}

jx_rc jx_capture_add_photo(jx_capture *capture, const char *path, const char *role, struct jx_error *err)
{
	const struct jx_recorder *rec = capture->job.rec;
	const char *as = role == NULL ? "close" : role;
	struct jx_photo_ref ref = {.size_bytes = 0};
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc = check_role(as, err);

	if (rc == JX_OK)
		rc = check_person(capture, err);
	if (rc == JX_OK)
		rc = rec->source_fs->stat(rec->source_fs->user, path, &size_bytes, &modified_utc_ms, err);
	if (rc == JX_OK)
		rc = check_room(capture, size_bytes, err);
	if (rc == JX_OK)
		rc = jx_media_import(rec->media, rec->source_fs, path, &ref, err);
	return rc == JX_OK ? add_ref(capture, &ref, path, as, "imported", err) : rc;
}

jx_rc jx_capture_add_sound(jx_capture *capture, const char *path, struct jx_error *err)
{
	const struct jx_recorder *rec = capture->job.rec;
	struct jx_photo_ref ref = {.size_bytes = 0};
	int64_t size_bytes = 0, modified_utc_ms = 0;
	jx_rc rc = check_person(capture, err);

	if (rc == JX_OK)
		rc = rec->source_fs->stat(rec->source_fs->user, path, &size_bytes, &modified_utc_ms, err);
	if (rc == JX_OK)
		rc = check_room(capture, size_bytes, err);
	if (rc == JX_OK)
		rc = jx_media_import_sound(rec->media, rec->source_fs, path, &ref, err);
	return rc == JX_OK ? add_ref(capture, &ref, path, JX_CAPTURE__NOTE, "imported", err) : rc;
}

jx_rc jx_capture_add_sound_bytes(jx_capture *capture, const void *data, size_t len, int64_t taken_utc_ms,
				 struct jx_error *err)
{
	const struct jx_recorder *rec = capture->job.rec;
	struct jx_photo_ref ref = {.size_bytes = 0};
	jx_rc rc = check_person(capture, err);

	if (rc == JX_OK)
		rc = check_room(capture, (int64_t)len, err);
	if (rc == JX_OK)
		rc = jx_media_publish_sound(rec->media, data, len, &ref, err);
	if (rc != JX_OK)
		return rc;
	ref.taken_utc_ms = taken_utc_ms;
	return add_ref(capture, &ref, _("from the microphone"), JX_CAPTURE__NOTE, "microphone", err);
}

jx_rc jx_capture_add_photo_bytes(jx_capture *capture, const void *data, size_t len, const char *role,
				 const char *how, struct jx_error *err)
{
	const struct jx_recorder *rec = capture->job.rec;
	const char *as = role == NULL ? "close" : role;
	struct jx_photo_ref ref = {.size_bytes = 0};
	jx_rc rc = check_role(as, err);

	if (rc == JX_OK)
		rc = check_how(how, err);
	if (rc == JX_OK)
		rc = check_person(capture, err);
	if (rc == JX_OK)
		rc = check_room(capture, (int64_t)len, err);
	if (rc == JX_OK)
		rc = jx_media_publish(rec->media, data, len, true, &ref, err);
	return rc == JX_OK ? add_ref(capture, &ref, _("from the camera"), as, how, err) : rc;
}

jx_rc jx_capture_set_before(jx_capture *capture, const uint8_t before_sha256[JX_HASH_BYTES],
			    struct jx_error *err)
{
	struct jx_entry *e = &capture->entry;
	size_t i, count = 0;

	for (i = 0; i < e->photo_count; i++) {
		if (strcmp(e->photos[i].role, "after") != 0)
			continue;
		if (memcmp(e->photos[i].sha256, before_sha256, JX_HASH_BYTES) == 0)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "the photo of after is the very photo of before: take a new one");
		count++;
	}
	if (count == 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "no photo of this entry has the role after: add one with :after");
	for (i = 0; i < e->photo_count; i++)
		if (strcmp(e->photos[i].role, "after") == 0)
			memcpy(e->photos[i].before_sha256, before_sha256, JX_HASH_BYTES);
	return JX_OK;
}
