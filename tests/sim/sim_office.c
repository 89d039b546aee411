/* The office of the simulation: enrols, pulls the feed, keeps what came as a set of (key, digest). */
#include "sim_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_office_enrol(struct sim_world *w)
{
	struct sim_office *o = &w->office;
	struct jx_error err = {0};
	struct jx_code_text code;
	struct jx_enrol_answer an;
	struct sim_net net;
	struct jx_client_enrol_config ec = {.code = &code,
					    .public_key = o->public_key,
					    .secret_key = o->secret_key,
					    .program = "sim-office",
					    .name = "",
					    .rand = &w->server.rand.rand,
					    .wait = sim_wait,
					    .wait_user = w,
					    .attempts_max = 4};
	char name[16];
	jx_rc rc;

	/* one code a try: the office keeps its key in memory here, so a lost answer just means another account */
	(void)snprintf(name, sizeof(name), "B%u", (unsigned)(w->counts.pulls++ % 100000));
	sim_net_init(&net, w, NULL);
	ec.transport = &net.transport;
	rc = jx_ingest_make_code(w->server.ingest, name, JX_ROLE_DISPATCHER, "", true, &code, &err);
	if (rc == JX_OK)
		rc = jx_client_enrol(&ec, &an, &err);
	sim_note(w, "office enrol", rc, 0);
	if (rc != JX_OK)
		return;
	memcpy(o->writer, an.writer, sizeof(o->writer));
	o->is_enrolled = true;
}

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct sim_office *o = user;

	(void)err;
	*n_out = 0;
	jx_chain_root(o->writer, o->public_key, head_out);
	return JX_OK;
}

static jx_rc out_head_at(void *user, int64_t n, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	int64_t last;

	if (n != 0)
		return jx_fail(err, JX_ENOTFOUND, 0, "sim.office", "no entry %lld", (long long)n);
	return out_head(user, &last, head_out, err);
}

static jx_rc out_batch(void *user, int64_t from_n, jx_batch *batch, struct jx_error *err)
{
	(void)user;
	(void)from_n;
	(void)batch;
	(void)err;
	return JX_OK;
}

static jx_rc out_receipt(void *user, struct jx_signed *out, struct jx_error *err)
{
	(void)user;
	(void)out;
	return jx_fail(err, JX_ENOTFOUND, 0, "sim.office", "no receipt");
}

static jx_rc get(void *user, const char *name, char *out, size_t cap, struct jx_error *err)
{
	struct sim_office *o = user;
	const char *value = strcmp(name, JX_CLIENT_CHALLENGE) == 0 ? o->challenge
			    : strcmp(name, JX_CLIENT_CURSOR) == 0  ? o->cursor
								   : "";

	if (value[0] == '\0')
		return jx_fail(err, JX_ENOTFOUND, 0, "sim.office", "%s is not set", name);
	jx_strcpy(out, cap, value);
	return JX_OK;
}

static jx_rc set(void *user, const char *name, const char *value, struct jx_error *err)
{
	struct sim_office *o = user;

	(void)err;
	if (strcmp(name, JX_CLIENT_CHALLENGE) == 0)
		jx_strcpy(o->challenge, sizeof(o->challenge), value != NULL ? value : "");
	return JX_OK;
}

static jx_rc take_receipt(void *user, const struct jx_signed *text, const struct jx_receipt *r,
			  struct jx_error *err)
{
	(void)user;
	(void)text;
	(void)r;
	(void)err;
	return JX_OK;
}

static jx_rc take_photo_receipt(void *user, const struct jx_signed *text, const struct jx_photo_receipt *r,
				struct jx_error *err)
{
	(void)user;
	(void)text;
	(void)r;
	(void)err;
	return JX_OK;
}

static jx_rc take_keys(void *user, const struct jx_signed *text, const struct jx_keys *keys,
		       struct jx_error *err)
{
	(void)user;
	(void)text;
	(void)keys;
	(void)err;
	return JX_OK;
}

static void keep(struct sim_office *o, const struct jx_item *item)
{
	uint8_t digest[JX_HASH_BYTES];

	if (strcmp(item->kind, "entry") != 0 || item->entry.data == NULL)
		return;
	jx_sha256(item->entry.data, item->entry.len, digest);
	for (size_t k = 0; k < o->entry_count; k++) {
		if (strcmp(o->entry[k].key, item->key) == 0) {
			o->repeats++;
			return;
		}
	}
	if (o->entry_count == o->entry_cap) {
		o->entry_cap = o->entry_cap == 0 ? 64 : o->entry_cap * 2;
		o->entry = jx_xreallocarray(o->entry, o->entry_cap, sizeof(*o->entry));
	}
	jx_strcpy(o->entry[o->entry_count].key, sizeof(o->entry[0].key), item->key);
	memcpy(o->entry[o->entry_count++].digest, digest, sizeof(digest));
}

static jx_rc take_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct sim_office *o = user;
	struct jx_item *item = jx_xmalloc(sizeof(*item));
	size_t before = o->entry_count;
	int64_t repeats = o->repeats;
	jx_rc rc;

	if (is_snapshot)
		before = o->entry_count = 0;
	while ((rc = jx_feed_next(feed, item, err)) == JX_OK)
		keep(o, item);
	free(item);
	if (rc != JX_ENOTFOUND) {
		o->entry_count = before; /* all of an answer, or nothing */
		o->repeats = repeats;
		return rc;
	}
	jx_strcpy(o->cursor, sizeof(o->cursor), cursor);
	return JX_OK;
}

jx_rc sim_office_pull(struct sim_world *w, struct jx_error *err)
{
	struct sim_office *o = &w->office;
	struct jx_outbox outbox = {.user = o,
				   .head = out_head,
				   .head_at = out_head_at,
				   .batch = out_batch,
				   .receipt = out_receipt,
				   .get = get};
	struct jx_sink sink = {.user = o,
			       .receipt = take_receipt,
			       .photo_receipt = take_photo_receipt,
			       .feed = take_feed,
			       .keys = take_keys,
			       .set = set};
	struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	struct sim_net net;
	struct jx_client_config cc = {.outbox = &outbox,
				      .sink = &sink,
				      .program = "sim-office",
				      .secret_key = o->secret_key,
				      .identities = (const uint8_t(*)[JX_PUB_BYTES]) & w->server.public_key,
				      .identity_count = 1,
				      .rand = &w->server.rand.rand,
				      .wait = sim_wait,
				      .wait_user = w,
				      .attempts_max = 4};
	jx_rc rc;

	w->counts.pulls++;
	sim_net_init(&net, w, NULL);
	cc.transport = &net.transport;
	memcpy(cc.writer, o->writer, sizeof(cc.writer));
	rc = jx_client_sync(&cc, result, err);
	sim_note(w, "pull", rc, (int64_t)o->entry_count);
	free(result);
	return rc;
}
