/* The transport's face: sync and enrolment exchanges, photos, blobs. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "curl_private.h"

#define WHERE      "client.https"
#define CONNECT_MS 15000
#define STALL_MS   60000
/* What a socket takes before it finds out that the other side has closed; less than this is cheaper sent than asked about. */
#define SEND_AGAIN_BYTES 65536

/* ---- exchanges ---- */

static CURLcode post(struct jx_client__curl *c, const struct jx_wire_request *rq)
{
	CURLcode rc = curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body.len);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, rq->body.len > 0 ? rq->body.data : "");
	return rc;
}

static jx_rc add_headers(struct jx_client__curl *c, const struct jx_wire_request *rq, struct jx_error *err)
{
	const bool is_sync = strcmp(rq->path, JX_PATH_SYNC) == 0;
	jx_rc rc = jx_client__curl_header(c, err, "Content-Type: application/%s",
					  is_sync ? "x-ndjson" : "json");

	if (rc == JX_OK && is_sync)
		rc = jx_client__curl_header(c, err, "Accept-Encoding: zstd");
	if (rc == JX_OK && rq->is_zstd)
		rc = jx_client__curl_header(c, err, "Content-Encoding: zstd");
	if (rc == JX_OK && rq->dictionary != JX_WIRE_DICTIONARY_NONE)
		rc = jx_client__curl_header(c, err, "Jiexun-Dictionary: %d", rq->dictionary);
	if (rc == JX_OK && rq->authorization != NULL)
		rc = jx_client__curl_header(c, err, "Authorization: %s", rq->authorization);
	return rc;
}

static void take_encoding(struct jx_client__curl *c, struct jx_wire_response *rs)
{
	const char *text = jx_client__curl_get(c, "Content-Encoding");
	int64_t dictionary = JX_WIRE_DICTIONARY_NONE;

	rs->is_zstd = text != NULL && strcmp(text, "zstd") == 0;
	text = jx_client__curl_get(c, "Jiexun-Dictionary");
	/* a number we cannot read is a dictionary we do not have */
	if (text != NULL && !jx_parse_i64(text, 0, INT32_MAX, &dictionary))
		dictionary = INT32_MAX;
	rs->dictionary = (int)dictionary;
}

static void take_common(struct jx_client__curl *c, struct jx_wire_response *rs)
{
	rs->status = jx_client__curl_status(c);
	jx_client__curl_type(c, rs->content_type, sizeof(rs->content_type));
	rs->retry_after_s = jx_client__curl_retry_after(c);
	take_encoding(c, rs);
}

static jx_rc do_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			 struct jx_error *err)
{
	struct jx_client__curl *c = user;
	jx_rc rc = jx_client__curl_begin(c, rq->path, err);

	if (rc == JX_OK)
		rc = add_headers(c, rq, err);
	if (rc == JX_OK && strcmp(rq->method, "POST") == 0 && post(c, rq) != CURLE_OK)
		rc = jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a request; close other programs");
	c->body = &rs->body;
	if (rc == JX_OK)
		rc = jx_client__curl_perform(c, err);
	c->body = NULL;
	if (rc == JX_OK)
		take_common(c, rs);
	return rc;
}

/* ---- the server's key ---- */

static jx_rc do_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct jx_client__curl *c = user;
	struct jx_wire_request rq = {.method = "GET", .path = JX_PATH_HEALTH};
	struct jx_wire_response rs = {.retry_after_s = -1};
	jx_rc rc = JX_OK;

	if (!c->has_seen) {
		jx_buf_init(&rs.body, JX_CLIENT__ERROR_BYTES_MAX);
		rc = do_exchange(c, &rq, &rs, err);
		if (rc == JX_OK &&
		    (rs.status < 200 || rs.status > 299 ||
		     jx_client__is_type(rs.content_type, "text/html")) &&
		    rs.status < 500)
			rc = jx_client__fail_portal(rs.status, rs.content_type, err);
		jx_buf_done(&rs.body);
	}
	if (rc != JX_OK)
		return rc;
	/* from here on this key and no other, also on a new connection */
	if (c->pin_count == 0) {
		memcpy(c->pins[0], c->seen, JX_HASH_BYTES);
		c->pin_count = 1;
	}
	memcpy(spki_sha256_out, c->seen, JX_HASH_BYTES);
	return JX_OK;
}

static void do_set_pins(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	struct jx_client__curl *c = user;

	c->pin_count = count < JX_PINS_MAX ? count : JX_PINS_MAX;
	if (c->pin_count > 0) /* enrolment has none, and no array either */
		memcpy(c->pins, pins, c->pin_count * JX_HASH_BYTES);
}

/* ---- photos ---- */

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

static jx_rc do_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		      struct jx_error *err)
{
	struct jx_client__curl *c = user;
	char hex[2 * JX_HASH_BYTES + 1], path[sizeof(JX_PATH_PHOTOS) + sizeof(hex)];
	jx_rc rc;

	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), rq->verb == JX_PHOTO_CREATE ? "%s" : "%s/%s", JX_PATH_PHOTOS, hex);
	rc = jx_client__curl_begin(c, path, err);
	if (rc == JX_OK)
		rc = add_photo_headers(c, rq, err);
	if (rc == JX_OK && set_photo_body(c, rq) != CURLE_OK)
		rc = jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a request; close other programs");
	c->photo = rq;
	c->photo_at = rq->offset_bytes;
	c->body = &rs->body;
	if (rc == JX_OK)
		rc = jx_client__curl_perform(c, err);
	c->photo = NULL;
	c->body = NULL;
	if (rc == JX_OK)
		take_photo_answer(c, rs);
	return rc;
}

/* ---- blobs ---- */

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

static jx_rc do_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
		     struct jx_error *err)
{
	struct jx_client__curl *c = user;
	char hex[2 * JX_HASH_BYTES + 1], path[sizeof(JX_PATH_BLOBS) + sizeof(hex)];
	jx_rc rc;

	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), "%s/%s", JX_PATH_BLOBS, hex);
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
		take_common(c, rs);
	return rc;
}

static void do_traffic(void *user, int64_t *up_bytes_out, int64_t *down_bytes_out)
{
	const struct jx_client__curl *c = user;

	*up_bytes_out = c->up_bytes;
	*down_bytes_out = c->down_bytes;
}

/* ---- life ---- */

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void free_part(char **p)
{
	curl_free(*p);
}

static bool has_part(CURLU *u, CURLUPart part)
{
	JX_CLEANUP(free_part) char *text = NULL;

	return curl_url_get(u, part, &text, 0) == CURLUE_OK && text != NULL && text[0] != '\0';
}

/* "https://host:port" and nothing more: the path is signed, so a prefix would not fit it. */
static jx_rc take_url(struct jx_client__curl *c, const char *url, struct jx_error *err)
{
	JX_CLEANUP(free_url) CURLU *u = curl_url();
	JX_CLEANUP(free_part) char *host = NULL;
	JX_CLEANUP(free_part) char *path = NULL;
	uint8_t address[16];
	size_t len = strlen(url);

	if (strncmp(url, "https://", 8) != 0 || u == NULL ||
	    curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PATH, &path, 0) != CURLUE_OK || strcmp(path, "/") != 0 ||
	    has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_QUERY) || has_part(u, CURLUPART_FRAGMENT))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the server's address \"%s\" is not \"https://host:port\"; correct it", url);
	if (url[len - 1] == '/')
		len--;
	c->base = jx_xstrndup(url, len);
	c->host = host[0] == '[' ? jx_xstrndup(host + 1, strlen(host) - 2) : jx_xstrdup(host);
	c->is_ip = inet_pton(AF_INET, c->host, address) == 1 || inet_pton(AF_INET6, c->host, address) == 1;
	return JX_OK;
}

static void take_config(struct jx_client__curl *c, const struct jx_transport_curl_config *config)
{
	c->clock = config->clock;
	c->is_clock_trusted = config->is_clock_trusted;
	c->should_stop = config->should_stop;
	c->stop_user = config->stop_user;
	c->connect_ms = config->connect_ms > 0 ? config->connect_ms : CONNECT_MS;
	c->stall_ms = config->stall_ms > 0 ? config->stall_ms : STALL_MS;
	do_set_pins(c, config->pins, config->pin_count);
	c->face = (struct jx_transport){.user = c,
					.peer_key = do_peer_key,
					.exchange = do_exchange,
					.photo = do_photo,
					.blob = do_blob,
					.set_pins = do_set_pins,
					.traffic = do_traffic};
}

jx_rc jx_transport_curl_new(const struct jx_transport_curl_config *config,
			    struct jx_transport **transport_out, struct jx_error *err)
{
	struct jx_client__curl *c = jx_xcalloc(1, sizeof(*c));
	JX_AUTO(jx_transport) face = &c->face;
	jx_rc rc = take_url(c, config->url, err);

	c->face.user = c;
	if (rc != JX_OK)
		return rc;
	take_config(c, config);
	c->easy = curl_easy_init();
	if (c->easy == NULL)
		return jx_fail(err, JX_ENOMEM, 0, WHERE, "libcurl cannot start; close other programs");
	*transport_out = JX_STEAL(face);
	return JX_OK;
}

void jx_transport_curl_free(struct jx_transport *transport)
{
	struct jx_client__curl *c;

	if (transport == NULL)
		return;
	c = transport->user;
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	free(c->base);
	free(c->host);
	free(c);
}
