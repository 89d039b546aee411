/*
 * Verification of the device's own evidence. What is damaged is noted and the walk goes on from what is stored, so that
 * one changed byte does not hide the next one.
 */
#include <stdlib.h>
#include <string.h>

#include "view_private.h"

#define WHERE "view.verify"
/* A million receipts, or photos in photo-receipts. */
#define LIST_BYTES_MAX ((size_t)128 * 1024 * 1024)

/* A receipt whose signature is good. */
struct promise {
	uint8_t writer[JX_ID_BYTES];
	int64_t n;
	struct jx_receipt receipt;
};
struct photo {
	uint8_t writer[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
};

struct job {
	struct jx_view__reader reader;
	struct jx_view_verify out;
	struct jx_identity current, id; /* id: of the chain being walked */
	bool has_current;
	struct jx_chain_walk walk;
	bool is_walking;
	jx_buf promises; /* struct promise, sorted by writer and n once all are read */
	jx_buf photos;   /* struct photo, sorted */
	int64_t sent_n;  /* of the chain being walked, by good receipts */
	struct jx_error *err;
};

static void done_job(struct job *job)
{
	jx_buf_done(&job->promises);
	jx_buf_done(&job->photos);
}

static void note(struct job *job, const char *number, const struct jx_error *what)
{
	if (job->out.damage_count++ > 0)
		return;
	jx_strcpy(job->out.first_number, sizeof(job->out.first_number), number);
	job->out.first = *what;
}

/* Damage at an entry of the chain being walked. */
static void note_at(struct job *job, int64_t n, const struct jx_error *what)
{
	char number[JX_NUMBER_MAX];

	if (jx_view__number(&job->reader, job->walk.writer, n, number, NULL) != JX_OK)
		number[0] = '\0';
	note(job, number, what);
}

/* ---- receipts ----------------------------------------------------------------------------------- */

/* Which key does the text say it was signed with? */
static jx_rc key_of(struct job *job, const struct jx_signed *text, uint8_t pub_out[JX_PUB_BYTES],
		    struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	uint8_t key_id[8];
	jx_rc rc = jx_json_parse(text->text, text->len, &jx_json_message_limits, &doc, err);

	if (rc == JX_OK)
		rc = jx_json_need_hex(&doc, 0, "key", key_id, sizeof(key_id), err);
	return rc == JX_OK ? jx_store_server_key(job->reader.store, key_id, pub_out, err) : rc;
}

static jx_rc open_receipt(struct job *job, const struct jx_signed *text, const uint8_t pub[JX_PUB_BYTES],
			  struct jx_error *err)
{
	struct promise p;
	const jx_rc rc = jx_receipt_open(text, pub, &p.receipt, err);

	if (rc != JX_OK)
		return rc;
	memcpy(p.writer, p.receipt.writer, JX_ID_BYTES);
	p.n = p.receipt.n;
	jx_buf_add(&job->promises, &p, sizeof(p));
	return JX_OK;
}

static jx_rc open_photo_receipt(struct job *job, const struct jx_signed *text,
				const uint8_t pub[JX_PUB_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE struct jx_photo_receipt *r = jx_xcalloc(1, sizeof(*r));
	const jx_rc rc = jx_photo_receipt_open(text, pub, r, err);
	size_t i;

	for (i = 0; rc == JX_OK && i < r->photo_count; i++) {
		struct photo p;

		memcpy(p.writer, r->writer, JX_ID_BYTES);
		memcpy(p.sha256, r->photos[i], JX_HASH_BYTES);
		jx_buf_add(&job->photos, &p, sizeof(p));
	}
	return rc;
}

static jx_rc read_receipt(void *user, const struct jx_signed *text, bool is_photo)
{
	struct job *job = user;
	struct jx_error what = {0};
	uint8_t pub[JX_PUB_BYTES];
	jx_rc rc = key_of(job, text, pub, &what);

	if (rc == JX_OK)
		rc = is_photo ? open_photo_receipt(job, text, pub, &what)
			      : open_receipt(job, text, pub, &what);
	if (is_photo)
		job->out.photo_receipts++;
	else
		job->out.receipts++;
	if (rc == JX_EIO || rc == JX_ENOMEM || rc == JX_EBUSY) {
		if (job->err != NULL)
			*job->err = what;
		return rc; /* could not be looked at, which is not damage */
	}
	if (rc != JX_OK)
		note(job, "", &what);
	return JX_OK;
}

static int compare_promises(const void *a, const void *b)
{
	const struct promise *x = a, *y = b;
	const int by_writer = memcmp(x->writer, y->writer, JX_ID_BYTES);

	return by_writer != 0 ? by_writer : (x->n > y->n) - (x->n < y->n);
}

static int compare_photos(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct photo));
}

static jx_rc read_receipts(struct job *job, struct jx_error *err)
{
	jx_rc rc = jx_store_each_receipt(job->reader.store, read_receipt, job, err);

	if (rc == JX_OK)
		rc = jx_buf_check(&job->promises, _("the list of receipts"), err);
	if (rc == JX_OK)
		rc = jx_buf_check(&job->photos, _("the list of photos"), err);
	if (rc != JX_OK)
		return rc;
	if (job->promises.len > 0)
		qsort(job->promises.data, job->promises.len / sizeof(struct promise), sizeof(struct promise),
		      compare_promises);
	if (job->photos.len > 0)
		qsort(job->photos.data, job->photos.len / sizeof(struct photo), sizeof(struct photo),
		      compare_photos);
	return JX_OK;
}

/* ---- chains ------------------------------------------------------------------------------------- */

/* First receipt of the walked writer with this n or more; NULL if none. Sorted, so found by halving. */
static const char *promise_from(const struct job *job, int64_t n)
{
	size_t low = 0, high = job->promises.len / sizeof(struct promise);
	struct promise key;

	memset(&key, 0, sizeof(key));
	memcpy(key.writer, job->walk.writer, JX_ID_BYTES);
	key.n = n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (compare_promises(job->promises.data + middle * sizeof(key), &key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low * sizeof(key) < job->promises.len ? job->promises.data + low * sizeof(key) : NULL;
}

/* All receipts of the walked writer with n in first..last against the chain. */
static void check_promises(struct job *job, int64_t first, int64_t last)
{
	const char *at = promise_from(job, first);
	const char *end = job->promises.data + job->promises.len;

	for (; at != NULL && at < end; at += sizeof(struct promise)) {
		struct jx_error what = {0};
		struct promise p;

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

static int64_t last_promised(const struct job *job)
{
	const char *at = promise_from(job, 1);
	const char *end = job->promises.data + job->promises.len;
	int64_t n = 0;

	for (; at != NULL && at < end; at += sizeof(struct promise)) {
		struct promise p;

		memcpy(&p, at, sizeof(p));
		if (memcmp(p.writer, job->walk.writer, JX_ID_BYTES) != 0)
			break;
		if (!p.receipt.is_fork)
			n = p.n;
	}
	return n;
}

static void end_chain(struct job *job)
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

static void begin_chain(struct job *job, const struct jx_identity *id)
{
	jx_chain_walk_init(&job->walk, id->writer, id->public_key);
	job->is_walking = true;
	job->sent_n = last_promised(job);
}

/* "sent" and "complete" must follow from receipts whose signatures are good. */
static void check_state(struct job *job, const struct jx_log_row *row)
{
	struct jx_error what = {0};
	struct jx_entry e;
	int64_t good = 0;
	size_t i;

	if (row->photo_count > 0 && jx_entry_decode(row->bytes, row->len, &e, NULL) == JX_OK) {
		for (i = 0; i < e.photo_count; i++) {
			struct photo key;

			memcpy(key.writer, row->writer, JX_ID_BYTES);
			memcpy(key.sha256, e.photos[i].sha256, JX_HASH_BYTES);
			if (job->photos.len > 0 &&
			    bsearch(&key, job->photos.data, job->photos.len / sizeof(key), sizeof(key),
				    compare_photos) != NULL)
				good++;
		}
		job->out.photos += (int64_t)e.photo_count;
	}
	if (row->photos_receipted <= good &&
	    (row->n <= job->sent_n || (row->state != JX_ENTRY_SENT && row->state != JX_ENTRY_COMPLETE)))
		return;
	(void)jx_fail(
		&what, JX_ECORRUPT, 0, WHERE,
		"the entry is shown as sent, but no receipt says so: copy the folder for the administrator");
	note_at(job, row->n, &what);
}

static jx_rc walk_entry(void *user, const struct jx_log_row *row)
{
	struct job *job = user;
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
	check_state(job, row);
	return JX_OK;
}

static jx_rc verify_chain(void *user, const struct jx_identity *id)
{
	const struct jx_log_query q = {.all_writers = true};
	struct job *job = user;
	jx_rc rc;

	job->out.writers++;
	begin_chain(job, id);
	rc = jx_store_each(job->reader.store, &q, walk_entry, job, job->err);
	end_chain(job);
	return rc;
}

/* Damage that SQLite or the store itself finds is a finding too; what hinders looking is a failure. */
static jx_rc or_damage(struct job *job, jx_rc rc)
{
	if (rc != JX_ECORRUPT)
		return rc;
	if (job->err != NULL)
		note(job, "", job->err);
	return JX_OK;
}

jx_rc jx_view_verify(jx_store *store, struct jx_view_verify *out, struct jx_error *err)
{
	JX_CLEANUP(done_job) struct job job = {.reader = {.store = store}};
	struct jx_error own;
	jx_rc rc;

	job.err = err == NULL ? &own : err;
	jx_buf_init(&job.promises, LIST_BYTES_MAX);
	jx_buf_init(&job.photos, LIST_BYTES_MAX);
	rc = jx_store_identity(store, &job.current, job.err);
	job.has_current = rc == JX_OK;
	if (rc == JX_ENOTFOUND)
		rc = JX_OK;
	if (rc == JX_OK)
		rc = or_damage(&job, read_receipts(&job, job.err));
	if (rc == JX_OK)
		rc = or_damage(&job, jx_store_each_identity(store, verify_chain, &job, job.err));
	/* Last, because it names rows where the walk names entries. */
	if (rc == JX_OK)
		rc = or_damage(&job, jx_store_check(store, job.err));
	if (rc == JX_OK)
		*out = job.out;
	return rc;
}
