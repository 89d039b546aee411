/* What a stamped copy says against the journal, while the journal is checked: a true line in a false log proves nothing. */
#include <stdio.h>
#include <string.h>

#include "verify_private.h"

/* A journal knows a writer by its id: of the number on the stamp only what follows the short code can be compared. */
static void number_of(const struct jx_stamp_code *stamp, int64_t n, char out[JX_OFFICE__NUMBER_MAX + 24])
{
	const char *hyphen = strrchr(stamp->number, '-');
	const int len = hyphen == NULL ? 0 : (int)(hyphen - stamp->number) + 1;

	(void)snprintf(out, JX_OFFICE__NUMBER_MAX + 24, "%.*s%lld", len, stamp->number, (long long)n);
}

void jx_office__check_stamp(struct jx_office__check *c, int64_t n)
{
	const struct jx_item *item = &c->item;
	char number[JX_OFFICE__NUMBER_MAX + 24];
	struct jx_entry e;
	size_t photo = 0;

	if (c->stamp == NULL || item->entry.data == NULL ||
	    jx_entry_decode_storing(item->entry.data, item->entry.len, &e, NULL) != JX_OK ||
	    memcmp(e.id, c->stamp->id, sizeof(e.id)) != 0)
		return;
	number_of(c->stamp, n, number);
	c->v->has_stamped = true;
	c->v->stamp_error = (struct jx_error){.code = JX_OK};
	if (jx_stamp_code_check(c->stamp, number, item->entry.data, item->entry.len, &photo,
				&c->v->stamp_error) == JX_OK &&
	    jx_entry_decode(item->entry.data, item->entry.len, &e, NULL) == JX_OK)
		jx_strcpy(c->v->stamp_role, sizeof(c->v->stamp_role), e.photos[photo].role);
}
