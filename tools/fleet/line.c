/*
 * One HTTPS connection, HTTP/1.1 kept alive, as thin as it can be: the generator's work is in the same figure as the server's when
 * both share a machine. TLS is OpenSSL's; keys are pinned as devices pin them.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fleet.h"

#define WHERE         "fleet.line"
#define TIMEOUT_S     60
#define HEAD_MAX      ((size_t)16384)
#define PIECE         ((size_t)65536) /* of a photo, sent at once */
#define BODY_MAX      ((size_t)4 * 1024 * 1024)
#define JOIN_MAX      ((size_t)131072) /* a body up to this goes out with its head */
#define TLS_PRIORITY  "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define NOTHING_KNOWN (-1)

struct fleet_server {
	char host[256];
	struct addrinfo *where;
	SSL_CTX *tls;
};

struct fleet_line {
	struct jx_transport face;
	fleet_server *to;
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	uint8_t seen[JX_HASH_BYTES];
	SSL *ssl;
	int fd;
	int64_t up_bytes, down_bytes;
	/* the answer being read: head[0 .. head_len) is its head, what came behind it follows up to got */
	char head[HEAD_MAX + 1];
	size_t head_len, got;
};

/* ---- the server ---- */

static jx_rc split_url(const char *url, char host[256], char port[8], struct jx_error *err)
{
	const char *at = strncmp(url, "https://", 8) == 0 ? url + 8 : NULL;
	const bool is_v6 = at != NULL && at[0] == '[';
	const char *end = at == NULL ? NULL : is_v6 ? strchr(at, ']') : at + strcspn(at, ":/");
	const char *colon = end == NULL ? NULL : is_v6 ? end + 1 : end;
	int64_t number = 443;

	if (colon != NULL && *colon == ':') {
		const size_t len = strspn(colon + 1, "0123456789");
		JX_AUTO_FREE char *digits = jx_xstrndup(colon + 1, len);

		if (!jx_parse_i64(digits, 1, 65535, &number) || strcmp(colon + 1 + len, "") != 0)
			end = NULL;
	} else if (colon != NULL && strcmp(colon, "") != 0 && strcmp(colon, "/") != 0) {
		end = NULL;
	}
	if (end == NULL || end - at - is_v6 < 1 || end - at >= 255)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the server's address \"%s\" is not \"https://host:port\"; correct it", url);
	jx_strcpy(host, (size_t)(end - at - is_v6) + 1, at + is_v6);
	(void)snprintf(port, 8, "%u", (unsigned)number & 0xffffU);
	return JX_OK;
}

/* Pins decide; the chain is not looked at (line_connect). */
static int accept_all(X509_STORE_CTX *ctx, void *user)
{
	(void)user;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

jx_rc fleet_server_new(const char *url, fleet_server **server_out, struct jx_error *err)
{
	JX_AUTO(fleet_server) s = jx_xcalloc(1, sizeof(*s));
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	char port[8];
	jx_rc rc = split_url(url, s->host, port, err);

	if (rc != JX_OK)
		return rc;
	if (getaddrinfo(s->host, port, &hints, &s->where) != 0)
		return jx_fail(err, JX_ENET, 0, WHERE, "the name %s was not found; is the address right?",
			       s->host);
	s->tls = SSL_CTX_new(TLS_client_method());
	if (s->tls == NULL || SSL_CTX_set_min_proto_version(s->tls, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_cipher_list(s->tls, TLS_PRIORITY) != 1)
		return jx_fail(err, JX_ETLS, 0, WHERE, "OpenSSL cannot start; install Debian's libssl3");
	SSL_CTX_set_cert_verify_callback(s->tls, accept_all, NULL);
	SSL_CTX_set_verify(s->tls, SSL_VERIFY_PEER, NULL);
	(void)SSL_CTX_set_session_cache_mode(s->tls, SSL_SESS_CACHE_OFF);
	*server_out = JX_STEAL(s);
	return JX_OK;
}

void fleet_server_free(fleet_server *server)
{
	if (server == NULL)
		return;
	if (server->where != NULL)
		freeaddrinfo(server->where);
	SSL_CTX_free(server->tls);
	free(server);
}

/* ---- the connection ---- */

static void hang_up(fleet_line *l)
{
	if (l->ssl != NULL)
		(void)SSL_shutdown(l->ssl);
	SSL_free(l->ssl);
	l->ssl = NULL;
	jx_close_p(&l->fd);
	l->fd = -1;
}

static jx_rc fail_line(fleet_line *l, const char *what, struct jx_error *err)
{
	const int e = errno;

	ERR_clear_error();
	hang_up(l);
	return jx_fail(err, JX_ENET, e, WHERE, "%s: %s (%s); is the server running and reachable?",
		       l->to->host, what, e != 0 ? strerror(e) : _("connection ended"));
}

static int open_socket(const struct addrinfo *where)
{
	const struct timeval limit = {.tv_sec = TIMEOUT_S};
	const int on = 1;
	int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
			setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
			setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0 ||
			connect(fd, where->ai_addr, where->ai_addrlen) != 0)) {
		const int e = errno;

		jx_close_p(&fd);
		errno = e;
		return -1;
	}
	return fd;
}

static jx_rc check_key(fleet_line *l, struct jx_error *err)
{
	X509 *cert = SSL_get0_peer_certificate(l->ssl);
	unsigned char *der = NULL;
	const int len = cert == NULL ? -1 : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	size_t i = 0;

	if (len > 0)
		jx_sha256(der, (size_t)len, l->seen);
	OPENSSL_free(der);
	while (len > 0 && i < l->pin_count && memcmp(l->pins[i], l->seen, JX_HASH_BYTES) != 0)
		i++;
	if (len > 0 && (l->pin_count == 0 || i < l->pin_count))
		return JX_OK;
	hang_up(l);
	return jx_fail(err, JX_ETLS, 0, WHERE,
		       "%s shows another key than when the fleet was enrolled; is it the same server?",
		       l->to->host);
}

static jx_rc line_connect(fleet_line *l, struct jx_error *err)
{
	if (l->ssl != NULL)
		return JX_OK;
	errno = 0;
	l->fd = open_socket(l->to->where);
	if (l->fd < 0)
		return fail_line(l, _("no connection"), err);
	l->ssl = SSL_new(l->to->tls);
	if (l->ssl == NULL || SSL_set_fd(l->ssl, l->fd) != 1 ||
	    SSL_set_tlsext_host_name(l->ssl, l->to->host) != 1 || SSL_connect(l->ssl) != 1)
		return fail_line(l, _("no handshake"), err);
	return check_key(l, err);
}

static jx_rc send_all(fleet_line *l, const void *data, size_t len, struct jx_error *err)
{
	size_t sent = 0;

	errno = 0;
	if (len > 0 && SSL_write_ex(l->ssl, data, len, &sent) != 1)
		return fail_line(l, _("sending failed"), err);
	l->up_bytes += (int64_t)len;
	return JX_OK;
}

/* ---- answers ---- */

static jx_rc read_head(fleet_line *l, struct jx_error *err)
{
	const char *end = NULL;

	l->got = 0;
	while (end == NULL) {
		size_t n = 0;

		errno = 0;
		if (l->got == HEAD_MAX)
			return fail_line(l, _("an answer's head is too long"), err);
		if (SSL_read_ex(l->ssl, l->head + l->got, HEAD_MAX - l->got, &n) != 1)
			return fail_line(l, _("no answer"), err);
		l->got += n;
		l->down_bytes += (int64_t)n;
		l->head[l->got] = '\0';
		end = strstr(l->head, "\r\n\r\n");
	}
	l->head_len = (size_t)(end - l->head) + 4;
	return JX_OK;
}

/* Value of a header of the answer; false: it has none, or more than fits. */
static bool get(const fleet_line *l, const char *name, char *out, size_t cap)
{
	const size_t name_len = strlen(name);
	const char *at = strstr(l->head, "\r\n"), *stop = l->head + l->head_len - 2;

	out[0] = '\0';
	for (; at != NULL && at < stop; at = strstr(at + 2, "\r\n")) {
		const char *value = at + 2 + name_len + 1;

		if (strncasecmp(at + 2, name, name_len) != 0 || at[2 + name_len] != ':')
			continue;
		value += strspn(value, " ");
		if (strcspn(value, "\r") >= cap)
			return false;
		jx_strcpy(out, strcspn(value, "\r") + 1, value);
		return true;
	}
	return false;
}

static int64_t get_i64(const fleet_line *l, const char *name)
{
	char text[24];
	int64_t value;

	return get(l, name, text, sizeof(text)) && jx_parse_i64(text, 0, INT64_MAX, &value) ? value
											    : NOTHING_KNOWN;
}

static jx_rc read_body(fleet_line *l, bool has_none, jx_buf *out, struct jx_error *err)
{
	int64_t left = has_none ? 0 : get_i64(l, "Content-Length");
	const size_t here = l->got - l->head_len;
	char piece[16384];

	if (left < 0 || (uint64_t)left > BODY_MAX || (int64_t)here > left)
		return fail_line(l, _("an answer of unknown length"), err);
	jx_buf_add(out, l->head + l->head_len, here);
	left -= (int64_t)here;
	while (left > 0) {
		size_t n = 0;

		errno = 0;
		if (SSL_read_ex(l->ssl, piece, (uint64_t)left < sizeof(piece) ? (size_t)left : sizeof(piece),
				&n) != 1)
			return fail_line(l, _("an answer broke off"), err);
		jx_buf_add(out, piece, n);
		left -= (int64_t)n;
		l->down_bytes += (int64_t)n;
	}
	return jx_buf_check(out, "answer", err);
}

static jx_rc read_answer(fleet_line *l, bool has_no_body, jx_buf *body, int *status_out, struct jx_error *err)
{
	char digits[4] = "", connection[24];
	int64_t status = 0;
	jx_rc rc = read_head(l, err);

	if (rc != JX_OK)
		return rc;
	jx_strcpy(digits, sizeof(digits), l->head + 9);
	if (strncmp(l->head, "HTTP/1.1 ", 9) != 0 || !jx_parse_i64(digits, 100, 599, &status))
		return fail_line(l, _("no answer of a web server"), err);
	rc = read_body(l, has_no_body || status == 204 || status == 304, body, err);
	*status_out = (int)status;
	if (rc == JX_OK && get(l, "Connection", connection, sizeof(connection)) &&
	    strcasecmp(connection, "close") == 0)
		hang_up(l);
	return rc;
}

static int64_t retry_after_s(const fleet_line *l)
{
	char value[64], date[64];

	if (!get(l, "Retry-After", value, sizeof(value)))
		return NOTHING_KNOWN;
	return jx_plan_retry_after_s(value, get(l, "Date", date, sizeof(date)) ? date : NULL);
}

/* ---- the client room's transport ---- */

static void begin(const fleet_line *l, const char *method, const char *path, jx_buf *out)
{
	jx_buf_init(out, JOIN_MAX + HEAD_MAX);
	jx_buf_addf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, l->to->host);
}

static jx_rc do_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			 struct jx_error *err)
{
	fleet_line *l = user;
	const bool is_sync = strcmp(rq->path, JX_PATH_SYNC) == 0, joins = rq->body.len <= JOIN_MAX;
	JX_AUTO_BUF out = {0};
	char text[64];
	jx_rc rc = line_connect(l, err);

	begin(l, rq->method, rq->path, &out);
	if (rq->body.len > 0)
		jx_buf_addf(&out, "Content-Type: application/%s\r\nContent-Length: %zu\r\n",
			    is_sync ? "x-ndjson" : "json", rq->body.len);
	jx_buf_addf(&out, "%s%s", is_sync ? "Accept-Encoding: zstd\r\n" : "",
		    rq->is_zstd ? "Content-Encoding: zstd\r\n" : "");
	if (rq->dictionary != JX_WIRE_DICTIONARY_NONE)
		jx_buf_addf(&out, "Jiexun-Dictionary: %d\r\n", rq->dictionary);
	if (rq->authorization != NULL)
		jx_buf_addf(&out, "Authorization: %s\r\n", rq->authorization);
	jx_buf_adds(&out, "\r\n");
	if (joins)
		jx_buf_add(&out, rq->body.data, rq->body.len);
	if (rc == JX_OK)
		rc = jx_buf_check(&out, "request", err);
	if (rc == JX_OK)
		rc = send_all(l, out.data, out.len, err);
	if (rc == JX_OK && !joins)
		rc = send_all(l, rq->body.data, rq->body.len, err);
	if (rc == JX_OK)
		rc = read_answer(l, false, &rs->body, &rs->status, err);
	if (rc != JX_OK)
		return rc;
	(void)get(l, "Content-Type", rs->content_type, sizeof(rs->content_type));
	rs->is_zstd = get(l, "Content-Encoding", text, sizeof(text)) && strcmp(text, "zstd") == 0;
	rs->dictionary = (int)get_i64(l, "Jiexun-Dictionary");
	if (rs->dictionary == NOTHING_KNOWN)
		rs->dictionary = JX_WIRE_DICTIONARY_NONE;
	rs->retry_after_s = retry_after_s(l);
	return JX_OK;
}

static void add_photo_head(const fleet_line *l, const struct jx_photo_request *rq, jx_buf *out)
{
	static const char *const methods[] = {"POST", "HEAD", "PATCH"};
	char hex[2 * JX_HASH_BYTES + 1], path[sizeof(JX_PATH_PHOTOS) + sizeof(hex)];

	jx_hex(rq->sha256, JX_HASH_BYTES, hex);
	(void)snprintf(path, sizeof(path), rq->verb == JX_PHOTO_CREATE ? "%s" : "%s/%s", JX_PATH_PHOTOS, hex);
	begin(l, methods[rq->verb], path, out);
	jx_buf_addf(out, "Tus-Resumable: 1.0.0\r\nAuthorization: Bearer %s\r\n", rq->token);
	if (rq->verb == JX_PHOTO_CREATE) {
		jx_buf_addf(out, "Upload-Length: %lld\r\nUpload-Metadata: sha256 ",
			    (long long)rq->size_bytes);
		jx_buf_add_base64(out, hex, strlen(hex));
		jx_buf_adds(out, ",filetype ");
		jx_buf_add_base64(out, rq->type, strlen(rq->type));
		jx_buf_adds(out, "\r\n");
	}
	if (rq->verb == JX_PHOTO_SEND)
		jx_buf_addf(out, "Upload-Offset: %lld\r\n", (long long)rq->offset_bytes);
	if (rq->verb != JX_PHOTO_ASK)
		jx_buf_addf(out, "Content-Type: application/offset+octet-stream\r\nContent-Length: %lld\r\n",
			    (long long)(rq->size_bytes - rq->offset_bytes));
	jx_buf_adds(out, "\r\n");
}

static jx_rc send_photo(fleet_line *l, const struct jx_photo_request *rq, struct jx_error *err)
{
	JX_AUTO_FREE char *piece = jx_xmalloc(PIECE);
	int64_t at = rq->offset_bytes;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && at < rq->size_bytes) {
		size_t got = 0;

		rc = rq->source->read(rq->source->user, at, piece, PIECE, &got, err);
		if (rc == JX_OK)
			rc = send_all(l, piece, got, err);
		at += (int64_t)got;
	}
	return rc;
}

static jx_rc do_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		      struct jx_error *err)
{
	fleet_line *l = user;
	JX_AUTO_BUF out = {0};
	jx_rc rc = line_connect(l, err);

	add_photo_head(l, rq, &out);
	if (rc == JX_OK)
		rc = jx_buf_check(&out, "request", err);
	if (rc == JX_OK)
		rc = send_all(l, out.data, out.len, err);
	if (rc == JX_OK && rq->verb != JX_PHOTO_ASK)
		rc = send_photo(l, rq, err);
	if (rc == JX_OK)
		rc = read_answer(l, rq->verb == JX_PHOTO_ASK, &rs->body, &rs->status, err);
	if (rc != JX_OK) {
		/* half of a request may be on the way: nothing can follow it */
		hang_up(l);
		return rc;
	}
	rs->offset_bytes = get_i64(l, "Upload-Offset");
	rs->retry_after_s = retry_after_s(l);
	(void)get(l, "Content-Type", rs->content_type, sizeof(rs->content_type));
	(void)get(l, "Jiexun-Photo-Receipt", rs->receipt, sizeof(rs->receipt));
	return JX_OK;
}

static jx_rc do_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	fleet_line *l = user;
	const jx_rc rc = line_connect(l, err);

	if (rc != JX_OK)
		return rc;
	memcpy(spki_sha256_out, l->seen, JX_HASH_BYTES);
	/* from here on this key and no other, also on a new connection */
	if (l->pin_count == 0) {
		memcpy(l->pins[0], l->seen, JX_HASH_BYTES);
		l->pin_count = 1;
	}
	return JX_OK;
}

static void do_set_pins(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	fleet_line *l = user;

	l->pin_count = count < JX_PINS_MAX ? count : JX_PINS_MAX;
	if (l->pin_count > 0)
		memcpy(l->pins, pins, l->pin_count * JX_HASH_BYTES);
}

static void do_traffic(void *user, int64_t *up_bytes_out, int64_t *down_bytes_out)
{
	const fleet_line *l = user;

	*up_bytes_out = l->up_bytes;
	*down_bytes_out = l->down_bytes;
}

fleet_line *fleet_line_new(fleet_server *server, const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count)
{
	fleet_line *l = jx_xcalloc(1, sizeof(*l));

	l->to = server;
	l->fd = -1;
	do_set_pins(l, pins, pin_count);
	l->face = (struct jx_transport){.user = l,
					.peer_key = do_peer_key,
					.exchange = do_exchange,
					.photo = do_photo,
					.set_pins = do_set_pins,
					.traffic = do_traffic};
	return l;
}

const struct jx_transport *fleet_line_face(const fleet_line *line)
{
	return &line->face;
}

void fleet_line_free(fleet_line *line)
{
	if (line == NULL)
		return;
	hang_up(line);
	free(line);
}
