/* state.json: how much of the journal counts, and where the feed goes on. Replaced whole, never written in place. */
#include <string.h>

#include "office_private.h"

#define WHERE     "office.state"
#define BYTES_MAX ((size_t)65536)

const char *jx_office__state_get(const struct jx_office__state *s, const char *name)
{
	for (size_t i = 0; i < s->value_count; i++)
		if (strcmp(s->values[i].name, name) == 0)
			return s->values[i].value;
	return NULL;
}

bool jx_office__state_set(struct jx_office__state *s, const char *name, const char *value)
{
	size_t i = 0;

	if (strlen(name) >= sizeof(s->values[0].name) || strlen(value) >= sizeof(s->values[0].value))
		return false;
	while (i < s->value_count && strcmp(s->values[i].name, name) != 0)
		i++;
	if (i == JX_OFFICE__VALUES_MAX)
		return false;
	jx_strcpy(s->values[i].name, sizeof(s->values[i].name), name);
	jx_strcpy(s->values[i].value, sizeof(s->values[i].value), value);
	if (i == s->value_count)
		s->value_count++;
	return true;
}

static jx_rc read_values(const jx_json *doc, struct jx_office__state *s, struct jx_error *err)
{
	const int obj = jx_json_get(doc, 0, "values");
	char name[24], value[JX_CLIENT_VALUE_MAX];

	for (int tok = jx_json_first(doc, obj); obj >= 0 && tok >= 0; tok = jx_json_next(doc, obj, tok + 1))
		if (!jx_json_str(doc, tok, name, sizeof(name)) ||
		    !jx_json_str(doc, tok + 1, value, sizeof(value)) || !jx_office__state_set(s, name, value))
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "field \"values\" holds what no version of this program writes");
	return JX_OK;
}

static jx_rc read_state(const jx_json *doc, struct jx_office__state *s, struct jx_error *err)
{
	static const struct {
		const char *name;
		size_t at;
	} numbers[] = {
		{"journal_bytes", offsetof(struct jx_office__state, journal_bytes)},
		{"items", offsetof(struct jx_office__state, items)},
		{"entries", offsetof(struct jx_office__state, entries)},
		{"life", offsetof(struct jx_office__state, life)},
		{"last_pull_utc_ms", offsetof(struct jx_office__state, last_pull_utc_ms)},
	};
	int64_t v = 0;
	jx_rc rc = jx_json_need_i64(doc, 0, "v", 1, INT64_MAX, &v, err);

	if (rc == JX_OK && v > 1)
		return jx_fail(err, JX_EVERSION, 0, WHERE,
			       "it was written by a newer program: update this one");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && rc == JX_OK; i++) {
		int64_t value = 0;

		rc = jx_json_need_i64(doc, 0, numbers[i].name, 0, INT64_MAX, &value, err);
		memcpy((char *)s + numbers[i].at, &value, sizeof(value));
	}
	if (rc == JX_OK && jx_json_get(doc, 0, "cursor") >= 0)
		rc = jx_json_need_str(doc, 0, "cursor", s->cursor, sizeof(s->cursor), err);
	if (rc == JX_OK && jx_json_get(doc, 0, "aside") >= 0)
		rc = jx_json_need_str(doc, 0, "aside", s->aside, sizeof(s->aside), err);
	if (rc == JX_OK && strchr(s->aside, '/') != NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"aside\" must be a plain file name");
	return rc == JX_OK ? read_values(doc, s, err) : rc;
}

jx_rc jx_office__state_load(const struct jx_fs *fs, const char *dir, struct jx_office__state *out,
			    struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__STATE);
	struct jx_office__state s = {.life = 1};
	struct jx_error why = {.code = JX_OK};
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF text;
	jx_rc rc;

	jx_buf_init(&text, BYTES_MAX);
	rc = jx_fs_read_all(fs, path, &text, err);
	if (rc == JX_ENOTFOUND) {
		*out = s;
		return JX_OK;
	}
	if (rc != JX_OK)
		return rc;
	rc = jx_json_parse(text.data, text.len, &jx_json_message_limits, &doc, &why);
	if (rc == JX_OK)
		rc = read_state(&doc, &s, &why);
	if (rc == JX_EVERSION)
		return jx_fail(err, rc, 0, WHERE, "%s: %s", path, why.text);
	if (rc != JX_OK)
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"%s is damaged (%s): set it and the journal aside, the next pull fetches all again",
			path, why.text);
	*out = s;
	return JX_OK;
}

jx_rc jx_office__state_save(const struct jx_fs *fs, const char *dir, const struct jx_office__state *s,
			    struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, JX_OFFICE__STATE);
	struct jx_office__json j, values;
	jx_rc rc;

	jx_office__json_begin(&values);
	for (size_t i = 0; i < s->value_count; i++)
		jx_office__json_str(&values, s->values[i].name, s->values[i].value);
	jx_office__json_end(&values);
	jx_office__json_begin(&j);
	jx_office__json_int(&j, "v", 1);
	jx_office__json_str(&j, "cursor", s->cursor);
	jx_office__json_int(&j, "journal_bytes", s->journal_bytes);
	jx_office__json_int(&j, "items", s->items);
	jx_office__json_int(&j, "entries", s->entries);
	jx_office__json_int(&j, "life", s->life);
	jx_office__json_int(&j, "last_pull_utc_ms", s->last_pull_utc_ms);
	jx_office__json_str(&j, "aside", s->aside);
	jx_office__json_buf(&j, "values", &values.b);
	jx_office__json_end(&j);
	jx_buf_addc(&j.b, '\n');
	jx_buf_done(&values.b);
	rc = jx_buf_check(&j.b, JX_OFFICE__STATE, err);
	if (rc == JX_OK)
		rc = jx_fs_write_all(fs, path, j.b.data, j.b.len, err);
	jx_buf_done(&j.b);
	return rc;
}
