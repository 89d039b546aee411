/* Does the search index have the tokens of the entries, in their places, and nothing else? Compared as two sums. */
#include <string.h>

#include "search_text.h"
#include "store_private.h"

#define WHERE "store.check"

/* Order does not matter to a sum, and a token that is wrong, missing or there twice changes it. */
struct sum {
	uint64_t total;
	int64_t count;
	int64_t last; /* position of the last entry that was added */
};

static uint64_t mix(uint64_t x)
{
	/* finaliser of SplitMix64: every bit depends on every other */
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void add_to(struct sum *sum, int64_t pos, int64_t place, const void *term, size_t len)
{
	const uint8_t *bytes = term;
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
	size_t i;

	for (i = 0; i < len; i++)
		h = (h ^ bytes[i]) * UINT64_C(0x100000001b3);
	sum->total += mix(h ^ mix((uint64_t)pos ^ mix((uint64_t)place + 1)));
	sum->count++;
}

static void done_bufs(jx_buf (*bufs)[2])
{
	jx_buf_done(&(*bufs)[0]);
	jx_buf_done(&(*bufs)[1]);
}

static jx_rc sum_entries(jx_store *s, int64_t until, struct sum *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_NEXT);
	JX_CLEANUP(done_bufs) jx_buf bufs[2] = {{0}, {0}};
	jx_buf *flat = &bufs[0], *tokens = &bufs[1];

	jx_buf_init(flat, JX_STORE__FLAT_MAX);
	jx_buf_init(tokens, JX_STORE__TOKENS_MAX);
	jx_store__bind_i64(&q, ":after", 0);
	jx_store__bind_i64(&q, ":limit", -1);
	for (;;) {
		bool has_row = false;
		const jx_rc rc = jx_store__step(&q, &has_row, err);
		const int64_t pos = rc == JX_OK && has_row ? jx_store__col_i64(&q, 0) : 0;
		int64_t place = 0;
		size_t at, len;

		if (rc != JX_OK || !has_row || pos > until)
			return rc;
		out->last = pos;
		jx_buf_reset(flat);
		jx_buf_reset(tokens);
		jx_store__entry_text(sqlite3_column_blob(q.stmt, 1), (size_t)sqlite3_column_bytes(q.stmt, 1),
				     flat);
		jx_store__tokens(flat->data, flat->len, tokens);
		for (at = 0; at < tokens->len; at += len + 1) {
			len = strcspn(tokens->data + at, " ");
			add_to(out, pos, place++, tokens->data + at, len);
		}
	}
}

static jx_rc sum_index(jx_store *s, struct sum *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SEARCH_TERMS);

	for (;;) {
		bool has_row = false;
		const jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		add_to(out, jx_store__col_i64(&q, 1), jx_store__col_i64(&q, 2),
		       sqlite3_column_blob(q.stmt, 0), (size_t)sqlite3_column_bytes(q.stmt, 0));
	}
}

jx_rc jx_store__check_search(jx_store *s, struct jx_error *err)
{
	JX_LOAN snapshot = jx_store__lend(s, JX_SQL_SEARCH_POS); /* stands until both were read */
	struct sum entries = {0}, index = {0};
	int64_t pos = 0;
	jx_rc rc;
	int native = sqlite3_exec(
		s->db,
		"CREATE VIRTUAL TABLE IF NOT EXISTS temp.term USING fts5vocab (main, entry_text, instance)",
		NULL, NULL, NULL);

	if (native != SQLITE_OK)
		return jx_store__fail(s, native, WHERE, err);
	rc = jx_store__search_pos(&snapshot, &pos, err);
	if (rc == JX_OK)
		rc = sum_entries(s, pos, &entries, err);
	if (rc == JX_OK)
		rc = sum_index(s, &index, err);
	if (rc != JX_OK)
		return rc;
	/* beyond the last entry, the next one would be passed over */
	if (entries.last == pos && entries.count == index.count && entries.total == index.total)
		return JX_OK;
	return jx_store__search_damaged(s, WHERE, err);
}
