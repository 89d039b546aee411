/* What is filled in, on the disk: each answer in a transaction of its own, rows that moved as a whole. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#define WHERE "jx.check"

/* ---- options --------------------------------------------------------------------------------------- */

void jx_fill__keep_option(struct jx_fill *f, const char *name, const char *value)
{
	if (f->option_count == JX_FILL_OPTIONS_MAX)
		return; /* as many as a command line may have: checked where they are taken */
	f->options = jx_xreallocarray(f->options, f->option_count + 1, sizeof(*f->options));
	f->options[f->option_count++] = (struct jx_fill_option){jx_xstrdup(name), jx_xstrdup(value)};
}

jx_rc jx_fill_add_option(jx_store *store, struct jx_fill *f, const char *name, const char *value,
			 struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%c%s.%zu", JX_FILL__OPTION, name, f->option_count);
	const struct jx_draft_value v = {path, value};
	jx_rc rc = JX_OK;

	if (f->option_count == JX_FILL_OPTIONS_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "this check has too many options: begin another one");
	if (f->is_stored)
		rc = jx_store_set_draft(store, f->draft.id, &v, 1, err);
	if (rc == JX_OK)
		jx_fill__keep_option(f, name, value);
	return rc;
}

const char *jx_fill_option(const struct jx_fill *f, const char *name)
{
	for (size_t i = f->option_count; i > 0; i--)
		if (strcmp(f->options[i - 1].name, name) == 0)
			return f->options[i - 1].value;
	return NULL;
}

void jx_fill_put_option(struct jx_fill *f, const char *name, const char *value)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->option_count; i++) {
		if (strcmp(f->options[i].name, name) != 0) {
			f->options[kept++] = f->options[i];
			continue;
		}
		free(f->options[i].name);
		free(f->options[i].value);
	}
	f->option_count = kept;
	if (value != NULL && value[0] != '\0')
		jx_fill__keep_option(f, name, value);
}

const char *jx_fill_photo_role(const char *value)
{
	const char *colon = strrchr(value, ':');

	return colon != NULL && colon[1] != '\0' && strpbrk(colon + 1, "/.") == NULL ? colon + 1 : "close";
}

size_t jx_fill_roles(const struct jx_fill *f, const char *roles[JX_PHOTOS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < f->option_count && n < JX_PHOTOS_MAX; i++)
		if (strcmp(f->options[i].name, "photo") == 0)
			roles[n++] = jx_fill_photo_role(f->options[i].value);
	return n;
}

/* ---- writing --------------------------------------------------------------------------------------- */

void jx_fill_values_free(struct jx_fill_values *v)
{
	for (size_t i = 0; i < v->count; i++) {
		free((void *)(uintptr_t)v->list[i].path);
		free((void *)(uintptr_t)v->list[i].value);
	}
	free(v->list);
	*v = (struct jx_fill_values){NULL, 0};
}

void jx_fill_values_add(struct jx_fill_values *v, const char *path, const char *value)
{
	v->list = jx_xreallocarray(v->list, v->count + 1, sizeof(*v->list));
	v->list[v->count].path = jx_xstrdup(path);
	v->list[v->count].value = value != NULL ? jx_xstrdup(value) : NULL;
	v->count++;
}

/* Every answer; "" too, where a default or a row would come back without it. */
static jx_rc add_answer(const struct jx_fill *fill, const struct jx_field *f, const char *path, bool is_row,
			struct jx_fill_values *v, struct jx_error *err)
{
	char value[JX_DRAFT_VALUE_MAX];
	const jx_rc rc = jx_sheet_get(fill->sheet, path, value, sizeof(value), err);

	if (rc == JX_OK && f->type != JX_FIELD_PHOTO && (value[0] != '\0' || is_row || f->fallback != NULL))
		jx_fill_values_add(v, path, value);
	return rc;
}

static jx_rc add_answers(const struct jx_fill *fill, struct jx_fill_values *v, struct jx_error *err)
{
	const struct jx_form *form = jx_sheet_form(fill->sheet);
	jx_rc rc = JX_OK;

	for (size_t s = 0; s < form->section_count; s++) {
		const bool is_row = form->sections[s].is_repeat;
		const size_t rows = is_row ? jx_sheet_rows(fill->sheet, form->sections[s].id) : 1;

		for (size_t row = 1; row <= rows; row++)
			for (size_t i = 0; i < form->field_count && rc == JX_OK; i++) {
				const struct jx_field *f = &form->fields[i];
				JX_AUTO_FREE char *path =
					is_row ? jx_xasprintf("%s[%zu].%s", form->sections[s].id, row, f->id)
					       : jx_xstrdup(f->id);

				if (f->section == s)
					rc = add_answer(fill, f, path, is_row, v, err);
			}
	}
	return rc;
}

jx_rc jx_fill_values_of(const struct jx_fill *fill, struct jx_fill_values *values, struct jx_error *err)
{
	const jx_rc rc = add_answers(fill, values, err);

	for (size_t i = 0; i < fill->option_count; i++) {
		JX_AUTO_FREE char *path = jx_xasprintf("%c%s.%zu", JX_FILL__OPTION, fill->options[i].name, i);

		jx_fill_values_add(values, path, fill->options[i].value);
	}
	return rc;
}

static jx_rc take_back(void *user, const struct jx_draft_value *v)
{
	jx_fill_values_add(user, v->path, NULL);
	return JX_OK;
}

jx_rc jx_fill_write(jx_store *store, const struct jx_draft *draft, const struct jx_fill_values *values,
		    struct jx_error *err)
{
	JX_CLEANUP(jx_fill_values_free) struct jx_fill_values all = {NULL, 0};
	struct jx_draft there;
	jx_rc rc = jx_store_draft(store, draft->id, &there, err);

	if (rc == JX_ENOTFOUND)
		return jx_store_begin_draft(store, draft, values->list, values->count, err);
	if (rc == JX_OK)
		rc = jx_store_each_draft_value(store, draft->id, take_back, &all, err);
	for (size_t i = 0; rc == JX_OK && i < values->count; i++)
		jx_fill_values_add(&all, values->list[i].path, values->list[i].value);
	return rc == JX_OK ? jx_store_set_draft(store, draft->id, all.list, all.count, err) : rc;
}

jx_rc jx_fill_store(jx_store *store, struct jx_fill *fill, struct jx_error *err)
{
	JX_CLEANUP(jx_fill_values_free) struct jx_fill_values v = {NULL, 0};
	jx_rc rc = jx_fill_values_of(fill, &v, err);

	if (rc == JX_OK)
		rc = jx_store_begin_draft(store, &fill->draft, v.list, v.count, err);
	fill->is_stored = rc == JX_OK;
	return rc;
}

jx_rc jx_fill_set(jx_store *store, struct jx_fill *fill, const char *path, const char *typed,
		  struct jx_error *err)
{
	const struct jx_draft_value v = {path, typed};
	jx_rc rc = jx_sheet_set(fill->sheet, path, typed, err);

	if (rc == JX_OK)
		fill->is_new = false;
	return rc == JX_OK && fill->is_stored ? jx_store_set_draft(store, fill->draft.id, &v, 1, err) : rc;
}

/* After rows moved. */
static jx_rc store_again(jx_store *store, struct jx_fill *fill, struct jx_error *err)
{
	JX_CLEANUP(jx_fill_values_free) struct jx_fill_values v = {NULL, 0};
	jx_rc rc;

	fill->is_new = false;
	if (!fill->is_stored)
		return JX_OK;
	rc = jx_fill_values_of(fill, &v, err);
	return rc == JX_OK ? jx_fill_write(store, &fill->draft, &v, err) : rc;
}

jx_rc jx_fill_add_row(jx_store *store, struct jx_fill *fill, const char *section, bool is_same_as_last,
		      struct jx_error *err)
{
	const jx_rc rc = jx_sheet_add_row(fill->sheet, section, is_same_as_last, err);

	return rc == JX_OK ? store_again(store, fill, err) : rc;
}

jx_rc jx_fill_remove_row(jx_store *store, struct jx_fill *fill, const char *section, size_t row,
			 struct jx_error *err)
{
	const jx_rc rc = jx_sheet_remove_row(fill->sheet, section, row, err);

	return rc == JX_OK ? store_again(store, fill, err) : rc;
}

jx_rc jx_fill_replace(jx_store *store, struct jx_fill *fill, jx_sheet *sheet, struct jx_error *err)
{
	jx_sheet_free(fill->sheet);
	fill->sheet = sheet;
	return store_again(store, fill, err);
}
