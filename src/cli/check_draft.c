/* The form being filled in by jx check: the device's (struct jx_fill), and its options as those of the command line. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE          "jx.check"
#define FILE_BYTES_MAX ((size_t)1 << 20)

void check_done(struct check *k)
{
	jx_fill_done(&k->fill);
}

jx_rc check_begin(struct check *k, const char *method, const char *id, struct jx_error *err)
{
	return jx_fill_begin(&k->c->h, method, id, &k->fill, err);
}

/* ---- options --------------------------------------------------------------------------------------- */

static const struct cli_opt *find_option(const char *name)
{
	for (const struct cli_opt *o = check_opts; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

/* As many as a command line may have; a draft of a newer program may name options that nobody knows here. */
static void read_options(struct check *k)
{
	struct cli_args *a = &k->options;

	a->count = 0;
	for (size_t i = 0; i < k->fill.option_count && a->count < CLI_VALUES_MAX; i++) {
		const struct cli_opt *o = find_option(k->fill.options[i].name);

		if (o == NULL)
			continue;
		a->value[a->count].opt = o;
		a->value[a->count].value = k->fill.options[i].value;
		a->count++;
	}
}

jx_rc check_set_option(struct check *k, const char *name, const char *value, struct jx_error *err)
{
	const jx_rc rc = jx_fill_add_option(k->c->h.store, &k->fill, name, value, err);

	read_options(k);
	return rc;
}

/* A draft is gone on with from another folder, so a photo's file is named in full. */
static char *full_photo(const char *value)
{
	JX_AUTO_FREE char *path = cli_photo_path(value);
	JX_AUTO_FREE char *full = realpath(path, NULL);
	const char *role = cli_photo_role(value);

	return jx_xasprintf("%s:%s", full != NULL ? full : path, role != NULL ? role : "close");
}

static char *full_path(const char *path)
{
	char *full = realpath(path, NULL);

	return full != NULL ? full : jx_xstrdup(path);
}

jx_rc check_take_options(struct check *k, const struct cli_args *a, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < a->count && rc == JX_OK; i++) {
		const char *name = a->value[i].opt->name;
		JX_AUTO_FREE char *photo = NULL; /* or sound */

		if (find_option(name) == NULL)
			continue;
		if (strcmp(name, "photo") == 0)
			photo = full_photo(a->value[i].value);
		else if (strcmp(name, "sound") == 0)
			photo = full_path(a->value[i].value);
		rc = check_set_option(k, name, photo != NULL ? photo : a->value[i].value, err);
	}
	return rc;
}

/* ---- going on with one ----------------------------------------------------------------------------- */

struct search {
	const char *name; /* hex digits, or NULL: the first check that comes */
	const jx_packs *packs;
	struct jx_draft found;
	int64_t count;
};

/* The touch app keeps what is logged in drafts too: nothing to go on with here. */
static bool is_check(const struct search *s, const struct jx_draft *draft)
{
	const jx_pack *pack = jx_packs_version(s->packs, draft->pack, draft->pack_version);
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, draft->form) : NULL;

	return form == NULL || !form->is_observation;
}

static jx_rc match(void *user, const struct jx_draft *draft)
{
	struct search *s = user;
	char id[37];

	if (s->name == NULL && !is_check(s, draft))
		return JX_OK;
	jx_uuid_format(draft->id, id);
	if (s->name != NULL && strncmp(id, s->name, strlen(s->name)) != 0)
		return JX_OK;
	if (s->count++ == 0)
		s->found = *draft;
	return s->name == NULL ? JX_EINTR : JX_OK;
}

jx_rc check_find_draft(struct cli *c, const char *name, struct jx_draft *out, struct jx_error *err)
{
	struct search s = {.name = name, .packs = c->h.packs};
	const jx_rc rc = jx_store_each_draft(c->h.store, match, &s, err);

	if (rc != JX_OK && !(rc == JX_EINTR && name == NULL))
		return rc;
	if (s.count == 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "there is no such draft: jx check --drafts shows what there is");
	if (s.count > 1)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "%lld drafts begin so: give more digits of the id",
			       (long long)s.count);
	*out = s.found;
	return JX_OK;
}

/* Should a newer program see an answer otherwise, the field is asked again. */
static void tell_refused(void *user, const struct jx_error *err)
{
	const struct cli *c = user;

	if (!c->quiet)
		fprintf(stderr, "jx: %s\n", err->text);
}

jx_rc check_resume(struct check *k, const char *name, struct jx_error *err)
{
	struct jx_draft draft;
	jx_rc rc = check_find_draft(k->c, name, &draft, err);

	if (rc == JX_OK)
		rc = jx_fill_resume(&k->c->h, &draft, &k->fill, tell_refused, k->c, err);
	read_options(k);
	return rc;
}

jx_rc check_set(struct check *k, const char *path, const char *typed, struct jx_error *err)
{
	return jx_fill_set(k->c->h.store, &k->fill, path, typed, err);
}

/* ---- answers from a file --------------------------------------------------------------------------- */

jx_rc check_set_text(struct check *k, const char *text, struct jx_error *err)
{
	const char *equals = strchr(text, '=');
	JX_AUTO_FREE char *path = NULL;

	if (equals == NULL || equals == text)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "\"%.60s\" is no answer: write field=value, such as rooms_checked=10", text);
	path = jx_xstrndup(text, (size_t)(equals - text));
	return check_set(k, path, equals + 1, err);
}

/* Entries hold no space between members; a file that a person or a program wrote may. */
static void add_without_space(jx_buf *out, const char *text)
{
	bool is_string = false;

	for (; *text != '\0'; text++) {
		if (!is_string && strchr(" \t\r\n", *text) != NULL)
			continue;
		if (*text == '"')
			is_string = !is_string;
		jx_buf_addc(out, *text);
		if (is_string && *text == '\\' && text[1] != '\0')
			jx_buf_addc(out, *++text);
	}
}

static jx_rc read_json(struct check *k, const jx_buf *text, struct jx_error *err)
{
	JX_AUTO_BUF dense = {0};
	jx_sheet *read = NULL;
	jx_rc rc;

	jx_buf_init(&dense, FILE_BYTES_MAX);
	add_without_space(&dense, text->data);
	rc = jx_buf_check(&dense, "answers", err);
	if (rc == JX_OK)
		rc = jx_sheet_read(jx_sheet_pack(k->fill.sheet), k->fill.draft.form, k->fill.draft.day,
				   dense.data, dense.len, true, &read, err);
	if (rc != JX_OK)
		return rc;
	return jx_fill_replace(k->c->h.store, &k->fill, read, err);
}

static jx_rc read_lines(struct check *k, const char *text, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	while (*text != '\0' && rc == JX_OK) {
		const size_t len = strcspn(text, "\r\n");
		JX_AUTO_FREE char *line = jx_xstrndup(text, len);

		if (line[0] != '\0' && line[0] != '#')
			rc = check_set_text(k, line, err);
		text += len + (text[len] != '\0');
	}
	return rc;
}

jx_rc check_read_file(struct check *k, const char *path, struct jx_error *err)
{
	JX_AUTO_BUF text = {0};
	jx_rc rc;

	jx_buf_init(&text, FILE_BYTES_MAX);
	rc = jx_fs_read_all(jx_os_fs(), path, &text, err);
	if (rc != JX_OK)
		return rc;
	if (text.data == NULL || !jx_utf8_ok(text.data, text.len) || strlen(text.data) != text.len)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "%s holds no text in UTF-8: write answers as lines field=value, or as JSON",
			       path);
	return text.data[0] == '{' ? read_json(k, &text, err) : read_lines(k, text.data, err);
}
