/*
 * Group commit. One commit, and its sync of the disk, serves everybody who has something to store at that moment: while a thread
 * commits, others line up, and the next commit takes all of them. Nobody is answered before the commit that holds his work; so a
 * receipt still lies on the disk, in one transaction with what it speaks of, before anyone hears of it.
 *
 * Each job runs behind a savepoint of its own: one that is refused takes back its own rows and nobody else's. Where SQLite gave
 * up the transaction as a whole (no memory, a full disk), each job gets one of its own.
 */
#include <string.h>

#include "jiexun/control.h"
#include "vault_private.h"

/* Bounds how long the first of a group waits for the work of the last. */
#define GROUP_MAX 64

void jx_vault__group_init(struct jx_vault__group *g)
{
	(void)pthread_mutex_init(&g->mutex, NULL);
	(void)pthread_cond_init(&g->changed, NULL);
	g->first = NULL;
	g->last = &g->first;
	g->is_led = false;
}

void jx_vault__group_done(struct jx_vault__group *g)
{
	(void)pthread_cond_destroy(&g->changed);
	(void)pthread_mutex_destroy(&g->mutex);
}

/* The group's mutex is held. */
static struct jx_vault__job *take_waiting(struct jx_vault__group *g)
{
	struct jx_vault__job *jobs = g->first, **end = &g->first;
	int count = 0;

	while (*end != NULL && count++ < GROUP_MAX)
		end = &(*end)->next;
	g->first = *end;
	*end = NULL;
	if (g->first == NULL)
		g->last = &g->first;
	return jobs;
}

/* ---- one transaction ---- */

/* False: SQLite has given up the whole transaction. */
static bool run_behind_mark(struct jx_vault__txn *txn, struct jx_vault__job *job)
{
	const int64_t pos = txn->pos;

	job->rc = jx_vault__txn_mark(txn, job->where, &job->err);
	if (job->rc == JX_OK)
		job->rc = job->fn(txn, job->arg, &job->err);
	if (job->rc == JX_OK)
		job->rc = jx_vault__txn_keep(txn, job->where, &job->err);
	if (job->rc == JX_OK)
		return true;
	txn->pos = pos;
	return jx_vault__txn_undo(txn);
}

static jx_rc commit(struct jx_vault__txn *txn, const struct jx_vault__job *jobs, struct jx_error *err)
{
	if (jobs->may_stay_open && jx_control_is(JX_CONTROL_RECEIPT_BEFORE_COMMIT))
		return jx_vault__control_leave_open(txn, err);
	return jx_vault__txn_commit(txn, jobs->where, err);
}

static void fail_all(struct jx_vault__job *jobs, jx_rc rc, const struct jx_error *err)
{
	for (struct jx_vault__job *j = jobs; j != NULL; j = j->next)
		if (j->rc == JX_OK) {
			j->rc = rc;
			j->err = *err;
		}
}

/* False: nothing of it is stored, and each job needs a transaction of its own. */
static bool run_together(struct jx_vault__sqlite *v, struct jx_vault__job *jobs)
{
	JX_VAULT__TXN(txn);
	struct jx_error err = {.code = JX_OK};
	jx_rc rc = jx_vault__txn_begin(v, &txn, jobs->where, &err);
	bool has_any = false;

	for (struct jx_vault__job *j = jobs; j != NULL && rc == JX_OK; j = j->next) {
		if (!run_behind_mark(&txn, j))
			return false;
		has_any = has_any || j->rc == JX_OK;
	}
	if (rc == JX_OK && has_any)
		rc = commit(&txn, jobs, &err);
	if (rc != JX_OK)
		fail_all(jobs, rc, &err);
	return true;
}

static void run_alone(struct jx_vault__sqlite *v, struct jx_vault__job *job)
{
	JX_VAULT__TXN(txn);

	job->rc = jx_vault__txn_begin(v, &txn, job->where, &job->err);
	if (job->rc == JX_OK)
		job->rc = job->fn(&txn, job->arg, &job->err);
	if (job->rc == JX_OK)
		job->rc = commit(&txn, job, &job->err);
}

static void run_jobs(struct jx_vault__sqlite *v, struct jx_vault__job *jobs)
{
	if (jobs->next != NULL && run_together(v, jobs))
		return;
	for (struct jx_vault__job *j = jobs; j != NULL; j = j->next)
		run_alone(v, j);
}

/* ---- who does it ---- */

static void lead(struct jx_vault__sqlite *v)
{
	struct jx_vault__group *g = &v->group;
	struct jx_vault__job *jobs = take_waiting(g), *next;

	g->is_led = true;
	(void)pthread_mutex_unlock(&g->mutex);
	run_jobs(v, jobs);
	(void)pthread_mutex_lock(&g->mutex);
	g->is_led = false;
	/* a job is its thread's own, and may be gone as soon as it is done */
	for (; jobs != NULL; jobs = next) {
		next = jobs->next;
		jobs->is_done = true;
	}
	(void)pthread_cond_broadcast(&g->changed);
}

jx_rc jx_vault__run_grouped(struct jx_vault__sqlite *v, struct jx_vault__job *job, struct jx_error *err)
{
	struct jx_vault__group *g = &v->group;

	job->next = NULL;
	job->is_done = false;
	(void)pthread_mutex_lock(&g->mutex);
	*g->last = job;
	g->last = &job->next;
	while (!job->is_done) {
		if (g->is_led)
			(void)pthread_cond_wait(&g->changed, &g->mutex);
		else
			lead(v);
	}
	(void)pthread_mutex_unlock(&g->mutex);
	if (job->rc != JX_OK && err != NULL)
		*err = job->err;
	return job->rc;
}
