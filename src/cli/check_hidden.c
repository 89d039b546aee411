/* Answers that the other answers made pointless: typed, but not asked for any more. They are told, and not recorded. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hidden {
	const struct check *k;
	check_hidden_fn fn;
	void *user;
	size_t count;
};

static void look(struct hidden *h, const struct jx_field *f, const char *path)
{
	char value[JX_DRAFT_VALUE_MAX];

	if (jx_sheet_is_shown(h->k->sheet, path) ||
	    jx_sheet_get(h->k->sheet, path, value, sizeof(value), NULL) != JX_OK || value[0] == '\0')
		return;
	/* a default is nobody's answer */
	if (f->fallback != NULL && strcmp(f->fallback, value) == 0)
		return;
	h->count++;
	h->fn(h->user, f, path, value);
}

size_t check_each_hidden(const struct check *k, check_hidden_fn fn, void *user)
{
	const struct jx_form *form = jx_sheet_form(k->sheet);
	struct hidden h = {.k = k, .fn = fn, .user = user};

	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];
		const struct jx_section *s = &form->sections[f->section];
		const size_t rows = s->is_repeat ? jx_sheet_rows(k->sheet, s->id) : 1;

		/* a photo is the entry's, and what rows count is nobody's answer */
		if (f->type == JX_FIELD_PHOTO || f->is_counted)
			continue;
		for (size_t row = 1; row <= rows; row++) {
			JX_AUTO_FREE char *path = s->is_repeat ? jx_xasprintf("%s[%zu].%s", s->id, row, f->id)
							       : jx_xstrdup(f->id);

			look(&h, f, path);
		}
	}
	return h.count;
}

static void tell(void *user, const struct jx_field *f, const char *path, const char *value)
{
	(void)user;
	fprintf(stderr,
		_("jx: %s (%s): \"%s\" is left out, for the other answers leave no room for this question"),
		jx_text_pick(&f->name), path, value);
	fputc('\n', stderr);
}

void check_tell_hidden(const struct check *k)
{
	(void)check_each_hidden(k, tell, NULL);
}

static void add(void *user, const struct jx_field *f, const char *path, const char *value)
{
	jx_buf *out = user;

	(void)f;
	jx_buf_addf(out, "%s{\"path\":\"%s\",\"value\":", out->len > 1 ? "," : "", path);
	jx_buf_add_json(out, value, strlen(value));
	jx_buf_addc(out, '}');
}

void check_hidden_json(const struct check *k, jx_buf *out)
{
	jx_buf_addc(out, '[');
	(void)check_each_hidden(k, add, out);
	jx_buf_addc(out, ']');
}
