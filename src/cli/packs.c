/* Form packs that the feed brought: fetching and keeping new ones. */
#include "packs.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the feed brought ------------------------------------------------------------------------- */

/* All `pack` items of the inbox, and the pack keys by which they are believed. */
struct offered {
	struct jx_shelf_offer offer;
	struct jx_shelf_item *items;
	size_t cap;
	uint8_t identity[JX_PUB_BYTES]; /* of the server, in force */
	uint8_t keys[JX_IDENTITIES_MAX][JX_PUB_BYTES];
	/* fetching */
	const struct jx_client_config *sync;
	struct jx_client_result *result;
	struct cli *c;
	bool has_token;
	char token[sizeof(((struct jx_client_result *)NULL)->token)];
};

static void free_offered(struct offered **o)
{
	free((*o)->items);
	free(*o);
}

static void hear_key(struct offered *o, const uint8_t key[JX_PUB_BYTES])
{
	size_t i;

	for (i = 0; i < o->offer.key_count; i++)
		if (memcmp(o->keys[i], key, JX_PUB_BYTES) == 0)
			return;
	if (o->offer.key_count < JX_IDENTITIES_MAX)
		memcpy(o->keys[o->offer.key_count++], key, JX_PUB_BYTES);
}

/* Only what the key in force says of itself; it names those of before. */
static jx_rc hear(void *user, const struct jx_inbox_item *row)
{
	struct offered *o = user;
	JX_AUTO_FREE struct jx_item *item = jx_xmalloc(sizeof(*item));
	struct jx_keys k;
	size_t i;

	if (jx_item_read((struct jx_bytes){row->text, row->len}, item, NULL) == JX_OK && item->has_signed &&
	    jx_keys_open(&item->text, o->identity, &k, NULL) == JX_OK)
		for (i = 0; i < k.pack_key_count; i++)
			hear_key(o, k.pack_keys[i]);
	return JX_OK;
}

static jx_rc add_item(void *user, const struct jx_inbox_item *row)
{
	struct offered *o = user;
	JX_AUTO_FREE struct jx_item *item = jx_xmalloc(sizeof(*item));
	struct jx_shelf_item *to;

	if (jx_item_read((struct jx_bytes){row->text, row->len}, item, NULL) != JX_OK || !item->has_signed)
		return JX_OK;
	if (o->offer.count == o->cap) {
		o->cap += 16;
		o->items = jx_xreallocarray(o->items, o->cap, sizeof(*o->items));
	}
	to = &o->items[o->offer.count++];
	jx_strcpy(to->key, sizeof(to->key), item->key);
	to->text = item->text;
	return JX_OK;
}

/* The token comes with a request of its own, asked for only when there is something to fetch: a sync with nothing new stays small. */
static jx_rc get_token(struct offered *o, struct jx_error *err)
{
	struct jx_client_config cc = *o->sync;
	JX_AUTO_FREE struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	uint8_t server_keys[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES];
	jx_rc rc = jx_store_server_keys(o->c->h.store, server_keys, JX_CLIENT_IDENTITIES_MAX,
					&cc.identity_count, err);

	cc.identities = (const uint8_t(*)[JX_PUB_BYTES])server_keys;
	cc.wants_token = true;
	cc.no_photos = cc.no_small = true;
	if (rc == JX_OK)
		rc = jx_client_sync(&cc, result, err);
	o->result->requests += result->requests;
	o->result->items += result->items;
	if (rc == JX_OK && result->token[0] == '\0')
		rc = jx_fail(
			err, JX_EAUTH, 0, "jx.packs",
			"the server gives no token for downloads: ask the office to confirm this device");
	if (rc == JX_OK)
		jx_strcpy(o->token, sizeof(o->token), result->token);
	o->has_token = rc == JX_OK;
	return rc;
}

static jx_rc keep_bytes(void *user, const void *data, size_t len, struct jx_error *err)
{
	jx_buf *out = user;

	jx_buf_add(out, data, len);
	return jx_buf_check(out, "pack", err);
}

static jx_rc fetch(void *user, const struct jx_pack_seal *seal, jx_buf *out, struct jx_error *err)
{
	struct offered *o = user;
	struct jx_client_blob_config blob = {
		.transport = o->sync->transport,
		.token = o->token,
		.rand = o->sync->rand,
		.wait = o->sync->wait,
		.wait_user = o->sync->wait_user,
		.attempts_max = o->sync->attempts_max,
	};
	const jx_rc rc = o->has_token ? JX_OK : get_token(o, err);

	return rc != JX_OK ? rc
			   : jx_client_get_blob(&blob, seal->sha256, seal->size_bytes, 0, NULL, keep_bytes,
						out, err);
}

jx_rc cli_take_packs(struct cli *c, const struct jx_client_config *sync, struct jx_client_result *result,
		     struct cli_packs_taken *out, struct jx_error *err)
{
	JX_CLEANUP(free_offered) struct offered *o = jx_xcalloc(1, sizeof(*o));
	struct jx_identity id;
	jx_rc rc = jx_store_identity(c->h.store, &id, err);

	o->c = c;
	o->sync = sync;
	o->result = result;
	memcpy(o->identity, id.server_identity, sizeof(o->identity));
	if (rc == JX_OK)
		rc = jx_store_each_inbox(c->h.store, "keys", hear, o, err);
	if (rc == JX_OK)
		rc = jx_store_each_inbox(c->h.store, "pack", add_item, o, err);
	if (rc != JX_OK)
		return rc;
	/* what is built in is not looked at for nothing */
	if (o->offer.count == 0 && !jx_shelf_is_kept(jx_os_fs(), c->h.dir))
		return JX_OK;
	rc = jx_handheld_open_packs(&c->h, err);
	/* where none holds, this is what brings one */
	if (c->h.shelf == NULL)
		return rc;
	o->offer.items = o->items;
	o->offer.keys = (const uint8_t(*)[JX_PUB_BYTES])o->keys;
	o->offer.fetch = fetch;
	o->offer.user = o;
	rc = jx_shelf_take(c->h.shelf, &o->offer, &out->taken, err);
	out->refused = (int64_t)jx_shelf_problem_count(c->h.shelf);
	jx_handheld_renew_packs(&c->h);
	return rc;
}
