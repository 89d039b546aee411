/* What an item means for the index. */
#include <stdio.h>
#include <string.h>

#include "index_private.h"

void jx_office__number(const uint8_t writer[JX_ID_BYTES], const char *short_code, int64_t n,
		       char out[JX_OFFICE__NUMBER_MAX])
{
	char uuid[37];

	jx_uuid_format(writer, uuid);
	/* the last group is the random one: the first ones are times and look alike */
	(void)snprintf(out, JX_OFFICE__NUMBER_MAX, "%s-%lld", short_code[0] != '\0' ? short_code : uuid + 24,
		       (long long)n);
}

jx_rc jx_office__writer_no(struct jx_office__index *x, const uint8_t id[JX_ID_BYTES], int64_t *no_out,
			   bool *is_introduced_out, struct jx_error *err)
{
	JX_OFFICE__USE(find, x, WRITER);
	bool has_row = false;
	jx_rc rc;

	if (is_introduced_out == NULL && x->last_writer_no != 0 &&
	    memcmp(x->last_writer, id, JX_ID_BYTES) == 0) {
		*no_out = x->last_writer_no;
		return JX_OK;
	}
	jx_office__bind_blob(&find, 1, id, JX_ID_BYTES);
	rc = jx_office__step(&find, &has_row, err);
	if (rc == JX_OK && has_row) {
		*no_out = jx_office__i64(&find, 0);
		if (is_introduced_out != NULL)
			*is_introduced_out = jx_office__i64(&find, 1) != 0;
	} else if (rc == JX_OK) {
		JX_OFFICE__USE(add, x, WRITER_ADD);

		jx_office__bind_blob(&add, 1, id, JX_ID_BYTES);
		rc = jx_office__step(&add, &has_row, err);
		*no_out = rc == JX_OK ? jx_office__i64(&add, 0) : 0;
		if (is_introduced_out != NULL)
			*is_introduced_out = false;
		if (rc == JX_OK)
			rc = jx_office__step(&add, &has_row, err); /* to its end */
	}
	if (rc == JX_OK) {
		memcpy(x->last_writer, id, JX_ID_BYTES);
		x->last_writer_no = *no_out;
	}
	return rc;
}

static jx_rc mark_day(struct jx_office__index *x, const char *day, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, DAY_CHANGED);
	jx_rc rc;

	if (day[0] == '\0' || strcmp(day, x->last_changed) == 0)
		return JX_OK;
	jx_office__bind_text(&u, 1, day);
	rc = jx_office__run(&u, err);
	if (rc == JX_OK)
		jx_strcpy(x->last_changed, sizeof(x->last_changed), day);
	return rc;
}

/* In a day's files. */
static bool is_shown(enum jx_kind kind)
{
	return kind == JX_KIND_OBSERVATION || kind == JX_KIND_CORRECTION || kind == JX_KIND_WITHDRAWAL;
}

/* Or in what is said of it. */
static bool is_of_day(enum jx_kind kind)
{
	return is_shown(kind) || kind == JX_KIND_SHIFT_START || kind == JX_KIND_DAY_CLOSE;
}

/* ---- entries -------------------------------------------------------------------------------------- */

struct spot {
	int64_t writer, branch, pos;
	size_t len;
};

static jx_rc add_row(struct jx_office__index *x, const struct spot *s, const struct jx_entry *e,
		     struct jx_error *err)
{
	JX_OFFICE__USE(u, x, ENTRY_ADD);

	jx_office__bind_i64(&u, 1, s->writer);
	jx_office__bind_i64(&u, 2, s->branch);
	jx_office__bind_i64(&u, 3, e->n);
	jx_office__bind_i64(&u, 4, s->pos);
	jx_office__bind_i64(&u, 5, (int64_t)s->len);
	jx_office__bind_i64(&u, 6, (int64_t)e->kind);
	jx_office__bind_text(&u, 7, e->day);
	jx_office__bind_i64(&u, 8, e->taken_utc_ms);
	jx_office__bind_blob(&u, 9, e->id, JX_ID_BYTES);
	jx_office__bind_i64(&u, 10, e->has_totals ? e->observations_total : 0);
	jx_office__bind_i64(&u, 11, e->has_totals ? e->photos_total : 0);
	return jx_office__run(&u, err);
}

static jx_rc add_photos(struct jx_office__index *x, const struct spot *s, const struct jx_entry *e,
			struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < e->photo_count && rc == JX_OK; i++) {
		JX_OFFICE__USE(add, x, PHOTO_ADD);
		JX_OFFICE__USE(want, x, PHOTO_WANT);

		jx_office__bind_i64(&add, 1, s->writer);
		jx_office__bind_i64(&add, 2, s->branch);
		jx_office__bind_i64(&add, 3, e->n);
		jx_office__bind_i64(&add, 4, (int64_t)i);
		jx_office__bind_blob(&add, 5, e->photos[i].sha256, JX_HASH_BYTES);
		jx_office__bind_i64(&add, 6, e->photos[i].size_bytes);
		jx_office__bind_text(&add, 7, e->day);
		rc = jx_office__run(&add, err);
		/* mostly the receipt comes later, and wants it then */
		jx_office__bind_blob(&want, 1, e->photos[i].sha256, JX_HASH_BYTES);
		jx_office__bind_text(&want, 2, e->day);
		jx_office__bind_i64(&want, 3, e->photos[i].size_bytes);
		jx_office__bind_i64(&want, 4, s->writer);
		if (rc == JX_OK && e->day[0] != '\0')
			rc = jx_office__run(&want, err);
	}
	return rc;
}

/* The day of what is replaced changes too: its row says by what. */
static jx_rc add_revision(struct jx_office__index *x, const struct spot *s, const struct jx_entry *e,
			  struct jx_error *err)
{
	JX_OFFICE__USE(add, x, REVISION_ADD);
	JX_OFFICE__USE(find, x, ID_NUMBER);
	char day[11] = "";
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_blob(&add, 1, e->ref.id, JX_ID_BYTES);
	jx_office__bind_i64(&add, 2, s->writer);
	jx_office__bind_i64(&add, 3, e->n);
	jx_office__bind_i64(&add, 4, e->taken_utc_ms);
	rc = jx_office__run(&add, err);
	jx_office__bind_blob(&find, 1, e->ref.id, JX_ID_BYTES);
	if (rc == JX_OK)
		rc = jx_office__step(&find, &has_row, err);
	if (rc == JX_OK && has_row)
		jx_office__text(&find, 3, day, sizeof(day));
	return rc == JX_OK ? mark_day(x, day, err) : rc;
}

/* Server facts. Only a writer that nobody introduced can be the server; verify proves that it is. */
static jx_rc introduce(struct jx_office__index *x, const struct jx_entry *e, struct jx_error *err)
{
	int64_t author = 0, subject = 0;
	bool is_introduced = false;
	jx_rc rc = jx_office__writer_no(x, e->writer, &author, &is_introduced, err);

	if (rc != JX_OK || is_introduced)
		return rc;
	rc = jx_office__writer_no(x, e->subject, &subject, NULL, err);
	if (rc == JX_OK) {
		JX_OFFICE__USE(u, x, WRITER_INTRODUCE);

		jx_office__bind_i64(&u, 1, subject);
		jx_office__bind_text(&u, 2, e->subject_short);
		jx_office__bind_text(&u, 3, e->subject_role);
		rc = jx_office__run(&u, err);
	}
	if (rc == JX_OK) {
		JX_OFFICE__USE(u, x, WRITER_DAYS);

		jx_office__bind_i64(&u, 1, subject);
		rc = jx_office__run(&u, err);
		x->last_changed[0] = '\0';
	}
	return rc;
}

static jx_rc add_erased(struct jx_office__index *x, const struct spot *s, int64_t n, struct jx_error *err)
{
	JX_OFFICE__USE(add, x, ENTRY_ERASED);
	JX_OFFICE__USE(find, x, ENTRY_DAY);
	char day[11] = "";
	bool has_row = false;
	jx_rc rc;

	jx_office__bind_i64(&add, 1, s->writer);
	jx_office__bind_i64(&add, 2, s->branch);
	jx_office__bind_i64(&add, 3, n);
	jx_office__bind_i64(&add, 4, s->pos);
	jx_office__bind_i64(&add, 5, (int64_t)s->len);
	rc = jx_office__run(&add, err);
	jx_office__bind_i64(&find, 1, s->writer);
	jx_office__bind_i64(&find, 2, s->branch);
	jx_office__bind_i64(&find, 3, n);
	if (rc == JX_OK)
		rc = jx_office__step(&find, &has_row, err);
	if (rc == JX_OK && has_row)
		jx_office__text(&find, 0, day, sizeof(day));
	return rc == JX_OK ? mark_day(x, day, err) : rc;
}

jx_rc jx_office__read_entry(const struct jx_item *item, const jx_json *doc, struct jx_entry *out,
			    struct jx_error *err)
{
	const jx_rc rc = jx_entry_decode_at(doc, item->entry_tok, out, err);

	if (rc == JX_OK || rc == JX_ENOMEM)
		return rc;
	return jx_entry_decode_storing(item->entry.data, item->entry.len, out, err);
}

static jx_rc add_entry(struct jx_office__index *x, const struct jx_item *item, const jx_json *doc,
		       struct spot *s, int64_t n, struct jx_error *err)
{
	struct jx_entry e;
	jx_rc rc = jx_office__read_entry(item, doc, &e, err);

	if (rc != JX_OK) /* a want of memory is no erasure */
		return rc == JX_ENOMEM ? rc : add_erased(x, s, n, err);
	/* the line's key says whose it is and which; verify compares them */
	e.n = n;
	rc = add_row(x, s, &e, err);
	if (rc == JX_OK && e.photo_count > 0 &&
	    (e.kind == JX_KIND_OBSERVATION || e.kind == JX_KIND_CORRECTION))
		rc = add_photos(x, s, &e, err);
	if (rc == JX_OK && is_of_day(e.kind))
		rc = mark_day(x, e.day, err);
	if (rc == JX_OK && e.has_ref && is_shown(e.kind) && s->branch == 0)
		rc = add_revision(x, s, &e, err);
	if (rc == JX_OK && e.has_subject && s->branch == 0)
		rc = introduce(x, &e, err);
	return rc;
}

/* ---- signed texts --------------------------------------------------------------------------------- */

static jx_rc add_receipt(struct jx_office__index *x, const struct jx_item *item,
			 const struct jx_office__trust *trust, struct jx_error *err)
{
	JX_OFFICE__USE(u, x, RECEIPT_ADD);
	struct jx_receipt r;
	int64_t writer = 0;
	jx_rc rc;

	if (jx_office__open_receipt(trust, &item->text, &r, NULL) != JX_OK)
		return JX_OK; /* not believed; verify reports it */
	rc = jx_office__writer_no(x, r.writer, &writer, NULL, err);
	jx_office__bind_i64(&u, 1, writer);
	jx_office__bind_i64(&u, 2, r.is_fork ? -1 : r.n);
	jx_office__bind_i64(&u, 3, r.server_utc_ms);
	return rc == JX_OK ? jx_office__run(&u, err) : rc;
}

static jx_rc add_photo_receipt(struct jx_office__index *x, const struct jx_item *item,
			       const struct jx_office__trust *trust, struct jx_error *err)
{
	struct jx_photo_receipt r;
	int64_t writer = 0;
	jx_rc rc;

	if (jx_office__open_photo_receipt(trust, &item->text, &r, NULL) != JX_OK)
		return JX_OK;
	rc = jx_office__writer_no(x, r.writer, &writer, NULL, err);
	for (size_t i = 0; i < r.photo_count && rc == JX_OK; i++) {
		JX_OFFICE__USE(add, x, PHOTO_RECEIPT_ADD);
		JX_OFFICE__USE(want, x, PHOTO_WANT_DAYS);

		jx_office__bind_blob(&add, 1, r.photos[i], JX_HASH_BYTES);
		jx_office__bind_i64(&add, 2, writer);
		rc = jx_office__run(&add, err);
		jx_office__bind_blob(&want, 1, r.photos[i], JX_HASH_BYTES);
		jx_office__bind_i64(&want, 2, writer);
		if (rc == JX_OK)
			rc = jx_office__run(&want, err);
	}
	return rc;
}

/* ---- items ---------------------------------------------------------------------------------------- */

static jx_rc add_other(struct jx_office__index *x, const struct jx_item *item, int64_t pos, size_t len,
		       struct jx_error *err)
{
	JX_OFFICE__USE(u, x, OTHER_ADD);

	jx_office__bind_text(&u, 1, item->kind);
	jx_office__bind_text(&u, 2, item->key);
	jx_office__bind_i64(&u, 3, pos);
	jx_office__bind_i64(&u, 4, (int64_t)len);
	return jx_office__run(&u, err);
}

jx_rc jx_office__index_add(jx_office__index *x, const struct jx_item *item, const jx_json *doc, int64_t pos,
			   size_t len, const struct jx_office__trust *trust, struct jx_error *err)
{
	uint8_t writer[JX_ID_BYTES];
	int64_t n = 0;
	const bool is_entry = strcmp(item->kind, "entry") == 0 && jx_office__entry_key(item->key, writer, &n);
	struct spot s = {.branch = item->is_fork ? pos + 1 : 0, .pos = pos, .len = len};
	jx_rc rc = JX_OK;

	if (!is_entry || item->is_fork)
		rc = add_other(x, item, pos, len, err);
	if (rc == JX_OK && is_entry) {
		rc = jx_office__writer_no(x, writer, &s.writer, NULL, err);
		if (rc == JX_OK)
			rc = item->entry.data != NULL ? add_entry(x, item, doc, &s, n, err)
						      : add_erased(x, &s, n, err);
	} else if (rc == JX_OK && strcmp(item->kind, "receipt") == 0) {
		rc = add_receipt(x, item, trust, err);
	} else if (rc == JX_OK && strcmp(item->kind, "photo-receipt") == 0) {
		rc = add_photo_receipt(x, item, trust, err);
	}
	return rc;
}

static jx_rc find_with(struct jx_office__use *u, int64_t *pos_out, size_t *len_out, struct jx_error *err)
{
	bool has_row = false;
	const jx_rc rc = jx_office__step(u, &has_row, err);

	if (rc == JX_OK && has_row) {
		*pos_out = jx_office__i64(u, 0);
		*len_out = (size_t)jx_office__i64(u, 1);
	}
	return rc == JX_OK && !has_row ? JX_ENOTFOUND : rc;
}

jx_rc jx_office__index_find(jx_office__index *x, const struct jx_item *item, int64_t *pos_out,
			    size_t *len_out, struct jx_error *err)
{
	uint8_t writer[JX_ID_BYTES];
	int64_t n = 0, no = 0;

	if (strcmp(item->kind, "entry") == 0 && !item->is_fork &&
	    jx_office__entry_key(item->key, writer, &n)) {
		JX_OFFICE__USE(u, x, ENTRY_FIND);
		const jx_rc rc = jx_office__writer_no(x, writer, &no, NULL, err);

		jx_office__bind_i64(&u, 1, no);
		jx_office__bind_i64(&u, 2, n);
		return rc == JX_OK ? find_with(&u, pos_out, len_out, err) : rc;
	} else {
		JX_OFFICE__USE(u, x, OTHER_FIND);

		jx_office__bind_text(&u, 1, item->kind);
		jx_office__bind_text(&u, 2, item->key);
		return find_with(&u, pos_out, len_out, err);
	}
}
