/* Answers that the other answers made pointless: typed, but not asked for any more. They are told, and not recorded. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

struct hidden {
	const struct jx_fill *fill;
	jx_fill_hidden_fn fn;
	void *user;
	size_t count;
};

static void look(struct hidden *h, const struct jx_field *f, const char *path)
{
	char value[JX_DRAFT_VALUE_MAX];

	if (jx_sheet_is_shown(h->fill->sheet, path) ||
	    jx_sheet_get(h->fill->sheet, path, value, sizeof(value), NULL) != JX_OK || value[0] == '\0')
		return;
	/* a default is nobody's answer */
	if (f->fallback != NULL && strcmp(f->fallback, value) == 0)
		return;
	h->count++;
	h->fn(h->user, f, path, value);
}

size_t jx_fill_each_hidden(const struct jx_fill *fill, jx_fill_hidden_fn fn, void *user)
{
	const struct jx_form *form = jx_sheet_form(fill->sheet);
	struct hidden h = {.fill = fill, .fn = fn, .user = user};

	for (size_t i = 0; i < form->field_count; i++) {
		const struct jx_field *f = &form->fields[i];
		const struct jx_section *s = &form->sections[f->section];
		const size_t rows = s->is_repeat ? jx_sheet_rows(fill->sheet, s->id) : 1;

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
