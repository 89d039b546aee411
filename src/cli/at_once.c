/* What cannot wait and has not reached the server yet. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

struct search {
	const struct cli *c;
	struct cli_at_once *out;
	struct jx_entry entry;
};

static jx_rc look(void *user, const struct jx_log_row *row)
{
	struct search *s = user;
	const struct jx_entry *e = &s->entry;
	const jx_pack *pack;
	const struct jx_form *form;

	if ((row->kind != JX_KIND_OBSERVATION && row->kind != JX_KIND_CORRECTION) || row->is_replaced ||
	    jx_entry_decode(row->bytes, row->len, &s->entry, NULL) != JX_OK)
		return JX_OK;
	pack = jx_packs_version(s->c->h.packs, e->pack, e->pack_version);
	form = pack != NULL ? jx_pack_form_find(pack, e->form) : NULL;
	if (form == NULL || !form->is_at_once)
		return JX_OK;
	if (s->out->waiting++ == 0)
		s->out->first_n = row->n;
	return JX_OK;
}

jx_rc cli_find_at_once(struct cli *c, int64_t receipt_n, struct cli_at_once *out, struct jx_error *err)
{
	const struct jx_log_query q = {.from_n = receipt_n + 1};
	JX_AUTO_FREE struct search *s = jx_xcalloc(1, sizeof(*s));
	jx_rc rc = jx_handheld_open_packs(&c->h, err);

	*out = (struct cli_at_once){.waiting = 0};
	s->c = c;
	s->out = out;
	return rc == JX_OK ? jx_store_each(c->h.store, &q, look, s, err) : rc;
}
