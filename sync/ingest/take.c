/* Taking a batch: decide where it belongs, store it with its receipt, or say why not. */
#include <string.h>

#include "ingest_private.h"

/*
 * Two requests of one writer at the same moment (a clone, or a client that gave up waiting); each round one
 * of them wins.
 */
#define ROUNDS_MAX 8

jx_rc jx_ingest__sign_receipt(jx_ingest *in, const struct jx_ingest__signer *signer,
			      const uint8_t writer[JX_ID_BYTES], const struct jx_vault_entry *last,
			      int64_t now_utc_ms, bool is_fork, struct jx_signed *out, struct jx_error *err)
{
	struct jx_receipt r = {.n = last->n, .server_utc_ms = now_utc_ms, .is_fork = is_fork};
	jx_rc rc = in->ops->epoch(in->vault, r.epoch, err);

	if (rc != JX_OK)
		return rc;
	memcpy(r.key_id, signer->key_id, sizeof(r.key_id));
	memcpy(r.writer, writer, sizeof(r.writer));
	memcpy(r.head, last->head, sizeof(r.head));
	return jx_receipt_sign(&r, signer->secret, out, err);
}

/* A mark is for people; the device hears the result. */
static jx_rc mark(struct jx_ingest__sync *s, const char *name, bool must_enrol, struct jx_error *err)
{
	if (s->is_repeat) {
		s->must_sign_anew = true;
		return JX_OK;
	}
	return s->in->ops->mark_writer(s->in->vault, s->who.id, name, must_enrol, s->now_utc_ms, err);
}

static jx_rc store(struct jx_ingest__sync *s, const struct jx_ingest__place *place, bool is_fork,
		   struct jx_error *err)
{
	const struct jx_vault_entry *last = &s->batch.entries[s->batch.count - 1];
	JX_INGEST__SIGNER(signer, s->in);
	struct jx_vault_batch b = {
		.expected_n = place->base_n,
		.entries = s->batch.entries + place->first,
		.count = s->batch.count - place->first,
		.received_utc_ms = s->now_utc_ms,
		.receipt = &s->receipt,
		.is_fork = is_fork,
	};
	jx_rc rc;

	memcpy(b.writer, s->who.id, sizeof(b.writer));
	memcpy(b.expected_head, place->base_head, sizeof(b.expected_head));
	memcpy(b.sig, s->batch.sig, sizeof(b.sig));
	rc = jx_ingest__sign_receipt(s->in, &signer, s->who.id, last, s->now_utc_ms, is_fork, &s->receipt,
				     err);
	if (rc == JX_OK)
		rc = s->in->ops->take(s->in->vault, &b, err);
	s->has_receipt = rc == JX_OK;
	if (rc == JX_OK && !is_fork) {
		s->who.n = last->n;
		memcpy(s->who.head, last->head, sizeof(s->who.head));
	}
	return rc;
}

/*
 * Is this from before a restore from backup, or signed by an earlier identity key? A device that enrolled, or came back,
 * under a later one has never heard of that key.
 */
static jx_rc is_old(struct jx_ingest__sync *s, bool *out, struct jx_error *err)
{
	JX_INGEST__SIGNER(signer, s->in);
	uint8_t now[JX_ID_BYTES];
	struct jx_receipt r;
	const jx_rc rc = s->in->ops->epoch(s->in->vault, now, err);

	if (rc == JX_OK)
		*out = jx_receipt_open(&s->receipt, signer.identity, &r, NULL) != JX_OK ||
		       memcmp(r.epoch, now, sizeof(now)) != 0;
	return rc;
}

/* What lies in quarantine, in today's words; the first receipt stays the one that is kept. */
static jx_rc renew_fork_receipt(struct jx_ingest__sync *s, const struct jx_vault_entry *last,
				struct jx_error *err)
{
	JX_INGEST__SIGNER(signer, s->in);
	bool has_to_be_renewed = false;
	const jx_rc rc = is_old(s, &has_to_be_renewed, err);

	return rc == JX_OK && has_to_be_renewed
		       ? jx_ingest__sign_receipt(s->in, &signer, s->who.id, last, s->now_utc_ms, true,
						 &s->receipt, err)
		       : rc;
}

static jx_rc store_branch(struct jx_ingest__sync *s, const struct jx_ingest__place *place,
			  struct jx_error *err)
{
	const struct jx_vault_entry *last = &s->batch.entries[s->batch.count - 1];
	const struct jx_vault_ops *ops = s->in->ops;
	jx_rc rc = ops->fork_receipt(s->in->vault, s->who.id, last->n, last->head, &s->receipt, err);

	if (rc == JX_ENOTFOUND)
		rc = store(s, place, true, err);
	/* the same branch came a second time while this request was looking */
	if (rc == JX_EEXISTS)
		rc = ops->fork_receipt(s->in->vault, s->who.id, last->n, last->head, &s->receipt, err);
	if (rc == JX_OK)
		rc = renew_fork_receipt(s, last, err);
	s->has_receipt = rc == JX_OK;
	s->result = JX_SYNC_FORK;
	return rc;
}

/* A receipt alone, for all that stands here: a device whose receipts are out of force gets one that is in force. */
static jx_rc renew_receipt(struct jx_ingest__sync *s, struct jx_error *err)
{
	struct jx_vault_batch b = {
		.expected_n = s->who.n, .received_utc_ms = s->now_utc_ms, .receipt = &s->receipt};
	struct jx_vault_entry last = {.n = s->who.n};
	JX_INGEST__SIGNER(signer, s->in);
	jx_rc rc;

	memcpy(b.writer, s->who.id, sizeof(b.writer));
	memcpy(b.expected_head, s->who.head, sizeof(b.expected_head));
	memcpy(last.head, s->who.head, sizeof(last.head));
	rc = jx_ingest__sign_receipt(s->in, &signer, s->who.id, &last, s->now_utc_ms, false, &s->receipt,
				     err);
	if (rc == JX_OK)
		rc = s->in->ops->take(s->in->vault, &b, err);
	s->has_receipt = rc == JX_OK;
	/* it sent something meanwhile, beside this request: that one brings a receipt */
	return rc == JX_ECONFLICT ? JX_OK : rc;
}

static jx_rc give_kept_receipt(struct jx_ingest__sync *s, struct jx_error *err)
{
	jx_rc rc = s->in->ops->receipt(s->in->vault, s->who.id, &s->receipt, err);
	bool has_to_be_renewed = false;

	if (rc == JX_OK)
		rc = is_old(s, &has_to_be_renewed, err);
	if (rc == JX_OK && has_to_be_renewed)
		return renew_receipt(s, err);
	s->has_receipt = rc == JX_OK;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

/*
 * The writer's log ends before ours: restored from a backup, or a clone went on. Where its end is in ours,
 * is it the same?
 */
static jx_rc compare_end(struct jx_ingest__sync *s, struct jx_error *err)
{
	uint8_t head[JX_HASH_BYTES];
	bool is_same = true;
	jx_rc rc = JX_OK;

	if (s->result != JX_SYNC_OK || s->ask.last_n > s->who.n)
		return JX_OK;
	/* an empty log has no head to compare */
	if (s->ask.last_n > 0) {
		rc = jx_ingest__head_at(s->in, &s->who, s->ask.last_n, head, err);
		is_same = rc != JX_OK || memcmp(head, s->ask.last_head, sizeof(head)) == 0;
	}
	if (rc != JX_OK || (is_same && s->ask.last_n == s->who.n))
		return rc;
	s->result = is_same ? JX_SYNC_BEHIND : JX_SYNC_FORK;
	/* the newest receipt speaks of entries that this log does not have */
	s->has_receipt = false;
	return mark(s, is_same ? "behind" : "fork", true, err);
}

static jx_rc take_placed(struct jx_ingest__sync *s, const struct jx_ingest__place *place,
			 struct jx_error *err)
{
	switch (place->standing) {
	case JX_INGEST__NEW:
		return store(s, place, false, err);
	case JX_INGEST__KNOWN:
		return give_kept_receipt(s, err);
	case JX_INGEST__GAP:
		s->result = JX_SYNC_GAP;
		return JX_OK;
	case JX_INGEST__BRANCH:
		return store_branch(s, place, err);
	case JX_INGEST__UNROOTED:
		s->result = JX_SYNC_FORK;
		return mark(s, "fork", true, err);
	case JX_INGEST__BAD:
	default:
		return jx_fail(err, JX_ECORRUPT, 0, "ingest.take", "the signature does not fit the entries");
	}
}

static bool refuse(struct jx_ingest__sync *s, jx_rc rc, bool is_bad, const struct jx_error *err)
{
	if (is_bad)
		return jx_ingest__refuse(s->rs, 422, "bad-chain",
					 "the signature does not fit the head after these entries");
	if (rc == JX_EAUTH)
		return jx_ingest__refuse(
			s->rs, 403, "revoked",
			"this writer was revoked; an administrator can import its log by file");
	return jx_ingest__fault(s->in, s->rs, err);
}

static bool take_batch(struct jx_ingest__sync *s)
{
	struct jx_ingest__place place = {.standing = JX_INGEST__KNOWN};
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = JX_ECONFLICT;
	int round;

	for (round = 0; round < ROUNDS_MAX && rc == JX_ECONFLICT; round++) {
		rc = round == 0 ? JX_OK : s->in->ops->writer(s->in->vault, s->who.id, &s->who, &err);
		if (rc == JX_OK)
			rc = jx_ingest__place(s->in, &s->who, &s->ask, &s->batch, &place, &err);
		if (rc == JX_OK)
			rc = take_placed(s, &place, &err);
	}
	return rc == JX_OK || refuse(s, rc, place.standing == JX_INGEST__BAD, &err);
}

/*
 * The device names its newest receipt. One that we signed, but before the last two, means that two devices
 * go on from one state - unless its log has all that ours has: then it is the same device, and answers to
 * it were lost. One that we do not know was signed before a restore from backup, and is no sign of a clone;
 * people may look at it all the same.
 */
static jx_rc look_for_clone(struct jx_ingest__sync *s, struct jx_error *err)
{
	static const uint8_t none[JX_HASH_BYTES];
	bool is_known = false;
	jx_rc rc;

	if (!s->sign_in.has_receipt || memcmp(s->who.receipt_hash[0], none, sizeof(none)) == 0 ||
	    memcmp(s->sign_in.receipt_hash, s->who.receipt_hash[0], JX_HASH_BYTES) == 0 ||
	    memcmp(s->sign_in.receipt_hash, s->who.receipt_hash[1], JX_HASH_BYTES) == 0)
		return JX_OK;
	rc = s->in->ops->receipt_known(s->in->vault, s->who.id, s->sign_in.receipt_hash, &is_known, err);
	if (rc != JX_OK || (is_known && s->result == JX_SYNC_OK))
		return rc;
	return mark(s, is_known ? "clone-alarm" : "unknown-receipt", false, err);
}

bool jx_ingest__take(struct jx_ingest__sync *s)
{
	struct jx_error err = {.code = JX_OK};
	jx_rc rc;

	if (s->batch.count > 0 && !take_batch(s))
		return false;
	rc = compare_end(s, &err);
	if (rc == JX_OK)
		rc = look_for_clone(s, &err);
	if (rc == JX_OK && s->ask.wants_receipt && !s->has_receipt &&
	    (s->result == JX_SYNC_OK || s->result == JX_SYNC_GAP))
		rc = give_kept_receipt(s, &err);
	if (rc != JX_OK)
		return jx_ingest__fault(s->in, s->rs, &err);
	return !s->must_sign_anew || jx_ingest__refuse_challenge(s->in, s->who.id, s->rs);
}
