#include "fields.h"

#include <string.h>

#define WHERE "model.encode"

static void write_fields(const struct jx_entry *e, const struct jx_model__field *fields, const char *base,
			 jx_buf *b);

static void write_uuid(const char *at, jx_buf *b)
{
	uint8_t id[JX_ID_BYTES];
	char text[37];

	memcpy(id, at, sizeof(id));
	jx_uuid_format(id, text);
	jx_buf_addc(b, '"');
	jx_buf_adds(b, text);
	jx_buf_addc(b, '"');
}

static void write_photos(const struct jx_entry *e, const struct jx_model__field *f, jx_buf *b)
{
	size_t i;

	jx_buf_addc(b, '[');
	for (i = 0; i < e->photo_count; i++) {
		jx_buf_adds(b, i == 0 ? "{" : ",{");
		write_fields(e, f->members, (const char *)&e->photos[i], b);
		jx_buf_addc(b, '}');
	}
	jx_buf_addc(b, ']');
}

static void write_value(const struct jx_entry *e, const struct jx_model__field *f, const char *base,
			jx_buf *b)
{
	const char *at = base + f->offset;

	switch (f->type) {
	case JX_MODEL__UUID:
		write_uuid(at, b);
		break;
	case JX_MODEL__HEX:
		jx_buf_addc(b, '"');
		jx_buf_add_hex(b, at, f->size);
		jx_buf_addc(b, '"');
		break;
	case JX_MODEL__INT:
		jx_buf_add_i64(b, jx_model__load_int(at, f->size));
		break;
	case JX_MODEL__TEXT:
	case JX_MODEL__LINES:
	case JX_MODEL__NAME:
	case JX_MODEL__DAY:
	case JX_MODEL__KIND:
		jx_buf_add_json(b, at, strlen(at));
		break;
	case JX_MODEL__TRUE:
		jx_buf_adds(b, "true");
		break;
	case JX_MODEL__SOURCE:
		jx_buf_addf(b, "\"%s\"", jx_fix_source_name(e->fix.source));
		break;
	case JX_MODEL__OBJECT:
		jx_buf_addc(b, '{');
		write_fields(e, f->members, base, b);
		jx_buf_addc(b, '}');
		break;
	case JX_MODEL__PHOTOS:
		write_photos(e, f, b);
		break;
	case JX_MODEL__ANSWERS:
	default:
		jx_buf_add(b, e->answers.data, e->answers.len);
		break;
	}
}

static void write_fields(const struct jx_entry *e, const struct jx_model__field *fields, const char *base,
			 jx_buf *b)
{
	const struct jx_model__field *f;

	for (f = fields; f->name != NULL; f++) {
		if (!jx_model__is_present(f, e, base))
			continue;
		if (b->len > 0 && b->data[b->len - 1] != '{')
			jx_buf_addc(b, ',');
		jx_buf_addc(b, '"');
		jx_buf_adds(b, f->name);
		jx_buf_adds(b, "\":");
		write_value(e, f, base, b);
	}
}

/* The answers go in as they are, so they must be one value: `{"a":1},"n":7` would smuggle a field in. */
static jx_rc check_answers(const struct jx_entry *e, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	jx_rc rc;

	if (e->answers.data == NULL)
		return JX_OK;
	rc = jx_json_parse(e->answers.data, e->answers.len, &jx_json_entry_limits, &doc, err);
	if (rc == JX_OK && jx_json_type_of(&doc, 0) != JX_JSON_OBJECT)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "entry field \"%s\" must be a JSON object: correct it",
			     "answers");
	return rc;
}

/* The name in the bytes follows the kind; a name of its own is only for kinds this program does not know. */
static jx_rc set_kind_name(struct jx_entry *e, struct jx_error *err)
{
	if (e->kind != JX_KIND_UNKNOWN && e->kind_name[0] == '\0')
		jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(e->kind));
	if (memchr(e->kind_name, '\0', sizeof(e->kind_name)) == NULL || e->kind_name[0] == '\0' ||
	    jx_kind_parse(e->kind_name) != e->kind)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "entry field \"%s\" does not name its kind: correct it", "kind");
	return JX_OK;
}

jx_rc jx_entry_encode(const struct jx_entry *e, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_BUF b = {0};
	struct jx_entry named = *e;
	struct jx_entry read_back;
	jx_rc rc;

	rc = set_kind_name(&named, err);
	if (rc == JX_OK)
		rc = jx_model__check(&named, err);
	if (rc == JX_OK)
		rc = check_answers(&named, err);
	if (rc != JX_OK)
		return rc;
	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	jx_buf_addf(&b, "{\"v\":%d", JX_ENTRY_VERSION);
	write_fields(&named, jx_model__entry_fields, (const char *)&named, &b);
	jx_buf_addc(&b, '}');
	rc = jx_buf_check(&b, _("the entry"), err);
	/* Read what was written: depth and number of values of the whole are known only now, and what
	   nobody can read must never be signed. */
	if (rc == JX_OK)
		rc = jx_entry_decode(b.data, b.len, &read_back, err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(out, b.data, b.len);
	return jx_buf_check(out, _("the entry"), err);
}
