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

static jx_rc take_photo(void *user, const struct jx_client_photo *photo)
{
	struct jx_client__run *run = user;

	if (run->queue_count < QUEUE_COUNT && !is_seen(run, photo->sha256))
		run->queue[run->queue_count++] = *photo;
	return JX_OK;
}

static jx_rc fill_queue(struct jx_client__run *run, struct jx_error *err)
{
	const struct jx_outbox *o = run->c->outbox;
	jx_rc rc;

	if (run->queue == NULL)
		run->queue = jx_xcalloc(QUEUE_COUNT, sizeof(run->queue[0]));
	run->queue_count = 0;
	run->queue_at = 0;
	if (jx_buf_check(&run->seen, "list of photos", err) != JX_OK)
		return err->code;
	rc = run->progress.photos_total > 0 ? jx_client__begin_photos(run, err) : JX_OK;
	if (rc != JX_OK)
		return rc;
	/* what was given up in this run still waits, and so does what is in other lanes' hands: look past it */
	return o->photos(o->user, (int64_t)(run->seen.len / JX_HASH_BYTES) + QUEUE_COUNT, take_photo, run,
			 err);
}

/* A hint, and no more: what cannot be kept of it is not worth ending a run for. */
static void note_sending(struct jx_client__lane *lane, int64_t sent_bytes, const char *refused)
{
	const struct jx_client_sending what = {
		.sha256 = lane->turn.photo.sha256, .sent_bytes = sent_bytes, .refused = refused};
	struct jx_error ignored = {.code = JX_OK};

	(void)jx_client__note_sending(lane->run, &what, &ignored);
}

void jx_client__note_turn(struct jx_client__lane *lane)
{
	const int64_t most = lane->turn.photo.size_bytes - 1;

	/* what has left here may be on the way still, or lost: that all of it arrived only the server can say */
	if (lane->turn.counted > 0 && most > 0)
		note_sending(lane, lane->turn.counted < most ? lane->turn.counted : most, NULL);
}

static void give_up(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;
	char hex[2 * JX_HASH_BYTES + 1];
	struct jx_error note = {0};

	run->res->photos_left_out++;
	note_sending(lane, -1, lane->refused[0] != '\0' ? lane->refused : "unreadable");
	jx_hex(lane->turn.photo.sha256, JX_HASH_BYTES, hex);
	(void)jx_fail(&note, JX_ECORRUPT, 0, WHERE, "photo %.12s... was left out: %s", hex, lane->err->text);
	jx_strcpy(run->res->note, sizeof(run->res->note), note.text);
}

/* Each photo goes to one lane only; one that a lane could not finish is the first lane's. */
static void hand_out(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;

	if (run->returned_count > 0) {
		lane->turn = run->returned[--run->returned_count];
	} else {
		lane->turn = (struct jx_client__turn){.photo = run->queue[run->queue_at++]};
		jx_buf_add(&run->seen, lane->turn.photo.sha256, JX_HASH_BYTES);
	}
	jx_strcpy(lane->token, sizeof(lane->token), run->token);
	lane->has_turn = true;
}

static bool has_next(const struct jx_client__lane *lane)
{
	const struct jx_client__run *run = lane->run;

	return run->queue_at < run->queue_count || (lane == &run->lane[0] && run->returned_count > 0);
}

static jx_rc find_next(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;
	jx_rc rc = JX_OK;

	if (!has_next(lane))
		rc = fill_queue(run, lane->err);
	/* the first lane ends the run, so it is the last: what others cannot finish comes back to it */
	while (rc == JX_OK && !has_next(lane) && lane == &run->lane[0] && jx_client__wait_for_lanes(run))
		;
	return rc;
}

struct jx_plan_event jx_client__do_choose(struct jx_client__lane *lane, const struct jx_plan_step *step)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_NO_PHOTO, .retry_after_ms = -1};
	jx_rc rc;

	jx_client__photo_close(lane);
	if (step->skips_photo)
		give_up(lane);
	lane->has_turn = false;
	if (lane != &lane->run->lane[0] && jx_client__is_one_too_many(lane->run))
		return ev;
	rc = find_next(lane);
	if (rc != JX_OK)
		return jx_client__local(rc);
	if (has_next(lane)) {
		hand_out(lane);
		ev.kind = JX_PLAN_PHOTO;
		ev.photo_bytes = lane->turn.photo.size_bytes;
		ev.may_be_begun = jx_client__is_begun(lane->run, &lane->turn);
	}
	return ev;
}

static void count_done(struct jx_client__lane *lane)
{
	struct jx_client__run *run = lane->run;
	const int64_t size_bytes = lane->turn.photo.size_bytes;

	jx_client__end_photo(lane);
	lane->has_turn = false;
	run->res->photos_sent++;
	run->res->photo_bytes_sent += size_bytes;
	run->progress.photos_sent++;
	run->progress.photo_bytes_sent += size_bytes - lane->turn.counted;
	lane->turn.counted = size_bytes;
	if (lane != &run->lane[0])
		run->lane_photos++;
}

/* 2xx: a receipt, or how much is there. */
static void take_success(struct jx_client__lane *lane, const struct jx_photo_response *rs,
			 struct jx_plan_event *ev)
{
	if (rs->receipt[0] != '\0') {
		ev->kind = jx_client__take_photo_receipt(lane, rs->receipt);
		if (ev->kind == JX_PLAN_PHOTO_DONE) {
			count_done(lane);
			return;
		}
		ev->rc = lane->err->code;
		return;
	}
	if (jx_client__is_type(rs->content_type, "text/html")) {
		ev->kind = JX_PLAN_PORTAL;
		ev->rc = jx_client__fail_portal(rs->status, rs->content_type, lane->err);
		return;
	}
	ev->photo_offset = rs->offset_bytes;
	ev->kind = JX_PLAN_PHOTO_AT;
	/* plain tus: created, nothing taken yet */
	if (rs->offset_bytes < 0 && rs->status == 201)
		ev->photo_offset = 0;
	if (ev->photo_offset < 0 || ev->photo_offset > lane->turn.photo.size_bytes) {
		ev->kind = JX_PLAN_BAD_ANSWER;
		ev->rc = jx_fail(
			lane->err, JX_ENET, rs->status, WHERE,
			"the server's answer does not say how much of a photo it has; try again later, tell the "
			"administrator");
		return;
	}
	note_sending(lane, ev->photo_offset, "");
	/* if the run ends here for want of progress */
	ev->rc = jx_fail(
		lane->err, JX_ENET, rs->status, WHERE,
		"the server takes no more of a photo (%lld of %lld bytes) and signs no receipt for it; try again later, "
		"tell the administrator",
		(long long)ev->photo_offset, (long long)lane->turn.photo.size_bytes);
}

static void take_refusal(struct jx_client__lane *lane, const struct jx_photo_response *rs, bool is_head,
			 struct jx_plan_event *ev)
{
	struct jx_client__refusal r;

	jx_client__refused(is_head ? JX_CLIENT__PHOTO_HEAD : JX_CLIENT__PHOTO, rs->status, rs->content_type,
			   &rs->body, rs->retry_after_s, &r, lane->err);
	jx_strcpy(lane->run->res->server_error, sizeof(lane->run->res->server_error), r.name);
	ev->kind = r.kind;
	ev->rc = lane->err->code;
	ev->retry_after_ms = r.retry_after_ms;
	jx_strcpy(lane->refused, sizeof(lane->refused), r.name);
	/* the run ends: the photo in hand is the one that there is no room for */
	if (r.kind == JX_PLAN_NO_SPACE)
		note_sending(lane, -1, r.name[0] != '\0' ? r.name : "no-space");
	if (rs->status == 409 && r.kind == JX_PLAN_BAD_ANSWER && rs->offset_bytes >= 0 &&
	    rs->offset_bytes < lane->turn.photo.size_bytes) {
		ev->kind = JX_PLAN_PHOTO_AT;
		ev->photo_offset = rs->offset_bytes;
	}
}

/* No answer: the line, or our own file? */
static void take_failure(struct jx_client__lane *lane, jx_rc rc, struct jx_plan_event *ev)
{
	ev->rc = rc;
	ev->kind = jx_client__no_answer(rc);
	if (lane->file_rc != JX_OK)
		ev->kind = JX_PLAN_PHOTO_UNREADABLE;
}

/* 0 where there is no clock: nobody asks then. */
static int64_t mono_ms(const struct jx_client__run *run)
{
	const struct jx_clock *clock = run->c->clock;

	return clock != NULL ? clock->mono_ms(clock->user) : 0;
}

static struct jx_plan_event exchange(struct jx_client__lane *lane, const struct jx_photo_request *rq)
{
	const struct jx_transport *t = lane->t;
	JX_AUTO_FREE struct jx_photo_response *rs = jx_xcalloc(1, sizeof(*rs));
	struct jx_plan_event ev = {.retry_after_ms = -1};
	int64_t began_mono_ms, passed_ms;
	jx_rc rc;

	rs->offset_bytes = -1;
	rs->retry_after_s = -1;
	jx_buf_init(&rs->body, JX_CLIENT__ERROR_BYTES_MAX);
	lane->run->res->requests++;
	jx_client__let_go(lane->run);
	began_mono_ms = mono_ms(lane->run);
	rc = t->photo(t->user, rq, rs, lane->err);
	passed_ms = mono_ms(lane->run) - began_mono_ms;
	jx_client__take_back(lane->run);
	if (rc != JX_OK)
		take_failure(lane, rc, &ev);
	else if (rs->status >= 200 && rs->status < 300)
		take_success(lane, rs, &ev);
	else
		take_refusal(lane, rs, rq->verb == JX_PHOTO_ASK, &ev);
	if (ev.kind == JX_PLAN_PHOTO_DONE && rq->verb == JX_PHOTO_CREATE && lane == &lane->run->lane[0])
		jx_client__count_quick(lane->run, rq->size_bytes, passed_ms);
	jx_buf_done(&rs->body);
	return ev;
}

struct jx_plan_event jx_client__do_photo(struct jx_client__lane *lane, const struct jx_plan_step *step)
{
	struct jx_plan_event ev = {.retry_after_ms = -1};
	const struct jx_client_source source = {lane, jx_client__photo_read, jx_client__photo_sent};
	struct jx_photo_request rq = {.verb = JX_PHOTO_ASK,
				      .sha256 = lane->turn.photo.sha256,
				      .type = lane->turn.photo.type,
				      .token = lane->token,
				      .size_bytes = lane->turn.photo.size_bytes};

	lane->file_rc = JX_OK;
	lane->refused[0] = '\0';
	/* a newer one may have come since the photo was handed out */
	if (lane == &lane->run->lane[0])
		jx_strcpy(lane->token, sizeof(lane->token), lane->run->token);
	if (step->what != JX_PLAN_DO_ASK) {
		rq.verb = step->what == JX_PLAN_DO_CREATE ? JX_PHOTO_CREATE : JX_PHOTO_SEND;
		rq.offset_bytes = step->what == JX_PLAN_DO_SEND ? step->photo_offset : 0;
		rq.source = &source;
		ev.rc = jx_client__photo_open(lane);
		if (ev.rc != JX_OK) {
			ev.kind = JX_PLAN_PHOTO_UNREADABLE;
			return ev;
		}
		ev.rc = jx_client__begin_photo(lane);
		if (ev.rc != JX_OK)
			return jx_client__local(ev.rc);
	}
	return exchange(lane, &rq);
}
