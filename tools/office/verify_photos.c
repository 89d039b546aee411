/* Photo files: the bytes must have the hash they are named by. */
#include <stdlib.h>
#include <string.h>

#include "verify_private.h"

#define WHERE "office.verify"

struct names {
	char **name;
	size_t count, cap;
};

static void free_names(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->name[i]);
	free(n->name);
}

static jx_rc take_name(void *arg, const char *name)
{
	struct names *n = arg;

	if (name[0] == '.') /* what a download left half-way */
		return JX_OK;
	n->name = jx_office__grow(n->name, n->count, &n->cap, sizeof(char *));
	n->name[n->count++] = jx_xstrdup(name);
	return JX_OK;
}

jx_rc jx_office__hash_file(const struct jx_fs *fs, const char *path, uint8_t out[JX_HASH_BYTES],
			   struct jx_error *err)
{
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();
	JX_AUTO_FREE char *chunk = jx_xmalloc(65536);
	jx_file *file = NULL;
	int64_t at = 0;
	size_t got = 1;
	jx_rc rc = fs->open_read(fs->user, path, &file, err);

	if (rc != JX_OK)
		return rc;
	while (rc == JX_OK && got > 0) {
		rc = fs->read_at(fs->user, file, at, chunk, 65536, &got, err);
		if (rc == JX_OK)
			jx_sha256_add(hash, chunk, got);
		at += (int64_t)got;
	}
	fs->close(fs->user, file);
	jx_sha256_end(hash, out);
	return rc;
}

static int compare_hashes(const void *a, const void *b)
{
	return memcmp(a, b, JX_HASH_BYTES);
}

/* seen[i]: photos[i] is here. */
static void check_file(struct jx_office__check *c, const char *dir, const char *name, bool *seen)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, name);
	const size_t len = strcspn(name, ".");
	uint8_t named[JX_HASH_BYTES], found[JX_HASH_BYTES];
	const uint8_t(*at)[JX_HASH_BYTES] = NULL;
	struct jx_error why = {.code = JX_OK};
	jx_rc rc = JX_ECORRUPT;

	if (jx_unhex(name, len, named, sizeof(named)))
		rc = jx_office__hash_file(c->fs, path, found, &why);
	if (rc == JX_OK && memcmp(named, found, sizeof(named)) != 0)
		rc = JX_ECORRUPT;
	if (rc != JX_OK) {
		c->v->photos_bad++;
		if (why.code == JX_OK)
			(void)jx_fail(
				&why, JX_ECORRUPT, 0, WHERE,
				"%s does not have the hash it is named by: remove it and pull again after removing index.db",
				path);
		c->line = 0;
		jx_office__damage(c, NULL, 0, &why);
		return;
	}
	c->v->photos_good++;
	if (c->photo_count > 0)
		at = bsearch(named, c->photos, c->photo_count, JX_HASH_BYTES, compare_hashes);
	if (at != NULL)
		seen[at - (const uint8_t(*)[JX_HASH_BYTES])c->photos] = true;
}

static void sort_photos(struct jx_office__check *c)
{
	size_t kept = 0;

	if (c->photo_count > 0)
		qsort(c->photos, c->photo_count, JX_HASH_BYTES, compare_hashes);
	for (size_t i = 0; i < c->photo_count; i++)
		if (kept == 0 || memcmp(c->photos[kept - 1], c->photos[i], JX_HASH_BYTES) != 0)
			memmove(c->photos[kept++], c->photos[i], JX_HASH_BYTES);
	c->photo_count = kept;
}

static jx_rc check_day(struct jx_office__check *c, const char *day, bool *seen, struct jx_error *err)
{
	JX_CLEANUP(free_names) struct names files = {.count = 0};
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/%s/%s/photos", c->dir, JX_OFFICE__DAYS, day);
	const jx_rc rc = c->fs->list(c->fs->user, dir, take_name, &files, err);

	if (rc != JX_OK)
		return rc == JX_ENOTFOUND ? JX_OK : rc;
	for (size_t i = 0; i < files.count; i++)
		check_file(c, dir, files.name[i], seen);
	return JX_OK;
}

jx_rc jx_office__check_photos(struct jx_office__check *c, struct jx_error *err)
{
	JX_CLEANUP(free_names) struct names days = {.count = 0};
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/%s", c->dir, JX_OFFICE__DAYS);
	JX_AUTO_FREE bool *seen = NULL;
	jx_rc rc = c->fs->list(c->fs->user, dir, take_name, &days, err);

	sort_photos(c);
	seen = jx_xcalloc(c->photo_count + 1, sizeof(*seen));
	rc = rc == JX_ENOTFOUND ? JX_OK : rc;
	for (size_t i = 0; i < days.count && rc == JX_OK; i++)
		if (jx_day_ok(days.name[i]))
			rc = check_day(c, days.name[i], seen, err);
	for (size_t i = 0; i < c->photo_count; i++)
		c->v->photos_absent += seen[i] ? 0 : 1;
	return rc;
}
