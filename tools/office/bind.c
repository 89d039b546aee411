/* The office as outbox and sink of a sync: its own log is empty so far, and what comes goes to the journal. */
#include <string.h>

#include "office_private.h"

#define WHERE "office.sync"

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	const struct jx_office__desk *desk = user;

	(void)err;
	*n_out = 0;
	jx_chain_root(desk->account.writer, desk->account.public_key, head_out);
	return JX_OK;
}

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	int64_t last = 0;

	if (n != 0)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "this log has no entry %lld", (long long)n);
	return out_head(user, &last, head_out, err);
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	(void)user;
	(void)from_n;
	(void)batch;
	(void)err;
	return JX_OK;
}

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	(void)user;
	(void)out;
	return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "this log has no receipt");
}

static jx_rc out_get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	const struct jx_office__desk *desk = user;
	const struct jx_office__state *s = &desk->journal.state;
	const char *value = strcmp(name, JX_CLIENT_CURSOR) == 0 ? s->cursor : jx_office__state_get(s, name);

	if (value == NULL || value[0] == '\0')
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "%s is not set", name);
	jx_strcpy(out, cap, value);
	return JX_OK;
}

static jx_rc in_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			struct jx_error *err)
{
	(void)user;
	(void)text;
	(void)r;
	(void)err;
	return JX_OK; /* of an empty log there is nothing to mark */
}

static jx_rc in_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
			      struct jx_error *err)
{
	(void)user;
	(void)text;
	(void)r;
	(void)err;
	return JX_OK;
}

static jx_rc in_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct jx_office__desk *desk = user;
	struct jx_item item;
	jx_rc rc;

	jx_office__feed_begin(desk, is_snapshot);
	while ((rc = jx_feed_next(feed, &item, err)) == JX_OK) {
		rc = jx_office__feed_add(desk, &item, jx_feed_doc(feed), err);
		if (rc != JX_OK)
			break;
	}
	if (rc != JX_ENOTFOUND) {
		jx_office__feed_drop(desk);
		return rc;
	}
	return jx_office__feed_end(desk, cursor, err);
}

static jx_rc in_keys(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		     struct jx_error *err)
{
	struct jx_office__desk *desk = user;
	struct jx_office__account a = desk->account;
	jx_rc rc = JX_OK;

	(void)text;
	jx_office__account_rotate(&a, keys);
	if (memcmp(&a, &desk->account, sizeof(a)) != 0)
		rc = jx_office__account_save(desk->fs, desk->dir, &a, err);
	if (rc == JX_OK) {
		desk->account = a;
		jx_office__trust_of(&a, &desk->trust);
	}
	return rc;
}

/* Kept in memory; the state is written with the next answer or at the end of the run. */
static jx_rc in_set(void *user, const char *name, const char *value, struct jx_error *err)
{
	struct jx_office__desk *desk = user;

	if (!jx_office__state_set(&desk->journal.state, name, value == NULL ? "" : value))
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "there is no room for %s in state.json", name);
	return JX_OK;
}

void jx_office__bind(struct jx_office__desk *desk, struct jx_outbox *outbox, struct jx_sink *sink)
{
	*outbox = (struct jx_outbox){
		.user = desk,
		.head = out_head,
		.head_at = out_head_at,
		.batch = out_batch,
		.receipt = out_receipt,
		.get = out_get,
	};
	*sink = (struct jx_sink){
		.user = desk,
		.receipt = in_receipt,
		.photo_receipt = in_photo_receipt,
		.feed = in_feed,
		.keys = in_keys,
		.set = in_set,
	};
}
