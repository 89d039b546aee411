/* One whole sync: the plan says what, the parts do it, what came back goes to the plan. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

#define WHERE          "client.sync"
#define SEEN_BYTES_MAX ((size_t)1 << 25) /* a million photos */

struct jx_plan_event jx_client__local(jx_rc rc)
{
	return (struct jx_plan_event){.kind = JX_PLAN_LOCAL, .rc = rc, .retry_after_ms = -1};
}

void jx_client__let_go(struct jx_client__run *run)
{
	(void)pthread_mutex_unlock(&run->lock);
}

void jx_client__take_back(struct jx_client__run *run)
{
	(void)pthread_mutex_lock(&run->lock);
}

bool jx_client__start_thread(pthread_t *thread_out, void *(*work)(void *arg), void *arg)
{
	sigset_t all, before;
	bool is_started;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	is_started = pthread_create(thread_out, NULL, work, arg) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_started;
}

void jx_client__report(struct jx_client__run *run)
{
	if (run->c->progress != NULL)
		run->c->progress(run->c->progress_user, &run->progress);
}

jx_rc jx_client__note_sending(struct jx_client__run *run, const struct jx_client_sending *what,
			      struct jx_error *err)
{
	const struct jx_sink *s = run->c->sink;

	return s->sending != NULL ? s->sending(s->user, what, err) : JX_OK;
}

static jx_rc load_receipt(struct jx_client__run *run)
{
	const struct jx_outbox *o = run->c->outbox;
	struct jx_signed s;
	struct jx_receipt r;
	jx_rc rc = o->receipt(o->user, &s, &run->err);

	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc != JX_OK)
		return rc;
	run->has_receipt = true;
	jx_signed_hash(&s, run->receipt_hash);
	/* signed by a key that is no longer known here, or of an earlier writer: the server is asked for it again */
	if (jx_client__open_receipt(run, &s, &r, NULL) == JX_OK && !r.is_fork &&
	    memcmp(r.writer, run->c->writer, JX_ID_BYTES) == 0) {
		run->receipt_n = r.n;
		memcpy(run->receipt_epoch, r.epoch, JX_ID_BYTES);
	}
	return JX_OK;
}

static jx_rc see_photo(void *user, const struct jx_client_photo *photo)
{
	bool *has_old_photos = user;

	(void)photo;
	*has_old_photos = true;
	return JX_OK;
}

static jx_rc load_photos(struct jx_client__run *run, bool *wait_out)
{
	const struct jx_outbox *o = run->c->outbox;
	bool has_old_photos = false;
	jx_rc rc = JX_OK;

	if (o->photo_count != NULL)
		rc = o->photo_count(o->user, &run->progress.photos_total, &run->progress.photo_bytes_total,
				    &run->err);
	*wait_out = run->progress.photos_total > 0;
	if (rc == JX_OK && *wait_out && o->photos != NULL)
		rc = o->photos(o->user, 1, see_photo, &has_old_photos, &run->err);
	if (rc == JX_OK)
		rc = jx_client__load_begun(run, has_old_photos);
	return rc;
}

static jx_rc begin(struct jx_client__run *run)
{
	struct jx_plan_config pc = {.rand = run->c->rand,
				    .attempts_max = run->c->attempts_max,
				    .wants_feed = run->c->sink->feed != NULL,
				    .wants_photos = !run->c->no_photos && run->c->outbox->photos != NULL,
				    .wants_small = !run->c->no_small && run->c->outbox->smalls != NULL &&
						   run->c->outbox->small != NULL,
				    .wants_token = run->c->wants_token};
	bool photos_wait = false;
	jx_rc rc = jx_client__load_values(run);

	if (rc == JX_OK)
		rc = jx_client__read_head(run);
	if (rc == JX_OK)
		rc = load_receipt(run);
	if (rc == JX_OK)
		rc = load_photos(run, &photos_wait);
	if (rc != JX_OK)
		return rc;
	if (run->own_n > run->receipt_n)
		run->progress.entries_total = run->own_n - run->receipt_n;
	pc.has_challenge = run->has_challenge;
	jx_plan_init(&run->plan, &pc, photos_wait);
	return JX_OK;
}

static struct jx_plan_event do_wait(struct jx_client__run *run, int64_t ms)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_WAITED, .retry_after_ms = -1};
	const struct jx_error before = run->err;
	jx_rc rc;

	run->res->waits++;
	run->progress.waiting_ms = ms;
	jx_client__report(run);
	run->progress.waiting_ms = 0;
	jx_client__let_go(run);
	rc = run->c->wait(run->c->wait_user, ms);
	jx_client__take_back(run);
	if (rc == JX_EINTR)
		ev.kind = JX_PLAN_STOP;
	else if (rc != JX_OK)
		ev = jx_client__local(rc);
	else
		run->err = before;
	return ev;
}

static struct jx_plan_event do_step(struct jx_client__run *run, const struct jx_plan_step *step)
{
	struct jx_plan_event ev = {.kind = JX_PLAN_STOP, .retry_after_ms = -1};

	if (run->c->should_stop != NULL && run->c->should_stop(run->c->stop_user))
		return ev;
	if (step->what != JX_PLAN_DO_SYNC)
		jx_client__drop_ahead(run);
	switch (step->what) {
	case JX_PLAN_DO_SYNC:
		ev = jx_client__do_sync(run, step);
		break;
	case JX_PLAN_DO_CHOOSE:
		ev = jx_client__do_choose(&run->lane[0], step);
		break;
	case JX_PLAN_DO_CREATE:
	case JX_PLAN_DO_ASK:
	case JX_PLAN_DO_SEND:
		ev = jx_client__do_photo(&run->lane[0], step);
		break;
	case JX_PLAN_DO_WAIT:
		return do_wait(run, step->wait_ms);
	case JX_PLAN_DO_BUNDLE:
		ev = jx_client__do_bundle(run);
		break;
	case JX_PLAN_DO_FINISH:
		break;
	}
	jx_client__report(run);
	return ev;
}

/* The text for people belongs to the newest failure; where there was none, say what the code means. */
static void explain(struct jx_client__run *run, jx_rc rc)
{
	if (rc == JX_EINTR)
		(void)jx_fail(&run->err, rc, 0, WHERE,
			      "stopped; what the server has confirmed is kept, the rest waits");
	else if (run->err.text[0] == '\0')
		(void)jx_fail(&run->err, rc, 0, WHERE, "sync failed (%s); try again later", jx_rc_name(rc));
	run->err.code = rc;
}

static jx_rc finish(struct jx_client__run *run, const struct jx_plan_step *step)
{
	const struct jx_sink *sink = run->c->sink;
	struct jx_error ignored;

	run->res->rc = step->rc;
	run->res->retry_after_ms = step->retry_after_ms;
	run->res->must_enrol_again = step->must_enrol_again;
	if (step->must_enrol_again && run->fork.text[0] != '\0')
		run->err = run->fork;
	if (step->rc == JX_OK)
		run->res->server_error[0] = '\0';
	else
		explain(run, step->rc);
	/* the device stops recording into a chain that cannot be sent; if this cannot be kept, the next run finds it again */
	if (step->must_enrol_again)
		(void)sink->set(sink->user, JX_CLIENT_REENROL, run->conflict != NULL ? run->conflict : "fork",
				&ignored);
	if (run->c->wants_token)
		jx_strcpy(run->res->token, sizeof(run->res->token), run->token);
	return step->rc;
}

static void drive(struct jx_client__run *run)
{
	struct jx_plan_event ev = {
		.kind = JX_PLAN_START, .own_n = run->own_n, .server_n = run->kept.server_n};
	struct jx_plan_step step = jx_plan_next(&run->plan, &ev);

	while (step.what != JX_PLAN_DO_FINISH) {
		ev = do_step(run, &step);
		ev.others_moved = run->lane_photos != run->lane_photos_told;
		run->lane_photos_told = run->lane_photos;
		step = jx_plan_next(&run->plan, &ev);
	}
	jx_client__end_lanes(run);
	(void)finish(run, &step);
}

/* A value that cannot be kept costs questions to the server; that the disk fails is said by whatever else is kept. */
static void end(struct jx_client__run *run)
{
	const struct jx_error before = run->err;

	jx_client__drop_ahead(run);
	if (run->lane[0].has_turn)
		jx_client__note_turn(&run->lane[0]);
	(void)jx_client__keep_begun(run);
	run->err = before;
}

static void free_run(struct jx_client__run **run)
{
	jx_client__photo_close(&(*run)->lane[0]);
	jx_wipe((*run)->lane[0].token, sizeof((*run)->lane[0].token));
	(void)pthread_mutex_destroy(&(*run)->lock);
	(void)pthread_cond_destroy(&(*run)->lane_ended);
	free((*run)->queue);
	jx_buf_done(&(*run)->seen);
	jx_buf_done(&(*run)->seen_small);
	jx_wipe((*run)->token, sizeof((*run)->token));
	free(*run);
}

static void begin_lanes(struct jx_client__run *run)
{
	(void)pthread_mutex_init(&run->lock, NULL);
	(void)pthread_cond_init(&run->lane_ended, NULL);
	run->lane[0] = (struct jx_client__lane){.run = run, .t = run->c->transport, .err = &run->err};
	jx_plan_lanes_init(&run->lanes, run->c->lanes_max > 0 ? run->c->lanes_max : JX_PLAN_LANES_MAX);
	run->res->lanes = 1;
}

jx_rc jx_client_sync(const struct jx_client_config *config, struct jx_client_result *result_out,
		     struct jx_error *err)
{
	JX_CLEANUP(free_run) struct jx_client__run *run = jx_xcalloc(1, sizeof(*run));
	const struct jx_transport *t = config->transport;
	jx_rc rc;

	memset(result_out, 0, sizeof(*result_out));
	result_out->retry_after_ms = -1;
	jx_buf_init(&run->seen, SEEN_BYTES_MAX);
	jx_buf_init(&run->seen_small, SEEN_BYTES_MAX);
	run->c = config;
	run->res = result_out;
	run->identity_count = config->identity_count < JX_CLIENT_IDENTITIES_MAX ? config->identity_count
										: JX_CLIENT_IDENTITIES_MAX;
	memcpy(run->identities, config->identities, run->identity_count * JX_PUB_BYTES);
	begin_lanes(run);
	jx_client__take_back(run);
	rc = begin(run);
	if (rc == JX_OK)
		drive(run);
	else
		result_out->rc = rc;
	end(run);
	jx_client__let_go(run);
	if (t->traffic != NULL) {
		int64_t up = 0, down = 0;

		t->traffic(t->user, &up, &down);
		result_out->up_bytes += up;
		result_out->down_bytes += down;
	}
	if (result_out->rc != JX_OK && err != NULL)
		*err = run->err;
	return result_out->rc;
}
