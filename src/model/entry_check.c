#include "fields.h"

#include <string.h>

#define WHERE      "model.entry"
#define PATH(path) jx_model__path_text(path).text

/* What a kind cannot do without. */
enum need {
	NEED_PLACE = 1,
	NEED_FORM = 2, /* form, pack, pack_version and answers */
	NEED_REF = 4,  /* ref and reason */
	NEED_TOTALS = 8,
	NEED_CONTINUES = 16,
	NEED_SUBJECT = 32,
	NEED_PUBLIC_KEY = 64,
	NEED_PERSON = 128
};

static unsigned needs_of(enum jx_kind kind)
{
	switch (kind) {
	case JX_KIND_OBSERVATION:
		return NEED_PLACE | NEED_FORM;
	case JX_KIND_CORRECTION:
		return NEED_PLACE | NEED_FORM | NEED_REF;
	case JX_KIND_WITHDRAWAL:
		return NEED_REF;
	case JX_KIND_PERSON_IN:
		return NEED_PERSON;
	case JX_KIND_DAY_CLOSE:
		return NEED_TOTALS;
	case JX_KIND_CONTINUES:
		return NEED_CONTINUES;
	case JX_KIND_WRITER_ENROLLED:
		return NEED_SUBJECT | NEED_PUBLIC_KEY;
	case JX_KIND_WRITER_CONFIRMED:
	case JX_KIND_WRITER_REVOKED:
	case JX_KIND_WRITER_MOVED:
		return NEED_SUBJECT;
	case JX_KIND_PERSON_OUT:
	case JX_KIND_SHIFT_START:
	case JX_KIND_UNKNOWN:
	default:
		return 0;
	}
}

static jx_rc fail_missing(const char *path, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "entry field \"%s\" is missing: fill it in, entries of this kind need it", path);
}

static bool is_all_zero(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] != 0)
			return false;
	return true;
}

bool jx_photo_has_before(const struct jx_photo_ref *photo)
{
	return !is_all_zero(photo->before_sha256, sizeof(photo->before_sha256));
}

bool jx_photo_is_sound(const struct jx_photo_ref *photo)
{
	return strncmp(photo->type, "audio/", 6) == 0;
}

static jx_rc check_needs(const struct jx_entry *e, struct jx_error *err)
{
	const unsigned needs = needs_of(e->kind);
	const struct {
		unsigned need;
		bool is_there;
		const char *path;
	} rows[] = {
		{NEED_PLACE, e->has_place, "place"},
		{NEED_FORM, e->form[0] != '\0', "form"},
		{NEED_FORM, e->pack[0] != '\0', "pack"},
		{NEED_FORM, e->pack_version != 0, "pack_version"},
		{NEED_FORM, e->answers.data != NULL, "answers"},
		{NEED_REF, e->has_ref, "ref"},
		{NEED_REF, e->reason[0] != '\0', "reason"},
		{NEED_TOTALS, e->has_totals, "observations_total"},
		{NEED_CONTINUES, e->has_continues, "continues"},
		{NEED_SUBJECT, e->has_subject, "subject"},
		{NEED_PUBLIC_KEY, !is_all_zero(e->subject_public_key, JX_PUB_BYTES), "subject.public_key"},
		{NEED_PERSON, e->person[0] != '\0', "person"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((needs & rows[i].need) != 0 && !rows[i].is_there)
			return fail_missing(rows[i].path, err);
	return JX_OK;
}

static jx_rc check_word(const char *s, const struct jx_model__path *path, struct jx_error *err)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-'))
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"entry field \"%s\" must be a word of a-z, 0-9 and hyphens: correct it",
				PATH(path));
	return JX_OK;
}

/* Control characters break terminals, tables and CSV files of everyone who reads the entry later. */
static jx_rc check_text(const struct jx_model__field *f, const char *s, const struct jx_model__path *path,
			struct jx_error *err)
{
	const size_t len = strnlen(s, f->size);
	bool is_plain;
	size_t i;

	if (len == f->size)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is longer than %zu bytes: shorten it", PATH(path),
			       f->size - 1);
	is_plain = jx_text_is_plain(s, len);
	if (!is_plain && !jx_utf8_ok(s, len))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is not valid UTF-8: type it again", PATH(path));
	for (i = 0; !is_plain && i < len; i++) {
		if ((unsigned char)s[i] >= 0x20 && s[i] != 0x7f)
			continue;
		if (f->type == JX_MODEL__LINES && (s[i] == '\n' || s[i] == '\t'))
			continue;
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" holds a control character: remove it", PATH(path));
	}
	if (f->presence == JX_MODEL__ALWAYS && len == 0)
		return fail_missing(PATH(path), err);
	if (f->type == JX_MODEL__NAME || f->type == JX_MODEL__KIND)
		return check_word(s, path, err);
	if (f->type == JX_MODEL__DAY && !jx_day_ok(s))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is no date: write year-month-day such as 2026-09-01",
			       PATH(path));
	return JX_OK;
}

static jx_rc check_fields(const struct jx_entry *e, const struct jx_model__field *fields, const char *base,
			  const struct jx_model__path *up, struct jx_error *err);

static jx_rc check_photos(const struct jx_entry *e, const struct jx_model__field *f,
			  const struct jx_model__path *up, struct jx_error *err)
{
	size_t i, j;

	if (e->photo_count > JX_PHOTOS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "an entry lists at most %d photos: make a second entry for the rest",
			       JX_PHOTOS_MAX);
	for (i = 0; i < e->photo_count; i++) {
		const struct jx_model__path path = {up, f->name, (int)i};
		const jx_rc rc = check_fields(e, f->members, (const char *)&e->photos[i], &path, err);

		if (rc != JX_OK)
			return rc;
		if (jx_photo_has_before(&e->photos[i]) && strcmp(e->photos[i].role, "after") != 0)
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"entry field \"%s\" names a picture of before, and is none of after: give it the role after",
				PATH(&path));
		for (j = 0; j < i; j++)
			if (memcmp(e->photos[i].sha256, e->photos[j].sha256, JX_HASH_BYTES) == 0)
				return jx_fail(
					err, JX_EINVAL, 0, WHERE,
					"entry field \"%s\" is the same file as photo %zu: list each file once",
					PATH(&path), j);
	}
	return JX_OK;
}

static jx_rc check_int(const struct jx_model__field *f, int64_t value, const struct jx_model__path *path,
		       struct jx_error *err)
{
	if (value < f->min || value > f->max)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is %lld, allowed is %lld to %lld: correct it", PATH(path),
			       (long long)value, (long long)f->min, (long long)f->max);
	return JX_OK;
}

static jx_rc check_one(const struct jx_entry *e, const struct jx_model__field *f, const char *base,
		       const struct jx_model__path *up, struct jx_error *err)
{
	const struct jx_model__path path = {up, f->name, -1};

	switch (f->type) {
	case JX_MODEL__INT:
		return check_int(f, jx_model__load_int(base + f->offset, f->size), &path, err);
	case JX_MODEL__TEXT:
	case JX_MODEL__LINES:
	case JX_MODEL__NAME:
	case JX_MODEL__DAY:
	case JX_MODEL__KIND:
		return check_text(f, base + f->offset, &path, err);
	case JX_MODEL__OBJECT:
		return check_fields(e, f->members, base, &path, err);
	case JX_MODEL__PHOTOS:
		return check_photos(e, f, up, err);
	case JX_MODEL__UUID:
	case JX_MODEL__HEX:
	case JX_MODEL__TRUE:
	case JX_MODEL__SOURCE:
	case JX_MODEL__ANSWERS:
	default:
		return JX_OK;
	}
}

static jx_rc check_fields(const struct jx_entry *e, const struct jx_model__field *fields, const char *base,
			  const struct jx_model__path *up, struct jx_error *err)
{
	const struct jx_model__field *f;

	for (f = fields; f->name != NULL; f++) {
		jx_rc rc;

		if (!jx_model__is_present(f, e, base))
			continue;
		rc = check_one(e, f, base, up, err);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

jx_rc jx_model__check(const struct jx_entry *e, struct jx_error *err)
{
	jx_rc rc;

	if (is_all_zero(e->id, JX_ID_BYTES))
		return fail_missing("id", err);
	if (is_all_zero(e->writer, JX_ID_BYTES))
		return fail_missing("writer", err);
	rc = check_fields(e, jx_model__entry_fields, (const char *)e, NULL, err);
	return rc == JX_OK ? check_needs(e, err) : rc;
}
