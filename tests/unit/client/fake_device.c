#include "fake_device.h"

#include <stdlib.h>

/* ---- outbox ---- */

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct fake_device *d = user;

	if (d->outbox_fails != JX_OK)
		return jx_fail(err, d->outbox_fails, 0, "fake.outbox", "the disk failed");
	/* a store that waits for an enrolment takes nothing */
	if (d->grows && fake_device_value(d, JX_CLIENT_REENROL) == NULL)
		fake_device_save(d, 1);
	*n_out = d->n;
	memcpy(head_out, d->heads[d->n], JX_HASH_BYTES);
	return JX_OK;
}

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct fake_device *d = user;

	(void)err;
	assert_in_range(n, 0, d->n);
	memcpy(head_out, d->heads[n], JX_HASH_BYTES);
	return JX_OK;
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	struct fake_device *d = user;

	(void)err;
	assert_in_range(from_n, 1, d->n);
	for (int64_t n = from_n; n <= d->n; n++) {
		if (!jx_batch_add(batch, d->entries[n], strlen(d->entries[n]), d->sigs[n]))
			break;
	}
	return JX_OK;
}

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	struct fake_device *d = user;

	if (!d->has_receipt)
		return jx_fail(err, JX_ENOTFOUND, 0, "fake.outbox", "none");
	*out = d->receipt;
	return JX_OK;
}

static jx_rc out_get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	const char *value = fake_device_value(user, name);

	if (value == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, "fake.outbox", "unset");
	jx_strcpy(out, cap, value);
	return JX_OK;
}

static jx_rc out_photo_count(void *user, int64_t *count_out, int64_t *bytes_out, struct jx_error *err)
{
	const struct fake_device *d = user;

	(void)err;
	*count_out = *bytes_out = 0;
	for (size_t i = 0; i < d->photo_count; i++) {
		*count_out += !d->photos[i].is_stored;
		*bytes_out += d->photos[i].is_stored ? 0 : d->photos[i].size;
	}
	return JX_OK;
}

static jx_rc out_photos(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	const struct fake_device *d = user;
	jx_rc rc = JX_OK;

	(void)err;
	for (size_t i = 0; i < d->photo_count && limit > 0 && rc == JX_OK; i++) {
		struct jx_client_photo p = {.size_bytes = d->photos[i].size, .type = "image/jpeg"};

		memcpy(p.sha256, d->photos[i].sha256, JX_HASH_BYTES);
		if (d->photos[i].is_stored || d->photo_n[i] > d->sent_n)
			continue;
		rc = fn(fn_user, &p);
		limit--;
	}
	return rc;
}

static jx_rc out_photo_open(void *user, const uint8_t sha256[JX_HASH_BYTES], void **file_out,
			    struct jx_error *err)
{
	struct fake_device *d = user;

	for (size_t i = 0; i < d->photo_count; i++) {
		if (memcmp(d->photos[i].sha256, sha256, JX_HASH_BYTES) == 0 && !d->photo_gone[i]) {
			d->open_files++;
			*file_out = &d->photos[i];
			return JX_OK;
		}
	}
	return jx_fail(err, JX_ENOTFOUND, 0, "fake.outbox", "the file is gone");
}

static jx_rc out_photo_read(void *user, void *file, int64_t offset_bytes, void *data, size_t len,
			    size_t *got_out, struct jx_error *err)
{
	struct fake_device *d = user;
	const struct fake_photo *p = file;
	const int64_t size = d->photo_short[p - d->photos] ? p->size / 2 : p->size;
	const size_t left = offset_bytes < size ? (size_t)(size - offset_bytes) : 0;

	(void)err;
	*got_out = len < left ? len : left;
	memcpy(data, p->data + offset_bytes, *got_out);
	return JX_OK;
}

static void out_photo_close(void *user, void *file)
{
	struct fake_device *d = user;

	(void)file;
	d->open_files--;
}

static jx_rc out_smalls(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	const struct fake_device *d = user;
	jx_rc rc = JX_OK;

	(void)err;
	for (size_t i = 0; i < d->photo_count && limit > 0 && rc == JX_OK; i++) {
		struct jx_client_photo p = {.size_bytes = d->photos[i].size, .type = "image/jpeg"};

		memcpy(p.sha256, d->photos[i].sha256, JX_HASH_BYTES);
		if (d->photos[i].is_stored || d->small_done[i] || d->photo_n[i] > d->sent_n)
			continue;
		rc = fn(fn_user, &p);
		limit--;
	}
	return rc;
}

static size_t photo_at(const struct fake_device *d, const uint8_t *sha256)
{
	size_t i = 0;

	while (i < d->photo_count && memcmp(d->photos[i].sha256, sha256, JX_HASH_BYTES) != 0)
		i++;
	assert_true(i < d->photo_count);
	return i;
}

static jx_rc out_small(void *user, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err)
{
	const struct fake_device *d = user;
	const jx_rc rc = d->small_fails[photo_at(d, sha256)];

	if (rc != JX_OK)
		return jx_fail(err, rc, 0, "fake.small", "no picture");
	for (size_t i = 0; i < d->small_bytes; i++)
		jx_buf_addc(out, (char)sha256[i % JX_HASH_BYTES]);
	return JX_OK;
}

/* ---- sink, with the oracle in it ---- */

static jx_rc sink_rc(struct fake_device *d, struct jx_error *err)
{
	return d->sink_fails == JX_OK
		       ? JX_OK
		       : jx_fail(err, d->sink_fails, 0, "fake.sink", "the device's disk is full");
}

static jx_rc in_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			struct jx_error *err)
{
	struct fake_device *d = user;
	struct jx_receipt again;
	const jx_rc rc = sink_rc(d, err);

	if (rc != JX_OK)
		return rc;
	assert_int_equal(jx_receipt_open(text, d->server.identity, &again, NULL), JX_OK);
	assert_memory_equal(r->writer, d->writer, JX_ID_BYTES);
	assert_in_range(r->n, 0, d->n);
	assert_memory_equal(r->head, d->heads[r->n], JX_HASH_BYTES);
	if (r->is_fork) {
		d->fork_receipts++;
		return JX_OK;
	}
	/* the promise: the server holds it */
	assert_true(r->n <= d->server.n);
	assert_memory_equal(r->head, d->server.heads[r->n], JX_HASH_BYTES);
	d->has_receipt = true;
	d->receipt = *text;
	d->sent_n = r->n > d->sent_n ? r->n : d->sent_n;
	return JX_OK;
}

static jx_rc in_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			      struct jx_error *err)
{
	struct fake_device *d = user;
	const jx_rc rc = sink_rc(d, err);

	(void)text;
	if (rc != JX_OK)
		return rc;
	assert_memory_equal(r->writer, d->writer, JX_ID_BYTES);
	for (size_t k = 0; k < r->photo_count; k++) {
		const struct fake_photo *there = fake_server_photo(&d->server, r->photos[k]);

		assert_non_null(there);
		assert_true(there->is_stored);
		for (size_t i = 0; i < d->photo_count; i++) {
			if (memcmp(d->photos[i].sha256, r->photos[k], JX_HASH_BYTES) == 0)
				d->photos[i].is_stored = true;
		}
	}
	return JX_OK;
}

static void put(struct fake_device *d, const char *name, const char *value)
{
	size_t i = 0;

	while (i < d->value_count && strcmp(d->values[i].name, name) != 0)
		i++;
	assert_true(i < 16);
	d->value_count = i == d->value_count ? i + 1 : d->value_count;
	jx_strcpy(d->values[i].name, sizeof(d->values[i].name), name);
	jx_strcpy(d->values[i].value, sizeof(d->values[i].value), value);
}

static jx_rc in_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct fake_device *d = user;
	struct jx_item *item = jx_xcalloc(1, sizeof(*item));
	size_t kept = is_snapshot ? 0 : d->item_count;
	jx_rc rc = sink_rc(d, err);

	while (rc == JX_OK) {
		rc = jx_feed_next(feed, item, err);
		if (rc == JX_OK && kept < FAKE_ITEMS_MAX)
			jx_strcpy(d->kinds[kept++], sizeof(d->kinds[0]), item->kind);
	}
	free(item);
	if (rc != JX_ENOTFOUND)
		return rc;
	d->item_count = kept;
	d->feeds++;
	d->snapshots += is_snapshot;
	put(d, JX_CLIENT_CURSOR, cursor);
	return JX_OK;
}

static jx_rc in_keys(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		     struct jx_error *err)
{
	struct fake_device *d = user;

	(void)text, (void)err;
	d->keys_taken++;
	d->keys = *keys;
	return JX_OK;
}

static jx_rc in_set(void *user, const char *name, const char *value, struct jx_error *err)
{
	struct fake_device *d = user;
	const jx_rc rc = sink_rc(d, err);

	if (rc != JX_OK)
		return rc;
	d->sets++;
	put(d, name, value);
	return JX_OK;
}

static jx_rc in_sending(void *user, const struct jx_client_sending *what, struct jx_error *err)
{
	struct fake_device *d = user;
	const size_t i = photo_at(d, what->sha256);
	const jx_rc rc = sink_rc(d, err);

	if (rc != JX_OK)
		return rc;
	d->small_done[i] = d->small_done[i] || what->has_small;
	if (what->sent_bytes >= 0)
		d->sent_bytes[i] = what->sent_bytes;
	if (what->refused != NULL)
		jx_strcpy(d->refused[i], sizeof(d->refused[i]), what->refused);
	return JX_OK;
}

const char *fake_device_value(const struct fake_device *d, const char *name)
{
	for (size_t i = 0; i < d->value_count; i++) {
		if (strcmp(d->values[i].name, name) == 0)
			return d->values[i].value;
	}
	return NULL;
}

/* ---- the run ---- */

static jx_rc do_wait(void *user, int64_t ms)
{
	struct fake_device *d = user;

	d->waits++;
	d->waited_ms += ms;
	return d->stops_waiting ? JX_EINTR : JX_OK;
}

static bool do_stop(void *user)
{
	struct fake_device *d = user;

	return d->stop_after > 0 && --d->stop_after == 0;
}

static void do_progress(void *user, const struct jx_client_progress *p)
{
	struct fake_device *d = user;

	d->reports++;
	assert_true(p->entries_sent >= d->last.entries_sent && p->photos_sent >= d->last.photos_sent);
	assert_true(p->photo_bytes_sent >= d->last.photo_bytes_sent);
	d->last = *p;
}

static void bind(struct fake_device *d)
{
	d->outbox = (struct jx_outbox){.user = d,
				       .head = out_head,
				       .head_at = out_head_at,
				       .batch = out_batch,
				       .receipt = out_receipt,
				       .get = out_get,
				       .photo_count = out_photo_count,
				       .photos = out_photos,
				       .photo_open = out_photo_open,
				       .photo_read = out_photo_read,
				       .photo_close = out_photo_close};
	d->sink = (struct jx_sink){.user = d,
				   .receipt = in_receipt,
				   .photo_receipt = in_photo_receipt,
				   .feed = in_feed,
				   .keys = in_keys,
				   .set = in_set,
				   .sending = in_sending};
	d->config = (struct jx_client_config){.transport = &d->server.transport,
					      .outbox = &d->outbox,
					      .sink = &d->sink,
					      .program = "jx/test",
					      .secret_key = d->secret,
					      .identities = (const uint8_t(*)[JX_PUB_BYTES]) & d->pinned,
					      .identity_count = 1,
					      .rand = &d->rand.rand,
					      .wait = do_wait,
					      .wait_user = d,
					      .should_stop = do_stop,
					      .stop_user = d,
					      .progress = do_progress,
					      .progress_user = d};
	memcpy(d->config.writer, d->writer, JX_ID_BYTES);
}

struct fake_device *fake_device_new(void)
{
	struct fake_device *d = jx_xcalloc(1, sizeof(*d));
	uint8_t seed[32];

	memset(seed, 1, sizeof(seed));
	jx_key_from_seed(seed, d->pub, d->secret);
	memset(d->writer, 0x40, sizeof(d->writer));
	jx_fake_rand_init(&d->rand, 1);
	jx_chain_root(d->writer, d->pub, d->heads[0]);
	fake_server_init(&d->server, d->writer, d->pub);
	memcpy(d->pinned, d->server.identity, JX_PUB_BYTES);
	bind(d);
	return d;
}

void fake_device_free(struct fake_device *d)
{
	for (size_t i = 0; i <= FAKE_LOG_MAX; i++)
		free(d->entries[i]);
	free(d);
}

static void save_one(struct fake_device *d, const char *note)
{
	uint8_t digest[JX_HASH_BYTES];
	const int64_t n = ++d->n;

	assert_true(n <= FAKE_LOG_MAX);
	free(d->entries[n]);
	d->entries[n] = jx_xasprintf("{\"v\":1,\"n\":%lld,\"note\":\"%s\"}", (long long)n, note);
	jx_sha256(d->entries[n], strlen(d->entries[n]), digest);
	jx_chain_next(d->writer, n, d->heads[n - 1], digest, d->heads[n]);
	jx_chain_sign(d->secret, d->heads[n], d->sigs[n]);
}

void fake_device_save(struct fake_device *d, int count)
{
	for (int i = 0; i < count; i++)
		save_one(d, "占道经营");
}

void fake_device_restore(struct fake_device *d, int64_t n)
{
	d->n = n;
}

void fake_device_rewrite(struct fake_device *d, int64_t n)
{
	const int64_t last = d->n;

	d->n = n - 1;
	save_one(d, "another");
	fake_device_save(d, (int)(last - n));
}

void fake_device_photo(struct fake_device *d, int64_t size, bool is_listed)
{
	struct fake_photo *p = &d->photos[d->photo_count];

	for (int64_t i = 0; i < size; i++)
		p->data[i] = (uint8_t)((size_t)i * 7 + d->photo_count);
	p->size = size;
	d->photo_n[d->photo_count] = d->n + 1;
	jx_sha256(p->data, (size_t)size, p->sha256);
	if (is_listed)
		fake_server_list_photo(&d->server, p->sha256, size);
	d->photo_count++;
}

jx_rc fake_device_sync(struct fake_device *d)
{
	jx_rc rc;

	d->outbox.smalls = d->has_small ? out_smalls : NULL;
	d->outbox.small = d->has_small ? out_small : NULL;
	memset(&d->err, 0, sizeof(d->err));
	memset(&d->last, 0, sizeof(d->last));
	d->waits = 0;
	d->waited_ms = 0;
	d->server.requests = d->server.photo_requests = 0;
	rc = jx_client_sync(&d->config, &d->result, &d->err);
	assert_int_equal(rc, d->result.rc);
	assert_int_equal(d->open_files, 0);
	if (rc != JX_OK) {
		assert_int_equal(d->err.code, rc);
		assert_string_not_equal(d->err.text, "");
	}
	return rc;
}
