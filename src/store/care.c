/* Checkpoint, and the check of everything that can be checked without keys. */
#include <stdio.h>
#include <string.h>

#include "store_private.h"

#define WHERE "store.check"

static jx_rc note_checkpoint(jx_store *s, void *arg, struct jx_error *err)
{
	JX_AUTO_BUF text = {0};

	(void)arg;
	jx_buf_init(&text, 32);
	jx_buf_add_i64(&text, s->clock->utc_ms(s->clock->user));
	return jx_store__put_setting(s, JX_SET_CHECKPOINT_UTC_MS, text.data, err);
}

/*
 * PASSIVE: readers are not waited for, what they still need stays for the next time. When all was moved the WAL begins anew
 * at the next write, which writes and syncs its header first: the note pays for that here, so that the next save does not.
 */
jx_rc jx_store__locked_checkpoint(jx_store *s, struct jx_error *err)
{
	int frames = 0, moved = 0;
	const int native = sqlite3_wal_checkpoint_v2(s->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames,
						     &moved);

	if (native != SQLITE_OK)
		return jx_store__fail(s, native, "store.checkpoint", err);
	if (frames <= 0 || moved < frames)
		return JX_OK;
	return jx_store__locked_transaction(s, note_checkpoint, NULL, NULL, err);
}

jx_rc jx_store_checkpoint(jx_store *store, struct jx_error *err)
{
	JX_CLEANUP(jx_store__unlock) struct jx_store__lock lock = {0};
	jx_rc rc;

	if (store->is_read_only)
		return jx_fail(err, JX_EROFS, 0, "store.checkpoint",
			       "%s was opened for reading only: open it for writing", store->path);
	rc = jx_store__lock(store, &lock, err);
	return rc == JX_OK ? jx_store__locked_checkpoint(store, err) : rc;
}

/*
 * Some 60 saves: reading them again costs whoever opens 1 ms, and a checkpoint three syncs of the disk. What this connection has not
 * written to it has not heard of: a sync with nothing new leaves the WAL to the next.
 */
#define TIDY_FRAMES 250

jx_rc jx_store_tidy(jx_store *store, struct jx_error *err)
{
	return store->wal_frames >= TIDY_FRAMES ? jx_store_checkpoint(store, err) : JX_OK;
}

struct answer {
	int rows;
	bool is_ok;
	char text[200];
};

static int save_answer(void *arg, int count, char **values, char **names)
{
	struct answer *a = arg;

	(void)names;
	if (a->rows++ == 0 && count > 0 && values[0] != NULL) {
		a->is_ok = strcmp(values[0], "ok") == 0;
		jx_strcpy(a->text, sizeof(a->text), values[0]);
	}
	return 0;
}

static jx_rc check_file(jx_store *s, struct jx_error *err)
{
	struct answer integrity = {0}, keys = {0};
	int native = sqlite3_exec(s->db, "PRAGMA integrity_check(1)", save_answer, &integrity, NULL);

	if (native == SQLITE_OK)
		native = sqlite3_exec(s->db, "PRAGMA foreign_key_check", save_answer, &keys, NULL);
	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	if (!integrity.is_ok)
		return jx_store__corrupt(s, WHERE, integrity.text, err);
	if (keys.rows > 0)
		return jx_store__corrupt(s, WHERE, _("rows point at rows that are not there"), err);
	return JX_OK;
}

/* Where the check of entries stands. */
struct at {
	int64_t writer_no, n;
	struct jx_identity id;
	uint8_t head[JX_HASH_BYTES];
};

static jx_rc fail_at(jx_store *s, const struct at *at, int64_t n, const char *what, struct jx_error *err)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "%s-%lld: %s", at->id.short_code, (long long)n, what);
	return jx_store__corrupt(s, WHERE, text, err);
}

static bool is_same_photo(const jx_store__loan *q, const struct jx_photo_ref *p)
{
	uint8_t sha256[JX_HASH_BYTES];
	char type[sizeof(p->type)];

	return jx_store__col_blob(q, 0, sha256, sizeof(sha256)) &&
	       memcmp(sha256, p->sha256, sizeof(sha256)) == 0 && jx_store__col_i64(q, 1) == p->size_bytes &&
	       jx_store__col_text(q, 2, type, sizeof(type)) && strcmp(type, p->type) == 0;
}

static jx_rc check_photos(jx_store *s, int64_t pos, const struct jx_entry *e, bool *is_good_out,
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_PHOTO_EACH);
	size_t i = 0;

	*is_good_out = false;
	jx_store__bind_i64(&q, ":pos", pos);
	for (;; i++) {
		bool has_row = false;
		const jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK)
			return rc;
		if (!has_row)
			break;
		if (i >= e->photo_count || !is_same_photo(&q, &e->photos[i]))
			return JX_OK;
	}
	*is_good_out = i == e->photo_count;
	return JX_OK;
}

/* Columns of ENTRY_CHECK against the bytes they were taken from. */
static bool are_columns_good(const jx_store__loan *q, const struct at *at, int64_t n,
			     const struct jx_entry *e)
{
	uint8_t id[JX_ID_BYTES], ref_id[JX_ID_BYTES];
	char day[sizeof(e->day)];
	const bool has_ref = jx_store__col_blob(q, 6, ref_id, sizeof(ref_id));

	return jx_store__col_blob(q, 2, id, sizeof(id)) && memcmp(id, e->id, sizeof(id)) == 0 &&
	       memcmp(at->id.writer, e->writer, JX_ID_BYTES) == 0 && e->n == n &&
	       jx_store__col_i64(q, 3) == (int64_t)e->kind && jx_store__col_text(q, 4, day, sizeof(day)) &&
	       strcmp(day, e->day) == 0 && jx_store__col_i64(q, 5) == (int64_t)e->photo_count &&
	       has_ref == e->has_ref && (!has_ref || memcmp(ref_id, e->ref.id, sizeof(ref_id)) == 0);
}

static jx_rc check_entry(jx_store *s, const jx_store__loan *q, struct at *at, struct jx_error *err)
{
	const int64_t pos = jx_store__col_i64(q, 0), n = pos & JX_STORE_N_MAX;
	const char *bytes = sqlite3_column_blob(q->stmt, 9);
	const size_t len = (size_t)sqlite3_column_bytes(q->stmt, 9);
	uint8_t digest[JX_HASH_BYTES], stored[JX_HASH_BYTES], head[JX_HASH_BYTES];
	struct jx_entry e;
	bool are_photos_good = false;
	jx_rc rc;

	if (n != at->n + 1)
		return fail_at(s, at, at->n + 1, _("the entry is missing"), err);
	if (bytes == NULL || jx_entry_decode(bytes, len, &e, NULL) != JX_OK)
		return fail_at(s, at, n, _("its bytes are no entry"), err);
	jx_sha256(bytes, len, digest);
	if (!jx_store__col_blob(q, 7, stored, sizeof(stored)) || memcmp(stored, digest, sizeof(digest)) != 0)
		return fail_at(s, at, n, _("its bytes do not fit their digest"), err);
	jx_chain_next(at->id.writer, n, at->head, digest, head);
	if (!jx_store__col_blob(q, 8, stored, sizeof(stored)) || memcmp(stored, head, sizeof(head)) != 0)
		return fail_at(s, at, n, _("it does not fit the chain"), err);
	if (!are_columns_good(q, at, n, &e))
		return fail_at(s, at, n, _("its row does not say what its bytes say"), err);
	rc = check_photos(s, pos, &e, &are_photos_good, err);
	if (rc == JX_OK && !are_photos_good)
		return fail_at(s, at, n, _("its photos are not those that its bytes list"), err);
	memcpy(at->head, head, sizeof(head));
	at->n = n;
	return rc;
}

static jx_rc check_entries(jx_store *s, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_ENTRY_CHECK);
	struct at at = {0};

	for (;;) {
		bool has_row = false;
		jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		if (jx_store__col_i64(&q, 1) != at.writer_no) {
			at.writer_no = jx_store__col_i64(&q, 1);
			at.n = 0;
			rc = jx_store__identity_of(s, at.writer_no, &at.id, err);
			jx_chain_root(at.id.writer, at.id.public_key, at.head);
		}
		if (rc == JX_OK)
			rc = check_entry(s, &q, &at, err);
		if (rc != JX_OK)
			return rc;
	}
}

/* A draft goes in the transaction that saves its entry: both at once would be asked for twice. */
static jx_rc check_drafts(jx_store *s, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_DRAFT_CHECK);
	bool has_row = false;
	const jx_rc rc = jx_store__step(&q, &has_row, err);

	if (rc == JX_OK && has_row && jx_store__col_i64(&q, 0) != 0)
		return jx_store__corrupt(s, "store.check", _("a draft stands beside its entry"), err);
	return rc;
}

jx_rc jx_store_check(jx_store *store, struct jx_error *err)
{
	jx_rc rc = check_file(store, err);

	if (rc == JX_OK)
		rc = check_entries(store, err);
	if (rc == JX_OK)
		rc = check_drafts(store, err);
	if (rc == JX_OK)
		rc = jx_store__check_search(store, err);
	return rc == JX_OK ? jx_store__check_receipts(store, err) : rc;
}
