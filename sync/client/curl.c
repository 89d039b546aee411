/* The transport's face: sync and enrolment exchanges, the server's key, its life. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "curl_private.h"

#define WHERE      "client.https"
#define CONNECT_MS 15000
#define STALL_MS   60000

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
	const bool is_small = strcmp(rq->path, JX_PATH_SMALL) == 0;
	jx_rc rc = jx_client__curl_header(c, err, "Content-Type: application/%s",
					  is_sync    ? "x-ndjson"
					  : is_small ? "octet-stream"
						     : "json");

	/* who sends with a dictionary reads it, too */
	if (rc == JX_OK && is_sync && rq->dictionary == JX_WIRE_DICTIONARY_NONE)
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

void jx_client__curl_take(struct jx_client__curl *c, struct jx_wire_response *rs)
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
		jx_client__curl_take(c, rs);
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

static void do_traffic(void *user, int64_t *up_bytes_out, int64_t *down_bytes_out)
{
	const struct jx_client__curl *c = user;

	*up_bytes_out = c->up_bytes;
	*down_bytes_out = c->down_bytes;
}

/* ---- another of its kind ---- */

static jx_rc do_another(void *user, struct jx_transport **other_out, struct jx_error *err)
{
	const struct jx_client__curl *c = user;
	const struct jx_transport_curl_config config = {
		.url = c->base,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])c->pins,
		.pin_count = c->pin_count,
		.clock = c->clock,
		.is_clock_trusted = c->is_clock_trusted,
		.should_stop = c->should_stop,
		.stop_user = c->stop_user,
		.no_fast_open = c->is_plain,
		.connect_ms = c->connect_ms,
		.stall_ms = c->stall_ms,
	};

	return jx_transport_curl_new(&config, other_out, err);
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
	c->is_plain = config->no_fast_open;
	c->connect_ms = config->connect_ms > 0 ? config->connect_ms : CONNECT_MS;
	c->stall_ms = config->stall_ms > 0 ? config->stall_ms : STALL_MS;
	do_set_pins(c, config->pins, config->pin_count);
	c->face = (struct jx_transport){.user = c,
					.peer_key = do_peer_key,
					.exchange = do_exchange,
					.photo = jx_client__curl_photo,
					.blob = jx_client__curl_blob,
					.set_pins = do_set_pins,
					.traffic = do_traffic,
					.another = do_another,
					.drop = jx_transport_curl_free};
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

enum jx_fast_open jx_transport_curl_fast_open(const struct jx_transport *transport)
{
	const struct jx_client__curl *c = transport->user;

	return c->fast_open;
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
