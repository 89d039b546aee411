/*
 * Small copies of photos that wait, in bundles, ahead of the photos: for looking at, no evidence. So whatever goes wrong with one of them
 * leaves it out, and what goes wrong with all of them leaves all of them out, for this run.
 */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

#define WHERE "client.small"
/* Of the header line: {"sha256":"<64>","bytes":65536}, and what stands around them all. */
#define PART_HEAD_BYTES   96
#define BUNDLE_HEAD_BYTES 64
/* Names by which a server from before small copies says so. */
#define IS_UNKNOWN_ADDRESS(status) ((status) == 404 || (status) == 405 || (status) == 501)

struct bundle {
	struct jx_client__run *run;
	struct jx_small_part parts[JX_SMALL_PARTS_MAX];
	size_t start[JX_SMALL_PARTS_MAX]; /* of each copy in bytes, which may move while it grows */
	size_t count, body_bytes;
	jx_buf bytes;
	jx_rc kept; /* of what had to be noted */
};

static void free_bundle(struct bundle **b)
{
	jx_buf_done(&(*b)->bytes);
	free(*b);
}

static bool is_seen(const struct jx_client__run *run, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t at = 0; at < run->seen_small.len; at += JX_HASH_BYTES)
		if (memcmp(run->seen_small.data + at, sha256, JX_HASH_BYTES) == 0)
			return true;
	return false;
}

static jx_rc note_done(struct jx_client__run *run, const uint8_t sha256[JX_HASH_BYTES])
{
	const struct jx_client_sending what = {.sha256 = sha256, .sent_bytes = -1, .has_small = true};

	return jx_client__note_sending(run, &what, &run->err);
}

/* None can be made of it, now or later; or only not now (a full disk). */
static void pass_over(struct bundle *b, const uint8_t sha256[JX_HASH_BYTES], jx_rc why)
{
	jx_buf_add(&b->run->seen_small, sha256, JX_HASH_BYTES);
	if (why == JX_EINVAL || why == JX_ELIMIT)
		b->kept = note_done(b->run, sha256);
}

/* JX_EINTR only ends the walk: the bundle is full. */
static jx_rc take_photo(void *user, const struct jx_client_photo *photo)
{
	struct bundle *b = user;
	const struct jx_outbox *o = b->run->c->outbox;
	struct jx_error ignored = {.code = JX_OK};
	JX_AUTO_BUF copy = {0};
	jx_rc rc;

	if (is_seen(b->run, photo->sha256))
		return JX_OK;
	if (b->count == JX_SMALL_PARTS_MAX)
		return JX_EINTR;
	jx_buf_init(&copy, JX_SMALL_PART_BYTES_MAX);
	rc = o->small(o->user, photo->sha256, &copy, &ignored);
	if (rc == JX_OK)
		rc = copy.len > 0 ? jx_buf_check(&copy, "copy", &ignored) : JX_EINVAL;
	if (rc != JX_OK) {
		pass_over(b, photo->sha256, rc);
		return b->kept;
	}
	if (b->body_bytes + PART_HEAD_BYTES + copy.len > JX_SMALL_BUNDLE_BYTES_MAX)
		return JX_EINTR;
	b->body_bytes += PART_HEAD_BYTES + copy.len;
	memcpy(b->parts[b->count].sha256, photo->sha256, JX_HASH_BYTES);
	b->parts[b->count].copy.len = copy.len;
	b->start[b->count++] = b->bytes.len;
	jx_buf_add(&b->bytes, copy.data, copy.len);
	return JX_OK;
}

static jx_rc collect(struct bundle *b, jx_buf *body)
{
	struct jx_client__run *run = b->run;
	const struct jx_outbox *o = run->c->outbox;
	/* what was handed out in this run may still be listed: look past it */
	const int64_t limit = (int64_t)(run->seen_small.len / JX_HASH_BYTES) + JX_SMALL_PARTS_MAX;
	jx_rc rc;

	b->body_bytes = BUNDLE_HEAD_BYTES;
	rc = o->smalls(o->user, limit, take_photo, b, &run->err);
	if (rc != JX_OK && rc != JX_EINTR)
		return rc;
	rc = jx_buf_check(&run->seen_small, "list of small copies", &run->err);
	if (rc == JX_OK)
		rc = jx_buf_check(&b->bytes, "bundle", &run->err);
	if (rc != JX_OK || b->count == 0)
		return rc;
	for (size_t i = 0; i < b->count; i++)
		b->parts[i].copy.data = b->bytes.data + b->start[i];
	return jx_small_bundle_write(b->parts, b->count, body, &run->err);
}

/* What was refused for want of room waits for another run, and so do those behind it. */
static jx_rc take_results(struct bundle *b, const enum jx_small_result *results, bool *has_room_out)
{
	struct jx_client__run *run = b->run;
	jx_rc rc = JX_OK;

	*has_room_out = true;
	for (size_t i = 0; i < b->count && rc == JX_OK; i++) {
		jx_buf_add(&run->seen_small, b->parts[i].sha256, JX_HASH_BYTES);
		if (results[i] == JX_SMALL_QUOTA || results[i] == JX_SMALL_NO_SPACE)
			*has_room_out = false;
		if (results[i] == JX_SMALL_TAKEN)
			run->res->small_sent++;
		if (results[i] == JX_SMALL_TAKEN || results[i] == JX_SMALL_NOT_JPEG)
			rc = note_done(run, b->parts[i].sha256);
	}
	return rc;
}

static struct jx_plan_event take_answer(struct bundle *b, const struct jx_wire_response *rs)
{
	struct jx_client__run *run = b->run;
	struct jx_plan_event ev = {.kind = JX_PLAN_BAD_ANSWER, .retry_after_ms = -1};
	enum jx_small_result results[JX_SMALL_PARTS_MAX];
	bool has_room = true;
	jx_rc rc;

	if (jx_client__is_type(rs->content_type, "text/html")) {
		ev.kind = JX_PLAN_PORTAL;
		ev.rc = jx_client__fail_portal(rs->status, rs->content_type, &run->err);
		return ev;
	}
	ev.rc = jx_small_answer_read(
		(struct jx_bytes){rs->body.data != NULL ? rs->body.data : "", rs->body.len}, results,
		b->count, &run->err);
	if (ev.rc != JX_OK)
		return ev;
	rc = take_results(b, results, &has_room);
	if (rc != JX_OK)
		return jx_client__local(rc);
	ev.kind = has_room ? JX_PLAN_SMALL_SENT : JX_PLAN_NO_SMALL;
	return ev;
}

static struct jx_plan_event refused(struct jx_client__run *run, const struct jx_wire_response *rs)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_NO_SMALL, .retry_after_ms = -1};
	struct jx_client__refusal r;

	/* whoever says it, and however */
	if (IS_UNKNOWN_ADDRESS(rs->status))
		return ev;
	jx_client__refused(JX_CLIENT__SMALL, rs->status, rs->content_type, &rs->body, rs->retry_after_s, &r,
			   &run->err);
	jx_strcpy(run->res->server_error, sizeof(run->res->server_error), r.name);
	ev.kind = r.kind;
	ev.rc = run->err.code;
	ev.retry_after_ms = r.retry_after_ms;
	return ev;
}

static struct jx_plan_event send_bundle(struct bundle *b, const jx_buf *body)
{
	struct jx_client__run *run = b->run;
	const struct jx_transport *t = run->c->transport;
	JX_AUTO_FREE char *bearer = jx_xasprintf("Bearer %s", run->token);
	const struct jx_wire_request rq = {.method = "POST",
					   .path = JX_PATH_SMALL,
					   .authorization = bearer,
					   .body = {body->data, body->len}};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_plan_event ev = {.retry_after_ms = -1};
	jx_rc rc;

	jx_buf_init(&rs.body, JX_CLIENT__ERROR_BYTES_MAX);
	run->res->requests++;
	jx_client__let_go(run);
	rc = t->exchange(t->user, &rq, &rs, &run->err);
	jx_client__take_back(run);
	if (rc != JX_OK) {
		ev.kind = jx_client__no_answer(rc);
		ev.rc = rc;
	} else if (rs.status == 200) {
		ev = take_answer(b, &rs);
	} else {
		ev = refused(run, &rs);
	}
	jx_buf_done(&rs.body);
	return ev;
}

struct jx_plan_event jx_client__do_bundle(struct jx_client__run *run)
{
	JX_CLEANUP(free_bundle) struct bundle *b = jx_xcalloc(1, sizeof(*b));
	struct jx_plan_event ev = {.kind = JX_PLAN_NO_SMALL, .retry_after_ms = -1};
	JX_AUTO_BUF body = {0};
	jx_rc rc;

	b->run = run;
	jx_buf_init(&b->bytes, JX_SMALL_BUNDLE_BYTES_MAX);
	jx_buf_init(&body, (size_t)2 * JX_SMALL_BUNDLE_BYTES_MAX);
	rc = collect(b, &body);
	if (rc != JX_OK)
		return jx_client__local(rc);
	return b->count == 0 ? ev : send_bundle(b, &body);
}
