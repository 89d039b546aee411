/*
 * Verification of the device's own evidence. What is damaged is noted and the walk goes on from what is stored, so that
 * one changed byte does not hide the next one.
 */
#include <stdlib.h>
#include <string.h>

#include "verify.h"

#define WHERE "view.verify"
/* A million receipts, or photos in photo-receipts. */
#define LIST_BYTES_MAX ((size_t)128 * 1024 * 1024)

static void done_job(struct jx_view__verification *job)
{
	jx_buf_done(&job->promises);
	jx_buf_done(&job->photos);
}

/* Damage at an entry of the chain being walked. */
static void note_at(struct jx_view__verification *job, int64_t n, const struct jx_error *what)
{
	char number[JX_NUMBER_MAX];

	if (jx_view__number(&job->reader, job->walk.writer, n, number, NULL) != JX_OK)
		number[0] = '\0';
	jx_view__note(job, number, what);
}

/* First receipt of the walked writer with this n or more; NULL if none. Sorted, so found by halving. */
static const char *promise_from(const struct jx_view__verification *job, int64_t n)
{
	size_t low = 0, high = job->promises.len / sizeof(struct jx_view__promise);
	struct jx_view__promise key;

	memset(&key, 0, sizeof(key));
	memcpy(key.writer, job->walk.writer, JX_ID_BYTES);
	key.n = n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (jx_view__compare_promises(job->promises.data + middle * sizeof(key), &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low * sizeof(key) < job->promises.len ? job->promises.data + low * sizeof(key) : NULL;
}

/* All receipts of the walked writer with n in first..last against the chain. */
static void check_promises(struct jx_view__verification *job, int64_t first, int64_t last)
{
	const char *at = promise_from(job, first);
	const char *end = job->promises.data + job->promises.len;

	for (; at != NULL && at < end; at += sizeof(struct jx_view__promise)) {
		struct jx_error what = {0};
		struct jx_view__promise p;

		memcpy(&p, at, sizeof(p));
		if (memcmp(p.writer, job->walk.writer, JX_ID_BYTES) != 0 || p.n > last)
			return;
		if (p.n != job->walk.n) {
			(void)jx_fail(
				&what, JX_ECORRUPT, 0, WHERE,
				"a receipt covers entry %lld, but the log ends at %lld: entries were cut off, "
				"or this is an old copy; fetch them from the server",
				(long long)p.n, (long long)job->walk.n);
			note_at(job, p.n, &what);
		} else if (jx_chain_walk_receipt(&job->walk, &p.receipt, &what) != JX_OK) {
			note_at(job, p.n, &what);
		}
	}
}

static int64_t last_promised(const struct jx_view__verification *job)
{
	const char *at = promise_from(job, 1);
	const char *end = job->promises.data + job->promises.len;
	int64_t n = 0;

	for (; at != NULL && at < end; at += sizeof(struct jx_view__promise)) {
		struct jx_view__promise p;

		memcpy(&p, at, sizeof(p));
		if (memcmp(p.writer, job->walk.writer, JX_ID_BYTES) != 0)
			break;
		if (!p.receipt.is_fork)
			n = p.n;
	}
	return n;
}

static void end_chain(struct jx_view__verification *job)
{
	if (!job->is_walking)
		return;
	check_promises(job, job->walk.n + 1, INT64_MAX);
	if (job->has_current && memcmp(job->walk.writer, job->current.writer, JX_ID_BYTES) == 0) {
		job->out.last_n = job->walk.n;
		job->out.receipt_n = job->sent_n < job->walk.n ? job->sent_n : job->walk.n;
	}
	job->is_walking = false;
}

static void begin_chain(struct jx_view__verification *job, const struct jx_identity *id)
{
	jx_chain_walk_init(&job->walk, id->writer, id->public_key);
	job->is_walking = true;
	job->sent_n = last_promised(job);
}

/* "sent" and "complete" must follow from receipts whose signatures are good. */
static jx_rc check_state(struct jx_view__verification *job, const struct jx_log_row *row)
{
	struct jx_error what = {0};
	struct jx_entry e;
	int64_t good = 0;
	jx_rc rc = row->photo_count > 0 ? jx_entry_decode(row->bytes, row->len, &e, &what) : JX_OK;
	size_t i;

	if (rc == JX_ENOMEM) {
		if (job->err != NULL)
			*job->err = what;
		return rc;
	}
	if (row->photo_count > 0 && rc == JX_OK) {
		for (i = 0; i < e.photo_count; i++) {
			struct jx_view__done key;

			memcpy(key.writer, row->writer, JX_ID_BYTES);
			memcpy(key.sha256, e.photos[i].sha256, JX_HASH_BYTES);
			if (job->photos.len > 0 &&
			    bsearch(&key, job->photos.data, job->photos.len / sizeof(key), sizeof(key),
				    jx_view__compare_done) != NULL)
				good++;
		}
		job->out.photos += (int64_t)e.photo_count;
	}
	if (row->photos_receipted <= good &&
	    (row->n <= job->sent_n || (row->state != JX_ENTRY_SENT && row->state != JX_ENTRY_COMPLETE)))
		return JX_OK;
	(void)jx_fail(
		&what, JX_ECORRUPT, 0, WHERE,
		"the entry is shown as sent, but no receipt says so: copy the folder for the administrator");
	note_at(job, row->n, &what);
	return JX_OK;
}

static jx_rc walk_entry(void *user, const struct jx_log_row *row)
{
	struct jx_view__verification *job = user;
	struct jx_error what = {0};

	if (memcmp(job->walk.writer, row->writer, JX_ID_BYTES) != 0 || row->n <= job->walk.n)
		return JX_OK; /* another identity's */
	job->out.entries++;
	if (row->n != job->walk.n + 1) {
		(void)jx_fail(&what, JX_ECORRUPT, 0, WHERE,
			      "entries %lld to %lld are missing: copy the folder for the administrator",
			      (long long)job->walk.n + 1, (long long)row->n - 1);
		note_at(job, job->walk.n + 1, &what);
		job->walk.n = row->n - 1;
	}
	if (jx_chain_walk_add(&job->walk, row->bytes, row->len, row->digest, row->sig, &what) != JX_OK) {
		note_at(job, row->n, &what);
	} else if (memcmp(job->walk.head, row->head, JX_HASH_BYTES) != 0) {
		(void)jx_fail(&what, JX_ECORRUPT, 0, WHERE,
			      "the entry's head is not the chain's: copy the folder for the administrator");
		note_at(job, row->n, &what);
	}
	job->walk.n = row->n;
	memcpy(job->walk.head, row->head, JX_HASH_BYTES);
	check_promises(job, row->n, row->n);
	return check_state(job, row);
}

static jx_rc verify_chain(void *user, const struct jx_identity *id)
{
	const struct jx_log_query q = {.all_writers = true};
	struct jx_view__verification *job = user;
	jx_rc rc;

	job->out.writers++;
	begin_chain(job, id);
	rc = jx_store_each(job->reader.store, &q, walk_entry, job, job->err);
	end_chain(job);
	return rc;
}

/* Damage that SQLite or the store itself finds is a finding too; what hinders looking is a failure. */
static jx_rc or_damage(struct jx_view__verification *job, jx_rc rc)
{
	if (rc != JX_ECORRUPT)
		return rc;
	if (job->err != NULL)
		jx_view__note(job, "", job->err);
	return JX_OK;
}

jx_rc jx_view_verify(jx_store *store, struct jx_view_verify *out, struct jx_error *err)
{
	JX_CLEANUP(done_job) struct jx_view__verification job = {.reader = {.store = store}};
	struct jx_error own = {0};
	jx_rc rc;

	job.err = err == NULL ? &own : err;
	jx_buf_init(&job.promises, LIST_BYTES_MAX);
	jx_buf_init(&job.photos, LIST_BYTES_MAX);
	rc = jx_store_identity(store, &job.current, job.err);
	job.has_current = rc == JX_OK;
	if (rc == JX_ENOTFOUND)
		rc = JX_OK;
	if (rc == JX_OK)
		rc = or_damage(&job, jx_view__read_receipts(&job, job.err));
	if (rc == JX_OK)
		rc = or_damage(&job, jx_store_each_identity(store, verify_chain, &job, job.err));
	/* Last, because it names rows where the walk names entries. */
	if (rc == JX_OK)
		rc = or_damage(&job, jx_store_check(store, job.err));
	if (rc == JX_OK)
		*out = job.out;
	return rc;
}
