/*
 * Where a batch belongs. A head stands for all entries before it, so one comparison tells whether two
 * chains are the same up to a number; and a signature that fits proves which chain the writer meant.
 */
#include <string.h>

#include "ingest_private.h"
#include "jiexun/control.h"

/*
 * Branches of one writer that end at the same number: a device restored again and again. More are not
 * looked at.
 */
#define BRANCHES_MAX 16

struct pair {
	uint8_t digest[JX_HASH_BYTES];
	uint8_t head[JX_HASH_BYTES];
};
struct pairs {
	struct pair p[BRANCHES_MAX];
	size_t count;
};

static jx_rc keep_pair(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
		       const uint8_t head[JX_HASH_BYTES])
{
	struct pairs *all = user;

	(void)n;
	if (all->count == BRANCHES_MAX)
		return JX_EINTR;
	memcpy(all->p[all->count].digest, digest, JX_HASH_BYTES);
	memcpy(all->p[all->count].head, head, JX_HASH_BYTES);
	all->count++;
	return JX_OK;
}

jx_rc jx_ingest__head_at(jx_ingest *in, const struct jx_writer *who, int64_t n,
			 uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct pairs found = {.count = 0};
	jx_rc rc;

	if (n == 0) {
		jx_chain_root(who->id, who->public_key, head_out);
		return JX_OK;
	}
	if (n == who->n) {
		memcpy(head_out, who->head, JX_HASH_BYTES);
		return JX_OK;
	}
	rc = in->ops->digests(in->vault, who->id, n, n, keep_pair, &found, err);
	if (rc == JX_OK && found.count != 1)
		return jx_fail(err, JX_ECORRUPT, 0, "ingest.place",
			       "entry %s-%lld is missing: check the server database", who->short_code,
			       (long long)n);
	if (rc == JX_OK)
		memcpy(head_out, found.p[0].head, JX_HASH_BYTES);
	return rc;
}

/* Chain the batch to a head; does its signature fit? */
static bool chain_fits(const struct jx_writer *who, struct jx_ingest__batch *b,
		       const uint8_t base[JX_HASH_BYTES])
{
	const uint8_t *head = base;
	size_t i;

	for (i = 0; i < b->count; i++) {
		struct jx_vault_entry *e = &b->entries[i];

		jx_chain_next(who->id, e->n, head, e->digest, e->head);
		head = e->head;
	}
	return jx_chain_verify(who->public_key, head, b->sig);
}

struct difference {
	const struct jx_ingest__batch *batch;
	size_t first; /* of the batch's entries, that differs */
};

static jx_rc find_difference(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			     const uint8_t head[JX_HASH_BYTES])
{
	struct difference *d = user;
	const size_t i = (size_t)(n - d->batch->from_n);

	(void)head;
	d->first = i;
	return memcmp(d->batch->entries[i].digest, digest, JX_HASH_BYTES) == 0 ? JX_OK : JX_EINTR;
}

static jx_rc place_branch(jx_ingest *in, const struct jx_writer *who, const struct jx_ingest__batch *b,
			  int64_t until_n, struct jx_ingest__place *out, struct jx_error *err)
{
	struct difference d = {.batch = b};
	jx_rc rc = in->ops->digests(in->vault, who->id, b->from_n, until_n, find_difference, &d, err);

	if (rc != JX_EINTR)
		return rc == JX_OK ? jx_fail(err, JX_ECORRUPT, 0, "ingest.place",
					     "heads and digests of %s differ: check the server database",
					     who->short_code)
				   : rc;
	out->standing = JX_INGEST__BRANCH;
	out->first = d.first;
	if (d.first > 0) {
		out->base_n = b->entries[d.first - 1].n;
		memcpy(out->base_head, b->entries[d.first - 1].head, JX_HASH_BYTES);
	}
	return JX_OK;
}

/* The signature fits the stored chain: how much of the batch is known? */
static jx_rc place_on_log(jx_ingest *in, const struct jx_writer *who, const struct jx_ingest__batch *b,
			  struct jx_ingest__place *out, struct jx_error *err)
{
	const int64_t end_n = b->from_n + (int64_t)b->count - 1;
	const int64_t until_n = end_n < who->n ? end_n : who->n;
	uint8_t head[JX_HASH_BYTES];
	jx_rc rc;

	if (until_n < b->from_n || jx_control_is(JX_CONTROL_NO_UNIQUE_ID)) {
		out->standing = JX_INGEST__NEW;
		out->first = 0;
		return JX_OK;
	}
	rc = jx_ingest__head_at(in, who, until_n, head, err);
	if (rc != JX_OK)
		return rc;
	out->first = (size_t)(until_n - out->base_n);
	if (memcmp(head, b->entries[out->first - 1].head, sizeof(head)) != 0)
		return place_branch(in, who, b, until_n, out, err);
	out->standing = out->first < b->count ? JX_INGEST__NEW : JX_INGEST__KNOWN;
	out->base_n = until_n;
	memcpy(out->base_head, head, sizeof(head));
	return JX_OK;
}

/* A branch in quarantine may go on: the device had more than one batch. */
static jx_rc place_on_forks(jx_ingest *in, const struct jx_writer *who, struct jx_ingest__batch *b,
			    struct jx_ingest__place *out, bool *found_out, struct jx_error *err)
{
	struct pairs forks = {.count = 0};
	size_t i;
	jx_rc rc = in->ops->fork_heads(in->vault, who->id, b->from_n - 1, keep_pair, &forks, err);

	if (rc != JX_OK && rc != JX_EINTR)
		return rc;
	for (i = 0; i < forks.count && !*found_out; i++) {
		if (!chain_fits(who, b, forks.p[i].head))
			continue;
		out->standing = JX_INGEST__BRANCH;
		out->first = 0;
		memcpy(out->base_head, forks.p[i].head, JX_HASH_BYTES);
		*found_out = true;
	}
	return JX_OK;
}

jx_rc jx_ingest__place(jx_ingest *in, const struct jx_writer *who, const struct jx_sync_request *ask,
		       struct jx_ingest__batch *b, struct jx_ingest__place *out, struct jx_error *err)
{
	const int64_t end_n = b->from_n + (int64_t)b->count - 1;
	bool found = false;
	jx_rc rc = JX_OK;

	memset(out, 0, sizeof(*out));
	out->base_n = b->from_n - 1;
	if (out->base_n <= who->n) {
		rc = jx_ingest__head_at(in, who, out->base_n, out->base_head, err);
		if (rc == JX_OK && chain_fits(who, b, out->base_head))
			return place_on_log(in, who, b, out, err);
	}
	if (rc == JX_OK && who->is_forked)
		rc = place_on_forks(in, who, b, out, &found, err);
	if (rc != JX_OK || found)
		return rc;
	if (out->base_n > who->n)
		out->standing = JX_INGEST__GAP;
	else if (end_n == ask->last_n && jx_chain_verify(who->public_key, ask->last_head, b->sig))
		out->standing = JX_INGEST__UNROOTED;
	else
		out->standing = JX_INGEST__BAD;
	return JX_OK;
}
