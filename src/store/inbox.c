/* What came down the feed, verbatim. */
#include "store_private.h"

#define WHERE "store.inbox"

struct job {
	const struct jx_inbox_item *items;
	size_t count;
	const char *cursor;
};

static jx_rc put(jx_store *s, const struct jx_inbox_item *item, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, item->text == NULL ? JX_SQL_INBOX_DROP : JX_SQL_INBOX_PUT);

	jx_store__bind_text(&q, ":kind", item->kind);
	jx_store__bind_text(&q, ":key", item->key);
	if (item->text == NULL)
		return jx_store__run(&q, err); /* dropping what never came is fine */
	jx_store__bind_blob(&q, ":text", item->text, item->len);
	return jx_store__run_one(&q, err);
}

static jx_rc add(jx_store *s, void *arg, struct jx_error *err)
{
	const struct job *job = arg;
	jx_rc rc = JX_OK;
	size_t i;

	for (i = 0; i < job->count && rc == JX_OK; i++)
		rc = put(s, &job->items[i], err);
	if (rc == JX_OK && job->cursor != NULL)
		rc = jx_store__put_setting(s, JX_SET_CURSOR, job->cursor, err);
	return rc;
}

jx_rc jx_store_add_inbox(jx_store *store, const struct jx_inbox_item *items, size_t count, const char *cursor,
			 struct jx_error *err)
{
	struct job job = {.items = items, .count = count, .cursor = cursor};

	return jx_store__transaction(store, add, &job, NULL, err);
}

jx_rc jx_store_each_inbox(jx_store *store, const char *kind, jx_inbox_fn fn, void *user, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_INBOX_EACH);

	jx_store__bind_text(&q, ":kind", kind);
	for (;;) {
		struct jx_inbox_item item = {.kind = kind};
		bool has_row = false;
		jx_rc rc = jx_store__step(&q, &has_row, err);

		if (rc != JX_OK || !has_row)
			return rc;
		item.key = (const char *)sqlite3_column_text(q.stmt, 0);
		item.text = sqlite3_column_blob(q.stmt, 1);
		item.len = (size_t)sqlite3_column_bytes(q.stmt, 1);
		if (item.key == NULL)
			return jx_store__corrupt(store, WHERE, _("an item of the feed cannot be read"), err);
		if (item.text == NULL)
			item.text = ""; /* SQLite gives an empty blob as NULL */
		rc = fn(user, &item);
		if (rc != JX_OK)
			return rc;
	}
}
