/* jx-office pack: a pack as tables for a spreadsheet, tables as a pack, and what is in one. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

#define WHERE JX_OFFICE__TABLES

/* ---- which pack --------------------------------------------------------------------------------------- */

/* "ten-disorders" or "ten-disorders@1": a pack that is built in, the newest unless a version is told. */
static jx_rc read_builtin(const char *name, jx_buf *out, struct jx_error *err)
{
	const size_t id_len = strcspn(name, "@");
	const char *text;
	size_t len;
	bool is_found = false;

	for (size_t i = 0; jx_pack_builtin_at(i, &text, &len); i++) {
		JX_AUTO(jx_pack) pack = NULL;
		JX_AUTO_FREE char *version = NULL;

		if (jx_pack_load(text, len, &pack, NULL) != JX_OK || strlen(jx_pack_id(pack)) != id_len ||
		    strncmp(jx_pack_id(pack), name, id_len) != 0)
			continue;
		version = jx_xasprintf("@%lld", (long long)jx_pack_version(pack));
		if (name[id_len] != '\0' && strcmp(name + id_len, version) != 0)
			continue;
		jx_buf_reset(out);
		jx_buf_add(out, text, len);
		is_found = true;
	}
	if (!is_found)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "there is no file %s, and no pack of that name is built in", name);
	return jx_buf_check(out, name, err);
}

static jx_rc read_pack(const char *name, jx_buf *text, jx_pack **pack_out, struct jx_error *err)
{
	jx_rc rc;

	jx_buf_init(text, jx_json_pack_limits.max_bytes);
	rc = jx_fs_read_all(jx_os_fs(), name, text, err);
	if (rc == JX_ENOTFOUND && strchr(name, '/') == NULL)
		rc = read_builtin(name, text, err);
	if (rc == JX_OK)
		rc = jx_pack_load(text->data != NULL ? text->data : "", text->len, pack_out, err);
	return rc;
}

/* ---- check -------------------------------------------------------------------------------------------- */

/* How many rows each of its tables has, and forms and indices. */
static void show_counts(const struct office *o, struct jx_office__json *j, const jx_pack *pack,
			const jx_buf *text)
{
	struct jx_office__grids tables;
	JX_AUTO_JSON doc = {0};
	const struct {
		const char *name, *zh;
		size_t count;
	} more[] = {{"forms", "表单", jx_pack_form_count(pack)},
		    {"indices", "指标", jx_pack_index_count(pack)}};

	if (jx_json_parse(text->data, text->len, &jx_json_pack_limits, &doc, NULL) != JX_OK)
		return; /* it was loaded: it can be read */
	jx_office__tables_take(&doc, &tables);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++) {
		const struct jx_office__grid *g = &tables.of[i];
		size_t rows = 0;

		for (size_t row = 0; row < g->row_count; row++)
			rows += !jx_office__grid_is_total(g, row);
		jx_office__json_int(j, g->table->key, (int64_t)rows);
		if (rows > 0)
			office_say(o, "  %6zu  %s %s", rows, g->table->zh, g->table->key);
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		jx_office__json_int(j, more[i].name, (int64_t)more[i].count);
		if (more[i].count > 0)
			office_say(o, "  %6zu  %s %s", more[i].count, more[i].zh, more[i].name);
	}
	jx_office__grids_done(&tables);
}

static void begin_pack(struct jx_office__json *j, const jx_pack *pack)
{
	jx_office__json_begin(j);
	jx_office__json_bool(j, "ok", true);
	jx_office__json_str(j, "id", jx_pack_id(pack));
	jx_office__json_int(j, "version", jx_pack_version(pack));
	jx_office__json_str(j, "valid_from", jx_pack_valid_from(pack));
	jx_office__json_str(j, "name_zh", jx_pack_name(pack)->zh);
	jx_office__json_str(j, "name_en", jx_pack_name(pack)->en);
}

static void end_pack(const struct office *o, struct jx_office__json *j)
{
	if (o->json)
		office_print(j);
	else
		jx_buf_done(&j->b);
}

static int run_check(struct office *o, const char *name)
{
	struct jx_error err = {.code = JX_OK};
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO_BUF text;
	struct jx_office__json j;
	const jx_rc rc = read_pack(name, &text, &pack, &err);

	if (rc != JX_OK)
		return office_fail(o, &err);
	office_say(o, _("%s version %lld, %s, holds from %s"), jx_pack_id(pack),
		   (long long)jx_pack_version(pack), jx_text_pick(jx_pack_name(pack)),
		   jx_pack_valid_from(pack));
	begin_pack(&j, pack);
	show_counts(o, &j, pack, &text);
	end_pack(o, &j);
	return 0;
}

/* ---- tables -------------------------------------------------------------------------------------------- */

static int run_tables(struct office *o, const char *name, const char *dir)
{
	struct jx_error err = {.code = JX_OK};
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO_BUF text;
	struct jx_office__json j;
	int64_t files = 0;
	jx_rc rc = read_pack(name, &text, &pack, &err);

	if (rc == JX_OK)
		rc = jx_office__folder_write(jx_os_fs(), dir, text.data, text.len, &files, &err);
	if (rc != JX_OK)
		return office_fail(o, &err);
	office_say(
		o,
		_("%s version %lld stands in %lld files of %s; raise \"version\" in pack.json when you have changed something"),
		jx_pack_id(pack), (long long)jx_pack_version(pack), (long long)files, dir);
	begin_pack(&j, pack);
	jx_office__json_int(&j, "files", files);
	end_pack(o, &j);
	return 0;
}

/* ---- build -------------------------------------------------------------------------------------------- */

static int tell_mistakes(const struct office *o, const struct jx_office__mistakes *m)
{
	const int status = jx_rc_exit_status(JX_EINVAL);
	struct jx_office__json j;

	for (size_t i = 0; i < m->count && i < JX_OFFICE__MISTAKES_MAX; i++) {
		const struct jx_office__mistake *x = &m->list[i];

		fprintf(stderr, "%s\n", x->text);
		if (!o->json)
			continue;
		jx_office__json_begin(&j);
		jx_office__json_str(&j, "type", "mistake");
		jx_office__json_str(&j, "file", x->file);
		if (x->row > 0)
			jx_office__json_int(&j, "row", x->row);
		jx_office__json_str(&j, "column", x->column);
		jx_office__json_str(&j, "text", x->text);
		office_print(&j);
	}
	if (m->count > JX_OFFICE__MISTAKES_MAX)
		fprintf(stderr, _("... and %zu more"), m->count - JX_OFFICE__MISTAKES_MAX);
	if (m->count > JX_OFFICE__MISTAKES_MAX)
		fputc('\n', stderr);
	fprintf(stderr, _("jx-office: %zu mistakes, no pack was written"), m->count);
	fputc('\n', stderr);
	if (o->json) {
		jx_office__json_begin(&j);
		jx_office__json_bool(&j, "ok", false);
		jx_office__json_str(&j, "error", jx_rc_name(JX_EINVAL));
		jx_office__json_int(&j, "mistakes", (int64_t)m->count);
		jx_office__json_int(&j, "exit_status", status);
		office_print(&j);
	}
	return status;
}

static void tell_built(const struct office *o, const struct jx_office__built *b, const char *file)
{
	struct jx_office__json j;

	if (b->is_unchanged)
		office_say(o, _("%s: %s version %lld, says the same as version %lld before it"), file, b->id,
			   (long long)b->version, (long long)b->origin_version);
	else
		office_say(o, _("%s: %s version %lld"), file, b->id, (long long)b->version);
	if (!o->json)
		return;
	jx_office__json_begin(&j);
	jx_office__json_bool(&j, "ok", true);
	jx_office__json_str(&j, "id", b->id);
	jx_office__json_int(&j, "version", b->version);
	if (b->origin_version > 0)
		jx_office__json_int(&j, "origin_version", b->origin_version);
	jx_office__json_bool(&j, "unchanged", b->is_unchanged);
	office_print(&j);
}

static int run_build(struct office *o, const char *dir, const char *file)
{
	struct jx_error err = {.code = JX_OK};
	struct jx_office__mistakes m = {.count = 0};
	struct jx_office__folder f = {.head = NULL};
	struct jx_office__built built = {.version = 0};
	JX_AUTO_BUF text;
	int status = 0;
	jx_rc rc = jx_office__folder_read(jx_os_fs(), dir, &f, &m, &err);

	jx_buf_init(&text, jx_json_pack_limits.max_bytes);
	if (rc == JX_OK && f.head != NULL)
		rc = jx_office__tables_build(&f, &text, &built, &m, &err);
	if (rc == JX_OK && m.count == 0)
		rc = jx_fs_write_all(jx_os_fs(), file, text.data, text.len, &err);
	if (rc != JX_OK)
		status = office_fail(o, &err);
	else if (m.count > 0)
		status = tell_mistakes(o, &m);
	else
		tell_built(o, &built, file);
	jx_office__folder_done(&f);
	jx_office__mistakes_done(&m);
	return status;
}

static int wrong_use(void)
{
	fprintf(stderr, "%s\n", _("jx-office pack: write build DIR -o FILE, tables FILE DIR, or check FILE"));
	return OFFICE_USAGE;
}

int office_pack(struct office *o, const struct office_args *a)
{
	const char *verb = a->pos[0], *output = office_value(a, "output");

	if (strcmp(verb, "build") == 0 && a->pos_count == 2 && output != NULL)
		return run_build(o, a->pos[1], output);
	if (strcmp(verb, "tables") == 0 && a->pos_count == 3 && output == NULL)
		return run_tables(o, a->pos[1], a->pos[2]);
	if (strcmp(verb, "check") == 0 && a->pos_count == 2 && output == NULL)
		return run_check(o, a->pos[1]);
	return wrong_use();
}
