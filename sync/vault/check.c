/* The check of everything: SQLite's pages, then every chain from its root, as a third party would do it. */
#include <stdio.h>
#include <string.h>

#include "vault_private.h"

#define WHERE "vault.check"

static jx_rc check_pages(struct jx_vault__db *db, struct jx_error *err)
{
	JX_VAULT__LOAN(pages, db, CHECK_PAGES);
	JX_VAULT__LOAN(keys, db, CHECK_KEYS);
	bool has_row = false;
	jx_rc rc = jx_vault__step(&pages, &has_row, WHERE, err);

	if (rc == JX_OK && (!has_row || strcmp(jx_vault__str(&pages, 0), "ok") != 0))
		return jx_vault__damaged(db, WHERE, has_row ? jx_vault__str(&pages, 0) : "?", err);
	if (rc == JX_OK)
		rc = jx_vault__step(&keys, &has_row, WHERE, err);
	if (rc == JX_OK && has_row)
		return jx_vault__damaged(db, WHERE, _("rows name a writer that is not there"), err);
	return rc;
}

static jx_rc writer_damaged(struct jx_vault__db *db, const struct jx_writer *w, const char *what,
			    struct jx_error *err)
{
	char text[192];

	(void)snprintf(text, sizeof(text), "%s: %s", w->short_code, what);
	return jx_vault__damaged(db, WHERE, text, err);
}

static jx_rc check_entry(const struct jx_vault__loan *q, struct jx_chain_walk *walk,
			 uint8_t head[JX_HASH_BYTES], struct jx_error *err)
{
	const struct jx_bytes bytes = jx_vault__bytes(q, 4);
	uint8_t digest[JX_HASH_BYTES];

	jx_vault__copy(q, 1, digest, sizeof(digest));
	jx_vault__copy(q, 2, head, JX_HASH_BYTES);
	return jx_chain_walk_add(walk, bytes.data, bytes.len, digest, jx_vault__blob(q, 3), err);
}

/* Numbers from 1 without gaps, every head and every signature, and the writer's row saying the same. */
static jx_rc check_chain(struct jx_vault__db *db, const struct jx_writer *w, int64_t no, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CHECK_ENTRIES);
	struct jx_chain_walk walk;
	uint8_t head[JX_HASH_BYTES];
	bool has_row = false;
	jx_rc rc;

	jx_chain_walk_init(&walk, w->id, w->public_key);
	jx_vault__bind_i64(&q, ":no", no);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	while (rc == JX_OK && has_row) {
		if (jx_vault__i64(&q, 0) != walk.n + 1)
			return writer_damaged(db, w, _("a number is missing in its log"), err);
		rc = check_entry(&q, &walk, head, err);
		if (rc == JX_OK && memcmp(head, walk.head, sizeof(head)) != 0)
			return writer_damaged(db, w, _("a stored head is not the head of its chain"), err);
		if (rc == JX_OK)
			rc = jx_vault__step(&q, &has_row, WHERE, err);
	}
	if (rc == JX_OK && (walk.n != w->n || memcmp(walk.head, w->head, sizeof(w->head)) != 0))
		return writer_damaged(db, w, _("its log does not end where its row says"), err);
	return rc;
}

static jx_rc check_forks(struct jx_vault__db *db, const struct jx_writer *w, int64_t no, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CHECK_FORKS);
	uint8_t stored[JX_HASH_BYTES], digest[JX_HASH_BYTES];
	struct jx_bytes bytes;
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_i64(&q, ":no", no);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	while (rc == JX_OK && has_row) {
		bytes = jx_vault__bytes(&q, 2);
		jx_vault__copy(&q, 1, stored, sizeof(stored));
		jx_sha256(bytes.data, bytes.len, digest);
		if (memcmp(stored, digest, sizeof(digest)) != 0)
			return writer_damaged(db, w, _("an entry in quarantine has changed"), err);
		rc = jx_vault__step(&q, &has_row, WHERE, err);
	}
	return rc;
}

static jx_rc check_receipts(struct jx_vault__db *db, const struct jx_writer *w, int64_t no,
			    struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CHECK_RECEIPTS);
	bool has_row = false;
	jx_rc rc;

	jx_vault__bind_i64(&q, ":no", no);
	rc = jx_vault__step(&q, &has_row, WHERE, err);
	if (rc == JX_OK && has_row && jx_vault__i64(&q, 0) != w->n)
		return writer_damaged(db, w, _("its newest receipt is not of its newest entry"), err);
	return rc;
}

static jx_rc check_writer(struct jx_vault__db *db, const uint8_t id[JX_ID_BYTES], struct jx_error *err)
{
	struct jx_writer w;
	int64_t no = 0;
	jx_rc rc = jx_vault__read_writer(db, id, &w, &no, err);

	if (rc == JX_OK)
		rc = check_chain(db, &w, no, err);
	if (rc == JX_OK)
		rc = check_forks(db, &w, no, err);
	return rc == JX_OK ? check_receipts(db, &w, no, err) : rc;
}

static jx_rc check_pos(struct jx_vault__db *db, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CHECK_POS);
	int64_t pos = 0;
	bool has_row = false;
	jx_rc rc = jx_vault__meta(db, NULL, &pos, WHERE, err);

	if (rc == JX_OK)
		rc = jx_vault__step(&q, &has_row, WHERE, err);
	if (rc == JX_OK && has_row && jx_vault__i64(&q, 0) > pos)
		return jx_vault__damaged(db, WHERE, _("a feed position was given out twice"), err);
	return rc;
}

static jx_rc check_packs(struct jx_vault__db *db, struct jx_error *err)
{
	JX_VAULT__LOAN(q, db, CHECK_PACKS);
	uint8_t stored[JX_HASH_BYTES], hash[JX_HASH_BYTES];
	char text[192];
	bool has_row = false;
	jx_rc rc = jx_vault__step(&q, &has_row, WHERE, err);

	while (rc == JX_OK && has_row) {
		const struct jx_bytes bytes = jx_vault__bytes(&q, 3);

		jx_vault__copy(&q, 2, stored, sizeof(stored));
		jx_sha256(bytes.data, bytes.len, hash);
		if (memcmp(stored, hash, sizeof(hash)) != 0) {
			(void)snprintf(text, sizeof(text), _("version %lld of pack %.63s has changed"),
				       (long long)jx_vault__i64(&q, 1), jx_vault__str(&q, 0));
			return jx_vault__damaged(db, WHERE, text, err);
		}
		rc = jx_vault__step(&q, &has_row, WHERE, err);
	}
	return rc;
}

static jx_rc keep_id(void *user, const struct jx_writer *w)
{
	jx_buf *ids = user;

	jx_buf_add(ids, w->id, sizeof(w->id));
	return jx_buf_check(ids, "writers", NULL);
}

static jx_rc check_all(struct jx_vault__db *db, struct jx_error *err)
{
	JX_AUTO_BUF ids; /* 16 bytes each */
	size_t at;
	jx_rc rc;

	jx_buf_init(&ids, 64 * 1024 * 1024);
	rc = check_pages(db, err);
	if (rc == JX_OK)
		rc = jx_vault__walk_writers(db, keep_id, &ids, err);
	for (at = 0; rc == JX_OK && at < ids.len; at += JX_ID_BYTES)
		rc = check_writer(db, (const uint8_t *)ids.data + at, err);
	if (rc == JX_OK)
		rc = check_packs(db, err);
	return rc == JX_OK ? check_pos(db, err) : rc;
}

/*
 * On a read-only connection of its own for as long as it takes, so that syncs and feeds go on; in one read
 * transaction, so that rows and chains are of the same moment. The WAL is not cut meanwhile.
 */
jx_rc jx_vault__check(jx_vault *base, struct jx_error *err)
{
	const struct jx_vault__sqlite *v = jx_vault__of(base);
	struct jx_vault__db db = {.path = v->path};
	jx_rc rc = jx_vault__db_open(&db, v->vfs, JX_VAULT__READ, err);

	if (rc == JX_OK)
		rc = jx_vault__snapshot_begin(&db, WHERE, err);
	if (rc == JX_OK)
		rc = check_all(&db, err);
	jx_vault__snapshot_end(&db);
	jx_vault__db_close(&db);
	return rc;
}
