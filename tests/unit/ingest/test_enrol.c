/* Enrolment, one-time codes, confirming and revoking, set-up. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static void a_trusted_code_makes_an_active_writer(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_writer row;
	struct device d;

	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	assert_true(an.is_active);
	assert_string_equal(an.short_code, "H07");
	assert_string_equal(an.role, "field");
	assert_string_equal(an.area, "330185001");
	assert_int_equal(an.pin_count, 2);
	assert_memory_equal(an.pins, b->pins, sizeof(b->pins));
	assert_int_equal(an.server_utc_ms, b->clock.utc_ms);
	jx_assert_ok(b->ops->writer(b->vault, an.writer, &row, &b->err), &b->err);
	assert_memory_equal(row.public_key, d.log.pub, sizeof(row.public_key));
	assert_string_equal(row.name, "手持机");
	assert_int_equal(row.n, 0);
	assert_int_equal(row.state, JX_WRITER_ACTIVE);
	/* version 7: the time is in the id */
	assert_int_equal(an.writer[6] >> 4, 7);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
}

static void a_lost_answer_is_given_again(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, false);
	struct jx_enrol_answer first, again;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &code, &first, &error), 200);
	bench_restart(b);
	/* also when the code's time is over: the writer is there */
	jx_fake_clock_advance(&b->clock, JX_WIRE_CODE_MS * 3);
	assert_int_equal(device_enrol(b, &d, &code, &again, &error), 200);
	again.server_utc_ms = first.server_utc_ms;
	/* but for the challenge, which is of its moment */
	assert_memory_not_equal(again.challenge, first.challenge, sizeof(first.challenge));
	memcpy(again.challenge, first.challenge, sizeof(first.challenge));
	assert_memory_equal(&again, &first, sizeof(first));
	assert_int_equal(bench_counts(b).writers, 1);
	assert_int_equal(bench_counts(b).entries, 1);
}

static void the_first_sign_in_has_its_challenge(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	const struct ask ask = {.from_n = -1};
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;
	struct reply r;
	jx_buf body;

	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	assert_true(an.has_challenge);
	d.has_challenge = true;
	memcpy(d.challenge, an.challenge, sizeof(d.challenge));
	device_body(&d, &ask, &body);
	device_send_once(b, &d, &ask, &body, &r);
	assert_int_equal(r.status, 200);
	reply_done(&r);
	/* it is this writer's alone */
	d.challenge[30] ^= 1;
	device_send_once(b, &d, &ask, &body, &r);
	assert_refused(&r, 401, "challenge");
	reply_done(&r);
	jx_buf_done(&body);
	device_done(&d);
}

static void another_key_cannot_use_a_used_code(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d, other;

	device_init(&d, 2);
	device_init(&other, 3);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	assert_int_equal(device_enrol(b, &other, &code, &an, &error), 403);
	assert_string_equal(error.error, "code-used");
	assert_int_equal(bench_counts(b).writers, 1);
}

static void a_revoked_writer_does_not_get_its_answer_again(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost", &b->err), &b->err);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
	assert_string_equal(error.error, "revoked");
}

static void a_code_lives_fifteen_minutes(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	jx_fake_clock_advance(&b->clock, JX_WIRE_CODE_MS + 1);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
	assert_string_equal(error.error, "code-expired");
	jx_fake_clock_advance(&b->clock, -1);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
}

static void five_wrong_tries_burn_a_code(void **state)
{
	struct bench *b = *state;
	struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	code.secret[9] ^= 1;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
		assert_string_equal(error.error, "code-wrong");
		bench_restart(b); /* a restart gives no tries back */
	}
	code.secret[9] ^= 1;
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
	assert_string_equal(error.error, "code-burnt");
	assert_int_equal(bench_counts(b).writers, 0);
}

static void four_wrong_tries_do_not(void **state)
{
	struct bench *b = *state;
	struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	code.secret[0] ^= 0x80;
	for (int i = 0; i < 4; i++)
		assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
	code.secret[0] ^= 0x80;
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
}

static void an_unknown_code_is_wrong(void **state)
{
	struct bench *b = *state;
	struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	code.id[0] = code.id[0] == 'A' ? 'B' : 'A';
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 403);
	assert_string_equal(error.error, "code-wrong");
}

static void a_code_that_is_not_there_has_no_secret(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text zeros = {.id = "0000"};
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	/* the secret that stands in for a missing one must open nothing */
	device_init(&d, 2);
	assert_int_equal(device_enrol(b, &d, &zeros, &an, &error), 403);
	assert_string_equal(error.error, "code-wrong");
	assert_int_equal(bench_counts(b).writers, 0);
}

static void somebody_in_between_is_noticed(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_request rq;
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	device_enrol_request(b, &d, &code, &rq);
	/* the device saw the attacker's certificate and said so under the MAC */
	rq.tls_spki_sha256[0] ^= 1;
	jx_enrol_prove(&rq, &code, d.log.sec);
	assert_int_equal(device_send_enrol(b, &rq, &an, &error), 403);
	assert_string_equal(error.error, "tls-key");
	/* the attacker puts ours in its place, or its own key: the MAC does not fit */
	memcpy(rq.tls_spki_sha256, b->pins[0], sizeof(rq.tls_spki_sha256));
	assert_int_equal(device_send_enrol(b, &rq, &an, &error), 403);
	assert_string_equal(error.error, "code-wrong");
	device_enrol_request(b, &d, &code, &rq);
	rq.public_key[0] ^= 1;
	assert_int_equal(device_send_enrol(b, &rq, &an, &error), 403);
	assert_string_equal(error.error, "code-wrong");
	/* either of the current and the next key is ours */
	device_enrol_request(b, &d, &code, &rq);
	memcpy(rq.tls_spki_sha256, b->pins[1], sizeof(rq.tls_spki_sha256));
	jx_enrol_prove(&rq, &code, d.log.sec);
	assert_int_equal(device_send_enrol(b, &rq, &an, &error), 200);
}

/* ---- devices that find their way back ---- */

static int enrol_as(struct bench *b, struct device *d, const struct jx_code_text *code, const uint8_t *writer,
		    struct jx_enrol_answer *an, struct jx_wire_error *error)
{
	struct jx_enrol_request rq;

	device_enrol_request(b, d, code, &rq);
	rq.has_writer = true;
	memcpy(rq.writer, writer, JX_ID_BYTES);
	return device_send_enrol(b, &rq, an, error);
}

/* The vault was restored from before the enrolment: the log that the device holds is stored under its own name. */
static void a_writer_that_a_restored_server_does_not_know_comes_back_as_itself(void **state)
{
	struct bench *b = *state;
	const struct ask all = {.from_n = 1};
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_code_text code;
	struct device d;
	struct reply r;

	device_init(&d, 2);
	jx_uuid7(&b->clock.clock, &b->rand.rand, d.log.id);
	fake_writer_observe_many(&d.log, 3); /* as an earlier life of the server knew it */
	code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	assert_int_equal(enrol_as(b, &d, &code, d.log.id, &an, &error), 200);
	assert_memory_equal(an.writer, d.log.id, JX_ID_BYTES);
	device_sync(b, &d, &all, &r);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.an.n, 3);
	reply_done(&r);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	device_done(&d);
}

static void a_device_that_was_locked_out_stays_who_it_is(void **state)
{
	struct bench *b = *state;
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_code_text code;
	struct device d, other;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, 3);
	device_sync_ok(b, &d);
	jx_assert_rc(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_FIELD, "a", true, &code, &b->err),
		     JX_EEXISTS, &b->err);
	jx_assert_rc(jx_ingest_make_renewal_code(b->ingest, "H99", &code, &b->err), JX_ENOTFOUND, &b->err);
	jx_assert_ok(jx_ingest_make_renewal_code(b->ingest, "H07", &code, &b->err), &b->err);
	/* for its key only, whatever name the other gives */
	device_init(&other, 9);
	assert_int_equal(device_enrol(b, &other, &code, &an, &error), 403);
	assert_int_equal(enrol_as(b, &other, &code, d.log.id, &an, &error), 403);
	assert_string_equal(error.error, "code-used");
	assert_int_equal(enrol_as(b, &d, &code, d.log.id, &an, &error), 200);
	assert_memory_equal(an.writer, d.log.id, JX_ID_BYTES);
	assert_true(an.is_active);
	fake_writer_observe_many(&d.log, 1);
	device_sync_ok(b, &d);
	assert_int_equal(bench_counts(b).writers, 1);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
	device_done(&d);
	device_done(&other);
}

static void a_revoked_writer_does_not_come_back_as_itself(void **state)
{
	struct bench *b = *state;
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_code_text code;
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost", &b->err), &b->err);
	code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	assert_int_equal(enrol_as(b, &d, &code, d.log.id, &an, &error), 403);
	assert_string_equal(error.error, "revoked");
	device_done(&d);
}

static void a_proof_not_signed_by_the_new_key_is_refused(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_request rq;
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d;

	device_init(&d, 2);
	device_enrol_request(b, &d, &code, &rq);
	rq.sig[0] ^= 1;
	assert_int_equal(device_send_enrol(b, &rq, &an, &error), 403);
	assert_string_equal(error.error, "code-wrong");
}

static void what_is_no_enrolment_is_a_bad_request(void **state)
{
	static const struct {
		const char *body;
		bool is_zstd;
		int status;
		const char *name;
	} rows[] = {
		{"", false, 400, "bad-request"},
		{"{}", false, 400, "bad-request"},
		{"{\"v\":1,\"v\":1}", false, 400, "bad-request"},
		{"<html>login</html>", false, 400, "bad-request"},
		{"not zstd", true, 400, "bad-request"},
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct jx_wire_request rq = {.method = "POST",
						   .path = JX_PATH_ENROL,
						   .is_zstd = rows[i].is_zstd,
						   .body = {rows[i].body, strlen(rows[i].body)}};
		struct jx_wire_response rs = {.retry_after_s = -1};
		struct jx_wire_error error;

		jx_buf_init(&rs.body, 1 << 16);
		jx_ingest_enrol(b->ingest, &rq, &rs);
		assert_int_equal(rs.status, rows[i].status);
		jx_assert_ok(
			jx_wire_error_read((struct jx_bytes){rs.body.data, rs.body.len}, &error, &b->err),
			&b->err);
		assert_string_equal(error.error, rows[i].name);
		jx_buf_done(&rs.body);
	}
}

/* ---- short codes ---- */

static void a_short_code_belongs_to_one_writer(void **state)
{
	struct bench *b = *state;
	struct jx_code_text code;
	struct device d;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	jx_assert_rc(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_FIELD, "", true, &code, &b->err),
		     JX_EEXISTS, &b->err);
	jx_assert_says(&b->err, "revoke");
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "replaced", &b->err), &b->err);
	jx_assert_ok(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_FIELD, "", true, &code, &b->err), &b->err);
}

static void a_restored_device_keeps_its_short_code(void **state)
{
	struct bench *b = *state;
	const struct ask nothing = {.from_n = -1};
	struct device d, restored, again;
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_code_text code;
	struct reply r;

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	fake_writer_observe_many(&d.log, 3);
	device_sync_ok(b, &d);
	restored = d;
	fake_writer_clone(&restored.log, &d.log, 1, 9);
	device_sync(b, &restored, &nothing, &r);
	assert_result(b, &restored, &r, JX_SYNC_BEHIND, 3);
	reply_done(&r);
	device_init(&again, 5);
	code = bench_code(b, "H07", JX_ROLE_FIELD, true);
	assert_int_equal(device_enrol(b, &again, &code, &an, &error), 200);
	assert_memory_not_equal(an.writer, d.log.id, sizeof(an.writer));
	fake_writer_observe_many(&again.log, 1);
	device_sync_ok(b, &again);
	device_done(&d);
	device_done(&restored);
	device_done(&again);
}

static void two_codes_for_one_short_code_enrol_one_device(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text one = bench_code(b, "H07", JX_ROLE_FIELD, true);
	const struct jx_code_text two = bench_code(b, "H07", JX_ROLE_FIELD, true);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct device d, other;

	device_init(&d, 2);
	device_init(&other, 3);
	assert_int_equal(device_enrol(b, &d, &one, &an, &error), 200);
	assert_int_equal(device_enrol(b, &other, &two, &an, &error), 403);
	assert_string_equal(error.error, "code-used");
	/* the same device with the second code is the same device */
	assert_int_equal(device_enrol(b, &d, &two, &an, &error), 200);
}

static void what_cannot_be_a_short_code_is_refused(void **state)
{
	static const char *const wrong[] = {"", "H 07", "H-07", "H07/..", "一号", "0123456789012345"};
	struct bench *b = *state;
	struct jx_code_text code;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		jx_assert_rc(
			jx_ingest_make_code(b->ingest, wrong[i], JX_ROLE_FIELD, "", true, &code, &b->err),
			JX_EINVAL, &b->err);
		jx_assert_says(&b->err, "short code");
	}
	jx_assert_rc(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_SERVER, "", true, &code, &b->err),
		     JX_EINVAL, &b->err);
	jx_assert_rc(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_FIELD, "012345678901234567890123", true,
					 &code, &b->err),
		     JX_EINVAL, &b->err);
	jx_assert_rc(jx_ingest_make_code(b->ingest, "H07", JX_ROLE_FIELD, "a\nb", true, &code, &b->err),
		     JX_EINVAL, &b->err);
}

/* ---- confirm, revoke ---- */

static void a_writer_is_confirmed_by_its_fingerprint_only(void **state)
{
	struct bench *b = *state;
	const struct jx_code_text code = bench_code(b, "H07", JX_ROLE_FIELD, false);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct jx_writer row;
	struct device d, other;
	char right[20], wrong[20], lower[20];

	device_init(&d, 2);
	device_init(&other, 3);
	assert_int_equal(device_enrol(b, &d, &code, &an, &error), 200);
	jx_fingerprint(d.log.pub, right);
	jx_fingerprint(other.log.pub, wrong);
	jx_assert_rc(jx_ingest_confirm(b->ingest, "H07", wrong, &b->err), JX_EAUTH, &b->err);
	jx_assert_rc(jx_ingest_confirm(b->ingest, "H07", "ABCD", &b->err), JX_EINVAL, &b->err);
	jx_assert_rc(jx_ingest_confirm(b->ingest, "H09", right, &b->err), JX_ENOTFOUND, &b->err);
	jx_assert_ok(b->ops->writer(b->vault, d.log.id, &row, &b->err), &b->err);
	assert_int_equal(row.state, JX_WRITER_PENDING);
	for (size_t i = 0; i < sizeof(lower); i++)
		lower[i] = right[i] >= 'A' && right[i] <= 'Z' ? (char)(right[i] + 32) : right[i];
	jx_assert_ok(jx_ingest_confirm(b->ingest, "H07", lower, &b->err), &b->err);
	jx_assert_ok(b->ops->writer(b->vault, d.log.id, &row, &b->err), &b->err);
	assert_int_equal(row.state, JX_WRITER_ACTIVE);
	/* again: nothing is stated twice */
	jx_assert_ok(jx_ingest_confirm(b->ingest, "H07", right, &b->err), &b->err);
	assert_int_equal(bench_counts(b).entries, 2);
}

static void a_writer_can_be_named_by_its_id(void **state)
{
	struct bench *b = *state;
	struct jx_writer row;
	struct device d;
	char id[37];

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	jx_uuid_format(d.log.id, id);
	jx_assert_ok(jx_ingest_revoke(b->ingest, id, "lost", &b->err), &b->err);
	jx_assert_ok(b->ops->writer(b->vault, d.log.id, &row, &b->err), &b->err);
	assert_int_equal(row.state, JX_WRITER_REVOKED);
	jx_assert_rc(jx_ingest_revoke(b->ingest, id, "lost", &b->err), JX_ESTATE, &b->err);
	jx_assert_rc(jx_ingest_revoke(b->ingest, "H08", "lost", &b->err), JX_ENOTFOUND, &b->err);
	jx_assert_rc(jx_ingest_revoke(b->ingest, "S01", "mistake", &b->err), JX_ENOTFOUND, &b->err);
}

/* ---- the server's own chain and keys ---- */

struct facts {
	jx_buf text;
	struct jx_chain_walk walk;
	const struct bench *b;
	int keys;
};

static jx_rc read_facts(void *user, const struct jx_vault_item *item)
{
	struct facts *f = user;
	struct jx_entry e;
	struct jx_error err = {0};

	f->keys += item->kind == JX_VAULT_KEYS;
	if (item->kind != JX_VAULT_ENTRY)
		return JX_OK;
	jx_assert_ok(jx_entry_decode(item->entry.data, item->entry.len, &e, &err), &err);
	if (f->walk.n == 0)
		jx_chain_walk_init(&f->walk, e.writer, f->b->identity);
	jx_assert_ok(
		jx_chain_walk_add(&f->walk, item->entry.data, item->entry.len, item->digest, item->sig, &err),
		&err);
	jx_buf_addf(&f->text, "%s %s%s%s; ", e.kind_name, e.subject_short, e.reason[0] != '\0' ? ": " : "",
		    e.reason);
	return JX_OK;
}

static void the_server_states_what_it_decides_in_a_chain_of_its_own(void **state)
{
	struct bench *b = *state;
	const struct jx_vault_scope all = {.all = true};
	const struct jx_code_text code = bench_code(b, "H08", JX_ROLE_FIELD, false);
	struct jx_enrol_answer an;
	struct jx_wire_error error;
	struct facts f = {.b = b};
	struct device d, other;
	char fingerprint[20];

	device_new(b, &d, 2, "H07", JX_ROLE_FIELD);
	device_init(&other, 3);
	assert_int_equal(device_enrol(b, &other, &code, &an, &error), 200);
	bench_restart(b);
	jx_fingerprint(other.log.pub, fingerprint);
	jx_assert_ok(jx_ingest_confirm(b->ingest, "H08", fingerprint, &b->err), &b->err);
	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost in the market", &b->err), &b->err);
	jx_buf_init(&f.text, 4096);
	jx_assert_ok(b->ops->feed(b->vault, &all, 0, 100, read_facts, &f, &b->err), &b->err);
	assert_string_equal(f.text.data,
			    "writer-enrolled H07; writer-confirmed H07: trusted code; writer-enrolled H08; "
			    "writer-confirmed H08; writer-revoked H07: lost in the market; ");
	jx_buf_done(&f.text);
	jx_assert_ok(b->ops->check(b->vault, &b->err), &b->err);
}

static int count_keys(struct bench *b)
{
	const struct jx_vault_scope field = {.all = false};
	struct facts f = {.b = b};

	jx_assert_ok(b->ops->feed(b->vault, &field, 0, 100, read_facts, &f, &b->err), &b->err);
	return f.keys;
}

static void keys_are_announced_when_they_change(void **state)
{
	struct bench *b = *state;
	struct jx_signed text;
	struct jx_keys keys;
	uint8_t renewed[2][JX_HASH_BYTES] = {{1}, {2}};

	bench_restart(b);
	bench_restart(b);
	assert_int_equal(count_keys(b), 1);
	assert_int_equal(bench_counts(b).writers, 0);
	jx_ingest_set_pins(b->ingest, (const uint8_t(*)[JX_HASH_BYTES])renewed, 2);
	jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
	jx_assert_ok(jx_ingest_setup(b->ingest, &b->err), &b->err);
	assert_int_equal(count_keys(b), 2);
	jx_assert_ok(b->ops->keys(b->vault, &text, &b->err), &b->err);
	jx_assert_ok(jx_keys_open(&text, b->identity, &keys, &b->err), &b->err);
	assert_int_equal(keys.pin_count, 2);
	assert_memory_equal(keys.tls_spki_sha256, renewed, sizeof(renewed));
	assert_memory_equal(keys.identity, b->identity, sizeof(keys.identity));
}

static void a_server_without_tls_keys_does_not_start(void **state)
{
	struct bench *b = *state;
	const struct jx_ingest_config config = {.vault = b->vault, .identity_secret = b->identity_secret};
	jx_ingest *in = NULL;

	jx_assert_rc(jx_ingest_new(&config, &in, &b->err), JX_EINVAL, &b->err);
	assert_null(in);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_trusted_code_makes_an_active_writer),
		TEST(a_lost_answer_is_given_again),
		TEST(the_first_sign_in_has_its_challenge),
		TEST(another_key_cannot_use_a_used_code),
		TEST(a_revoked_writer_does_not_get_its_answer_again),
		TEST(a_code_lives_fifteen_minutes),
		TEST(five_wrong_tries_burn_a_code),
		TEST(four_wrong_tries_do_not),
		TEST(an_unknown_code_is_wrong),
		TEST(a_code_that_is_not_there_has_no_secret),
		TEST(somebody_in_between_is_noticed),
		TEST(a_proof_not_signed_by_the_new_key_is_refused),
		TEST(a_writer_that_a_restored_server_does_not_know_comes_back_as_itself),
		TEST(a_device_that_was_locked_out_stays_who_it_is),
		TEST(a_revoked_writer_does_not_come_back_as_itself),
		TEST(what_is_no_enrolment_is_a_bad_request),
		TEST(a_short_code_belongs_to_one_writer),
		TEST(a_restored_device_keeps_its_short_code),
		TEST(two_codes_for_one_short_code_enrol_one_device),
		TEST(what_cannot_be_a_short_code_is_refused),
		TEST(a_writer_is_confirmed_by_its_fingerprint_only),
		TEST(a_writer_can_be_named_by_its_id),
		TEST(the_server_states_what_it_decides_in_a_chain_of_its_own),
		TEST(keys_are_announced_when_they_change),
		TEST(a_server_without_tls_keys_does_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
