/* Pictures of a composition: DIR/drafts/ID.NUMBER.ROLE.HOW.jpg, complete and durable as soon as they have that name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define WHERE "compose.photo"

char *jx_compose__path(const struct jx_handheld *h, const char *file)
{
	return jx_xasprintf("%s/drafts/%s", h->dir, file);
}

void jx_compose__copy(char *out, size_t cap, const char *from, size_t len)
{
	const size_t n = len < cap ? len : cap - 1;

	memcpy(out, from, n);
	out[n] = '\0';
}

static bool is_role(const char *s)
{
	static const char *const roles[] = {"wide", "close", "before", "after", "plate", "object"};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(s, roles[i]) == 0)
			return true;
	return false;
}

static jx_rc check_room(struct jx_handheld *h, const struct jx_compose *c, size_t len, struct jx_error *err)
{
	if (c->photo_count >= JX_PHOTOS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "an entry lists at most %d photos: make a second entry for the rest",
			       JX_PHOTOS_MAX);
	return jx_handheld_photo_room(h, len, err);
}

/* By the time, so that those that are taken in again come in their order; a name is never used twice. */
static void name_photo(const struct jx_compose *c, const char *role, const char *how, char *out, size_t cap)
{
	const struct jx_clock *clock = jx_os_clock();
	int64_t number = clock->utc_ms(clock->user);
	bool is_used = true;
	char id[37];

	jx_uuid_format(c->draft.id, id);
	for (; is_used; number++) {
		(void)snprintf(out, cap, "%s.%013lld.%s.%s.jpg", id, (long long)number, role, how);
		is_used = false;
		for (size_t i = 0; i < c->photo_count && !is_used; i++)
			is_used = strcmp(c->photos[i].file, out) == 0;
	}
}

static jx_rc write_photo(struct jx_handheld *h, const char *file, const void *data, size_t len,
			 struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *dir = jx_compose__path(h, "");
	JX_AUTO_FREE char *path = jx_compose__path(h, file);
	jx_rc rc;

	dir[strlen(dir) - 1] = '\0';
	rc = fs->make_dir(fs->user, dir, err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(fs, path, data, len, err);
	if (rc != JX_OK)
		return rc;
	/* what an entry would refuse is refused while it can be taken again */
	rc = jx_media_check(h->media, fs, path, err);
	if (rc != JX_OK)
		(void)fs->remove(fs->user, path, NULL);
	return rc;
}

jx_rc jx_compose_add_photo(struct jx_handheld *h, struct jx_compose *c, const void *data, size_t len,
			   const char *role, const char *how, struct jx_error *err)
{
	struct jx_compose_photo p = {.file = ""};
	jx_rc rc = jx_handheld_open_media(h, err);

	if (rc == JX_OK && !is_role(role))
		rc = jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"photo role \"%s\" is not known: use wide, close, before, after, plate or object",
			role);
	if (rc == JX_OK)
		rc = check_room(h, c, len, err);
	if (rc != JX_OK)
		return rc;
	name_photo(c, role, how, p.file, sizeof(p.file));
	jx_strcpy(p.role, sizeof(p.role), role);
	jx_strcpy(p.how, sizeof(p.how), how);
	rc = write_photo(h, p.file, data, len, err);
	if (rc != JX_OK)
		return rc;
	c->photos[c->photo_count++] = p;
	return jx_compose_keep(h, c, err);
}

jx_rc jx_compose_drop_photo(struct jx_handheld *h, struct jx_compose *c, size_t i, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	jx_rc rc = JX_OK;

	if (i >= c->photo_count)
		return JX_OK;
	/* the file first: one that is there and not listed would be taken in again */
	if (c->photos[i].file[0] != '\0') {
		JX_AUTO_FREE char *path = jx_compose__path(h, c->photos[i].file);

		rc = fs->remove(fs->user, path, err);
	}
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	c->photo_count--;
	memmove(&c->photos[i], &c->photos[i + 1], (c->photo_count - i) * sizeof(c->photos[0]));
	return jx_compose_keep(h, c, err);
}

jx_rc jx_compose_read_photo(struct jx_handheld *h, const struct jx_compose *c, size_t i, jx_buf *out,
			    struct jx_error *err)
{
	char original[JX_DEVICE_PATH_MAX + 128];
	JX_AUTO_FREE char *path = NULL;
	jx_rc rc = jx_handheld_open_media(h, err);

	if (rc != JX_OK)
		return rc;
	if (c->photos[i].file[0] != '\0') {
		path = jx_compose__path(h, c->photos[i].file);
	} else {
		jx_media_path(h->media, c->photos[i].sha256, original, sizeof(original));
		path = jx_xstrdup(original);
	}
	return jx_fs_read_all(jx_os_fs(), path, out, err);
}

/* ---- what lies there ------------------------------------------------------------------------------- */

struct names {
	char id[37];
	char (*list)[96];
	size_t count;
};

static jx_rc collect(void *user, const char *name)
{
	struct names *n = user;

	if (strncmp(name, n->id, strlen(n->id)) == 0 && strlen(name) < sizeof(n->list[0]) &&
	    n->count < JX_PHOTOS_MAX)
		jx_strcpy(n->list[n->count++], sizeof(n->list[0]), name);
	return JX_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* "ID.NUMBER.ROLE.HOW.jpg" */
static bool read_name(const char *file, struct jx_compose_photo *out)
{
	const char *role = strchr(file + 37, '.');
	const char *how = role != NULL ? strchr(role + 1, '.') : NULL;
	const char *end = how != NULL ? strchr(how + 1, '.') : NULL;

	if (end == NULL || strcmp(end, ".jpg") != 0 || (size_t)(how - role) > sizeof(out->role) ||
	    (size_t)(end - how) > sizeof(out->how))
		return false;
	*out = (struct jx_compose_photo){.file = ""};
	jx_strcpy(out->file, sizeof(out->file), file);
	jx_compose__copy(out->role, sizeof(out->role), role + 1, (size_t)(how - role) - 1);
	jx_compose__copy(out->how, sizeof(out->how), how + 1, (size_t)(end - how) - 1);
	return is_role(out->role);
}

static jx_rc list_of(struct jx_handheld *h, struct names *n, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *dir = jx_compose__path(h, ".");
	const jx_rc rc = fs->list(fs->user, dir, collect, n, err);

	if (rc == JX_OK && n->count > 1)
		qsort(n->list, n->count, sizeof(n->list[0]), by_name);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_compose__adopt(struct jx_handheld *h, struct jx_compose *c, struct jx_error *err)
{
	char list[JX_PHOTOS_MAX][96];
	struct names n = {.list = list};
	jx_rc rc;

	jx_uuid_format(c->draft.id, n.id);
	rc = list_of(h, &n, err);
	for (size_t i = 0; rc == JX_OK && i < n.count && c->photo_count < JX_PHOTOS_MAX; i++) {
		bool is_listed = false;

		for (size_t k = 0; k < c->photo_count && !is_listed; k++)
			is_listed = strcmp(c->photos[k].file, list[i]) == 0;
		if (!is_listed && read_name(list[i], &c->photos[c->photo_count]))
			c->photo_count++;
	}
	return rc;
}

void jx_compose__remove_photos(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES])
{
	const struct jx_fs *fs = jx_os_fs();
	char list[JX_PHOTOS_MAX][96];
	struct names n = {.list = list};

	jx_uuid_format(id, n.id);
	if (list_of(h, &n, NULL) != JX_OK)
		return;
	for (size_t i = 0; i < n.count; i++) {
		JX_AUTO_FREE char *path = jx_compose__path(h, list[i]);

		(void)fs->remove(fs->user, path, NULL);
	}
}
