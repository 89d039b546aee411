/* Nothing is believed before this file has checked it. */
#include <inttypes.h>
#include <string.h>

#include "client_private.h"

#define WHERE "client.receipt"

jx_rc jx_client__open_receipt(const struct jx_client__run *run, const struct jx_signed *s,
			      struct jx_receipt *out, struct jx_error *err)
{
	jx_rc rc = JX_EAUTH;

	for (size_t i = 0; i < run->identity_count && rc != JX_OK; i++)
		rc = jx_receipt_open(s, run->identities[i], out, err);
	return rc;
}

jx_rc jx_client__check_head(struct jx_client__run *run, int64_t n, const uint8_t head[JX_HASH_BYTES])
{
	const struct jx_outbox *o = run->c->outbox;
	uint8_t own[JX_HASH_BYTES];
	jx_rc rc;

	if (n > run->own_n) {
		run->conflict = "behind";
		return jx_fail(&run->err, JX_ECONFLICT, 0, WHERE,
			       "the server holds %" PRId64 " entries of this device, the device only %" PRId64
			       ": it was restored or copied; enrol it again, nothing is lost on the server",
			       n, run->own_n);
	}
	rc = o->head_at(o->user, n, own, &run->err);
	if (rc != JX_OK)
		return rc;
	if (jx_mem_equal(own, head, JX_HASH_BYTES))
		return JX_OK;
	run->conflict = "fork";
	return jx_fail(&run->err, JX_ECONFLICT, 0, WHERE,
		       "entry %" PRId64
		       " on the server is not this device's: the device was restored or copied; "
		       "enrol it again, the office sees both",
		       n);
}

jx_rc jx_client__fail_fork(struct jx_client__run *run)
{
	run->conflict = "fork";
	return jx_fail(
		&run->err, JX_ECONFLICT, 0, WHERE,
		"the server already had other entries under these numbers and keeps both: this device was restored or "
		"copied; enrol it again, the office sees both");
}

static enum jx_plan_event_kind conflict_event(const struct jx_client__run *run)
{
	return strcmp(run->conflict, "behind") == 0 ? JX_PLAN_BEHIND : JX_PLAN_FORK;
}

static enum jx_plan_event_kind keep_receipt(struct jx_client__run *run, const struct jx_signed *s,
					    const struct jx_receipt *r)
{
	const struct jx_sink *sink = run->c->sink;
	const jx_rc rc = sink->receipt(sink->user, s, r, &run->err);

	if (rc == JX_ECONFLICT) {
		run->conflict = "fork";
		return JX_PLAN_FORK;
	}
	if (rc != JX_OK)
		return JX_PLAN_LOCAL;
	if (r->is_fork) {
		run->fork_n = r->n;
		(void)jx_client__fail_fork(run);
		return JX_PLAN_FORK;
	}
	run->has_receipt = true;
	run->receipt_n = r->n;
	memcpy(run->receipt_epoch, r->epoch, JX_ID_BYTES);
	jx_signed_hash(s, run->receipt_hash);
	run->res->has_receipt = true;
	run->res->receipt = *r;
	return JX_PLAN_OK;
}

enum jx_plan_event_kind jx_client__take_receipt(struct jx_client__run *run, const struct jx_signed *s)
{
	struct jx_receipt r;
	uint8_t hash[JX_HASH_BYTES];
	jx_rc rc;

	jx_signed_hash(s, hash);
	if (run->has_receipt && run->receipt_n > 0 && memcmp(hash, run->receipt_hash, JX_HASH_BYTES) == 0)
		return JX_PLAN_OK; /* the one we have */
	if (jx_client__open_receipt(run, s, &r, &run->err) != JX_OK) {
		(void)jx_fail(
			&run->err, JX_EAUTH, 0, WHERE,
			"the receipt is not signed by the server this device was enrolled with; nothing was "
			"marked as sent: tell the administrator, or enrol again if the server was replaced");
		return JX_PLAN_BAD_RECEIPT;
	}
	if (memcmp(r.writer, run->c->writer, JX_ID_BYTES) != 0) {
		(void)jx_fail(
			&run->err, JX_EAUTH, 0, WHERE,
			"the receipt is for another device; nothing was marked as sent: tell the administrator");
		return JX_PLAN_BAD_RECEIPT;
	}
	rc = jx_client__check_head(run, r.n, r.head);
	if (rc != JX_OK)
		return rc == JX_ECONFLICT ? conflict_event(run) : JX_PLAN_LOCAL;
	return keep_receipt(run, s, &r);
}

enum jx_plan_event_kind jx_client__take_photo_receipt(struct jx_client__lane *lane, const char *header)
{
	const struct jx_client__run *run = lane->run;
	const struct jx_sink *sink = run->c->sink;
	struct jx_photo_receipt r;
	struct jx_signed s;
	bool is_listed = false;
	jx_rc rc = JX_EAUTH;

	if (jx_signed_header_read(header, &s, lane->err) != JX_OK)
		return JX_PLAN_BAD_ANSWER;
	for (size_t i = 0; i < run->identity_count && rc != JX_OK; i++)
		rc = jx_photo_receipt_open(&s, run->identities[i], &r, lane->err);
	if (rc == JX_OK) {
		for (size_t i = 0; i < r.photo_count; i++)
			is_listed = is_listed ||
				    memcmp(r.photos[i], lane->turn.photo.sha256, JX_HASH_BYTES) == 0;
	}
	if (rc != JX_OK || !is_listed || memcmp(r.writer, run->c->writer, JX_ID_BYTES) != 0) {
		(void)jx_fail(
			lane->err, JX_EAUTH, 0, WHERE,
			"the photo-receipt is not one of this server for this photo and device; the photo was not "
			"marked as sent: tell the administrator");
		return JX_PLAN_BAD_RECEIPT;
	}
	rc = sink->photo_receipt(sink->user, &s, &r, lane->err);
	return rc == JX_OK ? JX_PLAN_PHOTO_DONE : JX_PLAN_LOCAL;
}

static jx_rc keep_keys(struct jx_client__run *run, const struct jx_signed *s, const struct jx_keys *keys)
{
	const struct jx_sink *sink = run->c->sink;
	const struct jx_transport *t = run->c->transport;
	const jx_rc rc = sink->keys(sink->user, s, keys, &run->err);

	if (rc != JX_OK)
		return rc;
	if (t->set_pins != NULL && keys->pin_count > 0)
		t->set_pins(t->user, (const uint8_t(*)[JX_HASH_BYTES])keys->tls_spki_sha256, keys->pin_count);
	if (memcmp(keys->identity, run->identities[0], JX_PUB_BYTES) == 0)
		return JX_OK;
	memmove(run->identities[1], run->identities[0],
		(size_t)(JX_CLIENT_IDENTITIES_MAX - 1) * JX_PUB_BYTES);
	memcpy(run->identities[0], keys->identity, JX_PUB_BYTES);
	if (run->identity_count < JX_CLIENT_IDENTITIES_MAX)
		run->identity_count++;
	return JX_OK;
}

/* What the key in force said last: TLS keys of before, kept for a moment only, would shut this device out. */
struct newest_keys {
	bool has;
	struct jx_signed text;
	struct jx_keys keys;
};

static jx_rc take_one_keys(struct jx_client__run *run, const struct jx_signed *s, struct newest_keys *newest)
{
	struct jx_keys keys;

	/* the current identity only: an older key must not bring itself back. An item we cannot verify is an old one. */
	if (jx_keys_open(s, run->identities[0], &keys, NULL) != JX_OK)
		return JX_OK;
	newest->has = memcmp(keys.identity, run->identities[0], JX_PUB_BYTES) == 0;
	if (!newest->has)
		return keep_keys(run, s, &keys);
	newest->text = *s;
	newest->keys = keys;
	return JX_OK;
}

jx_rc jx_client__take_keys(struct jx_client__run *run, const struct jx_bytes *lines, size_t count)
{
	static const char mark[] = "\"keys\"";
	struct jx_item item;
	struct newest_keys newest = {.has = false};
	jx_rc rc = JX_OK;

	if (run->c->sink->keys == NULL)
		return JX_OK;
	for (size_t i = 0; i < count && rc == JX_OK; i++) {
		/* reading every line twice would double the cost of a pull */
		if (memmem(lines[i].data, lines[i].len, mark, sizeof(mark) - 1) == NULL ||
		    jx_item_read(lines[i], &item, NULL) != JX_OK || strcmp(item.kind, "keys") != 0)
			continue;
		rc = take_one_keys(run, &item.text, &newest);
	}
	return rc == JX_OK && newest.has ? keep_keys(run, &newest.text, &newest.keys) : rc;
}
