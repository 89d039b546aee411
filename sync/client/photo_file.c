/* The photo in hand: its file, and the transport's view of it. */
#include <string.h>

#include "client_private.h"

jx_rc jx_client__photo_open(struct jx_client__lane *lane)
{
	const struct jx_outbox *o = lane->run->c->outbox;
	jx_rc rc;

	lane->file_rc = JX_OK;
	if (lane->has_file)
		return JX_OK;
	rc = o->photo_open(o->user, lane->turn.photo.sha256, &lane->file, lane->err);
	lane->has_file = rc == JX_OK;
	return rc;
}

void jx_client__photo_close(struct jx_client__lane *lane)
{
	const struct jx_outbox *o = lane->run->c->outbox;

	if (lane->has_file)
		o->photo_close(o->user, lane->file);
	lane->has_file = false;
	lane->file = NULL;
}

static jx_rc read_file(struct jx_client__lane *lane, int64_t offset_bytes, void *data, size_t len,
		       size_t *got_out, struct jx_error *err)
{
	struct jx_client__run *run = lane->run;
	const struct jx_outbox *o = run->c->outbox;
	const int64_t left = lane->turn.photo.size_bytes - offset_bytes;
	size_t got = 0;
	jx_rc rc;

	if (run->is_ending || (run->c->should_stop != NULL && run->c->should_stop(run->c->stop_user)))
		return jx_fail(err, JX_EINTR, 0, "client.photo", "stopped; what was sent is kept");
	/* a file that grew is cut at its listed size; its hash will tell */
	if (left <= 0) {
		*got_out = 0;
		return JX_OK;
	}
	rc = o->photo_read(o->user, lane->file, offset_bytes, data, (uint64_t)left < len ? (size_t)left : len,
			   &got, err);
	if (rc == JX_OK && got == 0)
		rc = jx_fail(err, JX_ECORRUPT, 0, "client.photo",
			     "the photo's file is shorter than its entry lists");
	if (rc != JX_OK) {
		lane->file_rc = rc;
		return rc;
	}
	if (offset_bytes + (int64_t)got > lane->turn.counted) {
		run->progress.photo_bytes_sent += offset_bytes + (int64_t)got - lane->turn.counted;
		lane->turn.counted = offset_bytes + (int64_t)got;
		jx_client__report(run);
	}
	*got_out = got;
	return JX_OK;
}

jx_rc jx_client__photo_read(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			    struct jx_error *err)
{
	struct jx_client__lane *lane = user;
	jx_rc rc;

	jx_client__take_back(lane->run);
	rc = read_file(lane, offset_bytes, data, len, got_out, err);
	jx_client__let_go(lane->run);
	return rc;
}

void jx_client__photo_sent(void *user, int64_t bytes)
{
	struct jx_client__lane *lane = user;

	jx_client__take_back(lane->run);
	jx_client__count_rate(lane->run, bytes);
	jx_client__let_go(lane->run);
}
