/*
 * Photos by tus 1.0: core, creation, creation-with-upload, checksum, expiration, termination. An upload is named by its hash, and what the
 * accepted entry of this writer lists is its length: creating it stores nothing, so it may be repeated at
 * will.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "request.h"
#include "tus.h"

static void reply_options(jx_server__request *rq)
{
	jx_server__reply(rq, MHD_HTTP_NO_CONTENT, NULL, 0, NULL);
	jx_server__header(rq, "Tus-Version", "1.0.0");
	jx_server__header(rq, "Tus-Extension",
			  "creation,creation-with-upload,checksum,expiration,termination");
	jx_server__header(rq, "Tus-Checksum-Algorithm", JX_SERVER__CHECKSUMS);
	jx_server__header_i64(rq, "Tus-Max-Size", rq->server->config.limits.photo_bytes);
}

/* Version and token, for everything but OPTIONS (which any client may ask). False: answered. */
static bool let_in(jx_server__request *rq)
{
	const char *version = jx_server__get(rq, "Tus-Resumable");

	if (rq->method == JX_SERVER__OPTIONS) {
		reply_options(rq);
		return false;
	}
	if (version == NULL || strcmp(version, "1.0.0") != 0) {
		jx_server__error(rq, MHD_HTTP_PRECONDITION_FAILED, "tus-version",
				 "Tus-Resumable: 1.0.0 is needed");
		jx_server__header(rq, "Tus-Version", "1.0.0");
		return false;
	}
	return jx_server__token(rq);
}

static bool is_offset_stream(const jx_server__request *rq)
{
	const char *type = jx_server__get(rq, MHD_HTTP_HEADER_CONTENT_TYPE);

	return type != NULL && strcmp(type, "application/offset+octet-stream") == 0;
}

/* Until when it is kept if nothing more comes. */
static void describe_end(jx_server__request *rq)
{
	const struct jx_clock *clock = rq->server->config.clock;
	char date[JX_SERVER__DATE_MAX];

	jx_server__tus_date(clock->utc_ms(clock->user) + rq->server->config.limits.part_keep_ms, date);
	jx_server__header(rq, "Upload-Expires", date);
}

/* What an answer about an upload says: where it stands, and the receipt once it is whole. */
static void describe(jx_server__request *rq, const struct jx_upload_state *state)
{
	JX_AUTO_BUF receipt;

	jx_buf_init(&receipt, 16384);
	jx_server__header_i64(rq, "Upload-Offset",
			      state->is_stored ? state->size_bytes : state->offset_bytes);
	if (!state->is_stored && rq->method != JX_SERVER__HEAD)
		describe_end(rq);
	if (state->is_stored && jx_signed_header_write(&state->receipt, &receipt, NULL) == JX_OK)
		jx_server__header(rq, "Jiexun-Photo-Receipt", receipt.data);
}

static void reply_created(jx_server__request *rq, const struct jx_upload_state *state)
{
	char hex[2 * JX_HASH_BYTES + 1], location[sizeof(JX_PATH_PHOTOS) + sizeof(hex)];

	jx_hex(rq->hash, JX_HASH_BYTES, hex);
	(void)snprintf(location, sizeof(location), "%s/%s", JX_PATH_PHOTOS, hex);
	jx_server__reply(rq, MHD_HTTP_CREATED, NULL, 0, NULL);
	jx_server__header(rq, MHD_HTTP_HEADER_LOCATION, location);
	describe(rq, state);
}

/* ---- Upload-Checksum ---- */

/*
 * A body that is to be compared first is collected, for what is written to a part stays; so it has a ceiling, and one that breaks off
 * is lost whole. Our own client sends none: the hash of the whole photo decides.
 */
#define CHECKED_BODY_MAX  ((int64_t)1 << 20)
#define CHECKSUM_MISMATCH 460 /* of tus; no other protocol has it */

/* False: answered. */
static bool read_checksum(jx_server__request *rq)
{
	const char *text = jx_server__get(rq, "Upload-Checksum");

	if (text == NULL)
		return true;
	rq->has_checksum = jx_server__tus_checksum(text, &rq->checksum);
	if (!rq->has_checksum)
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request",
				 "Upload-Checksum: \"sha1 <base64>\" or \"sha256 <base64>\" is needed");
	return rq->has_checksum;
}

/* False: answered. */
static bool write_checked(jx_server__request *rq)
{
	const void *data = rq->body.data != NULL ? rq->body.data : "";
	struct jx_error err = {0};
	jx_rc rc;

	if (!jx_server__tus_fits(&rq->checksum, data, rq->body.len)) {
		jx_server__error(
			rq, CHECKSUM_MISMATCH, "checksum",
			"the bytes do not have that checksum; they were thrown away, send them again");
		return false;
	}
	rc = jx_upload_write(rq->upload, data, rq->body.len, &err);
	if (rc != JX_OK)
		jx_server__error_rc(rq, rc, &err);
	return rc == JX_OK;
}

/* ---- how an upload stands ---- */

static bool ask_state(jx_server__request *rq, struct jx_upload_state *out)
{
	struct jx_error err = {0};
	jx_rc rc;

	memset(out, 0, sizeof(*out));
	rc = jx_ingest_photo_state(rq->server->config.ingest, &rq->who, rq->hash, out, &err);
	if (rc == JX_OK && out->size_bytes > rq->server->config.limits.photo_bytes) {
		jx_server__error(rq, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
				 "the photo is larger than this server takes");
		return false;
	}
	if (rc != JX_OK)
		jx_server__error_rc(rq, rc, &err);
	rq->size_bytes = out->size_bytes;
	return rc == JX_OK;
}

static bool open_upload(jx_server__request *rq, int64_t offset)
{
	struct jx_error err = {0};
	jx_rc rc = jx_ingest_photo_open(rq->server->config.ingest, &rq->who, rq->hash, offset, &rq->upload,
					&err);

	if (rc != JX_OK)
		jx_server__error_rc(rq, rc, &err);
	rq->offset_bytes = offset;
	rq->body_max = rq->size_bytes - offset;
	if (rq->has_checksum && rq->body_max > CHECKED_BODY_MAX)
		rq->body_max = CHECKED_BODY_MAX;
	return rc == JX_OK;
}

/* ---- POST /v1/photos ---- */

static bool read_creation(jx_server__request *rq, int64_t *length_out)
{
	const char *length = jx_server__get(rq, "Upload-Length");
	const char *metadata = jx_server__get(rq, "Upload-Metadata");

	if (length == NULL || !jx_parse_i64(length, 0, INT64_MAX, length_out)) {
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request",
				 "Upload-Length: the photo's size in bytes is needed");
		return false;
	}
	if (*length_out > rq->server->config.limits.photo_bytes) {
		jx_server__error(rq, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
				 "the photo is larger than this server takes");
		jx_server__header_i64(rq, "Tus-Max-Size", rq->server->config.limits.photo_bytes);
		return false;
	}
	if (!jx_server__tus_hash(metadata, rq->hash)) {
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request",
				 "Upload-Metadata: \"sha256 <base64 of 64 hex digits>\" is needed");
		return false;
	}
	return true;
}

static void refuse_offset(jx_server__request *rq, const struct jx_upload_state *state)
{
	jx_server__error_rc(rq, JX_ECONFLICT, &(struct jx_error){0});
	jx_server__header_i64(rq, "Upload-Offset",
			      state->is_stored ? state->size_bytes : state->offset_bytes);
}

/*
 * The body, if there is one, begins at 0. Of a photo that is stored it is thrown away and the receipt given.
 * All bytes here but not published (the server ended in between): opening and ending it does that.
 */
static void begin_creation_body(jx_server__request *rq, const struct jx_upload_state *state)
{
	rq->body_max = state->size_bytes;
	if (rq->gate.has_body && !is_offset_stream(rq))
		jx_server__error(rq, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "bad-request",
				 "Content-Type: application/offset+octet-stream is needed");
	else if (rq->gate.has_body && !state->is_stored && state->offset_bytes > 0)
		refuse_offset(rq, state);
	else if (rq->gate.has_body && !state->is_stored && rq->gate.length <= rq->body_max)
		(void)open_upload(rq, 0);
	else if (!rq->gate.has_body && !state->is_stored && state->offset_bytes == state->size_bytes)
		(void)open_upload(rq, state->offset_bytes);
}

void jx_server__photos_begin(jx_server__request *rq)
{
	struct jx_upload_state state;
	int64_t length = 0;

	if (!let_in(rq) || !read_creation(rq, &length) || !read_checksum(rq) || !ask_state(rq, &state))
		return;
	if (length != state.size_bytes) {
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request",
				 "Upload-Length is not the size that the entry lists");
		return;
	}
	begin_creation_body(rq, &state);
}

/* ---- HEAD and PATCH /v1/photos/<sha256> ---- */

static void reply_head(jx_server__request *rq)
{
	struct jx_upload_state state;
	char hex[2 * JX_HASH_BYTES + 1];
	JX_AUTO_BUF metadata;

	jx_buf_init(&metadata, 256);
	rq->body_max = 0;
	if (!ask_state(rq, &state))
		return;
	jx_hex(rq->hash, JX_HASH_BYTES, hex);
	jx_buf_adds(&metadata, "sha256 ");
	jx_buf_add_base64(&metadata, hex, strlen(hex));
	jx_server__reply(rq, MHD_HTTP_OK, NULL, 0, NULL);
	jx_server__header(rq, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	jx_server__header_i64(rq, "Upload-Length", state.size_bytes);
	if (jx_buf_check(&metadata, "metadata", NULL) == JX_OK)
		jx_server__header(rq, "Upload-Metadata", metadata.data);
	describe(rq, &state);
}

static void begin_patch(jx_server__request *rq)
{
	struct jx_upload_state state;
	const char *text = jx_server__get(rq, "Upload-Offset");
	int64_t offset = 0;

	if (!is_offset_stream(rq)) {
		jx_server__error(rq, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "bad-request",
				 "Content-Type: application/offset+octet-stream is needed");
		return;
	}
	if (text == NULL || !jx_parse_i64(text, 0, INT64_MAX, &offset)) {
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request",
				 "Upload-Offset: a number of bytes is needed");
		return;
	}
	if (!read_checksum(rq) || !ask_state(rq, &state))
		return;
	if (state.is_stored) {
		if (offset != state.size_bytes)
			refuse_offset(rq, &state);
		rq->body_max = 0;
		return;
	}
	if (offset != state.offset_bytes)
		refuse_offset(rq, &state);
	else if (rq->gate.length > state.size_bytes - offset)
		jx_server__error_rc(rq, JX_ELIMIT, &(struct jx_error){0});
	else
		(void)open_upload(rq, offset);
}

/* Termination: what came of an unfinished one. Listed it still is, so it may be sent again. */
static void drop(jx_server__request *rq)
{
	struct jx_error err = {0};
	const jx_rc rc = jx_ingest_photo_drop(rq->server->config.ingest, &rq->who, rq->hash, &err);

	rq->body_max = 0;
	if (rc == JX_OK)
		jx_server__reply(rq, MHD_HTTP_NO_CONTENT, NULL, 0, NULL);
	else
		jx_server__error_rc(rq, rc, &err);
}

void jx_server__photo_begin(jx_server__request *rq)
{
	if (!let_in(rq))
		return;
	if (rq->method == JX_SERVER__HEAD)
		reply_head(rq);
	else if (rq->method == JX_SERVER__DELETE)
		drop(rq);
	else
		begin_patch(rq);
}

/* ---- body ---- */

void jx_server__photo_data(jx_server__request *rq, const void *data, size_t len)
{
	struct jx_error err = {0};
	jx_rc rc;

	if (rq->upload == NULL)
		return;
	if (rq->has_checksum) {
		jx_buf_add(&rq->body, data, len);
		return;
	}
	jx_server__work(rq);
	rc = jx_upload_write(rq->upload, data, len, &err);
	if (rc != JX_OK) {
		jx_upload_close(JX_STEAL(rq->upload));
		jx_server__error_rc(rq, rc, &err);
	}
	jx_server__receive(rq);
}

static void tell_stored(const jx_server__request *rq, const struct jx_upload_state *state)
{
	const struct jx_server_config *config = &rq->server->config;

	if (state->is_stored && config->on_photo != NULL)
		config->on_photo(config->photo_user);
}

/* False: answered. Without an upload in this request: how it stands. */
static bool end_upload(jx_server__request *rq, struct jx_upload_state *state)
{
	struct jx_error err = {0};
	jx_rc rc;

	if (rq->upload == NULL)
		return ask_state(rq, state);
	if (rq->has_checksum && !write_checked(rq)) {
		jx_upload_close(JX_STEAL(rq->upload));
		return false;
	}
	memset(state, 0, sizeof(*state));
	rc = jx_upload_end(rq->upload, state, &err);
	jx_upload_close(JX_STEAL(rq->upload));
	if (rc != JX_OK)
		jx_server__error_rc(rq, rc, &err);
	else
		tell_stored(rq, state);
	return rc == JX_OK;
}

void jx_server__photo_end(jx_server__request *rq)
{
	struct jx_upload_state state;

	if (!end_upload(rq, &state))
		return;
	if (rq->method == JX_SERVER__POST) {
		reply_created(rq, &state);
		return;
	}
	jx_server__reply(rq, MHD_HTTP_NO_CONTENT, NULL, 0, NULL);
	describe(rq, &state);
}

/*
 * The connection broke: what came is kept, and if it was all, the photo is published; the client will ask by
 * HEAD.
 */
void jx_server__photo_broken(jx_server__request *rq)
{
	struct jx_upload_state state;
	struct jx_error err = {0};

	if (rq->upload == NULL)
		return;
	if (jx_upload_end(rq->upload, &state, &err) != JX_OK)
		jx_server__log(rq->server, JX_SERVER_WARNING, "%s: %s", err.where, err.text);
	else
		tell_stored(rq, &state);
	jx_upload_close(JX_STEAL(rq->upload));
}
