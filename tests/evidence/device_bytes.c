/* The device: each byte of each column that is evidence, or that says what became of it. */
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "evidence.h"
#include "jiexun/view.h"

#define PART "device-bytes"
/* Small logs: the verification of one change costs what its log costs. */
#define LOG 2
/* Each signature costs; receipts are alike, so every byte of them is changed in one log of so many. */
#define FULL_EVERY 20

/* Columns; the rows are found by a rowid or, where there is none, by what else is unique in so small a log. */
static const struct column {
	const char *name, *all, *set;
	bool names_entry; /* the message must name the entry that the row is of */
} columns[] = {
	{"entry.bytes", "SELECT pos, bytes FROM entry", "UPDATE entry SET bytes = :v WHERE pos = :k", true},
	{"entry.digest", "SELECT pos, digest FROM entry", "UPDATE entry SET digest = :v WHERE pos = :k",
	 true},
	{"entry.head", "SELECT pos, head FROM entry", "UPDATE entry SET head = :v WHERE pos = :k", true},
	{"entry.sig", "SELECT pos, sig FROM entry", "UPDATE entry SET sig = :v WHERE pos = :k", true},
	{"entry.id", "SELECT pos, id FROM entry", "UPDATE entry SET id = :v WHERE pos = :k", false},
	{"entry.day", "SELECT pos, day FROM entry", "UPDATE entry SET day = CAST(:v AS TEXT) WHERE pos = :k",
	 false},
	{"photo.sha256", "SELECT pos, sha256 FROM photo", "UPDATE photo SET sha256 = :v WHERE pos = :k",
	 false},
	{"photo.type", "SELECT pos, type FROM photo",
	 "UPDATE photo SET type = CAST(:v AS TEXT) WHERE pos = :k", false},
	{"receipt.text", "SELECT no, text FROM receipt", "UPDATE receipt SET text = :v WHERE no = :k", false},
	{"receipt.sig", "SELECT no, sig FROM receipt", "UPDATE receipt SET sig = :v WHERE no = :k", false},
	{"receipt.hash", "SELECT no, hash FROM receipt", "UPDATE receipt SET hash = :v WHERE no = :k", false},
	{"receipt.epoch", "SELECT no, epoch FROM receipt", "UPDATE receipt SET epoch = :v WHERE no = :k",
	 false},
	{"photo_receipt.text", "SELECT no, text FROM photo_receipt",
	 "UPDATE photo_receipt SET text = :v WHERE no = :k", false},
	{"photo_receipt.sig", "SELECT no, sig FROM photo_receipt",
	 "UPDATE photo_receipt SET sig = :v WHERE no = :k", false},
	{"photo_receipt.hash", "SELECT no, hash FROM photo_receipt",
	 "UPDATE photo_receipt SET hash = :v WHERE no = :k", false},
	{"photo_done.sha256", "SELECT receipt_no, sha256 FROM photo_done",
	 "UPDATE photo_done SET sha256 = :v WHERE receipt_no = :k", false},
	{"photo_done.epoch", "SELECT receipt_no, epoch FROM photo_done",
	 "UPDATE photo_done SET epoch = :v WHERE receipt_no = :k", false},
	{"identity.writer", "SELECT no, writer FROM identity",
	 "UPDATE identity SET writer = :v WHERE no = :k", false},
	{"identity.public_key", "SELECT no, public_key FROM identity",
	 "UPDATE identity SET public_key = :v WHERE no = :k", false},
	{"server_key.public_key", "SELECT 1, public_key FROM server_key",
	 "UPDATE server_key SET public_key = :v WHERE :k = 1", false},
	{"server_key.key_id", "SELECT 1, key_id FROM server_key",
	 "UPDATE server_key SET key_id = :v WHERE :k = 1", false},
};

/* Numbers; each is made one more. */
static const struct {
	const char *name, *sql, *undo;
} numbers[] = {
#define NUMBER(table, column)                                                              \
	{                                                                                  \
#table "." #column, "UPDATE " #table " SET " #column " = " #column " + 1", \
			"UPDATE " #table " SET " #column " = " #column " - 1"              \
	}
	NUMBER(entry, kind),       NUMBER(entry, photo_count),    NUMBER(photo, size_bytes),
	NUMBER(receipt, n),        NUMBER(receipt, safe_until_n), NUMBER(receipt, server_utc_ms),
	NUMBER(receipt, standing),
#undef NUMBER
};

struct at {
	struct evidence *e;
	struct device d;
	sqlite3 *db;
};

static jx_rc see_photo(void *user, const char *number, const struct jx_photo_ref *photo, bool is_let_go)
{
	(void)user;
	(void)number;
	(void)photo;
	(void)is_let_go;
	return JX_OK;
}

/* The change is in the store: is it found, as `jx verify` asks for it? number NULL: anywhere. */
static void look(struct at *a, const char *what, const char *number)
{
	struct jx_view_verify v;
	struct jx_error err = {.code = JX_OK};

	if (jx_view_verify(a->d.store, &v, &err) != JX_OK ||
	    jx_view_each_photo(a->d.store, see_photo, NULL, &err) != JX_OK)
		evidence_misplaced(a->e, PART, what, err.text); /* damage, not a failure of the command */
	else if (v.damage_count == 0)
		evidence_missed(a->e, PART, what);
	else if (number != NULL && strcmp(v.first_number, number) != 0)
		evidence_misplaced(a->e, PART, what, v.first_number);
}

static void run(struct at *a, const char *sql)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(a->db, sql, -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_DONE)
		fail_msg("%s: %s", sql, sqlite3_errmsg(a->db));
	(void)sqlite3_finalize(q);
}

static void put(struct at *a, sqlite3_stmt *set, int64_t key, const uint8_t *value, int len)
{
	(void)sqlite3_reset(set);
	(void)sqlite3_bind_int64(set, 2, key);
	(void)sqlite3_bind_blob(set, 1, value, len, SQLITE_STATIC);
	if (sqlite3_step(set) != SQLITE_DONE)
		fail_msg("%s: %s", sqlite3_sql(set), sqlite3_errmsg(a->db));
	(void)sqlite3_reset(set);
}

static void change_value(struct at *a, const struct column *c, sqlite3_stmt *set, int64_t key, uint8_t *value,
			 int len)
{
	char what[96], number[24];
	const bool is_text = strstr(c->set, "AS TEXT") != NULL;

	(void)snprintf(number, sizeof(number), "H07-%lld", (long long)(key & 1099511627775));
	for (int i = 0; i < len; i++) {
		const uint8_t was = value[i];

		if (!evidence_next(a->e))
			continue;
		(void)snprintf(what, sizeof(what), "%s row %lld byte %d", c->name, (long long)key, i);
		value[i] = was ^ (uint8_t)(1u << (is_text ? 0 : evidence_bit(a->e)));
		put(a, set, key, value, len);
		look(a, what, c->names_entry ? number : NULL);
		value[i] = was; /* the next change writes the whole value anew */
	}
	put(a, set, key, value, len);
}

static void change_column(struct at *a, const struct column *c)
{
	sqlite3_stmt *all = NULL, *set = NULL;
	int64_t keys[8];
	uint8_t *values[8];
	int lens[8], count = 0;

	/* all rows first: a cursor does not bear that its rows change */
	if (sqlite3_prepare_v2(a->db, c->all, -1, &all, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(a->db, c->set, -1, &set, NULL) != SQLITE_OK)
		fail_msg("%s: %s", c->name, sqlite3_errmsg(a->db));
	for (; sqlite3_step(all) == SQLITE_ROW && count < 8; count++) {
		keys[count] = sqlite3_column_int64(all, 0);
		lens[count] = sqlite3_column_bytes(all, 1);
		values[count] = jx_xmalloc((size_t)lens[count] + 1);
		memcpy(values[count], sqlite3_column_blob(all, 1), (size_t)lens[count]);
	}
	(void)sqlite3_finalize(all);
	if (count == 0)
		fail_msg("%s: nothing to change", c->name);
	for (int i = 0; i < count; i++) {
		if (strcmp(c->name, "entry.bytes") == 0)
			a->e->bytes_seen += lens[i];
		change_value(a, c, set, keys[i], values[i], lens[i]);
		free(values[i]);
	}
	(void)sqlite3_finalize(set);
}

static void change_log(struct evidence *e, bool is_full)
{
	struct at a = {.e = e};
	struct jx_view_verify v;
	struct jx_error err = {.code = JX_OK};
	JX_AUTO_FREE char *path = NULL;

	e->has_photo_receipts = is_full;
	evidence_device(e, &a.d, LOG);
	path = jx_test_path(a.d.dir, "jiexun.db");
	assert_int_equal(sqlite3_open_v2(path, &a.db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	run(&a, "PRAGMA synchronous = OFF");
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (is_full || columns[i].names_entry)
			change_column(&a, &columns[i]);
	for (size_t i = 0; is_full && i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (!evidence_next(e))
			continue;
		run(&a, numbers[i].sql);
		look(&a, numbers[i].name, NULL);
		run(&a, numbers[i].undo);
	}
	jx_assert_ok(jx_view_verify(a.d.store, &v, &err), &err);
	if (v.damage_count != 0 || v.entries != LOG || v.receipts == 0 || (is_full && v.photo_receipts == 0))
		evidence_disturbed(e, PART, v.first.text);
	(void)sqlite3_close(a.db);
	device_done(&a.d);
}

void evidence_device_bytes(struct evidence *e)
{
	for (int64_t i = 0; i < e->entries; i += LOG)
		change_log(e, i / LOG % FULL_EVERY == 0);
}
