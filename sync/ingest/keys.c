/*
 * The server's identity keys: the line in which each introduced the next, the way along it for who has been away,
 * and the step to a new one.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.keys"

/* ---- those that sign-in may be against ---- */

size_t jx_ingest__accepted(jx_ingest *in, uint8_t out[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES])
{
	JX_INGEST__HOLD(&in->identity_mutex);

	memcpy(out, in->accepted, sizeof(in->accepted));
	return in->accepted_count;
}

void jx_ingest__accept(jx_ingest *in, const uint8_t identity[JX_PUB_BYTES])
{
	JX_INGEST__HOLD(&in->identity_mutex);
	size_t i;

	for (i = 0; i < in->accepted_count; i++)
		if (memcmp(in->accepted[i], identity, JX_PUB_BYTES) == 0)
			return;
	if (in->accepted_count < JX_INGEST__IDENTITIES_MAX)
		memcpy(in->accepted[in->accepted_count++], identity, JX_PUB_BYTES);
}

/* ---- the line ---- */

static bool read_text(const struct jx_vault_item *v, struct jx_signed *out)
{
	if (v->kind != JX_VAULT_KEYS || v->text.len > sizeof(out->text) || v->text_sig == NULL)
		return false;
	memset(out, 0, sizeof(*out));
	out->len = v->text.len;
	memcpy(out->text, v->text.data, v->text.len);
	memcpy(out->sig, v->text_sig, sizeof(out->sig));
	return true;
}

/* Does this text, signed by the key in force so far, introduce another? */
static bool is_step(const uint8_t from[JX_PUB_BYTES], const struct jx_signed *text,
		    uint8_t next_out[JX_PUB_BYTES])
{
	struct jx_keys k;

	if (jx_keys_open(text, from, &k, NULL) != JX_OK || memcmp(k.identity, from, JX_PUB_BYTES) == 0)
		return false;
	memcpy(next_out, k.identity, JX_PUB_BYTES);
	return true;
}

void jx_ingest__line_follow(struct jx_ingest__line *line, const struct jx_signed *texts, size_t count)
{
	uint8_t next[JX_PUB_BYTES];
	size_t i;

	for (i = 0; i < count && !line->is_too_long; i++) {
		if (!is_step(line->keys[line->count - 1], &texts[i], next))
			continue;
		line->is_too_long = line->count == JX_INGEST__IDENTITIES_MAX;
		if (!line->is_too_long)
			memcpy(line->keys[line->count++], next, sizeof(next));
	}
}

static jx_rc follow(void *user, const struct jx_vault_item *v)
{
	struct jx_ingest__line *line = user;
	struct jx_signed text;

	if (read_text(v, &text))
		jx_ingest__line_follow(line, &text, 1);
	return line->is_too_long ? JX_EINTR : JX_OK;
}

/* The scope of a field reader has all keys, and few items besides. */
static jx_rc each_keys(jx_ingest *in, jx_vault_item_fn fn, void *user, struct jx_error *err)
{
	const struct jx_vault_scope scope = {.all = false};

	return in->ops->feed(in->vault, &scope, 0, INT64_MAX, fn, user, err);
}

jx_rc jx_ingest__line_read(jx_ingest *in, const uint8_t first[JX_PUB_BYTES], struct jx_ingest__line *out,
			   struct jx_error *err)
{
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	memcpy(out->keys[0], first, sizeof(out->keys[0]));
	out->count = 1;
	rc = each_keys(in, follow, out, err);
	if (out->is_too_long)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "this server has had more than %d identity keys: set up a new one",
			       JX_INGEST__IDENTITIES_MAX);
	return rc;
}

/* ---- the way ---- */

struct way {
	uint8_t at[JX_PUB_BYTES];
	bool has_newest;
	struct jx_signed newest; /* what the key that we stand at says of itself */
	jx_buf *items;
	int64_t count;
	struct jx_error *err;
};

static jx_rc write_keys(struct way *w, const struct jx_signed *text)
{
	struct jx_item item = {.kind = "keys", .has_signed = true};
	uint8_t hash[JX_HASH_BYTES];

	item.text = *text;
	jx_signed_hash(text, hash);
	jx_hex(hash, 8, item.key);
	w->count++;
	return jx_item_write(&item, w->items, w->err);
}

static jx_rc walk(void *user, const struct jx_vault_item *v)
{
	struct way *w = user;
	struct jx_signed text;
	struct jx_keys k;

	if (!read_text(v, &text) || jx_keys_open(&text, w->at, &k, NULL) != JX_OK)
		return JX_OK;
	w->has_newest = memcmp(k.identity, w->at, sizeof(w->at)) == 0;
	if (w->has_newest) {
		w->newest = text;
		return JX_OK;
	}
	memcpy(w->at, k.identity, sizeof(w->at));
	return write_keys(w, &text);
}

jx_rc jx_ingest__way(jx_ingest *in, const uint8_t from[JX_PUB_BYTES], jx_buf *items, int64_t *count_out,
		     struct jx_error *err)
{
	struct way w = {.items = items, .err = err};
	jx_rc rc;

	memcpy(w.at, from, sizeof(w.at));
	rc = each_keys(in, walk, &w, err);
	if (rc == JX_OK && w.has_newest)
		rc = write_keys(&w, &w.newest);
	*count_out += w.count;
	return rc;
}

/* ---- a step ---- */

jx_rc jx_ingest__sign_step(jx_ingest *in, const struct jx_ingest__signer *signer,
			   const uint8_t next[JX_PUB_BYTES], struct jx_signed *out, struct jx_error *err)
{
	struct jx_keys keys = {.from_utc_ms = jx_ingest__now(in)};

	memcpy(keys.identity, next, sizeof(keys.identity));
	keys.pin_count = jx_ingest__pins(in, keys.tls_spki_sha256);
	return jx_keys_sign(&keys, signer->secret, out, err);
}

/* ---- pack keys that were told before: what they signed stays good ---- */

struct told {
	const struct jx_ingest__line *line;
	uint8_t keys[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES]; /* oldest first */
	size_t count;
};

static void hear_key(struct told *t, const uint8_t key[JX_PUB_BYTES])
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (memcmp(t->keys[i], key, JX_PUB_BYTES) == 0)
			return;
	if (t->count < JX_INGEST__IDENTITIES_MAX)
		memcpy(t->keys[t->count++], key, JX_PUB_BYTES);
}

static jx_rc hear(void *user, const struct jx_vault_item *v)
{
	struct told *t = user;
	struct jx_signed text;
	struct jx_keys k;
	size_t i, p;

	if (!read_text(v, &text))
		return JX_OK;
	for (i = 0; i < t->line->count; i++)
		if (jx_keys_open(&text, t->line->keys[i], &k, NULL) == JX_OK)
			for (p = k.pack_key_count; p > 0; p--)
				hear_key(t, k.pack_keys[p - 1]);
	return JX_OK;
}

static void add_pack_key(struct jx_keys *keys, const uint8_t key[JX_PUB_BYTES])
{
	if (keys->pack_key_count < JX_IDENTITIES_MAX &&
	    (keys->pack_key_count == 0 || memcmp(keys->pack_keys[0], key, JX_PUB_BYTES) != 0))
		memcpy(keys->pack_keys[keys->pack_key_count++], key, JX_PUB_BYTES);
}

jx_rc jx_ingest__own_words(jx_ingest *in, const struct jx_ingest__signer *signer,
			   const struct jx_ingest__line *line, struct jx_keys *out, struct jx_error *err)
{
	const uint8_t *identity = signer->identity;
	struct told told = {.line = line};
	size_t i;
	const jx_rc rc = each_keys(in, hear, &told, err);

	if (rc != JX_OK)
		return rc;
	*out = (struct jx_keys){.from_utc_ms = jx_ingest__now(in)};
	memcpy(out->identity, identity, sizeof(out->identity));
	add_pack_key(out, signer->pack_public);
	for (i = told.count; i > 0; i--)
		add_pack_key(out, told.keys[i - 1]);
	for (i = 0; i < line->count && out->earlier_count < JX_IDENTITIES_MAX - 1; i++)
		if (memcmp(line->keys[i], identity, JX_PUB_BYTES) != 0)
			memcpy(out->earlier[out->earlier_count++], line->keys[i], JX_PUB_BYTES);
	out->pin_count = jx_ingest__pins(in, out->tls_spki_sha256);
	return JX_OK;
}

static jx_rc sign_own_words(jx_ingest *in, const struct jx_ingest__signer *next,
			    const uint8_t first[JX_PUB_BYTES], struct jx_signed *texts, size_t count,
			    struct jx_error *err)
{
	struct jx_ingest__line line;
	struct jx_keys keys;
	jx_rc rc = jx_ingest__line_read(in, first, &line, err);

	if (rc != JX_OK)
		return rc;
	jx_ingest__line_follow(&line, texts, count);
	rc = jx_ingest__own_words(in, next, &line, &keys, err);
	return rc != JX_OK ? rc : jx_keys_sign(&keys, next->secret, &texts[count], err);
}

/* What the vault keeps of it, in one transaction. */
static jx_rc store_step(jx_ingest *in, const struct jx_ingest__signer *next, struct jx_signed *texts,
			size_t count, struct jx_error *err)
{
	JX_CLEANUP(jx_ingest__facts_done) struct jx_ingest__facts facts;
	struct jx_vault_rotation r = {.keys = texts, .key_count = count + 1};
	struct jx_ingest__servers servers;
	struct jx_writer w;
	jx_rc rc = jx_ingest__servers_read(in, &servers, err);

	jx_ingest__server_new(in, next->identity, servers.count, &w);
	jx_ingest__facts_begin_new(&facts, &w, next);
	r.utc_ms = w.enrolled_utc_ms;
	r.before = &servers.newest;
	r.next = &w;
	r.first = &facts.batch;
	if (rc == JX_OK)
		rc = sign_own_words(in, next, servers.first.public_key, texts, count, err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_continue(in, &facts, &servers.newest, err);
	if (rc == JX_OK)
		rc = jx_ingest__facts_end(in, &facts, err);
	return rc == JX_OK ? in->ops->rotate(in->vault, &r, err) : rc;
}

/* A commit in doubt: only the vault knows whether it happened. */
static bool is_stored(jx_ingest *in, const uint8_t identity[JX_PUB_BYTES])
{
	struct jx_ingest__servers servers;

	return jx_ingest__servers_read(in, &servers, NULL) == JX_OK &&
	       memcmp(servers.newest.public_key, identity, JX_PUB_BYTES) == 0;
}

jx_rc jx_ingest__go_over(jx_ingest *in, const struct jx_ingest__signer *next, const struct jx_signed *texts,
			 size_t count, struct jx_error *err)
{
	struct jx_signed *all = jx_xcalloc(count + 1, sizeof(*all));
	jx_rc rc;

	memcpy(all, texts, count * sizeof(*all));
	/* whoever hears of it before this object has gone over is let in, too */
	jx_ingest__accept(in, next->identity);
	rc = store_step(in, next, all, count, err);
	free(all);
	if (rc != JX_OK && !is_stored(in, next->identity))
		return rc;
	(void)jx_ingest__hold(&in->identity_mutex);
	in->signer = *next;
	(void)pthread_mutex_unlock(&in->identity_mutex);
	return JX_OK;
}
