/* Answers: JSON errors, what ingest says, files. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "request.h"

static void set_response(jx_server__request *rq, int status, struct MHD_Response *response)
{
	if (rq->response != NULL)
		MHD_destroy_response(rq->response);
	rq->response = response;
	rq->status = status;
}

void jx_server__reply(jx_server__request *rq, int status, void *data, size_t len, const char *type)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		len, data, data == NULL ? MHD_RESPMEM_PERSISTENT : MHD_RESPMEM_MUST_FREE);

	if (response == NULL)
		free(data);
	set_response(rq, status, response);
	if (type != NULL)
		jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_TYPE, type);
}

/* One TLS record at a time; the library's own file reader takes 4 KiB, four times as many calls. */
#define FILE_BLOCK ((size_t)16 * 1024)

struct file_part {
	int fd;
	int64_t offset;
};

static ssize_t read_part(void *cls, uint64_t pos, char *out, size_t max)
{
	const struct file_part *part = cls;
	ssize_t n = pread(part->fd, out, max, (off_t)(part->offset + (int64_t)pos));

	/*
	 * Shorter than promised, or unreadable: the connection is broken off, so that the client does not
	 * take it for whole.
	 */
	return n <= 0 ? MHD_CONTENT_READER_END_WITH_ERROR : n;
}

static void close_part(void *cls)
{
	struct file_part *part = cls;

	(void)close(part->fd);
	free(part);
}

void jx_server__reply_pieces(jx_server__request *rq, int status, int64_t size, MHD_ContentReaderCallback read,
			     void *cls, MHD_ContentReaderFreeCallback done)
{
	struct MHD_Response *response = MHD_create_response_from_callback((uint64_t)size, FILE_BLOCK, read,
									  cls, done);

	if (response == NULL)
		done(cls);
	set_response(rq, status, response);
}

void jx_server__reply_file(jx_server__request *rq, int status, int fd, int64_t offset, int64_t size)
{
	struct file_part *part = jx_xcalloc(1, sizeof(*part));

	part->fd = fd;
	part->offset = offset;
	jx_server__reply_pieces(rq, status, size, read_part, part, close_part);
}

void jx_server__header(jx_server__request *rq, const char *name, const char *value)
{
	if (rq->response != NULL && MHD_add_response_header(rq->response, name, value) == MHD_NO) {
		/*
		 * out of memory: an answer that lacks a header would mislead; the connection is closed
		 * instead
		 */
		MHD_destroy_response(rq->response);
		rq->response = NULL;
	}
}

void jx_server__header_i64(jx_server__request *rq, const char *name, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	jx_server__header(rq, name, text);
}

void jx_server__error(jx_server__request *rq, int status, const char *name, const char *detail)
{
	struct jx_wire_error e;
	jx_buf body;

	memset(&e, 0, sizeof(e));
	jx_strcpy(e.error, sizeof(e.error), name);
	jx_strcpy(e.detail, sizeof(e.detail), detail);
	jx_buf_init(&body, 4096);
	if (jx_wire_error_write(&e, &body, NULL) != JX_OK)
		jx_buf_reset(&body); /* status alone says it too */
	jx_server__reply(rq, status, body.data, body.len, "application/json");
	jx_server__header(rq, "X-Content-Type-Options", "nosniff");
}

struct rc_row {
	jx_rc rc;
	int status;
	const char *name;
	const char *detail; /* NULL: the error's own text may be told */
};
/* Of the photo routes; enrolment and sync are answered by ingest itself. */
static const struct rc_row rc_rows[] = {
	{JX_EINVAL, MHD_HTTP_BAD_REQUEST, "bad-request", NULL},
	{JX_ENOTFOUND, MHD_HTTP_NOT_FOUND, "not-listed", "no such photo in your accepted entries"},
	{JX_ECONFLICT, MHD_HTTP_CONFLICT, "offset",
	 "Upload-Offset is not where the upload stands; ask by HEAD"},
	{JX_EEXISTS, MHD_HTTP_FORBIDDEN, "stored", "the photo is published; evidence is not taken back"},
	{JX_EBUSY, MHD_HTTP_LOCKED, "busy", "another request is writing this photo; try again"},
	{JX_ELIMIT, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
	 "more bytes than the entry lists for this photo"},
	{JX_ECORRUPT, MHD_HTTP_UNPROCESSABLE_CONTENT, "hash",
	 "the bytes do not have the listed hash; start again at 0"},
	{JX_EAUTH, MHD_HTTP_FORBIDDEN, "role", "not allowed for this writer"},
	{JX_ENOSPC, MHD_HTTP_INSUFFICIENT_STORAGE, "no-space",
	 "the server's disk is nearly full, the rest is for entries; the "
	 "administrator makes room, then send again"},
};

/* One photo less on the disk would not help this writer, nor another disk: people must know which of the two it is. */
static void reply_quota(jx_server__request *rq, const struct jx_error *err)
{
	jx_server__log(rq->server, JX_SERVER_WARNING, "%s: %s", err->where, err->text);
	jx_server__error(
		rq, MHD_HTTP_INSUFFICIENT_STORAGE, "quota",
		"this writer's photos have used up their share of the server's disk; the administrator raises photo_quota_mb, "
		"then send again");
}

void jx_server__error_rc(jx_server__request *rq, jx_rc rc, const struct jx_error *err)
{
	if (rc == JX_ENOSPC && err->native == JX_INGEST_QUOTA) {
		reply_quota(rq, err);
		return;
	}
	for (size_t i = 0; i < sizeof(rc_rows) / sizeof(rc_rows[0]); i++) {
		if (rc_rows[i].rc == rc) {
			if (rc == JX_ENOSPC || rc == JX_ECORRUPT)
				jx_server__log(rq->server, JX_SERVER_WARNING, "%s: %s", err->where,
					       err->text);
			jx_server__error(rq, rc_rows[i].status, rc_rows[i].name,
					 rc_rows[i].detail != NULL ? rc_rows[i].detail
								   : "a value breaks a rule");
			if (rc == JX_EBUSY)
				jx_server__header_i64(rq, MHD_HTTP_HEADER_RETRY_AFTER, 5);
			return;
		}
	}
	jx_server__log(rq->server, JX_SERVER_ERROR, "%s: %s", err->where, err->text);
	jx_server__error(rq, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
			 "the server could not do it; try again later");
}

void jx_server__reply_wire(jx_server__request *rq, struct jx_wire_response *rs)
{
	jx_server__reply(rq, rs->status, rs->body.data, rs->body.len,
			 rs->content_type[0] == '\0' ? "application/json" : rs->content_type);
	jx_buf_init(&rs->body, 0); /* the answer has the memory now */
	if (rs->is_zstd)
		jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_ENCODING, "zstd");
	if (rs->dictionary != JX_WIRE_DICTIONARY_NONE)
		jx_server__header_i64(rq, "Jiexun-Dictionary", rs->dictionary);
	if (rs->retry_after_s >= 0)
		jx_server__header_i64(rq, MHD_HTTP_HEADER_RETRY_AFTER, rs->retry_after_s);
}

bool jx_server__token(jx_server__request *rq)
{
	struct jx_wire_response rs;
	bool is_known;

	memset(&rs, 0, sizeof(rs));
	rs.retry_after_s = -1;
	jx_buf_init(&rs.body, 16384);
	is_known = jx_ingest_token(rq->server->config.ingest,
				   jx_server__get(rq, MHD_HTTP_HEADER_AUTHORIZATION), &rq->who, &rs);
	rq->is_known = is_known;
	if (is_known)
		jx_server__conns_signed_in(rq->server->conns, rq->conn);
	else
		jx_server__reply_wire(rq, &rs);
	jx_buf_done(&rs.body);
	return is_known;
}

enum MHD_Result jx_server__queue(jx_server__request *rq)
{
	enum MHD_Result result = MHD_NO;
	int64_t now = jx_server__now(rq->server);

	if (rq->response != NULL && rq->route != NULL && rq->route->is_tus)
		jx_server__header(rq, "Tus-Resumable", "1.0.0");
	if (rq->response != NULL && (rq->must_close || atomic_load(&rq->server->is_stopping)))
		jx_server__header(rq, MHD_HTTP_HEADER_CONNECTION, "close");
	jx_server__conns_phase(rq->server->conns, rq->conn, JX_SERVER__SEND, now);
	if (rq->response != NULL) {
		result = MHD_queue_response(rq->mhd, (unsigned)rq->status, rq->response);
		MHD_destroy_response(rq->response);
		rq->response = NULL;
	}
	jx_server__log(rq->server, JX_SERVER_DEBUG, "%s %d, %" PRId64 " B, %" PRId64 " ms",
		       rq->route == NULL ? "-" : rq->route->path, rq->status, rq->body_bytes,
		       now - rq->began_mono_ms);
	return result;
}
