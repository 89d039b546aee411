/* Sums, always from the rows themselves. */
#include "store_private.h"

static void bind_log(jx_store__loan *q, int64_t writer_no, int64_t last_n)
{
	jx_store__bind_i64(q, ":first", jx_store__pos(writer_no, 1));
	jx_store__bind_i64(q, ":last", jx_store__pos(writer_no, last_n));
}

jx_rc jx_store_day_totals(jx_store *store, const char *day, int64_t *observations_out, int64_t *photos_out,
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_DAY_TOTALS);
	struct jx_identity id;
	int64_t no = 0;
	bool has_row = false;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc != JX_OK)
		return rc;
	jx_store__bind_text(&q, ":day", day);
	jx_store__bind_i64(&q, ":observation", JX_KIND_OBSERVATION);
	jx_store__bind_i64(&q, ":correction", JX_KIND_CORRECTION);
	bind_log(&q, no, JX_STORE_N_MAX);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	*observations_out = jx_store__col_i64(&q, 0);
	*photos_out = jx_store__col_i64(&q, 1);
	return JX_OK;
}

static jx_rc count_entries(jx_store *s, int64_t writer_no, struct jx_store_counts *c, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_COUNT_ENTRIES);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":observation", JX_KIND_OBSERVATION);
	bind_log(&q, writer_no, JX_STORE_N_MAX);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	c->entries = jx_store__col_i64(&q, 0);
	c->observations = jx_store__col_i64(&q, 1);
	c->photos = jx_store__col_i64(&q, 2);
	return JX_OK;
}

static jx_rc count_photos(jx_store *s, const struct jx_store__coverage *v, struct jx_store_counts *c,
			  struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_COUNT_PHOTOS);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":writer_no", v->writer_no);
	jx_store__bind_blob(&q, ":epoch", v->epoch, JX_ID_BYTES);
	bind_log(&q, v->writer_no, JX_STORE_N_MAX);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	c->photos_waiting = jx_store__col_i64(&q, 0);
	c->photos_waiting_bytes = jx_store__col_i64(&q, 1);
	return JX_OK;
}

jx_rc jx_store_count(jx_store *store, struct jx_store_counts *out, struct jx_error *err)
{
	struct jx_store_counts c = {0};
	struct jx_store__coverage v = {0};
	struct jx_identity id;
	int64_t no = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc == JX_ENOTFOUND) {
		*out = c;
		return JX_OK;
	}
	/* What the server has said is read first: an entry saved in between counts as waiting, never as sent. */
	if (rc == JX_OK)
		rc = jx_store__coverage(store, no, &v, err);
	if (rc == JX_OK)
		rc = count_photos(store, &v, &c, err);
	if (rc == JX_OK)
		rc = count_entries(store, no, &c, err);
	if (rc != JX_OK)
		return rc;
	c.receipt_n = v.sent_n;
	c.receipt_server_utc_ms = v.server_utc_ms;
	c.safe_until_n = v.safe_until_n;
	c.waiting = c.entries > v.sent_n ? c.entries - v.sent_n : 0;
	*out = c;
	return JX_OK;
}

jx_rc jx_store_waiting(jx_store *store, int64_t *entries_out, struct jx_error *err)
{
	struct jx_store__coverage v = {0};
	struct jx_identity id;
	uint8_t head[JX_HASH_BYTES];
	int64_t no = 0, n = 0;
	jx_rc rc = jx_store__current(store, &no, &id, err);

	if (rc == JX_ENOTFOUND) {
		*entries_out = 0;
		return JX_OK;
	}
	if (rc == JX_OK)
		rc = jx_store__coverage(store, no, &v, err);
	/* numbers have no gaps */
	if (rc == JX_OK)
		rc = jx_store__last(store, no, &id, &n, head, err);
	if (rc == JX_OK)
		*entries_out = n > v.sent_n ? n - v.sent_n : 0;
	return rc;
}
