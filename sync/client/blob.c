/* Downloads by hash, going on where a connection broke. */
#include <string.h>

#include "client_private.h"

#define WHERE       "client.blob"
#define UNKNOWN_MAX INT64_C(67108864)

struct load {
	const struct jx_client_blob_config *c;
	const uint8_t *sha256;
	int64_t size, got; /* of the blob: expected (-1 unknown), written so far */
	bool moved;        /* this attempt brought something */
	jx_sha256_state *hash;
	jx_rc (*write)(void *user, const void *data, size_t len, struct jx_error *err);
	void *user;
	jx_rc write_rc;
	int64_t retry_after_ms;
	bool may_retry;
	jx_buf *small; /* a small copy, which begins at 0 with each attempt; NULL: a blob */
};

static jx_rc take_piece(void *user, const void *data, size_t len, struct jx_error *err)
{
	struct load *l = user;
	const int64_t most = l->size >= 0 ? l->size : l->small != NULL ? (int64_t)l->small->max : UNKNOWN_MAX;

	if ((uint64_t)(most - l->got) < len) {
		l->write_rc = jx_fail(err, JX_ELIMIT, 0, WHERE,
				      "the file is larger than its listed %lld bytes; refused",
				      (long long)most);
		return l->write_rc;
	}
	l->write_rc = l->write(l->user, data, len, err);
	if (l->write_rc != JX_OK)
		return l->write_rc;
	if (l->hash != NULL)
		jx_sha256_add(l->hash, data, len);
	l->got += (int64_t)len;
	l->moved = true;
	return JX_OK;
}

static jx_rc refused(struct load *l, const struct jx_wire_response *rs, struct jx_error *err)
{
	struct jx_client__refusal r;
	struct jx_error e = {0};

	jx_client__refused(JX_CLIENT__BLOB, rs->status, rs->content_type, &rs->body, rs->retry_after_s, &r,
			   &e);
	l->may_retry = r.kind == JX_PLAN_BUSY || r.kind == JX_PLAN_SERVER_ERROR;
	l->retry_after_ms = r.retry_after_ms;
	return jx_fail(err, e.code, e.native, WHERE, "%s", e.text);
}

static jx_rc try_once(struct load *l, struct jx_error *err)
{
	const struct jx_transport *t = l->c->transport;
	struct jx_blob_request rq = {.sha256 = l->sha256,
				     .token = l->c->token,
				     .from_bytes = l->got,
				     .write = take_piece,
				     .write_user = l};
	struct jx_wire_response rs = {.retry_after_s = -1};
	jx_rc rc;

	l->may_retry = false;
	l->moved = false;
	rq.is_small = l->small != NULL;
	if (rq.is_small) {
		jx_buf_reset(l->small);
		rq.from_bytes = l->got = 0;
	}
	l->write_rc = JX_OK;
	l->retry_after_ms = -1;
	jx_buf_init(&rs.body, JX_CLIENT__ERROR_BYTES_MAX);
	rc = t->blob(t->user, &rq, &rs, err);
	if (l->write_rc != JX_OK)
		rc = l->write_rc;
	else if (rc != JX_OK)
		l->may_retry = rc == JX_ENET;
	else if (rs.status != 200 && rs.status != 206)
		rc = refused(l, &rs, err);
	else if (l->size >= 0 && l->got < l->size) {
		l->may_retry = true;
		rc = jx_fail(err, JX_ENET, rs.status, WHERE,
			     "the server sent %lld of %lld bytes of a file; try again later",
			     (long long)l->got, (long long)l->size);
	}
	jx_buf_done(&rs.body);
	return rc;
}

static jx_rc load_all(struct load *l, struct jx_error *err)
{
	const struct jx_plan_config waits = {.rand = l->c->rand};
	const int attempts = l->c->attempts_max > 0 ? l->c->attempts_max : JX_PLAN_ATTEMPTS;
	int failed = 0;

	while (l->size < 0 || l->got < l->size) {
		jx_rc rc = try_once(l, err);

		if (rc == JX_OK)
			break;
		failed = l->moved && l->small == NULL ? 1 : failed + 1;
		if (!l->may_retry || failed >= attempts || l->retry_after_ms > JX_PLAN_CAP_MS)
			return rc;
		rc = l->c->wait(l->c->wait_user, jx_plan_backoff_ms(&waits, failed, l->retry_after_ms));
		if (rc != JX_OK)
			return jx_fail(err, rc, 0, WHERE, "stopped; run it again to go on");
	}
	return JX_OK;
}

static void free_hash(jx_sha256_state **h)
{
	jx_sha256_free(*h);
}

jx_rc jx_client_get_blob(const struct jx_client_blob_config *config, const uint8_t sha256[JX_HASH_BYTES],
			 int64_t size_bytes, int64_t from_bytes, jx_sha256_state *hash,
			 jx_rc (*write)(void *user, const void *data, size_t len, struct jx_error *err),
			 void *user, struct jx_error *err)
{
	JX_CLEANUP(free_hash) jx_sha256_state *own = hash == NULL ? jx_sha256_new() : NULL;
	struct load l = {.c = config,
			 .sha256 = sha256,
			 .size = size_bytes,
			 .got = from_bytes,
			 .hash = hash != NULL ? hash : own,
			 .write = write,
			 .user = user};
	uint8_t got[JX_HASH_BYTES];
	jx_rc rc = load_all(&l, err);

	if (rc != JX_OK)
		return rc;
	jx_sha256_end(l.hash, got);
	if (memcmp(got, sha256, JX_HASH_BYTES) != 0)
		return jx_fail(
			err, JX_ECORRUPT, 0, WHERE,
			"the downloaded bytes do not have the listed hash; they were dropped: pull again");
	return JX_OK;
}

static jx_rc take_small(void *user, const void *data, size_t len, struct jx_error *err)
{
	jx_buf *out = user;

	jx_buf_add(out, data, len);
	return jx_buf_check(out, "small copy", err);
}

jx_rc jx_client_get_small(const struct jx_client_blob_config *config, const uint8_t sha256[JX_HASH_BYTES],
			  jx_buf *out, struct jx_error *err)
{
	struct load l = {
		.c = config, .sha256 = sha256, .size = -1, .write = take_small, .user = out, .small = out};
	const jx_rc rc = load_all(&l, err);

	if (rc == JX_OK && (out->len < 4 || memcmp(out->data, "\xff\xd8", 2) != 0))
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE,
			       "what the server has as a small copy is no picture");
	return rc;
}
