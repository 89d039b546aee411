/*
 * Group commit: who waits shares one, who is refused takes nobody with him, and nobody is answered before it. The test holds the
 * connection that writes until everybody has lined up, so who shares with whom is no matter of luck.
 */
#include "../../contract/vault/vault_world.h"
#include "fault_vfs.h"
#include "vault_private.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define CALLS_MAX 8

static struct fault_vfs fault;

static jx_rc open_on_fault(const char *folder, const struct jx_rand *rand, bool create, jx_vault **out,
			   struct jx_error *err)
{
	const struct jx_vault_sqlite_config config = {
		.dir = folder, .fs = jx_os_fs(), .rand = rand, .create = create, .vfs = fault.name};

	return jx_vault_sqlite_open(&config, out, err);
}
static const struct vault_kind on_fault = {.name = "sqlite", .open = open_on_fault};

static int open_world(void **state)
{
	fault_vfs_init(&fault, "group-fault");
	return world_open(state, &on_fault);
}

static int close_world(void **state)
{
	const int rc = world_close(state);

	fault_vfs_done(&fault);
	return rc;
}

/* ---- calls that come at the same moment ---- */

struct call {
	struct world *w;
	struct fake_writer f;
	struct batch *batch;
	struct jx_vault__job *job; /* instead of a batch */
	pthread_t thread;
	jx_rc rc;
	struct jx_error err;
};

static void *run_call(void *arg)
{
	struct call *c = arg;

	c->rc = c->job != NULL ? jx_vault__run_grouped(jx_vault__of(c->w->vault), c->job, &c->err)
			       : c->w->ops->take(c->w->vault, &c->batch->b, &c->err);
	return NULL;
}

static void init_call(struct world *w, struct call *c, int k, size_t entries)
{
	char short_code[16];

	memset(c, 0, sizeof(*c));
	c->w = w;
	(void)snprintf(short_code, sizeof(short_code), "H%02d", k);
	fake_writer_init(&c->f, (uint64_t)k + 10);
	world_add_writer(w, &c->f, short_code);
	fake_writer_observe_many(&c->f, entries);
	c->batch = batch_new(w, &c->f, 1, (int64_t)entries, false);
}

static size_t waiting(struct jx_vault__group *g)
{
	const struct jx_vault__job *j;
	size_t n = 0;

	(void)pthread_mutex_lock(&g->mutex);
	for (j = g->first; j != NULL; j = j->next)
		n++;
	(void)pthread_mutex_unlock(&g->mutex);
	return n;
}

static bool is_led(struct jx_vault__group *g)
{
	bool led;

	(void)pthread_mutex_lock(&g->mutex);
	led = g->is_led;
	(void)pthread_mutex_unlock(&g->mutex);
	return led;
}

/* The first commits alone, all others together. */
static void run_calls(struct world *w, struct call *calls, size_t count)
{
	struct jx_vault__sqlite *v = jx_vault__of(w->vault);
	size_t i;

	{
		JX_VAULT__HOLD(db, &v->write);

		assert_non_null(db);
		for (i = 0; i < count; i++) {
			assert_int_equal(pthread_create(&calls[i].thread, NULL, run_call, &calls[i]), 0);
			while (!is_led(&v->group) || waiting(&v->group) < i)
				(void)sched_yield();
		}
	}
	for (i = 0; i < count; i++)
		assert_int_equal(pthread_join(calls[i].thread, NULL), 0);
}

static void done_calls(struct call *calls, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		fake_writer_done(&calls[i].f);
		free(calls[i].batch);
	}
}

static void assert_stored(const struct call *c)
{
	struct jx_writer row = world_writer(c->w, &c->f);
	struct jx_signed receipt;
	uint8_t head[JX_HASH_BYTES];

	fake_writer_head(&c->f, (int64_t)c->f.count, head);
	assert_int_equal(row.n, (int64_t)c->f.count);
	assert_memory_equal(row.head, head, sizeof(head));
	jx_assert_ok(c->w->ops->receipt(c->w->vault, c->f.id, &receipt, &c->w->err), &c->w->err);
	assert_memory_equal(receipt.sig, c->batch->receipt.sig, JX_SIG_BYTES);
}

static void assert_nothing_of(const struct call *c)
{
	struct jx_signed receipt;

	assert_int_equal(world_writer(c->w, &c->f).n, 0);
	jx_assert_rc(c->w->ops->receipt(c->w->vault, c->f.id, &receipt, &c->w->err), JX_ENOTFOUND,
		     &c->w->err);
}

/* ---- tests ---- */

static void those_who_wait_share_a_commit(void **state)
{
	struct world *w = *state;
	struct call calls[CALLS_MAX];
	int before;
	size_t i;

	for (i = 0; i < CALLS_MAX; i++)
		init_call(w, &calls[i], (int)i, 3);
	before = fault.wal_syncs;
	run_calls(w, calls, CALLS_MAX);
	assert_int_equal(fault.wal_syncs - before, 2);
	for (i = 0; i < CALLS_MAX; i++) {
		jx_assert_ok(calls[i].rc, &calls[i].err);
		assert_stored(&calls[i]);
	}
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	done_calls(calls, CALLS_MAX);
}

/* Its rows are written before it is refused. */
static jx_rc write_and_refuse(struct jx_vault__txn *txn, const void *arg, struct jx_error *err)
{
	const jx_rc rc = jx_vault__add_batch(txn, arg, err);

	return rc == JX_OK ? jx_fail(err, JX_EINVAL, 0, "test", "refused") : rc;
}

static void one_that_is_refused_takes_nobody_with_it(void **state)
{
	struct world *w = *state;
	struct jx_vault__job job = {.fn = write_and_refuse, .where = "test"};
	struct call calls[6];
	JX_AUTO_FREE struct batch *fact = NULL;
	struct jx_writer row;
	size_t i;

	for (i = 0; i < 6; i++)
		init_call(w, &calls[i], (int)i, 2);
	/* one expects what is not there, one has written already, one comes from a revoked writer */
	job.arg = &calls[3].batch->b;
	calls[3].job = &job;
	calls[2].batch->b.expected_head[0] ^= 1;
	row = world_writer(w, &calls[4].f);
	fact = fact_new(w, JX_KIND_WRITER_REVOKED, &row);
	jx_assert_ok(w->ops->set_state(w->vault, calls[4].f.id, JX_WRITER_REVOKED, &fact->b, &w->err),
		     &w->err);
	run_calls(w, calls, 6);
	jx_assert_rc(calls[2].rc, JX_ECONFLICT, &calls[2].err);
	jx_assert_rc(calls[3].rc, JX_EINVAL, &calls[3].err);
	jx_assert_rc(calls[4].rc, JX_EAUTH, &calls[4].err);
	jx_assert_says(&calls[4].err, "revoked");
	for (i = 2; i < 5; i++)
		assert_nothing_of(&calls[i]);
	for (i = 0; i < 6; i++)
		if (i < 2 || i > 4) {
			jx_assert_ok(calls[i].rc, &calls[i].err);
			assert_stored(&calls[i]);
		}
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	/* after a restart, too */
	world_reopen(w);
	assert_nothing_of(&calls[2]);
	assert_stored(&calls[5]);
	done_calls(calls, 6);
}

static void a_second_branch_of_one_writer_meets_the_first(void **state)
{
	struct world *w = *state;
	struct call calls[3];
	size_t i;

	for (i = 0; i < 2; i++)
		init_call(w, &calls[i], (int)i, 2);
	calls[2] = calls[1];
	memset(&calls[2].f, 0, sizeof(calls[2].f));
	calls[2].batch = batch_new(w, &calls[1].f, 1, 2, false);
	run_calls(w, calls, 3);
	/* whichever was first in line */
	jx_assert_ok(calls[1].rc, &calls[1].err);
	jx_assert_rc(calls[2].rc, JX_ECONFLICT, &calls[2].err);
	assert_stored(&calls[1]);
	done_calls(calls, 3);
}

static void where_the_commit_fails_nobody_hears_of_success(void **state)
{
	struct world *w = *state;
	struct call calls[4];
	size_t i;

	for (i = 0; i < 4; i++)
		init_call(w, &calls[i], (int)i, 2);
	calls[2].batch->b.expected_head[0] ^= 1;
	fault.fail_wal_sync_at = 2;
	run_calls(w, calls, 4);
	jx_assert_ok(calls[0].rc, &calls[0].err);
	jx_assert_rc(calls[1].rc, JX_EIO, &calls[1].err);
	jx_assert_rc(calls[2].rc, JX_ECONFLICT, &calls[2].err);
	jx_assert_rc(calls[3].rc, JX_EIO, &calls[3].err);
	assert_stored(&calls[0]);
	/* sent again: taken now, or found taken */
	for (i = 1; i < 4; i += 2) {
		calls[i].rc = w->ops->take(w->vault, &calls[i].batch->b, &calls[i].err);
		if (calls[i].rc != JX_ECONFLICT)
			jx_assert_ok(calls[i].rc, &calls[i].err);
		assert_stored(&calls[i]);
	}
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	done_calls(calls, 4);
}

/* As SQLite does by itself on a full disk, or without memory. */
static jx_rc give_up(struct jx_vault__txn *txn, const void *arg, struct jx_error *err)
{
	(void)arg;
	assert_int_equal(sqlite3_exec(txn->db->handle, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	return jx_fail(err, JX_EIO, 0, "test", "given up");
}

static void where_sqlite_gives_up_everybody_gets_a_transaction(void **state)
{
	struct world *w = *state;
	struct jx_vault__job job = {.fn = give_up, .where = "test"};
	struct call calls[4];
	size_t i;

	for (i = 0; i < 4; i++)
		init_call(w, &calls[i], (int)i, 2);
	calls[2].job = &job;
	run_calls(w, calls, 4);
	jx_assert_rc(calls[2].rc, JX_EIO, &calls[2].err);
	for (i = 0; i < 4; i++)
		if (i != 2) {
			jx_assert_ok(calls[i].rc, &calls[i].err);
			assert_stored(&calls[i]);
		}
	assert_nothing_of(&calls[2]);
	jx_assert_ok(w->ops->check(w->vault, &w->err), &w->err);
	done_calls(calls, 4);
}

static void a_full_disk_is_said_to_each(void **state)
{
	struct world *w = *state;
	struct call calls[3];
	size_t i;

	for (i = 0; i < 3; i++)
		init_call(w, &calls[i], (int)i, 2);
	fault.is_full = true;
	run_calls(w, calls, 3);
	fault.is_full = false;
	for (i = 0; i < 3; i++) {
		jx_assert_rc(calls[i].rc, JX_ENOSPC, &calls[i].err);
		assert_nothing_of(&calls[i]);
		jx_assert_ok(w->ops->take(w->vault, &calls[i].batch->b, &calls[i].err), &calls[i].err);
		assert_stored(&calls[i]);
	}
	done_calls(calls, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(those_who_wait_share_a_commit, open_world, close_world),
		cmocka_unit_test_setup_teardown(one_that_is_refused_takes_nobody_with_it, open_world,
						close_world),
		cmocka_unit_test_setup_teardown(a_second_branch_of_one_writer_meets_the_first, open_world,
						close_world),
		cmocka_unit_test_setup_teardown(where_the_commit_fails_nobody_hears_of_success, open_world,
						close_world),
		cmocka_unit_test_setup_teardown(where_sqlite_gives_up_everybody_gets_a_transaction,
						open_world, close_world),
		cmocka_unit_test_setup_teardown(a_full_disk_is_said_to_each, open_world, close_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
