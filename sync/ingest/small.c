/*
 * Small copies that come ahead of their originals, so that the office sees a picture the same evening. They are no evidence: nothing is
 * looked into, nothing is signed, and the server's own takes their place.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define COPY_MAX ((size_t)1 << 23) /* what the vault keeps of one at most */

struct small {
	jx_ingest *in;
	struct jx_writer who;
	struct jx_small_part parts[JX_SMALL_PARTS_MAX];
	enum jx_small_result results[JX_SMALL_PARTS_MAX];
	struct jx_vault_photo taken[JX_SMALL_PARTS_MAX];
	size_t count, taken_count;
	int64_t bytes;     /* of the parts that were kept */
	bool is_room_sure; /* for all of them */
};

static jx_rc room_result(jx_rc rc, const struct jx_error *err, enum jx_small_result *out)
{
	if (rc != JX_ENOSPC)
		return rc;
	*out = err->native == JX_INGEST_QUOTA ? JX_SMALL_QUOTA : JX_SMALL_NO_SPACE;
	return JX_OK;
}

static jx_rc check_all(struct small *s, struct jx_error *err)
{
	int64_t bytes = 0;
	jx_rc rc;

	for (size_t i = 0; i < s->count; i++)
		bytes += (int64_t)s->parts[i].copy.len;
	rc = jx_ingest__room_for(s->in, s->who.id, bytes, err);
	s->is_room_sure = rc == JX_OK;
	return rc == JX_ENOSPC ? JX_OK : rc;
}

/*
 * The first that came stays: whoever else lists the same photo cannot put another picture in its place. One torn by a power cut is
 * not found, and is replaced.
 */
static jx_rc keep(struct small *s, size_t i, struct jx_error *err)
{
	const struct jx_small_part *p = &s->parts[i];
	JX_AUTO_BUF there;
	jx_rc rc;

	jx_buf_init(&there, COPY_MAX);
	rc = s->in->ops->copy(s->in->vault, p->sha256, &there, err);
	if (rc != JX_ENOTFOUND)
		return rc;
	if (!s->is_room_sure)
		rc = jx_ingest__room_for(s->in, s->who.id, s->bytes + (int64_t)p->copy.len, err);
	else
		rc = JX_OK;
	if (rc == JX_OK)
		rc = s->in->ops->keep_copy(s->in->vault, p->sha256, false, p->copy.data, p->copy.len, err);
	if (rc == JX_OK)
		s->bytes += (int64_t)p->copy.len;
	return rc;
}

static jx_rc take_part(struct small *s, size_t i, struct jx_error *err)
{
	const struct jx_small_part *p = &s->parts[i];
	int64_t size_bytes = 0;
	jx_rc rc = s->in->ops->photo_listed(s->in->vault, s->who.id, p->sha256, &size_bytes, err);

	s->results[i] = JX_SMALL_TAKEN;
	if (rc == JX_ENOTFOUND) {
		s->results[i] = JX_SMALL_NOT_LISTED;
		return JX_OK;
	}
	if (rc == JX_OK)
		rc = keep(s, i, err);
	if (rc == JX_EINVAL) {
		s->results[i] = JX_SMALL_NOT_JPEG;
		return JX_OK;
	}
	if (rc == JX_OK) {
		s->taken[s->taken_count].size_bytes = (int64_t)p->copy.len;
		memcpy(s->taken[s->taken_count++].sha256, p->sha256, JX_HASH_BYTES);
		return JX_OK;
	}
	return room_result(rc, err, &s->results[i]);
}

void jx_ingest_small(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	JX_AUTO_FREE struct small *s = jx_xcalloc(1, sizeof(*s));
	struct jx_error err = {.code = JX_OK};
	jx_rc rc;

	s->in = ingest;
	if (!jx_ingest_token(ingest, rq->authorization, &s->who, rs))
		return;
	if (rq->is_zstd) {
		(void)jx_ingest__refuse(rs, 415, "bad-request", "small copies are sent as they are");
		return;
	}
	if (jx_small_bundle_read(rq->body, s->parts, JX_SMALL_PARTS_MAX, &s->count, &err) != JX_OK) {
		(void)jx_ingest__refuse_body(ingest, rs, &err);
		return;
	}
	rc = check_all(s, &err);
	for (size_t i = 0; i < s->count && rc == JX_OK; i++)
		rc = take_part(s, i, &err);
	if (rc == JX_OK)
		rc = ingest->ops->note_small(ingest->vault, s->who.id, s->taken, s->taken_count, &err);
	if (rc == JX_OK) {
		jx_ingest__answer_begin(rs, 200, "application/json");
		rc = jx_small_answer_write(s->results, s->count, &rs->body, &err);
	}
	if (rc != JX_OK)
		(void)jx_ingest__fault(ingest, rs, &err);
}
