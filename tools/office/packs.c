/* Form packs that the journal names: what a handheld does with them, an office does too. */
#include <stdlib.h>
#include <string.h>

#include "office_private.h"

struct gather {
	struct jx_office__desk *desk;
	struct jx_shelf_offer offer;
	struct jx_shelf_item *items;
	size_t cap;
	uint8_t keys[JX_IDENTITIES_MAX][JX_PUB_BYTES];
};

static void free_gather(struct gather **g)
{
	free((*g)->items);
	free(*g);
}

static void hear_key(struct gather *g, const uint8_t key[JX_PUB_BYTES])
{
	size_t i;

	for (i = 0; i < g->offer.key_count; i++)
		if (memcmp(g->keys[i], key, JX_PUB_BYTES) == 0)
			return;
	if (g->offer.key_count < JX_IDENTITIES_MAX)
		memcpy(g->keys[g->offer.key_count++], key, JX_PUB_BYTES);
}

/* Only what the key in force says of itself; it names those of before. */
static void hear(struct gather *g, const struct jx_item *item)
{
	struct jx_keys k;
	size_t i;

	if (jx_keys_open(&item->text, g->desk->account.identities[0], &k, NULL) == JX_OK)
		for (i = 0; i < k.pack_key_count; i++)
			hear_key(g, k.pack_keys[i]);
}

static void add_item(struct gather *g, const struct jx_item *item)
{
	struct jx_shelf_item *to;

	if (g->offer.count == g->cap) {
		g->cap += 16;
		g->items = jx_xreallocarray(g->items, g->cap, sizeof(*g->items));
	}
	to = &g->items[g->offer.count++];
	jx_strcpy(to->key, sizeof(to->key), item->key);
	to->text = item->text;
}

/* All items of a kind, as the journal has them. */
static jx_rc walk(struct gather *g, const char *kind,
		  void (*take)(struct gather *g, const struct jx_item *item), struct jx_error *err)
{
	JX_AUTO_FREE struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	char key[sizeof(item->key)] = "";
	JX_AUTO_BUF line;
	int64_t pos = 0;
	size_t len = 0;
	jx_rc rc;

	jx_buf_init(&line, JX_OFFICE__LINE_MAX + 1);
	while ((rc = jx_office__index_next_other(g->desk->index, kind, key, sizeof(key), &pos, &len, err)) ==
	       JX_OK) {
		rc = jx_office__journal_read(&g->desk->journal, pos, len, &line, err);
		if (rc != JX_OK)
			return rc;
		if (jx_item_read((struct jx_bytes){line.data, line.len}, item, NULL) == JX_OK &&
		    item->has_signed)
			take(g, item);
	}
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_office__take_packs(struct jx_office__desk *desk,
			    jx_rc (*fetch)(void *user, const struct jx_pack_seal *seal, jx_buf *out,
					   struct jx_error *err),
			    void *user, int64_t *taken_out, struct jx_error *err)
{
	JX_CLEANUP(free_gather) struct gather *g = jx_xcalloc(1, sizeof(*g));
	jx_rc rc;

	g->desk = desk;
	rc = walk(g, "keys", hear, err);
	if (rc == JX_OK)
		rc = walk(g, "pack", add_item, err);
	if (rc != JX_OK)
		return rc;
	g->offer.items = g->items;
	g->offer.keys = (const uint8_t(*)[JX_PUB_BYTES])g->keys;
	g->offer.fetch = fetch;
	g->offer.user = user;
	rc = jx_shelf_take(desk->shelf, &g->offer, taken_out, err);
	desk->packs = jx_shelf_packs(desk->shelf);
	return rc;
}
