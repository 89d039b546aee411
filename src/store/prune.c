/*
 * Which originals may leave this disk (design, promise 2), asked anew from receipts, photo-receipts and the log at each call: there is
 * no flag that could say something else than the server signed.
 *
 * Nothing here believes this device's clock. "Now" is the newest time that the server signed, and the days are counted from the newest
 * signature that a photo needs; a handheld that has not spoken with its server for a year prunes nothing.
 */
#include <string.h>

#include "store_private.h"

#define WHERE "store.prune"
/* A million photos of one device. */
#define LIST_BYTES_MAX ((size_t)128 * 1024 * 1024)

const char *jx_keep_name(enum jx_keep why)
{
	switch (why) {
	case JX_KEEP_NOT:
		return "may-go";
	case JX_KEEP_NO_RECEIPT:
		return "no-receipt";
	case JX_KEEP_NO_PHOTO_RECEIPT:
		return "no-photo-receipt";
	case JX_KEEP_NO_BACKUP:
		return "no-backup";
	case JX_KEEP_YOUNG:
		return "young";
	case JX_KEEP_GONE:
		break;
	}
	return "gone";
}

/* Columns of PRUNE. */
static jx_rc read_photo(const jx_store__loan *q, const struct jx_keep_rules *rules, int64_t now_utc_ms,
			struct jx_kept_photo *out, struct jx_error *err)
{
	const int64_t last_pos = jx_store__col_i64(q, 3);
	const int64_t signed_utc_ms = jx_store__col_i64(q, 7);

	memset(out, 0, sizeof(*out));
	out->size_bytes = jx_store__col_i64(q, 1);
	out->references = jx_store__col_i64(q, 2);
	out->signed_utc_ms = signed_utc_ms;
	if (!jx_store__col_blob(q, 0, out->sha256, JX_HASH_BYTES))
		return jx_store__corrupt(q->store, WHERE, _("a photo's row cannot be read"), err);
	if (jx_store__col_i64(q, 8) >= last_pos)
		out->why = JX_KEEP_GONE;
	else if (jx_store__col_i64(q, 4) > 0)
		out->why = JX_KEEP_NO_RECEIPT;
	else if (jx_store__col_i64(q, 5) > 0)
		out->why = JX_KEEP_NO_PHOTO_RECEIPT;
	else if (rules->needs_backup && jx_store__col_i64(q, 6) > 0)
		out->why = JX_KEEP_NO_BACKUP;
	/* a time that is missing or not before now is no proof of age */
	else if (signed_utc_ms <= 0 || now_utc_ms - signed_utc_ms < rules->age_ms)
		out->why = JX_KEEP_YOUNG;
	return JX_OK;
}

static int64_t server_now(jx_store *s)
{
	char text[24];
	int64_t utc_ms = 0;

	if (jx_store_get(s, JX_SET_SERVER_UTC_MS, text, sizeof(text), NULL) != JX_OK ||
	    !jx_parse_i64(text, 0, INT64_MAX, &utc_ms))
		return 0;
	return utc_ms;
}

static jx_rc collect(jx_store__loan *q, const struct jx_keep_rules *rules, int64_t now_utc_ms, jx_buf *list,
		     struct jx_error *err)
{
	for (;;) {
		struct jx_kept_photo p;
		bool has_row = false;
		jx_rc rc = jx_store__step(q, &has_row, err);

		if (rc != JX_OK)
			return rc;
		if (!has_row)
			return jx_buf_check(list, _("the list of photos"), err);
		rc = read_photo(q, rules, now_utc_ms, &p, err);
		if (rc != JX_OK)
			return rc;
		jx_buf_add(list, &p, sizeof(p));
	}
}

static jx_rc list_photos(jx_store *s, const struct jx_keep_rules *rules, jx_buf *list, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_PRUNE);

	return collect(&q, rules, server_now(s), list, err);
}

/* Collected first: fn removes files and marks rows. */
jx_rc jx_store_each_kept_photo(jx_store *store, const struct jx_keep_rules *rules, jx_kept_photo_fn fn,
			       void *user, struct jx_error *err)
{
	JX_AUTO_BUF list = {0};
	jx_rc rc;

	jx_buf_init(&list, LIST_BYTES_MAX);
	rc = list_photos(store, rules, &list, err);
	for (size_t at = 0; rc == JX_OK && at < list.len; at += sizeof(struct jx_kept_photo)) {
		struct jx_kept_photo p;

		memcpy(&p, list.data + at, sizeof(p));
		rc = fn(user, &p);
	}
	return rc;
}

struct job {
	const struct jx_keep_rules *rules;
	int64_t bytes_wanted;
	jx_buf marked; /* struct jx_kept_photo, one after the other */
};

static jx_rc mark_one(jx_store *s, const struct jx_kept_photo *p, int64_t utc_ms, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_PRUNE_MARK);

	jx_store__bind_blob(&q, ":sha256", p->sha256, JX_HASH_BYTES);
	jx_store__bind_i64(&q, ":utc_ms", utc_ms);
	return jx_store__run_one(&q, err);
}

/* Under the lock: a record saved a moment ago may list the same picture again. */
static jx_rc mark(jx_store *s, void *arg, struct jx_error *err)
{
	struct job *job = arg;
	const int64_t now_utc_ms = server_now(s);
	JX_AUTO_BUF list = {0};
	int64_t bytes = 0;
	jx_rc rc;

	jx_buf_init(&list, LIST_BYTES_MAX);
	jx_buf_init(&job->marked, LIST_BYTES_MAX);
	rc = list_photos(s, job->rules, &list, err);
	for (size_t at = 0; rc == JX_OK && at < list.len && bytes < job->bytes_wanted;
	     at += sizeof(struct jx_kept_photo)) {
		struct jx_kept_photo p;

		memcpy(&p, list.data + at, sizeof(p));
		if (p.why != JX_KEEP_NOT)
			continue;
		rc = mark_one(s, &p, now_utc_ms, err);
		jx_buf_add(&job->marked, &p, sizeof(p));
		bytes += p.size_bytes;
	}
	return rc == JX_OK ? jx_buf_check(&job->marked, _("the list of photos"), err) : rc;
}

struct hand_over {
	const jx_buf *photos;
	jx_kept_photo_fn fn;
	void *user;
};

/*
 * Under the lock, so that no entry can be appended between the look and the removal. One that is on its way finds its file missing
 * when it asks, under the same lock.
 */
static jx_rc give(jx_store *s, void *arg, struct jx_error *err)
{
	const struct hand_over *h = arg;
	JX_LOAN q = jx_store__lend(s, JX_SQL_PRUNE_STANDS);
	jx_rc rc = JX_OK;

	for (size_t at = 0; rc == JX_OK && at < h->photos->len; at += sizeof(struct jx_kept_photo)) {
		struct jx_kept_photo p;
		bool has_row = false;

		memcpy(&p, h->photos->data + at, sizeof(p));
		jx_store__bind_blob(&q, ":sha256", p.sha256, JX_HASH_BYTES);
		rc = jx_store__step(&q, &has_row, err);
		(void)sqlite3_reset(q.stmt);
		if (rc == JX_OK && has_row)
			rc = h->fn(h->user, &p);
	}
	return rc;
}

jx_rc jx_store_take_leftovers(jx_store *store, jx_kept_photo_fn fn, void *user, struct jx_error *err)
{
	struct hand_over hand_over = {.fn = fn, .user = user};
	const struct jx_keep_rules none = {.needs_backup = true, .age_ms = INT64_MAX};
	JX_AUTO_BUF list = {0};
	jx_rc rc;

	jx_buf_init(&list, LIST_BYTES_MAX);
	rc = list_photos(store, &none, &list, err);
	hand_over.photos = &list;
	return rc == JX_OK && list.len > 0 ? jx_store__transaction(store, give, &hand_over, NULL, err) : rc;
}

jx_rc jx_store_let_go(jx_store *store, const struct jx_keep_rules *rules, int64_t bytes_wanted,
		      jx_kept_photo_fn fn, void *user, struct jx_error *err)
{
	struct job job = {.rules = rules, .bytes_wanted = bytes_wanted};
	struct hand_over hand_over = {.photos = &job.marked, .fn = fn, .user = user};
	jx_rc rc = jx_store__transaction(store, mark, &job, NULL, err);

	if (rc == JX_OK && job.marked.len > 0)
		rc = jx_store__transaction(store, give, &hand_over, NULL, err);
	jx_buf_done(&job.marked);
	return rc;
}

jx_rc jx_store_is_let_go(jx_store *store, const uint8_t entry_id[JX_ID_BYTES],
			 const uint8_t sha256[JX_HASH_BYTES], bool *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_PRUNE_IS);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_blob(&q, ":id", entry_id, JX_ID_BYTES);
	jx_store__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc == JX_OK)
		*out = has_row;
	return rc;
}
