/* What the server signed, and the quarantine, whose branches hang on the chain they parted from. */
#include <stdlib.h>
#include <string.h>

#include "verify_private.h"

#define WHERE "office.verify"

static bool has_head(const struct jx_office__chain *w, int64_t n, const uint8_t head[JX_HASH_BYTES],
		     bool is_fork)
{
	if (!is_fork)
		return n >= 1 && n <= w->walk.n && memcmp(w->links[n - 1].head, head, JX_HASH_BYTES) == 0;
	for (size_t i = 0; i < w->branch_count; i++)
		if (w->branches[i].n == n && memcmp(w->branches[i].head, head, JX_HASH_BYTES) == 0)
			return true;
	return false;
}

/* ---- quarantine ------------------------------------------------------------------------------------- */

/* The branch that is in hand, from this head on. */
static bool try_base(struct jx_office__chain *w, const uint8_t base[JX_HASH_BYTES],
		     const uint8_t sig[JX_SIG_BYTES])
{
	struct jx_office__branch end = {.n = w->fork_first_n - 1};

	memcpy(end.head, base, JX_HASH_BYTES);
	for (size_t i = 0; i < w->fork_count; i++)
		jx_chain_next(w->writer, ++end.n, end.head, w->fork_digests[i], end.head);
	if (!jx_chain_verify(w->walk.pub, end.head, sig))
		return false;
	w->branches = jx_office__grow(w->branches, w->branch_count, &w->branch_cap, sizeof(*w->branches));
	w->branches[w->branch_count++] = end;
	return true;
}

static bool find_base(struct jx_office__chain *w, const uint8_t sig[JX_SIG_BYTES])
{
	const int64_t n = w->fork_first_n - 1;
	const size_t known = w->branch_count;
	uint8_t head[JX_HASH_BYTES];

	if (!w->has_key)
		return false;
	if (n == 0)
		jx_chain_root(w->writer, w->walk.pub, head);
	else if (n <= w->walk.n)
		memcpy(head, w->links[n - 1].head, sizeof(head));
	if (n <= w->walk.n && try_base(w, head, sig))
		return true;
	for (size_t i = 0; i < known; i++) {
		memcpy(head, w->branches[i].head, sizeof(head));
		if (w->branches[i].n == n && try_base(w, head, sig))
			return true;
	}
	return false;
}

void jx_office__check_fork(struct jx_office__check *c, const uint8_t digest[JX_HASH_BYTES], int64_t n,
			   struct jx_office__chain *w)
{
	const int64_t wanted = w->fork_first_n + (int64_t)w->fork_count;
	struct jx_error why = {.code = JX_OK};

	if (w->fork_count > 0 && n != wanted) {
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "quarantined entry %lld is missing or out of order: fetch the journal again",
			      (long long)wanted);
		jx_office__damage(c, w->writer, n, &why);
		w->fork_count = 0;
	}
	if (w->fork_count == 0)
		w->fork_first_n = n;
	w->fork_digests = jx_office__grow(w->fork_digests, w->fork_count, &w->fork_cap,
					  sizeof(*w->fork_digests));
	memcpy(w->fork_digests[w->fork_count++], digest, JX_HASH_BYTES);
	if (!c->item.has_sig)
		return;
	if (!find_base(w, c->item.sig)) {
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "the signature does not fit this quarantined branch: fetch the journal again");
		jx_office__damage(c, w->writer, n, &why);
	}
	w->fork_count = 0;
}

/* ---- receipts --------------------------------------------------------------------------------------- */

static void check_claim(struct jx_office__check *c, const struct jx_office__claim *claim, bool is_last_chance)
{
	const struct jx_receipt *r = &claim->r;
	struct jx_office__chain *w = jx_office__chain_of(c, r->writer);
	struct jx_error why = {.code = JX_OK};

	if (w->has_key && has_head(w, r->n, r->head, r->is_fork)) {
		if (!r->is_fork && r->n > w->covered_n)
			w->covered_n = r->n;
		return;
	}
	if (!is_last_chance && (r->is_fork || !w->has_key || r->n > w->walk.n)) {
		c->claims = jx_office__grow(c->claims, c->claim_count, &c->claim_cap, sizeof(*c->claims));
		c->claims[c->claim_count++] = *claim;
		return;
	}
	if (w->is_broken)
		return; /* the chain's fault was said */
	c->line = claim->line;
	if (!r->is_fork && r->n > w->walk.n)
		(void)jx_fail(
			&why, JX_ECORRUPT, 0, WHERE,
			"the server's receipt covers entries up to %lld, here they end at %lld: what follows was cut off",
			(long long)r->n, (long long)w->walk.n);
	else
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "the server's receipt for entry %lld is for another chain than this",
			      (long long)r->n);
	jx_office__damage(c, r->writer, r->n, &why);
}

void jx_office__check_receipt(struct jx_office__check *c)
{
	struct jx_office__claim claim = {.line = c->line};
	struct jx_error why = {.code = JX_OK};
	uint8_t writer[JX_ID_BYTES];
	int64_t n = 0;
	jx_rc rc = jx_office__open_receipt(&c->trust, &c->item.text, &claim.r, &why);

	if (rc != JX_OK) {
		(void)jx_fail(
			&why, JX_ECORRUPT, 0, WHERE,
			"no trusted key signed this receipt: if the server had another identity key, give it with --identity");
	} else if (!jx_office__entry_key(c->item.key, writer, &n) || n != claim.r.n ||
		   memcmp(writer, claim.r.writer, JX_ID_BYTES) != 0) {
		rc = jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			     "this line is no receipt of the writer and number it says");
	}
	if (rc != JX_OK) {
		jx_office__damage(c, NULL, 0, &why);
		return;
	}
	c->v->receipts++;
	check_claim(c, &claim, false);
}

static void check_end(struct jx_office__check *c, struct jx_office__chain *w)
{
	struct jx_error why = {.code = JX_OK};

	c->v->quarantined_unproven += (int64_t)w->fork_count;
	if (!w->is_broken && !w->has_key && w->digest_count > 0) {
		c->line = w->first_line;
		(void)jx_fail(
			&why, JX_ECORRUPT, 0, WHERE,
			"the server introduced no such writer: fetch the journal again, or pull once more");
		jx_office__damage(c, w->writer, 1, &why);
	}
	if (w->has_key && w->walk.n > w->covered_n)
		c->v->unsigned_entries += w->walk.n - w->covered_n;
	c->v->writers += w->has_key && w->walk.n > 0 ? 1 : 0;
}

void jx_office__check_ends(struct jx_office__check *c)
{
	const size_t claims = c->claim_count;

	for (size_t i = 0; i < claims; i++)
		check_claim(c, &c->claims[i], true);
	for (size_t i = 0; i < c->chain_count; i++)
		check_end(c, c->chains[i]);
}
