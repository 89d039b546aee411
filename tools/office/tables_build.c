/* The pack that a folder of tables makes, and every mistake in it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

/* Members of pack.json that come first, and in this order; the others follow as they stand there. */
static const char *const opening[] = {"format", "id", "version", "valid_from", "languages", "name", "source"};
#define OPENING_COUNT (sizeof(opening) / sizeof(opening[0]))

/* The rest: tables, parts, forms. Part of the canonical form: a new one goes to the end. */
static const char *const members[] = {"units",   "codes",  "lists",      "shared_sections", "indices",
				      "limits",  "quotas", "verdicts",   "forms",           "variants",
				      "phrases", "cards",  "time_limits"};

static void put_member(jx_buf *out, const char *name, const jx_json *doc, int tok)
{
	const struct jx_bytes raw = jx_json_raw(doc, tok);

	if (out->len > 1)
		jx_buf_addc(out, ',');
	jx_buf_add_json(out, name, strlen(name));
	jx_buf_addc(out, ':');
	jx_buf_add(out, raw.data, raw.len);
}

static bool is_opening(const char *name)
{
	for (size_t i = 0; i < OPENING_COUNT; i++)
		if (strcmp(opening[i], name) == 0)
			return true;
	return false;
}

void jx_office__put_head(const jx_json *doc, jx_buf *out)
{
	for (size_t i = 0; i < OPENING_COUNT; i++) {
		const int tok = jx_json_get(doc, 0, opening[i]);

		if (tok >= 0)
			put_member(out, opening[i], doc, tok);
	}
	for (int n = jx_json_first(doc, 0); n >= 0; n = jx_json_next(doc, 0, n + 1)) {
		JX_AUTO_FREE char *name = jx_json_strdup(doc, n);

		if (jx_office__is_head(name) && !is_opening(name))
			put_member(out, name, doc, n + 1);
	}
}

static void put_forms(const struct jx_office__folder *f, jx_buf *out)
{
	if (f->form_count == 0)
		return;
	jx_buf_adds(out, ",\"forms\":[");
	for (size_t i = 0; i < f->form_count; i++) {
		if (i > 0)
			jx_buf_addc(out, ',');
		jx_buf_adds(out, f->forms[i]);
	}
	jx_buf_addc(out, ']');
}

static void put_part(const struct jx_office__folder *f, const char *member, struct jx_office__languages lang,
		     jx_buf *out, struct jx_office__mistakes *m)
{
	for (size_t i = 0; i < JX_OFFICE__PART_COUNT; i++)
		if (strcmp(jx_office__parts[i], member) == 0 && f->parts[i] != NULL)
			jx_buf_addf(out, ",\"%s\":%s", member, f->parts[i]);
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (jx_office__tables[i].up == NULL && strcmp(jx_office__tables[i].member, member) == 0)
			jx_office__emit_table(&f->tables, i, lang, out, m);
	if (strcmp(member, "forms") == 0)
		put_forms(f, out);
}

static struct jx_office__languages languages_of(const jx_json *head)
{
	const int list = jx_json_get(head, 0, "languages");
	struct jx_office__languages lang = {false, false};

	for (int t = jx_json_first(head, list); t >= 0; t = jx_json_next(head, list, t)) {
		lang.zh = lang.zh || jx_json_str_is(head, t, "zh");
		lang.en = lang.en || jx_json_str_is(head, t, "en");
	}
	/* none of the two: the loader refuses it; until then one text is enough */
	return lang;
}

jx_rc jx_office__tables_join(const struct jx_office__folder *f, jx_buf *out, struct jx_office__mistakes *m,
			     struct jx_error *err)
{
	const size_t before = m->count;
	JX_AUTO_JSON head = {0}, doc = {0};
	JX_AUTO_BUF text;
	jx_rc rc = jx_json_parse(f->head, strlen(f->head), &jx_json_pack_limits, &head, err);

	if (rc != JX_OK)
		return rc;
	jx_buf_init(&text, 2 * jx_json_pack_limits.max_bytes);
	jx_buf_addc(&text, '{');
	jx_office__put_head(&head, &text);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		put_part(f, members[i], languages_of(&head), &text, m);
	jx_buf_addc(&text, '}');
	rc = jx_buf_check(&text, "pack", err);
	if (rc != JX_OK || m->count > before)
		return rc;
	rc = jx_json_parse(text.data, text.len, &jx_json_pack_limits, &doc, err);
	if (rc != JX_OK)
		return rc;
	jx_office__pretty(&doc, 0, out);
	jx_buf_addc(out, '\n');
	return jx_buf_check(out, "pack", err);
}

/* ---- against the pack before ------------------------------------------------------------------------------ */

/* origin.json, or the newest built-in pack of the id. NULL: there is none. */
static char *find_origin(const struct jx_office__folder *f, const char *id)
{
	const char *text, *newest = NULL;
	size_t len, newest_len = 0;

	if (f->origin != NULL) {
		JX_AUTO_JSON doc = {0};

		if (jx_json_parse(f->origin, strlen(f->origin), &jx_json_pack_limits, &doc, NULL) == JX_OK)
			/* under another id it is another pack, and owes the old one nothing */
			return jx_json_str_is(&doc, jx_json_get(&doc, 0, "id"), id) ? jx_xstrdup(f->origin)
										    : NULL;
	}
	for (size_t i = 0; jx_pack_builtin_at(i, &text, &len); i++) {
		JX_AUTO_JSON doc = {0};

		if (jx_json_parse(text, len, &jx_json_pack_limits, &doc, NULL) == JX_OK &&
		    jx_json_str_is(&doc, jx_json_get(&doc, 0, "id"), id)) {
			newest = text;
			newest_len = len;
		}
	}
	return newest != NULL ? jx_xstrndup(newest, newest_len) : NULL;
}

static void check_origin(const struct jx_office__folder *f, const jx_json *origin, const char *id,
			 int64_t version, struct jx_office__mistakes *m)
{
	JX_AUTO_FREE char *name = jx_xasprintf("%s %lld", id, (long long)version);
	struct jx_office__grids before;

	jx_office__tables_take(origin, &before);
	jx_office__tables_check_origin(&f->tables, &before, name, m);
	jx_office__grids_done(&before);
}

/* What a device would say of it beside the packs that it has. */
static void check_set(jx_pack **pack, struct jx_office__mistakes *m)
{
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = jx_packs_new(&packs, &err);

	if (rc == JX_OK)
		rc = jx_packs_add(packs, *pack, &err);
	if (rc == JX_OK)
		*pack = NULL; /* the set's */
	else
		jx_office__wrong_file(m, "pack.json", 0, "%s", err.text);
}

static jx_rc check_pack(const struct jx_office__folder *f, const jx_buf *text, const jx_json *origin,
			struct jx_office__built *built, struct jx_office__mistakes *m, struct jx_error *err)
{
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO_JSON doc = {0};
	struct jx_error wrong = {.code = JX_OK};
	char place[320];
	jx_rc rc = jx_pack_load(text->data, text->len, &pack, &wrong);

	if (rc == JX_ENOMEM)
		return jx_fail(err, rc, 0, JX_OFFICE__TABLES, "%s", wrong.text);
	if (rc != JX_OK) {
		jx_office__wrong_place(f, wrong.text, m);
		return JX_OK;
	}
	if (origin == NULL) {
		check_set(&pack, m);
		return JX_OK;
	}
	rc = jx_json_parse(text->data, text->len, &jx_json_pack_limits, &doc, err);
	if (rc != JX_OK)
		return rc;
	built->is_unchanged = jx_office__same(origin, 0, &doc, 0, place, sizeof(place));
	if (!built->is_unchanged && built->version <= built->origin_version)
		jx_office__wrong_file(
			m, "pack.json", 0,
			_("\"version\" is %lld, and %s differs from version %lld: write \"version\": %lld, devices refuse another pack of the same number"),
			(long long)built->version, place, (long long)built->origin_version,
			(long long)built->origin_version + 1);
	else if (!built->is_unchanged)
		check_set(&pack, m);
	return JX_OK;
}

jx_rc jx_office__tables_build(const struct jx_office__folder *f, jx_buf *out,
			      struct jx_office__built *built_out, struct jx_office__mistakes *m,
			      struct jx_error *err)
{
	JX_AUTO_JSON head = {0}, origin = {0};
	JX_AUTO_FREE char *origin_text = NULL;
	jx_rc rc = jx_json_parse(f->head, strlen(f->head), &jx_json_pack_limits, &head, err);

	memset(built_out, 0, sizeof(*built_out));
	if (rc != JX_OK)
		return rc;
	(void)jx_json_str(&head, jx_json_get(&head, 0, "id"), built_out->id, sizeof(built_out->id));
	(void)jx_json_i64(&head, jx_json_get(&head, 0, "version"), &built_out->version);
	origin_text = find_origin(f, built_out->id);
	if (origin_text != NULL)
		rc = jx_json_parse(origin_text, strlen(origin_text), &jx_json_pack_limits, &origin, err);
	if (rc != JX_OK)
		return rc;
	if (origin_text != NULL) {
		(void)jx_json_i64(&origin, jx_json_get(&origin, 0, "version"), &built_out->origin_version);
		check_origin(f, &origin, built_out->id, built_out->origin_version, m);
	}
	jx_office__tables_check(f, m);
	rc = jx_office__tables_join(f, out, m, err);
	return rc == JX_OK && m->count == 0
		       ? check_pack(f, out, origin_text != NULL ? &origin : NULL, built_out, m, err)
		       : rc;
}
