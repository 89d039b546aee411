#include "fake_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS INT64_C(1788250000000)

static enum fault next_fault(struct fake_server *s)
{
	return s->script_at < s->script_count ? s->script[s->script_at++] : FAULT_NONE;
}

void fake_server_script(struct fake_server *s, const enum fault *faults, size_t count)
{
	memcpy(s->script, faults, count * sizeof(*faults));
	s->script_count = count;
	s->script_at = 0;
}

static void answer_error(struct jx_wire_response *rs, int status, const char *name, const uint8_t *challenge,
			 int64_t retry_after_s)
{
	struct jx_wire_error e = {0};

	jx_strcpy(e.error, sizeof(e.error), name);
	jx_strcpy(e.detail, sizeof(e.detail), "said the test");
	if (challenge != NULL) {
		e.has_challenge = true;
		memcpy(e.challenge, challenge, JX_CHALLENGE_BYTES);
	}
	rs->status = status;
	rs->retry_after_s = retry_after_s;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/json");
	(void)jx_wire_error_write(&e, &rs->body, NULL);
}

static void answer_text(struct jx_wire_response *rs, int status, const char *type, const char *text)
{
	rs->status = status;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), type);
	jx_buf_adds(&rs->body, text);
}

static bool answer_fault(struct fake_server *s, enum fault f, struct jx_wire_response *rs)
{
	if (f == FAULT_PORTAL_HTML)
		answer_text(rs, 200, "text/html; charset=utf-8", "<html>Welcome to Free WiFi</html>");
	else if (f == FAULT_REDIRECT)
		answer_text(rs, 302, "text/html", "");
	else if (f == FAULT_PLAIN_404)
		answer_text(rs, 404, "text/plain", "not here");
	else if (f == FAULT_511)
		answer_text(rs, 511, "text/html", "<html>sign in</html>");
	else if (f == FAULT_REFUSE)
		answer_error(rs, s->refuse_status, s->refuse_name, NULL, s->refuse_retry_after_s);
	else if (f == FAULT_CHALLENGE)
		answer_error(rs, 401, "challenge", s->challenge, -1);
	else
		return false;
	return true;
}

static jx_rc line_fault(enum fault f, struct jx_error *err)
{
	if (f == FAULT_LOSE_REQUEST || f == FAULT_LOSE_ANSWER || f == FAULT_CUT)
		return jx_fail(err, JX_ENET, 0, "fake.line", "the line broke");
	if (f == FAULT_TLS)
		return jx_fail(err, JX_ETLS, 0, "fake.line", "another key");
	if (f == FAULT_STOP)
		return jx_fail(err, JX_EINTR, 0, "fake.line", "stopped");
	return JX_OK;
}

/* ---- sync ---- */

static void make_receipt(struct fake_server *s, enum fault f, struct jx_signed *out)
{
	struct jx_receipt r = {.n = s->n, .server_utc_ms = s->utc_ms, .is_fork = f == FAULT_RECEIPT_IS_FORK};

	memcpy(r.epoch, s->epoch, JX_ID_BYTES);
	memcpy(r.writer, s->writer, JX_ID_BYTES);
	memcpy(r.head, s->heads[s->n], JX_HASH_BYTES);
	if (f == FAULT_RECEIPT_FOR_OTHER_WRITER)
		r.writer[0] ^= 1;
	if (f == FAULT_RECEIPT_HEAD_WRONG)
		r.head[0] ^= 1;
	if (f == FAULT_RECEIPT_TOO_FAR)
		r.n += 1000;
	(void)jx_receipt_sign(&r, f == FAULT_RECEIPT_SIGNED_BY_OTHER ? s->other_secret : s->secret, out,
			      NULL);
}

/* Store what continues the log; false if the batch does not fit. */
static bool store(struct fake_server *s, const struct jx_sync_request *rq, const struct jx_bytes *entries)
{
	uint8_t head[JX_HASH_BYTES], digest[JX_HASH_BYTES];
	int64_t n = rq->from_n - 1;

	memcpy(head, s->heads[n], JX_HASH_BYTES);
	for (int64_t i = 0; i < rq->count; i++) {
		n++;
		jx_sha256(entries[i].data, entries[i].len, digest);
		jx_chain_next(s->writer, n, head, digest, head);
		if (n <= s->n && memcmp(head, s->heads[n], JX_HASH_BYTES) != 0)
			return false;
		memcpy(s->heads[n], head, JX_HASH_BYTES);
	}
	if (!jx_chain_verify(s->writer_pub, head, rq->sig))
		return false;
	s->n = n > s->n ? n : s->n;
	return true;
}

static void add_items(struct fake_server *s, const struct jx_sync_request *rq, enum fault f,
		      struct jx_sync_answer *an, size_t *first_out)
{
	int64_t at = 0;

	if (!rq->wants_feed || s->is_pending)
		return;
	if (rq->cursor[0] == 'c' && jx_parse_i64(rq->cursor + 1, 0, FAKE_ITEMS_MAX, &at))
		*first_out = (size_t)at;
	an->items = (int64_t)(s->item_count - *first_out < s->page ? s->item_count - *first_out : s->page);
	an->has_more = *first_out + (size_t)an->items < s->item_count || f == FAULT_MORE_FOR_EVER;
	(void)snprintf(an->cursor, sizeof(an->cursor), "c%" PRId64, at + an->items);
}

static void write_answer(struct fake_server *s, const struct jx_sync_answer *an, size_t first, enum fault f,
			 struct jx_wire_response *rs)
{
	JX_AUTO_BUF plain = {0};

	jx_buf_init(&plain, (size_t)3 << 20);
	(void)jx_sync_answer_write(an, &plain, NULL);
	for (size_t i = 0; i < (size_t)an->items; i++) {
		jx_buf_adds(&plain, f == FAULT_BENT_ITEM ? "{\"kind\":" : s->items[first + i]);
		jx_buf_addc(&plain, '\n');
	}
	if (f == FAULT_BOMB) {
		for (int i = 0; i < (3 << 19) / 64; i++)
			jx_buf_adds(&plain,
				    "                                                                ");
	}
	rs->status = 200;
	rs->is_zstd = true;
	rs->dictionary = f == FAULT_UNKNOWN_DICTIONARY ? 3 : s->dictionary;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/x-ndjson");
	(void)jx_wire_compress_with((struct jx_bytes){plain.data, plain.len}, s->dictionary, 3, &rs->body,
				    NULL);
	if (f == FAULT_TRUNCATED)
		rs->body.len /= 2;
	if (f == FAULT_RUBBISH) {
		rs->is_zstd = false;
		jx_buf_reset(&rs->body);
		jx_buf_adds(&rs->body, "{\"v\":1}\n");
	}
}

static void answer_sync(struct fake_server *s, const struct jx_sync_request *rq,
			const struct jx_bytes *entries, enum fault f, struct jx_wire_response *rs)
{
	struct jx_sync_answer an = {
		.has_challenge = true, .server_utc_ms = s->utc_ms, .is_pending = s->is_pending};
	size_t first = 0;

	if (rq->count > 0 && rq->from_n > s->n + 1)
		an.result = JX_SYNC_GAP;
	else if (rq->count > 0 && !store(s, rq, entries))
		an.result = JX_SYNC_FORK;
	if (rq->last_n < s->n)
		an.result = JX_SYNC_BEHIND;
	if (f == FAULT_RESULT_FORK)
		an.result = JX_SYNC_FORK;
	if (f == FAULT_RESULT_BEHIND)
		an.result = JX_SYNC_BEHIND;
	an.n = s->n;
	memcpy(an.head, s->heads[s->n], JX_HASH_BYTES);
	memcpy(an.epoch, s->epoch, JX_ID_BYTES);
	memcpy(an.challenge, s->challenge, JX_CHALLENGE_BYTES);
	if ((rq->count > 0 || rq->wants_receipt) && f != FAULT_NO_RECEIPT && s->n > 0) {
		an.has_receipt = true;
		make_receipt(s, f, &an.receipt);
	}
	if (rq->wants_token && !s->is_pending)
		(void)snprintf(an.token, sizeof(an.token), "token%d", ++s->tokens);
	if (!s->is_old && s->dictionary < s->dictionary_newest)
		an.dictionary = s->dictionary_newest;
	add_items(s, rq, f, &an, &first);
	write_answer(s, &an, first, f, rs);
}

static bool signed_in(struct fake_server *s, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct jx_sign_in in;

	if (rq->authorization == NULL || jx_sign_in_read(rq->authorization, &in, NULL) != JX_OK ||
	    memcmp(in.writer, s->writer, JX_ID_BYTES) != 0 ||
	    !jx_sign_in_ok(&in, s->identity, rq, s->writer_pub)) {
		s->bad_sign_ins++;
		answer_error(rs, 401, "bad-signature", NULL, -1);
		return false;
	}
	memcpy(s->receipt_hash, in.receipt_hash, JX_HASH_BYTES);
	if (in.has_challenge && memcmp(in.challenge, s->challenge, JX_CHALLENGE_BYTES) == 0)
		return true;
	answer_error(rs, 401, "challenge", s->challenge, -1);
	return false;
}

static void handle_sync(struct fake_server *s, const struct jx_wire_request *rq, enum fault f,
			struct jx_wire_response *rs)
{
	struct jx_bytes entries[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request sync;
	struct jx_error err = {0};
	JX_AUTO_BUF plain = {0};
	size_t count = 0;
	struct jx_bytes body = rq->body;

	if (!signed_in(s, rq, rs))
		return;
	jx_buf_init(&plain, JX_WIRE_BATCH_BYTES_MAX);
	if (rq->is_zstd && rq->dictionary > s->dictionary_newest) {
		answer_error(rs, 415, "bad-request", NULL, -1);
		rs->dictionary = s->is_old ? JX_WIRE_DICTIONARY_NONE : s->dictionary_newest;
		return;
	}
	s->dictionary = rq->is_zstd ? rq->dictionary : JX_WIRE_DICTIONARY_NONE;
	if (rq->is_zstd) {
		if (jx_wire_expand(rq->body, rq->dictionary, &plain, &err) != JX_OK) {
			answer_error(rs, 400, "bad-request", NULL, -1);
			return;
		}
		body = (struct jx_bytes){plain.data, plain.len};
	}
	if (jx_sync_request_read(body, &sync, entries, JX_WIRE_BATCH_ENTRIES_MAX, &count, &err) != JX_OK) {
		answer_error(rs, 400, "bad-request", NULL, -1);
		return;
	}
	s->entries_carried += (int)count;
	if (s->most_entries > 0 && (int64_t)count > s->most_entries)
		answer_error(rs, 413, "too-large", NULL, -1);
	else
		answer_sync(s, &sync, entries, f, rs);
}

/* ---- enrolment ---- */

static void handle_enrol(struct fake_server *s, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	struct jx_enrol_answer an = {.is_active = true, .server_utc_ms = s->utc_ms, .pin_count = 1};
	struct jx_enrol_request in;

	if (jx_enrol_request_read(rq->body, &in, NULL) != JX_OK || !jx_enrol_proof_ok(&in, s->code.secret) ||
	    memcmp(in.tls_spki_sha256, s->spki, JX_HASH_BYTES) != 0) {
		answer_error(rs, 403, "code-wrong", NULL, -1);
		return;
	}
	memcpy(an.writer, s->writer, JX_ID_BYTES);
	memcpy(an.identity, s->identity, JX_PUB_BYTES);
	memcpy(an.epoch, s->epoch, JX_ID_BYTES);
	memcpy(an.pins[0], s->spki, JX_HASH_BYTES);
	if (s->forgets_pin)
		an.pins[0][0] ^= 1;
	jx_strcpy(an.short_code, sizeof(an.short_code), "H07");
	jx_strcpy(an.role, sizeof(an.role), "field");
	jx_strcpy(an.area, sizeof(an.area), "a");
	jx_enrol_answer_prove(&an, s->code.secret, in.public_key);
	if (s->lies_about_identity)
		an.identity[0] ^= 1;
	rs->status = 200;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/json");
	(void)jx_enrol_answer_write(&an, &rs->body, NULL);
}

/* ---- small copies ---- */

static void handle_small(struct fake_server *s, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	static struct jx_small_part parts[JX_SMALL_PARTS_MAX];
	enum jx_small_result results[JX_SMALL_PARTS_MAX];
	char bearer[32];
	size_t count = 0;

	(void)snprintf(bearer, sizeof(bearer), "Bearer token%d", s->tokens);
	if (rq->authorization == NULL || strcmp(rq->authorization, bearer) != 0) {
		answer_error(rs, 401, "token", NULL, -1);
		return;
	}
	if (jx_small_bundle_read(rq->body, parts, JX_SMALL_PARTS_MAX, &count, NULL) != JX_OK) {
		answer_error(rs, 400, "bad-request", NULL, -1);
		return;
	}
	s->bundles++;
	s->photos_before_small = s->photo_requests;
	if ((int64_t)rq->body.len > s->bundle_bytes_most)
		s->bundle_bytes_most = (int64_t)rq->body.len;
	for (size_t i = 0; i < count; i++) {
		results[i] = fake_server_photo(s, parts[i].sha256) != NULL ? s->small_says
									   : JX_SMALL_NOT_LISTED;
		s->small_got += results[i] == JX_SMALL_TAKEN;
	}
	rs->status = 200;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/json");
	(void)jx_small_answer_write(results, count, &rs->body, NULL);
}

static void handle(struct fake_server *s, const struct jx_wire_request *rq, enum fault f,
		   struct jx_wire_response *rs)
{
	jx_buf_reset(&rs->body);
	rs->is_zstd = false;
	if (strcmp(rq->path, JX_PATH_SYNC) == 0)
		handle_sync(s, rq, f, rs);
	else if (strcmp(rq->path, JX_PATH_SMALL) == 0)
		handle_small(s, rq, rs);
	else
		handle_enrol(s, rq, rs);
}

static jx_rc do_exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
			 struct jx_error *err)
{
	struct fake_server *s = user;
	const enum fault f = next_fault(s);

	s->requests++;
	if (f == FAULT_LOSE_REQUEST || f == FAULT_TLS || f == FAULT_STOP || answer_fault(s, f, rs))
		return line_fault(f, err);
	handle(s, rq, f, rs);
	if (f == FAULT_TWICE)
		handle(s, rq, f, rs);
	return line_fault(f, err);
}

static jx_rc do_peer_key(void *user, uint8_t spki_sha256_out[JX_HASH_BYTES], struct jx_error *err)
{
	struct fake_server *s = user;

	(void)err;
	memcpy(spki_sha256_out, s->spki, JX_HASH_BYTES);
	return JX_OK;
}

static void do_set_pins(void *user, const uint8_t (*pins)[JX_HASH_BYTES], size_t count)
{
	struct fake_server *s = user;

	s->pin_count = count;
	memcpy(s->pins, pins, count * JX_HASH_BYTES);
}

/* ---- photos ---- */

static struct fake_photo *find_photo(struct fake_server *s, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t i = 0; i < s->photo_count; i++) {
		if (memcmp(s->photos[i].sha256, sha256, JX_HASH_BYTES) == 0)
			return &s->photos[i];
	}
	return NULL;
}

const struct fake_photo *fake_server_photo(const struct fake_server *s, const uint8_t sha256[JX_HASH_BYTES])
{
	for (size_t i = 0; i < s->photo_count; i++) {
		if (memcmp(s->photos[i].sha256, sha256, JX_HASH_BYTES) == 0)
			return &s->photos[i];
	}
	return NULL;
}

void fake_server_list_photo(struct fake_server *s, const uint8_t sha256[JX_HASH_BYTES], int64_t size)
{
	struct fake_photo *p = &s->photos[s->photo_count++];

	memcpy(p->sha256, sha256, JX_HASH_BYTES);
	p->size = size;
}

static void photo_error(struct jx_photo_response *rs, int status, const char *name, int64_t retry_after_s)
{
	struct jx_wire_response w = {.body = rs->body};

	answer_error(&w, status, name, NULL, retry_after_s);
	rs->body = w.body;
	rs->status = status;
	rs->retry_after_s = retry_after_s;
	jx_strcpy(rs->content_type, sizeof(rs->content_type), "application/json");
}

static void photo_receipt(struct fake_server *s, const struct fake_photo *p, enum fault f,
			  struct jx_photo_response *rs)
{
	struct jx_photo_receipt r = {.server_utc_ms = s->utc_ms, .photo_count = 1};
	struct jx_signed text;
	JX_AUTO_BUF header = {0};

	memcpy(r.epoch, s->epoch, JX_ID_BYTES);
	memcpy(r.writer, s->writer, JX_ID_BYTES);
	memcpy(r.photos[0], p->sha256, JX_HASH_BYTES);
	if (f == FAULT_RECEIPT_FOR_OTHER_WRITER)
		r.writer[0] ^= 1;
	if (f == FAULT_RECEIPT_HEAD_WRONG) /* of another photo */
		r.photos[0][0] ^= 1;
	(void)jx_photo_receipt_sign(&r, f == FAULT_RECEIPT_SIGNED_BY_OTHER ? s->other_secret : s->secret,
				    &text, NULL);
	jx_buf_init(&header, JX_CLIENT_RECEIPT_HEADER_MAX);
	(void)jx_signed_header_write(&text, &header, NULL);
	jx_strcpy(rs->receipt, sizeof(rs->receipt), f == FAULT_RUBBISH ? "rubbish" : header.data);
}

/* Take bytes from the source; half of what is missing when the line is cut. */
static jx_rc take_bytes(struct fake_server *s, struct fake_photo *p, const struct jx_photo_request *rq,
			enum fault f, struct jx_error *err)
{
	const int64_t until = f == FAULT_CUT ? p->offset + (p->size - p->offset) / 2 : p->size;

	while (p->offset < until) {
		size_t got = 0;
		const jx_rc rc = rq->source->read(
			rq->source->user, p->offset, p->data + p->offset,
			(size_t)(until - p->offset) < 100 ? (size_t)(until - p->offset) : 100, &got, err);

		if (rc != JX_OK)
			return rc;
		p->offset += (int64_t)got;
		s->photo_bytes_got += (int64_t)got;
	}
	return JX_OK;
}

static void publish(struct fake_server *s, struct fake_photo *p, enum fault f, struct jx_photo_response *rs)
{
	uint8_t hash[JX_HASH_BYTES];

	jx_sha256(p->data, (size_t)p->size, hash);
	if (memcmp(hash, p->sha256, JX_HASH_BYTES) != 0 || f == FAULT_HASH) {
		p->offset = 0;
		photo_error(rs, 422, "hash", -1);
		return;
	}
	p->is_stored = true;
	rs->offset_bytes = p->size;
	if (f != FAULT_NO_RECEIPT)
		photo_receipt(s, p, f, rs);
}

static jx_rc photo_write(struct fake_server *s, struct fake_photo *p, const struct jx_photo_request *rq,
			 enum fault f, struct jx_photo_response *rs, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	rs->status = rq->verb == JX_PHOTO_CREATE ? 201 : 204;
	if (rq->verb == JX_PHOTO_SEND && rq->offset_bytes != p->offset && !p->is_stored) {
		photo_error(rs, 409, "offset", -1);
		rs->offset_bytes = p->offset;
		return JX_OK;
	}
	if (rq->verb == JX_PHOTO_SEND)
		s->patches++;
	/* a creation where a part is there: its body comes all the same and is thrown away */
	if (rq->verb == JX_PHOTO_CREATE && (p->is_stored || p->offset > 0))
		s->photo_bytes_wasted += p->size;
	if (!p->is_stored && p->offset == rq->offset_bytes)
		rc = take_bytes(s, p, rq, f, err);
	if (rc != JX_OK)
		return rc;
	if (p->offset == p->size)
		publish(s, p, f, rs);
	else
		rs->offset_bytes = f == FAULT_NO_OFFSET ? -1 : p->offset;
	return line_fault(f, err);
}

static jx_rc do_photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		      struct jx_error *err)
{
	struct fake_server *s = user;
	const enum fault f = next_fault(s);
	struct fake_photo *p = find_photo(s, rq->sha256);
	struct jx_wire_response w = {.retry_after_s = -1, .body = rs->body};
	char token[32];

	s->photo_requests++;
	if (f == FAULT_LOSE_REQUEST || f == FAULT_TLS || f == FAULT_STOP)
		return line_fault(f, err);
	if (answer_fault(s, f, &w)) {
		rs->body = w.body;
		rs->status = w.status;
		rs->retry_after_s = w.retry_after_s;
		jx_strcpy(rs->content_type, sizeof(rs->content_type), w.content_type);
		return JX_OK;
	}
	(void)snprintf(token, sizeof(token), "token%d", s->tokens);
	if (strcmp(rq->token, token) != 0)
		photo_error(rs, 401, "token", -1);
	else if (p == NULL)
		photo_error(rs, 404, "not-listed", -1);
	else if (rq->verb != JX_PHOTO_ASK)
		return photo_write(s, p, rq, f, rs, err);
	else {
		rs->status = 200;
		rs->offset_bytes = p->is_stored ? p->size : p->offset;
		if (p->is_stored)
			photo_receipt(s, p, f, rs);
	}
	return line_fault(f, err);
}

/* ---- blobs ---- */

static jx_rc do_blob(void *user, const struct jx_blob_request *rq, struct jx_wire_response *rs,
		     struct jx_error *err)
{
	struct fake_server *s = user;
	const enum fault f = next_fault(s);
	const size_t from = (size_t)rq->from_bytes;
	size_t len = from < s->blob_len ? s->blob_len - from : 0;
	jx_rc rc;

	s->requests++;
	if (f == FAULT_LOSE_REQUEST || f == FAULT_TLS || answer_fault(s, f, rs))
		return line_fault(f, err);
	rs->status = from > 0 ? 206 : 200;
	if (s->blob_cut > 0 && len > s->blob_cut)
		len = s->blob_cut;
	rc = rq->write(rq->write_user, s->blob + from, len, err);
	if (rc == JX_OK && from + len < s->blob_len)
		rc = jx_fail(err, JX_ENET, 0, "fake.line", "the line broke");
	return rc;
}

/* ---- life ---- */

void fake_server_init(struct fake_server *s, const uint8_t writer[JX_ID_BYTES],
		      const uint8_t pub[JX_PUB_BYTES])
{
	uint8_t seed[32];
	uint8_t other[JX_PUB_BYTES];

	memset(s, 0, sizeof(*s));
	memset(seed, 9, sizeof(seed));
	jx_key_from_seed(seed, s->identity, s->secret);
	memset(seed, 8, sizeof(seed));
	jx_key_from_seed(seed, other, s->other_secret);
	memcpy(s->writer, writer, JX_ID_BYTES);
	memcpy(s->writer_pub, pub, JX_PUB_BYTES);
	memset(s->epoch, 0xe1, sizeof(s->epoch));
	memset(s->challenge + 8, 0xcc, sizeof(s->challenge) - 8);
	memset(s->spki, 0x5b, sizeof(s->spki));
	jx_chain_root(writer, pub, s->heads[0]);
	s->page = 10;
	s->dictionary_newest = JX_WIRE_DICTIONARY_NEWEST;
	s->utc_ms = NOW_MS;
	s->refuse_retry_after_s = -1;
	s->transport = (struct jx_transport){.user = s,
					     .peer_key = do_peer_key,
					     .exchange = do_exchange,
					     .photo = do_photo,
					     .blob = do_blob,
					     .set_pins = do_set_pins};
}

void fake_server_restore(struct fake_server *s, int64_t n)
{
	s->n = n;
	s->epoch[0]++;
}
