/* A network that drops, repeats, delays, cuts and answers for others. */
#include "memory_face.h"
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
	o->dictionary = rq->dictionary;
}

/* The server's part. False: its power went meanwhile, and it is up again. */
static bool serve(struct sim_world *w, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct sim_server *s = &w->server;

	if (sim_luck(w, w->weather.server_cut))
		sim_disk_cut_after(s->disk, (int64_t)sim_below(&w->rng, 30));
	memory_face_exchange(s->ingest, rq, rs);
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
	rq.dictionary = o->dictionary;
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

/* Whoever is not pinned is not talked to; enrolment pins what it sees. */
static jx_rc connect_to(struct sim_net *n, struct jx_error *err)
{
	for (size_t k = 0; k < n->pin_count; k++)
		if (memcmp(n->pin[k], n->world->server.pin[0], JX_HASH_BYTES) == 0)
			return JX_OK;
	if (n->pin_count == 0)
		return JX_OK;
	sim_note(n->world, "locked out", n->device != NULL ? n->device->index : -1, 0);
	return jx_fail(err, JX_ETLS, 0, "sim.net", "another key than the pinned ones; nothing was sent");
}

/* A second `jx sync` of the same device at the same time: its lock could not be taken, for the disk failed. */
static void sync_meanwhile(struct sim_device *d)
{
	jx_store *store = d->store;
	jx_media *media = d->media;
	struct jx_recorder recorder = d->recorder;
	struct jx_error err = {0};

	d->store = NULL;
	d->media = NULL;
	sim_note(d->world, "second sync", d->index, 0);
	d->world->counts.second_syncs++;
	if (sim_device_open(d, &err) == JX_OK)
		(void)sim_device_sync(d, &err);
	sim_device_close(d);
	d->store = store;
	d->media = media;
	d->recorder = recorder;
}

/* What others do while this request is under way. */
static void meanwhile(struct sim_net *n)
{
	struct sim_world *w = n->world;
	struct sim_device *d = n->device;

	if (d != NULL && d->sync_depth == 1 && sim_luck(w, w->weather.meanwhile))
		save_meanwhile(d);
	if (d != NULL && d->sync_depth == 1 && sim_luck(w, w->weather.second))
		sync_meanwhile(d);
	if (d != NULL && sim_luck(w, w->weather.clock_in_sync)) {
		d->clock.offset_ms += ((int64_t)sim_below(&w->rng, 2001) - 1000) * 3600000;
		w->counts.clock_jumps++;
		sim_note(w, "clock", d->index, d->clock.offset_ms);
	}
	if (w->server.backup != NULL && sim_luck(w, w->weather.server_restore / 4))
		sim_server_restore(w);
}

static jx_rc net_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			  struct jx_error *err)
{
	struct sim_net *n = user;
	struct sim_world *w = n->world;

	w->counts.requests++;
	w->now_ms += (int64_t)sim_below(&w->rng, 2000);
	meanwhile(n);
	if (sim_luck(w, w->weather.drop))
		return no_answer(w, "dropped", err);
	if (connect_to(n, err) != JX_OK)
		return JX_ETLS;
	if (sim_luck(w, w->weather.portal)) {
		sim_note(w, "portal", 0, 0);
		rs->status = 200;
		jx_strcpy(rs->content_type, sizeof(rs->content_type), "text/html");
		jx_buf_adds(&rs->body, "<html>login</html>");
		return JX_OK;
	}
	keep_old(w, rq);
	if (sim_luck(w, w->weather.twice))
		discard(w, rq);
	if (!serve(w, rq, rs))
		return no_answer(w, "server went away", err);
	if (rs->status == 401 && n->device != NULL && n->device->was_away)
		w->counts.challenges_expired++;
	if (sim_luck(w, w->weather.eat))
		return no_answer(w, "answer lost", err);
	if (sim_luck(w, w->weather.garble))
		return no_answer(w, "garbled: TLS ended the connection", err);
	return JX_OK;
}

static jx_rc net_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct sim_net *n = user;

	if (sim_luck(n->world, n->world->weather.drop))
		return no_answer(n->world, "dropped", err);
	memcpy(spki_sha256_out, n->world->server.pin[0], JX_HASH_BYTES);
	return JX_OK;
}

/* Where the line breaks within this photo's body; -1: it does not. */
static int64_t cut_of(struct sim_world *w, const struct jx_photo_request *rq)
{
	if (rq->verb == JX_PHOTO_ASK || !sim_luck(w, w->weather.drop))
		return -1;
	return (int64_t)sim_below(&w->rng, (uint64_t)rq->size_bytes + 1);
}

static jx_rc net_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		       struct jx_error *err)
{
	struct sim_net *n = user;
	struct sim_world *w = n->world;
	jx_rc rc;

	w->counts.requests++;
	w->now_ms += (int64_t)sim_below(&w->rng, 3000);
	rs->offset_bytes = -1;
	rs->retry_after_s = -1;
	if (sim_luck(w, w->weather.drop))
		return no_answer(w, "dropped", err);
	if (connect_to(n, err) != JX_OK)
		return JX_ETLS;
	if (sim_luck(w, 20)) /* a slow link: the token's quarter of an hour goes by */
		w->now_ms += 16 * 60000;
	if (sim_luck(w, w->weather.server_cut))
		sim_disk_cut_after(w->server.disk, (int64_t)sim_below(&w->rng, 20));
	rc = memory_face_photo(w->server.ingest, rq, cut_of(w, rq), rs, err);
	sim_note(w, "photo", rq->verb, rc == JX_OK ? rs->status : rc);
	if (sim_disk_is_dead(w->server.disk)) {
		sim_server_restart(&w->server);
		return no_answer(w, "server went away", err);
	}
	sim_disk_cut_after(w->server.disk, -1);
	if (rc != JX_OK)
		return rc;
	w->counts.tokens_refused += rs->status == 401 ? 1 : 0;
	return sim_luck(w, w->weather.eat) ? no_answer(w, "photo answer lost", err) : JX_OK;
}

static void net_set_pins(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	struct sim_net *n = user;

	n->pin_count = count < JX_PINS_MAX ? count : JX_PINS_MAX;
	memcpy(n->pin, pins, n->pin_count * JX_HASH_BYTES);
}

void sim_net_init(struct sim_net *n, struct sim_world *w, struct sim_device *d,
		  const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count)
{
	*n = (struct sim_net){.world = w, .device = d};
	if (pin_count > 0)
		net_set_pins(n, pins, pin_count);
	n->transport = (jx_transport){.user = n,
				      .peer_key = net_peer_key,
				      .exchange = net_exchange,
				      .photo = net_photo,
				      .set_pins = net_set_pins};
}
