/* jx photo: which photos an entry has, and copies of them to look at or to hand out. The originals are only read. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

#define WHERE "jx.photo"

static jx_rc open_entry(struct cli *c, const char *name, jx_view_entry **out, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_store(&c->h, true, err);

	if (rc == JX_OK)
		rc = jx_handheld_open_media(&c->h, err);
	return rc == JX_OK ? jx_view_show_by(c->h.store, c->h.packs, name, out, err) : rc;
}

/* Is the file there, and as it was? "here", "absent" (pruned or lost), "changed". */
static const char *file_state(struct cli *c, const struct jx_photo_ref *photo)
{
	const jx_rc rc = jx_media_verify(c->h.media, photo->sha256, NULL);

	return rc == JX_OK ? "here" : rc == JX_ENOTFOUND ? "absent" : "changed";
}

static const char *file_state_text(const char *state)
{
	return strcmp(state, "here") == 0     ? _("whole")
	       : strcmp(state, "absent") == 0 ? _("not on this device")
					      : _("CHANGED since it was taken");
}

static void list_json(const jx_view_entry *e, size_t i, const char *state)
{
	const struct jx_photo_ref *p = &e->entry.photos[i];
	struct cli_json j;

	cli_json_begin(&j);
	cli_json_str(&j, "number", e->row.number);
	cli_json_int(&j, "index", (int64_t)i + 1);
	cli_json_str(&j, "role", p->role);
	cli_json_str(&j, "how", p->how);
	cli_json_str(&j, "type", p->type);
	if (p->duration_ms > 0)
		cli_json_int(&j, "duration_ms", p->duration_ms);
	cli_json_int(&j, "size_bytes", p->size_bytes);
	cli_json_int(&j, "taken_utc_ms", p->taken_utc_ms);
	cli_json_hex(&j, "sha256", p->sha256, sizeof(p->sha256));
	if (jx_photo_has_before(p))
		cli_json_hex(&j, "before", p->before_sha256, sizeof(p->before_sha256));
	cli_json_str(&j, "file", state);
	cli_json_end(&j);
}

int cli_photo_list(struct cli *c, const struct cli_args *a)
{
	JX_AUTO(jx_view_entry) e = NULL;
	struct jx_error err = {0};

	if (open_entry(c, a->pos[0], &e, &err) != JX_OK)
		return cli_fail(c, &err);
	for (size_t i = 0; i < e->entry.photo_count; i++) {
		const struct jx_photo_ref *p = &e->entry.photos[i];
		const char *state = file_state(c, p);
		char hex[13], word[64];

		jx_hex(p->sha256, 6, hex);
		cli_photo_word(p, word, sizeof(word));
		if (c->json)
			list_json(e, i, state);
		cli_say(c, _("%zu  %s, %s  %lld bytes  SHA-256 %s…  %s"), i + 1, word, jx_word(p->how),
			(long long)p->size_bytes, hex, file_state_text(state));
	}
	if (e->entry.photo_count == 0)
		cli_say(c, _("%s has no photo"), e->row.number);
	return 0;
}

/* By --index, else by --role, else the only one. */
static jx_rc choose(const struct cli_args *a, const jx_view_entry *e, size_t *out, struct jx_error *err)
{
	const char *role = cli_value(a, "role"), *index = cli_value(a, "index");
	const size_t count = e->entry.photo_count;
	int64_t which = 0;
	size_t fits = 0, at = 0;

	if (index != NULL && (!jx_parse_i64(index, 1, JX_PHOTOS_MAX, &which) || which > (int64_t)count))
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "%s has no photo %s: jx photo list shows which there are", e->row.number,
			       index);
	for (size_t i = 0; i < count; i++) {
		if (which > 0 ? (int64_t)i + 1 != which
			      : role != NULL && strcmp(role, e->entry.photos[i].role) != 0)
			continue;
		at = i;
		fits++;
	}
	if (fits == 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "%s has no such photo: jx photo list shows which there are", e->row.number);
	if (fits > 1)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s has %zu such photos: choose one with --role or --index", e->row.number,
			       fits);
	if (jx_photo_is_sound(&e->entry.photos[at]))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"that is a sound note, of which there is no picture: jx photo list shows where it is");
	*out = at;
	return JX_OK;
}

/* A changed original gets no stamp, which would vouch for it. */
static jx_rc make_stamped(struct cli *c, const struct cli_args *a, const jx_view_entry *e, size_t photo,
			  jx_buf *out, struct jx_error *err)
{
	const struct jx_stamp_source source = {
		.entry = &e->entry,
		.photo = photo,
		.number = e->row.number,
		.case_number = cli_value(a, "case"),
		.revised_by = e->replaced_by[0] != '\0' ? e->replaced_by : NULL,
		.digest = e->digest,
		.utc_offset_min = (int)c->h.profile.utc_offset_min,
	};
	const uint8_t *sha256 = e->entry.photos[photo].sha256;
	struct jx_stamp stamp;
	char path[1280];
	jx_rc rc = jx_media_verify(c->h.media, sha256, err);

	if (rc != JX_OK)
		return rc;
	jx_stamp_make(&source, &stamp);
	jx_media_path(c->h.media, sha256, path, sizeof(path));
	return jx_media_copy_in_child(NULL, path, JX_COPY_STAMPED, &stamp, out, err);
}

/* The original was whole as a file when it was saved; that its picture is not shows when it is decoded. */
static void warn_fault(enum jx_copy_fault fault)
{
	if (fault == JX_COPY_FAULT_CUT)
		fprintf(stderr, "jx: %s\n",
			_("the photo's picture data ends too early: the copy has stripes where nothing came; take it again with jx correct"));
	else if (fault == JX_COPY_FAULT_DAMAGED)
		fprintf(stderr, "jx: %s\n",
			_("the photo's picture data is damaged: look at the copy, and take it again with jx correct if it does not show what it should"));
}

static int copy(struct cli *c, const struct cli_args *a, enum jx_copy_kind kind)
{
	JX_AUTO(jx_view_entry) e = NULL;
	const char *path = cli_value(a, "output");
	enum jx_copy_fault fault;
	struct jx_error err = {0};
	JX_AUTO_BUF b;
	size_t photo = 0;
	jx_rc rc = JX_OK;

	jx_buf_init(&b, JX_COPY_BYTES_MAX);
	if (path == NULL)
		rc = jx_fail(&err, JX_EINVAL, 0, WHERE,
			     "field \"output\" is missing: say where the copy goes with --output FILE");
	if (rc == JX_OK)
		rc = open_entry(c, a->pos[0], &e, &err);
	if (rc == JX_OK)
		rc = choose(a, e, &photo, &err);
	if (rc == JX_OK)
		rc = kind == JX_COPY_STAMPED
			     ? make_stamped(c, a, e, photo, &b, &err)
			     : jx_media_copy(c->h.media, e->entry.photos[photo].sha256, kind, NULL, &b, &err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	fault = jx_copy_fault_of(b.data, b.len);
	warn_fault(fault);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_str(&j, "number", e->row.number);
		cli_json_str(&j, "role", e->entry.photos[photo].role);
		cli_json_str(&j, "copy", jx_copy_kind_name(kind));
		cli_json_int(&j, "size_bytes", (int64_t)b.len);
		cli_json_str(&j, "output", path);
		if (fault != JX_COPY_FAULT_NONE)
			cli_json_str(&j, "fault", jx_copy_fault_name(fault));
		cli_json_end(&j);
	}
	cli_say(c, _("%s: copy of %s, %s; the original stays the evidence"), path, e->row.number,
		jx_word(e->entry.photos[photo].role));
	return 0;
}

int cli_photo_small(struct cli *c, const struct cli_args *a)
{
	return copy(c, a, JX_COPY_SMALL);
}

int cli_photo_screen(struct cli *c, const struct cli_args *a)
{
	return copy(c, a, JX_COPY_SCREEN);
}

int cli_photo_stamp(struct cli *c, const struct cli_args *a)
{
	return copy(c, a, JX_COPY_STAMPED);
}
