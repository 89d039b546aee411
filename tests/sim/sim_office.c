/* The office of the simulation: enrols, pulls the feed, keeps what came as a set, as jx-office keeps its journal. */
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
					    .public_key = o->key.pub,
					    .secret_key = o->key.sec,
					    .program = "sim-office",
					    .name = "",
					    .rand = &o->rand.rand,
					    .wait = sim_wait,
					    .wait_user = w,
					    .attempts_max = 4};
	char name[16];
	jx_rc rc;

	/* one code a try: a lost answer just means another account */
	(void)snprintf(name, sizeof(name), "B%d", o->accounts++);
	sim_key_make(&o->rand, &o->key);
	sim_net_init(&net, w, NULL, NULL, 0);
	ec.transport = &net.transport;
	rc = jx_ingest_make_code(w->server.ingest, name, JX_ROLE_DISPATCHER, "", true, &code, &err);
	if (rc == JX_OK)
		rc = jx_client_enrol(&ec, &an, &err);
	sim_note(w, "office enrol", rc, 0);
	if (rc != JX_OK)
		return;
	memcpy(o->writer, an.writer, sizeof(o->writer));
	o->pin_count = an.pin_count;
	memcpy(o->pin, an.pins, sizeof(o->pin));
	o->identity_count = 1;
	memcpy(o->identities[0], an.identity, JX_PUB_BYTES);
	o->challenge[0] = '\0'; /* it spoke to another account */
	o->is_enrolled = true;
}

static jx_rc out_head(void *user, int64_t *n_out, uint8_t head_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct sim_office *o = user;

	(void)err;
	*n_out = 0;
	jx_chain_root(o->writer, o->key.pub, head_out);
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
	struct sim_office *o = user;

	(void)text;
	(void)err;
	if (memcmp(o->identities[0], keys->identity, JX_PUB_BYTES) != 0) {
		memmove(o->identities[1], o->identities[0], (JX_CLIENT_IDENTITIES_MAX - 1) * JX_PUB_BYTES);
		memcpy(o->identities[0], keys->identity, JX_PUB_BYTES);
		if (o->identity_count < JX_CLIENT_IDENTITIES_MAX)
			o->identity_count++;
	}
	if (keys->pin_count > 0) {
		o->pin_count = keys->pin_count;
		memcpy(o->pin, keys->tls_spki_sha256, sizeof(o->pin));
	}
	return JX_OK;
}

static void grow(void **data, size_t *cap, size_t count, size_t size)
{
	if (count < *cap)
		return;
	*cap = *cap == 0 ? 64 : *cap * 2;
	*data = jx_xreallocarray(*data, *cap, size);
}

static struct sim_office_entry *slot_of(struct sim_office *o, const struct jx_item *item)
{
	for (size_t k = 0; k < o->entry_count; k++)
		if (strcmp(o->entry[k].key, item->key) == 0)
			return &o->entry[k];
	grow((void **)&o->entry, &o->entry_cap, o->entry_count, sizeof(*o->entry));
	o->entry[o->entry_count] = (struct sim_office_entry){.n = 0};
	jx_strcpy(o->entry[o->entry_count].key, sizeof(o->entry[0].key), item->key);
	return &o->entry[o->entry_count++];
}

static void keep_entry(struct sim_office *o, const struct jx_item *item)
{
	struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	struct sim_office_entry *s;
	uint8_t digest[JX_HASH_BYTES];

	jx_sha256(item->entry.data, item->entry.len, digest);
	s = slot_of(o, item);
	if (s->n != 0) {
		o->repeats++;
	} else if (jx_entry_decode_storing(item->entry.data, item->entry.len, e, NULL) == JX_OK) {
		(void)jx_entry_decode(item->entry.data, item->entry.len, e, NULL);
		memcpy(s->writer, e->writer, sizeof(s->writer));
		memcpy(s->digest, digest, sizeof(s->digest));
		s->n = e->n;
		s->kind = e->kind;
		s->is_fork = item->is_fork;
		jx_strcpy(s->day, sizeof(s->day), e->day);
		s->observations_total = e->observations_total;
		s->photos_total = e->photos_total;
		for (; s->photo_count < e->photo_count; s->photo_count++)
			memcpy(s->photos[s->photo_count], e->photos[s->photo_count].sha256, JX_HASH_BYTES);
	}
	free(e);
}

static void keep(struct sim_office *o, const struct jx_item *item)
{
	struct sim_office_receipt *r;

	if (strcmp(item->kind, "entry") == 0 && item->entry.data != NULL)
		keep_entry(o, item);
	if (strcmp(item->kind, "photo-receipt") != 0 && strcmp(item->kind, "receipt") != 0)
		return;
	grow((void **)&o->receipt, &o->receipt_cap, o->receipt_count, sizeof(*o->receipt));
	r = &o->receipt[o->receipt_count++];
	jx_strcpy(r->key, sizeof(r->key), item->key);
	r->is_photo = item->kind[0] == 'p';
}

static jx_rc take_feed(void *user, jx_feed *feed, const char *cursor, bool is_snapshot, struct jx_error *err)
{
	struct sim_office *o = user;
	struct jx_item *item = jx_xmalloc(sizeof(*item));
	const struct sim_office before = *o;
	jx_rc rc;

	if (is_snapshot) { /* the journal is set aside; a new one begins */
		o->entry = NULL;
		o->receipt = NULL;
		o->entry_count = o->entry_cap = o->receipt_count = o->receipt_cap = 0;
	}
	while ((rc = jx_feed_next(feed, item, err)) == JX_OK)
		keep(o, item);
	free(item);
	if (rc != JX_ENOTFOUND) { /* all of an answer, or nothing */
		if (is_snapshot) {
			free(o->entry);
			free(o->receipt);
			*o = before;
		}
		o->entry_count = before.entry_count;
		o->receipt_count = before.receipt_count;
		o->repeats = before.repeats;
		return rc;
	}
	if (is_snapshot) {
		free(before.entry);
		free(before.receipt);
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
				      .secret_key = o->key.sec,
				      .identities = (const uint8_t(*)[JX_PUB_BYTES])o->identities,
				      .identity_count = o->identity_count,
				      .rand = &o->rand.rand,
				      .wait = sim_wait,
				      .wait_user = w,
				      .attempts_max = 4};
	jx_rc rc;

	w->counts.pulls++;
	if (sim_luck(w, w->weather.snapshot)) {
		jx_strcpy(o->cursor, sizeof(o->cursor), "bG9zdA=="); /* of no epoch: all is asked for again */
		w->counts.snapshots++;
	}
	sim_net_init(&net, w, NULL, (const uint8_t(*)[JX_HASH_BYTES])o->pin, o->pin_count);
	cc.transport = &net.transport;
	memcpy(cc.writer, o->writer, sizeof(cc.writer));
	rc = jx_client_sync(&cc, result, err);
	sim_note(w, "pull", rc, (int64_t)o->entry_count);
	if (rc == JX_ETLS || strcmp(result->server_error, "unknown-writer") == 0 ||
	    strcmp(result->server_error, "bad-signature") == 0)
		o->is_enrolled = false; /* it asks for another account */
	free(result);
	return rc;
}

void sim_office_done(struct sim_office *o)
{
	free(o->entry);
	free(o->receipt);
	free(o->statement);
}
