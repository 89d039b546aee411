/* The device: entries removed, exchanged, put in, forged, cut off - by somebody who has the database but no key. */
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "evidence.h"
#include "jiexun/view.h"

#define PART "device-shape"
#define LOG  20
#define AWAY (INT64_C(1) << 50) /* where rows wait while others take their places */

#define COLUMNS "pos, id, kind, day, photo_count, ref_id, digest, head, sig, bytes"

struct at {
	struct evidence *e;
	struct device d;
	sqlite3 *db;
	uint8_t wrong_sec[JX_SEC_BYTES];
};

static void run(struct at *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void run(struct at *a, const char *fmt, ...)
{
	char sql[1024], *why = NULL;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, args);
	va_end(args);
	if (sqlite3_exec(a->db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

static long long pos(int64_t n)
{
	return (long long)((INT64_C(1) << 40) + n);
}

static void look(struct at *a, const char *what)
{
	struct jx_view_verify v;
	struct jx_error err = {.code = JX_OK};

	if (jx_view_verify(a->d.store, &v, &err) == JX_OK && v.damage_count == 0)
		evidence_missed(a->e, PART, what);
}

/* What was changed is looked for and put back. photo rows follow their entry by pos, so they are put back too. */
static void end_change(struct at *a, const char *what)
{
	run(a, "COMMIT");
	look(a, what);
	run(a, "BEGIN; DELETE FROM entry; DELETE FROM photo; INSERT INTO entry (" COLUMNS ") SELECT " COLUMNS
	       " FROM kept_entry; INSERT INTO photo SELECT * FROM kept_photo; COMMIT");
}

static bool begin_change(struct at *a, char what[96], const char *how, int64_t n, int64_t m)
{
	if (!evidence_next(a->e))
		return false;
	(void)snprintf(what, 96, "%s %lld %lld", how, (long long)n, (long long)m);
	run(a, "BEGIN");
	return true;
}

/* Entries from n on move by one, their photos with them. */
static void move_from(struct at *a, int64_t n, int by)
{
	run(a, "UPDATE entry SET pos = pos + %lld WHERE pos >= %lld", (long long)AWAY, pos(n));
	run(a, "UPDATE entry SET pos = pos - %lld + %d WHERE pos > %lld", (long long)AWAY, by,
	    (long long)AWAY);
	run(a, "UPDATE photo SET pos = pos + %lld WHERE pos >= %lld", (long long)AWAY, pos(n));
	run(a, "UPDATE photo SET pos = pos - %lld + %d WHERE pos > %lld", (long long)AWAY, by,
	    (long long)AWAY);
}

static void exchange(struct at *a, int64_t n, int64_t m)
{
	const char *tables[] = {"entry", "photo"};

	for (size_t i = 0; i < 2; i++) {
		run(a, "UPDATE %s SET pos = pos + %lld WHERE pos = %lld", tables[i], (long long)AWAY, pos(n));
		run(a, "UPDATE %s SET pos = %lld WHERE pos = %lld", tables[i], pos(n), pos(m));
		run(a, "UPDATE %s SET pos = %lld WHERE pos = %lld", tables[i], pos(m),
		    pos(n) + (long long)AWAY);
	}
}

static void take_out(struct at *a, int64_t n)
{
	char what[96];

	if (begin_change(a, what, "entry removed:", n, 0)) {
		run(a, "DELETE FROM photo WHERE pos = %lld; DELETE FROM entry WHERE pos = %lld", pos(n),
		    pos(n));
		end_change(a, what);
	}
	if (begin_change(a, what, "entry removed and the rest moved up:", n, 0)) {
		run(a, "DELETE FROM photo WHERE pos = %lld; DELETE FROM entry WHERE pos = %lld", pos(n),
		    pos(n));
		move_from(a, n + 1, -1);
		end_change(a, what);
	}
	if (begin_change(a, what, "entries cut off from:", n, 0)) {
		run(a, "DELETE FROM photo WHERE pos >= %lld; DELETE FROM entry WHERE pos >= %lld", pos(n),
		    pos(n));
		end_change(a, what);
	}
}

static void put_in_copy(struct at *a, int64_t n, int64_t from)
{
	char what[96];

	if (!begin_change(a, what, "copy put in at, of:", n, from))
		return;
	move_from(a, n, 1);
	run(a,
	    "INSERT INTO entry (" COLUMNS
	    ") SELECT %lld, randomblob(16), kind, day, 0, ref_id, digest, head, sig, bytes "
	    "FROM kept_entry WHERE pos = %lld",
	    pos(n), pos(from));
	end_change(a, what);
}

struct row {
	uint8_t id[JX_ID_BYTES], digest[JX_HASH_BYTES], head[JX_HASH_BYTES], sig[JX_SIG_BYTES];
	jx_buf bytes;
};

/* An entry that fits the chain before it in all but the key it is signed with. */
static void forge(struct at *a, int64_t n, const uint8_t before[JX_HASH_BYTES], struct row *r)
{
	struct jx_entry entry;
	struct jx_error err;

	evidence_entry(a->e, &entry);
	jx_uuid7(&a->d.clock.clock, &a->e->rand.rand, entry.id);
	memcpy(r->id, entry.id, sizeof(r->id));
	memcpy(entry.writer, a->d.id.writer, JX_ID_BYTES);
	entry.n = n;
	jx_buf_init(&r->bytes, JX_ENTRY_BYTES_MAX);
	jx_assert_ok(jx_entry_encode(&entry, &r->bytes, &err), &err);
	jx_sha256(r->bytes.data, r->bytes.len, r->digest);
	jx_chain_next(a->d.id.writer, n, before, r->digest, r->head);
	jx_chain_sign(a->wrong_sec, r->head, r->sig);
}

static void insert(struct at *a, int64_t n, const struct row *r)
{
	static const char sql[] =
		"INSERT INTO entry (" COLUMNS
		") SELECT ?1, ?2, kind, day, 0, NULL, ?3, ?4, ?5, ?6 FROM kept_entry LIMIT 1";
	sqlite3_stmt *q = NULL;

	assert_int_equal(sqlite3_prepare_v2(a->db, sql, -1, &q, NULL), SQLITE_OK);
	(void)sqlite3_bind_int64(q, 1, pos(n));
	(void)sqlite3_bind_blob(q, 2, r->id, sizeof(r->id), SQLITE_STATIC);
	(void)sqlite3_bind_blob(q, 3, r->digest, sizeof(r->digest), SQLITE_STATIC);
	(void)sqlite3_bind_blob(q, 4, r->head, sizeof(r->head), SQLITE_STATIC);
	(void)sqlite3_bind_blob(q, 5, r->sig, sizeof(r->sig), SQLITE_STATIC);
	(void)sqlite3_bind_blob(q, 6, r->bytes.data, (int)r->bytes.len, SQLITE_STATIC);
	if (sqlite3_step(q) != SQLITE_DONE)
		fail_msg("%s", sqlite3_errmsg(a->db));
	(void)sqlite3_finalize(q);
}

/* All heads from n on are computed anew from the digests; signatures stay, for want of the key. */
static void chain_again(struct at *a, int64_t n, const uint8_t before[JX_HASH_BYTES])
{
	sqlite3_stmt *get = NULL, *set = NULL;
	uint8_t head[JX_HASH_BYTES], digest[JX_HASH_BYTES];

	memcpy(head, before, sizeof(head));
	assert_int_equal(sqlite3_prepare_v2(a->db, "SELECT digest FROM entry WHERE pos = ?1", -1, &get, NULL),
			 SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(a->db, "UPDATE entry SET head = ?2 WHERE pos = ?1", -1, &set, NULL),
		SQLITE_OK);
	for (;; n++) {
		(void)sqlite3_bind_int64(get, 1, pos(n));
		if (sqlite3_step(get) != SQLITE_ROW)
			break;
		memcpy(digest, sqlite3_column_blob(get, 0), sizeof(digest));
		(void)sqlite3_reset(get);
		jx_chain_next(a->d.id.writer, n, head, digest, head);
		(void)sqlite3_bind_int64(set, 1, pos(n));
		(void)sqlite3_bind_blob(set, 2, head, sizeof(head), SQLITE_STATIC);
		assert_int_equal(sqlite3_step(set), SQLITE_DONE);
		(void)sqlite3_reset(set);
	}
	(void)sqlite3_finalize(get);
	(void)sqlite3_finalize(set);
}

static void head_before(struct at *a, int64_t n, uint8_t out[JX_HASH_BYTES])
{
	if (n == 1)
		jx_chain_root(a->d.id.writer, a->d.pub, out);
	else
		memcpy(out, device_row(&a->d, n - 1).head, JX_HASH_BYTES);
}

static void put_in_forged(struct at *a, int64_t n)
{
	uint8_t before[JX_HASH_BYTES];
	char what[96];
	struct row r;

	head_before(a, n, before);
	forge(a, n, before, &r);
	if (begin_change(a, what, "forged entry put in at:", n, 0)) {
		move_from(a, n, 1);
		insert(a, n, &r);
		chain_again(a, n, before);
		end_change(a, what);
	}
	if (n <= LOG && begin_change(a, what, "entry replaced by a forged one:", n, 0)) {
		run(a, "DELETE FROM photo WHERE pos = %lld; DELETE FROM entry WHERE pos = %lld", pos(n),
		    pos(n));
		insert(a, n, &r);
		chain_again(a, n, before);
		end_change(a, what);
	}
	jx_buf_done(&r.bytes);
}

/* A receipt by a key that only looks like the server's. */
static void forge_receipt(struct at *a)
{
	struct jx_signed text;
	struct jx_receipt r;
	uint8_t server[JX_SEC_BYTES];
	char what[96], hex[2 * JX_SIG_BYTES + 1];

	memcpy(server, a->d.server_sec, sizeof(server));
	device_sign_receipt(&a->d, LOG, false, &text, &r);
	/* signed over the same text, so it names the right key */
	jx_sign(a->wrong_sec, JX_TAG_RECEIPT, &(struct jx_bytes){text.text, text.len}, 1, text.sig);
	jx_hex(text.sig, JX_SIG_BYTES, hex);
	if (begin_change(a, what, "receipt signed by another key", 0, 0)) {
		run(a, "UPDATE receipt SET sig = x'%s' WHERE no = (SELECT max(no) FROM receipt)", hex);
		run(a, "COMMIT");
		look(a, what);
		run(a, "DELETE FROM receipt; INSERT INTO receipt SELECT * FROM kept_receipt");
	}
}

static void change_log(struct evidence *e)
{
	struct at a = {.e = e};
	struct jx_view_verify v;
	struct jx_error err = {.code = JX_OK};
	uint8_t seed[32] = {99}, pub[JX_PUB_BYTES];
	char what[96];
	JX_AUTO_FREE char *path = NULL;

	jx_key_from_seed(seed, pub, a.wrong_sec);
	e->has_photo_receipts = true;
	evidence_device(e, &a.d, LOG);
	path = jx_test_path(a.d.dir, "jiexun.db");
	assert_int_equal(sqlite3_open_v2(path, &a.db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	run(&a, "PRAGMA synchronous = OFF; CREATE TABLE kept_entry AS SELECT " COLUMNS
		" FROM entry; CREATE TABLE kept_photo AS SELECT * FROM photo; "
		"CREATE TABLE kept_receipt AS SELECT * FROM receipt");
	for (int64_t n = 1; n <= LOG; n++) {
		e->bytes_seen += device_row(&a.d, n).n;
		take_out(&a, n);
		if (n < LOG && begin_change(&a, what, "neighbours exchanged:", n, n + 1)) {
			exchange(&a, n, n + 1);
			end_change(&a, what);
		}
		for (int i = 0; i < 2; i++) {
			const int64_t m = 1 + (int64_t)jx_fake_rand_below(&e->rand, LOG);

			if (m != n && begin_change(&a, what, "exchanged:", n, m)) {
				exchange(&a, n, m);
				end_change(&a, what);
			}
			put_in_copy(&a, n + 1, i == 0 ? n : m);
		}
		put_in_forged(&a, n);
	}
	put_in_forged(&a, LOG + 1);
	forge_receipt(&a);
	run(&a, "DROP TABLE kept_entry; DROP TABLE kept_photo; DROP TABLE kept_receipt");
	jx_assert_ok(jx_view_verify(a.d.store, &v, &err), &err);
	if (v.damage_count != 0 || v.entries != LOG)
		evidence_disturbed(e, PART, v.first.text);
	(void)sqlite3_close(a.db);
	device_done(&a.d);
}

void evidence_device_shape(struct evidence *e)
{
	for (int64_t i = 0; i < e->entries; i += LOG)
		change_log(e);
}
