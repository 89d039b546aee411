/* What the server offers: believed by its signature, held against all that is here, kept, and only then in use. */
#include <stdlib.h>
#include <string.h>

#include "shelf_private.h"

#define WHERE "shelf.take"

/* An item whose signature was looked at. */
struct candidate {
	const struct jx_shelf_item *item;
	uint8_t hash[JX_HASH_BYTES];
	struct jx_pack_seal seal; /* if is_signed */
	bool is_signed;
	struct jx_error why; /* if not */
};

static bool open_seal(const struct jx_shelf_offer *offer, struct candidate *c)
{
	size_t i;

	for (i = 0; i < offer->key_count; i++)
		if (jx_pack_seal_open(&c->item->text, offer->keys[i], &c->seal, &c->why) == JX_OK)
			return true;
	if (offer->key_count == 0 || c->why.code == JX_EAUTH)
		(void)jx_fail(
			&c->why, JX_EAUTH, 0, WHERE,
			"pack %s is not signed by a key of this server: it is not used; tell the administrator",
			c->item->key);
	return false;
}

/* By id, then version; what is not signed comes first. */
static int by_version(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	const int order = strcmp(a->seal.pack, b->seal.pack);

	if (order != 0)
		return order;
	return a->seal.version < b->seal.version ? -1 : a->seal.version > b->seal.version;
}

static struct candidate *list_candidates(const struct jx_shelf_offer *offer)
{
	struct candidate *list = jx_xcalloc(offer->count + 1, sizeof(*list));
	size_t i;

	for (i = 0; i < offer->count; i++) {
		list[i].item = &offer->items[i];
		jx_signed_hash(&offer->items[i].text, list[i].hash);
		list[i].is_signed = open_seal(offer, &list[i]);
	}
	qsort(list, offer->count, sizeof(*list), by_version);
	return list;
}

static bool is_here(const jx_shelf *s, const struct candidate *c)
{
	const jx_pack *pack = jx_packs_version(s->packs, c->seal.pack, c->seal.version);

	return pack != NULL && memcmp(jx_pack_sha256(pack), c->seal.sha256, JX_HASH_BYTES) == 0;
}

/* Refused before, by this program, for what it is. */
static const struct jx_shelf__problem *known_problem(const struct jx_shelf__problem *list, size_t count,
						     const struct candidate *c)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].is_final && memcmp(list[i].seal_hash, c->hash, sizeof(c->hash)) == 0)
			return &list[i];
	return NULL;
}

bool jx_shelf_wants(const jx_shelf *shelf, const struct jx_shelf_offer *offer)
{
	JX_AUTO_FREE struct candidate *list = list_candidates(offer);
	bool wants = false;
	size_t i;

	for (i = 0; i < offer->count && !wants; i++)
		wants = list[i].is_signed && !is_here(shelf, &list[i]) &&
			known_problem(shelf->problems, shelf->problem_count, &list[i]) == NULL;
	return wants;
}

/* Nothing of the shelf changes but as a whole: the set that has it takes the place of the one before when the file is there. */
static jx_rc use(jx_shelf *s, const struct jx_pack_seal *seal, const jx_buf *bytes, bool *is_refused_out,
		 struct jx_error *err)
{
	JX_AUTO(jx_packs) set = jx_packs_copy(s->packs);
	JX_AUTO(jx_pack) pack = NULL;
	const jx_pack *added;
	jx_rc rc = jx_pack_open_sealed(seal, bytes->data, bytes->len, &pack, err);

	if (rc == JX_OK)
		rc = jx_packs_add(set, pack, err);
	*is_refused_out = rc != JX_OK && rc != JX_ENOMEM;
	if (rc != JX_OK)
		return rc;
	added = JX_STEAL(pack);
	rc = jx_shelf__write_file(s, seal, bytes, err);
	if (rc != JX_OK)
		return rc;
	jx_packs_free(s->packs);
	s->packs = JX_STEAL(set);
	jx_shelf__note_received(s, added);
	jx_shelf__forget_file(s, seal);
	return JX_OK;
}

static jx_rc take_one(jx_shelf *s, const struct jx_shelf_offer *offer, const struct candidate *c,
		      int64_t *taken, struct jx_error *err)
{
	struct jx_error why = {.code = JX_OK};
	bool is_refused = false;
	JX_AUTO_BUF bytes;
	jx_rc rc;

	jx_buf_init(&bytes, (size_t)JX_PACK_BYTES_MAX);
	rc = offer->fetch(offer->user, &c->seal, &bytes, &why);
	if (rc == JX_ENOTFOUND || rc == JX_ECORRUPT) {
		jx_shelf__add_problem(s, c->item->key, c->hash, false, &why);
		return JX_OK;
	}
	if (rc == JX_OK)
		rc = use(s, &c->seal, &bytes, &is_refused, &why);
	if (is_refused) {
		/* other bytes than signed may be the network's fault; all else is the pack's */
		jx_shelf__add_problem(s, c->item->key, c->hash, rc != JX_ECORRUPT, &why);
		return JX_OK;
	}
	if (rc != JX_OK && err != NULL)
		*err = why;
	*taken += rc == JX_OK;
	return rc;
}

/* A pack that was broken and has been put right by a newer one need not worry anybody. */
static bool is_put_right(const jx_shelf *s, const struct candidate *c, const struct jx_shelf_problem *p)
{
	const jx_pack *pack;
	size_t i;

	if (strcmp(p->error, jx_rc_name(JX_EVERSION)) == 0 || !c->is_signed)
		return false;
	for (i = 0; (pack = jx_packs_at(s->packs, i)) != NULL; i++)
		if (strcmp(jx_pack_id(pack), c->seal.pack) == 0 && jx_pack_version(pack) > c->seal.version &&
		    jx_shelf_is_received(s, pack))
			return true;
	return false;
}

static void drop_put_right(jx_shelf *s, const struct candidate *list, size_t count)
{
	size_t i, k, kept = 0;

	for (i = 0; i < s->problem_count; i++) {
		bool is_moot = false;

		for (k = 0; k < count; k++)
			is_moot = is_moot ||
				  (memcmp(list[k].hash, s->problems[i].seal_hash, JX_HASH_BYTES) == 0 &&
				   is_put_right(s, &list[k], &s->problems[i].pub));
		if (!is_moot)
			s->problems[kept++] = s->problems[i];
	}
	s->problem_count = kept;
}

static jx_rc take_all(jx_shelf *s, const struct jx_shelf_offer *offer, const struct candidate *list,
		      const struct jx_shelf__problem *before, size_t before_count, int64_t *taken,
		      struct jx_error *err)
{
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < offer->count; i++) {
		const struct jx_shelf__problem *known = known_problem(before, before_count, &list[i]);

		if (list[i].is_signed && is_here(s, &list[i]))
			continue;
		if (!list[i].is_signed)
			jx_shelf__add_problem(s, list[i].item->key, list[i].hash, false, &list[i].why);
		else if (known != NULL)
			jx_shelf__copy_problem(s, known);
		else
			rc = take_one(s, offer, &list[i], taken, err);
	}
	return rc;
}

jx_rc jx_shelf_take(jx_shelf *shelf, const struct jx_shelf_offer *offer, int64_t *taken_out,
		    struct jx_error *err)
{
	JX_AUTO_FREE struct candidate *list = list_candidates(offer);
	JX_AUTO_FREE struct jx_shelf__problem *before = JX_STEAL(shelf->problems);
	const size_t before_count = shelf->problem_count;
	int64_t taken = 0;
	size_t i;
	jx_rc rc;

	shelf->problem_count = 0;
	for (i = 0; i < before_count; i++)
		if (jx_shelf__is_of_file(&before[i]))
			jx_shelf__copy_problem(shelf, &before[i]);
	rc = take_all(shelf, offer, list, before, before_count, &taken, err);
	drop_put_right(shelf, list, offer->count);
	*taken_out = taken;
	if (rc == JX_OK)
		rc = jx_shelf__write_problems(shelf, err);
	return rc;
}
