/* A network that drops, repeats, delays, cuts and answers for others. */
#include "sim_world.h"

#include <stdlib.h>
#include <string.h>

jx_rc sim_wait(void *user, int64_t ms)
{
	struct sim_world *w = user;

	w->now_ms += ms;
	return JX_OK;
}

static jx_rc no_answer(struct sim_world *w, const char *why, struct jx_error *err)
{
	sim_note(w, why, 0, 0);
	return jx_fail(err, JX_ENET, 0, "sim.net", "%s", why);
}

static void keep_old(struct sim_world *w, const struct jx_wire_request *rq)
{
	struct sim_old_request *o;

	if (rq->authorization == NULL || strlen(rq->path) >= sizeof(o->path))
		return;
	if (w->old_count < SIM_OLD_REQUESTS) {
		o = &w->old[w->old_count++];
	} else {
		o = &w->old[sim_below(&w->rng, SIM_OLD_REQUESTS)];
		free(o->body);
	}
	jx_strcpy(o->path, sizeof(o->path), rq->path);
	jx_strcpy(o->authorization, sizeof(o->authorization), rq->authorization);
	o->body = jx_xmalloc(rq->body.len + 1);
	if (rq->body.len > 0)
		memcpy(o->body, rq->body.data, rq->body.len);
	o->len = rq->body.len;
	o->is_zstd = rq->is_zstd;
}

/* The server's part. False: its power went meanwhile, and it is up again. */
static bool serve(struct sim_world *w, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct sim_server *s = &w->server;

	if (sim_luck(w, w->weather.server_cut_permille))
		sim_disk_cut_after(s->disk, (int64_t)sim_below(&w->rng, 30));
	if (strcmp(rq->path, JX_PATH_ENROL) == 0)
		jx_ingest_enrol(s->ingest, rq, rs);
	else
		jx_ingest_sync(s->ingest, rq, rs);
	if (sim_disk_is_dead(s->disk)) {
		sim_server_restart(s);
		return false;
	}
	sim_disk_cut_after(s->disk, -1);
	return true;
}

static void discard(struct sim_world *w, const struct jx_wire_request *rq)
{
	struct jx_wire_response rs = {.status = 0, .retry_after_s = -1};

	jx_buf_init(&rs.body, 4u << 20);
	(void)serve(w, rq, &rs);
	jx_buf_done(&rs.body);
}

void sim_net_replay(struct sim_world *w)
{
	const struct sim_old_request *o;
	struct jx_wire_request rq = {.method = "POST"};

	if (w->old_count == 0)
		return;
	o = &w->old[sim_below(&w->rng, w->old_count)];
	rq.path = o->path;
	rq.authorization = o->authorization;
	rq.is_zstd = o->is_zstd;
	rq.body = (struct jx_bytes){.data = o->body, .len = o->len};
	sim_note(w, "replay", 0, 0);
	w->counts.replays++;
	discard(w, &rq);
}

/* Somebody presses "save" in the app while jx sync runs in the background: another connection to the same store. */
static void save_meanwhile(struct sim_device *d)
{
	jx_store *store = d->store;
	jx_media *media = d->media;
	struct jx_recorder recorder = d->recorder;
	struct jx_error err = {0};

	d->store = NULL;
	d->media = NULL;
	sim_note(d->world, "meanwhile", d->index, 0);
	if (sim_device_open(d, &err) == JX_OK)
		sim_device_save(d);
	sim_device_close(d);
	d->store = store;
	d->media = media;
	d->recorder = recorder;
}

static jx_rc net_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			  struct jx_error *err)
{
	struct sim_net *n = user;
	struct sim_world *w = n->world;

	w->counts.requests++;
	w->now_ms += (int64_t)sim_below(&w->rng, 2000);
	if (n->device != NULL && n->device->is_enrolled && sim_luck(w, w->weather.while_permille))
		save_meanwhile(n->device);
	if (sim_luck(w, w->weather.drop_permille))
		return no_answer(w, "dropped", err);
	if (sim_luck(w, w->weather.portal_permille)) {
		sim_note(w, "portal", 0, 0);
		rs->status = 200;
		jx_strcpy(rs->content_type, sizeof(rs->content_type), "text/html");
		jx_buf_adds(&rs->body, "<html>login</html>");
		return JX_OK;
	}
	keep_old(w, rq);
	if (sim_luck(w, w->weather.twice_permille))
		discard(w, rq);
	if (!serve(w, rq, rs))
		return no_answer(w, "server went away", err);
	if (sim_luck(w, w->weather.eat_permille))
		return no_answer(w, "answer lost", err);
	if (sim_luck(w, w->weather.garble_permille))
		return no_answer(w, "garbled: TLS ended the connection", err);
	return JX_OK;
}

static jx_rc net_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct sim_net *n = user;

	if (sim_luck(n->world, n->world->weather.drop_permille))
		return no_answer(n->world, "dropped", err);
	memcpy(spki_sha256_out, n->world->server.pin[0], JX_HASH_BYTES);
	return JX_OK;
}

static void fill_state(const struct jx_upload_state *st, struct jx_photo_response *rs)
{
	rs->offset_bytes = st->is_stored ? st->size_bytes : st->offset_bytes;
	rs->receipt[0] = '\0';
	if (st->is_stored) {
		JX_AUTO_BUF b;

		jx_buf_init(&b, sizeof(rs->receipt));
		if (jx_signed_header_write(&st->receipt, &b, NULL) == JX_OK && b.len < sizeof(rs->receipt))
			jx_strcpy(rs->receipt, sizeof(rs->receipt), b.data);
	}
}

/* The body travels in pieces, and the line may break at any byte. False: it broke. */
static bool send_body(struct sim_world *w, const struct jx_photo_request *rq, jx_upload *up, jx_rc *rc,
		      struct jx_error *err)
{
	int64_t at = rq->offset_bytes,
		cut = sim_luck(w, w->weather.drop_permille)
			      ? (int64_t)sim_below(&w->rng, (uint64_t)rq->size_bytes + 1)
			      : -1;
	char piece[512];
	size_t got = 1;

	*rc = JX_OK;
	while (got > 0 && *rc == JX_OK) {
		size_t want = sizeof(piece);

		if (cut >= 0 && at + (int64_t)want > cut)
			want = cut > at ? (size_t)(cut - at) : 0;
		if (want == 0)
			return false;
		*rc = rq->source->read(rq->source->user, at, piece, want, &got, err);
		if (*rc == JX_OK && got > 0)
			*rc = jx_upload_write(up, piece, got, err);
		at += (int64_t)got;
	}
	return true;
}

static int status_of(jx_rc rc)
{
	switch ((int)rc) {
	case JX_OK:
		return 204;
	case JX_ENOTFOUND:
		return 404;
	case JX_ECONFLICT:
		return 409;
	case JX_EBUSY:
		return 423;
	case JX_ECORRUPT:
		return 422;
	case JX_ELIMIT:
		return 413;
	case JX_ENOSPC:
		return 507;
	default:
		return 500;
	}
}

/* A refusal as the server's HTTP face words it. */
static void refuse(struct jx_photo_response *rs)
{
	struct jx_wire_error e = {.detail = ""};

	jx_strcpy(e.error, sizeof(e.error),
		  rs->status == 404   ? "not-listed"
		  : rs->status == 409 ? "offset"
		  : rs->status == 423 ? "busy"
		  : rs->status == 422 ? "hash"
		  : rs->status == 413 ? "too-large"
		  : rs->status == 507 ? "no-space"
				      : "internal");
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/json");
	(void)jx_wire_error_write(&e, &rs->body, NULL);
}

/* Creation with upload, and going on: as the server's HTTP face does it. */
static bool upload(struct sim_net *n, const struct jx_photo_request *rq, const struct jx_writer *who,
		   struct jx_photo_response *rs)
{
	struct sim_world *w = n->world;
	struct jx_upload_state st;
	struct jx_error err = {0};
	jx_upload *up = NULL;
	jx_rc rc = jx_ingest_photo_state(w->server.ingest, who, rq->sha256, &st, &err), sent;
	bool is_whole = true;

	if (rc == JX_OK && !st.is_stored && rq->verb != JX_PHOTO_ASK) {
		rc = jx_ingest_photo_open(w->server.ingest, who, rq->sha256,
					  rq->verb == JX_PHOTO_CREATE ? st.offset_bytes : rq->offset_bytes,
					  &up, &err);
		if (rc == JX_OK && rq->verb == JX_PHOTO_CREATE && st.offset_bytes > 0)
			rc = JX_ECONFLICT; /* begun before: ask, then go on */
		if (rc == JX_OK) {
			is_whole = send_body(w, rq, up, &sent, &err);
			rc = sent;
		}
		if (rc == JX_OK && is_whole)
			rc = jx_upload_end(up, &st, &err);
		jx_upload_close(up);
	}
	if (!is_whole)
		return false;
	rs->status = rc == JX_OK && rq->verb == JX_PHOTO_CREATE ? 201
		     : rc == JX_OK && rq->verb == JX_PHOTO_ASK  ? 200
								: status_of(rc);
	if (rc == JX_OK)
		fill_state(&st, rs);
	else
		refuse(rs);
	sim_note(w, rc == JX_OK ? "upload" : err.text, rc, rs->status);
	return true;
}

static jx_rc net_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		       struct jx_error *err)
{
	struct sim_net *n = user;
	struct sim_world *w = n->world;
	struct jx_wire_response refused = {.status = 0, .retry_after_s = -1};
	struct jx_writer who;
	JX_AUTO_FREE char *bearer = jx_xasprintf("Bearer %s", rq->token);
	bool is_in, is_answered = true;

	w->counts.requests++;
	w->now_ms += (int64_t)sim_below(&w->rng, 3000);
	rs->offset_bytes = -1;
	rs->retry_after_s = -1;
	if (sim_luck(w, w->weather.drop_permille))
		return no_answer(w, "dropped", err);
	if (sim_luck(w, w->weather.server_cut_permille))
		sim_disk_cut_after(w->server.disk, (int64_t)sim_below(&w->rng, 20));
	jx_buf_init(&refused.body, 65536);
	is_in = jx_ingest_token(w->server.ingest, bearer, &who, &refused);
	rs->status = refused.status;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), refused.content_type);
	if (!is_in && refused.body.len > 0)
		jx_buf_add(&rs->body, refused.body.data, refused.body.len);
	jx_buf_done(&refused.body);
	if (is_in)
		is_answered = upload(n, rq, &who, rs);
	sim_note(w, "photo", rq->verb, rs->status);
	if (sim_disk_is_dead(w->server.disk)) {
		sim_server_restart(&w->server);
		is_answered = false;
	} else {
		sim_disk_cut_after(w->server.disk, -1);
	}
	if (!is_answered || sim_luck(w, w->weather.eat_permille))
		return no_answer(w, "photo answer lost", err);
	return JX_OK;
}

void sim_net_init(struct sim_net *n, struct sim_world *w, struct sim_device *d)
{
	*n = (struct sim_net){.world = w, .device = d};
	n->transport = (jx_transport){
		.user = n, .peer_key = net_peer_key, .exchange = net_exchange, .photo = net_photo};
}
