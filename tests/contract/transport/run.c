/* A peer as outbox and sink of jx_client_sync. */
#include "peer.h"

#include <stdlib.h>

/* ---- outbox ---- */

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct peer *p = user;

	(void)err;
	*n_out = (int64_t)p->log.count;
	fake_writer_head(&p->log, *n_out, head_out);
	return JX_OK;
}

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct peer *p = user;

	(void)err;
	fake_writer_head(&p->log, n, head_out);
	return JX_OK;
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	const struct peer *p = user;

	(void)err;
	for (size_t i = (size_t)from_n - 1; i < p->log.count; i++) {
		const struct fake_entry *e = &p->log.log[i];

		if (!jx_batch_add(batch, e->bytes, e->len, e->sig))
			break;
	}
	return JX_OK;
}

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	const struct peer *p = user;

	if (!p->has_receipt)
		return jx_fail(err, JX_ENOTFOUND, 0, "test.outbox", "none");
	*out = p->receipt;
	return JX_OK;
}

static const char *value_of(const struct peer *p, const char *name)
{
	for (size_t i = 0; i < p->value_count; i++) {
		if (strcmp(p->values[i].name, name) == 0)
			return p->values[i].value;
	}
	return NULL;
}

static jx_rc out_get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	const char *value = value_of(user, name);

	if (value == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, "test.outbox", "unset");
	jx_strcpy(out, cap, value);
	return JX_OK;
}

static jx_rc out_photo_count(void *user, int64_t *count_out, int64_t *bytes_out, struct jx_error *err)
{
	const struct peer *p = user;

	(void)err;
	*count_out = *bytes_out = 0;
	for (size_t i = 0; i < p->photo_count; i++) {
		*count_out += !p->photos[i].is_stored;
		*bytes_out += p->photos[i].is_stored ? 0 : p->photos[i].size;
	}
	return JX_OK;
}

static jx_rc out_photos(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	const struct peer *p = user;
	jx_rc rc = JX_OK;

	(void)err;
	for (size_t i = 0; i < p->photo_count && limit > 0 && rc == JX_OK; i++) {
		struct jx_client_photo photo = {.size_bytes = p->photos[i].size, .type = "image/jpeg"};

		if (p->photos[i].is_stored || p->sent_n == 0)
			continue;
		memcpy(photo.sha256, p->photos[i].sha256, JX_HASH_BYTES);
		rc = fn(fn_user, &photo);
		limit--;
	}
	return rc;
}

static struct photo *find_photo(struct peer *p, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t i = 0; i < p->photo_count; i++) {
		if (memcmp(p->photos[i].sha256, sha256, JX_HASH_BYTES) == 0)
			return &p->photos[i];
	}
	fail_msg("a photo that nobody took");
	return NULL;
}

static jx_rc out_photo_open(void *user, const uint8_t sha256[JX_HASH_BYTES], void **file_out,
			    struct jx_error *err)
{
	struct peer *p = user;

	(void)err;
	p->open_files++;
	*file_out = find_photo(p, sha256);
	return JX_OK;
}

static jx_rc out_photo_read(void *user, void *file, int64_t offset_bytes, void *data, size_t len,
			    size_t *got_out, struct jx_error *err)
{
	struct peer *p = user;
	const struct photo *photo = file;
	const size_t left = offset_bytes < photo->size ? (size_t)(photo->size - offset_bytes) : 0;

	(void)err;
	*got_out = len < left ? len : left;
	memcpy(data, photo->bytes + offset_bytes, *got_out);
	if (photo->is_damaged && offset_bytes == 0 && *got_out > 0)
		((uint8_t *)data)[0] ^= 1;
	p->read_bytes += (int64_t)*got_out;
	p->should_stop = p->should_stop || (p->stop_at_bytes > 0 && offset_bytes >= p->stop_at_bytes);
	return JX_OK;
}

static void out_photo_close(void *user, void *file)
{
	struct peer *p = user;

	(void)file;
	p->open_files--;
}

static jx_rc out_smalls(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	const struct peer *p = user;

	return p->small_done > 0 ? JX_OK : out_photos(user, limit, fn, fn_user, err);
}

/* "FF D8 small" and the first bytes of its hash. */
static jx_rc out_small(void *user, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err)
{
	(void)user, (void)err;
	jx_buf_adds(out, "\xff\xd8 small ");
	jx_buf_add(out, sha256, 8);
	return JX_OK;
}

/* ---- sink ---- */

static jx_rc in_sending(void *user, const struct jx_client_sending *what, struct jx_error *err)
{
	struct peer *p = user;

	(void)err;
	p->small_done += what->has_small;
	return JX_OK;
}

static jx_rc in_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			struct jx_error *err)
{
	(void)r;
	(void)err;
	peer_take_receipt(user, text);
	return JX_OK;
}

static jx_rc in_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			      struct jx_error *err)
{
	struct peer *p = user;

	(void)text;
	(void)err;
	for (size_t i = 0; i < r->photo_count; i++) {
		struct photo *photo = find_photo(p, r->photos[i]);

		if (photo != NULL)
			photo->is_stored = true;
	}
	return JX_OK;
}

void peer_set_value(struct peer *p, const char *name, const char *value)
{
	size_t i = 0;

	while (i < p->value_count && strcmp(p->values[i].name, name) != 0)
		i++;
	assert_true(i < sizeof(p->values) / sizeof(p->values[0]));
	p->value_count = i == p->value_count ? i + 1 : p->value_count;
	jx_strcpy(p->values[i].name, sizeof(p->values[i].name), name);
	jx_strcpy(p->values[i].value, sizeof(p->values[i].value), value);
}

static jx_rc in_set(void *user, const char *name, const char *value, struct jx_error *err)
{
	(void)err;
	peer_set_value(user, name, value);
	return JX_OK;
}

static jx_rc in_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct peer *p = user;
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	jx_rc rc;

	p->pages++;
	p->snapshots += is_snapshot;
	if (is_snapshot)
		p->items = p->seen_n = 0;
	while ((rc = jx_feed_next(feed, item, err)) == JX_OK)
		peer_see_item(p, item);
	free(item);
	if (rc != JX_ENOTFOUND)
		return rc;
	peer_set_value(p, JX_CLIENT_CURSOR, cursor);
	return JX_OK;
}

static jx_rc in_keys(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		     struct jx_error *err)
{
	const struct peer *p = user;

	(void)text;
	(void)err;
	assert_true(keys->pin_count > 0);
	assert_memory_equal(keys->tls_spki_sha256[0], p->w->tls_key, JX_HASH_BYTES);
	return JX_OK;
}

/* ---- the run ---- */

static bool should_stop(void *user)
{
	const struct peer *p = user;

	return p->should_stop;
}

static jx_rc run(struct peer *p, bool wants_token)
{
	const struct jx_outbox outbox = {.user = p,
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
					 .smalls = p->sends_small ? out_smalls : NULL,
					 .small = out_small};
	const struct jx_sink sink = {.user = p,
				     .receipt = in_receipt,
				     .photo_receipt = in_photo_receipt,
				     .feed = in_feed,
				     .keys = in_keys,
				     .set = in_set,
				     .sending = in_sending};
	struct jx_client_config c = {.transport = peer_transport(p),
				     .outbox = &outbox,
				     .sink = &sink,
				     .program = "jx/test",
				     .secret_key = p->log.sec,
				     .identities = (const uint8_t(*)[JX_PUB_BYTES]) & p->w->identity,
				     .identity_count = 1,
				     .rand = &p->w->rand.rand,
				     .wait = world_no_wait,
				     .should_stop = should_stop,
				     .stop_user = p,
				     .no_photos = p->only_small,
				     .wants_token = wants_token};
	jx_rc rc;

	memcpy(c.writer, p->log.id, JX_ID_BYTES);
	p->should_stop = false;
	p->read_bytes = 0;
	rc = jx_client_sync(&c, &p->result, &p->w->err);
	assert_int_equal(p->open_files, 0);
	assert_int_equal(rc, p->result.rc);
	return rc;
}

jx_rc peer_sync(struct peer *p)
{
	return run(p, false);
}

jx_rc peer_sync_token(struct peer *p)
{
	return run(p, true);
}
