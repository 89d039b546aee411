/* A folder of tables in memory: made of a pack, and put on disk. */
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define TEXT_MAX (2 * jx_json_pack_limits.max_bytes)

void jx_office__folder_done(struct jx_office__folder *f)
{
	free(f->head);
	for (size_t i = 0; i < JX_OFFICE__PART_COUNT; i++)
		free(f->parts[i]);
	for (size_t i = 0; i < f->form_count; i++) {
		free(f->forms[i]);
		free(f->form_names[i]);
	}
	free(f->forms);
	free(f->form_names);
	free(f->origin);
	jx_office__grids_done(&f->tables);
	memset(f, 0, sizeof(*f));
}

/* Canonical text of a value, with a line feed behind it. */
static char *pretty_text(const jx_json *doc, int tok)
{
	jx_buf b;

	jx_buf_init(&b, TEXT_MAX);
	jx_office__pretty(doc, tok, &b);
	jx_buf_addc(&b, '\n');
	if (b.rc != JX_OK)
		jx_end_without_memory();
	return b.data;
}

static void take_forms(const jx_json *pack, struct jx_office__folder *out)
{
	const int list = jx_json_get(pack, 0, "forms");
	const size_t count = jx_json_type_of(pack, list) == JX_JSON_ARRAY ? pack->tok[list].count : 0;

	out->forms = jx_xcalloc(count + 1, sizeof(*out->forms));
	out->form_names = jx_xcalloc(count + 1, sizeof(*out->form_names));
	for (int t = jx_json_first(pack, list); t >= 0; t = jx_json_next(pack, list, t)) {
		char *id = jx_json_strdup(pack, jx_json_get(pack, t, "id"));

		out->form_names[out->form_count] = id != NULL ? id : jx_xstrdup("");
		out->forms[out->form_count++] = pretty_text(pack, t);
	}
}

/* pack.json: the opening, what else is no table, and which forms there are in which order. */
static char *take_head(const jx_json *pack, const struct jx_office__folder *f)
{
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF b;

	jx_buf_init(&b, TEXT_MAX);
	jx_buf_addc(&b, '{');
	jx_office__put_head(pack, &b);
	for (size_t i = 0; i < f->form_count; i++) {
		jx_buf_adds(&b, i > 0 ? "," : ",\"forms\":[");
		jx_buf_add_json(&b, f->form_names[i], strlen(f->form_names[i]));
	}
	jx_buf_adds(&b, f->form_count > 0 ? "]}" : "}");
	if (b.rc != JX_OK || jx_json_parse(b.data, b.len, &jx_json_pack_limits, &doc, NULL) != JX_OK)
		jx_end_without_memory(); /* parts of a document that was read before */
	return pretty_text(&doc, 0);
}

void jx_office__folder_take(const jx_json *pack, struct jx_office__folder *out)
{
	memset(out, 0, sizeof(*out));
	take_forms(pack, out);
	for (size_t i = 0; i < JX_OFFICE__PART_COUNT; i++) {
		const int tok = jx_json_get(pack, 0, jx_office__parts[i]);

		if (tok >= 0 && jx_json_first(pack, tok) >= 0)
			out->parts[i] = pretty_text(pack, tok);
	}
	out->head = take_head(pack, out);
	jx_office__tables_take(pack, &out->tables);
}

jx_rc jx_office__canonical(const char *text, size_t len, jx_buf *out, struct jx_error *err)
{
	struct jx_office__mistakes m = {.count = 0};
	JX_AUTO_JSON doc = {0}, made = {0};
	struct jx_office__folder f;
	char place[320] = "";
	jx_rc rc = jx_json_parse(text, len, &jx_json_pack_limits, &doc, err);

	if (rc != JX_OK)
		return rc;
	jx_office__folder_take(&doc, &f);
	rc = jx_office__tables_join(&f, out, &m, err);
	if (rc == JX_OK && m.count > 0)
		rc = jx_fail(err, JX_EINVAL, 0, JX_OFFICE__TABLES, "pack cannot be kept in tables: %s",
			     m.list[0].text);
	if (rc == JX_OK)
		rc = jx_json_parse(out->data, out->len, &jx_json_pack_limits, &made, err);
	if (rc == JX_OK && !jx_office__same(&doc, 0, &made, 0, place, sizeof(place)))
		rc = jx_fail(
			err, JX_EINVAL, 0, JX_OFFICE__TABLES,
			"pack cannot be kept in tables: something of %s would be lost; edit this pack as JSON",
			place);
	jx_office__folder_done(&f);
	jx_office__mistakes_done(&m);
	return rc;
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static jx_rc find_any(void *arg, const char *name)
{
	bool *is_there = arg;

	(void)name;
	*is_there = true;
	return JX_OK;
}

static jx_rc make_empty(const struct jx_fs *fs, const char *dir, struct jx_error *err)
{
	bool is_there = false;
	jx_rc rc = fs->list(fs->user, dir, find_any, &is_there, err);

	if (rc == JX_ENOTFOUND)
		return fs->make_dir(fs->user, dir, err);
	if (rc == JX_OK && is_there)
		rc = jx_fail(
			err, JX_EEXISTS, 0, JX_OFFICE__TABLES,
			"there is something in %s, perhaps tables that somebody edited: name a new folder",
			dir);
	return rc;
}

static jx_rc write_file(const struct jx_fs *fs, const char *dir, const char *name, const char *data,
			size_t len, int64_t *files, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", dir, name);

	(*files)++;
	return jx_fs_write_all(fs, path, data, len, err);
}

static jx_rc write_tables(const struct jx_fs *fs, const char *dir, const struct jx_office__grids *t,
			  int64_t *files, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; rc == JX_OK && i < JX_OFFICE__TABLE_COUNT; i++) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, 4 * jx_json_pack_limits.max_bytes);
		jx_office__csv_write(&t->of[i], &b);
		rc = jx_buf_check(&b, t->of[i].source, err);
		if (rc == JX_OK)
			rc = write_file(fs, dir, t->of[i].source, b.data, b.len, files, err);
	}
	return rc;
}

static jx_rc write_json(const struct jx_fs *fs, const char *dir, const struct jx_office__folder *f,
			int64_t *files, struct jx_error *err)
{
	JX_AUTO_FREE char *forms = jx_xasprintf("%s/forms", dir);
	jx_rc rc = f->form_count > 0 ? fs->make_dir(fs->user, forms, err) : JX_OK;

	for (size_t i = 0; rc == JX_OK && i < f->form_count; i++) {
		JX_AUTO_FREE char *name = jx_xasprintf("%s.json", f->form_names[i]);

		rc = write_file(fs, forms, name, f->forms[i], strlen(f->forms[i]), files, err);
	}
	for (size_t i = 0; rc == JX_OK && i < JX_OFFICE__PART_COUNT; i++) {
		JX_AUTO_FREE char *name = jx_xasprintf("%s.json", jx_office__parts[i]);

		if (f->parts[i] != NULL)
			rc = write_file(fs, dir, name, f->parts[i], strlen(f->parts[i]), files, err);
	}
	return rc;
}

jx_rc jx_office__folder_write(const struct jx_fs *fs, const char *dir, const char *text, size_t len,
			      int64_t *files_out, struct jx_error *err)
{
	JX_AUTO_BUF canonical;
	JX_AUTO_JSON doc = {0};
	struct jx_office__folder f;
	int64_t files = 0;
	jx_rc rc;

	/* before anything is written: nothing of the pack may be lost on the way */
	jx_buf_init(&canonical, TEXT_MAX);
	rc = jx_office__canonical(text, len, &canonical, err);
	if (rc == JX_OK)
		rc = jx_json_parse(canonical.data, canonical.len, &jx_json_pack_limits, &doc, err);
	if (rc == JX_OK)
		rc = make_empty(fs, dir, err);
	if (rc != JX_OK)
		return rc;
	jx_office__folder_take(&doc, &f);
	rc = write_tables(fs, dir, &f.tables, &files, err);
	if (rc == JX_OK)
		rc = write_json(fs, dir, &f, &files, err);
	if (rc == JX_OK)
		rc = write_file(fs, dir, "origin.json", text, len, &files, err);
	/* last: without it a folder that was cut off half way is none */
	if (rc == JX_OK)
		rc = write_file(fs, dir, "pack.json", f.head, strlen(f.head), &files, err);
	if (rc == JX_OK)
		*files_out = files;
	jx_office__folder_done(&f);
	return rc;
}
