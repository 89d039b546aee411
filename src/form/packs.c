/* Sets of packs: every version of every id, and which one holds on a day. */
#include <stdlib.h>
#include <string.h>

#include "forms.h"

#define WHERE     "form.packs"
#define PACKS_MAX 1000

struct jx_packs {
	jx_pack **packs; /* by id, then version */
	size_t count;
};

jx_rc jx_packs_new(jx_packs **packs_out, struct jx_error *err)
{
	JX_AUTO(jx_packs) packs = jx_xcalloc(1, sizeof(*packs));
	const char *text;
	size_t len, i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && jx_pack_builtin_at(i, &text, &len); i++) {
		JX_AUTO(jx_pack) pack = NULL;

		rc = jx_pack_load(text, len, &pack, err);
		if (rc == JX_OK)
			rc = jx_packs_add(packs, pack, err);
		if (rc == JX_OK)
			pack = NULL;
	}
	if (rc == JX_OK)
		*packs_out = JX_STEAL(packs);
	return rc;
}

void jx_packs_free(jx_packs *packs)
{
	size_t i;

	if (packs == NULL)
		return;
	for (i = 0; i < packs->count; i++)
		jx_pack_free(packs->packs[i]);
	free(packs->packs);
	free(packs);
}

/* ---- taking one over ------------------------------------------------------------------------------- */

/* A name that people knew the code by still leads to it: it was renamed, not reused. */
static bool is_same_code(const struct jx_code *before, const struct jx_form__codes *codes, uint32_t now)
{
	const struct jx_code *c = &codes->codes[now].pub;

	return strcmp(before->name.zh, c->name.zh) == 0 || strcmp(before->name.en, c->name.en) == 0 ||
	       jx_form__codes_find(codes, before->name.zh) == now ||
	       jx_form__codes_find(codes, before->name.en) == now;
}

static jx_rc check_list(const jx_pack *pack, const struct jx_form__codes *before,
			const struct jx_form__codes *now, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < before->count; i++) {
		const struct jx_code *c = &before->codes[i].pub;
		const uint32_t k = now != NULL ? jx_form__index_find(&now->code_index, c->code)
					       : JX_FORM__NONE;

		if (now == NULL || k >= now->count)
			return jx_fail(
				err, JX_ECONFLICT, 0, WHERE,
				"pack %s: %s no longer has the code %s %s: keep it, and close it by \"valid_until\"",
				pack->id, before->id, c->code, jx_text_pick(&c->name));
		if (!is_same_code(c, now, k))
			return jx_fail(
				err, JX_ECONFLICT, 0, WHERE,
				"pack %s: in %s the code %s was %s and is %s now: take a new code, or keep the old name as an alias",
				pack->id, before->id, c->code, jx_text_pick(&c->name),
				jx_text_pick(&now->codes[k].pub.name));
	}
	return JX_OK;
}

static jx_rc check_codes(const jx_pack *before, const jx_pack *pack, struct jx_error *err)
{
	size_t i;
	jx_rc rc = check_list(pack, &before->own, &pack->own, err);

	for (i = 0; rc == JX_OK && i < before->list_count; i++)
		rc = check_list(pack, &before->lists[i], jx_form__codes_of(pack, before->lists[i].id), err);
	return rc;
}

static jx_rc check_forms(const jx_packs *packs, const jx_pack *pack, struct jx_error *err)
{
	size_t i, k;

	for (i = 0; i < packs->count; i++) {
		const jx_pack *other = packs->packs[i];

		for (k = 0; k < pack->form_count && strcmp(other->id, pack->id) != 0; k++) {
			const char *id = pack->forms[k].pub.id;
			const struct jx_form *form = jx_pack_form_find(other, id);

			if (form != NULL && strcmp(form->id, id) == 0)
				return jx_fail(
					err, JX_ECONFLICT, 0, WHERE,
					"pack %s: the form \"%s\" belongs to the pack %s already: rename it",
					pack->id, id, other->id);
		}
	}
	return JX_OK;
}

/* Place of the first pack behind those of the id; *latest_out the newest of it, or NULL. */
static size_t find_place(const jx_packs *packs, const char *id, const jx_pack **latest_out)
{
	size_t at = 0;

	*latest_out = NULL;
	for (; at < packs->count && strcmp(packs->packs[at]->id, id) <= 0; at++)
		if (strcmp(packs->packs[at]->id, id) == 0)
			*latest_out = packs->packs[at];
	return at;
}

static jx_rc fail_full(struct jx_error *err)
{
	return jx_fail(err, JX_ELIMIT, 0, WHERE,
		       "there are %d packs already, which is the most: remove test packs from the server",
		       PACKS_MAX);
}

static void insert(jx_packs *packs, size_t at, jx_pack *pack)
{
	packs->packs = jx_xreallocarray(packs->packs, packs->count + 1, sizeof(jx_pack *));
	memmove(packs->packs + at + 1, packs->packs + at, (packs->count - at) * sizeof(jx_pack *));
	packs->packs[at] = pack;
	packs->count++;
}

static jx_rc check_version(const jx_packs *packs, const jx_pack *pack, const jx_pack *latest,
			   struct jx_error *err)
{
	if (jx_packs_version(packs, pack->id, pack->version) != NULL)
		return jx_fail(
			err, JX_EEXISTS, 0, WHERE,
			"pack %s: version %lld is there with other contents: a version is never changed, raise it",
			pack->id, (long long)pack->version);
	if (latest != NULL && pack->version < latest->version)
		return jx_fail(err, JX_EVERSION, 0, WHERE,
			       "pack %s: version %lld is older than %lld, which is there: raise it", pack->id,
			       (long long)pack->version, (long long)latest->version);
	if (packs->count >= PACKS_MAX)
		return fail_full(err);
	return JX_OK;
}

jx_rc jx_packs_add(jx_packs *packs, jx_pack *pack, struct jx_error *err)
{
	const jx_pack *latest;
	const size_t at = find_place(packs, pack->id, &latest);
	const jx_pack *same = jx_packs_version(packs, pack->id, pack->version);
	jx_rc rc;

	if (same != NULL && memcmp(same->sha256, pack->sha256, sizeof(pack->sha256)) == 0) {
		if (same != pack)
			jx_pack_free(pack);
		return JX_OK;
	}
	rc = check_version(packs, pack, latest, err);
	if (rc == JX_OK && latest != NULL)
		rc = check_codes(latest, pack, err);
	if (rc == JX_OK)
		rc = check_forms(packs, pack, err);
	if (rc != JX_OK)
		return rc;
	insert(packs, at, pack);
	return JX_OK;
}

/* ---- those that were accepted before, and sets that share them ------------------------------------- */

jx_rc jx_packs_keep(jx_packs *packs, jx_pack *pack, struct jx_error *err)
{
	size_t at = 0;

	while (at < packs->count &&
	       (strcmp(packs->packs[at]->id, pack->id) < 0 ||
		(strcmp(packs->packs[at]->id, pack->id) == 0 && packs->packs[at]->version < pack->version)))
		at++;
	if (at < packs->count && strcmp(packs->packs[at]->id, pack->id) == 0 &&
	    packs->packs[at]->version == pack->version) {
		if (packs->packs[at] != pack)
			jx_pack_free(packs->packs[at]);
		packs->packs[at] = pack;
		return JX_OK;
	}
	if (packs->count >= PACKS_MAX)
		return fail_full(err);
	insert(packs, at, pack);
	return JX_OK;
}

jx_packs *jx_packs_copy(const jx_packs *packs)
{
	jx_packs *copy = jx_xcalloc(1, sizeof(*copy));
	size_t i;

	copy->packs = jx_xcalloc(packs->count + 1, sizeof(jx_pack *));
	copy->count = packs->count;
	for (i = 0; i < packs->count; i++) {
		copy->packs[i] = packs->packs[i];
		(void)atomic_fetch_add(&copy->packs[i]->uses, 1);
	}
	return copy;
}

/* ---- finding one ----------------------------------------------------------------------------------- */

const jx_pack *jx_packs_active(const jx_packs *packs, const char *id, const char *day)
{
	const jx_pack *newest = NULL;
	size_t i;

	for (i = 0; i < packs->count; i++)
		if (strcmp(packs->packs[i]->id, id) == 0 && strcmp(packs->packs[i]->valid_from, day) <= 0)
			newest = packs->packs[i];
	return newest;
}

const jx_pack *jx_packs_version(const jx_packs *packs, const char *id, int64_t version)
{
	size_t i;

	for (i = 0; i < packs->count; i++)
		if (strcmp(packs->packs[i]->id, id) == 0 && packs->packs[i]->version == version)
			return packs->packs[i];
	return NULL;
}

const jx_pack *jx_packs_with_form(const jx_packs *packs, const char *form_id, const char *day)
{
	size_t i;

	for (i = 0; i < packs->count; i++) {
		const jx_pack *active = jx_packs_active(packs, packs->packs[i]->id, day);
		const struct jx_form *form = active != NULL ? jx_pack_form_find(active, form_id) : NULL;

		if (form != NULL && strcmp(form->id, form_id) == 0)
			return active;
	}
	return NULL;
}

size_t jx_packs_count(const jx_packs *packs)
{
	return packs->count;
}

const jx_pack *jx_packs_at(const jx_packs *packs, size_t i)
{
	return i < packs->count ? packs->packs[i] : NULL;
}
