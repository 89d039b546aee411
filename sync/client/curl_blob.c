/* Blobs over HTTPS: a GET, with Range where a part is here already. */
#include <stdio.h>
#include <string.h>

#include "curl_private.h"

#define WHERE "client.https"

static size_t on_blob(char *data, size_t one, size_t len, void *user)
{
	struct jx_client__curl *c = user;
	const int status = jx_client__curl_status(c);
	size_t drop;

	(void)one;
	if (status != 200 && status != 206) {
		jx_buf_add(c->body, data, len);
		return c->body->rc == JX_OK ? len : 0;
	}
	if (!c->blob_begun)
		c->blob_skip = status == 200 ? c->blob->from_bytes : 0;
	c->blob_begun = true;
	drop = (uint64_t)c->blob_skip < len ? (size_t)c->blob_skip : len;
	c->blob_skip -= (int64_t)drop;
	if (drop < len)
		c->write_rc = c->blob->write(c->blob->write_user, data + drop, len - drop, &c->callback_err);
	return c->write_rc == JX_OK ? len : 0;
}

jx_rc jx_client__curl_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
			   struct jx_error *err)
{
	struct jx_client__curl *c = user;
	char hex[2 * JX_HASH_BYTES + 1], path[sizeof(JX_PATH_PHOTOS) + sizeof(hex) + sizeof("/small")];
	jx_rc rc;

	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), rq->is_small ? "%s/%s/small" : "%s/%s",
		       rq->is_small ? JX_PATH_PHOTOS : JX_PATH_BLOBS, hex);
	rc = jx_client__curl_begin(c, path, err);
	if (rc == JX_OK)
		rc = jx_client__curl_header(c, err, "Authorization: Bearer %s", rq->token);
	if (rc == JX_OK && rq->from_bytes > 0)
		rc = jx_client__curl_header(c, err, "Range: bytes=%lld-", (long long)rq->from_bytes);
	if (rc == JX_OK && curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_blob) != CURLE_OK)
		rc = jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a request; close other programs");
	c->blob = rq;
	c->body = &rs->body;
	if (rc == JX_OK)
		rc = jx_client__curl_perform(c, err);
	c->blob = NULL;
	c->body = NULL;
	if (rc == JX_OK)
		jx_client__curl_take(c, rs);
	return rc;
}
