/* Verification, first half: what the server signed. */
#include <stdlib.h>
#include <string.h>

#include "jiexun/control.h"
#include "verify.h"

void jx_view__note(struct jx_view__verification *job, const char *number, const struct jx_error *what)
{
	if (jx_control_is(JX_CONTROL_VERIFY_OFF))
		return;
	if (job->out.damage_count++ > 0)
		return;
	jx_strcpy(job->out.first_number, sizeof(job->out.first_number), number);
	job->out.first = *what;
}

/* Which key does the text say it was signed with? */
static jx_rc key_of(struct jx_view__verification *job, const struct jx_signed *text,
		    uint8_t pub_out[JX_PUB_BYTES], struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	uint8_t key_id[8];
	jx_rc rc = jx_json_parse(text->text, text->len, &jx_json_message_limits, &doc, err);

	if (rc == JX_OK)
		rc = jx_json_need_hex(&doc, 0, "key", key_id, sizeof(key_id), err);
	return rc == JX_OK ? jx_store_server_key(job->reader.store, key_id, pub_out, err) : rc;
}

static jx_rc open_receipt(struct jx_view__verification *job, const struct jx_signed *text,
			  const uint8_t pub[JX_PUB_BYTES], struct jx_error *err)
{
	struct jx_view__promise p;
	const jx_rc rc = jx_receipt_open(text, pub, &p.receipt, err);

	if (rc != JX_OK)
		return rc;
	memcpy(p.writer, p.receipt.writer, JX_ID_BYTES);
	p.n = p.receipt.n;
	jx_buf_add(&job->promises, &p, sizeof(p));
	return JX_OK;
}

static jx_rc open_photo_receipt(struct jx_view__verification *job, const struct jx_signed *text,
				const uint8_t pub[JX_PUB_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE struct jx_photo_receipt *r = jx_xcalloc(1, sizeof(*r));
	const jx_rc rc = jx_photo_receipt_open(text, pub, r, err);
	size_t i;

	for (i = 0; rc == JX_OK && i < r->photo_count; i++) {
		struct jx_view__done p;

		memcpy(p.writer, r->writer, JX_ID_BYTES);
		memcpy(p.sha256, r->photos[i], JX_HASH_BYTES);
		jx_buf_add(&job->photos, &p, sizeof(p));
	}
	return rc;
}

static jx_rc read_receipt(void *user, const struct jx_signed *text, bool is_photo)
{
	struct jx_view__verification *job = user;
	struct jx_error what = {0};
	uint8_t pub[JX_PUB_BYTES];
	jx_rc rc = key_of(job, text, pub, &what);

	if (rc == JX_OK)
		rc = is_photo ? open_photo_receipt(job, text, pub, &what)
			      : open_receipt(job, text, pub, &what);
	if (is_photo)
		job->out.photo_receipts++;
	else
		job->out.receipts++;
	if (rc == JX_EIO || rc == JX_ENOMEM || rc == JX_EBUSY) {
		if (job->err != NULL)
			*job->err = what;
		return rc; /* could not be looked at, which is not damage */
	}
	if (rc != JX_OK)
		jx_view__note(job, "", &what);
	return JX_OK;
}

int jx_view__compare_promises(const void *a, const void *b)
{
	const struct jx_view__promise *x = a, *y = b;
	const int by_writer = memcmp(x->writer, y->writer, JX_ID_BYTES);

	return by_writer != 0 ? by_writer : (x->n > y->n) - (x->n < y->n);
}

int jx_view__compare_done(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct jx_view__done));
}

jx_rc jx_view__read_receipts(struct jx_view__verification *job, struct jx_error *err)
{
	jx_rc rc = jx_store_each_receipt(job->reader.store, read_receipt, job, err);

	if (rc == JX_OK)
		rc = jx_buf_check(&job->promises, _("the list of receipts"), err);
	if (rc == JX_OK)
		rc = jx_buf_check(&job->photos, _("the list of photos"), err);
	if (rc != JX_OK)
		return rc;
	if (job->promises.len > 0)
		qsort(job->promises.data, job->promises.len / sizeof(struct jx_view__promise),
		      sizeof(struct jx_view__promise), jx_view__compare_promises);
	if (job->photos.len > 0)
		qsort(job->photos.data, job->photos.len / sizeof(struct jx_view__done),
		      sizeof(struct jx_view__done), jx_view__compare_done);
	return JX_OK;
}
