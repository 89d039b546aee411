/* Photo files: every byte, every length, taken away, exchanged - on the device and in the office's folder. */
#include <stdio.h>
#include <stdlib.h>

#include "jiexun/media.h"
#include "office.h"

#define PART        "photos"
#define PHOTO_BYTES 120 /* what a hash sees does not depend on the length */

struct photo {
	uint8_t bytes[PHOTO_BYTES], sha256[JX_HASH_BYTES];
	char *path;
};

/* Is a file with these bytes under the photo's name seen to be wrong? */
typedef bool (*sees_fn)(void *user, const struct photo *p);

static void put(const struct photo *p, const void *bytes, size_t len)
{
	struct jx_error err;

	jx_assert_ok(jx_fs_write_all(jx_os_fs(), p->path, bytes, len, &err), &err);
}

static void try_bytes(struct evidence *e, const struct photo *p, const void *bytes, size_t len,
		      const char *what, sees_fn sees, void *user)
{
	if (!evidence_next(e))
		return;
	put(p, bytes, len);
	if (!sees(user, p))
		evidence_missed(e, PART, what);
}

static void change_photo(struct evidence *e, const struct photo *p, const struct photo *other, sees_fn sees,
			 void *user)
{
	uint8_t bytes[PHOTO_BYTES + 1] = {0};
	char what[64];

	for (size_t i = 0; i < PHOTO_BYTES; i++) {
		memcpy(bytes, p->bytes, PHOTO_BYTES);
		bytes[i] ^= (uint8_t)(1u << (i + (size_t)e->changes) % 8);
		(void)snprintf(what, sizeof(what), "photo byte %zu", i);
		try_bytes(e, p, bytes, PHOTO_BYTES, what, sees, user);
	}
	memcpy(bytes, p->bytes, PHOTO_BYTES);
	bytes[PHOTO_BYTES] = 0;
	try_bytes(e, p, bytes, 0, "photo emptied", sees, user);
	try_bytes(e, p, bytes, PHOTO_BYTES / 2, "photo cut", sees, user);
	try_bytes(e, p, bytes, PHOTO_BYTES - 1, "photo one byte shorter", sees, user);
	try_bytes(e, p, bytes, PHOTO_BYTES + 1, "photo one byte longer", sees, user);
	try_bytes(e, p, other->bytes, PHOTO_BYTES, "another photo under its name", sees, user);
	put(p, p->bytes, PHOTO_BYTES);
	if (sees(user, p))
		evidence_disturbed(e, PART, "photo as it was");
}

static void make_photo(struct evidence *e, struct photo *p)
{
	e->rand.rand.fill(e->rand.rand.user, p->bytes, PHOTO_BYTES);
	jx_sha256(p->bytes, PHOTO_BYTES, p->sha256);
}

static bool device_sees(void *user, const struct photo *p)
{
	return jx_media_verify(user, p->sha256, NULL) != JX_OK;
}

static void change_device(struct evidence *e, int64_t count)
{
	JX_AUTO(jx_media) media = NULL;
	struct jx_error err;
	char *dir = jx_test_folder();
	struct photo p = {.path = NULL}, other = {.path = NULL};

	jx_assert_ok(
		jx_media_open(&(struct jx_media_config){.dir = dir, .fs = jx_os_fs(), .rand = &e->rand.rand},
			      &media, &err),
		&err);
	jx_assert_ok(jx_media_prepare(media, &err), &err);
	make_photo(e, &other);
	for (int64_t i = 0; i < count; i++) {
		char path[1024];

		make_photo(e, &p);
		jx_media_path(media, p.sha256, path, sizeof(path));
		p.path = path;
		put(&p, p.bytes, PHOTO_BYTES);
		change_photo(e, &p, &other, device_sees, media);
		if (evidence_next(e)) {
			jx_assert_ok(jx_os_fs()->remove(NULL, path, &err), &err);
			if (!device_sees(media, &p))
				evidence_missed(e, PART, "photo taken away");
		}
	}
	jx_test_folder_remove(dir);
}

static bool office_sees(void *user, const struct photo *p)
{
	struct office_folder *f = user;
	struct jx_office__verdict v;
	struct jx_error err = {.code = JX_OK};

	(void)p;
	jx_assert_ok(jx_office__verify(jx_os_fs(), f->dir, &f->trust, &v, &err), &err);
	return v.damage > 0;
}

static void change_office(struct evidence *e, int64_t count)
{
	struct office_folder f;
	struct jx_error err;
	struct photo p = {.path = NULL}, other = {.path = NULL};
	JX_AUTO_FREE char *day = NULL, *dir = NULL;

	e->has_photo_receipts = true;
	office_init(&f, e, PART, 2);
	day = jx_office__day_dir(f.dir, TOWN_DAY);
	dir = jx_xasprintf("%s/photos", day);
	jx_assert_ok(jx_os_fs()->make_dir(NULL, dir, &err), &err);
	make_photo(e, &other);
	for (int64_t i = 0; i < count; i++) {
		char hex[2 * JX_HASH_BYTES + 1];
		char *path;

		make_photo(e, &p);
		jx_hex(p.sha256, JX_HASH_BYTES, hex);
		path = jx_xasprintf("%s/%s.jpg", dir, hex);
		p.path = path;
		put(&p, p.bytes, PHOTO_BYTES);
		change_photo(e, &p, &other, office_sees, &f);
		jx_assert_ok(jx_os_fs()->remove(NULL, path, &err), &err);
		free(path);
	}
	office_done(&f);
}

void evidence_photos(struct evidence *e)
{
	const int64_t count = e->entries / 20 + 1;

	e->bytes_seen += count * PHOTO_BYTES;
	change_device(e, count);
	change_office(e, count);
}
