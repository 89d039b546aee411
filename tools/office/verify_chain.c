/*
 * Chains. A writer's public key comes from the server's own chain, whose key is one of the server's identity keys; the
 * server's writer itself is introduced by nobody, so its first signature tells which of the trusted keys is its own.
 * In a journal each writer's entries stand in order: an entry out of its place is damage, wherever it came from.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "verify_private.h"

#define WHERE "office.verify"

void *jx_office__grow(void *array, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return array;
	*cap = *cap == 0 ? 16 : *cap * 2;
	return jx_xreallocarray(array, *cap, size);
}

void jx_office__damage(struct jx_office__check *c, const uint8_t *writer, int64_t n,
		       const struct jx_error *why)
{
	struct jx_office__verdict *v = c->v;

	if (jx_control_is(JX_CONTROL_VERIFY_OFF) || v->damage++ > 0)
		return;
	if (writer != NULL)
		jx_uuid_format(writer, v->first_writer);
	v->first_n = n;
	v->first_line = c->line;
	jx_strcpy(v->first_text, sizeof(v->first_text), why->text);
}

struct jx_office__chain *jx_office__chain_of(struct jx_office__check *c, const uint8_t writer[JX_ID_BYTES])
{
	struct jx_office__chain *w;

	if (c->last < c->chain_count && memcmp(c->chains[c->last]->writer, writer, JX_ID_BYTES) == 0)
		return c->chains[c->last];
	for (size_t i = 0; i < c->chain_count; i++)
		if (memcmp(c->chains[i]->writer, writer, JX_ID_BYTES) == 0) {
			c->last = i;
			return c->chains[i];
		}
	w = jx_xcalloc(1, sizeof(*w));
	memcpy(w->writer, writer, JX_ID_BYTES);
	c->chains = jx_office__grow(c->chains, c->chain_count, &c->chain_cap,
				    sizeof(struct jx_office__chain *));
	c->last = c->chain_count;
	c->chains[c->chain_count++] = w;
	return w;
}

void jx_office__chain_free(struct jx_office__chain *w)
{
	free(w->links);
	free(w->digests);
	free(w->line_hashes);
	free(w->facts);
	free(w->branches);
	free(w->fork_digests);
	free(w);
}

static uint64_t hash_line(const char *line, size_t len)
{
	uint8_t hash[JX_HASH_BYTES];
	uint64_t out;

	jx_sha256(line, len, hash);
	memcpy(&out, hash, sizeof(out));
	return out;
}

/* ---- facts ---------------------------------------------------------------------------------------- */

static void note_fact(struct jx_office__chain *w, const struct jx_item *item)
{
	struct jx_entry e;
	struct jx_office__fact *f;

	if (item->entry.data == NULL ||
	    jx_entry_decode(item->entry.data, item->entry.len, &e, NULL) != JX_OK ||
	    e.kind != JX_KIND_WRITER_ENROLLED)
		return;
	w->facts = jx_office__grow(w->facts, w->fact_count, &w->fact_cap, sizeof(*w->facts));
	f = &w->facts[w->fact_count++];
	f->n = e.n;
	memcpy(f->subject, e.subject, sizeof(f->subject));
	memcpy(f->public_key, e.subject_public_key, sizeof(f->public_key));
}

static void start_chain(struct jx_office__chain *w, const uint8_t pub[JX_PUB_BYTES])
{
	w->has_key = true;
	jx_chain_walk_init(&w->walk, w->writer, pub);
}

/* What the server states up to here is signed by it. */
static void apply_facts(struct jx_office__check *c, struct jx_office__chain *server)
{
	struct jx_error why = {.code = JX_OK};

	for (size_t i = 0; i < server->fact_count; i++) {
		const struct jx_office__fact *f = &server->facts[i];
		struct jx_office__chain *w = jx_office__chain_of(c, f->subject);

		if (!w->has_key && w->digest_count == 0) {
			start_chain(w, f->public_key);
		} else if (!w->has_key || memcmp(w->walk.pub, f->public_key, JX_PUB_BYTES) != 0) {
			(void)jx_fail(
				&why, JX_ECORRUPT, 0, WHERE,
				"this writer was introduced too late or a second time with another key: fetch the journal again");
			jx_office__damage(c, w->writer, f->n, &why);
		}
	}
	server->fact_count = 0;
}

/* ---- one chain -------------------------------------------------------------------------------------- */

static void keep_link(struct jx_office__chain *w, uint64_t line_hash)
{
	struct jx_office__link *l;

	w->links = jx_office__grow(w->links, (size_t)w->walk.n - 1, &w->link_cap, sizeof(*w->links));
	l = &w->links[w->walk.n - 1];
	memcpy(l->head, w->walk.head, JX_HASH_BYTES);
	l->line_hash = line_hash;
}

static void break_chain(struct jx_office__check *c, struct jx_office__chain *w, int64_t n,
			const struct jx_error *why)
{
	if (!w->is_broken)
		jx_office__damage(c, w->writer, n, why);
	w->is_broken = true;
}

/* The walk by one of the trusted keys up to and with this signature; false: it is not this key's. */
static bool try_key(struct jx_office__chain *w, const uint8_t pub[JX_PUB_BYTES],
		    const uint8_t sig[JX_SIG_BYTES])
{
	struct jx_chain_walk walk;
	jx_rc rc = JX_OK;

	jx_chain_walk_init(&walk, w->writer, pub);
	for (size_t i = 0; i < w->digest_count && rc == JX_OK; i++)
		rc = jx_chain_walk_add(&walk, NULL, 0, w->digests[i], i + 1 == w->digest_count ? sig : NULL,
				       NULL);
	return rc == JX_OK;
}

static void take_over(struct jx_office__check *c, struct jx_office__chain *w, const uint8_t pub[JX_PUB_BYTES])
{
	start_chain(w, pub);
	w->is_server = true;
	for (size_t i = 0; i < w->digest_count; i++) {
		(void)jx_chain_walk_add(&w->walk, NULL, 0, w->digests[i], NULL, NULL);
		keep_link(w, w->line_hashes[i]);
	}
	w->digest_count = 0;
	w->covered_n = w->walk.n;
	apply_facts(c, w);
}

static void take_unknown(struct jx_office__check *c, struct jx_office__chain *w, int64_t n,
			 const uint8_t digest[JX_HASH_BYTES], uint64_t line_hash)
{
	struct jx_error why = {.code = JX_OK};
	size_t cap = w->digest_cap;

	if (n != (int64_t)w->digest_count + 1) {
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "entry %lld is missing, or entries are out of order: fetch the journal again",
			      (long long)w->digest_count + 1);
		break_chain(c, w, (int64_t)w->digest_count + 1, &why);
		return;
	}
	if (n == 1)
		w->first_line = c->line;
	w->digests = jx_office__grow(w->digests, w->digest_count, &cap, sizeof(*w->digests));
	w->line_hashes = jx_office__grow(w->line_hashes, w->digest_count, &w->digest_cap,
					 sizeof(*w->line_hashes));
	memcpy(w->digests[w->digest_count], digest, JX_HASH_BYTES);
	w->line_hashes[w->digest_count++] = line_hash;
	note_fact(w, &c->item);
	for (size_t i = 0; c->item.has_sig && i < c->trust.count; i++)
		if (try_key(w, c->trust.keys[i], c->item.sig)) {
			take_over(c, w, c->trust.keys[i]);
			return;
		}
	if (!c->item.has_sig)
		return;
	(void)jx_fail(
		&why, JX_ECORRUPT, 0, WHERE,
		"the server introduced no such writer, and no trusted key signed this: if the server had another identity key, "
		"give it with --identity");
	break_chain(c, w, n, &why);
}

/* An item came again, changed: other marks, or bytes erased by law. The entry must be the same. */
static void look_back(struct jx_office__check *c, struct jx_office__chain *w, int64_t n,
		      const uint8_t digest[JX_HASH_BYTES], uint64_t line_hash)
{
	struct jx_office__link *l = &w->links[n - 1];
	struct jx_error why = {.code = JX_OK};
	uint8_t head[JX_HASH_BYTES];

	if (n == 1)
		jx_chain_root(w->writer, w->walk.pub, head);
	else
		memcpy(head, w->links[n - 2].head, sizeof(head));
	jx_chain_next(w->writer, n, head, digest, head);
	if (memcmp(head, l->head, sizeof(head)) != 0)
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "there are two different entries %lld: fetch the journal again", (long long)n);
	else if (line_hash == l->line_hash)
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "the line of entry %lld is there twice: fetch the journal again", (long long)n);
	l->line_hash = line_hash;
	if (why.code != JX_OK)
		jx_office__damage(c, w->writer, n, &why);
}

static void take_known(struct jx_office__check *c, struct jx_office__chain *w, int64_t n,
		       const uint8_t digest[JX_HASH_BYTES], uint64_t line_hash)
{
	const struct jx_item *item = &c->item;
	struct jx_error why = {.code = JX_OK};

	if (n <= w->walk.n) {
		look_back(c, w, n, digest, line_hash);
		return;
	}
	if (n > w->walk.n + 1) {
		(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
			      "entry %lld is missing, or entries are out of order: fetch the journal again",
			      (long long)w->walk.n + 1);
		break_chain(c, w, w->walk.n + 1, &why);
		return;
	}
	if (jx_chain_walk_add(&w->walk, item->entry.data, item->entry.len, digest,
			      item->has_sig ? item->sig : NULL, &why) != JX_OK) {
		break_chain(c, w, n, &why);
		return;
	}
	keep_link(w, line_hash);
	if (item->has_sig)
		w->covered_n = n;
	if (w->is_server) {
		note_fact(w, item);
		if (item->has_sig)
			apply_facts(c, w);
	}
}

/* The key of the line must name what is in it. */
static bool read_place(struct jx_office__check *c, uint8_t writer[JX_ID_BYTES], int64_t *n_out,
		       uint8_t digest[JX_HASH_BYTES])
{
	const struct jx_item *item = &c->item;
	struct jx_error why = {.code = JX_OK};
	struct jx_entry e;
	bool is_good = jx_office__entry_key(item->key, writer, n_out);

	if (item->entry.data == NULL) {
		memcpy(digest, item->digest, JX_HASH_BYTES);
	} else if (is_good) {
		jx_sha256(item->entry.data, item->entry.len, digest);
		is_good = jx_entry_decode_storing(item->entry.data, item->entry.len, &e, NULL) == JX_OK &&
			  e.n == *n_out && memcmp(e.writer, writer, JX_ID_BYTES) == 0 &&
			  (!item->has_digest || memcmp(item->digest, digest, JX_HASH_BYTES) == 0);
	}
	if (is_good)
		return true;
	(void)jx_fail(&why, JX_ECORRUPT, 0, WHERE,
		      "this line is no entry of the writer and number it says: fetch the journal again");
	jx_office__damage(c, NULL, 0, &why);
	return false;
}

void jx_office__check_entry(struct jx_office__check *c, const char *line, size_t len)
{
	uint8_t writer[JX_ID_BYTES], digest[JX_HASH_BYTES];
	struct jx_office__chain *w;
	int64_t n = 0;

	if (!read_place(c, writer, &n, digest))
		return;
	w = jx_office__chain_of(c, writer);
	if (c->item.entry.data == NULL)
		c->v->erased++;
	if (c->item.is_fork) {
		c->v->quarantined++;
		jx_office__check_fork(c, digest, n, w);
		return;
	}
	c->v->entries++;
	jx_office__check_stamp(c, n);
	if (w->is_broken)
		return;
	if (w->has_key)
		take_known(c, w, n, digest, hash_line(line, len));
	else
		take_unknown(c, w, n, digest, hash_line(line, len));
}
