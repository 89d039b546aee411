/* Feed items, one line each. */
#include <string.h>

#include "wire_private.h"

#define WHERE "wire.item"

/* Marks may quote what a check said, commas and all: what lies between two commas is one mark, nothing is none. */
static void write_marks(const char *marks, jx_buf *out)
{
	const char *at = marks;
	bool is_first = true;

	jx_buf_adds(out, ",\"marks\":[");
	while (*at != '\0') {
		const size_t len = strcspn(at, ",");

		if (len > 0) {
			if (!is_first)
				jx_buf_addc(out, ',');
			jx_buf_add_json(out, at, len);
			is_first = false;
		}
		at += len;
		if (*at == ',')
			at++;
	}
	jx_buf_addc(out, ']');
}

static void write_entry(const struct jx_item *item, jx_buf *out)
{
	jx_wire__add_i64(out, "received_utc_ms", item->received_utc_ms);
	if (item->has_sig)
		jx_wire__add_hex(out, "sig", item->sig, JX_SIG_BYTES);
	if (item->marks[0] != '\0')
		write_marks(item->marks, out);
	jx_wire__add_true(out, "is_fork", item->is_fork);
	if (item->has_digest)
		jx_wire__add_hex(out, "digest", item->digest, JX_HASH_BYTES);
	if (item->entry.data != NULL) {
		jx_buf_adds(out, ",\"entry\":");
		jx_buf_add(out, item->entry.data, item->entry.len);
	}
}

static void write_writer(const struct jx_item *item, jx_buf *out)
{
	jx_wire__add_str(out, "short", item->short_code);
	jx_wire__add_str(out, "role", item->role);
	jx_wire__add_str(out, "area", item->area);
}

jx_rc jx_item_write(const struct jx_item *item, jx_buf *out, struct jx_error *err)
{
	jx_rc rc = jx_wire__check_text("kind", item->kind, err);

	if (rc == JX_OK)
		rc = jx_wire__check_text("key", item->key, err);
	if (rc != JX_OK)
		return rc;
	if (item->entry.data != NULL && memchr(item->entry.data, '\n', item->entry.len) != NULL)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "the entry of item \"%s\" has a line feed",
			       item->key);
	jx_buf_adds(out, "{\"kind\":");
	jx_buf_add_json(out, item->kind, strlen(item->kind));
	jx_wire__add_str(out, "key", item->key);
	if (strcmp(item->kind, "entry") == 0)
		write_entry(item, out);
	if (strcmp(item->kind, "writer") == 0)
		write_writer(item, out);
	if (item->has_signed) {
		jx_buf_addc(out, ',');
		jx_wire__add_signed(out, &item->text);
	}
	jx_buf_adds(out, "}\n");
	return jx_buf_check(out, "feed item", err);
}

/* Marks are for people: those that find no more room are left out, for no mark may keep an entry from coming down. */
static void add_mark(struct jx_item *item, const char *mark)
{
	const size_t used = strlen(item->marks), len = strlen(mark);
	char *to = item->marks + used;

	if (len == 0 || used + (used > 0) + len >= sizeof(item->marks))
		return;
	if (used > 0)
		*to++ = ',';
	for (size_t i = 0; i < len; i++)
		to[i] = mark[i];
	to[len] = '\0';
}

static jx_rc read_marks(const jx_json *doc, struct jx_item *item, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "marks");
	char mark[sizeof(item->marks)];

	if (list < 0)
		return JX_OK;
	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"marks\" must be a list of names");
	for (int tok = jx_json_first(doc, list); tok >= 0; tok = jx_json_next(doc, list, tok)) {
		if (jx_json_type_of(doc, tok) != JX_JSON_STRING)
			return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"marks\" must be a list of names");
		if (jx_json_str(doc, tok, mark, sizeof(mark)))
			add_mark(item, mark);
	}
	return JX_OK;
}

static jx_rc read_entry(const jx_json *doc, struct jx_item *item, struct jx_error *err)
{
	const int entry = jx_json_get(doc, 0, "entry");
	jx_rc rc = jx_json_need_i64(doc, 0, "received_utc_ms", 0, JX_WIRE__INT_MAX, &item->received_utc_ms,
				    err);

	if (rc == JX_OK && jx_json_get(doc, 0, "sig") >= 0) {
		item->has_sig = true;
		rc = jx_json_need_hex(doc, 0, "sig", item->sig, JX_SIG_BYTES, err);
	}
	if (rc == JX_OK)
		rc = read_marks(doc, item, err);
	if (rc == JX_OK)
		rc = jx_wire__maybe_bool(doc, "is_fork", &item->is_fork, err);
	if (rc == JX_OK && jx_json_get(doc, 0, "digest") >= 0) {
		item->has_digest = true;
		rc = jx_json_need_hex(doc, 0, "digest", item->digest, JX_HASH_BYTES, err);
	}
	if (rc != JX_OK)
		return rc;
	if (entry >= 0 && jx_json_type_of(doc, entry) == JX_JSON_OBJECT) {
		item->entry = jx_json_raw(doc, entry);
		item->entry_tok = entry;
	} else if (entry >= 0 || !item->has_digest) {
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "an entry item needs \"entry\" (an object) or \"digest\"");
	}
	return JX_OK;
}

static jx_rc read_writer(const jx_json *doc, struct jx_item *item, struct jx_error *err)
{
	jx_rc rc = jx_json_need_str(doc, 0, "short", item->short_code, sizeof(item->short_code), err);

	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "role", item->role, sizeof(item->role), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "area", item->area, sizeof(item->area), err);
	return rc;
}

static jx_rc read_item(const jx_json *doc, struct jx_item *item, struct jx_error *err)
{
	jx_rc rc;

	if (jx_json_type_of(doc, 0) != JX_JSON_OBJECT)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "a feed item is no JSON object");
	rc = jx_json_need_str(doc, 0, "kind", item->kind, sizeof(item->kind), err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, 0, "key", item->key, sizeof(item->key), err);
	if (rc != JX_OK)
		return rc;
	if (strcmp(item->kind, "entry") == 0)
		return read_entry(doc, item, err);
	if (strcmp(item->kind, "writer") == 0)
		return read_writer(doc, item, err);
	if (strcmp(item->kind, "receipt") == 0 || strcmp(item->kind, "photo-receipt") == 0 ||
	    strcmp(item->kind, "keys") == 0 || strcmp(item->kind, "pack") == 0) {
		item->has_signed = true;
		return jx_wire__need_signed(doc, 0, &item->text, err);
	}
	return JX_OK; /* drop, and kinds of later versions */
}

jx_rc jx_item_read_in(struct jx_bytes line, jx_json *doc, struct jx_item *out, struct jx_error *err)
{
	struct jx_item item;
	jx_rc rc = jx_json_parse_again(line.data, line.len, &jx_wire__item_limits, doc, err);

	memset(&item, 0, sizeof(item));
	if (rc == JX_OK)
		rc = read_item(doc, &item, err);
	if (rc != JX_OK)
		return rc;
	item.raw = line;
	*out = item;
	return JX_OK;
}

jx_rc jx_item_read(struct jx_bytes line, struct jx_item *out, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	const jx_rc rc = jx_item_read_in(line, &doc, out, err);

	if (rc == JX_OK)
		out->entry_tok = 0;
	return rc;
}
