/* The file of people: strict, small, replaced durably. */
#include "people_file.h"

#include <string.h>

#define FILE_NAME      "people.json"
#define FILE_BYTES_MAX ((size_t)256 << 10)

static jx_rc read_pin(const jx_json *doc, int obj, struct known_person *p, struct jx_error *err)
{
	jx_rc rc;

	p->has_pin = jx_json_get(doc, obj, "argon2id") >= 0;
	if (!p->has_pin)
		return JX_OK;
	rc = jx_json_need_hex(doc, obj, "argon2id", p->hash, sizeof(p->hash), err);
	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, obj, "salt", p->salt, sizeof(p->salt), err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, obj, "failures", 0, INT64_MAX, &p->failures, err);
	return rc == JX_OK ? jx_json_need_str(doc, obj, "failed", p->failed, sizeof(p->failed), err) : rc;
}

static jx_rc read_list(const jx_json *doc, struct people *out, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "people");

	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return jx_fail(err, JX_EINVAL, 0, "handheld.people", "field \"people\" is no list");
	for (int at = jx_json_first(doc, list); at >= 0 && out->count < PEOPLE_MAX;
	     at = jx_json_next(doc, list, at)) {
		struct known_person *p = &out->list[out->count];
		jx_rc rc = jx_json_need_str(doc, at, "id", p->id, sizeof(p->id), err);

		if (rc == JX_OK)
			rc = jx_json_need_str(doc, at, "name", p->name, sizeof(p->name), err);
		if (rc == JX_OK)
			rc = read_pin(doc, at, p, err);
		if (rc != JX_OK)
			return rc;
		out->count++;
	}
	return JX_OK;
}

jx_rc people_read(const struct jx_handheld__world *w, struct people *out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", w->dir, FILE_NAME);
	struct jx_error why = {0};
	JX_AUTO_BUF text;
	JX_AUTO_JSON doc = {0};
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	jx_buf_init(&text, FILE_BYTES_MAX);
	rc = jx_fs_read_all(w->fs, path, &text, &why);
	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc == JX_OK)
		rc = jx_json_parse(text.data != NULL ? text.data : "", text.len, &jx_json_message_limits,
				   &doc, &why);
	if (rc == JX_OK)
		rc = read_list(&doc, out, &why);
	if (rc == JX_OK)
		return JX_OK;
	return jx_fail(
		err, rc == JX_EINVAL ? JX_ECORRUPT : rc, why.native, "handheld.people",
		"%s cannot be read (%s): set it aside, then people sign in anew and set their PINs again",
		path, why.text);
}

static void add_text(jx_buf *b, const char *name, const char *text)
{
	jx_buf_addf(b, "\"%s\":", name);
	jx_buf_add_json(b, text, strlen(text));
}

static void add_person(jx_buf *b, const struct known_person *p)
{
	jx_buf_addc(b, '{');
	add_text(b, "id", p->id);
	jx_buf_addc(b, ',');
	add_text(b, "name", p->name);
	if (p->has_pin) {
		jx_buf_adds(b, ",\"argon2id\":\"");
		jx_buf_add_hex(b, p->hash, sizeof(p->hash));
		jx_buf_adds(b, "\",\"salt\":\"");
		jx_buf_add_hex(b, p->salt, sizeof(p->salt));
		jx_buf_adds(b, "\",\"failures\":");
		jx_buf_add_i64(b, p->failures);
		jx_buf_addc(b, ',');
		add_text(b, "failed", p->failed);
	}
	jx_buf_addc(b, '}');
}

jx_rc people_write(const struct jx_handheld__world *w, const struct people *people, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", w->dir, FILE_NAME);
	JX_AUTO_BUF b;
	jx_rc rc;

	jx_buf_init(&b, FILE_BYTES_MAX);
	jx_buf_adds(&b, "{\"v\":1,\"people\":[");
	for (size_t i = 0; i < people->count; i++) {
		if (i > 0)
			jx_buf_addc(&b, ',');
		add_person(&b, &people->list[i]);
	}
	jx_buf_adds(&b, "]}\n");
	rc = jx_buf_check(&b, "people", err);
	return rc == JX_OK ? jx_fs_write_all(w->fs, path, b.data, b.len, err) : rc;
}

struct known_person *people_find(struct people *people, const char *id)
{
	for (size_t i = 0; i < people->count; i++)
		if (strcmp(people->list[i].id, id) == 0)
			return &people->list[i];
	return NULL;
}
