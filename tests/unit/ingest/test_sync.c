/* Batches: every result, and what is stored by it. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static const struct ask nothing = {.from_n = -1};

static struct device with_entries(struct bench *b, size_t count)
{
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, count);
	return d;
}

static void first_sync_is_challenged_then_stored_and_receipted(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 3);
	const struct ask ask = {0};
	struct reply r;
	jx_buf body;

	device_body(&d, &ask, &body);
	device_send_once(b, &d, &ask, &body, &r);
	assert_refused(&r, 401, "challenge");
	assert_true(r.error.has_challenge);
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	device_send(b, &d, &ask, &body, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 3);
	assert_memory_equal(r.an.head, d.log.log[2].head, JX_HASH_BYTES);
	assert_true(r.an.has_receipt);
	assert_receipt(b, &d, &r.an.receipt, 3, d.log.log[2].head, false);
	assert_false(r.an.has_challenge); /* the one it signed with is of this moment */
	assert_false(r.an.is_pending);
	reply_done(&r);
	jx_buf_done(&body);
	assert_int_equal(bench_counts(b).observations, 3);
	assert_int_equal(bench_counts(b).marked, 0);
	device_done(&d);
}

static void the_same_entries_again_get_the_same_receipt(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 5);
	const struct ask ask = {0};
	struct jx_signed first;
	struct reply r;

	device_sync(b, &d, &ask, &r);
	first = r.an.receipt;
	reply_done(&r);
	jx_fake_clock_advance(&b->clock, 5000);
	bench_restart(b);
	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 5);
	assert_true(r.an.has_receipt);
	assert_int_equal(r.an.receipt.len, first.len);
	assert_memory_equal(r.an.receipt.text, first.text, first.len);
	assert_memory_equal(r.an.receipt.sig, first.sig, sizeof(first.sig));
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 5);
	assert_int_equal(bench_counts(b).duplicates, 0);
	device_done(&d);
}

static void a_part_that_is_known_is_not_stored_again(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 8);
	const struct ask first = {.to_n = 5}, second = {.from_n = 3, .to_n = 8},
			 inside = {.from_n = 2, .to_n = 4};
	struct reply r;

	device_sync(b, &d, &first, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 5);
	reply_done(&r);
	device_sync(b, &d, &second, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 8);
	assert_receipt(b, &d, &r.an.receipt, 8, d.log.log[7].head, false);
	reply_done(&r);
	device_sync(b, &d, &inside, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 8);
	assert_receipt(b, &d, &r.an.receipt, 8, d.log.log[7].head, false);
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 8);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	device_done(&d);
}

static void nothing_new_is_one_small_answer(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2);
	struct reply r;

	device_sync_ok(b, &d);
	device_sync(b, &d, &nothing, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 2);
	assert_false(r.an.has_receipt);
	assert_false(r.an.has_challenge);
	assert_true(r.wire_bytes < 300);
	reply_done(&r);
	/* once a day the challenge is renewed, so that it never runs out in use */
	jx_fake_clock_advance(&b->clock, INT64_C(86400000) + 1000);
	device_sync(b, &d, &nothing, &r);
	assert_true(r.an.has_challenge);
	reply_done(&r);
	device_done(&d);
}

static void a_lost_receipt_is_given_again_when_asked(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2);
	const struct ask ask = {.from_n = -1, .wants_receipt = true};
	struct reply r;

	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 0);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	device_sync_ok(b, &d);
	d.has_receipt = false;
	device_sync(b, &d, &ask, &r);
	assert_true(r.an.has_receipt);
	assert_receipt(b, &d, &r.an.receipt, 2, d.log.log[1].head, false);
	reply_done(&r);
	device_done(&d);
}

static void a_gap_names_where_to_go_on(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 9);
	const struct ask first = {.to_n = 3}, late = {.from_n = 6};
	struct reply r;

	device_sync(b, &d, &first, &r);
	reply_done(&r);
	device_sync(b, &d, &late, &r);
	assert_result(b, &d, &r, JX_SYNC_GAP, 3);
	assert_memory_equal(r.an.head, d.log.log[2].head, JX_HASH_BYTES);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 3);
	device_done(&d);
}

/* The server stores 6; a clone of the device as it was at 4 goes its own way. */
static struct device forked(struct bench *b, struct device *d, size_t keep, size_t more)
{
	struct device clone = *d;

	fake_writer_clone(&clone.log, &d->log, keep, 99);
	fake_writer_observe_many(&clone.log, more);
	(void)b;
	return clone;
}

static void a_fork_is_kept_in_quarantine_with_its_own_receipt(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 6), clone;
	const struct ask ask = {.from_n = 3};
	struct jx_signed receipt;
	struct reply r;
	char *review;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 4, 4);
	device_sync(b, &clone, &ask, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 6);
	assert_memory_equal(r.an.head, d.log.log[5].head, JX_HASH_BYTES);
	assert_true(r.an.has_receipt);
	assert_receipt(b, &clone, &r.an.receipt, 8, clone.log.log[7].head, true);
	receipt = r.an.receipt;
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 6);
	assert_int_equal(bench_counts(b).quarantined, 4);
	/* again: the same receipt, nothing stored twice */
	jx_fake_clock_advance(&b->clock, 1000);
	bench_restart(b);
	device_sync(b, &clone, &ask, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 6);
	assert_memory_equal(r.an.receipt.text, receipt.text, receipt.len);
	assert_memory_equal(r.an.receipt.sig, receipt.sig, sizeof(receipt.sig));
	reply_done(&r);
	assert_int_equal(bench_counts(b).quarantined, 4);
	review = bench_review(b);
	assert_string_equal(review, "H07-5 fork ; H07-6 fork ; H07-7 fork ; H07-8 fork ");
	free(review);
	/* the first device goes on undisturbed */
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	device_done(&d);
	device_done(&clone);
}

static void a_fork_may_come_in_several_batches(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 3), clone;
	const struct ask first = {.from_n = 3, .to_n = 5}, second = {.from_n = 6}, third = {.from_n = 4};
	struct reply r;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 2, 6);
	device_sync(b, &clone, &first, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 3);
	reply_done(&r);
	device_sync(b, &clone, &second, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 3);
	assert_receipt(b, &clone, &r.an.receipt, 8, clone.log.log[7].head, true);
	reply_done(&r);
	assert_int_equal(bench_counts(b).quarantined, 6);
	device_sync(b, &clone, &third, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 3);
	assert_receipt(b, &clone, &r.an.receipt, 8, clone.log.log[7].head, true);
	reply_done(&r);
	assert_int_equal(bench_counts(b).quarantined, 6);
	device_done(&d);
	device_done(&clone);
}

static void a_fork_whose_beginning_was_not_sent_is_told_so(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 6), clone;
	const struct ask ask = {.from_n = 7};
	struct reply r;
	char *review;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 4, 4);
	device_sync(b, &clone, &ask, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 6);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	assert_int_equal(bench_counts(b).quarantined, 0);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 fork");
	free(review);
	device_done(&d);
	device_done(&clone);
}

static void same_number_other_head_and_nothing_to_send_is_a_fork(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 6), clone;
	struct reply r;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 4, 2);
	device_sync(b, &clone, &nothing, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 6);
	reply_done(&r);
	device_done(&clone);
	clone = forked(b, &d, 4, 1);
	device_sync(b, &clone, &nothing, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 6);
	reply_done(&r);
	device_done(&d);
	device_done(&clone);
}

static void a_restored_device_is_behind(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 6), old;
	const struct ask known = {.from_n = 2};
	struct reply r;
	char *review;

	device_sync_ok(b, &d);
	old = forked(b, &d, 4, 0);
	device_sync(b, &old, &nothing, &r);
	assert_result(b, &old, &r, JX_SYNC_BEHIND, 6);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	device_sync(b, &old, &known, &r);
	assert_result(b, &old, &r, JX_SYNC_BEHIND, 6);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 behind");
	free(review);
	device_done(&old);
	/* one that lost all */
	old = forked(b, &d, 0, 0);
	device_sync(b, &old, &nothing, &r);
	assert_result(b, &old, &r, JX_SYNC_BEHIND, 6);
	reply_done(&r);
	device_done(&d);
	device_done(&old);
}

static void entries_of_another_writer_are_refused_whole(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2), other;
	const struct ask ask = {0};
	struct reply r;
	jx_buf body;

	device_new(b, &other, 3, "H08", JX_ROLE_FIELD);
	device_body(&d, &ask, &body);
	device_send(b, &other, &ask, &body, &r);
	assert_refused(&r, 403, "other-writer");
	reply_done(&r);
	jx_buf_done(&body);
	/* one of theirs among ours */
	fake_writer_observe_many(&other.log, 1);
	(void)fake_writer_append_raw(&other.log, d.log.log[1].bytes, d.log.log[1].id);
	device_sync(b, &other, &ask, &r);
	assert_refused(&r, 403, "other-writer");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	device_done(&d);
	device_done(&other);
}

static void a_batch_whose_signature_does_not_fit_is_refused(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 5);
	const struct ask ask = {0}, first = {.to_n = 2}, rest = {.from_n = 3};
	struct reply r;

	d.log.log[4].sig[7] ^= 1;
	device_sync(b, &d, &ask, &r);
	assert_refused(&r, 422, "bad-chain");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	d.log.log[4].sig[7] ^= 1;
	/* a changed byte in an entry: the head is another */
	device_sync(b, &d, &first, &r);
	reply_done(&r);
	*strstr(d.log.log[3].bytes, "330185001") = '4';
	device_sync(b, &d, &rest, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.an.result, JX_SYNC_FORK);
	assert_false(r.an.has_receipt);
	reply_done(&r);
	memset(d.log.log[4].sig, 0, JX_SIG_BYTES);
	device_sync(b, &d, &rest, &r);
	assert_refused(&r, 422, "bad-chain");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 2);
	device_done(&d);
}

static void numbers_must_follow_each_other(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 3);
	const struct ask ask = {0};
	struct reply r;
	char *swap = d.log.log[0].bytes;
	const size_t len = d.log.log[0].len;

	d.log.log[0].bytes = d.log.log[1].bytes;
	d.log.log[0].len = d.log.log[1].len;
	d.log.log[1].bytes = swap;
	d.log.log[1].len = len;
	device_sync(b, &d, &ask, &r);
	assert_refused(&r, 422, "bad-chain");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	device_done(&d);
}

static void pending_writers_entries_are_stored_and_nothing_comes_down(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_ADMIN, false);
	const struct ask ask = {.wants_feed = true, .wants_token = true};
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;
	struct reply r;
	char fingerprint[20];
	char *review;

	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	assert_false(an.is_active);
	fake_writer_observe_many(&d.log, 1);
	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 1);
	assert_true(r.an.is_pending);
	assert_true(r.an.has_receipt);
	assert_string_equal(r.an.token, "");
	assert_string_equal(r.an.cursor, "");
	assert_int_equal(r.item_count, 0);
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "H07-1 pending-writer");
	free(review);
	jx_fingerprint(d.log.pub, fingerprint);
	jx_assert_ok(jx_ingest_confirm(b->ingest, "H07", fingerprint, &b->err), &b->err);
	device_sync(b, &d, &ask, &r);
	assert_false(r.an.is_pending);
	assert_string_not_equal(r.an.token, "");
	assert_true(r.item_count > 0);
	reply_done(&r);
	device_done(&d);
}

static void a_revoked_writer_is_refused_at_once(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2);
	const struct ask ask = {.wants_token = true};
	struct jx_wire_response rs = {.retry_after_s = -1};
	struct jx_writer who;
	char bearer[200];
	struct reply r;

	device_sync(b, &d, &ask, &r);
	reply_done(&r);
	jx_buf_init(&rs.body, 1 << 16);
	(void)snprintf(bearer, sizeof(bearer), "Bearer %s", d.token);
	assert_true(jx_ingest_token(b->ingest, bearer, &who, &rs));
	assert_string_equal(who.short_code, "H07");
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost", &b->err), &b->err);
	assert_false(jx_ingest_token(b->ingest, bearer, &who, &rs));
	assert_int_equal(rs.status, 403);
	jx_buf_done(&rs.body);
	fake_writer_observe_many(&d.log, 1);
	device_sync(b, &d, &ask, &r);
	assert_refused(&r, 403, "revoked");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 2);
	device_done(&d);
}

/* ---- what happens between reading the writer's row and storing ---- */

struct meddler {
	struct bench *b;
	struct device *d;
	int times;
};
/* The vault's operations take no user pointer, so the one test that runs keeps it here. */
static struct meddler meddle;

static jx_rc revoke_then_take(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	if (meddle.times-- > 0) {
		jx_ingest *second = meddle.b->ingest;

		meddle.b->between.take = meddle.b->ops->take;
		jx_assert_ok(jx_ingest_revoke(second, "H07", "lost", &meddle.b->err), &meddle.b->err);
	}
	return meddle.b->ops->take(v, batch, err);
}

static void a_writer_revoked_while_its_batch_is_looked_at_stores_nothing(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2);
	const struct ask ask = {0};
	struct reply r;

	meddle = (struct meddler){.b = b, .d = &d, .times = 1};
	b->between.take = revoke_then_take;
	bench_interpose(b);
	device_sync(b, &d, &ask, &r);
	assert_refused(&r, 403, "revoked");
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 0);
	device_done(&d);
}

/* The same request, sent twice: the second comes in while the first is about to store. */
static jx_rc send_again_then_take(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	if (meddle.times-- > 0) {
		const struct ask ask = {.keeps_old = true};
		struct reply r;

		device_sync(meddle.b, meddle.d, &ask, &r);
		assert_int_equal(r.status, 200);
		reply_done(&r);
	}
	return meddle.b->ops->take(v, batch, err);
}

static void a_batch_that_came_twice_at_once_is_stored_once(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 4);
	const struct ask ask = {0};
	struct jx_signed kept;
	struct reply r;

	meddle = (struct meddler){.b = b, .d = &d, .times = 1};
	b->between.take = send_again_then_take;
	bench_interpose(b);
	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 4);
	jx_assert_ok(b->ops->receipt(b->vault, d.log.id, &kept, &b->err), &b->err);
	assert_memory_equal(r.an.receipt.sig, kept.sig, sizeof(kept.sig));
	reply_done(&r);
	assert_int_equal(bench_counts(b).observations, 4);
	device_done(&d);
}

static void a_fork_that_came_twice_at_once_is_stored_once(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 4), clone;
	const struct ask ask = {0};
	struct reply r;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 2, 3);
	meddle = (struct meddler){.b = b, .d = &clone, .times = 1};
	b->between.take = send_again_then_take;
	bench_interpose(b);
	device_sync(b, &clone, &ask, &r);
	assert_result(b, &clone, &r, JX_SYNC_FORK, 4);
	assert_receipt(b, &clone, &r.an.receipt, 5, clone.log.log[4].head, true);
	reply_done(&r);
	assert_int_equal(bench_counts(b).quarantined, 3);
	device_done(&d);
	device_done(&clone);
}

static jx_rc always_conflict(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	(void)v, (void)batch;
	return jx_fail(err, JX_ECONFLICT, 0, "test", "moved on");
}

static jx_rc no_space(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	(void)v, (void)batch;
	return jx_fail(err, JX_ENOSPC, 28, "test", "disk /secret/path is full");
}

static jx_rc bad_disk(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	(void)v, (void)batch;
	return jx_fail(err, JX_EIO, 5, "test", "disk /secret/path is bad");
}

static jx_rc busy_disk(jx_vault *v, const struct jx_vault_batch *batch, struct jx_error *err)
{
	(void)v, (void)batch;
	return jx_fail(err, JX_EBUSY, 5, "test", "disk /secret/path is held");
}

static void faults_of_the_store_become_5xx_and_tell_nothing(void **state)
{
	static const struct {
		jx_rc (*take)(jx_vault *, const struct jx_vault_batch *, struct jx_error *);
		int status;
		const char *name;
		int64_t retry_after_s;
	} rows[] = {
		{always_conflict, 503, "busy", 5},
		{no_space, 507, "no-space", -1},
		{bad_disk, 500, "internal", -1},
		{busy_disk, 503, "busy", 5},
	};
	struct bench *b = *state;
	struct device d = with_entries(b, 1);
	const struct ask ask = {0};
	struct reply r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b->between.take = rows[i].take;
		bench_interpose(b);
		b->faults = 0;
		device_sync(b, &d, &ask, &r);
		assert_refused(&r, rows[i].status, rows[i].name);
		assert_int_equal(r.retry_after_s, rows[i].retry_after_s);
		assert_null(strstr(r.plain.data, "secret"));
		assert_int_equal(b->faults, 1);
		reply_done(&r);
	}
	/* and afterwards all is well */
	b->between.take = b->ops->take;
	device_sync_ok(b, &d);
	device_done(&d);
}

/* ---- the clone alarm ---- */

static void a_receipt_older_than_the_last_two_raises_the_alarm(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 1), clone;
	struct reply r;
	char *review;

	device_sync_ok(b, &d);
	clone = forked(b, &d, 1, 0); /* holds the receipt of 1 */
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	device_sync(b, &clone, &nothing, &r); /* the last but one: a lost answer looks the same */
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 behind");
	free(review);
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	device_sync(b, &clone, &nothing, &r);
	assert_int_equal(r.an.result, JX_SYNC_BEHIND);
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 behind; H07-0 clone-alarm");
	free(review);
	device_done(&d);
	device_done(&clone);
}

/* A copy of a request that the network delivers when the log has long gone on. */
static void a_late_copy_of_a_request_raises_no_alarm(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 1), then;
	const struct ask feed = {.wants_feed = true};
	struct reply r;
	jx_buf body;
	char *review;

	device_sync_ok(b, &d);
	device_body(&d, &feed, &body);
	then = d;
	device_send(b, &d, &feed, &body, &r);
	reply_done(&r);
	for (int k = 0; k < 3; k++) {
		fake_writer_observe_many(&d.log, 1);
		device_sync_ok(b, &d);
	}
	device_send_once(b, &then, &feed, &body, &r);
	assert_refused(&r, 401, "challenge");
	assert_true(r.error.has_challenge);
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "");
	free(review);
	/* a device that stands there in truth signs again, and is heard */
	then.has_challenge = true;
	device_send(b, &then, &(const struct ask){.wants_feed = true, .keeps_old = true}, &body, &r);
	assert_int_equal(r.an.result, JX_SYNC_BEHIND);
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 behind; H07-0 clone-alarm");
	free(review);
	jx_buf_done(&body);
	device_done(&d);
}

static void lost_answers_are_no_clone(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 1);
	struct jx_signed first;
	char *review;

	device_sync_ok(b, &d);
	first = d.receipt;
	for (int lost = 0; lost < 4; lost++) {
		fake_writer_observe_many(&d.log, 1);
		device_sync_ok(b, &d);
		d.receipt = first; /* the answer never came */
	}
	device_sync_ok(b, &d);
	review = bench_review(b);
	assert_string_equal(review, "");
	free(review);
	device_done(&d);
}

static void a_receipt_from_before_a_restore_is_no_clone(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 2);
	struct jx_receipt later = {.n = 9};
	char *review;

	device_sync_ok(b, &d);
	/* signed by the server after the backup that it now runs from */
	jx_assert_ok(jx_receipt_sign(&later, b->identity_secret, &d.receipt, &b->err), &b->err);
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	review = bench_review(b);
	assert_string_equal(review, "H07-0 unknown-receipt");
	free(review);
	device_done(&d);
}

/* ---- epoch ---- */

static void copy_file(struct bench *b, const char *from_folder, const char *to_folder, const char *name)
{
	JX_AUTO_FREE char *from = jx_test_path(from_folder, name);
	JX_AUTO_FREE char *to = jx_test_path(to_folder, name);
	size_t len = 0;
	JX_AUTO_FREE char *bytes = jx_test_read(from, &len);

	assert_non_null(bytes);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), to, bytes, len, &b->err), &b->err);
}

static void a_server_restored_from_backup_gets_the_rest_again(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 3);
	const uint8_t epoch[JX_ID_BYTES] = {9};
	const struct ask none = {.from_n = -1}, rest = {.from_n = 4};
	char *live = b->folder;
	struct reply r;

	device_sync_ok(b, &d);
	jx_assert_ok(b->ops->checkpoint(b->vault, &b->err), &b->err);
	b->folder = jx_test_folder();
	copy_file(b, live, b->folder, "vault.db");
	fake_writer_observe_many(&d.log, 3);
	device_sync_ok(b, &d);
	bench_restart(b); /* in the copy */
	jx_assert_ok(b->ops->new_epoch(b->vault, epoch, &b->err), &b->err);
	device_sync(b, &d, &none, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 3);
	assert_memory_equal(r.an.epoch, epoch, sizeof(epoch));
	assert_memory_equal(r.an.head, d.log.log[2].head, JX_HASH_BYTES);
	reply_done(&r);
	device_sync(b, &d, &rest, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 6);
	assert_receipt(b, &d, &r.an.receipt, 6, d.log.log[5].head, false);
	reply_done(&r);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	jx_test_folder_remove(live);
	device_done(&d);
}

static void receipts_from_before_a_restore_are_signed_again(void **state)
{
	struct bench *b = *state;
	struct device d = with_entries(b, 3);
	const uint8_t epoch[JX_ID_BYTES] = {9};
	const struct ask last = {.from_n = 3}, lost = {.from_n = -1, .wants_receipt = true};
	struct jx_receipt signed_now;
	struct jx_signed first;
	JX_AUTO_FREE char *review = NULL;
	struct reply r;

	device_sync_ok(b, &d);
	jx_assert_ok(b->ops->new_epoch(b->vault, epoch, &b->err), &b->err);
	device_sync(b, &d, &last, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 3);
	assert_true(r.an.has_receipt);
	jx_assert_ok(jx_receipt_open(&r.an.receipt, b->identity, &signed_now, &b->err), &b->err);
	assert_int_equal(signed_now.n, 3);
	assert_memory_equal(signed_now.head, d.log.log[2].head, JX_HASH_BYTES);
	assert_memory_equal(signed_now.epoch, epoch, sizeof(epoch));
	first = r.an.receipt;
	reply_done(&r);
	/* kept like any other: asked for again it is the same, also after a restart, and no sign of a clone */
	bench_restart(b);
	device_sync(b, &d, &lost, &r);
	assert_memory_equal(r.an.receipt.text, first.text, first.len);
	assert_memory_equal(r.an.receipt.sig, first.sig, sizeof(first.sig));
	reply_done(&r);
	review = bench_review(b);
	assert_string_equal(review, "");
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	assert_int_equal(bench_counts(b).observations, 3);
	device_done(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_sync_is_challenged_then_stored_and_receipted),
		TEST(the_same_entries_again_get_the_same_receipt),
		TEST(a_part_that_is_known_is_not_stored_again),
		TEST(nothing_new_is_one_small_answer),
		TEST(a_lost_receipt_is_given_again_when_asked),
		TEST(a_gap_names_where_to_go_on),
		TEST(a_fork_is_kept_in_quarantine_with_its_own_receipt),
		TEST(a_fork_may_come_in_several_batches),
		TEST(a_fork_whose_beginning_was_not_sent_is_told_so),
		TEST(same_number_other_head_and_nothing_to_send_is_a_fork),
		TEST(a_restored_device_is_behind),
		TEST(entries_of_another_writer_are_refused_whole),
		TEST(a_batch_whose_signature_does_not_fit_is_refused),
		TEST(numbers_must_follow_each_other),
		TEST(pending_writers_entries_are_stored_and_nothing_comes_down),
		TEST(a_revoked_writer_is_refused_at_once),
		TEST(a_writer_revoked_while_its_batch_is_looked_at_stores_nothing),
		TEST(a_batch_that_came_twice_at_once_is_stored_once),
		TEST(a_fork_that_came_twice_at_once_is_stored_once),
		TEST(faults_of_the_store_become_5xx_and_tell_nothing),
		TEST(a_receipt_older_than_the_last_two_raises_the_alarm),
		TEST(a_late_copy_of_a_request_raises_no_alarm),
		TEST(lost_answers_are_no_clone),
		TEST(a_receipt_from_before_a_restore_is_no_clone),
		TEST(a_server_restored_from_backup_gets_the_rest_again),
		TEST(receipts_from_before_a_restore_are_signed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
