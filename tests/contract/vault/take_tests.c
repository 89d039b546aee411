/* Batches, forks, receipts, counts. */
#include "vault_world.h"

#include <stdlib.h>

/* Each test has one writer H07 (and sometimes a second); its log is made here. */
static struct fake_writer make(struct world *w, uint64_t seed, const char *short_code, size_t entries)
{
	struct fake_writer f;

	fake_writer_init(&f, seed);
	world_add_writer(w, &f, short_code);
	fake_writer_observe_many(&f, entries);
	return f;
}

static struct jx_vault_counts counts_of(struct world *w)
{
	struct jx_vault_counts c;

	jx_assert_ok(w->ops->counts(w->vault, &c, &w->err), &w->err);
	return c;
}

static void a_batch_moves_the_writers_head(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 7);
	struct jx_writer row;
	struct jx_vault_counts c;

	jx_assert_ok(batch_take(w, &f, 1, 5, false), &w->err);
	jx_assert_ok(batch_take(w, &f, 6, 7, false), &w->err);
	world_reopen(w);
	row = world_writer(w, &f);
	assert_int_equal(row.n, 7);
	assert_memory_equal(row.head, f.log[6].head, JX_HASH_BYTES);
	assert_int_equal(row.last_seen_utc_ms, FAKE_NOW_UTC_MS + 7);
	c = counts_of(w);
	assert_int_equal(c.entries, 8); /* and the server's own */
	assert_int_equal(c.observations, 7);
	assert_int_equal(c.gaps, 0);
	assert_int_equal(c.duplicates, 0);
	assert_int_equal(c.writers, 1);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

/* After a restore the same entries need a receipt of the new epoch. */
static void a_receipt_alone_speaks_of_what_stands(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 5);
	struct jx_signed got;
	struct batch *b = batch_new(w, &f, 1, 5, false);

	b->b.count = 0; /* for nothing */
	jx_assert_rc(w->ops->take(w->vault, &b->b, &w->err), JX_EINVAL, &w->err);
	free(b);
	jx_assert_ok(batch_take(w, &f, 1, 5, false), &w->err);
	b = batch_new(w, &f, 6, 5, false);
	b->receipt.sig[0] ^= 1; /* another one of the same number */
	jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
	jx_assert_ok(w->ops->receipt(w->vault, f.id, &got, &w->err), &w->err);
	assert_memory_equal(got.sig, b->receipt.sig, sizeof(got.sig));
	free(b);
	b = batch_new(w, &f, 5, 4, false); /* the writer has moved on */
	jx_assert_rc(w->ops->take(w->vault, &b->b, &w->err), JX_ECONFLICT, &w->err);
	free(b);
	assert_int_equal(world_writer(w, &f).n, 5);
	fake_writer_done(&f);
}

static void a_batch_that_does_not_follow_changes_nothing(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 9);
	struct batch *b;

	jx_assert_ok(batch_take(w, &f, 1, 5, false), &w->err);
	jx_assert_rc(batch_take(w, &f, 5, 7, false), JX_ECONFLICT, &w->err);
	jx_assert_rc(batch_take(w, &f, 7, 8, false), JX_ECONFLICT, &w->err);
	b = batch_new(w, &f, 6, 7, false);
	b->b.expected_head[3] ^= 1;
	jx_assert_rc(w->ops->take(w->vault, &b->b, &w->err), JX_ECONFLICT, &w->err);
	free(b);
	b = batch_new(w, &f, 6, 8, false);
	b->entries[1].n = 9;
	jx_assert_rc(w->ops->take(w->vault, &b->b, &w->err), JX_EINVAL, &w->err);
	b->b.count = 0;
	b->b.receipt = NULL;
	jx_assert_rc(w->ops->take(w->vault, &b->b, &w->err), JX_EINVAL, &w->err);
	free(b);
	assert_int_equal(world_writer(w, &f).n, 5);
	assert_int_equal(counts_of(w).observations, 5);
	jx_assert_ok(batch_take(w, &f, 6, 9, false), &w->err);
	fake_writer_done(&f);
}

static void the_newest_receipt_comes_back_byte_for_byte(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 3);
	struct jx_signed got;
	struct batch *b;
	uint8_t hash[2][JX_HASH_BYTES];
	struct jx_writer row;

	jx_assert_rc(w->ops->receipt(w->vault, f.id, &got, &w->err), JX_ENOTFOUND, &w->err);
	for (int64_t n = 1; n <= 3; n++) {
		b = batch_new(w, &f, n, n, false);
		jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
		memcpy(hash[1], hash[0], sizeof(hash[0]));
		jx_signed_hash(&b->receipt, hash[0]);
		if (n == 3) {
			world_reopen(w);
			jx_assert_ok(w->ops->receipt(w->vault, f.id, &got, &w->err), &w->err);
			assert_memory_equal(&got, &b->receipt, sizeof(got));
		}
		free(b);
	}
	row = world_writer(w, &f);
	assert_memory_equal(row.receipt_hash, hash, sizeof(hash));
	fake_writer_done(&f);
}

static void every_receipt_ever_issued_is_known(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 3), other = make(w, 3, "H08", 0);
	uint8_t first[JX_HASH_BYTES], never[JX_HASH_BYTES] = {1};
	bool known = false;
	struct batch *b = batch_new(w, &f, 1, 1, false);

	jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
	jx_signed_hash(&b->receipt, first);
	free(b);
	jx_assert_ok(batch_take(w, &f, 2, 2, false), &w->err);
	jx_assert_ok(batch_take(w, &f, 3, 3, false), &w->err);
	jx_assert_ok(w->ops->receipt_known(w->vault, f.id, first, &known, &w->err), &w->err);
	assert_true(known);
	jx_assert_ok(w->ops->receipt_known(w->vault, f.id, never, &known, &w->err), &w->err);
	assert_false(known);
	jx_assert_ok(w->ops->receipt_known(w->vault, other.id, first, &known, &w->err), &w->err);
	assert_false(known);
	fake_writer_done(&f);
}

struct range {
	const struct fake_writer *f;
	int64_t next;
};

static jx_rc compare_digest(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			    const uint8_t head[JX_HASH_BYTES])
{
	struct range *r = user;

	assert_int_equal(n, r->next++);
	assert_memory_equal(digest, r->f->log[n - 1].digest, JX_HASH_BYTES);
	assert_memory_equal(head, r->f->log[n - 1].head, JX_HASH_BYTES);
	return n == 6 ? JX_EINTR : JX_OK;
}

static void digests_come_in_order_and_stop_when_told(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 8), other = make(w, 3, "H08", 8);
	struct range r = {.f = &f, .next = 3};

	jx_assert_ok(batch_take(w, &f, 1, 8, false), &w->err);
	jx_assert_ok(batch_take(w, &other, 1, 8, false), &w->err);
	jx_assert_ok(w->ops->digests(w->vault, f.id, 3, 5, compare_digest, &r, &w->err), &w->err);
	assert_int_equal(r.next, 6);
	assert_int_equal(w->ops->digests(w->vault, f.id, 6, 8, compare_digest, &r, &w->err), JX_EINTR);
	assert_int_equal(r.next, 7);
	fake_writer_done(&f);
	fake_writer_done(&other);
}

static jx_rc count_heads(void *user, int64_t n, const uint8_t digest[JX_HASH_BYTES],
			 const uint8_t head[JX_HASH_BYTES])
{
	int *count = user;

	(void)n, (void)digest, (void)head;
	++*count;
	return JX_OK;
}

static void a_fork_is_kept_beside_the_log(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 6), clone;
	struct jx_signed main_receipt, got;
	struct batch *b;
	struct jx_writer row;
	struct jx_vault_counts c;

	jx_assert_ok(batch_take(w, &f, 1, 6, false), &w->err);
	jx_assert_ok(w->ops->receipt(w->vault, f.id, &main_receipt, &w->err), &w->err);
	fake_writer_clone(&clone, &f, 4, 99);
	fake_writer_observe_many(&clone, 3);
	b = batch_new(w, &clone, 5, 7, true);
	jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
	world_reopen(w);
	row = world_writer(w, &f);
	assert_int_equal(row.n, 6);
	assert_memory_equal(row.head, f.log[5].head, JX_HASH_BYTES);
	assert_true(row.is_forked);
	assert_true(row.must_enrol);
	c = counts_of(w);
	assert_int_equal(c.quarantined, 3);
	assert_int_equal(c.observations, 6);
	assert_int_equal(c.gaps, 0);
	/* the log's receipt is still the newest; the branch has its own */
	jx_assert_ok(w->ops->receipt(w->vault, f.id, &got, &w->err), &w->err);
	assert_memory_equal(&got, &main_receipt, sizeof(got));
	jx_assert_ok(w->ops->fork_receipt(w->vault, f.id, 7, clone.log[6].head, &got, &w->err), &w->err);
	assert_memory_equal(&got, &b->receipt, sizeof(got));
	jx_assert_rc(w->ops->fork_receipt(w->vault, f.id, 6, f.log[5].head, &got, &w->err), JX_ENOTFOUND,
		     &w->err);
	free(b);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
	fake_writer_done(&clone);
}

static void the_same_fork_again_stores_nothing(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 6), clone;
	char *before, *after;
	int heads = 0;

	jx_assert_ok(batch_take(w, &f, 1, 6, false), &w->err);
	fake_writer_clone(&clone, &f, 4, 99);
	fake_writer_observe_many(&clone, 4);
	jx_assert_ok(batch_take(w, &clone, 5, 7, true), &w->err);
	before = world_feed(w, true, 0, NULL);
	jx_assert_rc(batch_take(w, &clone, 5, 7, true), JX_EEXISTS, &w->err);
	jx_assert_rc(batch_take(w, &clone, 5, 6, true), JX_EEXISTS, &w->err);
	after = world_feed(w, true, 0, NULL);
	assert_string_equal(before, after);
	/* what is new of it is stored, and only that */
	jx_assert_ok(batch_take(w, &clone, 5, 8, true), &w->err);
	assert_int_equal(counts_of(w).quarantined, 4);
	jx_assert_ok(w->ops->fork_heads(w->vault, f.id, 8, count_heads, &heads, &w->err), &w->err);
	assert_int_equal(heads, 1);
	free(before);
	free(after);
	fake_writer_done(&f);
	fake_writer_done(&clone);
}

static void two_forks_at_one_number_are_both_kept(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 6), one, two;
	int heads = 0;

	jx_assert_ok(batch_take(w, &f, 1, 6, false), &w->err);
	fake_writer_clone(&one, &f, 4, 98);
	fake_writer_clone(&two, &f, 3, 99);
	fake_writer_observe_many(&one, 2);
	fake_writer_observe_many(&two, 3);
	jx_assert_ok(batch_take(w, &one, 5, 6, true), &w->err);
	jx_assert_ok(batch_take(w, &two, 4, 6, true), &w->err);
	assert_int_equal(counts_of(w).quarantined, 5);
	jx_assert_ok(w->ops->fork_heads(w->vault, f.id, 6, count_heads, &heads, &w->err), &w->err);
	assert_int_equal(heads, 2);
	fake_writer_done(&f);
	fake_writer_done(&one);
	fake_writer_done(&two);
}

static jx_rc find_marks(void *user, const struct jx_vault_review *r)
{
	jx_buf *text = user;

	jx_buf_addf(text, "%s-%lld%s %s; ", r->short_code, (long long)r->n, r->is_fork ? " fork" : "",
		    r->marks);
	return JX_OK;
}

static void the_same_id_twice_is_kept_twice_and_marked(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 2), other = make(w, 3, "H08", 0);
	struct jx_entry e;
	struct batch *b;
	jx_buf text;

	jx_assert_ok(batch_take(w, &f, 1, 2, false), &w->err);
	fake_observation(&other, &e, "{}");
	memcpy(e.id, f.log[0].id, sizeof(e.id));
	(void)fake_writer_append(&other, &e);
	fake_observation(&other, &e, "{}");
	memcpy(e.id, f.log[0].id, sizeof(e.id));
	(void)fake_writer_append(&other, &e);
	b = batch_new(w, &other, 1, 2, false);
	b->entries[1].marks = "clock-ahead";
	jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
	free(b);
	assert_int_equal(counts_of(w).duplicates, 2);
	assert_int_equal(counts_of(w).observations, 4);
	assert_int_equal(counts_of(w).marked, 2);
	jx_buf_init(&text, 4096);
	jx_assert_ok(w->ops->each_review(w->vault, find_marks, &text, &w->err), &w->err);
	assert_string_equal(text.data, "H08-1 id-conflict; H08-2 clock-ahead,id-conflict; ");
	jx_buf_done(&text);
	fake_writer_done(&f);
	fake_writer_done(&other);
}

static void what_was_not_understood_is_kept_byte_for_byte(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 0);
	const uint8_t id[JX_ID_BYTES] = {7};
	struct batch *b;

	(void)fake_writer_append_raw(&f, "{\"v\":9,\"anything\":\"\"}", id);
	b = batch_new(w, &f, 1, 1, false);
	b->entries[0].day[0] = '\0';
	b->entries[0].marks = "newer-version";
	jx_assert_ok(w->ops->take(w->vault, &b->b, &w->err), &w->err);
	free(b);
	assert_int_equal(counts_of(w).marked, 1);
	fake_writer_done(&f);
}

static void a_full_batch_fits(void **state)
{
	struct world *w = *state;
	struct fake_writer f = make(w, 2, "H07", 500);

	jx_assert_ok(batch_take(w, &f, 1, 500, false), &w->err);
	assert_int_equal(counts_of(w).observations, 500);
	jx_assert_ok(w->ops->checkpoint(w->vault, &w->err), &w->err);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	fake_writer_done(&f);
}

const struct CMUnitTest vault_take_tests[] = {
	cmocka_unit_test(a_batch_moves_the_writers_head),
	cmocka_unit_test(a_receipt_alone_speaks_of_what_stands),
	cmocka_unit_test(a_batch_that_does_not_follow_changes_nothing),
	cmocka_unit_test(the_newest_receipt_comes_back_byte_for_byte),
	cmocka_unit_test(every_receipt_ever_issued_is_known),
	cmocka_unit_test(digests_come_in_order_and_stop_when_told),
	cmocka_unit_test(a_fork_is_kept_beside_the_log),
	cmocka_unit_test(the_same_fork_again_stores_nothing),
	cmocka_unit_test(two_forks_at_one_number_are_both_kept),
	cmocka_unit_test(the_same_id_twice_is_kept_twice_and_marked),
	cmocka_unit_test(what_was_not_understood_is_kept_byte_for_byte),
	cmocka_unit_test(a_full_batch_fits),
};
const size_t vault_take_tests_count = sizeof(vault_take_tests) / sizeof(vault_take_tests[0]);
