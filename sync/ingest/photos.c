/*
 * Photos: only what an entry of this writer lists, one request at a time for each, a receipt once the file
 * is durable.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.photo"

struct jx_upload {
	jx_ingest *in;
	jx_upload *next; /* in the list of open ones */
	uint8_t writer[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
	struct jx_upload_state state;
	jx_vault_part *part;   /* NULL: stored already */
	int64_t counted_bytes; /* against the quota: all of it ... */
	int64_t to_come_bytes; /* ... and against the disk: what is not there yet. Under uploads_mutex */
};

/* ---- open ones ---- */

static jx_rc enter(jx_upload *u, struct jx_error *err)
{
	JX_INGEST__HOLD(&u->in->uploads_mutex);
	const jx_upload *p;

	for (p = u->in->uploads; p != NULL; p = p->next)
		if (memcmp(p->writer, u->writer, sizeof(u->writer)) == 0 &&
		    memcmp(p->sha256, u->sha256, sizeof(u->sha256)) == 0)
			return jx_fail(err, JX_EBUSY, 0, WHERE,
				       "another request is writing this photo: wait for it");
	u->next = u->in->uploads;
	u->in->uploads = u;
	return JX_OK;
}

static void leave(jx_upload *u)
{
	JX_INGEST__HOLD(&u->in->uploads_mutex);
	jx_upload **p = &u->in->uploads;

	while (*p != NULL && *p != u)
		p = &(*p)->next;
	if (*p == u)
		*p = u->next;
}

/* ---- state ---- */

static jx_rc sign_photo(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES],
			int64_t now_utc_ms, struct jx_signed *out, struct jx_error *err)
{
	struct jx_photo_receipt r = {.server_utc_ms = now_utc_ms, .photo_count = 1};
	JX_INGEST__SIGNER(signer, in);
	jx_rc rc = in->ops->epoch(in->vault, r.epoch, err);

	if (rc != JX_OK)
		return rc;
	memcpy(r.key_id, signer.key_id, sizeof(r.key_id));
	memcpy(r.writer, writer, sizeof(r.writer));
	memcpy(r.photos[0], sha256, sizeof(r.photos[0]));
	return jx_photo_receipt_sign(&r, signer.secret, out, err);
}

/*
 * What was signed before a restore says nothing of what is here now, and no device believes it any more: sign
 * again. So too what an earlier identity key signed, which a device may not know.
 */
static jx_rc renew(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES],
		   struct jx_signed *receipt, struct jx_error *err)
{
	struct jx_photo_receipt r;
	uint8_t epoch[JX_ID_BYTES];
	JX_INGEST__SIGNER(signer, in);
	jx_rc rc = in->ops->epoch(in->vault, epoch, err);

	if (rc != JX_OK || (jx_photo_receipt_open(receipt, signer.identity, &r, NULL) == JX_OK &&
			    memcmp(r.epoch, epoch, sizeof(epoch)) == 0))
		return rc;
	return sign_photo(in, writer, sha256, jx_ingest__now(in), receipt, err);
}

static jx_rc set_stored(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], const uint8_t sha256[JX_HASH_BYTES],
			struct jx_upload_state *state, struct jx_error *err)
{
	jx_rc rc = in->ops->photo_receipt(in->vault, writer, sha256, &state->receipt, err);

	if (rc == JX_OK)
		rc = renew(in, writer, sha256, &state->receipt, err);
	if (rc == JX_OK) {
		state->is_stored = true;
		state->offset_bytes = state->size_bytes;
	}
	return rc;
}

jx_rc jx_ingest_photo_state(jx_ingest *ingest, const struct jx_writer *who,
			    const uint8_t sha256[JX_HASH_BYTES], struct jx_upload_state *out,
			    struct jx_error *err)
{
	struct jx_upload_state state = {.is_stored = false};
	jx_rc rc = ingest->ops->photo_listed(ingest->vault, who->id, sha256, &state.size_bytes, err);

	if (rc == JX_OK)
		rc = set_stored(ingest, who->id, sha256, &state, err);
	else
		return rc;
	if (rc == JX_ENOTFOUND)
		rc = ingest->ops->part_offset(ingest->vault, who->id, sha256, &state.offset_bytes, err);
	if (rc == JX_OK)
		*out = state;
	return rc;
}

/* ---- receiving ---- */

static jx_rc open_part(jx_upload *u, int64_t offset_bytes, struct jx_error *err)
{
	const struct jx_vault_ops *ops = u->in->ops;
	jx_rc rc = JX_OK;

	if (!u->state.is_stored) {
		rc = ops->part_open(u->in->vault, u->writer, u->sha256, u->state.size_bytes, &u->part, err);
		if (rc == JX_OK)
			u->state.offset_bytes = ops->part_at(u->part);
	}
	if (rc == JX_OK && u->state.offset_bytes != offset_bytes)
		return jx_fail(err, JX_ECONFLICT, 0, WHERE,
			       "%lld bytes of this photo are here, not %lld: go on from there",
			       (long long)u->state.offset_bytes, (long long)offset_bytes);
	return rc;
}

/* ---- room ---- */

#define MB INT64_C(1000000)

/* What the others that are open may still bring: they were let in, so their room is theirs. */
static void add_open_ones(const jx_upload *u, int64_t *of_writer, int64_t *to_come)
{
	const jx_upload *p;

	for (p = u->in->uploads; p != NULL; p = p->next) {
		if (p == u)
			continue;
		*to_come += p->to_come_bytes;
		if (memcmp(p->writer, u->writer, sizeof(u->writer)) == 0)
			*of_writer += p->counted_bytes;
	}
}

static jx_rc check_quota(const jx_upload *u, int64_t open_bytes, struct jx_error *err)
{
	const int64_t quota_bytes = u->in->config.photo_quota_bytes;
	int64_t stored_bytes = 0;
	jx_rc rc = JX_OK;

	if (quota_bytes <= 0)
		return JX_OK;
	rc = u->in->ops->photo_bytes(u->in->vault, u->writer, &stored_bytes, err);
	if (rc == JX_OK && stored_bytes + open_bytes + u->state.size_bytes > quota_bytes)
		return jx_fail(err, JX_ENOSPC, JX_INGEST_QUOTA, WHERE,
			       "a writer's photos have used %lld of %lld MB: raise photo_quota_mb",
			       (long long)((stored_bytes + open_bytes) / MB), (long long)(quota_bytes / MB));
	return rc;
}

static jx_rc check_disk(const jx_upload *u, int64_t to_come_bytes, struct jx_error *err)
{
	const int64_t reserve_bytes = u->in->config.disk_reserve_bytes;
	const int64_t need_bytes = u->state.size_bytes - u->state.offset_bytes;
	int64_t free_bytes = 0;
	jx_rc rc = JX_OK;

	if (reserve_bytes <= 0)
		return JX_OK;
	rc = u->in->ops->free_bytes(u->in->vault, &free_bytes, err);
	if (rc == JX_OK && free_bytes - to_come_bytes - need_bytes < reserve_bytes)
		return jx_fail(
			err, JX_ENOSPC, 0, WHERE,
			"the disk has %lld MB left, and %lld are kept for entries: make room, photos wait on their devices",
			(long long)(free_bytes / MB), (long long)(reserve_bytes / MB));
	return rc;
}

/* Before the first byte, and for all of them: no photo is half taken for want of room that could be foreseen. */
static jx_rc take_room(jx_upload *u, struct jx_error *err)
{
	JX_INGEST__HOLD(&u->in->uploads_mutex);
	int64_t of_writer_bytes = 0, to_come_bytes = 0;
	jx_rc rc;

	/* whole already: publishing it takes no room */
	if (u->state.is_stored || u->state.offset_bytes == u->state.size_bytes)
		return JX_OK;
	add_open_ones(u, &of_writer_bytes, &to_come_bytes);
	rc = check_quota(u, of_writer_bytes, err);
	if (rc == JX_OK)
		rc = check_disk(u, to_come_bytes, err);
	if (rc == JX_OK) {
		u->counted_bytes = u->state.size_bytes;
		u->to_come_bytes = u->state.size_bytes - u->state.offset_bytes;
	}
	return rc;
}

jx_rc jx_ingest__room_for(jx_ingest *in, const uint8_t writer[JX_ID_BYTES], int64_t bytes,
			  struct jx_error *err)
{
	JX_INGEST__HOLD(&in->uploads_mutex);
	jx_upload u = {.in = in, .state = {.size_bytes = bytes}};
	int64_t of_writer_bytes = 0, to_come_bytes = 0;
	jx_rc rc;

	memcpy(u.writer, writer, sizeof(u.writer));
	add_open_ones(&u, &of_writer_bytes, &to_come_bytes);
	rc = check_quota(&u, of_writer_bytes, err);
	return rc == JX_OK ? check_disk(&u, to_come_bytes, err) : rc;
}

static jx_upload *begin_upload(jx_ingest *ingest, const struct jx_writer *who,
			       const uint8_t sha256[JX_HASH_BYTES])
{
	jx_upload *u = jx_xcalloc(1, sizeof(*u));

	u->in = ingest;
	memcpy(u->writer, who->id, sizeof(u->writer));
	memcpy(u->sha256, sha256, sizeof(u->sha256));
	return u;
}

jx_rc jx_ingest_photo_open(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes, jx_upload **upload_out,
			   struct jx_error *err)
{
	JX_AUTO(jx_upload) u = begin_upload(ingest, who, sha256);
	jx_rc rc = enter(u, err);

	/* read inside the list: no other request can move it any more */
	if (rc == JX_OK)
		rc = jx_ingest_photo_state(ingest, who, sha256, &u->state, err);
	if (rc == JX_OK)
		rc = take_room(u, err);
	if (rc == JX_OK)
		rc = open_part(u, offset_bytes, err);
	if (rc == JX_OK)
		*upload_out = JX_STEAL(u);
	return rc;
}

jx_rc jx_upload_write(jx_upload *upload, const void *data, size_t len, struct jx_error *err)
{
	const int64_t left = upload->state.size_bytes - upload->state.offset_bytes;
	jx_rc rc;

	if ((uint64_t)len > (uint64_t)left)
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "more bytes than the entry lists for this photo (%lld)",
			       (long long)upload->state.size_bytes);
	if (len == 0)
		return JX_OK;
	rc = upload->in->ops->part_write(upload->part, data, len, err);
	upload->state.offset_bytes = upload->in->ops->part_at(upload->part);
	return rc;
}

/* Its row counts from here on. */
static void give_room_back(jx_upload *u)
{
	JX_INGEST__HOLD(&u->in->uploads_mutex);

	u->counted_bytes = 0;
	u->to_come_bytes = 0;
}

static jx_rc give_receipt(jx_upload *u, struct jx_error *err)
{
	jx_ingest *in = u->in;
	const int64_t now_utc_ms = jx_ingest__now(in);
	struct jx_signed text;
	jx_rc rc = sign_photo(in, u->writer, u->sha256, now_utc_ms, &text, err);

	if (rc == JX_OK)
		rc = in->ops->photo_stored(in->vault, u->writer, u->sha256, &text, now_utc_ms, err);
	if (rc != JX_OK)
		return rc;
	/* one from before a restore may be kept already: its file was gone, and what is given is today's */
	u->state.receipt = text;
	u->state.is_stored = true;
	u->state.offset_bytes = u->state.size_bytes;
	give_room_back(u);
	return JX_OK;
}

jx_rc jx_upload_end(jx_upload *upload, struct jx_upload_state *state_out, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	if (!upload->state.is_stored && upload->state.offset_bytes == upload->state.size_bytes) {
		rc = upload->in->ops->part_publish(upload->part, err);
		if (rc == JX_ECORRUPT)
			upload->state.offset_bytes = 0;
		if (rc == JX_OK)
			rc = give_receipt(upload, err);
	}
	if (rc == JX_OK)
		*state_out = upload->state;
	return rc;
}

static jx_rc drop_part(jx_upload *u, struct jx_error *err)
{
	const struct jx_vault_ops *ops = u->in->ops;
	jx_rc rc;

	if (u->state.is_stored)
		return jx_fail(err, JX_EEXISTS, 0, WHERE,
			       "this photo is published: it is evidence and stays");
	if (u->state.offset_bytes == 0)
		return JX_OK;
	rc = ops->part_open(u->in->vault, u->writer, u->sha256, u->state.size_bytes, &u->part, err);
	return rc == JX_OK ? ops->part_drop(u->part, err) : rc;
}

jx_rc jx_ingest_photo_drop(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	JX_AUTO(jx_upload) u = begin_upload(ingest, who, sha256);
	jx_rc rc = enter(u, err);

	if (rc == JX_OK)
		rc = jx_ingest_photo_state(ingest, who, sha256, &u->state, err);
	return rc == JX_OK ? drop_part(u, err) : rc;
}

void jx_upload_close(jx_upload *upload)
{
	if (upload == NULL)
		return;
	upload->in->ops->part_close(upload->part);
	leave(upload);
	free(upload);
}
