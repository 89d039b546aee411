/* How far the sending of a photo has come. A hint: what is stored is what the server signed. */
#include <string.h>

#include "store_private.h"

#define WHERE "store.sending"

static jx_rc put(jx_store *s, int64_t writer_no, const struct jx_photo_sending *p, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SENDING_PUT);

	jx_store__bind_i64(&q, ":writer_no", writer_no);
	jx_store__bind_blob(&q, ":sha256", p->sha256, JX_HASH_BYTES);
	jx_store__bind_i64(&q, ":has_small", p->has_small ? 1 : 0);
	jx_store__bind_i64(&q, ":sent_bytes", p->sent_bytes);
	jx_store__bind_text(&q, ":refused", p->refused);
	return jx_store__run(&q, err);
}

jx_rc jx_store__put_sending(jx_store *s, const struct jx_photo_sending *list, size_t count,
			    struct jx_error *err)
{
	struct jx_identity id;
	int64_t no = 0;
	jx_rc rc = count > 0 ? jx_store__current(s, &no, &id, err) : JX_OK;

	for (size_t i = 0; i < count && rc == JX_OK; i++)
		rc = put(s, no, &list[i], err);
	return rc;
}

jx_rc jx_store_note_sending(jx_store *store, const struct jx_photo_sending *list, size_t count,
			    struct jx_error *err)
{
	return jx_store_keep(store, &(struct jx_store_results){.sending = list, .sending_count = count}, err);
}

static jx_rc read_row(jx_store *s, const struct jx_store__coverage *v, const uint8_t sha256[JX_HASH_BYTES],
		      struct jx_photo_standing *out, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, JX_SQL_SENDING_GET);
	bool has_row = false;
	jx_rc rc;

	jx_store__bind_i64(&q, ":writer_no", v->writer_no);
	jx_store__bind_blob(&q, ":sha256", sha256, JX_HASH_BYTES);
	jx_store__bind_blob(&q, ":epoch", v->epoch, JX_ID_BYTES);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK || !has_row)
		return rc;
	out->is_stored = jx_store__col_i64(&q, 0) != 0;
	out->has_small = jx_store__col_i64(&q, 1) != 0;
	out->sent_bytes = jx_store__col_i64(&q, 2);
	if (!jx_store__col_text(&q, 3, out->refused, sizeof(out->refused)))
		return jx_store__corrupt(s, WHERE, _("a photo's row cannot be read"), err);
	return JX_OK;
}

jx_rc jx_store_photo_standing(jx_store *store, const uint8_t writer[JX_ID_BYTES],
			      const uint8_t sha256[JX_HASH_BYTES], struct jx_photo_standing *out,
			      struct jx_error *err)
{
	struct jx_photo_standing p = {.sent_bytes = 0};
	struct jx_store__coverage v = {0};
	int64_t no = 0;
	jx_rc rc = jx_store__writer_no(store, writer, &no, err);

	if (rc == JX_OK)
		rc = jx_store__coverage(store, no, &v, err);
	if (rc == JX_OK)
		rc = read_row(store, &v, sha256, &p, err);
	if (rc == JX_OK)
		*out = p;
	return rc;
}
