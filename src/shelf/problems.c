/* What is not in use, and why: known again after a restart, so that it is shown, and not fetched once more. */
#include <stdlib.h>
#include <string.h>

#include "shelf_private.h"

#define FILE_NAME    "refused.json"
#define BYTES_MAX    ((size_t)1 << 20)
#define PROBLEMS_MAX 1000

size_t jx_shelf_problem_count(const jx_shelf *shelf)
{
	return shelf->problem_count;
}

const struct jx_shelf_problem *jx_shelf_problem_at(const jx_shelf *shelf, size_t i)
{
	return i < shelf->problem_count ? &shelf->problems[i].pub : NULL;
}

static struct jx_shelf__problem *next_problem(jx_shelf *s)
{
	s->problems = jx_xreallocarray(s->problems, s->problem_count + 1, sizeof(*s->problems));
	memset(&s->problems[s->problem_count], 0, sizeof(*s->problems));
	return &s->problems[s->problem_count++];
}

void jx_shelf__add_problem(jx_shelf *s, const char *key, const uint8_t *seal_hash, bool is_final,
			   const struct jx_error *why)
{
	struct jx_shelf__problem *p = next_problem(s);

	jx_strcpy(p->pub.key, sizeof(p->pub.key), key);
	jx_strcpy(p->pub.error, sizeof(p->pub.error), jx_rc_name(why->code));
	jx_strcpy(p->pub.text, sizeof(p->pub.text), why->text);
	if (seal_hash != NULL)
		memcpy(p->seal_hash, seal_hash, JX_HASH_BYTES);
	p->is_final = is_final;
}

void jx_shelf__copy_problem(jx_shelf *s, const struct jx_shelf__problem *p)
{
	*next_problem(s) = *p;
}

bool jx_shelf__is_of_file(const struct jx_shelf__problem *p)
{
	static const uint8_t none[JX_HASH_BYTES];

	return memcmp(p->seal_hash, none, sizeof(none)) == 0;
}

static void add_text(jx_buf *b, const char *name, const char *text)
{
	jx_buf_addf(b, ",\"%s\":", name);
	jx_buf_add_json(b, text, strlen(text));
}

jx_rc jx_shelf__write_problems(const jx_shelf *s, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", s->dir, FILE_NAME);
	JX_AUTO_BUF b;
	size_t i, count = 0;
	jx_rc rc;

	jx_buf_init(&b, BYTES_MAX);
	/* another program may read what this one could not */
	jx_buf_adds(&b, "{\"v\":1,\"program\":\"" JX_VERSION "\",\"refused\":[");
	for (i = 0; i < s->problem_count; i++) {
		const struct jx_shelf__problem *p = &s->problems[i];

		if (jx_shelf__is_of_file(p))
			continue;
		jx_buf_adds(&b, count++ > 0 ? ",{\"seal\":\"" : "{\"seal\":\"");
		jx_buf_add_hex(&b, p->seal_hash, sizeof(p->seal_hash));
		jx_buf_addc(&b, '"');
		add_text(&b, "key", p->pub.key);
		add_text(&b, "error", p->pub.error);
		add_text(&b, "text", p->pub.text);
		jx_buf_addf(&b, ",\"final\":%s}", p->is_final ? "true" : "false");
	}
	jx_buf_adds(&b, "]}\n");
	rc = jx_buf_check(&b, FILE_NAME, err);
	if (rc != JX_OK)
		return rc;
	if (count == 0) {
		rc = s->fs->remove(s->fs->user, path, err);
		return rc == JX_ENOTFOUND ? JX_OK : rc;
	}
	rc = s->fs->make_dir(s->fs->user, s->dir, err);
	return rc == JX_OK ? jx_fs_write_all(s->fs, path, b.data, b.len, err) : rc;
}

static void read_one(jx_shelf *s, const jx_json *doc, int at, bool is_same_program)
{
	struct jx_shelf__problem p = {.is_final = false};

	if (!jx_json_str(doc, jx_json_get(doc, at, "key"), p.pub.key, sizeof(p.pub.key)) ||
	    !jx_json_str(doc, jx_json_get(doc, at, "error"), p.pub.error, sizeof(p.pub.error)) ||
	    !jx_json_str(doc, jx_json_get(doc, at, "text"), p.pub.text, sizeof(p.pub.text)) ||
	    jx_json_need_hex(doc, at, "seal", p.seal_hash, sizeof(p.seal_hash), NULL) != JX_OK)
		return;
	(void)jx_json_bool(doc, jx_json_get(doc, at, "final"), &p.is_final);
	p.is_final = p.is_final && is_same_program;
	*next_problem(s) = p;
}

/* The file is a note: one that cannot be read is as if it were not there, and the next sync writes it anew. */
jx_rc jx_shelf__read_problems(jx_shelf *s, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", s->dir, FILE_NAME);
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF text;
	bool is_same;
	int list;
	jx_rc rc;

	jx_buf_init(&text, BYTES_MAX);
	rc = jx_fs_read_all(s->fs, path, &text, err);
	if (rc == JX_ENOMEM)
		return rc;
	if (rc != JX_OK || jx_json_parse(text.data, text.len, &jx_json_pack_limits, &doc, NULL) != JX_OK)
		return JX_OK;
	list = jx_json_get(&doc, 0, "refused");
	is_same = jx_json_str_is(&doc, jx_json_get(&doc, 0, "program"), JX_VERSION);
	if (jx_json_type_of(&doc, list) != JX_JSON_ARRAY)
		return JX_OK;
	for (int at = jx_json_first(&doc, list); at >= 0 && s->problem_count < PROBLEMS_MAX;
	     at = jx_json_next(&doc, list, at))
		read_one(s, &doc, at, is_same);
	return JX_OK;
}
