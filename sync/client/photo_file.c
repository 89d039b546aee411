/* The photo in hand: its file, and the transport's view of it. */
#include <string.h>

#include "client_private.h"

jx_rc jx_client__photo_open(struct jx_client__run *run)
{
	const struct jx_outbox *o = run->c->outbox;
	jx_rc rc;

	run->file_rc = JX_OK;
	if (run->has_file)
		return JX_OK;
	rc = o->photo_open(o->user, run->photo.sha256, &run->file, &run->err);
	run->has_file = rc == JX_OK;
	return rc;
}

void jx_client__photo_close(struct jx_client__run *run)
{
	const struct jx_outbox *o = run->c->outbox;

	if (run->has_file)
		o->photo_close(o->user, run->file);
	run->has_file = false;
	run->file = NULL;
}

jx_rc jx_client__photo_read(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			    struct jx_error *err)
{
	struct jx_client__run *run = user;
	const struct jx_outbox *o = run->c->outbox;
	const int64_t left = run->photo.size_bytes - offset_bytes;
	size_t got = 0;
	jx_rc rc;

	if (run->c->should_stop != NULL && run->c->should_stop(run->c->stop_user))
		return jx_fail(err, JX_EINTR, 0, "client.photo", "stopped; what was sent is kept");
	/* a file that grew is cut at its listed size; its hash will tell */
	if (left <= 0) {
		*got_out = 0;
		return JX_OK;
	}
	rc = o->photo_read(o->user, run->file, offset_bytes, data, (uint64_t)left < len ? (size_t)left : len,
			   &got, err);
	if (rc == JX_OK && got == 0)
		rc = jx_fail(err, JX_ECORRUPT, 0, "client.photo",
			     "the photo's file is shorter than its entry lists");
	if (rc != JX_OK) {
		run->file_rc = rc;
		return rc;
	}
	if (offset_bytes + (int64_t)got > run->photo_counted) {
		run->progress.photo_bytes_sent += offset_bytes + (int64_t)got - run->photo_counted;
		run->photo_counted = offset_bytes + (int64_t)got;
		jx_client__report(run);
	}
	*got_out = got;
	return JX_OK;
}
