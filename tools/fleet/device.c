/* One device: its log as an outbox, what the server said as a sink, both in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fleet.h"

#define WHERE   "fleet.device"
#define PROGRAM "jx-fleet/" JX_VERSION

/* ---- outbox ---- */

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct fleet_device *d = user;

	if (n < 0 || n > d->count)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "this log has no entry %lld", (long long)n);
	if (n == 0)
		jx_chain_root(d->as.writer, d->public_key, head_out);
	else
		memcpy(head_out, d->head[n - 1], JX_HASH_BYTES);
	return JX_OK;
}

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct fleet_device *d = user;

	*n_out = d->count;
	return out_head_at(user, d->count, head_out, err);
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	const struct fleet_device *d = user;

	(void)err;
	for (int64_t n = from_n; n <= d->count; n++)
		if (!jx_batch_add(batch, d->bytes.data + d->start[n - 1], d->start[n] - d->start[n - 1],
				  d->sig[n - 1]))
			break;
	return JX_OK;
}

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	const struct fleet_device *d = user;

	if (d->receipt == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "there is no receipt yet: sync first");
	*out = *d->receipt;
	return JX_OK;
}

static struct fleet_value *value_of(struct fleet_device *d, const char *name)
{
	for (size_t i = 0; i < d->value_count; i++)
		if (strcmp(d->values[i].name, name) == 0)
			return &d->values[i];
	return NULL;
}

static jx_rc out_get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	const struct fleet_value *v = value_of(user, name);

	if (v == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "\"%s\" is not set", name);
	jx_strcpy(out, cap, v->text);
	return JX_OK;
}

static bool waits(const struct fleet_device *d, const struct fleet_photo *p, int64_t until_n)
{
	return !p->is_receipted && p->n > 0 && p->n <= until_n && p->n <= d->count;
}

static jx_rc out_photo_count(void *user, int64_t *count_out, int64_t *bytes_out, struct jx_error *err)
{
	const struct fleet_device *d = user;
	int64_t count = 0;

	(void)err;
	for (size_t i = 0; i < d->photo_count; i++)
		count += waits(d, &d->photos[i], d->count) ? 1 : 0;
	*count_out = count;
	*bytes_out = count * d->fleet->o.photo_bytes;
	return JX_OK;
}

static jx_rc out_photos(void *user, int64_t limit, jx_client_photo_fn fn, void *fn_user, struct jx_error *err)
{
	const struct fleet_device *d = user;
	jx_rc rc = JX_OK;

	(void)err;
	for (size_t i = 0; i < d->photo_count && limit > 0 && rc == JX_OK; i++) {
		struct jx_client_photo p = {.size_bytes = d->fleet->o.photo_bytes, .type = "image/jpeg"};

		if (!waits(d, &d->photos[i], d->receipt_n))
			continue;
		memcpy(p.sha256, d->photos[i].sha256, sizeof(p.sha256));
		rc = fn(fn_user, &p);
		limit--;
	}
	return rc;
}

static struct fleet_photo *photo_of(struct fleet_device *d, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t i = 0; i < d->photo_count; i++)
		if (memcmp(d->photos[i].sha256, sha256, JX_HASH_BYTES) == 0)
			return &d->photos[i];
	return NULL;
}

static jx_rc out_photo_open(void *user, const uint8_t sha256[JX_HASH_BYTES], void **file_out,
			    struct jx_error *err)
{
	struct fleet_photo *p = photo_of(user, sha256);

	if (p == NULL)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "this device has no such photo");
	*file_out = p;
	return JX_OK;
}

static jx_rc out_photo_read(void *user, void *file, int64_t offset_bytes, void *data, size_t len,
			    size_t *got_out, struct jx_error *err)
{
	const struct fleet *f = ((const struct fleet_device *)user)->fleet;
	const struct fleet_photo *p = file;
	const size_t at = (size_t)offset_bytes, size = (size_t)f->o.photo_bytes;
	const size_t n = at >= size ? 0 : size - at < len ? size - at : len;
	uint8_t mark[FLEET_MARK_BYTES];

	(void)err;
	memcpy(data, f->photo + (at < size ? at : size), n);
	fleet_mark(p->number, mark);
	for (size_t i = 0; i < sizeof(mark); i++)
		if (f->mark_at + i >= at && f->mark_at + i < at + n)
			((uint8_t *)data)[f->mark_at + i - at] = mark[i];
	*got_out = n;
	return JX_OK;
}

static void out_photo_close(void *user, void *file)
{
	(void)user;
	(void)file;
}

/* ---- sink ---- */

static jx_rc in_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			struct jx_error *err)
{
	struct fleet_device *d = user;

	(void)err;
	if (r->is_fork)
		return JX_OK;
	if (d->receipt == NULL)
		d->receipt = jx_xmalloc(sizeof(*d->receipt));
	*d->receipt = *text;
	d->receipt_n = r->n;
	return JX_OK;
}

static jx_rc in_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			      struct jx_error *err)
{
	(void)text;
	(void)err;
	for (size_t i = 0; i < r->photo_count; i++) {
		struct fleet_photo *p = photo_of(user, r->photos[i]);

		if (p != NULL)
			p->is_receipted = true;
	}
	return JX_OK;
}

static jx_rc in_set(void *user, const char *name, const char *value, struct jx_error *err)
{
	struct fleet_device *d = user;
	struct fleet_value *v = value_of(d, name);

	if (v == NULL && d->value_count < FLEET_VALUES) {
		v = &d->values[d->value_count++];
		jx_strcpy(v->name, sizeof(v->name), name);
	}
	if (v == NULL)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "no place for \"%s\"", name);
	jx_strcpy(v->text, sizeof(v->text), value == NULL ? "" : value);
	return JX_OK;
}

/* Read, as a device reads what it keeps. */
static jx_rc in_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct jx_item *item = jx_xmalloc(sizeof(*item));
	jx_rc rc;

	(void)is_snapshot;
	do
		rc = jx_feed_next(feed, item, err);
	while (rc == JX_OK);
	free(item);
	return rc == JX_ENOTFOUND ? in_set(user, JX_CLIENT_CURSOR, cursor, err) : rc;
}

/* ---- syncs ---- */

static jx_rc pause_ms(void *user, int64_t ms)
{
	const struct fleet_device *d = user;
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL);
	return atomic_load(&d->fleet->is_stopped) ? JX_EINTR : JX_OK;
}

static bool should_stop(void *user)
{
	const struct fleet_device *d = user;

	return atomic_load(&d->fleet->is_stopped);
}

jx_rc fleet_sync(struct fleet_device *d, struct jx_client_result *result_out, struct jx_error *err)
{
	JX_AUTO(fleet_line)
	line = fleet_line_new(d->fleet->server, (const uint8_t(*)[JX_HASH_BYTES])d->as.pins, d->as.pin_count);
	const struct jx_outbox outbox = {.user = d,
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
	const struct jx_sink sink = {.user = d,
				     .receipt = in_receipt,
				     .photo_receipt = in_photo_receipt,
				     .feed = in_feed,
				     .set = in_set};
	struct jx_client_config c = {.transport = fleet_line_face(line),
				     .outbox = &outbox,
				     .sink = &sink,
				     .program = PROGRAM,
				     .secret_key = d->secret_key,
				     .identities = (const uint8_t(*)[JX_PUB_BYTES]) & d->as.identity,
				     .identity_count = 1,
				     .rand = jx_os_rand(),
				     .wait = pause_ms,
				     .wait_user = d,
				     .should_stop = should_stop,
				     .stop_user = d};

	memcpy(c.writer, d->as.writer, sizeof(c.writer));
	return jx_client_sync(&c, result_out, err);
}

jx_rc fleet_enrol(struct fleet_device *d, const char *code, struct jx_error *err)
{
	JX_AUTO(fleet_line) line = fleet_line_new(d->fleet->server, NULL, 0);
	struct jx_client_result *result;
	struct jx_code_text parsed;
	struct jx_client_enrol_config c = {.transport = fleet_line_face(line),
					   .code = &parsed,
					   .public_key = d->public_key,
					   .secret_key = d->secret_key,
					   .program = PROGRAM,
					   .name = "jx-fleet",
					   .rand = jx_os_rand(),
					   .wait = pause_ms,
					   .wait_user = d};
	char url[512] = "", text[JX_CLIENT_VALUE_MAX];
	const char *challenge;
	jx_rc rc = jx_code_parse(code, &parsed, url, sizeof(url), err);

	if (rc == JX_OK)
		rc = jx_client_enrol(&c, &d->as, err);
	if (rc == JX_OK && !d->as.is_active)
		rc = jx_fail(err, JX_ESTATE, 0, WHERE,
			     "the server wants each device confirmed: make the codes with --trusted");
	challenge = rc == JX_OK ? jx_client_first_challenge(&d->as, text) : NULL;
	if (challenge != NULL)
		rc = in_set(d, JX_CLIENT_CHALLENGE, challenge, err);
	if (rc != JX_OK)
		return rc;
	result = jx_xcalloc(1, sizeof(*result));
	rc = fleet_sync(d, result, err);
	free(result);
	return rc;
}

void fleet_show(struct fleet_device *d, int64_t count)
{
	d->count = count;
}

static void forget_value(struct fleet_device *d, const char *name)
{
	struct fleet_value *v = value_of(d, name);

	if (v != NULL)
		*v = d->values[--d->value_count];
}

void fleet_forget(struct fleet_device *d)
{
	free(d->receipt);
	d->receipt = NULL;
	d->receipt_n = 0;
	forget_value(d, JX_CLIENT_SERVER_N);
	forget_value(d, JX_CLIENT_SERVER_HEAD);
	for (size_t i = 0; i < d->photo_count; i++)
		d->photos[i].is_receipted = false;
}

void fleet_device_done(struct fleet_device *d)
{
	jx_buf_done(&d->bytes);
	free(d->start);
	free(d->head);
	free(d->sig);
	free(d->photos);
	free(d->receipt);
}
