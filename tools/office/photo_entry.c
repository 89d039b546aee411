/* One entry by its number, and its photos' files. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

#define WHERE "office.photo"

struct found {
	struct jx_office__place place;
	size_t count;
};

static jx_rc take_place(void *user, const struct jx_office__place *p, struct jx_error *err)
{
	struct found *f = user;

	(void)err;
	if (f->count++ == 0)
		f->place = *p;
	return JX_OK;
}

static jx_rc find(struct jx_office__desk *desk, const char *name, struct jx_office__place *out,
		  struct jx_error *err)
{
	const char *hyphen = strrchr(name, '-');
	uint8_t id[JX_ID_BYTES];
	struct found f = {.count = 0};
	char short_code[16];
	int64_t n;
	jx_rc rc = JX_OK;

	if (jx_uuid_parse(name, strlen(name), id)) {
		rc = jx_office__index_place_of(desk->index, id, out, err);
	} else if (hyphen != NULL && (size_t)(hyphen - name) < sizeof(short_code) &&
		   jx_parse_i64(hyphen + 1, 1, INT64_C(1) << 53, &n)) {
		jx_strcpy(short_code, (size_t)(hyphen - name) + 1, name);
		rc = jx_office__index_each_of_number(desk->index, short_code, n, take_place, &f, err);
		*out = f.place;
		rc = rc == JX_OK && f.count == 0 ? JX_ENOTFOUND : rc;
	} else {
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "that is no name of an entry: use a number such as H07-12, or an id");
	}
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, rc, 0, WHERE, "no entry %s was pulled: pull again, or correct the number",
			       name);
	if (rc == JX_OK && f.count > 1)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%zu writers had an entry %s, one after the other: give the id instead",
			       f.count, name);
	return rc;
}

static jx_rc read_entry(struct jx_office__desk *desk, const struct jx_office__place *p, const char *name,
			struct jx_office__photo_entry *out, struct jx_error *err)
{
	JX_AUTO_FREE struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	JX_AUTO_BUF line;
	jx_rc rc;

	jx_buf_init(&line, JX_OFFICE__LINE_MAX + 1);
	rc = jx_office__journal_read(&desk->journal, p->pos, p->len, &line, err);
	if (rc == JX_OK)
		rc = jx_item_read((struct jx_bytes){line.data, line.len}, item, err);
	if (rc != JX_OK)
		return rc;
	if (item->entry.data == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "entry %s was erased by law: only its digest is left", name);
	jx_sha256(item->entry.data, item->entry.len, out->digest);
	rc = jx_entry_decode(item->entry.data, item->entry.len, &out->e, err);
	out->e.answers = (struct jx_bytes){NULL, 0}; /* they point into the line */
	return rc;
}

jx_rc jx_office__photo_entry(struct jx_office__desk *desk, const char *name,
			     struct jx_office__photo_entry *out, struct jx_error *err)
{
	struct jx_office__place place;
	jx_rc rc = find(desk, name, &place, err);

	if (rc == JX_OK)
		rc = read_entry(desk, &place, name, out, err);
	if (rc != JX_OK)
		return rc;
	jx_office__number(place.writer, place.short_code, place.n, out->number);
	return jx_office__index_replaced_by(desk->index, out->e.id, out->replaced_by, err);
}

jx_rc jx_office__photo_path(struct jx_office__desk *desk, const char *day,
			    const uint8_t sha256[JX_HASH_BYTES], char **path_out, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_office__day_dir(desk->dir, day);
	JX_AUTO_FREE char *path = NULL;
	char hex[2 * JX_HASH_BYTES + 1];
	uint8_t found[JX_HASH_BYTES];
	jx_rc rc;

	jx_hex(sha256, JX_HASH_BYTES, hex);
	path = jx_xasprintf("%s/photos/%s.jpg", dir, hex);
	rc = jx_office__hash_file(desk->fs, path, found, err);
	if (rc == JX_ENOTFOUND) {
		free(path);
		path = jx_xasprintf("%s/photos/%s.ogg", dir, hex);
		rc = jx_office__hash_file(desk->fs, path, found, err);
	}
	if (rc == JX_ENOTFOUND)
		return jx_fail(err, rc, 0, WHERE, "the photo was not fetched yet: run jx-office pull");
	if (rc == JX_OK && memcmp(found, sha256, sizeof(found)) != 0)
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"%s does not have the hash it is named by: remove it and pull again after removing index.db",
			path);
	if (rc == JX_OK)
		*path_out = JX_STEAL(path);
	return rc;
}
