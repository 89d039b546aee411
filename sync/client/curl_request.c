/* Options, headers and callbacks of one request. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "curl_private.h"

#define WHERE "client.https"
/* TLS 1.2: forward secrecy and AEAD only. TLS 1.3 has nothing else. */
#define CIPHERS_TLS12                                                                              \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:" \
	"ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#define STALL_BYTES_PER_S 50
#define UPLOAD_BUFFER     131072
/* Of a server that never says "100 Continue" the body is sent after so long all the same. */
#define EXPECT_MS          3000L
#define INITIAL_BODY_BYTES 65536 /* curl's MAX_INITIAL_POST_SIZE */

static size_t on_body(char *data, size_t one, size_t len, void *user)
{
	struct jx_client__curl *c = user;

	(void)one;
	jx_buf_add(c->body, data, len);
	if (c->body->rc == JX_OK)
		return len;
	c->write_rc = jx_fail(&c->callback_err, c->body->rc, 0, WHERE,
			      "%s answers with more than %zu bytes; refused: is this a Jiexun server?",
			      c->host, c->body->max);
	return 0;
}

/* libcurl takes a line that ends within the headers for the end of an answer that has no more of them. */
static size_t on_head(char *data, size_t one, size_t len, void *user)
{
	struct jx_client__curl *c = user;

	(void)one;
	c->has_head = len <= 2 && (data[0] == '\r' || data[0] == '\n');
	return len;
}

static int on_progress(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct jx_client__curl *c = user;
	const struct jx_client_source *s = c->photo != NULL ? c->photo->source : NULL;

	(void)down_total, (void)down, (void)up_total;
	if (s != NULL && s->sent != NULL && up > c->photo_sent) {
		s->sent(s->user, up - c->photo_sent);
		c->photo_sent = up;
	}
	return c->should_stop != NULL && c->should_stop(c->stop_user);
}

/*
 * Acknowledge along with what is sent a moment later: two packets less in each handshake.
 *
 * TCP Fast Open (RFC 7413): to a server that this device's kernel has a cookie of, the SYN carries the ClientHello, which is one time there
 * and back less, a third of a sync with nothing new. A copy of such a SYN repeats a ClientHello only, never a request. The kernel does it
 * all: without a cookie it connects as ever, and where a box on the way drops such a SYN a second later, which `jx` remembers. What it cannot know is that an address is dead for
 * which it has a cookie, as connect() has succeeded by then and libcurl looks at no second address: so after a failure it is left out.
 */
static int on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
	const struct jx_client__curl *c = user;
	const int off = 0, on = 1;

	(void)purpose;
	if (!c->is_plain)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
	return CURL_SOCKOPT_OK;
}

/* curl counts time-outs in seconds and milliseconds of type long. */
static long to_s(int64_t ms)
{
	return ms >= 1000 ? (long)(ms / 1000) : 1;
}

static CURLcode set_tls(struct jx_client__curl *c)
{
	CURL *e = c->easy;
	CURLcode rc = curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https");

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_CIPHER_LIST, CIPHERS_TLS12);
	/* no authority is asked: loading a system's bundle would only cost time and memory */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_CAINFO, NULL);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	/* both stay on: our check runs in place of the chain's, and curl looks at the name once more */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, jx_client__tls_setup);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, c);
	return rc;
}

static CURLcode set_line(struct jx_client__curl *c)
{
	CURL *e = c->easy;
	CURLcode rc = curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* there is nothing to negotiate */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, on_socket);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_SOCKOPTDATA, c);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_ms);
	/* no total time-out: a slow link that moves may take its time */
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_S);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, to_s(c->stall_ms));
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_EXPECT_100_TIMEOUT_MS, EXPECT_MS);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->message);
	return rc;
}

static CURLcode set_callbacks(struct jx_client__curl *c)
{
	CURL *e = c->easy;
	CURLcode rc = curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);

	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_head);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_XFERINFODATA, c);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	return rc;
}

jx_rc jx_client__curl_begin(struct jx_client__curl *c, const char *path, struct jx_error *err)
{
	JX_AUTO_FREE char *url = jx_xasprintf("%s%s", c->base, path);
	CURLcode rc;

	curl_easy_reset(c->easy); /* options only: connection and TLS session stay */
	c->message[0] = '\0';
	c->has_head = false;
	c->write_rc = JX_OK;
	c->read_rc = JX_OK;
	c->photo = NULL;
	c->blob = NULL;
	c->blob_begun = false;
	memset(&c->verdict, 0, sizeof(c->verdict));
	rc = curl_easy_setopt(c->easy, CURLOPT_URL, url);
	if (rc == CURLE_OK)
		rc = set_line(c);
	if (rc == CURLE_OK)
		rc = set_tls(c);
	if (rc == CURLE_OK)
		rc = set_callbacks(c);
	if (rc != CURLE_OK)
		return jx_fail(err, JX_ESTATE, (int)rc, WHERE,
			       "libcurl cannot do what is needed: %s; install Debian's libcurl4",
			       curl_easy_strerror(rc));
	/* what curl would add by itself and nobody reads; Expect costs a round trip */
	if (jx_client__curl_header(c, err, "Accept:") != JX_OK)
		return JX_ENOMEM;
	return jx_client__curl_header(c, err, c->asks_first ? "Expect: 100-continue" : "Expect:");
}

jx_rc jx_client__curl_header(struct jx_client__curl *c, struct jx_error *err, const char *fmt, ...)
{
	JX_AUTO_FREE char *line = NULL;
	struct curl_slist *grown;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&line, fmt, ap);
	va_end(ap);
	grown = n >= 0 ? curl_slist_append(c->headers, line) : NULL;
	if (grown == NULL)
		return jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a request; close other programs");
	c->headers = grown;
	return JX_OK;
}

static void count_traffic(struct jx_client__curl *c)
{
	curl_off_t up = 0, down = 0;
	long request = 0, header = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	(void)curl_easy_getinfo(c->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	(void)curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &request);
	(void)curl_easy_getinfo(c->easy, CURLINFO_HEADER_SIZE, &header);
	/* curl counts a body that goes out with its headers as part of the request */
	c->up_bytes += request + (c->photo == NULL && up <= INITIAL_BODY_BYTES ? 0 : up);
	c->down_bytes += down + header;
}

/* Of a connection made for this exchange: what it was, once it stands. */
static void look_at_beginning(struct jx_client__curl *c)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	long connections = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &connections);
	if (connections > 0 && curl_easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		c->fast_open = jx_client__fast_open_of(fd);
}

jx_rc jx_client__curl_perform(struct jx_client__curl *c, struct jx_error *err)
{
	CURLcode rc = curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);

	if (rc == CURLE_OK)
		rc = curl_easy_perform(c->easy);
	look_at_beginning(c);
	count_traffic(c);
	(void)curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(c->headers);
	c->headers = NULL;
	if (rc == CURLE_OK && !c->has_head)
		rc = CURLE_PARTIAL_FILE;
	if (rc == CURLE_OK)
		return JX_OK;
	c->is_plain = true;
	return jx_client__curl_fail(c, rc, err);
}

const char *jx_client__curl_get(struct jx_client__curl *c, const char *name)
{
	struct curl_header *h = NULL;

	return curl_easy_header(c->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK ? h->value : NULL;
}

int jx_client__curl_status(struct jx_client__curl *c)
{
	long status = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

void jx_client__curl_type(struct jx_client__curl *c, char *out, size_t cap)
{
	const char *type = jx_client__curl_get(c, "Content-Type");

	jx_strcpy(out, cap, type != NULL ? type : "");
}

int64_t jx_client__curl_retry_after(struct jx_client__curl *c)
{
	char value[64];
	const char *text = jx_client__curl_get(c, "Retry-After");

	if (text == NULL)
		return -1;
	/* curl keeps one answer's headers, but says nothing of two at once */
	jx_strcpy(value, sizeof(value), text);
	return jx_plan_retry_after_s(value, jx_client__curl_get(c, "Date"));
}
