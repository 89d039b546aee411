/* What comes down: the cursor, the scope, and the items as lines. */
#include <stdio.h>
#include <string.h>

#include "ingest_private.h"

/* Left for the header line of an answer: receipt, challenge, token, cursor. */
#define HEADER_BYTES ((size_t)16 * 1024)
#define ITEMS_BYTES  ((size_t)JX_WIRE_BATCH_BYTES_MAX - HEADER_BYTES)
/* One item more than fits is written before it is seen not to fit. */
#define ITEM_BYTES_MAX ((size_t)2 * JX_ENTRY_BYTES_MAX + 16384)
#define CURSOR_BYTES   (JX_ID_BYTES + 4 + 8)

struct jx_vault_scope jx_ingest__scope(const struct jx_writer *who)
{
	struct jx_vault_scope scope = {.all = who->role == JX_ROLE_DISPATCHER ||
					      who->role == JX_ROLE_AUDITOR || who->role == JX_ROLE_ADMIN};

	jx_strcpy(scope.area, sizeof(scope.area), who->area);
	memcpy(scope.writer, who->id, sizeof(scope.writer));
	return scope;
}

/*
 * Changes when what the reader may see changes: role and area. Begins with a number that changes with the
 * rules.
 */
static void scope_version(const struct jx_vault_scope *scope, uint8_t out[4])
{
	const struct jx_bytes parts[] = {
		{"1", 1}, {scope->all ? "a" : "f", 1}, {scope->area, strlen(scope->area)}};
	uint8_t hash[JX_HASH_BYTES];

	jx_sha256_parts(parts, 3, hash);
	memcpy(out, hash, 4);
}

static void write_cursor(const uint8_t epoch[JX_ID_BYTES], const uint8_t version[4], int64_t pos, char *out,
			 size_t cap)
{
	uint8_t c[CURSOR_BYTES];
	JX_AUTO_BUF text;
	int i;

	memcpy(c, epoch, JX_ID_BYTES);
	memcpy(c + JX_ID_BYTES, version, 4);
	for (i = 0; i < 8; i++)
		c[JX_ID_BYTES + 4 + i] = (uint8_t)((uint64_t)pos >> (8 * (7 - i)));
	jx_buf_init(&text, cap - 1);
	jx_buf_add_base64(&text, c, sizeof(c));
	jx_strcpy(out, cap, text.data == NULL ? "" : text.data);
}

/* False: of another epoch or scope, or no cursor of ours at all. */
static bool read_cursor(const char *text, const uint8_t epoch[JX_ID_BYTES], const uint8_t version[4],
			int64_t *pos_out)
{
	uint8_t c[CURSOR_BYTES];
	uint64_t pos = 0;
	size_t len = 0;
	int i;

	if (!jx_unbase64(text, strlen(text), c, sizeof(c), &len) || len != sizeof(c) ||
	    memcmp(c, epoch, JX_ID_BYTES) != 0 || memcmp(c + JX_ID_BYTES, version, 4) != 0)
		return false;
	for (i = 0; i < 8; i++)
		pos = pos << 8 | c[JX_ID_BYTES + 4 + i];
	if (pos > INT64_MAX)
		return false;
	*pos_out = (int64_t)pos;
	return true;
}

static void fill_entry(const struct jx_vault_item *v, struct jx_item *item)
{
	char uuid[37], branch[17];

	jx_uuid_format(v->writer, uuid);
	jx_strcpy(item->kind, sizeof(item->kind), "entry");
	if (v->is_fork) {
		/* branches have numbers in common with the log and with each other */
		jx_hex(v->head, 8, branch);
		(void)snprintf(item->key, sizeof(item->key), "%s/%lld/%s", uuid, (long long)v->n, branch);
	} else {
		(void)snprintf(item->key, sizeof(item->key), "%s/%lld", uuid, (long long)v->n);
	}
	item->entry = v->entry;
	item->received_utc_ms = v->utc_ms;
	item->is_fork = v->is_fork;
	if (v->entry.data == NULL && v->digest != NULL) {
		item->has_digest = true;
		memcpy(item->digest, v->digest, sizeof(item->digest));
	}
	if (v->sig != NULL) {
		item->has_sig = true;
		memcpy(item->sig, v->sig, sizeof(item->sig));
	}
	if (v->marks != NULL)
		jx_strcpy(item->marks, sizeof(item->marks), v->marks);
}

static void fill_text(const struct jx_vault_item *v, struct jx_item *item)
{
	item->has_signed = true;
	item->text.len = v->text.len <= sizeof(item->text.text) ? v->text.len : 0;
	if (item->text.len > 0)
		memcpy(item->text.text, v->text.data, item->text.len);
	if (v->text_sig != NULL)
		memcpy(item->text.sig, v->text_sig, sizeof(item->text.sig));
}

static void fill_signed(const struct jx_vault_item *v, struct jx_item *item)
{
	char uuid[37], hex[2 * JX_HASH_BYTES + 1];
	uint8_t hash[JX_HASH_BYTES];

	fill_text(v, item);
	jx_uuid_format(v->writer, uuid);
	jx_signed_hash(&item->text, hash);
	jx_hex(hash, 8, hex);
	if (v->kind == JX_VAULT_PACK) {
		jx_strcpy(item->kind, sizeof(item->kind), "pack");
		(void)snprintf(item->key, sizeof(item->key), "%.63s/%lld", v->pack, (long long)v->n);
	} else if (v->kind == JX_VAULT_KEYS) {
		jx_strcpy(item->kind, sizeof(item->kind), "keys");
		jx_strcpy(item->key, sizeof(item->key), hex);
	} else if (v->kind == JX_VAULT_PHOTO_RECEIPT) {
		jx_strcpy(item->kind, sizeof(item->kind), "photo-receipt");
		jx_hex(v->sha256, JX_HASH_BYTES, hex);
		(void)snprintf(item->key, sizeof(item->key), "%s/%s", uuid, hex);
	} else {
		jx_strcpy(item->kind, sizeof(item->kind), "receipt");
		(void)snprintf(item->key, sizeof(item->key), v->is_fork ? "%s/%lld/%s" : "%s/%lld", uuid,
			       (long long)v->n, hex);
	}
}

struct page {
	jx_buf *items;
	int64_t count;
	int64_t pos;
	bool is_full;
	struct jx_error *err;
};

/* A cut that leaves the buffer as it was before the item. */
static void cut(jx_buf *b, size_t len)
{
	b->len = len;
	if (b->data != NULL)
		b->data[len] = '\0';
}

static jx_rc add_item(void *user, const struct jx_vault_item *v)
{
	struct page *page = user;
	const size_t before = page->items->len;
	struct jx_item item;
	jx_rc rc;

	if (page->count == JX_WIRE_ITEMS_MAX) {
		page->is_full = true;
		return JX_EINTR;
	}
	memset(&item, 0, sizeof(item));
	if (v->kind == JX_VAULT_ENTRY)
		fill_entry(v, &item);
	else
		fill_signed(v, &item);
	rc = jx_item_write(&item, page->items, page->err);
	if (rc != JX_OK)
		return rc;
	if (page->items->len > ITEMS_BYTES && page->count > 0) {
		cut(page->items, before);
		page->is_full = true;
		return JX_EINTR;
	}
	page->count++;
	page->pos = v->pos;
	return JX_OK;
}

void jx_ingest__items_init(jx_buf *items)
{
	jx_buf_init(items, ITEMS_BYTES + ITEM_BYTES_MAX);
}

/* What the server knows of a field reader itself: it is told with the start of its feed, and so with each change. */
static jx_rc add_own(const struct jx_writer *who, struct page *page)
{
	struct jx_item item = {.kind = "writer"};

	jx_uuid_format(who->id, item.key);
	jx_strcpy(item.short_code, sizeof(item.short_code), who->short_code);
	jx_strcpy(item.role, sizeof(item.role), jx_role_name(who->role));
	jx_strcpy(item.area, sizeof(item.area), who->area);
	page->count++;
	return jx_item_write(&item, page->items, page->err);
}

/*
 * A reader of everything begins with what earlier keys signed, and may have enrolled under a later one: it is told
 * of them first.
 */
static jx_rc add_newest_keys(jx_ingest *in, struct page *page)
{
	uint8_t keys[JX_INGEST__IDENTITIES_MAX][JX_PUB_BYTES], identity[JX_PUB_BYTES];

	if (jx_ingest__accepted(in, keys) < 2)
		return JX_OK;
	jx_ingest_identity(in, identity);
	return jx_ingest__way(in, identity, page->items, &page->count, page->err);
}

jx_rc jx_ingest__feed(jx_ingest *in, const struct jx_writer *who, const uint8_t epoch[JX_ID_BYTES],
		      const char *cursor, jx_buf *items, struct jx_sync_answer *an, struct jx_error *err)
{
	const struct jx_vault_scope scope = jx_ingest__scope(who);
	struct page page = {.items = items, .count = an->items, .err = err};
	uint8_t version[4];
	jx_rc rc;

	scope_version(&scope, version);
	an->is_snapshot = cursor[0] != '\0' && !read_cursor(cursor, epoch, version, &page.pos);
	if (page.pos == 0) {
		rc = scope.all ? add_newest_keys(in, &page) : add_own(who, &page);
		if (rc != JX_OK)
			return rc;
	}
	/* one more than a page: whether there is more is then known without a second look */
	rc = in->ops->feed(in->vault, &scope, page.pos, JX_WIRE_ITEMS_MAX + 1, add_item, &page, err);
	if (rc != JX_OK && !page.is_full)
		return rc;
	an->items = page.count;
	an->has_more = page.is_full;
	write_cursor(epoch, version, page.pos, an->cursor, sizeof(an->cursor));
	return JX_OK;
}
