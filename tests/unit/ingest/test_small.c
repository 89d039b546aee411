/* Small copies sent ahead of their originals: only for what is listed, each part for itself, and never in place of evidence. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

/* A writer whose entry lists photos 1 .. count: their hashes are filled with their number. */
static struct device lister(struct bench *b, uint64_t seed, const char *short_code, size_t count)
{
	const struct ask ask = {.wants_token = true};
	struct jx_entry *e = jx_xcalloc(1, sizeof(*e));
	struct device d;
	struct reply r;

	device_new(b, &d, seed, short_code, JX_ROLE_FIELD);
	fake_observation(&d.log, e,
			 "{\"result\":\"found\",\"code\":\"01.01\",\"quantity\":1,\"unit\":\"place\"}");
	e->photo_count = count;
	for (size_t i = 0; i < count; i++) {
		memset(e->photos[i].sha256, (int)i + 1, JX_HASH_BYTES);
		e->photos[i].size_bytes = 1000000;
		jx_strcpy(e->photos[i].type, sizeof(e->photos[i].type), "image/jpeg");
		jx_strcpy(e->photos[i].role, sizeof(e->photos[i].role), "wide");
		jx_strcpy(e->photos[i].how, sizeof(e->photos[i].how), "camera");
	}
	(void)fake_writer_append(&d.log, e);
	free(e);
	device_sync(b, &d, &ask, &r);
	assert_result(b, &d, &r, JX_SYNC_OK, 1);
	reply_done(&r);
	return d;
}

struct said {
	int status;
	char error[32], detail[256];
	enum jx_small_result results[4];
};

static struct said post(struct bench *b, const struct device *d, const char *body, size_t len, size_t parts)
{
	struct jx_wire_response rs = {.retry_after_s = -1};
	char bearer[200];
	struct jx_wire_request rq = {.method = "POST", .path = JX_PATH_SMALL, .authorization = bearer};
	struct said said = {.error = ""};
	struct jx_wire_error e = {.error = ""};

	rq.body = (struct jx_bytes){body, len};
	(void)snprintf(bearer, sizeof(bearer), "Bearer %s", d->token);
	jx_buf_init(&rs.body, 65536);
	jx_ingest_small(b->ingest, &rq, &rs);
	said.status = rs.status;
	if (rs.status == 200)
		jx_assert_ok(jx_small_answer_read((struct jx_bytes){rs.body.data, rs.body.len}, said.results,
						  parts, &b->err),
			     &b->err);
	else
		jx_assert_ok(jx_wire_error_read((struct jx_bytes){rs.body.data, rs.body.len}, &e, &b->err),
			     &b->err);
	jx_strcpy(said.error, sizeof(said.error), e.error);
	jx_strcpy(said.detail, sizeof(said.detail), e.detail);
	jx_buf_done(&rs.body);
	return said;
}

/* Parts of photos first .. first + count - 1. */
static struct said send_copies(struct bench *b, const struct device *d, size_t first, size_t count,
			       const char *const *copies)
{
	struct jx_small_part parts[4];
	struct said said;
	JX_AUTO_BUF body;

	jx_buf_init(&body, JX_SMALL_BUNDLE_BYTES_MAX);
	for (size_t i = 0; i < count; i++) {
		memset(parts[i].sha256, (int)(first + i), JX_HASH_BYTES);
		parts[i].copy = (struct jx_bytes){copies[i], strlen(copies[i])};
	}
	jx_assert_ok(jx_small_bundle_write(parts, count, &body, &b->err), &b->err);
	said = post(b, d, body.data, body.len, count);
	return said;
}

static bool has(struct bench *b, uint8_t photo, const char *text)
{
	uint8_t sha256[JX_HASH_BYTES];
	JX_AUTO_BUF copy;

	memset(sha256, photo, sizeof(sha256));
	jx_buf_init(&copy, 65536);
	return b->vault->ops->copy(b->vault, sha256, &copy, NULL) == JX_OK && copy.len >= strlen(text) &&
	       memcmp(copy.data + copy.len - strlen(text), text, strlen(text)) == 0;
}

static int64_t counted(struct bench *b, const struct device *d)
{
	int64_t bytes = -1;

	jx_assert_ok(b->vault->ops->photo_bytes(b->vault, d->log.id, &bytes, &b->err), &b->err);
	return bytes;
}

static void what_is_listed_is_taken_and_the_rest_refused_by_number(void **state)
{
	struct bench *b = *state;
	const char *const copies[] = {"\xff\xd8 one", "no picture", "\xff\xd8 three", "\xff\xd8 four"};
	struct device d = lister(b, 2, "H07", 3);
	const struct said said = send_copies(b, &d, 1, 4, copies);

	assert_int_equal(said.status, 200);
	assert_int_equal(said.results[0], JX_SMALL_TAKEN);
	assert_int_equal(said.results[1], JX_SMALL_NOT_JPEG);
	assert_int_equal(said.results[2], JX_SMALL_TAKEN);
	assert_int_equal(said.results[3], JX_SMALL_NOT_LISTED);
	assert_true(has(b, 1, " one") && has(b, 3, " three"));
	assert_false(has(b, 2, "") || has(b, 4, ""));
	/* no evidence: nothing is stored, nothing signed */
	assert_int_equal(bench_counts(b).photos_stored, 0);
	assert_int_equal(counted(b, &d), 6 + 8);
	device_done(&d);
}

static void the_same_again_changes_nothing(void **state)
{
	struct bench *b = *state;
	const char *const copies[] = {"\xff\xd8 one", "\xff\xd8 two"};
	struct device d = lister(b, 2, "H07", 2);

	for (int i = 0; i < 3; i++) {
		const struct said said = send_copies(b, &d, 1, 2, copies);

		assert_int_equal(said.status, 200);
		assert_int_equal(said.results[0], JX_SMALL_TAKEN);
		assert_int_equal(said.results[1], JX_SMALL_TAKEN);
		assert_int_equal(counted(b, &d), 6 + 6);
		if (i == 1)
			bench_restart(b);
	}
	assert_true(has(b, 1, " one") && has(b, 2, " two"));
	device_done(&d);
}

/* Whoever lists the same photo must not be able to show the office another picture of it. */
static void the_first_copy_of_a_photo_stays(void **state)
{
	struct bench *b = *state;
	const char *const one[] = {"\xff\xd8 true"}, *const other[] = {"\xff\xd8 forged"};
	struct device d = lister(b, 2, "H07", 1), e = lister(b, 3, "H08", 1);

	assert_int_equal(send_copies(b, &d, 1, 1, one).results[0], JX_SMALL_TAKEN);
	assert_int_equal(send_copies(b, &e, 1, 1, other).results[0], JX_SMALL_TAKEN);
	assert_true(has(b, 1, " true"));
	device_done(&d);
	device_done(&e);
}

static void the_servers_own_takes_its_place(void **state)
{
	struct bench *b = *state;
	const char *const one[] = {"\xff\xd8 sent"};
	struct device d = lister(b, 2, "H07", 1);
	uint8_t sha256[JX_HASH_BYTES];

	memset(sha256, 1, sizeof(sha256));
	assert_int_equal(send_copies(b, &d, 1, 1, one).results[0], JX_SMALL_TAKEN);
	jx_assert_ok(b->vault->ops->keep_copy(b->vault, sha256, true, "\xff\xd8 own", 6, &b->err), &b->err);
	assert_true(has(b, 1, " own"));
	assert_int_equal(send_copies(b, &d, 1, 1, one).results[0], JX_SMALL_TAKEN);
	assert_true(has(b, 1, " own"));
	device_done(&d);
}

static void who_was_revoked_sends_nothing_more(void **state)
{
	struct bench *b = *state;
	const char *const one[] = {"\xff\xd8 one"};
	struct device d = lister(b, 2, "H07", 1);
	struct said said;

	jx_assert_ok(jx_ingest_revoke(b->ingest, "H07", "lost", &b->err), &b->err);
	said = send_copies(b, &d, 1, 1, one);
	assert_int_equal(said.status, 403);
	assert_string_equal(said.error, "revoked");
	assert_false(has(b, 1, ""));
	d.token[0] = '\0';
	assert_int_equal(send_copies(b, &d, 1, 1, one).status, 401);
	device_done(&d);
}

static void a_bundle_that_cannot_be_read_is_refused_whole(void **state)
{
	struct bench *b = *state;
	struct device d = lister(b, 2, "H07", 1);
	static const char cut[] = "{\"v\":1,\"parts\":[{\"sha256\":"
				  "\"0101010101010101010101010101010101010101010101010101010101010101\","
				  "\"bytes\":9}]}\n\xff\xd8 one";
	struct said said = post(b, &d, cut, sizeof(cut) - 1, 1);

	assert_int_equal(said.status, 400);
	assert_non_null(strstr(said.detail, "part 1"));
	assert_false(has(b, 1, ""));
	said = post(b, &d, "", 0, 1);
	assert_int_equal(said.status, 400);
	device_done(&d);
}

static jx_rc full_disk(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], bool is_own, const void *data,
		       size_t len, struct jx_error *err)
{
	(void)v, (void)sha256, (void)is_own, (void)data, (void)len;
	return jx_fail(err, JX_ENOSPC, 28, "test", "full");
}

static void a_full_disk_refuses_parts_and_nothing_else(void **state)
{
	struct bench *b = *state;
	const char *const one[] = {"\xff\xd8 one"};
	struct device d = lister(b, 2, "H07", 1);
	struct said said;

	b->between.keep_copy = full_disk;
	bench_interpose(b);
	said = send_copies(b, &d, 1, 1, one);
	assert_int_equal(said.status, 200);
	assert_int_equal(said.results[0], JX_SMALL_NO_SPACE);
	assert_int_equal(counted(b, &d), 0);
	device_done(&d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_listed_is_taken_and_the_rest_refused_by_number),
		TEST(the_same_again_changes_nothing),
		TEST(the_first_copy_of_a_photo_stays),
		TEST(the_servers_own_takes_its_place),
		TEST(who_was_revoked_sends_nothing_more),
		TEST(a_bundle_that_cannot_be_read_is_refused_whole),
		TEST(a_full_disk_refuses_parts_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
