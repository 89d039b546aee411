/* What the answer to POST /v1/sync means: check everything, keep it, make an event of it. */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

#define WHERE "client.answer"

struct answer {
	struct jx_sync_answer an;
	struct jx_bytes lines[JX_WIRE_ITEMS_MAX];
	size_t count;
	jx_buf plain;
};

static void free_answer(struct answer **a)
{
	jx_buf_done(&(*a)->plain);
	free(*a);
}

/* Body to structs. */
static jx_rc read_answer(struct jx_client__run *run, const struct jx_wire_response *rs, struct answer *a)
{
	struct jx_bytes body = {rs->body.data != NULL ? rs->body.data : "", rs->body.len};
	jx_rc rc = JX_OK;

	if (rs->is_zstd) {
		rc = jx_wire_expand(body, rs->dictionary, &a->plain, &run->err);
		body = (struct jx_bytes){a->plain.data != NULL ? a->plain.data : "", a->plain.len};
	}
	if (rc == JX_OK)
		rc = jx_sync_answer_read(body, &a->an, a->lines, JX_WIRE_ITEMS_MAX, &a->count, &run->err);
	return rc;
}

/* What is wrong with it tells a developer where to look, and people nothing that they could do. */
static void explain_unreadable(struct jx_client__run *run, jx_rc rc)
{
	const struct jx_error why = run->err;

	(void)jx_fail(
		&run->err, rc, why.native, WHERE,
		"the server's answer cannot be read (%s); try again later or on another network, or update this "
		"program",
		why.text);
}

static void take_challenge(struct jx_client__run *run, bool has, const uint8_t challenge[JX_CHALLENGE_BYTES])
{
	if (!has)
		return;
	run->has_challenge = true;
	memcpy(run->challenge, challenge, JX_CHALLENGE_BYTES);
}

static struct jx_plan_event refused(struct jx_client__run *run, const struct jx_wire_response *rs)
{
	struct jx_plan_event ev = {.retry_after_ms = -1};
	struct jx_client__refusal r;

	jx_client__refused(JX_CLIENT__SYNC, rs->status, rs->content_type, &rs->body, rs->retry_after_s, &r,
			   &run->err);
	jx_strcpy(run->res->server_error, sizeof(run->res->server_error), r.name);
	take_challenge(run, r.has_challenge, r.challenge);
	ev.kind = r.kind;
	/* a challenge without a challenge cannot be answered */
	if (r.kind == JX_PLAN_CHALLENGE && !r.has_challenge)
		ev.kind = JX_PLAN_BAD_ANSWER;
	ev.retry_after_ms = r.retry_after_ms;
	ev.rc = r.kind == JX_PLAN_CHALLENGE ? JX_OK : run->err.code;
	return ev;
}

/* Does the server's log of us fit ours? JX_PLAN_OK, JX_PLAN_GAP, or the event that ends the run. */
static enum jx_plan_event_kind check_log(struct jx_client__run *run, const struct jx_sync_answer *an)
{
	jx_rc rc = JX_OK;

	/* saved meanwhile by the program beside us: read again before calling the device a copy */
	if (an->n > run->own_n || an->result == JX_SYNC_BEHIND)
		rc = jx_client__read_head(run);
	if (rc == JX_OK && an->result == JX_SYNC_FORK)
		rc = jx_client__fail_fork(run);
	if (rc == JX_OK)
		rc = jx_client__check_head(run, an->n, an->head);
	if (rc == JX_ECONFLICT)
		return strcmp(run->conflict, "behind") == 0 ? JX_PLAN_BEHIND : JX_PLAN_FORK;
	if (rc != JX_OK)
		return JX_PLAN_LOCAL;
	return an->result == JX_SYNC_OK ? JX_PLAN_OK : JX_PLAN_GAP;
}

/* Items and cursor to the sink. */
static jx_rc take_feed(struct jx_client__run *run, struct answer *a, bool *moved_out, bool *broken_out)
{
	const struct jx_sink *sink = run->c->sink;
	struct jx_feed feed = {.lines = a->lines, .count = a->count};
	jx_rc rc;

	if (!run->asked_feed || a->an.cursor[0] == '\0')
		return JX_OK;
	*moved_out = strcmp(a->an.cursor, run->kept.cursor) != 0;
	if (a->count == 0 && !*moved_out && !a->an.is_snapshot)
		return JX_OK;
	rc = sink->feed(sink->user, &feed, a->an.cursor, a->an.is_snapshot, &run->err);
	jx_json_done(&feed.doc);
	*broken_out = feed.is_broken;
	if (rc == JX_OK && feed.is_broken)
		rc = jx_fail(&run->err, JX_EINVAL, 0, WHERE,
			     "a feed item cannot be read; nothing of it was kept");
	if (rc != JX_OK)
		return rc;
	jx_strcpy(run->kept.cursor, sizeof(run->kept.cursor), a->an.cursor);
	run->res->items += (int64_t)a->count;
	return JX_OK;
}

static void count_sent(struct jx_client__run *run)
{
	/* by the receipt, not by the answer */
	if (run->sent_count > 0 && run->receipt_n >= run->sent_from + run->sent_count - 1) {
		run->res->entries_sent += run->sent_count;
		run->progress.entries_sent += run->sent_count;
	}
}

/* The log fits: keep what the answer brought. */
static struct jx_plan_event take_good(struct jx_client__run *run, struct answer *a,
				      enum jx_plan_event_kind kind)
{
	struct jx_plan_event ev = {.kind = kind, .retry_after_ms = -1};
	bool is_broken = false;
	jx_rc rc = jx_client__keep_values(run, &a->an);

	if (rc == JX_OK)
		jx_client__ask_ahead(run, &a->an);
	if (rc == JX_OK)
		rc = take_feed(run, a, &ev.feed_moved, &is_broken);
	if (rc != JX_OK) {
		ev = jx_client__local(rc);
		if (is_broken)
			ev.kind = JX_PLAN_BAD_ANSWER;
		return ev;
	}
	count_sent(run);
	run->progress.items = run->res->items;
	run->res->is_pending = a->an.is_pending;
	run->res->server_utc_ms = a->an.server_utc_ms;
	if (a->an.token[0] != '\0')
		jx_strcpy(run->token, sizeof(run->token), a->an.token);
	ev.own_n = run->own_n;
	/* what no receipt covers is sent again: the same entries get their receipt again */
	ev.server_n = a->an.n < run->receipt_n ? a->an.n : run->receipt_n;
	/*
	 * A restored server may hold all, but what it signed before counts no longer, photo-receipts too: the last entry
	 * goes again, for its receipt of this epoch.
	 */
	if (ev.server_n > 0 && memcmp(run->receipt_epoch, a->an.epoch, JX_ID_BYTES) != 0)
		ev.server_n--;
	ev.has_more = a->an.has_more;
	ev.has_token = a->an.token[0] != '\0';
	ev.is_pending = a->an.is_pending;
	/* if the run ends here for want of progress */
	(void)jx_fail(
		&run->err, JX_ENET, 0, WHERE,
		"the server does not go on: it answers without a receipt for what was sent; try again later, tell the "
		"administrator");
	ev.rc = JX_ENET;
	return ev;
}

/*
 * Two logs of one writer. From here on nothing more is recorded into this one; and what was recorded while the request was under way
 * makes a log that was merely behind a branch of its own, which the server does not have.
 */
static struct jx_plan_event part(struct jx_client__run *run, enum jx_plan_event_kind kind)
{
	struct jx_plan_event ev = {.kind = kind, .retry_after_ms = -1, .rc = run->err.code};
	const struct jx_sink *sink = run->c->sink;
	jx_rc rc;

	if (run->fork.text[0] == '\0')
		run->fork = run->err;
	rc = sink->set(sink->user, JX_CLIENT_REENROL, run->conflict, &run->err);
	if (rc == JX_OK)
		rc = jx_client__read_head(run);
	if (rc != JX_OK)
		return jx_client__local(rc);
	if (run->own_n > run->asked_n)
		ev.kind = JX_PLAN_FORK;
	ev.own_n = run->own_n;
	ev.server_n = run->fork_n;
	return ev;
}

struct jx_plan_event jx_client__take_answer(struct jx_client__run *run, struct jx_wire_response *rs)
{
	JX_CLEANUP(free_answer) struct answer *a = jx_xcalloc(1, sizeof(*a));
	struct jx_plan_event ev = {.retry_after_ms = -1};
	jx_rc rc;

	jx_buf_init(&a->plain, JX_WIRE_BATCH_BYTES_MAX);
	if (rs->status != 200)
		return refused(run, rs);
	if (!jx_client__is_type(rs->content_type, "application/x-ndjson")) {
		ev.kind = JX_PLAN_PORTAL;
		ev.rc = jx_client__fail_portal(rs->status, rs->content_type, &run->err);
		return ev;
	}
	rc = read_answer(run, rs, a);
	if (rc != JX_OK) {
		if (rc == JX_EINVAL)
			explain_unreadable(run, rc);
		ev.kind = rc == JX_EVERSION ? JX_PLAN_VERSION : JX_PLAN_BAD_ANSWER;
		ev.rc = rc;
		return ev;
	}
	take_challenge(run, a->an.has_challenge, a->an.challenge);
	/* first: the receipt may be signed by a key that these introduce, whether or not a feed was asked for */
	rc = jx_client__take_keys(run, a->lines, a->count);
	if (rc != JX_OK)
		return jx_client__local(rc);
	ev.kind = check_log(run, &a->an);
	/* also beside a fork: its receipt says which entries lie in quarantine */
	if (ev.kind != JX_PLAN_LOCAL && ev.kind != JX_PLAN_BEHIND && a->an.has_receipt) {
		const enum jx_plan_event_kind verdict = jx_client__take_receipt(run, &a->an.receipt);

		ev.kind = verdict == JX_PLAN_OK ? ev.kind : verdict;
	}
	if (ev.kind == JX_PLAN_OK || ev.kind == JX_PLAN_GAP)
		return take_good(run, a, ev.kind);
	ev.rc = run->err.code;
	if (ev.kind == JX_PLAN_FORK || ev.kind == JX_PLAN_BEHIND)
		return part(run, ev.kind);
	return ev;
}
