/* Photos that still have to go. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.outbox"

/* A million photos of one device. */
#define LIST_BYTES_MAX ((size_t)64 * 1024 * 1024)

static jx_rc collect(jx_store__loan *q, jx_buf *list, struct jx_error *err)
{
	for (;;) {
		struct jx_outbox_photo p = {0};
		bool has_row = false;
		const jx_rc rc = jx_store__step(q, &has_row, err);

		if (rc != JX_OK)
			return rc;
		if (!has_row)
			return jx_buf_check(list, _("the list of photos"), err);
		p.size_bytes = jx_store__col_i64(q, 1);
		p.n = jx_store__col_i64(q, 3) & JX_STORE_N_MAX;
		if (!jx_store__col_blob(q, 0, p.sha256, JX_HASH_BYTES) ||
		    !jx_store__col_text(q, 2, p.type, sizeof(p.type)))
			return jx_store__corrupt(q->store, WHERE, _("a photo's row cannot be read"), err);
		jx_buf_add(list, &p, sizeof(p));
	}
}

static jx_rc list_waiting(jx_store *s, enum jx_store__sql which, int64_t limit, jx_buf *list,
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, which);
	struct jx_store__coverage v = {0};
	struct jx_identity id;
	int64_t no = 0;
	jx_rc rc = jx_store__current(s, &no, &id, err);

	if (rc == JX_ENOTFOUND)
		return JX_OK;
	if (rc == JX_OK)
		rc = jx_store__coverage(s, no, &v, err);
	if (rc != JX_OK)
		return rc;
	jx_store__bind_i64(&q, ":writer_no", no);
	jx_store__bind_blob(&q, ":epoch", v.epoch, JX_ID_BYTES);
	jx_store__bind_i64(&q, ":first", jx_store__pos(no, 1));
	jx_store__bind_i64(&q, ":last", jx_store__pos(no, v.sent_n));
	jx_store__bind_i64(&q, ":limit", limit > 0 ? limit : -1);
	return collect(&q, list, err);
}

/* Collected first: fn sends over the network for minutes, and a read that stands so long would keep the WAL growing. */
static jx_rc each(jx_store *store, enum jx_store__sql which, int64_t limit, jx_outbox_photo_fn fn, void *user,
		  struct jx_error *err)
{
	JX_AUTO_BUF list = {0};
	size_t at;
	jx_rc rc;

	jx_buf_init(&list, LIST_BYTES_MAX);
	rc = list_waiting(store, which, limit, &list, err);
	for (at = 0; at < list.len && rc == JX_OK; at += sizeof(struct jx_outbox_photo)) {
		struct jx_outbox_photo p;

		memcpy(&p, list.data + at, sizeof(p));
		rc = fn(user, &p);
	}
	return rc;
}

jx_rc jx_store_each_waiting_photo(jx_store *store, int64_t limit, jx_outbox_photo_fn fn, void *user,
				  struct jx_error *err)
{
	return each(store, JX_SQL_PHOTO_WAITING, limit, fn, user, err);
}

jx_rc jx_store_each_waiting_small(jx_store *store, int64_t limit, jx_outbox_photo_fn fn, void *user,
				  struct jx_error *err)
{
	return each(store, JX_SQL_SMALL_WAITING, limit, fn, user, err);
}
