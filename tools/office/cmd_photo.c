/* jx-office photo: the photos of an entry, and copies of them. What is copied is the pulled original, decoded by jx-picture. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE "office.photo"

struct photos {
	struct jx_office__desk desk;
	bool is_open;
	struct jx_office__photo_entry x;
};

static void free_photos(struct photos **p)
{
	if ((*p)->is_open)
		jx_office__desk_close(&(*p)->desk);
	free(*p);
}

static int list(const struct office *o, struct photos *p)
{
	const struct jx_entry *e = &p->x.e;

	for (size_t i = 0; i < e->photo_count; i++) {
		const struct jx_photo_ref *photo = &e->photos[i];
		JX_AUTO_FREE char *path = NULL;
		struct jx_error err = {.code = JX_OK};
		const jx_rc rc = jx_office__photo_path(&p->desk, e->day, photo->sha256, &path, &err);
		JX_AUTO_FREE char *small = jx_office__small_path(&p->desk, e->day, photo->sha256);
		const bool is_small = rc == JX_ENOTFOUND && jx_office__has_small(&p->desk, small);
		char hex[13];

		jx_hex(photo->sha256, 6, hex);
		if (o->json) {
			struct jx_office__json j;

			jx_office__json_begin(&j);
			jx_office__json_str(&j, "number", p->x.number);
			jx_office__json_int(&j, "index", (int64_t)i + 1);
			jx_office__json_str(&j, "role", photo->role);
			jx_office__json_str(&j, "how", photo->how);
			jx_office__json_str(&j, "type", photo->type);
			if (photo->duration_ms > 0)
				jx_office__json_int(&j, "duration_ms", photo->duration_ms);
			jx_office__json_int(&j, "size_bytes", photo->size_bytes);
			jx_office__json_hex(&j, "sha256", photo->sha256, sizeof(photo->sha256));
			jx_office__json_str(&j, "file",
					    rc == JX_OK          ? "here"
					    : is_small           ? "small"
					    : rc == JX_ENOTFOUND ? "absent"
								 : "changed");
			jx_office__json_str(&j, "path", is_small ? small : path);
			office_print(&j);
		}
		office_say(o, _("%zu  %s, %s  %lld bytes  SHA-256 %s…  %s"), i + 1, jx_word(photo->role),
			   jx_word(photo->how), (long long)photo->size_bytes, hex,
			   rc == JX_OK ? path
			   : is_small  ? _("small copy, original not yet here")
				       : err.text);
		if (photo->duration_ms > 0)
			office_say(o, _("   %lld:%02d long"), (long long)(photo->duration_ms + 500) / 60000,
				   (int)((photo->duration_ms + 500) / 1000 % 60));
	}
	if (e->photo_count == 0)
		office_say(o, _("%s has no photo"), p->x.number);
	return 0;
}

/* By --index, else by --role, else the only one. */
static jx_rc choose(const struct office_args *a, const struct jx_office__photo_entry *x, size_t *out,
		    struct jx_error *err)
{
	const char *role = office_value(a, "role"), *index = office_value(a, "index");
	int64_t which = 0;
	size_t fits = 0;

	if (index != NULL && !jx_parse_i64(index, 1, JX_PHOTOS_MAX, &which))
		which = JX_PHOTOS_MAX + 1;
	for (size_t i = 0; i < x->e.photo_count; i++) {
		if (which > 0 ? (int64_t)i + 1 != which
			      : role != NULL && strcmp(role, x->e.photos[i].role) != 0)
			continue;
		if (fits++ == 0)
			*out = i;
	}
	if (fits == 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "%s has no such photo: jx-office photo list shows which there are", x->number);
	if (fits > 1)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s has %zu such photos: choose one with --role or --index", x->number, fits);
	if (jx_photo_is_sound(&x->e.photos[*out]))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"that is a sound note, of which there is no picture: jx-office photo list shows where it is");
	return JX_OK;
}

static jx_rc make_copy(struct photos *p, const struct office_args *a, enum jx_copy_kind kind, jx_buf *out,
		       struct jx_error *err)
{
	JX_AUTO_FREE char *path = NULL;
	struct jx_stamp_source source = {
		.entry = &p->x.e,
		.number = p->x.number,
		.case_number = office_value(a, "case"),
		.revised_by = p->x.replaced_by[0] != '\0' ? p->x.replaced_by : NULL,
		.digest = p->x.digest,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
	};
	struct jx_stamp stamp;
	jx_rc rc = choose(a, &p->x, &source.photo, err);

	if (rc == JX_OK)
		rc = jx_office__photo_path(&p->desk, p->x.e.day, p->x.e.photos[source.photo].sha256, &path,
					   err);
	if (rc == JX_ENOTFOUND && kind == JX_COPY_SMALL) {
		path = jx_office__small_path(&p->desk, p->x.e.day, p->x.e.photos[source.photo].sha256);
		rc = jx_office__has_small(&p->desk, path) ? JX_OK : rc;
	}
	if (rc != JX_OK)
		return rc;
	if (kind == JX_COPY_STAMPED)
		jx_stamp_make(&source, &stamp);
	return jx_media_copy_in_child(NULL, path, kind, kind == JX_COPY_STAMPED ? &stamp : NULL, out, err);
}

static int copy(const struct office *o, struct photos *p, const struct office_args *a, enum jx_copy_kind kind)
{
	const char *to = office_value(a, "output");
	enum jx_copy_fault fault;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_BUF b;
	jx_rc rc;

	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	if (to == NULL)
		rc = jx_fail(&err, JX_EINVAL, 0, WHERE,
			     "field \"output\" is missing: say where the copy goes with --output FILE");
	else
		rc = make_copy(p, a, kind, &b, &err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(jx_os_fs(), to, b.data, b.len, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	fault = jx_copy_fault_of(b.data, b.len);
	if (fault != JX_COPY_FAULT_NONE)
		fprintf(stderr, "jx-office: %s\n",
			fault == JX_COPY_FAULT_CUT
				? _("the photo's picture data ends too early: the copy has stripes where nothing came; ask for another one")
				: _("the photo's picture data is damaged: look at the copy, and ask for another one if it does not show what it should"));
	if (o->json) {
		struct jx_office__json j;

		jx_office__json_begin(&j);
		jx_office__json_bool(&j, "ok", true);
		jx_office__json_str(&j, "number", p->x.number);
		jx_office__json_str(&j, "copy", jx_copy_kind_name(kind));
		jx_office__json_int(&j, "size_bytes", (int64_t)b.len);
		jx_office__json_str(&j, "output", to);
		if (fault != JX_COPY_FAULT_NONE)
			jx_office__json_str(&j, "fault", jx_copy_fault_name(fault));
		office_print(&j);
	}
	office_say(o, _("%s: copy for %s; the original stays the evidence"), to, p->x.number);
	return 0;
}

int office_photo(struct office *o, const struct office_args *a)
{
	JX_CLEANUP(free_photos) struct photos *p = jx_xcalloc(1, sizeof(*p));
	const char *what = strcmp(a->pos[0], "stamp") == 0 ? "stamped" : a->pos[0];
	const bool is_list = strcmp(what, "list") == 0;
	enum jx_copy_kind kind = JX_COPY_SMALL;
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = JX_OK;

	if (!is_list && !jx_copy_kind_parse(what, &kind))
		rc = jx_fail(&err, JX_EINVAL, 0, WHERE,
			     "\"%s\" is none of list, small, screen and stamp: choose one", what);
	if (rc == JX_OK)
		rc = jx_office__desk_open(jx_os_fs(), jx_os_clock(), o->dir, 10000, &p->desk, &err);
	p->is_open = rc == JX_OK;
	if (rc == JX_OK)
		rc = jx_office__photo_entry(&p->desk, a->pos[1], &p->x, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	return is_list ? list(o, p) : copy(o, p, a, kind);
}
