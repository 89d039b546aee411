/* The HTTPS transport: state of one libcurl handle. Shared by the curl_*.c files only. */
#ifndef JX_CLIENT_CURL_PRIVATE_H
#define JX_CLIENT_CURL_PRIVATE_H

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "client_private.h"

struct jx_client__curl {
	struct jx_transport face; /* first: the face is what the caller frees */
	CURL *easy;
	char *base; /* "https://host:port" */
	char *host; /* as the certificate must name it; without the brackets of an IPv6 address */
	const struct jx_clock *clock;
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count;
	uint8_t seen[JX_HASH_BYTES]; /* key of the certificate of a finished handshake, if has_seen */
	struct jx_error verdict;     /* why our check refused; code JX_OK: it did not */
	bool (*should_stop)(void *user);
	void *stop_user;
	int64_t connect_ms, stall_ms;
	int64_t up_bytes, down_bytes;
	char message[CURL_ERROR_SIZE];
	/* of the exchange under way */
	struct curl_slist *headers;
	jx_buf *body; /* of the answer, or of an error */
	jx_rc write_rc, read_rc;
	struct jx_error callback_err; /* of write_rc or read_rc */
	const struct jx_photo_request *photo;
	int64_t photo_at;   /* next byte to send */
	int64_t photo_sent; /* bytes that have left, of those read */
	const struct jx_blob_request *blob;
	int64_t blob_skip;
	bool blob_begun;
	bool asks_first; /* send the body only once the server wants it */
	bool has_head;   /* the empty line after the answer's headers has come */
	/* of the handle; down here, where they leave no gaps */
	bool is_ip, is_clock_trusted, has_seen;
	bool is_plain;               /* no fast open: asked for, or an exchange failed */
	enum jx_fast_open fast_open; /* how the newest connection began */
};

/* ---- curl_tls.c ---- */
/* Certificate check by pinned key; set on each new SSL context. */
CURLcode jx_client__tls_setup(CURL *easy, void *ssl_ctx, void *user);

/* ---- curl_fast_open.c ---- */
enum jx_fast_open jx_client__fast_open_of(int fd);

/* ---- curl_request.c ---- */
/* Fresh options for one request; headers are added after it. */
jx_rc jx_client__curl_begin(struct jx_client__curl *c, const char *path, struct jx_error *err);
jx_rc jx_client__curl_header(struct jx_client__curl *c, struct jx_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Send and wait for the answer; counts traffic and drops the headers. */
jx_rc jx_client__curl_perform(struct jx_client__curl *c, struct jx_error *err);
/* Header of the newest answer, or NULL; valid until the next request. */
const char *jx_client__curl_get(struct jx_client__curl *c, const char *name);
int jx_client__curl_status(struct jx_client__curl *c);
void jx_client__curl_type(struct jx_client__curl *c, char *out, size_t cap);
int64_t jx_client__curl_retry_after(struct jx_client__curl *c);

/* ---- curl.c, curl_photo.c, curl_blob.c ---- */
/* Status, type, encoding and Retry-After of the newest answer. */
void jx_client__curl_take(struct jx_client__curl *c, struct jx_wire_response *rs);
jx_rc jx_client__curl_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
			    struct jx_error *err);
jx_rc jx_client__curl_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
			   struct jx_error *err);

/* ---- curl_fail.c ---- */
jx_rc jx_client__curl_fail(struct jx_client__curl *c, CURLcode code, struct jx_error *err);

#endif
