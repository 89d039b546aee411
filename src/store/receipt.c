/*
 * What the server signed, and what it amounts to.
 *
 * A server that was restored from a backup has a new epoch and may lack what its old receipts cover. So the newest receipt of
 * entries decides: receipts and photo-receipts of its epoch count, others are kept as evidence only.
 */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "store_private.h"

#define WHERE "store.receipt"

/* Numbers on disk; append only. */
enum standing {
	STANDING_GOOD = 0,
	STANDING_FORK =
		1, /* the server keeps these entries in quarantine: another chain of this writer was there first */
	STANDING_FOREIGN = 2, /* its head is not this log's: what it covers is not what is here */
};

/* A control: what the client has sent off counts as what the server has signed for. */
static void count_sent_off(jx_store *s, struct jx_store__coverage *c)
{
	struct jx_identity id;
	char text[24];
	int64_t no = 0, n = 0;

	if (jx_store__current(s, &no, &id, NULL) == JX_OK && no == c->writer_no &&
	    jx_store_get(s, JX_SET_SERVER_N, text, sizeof(text), NULL) == JX_OK &&
	    jx_parse_i64(text, 0, JX_STORE_N_MAX, &n) && n > c->sent_n)
		c->sent_n = n;
}

jx_rc jx_store__coverage(jx_store *s, int64_t writer_no, struct jx_store__coverage *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_COVERAGE);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":writer_no", writer_no);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	out->writer_no = writer_no;
	if (!jx_store__col_blob(&q, 0, out->epoch, JX_ID_BYTES))
		memset(out->epoch, 0, JX_ID_BYTES);
	out->sent_n = jx_store__col_i64(&q, 1);
	out->fork_n = jx_store__col_i64(&q, 2);
	out->safe_until_n = jx_store__col_i64(&q, 3);
	out->server_utc_ms = jx_store__col_i64(&q, 4);
	if (jx_control_is(JX_CONTROL_SENT_BEFORE_RECEIPT))
		count_sent_off(s, out);
	return JX_OK;
}

struct job {
	const struct jx_signed *text;
	const struct jx_receipt *receipt; /* or */
	const struct jx_photo_receipt *photo_receipt;
	uint8_t hash[JX_HASH_BYTES];
	enum standing standing;
};

/* One count for both kinds, so that "after" means something between them. */
static jx_rc next_no(jx_store *s, int64_t *no_out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_RECEIPT_NEXT_NO);
	bool has_row = false;
	const jx_rc rc = jx_store__step(&q, &has_row, err);

	if (rc == JX_OK)
		*no_out = jx_store__col_i64(&q, 0);
	return rc;
}

/* Is the receipt's head this log's head at its n? */
static jx_rc is_ours(jx_store *s, int64_t writer_no, const struct jx_receipt *r, bool *out,
		     struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_ENTRY_HEAD);
	uint8_t head[JX_HASH_BYTES];
	bool has_row = false;
	jx_rc rc;

	if (r->n < 1 || r->n > JX_STORE_N_MAX) {
		*out = false;
		return JX_OK;
	}
	jx_store__bind_i64(&q, ":pos", jx_store__pos(writer_no, r->n));
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK)
		*out = has_row && jx_store__col_blob(&q, 0, head, sizeof(head)) &&
		       memcmp(head, r->head, sizeof(head)) == 0;
	return rc;
}

static jx_rc insert_receipt(jx_store *s, const struct job *job, int64_t writer_no, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_RECEIPT_ADD);
	const struct jx_receipt *r = job->receipt;
	int64_t no = 0;
	const jx_rc rc = next_no(s, &no, err);

	if (rc != JX_OK)
		return rc;
	jx_store__bind_i64(&q, ":no", no);
	jx_store__bind_i64(&q, ":writer_no", writer_no);
	jx_store__bind_blob(&q, ":epoch", r->epoch, JX_ID_BYTES);
	jx_store__bind_i64(&q, ":n", r->n);
	jx_store__bind_i64(&q, ":safe_until_n", r->safe_until_n);
	jx_store__bind_i64(&q, ":server_utc_ms", r->server_utc_ms);
	jx_store__bind_i64(&q, ":standing", (int64_t)job->standing);
	jx_store__bind_blob(&q, ":hash", job->hash, JX_HASH_BYTES);
	jx_store__bind_blob(&q, ":sig", job->text->sig, JX_SIG_BYTES);
	jx_store__bind_blob(&q, ":text", job->text->text, job->text->len);
	return jx_store__run_one(&q, err);
}

/* Newest of what the server ever said: the trusted time does not go back. */
static jx_rc keep_server_time(jx_store *s, int64_t server_utc_ms, struct jx_error *err)
{
	char text[24];
	int64_t known = 0;
	jx_buf b;
	jx_rc rc = jx_store_get(s, JX_SET_SERVER_UTC_MS, text, sizeof(text), NULL);

	if (rc == JX_OK && jx_parse_i64(text, 0, INT64_MAX, &known) && known >= server_utc_ms)
		return JX_OK;
	jx_buf_init(&b, sizeof(text));
	jx_buf_add_i64(&b, server_utc_ms);
	rc = jx_store__put_setting(s, JX_SET_SERVER_UTC_MS, b.data, err);
	jx_buf_done(&b);
	return rc;
}

/*
 * The newest one's epoch says which count. Where another sync of this device kept one from before a restore after this one, this
 * one has just been heard again, and is the newest.
 */
static jx_rc bring_into_force(jx_store *s, int64_t writer_no, const struct job *job, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_RECEIPT_RENUMBER);
	struct jx_store__coverage c;
	int64_t no = 0;
	jx_rc rc = jx_store__coverage(s, writer_no, &c, err);

	if (rc != JX_OK || job->standing == STANDING_FOREIGN ||
	    memcmp(c.epoch, job->receipt->epoch, JX_ID_BYTES) == 0)
		return rc;
	rc = next_no(s, &no, err);
	jx_store__bind_i64(&q, ":no", no);
	jx_store__bind_blob(&q, ":hash", job->hash, JX_HASH_BYTES);
	return rc == JX_OK ? jx_store__run_one(&q, err) : rc;
}

static jx_rc add_receipt(jx_store *s, void *arg, struct jx_error *err)
{
	struct job *job = arg;
	bool is_known = false, fits = false;
	int64_t writer_no = 0;
	jx_rc rc = jx_store__writer_no(s, job->receipt->writer, &writer_no, err);

	if (rc == JX_OK) {
		JX_LOAN q = jx_store__lend(s, JX_SQL_RECEIPT_KNOWN);

		jx_store__bind_blob(&q, ":hash", job->hash, JX_HASH_BYTES);
		rc = jx_store__step(&q, &is_known, err);
		if (rc == JX_OK && is_known)
			job->standing = (enum standing)jx_store__col_i64(&q, 1);
	}
	if (rc == JX_OK && is_known)
		return bring_into_force(s, writer_no, job, err);
	if (rc != JX_OK)
		return rc;
	rc = is_ours(s, writer_no, job->receipt, &fits, err);
	if (rc != JX_OK)
		return rc;
	job->standing = !fits ? STANDING_FOREIGN : job->receipt->is_fork ? STANDING_FORK : STANDING_GOOD;
	rc = insert_receipt(s, job, writer_no, err);
	if (rc == JX_OK)
		rc = keep_server_time(s, job->receipt->server_utc_ms, err);
	if (rc == JX_OK && job->standing != STANDING_GOOD)
		rc = jx_store__put_setting(s, JX_SET_REENROL, "fork", err);
	return rc;
}

/* Text and signature, columns col and col + 1. */
static jx_rc read_signed(const jx_store__loan *q, int col, struct jx_signed *out, struct jx_error *err)
{
	const void *text = sqlite3_column_blob(q->stmt, col);
	const int len = sqlite3_column_bytes(q->stmt, col);

	if (text == NULL || len < 0 || (size_t)len > sizeof(out->text) ||
	    !jx_store__col_blob(q, col + 1, out->sig, JX_SIG_BYTES))
		return jx_store__corrupt(q->store, WHERE, _("a receipt cannot be read"), err);
	memcpy(out->text, text, (size_t)len);
	out->len = (size_t)len;
	return JX_OK;
}

jx_rc jx_store_receipt(jx_store *store, struct jx_signed *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_RECEIPT_NEWEST);
	struct jx_identity id;
	bool has_row = false;
	int64_t no = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc != JX_OK)
		return rc;
	jx_store__bind_i64(&q, ":writer_no", no);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "no receipt yet: run jx sync");
	return read_signed(&q, 0, out, err);
}

jx_rc jx_store_each_receipt(jx_store *store, jx_signed_fn fn, void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_RECEIPT_EACH);
	JX_AUTO_FREE struct jx_signed *text = jx_xmalloc(sizeof(*text));

	for (;;) {
		bool has_row = false;
		jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		rc = read_signed(&q, 1, text, err);
		if (rc == JX_OK)
			rc = fn(user, text, jx_store__col_i64(&q, 3) != 0);
		if (rc != JX_OK)
			return rc;
	}
}

/* On its way no more. */
static jx_rc drop_sending(jx_store *s, int64_t writer_no, const uint8_t sha256[JX_HASH_BYTES],
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SENDING_DROP);

	jx_store__bind_i64(&q, ":writer_no", writer_no);
	jx_store__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	return jx_store__run(&q, err);
}

static jx_rc mark_done(jx_store *s, int64_t writer_no, int64_t no, const struct jx_photo_receipt *r,
		       struct jx_error *err)
{
	size_t i;

	for (i = 0; i < r->photo_count; i++) {
		JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_DONE);
		jx_rc rc;

		jx_store__bind_i64(&q, ":writer_no", writer_no);
		jx_store__bind_blob(&q, ":sha256", r->photos[i], JX_HASH_BYTES);
		jx_store__bind_blob(&q, ":epoch", r->epoch, JX_ID_BYTES);
		jx_store__bind_i64(&q, ":receipt_no", no);
		rc = jx_store__run_one(&q, err);
		if (rc == JX_OK)
			rc = drop_sending(s, writer_no, r->photos[i], err);
		if (rc != JX_OK)
			return rc;
	}
	return JX_OK;
}

static jx_rc insert_photo_receipt(jx_store *s, const struct job *job, int64_t writer_no, int64_t no,
				  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_RECEIPT_ADD);

	jx_store__bind_i64(&q, ":no", no);
	jx_store__bind_i64(&q, ":writer_no", writer_no);
	jx_store__bind_blob(&q, ":hash", job->hash, JX_HASH_BYTES);
	jx_store__bind_blob(&q, ":sig", job->text->sig, JX_SIG_BYTES);
	jx_store__bind_blob(&q, ":text", job->text->text, job->text->len);
	return jx_store__run_one(&q, err);
}

static jx_rc add_photo_receipt(jx_store *s, void *arg, struct jx_error *err)
{
	const struct job *job = arg;
	bool is_known = false;
	int64_t writer_no = 0, no = 0;
	jx_rc rc = jx_store__writer_no(s, job->photo_receipt->writer, &writer_no, err);

	if (rc == JX_OK) {
		JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_RECEIPT_KNOWN);

		jx_store__bind_blob(&q, ":hash", job->hash, JX_HASH_BYTES);
		rc = jx_store__step(&q, &is_known, err);
		if (rc == JX_OK && is_known)
			no = jx_store__col_i64(&q, 0);
	}
	if (rc == JX_OK && !is_known)
		rc = next_no(s, &no, err);
	if (rc == JX_OK && !is_known)
		rc = insert_photo_receipt(s, job, writer_no, no, err);
	/* a known one, too: another sync of this device may have kept one from before a restore after it */
	return rc == JX_OK ? mark_done(s, writer_no, no, job->photo_receipt, err) : rc;
}

static jx_rc check_photo_count(const struct jx_photo_receipt *r, struct jx_error *err)
{
	if (r->photo_count <= JX_PHOTO_RECEIPT_MAX)
		return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "the photo-receipt names more than %d photos: update the server",
		       JX_PHOTO_RECEIPT_MAX);
}

/* ---- what a sync brought ---- */

static jx_rc check_results(const struct jx_store_results *r, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < r->photo_receipt_count && rc == JX_OK; i++)
		rc = check_photo_count(&r->photo_receipts[i].receipt, err);
	for (size_t i = 0; i < r->setting_count && rc == JX_OK; i++)
		rc = jx_store__check_setting(r->settings[i].name, err);
	return rc;
}

struct keeping {
	const struct jx_store_results *results;
	bool has_foreign;  /* a receipt is for another log ... */
	int64_t foreign_n; /* ... up to here */
};

static jx_rc keep(jx_store *s, void *arg, struct jx_error *err)
{
	struct keeping *k = arg;
	const struct jx_store_results *r = k->results;
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < r->receipt_count && rc == JX_OK; i++) {
		struct job job = {.text = &r->receipts[i].text, .receipt = &r->receipts[i].receipt};

		jx_signed_hash(job.text, job.hash);
		rc = add_receipt(s, &job, err);
		if (rc == JX_OK && job.standing == STANDING_FOREIGN) {
			k->has_foreign = true;
			k->foreign_n = job.receipt->n;
		}
	}
	if (rc == JX_OK)
		rc = jx_store__put_sending(s, r->sending, r->sending_count, err);
	for (size_t i = 0; i < r->photo_receipt_count && rc == JX_OK; i++) {
		struct job job = {.text = &r->photo_receipts[i].text,
				  .photo_receipt = &r->photo_receipts[i].receipt};

		jx_signed_hash(job.text, job.hash);
		rc = add_photo_receipt(s, &job, err);
	}
	for (size_t i = 0; i < r->setting_count && rc == JX_OK; i++)
		rc = jx_store__put_setting(s, r->settings[i].name, r->settings[i].value, err);
	return rc;
}

jx_rc jx_store_keep(jx_store *store, const struct jx_store_results *results, struct jx_error *err)
{
	struct keeping k = {.results = results};
	jx_rc rc = check_results(results, err);

	if (rc != JX_OK || results->receipt_count + results->photo_receipt_count + results->setting_count +
					   results->sending_count ==
				   0)
		return rc;
	rc = jx_store__transaction(store, keep, &k, NULL, err);
	if (rc == JX_OK && k.has_foreign)
		return jx_fail(
			err, JX_ECONFLICT, 0, WHERE,
			"the server holds another log of this device up to entry %lld (a copy or an old backup was used): "
			"ask the office for a code and run jx enrol; nothing on this device is lost",
			(long long)k.foreign_n);
	return rc;
}

jx_rc jx_store_add_receipt(jx_store *store, const struct jx_signed *text, const struct jx_receipt *r,
			   struct jx_error *err)
{
	const struct jx_kept_receipt one = {.text = *text, .receipt = *r};

	return jx_store_keep(store, &(struct jx_store_results){.receipts = &one, .receipt_count = 1}, err);
}

jx_rc jx_store_add_photo_receipt(jx_store *store, const struct jx_signed *text,
				 const struct jx_photo_receipt *r, struct jx_error *err)
{
	const struct jx_kept_photo_receipt one = {.text = *text, .receipt = *r};

	return jx_store_keep(
		store, &(struct jx_store_results){.photo_receipts = &one, .photo_receipt_count = 1}, err);
}
