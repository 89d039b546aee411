/* Compositions that begin with an entry: corrections, and the picture after. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

#define WHERE "compose.entry"

struct found {
	struct jx_compose *c;
	struct jx_handheld *h;
	struct jx_entry entry;
	uint8_t id[JX_ID_BYTES]; /* of the row */
	bool is_check;
};

static void copy_answers(struct found *f, const struct jx_answers_brief *b)
{
	struct jx_compose *c = f->c;

	jx_strcpy(c->result, sizeof(c->result), b->result);
	jx_strcpy(c->code, sizeof(c->code), b->code);
	jx_strcpy(c->quantity, sizeof(c->quantity), b->quantity);
	jx_strcpy(c->unit, sizeof(c->unit), b->unit);
	jx_strcpy(c->note, sizeof(c->note), b->note);
	jx_strcpy(c->party, sizeof(c->party), b->party);
	jx_strcpy(c->unit_responsible, sizeof(c->unit_responsible), b->unit_responsible);
	jx_strcpy(c->measures, sizeof(c->measures), b->measures);
	jx_strcpy(c->party_kind, sizeof(c->party_kind), b->party_kind);
	if (b->limit_days > 0) {
		JX_AUTO_FREE char *days = jx_xasprintf("%lld", (long long)b->limit_days);

		jx_strcpy(c->limit_days, sizeof(c->limit_days), days);
	}
	if (b->is_self_handled)
		jx_strcpy(c->self_handled, sizeof(c->self_handled), "yes");
}

static void copy_place(struct jx_compose *c, const struct jx_entry *e)
{
	jx_strcpy(c->street, sizeof(c->street), e->street);
	jx_strcpy(c->grid, sizeof(c->grid), e->grid);
}

static jx_rc read_row(void *user, const struct jx_log_row *row)
{
	struct found *f = user;
	JX_AUTO_FREE struct jx_answers_brief *brief = jx_xcalloc(1, sizeof(*brief));
	const jx_pack *pack;
	jx_rc rc = jx_entry_decode(row->bytes, row->len, &f->entry, NULL);

	/* as it is now: nothing of the version before */
	jx_compose_new(&f->h->profile, f->c);
	f->is_check = false;
	memcpy(f->id, row->id, JX_ID_BYTES);
	if (rc != JX_OK || f->entry.answers.data == NULL)
		return rc;
	pack = jx_packs_version(f->h->packs, f->entry.pack, f->entry.pack_version);
	if (pack == NULL)
		pack = f->h->pack;
	if (jx_pack_form(pack) == NULL || strcmp(jx_pack_form(pack), f->entry.form) != 0) {
		f->is_check = true;
		return JX_OK;
	}
	rc = jx_form_brief(pack, f->entry.answers.data, f->entry.answers.len, brief, NULL);
	if (rc == JX_OK)
		copy_answers(f, brief);
	f->entry.answers = (struct jx_bytes){.data = NULL}; /* of the row, which ends here */
	return rc;
}

/* The newest version of it: a correction names the one before it, and each step leads to a later entry, so this ends. */
static jx_rc find(struct jx_handheld *h, const uint8_t id[JX_ID_BYTES], struct found *f, struct jx_error *err)
{
	jx_rc rc = jx_handheld_open_recorder(h, err);

	f->h = h;
	if (rc == JX_OK)
		rc = jx_store_by_id(h->store, id, read_row, f, err);
	if (rc != JX_OK)
		return rc;
	while (rc == JX_OK) {
		uint8_t last[JX_ID_BYTES];

		memcpy(last, f->id, sizeof(last));
		rc = jx_store_replacing(h->store, last, read_row, f, err);
		if (rc == JX_OK && f->entry.kind != JX_KIND_CORRECTION)
			return jx_fail(
				err, JX_ESTATE, 0, WHERE,
				"it was withdrawn: what was taken back is not changed any more; log it anew");
	}
	if (rc != JX_ENOTFOUND)
		return rc;
	if (f->is_check || f->entry.form[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "this entry is no observation of street disorder: open it in its own form");
	return JX_OK;
}

jx_rc jx_compose_correct(struct jx_handheld *h, const uint8_t of_id[JX_ID_BYTES], struct jx_compose *out,
			 struct jx_error *err)
{
	JX_AUTO_FREE struct jx_compose *c = jx_xcalloc(1, sizeof(*c));
	JX_AUTO_FREE struct found *f = jx_xcalloc(1, sizeof(*f));
	jx_rc rc;

	f->c = c;
	rc = find(h, of_id, f, err);
	if (rc != JX_OK)
		return rc;
	/* content replaces it as a whole: so what is not changed has to be said again, place and pictures too */
	jx_uuid_format(of_id, c->of);
	c->fix = f->entry.fix;
	copy_place(c, &f->entry);
	if (f->entry.source[0] != '\0')
		jx_strcpy(c->source, sizeof(c->source), f->entry.source);
	for (size_t i = 0; i < f->entry.photo_count; i++) {
		const struct jx_photo_ref *p = &f->entry.photos[i];
		struct jx_compose_photo *to = &c->photos[c->photo_count++];

		jx_strcpy(to->role, sizeof(to->role), p->role);
		jx_strcpy(to->how, sizeof(to->how), p->how);
		memcpy(to->sha256, p->sha256, JX_HASH_BYTES);
		if (jx_photo_has_before(p))
			jx_hex(p->before_sha256, JX_HASH_BYTES, c->before);
	}
	*out = *c;
	return JX_OK;
}

const struct jx_photo_ref *jx_compose_before(const struct jx_entry *e, const char *role)
{
	static const char *const roles[] = {"before", "close"};
	const struct jx_photo_ref *found = NULL;
	size_t count = 0;

	for (size_t k = 0; k < sizeof(roles) / sizeof(roles[0]) && count == 0; k++) {
		const char *wanted = role != NULL ? role : roles[k];

		for (size_t i = 0; i < e->photo_count; i++)
			if (strcmp(e->photos[i].role, wanted) == 0) {
				found = &e->photos[i];
				count++;
			}
	}
	if (count == 0 && role == NULL && e->photo_count == 1)
		return &e->photos[0];
	return count == 1 ? found : NULL;
}

jx_rc jx_compose_after(struct jx_handheld *h, const uint8_t before_id[JX_ID_BYTES], struct jx_compose *out,
		       struct jx_error *err)
{
	JX_AUTO_FREE struct jx_compose *c = jx_xcalloc(1, sizeof(*c));
	JX_AUTO_FREE struct found *f = jx_xcalloc(1, sizeof(*f));
	const struct jx_photo_ref *before;
	struct jx_compose fresh;
	jx_rc rc;

	f->c = c;
	rc = find(h, before_id, f, err);
	if (rc != JX_OK)
		return rc;
	before = jx_compose_before(&f->entry, NULL);
	if (before == NULL)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"this entry has no photo that the one of after could be laid over: log the spot anew");
	jx_compose_new(&h->profile, &fresh);
	jx_strcpy(fresh.code, sizeof(fresh.code), c->code);
	jx_strcpy(fresh.result, sizeof(fresh.result), "nothing-found");
	jx_strcpy(fresh.source, sizeof(fresh.source), "look-back");
	copy_place(&fresh, &f->entry);
	jx_hex(before->sha256, JX_HASH_BYTES, fresh.before);
	*out = fresh;
	return JX_OK;
}
