/* The form being filled in, and its draft on the disk. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHERE          "jx.check"
#define FILE_BYTES_MAX ((size_t)1 << 20)
#define OPTION         '@' /* what begins so in a draft is no field but an option of the entry */

void check_done(struct check *k)
{
	jx_sheet_free(k->sheet);
	for (size_t i = 0; i < k->string_count; i++)
		free(k->strings[i]);
	free(k->strings);
}

jx_rc check_find_form(const struct cli *c, const char *method, const char *day, const jx_pack **pack_out,
		      const struct jx_form **form_out, struct jx_error *err)
{
	for (size_t i = 0; i < jx_packs_count(c->h.packs); i++) {
		const jx_pack *pack = jx_handheld_pack_on(&c->h, i, day);
		const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, method) : NULL;

		if (form == NULL)
			continue;
		if (form->is_observation)
			return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "%s is what jx log is for: use that",
				       jx_text_pick(&form->name));
		*pack_out = pack;
		*form_out = form;
		return JX_OK;
	}
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "there is no check \"%.60s\": jx check --list shows all",
		       method);
}

jx_rc check_begin(struct check *k, const char *method, const char *id, struct jx_error *err)
{
	const struct jx_clock *clock = jx_os_clock();
	const int64_t now_utc_ms = clock->utc_ms(clock->user);
	const struct jx_form *form = NULL;
	const jx_pack *pack = NULL;
	char pack_day[11];
	jx_rc rc;

	jx_uuid7(clock, jx_os_rand(), k->draft.id);
	if (id != NULL && !jx_uuid_parse(id, strlen(id), k->draft.id))
		return jx_fail(err, JX_EINVAL, 0, "jx.id",
			       "field \"id\": \"%s\" is no UUID; leave it out to have one made", id);
	k->draft.taken_utc_ms = now_utc_ms > 0 ? now_utc_ms : 0;
	jx_handheld_today(&k->c->h, k->draft.day);
	/* with a shift open its day counts, also after midnight */
	if (k->c->h.store != NULL) {
		char day[16];

		if (jx_store_get(k->c->h.store, JX_SET_SHIFT_DAY, day, sizeof(day), NULL) == JX_OK &&
		    jx_day_ok(day))
			jx_strcpy(k->draft.day, sizeof(k->draft.day), day);
	}
	jx_handheld_pack_day(&k->c->h, pack_day);
	rc = check_find_form(k->c, method, pack_day, &pack, &form, err);
	if (rc != JX_OK)
		return rc;
	jx_strcpy(k->draft.form, sizeof(k->draft.form), form->id);
	jx_strcpy(k->draft.pack, sizeof(k->draft.pack), jx_pack_id(pack));
	k->draft.pack_version = jx_pack_version(pack);
	k->is_new = true;
	return jx_sheet_new(pack, form->id, k->draft.day, &k->sheet, err);
}

/* ---- options --------------------------------------------------------------------------------------- */

static const struct cli_opt *find_option(const char *name)
{
	for (const struct cli_opt *o = check_opts; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

static void add_option(struct check *k, const struct cli_opt *o, const char *value)
{
	struct cli_args *a = &k->options;

	if (a->count == CLI_VALUES_MAX)
		return; /* as many as a command line may have: checked where they are taken */
	k->strings = jx_xreallocarray(k->strings, k->string_count + 1, sizeof(*k->strings));
	k->strings[k->string_count] = jx_xstrdup(value);
	a->value[a->count].opt = o;
	a->value[a->count].value = k->strings[k->string_count];
	a->count++;
	k->string_count++;
}

/* "@photo.3": several of a name are told apart by a number, which says no more than that. */
static void take_option(struct check *k, const char *path, const char *value)
{
	char name[32];
	const size_t len = strcspn(path + 1, ".");
	const struct cli_opt *o;

	if (len >= sizeof(name))
		return;
	memcpy(name, path + 1, len);
	name[len] = '\0';
	o = find_option(name);
	if (o != NULL)
		add_option(k, o, value);
}

jx_rc check_set_option(struct check *k, const char *name, const char *value, struct jx_error *err)
{
	const struct cli_opt *o = find_option(name);
	JX_AUTO_FREE char *path = jx_xasprintf("%c%s.%zu", OPTION, name, k->options.count);
	const struct jx_draft_value v = {path, value};
	jx_rc rc = JX_OK;

	if (o == NULL || k->options.count == CLI_VALUES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "this check has too many options: begin another one");
	if (k->is_stored)
		rc = jx_store_set_draft(k->c->h.store, k->draft.id, &v, 1, err);
	if (rc == JX_OK)
		add_option(k, o, value);
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

jx_rc check_take_options(struct check *k, const struct cli_args *a, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < a->count && rc == JX_OK; i++) {
		const char *name = a->value[i].opt->name;
		JX_AUTO_FREE char *photo = NULL;

		if (find_option(name) == NULL)
			continue;
		if (strcmp(name, "photo") == 0)
			photo = full_photo(a->value[i].value);
		rc = check_set_option(k, name, photo != NULL ? photo : a->value[i].value, err);
	}
	return rc;
}

size_t check_roles(const struct check *k, const char *roles[JX_PHOTOS_MAX])
{
	const char *value;
	size_t n = 0;

	for (size_t i = 0; n < JX_PHOTOS_MAX && (value = cli_nth(&k->options, "photo", i)) != NULL; i++) {
		const char *role = cli_photo_role(value);

		roles[n++] = role != NULL ? role : "close";
	}
	return n;
}

/* ---- going on with one ----------------------------------------------------------------------------- */

struct search {
	const char *name; /* hex digits, or NULL: the first that comes */
	struct jx_draft found;
	int64_t count;
};

static jx_rc match(void *user, const struct jx_draft *draft)
{
	struct search *s = user;
	char id[37];

	jx_uuid_format(draft->id, id);
	if (s->name != NULL && strncmp(id, s->name, strlen(s->name)) != 0)
		return JX_OK;
	if (s->count++ == 0)
		s->found = *draft;
	return s->name == NULL ? JX_EINTR : JX_OK;
}

jx_rc check_find_draft(struct cli *c, const char *name, struct jx_draft *out, struct jx_error *err)
{
	struct search s = {.name = name};
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

/* What was stored once was right then; should a newer program see it otherwise, the field is asked again. */
static jx_rc replay(void *user, const struct jx_draft_value *v)
{
	struct check *k = user;
	const struct jx_field *field = jx_sheet_field(k->sheet, v->path);
	struct jx_error err;

	if (v->path[0] == OPTION) {
		take_option(k, v->path, v->value);
		return JX_OK;
	}
	/* a field that the rows count now was typed before they came */
	if (jx_sheet_set(k->sheet, v->path, v->value, &err) != JX_OK &&
	    (field == NULL || !field->is_counted) && !k->c->quiet)
		fprintf(stderr, "jx: %s\n", err.text);
	return JX_OK;
}

jx_rc check_resume(struct check *k, const char *name, struct jx_error *err)
{
	const jx_pack *pack = NULL;
	jx_rc rc = check_find_draft(k->c, name, &k->draft, err);

	if (rc == JX_OK)
		pack = jx_packs_version(k->c->h.packs, k->draft.pack, k->draft.pack_version);
	if (rc == JX_OK && pack == NULL)
		rc = jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			     "the draft needs version %lld of pack %s, which is not here: run jx sync",
			     (long long)k->draft.pack_version, k->draft.pack);
	if (rc == JX_OK)
		rc = jx_sheet_new(pack, k->draft.form, k->draft.day, &k->sheet, err);
	if (rc != JX_OK)
		return rc;
	k->is_stored = true;
	return jx_store_each_draft_value(k->c->h.store, k->draft.id, replay, k, err);
}

/* ---- remembered answers ---------------------------------------------------------------------------- */

static void take_remembered(struct check *k, const jx_sheet *last)
{
	const struct jx_form *form = jx_sheet_form(k->sheet);
	char value[JX_DRAFT_VALUE_MAX];

	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];

		if (!f->is_remembered || form->sections[f->section].is_repeat ||
		    jx_sheet_get(last, f->id, value, sizeof(value), NULL) != JX_OK || value[0] == '\0')
			continue;
		(void)jx_sheet_set(k->sheet, f->id, value,
				   NULL); /* of another form: what does not fit is asked */
	}
}

static jx_rc look_at_last(void *user, const struct jx_log_row *row)
{
	struct check *k = user;
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	JX_AUTO(jx_sheet) last = NULL;
	const jx_pack *pack;

	if (jx_entry_decode(row->bytes, row->len, e, NULL) != JX_OK || e->answers.data == NULL)
		return JX_OK;
	pack = jx_packs_version(k->c->h.packs, e->pack, e->pack_version);
	if (pack == NULL || jx_sheet_read(pack, e->form, e->day, e->answers.data, e->answers.len, false,
					  &last, NULL) != JX_OK)
		return JX_OK;
	take_remembered(k, last);
	return JX_EINTR;
}

jx_rc check_remember(struct check *k, struct jx_error *err)
{
	const struct jx_log_query q = {
		.day = k->draft.day, .kind = JX_KIND_OBSERVATION, .newest_first = true};
	const jx_rc rc = jx_store_each(k->c->h.store, &q, look_at_last, k, err);

	return rc == JX_EINTR ? JX_OK : rc;
}

/* ---- writing --------------------------------------------------------------------------------------- */

struct values {
	struct jx_draft_value *list;
	size_t count;
};

static void free_values(struct values *v)
{
	for (size_t i = 0; i < v->count; i++) {
		free((void *)(uintptr_t)v->list[i].path);
		free((void *)(uintptr_t)v->list[i].value);
	}
	free(v->list);
}

static void add_value(struct values *v, const char *path, const char *value)
{
	v->list = jx_xreallocarray(v->list, v->count + 1, sizeof(*v->list));
	v->list[v->count].path = jx_xstrdup(path);
	v->list[v->count].value = value != NULL ? jx_xstrdup(value) : NULL;
	v->count++;
}

/* Every answer; "" too, where a default or a row would come back without it. */
static jx_rc add_answer(const struct check *k, const struct jx_field *f, const char *path, bool is_row,
			struct values *v, struct jx_error *err)
{
	char value[JX_DRAFT_VALUE_MAX];
	const jx_rc rc = jx_sheet_get(k->sheet, path, value, sizeof(value), err);

	if (rc == JX_OK && f->type != JX_FIELD_PHOTO && (value[0] != '\0' || is_row || f->fallback != NULL))
		add_value(v, path, value);
	return rc;
}

static jx_rc add_answers(const struct check *k, struct values *v, struct jx_error *err)
{
	const struct jx_form *form = jx_sheet_form(k->sheet);
	jx_rc rc = JX_OK;

	for (size_t s = 0; s < form->section_count; s++) {
		const bool is_row = form->sections[s].is_repeat;
		const size_t rows = is_row ? jx_sheet_rows(k->sheet, form->sections[s].id) : 1;

		for (size_t row = 1; row <= rows; row++)
			for (size_t i = 0; i < form->field_count && rc == JX_OK; i++) {
				const struct jx_field *f = &form->fields[i];
				JX_AUTO_FREE char *path =
					is_row ? jx_xasprintf("%s[%zu].%s", form->sections[s].id, row, f->id)
					       : jx_xstrdup(f->id);

				if (f->section == s)
					rc = add_answer(k, f, path, is_row, v, err);
			}
	}
	return rc;
}

jx_rc check_store(struct check *k, struct jx_error *err)
{
	JX_CLEANUP(free_values) struct values v = {NULL, 0};
	jx_rc rc = add_answers(k, &v, err);

	for (size_t i = 0; i < k->options.count; i++) {
		JX_AUTO_FREE char *path = jx_xasprintf("%c%s.%zu", OPTION, k->options.value[i].opt->name, i);

		add_value(&v, path, k->options.value[i].value);
	}
	if (rc == JX_OK)
		rc = jx_store_begin_draft(k->c->h.store, &k->draft, v.list, v.count, err);
	k->is_stored = rc == JX_OK;
	return rc;
}

jx_rc check_set(struct check *k, const char *path, const char *typed, struct jx_error *err)
{
	const struct jx_draft_value v = {path, typed};
	jx_rc rc = jx_sheet_set(k->sheet, path, typed, err);

	if (rc == JX_OK)
		k->is_new = false;
	return rc == JX_OK && k->is_stored ? jx_store_set_draft(k->c->h.store, k->draft.id, &v, 1, err) : rc;
}

static jx_rc add_stored(void *user, const struct jx_draft_value *v)
{
	if (v->path[0] != OPTION)
		add_value(user, v->path, NULL);
	return JX_OK;
}

/* After rows moved: what is on the disk is replaced as a whole. */
static jx_rc store_again(struct check *k, struct jx_error *err)
{
	JX_CLEANUP(free_values) struct values v = {NULL, 0};
	jx_rc rc;

	k->is_new = false;
	if (!k->is_stored)
		return JX_OK;
	rc = jx_store_each_draft_value(k->c->h.store, k->draft.id, add_stored, &v, err);
	if (rc == JX_OK)
		rc = add_answers(k, &v, err);
	return rc == JX_OK ? jx_store_set_draft(k->c->h.store, k->draft.id, v.list, v.count, err) : rc;
}

jx_rc check_add_row(struct check *k, const char *section, bool is_same_as_last, struct jx_error *err)
{
	const jx_rc rc = jx_sheet_add_row(k->sheet, section, is_same_as_last, err);

	return rc == JX_OK ? store_again(k, err) : rc;
}

jx_rc check_remove_row(struct check *k, const char *section, size_t row, struct jx_error *err)
{
	const jx_rc rc = jx_sheet_remove_row(k->sheet, section, row, err);

	return rc == JX_OK ? store_again(k, err) : rc;
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
		rc = jx_sheet_read(jx_sheet_pack(k->sheet), k->draft.form, k->draft.day, dense.data,
				   dense.len, true, &read, err);
	if (rc != JX_OK)
		return rc;
	jx_sheet_free(k->sheet);
	k->sheet = read;
	return store_again(k, err);
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
