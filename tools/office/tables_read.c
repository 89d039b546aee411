/* A folder of tables from disk. */
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define FILES_MAX  2000
#define FILE_BYTES ((size_t)64 << 20)
#define BOOK       "tables"

struct names {
	char *list[FILES_MAX];
	size_t count;
};

static void free_names(struct names **n)
{
	for (size_t i = 0; i < (*n)->count; i++)
		free((*n)->list[i]);
	free(*n);
}

static jx_rc add_name(void *arg, const char *name)
{
	struct names *n = arg;

	/* hidden files, and the marks that office programs lay beside an open file */
	if (name[0] == '.' || strncmp(name, "~$", 2) == 0)
		return JX_OK;
	if (n->count == FILES_MAX)
		return JX_ELIMIT;
	n->list[n->count++] = jx_xstrdup(name);
	return JX_OK;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static jx_rc list_names(const struct jx_fs *fs, const char *dir, struct names *out, struct jx_error *err)
{
	const jx_rc rc = fs->list(fs->user, dir, add_name, out, err);

	if (rc == JX_ELIMIT)
		return jx_fail(err, rc, 0, JX_OFFICE__TABLES,
			       "there are more than %d files in %s: name the folder of the tables alone",
			       FILES_MAX, dir);
	/* mistakes come in the same order everywhere */
	if (rc == JX_OK && out->count > 1)
		qsort(out->list, out->count, sizeof(out->list[0]), compare_names);
	return rc;
}

struct read {
	const struct jx_fs *fs;
	const char *dir;
	struct jx_office__folder *f;
	struct jx_office__mistakes *m;
};

static jx_rc read_file(const struct read *r, const char *name, jx_buf *out, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", r->dir, name);

	jx_buf_init(out, FILE_BYTES);
	return jx_fs_read_all(r->fs, path, out, err);
}

/* ---- JSON ------------------------------------------------------------------------------------------------ */

/* The text of a JSON file; NULL with a mistake told if it is not what it should be. */
static jx_rc read_json(const struct read *r, const char *name, enum jx_json_type type, char **out,
		       struct jx_error *err)
{
	struct jx_error wrong = {.code = JX_OK};
	JX_AUTO_JSON doc = {0};
	JX_AUTO_BUF text;
	const char *at;
	size_t len;
	jx_rc rc = read_file(r, name, &text, err);

	if (rc != JX_OK)
		return rc;
	at = text.data != NULL ? text.data : "";
	len = text.len;
	/* a mark that an editor put there */
	if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
		at += 3;
		len -= 3;
	}
	rc = jx_json_parse(at, len, &jx_json_pack_limits, &doc, &wrong);
	if (rc == JX_ENOMEM)
		return jx_fail(err, rc, 0, JX_OFFICE__TABLES, "%s", wrong.text);
	if (rc != JX_OK)
		jx_office__wrong_file(r->m, name, 0, "%s", wrong.text);
	else if (jx_json_type_of(&doc, 0) != type)
		jx_office__wrong_file(r->m, name, 0,
				      type == JX_JSON_ARRAY
					      ? _("must be a JSON list: begin with [ and end with ]")
					      : _("must be a JSON object: begin with { and end with }"));
	else
		*out = jx_xstrndup(at, len);
	return JX_OK;
}

static jx_rc read_form(const struct read *r, const char *id, struct jx_error *err)
{
	JX_AUTO_FREE char *name = jx_xasprintf("forms/%s.json", id);
	JX_AUTO_FREE char *text = NULL;
	JX_AUTO_JSON doc = {0};
	jx_rc rc = strchr(id, '/') != NULL ? JX_ENOTFOUND : read_json(r, name, JX_JSON_OBJECT, &text, err);

	if (rc == JX_ENOTFOUND) {
		jx_office__wrong_file(
			r->m, "pack.json", 0,
			_("\"forms\" names \"%s\", but there is no file %s: correct one of them"), id, name);
		return JX_OK;
	}
	if (rc != JX_OK || text == NULL)
		return rc;
	if (jx_json_parse(text, strlen(text), &jx_json_pack_limits, &doc, NULL) == JX_OK &&
	    !jx_json_str_is(&doc, jx_json_get(&doc, 0, "id"), id))
		jx_office__wrong_file(r->m, name, 0, _("its \"id\" must be \"%s\", as its file is called"),
				      id);
	r->f->form_names[r->f->form_count] = jx_xstrdup(id);
	r->f->forms[r->f->form_count++] = JX_STEAL(text);
	return JX_OK;
}

static bool is_named(const struct jx_office__folder *f, const jx_json *head, const char *file)
{
	const int list = jx_json_get(head, 0, "forms");
	const size_t len = strlen(file);

	(void)f;
	if (len < 5 || strcmp(file + len - 5, ".json") != 0)
		return true; /* no form */
	for (int t = jx_json_first(head, list); t >= 0; t = jx_json_next(head, list, t)) {
		JX_AUTO_FREE char *id = jx_json_strdup(head, t);

		if (id != NULL && strlen(id) == len - 5 && strncmp(id, file, len - 5) == 0)
			return true;
	}
	return false;
}

static jx_rc read_forms(const struct read *r, const jx_json *head, struct jx_error *err)
{
	JX_CLEANUP(free_names) struct names *names = jx_xcalloc(1, sizeof(*names));
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/forms", r->dir);
	const int list = jx_json_get(head, 0, "forms");
	const bool is_list = jx_json_type_of(head, list) == JX_JSON_ARRAY;
	jx_rc rc = list_names(r->fs, dir, names, err);

	if (rc == JX_ENOTFOUND)
		rc = JX_OK;
	if (list >= 0 && !is_list)
		jx_office__wrong_file(r->m, "pack.json", 0,
				      _("\"forms\" must be a list of names of files in the folder forms"));
	r->f->forms = jx_xcalloc(is_list ? head->tok[list].count + 1 : 1, sizeof(*r->f->forms));
	r->f->form_names = jx_xcalloc(is_list ? head->tok[list].count + 1 : 1, sizeof(*r->f->form_names));
	for (int t = is_list ? jx_json_first(head, list) : -1; rc == JX_OK && t >= 0;
	     t = jx_json_next(head, list, t)) {
		JX_AUTO_FREE char *id = jx_json_strdup(head, t);

		if (id != NULL)
			rc = read_form(r, id, err);
		else
			jx_office__wrong_file(
				r->m, "pack.json", 0,
				_("\"forms\" must be a list of names of files in the folder forms"));
	}
	for (size_t i = 0; rc == JX_OK && i < names->count; i++)
		if (!is_named(r->f, head, names->list[i]))
			jx_office__wrong_file(
				r->m, "pack.json", 0,
				_("\"forms\" does not name forms/%s: add it there without .json, or remove the file"),
				names->list[i]);
	return rc;
}

static jx_rc read_head(const struct read *r, struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	jx_rc rc = read_json(r, "pack.json", JX_JSON_OBJECT, &r->f->head, err);

	if (rc == JX_ENOTFOUND)
		return jx_fail(err, rc, 0, JX_OFFICE__TABLES,
			       "there is no pack.json in %s: make the folder with jx-office pack tables",
			       r->dir);
	if (rc == JX_OK && r->f->head != NULL)
		rc = jx_json_parse(r->f->head, strlen(r->f->head), &jx_json_pack_limits, &doc, err);
	if (rc != JX_OK || r->f->head == NULL)
		return rc;
	for (int n = jx_json_first(&doc, 0); n >= 0; n = jx_json_next(&doc, 0, n + 1)) {
		JX_AUTO_FREE char *member = jx_json_strdup(&doc, n);

		if (strcmp(member, "forms") != 0 && !jx_office__is_head(member))
			jx_office__wrong_file(
				r->m, "pack.json", 0,
				_("\"%s\" has a file of its own in this folder: write it there"), member);
	}
	return read_forms(r, &doc, err);
}

/* ---- tables ---------------------------------------------------------------------------------------------- */

/* Twice the same table: which of them holds nobody knows. True: it is. */
static bool is_twice(const struct read *r, const struct jx_office__grid *g, const char *name)
{
	if (g->source == NULL)
		return false;
	jx_office__wrong_file(r->m, name, 0,
			      _("this table stands in %s too: keep the newer one, and remove the other"),
			      g->source);
	return true;
}

static jx_rc read_csv(const struct read *r, struct jx_office__grid *g, const char *name, struct jx_error *err)
{
	struct jx_error wrong = {.code = JX_OK};
	JX_AUTO_BUF raw, text = {0};
	jx_rc rc = read_file(r, name, &raw, err);

	if (rc != JX_OK || is_twice(r, g, name))
		return rc;
	g->source = jx_xstrdup(name);
	jx_buf_init(&text, 2 * FILE_BYTES);
	rc = jx_office__csv_decode(raw.data != NULL ? raw.data : "", raw.len, &text, &wrong);
	if (rc == JX_EINVAL) {
		jx_office__wrong_file(r->m, name, 0, "%s", wrong.text);
		return JX_OK;
	}
	if (rc != JX_OK)
		return jx_fail(err, rc, 0, JX_OFFICE__TABLES, "%s: %s", name, wrong.text);
	jx_office__csv_read(g, text.data != NULL ? text.data : "", r->m);
	return JX_OK;
}

static jx_rc read_book(const struct read *r, struct jx_office__grid *only, const char *name,
		       struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", r->dir, name);

	if (only != NULL && is_twice(r, only, name))
		return JX_OK;
	return jx_office__book_read(path, name, &r->f->tables, only, r->m, err);
}

/* Is it a file of ours, and is it read elsewhere? */
static bool is_json_of_ours(const char *name)
{
	if (strcmp(name, "pack.json") == 0 || strcmp(name, "origin.json") == 0)
		return true;
	for (size_t i = 0; i < JX_OFFICE__PART_COUNT; i++)
		if (strncmp(name, jx_office__parts[i], strlen(jx_office__parts[i])) == 0 &&
		    strcmp(name + strlen(jx_office__parts[i]), ".json") == 0)
			return true;
	return false;
}

static jx_rc read_table(const struct read *r, const char *name, struct jx_error *err)
{
	const char *dot = strrchr(name, '.');
	JX_AUTO_FREE char *stem = jx_xstrndup(name, dot != NULL ? (size_t)(dot - name) : 0);
	const size_t table = jx_office__table_find(stem);
	const bool is_csv = dot != NULL && strcasecmp(dot, ".csv") == 0;
	const bool is_book = dot != NULL && (strcasecmp(dot, ".xlsx") == 0 || strcasecmp(dot, ".ods") == 0);

	if (is_book && strcasecmp(stem, BOOK) == 0)
		return read_book(r, NULL, name, err);
	if (table < JX_OFFICE__TABLE_COUNT && is_csv)
		return read_csv(r, &r->f->tables.of[table], name, err);
	if (table < JX_OFFICE__TABLE_COUNT && is_book)
		return read_book(r, &r->f->tables.of[table], name, err);
	/* a misspelt name must not mean a table less */
	if (is_csv || is_book || (dot != NULL && strcmp(dot, ".json") == 0 && !is_json_of_ours(name)) ||
	    (dot != NULL && strcasecmp(dot, ".xls") == 0))
		jx_office__wrong_file(
			r->m, name, 0,
			_("no table is called so: rename it as jx-office pack tables called it (XLSX, ODS or CSV), or move it elsewhere"));
	return JX_OK;
}

static jx_rc read_tables(const struct read *r, struct jx_error *err)
{
	JX_CLEANUP(free_names) struct names *names = jx_xcalloc(1, sizeof(*names));
	jx_rc rc = list_names(r->fs, r->dir, names, err);

	for (size_t i = 0; rc == JX_OK && i < names->count; i++)
		rc = read_table(r, names->list[i], err);
	return rc;
}

jx_rc jx_office__folder_read(const struct jx_fs *fs, const char *dir, struct jx_office__folder *out,
			     struct jx_office__mistakes *m, struct jx_error *err)
{
	const struct read r = {fs, dir, out, m};
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	jx_office__grids_init(&out->tables);
	rc = read_head(&r, err);
	for (size_t i = 0; rc == JX_OK && i < JX_OFFICE__PART_COUNT; i++) {
		JX_AUTO_FREE char *name = jx_xasprintf("%s.json", jx_office__parts[i]);

		rc = read_json(&r, name, JX_JSON_ARRAY, &out->parts[i], err);
		rc = rc == JX_ENOTFOUND ? JX_OK : rc;
	}
	if (rc == JX_OK)
		rc = read_json(&r, "origin.json", JX_JSON_OBJECT, &out->origin, err);
	rc = rc == JX_ENOTFOUND && out->head != NULL ? JX_OK : rc;
	if (rc == JX_OK)
		rc = read_tables(&r, err);
	return rc;
}
