/* Sync requests and answers. */
#include <stdio.h>
#include <stdlib.h>

#include "jx_test.h"
#include "wire_samples.h"

static struct jx_bytes bytes(const jx_buf *b)
{
	return (struct jx_bytes){b->data, b->len};
}

static void a_request_reads_as_it_was_written(void **state)
{
	struct jx_sync_request rq, back;
	struct jx_bytes entries[SAMPLE_ENTRIES], got[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_error err = {0};
	size_t count = 0;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	sample_request(&rq, entries);
	jx_assert_ok(jx_sync_request_write(&rq, entries, SAMPLE_ENTRIES, &b, &err), &err);
	jx_assert_ok(jx_sync_request_read(bytes(&b), &back, got, JX_WIRE_BATCH_ENTRIES_MAX, &count, &err),
		     &err);
	assert_memory_equal(&back, &rq, sizeof(rq));
	assert_int_equal(count, SAMPLE_ENTRIES);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(got[i].len, entries[i].len);
		assert_memory_equal(got[i].data, entries[i].data, got[i].len);
		/* in place, not a copy */
		assert_true((const char *)got[i].data > b.data && (const char *)got[i].data < b.data + b.len);
	}
}

/* "Nothing new" is small: the whole body, before compression. */
static void a_request_without_entries_is_one_short_line(void **state)
{
	struct jx_sync_request rq = {.program = "jx/0.1.0", .wants_feed = true}, back;
	struct jx_error err = {0};
	size_t count = 9;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	jx_assert_ok(jx_sync_request_write(&rq, NULL, 0, &b, &err), &err);
	assert_true(b.len < 160);
	assert_ptr_equal(strchr(b.data, '\n'), b.data + b.len - 1);
	jx_assert_ok(jx_sync_request_read(bytes(&b), &back, NULL, 0, &count, &err), &err);
	assert_int_equal(count, 0);
	assert_memory_equal(&back, &rq, sizeof(rq));
}

static void entries_that_would_break_the_lines_are_not_written(void **state)
{
	struct jx_sync_request rq;
	struct jx_bytes entries[SAMPLE_ENTRIES];
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	sample_request(&rq, entries);
	entries[1] = (struct jx_bytes){"{\n}", 3};
	jx_assert_rc(jx_sync_request_write(&rq, entries, SAMPLE_ENTRIES, &b, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "entry 12");
	entries[1].len = 0;
	jx_assert_rc(jx_sync_request_write(&rq, entries, SAMPLE_ENTRIES, &b, &err), JX_EINVAL, &err);
	jx_assert_rc(jx_sync_request_write(&rq, entries, 1, &b, &err), JX_EINVAL, &err);
	assert_int_equal(b.len, 0);
}

struct bad {
	const char *text, *says;
	jx_rc rc;
};
#define H64   "0000000000000000000000000000000000000000000000000000000000000000"
#define BASE  "{\"v\":1,\"program\":\"p\",\"last_n\":2,\"last_head\":\"" H64 "\""
#define BATCH BASE ",\"from_n\":1,\"count\":1,\"sig\":\"" H64 H64 "\""

static void malformed_requests_are_refused_with_line_and_field(void **state)
{
	static const struct bad rows[] = {
		{"", "line 1", JX_EINVAL},
		{BASE "}", "cut", JX_EINVAL},
		{"\n", "line 1", JX_EINVAL},
		{"[]\n", "object", JX_EINVAL},
		{"{\"v\":2}\n", "version 2", JX_EVERSION},
		{"{\"v\":1,\"v\":1}\n", "line 1", JX_EINVAL},
		{"{\"v\":1,\"last_n\":1}\n", "program", JX_EINVAL},
		{"{\"v\":1,\"program\":\"p\",\"last_n\":-1}\n", "last_n", JX_EINVAL},
		{"{\"v\":1,\"program\":\"p\",\"last_n\":1.5}\n", "line 1", JX_EINVAL},
		{"{\"v\":1,\"program\":\"p\",\"last_n\":1,\"last_head\":\"00\"}\n", "last_head", JX_EINVAL},
		{BASE ",\"count\":501}\n", "count", JX_ELIMIT},
		{BASE ",\"count\":1}\n{}\n", "from_n", JX_EINVAL},
		{BASE ",\"count\":1,\"from_n\":1}\n{}\n", "sig", JX_EINVAL},
		{BASE ",\"count\":1,\"from_n\":3,\"sig\":\"" H64 H64 "\"}\n{}\n", "last_n", JX_EINVAL},
		{BASE ",\"token\":1}\n", "token", JX_EINVAL},
		{BASE ",\"receipt\":\"x\"}\n", "receipt", JX_EINVAL},
		{BASE ",\"cursor\":7}\n", "cursor", JX_EINVAL},
		{BATCH "}\n", "line 2", JX_EINVAL},
		{BATCH "}\n{}", "line 2", JX_EINVAL},
		{BATCH "}\n\n", "line 2 is empty", JX_EINVAL},
		{BATCH "}\n{}\n{}\n", "3 bytes follow", JX_EINVAL},
		{BASE "}\n{}\n", "3 bytes follow", JX_EINVAL},
	};
	struct jx_bytes got[4];
	struct jx_error err = {0};
	struct jx_sync_request rq;
	size_t count = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct jx_bytes body = {rows[i].text, strlen(rows[i].text)};

		jx_assert_rc(jx_sync_request_read(body, &rq, got, 4, &count, &err), rows[i].rc, &err);
		jx_assert_says(&err, rows[i].says);
	}
	assert_int_equal(count, 77);
}

static void unknown_members_are_passed_over(void **state)
{
	static const char text[] = BATCH ",\"later\":{\"a\":[1]}}\n{\"any\":1}\n";
	struct jx_bytes got[1];
	struct jx_error err = {0};
	struct jx_sync_request rq;
	size_t count = 0;

	(void)state;
	jx_assert_ok(
		jx_sync_request_read((struct jx_bytes){text, sizeof(text) - 1}, &rq, got, 1, &count, &err),
		&err);
	assert_int_equal(count, 1);
}

/* 500 entries and 1 MiB exactly pass; one more of either does not. */
static void ceilings_are_exact(void **state)
{
	struct jx_bytes entries[JX_WIRE_BATCH_ENTRIES_MAX + 1], got[JX_WIRE_BATCH_ENTRIES_MAX];
	struct jx_sync_request rq, back;
	struct jx_error err = {0};
	size_t count = 0;
	char *big = jx_xmalloc(JX_ENTRY_BYTES_MAX + 1);
	JX_AUTO_BUF b;

	(void)state;
	sample_request(&rq, entries);
	for (size_t i = 0; i < JX_WIRE_BATCH_ENTRIES_MAX + 1; i++)
		entries[i] = (struct jx_bytes){"{}", 2};
	rq.from_n = 1;
	rq.last_n = 1000;
	jx_buf_init(&b, JX_WIRE_BATCH_BYTES_MAX);
	rq.count = JX_WIRE_BATCH_ENTRIES_MAX + 1;
	jx_assert_rc(jx_sync_request_write(&rq, entries, (size_t)rq.count, &b, &err), JX_EINVAL, &err);
	rq.count = JX_WIRE_BATCH_ENTRIES_MAX;
	jx_assert_ok(jx_sync_request_write(&rq, entries, (size_t)rq.count, &b, &err), &err);
	jx_assert_ok(jx_sync_request_read(bytes(&b), &back, got, JX_WIRE_BATCH_ENTRIES_MAX, &count, &err),
		     &err);
	assert_int_equal(count, JX_WIRE_BATCH_ENTRIES_MAX);
	jx_assert_rc(jx_sync_request_read(bytes(&b), &back, got, 499, &count, &err), JX_ELIMIT, &err);
	memset(big, 'x', JX_ENTRY_BYTES_MAX + 1);
	rq.count = 1;
	entries[0] = (struct jx_bytes){big, JX_ENTRY_BYTES_MAX + 1};
	jx_assert_rc(jx_sync_request_write(&rq, entries, 1, &b, &err), JX_EINVAL, &err);
	free(big);
}

static void a_body_past_the_ceiling_is_refused_at_once(void **state)
{
	char *big = jx_xmalloc(JX_WIRE_BATCH_BYTES_MAX + 1);
	struct jx_error err = {0};
	struct jx_sync_request rq;
	struct jx_sync_answer an;
	size_t count = 0;

	(void)state;
	memset(big, '\n', JX_WIRE_BATCH_BYTES_MAX + 1);
	jx_assert_rc(jx_sync_request_read((struct jx_bytes){big, JX_WIRE_BATCH_BYTES_MAX + 1}, &rq, NULL, 0,
					  &count, &err),
		     JX_ELIMIT, &err);
	jx_assert_rc(jx_sync_answer_read((struct jx_bytes){big, JX_WIRE_BATCH_BYTES_MAX + 1}, &an, NULL, 0,
					 &count, &err),
		     JX_ELIMIT, &err);
	free(big);
}

static void write_items(jx_buf *b)
{
	struct jx_item *items = jx_xcalloc(SAMPLE_ITEMS, sizeof(*items));
	struct jx_error err = {0};

	sample_items(items);
	for (size_t i = 0; i < SAMPLE_ITEMS; i++)
		jx_assert_ok(jx_item_write(&items[i], b, &err), &err);
	free(items);
}

static void an_answer_reads_as_it_was_written(void **state)
{
	struct jx_sync_answer an, back;
	struct jx_bytes items[SAMPLE_ITEMS];
	struct jx_error err = {0};
	size_t count = 0;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	for (int r = JX_SYNC_OK; r <= JX_SYNC_BEHIND; r++) {
		sample_answer(&an);
		an.result = (enum jx_sync_result)r;
		jx_buf_reset(&b);
		jx_assert_ok(jx_sync_answer_write(&an, &b, &err), &err);
		write_items(&b);
		jx_assert_ok(jx_sync_answer_read(bytes(&b), &back, items, SAMPLE_ITEMS, &count, &err), &err);
		assert_memory_equal(&back, &an, sizeof(an));
		assert_int_equal(count, SAMPLE_ITEMS);
	}
	jx_assert_rc(jx_sync_answer_read(bytes(&b), &back, items, SAMPLE_ITEMS - 1, &count, &err), JX_ELIMIT,
		     &err);
}

static void an_answer_without_anything_new_is_short(void **state)
{
	struct jx_sync_answer an = {0}, back;
	struct jx_error err = {0};
	size_t count = 9;
	JX_AUTO_BUF b;

	(void)state;
	jx_buf_init(&b, 65536);
	jx_assert_ok(jx_sync_answer_write(&an, &b, &err), &err);
	assert_true(b.len < 200);
	jx_assert_ok(jx_sync_answer_read(bytes(&b), &back, NULL, 0, &count, &err), &err);
	assert_memory_equal(&back, &an, sizeof(an));
	assert_int_equal(count, 0);
}

#define EPOCH  "\"epoch\":\"60616263-6465-4667-8869-6a6b6c6d6e6f\""
#define ANSWER "{\"v\":1,\"result\":\"ok\"," EPOCH ",\"n\":1,\"head\":\"" H64 "\",\"server_utc_ms\":1"

static void malformed_answers_are_refused(void **state)
{
	static const struct bad rows[] = {
		{"<html>\n", "line 1", JX_EINVAL},
		{ANSWER "}", "cut", JX_EINVAL},
		{"{\"v\":1,\"result\":\"maybe\"}\n", "maybe", JX_EVERSION},
		{"{\"v\":1,\"result\":\"ok\"}\n", "epoch", JX_EINVAL},
		{ANSWER ",\"items\":2001,\"cursor\":\"c\"}\n", "items", JX_EINVAL},
		{ANSWER ",\"items\":2,\"cursor\":\"c\"}\n{}\n", "line 3", JX_EINVAL},
		{ANSWER ",\"receipt\":{}}\n", "text", JX_EINVAL},
		{ANSWER ",\"receipt\":{\"text\":\"\",\"sig\":\"00\"}}\n", "sig", JX_EINVAL},
		{ANSWER ",\"receipt\":7}\n", "signed text", JX_EINVAL},
		{ANSWER ",\"challenge\":\"AAAA\"}\n", "challenge", JX_EINVAL},
		{ANSWER ",\"more\":\"yes\"}\n", "more", JX_EINVAL},
		{ANSWER ",\"pending\":1}\n", "pending", JX_EINVAL},
		{ANSWER ",\"snapshot\":null}\n", "snapshot", JX_EINVAL},
		{ANSWER ",\"token\":7}\n", "token", JX_EINVAL},
	};
	struct jx_bytes items[4];
	struct jx_error err = {0};
	struct jx_sync_answer an;
	size_t count = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct jx_bytes body = {rows[i].text, strlen(rows[i].text)};

		jx_assert_rc(jx_sync_answer_read(body, &an, items, 4, &count, &err), rows[i].rc, &err);
		jx_assert_says(&err, rows[i].says);
	}
	assert_int_equal(count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_reads_as_it_was_written),
		cmocka_unit_test(a_request_without_entries_is_one_short_line),
		cmocka_unit_test(entries_that_would_break_the_lines_are_not_written),
		cmocka_unit_test(malformed_requests_are_refused_with_line_and_field),
		cmocka_unit_test(unknown_members_are_passed_over),
		cmocka_unit_test(ceilings_are_exact),
		cmocka_unit_test(a_body_past_the_ceiling_is_refused_at_once),
		cmocka_unit_test(an_answer_reads_as_it_was_written),
		cmocka_unit_test(an_answer_without_anything_new_is_short),
		cmocka_unit_test(malformed_answers_are_refused),
	};

	if (jx_crypto_init(NULL) != JX_OK)
		return 1;
	return cmocka_run_group_tests_name("wire.sync", tests, NULL, NULL);
}
