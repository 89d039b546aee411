/* Photos over HTTPS: tus 1.0, creation with upload. */
#include <stdio.h>
#include <string.h>

#include "curl_private.h"

#define WHERE "client.https"
/* What a socket takes before it finds out that the other side has closed; less than this is cheaper sent than asked about. */
#define SEND_AGAIN_BYTES 65536

static size_t on_read(char *out, size_t one, size_t len, void *user)
{
	struct jx_client__curl *c = user;
	size_t got = 0;

	c->read_rc = c->photo->source->read(c->photo->source->user, c->photo_at, out, one * len, &got,
					    &c->callback_err);
	if (c->read_rc != JX_OK)
		return CURL_READFUNC_ABORT;
	c->photo_at += (int64_t)got;
	return got;
}

/*
 * curl sends again on a new connection when a kept one turns out to be closed. Once much has gone out the server may hold some of it:
 * then the exchange fails, and the plan asks where to go on.
 */
static int on_seek(void *user, curl_off_t offset, int origin)
{
	struct jx_client__curl *c = user;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	if (c->photo_at - c->photo->offset_bytes > SEND_AGAIN_BYTES)
		return CURL_SEEKFUNC_FAIL;
	c->photo_at = c->photo->offset_bytes + offset;
	return CURL_SEEKFUNC_OK;
}

static jx_rc add_photo_headers(struct jx_client__curl *c, const struct jx_photo_request *rq,
			       struct jx_error *err)
{
	char hex[2 * JX_HASH_BYTES + 1];
	JX_AUTO_BUF meta = {0};
	jx_rc rc = jx_client__curl_header(c, err, "Tus-Resumable: 1.0.0");

	if (rc == JX_OK)
		rc = jx_client__curl_header(c, err, "Authorization: Bearer %s", rq->token);
	if (rc == JX_OK && rq->verb != JX_PHOTO_ASK)
		rc = jx_client__curl_header(c, err, "Content-Type: application/offset+octet-stream");
	if (rc == JX_OK && rq->verb == JX_PHOTO_SEND)
		rc = jx_client__curl_header(c, err, "Upload-Offset: %lld", (long long)rq->offset_bytes);
	if (rc != JX_OK || rq->verb != JX_PHOTO_CREATE)
		return rc;
	jx_buf_init(&meta, 512);
	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	jx_buf_adds(&meta, "Upload-Metadata: sha256 ");
	jx_buf_add_base64(&meta, hex, strlen(hex));
	jx_buf_adds(&meta, ",filetype ");
	jx_buf_add_base64(&meta, rq->type, strlen(rq->type));
	rc = jx_buf_check(&meta, "request", err);
	if (rc == JX_OK)
		rc = jx_client__curl_header(c, err, "%s", meta.data);
	if (rc == JX_OK)
		rc = jx_client__curl_header(c, err, "Upload-Length: %lld", (long long)rq->size_bytes);
	return rc;
}

static CURLcode set_photo_body(struct jx_client__curl *c, const struct jx_photo_request *rq)
{
	CURL *e = c->easy;
	CURLcode rc;

	if (rq->verb == JX_PHOTO_ASK)
		return curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
	rc = curl_easy_setopt(e, CURLOPT_POST, 1L);
	if (rc == CURLE_OK && rq->verb == JX_PHOTO_SEND)
		rc = curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, "PATCH");
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
				      (curl_off_t)(rq->size_bytes - rq->offset_bytes));
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_READDATA, c);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_seek);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SEEKDATA, c);
	return rc;
}

static void take_photo_answer(struct jx_client__curl *c, struct jx_photo_response *rs)
{
	const char *text = jx_client__curl_get(c, "Upload-Offset");

	rs->status = jx_client__curl_status(c);
	if (text == NULL || !jx_parse_i64(text, 0, INT64_MAX, &rs->offset_bytes))
		rs->offset_bytes = -1;
	rs->retry_after_s = jx_client__curl_retry_after(c);
	jx_client__curl_type(c, rs->content_type, sizeof(rs->content_type));
	text = jx_client__curl_get(c, "Jiexun-Photo-Receipt");
	/* one that does not fit is none of ours; cut it would fail its check all the same */
	jx_strcpy(rs->receipt, sizeof(rs->receipt), text != NULL ? text : "");
}

jx_rc jx_client__curl_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
			    struct jx_error *err)
{
	struct jx_client__curl *c = user;
	char hex[2 * JX_HASH_BYTES + 1], path[sizeof(JX_PATH_PHOTOS) + sizeof(hex)];
	jx_rc rc;

	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), rq->verb == JX_PHOTO_CREATE ? "%s" : "%s/%s", JX_PATH_PHOTOS, hex);
	/*
	 * After a break the server may still be at what came before it, and refuses; it has to read what it refuses. A round trip is little
	 * against the rest of a photo.
	 */
	c->asks_first = rq->verb == JX_PHOTO_SEND;
	rc = jx_client__curl_begin(c, path, err);
	c->asks_first = false;
	if (rc == JX_OK)
		rc = add_photo_headers(c, rq, err);
	if (rc == JX_OK && set_photo_body(c, rq) != CURLE_OK)
		rc = jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a request; close other programs");
	c->photo = rq;
	c->photo_at = rq->offset_bytes;
	c->photo_sent = 0;
	c->body = &rs->body;
	if (rc == JX_OK)
		rc = jx_client__curl_perform(c, err);
	c->photo = NULL;
	c->body = NULL;
	if (rc == JX_OK)
		take_photo_answer(c, rs);
	return rc;
}
