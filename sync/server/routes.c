/* The routes that ingest answers whole, /healthz, and the table of all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "request.h"

#define ENROL_BODY_MAX 16384
/* A batch of the largest size that does not compress grows by zstd's few bytes of framing. */
#define SYNC_BODY_MAX (JX_WIRE_BATCH_BYTES_MAX + 4096)
/* Answers are bounded by the batch ceiling before compression; the rest is air. */
#define ANSWER_MAX ((size_t)2 * JX_WIRE_BATCH_BYTES_MAX)

/* ---- /healthz ---- */

static void health_end(jx_server__request *rq)
{
	jx_vault *vault = rq->server->config.vault;
	uint8_t epoch[JX_ID_BYTES];
	char text[37];
	struct jx_error err = {0};
	struct jx_signed keys;
	jx_buf body;
	jx_rc rc = vault->ops->epoch(vault, epoch, &err);

	/* the epoch may be known without the disk: a row is not */
	if (rc == JX_OK)
		rc = vault->ops->keys(vault, &keys, &err);
	if (rc != JX_OK && rc != JX_ENOTFOUND) {
		jx_server__log(rq->server, JX_SERVER_ERROR, "%s: %s", err.where, err.text);
		jx_server__error(rq, MHD_HTTP_SERVICE_UNAVAILABLE, "internal", "the store does not answer");
		return;
	}
	jx_uuid_format(epoch, text);
	jx_buf_init(&body, 512);
	jx_buf_addf(&body, "{\"status\":\"ok\",\"version\":\"%s\",\"protocol\":%d,\"epoch\":\"%s\"}\n",
		    JX_VERSION, JX_WIRE_VERSION, text);
	jx_server__reply(rq, MHD_HTTP_OK, body.data, body.len, "application/json");
	jx_server__header(rq, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

/* ---- /v1/enrol, /v1/sync ---- */

static void read_request(const jx_server__request *rq, struct jx_wire_request *out)
{
	const char *encoding = jx_server__get(rq, MHD_HTTP_HEADER_CONTENT_ENCODING);
	const char *dictionary = jx_server__get(rq, "Jiexun-Dictionary");
	int64_t number = JX_WIRE_DICTIONARY_NONE;

	memset(out, 0, sizeof(*out));
	out->method = MHD_HTTP_METHOD_POST;
	out->path = rq->target;
	out->authorization = jx_server__get(rq, MHD_HTTP_HEADER_AUTHORIZATION);
	out->is_zstd = encoding != NULL && strcasecmp(encoding, "zstd") == 0;
	if (dictionary != NULL && !jx_parse_i64(dictionary, 0, INT32_MAX, &number))
		number = -1; /* unknown to everybody: wire refuses it */
	out->dictionary = (int)number;
	out->body.data = rq->body.data == NULL ? "" : rq->body.data;
	out->body.len = rq->body.len;
}

static void sync_begin(jx_server__request *rq)
{
	const char *encoding = jx_server__get(rq, MHD_HTTP_HEADER_CONTENT_ENCODING);

	if (encoding != NULL && strcasecmp(encoding, "zstd") != 0 && strcasecmp(encoding, "identity") != 0) {
		jx_server__error(rq, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "bad-request",
				 "Content-Encoding is zstd or nothing");
		jx_server__header(rq, "Accept-Encoding", "zstd");
	}
}

typedef void (*ingest_fn)(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs);

/*
 * Ingest compresses what gains by it; who has not said that it reads zstd (a script, another team's first
 * client) gets it plain. Who sent with a dictionary has said so.
 */
static void expand_for(const jx_server__request *rq, struct jx_wire_response *rs)
{
	const char *accepts = jx_server__get(rq, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	struct jx_bytes packed = {rs->body.data, rs->body.len};
	jx_buf plain;

	if (!rs->is_zstd || rs->dictionary != JX_WIRE_DICTIONARY_NONE ||
	    (accepts != NULL && strstr(accepts, "zstd") != NULL))
		return;
	jx_buf_init(&plain, ANSWER_MAX);
	if (jx_wire_expand(packed, rs->dictionary, &plain, NULL) == JX_OK) {
		jx_buf_done(&rs->body);
		rs->body = plain;
		rs->is_zstd = false;
	} else {
		jx_buf_done(&plain);
	}
}

static void ask_ingest(jx_server__request *rq, ingest_fn ask)
{
	struct jx_wire_request in;
	struct jx_wire_response rs;

	memset(&rs, 0, sizeof(rs));
	rs.retry_after_s = -1;
	jx_buf_init(&rs.body, ANSWER_MAX);
	read_request(rq, &in);
	ask(rq->server->config.ingest, &in, &rs);
	expand_for(rq, &rs);
	jx_server__reply_wire(rq, &rs);
	jx_buf_done(&rs.body);
}

/*
 * Expanding, checking and answering a batch takes a few megabytes for a moment. The vault writes one batch at
 * a time anyway, so more than a few at once would only cost memory.
 */
static void sync_end(jx_server__request *rq)
{
	while (sem_wait(&rq->server->batches) != 0 && errno == EINTR)
		;
	ask_ingest(rq, jx_ingest_sync);
	(void)sem_post(&rq->server->batches);
	if (rq->status == MHD_HTTP_OK)
		jx_server__conns_signed_in(rq->server->conns, rq->conn);
}

/* The token is looked at before a megabyte is taken, and again by ingest: both read one row. */
static void small_begin(jx_server__request *rq)
{
	(void)jx_server__token(rq);
}

static void small_end(jx_server__request *rq)
{
	while (sem_wait(&rq->server->batches) != 0 && errno == EINTR)
		;
	ask_ingest(rq, jx_ingest_small);
	(void)sem_post(&rq->server->batches);
}

static void enrol_begin(jx_server__request *rq)
{
	int64_t wait_s = jx_server__rate_take(rq->server->enrol_rate, jx_server__conn_addr(rq->conn),
					      jx_server__now(rq->server));

	sync_begin(rq);
	if (wait_s > 0) {
		jx_server__error(rq, MHD_HTTP_TOO_MANY_REQUESTS, "too-many",
				 "too many tries to enrol from this address; wait");
		jx_server__header_i64(rq, MHD_HTTP_HEADER_RETRY_AFTER, wait_s);
	}
}

static void enrol_end(jx_server__request *rq)
{
	ask_ingest(rq, jx_ingest_enrol);
}

const struct jx_server__route jx_server__routes[] = {
	{.path = JX_PATH_HEALTH, .methods = JX_SERVER__GET | JX_SERVER__HEAD, .end = health_end},
	{.path = JX_PATH_ENROL,
	 .methods = JX_SERVER__POST,
	 .body_max = ENROL_BODY_MAX,
	 .begin = enrol_begin,
	 .end = enrol_end},
	{.path = JX_PATH_SYNC,
	 .methods = JX_SERVER__POST,
	 .body_max = SYNC_BODY_MAX,
	 .begin = sync_begin,
	 .end = sync_end},
	{.path = JX_PATH_SMALL,
	 .methods = JX_SERVER__POST,
	 .body_max = JX_SMALL_BUNDLE_BYTES_MAX,
	 .begin = small_begin,
	 .end = small_end},
	{.path = JX_PATH_PHOTOS,
	 .has_hash = true,
	 .tail = "/small",
	 .methods = JX_SERVER__GET | JX_SERVER__HEAD,
	 .begin = jx_server__copy_begin,
	 .end = jx_server__copy_end},
	{.path = JX_PATH_PHOTOS,
	 .is_tus = true,
	 .methods = JX_SERVER__OPTIONS | JX_SERVER__POST,
	 .body_max = INT64_MAX / 2,
	 .begin = jx_server__photos_begin,
	 .data = jx_server__photo_data,
	 .end = jx_server__photo_end,
	 .broken = jx_server__photo_broken},
	{.path = JX_PATH_PHOTOS,
	 .has_hash = true,
	 .is_tus = true,
	 .methods = JX_SERVER__OPTIONS | JX_SERVER__HEAD | JX_SERVER__PATCH | JX_SERVER__DELETE,
	 .body_max = INT64_MAX / 2,
	 .begin = jx_server__photo_begin,
	 .data = jx_server__photo_data,
	 .end = jx_server__photo_end,
	 .broken = jx_server__photo_broken},
	{.path = JX_PATH_BLOBS,
	 .has_hash = true,
	 .methods = JX_SERVER__GET | JX_SERVER__HEAD,
	 .begin = jx_server__blob_begin,
	 .end = jx_server__blob_end},
};
const size_t jx_server__routes_count = sizeof(jx_server__routes) / sizeof(jx_server__routes[0]);
