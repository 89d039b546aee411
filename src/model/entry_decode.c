#include "fields.h"

#include <string.h>

#define WHERE      "model.decode"
#define PATH(path) jx_model__path_text(path).text

/* Fields of the tables are read by one of these; doc, the object they stand in, and where that is. */
struct reader {
	const jx_json *doc;
	int top; /* the entry's own object */
	struct jx_entry *e;
	/* kind unknown: a field that is not what we know under its name means something else there */
	bool is_lenient;
};

/*
 * What an encoder of ours wrote stands in the order of the tables: the next field is then found where the one before ended, without
 * looking through all names.
 */
struct place {
	int obj;
	int name;       /* where the next name may stand; -1 at the end */
	uint64_t marks; /* of all its names; 0 not asked yet */
};

/* Half of the fields are not there. Of most of these one bit tells it: equal names have equal ones. */
static uint64_t mark_of(const char *name, size_t len)
{
	const unsigned n = (unsigned)len, first = (unsigned char)name[0], last = (unsigned char)name[len - 1];

	return UINT64_C(1) << ((n * 7 + first * 5 + last) & 63);
}

static uint64_t marks_of(const jx_json *doc, int obj)
{
	uint64_t marks = 0;
	int name;

	for (name = jx_json_first(doc, obj); name >= 0; name = jx_json_next(doc, obj, name + 1)) {
		const struct jx_json_tok *t = &doc->tok[name];

		if (t->escaped != 0)
			return UINT64_MAX; /* may be any */
		if (t->end > t->start)
			marks |= mark_of(doc->text + t->start, t->end - t->start);
	}
	return marks;
}

static jx_rc read_fields(const struct reader *r, int obj, const struct jx_model__field *fields, char *base,
			 const struct jx_model__path *up, struct jx_error *err);

static jx_rc fail_type(const struct jx_model__path *path, const char *what, struct jx_error *err)
{
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "entry field \"%s\" must be %s: write it as the protocol says", PATH(path), what);
}

static jx_rc read_hex(const struct reader *r, int tok, const struct jx_model__field *f, char *at,
		      const struct jx_model__path *path, struct jx_error *err)
{
	const struct jx_bytes raw = jx_json_raw(r->doc, tok);
	const char *s = raw.data;
	size_t i;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_STRING || raw.len != 2 * f->size + 2)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" must be %zu hexadecimal digits: write it so", PATH(path),
			       2 * f->size);
	for (i = 1; i + 1 < raw.len; i++)
		if (s[i] >= 'A' && s[i] <= 'F')
			return fail_type(path, _("lower-case hexadecimal digits"), err);
	if (!jx_unhex(s + 1, raw.len - 2, at, f->size))
		return fail_type(path, _("lower-case hexadecimal digits"), err);
	return JX_OK;
}

static jx_rc read_int(const struct reader *r, int tok, const struct jx_model__field *f, char *at,
		      const struct jx_model__path *path, struct jx_error *err)
{
	int64_t value;

	if (!jx_json_i64(r->doc, tok, &value))
		return fail_type(path, _("a whole number"), err);
	if (value < f->min || value > f->max)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is %lld, allowed is %lld to %lld: correct it", PATH(path),
			       (long long)value, (long long)f->min, (long long)f->max);
	jx_model__store_int(at, f->size, value);
	return JX_OK;
}

static jx_rc read_text(const struct reader *r, int tok, const struct jx_model__field *f, char *at,
		       const struct jx_model__path *path, struct jx_error *err)
{
	if (jx_json_type_of(r->doc, tok) != JX_JSON_STRING)
		return fail_type(path, _("text"), err);
	if (!jx_json_str(r->doc, tok, at, f->size))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is longer than %zu bytes: shorten it", PATH(path),
			       f->size - 1);
	if (f->presence == JX_MODEL__ALWAYS && *at == '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE, "entry field \"%s\" is empty: fill it in",
			       PATH(path));
	return JX_OK;
}

static jx_rc read_uuid(const struct reader *r, int tok, char *at, const struct jx_model__path *path,
		       struct jx_error *err)
{
	const struct jx_bytes raw = jx_json_raw(r->doc, tok);
	const char *text = (const char *)raw.data + 1;
	uint8_t id[JX_ID_BYTES];
	size_t i;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_STRING || raw.len != 38 || !jx_uuid_parse(text, 36, id))
		return fail_type(path, _("a UUID"), err);
	for (i = 0; i < 36; i++)
		if (text[i] >= 'A' && text[i] <= 'F')
			return fail_type(path, _("a UUID in lower case"), err);
	memcpy(at, id, sizeof(id));
	return JX_OK;
}

static jx_rc read_source(const struct reader *r, int tok, const struct jx_model__path *path,
			 struct jx_error *err)
{
	static const enum jx_fix_source all[] = {JX_FIX_NONE, JX_FIX_GNSS, JX_FIX_MANUAL};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (jx_json_str_is(r->doc, tok, jx_fix_source_name(all[i]))) {
			r->e->fix.source = all[i];
			return JX_OK;
		}
	return fail_type(path, _("\"gnss\", \"manual\" or \"none\""), err);
}

static jx_rc read_photos(const struct reader *r, int tok, const struct jx_model__field *f,
			 const struct jx_model__path *up, struct jx_error *err)
{
	size_t count = 0;
	int item;

	if (jx_json_type_of(r->doc, tok) != JX_JSON_ARRAY)
		return fail_type(&(struct jx_model__path){up, f->name, -1}, _("a list"), err);
	for (item = jx_json_first(r->doc, tok); item >= 0; item = jx_json_next(r->doc, tok, item)) {
		const struct jx_model__path path = {up, f->name, (int)count};
		jx_rc rc;

		if (count == JX_PHOTOS_MAX)
			return jx_fail(err, JX_ELIMIT, 0, WHERE,
				       "an entry lists at most %d photos: make a second entry for the rest",
				       JX_PHOTOS_MAX);
		if (jx_json_type_of(r->doc, item) != JX_JSON_OBJECT)
			return fail_type(&path, _("an object"), err);
		rc = read_fields(r, item, f->members, (char *)&r->e->photos[count], &path, err);
		if (rc != JX_OK)
			return rc;
		count++;
	}
	r->e->photo_count = count;
	return JX_OK;
}

static jx_rc read_value(const struct reader *r, int tok, const struct jx_model__field *f, char *base,
			const struct jx_model__path *up, struct jx_error *err)
{
	const struct jx_model__path path = {up, f->name, -1};
	char *at = base + f->offset;
	bool flag = false;

	switch (f->type) {
	case JX_MODEL__UUID:
		return read_uuid(r, tok, at, &path, err);
	case JX_MODEL__HEX:
		return read_hex(r, tok, f, at, &path, err);
	case JX_MODEL__INT:
		return read_int(r, tok, f, at, &path, err);
	case JX_MODEL__TEXT:
	case JX_MODEL__LINES:
	case JX_MODEL__NAME:
	case JX_MODEL__DAY:
	case JX_MODEL__KIND:
		return read_text(r, tok, f, at, &path, err);
	case JX_MODEL__TRUE:
		if (!jx_json_bool(r->doc, tok, &flag))
			return fail_type(&path, _("true or false"), err);
		*at = flag ? 1 : 0;
		return JX_OK;
	case JX_MODEL__SOURCE:
		return read_source(r, tok, &path, err);
	case JX_MODEL__PHOTOS:
		return read_photos(r, tok, f, up, err);
	case JX_MODEL__OBJECT:
	case JX_MODEL__ANSWERS:
	default:
		if (jx_json_type_of(r->doc, tok) != JX_JSON_OBJECT)
			return fail_type(&path, _("an object"), err);
		if (f->type == JX_MODEL__OBJECT)
			return read_fields(r, tok, f->members, base, &path, err);
		r->e->answers = jx_json_raw(r->doc, tok);
		return JX_OK;
	}
}

static bool is_needed(const struct reader *r, const struct jx_model__field *f, const char *base)
{
	if (f->is_position && r->e->fix.source == JX_FIX_NONE)
		return false;
	return f->presence == JX_MODEL__ALWAYS || (f->presence == JX_MODEL__WITH_FLAG && base[f->flag] != 0);
}

static int find(const struct reader *r, struct place *at, const char *name)
{
	const int guess = at->name;
	int tok;

	if (guess >= 0 && jx_json_str_is(r->doc, guess, name)) {
		tok = guess + 1;
	} else {
		if (at->marks == 0)
			at->marks = marks_of(r->doc, at->obj);
		if ((at->marks & mark_of(name, strlen(name))) == 0)
			return -1;
		tok = jx_json_get(r->doc, at->obj, name);
	}
	if (tok >= 0)
		at->name = jx_json_next(r->doc, at->obj, tok);
	return tok;
}

static jx_rc read_field(const struct reader *r, struct place *at, const struct jx_model__field *f, char *base,
			const struct jx_model__path *up, struct jx_error *err)
{
	const struct jx_model__path path = {up, f->name, -1};
	const int tok = find(r, at, f->name);
	jx_rc rc;

	if (tok < 0) {
		if (!is_needed(r, f, base))
			return JX_OK;
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" is missing: fill it in, entries of this kind need it",
			       PATH(&path));
	}
	if (f->is_position && r->e->fix.source == JX_FIX_NONE)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" stands in a place without source: leave it out",
			       PATH(&path));
	rc = read_value(r, tok, f, base, up, err);
	if (rc == JX_OK && f->presence == JX_MODEL__FLAG && !f->is_flag_text)
		base[f->flag] = 1;
	return rc;
}

static jx_rc read_fields(const struct reader *r, int obj, const struct jx_model__field *fields, char *base,
			 const struct jx_model__path *up, struct jx_error *err)
{
	struct place at = {.obj = obj, .name = jx_json_first(r->doc, obj)};
	const struct jx_model__field *f;

	for (f = fields; f->name != NULL; f++) {
		jx_rc rc = read_field(r, &at, f, base, up, err);

		if (rc != JX_OK && r->is_lenient && up == NULL && f->presence != JX_MODEL__ALWAYS)
			rc = JX_OK;
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

/* `v` comes first so that a reader knows what it has before it reads on. */
static jx_rc read_version(const struct reader *r, struct jx_error *err)
{
	const jx_json *doc = r->doc;
	const int name = jx_json_type_of(doc, r->top) == JX_JSON_OBJECT ? jx_json_first(doc, r->top) : -1;

	if (name < 0 || !jx_json_str_is(doc, name, "v") || !jx_json_i64(doc, name + 1, &r->e->version) ||
	    r->e->version < 1)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"entry must be a JSON object whose first field is \"v\", a number from 1: write it so");
	return JX_OK;
}

static void blank(struct jx_entry *e)
{
	memset(e, 0, sizeof(*e));
	e->fix.accuracy_mm = -1;
	e->fix.satellites_used = -1;
}

/* Fields that every version has, in the order of enum: what storing, chaining and sorting need. */
static const char *const storing_names[] = {"id", "writer", "n", "kind", "taken_utc_ms"};
/* ... and what is good to have of the rest. */
static const char *const welcome_names[] = {"salt", "saved_utc_ms", "mono_ms", "boot", "day", "area"};

static const struct jx_model__field *field_named(const char *name)
{
	const struct jx_model__field *f;

	for (f = jx_model__entry_fields; strcmp(f->name, name) != 0; f++)
		;
	return f;
}

static bool has_word(const char *s)
{
	return *s != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static jx_rc read_storing(const struct reader *r, struct jx_error *err)
{
	static const uint8_t nil[JX_ID_BYTES];
	struct place at = {.obj = r->top, .name = jx_json_first(r->doc, r->top)};
	size_t i;

	for (i = 0; i < sizeof(storing_names) / sizeof(storing_names[0]); i++) {
		const jx_rc rc = read_field(r, &at, field_named(storing_names[i]), (char *)r->e, NULL, err);

		if (rc != JX_OK)
			return rc;
	}
	if (!has_word(r->e->kind_name))
		return fail_type(&(struct jx_model__path){NULL, "kind", -1},
				 _("a word of a-z, 0-9 and hyphens"), err);
	if (memcmp(r->e->id, nil, sizeof(nil)) == 0)
		return fail_type(&(struct jx_model__path){NULL, "id", -1}, _("a UUID that is not all zero"),
				 err);
	if (memcmp(r->e->writer, nil, sizeof(nil)) == 0)
		return fail_type(&(struct jx_model__path){NULL, "writer", -1},
				 _("a UUID that is not all zero"), err);
	r->e->kind = jx_kind_parse(r->e->kind_name);
	return JX_OK;
}

static void read_welcome(const struct reader *r)
{
	struct place at = {.obj = r->top, .name = jx_json_first(r->doc, r->top)};
	size_t i;

	for (i = 0; i < sizeof(welcome_names) / sizeof(welcome_names[0]); i++)
		(void)read_field(r, &at, field_named(welcome_names[i]), (char *)r->e, NULL, NULL);
	if (!jx_day_ok(r->e->day))
		r->e->day[0] = '\0';
}

jx_rc jx_entry_decode_storing(const char *bytes, size_t len, struct jx_entry *out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	struct jx_entry e;
	const struct reader r = {.doc = &doc, .e = &e};
	jx_rc rc;

	blank(&e);
	rc = jx_json_parse(bytes, len, &jx_json_entry_limits, &doc, err);
	if (rc == JX_OK)
		rc = read_version(&r, err);
	if (rc == JX_OK)
		rc = read_storing(&r, err);
	if (rc != JX_OK)
		return rc;
	read_welcome(&r);
	*out = e;
	return JX_OK;
}

/* Of a text that passed the limits of entries. */
static jx_rc decode(const jx_json *doc, int tok, struct jx_entry *out, struct jx_error *err)
{
	struct jx_entry e;
	struct reader r = {.doc = doc, .top = tok, .e = &e};
	jx_rc rc;

	blank(&e);
	rc = read_version(&r, err);
	if (rc == JX_OK)
		rc = read_storing(&r, err);
	if (rc != JX_OK)
		return rc;
	if (e.version > JX_ENTRY_VERSION) {
		*out = e;
		return jx_fail(err, JX_EVERSION, 0, WHERE,
			       "entry is of version %lld, this program reads up to %d: update it",
			       (long long)e.version, JX_ENTRY_VERSION);
	}
	r.is_lenient = e.kind == JX_KIND_UNKNOWN;
	rc = read_fields(&r, tok, jx_model__entry_fields, (char *)&e, NULL, err);
	if (rc == JX_OK)
		rc = jx_model__check(&e, err);
	if (rc == JX_OK)
		*out = e;
	return rc;
}

jx_rc jx_entry_decode(const char *bytes, size_t len, struct jx_entry *out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	const jx_rc rc = jx_json_parse(bytes, len, &jx_json_entry_limits, &doc, err);

	return rc == JX_OK ? decode(&doc, 0, out, err) : rc;
}

jx_rc jx_entry_decode_at(const jx_json *doc, int tok, struct jx_entry *out, struct jx_error *err)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);

	if (jx_json_fits(doc, tok, &jx_json_entry_limits))
		return decode(doc, tok, out, err);
	return jx_entry_decode(raw.data, raw.len, out, err); /* which says what is wrong with it, and where */
}
