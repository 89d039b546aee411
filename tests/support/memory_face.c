#include "memory_face.h"

#include <limits.h>
#include <string.h>

#define WHERE "memory.face"
#define PIECE ((size_t)512)

/* ---- answers ---- */

static void say(jx_buf *body, char type[64], const char *name)
{
	struct jx_wire_error e = {.detail = ""};

	jx_strcpy(e.error, sizeof(e.error), name);
	jx_strcpy(type, 64, "application/json");
	(void)jx_wire_error_write(&e, body, NULL);
}

static void refuse_wire(struct jx_wire_response *rs, int status, const char *name)
{
	rs->status = status;
	say(&rs->body, rs->content_type, name);
}

/* An answer to HEAD has no body. */
static void refuse_photo(const struct jx_photo_request *rq, struct jx_photo_response *rs, int status,
			 const char *name)
{
	rs->status = status;
	say(&rs->body, rs->content_type, name);
	if (rq->verb == JX_PHOTO_ASK)
		jx_buf_reset(&rs->body);
}

struct row {
	jx_rc rc;
	int status;
	const char *name;
};
static const struct row rows[] = {
	{JX_EINVAL, 400, "bad-request"}, {JX_EAUTH, 403, "role"},       {JX_ENOTFOUND, 404, "not-listed"},
	{JX_ECONFLICT, 409, "offset"},   {JX_ELIMIT, 413, "too-large"}, {JX_ECORRUPT, 422, "hash"},
	{JX_EBUSY, 423, "busy"},         {JX_ENOSPC, 507, "no-space"},
};

static void refuse_rc(const struct jx_photo_request *rq, struct jx_photo_response *rs, jx_rc rc)
{
	struct row row = {rc, 500, "internal"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].rc == rc)
			row = rows[i];
	}
	refuse_photo(rq, rs, row.status, row.name);
	if (rc == JX_EBUSY)
		rs->retry_after_s = 5;
}

static void describe(struct jx_photo_response *rs, const struct jx_upload_state *st)
{
	JX_AUTO_BUF text;

	jx_buf_init(&text, sizeof(rs->receipt));
	rs->offset_bytes = st->is_stored ? st->size_bytes : st->offset_bytes;
	if (st->is_stored && jx_signed_header_write(&st->receipt, &text, NULL) == JX_OK)
		jx_strcpy(rs->receipt, sizeof(rs->receipt), text.data);
}

/* ---- exchanges ---- */

void memory_face_exchange(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	if (strcmp(rq->path, JX_PATH_ENROL) == 0)
		jx_ingest_enrol(ingest, rq, rs);
	else if (strcmp(rq->path, JX_PATH_SYNC) == 0)
		jx_ingest_sync(ingest, rq, rs);
	else if (strcmp(rq->path, JX_PATH_SMALL) == 0)
		jx_ingest_small(ingest, rq, rs);
	else
		refuse_wire(rs, 404, "not-found");
}

static bool let_in(jx_ingest *ingest, const char *token, struct jx_writer *who, struct jx_wire_response *rs)
{
	JX_AUTO_FREE char *bearer = jx_xasprintf("Bearer %s", token);

	return jx_ingest_token(ingest, bearer, who, rs);
}

/* ---- photos ---- */

static bool let_photo_in(jx_ingest *ingest, const struct jx_photo_request *rq, struct jx_writer *who,
			 struct jx_photo_response *rs)
{
	struct jx_wire_response refusal = {.retry_after_s = -1};
	bool is_in;

	jx_buf_init(&refusal.body, 16384);
	is_in = let_in(ingest, rq->token, who, &refusal);
	if (!is_in) {
		rs->status = refusal.status;
		rs->retry_after_s = refusal.retry_after_s;
		jx_strcpy(rs->content_type, sizeof(rs->content_type), refusal.content_type);
		if (rq->verb != JX_PHOTO_ASK && refusal.body.len > 0)
			jx_buf_add(&rs->body, refusal.body.data, refusal.body.len);
	}
	jx_buf_done(&refusal.body);
	return is_in;
}

/* One piece from the source to the upload; *got_out 0 at the end of the body. */
static jx_rc pass_piece(const struct jx_photo_request *rq, jx_upload *up, int64_t at, int64_t until,
			size_t *got_out, jx_rc *stored_out, struct jx_error *err)
{
	char piece[PIECE];
	const size_t want = until - at < (int64_t)PIECE ? (size_t)(until - at) : PIECE;
	jx_rc rc = rq->source->read(rq->source->user, at, piece, want, got_out, err);

	if (rc == JX_OK && *got_out > 0)
		*stored_out = jx_upload_write(up, piece, *got_out, err);
	return rc;
}

/*
 * The body as its length was announced.
 * @return other than JX_OK: the line broke. *stored_out: what the server made of it.
 */
static jx_rc pass_body(const struct jx_photo_request *rq, jx_upload *up, int64_t cut_at_bytes,
		       jx_rc *stored_out, struct jx_error *err)
{
	int64_t at = rq->offset_bytes;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && *stored_out == JX_OK && at < rq->size_bytes) {
		const bool is_cut = cut_at_bytes >= 0 && cut_at_bytes < rq->size_bytes;
		const int64_t until = is_cut ? cut_at_bytes : rq->size_bytes;
		size_t got = 0;

		if (at < until)
			rc = pass_piece(rq, up, at, until, &got, stored_out, err);
		if (rc == JX_OK && got == 0)
			rc = jx_fail(err, JX_ENET, 0, WHERE, "the line broke");
		at += (int64_t)got;
	}
	if (rc == JX_OK && cut_at_bytes >= rq->size_bytes)
		rc = jx_fail(err, JX_ENET, 0, WHERE, "the line broke behind the last byte");
	return rc;
}

static jx_rc receive(jx_ingest *ingest, const struct jx_writer *who, const struct jx_photo_request *rq,
		     int64_t cut_at_bytes, struct jx_photo_response *rs, struct jx_error *err)
{
	JX_AUTO(jx_upload) up = NULL;
	struct jx_upload_state st;
	jx_rc stored = jx_ingest_photo_open(ingest, who, rq->sha256, rq->offset_bytes, &up, NULL);
	jx_rc rc = JX_OK;

	if (stored == JX_OK)
		rc = pass_body(rq, up, cut_at_bytes, &stored, err);
	/* a broken body, too: what came is kept, and published if it was all */
	if (stored == JX_OK)
		stored = jx_upload_end(up, &st, NULL);
	if (rc != JX_OK)
		return rc;
	if (stored != JX_OK) {
		refuse_rc(rq, rs, stored);
		return JX_OK;
	}
	rs->status = rq->verb == JX_PHOTO_CREATE ? 201 : 204;
	describe(rs, &st);
	return JX_OK;
}

/* False: answered without looking at the body. */
static bool wants_body(const struct jx_photo_request *rq, const struct jx_upload_state *st,
		       struct jx_photo_response *rs)
{
	const int64_t here = st->is_stored ? st->size_bytes : st->offset_bytes;

	if (rq->verb == JX_PHOTO_ASK) {
		rs->status = 200;
		describe(rs, st);
	} else if (rq->verb == JX_PHOTO_CREATE && rq->size_bytes != st->size_bytes) {
		refuse_photo(rq, rs, 400, "bad-request");
	} else if (rq->verb == JX_PHOTO_CREATE && st->is_stored) {
		rs->status = 201;
		describe(rs, st);
	} else if ((rq->verb == JX_PHOTO_CREATE ? 0 : rq->offset_bytes) != here) {
		refuse_rc(rq, rs, JX_ECONFLICT);
		rs->offset_bytes = here;
	} else if (rq->size_bytes > st->size_bytes) {
		refuse_rc(rq, rs, JX_ELIMIT);
	} else if (st->is_stored) {
		rs->status = 204;
		describe(rs, st);
	} else {
		return true;
	}
	return false;
}

jx_rc memory_face_photo(jx_ingest *ingest, const struct jx_photo_request *rq, int64_t cut_at_bytes,
			struct jx_photo_response *rs, struct jx_error *err)
{
	struct jx_writer who;
	struct jx_upload_state st;
	jx_rc rc;

	rs->offset_bytes = -1;
	rs->retry_after_s = -1;
	rs->receipt[0] = '\0';
	if (!let_photo_in(ingest, rq, &who, rs))
		return JX_OK;
	rc = jx_ingest_photo_state(ingest, &who, rq->sha256, &st, NULL);
	if (rc != JX_OK) {
		refuse_rc(rq, rs, rc);
		return JX_OK;
	}
	return wants_body(rq, &st, rs) ? receive(ingest, &who, rq, cut_at_bytes, rs, err) : JX_OK;
}

/* ---- blobs ---- */

static bool may_download(enum jx_role role)
{
	return role == JX_ROLE_DISPATCHER || role == JX_ROLE_LEADER || role == JX_ROLE_AUDITOR ||
	       role == JX_ROLE_ADMIN;
}

static jx_rc send_file(const struct jx_fs *fs, jx_file *file, const struct jx_blob_request *rq,
		       struct jx_error *err)
{
	int64_t at = rq->from_bytes;
	size_t got = 1;
	jx_rc rc = JX_OK;

	while (rc == JX_OK && got > 0) {
		char piece[4096];

		rc = fs->read_at(fs->user, file, at, piece, sizeof(piece), &got, err);
		if (rc == JX_OK && got > 0)
			rc = rq->write(rq->write_user, piece, got, err);
		at += (int64_t)got;
	}
	return rc;
}

static jx_rc send_blob(jx_vault *vault, const struct jx_fs *fs, const struct jx_blob_request *rq,
		       struct jx_wire_response *rs, struct jx_error *err)
{
	char path[PATH_MAX];
	jx_file *file = NULL;
	int64_t size = 0;
	jx_rc rc;

	vault->ops->photo_path(vault, rq->sha256, path, sizeof(path));
	if (fs->open_read(fs->user, path, &file, NULL) != JX_OK) {
		refuse_wire(rs, 500, "internal");
		return JX_OK;
	}
	rc = fs->file_size(fs->user, file, &size, err);
	if (rc == JX_OK && rq->from_bytes > 0 && rq->from_bytes >= size) {
		refuse_wire(rs, 416, "bad-request");
	} else if (rc == JX_OK) {
		rs->status = rq->from_bytes > 0 ? 206 : 200;
		jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/octet-stream");
		rc = send_file(fs, file, rq, err);
	}
	fs->close(fs->user, file);
	return rc;
}

static jx_rc send_small(jx_vault *vault, const struct jx_blob_request *rq, struct jx_wire_response *rs,
			struct jx_error *err)
{
	JX_AUTO_BUF copy;

	jx_buf_init(&copy, (size_t)1 << 23);
	if (vault->ops->copy(vault, rq->sha256, &copy, NULL) != JX_OK) {
		refuse_wire(rs, 404, "not-found");
		return JX_OK;
	}
	rs->status = 200;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/octet-stream");
	return rq->write(rq->write_user, copy.data, copy.len, err);
}

jx_rc memory_face_blob(jx_ingest *ingest, jx_vault *vault, const struct jx_fs *fs,
		       const struct jx_blob_request *rq, struct jx_wire_response *rs, struct jx_error *err)
{
	struct jx_writer who;

	if (!let_in(ingest, rq->token, &who, rs))
		return JX_OK;
	if (!may_download(who.role))
		refuse_wire(rs, 403, "role");
	else if (rq->is_small)
		return send_small(vault, rq, rs, err);
	else if (vault->ops->photo_known(vault, rq->sha256, NULL) != JX_OK)
		refuse_wire(rs, 404, "not-found");
	else
		return send_blob(vault, fs, rq, rs, err);
	return JX_OK;
}

/* ---- a transport ---- */

static jx_rc connect_to(struct memory_transport *t, struct jx_error *err)
{
	for (size_t i = 0; i < t->pin_count; i++) {
		if (memcmp(t->pins[i], t->key, JX_HASH_BYTES) == 0)
			return JX_OK;
	}
	return t->pin_count == 0 ? JX_OK
				 : jx_fail(err, JX_ETLS, 0, WHERE,
					   "another key than the pinned ones; nothing was sent");
}

static jx_rc do_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct memory_transport *t = user;
	const jx_rc rc = connect_to(t, err);

	if (rc == JX_OK)
		memcpy(spki_sha256_out, t->key, JX_HASH_BYTES);
	return rc;
}

static jx_rc do_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			 struct jx_error *err)
{
	struct memory_transport *t = user;
	const jx_rc rc = connect_to(t, err);

	if (rc == JX_OK)
		memory_face_exchange(t->ingest, rq, rs);
	return rc;
}

static jx_rc do_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		      struct jx_error *err)
{
	struct memory_transport *t = user;
	const jx_rc rc = connect_to(t, err);

	return rc == JX_OK ? memory_face_photo(t->ingest, rq, -1, rs, err) : rc;
}

static jx_rc do_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
		     struct jx_error *err)
{
	struct memory_transport *t = user;
	const jx_rc rc = connect_to(t, err);

	return rc == JX_OK ? memory_face_blob(t->ingest, t->vault, t->fs, rq, rs, err) : rc;
}

static void do_set_pins(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	struct memory_transport *t = user;

	t->pin_count = count < JX_PINS_MAX ? count : JX_PINS_MAX;
	for (size_t i = 0; i < t->pin_count; i++)
		memcpy(t->pins[i], pins[i], JX_HASH_BYTES);
}

void memory_transport_init(struct memory_transport *t)
{
	t->face = (struct jx_transport){.user = t,
					.peer_key = do_peer_key,
					.exchange = do_exchange,
					.photo = do_photo,
					.blob = do_blob,
					.set_pins = do_set_pins};
}
