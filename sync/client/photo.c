/* Photos: which is next, one request about it, and what came back. */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

#define WHERE       "client.photo"
#define QUEUE_COUNT 32 /* looked up at once */

static bool is_seen(const struct jx_client__run *run, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t at = 0; at < run->seen.len; at += JX_HASH_BYTES) {
		if (memcmp(run->seen.data + at, sha256, JX_HASH_BYTES) == 0)
			return true;
	}
	return false;
}

static void mark_seen(struct jx_client__run *run)
{
	jx_buf_add(&run->seen, run->photo.sha256, JX_HASH_BYTES);
}

static jx_rc take_photo(void *user, const struct jx_client_photo *photo)
{
	struct jx_client__run *run = user;

	if (run->queue_count < QUEUE_COUNT && !is_seen(run, photo->sha256))
		run->queue[run->queue_count++] = *photo;
	return JX_OK;
}

static jx_rc fill_queue(struct jx_client__run *run)
{
	const struct jx_outbox *o = run->c->outbox;

	if (run->queue == NULL)
		run->queue = jx_xcalloc(QUEUE_COUNT, sizeof(run->queue[0]));
	run->queue_count = 0;
	run->queue_at = 0;
	if (jx_buf_check(&run->seen, "list of photos", &run->err) != JX_OK)
		return run->err.code;
	/* what was given up in this run still waits: look past it */
	return o->photos(o->user, (int64_t)(run->seen.len / JX_HASH_BYTES) + QUEUE_COUNT, take_photo, run,
			 &run->err);
}

static void give_up(struct jx_client__run *run)
{
	char hex[2 * JX_HASH_BYTES + 1];
	struct jx_error note = {0};

	mark_seen(run);
	run->res->photos_left_out++;
	jx_hex(run->photo.sha256, JX_HASH_BYTES, hex);
	(void)jx_fail(&note, JX_ECORRUPT, 0, WHERE, "photo %.12s... was left out: %s", hex, run->err.text);
	jx_strcpy(run->res->note, sizeof(run->res->note), note.text);
}

struct jx_plan_event jx_client__do_choose(struct jx_client__run *run, const struct jx_plan_step *step)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_NO_PHOTO, .retry_after_ms = -1};
	jx_rc rc = JX_OK;

	jx_client__photo_close(run);
	if (step->skips_photo)
		give_up(run);
	if (run->queue_at == run->queue_count)
		rc = fill_queue(run);
	if (rc != JX_OK)
		return jx_client__local(rc);
	if (run->queue_at < run->queue_count) {
		run->photo = run->queue[run->queue_at++];
		run->photo_counted = 0;
		ev.kind = JX_PLAN_PHOTO;
		ev.photo_bytes = run->photo.size_bytes;
		/* photos go one after the other: at most one was cut, and it is the first that can go */
		ev.may_be_begun = run->has_old_photos && run->res->photos_sent == 0;
	}
	return ev;
}

/* 2xx: a receipt, or how much is there. */
static void take_success(struct jx_client__run *run, const struct jx_photo_response *rs,
			 struct jx_plan_event *ev)
{
	if (rs->receipt[0] != '\0') {
		ev->kind = jx_client__take_photo_receipt(run, rs->receipt);
		if (ev->kind == JX_PLAN_PHOTO_DONE) {
			mark_seen(run);
			run->res->photos_sent++;
			run->res->photo_bytes_sent += run->photo.size_bytes;
			run->progress.photos_sent++;
			run->progress.photo_bytes_sent += run->photo.size_bytes - run->photo_counted;
			run->photo_counted = run->photo.size_bytes;
			return;
		}
		ev->rc = run->err.code;
		return;
	}
	if (jx_client__is_type(rs->content_type, "text/html")) {
		ev->kind = JX_PLAN_PORTAL;
		ev->rc = jx_client__fail_portal(rs->status, rs->content_type, &run->err);
		return;
	}
	ev->photo_offset = rs->offset_bytes;
	ev->kind = JX_PLAN_PHOTO_AT;
	/* plain tus: created, nothing taken yet */
	if (rs->offset_bytes < 0 && rs->status == 201)
		ev->photo_offset = 0;
	if (ev->photo_offset < 0 || ev->photo_offset > run->photo.size_bytes) {
		ev->kind = JX_PLAN_BAD_ANSWER;
		ev->rc = jx_fail(
			&run->err, JX_ENET, rs->status, WHERE,
			"the server's answer does not say how much of a photo it has; try again later, tell the "
			"administrator");
		return;
	}
	/* if the run ends here for want of progress */
	ev->rc = jx_fail(
		&run->err, JX_ENET, rs->status, WHERE,
		"the server takes no more of a photo (%lld of %lld bytes) and signs no receipt for it; try again later, "
		"tell the administrator",
		(long long)ev->photo_offset, (long long)run->photo.size_bytes);
}

static void take_refusal(struct jx_client__run *run, const struct jx_photo_response *rs, bool is_head,
			 struct jx_plan_event *ev)
{
	struct jx_client__refusal r;

	jx_client__refused(is_head ? JX_CLIENT__PHOTO_HEAD : JX_CLIENT__PHOTO, rs->status, rs->content_type,
			   &rs->body, rs->retry_after_s, &r, &run->err);
	jx_strcpy(run->res->server_error, sizeof(run->res->server_error), r.name);
	ev->kind = r.kind;
	ev->rc = run->err.code;
	ev->retry_after_ms = r.retry_after_ms;
	if (rs->status == 409 && r.kind == JX_PLAN_BAD_ANSWER && rs->offset_bytes >= 0 &&
	    rs->offset_bytes < run->photo.size_bytes) {
		ev->kind = JX_PLAN_PHOTO_AT;
		ev->photo_offset = rs->offset_bytes;
	}
}

/* No answer: the line, or our own file? */
static void take_failure(struct jx_client__run *run, jx_rc rc, struct jx_plan_event *ev)
{
	ev->rc = rc;
	ev->kind = jx_client__no_answer(rc);
	if (run->file_rc != JX_OK)
		ev->kind = JX_PLAN_PHOTO_UNREADABLE;
}

static struct jx_plan_event exchange(struct jx_client__run *run, const struct jx_photo_request *rq)
{
	const struct jx_transport *t = run->c->transport;
	JX_AUTO_FREE struct jx_photo_response *rs = jx_xcalloc(1, sizeof(*rs));
	struct jx_plan_event ev = {.retry_after_ms = -1};
	jx_rc rc;

	rs->offset_bytes = -1;
	rs->retry_after_s = -1;
	jx_buf_init(&rs->body, JX_CLIENT__ERROR_BYTES_MAX);
	run->res->requests++;
	rc = t->photo(t->user, rq, rs, &run->err);
	if (rc != JX_OK)
		take_failure(run, rc, &ev);
	else if (rs->status >= 200 && rs->status < 300)
		take_success(run, rs, &ev);
	else
		take_refusal(run, rs, rq->verb == JX_PHOTO_ASK, &ev);
	jx_buf_done(&rs->body);
	return ev;
}

struct jx_plan_event jx_client__do_photo(struct jx_client__run *run, const struct jx_plan_step *step)
{
	struct jx_plan_event ev = {.retry_after_ms = -1};
	const struct jx_client_source source = {run, jx_client__photo_read};
	struct jx_photo_request rq = {.verb = JX_PHOTO_ASK,
				      .sha256 = run->photo.sha256,
				      .type = run->photo.type,
				      .token = run->token,
				      .size_bytes = run->photo.size_bytes};

	run->file_rc = JX_OK;
	if (step->what != JX_PLAN_DO_ASK) {
		rq.verb = step->what == JX_PLAN_DO_CREATE ? JX_PHOTO_CREATE : JX_PHOTO_SEND;
		rq.offset_bytes = step->what == JX_PLAN_DO_SEND ? step->photo_offset : 0;
		rq.source = &source;
		ev.rc = jx_client__photo_open(run);
		if (ev.rc != JX_OK) {
			ev.kind = JX_PLAN_PHOTO_UNREADABLE;
			return ev;
		}
	}
	return exchange(run, &rq);
}
