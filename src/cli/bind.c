/* Store and media as a sync's outbox and sink: nothing is decided here, and nothing is marked but what the client verified. */
#include "jiexun/cli.h"

#include <stdlib.h>
#include <string.h>

#define INBOX_BATCH \
	64 /* feed items turned into inbox rows at a time; all rows of an answer are kept in one call */

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct jx_cli_binding *b = user;

	return jx_store_head(b->store, n_out, head_out, err);
}

struct head_wanted {
	int64_t n;
	uint8_t *head;
	bool found;
};

static jx_rc take_head(void *user, const struct jx_log_row *row)
{
	struct head_wanted *w = user;

	if (row->n == w->n) {
		memcpy(w->head, row->head, JX_HASH_BYTES);
		w->found = true;
	}
	return JX_OK;
}

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	struct jx_log_query q = {.from_n = n, .until_n = n};
	uint8_t head[JX_HASH_BYTES];
	struct head_wanted w = {.n = n, .head = head};
	struct jx_identity id;
	jx_rc rc = jx_store_identity(b->store, &id, err);

	if (rc != JX_OK)
		return rc;
	if (n == 0) {
		jx_chain_root(id.writer, id.public_key, head_out);
		return JX_OK;
	}
	rc = jx_store_each(b->store, &q, take_head, &w, err);
	if (rc != JX_OK)
		return rc;
	if (!w.found)
		return jx_fail(err, JX_ENOTFOUND, 0, "cli.head", "this log has no entry %lld", (long long)n);
	memcpy(head_out, head, sizeof(head));
	return JX_OK;
}

static jx_rc take_entry(void *user, const struct jx_log_row *row)
{
	/* JX_EINTR only stops the walk: the batch is full */
	return jx_batch_add(user, row->bytes, row->len, row->sig) ? JX_OK : JX_EINTR;
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	struct jx_log_query q = {.from_n = from_n, .limit = JX_WIRE_BATCH_ENTRIES_MAX};
	jx_rc rc = jx_store_each(b->store, &q, take_entry, batch, err);

	return rc == JX_EINTR ? JX_OK : rc;
}

static jx_rc flush(struct jx_cli_binding *b, struct jx_error *err);

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	const jx_rc rc = flush(b, err);

	return rc == JX_OK ? jx_store_receipt(b->store, out, err) : rc;
}

static jx_rc out_get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	struct jx_cli_binding *b = user;

	for (size_t i = 0; i < b->set_count; i++) {
		if (strcmp(b->set[i].name, name) != 0)
			continue;
		if (b->set[i].is_unset)
			return jx_fail(err, JX_ENOTFOUND, 0, "cli.get", "\"%s\" is not set", name);
		jx_strcpy(out, cap, b->set[i].value);
		return JX_OK;
	}
	return jx_store_get(b->store, name, out, cap, err);
}

static jx_rc out_photo_count(void *user, int64_t *count_out, int64_t *bytes_out, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	struct jx_store_counts c;
	jx_rc rc = jx_store_count(b->store, &c, err);

	if (rc != JX_OK)
		return rc;
	*count_out = c.photos_waiting;
	*bytes_out = c.photos_waiting_bytes;
	return JX_OK;
}

struct photo_relay {
	const struct jx_cli_binding *b;
	jx_client_photo_fn fn;
	void *user;
};

static bool may_go(const struct jx_cli_binding *b, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t i = 0; b->only != NULL && i < b->only_count; i++) {
		if (memcmp(b->only[i].sha256, sha256, JX_HASH_BYTES) == 0)
			return true;
	}
	return b->only == NULL;
}

static jx_rc relay_photo(void *user, const struct jx_outbox_photo *p)
{
	const struct photo_relay *r = user;
	struct jx_client_photo photo = {.size_bytes = p->size_bytes};

	if (!may_go(r->b, p->sha256))
		return JX_OK;
	memcpy(photo.sha256, p->sha256, sizeof(photo.sha256));
	jx_strcpy(photo.type, sizeof(photo.type), p->type);
	return r->fn(r->user, &photo);
}

static jx_rc out_photos(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	struct photo_relay r = {.b = b, .fn = fn, .user = fn_user};
	/* which photos may go is known by receipts; those that have gone are the caller's to remember */
	const jx_rc rc = b->receipt_count > 0 ? flush(b, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	/* a few of many: all are looked through */
	return jx_store_each_waiting_photo(b->store, b->only != NULL ? 0 : limit, relay_photo, &r, err);
}

static jx_rc out_photo_open(void *user, const uint8_t sha256[JX_HASH_BYTES], void **file_out,
			    struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	char path[1280];
	jx_file *f;
	jx_rc rc;

	jx_media_path(b->media, sha256, path, sizeof(path));
	rc = b->fs->open_read(b->fs->user, path, &f, err);
	if (rc == JX_OK)
		*file_out = f;
	return rc;
}

static jx_rc out_photo_read(void *user, void *file, int64_t offset_bytes, void *data, size_t len,
			    size_t *got_out, struct jx_error *err)
{
	struct jx_cli_binding *b = user;

	return b->fs->read_at(b->fs->user, file, offset_bytes, data, len, got_out, err);
}

static jx_rc out_smalls(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	/* a person who pushes one entry's photos pays for no other's; small copies cost next to nothing */
	static const struct jx_cli_binding all = {.only = NULL};
	struct photo_relay r = {.b = &all, .fn = fn, .user = fn_user};
	/* of entries that are sent, by the receipts that wait here */
	const jx_rc rc = b->receipt_count > 0 ? flush(b, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	return jx_store_each_waiting_small(b->store, limit, relay_photo, &r, err);
}

static jx_rc out_small(void *user, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err)
{
	struct jx_cli_binding *b = user;

	return jx_media_copy(b->media, sha256, JX_COPY_SMALL, NULL, out, err);
}

static void out_photo_close(void *user, void *file)
{
	struct jx_cli_binding *b = user;

	b->fs->close(b->fs->user, file);
}

/*
 * Everything that a sync brings goes to the disk together: a sync of the disk for each receipt costs a good link a third of its time. Until
 * then what a receipt covers counts as waiting, and a power cut makes the next sync ask for it again, which the server keeps: at most
 * a batch and a few photos are offered twice.
 */
#define KEEP_MAX     16 /* photo-receipts */
#define RECEIPTS_MAX 4
#define SENDING_MAX  64

/* How far a photo has come, its text kept with it. */
struct jx_cli_sending {
	struct jx_photo_sending row;
	char refused[32];
};

/* And one more value, if there is one. */
static jx_rc flush_with(struct jx_cli_binding *b, const struct jx_setting *more, struct jx_error *err)
{
	struct jx_setting list[sizeof(b->set) / sizeof(b->set[0]) + 1];
	struct jx_photo_sending sending[SENDING_MAX];
	struct jx_store_results all = {.receipts = b->receipts,
				       .receipt_count = b->receipt_count,
				       .photo_receipts = b->kept,
				       .photo_receipt_count = b->kept_count,
				       .settings = list,
				       .sending = sending};
	jx_rc rc;

	while (all.sending_count < b->sending_count) {
		const size_t i = all.sending_count++;

		sending[i] = b->sending[i].row;
		if (sending[i].refused != NULL)
			sending[i].refused = b->sending[i].refused;
	}
	while (all.setting_count < b->set_count) {
		const size_t i = all.setting_count++;

		list[i] = (struct jx_setting){.name = b->set[i].name,
					      .value = b->set[i].is_unset ? NULL : b->set[i].value};
	}
	if (more != NULL)
		list[all.setting_count++] = *more;
	rc = jx_store_keep(b->store, &all, err);
	if (rc == JX_OK || rc == JX_ECONFLICT)
		b->receipt_count = b->kept_count = b->set_count = b->sending_count = 0;
	return rc;
}

static jx_rc flush(struct jx_cli_binding *b, struct jx_error *err)
{
	return flush_with(b, NULL, err);
}

static jx_rc in_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	const jx_rc rc = b->receipt_count == RECEIPTS_MAX ? flush(b, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	if (b->receipts == NULL)
		b->receipts = jx_xcalloc(RECEIPTS_MAX, sizeof(*b->receipts));
	b->receipts[b->receipt_count].text = *text;
	b->receipts[b->receipt_count++].receipt = *r;
	/* of a fork: nothing more is recorded into this log from now on */
	return r->is_fork ? flush(b, err) : JX_OK;
}

static jx_rc in_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			      struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	const jx_rc rc = b->kept_count == KEEP_MAX ? flush(b, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	if (b->kept == NULL)
		b->kept = jx_xcalloc(KEEP_MAX, sizeof(*b->kept));
	b->kept[b->kept_count].text = *text;
	b->kept[b->kept_count++].receipt = *r;
	return JX_OK;
}

static jx_rc in_sending(void *user, const struct jx_client_sending *what, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	const jx_rc rc = b->sending_count == SENDING_MAX ? flush(b, err) : JX_OK;
	struct jx_cli_sending *s;

	if (rc != JX_OK)
		return rc;
	if (b->sending == NULL)
		b->sending = jx_xcalloc(SENDING_MAX, sizeof(*b->sending));
	s = &b->sending[b->sending_count++];
	s->row = (struct jx_photo_sending){
		.sent_bytes = what->sent_bytes, .refused = what->refused, .has_small = what->has_small};
	memcpy(s->row.sha256, what->sha256, sizeof(s->row.sha256));
	jx_strcpy(s->refused, sizeof(s->refused), what->refused != NULL ? what->refused : "");
	return JX_OK;
}

/* Rows of one answer. Texts are copied: an item lives only until the next is read. */
struct rows {
	struct jx_inbox_item *item;
	size_t count, cap;
};

static void free_rows(struct rows *r)
{
	for (size_t i = 0; i < r->count; i++) {
		char *kind = JX_STEAL(*(char **)(void *)&r->item[i].kind);
		char *key = JX_STEAL(*(char **)(void *)&r->item[i].key);
		char *text = JX_STEAL(*(char **)(void *)&r->item[i].text);

		free(kind);
		free(key);
		free(text);
	}
	free(r->item);
}

static void add_row(struct rows *r, const struct jx_item *item)
{
	const char *colon = strchr(item->key, ':');
	bool is_drop = strcmp(item->kind, "drop") == 0 && colon != NULL;

	if (r->count == r->cap) {
		r->cap += INBOX_BATCH;
		r->item = jx_xreallocarray(r->item, r->cap, sizeof(*r->item));
	}
	/* {"kind":"drop","key":"person:p-017"} removes the item person / p-017 */
	r->item[r->count++] = (struct jx_inbox_item){
		.kind = is_drop ? jx_xstrndup(item->key, (size_t)(colon - item->key))
				: jx_xstrdup(item->kind),
		.key = jx_xstrdup(is_drop ? colon + 1 : item->key),
		.text = is_drop ? NULL : jx_xstrndup(item->raw.data, item->raw.len),
		.len = is_drop ? 0 : item->raw.len,
	};
}

/*
 * What the server knows of this writer, where it is another than before. In a transaction of its own before the
 * cursor's: cut off in between, the item comes again.
 */
static jx_rc take_own(struct jx_cli_binding *b, const struct jx_item *item, struct jx_error *err)
{
	struct jx_identity id;
	uint8_t writer[JX_ID_BYTES];
	jx_rc rc = jx_store_identity(b->store, &id, err);

	if (rc != JX_OK || !jx_uuid_parse(item->key, strlen(item->key), writer) ||
	    memcmp(writer, id.writer, sizeof(writer)) != 0 ||
	    (strcmp(item->role, id.role) == 0 && strcmp(item->area, id.area) == 0))
		return rc;
	return jx_store_set_area(b->store, writer, item->role, item->area, err);
}

static jx_rc in_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	JX_CLEANUP(free_rows) struct rows r = {0};
	struct jx_item *item = jx_xmalloc(sizeof(*item));
	jx_rc rc;

	while ((rc = jx_feed_next(feed, item, err)) == JX_OK) {
		add_row(&r, item);
		if (strcmp(item->kind, "writer") == 0)
			rc = take_own(b, item, err);
		if (rc != JX_OK)
			break;
	}
	free(item);
	if (rc != JX_ENOTFOUND)
		return rc;
	/* A snapshot repeats all that holds; what it no longer names is stale reference data that the next drop or version replaces. */
	(void)is_snapshot;
	return jx_store_add_inbox(b->store, r.item, r.count, cursor, err);
}

static jx_rc in_keys(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		     struct jx_error *err)
{
	struct jx_cli_binding *b = user;

	return jx_store_set_keys(b->store, text, keys, err);
}

static jx_rc in_set(void *user, const char *name, const char *value, struct jx_error *err)
{
	struct jx_cli_binding *b = user;
	size_t i = 0;

	/*
	 * Must not be lost: nothing can be sent until a person acts on it; and what is true of a run that is under way must be on the disk
	 * if it is cut off.
	 */
	if (strcmp(name, JX_CLIENT_REENROL) == 0 ||
	    (strcmp(name, JX_CLIENT_PHOTOS_BEGUN) == 0 && strcmp(value, "?") == 0) ||
	    strlen(name) >= sizeof(b->set[0].name) ||
	    (value != NULL && strlen(value) >= sizeof(b->set[0].value)))
		return flush_with(b, &(struct jx_setting){.name = name, .value = value}, err);
	while (i < b->set_count && strcmp(b->set[i].name, name) != 0)
		i++;
	if (i == sizeof(b->set) / sizeof(b->set[0])) {
		jx_rc rc = flush(b, err);

		if (rc != JX_OK)
			return rc;
		i = 0;
	}
	if (i == b->set_count)
		b->set_count++;
	jx_strcpy(b->set[i].name, sizeof(b->set[i].name), name);
	jx_strcpy(b->set[i].value, sizeof(b->set[i].value), value != NULL ? value : "");
	b->set[i].is_unset = value == NULL;
	return JX_OK;
}

jx_rc jx_cli_unbind(struct jx_cli_binding *b, struct jx_error *err)
{
	const jx_rc rc = flush(b, err);

	free(b->receipts);
	free(b->kept);
	free(b->sending);
	b->receipts = NULL;
	b->kept = NULL;
	b->sending = NULL;
	b->receipt_count = b->kept_count = b->sending_count = 0;
	return rc;
}

void jx_cli_bind(struct jx_cli_binding *b, jx_store *store, jx_media *media, const struct jx_fs *fs)
{
	*b = (struct jx_cli_binding){
		.store = store,
		.media = media,
		.fs = fs,
		.outbox =
			{
				.user = b,
				.head = out_head,
				.head_at = out_head_at,
				.batch = out_batch,
				.receipt = out_receipt,
				.get = out_get,
				.photo_count = out_photo_count,
				.photos = out_photos,
				.photo_open = out_photo_open,
				.photo_read = out_photo_read,
				.photo_close = out_photo_close,
				.smalls = out_smalls,
				.small = out_small,
			},
		.sink =
			{
				.user = b,
				.receipt = in_receipt,
				.photo_receipt = in_photo_receipt,
				.feed = in_feed,
				.keys = in_keys,
				.set = in_set,
				.sending = in_sending,
			},
	};
}
